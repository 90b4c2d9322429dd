"""处理意见 dispositions: findings answered, hand edits accepted, late records taken into the open month (R9, R12)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Annotated

import msgspec

from ledger.core.custody import parse_restores
from ledger.core.findings import Finding, trouble
from ledger.core.forms import CODE, DAY, SHEETS, TEXT, Codec, Journal, Record, Reversal, Touch, undone_later
from ledger.core.judge import judge
from ledger.core.postings import Posting, prior_period
from ledger.core.rules import Rules
from ledger.core.state import State, Thing
from ledger.core.words import Words


class Disposition(Record, frozen=True, kw_only=True):
    """处理意见: a finding answered once, by its code and subject: why, what is done, due when (R12)."""

    KIND = "disposition"
    WORDS = Words("处理意见", "disposition")
    HELP = Words("答复一个问题：为什么、怎么办、何时办完", "answer a finding: why, what is done, due when")
    RANK = 60
    ACT = "disposition"
    NEEDS_REASON = True

    code: Annotated[str, CODE, Words("问题代码", "finding's code")]
    subject: Annotated[str, TEXT, Words("问题对象", "what it is about")]
    action: Annotated[str, TEXT, Words("措施", "what is done")] = ""
    due: Annotated[dt.date | None, DAY, Words("期限", "due")] = None


def told_by_same_clock(answer: dt.datetime, wrong: dt.datetime, at: dt.datetime) -> bool:
    """Whether the answer to a record that was ahead also answers for one timed ``at``.

    ``answer`` is when it was given, ``wrong`` the time of the record it names.  What was timed in between is told by the same
    wrong clock: one answer, with the last record, does for a whole morning.
    """
    return answer < at <= wrong


class Waiver(Record, frozen=True, kw_only=True):
    """豁免: a hand edit in an open month accepted, by file and line (format: chain).

    ``expected`` is the ``h`` that the chain asks for at that place, ``found`` the sha256 in hex of the record's bytes
    as they are.  The readers give it its meaning.
    """

    KIND = "waiver"
    WORDS = Words("豁免", "waiver")
    HELP = Words("接受一处手工改动，写明原因", "accept a hand edit, with the reason")
    RANK = 60
    ACT = "waiver"
    NEEDS_REASON = True

    file: Annotated[str, TEXT, Words("文件", "file")]
    line: Annotated[int, SHEETS, Words("行号", "line")]
    expected: Annotated[str, CODE, Words("应有校验", "h expected")]
    found: Annotated[str, CODE, Words("实际内容摘要", "sha256 found")]


class Adopted(Thing, frozen=True, kw_only=True):
    """Marks a late record as taken into an open month; the key is its id."""

    CARRY = False

    by: str


def show_taken(record: Record) -> str:
    """The record's texts in file order as a JSON object."""
    return msgspec.json.encode(record.encode()).decode()


def parse_taken(text: str) -> Record:
    """The inverse of :func:`show_taken`; raises ``ValueError`` for everything that it would not have written."""
    from ledger.core.records import journal_of

    try:
        values = msgspec.json.decode(text, type=dict[str, str])
        record = journal_of(values.get("id", "")).decode(values)
    except (msgspec.MsgspecError, KeyError) as error:
        raise ValueError(str(error)) from None
    if show_taken(record) != text:
        raise ValueError("not in canonical form")
    return record


def effective(record: Record) -> Record:
    """What a record does: its own, or for an adoption that of the record it takes in."""
    return record.taken if isinstance(record, Adoption) else record


TAKEN = Codec("taken", parse_taken, show_taken, r'^\{"id":".*\}$', Words("记录内容", "the record's texts"))


class Adoption(Record, frozen=True, kw_only=True):
    """收编: a record that arrived late in a closed month takes effect now, as a line of prior periods (R9).

    ``ref`` is the late record's id, ``file`` and ``line`` where it stands.  Its texts are repeated in ``taken``, so that
    the open month needs no older file: what it did to sheets and requests it does on this record's date.
    """

    KIND = "adoption"
    WORDS = Words("收编", "adoption")
    HELP = Words("把迟到的记录收编到未封月份", "take a late record into the open month")
    ACT = "adopt"
    NEEDS_REASON = True

    file: Annotated[str, TEXT, Words("文件", "file")]
    line: Annotated[int, SHEETS, Words("行号", "line")]
    taken: Annotated[Record, TAKEN, Words("记录内容", "the record's texts")]

    @property
    def party(self) -> str:
        """Whom the late record is about."""
        return self.taken.party

    def touches(self) -> Touch:
        """What the late record touches, and that it is adopted."""
        touch = self.taken.touches()
        return touch._replace(things=(*touch.things, (Adopted.__name__, self.ref)))

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """As the late record is judged, now; and CLS-03 for one that is adopted already or is not the one named."""
        yield from judge(self.taken, state, rules)
        adopted = state.thing(Adopted, self.ref)
        if adopted is not None:
            words = Words(f"{self.ref} 已由 {adopted.by} 收编", f"{self.ref} was adopted by {adopted.by} already")
            yield trouble("CLS-03", words, subject=self.id, next=(f"gb show {adopted.by}",))
        if self.taken.id != self.ref:
            words = Words(f"收编单内容是 {self.taken.id}，不是 {self.ref}", f"{self.taken.id} is not {self.ref}")
            yield trouble("CLS-03", words, subject=self.id)

    def apply(self, state: State) -> None:
        """Let the late record take effect, as an event of this one."""
        if isinstance(self.taken, Reversal):
            state.undo(self.taken.ref, self.taken.touches(), parse_restores(self.taken.restores))
        else:
            self.taken.apply(state)
        state.put(self.ref, Adopted(by=self.id))

    def postings(self) -> Sequence[Posting]:
        """The late record's, into the prior-period accounts."""
        if isinstance(self.taken, Reversal):
            return undone_later(self.taken.original)
        return prior_period(self.taken.postings())


JOURNAL = Journal("dispositions", "DI", "yaml", Words("处理意见", "dispositions"), (Disposition, Waiver, Adoption))
