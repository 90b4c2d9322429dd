"""The other side's files, whole commands: finance's register, the bank's statement, the tills' redemptions, and the reports on them."""

from __future__ import annotations

import csv
import io
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.counter import Counter, Result, english_again, gb, open_counter

FINANCE = "kind,document,date,spans,face,amount,person\n"
REGISTER = FINANCE + (
    "领券,LQ-1,2026-10-08,A0010001-A0010400,100,\"40,000.00\",赵敏\n"
    "receipt,LQ-2,2026/10/8,A0010401-A0010490,100,,赵敏\n"
)  # fmt: skip
TILLS = "date,spans,till,receipt\n2026-10-08,A0010001,3,R1\n2026-10-08,A0010002-A0010003,3,R2\n"


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Counter]:
    """The small book (receipts of 8 October: A0010001-0400 and A0010401-0500) with a supervisor sun and finance's chen."""
    counter = open_counter(tmp_path)
    counter.done("operator", "add", "sun", "--name", "孙", "--role", "supervisor", by="li")
    counter.done("operator", "add", "chen", "--name", "陈", "--role", "finance", by="li")
    yield counter
    english_again()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def put(folder: Path, text: str, encoding: str = "utf-8", name: str = "in.csv") -> str:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return str(path)


def findings(result: Result) -> list[tuple[str, str]]:
    """Code and serials of what is found about the other side: the month also lacks its count and day-ends."""
    return [(one["code"], one["serials"]) for one in told(result)]


def told(result: Result) -> list[dict[str, Any]]:
    return [one for one in result.json["findings"] if one["code"][:3] in ("REC", "RED")]


def reconciled(at: Counter, *more: str) -> Result:
    return at("reconcile", "--month", "2026-10", "--json", *more)


# -- finance's register ------------------------------------------------------------------------------------------------


def test_the_register_goes_into_the_book_and_is_compared(at: Counter, folder: Path) -> None:
    """LQ-1 is our first receipt; LQ-2 lacks A0010491-0500 of the second."""
    first = at.done("import", "finance", put(folder, REGISTER), "--json", by="chen").json
    assert (first["recorded"], first["already"]) == (2, 0)
    again = at.done("import", "finance", put(folder, REGISTER), "--json", by="sun").json
    assert (again["recorded"], again["already"]) == (0, 2)
    found = reconciled(at)
    assert found.code == 1
    assert findings(found) == [("REC-01", "A0010491-A0010500")]
    places = [(one["file"], one["line"]) for one in told(found)[0]["where"]]
    assert places == [("journals/2026-10/receipts.K1.yaml", 17), ("journals/2026-10/finance.K1.csv", 3)]
    vouchers = found.json["registers"]["vouchers"]
    assert (vouchers["imported"], vouchers["matched"], len(vouchers["differing"])) == (True, 1, 1)
    assert vouchers["differing"][0]["number"] == "LQ-2"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_sheet_says_it_in_words(at: Counter, folder: Path, language: str) -> None:
    at.language = language
    before = at("reconcile", "--month", "2026-10").out
    assert {"zh": "财务登记未导入", "en": "not imported"}[language] in before
    at.done("import", "finance", put(folder, REGISTER), by="sun")
    page = at("reconcile", "--month", "2026-10").out
    assert {"zh": "领券登记：相符 1  不符 1", "en": "vouchers: matched 1  different 1"}[language] in page
    assert "A0010491-A0010500" in page
    assert max(len(line.encode("gb18030")) for line in page.splitlines()) <= 80


def test_register_of_a_file_writes_nothing(at: Counter, folder: Path) -> None:
    """The same finding as from the import, at the file's own line; the book has the same bytes."""
    before = at.files()
    found = reconciled(at, "--register", put(folder, REGISTER))
    assert findings(found) == [("REC-01", "A0010491-A0010500")]
    assert [(Path(one["file"]).name, one["line"]) for one in told(found)[0]["where"]] == [
        ("receipts.K1.yaml", 17), ("in.csv", 3),
    ]  # fmt: skip
    assert at.files() == before
    assert findings(reconciled(at)) == []


