"""客户回访登记本 of a month, and the register of clients: for paper, spreadsheets and other programs; personal values masked (C5, C8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from ledger.core.calls import HOW, WANTS
from ledger.core.money import grouped, yuan
from ledger.core.parties import Client
from ledger.core.personal import ITEMS, masked
from ledger.core.records.clients import CLASS_WORDS, KIND_WORDS
from ledger.core.records.visits import Contacted, Visit
from ledger.core.words import Lang, Words
from ledger.reports.report import Cell, Money
from ledger.reports.table import table, wrap

VISITS = Words("客户回访登记本", "book of calls and visits")
CLIENTS = Words("客户名册", "register of clients")
_NONE = Words("本月没有", "none this month")
_VISIT_HEADS = (
    Words("日期", "date"), Words("时间", "time"), Words("方式", "how"), Words("客户", "client"), Words("单位", "unit"),
    Words("内容概括", "summary"), Words("福利", "welfare gifts"), Words("意向商品", "goods"), Words("预算金额", "budget"),
    Words("礼品", "gift"), Words("礼品价值", "gift's value"), Words("下次跟进", "follow-up"), Words("回访人", "visitor"),
    Words("联系人", "contact"), Words("编号", "record"),
)  # fmt: skip
_ITEMS = ("name", "contact", "phone", "address", "email")


class VisitReport(msgspec.Struct, frozen=True, kw_only=True):
    """The calls and visits of one month in order; ``units`` are the names of the clients by code."""

    store: str
    month: str
    visits: tuple[Contacted, ...]
    units: Mapping[str, str]

    def as_json(self, lang: Lang) -> dict[str, Any]:
        """One object a call."""
        keys = [head.en.replace(" ", "_").replace("'s", "") for head in _VISIT_HEADS]
        rows = [dict(zip(keys, map(_plain, self._row(one, lang)), strict=True)) for one in self.visits]
        return {"store": self.store, "month": self.month, "visits": rows}

    def as_text(self, lang: Lang) -> str:
        """Time, client, summary, visitor."""
        head = Words(f"{VISITS.zh}    门店：{self.store}    月份：{self.month}",
                     f"{VISITS.en}    store: {self.store}    month: {self.month}")  # fmt: skip
        if not self.visits:
            return "\n".join([*wrap(head.say(lang)), "", _NONE.say(lang)])
        heads = [_VISIT_HEADS[at].say(lang) for at in (0, 2, 4, 5, 12)]
        rows = [
            [
                str(one.date),
                HOW[one.HOW].say(lang),
                self.units.get(one.client, one.client),
                self._told(one, lang),
                one.visitor,
            ]
            for one in self.visits
        ]
        return "\n".join([*wrap(head.say(lang)), "", *table(heads, rows, "lllll")])

    def _told(self, one: Contacted, lang: Lang) -> str:
        parts = [one.summary, WANTS[one.wants].say(lang) if one.wants else "", one.goods]
        parts.append(f"¥{grouped(one.budget)}" if one.budget else "")
        if isinstance(one, Visit) and one.gift:
            parts.append(f"{one.gift} ¥{grouped(one.gift_value)}")
        return "；".join(filter(None, parts))

    def as_rows(self, lang: Lang) -> Iterable[Sequence[Cell]]:
        """One row a call."""
        yield [one.say(lang) for one in _VISIT_HEADS]
        yield from (self._row(one, lang) for one in self.visits)

    def _row(self, one: Contacted, lang: Lang) -> list[Cell]:
        gift = one if isinstance(one, Visit) and one.gift else None
        return [
            one.date, f"{one.at:%H:%M}", HOW[one.HOW].say(lang), one.client, self.units.get(one.client, ""), one.summary,
            WANTS[one.wants].say(lang) if one.wants else "", one.goods, Money(one.budget) if one.budget else None,
            gift.gift if gift else "", Money(gift.gift_value) if gift else None, one.next, one.visitor,
            masked(one.contact), one.id,
        ]  # fmt: skip


class ClientReport(msgspec.Struct, frozen=True, kw_only=True):
    """Every client with its entries by code; personal values are masked."""

    store: str
    clients: tuple[tuple[str, Client], ...]

    def as_json(self, lang: Lang) -> dict[str, Any]:
        """One object a client."""
        heads = [one.en.replace(" ", "_") for one in self._heads()]
        rows = [dict(zip(heads, map(_plain, self._row(code, one, lang)), strict=True)) for code, one in self.clients]
        return {"store": self.store, "clients": rows}

    def as_text(self, lang: Lang) -> str:
        """Code, unit, kind, class, owner."""
        head = Words(f"{CLIENTS.zh}    门店：{self.store}", f"{CLIENTS.en}    store: {self.store}").say(lang)
        heads = [one.say(lang) for one in self._heads()[:5]]
        rows = [[str(cell) for cell in self._row(code, one, lang)[:5]] for code, one in self.clients]
        return "\n".join([*wrap(head), "", *table(heads, rows, "lllll")])

    def as_rows(self, lang: Lang) -> Iterable[Sequence[Cell]]:
        """One row a client."""
        yield [one.say(lang) for one in self._heads()]
        yield from (self._row(code, one, lang) for code, one in self.clients)

    def _heads(self) -> list[Words]:
        return [
            Words("代码", "code"), Words("名称", "unit"), Words("单位性质", "kind"), Words("客户分类", "class"),
            Words("归属业务员", "owner"), Words("国有", "state-owned"), Words("助记码", "initials"), Words("别名", "aliases"),
            Words("偏好", "preferences"), Words("合同", "contracts"), *(ITEMS[name].words for name in _ITEMS),
        ]  # fmt: skip

    def _row(self, code: str, one: Client, lang: Lang) -> list[Cell]:
        own = [masked(one.personal.get(name, "")) for name in _ITEMS]
        return [
            code, one.shown, KIND_WORDS[one.unit_kind].say(lang), CLASS_WORDS[one.client_class or "potential"].say(lang),
            one.owner, Words("是", "yes").say(lang) if one.state_owned else "", one.initials, " ".join(one.names),
            one.preferences, one.contracts, *own,
        ]  # fmt: skip


def _plain(cell: Cell) -> str | int | None:
    """A cell for JSON: amounts with two decimals, dates ISO, nothing as null."""
    if isinstance(cell, Money):
        return yuan(cell.fen)
    return cell if isinstance(cell, int) else str(cell) if cell not in (None, "") else None
