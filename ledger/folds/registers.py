"""Our register beside finance's: what matches, what only one side has, what differs (V3, R10).  Pure.

Lines are laid together by serial first, then, of what is left on one side, by number.  A register that finance has not
given for a month is unknown: nothing of ours is then missing from it.  What only we have is timing as long as finance may
still book it; it is carried open into the next month.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import ClassVar, Literal, NamedTuple

import msgspec

from ledger.core.dates import Month
from ledger.core.forms import Lines, Record, lines_of, value_of
from ledger.core.registers import REGISTER_OF, REGISTERS, RegisterLine
from ledger.core.spanmap import SpanMap
from ledger.core.spans import SpanSet
from ledger.core.state import State
from ledger.core.text import fold
from ledger.folds.parts import Balance, Entry

Standing = Literal["matched", "differs", "ours", "timing", "theirs", "unknown"]
ONE_DAY = dt.timedelta(days=1)


class Item(NamedTuple):
    """A line with its key, the id of its record."""

    key: str
    line: RegisterLine

    @property
    def day(self) -> dt.date:
        """The side's own date."""
        return dt.date.fromisoformat(self.line.date)


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Lines of one entry that belong together; of one side only when nothing of the other does."""

    entry: str
    ours: tuple[Item, ...]
    theirs: tuple[Item, ...]

    @property
    def register(self) -> str:
        """The register they stand in."""
        return REGISTER_OF[self.entry]

    @property
    def only_ours(self) -> SpanSet:
        """Serials that finance's lines lack; none when one of them names no serials at all."""
        return _union(self.ours) - _union(self.theirs) if _all_say(self.theirs, "spans") else SpanSet.EMPTY

    @property
    def only_theirs(self) -> SpanSet:
        """Serials that our lines lack."""
        return _union(self.theirs) - _union(self.ours)

    @property
    def faces(self) -> tuple[Lines, Lines] | None:
        """Face × sheets, ours and theirs, where they differ and finance says them all."""
        ours, theirs = _faces(self.ours), _faces(self.theirs)
        return (ours, theirs) if _all_say(self.theirs, "lines") and ours != theirs else None

    @property
    def amounts(self) -> tuple[int, int] | None:
        """Amounts (fen), ours and theirs, where they differ and finance says them all."""
        ours, theirs = sum(map(_amount, self.ours)), sum(one.line.amount for one in self.theirs)
        return (ours, theirs) if _all_say(self.theirs, "amount") and ours != theirs else None

    @property
    def agrees(self) -> bool:
        """Whether both sides are there and say the same."""
        if not (self.ours and self.theirs):
            return False
        return not (self.only_ours or self.only_theirs or self.faces or self.amounts)

    @property
    def days(self) -> tuple[dt.date, ...]:
        """Every side's own dates."""
        return tuple(item.day for item in (*self.ours, *self.theirs))

    @property
    def number(self) -> str:
        """What finance knows it by, or empty."""
        return next((number for item in self.theirs for number in item.line.numbers), "")


class Known(NamedTuple):
    """What finance has given: the months of each register, and its last date in each."""

    months: frozenset[tuple[str, Month]]
    last: Mapping[str, dt.date]

    def covers(self, item: Item) -> bool:
        """Whether finance's register of the month of our line is there."""
        return (REGISTER_OF[item.line.entry], Month.of(item.day)) in self.months


def known(items: Iterable[Item]) -> Known:
    """What finance's lines say about which registers are there."""
    theirs = [(REGISTER_OF[item.line.entry], item.day) for item in items if item.line.theirs]
    last: dict[str, dt.date] = {}
    for register, day in theirs:
        last[register] = max(day, last.get(register, day))
    return Known(frozenset((register, Month.of(day)) for register, day in theirs), last)


def items_of(state: State) -> list[Item]:
    """The lines in force, in order of their keys."""
    return sorted((Item(key, line) for key, line in state.things(RegisterLine)), key=lambda item: item.key)


