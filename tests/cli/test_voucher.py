"""Sheets at the counter: received, stamped, stepped, counted, looked up; and every refusal with what it leads to."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.shop import DAY, Shop, open_shop
from tests.cli.start import environment


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    return open_shop(tmp_path, monkeypatch)


def custody(shop: Shop) -> str:
    return (shop.root / "journals/2026-10/custody.K1.yaml").read_text(encoding="utf-8")


# -- what is recorded ----------------------------------------------------------------------------------------------------


def test_a_receipt_takes_face_and_name_from_its_request(shop: Shop) -> None:
    """Finance prepared 500 x 100: the receipt needs the serials and the request only, and says what it derived."""
    request = shop.approved("voucher --face 100 --sheets 500")
    shop.ok("operator add chen --name 陈 --role finance --by li")
    shop.ok(f"request prepared {request} --finance 陈会计 --collect {DAY} --by chen")
    ran = shop.ok(f"voucher receive A0010001-500 --request {request} --stamped --json")
    assert {name: ran.json[name] for name in ("face", "sheets", "finance", "stamps", "seal", "spans", "short")} == {
        "face": "100.00", "sheets": "500", "finance": "陈会计", "stamps": "activity", "seal": "yes",
        "spans": "A0010001-A0010500", "short": "RC1008-1",
    }  # fmt: skip
    assert "serials A0010001-A0010500, 500 sheets" in ran.err
    assert "from the request: face 100.00, finance's name 陈会计" in ran.err


@pytest.mark.parametrize(("language", "told"), [("zh", "领券登记  500 张  A0010001 … A0010500"),
                                                ("en", "receipt  500 sheets  A0010001 … A0010500")])  # fmt: skip
def test_the_echo_names_count_and_ends(shop: Shop, language: str, told: str) -> None:
    shop.lang = language
    request = shop.approved("voucher 500x100")
    ran = shop.ok(f"voucher receive A0010001+500 --request {request} --finance 赵")
    assert ran.out.startswith(f"RC1008-1  {told}")


STEPS = [
    ("stamp A0010001-010 --stamp activity", "", "stamp: activity"),
    ("return A0010001-010 --reason spare --finance Zhao", "", "kind: return-to-finance"),
    ("void A0010001-002 --reason torn", "void 2x100", "kind: void"),
    ("lost A0010001-002 --reason gone --report BS-1", "lost 2x100", "report: BS-1"),
    ("give A0010001-002 --client C001 --reason festival", "gift 2x100", "client: C001"),
    ("give A0010001-002 --use 抽奖 --reason draw", "use 2x100", "use: 抽奖"),
    ("reface A0010001-002 --face 200 --reason wanted", "reface 2x100 --to 200", "face: '200.00'"),
    ("freeze A0010001-002 --reason dispute", "", "kind: freeze"),
]


@pytest.mark.parametrize(("line", "asked", "written"), STEPS, ids=[line.split()[0] for line, _, _ in STEPS])
def test_a_plain_step_is_recorded_from_its_declaration(shop: Shop, line: str, asked: str, written: str) -> None:
    shop.received("A0010001+100")
    approval = f" --approval {shop.approved(asked)}" if asked else ""
    shop.ok(f"voucher {line}{approval}")
    assert written.replace("'", "") in custody(shop).replace('"', "").replace("'", "")


def test_found_and_unfrozen_sheets_can_be_used_again(shop: Shop) -> None:
    shop.received("A0010001+10")
    shop.ok(f"voucher lost A0010001 --report BS-1 --reason gone --approval {shop.approved('lost 1x100')}")
    shop.ok("voucher found A0010001 --reason drawer")
    shop.ok("voucher freeze A0010001 --reason look")
    shop.ok("voucher unfreeze A0010001 --reason done")
    assert shop.ok("voucher trace A0010001 --json").json["state"] == "sellable"


def test_a_missing_reason_is_a_usage_error(shop: Shop) -> None:
    shop.received("A0010001+10")
    ran = shop("voucher freeze A0010001")
    assert (ran.code, ran.error) == (2, "USE-01")
    assert "--reason" in ran.err


def test_a_gift_names_a_client_or_a_use(shop: Shop) -> None:
    shop.received("A0010001+10")
    ran = shop("voucher give A0010001 --reason festival")
    assert (ran.code, ran.error) == (2, "USE-01")


# -- approvals -------------------------------------------------------------------------------------------------------------


def test_the_one_approval_that_would_do_is_named_and_works_when_pasted(shop: Shop) -> None:
    """One approved request for 2 void sheets: it is not taken by itself, but the same command with it is printed."""
    shop.received("A0010001+10")
    request = shop.approved("void 2x100")
    before = shop.bytes()
    ran = shop("voucher void A0010001-002 --reason 'torn apart'")
    assert (ran.code, ran.error) == (3, "APR-01")
    assert ran.next[0].endswith(f"voucher void A0010001-002 --reason 'torn apart' --approval {request}")
    assert shop.bytes() == before
    assert shop.paste(ran.next[0]).code == 0


def test_two_approvals_that_would_do_are_a_list_to_look_at(shop: Shop) -> None:
    shop.received("A0010001+10")
    shop.approved("void 2x100")
    shop.approved("void 3x100")
    ran = shop("voucher void A0010001-002 --reason torn")
    assert ran.next[0].startswith("gb request list --purpose void")
    assert shop.paste(ran.next[0]).code == 0


def test_a_wrong_approval_is_replaced_by_the_right_one(shop: Shop) -> None:
    shop.received("A0010001+10")
    wrong, right = shop.approved("lost 1x100"), shop.approved("void 1x100")
    ran = shop(f"voucher void A0010001 --approval {wrong} --reason torn")
    assert (ran.code, ran.error) == (3, "APR-01")
    assert wrong not in ran.next[0]
    assert shop.paste(ran.next[0]).code == 0
    assert right in custody(shop)


def test_a_receipt_without_request_names_the_one_to_draw_on(shop: Shop) -> None:
    request = shop.approved("voucher 10x100")
    ran = shop("voucher receive A0010001+10 --finance Zhao")
    assert (ran.code, ran.error) == (2, "USE-01")
    assert ran.next[0].endswith(f"--request {request}")
    assert shop.paste(ran.next[0]).code == 0


# -- refusals --------------------------------------------------------------------------------------------------------------

REFUSALS = {
    "wrong serial": ("voucher stamp A00x --stamp activity", 2, "USE-01"),
    "runs backwards": ("voucher stamp A0010050-A0010001 --stamp activity", 2, "USE-01"),
    "a packet twice": ("voucher stamp A0010001+5,A0010003 --stamp activity", 2, "USE-01"),
    "not a stamp": ("voucher stamp A0010001 --stamp blue", 2, "USE-01"),
    "three decimals": ("request voucher --face 100.005 --sheets 5 --reason x", 2, "USE-01"),
    "1e2": ("request voucher --face 1e2 --sheets 5 --reason x", 2, "USE-01"),
    "NaN": ("request voucher 5xNaN --reason x", 2, "USE-01"),
    "no sheets": ("request voucher --face 100 --sheets 0 --reason x", 2, "USE-01"),
    "unreceived": ("voucher stamp Z0000001+5 --stamp activity", 3, "STA-01"),
    "received already": ("voucher receive A0010001+5 --request {more} --finance Zhao", 3, "STA-01"),
    "unstamped": ("voucher give B0010001 --client C001 --reason x --approval {gift}", 3, "STA-02"),
    "void": ("voucher stamp A0010090 --stamp date", 3, "STA-01"),
    "sold": ("voucher void A0010081 --reason x --approval {void}", 3, "STA-01"),
    "sold and given": ("voucher give A0010081 --client C001 --reason x --approval {gift}", 3, "NUM-02"),
    "frozen": ("voucher return A0010095 --reason x", 3, "STA-01"),
    "unknown client": ("voucher give A0010001 --client 无此单位 --reason x --approval {gift}", 3, "REF-01"),
    "unknown request": ("voucher void A0010001 --reason x --approval RQ-77", 3, "REF-01"),
    "unapproved": ("voucher receive C0000001+5 --request {open} --finance Zhao", 3, "APR-01"),
    "used up": ("voucher receive C0000001+5 --request {used} --finance Zhao", 3, "APR-03"),
    "too many sheets": ("voucher receive C0000001+500 --request {more} --finance Zhao", 3, "APR-03"),
    "wrong purpose": ("voucher receive C0000001+5 --request {void} --finance Zhao", 3, "APR-01"),
    "no approval": ("voucher lost A0010001 --report BS-2 --reason x", 3, "APR-01"),
    "approved by the requester": ("request approve {own} --by li", 3, "APR-02"),
    "decided already": ("request approve {void} --by li", 3, "APR-03"),
    "not a manager": ("request approve {open}", 3, "ROL-01"),
    "another new face": ("voucher reface A0010001 --face 500 --reason x --approval {reface}", 3, "APR-01"),
    "never seen": ("voucher trace Q0000001", 3, "REF-01"),
    "no such record": ("voucher show RC-99", 3, "REF-01"),
    "under the name of the program": ("voucher stamp A0010001 --stamp date --by init", 2, "USE-01"),
}


@pytest.fixture
def busy(shop: Shop) -> tuple[Shop, dict[str, str]]:
    """A safe with sheets in every state, and requests in every state."""
    used = shop.received("A0010001+100")
    shop.received("B0010001+5", options="")
    shop.ok(f"voucher void A0010090 --reason torn --approval {shop.approved('void 1x100')}")
    shop.ok("voucher freeze A0010095 --reason dispute")
    shop.ok("sale cash --client C001 --vouchers A0010081-085")
    made = {name: shop.approved(f"{name} 5x100") for name in ("void", "gift")}
    made["reface"] = shop.approved("reface 5x100 --to 200")
    made["more"] = shop.approved("voucher 5x100")
    made["open"] = shop.ok("request voucher 5x100 --reason plan --json").json["id"]
    made["own"] = shop.ok("request voucher 5x100 --reason plan --by li --json").json["id"]
    return shop, {**made, "used": used}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_refusal_is_clear_writes_nothing_and_leads_on(busy: tuple[Shop, dict[str, str]], language: str) -> None:
    """One book for all cases, which is sound since each must leave it as it was; what ``next:`` says runs on a copy."""
    shop, made = busy
    shop.lang = language
    chinese: dict[str, bool] = {}
    before = shop.bytes()
    for name, (line, code, error) in REFUSALS.items():
        ran = shop(line.format(**made))
        assert (name, ran.code, ran.error, ran.out) == (name, code, error, ""), ran.err
        assert shop.bytes() == before, name
        assert ran.next, (name, ran.err)
        words = next(text for text in ran.err.splitlines() if text.startswith("error["))
        chinese[name] = any(
            "\u4e00" <= letter <= "\u9fff" for letter in words.replace("无此单位", "").replace("5000元", "")
        )
    assert chinese == dict.fromkeys(REFUSALS, language == "zh")


@pytest.mark.parametrize("name", REFUSALS)
def test_the_first_next_works_when_pasted_or_leads_on(busy: tuple[Shop, dict[str, str]], name: str) -> None:
    """It exits 0; or it is refused by another rule whose own first ``next:`` exits 0, as when a manager must log in."""
    shop, made = busy
    ran = shop(REFUSALS[name][0].format(**made))
    first = shop.paste(ran.next[0])
    if first.code:
        assert first.error not in ("BUG-01", ""), first.err
        assert first.next[0] != ran.next[0], first.err
        second = shop.paste(first.next[0])
        assert second.code == 0, f"{ran.next[0]}\n{first.err}\n{first.next[0]}\n{second.err}"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_record_does_not_sort_before_what_it_depends_on(shop: Shop, language: str) -> None:
    """Received at 09:xx, stamped at 08:00 by a clock that is behind by more than the rule's ten minutes."""
    shop.received("A0010001+10", options="")
    shop.lang = language
    before = shop.bytes()
    ran = shop("voucher stamp A0010001+10 --stamp activity", at=f"{DAY} 08:00")
    assert (ran.code, ran.error) == (3, "ORD-01")
    assert shop.bytes() == before
    assert shop.paste(ran.next[0]).code == 0
    day = shop("voucher stamp A0010001+10 --stamp activity --date 2026-10-07 --reason late")
    assert (day.code, day.error, shop.bytes() == before) == (3, "ORD-01", True)


