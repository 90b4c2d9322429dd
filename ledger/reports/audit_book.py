"""财务审计表 as a workbook: the six points, the tie-out, the registers, with totals that a spreadsheet works out again (R11)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from ledger.core.findings import Finding
from ledger.core.settings import method_words
from ledger.core.words import Lang, Words
from ledger.folds.audit import REGISTERS, Line
from ledger.folds.cash import ROWS as CASH_ROWS
from ledger.folds.cash import CashSheet
from ledger.folds.cheques import ChequeSheet
from ledger.folds.open_items import ROWS as OPEN_ROWS
from ledger.folds.open_items import OpenItem
from ledger.folds.rebates import RebateBlock
from ledger.folds.reconcile import ROWS, MonthSheet
from ledger.reports import reconcile_text as text
from ledger.reports.cheques import LINES as CHEQUE_LINES
from ledger.reports.cheques import OWED_LINES
from ledger.reports.findings import SEVERITY, answer_line, place
from ledger.reports.open_items import HEADS as OPEN_HEADS
from ledger.reports.points import MOVES as POINTS_MOVES
from ledger.reports.reconcile import ReconcileReport
from ledger.reports.report import FIRST_ROW, Cell, Formula, Money, Table, column

_POINTS, _TIE, _LINES = Words("六项", "six points"), Words("款项核对", "tie-out"), Words("逐单", "slip by slip")
_SALES, _REASONS = Words("销售", "sales"), Words("差额原因", "reasons")
_PRIOR, _FINDINGS = Words("更正以前月份", "prior period"), Words("检查结果", "findings")
_SEAL = Words("摘要与签名", "digest and signatures")
_BLOCKS = {
    "cash": Words("现金", "cash"), "cheques": Words("支票", "cheques"), "owed": Words("退票应收", "owed for cheques"),
    "rebates": Words("返扣未领", "rebates not collected"), "points": Words("会员积分", "member points"),
}  # fmt: skip
_OPEN = Words("未了款项", "open items")
_ITEM, _TOTAL, _VALUE = Words("项目", "line"), Words("合计张数", "sheets"), Words("金额", "amount")
_FACE, _OPENING, _CLOSING = Words("面值", "face"), Words("上月结存", "opening"), Words("本月结存", "closing")
_PLUS, _MINUS = Words("加：", "add: "), Words("减：", "less: ")  # no sign that a spreadsheet would take for a formula
_FOOTED = Words("应有期末", "closing by the lines")
_DIFFERENCE, _BOOK = Words("差额", "difference"), Words("账面期末", "closing by the book")
_SIGN, _COUNTS = Words("符号", "sign"), Words("计入", "counts as")
_OF_SLIPS, _ON_SHEET = Words("逐单合计", "sum of the slips"), Words("月对账表", "on the month's sheet")
_SOLD, _SUM = Words("本月销售", "sold"), Words("去向合计", "where it went, in all")
_FACE_VALUE, _COUNT = Words("面值合计", "face value"), Words("笔数", "records")
_HEADS = (
    Words("项", "item"), Words("内容", "what"), Words("日期", "date"), Words("单号", "record"), Words("凭证号", "number"),
    Words("客户或经办", "who"), Words("张数", "sheets"), Words("金额", "amount"), Words("说明", "text"),
)  # fmt: skip
_SHEETS_AT, _AMOUNT_AT = 6, 7
_WHY = (
    Words("内容", "what"), Words("单号", "record"), Words("张数", "sheets"), Words("差额", "difference"), Words("批准单", "approval"),
    Words("券号", "serials"), Words("原因", "reason"),
)  # fmt: skip
_FOUND = (
    Words("代码", "code"), Words("级别", "severity"), Words("内容", "text"), Words("单据", "subject"), Words("券号", "serials"),
    Words("处理意见", "answer"), Words("位置", "where"),
)  # fmt: skip
_BEFORE = (
    Words("单号", "record"),
    Words("原单", "original"),
    Words("张数", "sheets"),
    Words("金额", "amount"),
    Words("原因", "reason"),
)
_SIGNED = (Words("项目", "what"), Words("内容", "text"), Words("时间", "at"), Words("等级", "grade"))
_STATES = {None: Words("未核验", "not judged"), True: Words("有效", "valid"), False: Words("无效", "does not stand")}
_SUMMED = frozenset({"receipts", "deposits"})
"""Registers whose lines are all of one sort: a sum over the others would be a sum of nothing."""


def tables(
    report: ReconcileReport, lang: Lang, *, tie: Mapping[str, Sequence[Line]], registers: Mapping[str, Sequence[Line]],
    terms: Mapping[str, Words],
) -> Iterator[Table]:  # fmt: skip
    """The worksheets in their order; ``terms`` names the terms of the tie-out."""
    yield _points(report.sheet, lang)
    yield _tie(report.sheet, tie, terms, lang)
    yield _listed(_LINES.say(lang), [line for term in terms for line in tie.get(term, ())], lang)
    yield _listed(_SALES.say(lang), tie.get("sold", ()), lang, summed=True)
    yield _reasons(report.sheet, lang)
    for name, (words, _) in REGISTERS.items():
        yield _listed(words.say(lang), registers[name], lang, summed=name in _SUMMED)
    yield from _blocks(report.sheet.parts, lang)
    rows = tuple((one.id, one.ref, one.sheets, Money(one.amount), one.reason) for one in report.sheet.prior_period)
    yield Table(name=_PRIOR.say(lang), heads=_said(_BEFORE, lang), rows=rows, sums=(2, 3))
    yield _found(report, lang)
    yield _sealed(report, lang)


def _said(words: Iterable[Words], lang: Lang) -> tuple[str, ...]:
    return tuple(one.say(lang) for one in words)


# -- the six points ------------------------------------------------------------------------------------------------------


def _points(sheet: MonthSheet, lang: Lang) -> Table:
    """R1–R5 and R7 per face: every total, the closing and every value are formulas over the figures."""
    faces = [face.face for face in sheet.faces]
    names = ["opening", *(row.name for row in ROWS)]
    rows: list[tuple[Cell, ...]] = [(_FACE.say(lang), *map(Money, faces), None, None)]
    labels = {"opening": _OPENING.say(lang)}
    labels |= {row.name: (_PLUS if row.sign > 0 else _MINUS).say(lang) + row.words.say(lang) for row in ROWS}
    for at, name in enumerate(names, FIRST_ROW + 1):
        figures: list[Cell] = [face.figures[name] for face in sheet.faces]
        rows.append((labels[name], *figures, *_totals(sheet, name, at)))
    last = FIRST_ROW + len(names)
    closing: list[Cell] = [
        Formula(_footed(column(at), last), face.figures["closing"]) for at, face in enumerate(sheet.faces, 1)
    ]
    rows.append((_CLOSING.say(lang), *closing, *_totals(sheet, "closing", last + 1)))
    counted = sheet.counted
    rows.append((
        text.COUNTED.say(lang), *(face.counted for face in sheet.faces),
        *((counted[0], Money(counted[1])) if counted is not None else (None, None)),
    ))  # fmt: skip
    heads = (_ITEM.say(lang), *(f"{face / 100:g}" for face in faces), _TOTAL.say(lang), _VALUE.say(lang))
    return Table(name=_POINTS.say(lang), heads=heads, rows=tuple(rows))


def _footed(letters: str, last: int) -> str:
    """The closing of a column: opening with every line of R7 by its sign, ``last`` the row of the last line."""
    signs = "".join(
        f"{'+' if row.sign > 0 else '-'}{letters}{at}" for at, row in enumerate(ROWS, FIRST_ROW + 2)
    )  # fmt: skip
    if last != FIRST_ROW + 1 + len(ROWS):
        raise ValueError("the lines of R7 are not where the formula looks for them")
    return f"={letters}{FIRST_ROW + 1}{signs}"


def _totals(sheet: MonthSheet, name: str, row: int) -> tuple[Cell, Cell]:
    sheets, value = sheet.total(name)
    if not sheet.faces:
        return sheets, Money(value)
    first, last = "B", column(len(sheet.faces))
    return (
        Formula(f"=SUM({first}{row}:{last}{row})", sheets),
        Formula(f"=SUMPRODUCT({first}{row}:{last}{row},{first}${FIRST_ROW}:{last}${FIRST_ROW})", Money(value)),
    )


# -- the tie-out ---------------------------------------------------------------------------------------------------------


def _tie(sheet: MonthSheet, tie: Mapping[str, Sequence[Line]], terms: Mapping[str, Words], lang: Lang) -> Table:
    """Sales against where the money went: each term as its slips on the next sheet sum up, beside the month's sheet (R8)."""
    rows: list[tuple[Cell, ...]] = []
    signs = {name: sign for name, sign, _ in text.TERMS}
    sums = {name: sum(one.amount for one in tie.get(name, ())) for name in terms}
    for at, (name, words) in enumerate(terms.items(), FIRST_ROW):
        fen, sign = sums[name], signs.get(name, 0)
        counts = Formula(f"=C{at}*D{at}", Money(fen * sign))
        slips = Formula(_slips(name, lang), Money(fen))
        rows.append((name, words.say(lang), slips, sign, counts, Money(getattr(sheet.tie_out, name))))
    last = FIRST_ROW + len(rows) - 1
    went = sum(sign * sums[name] for name, sign in signs.items())
    left = Formula(f"=C{FIRST_ROW}-E{last + 1}", Money(sums["sold"] - went))
    rows += [
        ("", _SUM.say(lang), None, None, Formula(f"=SUM(E{FIRST_ROW}:E{last})", Money(went)), None),
        ("", _DIFFERENCE.say(lang), None, None, left, Money(sheet.tie_out.difference)),
        *_against_face(sheet, last + 3, lang),
    ]
    heads = _said((_ITEM, Words("内容", "what"), _OF_SLIPS, _SIGN, _COUNTS, _ON_SHEET), lang)
    return Table(name=_TIE.say(lang), heads=heads, rows=tuple(rows))


