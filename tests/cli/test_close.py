"""The end of a day and of a month as typed: day, preclose, accept, close, adopt, in both languages."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.counter import Counter, Result, begin, clock_at, english_again, filled, gb

ENDS = "2026-10-02"


@pytest.fixture(autouse=True)
def _languages() -> Iterator[None]:
    yield
    english_again()


@pytest.fixture(params=["zh", "en"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Counter:
    """September: 100 sheets received, ten sold, one not found by the count; it is the second of October."""
    at = begin(tmp_path / "book", "2026-09-08")
    at.done("operator", "add", "sun", "--name", "孙芳", "--role", "supervisor", by="li")
    at.done("client", "add", "--unit", "东风厂", "--kind", "enterprise", "--code", "C001")
    asked = at.done("request", "voucher", "100x100", "--reason", "备券", "--json").json["id"]
    at.done("request", "approve", asked, by="li")
    at.done(
        "voucher", "receive", "A0010001-A0010100", "--face", "100", "--request", asked, "--finance", "赵敏", "--stamped"
    )
    at.done("sale", "cash", "--client", "C001", "--vouchers", "A0010001-A0010010", "--amount", "1000")
    at("voucher", "count", "A0010012-A0010100", "--second", "孙芳")
    at.day, at.minute, at.language = ENDS, 0, request.param
    return at


def said(at: Counter, zh: str, en: str) -> str:
    return zh if at.language == "zh" else en


def mark(at: Counter, *more: str, by: str = "sun") -> Result:
    return at("day", "--mark", "--date", "2026-09-08", "--reason", "补做", *more, by=by)


def made_ready(at: Counter) -> None:
    assert mark(at).code == 0
    at.done("accept", "STK-01", "--reason", "已报失", by="sun")


def test_preclose_names_what_who_and_how(shop: Counter) -> None:
    """A day without its mark and a missing sheet: each with the people and the commands; exit 1."""
    listed = shop("preclose", "--month", "2026-09")
    assert listed.code == 1
    assert "DAY-01" in listed.out
    assert "gb day --mark --date 2026-09-08 --terminal K1 --reason" in listed.out
    assert said(shop, "主管: sun 孙芳", "supervisor: sun 孙芳") in listed.out
    assert "gb accept STK-01 CU20260908-K1-0001 --reason '…'" in listed.out
    found = shop("preclose", "--month", "2026-09", "--json").json
    assert (found["month"], found["ready"]) == ("2026-09", False)
    assert [one["code"] for one in found["blocks"]] == ["STK-01", "DAY-01"]
    assert {"role": "manager", "names": ["li 李梅"]} in found["blocks"][0]["who"]


def test_the_commands_of_preclose_make_it_ready(shop: Counter) -> None:
    """Typed as shown, with a reason: then the month can be closed."""
    for block in shop("preclose", "--month", "2026-09", "--json").json["blocks"]:
        words = shlex.split(filled(block["commands"][-1]))[1:]
        if "--terminal" in words:
            del words[words.index("--terminal") : words.index("--terminal") + 2]
        assert shop(*words, by="sun").code == 0, words
    ready = shop("preclose", "--month", "2026-09")
    assert (ready.code, "gb close --month 2026-09" in ready.out) == (0, True)


def test_close_refuses_while_something_blocks(shop: Counter) -> None:
    """Exit 3 naming it, nothing written."""
    before = shop.files()
    refused = shop("close", "--month", "2026-09", by="li")
    assert (refused.code, refused.error) == (3, "STK-01")
    assert "A0010011" in refused.err
    assert refused.next[0].startswith("gb preclose --month 2026-09")
    assert shop.files() == before


def test_close_prints_the_short_digest(shop: Counter) -> None:
    """Closed by the manager: the digest in groups of four, and reconcile says closed with the answer beside the finding."""
    made_ready(shop)
    assert shop("close", "--month", "2026-09", by="sun").error == "ROL-01"
    tried = shop.done("close", "--month", "2026-09", "--dry-run", by="li")
    assert said(shop, "试算", "dry run") in tried.out
    closed = shop.done("close", "--month", "2026-09", "--json", by="li").json
    assert (closed["closed"], closed["previous"], closed["git"]) == (True, None, "none")
    assert [len(part) for part in closed["short"].split(" ")] == [4, 4, 4, 4]
    assert closed["digest"].upper().startswith(closed["short"].replace(" ", ""))
    sums = subprocess.run(["sha256sum", str(shop.book / closed["file"])], capture_output=True, text=True, check=True)
    assert sums.stdout.split()[0] == closed["digest"]
    sheet = shop("reconcile", "--month", "2026-09", "--json").json
    assert sheet["closed"] is True
    (finding,) = [one for one in sheet["findings"] if one["code"] == "STK-01"]
    answer = finding["disposition"]
    assert (answer["by"], answer["reason"], answer["due"], answer["age_days"]) == ("sun", "已报失", None, 0)
    text = shop("reconcile", "--month", "2026-09").out
    assert said(shop, "已封账", "closed") in text
    assert said(shop, "处理意见 DI20261002-K1-0001", "answered by DI20261002-K1-0001") in text
    again = shop("close", "--month", "2026-09", by="li")
    assert (again.code, again.error) == (3, "CLS-04")


def test_a_closed_month_is_refused_at_the_counter(shop: Counter) -> None:
    """CLS-04, exit 3; the next day's sale is recorded."""
    made_ready(shop)
    shop.done("close", "--month", "2026-09", by="li")
    late = ("sale", "cash", "--client", "C001", "--vouchers", "A0010012", "--amount", "100")
    refused = shop(*late, "--date", "2026-09-30", "--reason", "补记", by="sun")
    assert (refused.code, refused.error) == (3, "CLS-04")
    assert said(shop, "2026-09 已封账", "2026-09 is closed") in refused.err
    shop.done(*late)


