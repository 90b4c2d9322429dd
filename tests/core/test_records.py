"""The rules of single records at their edges, judged through the real counter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.book.draft import RefusedBy
from ledger.book.month import reconcile
from ledger.book.undo import reversal_draft
from ledger.book.write import record
from ledger.core.custody import MOVES, STATE_WORDS, Sheet, legal, parse_sheet
from ledger.core.dates import Month
from ledger.core.errors import GbError, Refused
from ledger.core.forms import Pay, Record
from ledger.core.postings import balanced
from ledger.core.records import JOURNALS, THINGS, journal, thing_class
from ledger.core.records.sales import SaleThing
from ledger.core.rules import Expiry
from ledger.core.spans import parse_spans
from ledger.core.state import Thing
from tests.book.counter import Counter


@pytest.fixture
def counter(tmp_path: Path) -> Counter:
    return Counter(tmp_path / "book")


def codes(counter: Counter, journal_name: str, kind: str, /, **given: Any) -> list[str]:
    """The codes that refuse the record, or nothing when it is recorded."""
    before = counter.text()
    try:
        counter.record(journal_name, kind, **given)
    except RefusedBy as refusal:
        assert counter.text() == before
        return [finding.code for finding in refusal.findings]
    except GbError as refusal:
        assert counter.text() == before
        return [refusal.code]
    return []


def sale(spans: str, **given: Any) -> dict[str, Any]:
    return {"client": "C001", "spans": parse_spans(spans), **given}


# -- amount against face × sheets (S7), 50 × 100.00: two percent is 100.00 ------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "reason", "expected"),
    [
        (500_000, "", []),
        (499_999, "", ["REC-03"]),
        (490_000, "大宗优惠", []),
        (489_999, "大宗优惠", ["REC-03"]),
        (510_000, "多付", []),
        (510_001, "多付", ["REC-03"]),
        (0, "白送", ["REC-03", "REC-03"]),
    ],
)
def test_a_difference_needs_a_reason_and_beyond_two_percent_an_approval(
    counter: Counter, amount: int, reason: str, expected: list[str]
) -> None:
    given = sale("A0010001-A0010050", amount=amount, payments=(Pay("cash", amount),), reason=reason)
    assert codes(counter, "sales", "sale", **given) == expected


def test_a_discount_approval_covers_its_sheets_once(counter: Counter) -> None:
    request = counter.approved("discount", (10000, 50))
    given = {"amount": 400_000, "reason": "八折", "approval": request}
    assert codes(counter, "sales", "sale", **sale("A0010001-A0010050", **given)) == []
    assert codes(counter, "sales", "sale", **sale("A0010051-A0010100", **given)) == ["APR-03"]


def test_a_discount_approval_binds_the_client_and_the_amount_it_names(counter: Counter) -> None:
    """Approved: 50 sheets for C001, at most 500.00 off in all."""
    counter.add("clients", "added", code="C002", unit="西风厂", unit_kind="enterprise")
    request = counter.approved("discount", (10000, 50), client="C001", amount=50_000)
    deal = {"reason": "九折", "approval": request, "amount": 180_000}
    other = {**sale("A0010001-A0010020", **deal), "client": "C002"}
    assert codes(counter, "sales", "sale", **other) == ["APR-01"]
    assert codes(counter, "sales", "sale", **sale("A0010001-A0010020", **deal)) == []
    more = sale("A0010021-A0010040", **{**deal, "amount": 169_999})
    assert codes(counter, "sales", "sale", **more) == ["APR-03"]
    assert codes(counter, "sales", "sale", **sale("A0010021-A0010040", **{**deal, "amount": 170_000})) == []


def test_payments_sum_to_the_amount(counter: Counter) -> None:
    pays = (Pay("cash", 300_000), Pay("transfer", 199_999))
    assert codes(counter, "sales", "sale", **sale("A0010001-A0010050", payments=pays)) == ["REC-03"]


# -- refunds (S8): never above the share paid ---------------------------------------------------------------------------


def test_refunds_are_the_share_paid_rounded_up_and_never_above_what_was_paid() -> None:
    """3 sheets of 100.00 for 299.00: a sheet's share is 99.666…, so 99.67, 99.67, and what is left: 99.66."""
    sold = SaleThing(client="C001", value=30_000, amount=29_900, pays=())
    assert sold.share(10_000) == 9_967
    after_one = SaleThing(client="C001", value=30_000, amount=29_900, pays=(), returned=10_000, refunded=9_967)
    assert after_one.share(10_000) == 9_967
    after_two = SaleThing(client="C001", value=30_000, amount=29_900, pays=(), returned=20_000, refunded=19_934)
    assert after_two.share(10_000) == 9_966