def _slips(term: str, lang: Lang) -> str:
    lines, at = f"'{_LINES.say(lang)}'", column(_AMOUNT_AT)
    return f'=SUMIF({lines}!$A:$A,"{term}",{lines}!${at}:${at})'


def _against_face(sheet: MonthSheet, row: int, lang: Lang) -> Iterator[tuple[Cell, ...]]:
    """Point 3: the amount of the sales against their face value, and how they were paid."""
    sales = sheet.sales
    yield ("sales", _COUNT.say(lang), None, None, None, sales.count)
    yield ("sales", _TOTAL.say(lang), None, None, None, sales.sheets)
    yield ("sales", _SOLD.say(lang), None, None, None, Money(sales.amount))
    yield ("sales", _FACE_VALUE.say(lang), None, None, None, Money(sales.face_value))
    difference = Formula(f"=F{row + 2}-F{row + 3}", Money(sales.difference))
    yield ("sales", _DIFFERENCE.say(lang), None, None, None, difference)
    for method, fen in sales.by_pay.items():
        yield ("by_pay", method_words(method).say(lang), None, None, None, Money(fen))


# -- lists ---------------------------------------------------------------------------------------------------------------


def _listed(name: str, lines: Sequence[Line], lang: Lang, *, summed: bool = False) -> Table:
    rows = tuple(
        (
            one.item, one.words.say(lang), dt.date.fromisoformat(one.date), one.id, one.number, one.who, one.sheets or None,
            Money(one.amount), one.text,
        )
        for one in lines
    )  # fmt: skip
    return Table(name=name, heads=_said(_HEADS, lang), rows=rows, sums=(_SHEETS_AT, _AMOUNT_AT) if summed else ())


