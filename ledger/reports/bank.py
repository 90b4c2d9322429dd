"""银行存款余额调节表 on paper, as JSON and as rows (N5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from ledger.core.money import grouped, yuan
from ledger.core.words import Lang, Words
from ledger.folds.bank import BankLine, BankSheet, BookEntry
from ledger.reports.pages import Block, Form, Grid, Para, Sign
from ledger.reports.report import FIRST_ROW, Cell, Formula, Money, Table, Workbook
from ledger.reports.table import WIDTH, pad, width, wrap

_TITLE = Words("银行存款余额调节表", "Bank reconciliation")
_HEAD = Words("门店：{store}    截至 {day}", "store: {store}    at the end of {day}")
_BOOK = Words("账面余额（到账转账、支票及缴款）", "balance by the book (transfers, cheques, deposits)")
_BANK = Words("银行对账单余额", "balance by the bank's statement")
_BEFORE = Words("加：对账单第一行以前的余额", "add: on the account before the statement's first line")
_PARTS = (
    ("bank_received", Words("加：银行已收、账面未收", "add: received by the bank, not in the book")),
    ("bank_paid", Words("减：银行已付、账面未付", "deduct: paid by the bank, not in the book")),
    ("book_received", Words("加：账面已收、银行未收", "add: received in the book, not at the bank")),
    ("book_paid", Words("减：账面已付、银行未付", "deduct: paid in the book, not at the bank")),
)
_ADJUSTED = Words("调节后余额", "adjusted balance")
_DIFFERENCE = Words("差额", "difference")
_UNFOOTED = Words(
    "对账单自己的余额与各行金额不符：可能少了几行，请补齐后再导入",
    "the statement's own balances do not follow from its lines: lines may be missing, import the whole statement",
)
_MATCHED = Words("已核对一致 {n} 行", "{n} statement lines matched")
_LACKING = Words(
    "银行对账单未导入，无从调节（gb import bank）",
    "no bank statement imported: nothing to compare with (gb import bank)",
)
_COLUMNS = (
    Words("项目", "item"), Words("日期", "date"), Words("编号", "record"), Words("凭证号", "reference"),
    Words("金额", "amount"), Words("摘要", "text"),
)  # fmt: skip
_AMOUNT = 18
_SIGNS = (Words("编制人", "made by"), Words("复核人", "checked by"), Words("财务", "finance"))


class BankReport(msgspec.Struct, frozen=True, kw_only=True):
    """The sheet of one store."""

    store: str
    sheet: BankSheet

    def items(self, part: str) -> Sequence[BankLine | BookEntry]:
        """The items of one part of the sheet; amounts keep their sign."""
        side: Sequence[BankLine | BookEntry] = self.sheet.only_bank if part.startswith("bank") else self.sheet.only_book
        return [one for one in side if (one.amount > 0) == part.endswith("received")]

    def as_json(self, lang: Lang) -> dict[str, Any]:  # noqa: ARG002 - nothing here is in words
        """Without a statement the bank's side is null: unknown is not nothing."""
        sheet = self.sheet
        bank: dict[str, Any] | None = None
        if sheet.imported:
            bank = {"balance": yuan(sheet.bank), **self._parts("book"), "adjusted": yuan(sheet.adjusted_bank)}
        before = None if sheet.before is None else yuan(sheet.before)
        book = {
            "balance": yuan(sheet.book),
            "before": before,
            **self._parts("bank"),
            "adjusted": yuan(sheet.adjusted_book),
        }
        return {
            "store": self.store, "as_of": str(sheet.until), "imported": sheet.imported, "matched": sheet.matched,
            "book": book, "bank": bank, "difference": yuan(sheet.difference) if sheet.imported else None,
        }  # fmt: skip

    def _parts(self, side: str) -> dict[str, Any]:
        return {part: [_item(one) for one in self.items(part)] for part, _ in _PARTS if part.startswith(side)}

    def as_text(self, lang: Lang) -> str:
        """The form: our side, the bank's side, both adjusted."""
        title = _TITLE.say(lang)
        head = _HEAD.say(lang).format(store=self.store, day=self.sheet.until)
        lines = [" " * ((WIDTH - width(title)) // 2) + title, *wrap(head), ""]
        lines += self._side("bank", _BOOK, self.sheet.book, self.sheet.adjusted_book, lang)
        if not self.sheet.imported:
            return "\n".join([*lines[:4], "", *wrap(_LACKING.say(lang))])
        lines += ["", *self._side("book", _BANK, self.sheet.bank, self.sheet.adjusted_bank, lang), ""]
        lines.append(_amount(_DIFFERENCE.say(lang), self.sheet.difference))
        if self.sheet.difference:
            lines += wrap(_UNFOOTED.say(lang))
        return "\n".join([*lines, _MATCHED.say(lang).format(n=self.sheet.matched)])

    def as_workbook(self, lang: Lang) -> Workbook:
        """The form with both adjusted balances and what is left between them worked out."""
        ours = self._sheet_side("bank", _BOOK, self.sheet.book, lang)
        rows = [*ours, self._adjusted(FIRST_ROW, len(ours), self.sheet.adjusted_book, lang)]
        if self.sheet.imported:
            theirs = self._sheet_side("book", _BANK, self.sheet.bank, lang)
            first = FIRST_ROW + len(rows)
            rows += [*theirs, self._adjusted(first, len(theirs), self.sheet.adjusted_bank, lang)]
            text = f"=E{first - 1}-E{FIRST_ROW + len(rows) - 1}"
            rows.append((_DIFFERENCE.say(lang), None, None, None, Formula(text, Money(self.sheet.difference)), None))
        said = _MATCHED.say(lang).format(n=self.sheet.matched) if self.sheet.imported else _LACKING.say(lang)
        name = _TITLE.say(lang)
        table = Table(name=name, heads=tuple(one.say(lang) for one in _COLUMNS), rows=tuple(rows), foot=(said,))
        signs = tuple(who.say(lang) for who in _SIGNS)
        return Workbook(title=name, head=f"{self.store}  {self.sheet.until}", tables=(table,), signs=signs)

    def _sheet_side(self, other: str, name: Words, balance: int, lang: Lang) -> list[tuple[Cell, ...]]:
        """A balance and, signed, every item that the other side has."""
        rows: list[tuple[Cell, ...]] = [tuple(_row(name, balance, lang))]
        if other == "bank" and self.sheet.before:
            rows.append(tuple(_row(_BEFORE, self.sheet.before, lang)))
        return [*rows, *(tuple(row) for row in self._rows(other, lang))]

    def _adjusted(self, first: int, count: int, fen: int, lang: Lang) -> tuple[Cell, ...]:
        text = f"=SUM(E{first}:E{first + count - 1})"
        return (_ADJUSTED.say(lang), None, None, None, Formula(text, Money(fen)), None)

    # -- on paper ------------------------------------------------------------------------------------------------------

    def as_form(self, lang: Lang) -> Form:
        """The form to sign: our side, the bank's side, each line by line with what it comes to."""
        sheet = self.sheet
        blocks: list[Block] = [self._paper_side("bank", _BOOK, sheet.book, sheet.adjusted_book, lang)]
        if sheet.imported:
            blocks.append(self._paper_side("book", _BANK, sheet.bank, sheet.adjusted_bank, lang))
            blocks.append(Para(f"{_DIFFERENCE.say(lang)}  ¥{grouped(sheet.difference)}", strong=True))
            blocks += [Para(_UNFOOTED.say(lang))] if sheet.difference else []
            blocks.append(Para(_MATCHED.say(lang).format(n=sheet.matched)))
        else:
            blocks.append(Para(_LACKING.say(lang)))
        return Form(
            title=_TITLE.say(lang), store=self.store, number=str(sheet.until), size="A4", blocks=tuple(blocks),
            signs=tuple(Sign(who.say(lang)) for who in _SIGNS),
        )  # fmt: skip

    def _paper_side(self, other: str, name: Words, balance: int, adjusted: int, lang: Lang) -> Grid:
        rows = [("", "", "", name.say(lang), grouped(balance))]
        if other == "bank" and self.sheet.before:
            rows.append(("", "", "", _BEFORE.say(lang), grouped(self.sheet.before)))
        for part, words in _PARTS:
            items = self.items(part) if part.startswith(other) else ()
            rows += [(str(one.day), one.id, _what(one), words.say(lang), grouped(one.amount)) for one in items]
        heads = tuple(_COLUMNS[at].say(lang) for at in (1, 2, 3, 0, 4))
        return Grid("", heads, tuple(rows), "llllr", (_ADJUSTED.say(lang), "", "", "", grouped(adjusted)))

    def _side(self, other: str, name: Words, balance: int, adjusted: int, lang: Lang) -> Iterator[str]:
        """A balance, what the other side has and it has not, and what it comes to."""
        yield _amount(name.say(lang), balance)
        if other == "bank" and self.sheet.before:
            yield _amount(_BEFORE.say(lang), self.sheet.before)
        for part, words in _PARTS:
            items = self.items(part) if part.startswith(other) else ()
            if items:
                yield _amount(words.say(lang), abs(sum(one.amount for one in items)))
            for one in items:
                yield from wrap(f"{one.day}  {one.id}  {grouped(abs(one.amount))}  {_what(one)}", indent=4, hang=4)
        yield _amount(_ADJUSTED.say(lang), adjusted)

    def as_rows(self, lang: Lang) -> Iterable[Sequence[Cell]]:
        """A row per balance and per item; the items signed as they are added."""
        sheet = self.sheet
        yield [one.say(lang) for one in _COLUMNS]
        yield _row(_BOOK, sheet.book, lang)
        if sheet.before is not None:
            yield _row(_BEFORE, sheet.before, lang)
        yield from self._rows("bank", lang)
        yield _row(_ADJUSTED, sheet.adjusted_book, lang)
        if sheet.imported:
            yield _row(_BANK, sheet.bank, lang)
            yield from self._rows("book", lang)
            yield _row(_ADJUSTED, sheet.adjusted_bank, lang)
            yield _row(_DIFFERENCE, sheet.difference, lang)

    def _rows(self, side: str, lang: Lang) -> Iterator[Sequence[Cell]]:
        for part, words in _PARTS:
            for one in self.items(part) if part.startswith(side) else ():
                reference, text = _said(one)
                yield [words.say(lang), one.day, one.id, reference, Money(one.amount), text]


def _row(words: Words, fen: int, lang: Lang) -> Sequence[Cell]:
    return [words.say(lang), None, None, None, Money(fen), None]


def _amount(name: str, fen: int) -> str:
    return pad(name, WIDTH - _AMOUNT) + pad(grouped(fen), _AMOUNT, right=True)


def _said(one: BankLine | BookEntry) -> tuple[str, str]:
    """Reference and text; of ours the numbers."""
    return (one.reference, one.text) if isinstance(one, BankLine) else (" ".join(sorted(one.numbers)), "")


def _what(one: BankLine | BookEntry) -> str:
    return "  ".join(part for part in _said(one) if part)


def _item(one: BankLine | BookEntry) -> dict[str, Any]:
    reference, text = _said(one)
    return {"id": one.id, "date": str(one.day), "amount": yuan(one.amount), "reference": reference, "text": text}
