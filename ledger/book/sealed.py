"""Closed months: each is folded by the rules and settings that were sealed with it, and hands its state to the next."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from ledger.audit.seal import FOLDER, SealedState, sealed_prefix
from ledger.book.yamlfile import LIMIT, read_mapping
from ledger.core.bankdays import BankDays
from ledger.core.dates import Month
from ledger.core.errors import GbError, Unreadable, Where
from ledger.core.findings import Finding, trouble
from ledger.core.money import parse_yuan
from ledger.core.order import in_order
from ledger.core.rules import Rule, Rules, parse_rules
from ledger.core.settings import Settings, parse_settings
from ledger.core.words import Words
from ledger.folds.closing import (
    MONEY_COLUMNS,
    SAFE_COLUMNS,
    STOCK_COLUMNS,
    THING_COLUMNS,
    Carried,
    Rows,
    from_rows,
    nothing,
    take,
    to_rows,
)

if TYPE_CHECKING:
    from ledger.book.open import Book
    from ledger.book.text import Text

R = TypeVar("R", bound=Rule)
TABLES: Mapping[str, Sequence[str]] = {
    "stock": STOCK_COLUMNS,
    "things": THING_COLUMNS,
    "safe": SAFE_COLUMNS,
    "money": MONEY_COLUMNS,
}
"""The tables of a closing with their columns."""


class SealedRules(Rules):
    """The book's rules; on a date in a closed month those that were sealed with it, whatever rules.yaml says now."""

    def __init__(self, book: Book) -> None:
        calendar = SealedDays(book) if book.seals.months() else book.rules.calendar
        super().__init__(dict(book.rules), calendar, SealedSettings(book).trades_on)
        self._book = book
        self._closed = frozenset(book.seals.months())
        self._copies: dict[str, Rules | None] = {}
        self._parsed: dict[bytes, Rules] = {}

    def _find(self, kind: type[R], day: dt.date) -> R | None:
        month = f"{day:%Y-%m}"
        copy = self.copy_of(month) if month in self._closed else None
        return copy.find(kind, day) if copy is not None else super()._find(kind, day)

    def copy_of(self, month: str) -> Rules | None:
        """The sealed copy; None for one that is not as it was sealed (CLS-01): then the book's own rules stand."""
        if month not in self._copies:
            path = f"{FOLDER}/{month}/rules.yaml"
            self._copies[month] = self._read(path) if stands(self._book, month, "rules.yaml") else None
        return self._copies[month]

    def _read(self, path: str) -> Rules:
        text = self._book.disk.read(path, LIMIT)
        if text not in self._parsed:  # most months are closed under the same rules
            self._parsed[text] = parse_rules(read_mapping(text, path))
        return self._parsed[text]


class SealedSettings:
    """The book's settings; of a closed month those that were sealed with it, whatever gb.yaml says now."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._closed = frozenset(book.seals.months())
        self._copies: dict[str, Settings] = {}

    def on(self, day: dt.date) -> Settings:
        """The settings that hold for ``day``."""
        month = f"{day:%Y-%m}"
        if month not in self._closed:
            return self._book.settings
        if month not in self._copies:
            self._copies[month] = settings_of(self._book, Month.of(day))
        return self._copies[month]

    def trades_on(self, day: dt.date) -> bool:
        """Whether ``day`` is a trading day."""
        return self.on(day).trades_on(day)


class SealedDays(BankDays):
    """The store's calendar of bank days; for a day in a closed month as it was sealed."""

    def __init__(self, book: Book) -> None:
        super().__init__(book.settings.bank_days)
        self._settings = SealedSettings(book)
        self._calendars: dict[str, BankDays] = {}

    def bank_day(self, day: dt.date) -> bool | None:
        """Whether banks work on ``day``; ``None`` in a year whose holidays are not published."""
        month = f"{day:%Y-%m}"
        if month not in self._calendars:
            self._calendars[month] = BankDays(self._settings.on(day).bank_days)
        return self._calendars[month].bank_day(day)


def rules_apart(book: Book) -> Iterator[Finding]:
    """RUL-02 for each kind of rule whose entries up to the last closed month are not those that were sealed with it.

    A kind that the sealed copy does not know came with a later version of the program.
    """
    name = max(book.seals.months(), default="")
    sealed = SealedRules(book).copy_of(name) if name else None
    if sealed is None:
        return
    after = Month.parse(name).after
    now = dict(book.rules)
    for kind, entries in sealed:
        if [one for one in entries if one.since < after] != [one for one in now.get(kind, ()) if one.since < after]:
            words = Words(
                f"rules.yaml 的规则“{kind}”与 {name} 封账时的不同：施行过的条目被改动",
                f"the rule “{kind}” of rules.yaml is not as sealed with {name}: an entry that was in force was changed",
            )
            where = (Where("rules.yaml"), Where(f"{FOLDER}/{name}/rules.yaml"))
            fix = (f"git diff --no-index {FOLDER}/{name}/rules.yaml rules.yaml", "gb explain RUL-02")
            yield trouble("RUL-02", words, subject=kind, where=where, next=fix)


