"""月报、周报: the month and the week in figures and pictures, for the manager and the weekly meeting (P1, P2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from ledger.core.cheques import STATUS
from ledger.core.findings import open_errors
from ledger.core.money import grouped, yuan
from ledger.core.ratios import percent
from ledger.core.records.clients import CLASS_WORDS, KIND_WORDS
from ledger.core.records.visits import CONTACTS, JOURNAL
from ledger.core.settings import method_words
from ledger.core.words import Lang, Words
from ledger.folds.cheques import ChequeSheet
from ledger.folds.figures import Figures, Sold
from ledger.folds.rebates import RebateBlock
from ledger.folds.reconcile import ROWS, MonthSheet
from ledger.folds.targets import Against
from ledger.reports import reconcile, reconcile_text
from ledger.reports.plain import workbook_rows, workbook_text
from ledger.reports.reconcile import ReconcileReport
from ledger.reports.report import Cell, Chart, Money, Percent, Table, Workbook

MONTH, WEEK = Words("团购部月报", "Month of the group-buying department"), Words("团购部周报", "Weekly report")
_HEAD = Words("{store}    {start} 至 {last}", "{store}    {start} to {last}")
_OPEN = Words("（未封账）", " (not closed)")
_POINTS = Words("六项", "The six points")
_POINT = (Words("项目", "point"), Words("张数", "sheets"), Words("金额", "amount"))
_OTHER = Words("其他增减", "other movements")
_AIMS = Words("目标完成", "Actual against target")
_AIM = (Words("对象", "who"), Words("目标", "target"), Words("实际销售", "sold"), Words("完成 %", "reached, %"))
_ALL, _SUM = Words("全部门", "department"), Words("其余 {n} 家", "{n} others")
_DAYS, _KINDS, _PAYS = (
    Words("每日销售", "Sales per day"),
    Words("按单位性质", "By kind of unit"),
    Words("按付款方式", "By payment"),
)
_CLASSES, _CLASS = Words("按客户分类", "By class of client"), Words("分类", "class")
_CALLS, _VISITOR = Words("客户回访和外联", "Calls, visits and outreach"), Words("经手人", "by whom")
_CLIENTS = Words("主要客户", "Largest clients")
_STOCK = Words("按面值库存", "Stock by face value")
_CHEQUES, _REBATES = (
    Words("未结支票（在途、退票未付）", "Cheques not settled (outstanding, or bounced and owed)"),
    Words("返扣", "Rebates"),
)
_FINDINGS = Words("检查结果", "Findings")
_FOUND = (Words("级别", "severity"), Words("问题", "findings"), Words("未处理", "not answered"))
_LEVELS = {"error": Words("错误", "errors"), "warning": Words("警告", "warnings"), "info": Words("提示", "notes")}
_DATE, _KIND, _PAY = Words("日期", "date"), Words("单位性质", "kind of unit"), Words("付款方式", "payment")
_TOTAL = Words("合计", "total")
_CLIENT, _UNKNOWN = Words("客户", "client"), Words("未登记", "not registered")
_COUNT, _SHEETS, _AMOUNT = Words("笔数", "sales"), Words("张数", "sheets"), Words("金额", "amount")
_FACE, _VALUE = Words("面值", "face"), Words("价值", "value")
_CHEQUE = (
    Words("支票号", "cheque"), Words("银行", "bank"), Words("客户", "client"), Words("金额", "amount"),
    Words("状态", "state"), Words("天数", "days"),
)  # fmt: skip
_LINE = Words("项目", "line")
_ROLL = (
    ("opening", Words("期初未领", "uncollected at opening")), ("approved", Words("本月批准", "approved")),
    ("amount", Words("本月领取", "collected")), ("cancelled", Words("本月作废", "cancelled")),
    ("closing", Words("期末未领", "uncollected at closing")),
)  # fmt: skip
_ROLL_CORRECTED = Words("期初接收及更正", "taken over and corrected")
_SOLD = Words("销售", "sold")
_REACHED = Words("完成目标", "of the target")
_IN_STOCK, _UNSETTLED = Words("结存", "in stock"), Words("未处理的错误", "errors not answered")
_WITH_SHEETS = Words("{amount} 元，{sheets} 张", "{amount} yuan, {sheets} sheets")
_NO_TARGET = Words("没有定目标", "no target is set")
_RETURNED = Words(
    "客户退券 {records} 笔 {sheets} 张，退款 {amount}", "client returns: {records}, {sheets} sheets, refunded {amount}"
)
_COLLECTED = Words(
    "领取返扣 {records} 次 {sheets} 张，{amount}", "rebates collected: {records}, {sheets} sheets, {amount}"
)
_DIFFERS = Words(
    "金额与面值相差 {amount}，原因见月对账表", "amount less face value {amount}; the reasons are on the month's sheet"
)
_MADE = (Words("制表人", "made by"), Words("复核人", "checked by"))
_MOST = 10
"""Clients that are named; the others are one line."""
_ONE_DAY = dt.timedelta(days=1)


class FiguresReport(msgspec.Struct, frozen=True, kw_only=True):
    """A month with its sheet, or a week without.

    ``kinds`` is the kind of unit of each client, ``classes`` its class at the end of the period, ``names`` what each code stands for (clients and operators).
    """

    title: Words
    store: str
    figures: Figures
    aims: tuple[Against, ...]
    kinds: Mapping[str, str]
    classes: Mapping[str, str]
    names: Mapping[str, str]
    month: ReconcileReport | None = None

    # -- for programs --------------------------------------------------------------------------------------------------

    def as_json(self, lang: Lang) -> dict[str, Any]:
        """The sums of the period; of a month all of ``gb reconcile --json`` under ``reconcile``."""
        own, (start, end) = self.figures, self.figures.period
        return {
            "store": self.store, "from": str(start), "to": str(end - _ONE_DAY), "sales": _sold(own.total),
            "returns": _sold(own.returned), "rebates": _sold(own.rebated),
            "targets": [
                {"person": one.person or None, "target": None if one.target is None else yuan(one.target), "sold": yuan(one.sold),
                 "percent": None if one.permille is None else percent(one.permille)}
                for one in self.aims
            ],
            "by_day": [{"date": str(day), **_sold(one)} for day, one in own.days.items()],
            "by_kind": [{"kind": kind or None, **_sold(one)} for kind, one in own.by(self.kinds).items()],
            "by_class": [
                {"class": name or "potential", **_sold(one)} for name, one in own.by(self.classes).items()
            ],
            "contacts": [
                {"person": code, **{kind.replace("-", "_"): one[kind] for kind in CONTACTS}} for code, one in own.contacts.items()
            ],
            "by_client": [{"client": code, **_sold(one)} for code, one in own.clients.items()],
            "by_person": [{"person": code, **_sold(one)} for code, one in own.people.items()],
            "by_pay": {method: yuan(fen) for method, fen in own.pays.items()},
            **({"reconcile": reconcile.as_json(self.month, lang)} if self.month else {}),
        }  # fmt: skip

    def as_text(self, lang: Lang) -> str:
        """The tables, with bars of ``#`` where the page has a chart."""
        return workbook_text(self.as_workbook(lang), lang)

    def as_rows(self, lang: Lang) -> Iterable[Sequence[Cell]]:
        """Every figure on a row of its own."""
        return workbook_rows(self.as_workbook(lang), lang)

    # -- for people ----------------------------------------------------------------------------------------------------

    def as_workbook(self, lang: Lang) -> Workbook:
        """The leading figures, then a table for each picture."""
        start, end = self.figures.period
        head = _HEAD.say(lang).format(store=self.store, start=start, last=end - _ONE_DAY)
        if self.month is not None and not self.month.closed:
            head += _OPEN.say(lang)
        signs = tuple(who.say(lang) for who in (reconcile_text.SIDES.values() if self.month else _MADE))
        return Workbook(
            title=self.title.say(lang),
            head=head,
            tables=tuple(self._tables(lang)),
            signs=signs,
            lead=tuple(self._lead(lang)),
        )

    def _lead(self, lang: Lang) -> Iterator[tuple[str, str]]:
        def both(amount: int, sheets: int) -> str:
            return _WITH_SHEETS.say(lang).format(amount=grouped(amount), sheets=f"{sheets:,}")

        total = self.figures.total
        yield _SOLD.say(lang), both(total.amount, total.sheets)
        reached = self.aims[0].permille
        yield _REACHED.say(lang), _NO_TARGET.say(lang) if reached is None else f"{percent(reached)} %"
        if self.month is not None:
            sheets, value = self.month.sheet.total("closing")
            yield _IN_STOCK.say(lang), both(value, sheets)
            yield _UNSETTLED.say(lang), f"{len(open_errors((*self.month.findings, *self.month.since))):,}"

    def _tables(self, lang: Lang) -> Iterator[Table]:
        if self.month is not None:
            yield _points(self.month.sheet, lang)
        yield self._against(lang)
        yield self._days(lang)
        of_class = {
            CLASS_WORDS[name or "potential"].say(lang): one for name, one in self.figures.by(self.classes).items()
        }
        yield _sums(_CLASSES, _CLASS, of_class, lang)
        kinds = {self._kind(kind, lang): one for kind, one in self.figures.by(self.kinds).items()}
        yield _sums(_KINDS, _KIND, kinds, lang)
        yield self._pays(lang)
        yield self._clients(lang)
        yield self._contacts(lang)
        if self.month is not None:
            yield _stock(self.month.sheet, lang)
            yield _cheques(self.month.sheet.parts.get("cheques"), self.names, lang)
            yield _rebates(self.month.sheet.parts.get("rebates"), lang)
            yield _findings(self.month, lang)

    def _kind(self, kind: str, lang: Lang) -> str:
        return KIND_WORDS.get(kind, _UNKNOWN).say(lang)

    def _named(self, code: str) -> str:
        name = self.names.get(code, "")
        return f"{code} {name}" if name and name != code else code

    def _against(self, lang: Lang) -> Table:
        rows = tuple(
            (self._named(one.person) if one.person else _ALL.say(lang), None if one.target is None else Money(one.target),
             Money(one.sold), None if one.permille is None else Percent(one.permille))
            for one in self.aims
        )  # fmt: skip
        return Table(name=_AIMS.say(lang), heads=_said(_AIM, lang), rows=rows, chart=Chart((1, 2), lying=True))

    def _days(self, lang: Lang) -> Table:
        rows = tuple((day, one.records, one.sheets, Money(one.amount)) for day, one in self.figures.days.items())
        foot = [
            words.say(lang).format(records=one.records, sheets=one.sheets, amount=grouped(one.amount))
            for words, one in ((_RETURNED, self.figures.returned), (_COLLECTED, self.figures.rebated))
            if one.records
        ]
        heads = _said((_DATE, _COUNT, _SHEETS, _AMOUNT), lang)
        return Table(
            name=_DAYS.say(lang),
            heads=heads,
            rows=rows,
            sums=(1, 2, 3),
            foot=tuple(foot),
            chart=Chart((3,)),
            only_told=True,
        )

    def _pays(self, lang: Lang) -> Table:
        rows = tuple((method_words(method).say(lang), Money(fen)) for method, fen in self.figures.pays.items())
        heads = _said((_PAY, _AMOUNT), lang)
        return Table(name=_PAYS.say(lang), heads=heads, rows=rows, sums=(1,), chart=Chart((1,), lying=True))

    def _contacts(self, lang: Lang) -> Table:
        rows: tuple[tuple[Cell, ...], ...] = tuple(
            (self._named(code), *(one[kind] for kind in CONTACTS), sum(one.values()))
            for code, one in self.figures.contacts.items()
        )
        kinds = (JOURNAL.kind(kind).WORDS for kind in CONTACTS)
        heads = _said((_VISITOR, *kinds, _TOTAL), lang)
        last = len(heads) - 1
        return Table(
            name=_CALLS.say(lang),
            heads=heads,
            rows=rows,
            sums=tuple(range(1, last + 1)),
            chart=Chart((last,), lying=True),
        )

    def _clients(self, lang: Lang) -> Table:
        listed = list(self.figures.clients.items())
        shown = {self._named(code): one for code, one in listed[:_MOST]}
        if rest := [one for _, one in listed[_MOST:]]:
            shown[_SUM.say(lang).format(n=len(rest))] = Sold(*map(sum, zip(*rest, strict=True)))
        return _sums(_CLIENTS, _CLIENT, shown, lang)


