"""财务登记 finance's side: its own register of receipts, returns, rebates and money, imported as it stands (V3, R10).

Nothing here is refused for being wrong: what finance wrote is a fact of its own, and the comparison finds where it
differs from ours.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, ClassVar

from ledger.core.findings import Finding
from ledger.core.forms import DAY, LINES, SERIALS, TEXT, YUAN, Journal, Lines, Record, Touch
from ledger.core.registers import RegisterLine
from ledger.core.rules import Rules
from ledger.core.spans import EMPTY, SpanSet
from ledger.core.state import State
from ledger.core.words import Words


class TheirLine(Record, frozen=True, kw_only=True):
    """A line of finance's register.  ``booked`` is finance's own date, ``date`` the day on which the book takes it in.

    ``document`` is finance's number for it; spans, lines and amount (fen) are left empty where the line does not say.
    """

    ENTRY: ClassVar[str] = ""
    THEIRS = True
    RANK = 55
    ACT = "register"

    booked: Annotated[dt.date, DAY, Words("财务日期", "finance's date")]
    document: Annotated[str, TEXT, Words("财务单号", "finance's number")] = ""
    spans: Annotated[SpanSet, SERIALS, Words("券号", "serials")] = EMPTY
    lines: Annotated[Lines, LINES, Words("面值*张数", "face × sheets")] = ()
    amount: Annotated[int, YUAN, Words("金额", "amount")] = 0
    person: Annotated[str, TEXT, Words("财务经办人", "finance's person")] = ""

    def touches(self) -> Touch:
        """Its own line of the register; no sheet."""
        return Touch(things=((RegisterLine.__name__, self.id),))

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """Nothing: the comparison of the registers tells."""
        return ()

    def apply(self, state: State) -> None:
        """Enter the line."""
        line = RegisterLine(
            theirs=True, entry=self.ENTRY, date=str(self.booked), numbers=(self.document,) if self.document else (),
            spans=self.spans.text, lines=self.lines, amount=self.amount,
        )  # fmt: skip
        state.put(self.id, line)


class TheirReceipt(TheirLine, frozen=True, kw_only=True):
    """Finance's line of sheets that the department drew."""

    KIND = "receipt"
    ENTRY = "receipt"
    WORDS = Words("财务登记：领券", "finance: receipt")


class TheirReturn(TheirLine, frozen=True, kw_only=True):
    """Finance's line of sheets that came back to it."""

    KIND = "return"
    ENTRY = "return"
    WORDS = Words("财务登记：退券", "finance: return")


class TheirRebate(TheirLine, frozen=True, kw_only=True):
    """Finance's line of a rebate paid out in sheets, by control number (B2)."""

    KIND = "rebate"
    ENTRY = "rebate"
    WORDS = Words("财务登记：返扣", "finance: rebate")


class TheirMoney(TheirLine, frozen=True, kw_only=True):
    """Finance's line of money that the department handed in, by the number of the deposit slip (S3)."""

    KIND = "money"
    ENTRY = "money"
    WORDS = Words("财务登记：缴款", "finance: money")


KINDS = (TheirReceipt, TheirReturn, TheirRebate, TheirMoney)
JOURNAL = Journal("finance", "FI", "csv", Words("财务登记", "finance's register"), KINDS)
