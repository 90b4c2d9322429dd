"""Hand edits: found by the chain, explained, accepted only by a waiver of these very bytes, never in a sealed month."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ledger.book.open import Book
from ledger.book.text import read_all
from tests.cli.counter import Result
from tests.forge import Forge
from tests.sync.machines import LANGS, Machine, Store

SALES = "journals/2026-10/sales.K1.csv"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    return Store(tmp_path, monkeypatch)


@pytest.fixture
def one(store: Store) -> Machine:
    """Three sales on lines 2 to 4."""
    machine = store.first(git_there=False)
    for serial in ("A0010001", "A0010002", "A0010003"):
        machine.ok(f"sell C001 100 {serial} --note 原文")
    return machine


def edit(machine: Machine, line: int, old: str, new: str, name: str = "sales.K1.csv") -> None:
    """Change a text on a line, as somebody with an editor does."""
    lines = machine.file(name).read_text("utf-8").split("\n")
    assert old in lines[line - 1]
    lines[line - 1] = lines[line - 1].replace(old, new)
    machine.file(name).write_text("\n".join(lines), "utf-8")


def codes(ran: Result) -> list[str]:
    return [one["code"] for one in ran.json["findings"]]


@LANGS
def test_an_edit_is_found_accepted_and_found_again_when_it_is_edited_further(one: Machine, lang: str) -> None:
    edit(one, 3, "原文", "改过")
    found = one("check --json", lang=lang).json["findings"]
    assert [(f["code"], f["where"][0]["line"]) for f in found] == [("JRN-01", 3)]
    assert f"gb waive {SALES}:3 --reason '…'" in one("check", lang=lang).out
    clerk = one(f"waive {SALES}:3 --reason 备注写错", lang=lang)
    assert (clerk.code, clerk.error) == (3, "ROL-01")
    done = one.ok(f"waive {SALES}:3 --reason 备注写错 --json", by="sun").json
    assert (done["waives"], done["reason"], done["by"]) == (f"{SALES}:3", "备注写错", "sun")
    assert codes(one.ok("check --json")) == []
    one.ok("sell C001 100 A0010004")
    again = one(f"waive {SALES}:3 --reason x", by="sun", lang=lang)
    assert (again.code, again.error) == (3, "REF-03")
    assert ("已有豁免" if lang == "zh" else "waived already") in again.err
    edit(one, 3, "改过", "又改")
    assert codes(one("check --json")) == ["JRN-01"]
    one.ok(f"waive {SALES}:3 --reason 再改", by="sun")
    assert codes(one.ok("check --json")) == []


def test_the_book_reads_the_edited_text_and_every_reader_honours_the_waiver(one: Machine) -> None:
    """Text, index built anew, index that goes on, a clone without an index, and the month's sheet."""
    edit(one, 3, "原文", "改过")
    one.ok("status")  # the index has the damage
    one.ok(f"waive {SALES}:3 --reason x", by="sun")
    assert one.ok("show SA20261008-K1-0002 --json").json["note"] == "改过"
    assert one.ok("index status --json").json["damage"] == 0
    one.ok("index verify")
    shutil.rmtree(one.book / ".gb")
    assert one.ok("index status --json").json["damage"] == 0
    assert not list(read_all(Book(one.book))[1])
    assert "JRN-01" not in one("reconcile --json").out


def test_a_waiver_that_is_reversed_accepts_nothing(one: Machine) -> None:
    edit(one, 3, "原文", "改过")
    done = one.ok(f"waive {SALES}:3 --reason x --json", by="sun").json["id"]
    one.ok(f"reverse {done} --reason 不同意", by="sun")
    assert codes(one("check --json")) == ["JRN-01"]
    assert one("index status --json").json["damage"] == 1


def test_a_waiver_is_for_its_place(one: Machine) -> None:
    """The record before the waived one is changed together with its h: the same bytes no longer follow what they did."""
    edit(one, 4, "原文", "改过")
    one.ok(f"waive {SALES}:4 --reason x", by="sun")
    lines = one.file("sales.K1.csv").read_text("utf-8").split("\n")
    lines[2] = lines[2].replace("原文", "别的")[:-16] + "0123456789abcdef"
    one.file("sales.K1.csv").write_text("\n".join(lines), "utf-8")
    assert "JRN-01" in codes(one("check --json"))


def test_a_yaml_record_is_waived_by_the_line_of_its_id(one: Machine) -> None:
    name = "clients.K1.yaml"
    lines = one.file(name).read_text("utf-8").split("\n")
    at = next(number for number, line in enumerate(lines, 1) if "东风厂" in line)
    edit(one, at, "东风厂", "东风机械厂", name)
    (found,) = one("check --json").json["findings"]
    assert (found["code"], found["where"][0]["line"]) == ("JRN-01", 1)
    one.ok(f"waive journals/2026-10/{name}:1 --reason 厂名", by="sun")
    assert codes(one.ok("check --json")) == []