def test_a_register_that_is_imported_and_given_counts_once(at: Counter, folder: Path) -> None:
    path = put(folder, REGISTER)
    at.done("import", "finance", path, by="sun")
    assert findings(reconciled(at, "--register", path)) == [("REC-01", "A0010491-A0010500")]


def test_a_gb18030_export_with_its_own_columns(at: Counter, folder: Path) -> None:
    """As a spreadsheet writes it: Chinese columns, thousands with commas, dates with slashes."""
    text = (
        "登记日期,单号,起止号码,面值,张数,经办人\n"
        "2026/10/8,LQ-1,A0010001-A0010400,100.00,400,赵敏\n"
        "2026/10/8,LQ-2,A0010401-A0010500,100.00,100,赵敏\n"
    )
    mapping = "fields: {date: 登记日期, document: 单号, spans: 起止号码, face: 面值, sheets: 张数, person: 经办人}\n"
    path, maps = put(folder, text, "gb18030"), put(folder, mapping, name="finance.yaml")
    refused = at("import", "finance", path, "--map", maps, by="sun")
    assert (refused.code, refused.error) == (3, "IMP-03")
    at.done("import", "finance", path, "--map", maps, "--encoding", "gb18030", by="sun")
    found = reconciled(at)
    assert (findings(found), found.json["registers"]["vouchers"]["matched"]) == ([], 2)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("receipt,LQ-1,2026-10-08,1.0001E+12,100,,", "IMP-02"),
        ("receipt,1.2E+5,2026-10-08,A0010001,100,,", "IMP-02"),
        ("receipt,LQ-1,2026-10-08,A10001-A10010,100,,", "IMP-02"),
        ("receipt,LQ-1,10/8/2026,A0010001,100,,", "IMP-03"),
        ("receipt,LQ-1,,A0010001,100,,", "IMP-03"),
        ("receipt,LQ-1,2026-10-08,A0010001,100,1e2x,", "USE-01"),
        ("gift,LQ-1,2026-10-08,A0010001,100,,", "USE-01"),
        ("receipt,,2026-10-08,,100,,", "IMP-03"),
    ],
)
def test_what_cannot_be_read_is_refused_as_a_whole(at: Counter, folder: Path, row: str, code: str) -> None:
    """Nothing is written, the line is named, and what is named next can be pasted; --register reads no other way."""
    before = at.files()
    path = put(folder, REGISTER + row + "\n")
    result = at("import", "finance", path, by="sun")
    assert (result.code, result.error) == (3, "IMP-01")
    assert f"in.csv:4: [{code}]" in result.err
    assert at.files() == before
    assert gb(*shlex.split(result.next[0])[1:]).code in (0, 2)
    compared = at("reconcile", "--month", "2026-10", "--register", path)
    assert (compared.code, compared.error) == (3, "IMP-01")


@pytest.mark.parametrize(
    "row",
    [
        "receipt,LQ-9,2026-10-08,Z0000001-Z0000010,100,,",
        "receipt,LQ-9,2026-10-08,A0010001-A0010400,50,1.00,",
        "return,LQ-9,2026-10-08,A0010001,100,,",
        "receipt,LQ-9,2035-01-01,A0010001,100,,",
    ],
)
def test_what_is_wrong_is_recorded_and_found(at: Counter, folder: Path, row: str) -> None:
    """Sheets nobody drew, another face, a return that never was, a date to come: finance's facts all the same."""
    at.done("import", "finance", put(folder, REGISTER.replace("A0010490", "A0010500") + row + "\n"), by="sun")
    assert [code for code, _ in findings(at("check", "--json"))] == ["REC-01"]


def test_rebates_and_money_are_registers_of_their_own(at: Counter, folder: Path) -> None:
    """A line of each: only finance has it; vouchers stay unknown, since finance sent nothing of them."""
    rows = (
        FINANCE + "返扣,DZ-2026-0001,2026-10-08,A0010001-A0010005,100,500.00,赵\nmoney,JZ-1,2026-10-08,,,1000.00,赵\n"
    )
    at.done("import", "finance", put(folder, rows), by="sun")
    found = reconciled(at)
    assert findings(found) == [("REC-01", "A0010001-A0010005"), ("REC-01", "")]
    registers = found.json["registers"]
    assert {name: one["imported"] for name, one in registers.items()} == {
        "vouchers": False, "rebates": True, "money": True,
    }  # fmt: skip