def test_a_refusal_as_json(shop: Shop) -> None:
    ran = shop("voucher stamp Z0000001 --stamp activity --json")
    assert ran.out == ""
    assert '"code":"STA-01"' in ran.err
    assert '"retry":"safe"' in ran.err


def test_a_dry_run_writes_nothing(shop: Shop) -> None:
    shop.received("A0010001+10")
    before = shop.bytes()
    assert "dry run" in shop.ok("voucher freeze A0010001 --reason x --dry-run").out
    assert shop.bytes() == before


def test_the_same_token_records_once(shop: Shop) -> None:
    shop.received("A0010001+10")
    first = shop.ok("voucher freeze A0010001 --reason x --once T1 --json").json
    again = shop.ok("voucher freeze A0010001 --reason x --once T1 --json").json
    assert (again["id"], again["again"]) == (first["id"], True)
    other = shop("voucher freeze A0010002 --reason x --once T1")
    assert (other.code, other.error) == (3, "KEY-01")


# -- counts ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "missing", "surplus"), [
    ("zh", "短缺 3 张：A0010001-A0010002 A0010100", "多出 1 张：A0010101"),
    ("en", "missing, 3 sheets: A0010001-A0010002 A0010100", "surplus, 1 sheet: A0010101"),
])  # fmt: skip
def test_a_count_tells_missing_and_surplus_at_once(shop: Shop, language: str, missing: str, surplus: str) -> None:
    shop.received("A0010001+100")
    shop.lang = language
    ran = shop.ok("voucher count A0010003-099 A0010101 --second zhou")
    assert ran.out.splitlines()[1:] == [missing, surplus]


