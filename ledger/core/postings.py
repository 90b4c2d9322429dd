"""Double entry: every kind of record declares its postings, zero per commodity, so that outside tools can sum them.

Vouchers of a face value are a commodity (``V100``, quantity in sheets) beside money (``CNY``, quantity in fen).
The account opposite the safe names the line of the reconciliation (R7), so the month's lines are balances.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ledger.core.forms import Lines, Pays
from ledger.core.money import yuan

MONEY = "CNY"
SAFE = "vouchers:safe"
PRIOR = "vouchers:prior-period"
LIABILITY = "liabilities:vouchers"
PRIOR_MONEY = "equity:prior-period"


class Posting(NamedTuple):
    """``quantity`` is in sheets for a voucher commodity, in fen for money."""

    account: str
    commodity: str
    quantity: int


def voucher(face: int) -> str:
    """The commodity of a face value in fen: ``V100``, ``V0.50``."""
    text = yuan(face)
    return "V" + text.removesuffix(".00")


def safe_in(lines: Lines, source: str) -> tuple[Posting, ...]:
    """Sheets into the safe out of account ``source``."""
    return tuple(
        posting
        for face, sheets in lines
        for posting in (Posting(SAFE, voucher(face), sheets), Posting(source, voucher(face), -sheets))
    )


def safe_out(lines: Lines, target: str) -> tuple[Posting, ...]:
    """Sheets out of the safe into account ``target``."""
    return negated(safe_in(lines, target))


def money_in(pays: Pays, accounts: dict[str, str]) -> tuple[Posting, ...]:
    """Money paid for vouchers; ``accounts`` names where a method's money is, else it is pending under its own name."""
    return tuple(
        posting
        for method, amount in pays
        for posting in (
            Posting(accounts.get(method, f"assets:pending:{method}"), MONEY, amount),
            Posting(LIABILITY, MONEY, -amount),
        )
    )


def negated(postings: Iterable[Posting]) -> tuple[Posting, ...]:
    """The same postings with the opposite sign."""
    return tuple(Posting(account, commodity, -quantity) for account, commodity, quantity in postings)


def prior_period(postings: Sequence[Posting]) -> tuple[Posting, ...]:
    """A correction of another month: what is not custody or money at hand goes to the prior-period accounts (R9)."""
    return tuple(
        posting if posting.account == SAFE or posting.account.startswith("assets:")
        else Posting(PRIOR if posting.commodity != MONEY else PRIOR_MONEY, posting.commodity, posting.quantity)
        for posting in postings
    )  # fmt: skip


def balanced(postings: Iterable[Posting]) -> bool:
    """Whether the quantities sum to zero per commodity."""
    total: dict[str, int] = {}
    for _, commodity, quantity in postings:
        total[commodity] = total.get(commodity, 0) + quantity
    return not any(total.values())
