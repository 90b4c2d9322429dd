"""Killed while a person is filed or erased: no value without its key, and an erasure is finished by the next doctor (D4)."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

from ledger.book.keys import erased_subjects, persons
from ledger.book.open import Book
from ledger.core.personal import Subject
from ledger.privacy.keystore import Gone
from tests.crash.command import Shop
from tests.privacy.shop import UNIT, filled

CHANGES = ("write", "rename", "unlink")
"""The calls by which a command changes something: it is killed before each of them."""


def at_each_call(root: Path, *words: str, by: str) -> Iterator[Path]:
    """The book as a kill before each such call leaves it, and at the end as the whole command does."""
    model = filled(root / "model").book
    for call in CHANGES:
        for number in range(1, 40):
            book = root / f"{call}-{number}"
            shutil.copytree(model, book)
            ran = Shop(book, at="2026-10-08 12:00").dies(call, number, *words, by=by)
            yield book
            if not ran.killed:
                assert ran.code == 0, ran
                break


def readable(book: Path) -> bool:
    """Whether each value that stands opens."""
    opened = Book(book)
    return all(opened.keyring.open(who, field, text) for who, held in persons(opened) for field, text in held.items())


def test_no_value_stands_without_its_key(tmp_path: Path) -> None:
    """The key is on disk before the record is; a key without a record is the worst that is left."""
    mapping = tmp_path / "mapping.json"
    mapping.write_text(json.dumps(UNIT))
    counts = []
    words = ("client", "add", "--unit", "西风厂", "--kind", "enterprise", "--personal", str(mapping))
    for book in at_each_call(tmp_path, *words, by="wang"):
        assert readable(book), book
        left = Book(book)
        counts.append(sum(1 for who, _ in persons(left) if who.code == "C003"))
    assert (counts[0], counts[-1], len(counts) > 3) == (0, 1, True)


def test_an_erasure_is_whole_or_finished_by_the_doctor(tmp_path: Path) -> None:
    """Before the record: nothing has happened.  After it: whatever is left of the key goes with the next ``keys doctor``."""
    whole = []
    for book in at_each_call(tmp_path, "client", "erase", "C002", "--reason", "asked for", by="li"):
        left = Book(book)
        gone = Gone(Subject("Client", "C002")) in erased_subjects(left.state())
        if not gone:
            assert readable(book)
        Shop(book).done("keys", "doctor", by="li")
        assert bool(list((book / "keystore/client/C002").iterdir())) != gone
        whole.append(gone)
    assert (whole[0], whole[-1]) == (False, True)
