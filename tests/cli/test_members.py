"""`gb member`, `gb points`, `gb merchant` and `gb activity` as they are typed (M1–M9)."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest
from openpyxl import load_workbook

from ledger.reports.table import width
from tests.cli.counter import Counter, Result, begin, filled, gb, open_counter

DAY = "2026-10-08"


@pytest.fixture
def at(tmp_path: Path) -> Counter:
    here = begin(tmp_path / "book", DAY)
    here.done("operator", "add", "zhao", "--name", "赵敏", "--role", "manager", by="li")
    return here


def joined(at: Counter, code: str = "M0001", card: str = "80010001") -> None:
    at.done("member", "register", "--code", code, "--identified")
    at.done("member", "activate", code, "--card", card)


# -- cards -------------------------------------------------------------------------------------------------------------


def test_a_member_from_the_form_to_the_card(at: Counter) -> None:
    """Two records (M1); a code alone is enough, with a warning; a card number is given once for ever."""
    made = at.done("member", "register")
    assert made.out.startswith("ME1008-1")
    assert "REG-01" in made.err
    at.done("member", "change", "M0001", "--identified")
    at.done("member", "activate", "M0001", "--card", "80010001")
    at.done("member", "register", "--code", "m0002", "--identified", "--recruiter", "wang")
    again = at("member", "activate", "M0002", "--card", "80010001")
    assert (again.code, again.error) == (3, "NUM-01")
    at.done("member", "replace", "80010001", "--card", "80010009", "--reason", "遗失")
    found = at.done("member", "show", "80010009", "--json").json
    assert (found["member"], found["card"], found["status"], found["identified"]) == (
        "M0001",
        "80010009",
        "active",
        True,
    )
    assert (
        at.done("member", "show", "80010001", "--json").json["member"] == "M0001"
    )  # the old card still tells whose it was
    assert [one["member"] for one in at.done("member", "list", "--json").json["members"]] == ["M0001", "M0002"]


def test_a_card_that_was_replaced_acts_for_nobody(at: Counter, tmp_path: Path) -> None:
    """80010001 is replaced on 8 October: no points, no award, no blacklisting by it; the refusal names the card that is valid.

    It still tells whose it was, and a till's file still brings what was bought on it up to the 8th, not of a later day.
    """
    joined(at)
    at.done("member", "replace", "M0001", "--card", "80010009", "--reason", "遗失")
    for words in (
        ("points", "earn", "80010001", "--points", "5", "--slip", "X1"),
        ("points", "award", "80010001", "--points", "1", "--goods", "糖"),
        ("points", "id-check", "80010001", "--document", "身份证"),
        ("member", "replace", "80010001", "--card", "80010010", "--reason", "遗失"),
    ):
        void = at(*words)
        assert (void.code, void.error) == (3, "PTS-05")
        assert "80010009" in void.err
        assert "gb member show M0001" in void.next[0]
    assert at.done("points", "statement", "80010001", "--json").json["lines"] == []
    assert at.done("member", "list", "--json").json["members"][0]["last"] is None
    at.done("points", "earn", "80010009", "--points", "5", "--slip", "X1")
    assert at.done("member", "list", "--json").json["members"][0]["last"] == DAY
    file = tmp_path / "points.csv"
    file.write_text("member,points,slip,date\n80010001,7,X2,2026-10-07\n", encoding="utf-8")
    at.done("import", "points", str(file))
    file.write_text("member,points,slip,date\n80010001,7,X3,2026-10-09\n", encoding="utf-8")
    assert "PTS-05" in at("import", "points", str(file), "--dry-run").err
    assert at.done("points", "statement", "80010009", "--json").json["balance"] == 12


def test_numbers_are_folded_as_they_are_typed(at: Counter) -> None:
    """A card or slip of an input method in full width is the plain one, which is echoed; what is no card number is code 2."""
    joined(at)
    at.done("member", "register", "--code", "M0002", "--identified")
    bad = at("member", "activate", "M0002", "--card", "贵宾 2")
    assert (bad.code, "at most 64" in bad.err) == (2, True)
    made = at.done("member", "activate", "M0002", "--card", "ｖｉｐ０００２")
    assert "card number VIP0002" in made.err
    assert at.done("member", "show", "vip0002", "--json").json["card"] == "VIP0002"
    at.done("member", "replace", "M0002", "--card", "VIP0003", "--reason", "遗失")
    assert at("points", "earn", "vip0002", "--points", "5", "--slip", "X1").error == "PTS-05"
    assert "slip number S0" in at.done("points", "earn", "M0001", "--points", "5", "--slip", "Ｓ０").err
    assert at("points", "topup", "M0002", "--points", "5", "--slip", "s0").error == "PTS-01"
    assert at.done("points", "return", "M0001", "--points", "2", "--original", "ｓ０").code == 0
    assert at.done("points", "statement", "M0001", "--json").json["balance"] == 3


def test_an_unknown_member_is_refused_with_the_command_that_registers(at: Counter) -> None:
    missing = at("points", "earn", "--member", "M0007", "--points", "5", "--slip", "X1")
    assert (missing.code, missing.error) == (3, "REF-01")
    assert any(line.startswith("gb member register --code M0007") for line in missing.next)


def test_the_blacklist_names_the_operator_and_disables(at: Counter) -> None:
    joined(at)
    at.done("member", "blacklist", "M0001", "--operator", "wang", "--reason", "恶意刷积分")
    assert at.done("member", "show", "M0001", "--json").json["operator"] == "wang"
    assert at("points", "earn", "M0001", "--points", "5", "--slip", "X1").error == "PTS-05"
    assert at("member", "blacklist", "M0001", "--reason", "x", "--operator", "nobody").error == "REF-01"
    refused = at("member", "reinstate", "M0001", "--reason", "查清")
    assert (refused.code, refused.error) == (3, "ROL-01")
    at.done("member", "reinstate", "M0001", "--reason", "查清", by="li")
    given = at.done("points", "earn", "M0001", "--points", "5", "--slip", "X1", "--json").json["id"]
    assert at.done("show", "ｘ1", "--json").json["id"] == given, "the number on the slip leads to the record"


def test_personal_entries_are_sealed_masked_revealed_and_erased(
    at: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name stands in no file; birthdays are found by month without showing them; erased, the points stay."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    at.done("keys", "init", by="li")
    own = json.dumps({"name": "欧阳小满", "phone": "13911110002", "birthday": "1990-10-21"})
    at.done("member", "register", "--code", "M0001", "--identified", "--personal", "-", stdin=own)
    at.done("member", "register", "--code", "M0002", "--identified")
    assert not [path for path, data in at.files().items() if "欧阳小满".encode() in data]
    assert at.done("member", "show", "M0001", "--json").json["personal"]["name"] == "***"
    shown = at.done("member", "show", "M0001", "--json", "--reveal", "--reason", "寄生日礼品", by="li").json
    assert shown["personal"]["name"] == "欧阳小满"
    at.done("member", "change", "M0001", "--personal", "-", stdin='{"phone": "13911110003"}')
    shown = at.done("member", "show", "M0001", "--json", "--reveal", "--reason", "核对", by="li").json
    assert (shown["personal"]["name"], shown["personal"]["phone"]) == ("欧阳小满", "13911110003")
    assert [one["member"] for one in at.done("member", "birthdays", "--json").json["members"]] == ["M0001"]
    assert at.done("member", "birthdays", "--month", "2026-11", "--json").json["members"] == []
    at.done("points", "earn", "M0001", "--points", "5", "--slip", "X1")
    at.done("member", "erase", "M0001", "--reason", "本人要求", by="li")
    found = at.done("member", "show", "M0001", "--json").json
    assert (found["status"], found["personal"], found["balance"]) == ("erased", {}, 5)
    assert at.done("member", "birthdays", "--json").json["members"] == []


# -- points --------------------------------------------------------------------------------------------------------------

STATEMENT = """\
会员 M0001  银 (5300)
日期        记录         摘要        单据号           积分  余额
----------  -----------  ----------  --------------  -----  ----
2026-10-08  PT1008-K1-1  消费积分    X1               5000  5000
2026-10-08  PT1008-K1-2  补积分      B1                300  5300
2026-10-08  PT1008-K1-5  会员领奖单  LJ2026-K1-0001  -1000  4300
积分 5300 - 退货 0 - 领奖 1000 - 过期 0 = 余额 4300
有效期至  2028-10-31: 4300
"""


def test_from_points_to_the_goods(at: Counter) -> None:
    """M3: due → told → document → slip → goods; the statement in Chinese, its JSON as the contract has it."""
    joined(at)
    at.done("points", "earn", "--member", "M0001", "--points", "5000", "--slip", "X1")
    at.done("points", "topup", "--member", "M0001", "--points", "300", "--slip", "B1")
    assert at.done("points", "due", "--json").json == {
        "threshold": 1000,
        "members": [{"member": "M0001", "balance": 5300, "tier": "silver", "notified": None}],
    }
    at.done("points", "notify", "M0001", "--how", "phone")
    assert at.done("points", "due", "--json").json["members"][0]["notified"] == DAY
    hasty = at.done("points", "award", "--member", "M0001", "--points", "1000", "--goods", "电水壶", "--dry-run")
    assert "PTS-06" in hasty.err
    at.done("points", "id-check", "M0001", "--document", "身份证")
    at.done("points", "award", "--member", "M0001", "--points", "1000", "--goods", "电水壶", "--cost", "45.50")
    assert at.done("points", "awards", "--json").json["awards"][0]["number"] == "LJ2026-K1-0001"
    assert at("points", "handover", "LJ2026-K1-0001", "--goods", "毛巾").error == "PTS-02"
    at.done("points", "handover", "LJ2026-K1-0001")
    assert at.done("points", "awards").out == ""
    at.language = "zh"
    assert at.done("points", "statement", "M0001").out == STATEMENT
    found = at.done("points", "statement", "--member", "M0001", "--json").json
    assert {name: found[name] for name in ("member", "tier", "balance", "earned", "spent", "expired")} == {
        "member": "M0001", "tier": "silver", "balance": 4300, "earned": 5300, "spent": 1000, "expired": 0,
    }  # fmt: skip
    assert found["lines"][0]["points"] == 5000
    found = at.done("points", "statement", "M0001", "--as-of", "2028-11-01", "--json").json
    assert (found["balance"], found["expired"], found["lines"][-1]["kind"]) == (0, 4300, "expired")
    assert at.done("points", "expire", "--until", "2028-10-31", "--json").json["lots"] == [
        {"member": "M0001", "expires": "2028-10-31", "points": 4300}
    ]


def test_points_of_an_amount_and_returns(at: Counter) -> None:
    """A point a yuan, what is left of a yuan is dropped; a return names its purchase by slip or by record."""
    joined(at)
    at.done("points", "earn", "M0001", "--amount", "299.99", "--slip", "X1")
    at.done("points", "return", "M0001", "--points", "99", "--slip", "R1", "--original", "X1")
    at.done("points", "return", "M0001", "--amount", "100.50", "--original", "PT-1")
    assert at.done("points", "statement", "M0001", "--json").json["balance"] == 100
    below = at("points", "return", "M0001", "--points", "101")
    assert (below.code, below.error) == (3, "PTS-03")
    assert at("points", "return", "M0001", "--points", "1", "--original", "X9").error == "REF-01"
    assert at("points", "earn", "M0001", "--points", "0", "--slip", "X3").code == 2
    assert at("points", "earn", "M0001", "--points", "5").code == 2
    once = at("points", "topup", "M0001", "--points", "5", "--slip", "X1")
    assert (once.code, once.error) == (3, "PTS-01")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_points_never_due_are_taken_back_by_the_command_that_the_refusal_names(at: Counter, language: str) -> None:
    """300 on B1 should have been on nobody's card; 100 earned since and 350 awarded: 400 - 350 = 50, less the 300: -250.

    What is printed is typed as it stands; the shortfall is an error until it is answered, and the statement foots.
    """
    at.language = language
    joined(at)
    wrong = at.done("points", "topup", "M0001", "--points", "300", "--slip", "B1", "--json").json["id"]
    at.done("points", "earn", "M0001", "--points", "100", "--slip", "X1")
    at.done("points", "id-check", "M0001", "--document", "身份证")
    slip = at.done("points", "award", "M0001", "--points", "350", "--goods", "电水壶", "--json").json
    at.done("points", "handover", slip["id"])
    refused = at("reverse", wrong, "--reason", "登错", by="li")
    assert (refused.code, refused.error) == (3, "STA-01")
    assert refused.next[0].startswith(f"gb points takeback {wrong} --reason '…' --book")
    assert at("points", "takeback", wrong, "--reason", "登错").error == "ROL-01"
    done = gb(*shlex.split(filled(refused.next[0]))[1:], "--lang", language)
    assert done.code == 0
    assert "warning[PTS-03]" in done.err  # it is recorded: an error is what refuses
    assert ("扣回多记积分" if language == "zh" else "points taken back") in done.out
    found = at.done("points", "statement", "M0001", "--json").json
    assert (found["balance"], found["taken_back"], found["valid"]) == (-250, 300, 100)
    told = at.done("points", "statement", "M0001").out
    assert ("积分 400 - 扣回 300 - 退货 0 - 领奖 350 - 过期 0 = 余额 -250" if language == "zh" else
            "given 400 - taken back 300 - returned 0 - awards 350 - expired 0 = balance -250") in told  # fmt: skip
    assert max(map(width, told.splitlines())) <= 80
    check = at("check", "PTS", "--json")
    (short,) = check.json["findings"]
    assert (check.code, short["code"]) == (1, "PTS-03")
    at.done("accept", "PTS-03", short["subject"], "--reason", "下次消费补上", by="li")
    assert at("check", "PTS").code == 0
    assert at("points", "takeback", wrong, "--reason", "再来", by="li").error == "PTS-04"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_award_that_nobody_wants_is_cancelled_by_the_command_that_the_refusal_names(
    at: Counter, language: str
) -> None:
    """5,000 earned, 500 awarded, 20 earned since: 4,520.  Cancelled: 5,020, silver all the time (5,020 valid), nothing to find.

    ``reverse``, ``takeback`` and PTS-02, in what it says next and in its explanation, all name the command that works; a clerk is
    told who may.
    """
    at.language = language
    joined(at)
    at.done("points", "earn", "M0001", "--points", "5000", "--slip", "X1")
    at.done("points", "id-check", "M0001", "--document", "身份证")
    slip = at.done("points", "award", "M0001", "--points", "500", "--goods", "不锈钢锅", "--json").json["id"]
    at.done("points", "earn", "M0001", "--points", "20", "--slip", "X2")
    for words in (("reverse", slip), ("points", "takeback", slip)):
        refused = at(*words, "--reason", "不要了", by="li")
        assert refused.code == 3
        assert refused.next[0].startswith(f"gb points cancel {slip} --reason '…' --book")
    assert at("points", "cancel", slip, "--reason", "不要了").error == "ROL-01"
    assert at("points", "cancel", "PT-1", "--reason", "不要了", by="li").error == "PTS-02"
    at.day = "2026-10-12"
    (found,) = at("check", "PTS", "--json").json["findings"]
    assert found["code"] == "PTS-02"
    assert any(one.startswith(f"gb points cancel {slip} --reason '…'") for one in found["next"])
    assert "gb points cancel" in " ".join(at.done("explain", "PTS-02").out.split())
    done = gb(*shlex.split(filled(refused.next[0]))[1:], "--lang", language)
    assert done.code == 0, done
    assert ("作废领奖单" if language == "zh" else "award slip cancelled") in done.out
    told = at.done("points", "statement", "M0001").out
    assert ("积分 5020 - 退货 0 - 领奖 500 + 领奖作废退回 500 - 过期 0 = 余额 5020" if language == "zh" else
            "given 5020 - returned 0 - awards 500 + awards cancelled 500 - expired 0 = balance 5020") in " ".join(
                told.replace("\n", " ").split())  # fmt: skip
    assert max(map(width, told.splitlines())) <= 80
    assert at("check", "PTS").code == 0
    report = at.done("report", "points", "--month", "2026-10", "--json").json
    assert (report["awarded"], report["cancelled"], report["closing"], report["open"]) == (500, 500, 5020, [])
    assert ("领奖作废退回" if language == "zh" else "awards cancelled") in at.done(
        "report", "points", "--month", "2026-10"
    ).out
    assert at("points", "handover", slip).error == "PTS-02"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_pages_fit_eighty_columns(at: Counter, language: str) -> None:
    joined(at)
    at.language = language
    at.done("points", "earn", "M0001", "--points", "16000", "--slip", "SHOUYIN-0001-20261008-000123")
    at.done("points", "id-check", "M0001", "--document", "身份证")
    at.done("points", "award", "M0001", "--points", "1000", "--goods", "不锈钢电水壶一只（红色）")
    pages = [
        ["points", "statement", "M0001"], ["member", "show", "M0001"], ["member", "tiers"], ["member", "list"],
        ["points", "awards"], ["points", "due"], ["points", "list"], ["points", "expire", "--until", "2029-01-01"],
        ["report", "points", "--month", "2026-10"], ["report", "members", "--month", "2026-10"],
        ["reconcile", "--month", "2026-10"],
    ]  # fmt: skip
    for page in pages:
        out = at(*page).out
        assert out
        assert max(map(width, out.splitlines())) <= 80, page


def test_lists_of_who_is_to_be_called(at: Counter) -> None:
    """Bought on 8 October 2026: silent from 8 January, dormant from 8 April to 8 October 2027, lost after it (M5, M6)."""
    joined(at)
    at.done("points", "earn", "M0001", "--points", "50", "--slip", "X1")
    expected = {
        "2027-01-07": ("active", [], []), "2027-01-08": ("silent", ["M0001"], []),
        "2027-04-08": ("dormant", [], ["M0001"]), "2027-10-08": ("dormant", [], ["M0001"]),
        "2027-10-09": ("lost", [], ["M0001"]),
    }  # fmt: skip
    for day, (standing, silent, dormant) in expected.items():
        (one,) = at.done("member", "list", "--as-of", day, "--json").json["members"]
        assert one["standing"] == standing
        found = {name: at.done("member", name, "--as-of", day, "--json").json for name in ("silent", "dormant")}
        assert [each["member"] for each in found["silent"]["members"]] == silent
        assert [each["member"] for each in found["dormant"]["members"]] == dormant
        assert found["silent"]["call_times"] == ["11:00-12:00", "16:00-17:00"]
    assert [one["member"] for one in at.done("member", "new", "--as-of", "2027-01-08", "--json").json["members"]] == [
        "M0001"
    ]
    assert at.done("member", "new", "--as-of", "2027-01-09", "--json").json["members"] == []
    said = at.done("member", "silent", "--as-of", "2027-01-08")
    assert "11:00-12:00 16:00-17:00" in said.err


def test_tiers_count_members_and_name_benefits(at: Counter) -> None:
    joined(at)
    joined(at, "M0002", "80010002")
    at.done("points", "earn", "M0001", "--points", "15000", "--slip", "X1")
    found = at.done("member", "tiers", "--json").json["tiers"]
    assert [(one["tier"], one["from"], one["members"]) for one in found] == [
        ("regular", 0, 1), ("silver", 5000, 0), ("gold", 10000, 0), ("diamond", 15000, 1),
    ]  # fmt: skip
    assert "生日当月礼品" in found[2]["benefits"]
    assert [one["member"] for one in at.done("member", "list", "--tier", "钻石", "--json").json["members"]] == ["M0001"]


# -- reports -------------------------------------------------------------------------------------------------------------


def test_the_months_figures(at: Counter) -> None:
    """M0001 buys twice and has gifts for 45.50, M0002 buys once: 3 registered, repurchase 1 of 2, 45.50 / 3 = 15.17 a member."""
    for number in (1, 2, 3):
        joined(at, f"M000{number}", f"8001000{number}")
    for slip, member in (("X1", "M0001"), ("X2", "M0001"), ("X3", "M0002")):
        at.done("points", "earn", member, "--points", "3000", "--slip", slip)
    at.done("points", "id-check", "M0001", "--document", "身份证")
    at.done("points", "award", "M0001", "--points", "1000", "--goods", "电水壶", "--cost", "45.50")
    found = at.done("report", "members", "--month", "2026-10", "--json").json
    assert (found["members"], found["recruited"], found["recruiters"]) == (3, 3, {"wang": 3})
    assert found["tiers"] == {"regular": 2, "silver": 1, "gold": 0, "diamond": 0}
    assert (found["buyers"], found["repeat_buyers"], found["repurchase_percent"]) == (2, 1, "50.0")
    assert (found["gift_cost"], found["cost_per_member"], found["gift_budget"]) == ("45.50", "15.17", None)
    points = at.done("report", "points", "--month", "2026-10", "--json").json
    assert (points["earned"], points["awarded"], points["closing"], points["difference"]) == (9000, 1000, 8000, 0)
    assert points["open"][0]["number"] == "LJ2026-K1-0001"
    sheet = at("reconcile", "--month", "2026-10", "--json").json
    assert {name: sheet["points"][name] for name in ("earned", "closing")} == {"earned": 9000, "closing": 8000}
    rows = at.done("report", "points", "--month", "2026-10", "--format", "csv").out.splitlines()
    assert [row.rstrip(",") for row in rows if row.startswith("earned")] == ["earned,9000"]


@pytest.mark.parametrize(
    ("language", "sheet", "word"), [("zh", "会员积分", "期末"), ("en", "member points", "closing")]
)
def test_the_points_stand_in_the_audit_sheets_annex(
    at: Counter, tmp_path: Path, language: str, sheet: str, word: str
) -> None:
    """3,000 earned, 1,000 for an award: 2,000, the same as text, JSON and CSV, and reckoned in the workbook's own sheet."""
    at.language = language
    joined(at)
    at.done("points", "earn", "M0001", "--points", "3000", "--slip", "X1")
    at.done("points", "id-check", "M0001", "--document", "身份证")
    at.done("points", "award", "M0001", "--points", "1000", "--goods", "电水壶")

    def report(form: str) -> tuple[str, ...]:
        return "report", "audit-sheet", "--month", "2026-10", "--format", form

    told = at(*report("text")).out
    assert word in told
    assert "2,000" in told
    block = json.loads(at(*report("json")).out)["points"]
    assert (block["earned"], block["awarded"], block["closing"], block["difference"]) == (3000, 1000, 2000, 0)
    rows = [row.rstrip(",") for row in at(*report("csv")).out.splitlines()]
    assert "points,closing,,,,,,,2000" in rows
    file = tmp_path / "audit.xlsx"
    at(*report("xlsx"), "--output", str(file))
    cells = [[cell.value for cell in row] for row in load_workbook(file)[sheet].iter_rows()]
    figures = [row[2] for row in cells if isinstance(row[2], int)]
    assert (3000 in figures, 1000 in figures, 2000 in figures) == (True, True, True)


