"""What a form says of money and of numbers: a receipt only of what came, a count of nothing, any number on a paper leads to it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.counter import Counter, english_again, open_counter
from tests.paper.test_forms import html_of, pages_of, text_of

SOUND = {
    "zh": "凭此收据证明款项已收；不作发票。",
    "en": "This receipt shows that the money was received; it is no invoice.",
}
CHEQUE = ("--cheque", "10203040", "--bank", "工商银行", "--drawn", "10-08")


@pytest.fixture(params=["zh", "en"])
def at(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Counter]:
    counter = open_counter(tmp_path)
    counter.language = request.param
    yield counter
    english_again()


def receipt(at: Counter, sale: str) -> str:
    return text_of(html_of(at, sale, "--form", "money-receipt"))


def says(at: Counter, zh: str, en: str) -> str:
    return zh if at.language == "zh" else en


def test_a_receipt_says_what_has_not_arrived(at: Counter) -> None:
    """5 × 100: 200.00 in cash, 300.00 by WeChat, pending at first; the WeChat money comes in 100.00 and then 200.00 (S9)."""
    parts = ("--pay", "cash:200", "--pay", "wechat:300")
    sale = at.done("sale", "wechat", "C001", "A0010001+5", *parts, "--json").json["id"]
    first = receipt(at, sale)
    assert (
        says(
            at,
            "已收：现金 ¥200.00；尚未到账：微信 ¥300.00。",
            "Received: cash ¥200.00; not arrived yet: WeChat ¥300.00.",
        )
        in first
    )
    assert SOUND[at.language] not in first
    at.done("cash", "arrived", sale, "--amount", "100", by="li")
    second = receipt(at, sale)
    assert says(
        at,
        "已收：现金 ¥200.00 微信 ¥100.00；尚未到账：微信 ¥200.00。",
        "WeChat ¥100.00; not arrived yet: WeChat ¥200.00.",
    ) in " ".join(second.split())
    at.done("cash", "arrived", sale, by="li")
    assert SOUND[at.language] in receipt(at, sale)


def test_a_receipt_says_what_was_given_back(at: Counter) -> None:
    """10 × 100 by WeChat, nothing arrived: 2 come back, so 200.00 will never be paid; 5 × 100 in cash, all come back for 500.00 (S8)."""
    sale = at.done("sale", "wechat", "C001", "A0010001+10", "--json").json["id"]
    at.done("sale", "return", "A0010001+2", "--reason", "多买")
    wanted = says(
        at, "已收：无；尚未到账：微信 ¥800.00；不再收取：微信 ¥200.00。",
        "Received: none; not arrived yet: WeChat ¥800.00; not to be paid any more: WeChat ¥200.00.",
    )  # fmt: skip
    assert wanted in receipt(at, sale)
    paid = at.done("sale", "cash", "C001", "A0010021+5", "--json").json["id"]
    assert SOUND[at.language] in receipt(at, paid)
    at.done("sale", "return", "A0010021+5", "--reason", "多买")
    assert says(
        at, "已收：现金 ¥500.00；已退款：¥500.00。", "Received: cash ¥500.00; refunded since: ¥500.00."
    ) in receipt(at, paid)
    undone = at.done("sale", "cash", "C001", "A0010031+5", "--json").json["id"]
    at.done("reverse", undone, "--reason", "打错")
    assert SOUND[at.language] not in receipt(at, undone), "stamped: it shows nothing any more"


def test_a_bounced_cheque_was_never_received(at: Counter) -> None:
    """20 × 100 against the bank slip; it bounces, 500.00 is made good in cash, 5 sheets come back and set off 500.00 (S6)."""
    sale = at.done(
        "sale", "cheque", "C001", "A0010001+20", *CHEQUE, "--same-day", "--bank-slip", "YH-9", "--json"
    ).json["id"]
    at.done("cheque", "bounce", "10203040", "--reason", "存款不足", by="li")
    assert says(
        at, "已收：无；尚未到账：支票 ¥2,000.00。", "Received: none; not arrived yet: cheque ¥2,000.00."
    ) in receipt(at, sale)
    at.done("cheque", "made-good", "10203040", "--amount", "500")
    at.done("sale", "return", "A0010001+5", "--reason", "退票")
    wanted = says(
        at, "已收：支票 ¥500.00；尚未到账：支票 ¥1,000.00；不再收取：支票 ¥500.00。",
        "Received: cheque ¥500.00; not arrived yet: cheque ¥1,000.00; not to be paid any more: cheque ¥500.00.",
    )  # fmt: skip
    assert wanted in receipt(at, sale)


def test_an_empty_drawer_is_counted_as_nothing(at: Counter) -> None:
    """Nothing in the drawer, 0.00 in the book: the sheet and the hand-over say so, in figures and in words (N3)."""
    at.done("cash", "count", "--amount", "0", "--second", "zhou2")
    seen = text_of(html_of(at, "last"))
    assert "人民币零元整 ¥0.00" in seen
    assert says(at, "实点金额（大写）", "counted, in words and figures") in seen
    at.done("operator", "add", "zhou", "--name", "周敏", "--role", "clerk", by="li")
    at.done("handover", "--to", "zhou")
    assert text_of(html_of(at, "last")).count("人民币零元整 ¥0.00") == 4, "cash and cheques, two copies"


def test_a_form_that_fits_one_page_has_one(at: Counter) -> None:
    """A cheque's receipt of one span, a request of two faces with its approval and two receipts: the signatures are on their page."""
    at.done("sale", "cheque", "C001", "A0010001+30", *CHEQUE)
    assert pages_of(html_of(at, "last")) == 2, "a page a copy"
    asked = at.done("request", "voucher", "500x100", "200x50", "--reason", "十月备货", "--json").json["id"]
    at.done("request", "approve", asked, by="li")
    at.done("voucher", "receive", "B0000001+500", "--face", "100", "--request", asked, "--finance", "钱宁")
    at.done("voucher", "receive", "B0001001+200", "--face", "50", "--request", asked, "--finance", "钱宁")
    assert pages_of(html_of(at, asked)) == (2 if at.language == "zh" else 4), "a long label takes two lines"


