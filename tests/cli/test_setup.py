"""A book made and manned: init, operators, terminals, login, doctor, opening, the step-by-step set-up, whole hints."""

from __future__ import annotations

import datetime as dt
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from cli import hints
from ledger.disk import SystemClock
from tests.cli.shop import BOOK_ID, DAY, Shop, open_shop
from tests.cli.start import START, environment, press_ctrl_c


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    return Shop(tmp_path, monkeypatch)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    return open_shop(tmp_path, monkeypatch)


# -- init ----------------------------------------------------------------------------------------------------------------


def test_init_makes_the_same_bytes_from_the_same_words(bare: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    line = f"init book --store 东方商厦 --terminal K1 --book-id {BOOK_ID} --no-git"
    bare.ok(line, at=f"{DAY} 09:00")
    made = bare.bytes()
    monkeypatch.chdir(bare.root.parent / "state")
    bare.ok(line, at=f"{DAY} 09:00")
    bare.root = bare.root.parent / "state" / "book"
    assert bare.bytes() == made
    assert sorted(made) == [".gitattributes", ".gitignore", "gb.yaml", "journals/2026-10/staff.K1.yaml", "rules.yaml"]


@pytest.mark.parametrize(
    ("language", "told"), [("zh", "已建账本 book（东方商厦，终端 K1）"), ("en", "made the book book")]
)
def test_init_says_what_to_type_next(bare: Shop, language: str, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each line of the echo runs, in order, and ends with a book that the doctor finds sound."""
    bare.lang = language
    lines = bare.ok("init book --store 东方商厦 --terminal K1").out.splitlines()
    assert lines[0].startswith(told)
    commands = [line.strip() for line in lines[2:]]
    assert commands[0] == "cd book"
    monkeypatch.chdir(bare.root)
    for command in commands[1:]:
        ran = bare.paste(command)
        assert ran.code == 0 or command.startswith("gb operator add wang"), (command, ran.err)
    assert f'language: "{language}"' in (bare.root / "gb.yaml").read_text(encoding="utf-8")


INIT_REFUSED = [
    ("init book --store 东方商厦", 2),
    ("init book --terminal K1", 2),
    ("init book --store 东方商厦 --terminal 1K", 2),
    ("init book --store 东方商厦 --terminal K1 --book-id 12", 2),
    ("init book --store 东方商厦 --terminal K1 --timezone Asia/Nowhere", 4),
]


@pytest.mark.parametrize(("line", "code"), INIT_REFUSED)
def test_a_refused_init_makes_no_folder(bare: Shop, line: str, code: int) -> None:
    assert bare(line).code == code
    assert not bare.root.exists()


def test_a_dry_init_makes_nothing_and_a_second_init_is_refused(bare: Shop) -> None:
    bare.ok("init book --store 东方商厦 --terminal K1 --dry-run")
    assert not bare.root.exists()
    bare.ok("init book --store 东方商厦 --terminal K1 --no-git")
    before = bare.bytes()
    again = bare("init book --store 别的店 --terminal K1")
    assert (again.code, bare.bytes() == before) == (3, True)


def test_a_machine_without_a_home_has_a_book_all_the_same(bare: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOME")
    monkeypatch.delenv("XDG_STATE_HOME")
    ran = bare.ok("init book --store 东方商厦 --terminal K1 --no-git")
    assert "GB_TERMINAL=K1" in ran.err


# -- operators, terminals, login -------------------------------------------------------------------------------------------


def test_staff_needs_no_login_until_there_is_a_manager(bare: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    bare.ok("init book --store 东方商厦 --terminal K1 --no-git")
    monkeypatch.chdir(bare.root)
    assert bare.ok("operator add wang --name 王 --role clerk --json").json["by"] == "init"
    assert bare.ok("terminal add K2 --by wang --json").json["by"] == "init"
    assert bare.ok("operator add li --name 李 --role manager --role auditor --json").json["roles"] == "manager auditor"
    nobody = bare("operator add zhou --name 周 --role clerk")
    assert (nobody.code, nobody.error) == (2, "USE-01")
    clerk = bare("operator add zhou --name 周 --role clerk --by wang")
    assert (clerk.code, clerk.error) == (3, "ROL-01")
    assert bare.ok("operator add zhou --name 周 --role clerk --by li --json").json["by"] == "li"


STAFF_REFUSED = [
    ("operator add wang --name 王 --role clerk --by li", 3, "REF-03"),
    ("operator add init --name 王 --role clerk --by li", 2, "USE-01"),
    ("operator add '王 1' --name 王 --role clerk --by li", 2, "USE-01"),
    ("operator add sun --name 孙 --role king --by li", 2, "USE-01"),
    ("operator add sun --name 孙 --by li", 2, "USE-01"),
    ("operator show nobody", 3, "REF-01"),
    ("operator change wang --by li", 2, "USE-01"),
    ("terminal add K1 --by li", 3, "REF-03"),
    ("terminal add 12 --by li", 2, "USE-01"),
    ("terminal use K9", 3, "REF-01"),
    ("login nobody", 3, "REF-01"),
    ("login", 2, "USE-01"),
]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("line", "code", "error"), STAFF_REFUSED, ids=[line for line, _, _ in STAFF_REFUSED])
def test_a_refusal_about_staff_leads_on(shop: Shop, line: str, code: int, error: str, language: str) -> None:
    shop.lang = language
    before = shop.bytes()
    ran = shop(line)
    assert (ran.code, ran.error, shop.bytes() == before) == (code, error, True), ran.err
    assert shop.paste(ran.next[0]).code == 0


def test_operators_change_and_leave(shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "k.pub").write_text("ssh-ed25519 AAAAC3Nza wang@shop\n")
    shop.ok(f"operator change wang --role clerk --role supervisor --key {tmp_path}/k.pub --by li")
    shown = shop.ok("operator show wang --json").json
    assert (shown["name"], shown["roles"], shown["public_key"]) == (
        "王",
        ["clerk", "supervisor"],
        "ssh-ed25519 AAAAC3Nza wang@shop",
    )
    assert [one["code"] for one in shop.ok("operator list --role supervisor --json").json["operators"]] == ["wang"]
    shop.ok("operator leave wang --by li")
    left = shop("client list --by wang")
    assert left.code == 0
    ran = shop("client add --unit 长江厂 --kind enterprise")
    assert (ran.code, ran.error) == (3, "REF-01")
    assert shop("login wang").error == "ROL-01"
    (tmp_path / "k.txt").write_text("-----BEGIN OPENSSH PRIVATE KEY-----\n")
    assert shop(f"operator change li --key {tmp_path}/k.txt --by li").code == 2


def test_this_machine_is_a_terminal_until_it_is_another(shop: Shop) -> None:
    shop.ok("terminal add K2 --by li")
    shop.ok("terminal use k2")
    assert shop.ok("client add --unit 长江厂 --kind enterprise --json").json["id"] == "CL20261008-K2-0001"
    assert [(row["code"], row["here"]) for row in shop.ok("terminal list --json").json["terminals"]] == [
        ("K1", False), ("K2", True),
    ]  # fmt: skip
    shop.ok("terminal use K1")
    shop.ok("terminal retire K2 --by li")
    assert shop("terminal use K2").code == 3
    assert shop.ok("terminal show K2 --json").json["retired"] == DAY


def test_login_is_remembered_outside_the_book(shop: Shop) -> None:
    before = shop.bytes()
    shop.ok("login zhou")
    assert shop.ok("whoami --json").json["operator"] == "zhou"
    assert shop.ok("whoami --json --by li").json["roles"] == ["manager"]
    shop.ok("logout")
    ran = shop("whoami")
    assert (ran.code, ran.error) == (2, "USE-01")
    assert shop.bytes() == before
    hinted = shop("request voucher 5x100 --reason x")
    assert shop.paste(hinted.next[0]).code == 0


# -- doctor ----------------------------------------------------------------------------------------------------------------


def signs(shop: Shop, code: int) -> dict[str, str]:
    ran = shop("doctor --json")
    assert ran.code == code, ran.out
    return {one["name"]: one["level"] for one in ran.json["checks"]}


def test_a_sound_book_has_no_error(shop: Shop) -> None:
    found = signs(shop, 0)
    assert {name for name, level in found.items() if level == "error"} == set()
    assert found["retention"] == "note"
    assert found["operator"] == "ok"


def without(path: Path, old: str, new: str = "") -> None:
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


TROUBLE: list[tuple[str, str, Any]] = [
    (
        "rule expiry",
        "error",
        lambda root: without(root / "rules.yaml", 'expiry:\n  - from: "2000-01-01"', 'expiry:\n  - from: "2999-01-01"'),
    ),
    ("rules", "error", lambda root: without(root / "rules.yaml", "backdate:", "backdated:")),
    ("settings", "error", lambda root: without(root / "gb.yaml", 'format: "1"', 'format: "9"')),
    ("timezone", "error", lambda root: without(root / "gb.yaml", "Asia/Shanghai", "Asia/Nowhere")),
    (".gitattributes", "error", lambda root: (root / ".gitattributes").unlink()),
    (".gitignore", "error", lambda root: without(root / ".gitignore", "keystore/")),
    (
        "journals",
        "error",
        lambda root: without(root / "journals/2026-10/staff.K1.yaml", "operator-added", "operator-addled"),
    ),
]


@pytest.mark.parametrize(("name", "level", "spoil"), TROUBLE, ids=[name for name, _, _ in TROUBLE])
def test_the_doctor_finds(shop: Shop, name: str, level: str, spoil: Any) -> None:
    spoil(shop.root)
    assert signs(shop, 1)[name] == level


def test_a_rule_of_an_older_book_is_read_and_what_it_says_no_more_is_named(shop: Shop) -> None:
    """The notice had a time of its own; the cut-off of the drawer is the one now, and the book opens as before."""
    without(shop.root / "rules.yaml", "copies: [finance, cashiers]", 'time: "16:30"\n    copies: [finance, cashiers]')
    assert signs(shop, 0)["rule notice"] == "note"
    assert "“time”" in shop("doctor").out
    assert shop.ok("status --json", at="2026-10-08 16:59").json
    for clock, due in (("16:59", False), ("17:00", True)):
        assert ("gb notice" in shop.ok("status", at=f"2026-10-08 {clock}").out) is due


def test_the_doctor_knows_the_machine(shop: Shop) -> None:
    shop.ok("logout")
    assert signs(shop, 0)["operator"] == "warning"
    ran = shop("doctor --terminal K7 --json")
    assert (ran.code, [one["level"] for one in ran.json["checks"] if one["name"] == "terminal"]) == (1, ["error"])
    text = shop("doctor --terminal K7").out
    assert "!!  terminal K7 is not registered, or retired" in text
    assert "    next: gb terminal use K1" in text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_doctor_keeps_to_the_page(shop: Shop, lang: str) -> None:
    """Nobody on duty, no such terminal, an attribute lost: words are wrapped, commands stand whole."""
    from ledger.reports.table import width

    (shop.root / ".gitattributes").unlink()
    shop.ok("logout")
    for command in (f"doctor --lang {lang}", f"doctor --terminal K7 --lang {lang}"):
        told = shop(command).out.splitlines()
        assert [line for line in told if width(line) > 80 and "    next: " not in line] == []


def test_the_doctor_shows_the_terminals_claim(shop: Shop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Unclaimed is a note with the command; claimed here is well; the same folder on another machine is an error."""
    assert signs(shop, 0)["claim"] == "note"
    shop.ok("terminal claim K1 --by li --reason 柜台机")
    assert signs(shop, 0)["claim"] == "ok"
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "another"))
    ran = shop("doctor --json --terminal K1 --by li")
    (claim,) = [one for one in ran.json["checks"] if one["name"] == "claim"]
    assert (ran.code, claim["level"]) == (1, "error")
    assert "is another machine's" in claim["message"]


