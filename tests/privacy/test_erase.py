"""Erasing: the key is gone, so no commit that ever was can be read; the ledger folds, verifies and closes as before (C8)."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import suppress
from itertools import product
from pathlib import Path

import pytest

from ledger.book.open import Book
from ledger.book.phones import FILE, find
from ledger.core.errors import Refused
from ledger.core.personal import Subject, clear
from tests.cli.counter import Counter, gb
from tests.privacy.shop import ENC, PERSON, UNIT, filled, personal


@pytest.fixture
def at(tmp_path: Path) -> Counter:
    return filled(tmp_path)


def git(book: Path, *words: str) -> bytes:
    who = ("-c", "user.name=t", "-c", "user.email=t@localhost")
    return subprocess.run(["git", "-C", str(book), *who, *words], check=True, capture_output=True).stdout


def commit(book: Path) -> None:
    git(book, "add", "-A")
    git(book, "commit", "--quiet", "-m", "as it is")


def all_objects(book: Path) -> bytes:
    """Every object that git holds, unpacked."""
    return git(book, "cat-file", "--batch-all-objects", "--batch", "--unordered")


def opened_by(book: Path) -> set[str]:
    """Whatever any key that is left opens among all sealed values of all commits, under every field."""
    ring, found = Book(book).keyring, set()
    values = {value.decode() for value in ENC.findall(all_objects(book))}
    for sealed, file, field in product(values, ring.store.all(), PERSON):
        if file.id == sealed[7:23]:
            with suppress(Refused):  # another field's
                found.add(str(ring.open(file.subject, field, sealed)))
    return found


def test_no_commit_can_be_read_after_an_erasure(at: Counter) -> None:
    """Three commits: filed, changed, erased.  Before, all 12 texts open; afterwards only the other client's, in any commit."""
    git(at.book, "init", "--quiet")
    commit(at.book)
    at.done("client", "change", "C002", "--personal", "-", stdin="phone: 13911110099")
    commit(at.book)
    everything = {*UNIT.values(), *PERSON.values(), "13911110099"}
    assert opened_by(at.book) == everything
    at.done("client", "erase", "C002", "--reason", "asked for", by="li")
    commit(at.book)
    assert opened_by(at.book) == set(UNIT.values())
    assert b"keystore" not in git(at.book, "log", "--all", "--name-only")


def test_the_ledger_goes_on(at: Counter) -> None:
    """The code stays and is found, the card says erased, nothing can be reversed or recorded anew, the book checks."""
    done = at.done("client", "erase", "C002", "--reason", "asked for", "--json", by="li")
    assert (done.json["kind"], done.json["code"]) == ("erased", "C002")
    assert not list((at.book / "keystore/client/C002").iterdir())
    assert personal(at, "C002") == {}
    assert "erased" in at.done("client", "show", "C002").out
    assert at.done("check").code == 0
    assert at("undo", by="li").code == 3
    again = at("client", "erase", "C002", "--reason", "asked for", by="li")
    assert (again.code, again.error) == (3, "PRV-03")
    anew = at("client", "change", "C002", "--personal", "-", stdin="phone: 13911110099")
    assert (anew.code, anew.error) == (3, "PRV-03")
    assert not list((at.book / "keystore/client/C002").iterdir())
    at.done("client", "change", "C002", "--initials", "lzg")
    assert at.done("reconcile", "--month", "2026-10").code == 0


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_was_erased_is_told_of_its_records_too(at: Counter, language: str) -> None:
    """The record of the filing still has the sealed values: PRV-03, no missing key to look for; and no look is on record."""
    at.language = language
    record = at.done("log", "--client", "C002", "--json", by="li").out.partition('"id":"')[2][:18]
    assert PERSON["name"] in at.done("show", record, "--reveal", "--reason", "x", by="li").out
    at.done("client", "erase", "C002", "--reason", "asked for", by="li")
    ran = at("show", record, "--reveal", "--reason", "x", by="li")
    assert (ran.code, ran.error) == (3, "PRV-03")
    assert at.done("log", "--kind", "reveal", "--json", by="li").out.count("\n") == 1


