"""The other side's files: finance's register, the bank's statement, the tills' redemptions (V3, N5, RED).

A row is taken as it stands.  What cannot be read is refused (a date, an amount, a serial that a spreadsheet has spoilt);
what is wrong is recorded, and the comparison or the check finds it.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from ledger.book.choices import one_of
from ledger.book.foreign import FILE, refuse_spoilt
from ledger.book.importform import Form, Texts
from ledger.core.errors import Refused
from ledger.core.forms import Line as FaceLine
from ledger.core.forms import show_lines
from ledger.core.money import parse_amount, yuan
from ledger.core.registers import ENTRIES
from ledger.core.spans import SpanSet
from ledger.core.state import State
from ledger.core.text import fold, shown
from ledger.core.words import Words

if TYPE_CHECKING:
    from ledger.book.foreign import Line
    from ledger.book.imports import Import

_LONG_KEY = 200
"""Characters of serials that a key made of a row's content repeats in full."""
_ENTRY = Words("登记种类", "entry of the register")


def _booked(day: dt.date, today: dt.date) -> dt.date:
    """Their own date; what they have dated ahead is taken in today, and ``booked`` keeps it."""
    return min(day, today)


def _today(_: dt.date, __: dt.date) -> None:
    """The day of the import: the tills' day is in ``booked`` (see the record)."""


def _amount(given: Texts, name: str, *, signed: bool = False) -> int:
    """An amount in fen; 0 where the row has none."""
    text = given.get(name, "")
    if not text:
        return 0
    refuse_spoilt(text, whole=False)
    return parse_amount(text, signed=signed)


def _day(given: Texts) -> dt.date:
    """Their own date, which the import has read."""
    if "date" not in given:
        raise Refused(Words("没有日期", "no date"), code=FILE)
    return dt.date.fromisoformat(given["date"])


def _filled(texts: Texts, names: tuple[str, ...]) -> dict[str, str]:
    return {name: texts[name] for name in names if texts.get(name)}


def _key_of(spans: SpanSet) -> str:
    """The serials of a row for its key: all of them, or of many the first and how many."""
    text = spans.text
    return text if len(text) <= _LONG_KEY else f"{text[:_LONG_KEY].rpartition(' ')[0]}+{spans.count}"


# -- finance -----------------------------------------------------------------------------------------------------------


def _entry(texts: Texts) -> str:
    """Which register the row is of: as the files have it or as people read it; a receipt where it does not say."""
    typed = texts.get("kind", "")
    return one_of(typed, ENTRIES, _ENTRY) if typed else "receipt"


def _finance(one: Import, texts: Texts, state: State) -> dict[str, Any]:
    given = {name: text for name, text in texts.items() if text}
    face = _amount(given, "face")
    values: dict[str, Any] = {"booked": _day(given), "amount": _amount(given, "amount")}
    if "spans" in given:
        values["spans"] = one.spans(given["spans"], face, state)
    lines = _lines(given, face, values.get("spans", SpanSet.EMPTY))
    if lines:
        values["lines"] = lines
    if "document" not in given and "spans" not in given and not values["amount"]:
        words = Words("没有单号、券号或金额：这一行对不上任何单据", "no number, serials or amount: nothing to compare")
        raise Refused(words, code=FILE)
    return {**values, **_filled(given, ("document", "person"))}


def _lines(given: Texts, face: int, spans: SpanSet) -> tuple[FaceLine, ...]:
    """Face × sheets as the row says; the sheets are those of its serials where it names no number of its own."""
    sheets = fold(given.get("sheets", ""))
    if sheets and not (sheets.isascii() and sheets.isdigit() and int(sheets)):
        words = Words(f"张数“{shown(sheets)}”不是正整数", f"sheets “{shown(sheets)}” is no whole number above zero")
        raise Refused(words, code=FILE)
    count = int(sheets) if sheets else spans.count
    return (FaceLine(face, count),) if face and count else ()


