"""Outstanding vouchers on paper, as JSON and as rows: what the store still owes in goods (RED, R11)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from ledger.core.custody import OUT_USES, STATE_WORDS
from ledger.core.money import grouped, yuan
from ledger.core.words import Lang, Words
from ledger.folds.liability import LiabilitySheet
from ledger.reports.report import Cell, Money, Table, Workbook
from ledger.reports.table import table, wrap

_TITLE = Words("未消费的券，{day} 终    门店：{store}", "Outstanding vouchers at the end of {day}    store: {store}")
_NAME = Words("未消费的券", "outstanding vouchers")
_SIGNS = (Words("制表人", "made by"), Words("财务", "finance"))
_NONE = Words("没有未消费的券", "no voucher is outstanding")
_USE, _FACE = Words("去向", "out as"), Words("面值", "face")
_SHEETS, _VALUE = Words("张数", "sheets"), Words("金额", "value")
_TOTAL = Words("合计", "total")
_AGES = Words("按交出天数（张）", "By days since they went out (sheets)")
_EXPIRY = Words("按到期天数（张）", "By days until they expire (sheets)")
_EXPIRED, _OPEN = Words("已过期", "expired"), Words("无截止日期", "no expiry date")
_AGE, _LEFT = Words("交出天数", "age in days"), Words("到期天数", "days until expiry")


class LiabilityReport(msgspec.Struct, frozen=True, kw_only=True):
    """The sheet of one store."""

    store: str
    sheet: LiabilitySheet

    def as_json(self, lang: Lang) -> dict[str, Any]:
        """One line per kind; ``age`` and ``expiry`` name their bucket in words."""
        sheets, value = self.sheet.total()
        return {
            "store": self.store, "as_of": str(self.sheet.until), "sheets": sheets, "value": yuan(value),
            "by_use": {use: self._both(use=use) for use in self._uses()},
            "lines": [
                {
                    "use": one.use, "face": yuan(one.face), "age_days": _range(one.age, self.sheet.age_days),
                    "expiry_days": self._left(one.left, lang) if one.left in (None, -1) else _range(one.left, self.sheet.expiry_days),
                    "expired": one.left == -1, "sheets": one.sheets, "value": yuan(one.value),
                }
                for one in self.sheet.lines
            ],
        }  # fmt: skip

    def _both(self, **asked: object) -> dict[str, Any]:
        sheets, value = self.sheet.total(**asked)
        return {"sheets": sheets, "value": yuan(value)}

    def _uses(self) -> list[str]:
        there = {one.use for one in self.sheet.lines}
        return [use for use in OUT_USES if use in there]

    def _kinds(self) -> list[tuple[str, int]]:
        return list(dict.fromkeys((one.use, one.face) for one in self.sheet.lines))

    def _left(self, left: int | None, lang: Lang) -> str:
        if left is None:
            return _OPEN.say(lang)
        return _EXPIRED.say(lang) if left < 0 else _range(left, self.sheet.expiry_days)

    def as_text(self, lang: Lang) -> str:
        """Sheets and value per use and face; then the same by age and by expiry."""
        head = wrap(_TITLE.say(lang).format(day=self.sheet.until, store=self.store))
        if not self.sheet.lines:
            return "\n".join([*head, "", _NONE.say(lang)])
        return "\n".join([*head, "", *self._totals(lang), "", *self._by_age(lang), "", *self._by_expiry(lang)])

    def _totals(self, lang: Lang) -> list[str]:
        rows = []
        for use, face in self._kinds():
            sheets, value = self.sheet.total(use=use, face=face)
            rows.append([STATE_WORDS[use].say(lang), grouped(face), f"{sheets:,}", grouped(value)])
        sheets, value = self.sheet.total()
        rows.append([_TOTAL.say(lang), "", f"{sheets:,}", grouped(value)])
        return table([one.say(lang) for one in (_USE, _FACE, _SHEETS, _VALUE)], rows, "lrrr")

    def _by_age(self, lang: Lang) -> Iterator[str]:
        yield _AGES.say(lang)
        buckets = range(len(self.sheet.age_days) + 1)
        yield from self._buckets("age", [(at, _range(at, self.sheet.age_days)) for at in buckets], lang)

    def _by_expiry(self, lang: Lang) -> Iterator[str]:
        yield _EXPIRY.say(lang)
        buckets: list[int | None] = [-1, *range(len(self.sheet.expiry_days) + 1), None]
        there = {one.left for one in self.sheet.lines}
        yield from self._buckets("left", [(at, self._left(at, lang)) for at in buckets if at in there], lang)

    def _buckets(self, name: str, buckets: Sequence[tuple[int | None, str]], lang: Lang) -> list[str]:
        heads = [_USE.say(lang), _FACE.say(lang), *(shown for _, shown in buckets)]
        rows = [
            [STATE_WORDS[use].say(lang), grouped(face), *(self._count(use, face, name, at) for at, _ in buckets)]
            for use, face in self._kinds()
        ]
        return table(heads, rows, "l" + "r" * (len(heads) - 1))

    def _count(self, use: str, face: int, name: str, at: int | None) -> str:
        sheets, _ = self.sheet.total(use=use, face=face, **{name: at})
        return f"{sheets:,}" if sheets else ""

    def as_workbook(self, lang: Lang) -> Workbook:
        """The rows, sheets and value added up."""
        heads, *rows = (tuple(row) for row in self.as_rows(lang))
        name, head = _NAME.say(lang), f"{self.store}  {self.sheet.until}"
        table = Table(name=name, heads=tuple(map(str, heads)), rows=tuple(rows), sums=(4, 5))
        return Workbook(title=name, head=head, tables=(table,), signs=tuple(one.say(lang) for one in _SIGNS))

    def as_rows(self, lang: Lang) -> Iterable[Sequence[Cell]]:
        """One row per kind and bucket."""
        yield [one.say(lang) for one in (_USE, _FACE, _AGE, _LEFT, _SHEETS, _VALUE)]
        for one in self.sheet.lines:
            yield [
                STATE_WORDS[one.use].say(lang), Money(one.face), _range(one.age, self.sheet.age_days),
                self._left(one.left, lang), one.sheets, Money(one.value),
            ]  # fmt: skip


def _range(at: int, ends: Sequence[int]) -> str:
    """``0-90``, ``91-180``, ``>365``."""
    if at == len(ends):
        return f">{ends[-1]}" if ends else "0-"
    return f"{ends[at - 1] + 1 if at else 0}-{ends[at]}"