def test_accept_takes_code_subject_action_and_due(shop: Counter) -> None:
    """Any case, the record by its short id; an unknown subject is refused with what there is; a reason is required."""
    assert shop("accept", "stk-01", by="sun").code == 2
    unknown = shop("accept", "STK-01", "CU20260908-K1-0009", "--reason", "x", by="sun")
    assert (unknown.code, unknown.error) == (3, "REF-01")
    assert "gb accept STK-01 CU20260908-K1-0001" in unknown.next[0]
    assert shop("accept", "STK-01", "--reason", "x", by="wang").error == "ROL-01"
    made = shop.done(
        "accept",
        "stk-01",
        "CU0908-1",
        "--reason",
        "已报失",
        "--action",
        "再盘",
        "--due",
        "2026-10-20",
        "--json",
        by="sun",
    ).json
    assert (made["code"], made["subject"], made["action"], made["due"]) == (
        "STK-01", "CU20260908-K1-0001", "再盘", "2026-10-20",
    )  # fmt: skip
    checked = shop("check", "STK-01")
    assert said(shop, "处理意见", "answered by") in checked.out
    assert "2026-10-20" in checked.out


def test_the_same_answer_is_given_once(shop: Counter) -> None:
    """Typed again it is the one that is there; with other words, or by somebody else, it takes the first one's place."""
    given = ("accept", "STK-01", "CU0908-1", "--reason", "已报失")
    first = shop.done(*given, by="sun").out.split()[0]
    before = shop.files()
    again = shop.done(*given, by="sun")
    assert again.out.startswith(first)
    assert said(shop, "早已登记", "recorded before") in again.out
    assert shop.done(*given, "--json", by="sun").json["again"] is True
    assert shop.files() == before
    other = shop.done(*given, "--due", "2026-10-20", "--json", by="sun")
    assert (
        said(shop, "代替原来的处理意见 DI20261002-K1-0001", "takes the place of the answer DI20261002-K1-0001")
        in other.err
    )
    assert "again" not in shop.done(*given, "--due", "2026-10-20", "--json", by="li").json
    (finding,) = shop("check", "STK-01", "--json").json["findings"]
    assert finding["disposition"]["id"] == "DI20261002-K1-0003"


def test_day_shows_and_marks(shop: Counter) -> None:
    """What is missing, then the mark; marked twice it is one mark."""
    shown = shop.done("day", "--date", "2026-09-08")
    assert said(shop, "未做日终", "not complete yet") in shown.out
    first = shop.done("day", "--mark", "--date", "2026-09-08", "--reason", "补做", "--json", by="sun").json
    assert (first["kind"], first["date"], "host" in first) == ("day-end", "2026-09-08", False)
    assert "journals/2026-09/sales.K1.csv:1:" in first["files"]
    second = shop.done("day", "--mark", "--date", "2026-09-08", "--reason", "补做", "--json", by="sun").json
    assert (second["id"], second["again"]) == (first["id"], True)
    seen = shop.done("day", "--date", "2026-09-08", "--json").json
    assert (seen["complete"], seen["mark"], seen["missing"]) == (True, first["id"], [])


