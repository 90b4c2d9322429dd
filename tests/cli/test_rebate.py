"""Rebates at the counter: from who is due what to the sheets in the client's hand, and every refusal on the way (B1–B5)."""

from __future__ import annotations

import datetime as dt
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from shutil import copytree, ignore_patterns
from tempfile import mkdtemp

import pytest

from ledger.book.open import Book
from ledger.book.personal import opened
from ledger.core.personal import Subject
from tests.cli.counter import Counter, Result, begin, clock_at, english_again, filled, gb

DAY = "2026-10-08"


@cache
def _model() -> Path:
    """C001 bought 120 × 100 in cash and 20 × 100 by transfer, C002 20 × 100; A0010201-0500 are left, 0481 up for rebates."""
    book = Path(mkdtemp(prefix="gb-rebates-")) / "book"
    at = begin(book, DAY)
    at.done("operator", "add", "sun", "--name", "孙宁", "--role", "supervisor", by="li")
    at.done("operator", "add", "chou", "--name", "周", "--role", "manager", by="li")
    at.done("client", "add", "--unit", "东风厂", "--kind", "enterprise", "--code", "C001")
    at.done("client", "add", "--unit", "东风学校", "--kind", "institution", "--code", "C002")
    at.done("client", "add", "--alias", "老王", "--kind", "individual", "--code", "C003")
    for first, last, purpose in (("A0010001", "A0010480", "sale"), ("A0010481", "A0010500", "rebate")):
        sheets = int(last[1:]) - int(first[1:]) + 1
        request = at.done("request", "voucher", f"{sheets}x100", "--reason", "plan", "--json").json["id"]
        at.done("request", "approve", request, by="li")
        at.done("voucher", "receive", f"{first}-{last}", "--request", request, "--finance", "赵敏", "--stamped",
                "--purpose", purpose)  # fmt: skip
    at.done("sale", "cash", "C001", "A0010001+120")
    at.done("sale", "transfer", "C001", "A0010121+20")
    at.done("sale", "cash", "C002", "A0010141+20")
    at.done("sale", "cash", "C003", "A0010161+40")
    return book


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Counter]:
    book = tmp_path / "book"
    copytree(_model(), book, ignore=ignore_patterns(".gb"))
    counter = Counter(book, by="sun", day="2026-11-02")
    yield counter
    english_again()


def refused(at: Counter, code: str, *argv: str, by: str = "", exits: int = 3) -> Result:
    """The command is refused with that code, and not a byte is written."""
    before = at.files()
    result = at(*argv, by=by)
    assert (result.code, result.error) == (exits, code), result
    assert at.files() == before
    assert result.next
    return result


def pasted(at: Counter, line: str, *more: str, by: str = "") -> Result:
    """What ``next:`` names, typed as it stands; the clock goes on, and ``by`` stands in for who failed."""
    words = shlex.split(filled(line))[1:]
    clock = words.index("--at")
    at.minute += 1
    words[clock + 1] = f"{at.day} {9 + at.minute // 60:02d}:{at.minute % 60:02d}"
    if by and "--by" in words:
        words[words.index("--by") + 1] = by
    return gb(*words, *more, "--lang", "en")


def proposed(at: Counter) -> str:
    return str(at.done("rebate", "propose", "--client", "C001", "--month", "2026-10", "--json").json["id"])


def approved(at: Counter) -> str:
    slip = proposed(at)
    at.done("rebate", "approve", slip, by="li")
    return slip


# -- the whole way -------------------------------------------------------------------------------------------------------


def test_who_is_due_what(at: Counter) -> None:
    """12,000.00 arrived × 1 % = 120.00: one voucher; 2,000.00 by transfer wait.  C002 bought too little, C003 is a person."""
    found = at.done("rebate", "due", "--month", "2026-10", "--json").json
    first, second = found["due"]
    assert (found["month"], found["individuals"]) == ("2026-10", 1)
    assert {name: first[name] for name in ("client", "base", "percent", "due", "amount", "remainder", "waiting")} == {
        "client": "C001", "base": "12000.00", "percent": "1", "due": "120.00", "amount": "100.00", "remainder": "20.00",
        "waiting": "2000.00",
    }  # fmt: skip
    assert (second["client"], second["base"], second["amount"]) == ("C002", "2000.00", "0.00")


