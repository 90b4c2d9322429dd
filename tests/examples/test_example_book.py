"""The example store: typed again it is the same bytes, and its October is the month worked out by hand."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

ROOT = Path(__file__).resolve().parents[2]
BOOK = ROOT / "examples" / "book"


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example book without anything derived."""
    folder = tmp_path_factory.mktemp("example") / "book"
    shutil.copytree(BOOK, folder, ignore=shutil.ignore_patterns(".gb"))
    return folder


def gb(book: Path, *words: str, lang: str = "en") -> subprocess.CompletedProcess[str]:
    """The real command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", "from cli.main import run; run()", *words], capture_output=True, text=True, check=False,
        cwd=ROOT, env={**os.environ, "GB_LANG": lang, "GB_BOOK": str(book), "GB_OPERATOR": "", "GB_TERMINAL": ""},
    )  # fmt: skip


def tree(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and ".gb" not in path.relative_to(folder).parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_typing_the_script_again_gives_the_same_bytes(tmp_path: Path) -> None:
    build = ROOT / "examples" / "build.py"
    done = subprocess.run(
        [sys.executable, str(build), str(tmp_path / "book")], capture_output=True, text=True, check=False, cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "LC_ALL": "C", "TZ": "America/New_York", "PYTHONHASHSEED": "7"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert tree(tmp_path / "book") == tree(BOOK)


def test_october_is_the_month_worked_out_by_hand(copy: Path) -> None:
    """September leaves 221 × 100 (A0010200-A0010420) and 99 × 50 (B0020062-B0020160) = 320 sheets, 27,050.00.

    Received 500 × 100, 200 × 50, 300 × 20 = 1,000 sheets, 66,000.00.
    Sold, the reversed sale left out: 50 + 50 + 10 = 110 × 100, 40 × 50, 100 + 50 = 150 × 20, and 10 sheets that were
    changed from 100 to 200: 310 sheets, 18,000.00 face value, for 5,000 + 1,960 + 2,000 + 5,000 + 1,000 + 2,000 + 1,000
    = 17,960.00, 40.00 less by the two percent on 2,000.00.
    One 100 came back; two 100 were lost, one of them found; one 100 void; 20 × 50 back to finance.
    100: 221 + 500 + 1 + 1 - 110 - 1 - 2 - 10 = 600.  50: 99 + 200 - 40 - 20 = 239.  20: 300 - 150 = 150.
    989 sheets, 60,000 + 11,950 + 3,000 = 74,950.00, and all of them were counted on the 31st.
    """
    done = gb(copy, "reconcile", "--month", "2026-10", "--json")
    assert done.returncode == 0, done.stderr
    sheet = msgspec.json.decode(done.stdout)
    by_face = {face["face"]: face for face in sheet["faces"]}
    assert {face: (row["opening"], row["closing"], row["counted"]) for face, row in by_face.items()} == {
        "200.00": (0, 0, 0), "100.00": (221, 600, 600), "50.00": (99, 239, 239), "20.00": (0, 150, 150),
    }  # fmt: skip
    total = sheet["total"]
    assert total["opening"] == {"sheets": 320, "value": "27050.00"}
    assert total["received"] == {"sheets": 1000, "value": "66000.00"}
    assert total["sold"] == {"sheets": 310, "value": "18000.00"}
    assert total["closing"] == {"sheets": 989, "value": "74950.00"}
    sales = sheet["sales"]
    assert (sales["count"], sales["amount"], sales["difference"]) == (7, "17960.00", "-40.00")
    assert sales["by_pay"] == {"alipay": "2000.00", "cash": "12000.00", "pos": "2000.00", "transfer": "1960.00"}
    assert sales["returns"] == {"count": 1, "amount": "100.00", "sheets": 1, "reasons": []}
    assert sheet["findings"] == []


def test_the_clean_book_prints_nothing(copy: Path) -> None:
    """As on the last day of October; later CLS-02 says, rightly, that nobody closes this October."""
    done = gb(copy, "check", "--strict", "--at", "2026-10-31 18:00")
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_demonstration_fits_forty_lines_and_names_what_is_wrong(copy: Path, lang: str) -> None:
    done = gb(copy, "demo", lang=lang)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) <= 40
    for named in ("989", "74,950.00", "STK-01", "A0010600", "JRN-01", "journals/2026-10/sales.K1.csv:7", "SA20261015-K1-0001"):
        assert named in done.stdout
