"""Sales at the counter: what is recorded and echoed, and every refusal, in both languages, with nothing written."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.cli.counter import Counter, Result, english_again, filled, gb, open_counter


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Counter]:
    """The small book: A0010001-0400 sellable, A0010401-0500 unstamped, clients C001 dfc and C002 dfxx."""
    yield open_counter(tmp_path)
    english_again()


# -- what is recorded ----------------------------------------------------------------------------------------------------


def test_sell_by_first_serial(at: Counter) -> None:
    """5000 from A0010001 on: fifty sheets, named with client, amount, first and last serial."""
    result = at.done("sell", "dfc", "5000", "A0010001")
    line = result.out.strip()
    for part in ("SA1008-1", "C001 东风厂", "50 sheets", "A0010001 … A0010050", "¥5,000.00"):
        assert part in line
    assert at.done("show", "last", "--json").json["payments"] == "cash:5000.00"


def test_a_cash_sale_of_one_packet_takes_at_most_30_keys(at: Counter) -> None:
    keys = "gb sell dfc 5000 A0010001\n"
    assert len(keys) <= 30
    sold = at.done(*shlex.split(keys)[1:], "--json").json
    assert (sold["client"], sold["spans"], sold["amount"]) == ("C001", "A0010001-A0010050", "5000.00")


def test_sell_the_lowest_on_hand(at: Counter) -> None:
    """Without a serial the lowest sheets are taken and told, for the clerk to compare with the packet."""
    at.done("sell", "dfc", "300")
    result = at.done("sell", "dfc", "200")
    assert "A0010004 … A0010005" in result.err
    assert "A0010004 … A0010005" in result.out


def test_sell_named_spans_by_transfer(at: Counter) -> None:
    sold = at.done(
        "sell", "C002", "400", "A0010011-12", "A0010021+2", "-t", "transfer", "--reference", "T9", "--json"
    ).json
    assert sold["spans"] == "A0010011-A0010012 A0010021-A0010022"
    assert (sold["payments"], sold["reference"]) == ("transfer:400.00", "T9")


def test_an_amount_that_does_not_divide_names_the_two_nearest(at: Counter) -> None:
    before = at.files()
    result = at("sell", "dfc", "5050", "A0010001")
    assert (result.code, result.error) == (3, "REC-03")
    assert [command.split(" --")[0] for command in result.next] == [
        "gb sell C001 5000 A0010001",
        "gb sell C001 5100 A0010001",
    ]
    assert at.files() == before


@pytest.mark.parametrize("method", ["cash", "transfer", "wechat", "alipay", "pos"])
def test_every_method_is_a_verb(at: Counter, method: str) -> None:
    sold = at.done("sale", method, "--client", "C001", "--vouchers", "A0010001-A0010002", "--json").json
    assert (sold["payments"], sold["amount"]) == (f"{method}:200.00", "200.00")


def test_positional_client_and_serials(at: Counter) -> None:
    sold = at.done("sale", "cash", "dfc", "A0010001-003", "--json").json
    assert (sold["client"], sold["spans"]) == ("C001", "A0010001-A0010003")


def test_full_width_typing_is_folded_and_told(at: Counter) -> None:
    result = at.done("sale", "cash", "ｄｆｃ", "Ａ００１０００１－Ａ００１０００５", "--amount", "５００元")
    assert "A0010001-A0010005" in result.err
    assert "500.00" in result.err


def test_several_payments(at: Counter) -> None:
    pays = ("--pay", "cash:100", "--pay", "transfer:200")
    sold = at.done("sale", "cash", "dfc", "A0010001-003", *pays, "--json").json
    assert sold["payments"] == "cash:100.00 transfer:200.00"
    result = at("sale", "cash", "dfc", "A0010004-006", "--pay", "cash:100", "--pay", "transfer:150")
    assert (result.code, result.error) == (3, "REC-03")


def test_a_method_of_the_store_by_pay(at: Counter) -> None:
    settings = at.book / "gb.yaml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace('"pos"]', '"pos", "meituan"]'), encoding="utf-8")
    sold = at.done("sale", "cash", "dfc", "A0010001", "--pay", "meituan:100", "--json").json
    assert sold["payments"] == "meituan:100.00"
    assert at("sale", "cash", "dfc", "A0010002", "--pay", "bitcoin:100").code == 2


def test_sheets_and_face_take_the_lowest(at: Counter) -> None:
    result = at.done("sale", "cash", "dfc", "--sheets", "50", "--face", "100", "--json")
    assert result.json["spans"] == "A0010001-A0010050"
    assert "A0010001 … A0010050" in result.err


def test_a_discount_within_the_rule_needs_a_reason(at: Counter) -> None:
    sale = ("sale", "cash", "dfc", "A0010001-010", "--amount", "990")
    assert at(*sale).error == "REC-03"
    assert at.done(*sale, "--reason", "开业", "--json").json["reason"] == "开业"
    beyond = at("sale", "cash", "dfc", "A0010011-020", "--amount", "900", "--reason", "开业")
    assert (beyond.code, beyond.error) == (3, "REC-03")


def test_dry_run_writes_nothing(at: Counter) -> None:
    before = at.files()
    result = at.done("sell", "dfc", "500", "--dry-run")
    assert "dry run" in result.out
    assert at.files() == before


def test_once_records_once(at: Counter) -> None:
    first = at.done("sell", "dfc", "500", "A0010001", "--once", "T1", "--json").json
    again = at.done("sell", "dfc", "500", "A0010001", "--once", "T1", "--json").json
    assert first["id"] == again["id"]
    assert again["again"] is True
    other = at("sell", "dfc", "600", "A0010001", "--once", "T1")
    assert (other.code, other.error) == (3, "KEY-01")


def test_expiry_later_than_the_receipts_is_refused(at: Counter) -> None:
    sold = at.done("sale", "cash", "dfc", "A0010001", "--expires", "2027-01-31", "--json").json
    assert sold["expires"] == "2027-01-31"


# -- returns, undo, reverse ----------------------------------------------------------------------------------------------


def test_a_return_names_its_sale_and_share(at: Counter) -> None:
    sale = at.done("sale", "wechat", "dfc", "A0010001-010", "--amount", "990", "--reason", "开业", "--json").json["id"]
    at.done("cash", "arrived", sale)
    back = at.done("sale", "return", "A0010005", "--reason", "多买", "--json").json
    assert (back["ref"], back["amount"], back["payments"]) == (sale, "99.00", "wechat:99.00")
    assert at("sale", "return", "A0010005", "--reason", "多买").error == "STA-01"
    assert at("sale", "return", "A0010006", "--refund", "100", "--reason", "多买").error == "REC-03"
    resold = at("sale", "cash", "dfc", "A0010005")
    assert (resold.code, resold.error) == (3, "STA-04")
    assert at("sale", "return", "A0010006").code == 2  # no reason, nobody to ask


def test_undo_takes_back_the_own_last_entry(at: Counter) -> None:
    at.done("sell", "dfc", "500", "A0010001")
    second = at.done("sell", "dfc", "500", "A0010101", "--json").json["id"]
    undone = at.done("undo", "--json")
    assert undone.json["ref"] == second
    assert second in undone.err
    assert at.done("undo", "--json").json["ref"] != second
    nothing = at("undo", by="li", at="2026-10-09 09:00")
    assert (nothing.code, nothing.error) == (3, "REF-01")
    at.done("sell", "dfc", "500", "A0010101")  # the sheets are back in the safe


def test_undo_with_a_token_undoes_once(at: Counter) -> None:
    first = at.done("sell", "dfc", "500", "A0010001", "--json").json["id"]
    at.done("sell", "dfc", "500", "A0010101")
    one = at.done("undo", "--once", "U1", "--json").json
    again = at.done("undo", "--once", "U1", "--json").json
    assert one["id"] == again["id"]
    assert first not in {one["ref"], again["ref"]}


def test_reversing_anothers_record_needs_the_role(at: Counter) -> None:
    sale = at.done("sell", "dfc", "500", "A0010001", "--json").json["id"]
    at.done("operator", "add", "zhou", "--name", "周", "--role", "clerk", by="li")
    before = at.files()
    refused = at("reverse", sale, "--reason", "错", by="zhou")
    assert (refused.code, refused.error) == (3, "ROL-01")
    assert at.files() == before
    old = at("reverse", sale, "--reason", "错", at="2026-10-09 09:00")
    assert (old.code, old.error) == (3, "ROL-01")
    assert at.done("reverse", sale, "--reason", "错", by="li", at="2026-10-09 09:00").code == 0
    twice = at("reverse", sale, "--reason", "错", by="li", at="2026-10-09 09:05")
    assert (twice.code, twice.error) == (3, "STA-01")


def test_reverse_is_last_in_first_out(at: Counter) -> None:
    sale = at.done("sell", "dfc", "500", "A0010001", "--json").json["id"]
    back = at.done("sale", "return", "A0010001", "--reason", "多买", "--json").json["id"]
    refused = at("reverse", sale, "--reason", "错")
    assert (refused.code, refused.error) == (3, "STA-01")
    assert back in refused.next[0]


# -- refusals ------------------------------------------------------------------------------------------------------------


class Case(NamedTuple):
    """A refusal: what comes first, what is typed, the exit code and the finding's code."""

    first: tuple[str, ...]
    typed: str
    exit: int
    code: str
    says: str = ""


