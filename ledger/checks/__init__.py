"""Findings beyond what judging one record can see, one module per family of codes with its explanations.

This is the one list of families; a family's module is loaded when one of its codes is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from ledger.checks.explained import Explained

FAMILIES = {
    **{
        family: family.lower()
        for family in (
            "LAW",
            "JRN",
            "NUM",
            "STA",
            "STK",
            "REC",
            "APR",
            "CHQ",
            "REB",
            "RED",
            "REG",
            "IDX",
            "CLS",
            "DAY",
            "VIS",
            "CHN",
            "PTS",
            "PRV",
        )
    },
    "CNT": "stk",
    "NOT": "notices",
    **dict.fromkeys(("CSH", "TIE"), "csh"),
    **dict.fromkeys(
        (
            *("USE", "REF", "ROL", "ORD", "DAT", "KEY", "SIG", "CLK", "SYN"),
            *("LCK", "DSK", "RUL", "IMP", "OUT", "PRT", "MEM", "BUG"),
        ),
        "refusals",
    ),
}
"""The letters of a code and the module that explains it."""


def explain(code: str) -> Explained:
    """What a code means, in any case of letters; raises ``KeyError`` for an unknown one."""
    name = code.upper()
    return _codes(FAMILIES[name.partition("-")[0]])[name]


def all_codes() -> Iterator[tuple[str, Explained]]:
    """Every code with its explanation, family by family."""
    for module in dict.fromkeys(FAMILIES.values()):
        yield from _codes(module).items()


def _codes(module: str) -> dict[str, Explained]:
    found: dict[str, Explained] = import_module(f"ledger.checks.{module}").CODES
    return found