@pytest.fixture
def late(shop: Counter, tmp_path: Path) -> str:
    """The id of another terminal's sale of ten sheets, made in September, that comes in after September was closed."""
    other = Counter(tmp_path / "other", day="2026-09-09")
    shop.day, shop.minute = "2026-09-08", 300
    shop.done("terminal", "add", "K2", by="li")
    shop.day, shop.minute = ENDS, 5
    shutil.copytree(shop.book, other.book, ignore=shutil.ignore_patterns(".gb"))
    shared = ("--client", "C001", "--vouchers", "A0010020-A0010029", "--amount", "1000", "--terminal", "K2", "--json")
    sold = gb("sale", "cash", *shared, "--book", str(other.book), "--by", "wang", "--at", "2026-09-09 10:00")
    assert sold.code == 0, sold
    made_ready(shop)
    shop.done("close", "--month", "2026-09", by="li")
    name = "journals/2026-09/sales.K2.csv"
    shutil.copy(other.book / name, shop.book / name)
    found: str = sold.json["id"]
    return found


def test_adopt_takes_a_late_record_in(shop: Counter, late: str) -> None:
    """Named, shown as late, adopted by the manager; until then nothing but looking at it can be done."""
    shown = shop.done("show", late)
    assert "A0010020" in shown.out
    assert said(shop, "不计入任何数字", "in no figure") in shown.out
    assert f"gb adopt {late}" in shown.out
    assert shop.done("show", late, "--json").json["late"] is True
    assert shop("reverse", late, "--reason", "x", by="sun").error == "CLS-03"
    assert shop("check", "CLS-03").code == 1
    assert f"gb adopt {late}" in shop("verify").out
    assert shop("adopt", late, "--reason", "K2 迟同步", by="sun").error == "ROL-01"
    adopted = shop.done("adopt", late, "--reason", "K2 迟同步", "--json", by="li").json
    assert (adopted["ref"], late in adopted["taken"]) == (late, True)
    assert shop("check", "CLS-03").code == 0
    assert "late" not in shop.done("show", adopted["id"], "--json").json
    (prior,) = shop("reconcile", "--month", "2026-10", "--json").json["prior_period"]
    assert (prior["id"], prior["ref"], prior["sheets"], prior["amount"]) == (adopted["id"], late, -10, "1000.00")


def test_a_late_record_that_conflicts_comes_to_an_end_too(shop: Counter, late: str) -> None:
    """M7: one of its sheets was sold here meanwhile, so it is not adopted.  The sheet's history shows it, and once a
    supervisor has said what became of the money, check, verify and the next close are content.
    """
    shop.done("sale", "cash", "--client", "C001", "--vouchers", "A0010025", "--amount", "100")
    assert shop("adopt", late, "--reason", "x", by="li").error == "NUM-02"
    traced = shop.done("voucher", "trace", "A0010025")
    assert late in traced.out
    assert [one["id"] for one in shop.done("voucher", "trace", "A0010025", "--json").json["late"]] == [late]
    assert "late" not in shop.done("voucher", "trace", "A0010011", "--json").json
    assert (shop("verify").code, shop("check", "CLS").code) == (1, 1)
    answer = shop.done("accept", "CLS-03", late, "--reason", "现金已退客户", "--json", by="sun").json["id"]
    found = shop.done("verify")
    assert answer in found.out
    assert "现金已退客户" in found.out
    assert answer in shop.done("check", "CLS").out
    assert shop("check", "CLS", "--strict").code == 1
    shop.done("reverse", answer, "--reason", "说错", by="sun")
    assert (shop("verify").code, shop("check", "CLS").code) == (1, 1)


def test_closing_commits_the_books_own_files_only(shop: Counter) -> None:
    """In a repository: the book's files are committed, another's staged and unstaged work is left as it is."""

    def git(*words: str) -> str:
        identity = ("-c", "user.name=t", "-c", "user.email=t@localhost")
        return subprocess.run(
            ["git", "-C", str(shop.book), *identity, *words], capture_output=True, text=True, check=True
        ).stdout

    git("init", "--quiet")
    (shop.book / "notes.txt").write_text("mine")
    (shop.book / "staged.txt").write_text("mine too")
    git("add", "staged.txt")
    made_ready(shop)
    closed = shop.done("close", "--month", "2026-09", "--json", by="li")
    assert closed.json["git"] == "committed"
    listed = git("ls-tree", "-r", "--name-only", "HEAD").split()
    assert "closings/2026-09/closing.yaml" in listed
    assert "journals/2026-09/sales.K1.csv" in listed
    assert not {"notes.txt", "staged.txt"} & set(listed)
    assert "A  staged.txt" in git("status", "--porcelain")


