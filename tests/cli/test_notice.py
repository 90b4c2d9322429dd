"""The 17:00 notice as typed, in both languages: issued, printed again, supplemented, caught up with, signed for."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.reports.table import width
from tests.cli.counter import Counter, english_again, open_counter


@pytest.fixture(params=["zh", "en"])
def at(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Counter]:
    """8 October: A0010001-A0010010 sold for cash, A0010011-A0010015 by transfer; K1, language of the book zh."""
    counter = open_counter(tmp_path)
    counter.language = request.param
    settings = counter.book / "gb.yaml"
    settings.write_text(
        settings.read_text(encoding="utf-8").replace('language: "en"', 'language: "zh"'), encoding="utf-8"
    )
    counter.done("sale", "cash", "--client", "C001", "--vouchers", "A0010001-A0010010")
    counter.done("sale", "transfer", "--client", "C002", "--vouchers", "A0010011-A0010015", "--reference", "TT-1")
    yield counter
    english_again()


FIVE = "2026-10-08 17:00"
LATER = "2026-10-08 17:20"
NIGHT = "2026-10-08 17:30"


def said(at: Counter, zh: str, en: str) -> str:
    return zh if at.language == "zh" else en


def stored(at: Counter, number: str) -> str:
    return (at.book / f"notices/2026-10/{number}.txt").read_text(encoding="utf-8")


def test_the_whole_notice(at: Counter) -> None:
    """15 × 100 for 1,500.00: both copies, the serials, the amount in figures and in words, nothing of who the clients are."""
    done = at.done("notice", at=FIVE)
    assert done.out.count("TZ2026-K1-0001") == 2
    assert said(at, "第一联 财务总收", "copy 1: finance main cashier") in done.out
    assert said(at, "第二联 收银部", "copy 2: cashiers' department") in done.out
    assert "  100.00" in done.out
    assert "A0010001-A0010015" in done.out
    assert done.out.count("人民币壹仟伍佰元整") == 2
    assert said(at, "其中 现金 ¥1,000.00  转账 ¥500.00", "of this cash ¥1,000.00  transfer ¥500.00") in done.out
    assert "东风" not in done.out
    assert max(map(width, done.out.splitlines())) <= 80
    assert "notices/2026-10/TZ2026-K1-0001.txt" in done.err


def test_the_text_is_kept_in_the_books_language(at: Counter) -> None:
    shown = at.done("notice", at=FIVE).out
    assert "第一联 财务总收" in stored(at, "TZ2026-K1-0001")
    assert (shown == stored(at, "TZ2026-K1-0001")) == (at.language == "zh")


def test_twice_is_the_same_bytes_and_writes_nothing(at: Counter) -> None:
    first = at.done("notice", at=FIVE)
    before = at.files()
    again = at.done("notice", at=LATER)
    assert again.out == first.out
    assert at.files() == before
    assert said(at, "重印", "printed again") in again.err


def test_the_supplement_lists_only_the_later_sale(at: Counter) -> None:
    at.done("notice", at=FIVE)
    at.done("sale", "cash", "--client", "C001", "--vouchers", "A0010100-A0010119", at=LATER)
    done = at.done("notice", at=NIGHT)
    assert said(at, "补充券号通知", "Supplementary notice of serials") in done.out
    assert "A0010100-A0010119" in done.out
    assert "A0010001" not in done.out
    assert "A0010001" not in stored(at, "TZ2026-K1-0002")
    told = at.done("notice", "--json", at=NIGHT).json
    assert (told["supplement"], told["sheets"], told["amount"], told["again"]) == (True, 20, "2000.00", True)


def test_the_json_of_the_contract(at: Counter) -> None:
    at.done("voucher", "freeze", "A0010300", "--reason", "查")
    told = at.done("notice", "--date", "2026-10-08", "--json", at=FIVE).json
    assert (told["number"], told["date"], told["supplement"]) == ("TZ2026-K1-0001", "2026-10-08", False)
    assert told["sales"] == [
        {"id": "SA20261008-K1-0001", "client": "C001", "pay": "cash", "amount": "1000.00", "spans": "A0010001-A0010010",
         "lines": "100.00*10"},
        {"id": "SA20261008-K1-0002", "client": "C002", "pay": "transfer", "amount": "500.00", "spans": "A0010011-A0010015",
         "lines": "100.00*5"},
    ]  # fmt: skip
    assert [(one["what"], one["spans"]) for one in told["other"]] == [("frozen", "A0010300")]
    assert (told["sheets"], told["amount"], told["by_pay"]) == (
        15,
        "1500.00",
        {"cash": "1000.00", "transfer": "500.00"},
    )
    assert len(told["digest"]) == 64
    assert told["acknowledged"] == {"finance": None, "cashiers": None}


def test_a_nil_notice(at: Counter) -> None:
    done = at.done("notice", at="2026-10-09 17:00")
    assert said(at, "今日没有售出", "Nothing was sold") in done.out
    assert "人民币零元整" in done.out


def test_three_missed_days(at: Counter) -> None:
    """Nobody issued any from the 8th to the 11th; on the morning of the 12th today's is not due yet."""
    done = at.done("notice", "--catch-up", at="2026-10-12 09:00")
    assert [line.split()[:2] for line in done.out.splitlines()] == [
        [f"2026-10-{day:02d}", f"TZ2026-K1-{day - 7:04d}"] for day in range(8, 12)
    ]
    assert said(at, "售出 2 笔 15 张 ¥1,500.00", "2 sales, 15 sheets ¥1,500.00") in done.out
    nothing = at.done("notice", "--catch-up", at="2026-10-12 16:59")
    assert (nothing.out, bool(nothing.err)) == ("", True)
    assert at.done("notice", "--catch-up", "--json", at="2026-10-12 17:00").json["notices"][0]["date"] == "2026-10-12"


