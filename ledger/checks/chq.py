"""CHQ: cheques.  The judge finds what one record breaks; here: what nobody did, and what a bounce left owing (S4–S6)."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from ledger.checks.explained import Explained
from ledger.checks.whole import Seen, Whole
from ledger.core.cheques import Cheque, late, still_held
from ledger.core.findings import trouble
from ledger.core.money import yuan
from ledger.core.records.cheques import Bounced, Replaced
from ledger.core.words import Words

CODES: dict[str, Explained] = {
    "CHQ-01": Explained(
        Words("到帐前交券，又没有银行进帐单", "handed over before arrival without bank slip"),
        Words(
            "支票付款的券要等银行到帐通知，或当天倒存、凭银行进帐单号交付",
            "sheets paid by cheque are handed over once the bank has advised its arrival, or against the bank slip of a "
            "cheque deposited at the drawer's bank the same day",
        ),
        Words("急着交券；到帐了没有登记", "handed over in haste; the arrival was not entered"),
        Words(
            "登记到帐 gb cheque clear 后再交付；倒存的写 --same-day --bank-slip 号码",
            "enter the arrival with gb cheque clear, then hand over; a same-day deposit takes --same-day --bank-slip NO",
        ),
    ),
    "CHQ-02": Explained(
        Words("交券后退票，未补付", "bounced after the handover, unpaid"),
        Words(
            "客户已拿到券，支票退票，款项转为应收，券被冻结",
            "the client has the sheets and the cheque bounced: the amount is owed and the sheets are frozen",
        ),
        Words("存款不足、印鉴不符、印章缺漏", "no funds, a seal that differs or is missing"),
        Words(
            "gb cheque made-good（补付）或 gb cheque replace（换票），或 gb sale return 退券抵帐",
            "gb cheque made-good, or gb cheque replace, or take the sheets back with gb sale return",
        ),
    ),
    "CHQ-03": Explained(
        Words("同一张支票收了两次", "the same cheque twice"),
        Words("银行、号码、出票人都相同的支票已经收过", "a cheque of the same bank, number and drawer is in the book already"),
        Words("号码打错；两台终端各登了一次", "a mistyped number; two terminals each entered it"),
        Words("核对票面，冲销错的一张：gb reverse", "look at the paper and reverse the wrong entry: gb reverse"),
    ),
    "CHQ-04": Explained(
        Words("支票过期", "a stale cheque"),
        Words(
            "支票自出票日起十日内提示付款（最后一日是休假日的顺延到下一个银行工作日），过期银行可以不付",
            "a cheque is presented within ten days of its date, moved on to the next bank day; later the bank may refuse it",
        ),
        Words("客户给的是旧支票；放在柜里忘了送存", "the client brought an old one; it was forgotten in the drawer"),
        Words("请客户换一张：gb cheque replace", "ask for another one: gb cheque replace"),
    ),
    "CHQ-05": Explained(
        Words("支票没有当天送存", "not deposited the same day"),
        Words(
            "收到的支票当天填进帐单送存；银行不营业的，下一个银行工作日送存",
            "a cheque is deposited on the day it came, or on the next bank day where banks are closed",
        ),
        Words("当天没有去银行；送存了没有登记", "nobody went to the bank; the deposit was not entered"),
        Words("gb cheque deposit 支票号 --slip 进帐单号", "gb cheque deposit NO --slip NO"),
    ),
}  # fmt: skip


def family(whole: Whole) -> Iterable[Seen]:
    """CHQ-02 per bounce that is not made good; CHQ-04 or CHQ-05 per cheque that still lies in the house."""
    cheques = [(key, one) for key, one in whole.state.things(Cheque) if one.due or one.status == "received"]
    bounces = _last_steps(whole) if cheques else {}
    for key, cheque in cheques:
        if cheque.due:
            yield _owed(cheque, bounces.get(key, cheque.origin), whole)
        else:
            came = bounces.get(key, cheque.origin)
            deposit = f"gb cheque deposit {cheque.number} --slip '…'"
            for finding in late(cheque, whole.on, whole.rules, came):
                yield Seen(msgspec.structs.replace(finding, next=(deposit,)), came)


def _last_steps(whole: Whole) -> dict[str, str]:
    """The record that a cheque's trouble belongs to: its bounce, or the replacement that brought it."""
    found: dict[str, str] = {}
    for one in whole.also(Bounced, Replaced):
        record = one.record
        if isinstance(record, Bounced):
            found[record.cheque_key] = record.id
        elif isinstance(record, Replaced):
            found[record.new_key] = record.id
    return found


def _owed(cheque: Cheque, bounce: str, whole: Whole) -> Seen:
    words = Words(
        f"支票 {cheque.number} 交券后退票，{cheque.client} 还欠 {yuan(cheque.due)}",
        f"cheque {cheque.number} bounced after the handover; {cheque.client} owes {yuan(cheque.due)}",
    )
    next_ = (f"gb cheque made-good {cheque.number}", f"gb cheque show {cheque.number}")
    return Seen(
        trouble("CHQ-02", words, subject=bounce, serials=still_held(cheque, whole.state).text, next=next_), bounce
    )
