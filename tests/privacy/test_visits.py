"""Persons in calls, outreach and imported dossiers: sealed, masked, never in a message (C6, C8)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.counter import Counter, Result
from tests.privacy.shop import ENC, UNIT, filled, journal, personal

SPOKE = {"contact": "皇甫雀11", "phone": "13911110012"}


@pytest.fixture
def at(tmp_path: Path) -> Counter:
    return filled(tmp_path)


def everything(at: Counter) -> bytes:
    """All bytes below the book but git's; the index too."""
    return b"".join(path.read_bytes() for path in at.book.rglob("*") if path.is_file())


def test_whom_one_spoke_with_is_sealed_under_the_client(at: Counter) -> None:
    """A call with the contact of the dossier repeats its sealed text; another person's is new; no byte has either in the clear."""
    same = json.dumps({"contact": UNIT["contact"]})
    at.done("visit", "log", "C001", "--summary", "已约", "--personal", "-", stdin=same)
    other = json.dumps({"contact": SPOKE["contact"]}, ensure_ascii=False)
    shown = at.done("visit", "log", "C001", "--summary", "再约", "--personal", "-", "--json", stdin=other)
    plan = at.done("outreach", "plan", "--client", "C001", "--personal", "-", "--json", stdin=json.dumps(SPOKE)).json[
        "id"
    ]
    at.done("outreach", "log", plan, "--depth", "met", "--personal", "-", stdin=json.dumps(SPOKE))
    sealed = ENC.findall(journal(at, "visits").read_bytes())
    assert len(sealed) == 1 + 1 + 2 + 2
    assert sealed[0] in ENC.findall(journal(at, "clients").read_bytes())
    assert (shown.json["contact"], SPOKE["contact"] in shown.out + shown.err) == ("***", False)
    for command in (("visit", "book", "--json"), ("show", plan), ("log", "--json"), ("visit", "due", "--json"),
                    ("report", "visits", "--month", "2026-10", "--format", "csv"), ("report", "clients", "--format", "json")):  # fmt: skip
        ran = at.done(*command)
        assert not any(text in ran.out + ran.err for text in (*SPOKE.values(), UNIT["contact"], "ENC[")), command
    data = everything(at)
    assert not any(text.encode() in data for text in (*SPOKE.values(), UNIT["contact"]))


def test_a_person_of_a_unit_that_is_not_filed_has_no_key(at: Counter) -> None:
    before = at.files()
    ran = at("outreach", "plan", "长江厂", "--personal", "-", stdin=json.dumps(SPOKE))
    assert (ran.code, ran.error, at.files() == before) == (2, "USE-01", True)
    assert not any(text in ran.err for text in SPOKE.values())


def test_after_an_erasure_nobody_is_named(at: Counter) -> None:
    at.done(
        "visit", "log", "C001", "--summary", "已约", "--personal", "-", stdin=json.dumps({"contact": SPOKE["contact"]})
    )
    at.done("client", "erase", "C001", "--reason", "客户要求", by="li")
    ran = at(
        "visit", "log", "C001", "--summary", "又约", "--personal", "-", stdin=json.dumps({"contact": SPOKE["contact"]})
    )
    assert (ran.code, ran.error) == (3, "PRV-03")
    at.done("visit", "log", "C001", "--summary", "又约")
    assert at.done("check").code == 0


MAP = "fields:\n  code: 代码\n  unit: 单位\n  contact: 联系人\n  phone: 电话\n"


def imported(at: Counter, tmp_path: Path, rows: str, *options: str) -> Result:
    (tmp_path / "map.yaml").write_text(MAP, encoding="utf-8")
    (tmp_path / "clients.csv").write_text("代码,单位,联系人,电话\n" + rows, encoding="utf-8")
    return at("import", "clients", str(tmp_path / "clients.csv"), "--map", str(tmp_path / "map.yaml"), *options)


def test_an_import_seals_and_adds_nothing_twice(at: Counter, tmp_path: Path) -> None:
    rows = "C101,长江厂,皇甫雀11,13911110012\nC102,黄河厂,,\n"
    assert imported(at, tmp_path, rows, "--json").json["recorded"] == 2
    assert imported(at, tmp_path, rows, "--json").json["already"] == 2
    assert personal(at, "C101", reveal=True) == SPOKE
    assert at.done("client", "show", "hhc", "--json").json["unit"] == "黄河厂", (
        "found by its initials, as if filed at the counter"
    )
    assert personal(at, "C102") == {}
    data = everything(at)
    assert not any(text.encode() in data for text in SPOKE.values())


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("C101,长江厂,皇甫雀11,1.39E+10", "IMP-02"),
        ("C101,长江厂,皇甫雀11,call me", "USE-01"),
        ("C001,别厂,皇甫雀11,", "KEY-01"),
    ],
)
def test_a_refused_row_shows_nothing_personal(at: Counter, tmp_path: Path, row: str, code: str) -> None:
    """The row is named by line, its other cells are shown."""
    before = at.files()
    ran = imported(at, tmp_path, row + "\n")
    assert (ran.code, at.files() == before) == (3, True)
    assert f"[{code}]" in ran.err
    assert "***" in ran.err
    assert not any(text in ran.err + ran.out for text in ("皇甫雀11", "1.39E+10", "call me"))
