"""Calls that are due 待回访: planned, owed by rule, outreach, festivals, complaints; for people and for programs (C3, C5, C7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cli.lang import say
from cli.openitems import complaints
from ledger.core.calls import HOW
from ledger.core.words import Words, many

if TYPE_CHECKING:
    from cli.entry import Desk
    from ledger.book.visits import Due

OWED = {"new": Words("新客户首次联系", "first contact"), "service": Words("服务后回访", "call after service")}


def due_json(found: Due) -> dict[str, Any]:
    """What is due for programs."""
    return {
        "date": found.day,
        "planned": [
            {"id": one.id, "client": one.plan.client, "due": one.plan.due, "how": one.plan.how,
             "visitor": one.plan.visitor, "festival": one.plan.festival or None, "topic": one.plan.topic or None,
             "overdue": one.overdue}
            for one in found.planned
        ],
        "owed": [
            {"client": one.client, "why": one.why, "since": one.since, "due": one.due, "overdue": one.overdue,
             "id": one.record}
            for one in found.owed
        ],
        "outreach": [
            {"id": key, "unit": one.unit, "client": one.client or None, "scope": one.scope, "visitor": one.visitor,
             "day": one.day}
            for key, one in found.outreach
        ],
        "festivals": [
            {"festival": one.window.name, "date": one.window.day, "from": one.window.start, "to": one.window.last,
             "listed": one.listed, "called": one.called}
            for one in found.campaigns
        ],
        "complaints": [key for key, _ in found.complaints],
    }  # fmt: skip


def due_text(at: Desk, found: Due) -> str:
    """What is due for people, a table for each sort; empty when nobody is to be called."""
    lines = [*_planned(at, found), *_owed(at, found), *_outreach(at, found), *_campaigns(found)]
    if found.complaints:
        lines.append(complaints(len(found.complaints)))
    return "\n".join(lines)


def _planned(at: Desk, found: Due) -> list[str]:
    from cli.render import table
    from ledger.core.festivals import name_words

    heads = (
        Words("最迟", "due"), Words("编号", "plan"), Words("方式", "how"), Words("客户", "client"),
        Words("回访人", "visitor"), Words("事由", "about"),
    )  # fmt: skip
    rows = [
        (
            f"{one.plan.due}{' !' if one.overdue else ''}", at.listed_id(one.id), say(HOW[one.plan.how]),
            at.named("client", one.plan.client), one.plan.visitor,
            " ".join(filter(None, (say(name_words(one.plan.festival)) if one.plan.festival else "", one.plan.topic))),
        )
        for one in found.planned
    ]  # fmt: skip
    return [say(Words("计划的回访（! 已过期）", "Planned (! overdue)")), table(heads, rows), ""] if rows else []


def _owed(at: Desk, found: Due) -> list[str]:
    from cli.render import table

    heads = (Words("最迟", "due"), Words("客户", "client"), Words("为什么", "why"), Words("自", "since"))
    rows = [
        (f"{one.due}{' !' if one.overdue else ''}", at.named("client", one.client), OWED[one.why], one.since)
        for one in found.owed
    ]
    return [say(Words("按规则要联系的（! 已过期）", "By rule (! overdue)")), table(heads, rows), ""] if rows else []


def _outreach(at: Desk, found: Due) -> list[str]:
    from cli.outreach import plan_table

    if not found.outreach:
        return []
    return [say(Words("外联计划", "Outreach")), plan_table(at, found.outreach), ""]


def _campaigns(found: Due) -> list[str]:
    from ledger.core.festivals import name_words

    return [
        say(
            Words(
                f"{name_words(one.window.name).zh}回访 {one.window.start} 至 {one.window.last}：{one.listed} 家，已回访 {one.called} 家",
                f"{name_words(one.window.name).en}, calls {one.window.start} to {one.window.last}: "
                f"{many(one.listed, 'client')}, {one.called} called",
            )
        )
        for one in found.campaigns
    ]
