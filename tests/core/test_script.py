"""Names compared on their normal form: script, look-alikes, width, case, blanks (C9)."""

from __future__ import annotations

import pytest

from ledger.core.script import normal, simplified


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("團購", "团购"),
        ("⽅圆集团", "方圓集團"),  # U+2F45, which looks like 方
        ("⼾", "户"),  # U+2F3E, by way of 戶
        ("⻔市部", "門市部"),  # U+2ED4, which NFKC leaves alone
        ("ＴＣＬ　集团", "tcl集團"),
        ("東風廠 ", "东风厂"),
        ("第１中学", "第1中學"),
        ("無錫國貿", "无锡国贸"),
    ],
)
def test_spellings_of_one_name(typed: str, same: str) -> None:
    assert normal(typed) == normal(same)


@pytest.mark.parametrize(("one", "other"), [("团购", "团够"), ("方圆", "万圆"), ("人", "入"), ("土", "士")])
def test_other_characters_stay_other(one: str, other: str) -> None:
    assert normal(one) != normal(other)


def test_what_is_simplified_stays_as_it_is() -> None:
    for text in ("重庆银行股份有限公司", "ACME Trading", "乾县", "沈阳"):
        once = simplified(text)
        assert simplified(once) == once
