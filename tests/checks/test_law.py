"""The compliance lint: both sides of every threshold, each rule switched off, and a rule that changes in mid-month."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from ledger.book.doctor import examine
from ledger.checks.law import splitting
from ledger.checks.run import check
from ledger.core.findings import Finding
from ledger.core.rules import Rules, parse_rules
from tests.book.counter import Counter
from tests.builders import Book, rules_with

ON: dict[str, dict[str, Any]] = {
    "identity": {"amount": "10000.00"},
    "unit_cash": {"amount": "5000.00"},
    "personal_cash": {"amount": "50000.00"},
    "face_limit": {"bearer": "1000.00", "registered": "5000.00", "registered_faces": []},
    "validity": {"months": "36"},
    "splitting": {"days": "3"},
    "invoice": {"refused": ["special"]},
}


def book(rules: Rules, *, faces: str = "", expires: dt.date | None = None) -> Book:
    """A unit C001, individuals P001 (not identified) and P002 (identified); 2,000 sheets of 100, 20 of each other face."""
    made = Book("2026-10-01", legal=False, rules=rules)
    made.staff()
    made.staff("WL", "clerk")
    made.client()
    made.client("P001", "", unit_kind="individual", alias="李女士")
    made.client("P002", "", unit_kind="individual", alias="王先生", identified="yes")
    made.receive("A0000001-A0002000", 100, expires=expires)
    for letter, face in zip("BCDE", faces.split(), strict=False):
        made.receive(f"{letter}0000001-{letter}0000020", face)
    assert made.found == []
    return made.on("2026-10-08")


def law(made: Book) -> list[Finding]:
    found = check(list(made), [], made.rules, until=dt.date(2026, 12, 31))
    return [one for one in found if one.code.startswith("LAW")]


def codes(made: Book) -> list[tuple[str, str]]:
    return [(one.code, one.subject) for one in law(made)]


TRANSFER = "transfer"


@pytest.mark.parametrize(
    ("client", "amount", "found"),
    [("P001", 9_900, []), ("P001", 10_000, ["LAW-01"]), ("P002", 10_000, []), ("C001", 10_000, [])],
)
def test_identity_from_ten_thousand(client: str, amount: int, found: list[str]) -> None:
    """100 × 100 for 10,000.00 by transfer; 99 sheets are below."""
    made = book(rules_with(**ON))
    sheets = amount // 100
    made.sell(f"A0000001-A{sheets:07d}", amount, client=client, pays=[(TRANSFER, str(amount))])
    assert [code for code, _ in codes(made)] == found


@pytest.mark.parametrize(
    ("client", "cash", "other", "found"),
    [
        ("C001", 4_900, 0, []), ("C001", 5_000, 0, ["LAW-02"]), ("C001", 4_900, 5_100, []), ("C001", 5_000, 100, ["LAW-02"]),
        ("P002", 5_000, 0, []), ("P002", 49_900, 0, []), ("P002", 50_000, 0, ["LAW-03"]),
    ],
)  # fmt: skip
def test_cash(client: str, cash: int, other: int, found: list[str]) -> None:
    """What counts is what of one purchase was paid in cash, whatever else was paid otherwise."""
    made = book(rules_with(**ON))
    pays = [(method, str(sum_)) for method, sum_ in (("cash", cash), (TRANSFER, other)) if sum_]
    made.sell(f"A0000001-A{(cash + other) // 100:07d}", cash + other, client=client, pays=pays)
    assert [code for code, _ in codes(made)] == found


@pytest.mark.parametrize(
    ("registered", "found"),
    [
        ([], [("D", "LAW-04"), ("E", "LAW-04")]),
        (["2000.00", "6000.00"], [("E", "LAW-04")]),
        (["2000.00"], [("E", "LAW-04")]),
    ],
)
def test_faces(registered: list[str], found: list[tuple[str, str]]) -> None:
    """1,000 passes; 2,000 only where it is sold by name, and then up to 5,000; 6,000 never."""
    limits = {"bearer": "1000.00", "registered": "5000.00", "registered_faces": registered}
    made = book(rules_with(**{**ON, "face_limit": limits}), faces="1000 500 2000 6000")
    sold = {letter: made.sell(f"{letter}0000001", client="P002", pays=[(TRANSFER, face)]) for letter, face in
            zip("BCDE", ("1000", "500", "2000", "6000"), strict=True)}  # fmt: skip
    names = {one.id: letter for letter, one in sold.items()}
    assert [(names[subject], code) for code, subject in codes(made) if code == "LAW-04"] == found


@pytest.mark.parametrize(("expires", "found"), [("2029-10-08", []), ("2029-10-07", ["LAW-05"])])
def test_three_years(expires: str, found: list[str]) -> None:
    made = book(rules_with(**ON))
    made.sell("A0000001", expires=dt.date.fromisoformat(expires))
    assert [code for code, _ in codes(made)] == found


def test_three_years_of_sheets_that_end_sooner() -> None:
    """The default expiry is never later than the receipt's: the clerk is told while the client is there."""
    made = book(rules_with(**ON), expires=dt.date(2028, 12, 31))
    made.sell("A0000001")
    assert [one.code for one in made.found] == ["LAW-05"]


