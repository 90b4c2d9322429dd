"""What is written is what is read; the end of a file is found without reading the whole."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import msgspec
import pytest

from ledger.core.errors import Refused, Unreadable
from ledger.core.forms import Journal, Line, Pay
from ledger.core.spans import parse_spans
from ledger.disk import Disk
from ledger.journal.entry import Entry
from ledger.journal.writer import frame, next_path, opening_bytes, tail_of
from tests.journal.small import (
    BOOK,
    COLUMNS,
    RECEIPTS,
    RECEIPTS_JOURNAL,
    SALES,
    SALES_JOURNAL,
    UTC8,
    Receipt,
    Sale,
    csv_file,
    genesis_of,
    open_scan,
    put,
    receipt,
    sale,
    yaml_file,
)  # fmt: skip

AT = dt.datetime(2026, 10, 8, 10, 0, tzinfo=UTC8)
SALE = Sale(
    id="SA20261008-K1-0001", at=AT, date=AT.date(), by="W01", client="C001", spans=parse_spans("A0010001-A0010050"),
    lines=(Line(10000, 50),), amount=500000, payments=(Pay("cash", 500000),), note='他说 "好", 行',
)  # fmt: skip
RECEIPT = Receipt(
    id="RC20261008-K1-0001", at=AT, date=AT.date(), by="W01", spans=parse_spans("A0010001-A0010500"), finance="否: no #1",
)  # fmt: skip
BOTH = pytest.mark.parametrize(
    ("path", "journal", "one"), [(SALES, SALES_JOURNAL, SALE), (RECEIPTS, RECEIPTS_JOURNAL, RECEIPT)]
)
FILES = {
    SALES: csv_file(*[sale(n) for n in range(1, 60)]),
    RECEIPTS: yaml_file(*[receipt(n) for n in range(1, 60)]),
}


@BOTH
def test_framed_records_are_read_back(path: str, journal: Journal, one: Sale | Receipt, tmp_path: Path) -> None:
    """Ten appended records are ten entries with the same records, and the chain fits."""
    disk = Disk(tmp_path)
    made = [msgspec.structs.replace(one, id=f"{one.id[:-4]}{n:04d}") for n in range(1, 11)]
    for record in made:
        tail = tail_of(disk, path, BOOK, journal)
        data, h = frame(record, journal, tail.h)
        with disk.lock():
            disk.append(path, data, create_with=opening_bytes(journal))
        again = tail_of(disk, path, BOOK, journal)
        assert (again.h, again.id, again.torn) == (h, record.id, 0)
    assert [entry.record for entry in open_scan(disk, path) if isinstance(entry, Entry)] == made


@BOTH
def test_refuses_what_a_reader_would(path: str, journal: Journal, one: Sale | Receipt) -> None:
    for note in ("a\nb", " a", "a\u2028b", "\ufeff", "e\u0301", "x" * 5000, "\x00"):
        with pytest.raises(Refused) as caught:
            frame(msgspec.structs.replace(one, note=note), journal, "0" * 16)
        assert caught.value.code == "JRN-03"
        assert one.id in caught.value.words.zh


def test_refuses_a_record_that_would_not_decode() -> None:
    with pytest.raises(Refused, match="client is missing"):
        frame(msgspec.structs.replace(SALE, client=""), SALES_JOURNAL, "0" * 16)


def test_span_list_may_fill_the_record() -> None:
    """3,000 spans are more than a text field holds, and fit; 30,000 are more than a record holds."""
    several = parse_spans(" ".join(f"A{n * 2:07d}" for n in range(3000)))
    data, _ = frame(msgspec.structs.replace(SALE, spans=several), SALES_JOURNAL, "0" * 16)
    assert len(data) > 20_000
    many = parse_spans(" ".join(f"A{n * 2:07d}" for n in range(30_000)))
    with pytest.raises(Refused, match="262144 bytes"):
        frame(msgspec.structs.replace(SALE, spans=many), SALES_JOURNAL, "0" * 16)


@BOTH
def test_tail_of_a_new_file_is_the_genesis(path: str, journal: Journal, one: Sale | Receipt, tmp_path: Path) -> None:
    header = ",".join(COLUMNS) if path == SALES else ""
    assert tail_of(Disk(tmp_path), path, BOOK, journal) == (genesis_of(path, header), 0, 0, "")
    empty = tail_of(put(tmp_path, path, b""), path, BOOK, journal)
    assert (empty.h, empty.end, empty.size) == (genesis_of(path, header), 0, 0)
    only = tail_of(put(tmp_path, path, opening_bytes(journal)), path, BOOK, journal)
    assert (only.h, only.torn) == (genesis_of(path, header), 0)


@pytest.mark.parametrize("path", FILES)
def test_tail_at_every_length(path: str, tmp_path: Path) -> None:
    """However a file is cut, the tail says where its last whole record ends and what its h is."""
    journal = SALES_JOURNAL if path == SALES else RECEIPTS_JOURNAL
    data = FILES[path][:1500]
    for size in range(len(data)):
        disk = put(tmp_path, path, data[:size])
        found = open_scan(disk, path)
        list(found)
        tail = tail_of(disk, path, BOOK, journal)
        assert (tail.h, tail.end, tail.size) == (found.last_h, found.end, size)


@pytest.mark.parametrize("path", FILES)
def test_tail_of_a_long_file(path: str, tmp_path: Path) -> None:
    """Files above the first window, with a last record of 200 kB, whole and cut."""
    journal = SALES_JOURNAL if path == SALES else RECEIPTS_JOURNAL
    wide = " ".join(f"A{n * 2:07d}" for n in range(22_000))
    make = sale if path == SALES else receipt
    records = [*[make(n) for n in range(1, 60)], make(60, spans=wide), make(61, spans=wide)]
    data = csv_file(*records) if path == SALES else yaml_file(*records)
    assert tail_of(put(tmp_path, path, data), path, BOOK, journal).id.endswith("-0061")
    cut = tail_of(put(tmp_path, path, data[:-20]), path, BOOK, journal)
    assert cut.id.endswith("-0060")
    assert data[: cut.end].endswith(b"\n")
    assert cut.torn > 190_000


@pytest.mark.parametrize("path", FILES)
@pytest.mark.parametrize(
    ("old", "new", "code"),
    [(b"A0590001", b"A0590002", "JRN-01"), (b"W01", b"W\xff1", "JRN-04"), (b"W01", b" W01", "JRN-03")],
)
def test_damaged_last_record(path: str, old: bytes, new: bytes, code: str, tmp_path: Path) -> None:
    """Nothing is chained to a damaged record: exit 4, with the file's true line and the bytes."""
    journal = SALES_JOURNAL if path == SALES else RECEIPTS_JOURNAL
    data = FILES[path]
    at = data.rindex(old)
    disk = put(tmp_path, path, data[:at] + new + data[at + len(old) :])
    with pytest.raises(Unreadable) as caught:
        tail_of(disk, path, BOOK, journal)
    assert (caught.value.code, caught.value.exit_code) == (code, 4)
    (where,) = caught.value.where
    assert where.line == (60 if path == SALES else 58 * 9 + 1)
    assert where.id.endswith("-0059")
    assert "K1-0059" in where.text


