"""A terminal written to on two machines: kept from happening where it can be, and the way out of it."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

import pytest

from tests.sync.clones import git
from tests.sync.machines import LANGS, Machine, Store

DAY = "2026-10-08"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    return Store(tmp_path, monkeypatch)


def paste(machine: Machine, command: str) -> None:
    """A git command behind ``next:``, typed in the book's folder."""
    subprocess.run(shlex.split(command), cwd=machine.book, check=True, capture_output=True)


@LANGS
def test_another_machines_day_end_is_not_made_here(store: Store, lang: str) -> None:
    """K2 sold and forgot its mark.  K1, pasting what the check prints, is refused; on K2's own machine it works."""
    one, two = store.pair()
    one.ok("terminal use K1")
    two.ok("terminal use K2")
    two.ok("sell C001 100 A0010001")
    two.ok("sync")
    one.ok("sync")
    before = one.files()
    there = Machine(store, one.book, "K2", "state1")
    ran = there(f"day --mark --date {DAY}", by="li", lang=lang)
    assert (ran.code, ran.error) == (3, "JRN-07")
    assert ("本机是终端 K1" if lang == "zh" else "this machine is terminal K1") in ran.err
    assert one.files() == before
    two.ok(f"day --mark --date {DAY}")
    one.ok("day --mark")


def test_one_folder_marks_for_every_terminal(store: Store) -> None:
    """No remote: the terminals share the folder, and one file is written by one lock."""
    one = store.first()
    one.ok("terminal use K1")
    Machine(store, one.book, "K2", "state1").ok("day --mark", by="li")


def forked(store: Store) -> tuple[Machine, Machine]:
    """K1's machine marked K2's day, and sold as K1 before and after; K2 marked its own day.  The remote has the hook."""
    one, two = store.pair()
    one.ok(f"verify --install-hook {store.root / 'remote.git'}")
    two.ok("sell C001 100 A0010001")
    two.ok("sync")
    one.ok("sync")
    one.ok("sell C001 100 A0010010")
    Machine(store, one.book, "K2", "nobody's").ok("day --mark", by="li")  # a machine that is no terminal may
    two.ok("sell C001 100 A0010002")
    two.ok(f"day --mark --date {DAY}")
    two.ok("sync")
    one.ok("sell C001 100 A0010011")
    return one, two


@LANGS
def test_a_fork_is_given_up_and_everything_else_is_kept(store: Store, lang: str) -> None:
    """As the refusal says: rebase, sync.  K1's two sales and K2's mark stand in both clones; the history only appended."""
    one, two = forked(store)
    refused = one("sync", lang=lang)
    assert (refused.code, refused.error) == (3, "JRN-07")
    one.ok("sell C001 100 A0010012")  # the counter goes on meanwhile, and nothing of it is committed
    (give_way,) = [command for command in refused.next if " rebase " in command]
    paste(one, give_way)
    one.ok("sync")
    two.ok("sync")
    assert one.files() == two.files()
    theirs = two.ok("show CA20261008-K2-0001 --json").json
    assert (theirs["by"], one.ok("show CA20261008-K2-0001 --json").json["h"]) == ("wang", theirs["h"])
    for number in (1, 2, 3):
        two.ok(f"show SA20261008-K1-{number:04d}")
    assert one("verify --history").code == 0
    assert git(one.book, "status", "--porcelain", "--", "journals") == ""
    one.ok("sell C001 100 A0010013")
    two.ok("sell C001 100 A0010003")
    two.ok("sync")
    one.ok("sync")


def test_a_copied_machine_gives_way_and_takes_a_new_terminal(store: Store) -> None:
    """K1's folder was copied, both went on as K1: the copy gives up its sale, becomes K3 and enters it again."""
    one, _ = store.pair()
    copy = store.copy(one, "copy", "state9")
    one.ok("sell C001 100 A0010001")
    copy.ok("sell C001 200 A0010005+2")
    one.ok("terminal add K3", by="li")
    one.ok("sync")
    refused = copy("sync")
    assert refused.error == "JRN-07"
    shown = subprocess.run(shlex.split(refused.next[0]), cwd=copy.book, check=True, capture_output=True, text=True)
    assert "A0010005" in shown.stdout  # what is to be entered again
    (give_way,) = [command for command in refused.next if " rebase " in command]
    paste(copy, give_way)
    copy.ok("sync")
    copy.terminal = "K3"
    copy.ok("sell C001 200 A0010005+2")
    copy.ok("sync")
    one.ok("sync")
    assert one.files() == copy.files()
    assert one.ok("check JRN NUM").out == ""
