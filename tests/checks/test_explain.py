"""Every code is explained in both languages, and no family is forgotten."""

from __future__ import annotations

import inspect
from collections import Counter

import pytest

from ledger.checks import FAMILIES, all_codes, explain
from ledger.core import errors
from ledger.core.findings import USUAL

CODES = dict(all_codes())


@pytest.mark.parametrize("code", sorted({*USUAL, "REG-02", "NUM-02", "REF-01", "RUL-01", "BUG-01"}))
def test_every_finding_is_explained(code: str) -> None:
    assert explain(code.lower()) is CODES[code]


def test_every_refusal_is_explained() -> None:
    kinds = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, errors.GbError)]
    codes = {kind.default_code for kind in kinds} - {""}
    assert len(codes) > 8
    assert codes <= CODES.keys()


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_part_is_said_in_both_languages(code: str) -> None:
    for words in CODES[code]:
        assert words.zh
        assert words.en
        assert words.zh != words.en
        assert words.en.isascii() or "×" in words.en or "…" in words.en


def test_every_code_is_explained_once() -> None:
    counted = Counter(code for code, _ in all_codes())
    assert max(counted.values()) == 1
    assert {code.partition("-")[0] for code in counted} == FAMILIES.keys()


@pytest.mark.parametrize("code", ["XXX-01", "STA-99", "", "STA"])
def test_an_unknown_code_is_a_key_error(code: str) -> None:
    with pytest.raises(KeyError):
        explain(code)
