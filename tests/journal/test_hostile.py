"""Hostile files are coded findings in bounded time and memory."""

from __future__ import annotations

import time
import tracemalloc
from pathlib import Path

import pytest

from ledger.core.errors import Unreadable
from ledger.core.findings import Finding
from ledger.journal.reader import scan_all
from tests.journal.small import BOOK, RECEIPTS, SALES, csv_file, open_scan, put, receipt, sale, yaml_file

CSV, YAML = csv_file(sale(1)), yaml_file(receipt(1))
NASTY: dict[str, tuple[str, bytes]] = {
    "CSV of one line of 100 MB": (SALES, CSV + b"x" * 100_000_000 + b"\n"),
    "CSV header of 100 MB": (SALES, b"id," * 33_000_000 + b"\n"),
    "YAML of one line of 100 MB": (RECEIPTS, YAML + b"- " + b"[" * 100_000_000 + b"\n"),
    "YAML record of a million lines": (RECEIPTS, YAML + b'- id: "x"\n' + b'  note: "x"\n' * 1_000_000),
    "50,000 nested brackets": (RECEIPTS, YAML + b"- " + b"[" * 50_000 + b"]" * 50_000 + b"\n\n"),
    "50,000 nested braces in a value": (RECEIPTS, YAML + b'- id: "a"\n  by: ' + b"{a: " * 50_000 + b"\n\n"),
    "aliases": (RECEIPTS, b"- &a [x,x]\n- &b [*a,*a]\n- &c [*b,*b]\n" + YAML),
    "a million quotes": (SALES, CSV + b'"' * 200_001 + b"\n"),
    "a million commas": (SALES, CSV + b"," * 250_000 + b"\n"),
    "backslashes": (RECEIPTS, YAML + b'- id: "' + b"\\" * 200_001 + b'"\n  h: "0123456789abcdef"\n\n'),
    "combining marks": (SALES, CSV + b"a" + "\u0301\u0316".encode() * 60_000 + b"\n"),
    "100,000 empty lines": (SALES, CSV + b"\n" * 100_000),
    "100,000 NUL": (RECEIPTS, YAML + b"\0" * 100_000),
    "GBK": (SALES, csv_file(sale(1, note="北京王府井大街")).decode().encode("gbk")),
    "UTF-16": (RECEIPTS, YAML.decode().encode("utf-16")),
    "BOM": (RECEIPTS, b"\xef\xbb\xbf" + YAML),
    "CRLF": (SALES, CSV.replace(b"\n", b"\r\n")),
    "CR alone": (SALES, CSV.replace(b"\n", b"\r")),
    "U+2028": (RECEIPTS, yaml_file(receipt(1, finance="a\u2028b"))),
    "NUL": (RECEIPTS, yaml_file(receipt(1, finance="a\0b"))),
    "a name with ../": (SALES, csv_file(sale(1, id="SA20261008-../../K1-0001"))),
    "a tag": (RECEIPTS, YAML.replace(b'by: "', b'by: !!python/object/apply:os.system "')),
}


@pytest.mark.parametrize("case", NASTY)
def test_hostile_file(case: str, tmp_path: Path) -> None:
    path, data = NASTY[case]
    disk = put(tmp_path, path, data)
    size = 0
    started = time.process_time()
    for item in open_scan(disk, path):
        if isinstance(item, Finding):
            assert item.code.startswith("JRN-0")
            assert len(item.where[0].text) < 5000
            size += 1
    spent = time.process_time() - started
    assert size
    assert spent < (1 if "100,000 empty" not in case else 5)


@pytest.mark.parametrize("case", [name for name in NASTY if "MB" in name or "million" in name])
def test_hostile_memory(case: str, tmp_path: Path) -> None:
    path, data = NASTY[case]
    disk = put(tmp_path, path, data[:3_000_000] + b"\n")
    tracemalloc.start()
    try:
        for _ in open_scan(disk, path):
            pass
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 6_000_000


def test_symlinks(tmp_path: Path) -> None:
    """A symlinked journal or folder is not followed: by name it is refused, in the walk it is a finding."""
    outside = tmp_path / "outside"
    outside.mkdir()
    book = tmp_path / "book"
    disk = put(book, SALES, CSV)
    (outside / "sales.K2.csv").write_bytes(CSV)
    (book / "journals/2026-10/sales.K2.csv").symlink_to(outside / "sales.K2.csv")
    (book / "journals/2026-11").symlink_to(outside)
    found = [item.subject for item in scan_all(disk, BOOK) if isinstance(item, Finding) and item.code == "JRN-06"]
    assert found == ["journals/2026-10/sales.K2.csv", "journals/2026-11"]
    for path in ("journals/2026-10/sales.K2.csv", "journals/2026-11/sales.K2.csv"):
        with pytest.raises(Unreadable) as caught:
            list(open_scan(disk, path))
        assert caught.value.code == "JRN-06"


def test_symlinked_journals_folder(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    book = tmp_path / "book"
    disk = put(book, "gb.yaml", b"")
    (book / "journals").symlink_to(tmp_path / "outside")
    assert [item.code for item in scan_all(disk, BOOK) if isinstance(item, Finding)] == ["JRN-06"]