def test_packets_from_a_scanner_are_pairs(shop: Shop) -> None:
    """Two packets, first and last serial of each, in full-width digits as some scanners send them."""
    shop.received("A0010001+100")
    ran = shop.ok(
        "voucher count - --pairs --second zhou --json", stdin="A0010001\nA0010050\nＡ００１００５１\nA0010100\n"
    )
    assert {name: ran.json[name] for name in ("spans", "missing", "surplus", "scope")} == {
        "spans": "A0010001-A0010100", "missing": "", "surplus": "", "scope": "all",
    }  # fmt: skip
    odd = shop("voucher count - --pairs --second zhou", stdin="A0010001\nA0010050\nA0010051\n")
    assert (odd.code, odd.error) == (2, "USE-01")


def test_a_count_of_one_face_or_of_the_void_sheets(shop: Shop) -> None:
    shop.received("A0010001+10")
    shop.received("B0010001+5", 50)
    assert shop.ok("voucher count B0010001+4 --face 50 --second zhou --json").json["missing"] == "B0010005"
    shop.ok(f"voucher void A0010010 --reason torn --approval {shop.approved('void 1x100')}")
    assert shop.ok("voucher count A0010010 --void --second zhou --json").json["missing"] == ""


def test_an_empty_safe_must_be_said(shop: Shop) -> None:
    """Not counted is not zero: no serials is a usage error unless --empty says that there is not one sheet."""
    assert shop("voucher count --second zhou").code == 2
    assert "agrees with the book" in shop.ok("voucher count --empty --second zhou").out


