"""Near matches: what a person meant by a word that is not known."""

from __future__ import annotations

import pytest

from ledger.core.near import did_you_mean, near
from ledger.core.words import Words


@pytest.mark.parametrize(
    ("typed", "found"),
    [("wechaat", ["wechat"]), ("ＷＥＣＨＡＡＴ", ["wechat"]), ("k1", ["K1"]), ("zzz", []), ("", [])],
)
def test_likeness_is_of_letters_not_of_case_or_width(typed: str, found: list[str]) -> None:
    assert near(typed, ["cash", "wechat", "K1"]) == found


def test_nothing_near_says_nothing() -> None:
    assert did_you_mean([]) == Words("", "")
    assert did_you_mean(["cash", "pos"]) == Words("，是不是：cash、pos", "; did you mean: cash, pos")