def test_the_doctor_asks_the_clock_as_an_entry_is_asked(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A day before the book's last record by a clock: what refuses every entry (CLK-01) is the doctor's error too."""
    now = ["2026-11-20T09:00:00+08:00"]
    monkeypatch.setattr(SystemClock, "now", lambda _, zone: dt.datetime.fromisoformat(now[0]).astimezone(zone))
    add = ("--lang", "en", "client", "add", "--kind", "enterprise", "--unit")
    assert shop.run(*add, "西风厂").code == 0
    assert levels(shop, "clock") == (0, ["ok"])
    now[0] = "2026-11-18T09:00:00+08:00"
    assert shop.run(*add, "北风厂").error == "CLK-01"
    assert levels(shop, "clock") == (1, ["error"])


def levels(shop: Shop, name: str) -> tuple[int, list[str]]:
    """What the doctor says of one thing, by the machine's own clock."""
    ran = shop.run("--lang", "en", "doctor", "--json")
    return ran.code, [one["level"] for one in ran.json["checks"] if one["name"] == name]


# -- opening ---------------------------------------------------------------------------------------------------------------

OPENING = """\
date: "2026-10-08"
finance: "陈会计"
cash: "1,000.00"
float: "500"
totals: "500x100 200x50"
sheets:
  - {place: safe, face: "100", spans: "A0010001+500", stamps: activity, expires: "2029-09-30"}
  - {place: safe, face: "50", spans: "B0010001-200"}
  - {place: sold, face: "100", spans: "A0000901-A0001000"}
  - {place: void, face: "100", spans: "A0000801"}
"""


def opening(shop: Shop, text: str, name: str = "o.yaml", options: str = "") -> Any:
    (shop.root.parent / name).write_text(text, encoding="utf-8")
    return shop(f"opening --from {shop.root.parent}/{name} --by li {options}")


def test_an_opening_is_a_header_and_its_lines(shop: Shop) -> None:
    ran = opening(shop, OPENING, options="--json")
    records = ran.json["records"]
    assert [one["kind"] for one in records] == ["opening", *["opening-sheets"] * 4]
    head = records[0]
    assert {name: head[name] for name in ("lines", "sold_lines", "cash", "petty", "finance")} == {
        "lines": "100.00*500 50.00*200", "sold_lines": "100.00*100", "cash": "1000.00", "petty": "500.00", "finance": "陈会计",
    }  # fmt: skip
    assert {one["ref"] for one in records[1:]} == {head["id"]}
    stock = shop.ok("voucher stock --json").json
    assert [(face["face"], face["sheets"]) for face in stock["faces"]] == [("100.00", 500), ("50.00", 200)]
    assert stock["void_on_hand"] == "A0000801"
    shop.ok("notice")
    shop.ok("day --mark")
    assert shop.ok("check").out == ""


def test_the_same_file_twice_is_one_opening(shop: Shop) -> None:
    opening(shop, OPENING)
    before = shop.bytes()
    again = opening(shop, OPENING)
    assert (again.code, shop.bytes() == before) == (0, True)


def test_an_interrupted_opening_goes_on(shop: Shop) -> None:
    """The header and one line reached the disk before the power failed; the second run adds the other three."""
    opening(shop, OPENING)
    whole = shop.bytes()
    path = shop.root / "journals/2026-10/openings.K1.yaml"
    lines = path.read_bytes().splitlines(keepends=True)
    starts = [number for number, line in enumerate(lines) if line.startswith(b"- id: ")]
    path.write_bytes(b"".join(lines[: starts[2]]))
    for mark in (Path(os.environ["XDG_STATE_HOME"]) / "gb").rglob("marks/*"):
        mark.unlink()  # the machine notes its last record only when all of it is written
    shop.minute -= 1
    ran = opening(shop, OPENING, options="--json")
    assert (ran.json["again"], len(ran.json["records"])) == (2, 3)
    assert shop.bytes() == whole


WRONG = [
    (OPENING.replace("500x100 200x50", "501x100 200x50"), 3, "REC-02"),
    (OPENING.replace("A0000801", "A0010001"), 3, "STA-01"),
    (OPENING.replace("place: sold", "place: shelf"), 2, "USE-01"),
    (OPENING.replace("B0010001-200", "B0010200-B0010001"), 2, "USE-01"),
    (OPENING.replace('finance: "陈会计"\n', ""), 2, "USE-01"),
    (OPENING.replace("float:", "flaot:"), 2, "USE-01"),
    (OPENING.replace('"50"', '"5e1"'), 2, "USE-01"),
    (OPENING.replace('"2026-10-08"', '"2026-10-01"'), 3, "DAT-01"),
    (OPENING.replace("sheets:", "sheets: ["), 4, "RUL-01"),
]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("text", "code", "error"), WRONG)
def test_a_wrong_opening_writes_nothing(shop: Shop, text: str, code: int, error: str, language: str) -> None:
    shop.lang = language
    before = shop.bytes()
    ran = opening(shop, text)
    assert (ran.code, ran.error, shop.bytes() == before) == (code, error, True), ran.err
    assert ran.next
    first = shop.paste(ran.next[0].replace("NAME", "Chen").replace("'…'", "late"))
    assert first.error not in ("BUG-01", error) or error == "USE-01", first.err


