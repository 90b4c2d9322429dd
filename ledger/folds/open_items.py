"""未了款项 what is owed either way and has not come or gone: each at its full amount, never one against the other (R8).

What clients are to pay (payments on their way, cheques, receivables, IOUs) stands beside what they have paid and not
received.  Of each the month began with something, something was added and something settled, in whichever month it arose.
Amounts are fen, all positive in the sense of their row.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import ClassVar, NamedTuple

from ledger.core.dates import Month
from ledger.core.forms import Record
from ledger.core.postings import CHEQUES, IOU, MONEY, PENDING, RECEIVABLE, RESERVED
from ledger.core.records import JOURNALS, journal
from ledger.core.records.exchange import Iou
from ledger.core.records.sales import ClientReturn
from ledger.core.state import State
from ledger.core.words import Words
from ledger.folds.parts import Balance, Entry


class Row(NamedTuple):
    """An account, or all that begin so where it ends with a colon; its sign; what it is called."""

    account: str
    sign: int
    words: Words


ROWS: Mapping[str, Row] = {
    "pending": Row(PENDING, 1, Words("待到账", "pending")),
    "cheques_outstanding": Row(CHEQUES, 1, Words("支票在途", "cheques outstanding")),
    "receivable": Row(RECEIVABLE, 1, Words("应收", "receivable")),
    "iou": Row(IOU, 1, Words("赊出未收", "open IOUs")),
    "paid_not_handed_over": Row(RESERVED, -1, Words("已收款未交券", "paid, not handed over")),
}
"""By the names of the tie-out's terms."""
_BY_ACCOUNT = {row.account: name for name, row in ROWS.items()}


class OpenItem(NamedTuple):
    """One row over the month.  ``other`` is what corrections of earlier months and an opening changed (signed)."""

    opening: int
    added: int
    settled: int
    closing: int

    @property
    def other(self) -> int:
        """What is neither of the month's own."""
        return self.closing - self.opening - self.added + self.settled


def _kinds() -> tuple[type[Record], ...]:
    takings = (kind for listed in JOURNALS for kind in journal(listed.name).kinds if kind.TAKINGS)
    return (*dict.fromkeys(takings), Iou, ClientReturn)


class OpenItemsPart:
    """The block ``open_items`` of the month's sheet; see :class:`ledger.folds.parts.Part`."""

    KINDS: ClassVar[tuple[type[Record], ...]] = _kinds()

    def __init__(self, month: Month, state: State, money: Mapping[str, int]) -> None:  # noqa: ARG002 - the protocol's
        self._sums: dict[tuple[str, bool], int] = {}

    def take(self, entry: Entry) -> None:
        """See :class:`ledger.folds.parts.Part`; what is undone in its month was neither added nor settled."""
        if entry.prior:
            return
        for account, commodity, fen in entry.postings:
            name = _name(account) if commodity == MONEY else ""
            if name:
                moved = ROWS[name].sign * fen
                key = (name, moved * entry.sign > 0)
                self._sums[key] = self._sums.get(key, 0) + moved

    def close(self, state: State, money: Mapping[str, Balance]) -> dict[str, OpenItem] | None:  # noqa: ARG002
        """The rows with anything to show; None where there is none."""
        rows = {name: self._row(name, money) for name in ROWS}
        return {name: row for name, row in rows.items() if any(row)} or None

    def _row(self, name: str, money: Mapping[str, Balance]) -> OpenItem:
        held = [balance for account, balance in money.items() if _name(account) == name]
        added, settled = self._sums.get((name, True), 0), -self._sums.get((name, False), 0)
        opening, closing = sum(one.opening for one in held), sum(one.closing for one in held)
        return OpenItem(ROWS[name].sign * opening, added, settled, ROWS[name].sign * closing)


@cache
def _name(account: str) -> str:
    return "pending" if account.startswith(PENDING) else _BY_ACCOUNT.get(account, "")
