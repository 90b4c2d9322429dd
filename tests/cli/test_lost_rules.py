"""A book whose rules.yaml is gone: what is refused names the command that brings it back, and that command works."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.counter import Counter, Result, english_again, open_counter


@pytest.fixture
def at(tmp_path: Path) -> Counter:
    return open_counter(tmp_path)


def git(at: Counter, *words: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=K1", "-c", "user.email=k1@localhost", *words],
        cwd=at.book, check=True, capture_output=True,
    )  # fmt: skip


def mended(at: Counter, lost: Result) -> bytes:
    """The rules after the command behind ``next:`` ran in another folder; the book works again."""
    assert (lost.code, len(lost.next)) == (4, 1)
    subprocess.run(shlex.split(lost.next[0]), cwd="/", check=True, capture_output=True)
    assert at("check").code in (0, 1)
    return (at.book / "rules.yaml").read_bytes()


@pytest.mark.parametrize("staged", [False, True])
def test_git_has_it(at: Counter, staged: bool) -> None:
    """Removed from the folder, or with ``git rm`` from the next commit too."""
    rules = at.book / "rules.yaml"
    rules.write_bytes(rules.read_bytes() + b"# own\n")
    kept = rules.read_bytes()
    git(at, "init")
    git(at, "add", ".")
    git(at, "commit", "-m", "book")
    git(at, "rm", "-q", "rules.yaml") if staged else rules.unlink()
    assert mended(at, at("check")) == kept


@pytest.mark.parametrize(
    ("language", "told"), [("zh", "最近一次封账留有一份"), ("en", "the latest closing kept a copy")]
)
def test_the_latest_closing_has_it(at: Counter, language: str, told: str) -> None:
    rules = at.book / "rules.yaml"
    for month in ("2026-08", "2026-09"):
        (at.book / "closings" / month).mkdir(parents=True)
        shutil.copy(rules, at.book / "closings" / month)
    kept = b"# of September\n" + rules.read_bytes()
    (at.book / "closings" / "2026-09" / "rules.yaml").write_bytes(kept)
    rules.unlink()
    at.language = language
    lost = at("check")
    assert told in lost.err
    assert mended(at, lost) == kept
    english_again()


def test_the_example_rules_are_a_beginning(at: Counter) -> None:
    rules = at.book / "rules.yaml"
    kept = rules.read_bytes()  # of a new book
    rules.unlink()
    lost = at("sell", "dfc", "500")
    assert "the store's own numbers" in lost.err
    assert mended(at, lost) == kept
