"""Is this the right time, and is this machine the terminal it says it is?"""

from __future__ import annotations

import datetime as dt
import shlex
import shutil
from pathlib import Path

import pytest

from ledger.disk import Disk, install_id, read_mark, write_mark
from tests.cli.counter import filled, gb
from tests.sync.clones import git
from tests.sync.machines import LANGS, Machine, Store

ZONE = dt.timezone(dt.timedelta(hours=8))


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    return Store(tmp_path, monkeypatch)


def refused(machine: Machine, line: str, code: str, lang: str, zh: str, en: str) -> list[str]:
    """The refusal's hints; nothing was written."""
    before = machine.files()
    ran = machine(line, lang=lang)
    assert (ran.code, ran.error) == (3, code), ran
    assert (zh if lang == "zh" else en) in ran.err, ran.err
    assert machine.files() == before
    return ran.next


# -- the clock ---------------------------------------------------------------------------------------------------------


@LANGS
@pytest.mark.parametrize(
    ("back", "zh", "en"),
    [
        (dt.timedelta(minutes=12), "倒退", "before this terminal's last record"),
        (dt.timedelta(days=1, minutes=2), "倒退", "before this terminal's last record"),
        (dt.timedelta(days=-40), "晚 31 天以上", "more than 31 days after"),
        (dt.timedelta(days=365 * 30), "明显不对", "plainly wrong"),
    ],
)
def test_a_wrong_clock_is_refused(store: Store, lang: str, back: dt.timedelta, zh: str, en: str) -> None:
    """Backwards beyond the rule's ten minutes, a day off, 40 days ahead, an empty battery."""
    one = store.first(git_there=False)
    right, store.time = store.time, store.time - back
    refused(one, "sell C001 100 A0010001", "CLK-01", lang, zh, en)
    store.time = right
    one.ok("sell C001 100 A0010001")


@LANGS
def test_another_terminals_clock_bears_witness(store: Store, lang: str) -> None:
    """K2 has recorded nothing; its clock is a day and an hour behind what K1 recorded."""
    one = store.first(git_there=False)
    two = Machine(store, one.book, "K2", "state2")
    store.time -= dt.timedelta(hours=25)
    refused(two, "sell C001 100 A0010001", "CLK-01", lang, "早一天以上", "a day or more before")
    store.time += dt.timedelta(hours=2)
    assert two("client add --unit 东风学校 --kind institution").code == 0


def test_the_papers_time_is_the_way_out(store: Store) -> None:
    """The hint asks for it and names no time of its own; given by hand it is no witness against the clock later."""
    one = store.first(git_there=False)
    store.time += dt.timedelta(days=40)
    before = store.time
    hint = next(line for line in one("sell C001 100 A0010001").next if "--at" in line)
    assert hint.startswith("gb sell C001 100 A0010001 ")
    assert hint.endswith("--at '…'")
    assert one(f"sell C001 100 A0010001 --at '{before:%Y-%m-%d} 09:00'").code == 0
    one.ok("sell C001 100 A0010002")


@LANGS
def test_a_time_from_the_future_is_refused(store: Store, lang: str) -> None:
    """H7: 2028 typed by hand would keep the sheet until 2028.  A few minutes, as clocks differ, are none."""
    one = store.first(git_there=False)
    hints = refused(
        one,
        "sell C001 100 A0010001 --at '2028-01-01 10:00'",
        "DAT-01",
        lang,
        "晚于本机时钟",
        "after this machine's clock",
    )
    assert hints[0].endswith("--at '…'")
    assert "2028" not in hints[0]
    one.ok(f"sell C001 100 A0010001 --at '{store.time.astimezone(ZONE) + dt.timedelta(minutes=9):%Y-%m-%d %H:%M}'")


def test_a_clock_that_stands_still_is_no_bound_for_the_papers_time(store: Store) -> None:
    """The clock fell back by six days: the paper's time is recorded, 2028 is not."""
    one = store.first(git_there=False)
    one.ok("sell C001 100 A0010001")
    today = store.time.astimezone(ZONE)
    store.time -= dt.timedelta(days=6)
    assert one("sell C001 100 A0010002").error == "CLK-01"
    one.ok(f"sell C001 100 A0010002 --at '{today + dt.timedelta(days=1):%Y-%m-%d %H:%M}'")
    assert one("sell C001 100 A0010003 --at '2028-01-01 10:00'").error == "DAT-01"


