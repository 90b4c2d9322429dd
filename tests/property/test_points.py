"""A member's statement adds up on every day, whatever lots are given, over at once included, and whatever is undone late."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.core.records.points import Award, Earned, Given, Returned, TakenBack, ToppedUp
from ledger.folds.points import Statement, statement
from tests.builders import Book

FIRST = dt.date(2026, 10, 1)
ACTS = st.lists(
    st.tuples(
        st.sampled_from(("earned", "topped-up", "returned", "award", "undo", "taken-back")),
        st.integers(0, 300), st.integers(0, 20), st.integers(-15, 30),
    ),
    max_size=14,
)  # fmt: skip
"""What is done, the points, after how many days, and until how many days from then the points are good."""


def written(acts: list[tuple[str, int, int, int]]) -> Book:
    """A book that nobody kept within the rules."""
    book, day, last = Book(str(FIRST), legal=False), FIRST, ""
    given: Given | None = None
    for number, (act, points, days, good) in enumerate(acts):
        day += dt.timedelta(days=days)
        if days:
            book.on(str(day))
        what: Any = {"member": "M0001", "points": points}
        until = day + dt.timedelta(days=good)
        if act == "undo":
            if last:
                book.reverse(last)
            last = ""
        elif act == "taken-back":
            if given is not None:  # twice over, when it comes so: that is found, and adds up all the same
                wrong: Any = {"points": given.points, "slip": given.slip, "expires": given.expires, "ref": given.id}
                head = {**book.head("PT", "WL"), "reason": "错"}
                last = book.place(TakenBack(**head, member="M0001", **wrong)).id
        elif act == "returned":
            last = book.place(Returned(**book.head("PT", "WL"), **what, expires=until)).id
        elif act == "award":
            number_ = f"LJ2026-K1-{number + 1:04d}"
            last = book.place(Award(**book.head("PT", "WL"), **what, goods="毛巾", award_no=number_)).id
        else:
            kind = Earned if act == "earned" else ToppedUp
            given = kind(**book.head("PT", "WL"), **what, slip=f"S{number}", expires=until)
            last = book.place(given).id
    return book


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
        and found.account.balance == given - found.taken_back - found.returned - found.spent - found.expired
        and found.expired == expired
    )


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(acts=ACTS, later=st.integers(0, 60))
def test_a_statement_adds_up_on_every_day(acts: list[tuple[str, int, int, int]], later: int) -> None:
    book = written(acts)
    for until in {*(one.record.date for one in book), book.date + dt.timedelta(days=later)}:
        assert adds_up(statement("M0001", book, until))


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
