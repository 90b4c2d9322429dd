"""The reports by name: what ``gb report NAME`` makes.  A further report is one entry here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ledger.core.words import Words

if TYPE_CHECKING:
    from ledger.book.open import Book
    from ledger.core.dates import Month, Period
    from ledger.core.forms import Record
    from ledger.reports.bank import BankReport
    from ledger.reports.figures import FiguresReport
    from ledger.reports.reconcile import ReconcileReport
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


def bank_report(book: Book, asked: Asked) -> BankReport:
    """The bank reconciliation at the end of what is asked for (N5)."""
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


def _audit_sheet(book: Book, asked: Asked) -> Report:
    from ledger.book.month import reconcile
    from ledger.folds.audit import register_lines, tie_lines
    from ledger.reports.audit import AuditReport

    month, records, behind = _records(book, asked)
    return AuditReport(sheet=reconcile(book, month), tie=tie_lines(records, behind), registers=register_lines(records))


def _records(book: Book, asked: Asked) -> tuple[Month, list[Record], dict[str, Record]]:
    """The month that is asked for, its records in force, and all records by id."""
    from ledger.book.text import read_all
    from ledger.folds.audit import of_month

    month = _month(asked)
    entries, _ = read_all(book)
    return month, of_month(entries, month), {one.id: one.record for one in entries}


def _sales(book: Book, asked: Asked) -> Report:
    from ledger.book.sealed import settings_of
    from ledger.folds.audit import tie_lines
    from ledger.reports.lists import ListReport

    month, records, behind = _records(book, asked)
    lines = tuple(tie_lines(records, behind).get("sold", ()))
    return ListReport(title=SALES, store=settings_of(book, month).store, month=month.text, lines=lines)


def _rebates(book: Book, asked: Asked) -> Report:
    from ledger.book.sealed import settings_of
    from ledger.core.records.collecting import Collection
    from ledger.folds.audit import register_lines
    from ledger.reports.lists import ListReport

    month, records, _ = _records(book, asked)
    collected = [one for one in records if isinstance(one, Collection)]
    lines = tuple(register_lines(collected)["rebate_slips"])
    return ListReport(title=REBATES, store=settings_of(book, month).store, month=month.text, lines=lines)


def _month_report(book: Book, asked: Asked) -> Report:
    """The month with its sheet, all of its days, also where it is not over."""
    from ledger.book.month import reconcile
    from ledger.reports.figures import MONTH

    month = _month(asked)
    sheet = reconcile(book, month, today=asked.today)
    return _figures(book, MONTH, (month.first, month.after), [month.text], sheet)


def _weekly(book: Book, asked: Asked) -> Report:
    """The week, Monday to Sunday, of the day that is asked for, of a month's last day, of today otherwise."""
    from ledger.core.targets import weeks_in
    from ledger.reports.figures import WEEK

    monday = asked.until - dt.timedelta(days=asked.until.weekday())
    week = (monday, monday + dt.timedelta(days=7))
    return _figures(book, WEEK, week, weeks_in(week), None)


def _figures(
    book: Book, title: Words, period: Period, targets_of: Sequence[str], month: ReconcileReport | None
) -> FiguresReport:
    from ledger.book.text import read_all
    from ledger.core.parties import Client, Operator
    from ledger.folds.figures import classes, figures
    from ledger.folds.targets import against, targets
    from ledger.reports.figures import FiguresReport

    entries, _ = read_all(book)
    sold = figures(entries, period)
    state = book.state()
    clients = dict(state.things(Client))
    return FiguresReport(
        title=title, store=month.store if month else book.settings.store, figures=sold, month=month,
        aims=against(targets(entries), targets_of, sold), kinds={code: one.unit_kind for code, one in clients.items()},
        classes=classes(entries, period[1]),
        names={code: one.name for code, one in state.things(Operator)} | {code: one.shown for code, one in clients.items()},
    )  # fmt: skip


def _accounting(book: Book, asked: Asked) -> Report:
    from ledger.book.sealed import settings_of
    from ledger.book.text import read_all
    from ledger.folds.accounting import entries
    from ledger.reports.accounting import AccountingReport

    month = _month(asked)
    store = settings_of(book, month).store
    return AccountingReport(store=store, month=month, entries=entries(read_all(book)[0], month))


def _visits(book: Book, asked: Asked) -> Report:
    from ledger.book.visits import book_of_calls
    from ledger.core.parties import Client
    from ledger.reports.visits import VisitReport

    month = _month(asked)
    found = tuple(book_of_calls(book, month.first, month.after))
    clients = {code: book.state().thing(Client, code) for code in dict.fromkeys(one.client for one in found)}
    units = {code: client.shown for code, client in clients.items() if client is not None}
    return VisitReport(store=book.settings.store, month=month.text, visits=found, units=units)


def _clients(book: Book, _: Asked) -> Report:
    from ledger.core.parties import Client
    from ledger.reports.visits import ClientReport

    return ClientReport(store=book.settings.store, clients=tuple(sorted(book.state().things(Client))))


def _points(book: Book, asked: Asked) -> Report:
    from ledger.book.sealed import carried_into, settings_of
    from ledger.book.text import text_of
    from ledger.folds.reconcile import fold_month
    from ledger.reports.points import PointsReport

    month = _month(asked)
    since, opening = carried_into(book, month)
    sheet, _ = fold_month(opening, month, text_of(book, since, month).entries)
    block = sheet.parts.get("points")
    return PointsReport(
        store=settings_of(book, month).store, month=month.text, block=block.seen(asked.until) if block else None
    )


def _members(book: Book, asked: Asked) -> Report:
    from ledger.book.sealed import SealedRules, settings_of
    from ledger.book.text import whole_text
    from ledger.folds.members import member_figures
    from ledger.reports.members import MembersReport

    month = _month(asked)
    until = min(month.after - _ONE_DAY, asked.until)
    figures = member_figures(whole_text(book).entries, month, until, SealedRules(book))
    return MembersReport(store=settings_of(book, month).store, figures=figures)


def _month(asked: Asked) -> Month:
    """The month that is asked for, else the one usually worked on."""
    from ledger.book.month import usual_month
    from ledger.core.dates import Month

    return asked.month or (Month.of(asked.day) if asked.day else usual_month(asked.today))


SALES, REBATES = Words("本月销售", "sales of a month"), Words("本月领取的返扣", "rebates collected in a month")

REPORTS: dict[str, Listed] = {
    "month": Listed(Words("月报（图表）", "the month in pictures"), _month_report),
    "weekly": Listed(Words("周报", "the week"), _weekly),
    "audit-sheet": Listed(Words("财务审计表", "audit sheet for finance"), _audit_sheet),
    "sales": Listed(SALES, _sales),
    "rebates": Listed(REBATES, _rebates),
    "visits": Listed(Words("客户回访登记本", "book of calls and visits"), _visits),
    "clients": Listed(Words("客户名册", "register of clients"), _clients),
    "points": Listed(Words("会员积分", "members' points"), _points),
    "members": Listed(Words("会员指标", "figures of the member centre"), _members),
    "accounting": Listed(Words("记账凭证草稿", "draft of journal entries"), _accounting),
    "bank": Listed(Words("银行存款余额调节表", "bank reconciliation"), bank_report),
    "liability": Listed(Words("未消费的券", "outstanding vouchers"), _liability),
}
