"""Whatever is bought, returned, proposed, rejected, cancelled and collected: no rebate is above the ladder, none is lost.

After every step, for each client: what its slips in force give up to the end of any month is at most what the ladder gives
on what they took; nothing taken of a purchase is more than the purchase; and the sheet's open amount is what its slips leave.
"""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.checks.run import check
from ledger.core.dates import Month
from ledger.core.errors import Refused
from ledger.core.records.sales import SaleThing
from ledger.core.slips import RebateAccount, Slip, account_of, bought, overdrawn, reckon
from ledger.folds.closing import from_rows, nothing, to_rows
from ledger.folds.reconcile import fold_month
from tests.builders import RULES, Book, ready

MONTHS = (Month(2026, 9), Month(2026, 10), Month(2026, 11))
ACTS = (
    "buy", "buy", "buy", "return", "propose", "propose", "propose all", "approve", "approve", "reject", "cancel",
    "collect", "collect", "undo",
)  # fmt: skip


class Department:
    """One client's purchases and slips, by random legal acts; an act that is refused changes nothing."""

    def __init__(self) -> None:
        self.book: Book = ready("2026-09-01")
        self.book.staff("SU", "supervisor")
        self.book.receive("A00001-A20000", 100)
        self.next = 1
        self.day = 0
        self.sales: list[Any] = []
        self.slips: list[Any] = []
        self.refused = 0

    def act(self, name: str, pick: int, size: int, days: int) -> None:
        self.day = min(self.day + days, 83)
        month, day = divmod(self.day, 28)
        target = f"2026-{9 + month:02d}-{day + 1:02d}"
        if str(self.book.date) != target:
            self.book.on(target)
        numbers = dict(self.book._numbers)
        try:
            getattr(self, "_" + name.replace(" ", "_"))(pick, size)
        except Refused:
            self._refused(numbers)

    def _refused(self, numbers: Any) -> None:
        """Nothing was written, so no number is used."""
        self.refused += 1
        self.book._numbers = numbers

    def _fresh(self, sheets: int) -> str:
        first, self.next = self.next, self.next + sheets
        return f"A{first:05d}-A{first + sheets - 1:05d}"

    def _buy(self, _: int, size: int) -> None:
        self.sales.append(self.book.sell(self._fresh(size)))

    def _return(self, pick: int, size: int) -> None:
        if self.sales:
            sale = self.sales[pick % len(self.sales)]
            pieces = [p for p in self.book.state.pieces(sale.spans) if p.sheet.use == "sold"]
            if pieces:
                self.book.give_back(pieces[0].spans.take(min(size, pieces[0].span.count)).text)

    def _propose(self, pick: int, _: int) -> None:
        if self.sales:
            sale = self.sales[pick % len(self.sales)]
            self.slips.append(self.book.propose([sale], carry=bool(pick % 2)))

    def _propose_all(self, pick: int, _: int) -> None:
        month = MONTHS[pick % 3].text
        own = [sale for sale in self.sales if sale.id[2:8] == month.replace("-", "")]
        if own:
            self.slips.append(self.book.propose(own, carry=bool(pick % 2)))

    def _of(self, status: str, pick: int) -> Any:
        found = [
            one
            for one in self.slips
            if (s := self.slip(one)) and s.status == status and (s.left or status != "approved")
        ]
        return found[pick % len(found)] if found else None

    def slip(self, one: Any) -> Slip | None:
        return self.book.state.thing(Slip, one.id)

    def _approve(self, pick: int, _: int) -> None:
        if slip := self._of("proposed", pick):
            self.book.approve_slip(slip)

    def _reject(self, pick: int, _: int) -> None:
        if slip := self._of("proposed", pick):
            self._unless_refused(lambda: self.book.reject_slip(slip))

    def _cancel(self, pick: int, _: int) -> None:
        if slip := self._of("approved", pick):
            self._unless_refused(lambda: self.book.cancel_slip(slip))

    def _unless_refused(self, act: Any) -> None:
        """What a slip later on relies on stays: the counter refuses it (REB-03)."""
        numbers = dict(self.book._numbers)
        try:
            act()
        except AssertionError as error:
            assert str(error).startswith("REB-03")  # noqa: PT017 - the builder's word for a refusal
            self._refused(numbers)

    def _collect(self, pick: int, size: int) -> None:
        if slip := self._of("approved", pick):
            left = self.slip(slip).left[0].sheets  # type: ignore[union-attr]  # it is there
            self.book.collect(slip, self._fresh(1 + size % left))

    def _undo(self, _: int, __: int) -> None:
        """The client's last proposal, if it is the last event on its slip."""
        shares = account_of(self.book.state, "C001").shares
        last = self.book.placed[-1].record
        if shares and last.KIND == "proposal":
            self.book.reverse(last.id)

    # -- what always holds -----------------------------------------------------------------------------------------------

    def look(self) -> None:
        state = self.book.state
        account = account_of(state, "C001")
        given_back = [s for one in account.shares if (s := state.thing(Slip, one.slip)) and s.status == "cancelled"]
        # Only what was collected before its slip was given up can be more than the ladder gives.
        assert overdrawn(account, RULES) <= sum(face * n for s in given_back for face, n in s.taken)
        for sale in self.sales:
            thing = state.thing(SaleThing, sale.id)
            assert self.taken(sale.id) <= (thing.amount if thing else sale.amount)
            assert bought(state, sale.id) >= 0

    def taken(self, sale: str) -> int:
        """What the slips that are not given up have taken of a purchase."""
        slips = [s for _, s in self.book.state.things(Slip) if s.status not in ("rejected", "cancelled")]
        return sum(base.amount for slip in slips for base in slip.sales if base.sale == sale)

    def total(self, account: RebateAccount) -> tuple[int, int]:
        """What the ladder gives on what was taken, and what was given, over all months."""
        ladder = 0
        for month in {one.month for one in account.shares}:
            base = sum(one.base for one in account.shares if one.month == month)
            ladder += reckon(RebateAccount(), month, base, RULES, self.book.date).ladder
        return ladder, sum(one.given for one in account.shares)