def test_a_line_of_a_closed_month_comes_in_with_a_date_of_ours(at: Counter, folder: Path) -> None:
    """October is closed; its late line keeps finance's date and is taken into November."""
    at.done("voucher", "count", "A0010001-A0010500", "--second", "sun", at="2026-10-31 17:00")
    for day in ("2026-10-08", "2026-10-31"):
        at.done("day", "--mark", "--date", day, "--reason", "补做", by="sun", at="2026-11-02 08:00")
    at.done("close", "--month", "2026-10", by="li", at="2026-11-02 09:00")
    path = put(folder, REGISTER)
    refused = at("import", "finance", path, by="sun", at="2026-11-02 10:00")
    assert (refused.code, refused.error) == (3, "IMP-01")
    assert any("--date 2026-11-02" in hint for hint in refused.next), refused
    at.done("import", "finance", path, "--date", "2026-11-02", by="sun", at="2026-11-02 10:00")
    again = at.done("import", "finance", path, "--date", "2026-11-03", "--json", by="sun", at="2026-11-03 10:00").json
    assert (again["recorded"], again["already"]) == (0, 2)
    shown = at.done("show", "last", "--json", at="2026-11-03 11:00").json
    assert (shown["date"], shown["booked"]) == ("2026-11-02", "2026-10-08")
    assert findings(at("check", "--json", at="2026-11-03 11:00")) == [("REC-01", "A0010491-A0010500")]


def test_who_may_import(at: Counter, folder: Path) -> None:
    """A clerk imports the tills' file, not finance's register; the tills' file is the clerk's work."""
    before = at.files()
    refused = at("import", "finance", put(folder, REGISTER))
    assert (refused.code, refused.error) == (3, "IMP-01")
    assert "[ROL-01]" in refused.err
    assert at.files() == before
    at.done("import", "redemptions", put(folder, TILLS))


def test_dry_run_writes_nothing(at: Counter, folder: Path) -> None:
    before = at.files()
    done = at.done("import", "finance", put(folder, REGISTER), "--dry-run", "--json", by="sun").json
    assert (done["recorded"], done["dry_run"]) == (2, True)
    assert at.files() == before


@pytest.mark.parametrize("journal", ["finance", "bank", "redemptions"])
def test_templates(at: Counter, journal: str) -> None:
    """The empty CSV has our fields; the sample of a map names only such."""
    import yaml

    fields = at.done("import", journal, "--template").out.strip().split(",")
    sample = yaml.safe_load(at.done("import", journal, "--map-template").out)
    assert set(sample["fields"]) <= set(fields)


# -- redemptions -------------------------------------------------------------------------------------------------------


def test_redemptions_and_what_is_still_owed(at: Counter, folder: Path) -> None:
    """Sold A0010001-0010; three redeemed: 7 sheets, 700.00 are owed.  Twice adds nothing; the sheet's history shows it."""
    at.done("sale", "cash", "--client", "C001", "--vouchers", "A0010001+10", "--amount", "1000")
    path = put(folder, TILLS)
    assert at.done("import", "redemptions", path, "--json").json["recorded"] == 2
    assert at.done("import", "redemptions", path, "--json").json["already"] == 2
    owed = at.done("report", "liability", "--as-of", "2026-10-08", "--json").json
    assert (owed["sheets"], owed["value"], owed["by_use"]) == (7, "700.00", {"sold": {"sheets": 7, "value": "700.00"}})
    trace = at.done("voucher", "trace", "A0010002", "--json").json
    assert (trace["place"], trace["history"][-1]["kind"]) == ("redeemed", "redeemed")
    assert findings(at("check", "--json")) == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_redemption_that_is_wrong_is_recorded_and_told(at: Counter, folder: Path, language: str) -> None:
    """A0010001-0003 were never sold: RED-01, on stderr at once and in the check, at the row's own line of the journal."""
    at.language = language
    done = at.done("import", "redemptions", put(folder, TILLS))
    assert "error[RED-01]" in done.err
    assert {"zh": "收款台消费的券", "en": "redeemed at a till"}[language] in done.err
    found = at("check", "--json")
    assert found.code == 1
    assert findings(found) == [("RED-01", "A0010001"), ("RED-01", "A0010002-A0010003")]
    assert [one["where"][0]["line"] for one in told(found)] == [2, 3]