@pytest.mark.parametrize("keeps", ["git", "note"])
def test_a_month_whose_seal_is_gone_stays_closed(shop: Counter, keeps: str) -> None:
    """closings/2026-09 deleted: the commits know the seal, or this machine does; no record, no next sheet without a word.

    What the refusal says to type brings it back; without git nobody can, and it is told all the same.
    """
    if keeps == "git":
        subprocess.run(["git", "-C", str(shop.book), "init", "--quiet"], check=True)
    made_ready(shop)
    shop.done("close", "--month", "2026-09", by="li")
    if keeps == "git":
        shutil.rmtree(Path(os.environ["XDG_STATE_HOME"]) / "gb" / "seen")
    shutil.rmtree(shop.book / "closings")
    late = ("sale", "cash", "--client", "C001", "--vouchers", "A0010012", "--amount", "100", "--date", "2026-09-08")
    refused = shop(*late, "--reason", "补登", by="sun")
    assert (refused.code, refused.error) == (3, "CLS-01")
    assert said(shop, "封过账，封签 closings/2026-09/closing.yaml 不见了", "was closed, and its seal") in refused.err
    given = shop("client", "add", "--unit", "西风厂", "--kind", "enterprise", at="2026-09-20 10:00")
    assert (given.code, given.error) == (3, "CLS-01"), "today may be said with --at"
    sheet = shop("reconcile", "--month", "2026-10", "--json")
    assert [one["subject"] for one in sheet.json["findings"] if one["code"] == "CLS-01"] == ["2026-09"]
    if keeps == "git":
        back = shlex.split(refused.next[0])
        subprocess.run(back, cwd=shop.book, check=True)
        assert shop(*late, "--reason", "补登", by="sun").code == 3
        assert "CLS-01" not in shop("reconcile", "--month", "2026-10").out