POINTS = """\
member,points,expires,valid,bought
M0001,300,2026-12-31,5200,2026-09-20
80010001,200,2027-12-31,0,
M0002,0,,10000,2026-03-31
"""


def an_opening(at: Counter, folder: Path) -> tuple[str, ...]:
    """Two members, and the command that takes their points over."""
    for number in (1, 2):
        joined(at, f"M000{number}", f"8001000{number}")
    opening, points = folder / "opening.yaml", folder / "points.csv"
    opening.write_text('date: "2026-09-30"\nfinance: 陈会计\nsheets: []\n', encoding="utf-8")
    points.write_text(POINTS, encoding="utf-8")
    return ("opening", "--from", str(opening), "--points", str(points), "--reason", "建账")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_points_that_members_had_when_the_book_began(at: Counter, tmp_path: Path, language: str) -> None:
    """Taken over on 30 September (V0): M0001 300 good until 31 December 2026 and 200 until the end of 2027, 5,200 of which
    count: silver.  M0002 has none left of 10,000: gold, dormant, last bought on 31 March.

    100 earned in October, an award of 450: the 300 and 150 of the next lot go.  October: 500 at its opening, 100 earned,
    450 awarded, 150 at its end; September: 500 taken over, none of them earned.
    """
    at.language = language
    take_over = an_opening(at, tmp_path)
    head, *lines = at.done(*take_over, "--json", by="li").json["records"]
    assert (head["points"], len(lines)) == ("500", 3)
    before = at.files()
    assert at.done(*take_over, by="li").out == ""
    assert at.files() == before
    shown = at.done("member", "show", "M0001", "--json").json
    assert (shown["balance"], shown["valid"], shown["tier"], shown["last"]) == (500, 5200, "silver", "2026-09-20")
    other = at.done("member", "show", "M0002", "--json").json
    assert (other["balance"], other["tier"], other["standing"]) == (0, "gold", "dormant")
    at.done("points", "earn", "M0001", "--points", "100", "--slip", "X1")
    at.done("points", "id-check", "M0001", "--document", "身份证")
    at.done("points", "award", "M0001", "--points", "450", "--goods", "电水壶")
    found = at.done("points", "statement", "M0001", "--json").json
    assert (found["taken_over"], found["earned"], found["spent"], found["balance"]) == (500, 100, 450, 150)
    assert [(one["expires"], one["points"]) for one in found["lots"]] == [("2027-12-31", 50), ("2028-10-31", 100)]
    told = at.done("points", "statement", "M0001").out
    assert ("期初 500 + 积分 100 - 退货 0 - 领奖 450 - 过期 0 = 余额 150" if language == "zh" else
            "taken over 500 + given 100 - returned 0 - awards 450 - expired 0 = balance 150") in told  # fmt: skip
    assert max(map(width, told.splitlines())) <= 80
    months = [at.done("report", "points", "--month", month, "--json").json for month in ("2026-09", "2026-10")]
    assert [(one["opening"], one["taken_over"], one["earned"], one["awarded"], one["closing"]) for one in months] == [
        (0, 500, 0, 0, 500), (500, 0, 100, 450, 150),
    ]  # fmt: skip
    assert [one["difference"] for one in months] == [0, 0]
    assert ("期初接收" if language == "zh" else "taken over") in at.done("report", "points", "--month", "2026-09").out
    assert at("check", "PTS", "REC", "DAT").code == 0
    at.day = "2026-10-09"
    at.done("points", "earn", "M0002", "--points", "1", "--slip", "X2")
    then = at.done("member", "list", "--as-of", "2026-10-08", "--json").json["members"]
    assert [one["balance"] for one in then] == [150, 0]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_points_of_the_opening_that_were_never_due_are_taken_back(at: Counter, tmp_path: Path, language: str) -> None:
    """300 of 500 were M0001's by mistake, with 5,200 that count; 100 are earned since, so that the line is not the last.

    ``reverse`` names ``takeback``: 500 + 100 - 300 = 300, and 5,200 - 5,200 + 100 = 100 count: regular.  The signed total stays.
    """
    at.language = language
    take_over = an_opening(at, tmp_path)
    _, line, *_ = at.done(*take_over, "--json", by="li").json["records"]
    assert (line["member"], line["points"]) == ("M0001", "300")
    at.done("points", "earn", "M0001", "--points", "100", "--slip", "X1")
    refused = at("reverse", line["id"], "--reason", "不是他的", by="li")
    assert (refused.code, refused.error) == (3, "STA-01")
    assert refused.next[0].startswith(f"gb points takeback {line['id']} --reason '…'")
    assert gb(*shlex.split(filled(refused.next[0]))[1:], "--lang", language).code == 0
    found = at.done("points", "statement", "M0001", "--json").json
    assert (found["balance"], found["valid"], found["taken_back"], found["tier"]) == (300, 100, 300, "regular")
    assert at("check", "PTS", "REC").code == 0


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("M0002,0", "M0009,0", "M0009"),
        ("2027-12-31,0,", "2026-12-31,0,", "1"),
        ("M0001,300", "M0001,-300", "-300"),
        ("2026-12-31,5200", "2026-09-29,5200", "2026-09-29"),
        ("5200,2026-09-20", "5200,2026-10-01", "2026-10-01"),
        ("bought", "colour", "colour"),
    ],
)  # fmt: skip
def test_a_wrong_line_of_points_refuses_the_whole_opening(
    at: Counter, tmp_path: Path, old: str, new: str, said: str
) -> None:
    """A member unknown, one lot twice, below zero, over before it begins, a purchase behind it, a strange column."""
    for number in (1, 2):
        joined(at, f"M000{number}", f"8001000{number}")
    opening, points = tmp_path / "opening.yaml", tmp_path / "points.csv"
    opening.write_text('date: "2026-09-30"\nfinance: 陈会计\nsheets: []\n', encoding="utf-8")
    points.write_text(POINTS.replace(old, new), encoding="utf-8")
    before = at.files()
    for language in ("zh", "en"):
        at.language = language
        refused = at("opening", "--from", str(opening), "--points", str(points), "--reason", "建账", by="li")
        assert refused.code in (2, 3)
        assert said in refused.err
        assert refused.next
    assert at.files() == before