STEPS = st.lists(
    st.tuples(st.sampled_from(ACTS), st.integers(0, 50), st.integers(1, 400), st.integers(0, 6)),
    min_size=3,
    max_size=40,
)
RELAXED = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@RELAXED
@given(STEPS)
def test_no_sequence_gives_more_than_the_ladder(steps: list[tuple[str, int, int, int]]) -> None:
    department = Department()
    for step in steps:
        department.act(*step)
        department.look()
    account = account_of(department.book.state, "C001")
    if not any(not one.base for one in account.shares):
        ladder, paid = department.total(account)
        assert paid <= ladder
        if department.slips and account.shares:
            last = max(one.month for one in account.shares)
            left = reckon(account, last, 0, RULES, department.book.date).due
            assert left == ladder - paid, "what is left is carried on, to the fen"


@RELAXED
@given(STEPS)
def test_a_legal_history_has_no_error_and_its_sheets_add_up(steps: list[tuple[str, int, int, int]]) -> None:
    """The check finds no error in it; each month on the closing before it says the same as all text at once."""
    department = Department()
    for step in steps:
        department.act(*step)
    book = department.book
    found = check(book, (), RULES, until=book.date)
    assert [one.code for one in found if one.severity == "error"] == []
    carried = nothing()
    for month in MONTHS:
        own = [one for one in book if month.contains(one.record.date)]
        sheet, carried = fold_month(carried, month, own)
        whole, _ = fold_month(nothing(), month, list(book))
        assert sheet.parts["rebates"] == whole.parts["rebates"]
        block = sheet.parts["rebates"]
        assert block.due.closing == sum(one.amount for one in block.open)
        assert block.due.closing == block.due.opening + block.approved - block.amount - block.cancelled
        assert sheet.total("rebated") == (block.sheets, block.amount)
        carried = from_rows(to_rows(carried, month.first))
