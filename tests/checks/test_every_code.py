"""Every code of the table of findings, planted alone in a sound month: exactly that code is found, where and with what it must."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.checks.faults import FAULTS
from tests.checks.sound import Steps, assert_alone, catch, told


def test_a_sound_month_has_no_finding(steps: Steps, tmp_path: Path) -> None:
    """Of no family and no severity."""
    assert told(steps.sound.copied(tmp_path / "book").found()) == ""


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_alone_is_found_alone(name: str, steps: Steps, tmp_path: Path) -> None:
    assert_alone(FAULTS[name], catch(FAULTS[name], steps, tmp_path / "book"))
