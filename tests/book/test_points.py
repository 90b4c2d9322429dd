"""Members' points through the real book: slips, awards, reversals, merges, closings (M1–M4)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from ledger.book.batch import BatchRefused
from ledger.book.draft import Draft, RefusedBy
from ledger.book.members import never_collected, one_standing, open_awards, standings, statement, wrongly_given
from ledger.book.month import check, folded, index_findings, reconcile
from ledger.book.sync import sync
from ledger.book.text import whole_text
from ledger.book.undo import reversal_draft
from ledger.book.write import record
from ledger.core.dates import Month
from ledger.core.errors import GbError, Refused, Unknown
from ledger.core.forms import Record
from ledger.core.order import in_order
from ledger.core.points import Lot, PointsAccount
from ledger.folds.closing import Carried, from_rows, nothing, take, to_rows
from ledger.folds.points import PointsBlock
from ledger.folds.reconcile import fold_month
from tests.book.counter import START, Counter
from tests.forge import Forge
from tests.sync.clones import Clones

TODAY = START.date()


class Centre(Counter):
    """The counter with member M0001, whose card is activated."""

    def __init__(self, root: Path) -> None:
        super().__init__(root, stocked=False)
        self.join("M0001")

    def draft(self, journal: str, kind: str, **given: Any) -> Draft:
        """With the time of the paper, since years pass between two records here."""
        return super().draft(journal, kind, **{"at": self.clock.at, **given})

    def join(self, code: str) -> None:
        self.add("members", "registered", code=code, identified="yes")
        self.add("members", "activated", code=code, card=f"8{code[1:]}")

    def earn(self, points: int, slip: str, member: str = "M0001", **given: Any) -> str:
        return str(self.add("points", "earned", member=member, points=points, slip=slip, **given).id)

    def award(self, points: int, member: str = "M0001", goods: str = "电水壶") -> str:
        self.add("points", "id-checked", member=member, document="身份证")
        return str(self.add("points", "award", member=member, points=points, goods=goods).id)

    def cancel(self, award: str) -> str:
        values = never_collected(self.book, award, self.clock.at.date())
        return str(self.add("points", "award-cancelled", by="li", ref=award, reason="会员不要了", **values).id)

    def undo(self, record_id: str) -> None:
        record(
            self.book,
            reversal_draft(self.book, record_id, by="li", terminal="K1", reason="错", today=self.clock.at.date()),
        )

    def go(self, day: str) -> None:
        self.clock.at = dt.datetime.fromisoformat(f"{day}T09:00:00+08:00")

    @property
    def balance(self) -> int:
        return one_standing(self.book, "M0001", self.clock.at.date()).account.balance

    @property
    def tier(self) -> str:
        return one_standing(self.book, "M0001", self.clock.at.date()).tier

    def codes(self) -> list[str]:
        return [one.code for one in check(self.book, ["PTS", "NUM", "STA", "REG"], today=self.clock.at.date())]


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    return Centre(tmp_path / "book")


def refused(centre: Centre, kind: str, **given: Any) -> list[str]:
    """The codes of the refusal; nothing was written."""
    before = centre.text()
    with pytest.raises(RefusedBy) as caught:
        centre.record("points", kind, **given)
    assert centre.text() == before
    return [one.code for one in caught.value.findings]


# -- slips ---------------------------------------------------------------------------------------------------------------


def test_a_slip_is_used_once_for_ever(centre: Centre) -> None:
    """Earned on X1 in October 2026; a top-up on X1 is refused the same day, three years later, for anybody."""
    centre.earn(100, "X1")
    centre.join("M0002")
    assert refused(centre, "topped-up", member="M0001", points=5, slip="X1") == ["PTS-01"]
    centre.go("2029-10-08")
    assert refused(centre, "earned", member="M0002", points=5, slip="X1") == ["PTS-01"]
    assert refused(centre, "returned", member="M0001", points=1, slip="X1", original="X1") == ["PTS-01", "PTS-03"]


@pytest.mark.parametrize("again", ["s0", "Ｓ０", "S 0"])
def test_a_slip_is_one_however_it_is_written(centre: Centre, again: str) -> None:
    """S0 gave 60 points, X9 gave 100; s0 gives none again, a return of 20 finds its purchase: 140, of which 40 are S0's."""
    centre.earn(60, "S0")
    centre.earn(100, "X9")
    assert refused(centre, "topped-up", member="M0001", points=5, slip=again) == ["PTS-01"]
    centre.add("points", "returned", member="M0001", points=20, slip="R1", original=again)
    assert refused(centre, "returned", member="M0001", points=41, original="S0") == ["PTS-04"]
    assert centre.balance == 140


def test_a_member_undone_here_and_used_there_is_found(tmp_path: Path) -> None:
    """K1 undoes the registration of M0009 while K2 gives it 5 points: after the merge REG-01 stands on K2's record."""
    clones = Clones(tmp_path / "clones", 7, 2)
    try:
        made = clones.must("members", "registered", {"code": "M0009", "identified": "yes"})
        sync(clones.books["K1"], "K1")
        sync(clones.books["K2"], "K2")
        given = clones.must("points", "earned", {"member": "M0009", "points": 5, "slip": "B1"}, terminal="K2")
        book, today = clones.books["K1"], clones.time.date()
        record(book, reversal_draft(book, made.id, by=made.by, terminal="K1", reason="错", today=today))
        sync(clones.books["K2"], "K2")
        sync(clones.books["K1"], "K1")
        assert ("REG-01", given.id) in {(found.code, found.subject) for found in check(book, ["REG"], today=today)}
    finally:
        clones.close()


