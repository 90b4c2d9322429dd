"""Two shops of one merchant code, given on two machines that had not met (NUM-01)."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from tests.sync.machines import LANGS, Store


@LANGS
def test_the_finding_says_what_to_do_with_the_second(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    """K1 takes up 甲店 as MT5, K2 乙店; after the merge the printed command takes 乙店 up under a code of its own."""
    one, two = Store(tmp_path, monkeypatch).pair()
    one.ok("merchant screen MT5 --title 甲店", by="li")
    two.ok("merchant screen MT5 --title '乙 店'", by="li")
    for machine in (one, two, one):
        machine("sync")
    (found,) = one("check NUM-01 --json", by="li", lang=lang).json["findings"]
    command = next(line for line in found["next"] if "screen" in line)
    words = shlex.split(command)
    assert words[:6] == ["gb", "merchant", "screen", "MT5-K2", "--title", "乙 店"]
    one.ok(shlex.join(words[1:6]), by="li", lang=lang)
    assert "乙 店" in one.ok("merchant show MT5-K2", lang=lang).out
