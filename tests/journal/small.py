"""Two small journals, and files of them written by their own few lines, so that the program is not its own witness."""

from __future__ import annotations

import datetime as dt
from hashlib import sha256
from pathlib import Path
from typing import Annotated

from ledger.core.findings import Finding
from ledger.core.forms import LINES, PAYS, SERIALS, TEXT, YUAN, Journal, Lines, Pays, Record
from ledger.core.spans import SpanSet
from ledger.core.words import Words
from ledger.disk import Disk
from ledger.journal.entry import Entry
from ledger.journal.paths import parse_path
from ledger.journal.reader import FileScan, Resume

BOOK = "000102030405060708090a0b0c0d0e0f"
SALES = "journals/2026-10/sales.K1.csv"
FROM_THE_START = Resume()
RECEIPTS = "journals/2026-10/receipts.K1.yaml"


class Sale(Record, frozen=True, kw_only=True):
    KIND = "sale"
    WORDS = Words("售券", "sale")

    client: Annotated[str, TEXT, Words("客户", "client")]
    spans: Annotated[SpanSet, SERIALS, Words("券号", "serials")]
    lines: Annotated[Lines, LINES, Words("面值", "faces")]
    amount: Annotated[int, YUAN, Words("金额", "amount")]
    payments: Annotated[Pays, PAYS, Words("付款", "payments")] = ()
    buyer: Annotated[str, TEXT, Words("经办人", "buyer")] = ""


class Receipt(Record, frozen=True, kw_only=True):
    KIND = "receipt"
    WORDS = Words("领券", "receipt")

    spans: Annotated[SpanSet, SERIALS, Words("券号", "serials")]
    finance: Annotated[str, TEXT, Words("财务", "finance")]
    place: Annotated[str, TEXT, Words("地点", "place")] = ""


SALES_JOURNAL = Journal("sales", "SA", "csv", Words("售券", "sales"), (Sale,))
RECEIPTS_JOURNAL = Journal("receipts", "RC", "yaml", Words("领券", "receipts"), (Receipt,))
BY_PATH = {"sales": SALES_JOURNAL, "receipts": RECEIPTS_JOURNAL}
COLUMNS = SALES_JOURNAL.columns()


def h_of(previous: str, body: bytes) -> str:
    return sha256(previous.encode("ascii") + body).hexdigest()[:16]


def genesis_of(path: str, header: str) -> str:
    return sha256(b"gb1\n" + BOOK.encode() + b"\n" + path.encode() + b"\n" + header.encode() + b"\n").hexdigest()[:16]


def sale(number: int, **more: str) -> dict[str, str]:
    values = {
        "id": f"SA20261008-K1-{number:04d}", "at": f"2026-10-08T10:{number % 60:02d}:00+08:00", "date": "2026-10-08",
        "by": "W01", "kind": "sale", "client": "C001", "spans": f"A{number:03d}0001-A{number:03d}0050",
        "lines": "100.00*50", "amount": "5000.00", "payments": "cash:3000.00 cheque:2000.00",
    }  # fmt: skip
    return values | more


def receipt(number: int, **more: str) -> dict[str, str]:
    values = {
        "id": f"RC20261008-K1-{number:04d}", "at": f"2026-10-08T09:{number % 60:02d}:00+08:00", "date": "2026-10-08",
        "by": "W01", "kind": "receipt", "spans": f"A{number:03d}0001-A{number:03d}0500", "finance": "财务 李四",
    }  # fmt: skip
    return values | more


def csv_file(*records: dict[str, str], path: str = SALES, columns: tuple[str, ...] = COLUMNS) -> bytes:
    """A whole CSV file."""
    previous, lines = genesis_of(path, ",".join(columns)), [",".join(columns).encode() + b"\n"]
    for values in records:
        cells = [values.get(name, "") for name in columns[:-1]]
        body = ",".join('"' + c.replace('"', '""') + '"' if set(c) & set(',"') else c for c in cells).encode()
        previous = h_of(previous, body)
        lines.append(body + b"," + previous.encode() + b"\n")
    return b"".join(lines)


def yaml_file(*records: dict[str, str], path: str = RECEIPTS) -> bytes:
    """A whole YAML file."""
    previous, blocks = genesis_of(path, ""), []
    for values in records:
        texts = [(name, text.replace("\\", "\\\\").replace('"', '\\"')) for name, text in values.items()]
        body = "".join(f'{"  " if at else "- "}{name}: "{text}"\n' for at, (name, text) in enumerate(texts)).encode()
        previous = h_of(previous, body)
        blocks.append(body + f'  h: "{previous}"\n\n'.encode())
    return b"".join(blocks)


def put(root: Path, path: str, data: bytes) -> Disk:
    full = root / path
    full.parent.mkdir(parents=True, exist_ok=True)
    full.write_bytes(data)
    return Disk(root)


def open_scan(disk: Disk, path: str, start: Resume = FROM_THE_START, *, typed: bool = True) -> FileScan:
    name = parse_path(path)
    assert name is not None
    return FileScan(disk, name, BY_PATH[name.journal], BOOK, start, typed=typed)


def read(root: Path, path: str, data: bytes) -> tuple[list[Entry], list[Finding]]:
    """Entries and findings of a file with these bytes."""
    items = list(open_scan(put(root, path, data), path))
    return [i for i in items if isinstance(i, Entry)], [i for i in items if isinstance(i, Finding)]


def codes(root: Path, path: str, data: bytes) -> list[tuple[str, int]]:
    """Code and line of each finding."""
    return [(found.code, found.where[0].line) for found in read(root, path, data)[1]]


def as_values(record: Record, h: str) -> dict[str, str]:
    return {**record.encode(), "h": h}


UTC8 = dt.timezone(dt.timedelta(hours=8))
