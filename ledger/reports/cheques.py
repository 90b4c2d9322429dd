"""The cheques of a month on its sheet (S6), and the list of those still open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ledger.core.cheques import STATUS
from ledger.core.money import grouped, yuan
from ledger.core.words import Lang, Words
from ledger.folds.cheques import ChequeSheet, OpenCheque, Receivable
from ledger.reports.table import table, wrap

_TITLE = Words("支票", "Cheques")
LINES: tuple[tuple[str, str, Words], ...] = (
    ("opening", "", Words("上月在途", "outstanding at opening")),
    ("taken_over", "+", Words("期初接收", "taken over")),
    ("received", "+", Words("收到", "received")),
    ("cleared", "-", Words("到帐", "cleared")),
    ("bounced", "-", Words("退票", "bounced")),
    ("given_back", "-", Words("退还", "given back")),
    ("prior_period", "+", Words("更正以前月份", "prior period")),
    ("outstanding", "=", Words("本月在途", "outstanding")),
)
_ALWAYS = ("opening", "received", "cleared", "outstanding")
_DEPOSITED = Words("本月送存 {deposited}", "deposited in the month {deposited}")
_OWED = Words("退票应收：{terms}", "owed for bounced cheques: {terms}")
OWED_LINES: tuple[tuple[str, str, Words], ...] = (
    ("opening", "", Words("期初", "opening")),
    ("bounced", "+", Words("退票", "bounced")),
    ("made_good", "-", Words("补付", "made good")),
    ("replaced", "-", Words("换票", "replaced")),
    ("returned", "-", Words("退券抵帐", "sheets returned")),
    ("prior_period", "+", Words("更正以前月份", "prior period")),
    ("closing", "=", Words("期末", "closing")),
)
_HEADS = (
    Words("支票号", "cheque"), Words("银行", "bank"), Words("客户", "client"), Words("金额", "amount"),
    Words("状态", "state"), Words("收到", "received"), Words("天数", "days"),
)  # fmt: skip


def as_json(sheet: ChequeSheet) -> dict[str, Any]:
    """The block for programs (public contract, section 4), with the receivable and the open cheques besides."""
    names = [name for name in sheet.__struct_fields__ if name not in ("receivable", "open")]
    return {
        **{name: yuan(getattr(sheet, name)) for name in names},
        "receivable": {name: yuan(getattr(sheet.receivable, name)) for name in Receivable.__struct_fields__},
        "open": [one_as_json(one) for one in sheet.open],
    }


def one_as_json(one: OpenCheque) -> dict[str, Any]:
    """One open cheque for programs; ``age`` in days."""
    texts = {name: getattr(one, name) for name in one.__struct_fields__}
    return {**texts, "amount": yuan(one.amount)}


def as_text(sheet: ChequeSheet, lang: Lang) -> Iterator[str]:
    """The block for the printed sheet, at most 80 columns."""
    yield _TITLE.say(lang)
    yield from wrap(_terms(sheet, LINES, _ALWAYS, lang), indent=4, hang=4)
    if sheet.deposited:
        yield "    " + _DEPOSITED.say(lang).format(deposited=grouped(sheet.deposited))
    owed = sheet.receivable
    if any(getattr(owed, name) for name in owed.__struct_fields__):
        terms = _terms(owed, OWED_LINES, ("opening", "closing"), lang)
        yield from wrap(_OWED.say(lang).format(terms=terms), indent=4, hang=4)
    if sheet.open:
        yield from open_table(sheet.open, lang, indent=4)


def _terms(source: Any, lines: Sequence[tuple[str, str, Words]], always: Sequence[str], lang: Lang) -> str:
    """One line that foots, each figure with its sign; what is zero is left out, but for ``always``."""
    shown = [
        f"{sign} {words.say(lang)} {grouped(getattr(source, name))}".strip()
        for name, sign, words in lines
        if name in always or getattr(source, name)
    ]
    return " ".join(shown)


def open_table(found: Sequence[OpenCheque], lang: Lang, indent: int = 0) -> list[str]:
    """The open cheques as lines of a table."""
    rows = [
        [one.number, one.bank, one.client, grouped(one.amount), STATUS[one.status].say(lang), one.since, str(one.age)]
        for one in found
    ]
    return table([head.say(lang) for head in _HEADS], rows, "lllrllr", indent=indent)