def _finance_key(_: Import, __: Line, values: dict[str, Any], texts: Texts) -> str:
    parts = (
        _entry(texts), str(values["booked"]), values.get("document", ""), _key_of(values.get("spans", SpanSet.EMPTY)),
        show_lines(values.get("lines", ())), yuan(values["amount"]) if values["amount"] else "",
    )  # fmt: skip
    return " ".join(part for part in parts if part)


# -- bank --------------------------------------------------------------------------------------------------------------


def _bank(_: Import, texts: Texts, __: State) -> dict[str, Any]:
    given = {name: text for name, text in texts.items() if text}
    paid_in, paid_out = _amount(given, "paid_in"), _amount(given, "paid_out")
    if amount := _amount(given, "amount", signed=True):
        if paid_in or paid_out:
            words = Words("金额与收入、支出只能写一种", "an amount beside paid in or paid out")
            raise Refused(words, code=FILE)
        paid_in, paid_out = max(amount, 0), max(-amount, 0)
    if bool(paid_in) == bool(paid_out):
        words = Words("要有收入或支出，且只有一个", "either paid in or paid out has an amount, not both")
        raise Refused(words, code=FILE)
    values: dict[str, Any] = {"booked": _day(given), "paid_in": paid_in, "paid_out": paid_out}
    if "balance" in given:
        values["balance"] = _amount(given, "balance", signed=True)
    return {**values, **_filled(given, ("reference", "text"))}


def _bank_key(one: Import, line: Line, values: dict[str, Any], _: Texts) -> str:
    """Date, reference, amount and balance, and which of several equal lines: a bank gives its lines no number.

    A statement therefore covers whole days, so that its equal lines count the same in the next file.
    """
    balance = values.get("balance")
    parts = (
        str(values["booked"]), values.get("reference", ""), yuan(values["paid_in"] - values["paid_out"]),
        "" if balance is None else f"={yuan(balance)}",
    )  # fmt: skip
    key = " ".join(part for part in parts if part)
    nth = one.nth(key, line)
    return key if nth == 1 else f"{key} #{nth}"


# -- redemptions -------------------------------------------------------------------------------------------------------


def _redemption(one: Import, texts: Texts, state: State) -> dict[str, Any]:
    given = {name: text for name, text in texts.items() if text}
    if "spans" not in given:
        raise Refused(Words("没有券号", "no serials"), code=FILE)
    spans = one.spans(given["spans"], _amount(given, "face"), state)
    return {"booked": _day(given), "spans": spans, **_filled(given, ("till", "receipt"))}


def _redemption_key(one: Import, line: Line, values: dict[str, Any], _: Texts) -> str:
    """What the row says; the same twice in one file is taken twice by the tills, which is RED-02, not one taking told twice."""
    parts = (str(values["booked"]), values.get("till", ""), values.get("receipt", ""), _key_of(values["spans"]))
    key = " ".join(part for part in parts if part)
    nth = one.nth(key, line)
    return key if nth == 1 else f"{key} #{nth}"


FORMS: dict[str, Form] = {
    "finance": Form(
        fields=("key", "kind", "document", "date", "spans", "face", "sheets", "amount", "person", "note"),
        needed=("date",), kind=_entry, values=_finance, key=_finance_key, date=_booked, theirs=True,
    ),
    "bank": Form(
        fields=("key", "date", "reference", "paid_in", "paid_out", "amount", "balance", "text", "note"),
        needed=("date", "paid_in|paid_out|amount"), kind=lambda _: "line", values=_bank, key=_bank_key, date=_booked,
        theirs=True,
    ),
    "redemptions": Form(
        fields=("key", "date", "spans", "till", "receipt", "face", "note"),
        needed=("date", "spans"), kind=lambda _: "redeemed", values=_redemption, key=_redemption_key, date=_today,
        theirs=True,
    ),
}  # fmt: skip
"""The journals that hold the other side's facts."""
