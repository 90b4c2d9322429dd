"""会员 members: cards and what a member may do, as the state knows them (M1, M5)."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from ledger.core.findings import Finding, trouble
from ledger.core.forms import Record
from ledger.core.parties import Coded
from ledger.core.state import State, Thing
from ledger.core.words import Words

STATUSES: dict[str, Words] = {
    "registered": Words("已登记，卡未激活", "registered, card not activated"),
    "active": Words("正常", "active"),
    "blacklisted": Words("黑名单，已停用", "blacklisted, disabled"),
    "erased": Words("已注销", "erased"),
}
"""What a member can be."""
CLOSED = ("blacklisted", "erased")
PARTY = "M/"
"""What the index puts before a member's code, so that a client's of the same letters is another's."""


class Member(Coded, frozen=True, kw_only=True):
    """A member, the key its code.  Days are texts; ``recruiter`` is who brought the member in (M9).

    ``void`` are the cards that were replaced, by number, with the day on which each stopped to work.  ``culprit`` is the operator named in a blacklisting, or empty.  ``personal`` are the sealed values by item (C8); they
    are why a closing does not carry members: no figure of a month needs them.
    """

    CARRY = False

    registered: str
    status: str = "registered"
    card: str = ""
    activated: str = ""
    identified: bool = False
    recruiter: str = ""
    culprit: str = ""
    void: dict[str, str] = msgspec.field(default_factory=dict)
    personal: dict[str, str] = msgspec.field(default_factory=dict)

    @property
    def erased(self) -> bool:
        """Whether the person is forgotten."""
        return self.status == "erased"


class Card(Thing, frozen=True, kw_only=True):
    """A VIP card by its number: whose it is or was.  A number is given once, for ever."""

    CARRY = False

    member: str


def party_of(member: str) -> str:
    """What a member's records are found by in the index."""
    return PARTY + member


def judge_open(record: Record, member: str, state: State, *, active: bool = False) -> Iterator[Finding]:
    """PTS-05: the member is blacklisted or erased, or with ``active`` has no activated card.

    A member that is not filed yet is told by REG-01: filing may come after the act (decisions).
    """
    found = state.thing(Member, member)
    if found is not None and (found.status in CLOSED or (active and found.status != "active")):
        now = STATUSES[found.status]
        words = Words(
            f"会员 {member} {now.zh}，不能办“{record.WORDS.zh}”", f"member {member} is {now.en}: no {record.WORDS.en}"
        )
        mend = f"gb member activate {member} --card NO" if found.status == "registered" else f"gb member show {member}"
        yield trouble("PTS-05", words, subject=record.id, next=(mend,))
