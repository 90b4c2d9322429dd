"""The month's sheet and the check of the book, by the real commands."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from tests.cli.counter import Counter, english_again, open_counter


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Counter]:
    """500 received, 100 of them unstamped; 50 sold by card, 10 by transfer at a discount, one came back."""
    counter = open_counter(tmp_path)
    counter.done("sell", "dfc", "5000", "A0010001", "-t", "pos")
    discount = ("--amount", "990", "--reason", "开业")
    counter.done("sale", "transfer", "dfxx", "A0010101-110", *discount)
    counter.done("cash", "arrived", "SA-1")
    counter.done("cash", "arrived", "SA-2")
    counter.done("sale", "return", "A0010050", "--reason", "多买")
    yield counter
    english_again()


def counted(at: Counter) -> None:
    """A count that agrees, the day's end, and the month's notices."""
    left = "A0010050-A0010100 A0010111-A0010500"
    at.done("voucher", "count", *left.split(), "--second", "李梅")
    at.done("day", "--mark")
    noticed(at)


def noticed(at: Counter) -> None:
    """A notice of every day of October."""
    at.done("notice", "--catch-up", at="2026-10-31 21:00")


def test_the_sheet_ties(at: Counter) -> None:
    counted(at)
    result = at.done("reconcile", "--month", "2026-10", "--json")
    sheet = result.json
    (face,) = sheet["faces"]
    assert {name: face[name] for name in ("opening", "received", "client_returned", "sold", "closing", "counted")} == {
        "opening": 0, "received": 500, "client_returned": 1, "sold": 60, "closing": 441, "counted": 441,
    }  # fmt: skip
    assert sheet["sales"]["count"] == 2
    assert (sheet["sales"]["amount"], sheet["sales"]["difference"]) == ("5990.00", "-10.00")
    assert sheet["sales"]["by_pay"] == {"pos": "5000.00", "transfer": "990.00"}
    assert [one["reason"] for one in sheet["sales"]["reasons"]] == ["开业"]
    assert sheet["sales"]["returns"] == {"count": 1, "amount": "100.00", "sheets": 1, "reasons": []}
    assert sheet["total"]["closing"] == {"sheets": 441, "value": "44100.00"}
    assert sheet["tie_out"]["difference"] == "0.00"
    assert sheet["findings"] == []


def test_the_digest_is_what_sha256sum_prints(at: Counter) -> None:
    """sha256 over the sorted lines `<hash>  <path>` of the month's journal files, paths relative to the book."""
    told = at.done("reconcile", "--month", "2026-10", "--json").json["digest"]
    command = "find journals/2026-10 -type f | LC_ALL=C sort | xargs sha256sum | LC_ALL=C sort | sha256sum"
    shell = subprocess.run(["sh", "-c", command], cwd=at.book, capture_output=True, check=True).stdout
    assert told == shell.split()[0].decode()
    assert len(told) == len(hashlib.sha256().hexdigest())


@pytest.mark.parametrize("typed", ["2026-10", "202610", "10月", "this-month", "本月", "２０２６－１０"])
def test_any_form_of_the_month(at: Counter, typed: str) -> None:
    assert at.done("reconcile", "--month", typed, "--json").json["month"] == "2026-10"


@pytest.mark.parametrize(("day", "month"), [("2026-10-10", "2026-09"), ("2026-10-11", "2026-10")])
def test_without_a_month(at: Counter, day: str, month: str) -> None:
    """Until the 10th the sheet that is due is that of the month before."""
    result = at("reconcile", "--json", at=f"{day} 09:00")
    assert result.json["month"] == month


@pytest.mark.parametrize("typed", ["2026-13", "10-08", "soon", "2026"])
def test_no_month(at: Counter, typed: str) -> None:
    assert at("reconcile", "--month", typed).code == 2


def test_the_next_month_opens_with_this_ones_closing(at: Counter) -> None:
    at.done("sell", "dfc", "300", "A0010201", at="2026-11-02 09:00")
    sheet = at("reconcile", "--month", "2026-11", "--json", at="2026-11-30 09:00").json
    assert (sheet["faces"][0]["opening"], sheet["faces"][0]["closing"]) == (441, 438)
    assert at("reconcile", "--month", "2026-10", "--json", at="2026-11-30 09:00").json["faces"][0]["closing"] == 441