def _sums(name: Words, head: Words, sums: Mapping[str, Sold], lang: Lang) -> Table:
    rows = tuple((key, one.records, one.sheets, Money(one.amount)) for key, one in sums.items())
    heads = _said((head, _COUNT, _SHEETS, _AMOUNT), lang)
    return Table(name=name.say(lang), heads=heads, rows=rows, sums=(1, 2, 3), chart=Chart((3,), lying=True))


def _points(sheet: MonthSheet, lang: Lang) -> Table:
    """R1–R5 as on the form, so that the sheets foot; what else moved the stock stands before the closing."""
    named = [name for name, _ in reconcile_text.POINTS]
    rows: list[tuple[Cell, ...]] = []
    for name, words in reconcile_text.POINTS:
        sheets, value = sheet.total(name)
        if name == "closing":
            rows += _others(sheet, named, lang)
        rows.append((words.say(lang), sheets, Money(sheet.sales.amount if name == "sold" else value)))
    differs = sheet.sales.difference
    foot = (_DIFFERS.say(lang).format(amount=grouped(differs)),) if differs else ()
    return Table(name=_POINTS.say(lang), heads=_said(_POINT, lang), rows=tuple(rows), foot=foot)


def _others(sheet: MonthSheet, named: Sequence[str], lang: Lang) -> Iterator[tuple[Cell, ...]]:
    more = [(row.sign, sheet.total(row.name)) for row in ROWS if row.name not in named]
    sheets = sum(sign * count for sign, (count, _) in more)
    value = sum(sign * fen for sign, (_, fen) in more)
    if any(count or fen for _, (count, fen) in more):
        yield _OTHER.say(lang), sheets, Money(value)


