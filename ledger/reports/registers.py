"""Finance's registers on the month's sheet: what matches, what is timing, what differs (V3, R10)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ledger.checks.registers import told
from ledger.core.registers import ENTRIES, REGISTERS
from ledger.core.words import Lang, Words
from ledger.folds.registers import Group, RegisterSheet, Standing
from ledger.reports.table import wrap

_TITLE = Words("与财务登记对照", "Finance's registers against ours")
_REGISTER = Words("{name}：{said}", "{name}: {said}")
_LACKING = Words("财务登记未导入，无从对照", "finance's register not imported: not compared")
_NAMES: dict[Standing, Words] = {
    "matched": Words("相符", "matched"),
    "differs": Words("不符", "different"),
    "ours": Words("只有我方", "ours only"),
    "theirs": Words("只有财务", "theirs only"),
    "timing": Words("时间差", "timing"),
}
"""In the order in which they are counted; what is unknown is said of the register as a whole."""
_KEYS: dict[Standing, str] = {"differs": "differing", "ours": "ours_only", "theirs": "theirs_only", "timing": "timing"}


def as_json(sheets: Sequence[RegisterSheet]) -> dict[str, Any]:
    """By register: whether finance's side is there, how many lines match, and those that do not."""
    return {
        sheet.register: {
            "imported": sheet.imported,
            "matched": sheet.matched,
            **{key: [_entry(group) for group in sheet.of(standing)] for standing, key in _KEYS.items()},
        }
        for sheet in sheets
    }


def _entry(group: Group) -> dict[str, Any]:
    return {
        "entry": group.entry, "ids": [item.key for item in group.ours], "theirs": [item.key for item in group.theirs],
        "number": group.number, "date": str(min(group.days)), "only_ours": group.only_ours.text if group.theirs else _all(group),
        "only_theirs": group.only_theirs.text,
    }  # fmt: skip


def _all(group: Group) -> str:
    return " ".join(item.line.spans for item in group.ours if item.line.spans)


def as_text(sheets: Sequence[RegisterSheet], lang: Lang) -> Iterator[str]:
    """A line of counts per register, and below it what does not match."""
    yield _TITLE.say(lang)
    for sheet in sheets:
        name = REGISTERS[sheet.register][0].say(lang)
        if not sheet.imported and not any(sheet.of(standing) for standing in _KEYS):
            yield from wrap(_REGISTER.say(lang).format(name=name, said=_LACKING.say(lang)), indent=4, hang=4)
            continue
        counts = [
            (standing, sheet.matched if standing == "matched" else len(sheet.of(standing))) for standing in _NAMES
        ]
        shown = [
            f"{_NAMES[standing].say(lang)} {count}" for standing, count in counts if count or standing == "matched"
        ]
        more = [] if sheet.imported else [_LACKING.say(lang)]
        yield from wrap(_REGISTER.say(lang).format(name=name, said="  ".join([*shown, *more])), indent=4, hang=4)
        for standing in _KEYS:
            for group in sheet.of(standing):
                yield from wrap(_line(standing, group, lang), indent=8, hang=4)


def _line(standing: Standing, group: Group, lang: Lang) -> str:
    ids = " ".join(item.key for item in (*group.ours, *group.theirs))
    return f"{_NAMES[standing].say(lang)}  {min(group.days)}  {ENTRIES[group.entry].say(lang)}  {ids}  {told(group).say(lang)}"