def test_an_opening_is_a_managers(shop: Shop) -> None:
    (shop.root.parent / "o.yaml").write_text(OPENING, encoding="utf-8")
    before = shop.bytes()
    ran = shop(f"opening --from {shop.root.parent}/o.yaml")
    assert (ran.code, ran.error, shop.bytes() == before) == (3, "ROL-01", True)


def test_an_opening_from_csv(shop: Shop) -> None:
    text = "place,face,spans,stamps,expires,purpose\nsafe,100,A0010001-A0010100,activity,2029-09-30,sale\nlost,100,A0010101,,,\n"
    ran = opening(shop, text, "o.csv", "--finance 陈 --cash 10 --json")
    assert ran.code == 0, ran.err
    assert [one.get("place") for one in ran.json["records"]] == [None, "safe", "lost"]
    assert "OP1008-K1-1" in shop.ok("opening list").out
    assert "openings.K1.yaml:" in shop.ok("opening show OP-1").out


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_template_is_an_opening(shop: Shop, language: str) -> None:
    shop.lang = language
    ran = opening(shop, shop.ok("opening --template").out, options="--reason start --dry-run --date 2026-10-08")
    assert ran.code == 0, ran.err


# -- hints -----------------------------------------------------------------------------------------------------------------

WHOLE = [
    ("--reason '…'", "voucher void A1", "gb voucher void A1 --reason '…'"),
    ("--face 200", "voucher receive A1 --face 100 --stamped", "gb voucher receive A1 --stamped --face 200"),
    ("--face 200", "voucher receive A1 --face=100", "gb voucher receive A1 --face 200"),
    (
        "--approval RQ1",
        "voucher void A1 --reason 'torn apart'",
        "gb voucher void A1 --reason 'torn apart' --approval RQ1",
    ),
    ("--empty --second li", "voucher count --second wang x", "gb voucher count x --empty --second li"),
    ("--reason '…'", "voucher void -- -1", "gb voucher void --reason '…' -- -1"),
    ("gb voucher stock", "--book 'my book' --by wang voucher void A1", "gb voucher stock --book 'my book' --by wang"),
    ("gb voucher stock", "voucher void A1 --terminal=K2 --at 09:00", "gb voucher stock --terminal K2 --at 09:00"),
    ("gb --book b status", "--book c voucher void", "gb --book b status"),
    ("gb login li", "--by wang voucher void A1", "gb login li"),
    ("gb init b --store s", "--book c status", "gb init b --store s"),
    ("gb voucher --help", "--book c voucher", "gb voucher --help"),
    ("rm x", "--book c status", "rm x"),
]


