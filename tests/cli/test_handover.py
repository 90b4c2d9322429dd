"""`gb handover` between custodians (N6), on the worked month closed on 2 November (tests/cli/test_worked_month.py).

Held then: 437 × 100, 199 × 50, 200 × 20 = 836 sheets, 57,650.00; one void 100; takings 0.00 and float 500.00; the paper of
the bounced cheque of 2,000.00; open: twenty yuan short, thirty sheets reserved for the cheque of 3,000.00, which is at the bank.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.reports.table import width
from tests.cli.counter import english_again
from tests.cli.worked import Worked, worked


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Worked]:
    yield worked(tmp_path, closed=True)
    english_again()


def test_one_record_holds_what_is_handed_over(at: Worked) -> None:
    made = at.done("handover", "--to", "sun", "--json").json
    assert (made["kind"], made["by"], made["to"]) == ("handover", "wang", "sun")
    assert made["spans"] == at.done("voucher", "stock", "--json").json["faces"][0]["spans"] + (
        " B0020042-B0020240 D0030101-D0030300"
    )
    assert (made["lines"], made["void"]) == ("100.00*437 50.00*199 20.00*200", "A0010251")
    assert (made.get("cash", "0.00"), made["petty"]) == ("0.00", "500.00")
    assert (made["cheques"], made["cheque_amount"]) == ("55667788", "2000.00")
    assert made["items"] == "CA20261022-K1-0001 SA20261029-K1-0001"


def test_it_touches_nothing(at: Worked) -> None:
    """One line in the cash journal; stock, drawer and the month's figures are as before, and the sheets go on selling."""
    before = at("reconcile", "--month", "2026-11", "--json").json
    book = at.done("cash", "book", "--json").json
    files = at.files()
    at.done("handover", "--to", "sun")
    assert set(at.files()) - set(files) == {"journals/2026-11/cash.K1.csv"}
    after = at("reconcile", "--month", "2026-11", "--json").json
    assert {name: after[name] for name in ("faces", "tie_out", "cash", "cheques")} == {
        name: before[name] for name in ("faces", "tie_out", "cash", "cheques")
    }
    assert at.done("cash", "book", "--json").json == book
    at.done("sale", "transfer", "C003", "A0010060", "--reference", "T-1")
    at.done("undo", "--reason", "误录")
    assert at("check", "JRN").out == ""


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", ("保管交接表", "券号 50.00：B0020042-B0020240", "作废待交回 1 张：A0010251", "短款未处理  ¥20.00",
                "交出人         wang 王芳：____", "接收人         sun 孙宁：____")),
        ("en", ("Custodians' hand-over", "serials 50.00: B0020042-B0020240", "void, not handed back, 1: A0010251",
                "short, unsettled  ¥20.00", "handed over by wang 王芳: ____", "taken over by  sun 孙宁: ____")),
    ],
)  # fmt: skip
def test_the_form_with_both_lines_to_sign_on(at: Worked, language: str, said: tuple[str, ...]) -> None:
    """A dry run shows it and writes nothing."""
    at.language = language
    before = at.files()
    page = at.done("handover", "--to", "sun", "--dry-run").out
    assert at.files() == before
    assert max(map(width, page.splitlines()[2:])) <= 80
    for text in (*said, "57,650.00", "55667788", "A0010050-A0010120 A0010255-A0010620"):
        assert text in page


@pytest.mark.parametrize(("to", "code", "exit_code"), [("wang", "ROL-01", 3), ("nobody", "REF-01", 3)])
def test_it_takes_two_people_of_the_staff(at: Worked, to: str, code: str, exit_code: int) -> None:
    before = at.files()
    ran = at("handover", "--to", to)
    assert (ran.code, ran.error) == (exit_code, code)
    assert ran.next
    assert at.files() == before


def test_who_takes_over_must_be_said(at: Worked) -> None:
    assert at("handover").code == 2
