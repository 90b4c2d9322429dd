"""A month of real sales through the real commands, against an independent calculation over the same file.

The file is ``invoices.csv`` of the public “Online Retail” data set: InvoiceNo, FirstLineAt, CustomerID, AmountMills …
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import os
import sqlite3
import warnings
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import NamedTuple

import pytest

from ledger.book.open import Book
from tests.cli.counter import Counter, begin
from tests.interop.peers import PEERS, Peer, by_postings, by_sheet, on_the_sheet

ROOT = Path(__file__).parent.parent.parent
DATA = Path(os.environ.get("GB_REAL_DATA") or ROOT / "../shared/data/online-retail/invoices.csv")
MONTH = "2010-12"
FIRST = "A0000001"
CUT_OFF = "17:00"
SPARE = 137
MOVES = ("received", "deposited", "closing")

WHEN = """\
when:
  - {column: CustomerID, filled: yes}
  - {column: AmountMills, above: "0"}
  - {column: FirstLineAt, starts: "2010-12"}
"""
CLIENTS = "fields:\n  code: CustomerID\n  unit: CustomerID\n" + WHEN
SALES = (
    """\
fields:
  key: InvoiceNo
  at: {column: FirstLineAt, format: "%Y-%m-%d %H:%M:%S"}
  client: CustomerID
  amount: {column: AmountMills, divide: 1000}
  method: {value: cash}
  reason: {value: trade discount}
sheets_from_amount: {face: "10.00", round: up}
"""
    + WHEN
)


class Expected(NamedTuple):
    """Number of sales, amount in pence and sheets of the month."""

    number: int
    pence: int
    sheets: int
    clients: int


def by_decimal() -> Expected:
    """The month by the csv module and decimal numbers."""
    with DATA.open(newline="", encoding="utf-8") as file:
        rows = [
            row
            for row in csv.DictReader(file)
            if row["FirstLineAt"].startswith(MONTH) and row["CustomerID"] and int(row["AmountMills"]) > 0
        ]
    pounds = [(Decimal(row["AmountMills"]) / 1000).quantize(Decimal("0.01"), ROUND_HALF_UP) for row in rows]
    sheets = [int((one / 10).to_integral_value(ROUND_CEILING)) for one in pounds]
    return Expected(len(rows), int(sum(pounds) * 100), sum(sheets), len({row["CustomerID"] for row in rows}))


def by_sqlite() -> Expected:
    """The same in SQL, with whole numbers only."""
    db = sqlite3.connect(":memory:")
    db.execute("CREATE TABLE invoice (at TEXT, customer TEXT, mills INTEGER)")
    with DATA.open(newline="", encoding="utf-8") as file:
        rows = [(row["FirstLineAt"], row["CustomerID"], int(row["AmountMills"])) for row in csv.DictReader(file)]
    db.executemany("INSERT INTO invoice VALUES (?, ?, ?)", rows)
    query = """
        SELECT count(*), sum(pence), sum((pence + 999) / 1000), count(DISTINCT customer)
        FROM (SELECT (mills + 5) / 10 AS pence, customer FROM invoice
              WHERE at >= '2010-12-01' AND at < '2011-01-01' AND customer <> '' AND mills > 0)
    """
    return Expected(*db.execute(query).fetchone())


@pytest.fixture(scope="module")
def expected() -> Expected:
    """What the month must come to; skips when the file is not there."""
    if not DATA.is_file():
        message = f"NO REAL DATA: {DATA} is missing; a month of real sales was NOT replayed (set GB_REAL_DATA)"
        warnings.warn(message, stacklevel=1)
        pytest.skip(message)
    found = by_decimal()
    assert found == by_sqlite(), "the two independent calculations must agree before the program is asked"
    return found


@pytest.fixture(scope="module")
def store(expected: Expected, tmp_path_factory: pytest.TempPathFactory) -> Counter:
    """The store with its one receipt, its clients and the month's sales imported."""
    folder = tmp_path_factory.mktemp("retail")
    at = begin(folder / "book", "2010-12-01")
    rules_of_the_store(at.book)
    received = expected.sheets + SPARE
    request = at.done(
        "request", "voucher", f"{received}x10", "--reason", "Christmas", "--json", at="2010-12-01 07:30"
    ).json
    at.done("request", "approve", request["id"], by="li", at="2010-12-01 07:40")
    receive = ("voucher", "receive", f"{FIRST}+{received}", "--face", "10", "--request", request["id"])
    at.done(*receive, "--finance", "Zhao", "--stamped", at="2010-12-01 08:00")
    (folder / "clients.yaml").write_text(CLIENTS, encoding="utf-8")
    (folder / "sales.yaml").write_text(SALES, encoding="utf-8")
    clients = at.done(
        "import", "clients", str(DATA), "--map", str(folder / "clients.yaml"), "--json", at="2010-12-01 08:10"
    )
    assert clients.json["recorded"] == expected.clients
    sales = at.done("import", "sales", str(DATA), "--map", str(folder / "sales.yaml"), "--json")
    assert (sales.json["recorded"], sales.json["already"]) == (expected.number, 0)
    assert sales.json["rows"] == expected.number + len(sales.json["skipped"])
    told = [json.loads(line) for line in at.done("log", "--json", "--kind", "sale").out.splitlines()]
    for day in sorted({one["date"] for one in told}):
        late = [one["amount"] for one in told if one["date"] == day and one["at"][11:16] >= CUT_OFF]
        end_the_day(at, day, sum(map(Decimal, late)))
    last = int(FIRST[1:]) + received - 1
    left = f"A{last - SPARE + 1:07d}-A{last:07d}"
    at.done("voucher", "count", left, "--second", "li", at="2010-12-31 18:00")
    at.done("notice", "--catch-up", at="2010-12-31 20:00")
    at.done("day", "--mark", at="2010-12-31 21:00")
    return at


