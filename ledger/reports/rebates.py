"""The month's rebates for programs (public contract, section 4) and on the printed sheet (R4, B5)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ledger.core.money import grouped, yuan
from ledger.core.words import Lang, Words
from ledger.folds.rebates import RebateBlock
from ledger.reports.table import table, wrap

_TITLE = Words("返扣", "Rebates")
_SLIPS = Words("本月返扣单 {count} 张，金额 {amount}", "slips of the month: {count}, {amount}")
_COLLECTED = Words(
    "本月领取 {count} 次 {sheets} 张，金额 {amount}", "collected in the month: {count}, {sheets} sheets, {amount}"
)
_NUMBERS = Words("对帐编号：", "control numbers: ")
_ROLL = Words(
    "未领：期初 {opening}{taken} + 批准 {approved} - 领取 {collected} - 作废 {cancelled}{prior} = 期末 {closing}",
    "uncollected: opening {opening}{taken} + approved {approved} - collected {collected} - cancelled {cancelled}{prior} "
    "= closing {closing}",
)
_PRIOR = Words(" {sign} 更正以前月份 {amount}", " {sign} corrections of earlier months {amount}")
_TAKEN = Words(" + 期初接收 {amount}", " + taken over {amount}")
_NONE = Words("本月没有返扣", "none this month")
_OPEN = Words("已批准未领：", "approved, not collected:")
_HEADS = (
    Words("对帐编号", "control no."), Words("客户", "client"), Words("批准日期", "approved"), Words("天数", "days"),
    Words("未领金额", "not collected"),
)  # fmt: skip


def as_json(block: RebateBlock) -> dict[str, Any]:
    """``count``, ``amount``, ``sheets`` and ``control_nos`` are what was collected, ``slips`` what was approved."""
    return {
        "count": block.count,
        "amount": yuan(block.amount),
        "sheets": block.sheets,
        "control_nos": list(block.control_nos),
        "slips": {"count": block.slips, "amount": yuan(block.approved)},
        "uncollected": {
            "opening": yuan(block.due.opening), "taken_over": yuan(block.taken_over), "approved": yuan(block.approved), "collected": yuan(block.amount),
            "cancelled": yuan(block.cancelled), "prior_period": yuan(block.prior), "closing": yuan(block.due.closing),
            "slips": [
                {"id": one.id, "control_no": one.control_no, "client": one.client, "approved": one.approved,
                 "days": one.days, "amount": yuan(one.amount)}
                for one in block.open
            ],
        },
    }  # fmt: skip


def as_text(block: RebateBlock, lang: Lang) -> Iterator[str]:
    """Both figures of the month, the roll-forward, and what is open with its age."""
    yield _TITLE.say(lang)
    if block.empty:
        yield "    " + _NONE.say(lang)
        return
    yield from wrap(_SLIPS.say(lang).format(count=block.slips, amount=grouped(block.approved)), indent=4)
    collected = _COLLECTED.say(lang).format(count=block.count, sheets=block.sheets, amount=grouped(block.amount))
    yield from wrap(collected, indent=4)
    if block.control_nos:
        yield from wrap(_NUMBERS.say(lang) + " ".join(block.control_nos), indent=4, hang=4)
    yield from wrap(_rolled(block, lang), indent=4, hang=4)
    if block.open:
        yield "    " + _OPEN.say(lang)
        rows = [[one.control_no, one.client, one.approved, f"{one.days}", grouped(one.amount)] for one in block.open]
        yield from table([head.say(lang) for head in _HEADS], rows, "lllrr", indent=4)


def _rolled(block: RebateBlock, lang: Lang) -> str:
    prior = _PRIOR.say(lang).format(sign="+" if block.prior > 0 else "-", amount=grouped(abs(block.prior)))
    return _ROLL.say(lang).format(
        taken=_TAKEN.say(lang).format(amount=grouped(block.taken_over)) if block.taken_over else "",
        opening=grouped(block.due.opening), approved=grouped(block.approved), collected=grouped(block.amount),
        cancelled=grouped(block.cancelled), prior=prior if block.prior else "", closing=grouped(block.due.closing),
    )  # fmt: skip
