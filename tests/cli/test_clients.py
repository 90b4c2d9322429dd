"""Clients: filed under the next code, found by part of the name or initials, individuals without their names (C1, C9)."""

from __future__ import annotations

from pathlib import Path

import pytest

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
                    "initials": "cj", "owner": "wang", "identified": False}]  # fmt: skip


REFUSED = [
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


@pytest.mark.parametrize(
    "typed", ["團購", "团购", "方圆", "⽅圆", "方圓團購", "方圆团购 ", "　方圆", "FYTG", "ｆｙｔｇ", "fyt"]
)
def test_a_unit_is_found_in_any_form_of_script(shop: Shop, typed: str) -> None:
    """One unit, filed in simplified characters; typed traditional, with a look-alike radical, wide, blank behind, initials."""
    shop.ok("client add --unit 方圆团购中心 --kind enterprise --initials fytg")
    ran = shop.run("client", "show", typed, "--json")
    assert (ran.code, ran.json["code"], ran.json["unit"]) == (0, "C002", "方圆团购中心"), ran.err
    assert shop.run("client", "list", typed, "--json").json["clients"][0]["code"] == "C002"


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
         "initials": "dfqcc", "owner": "wang", "identified": False},
    ]  # fmt: skip
    shop.ok("client change C001 --not-state-owned")
    assert not shop.ok("client list --json").json["clients"][0]["state_owned"]
