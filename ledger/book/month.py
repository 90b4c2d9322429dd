"""A month against finance and the check of the whole book: from the text alone, never from the index.

A month is half-open: its first day belongs to it, the first day of the next does not.  A closed month is seen as it was
sealed: its own rules and settings, its sealed records, the answers that were given up to the closing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from ledger.audit.sealed import unsealed
from ledger.audit.verify import seal_gone
from ledger.book.leads import asked
from ledger.book.notice import texts, texts_of
from ledger.book.runs import opening_of
from ledger.book.sealed import (
    TABLES,
    SealedRules,
    SealedSettings,
    closings_apart,
    is_closed,
    rules_apart,
    settings_of,
    tables_apart,
)
from ledger.book.signed import approval_findings, seal_shown, signature_findings, signatures, signed_on
from ledger.book.text import Settled, Text, digest, read_all, whole_text
from ledger.book.verified import AUDITED, audited, gone_seals
from ledger.checks import answers, cls, day, notices
from ledger.checks.idx import differences
from ledger.checks.jrn import hurt_ids
from ledger.checks.rec import unequal, untied
from ledger.checks.run import check as check_records
from ledger.checks.run import place, wanted
from ledger.core.dates import Month, parse_instant
from ledger.core.errors import GbError
from ledger.core.findings import Finding
from ledger.core.forms import Reversal
from ledger.core.memory import FullState
from ledger.core.order import in_order
from ledger.core.records.cash import DayEnd
from ledger.core.records.dispositions import Adoption, Disposition
from ledger.core.records.notices import Issued
from ledger.core.rules import Reconciled, Registers, Rules
from ledger.core.state import Earlier, Sourced, apply
from ledger.core.unswept import unswept
from ledger.folds.closing import Carried
from ledger.folds.parts import Ageing
from ledger.folds.reconcile import MonthSheet, fold_month
from ledger.folds.registers import RegisterSheet
from ledger.reports.reconcile import ReconcileReport

if TYPE_CHECKING:
    from ledger.book.open import Book
    from ledger.journal.entry import Entry

INDEX = "IDX"
_WRONG = ("JRN", "NUM", "STA", "REC", "APR", "REB", "RED", "REG", "CLS")
"""Findings about a record that is wrong itself; the others are about what followed, or did not, on a sound one."""
LAST_DUE = 10
"""Day of the month until which the month before is still worked on."""
_ONE_DAY = dt.timedelta(days=1)


def reconcile(
    book: Book, month: Month, register: Sequence[Sourced] = (), *, today: dt.date | None = None
) -> ReconcileReport:
    """Fold the month on what the last closing before it carries, or on all earlier text; nothing is written (R1–R7).

    Beside its own findings the sheet shows the errors of earlier months, since they make its opening, and all damage.
    ``register``: lines of finance's that are compared as if they had been imported, and stay outside the book.
    ``today``: the day as at which it is seen; the clock's unless given.
    """
    day = today or book.today()
    with unswept():
        settle = partial(settled, book, month=month) if not register and day >= month.after else None
        return asked(book, month, day, lambda text: reconciled(book, text, month, register, day), settle)


def reconciled(book: Book, text: Text, month: Month, register: Sequence[Sourced], today: dt.date) -> ReconcileReport:
    """The answer of :func:`reconcile` to a text; raises :class:`~ledger.core.state.Earlier` where it begins too late."""
    sheet = text.settled.sheet if text.settled else folded(book, text, month, register)[0]
    found = month_findings(book, text, month, today, sheet, register=register)
    since = _since_closing(found, month) if is_closed(book, month) else []
    return ReconcileReport(
        store=settings_of(book, month).store,
        sheet=_timed(sheet, book, _end(text.entries, month, today)),
        findings=[one for one in found if one not in since],
        since=[one for one in since if not _of_later(one, month)],
        digest=digest(book, month),
        closed=is_closed(book, month),
        seal=seal_shown(book, month),
        signatures=signatures(book, month),
    )


def settled(book: Book, text: Text, month: Month) -> Settled:
    """What the sealed text of a closed month comes to, whatever came later: what a sheet of it need not ask again."""
    own = text._replace(entries=[one for one in text.entries if one.record.date < month.after])
    sheet, _ = folded(book, own, month)
    end = month.after - _ONE_DAY
    found = check_records(
        own.entries, (), SealedRules(book), until=end, months=(month,), month=month, earlier=True, past=text.past
    )
    beside = _beside(book, own, found, month, month.after)
    return Settled(sheet, found, beside, texts_of(book, month.text))


def _since_closing(found: Sequence[Finding], month: Month) -> list[Finding]:
    """What cannot have been there when the month was closed: damage, and errors, that nobody had answered by then.

    A close refuses while an error is without an answer, so such an error came afterwards (R9).
    """
    damage = ("JRN", "CLS")
    open_ones = (one for one in found if one.disposition is None)
    return [one for one in open_ones if one.severity == "error" or one.code.startswith(damage) or _of_later(one, month)]


def _of_later(finding: Finding, month: Month) -> bool:
    """Whether a finding is about files of later months alone."""
    months = [where.file.split("/")[1] for where in finding.where if where.file.count("/") > 1]
    return bool(months) and min(months) > month.text


def _timed(sheet: MonthSheet, book: Book, until: dt.date) -> MonthSheet:
    """The sheet as seen at the end of ``until``: ages, and what finance may still book told apart from what it lacks (R10)."""
    parts: dict[str, Any] = {
        name: one.seen(until) if isinstance(one, Ageing) else one for name, one in sheet.parts.items()
    }
    registers: Sequence[RegisterSheet] = parts.get("registers", ())
    if any(one.of("ours") for one in registers):
        rules = SealedRules(book)
        parts["registers"] = tuple(
            one.timed(until, lambda day: rules.on(Registers, day).timing_days) for one in registers
        )
    return msgspec.structs.replace(sheet, parts=parts)


def folded(book: Book, text: Text, month: Month, register: Sequence[Sourced] = ()) -> tuple[MonthSheet, Carried]:
    """The month's sheet and what it carries on: folded on what is not read, the last closing before it, or on all earlier text.

    A closed month stands as it was sealed: that a count of it is taken back later changes nothing of it (R9).
    """
    since, opening = opening_of(book, text, month)
    after = month.after if is_closed(book, month) else dt.date.max
    sourced = (one for one in (*text.entries, *register) if one.record.date < after)
    return fold_month(opening, month, [one for one in sourced if since is None or one.record.date >= since])


def month_findings(
    book: Book, text: Text, month: Month, today: dt.date, sheet: MonthSheet, *, register: Sequence[Sourced] = ()
) -> list[Finding]:
    """The findings of one month as its ``sheet`` shows them, with their answers; ``register`` as in :func:`reconcile`.

    With them the errors of earlier months and all damage, since they make its opening.  An open month also shows what
    arrived late in closed ones, since it is there that it can be taken in (R9).
    """
    rules = SealedRules(book)
    end = _end(text.entries, month, today)
    if text.settled:
        found, beside = text.settled.found, text.settled.beside
    else:
        found = check_records(
            [*text.entries, *register], text.damage, rules, until=end, months=(month,), month=month, earlier=True,
            today=today, past=text.past,
        )  # fmt: skip
        beside = _beside(book, text, found, month, today)
    sealed_at = _sealed_at(book, month)
    over = {
        f"{one.record.date:%Y-%m}" for one in text.entries if one.record.date < min(month.after, Month.of(today).first)
    }
    over.update(text.unclosed.months if text.unclosed else ())
    more = [*beside, *(one.finding for one in unsealed(book.disk))]
    more += [seal_gone(known).finding for known in gone_seals(book, over)]
    if sealed_at is None and text.late:
        more += cls.arrived_late(text.late, text.also(Adoption))
    more += [*approval_findings(book, text, month), *signature_findings(book, month)]
    found = _with(found, more, rules, end, sheet)
    given = answers.in_force(text.also(Disposition), sealed_at)
    return answers.answered(found, given, sealed_at.date() if sealed_at else today)


def _beside(book: Book, text: Text, found: Sequence[Finding], month: Month, today: dt.date) -> list[Finding]:
    """What a fold of the records does not see of a month: its days, its notices, and closings before it that are not their text."""
    missing = day.missing(text.entries, min(today, month.after), hurt_ids(text.damage))
    apart = closings_apart(book, text, month.text)
    return [
        *(one for one in missing if one.subject.startswith(month.text)),
        *(one for on, one in _notices(book, text, found, today, month) if month.contains(on)),
        *(cls.state_apart(name, tables_apart(book, name) or tuple(TABLES)) for name in apart),
    ]


def _with(
    found: Sequence[Finding], more: Sequence[Finding], rules: Rules, end: dt.date, sheet: MonthSheet
) -> list[Finding]:
    """All findings of a month in order: what the fold found, what stands beside it, and last its arithmetic."""
    both = cls.alone([*found, *_severe(more, rules, end)])
    apart = [*unequal(sheet, both), *untied(sheet, both)]
    return sorted([*both, *_severe(apart, rules, end)], key=place)


def _sealed_at(book: Book, month: Month) -> dt.datetime | None:
    """When a closed month was sealed; a sealed month is seen as it was known then."""
    seal = book.seals.of(month.text)
    return parse_instant(seal.at) if seal else None


def usual_month(today: dt.date) -> Month:
    """The month that is reconciled when none is named: until the 10th the one before, since its sheet is due then."""
    month = Month.of(today)
    return month.previous() if today.day <= LAST_DUE else month


def check(
    book: Book, codes: Collection[str] = (), month: Month | None = None, today: dt.date | None = None
) -> list[Finding]:
    """Every finding in the book with its answer, or those of the codes or families (``STK``) and the month asked for.

    ``today`` is the day of the machine's clock when none is given.
    """
    return checked(book, whole_text(book), codes, month, today or book.today())


@unswept()
def checked(book: Book, text: Text, codes: Collection[str], month: Month | None, today: dt.date) -> list[Finding]:
    """As :func:`check`, of a text; of months that are not read only the errors of single records.

    Raises :class:`~ledger.core.state.Earlier` where it begins too late.
    """
    entries = text.entries
    until = _end(entries, month, today) if month else max([today, *(one.record.date for one in entries)])
    rules = SealedRules(book)
    found = check_records(
        entries, text.damage, rules, until=until, months=_over(entries, today, month), month=month, today=today,
        past=text.past,
    )  # fmt: skip
    found += _severe([*_beyond(book, text, today, month)], rules, until)
    noticed = _notices(book, text, found, today, month)
    found += _severe([one for on, one in noticed if month is None or month.contains(on)], rules, until)
    found += _severe([one for one in late_findings(book, text, today) if _is_in(one, month)], rules, until)
    if month is None:
        found += _severe([*_arithmetic(book, text, found)], rules, until)
    if not codes or any(wanted(one, codes) for one in AUDITED):
        found = _audited(book, found, month)
    found = sorted((one for one in found if not codes or wanted(one.code, codes)), key=place)
    if month is None and _asks(codes, INDEX):
        found = [*found, *index_findings(book, entries)]
    return answers.answered(found, answers.in_force(text.also(Disposition)), today)


def _is_in(finding: Finding, month: Month | None) -> bool:
    return month is None or finding.subject.startswith(month.text)


def late_findings(book: Book, text: Text, today: dt.date) -> Iterator[Finding]:
    """CLS-02 for each month with records that was not reconciled in time (R13).

    It is no part of what blocks a close: that would keep a late month open for being late.
    """
    rules, hurt = SealedRules(book), hurt_ids(text.damage)  # a record in a wrong place makes no month
    for month in months_of(book, text, hurt):
        if month.after <= today:
            due = cls.due_day(month, rules.on(Reconciled, month.first).working_days, rules.calendar.working_day)
            closed = _sealed_at(book, month)
            done = cls.Done(closed.date() if closed else None, signed_on(book, month) if closed else {})
            yield from cls.late(month, due, done, today)


def months_of(book: Book, text: Text, hurt: Collection[str] = ()) -> list[Month]:
    """The months with records, oldest first, those that were not read too; ``hurt`` are records that do not count."""
    read = {Month.of(one.record.date) for one in text.entries if one.id not in hurt}
    unread = (*book.seals.months(), *(text.unclosed.months if text.unclosed else ())) if text.past else ()
    return sorted({*read, *map(Month.parse, unread)})


def _arithmetic(book: Book, text: Text, found: Sequence[Finding]) -> Iterator[Finding]:
    """REC-02 for each open month whose sheet does not add up; a closed one was asked before it was sealed."""
    for month in months_of(book, text):
        if not is_closed(book, month) and not (text.past and month.first < text.past.first):
            with suppress(GbError):  # a closing that cannot be read is told by _closings_apart
                sheet, _ = folded(book, text, month)
                yield from unequal(sheet, found)
                yield from untied(sheet, found)


@unswept()
def book_findings(
    book: Book, text: Text, month: Month, today: dt.date, *, until: dt.date | None = None
) -> list[Finding]:
    """All that stands in the book up to the end of ``month``, with its answers: what its closing must look at.

    The month's own arithmetic is part of it: a sheet that does not add up is not sealed (REC-02).  ``until`` (inclusive):
    as at the end of that day instead, with what was mended after the month.
    """
    rules = SealedRules(book)
    end = until or _end(text.entries, month, today)
    found = check_records(text.entries, text.damage, rules, until=end, months=(month,), today=today, past=text.past)
    more = [one for one in _beyond(book, text, today, None) if one.code != "DAY-01" or one.subject[:7] <= month.text]
    more += [one for on, one in _notices(book, text, found, today, month, unread=True) if on < month.after]
    sheet, _ = folded(book, text, month)
    found = _audited(book, _with(found, more, rules, end, sheet), None)
    return answers.answered(found, answers.in_force(text.also(Disposition)), today)


def _audited(book: Book, found: Sequence[Finding], month: Month | None) -> list[Finding]:
    """The findings with those of the verification in the place of the same seen with less: one judge, nothing told twice.

    No rule of the store makes these less severe.
    """
    own = [one for one in found if one.code not in AUDITED]
    return sorted(cls.alone([*own, *audited(book, month.text if month else "")]), key=place)


def _beyond(book: Book, text: Text, today: dt.date, month: Month | None) -> Iterator[Finding]:
    """Findings about days and closings: what a fold of the records alone does not see."""
    _refuse_day_reopened(text)
    for one in day.missing(text.entries, today, hurt_ids(text.damage)):
        if month is None or one.subject.startswith(month.text):
            yield one
    yield from rules_apart(book) if month is None else ()
    now = max(today, book.today())  # somebody may look at the book as of an earlier day
    yield from day.ahead((one for one in text.entries if month is None or month.contains(one.record.date)), now)
    late = [one for one in text.late if month is None or month.contains(one.record.date)]
    yield from cls.arrived_late(late, text.also(Adoption) if late else ())
    yield from approval_findings(book, text, month)
    for name in closings_apart(book, text):
        if month is None or name == month.text:
            yield cls.state_apart(name, tuple(TABLES))


def _refuse_day_reopened(text: Text) -> None:
    """Raise :class:`~ledger.core.state.Earlier` where a day-end of a month that is not read was taken back: that day is open again."""
    undone = (one.record.original for one in text.entries if isinstance(one.record, Reversal)) if text.past else ()
    for original in undone:
        if isinstance(original, DayEnd) and text.past and original.date < text.past.first:
            raise Earlier(f"{original.date:%Y-%m}")


def _notices(
    book: Book, text: Text, found: Sequence[Finding], today: dt.date, month: Month | None, *, unread: bool = False
) -> list[notices.Dated]:
    """What is wrong with the day's notices, as seen on ``today``; of ``month``, and of closed ones, every day counts.

    ``found`` is what is told already: a notice is not blamed for a record that is itself wrong.  With ``unread`` the texts of
    notices are looked at in the months too that are not read.
    """
    past = text.past if unread else None
    left = text.past.lead.month if text.past and not unread else ""
    asked = notices.Asked(
        before=today, rules=SealedRules(book), trades=SealedSettings(book).trades_on, texts=texts(book, left),
        over=month.after if month else max(map(_after, book.seals.months()), default=dt.date.min),
        told=hurt_ids(text.damage) | {one.where[0].id for one in found if one.where and one.code.startswith(_WRONG)},
        hurt_files={where.file for finding in text.damage for where in finding.where}, past=text.past,
        issued=past.before(Issued) if past else None,
    )  # fmt: skip
    return list(notices.findings(text.entries, asked))


def _after(month: str) -> dt.date:
    return Month.parse(month).after


def _severe(findings: Sequence[Finding], rules: Rules, until: dt.date) -> list[Finding]:
    """The findings with the severities that the store's rules give them."""
    return [msgspec.structs.replace(one, severity=rules.severity(one.code, one.severity, until)) for one in findings]


def index_findings(book: Book, entries: Sequence[Entry] | None = None) -> list[Finding]:
    """IDX-01: where the index, caught up with the text, holds something else than the text folds to."""
    ours = FullState()
    for one in in_order(read_all(book)[0] if entries is None else entries):
        apply(one.record, ours)
    theirs = book.state()
    theirs.load_all()
    return list(differences(ours, theirs))


def _end(entries: Sequence[Entry], month: Month, today: dt.date) -> dt.date:
    """The day as at whose end a month is seen: its last one, or how far a month that is not over has come."""
    last = month.after - _ONE_DAY
    latest = max((one.record.date for one in entries), default=today)
    return min(last, max(today, latest))


def _over(entries: Sequence[Entry], today: dt.date, month: Month | None) -> list[Month]:
    """The months whose stock must have been counted: those with records that are over, or the one asked for."""
    if month is not None:
        return [month]
    return sorted(one for one in {Month.of(entry.record.date) for entry in entries} if one.after <= today)


def _asks(codes: Collection[str], family: str) -> bool:
    return not codes or any(code.upper().partition("-")[0] == family for code in codes)
