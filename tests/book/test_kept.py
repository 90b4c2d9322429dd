"""Settings and rules kept as they were read last are never believed for anything else than the file says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.book.create import create
from ledger.book.kept import kept_mapping
from ledger.book.open import RULES, Book
from ledger.book.yamlfile import read_mapping
from ledger.core.errors import Unreadable
from ledger.disk import Disk


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    book, _ = create(tmp_path / "book", store="东方商厦", terminal="K1", git=False)
    book.close()
    Book(book.root).close()
    return book.root


def read(root: Path) -> object:
    raw = (root / RULES).read_bytes()
    return kept_mapping(Disk(root), raw, RULES)


def test_what_is_kept_is_what_the_file_says(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second reading takes no YAML library, and says the same."""
    expected = read_mapping((root / RULES).read_bytes(), RULES)
    assert read(root) == expected
    monkeypatch.setattr("ledger.book.yamlfile.read_mapping", None)
    assert read(root) == expected


def test_a_changed_rule_is_read_anew(root: Path) -> None:
    before = read(root)
    text = (root / RULES).read_text()
    (root / RULES).write_text(text.replace("clerk_days: 1", "clerk_days: 2") + "\n# 改过\n")
    assert read(root) == read_mapping((root / RULES).read_bytes(), RULES)
    (root / RULES).write_text(text)
    assert read(root) == before


@pytest.mark.parametrize(
    "harm",
    [
        lambda data: data[:-1],
        lambda data: data.replace(b'"2000-01-01"', b'"1999-01-01"', 1),
        lambda data: b"",
        lambda data: b"\xff" * 200,
        lambda data: data[:64] + b"{}",
    ],
)
def test_damage_to_what_is_kept_is_not_believed(harm: Callable[[bytes], bytes], root: Path) -> None:
    expected = read(root)
    kept = root / ".gb" / f"{RULES}.read"
    damaged = harm(kept.read_bytes())
    assert damaged != kept.read_bytes()
    kept.write_bytes(damaged)
    assert read(root) == expected
    assert kept.read_bytes() != damaged, "it was not put right"


def test_a_file_that_cannot_be_read_is_refused_every_time(root: Path) -> None:
    (root / RULES).write_text("a: [\n")
    for _ in range(2):
        with pytest.raises(Unreadable):
            read(root)


def test_a_link_in_its_place_is_left_alone(root: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("another's")
    kept = root / ".gb" / f"{RULES}.read"
    kept.unlink()
    kept.symlink_to(other)
    assert read(root) == read_mapping((root / RULES).read_bytes(), RULES)
    assert other.read_text() == "another's"