def test_a_few_minutes_are_moved_on(store: Store) -> None:
    one = store.first(git_there=False)
    store.time -= dt.timedelta(minutes=8)
    one.ok("sell C001 100 A0010001")


@LANGS
def test_the_lock_names_its_holder(store: Store, lang: str) -> None:
    """Through the command: another one holds the book and does not let go in time."""
    one = store.first(git_there=False)
    store.patch.setattr(Disk.lock, "__defaults__", (0.05, ""))
    with Disk(one.book).lock(who="zhou K2"):
        before = one.files()
        ran = one("sell C001 100 A0010001", lang=lang)
    assert (ran.code, ran.error) == (5, "LCK-01")
    assert "zhou K2" in ran.err
    assert "pid" in ran.err
    assert one.files() == before
    one.ok("sell C001 100 A0010001")


# -- copies ------------------------------------------------------------------------------------------------------------


@LANGS
def test_a_restored_backup_is_refused_until_it_is_accepted(store: Store, lang: str) -> None:
    """The folder of yesterday lies in the place of today's: the last record is not there, its number is not given again."""
    one = store.first(git_there=False)
    backup = store.copy(one, "backup", "state1")
    one.ok("sell C001 100 A0010001")
    shutil.rmtree(one.book)
    shutil.move(backup.book, one.book)
    hints = refused(one, "sell C001 200 A0010005", "JRN-07", lang, "旧备份", "older backup")
    assert any(hint.startswith("gb sync") for hint in hints)
    assert one("terminal use K1 --accept-restored", by="li").error == "USE-01"
    assert one("terminal use K1 --accept-restored --reason 磁盘坏了", by="wang").error == "ROL-01"
    one.ok("terminal use K1 --accept-restored --reason 磁盘坏了", by="li")
    one.ok("sell C001 200 A0010005")


def test_a_restored_backup_gets_the_rest_by_sync(store: Store) -> None:
    one, _ = store.pair()
    backup = store.copy(one, "backup", "state1")
    sold = one.ok("sell C001 100 A0010001 --json").json["id"]
    one.ok("sync")
    shutil.rmtree(one.book)
    shutil.move(backup.book, one.book)
    assert one("sell C001 100 A0010002").error == "JRN-07"
    one.ok("sync")
    assert one.ok(f"show {sold} --json").json["id"] == sold
    assert one.ok("sell C001 100 A0010002 --json").json["id"] == "SA20261008-K1-0002"


@LANGS
def test_a_copied_folder_is_refused_once_the_terminal_is_claimed(store: Store, lang: str) -> None:
    one = store.first(git_there=False)
    one.ok("terminal claim K1 --reason 开店", by="li")
    copy = store.copy(one, "copy", "state9")
    hints = refused(
        copy, "sell C001 100 A0010001", "JRN-07", lang, "复制的账本或磁盘映像", "a copied book or disk image"
    )
    one.ok("sell C001 100 A0010001")
    assert one.ok("terminal show K1 --json").json["install"]
    store.patch.setenv("XDG_STATE_HOME", str(store.root / copy.state))
    assert gb(*shlex.split(filled(hints[-1]))[1:]).code == 0  # by the manager whom it names
    copy.ok("sell C001 100 A0010001")


def test_nothing_of_the_machine_is_in_the_book_unless_it_is_claimed(store: Store) -> None:
    """The install id itself never is; so a book rebuilt elsewhere has the same bytes."""
    one = store.first(git_there=False)
    one.ok("sell C001 100 A0010001")
    store.patch.setenv("XDG_STATE_HOME", str(store.root / "state1"))
    mine = install_id()
    assert install_id() == mine
    assert not any(b"install" in data for data in one.files().values())
    one.ok("terminal claim K1 --reason 开店", by="li")
    assert not any(mine.encode() in data for data in one.files().values())