def test_a_dry_run_writes_nothing(at: Counter) -> None:
    before = at.files()
    done = at.done("notice", "--dry-run", at=FIVE)
    assert "TZ2026-K1-0001" in done.out
    assert len(at.done("notice", "--catch-up", "--dry-run", at=FIVE).out.splitlines()) == 1
    assert at.files() == before


def test_a_closed_day(at: Counter) -> None:
    settings = at.book / "gb.yaml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("closed_days: []", 'closed_days: ["saturday"]'))
    done = at.done("notice", at="2026-10-10 17:00")
    assert (done.out, said(at, "不营业", "a closed day") in done.err) == ("", True)
    assert at.done("notice", "--json", at="2026-10-10 17:00").json == {
        "number": None,
        "date": "2026-10-10",
        "closed": True,
    }


@pytest.mark.parametrize("wrong", ['["sonntag"]', '["2026-13-01"]', '["1"]'])
def test_a_closed_day_is_a_weekday_or_a_date(at: Counter, wrong: str) -> None:
    settings = at.book / "gb.yaml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("closed_days: []", f"closed_days: {wrong}"))
    assert at("notice", at=FIVE).code == 4


def test_signed_for_by_both(at: Counter) -> None:
    at.done("notice", at=FIVE)
    at.done("notice", "ack", "TZ2026-K1-0001", "--as", said(at, "财务总收", "finance"), "--name", "赵敏", at=LATER)
    listed = at.done("notice", "list", at=NIGHT).out
    assert said(at, "财务总收", "finance main cashier") in listed
    (row,) = at.done("notice", "list", "--month", "2026-10", "--json", at=NIGHT).json["notices"]
    assert (row["acknowledged"], row["waiting"]) == (["finance"], ["cashiers"])
    twice = at("notice", "ack", "TZ2026-K1-0001", "--as", "finance", at=NIGHT)
    assert (twice.code, twice.error) == (3, "NUM-01")
    assert at.done(*twice.next[0].split()[1:4]).code == 0
    at.done("notice", "ack", "nt1008-1", "--as", "cashiers", at=NIGHT)
    shown = at.done("notice", "show", "TZ2026-K1-0001", "--json", at=NIGHT).json
    assert shown["acknowledged"] == {"finance": "NT20261008-K1-0002", "cashiers": "NT20261008-K1-0003"}


def test_the_day_s_last_notice_is_signed_for_when_none_is_named(at: Counter) -> None:
    at.done("notice", at=FIVE)
    at.done("notice", "ack", "--as", "finance", at=LATER)
    (row,) = at.done("notice", "list", "--json", at=NIGHT).json["notices"]
    assert (row["number"], row["acknowledged"]) == ("TZ2026-K1-0001", ["finance"])


def test_what_is_not_there(at: Counter) -> None:
    for words, code, error in (
        (("notice", "show", "TZ2026-K1-0007"), 3, "REF-01"),
        (("notice", "show"), 3, "REF-01"),
        (("notice", "ack", "TZ2026-K1-0007", "--as", "finance"), 3, "REF-01"),
        (("notice", "ack"), 3, "REF-01"),
        (("notice", "--date", "2026-10-09"), 3, "DAT-01"),
    ):
        result = at(*words, at=FIVE)
        assert (result.code, result.error) == (code, error), words
        assert result.next, words
    at.done("notice", at=FIVE)
    assert at("notice", "ack", "TZ2026-K1-0001", "--as", "nobody", at=LATER).code == 2
    side = at("notice", "ack", at=LATER)
    assert (side.code, side.error) == (2, "USE-01")


