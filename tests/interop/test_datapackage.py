"""``gb export datapackage`` and ``csv``: outside validators accept what is there and refuse what was changed."""

from __future__ import annotations

import csv
import fnmatch
import io
import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from ledger.book.open import Book
from ledger.core.records import JOURNALS, journal
from ledger.reports.records import pieces
from tests.cli.counter import Counter, gb, open_counter
from tests.interop.test_export_postings import example
from tests.interop.test_schemas import complaints, keep
from tests.property.histories import World

ROOT = Path(__file__).resolve().parents[2]
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]{2})?")


def history(root: Path) -> Book:
    """A random book of two terminals."""
    World(root, 4242).run(120).close()
    return Book(root)


def package(book: Book) -> dict[str, Any]:
    """The book's package, written by the command."""
    done = gb("export", "datapackage", "--book", str(book.root), "--lang", "en", "--json")
    assert done.code == 0, done.err
    for path in done.json["written"]:
        assert (book.root / path).is_file()
    found: dict[str, Any] = json.loads((book.root / "datapackage.json").read_text(encoding="utf-8"))
    return found


def program(name: str) -> str:
    found = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def frictionless(root: Path) -> subprocess.CompletedProcess[str]:
    """The validator's own command in the book's folder."""
    argv = [program("frictionless"), "validate", "datapackage.json", "--json"]
    return subprocess.run(argv, cwd=root, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("made", [example, keep, history], ids=["the example book", "every kind", "a random book"])
def test_frictionless_and_check_jsonschema_pass(made: Callable[[Path], Book], tmp_path: Path) -> None:
    book = made(tmp_path / "book")
    found = package(book)
    done = frictionless(book.root)
    assert done.returncode == 0, done.stdout[-2000:]
    journals = {str(path.relative_to(book.root)) for path in (book.root / "journals").rglob("*.*") if path.is_file()}
    assert {one["path"] for one in found["resources"]} >= journals
    by_schema: dict[str, list[str]] = {}
    for one in found["resources"]:
        if "jsonSchema" in one:
            by_schema.setdefault(one["jsonSchema"], []).append(one["path"])
    assert by_schema
    for schema, files in by_schema.items():
        argv = [program("check-jsonschema"), "--schemafile", schema, *files]
        assert subprocess.run(argv, cwd=book.root, capture_output=True, check=False).returncode == 0, schema


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("journals/2026-10/sales.K1.csv", b",5000.00,", b",5e3,"),
        ("journals/2026-10/cash.K1.csv", b",deposit,", b",deposite,"),
        ("closings/2026-09/money.csv", b"assets:float,", b","),
    ],
)
def test_frictionless_names_what_was_changed(path: str, old: bytes, new: bytes, tmp_path: Path) -> None:
    book = example(tmp_path / "book")
    package(book)
    file = book.root / path
    assert old in file.read_bytes()
    file.write_bytes(file.read_bytes().replace(old, new, 1))
    done = frictionless(book.root)
    assert done.returncode == 1
    bad = [one["place"] for one in json.loads(done.stdout)["tasks"] if not one["valid"]]
    assert bad == [path]


def test_a_file_begun_with_fewer_columns_has_the_schema_of_those(tmp_path: Path) -> None:
    """As a book kept by an earlier version has it: its bank journal of September lacks the column ``text``."""
    book = example(tmp_path / "book")
    file = book.root / "journals/2026-09/bank.K1.csv"
    columns = [name for name in journal("bank").columns() if name != "text"]
    file.write_text(",".join(columns) + "\n", encoding="utf-8")
    found = package(book)
    fields = {one["path"]: [field["name"] for field in one["schema"]["fields"]]
              for one in found["resources"] if "schema" in one}  # fmt: skip
    assert fields["journals/2026-09/bank.K1.csv"] == columns
    assert fields["journals/2026-10/bank.K1.csv"] == list(journal("bank").columns())
    assert frictionless(book.root).returncode == 0