def test_a_mark_is_whole_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A damaged or missing memory is no memory, and a machine without a home folder records all the same."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    write_mark("marks/x", b"one\n")
    write_mark("marks/x", b"two\n")
    assert read_mark("marks/x") == b"two\n"
    assert read_mark("marks/y") == b""
    for name in ("XDG_STATE_HOME", "HOME"):
        monkeypatch.delenv(name)
    write_mark("marks/x", b"three\n")
    assert read_mark("marks/x") == b""


# -- serials issued to a terminal --------------------------------------------------------------------------------------


@LANGS
def test_issued_sheets_are_one_terminals_to_sell(store: Store, lang: str) -> None:
    one, two = store.pair()
    issued = one.ok("voucher issue A0010001+10 --to k2 --reason 分柜 --json").json
    assert (issued["to"], issued["lines"]) == ("K2", "100.00*10")
    hints = refused(one, "sell C001 200 A0010010", "STA-01", lang, "已发给终端 K2", "is issued to terminal K2")
    assert hints[0].startswith("gb voucher issue A0010010 --to K1")
    assert one.ok("sell C001 300 --json").json["spans"] == "A0010011-A0010013"
    one.ok("sync")
    two.ok("sync")
    assert two.ok("sell C001 300 --json").json["spans"] == "A0010001-A0010003"
    hints = refused(two, "sell C001 800", "STA-01", lang, "发给 K2 的", "issued to K2")
    two.ok("sync")
    one.ok("sync")
    assert one.ok("voucher issue A0010004+7 --to - --reason 收回 --json").json["to"] == "safe"
    assert one.ok("sell C001 100 --json").json["spans"] == "A0010004"
    assert one.ok("check").out == ""


@LANGS
def test_issue_knows_its_terminals_and_its_sheets(store: Store, lang: str) -> None:
    one = store.first(git_there=False)
    refused(one, "voucher issue A0010001 --to K9 --reason x", "REF-01", lang, "没有登记", "not registered")
    one.ok("sell C001 100 A0010001")
    refused(
        one, "voucher issue A0010001 --to K2 --reason x", "STA-01", lang, "不能发给终端", "cannot issue to a terminal"
    )


def test_what_comes_back_from_a_client_is_everybodys(store: Store) -> None:
    """The tie ends with the sale; undone, it is there again."""
    one = store.first(git_there=False)
    one.ok("voucher issue A0010001+2 --to K1 --reason x")
    sold = one.ok("sell C001 100 A0010001 --json").json["id"]
    one.ok("sale return A0010001 --reason 退")
    one.ok("sell C001 100 A0010002")
    one.ok("undo --reason 错")
    two = Machine(store, one.book, "K2", "state2")
    assert two("sell C001 100 A0010002").error == "STA-01"
    assert two("voucher stamp A0010001 --stamp date").code == 0
    assert two("sell C001 100 A0010001").code == 0, sold


def test_a_record_from_the_future_is_found(store: Store) -> None:
    """It came from a machine whose clock was three weeks ahead: DAT-01 until that day comes."""
    one = store.first(git_there=False)
    store.time += dt.timedelta(days=20)
    sold = one.ok("sell C001 100 A0010001 --json").json["id"]
    store.time -= dt.timedelta(days=20)
    (found,) = one("check DAT-01 --json").json["findings"]
    assert (found["severity"], found["subject"]) == ("error", sold)
    store.time += dt.timedelta(days=20)
    assert one.ok("check DAT-01").out == ""


@LANGS
def test_what_a_wrong_clock_recorded_is_undone_as_printed(store: Store, lang: str) -> None:
    """H7: the clock was a month ahead.  Set right, it refuses; the undo that it names sorts behind the record, as does that
    of the check, and with both of them gone nothing is found and the clock is believed again.
    """
    one = store.first(git_there=False)
    store.time += dt.timedelta(days=30)
    one.ok("sell C001 100 A0010001")
    store.time -= dt.timedelta(days=30)
    (found,) = one("check --json").json["findings"]
    assert found["next"][-1] == "gb reverse SA20261107-K1-0001 --reason '…' --at '2026-11-07 12:10'"
    hints = refused(one, "undo --reason 时钟错", "CLK-01", lang, "由主管说明", "a supervisor answers for it")
    now = f"{store.time.astimezone(ZONE):%Y-%m-%d %H:%M}"
    early = one(f"undo --reason 时钟错 --at '{now}'", lang=lang)  # before what it undoes
    assert (early.error, early.next[0]) == ("ORD-01", hints[0])
    assert gb(*shlex.split(hints[0])[1:]).code == 0
    assert one.ok("check").out == ""
    one.ok("sell C001 100 A0010002")
    assert one("sell C001 100 A0010001").error == "ORD-01"  # its sheet stays as it is until that day


