"""Looking things up: show, log, status, explain, index."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.book.month import index_findings
from ledger.book.open import Book
from ledger.core.findings import USUAL
from tests.cli.counter import Counter, english_again, gb, open_counter


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Counter]:
    """The small book, with a sale of A0010001-0005 to C001 and a return of A0010005."""
    counter = open_counter(tmp_path)
    counter.done("sell", "dfc", "500", "A0010001")
    counter.done("sale", "return", "A0010005", "--reason", "多买")
    yield counter
    english_again()


# -- show ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["SA20261008-K1-0001", "sa1008-1", "SA-1", "SA20261008-1", "ＳＡ－１"])
def test_show_a_record_by_any_form_of_its_id(at: Counter, typed: str) -> None:
    shown = at.done("show", typed, "--json").json
    assert shown["id"] == "SA20261008-K1-0001"
    assert (shown["file"], shown["line"]) == ("journals/2026-10/sales.K1.csv", 2)
    assert [one["kind"] for one in shown["referred_by"]] == ["client-return"]


def test_show_names_form_fields_and_place(at: Counter) -> None:
    english = at.done("show", "SA-1").out
    for part in ("sale  SA20261008-K1-0001", "C001 东风厂", "A0010001-A0010005", "journals/2026-10/sales.K1.csv:2"):
        assert part in english
    at.language = "zh"
    chinese = at.done("show", "SA-1").out
    for part in ("售券", "经手人", "王兰", "券号", "之后引用它的"):
        assert part in chinese


def test_show_a_request_with_what_was_drawn_on_it(at: Counter) -> None:
    refs = at.done("show", "RQ-1", "--json").json["referred_by"]
    assert [one["kind"] for one in refs] == ["approval", "receipt", "receipt"]


def test_show_last(at: Counter) -> None:
    assert at.done("show", "last", "--json").json["kind"] == "client-return"


def test_show_a_serial(at: Counter) -> None:
    trace = at.done("show", "a0010005", "--json").json
    assert (trace["serial"], trace["place"], trace["face"]) == ("A0010005", "safe", "100.00")
    assert [one["kind"] for one in trace["history"]] == ["receipt", "sale", "client-return"]
    assert trace["history"][1]["client"] == "C001"
    assert trace["history"][1]["file"] == "journals/2026-10/sales.K1.csv"
    assert "A0010005" in at.done("show", "A0010005").out


@pytest.mark.parametrize("typed", ["C001", "c001", "dfc", "东风厂"])
def test_show_a_client(at: Counter, typed: str) -> None:
    card = at.done("show", typed, "--json").json
    assert (card["code"], card["sales"], card["amount"], card["refunded"]) == ("C001", 1, "500.00", "100.00")


@pytest.mark.parametrize(
    ("typed", "code"), [("SA-99", "REF-01"), ("A0099999", "REF-01"), ("无此单位", "REF-01"), ("东风", "REF-02")]
)
def test_show_what_is_not_there(at: Counter, typed: str, code: str) -> None:
    result = at("show", typed)
    assert (result.code, result.error, result.out) == (3, code, "")
    assert gb(*_words(result.next[0])).code == 0


def _words(command: str) -> list[str]:
    import shlex

    return shlex.split(command)[1:]


# -- log -------------------------------------------------------------------------------------------------------------------


def ids(at: Counter, *argv: str) -> list[str]:
    """The ids that `gb log --json` lists."""
    return [json.loads(line)["id"] for line in at.done("log", "--json", *argv).out.splitlines()]


def test_log_is_in_time_order_and_complete(at: Counter) -> None:
    lines = [json.loads(line) for line in at.done("log", "--json").out.splitlines()]
    assert [one["at"] for one in lines] == sorted(one["at"] for one in lines)
    assert len(lines) == 11
    assert ids(at, "--limit", "3") == [one["id"] for one in lines[-3:]]


def test_log_filters(at: Counter) -> None:
    at.done("sell", "dfxx", "200", "A0010021", by="li", at="2026-10-09 09:00")
    at.day = "2026-10-09"
    assert ids(at, "--client", "dfxx", "--kind", "sale") == ["SA20261009-K1-0001"]
    assert ids(at, "--serial", "A0010005") == ["RC20261008-K1-0001", "SA20261008-K1-0001", "SA20261008-K1-0002"]
    assert ids(at, "--since", "10-09") == ["SA20261009-K1-0001"]
    assert ids(at, "--until", "10-08", "--kind", "sales") == ["SA20261008-K1-0001", "SA20261008-K1-0002"]
    assert ids(at, "--by", "li", "--kind", "sale") == ["SA20261009-K1-0001"]
    assert ids(at, "--month", "2026-09") == []
    assert len(ids(at, "--given-clock")) == 12  # the whole book was written with --at


def test_log_without_given_clock(tmp_path: Path) -> None:
    """A record by the machine's own clock is not listed as one given by hand."""
    at = open_counter(tmp_path)
    here = ("--book", str(at.book), "--terminal", "K1", "--by", "wang", "--lang", "en")
    made = gb("client", "add", "--unit", "西风厂", "--kind", "enterprise", "--code", "C777", *here)
    assert made.code == 0, made
    listed = ids(at, "--given-clock", "--kind", "added")
    assert len(listed) == 2
    assert len(ids(at, "--kind", "added", "--since", "2000-01-01")) == 3