CASES = {
    "already sold": Case(("sell dfc 500 A0010001",), "sell dfxx 300 A0010003", 3, "NUM-02", "A0010003-A0010005"),
    "unstamped": Case((), "sell dfc 500 A0010401", 3, "STA-02", "A0010401-A0010405"),
    "partly unstamped": Case((), "sell dfc 500 A0010399", 3, "STA-02", "A0010401-A0010403"),
    "void": Case(("@void A0010007",), "sell dfc 500 A0010005", 3, "STA-01", "A0010007"),
    "frozen": Case(("voucher freeze A0010007 --reason 核查",), "sell dfc 500 A0010005", 3, "STA-01", "A0010007"),
    "never received": Case((), "sell dfc 500 A0020001", 3, "STA-01", "A0020001"),
    "runs past what was received": Case((), "sale cash dfc A0010499-A0010502", 3, "STA-02", "A0010501-A0010502"),
    "too many sheets": Case((), "sell dfc 90000", 3, "STA-01", "400"),
    "too many sheets by number": Case((), "sale cash dfc --sheets 401 --face 100", 3, "STA-01", "400"),
    "more digits than a serial has": Case((), "sell dfc 500 A9999998", 3, "STA-01"),
    "three decimals": Case((), "sell dfc 500.005 A0010001", 2, "USE-01", "500.005"),
    "scientific": Case((), "sell dfc 1e2 A0010001", 2, "USE-01", "1e2"),
    "not a number": Case((), "sell dfc NaN A0010001", 2, "USE-01", "NaN"),
    "negative": Case((), "sale cash dfc A0010001 --amount=-100", 2, "USE-01", "-100"),
    "zero": Case((), "sell dfc 0 A0010001", 3, "REC-03"),
    "backwards": Case((), "sale cash dfc A0010050-A0010001", 2, "USE-01", "A0010001"),
    "serial twice": Case((), "sale cash dfc A0010001 A0010001", 2, "USE-01", "A0010001"),
    "unknown client": Case((), "sell 东方厂 500 A0010001", 3, "REF-01", "东方厂"),
    "ambiguous client": Case((), "sell 东风 500 A0010001", 3, "REF-02", "C002"),
    "no client": Case((), "sale cash", 2, "USE-01", "--client"),
    "no serials": Case((), "sale cash dfc", 2, "USE-01", "--vouchers"),
    "sheets and serials": Case((), "sale cash dfc A0010001 --sheets 5", 2, "USE-01"),
    "unknown method": Case((), "sell dfc 500 A0010001 -t shells", 2, "USE-01", "shells"),
    "unknown salesperson": Case((), "sale cash dfc A0010001 --salesperson nobody", 3, "REF-01", "nobody"),
    "unknown approval": Case((), "sale cash dfc A0010001 --approval RQ1008-99", 3, "REF-01", "RQ1008-99"),
    "a request that is no discount": Case((), "sale cash dfc A0010001 --approval RQ1008-1", 3, "APR-01"),
    "before its receipt": Case(
        (), "sell dfc 500 A0010001 --date 2026-10-07 --reason 补", 3, "ORD-01", "RC20261008-K1-0001"
    ),
    "a later date": Case((), "sell dfc 500 A0010001 --date 2026-10-09", 3, "DAT-01", "2026-10-09"),
    "return of an unsold sheet": Case((), "sale return A0010001 --reason 退", 3, "STA-01", "A0010001"),
    "unknown operator": Case((), "sell dfc 500 A0010001 --by nobody", 3, "REF-01", "nobody"),
}