@LANGS
def test_what_a_wrong_clock_recorded_stands_by_a_supervisors_word(store: Store, lang: str) -> None:
    """Three sales were really made that morning: one answer to the last of them, and the clock is believed again."""
    one = store.first(git_there=False)
    store.time += dt.timedelta(days=20)
    for number in (1, 2, 3):
        one.ok(f"sell C001 100 A001000{number}")
    store.time -= dt.timedelta(days=20)
    hints = refused(one, "sell C001 100 A0010004", "CLK-01", lang, "由主管说明", "a supervisor answers for it")
    answer = next(hint for hint in hints if hint.startswith("gb accept DAT-01 SA20261028-K1-0003 "))
    now = f"--at '{store.time.astimezone(ZONE):%Y-%m-%d %H:%M}'"
    accepted = gb(*shlex.split(filled(answer.replace("--at '…'", now)))[1:], "--json")
    assert (accepted.code, accepted.json["by"]) == (0, "li")
    one.ok("sell C001 100 A0010004")
    found = one.ok("check DAT-01 --json").json["findings"]
    assert [(item["subject"][-1], item["disposition"]["id"]) for item in found] == [
        (number, accepted.json["id"]) for number in "123"
    ]
    blocks = one("preclose --month 2026-10 --json").json["blocks"]
    assert "DAT-01" not in {block["code"] for block in blocks}
    one.ok(f"reverse {accepted.json['id']} --reason 说错", by="li")
    assert one("sell C001 100 A0010005").error == "CLK-01"
    assert len(one("check DAT-01 --json").json["findings"]) == 3
    assert not any(item["disposition"] for item in one("check DAT-01 --json").json["findings"])


@LANGS
def test_a_slip_that_a_wrong_clock_used_waits_for_its_day(store: Store, lang: str) -> None:
    """100 in cash, deposited with J1 by a clock 20 days ahead, undone: J1 stays with that day, and the refusal says to
    take another slip; J2 takes the money.
    """
    one = store.first(git_there=False)
    one.ok("sell C001 100 A0010001")
    store.time += dt.timedelta(days=20)
    deposited = one.ok("cash deposit --slip J1 --json").json["id"]
    store.time -= dt.timedelta(days=20)
    hints = refused(one, f"reverse {deposited} --reason 时钟错", "CLK-01", lang, "由主管说明", "answers for it")
    assert gb(*shlex.split(hints[0])[1:]).code == 0
    refused(one, "cash deposit --slip J1", "ORD-01", lang, "到那天之前 J1 不能再动：换一个", "with another number")
    one.ok("cash deposit --slip J2")
    assert one.ok("check").out == ""


def test_a_wrong_clock_makes_nothing_older(store: Store) -> None:
    """A transfer of the 8th, on the 8th: not arrived after 0 days, a warning, though a clock 20 days ahead sold too; so its own."""
    one = store.first(git_there=False)
    one.ok("sell C001 100 A0010001 --pay transfer:100")
    store.time += dt.timedelta(days=20)
    one.ok("sell C001 100 A0010002 --pay transfer:100")
    store.time -= dt.timedelta(days=20)
    found = one("check TIE-01 --json").json["findings"]
    assert [(item["severity"], "after 0 days" in item["message"]) for item in found] == [("warning", True)] * 2


# -- which terminal is this --------------------------------------------------------------------------------------------


@LANGS
def test_a_terminal_that_another_machine_uses_is_not_taken_in_silence(store: Store, lang: str) -> None:
    """M14: a second home.  K1 has records made elsewhere: a warning; claimed there: refused; K2, never used: nothing."""
    one = store.first()
    store.remote(one)
    other = store.clone("other", "", "state7")
    warned = other.use("K1", lang)
    assert (warned.code, "gb terminal add" in warned.err) == (0, True)
    assert other.use("K2", lang).err == ""
    one.ok("terminal claim K1 --reason 开店", by="li")
    one.ok("sync")
    git(other.book, "pull", "--quiet")
    refused = other.use("K1", lang)
    assert (refused.code, refused.error) == (3, "JRN-07")
    assert one.use("K1", lang).err == ""