def test_only_who_may_erases(at: Counter) -> None:
    for who in ("wang", "sun", "shen"):
        refused = at("client", "erase", "C002", "--reason", "tidy", by=who)
        assert (refused.error, "who may: li" in refused.err) == ("ROL-01", True)
    dry = at.done("client", "erase", "C002", "--reason", "tidy", "--dry-run", by="li")
    assert "dry run" in dry.out
    assert personal(at, "C002", reveal=True) == PERSON


def test_other_clones_forget_too(at: Counter, tmp_path: Path) -> None:
    """A clone with a copy of the keys: its ``keys doctor`` deletes them once it has the record; so does its ``gb sync``."""
    git(at.book, "init", "--quiet", "-b", "main")
    commit(at.book)
    bare = tmp_path / "bare.git"
    subprocess.run(["git", "clone", "--quiet", "--bare", str(at.book), str(bare)], check=True)
    git(at.book, "remote", "add", "origin", str(bare))
    git(at.book, "fetch", "--quiet")
    git(at.book, "branch", "--set-upstream-to=origin/main")
    clones = [Counter(tmp_path / name, day=at.day) for name in ("by-sync", "by-doctor")]
    for one in clones:
        subprocess.run(["git", "clone", "--quiet", str(bare), str(one.book)], check=True)
        shutil.copytree(at.book / "keystore", one.book / "keystore")
        assert personal(one, "C002") == dict.fromkeys(PERSON, "***")
    at.done("client", "erase", "C002", "--reason", "asked for", by="li")
    at.done("sync")
    clones[0].done("sync")
    git(clones[1].book, "pull", "--quiet")
    clones[1].done("keys", "doctor")
    for one in clones:
        assert not list((one.book / "keystore/client/C002").iterdir())
        assert list((one.book / "keystore/client/C001").iterdir())


def test_the_lookup_forgets(at: Counter) -> None:
    assert find(Book(at.book), clear("phone", PERSON["phone"])).found == [Subject("Client", "C002")]
    at.done("client", "erase", "C002", "--reason", "asked for", by="li")
    assert find(Book(at.book), clear("phone", PERSON["phone"])).found == []
    assert (at.book / FILE).read_bytes().count(b":") == 3  # salt, numbers, the other client's


def test_a_backup_does_not_bring_an_erased_person_back(at: Counter, tmp_path: Path) -> None:
    words = tmp_path / "passphrase"
    words.write_text("correct horse battery staple")
    backup = (str(tmp_path / "keys.age"), "--passphrase", str(words))
    at.done("keys", "backup", *backup, by="li")
    erased = at.done("client", "erase", "C002", "--reason", "asked for", by="li")
    assert "destroy older backups" in erased.err
    restored = at.done("keys", "restore", *backup, "--json", by="li").json
    assert restored == {"done": 0, "there": 1, "erased": 1, "anew": 0, "let_in": None}
    assert at.done("status", "--json").json["open"]["keys_backup_due"] is True


def test_recorded_by_a_terminal_that_did_not_know(at: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """K2 changes the phone in a clone of its own, later than K1 erases: PRV-03 after the merge, and nothing of it stands."""
    at.done("terminal", "add", "K2", by="li")
    clone = tmp_path / "clone"
    shutil.copytree(at.book, clone, ignore=shutil.ignore_patterns(".gb"))
    here = ("--book", str(clone), "--terminal", "K2", "--by", "wang", "--lang", "en", "--at", f"{at.day} 17:30")
    with monkeypatch.context() as machine:
        machine.setenv("XDG_STATE_HOME", str(tmp_path / "other"))
        changed = gb("client", "change", "C002", "--personal", "-", *here, stdin="phone: 13911110099")
    assert changed.code == 0, changed
    at.done("client", "erase", "C002", "--reason", "asked for", by="li")
    for path in clone.glob("journals/*/clients.K2.yaml"):
        shutil.copy(path, at.book / path.relative_to(clone))
    found = at("check", "--json").json["findings"]
    assert [one["code"] for one in found if one["severity"] == "error"] == ["PRV-03"]
    assert personal(at, "C002") == {}