def _reasons(sheet: MonthSheet, lang: Lang) -> Table:
    """Why amounts and sheets disagree, in writing (R3)."""
    sales = sheet.sales
    rows: list[tuple[Cell, ...]] = [
        (words.say(lang).rstrip("：:"), one.id, None, Money(one.difference), one.approval, None, one.reason)
        for words, found in (
            (text.REASONS, sales.reasons),
            (text.REFUNDS, sales.refunds),
            (text.EXCHANGES, sales.exchanges),
        )
        for one in found
    ]
    rows += [
        (
            f"{text.CHANGES.say(lang).rstrip('：:')} {one.old / 100:g} > {one.new / 100:g}", one.id, one.sheets,
            Money(one.difference), one.approval, one.spans.text, one.reason,
        )
        for one in sales.face_changes
    ]  # fmt: skip
    return Table(name=_REASONS.say(lang), heads=_said(_WHY, lang), rows=tuple(rows))


def _found(report: ReconcileReport, lang: Lang) -> Table:
    def row(one: Finding, mark: str = "") -> tuple[Cell, ...]:
        answer = answer_line(one.disposition, lang) if one.disposition else ""
        where = "\n".join(place(at) for at in one.where)
        said = f"{mark}{one.words.say(lang)}"
        return (one.code, SEVERITY[one.severity].say(lang), said, one.subject, one.serials, answer, where)

    late = f"{text.SINCE.say(lang)}: "
    rows = (*(row(one) for one in report.findings), *(row(one, late) for one in report.since))
    foot = () if rows else (text.NO_FINDINGS.say(lang),)
    return Table(name=_FINDINGS.say(lang), heads=_said(_FOUND, lang), rows=rows, foot=foot)