def test_the_table_of_what_is_due(at: Counter) -> None:
    at.language = "zh"
    assert at.done("rebate", "due", "--month", "2026-10").out == (
        "客户                基数  %    标准  结转  已给  可返扣    未到账\n"
        "-------------  ---------  -  ------  ----  ----  ------  --------\n"
        "C001 东风厂    12,000.00  1  120.00  0.00  0.00  100.00  2,000.00\n"
        "C002 东风学校   2,000.00  0    0.00  0.00  0.00    0.00\n"
    )


def test_from_proposal_to_collection(at: Counter) -> None:
    made = at.done("rebate", "propose", "--client", "东风厂", "--month", "2026-10")
    assert made.out == "RB1102-1  rebate proposal  C001 东风厂  100.00*1  1 sheet  2026-10  ¥100.00\n"
    assert "base 12,000.00 × 1 %, carried in 0.00, given before 0.00, rebate 100.00, carried on 20.00" in made.err
    done = at.done("rebate", "approve", "RB1102-1", by="li")
    assert "DZ-2026-0001" in done.out
    at.done("rebate", "notify", "DZ-2026-0001", "--how", "phone", by="wang")
    taken = at.done("rebate", "collect", "dz-2026-0001", "--signed-by", "张三", by="wang")
    assert "A0010481" in taken.out, "sheets drawn for rebates are taken first"
    listed = at.done("rebate", "list", "--month", "2026-10", "--json").json
    assert (listed["count"], listed["amount"]) == (1, "100.00")
    slip = listed["rebates"][0]
    assert {name: slip[name] for name in ("control_no", "client", "purchase_amount", "amount", "state", "sheets")} == {
        "control_no": "DZ-2026-0001", "client": "C001", "purchase_amount": "12000.00", "amount": "100.00",
        "state": "collected", "sheets": 1,
    }  # fmt: skip
    trace = at.done("voucher", "trace", "A0010481", "--json").json
    assert (trace["place"], trace["state"]) == ("client", "rebated")
    assert trace["history"][-1]["client"] == "C001"


def test_the_month_has_both_figures(at: Counter) -> None:
    """Contract: the block ``rebates`` of the sheet; October has nothing of it, November the slip and the collection."""
    slip = approved(at)
    at.done("rebate", "collect", slip, "--signed-by", "-", by="wang", stdin="张三\n")
    october = at("reconcile", "--month", "2026-10", "--json").json["rebates"]
    november = at("reconcile", "--month", "2026-11", "--json").json["rebates"]
    assert (october["count"], october["amount"], october["slips"]["count"]) == (0, "0.00", 0)
    assert november == {
        "count": 1, "amount": "100.00", "sheets": 1, "control_nos": ["DZ-2026-0001"],
        "slips": {"count": 1, "amount": "100.00"},
        "uncollected": {"opening": "0.00", "taken_over": "0.00", "approved": "100.00", "collected": "100.00", "cancelled": "0.00",
                        "prior_period": "0.00", "closing": "0.00", "slips": []},
    }  # fmt: skip


def test_no_open_slip_is_older_than_today_on_the_sheet_of_a_month_that_runs(at: Counter) -> None:
    """Approved on the counter's own day of November: seven days later 7 days, in December up to the 30th."""
    approved(at)
    day = dt.date.fromisoformat(at.day)
    for later, age in ((day + dt.timedelta(days=7), 7), (dt.date(2026, 12, 5), (dt.date(2026, 11, 30) - day).days)):
        at.day = str(later)
        (one,) = at("reconcile", "--month", "2026-11", "--json").json["rebates"]["uncollected"]["slips"]
        assert one["days"] == age


def test_named_purchases_only(at: Counter) -> None:
    made = at.done("rebate", "propose", "--sales", "SA1008-1", "--json").json
    assert made["sales"] == "SA20261008-K1-0001:12000.00"


def test_the_name_of_who_signed_is_nowhere(at: Counter) -> None:
    slip = approved(at)
    at.done("rebate", "collect", slip, "--signed-by", "欧阳震华", by="wang")
    assert not [path for path, data in at.files().items() if "欧阳震华".encode() in data]
    assert at.done("show", "RB1102-3", "--json").json["signed"] == "yes"