def test_a_refused_key_setup_makes_no_key(store: Store) -> None:
    """M14: on a machine that is no terminal yet; the way out is named."""
    one = store.first()
    store.remote(one)
    other = store.clone("other", "", "state7")
    key = store.root / "key"
    store.patch.setenv("XDG_STATE_HOME", str(store.root / "state7"))
    refused = gb("keys", "sign-setup", "--key", str(key), "--book", str(other.book), "--by", "li")
    assert (refused.code, refused.error) == (2, "USE-01")
    assert "gb terminal add" in refused.err
    assert not key.exists()


@LANGS
def test_nobody_records_as_the_terminal_of_another_machine(store: Store, lang: str) -> None:
    """H8: K2 has sold on its own machine.  As K2 on the machine that is K1 neither a sale nor a day-end is recorded; the
    sale is recorded as K1's by the line behind next:, a drawer is nobody else's, and both machines still synchronise.
    """
    one, two = store.pair()
    for machine in (one, two):
        assert machine.use(machine.terminal).code == 0
    two.ok("sell C001 100 A0010002")
    two.ok("sync")
    one.ok("sync")
    astray = Machine(store, one.book, "K2", "state1")
    hints = refused(astray, "sell C001 100 A0010001", "JRN-07", lang, "本机是终端 K1", "this machine is terminal K1")
    assert hints[0].endswith("--terminal K1")
    assert gb(*shlex.split(hints[0])[1:]).code == 0
    assert one.ok("voucher trace A0010001 --json").json["history"][-1]["id"] == "SA20261008-K1-0001"
    hints = refused(
        astray, "day --mark", "JRN-07", lang, "日终在它自己的机器上登记", "day-ends of K2 are made on its own"
    )
    assert hints[0].startswith("gb sync --terminal K1 ")
    assert gb(*shlex.split(hints[0])[1:]).code == 0
    two.ok("day --mark")
    two.ok("sync")
    one.ok("sync")
    assert one.files() == two.files()


@LANGS
def test_a_terminal_machine_is_not_made_another_one_by_use(store: Store, lang: str) -> None:
    """K2 has sold on its own machine: `terminal use K2` on K1's is refused, and it stays K1; the printed claim is the way."""
    one, two = store.pair()
    for machine in (one, two):
        assert machine.use(machine.terminal).code == 0
    two.ok("sell C001 100 A0010002")
    two.ok("sync")
    one.ok("sync")
    astray = one.use("K2", lang)
    assert (astray.code, astray.error) == (3, "JRN-07")
    assert ("本机是终端 K1" if lang == "zh" else "this machine is terminal K1") in astray.err
    assert gb("status", "--json", "--book", str(one.book), "--by", "wang").json["terminal"] == "K1"
    assert astray.next[0].startswith("gb terminal claim K2 ")
    assert gb(*shlex.split(filled(astray.next[0]))[1:]).code == 0
    assert one.use("K2", lang).code == 0
    assert Machine(store, one.book, "K2", "state1")("sell C001 100 A0010001").code == 0


def test_one_machine_may_serve_two_tills(store: Store) -> None:
    """It has written as each of them from the first record on; and in one folder, without git, one file has one lock."""
    one, _ = store.pair()
    assert one.use("K1").code == 0
    till = Machine(store, one.book, "K2", "state1")
    for number, machine in enumerate((one, till, one, till), 1):
        machine.ok(f"sell C001 100 A001000{number}")
    shared = store.first("shared", git_there=False)
    store.patch.setenv("XDG_STATE_HOME", str(store.root / "state2"))
    assert Machine(store, shared.book, "K2", "state2").use("K2").code == 0
    Machine(store, shared.book, "K2", "state2").ok("sell C001 100 A0010001")
    assert shared.use("K1").code == 0
    Machine(store, shared.book, "K2", "state1").ok("sell C001 100 A0010002")
