"""A personal value is sealed in one field: where the same record says it in the clear too, nothing is written (C8)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.counter import Counter
from tests.privacy.shop import with_keys

LANGS = pytest.mark.parametrize("language", ["zh", "en"])
PERSON = ("client", "add", "--kind", "individual")


@pytest.fixture
def at(tmp_path: Path) -> Counter:
    return with_keys(tmp_path)


@LANGS
@pytest.mark.parametrize(
    ("words", "given", "field"),
    [
        ((*PERSON, "--alias", "真名甲"), {"name": "真名甲"}, "--alias"),
        ((*PERSON, "--alias", "眞名甲 先生"), {"name": "真名甲"}, "--alias"),
        ((*PERSON, "--alias", "丙 138 1234-5678"), {"phone": "13800005678"}, ""),
        ((*PERSON, "--alias", "丙 137 1234-5678"), {"phone": "+8613712345678"}, "--alias"),
        ((*PERSON, "--alias", "老主顾", "--note", "即真名甲"), {"name": "真名甲"}, "--note"),
        (
            (*PERSON, "--alias", "老主顾", "--preferences", "送 金丝雀路8号"),
            {"address": "金丝雀路 8 号"},
            "--preferences",
        ),
        (("client", "add", "--kind", "enterprise", "--unit", "真名丁"), {"contact": "真名丁"}, "--unit"),
        (("client", "add", "--kind", "enterprise", "--unit", "真名丁服装店"), {"contact": "真名丁"}, ""),
        (("member", "register", "--identified", "--receipt", "WANG 8"), {"name": "Wang"}, "--receipt"),
        ((*PERSON, "--alias", "十月八日 10-08"), {"birthday": "10-08"}, ""),
    ],
)
def test_what_is_sealed_stands_nowhere_in_the_clear(
    at: Counter, words: tuple[str, ...], given: dict[str, str], field: str, language: str
) -> None:
    """Refused naming the field, without the value and without a trace; what only looks alike, or a firm named after somebody, is taken."""
    at.language = language
    before = sorted(path.read_bytes() for path in at.book.glob("journals/**/*") if path.is_file())
    ran = at(*words, "--personal", "-", stdin=json.dumps(given))
    if not field:
        assert ran.code == 0
        return
    assert (ran.code, ran.error) == (2, "USE-01")
    message, _, hint = ran.err.partition("next: ")
    assert not any(value in message for value in given.values())
    assert f"{field} '…'" in hint
    assert sorted(path.read_bytes() for path in at.book.glob("journals/**/*") if path.is_file()) == before


@LANGS
def test_nobody_is_born_tomorrow(at: Counter, language: str) -> None:
    """On 2026-10-08: 2026-10-09 is refused, filed and changed; today and one without a year are taken."""
    at.language = language
    at.done("member", "register", "--identified", "--personal", "-", stdin="birthday: '2026-10-08'")
    for words in (("member", "register", "--identified"), ("member", "change", "M0001")):
        ran = at(*words, "--personal", "-", stdin="birthday: '2026-10-09'")
        assert (ran.code, ran.error, "2026-10-09" in ran.err) == (2, "USE-01", False)
    at.done("member", "change", "M0001", "--personal", "-", stdin="birthday: 12-31")
