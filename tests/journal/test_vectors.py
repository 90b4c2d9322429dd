"""The published vectors: our code meets them, hashlib recomputes them, and other programs' parsers read the same strings."""

from __future__ import annotations

import base64
import csv
import io
import json
import subprocess
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import yaml
from ruamel.yaml import YAML

from ledger.journal import csvtext, yamltext
from ledger.journal.chain import genesis, link
from tests.journal.small import BOOK, COLUMNS, RECEIPTS_JOURNAL, SALES, SALES_JOURNAL, codes, put, read

VECTORS = Path(__file__).parent.parent / "vectors"


def vectors(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((VECTORS / f"{name}.json").read_text("utf-8"))
    return found


GENESIS, CSV, YAMLS, CHAIN, DAMAGE = (vectors(name) for name in ("genesis", "csv", "yaml", "chain", "damage"))


def test_the_journals_of_the_vectors() -> None:
    declared = DAMAGE["journals"]
    for journal in (SALES_JOURNAL, RECEIPTS_JOURNAL):
        told = declared[journal.name]
        assert (told["code"], told["format"]) == (journal.code, journal.format)
        assert told["kinds"] == {kind.KIND: [field.name for field in kind.fields()] for kind in journal.kinds}
    assert tuple(declared["sales"]["columns"]) == tuple(CSV["columns"]) == COLUMNS
    assert DAMAGE["book"] == BOOK


@pytest.mark.parametrize("case", GENESIS["cases"], ids=lambda case: case["path"])
def test_genesis(case: dict[str, str]) -> None:
    text = f"gb1\n{case['book']}\n{case['path']}\n{case['header']}\n"
    assert sha256(text.encode()).hexdigest()[:16] == case["h"]
    assert genesis(case["book"], case["path"], case["header"]) == case["h"]


@pytest.mark.parametrize("case", CSV["cases"], ids=lambda case: case["name"])
def test_csv_line(case: dict[str, Any]) -> None:
    line = case["line"].encode()
    assert sha256(case["previous"].encode() + case["body"].encode()).hexdigest()[:16] == case["h"]
    assert csvtext.emit(case["record"], COLUMNS, case["previous"]) == (line, case["h"])
    assert csvtext.parse(line, COLUMNS) == {**case["record"], "h": case["h"]}
    (row,) = csv.reader(io.StringIO(case["line"], newline=""), strict=True)
    assert {name: text for name, text in zip(COLUMNS, row, strict=True) if text} == {**case["record"], "h": case["h"]}


def test_yaml_block() -> None:
    block = YAMLS["block"].encode()
    assert sha256((YAMLS["previous"] + YAMLS["body"]).encode()).hexdigest()[:16] == YAMLS["h"]
    assert yamltext.emit(YAMLS["record"], YAMLS["previous"]) == (block, YAMLS["h"])
    assert yamltext.parse(block, RECEIPTS_JOURNAL) == {**YAMLS["record"], "h": YAMLS["h"]}


def test_enough_nasty_values() -> None:
    assert len({case["value"] for case in YAMLS["values"]}) >= 54


@pytest.mark.parametrize("case", YAMLS["values"], ids=lambda case: ascii(case["value"])[:40])
def test_nasty_value_reads_back_everywhere(case: dict[str, str]) -> None:
    """Written by us, read by us, by YAML 1.1 (PyYAML), YAML 1.2 (ruamel) and by the csv module: the same string."""
    record = YAMLS["record"] | {"finance": case["value"]}
    block, h = yamltext.emit(record, YAMLS["previous"])
    assert case["field"].encode() in block
    body = block.rpartition(b"  h:")[0]
    assert h == case["h"] == sha256(YAMLS["previous"].encode() + body).hexdigest()[:16] == link(YAMLS["previous"], body)
    expected = record | {"h": h}
    assert yamltext.parse(block, RECEIPTS_JOURNAL) == expected
    assert yaml.safe_load(block) == [expected]
    assert YAML(typ="safe", pure=True).load(io.BytesIO(block)) == [expected]
    sale = CSV["cases"][0]["record"] | {"buyer": case["value"]}
    line, h = csvtext.emit(sale, COLUMNS, YAMLS["previous"])
    assert csvtext.parse(line, COLUMNS) == sale | {"h": h}
    (row,) = csv.reader(io.StringIO(line.decode(), newline=""), strict=True)
    assert row[COLUMNS.index("buyer")] == case["value"]


@pytest.mark.parametrize("case", CHAIN["cases"], ids=lambda case: case["path"])
def test_chain(case: dict[str, Any], tmp_path: Path) -> None:
    entries, findings = read(tmp_path, case["path"], case["file"].encode())
    assert not findings
    assert [entry.h for entry in entries] == case["h"]
    assert [{k: v for k, v in entry.values.items() if k != "h"} for entry in entries] == case["records"]
    is_csv = case["path"] == SALES
    previous = genesis(case["book"], case["path"], ",".join(COLUMNS) if is_csv else "")
    written = csvtext.header_line(COLUMNS) if is_csv else b""
    for record in case["records"]:
        data, previous = csvtext.emit(record, COLUMNS, previous) if is_csv else yamltext.emit(record, previous)
        written += data
    assert written.decode() == case["file"]


@pytest.mark.parametrize("case", DAMAGE["cases"], ids=lambda case: f"{case['path'][-4:]} {case['name']}")
def test_damage(case: dict[str, Any], tmp_path: Path) -> None:
    data = base64.b64decode(case["base64"]) if "base64" in case else case["text"].encode()
    assert codes(tmp_path, case["path"], data) == [(found["code"], found["line"]) for found in case["findings"]]


def test_worked_example_of_the_docs(tmp_path: Path) -> None:
    """The shell lines of docs/format.md print what stands below them there, and the h of the published files."""
    page = (VECTORS.parent.parent / "docs/format.md").read_text("utf-8")
    script = page.partition("```sh\n")[2].partition("```")[0]
    shown = page.partition("```text\n")[2].partition("```")[0]
    for case in CHAIN["cases"]:
        put(tmp_path, case["path"], case["file"].encode())
    done = subprocess.run(["sh", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == shown
    assert all(case["h"][0] in shown for case in CHAIN["cases"])
