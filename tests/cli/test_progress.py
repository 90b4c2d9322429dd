"""A bar while much text is read: on a terminal only, and never on stdout."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.book.batch import record_all
from ledger.book.foreign import read_csv
from ledger.book.imports import Given, Import
from ledger.book.open import Book
from tests.cli.counter import Counter, english_again, open_counter
from tests.cli.start import START, environment

pytestmark = pytest.mark.skipif(os.name == "nt", reason="a terminal needs a Unix")
SHORT = (
    "import cli.entry, cli.render, ledger.index.projection as p; cli.entry._LONG_TEXT = cli.render._LONG = p.MANY = 1\n"
)
"""The example's text is short: with this a bar is worth while for it."""


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Counter]:
    yield open_counter(tmp_path)
    english_again()


def shared(at: Counter, lang: str) -> list[str]:
    return ["--book", str(at.book), "--at", f"{at.day} 15:00", "--lang", lang]


@pytest.mark.parametrize(
    ("argv", "zh", "en"),
    [
        (["check", "NUM"], "检查", "checking"),
        (["verify"], "核验", "verifying"),
        (["reconcile"], "对账", "reconciling"),
        (["index", "rebuild"], "重建索引", "building the index"),
        (["index", "verify"], "核对索引", "comparing the index"),
    ],
)
def test_long_reading_shows_a_bar(at: Counter, argv: list[str], zh: str, en: str) -> None:
    pexpect = pytest.importorskip("pexpect")
    for lang, words in (("zh", zh), ("en", en)):
        child: Any = pexpect.spawn(
            sys.executable, ["-c", SHORT + START, *argv, *shared(at, lang)], env=environment(TERM="xterm"),
            dimensions=(24, 80), encoding="utf-8", timeout=30,
        )  # fmt: skip
        child.expect_exact(words)
        child.expect_exact("100%")
        child.expect(pexpect.EOF)
        child.close()


def test_an_index_that_must_be_built_anew_shows_a_bar(at: Counter) -> None:
    """Any command may be the first after the index was deleted, or after a merge; the check reads all text besides."""
    pexpect = pytest.importorskip("pexpect")
    for argv in (["status"], ["check", "IDX"]):
        shutil.rmtree(at.book / ".gb", ignore_errors=True)
        child: Any = pexpect.spawn(
            sys.executable, ["-c", SHORT + START, *argv, *shared(at, "zh")], env=environment(TERM="xterm"),
            dimensions=(24, 80), encoding="utf-8", timeout=30,
        )  # fmt: skip
        child.expect_exact({"status": "重建索引", "check": "检查"}[argv[0]])
        child.expect_exact("100%")
        child.expect(pexpect.EOF)
        child.close()
        assert child.exitstatus == 0


def test_a_pipe_gets_no_bar(at: Counter) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SHORT + START, "check", "NUM", *shared(at, "en")], check=True, capture_output=True,
        env=environment(TERM="xterm"),
    )  # fmt: skip
    assert (done.stdout, done.stderr) == (b"", b"")


def test_an_import_counts_a_row_when_it_is_judged_and_when_it_is_kept(
    at: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three clients with a phone number: three judged, then a tick for each key file as it is there; no bar stands at its end early."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    at.done("keys", "init", by="li")
    rows = [f"k{n},H00{n},湖滨{n}小学,institution,1391111000{n}\n" for n in range(3)]
    text = "key,code,unit,unit_kind,phone\n" + "".join(rows)
    given = Given(by="li", terminal="K1", at=dt.datetime.fromisoformat(f"{at.day}T15:00+08:00"))
    keystore = at.book / "keystore"
    for dry, kept in ((True, [0, 0, 0, 0]), (False, [0, 0, 0, 1, 2, 3, 3]), (False, [3, 3, 3, 3])):
        book = Book(at.book)
        run = Import(book, "clients", read_csv(text.encode(), "clients.csv", ""), None, given)
        seen: list[tuple[int, int]] = []

        def tick(steps: int, seen: list[tuple[int, int]] = seen) -> None:
            seen.append((steps, len([*keystore.rglob("*.age")])))

        record_all(book, run.rows(), terminal="K1", dry_run=dry, tick=tick)
        book.close()
        assert sum(n for n, _ in seen) == 2 * len(rows)
        assert [files for _, files in seen] == kept
