"""Every code of the table of findings, planted alone in a sound month: exactly that code is found, where and with what it must."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.main import main
from ledger.book.month import reconcile
from ledger.core.dates import Month
from ledger.core.findings import USUAL
from tests.checks.faults import FAULTS
from tests.checks.sound import AFTERWARDS, Steps, assert_alone, catch, told

TABLE = {
    "JRN": 9, "NUM": 2, "STA": 4, "STK": 2, "CNT": 1, "DAY": 1, "REC": 5, "TIE": 1, "RED": 3, "NOT": 3, "CHQ": 5,
    "CSH": 3, "APR": 3, "REB": 7, "CLS": 3, "REG": 2, "LAW": 7,
    "PTS": 3,
}  # fmt: skip
"""The families of the table and how many codes each has, counted from 01."""

OTHERS = {
    "JRN-10": "tests/audit/test_outside.py", "JRN-11": "tests/audit/test_history.py", "APR-04": "tests/audit/test_approval.py",
    "APR-05": "tests/audit/test_approval.py", "CSH-04": "tests/checks/test_csh.py", "CSH-05": "tests/checks/test_csh.py",
    "DAT-01": "tests/sync/test_machine.py", "RUL-02": "tests/book/test_closing.py",
    "PRV-03": "tests/privacy/test_erase.py", "VIS-01": "tests/cli/test_visits.py",
    **dict.fromkeys(("CHN-01", "CHN-02", "CHN-03", "CHN-04"), "tests/book/test_chain.py"),
    "CLS-05": "tests/audit/test_sign.py", "IDX-01": "tests/checks/test_idx_and_reg.py",
}  # fmt: skip
"""Codes beyond the table: of the advances and the float, of keys, of git, of the chain and of the index; planted where those are tested."""

NOWHERE = {"not counted", "not closed"}
"""What nobody did for a whole month stands in no file."""


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_alone_is_found_alone(name: str, steps: Steps, tmp_path: Path) -> None:
    """One finding: its code, the record's own line, the sheets, both languages, a command to go on with."""
    caught = catch(FAULTS[name], steps, tmp_path / "book")
    assert_alone(FAULTS[name], caught)
    assert bool(caught.place) == (name not in NOWHERE)


def test_no_code_of_the_table_lacks_its_fault() -> None:
    table = {f"{family}-{number:02d}" for family, most in TABLE.items() for number in range(1, most + 1)}
    assert table <= {fault.code for fault in FAULTS.values()}


def test_no_code_of_the_program_lacks_its_fault() -> None:
    """Beyond the table, each code names the file whose tests plant it."""
    assert {fault.code for fault in FAULTS.values()} == USUAL.keys() - OTHERS.keys()
    root = Path(__file__).parents[2]
    assert [code for code, path in OTHERS.items() if code not in (root / path).read_text()] == []


# -- the sound month -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_sound_month_is_told_by_silence(
    lang: str, steps: Steps, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """``gb check`` and ``--strict``: exit 0, nothing on stdout; ``gb preclose`` has nothing to say against it."""
    month = steps.sound.copied(tmp_path / "book")
    shared = ["--lang", lang, "--book", str(month.root), "--at", f"{AFTERWARDS:%Y-%m-%d %H:%M}"]
    assert main([*shared, "check", "--strict"]) == 0
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "")
    assert main([*shared, "preclose", "--month", "2026-10"]) == 0


def test_a_sound_month_ties_to_the_yuan(steps: Steps, tmp_path: Path) -> None:
    """Sheets of 100.00, and two of 1,000.00; what was sold is what became of its money.

    Sold 10 + 10 + 10 + 5 + 5 (counter), 46 + 2 (drawer), 10 + 10 + 10 + 10 (cheques: handed over, same day, bounced, of the
    31st), 460 (rebates), 5 (theirs), 40 + 99 (lawful): 732 × 100.00 less the 10.00 of a discount, and 2 × 1,000.00:
    75,190.00.  Cash 3,990 + 4,600 + 500 + 4,000 = 13,090.00.  Arrived 200 + 46,000 + 9,900 + 2,000, and 1,000 that made the
    bounced cheque good: 59,100.00.  Cheques 2,000.00 cleared, 2,000.00 outstanding, of which the 1,000.00 of the 30th are
    paid and not handed over.  13,090 + 59,100 + 2,000 + 2,000 − 1,000 = 75,190.

    In the safe: opening 20, drawn 120 + 60 + 100 + 500 + 20 + 900, less 732 sold, 1 rebated, 3 void, and 2 came back: 986.
    """
    month = steps.sound.copied(tmp_path / "book")
    month.clock.time = AFTERWARDS
    report = reconcile(month.book, Month(2026, 10))
    month.shut()
    assert told(report.findings) == ""
    tie = report.sheet.tie_out
    assert (tie.sold, tie.cash, tie.arrived) == (7519000, 1309000, 5910000)
    assert (tie.cheques_cleared, tie.cheques_outstanding, tie.paid_not_handed_over) == (200000, 200000, 100000)
    assert tie.difference == 0
    assert report.sheet.parts["cash"].difference == 0
    assert [(one.face, one.figures["closing"], one.held) for one in report.sheet.faces] == [
        (100000, 0, 0),
        (10000, 986, 986),
    ]
