"""Import: all rows or none, twice adds nothing, an interrupted run goes on where it stopped, spoilt files are refused."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.counter import Counter, begin, english_again, open_counter
from tests.cli.start import ROOT, environment

ROWS = 25_000
BAD = 17_203
KILLED_ROWS = ROWS if os.environ.get("GB_STRESS") else 6_000


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Counter]:
    """The small book: A0010001-0400 sellable, clients C001 and C002."""
    yield open_counter(tmp_path)
    english_again()


def big_store(folder: Path, sheets: int) -> Counter:
    """A store with ten clients and ``sheets`` sheets B000001… of face 100."""
    at = begin(folder / "book", "2026-10-08")
    clients = "code,unit\n" + "".join(f"C{number:03d},东风{number}厂\n" for number in range(10))
    path = folder / "clients.csv"
    path.write_text(clients, encoding="utf-8")
    at.done("import", "clients", str(path))
    request = at.done("request", "voucher", f"{sheets}x100", "--reason", "国庆", "--json").json["id"]
    at.done("request", "approve", request, by="li")
    receive = ("voucher", "receive", f"B000001+{sheets}", "--face", "100", "--request", request, "--finance", "赵敏")
    at.done(*receive, "--stamped")
    return at


def rows(path: Path, count: int, bad: int = 0) -> Path:
    """``count`` sales of one sheet each; line ``bad`` names a sheet that nobody received."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("key", "client", "spans", "amount"))
        for number in range(1, count + 1):
            serial = "B999999" if number + 1 == bad else f"B{number:06d}"
            writer.writerow((f"F{number}", f"C{number % 10:03d}", serial, "100.00"))
    return path


def sales_files(book: Path) -> int:
    """Bytes in the sales journals."""
    return sum(path.stat().st_size for path in book.glob("journals/*/sales.*"))


def test_25000_rows(tmp_path: Path) -> None:
    """A bad row 17,203 refuses the whole file naming its line; the good file goes in; the second run adds nothing."""
    at = big_store(tmp_path, ROWS)
    before = at.files()
    refused = at("import", "sales", str(rows(tmp_path / "bad.csv", ROWS, BAD)))
    assert (refused.code, refused.error) == (3, "IMP-01")
    assert f"bad.csv:{BAD}: [STA-01]" in refused.err
    assert "F17202,C002,B999999,100.00" in refused.err
    assert f"1 of {ROWS} rows" in refused.err
    assert at.files() == before
    good = rows(tmp_path / "good.csv", ROWS)
    started = time.monotonic()
    done = at.done("import", "sales", str(good), "--json").json
    assert (done["recorded"], done["already"], done["skipped"]) == (ROWS, 0, [])
    assert time.monotonic() - started < 60
    after = at.files()
    again = at.done("import", "sales", str(good), "--json").json
    assert (again["recorded"], again["already"]) == (0, ROWS)
    assert at.files() == after
    sheet = at.done("reconcile", "--month", "2026-10", "--json").json
    assert (sheet["sales"]["count"], sheet["sales"]["amount"]) == (ROWS, "2500000.00")
    english_again()


def test_a_kill_in_the_middle_is_resumed(tmp_path: Path) -> None:
    """kill -9 once the sales file grows; the same command run again brings exactly the rest."""
    at = big_store(tmp_path, KILLED_ROWS)
    path = rows(tmp_path / "sales.csv", KILLED_ROWS)
    argv = ["import", "sales", str(path), "--book", str(at.book), "--terminal", "K1", "--by", "wang"]
    argv += ["--at", "2026-10-08 12:00", "--lang", "en"]
    killed = subprocess.Popen(
        [sys.executable, "-m", "cli.main", *argv], cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL
    )
    while killed.poll() is None and not sales_files(at.book):
        time.sleep(0.001)  # waits for the disk, not for a guess
    killed.send_signal(signal.SIGKILL)
    assert killed.wait() == -signal.SIGKILL, "the import was over before it could be killed: give it more rows"
    written = sum(file.read_bytes().count(b"\n") for file in at.book.glob("journals/*/sales.*")) - 1
    assert 0 < written < KILLED_ROWS
    rest = at.done("import", "sales", str(path), "--json", at="2026-10-08 12:00").json
    assert rest["recorded"] + rest["already"] == KILLED_ROWS
    assert rest["already"] >= written - 1  # the last line may have been torn
    with next(at.book.glob("journals/*/sales.*")).open(encoding="utf-8", newline="") as file:
        keys = [row["key"] for row in csv.DictReader(file)]
    assert keys == [f"F{number}" for number in range(1, KILLED_ROWS + 1)]
    found = at("check", "--json").json["findings"]
    assert [one for one in found if one["severity"] == "error"] == []
    english_again()


def put(tmp_path: Path, text: str, encoding: str = "utf-8", name: str = "in.csv") -> str:
    """Write a file to import."""
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return str(path)


