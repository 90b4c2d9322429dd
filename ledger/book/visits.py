"""Calls and visits as people ask for them: what is due, whom to call before a festival, the book of calls, the week (C3–C7)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ledger.book.draft import Ambiguous
from ledger.book.purchases import Bought, bought, first_purchase
from ledger.core.calls import CallPlan, OutreachPlan
from ledger.core.festivals import FESTIVALS, Window, window, windows
from ledger.core.parties import Client, Complaint
from ledger.core.records.visits import CONTACTS, Contacted, OutreachDone, OutreachPlanned
from ledger.core.rules import Contact, Festivals, Rules, months_after
from ledger.core.slips import SELLING
from ledger.core.words import Words
from ledger.index import lookup
from ledger.index.codec import parse_thing

if TYPE_CHECKING:
    from ledger.book.open import Book

_ONE_DAY = dt.timedelta(days=1)
CALLED = ("visit", "call-note")


class Planned(NamedTuple):
    """A call that was planned, by the record that planned it; ``overdue`` on the day that is asked for."""

    id: str
    plan: CallPlan
    overdue: bool


class Owed(NamedTuple):
    """A call that nobody planned and the rule asks for: a client's first contact, or the call after service (C7).

    ``why`` is ``new`` or ``service``, ``since`` the day it counts from, ``due`` the last day in time, both as dates.
    """

    client: str
    why: str
    record: str
    since: dt.date
    due: dt.date
    overdue: bool


class Campaign(NamedTuple):
    """A festival whose calls are open: how many targets are listed, and how many of them were called."""

    window: Window
    listed: int
    called: int


class Due(NamedTuple):
    """What is to be done on a day towards clients."""

    day: dt.date
    planned: tuple[Planned, ...]
    owed: tuple[Owed, ...]
    outreach: tuple[tuple[str, OutreachPlan], ...]
    campaigns: tuple[Campaign, ...]
    complaints: tuple[tuple[str, Complaint], ...] = ()


class Target(NamedTuple):
    """A client to call before a festival: why, what it bought, whether it is called or planned, whether a gift is due (C3, C4).

    ``done`` is the last record by which it was called in the festival's days, ``plan`` the plan that stands; or empty.
    """

    client: str
    why: str
    bought: Bought
    gift: bool
    done: str
    plan: str


# -- what is due ---------------------------------------------------------------------------------------------------------


def due(book: Book, day: dt.date, *, ahead: int = 0, visitor: str = "") -> Due:
    """What is due on ``day``, or so many days ``ahead``; of one ``visitor``, or all.  What is open already counts as due."""
    until = str(day + dt.timedelta(days=ahead))
    state = book.state()
    planned = [
        Planned(key, one, one.due < str(day))
        for key, one in state.open_things(CallPlan)
        if (one.opens or one.due) <= until and visitor in ("", one.visitor)
    ]
    outreach = [
        (key, one) for key, one in state.open_things(OutreachPlan) if one.day <= until and visitor in ("", one.visitor)
    ]
    return Due(
        day=day,
        planned=tuple(sorted(planned, key=lambda one: (one.plan.due, one.id))),
        owed=tuple(one for one in _owed(book, day) if _concerns(book, one, visitor) and str(one.since) <= until),
        outreach=tuple(sorted(outreach, key=lambda one: (one[1].day, one[0]))),
        campaigns=tuple(_campaigns(book, day)),
        complaints=tuple(sorted(state.open_things(Complaint), key=lambda one: (one[1].date, one[0]))),
    )


def _concerns(book: Book, one: Owed, visitor: str) -> bool:
    client = book.state().thing(Client, one.client)
    return not visitor or (client is not None and client.owner == visitor)


def _owed(book: Book, day: dt.date) -> list[Owed]:
    """First contacts and calls after service that nobody made, one a client: the one that is due first."""
    rule = book.rules.find(Contact, day)
    if rule is None:
        return []
    start, end = str(day - dt.timedelta(days=rule.look_back_days)), str(day + _ONE_DAY)
    db = book.index.db
    called = _last_days(lookup.in_force(db, CONTACTS, start, end))
    found: dict[str, Owed] = {}
    for one in (*lookup.new_clients(db, start, end), *lookup.in_force(db, SELLING, start, end)):
        new = one.journal == "clients"
        if not one.client or called.get(one.client, "") >= one.day:
            continue
        since = dt.date.fromisoformat(one.day)
        latest = since + dt.timedelta(days=rule.first_days if new else rule.service_days)
        owed = Owed(one.client, "new" if new else "service", one.id, since, latest, latest < day)
        # The service of today ends no debt of an older one, and of a client filed at its purchase one call is asked for.
        if one.client not in found or latest < found[one.client].due:
            found[one.client] = owed
    return sorted(found.values(), key=lambda one: (one.due, one.client))


def _last_days(found: Sequence[lookup.Found]) -> dict[str, str]:
    """The last day on which each client was called, as text."""
    last: dict[str, str] = {}
    for one in found:
        if one.client:
            last[one.client] = max(last.get(one.client, ""), one.day)
    return last


def _campaigns(book: Book, day: dt.date) -> Iterator[Campaign]:
    rule = book.rules.find(Festivals, day)
    if rule is None:
        return
    for year in (day.year, day.year + 1):
        for one in windows(year, rule.before_days, rule.within_days):
            if one.holds(day):
                listed = targets(book, one)
                yield Campaign(one, len(listed), sum(1 for target in listed if target.done))


# -- festivals -----------------------------------------------------------------------------------------------------------


def campaign(rules: Rules, festival: str, year: int, day: dt.date) -> Window | None:
    """The days of calls for a festival by the rule of ``day``; ``None`` in a year whose date is unknown."""
    rule = rules.on(Festivals, day)
    return window(festival, year, rule.before_days, rule.within_days)


def next_festival(rules: Rules, day: dt.date) -> Window:
    """The festival whose calls are open on ``day``, or open next."""
    rule = rules.on(Festivals, day)
    found = [
        one
        for year in (day.year, day.year + 1, day.year + 2)
        for one in windows(year, rule.before_days, rule.within_days)
        if one.last >= day
    ]
    return min(found, key=lambda one: (one.start, one.day))


def targets(book: Book, asked: Window) -> list[Target]:
    """Whom to call before a festival, the greatest purchases first; by the rule of the first day of calls (C3).

    What was bought up to that day counts, however late the list is asked for, so that it is the same all week.
    """
    rule = book.rules.on(Festivals, asked.start)
    state, bought_by = book.state(), bought(book, months_after(asked.start, -rule.months), asked.start)
    done, plans = _done_in(book, asked), _planned_for(book, asked)
    found = []
    for code, purchases in bought_by.items():
        client = state.thing(Client, code)
        long_term = _is_long_term(book, code, purchases, rule, asked.start)
        if client is not None and (why := _why(client, purchases, rule, long_term=long_term)):
            gift = long_term and asked.festival in rule.gift_festivals
            found.append(Target(code, why, purchases, gift, done.get(code, ""), plans.get(code, "")))
    return sorted(found, key=lambda one: (-one.bought.amount, one.client))


def _why(client: Client, purchases: Bought, rule: Festivals, *, long_term: bool) -> str:
    large_kind = rule.is_large_kind(client.unit_kind, state_owned=client.state_owned)
    if large_kind and purchases.amount >= rule.large_fen:
        return "large"
    return "frequent" if long_term else ""


def _is_long_term(book: Book, code: str, purchases: Bought, rule: Festivals, start: dt.date) -> bool:
    """Whether a client buys often and has done so for long."""
    if purchases.times < rule.frequent:
        return False
    return first_purchase(book, code) <= str(months_after(start, -rule.long_term_months))


def _done_in(book: Book, asked: Window) -> dict[str, str]:
    """The last call of each client in the festival's days, or later before the festival itself."""
    found = lookup.in_force(book.index.db, CALLED, str(asked.start), str(asked.day))
    return {one.client: one.id for one in found}


