"""Random lives of cheques: the money ties out in every mix, months chain, what is undone leaves no trace."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ledger.checks.run import check
from ledger.core.cheques import Cheque, Reserved
from ledger.core.dates import Month
from ledger.core.errors import GbError
from ledger.core.forms import Pay
from ledger.core.payments import Payment
from ledger.core.postings import CHEQUES, PENDING, RECEIVABLE, RESERVED
from ledger.core.records.arrivals import Arrived
from ledger.core.records.ious import IouPayment
from ledger.core.spans import SpanSet, parse_spans
from ledger.folds.audit import of_month, tie_lines
from ledger.folds.closing import Carried, from_rows, nothing, to_rows
from ledger.folds.reconcile import MonthSheet, fold_month
from tests.builders import RULES, Book, fen, ready, spans

MONTHS = (Month(2026, 9), Month(2026, 10), Month(2026, 11))
OF_TIME = {"CHQ-02", "CHQ-04", "CHQ-05", "TIE-01"}
"""Findings that a sound book has, since they are facts of the outside world."""


class Lives:
    """Acts on cheques in a book that refuses what is illegal; what was refused is counted."""

    def __init__(self) -> None:
        self.book: Book = ready("2026-09-01")
        self.book.receive("A0001+600", 100)
        self.next_sheet = 1
        self.numbers = 1000
        self.day = 0
        self.refused = 0

    def act(self, name: str, pick: int, size: int, days: int) -> None:
        """One act after ``days``; the book refuses it where it is out of turn."""
        self.day += days
        month, day = divmod(self.day, 28)
        target = f"2026-{9 + min(month, 2):02d}-{day + 1:02d}" if month < 3 else "2026-11-28"
        self.book.on(target, f"{self.book.at:%H:%M}" if str(self.book.date) == target else "09:00")
        if not self.acts()[name](pick, size):
            self.refused += 1

    def acts(self) -> dict[str, Callable[[int, int], bool]]:
        return {
            "reserve": self._reserve,
            "reserve mixed": lambda pick, size: self._reserve(pick, size, mixed=True),
            "same day": lambda pick, size: self._reserve(pick, size, bank_slip=f"YH-{self.numbers}"),
            "same day mixed": lambda pick, size: self._reserve(pick, size, mixed=True, bank_slip=f"YH-{self.numbers}"),
            "discounted": lambda pick, size: self._reserve(pick, size, less=pick % 190),
            **{kind: self._step(kind) for kind in ("deposited", "cleared", "bounced", "made-good", "given-back")},
            "in part": self._part_paid,
            "replaced": self._replaced,
            "hand over": self._hand_over,
            "hand over part": lambda pick, size: self._hand_over(pick, size, part=True),
            "release": self._release,
            "return": self._return,
            "sell": lambda _, size: self._try(lambda: self.book.sell(self._fresh(size))),
            "sell by transfer": lambda pick, size: self._try(
                lambda: self.book.sell(self._fresh(size), pays=[("cash", "30"), ("wechat", str(100 * size - 30))])
            ),
            "arrived": self._arrived,
            "arrived in part": lambda pick, size: self._arrived(pick, size, amount=fen(size)),
            "lend": self._lend,
            "pay back": self._pay_back,
            "undo": self._undo,
            "undo any": lambda pick, _: self._undo(pick),
        }

    def _try(self, make: Callable[[], Any]) -> bool:
        records, numbers = len(self.book.placed), dict(self.book._numbers)
        try:
            make()
        except (AssertionError, GbError, LookupError):
            assert len(self.book.placed) == records
            self.book._numbers = numbers
            return False
        return True

    def _fresh(self, size: int) -> str:
        first = self.next_sheet
        self.next_sheet += size
        return f"A{first:04d}+{size}"

    def _reserve(self, pick: int, size: int, *, mixed: bool = False, less: int = 0, **more: Any) -> bool:
        self.numbers += 1
        total = fen(100) * size - less
        cash = min(total - 1, fen(30) * (pick % 9 + 1))
        if mixed:
            more["payments"] = (Pay("cash", cash), Pay("cheque", total - cash))
        if less:
            more["reason"] = "优惠"
        return self._try(
            lambda: self.book.by_cheque(self._fresh(size), str(self.numbers), f"{total / 100:.2f}", **more)
        )

    def _cheque(self, pick: int) -> Cheque | None:
        found = [one for _, one in self.book.state.things(Cheque)]
        return found[-1 - pick % min(len(found), 6)] if found else None

    def _step(self, kind: str, **more: Any) -> Callable[[int, int], bool]:
        def step(pick: int, _: int) -> bool:
            one = self._cheque(pick)
            return one is not None and self._soft(lambda: self.book.cheque(kind, one.number, **more))

        return step

    def _soft(self, make: Callable[[], Any]) -> bool:
        """An act whose warnings do not refuse it."""
        self.book.legal = False
        known, records, numbers = len(self.book.found), len(self.book.placed), dict(self.book._numbers)
        try:
            make()
        except GbError:
            self.book.legal, self.book._numbers = True, numbers
            return False
        self.book.legal = True
        if {one.code for one in self.book.found[known:]} - OF_TIME:
            self._take_back(records, known, numbers)
            return False
        return True

    def _take_back(self, records: int, known: int, numbers: dict[tuple[str, str, str], int]) -> None:
        """Forget what the counter would have refused: the book is written again without it."""
        kept = self.book.placed[:records]
        again = Book(str(self.book.date), legal=False)
        for one in kept:
            again.place(one.record)
        again.legal, again.found = True, self.book.found[:known]
        again.on(str(self.book.date), f"{self.book.at:%H:%M}")
        again._numbers = numbers
        self.book = again

    def _part_paid(self, pick: int, size: int) -> bool:
        return self._step("made-good", amount=fen(size))(pick, size)

    def _replaced(self, pick: int, size: int) -> bool:
        self.numbers += 1
        return self._step("replaced", new_cheque=str(self.numbers))(pick, size)

    def _reserved(self, pick: int) -> tuple[str, Reserved] | None:
        found = [(key, one) for key, one in self.book.state.things(Reserved) if not one.settled]
        return found[-1 - pick % len(found)] if found else None

    def _hand_over(self, pick: int, size: int, *, part: bool = False) -> bool:
        found = self._reserved(pick)
        if found is None or not found[1].spans:
            return False
        text = found[1].sheets.take(min(size, found[1].sheets.count)).text.replace(" ", ",") if part else ""
        return self._soft(lambda: self.book.hand_over(found[0], text))

    def _release(self, pick: int, _: int) -> bool:
        found = self._reserved(pick)
        return found is not None and self._soft(lambda: self.book.release(found[0]))

    def _return(self, pick: int, size: int) -> bool:
        """Some sheets of one sale, frozen or not."""
        sales = [one.record for one in self.book if one.record.KIND in ("sale", "handover", "iou", "iou-payment")]
        if not sales:
            return False
        sale = sales[-1 - pick % len(sales)]
        out = [p for p in self.book.state.pieces(sale.touches().spans) if p.out == sale.id]
        if not out:
            return False
        text = out[pick % len(out)].spans.take(min(size, out[pick % len(out)].span.count)).text
        methods = {pay.method for pay in getattr(sale, "payments", ())}
        more = {"method": "cash"} if len(methods) > 1 else {}
        return self._soft(lambda: self.book.give_back(text, **more))

    def _arrived(self, pick: int, _: int, **more: Any) -> bool:
        waiting = [key for key, one in self.book.state.things(Payment) if one.open]
        return bool(waiting) and self._soft(
            lambda: self.book.make(Arrived, "CA", ref=waiting[pick % len(waiting)], method="wechat", **more)
        )

    def _lend(self, pick: int, size: int) -> bool:
        return self._try(lambda: self.book.lend(self._fresh(size)))

    def _pay_back(self, pick: int, size: int) -> bool:
        """Some sheets of one IOU are paid, in cash or by a method that takes time, with or without a discount."""
        lent = [one.record for one in self.book if one.record.KIND == "iou"]
        if not lent:
            return False
        iou = lent[-1 - pick % len(lent)]
        out = [p for p in self.book.state.pieces(iou.touches().spans) if p.out == iou.id and p.sheet.use == "iou"]
        if not out:
            return False
        text = out[pick % len(out)].spans.take(min(size, out[pick % len(out)].span.count)).text
        more: dict[str, Any] = {"amount": fen(99) * spans(text).count, "reason": "优惠"} if pick % 3 == 0 else {}
        if pick % 2:
            more["method"] = "wechat"
        return self._soft(
            lambda: self.book.make(
                IouPayment, "SA", client="C001", ref=iou.id, spans=spans(text), **more
            )
        )  # fmt: skip

    def _undo(self, pick: int, *_: int) -> bool:
        """The last record, or one before it; of another month it is a line of prior periods."""
        last = self.book.placed[-1 - pick % min(8, len(self.book.placed))].record
        undone = {one.record.ref for one in self.book if one.record.KIND == "reversal"}
        if last.id[:2] not in ("SA", "CQ", "CU", "CA") or last.KIND == "reversal" or last.id in undone:
            return False
        if self.book.state.top(last.touches()) - {last.id, ""}:
            return False
        return self._soft(lambda: self.book.reverse(last.id))


LATE = (
    "arrived in part",
    "cleared",
    "hand over",
    "hand over part",
    "made-good",
    "in part",
    "replaced",
    "bounced",
    "return",
    "deposited",
)
NAMES = [*sorted(Lives().acts()), *LATE, *LATE]
"""What can only follow on something else is tried more often."""
STEPS = st.lists(
    st.tuples(st.sampled_from(NAMES), st.integers(0, 40), st.integers(1, 9), st.sampled_from([0, 0, 0, 1, 3, 12])),
    min_size=4, max_size=28,
)  # fmt: skip
RELAXED = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
START = [("reserve", 0, 9, 0), ("same day", 0, 5, 0), ("deposited", 1, 0, 0)]


def play(steps: list[tuple[str, int, int, int]]) -> Lives:
    lives = Lives()
    for step in (*START, *steps):
        lives.act(*step)
    return lives


def chained(book: Book) -> list[tuple[MonthSheet, Carried]]:
    """Each month from the closing rows of the one before and its own records only."""
    found, start = [], nothing()
    for month in MONTHS:
        sheet, after = fold_month(start, month, [one for one in book if month.contains(one.record.date)])
        found.append((sheet, after))
        start = from_rows(to_rows(after, month.first))
    return found


@RELAXED
@given(STEPS)
def test_the_money_ties_out_in_every_mix(steps: list[tuple[str, int, int, int]]) -> None:
    """Difference 0, the block of cheques foots, the balances are what the open cheques and reservations say."""
    lives = play(steps)
    for sheet, _ in chained(lives.book):
        assert sheet.tie_out.difference == 0
        cash = sheet.parts.get("cash")
        assert cash is None or cash.difference == 0
        for name, item in sheet.parts.get("open_items", {}).items():
            assert min(item.added, item.settled, item.opening, item.closing) >= 0
            assert item.added - item.settled == getattr(sheet.tie_out, name)
        block = sheet.parts.get("cheques")
        if block is not None:
            flow = block.opening + block.received - block.cleared - block.bounced - block.given_back
            assert flow + block.prior_period == block.outstanding
            owed = block.receivable
            paid = owed.made_good + owed.replaced + owed.returned
            assert owed.opening + owed.bounced - paid + owed.prior_period == owed.closing
    state = lives.book.state
    money = chained(lives.book)[-1][1].money
    cheques = [one for _, one in state.things(Cheque)]
    assert money.get(CHEQUES, 0) == sum(one.amount for one in cheques if one.outstanding)
    assert money.get(RECEIVABLE, 0) == sum(one.due for one in cheques)
    assert money.get(f"{PENDING}wechat", 0) == sum(one.open_by("wechat") for _, one in state.things(Payment))
    assert -money.get(RESERVED, 0) == sum(one.amount for _, one in state.things(Reserved))


@settings(RELAXED, max_examples=150)
@example([("bounced", 0, 1, 0)] * 3 + [("return", 0, 1, 0)])
@example([("bounced", 1, 1, 0), ("return", 0, 9, 0)])
@example([("sell by transfer", 0, 5, 0), ("arrived in part", 0, 2, 1), ("return", 0, 3, 1), ("return", 0, 9, 12)])
@example([("sell by transfer", 0, 5, 0), ("return", 0, 3, 12), ("undo", 0, 1, 12), ("arrived", 0, 1, 1)])
@given(STEPS)
def test_the_lines_of_the_tie_out_sum_to_its_terms(steps: list[tuple[str, int, int, int]]) -> None:
    """Slip by slip, as on the audit sheet: in every month and mix no term has a fen without a record behind it."""
    book = play(steps).book
    behind = {one.record.id: one.record for one in book}
    for month, (sheet, _) in zip(MONTHS, chained(book), strict=True):
        lines = tie_lines(of_month(book, month), behind)
        terms = {name: getattr(sheet.tie_out, name) for name in sheet.tie_out.__struct_fields__}
        assert {name: sum(one.amount for one in lines.get(name, ())) for name in terms} == terms


@RELAXED
@given(STEPS)
def test_months_chain_and_rows_change_nothing(steps: list[tuple[str, int, int, int]]) -> None:
    book = play(steps).book
    found = chained(book)
    for month, (sheet, after) in zip(MONTHS, found, strict=True):
        whole, at_once = fold_month(nothing(), month, book)
        assert sheet == whole
        assert to_rows(after, month.first) == to_rows(at_once, month.first)
    for (sheet, _), (following, _) in itertools.pairwise(found):
        assert {name: one.closing for name, one in sheet.money.items() if one.closing} == {
            name: one.opening for name, one in following.money.items() if one.opening
        }


@RELAXED
@given(STEPS)
def test_a_sound_book_has_no_finding_but_facts(steps: list[tuple[str, int, int, int]]) -> None:
    """Nothing that the counter let pass is found afterwards; the serials of CHQ-02 are those that are frozen."""
    book = play(steps).book
    found = check(book, (), RULES, until=MONTHS[-1].after)
    assert {one.code for one in found} <= OF_TIME
    cheques = [one for _, one in book.state.things(Cheque)]
    assert sum(one.code == "CHQ-02" for one in found) == sum(bool(one.due) for one in cheques)
    frozen = SpanSet.of(piece.span for piece in book.state.pieces(spans("A0001+600")) if piece.sheet.hold)
    assert frozen <= SpanSet(span for one in cheques for span in one.held_spans)
    for one in found:
        owed = SpanSet(parse_spans(one.serials)) if one.code == "CHQ-02" and one.serials else SpanSet()
        out = SpanSet.of(p.span for p in book.state.pieces(owed) if p.sheet.place == "client") if owed else SpanSet()
        assert out <= frozen