def groups(items: Sequence[Item]) -> list[Group]:
    """All lines, each in exactly one group, in order of their first line."""
    found = []
    for entry in dict.fromkeys(item.line.entry for item in items):
        by_serial = _by_serial([item for item in items if item.line.entry == entry])
        found += [_group(entry, members) for members in _by_number(by_serial)]
    return sorted(found, key=lambda group: (min(group.days), (*group.ours, *group.theirs)[0].key))


def standing(group: Group, there: Known) -> Standing:
    """What a group is; :func:`timing` says which of ``ours`` finance may still book."""
    if group.agrees:
        return "matched"
    if group.theirs:
        return "differs" if group.ours else "theirs"
    return "ours" if all(map(there.covers, group.ours)) else "unknown"


def timing(group: Group, last: dt.date | None, until: dt.date, timing_days: int) -> bool:
    """Whether, at the end of ``until``, finance may still book what only we have (R10).

    That is up to ``timing_days`` after our date, inclusive; and in a month that is not over also behind finance's ``last``
    date: its file does not reach so far.
    """
    day = max(group.days)
    ahead = last is not None and day > last and until < Month.of(day).after - ONE_DAY
    return (until - day).days <= timing_days or ahead


def left_behind(state: State) -> frozenset[tuple[str, str]]:
    """The lines, as space and key, that need not be carried on: whole months of a register that agree, and a register that finance never sends.

    A month goes as a whole, since finance's lines of it say that the register was there.
    """
    items = items_of(state)
    there = known(items)
    gone: set[tuple[str, str]] = set()
    found = groups(items)
    kept = {cell for group in found if not group.agrees and _judged(group, there) for cell in _cells(group)}
    for group in found:
        never = not group.theirs and group.register not in there.last
        if never or (group.agrees and not kept & set(_cells(group))):
            gone |= {(RegisterLine.__name__, item.key) for item in (*group.ours, *group.theirs)}
    return frozenset(gone)


def _judged(group: Group, there: Known) -> bool:
    return bool(group.theirs) or all(map(there.covers, group.ours))


def _cells(group: Group) -> list[tuple[str, Month]]:
    return [(group.register, Month.of(day)) for day in group.days]


# -- laying together ---------------------------------------------------------------------------------------------------


def _by_serial(items: Sequence[Item]) -> list[list[Item]]:
    """Lines joined wherever one of ours and one of theirs share a sheet."""
    root = list(range(len(items)))

    def find(at: int) -> int:
        while root[at] != at:
            root[at] = root[root[at]]
            at = root[at]
        return at

    holders: SpanMap[tuple[int, ...]] = SpanMap()
    for at, item in enumerate(items):
        if not item.line.theirs:
            holders.update(item.line.sheets, lambda held, at=at: (*(held or ()), at))  # type: ignore[misc]  # at is bound now
    for at, item in enumerate(items):
        if item.line.theirs:
            for _, held in holders.get(item.line.sheets):
                for other in held or ():
                    root[find(at)] = find(other)
    joined: dict[int, list[Item]] = {}
    for at, item in enumerate(items):
        joined.setdefault(find(at), []).append(item)
    return list(joined.values())


def _by_number(clusters: Sequence[list[Item]]) -> list[list[Item]]:
    """What is left on one side only, joined where a number is on both sides."""
    done = [one for one in clusters if len({item.line.theirs for item in one}) > 1]
    left = [one for one in clusters if len({item.line.theirs for item in one}) == 1]
    numbered: dict[str, list[int]] = {}
    for at, one in enumerate(left):
        for number in {number for item in one for number in _numbers(item)}:
            numbered.setdefault(number, []).append(at)
    target = list(range(len(left)))
    for sharing in numbered.values():
        if len({left[at][0].line.theirs for at in sharing}) > 1:
            first = min(target[at] for at in sharing)
            old = {target[at] for at in sharing}
            target = [first if one in old else one for one in target]
    joined: dict[int, list[Item]] = {}
    for at, one in enumerate(left):
        joined.setdefault(target[at], []).extend(one)
    return [*done, *joined.values()]


