"""Calls and visits 客户回访: planned, logged, what is due, the book of calls, the festivals (C3–C5, C7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.entry import Desk, amount, desk, free_text, some_text
from cli.festivals import festival_name, plan_targets, show_festivals, show_targets, window_of, year_of
from cli.lang import _t, say
from cli.personal import PersonalOption, given
from cli.render import note
from cli.sale import CLIENT
from ledger.core.calls import HOW, WANTS
from ledger.core.errors import Refused, Unknown, Usage
from ledger.core.personal import masked_all
from ledger.core.words import Words

if TYPE_CHECKING:
    import datetime as dt

    from ledger.core.records.visits import Contacted

app = typer.Typer()

SUMMARY = Words("内容概括", "what was said, in short")
VISITOR = Words("回访人", "who calls or visits")
FESTIVAL = Words("节日", "the festival")
TOPIC = Words("事由", "what it is about")
GOODS = Words("意向商品", "which goods are wanted")
GIFT = Words("礼品", "the gift")
WANT = Words("节前是否发放职工福利", "are welfare gifts planned before the festival")
WAY = Words("方式", "how")

ClientArgument = Annotated[str | None, typer.Argument(metavar="CLIENT", help=_t(*CLIENT))]
HowOption = Annotated[str | None, typer.Option("--how", metavar="call|visit", help=_t("电话或上门", "call or visit"))]
VisitorOption = Annotated[
    str | None, typer.Option("--visitor", metavar="WHO", help=_t("回访人，默认经手人", "who; the operator by default"))
]
FestivalOption = Annotated[
    str | None, typer.Option("--festival", metavar="NAME", help=_t("为哪个节日，如 中秋", "for which festival"))
]
PlanOption = Annotated[
    str | None,
    typer.Option(
        "--plan",
        metavar="ID",
        help=_t(
            "完成哪个计划；默认自己对这个客户的那一个，或当天该做的",
            "the plan it does; by default the visitor's own, or one for that day",
        ),
    ),
]
WelfareOption = Annotated[
    str | None,
    typer.Option("--welfare", metavar="yes|no|undecided", help=_t("节前是否发放福利", "welfare gifts planned")),
]
BudgetOption = Annotated[
    str | None, typer.Option("--budget", metavar="AMOUNT", help=_t("预算金额", "the amount planned"))
]
GiftOption = Annotated[str | None, typer.Option("--gift", metavar="TEXT", help=_t("上门送的礼品", "the gift given"))]
GiftValueOption = Annotated[
    str | None, typer.Option("--gift-value", metavar="AMOUNT", help=_t("礼品价值", "the gift's value"))
]
FollowUpOption = Annotated[
    str | None,
    typer.Option("--next", metavar="DATE", help=_t("下次跟进", "the follow-up, which is planned by this")),
]


def _help(zh: str, en: str, example: str) -> str:
    """What the command does, and a line to try."""
    return _t(f"{zh}\n例：{example}", f"{en}\nExample: {example}")


# -- planned and logged --------------------------------------------------------------------------------------------------


@app.command(help=_help("计划一次回访", "plan a call or visit", "gb visit plan C001 --due 10-20"))
def plan(
    *,
    client: ClientArgument = None,
    due: Annotated[
        str | None, typer.Option("--due", metavar="DATE", help=_t("最迟哪天", "the last day in time"))
    ] = None,
    how: HowOption = None,
    visitor: VisitorOption = None,
    festival: FestivalOption = None,
    topic: Annotated[str | None, typer.Option("--topic", metavar="TEXT", help=_t(*TOPIC))] = None,
) -> None:
    """Whom, until when, about what (C5)."""
    at = desk()
    code = at.call.ask(client, words=CLIENT, name="CLIENT", parse=at.client)
    day = at.call.ask(due, words=Words("最迟日期", "due"), name="--due", parse=at.day)
    _refuse_past(day, at.date() or at.today())
    values = {
        "client": code, "due": day, "how": _way(how), "visitor": _operator(at, visitor),
        "festival": festival_name(festival, day), "topic": free_text(topic, TOPIC) or None,
    }  # fmt: skip
    at.record("visits", "plan", values)


def _refuse_past(day: dt.date, today: dt.date) -> None:
    """Nobody plans what is overdue already (DAT-01)."""
    if day < today:
        words = Words(f"最迟日期 {day} 已过（今天 {today}）", f"the last day, {day}, is past: it is {today}")
        raise Refused(words, code="DAT-01", next=(f"--due {today}",))


@app.command(
    help=_help(
        "登记一次回访；礼品连同价值", "log a call or visit; a gift with its value",
        "gb visit log C001 --plan VI-1 --welfare yes --budget 20000 --next 10-20",
    )
)  # fmt: skip
def log(
    *,
    client: ClientArgument = None,
    planned: PlanOption = None,
    unplanned: Annotated[bool, typer.Option("--unplanned", help=_t("不算完成任何计划", "it does no plan"))] = False,
    how: HowOption = None,
    visitor: VisitorOption = None,
    festival: FestivalOption = None,
    summary: Annotated[str | None, typer.Option("--summary", metavar="TEXT", help=_t(*SUMMARY))] = None,
    welfare: WelfareOption = None,
    goods: Annotated[str | None, typer.Option("--goods", metavar="TEXT", help=_t(*GOODS))] = None,
    budget: BudgetOption = None,
    gift: GiftOption = None,
    gift_value: GiftValueOption = None,
    follow: FollowUpOption = None,
    personal: PersonalOption = None,
) -> None:
    """Time, client, summary, visitor; what was asked before a festival; the gift; the follow-up (C3–C5)."""
    at = desk()
    who = _operator(at, visitor)
    code, ref = _which(at, client, planned, who or at.by, unplanned=unplanned)
    doing = _plan(at, ref)
    kind = {"call": "call-note", "visit": "visit"}[_way(how) or (doing.how if doing else "call")]
    if gift is not None or gift_value is not None:
        kind = _with_gift(kind, how, gift, gift_value)
    text = at.call.ask(summary, words=SUMMARY, name="--summary", parse=lambda typed: some_text(typed, SUMMARY))
    about = festival_name(festival, at.date() or at.today())
    asked = bool(about or (doing and doing.festival))
    values: dict[str, Any] = {
        "client": code, "visitor": who, "festival": about, "summary": text,
        "wants": _want(at, welfare, asked=asked), "goods": _goods(at, goods, asked=asked),
        "budget": _budget(at, budget, asked=asked), "next": at.day(follow) if follow is not None else None,
    }  # fmt: skip
    if gift is not None and gift_value is not None:
        values |= {"gift": some_text(gift, GIFT), "gift_value": amount(gift_value)}
    values |= given(at, ("contact",), personal)
    at.record("visits", kind, values, ref=ref)


def _which(at: Desk, client: str | None, planned: str | None, who: str, *, unplanned: bool) -> tuple[str, str]:
    """The client, and the plan that is done or empty; a plan names its client."""
    if planned is None:
        code = at.call.ask(client, words=CLIENT, name="CLIENT", parse=at.client)
        return code, "" if unplanned else _own_plan(at, code, who)
    ref = at.record_id(planned)
    doing = _plan(at, ref)
    if doing is None:
        raise Unknown(Words(f"{ref} 不是回访计划", f"{ref} is no plan of a call"), next=("gb visit due",))
    if doing.done:
        words = Words(f"{ref} 已由 {doing.done} 完成", f"{ref} was done by {doing.done}")
        raise Refused(words, code="REF-03", next=(f"gb show {doing.done}",))
    if client is not None and at.client(client) != doing.client:
        words = Words(f"{ref} 是客户 {doing.client} 的", f"{ref} is of client {doing.client}")
        raise Usage(words, next=(f"gb show {ref}",))
    return doing.client, ref


def _own_plan(at: Desk, client: str, who: str) -> str:
    """The visitor's one plan of the client, or empty; what others have planned stays open, and is said."""
    from ledger.book.visits import plan_of, plans_of

    found = at.pick(lambda: plan_of(at.book, client, who, at.date() or at.today()))
    if not found:
        for key, one in plans_of(at.book, client):
            words = Words(
                f"{one.visitor} 的计划 {key}（{one.due}）没有算作完成；要算就写 --plan {key}",
                f"the plan {key} of {one.visitor} ({one.due}) stays open; --plan {key} does it",
            )
            note(words)
    return found


