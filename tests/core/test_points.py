"""Points by hand: lots that expire, what a return and an award do to a tier, standings to the day (M2, M4, M5)."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core.points import EMPTY_ACCOUNT, Lot, PointsAccount, award_number, award_parts, standing, tier_of
from ledger.core.rules import MemberCare, Points, Tiers

D = dt.date
TIERS = Tiers(since=D(2000, 1, 1), **Tiers.OF_OLD)
CARE = MemberCare(since=D(2000, 1, 1), **MemberCare.OF_OLD)


def test_three_lots_and_a_partial_award() -> None:
    """300 good until 31 January, 500 until 28 February, 200 until 31 March; an award of 400 on 15 January.

    Soonest first: all 300 of January and 100 of February.  Left: 400 (February) and 200 (March), 600.  On 31 January
    nothing is left that could expire; on 28 February the 400 are still good, on 1 March they are gone: 200 are left and
    400 have expired.  On 1 April nothing is left and 600 have expired.  400 spent + 600 expired = 1,000 given.
    """
    account = EMPTY_ACCOUNT.credited(500, D(2026, 2, 28)).credited(300, D(2026, 1, 31)).credited(200, D(2026, 3, 31))
    assert account.balance == 1000
    account = account.at(D(2026, 1, 15)).spent(400)
    assert account.lots == (Lot("2026-02-28", 400), Lot("2026-03-31", 200))
    days = [D(2026, 1, 31), D(2026, 2, 28), D(2026, 3, 1), D(2026, 3, 31), D(2026, 4, 1)]
    assert [(account.at(day).balance, account.at(day).expired) for day in days] == [
        (600, 0), (600, 0), (200, 400), (200, 400), (0, 600)
    ]  # fmt: skip


def test_a_lot_is_good_on_its_last_day() -> None:
    account = EMPTY_ACCOUNT.credited(5, D(2028, 2, 29))
    assert account.at(D(2028, 2, 29)).balance == 5
    assert account.at(D(2028, 3, 1)).balance == 0


def test_below_zero_is_kept_and_filled_first() -> None:
    """100 given, 250 taken: −150 and not 0.  The next 400 fill that first, so 250 of them are a lot; nothing was cut off."""
    account = EMPTY_ACCOUNT.credited(100, D(2027, 1, 31)).returned(250)
    assert (account.balance, account.valid, account.lots) == (-150, -150, ())
    account = account.credited(400, D(2027, 3, 31))
    assert (account.balance, account.valid, account.lots) == (250, 250, (Lot("2027-03-31", 250),))


def test_a_return_takes_the_points_of_its_purchase_first() -> None:
    """January 300, March 300: returning 350 of the March purchase leaves 250 in January's lot."""
    account = EMPTY_ACCOUNT.credited(300, D(2026, 1, 31)).credited(300, D(2026, 3, 31))
    assert account.returned(350, "2026-03-31").lots == (Lot("2026-01-31", 250),)


@pytest.mark.parametrize(
    ("valid", "tier"),
    [
        (-1, "regular"), (0, "regular"), (4999, "regular"), (5000, "silver"), (9999, "silver"), (10000, "gold"),
        (14999, "gold"), (15000, "diamond"), (15001, "diamond"),
    ],
)  # fmt: skip
def test_the_edges_of_the_tiers(valid: int, tier: str) -> None:
    assert tier_of(valid, TIERS) == tier


def test_a_return_drops_a_tier_and_an_award_does_not() -> None:
    """10,000 valid points are gold.  An award of 9,000 leaves 1,000 and gold; a return of 1 leaves 999 and silver."""
    account = EMPTY_ACCOUNT.credited(10000, D(2028, 1, 31)).spent(9000)
    assert (account.balance, tier_of(account.valid, TIERS)) == (1000, "gold")
    account = account.returned(1)
    assert (account.balance, tier_of(account.valid, TIERS)) == (999, "silver")


