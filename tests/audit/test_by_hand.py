"""What docs/security.md tells an auditor to type, without our program, on the book signed with keys."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from ledger.audit.seal import short
from tests.audit.small import OCTOBER, SALES, Small

pytestmark = pytest.mark.debian

PAGE = Path(__file__).resolve().parents[2] / "docs" / "security.md"
_ALL = re.findall(r"^```bash\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
(APPROVAL,) = [block for block in _ALL if "gb-approval-1" in block]
"""The block that checks a signed approval; it is run where there is one."""
BLOCKS = [block for block in _ALL if block != APPROVAL]


def by_hand(small: Small) -> subprocess.CompletedProcess[str]:
    """All blocks in order, in the book's folder; ``chen.pub`` is what the signer handed over."""
    script = "set -u -o pipefail\n" + "".join(BLOCKS)
    (small.folder / "chen.pub").write_bytes((small.keys / "chen.pub").read_bytes())
    return subprocess.run(["bash", "-c", script], cwd=small.root, capture_output=True, text=True, check=False)


def test_a_sound_seal(signed: Small) -> None:
    done = by_hand(signed)
    assert done.returncode == 0, done.stdout + done.stderr
    digest = short(signed.digest(OCTOBER))
    assert digest in done.stdout
    assert done.stdout.count("as sealed  ") == len(signed.seal(OCTOBER).files) + len(signed.seal(OCTOBER).state)
    assert "CHANGED" not in done.stdout
    assert "the seal before is the one it names" in done.stdout
    assert 'Good "gb-seal-1@' in done.stdout


def test_a_changed_file(signed: Small) -> None:
    signed.forge.change("SA20261008-K1-0002", note="edited")
    assert f"CHANGED    {SALES}" in by_hand(signed).stdout


def test_a_record_behind_the_seal_is_not_a_change(signed: Small) -> None:
    signed.write(SALES, signed.read(SALES) + b"late\n")
    assert "CHANGED" not in by_hand(signed).stdout


def test_a_seal_made_anew(signed: Small) -> None:
    before = short(signed.digest(OCTOBER))
    signed.forge.change("SA20261008-K1-0002", note="edited")
    signed.reseal(OCTOBER)
    done = by_hand(signed)
    assert "CHANGED" not in done.stdout
    assert before not in done.stdout
    assert "Good" not in done.stdout
    assert done.returncode != 0


def test_a_file_that_the_seal_does_not_name(signed: Small) -> None:
    """M3: what is put beside the sealed files is told."""
    signed.write("journals/2026-10/sales.K9.csv", b"x\n")
    done = by_hand(signed)
    assert done.stdout.count("NOT SEALED") == 1
    assert "NOT SEALED journals/2026-10/sales.K9.csv" in done.stdout


@pytest.mark.parametrize("how", ["gone", "another", "first"])
def test_the_seal_before_is_not_passed_unseen(signed: Small, how: str) -> None:
    """M3: both missing is no agreement; the first seal names none, and that is said."""
    before = signed.root / "closings/2026-09/closing.yaml"
    if how == "another":
        before.write_bytes(before.read_bytes() + b"#\n")
    else:
        before.unlink()
    if how == "first":
        signed.reseal(OCTOBER)
    done = by_hand(signed)
    assert "the seal before is the one it names" not in done.stdout
    expected = "names no seal before it" if how == "first" else "CHANGED    closings/2026-09/closing.yaml"
    assert expected in done.stdout


def test_no_seal_is_said(signed: Small) -> None:
    """M3: nothing to compare with is not nothing changed."""
    (signed.root / "closings/2026-10/closing.yaml").write_bytes(b"")
    assert "NO SEAL    closings/2026-10/closing.yaml" in by_hand(signed).stdout
