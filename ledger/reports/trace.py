"""The history of one serial for programs and for people (`gb voucher trace`)."""

from __future__ import annotations

from typing import Any

from ledger.core.custody import RESTAMP, STATE_WORDS
from ledger.core.forms import Reversal
from ledger.core.money import grouped, yuan
from ledger.core.records import journal_of
from ledger.core.words import Lang, Words
from ledger.folds.history import Event, History
from ledger.reports.findings import place
from ledger.reports.table import table

_NEVER = Words("{serial} 不在账上", "{serial} is not in the book")
_NOW = Words("{serial}  面值 {face}  {state}", "{serial}  face {face}  {state}")
_HEADS = (
    Words("日期", "date"), Words("单号", "record"), Words("类别", "kind"), Words("客户", "client"),
    Words("之后", "afterwards"),
)  # fmt: skip
_RESTAMP = Words("待盖日期章", "a date stamp is due")
_UNTIL = Words("  截止 {day}", "  expires {day}")
_ANY = 1000  # columns: never wrapped, so that each place stands below its own record


def as_json(found: History) -> dict[str, Any]:
    """The JSON of the public contract, section 4; ``state`` names the hold when there is one."""
    return {
        "serial": found.serial,
        "place": found.sheet.place,
        "state": found.sheet.state,
        "face": yuan(found.face),
        "expires": found.sheet.expires,
        "history": [
            {
                "date": str(one.date), "kind": one.kind, "id": one.id, "client": one.client, "by": one.by,
                "place": one.place, "state": one.state, "file": one.where.file, "line": one.where.line,
            }
            for one in found.events
        ],
    }  # fmt: skip


def as_text(found: History, lang: Lang) -> str:
    """One line per record, oldest first."""
    if not found.events:
        return _NEVER.say(lang).format(serial=found.serial)
    sheet = found.sheet
    state = (_RESTAMP if sheet.state == "sellable" and RESTAMP in sheet.stamps else STATE_WORDS[sheet.state]).say(lang)
    if sheet.expires:
        state += _UNTIL.say(lang).format(day=sheet.expires)
    rows = [
        [str(one.date), one.id, _kind(one).say(lang), one.client, STATE_WORDS[one.state].say(lang)]
        for one in found.events
    ]
    head = _NOW.say(lang).format(serial=found.serial, face=grouped(found.face), state=state)
    lines = table([one.say(lang) for one in _HEADS], rows, page=_ANY)
    places = (" " * 12 + place(one.where) for one in found.events)
    body = (line for pair in zip(lines[2:], places, strict=True) for line in pair)
    return "\n".join([head, "", *lines[:2], *body])


def _kind(event: Event) -> Words:
    """The form's name of a record's kind."""
    return Reversal.WORDS if event.kind == Reversal.KIND else journal_of(event.id).kind(event.kind).WORDS