def test_a_count_by_one_person_is_a_warning(shop: Shop) -> None:
    shop.received("A0010001+10")
    assert "warning[CNT-01]" in shop.ok("voucher count A0010001+10").err


def test_a_blind_count_tells_no_figure_of_the_book(shop: Shop) -> None:
    shop.received("A0010001+10")
    before = shop.bytes()
    sheet = shop.ok("voucher count --blind")
    assert "A0010001" not in sheet.out
    assert "100.00" in sheet.out
    assert shop.bytes() == before
    counted = shop.ok("voucher count A0010001+9 --blind --second zhou")
    assert len(counted.out.splitlines()) == 1


def test_a_count_dated_back_is_compared_with_the_safe_of_its_moment(shop: Shop) -> None:
    """Counted full on the 8th, entered on the 9th after a sale of the 9th: nothing is missing."""
    shop.received("A0010001+10")
    shop.ok("sale cash --client C001 --vouchers A0010001+2", at="2026-10-09 09:00")
    ran = shop.ok(
        "voucher count A0010001+10 --second zhou --date 2026-10-08 --reason late --json", at="2026-10-09 10:00"
    )
    assert (ran.json["missing"], ran.json["surplus"]) == ("", "")


# -- looking up ------------------------------------------------------------------------------------------------------------


