"""Who was filed by mistake and undone can be forgotten: the keys of what the undone record holds are destroyed (C8)."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from tests.cli.counter import Counter
from tests.privacy.shop import PERSON, UNIT, filled, personal
from tests.privacy.test_erase import commit, git, opened_by

LANGS = pytest.mark.parametrize("language", ["zh", "en"])
WRONG = {"name": "植入甲", "phone": "13911110555"}
FILINGS = {
    "client": ("client", "add", "--kind", "individual", "--alias", "误建"),
    "member": ("member", "register", "--identified"),
}
NOUNS = pytest.mark.parametrize("noun", FILINGS)


@pytest.fixture
def at(tmp_path: Path) -> Counter:
    """The shop with two clients, and a member, in git."""
    at = filled(tmp_path)
    at.done("member", "register", "--identified", "--personal", "-", stdin=json.dumps({"phone": "13911110444"}))
    git(at.book, "init", "--quiet")
    return at


def undone(at: Counter, noun: str) -> tuple[str, str, str]:
    """File WRONG and undo it: code and record, and what the undo says."""
    done = at.done(*FILINGS[noun], "--personal", "-", "--json", stdin=json.dumps(WRONG))
    commit(at.book)
    return done.json["code"], done.json["id"], at.done("undo").err


@LANGS
@NOUNS
def test_the_undo_says_how_and_that_command_destroys_the_keys(at: Counter, noun: str, language: str) -> None:
    """The texts of WRONG open until the printed command ran, by the manager whom it names; everybody else's stay open."""
    at.language = language
    code, record, told = undone(at, noun)
    (line,) = re.findall(r"^next: gb (.*)$", told, re.MULTILINE)
    words = shlex.split(line.replace("'…'", "填错"))
    assert words[:3] == [noun, "erase", record]
    assert words[-2:] == ["--by", "li"]
    assert set(WRONG.values()) <= opened_by(at.book)
    at.done(*words[:-2], by="li")
    commit(at.book)
    assert opened_by(at.book) == {*UNIT.values(), *PERSON.values(), "13911110444"}
    shown = at("show", record, "--reveal", "--reason", "x", by="li")
    assert (shown.code, shown.error) == (3, "PRV-03")
    again = at(noun, "erase", code, "--reason", "填错", by="li")
    assert (again.code, again.error) == (3, "PRV-03")
    assert at.done("check").code == 0
    at.done("index", "verify")


@LANGS
@NOUNS
def test_the_code_of_an_undone_filing_is_enough(at: Counter, noun: str, language: str) -> None:
    """By code; nobody is filed under it afterwards, and only the manager may."""
    at.language = language
    code, _, _ = undone(at, noun)
    refused = at(noun, "erase", code, "--reason", "填错", by="sun")
    assert refused.error == "ROL-01"
    at.done(noun, "erase", code, "--reason", "填错", by="li")
    assert set(WRONG.values()).isdisjoint(opened_by(at.book))
    assert at(noun, "show", code).error == "REF-01"


def test_whoever_has_the_code_now_stays(at: Counter) -> None:
    """C003 was undone, another is filed as C003: erasing the record leaves the other's values; erasing the code takes both."""
    code, record, _ = undone(at, "client")
    shared = ("--kind", "individual", "--alias", "另一人", "--code", code)
    at.done("client", "add", *shared, "--personal", "-", stdin='{"phone": "13911110666"}')
    at.done("client", "erase", record, "--reason", "填错", by="li")
    assert personal(at, code, reveal=True) == {"phone": "13911110666"}
    assert set(WRONG.values()).isdisjoint(opened_by(at.book))
    at.done("client", "erase", code, "--reason", "本人要求", by="li")
    assert "13911110666" not in opened_by(at.book)


def test_a_backup_does_not_bring_it_back(at: Counter, tmp_path: Path) -> None:
    """A keystore from before: ``keys doctor`` deletes the key again, by the record alone."""
    code, record, _ = undone(at, "client")
    (key,) = (at.book / f"keystore/client/{code}").iterdir()
    data = key.read_bytes()
    at.done("client", "erase", record, "--reason", "填错", by="li")
    assert not key.exists()
    key.write_bytes(data)
    at.done("keys", "doctor", by="li")
    assert not key.exists()


def test_what_holds_nothing_personal_needs_no_word(at: Counter) -> None:
    """A unit without personal data: the undo names no command, and there is nothing to erase."""
    code = at.done("client", "add", "--unit", "误建厂", "--kind", "enterprise", "--json").json["code"]
    assert "next:" not in at.done("undo").err
    assert at("client", "erase", code, "--reason", "x", by="li").error == "REF-01"


@NOUNS
def test_the_next_one_gets_another_code(at: Counter, noun: str) -> None:
    """Two persons' keys never lie under one code by default; a filing without personal data gives its code back."""
    code, _, _ = undone(at, noun)
    done = at.done(*FILINGS[noun], "--json")
    assert done.json["code"] != code
