"""Outreach 外联: the day's list, what came of it, the week per person and group (C6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from cli.entry import Desk, desk, free_text, some_text
from cli.lang import _t, say
from cli.personal import PersonalOption, given
from cli.render import note
from ledger.core.calls import DEPTHS, INTENTS, SCOPES
from ledger.core.errors import Refused, Unknown, Usage
from ledger.core.words import Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.book.visits import Sum
    from ledger.core.calls import OutreachPlan

app = typer.Typer()

UNIT = Words("拜访单位", "the unit to visit")
SCOPE = Words("外联类别", "the kind of outreach")
DEPTH = Words("达到的程度", "how far it came")
INTENT = Words("合作意向", "whether there is interest")
WHY_NOT = Words("未达成原因", "why nothing came of it")
PERSON = ("contact", "phone")
SUMMARY = Words("情况", "what was said")

ScopeOption = Annotated[
    str | None,
    typer.Option(
        "--scope", metavar="group-buying|member", help=_t("团购或会员，默认团购", "group-buying by default, or member")
    ),
]
ClientOption = Annotated[
    str | None, typer.Option("--client", metavar="CLIENT", help=_t("已建档的客户", "a client that is filed"))
]
VisitorOption = Annotated[
    str | None, typer.Option("--visitor", metavar="WHO", help=_t("外联人，默认经手人", "who; the operator by default"))
]


@app.command(
    help=_t(
        "外联计划：今天拜访哪家\n例：gb outreach plan 长江机械厂",
        "put a unit on the day's list\nExample: gb outreach plan 'Yangtze Works'",
    )
)
def plan(
    *,
    unit: Annotated[str | None, typer.Argument(metavar="UNIT", help=_t(*UNIT))] = None,
    client: ClientOption = None,
    scope: ScopeOption = None,
    visitor: VisitorOption = None,
    day: Annotated[
        str | None, typer.Option("--day", metavar="DATE", help=_t("哪天去，默认今天", "when; today by default"))
    ] = None,
    personal: PersonalOption = None,
) -> None:
    """The unit, who goes, when (C6)."""
    at = desk()
    code, name = at.client(client) if client is not None else "", ""
    if not code:
        code, name = at.call.ask(unit, words=UNIT, name="UNIT", parse=lambda typed: _client_or_unit(at, typed))
    values: dict[str, Any] = {
        "unit": name or None, "client": code or None, "scope": _scope(scope), "visitor": _operator(at, visitor),
        "day": at.day(day) if day is not None else None,
    }  # fmt: skip
    values |= given(at, PERSON, personal, ask=bool(code))
    at.record("visits", "outreach-plan", values)


@app.command(
    help=_t(
        "外联结果：达到的程度、意向、签协议日期、未达成原因\n例：gb outreach log VI-1 --depth discussed --intent yes",
        "what came of it: depth, intent, agreement, why not\nExample: gb outreach log VI-1 --depth discussed --intent yes",
    )
)
def log(
    *,
    what: Annotated[
        str | None,
        typer.Argument(metavar="ID|UNIT", help=_t("计划的编号，或没有计划的单位", "the plan, or a unit without one")),
    ] = None,
    client: ClientOption = None,
    depth: Annotated[
        str | None,
        typer.Option(
            "--depth",
            metavar="DEPTH",
            help=_t(" ".join(f"{key} {one.zh}" for key, one in DEPTHS.items()), " ".join(DEPTHS)),
        ),
    ] = None,
    intent: Annotated[str | None, typer.Option("--intent", metavar="yes|maybe|no", help=_t(*INTENT))] = None,
    agreement: Annotated[
        str | None, typer.Option("--agreement", metavar="DATE", help=_t("签协议日期", "when the agreement is signed"))
    ] = None,
    why_not: Annotated[str | None, typer.Option("--why-not", metavar="TEXT", help=_t(*WHY_NOT))] = None,
    summary: Annotated[str | None, typer.Option("--summary", metavar="TEXT", help=_t(*SUMMARY))] = None,
    scope: ScopeOption = None,
    visitor: VisitorOption = None,
    personal: PersonalOption = None,
) -> None:
    """Against the plan, or of a unit that was visited without one (C6)."""
    at = desk()
    of, who = at.client(client) if client is not None else "", _operator(at, visitor) or at.by
    if of and what is None:
        visited = _Visited(_plan(at, "", who, client=of), of)
    else:
        words = Words("计划编号或单位", "the plan or the unit")
        visited = at.call.ask(what, words=words, name="ID", parse=lambda typed: _visited(at, typed, of, who))
    how_far = at.call.ask(
        depth, words=_asked(DEPTH, DEPTHS), name="--depth", parse=lambda typed: _one(typed, DEPTHS, DEPTH)
    )
    meant = _one(intent, INTENTS, INTENT) if intent is not None else None
    reason = free_text(why_not, WHY_NOT) or None
    if (how_far == "not-met" or meant == "no") and not reason:
        reason = at.call.ask(None, words=WHY_NOT, name="--why-not", parse=lambda typed: some_text(typed, WHY_NOT))
    values: dict[str, Any] = {
        "unit": visited.unit or None, "client": visited.client or None, "depth": how_far, "intent": meant, "why_not": reason,
        "agreement": _day(at, agreement), "summary": free_text(summary, SUMMARY) or None,
        "scope": _scope(scope), "visitor": who,
    }  # fmt: skip
    values |= given(at, PERSON, personal, ask=bool(visited.client))
    at.record("visits", "outreach-result", values, ref=visited.plan)


class _Visited(NamedTuple):
    """What a result is about: its plan, the client, the unit's name where it is typed; what is not known is empty."""

    plan: str
    client: str = ""
    unit: str = ""