def test_stock_is_the_contracts_json(shop: Shop) -> None:
    shop.received("A0010001+100")
    shop.received("B0010001+5", 50, "")
    shop.ok("voucher freeze A0010003 --reason x")
    shop.ok("terminal add K2 --by li")
    shop.ok("voucher issue A0010020+10 --to K2 --reason 分柜")
    shop.ok("voucher issue A0010040 --to K1 --reason 分柜")
    shop.ok(f"voucher void A0010010 --reason torn --approval {shop.approved('void 1x100')}")
    assert shop.ok("voucher stock --json").json == {
        "as_of": DAY,
        "faces": [
            {"face": "100.00", "sheets": 99, "spans": "A0010001-A0010009 A0010011-A0010100", "reserved": "",
             "unstamped": "", "frozen": "A0010003", "issued": {"K1": "A0010040", "K2": "A0010020-A0010029"}},
            {"face": "50.00", "sheets": 5, "spans": "B0010001-B0010005", "reserved": "",
             "unstamped": "B0010001-B0010005", "frozen": "", "issued": {}},
        ],
        "void_on_hand": "A0010010",
    }  # fmt: skip
    assert [face["face"] for face in shop.ok("voucher stock --face 50 --json").json["faces"]] == ["50.00"]
    assert shop.ok("voucher stock --as-of 2026-10-07 --json").json["faces"] == []
    assert shop.ok(f"voucher stock --as-of {DAY} --json").json["void_on_hand"] == "A0010010"
    page = shop.ok("voucher stock").out
    assert "  issued to terminal K2 (10): A0010020-A0010029" in page
    assert max(map(len, page.splitlines())) <= 80


def test_trace_is_the_contracts_json(shop: Shop) -> None:
    shop.received("A0010001+100", options="")
    shop.ok("voucher stamp A0010001+50 --stamp activity")
    ran = shop.ok("voucher trace a0010007 --json").json
    assert (ran["serial"], ran["place"], ran["state"], ran["face"]) == ("A0010007", "safe", "sellable", "100.00")
    steps = [(one["kind"], one["file"], one["line"]) for one in ran["history"]]
    assert [kind for kind, _, _ in steps] == ["receipt", "stamp"]
    for _, file, line in steps:
        assert (shop.root / file).read_text(encoding="utf-8").splitlines()[line - 1].startswith("- id: ")