def test_points_that_are_over_are_not_given(centre: Centre) -> None:
    """Good until the day before: refused.  Put into the file by hand they are given and expired: 10 + 100 - 100 = 10."""
    centre.earn(10, "X1")
    with pytest.raises(Refused) as refusal:
        centre.earn(100, "X2", expires=TODAY - dt.timedelta(days=1))
    assert (refusal.value.code, refusal.value.next) == ("DAT-01", ("--expires 2028-10-31",))
    given = centre.earn(100, "X2", expires=TODAY)
    Forge(centre.book.root, centre.book.settings.book).change(given, expires=TODAY - dt.timedelta(days=1))
    found = statement(centre.book, "M0001", TODAY)
    assert (found.earned, found.expired, found.account.balance) == (110, 100, 10)
    assert sum(line.points for line in found.lines) == 10


def test_the_slip_of_a_return_says_its_points(centre: Centre) -> None:
    """R1 took 60 points back: used again it says 60, and no points of it can be returned."""
    centre.earn(100, "X1")
    centre.add("points", "returned", member="M0001", points=60, original="X1", slip="R1")
    with pytest.raises(RefusedBy, match="60 points"):
        centre.add("points", "topped-up", member="M0001", points=5, slip="r1")
    assert refused(centre, "returned", member="M0001", points=1, original="R1") == ["PTS-04"]


def test_a_slip_whose_record_is_undone_is_free_again(centre: Centre) -> None:
    centre.undo(centre.earn(100, "X1"))
    centre.earn(70, "X1")
    assert centre.balance == 70


def twice(clones: Clones) -> list[Record]:
    """M0001, whom both know, gets 300 points on one slip at each terminal before they meet."""
    for name in ("K1", "K2"):
        sync(clones.books[name], name)
    made = [
        clones.must("points", "topped-up", {"member": "M0001", "points": 300, "slip": slip}, terminal=name)
        for name, slip in (("K1", "B1"), ("K2", "b1"))
    ]
    for name in ("K1", "K2"):
        sync(clones.books[name], name)
    return made


def test_the_same_slip_on_two_terminals_is_found_after_the_merge(tmp_path: Path) -> None:
    """K1 tops up 300 points on slip B1, K2 on b1, before they meet: 600 stand there, and PTS-01 names both lines.

    The second is reversed: 300 are left and nothing is found.
    """
    clones = Clones(tmp_path / "clones", 7, 2)
    try:
        clones.must("members", "registered", {"code": "M0001", "identified": "yes"})
        made = twice(clones)
        book, today = clones.books["K2"], clones.time.date()
        assert one_standing(book, "M0001", today).account.balance == 600
        (found,) = check(book, ["PTS"], today=today)
        assert found.code == "PTS-01"
        assert {where.id for where in found.where} == {one.id for one in made}
        second = max(made, key=lambda one: one.order)
        record(book, reversal_draft(book, second.id, by="li", terminal="K2", reason="重复", today=today))
        assert one_standing(book, "M0001", today).account.balance == 300
        assert check(book, ["PTS"], today=today) == []
    finally:
        clones.close()


def test_a_slip_entered_twice_is_taken_back_although_an_award_stands_on_it(tmp_path: Path) -> None:
    """K1 tops up 300 on B1, K2 on b1; they meet: 600.  An award of 400 is given out: 200 are left.  Of the 600 only 300 were due.

    The second cannot be reversed, since the award came after it; the hint names ``takeback``, which leaves 300 − 400 = −100.
    PTS-01 is gone, PTS-03 stands on the taking back, and no figure is cut off: 600 − 300 taken back − 400 = −100, the next 150
    points leave 50.  The first entry keeps the slip: its 300 may still be returned, and nobody else may use the number.
    """
    clones = Clones(tmp_path / "clones", 7, 2)
    try:
        clones.must("members", "registered", {"code": "M0001", "identified": "yes"})
        clones.must("members", "activated", {"code": "M0001", "card": "80010001"})
        made = twice(clones)
        book, today = clones.books["K2"], clones.time.date()
        first, second = sorted(made, key=lambda one: one.order)
        clones.must("points", "id-checked", {"member": "M0001", "document": "身份证"}, terminal="K2")
        clones.must("points", "award", {"member": "M0001", "points": 400, "goods": "电水壶"}, terminal="K2")
        with pytest.raises(Refused) as refusal:
            reversal_draft(book, second.id, by="li", terminal="K2", reason="重复", today=today)
        assert (refusal.value.code, refusal.value.next[0]) == (
            "STA-01", f"gb points takeback {second.id} --reason '…'",
        )  # fmt: skip
        back = wrongly_given(book, second.id, today)
        done = clones.must("points", "taken-back", back, terminal="K2", by="li", ref=second.id, reason="重复")
        found = statement(book, "M0001", today)
        assert (found.topped_up, found.taken_back, found.spent, found.account.balance) == (600, 300, 400, -100)
        assert found.account.valid == 300
        (short,) = check(book, ["PTS"], today=today)
        assert (short.code, short.subject, short.severity) == ("PTS-03", done.id, "error")
        with pytest.raises(RefusedBy, match="slip b1 was used"):
            clones.must("points", "earned", {"member": "M0001", "points": 1, "slip": "b1"}, terminal="K2")
        clones.must("points", "earned", {"member": "M0001", "points": 350, "slip": "X1"}, terminal="K2")
        clones.must(
            "points", "returned", {"member": "M0001", "points": 200, "slip": "R1", "original": "B1"}, terminal="K2"
        )
        assert one_standing(book, "M0001", today).account.balance == 50
        with pytest.raises(RefusedBy, match=r"reversed by .* already"):
            clones.must("points", "taken-back", back, terminal="K2", by="li", ref=second.id, reason="重复")
        with pytest.raises(RefusedBy, match="200 points returned"):
            clones.must(
                "points",
                "taken-back",
                wrongly_given(book, first.id, today),
                terminal="K2",
                by="li",
                ref=first.id,
                reason="错",
            )
        assert index_findings(book) == []
    finally:
        clones.close()


