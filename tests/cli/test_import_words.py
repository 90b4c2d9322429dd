"""What an import says of a file that does not fit: in plain words, by the lines of that file, with what to type next."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.counter import Counter, english_again, open_counter

HEAD = "key,date,at,client,spans,amount,method\n"


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Counter]:
    yield open_counter(tmp_path)
    english_again()


def file(tmp_path: Path, text: str, name: str = "in.csv") -> str:
    (tmp_path / name).write_text(text, encoding="utf-8")
    return str(tmp_path / name)


@pytest.mark.parametrize(("typed", "recorded"), [("09:12", "09:12:00"), ("09:12:33", "09:12:33")])
def test_a_time_goes_with_the_rows_date(at: Counter, tmp_path: Path, typed: str, recorded: str) -> None:
    path = file(tmp_path, HEAD + f"X1,2026-10-08,{typed},C001,A0010001,100,转账\n")
    at.done("import", "sales", path)
    found = at.done("sale", "list", "--json").json
    assert (found["at"], found["payments"]) == (f"2026-10-08T{recorded}+08:00", "transfer:100.00")
    path = file(tmp_path, "key,at,client,spans,amount\n" + f"X2,{typed},C001,A0010002,100\n")
    assert at("import", "sales", path).code == 3


@pytest.mark.parametrize(
    ("language", "sheet", "key"),
    [("zh", "与本文件第 2 行是同一张券：A0010002", "编号 X1 与本文件第 2 行相同"),
     ("en", "same sheet as line 2 of this file: A0010002", "key X1 is that of line 2 of this file")],
)  # fmt: skip
def test_a_sheet_or_key_twice_is_told_by_its_line(
    at: Counter, tmp_path: Path, language: str, sheet: str, key: str
) -> None:
    rows = "X1,2026-10-08,,C001,A0010001-A0010002,200,cash\nX2,2026-10-08,,C001,A0010002,100,cash\n"
    at.language = language
    ran = at("import", "sales", file(tmp_path, HEAD + rows))
    assert sheet in ran.err
    assert "SA20261008" not in ran.err
    ran = at("import", "sales", file(tmp_path, HEAD + rows.replace("X2", "X1")))
    assert key in ran.err
    assert "SA20261008" not in ran.err


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_bad_file_says_what_to_type_next(at: Counter, tmp_path: Path, language: str) -> None:
    at.language = language
    good = HEAD + "X1,2026-10-08,,C001,A0010001,100,cash\n"
    (tmp_path / "folder").mkdir()
    broken = file(tmp_path, "fields: [a\n", "map.yaml")
    strange = file(tmp_path, "fields: {key: key}\nwhat: 1\n", "other.yaml")
    lacking = file(tmp_path, "fields: {key: 单号, client: client, spans: spans}\n", "lacking.yaml")
    csv = file(tmp_path, good)
    for argv, code in {
        (str(tmp_path / "folder"),): 2,
        (file(tmp_path, good.replace(",", ";"), "semicolon.csv"),): 3,
        (file(tmp_path, HEAD + ",2026-10-08,,C001,A0010001,100,cash\n", "nokey.csv"),): 3,
        (csv, "--map", broken): 2,
        (csv, "--map", strange): 2,
        (csv, "--map", lacking): 3,
    }.items():
        ran = at("import", "sales", *argv)
        assert ran.code == code, (argv, ran.err)
        assert ran.next, argv
        assert at.done(*ran.next[0].split()[1:4]).out
        words = ran.err.splitlines()[0]
        assert any("\u4e00" <= letter <= "\u9fff" for letter in words.replace("单号", "")) == (language == "zh"), words


def test_a_request_for_no_sheets_is_never_proposed(at: Counter, tmp_path: Path) -> None:
    ran = at("import", "sales", file(tmp_path, HEAD + "X1,2026-10-08,,C001,Z0010001,100,cash\n"))
    assert ran.code == 3
    assert "discount  --reason" not in ran.err


@pytest.mark.parametrize("journal", ["sales", "clients"])
def test_the_sample_map_names_only_columns_it_maps(at: Counter, journal: str) -> None:
    from ledger.book.foreign import FieldMap, read_map

    text = at.done("import", journal, "--map-template").out
    found = read_map(text.encode(), "map.yaml")
    mapped = {one.column if isinstance(one, FieldMap) else one for one in found.fields.values()}
    assert {one.column for one in found.when} <= mapped
    assert "09:12" in text