def test_a_redeemed_sheet_is_not_taken_back(at: Counter, folder: Path) -> None:
    at.done("sale", "cash", "--client", "C001", "--vouchers", "A0010001+10", "--amount", "1000")
    at.done("import", "redemptions", put(folder, TILLS))
    refused = at("sale", "return", "A0010001", "--reason", "多买")
    assert (refused.code, refused.error) == (3, "STA-01")
    assert "redeemed" in refused.err


# -- bank and reports --------------------------------------------------------------------------------------------------

STATEMENT = "date,reference,paid_in,paid_out,balance,text\n2026-10-08,T1,500.00,,1500.00,东风厂\n2026-10-08,T1,500.00,,2000.00,=1+1\n"


def test_two_equal_lines_of_a_statement_are_two(at: Counter, folder: Path) -> None:
    """Without balances they are alike to the last letter; the import run again adds neither."""
    path = put(folder, "date,reference,amount\n2026-10-08,T1,500\n2026-10-08,T1,500\n2026-10-08,,-10\n")
    assert at.done("import", "bank", path, "--json", by="sun").json["recorded"] == 3
    assert at.done("import", "bank", path, "--json", by="sun").json["already"] == 3


@pytest.mark.parametrize("row", ["2026-10-08,T1,,,,", "2026-10-08,T1,5,5,,", "2026-10-08,T1,0.00,0.00,,"])
def test_a_line_that_is_neither_in_nor_out(at: Counter, folder: Path, row: str) -> None:
    result = at("import", "bank", put(folder, f"date,reference,paid_in,paid_out,balance,text\n{row}\n"), by="sun")
    assert (result.code, result.error) == (3, "IMP-01")


@pytest.mark.parametrize(("language", "says"), [("zh", "调节后余额"), ("en", "adjusted balance")])
def test_the_bank_reconciliation(at: Counter, folder: Path, language: str, says: str) -> None:
    """1,000 before, two lines of 500 that the book does not have: both sides come to 2,000."""
    at.language = language
    nothing = at.done("report", "bank", "--month", "2026-10")
    assert "gb import bank" in nothing.out
    assert at.done("report", "bank", "--month", "2026-10", "--json").json["bank"] is None
    at.done("import", "bank", put(folder, STATEMENT), by="sun")
    page = at.done("report", "bank", "--month", "2026-10").out
    assert [line.split()[-1] for line in page.splitlines() if line.startswith(says)] == ["2,000.00", "2,000.00"]
    found = at.done("report", "bank", "--as-of", "2026-10-08", "--json").json
    assert (found["book"]["before"], found["bank"]["balance"], found["difference"]) == ("1000.00", "2000.00", "0.00")


def test_csv_runs_no_formula_and_goes_to_a_file(at: Counter, folder: Path) -> None:
    at.done("import", "bank", put(folder, STATEMENT), by="sun")
    target = folder / "调节表.csv"
    done = at.done("report", "bank", "--month", "2026-10", "--format", "csv", "--output", str(target))
    assert done.out == ""
    rows = list(csv.reader(io.StringIO(target.read_text(encoding="utf-8"))))
    assert [row[-1] for row in rows if row[-1]][1:] == ["东风厂", "'=1+1"]
    assert rows[-1][-2] == "0.00"


def test_a_report_that_is_not_there(at: Counter) -> None:
    """What is named next can be pasted."""
    unknown = at("report", "nothing")
    assert (unknown.code, unknown.error) == (2, "USE-01")
    assert at("report", "bank", "--format", "pdf").code == 2
    assert at("report", "bank", "--month", "2026-10", "--as-of", "2026-10-08").code == 2
    assert gb(*shlex.split(unknown.next[0])[1:]).code == 0


# -- with the other slices of the book ---------------------------------------------------------------------------------


