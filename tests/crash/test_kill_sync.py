"""The real ``gb sync`` killed with the git it runs: nothing is lost, and what is in the way is named (D4, D6)."""

from __future__ import annotations

import os
import shlex
import subprocess
import time
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest

from tests.cli.counter import Result, gb, open_counter
from tests.crash.command import Shop
from tests.sync.clones import git

KILLS = 40 if os.environ.get("GB_STRESS") else 3


class Two(NamedTuple):
    """A clone of K1, a clone of K2."""

    one: Shop
    other: Path

    def second(self, *words: str) -> Result:
        shared = (
            "--book",
            str(self.other),
            "--terminal",
            "K2",
            "--by",
            "wang",
            "--at",
            "2026-10-08 12:00",
            "--lang",
            "en",
        )
        return gb(*words, *shared)

    def work(self, number: int) -> None:
        """A sale on K1, a client on K2."""
        sale = ("sale", "cash", "--client", "C001", "--vouchers", f"A001{number:04d}", "--amount", "100")
        assert self.one.here(*sale).code == 0
        unit = ("--unit", f"北{number}厂", "--kind", "enterprise", "--code", f"D{number:03d}")
        assert self.second("client", "add", *unit).code == 0


@pytest.fixture
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Two:
    """In step, over a bare repository in a folder."""
    monkeypatch.setenv("HOME", str(tmp_path))
    at = open_counter(tmp_path)
    at.done("terminal", "add", "K2", by="li")
    git(at.book, "init", "--quiet")
    git(tmp_path, "init", "--quiet", "--bare", "remote.git")
    git(at.book, "remote", "add", "origin", str(tmp_path / "remote.git"))
    one = Shop(at.book)
    assert one.here("sync").code == 0
    git(tmp_path, "clone", "--quiet", "remote.git", "two")
    return Two(one, tmp_path / "two")


def unlocked(ran: Result) -> None:
    """A refusal names the lock files that a killed git left; removed as it says, nothing else is in the way."""
    assert (ran.code, ran.error) == (3, "SYN-01"), ran
    removing = [line for line in ran.next if line.startswith("rm ")]
    assert removing, ran
    for line in removing:
        subprocess.run(shlex.split(line), check=True)


def synced(two: Two, *, first: bool) -> None:
    """Synchronise one of them, at most three locks being in the way."""
    for _ in range(4):
        ran = two.one.here("sync") if first else two.second("sync")
        if ran.code == 0:
            return
        unlocked(ran)
    raise AssertionError("still locked")


def test_a_killed_sync_is_taken_up_again(two: Two) -> None:
    """Each time both have recorded something and K2 has pushed; K1's sync is killed at a random moment, git and all."""
    random, killed, started = Random(20261008), 0, time.monotonic()
    two.one.done("sync")
    took = time.monotonic() - started
    for number in range(1, KILLS + 1):
        two.work(number)
        synced(two, first=False)
        killed += two.one.killed(took * random.uniform(0.2, 1.0), "sync").killed
        synced(two, first=True)
        synced(two, first=False)
    assert killed > 0
    sales = [entry for entry in two.one.entries() if entry.kind == "sale"]
    clients = [entry for entry in two.one.entries() if entry.kind == "added"]
    assert (len(sales), len(clients)) == (KILLS, 2 + KILLS)
    assert {path.name: path.read_bytes() for path in two.one.book.glob("journals/*/*")} == {
        path.name: path.read_bytes() for path in two.other.glob("journals/*/*")
    }
    assert two.one.errors() == []


def test_a_lock_left_on_the_remote_is_named(two: Two) -> None:
    """A push that was killed left the branch's lock: the answer isn't that others were quicker."""
    branch = git(two.one.book, "symbolic-ref", "--short", "HEAD").strip()
    lock = two.one.book.parent / f"remote.git/refs/heads/{branch}.lock"
    lock.touch()
    two.work(1)
    refused = two.one.here("sync")
    assert (refused.code, refused.error) == (3, "SYN-01")
    assert "has a lock file of git" in refused.err
    assert refused.next[0] == f"rm {lock}"
    synced(two, first=True)
