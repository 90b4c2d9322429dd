"""Wrapping and tables with characters of two columns."""

from __future__ import annotations

import pytest

from ledger.reports.table import pad, table, width, wrap


@pytest.mark.parametrize(("text", "columns"), [("abc", 3), ("团购券", 6), ("a团", 3), ("", 0), ("tab\t团", 5)])
def test_width(text: str, columns: int) -> None:
    assert width(text) == columns


def test_pad_counts_columns() -> None:
    assert pad("团购", 6) + "|" == "团购  |"
    assert pad("团购", 6, right=True) == "  团购"
    assert pad("团购", 2) == "团购"


def test_wrap_breaks_between_chinese_characters_and_at_blanks() -> None:
    assert wrap("少三张，见盘点单 A0010001-A0010050 x", 12) == ["少三张，见盘", "点单", "A0010001-A00", "10050 x"]
    assert wrap("serials: A01-A05 A07", 12, indent=2, hang=2) == ["  serials:", "    A01-A05", "    A07"]


def test_a_closing_mark_never_begins_a_line() -> None:
    assert wrap("一二三，四", 6) == ["一二", "三，四"]


def test_table_lines_up() -> None:
    assert table(["项目", "n"], [["领取", "5"], ["a", "1,000"]], "lr") == [
        "项目      n",
        "----  -----",
        "领取      5",
        "a     1,000",
    ]


def test_a_wide_text_column_gives_way_and_amounts_do_not() -> None:
    lines = table(["id", "reason", "amount"], [["SA-1", "word " * 30, "1,000,000.00"]], "llr", indent=4, page=60)
    assert 54 <= max(map(width, lines)) <= 60
    assert any("1,000,000.00" in line for line in lines)


def test_an_empty_table_is_its_head() -> None:
    assert table(["a", "b"], []) == ["a  b", "-  -"]
