"""Double entry: every kind of record declares its postings, zero per commodity, so that outside tools can sum them.

Vouchers of a face value are a commodity (``V100``, quantity in sheets) beside money (``CNY``, quantity in fen).
The account opposite the safe names the line of the reconciliation (R7), so the month's lines are balances.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

from ledger.core.forms import Lines, Pays
from ledger.core.money import yuan
from ledger.core.words import Words, plain

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

TITLES = {
    CASH: Words("库存现金（抽屉）", "cash in the drawer"),
    FLOAT: Words("备用金", "float"),
    WITH_FINANCE: Words("已交财务现金", "cash handed to finance"),
    ARRIVED: Words("银行存款（转账等）", "bank, transfers"),
    CLEARED: Words("银行存款（支票）", "bank, cheques"),
    CHEQUES: Words("在途支票", "cheques in hand"),
    RECEIVABLE: Words("应收账款（退票）", "receivable for bounced cheques"),
    IOU: Words("应收账款（赊券）", "receivable on IOUs"),
    ADVANCES: Words("其他应收款（借支）", "advances to staff"),
    SUSPENSE: Words("待处理长短款", "over and short in suspense"),
    LIABILITY: Words("合同负债（团购券）", "contract liability, vouchers"),
    RESERVED: Words("预收款（未交券）", "received for reserved sheets"),
    REBATES_DUE: Words("应付返扣", "rebates approved"),
    REBATES: Words("销售费用（返扣）", "cost of rebates"),
    REDEEMED: Words("营业收入（券消费）", "revenue, vouchers redeemed"),
    PRIOR_MONEY: Words("以前月份更正", "corrections of earlier months"),
    "liabilities:float": Words("财务拨入备用金", "float entrusted by finance"),
    "equity:opening": Words("期初接收", "taken over at the opening"),
    "expenses:over-short": Words("长短款核销", "over and short written off"),
    "expenses:advances": Words("费用（借支报销）", "spent out of advances"),
    "expenses:exchange": Words("换券差额", "difference of exchanges"),
}
"""What a person in finance calls each account."""
_FAMILIES = {
    PENDING: Words("应收账款（待到账）", "pending"),
    REFUNDS: Words("其他应付款（退款）", "refunds due"),
}

_KEPT = ("assets:", RESERVED, REBATES_DUE)


class Posting(NamedTuple):
    """``quantity`` is in sheets for a voucher commodity, in fen for money."""

    account: str
    commodity: str
    quantity: int


def title_of(account: str) -> Words:
    """An account's name for finance; one that has none stands for itself."""
    from ledger.core.settings import method_words  # at the counter nobody asks for the names of accounts

    for prefix, words in _FAMILIES.items():
        if account.startswith(prefix):
            method = method_words(account.removeprefix(prefix))
            return Words(f"{words.zh}{method.zh}", f"{words.en}, {method.en}")
    return TITLES.get(account, plain(account))


@cache
def voucher(face: int) -> str:
    """The commodity of a face value in fen: ``V100``, ``V0.50``."""
    text = yuan(face)
    return "V" + text.removesuffix(".00")


def safe_in(lines: Lines, source: str) -> tuple[Posting, ...]:
    """Sheets into the safe out of account ``source``."""
    return _sheets(lines, source, 1)


def safe_out(lines: Lines, target: str) -> tuple[Posting, ...]:
    """Sheets out of the safe into account ``target``."""
    return _sheets(lines, target, -1)


def _sheets(lines: Lines, other: str, sign: int) -> tuple[Posting, ...]:
    """The safe's posting first, as people read it in an export; ``sign`` is 1 for sheets that come in."""
    found: list[Posting] = []
    for face, sheets in lines:
        commodity, moved = voucher(face), sign * sheets
        found += (Posting(SAFE, commodity, moved), Posting(other, commodity, -moved))
    return tuple(found)


def money_account(method: str) -> str:
    """The account that a payment by ``method`` is on when it is taken."""
    return METHOD_ACCOUNTS.get(method, PENDING + method)


def money_in(pays: Pays, against: str = LIABILITY) -> tuple[Posting, ...]:
    """Money paid for vouchers, or with ``against`` for something else that is owed to the client."""
    found: list[Posting] = []
    for method, amount in pays:
        found += (Posting(money_account(method), MONEY, amount), Posting(against, MONEY, -amount))
    return tuple(found)


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


@cache
def kept(account: str) -> bool:
    """Whether a money account's balance is an open item that one month hands to the next (R8, R9)."""
    return account.startswith(_KEPT)


def balanced(postings: Iterable[Posting]) -> bool:
    """Whether the quantities sum to zero per commodity."""
    total: dict[str, int] = {}
    for _, commodity, quantity in postings:
        total[commodity] = total.get(commodity, 0) + quantity
    return not any(total.values())
