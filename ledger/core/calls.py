"""What is still to be done towards clients: calls and visits planned, days of outreach, gifts of one festival (C3–C6)."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from ledger.core.festivals import festival_day, parse_name
from ledger.core.rules import Gifts, Rules
from ledger.core.state import State, Thing
from ledger.core.words import Words

HOW = {"call": Words("电话", "call"), "visit": Words("上门", "visit")}
SCOPES = {"group-buying": Words("团购", "group-buying"), "member": Words("会员", "member")}
WANTS = {
    "yes": Words("发福利", "yes"),
    "no": Words("不发福利", "no"),
    "undecided": Words("福利未定", "undecided"),
}
"""Whether welfare gifts are planned for the festival (C3)."""
DEPTHS = {
    "not-met": Words("未见到", "not-met"),
    "met": Words("见到", "met"),
    "discussed": Words("洽谈", "discussed"),
    "offered": Words("已报方案", "offered"),
    "agreed": Words("达成", "agreed"),
}
"""How far a call of outreach came, in rising order (C6)."""
INTENTS = {"yes": Words("有意向", "yes"), "maybe": Words("待定", "maybe"), "no": Words("无意向", "no")}


class CallPlan(Thing, frozen=True, kw_only=True):
    """A call or visit planned, the follow-up of one included; the key is the record that planned it.

    Dates are texts: ``opens`` is the first day it makes sense, or empty, ``due`` the last one in time, inclusive.  ``done``
    is the record that did it.
    """

    CARRY = False

    client: str
    due: str
    how: str = "call"
    visitor: str = ""
    festival: str = ""
    topic: str = ""
    opens: str = ""
    done: str = ""

    @property
    def settled(self) -> bool:
        """Called, or visited."""
        return bool(self.done)


class OutreachPlan(Thing, frozen=True, kw_only=True):
    """A unit on somebody's list of a day (C6); the key is the record that put it there.  ``day`` is a text."""

    CARRY = False

    scope: str
    unit: str
    client: str
    visitor: str
    day: str
    done: str = ""

    @property
    def settled(self) -> bool:
        """The result is known."""
        return bool(self.done)


class GiftTotal(Thing, frozen=True, kw_only=True):
    """What one client was given for one festival, in fen; the key is :func:`gift_key` (C4)."""

    CARRY = False

    fen: int = 0


class Gift(NamedTuple):
    """A gift on a visit: its value and what the client was given before for the same festival, in fen."""

    value: int
    before: int

    def over(self, rules: Rules, day: dt.date) -> int:
        """How much is given above the cap of ``day``, in fen; 0 where there is no rule."""
        rule = rules.find(Gifts, day)
        return max(0, self.before + self.value - rule.most) if rule is not None else 0


def gift_key(client: str, festival: str) -> str:
    """The key of a client's gifts for a festival: ``C001 2026-mid-autumn``."""
    return f"{client} {festival}"


def given_before(state: State, client: str, festival: str) -> int:
    """What the client was given for the festival up to now, in fen; 0 beside a festival."""
    if not festival:
        return 0
    total = state.thing(GiftTotal, gift_key(client, festival))
    return total.fen if total else 0


def known_festival(text: str) -> str:
    """``2026-mid-autumn`` as it is; raises ``ValueError`` for anything but a festival of a year with a known date."""
    festival, year = parse_name(text)
    if festival_day(festival, year) is None:
        raise ValueError(f"the date of {text} is unknown")
    return text