def _client_or_unit(at: Desk, typed: str) -> tuple[str, str]:
    """The client of exactly that code or name; else empty and the unit's name."""
    from ledger.book.resolve import named_client

    code = at.pick(lambda: named_client(at.book.state(), typed))
    return (at.client(code), "") if code else ("", _unit(at, typed))


def _unit(at: Desk, typed: str) -> str:
    """The name of a unit that is not filed; what has the form of a client's code is one that was mistyped, and is refused."""
    from ledger.book.resolve import client, has_form_of_code

    if has_form_of_code(at.book.state(), typed):
        client(at.book.state(), typed)
    return some_text(typed, UNIT)


def _plan(at: Desk, typed: str, who: str, *, unit: str = "", client: str = "") -> str:
    """The visitor's one open plan of a unit or client, or empty; of several, each is the same command again with its id.

    What others have planned stays open, and is said.
    """
    from cli import hints
    from ledger.book.draft import Ambiguous
    from ledger.book.visits import outreach_of, outreach_to

    try:
        found = at.pick(lambda: outreach_of(at.book, who, unit=unit, client=client))
    except Ambiguous as several:
        several.next = tuple(hints.instead(typed, key) for key, _ in several.candidates)
        raise
    if not found:
        for key, one in outreach_to(at.book, unit=unit, client=client):
            words = Words(
                f"{one.visitor} 的计划 {key}（{one.day}）没有算作完成；要算就写它的编号，是 {one.visitor} 去的写 --visitor",
                f"the plan {key} of {one.visitor} ({one.day}) stays open; its id does it, --visitor where {one.visitor} went",
            )
            note(words)
    return found


def _visited(at: Desk, typed: str, of: str, who: str) -> _Visited:
    """The plan by its id, or by the whole name of a unit or the client on the list; else that client or unit without one.

    ``of`` is the client that ``--client`` names, or empty.
    """
    from cli.show import is_record
    from ledger.book.resolve import named_client

    if is_record(typed):
        return _of_plan(at, at.record_id(typed), of, who)
    code = of or at.pick(lambda: named_client(at.book.state(), typed))
    if found := _plan(at, typed, who, unit=typed, client=code):
        return _of_plan(at, found, of, who)
    if code and not of:
        return _Visited("", at.client(code))
    return _Visited("", of, _unit(at, typed))


def _of_plan(at: Desk, found: str, of: str, who: str) -> _Visited:
    """That plan, if it is one whose result is not known, and of that client if one is named."""
    from ledger.core.calls import OutreachPlan

    plan = at.book.state().thing(OutreachPlan, found)
    if plan is None:
        raise Unknown(Words(f"{found} 不是外联计划", f"{found} is no plan of outreach"), next=("gb outreach list",))
    if plan.done:
        words = Words(f"{found} 的结果已由 {plan.done} 登记", f"the result of {found} is in {plan.done}")
        raise Refused(words, code="REF-03", next=(f"gb show {plan.done}",))
    if of and plan.client and of != plan.client:
        words = Words(f"{found} 是客户 {plan.client} 的", f"{found} is of client {plan.client}")
        raise Usage(words, next=(f"gb show {found}",))
    if plan.visitor != who:
        words = Words(
            f"{found} 是 {plan.visitor} 的计划，结果记在 {who} 名下；是 {plan.visitor} 去的，冲销后写 --visitor",
            f"{found} is a plan of {plan.visitor}, the result is {who}'s; where {plan.visitor} went, undo it and give --visitor",
        )
        note(words)
    return _Visited(found, of or plan.client)


def _day(at: Desk, typed: str | None) -> Any:
    return at.day(typed) if typed is not None else None


def _asked(words: Words, choices: dict[str, Words]) -> Words:
    from ledger.book.choices import asked

    return asked(words, choices)


def _one(typed: str, choices: dict[str, Words], words: Words) -> str:
    from ledger.book.choices import one_of

    return one_of(typed, choices, words)


