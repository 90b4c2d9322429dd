"""Tables and help line up with Chinese text, fit the page, and never cut a serial or an amount."""

from __future__ import annotations

import json
import sys

import pytest

from cli import lang
from cli.render import emit_json, progress, table, width, wrap
from ledger.core.words import Words

SALES = [
    ["SA20261008-K1-0001", "东风机械厂工会委员会", "A0010001-A0010050 A0010101-A0010120", "7000.00"],
    ["SA20261008-K1-0002", "Li", "A0010051", "100.00"],
]
HEADERS: list[Words | str] = ["id", Words("客户", "client"), Words("券号", "serials"), Words("金额", "amount")]


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lang.choose("en")


def test_a_table_with_chinese_columns() -> None:
    assert table(HEADERS, SALES, "lllr") == (
        "id                  client                serials             amount\n"
        "------------------  --------------------  -----------------  -------\n"
        "SA20261008-K1-0001  东风机械厂工会委员会  A0010001-A0010050  7000.00\n"
        "                                          A0010101-A0010120\n"
        "SA20261008-K1-0002  Li                    A0010051            100.00"
    )


@pytest.mark.parametrize("page", [60, 70, 80, 120])
def test_a_table_fits_its_page_and_cuts_no_serial(monkeypatch: pytest.MonkeyPatch, page: int) -> None:
    monkeypatch.setenv("COLUMNS", str(page))
    text = table(HEADERS, SALES, "lllr")
    assert max(map(width, text.splitlines())) <= max(page, 57)
    for word in ("SA20261008-K1-0001", "A0010001-A0010050", "A0010101-A0010120", "7000.00"):
        assert word in text
    assert text.isprintable() is False
    assert not set(text) & set("│─┼╭╮")


def test_amounts_end_in_one_column_under_chinese_headers() -> None:
    lang.choose("zh")
    lines = table(["名称", Words("金额", "amount")], [["东风厂", "1.00"], ["Li", "12345.67"]], "lr").splitlines()
    assert {width(line) for line in lines} == {width(lines[1])}
    assert lines[0].endswith("金额")


def test_empty_cells_and_numbers_are_shown_as_they_are() -> None:
    assert table(["a", "b"], [[None, 7], ["007", "1e5"]], "lr") == "a      b\n---  ---\n       7\n007  1e5"


def test_a_table_without_rows_has_its_headers() -> None:
    assert table(["a", "b"], []).splitlines()[0].split() == ["a", "b"]


@pytest.mark.parametrize("limit", [4, 10, 17, 40])
def test_wrapping_loses_nothing(limit: int) -> None:
    text = "售出 A0010001-A0010050 给东风机械厂，共 50 张。"
    lines = wrap(text, limit)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(width(line) <= max(limit, 17) for line in lines)
    assert not any(line.startswith(("，", "。")) for line in lines)


def test_json_keeps_its_order_and_its_characters(capsys: pytest.CaptureFixture[str]) -> None:
    emit_json({"b": "券", "a": 1})
    out = capsys.readouterr().out
    assert out == '{"b":"券","a":1}\n'
    assert json.loads(out) == {"b": "券", "a": 1}


def test_no_bar_outside_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert not sys.stderr.isatty()
    with progress(1_000_000, Words("导入", "importing")) as advance:
        advance(1)
    assert capsys.readouterr() == ("", "")
