"""Many faults in one book: each is found where it is, none hides or brings about another, and each says what belongs to it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from ledger.core.findings import Finding
from tests.checks.faults import FAULTS
from tests.checks.sound import Month, Place, Steps, told

RECORDS = (
    "a hole", "sold twice", "sold, never received", "sold, being void", "sold without a stamp", "sold expired",
    "resold without a date stamp", "one missing, one surplus", "counted alone", "an opening unlike its lines", "sold below face",
    "no approval", "approved by the requester", "approved after the act", "an approval used twice", "no salesperson",
    "finance has less", "spent from the safe", "stale when it came", "too short-lived", "short",
)  # fmt: skip
DAMAGE = (
    "in another month's file", "another terminal's id", "edited by hand", "a date with slashes", "saved as GBK", "an unknown kind",
    "a foreign file", "torn",
)  # fmt: skip
"""Raw bytes last: the forger's mended chains would wipe them out."""


class Planted(NamedTuple):
    """The code a fault must give, and the file and line it must be found at."""

    code: str
    file: str
    line: int


class Spoilt:
    """The sound month with several faults in it, planted before the day-ends, and damage behind them."""

    def __init__(self, steps: Steps, root: Path, *names: str) -> None:
        self.month = month = steps.behind["notices"].copied(root)
        guilty = [(FAULTS[name].code, FAULTS[name].plant(month)) for name in names if name not in DAMAGE]
        month.day_ends()
        guilty += [(FAULTS[name].code, FAULTS[name].plant(month)) for name in names if name in DAMAGE]
        self.planted = sorted(Planted(code, *self._place(one)) for code, one in guilty)
        self.found = month.found()
        self.ids = month.ids

    def _place(self, guilty: str | Place) -> Place:
        return self.month.forge.line_of(guilty) if isinstance(guilty, str) else guilty

    @property
    def shown(self) -> list[Planted]:
        return sorted(Planted(one.code, one.where[0].file, one.where[0].line) for one in self.found)

    def of(self, code: str) -> list[Finding]:
        return [one for one in self.found if one.code == code]


@pytest.fixture(scope="module")
def spoilt(steps: Steps, tmp_path_factory: pytest.TempPathFactory) -> Spoilt:
    folder = tmp_path_factory.mktemp("planted")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(folder / "state"))
        return Spoilt(steps, folder / "book", *RECORDS, *DAMAGE)


def test_every_planted_fault_is_found_with_file_and_line(spoilt: Spoilt) -> None:
    """Twenty-nine faults in one book, and no finding that nobody planted."""
    assert spoilt.shown == spoilt.planted, told(spoilt.found)
    assert len(spoilt.planted) == len(RECORDS) + len(DAMAGE) == 29


def test_the_findings_name_what_belongs_to_them(spoilt: Spoilt) -> None:
    """Sold twice names both sales; missing and surplus serials are named; a late approval names itself."""
    (twice,) = spoilt.of("NUM-02")
    assert [where.id for where in twice.where][1:] == [spoilt.ids["sale"]]
    assert twice.serials == "A0000111-A0000112"
    (count,) = spoilt.of("STK-01")
    assert count.serials == "A0000150 A0000900"
    assert "1 missing: A0000150" in count.words.en
    assert "1 surplus: A0000900" in count.words.en
    late = next(one for one in spoilt.of("APR-03") if one.subject == spoilt.ids["lost"])
    assert spoilt.ids["for lost-approval"] in [where.id for where in late.where]
    (hole,) = spoilt.of("NUM-01")
    assert spoilt.ids["alias to drop"] in hole.words.en
    assert hole.severity == "error"


def test_a_client_that_nobody_filed_is_named(steps: Steps, tmp_path: Path) -> None:
    (found,) = Spoilt(steps, tmp_path / "book", "a client that nobody filed").found
    assert "C999" in found.words.en


def test_a_rewritten_file_shows_against_its_mark(steps: Steps, tmp_path: Path) -> None:
    """The same fault put in behind the day-end: beside what it is, JRN-10 tells that the file is not the one that was marked."""
    month: Month = steps.sound.copied(tmp_path / "book")
    FAULTS["sold below face"].plant(month)
    found = month.found()
    assert sorted(one.code for one in found) == ["JRN-10", "REC-03"]
    assert {one.where[0].file for one in found} == {"journals/2026-10/sales.K1.csv"}
