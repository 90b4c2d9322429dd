"""VIS: calls and visits; what one record shows is judged in :mod:`ledger.core.records.visits`."""

from __future__ import annotations

from ledger.checks.explained import Explained
from ledger.core.words import Words

CODES: dict[str, Explained] = {
    "VIS-01": Explained(
        Words("礼品超过上限", "gifts above the cap"),
        Words(
            "一个客户为同一节日收到的拜访礼品合计超过规则“礼品”的上限",
            "what a client was given on visits for one festival is more than the rule gifts allows",
        ),
        Words(
            "几个人分别拜访，各带一份；或价值登记错了",
            "two people visited, each with a gift; or the value was mistyped",
        ),
        Words(
            "登记时会拒绝；合并后才发现的，由主管写处理意见",
            "entry refuses it; when it is found after a merge a supervisor answers it",
        ),
    ),
}
