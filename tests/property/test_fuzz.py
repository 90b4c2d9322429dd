"""Spoilt files give coded findings or a coded refusal, nothing else, in bounded time and memory (D9).

2,000 inputs of each kind here, 200,000 journals and 40,000 settings and rules with ``GB_STRESS=1``; the seed is fixed.  Two broken readers must be caught.
"""

from __future__ import annotations

import csv
import io
import os
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest
import yaml

from ledger.book.yamlfile import read_mapping
from ledger.core.errors import GbError
from ledger.core.findings import Finding
from ledger.core.rules import parse_rules
from ledger.core.settings import parse_settings
from ledger.journal.entry import Entry
from ledger.journal.writer import tail_of
from tests.journal.memory import InMemory
from tests.journal.small import BOOK, BY_PATH, RECEIPTS, SALES, csv_file, open_scan, receipt, sale, yaml_file
from tests.property.mutations import spoilt

STRESS = bool(os.environ.get("GB_STRESS"))
JOURNALS = 100_000 if STRESS else 2_000
SETTINGS = 20_000 if STRESS else 1_000
SECONDS = 1.0
MEMORY = 16_000_000
SAMPLED = 50
"""Every so many inputs the memory is measured, which is slow."""
ORIGINALS = {
    SALES: (
        csv_file(sale(1), sale(2, note='a, "b"', buyer="王五"), sale(3)),
        csv_file(*[sale(number) for number in range(1, 8)]),
        csv_file(sale(1), sale(2, kind="reversal", of="sale", ref="SA20261008-K1-0001", reason="错打")),
    ),
    RECEIPTS: (
        yaml_file(receipt(1), receipt(2, note='全部 "完好" \\'), receipt(3)),
        yaml_file(*[receipt(number) for number in range(1, 8)]),
        yaml_file(receipt(1)),
    ),
}  # fmt: skip
ROOT = Path(__file__).parents[2]
RULES = (ROOT / "schemas/rules.example.yaml").read_bytes()
SHOP = b"""format: "1"
book: "000102030405060708090a0b0c0d0e0f"
store: "\xe4\xb8\x9c\xe6\x96\xb9"
currency: "CNY"
timezone: "Asia/Shanghai"
language: "zh"
series: ["100", "50"]
payment_methods: ["cash", "transfer"]
"""


Read = Callable[[str, bytes], str]


def strictly(path: str, data: bytes) -> str:
    """Read it as the program does; what is wrong with the answer, empty when nothing is."""
    items = list(open_scan(InMemory(data), path))
    found = [item for item in items if isinstance(item, Finding)]
    entries = [item for item in items if isinstance(item, Entry)]
    if any(not one.code.startswith("JRN-0") or not one.words.zh or not one.where[0].line for one in found):
        return "a finding without code, words or line"
    if len(found) > 400 or any(len(one.where[0].text) > 5000 for one in found):
        return f"{len(found)} findings, or an excerpt without bound"
    if not found and not is_whole(path, data, entries):
        return "nothing is found, and the records are not the file"
    return tail_trouble(path, data)


def is_whole(path: str, data: bytes, entries: list[Entry]) -> bool:
    """Whether the records with the header are the file, byte for byte, and each is what it says."""
    head = data[: data.index(b"\n") + 1] if path == SALES else b""
    same = all(entry.record.encode() == {k: v for k, v in entry.values.items() if k != "h"} for entry in entries)
    return same and head + b"".join(entry.raw for entry in entries) == data


def tail_trouble(path: str, data: bytes) -> str:
    """What is wrong with what the writer makes of the end of the file."""
    journal = BY_PATH["sales" if path == SALES else "receipts"]
    try:
        tail = tail_of(InMemory(data), path, BOOK, journal)
    except GbError as error:
        return "" if error.code.startswith("JRN-0") else f"a refusal without code: {error!r}"
    return "" if 0 <= tail.end <= tail.size == len(data) and tail.h else f"a tail outside the file: {tail}"


def by_library(path: str, data: bytes) -> str:
    """The canary: csv and yaml of the shelf."""
    if path == SALES:
        rows = list(csv.DictReader(io.StringIO(data.decode())))
        return "" if all(len(row["h"] or "") == 16 for row in rows) else "a row without its h"
    yaml.load(data, Loader=yaml.CSafeLoader)
    return ""


def by_line(path: str, data: bytes) -> str:
    """Another: our reader, but what does not read is passed over."""
    whole = [item for item in open_scan(InMemory(data), path) if isinstance(item, Entry)]
    return "" if is_whole(path, data, whole) else "nothing is found, and the records are not the file"


class Told(NamedTuple):
    """How many inputs were read, and the first that was not answered as it should be."""

    inputs: int
    bad: int
    first: str


def campaign(path: str, read: Read, inputs: int, seed: int = 20261008) -> Told:
    """Read spoilt files; anything raised is as bad as a wrong answer, and so are a second and 16 MB."""
    random, bad, first = Random(seed), 0, ""
    for number in range(inputs):
        data = spoilt(ORIGINALS[path], random)
        trouble = measured(read, path, data, number)
        if trouble:
            bad += 1
            first = first or f"input {number}: {trouble}\n{data!r}"
    return Told(inputs, bad, first)


def measured(read: Read, path: str, data: bytes, number: int) -> str:
    """What is wrong with the answer, or with what it cost."""
    sample = number % SAMPLED == 0
    if sample:
        tracemalloc.start()
    started = time.process_time()
    try:
        trouble = read(path, data)
    except Exception as error:  # noqa: BLE001  # whatever it is, it has no code
        trouble = f"raised {error!r}"
    spent, peak = time.process_time() - started, 0
    if sample:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return trouble or (f"{spent:.1f} s, {peak} bytes" if spent > SECONDS or peak > MEMORY else "")


@pytest.mark.parametrize("path", ORIGINALS)
def test_spoilt_journals_give_coded_findings(path: str) -> None:
    told = campaign(path, strictly, JOURNALS)
    assert told.bad == 0, f"{told.bad} of {told.inputs}; {told.first}"


@pytest.mark.parametrize("read", [by_library, by_line])
@pytest.mark.parametrize("path", ORIGINALS)
def test_a_broken_reader_is_caught(path: str, read: Read) -> None:
    """Libraries raise their own errors, or believe what they should not; passing over is silent."""
    assert campaign(path, read, 300).bad > 0


def settings(path: str, data: bytes) -> str:
    """Read settings or rules; refused with a code, words in both languages and what to do, or read."""
    try:
        found = read_mapping(data, path)
        (parse_rules if path == "rules.yaml" else parse_settings)(found)
    except GbError as error:
        return "" if error.code and error.words.zh and error.words.en else f"a refusal without code or words: {error!r}"
    return ""


def unchecked(path: str, data: bytes) -> str:
    """The canary: the library without the checks before it."""
    found = yaml.load(data, Loader=yaml.CSafeLoader)
    (parse_rules if path == "rules.yaml" else parse_settings)(found)
    return ""


@pytest.mark.parametrize("path", ["rules.yaml", "gb.yaml"])
def test_spoilt_settings_are_refused_with_a_code(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ORIGINALS, path, (RULES, SHOP) if path == "rules.yaml" else (SHOP, SHOP, RULES))
    told = campaign(path, settings, SETTINGS)
    assert told.bad == 0, f"{told.bad} of {told.inputs}; {told.first}"
    assert campaign(path, unchecked, 100).bad > 0
