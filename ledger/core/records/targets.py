"""销售目标 targets: what is to be sold in a year, a month, a week, by the department and by each of its people (P1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from ledger.core.findings import Finding, trouble
from ledger.core.forms import Journal, Record
from ledger.core.parties import Operator
from ledger.core.rules import Rules
from ledger.core.state import State
from ledger.core.targets import AIMS, Aims
from ledger.core.words import Words


class SalesTarget(Record, frozen=True, kw_only=True):
    """销售目标: each line stands until a later record names the same period and person.

    A plan touches nothing: no sheet, no money; it blocks nothing.
    """

    KIND = "target"
    WORDS = Words("销售目标", "sales target")
    RANK = 7
    ACT = "staff"

    aims: Annotated[Aims, AIMS, Words("目标", "targets")]

    def judge(self, state: State, rules: Rules) -> Iterator[Finding]:
        """REG-01 a target of somebody who is not registered (P5)."""
        for person in dict.fromkeys(one.person for one in self.aims if one.person):
            if state.thing(Operator, person) is None:
                words = Words(f"没有业务员 {person}", f"there is no operator {person}")
                yield trouble("REG-01", words, subject=self.id, next=("gb operator list",))


KINDS = (SalesTarget,)
JOURNAL = Journal("targets", "TG", "yaml", Words("销售目标", "sales targets"), KINDS)
