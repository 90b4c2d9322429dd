"""Members and their points as the book knows them: statements, the lists of tiers, awards and calls (M3–M6, M9)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from ledger.core.members import CLOSED, Member, party_of
from ledger.core.parties import next_code as free_code
from ledger.core.points import EMPTY_ACCOUNT, AwardSteps, AwardThing, PointsAccount, standing, tier_of
from ledger.core.rules import Awards, MemberCare, Tiers, months_after
from ledger.core.state import Reversed, State
from ledger.index import lookup

if TYPE_CHECKING:
    from ledger.book.open import Book
    from ledger.folds.points import Statement
    from ledger.journal.entry import Entry

_ONE_DAY = dt.timedelta(days=1)
JOURNALS = ("members", "points", "openings", "dispositions")


class Standing(NamedTuple):
    """A member on a day: the account as of it, when anything was last bought (else registered), tier and standing."""

    code: str
    member: Member
    account: PointsAccount
    last: dt.date
    tier: str
    standing: str


def next_code(book: Book, terminal: str) -> str:
    """The member's code by default: ``M0001``, ``M0002`` … at the first terminal, ``MK2-0001`` … at K2; an undone one's as a client's."""
    from ledger.book.undone import undone_codes
    from ledger.core.records.members import Registered

    state = book.state()
    known = (key for key, _ in state.things(Member))
    return free_code("M", 4, (*known, *undone_codes(book, "members", Registered.KIND)), terminal, state)


def records_of(book: Book, member: str) -> list[Entry]:
    """What was recorded about a member, and what undid any of it, in order."""
    db, state = book.index.db, book.state()
    found = lookup.by_client(db, party_of(member))
    undone = [one for own in found if state.thing(Reversed, own.id) for one in lookup.by_ref(db, own.id)]
    return list(book.entries(sorted({one.id: one for one in (*found, *undone)}.values(), key=lambda one: one.order)))


def statement(book: Book, member: str, until: dt.date) -> Statement:
    """The member's points up to the end of ``until``."""
    from ledger.folds.points import statement as fold_statement

    return fold_statement(member, records_of(book, member), until)


def wrongly_given(book: Book, record_id: str, day: dt.date) -> dict[str, Any]:
    """What takes back the points of a record on ``day`` (M2): its member, points, slip and lot, and what is over of them by then.

    Raises :class:`Unknown` for a record that gave no points.
    """
    from ledger.core.errors import Unknown
    from ledger.core.records.dispositions import effective
    from ledger.core.records.points import Award, Given
    from ledger.core.records.taken_over import OpeningPoints
    from ledger.core.words import Words
    from ledger.folds.points import without

    given = effective(book.find(record_id).record)
    if not isinstance(given, (Given, OpeningPoints)):
        words = Words(f"{record_id} 没有给过积分", f"{record_id} gave no points")
        cancel = (given.anyway(book.state()),) if isinstance(given, Award) else ()
        raise Unknown(words, next=(*cancel, f"gb show {record_id}"))
    now, never = without(given.member, records_of(book, given.member), record_id, day)
    own: dict[str, Any] = (
        {"slip": given.id, "valid": given.valid} if isinstance(given, OpeningPoints) else {"slip": given.slip}
    )
    over = now.expired - never.expired
    return {"member": given.member, "points": given.points, "expires": given.expires, "over": over, **own}


def never_collected(book: Book, record_id: str, day: dt.date) -> dict[str, Any]:
    """What cancels an award on ``day`` (M3): its member, points and slip, and the lots that the points go back to.

    Raises :class:`Unknown` for what is no award.
    """
    from ledger.core.errors import Unknown
    from ledger.core.points import lots_apart
    from ledger.core.records.dispositions import effective
    from ledger.core.records.points import Award
    from ledger.core.rules import Points
    from ledger.core.words import Words
    from ledger.folds.points import without

    award = effective(book.find(record_id).record)
    if not isinstance(award, Award):
        words = Words(f"{record_id} 不是领奖单", f"{record_id} is no award slip")
        raise Unknown(words, code="PTS-02", next=("gb points awards", f"gb show {record_id}"))
    now, never = without(award.member, records_of(book, award.member), record_id, day)
    lots = lots_apart(now, never, str(book.rules.on(Points, day).expires(day)))
    return {
        "member": award.member, "points": award.points, "award_no": award.award_no, "lots": lots, "cost": award.cost,
    }  # fmt: skip


def state_at(book: Book, day: dt.date) -> State:
    """Members and points at the end of ``day``: the index's state, or of an earlier day than the last a fold of the text."""
    if not lookup.any_between(book.index.db, str(day + _ONE_DAY), "9999"):
        return book.state()
    from ledger.book.text import read_all
    from ledger.core.forms import Reversal
    from ledger.core.memory import FullState
    from ledger.core.order import in_order
    from ledger.core.records.dispositions import effective
    from ledger.core.records.members import MemberRecord
    from ledger.core.records.points import PointsRecord
    from ledger.core.state import apply

    state = FullState()
    for one in in_order(one for one in read_all(book)[0] if one.journal.name in JOURNALS):
        about = one.record.original if isinstance(one.record, Reversal) else effective(one.record)
        if one.record.date <= day and isinstance(about, (MemberRecord, PointsRecord)):
            apply(one.record, state)
    return state