def test_the_name_of_who_signed_is_sealed(at: Counter) -> None:
    """With keys: from stdin, or as ``signer`` of a mapping; shown as ***, opened by C001's key only.  Without keys: not kept."""
    slip = approved(at)
    unkept = at.done("rebate", "collect", slip, "--signed-by", "-", "--dry-run", by="wang", stdin="欧阳震华\n")
    assert "not kept: gb keys init" in unkept.err
    (at.book / "rules.yaml").write_bytes((Path(__file__).parents[2] / "schemas/rules.example.yaml").read_bytes())
    at.done("keys", "init", by="li")
    at.done("rebate", "collect", slip, "--personal", "-", by="wang", stdin="signer: 欧阳震华")
    shown = at.done("show", "RB1102-3", "--json").json
    assert (shown["signed"], shown["signer"]) == ("yes", "***")
    record = Book(at.book).find(shown["id"]).record
    assert opened(Book(at.book), Subject("Client", "C001"), {"signer": getattr(record, "signer", "")}) == {
        "signer": "欧阳震华"
    }
    assert not [path for path, data in at.files().items() if "欧阳震华".encode() in data]


def test_status_names_each_next_step(at: Counter) -> None:
    slip = proposed(at)
    steps = ((f"gb rebate approve {slip}", "li"), ("gb rebate notify DZ-2026-0001 --how phone", "wang"),
             ("gb rebate collect DZ-2026-0001", "wang"))  # fmt: skip
    for command, by in steps:
        assert command in at.done("status").out
        more = ("--signed-by", "x") if "collect" in command else ()
        at.done(*shlex.split(command)[1:], *more, by=by)
    assert "rebate" not in at.done("status").out
    assert at.done("status", "--json").json["open"]["rebates"] == []


def test_the_queue_of_approvals_has_slips(at: Counter) -> None:
    slip = proposed(at)
    assert [one["id"] for one in at.done("approve", "--json", by="li").json["rebates"]] == [slip]
    assert f"gb approve {slip}" in at.done("approve", by="li").out
    at.done("approve", slip, by="li")
    assert at.done("approve", "--json", by="li").json["rebates"] == []


def test_a_slip_is_shown_with_its_steps(at: Counter) -> None:
    slip = approved(at)
    shown = at.done("rebate", "show", "DZ-2026-0001").out
    assert all(text in shown for text in (slip, "C001 东风厂", "SA20261008-K1-0001  12,000.00", "rebate approval"))
    told = at.done("rebate", "show", slip, "--json").json
    assert [one["kind"] for one in told["history"]] == ["proposal", "approval"]
    assert told["sales"] == [{"id": "SA20261008-K1-0001", "amount": "12000.00"}]


def test_a_slip_collected_in_parts(at: Counter) -> None:
    """300 × 100 more: 32,000.00 arrived in October × 1 % = 320.00: three vouchers, collected one and two."""
    at.day = "2026-10-30"
    at.done("sale", "cash", "C001", "A0010201+200", by="wang")
    at.day = "2026-11-02"
    slip = approved(at)
    one = at.done("rebate", "collect", slip, "--sheets", "1", "--signed-by", "x", "--json", by="wang").json
    assert (one["lines"], one["spans"]) == ("100.00*1", "A0010481")
    assert at.done("rebate", "show", slip, "--json").json["state"] == "partly-collected"
    refused(at, "REB-03", "rebate", "collect", slip, "--vouchers", "A0010482+3", "--signed-by", "x", by="wang")
    at.done("rebate", "collect", slip, "--signed-by", "x", by="wang")
    assert at.done("rebate", "show", slip, "--json").json["state"] == "collected"


def test_a_retry_records_once(at: Counter) -> None:
    slip = approved(at)
    argv = ("rebate", "collect", slip, "--signed-by", "x", "--once", "T1")
    first, again = (at.done(*argv, "--json", by="wang").json for _ in range(2))
    assert (again["id"], again["again"]) == (first["id"], True)


# -- refusals ------------------------------------------------------------------------------------------------------------


