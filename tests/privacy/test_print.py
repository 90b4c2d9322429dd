"""Personal data on printed forms: stars unless they are revealed, and revealed on record, into one file of the owner's alone (C8)."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.counter import Counter, english_again
from tests.paper.test_forms import text_of
from tests.privacy.shop import PERSON, UNIT, filled, journal

PAPERS = ("--form", "register", "--reason", "客户要补登记")
PEOPLE = ("contact", "phone")
"""Of a unit, what the register of clients has a box for."""


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Counter]:
    """Of A0010001-A0010200, ten sheets sold to the unit C001, ten to the individual C002."""
    found = filled(tmp_path)
    request = found.done("request", "voucher", "200x100", "--reason", "国庆", "--json").json["id"]
    found.done("request", "approve", request, by="li")
    found.done(
        "voucher", "receive", "A0010001+200", "--face", "100", "--request", request, "--finance", "赵敏", "--stamped"
    )
    found.done("sell", "C001", "1000", "A0010001")
    found.done("sell", "C002", "1000", "A0010011")
    found.language = "zh"
    yield found
    english_again()


def revealed(at: Counter, record: str, folder: Path, *more: str) -> str:
    """The register of a sale with what it hides, as its reader sees it."""
    path = folder / "revealed.html"
    at.done("print", record, *PAPERS, *more, "--reveal", "--output", str(path), by="li")
    return text_of(path.read_text(encoding="utf-8"))


def test_a_form_is_masked_and_reveals_on_record(at: Counter, tmp_path: Path) -> None:
    """Contact and phone of the unit, and of what is on the paper nothing else: two items in the access journal."""
    masked = text_of(at.done("print", "SA-1", "--form", "register", "--output", "-").out)
    assert masked.count("***") == len(PEOPLE)
    assert not [text for text in UNIT.values() if text in masked]
    seen = revealed(at, "SA-1", tmp_path)
    assert [name for name, text in UNIT.items() if text in seen] == [*PEOPLE]
    assert "***" not in seen
    (line,) = journal(at, "access").read_text("utf-8").splitlines()[1:]
    assert ",li,reveal,client/C001,contact phone," in line
    assert "客户要补登记" in line


def test_an_individual_has_an_alias_until_the_name_is_revealed(at: Counter, tmp_path: Path) -> None:
    assert "C002 老主顾" in text_of(at.done("print", "SA-2", "--form", "register", "--output", "-").out)
    seen = revealed(at, "SA-2", tmp_path)
    assert f"C002 {PERSON['name']}" in seen
    assert "老主顾" not in seen


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_the_revealed_form_lies_in_one_file_of_its_owner(at: Counter, tmp_path: Path) -> None:
    """In the print folder, the journals and the index nothing is in the clear; printed again it is masked again."""
    revealed(at, "SA-1", tmp_path)
    assert stat.S_IMODE((tmp_path / "revealed.html").stat().st_mode) == 0o600
    at.done("print", "SA-1", "--form", "register")
    written = b"".join(path.read_bytes() for path in at.book.rglob("*") if path.is_file())
    assert not [text for text in UNIT.values() if text.encode() in written]


@pytest.mark.parametrize(
    ("argv", "by", "code", "error"),
    [
        ((*PAPERS, "--reveal"), "li", 2, "USE-01"),
        ((*PAPERS, "--reveal", "--output", "-"), "wang", 3, "ROL-01"),
        (("--reveal", "--output", "-", "--reason", "x"), "li", 2, "USE-01"),
        (("--form", "register", "--reveal", "--output", "-"), "li", 2, "USE-01"),
    ],
    ids=["no file", "a clerk", "several forms", "no reason"],
)
def test_nothing_is_revealed(at: Counter, argv: tuple[str, ...], by: str, code: int, error: str) -> None:
    before = at.files()
    refused = at("print", "SA-1", *argv, by=by)
    assert (refused.code, refused.error, refused.out) == (code, error, "")
    assert at.files() == before


def test_a_dry_run_and_what_holds_nothing_personal(at: Counter) -> None:
    before = at.files()
    dry = at.done("print", "SA-1", *PAPERS, "--reveal", "--output", "-", "--dry-run", by="li")
    assert "***" in text_of(dry.out)
    for record in ("RQ-1", "month"):
        assert at("print", record, "--reveal", "--output", "-", "--reason", "x", by="li").code == 2
    assert at.files() == before


def test_a_member_on_the_application_and_the_award_slip(at: Counter, tmp_path: Path) -> None:
    """Boxes for what was not given; name and phone are stars, the slip has the name's."""
    at.done("member", "register", "--code", "M0001", "--identified", "--personal", "-", stdin='{"name": "司徒雀31"}')
    at.done("member", "activate", "M0001", "--card", "80010001")
    at.done("points", "topup", "M0001", "--points", "2000", "--slip", "小票0071")
    at.done("points", "id-check", "M0001", "--document", "身份证")
    at.done("points", "award", "M0001", "--points", "1000", "--goods", "电水壶")
    form = text_of(at.done("print", "ME-1", "--output", "-").out)
    assert [word for word in ("姓名 ***", "电话", "生日", "证件号", "地址") if word not in form] == []
    slip = ("print", "PT-3")
    assert "姓名 ***" in text_of(at.done(*slip, "--output", "-").out)
    path = tmp_path / "slip.html"
    at.done(*slip, "--reveal", "--output", str(path), "--reason", "核对", by="li")
    assert "姓名 司徒雀31" in text_of(path.read_text("utf-8"))