def _sealed(report: ReconcileReport, lang: Lang) -> Table:
    seal = report.seal.digest if report.seal else ""
    rows: list[tuple[Cell, ...]] = [
        ("sha256", report.digest, "", ""),
        (text.STATES[report.closed].say(lang), seal, text.seal_text(report, lang), ""),
    ]
    for one in report.signatures:
        said = f"{one.name or one.by} {_STATES[one.valid].say(lang)} {one.key}".strip()
        rows.append((text.SIDES[one.side].say(lang) if one.side in text.SIDES else one.side, said, one.at, one.grade))
    return Table(name=_SEAL.say(lang), heads=_said(_SIGNED, lang), rows=tuple(rows))


# -- the blocks of the sheet, each with its footing ----------------------------------------------------------------------

Moves = Sequence[tuple[str, int, int]]
"""What happened between opening and closing: a name, its sign, the amount in fen."""


def _blocks(parts: Mapping[str, Any], lang: Lang) -> Iterator[Table]:
    cash: CashSheet | None = parts.get("cash")
    cheques: ChequeSheet | None = parts.get("cheques")
    rebates: RebateBlock | None = parts.get("rebates")
    if (items := parts.get("open_items")) is not None:
        yield _open_items(items, lang)
    if cash is not None:
        moves = [(row.words.say(lang), row.sign, row.sign * cash.figures[row.name]) for row in CASH_ROWS]
        yield _footing("cash", cash.opening, moves, cash.closing, lang)
    if cheques is not None:
        yield _footing("cheques", cheques.opening, _moves(cheques, CHEQUE_LINES, lang), cheques.outstanding, lang)
        owed = cheques.receivable
        yield _footing("owed", owed.opening, _moves(owed, OWED_LINES, lang), owed.closing, lang)
    if rebates is not None:
        yield _footing("rebates", rebates.due.opening, _rebate_moves(rebates, lang), rebates.due.closing, lang)
    if (points := parts.get("points")) is not None:
        own = [(words.say(lang), sign, getattr(points, name)) for name, sign, words in POINTS_MOVES]
        yield _footing("points", points.opening, own, points.closing, lang, shown=int)


def _open_items(items: Mapping[str, OpenItem], lang: Lang) -> Table:
    """What is owed either way, each at its full amount; the closing is worked out (R8)."""
    heads = _said((Words(one.zh.lstrip("+-± "), one.en.lstrip("+-± ")) for one in OPEN_HEADS), lang)
    rows: list[tuple[Cell, ...]] = [
        (
            OPEN_ROWS[name].words.say(lang), *map(Money, (one.opening, one.added, one.settled, one.other)),
            Formula(f"=B{at}+C{at}-D{at}+E{at}", Money(one.closing)),
        )
        for at, (name, one) in enumerate(items.items(), FIRST_ROW)
    ]  # fmt: skip
    return Table(name=_OPEN.say(lang), heads=heads, rows=tuple(rows))


def _moves(source: Any, lines: Sequence[tuple[str, str, Words]], lang: Lang) -> Moves:
    return [
        (words.say(lang), 1 if sign == "+" else -1, getattr(source, name))
        for name, sign, words in lines
        if sign in ("+", "-")
    ]


def _rebate_moves(block: RebateBlock, lang: Lang) -> Moves:
    named = (
        (Words("期初接收", "taken over"), 1, block.taken_over), (Words("本月批准", "approved"), 1, block.approved),
        (Words("本月领取", "collected"), -1, block.amount), (Words("作废", "cancelled"), -1, block.cancelled),
        (Words("更正以前月份", "prior period"), 1, block.prior),
    )  # fmt: skip
    return [(words.say(lang), sign, fen) for words, sign, fen in named]


def _footing(
    name: str, opening: int, moves: Moves, closing: int, lang: Lang, *, shown: Callable[[int], int | Money] = Money
) -> Table:
    """Opening, every movement with its sign, and the closing twice: as the lines come to, and as the book has it.

    The figures are in fen, or what ``shown`` makes cells of.
    """
    rows: list[tuple[Cell, ...]] = [(_OPENING.say(lang), 1, shown(opening))]
    rows += [(said, sign, shown(figure)) for said, sign, figure in moves]
    last = FIRST_ROW + len(rows) - 1
    reckoned = opening + sum(sign * fen for _, sign, fen in moves)
    rows += [
        (_FOOTED.say(lang), None, Formula(f"=SUMPRODUCT(B{FIRST_ROW}:B{last},C{FIRST_ROW}:C{last})", shown(reckoned))),
        (_BOOK.say(lang), None, shown(closing)),
        (_DIFFERENCE.say(lang), None, Formula(f"=C{last + 2}-C{last + 1}", shown(closing - reckoned))),
    ]
    return Table(name=_BLOCKS[name].say(lang), heads=_said((_ITEM, _SIGN, _VALUE), lang), rows=tuple(rows))