def _stock(sheet: MonthSheet, lang: Lang) -> Table:
    rows = tuple(
        (grouped(one.face), one.figures["closing"], Money(one.figures["closing"] * one.face)) for one in sheet.faces
    )  # fmt: skip
    heads = _said((_FACE, _SHEETS, _VALUE), lang)
    return Table(name=_STOCK.say(lang), heads=heads, rows=rows, sums=(1, 2), chart=Chart((1,), lying=True))


def _cheques(block: ChequeSheet | None, names: Mapping[str, str], lang: Lang) -> Table:
    rows = tuple(
        (one.number, one.bank, names.get(one.client, one.client), Money(one.amount), STATUS[one.status].say(lang), one.age)
        for one in (block.open if block else ())
    )  # fmt: skip
    return Table(name=_CHEQUES.say(lang), heads=_said(_CHEQUE, lang), rows=rows, sums=(3,))


def _rebates(block: RebateBlock | None, lang: Lang) -> Table:
    """The roll-forward: opening + taken over and corrected + approved − collected − cancelled = closing (B5)."""
    if block is None or block.empty:
        return Table(name=_REBATES.say(lang), heads=_said((_LINE, _AMOUNT), lang), rows=())
    figures = {
        "opening": block.due.opening, "approved": block.approved, "amount": block.amount,
        "cancelled": block.cancelled, "closing": block.due.closing,
    }  # fmt: skip
    rows = [(words.say(lang), Money(figures[name])) for name, words in _ROLL]
    if block.taken_over or block.prior:
        rows.insert(1, (_ROLL_CORRECTED.say(lang), Money(block.taken_over + block.prior)))
    heads = _said((_LINE, _AMOUNT), lang)
    return Table(name=_REBATES.say(lang), heads=heads, rows=tuple(rows), chart=Chart((1,), lying=True))


def _findings(report: ReconcileReport, lang: Lang) -> Table:
    found = (*report.findings, *report.since)
    rows = []
    for level, words in _LEVELS.items():
        of_level = [one for one in found if one.severity == level]
        rows.append((words.say(lang), len(of_level), sum(1 for one in of_level if one.disposition is None)))
    return Table(name=_FINDINGS.say(lang), heads=_said(_FOUND, lang), rows=tuple(rows))


def _said(words: Iterable[Words], lang: Lang) -> tuple[str, ...]:
    return tuple(one.say(lang) for one in words)


def _sold(one: Sold) -> dict[str, Any]:
    return {"count": one.records, "sheets": one.sheets, "amount": yuan(one.amount)}