def _plan(at: Desk, ref: str) -> Any:
    from ledger.core.calls import CallPlan

    return at.book.state().thing(CallPlan, ref) if ref else None


def _way(typed: str | None) -> str | None:
    from ledger.book.choices import one_of

    return one_of(typed, HOW, WAY) if typed is not None else None


def _with_gift(kind: str, how: str | None, gift: str | None, value: str | None) -> str:
    """A gift is given on a visit, with its value."""
    if how is not None and kind == "call-note":
        words = Words("电话回访不送礼品；上门写 --how visit", "no gift is given by telephone: --how visit")
        raise Usage(words, next=("--how visit",))
    if gift is None or value is None:
        words = Words(
            "礼品和价值要一起写：--gift --gift-value", "a gift and its value go together: --gift, --gift-value"
        )
        raise Usage(words, next=("gb visit log --help",))
    return "visit"


def _operator(at: Desk, typed: str | None) -> str | None:
    from cli.operator import known

    return known(at, typed)[0] if typed is not None else None


def _want(at: Desk, typed: str | None, *, asked: bool) -> str | None:
    from ledger.book.choices import asked as label
    from ledger.book.choices import one_of

    words = label(WANT, WANTS)
    if typed is None and not (asked and at.call.interactive):
        return None
    return at.call.ask(typed, words=words, name="--welfare", parse=lambda text: one_of(text, WANTS, WANT))