def standings(book: Book, day: dt.date) -> Iterator[Standing]:
    """Every member who is not disabled, at the end of ``day``, by code."""
    state = state_at(book, day)
    accounts = dict(state.things(PointsAccount))
    tiers, care = book.rules.on(Tiers, day), book.rules.on(MemberCare, day)
    for code, member in sorted(state.things(Member)):
        if member.status not in CLOSED:
            account = accounts.get(code, EMPTY_ACCOUNT).at(day)
            last = dt.date.fromisoformat(account.bought or member.registered)
            yield Standing(
                code, member, account, last, tier_of(account.valid, tiers), standing(last, day, care)
            )  # fmt: skip


def one_standing(book: Book, code: str, day: dt.date) -> Standing:
    """One member, disabled or not, as the book has it now, on ``day``; the caller knows that there is one."""
    state = book.state()
    member = state.thing(Member, code)
    assert member is not None
    account = (state.thing(PointsAccount, code) or EMPTY_ACCOUNT).at(day)
    last = dt.date.fromisoformat(account.bought or member.registered)
    care = book.rules.on(MemberCare, day)
    return Standing(
        code, member, account, last, tier_of(account.valid, book.rules.on(Tiers, day)), standing(last, day, care)
    )  # fmt: skip


def newcomers(found: Iterable[Standing], day: dt.date, months: int) -> list[Standing]:
    """The members who on ``day`` have been so many months with the store, to the day (M5)."""
    return [one for one in found if months_after(dt.date.fromisoformat(one.member.registered), months) == day]


class OpenAward(NamedTuple):
    """An award slip whose goods are not out."""

    id: str
    award: AwardThing
    days: int


def open_awards(state: State, day: dt.date) -> list[OpenAward]:
    """The award slips whose goods are not out, the oldest first, with their age on ``day``."""
    found = [(one.date, key, one) for key, one in state.open_things(AwardThing)]
    return [OpenAward(key, one, (day - dt.date.fromisoformat(date)).days) for date, key, one in sorted(found)]


class Waiting(NamedTuple):
    """A member who was told of an award and has not come for it; ``days`` since."""

    member: str
    told: str
    days: int


def told_of_awards(book: Book, day: dt.date) -> list[Waiting]:
    """Who was told of an award up to ``day``, could still have one and has had none since; who waits longest first."""
    state, least = book.state(), book.rules.on(Awards, day).threshold
    found = []
    for code, steps in state.open_things(AwardSteps):
        member, account = state.thing(Member, code), state.thing(PointsAccount, code) or EMPTY_ACCOUNT
        if member is not None and member.status == "active" and account.at(day).balance >= least:
            found.append(Waiting(code, steps.notified, (day - dt.date.fromisoformat(steps.notified)).days))
    return sorted(found, key=lambda one: (one.told, one.member))


class Expiry(NamedTuple):
    """Points of a member that are good until a day."""

    member: str
    expires: str
    points: int


def expiring(state: State, first: dt.date, last: dt.date) -> list[Expiry]:
    """The points whose last day is from ``first`` to ``last``, both inclusive, soonest first."""
    found = [
        Expiry(code, expires, points)
        for code, account in state.things(PointsAccount)
        for expires, points in account.at(first).lots
        if expires <= str(last)
    ]
    return sorted(found, key=lambda one: (one.expires, one.member))


# -- rounds of rewards -------------------------------------------------------------------------------------------------


def period_of(typed: str) -> tuple[dt.date, dt.date]:
    """First day and the day after the last of ``2026``, ``2026-Q4`` or ``2026-10``; raises :class:`Usage`."""
    from ledger.core.dates import Month
    from ledger.core.errors import Usage
    from ledger.core.text import fold, shown
    from ledger.core.words import Words

    text = fold(typed).upper()
    found = re.fullmatch(r"([0-9]{4})(?:-Q([1-4])|-([0-9]{2}))?", text)
    try:
        if found is None:
            raise ValueError(text)
        year, quarter, month = found.groups()
        first = Month.parse(f"{year}-{month or 3 * int(quarter or 1) - 2:02}")
    except ValueError:
        words = Words(
            f"“{shown(typed)}”不是 2026、2026-Q4 或 2026-10", f"“{shown(typed)}” is not 2026, 2026-Q4 or 2026-10"
        )
        raise Usage(words) from None
    return first.first, months_after(first.first, 1 if month else 3 if quarter else 12)


def ranked(book: Book, first: dt.date, after: dt.date) -> list[tuple[str, int]]:
    """Members by the points they earned and topped up, less returned, from ``first`` up to before ``after``; most first."""
    from ledger.core.records.points import Given, Returned

    state, sums = book.state(), dict[str, int]()
    for entry in book.entries(
        [one for one in lookup.between(book.index.db, str(first), str(after)) if one.journal == "points"]
    ):
        record = entry.record
        if isinstance(record, (Given, Returned)) and state.thing(Reversed, record.id) is None:
            points = record.points if isinstance(record, Given) else -record.points
            sums[record.member] = sums.get(record.member, 0) + points
    return sorted(sums.items(), key=lambda pair: (-pair[1], pair[0]))
