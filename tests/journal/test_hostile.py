"""Hostile files are coded findings in bounded time and memory."""

from __future__ import annotations

import subprocess
import sys
import time
import tracemalloc
from pathlib import Path
from typing import NamedTuple

import pytest

from ledger.core.errors import Unreadable
from ledger.core.findings import Finding
from ledger.core.records import journal
from ledger.journal.csvtext import header_line
from ledger.journal.reader import scan_all
from tests.cli.counter import open_counter
from tests.journal.small import BOOK, RECEIPTS, SALES, csv_file, open_scan, put, receipt, sale, yaml_file

ROOT = Path(__file__).parents[2]
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
    "CSV of a million empty lines": (SALES, CSV + b"\n" * 1_000_000),
    "YAML of a million empty lines": (RECEIPTS, YAML + b"\n" * 1_000_000),
    "CSV of a million broken lines": (SALES, CSV + b"a,b\n" * 1_000_000),
    "YAML of a million broken lines": (RECEIPTS, YAML + b"xx\n" * 1_000_000),
    "YAML of a million broken records": (RECEIPTS, YAML + b"- x\n\n" * 1_000_000),
    "a million lines of a quote": (SALES, CSV + b'"\n' * 1_000_000),
    "a million lines of NUL": (RECEIPTS, YAML + b"\0\n" * 1_000_000),
    "a million lines of CR LF": (SALES, CSV + b"\r\n" * 1_000_000),
    "long lines of NUL": (SALES, CSV + (b"\0" * 200_000 + b"\n") * 400),
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
    assert size <= 110
    assert spent < 1


@pytest.mark.parametrize("case", [name for name in NASTY if "MB" in name or "million" in name or "long" in name])
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


@pytest.mark.parametrize("line", [b"\n", b"a,b\n"], ids=["empty", "broken"])
def test_the_commands_answer_at_once(line: bytes, tmp_path: Path) -> None:
    """A million such lines in the sales: check, status and a sale in under a second of processor and 200 MB each."""
    book = open_counter(tmp_path).book
    (book / SALES).write_bytes(header_line(journal("sales").columns()) + line * 1_000_000)
    for words, code in (("check", 1), ("status", 0), ("sale cash --client C001 --vouchers A0010001 --amount 100", 4)):
        spent = run(book, *words.split())
        assert spent.code == code, words
        assert "JRN-03" in spent.said, words
        assert (spent.seconds < 1, spent.kilobytes < 200_000) == (True, True), (words, spent)


class Spent(NamedTuple):
    """What a command said and cost."""

    code: int
    said: str
    seconds: float
    kilobytes: int


RUN = """
import os, re, sys
from cli.main import main
code = main(sys.argv[2:])
used = os.times()
size = re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]
open(sys.argv[1], "w").write(f"{code} {used.user + used.system} {size}")
"""


def run(book: Path, *argv: str) -> Spent:
    """A process of its own, with its processor time and its greatest size."""
    shared = ["--book", str(book), "--terminal", "K1", "--by", "wang", "--lang", "en", "--at", "2026-10-08 12:00"]
    told = book.parent / "told"
    ran = subprocess.run(
        [sys.executable, "-c", RUN, str(told), *argv, *shared], check=False, capture_output=True, text=True, cwd=ROOT
    )
    code, seconds, kilobytes = told.read_text().split()
    return Spent(int(code), ran.stdout + ran.stderr, float(seconds), int(kilobytes))


def test_folders_without_a_file_hold_nothing_and_hidden_ones_are_named(tmp_path: Path) -> None:
    """Empty folders are passed over, whatever their name: git keeps none.  A file in one, or a hidden folder, is JRN-06."""
    disk = put(tmp_path, SALES, CSV)
    for name in ("2026-13", "backup/old", "2026-10/more", "2026-11"):
        (tmp_path / "journals" / name).mkdir(parents=True)
    assert [item for item in scan_all(disk, BOOK) if isinstance(item, Finding) and item.code == "JRN-06"] == []
    (tmp_path / "journals/backup/old/sales.K1.csv").write_bytes(CSV)
    (tmp_path / "journals/2026-10/.git").mkdir()
    (tmp_path / "journals/.gb").mkdir()
    found = [item.subject for item in scan_all(disk, BOOK) if isinstance(item, Finding) and item.code == "JRN-06"]
    assert found == ["journals/.gb", "journals/2026-10/.git", "journals/backup/old/sales.K1.csv"]


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
