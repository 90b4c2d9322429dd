"""A month's sales or rebates record by record, with what they come to per client and per day (S2, R3, R4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import msgspec

from ledger.core.money import grouped, yuan
from ledger.core.words import Lang, Words
from ledger.folds.audit import Line
from ledger.reports.report import Cell, Money, Table, Workbook
from ledger.reports.table import table, wrap

_HEAD = Words("{title}    门店：{store}    月份：{month}", "{title}    store: {store}    month: {month}")
_HEADS = (
    Words("日期", "date"), Words("单号", "record"), Words("凭证号", "number"), Words("客户", "client"),
    Words("张数", "sheets"), Words("金额", "amount"),
)  # fmt: skip
_CLIENTS, _DAYS = Words("按客户", "By client"), Words("按日", "By day")
_MADE, _CHECKED = Words("制表人", "made by"), Words("复核人", "checked by")
_COUNT, _TOTAL, _NONE = Words("笔数", "records"), Words("合计", "total"), Words("本月没有", "none this month")


class Sum(NamedTuple):
    """Of one client or day: records, sheets, amount in fen."""

    name: str
    records: int
    sheets: int
    amount: int


class ListReport(msgspec.Struct, frozen=True, kw_only=True):
    """The lines of one month in order."""

    title: Words
    store: str
    month: str
    lines: tuple[Line, ...]

    def sums(self, field: str) -> list[Sum]:
        """What the lines come to by ``who`` or ``date``, in order of the name."""
        names = sorted({getattr(one, field) for one in self.lines})
        return [self._sum(name, [one for one in self.lines if getattr(one, field) == name]) for name in names]

    def _sum(self, name: str, lines: Sequence[Line]) -> Sum:
        return Sum(name, len(lines), sum(one.sheets for one in lines), sum(one.amount for one in lines))

    def as_json(self, lang: Lang) -> dict[str, Any]:  # noqa: ARG002 - nothing here is in words
        """The lines, the sums, the total."""
        total = self._sum("", self.lines)
        return {
            "store": self.store, "month": self.month,
            "lines": [
                {"date": one.date, "id": one.id, "number": one.number, "client": one.who, "sheets": one.sheets,
                 "amount": yuan(one.amount)}
                for one in self.lines
            ],
            "by_client": [{"client": one.name, **_figures(one)} for one in self.sums("who")],
            "by_day": [{"date": one.name, **_figures(one)} for one in self.sums("date")],
            "total": _figures(total),
        }  # fmt: skip

    def as_text(self, lang: Lang) -> str:
        """The lines, then the sums per client and per day, each with the total."""
        head = _HEAD.say(lang).format(title=self.title.say(lang), store=self.store, month=self.month)
        if not self.lines:
            return "\n".join([*wrap(head), "", _NONE.say(lang)])
        rows = [[one.date, one.id, one.number, one.who, f"{one.sheets:,}", grouped(one.amount)] for one in self.lines]
        listed = table([one.say(lang) for one in _HEADS], rows, "llllrr")
        return "\n".join(
            [*wrap(head), "", *listed, "", *self._sums(_CLIENTS, "who", lang), "", *self._sums(_DAYS, "date", lang)]
        )

    def _sums(self, title: Words, field: str, lang: Lang) -> list[str]:
        sums = [*self.sums(field), self._sum(_TOTAL.say(lang), self.lines)]
        rows = [[one.name, f"{one.records:,}", f"{one.sheets:,}", grouped(one.amount)] for one in sums]
        return table([one.say(lang) for one in (title, _COUNT, *_HEADS[-2:])], rows, "lrrr")

    def as_workbook(self, lang: Lang) -> Workbook:
        """The records, and what they come to per client and per day."""
        lines = tuple(
            (dt.date.fromisoformat(one.date), one.id, one.number, one.who, one.sheets, Money(one.amount))
            for one in self.lines
        )
        tables = [Table(name=self.title.say(lang), heads=_said(_HEADS, lang), rows=lines, sums=(4, 5))]
        for title, field in ((_CLIENTS, "who"), (_DAYS, "date")):
            rows = tuple((one.name, one.records, one.sheets, Money(one.amount)) for one in self.sums(field))
            heads = _said((title, _COUNT, *_HEADS[-2:]), lang)
            tables.append(Table(name=title.say(lang), heads=heads, rows=rows, sums=(1, 2, 3)))
        signs = (_MADE.say(lang), _CHECKED.say(lang))
        return Workbook(
            title=self.title.say(lang), head=f"{self.store}  {self.month}", tables=tuple(tables), signs=signs
        )

    def as_rows(self, lang: Lang) -> Iterable[Sequence[Cell]]:
        """One row a record."""
        yield [one.say(lang) for one in _HEADS]
        for one in self.lines:
            yield [one.date, one.id, one.number, one.who, one.sheets, Money(one.amount)]


def _said(words: Iterable[Words], lang: Lang) -> tuple[str, ...]:
    return tuple(one.say(lang) for one in words)


def _figures(one: Sum) -> dict[str, Any]:
    return {"count": one.records, "sheets": one.sheets, "amount": yuan(one.amount)}
