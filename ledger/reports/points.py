"""The month's points, on the sheet and as a report of their own (M2, M3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from ledger.core.money import grouped, yuan
from ledger.core.words import Lang, Words
from ledger.folds.points import PointsBlock
from ledger.reports.report import Cell
from ledger.reports.table import table, wrap

TITLE = Words("会员积分", "Members' points")
_HEAD = Words("{title}    门店：{store}    月份：{month}", "{title}    store: {store}    month: {month}")
_NONE = Words("还没有会员积分", "no points yet")
_LINES: tuple[tuple[str, Words], ...] = (
    ("opening", Words("期初", "opening")),
    ("taken_over", Words("期初接收", "taken over")),
    ("earned", Words("消费积分", "earned")),
    ("topped_up", Words("补积分", "topped up")),
    ("taken_back", Words("扣回多记", "taken back")),
    ("returned", Words("退货扣", "returned")),
    ("awarded", Words("领奖扣", "awards")),
    ("cancelled", Words("领奖作废退回", "awards cancelled")),
    ("expired", Words("过期", "expired")),
    ("prior", Words("更正以前月份", "corrections of earlier months")),
    ("closing", Words("期末", "closing")),
)
"""The roll-forward in the order of the form."""
MOVES = tuple(
    (name, -1 if name in ("taken_back", "returned", "awarded", "expired") else 1, words)
    for name, words in _LINES
    if name not in ("opening", "closing")
)
"""What happens to points between opening and closing, with its sign."""
_AT_TIMES = frozenset({"taken_over", "taken_back", "cancelled", "prior"})
"""What a month seldom has: no column where there is nothing in it."""
_TAKES = frozenset(name for name, sign, _ in MOVES if sign < 0)
_COUNTS = Words(
    "会员 {members} 人（余额为负 {below} 人），消费 {purchases} 笔，退货 {returns} 笔",
    "{members} members ({below} below zero), {purchases} purchases, {returns} returns",
)
_AWARDS = Words(
    "领奖单 {awards} 张，发放奖品 {handed_over} 次，奖品成本 {cost}",
    "{awards} award slips, goods handed over {handed_over} times, cost of goods {cost}",
)
_OPEN = Words("领奖单没有发奖品：", "award slips without their goods:")
_HEADS = (
    Words("领奖单号", "slip"), Words("会员", "member"), Words("积分", "points"), Words("奖品", "goods"),
    Words("日期", "date"), Words("天数", "days"),
)  # fmt: skip


def as_json(block: PointsBlock) -> dict[str, Any]:
    """The roll-forward in points, the counts, and the award slips without goods with their age."""
    return {
        **{name: getattr(block, name) for name, _ in _LINES},
        "difference": block.difference, "members": block.members, "below_zero": block.below,
        "purchases": block.purchases, "returns": block.returns, "awards": block.awards,
        "handed_over": block.handed_over, "cost": yuan(block.cost), "open": [one._asdict() for one in block.open],
    }  # fmt: skip


def as_text(block: PointsBlock, lang: Lang) -> Iterator[str]:
    """The roll-forward, the counts, the open slips."""
    yield TITLE.say(lang)
    yield from table(
        [words.say(lang) for name, words in _LINES if _shown(block, name)],
        [[_signed(block, name) for name, _ in _LINES if _shown(block, name)]],
        "r" * len(_LINES),
        indent=4,
    )
    counts = _COUNTS.say(lang).format(
        **{name: getattr(block, name) for name in ("members", "below", "purchases", "returns")}
    )
    yield from wrap(counts, indent=4)
    if block.awards or block.handed_over:
        awards = _AWARDS.say(lang).format(awards=block.awards, handed_over=block.handed_over, cost=grouped(block.cost))
        yield from wrap(awards, indent=4)
    if block.open:
        yield "    " + _OPEN.say(lang)
        rows = [[one.number, one.member, f"{one.points:,}", one.goods, one.date, f"{one.days}"] for one in block.open]
        yield from table([one.say(lang) for one in _HEADS], rows, "llrllr", indent=4)


def _shown(block: PointsBlock, name: str) -> bool:
    return name not in _AT_TIMES or bool(getattr(block, name))


def _signed(block: PointsBlock, name: str) -> str:
    value = getattr(block, name)
    return f"{-value if name in _TAKES else value:,}"


class PointsReport(msgspec.Struct, frozen=True, kw_only=True):
    """The month's points as a report; ``block`` is None in a store without any."""

    store: str
    month: str
    block: PointsBlock | None

    def as_json(self, lang: Lang) -> dict[str, Any]:  # noqa: ARG002 - nothing here is in words
        """The block under the store and the month."""
        return {"store": self.store, "month": self.month, **(as_json(self.block) if self.block else {})}

    def as_text(self, lang: Lang) -> str:
        """The block as it stands on the month's sheet."""
        head = _HEAD.say(lang).format(title=TITLE.say(lang), store=self.store, month=self.month)
        body = list(as_text(self.block, lang))[1:] if self.block else [_NONE.say(lang)]
        return "\n".join([*wrap(head), "", *body])

    def as_rows(self, lang: Lang) -> Iterable[Sequence[Cell]]:
        """One row a figure, then one row an open slip."""
        yield [Words("项目", "item").say(lang), Words("积分", "points").say(lang), *(one.say(lang) for one in _HEADS)]
        if self.block is None:
            return
        for name, words in _LINES:
            yield [words.say(lang), getattr(self.block, name), *(None for _ in _HEADS)]
        for one in self.block.open:
            row: list[Cell] = [_OPEN.say(lang), None, one.number, one.member, one.points, one.goods, one.date, one.days]
            yield row
