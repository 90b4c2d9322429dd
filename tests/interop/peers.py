"""What outside programs make of a book: balances per month, account and commodity, each program's own sums of our export.

The answers of all programs have one form, :data:`Balances`, without zeros, so that they can be compared with ``==``.
"""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
import warnings
from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path

import pytest

from ledger.book.month import reconcile
from ledger.book.open import Book
from ledger.book.text import read_all
from ledger.core.dates import Month
from ledger.core.postings import MONEY, SAFE, voucher
from ledger.folds.reconcile import ROWS, MonthSheet
from ledger.reports.postings import beancount_account

Balances = dict[tuple[str, str, str], Decimal]
"""(month, account, commodity) → what the month's transactions added: sheets, or yuan."""

_LEDGER_FORMAT = '%(format_date(date, "%Y-%m"))|%(account)|%(scrub(display_amount))\\n'


def _without_zeros(sums: Iterable[tuple[tuple[str, str, str], Decimal]]) -> Balances:
    total: Balances = {}
    for key, quantity in sums:
        total[key] = total.get(key, Decimal(0)) + quantity
    return {key: quantity for key, quantity in total.items() if quantity}


# -- ours ----------------------------------------------------------------------------------------------------------------


def by_postings(book: Book) -> Balances:
    """Ours, from the postings of every record that counts."""
    entries, damage = read_all(book)
    assert damage == []
    return _without_zeros(
        ((f"{one.record.date:%Y-%m}", account, commodity), _quantity(commodity, quantity))
        for one in entries
        for account, commodity, quantity in one.record.postings()
    )


def by_sheet(book: Book, month: str) -> Balances:
    """Ours, from the figures of the month's six-point sheet: the lines of R7 and the balances carried on."""
    sheet = reconcile(book, Month.parse(month)).sheet
    lines = [*_lines(month, sheet)]
    money = [((month, name, MONEY), _quantity(MONEY, one.movement)) for name, one in sheet.money.items()]
    return _without_zeros([*lines, *money])


def _lines(month: str, sheet: MonthSheet) -> Iterable[tuple[tuple[str, str, str], Decimal]]:
    for face in sheet.faces:
        commodity, figures = voucher(face.face), face.figures
        yield (month, SAFE, commodity), Decimal(figures["closing"] - figures["opening"])
        yield from (((month, row.account, commodity), Decimal(-row.sign * figures[row.name])) for row in ROWS)


def on_the_sheet(balances: Balances, month: str, sheet: Balances) -> Balances:
    """Of an outside program's balances those that the sheet of the month shows."""
    accounts = {account for _, account, _ in sheet}
    shown = (*(row.account for row in ROWS), SAFE, *accounts)
    return {key: quantity for key, quantity in balances.items() if key[0] == month and key[1] in shown}


def _quantity(commodity: str, quantity: int) -> Decimal:
    return Decimal(quantity) / 100 if commodity == MONEY else Decimal(quantity)


# -- theirs --------------------------------------------------------------------------------------------------------------


def by_hledger(file: Path) -> Balances:
    """The monthly balances of ``hledger bal``."""
    rows = csv.DictReader(
        _run(["hledger", "-f", str(file), "bal", "-M", "-N", "--layout", "tidy", "-O", "csv"]).splitlines()
    )
    return _without_zeros(((row["period"], row["account"], row["commodity"]), Decimal(row["value"])) for row in rows)


def by_ledger(file: Path) -> Balances:
    """The monthly sums of ``ledger register``; further commodities of an account stand on lines of their own."""
    found: list[tuple[tuple[str, str, str], Decimal]] = []
    month = account = ""
    for line in _run(["ledger", "-f", str(file), "register", "-M", "--format", _LEDGER_FORMAT]).splitlines():
        *names, amount = line.split("|")
        month, account = names or (month, account)
        quantity, _, commodity = amount.partition(" ")
        if commodity:
            found.append(((month, account, commodity.strip('"')), Decimal(quantity)))
    return _without_zeros(found)


def by_beancount(file: Path) -> Balances:
    """The postings as beancount's loader books them; it must have no complaint."""
    from beancount import loader
    from beancount.core.data import Transaction

    entries, errors, _ = loader.load_file(str(file))
    assert errors == []
    found: list[tuple[tuple[str, str, str], Decimal]] = []
    for one in entries:
        for posting in one.postings if isinstance(one, Transaction) else ():
            units = posting.units
            assert units is not None
            assert isinstance(units.number, Decimal)
            found.append(((f"{one.date:%Y-%m}", posting.account, units.currency), units.number))
    return _without_zeros(found)


def _run(argv: list[str]) -> str:
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def renamed(balances: Balances) -> Balances:
    """Our accounts as beancount has them."""
    return {(month, beancount_account(account), name): sum_ for (month, account, name), sum_ in balances.items()}


def _as_they_are(balances: Balances) -> Balances:
    return balances


class Peer:
    """An outside program: its name, the export it reads, how it is asked, and what it calls our accounts."""

    def __init__(
        self, name: str, form: str, ask: Callable[[Path], Balances], named: Callable[[Balances], Balances]
    ) -> None:
        self.name = name
        self.form = form
        self.ask = ask
        self.named = named

    def or_skip(self) -> None:
        """Skip the test, loudly, when the program is not installed."""
        if _installed(self.name):
            return
        message = f"NO {self.name.upper()}: it is not installed; our balances were NOT compared with its own"
        warnings.warn(message, stacklevel=2)
        pytest.skip(message)


def _installed(name: str) -> bool:
    if name != "beancount":
        return shutil.which(name) is not None
    from importlib.util import find_spec

    return find_spec("beancount") is not None


PEERS = (
    pytest.param(Peer("hledger", "hledger", by_hledger, _as_they_are), id="hledger", marks=pytest.mark.debian),
    pytest.param(Peer("ledger", "hledger", by_ledger, _as_they_are), id="ledger", marks=pytest.mark.debian),
    pytest.param(Peer("beancount", "beancount", by_beancount, renamed), id="beancount"),
)


def months_of(balances: Balances) -> list[str]:
    """The months with any posting."""
    return sorted({month for month, _, _ in balances})


def is_beancount_name(account: str) -> bool:
    """Beancount's own rule for accounts, for the names that no book happens to have."""
    return re.fullmatch(r"(Assets|Liabilities|Equity|Income|Expenses)(:[A-Z0-9][A-Za-z0-9-]*)+", account) is not None