@pytest.mark.parametrize("language", ["zh", "en"])
def test_status_tells_who_has_not_come_and_what_was_not_handed_over(at: Counter, language: str) -> None:
    """Told on the 8th: M0001 and M0002.  M0001 has a slip on the 10th; on the 12th the goods wait 2 days, M0002 4 days.

    Handed over, undone, and told again: each shows at once.  With four slips one line counts them.
    """
    at.language = language
    for number in (1, 2):
        joined(at, f"M000{number}", f"8001000{number}")
        at.done("points", "earn", f"M000{number}", "--points", "5000", "--slip", f"X{number}")
        at.done("points", "notify", f"M000{number}", "--how", "电话")
    at.day = "2026-10-10"
    at.done("points", "id-check", "M0001", "--document", "身份证")
    at.done("points", "award", "M0001", "--points", "1000", "--goods", "电水壶")
    at.day = "2026-10-12"
    shown = at.done("status", "--json").json["open"]
    assert [(one["number"], one["days"]) for one in shown["awards"]] == [("LJ2026-K1-0001", 2)]
    assert shown["told_of_awards"] == [{"member": "M0002", "date": "2026-10-08", "days": 4}]
    told = at.done("status").out
    assert ("已通知未来领奖的会员 1 人，最早的已 4 天：gb points due" if language == "zh" else
            "1 member told of an award and not come, the first 4 days ago: gb points due") in told  # fmt: skip
    assert "gb points handover LJ2026-K1-0001" in told
    assert max(map(width, told.splitlines())) <= 80
    at.done("points", "handover", "LJ2026-K1-0001")
    assert at.done("status", "--json").json["open"]["awards"] == []
    at.done("undo", "--reason", "还没有领走")
    assert len(at.done("status", "--json").json["open"]["awards"]) == 1
    at.done("points", "id-check", "M0002", "--document", "身份证")
    for _ in range(3):
        at.done("points", "award", "M0002", "--points", "1000", "--goods", "毛巾")
    found = at.done("status", "--json").json["open"]
    assert (len(found["awards"]), found["told_of_awards"]) == (4, [])
    assert (
        "4 张领奖单待发奖品，最早的已 2 天" if language == "zh" else "4 award slips without their goods"
    ) in at.done("status").out


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_ids_in_a_list_of_two_terminals_name_one_record_wherever_they_are_typed(
    tmp_path: Path, language: str
) -> None:
    """K1 and K2 each have a first purchase of M0001 and a first cash sale of 8 October: four records, four names.

    Each is read off the statement and the cash book, and shown at both terminals; the statement of the next January
    has whole ids, since a short one means the newest year.  Reversed by its name it is the one that was meant.
    """
    at = open_counter(tmp_path)
    at.language = language
    joined(at)
    at.done("terminal", "add", "K2", by="li")

    def on(terminal: str, *argv: str, day: str = "2026-10-08") -> Result:
        at.minute += 1
        clock = f"{day} {9 + at.minute // 60:02d}:{at.minute % 60:02d}"
        shared = ("--book", str(at.book), "--terminal", terminal, "--lang", language, "--at", clock)
        return gb(*argv, *shared, *(() if "--by" in argv else ("--by", "li")))

    made: dict[str, str] = {}
    for terminal, sheet in (("K1", "A0010001"), ("K2", "A0010002")):
        earned = on(terminal, "points", "earn", "M0001", "--points", "10", "--slip", f"X{terminal}", "--json")
        sold = on(terminal, "sale", "cash", "C001", sheet, "--json")
        made |= {f"PT1008-{terminal}-1": earned.json["id"], f"SA1008-{terminal}-1": sold.json["id"]}
    told = {"PT": on("K1", "points", "statement", "M0001").out, "SA": on("K1", "cash", "book").out}
    for short, whole in made.items():
        assert short in told[short[:2]]
        for terminal in ("K1", "K2"):
            assert on(terminal, "show", short, "--json").json["id"] == whole
    assert max(width(line) for out in told.values() for line in out.splitlines()) <= 80
    later = on("K2", "points", "statement", "M0001", day="2027-01-05").out
    assert all(whole in later for short, whole in made.items() if short[:2] == "PT")
    assert max(map(width, later.splitlines())) <= 80
    assert on("K1", "reverse", "PT1008-K2-1", "--reason", "错", "--json").json["ref"] == made["PT1008-K2-1"]