def _goods(at: Desk, typed: str | None, *, asked: bool) -> str | None:
    if typed is None and not (asked and at.call.interactive):
        return None
    return at.call.ask(typed, words=GOODS, name="--goods", parse=lambda text: free_text(text.strip(), GOODS)) or None


def _budget(at: Desk, typed: str | None, *, asked: bool) -> int | None:
    words = Words("预算金额，直接回车：没有", "the amount planned; Enter: none")
    if typed is None and not (asked and at.call.interactive):
        return None
    return at.call.ask(typed, words=words, name="--budget", parse=lambda text: amount(text) if text else 0) or None


# -- what is due ---------------------------------------------------------------------------------------------------------


@app.command(
    help=_help("该打的电话、该上的门、当天的外联", "calls, visits and outreach that are due", "gb visit due --ahead 7")
)
def due(
    *,
    visitor: VisitorOption = None,
    ahead: Annotated[
        str | None, typer.Option("--ahead", metavar="DAYS", help=_t("再看几天", "so many days ahead too"))
    ] = None,
) -> None:
    """Plans due or overdue, new clients within 7 days, calls after service within 3, open festivals (C3, C5, C7)."""
    from cli.due import due_json, due_text
    from cli.render import emit, emit_json
    from ledger.book.visits import due as look

    at = desk()
    found = look(at.book, at.date() or at.today(), ahead=_days(ahead), visitor=_operator(at, visitor) or "")
    if at.call.json:
        emit_json(due_json(found))
        return
    emit(due_text(at, found) or say(Words("没有要回访的。", "Nobody is to be called.")))


def _days(typed: str | None) -> int:
    from ledger.core.text import fold, shown

    text = fold(typed or "0")
    if not (text.isascii() and text.isdecimal() and len(text) <= 3):
        raise Usage(Words(f"“{shown(text)}”不是天数", f"“{shown(text)}” is no number of days"), next=("--ahead 7",))
    return int(text)


# -- festivals -----------------------------------------------------------------------------------------------------------


