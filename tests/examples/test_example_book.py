"""The example store: typed again it is the same bytes, and its October is the month worked out by hand."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

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


def october(copy: Path) -> dict[str, Any]:
    """The sheet of October, which must be without any finding."""
    done = gb(copy, "reconcile", "--month", "2026-10", "--json", "--at", "2026-10-31 18:00")
    assert done.returncode == 0, done.stderr
    sheet: dict[str, Any] = msgspec.json.decode(done.stdout)
    assert sheet["findings"] == []
    return sheet


FACES = ("200.00", "100.00", "50.00", "20.00")


def test_october_is_the_month_worked_out_by_hand(copy: Path) -> None:
    """September leaves 221 × 100 (A0010200-A0010420) and 99 × 50 (B0020062-B0020160) = 320 sheets, 27,050.00.

    Received 500 × 100, 200 × 50, 300 × 20 = 1,000 sheets, 66,000.00.
    Sold, the reversed sale left out: 100: 50 by cheque + 50 by cheque the same day + 10 = 110; 50: 40 + 10 = 50;
    20: 100 + 50 = 150; and 10 sheets that were changed from 100 to 200: 320 sheets,
    11,000 + 2,500 + 3,000 + 2,000 = 18,500.00 face value.  Paid for them 5,000 + 5,000 + 1,000 + 1,960 + 500 + 2,000 +
    1,000 + 2,000 = 18,460.00, 40.00 less by the two percent on 2,000.00; and 1,000.00 for ten sheets that an IOU had
    handed out: 19,460.00 in nine records.
    The other ways out: rebates 1 + 2 = 3 × 100, a gift of 2 × 50, the IOU 10 × 100, one 100 in exchange for 2 × 50 that
    came in, two 100 lost, one of them found, one 100 void, 20 × 50 back to finance.  One 100 came back from a client.  The
    correction of one serial changes no number.
    100: 221 + 500 + 1 + 1 - 110 - 3 - 10 - 1 - 2 - 1 - 10 = 586.  50: 99 + 200 + 2 - 50 - 2 - 20 = 229.
    20: 300 - 150 = 150.  965 sheets, 58,600 + 11,450 + 3,000 = 73,050.00, and all of them were counted on the 31st.
    """
    sheet = october(copy)
    by_face = {face["face"]: face for face in sheet["faces"]}
    assert {face: (row["opening"], row["closing"], row["counted"]) for face, row in by_face.items()} == {
        "200.00": (0, 0, 0), "100.00": (221, 586, 586), "50.00": (99, 229, 229), "20.00": (0, 150, 150),
    }  # fmt: skip
    lines = ("received", "client_returned", "found", "exchanged_in", "sold", "rebated", "given", "iou",
             "returned_to_finance", "void", "lost", "exchanged_out", "refaced_in", "refaced_out")  # fmt: skip
    assert {line: tuple(by_face[face][line] for face in FACES) for line in lines} == {
        "received": (0, 500, 200, 300), "client_returned": (0, 1, 0, 0), "found": (0, 1, 0, 0),
        "exchanged_in": (0, 0, 2, 0), "sold": (10, 110, 50, 150), "rebated": (0, 3, 0, 0), "given": (0, 0, 2, 0),
        "iou": (0, 10, 0, 0), "returned_to_finance": (0, 0, 20, 0), "void": (0, 1, 0, 0), "lost": (0, 2, 0, 0),
        "exchanged_out": (0, 1, 0, 0), "refaced_in": (10, 0, 0, 0), "refaced_out": (0, 10, 0, 0),
    }  # fmt: skip
    total = sheet["total"]
    assert total["opening"] == {"sheets": 320, "value": "27050.00"}
    assert total["received"] == {"sheets": 1000, "value": "66000.00"}
    assert total["sold"] == {"sheets": 320, "value": "18500.00"}
    assert total["closing"] == {"sheets": 965, "value": "73050.00"}
    sales = sheet["sales"]
    assert (sales["count"], sales["amount"], sales["difference"]) == (9, "19460.00", "960.00")
    assert sales["returns"] == {"count": 1, "amount": "100.00", "sheets": 1, "reasons": []}


def test_october_against_its_targets_added_up_from_the_text(copy: Path) -> None:
    """600 a day: 31 × 600 = 18,600; weeks of 4, 7, 7, 7 and 6 days; 9,300 for each clerk.

    What was sold, from the text alone: the amounts of sales, handovers and paid IOUs by salesperson, without reversed ones.
    """
    rows = [row for path in sorted(copy.glob("journals/2026-10/sales.*.csv")) for row in csv.DictReader(path.open())]
    undone = {row["ref"] for row in rows if row["kind"] == "reversal"}
    sold: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        if row["kind"] in ("sale", "handover", "iou-payment") and row["id"] not in undone:
            sold[row["salesperson"]] += Decimal(row["amount"])
    shown = gb(copy, "target", "show", "2026-10", "--json", "--at", "2026-10-31 18:00")
    found = msgspec.json.decode(shown.stdout)
    assert [(one["person"], one["target"], one["sold"], one["percent"]) for one in found["lines"]] == [
        (None, "18600.00", str(sum(sold.values())), "104.6"),
        ("chen", "9300.00", str(sold["chen"]), "91.0"),  # 8,460 : 9,300 = 90.96…
        ("zhou", "9300.00", str(sold["zhou"]), "118.3"),  # 11,000 : 9,300 = 118.27…
    ]
    assert sum(sold.values()) == Decimal("19460.00")
    assert [one["target"] for one in found["parts"]] == ["2400.00", "4200.00", "4200.00", "4200.00", "3600.00"]
    assert sum(Decimal(one["sold"]) for one in found["parts"]) == sum(sold.values())
    page = gb(copy, "report", "month", "--month", "2026-10", "--lang", "en", "--at", "2026-10-31 18:00")
    assert "104.6" in page.stdout


def test_october_s_money_ties_to_the_yuan(copy: Path) -> None:
    """Cash 1,000 + 500 + 1,000 (the IOU) = 2,500.00, handed to finance on three slips; the float of 500.00 stays.

    Cheques 5,000 + 5,000, both there.  By transfer 1,960, Alipay 2,000, card 1,500, WeChat 500 + 1,000: 6,960.00, all
    arrived; with the 5,000.00 of September that was on its way at its end, 11,960.00 came and what is pending fell by
    5,000.00.  2,500 + 11,960 - 5,000 + 10,000 = 19,460.00.  Apart from that stand the 100.00 that finance paid back; the IOU
    of 1,000.00 was given and paid in the month.
    Rebates on September: C001 bought 5,000 + 8,000 - 100 = 12,900, 1 % is 129.00: one sheet; C002 6,860 + 30,000 = 36,860,
    1 % is 368.60: three, of which two are collected.  Approved 400.00, collected 300.00, 100.00 is left.
    """
    sheet = october(copy)
    assert sheet["sales"]["by_pay"] == {
        "alipay": "2000.00", "cash": "2500.00", "cheque": "10000.00", "pos": "1500.00", "transfer": "1960.00", "wechat": "1500.00",
    }  # fmt: skip
    tie = {name: amount for name, amount in sheet["tie_out"].items() if amount != "0.00"}
    assert tie == {
        "sold": "19460.00", "cash": "2500.00", "arrived": "11960.00", "pending": "-5000.00", "cheques_cleared": "10000.00",
        "refunds": "100.00",
    }  # fmt: skip
    cash = sheet["cash"]
    assert [cash[line] for line in ("opening", "received", "deposited", "over_short", "closing")] == [
        "500.00", "2500.00", "2500.00", "0.00", "500.00",
    ]  # fmt: skip
    cheques = [sheet["cheques"][line] for line in ("opening", "received", "deposited", "cleared", "bounced", "outstanding")]
    assert cheques == ["0.00", "10000.00", "10000.00", "10000.00", "0.00", "0.00"]
    rebates = sheet["rebates"]
    assert (rebates["count"], rebates["amount"], rebates["sheets"]) == (2, "300.00", 3)
    assert rebates["control_nos"] == ["DZ-2026-0001", "DZ-2026-0002"]
    rolled = [rebates["uncollected"][line] for line in ("opening", "approved", "collected", "cancelled", "closing")]
    assert rolled == ["0.00", "400.00", "300.00", "0.00", "100.00"]


def test_the_figures_are_those_of_the_plain_text(copy: Path) -> None:
    """Without the program: the csv module over the journals of sales, and the names of the files that are notices."""
    rows = [row for path in sorted(copy.glob("journals/2026-10/sales.*.csv")) for row in reader(path)]
    sold = [row for row in rows if row["kind"] in {"sale", "handover", "iou-payment"}]
    undone = [row for row in rows if row["kind"] == "reversal" and row["of"] == "sale"]
    amount = sum(Decimal(row["amount"]) for row in sold) - sum(Decimal(row["amount"]) for row in undone)
    sheet = october(copy)
    assert (len(sold) - len(undone), f"{amount:.2f}") == (sheet["sales"]["count"], sheet["sales"]["amount"])
    paid: dict[str, Decimal] = defaultdict(Decimal)
    for sign, some in ((1, sold), (-1, undone)):
        for method, fen in (part.split(":") for row in some for part in row["payments"].split()):
            paid[method] += sign * Decimal(fen)
    assert {method: f"{total:.2f}" for method, total in paid.items() if total} == sheet["sales"]["by_pay"]
    texts = sorted(path.name for path in (copy / "notices" / "2026-10").iterdir())
    assert texts == [*(f"TZ2026-K1-{number:04d}.txt" for number in range(31, 62)), "TZ2026-K2-0001.txt"]


def reader(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_finance_s_side_is_ours(copy: Path) -> None:
    """The register: 3 receipts + 1 return, 2 rebates, 3 deposits.  The bank had 80,000.00 before and 157,320.00 at the end."""
    open_ = {"imported": True, "differing": [], "ours_only": [], "theirs_only": [], "timing": []}
    assert october(copy)["registers"] == {
        "vouchers": {**open_, "matched": 4}, "rebates": {**open_, "matched": 2}, "money": {**open_, "matched": 3},
    }  # fmt: skip
    bank = gb(copy, "report", "bank", "--month", "2026-10", "--format", "json", "--at", "2026-10-31 18:00")
    told = msgspec.json.decode(bank.stdout)
    assert (told["matched"], told["bank"]["balance"], told["difference"]) == (17, "157320.00", "0.00")
    assert (told["book"]["before"], told["book"]["adjusted"], told["bank"]["adjusted"]) == ("80000.00", "157320.00", "157320.00")


def test_the_clean_book_prints_nothing(copy: Path) -> None:
    """As on the last day of October; later CLS-02 says, rightly, that nobody closes this October."""
    done = gb(copy, "check", "--strict", "--at", "2026-10-31 18:00")
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_demonstration_fits_forty_lines_and_names_what_is_wrong(copy: Path, lang: str) -> None:
    done = gb(copy, "demo", lang=lang)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) <= 40
    for named in ("965", "73,050.00", "STK-01", "A0010600", "CLS-01", "journals/2026-09/sales.K1.csv:3", "SA20260915-K1-0001"):
        assert named in done.stdout


def test_the_clients_are_called_before_mid_autumn(copy: Path) -> None:
    """中秋 2026: C001 bought 5,000.00 by 10 September and is on the list, called; C002 was visited with mooncakes for 120.00.

    In the week from 31 August two units of outreach: one discussed with an agreement in view, one not met.
    """

    def told(*words: str) -> Any:
        done = gb(copy, *words, "--json", "--at", "2026-10-31 18:00")
        assert done.returncode == 0, done.stderr
        return msgspec.json.decode(done.stdout)

    found = told("visit", "festival", "中秋", "--year", "2026")
    assert [(one["client"], one["amount"], bool(one["called"])) for one in found["targets"]] == [("C001", "5000.00", True)]
    calls = told("visit", "book", "--month", "2026-09")["visits"]
    assert {one["client"] for one in calls} == {"C001", "C002", "C003", "C004"}
    assert [(one["client"], one["gift_value"]) for one in calls if one.get("gift")] == [("C002", "120.00")]
    week = told("outreach", "week", "2026-09-04")["people"]
    assert (sum(one["done"] for one in week), sum(one["met"] for one in week)) == (2, 1)
    assert {one["class"] for one in told("client", "list")["clients"]} == {"core", "general"}