def test_points_given_to_the_wrong_member_are_taken_back_and_their_slip_is_free(centre: Centre) -> None:
    """300 on B1 for M0001 were M0002's; M0001 has bought for 50 since.  Taken back: 50, and B1 gives M0002 the 300.

    Taking back may be undone like any last record: then the 300 stand again.  The 20 of X2 are over on 8 October 2029: taken
    back, they count for the tier no more, and have not expired.
    """
    given = centre.add("points", "topped-up", member="M0001", points=300, slip="B1").id
    centre.earn(50, "X1")
    centre.join("M0002")

    def back() -> str:
        values = wrongly_given(centre.book, given, centre.clock.at.date())
        return str(centre.add("points", "taken-back", by="li", ref=given, reason="登错会员", **values).id)

    centre.undo(back())
    assert (centre.balance, centre.codes()) == (350, [])
    back()
    assert (centre.balance, centre.codes()) == (50, [])
    centre.add("points", "topped-up", member="M0002", points=300, slip="b1")
    assert refused(centre, "topped-up", member="M0001", points=1, slip="B1") == ["PTS-01"]
    with pytest.raises(Refused, match=given):
        centre.undo(given)
    later = centre.earn(20, "X2")
    centre.go("2029-10-08")
    before = one_standing(centre.book, "M0001", centre.clock.at.date()).account
    values = wrongly_given(centre.book, later, centre.clock.at.date())
    assert values["over"] == 20
    assert refused(centre, "taken-back", by="li", ref=later, reason="错", **(values | {"over": 21})) == ["PTS-04"]
    centre.add("points", "taken-back", by="li", ref=later, reason="错", **values)
    after = one_standing(centre.book, "M0001", centre.clock.at.date()).account
    assert (before.balance, before.expired, before.valid) == (0, 70, 70)
    assert (after.balance, after.expired, after.valid) == (0, 50, 50)
    found = statement(centre.book, "M0001", centre.clock.at.date())
    assert [(one.kind, one.points, one.balance) for one in found.lines[-2:]] == [
        ("taken-back", -20, -20),
        ("expired", 20, 0),
    ]
    assert index_findings(centre.book) == []


def test_points_taken_back_at_two_terminals_are_made_up_for_by_what_the_finding_leads_to(tmp_path: Path) -> None:
    """30 never due are taken back at K1 and at K2; 5 are earned since: −25 and −25 valid, PTS-04 on the later one.

    It names ``reverse``, which names the top-up in the same lot: 5 are left, 5 are valid.  The finding is answered.
    """
    clones = Clones(tmp_path / "clones", 7, 2)
    try:
        clones.must("members", "registered", {"code": "M0001", "identified": "yes"})
        given = clones.must("points", "earned", {"member": "M0001", "points": 30, "slip": "X1"})
        for name in ("K1", "K2"):
            clones.sync(name)
        made = []
        for name in ("K1", "K2"):
            clones.time += dt.timedelta(minutes=10)
            back = wrongly_given(clones.books[name], given.id, clones.time.date())
            made.append(
                clones.must("points", "taken-back", back, terminal=name, by="li", ref=given.id, reason="从未消费")
            )
        for name in ("K1", "K2", "K1"):
            clones.sync(name)
        book, today = clones.books["K2"], clones.time.date()
        clones.must("points", "earned", {"member": "M0001", "points": 5, "slip": "X2"}, terminal="K2")
        account = one_standing(book, "M0001", today).account
        assert (account.balance, account.valid) == (-25, -25)
        (found,) = check(book, ["PTS-04"], today=today)
        assert (found.subject, found.next[0]) == (made[1].id, f"gb reverse {made[1].id} --reason '…'")
        with pytest.raises(Refused) as refusal:
            reversal_draft(book, made[1].id, by="li", terminal="K2", reason="两次", today=today)
        expires = getattr(made[1], "expires", None)
        assert refusal.value.next[0] == (
            f"gb points topup --member M0001 --points 30 --slip {made[1].id} --expires {expires}"
        )
        values = {"member": "M0001", "points": 30, "slip": made[1].id, "expires": expires}
        clones.must("points", "topped-up", values, terminal="K2")
        account = one_standing(book, "M0001", today).account
        assert (account.balance, account.valid) == (5, 5)
    finally:
        clones.close()


