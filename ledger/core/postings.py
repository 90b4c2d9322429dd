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

CASH = "assets:cash"
"""Takings in the drawer (N3)."""
FLOAT = "assets:float"
"""备用金, the float that finance entrusts to the counter."""
WITH_FINANCE = "assets:with-finance"
"""Cash deposited with an internal deposit slip 内部进帐单 (S3)."""
ARRIVED = "assets:bank:transfers"
"""Transfers and other methods that arrived (S9)."""
CLEARED = "assets:bank:cheques"
"""Cheques that the bank has advised as arrived (S4)."""
PENDING = "assets:pending:"
"""Followed by the method: paid by the client, not arrived (S9)."""
CHEQUES = "assets:cheques"
"""Cheques received and neither cleared nor bounced (S6)."""
RECEIVABLE = "assets:receivable"
"""Owed by clients whose cheque bounced after the handover (S6)."""
IOU = "assets:iou"
"""Owed for sheets handed out on an approved IOU (S9)."""
ADVANCES = "assets:advances"
"""Cash advanced to staff and not settled (N4)."""
SUSPENSE = "assets:over-short"
"""Over (negative) or short (positive) at a cash count, until settled (N3)."""
RESERVED = "liabilities:reserved"
"""Paid by clients for sheets that are reserved and not handed over (S4)."""
REBATES_DUE = "liabilities:rebates"
"""Rebates approved and not collected (B5)."""
REBATES = "expenses:rebates"
"""What rebates cost: approved less cancelled (B1)."""
REFUNDS = "liabilities:refunds:"
"""Followed by the method: refunds that finance pays (S8)."""
REDEEMED = "revenues:redeemed"
"""Goods that the store handed over against vouchers, at their face."""

POT_ACCOUNTS = {"float": FLOAT, "cash": CASH}
"""The pots of the drawer by name."""
METHOD_ACCOUNTS = {"cash": CASH, "cheque": CHEQUES}
"""Where the money of a method is; any other is pending under its own name."""

_KEPT = ("assets:", RESERVED, REBATES_DUE)


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


def money_account(method: str) -> str:
    """The account that a payment by ``method`` is on when it is taken."""
    return METHOD_ACCOUNTS.get(method, PENDING + method)


def money_in(pays: Pays, against: str = LIABILITY) -> tuple[Posting, ...]:
    """Money paid for vouchers, or with ``against`` for something else that is owed to the client."""
    return tuple(
        posting
        for method, amount in pays
        for posting in (Posting(money_account(method), MONEY, amount), Posting(against, MONEY, -amount))
    )


def money_moved(source: str, target: str, fen: int) -> tuple[Posting, ...]:
    """``fen`` out of one account into another; nothing for nothing."""
    return (Posting(target, MONEY, fen), Posting(source, MONEY, -fen)) if fen else ()


def negated(postings: Iterable[Posting]) -> tuple[Posting, ...]:
    """The same postings with the opposite sign."""
    return tuple(Posting(account, commodity, -quantity) for account, commodity, quantity in postings)


def paid_back(postings: Iterable[Posting]) -> tuple[Posting, ...]:
    """Takings that are undone when their month is over: what was the drawer's to give is finance's, who had the cash (N4, S8)."""
    return tuple(
        posting._replace(account=WITH_FINANCE) if posting.account == CASH and posting.quantity < 0 else posting
        for posting in postings
    )


def prior_period(postings: Sequence[Posting]) -> tuple[Posting, ...]:
    """A correction of another month: what is neither custody nor an open item goes to the prior-period accounts (R9)."""
    return tuple(
        posting if posting.account == SAFE or kept(posting.account)
        else Posting(PRIOR if posting.commodity != MONEY else PRIOR_MONEY, posting.commodity, posting.quantity)
        for posting in postings
    )  # fmt: skip


def kept(account: str) -> bool:
    """Whether a money account's balance is an open item that one month hands to the next (R8, R9)."""
    return account.startswith(_KEPT)


def balanced(postings: Iterable[Posting]) -> bool:
    """Whether the quantities sum to zero per commodity."""
    total: dict[str, int] = {}
    for _, commodity, quantity in postings:
        total[commodity] = total.get(commodity, 0) + quantity
    return not any(total.values())