def test_a_return_finds_its_sale_and_is_refused_above_the_share(counter: Counter) -> None:
    sold = counter.sell("A0010001-A0010050", amount=490_000, payments=(Pay("wechat", 490_000),), reason="优惠")
    counter.add("cash", "arrived", ref=sold.id)
    spans = parse_spans("A0010001-A0010010")
    assert codes(counter, "sales", "client-return", spans=spans, amount=98_001, reason="退") == ["REC-03"]
    back = counter.add("sales", "client-return", spans=spans, reason="退")
    assert (back.ref, back.amount, back.payments) == (sold.id, 98_000, (Pay("wechat", 98_000),))
    assert codes(counter, "sales", "client-return", spans=spans, reason="再退") == ["STA-01"]


def test_a_refund_is_by_the_method_that_was_paid_and_what_is_less_is_told(counter: Counter) -> None:
    """A clerk who keeps a refund for himself types 0: the sheet lists it with its reason."""
    counter.sell("A0010001-A0010002", payments=(Pay("wechat", 20_000),))
    given = {"spans": parse_spans("A0010001"), "reason": "客户不要了"}
    assert codes(counter, "sales", "client-return", method="cash", **given) == ["REC-03"]
    counter.add("sales", "client-return", amount=0, **given)
    found = reconcile(counter.book, Month(2026, 10)).sheet.sales.refunds
    assert [(one.difference, one.reason) for one in found] == [(-10_000, "客户不要了")]


def test_sheets_sold_before_the_book_began_come_back_from_a_client_the_clerk_names(counter: Counter) -> None:
    opening = counter.add("openings", "opening", by="li", finance="赵", sold_lines=((10000, 10),))
    counter.add("openings", "opening-sheets", by="li", ref=opening.id, place="sold", face=10000,
                spans=parse_spans("A0009001-A0009010"))  # fmt: skip
    given = {"spans": parse_spans("A0009001"), "reason": "退"}
    assert codes(counter, "sales", "client-return", **given) == ["USE-01"]
    assert codes(counter, "sales", "client-return", client="C001", amount=10_001, **given) == ["REC-03"]
    made = counter.add("sales", "client-return", client="C001", **given)
    assert (made.ref[:2], made.amount) == ("OP", 10_000)


def test_sheets_of_two_sales_come_back_one_return_each(counter: Counter) -> None:
    first, second = counter.sell("A0010001"), counter.sell("A0010002")
    with pytest.raises(Refused) as caught:
        counter.record("sales", "client-return", spans=parse_spans("A0010001-A0010002"), reason="退")
    assert caught.value.next == (f"gb show {first.id}", f"gb show {second.id}")


def test_a_returned_sheet_needs_a_new_date_stamp_before_it_is_sold_again(counter: Counter) -> None:
    counter.sell("A0010001")
    counter.add("sales", "client-return", spans=parse_spans("A0010001"), reason="退")
    assert codes(counter, "sales", "sale", **sale("A0010001")) == ["STA-04"]
    counter.add("custody", "stamp", spans=parse_spans("A0010001"), stamp="date")
    assert codes(counter, "sales", "sale", **sale("A0010001")) == []