def _planned_for(book: Book, asked: Window) -> dict[str, str]:
    """The open plan of each client for the festival."""
    return {one.client: key for key, one in book.state().open_things(CallPlan) if one.festival == asked.name}


# -- one client's plan ---------------------------------------------------------------------------------------------------


def plans_of(book: Book, client: str) -> list[tuple[str, CallPlan]]:
    """The open plans of a client, the first due first."""
    found = [(key, one) for key, one in book.state().open_things(CallPlan) if one.client == client]
    return sorted(found, key=lambda one: (one[1].due, one[0]))


def plan_of(book: Book, client: str, visitor: str, day: dt.date) -> str:
    """The one open plan of a client that a call of ``visitor`` on ``day`` does, or empty; :class:`Ambiguous` if several.

    Somebody else's counts only in its own days: in a festival's window, or on the very day it is planned for.  Whoever speaks
    with a client in between does not do what another has promised for later.
    """
    found = [
        (key, one) for key, one in plans_of(book, client)
        if one.visitor in ("", visitor) or (one.opens or one.due) <= str(day) <= one.due
    ]  # fmt: skip
    if len(found) > 1:
        words = Words("这个客户有几个回访计划，这次是哪一个", "the client has several plans; which one is this")
        raise Ambiguous(words, [(key, _said(one)) for key, one in found], "gb show")
    return found[0][0] if found else ""