@pytest.mark.parametrize("path", FILES)
def test_damage_further_up_does_not_close_the_counter(path: str, tmp_path: Path) -> None:
    journal = SALES_JOURNAL if path == SALES else RECEIPTS_JOURNAL
    for number in (58, 57, 3):
        data = FILES[path].replace(f"A{number:03d}0001".encode(), f"A{number:03d}0002".encode())
        assert tail_of(put(tmp_path, path, data), path, BOOK, journal).id.endswith("-0059")


def test_parts(tmp_path: Path) -> None:
    """A header without a present column is left alone: the record goes to the next part, which stays in use."""
    assert next_path(Disk(tmp_path), "2026-10", SALES_JOURNAL, "K1") == SALES
    disk = put(tmp_path, SALES, csv_file(sale(1)))
    assert next_path(disk, "2026-10", SALES_JOURNAL, "K1") == SALES
    disk = put(tmp_path, SALES, csv_file(sale(1), columns=tuple(c for c in COLUMNS if c != "buyer")))
    second = SALES.replace("K1", "K1-2")
    assert next_path(disk, "2026-10", SALES_JOURNAL, "K1") == second
    put(tmp_path, second, csv_file(sale(2), path=second))
    assert next_path(disk, "2026-10", SALES_JOURNAL, "K1") == second
    assert tail_of(disk, second, BOOK, SALES_JOURNAL).id.endswith("-0002")


def test_damaged_header_is_no_place_to_append(tmp_path: Path) -> None:
    disk = put(tmp_path, SALES, csv_file(sale(1)).replace(b"buyer", b"fax"))
    with pytest.raises(Unreadable) as caught:
        next_path(disk, "2026-10", SALES_JOURNAL, "K1")
    assert (caught.value.code, caught.value.where[0].line) == ("JRN-05", 1)
