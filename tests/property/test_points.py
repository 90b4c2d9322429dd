"""A member's statement adds up on every day, whatever lots are given, over at once included, and whatever is undone late."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.core.forms import Record, Reversal
from ledger.core.points import PointsAccount, lots_apart
from ledger.core.records.points import Award, AwardCancelled, Earned, Given, Returned, TakenBack, ToppedUp
from ledger.core.state import Reversed
from ledger.folds.points import Statement, statement, without
from tests.builders import Book

FIRST = dt.date(2026, 10, 1)
Act = tuple[str, int, int, int]
ACTS = st.lists(
    st.tuples(
        st.sampled_from(("earned", "topped-up", "returned", "award", "undo", "taken-back", "cancel")),
        st.integers(0, 300), st.integers(0, 20), st.integers(-15, 30),
    ),
    max_size=14,
)  # fmt: skip
"""What is done, the points, after how many days, and until how many days from then the points are good."""


class Written:
    """A book that nobody kept within the rules; on ``wait`` nothing is done."""

    def __init__(self, acts: list[Act]) -> None:
        self.book, self.last = Book(str(FIRST), legal=False), ""
        self.given: Given | None = None
        self.slips: list[Award] = []
        day = FIRST
        for number, (act, points, days, good) in enumerate(acts):
            day += dt.timedelta(days=days)
            if days:
                self.book.on(str(day))
            self.head = {**self.book.head("PT", "WL"), "reason": "错"} if act not in ("wait", "undo") else {}
            if record := self.made(act, number, points, day + dt.timedelta(days=good)):
                self.last = self.book.place(record).id

    def made(self, act: str, number: int, points: int, until: dt.date) -> Record | None:
        what: Any = {**self.head, "member": "M0001", "points": points}
        match act:
            case "undo":
                self.undo(points)
            case "taken-back":
                return self.taken_back()
            case "cancel":
                return cancel(self, self.slips.pop(points % len(self.slips))) if self.slips else None
            case "returned":
                return Returned(**what, expires=until)
            case "award":
                self.slips.append(Award(**what, goods="毛巾", award_no=f"LJ2026-K1-{number + 1:04d}"))
                return self.slips[-1]
            case "earned" | "topped-up":
                kind = Earned if act == "earned" else ToppedUp
                self.given = kind(**what, slip=f"S{number}", expires=until)
                return self.given
        return None

    def undo(self, points: int) -> None:
        """The last record; now and then any other, as two terminals do that know nothing of each other."""
        records = [one.record.id for one in self.book if not isinstance(one.record, Reversal)]
        if points > 250 and records:
            self.book.reverse(records[points % len(records)])
        elif self.last:
            self.book.reverse(self.last)
        self.last = ""

    def taken_back(self) -> Record | None:
        """Twice over, when it comes so: that is found, and adds up all the same."""
        if (given := self.given) is None:
            return None
        wrong: Any = {"points": given.points, "slip": given.slip, "expires": given.expires, "ref": given.id}
        return TakenBack(**self.head, member="M0001", **wrong)


def written(acts: list[Act]) -> Book:
    return Written(acts).book


def cancel(at: Written, award: Award) -> AwardCancelled:
    """An award is cancelled as the command does; what it gives back is what the account lacks for the award never to have been."""
    now, never = without("M0001", at.book, award.id, at.book.date)
    lots = lots_apart(now, never, "2029-12-31")
    head = {**at.head, "ref": award.id}
    made = AwardCancelled(**head, member="M0001", points=award.points, award_no=award.award_no, lots=lots)
    if at.book.state.thing(Reversed, award.id) is None:
        assert made.over == never.expired - now.expired
        assert now.given_back(award.points, lots) == never
    return made


def adds_up(found: Statement) -> bool:
    """Each line goes on from the one before in points and in time; the last is the balance; the sums give it too."""
    lines = found.lines
    running = list(itertools.accumulate(one.points for one in lines))
    expired = -sum(one.points for one in lines if one.kind == "expired")
    given = found.earned + found.topped_up
    return (
        [one.balance for one in lines] == running
        and [one.date for one in lines] == sorted(one.date for one in lines)
        and found.account.balance == sum(one.points for one in lines)
        and found.account.balance
        == given - found.taken_back - found.returned - found.spent + found.cancelled - found.expired
        and found.expired == expired
    )


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(acts=ACTS, later=st.integers(0, 60))
def test_a_statement_adds_up_on_every_day(acts: list[Act], later: int) -> None:
    book = written(acts)
    for until in {*(one.record.date for one in book), book.date + dt.timedelta(days=later)}:
        assert adds_up(statement("M0001", book, until))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(acts=ACTS)
def test_an_award_cancelled_leaves_the_account_as_if_it_had_never_been(acts: list[Act]) -> None:
    """Whatever lots, shortfalls and expiries lie between: every lot, what is short, what has expired, what counts for the tier."""
    acts = [one for one in acts if one[0] != "undo"]
    book = written(acts)
    void = {one.record.award_no for one in book if isinstance(one.record, AwardCancelled)}
    never = [
        ("wait" if act == "cancel" or f"LJ2026-K1-{number + 1:04d}" in void else act, points, days, good)
        for number, (act, points, days, good) in enumerate(acts)
    ]
    found, right = (_now(one, book.date) for one in (book, written(never)))
    assert found == right


def _now(book: Book, day: dt.date) -> PointsAccount:
    return (book.state.thing(PointsAccount, "M0001") or PointsAccount()).at(day)


def test_points_over_at_once_and_an_award_undone_late_stand_on_lines_of_their_own() -> None:
    """100 good until the 10th, 40 of them awarded, the award undone on the 20th: +100 -40 -60, +40 -40.  Then 30 good until
    a day before: +30 -30.  0 are left: 130 given, 0 awarded, 130 expired."""
    book = written([("earned", 100, 0, 9), ("award", 40, 2, 0), ("undo", 0, 17, 0), ("topped-up", 30, 0, -1)])
    found = statement("M0001", book, dt.date(2026, 10, 20))
    assert [(one.kind, one.points, one.balance) for one in found.lines] == [
        ("earned", 100, 100), ("award", -40, 60), ("expired", -60, 0), ("reversal", 40, 40), ("expired", -40, 0),
        ("topped-up", 30, 30), ("expired", -30, 0),
    ]  # fmt: skip
    assert (found.earned + found.topped_up, found.spent, found.expired, found.account.balance) == (130, 0, 130, 0)