def test_nothing_is_collected_before_the_approval(at: Counter) -> None:
    slip = proposed(at)
    result = refused(at, "REB-01", "rebate", "collect", slip, "--signed-by", "x", by="wang")
    assert pasted(at, result.next[0], "--by", "li").code == 0
    at.done("rebate", "collect", slip, "--signed-by", "x", by="wang")


def test_a_slip_is_collected_once(at: Counter) -> None:
    slip = approved(at)
    at.done("rebate", "collect", slip, "--signed-by", "x", by="wang")
    result = refused(at, "REB-02", "rebate", "collect", slip, "--vouchers", "A0010482", "--signed-by", "x", by="wang")
    assert pasted(at, result.next[0]).code == 0
    refused(at, "REB-02", "rebate", "collect", slip, "--signed-by", "x", by="wang")


def test_a_purchase_has_one_rebate(at: Counter) -> None:
    proposed(at)
    refused(at, "REB-02", "rebate", "propose", "--sales", "SA1008-1")
    result = refused(at, "REB-03", "rebate", "propose", "--client", "C001", "--month", "2026-10")
    assert pasted(at, result.next[0]).code == 0


def test_money_that_has_not_arrived_gives_nothing(at: Counter) -> None:
    refused(at, "REB-03", "rebate", "propose", "--sales", "SA1008-2")


def test_a_person_gets_none(at: Counter) -> None:
    refused(at, "REB-07", "rebate", "propose", "--sales", "SA1008-4", "--carry")


def test_purchases_of_two_clients_are_no_slip(at: Counter) -> None:
    refused(at, "REB-07", "rebate", "propose", "--sales", "SA1008-1", "--sales", "SA1008-3")


