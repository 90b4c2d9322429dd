"""银行对账单 bank: the lines of a statement, imported as the bank wrote them (N5)."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from ledger.core.forms import DAY, TEXT, YUAN, Journal, Record
from ledger.core.words import Words


class StatementLine(Record, frozen=True, kw_only=True):
    """A line of the statement.  ``booked`` is the bank's date, ``date`` the day on which the book takes it in.

    One of ``paid_in`` and ``paid_out`` (fen) is set.  ``balance`` is the account's after the line, None where the
    statement has none: not the same as 0.00.
    """

    KIND = "line"
    WORDS = Words("对账单行", "statement line")
    THEIRS = True
    RANK = 55
    ACT = "register"

    booked: Annotated[dt.date, DAY, Words("银行日期", "the bank's date")]
    reference: Annotated[str, TEXT, Words("凭证号", "reference")] = ""
    paid_in: Annotated[int, YUAN, Words("收入", "paid in")] = 0
    paid_out: Annotated[int, YUAN, Words("支出", "paid out")] = 0
    balance: Annotated[int | None, YUAN, Words("余额", "balance")] = None
    text: Annotated[str, TEXT, Words("摘要", "text")] = ""

    @property
    def amount(self) -> int:
        """What the line adds to the account, in fen: negative for money paid out."""
        return self.paid_in - self.paid_out


JOURNAL = Journal("bank", "BK", "csv", Words("银行对账单", "bank statement"), (StatementLine,))
