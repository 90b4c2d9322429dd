"""Closings and git: what somebody put among them, a month closed in two clones, a clone without the beginning."""

from __future__ import annotations

import datetime as dt
import shlex
import subprocess
from pathlib import Path

import pytest

from tests.sync.clones import git
from tests.sync.machines import LANGS, Machine, Store

NO_CLOSING = "closings/9999-12/closing.yaml"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Commits bear the date of the sixth of November, when October is over."""
    made = Store(tmp_path, monkeypatch)
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-11-06T10:00:00+08:00")
    return made


def october_done(store: Store, one: Machine) -> None:
    """K1 sells A0010001, everything is counted and marked, and it is the second of November."""
    one.ok("sell C001 100 A0010001")
    one.ok("day --mark")
    store.time += dt.timedelta(days=23)
    one.ok("voucher count A0010002-A0010100 --second li")
    one.ok("day --mark")
    one.ok("sync")
    store.time += dt.timedelta(days=2)


def paste(machine: Machine, command: str) -> None:
    """A command behind ``next:`` that is none of ours, typed in the book's folder."""
    subprocess.run(shlex.split(command), cwd=machine.book, check=True, capture_output=True)


@LANGS
def test_what_was_put_among_the_closings_is_taken_away_for_good(store: Store, lang: str) -> None:
    """H3: pushed while the server had no hook.  What preclose and close print is typed; the hook takes it, all clones heal."""
    one, two = store.pair()
    october_done(store, one)
    (one.book / NO_CLOSING).parent.mkdir(parents=True)
    (one.book / NO_CLOSING).write_text("month: 9999-12\n")
    one("sync")
    one.ok(f"verify --install-hook {store.root / 'remote.git'}")
    two("sync")
    (block,) = one("preclose --month 2026-10 --json", lang=lang).json["blocks"]
    assert (block["code"], block["commands"][0]) == ("CLS-01", f"rm -r {NO_CLOSING}")
    refused = one("close --month 2026-10", by="li", lang=lang)
    assert (refused.code, refused.error) == (3, "CLS-01")
    (away,) = [command for command in refused.next if command.startswith("rm ")]
    paste(one, away)
    one.ok("sync")
    assert not (one.book / NO_CLOSING).exists()
    one.ok("close --month 2026-10", by="li")
    one.ok("sync")
    two.ok("sync")
    assert one.files() == two.files()
    assert git(store.root / "remote.git", "ls-tree", "-r", "--name-only", "HEAD", "closings/9999-12") == ""