@pytest.mark.parametrize(("invoice", "found"), [("", []), ("ordinary", []), ("special", ["LAW-07"])])
def test_invoice(invoice: str, found: list[str]) -> None:
    made = book(rules_with(**ON))
    made.sell("A0000001", invoice=invoice)
    assert [code for code, _ in codes(made)] == found


# -- splitting ---------------------------------------------------------------------------------------------------------


def sales(made: Book, client: str, *parts: tuple[int, int]) -> list[str]:
    """Cash sales on a day of October each; returns the ids."""
    ids, first = [], 1
    for day, amount in parts:
        made.on(f"2026-10-{day:02d}")
        ids.append(made.sell(f"A{first:07d}-A{first + amount // 100 - 1:07d}", client=client).id)
        first += amount // 100
    return ids


@pytest.mark.parametrize(
    ("parts", "at"),
    [
        ([(8, 2500), (10, 2500)], 1),  # the third day counts
        ([(8, 2500), (11, 2500)], None),  # the fourth does not
        ([(8, 2500), (10, 2400)], None),
        ([(8, 2000), (9, 2000), (10, 1000)], 2),
        ([(8, 2000), (11, 2000), (12, 2000), (13, 1000)], 3),
        ([(8, 5000), (8, 4900)], None),  # the first is LAW-02, what is left is below
    ],
)
def test_splitting_a_units_cash(parts: list[tuple[int, int]], at: int | None) -> None:
    made = book(rules_with(**ON))
    ids = sales(made, "C001", *parts)
    assert [subject for code, subject in codes(made) if code == "LAW-06"] == ([ids[at]] if at is not None else [])


def test_splitting_names_every_part_once() -> None:
    """Five sales of 2,000 within a day: reached by the third, and the last two begin anew."""
    made = book(rules_with(**ON))
    ids = sales(made, "C001", *[(8, 2000)] * 5)
    (found,) = law(made)
    assert [where.id for where in found.where] == [ids[2], ids[1], ids[0]]
    assert "6000.00" in found.words.en


def test_splitting_of_a_person_not_identified() -> None:
    """2 × 5,000 by transfer: together the amount of identification; for an identified person nothing."""
    for client, expected in (("P001", ["LAW-06"]), ("P002", [])):
        made = book(rules_with(**ON))
        for first in (1, 51):
            made.sell(f"A{first:07d}-A{first + 49:07d}", client=client, pays=[(TRANSFER, "5000")])
        assert [code for code, _ in codes(made)] == expected


def test_a_reversed_sale_is_no_part() -> None:
    made = book(rules_with(**ON))
    ids = sales(made, "C001", (8, 2500))
    made.reverse(ids[0])
    made.sell("A0000101-A0000125")
    assert codes(made) == []