def test_points_taken_back_in_a_later_month_are_a_line_of_prior_periods(centre: Centre) -> None:
    """October: 100 earned, 300 topped up twice on one slip's two numbers, of which one is wrong, taken back in October: 400 − 300.

    November: the 100 are taken back too: opening 100, prior −100, closing 0.
    """
    earned = centre.earn(100, "X1")
    wrong = centre.add("points", "topped-up", member="M0001", points=300, slip="B1").id
    centre.earn(1, "X2")
    for ref, day in ((wrong, "2026-10-09"), (earned, "2026-11-02")):
        centre.go(day)
        centre.add(
            "points",
            "taken-back",
            by="li",
            ref=ref,
            reason="错",
            **wrongly_given(centre.book, ref, centre.clock.at.date()),
        )
    october, november = _blocks(centre, (Month(2026, 10), Month(2026, 11)))
    assert (october.earned, october.topped_up, october.taken_back, october.closing) == (101, 300, 300, 101)
    assert (november.opening, november.taken_back, november.prior, november.closing) == (101, 0, -100, 1)


def test_a_contract_number_used_on_two_terminals_is_found_after_the_merge(tmp_path: Path) -> None:
    """K1 signs T01 on HT-1, K2 T02 on HT-1, before they meet: NUM-01 names the later; reversed and signed anew it is gone."""
    clones = Clones(tmp_path / "clones", 7, 2)
    day = clones.time.date()
    signed = {"starts": day, "ends": day}
    try:
        for name, code in (("K1", "T01"), ("K2", "T02")):
            for kind, more in (
                ("screened", {"title": code}), ("contacted", {"how": "电话"}), ("talked", {"summary": "九折"}),
                ("agreed", {"terms": "九折"}), ("contracted", {"contract": "HT-1", **signed}),
            ):  # fmt: skip
                made = clones.must("merchants", kind, {"code": code, **more}, terminal=name)
        for name in ("K1", "K2", "K1"):
            clones.sync(name)
        book = clones.books["K2"]
        (found,) = check(book, ["NUM"], today=day)
        assert (found.code, found.severity) == ("NUM-01", "error")
        assert "HT-1" in found.words.zh
        wrong = book.find(found.subject).record
        assert made.KIND == "contracted"
        record(book, reversal_draft(book, wrong.id, by="li", terminal="K2", reason="重号", today=day))
        clones.must(
            "merchants", "contracted", {"code": getattr(wrong, "code", ""), "contract": "HT-2", **signed}, terminal="K2"
        )
        assert check(book, ["NUM"], today=day) == []
        assert index_findings(book) == []
    finally:
        clones.close()


# -- never below zero, never cut off ---------------------------------------------------------------------------------------


def test_an_operation_below_zero_is_refused(centre: Centre) -> None:
    centre.earn(100, "X1")
    centre.add("points", "id-checked", member="M0001", document="身份证")
    assert refused(centre, "returned", member="M0001", points=101) == ["PTS-03"]
    assert refused(centre, "award", member="M0001", points=101, goods="毛巾") == ["PTS-03"]
    assert centre.balance == 100


def test_expired_points_cannot_be_spent(centre: Centre) -> None:
    """100 of October 2026 are good to the end of October 2028: on 31 October they buy an award, on 1 November nothing."""
    centre.earn(100, "X1")
    centre.go("2028-11-01")
    centre.add("points", "id-checked", member="M0001", document="身份证")
    assert refused(centre, "award", member="M0001", points=1, goods="毛巾") == ["PTS-03"]
    centre.go("2028-10-31")
    assert centre.balance == 100


def test_a_return_of_more_than_its_purchase_is_refused(centre: Centre) -> None:
    centre.earn(100, "X1")
    centre.earn(500, "X2")
    centre.add("points", "returned", member="M0001", points=60, original="X1", slip="R1")
    assert refused(centre, "returned", member="M0001", points=41, original="X1", slip="R2") == ["PTS-04"]
    centre.add("points", "returned", member="M0001", points=40, original="X1", slip="R2")
    assert centre.balance == 500


def test_a_statement_by_hand(centre: Centre) -> None:
    """300 on 8 October 2026 (good to 31 October 2028), 200 topped up on 9 November (to 30 November 2028), 100 returned of
    the first, an award of 250, seen on 1 December 2028:

    300, 500, 400, then 250 go soonest first: the 200 left of October and 50 of November; 150 expire on 1 December 2028.
    """
    centre.earn(300, "X1")
    centre.go("2026-11-09")
    centre.add("points", "topped-up", member="M0001", points=200, slip="B1")
    centre.add("points", "returned", member="M0001", points=100, original="X1")
    centre.award(250)
    found = statement(centre.book, "M0001", dt.date(2028, 12, 1))
    assert [(one.date, one.kind, one.points, one.balance) for one in found.lines] == [
        ("2026-10-08", "earned", 300, 300),
        ("2026-11-09", "topped-up", 200, 500),
        ("2026-11-09", "returned", -100, 400),
        ("2026-11-09", "award", -250, 150),
        ("2028-12-01", "expired", -150, 0),
    ]
    assert (found.earned, found.topped_up, found.returned, found.spent, found.expired) == (300, 200, 100, 250, 150)
    assert statement(centre.book, "M0001", dt.date(2026, 11, 8)).account.balance == 300


