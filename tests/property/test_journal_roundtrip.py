"""Whatever text a field may hold is read back as it was written; whatever bytes stand in a file are never an exception."""

from __future__ import annotations

import csv
import io
import tempfile
import unicodedata
from collections.abc import Mapping
from pathlib import Path

import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ledger.core.errors import Unreadable
from ledger.core.findings import Finding
from ledger.core.text import bad_text
from ledger.journal import csvtext, yamltext
from ledger.journal.damage import Damage
from ledger.journal.entry import Entry
from ledger.journal.writer import tail_of
from tests.journal.small import (
    BOOK,
    COLUMNS,
    RECEIPTS,
    RECEIPTS_JOURNAL,
    SALES,
    SALES_JOURNAL,
    csv_file,
    open_scan,
    put,
    receipt,
    sale,
    yaml_file,
)  # fmt: skip

SOUP = st.text(st.sampled_from("\",\\:-#' \tab中é\u0301\u3000\u00a0\u2028=[]{}&*!|>%@`~0:"), max_size=30)
LEGAL = (
    st.one_of(st.text(max_size=60), SOUP)
    .map(lambda text: unicodedata.normalize("NFC", text).strip())
    .filter(lambda text: bool(text) and bad_text(text) is None)
)
SETTINGS = settings(deadline=None, max_examples=300)


@SETTINGS
@given(buyer=LEGAL, note=LEGAL)
@example(buyer='"', note=",")
@example(buyer='""', note='","')
def test_csv_text_round_trip(buyer: str, note: str) -> None:
    record = sale(1, buyer=buyer, note=note)
    line, h = csvtext.emit(record, COLUMNS, "0" * 16)
    assert csvtext.parse(line, COLUMNS) == record | {"h": h}
    (row,) = csv.reader(io.StringIO(line.decode(), newline=""), strict=True)
    assert row == [*(record.get(name, "") for name in COLUMNS[:-1]), h]


@SETTINGS
@given(finance=LEGAL, note=LEGAL)
@example(finance="\\", note='\\"')
@example(finance='"\\\\"', note="\\\\\\")
def test_yaml_text_round_trip(finance: str, note: str) -> None:
    record = receipt(1, finance=finance, note=note)
    block, h = yamltext.emit(record, "0" * 16)
    assert yamltext.parse(block, RECEIPTS_JOURNAL) == record | {"h": h}
    assert yaml.safe_load(block) == [record | {"h": h}]


@SETTINGS
@given(line=st.one_of(SOUP, st.text(max_size=40)))
def test_csv_has_one_form(line: str) -> None:
    """A line that is accepted is exactly what would be written for what was read."""
    columns = ("a", "b", "c")
    raw = f"{line}\n".encode("utf-8", "surrogatepass")
    try:
        values = csvtext.parse(raw, columns)
    except Damage:
        return
    written, _ = csvtext.emit(values, (*columns, "h"), "0" * 16)
    assert written.rpartition(b",")[0] + b"\n" == raw


@SETTINGS
@given(line=st.lists(SOUP, min_size=1, max_size=3))
def test_yaml_has_one_form(line: list[str]) -> None:
    """The same for a YAML record whose last fields are any text."""
    ending = "".join(f'  {name}: "{text}"\n' for name, text in zip(("finance", "place", "note"), line, strict=False))
    body = yamltext.emit(receipt(1), "")[0].partition(b"  finance")[0] + ending.encode()
    block = body + f'  h: "{"0" * 16}"\n\n'.encode()
    try:
        values = yamltext.parse(block, RECEIPTS_JOURNAL)
    except Damage:
        return
    del values["h"]
    assert yamltext.emit(values, "")[0].rpartition(b"  h:")[0] == body


@SETTINGS
@given(texts=st.lists(st.tuples(LEGAL, LEGAL), min_size=1, max_size=4))
def test_appended_is_read(texts: list[tuple[str, str]]) -> None:
    """A file of any legal texts is read without a finding, and gives its records back."""
    sales = [sale(n, buyer=a, note=b) for n, (a, b) in enumerate(texts, 1)]
    receipts = [receipt(n, finance=a, note=b) for n, (a, b) in enumerate(texts, 1)]
    assert _read(SALES, csv_file(*sales)) == sales
    assert _read(RECEIPTS, yaml_file(*receipts)) == receipts


def _read(path: str, data: bytes) -> list[Mapping[str, str]]:
    with tempfile.TemporaryDirectory() as root:
        items = list(open_scan(put(Path(root), path, data), path))
    assert not [item for item in items if isinstance(item, Finding)]
    entries = [item for item in items if isinstance(item, Entry)]
    assert [entry.record.encode() for entry in entries] == [
        {k: v for k, v in entry.values.items() if k != "h"} for entry in entries
    ]
    return [entry.record.encode() for entry in entries]


CSV, YAML = csv_file(sale(1), sale(2, note='a, "b"')), yaml_file(receipt(1), receipt(2, note='"\\'))


@SETTINGS
@given(data=st.data())
def test_any_bytes_are_findings(data: st.DataObject) -> None:
    """Replace any part of a file by any bytes: findings, or the file was not changed; the tail reader agrees or refuses."""
    path, whole, journal = data.draw(st.sampled_from([(SALES, CSV, SALES_JOURNAL), (RECEIPTS, YAML, RECEIPTS_JOURNAL)]))
    low = data.draw(st.integers(0, len(whole)))
    high = data.draw(st.integers(low, min(len(whole), low + 40)))
    piece = data.draw(
        st.one_of(st.binary(max_size=20), st.sampled_from([b"\n", b"\n\n", b'"', b",", b"\r\n", b"- ", b"\0"]))
    )
    hurt = whole[:low] + piece + whole[high:]
    with tempfile.TemporaryDirectory() as root:
        disk = put(Path(root), path, hurt)
        scanned = open_scan(disk, path)
        findings = [item for item in scanned if isinstance(item, Finding)]
        cut = whole.startswith(hurt)  # whole records cut from the end: the chain can't see that
        assert findings or hurt == whole or cut
        assert all(found.code[:5] == "JRN-0" and found.where for found in findings)
        try:
            tail = tail_of(disk, path, BOOK, journal)
        except Unreadable:
            assert findings
            return
        assert tail.end <= len(hurt)
        if not findings:
            assert (tail.h, tail.end) == (scanned.last_h, scanned.end)