@pytest.mark.parametrize(
    ("last", "day", "expected"),
    [
        (D(2026, 1, 15), D(2026, 4, 14), "active"),
        (D(2026, 1, 15), D(2026, 4, 15), "silent"),
        (D(2026, 1, 15), D(2026, 7, 14), "silent"),
        (D(2026, 1, 15), D(2026, 7, 15), "dormant"),
        (D(2026, 1, 15), D(2027, 1, 15), "dormant"),  # exactly 12 months
        (D(2026, 1, 15), D(2027, 1, 16), "lost"),
        (D(2025, 8, 31), D(2026, 2, 27), "silent"),  # there is no 31 February: its last day counts
        (D(2025, 8, 31), D(2026, 2, 28), "dormant"),
        (D(2027, 8, 31), D(2028, 2, 28), "silent"),
        (D(2027, 8, 31), D(2028, 2, 29), "dormant"),
        (D(2028, 2, 29), D(2029, 2, 28), "dormant"),  # 12 months after 29 February
        (D(2028, 2, 29), D(2029, 3, 1), "lost"),
        (D(2026, 11, 30), D(2027, 2, 28), "silent"),
    ],
)
def test_standings_to_the_day(last: D, day: D, expected: str) -> None:
    assert standing(last, day, CARE) == expected


@pytest.mark.parametrize(
    ("ends", "given_on", "until"),
    [
        ("day", D(2026, 3, 15), D(2028, 3, 15)),
        ("day", D(2024, 2, 29), D(2026, 2, 28)),
        ("month", D(2026, 3, 15), D(2028, 3, 31)),
        ("month", D(2026, 2, 28), D(2028, 2, 29)),
        ("month", D(2026, 12, 31), D(2028, 12, 31)),
        ("year", D(2026, 3, 15), D(2028, 12, 31)),
    ],
)
def test_until_when_points_are_good(ends: str, given_on: D, until: D) -> None:
    rule = Points(since=D(2000, 1, 1), yuan_per_point="1.00", valid_months=24, ends=ends)  # type: ignore[arg-type]  # a word
    assert rule.expires(given_on) == until


@pytest.mark.parametrize(("fen", "points"), [(99, 0), (100, 1), (12399, 123), (-99, 0), (-12399, -123)])
def test_part_of_a_point_is_dropped_toward_zero(fen: int, points: int) -> None:
    assert Points(since=D(2000, 1, 1), **Points.OF_OLD).of_amount(fen) == points


def test_the_number_of_an_award_slip() -> None:
    assert award_number(2026, "K1", 7) == "LJ2026-K1-0007"
    assert award_parts("LJ2026-K1-0007") == ("2026-K1", 7)
    for wrong in ("LJ2026-K1-7", "LJ2026-K1-00007", "lj2026-K1-0007", "LJ2026--0007"):
        with pytest.raises(ValueError, match="number"):
            award_parts(wrong)


STEPS = st.lists(
    st.tuples(st.integers(0, 40), st.sampled_from(["give", "spend", "return"]), st.integers(0, 500)), max_size=25
)


@given(STEPS)
def test_given_is_what_is_left_spent_returned_and_expired(steps: list[tuple[int, str, int]]) -> None:
    """Whatever happens on whichever days: given = balance + spent + returned + expired; lots are sorted, above zero, not over."""
    day = D(2026, 1, 1)
    account, given_, taken, valid = PointsAccount(), 0, 0, 0
    for later, what, points in steps:
        day += dt.timedelta(days=later)
        account = account.at(day)
        if what == "give":
            account, given_, valid = (
                account.credited(points, day + dt.timedelta(days=60)),
                given_ + points,
                valid + points,
            )
        elif what == "spend":
            account, taken = account.spent(points), taken + points
        else:
            account, taken, valid = account.returned(points), taken + points, valid - points
    assert given_ == account.balance + taken + account.expired
    assert account.valid == valid
    assert list(account.lots) == sorted(account.lots)
    assert all(points > 0 and expires >= str(day) for expires, points in account.lots)
    assert account.short == 0 or not account.lots