def test_a_number_on_a_paper_leads_to_its_record(at: Counter) -> None:
    """The numbers that a clerk reads off a paper, not only the record's id; a name is still a client's."""
    held = at.done("sale", "cheque", "C001", "A0010001+30", *CHEQUE, "--receipt", "YJ-7", "--json").json["id"]
    at.done("sale", "cash", "C001", "A0010051+5")
    notice = at.done("notice", "--json", at="2026-10-08 17:00").json["number"]
    slip = at.done("cash", "deposit", "--slip", "JZ-17", "--json", at="2026-10-08 17:05").json["id"]
    now = at.done("sale", "cheque", "C001", "A0010071+3", "--cheque", "55556666", "--bank", "工商银行", "--drawn", "10-08",
                  "--same-day", "--bank-slip", "YH-1", "--json", at="2026-10-08 17:10").json["id"]  # fmt: skip
    banked = at.done("cheque", "deposit", "10203040", "--slip", "YH-2", "--json", at="2026-10-08 17:15").json["id"]
    for number, record in (("yh-1", now), ("ＹＨ-2", banked)):
        assert at.done("show", number, "--json").json["id"] == record, number
    for number, record in (("10203040", held), ("yj-7", held), ("jz-17", slip)):
        assert record in text_of(html_of(at, number)), number
    assert notice in text_of(html_of(at, notice.lower()))
    assert at.done("show", "JZ-17", "--json").json["id"] == slip
    assert at.done("show", notice, "--json").json["notice"] == notice
    assert at("show", "XX-9").error == "REF-01"
    assert at("print", "XX-9").error == "REF-01"


def test_a_look_is_not_the_last_thing_done(at: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """wang sells, li looks at a phone number: `last` is the sale, and what `undo` takes back is no look (C8)."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    at.done("keys", "init", by="li")
    at.done("client", "change", "C001", "--personal", "-", stdin=json.dumps({"phone": "13911110002"}))
    sale = at.done("sale", "cash", "C001", "A0010051+5", "--json", by="li").json["id"]
    at.done("client", "show", "C001", "--reveal", "--reason", "回访", by="li")
    assert at.done("show", "last", "--json").json["id"] == sale
    assert sale in text_of(html_of(at, "last", "--form", "money-receipt"))
    assert at.done("undo", "--reason", "打错", "--json", by="li").json["ref"] == sale