def test_every_bad_row_is_shown_and_counted(at: Counter, tmp_path: Path) -> None:
    """25 bad rows: the first 20 with line, own text and reason, and the number of the others."""
    text = "key,client,spans,amount\n" + "".join(f"F{n},C009,A001{n:04d},100\n" for n in range(1, 26))
    before = at.files()
    result = at("import", "sales", put(tmp_path, text))
    assert (result.code, result.error) == (3, "IMP-01")
    assert "25 of 25 rows" in result.err
    assert result.err.count("[REF-01]") == 20
    assert "and 5 more" in result.err
    assert "in.csv:21: F20,C009,A0010020,100" in result.err
    assert at.files() == before


def test_dry_run_judges_the_same_way(at: Counter, tmp_path: Path) -> None:
    """One code path: what the real run refuses the dry run refuses, and it writes nothing."""
    good = put(tmp_path, "key,client,spans,amount\nF1,C001,A0010001,100\n")
    before = at.files()
    assert at.done("import", "sales", good, "--dry-run", "--json").json["recorded"] == 1
    assert at.files() == before
    bad = put(tmp_path, "key,client,spans,amount\nF1,C001,A0010001,100\nF2,C001,A0010001,100\n")
    assert [at("import", "sales", bad, *dry).error for dry in ((), ("--dry-run",))] == ["IMP-01", "IMP-01"]


def test_the_same_key_with_other_content_is_refused(at: Counter, tmp_path: Path) -> None:
    at.done("import", "sales", put(tmp_path, "key,client,spans,amount\nF1,C001,A0010001,100\n"))
    result = at("import", "sales", put(tmp_path, "key,client,spans,amount\nF1,C002,A0010001,100\n"))
    assert result.code == 3
    assert "[KEY-01]" in result.err


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("F1,C001,1.23457E+11,100", "scientific"),
        ("1.2E+5,C001,A0010001,100", "scientific"),
        ("F1,C001,A0010001,1E+2", "scientific"),
        ("F1,17850.0,A0010001,100", "decimal"),
        ("F1,C001,A10001,100", "dropped zeros"),
        ("F1,C001,A0010001,100,", "5 columns instead of 4"),
        ("F1,C001,A0010001", "3 columns instead of 4"),
        (",C001,A0010001,100", "no foreign id"),
        ("F1,C001,A0010001,1e2x", "not an amount"),
        ("F1,C001,A0010001,100.005", "two decimals"),
        ("F1,C001,A0010050-A0010001,100", "below the first"),
    ],
)
def test_what_a_row_may_not_hold(at: Counter, tmp_path: Path, row: str, says: str) -> None:
    before = at.files()
    result = at("import", "sales", put(tmp_path, f"key,client,spans,amount\n{row}\n"))
    assert (result.code, result.error) == (3, "IMP-01")
    assert says in result.err
    assert f"in.csv:2: {row}" in result.err
    assert at.files() == before


@pytest.mark.parametrize("date", ["2026-10-07", "2026/10/7", "2026.10.07", "20261007", "2026年10月7日"])
def test_dates_that_read_one_way(at: Counter, tmp_path: Path, date: str) -> None:
    """They are taken, and the rewriting is told; the receipt is of the 8th, so the sale is refused for that alone."""
    result = at("import", "clients", put(tmp_path, f"code,unit,date\nC010,东方厂,{date}\n"), "--reason", "补录")
    assert result.code == 0, result.err
    assert at.done("log", "--kind", "clients", "--json", "--limit", "0").out.count('"date":"2026-10-07"') == 1
    assert ("rewritten" in result.err) == (date != "2026-10-07")


@pytest.mark.parametrize("date", ["10/8/2026", "8/10/26", "46303", "10-08", "今天", "2026/13/1"])
def test_dates_that_do_not(at: Counter, tmp_path: Path, date: str) -> None:
    result = at("import", "clients", put(tmp_path, f"code,unit,date\nC010,东方厂,{date}\n"))
    assert (result.code, result.error) == (3, "IMP-01")
    assert "reads one way only" in result.err


def test_encodings(at: Counter, tmp_path: Path) -> None:
    """UTF-8 with or without BOM; GB18030 only when named, and then the file says so."""
    text = "code,unit\nC010,上海百货\n"
    at.done("import", "clients", put(tmp_path, text, "utf-8-sig"))
    chinese = put(tmp_path, text.replace("C010", "C011"), "gb18030")
    refused = at("import", "clients", chinese)
    assert (refused.code, refused.error) == (3, "IMP-03")
    assert "in.csv:2:" in refused.err
    assert "--encoding gb18030" in refused.next[0]
    at.done("import", "clients", chinese, "--encoding", "gb18030")
    assert "上海百货" in at.done("client", "show", "C011").out
    wide = at("import", "clients", put(tmp_path, text, "utf-16"))
    assert (wide.code, wide.error) == (3, "IMP-03")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("code;unit\nC010;x\n", "separated by ;"),
        ('code,unit\nC010,"open\n', "CSV"),
        ("code,unit,code\nC010,x,C010\n", "repeated"),
        ("code,unit,fax\nC010,x,1\n", "fax"),
        ("unit\nx\n", "missing fields: code"),
    ],
)
def test_files_that_are_refused_as_a_whole(at: Counter, tmp_path: Path, text: str, says: str) -> None:
    result = at("import", "clients", put(tmp_path, text))
    assert result.code in (2, 3)
    assert result.error == "IMP-03"
    assert says in result.err