@pytest.mark.parametrize(("hint", "typed", "whole"), WHOLE)
def test_a_hint_is_a_whole_command(hint: str, typed: str, whole: str) -> None:
    import shlex

    assert hints.ready((hint, hint), shlex.split(typed)) == (whole,)


@pytest.mark.parametrize(("typed", "page"), [
    ("voucher void A1", "gb voucher void --help"), ("--by li sell x", "gb sell --help"), ("", "gb --help"),
    ("nonsense", "gb --help"), ("--json voucher", "gb voucher --help"),
])  # fmt: skip
def test_a_usage_error_without_a_hint_shows_the_page(typed: str, page: str) -> None:
    assert hints.help_for(typed.split()) == page


# -- on a terminal -----------------------------------------------------------------------------------------------------------

pexpect = pytest.importorskip("pexpect", reason="a terminal needs a Unix")
terminal = pytest.mark.skipif(os.name == "nt", reason="a terminal needs a Unix")


def spawn(shop: Shop, language: str, *argv: str) -> Any:
    return pexpect.spawn(
        sys.executable, ["-c", START, "--lang", language, *argv], cwd=os.getcwd(), encoding="utf-8", timeout=30,
        env=environment(TERM="xterm", XDG_STATE_HOME=str(shop.root.parent / "state"), PYTHONIOENCODING="utf-8"),
        dimensions=(24, 100),
    )  # fmt: skip


