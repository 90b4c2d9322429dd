"""Calls and visits 客户回访: planned, logged, what is due, the book of calls, the festivals (C3–C5, C7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.entry import Desk, amount, desk, free_text, some_text
from cli.lang import _t, say
from cli.personal import PersonalOption, given
from cli.render import note
from cli.sale import CLIENT
from ledger.core.calls import HOW, WANTS
from ledger.core.errors import Refused, Unknown, Usage
from ledger.core.personal import masked_all
from ledger.core.words import Words, many

if TYPE_CHECKING:
    import datetime as dt

    from ledger.book.visits import Due, Target
    from ledger.core.festivals import Window
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
    values = {
        "client": code, "due": day, "how": _way(how), "visitor": _operator(at, visitor),
        "festival": _festival(festival, day), "topic": free_text(topic, TOPIC) or None,
    }  # fmt: skip
    at.record("visits", "plan", values)


@app.command(
    help=_help(
        "登记一次回访；礼品连同价值", "log a call or visit; a gift with its value",
        "gb visit log C001 --plan VI-1 --welfare yes --budget 20000 --next 10-20",
    )
)  # fmt: skip
def log(
    *,
    client: ClientArgument = None,
    planned: Annotated[
        str | None,
        typer.Option(
            "--plan",
            metavar="ID",
            help=_t(
                "完成哪个计划；默认自己对这个客户的那一个，或当天该做的",
                "the plan it does; by default the visitor's own, or one for that day",
            ),
        ),
    ] = None,
    unplanned: Annotated[bool, typer.Option("--unplanned", help=_t("不算完成任何计划", "it does no plan"))] = False,
    how: HowOption = None,
    visitor: VisitorOption = None,
    festival: FestivalOption = None,
    summary: Annotated[str | None, typer.Option("--summary", metavar="TEXT", help=_t(*SUMMARY))] = None,
    welfare: Annotated[
        str | None,
        typer.Option("--welfare", metavar="yes|no|undecided", help=_t("节前是否发放福利", "welfare gifts planned")),
    ] = None,
    goods: Annotated[str | None, typer.Option("--goods", metavar="TEXT", help=_t(*GOODS))] = None,
    budget: Annotated[
        str | None, typer.Option("--budget", metavar="AMOUNT", help=_t("预算金额", "the amount planned"))
    ] = None,
    gift: Annotated[
        str | None, typer.Option("--gift", metavar="TEXT", help=_t("上门送的礼品", "the gift given"))
    ] = None,
    gift_value: Annotated[
        str | None, typer.Option("--gift-value", metavar="AMOUNT", help=_t("礼品价值", "the gift's value"))
    ] = None,
    follow: Annotated[
        str | None,
        typer.Option("--next", metavar="DATE", help=_t("下次跟进", "the follow-up, which is planned by this")),
    ] = None,
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
    about = _festival(festival, at.date() or at.today())
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


def _festival(typed: str | None, day: dt.date) -> str | None:
    """The next festival of that name from ``day`` on, as a record calls it; a year may be typed before it."""
    if typed is None:
        return None
    from ledger.core.festivals import festival_day

    key, year = _named_festival(typed)
    years = (year,) if year else (day.year, day.year + 1)
    for one in years:
        found = festival_day(key, one)
        if found is not None and (year or found >= day):
            return f"{one}-{key}"
    raise _no_date(key, years[0])


def _named_festival(typed: str) -> tuple[str, int]:
    """The festival and its year, 0 where none is typed; raises :class:`Usage`."""
    import re

    from ledger.core.festivals import FESTIVALS, named
    from ledger.core.text import fold, shown

    found = re.fullmatch(r"(?:([0-9]{4})\s*年?[-\s]*)?(.+)", fold(typed))
    key = named(found[2]) if found else ""
    if not found or not key:
        known = " ".join(f"{name} {words.zh}" for name, words in FESTIVALS.items())
        words = Words(
            f"没有“{shown(typed)}”这个节日：{known}", f"there is no festival “{shown(typed)}”: {' '.join(FESTIVALS)}"
        )
        raise Usage(words, next=("gb visit festival",))
    return key, int(found[1] or 0)


def _no_date(key: str, year: int) -> Refused:
    from ledger.core.festivals import FESTIVALS

    words = Words(f"{year} 年{FESTIVALS[key].zh}的日期不知道", f"the date of {FESTIVALS[key].en} {year} is not known")
    return Refused(words, code="DAT-01", next=("gb visit festival --year 2026",))


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
    from cli.render import emit, emit_json
    from ledger.book.visits import due as look

    at = desk()
    found = look(at.book, at.date() or at.today(), ahead=_days(ahead), visitor=_operator(at, visitor) or "")
    if at.call.json:
        emit_json(due_json(found))
        return
    lines = [*_planned(at, found), *_owed(at, found), *_outreach(at, found), *_campaigns(found), *_complaints(found)]
    emit("\n".join(lines) or say(Words("没有要回访的。", "Nobody is to be called.")))


def _days(typed: str | None) -> int:
    from ledger.core.text import fold, shown

    text = fold(typed or "0")
    if not (text.isascii() and text.isdecimal() and len(text) <= 3):
        raise Usage(Words(f"“{shown(text)}”不是天数", f"“{shown(text)}” is no number of days"), next=("--ahead 7",))
    return int(text)


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


def _planned(at: Desk, found: Due) -> list[str]:
    from cli.listing import id_with_terminal
    from cli.render import table
    from ledger.core.festivals import name_words

    heads = (
        Words("最迟", "due"), Words("编号", "plan"), Words("方式", "how"), Words("客户", "client"),
        Words("回访人", "visitor"), Words("事由", "about"),
    )  # fmt: skip
    rows = [
        (
            f"{one.plan.due}{' !' if one.overdue else ''}", id_with_terminal(one.id), say(HOW[one.plan.how]),
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


def _complaints(found: Due) -> list[str]:
    count = len(found.complaints)
    words = Words(
        f"{count} 件投诉待答复：gb client complaints", f"{many(count, 'complaint')} to answer: gb client complaints"
    )
    return [say(words)] if count else []


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
        _all_festivals(at, _year(at, year))
        return
    asked = _asked(at, name, year)
    if plan:
        _plan_all(at, asked)
    else:
        _show_targets(at, asked)


def _year(at: Desk, typed: str | None) -> int:
    from ledger.core.dates import resolve_period

    return resolve_period(typed, at.today())[0].year if typed is not None else (at.date() or at.today()).year


def _asked(at: Desk, name: str, year: str | None) -> Window:
    """The days of the festival that is meant: of the year typed, else the one whose calls are not over yet."""
    from ledger.book.visits import campaign

    key, typed = _named_festival(name)
    today = at.date() or at.today()
    years = [typed or _year(at, year)] if typed or year is not None else [today.year, today.year + 1]
    found = [one for each in years if (one := campaign(at.book.rules, key, each, today)) is not None]
    open_ = [one for one in found if one.day >= today] or found
    if not open_:
        raise _no_date(key, years[0])
    return open_[0]


def _all_festivals(at: Desk, year: int) -> None:
    from cli.render import emit, emit_json, table
    from ledger.book.visits import campaign, targets
    from ledger.core.festivals import FESTIVALS

    found = [campaign(at.book.rules, key, year, at.date() or at.today()) for key in FESTIVALS]
    known = sorted((one for one in found if one is not None), key=lambda one: one.day)
    lists = {one.festival: targets(at.book, one) for one in known}
    if at.call.json:
        emit_json({"year": year, "festivals": [_window_json(one, lists[one.festival]) for one in known]})
        return
    heads = (
        Words("节日", "festival"), Words("日期", "date"), Words("回访开始", "calls from"), Words("到", "to"),
        Words("对象", "listed"), Words("已回访", "called"),
    )  # fmt: skip
    rows = [
        (FESTIVALS[one.festival], one.day, one.start, one.last, len(lists[one.festival]),
         sum(1 for target in lists[one.festival] if target.done))
        for one in known
    ]  # fmt: skip
    emit(table(heads, rows, align="llllrr"))


def _window_json(one: Window, listed: list[Target]) -> dict[str, Any]:
    return {
        "festival": one.festival, "name": one.name, "date": one.day, "from": one.start, "to": one.last,
        "targets": [_target_json(target) for target in listed],
    }  # fmt: skip


def _target_json(one: Target) -> dict[str, Any]:
    from ledger.core.money import yuan

    return {
        "client": one.client, "why": one.why, "amount": yuan(one.bought.amount), "purchases": one.bought.times,
        "last": one.bought.last, "gift": one.gift, "called": one.done or None, "plan": one.plan or None,
    }  # fmt: skip


def _show_targets(at: Desk, asked: Window) -> None:
    from cli.render import emit, emit_json, table
    from ledger.book.visits import targets
    from ledger.core.festivals import name_words
    from ledger.core.money import grouped
    from ledger.core.records.visits import WHY

    found = targets(at.book, asked)
    if at.call.json:
        emit_json(_window_json(asked, found))
        return
    title = name_words(asked.name)
    emit(
        say(
            Words(
                f"{title.zh} {asked.day}，回访 {asked.start} 至 {asked.last}：{len(found)} 家",
                f"{title.en}, {asked.day}; calls {asked.start} to {asked.last}: {many(len(found), 'client')}",
            )
        )
    )
    heads = (
        Words("客户", "client"), Words("原因", "why"), Words("金额", "amount"), Words("次数", "times"),
        Words("礼品", "gift"), Words("回访", "called"),
    )  # fmt: skip
    rows = [
        (at.named("client", one.client), WHY[one.why], grouped(one.bought.amount), one.bought.times,
         Words("送", "yes") if one.gift else None, one.done or (Words("已计划", "planned") if one.plan else None))
        for one in found
    ]  # fmt: skip
    if rows:
        emit(table(heads, rows, align="llrrll"))


def _plan_all(at: Desk, asked: Window) -> None:
    """One target record for every client on the list that is neither called nor planned; all or none."""
    from cli.render import emit, emit_json
    from ledger.book.batch import record_drafts
    from ledger.book.visits import targets

    todo = [one for one in targets(at.book, asked) if not one.done and not one.plan]
    drafts = [at.draft("visits", "target", _target_values(at, asked, one)) for one in todo]
    done = record_drafts(at.book, drafts, terminal=at.terminal, dry_run=at.call.dry_run)
    if at.call.json:
        emit_json({"festival": asked.name, "planned": [masked_all(one.record.encode()) for one in done]})
        return
    for recorded in done:
        at.echo(recorded)
    if not done:
        emit(say(Words("没有要新登记的计划", "nothing is left to plan")))


def _target_values(at: Desk, asked: Window, one: Target) -> dict[str, Any]:
    """The client's owner calls; a long-term client is visited before the festivals of gifts (C4)."""
    from ledger.core.parties import Client

    client = at.book.state().thing(Client, one.client)
    return {
        "client": one.client, "visitor": (client.owner if client else "") or None, "festival": asked.name,
        "due": asked.last, "start": asked.start, "how": "visit" if one.gift else "call", "why": one.why,
        "purchases": one.bought.amount, "times": one.bought.times,
    }  # fmt: skip


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