@pytest.mark.parametrize("name", CASES)
def test_refused_in_both_languages_and_nothing_written(at: Counter, name: str) -> None:
    """The code and exit code are as agreed, the message names the trouble, and the first `next:` works."""
    case = CASES[name]
    for command in case.first:
        _first(at, command)
    before = at.files()
    shown = {}
    for language in ("zh", "en"):
        at.language = language
        result = at(*shlex.split(case.typed))
        assert (result.code, result.error) == (case.exit, case.code), result.err
        assert case.says in result.err
        assert result.out == ""
        assert "Traceback" not in result.err
        shown[language] = result.err.splitlines()[0]
    assert shown["zh"] != shown["en"]
    assert re.search("[\u4e00-\u9fff]", shown["zh"])
    assert at.files() == before
    _pasted(at, result, before)


def _first(at: Counter, command: str) -> None:
    if command.startswith("@void "):
        spans = command.removeprefix("@void ")
        request = at.done("request", "void", "1x100", "--reason", "污损", "--json").json["id"]
        at.done("request", "approve", request, by="li")
        command = f"voucher void {spans} --reason 污损 --approval {request}"
    at.done(*shlex.split(command))


def _pasted(at: Counter, result: Result, before: dict[str, bytes]) -> None:
    """The first command named is one that works; it is run as printed, with a reason where one is left to the person."""
    assert result.next, result.err
    words = shlex.split(filled(result.next[0]))
    assert words[0] == "gb"
    pasted = gb(*words[1:])
    assert pasted.code == 0, (result.next[0], pasted)


def test_near_clients_are_named(at: Counter) -> None:
    result = at("sell", "东方厂", "500", "A0010001")
    assert "gb client show C001" in result.next[0]


def test_an_error_for_programs(at: Counter) -> None:
    at.done("sell", "dfc", "500", "A0010001")
    result = at("sell", "dfc", "500", "A0010001", "--json")
    assert result.code == 3
    error = __import__("json").loads(result.err.splitlines()[-1])["error"]
    assert (error["code"], error["retry"]) == ("NUM-02", "safe")
    assert error["hint"].startswith("gb show SA20261008-K1-0001")