@LANGS
def test_what_does_not_read_is_restored_not_waived(one: Machine, lang: str) -> None:
    """Excel took the decimals away; and a whole file that Excel saved again: it is said, and nothing is accepted."""
    original = one.file("sales.K1.csv").read_bytes()
    edit(one, 3, ",100.00,cash:100.00", ",100,cash:100.00")
    explained = one("check", lang=lang)
    assert "JRN-03" in explained.out
    assert "Excel" in explained.out
    ran = one(f"waive {SALES}:3 --reason x", by="sun", lang=lang)
    assert (ran.code, ran.error) == (3, "JRN-03")
    assert ("先从 git、备份" if lang == "zh" else "first get its text back from git") in ran.err
    assert ran.next[0] == f"git log -p -- {SALES}"
    one.file("sales.K1.csv").write_bytes(b"\xef\xbb\xbf" + original.replace(b"\n", b"\r\n"))
    explained = one("check", lang=lang)
    assert "JRN-04" in explained.out
    assert "Excel" in explained.out
    ran = one(f"waive {SALES}:1 --reason x", by="sun", lang=lang)
    assert (ran.code, ran.error) == (3, "JRN-04")
    one.file("sales.K1.csv").write_bytes(original)
    assert codes(one.ok("check --json")) == []


@LANGS
def test_a_sealed_month_takes_no_waiver(one: Machine, lang: str) -> None:
    edit(one, 3, "原文", "改过")
    seal = one.book / "closings" / "2026-10" / "closing.yaml"
    seal.parent.mkdir(parents=True)
    seal.write_text("sealed\n")
    before = one.files()
    ran = one(f"waive {SALES}:3 --reason x", by="sun", lang=lang)
    assert (ran.code, ran.error) == (3, "CLS-04")
    assert ("已封账" if lang == "zh" else "is sealed") in ran.err
    assert one.files() == before


@LANGS
@pytest.mark.parametrize(
    ("place", "code", "zh", "en"),
    [
        (f"{SALES}:2", "REF-01", "没有要豁免的改动", "nothing to waive"),
        (f"{SALES}:99", "REF-01", "没有要豁免的改动", "nothing to waive"),
        ("journals/2026-10/none.K1.csv:2", "REF-01", "没有日记账文件", "no journal file"),
        ("../gb.yaml:1", "REF-01", "没有日记账文件", "no journal file"),
        ("sales", "USE-01", "不是 文件:行号", "is not FILE:LINE"),
        (f"{SALES}:0", "USE-01", "不是 文件:行号", "is not FILE:LINE"),
    ],
)
def test_there_must_be_something_to_waive(one: Machine, lang: str, place: str, code: str, zh: str, en: str) -> None:
    ran = one(f"waive {place} --reason x", by="sun", lang=lang)
    assert (ran.error, ran.code) == (code, 2 if code == "USE-01" else 3)
    assert (zh if lang == "zh" else en) in ran.err


@LANGS
def test_a_fork_in_one_file_names_both_records(one: Machine, store: Store, lang: str) -> None:
    """Two machines went on as K1 and somebody pasted the other's lines behind: both follow the third sale."""
    copy = store.copy(one, "copy", "state9")
    one.ok("sell C001 100 A0010004")
    copy.ok("sell C001 200 A0010007")
    copy.ok("sell C001 100 A0010009")
    theirs = copy.file("sales.K1.csv").read_bytes().splitlines(keepends=True)[4:]
    with one.file("sales.K1.csv").open("ab") as file:
        file.writelines(theirs)
    found = one("check --json", lang=lang).json["findings"]
    (fork,) = [item for item in found if item["code"] == "JRN-07" and "5" in str(item["where"][-1]["line"])]
    assert [place["line"] for place in fork["where"]] == [6, 5]
    assert ("校验链分叉" if lang == "zh" else "the chain forks") in fork["message"]


@LANGS
def test_one_number_on_two_records_is_a_terminal_there_twice(one: Machine, lang: str) -> None:
    """A second part of the file, from another machine, has the third sale's number on another sale."""
    forge = Forge(one.book, Book(one.book).settings.book)
    like = "SA20261008-K1-0003"
    made = forge.record(like)
    second = forge.add(like, "K1", made.at, path="journals/2026-10/sales.K1-2.csv", note="另一笔")
    text = one.file("sales.K1-2.csv").read_text("utf-8")
    assert second in text
    forge.change(second, id=like)
    found = one("check --json", lang=lang).json["findings"]
    (twice,) = [item for item in found if item["code"] == "JRN-07"]
    assert {place["file"] for place in twice["where"]} == {SALES, "journals/2026-10/sales.K1-2.csv"}
    assert ("终端 K1 重复" if lang == "zh" else "terminal K1 is there twice") in twice["message"]
