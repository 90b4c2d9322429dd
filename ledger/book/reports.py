"""The reports by name: what ``gb report NAME`` makes.  A further report is one entry here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from ledger.core.words import Words

if TYPE_CHECKING:
    from ledger.book.open import Book
    from ledger.core.dates import Month
    from ledger.reports.report import Report

_ONE_DAY = dt.timedelta(days=1)


class Asked(NamedTuple):
    """For when: a month, or with ``day`` the end of a day; neither means the end of ``today``."""

    today: dt.date
    month: Month | None = None
    day: dt.date | None = None

    @property
    def until(self) -> dt.date:
        """The last day that counts, inclusive; of a month that is not over, today."""
        if self.day is not None:
            return self.day
        return min(self.month.after - _ONE_DAY, self.today) if self.month else self.today


class Listed(NamedTuple):
    """A report: its name for people, and how it is made from the book."""

    words: Words
    make: Callable[[Book, Asked], Report]


def _bank(book: Book, asked: Asked) -> Report:
    from ledger.book.sealed import SealedRules
    from ledger.book.text import read_all
    from ledger.core.rules import Bank
    from ledger.folds.bank import bank_sheet
    from ledger.reports.bank import BankReport

    rule = SealedRules(book).on(Bank, asked.until)
    entries, _ = read_all(book)
    sheet = bank_sheet(
        entries, asked.until, cash_deposits=rule.cash_deposits == "yes", match_days=rule.match_days
    )  # fmt: skip
    return BankReport(store=book.settings.store, sheet=sheet)


def _liability(book: Book, asked: Asked) -> Report:
    from ledger.book.sealed import SealedRules
    from ledger.book.text import read_all
    from ledger.core.rules import Liability
    from ledger.folds.liability import liability
    from ledger.reports.liability import LiabilityReport

    rule = SealedRules(book).on(Liability, asked.until)
    entries, _ = read_all(book)
    return LiabilityReport(
        store=book.settings.store, sheet=liability(entries, asked.until, rule.age_days, rule.expiry_days)
    )


REPORTS: dict[str, Listed] = {
    "bank": Listed(Words("银行存款余额调节表", "bank reconciliation"), _bank),
    "liability": Listed(Words("未消费的券", "outstanding vouchers"), _liability),
}
