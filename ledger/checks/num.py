"""NUM: running numbers.  Holes and repeats of record ids per journal, terminal and date; repeated keys; missing records.

A record whose own damage is reported leaves no hole of its own: the damage is the trouble, and it is said once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import msgspec

from ledger.checks.apr import asked_by
from ledger.checks.explained import Explained
from ledger.checks.lead import Past
from ledger.core.errors import Where
from ledger.core.findings import Finding, trouble
from ledger.core.forms import Record, Reversal
from ledger.core.parties import Coded
from ledger.core.records import clients, members, thing_class
from ledger.core.records.clients import Added
from ledger.core.records.members import Registered
from ledger.core.records.notices import Issued
from ledger.core.state import Earlier, Sourced, State
from ledger.core.twins import noun_of
from ledger.core.words import Words

FILED = (Added, Registered)
ERASED = (clients.Erased, members.Erased)
"""The kinds that give a code to a party that two terminals may each have given one."""

CODES: dict[str, Explained] = {
    "NUM-01": Explained(
        Words("编号断号或重号", "a hole or repeat in numbers"),
        Words("编号每个日记账、终端、日期从 0001 起连续，通知每个终端、年份连续；断号或别的单据所指的编号不在，说明有记录不见了；现金进帐单号、外部编号只用一次，银行进帐单号只用于一天；客户、会员、操作员、终端的代码各只属于一家", "ids run from 0001 without holes per journal, terminal and date, notices per terminal and year; a hole, or an id that another record names and that is not there, means that a record is gone; numbers of cash slips and keys are used once, those of bank slips on one day; a code is one client's, member's, operator's or terminal's"),
        Words("记录被删除、文件没有合并过来、整行被复制；两台终端各把同一代码给了一家", "a record was removed, a file was not merged, a line was copied; two terminals gave one code to two parties"),
        Words("从 git、备份或那台终端找回；重复的行核对后删去；同一代码的两家：gb client refile（会员 gb member refile）后一张建档单，再冲销重登记错了的单据", "get it back from git, a backup or that terminal; look at repeated lines and remove the copy; of two parties of one code: gb client refile (gb member refile) with the later filing, then reverse and record anew what stands under the wrong one"),
    ),
    "NUM-02": Explained(
        Words("同一张券发出两次", "the same serial out twice"),
        Words("同一号码两次到客户手里，中间没有退回", "one serial went to a client twice without coming back in between"),
        Words("两台终端各登了一次、号码打错、同一张单登了两遍", "two terminals each sold it, a serial was mistyped, one sale was entered twice"),
        Words("核对两张单据和实物，冲销错的一张", "compare both forms with the sheets, and reverse the wrong one"),
    ),
}  # fmt: skip


class Series(NamedTuple):
    """What ids are numbered by: letters of the journal, date as eight digits, terminal."""

    code: str
    day: str
    terminal: str

    def id(self, number: int) -> str:
        """The id with that number."""
        return f"{self.code}{self.day}-{self.terminal}-{number:04d}"


def split(record_id: str) -> tuple[Series, int] | None:
    """Series and number of an id; None when it is none."""
    stem, _, number = record_id.rpartition("-")
    head, dash, terminal = stem.partition("-")
    if not dash or len(head) != 10 or not head[2:].isdigit() or not number.isdigit():
        return None
    return Series(head[:2], head[2:], terminal), int(number)


class Hole(NamedTuple):
    """Numbers that are not there, both ends included, and their neighbours' places (before, after)."""

    series: Series
    first: int
    last: int
    before: Where | None
    after: Where

    @property
    def ids(self) -> str:
        """The ids for a person: one, or first to last."""
        one = self.series.id(self.first)
        return one if self.first == self.last else f"{one}…{self.last:04d}"


def holes(
    known: Mapping[str, Sourced], hurt_ids: frozenset[str], hurt_lines: Mapping[str, Sequence[int]]
) -> Iterator[Hole]:
    """The holes that no reported damage accounts for.  ``hurt_lines``: damaged lines without a readable id, per file."""
    numbers: dict[Series, set[int]] = {}
    for record_id in (*known, *hurt_ids):
        found = split(record_id)
        if found is not None:
            numbers.setdefault(found[0], set()).add(found[1])
    for series, there in sorted(numbers.items()):
        for low, high in pairwise([0, *sorted(there)]):
            if high > low + 1:
                before, after = known.get(series.id(low)), known.get(series.id(high))
                hole = Hole(
                    series, low + 1, high - 1, before.where() if before else None, after.where() if after else Where()
                )
                if not _damaged(hole, hurt_lines):
                    yield hole


def _damaged(hole: Hole, hurt_lines: Mapping[str, Sequence[int]]) -> bool:
    """Whether as many damaged records stand in the place of the hole as it has numbers."""
    lines = hurt_lines.get(hole.after.file, ())
    same_file = hole.before is not None and hole.before.file == hole.after.file
    start = hole.before.line if same_file and hole.before is not None else 0
    return sum(start < line < hole.after.line for line in lines) > hole.last - hole.first