# -- tiers -----------------------------------------------------------------------------------------------------------------


def test_a_return_drops_a_tier_an_award_does_not_and_an_earlier_day_is_as_it_was(centre: Centre) -> None:
    centre.earn(5000, "X1")
    centre.go("2026-10-09")
    centre.award(4000)
    assert (centre.balance, centre.tier) == (1000, "silver")
    centre.go("2026-10-10")
    centre.add("points", "returned", member="M0001", points=1, original="X1")
    assert (centre.balance, centre.tier) == (999, "regular")
    tiers = [next(iter(standings(centre.book, dt.date(2026, 10, day)))).tier for day in (8, 9, 10)]
    assert tiers == ["silver", "silver", "regular"]


# -- awards ----------------------------------------------------------------------------------------------------------------


def test_an_award_without_goods_and_goods_without_award_are_found_with_their_age(centre: Centre) -> None:
    """The slip of the 8th has no goods on the 12th: 4 days.  Its reversal leaves goods that went out against nothing."""
    centre.earn(1000, "X1")
    award = centre.award(400)
    assert centre.codes() == []  # its day is not over
    centre.go("2026-10-12")
    (found,) = check(centre.book, ["PTS"], today=centre.clock.at.date())
    assert (found.code, found.subject) == ("PTS-02", award)
    assert "4 days" in found.words.en
    assert [(one.id, one.days) for one in open_awards(centre.book.state(), centre.clock.at.date())] == [(award, 4)]
    centre.add("points", "goods-handed-over", ref=award)
    assert centre.codes() == []
    assert refused(centre, "goods-handed-over", ref=award) == ["PTS-02"]


@pytest.mark.parametrize("first", ["K1", "K2"])
def test_goods_without_an_award_are_found_with_their_age_after_a_merge(tmp_path: Path, first: str) -> None:
    """K1 reverses the slip of 400, K2 hands the goods out against it, neither knowing of the other, in either order.

    Four days later PTS-02 names the handing over with its 4 days.  It is undone: the goods are back, and it is gone.
    """
    clones = Clones(tmp_path / "clones", 7, 2)
    try:
        clones.must("members", "registered", {"code": "M0001", "identified": "yes"})
        clones.must("members", "activated", {"code": "M0001", "card": "80010001"})
        clones.must("points", "earned", {"member": "M0001", "points": 1000, "slip": "X1"})
        clones.must("points", "id-checked", {"member": "M0001", "document": "身份证"})
        slip = clones.must("points", "award", {"member": "M0001", "points": 400, "goods": "电水壶"})
        for name in ("K1", "K2"):
            clones.sync(name)
        for name in (first, *({"K1", "K2"} - {first})):
            clones.time += dt.timedelta(minutes=10)
            if name == "K1":
                draft = reversal_draft(clones.books[name], slip.id, by="li", terminal=name, reason="没有来")
                record(clones.books[name], draft)
            else:
                handed = clones.must("points", "goods-handed-over", {}, terminal=name, ref=slip.id)
        for name in ("K1", "K2", "K1"):
            clones.sync(name)
        book, today = clones.books["K2"], clones.time.date()
        later = today + dt.timedelta(days=4)
        (found,) = check(book, ["PTS"], today=later)
        assert (found.code, found.subject, found.severity) == ("PTS-02", handed.id, "error")
        assert found.words.zh.endswith("已 4 天")
        assert found.words.en.endswith("4 days ago")
        record(book, reversal_draft(book, handed.id, by="li", terminal="K2", reason="收回", today=today))
        assert [one.subject for one in check(book, ["PTS"], today=later)] == []
    finally:
        clones.close()


def stuck(centre: Centre) -> str:
    """300 good to 31 October and 400 to 31 January; an award of 500 takes 300 and 200; 20 are bought since, good to 2028-10-31."""
    centre.earn(300, "X1", expires=dt.date(2026, 10, 31))
    centre.earn(400, "X2", expires=dt.date(2027, 1, 31))
    award = centre.award(500)
    centre.earn(20, "X3")
    assert centre.balance == 220
    return award


def test_an_award_never_collected_is_cancelled_although_a_purchase_came_after_it(centre: Centre) -> None:
    """The award of 500 cannot be reversed, since 20 were bought after it; the hint cancels it: 220 + 500 = 720, lots 300, 400, 20.

    720 are valid all the time.  Nothing is left to find; the goods do not go out any more, the slip is not cancelled twice.
    Cancelling is undone like any last record: 220, and the goods are owed again.
    """
    award = stuck(centre)
    with pytest.raises(Refused) as refusal:
        centre.undo(award)
    assert (refusal.value.code, refusal.value.next[0]) == ("STA-01", f"gb points cancel {award} --reason '…'")
    done = centre.cancel(award)
    account = one_standing(centre.book, "M0001", TODAY).account
    assert account.lots == (Lot("2026-10-31", 300), Lot("2027-01-31", 400), Lot("2028-10-31", 20))
    assert (account.balance, account.valid, account.expired) == (720, 720, 0)
    found = statement(centre.book, "M0001", TODAY)
    assert (found.spent, found.cancelled, found.account.balance) == (500, 500, 720)
    assert open_awards(centre.book.state(), TODAY) == []
    centre.go("2026-10-12")
    assert centre.codes() == []
    assert refused(centre, "goods-handed-over", ref=award) == ["PTS-02"]
    again = never_collected(centre.book, award, TODAY)
    assert refused(centre, "award-cancelled", by="li", ref=award, reason="再来", **again) == ["PTS-02"]
    with pytest.raises(Refused, match=done):
        centre.undo(award)
    centre.undo(done)
    assert (centre.balance, centre.codes()) == (220, ["PTS-02"])
    assert index_findings(centre.book) == []


