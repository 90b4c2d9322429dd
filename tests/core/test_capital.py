"""大写金额 against the published rules for writing bills, and read back by a reader of our own."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core.capital import capital
from ledger.core.money import parse_yuan

DIGITS = {char: value for value, char in enumerate("零壹贰叁肆伍陆柒捌玖")}
UNITS = {"拾": 10, "佰": 100, "仟": 1000}


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0.00", "零元整"),
        ("0.05", "伍分"),
        ("0.50", "伍角"),
        ("10.00", "壹拾元整"),
        ("100000.10", "壹拾万元壹角"),
        ("10005.00", "壹万零伍元整"),
        ("99999999.99", "玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
        # 正确填写票据和结算凭证的基本规定, its own examples
        ("1409.50", "壹仟肆佰零玖元伍角"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("1680.32", "壹仟陆佰捌拾元叁角贰分"),
        ("107000.53", "壹拾万零柒仟元伍角叁分"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("325.04", "叁佰贰拾伍元零肆分"),
        # zeros at the borders of the sections
        ("100000001.00", "壹亿零壹元整"),
        ("100100000.00", "壹亿零壹拾万元整"),
        ("20100000.00", "贰仟零壹拾万元整"),
        ("10010010.01", "壹仟零壹万零壹拾元零壹分"),
        ("999999999999.99", "玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
    ],
)
def test_as_the_rules_say(amount: str, words: str) -> None:
    """整 after 元, none after 分; 零 once for zeros in between, and before 分 where there is no 角."""
    assert capital(parse_yuan(amount)) == f"人民币{words}"


@pytest.mark.parametrize("fen", [-1, 10**14])
def test_what_no_form_shows(fen: int) -> None:
    with pytest.raises(ValueError, match="fen"):
        capital(fen)


def section(text: str) -> int:
    """Up to four digits with their units."""
    total = digit = 0
    for char in text:
        if char in DIGITS:
            digit = DIGITS[char]
        else:
            total, digit = total + digit * UNITS[char], 0
    return total + digit


def whole(text: str) -> int:
    """Yuan in words as a number, read by the place of 亿 and 万."""
    if "亿" in text:
        high, low = text.rsplit("亿", 1)
        return whole(high) * 10**8 + whole(low)
    if "万" in text:
        high, low = text.split("万", 1)
        return section(high) * 10**4 + section(low)
    return section(text)


def read_back(words: str) -> int:
    found = re.fullmatch(r"人民币(?:(.*)元)?(?:整|(.角)?(零?.分)?)", words)
    assert found is not None, words
    yuan, jiao, fen = found.groups()
    return whole(yuan or "") * 100 + (DIGITS[jiao[0]] * 10 if jiao else 0) + (DIGITS[fen[-2]] if fen else 0)


@given(
    st.integers(0, 10**12) | st.lists(st.sampled_from("0000123456789"), min_size=1, max_size=12).map("".join).map(int)
)
def test_every_amount_reads_back(fen: int) -> None:
    words = capital(fen)
    assert read_back(words) == fen
    assert "零零" not in words
    assert words.endswith("分") == bool(fen % 10)
    assert words.endswith("整") == (fen % 100 == 0)