def test_nothing_is_written(at: Counter) -> None:
    before = at.files()
    at("reconcile", "--month", "2026-10")
    at("check")
    assert at.files() == before


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_book_without_its_journals_is_no_empty_book(at: Counter, language: str) -> None:
    """A clone copied in part: no sheet of zeros without a word, and no command calls it sound."""
    at.language = language
    shutil.rmtree(at.book / "journals")
    for argv in (("check",), ("verify",), ("reconcile", "--month", "2026-10")):
        told = at(*argv)
        assert (told.code != 0, "JRN-10" in told.out) == (True, True), argv


def test_not_counted_is_a_warning_and_missing_serials_an_error(at: Counter) -> None:
    at.done("day", "--mark")
    noticed(at)
    result = at("reconcile", "--month", "2026-10", "--json")
    assert result.code == 0
    assert [(one["code"], one["severity"]) for one in result.json["findings"]] == [("STK-02", "warning")]
    at.done("voucher", "count", "A0010050-A0010098", "A0010111-A0010500", "--second", "李梅")
    at.done("day", "--mark")
    result = at("reconcile", "--month", "2026-10", "--json")
    assert result.code == 1
    (found,) = result.json["findings"]
    assert (found["code"], found["serials"]) == ("STK-01", "A0010099-A0010100")
    assert found["where"][0]["file"] == "journals/2026-10/custody.K1.yaml"
    assert result.json["faces"][0]["counted"] == 439


def test_the_text_fits_80_columns_in_both_languages(at: Counter) -> None:
    counted(at)
    for language, title in (("zh", "五、本月结存"), ("en", "44,100.00")):
        at.language = language
        text = at.done("reconcile", "--month", "2026-10").out
        assert title in text
        for line in text.splitlines():
            assert sum(2 if "\u2e80" <= char <= "\uffef" else 1 for char in line) <= 80, line


def test_a_clean_book_prints_nothing(at: Counter) -> None:
    counted(at)
    assert at("check") == (0, "", "")
    assert at("check", "--strict") == (0, "", "")
    assert at("check", "--json").json == {"findings": []}


def test_strict_fails_on_warnings(at: Counter) -> None:
    at.done("voucher", "count", "A0010050-A0010100", "A0010111-A0010500")
    loose = at("check")
    assert loose.code == 0
    assert "CNT-01" in loose.out
    assert at("check", "--strict").code == 1
    assert at("check", "STK").out == ""


def test_a_changed_amount_is_found_with_file_and_line(at: Counter) -> None:
    """5000.00 edited into 4900.00 in line 2: the chain tells, with the record's own bytes; nothing more is recorded."""
    path = at.book / "journals/2026-10/sales.K1.csv"
    path.write_bytes(path.read_bytes().replace(b"5000.00", b"4900.00"))
    result = at("check")
    assert result.code == 1
    assert "journals/2026-10/sales.K1.csv:2:" in result.out
    assert "4900.00" in result.out
    assert "JRN-01" in result.out
    codes = {one["code"] for one in at("check", "JRN", "--json").json["findings"]}
    assert codes == {"JRN-01"}
    assert at("reconcile", "--month", "2026-10").code == 1


def test_figures_agree_with_the_records(at: Counter) -> None:
    """The sheet's sales are the sum over `gb sale list`."""
    import json

    lines = [json.loads(line) for line in at.done("sale", "list", "--json").out.splitlines()]
    total = sum(Decimal(one["amount"]) for one in lines if one["kind"] == "sale")
    assert at("reconcile", "--month", "2026-10", "--json").json["sales"]["amount"] == str(total)


def test_a_planted_closing_is_found_and_not_used(at: Counter) -> None:
    """A folder with a closing.yaml of one letter and tables that no closing wrote changes no figure."""
    counted(at)
    before = at("reconcile", "--month", "2026-10", "--json").json
    folder = at.book / "closings" / "2026-09"
    folder.mkdir(parents=True)
    (folder / "closing.yaml").write_text("x\n")
    (folder / "stock.csv").write_text("span,sheet\nA0019001-A0019999,100.00 safe\n")
    (folder / "things.csv").write_text("space,key,order,layers\n")
    (folder / "safe.csv").write_text("face,sheets\n100.00,9999\n")
    result = at("reconcile", "--month", "2026-10", "--json")
    assert result.json["faces"] == before["faces"]
    assert "CLS-01" in {one["code"] for one in result.json["findings"]}
    checked = at("check", "CLS-01", "--json")
    assert checked.code == 1
    assert [one["subject"] for one in checked.json["findings"]] == ["2026-09"]
    assert at("verify", "--json").code != 0
    at.done("sell", "dfc", "100", "A0010200")