def test_points_that_an_award_kept_beyond_their_day_are_over_when_it_is_cancelled(centre: Centre) -> None:
    """Cancelled on 2 November: the 300 were good to 31 October: +500 −300; 200 come back to January's lot: 220 + 200 = 420.

    October: 720 earned, 500 awarded: 220.  November opens with 220, corrects +500, 300 expire: 420.  An award of October that is
    cancelled in October is no prior period and no award of it: the block has 500 in a line of its own, and no cost.
    """
    award = stuck(centre)
    centre.go("2026-11-02")
    done = centre.cancel(award)
    assert getattr(centre.book.find(done).record, "lots", ()) == (Lot("2027-01-31", 200),)
    found = statement(centre.book, "M0001", dt.date(2026, 11, 2))
    assert [(one.kind, one.points, one.balance) for one in found.lines[-2:]] == [
        ("award-cancelled", 500, 720), ("expired", -300, 420),
    ]  # fmt: skip
    assert (found.account.balance, found.account.valid, found.expired) == (420, 720, 300)
    october, november = _blocks(centre, (Month(2026, 10), Month(2026, 11)))
    assert (october.earned, october.awarded, october.awards, october.closing) == (720, 500, 1, 220)
    assert (november.opening, november.cancelled, november.prior, november.expired, november.closing) == (
        220, 0, 500, 300, 420,
    )  # fmt: skip


def test_an_award_cancelled_in_its_month_has_a_line_of_its_own(centre: Centre) -> None:
    """1000 earned, 400 awarded at a cost of 45.50, cancelled the next day: 1000 − 400 + 400, no award and no cost."""
    centre.earn(1000, "X1")
    centre.add("points", "id-checked", member="M0001", document="身份证")
    award = centre.add("points", "award", member="M0001", points=400, goods="电水壶", cost=4550).id
    centre.earn(1, "X2")
    centre.go("2026-10-09")
    centre.cancel(award)
    (block,) = _blocks(centre, (Month(2026, 10),))
    assert (block.awarded, block.cancelled, block.prior, block.awards, block.cost) == (400, 400, 0, 0, 0)
    assert (block.closing, block.open) == (1001, ())


def test_of_two_awards_cancelled_the_account_is_as_if_there_had_been_neither(centre: Centre) -> None:
    """100 good to 31 October, 100 to 31 January; awards of 100 and of 100 take them in this order.

    The second is cancelled: without it January's 100 are there.  Then the first: without both, October's and January's.
    """
    centre.earn(100, "X1", expires=dt.date(2026, 10, 31))
    centre.earn(100, "X2", expires=dt.date(2027, 1, 31))
    first, second = centre.award(100), centre.award(100)
    lots = []
    for award in (second, first):
        centre.cancel(award)
        lots.append(one_standing(centre.book, "M0001", TODAY).account.lots)
    assert lots == [(Lot("2027-01-31", 100),), (Lot("2026-10-31", 100), Lot("2027-01-31", 100))]


def test_an_award_whose_goods_are_out_is_cancelled_only_when_they_came_back(centre: Centre) -> None:
    """Refused with the command that takes the goods back, by ``cancel`` and by ``reverse`` alike; then it is cancelled."""
    award = stuck(centre)
    handed = centre.add("points", "goods-handed-over", ref=award).id
    values = never_collected(centre.book, award, TODAY)
    with pytest.raises(RefusedBy) as caught:
        centre.record("points", "award-cancelled", by="li", ref=award, reason="不要", **values)
    (found,) = caught.value.findings
    assert (found.code, found.next) == ("PTS-02", (f"gb reverse {handed} --reason '…'",))
    with pytest.raises(Refused) as refusal:
        centre.undo(award)
    assert refusal.value.next[0] == found.next[0]
    centre.undo(handed)
    centre.cancel(award)
    assert (centre.balance, centre.codes()) == (720, [])


@pytest.mark.parametrize(
    "changed", [{"points": 499}, {"award_no": "LJ2026-K1-0009"}, {"lots": (Lot("2099-01-01", 501),)}]
)
def test_cancelling_what_the_slip_does_not_say_is_refused(centre: Centre, changed: dict[str, Any]) -> None:
    """Other points, another number, more in the lots than there were points."""
    award = stuck(centre)
    values = never_collected(centre.book, award, TODAY) | changed
    assert refused(centre, "award-cancelled", by="li", ref=award, reason="错", **values) == ["PTS-02"]