def test_what_arrived_and_was_deposited_is_found_on_the_statement(at: Counter, folder: Path) -> None:
    """A transfer of 980.00 (TT-88) arrived, cash of 1,000.00 deposited with slip JZ-7: both on the statement, and a fee of 10.00.

    Book 1,980.00 − fee 10.00 = 1,970.00 = the bank's.
    """
    at.done("sale", "cash", "--client", "C001", "--vouchers", "A0010001+10", "--amount", "1000")
    sold = at.done(
        "sale", "transfer", "--client", "C001", "--vouchers", "A0010011+10", "--amount", "980", "--reason", "优惠",
        "--reference", "TT-88", "--json",
    ).json["id"]  # fmt: skip
    at.done("cash", "arrived", sold, by="chen")
    at.done("cash", "deposit", "--slip", "JZ-7")
    rows = "date,reference,amount,text\n2026-10-08,99,980,转账 TT-88\n2026-10-08,JZ-7,1000,\n2026-10-08,,-10,手续费\n"
    at.done("import", "bank", put(folder, rows), by="sun")
    found = at.done("report", "bank", "--as-of", "2026-10-08", "--json").json
    assert (found["matched"], found["book"]["balance"], found["book"]["adjusted"]) == (2, "1980.00", "1970.00")
    assert [one["amount"] for one in found["book"]["bank_paid"]] == ["-10.00"]
    assert (found["bank"]["adjusted"], found["bank"]["book_received"], found["difference"]) == ("1970.00", [], "0.00")


@pytest.mark.parametrize(("amount", "expected"), [("1000.00", []), ("999.00", [("REC-01", "")])])
def test_the_money_finance_booked(at: Counter, folder: Path, amount: str, expected: list[tuple[str, str]]) -> None:
    """Our deposit of 1,000.00 with slip JZ-7 beside finance's line of that number."""
    at.done("sale", "cash", "--client", "C001", "--vouchers", "A0010001+10", "--amount", "1000")
    at.done("cash", "deposit", "--slip", "JZ-7")
    at.done("import", "finance", put(folder, FINANCE + f"money,JZ-7,2026-10-08,,,{amount},赵\n"), by="sun")
    assert findings(reconciled(at)) == expected


def test_a_corrected_receipt_is_compared_as_corrected(at: Counter, folder: Path) -> None:
    """Finance gave A0010401-0490 and B0000001-0010; our receipt of A0010401-0500 is corrected, and agrees."""
    rows = FINANCE + (
        "receipt,LQ-1,2026-10-08,A0010001-A0010400,100,,赵\n"
        "receipt,LQ-2,2026-10-08,A0010401-A0010490 B0000001-B0000010,100,,赵\n"
    )  # fmt: skip
    at.done("import", "finance", put(folder, rows), by="sun")
    assert findings(reconciled(at)) == [("REC-01", "A0010491-A0010500 B0000001-B0000010")]
    asked = at.done("request", "correction", "10x100", "--reason", "打错", "--json").json["id"]
    at.done("request", "approve", asked, by="li")
    correct = ("correct", "RC1008-2", "--out", "A0010491+10", "--in", "B0000001+10", "--finance", "赵敏")
    at.done(*correct, "--approval", asked, "--reason", "打错", by="sun")
    assert findings(reconciled(at)) == []


@pytest.mark.parametrize(("serials", "expected"), [("A0010101", []), ("A0010102", [("REC-01", "A0010101-A0010102")])])
def test_the_rebate_finance_booked(at: Counter, folder: Path, serials: str, expected: list[tuple[str, str]]) -> None:
    """C001 bought for 10,000.00; its rebate of 100.00 is collected in A0010101.

    Finance has the control number, with that sheet or with another.
    """
    at.done("sale", "cash", "--client", "C001", "--vouchers", "A0010001+100", "--amount", "10000")
    slip = at.done("rebate", "propose", "--client", "C001", "--month", "2026-10", "--json", by="sun").json["id"]
    number = at.done("rebate", "approve", slip, "--json", by="li").json["control_no"]
    at.done("rebate", "collect", slip, "--vouchers", "A0010101", "--signed-by", "王")
    row = f"rebate,{number},2026-10-08,{serials},100,100.00,赵\n"
    at.done("import", "finance", put(folder, FINANCE + row), by="sun")
    assert findings(reconciled(at)) == expected