# -- merchants and activities ------------------------------------------------------------------------------------------------


def test_a_merchant_from_the_first_look_to_the_renewal(at: Counter) -> None:
    """The steps in order say nothing; a contract that ends within 30 days is due; a renewal is not (M7)."""
    at.done("merchant", "screen", "T01", "--title", "春风照相馆", "--trade", "摄影")
    for verb, option, text in (
        ("contact", "--how", "电话"),
        ("talk", "--summary", "会员九折"),
        ("agree", "--terms", "会员九折"),
    ):
        assert at.done("merchant", verb, "T01", option, text).err == ""
    dates = ("--starts", "2026-10-08", "--ends", "2026-11-07")
    at.done("merchant", "contract", "T01", "--contract", "HT-1", *dates)
    at.done("merchant", "file", "T01", "--file-no", "D-1")
    assert "REG-01" in at.done("merchant", "contact", "T01", "--how", "电话").err
    assert at.done("merchant", "show", "T01", "--json").json["stage"] == "filed"
    ended = at("merchant", "contract", "T01", "--contract", "HT-9", "--starts", "2026-11-08", "--ends", "2026-11-07")
    assert (ended.code, ended.error) == (3, "DAT-01")
    assert "--ends 2026-11-08" in ended.next[0]
    assert [one["code"] for one in at.done("merchant", "due", "--json").json["merchants"]] == ["T01"]
    at.done("merchant", "contract", "T01", "--contract", "HT-2", "--starts", "2026-11-08", "--ends", "2027-11-07")
    assert at.done("merchant", "due", "--json").json["merchants"] == []
    skipped = at.done("merchant", "file", "T01", "--file-no", "D-2")
    assert skipped.err == ""
    at.done("merchant", "visit", "T01", "--summary", "换季")
    at.done("merchant", "end", "T01", "--reason", "停业")
    assert "REG-01" in at.done("merchant", "visit", "T01", "--summary", "x").err
    found = at.done("merchant", "show", "T01", "--json").json
    assert (found["contract"], found["stage"], len(found["records"])) == ("HT-2", "ended", 12)
    assert at("merchant", "talk", "T02", "--summary", "x").error == "REF-01"
    assert at("merchant", "screen", "T01", "--title", "别家").error == "NUM-01"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_merchant_that_was_ended_is_taken_up_again(at: Counter, language: str) -> None:
    """T01 is ended and signs HT-2: contracted, without a warning, and due 30 days before its last day.  T02 is contacted again.

    Ended and contacted it begins anew: no contract is in force, so that none is due.  Papers filed late, and a talk without a
    contact, take nobody up.
    """
    at.language = language
    for code in ("T01", "T02", "T03"):
        at.done("merchant", "screen", code, "--title", f"照相馆{code}")
        at.done("merchant", "contact", code, "--how", "电话")
        at.done("merchant", "talk", code, "--summary", "九折")
        at.done("merchant", "agree", code, "--terms", "九折")
        dates = ("--starts", "2026-10-08", "--ends", "2026-10-31")
        at.done("merchant", "contract", code, "--contract", f"HT-{code}", *dates)
        at.done("merchant", "end", code, "--reason", "到期")
    assert at.done("merchant", "due", "--json").json["merchants"] == []
    dates = ("--starts", "2026-10-08", "--ends", "2026-11-07")
    assert at.done("merchant", "contract", "T01", "--contract", "HT-2", *dates).err == ""
    assert at.done("merchant", "contact", "T02", "--how", "上门").err == ""
    assert "REG-01" in at.done("merchant", "file", "T03", "--file-no", "D-1").err
    assert "REG-01" in at.done("merchant", "talk", "T03", "--summary", "再谈").err
    listed = at.done("merchant", "list", "--json").json["merchants"]
    assert [(one["stage"], one["contract"], one["ends"]) for one in listed] == [
        ("contracted", "HT-2", "2026-11-07"), ("contacted", None, None), ("ended", "HT-T03", "2026-10-31"),
    ]  # fmt: skip
    assert [one["code"] for one in at.done("merchant", "due", "--json").json["merchants"]] == ["T01"]
    assert ("已签约" if language == "zh" else "contracted") in at.done("merchant", "show", "T01").out


