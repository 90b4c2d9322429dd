"""The month of many stores: each book folded by itself, wherever a process is free, and the figures added up as they come.

What a store hands back is small and does not grow with its sales, so the head office's memory is that of the stores' lines and
findings.  A book that cannot be read is named with its own code and hides no other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import msgspec

from ledger import __version__
from ledger.book.month import reconcile
from ledger.book.open import Book
from ledger.checks import chn
from ledger.core.dates import Month
from ledger.core.errors import GbError
from ledger.core.findings import Finding
from ledger.core.settings import Settings
from ledger.core.words import Words
from ledger.folds import chain
from ledger.folds.reconcile import MonthSheet
from ledger.reports.chain import POINTS, ChainReport, StoreLine, told


class Task(msgspec.Struct, frozen=True):
    """One store to fold: its place among all, its folder as it was named and as an absolute path, the month, the day.

    ``today`` is the day as at which it is seen; None for the clock of the machine that reads it.
    """

    number: int
    place: str
    root: str
    month: str
    today: dt.date | None
    version: str = __version__


class Answer(msgspec.Struct, frozen=True):
    """What becomes of a task: the store's line with its figures, or without them why there are none."""

    line: StoreLine
    sheet: MonthSheet | None


class Pool(Protocol):
    """Processes that fold stores.  ``None`` stands for a store whose process ended however often it was tried."""

    def answers(self, fold: Callable[[Task], Answer], tasks: Iterable[Task]) -> Iterator[tuple[Task, Answer | None]]:
        """Each task with its answer, in the order in which they are done."""


def fold_store(task: Task) -> Answer:
    """Fold one store's month; runs in a process of the pool.  Raises nothing for a book that cannot be read."""
    if task.version != __version__:
        return _without(task, chn.other_version(task.place, __version__, task.version))
    try:
        return _fold(task)
    except GbError as error:
        return _without(task, _of_error(task, error))
    except Exception as error:  # noqa: BLE001 - one store's trouble, of any kind, must not hide the others
        what = f"{type(error).__name__}: {error}".replace("\n", " ")
        words = Words(f"程序内部错误（{what}）", f"internal error ({what})")
        return _without(task, Finding(code="BUG-01", severity="error", words=words, subject=task.place))


def _fold(task: Task) -> Answer:
    book = Book(Path(task.root))
    try:
        report = reconcile(book, Month.parse(task.month), today=task.today)
    finally:
        book.close()
    sheet = chain.figures(report.sheet)
    points: dict[str, Any] = {name: sheet.total(name) for name in POINTS}
    line = StoreLine(
        number=task.number, place=task.place, store=report.store, book=book.settings.book, closed=report.closed,
        digest=report.digest, signed=tuple(sorted({one.side for one in report.signatures if one.valid})),
        **told([_placed(one) for one in (*report.findings, *report.since)]),
        **points, amount=sheet.sales.amount, difference=sheet.tie_out.difference,
    )  # fmt: skip
    return Answer(line, sheet)


def _placed(finding: Finding) -> Finding:
    """The finding with its places but without the records' bytes, which nobody is shown at the head office."""
    where = tuple(msgspec.structs.replace(one, text="") for one in finding.where)
    return msgspec.structs.replace(finding, where=where)


def _of_error(task: Task, error: GbError) -> Finding:
    return _placed(
        Finding(
            code=error.code, severity="error", words=error.words, subject=task.place, where=tuple(error.where),
            next=error.next,
        )
    )  # fmt: skip


def _without(task: Task, why: Finding) -> Answer:
    """A store that is not in the sums, and why."""
    return Answer(StoreLine(number=task.number, place=task.place, **told([why])), None)


def consolidated(
    places: Sequence[str], month: Month, pool: Pool, *, today: dt.date | None = None,
    tick: Callable[[int], None] = lambda _: None,
) -> ChainReport:  # fmt: skip
    """All stores' month.  ``places`` are folders of books, each named once; ``tick`` hears of every store that is done.

    A store is left out of the sums, with its finding, when its book cannot be read, is another one's copy or is kept in
    another currency.
    """
    chosen = _Chosen(month, today)
    tasks = chosen.tasks(places)
    total: MonthSheet | None = None
    for task, answer in pool.answers(fold_store, tasks):
        found = answer if answer is not None else _without(task, chn.died(task.place))
        chosen.lines.append(found.line)
        if found.sheet is not None:
            total = found.sheet if total is None else chain.add(total, found.sheet)
        tick(1)
    tick(len(places) - len(tasks))
    lines = sorted(chosen.lines, key=lambda line: line.number)
    return ChainReport(month=month, currency=chosen.currency, lines=tuple(lines), sheet=total)


class _Chosen:
    """Which of the places are folded; the others have their line already.

    Decided before anything is folded, by the books' settings alone: so it does not depend on who is done first.
    """

    def __init__(self, month: Month, today: dt.date | None) -> None:
        self.lines: list[StoreLine] = []
        self.currency = ""
        self._month = month
        self._today = today
        self._first: dict[str, str] = {}

    def tasks(self, places: Sequence[str]) -> list[Task]:
        """The stores to fold, in the order given."""
        return [task for number, place in enumerate(places) if (task := self._task(number, place))]

    def _task(self, number: int, place: str) -> Task | None:
        task = Task(number, place, str(Path(place).absolute()), self._month.text, self._today)
        store, why = "", None
        try:
            settings = Book(Path(task.root)).settings
        except GbError as error:
            why = _of_error(task, error)
        else:
            store, why = settings.store, self._why_not(place, settings)
        if why is None:
            return task
        self.lines.append(StoreLine(number=number, place=place, store=store, **told([why])))
        return None

    def _why_not(self, place: str, settings: Settings) -> Finding | None:
        """What keeps a readable book out of the sums; None when nothing does."""
        if settings.book in self._first:
            return chn.twice(place, self._first[settings.book])
        self._first[settings.book] = place
        self.currency = self.currency or settings.currency
        return (
            chn.other_currency(place, settings.currency, self.currency) if settings.currency != self.currency else None
        )
