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


def closed_by_both(store: Store) -> tuple[Machine, Machine]:
    """K2 sells A0010050 on the last of October and tells nobody; then each closes October, and K1 is the quicker to sync."""
    one, two = store.pair()
    one.ok("sell C001 100 A0010001")
    one.ok("day --mark")
    store.time += dt.timedelta(days=23)
    one.ok("voucher count A0010002-A0010100 --second li")
    one.ok("day --mark")
    one.ok("sync")
    two.ok("sync")
    two.ok("sell C001 100 A0010050")
    two.ok("day --mark")
    store.time += dt.timedelta(days=2)
    one.ok("close --month 2026-10", by="li")
    two.ok("close --month 2026-10", by="li")
    one.ok(f"verify --install-hook {store.root / 'remote.git'}")
    one.ok("sync")
    return one, two


@LANGS
def test_a_month_closed_in_two_clones_has_one_seal(store: Store, lang: str) -> None:
    """The first seal on the remote stands; the other machine is refused, told, and gives way without losing a record.

    K2's sale and the mark of its day are in no figure of K1's October: they come as CLS-03, and are adopted.
    """
    one, two = closed_by_both(store)
    two.ok("verify")
    before = two.files()
    refused = two("sync", lang=lang)
    assert (refused.code, refused.error) == (3, "SYN-03")
    assert two.files() == before
    assert "li K1 2026-11-02" in refused.err
    assert "li K2 2026-11-02" in refused.err
    two.ok("verify")
    (way,) = [command for command in refused.next if "--give-up" in command]
    done = two(way.split(" --book")[0].removeprefix("gb "), lang=lang)
    assert "CLS-03" in done.out, done
    seal = (one.book / "closings/2026-10/closing.yaml").read_bytes()
    assert (two.book / "closings/2026-10/closing.yaml").read_bytes() == seal
    kept = {path.name.split("~")[2].rpartition(".")[0]: path.read_bytes() for path in torn(two)}
    assert kept == {name.rpartition("/")[2]: data for name, data in before.items() if name.startswith("closings/")}
    journals = {name: data for name, data in before.items() if name.startswith("journals/")}
    assert {name: two.files()[name] for name in journals} == journals
    one("sync")
    assert one.files() == two.files()
    for late in ("SA20261031-K2-0001", "CA20261031-K2-0001"):
        two.ok(f"adopt {late} --reason late", by="li")
    two.ok("sync")
    for machine in (one, two):
        machine("sync")
        machine.ok("verify")
        machine.ok("verify --history")


def torn(machine: Machine) -> list[Path]:
    folder = machine.book / ".gb" / "torn"
    return sorted(folder.iterdir()) if folder.is_dir() else []


def test_a_closing_that_others_have_is_not_given_up(store: Store) -> None:
    """Nothing stands against it; and what is not closed elsewhere is not given up either."""
    one, two = closed_by_both(store)
    before = one.files()
    refused = one("sync --give-up 2026-10")
    assert (refused.code, refused.error) == (3, "SYN-03")
    assert one("sync --give-up 2026-09").code == 3
    assert one.files() == before
    two("sync --give-up 2026-10")
    assert two("sync --give-up 2026-10").error == "SYN-03"


def test_a_later_closing_that_stands_on_the_one_given_up_goes_with_it(store: Store) -> None:
    """K2 closed November too, on top of its own October: that seal names one that is gone."""
    one, two = closed_by_both(store)
    two.ok("sell C001 100 A0010051")
    two.ok("day --mark")
    store.time += dt.timedelta(days=26)
    two.ok("voucher count A0010002-A0010049,A0010052-A0010100 --second li")
    two.ok("day --mark")
    store.time += dt.timedelta(days=4)
    two.ok("close --month 2026-11", by="li")
    two("sync --give-up 2026-10")
    assert not (two.book / "closings/2026-11").exists()
    assert len([path for path in torn(two) if "2026-11" in path.name]) == 7
    late = two("verify --json").json
    assert {one["code"] for one in late["integrity"]["findings"]} == {"CLS-03"}
    assert late["completeness"]["ok"]
    one("sync")
    assert one.files() == two.files()


@LANGS
def test_a_seal_signed_by_the_same_side_in_two_clones_has_one_signature(store: Store, lang: str) -> None:
    """The first on the remote stands, the other gives way; the seal is the same, and stays."""
    one, two = store.pair()
    october_done(store, one)
    one.ok("close --month 2026-10", by="li")
    one.ok("sync")
    two("sync")
    one.ok("sign --month 2026-10 --as department --paper li --by li")
    two.ok("sign --month 2026-10 --as department --paper sun --by li")
    one.ok("sync")
    first = one.files()
    refused = two("sync", lang=lang)
    assert (refused.code, refused.error) == (3, "SYN-03")
    two.ok("sync --give-up 2026-10")
    one.ok("sync")
    assert one.files() == two.files() == first
    assert [path.name.split("~")[2].split(".yaml")[0] for path in torn(two)] == ["department.signature"]


# -- a clone without the beginning -------------------------------------------------------------------------------------