def test_a_quoted_cell_over_two_lines_counts_its_first_line(at: Counter, tmp_path: Path) -> None:
    result = at("import", "clients", put(tmp_path, 'code,unit\nC010,"a\nb"\nC011,x\n,y\n'))
    assert "in.csv:2: [USE-01]" in result.err
    assert "in.csv:5: [IMP-03]" in result.err


MAP = """\
fields:
  key: 单号
  date: {column: 日期, format: "%d/%m/%Y"}
  client: 客户
  amount: {column: 厘, divide: 1000}
  method: {column: 方式, default: cash}
  reason: {value: 优惠}
when:
  - {column: 客户, filled: yes}
  - {column: 厘, above: "0"}
  - {column: 日期, starts: "08/"}
sheets_from_amount: {face: "100.00", round: up}
"""


def test_a_map(at: Counter, tmp_path: Path) -> None:
    """Columns, constants, defaults, a date's format, a division rounded half up, conditions, sheets from the amount."""
    text = (
        "单号,日期,客户,厘,方式\n"
        "1,08/10/2026,C001,198005,\n"  # 198.005 -> 198.01: two sheets
        "2,08/10/2026,,100000,\n"
        "3,08/10/2026,C001,-100000,\n"
        "4,09/10/2026,C001,100000,\n"
        "5,08/10/2026,东风学校,100000,wechat\n"
    )
    mapping = put(tmp_path, MAP, name="map.yaml")
    done = at.done("import", "sales", put(tmp_path, text), "--map", mapping, "--json").json
    assert (done["rows"], done["recorded"]) == (5, 2)
    assert [one["line"] for one in done["skipped"]] == [3, 4, 5]
    first, second = (json.loads(line) for line in at.done("sale", "list", "--json").out.splitlines())
    assert (first["amount"], first["spans"], first["key"], first["reason"]) == (
        "198.01",
        "A0010001-A0010002",
        "1",
        "优惠",
    )
    assert (second["client"], second["payments"], second["spans"]) == ("C002", "wechat:100.00", "A0010003")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("fields: {key: 单号, client: 客户, spans: 没有}\n", "没有"),
        ("fields: {key: 单号, client: 客户, spans: 券号, colour: 券号}\n", "colour"),
        ("fields: {key: {column: 单号, shift: '3'}}\n", "shift"),
        ("- 1\n", "mapping"),
        ("fields: {client: 客户, spans: 券号}\n", "key"),
    ],
)
def test_a_map_that_is_off(at: Counter, tmp_path: Path, text: str, says: str) -> None:
    source = put(tmp_path, "单号,客户,券号\n1,C001,A0010001\n")
    result = at("import", "sales", source, "--map", put(tmp_path, text, name="map.yaml"))
    assert result.code in (2, 3)
    assert says in result.err


def test_the_clock_of_a_row_is_marked(at: Counter, tmp_path: Path) -> None:
    text = "key,at,client,spans,amount\nF1,2026-10-08 12:30,C001,A0010001,100\n"
    at.done("import", "sales", put(tmp_path, text))
    shown = at.done("show", "last", "--json").json
    assert (shown["at"], shown["clock"]) == ("2026-10-08T12:30:00+08:00", "given")


def test_stdin_and_templates(at: Counter) -> None:
    header = at.done("import", "sales", "--template").out
    assert header.startswith("key,date,at,client,spans,")
    mapped = at.done("import", "sales", "--map-template").out
    assert "sheets_from_amount" in mapped
    assert at("import", "cheques", "--template").code == 2
    assert at("import", "sales", "/nowhere/none.csv").code == 2


def test_a_client_who_is_there_under_another_key(at: Counter, tmp_path: Path) -> None:
    """C001 was filed by hand: a row that says the same is there already, one that says other is refused."""
    same = at.done("import", "clients", put(tmp_path, "code,unit\nC001,东风厂\n"), "--json").json
    assert (same["recorded"], same["already"]) == (0, 1)
    other = at("import", "clients", put(tmp_path, "code,unit\nC001,西风厂\n"))
    assert (other.code, other.error) == (3, "IMP-01")


def test_an_individuals_name_is_not_taken(at: Counter, tmp_path: Path) -> None:
    result = at("import", "clients", put(tmp_path, "code,unit,unit_kind\nC020,张三,individual\n"))
    assert (result.code, result.error) == (3, "IMP-01")
    at.done("import", "clients", put(tmp_path, "code,alias,unit_kind\nC020,老张,个人\n"))
