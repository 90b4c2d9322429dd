"""Amounts: fen in memory, yuan with two decimals in a file, and what is typed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.core.errors import Usage
from ledger.core.money import grouped, parse_amount, parse_yuan, yuan

FEN = st.integers(-(10**17 - 1), 10**17 - 1)


@pytest.mark.parametrize(
    ("fen", "text", "people"),
    [
        (0, "0.00", "0.00"),
        (5, "0.05", "0.05"),
        (-5, "-0.05", "-0.05"),
        (100, "1.00", "1.00"),
        (123450, "1234.50", "1,234.50"),
        (-123450, "-1234.50", "-1,234.50"),
        (10**17 - 1, "999999999999999.99", "999,999,999,999,999.99"),
    ],
)
def test_file_and_display_form(fen: int, text: str, people: str) -> None:
    """Both forms of one amount."""
    assert (yuan(fen), grouped(fen), parse_yuan(text)) == (text, people, fen)


@settings(deadline=None)
@given(FEN)
def test_every_amount_reads_back(fen: int) -> None:
    """Written for a file and read; written for people and typed."""
    assert parse_yuan(yuan(fen)) == fen
    assert parse_amount(grouped(fen), signed=True) == fen


@settings(deadline=None)
@given(st.text("0123456789.-+, ¥eE_０", max_size=10))
def test_file_form_is_the_only_one(text: str) -> None:
    """Whatever is read is written the same."""
    try:
        fen = parse_yuan(text)
    except ValueError:
        return
    assert yuan(fen) == text


BAD_YUAN = [
    "",
    "-",
    ".",
    "0",
    "1.0",
    "1.000",
    ".50",
    "-.50",
    "01.00",
    "00.00",
    "-0.00",
    "--1.00",
    "+1.00",
    " 1.00",
    "1.00\n",
    "1,000.00",
    "1e2.00",
    "1_0.00",
    "１.00",
    "1.٠٠",
    "1²5.00",
    "NaN",
    "inf",
    "-inf",
    "1-2.00",
    "1234",
    "1" * 16 + ".00",
    "9" * 5000 + ".00",
]


@pytest.mark.parametrize("text", BAD_YUAN)
def test_file_form_refuses(text: str) -> None:
    """Anything that would be written differently, and more than 15 digits."""
    with pytest.raises(ValueError, match="no amount"):
        parse_yuan(text)


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("5000", 500000),
        ("5,000.00", 500000),
        ("5000元", 500000),
        ("5000 元", 500000),
        ("5000元整", 500000),
        ("¥5000", 500000),
        ("￥5,000", 500000),
        ("５，０００．５", 500050),
        ("5000.5", 500050),
        ("5000.05", 500005),
        ("0", 0),
        ("0.5", 50),
        ("1,234,567", 123456700),
        (" 5000 ", 500000),
        ("rmb 5", 500),
    ],
)
def test_typed(typed: str, fen: int) -> None:
    """What the counter types."""
    assert parse_amount(typed) == fen


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("5000.123", "two decimals"),
        ("5,000.000", "two decimals"),
        ("1e2", "not an amount"),
        ("NaN", "not an amount"),
        ("inf", "not an amount"),
        ("五千", "not an amount"),
        ("5²", "not an amount"),
        ("5000.", "not an amount"),
        (".5", "not an amount"),
        ("A0010001", "not an amount"),
        ("0010001", "serial"),
        ("50,00", "three digits"),
        ("1,0000", "three digits"),
        ("1000,000", "three digits"),
        ("", "no amount"),
        ("元", "no amount"),
        ("-5", "no sign"),
        ("+5", "no sign"),
        ("1" * 16, "too large"),
        ("1" * 100_000, "not an amount"),
        (" " * 100_000 + "x", "not an amount"),
    ],
)
def test_typed_mistakes(typed: str, why: str) -> None:
    """Each shows the typed text and what to type, in both languages."""
    with pytest.raises(Usage) as caught:
        parse_amount(typed)
    words = caught.value.words
    assert why in words.en
    for text in words:
        assert typed[:60] in text
        assert "5,000.00" in text
        assert len(text) < 300


def test_signed() -> None:
    """A refund or an over and short may be typed with its sign."""
    typed = ("-5", "－5.5", "+5", "5", "-¥5,000")
    assert [parse_amount(text, signed=True) for text in typed] == [-500, -550, 500, 500, -500000]