def shallow(store: Store, name: str = "three", depth: int = 1) -> Machine:
    """A clone of the last commits, as ``git clone --depth`` makes it."""
    git(store.root, "clone", "--quiet", f"--depth={depth}", f"file://{store.root / 'remote.git'}", name)
    return Machine(store, store.root / name, "K2", "state3")


@LANGS
def test_the_history_of_a_shallow_clone_is_not_called_whole(store: Store, lang: str) -> None:
    """Nobody is accused, nobody is told that all is well: what is here was appended to, the rest is not here."""
    one, _ = store.pair()
    october_done(store, one)
    one.ok("close --month 2026-10", by="li")
    one.ok("sync")
    three = shallow(store)
    assert ("浅克隆" if lang == "zh" else "shallow clone") in three.ok("verify", lang=lang).err
    told = three("verify --history", lang=lang)
    assert (told.code, "git fetch --unshallow" in told.out) == (1, True)
    assert ("浅克隆" if lang == "zh" else "shallow clone") in told.out
    found = three("verify --history --json", lang=lang).json
    assert (found["sound"], found["shallow"], found["findings"]) == (False, True, [])
    paste(three, "git fetch --quiet --unshallow")
    three.ok("verify --history")
    assert three("verify --history --json").json["sound"] is True


@LANGS
def test_a_shallow_clone_seals_and_signs_nothing(store: Store, lang: str) -> None:
    """October was closed and signed, its closing removed and the store's git without a hook: only the cut history shows it.

    What is printed brings the whole history, and then the closing is missed.
    """
    one, _ = store.pair()
    october_done(store, one)
    one.ok("close --month 2026-10", by="li")
    one.ok("sign --month 2026-10 --as department --paper 李", by="li")
    one.ok("sync")
    git(one.book, "rm", "-r", "--quiet", "closings")
    git(one.book, "commit", "--quiet", "-m", "gone")
    git(one.book, "push", "--quiet", "origin", "HEAD")
    three = shallow(store)
    for command, code in (
        ("close --month 2026-10", "CLS-06"),
        ("sign --month 2026-10 --as finance --paper 钱宁", "SIG-01"),
    ):
        refused = three(command, by="li", lang=lang)
        assert (refused.code, refused.error) == (3, code)
        assert ("浅克隆" if lang == "zh" else "shallow clone") in refused.err
    paste(three, refused.next[0])
    assert three("verify", lang=lang).code == 1
    assert three("close --month 2026-10", by="li", lang=lang).code == 3


def test_a_shallow_clone_synchronises_through_the_hook(store: Store) -> None:
    """It needs only what comes after its beginning; nothing of that is refused."""
    one, _ = store.pair()
    one.ok(f"verify --install-hook {store.root / 'remote.git'}")
    three = shallow(store)
    three.ok("sell C001 100 A0010050")
    one.ok("sell C001 100 A0010001")
    one.ok("sync")
    three.ok("sync")
    one.ok("sync")
    assert one.files() == three.files()


@LANGS
def test_a_history_cut_off_behind_a_clone_is_told_as_that(store: Store, lang: str) -> None:
    """``git fetch --depth 1`` takes away where the two sides went apart: no merge, no accusation, the command that mends it."""
    one, two = store.pair()
    two.ok("sell C001 100 A0010050")
    two.ok("verify")
    for number in (1, 2):
        one.ok(f"sell C001 100 A001000{number}")
        one.ok("sync")
    git(two.book, "remote", "set-url", "origin", f"file://{store.root / 'remote.git'}")
    git(two.book, "add", "--all")
    git(two.book, "-c", "user.name=x", "-c", "user.email=x@x", "commit", "--quiet", "-m", "own")
    git(two.book, "fetch", "--quiet", "--depth=1")
    before = two.files()
    refused = two("sync", lang=lang)
    assert (refused.code, refused.error) == (3, "SYN-01")
    assert ("浅克隆" if lang == "zh" else "shallow clone") in refused.err
    assert two.files() == before
    (mend,) = [one for one in refused.next if one.startswith("git fetch")]
    paste(two, mend)
    two.ok("sync")
    one.ok("sync")
    assert one.files() == two.files()


@LANGS
def test_a_seen_commit_behind_the_cut_is_not_called_rewritten(store: Store, lang: str) -> None:
    """Seen with a whole history, then cut: it cannot be told whether it is still in it; fetched again, it can."""
    one, two = store.pair()
    two.ok("verify")
    for number in (1, 2):
        one.ok(f"sell C001 100 A001000{number}")
        one.ok("sync")
    git(two.book, "remote", "set-url", "origin", f"file://{store.root / 'remote.git'}")
    git(two.book, "fetch", "--quiet", "--depth=1")
    git(two.book, "reset", "--quiet", "--hard", "origin/main")
    for line in ("verify --json", "verify --history --json"):
        found = two(line, lang=lang)
        assert found.code == 1
        said = str(found.json)
        assert "JRN-10" in said
        assert ("浅克隆" if lang == "zh" else "shallow clone") in said
        assert ("改写" if lang == "zh" else "rewritten") not in said
    paste(two, "git fetch --quiet --unshallow")
    two.ok("verify")
    two.ok("verify --history")