def test_less_than_a_voucher_can_be_carried_on(at: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """C002: 80 more in November: 8,000.00 × 0.5 % = 40.00, no voucher; December 19,000.00: 190 + 40 = 230.00."""
    at.done("sale", "cash", "C002", "A0010201+80", by="wang")
    result = refused(at, "REB-03", "rebate", "propose", "--client", "C002", "--month", "2026-11")
    carried = pasted(at, next(line for line in result.next if "--carry" in line), "--json").json
    assert (carried["amount"], carried["remainder"]) == ("0.00", "40.00")
    refused(at, "APR-03", "rebate", "approve", carried["id"], by="li")
    at.day = "2026-12-03"
    clock_at(monkeypatch, "2026-12-04")
    at.done("sale", "cash", "C002", "A0010281+190", by="wang")
    made = at.done("rebate", "propose", "--client", "C002", "--month", "2026-12", "--json").json
    assert (made["carried"], made["amount"], made["remainder"]) == ("40.00", "200.00", "30.00")


def test_nobody_approves_their_own(at: Counter) -> None:
    slip = str(at.done("rebate", "propose", "--client", "C001", "--month", "2026-10", "--json", by="li").json["id"])
    result = refused(at, "APR-02", "rebate", "approve", slip, by="li")
    assert pasted(at, result.next[0]).code == 0
    at.done("rebate", "approve", slip, by="chou")


def test_a_clerk_neither_proposes_nor_approves(at: Counter) -> None:
    refused(at, "ROL-01", "rebate", "propose", "--client", "C001", "--month", "2026-10", by="wang")
    slip = proposed(at)
    refused(at, "ROL-01", "rebate", "approve", slip, by="sun")


def test_a_typed_control_number_is_the_next_one(at: Counter) -> None:
    slip = proposed(at)
    result = refused(at, "REB-04", "rebate", "approve", slip, "--control-no", "DZ-2026-0002", by="li")
    assert pasted(at, result.next[0]).code == 0
    refused(at, "USE-01", "rebate", "approve", slip, "--control-no", "7", by="li", exits=2)


def test_control_numbers_come_from_the_first_terminal(at: Counter) -> None:
    at.done("terminal", "add", "K2", by="li")
    slip = proposed(at)
    before = at.files()
    shared = ("--book", str(at.book), "--by", "li", "--at", "2026-11-02 11:00", "--lang", "en")
    result = gb("rebate", "approve", slip, "--terminal", "K2", *shared)
    assert (result.code, result.error) == (3, "REB-04")
    assert at.files() == before
    assert "terminal K1 alone" in result.err
    at.minute = 180
    assert pasted(at, result.next[0]).code == 0


def test_a_cancelled_number_is_not_used_again(at: Counter) -> None:
    first = approved(at)
    at.done("rebate", "cancel", "DZ-2026-0001", "--reason", "returned", by="li")
    second = approved(at)
    slips = {one["id"]: one for one in at.done("rebate", "list", "--json").json["rebates"]}
    assert (slips[first]["control_no"], slips[first]["state"]) == ("DZ-2026-0001", "cancelled")
    assert slips[second]["control_no"] == "DZ-2026-0002"
    refused(at, "REB-01", "rebate", "collect", "DZ-2026-0001", "--signed-by", "x", by="wang")
    refused(at, "APR-03", "rebate", "cancel", "DZ-2026-0001", "--reason", "again", by="li")
    assert at("check", "REB").code == 0


def test_an_approval_is_cancelled_not_reversed(at: Counter) -> None:
    approved(at)
    result = refused(at, "ORD-01", "reverse", "RB1102-2", "--reason", "wrong", by="li")
    assert any("rebate cancel" in line for line in result.next)


def test_an_undecided_slip_is_rejected_not_cancelled(at: Counter) -> None:
    slip = proposed(at)
    result = refused(at, "REB-01", "rebate", "cancel", slip, "--reason", "wrong", by="li")
    assert pasted(at, result.next[0]).code == 0
    refused(at, "APR-03", "rebate", "approve", slip, by="li")
    refused(at, "REB-01", "rebate", "notify", slip, "--how", "phone", by="wang")


@pytest.mark.parametrize("verb", ["approve", "notify", "collect", "show", "cancel", "reject"])
def test_an_unknown_slip_is_said(at: Counter, verb: str) -> None:
    more = {"notify": ("--how", "x"), "collect": ("--signed-by", "x"), "cancel": ("--reason", "x"),
            "reject": ("--reason", "x")}.get(verb, ())  # fmt: skip
    refused(at, "REF-01", "rebate", verb, "DZ-2026-0009", *more, by="li")
    refused(at, "REF-01", "rebate", verb, "SA1008-1", *more, by="li")


def test_what_is_missing_is_named(at: Counter) -> None:
    slip = approved(at)
    for argv in (("notify", slip), ("collect", slip), ("cancel", slip), ("propose",)):
        refused(at, "USE-01", "rebate", *argv, by="li", exits=2)


def test_sheets_drawn_for_sale_where_the_rule_keeps_them_apart(at: Counter) -> None:
    """A dated rule: from 2026-11-02 rebates come out of sheets drawn for rebates only."""
    rules = at.book / "rules.yaml"
    text = rules.read_text(encoding="utf-8")
    start = text.index('rebates:\n  - from: "2000-01-01"')
    block = text[start : text.index("\n\n", start)]
    later = block.removeprefix("rebates:\n").replace("2000-01-01", "2026-11-02").replace('"yes"', '"no"')
    rules.write_text(text.replace(block, f"{block}\n{later}"), encoding="utf-8")
    slip = approved(at)
    refused(at, "STA-01", "rebate", "collect", slip, "--vouchers", "A0010201", "--signed-by", "x", by="wang")
    assert "A0010481" in at.done("rebate", "collect", slip, "--signed-by", "x", by="wang").out


def test_sheets_drawn_for_rebates_are_not_proposed_for_sale(at: Counter) -> None:
    """280 sheets drawn for sale are left; the 20 drawn for rebates are sold only when they are named."""
    refused(at, "STA-01", "sale", "cash", "C002", "--sheets", "281", "--face", "100", by="wang")
    at.done("sale", "cash", "C002", "A0010500", by="wang")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_fits_80_columns(at: Counter, language: str) -> None:
    from ledger.reports.table import width

    approved(at)
    at.language = language
    for argv in (("rebate", "due", "--month", "2026-10"), ("rebate", "list"), ("rebate", "show", "DZ-2026-0001"),
                 ("reconcile", "--month", "2026-11"), ("status",), ("approve", "--by", "li")):  # fmt: skip
        out = at(*argv).out
        assert max(map(width, out.splitlines()), default=0) <= 80, out
