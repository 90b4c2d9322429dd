"""财务审计表: the month's sheet with everything that stands behind it, as text, JSON and rows (R11)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from ledger.core.money import grouped, yuan
from ledger.core.words import Lang, Words
from ledger.folds.audit import REGISTERS, Line
from ledger.folds.open_items import ROWS as OPEN_ITEMS
from ledger.folds.reconcile import NAMES, TieOut
from ledger.reports import audit_book, reconcile_text
from ledger.reports.findings import SEVERITY, answer_line
from ledger.reports.reconcile import ReconcileReport, as_json
from ledger.reports.report import Cell, Money, Workbook
from ledger.reports.table import WIDTH, pad, width, wrap

_TITLE = Words("财务审计表", "Audit sheet for finance")
_TIED = Words("款项核对明细（逐单）", "Tie-out, slip by slip")
_TERM = Words("{name}  {amount}", "{name}  {amount}")
_NONE = Words("本月没有", "none this month")
_OPEN = Words("未封账，没有封签", "the month is open: no seal")
_TERMS: Mapping[str, Words] = {
    "sold": Words("销售", "sold"),
    **{name: words for name, _, words in reconcile_text.TERMS},
    "refunds": Words("客户退券退款（财务付）", "refunds, paid by finance"),
    "iou": OPEN_ITEMS["iou"].words,
}
_HEADS = tuple(
    Words(*pair)
    for pair in (
        ("部分", "section"), ("项目", "item"), ("日期", "date"), ("单号", "record"), ("凭证号", "number"),
        ("客户或经办", "who"), ("张数", "sheets"), ("金额", "amount"), ("说明", "text"),
    )
)  # fmt: skip
_AMOUNT = re.compile(r"-?[0-9]+\.[0-9]{2}")


class AuditReport(msgspec.Struct, frozen=True, kw_only=True):
    """The sheet, and by term and by register the lines behind it."""

    sheet: ReconcileReport
    tie: Mapping[str, Sequence[Line]]
    registers: Mapping[str, Sequence[Line]]

    def as_json(self, lang: Lang) -> dict[str, Any]:
        """Everything of ``gb reconcile --json``, and the lines, each with its number, sheets and amount."""
        return {
            **as_json(self.sheet, lang),
            "tie_out_lines": {term: [_line(one, lang) for one in self.tie.get(term, ())] for term in _terms()},
            **{name: [_line(one, lang) for one in lines] for name, lines in self.registers.items()},
        }

    # -- text ----------------------------------------------------------------------------------------------------------

    def as_text(self, lang: Lang) -> str:
        """The month's sheet, then the tie-out slip by slip, and the registers."""
        title = _TITLE.say(lang)
        blocks = [" " * ((WIDTH - width(title)) // 2) + title, reconcile_text.as_text(self.sheet, lang)]
        blocks.append("\n".join(self._tie_text(lang)))
        for name, (words, _) in REGISTERS.items():
            blocks.append("\n".join(_block(words, self.registers[name], lang, kinds=True)))
        if self.sheet.seal is None:
            blocks.append(_OPEN.say(lang))
        return "\n\n".join(blocks)

    def _tie_text(self, lang: Lang) -> Iterator[str]:
        yield _TIED.say(lang)
        for term in _terms():
            total, lines = self._total(term), self.tie.get(term, ())
            if total or lines:
                yield "  " + pad(_TERMS[term].say(lang), 50) + pad(grouped(total), 18, right=True)
                yield from _rows(lines, lang, kinds=False)

    def _total(self, term: str) -> int:
        found: int = getattr(self.sheet.sheet.tie_out, term)
        return found

    # -- a workbook ----------------------------------------------------------------------------------------------------

    def as_workbook(self, lang: Lang) -> Workbook:
        """The six points, the tie-out, the registers, each on a sheet of its own."""
        sheets = audit_book.tables(self.sheet, lang, tie=self.tie, registers=self.registers, terms=_ordered())
        month, store = self.sheet.sheet.month.text, self.sheet.store
        signs = tuple(who.say(lang) for who in reconcile_text.SIDES.values())
        return Workbook(title=_TITLE.say(lang), head=f"{store}  {month}", tables=tuple(sheets), signs=signs)

    # -- rows ----------------------------------------------------------------------------------------------------------

    def as_rows(self, lang: Lang) -> Iterable[Sequence[Cell]]:
        """One row a figure and a line; the sections have the names of the JSON."""
        yield [one.say(lang) for one in _HEADS]
        month = self.sheet.sheet
        yield _row("sheet", "store", text=self.sheet.store)
        yield _row("sheet", "month", text=month.month.text)
        yield _row("sheet", "closed", text="yes" if self.sheet.closed else "no")
        for name in NAMES:
            sheets, value = month.total(name)
            yield _row("total", name, sheets=sheets, amount=value)
            for face in month.faces:
                if face.figures[name]:
                    yield _row(
                        f"face {yuan(face.face)}",
                        name,
                        sheets=face.figures[name],
                        amount=face.figures[name] * face.face,
                    )
        sales = month.sales
        yield _row("sales", "amount", sheets=sales.sheets, amount=sales.amount)
        for one in sales.face_changes:
            text = f"{yuan(one.old)} > {yuan(one.new)} {one.spans.text} {one.reason}"
            yield ["sales", "face_change", None, one.id, one.approval, None, one.sheets, Money(one.difference), text]
        for found in (*sales.reasons, *sales.refunds, *sales.exchanges):
            yield [
                "sales",
                "difference",
                None,
                found.id,
                found.approval,
                None,
                None,
                Money(found.difference),
                found.reason,
            ]
        for term in _terms():
            yield _row("tie_out", term, amount=self._total(term))
            yield from (_cells("tie_out_lines", one) for one in self.tie.get(term, ()))
        yield _row("tie_out", "difference", amount=month.tie_out.difference)
        for name, lines in self.registers.items():
            yield from (_cells(name, one) for one in lines)
        yield from self._block_rows(lang)
        yield from self._end_rows(lang)

    def _block_rows(self, lang: Lang) -> Iterator[Sequence[Cell]]:
        """The blocks cash, cheques, rebates and registers, a row per figure."""
        told = as_json(self.sheet, lang)
        for name in self.sheet.sheet.parts:
            for item, value in _flat(told[name]):
                if _AMOUNT.fullmatch(value):
                    yield _row(name, item, amount=int(value.replace(".", "")))
                else:
                    yield _row(name, item, text=value)
        for one in self.sheet.sheet.prior_period:
            yield ["prior_period", None, None, one.id, one.ref, None, one.sheets, Money(one.amount), one.reason]

    def _end_rows(self, lang: Lang) -> Iterator[Sequence[Cell]]:
        for section, findings in (("findings", self.sheet.findings), ("since_closing", self.sheet.since)):
            for one in findings:
                text = f"{SEVERITY[one.severity].say(lang)}: {one.words.say(lang)}"
                if one.disposition:
                    text += f" / {answer_line(one.disposition, lang)}"
                yield [section, one.code, None, one.subject, one.serials, None, None, None, text]
        yield _row("digest", "journals", text=self.sheet.digest)
        if self.sheet.seal:
            yield _row("digest", "seal", text=self.sheet.seal.digest)
        for signed in self.sheet.signatures:
            text = f"{signed.grade} {signed.key}".strip()
            yield ["signatures", signed.side, signed.at[:10], None, None, signed.name or signed.by, None, None, text]


def _terms() -> tuple[str, ...]:
    return TieOut.__struct_fields__


def _ordered() -> Mapping[str, Words]:
    """The terms in the order of the tie-out, with their names."""
    return {term: _TERMS[term] for term in _terms()}


def _line(one: Line, lang: Lang) -> dict[str, Any]:
    return {
        "item": one.item, "what": one.words.say(lang), "date": one.date, "id": one.id, "number": one.number, "who": one.who,
        "sheets": one.sheets, "amount": yuan(one.amount), "text": one.text,
    }  # fmt: skip


def _row(
    section: str, item: str, *, sheets: int | None = None, amount: int | None = None, text: str = ""
) -> list[Cell]:
    return [section, item, None, None, None, None, sheets, None if amount is None else Money(amount), text]


def _cells(section: str, one: Line) -> list[Cell]:
    return [section, one.item, one.date, one.id, one.number, one.who, one.sheets, Money(one.amount), one.text]


def _flat(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Every single value of a block with the path to it."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(inner, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list | tuple):
        for place, inner in enumerate(value, 1):
            yield from _flat(inner, f"{name}.{place}")
    else:
        yield name, "" if value is None else str(value)


def _block(words: Words, lines: Sequence[Line], lang: Lang, *, kinds: bool) -> Iterator[str]:
    yield words.say(lang)
    if not lines:
        yield "    " + _NONE.say(lang)
    yield from _rows(lines, lang, kinds=kinds)


def _rows(lines: Sequence[Line], lang: Lang, *, kinds: bool) -> Iterator[str]:
    """A line of columns each, what does not fit in a column below it."""
    cells = [
        (one.id, one.words.say(lang) if kinds else one.number, one.who, f"{one.sheets:,}" if one.sheets else "", grouped(one.amount))
        for one in lines
    ]  # fmt: skip
    wide = [max((width(row[place]) for row in cells), default=0) for place in range(5)]
    main = [
        "  ".join(pad(cell, wide[place], right=place > 2) for place, cell in enumerate(row) if wide[place])
        for row in cells
    ]
    more = ["  ".join(part for part in ((one.number if kinds else ""), one.text) if part) for one in lines]
    if all(4 + width(row) + 2 + width(rest) <= WIDTH for row, rest in zip(main, more, strict=True)):
        yield from (f"    {row}  {rest}".rstrip() for row, rest in zip(main, more, strict=True))
        return
    for row, rest in zip(main, more, strict=True):
        yield from wrap(row, indent=4, hang=4)
        yield from wrap(rest, indent=8) if rest else ()
