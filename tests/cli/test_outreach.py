"""Outreach: the day's list, what came of it, the week per person and group (C6)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.shop import Shop, open_shop


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    return open_shop(tmp_path, monkeypatch)


def test_a_week_per_person_and_group(shop: Shop) -> None:
    """Monday 5 October to Sunday 11 October 2026.

    wang, group buying: 长江厂 planned on the 6th, discussed, interested; 黄河厂 planned on the 6th, nobody met; 三峡局 visited
    without a plan, agreed for the 20th: 2 planned, 2 done and 1 unplanned, 2 met, 1 interested, 1 agreement.
    wang, members: 市医院 planned for the 9th, not gone yet: 1 planned, 0 done.
    zhou, group buying: 东湖校 planned on the 5th for the week after, agreed on the 8th: 0 planned in this week, 1 done.
    """
    for unit, options in (("长江厂", ""), ("黄河厂", ""), ("市医院", "--scope member --day 10-09")):
        shop.ok(f"outreach plan {unit} {options}", at="2026-10-06 09:00")
    shop.ok("outreach plan 东湖校 --visitor zhou --day 10-12", at="2026-10-05 09:00")
    shop.ok("outreach log 长江厂 --depth discussed --intent yes", at="2026-10-06 16:00")
    shop.ok("outreach log VI1006-2 --depth not-met --why-not 门卫不让进", at="2026-10-06 16:01")
    shop.ok("outreach log 三峡局 --depth agreed --agreement 10-20", at="2026-10-07 16:00")
    shop.ok("outreach log 东湖校 --depth agreed --visitor zhou", at="2026-10-08 16:00")
    found = shop.ok("outreach week --json", at="2026-10-08 17:00").json
    assert (found["from"], found["to"]) == ("2026-10-05", "2026-10-11")
    keys = ("visitor", "scope", "planned", "done", "unplanned", "met", "interested", "agreements", "why_not")
    assert [tuple(one[key] for key in keys) for one in found["people"]] == [
        ("wang", "group-buying", 2, 2, 1, 2, 1, 1, ["门卫不让进"]),
        ("wang", "member", 1, 0, 0, 0, 0, 0, []),
        ("zhou", "group-buying", 0, 1, 0, 1, 0, 1, []),
    ]
    later = shop.ok("outreach week 10-14 --json", at="2026-10-08 17:00").json["people"]
    assert [(one["visitor"], one["planned"], one["done"]) for one in later] == [("zhou", 1, 0)]


def test_a_plan_without_its_result_stays_due(shop: Shop) -> None:
    """Planned on the 8th; taken back and planned again it is one plan, not two."""
    wrong = shop.ok("outreach plan 长江厂 --json").json["id"]
    shop.ok(f"reverse {wrong} --reason 打错 --by li")
    plan = shop.ok("outreach plan --client C001 --json").json
    assert (plan["unit"], plan["client"]) == ("东风厂", "C001")
    assert [one["id"] for one in shop.ok("outreach list --json").json["outreach"]] == [plan["id"]]
    assert [one["id"] for one in shop.ok("visit due --json", at="2026-10-09 09:00").json["outreach"]] == [plan["id"]]
    shop.ok(f"outreach log {plan['id']} --depth met --summary 下周再谈", at="2026-10-09 10:00")
    assert shop.ok("outreach list --json", at="2026-10-09 11:00").json["outreach"] == []
    assert shop.ok("visit due --json", at="2026-10-16 09:00").json["owed"] == [], (
        "outreach to a new client is its contact"
    )
    again = shop(f"outreach log {plan['id']} --depth met", at="2026-10-09 12:00")
    assert (again.code, again.error) == (3, "REF-03")
    assert shop.ok("check", at="2026-10-09 13:00").code == 0


REFUSED = [
    ("plan", 2, "USE-01"),
    ("plan 长江厂 --scope nobody", 2, "USE-01"),
    ("plan --client nobody", 3, "REF-01"),
    ("plan C999", 3, "REF-01"),
    ("plan ｃ００２", 3, "REF-01"),
    ("log C0O1 --depth met --client C999", 3, "REF-01"),
    ("log C999 --depth met", 3, "REF-01"),
    ("log", 2, "USE-01"),
    ("log 长江厂", 2, "USE-01"),
    ("log 长江厂 --depth far", 2, "USE-01"),
    ("log 长江厂 --depth not-met", 2, "USE-01"),
    ("log 长江厂 --depth met --intent no", 2, "USE-01"),
    ("log CL-1 --depth met", 3, "REF-01"),
    ("week 2026-10", 2, "USE-01"),
]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("line", "code", "error"), REFUSED, ids=[line for line, _, _ in REFUSED])
def test_a_refusal_writes_nothing_and_leads_on(shop: Shop, line: str, code: int, error: str, language: str) -> None:
    shop.lang = language
    before = shop.bytes()
    ran = shop(f"outreach {line}")
    assert (ran.code, ran.error, ran.out, shop.bytes() == before) == (code, error, "", True), ran.err
    for command in ran.next[:1]:
        assert shop.paste(command).code == 0


def test_two_plans_that_fit_are_told(shop: Shop) -> None:
    """第一中學 planned for the 14th, 第一中学 for the 18th: one unit in two scripts.  Logged by its id one of them stays."""
    first = shop.ok("outreach plan 第一中學 --day 10-14 --json").json["id"]
    second = shop.ok("outreach plan 第一中学 --day 10-18 --json").json["id"]
    before = shop.bytes()
    refused = shop("outreach log 第一中学 --depth met")
    assert (refused.code, refused.error, shop.bytes() == before) == (3, "REF-02", True)
    assert [f"outreach log {one}" in refused.err for one in (first, second)] == [True, True]
    done = shop.paste(refused.next[1])
    assert (done.code, [one["id"] for one in shop.ok("outreach list --json").json["outreach"]]) == (0, [first])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_two_plans_of_a_client_are_the_same_command_again(shop: Shop, language: str) -> None:
    """C001 is planned for two days; ``--client`` alone, and the name behind an option: what is told does the one that is meant."""
    shop.lang = language
    plans = [shop.ok(f"outreach plan C001 --day {day} --json").json["id"] for day in ("10-14", "10-18", "10-19")]
    for typed in ("--client C001 --depth met --summary '下周 再谈'", "--depth met 东风厂 --summary '下周 再谈'"):
        refused = shop(f"outreach log {typed}")
        assert (refused.code, refused.error) == (3, "REF-02")
        assert shop.paste(refused.next[0]).code == 0
    assert [one["id"] for one in shop.ok("outreach list --json").json["outreach"]] == plans[2:]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_code_that_nobody_has_is_no_unit(shop: Shop, language: str) -> None:
    """C0O1 with a letter, C01 and IBM have not the form of a code that this book gives; C010 has, and C001 is near."""
    shop.lang = language
    refused = shop("outreach plan C010")
    assert (refused.code, refused.error, "C001" in refused.err) == (3, "REF-01", True)
    for unit in ("IBM", "3M", "第2中学", "A1"):
        assert shop.ok(f"outreach plan {unit} --json").json["unit"] == unit


@pytest.mark.parametrize("typed", ["C001", "c001", "东风厂", "東風廠", "二汽", "--client dfc"])
def test_a_filed_client_is_taken_as_that_client(shop: Shop, typed: str) -> None:
    """By its code, its whole name or an alias, in plan and in log, with a plan and without one; a part of a name is a unit's own."""
    shop.ok("client alias C001 二汽")
    plan = shop.ok(f"outreach plan {typed} --json").json
    assert (plan["client"], plan["unit"]) == ("C001", "东风厂")
    for ref in (plan["id"], None):
        done = shop.ok(f"outreach log {typed} --depth met --json").json
        assert (done["client"], done["unit"], done.get("ref")) == ("C001", "东风厂", ref)
    assert shop.ok("visit due --json").json["owed"] == [], "the new client was contacted"
    other = shop.ok("outreach plan 东风 --json").json
    assert (other.get("client"), other["unit"]) == (None, "东风")