def end_the_day(at: Counter, day: str, late: Decimal | int) -> None:
    """The day's cash before the cut-off, what came after it in the evening (it is the next day's), then the mark."""
    at.done("cash", "deposit", "--slip", f"J{day[8:]}", at=f"{day} 16:59")
    if late:
        following = dt.date.fromisoformat(day) + dt.timedelta(days=1)
        slip = ("--slip", f"J{day[8:]}E", "--amount", str(late), "--covers", str(following))
        at.done("cash", "deposit", *slip, at=f"{day} 20:59")
    at.done("day", "--mark", at=f"{day} 21:00")


def rules_of_the_store(book: Path) -> None:
    """This store's rules: any discount by a reason alone, and no limit of cash, which a British wholesaler does not have."""
    rules = book / "rules.yaml"
    text = rules.read_text(encoding="utf-8")
    for old, new in (('by_reason_percent: "2"', 'by_reason_percent: "100"'), ('amount: "5000.00"', 'amount: ""')):
        assert text.count(old) == 1
        text = text.replace(old, new)
    rules.write_text(text, encoding="utf-8")


def test_the_month_equals_an_independent_calculation(store: Counter, expected: Expected) -> None:
    result = store("reconcile", "--month", MONTH, "--json")
    sheet = result.json
    assert result.code == 0, sheet["findings"]
    assert sheet["sales"]["count"] == expected.number
    assert sheet["sales"]["amount"] == f"{Decimal(expected.pence) / 100:.2f}"
    assert sheet["sales"]["sheets"] == expected.sheets
    assert sheet["sales"]["by_pay"] == {"cash": sheet["sales"]["amount"]}
    assert sheet["sales"]["difference"] == f"{Decimal(expected.pence - expected.sheets * 1000) / 100:.2f}"
    assert {one["reason"] for one in sheet["sales"]["reasons"]} == {"trade discount"}
    assert sheet["findings"] == []


def test_the_notices_come_to_the_month(store: Counter, expected: Expected) -> None:
    """31 notices, caught up with in one go: their sales are the month's."""
    told = [store.done("notice", "show", one["number"], "--json").json for one in listed(store)]
    assert [one["date"] for one in told] == [f"{MONTH}-{day:02d}" for day in range(1, 32)]
    assert sum(len(one["sales"]) for one in told) == expected.number
    assert sum(one["sheets"] for one in told) == expected.sheets
    assert sum(Decimal(one["amount"]) for one in told) * 100 == expected.pence


def listed(store: Counter) -> list[dict[str, str]]:
    found: list[dict[str, str]] = store.done("notice", "list", "--json").json["notices"]
    return found


def test_stock_and_money_foot(store: Counter, expected: Expected) -> None:
    sheet = store("reconcile", "--month", MONTH, "--json").json
    (face,) = sheet["faces"]
    assert (face["face"], face["opening"], face["received"]) == ("10.00", 0, expected.sheets + SPARE)
    assert (face["sold"], face["closing"], face["counted"]) == (expected.sheets, SPARE, SPARE)
    assert sheet["tie_out"]["difference"] == "0.00"
    cash = {line: Decimal(amount) * 100 for line, amount in sheet["cash"].items() if line in MOVES}
    assert cash == {"received": expected.pence, "deposited": expected.pence, "closing": 0}


def test_the_whole_book_is_clean_and_the_index_agrees(store: Counter) -> None:
    assert store("check", "--json").json == {"findings": []}
    assert store("check") == (0, "", "")


@pytest.mark.parametrize("peer", PEERS)
def test_outside_programs_reach_the_same_balances(store: Counter, peer: Peer, tmp_path: Path) -> None:
    """Per account and month, by the postings and by the sheet's own figures."""
    peer.or_skip()
    file = tmp_path / f"all.{peer.form}"
    file.write_text(store.done("export", peer.form).out, encoding="utf-8")
    book = Book(store.book)
    ours, sheet = by_postings(book), by_sheet(book, MONTH)
    theirs = peer.ask(file)
    assert theirs == peer.named(ours)
    assert peer.named(on_the_sheet(ours, MONTH, sheet)) == peer.named(sheet)


def test_importing_again_adds_nothing(store: Counter, expected: Expected) -> None:
    before = store.files()
    again = store.done("import", "sales", str(DATA), "--map", str(store.book.parent / "sales.yaml"), "--json")
    assert (again.json["recorded"], again.json["already"]) == (0, expected.number)
    assert store.files() == before