@pytest.mark.parametrize("language", ["zh", "en"])
def test_who_may_approve_is_named_where_an_activity_is_not_approved(at: Counter, language: str) -> None:
    """li planned A1 and zhao is a manager too: wang's refusal names zhao, and what it says works as it stands."""
    at.language = language
    joined(at)
    dates = ("--starts", "2026-10-08", "--ends", "2026-10-31")
    at.done("activity", "plan", "A1", "--title", "会员日", *dates, by="li")
    refused = at("activity", "enter", "A1", "--member", "M0001")
    assert (refused.code, refused.error) == (3, "APR-01")
    assert refused.next[0].startswith("gb activity approve A1 --by zhao ")
    assert gb(*shlex.split(refused.next[0])[1:], "--lang", language).code == 0
    at.done("activity", "enter", "A1", "--member", "M0001")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("then", [("change", "--identified"), ("erase", "--reason", "本人要求")])
def test_a_document_that_was_not_seen_is_asked_for_until_it_is_or_the_member_is_erased(
    at: Counter, language: str, then: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """REG-01 names a command that works; done, or the member erased, nothing is left to do."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    at.language = language
    at.done("member", "register", "--code", "M0001")
    (found,) = at("check", "REG-01", "--json").json["findings"]
    assert found["next"][0].startswith("gb member change M0001 --identified")
    at.done("member", then[0], "M0001", *then[1:], by="li")
    assert at.done("check", "REG-01", "--json").json["findings"] == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_open_award_is_no_older_than_today_on_the_sheet_of_a_month_that_runs(at: Counter, language: str) -> None:
    """A slip of 8 October: on the 12th 4 days, on the month's sheet as in the report; in November 23, up to the 31st."""
    at.language = language
    joined(at)
    at.done("points", "earn", "M0001", "--points", "1000", "--slip", "X1")
    at.done("points", "id-check", "M0001", "--document", "身份证")
    at.done("points", "award", "M0001", "--points", "400", "--goods", "锅")
    for day, age in (("2026-10-12", 4), ("2026-11-05", 23)):
        at.day = day
        shown = [
            at("report", "points", "--month", "2026-10", "--json").json,
            at("reconcile", "--month", "2026-10", "--json").json["points"],
        ]
        assert [one["days"] for each in shown for one in each["open"]] == [age, age]
        text = at("report", "points", "--month", "2026-10").out
        assert [line.split()[-1] for line in text.splitlines() if "LJ2026-K1-0001" in line] == [str(age)]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_rate_is_rounded_half_up_and_recruits_are_whose_they_were_put_down_to(at: Counter, language: str) -> None:
    """11 buyers, 1 of them twice: 1/11 = 9.0909 %: 9.1.  Gifts of 1.10 for 12 members: 9.17 fen a member: 0.09, of 1.14: 0.10.

    M0012 was wang's recruit and is put down to li: li 1, wang 11.
    """
    at.language = language
    for number in range(1, 13):
        joined(at, f"M{number:04d}", f"8001{number:04d}")
    for number in range(1, 12):
        at.done("points", "earn", f"M{number:04d}", "--points", "1000", "--slip", f"X{number}")
    at.done("points", "earn", "M0001", "--points", "10", "--slip", "X12")
    at.done("member", "change", "M0012", "--recruiter", "li")
    at.done("points", "id-check", "M0001", "--document", "身份证")
    for cost, each in (("1.10", "0.09"), ("0.04", "0.10")):
        at.done("points", "award", "M0001", "--points", "1", "--goods", "糖", "--cost", cost)
        found = at.done("report", "members", "--month", "2026-10", "--json").json
        assert (found["buyers"], found["repeat_buyers"], found["repurchase_percent"]) == (11, 1, "9.1")
        assert (found["cost_per_member"], found["recruiters"]) == (each, {"li": 1, "wang": 11})
    text = at.done("report", "members", "--month", "2026-10").out
    assert [
        line.split()[-2:] for line in text.splitlines() if ("复购率" if language == "zh" else "repurchase") in line
    ] == [["9.1", "%"]]


@pytest.mark.parametrize(
    ("language", "said"), [("zh", "合同编号 ht-1 已用于"), ("en", "contract number ht-1 was used for")]
)
def test_a_contract_number_is_one_contract(at: Counter, language: str, said: str) -> None:
    """HT-1 is T01's: neither T02 nor a renewal of T01 may have it, however it is written; undone, it is free (M7)."""
    at.language = language
    for code in ("T01", "T02"):
        at.done("merchant", "screen", code, "--title", f"照相馆{code}")
        at.done("merchant", "contact", code, "--how", "电话")
        at.done("merchant", "talk", code, "--summary", "九折")
        at.done("merchant", "agree", code, "--terms", "九折")
    dates = ("--starts", "2026-10-08", "--ends", "2027-10-07")
    at.done("merchant", "contract", "T01", "--contract", "HT-1", *dates)
    for code in ("T02", "T01"):
        refused = at("merchant", "contract", code, "--contract", "ht-1", *dates)
        assert (refused.code, refused.error) == (3, "NUM-01")
        assert said in refused.err
        assert refused.next[0].startswith("gb merchant show T01")
    at.done("undo", "--reason", "错")
    at.done("merchant", "contract", "T02", "--contract", "ht-1", *dates)
    assert at("check", "NUM").code == 0


def test_an_activity_its_places_and_its_rewards(at: Counter) -> None:
    """Two places: the first two have them.  A quarter's rewards are given once.  The planner does not approve (M8)."""
    for number in (1, 2, 3):
        joined(at, f"M000{number}", f"8001000{number}")
        at.done("points", "earn", f"M000{number}", "--points", f"{number}00", "--slip", f"X{number}")
    dates = ("--starts", "2026-10-08", "--ends", "2026-10-31")
    at.done("activity", "plan", "A1", "--title", "中秋会员日", *dates, "--quota", "2", "--budget", "3000", by="li")
    assert at("activity", "enter", "A1", "--member", "M0001").error == "APR-01"
    assert at("activity", "approve", "A1", by="li").error == "APR-02"
    assert at("activity", "approve", "A1", by="wang").error == "ROL-01"
    at.done("activity", "approve", "A1", by="zhao")
    at.done("activity", "publicise", "A1", "--channel", "短信")
    at.done("activity", "assign", "A1", "--department", "超市", "--task", "摆台")
    at.done("activity", "enter", "A1", "--member", "M0002")
    assert at("activity", "enter", "A1", "--member", "M0002").error == "PTS-08"
    at.done("activity", "enter", "A1", "--member", "M0001")
    assert at("activity", "enter", "A1", "--member", "M0003").error == "PTS-08"
    ranked = at.done("activity", "ranking", "--period", "2026-Q4", "--top", "2", "--json").json["members"]
    assert ranked == [{"member": "M0003", "points": 300}, {"member": "M0002", "points": 200}]
    rewarded = ("activity", "reward", "A1", "--period", "2026-Q4", "--members", "M0003,M0002", "--reward", "毛巾")
    at.done(*rewarded)
    assert at(*rewarded).error == "PTS-08"
    assert at("activity", "ranking", "--period", "2026-Q5").code == 2
    at.done("activity", "analyse", "A1", "--summary", "到场 2 人", "--cost", "2800")
    at.done("activity", "archive", "A1", "--file-no", "D-1")
    found = at.done("activity", "show", "A1", "--json").json
    assert (found["stage"], found["entered"], found["rounds"]) == ("archived", ["M0002", "M0001"], ["2026-Q4"])


# -- import --------------------------------------------------------------------------------------------------------------


def test_a_member_file_and_the_tills_points(at: Counter, tmp_path: Path) -> None:
    """Members, then their cards, then points with a return; each file a second time adds nothing."""
    members, cards, points = (tmp_path / name for name in ("members.csv", "cards.csv", "points.csv"))
    members.write_text("code,identified\nM0001,是\nM0002,yes\n", encoding="utf-8")
    cards.write_text("code,card\nM0001,80010001\n", encoding="utf-8")
    points.write_text(
        "member,amount,slip,date,original\n80010001,120.80,X1,2026-10-07,\nM0002,50.00,X2,2026-10-07,\n"
        "M0001,-20.50,R1,2026-10-08,X1\n",
        encoding="utf-8",
    )
    files = (("members", members), ("members", cards), ("points", points))
    for journal, file in files:
        at.done("import", journal, str(file))
    before = at.files()
    for journal, file in files:
        at.done("import", journal, str(file))
    assert at.files() == before
    found = at.done("points", "statement", "M0001", "--json").json
    assert (found["balance"], found["earned"], found["returned"]) == (100, 120, 20)
    assert at("check", "PTS").code == 0
    assert gb("import", "points", "--template").out.startswith("key,kind,member,points")
    for name in ("members", "points"):
        assert gb("import", name, "--map-template").code == 0


def test_a_list_with_everything_in_one_row_registers_and_activates(
    at: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two people with code, card, name, phone: four records; again: none; the list with a third person: two more.

    M0001 was filed at the counter with another phone: that row is refused and says so, in the dry run too, and the number it
    gives is nowhere; with the book's own phone its card is activated and nothing else is recorded.
    """
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    at.done("keys", "init", by="li")
    head, file = "code,card,name,phone,identified\n", tmp_path / "members.csv"
    first = "N001,90010001,周新名,13900009999,是\n", "N002,90010002,吴小二,13900008888,yes\n"

    def give(*rows: str) -> tuple[str, ...]:
        file.write_text(head + "".join(rows), encoding="utf-8")
        return "import", "members", str(file)

    words = give(*first)
    planned = at.done(*words, "--dry-run", "--json").json
    made = at.done(*words, "--json")
    assert (planned["recorded"], made.json["recorded"], made.json["already"]) == (4, 4, 0)
    assert "member registered: 2, card activated: 2" in made.err
    assert at.done(*words, "--json").json["already"] == 2
    assert at.done(*give(*first, "N003,90010003,郑三,,是\n"), "--json").json["recorded"] == 2
    found = at.done("member", "show", "90010001", "--reveal", "--reason", "核对", "--json", by="li").json
    assert (found["member"], found["status"], found["personal"]["name"]) == ("N001", "active", "周新名")
    phone = tmp_path / "phone.yaml"
    phone.write_text("phone: '13811112222'\n", encoding="utf-8")
    at.done("member", "register", "--code", "M0001", "--identified", "--personal", str(phone))
    for dry in (("--dry-run",), ()):
        other = at(*give("M0001,80010001,,13811113333,是\n"), *dry)
        assert (other.code, other.error) == (3, "IMP-01")
        assert "KEY-01" in other.err
        assert "phone" in other.err
        assert "13811113333" not in other.err
    assert at.done(*give("M0001,80010001,,13811112222,是\n"), "--json").json["recorded"] == 1
    assert at.done("member", "show", "M0001", "--json").json["card"] == "80010001"
    assert at(*give("M0009,80010009,,,vielleicht\n")).error == "IMP-01"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_list_with_another_name_says_which_member_and_what_to_do(
    at: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    """张三 came by a list; another list has 张三丰: refused by the member's code and the entry's name, with the commands that look
    and change.  Once the member is changed so, that list brings nothing new, and the older one is the one that is refused.
    """
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    at.language = language
    at.done("keys", "init", by="li")
    file = tmp_path / "members.csv"

    def give(name: str) -> tuple[str, ...]:
        file.write_text(f"code,name,identified\nM0003,{name},是\n", encoding="utf-8")
        return "import", "members", str(file)

    at.done(*give("张三"))
    refused = at(*give("张三丰"))
    assert (refused.code, "KEY-01" in refused.err) == (3, True)
    assert ("会员 M0003 已登记，账上不同的：姓名" if language == "zh" else
            "member M0003 is registered, and the book has otherwise: name") in refused.err  # fmt: skip
    assert "张三" not in refused.err
    assert [one.split(" --")[0] for one in refused.next] == ["gb member show M0003", "gb member change M0003"]
    personal = tmp_path / "name.yaml"
    personal.write_text("name: 张三丰\n", encoding="utf-8")
    at.done("member", "change", "M0003", "--personal", str(personal))
    assert at.done(*give("张三丰"), "--json").json["already"] == 1
    assert at(*give("张三")).code == 3


def test_a_card_that_cannot_be_activated_leaves_its_member_unregistered(at: Counter, tmp_path: Path) -> None:
    """The second row's card is the first one's: the row is named once, and neither member is there."""
    file = tmp_path / "members.csv"
    file.write_text("code,card,identified\nN001,90010001,是\nN002,90010001,是\n", encoding="utf-8")
    other = at("import", "members", str(file))
    assert (other.code, other.error) == (3, "IMP-01")
    assert other.err.count(f"{file.name}:3: [") == 1
    assert at.done("member", "list", "--json").json["members"] == []
