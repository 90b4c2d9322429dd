"""销售目标: what stands, how a target is split, and what was sold against it (P1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from ledger.book.text import read_all
from ledger.core.errors import Refused
from ledger.core.targets import Aim, Aims, aims_of, days_in, days_of_part, parts_of, shares, whole_of
from ledger.core.words import Words
from ledger.folds.figures import figures
from ledger.folds.targets import Against, Targets, against, targets

if TYPE_CHECKING:
    from ledger.book.open import Book


class Part(NamedTuple):
    """A month of a year, a week of a month: its target in fen, None where none is set, and what was sold."""

    period: str
    target: int | None
    sold: int


class Shown(NamedTuple):
    """A period against its target, person by person, and part by part."""

    period: str
    lines: tuple[Against, ...]
    parts: tuple[Part, ...]

    @property
    def split(self) -> int:
        """What its parts have of the department's target, in fen."""
        return sum(one.target or 0 for one in self.parts)

    @property
    def to_people(self) -> int:
        """What its people have of it, in fen."""
        return sum(one.target or 0 for one in self.lines[1:])


def standing(book: Book) -> Targets:
    """The targets in force, by period and person, in fen."""
    return targets(read_all(book)[0])


def split(book: Book, period: str, people: Sequence[str] = ()) -> Aims:
    """The department's target of a period split into its parts by their days, or evenly among people.

    Raises :class:`Refused` (REF-01) where there is no target, or a week that is to be split into parts.
    """
    whole = standing(book).get((period, ""))
    if whole is None:
        words = Words(f"{period} 还没有目标", f"{period} has no target yet")
        raise Refused(words, code="REF-01", next=_to_split(period))
    if people:
        found = zip(people, shares(whole, [1] * len(people)), strict=True)
        return aims_of(Aim(period, person, fen) for person, fen in found)
    parts = parts_of(period)
    if not parts:
        words = Words("一周不再往下分；分到人用 --among", "a week has no parts; --among splits it among people")
        raise Refused(words, code="REF-01", next=(f"gb target show {period}",))
    found_parts = zip(parts, shares(whole, [days_of_part(one) for one in parts]), strict=True)
    return aims_of(Aim(part, "", fen) for part, fen in found_parts)


def _to_split(period: str) -> tuple[str, ...]:
    """What gives a period a target: its own, or that of the period it is a part of, split."""
    whole = whole_of(period)
    return (f"gb target set {period} --amount '…'", *((f"gb target split {whole}",) if whole else ()))


def shown(book: Book, period: str) -> Shown:
    """Actual against target of a period and of its parts."""
    entries, _ = read_all(book)
    found = targets(entries)
    lines = against(found, [period], figures(entries, days_in(period)))
    parts = tuple(
        Part(one, found.get((one, "")), figures(entries, days_in(one)).total.amount) for one in parts_of(period)
    )  # fmt: skip
    return Shown(period, lines, parts)