def is_closed(book: Book, month: Month) -> bool:
    """Whether the month has a seal that reads."""
    return book.seals.of(month.text) is not None


def stands(book: Book, month: str, *names: str) -> bool:
    """Whether these files of a closing are, byte for byte, what the month's seal says; never without a seal."""
    seal = book.seals.of(month)
    paths = {f"{FOLDER}/{month}/{name}" for name in names}
    return seal is not None and all(_as_sealed(book, one) for one in seal.state if one.path in paths)


def settings_of(book: Book, month: Month) -> Settings:
    """The settings sealed with a closed month, as far as they are as sealed; else the book's."""
    if not stands(book, month.text, "gb.yaml"):
        return book.settings
    path = f"{FOLDER}/{month.text}/gb.yaml"
    return parse_settings(read_mapping(book.disk.read(path, LIMIT), path))


def carried_into(book: Book, month: Month) -> tuple[dt.date | None, Carried]:
    """What the last closing before ``month`` carries and the first day after it; nothing when no month is closed.

    A closing whose tables are not what its seal says is passed over: the text before it is folded instead (CLS-01).
    """
    tables = [f"{name}.csv" for name in TABLES]
    for name in reversed(book.seals.months()):
        if name < month.text and stands(book, name, *tables):
            return Month.parse(name).after, _read_closing(book, name)
    return None, nothing()


def money_into(book: Book, month: Month) -> tuple[dt.date | None, dict[str, int]]:
    """As :func:`carried_into`, but only the balances of money in fen: one small table."""
    for name in reversed(book.seals.months()):
        if name < month.text and stands(book, name, "money.csv"):
            rows = _table(book, f"{FOLDER}/{name}/money.csv", MONEY_COLUMNS)
            return Month.parse(name).after, {account: parse_yuan(amount) for account, amount in rows}
    return None, {}


def _read_closing(book: Book, month: str) -> Carried:
    try:
        return from_rows(read_rows(book, month))
    except ValueError as error:
        words = Words(f"{month} 的封账状态读不出来：{error}", f"the closing of {month} cannot be read: {error}")
        where = (Where(f"{FOLDER}/{month}/closing.yaml"),)
        raise Unreadable(words, code="CLS-01", where=where, next=("gb verify",)) from None


def read_rows(book: Book, month: str) -> Rows:
    """The tables of a closing as they stand; raises ``ValueError`` for a file that no closing wrote."""
    stock, things, safe, money = (
        _table(book, f"{FOLDER}/{month}/{name}.csv", columns) for name, columns in TABLES.items()
    )
    return Rows(
        stock=[(row[0], row[1]) for row in stock],
        things=[(row[0], row[1], row[2], row[3]) for row in things],
        safe=[(row[0], row[1]) for row in safe],
        money=[(row[0], row[1]) for row in money],
    )


def closings_apart(book: Book, text: Text, before: str = "") -> Iterator[str]:
    """The closed months whose tables are not what the text up to their end folds to (REC-02), of those that ``text`` holds.

    ``before`` (``2026-10``, exclusive): only earlier months are asked.
    """
    if text.unclosed is not None:  # every closed month lies before what is read
        return
    covered = text.past.lead.month if text.past else ""
    carried = from_rows(read_rows(book, covered)) if covered else nothing()
    ordered = in_order(text.entries)
    at = 0
    for name in book.seals.months():
        if name <= covered or (before and name >= before):
            continue
        month = Month.parse(name)
        while at < len(ordered) and ordered[at].record.date < month.after:
            take(carried, ordered[at].record)
            at += 1
        rows = to_rows(carried, month.first)
        try:
            same = read_rows(book, name) == rows
        except (ValueError, GbError):
            same = False
        if not same:
            yield name
        carried = from_rows(rows)


def show_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """A table of a closing as a file: header and rows, LF."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows([columns, *rows])
    return out.getvalue().encode()


def _table(book: Book, path: str, columns: Sequence[str]) -> list[tuple[str, ...]]:
    try:
        rows = list(csv.reader(io.StringIO(book.disk.read(path).decode(), newline=""), strict=True))
    except csv.Error as error:
        raise ValueError(f"{path}: {error}") from None
    if not rows or tuple(rows[0]) != tuple(columns) or any(len(row) != len(columns) for row in rows):
        raise ValueError(path)
    return [tuple(row) for row in rows[1:]]


def tables_apart(book: Book, month: str) -> list[str]:
    """The tables of a closing that are not as they were sealed, by name; a seal that cannot be read names none."""
    seal = book.seals.of(month)
    state: Sequence[SealedState] = seal.state if seal else ()
    changed = {one.path for one in state if not _as_sealed(book, one)}
    return [name for name in TABLES if f"{FOLDER}/{month}/{name}.csv" in changed]


def _as_sealed(book: Book, sealed: SealedState) -> bool:
    found = sealed_prefix(book.disk, sealed)
    return found.condition == "sealed" and not found.tail
