"""The close of a month: what blocks it and who must act, the seal, and the answers and adoptions that make it possible."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from ledger.audit.seal import (
    FOLDER,
    STATE,
    Seal,
    SealedFile,
    SealedState,
    seal_digest,
    seal_path,
    sealed_months,
    short,
    show_seal,
)
from ledger.book.draft import Draft, RefusedBy
from ledger.book.guard import refuse_future
from ledger.book.leads import asked
from ledger.book.month import INDEX, book_findings, check, checked, folded, late_findings, months_of
from ledger.book.open import RULES, SETTINGS, UNREADABLE, Book
from ledger.book.roles import acts_of
from ledger.book.sealed import TABLES, is_closed, show_table
from ledger.book.text import Text, digest, whole_text
from ledger.book.verified import AUDITED, named_later, refuse_shallow, sealed_before
from ledger.book.write import heal_ends, month_closed, refuse_act, refuse_damage, torn
from ledger.core.dates import Month, instant_text
from ledger.core.errors import GbError, MonthClosed, Refused, Unknown, Where
from ledger.core.findings import Finding
from ledger.core.parties import Operator
from ledger.core.rules import Backdate
from ledger.core.words import Words
from ledger.folds.closing import to_rows
from ledger.journal.entry import Entry
from ledger.journal.paths import parse_path
from ledger.journal.reader import FileScan, scan

if TYPE_CHECKING:
    from ledger.core.state import State

ALWAYS = frozenset({"STK-02", "DAY-01", "JRN-01", "JRN-02", "CLS-06", *UNREADABLE, *AUDITED})
"""What no answer lets pass: it is mended (counted, marked, waived, restored), not explained."""

_MENDS = {
    "STK": "count",
    "DAY": "day-end",
    "JRN-01": "waiver",
    "JRN-02": "day-end",  # nothing is recorded by it; who squares the day knows whether the form is to be entered again
    "CLS-03": "adopt",
    "APR": "approve",
    "NOT": "notice",
    "TIE": "arrived",
    "CHQ": "cheque",
    "CSH": "cash",
    "REB": "rebate",
    "REC-01": "register",
    "CLS-06": "close",
    **dict.fromkeys(AUDITED, "close"),
}
"""Whose act mends a finding, by code or family; the others are reversed or answered."""


_ANSWER = "disposition"


Who = tuple[tuple[str, tuple[str, ...]], ...]
"""Role with the names of those who hold it."""


class Block(NamedTuple):
    """A finding that keeps a month open, who may mend it (role with names), and the commands that do.

    ``answer`` is the command that answers it instead, and ``answered_by`` who may; empty for what no answer lets pass.
    """

    finding: Finding
    who: tuple[tuple[str, tuple[str, ...]], ...]
    mends: tuple[str, ...]
    answer: str = ""
    answered_by: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def commands(self) -> tuple[str, ...]:
        """All of them, the answer last."""
        return (*self.mends, self.answer) if self.answer else self.mends


class Closed(NamedTuple):
    """A month that was closed: its seal with its digest in hex, and whether it was only tried.

    ``torn`` are the files that a loss of power's torn records were moved to as the lock was taken, for a person.
    """

    seal: Seal
    digest: str
    dry: bool = False
    torn: str = ""


# -- what blocks -------------------------------------------------------------------------------------------------------


def preclose(book: Book, month: Month, today: dt.date) -> list[Block]:
    """Everything that keeps ``month`` open, as seen on ``today``; of a month that is not over, what would.

    What a close refuses out of turn stands first.  Raises :class:`MonthClosed`, and :class:`Refused` for a month without
    records: neither can be dealt with.
    """
    found, why = asked(
        book, month, today, lambda text: (what_blocks(book, text, month, today), _out_of_turn(book, month, text))
    )
    state = book.state()
    if isinstance(why, MonthClosed) and book.disk.stat(seal_path(month.text)) is not None:
        raise why
    if why is not None and not any(one.code == why.code and one.where == why.where for one in found):
        found = [_as_finding(why, month), *found]
    return [_block(book, state, one, today) for one in found]


def what_blocks(book: Book, text: Text, month: Month, today: dt.date) -> list[Finding]:
    """What blocks, each with whether it was mended since; raises :class:`~ledger.core.state.Earlier`."""
    return _mended_since(book, text, month, today, blocking(book, text, month, today))


def _mended_since(book: Book, text: Text, month: Month, today: dt.date, found: Sequence[Finding]) -> list[Finding]:
    """The findings; of one that is no more, that it was mended only after the month: no command is left but the answer.

    A month is closed as its last day left it: money that came on the first of the next is still missing in it (R12).
    """
    if not found or today < month.after:
        return list(found)
    now = max([today, *(one.record.date for one in text.entries)])
    still = {(one.code, one.subject) for one in book_findings(book, text, month, today, until=now)}
    gone = [one for one in found if one.code not in ALWAYS and (one.code, one.subject) not in still]
    return [_in_the_past(one, month) if one in gone else one for one in found]


def _in_the_past(finding: Finding, month: Month) -> Finding:
    words = Words(
        f"{finding.words.zh}（{month.text} 月末时；后来已办好，说明一句就可以封账）",
        f"{finding.words.en} (as {month.text} ended; mended since: say why, and the month can be closed)",
    )
    return msgspec.structs.replace(finding, words=words, next=())


def _as_finding(why: GbError, month: Month) -> Finding:
    return Finding(
        code=why.code, severity="error", words=why.words, subject=month.text, where=why.where, next=why.next
    )  # fmt: skip


def reminders(book: Book, month: Month, today: dt.date) -> list[Finding]:
    """What of ``month`` and earlier ones is reconciled late or unsigned (CLS-02, R13): it blocks nothing."""
    found = asked(book, month, today, lambda text: [*late_findings(book, text, today)])
    return [one for one in found if one.subject[:7] <= month.text]


def blocking(book: Book, text: Text, month: Month, today: dt.date) -> list[Finding]:
    """The findings that a close of ``month`` refuses on: errors without an answer first, then what no answer lets pass."""
    found = [one for one in book_findings(book, text, month, today) if _blocks(one, month)]
    return sorted(found, key=lambda one: one.severity != "error")


def _blocks(finding: Finding, month: Month) -> bool:
    if finding.code == "JRN-02":  # in another month's file it was never recorded, and is none of this month's
        return _is_of(finding, month)
    if finding.code in AUDITED:  # what was begun and not finished is a warning: closing again writes it anew
        return finding.severity == "error"
    if finding.code in ALWAYS and _is_of(finding, month):
        return True
    return finding.severity == "error" and finding.disposition is None


def _is_of(finding: Finding, month: Month) -> bool:
    """Whether it lies in the month that is to be closed; an earlier month's damage is answered like any error."""
    if finding.code in ("STK-02", "DAY-01"):
        return finding.subject.startswith(month.text)
    return any(where.file.startswith(f"journals/{month.text}/") for where in finding.where)