def test_the_package_changes_nothing_of_the_book(tmp_path: Path) -> None:
    book = example(tmp_path / "book")
    asked = (("reconcile", "--month", "2026-10", "--json"), ("check", "--json"), ("verify", "--json"))

    def told() -> list[tuple[int, str]]:
        runs = [gb(*one, "--book", str(book.root), "--lang", "en", "--at", "2026-10-31 18:00") for one in asked]
        return [(one.code, one.out) for one in runs]

    before = told()
    package(book)
    assert told() == before
    dry = gb("export", "datapackage", "--book", str(book.root), "--dry-run")
    assert dry.json == json.loads((book.root / "datapackage.json").read_text(encoding="utf-8"))


# -- the editor ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["docs/interop.md", "docs/interop.zh-CN.md"])
def test_the_editors_settings_lead_to_the_schemas(page: str, tmp_path: Path) -> None:
    """Each path of the documented setting is there, is the schema of the files its pattern names, and no journal is forgotten."""
    text = (ROOT / page).read_text(encoding="utf-8")
    setting = json.loads(text.partition("<!-- editor -->")[2].partition("```json\n")[2].partition("```")[0])
    book = keep(tmp_path / "book")
    package(book)
    files = [str(path.relative_to(book.root)) for path in (book.root / "journals").rglob("*.yaml")]
    seen = []
    for schema, pattern in setting["yaml.schemas"].items():
        from jsonschema import Draft202012Validator

        judge = Draft202012Validator(json.loads((book.root / schema).read_text(encoding="utf-8")))
        named = fnmatch.filter(files, pattern)
        seen += named
        for file in named:
            assert complaints(judge, yaml.safe_load((book.root / file).read_bytes())) == []
    assert sorted(seen) == sorted(files)
    assert len(setting["yaml.schemas"]) == sum(one.format == "yaml" for one in JOURNALS)
    [line] = re.findall(r"^# yaml-language-server: \$schema=(\S+)$", text, re.MULTILINE)
    assert (book.root / line).is_file()


# -- csv -----------------------------------------------------------------------------------------------------------------


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


@pytest.mark.parametrize("name", [one.name for one in JOURNALS])
def test_every_journal_is_a_table(name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """One row a record, of every kind; what is no number begins like no formula."""
    book = _every_kind(tmp_path_factory)
    done = gb("export", "csv", name, "--book", str(book.root), "--lang", "en")
    assert (done.code, done.err) == (0, "")
    found = rows(done.out)
    logged = gb("log", "--book", str(book.root), "--json", "--lang", "en").out.splitlines()
    ids = sorted(one["id"] for one in map(json.loads, logged) if one["id"][:2] == journal(name).code)
    assert sorted(one["id"] for one in found) == ids
    cells = [cell for one in found for cell in one.values()]
    assert [cell for cell in cells if cell.startswith(FORMULA) and not NUMBER.fullmatch(cell)] == []


_made: list[Book] = []


def _every_kind(factory: pytest.TempPathFactory) -> Book:
    if not _made:
        _made.append(keep(factory.mktemp("csv") / "book"))
    return _made[0]


@pytest.fixture
def at(tmp_path: Path) -> Counter:
    return open_counter(tmp_path)


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "＝1", "＋1", "－1", "＠x"])
def test_a_text_is_no_formula(at: Counter, text: str) -> None:
    """Amount 499.00 of 500.00 with that reason and note: both are quoted, the amount is a number."""
    sell = ("sale", "cash", "--client", "C001", "--vouchers", "A0010001+5", "--amount", "499")
    at.done(*sell, f"--reason={text}", f"--note={text}")
    [sale] = rows(at.done("export", "csv", "sales").out)
    assert (sale["reason"], sale["note"], sale["amount"]) == (f"'{text}", f"'{text}", "499.00")


def test_personal_fields_are_masked() -> None:
    """Encrypted as in the book; nothing of the cipher is left."""
    sealed = {"id": "CL20261008-K1-0001", "kind": "added", "unit": "ENC[v1:abc:Zm9vYmFy]", "alias": "dfc"}
    [one] = rows("".join(pieces(journal("clients"), [sealed])))
    assert (one["unit"], one["alias"]) == ("***", "dfc")


def test_an_unknown_journal_is_refused(at: Counter) -> None:
    done = at("export", "csv", "sale")
    assert (done.code, done.error) == (2, "USE-01")
    assert gb(*shlex.split(done.next[0])[1:]).code == 0