# -- approvals (V1) ------------------------------------------------------------------------------------------------------


def test_an_approval_covers_what_it_says_and_is_used_up(counter: Counter) -> None:
    request = counter.approved("void", (10000, 2))
    assert codes(counter, "custody", "void", spans=parse_spans("A0010001"), reason="破", approval=request) == []
    three = parse_spans("A0010002-A0010003")
    assert codes(counter, "custody", "void", spans=three, reason="破", approval=request) == ["APR-03"]
    assert codes(counter, "custody", "void", spans=parse_spans("A0010002"), reason="破", approval=request) == []


@pytest.mark.parametrize(
    ("purpose", "decided", "code"),
    [("void", False, "APR-01"), ("lost", True, "APR-01"), ("", False, "APR-01")],
)
def test_void_needs_an_approved_request_for_it(counter: Counter, purpose: str, decided: bool, code: str) -> None:
    """Not yet approved; approved for another purpose; none at all."""
    request = ""
    if purpose:
        asked = counter.add("requests", "request", purpose=purpose, lines=((10000, 1),), reason="破")
        request = asked.id
        if decided:
            counter.add("requests", "approval", by="li", ref=request)
    assert codes(counter, "custody", "void", spans=parse_spans("A0010001"), reason="破", approval=request) == [code]


def test_nobody_approves_their_own_request_and_nothing_is_decided_twice(counter: Counter) -> None:
    own = counter.add("requests", "request", by="li", purpose="void", lines=((10000, 1),), reason="破")
    assert codes(counter, "requests", "approval", by="li", ref=own.id) == ["APR-02"]
    done = counter.approved("void", (10000, 1))
    assert codes(counter, "requests", "approval", by="li", ref=done) == ["APR-03"]
    assert codes(counter, "requests", "rejection", by="li", ref=done, reason="不行") == ["APR-03"]


def test_a_change_of_face_is_to_the_approved_face(counter: Counter) -> None:
    request = counter.approved("reface", (10000, 10), face=20000)
    given = {"spans": parse_spans("A0010001-A0010010"), "reason": "改", "approval": request}
    assert codes(counter, "custody", "reface", face=5000, **given) == ["APR-01"]
    assert codes(counter, "custody", "reface", face=10000, **given) == ["REC-03", "APR-01"]
    assert codes(counter, "custody", "reface", face=20000, **given) == []
    made = counter.sell("A0010001-A0010010")
    assert made.amount == 200_000


# -- the custody table (V5) ----------------------------------------------------------------------------------------------


def test_every_step_and_state_of_the_table_has_words() -> None:
    named = {state for move in MOVES.values() for state in move.sources}
    assert named <= STATE_WORDS.keys()


@pytest.mark.parametrize("step", sorted(MOVES))
def test_no_step_starts_from_a_sheet_nobody_has_received_but_the_receipt(step: str) -> None:
    assert legal(step, Sheet()) == (step == "receipt")


def test_a_hold_lies_on_top_of_the_place(counter: Counter) -> None:
    """A frozen sheet in the safe cannot be sold; unfrozen it is as sellable as before."""
    counter.add("custody", "freeze", spans=parse_spans("A0010001"), reason="待查")
    assert codes(counter, "sales", "sale", **sale("A0010001")) == ["STA-01"]
    counter.add("custody", "unfreeze", spans=parse_spans("A0010001"), reason="查清")
    assert codes(counter, "sales", "sale", **sale("A0010001")) == []


def test_sheet_states_read_back_as_written() -> None:
    sheet = Sheet(place="client", face=10000, use="sold", hold="frozen", stamps="adn", expires=dt.date(2029, 1, 31))
    assert sheet.text == "client/100.00/sold/frozen/adn/2029-01-31"
    assert parse_sheet(sheet.text) == sheet
    with pytest.raises(ValueError, match="canonical"):
        parse_sheet("client/100.00/sold//")


