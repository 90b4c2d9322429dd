"""Clients: filed under the next code, found by part of the name or initials, individuals without their names (C1, C9)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.counter import clock_at
from tests.cli.shop import Shop, open_shop


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    return open_shop(tmp_path, monkeypatch)


@pytest.mark.parametrize(("unit", "initials"), [
    ("长江机械厂", "cjjxc"), ("重庆银行", "cqyx"), ("第1中学", "d1zx"), ("Acme Trading Ltd", "atl"), ("ＴＣＬ集团", "tcljt"),
])  # fmt: skip
def test_initials_come_from_the_pinyin(shop: Shop, unit: str, initials: str) -> None:
    ran = shop.run("client", "add", "--unit", unit, "--kind", "企业", "--by", "wang", "--json")
    if unit == "重庆银行":  # readings of 重 and 行: the dictionary knows the words
        initials = "cqyh"
    assert (ran.json["code"], ran.json["initials"]) == ("C002", initials)


def test_codes_go_on_from_the_greatest(shop: Shop) -> None:
    shop.ok("client add --unit 长江厂 --kind collective --code c020 --state-owned --owner wang --initials cj")
    ran = shop.ok("client add --unit 黄河厂 --kind government --json").json
    assert ran["code"] == "C021"
    row = shop.ok("client list 长江 --json").json["clients"]
    assert row == [{"code": "C020", "unit": "长江厂", "kind": "collective", "state_owned": True, "aliases": [],
                    "initials": "cj", "owner": "wang", "identified": False, **UNTOUCHED}]  # fmt: skip


UNTOUCHED = {"class": "potential", "by_hand": False, "preferences": None, "contracts": None}

REFUSED = [
    ("change C001 --owner zhou", 3, "ROL-01"),
    ("transfer C001 --to zhou --reason 请假", 3, "ROL-01"),
    ("transfer C001 --to wang --reason 请假", 3, "REF-03"),
    ("transfer C001 --to nobody", 3, "REF-01"),
    ("transfer C001 --to zhou", 2, "USE-01"),
    ("classify C001 --as best", 2, "USE-01"),
    ("classify C001 --as key", 2, "USE-01"),
    ("classify C001 --as key --reason 上级指定", 3, "ROL-01"),
    ("classify C001", 3, "REF-03"),
    ("complaint C001", 2, "USE-01"),
    ("answer CL-1 --reply 好", 3, "REF-01"),
    ("add --unit 长江厂 --kind enterprise --code C001", 3, "REF-03"),
    ("add --unit 长江厂 --kind enterprise --code '1 2'", 2, "USE-01"),
    ("add --unit 长江厂 --kind shop", 2, "USE-01"),
    ("add --unit 长江厂", 2, "USE-01"),
    ("add --kind enterprise", 2, "USE-01"),
    ("add --unit 长江厂 --kind enterprise --owner nobody", 3, "REF-01"),
    ("add --unit 张三 --kind individual --alias 老客户", 2, "USE-01"),
    ("add --kind individual", 2, "USE-01"),
    ("alias 无此单位 新名", 3, "REF-01"),
    ("alias C001", 2, "USE-01"),
    ("change C001", 2, "USE-01"),
    ("change C001 --kind individual", 2, "USE-01"),
    ("show 无此单位", 3, "REF-01"),
]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("line", "code", "error"), REFUSED, ids=[line for line, _, _ in REFUSED])
def test_a_refusal_writes_nothing_and_leads_on(shop: Shop, line: str, code: int, error: str, language: str) -> None:
    shop.lang = language
    before = shop.bytes()
    ran = shop(f"client {line}")
    assert (ran.code, ran.error, ran.out, shop.bytes() == before) == (code, error, "", True), ran.err
    assert shop.paste(ran.next[0]).code == 0


def test_an_individual_has_an_alias_and_no_name(shop: Shop) -> None:
    ran = shop.ok("client add --kind 个人 --alias 老客户一 --json").json
    assert ("unit" not in ran, ran["alias"], ran["initials"]) == (True, "老客户一", "lkhy")
    assert "老客户一" in shop.ok("client show 老客户").out


@pytest.mark.parametrize("unit", ["东风厂有限公司", "東風廠", "东 风厂", "东风厂（集团）"])
def test_a_similar_name_is_a_warning(shop: Shop, unit: str) -> None:
    ran = shop.run("client", "add", "--unit", unit, "--kind", "enterprise", "--by", "wang")
    assert ran.code == 0
    assert "REG-02" in ran.err
    assert "C001" in ran.err


def test_found_by_code_part_alias_and_initials(shop: Shop) -> None:
    shop.ok("client add --unit 东风学校 --kind institution")
    shop.ok("client alias C001 二汽")
    for typed in ("c001", "二汽", "东风厂", "dfc", "Ｃ００１"):
        assert shop.ok(f"client show {typed} --json").json["code"] == "C001", typed
    several = shop("client show 东风")
    assert (several.code, several.error) == (3, "REF-02")
    assert "C002" in several.err


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_alias_is_found_by_its_initials(shop: Shop, lang: str) -> None:
    """C001 东风厂 gets 方圆集团 (fyjt) afterwards, C002 长江厂 is filed with 江源公司 (jygs); a change of the entries keeps them.

    Where the initials of an alias and of a name are alike there is a choice, as between names.
    """
    shop.lang = lang
    shop.ok("client alias C001 方圆集团")
    shop.ok("client add --unit 长江厂 --alias 江源公司 --kind enterprise")
    for _ in range(2):
        for typed, code in (("fyjt", "C001"), ("ＦＹＪ", "C001"), ("jygs", "C002"), ("dfc", "C001"), ("cjc", "C002")):
            assert shop.ok(f"client show {typed} --json").json["code"] == code, typed
        assert [one["code"] for one in shop.ok("client list fyjt --json").json["clients"]] == ["C001"]
        shop.ok("client change C001 --preferences 茶叶")
        shop.ok("client change C002 --unit 长江船厂 --initials cjc")
    shop.ok("client add --unit 风云集团 --kind enterprise")
    several = shop("client show fyjt")
    assert (several.code, several.error) == (3, "REF-02")
    assert "C001" in several.err
    assert "C003" in several.err


@pytest.mark.parametrize(
    "typed", ["團購", "团购", "方圆", "⽅圆", "方圓團購", "方圆团购 ", "　方圆", "FYTG", "ｆｙｔｇ", "fyt"]
)
def test_a_unit_is_found_in_any_form_of_script(shop: Shop, typed: str) -> None:
    """One unit, filed in simplified characters; typed traditional, with a look-alike radical, wide, blank behind, initials."""
    shop.ok("client add --unit 方圆团购中心 --kind enterprise --initials fytg")
    ran = shop.run("client", "show", typed, "--json")
    assert (ran.code, ran.json["code"], ran.json["unit"]) == (0, "C002", "方圆团购中心"), ran.err
    assert shop.run("client", "list", typed, "--json").json["clients"][0]["code"] == "C002"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_spelling_finds_the_same_unit(shop: Shop, lang: str) -> None:
    """方圆集团, known as 方圆团购, its initials from the pinyin; 方正集团 beside it, so that 集团 and ``f`` fit two: exit 3 with both."""
    shop.ok("client add --unit 方圆集团 --alias 方圆团购 --kind enterprise")
    shop.ok("client add --unit 方正集团 --kind enterprise")
    for typed in (
        "團購",
        "团购",
        "⽅圆",
        "方圆",
        "方圓",
        "方圆集团  ",
        "　方圆團購",
        "fyjt",
        "ＦＹＪＴ",
        "c002",
        "Ｃ００２",
    ):
        ran = shop.run("--lang", lang, "client", "show", typed, "--json")
        assert (ran.code, ran.json["code"]) == (0, "C002"), (typed, ran.err)
    for typed in ("集团", "f"):
        several = shop.run("--lang", lang, "client", "show", typed)
        assert (several.code, several.error) == (3, "REF-02")
        assert all(f"{code}  {unit}" in several.err for code, unit in (("C002", "方圆集团"), ("C003", "方正集团")))


def test_the_initials_of_a_name_in_traditional_characters(shop: Shop) -> None:
    ran = shop.ok("client add --unit 方圓集團 --kind enterprise --json").json
    assert (ran["unit"], ran["initials"]) == ("方圓集團", "fyjt")


def test_a_change_keeps_what_is_not_given(shop: Shop) -> None:
    shop.ok("client alias C001 二汽")
    shop.ok("client change C001 --state-owned --owner wang")
    shop.ok("client change C001 --unit 东风汽车厂")
    shop.ok("client change C001 --kind collective")
    assert shop.ok("client list --json").json["clients"] == [
        {"code": "C001", "unit": "东风汽车厂", "kind": "collective", "state_owned": True, "aliases": ["二汽"],
         "initials": "dfqcc", "owner": "wang", "identified": False, **UNTOUCHED},
    ]  # fmt: skip
    shop.ok("client change C001 --not-state-owned")
    assert not shop.ok("client list --json").json["clients"][0]["state_owned"]


# -- owner, class, complaints, the card ----------------------------------------------------------------------------------


def test_whoever_files_first_owns_until_a_transfer(shop: Shop) -> None:
    """wang files C001 and owns it; zhou's sale is credited to wang; after the transfer wang's own sale is credited to zhou."""
    shop.received("A0000001+9")
    first = shop.ok("sale cash --client C001 --vouchers A0000001 --amount 100 --by zhou --json").json
    assert first["salesperson"] == "wang"
    moved = shop.ok("client transfer C001 --to zhou --reason 分区调整 --by li --json").json
    assert (moved["owner"], moved["before"], moved["reason"]) == ("zhou", "wang", "分区调整")
    assert shop.ok("sale cash --client C001 --vouchers A0000002 --amount 100 --json").json["salesperson"] == "zhou"
    assert shop.ok("client list --owner zhou --json").json["clients"][0]["code"] == "C001"
    refused = shop("client transfer C001 --to wang --reason 不同意 --by zhou")
    assert "li" in refused.err, "who may do it is named"


def test_classes_by_the_rule_of_the_day(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The example rule, over twelve months: key from 100,000, core from 30,000 or six purchases, general for any, potential for none.

    On 8 October 2026: C001 bought for 100,000; C002 for 30,000; C003 six times 100; C004 once; C005 nothing.
    C004 brings its sheet back, and is a potential client again.  A year later, on 8 October 2027, the twelve months begin on
    9 October 2026, and all are.
    """
    for unit in ("长江局", "黄河厂", "第一中学", "市医院"):
        shop.ok(f"client add --unit {unit} --kind enterprise")
    shop.received("A0000001+1500")
    for client, spans in (("C001", "A0000001+1000"), ("C002", "A0001001+300"), ("C004", "A0001401+1"), *(
        ("C003", f"A{number:07d}+1") for number in range(1301, 1307)
    )):  # fmt: skip
        amount = int(spans.partition("+")[2]) * 100
        shop.ok(f"sale transfer --client {client} --vouchers {spans} --amount {amount} --reference R{spans}")
    before = shop.bytes()
    tried = shop.ok("client classify --by li --dry-run --json").json["classified"]
    assert shop.bytes() == before
    found = shop.ok("client classify --by li --once morning --json").json["classified"]
    assert found == tried
    assert [(one["code"], one["class"], one["amount"], one["purchases"]) for one in found] == [
        ("C001", "key", "100000.00", 1), ("C002", "core", "30000.00", 1), ("C003", "core", "600.00", 6),
        ("C004", "general", "100.00", 1),
    ]  # fmt: skip
    assert shop.ok("client classify --by li --once morning --json").json["classified"] == []
    shop.ok("sale return A0001401 --reason 多买")
    other = shop("client classify --by li --once morning")
    assert (other.code, other.error) == (3, "KEY-01"), "the token is C004's other class already"
    assert [(one["code"], one["class"]) for one in shop.ok("client classify --by li --json").json["classified"]] == [
        ("C004", "potential")
    ]
    assert [one["code"] for one in shop.ok("client list --class 核心 --json").json["clients"]] == ["C002", "C003"]
    clock_at(monkeypatch, "2027-10-08")
    later = shop.ok("client classify --by li --json --dry-run", at="2027-10-08 10:00").json["classified"]
    assert [(one["code"], one["class"], one["was"]) for one in later] == [
        ("C001", "potential", "key"), ("C002", "potential", "core"), ("C003", "potential", "core"),
    ]  # fmt: skip


