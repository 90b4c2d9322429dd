"""Text fields and the folding of typed input (format, Text)."""

from __future__ import annotations

import pytest

from ledger.core.errors import Usage
from ledger.core.text import bad_text, check_text, clean_text, fold, shown
from ledger.core.words import Words

NAME = Words("单位", "unit")


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("  A001 ", "A001"),
        ("Ａ００１", "A001"),
        ("ａｂｃ", "abc"),
        ("１，０００．５０", "1,000.50"),
        ("1、2", "1,2"),
        ("\u3000今天\u3000", "今天"),
        ("a－b—c–d~e～f", "a-b-c-d-e-f"),
        ("９：３０", "9:30"),
        ("A1＋50", "A1+50"),
        ("￥5", "¥5"),
        ("（张）", "(张)"),
        ("5²", "5²"),
        ("①", "①"),
    ],
)
def test_fold(typed: str, folded: str) -> None:
    """Full-width forms fold; other compatibility forms do not, since 5² is not 52."""
    assert fold(typed) == folded


@pytest.mark.parametrize(
    "text", ["", "a", "a b", "张三", "上海第一百货商店 （总店）", "é", "😀", "a" * 4096, "张" * 1365]
)
def test_good_text_comes_back_unchanged(text: str) -> None:
    """Nothing is stripped or normalised, up to 4096 bytes."""
    assert bad_text(text) is None
    assert check_text(text, what=NAME) is text


BAD = [
    *[chr(n) for n in (*range(0x20), *range(0x7F, 0xA0))],
    *"\u2028\u2029\ufeff\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
    "\ud800",
    "\udfff",
    "\ufdd0",
    "\ufdef",
    *[chr(plane << 16 | low) for plane in range(17) for low in (0xFFFE, 0xFFFF)],
]


@pytest.mark.parametrize("char", BAD, ids=lambda char: f"U+{ord(char):04X}")
def test_forbidden_characters_are_named_and_not_shown(char: str) -> None:
    """In the middle of a name, in Chinese and ASCII text."""
    for text in (f"张{char}三", f"a{char}b"):
        with pytest.raises(Usage) as caught:
            check_text(text, what=NAME)
        for words in caught.value.words:
            assert f"U+{ord(char):04X}" in words
            assert char not in words
    assert caught.value.words.zh.startswith("单位")
    assert caught.value.words.en.startswith("unit")


@pytest.mark.parametrize("char", ["\u200b", "\ufdcf", "\ufdf0", "\ufffd", "\u2027", "\u202f", "\u2065", "\u00a0"])
def test_their_neighbours_are_allowed_inside(char: str) -> None:
    """The classes end where they say."""
    assert bad_text(f"a{char}b") is None


@pytest.mark.parametrize("blank", [" ", "\u3000", "\u00a0", "\u2003"])
def test_white_space_at_the_ends(blank: str) -> None:
    """Refused at both ends, never stripped."""
    for text, where in ((blank + "张三", "start"), ("张三" + blank, "end"), (blank, "start")):
        why = bad_text(text)
        assert why is not None
        assert where in why.en
        assert f"U+{ord(blank):04X}" in why.zh


def test_decomposed_text() -> None:
    """E and a combining accent: refused in a file, composed when typed."""
    why = bad_text("caf\u0065\u0301")
    assert why is not None
    assert "NFC" in why.en
    assert clean_text("caf\u0065\u0301") == "caf\u00e9"


@pytest.mark.parametrize("text", ["a" * 4097, "张" * 1366, "x" * 10_000_000])
def test_limit_counts_bytes(text: str) -> None:
    """4096 bytes of UTF-8, not characters."""
    why = bad_text(text)
    assert why is not None
    assert "4096" in why.en
    assert bad_text("abcd", limit=3) is not None
    assert bad_text("abc", limit=3) is None


def test_typed_text_is_only_normalised() -> None:
    """Full-width letters are somebody's name, a blank at the end is refused."""
    assert clean_text("ＡＢＣ公司") == "ＡＢＣ公司"
    with pytest.raises(Usage):
        clean_text("张三 ")


def test_shown_is_safe_and_short() -> None:
    """ESC and a bidi override by number, a long text cut."""
    assert shown("a\x1b[2J\u202eb") == "a<U+001B>[2J<U+202E>b"
    assert shown("x" * 100, limit=5) == "xxxxx…"
