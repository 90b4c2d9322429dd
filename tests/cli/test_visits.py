"""Calls and visits: planned, logged, due by rule, festival lists, gifts with their cap (C3–C5, C7)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.shop import Shop, open_shop

DAY = "2026-09-12 10:00"
"""A day of the calls before 中秋 2026 (25 September): 10 to 16 September."""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    return open_shop(tmp_path, monkeypatch)


def sold(shop: Shop, client: str, first: int, sheets: int, day: str) -> None:
    """So many sheets of 100 yuan, drawn and sold on that day."""
    request, sale = f"RQ{day.replace('-', '')}-K1-{ORDER[day]:04d}", f"A{first:07d}+{sheets}"
    for number, line in enumerate(
        [
            f"request voucher {sheets}x100 --reason plan --by wang",
            f"request approve {request} --by li",
            f"voucher receive {sale} --face 100 --request {request} --finance 赵 --stamped",
            f"sale transfer --client {client} --vouchers {sale} --amount {sheets * 100} --reference R{first}",
        ]
    ):
        shop.ok(line, at=f"{day} {10 + ORDER[day] // 30:02d}:{ORDER[day] * 2 % 60:02d}:{number:02d}")
    ORDER[day] += 2


ORDER: dict[str, int] = {}


@pytest.fixture
def year(shop: Shop) -> Shop:
    """What the clients bought, in yuan; the calls before 中秋 2026 begin on 10 September.

    C001 东风厂, an enterprise that is not state-owned: 60,000 on 2026-03-02
    C002 长江局, a state-owned enterprise: 60,000 on 2025-10-20, eleven months before
    C003 黄河厂, a state-owned enterprise: 600 on 2025-10-20, eleven months before
    C004 第一中学, an institution: 5,000 on 2026-08-03, exactly the limit
    C005 老客户, a collective: 100 each on 2025-08-05, 2025-10-20, 2026-03-02, 2026-08-03, 2026-08-04: often, for over a year
    C006 新客户, a collective: 100 each on four days since 2025-10-20: often, but not for a year
    """
    ORDER.clear()
    for unit, kind in (
        ("长江局", "enterprise --state-owned"), ("黄河厂", "enterprise --state-owned"), ("第一中学", "institution"),
        ("老客户", "collective"), ("新客户", "collective"),
    ):  # fmt: skip
        shop.ok(f"client add --unit {unit} --kind {kind} --owner zhou", at="2025-08-01 10:00")
    bought = {
        "2025-08-05": [("C005", 1)],
        "2025-10-20": [("C002", 600), ("C003", 6), ("C005", 1), ("C006", 1)],
        "2026-03-02": [("C001", 600), ("C005", 1), ("C006", 1)],
        "2026-08-03": [("C004", 50), ("C005", 1), ("C006", 1)],
        "2026-08-04": [("C005", 1), ("C006", 1)],
    }
    first = 1
    for day, sales in bought.items():
        ORDER[day] = 1
        for client, sheets in sales:
            sold(shop, client, first, sheets, day)
            first += sheets
    return shop


def test_whom_to_call_before_a_festival(year: Shop) -> None:
    """Large purchases count for state-owned enterprises and institutions only, frequent ones for whoever is long with us.

    The thirteen months before 10 September 2026 begin on 10 August 2025.  The sale to 老客户 on 2025-08-05 is before them, so
    four purchases of 400 yuan count; but as its first one it makes the client a long-term one.
    """
    found = year.ok("visit festival 中秋 --json", at=DAY).json
    assert (found["date"], found["from"], found["to"]) == ("2026-09-25", "2026-09-10", "2026-09-16")
    assert [(one["client"], one["why"], one["amount"], one["purchases"], one["gift"]) for one in found["targets"]] == [
        ("C002", "large", "60000.00", 1, False),
        ("C004", "large", "5000.00", 1, False),
        ("C005", "frequent", "400.00", 4, True),
    ]
    assert not year.ok("visit festival 元旦 --json", at=DAY).json["targets"][0]["gift"], "gifts go with 中秋 and 国庆"


def test_a_sale_that_came_back_is_no_purchase(year: Shop) -> None:
    """第一中学 brings 100 yuan back: 4,900 are no large purchase any more."""
    year.ok("sale return A0001212 --reason 多买", at="2026-08-05 10:00")
    found = year.ok("visit festival 中秋 --json", at=DAY).json["targets"]
    assert [one["client"] for one in found] == ["C002", "C005"]


def test_a_campaign_from_list_to_book(year: Shop) -> None:
    """Planned once; called by its owner; whoever is called leaves the list of what is due."""
    planned = year.ok("visit festival 中秋 --plan --json", at=DAY).json["planned"]
    assert [(one["client"], one["visitor"], one.get("how", "call"), one["due"]) for one in planned] == [
        ("C002", "zhou", "call", "2026-09-16"), ("C004", "zhou", "call", "2026-09-16"), ("C005", "zhou", "visit", "2026-09-16"),
    ]  # fmt: skip
    assert year.ok("visit festival 中秋 --plan --json", at=DAY).json["planned"] == []
    ran = year.ok(
        "visit log 长江局 --summary 节前发福利 --welfare yes --goods 食品券 --budget 20000 --next 2026-09-20 --by zhou --json",
        at="2026-09-14 10:00",
    ).json
    assert (ran["kind"], ran["ref"], ran["festival"]) == ("call-note", planned[0]["id"], "2026-mid-autumn")
    due = year.ok("visit due --json", at="2026-09-17 09:00").json
    assert [(one["client"], one["overdue"]) for one in due["planned"]] == [("C004", True), ("C005", True)]
    assert due["festivals"] == [{"festival": "2026-national-day", "date": "2026-10-01", "from": "2026-09-16",
                                 "to": "2026-09-22", "listed": 3, "called": 0}]  # fmt: skip
    later = year.ok("visit due --ahead 3 --json", at="2026-09-17 09:00").json["planned"]
    assert [(one["client"], one["due"], one["id"]) for one in later][-1] == ("C002", "2026-09-20", ran["id"])
    listed = year.ok("visit festival 中秋 --json", at="2026-09-17 09:00").json["targets"]
    assert (listed[0]["client"], listed[0]["called"]) == ("C002", ran["id"])
    book = year.ok("visit book --month 2026-09", at="2026-09-17 09:00").out
    assert "节前发福利" in book
    assert "长江局" in book


def test_a_call_taken_back_is_due_again(year: Shop) -> None:
    year.ok("visit festival 中秋 --plan", at=DAY)
    called = year.ok("visit log C002 --summary 打过 --json", at="2026-09-14 10:00").json["id"]
    assert len(year.ok("visit due --json", at="2026-09-16 09:00").json["planned"]) == 2
    year.ok(f"reverse {called} --reason 打错客户 --by li", at="2026-09-14 11:00")
    assert len(year.ok("visit due --json", at="2026-09-16 09:00").json["planned"]) == 3


# -- gifts ---------------------------------------------------------------------------------------------------------------


def test_gifts_of_one_festival_stay_below_the_cap(shop: Shop) -> None:
    """The cap is 200.00: 120.00 and 80.00 for 中秋 are just that, one fen more is refused; 国庆 is another festival."""
    shop.ok("visit log C001 --summary 拜访 --festival 中秋 --gift 月饼 --gift-value 120", at=DAY)
    refused = shop(
        "visit log C001 --summary 再访 --festival 中秋 --gift 茶叶 --gift-value 80.01", at="2026-09-13 10:00"
    )
    assert (refused.code, refused.error) == (3, "VIS-01")
    assert shop.paste(refused.next[0]).code == 0
    shop.ok("visit log C001 --summary 再访 --festival 中秋 --gift 茶叶 --gift-value 80", at="2026-09-13 10:01")
    shop.ok("visit log C001 --summary 三访 --festival 国庆 --gift 茶叶 --gift-value 200", at="2026-09-20 10:00")
    assert shop("visit log C001 --summary 四访 --gift 酒 --gift-value 200.01", at="2026-09-21 10:00").error == "VIS-01"
    assert shop.ok("check", at="2026-09-21 11:00").code == 0


REFUSED = [
    ("log C001", 2, "USE-01"),
    ("log C001 --summary x --gift 茶", 2, "USE-01"),
    ("log C001 --summary x --how call --gift 茶 --gift-value 10", 2, "USE-01"),
    ("log C001 --summary x --welfare perhaps", 2, "USE-01"),
    ("log C001 --summary x --festival 五一", 2, "USE-01"),
    ("log C001 --summary x --plan CL-1", 3, "REF-01"),
    ("log nobody --summary x", 3, "REF-01"),
    ("plan C001", 2, "USE-01"),
    ("plan C001 --due soon", 2, "USE-01"),
    ("plan C001 --due 10-20 --visitor nobody", 3, "REF-01"),
    ("festival --plan", 2, "USE-01"),
    ("festival 中秋 --year 2150", 3, "DAT-01"),
    ("due --ahead many", 2, "USE-01"),
]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("line", "code", "error"), REFUSED, ids=[line for line, _, _ in REFUSED])
def test_a_refusal_writes_nothing_and_leads_on(shop: Shop, line: str, code: int, error: str, language: str) -> None:
    shop.lang = language
    before = shop.bytes()
    ran = shop(f"visit {line}")
    assert (ran.code, ran.error, ran.out, shop.bytes() == before) == (code, error, "", True), ran.err
    for command in ran.next[:1]:
        assert shop.paste(command).code == 0


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_visit_by_another_does_not_do_somebodys_plan(shop: Shop, lang: str) -> None:
    """wang's call of the 8th plans a follow-up for the 14th; zhou's visit of the same day leaves it open and says so.

    wang's own next call does it without a word; zhou does one by naming it, by logging for wang, or on the very day (the 8th).
    """
    plan = shop.ok("visit log C001 --summary 询价 --next 10-14 --json").json["id"]
    shop.lang = lang
    ran = shop("visit log C001 --how visit --summary 送样品 --by zhou --json")
    assert (ran.code, ran.json.get("ref"), f"--plan {plan}" in ran.err) == (0, None, True)
    assert [one["id"] for one in shop.ok("visit due --ahead 7 --json").json["planned"]] == [plan]
    assert shop.ok("visit log C001 --summary 打过 --next 10-15 --json").json["ref"] == plan
    own = shop.ok("visit due --ahead 7 --json").json["planned"][0]["id"]
    assert shop.ok("visit log C001 --summary 代打 --by zhou --visitor wang --json").json["ref"] == own
    last = shop.ok("visit plan C001 --due 10-16 --json").json["id"]
    assert shop.ok(f"visit log --plan {last} --summary 代打 --by zhou --json").json["ref"] == last
    today = shop.ok("visit plan C001 --due 10-08 --json").json["id"]
    assert shop.ok("visit log C001 --summary 代打 --by zhou --json").json["ref"] == today


def test_several_plans_of_a_client_are_a_choice(shop: Shop) -> None:
    """Logged without a word, a call does the one plan; with two plans both are named and nothing is guessed."""
    first = shop.ok("visit plan C001 --due 10-09 --topic 合同 --json").json["id"]
    second = shop.ok("visit plan C001 --due 10-10 --json").json["id"]
    several = shop("visit log C001 --summary 打过")
    assert (several.code, several.error, first in several.err, second in several.err) == (3, "REF-02", True, True)
    assert shop.ok(f"visit log --plan {second} --summary 打过 --json").json["ref"] == second
    assert "ref" not in shop.ok("visit log C001 --unplanned --summary 顺便 --json").json
    assert shop.ok("visit log C001 --summary 又打过 --json").json["ref"] == first
    again = shop(f"visit log --plan {first} --summary 再打")
    assert (again.code, again.error) == (3, "REF-03")


# -- what the rules ask for ----------------------------------------------------------------------------------------------


def test_a_new_client_within_seven_days_and_a_call_three_days_after_service(shop: Shop) -> None:
    """C001 is filed on 8 October: contacted by the 15th, overdue on the 16th.  C002 is filed and buys on the 9th: called by
    the 12th, and not asked for twice.  A call on the 10th ends it; the next sale, on the 13th, asks for one by the 16th.
    """
    shop.ok("client add --unit 长江局 --kind enterprise", at="2026-10-09 09:00")
    shop.received("A0000001+9")
    shop.ok("sale cash --client C002 --vouchers A0000001 --amount 100", at="2026-10-09 10:00")

    def owed(day: str) -> list[tuple[str, str, str, bool]]:
        found = shop.ok("visit due --json", at=f"{day} 18:00").json["owed"]
        return [(one["client"], one["why"], one["due"], one["overdue"]) for one in found]

    assert owed("2026-10-09") == [("C002", "service", "2026-10-12", False), ("C001", "new", "2026-10-15", False)]
    shop.ok("visit log C002 --summary 满意", at="2026-10-10 10:00")
    assert owed("2026-10-15") == [("C001", "new", "2026-10-15", False)]
    assert owed("2026-10-16") == [("C001", "new", "2026-10-15", True)]
    shop.ok("sale cash --client C002 --vouchers A0000002 --amount 100", at="2026-10-13 10:00")
    assert owed("2026-10-16") == [("C001", "new", "2026-10-15", True), ("C002", "service", "2026-10-16", False)]
    assert owed("2026-11-09") == [("C002", "service", "2026-10-16", True)]
    assert owed("2026-11-14") == [], "longer ago than the days looked back"


def test_a_client_taken_over_from_a_file_is_no_new_one(shop: Shop, tmp_path: Path) -> None:
    file = tmp_path / "old.csv"
    file.write_text("code,unit\nC100,老单位\n", encoding="utf-8")
    shop.ok(f"import clients {file} --by wang")
    assert [one["client"] for one in shop.ok("visit due --json").json["owed"]] == ["C001"]


def test_status_says_what_is_due_today(shop: Shop) -> None:
    shop.ok("visit plan C001 --due 10-08 --topic 合同")
    shop.ok("outreach plan 长江机械厂")
    for language, words in (("zh", ("回访", "外联")), ("en", ("call", "outreach"))):
        shop.lang = language
        shown = shop.ok("status").out
        assert "gb visit due" in shown, shown
        for word in words:
            assert word in shown.lower(), shown
    assert shop.ok("status --json").json["open"]["visits"] == {
        "planned": 1,
        "owed": 1,
        "outreach": 1,
        "festivals": [],
        "complaints": 0,
    }


# -- for paper and spreadsheets ------------------------------------------------------------------------------------------


def test_the_book_of_calls_and_the_register_for_a_spreadsheet(shop: Shop) -> None:
    """A summary that a spreadsheet would run is quoted; amounts are numbers with two decimals."""
    shop.ok("visit log C001 --how visit --summary =1+1 --budget 20000 --gift 茶叶 --gift-value 88 --next 10-20")
    lines = shop.ok("report visits --month 2026-10 --format csv").out.splitlines()
    assert lines[1].split(",")[2:13] == [
        "visit", "C001", "东风厂", "'=1+1", "", "", "20000.00", "茶叶", "88.00", "2026-10-20", "wang",
    ]  # fmt: skip
    told = shop.ok("report visits --month 2026-10 --format json").json["visits"][0]
    assert (told["client"], told["budget"], told["gift_value"], told["contact"]) == ("C001", "20000.00", "88.00", None)
    for language in ("zh", "en"):
        shop.lang = language
        assert "东风厂" in shop.ok("report visits --month 2026-10").out
        assert "东风厂" in shop.ok("report clients").out
        assert shop.ok("report clients --format json").json["clients"][0]["code"] == "C001"
        assert shop.ok("report visits --month 2026-09").code == 0


def test_a_follow_up_is_not_before_its_call(shop: Shop) -> None:
    refused = shop("visit log C001 --summary 节前福利 --next 2026-10-01", at="2026-10-08 10:00")
    assert (refused.code, refused.error) == (3, "DAT-01")
    shop.ok("visit log C001 --summary 节前福利 --next 2026-10-08", at="2026-10-08 10:01")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nobody_plans_what_is_overdue(shop: Shop, lang: str) -> None:
    """On 10-08 a call until 10-07 is refused; the printed command, today, records it."""
    shop.lang = lang
    ran = shop("visit plan C001 --due 2026-10-07")
    assert (ran.code, ran.error) == (3, "DAT-01")
    assert "--due 2026-10-08" in ran.err.rpartition("next: ")[2]
    shop.ok("visit plan C001 --due 2026-10-08")