def _block(book: Book, state: State, finding: Finding, today: dt.date) -> Block:
    act = _MENDS.get(finding.code) or _MENDS.get(finding.code.partition("-")[0]) or _ANSWER
    acts = {act} | ({"backdate"} if finding.code == "DAY-01" and _is_late(book, finding, today) else set())
    mends = tuple(one for one in finding.next if one.startswith(("gb ", "git ", "rm ")))
    who = _who(book, state, acts, today)
    if finding.code in ALWAYS:
        return Block(finding, who, mends)
    answered_by = who if act == _ANSWER else _who(book, state, {_ANSWER}, today)
    return Block(finding, who, mends, accept_command(finding), answered_by)


def _is_late(book: Book, finding: Finding, today: dt.date) -> bool:
    """Whether a day-end is so far back that only a supervisor may enter it."""
    day = dt.date.fromisoformat(finding.subject[:10])
    return (today - day).days > book.rules.on(Backdate, day).clerk_days


def accept_command(finding: Finding) -> str:
    """The command that answers a finding, but for the reason."""
    import shlex

    return f"gb accept {finding.code} {shlex.quote(finding.subject)} --reason '…'"


def _who(book: Book, state: State, acts: set[str], today: dt.date) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The operators whose roles allow all the acts, by the first role that gives one of them."""
    found: dict[str, list[str]] = {}
    for code, one in state.things(Operator):
        if one.left or not acts <= acts_of(one, book, today):
            continue
        role = next(
            role for role in one.roles if acts & acts_of(msgspec.structs.replace(one, roles=(role,)), book, today)
        )
        found.setdefault(role, []).append(f"{code} {one.name}" if one.name != code else code)
    return tuple((role, tuple(sorted(names))) for role, names in sorted(found.items()))


# -- answers and adoptions ---------------------------------------------------------------------------------------------


def answerable(book: Book, code: str, subject: str, today: dt.date) -> list[Finding]:
    """The findings that an answer to that code may be about (R12): those of ``today``.

    When the subject is none of theirs, also what a month that is over and not closed ended with, since it was mended only
    afterwards.  What somebody means by its subject is nearly always behind the last seal: there it is looked for first.
    """
    if subject and not code.startswith(INDEX):
        near = asked(book, Month.of(today), today, lambda text: checked(book, text, [code], None, today))
        if named := [one for one in near if (one.code, one.subject) == (code, subject)]:
            return named
    found = [one for one in check(book, [code], today=today) if one.code == code]
    if any(subject in ("", one.subject) for one in found):
        return found
    text = whole_text(book)
    for month in sorted({Month.of(one.record.date) for one in text.entries}):
        if month.after <= today and not is_closed(book, month):
            ended = [one for one in book_findings(book, text, month, today) if one.code == code]
            found += _mended_since(book, text, month, today, ended)
    return found


def find_finding(findings: Iterable[Finding], code: str, subject: str) -> Finding:
    """The finding of that code and subject; the one of that code when no subject is given.

    Raises :class:`Unknown`, and :class:`Refused` for one that is mended and not answered (:data:`ALWAYS`).
    """
    of_code = [one for one in findings if one.code == code]
    found = [one for one in of_code if subject in ("", one.subject)]
    subjects = list(dict.fromkeys(one.subject for one in found))
    if len(subjects) == 1:
        _refuse_answer(found[0])
        return found[0]
    hints = tuple(dict.fromkeys(accept_command(one) for one in of_code))[:5]
    if not of_code:
        words = Words(f"现在没有 {code} 这个问题", f"there is no finding {code} now")
        raise Unknown(words, next=("gb check",))
    if not subject:
        words = Words(
            f"{code} 有 {len(subjects)} 个，请写明是哪一个", f"there are {len(subjects)} of {code}: say which"
        )
        raise Unknown(words, next=hints)
    raise Unknown(Words(f"没有 {code} {subject} 这个问题", f"there is no finding {code} {subject}"), next=hints)


def _refuse_answer(finding: Finding) -> None:
    """Raise :class:`Refused` for what an answer does not mend: nobody is to think that it lets the month close."""
    if finding.code in ALWAYS:
        words = Words(
            f"{finding.code} 要办好，不能用处理意见代替：{finding.words.zh}",
            f"{finding.code} is mended, not answered: {finding.words.en}",
        )
        raise Refused(words, code=finding.code, where=finding.where, next=finding.next)


def late_record(book: Book, record_id: str) -> Entry:
    """The record of that id that arrived late in a closed month; raises :class:`Unknown`."""
    for one in whole_text(book).late:
        if one.id == record_id:
            return one
    words = Words(
        f"{record_id} 不是迟到的记录，不用收编", f"{record_id} did not arrive late: there is nothing to adopt"
    )
    raise Unknown(words, next=("gb check CLS-03", f"gb show {record_id}"))


# -- the close ---------------------------------------------------------------------------------------------------------


def close(book: Book, month: Month, draft: Draft, *, dry_run: bool = False) -> Closed:
    """Seal ``month``; ``draft`` says who, where and when (its journal and kind are of no use here).

    Raises :class:`MonthClosed`, :class:`RefusedBy` with everything that blocks, :class:`Refused` (CLS-06) out of turn,
    :class:`NotAllowed`; nothing is written then.  What a close that was cut short left behind is written again.
    """
    with book.disk.lock(who=f"{draft.by} {draft.terminal}"):
        book.refresh()
        if heal_ends(book, draft.terminal):
            book.refresh()
        refuse_damage(book)
        if draft.at is not None:
            refuse_future(book, draft.terminal, draft.at)
        at = draft.at or book.now()
        refuse_act(book, draft.by, "close", Words("封账", "close a month"), at.date())
        refuse_shallow(book, "CLS-06")
        today = at.date()

        def judged(text: Text) -> tuple[Text, list[Finding]]:
            _refuse_out_of_turn(book, month, text, today)
            return text, what_blocks(book, text, month, today)

        text, found = asked(book, month, today, judged)
        if found:
            raise _blocked(found, month)
        return _seal(book, month, draft, at, text, dry_run=dry_run)


def _refuse_out_of_turn(book: Book, month: Month, text: Text, today: dt.date) -> None:
    if book.disk.stat(seal_path(month.text)) is None and today < month.after:
        words = Words(f"{month.text} 还没过完", f"{month.text} is not over")
        raise Refused(words, code="CLS-06", next=(f"gb preclose --month {month.text}",))
    why = _out_of_turn(book, month, text)
    if why is not None:
        raise why


def _out_of_turn(book: Book, month: Month, text: Text) -> GbError | None:
    """Why this month cannot be the next one to be closed; None when it is.

    Raises :class:`Refused` for a month without records: it closes with the next one.
    """
    if book.disk.stat(seal_path(month.text)) is not None:
        return month_closed(book, month.text)
    if not text.entries and text.past is None and text.damage:
        raise Refused(
            text.damage[0].words, code=text.damage[0].code, where=text.damage[0].where, next=text.damage[0].next
        )
    used = {one.text for one in months_of(book, text)}
    anew = _sealed_once(book, min(used - set(sealed_months(book.disk)) | {month.text}), month)
    if anew is not None:
        return anew
    if month.text not in used:
        words = Words(f"{month.text} 没有记录，不用封账", f"{month.text} has no record: there is nothing to close")
        raise Refused(words, code="CLS-06", next=("gb log",))
    earlier = sorted(used - {name for name in sealed_months(book.disk) if name < month.text})
    if earlier[0] < month.text:
        words = Words(f"先封 {earlier[0]}", f"{earlier[0]} is to be closed first")
        return Refused(
            words, code="CLS-06", next=(f"gb preclose --month {earlier[0]}", f"gb close --month {earlier[0]}")
        )
    later = book.seals.last()
    if later > month.text:  # records of a month that was skipped as empty: what it hands on is sealed already
        words = Words(f"{later} 已封账，不能再封更早的月份", f"{later} is closed: an earlier month can be no more")
        return Refused(words, code="CLS-06", next=("gb verify",))
    return None


def _sealed_once(book: Book, first: str, month: Month) -> MonthClosed | None:
    """A month that was sealed is never sealed anew: CLS-01, with the command that brings its closing back.

    ``first`` is the first month with records that has no seal; when the one to be closed comes later, it stands in the way.
    """
    for name in dict.fromkeys((first, month.text)):
        known = sealed_before(book, name) or named_later(book, name)
        if known is not None:
            words = Words(
                f"{name} 封过账：{known.source.zh}封签 {short(known.digest)} 不在这里了；不能重新封账，要从 git 或备份恢复 "
                f"closings/{name}",
                f"{name} was closed before: its seal {short(known.digest)}, {known.source.en}, is gone; it is not closed "
                f"anew: restore closings/{name} from git or a backup",
            )
            return MonthClosed(words, code="CLS-01", where=(Where(known.path),), next=(*known.next, "gb verify"))
    return None


def _blocked(found: Sequence[Finding], month: Month) -> RefusedBy:
    refused = RefusedBy(list(found))
    refused.next = (f"gb preclose --month {month.text}", *refused.next)
    return refused


def _seal(book: Book, month: Month, draft: Draft, at: dt.datetime, text: Text, *, dry_run: bool) -> Closed:
    state = _state(book, month, text)
    previous = [name for name in book.seals.months() if name < month.text]
    seal = Seal(
        book=book.settings.book, month=month.text, at=instant_text(at), by=draft.by, terminal=draft.terminal,
        previous=seal_digest(book.disk.read(seal_path(previous[-1]))) if previous else "",
        digest=digest(book, month),
        files=tuple(_sealed_files(book, month)),
        state=tuple(
            SealedState(path=path, bytes=len(data), sha256=sha256(data).hexdigest()) for path, data in sorted(state.items())
        ),
    )  # fmt: skip
    data = show_seal(seal)
    if not dry_run:
        _write(book, seal_path(month.text), data, state)
    return Closed(seal, seal_digest(data), dry_run, torn(book))


def _state(book: Book, month: Month, text: Text) -> dict[str, bytes]:
    """What the closing keeps beside its seal, path to bytes."""
    _, carried = folded(book, text, month)
    rows = to_rows(carried, month.first)
    made = {f"{name}.csv": show_table(columns, getattr(rows, name)) for name, columns in TABLES.items()}
    made |= {name: book.disk.read(name) for name in (RULES, SETTINGS)}
    return {f"{FOLDER}/{month.text}/{name}": made[name] for name in STATE}


def _sealed_files(book: Book, month: Month) -> Iterator[SealedFile]:
    for path in book.disk.walk(f"journals/{month.text}"):
        if parse_path(path) is None:
            continue
        found = scan(book.disk, path, book.settings.book)
        _read_through(found)
        data = book.disk.read(path)
        yield SealedFile(
            path=path, bytes=len(data), sha256=sha256(data).hexdigest(), records=found.records, last_h=found.last_h
        )


def _read_through(found: FileScan) -> None:
    for _ in found:
        pass


def _write(book: Book, path: str, data: bytes, state: Mapping[str, bytes]) -> None:
    """The state first, the seal last and as a whole: a month is closed from the moment its seal is there.

    A seal is never written over; a plain new file could be left half written by a kill, so it is moved into place
    complete, under the book's lock and after a look that there is none.
    """
    for name, content in state.items():
        if book.disk.stat(name) is None or book.disk.read(name) != content:
            book.disk.replace(name, content)
    if book.disk.stat(path) is not None:
        raise MonthClosed(Words(f"{path} 已在", f"{path} is there already"), where=(Where(path),))
    book.disk.replace(path, data)
