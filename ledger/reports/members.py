"""The month's figures of the member centre (M9)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from ledger.core.members import STATUSES
from ledger.core.money import grouped, yuan
from ledger.core.points import STANDINGS, TIERS
from ledger.core.ratios import percent
from ledger.core.words import Lang, Words
from ledger.folds.members import MemberFigures
from ledger.reports.report import Cell, Money
from ledger.reports.table import table, wrap

TITLE = Words("会员", "Members")
_HEAD = Words("{title}    门店：{store}    月份：{month}", "{title}    store: {store}    month: {month}")
_SET = Words("（指标 {target}）", " (target {target})")
_BUDGET = Words("（预算 {target}）", " (budget {target})")
_HEADS = (Words("项目", "item"), Words("数", "figure"))


class MembersReport(msgspec.Struct, frozen=True, kw_only=True):
    """The figures, ready to be shown."""

    store: str
    figures: MemberFigures

    def as_json(self, lang: Lang) -> dict[str, Any]:  # noqa: ARG002 - nothing here is in words
        """Every figure by its name; the repurchase rate in percent with one decimal, None where nobody bought."""
        one = self.figures
        return {
            "store": self.store, "month": one.month.text, "members": one.members, "recruited": one.recruited,
            "target": one.target or None, "recruiters": dict(one.recruiters), "activated": one.activated,
            "statuses": dict(one.statuses), "tiers": dict(one.tiers), "standings": dict(one.standings),
            "buyers": one.buyers, "repeat_buyers": one.repeat_buyers, "repurchase_percent": _percent(one),
            "awards": one.awards, "gift_cost": yuan(one.cost),
            "gift_budget": yuan(one.budget) if one.budget is not None else None,
            "cost_per_member": yuan(one.cost_per_member) if one.cost_per_member is not None else None,
        }  # fmt: skip

    def as_text(self, lang: Lang) -> str:
        """One line a figure."""
        head = _HEAD.say(lang).format(title=TITLE.say(lang), store=self.store, month=self.figures.month.text)
        rows = [[words.say(lang), text] for words, text in self._lines(lang)]
        return "\n".join([*wrap(head), "", *table([one.say(lang) for one in _HEADS], rows, "lr")])

    def _lines(self, lang: Lang) -> Iterator[tuple[Words, str]]:
        one = self.figures
        target = _SET.say(lang).format(target=one.target) if one.target else ""
        budget = _BUDGET.say(lang).format(target=grouped(one.budget)) if one.budget is not None else ""
        yield Words("会员人数", "members"), f"{one.members:,}"
        yield Words("本月招募", "recruited in the month"), f"{one.recruited:,}{target}"
        for code, count in one.recruiters.items():
            yield Words(f"  {code}", f"  {code}"), f"{count:,}"
        yield Words("本月激活", "cards activated in the month"), f"{one.activated:,}"
        for names, counts in ((STATUSES, one.statuses), (TIERS, one.tiers), (STANDINGS, one.standings)):
            for name, words in names.items():
                yield words, f"{counts[name]:,}"
        yield Words("十二个月内消费过的会员", "members who bought in twelve months"), f"{one.buyers:,}"
        yield Words("复购率", "repurchase rate"), f"{_percent(one)} %" if one.buyers else "—"
        yield Words("领奖单", "award slips"), f"{one.awards:,}"
        yield Words("奖品成本", "cost of gifts"), grouped(one.cost) + budget
        if one.cost_per_member is not None:
            yield Words("人均成本", "cost per member"), grouped(one.cost_per_member)

    def as_rows(self, lang: Lang) -> Iterable[Sequence[Cell]]:
        """One row a figure, with its name in the JSON."""
        yield [one.say(lang) for one in _HEADS]
        for name, value in self.as_json(lang).items():
            if isinstance(value, dict):
                yield from ([f"{name}.{key}", count] for key, count in value.items())
            elif name in ("gift_cost", "gift_budget", "cost_per_member") and value is not None:
                yield [name, Money(int(value.replace(".", "")))]
            else:
                yield [name, value]


def _percent(one: MemberFigures) -> str | None:
    """With one decimal."""
    return None if one.repurchase is None else percent(one.repurchase)