@pytest.mark.parametrize("first", ["K1", "K2"])
@pytest.mark.parametrize("what", ["goods-handed-over", "award-cancelled"])
def test_a_slip_cancelled_here_and_met_there_is_found_after_the_merge(tmp_path: Path, first: str, what: str) -> None:
    """K1 cancels the slip of 400 while K2 hands its goods out, or cancels it too, in either order: PTS-02 on a record of K2 or K1.

    1000 − 400 + 400, or + 800: no figure is cut off.  K2's record undone, or the later cancelling, nothing is left.
    """
    clones = Clones(tmp_path / "clones", 7, 2)
    try:
        clones.must("members", "registered", {"code": "M0001", "identified": "yes"})
        clones.must("members", "activated", {"code": "M0001", "card": "80010001"})
        clones.must("points", "earned", {"member": "M0001", "points": 1000, "slip": "X1"})
        clones.must("points", "id-checked", {"member": "M0001", "document": "身份证"})
        slip = clones.must("points", "award", {"member": "M0001", "points": 400, "goods": "电水壶"})
        for name in ("K1", "K2"):
            clones.sync(name)
        made = {}
        for name in (first, *({"K1", "K2"} - {first})):
            clones.time += dt.timedelta(minutes=10)
            kind = "award-cancelled" if name == "K1" else what
            by = "li" if kind == "award-cancelled" else "wang"
            values = never_collected(clones.books[name], slip.id, clones.time.date()) if by == "li" else {}
            made[name] = clones.must("points", kind, values, terminal=name, by=by, ref=slip.id, reason="没有来")
        for name in ("K1", "K2", "K1"):
            clones.sync(name)
        book, today = clones.books["K2"], clones.time.date()
        handed = what == "goods-handed-over"
        assert one_standing(book, "M0001", today).account.balance == (1000 if handed else 1400)
        found = check(book, ["PTS"], today=today)
        assert {one.code for one in found} == {"PTS-02"}
        last = made["K2"] if handed else max(made.values(), key=lambda one: one.order)
        assert last.id in {one.subject for one in found}
        assert len({one.subject for one in found}) == len(found)
        if handed and first == "K2":
            last = made["K1"]  # what was done last is undone first
        record(book, reversal_draft(book, last.id, by="li", terminal="K2", reason="收回", today=today))
        assert check(book, ["PTS"], today=today) == []
    finally:
        clones.close()


def test_goods_that_differ_from_their_slip_are_refused(centre: Centre) -> None:
    centre.earn(1000, "X1")
    award = centre.award(400)
    assert refused(centre, "goods-handed-over", ref=award, goods="毛巾") == ["PTS-02"]


def test_goods_against_a_slip_that_was_undone_are_refused(centre: Centre) -> None:
    centre.earn(1000, "X1")
    award = centre.award(400)
    centre.undo(award)
    with pytest.raises(Unknown) as caught:
        centre.record("points", "goods-handed-over", ref=award)
    assert caught.value.code == "PTS-02"
    assert centre.balance == 1000


def test_numbers_of_award_slips_have_no_hole_even_when_one_is_undone(centre: Centre) -> None:
    centre.earn(1000, "X1")
    centre.undo(centre.award(100))
    second = centre.book.find(centre.award(100)).record
    assert getattr(second, "award_no", "") == "LJ2026-K1-0002"
    centre.go("2027-01-02")
    assert getattr(centre.book.find(centre.award(1)).record, "award_no", "") == "LJ2027-K1-0001"
    assert "NUM-01" not in centre.codes()


def test_no_award_without_an_activated_card_and_nothing_for_the_blacklisted(centre: Centre) -> None:
    centre.add("members", "registered", code="M0002", identified="yes")
    centre.earn(100, "X1", "M0002")
    assert "PTS-05" in refused(centre, "award", member="M0002", points=10, goods="毛巾")
    centre.add("members", "blacklisted", code="M0001", operator="wang", reason="刷分")
    assert refused(centre, "earned", member="M0001", points=10, slip="X2") == ["PTS-05"]
    assert one_standing(centre.book, "M0001", TODAY).member.culprit == "wang"
    centre.add("members", "reinstated", by="sun", code="M0001", reason="查清")
    assert one_standing(centre.book, "M0001", TODAY).member.status == "active"


def test_damage_is_told_once_and_not_again_as_missing_points(centre: Centre) -> None:
    """The earn of 1,000 can no longer be read: JRN-03 alone, though return and award stand on it and nothing is left to pay them."""
    earned = centre.earn(1000, "X1")
    centre.add("points", "returned", member="M0001", points=100, original="X1", slip="R1")
    award = centre.award(400)
    centre.add("points", "goods-handed-over", ref=award)
    centre.book.close()
    Forge(centre.book.root, centre.book.settings.book).scratch(earned, b",1000,", b",10x0,")
    found = check(centre.reopened(), today=TODAY)
    assert [one.code for one in found if one.code[:3] in ("JRN", "PTS", "NUM")] == ["JRN-03"]


# -- what is remembered ------------------------------------------------------------------------------------------------------


def test_the_last_events_of_an_account_can_be_undone_and_no_more(centre: Centre) -> None:
    """Five purchases of 10: the last two can be undone one after the other; the third is too long ago, and refused."""
    ids = [centre.earn(10, f"X{number}") for number in range(5)]
    centre.undo(ids[4])
    centre.undo(ids[3])
    assert centre.balance == 30
    with pytest.raises(GbError) as caught:
        centre.undo(ids[2])
    assert caught.value.code == "ORD-01"
    assert "gb points return --help" in caught.value.next
    assert centre.balance == 30
    assert centre.book.state().thing(PointsAccount, "M0001") is not None
    assert index_findings(centre.book) == []