def _numbers(item: Item) -> set[str]:
    """The numbers of a line as they are compared; of our record also the short form that is on paper."""
    numbers = {_plain(number) for number in item.line.numbers}
    if not item.line.theirs:
        code, _, rest = item.key.partition("-")
        numbers.add(f"{code[:2]}{code[6:]}-{int(rest.rpartition('-')[2])}")
    return numbers


def _plain(number: str) -> str:
    return fold(number).upper()


def _group(entry: str, members: Iterable[Item]) -> Group:
    both = sorted(members, key=lambda item: item.key)
    return Group(
        entry=entry,
        ours=tuple(item for item in both if not item.line.theirs),
        theirs=tuple(item for item in both if item.line.theirs),
    )


def _union(items: Iterable[Item]) -> SpanSet:
    return SpanSet.of(span for item in items for span in item.line.sheets)


def _faces(items: Iterable[Item]) -> Lines:
    return lines_of(line for item in items for line in item.line.lines)


def _amount(item: Item) -> int:
    return item.line.amount or value_of(item.line.lines)


def _all_say(items: Sequence[Item], what: str) -> bool:
    return bool(items) and all(getattr(item.line, what) for item in items)


# -- the month's block -------------------------------------------------------------------------------------------------


class RegisterSheet(msgspec.Struct, frozen=True, kw_only=True):
    """One register in one month.  ``imported``: finance's side of the month is there; without it nothing is judged.

    ``last`` is finance's last date.  ``open`` are the groups that do not match, with what they are: those of the month and
    those still open from earlier ones.
    """

    register: str
    imported: bool
    last: dt.date | None
    matched: int
    open: tuple[tuple[Standing, Group], ...]

    def of(self, standing: Standing) -> list[Group]:
        """The groups of that standing."""
        return [group for one, group in self.open if one == standing]

    def timed(self, until: dt.date, days_on: Callable[[dt.date], int]) -> RegisterSheet:
        """The sheet with what only we have told apart, as seen at the end of ``until``.

        ``days_on`` gives the days that the rule in force on a date of ours allows.
        """
        told = tuple(
            ("timing" if now == "ours" and timing(group, self.last, until, days_on(max(group.days))) else now, group)
            for now, group in self.open
        )
        return msgspec.structs.replace(self, open=told)


class Registers:
    """The part "registers" of the month's sheet: read off the lines that the state holds at the month's end."""

    KINDS: ClassVar[tuple[type[Record], ...]] = ()

    def __init__(self, month: Month, state: State, money: Mapping[str, int]) -> None:  # noqa: ARG002 - the protocol's
        self._month = month

    def take(self, entry: Entry) -> None:
        """See :class:`ledger.folds.parts.Part`: no record is asked for."""

    def close(self, state: State, money: Mapping[str, Balance]) -> tuple[RegisterSheet, ...] | None:  # noqa: ARG002 - the protocol's
        """One sheet per register with something to show; None when there is none."""
        items = items_of(state)
        there = known(items)
        found = groups(items)
        sheets = (self._sheet(name, [one for one in found if one.register == name], there) for name in REGISTERS)
        return tuple(sheet for sheet in sheets if sheet) or None

    def _sheet(self, register: str, found: Sequence[Group], there: Known) -> RegisterSheet | None:
        matched, rest = 0, []
        imported = (register, self._month) in there.months
        for group in found:
            now, own = standing(group, there), any(map(self._month.contains, group.days))
            if now == "matched":
                matched += own
            elif now != "unknown" or own:
                rest.append((now, group))
        if not (matched or rest or imported):
            return None
        return RegisterSheet(
            register=register, imported=imported, last=there.last.get(register), matched=matched, open=tuple(rest)
        )