def ended(child: Any) -> tuple[int, str]:
    child.expect(pexpect.EOF)
    child.close()
    return child.exitstatus, child.before.replace("\r\n", "\n")


def answer(child: Any, *pairs: tuple[str, str]) -> None:
    for question, text in pairs:
        child.expect_exact(question)
        child.sendline(text)


DIALOGUE = {
    "zh": ["店名 (--store): ", "本机的终端代码 (--terminal): ", "经理的代码 (CODE): ", "经理的姓名 (--name): ",
           "柜员的代码，直接回车结束 (CODE): ", "柜员的姓名 (--name): ", "谁在本机登录 (--by): ", "建立账本吗？ [Y/n] "],
    "en": ["the store's name (--store): ", "this machine's terminal code (--terminal): ", "the manager's code (CODE): ",
           "the manager's name (--name): ", "a clerk's code, empty to end (CODE): ", "the clerk's name (--name): ",
           "who logs in here (--by): ", "make the book? [Y/n] "],
}  # fmt: skip


def walk(child: Any, language: str, last: str) -> None:
    """Answer all questions of setup; a wrong terminal code is asked for again."""
    store, code, boss, boss_name, clerk, clerk_name, login, sure = DIALOGUE[language]
    answer(child, (store, "东方商厦"), (code, "1"), (code, "k1"), (boss, "li"), (boss_name, "李"), (clerk, "wang"))
    answer(child, (clerk_name, "王"), (clerk, ""), (login, "nobody"), (login, "wang"), (sure, last))


