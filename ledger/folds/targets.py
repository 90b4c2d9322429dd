"""Targets in force, and what was sold against them (P1): actual is what was handed over, R3 of the period, in fen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ledger.core.forms import Reversal
from ledger.core.order import in_order
from ledger.core.ratios import permille
from ledger.core.records.targets import SalesTarget
from ledger.core.state import Sourced
from ledger.folds.figures import Figures

Targets = Mapping[tuple[str, str], int]
"""Fen by period and person; the department's are under the empty person."""


class Against(NamedTuple):
    """One line of actual against target; ``target`` is None where none is set, which is not a target of nothing."""

    person: str
    target: int | None
    sold: int

    @property
    def permille(self) -> int | None:
        """How much of the target is reached, in thousandths, half up; None without a target."""
        return permille(self.sold, self.target)


def targets(sourced: Iterable[Sourced]) -> dict[tuple[str, str], int]:
    """The targets that stand: of each period and person the last one recorded, reversed ones left out."""
    records = [one.record for one in in_order(sourced) if isinstance(one.record, SalesTarget | Reversal)]
    undone = {one.ref for one in records if isinstance(one, Reversal)}
    standing = [one for one in records if isinstance(one, SalesTarget) and one.id not in undone]
    return {(aim.period, aim.person): aim.amount for one in standing for aim in one.aims}


def against(found: Targets, periods: Iterable[str], sold: Figures) -> tuple[Against, ...]:
    """The department, then each person who has a target or sold something; ``periods`` together are those of ``sold``.

    Where one of several periods has no target the whole has none.
    """
    periods = list(periods)
    people = sorted({person for period, person in found if person and period in periods} | set(sold.people))
    department = Against("", _sum(found, periods, ""), sold.total.amount)
    return (
        department,
        *(
            Against(one, _sum(found, periods, one), sold.people[one].amount if one in sold.people else 0)
            for one in people
            if one
        ),
    )


def _sum(found: Targets, periods: Iterable[str], person: str) -> int | None:
    amounts = [found.get((period, person)) for period in periods]
    known = [one for one in amounts if one is not None]
    return sum(known) if known and len(known) == len(amounts) else None