def test_a_class_chosen_by_hand_stays(shop: Shop) -> None:
    shop.ok("client classify C001 --as 重点 --reason 市里指定 --by li")
    shop.ok("client change C001 --state-owned")
    assert shop.ok("client classify --by li --json").json["classified"] == []
    card = shop.ok("client show C001 --json").json
    assert (card["class"], card["by_hand"]) == ("key", True)
    back = shop.ok("client classify C001 --by li --json").json["classified"]
    assert [(one["class"], one["was"]) for one in back] == [("potential", "key")]
    assert shop.ok("check").code == 0


def test_one_card_has_everything(shop: Shop) -> None:
    """Two sheets bought, one brought back; a call, a complaint answered and another that is not."""
    shop.received("A0000001+9")
    shop.ok("sale cash --client C001 --vouchers A0000001+2 --amount 200")
    shop.ok("sale return A0000001 --reason 多买")
    shop.ok("visit log C001 --summary 满意")
    told = shop.ok("client complaint C001 --about 送货迟到 --department 物流 --json").json["id"]
    shop.ok("client complaint C001 --about 券有污损")
    shop.ok(f"client answer {told} --reply 已道歉 --satisfied")
    shop.ok("client change C001 --preferences 米面油 --contracts HT-26至年底")
    card = shop.ok("client show C001 --json").json
    assert (card["sales"], card["amount"], card["refunded"]) == (1, "200.00", "100.00")
    assert card["visits"] == {"count": 1, "last": "2026-10-08"}
    assert card["complaints"] == {"count": 2, "unanswered": 1}
    assert (card["preferences"], card["contracts"]) == ("米面油", "HT-26至年底")
    assert card["rebates"] == {"slips": 0, "approved": "0.00", "collected": "0.00"}
    shop.lang = "zh"
    shown = shop.ok("client show C001").out
    for words in ("潜在", "wang 王", "米面油", "1 未答复", "回访", "投诉"):
        assert words in shown
    assert [one["about"] for one in shop.ok("client complaints --json").json["complaints"]] == ["券有污损"]
    assert "1 件投诉待答复" in shop.ok("status").out
