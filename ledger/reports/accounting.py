"""记账凭证草稿 on paper, as JSON and as rows: what finance takes over into its own books (P2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from ledger.core.dates import Month
from ledger.core.money import yuan
from ledger.core.postings import title_of
from ledger.core.words import Lang, Words
from ledger.folds.accounting import Entry
from ledger.reports.plain import workbook_text
from ledger.reports.report import Cell, Money, Table, Workbook

NAME = Words("记账凭证草稿", "draft of journal entries")
_HEAD = Words(
    "{store}    {month}    账户为本程序的账户，科目由财务核定",
    "{store}    {month}    the accounts are this program's; finance decides on its own",
)
_HEADS = (
    Words("凭证", "entry"), Words("日期", "date"), Words("摘要", "text"), Words("科目", "title"), Words("账户", "account"),
    Words("借方", "debit"), Words("贷方", "credit"), Words("笔数", "records"),
)  # fmt: skip
_READ = (0, 2, 3, 5, 6)
"""The columns of a page of 80: without what is the same on each line, and what only programs need."""
_SIGNS = (Words("制单", "made by"), Words("审核", "checked by"))


class AccountingReport(msgspec.Struct, frozen=True, kw_only=True):
    """The entries of one month, all dated its last day."""

    store: str
    month: Month
    entries: tuple[Entry, ...]

    @property
    def _day(self) -> dt.date:
        return self.month.after - dt.timedelta(days=1)

    def as_json(self, lang: Lang) -> dict[str, Any]:
        """Each entry with its lines; ``debit`` and ``credit`` are the sums of all."""
        total = yuan(sum(one.total for one in self.entries))
        return {
            "store": self.store, "month": self.month.text, "date": str(self._day),
            "entries": [
                {
                    "number": number, "text": one.words.say(lang), "records": one.records,
                    "lines": [
                        {"account": line.account, "title": title_of(line.account).say(lang), "debit": yuan(line.debit),
                         "credit": yuan(line.credit)}
                        for line in one.lines
                    ],
                }
                for number, one in enumerate(self.entries, 1)
            ],
            "debit": total, "credit": yuan(sum(line.credit for one in self.entries for line in one.lines)),
        }  # fmt: skip

    def as_rows(self, lang: Lang) -> Iterable[Sequence[Cell]]:
        """One row a line of an entry; of debit and credit the one that is not is empty."""
        yield [one.say(lang) for one in _HEADS]
        for number, one in enumerate(self.entries, 1):
            for line in one.lines:
                yield [
                    number, self._day, one.words.say(lang), title_of(line.account).say(lang), line.account,
                    Money(line.debit) if line.debit else None, Money(line.credit) if line.credit else None, one.records,
                ]  # fmt: skip

    def as_text(self, lang: Lang) -> str:
        """The lines, and that debits and credits are the same."""
        return workbook_text(self._book(lang, _READ), lang)

    def as_workbook(self, lang: Lang) -> Workbook:
        """One sheet, debits and credits added up."""
        return self._book(lang, range(len(_HEADS)))

    def _book(self, lang: Lang, columns: Sequence[int]) -> Workbook:
        heads, *rows = ([row[at] for at in columns] for row in self.as_rows(lang))
        sums = tuple(at for at, column in enumerate(columns) if column in (5, 6))
        table = Table(name=NAME.say(lang), heads=tuple(map(str, heads)), rows=tuple(map(tuple, rows)), sums=sums)
        head = _HEAD.say(lang).format(store=self.store, month=self.month.text)
        return Workbook(title=NAME.say(lang), head=head, tables=(table,), signs=tuple(one.say(lang) for one in _SIGNS))
