"""The cheque that pays for the sale in hand at ``gb counter``: what is asked of it, and which record it makes (S4, S5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from cli.entry import Desk, paper_number, some_text
from cli.reservation import BANK as BANK_WORDS
from cli.reservation import SLIP as SLIP_WORDS
from cli.reservation import number_of
from ledger.core.words import Words

NUMBER, BANK, DRAWN, SLIP = "cheque", "bank", "drawn", "bank_slip"
PARTS = (NUMBER, BANK, DRAWN, SLIP)
"""What is asked, in this order; each is the record's field of that name."""


class ChequeInHand:
    """The answers about one cheque.  Without a bank slip the sheets are reserved, with one they are handed over."""

    def __init__(self, at: Desk, client: str) -> None:
        from ledger.book.cheques import usual_bank

        self._at = at
        self._bank = usual_bank(at.book.state(), client)
        self._answers: dict[str, str | dt.date] = {}

    @property
    def missing(self) -> str:
        """The first part that is not answered; empty when all are."""
        return next((part for part in PARTS if part not in self._answers), "")

    def has(self, part: str) -> bool:
        """Whether that part is answered."""
        return part in self._answers

    def forget(self, part: str) -> None:
        """Ask for that part again; the others stay."""
        self._answers.pop(part, None)

    def ask(self, part: str) -> Words:
        """The question for a part, with what Enter means."""
        bank = Words(f"（回车：{self._bank}）", f" (Enter: {self._bank})") if self._bank else Words("", "")
        return {
            NUMBER: Words("支票号: ", "cheque number: "),
            BANK: Words(f"付款银行{bank.zh}: ", f"its bank{bank.en}: "),
            DRAWN: Words("出票日期（回车：今天）: ", "date drawn (Enter: today): "),
            SLIP: Words(
                "银行进帐单号（倒存；回车：预留，到帐后交券）: ",
                "bank slip, if deposited by us today (Enter: reserved until the cheque has arrived): ",
            ),
        }[part]

    def take(self, part: str, typed: str) -> None:
        """Take the answer for a part; raises Usage for what is none."""
        parse: dict[str, Callable[[str], str | dt.date]] = {
            NUMBER: number_of,
            BANK: lambda text: some_text(text or self._bank, BANK_WORDS),
            DRAWN: lambda text: self._at.day(text) if text else self._at.date() or self._at.today(),
            SLIP: lambda text: paper_number(text, SLIP_WORDS) if text else "",
        }
        self._answers[part] = parse[part](typed)

    @property
    def kind(self) -> str:
        """The kind of record: a sale against the bank slip, else a reservation."""
        return "sale" if self._answers.get(SLIP) else "reservation"

    def values(self) -> dict[str, Any]:
        """The record's fields of the cheque."""
        return {part: value for part, value in self._answers.items() if value}

    def told(self) -> str:
        """Bank and date, to compare with the paper; the number is in the record's own line."""
        return f"{self._answers[BANK]}  {self._answers[DRAWN]}"