def _scope(typed: str | None) -> str | None:
    return _one(typed, SCOPES, SCOPE) if typed is not None else None


def _operator(at: Desk, typed: str | None) -> str | None:
    from cli.operator import known

    return known(at, typed)[0] if typed is not None else None


# -- looking up ----------------------------------------------------------------------------------------------------------


@app.command(
    help=_t(
        "每周外联汇总，按人、按类别\n例：gb outreach week",
        "the week per person and group, for the manager\nExample: gb outreach week",
    )
)
def week(
    period: Annotated[
        str | None,
        typer.Argument(
            metavar="[WEEK]", help=_t("哪一周：本周、上周、其中一天", "this-week, last-week, or a day in it")
        ),
    ] = None,
) -> None:
    """Planned, done, met, interested, agreed, and why not (C6)."""
    import datetime as dt

    from cli.render import emit, emit_json
    from ledger.book.visits import week as add_up

    at = desk()
    start = _monday(at, period)
    end = start + dt.timedelta(days=7)
    found = add_up(at.book, start, end)
    if at.call.json:
        emit_json({"from": start, "to": end - dt.timedelta(days=1), "people": [_json(one) for one in found]})
        return
    emit(
        say(Words(f"外联 {start} 至 {end - dt.timedelta(days=1)}", f"Outreach {start} to {end - dt.timedelta(days=1)}"))
    )
    emit(_table(at, found) if found else say(Words("这一周没有外联", "no outreach in this week")))


def _monday(at: Desk, typed: str | None) -> Any:
    import datetime as dt

    from ledger.core.dates import resolve_period

    start, end = resolve_period(typed or "this-week", at.date() or at.today())
    if (end - start).days > 7:
        raise Usage(Words("这里要一周或一天", "a week or a day is expected here"), next=("gb outreach week last-week",))
    return start - dt.timedelta(days=start.weekday())


def _json(one: Sum) -> dict[str, Any]:
    return {
        "visitor": one.visitor, "scope": one.scope, "planned": one.planned, "done": one.done,
        "unplanned": one.unplanned, "met": one.met,
        "interested": one.interested, "agreements": one.agreements, "why_not": list(one.why_not),
    }  # fmt: skip


def _table(at: Desk, found: Sequence[Sum]) -> str:
    from cli.render import table

    heads = (
        Words("外联人", "who"), Words("类别", "group"), Words("计划", "planned"), Words("完成", "done"),
        Words("计划外", "unplanned"), Words("见到", "met"), Words("有意向", "interested"), Words("达成", "agreed"), Words("未达成原因", "why not"),
    )  # fmt: skip
    rows = [
        (at.named("by", one.visitor), SCOPES[one.scope], one.planned, one.done, one.unplanned, one.met, one.interested, one.agreements,
         "；".join(one.why_not))
        for one in found
    ]  # fmt: skip
    total = [
        sum(getattr(one, name) for one in found)
        for name in ("planned", "done", "unplanned", "met", "interested", "agreements")
    ]
    return table(heads, [*rows, (Words("合计", "total"), None, *total, None)], align="llrrrrrrl")


@app.command("list", help=_t("列出没有结果的外联计划", "list the outreach plans without a result"))
def list_plans() -> None:
    """Oldest first."""
    from cli.render import emit, emit_json
    from ledger.core.calls import OutreachPlan

    at = desk()
    found = sorted(at.book.state().open_things(OutreachPlan), key=lambda one: (one[1].day, one[0]))
    if at.call.json:
        emit_json({"outreach": [{"id": key, "unit": one.unit, "client": one.client or None, "scope": one.scope,
                                 "visitor": one.visitor, "day": one.day} for key, one in found]})  # fmt: skip
    elif found:
        emit(plan_table(at, found))
    else:
        emit(say(Words("没有待登记结果的外联", "no outreach waits for its result")))


def plan_table(at: Desk, found: Sequence[tuple[str, OutreachPlan]]) -> str:
    """Units on the list."""
    from cli.render import table

    heads = (
        Words("日期", "day"),
        Words("编号", "plan"),
        Words("单位", "unit"),
        Words("类别", "group"),
        Words("外联人", "who"),
    )
    rows = [
        (one.day, at.listed_id(key), one.unit, SCOPES[one.scope], at.named("by", one.visitor)) for key, one in found
    ]
    return table(heads, rows)


@app.command(help=_t("查看一条外联", "show a plan or a result"))
def show(record: Annotated[str | None, typer.Argument(metavar="ID", help=_t("编号", "the record"))] = None) -> None:
    """The record and what refers to it."""
    from cli.cards import record_card

    at = desk()
    record_card(at, at.call.ask(record, words=Words("编号", "the record"), name="ID", parse=at.record_id))
