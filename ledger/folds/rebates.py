"""返扣 over the month: slips approved, rebates collected, and what is approved and not collected, with ages (R4, B5).

Two figures that need not agree: the slips of the month, by the date of their control number, and the rebates collected in
the month, whenever they were approved.  The roll-forward joins them: opening + approved − collected − cancelled (± what
corrections of earlier months change) = closing.  All amounts are fen.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import ClassVar, NamedTuple

import msgspec

from ledger.core.dates import Month
from ledger.core.forms import Record, sheets_of
from ledger.core.postings import REBATES_DUE
from ledger.core.records.collecting import Collection
from ledger.core.records.rebates import Approval, Cancellation
from ledger.core.records.taken_over import OpeningRebate
from ledger.core.slips import Slip, sheets_due
from ledger.core.state import State
from ledger.folds.parts import Balance, Entry


class OpenSlip(NamedTuple):
    """A slip that is approved and not collected; ``days`` from its approval to the month's last day."""

    id: str
    control_no: str
    client: str
    approved: str
    days: int
    amount: int


class RebateBlock(msgspec.Struct, frozen=True, kw_only=True):
    """The month's rebates; ``count`` collections of ``sheets`` sheets, ``slips`` and ``cancelled`` those of the month."""

    count: int
    amount: int
    sheets: int
    control_nos: tuple[str, ...]
    slips: int
    approved: int
    cancelled: int
    taken_over: int
    due: Balance
    open: tuple[OpenSlip, ...]

    def seen(self, until: dt.date) -> RebateBlock:
        """See :class:`ledger.folds.parts.Ageing`."""
        ages = ((one, (until - dt.date.fromisoformat(one.approved)).days) for one in self.open)
        return msgspec.structs.replace(self, open=tuple(one._replace(days=min(one.days, age)) for one, age in ages))

    @property
    def prior(self) -> int:
        """What corrections of earlier months changed of the uncollected."""
        return self.due.movement - self.taken_over - self.approved + self.amount + self.cancelled

    @property
    def empty(self) -> bool:
        """Whether there is nothing to tell."""
        return not (self.count or self.slips or self.due.opening or self.due.closing or self.cancelled)


class RebatePart:
    """The part ``rebates`` of the month's sheet."""

    KINDS: ClassVar[tuple[type[Record], ...]] = (Approval, Cancellation, Collection, OpeningRebate)

    def __init__(self, month: Month, state: State, money: Mapping[str, int]) -> None:  # noqa: ARG002 - the protocol's
        self._month = month
        self._count = self._amount = self._sheets = 0
        self._slips = self._approved = self._cancelled = self._taken_over = 0
        self._numbers: dict[str, int] = {}

    def take(self, entry: Entry) -> None:
        """See :class:`ledger.folds.parts.Part`; corrections of earlier months are seen in the balance only (R9)."""
        record, sign, prior, _ = entry
        if prior:
            return
        if isinstance(record, Approval):
            self._slips += sign
            self._approved += sign * record.amount
        elif isinstance(record, OpeningRebate):
            self._taken_over += sign * record.amount
        elif isinstance(record, Cancellation):
            self._cancelled += sign * record.amount
        elif isinstance(record, Collection):
            self._count += sign
            self._amount += sign * record.amount
            self._sheets += sign * sheets_of(record.lines)
            self._numbers[record.control_no] = self._numbers.get(record.control_no, 0) + sign

    def close(self, state: State, money: Mapping[str, Balance]) -> RebateBlock:
        """The block; it is there in a month without rebates too, with nothing in it."""
        owed = money.get(REBATES_DUE, Balance())
        last = self._month.after - dt.timedelta(days=1)
        return RebateBlock(
            count=self._count,
            amount=self._amount,
            sheets=self._sheets,
            control_nos=tuple(sorted(number for number, times in self._numbers.items() if times > 0)),
            slips=self._slips,
            approved=self._approved,
            cancelled=self._cancelled,
            taken_over=self._taken_over,
            due=Balance(-owed.opening, -owed.movement),
            open=tuple(_open(key, slip, last) for key, slip in sheets_due(list(state.things(Slip)))),
        )


def _open(key: str, slip: Slip, last: dt.date) -> OpenSlip:
    days = (last - dt.date.fromisoformat(slip.approved)).days
    return OpenSlip(key, slip.control_no, slip.client, slip.approved, days, slip.uncollected)