def test_delivery_without_a_channel_says_so(at: Counter) -> None:
    """Exit 6: the notice stands, and was not sent."""
    done = at("notice", "--deliver", at=FIVE)
    assert (done.code, done.error) == (6, "OUT-02")
    assert "A0010001-A0010015" in done.out
    assert at.done("notice", "show", at=LATER).out == done.out


def test_status_leads_through_it(at: Counter) -> None:
    """Due from 17:00, then to be signed for, then a supplement, then days that were missed."""
    assert "gb notice" not in at.done("status", at="2026-10-08 16:59").out
    assert "gb notice\n" in at.done("status", at=FIVE).out
    assert at.done("status", "--json", at=FIVE).json["notice"] == {
        "last": None, "due": True, "untold": 2, "missed": [], "unsigned": [], "undelivered": [],
    }  # fmt: skip
    at.done("notice", at=FIVE)
    assert "gb notice list" in at.done("status", at=LATER).out
    at.done("sale", "cash", "--client", "C001", "--vouchers", "A0010100", at=LATER)
    assert said(at, "TZ2026-K1-0001 之后又有 1 笔", "1 record after TZ2026-K1-0001") in at.done("status", at=NIGHT).out
    later = at.done("status", "--json", at="2026-10-11 09:00").json["notice"]
    assert (later["missed"], later["unsigned"]) == (["2026-10-09", "2026-10-10"], ["TZ2026-K1-0001"])
    assert "gb notice --catch-up" in at.done("status", at="2026-10-11 09:00").out


def test_the_check_and_its_command(at: Counter) -> None:
    """A sale dated back into a noticed day: NOT-02, exit 1; the command it names mends it."""
    at.done("notice", at=FIVE)
    back = ("--date", "2026-10-08", "--reason", "漏记")
    at.done("sale", "cash", "--client", "C001", "--vouchers", "A0010150", *back, at="2026-10-09 09:00")
    found = at("check", "NOT", "--json", at="2026-10-09 09:05")
    assert (found.code, [one["code"] for one in found.json["findings"]]) == (1, ["NOT-02"])
    at.done(*found.json["findings"][0]["next"][0].split()[1:], at="2026-10-09 09:10")
    assert at("check", "NOT", at="2026-10-09 09:15").out == ""


def test_the_lint_at_the_counter(at: Counter) -> None:
    """Told and recorded: the lint refuses nothing."""
    unit = at.done(
        "sale", "cash", "--client", "C001", "--vouchers", "A0010100-A0010149", "--invoice", said(at, "专用", "special")
    )
    assert "LAW-02" in unit.err
    assert "LAW-07" in unit.err
    at.done("client", "add", "--kind", "individual", "--alias", "李女士", "--code", "P001")
    big = at.done("sale", "transfer", "--client", "P001", "--vouchers", "A0010200-A0010299")
    assert "LAW-01" in big.err
    assert "gb client change P001 --identified" in at("check", "LAW-01").out
    at.done("client", "change", "P001", "--identified")
    shown = at.done("client", "show", "P001", "--json").json
    assert shown["identified"] is True
    assert "LAW-01" not in at.done("sale", "transfer", "--client", "P001", "--vouchers", "A0010300-A0010399").err


def test_a_commit_for_the_batch(at: Counter) -> None:
    subprocess.run(["git", "init", "-q", at.book], check=True)
    done = at.done("notice", at=FIVE)
    assert said(at, "已提交到 git", "committed to git") in done.err
    log = subprocess.run(
        ["git", "-C", at.book, "log", "--format=%s"], check=True, capture_output=True, text=True
    ).stdout
    assert log == "notice TZ2026-K1-0001\n"
    (at.book / ".git/index.lock").write_text("")
    failed = at.done("notice", at="2026-10-09 17:00")
    assert said(at, "没有提交到 git", "not committed to git") in failed.err
    assert at.done("notice", "show", "TZ2026-K1-0002", at="2026-10-09 17:01").code == 0


@pytest.mark.parametrize("words", [("notice",), ("notice", "ack"), ("notice", "list"), ("notice", "show")])
def test_every_page_has_an_example(at: Counter, words: tuple[str, ...]) -> None:
    page = at.done(*words, "--help").out
    assert said(at, "例：gb notice", "xample") in page