def test_receipts_and_custody_records_are_listed_and_shown(shop: Shop) -> None:
    shop.received("A0010001+100", options="")
    shop.ok("voucher stamp A0010001+50 --stamp activity")
    listed = shop.ok("voucher list --month 2026-10").out
    assert "RC1008-K1-1" in listed
    assert "CU1008-K1-1" in listed
    assert "custody.K1.yaml:" in shop.ok("voucher show CU-1 --at '2026-10-08 12:00'").out


def test_output_fits_eighty_columns_with_chinese(shop: Shop) -> None:
    from cli.render import width

    shop.lang = "zh"
    shop.received("A0010001+100")
    shop.received("B0010001+5", 50)
    for line in ("voucher stock", "voucher list", "request list", "voucher trace A0010001", "operator list"):
        assert [text for text in shop.ok(line).out.splitlines() if width(text) > 80] == [], line


# -- start-up --------------------------------------------------------------------------------------------------------------

ALLOWED = {
    "cli": {"commands", "entry", "errors", "forms", "frame", "lang", "main", "options", "render", "shared", "told", "voucher", "hints"},
    "ledger": {
        "audit", "audit.seal", "audit.seen", "book", "book.choices", "book.draft", "book.guard", "book.kept", "book.open", "book.resolve", "book.roles",
        "book.write", "book.yamlfile", "core", "core.approvals", "core.bankdays",
        "core.custody", "core.dates", "core.delivery", "core.errors", "core.findings", "core.forms", "core.judge", "core.memory", "core.money",
        "core.order", "core.paper", "core.parties", "core.personal", "core.postings", "core.records", "core.records.corrections", "core.records.receipts",
        "core.records.requests", "core.registers",
        "core.records.staff", "core.rules", "core.settings", "core.spanmap", "core.spans", "core.state", "core.text",
        "core.words", "disk", "disk.appending", "disk.named", "disk.files", "disk.locking", "disk.machine", "disk.reading",
        "disk.refusals", "disk.system", "disk.torn", "index", "index.codec", "index.ground", "index.hydrated", "index.lookup",
        "index.projection", "index.schema", "index.store", "journal", "journal.chain", "journal.csvtext",
        "journal.damage", "journal.entry", "journal.header", "journal.paths", "journal.pieces", "journal.told", "journal.reader",
        "journal.writer", "journal.yamltext",
    },
}  # fmt: skip
THIRD = {
    "annotated_doc",
    "cython_runtime",
    "msgspec",
    "shellingham",
    "typer",
    "typing_extensions",
}  # typer brings the others

LOADED = """
import sys
before = set(sys.modules)
from cli.main import main
code = main(sys.argv[1:])
print(code, *sorted(set(sys.modules) - before))
"""


def test_a_receipt_imports_nothing_it_does_not_use(shop: Shop) -> None:
    """Of this project and of others' packages; each module that is not needed costs every receipt its loading."""
    request = shop.approved("voucher 10x100")
    shop.ok("voucher stock")  # the index is up to date, as it is between two entries
    argv = ["--at", f"{DAY} 15:00", "voucher", "receive", "A0010001+10", "--request", request, "--finance", "Zhao"]
    ran = subprocess.run(
        [sys.executable, "-c", LOADED, *argv], check=False, cwd=shop.root, capture_output=True, text=True,
        env=environment(XDG_STATE_HOME=str(shop.root.parent / "state")),
    )  # fmt: skip
    code, *names = ran.stdout.splitlines()[-1].split()
    assert code == "0", ran.stderr
    own = {top: {name.removeprefix(f"{top}.") for name in names if name.startswith(f"{top}.")} for top in ALLOWED}
    assert {top: found - ALLOWED[top] for top, found in own.items()} == {top: set() for top in ALLOWED}
    stdlib = set(sys.stdlib_module_names)
    others = {name.split(".")[0] for name in names} - stdlib - set(ALLOWED)
    assert {name for name in others if not name.startswith("_")} <= THIRD
    assert not {"asyncio", "rich", "tabulate", "csv", "json", "unittest", "http"} & set(names)