def test_the_index_is_the_text(centre: Centre) -> None:
    centre.earn(300, "X1")
    centre.undo(centre.earn(10, "X2"))
    centre.add("points", "goods-handed-over", ref=centre.award(250))
    assert index_findings(centre.book) == []
    before = one_standing(centre.book, "M0001", TODAY)
    centre.book.index.rebuild()
    assert one_standing(centre.book, "M0001", TODAY) == before


# -- the month ---------------------------------------------------------------------------------------------------------------


def test_a_month_opens_with_the_closing_of_the_one_before(centre: Centre) -> None:
    """October 1,000 earned; November 100 topped up, an award of 300; October 2028: 700 of October 2026 expire after it.

    The same figures whether a month is folded on all text or on the rows that the closing before it would keep.
    """
    centre.earn(1000, "X1")
    centre.go("2026-11-05")
    centre.add("points", "topped-up", member="M0001", points=100, slip="B1")
    centre.award(300)
    centre.go("2028-11-05")
    centre.earn(5, "X2")
    months = (Month(2026, 10), Month(2026, 11), Month(2028, 10), Month(2028, 11), Month(2028, 12))
    figures = [
        (one.opening, one.earned, one.topped_up, one.awarded, one.expired, one.closing)
        for one in _blocks(centre, months)
    ]
    assert figures == [
        (0, 1000, 0, 0, 0, 1000),
        (1000, 0, 100, 300, 0, 800),
        (800, 0, 0, 0, 700, 100),
        (100, 5, 0, 0, 100, 5),
        (5, 0, 0, 0, 0, 5),
    ]


def _blocks(centre: Centre, months: tuple[Month, ...]) -> list[PointsBlock]:
    """Each month's block, the same by both ways of folding it."""
    text = whole_text(centre.book)
    found = []
    carried: Carried = nothing()
    since = dt.date.min
    for month in months:
        sheet, _ = folded(centre.book, text, month)
        early = [one for one in in_order(text.entries) if since <= one.record.date < month.first]
        for one in early:
            take(carried, one.record)
        carried, since = from_rows(to_rows(carried, month.first)), month.first
        again, _ = fold_month(carried, month, [one for one in text.entries if one.record.date >= since])
        assert again.parts["points"] == sheet.parts["points"]
        assert sheet.parts["points"].difference == 0
        found.append(sheet.parts["points"])
    return found


def test_a_correction_of_an_earlier_month_has_a_line_of_its_own(centre: Centre) -> None:
    """400 earned in October are undone in November: November opens with 400, corrects −400, closes with 0."""
    earned = centre.earn(400, "X1")
    centre.go("2026-11-03")
    centre.undo(earned)
    october, november = _blocks(centre, (Month(2026, 10), Month(2026, 11)))
    assert (october.earned, october.closing) == (400, 400)
    assert (november.opening, november.earned, november.prior, november.closing) == (400, 0, -400, 0)


def test_a_store_without_members_has_no_block(tmp_path: Path) -> None:
    counter = Counter(tmp_path / "book")
    assert "points" not in reconcile(counter.book, Month(2026, 10)).sheet.parts


def test_what_the_tills_return_is_taken_as_it_stands_and_found(centre: Centre, tmp_path: Path) -> None:
    """A till's file: 50 earned on X1, 80 returned: −30, recorded; PTS-03 and PTS-07.  The same file with a second X1: refused."""
    from ledger.book.batch import record_all
    from ledger.book.foreign import read_csv
    from ledger.book.imports import Given, Import

    text = "member,points,slip,date\nM0001,50,X1,2026-10-07\nM0001,-80,R1,2026-10-08\n"
    given = Given(by="wang", terminal="K1")
    run = Import(centre.book, "points", read_csv(text.encode(), "tills.csv", ""), None, given)
    done = record_all(centre.book, run.rows(), terminal="K1")
    assert [one.record.KIND for one in done.recorded] == ["earned", "returned"]
    assert centre.balance == -30
    assert sorted(centre.codes()) == ["PTS-03", "PTS-07"]
    assert done.recorded[0].record.date == TODAY
    assert one_standing(centre.book, "M0001", TODAY).account.bought == "2026-10-07"
    more = Import(
        centre.book, "points", read_csv((text + "M0001,5,X1,2026-10-08\n").encode(), "tills.csv", ""), None, given
    )
    with pytest.raises(BatchRefused) as caught:
        record_all(centre.book, more.rows(), terminal="K1")
    assert [one.label for one in caught.value.bad] == ["4"]


# -- days that cannot be ------------------------------------------------------------------------------------------------


def test_a_purchase_of_a_later_day_is_refused(centre: Centre) -> None:
    """On 8 October a purchase of the 9th is refused, one of the 8th and of the 7th is not."""
    later, yesterday = (TODAY + dt.timedelta(days=days) for days in (1, -1))
    assert refused(centre, "earned", member="M0001", points=5, slip="X1", purchased=later) == ["DAT-01"]
    centre.earn(5, "X1", purchased=TODAY)
    centre.earn(5, "X2", purchased=yesterday)
    assert centre.balance == 10