def test_log_fits_the_page_and_says_what_it_left_out(at: Counter) -> None:
    result = at.done("log", "--limit", "2")
    assert "9 earlier ones" in result.err
    at.language = "zh"
    for line in at.done("log").out.splitlines():
        assert sum(2 if "\u2e80" <= char <= "\uffef" else 1 for char in line) <= 80, line


@pytest.mark.parametrize("limit", ["x", "-1"])
def test_log_limit_is_a_number(at: Counter, limit: str) -> None:
    assert at("log", f"--limit={limit}").code == 2


# -- status, explain, index ------------------------------------------------------------------------------------------------


def test_status_tells_today_and_what_is_open(at: Counter) -> None:
    at.done("request", "voucher", "200x100", "--reason", "备货")
    today = at.done("status", "--json").json
    assert today["sales"] == {"count": 1, "sheets": 5, "by_pay": {"cash": "500.00"}}
    assert today["stock"] == [{"face": "100.00", "sheets": 496}]
    assert today["open"] == {
        "waiting": ["RQ20261008-K1-0003"], "undrawn": [], "unstamped": "A0010401-A0010500",
        "date_stamp_due": "A0010005", "missing": "", "void_on_hand": "", "counted_this_month": False, "damage": 0, "keys_backup_due": False,
        "undeposited": [{"cash_day": "2026-10-08", "amount": "500.00"}], "pending": [], "unsettled": [], "advances": [],
        "ious": [], "preclose": [], "awards": [], "told_of_awards": [],
        "visits": {"planned": 0, "owed": 2, "outreach": 0, "festivals": [], "complaints": 0},
        "cheques": {"deposit": [], "arrive": [], "hand_over": [], "refund": [], "owed": []}, "rebates": [],
    }  # fmt: skip
    text = at.done("status").out
    for part in ("东方商厦", "王兰", "cash ¥500.00", "RQ20261008-K1-0003", "A0010005", "gb voucher count"):
        assert part in text


def test_status_follows_what_is_done(at: Counter) -> None:
    at.done("voucher", "stamp", "A0010401-A0010500", "--stamp", "activity")
    at.done("voucher", "stamp", "A0010005", "--stamp", "date")
    at.done("voucher", "count", "A0010005-A0010500", "--second", "李梅")
    found = at.done("status", "--json").json["open"]
    assert (found["unstamped"], found["date_stamp_due"], found["counted_this_month"]) == ("", "", True)
    at.done("undo")
    assert at.done("status", "--json").json["open"]["counted_this_month"] is False
    at.done("undo", at="2026-10-08 18:00")


def test_a_reversed_sale_is_no_taking(at: Counter) -> None:
    at.done("sell", "dfxx", "300", "A0010101")
    at.done("undo")
    assert at.done("status", "--json").json["sales"]["by_pay"] == {"cash": "500.00"}


def test_bare_gb_outside_a_book_says_how_to_begin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GB_BOOK", raising=False)
    for argv in ([], ["status"], ["--lang", "zh"]):
        result = gb(*argv)
        assert result.code == 0, result
        assert "gb init" in result.out
    english_again()


def test_every_code_is_explained_in_both_languages() -> None:
    for language in ("zh", "en"):
        listed = gb("explain", "--lang", language).out
        for code in USUAL:
            assert code in listed
            assert gb("explain", code.lower(), "--lang", language).code == 0
    english_again()


def test_an_unknown_code(at: Counter) -> None:
    result = at("explain", "NUM-77")
    assert (result.code, result.error) == (3, "REF-01")
    assert at("check", "NUM-77").code == 2


def test_index_rebuild_gives_the_same_answers(at: Counter) -> None:
    before = [at.done("log", "--json").out, at.done("status", "--json").out]
    assert at.done("index", "rebuild", "--json").json == {"records": 11, "damage": 0, "kept": True}
    assert [at.done("log", "--json").out, at.done("status", "--json").out] == before
    assert at.done("index", "verify") == (0, "", "")
    assert at.done("index", "status", "--json").json["records"] == 11


def plant(db: sqlite3.Connection) -> None:
    """Say in the index that A0010001 and its neighbours were given instead of sold."""
    db.execute("UPDATE sheet SET layers = replace(layers, 'sold', 'given') WHERE first <= 10001 AND last >= 10001")
    db.commit()


def test_a_difference_of_the_index_is_found(at: Counter) -> None:
    """IDX-01 names the sheets that the index has otherwise than the text."""
    book = Book(at.book)
    assert index_findings(book) == []
    plant(book.index.db)
    (found,) = index_findings(book)
    assert (found.code, found.serials) == ("IDX-01", "A0010001-A0010004")
    book.index.rebuild()
    assert index_findings(book) == []


def test_an_index_changed_from_outside_is_built_anew(at: Counter) -> None:
    """A row changed behind the program's back is never believed: the next command starts from the text."""
    before = at.done("show", "A0010001", "--json").out
    db = sqlite3.connect(at.book / ".gb" / "index.sqlite")
    plant(db)
    db.close()
    assert at.done("show", "A0010001", "--json").out == before
    assert at("check", "IDX") == (0, "", "")
