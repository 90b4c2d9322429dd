"""What keeps the worked month open (tests/cli/test_worked_month.py), who must act, and when `gb status` begins to ask (R12).

The bounce of the cheque (CHQ-02) is the one error of the month: wang, who may work on cheques, or anybody else of the staff who
may, has it made good; the supervisor sun or the manager li answers it.
"""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.reports.table import width
from tests.cli.counter import english_again, gb
from tests.cli.worked import Worked, worked

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Worked]:
    yield worked(tmp_path)
    english_again()


def test_who_mends_and_who_answers(at: Worked) -> None:
    (block,) = at("preclose", "--month", "2026-10", "--json").json["blocks"]
    assert block["code"] == "CHQ-02"
    assert {one["role"]: one["names"] for one in block["who"]} == {
        "clerk": ["wang 王芳"], "finance": ["qian 钱宁"], "manager": ["li 李梅"], "supervisor": ["sun 孙宁"],
    }  # fmt: skip
    assert {one["role"]: one["names"] for one in block["answered_by"]} == {
        "manager": ["li 李梅"], "supervisor": ["sun 孙宁"],
    }  # fmt: skip
    assert block["commands"][0] == "gb cheque made-good 55667788"
    assert block["commands"][-1] == block["answer"]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", ("办理：", "或写处理意见：", "主管: sun 孙宁")),
        ("en", ("who: ", "or answered by: ", "supervisor: sun 孙宁")),
    ],
)
def test_the_page(at: Worked, language: str, said: tuple[str, ...]) -> None:
    at.language = language
    page = at("preclose", "--month", "2026-10").out
    assert max(map(width, page.splitlines())) <= 80
    for text in said:
        assert text in page


def test_the_mend_lets_it_close(at: Worked) -> None:
    """Made good in cash on 31 October and deposited, noticed and marked again: nothing blocks."""
    block = at("preclose", "--month", "2026-10", "--json").json["blocks"][0]
    at.done(*shlex.split(block["commands"][0])[1:], "--method", "transfer")
    at.done("notice")
    at.done("day", "--mark")
    ready = at("preclose", "--month", "2026-10", "--json", at="2026-11-02 09:00")
    assert (ready.code, ready.json["ready"]) == (0, True)


@pytest.mark.parametrize(
    ("day", "asked"),
    [
        ("2026-10-24", []), ("2026-10-25", ["2026-10"]), ("2026-10-31", ["2026-10"]), ("2026-11-02", ["2026-10"]),
    ],
)  # fmt: skip
def test_status_asks_from_the_25th_until_the_month_is_closed(at: Worked, day: str, asked: list[str]) -> None:
    assert at("status", "--json", at=f"{day} 18:30").json["open"]["preclose"] == asked
    assert ("gb preclose --month 2026-10" in at("status", at=f"{day} 18:30").out) is bool(asked)


def test_the_day_is_a_rule(at: Worked) -> None:
    rules = at.book / "rules.yaml"
    text = rules.read_text(encoding="utf-8").replace('preclose_day: "25"', 'preclose_day: "28"')
    rules.write_text(text, encoding="utf-8")
    asked = {day: at("status", "--json", at=f"2026-10-{day} 18:30").json["open"]["preclose"] for day in (27, 28)}
    assert asked == {27: [], 28: ["2026-10"]}


def test_a_closed_month_is_not_asked_for(tmp_path: Path) -> None:
    after = worked(tmp_path, closed=True)
    assert after("status", "--json").json["open"]["preclose"] == []
    english_again()


def test_what_is_wrong_in_closed_months_blocks_though_they_are_not_read(tmp_path: Path) -> None:
    """The example store: the text of a notice of September changed, one removed, one that nobody issued; each blocks October."""
    root = tmp_path / "book"
    shutil.copytree(ROOT / "examples/book", root, ignore=shutil.ignore_patterns(".gb"))
    line = ("preclose", "--month", "2026-10", "--json", "--book", str(root), "--at", "2026-11-02 10:00")

    def blocks() -> list[tuple[str, str]]:
        return [(one["code"], one["subject"]) for one in gb(*line).json["blocks"]]

    before = blocks()
    texts = sorted((root / "notices/2026-09").iterdir())
    texts[0].write_bytes(texts[0].read_bytes().replace(b"1", b"2", 1))
    texts[1].unlink()
    (texts[0].parent / "TZ2026-K9-0009.txt").write_bytes(b"x")
    found = [one for one in blocks() if one not in before]
    assert [code for code, _ in found] == ["NOT-03"] * 3
    assert "notices/2026-09/TZ2026-K9-0009.txt" in {subject for _, subject in found}
    shutil.rmtree(root / ".gb", ignore_errors=True)
    assert [one for one in blocks() if one not in before] == found


def test_a_seal_that_only_the_next_one_knows_is_missed_by_both_sheets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """closings/2026-08 deleted, no git, a machine that never saw it: the seal of September names it."""
    root = tmp_path / "book"
    shutil.copytree(ROOT / "examples/book", root, ignore=shutil.ignore_patterns(".gb"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    shutil.rmtree(root / "closings/2026-08")
    for month in ("2026-08", "2026-09"):
        sheet = gb("reconcile", "--month", month, "--json", "--book", str(root), "--at", "2026-11-02 10:00")
        told = [*sheet.json["findings"], *sheet.json["since_closing"]]
        assert (sheet.code, "CLS-01" in {one["code"] for one in told}) == (1, True), month


def test_a_book_without_journals_is_not_called_empty(tmp_path: Path) -> None:
    root = tmp_path / "book"
    shutil.copytree(ROOT / "examples/book", root, ignore=shutil.ignore_patterns(".gb", "closings"))
    shutil.rmtree(root / "journals")
    refused = gb("preclose", "--month", "2026-10", "--book", str(root), "--at", "2026-11-02 10:00")
    assert (refused.code, refused.error) == (3, "JRN-10")