# -- dates and rules -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sold", "months", "expires"),
    [("2026-10-08", 36, "2029-10-08"), ("2028-02-29", 12, "2029-02-28"), ("2026-08-31", 6, "2027-02-28")],
)
def test_the_default_expiry_is_so_many_months_later(sold: str, months: int, expires: str) -> None:
    rule = Expiry(since=dt.date(2000, 1, 1), months=months)
    assert rule.after(dt.date.fromisoformat(sold)) == dt.date.fromisoformat(expires)


def test_a_sale_never_expires_later_than_the_receipt(counter: Counter) -> None:
    request = counter.approved("voucher", (5000, 10))
    counter.add("receipts", "receipt", request=request, spans=parse_spans("B0000001-B0000010"), face=5000, finance="赵",
                stamps="activity", expires=dt.date(2027, 6, 30))  # fmt: skip
    assert counter.sell("B0000001").expires == dt.date(2027, 6, 30)
    assert codes(counter, "sales", "sale", **sale("B0000002", expires=dt.date(2027, 7, 1))) == ["STA-03"]
    assert codes(counter, "sales", "sale", **sale("B0000002", expires=dt.date(2026, 10, 7))) == ["STA-03"]


# -- reversals -----------------------------------------------------------------------------------------------------------


def reverse(counter: Counter, record_id: str) -> Record:
    draft = reversal_draft(counter.book, record_id, by="sun", terminal="K1", reason="录错")
    return record(counter.book, draft).record


def test_a_reversal_is_last_in_first_out_and_restores_what_was(counter: Counter) -> None:
    sold = counter.sell("A0010001-A0010002")
    back = counter.add("sales", "client-return", spans=parse_spans("A0010001"), reason="退")
    with pytest.raises(Refused) as caught:
        reverse(counter, sold.id)
    assert caught.value.next == (f"gb show {back.id}",)
    undone = reverse(counter, back.id)
    assert balanced([*back.postings(), *undone.postings()])
    reverse(counter, sold.id)
    with pytest.raises(Refused, match="reversed"):
        reverse(counter, sold.id)
    assert [piece.sheet.state for piece in counter.book.state().pieces(parse_spans("A0010001-A0010002"))] == [
        "sellable"
    ]


def test_a_reversed_receipt_gives_its_approval_back(counter: Counter) -> None:
    request = counter.approved("voucher", (5000, 10))
    given = {"request": request, "face": 5000, "finance": "赵"}
    made = counter.add("receipts", "receipt", spans=parse_spans("B0000001-B0000010"), **given)
    reverse(counter, made.id)
    assert codes(counter, "receipts", "receipt", spans=parse_spans("B0000011-B0000020"), **given) == []


# -- lists that must agree -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("listed", JOURNALS, ids=lambda listed: listed.name)
def test_each_listed_journal_declares_itself_and_its_kinds_in_both_languages(listed: Any) -> None:
    found = journal(listed.name)
    assert (found.code, found.name, found.format) == tuple(listed)
    assert all(found.words)
    for kind in found.kinds:
        assert all(kind.WORDS), kind
        assert all(all(field.words) for field in kind.fields()), kind
    assert len({kind.KIND for kind in found.kinds}) == len(found.kinds)


def kinds_of(thing: type[Thing]) -> Iterator[type[Thing]]:
    """The classes below, without those that are there for others to build on."""
    below = thing.__subclasses__()
    for one in below:
        yield from kinds_of(one)
    if not below:
        yield thing


def test_every_kind_of_thing_is_listed_where_the_index_finds_it() -> None:
    for listed in JOURNALS:
        journal(listed.name)
    declared = {thing.__name__ for thing in kinds_of(Thing) if thing.__module__.startswith("ledger.")}
    assert declared == THINGS.keys()
    assert all(thing_class(space).__name__ == space for space in THINGS)