def test_a_plan_of_a_unit_that_was_filed_since(shop: Shop) -> None:
    """Planned as a mere name; filed as C002 before the result, which names the client and does the plan.  C001's is refused."""
    plan = shop.ok("outreach plan 长江厂 --json").json["id"]
    shop.ok("client add --unit 长江厂 --kind enterprise")
    done = shop.ok(f"outreach log {plan} --client C002 --depth agreed --json").json
    assert (done["ref"], done["client"], done["unit"]) == (plan, "C002", "长江厂")
    own = shop.ok("outreach plan C001 --json").json["id"]
    refused = shop(f"outreach log {own} --client C002 --depth met")
    assert (refused.code, refused.error) == (2, "USE-01")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_another_has_planned_is_not_done_by_whoever_comes_by(shop: Shop, language: str) -> None:
    """zhou plans 新单位; wang logs it: without a plan, wang's, and zhou's stays open, which is said.

    zhou's own does zhou's.  Another of zhou's is done by its id: wang's, which is said too.  The week: wang 1 done of plans and 1
    beside, zhou 2 planned and 1 done.
    """
    shop.lang = language
    first = shop.ok("outreach plan 新单位 --visitor zhou --json").json["id"]
    second = shop.ok("outreach plan 老单位 --visitor zhou --json").json["id"]
    done = shop.ok("outreach log 新单位 --depth not-met --why-not 无人 --json")
    assert (done.json["visitor"], done.json.get("ref")) == ("wang", None)
    assert f"zhou 的计划 {first}" in done.err if language == "zh" else f"the plan {first} of zhou" in done.err
    done = shop.ok("outreach log 新单位 --depth met --visitor zhou --json")
    assert (done.json["visitor"], done.json["ref"], done.err) == ("zhou", first, "")
    done = shop.ok(f"outreach log {second} --depth met --json")
    assert (done.json["visitor"], done.json["ref"]) == ("wang", second)
    assert f"{second} 是 zhou 的计划" in done.err if language == "zh" else f"{second} is a plan of zhou" in done.err
    week = shop.ok("outreach week --json").json["people"]
    assert [(one["visitor"], one["planned"], one["done"], one["unplanned"]) for one in week] == [
        ("wang", 0, 1, 1), ("zhou", 2, 1, 0),
    ]  # fmt: skip