@terminal
@pytest.mark.parametrize("language", ["zh", "en"])
def test_setup_asks_everything_then_writes(bare: Shop, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    child = spawn(bare, language, "setup", "book")
    walk(child, language, "y")
    code, told = ended(child)
    assert code == 0, told
    monkeypatch.chdir(bare.root)
    assert bare.ok("whoami --json").json["operator"] == "wang"
    assert [one["code"] for one in bare.ok("operator list --role manager --json").json["operators"]] == ["li"]
    assert bare("doctor").code == 0


@terminal
@pytest.mark.parametrize("language", ["zh", "en"])
def test_setup_left_at_any_question_writes_nothing(bare: Shop, language: str) -> None:
    child = spawn(bare, language, "setup", "book")
    walk(child, language, "n")
    assert ended(child)[0] == 130
    child = spawn(bare, language, "setup", "book")
    answer(child, (DIALOGUE[language][0], "东方商厦"))
    child.expect_exact(DIALOGUE[language][1])
    press_ctrl_c(child)
    code, told = ended(child)
    assert (code, "error[USE-02]" in told) == (130, True)
    assert not bare.root.exists()


def test_setup_needs_a_terminal(bare: Shop) -> None:
    ran = bare("setup book")
    assert (ran.code, ran.error) == (2, "USE-01")
    assert bare.paste(ran.next[0]).code == 0


@terminal
@pytest.mark.parametrize(("language", "questions"), [
    ("zh", ["请示单编号 (--request): ", "财务经办人 (--finance): "]),
    ("en", ["the request's id (--request): ", "finance's name (--finance): "]),
])  # fmt: skip
def test_a_receipt_asks_for_what_is_missing(shop: Shop, language: str, questions: list[str]) -> None:
    """The serials are asked for first; a span that runs backwards is explained and asked for again."""
    made = shop.approved("voucher 10x100")
    serials = "券号 (SPANS): " if language == "zh" else "serials (SPANS): "
    child = spawn(shop, language, "--at", f"{DAY} 15:00", "voucher", "receive")
    answer(child, (serials, "A0010010-A0010001"), (serials, "A0010001+10"))
    child.expect_exact(made)
    answer(child, (questions[0], made), (questions[1], "赵"))
    code, told = ended(child)
    assert code == 0, told
    assert "RC1008-1" in told


@terminal
@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_interrupted_receipt_writes_nothing(shop: Shop, language: str) -> None:
    shop.approved("voucher 10x100")
    before = shop.bytes()
    child = spawn(shop, language, "--at", f"{DAY} 15:00", "voucher", "receive", "A0010001+10")
    child.expect_exact("(--request): ")
    press_ctrl_c(child)
    assert ended(child)[0] == 130
    assert shop.bytes() == before


@terminal
@pytest.mark.parametrize(("language", "question"), [("zh", "批准吗 (y/n): "), ("en", "approve it (y/n): ")])
def test_the_queue_asks_for_each(shop: Shop, language: str, question: str) -> None:
    """Yes to the first, no to the second, Ctrl-C at the third: one is approved."""
    made = [shop.ok(f"request voucher {sheets}x100 --reason plan --json").json["id"] for sheets in (1, 2, 3)]
    child = spawn(shop, language, "--at", f"{DAY} 15:00", "--by", "li", "approve")
    answer(child, (question, "y"), (question, "n"))
    child.expect_exact(question)
    press_ctrl_c(child)
    assert ended(child)[0] == 130
    rows = shop.ok("request list --json").json["requests"]
    assert {row["id"]: row["status"] for row in rows} == dict(zip(made, ["approved", "open", "open"], strict=True))