def test_two_clients_are_not_one() -> None:
    made = book(rules_with(**ON))
    made.client("C002", "第二中学")
    made.sell("A0000001-A0000025")
    made.sell("A0000026-A0000050", client="C002")
    assert codes(made) == []


# -- rules -------------------------------------------------------------------------------------------------------------


def everything(rules: Rules) -> list[str]:
    """A book in which every rule finds something."""
    made = book(rules, faces="2000")
    made.sell("A0000001-A0000100", client="P001", pays=[(TRANSFER, "10000")])
    made.sell("A0000101-A0000150")
    made.sell("A0000151-A0000650", client="P002")
    made.sell("B0000001", client="P002", pays=[(TRANSFER, "2000")])
    made.sell("A0000651", expires=dt.date(2027, 1, 1))
    made.sell("A0000652-A0000676")
    made.sell("A0000677-A0000701")
    made.sell("A0000702", invoice="special")
    return sorted(one.code for one in law(made))


def test_each_finds_its_own() -> None:
    assert everything(rules_with(**ON)) == [f"LAW-{n:02d}" for n in range(1, 8)]


@pytest.mark.parametrize(
    ("name", "off", "code"),
    [
        ("identity", {"amount": ""}, "LAW-01"), ("unit_cash", {"amount": ""}, "LAW-02"),
        ("personal_cash", {"amount": ""}, "LAW-03"), ("face_limit", {"bearer": "", "registered": ""}, "LAW-04"),
        ("validity", {"months": "0"}, "LAW-05"), ("splitting", {"days": "0"}, "LAW-06"), ("invoice", {"refused": []}, "LAW-07"),
    ],
)  # fmt: skip
def test_each_is_switched_off_alone(name: str, off: dict[str, Any], code: str) -> None:
    without = {f"LAW-{n:02d}" for n in range(1, 8)} - {code}
    if name == "unit_cash":
        without -= {"LAW-06"}  # there is no limit left that the parts could reach
    assert set(everything(rules_with(**{**ON, name: off}))) == without
    assert set(everything(rules_with(**{key: rule for key, rule in ON.items() if key != name}))) == without


def test_a_rule_that_changes_in_mid_month() -> None:
    """From the 9th the limit is 3,000.00: the same sale of 3,000.00 passes on the 8th and not on the 9th."""
    plain = {name: [{"from": "2000-01-01", **rule}] for name, rule in ON.items() if name != "splitting"}
    usual = {name: list(rules) for name, rules in rules_with()}
    dated = parse_rules({**plain, "unit_cash": [*plain["unit_cash"], {"from": "2026-10-09", "amount": "3000.00"}]})
    rules = Rules({**usual, **dict(dated)})
    made = book(rules)
    ids = sales(made, "C001", (8, 3000), (9, 3000))
    assert codes(made) == [("LAW-02", ids[1])]


def test_a_severity_of_the_stores_own() -> None:
    made = book(rules_with(**ON, severities={"codes": {"LAW-02": "error"}}))
    made.sell("A0000001-A0000050")
    assert [(one.code, one.severity) for one in law(made)] == [("LAW-02", "error")]


@pytest.mark.parametrize("wrong", [{"amount": "5000"}, {"amount": "-1.00"}, {"amount": "5,000.00"}, {}])
def test_a_limit_is_an_amount_or_nothing(wrong: dict[str, str]) -> None:
    with pytest.raises(Exception, match="unit_cash"):
        rules_with(unit_cash=wrong)


def test_doctor_says_how_long_records_are_kept(tmp_path: Path) -> None:
    shop = Counter(tmp_path / "book")
    signs = {one.name: one for one in examine(shop.book.root, terminal="K1", operator="wang", now=shop.clock.at)}
    assert signs["retention"].level == "note"
    assert "5 years" in signs["retention"].words.en
    assert signs["rules"].level == "ok"


def test_the_family_is_among_the_checks() -> None:
    from ledger.checks.run import FAMILIES

    assert splitting in FAMILIES