def _said(one: CallPlan) -> str:
    festival = FESTIVALS[one.festival.partition("-")[2]].zh if one.festival else ""
    return "  ".join(filter(None, (one.due, festival, one.topic)))


def outreach_to(book: Book, *, unit: str = "", client: str = "") -> list[tuple[str, OutreachPlan]]:
    """The open plans of outreach to a unit of that whole name or to that client, the first day first."""
    from ledger.core.script import normal

    wanted = normal(unit)
    found = [
        (key, one)
        for key, one in book.state().open_things(OutreachPlan)
        if (client and one.client == client) or (wanted and normal(one.unit) == wanted)
    ]
    return sorted(found, key=lambda one: (one[1].day, one[0]))


def outreach_of(book: Book, visitor: str, *, unit: str = "", client: str = "") -> str:
    """The visitor's one open plan of outreach to a unit or client, or empty; :class:`Ambiguous` if several.

    What somebody else has planned is not done by whoever comes by: it counts in the week as that person's.
    """
    found = [(key, one) for key, one in outreach_to(book, unit=unit, client=client) if one.visitor == visitor]
    if len(found) > 1:
        words = Words(
            "这家单位有几个外联计划，这次是哪一个", "the unit has several plans of outreach; which one is this"
        )
        raise Ambiguous(
            words, [(key, f"{one.day}  {one.unit}  {one.visitor}") for key, one in found], "gb outreach log"
        )
    return found[0][0] if found else ""


# -- what was done -------------------------------------------------------------------------------------------------------


def book_of_calls(book: Book, start: dt.date, end: dt.date, *, client: str = "") -> list[Contacted]:
    """客户回访登记本: the calls and visits by business dates from ``start`` inclusive to ``end`` exclusive, in order (C5)."""
    found = lookup.in_force(book.index.db, CALLED, str(start), str(end), client=client)
    return [one for entry in book.entries(found) if isinstance(one := entry.record, Contacted)]


class Sum(NamedTuple):
    """A week of outreach of one person in one group (C6): planned for it, done of plans, done without one, and how far it came."""

    visitor: str
    scope: str
    planned: int
    done: int
    unplanned: int
    met: int
    interested: int
    agreements: int
    why_not: tuple[str, ...]


def week(book: Book, start: dt.date, end: dt.date) -> list[Sum]:
    """The outreach from ``start`` inclusive to ``end`` exclusive, per person and group (C6).

    A unit counts as planned in the week it was planned for, as done in the week its result is dated; a result without a
    plan is ``unplanned``.
    """
    planned: dict[tuple[str, str], int] = {}
    for one in _planned_outreach(book, start, end):
        if str(start) <= one.day < str(end):
            planned[one.visitor, one.scope] = planned.get((one.visitor, one.scope), 0) + 1
    done: dict[tuple[str, str], list[OutreachDone]] = {}
    found = lookup.in_force(book.index.db, (OutreachDone.KIND,), str(start), str(end))
    for entry in book.entries(found):
        if isinstance(record := entry.record, OutreachDone):
            done.setdefault((record.visitor, record.scope), []).append(record)
    return [_sum(key, planned.get(key, 0), done.get(key, [])) for key in sorted(planned.keys() | done.keys())]


def _planned_outreach(book: Book, start: dt.date, end: dt.date) -> Iterator[OutreachPlan]:
    """The plans recorded up to a year before the days, as nobody plans further ahead."""
    since, kinds = str(start - dt.timedelta(days=366)), (OutreachPlanned.KIND,)
    for _, _, order, layers in lookup.things_between(book.index.db, OutreachPlan.__name__, kinds, since, str(end)):
        plan = parse_thing(OutreachPlan.__name__, order, layers).layers[-1][1]
        if isinstance(plan, OutreachPlan):
            yield plan


def _sum(key: tuple[str, str], planned: int, done: Sequence[OutreachDone]) -> Sum:
    return Sum(
        visitor=key[0], scope=key[1], planned=planned, done=sum(1 for one in done if one.ref),
        unplanned=sum(1 for one in done if not one.ref),
        met=sum(1 for one in done if one.depth != "not-met"), interested=sum(1 for one in done if one.intent == "yes"),
        agreements=sum(1 for one in done if one.depth == "agreed" or one.agreement is not None),
        why_not=tuple(dict.fromkeys(one.why_not for one in done if one.why_not)),
    )  # fmt: skip