def test_a_book_inside_another_repository_is_not_committed_for_its_owner(shop: Counter) -> None:
    """The folder above is somebody's repository: nothing is staged or committed there."""
    subprocess.run(["git", "-C", str(shop.book.parent), "init", "--quiet"], check=True)
    made_ready(shop)
    assert shop.done("close", "--month", "2026-09", "--json", by="li").json["git"] == "none"
    staged = subprocess.run(
        ["git", "-C", str(shop.book.parent), "diff", "--cached", "--name-only"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert staged.stdout == ""


def test_a_commit_that_fails_fails_no_close(shop: Counter) -> None:
    """A hook that refuses: the month is closed all the same, and it is said."""
    subprocess.run(["git", "-C", str(shop.book), "init", "--quiet"], check=True)
    hook = shop.book / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    made_ready(shop)
    closed = shop.done("close", "--month", "2026-09", "--json", by="li")
    assert closed.json["git"] == "failed"
    assert (shop.book / "closings/2026-09/closing.yaml").exists()


# -- what preclose promises, close keeps ---------------------------------------------------------------------------------


def test_preclose_says_out_of_turn(shop: Counter) -> None:
    """M2: October's business is there and September is still open: that is named first, with its command."""
    shop.done("sale", "cash", "--client", "C001", "--vouchers", "A0010012", "--amount", "100")
    shop.day = "2026-11-02"
    listed = shop("preclose", "--month", "2026-10", "--json").json
    assert (listed["ready"], listed["blocks"][0]["code"]) == (False, "CLS-06")
    assert listed["blocks"][0]["commands"][0] == "gb preclose --month 2026-09"
    assert shop("close", "--month", "2026-10", by="li").error == "CLS-06"


def test_preclose_of_a_month_without_records(shop: Counter) -> None:
    """M2: the same refusal as the close, not “can be closed”."""
    for verb in ("preclose", "close"):
        refused = shop(verb, "--month", "2026-08", by="li")
        assert (refused.code, refused.error) == (3, "CLS-06"), verb


def test_preclose_of_a_month_that_is_not_over(shop: Counter) -> None:
    """What would block is listed before the end; when nothing does, it says when the month can be closed."""
    made_ready(shop)
    shop.done("close", "--month", "2026-09", by="li")
    shop.done("sale", "cash", "--client", "C001", "--vouchers", "A0010012", "--amount", "100")
    shop.done("voucher", "count", "A0010013-A0010100", "--second", "孙芳")
    shop.done("day", "--mark", by="li")
    listed = shop("preclose", "--month", "2026-10", "--json").json
    assert listed["ready"] is False
    told = shop("preclose", "--month", "2026-10").out
    assert ("gb close" in told, said(shop, "过完这个月", "when it is over") in told) == (False, not listed["blocks"])


def test_a_dry_run_prints_no_digest(shop: Counter) -> None:
    """M10: the time is in the seal, so the digest of a trial is never that of the close; nobody is to copy it to paper."""
    made_ready(shop)
    tried = shop.done("close", "--month", "2026-09", "--dry-run", by="li")
    assert said(shop, "短码", "digest") not in tried.out
    found = shop.done("close", "--month", "2026-09", "--dry-run", "--json", by="li").json
    assert (found["closed"], found["digest"], found["short"]) == (False, None, None)


TORN: dict[str, Callable[[bytes], bytes]] = {
    "a record begun": lambda whole: whole + b'- id: "CU20260930-K1-0001"\n  at: "2026',
    "a first write that left nothing": lambda _: b"",
    "a first write that left half a line": lambda _: b'- id: "CU2026',
}


@pytest.mark.parametrize("terminal", ["K1", "K9"])
@pytest.mark.parametrize("how", TORN)
def test_a_torn_record_blocks_the_close_until_it_is_set_aside(shop: Counter, how: str, terminal: str) -> None:
    """M8: an interrupted write is the last thing in a file of September, of this terminal or another, whole but for it.

    preclose lists it with who and the command; the close refuses and touches nothing; what preclose gives is typed.
    """
    made_ready(shop)
    path = shop.book / f"journals/2026-09/custody.{terminal}.yaml"
    whole = path.read_bytes() if path.exists() and how == "a record begun" else b""
    if terminal == "K1" and not whole:  # a file that nobody ever got a record into
        path = shop.book / "journals/2026-09/receipts.K1-2.yaml"
    path.write_bytes(TORN[how](whole))
    left = path.read_bytes()
    told = shop("preclose", "--month", "2026-09")
    assert (told.code, "JRN-02" in told.out, "gb close" in told.out) == (1, True, False)
    (block,) = shop("preclose", "--month", "2026-09", "--json").json["blocks"]
    assert (block["code"], block["commands"][-1], block["answer"]) == ("JRN-02", "gb doctor --set-aside", None)
    assert {one["role"] for one in block["who"]} >= {"clerk"}
    assert shop("accept", "JRN-02", "--reason", "x", by="sun").error == "JRN-02"
    refused = shop("close", "--month", "2026-09", by="li")
    assert (refused.code, refused.error) == (3, "JRN-02")
    assert [one for one in refused.next if one.startswith("gb doctor --set-aside ")]
    assert path.read_bytes() == left
    tried = shop.done("doctor", "--set-aside", "--dry-run")
    assert (path.name in tried.out, path.read_bytes()) == (True, left)
    (done,) = shop.done("doctor", "--set-aside", "--json").json["torn"]
    assert b"".join((shop.book / one).read_bytes() for one in done["moved"]) == left[len(whole) :]
    assert (path.read_bytes() if whole else path.exists()) == (whole or False)
    assert shop.done("doctor", "--set-aside", "--json").json["torn"] == []
    shop.done("close", "--month", "2026-09", by="li")
    shop.done("verify")


def test_what_is_torn_in_another_month_does_not_keep_this_one_open(shop: Counter) -> None:
    """Nobody was told that it was recorded, and it is in no file that September's seal names."""
    made_ready(shop)
    path = shop.book / "journals/2026-10/sales.K1.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((path.read_bytes() if path.exists() else b"") + b"SA20261002-K1-0")
    shop.done("preclose", "--month", "2026-09")
    shop.done("close", "--month", "2026-09", by="li")


def test_a_last_record_without_its_line_end_gets_that_back(shop: Counter) -> None:
    """An editor stripped the last line end of K1's file; the record is whole, and is not set aside."""
    made_ready(shop)
    path = shop.book / "journals/2026-09/custody.K1.yaml"
    whole = path.read_bytes()
    path.write_bytes(whole.rstrip(b"\n"))
    done = shop.done("doctor", "--set-aside", "--json").json
    assert done["torn"] == [{"file": "journals/2026-09/custody.K1.yaml", "moved": []}]
    assert path.read_bytes() == whole


def test_the_dots_of_a_hint_are_no_reason(shop: Counter) -> None:
    """M12: pasted as it stands, “…” is asked for again instead of becoming the reason in the journal."""
    before = shop.files()
    refused = shop("day", "--mark", "--date", "2026-09-08", "--reason", "…", by="sun")
    assert (refused.code, refused.error) == (2, "USE-01")
    assert shop("accept", "STK-01", "--reason", "...", by="sun").code == 2
    assert shop.files() == before


def test_close_and_sign_are_not_dated_into_the_future(shop: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """H7: September closed as of 2028."""
    clock_at(monkeypatch, ENDS)
    made_ready(shop)
    assert shop("close", "--month", "2026-09", by="li", at="2028-01-01 10:00").error == "DAT-01"
    shop.done("close", "--month", "2026-09", by="li")
    signed = ("sign", "--month", "2026-09", "--as", "department", "--paper", "李梅")
    assert shop(*signed, by="li", at="2028-01-01 10:00").error == "DAT-01"
    shop.done(*signed, by="li")


# -- mended after the month, before the close ----------------------------------------------------------------------------


def counted_right(at: Counter) -> str:
    """The sheet that the count of September did not find lay under the drawer; counted again in October."""
    at.done("voucher", "count", "A0010011-A0010100", "--second", "孙芳")
    return "CU20260908-K1-0001"


def arrived(at: Counter) -> str:
    """1,000.00 by transfer on 8 September, on the account on 2 October: 22 days at the end of September, seven allowed."""
    sold: str = in_september(at, "sale", "transfer", *SOLD, "--json").json["id"]
    at.done("cash", "arrived", sold)
    return sold


def made_good(at: Counter) -> str:
    """A cheque of 1,000.00 bounced on 8 September after the handover, made good on 2 October."""
    drawn = ("--cheque", "10203040", "--bank", "工行", "--drawn", "2026-09-08", "--same-day", "--bank-slip", "B77")
    in_september(at, "sale", "cheque", *SOLD, *drawn)
    bounced: str = in_september(at, "cheque", "bounce", "10203040", "--reason", "存款不足", "--json").json["id"]
    at.done("cheque", "made-good", "10203040", "--method", "cash")
    return bounced


def in_september(at: Counter, *argv: str) -> Result:
    at.day, at.minute = "2026-09-08", at.minute + 60
    done = at.done(*argv)
    at.day = ENDS
    return done


SOLD = ("--client", "C001", "--vouchers", "A0010021-A0010030", "--amount", "1000")


@pytest.mark.parametrize(("code", "mend"), [("STK-01", counted_right), ("TIE-01", arrived), ("CHQ-02", made_good)])
def test_what_was_mended_after_the_month_is_answered(shop: Counter, code: str, mend: Callable[[Counter], str]) -> None:
    """Nothing of it stands in October, yet September ended with it: preclose says so and names the answer alone; what it
    prints is pasted, and the month closes.
    """
    subject = mend(shop)
    assert (code, subject) not in {(one["code"], one["subject"]) for one in shop("check", "--json").json["findings"]}
    (block,) = [one for one in shop("preclose", "--month", "2026-09", "--json").json["blocks"] if one["code"] == code]
    assert (block["subject"], block["commands"]) == (subject, [f"gb accept {code} {subject} --reason '…'"])
    assert said(shop, "后来已办好", "mended since") in block["message"]
    refused = shop("close", "--month", "2026-09", by="li")
    assert (refused.code, said(shop, "后来已办好", "mended since") in refused.err) == (3, True)
    for one in shop("preclose", "--month", "2026-09", "--json").json["blocks"]:
        words = shlex.split(filled(one["commands"][-1]))[1:]
        assert shop(*words, by="sun").code == 0, words
        assert said(shop, "早已登记", "recorded before") in shop.done(*words, by="sun").out
    shop.done("close", "--month", "2026-09", by="li")
    (finding,) = [
        one for one in shop("reconcile", "--month", "2026-09", "--json").json["findings"] if one["code"] == code
    ]
    assert finding["disposition"]["by"] == "sun"
    assert shop("check", code).code == 0
    shop.done("verify")