@app.command(
    help=_help(
        "节日回访：日期、回访对象；--plan 给每个对象登记计划", "festivals: days of calls and whom to call; --plan plans them",
        "gb visit festival mid-autumn --plan",
    )
)  # fmt: skip
def festival(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help=_t(*FESTIVAL))] = None,
    year: Annotated[str | None, typer.Option("--year", metavar="Y", help=_t("哪一年的", "of which year"))] = None,
    plan: Annotated[bool, typer.Option("--plan", help=_t("登记计划", "plan the calls"))] = False,
) -> None:
    """The days of the five festivals, or one with its target list (C3, C4)."""
    at = desk()
    if name is None:
        if plan:
            raise Usage(Words("给哪个节日登记计划？", "plan the calls of which festival?"), next=("gb visit festival",))
        show_festivals(at, year_of(at, year))
        return
    asked = window_of(at, name, year)
    if plan:
        plan_targets(at, asked)
    else:
        show_targets(at, asked)


# -- the book of calls ---------------------------------------------------------------------------------------------------

MonthOption = Annotated[
    str | None, typer.Option("--month", metavar="MONTH", help=_t("月份，默认本月", "the month; this one by default"))
]
ClientOption = Annotated[
    str | None, typer.Option("--client", metavar="CLIENT", help=_t("只看这个客户", "of this client"))
]


@app.command(help=_help("客户回访登记本", "the book of calls and visits", "gb visit book --month 2026-10"))
def book(month: MonthOption = None, client: ClientOption = None) -> None:
    """Time, client, summary, visitor (C5)."""
    _book(desk(), month, client)


@app.command("list", help=_t("同 book：列出回访", "as book: list calls and visits"))
def list_visits(month: MonthOption = None, client: ClientOption = None) -> None:
    """Every noun has a list."""
    _book(desk(), month, client)


def _book(at: Desk, month: str | None, client: str | None) -> None:
    import datetime as dt

    from cli.render import emit, emit_json
    from ledger.book.visits import book_of_calls
    from ledger.core.dates import Month, resolve_month

    code = at.client(client) if client is not None else ""
    asked = resolve_month(month, at.today()) if month is not None else Month.of(at.date() or at.today())
    whole = bool(code) and month is None
    start, end = (dt.date.min, dt.date.max) if whole else (asked.first, asked.after)
    found = book_of_calls(at.book, start, end, client=code)
    if at.call.json:
        emit_json({"month": None if whole else asked.text, "visits": [masked_all(one.encode()) for one in found]})
    elif found:
        emit(book_table(at, found))
    else:
        emit(say(Words("没有登记回访", "no call or visit is logged")))


def book_table(at: Desk, found: list[Contacted]) -> str:
    """The book of calls as the department's form has it."""
    from cli.render import table

    heads = (
        Words("时间", "time"), Words("方式", "how"), Words("客户", "client"), Words("内容概括", "summary"),
        Words("回访人", "visitor"),
    )  # fmt: skip
    rows = [
        (f"{one.date} {one.at:%H:%M}", HOW[one.HOW], at.named("client", one.client), "；".join(_told(one)), one.visitor)
        for one in found
    ]
    return table(heads, rows)


def _told(one: Contacted) -> list[str]:
    from ledger.core.money import grouped
    from ledger.core.records.visits import Visit

    parts = [one.summary]
    if one.wants:
        parts.append(say(Words(WANTS[one.wants].zh, f"welfare gifts: {one.wants}")))
    parts += [one.goods] if one.goods else []
    parts += [f"¥{grouped(one.budget)}"] if one.budget else []
    if isinstance(one, Visit) and one.gift:
        parts.append(
            say(Words(f"礼品 {one.gift} ¥{grouped(one.gift_value)}", f"gift {one.gift} ¥{grouped(one.gift_value)}"))
        )
    if one.next:
        parts.append(say(Words(f"{one.next} 跟进", f"follow-up {one.next}")))
    return parts


@app.command(help=_t("查看一次回访或一个计划", "show a call, a visit or a plan"))
def show(record: Annotated[str | None, typer.Argument(metavar="ID", help=_t("编号", "the record"))] = None) -> None:
    """The record and what refers to it."""
    from cli.cards import record_card

    at = desk()
    record_card(at, at.call.ask(record, words=Words("编号", "the record"), name="ID", parse=at.record_id))