def missing(
    found: Iterable[Hole], dangling: Mapping[str, Sequence[Sourced]], told_of: Collection[str] = ()
) -> Iterator[Finding]:
    """NUM-01 per hole; and per record that others name and that is not there, unless it lies in a hole.

    ``told_of`` are missing ids that a more specific finding tells of.
    """
    told: set[str] = set()
    for hole in found:
        inside = {hole.series.id(number) for number in range(hole.first, min(hole.last, hole.first + 9999) + 1)}
        naming = [one.where() for record_id in sorted(inside & dangling.keys()) for one in dangling[record_id]]
        told |= inside
        if hole.first == hole.last and hole.series.id(hole.first) in told_of:
            continue
        words = Words(f"编号断号：缺 {hole.ids}", f"a hole in the ids: {hole.ids} is not there")
        where = (hole.after, *([hole.before] if hole.before else []), *naming)
        yield trouble(
            "NUM-01", words, subject=hole.series.id(hole.first), where=where, next=("git log -p -- journals",)
        )
    for record_id in sorted(dangling.keys() - told - set(told_of)):
        naming = [one.where() for one in dangling[record_id]]
        by = "、".join(where.id for where in naming[:3])
        words = Words(f"{by} 所指的 {record_id} 不在账上", f"{record_id}, which {by} names, is not in the book")
        yield trouble("NUM-01", words, subject=record_id, where=tuple(naming), next=(f"gb show {naming[0].id}",))


def named_by(record: Record) -> tuple[str, ...]:
    """The ids of the records that ``record`` refers to."""
    listed = record.ids if isinstance(record, Issued) else getattr(record, "relies_on", ())
    return tuple(name for name in (record.ref, asked_by(record), *listed) if name and split(name))


def repeated_id(first: Sourced, again: Sourced) -> Finding:
    """NUM-01 for a second record of the same id; it is not counted."""
    record_id = again.record.id
    words = Words(f"编号重复：{record_id} 有两条，只计第一条", f"{record_id} is there twice; only the first is counted")
    return trouble(
        "NUM-01", words, subject=record_id, where=(again.where(), first.where()), next=(f"gb show {record_id}",)
    )


def two_of_one_number(first: Sourced, again: Sourced) -> Finding:
    """JRN-07 for two different records of one number: two machines wrote as the same terminal."""
    record_id = again.record.id
    words = Words(
        f"终端 {again.record.terminal} 重复：{record_id} 有两条内容不同的记录，只计第一条",
        f"terminal {again.record.terminal} is there twice: {record_id} stands on two different records; only the first "
        f"is counted",
    )
    return trouble(
        "JRN-07", words, subject=record_id, where=(again.where(), first.where()),
        next=("gb explain JRN-07", f"gb show {record_id}"),
    )  # fmt: skip


def under_one_code(again: Sourced, records: Iterable[Sourced]) -> list[Sourced]:
    """What the terminal that gave a code a second time recorded under it from then on; a reversal is told by its original."""
    second = again.record
    return [
        one for one in records
        if one.record.party == second.party and one.record.terminal == second.terminal
        and one.record.order > second.order and not isinstance(one.record, (Reversal, *ERASED))
    ]  # fmt: skip


_NAMED = 5
"""Records that a finding names; the others are counted."""


def two_of_one_code(finding: Finding, first: str, second: Record, theirs: Sequence[str], state: State) -> Finding:
    """NUM-01 for two clients, or two members, of one code, with the way out: a code of its own for the later one, then what stands under the other.

    ``first`` is the record that gave it first, ``theirs`` are those that may be the later one's.
    """
    noun, code = noun_of(second), getattr(second, "code", second.party)
    card = state.thing(thing_class(second.WHOSE.space), code) if second.WHOSE is not None else None
    now = card.twins.get(second.id, "") if isinstance(card, Coded) else ""
    words = Words(
        f"代码 {code} 给了两家：{first} 和 {second.id}，后一家" + (f"已改用 {now}" if now else "要另取代码"),
        f"the code {code} was given to two: {first} and {second.id}; the later one "
        + (f"is {now} by now" if now else "needs a code of its own"),
    )
    if theirs:
        more = f" … (+{len(theirs) - _NAMED})" if len(theirs) > _NAMED else ""
        named = " ".join(theirs[:_NAMED]) + more
        words = Words(
            f"{words.zh}；可能属于它、要冲销后重登的：{named}",
            f"{words.en}; may be its own, to be reversed and recorded anew: {named}",
        )
    accept = f"gb accept NUM-01 {second.id} --reason '…'"
    way = (f"gb {noun} show {now}", accept) if now else (f"gb {noun} refile {second.id}", f"gb show {second.id}")
    return msgspec.structs.replace(finding, words=words, next=way)


def repeated_keys(records: Iterable[Sourced], past: Past | None = None) -> Iterator[Finding]:
    """NUM-01 for a foreign id or retry token that stands on two records of one journal; raises :class:`Earlier`."""
    seen: dict[tuple[str, str], Sourced] = {}
    if past is not None:
        records = list(records)
        keys = {(one.record.id[:2], one.record.key) for one in records if one.record.key}
        if keys and past.history.uses(keys):
            raise Earlier
    for one in records:
        record = one.record
        if not record.key:
            continue
        first = seen.setdefault((record.id[:2], record.key), one)
        if first is not one:
            words = Words(
                f"外部编号 {record.key} 重复：{first.record.id} 和 {record.id}",
                f"key {record.key} stands on both {first.record.id} and {record.id}",
            )
            where = (one.where(), first.where())
            yield trouble("NUM-01", words, subject=record.id, where=where, next=(f"gb show {record.id}",))
