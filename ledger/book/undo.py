"""Reversals: an own mistake undone, last in, first out (S8)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from ledger.book.draft import Draft, Recorded
from ledger.book.resolve import LOOKED
from ledger.book.roles import acts_of, by_another, who_may
from ledger.core.custody import show_restores
from ledger.core.errors import NotAllowed, Refused, TokenReused, Unknown
from ledger.core.forms import Record, Reversal, undone_later
from ledger.core.money import yuan
from ledger.core.parties import Operator
from ledger.core.state import Reversed, State
from ledger.core.words import Words
from ledger.index import lookup

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ledger.book.cash import Drawer
    from ledger.book.open import Book
    from ledger.core.postings import Posting


def reversal_draft(
    book: Book, record_id: str, *, by: str, terminal: str, reason: str, today: dt.date | None = None
) -> Draft:
    """The draft that undoes a record; raises :class:`Refused` when something came after it, or it is undone.

    :class:`NotAllowed` when it is another's, or older than ``today``, and the roles of ``by`` do not allow that.
    """
    from ledger.core.records import journal_of

    original = book.find(record_id).record
    _refuse_not_own(book, original, by, today or book.today())
    if isinstance(original, Reversal):
        words = Words(
            f"{record_id} 本身是冲销单，不能再冲销；请重新登记",
            f"{record_id} is a reversal itself: record the act anew",
        )
        raise Refused(words, code="STA-01", next=(f"gb show {original.ref}",))
    if original.INSTEAD and not _alone(book, original, today or book.today()):
        words = Words(
            f"{original.WORDS.zh} {record_id} 不能冲销，别的单据可能用到它；请登记变更",
            f"{record_id} ({original.WORDS.en}) cannot be reversed, since other records may rely on it: record a change",
        )
        raise Refused(words, code="ORD-01", next=(original.INSTEAD,))
    state = book.state()
    restores = _restores(original, state)
    _refuse_deposited(book, original, today or book.today())
    values = {"original": bare(original), "restores": restores}
    return Draft(
        journal=journal_of(record_id).name, kind=Reversal.KIND, values=values, by=by, terminal=terminal, ref=record_id,
        reason=reason,
    )  # fmt: skip


def _alone(book: Book, original: Record, today: dt.date) -> bool:
    """Whether it is of today and nobody has named its party since: a client or member filed by mistake."""
    if not original.ALONE or original.at.date() < today:
        return False
    return all(one.id == original.id for one in lookup.by_client(book.index.db, original.party))


def finance_pays(original: Record, today: dt.date) -> int:
    """What finance pays back (fen) when ``original`` is undone today: its cash, where its month is over (R9, N4)."""
    from ledger.core.postings import WITH_FINANCE

    later = original.TAKINGS and not _same_month(original, today)
    return -_into(WITH_FINANCE, undone_later(original)) if later else 0


def _refuse_deposited(book: Book, original: Record, today: dt.date) -> None:
    """REC-05: its cash is with finance, who pay it back: the drawer cannot give what is not in it (N4, S8)."""
    from ledger.core.postings import CASH, negated

    undone = negated(original.postings()) if _same_month(original, today) else undone_later(original)
    taken = -_into(CASH, undone)
    if taken <= 0:
        return
    from ledger.book.cash import drawer

    held = drawer(book)
    if taken > held.cash:
        words = Words(
            f"{original.id} 收的现金 {yuan(taken)} 已交财务（抽屉里有 {yuan(held.cash)}），不能冲销：登记退券，或先冲销交款",
            f"the cash of {original.id}, {yuan(taken)}, is with finance ({yuan(held.cash)} is in the drawer): take the "
            f"sheets back, or reverse the deposit first",
        )
        raise Refused(words, code="REC-05", next=(*_instead(original), *_deposits_of(original, held), "gb cash book"))


def _instead(original: Record) -> tuple[str, ...]:
    spans = getattr(original, "spans", None) if getattr(original, "SELLS", False) else None
    return (f"gb sale return {spans.text.replace(' ', ',')} --reason '…'",) if spans else ()


def _deposits_of(original: Record, held: Drawer) -> tuple[str, ...]:
    """What would put its cash back into the drawer."""
    days = [one for one in held.takings.days if any(taken.record.id == original.id for taken in one.records)]
    paid = sorted({part.id for one in days for part in one.paid}, reverse=True)
    return tuple(f"gb reverse {name} --reason '…'" for name in paid)


def _same_month(original: Record, today: dt.date) -> bool:
    return (original.date.year, original.date.month) == (today.year, today.month)


def _into(account: str, postings: Iterable[Posting]) -> int:
    return sum(fen for name, _, fen in postings if name == account)


def _refuse_not_own(book: Book, original: Record, by: str, today: dt.date) -> None:
    """A clerk undoes what they recorded themselves today; for anything else a role with the act ``reverse`` is needed."""
    if original.by == by and original.at.date() >= today:
        return
    state = book.state()
    operator = state.thing(Operator, by)
    if operator is not None and "reverse" in acts_of(operator, book, today):
        return
    who = who_may(book, state, "reverse", today)
    theirs = Words(f"{original.by} 于 {original.at:%m-%d} 登记", f"recorded by {original.by} on {original.at:%m-%d}")
    words = Words(
        f"{original.id} 是 {theirs.zh}的，{by} 无权冲销；可以办的人：{' '.join(who) or '—'}",
        f"{original.id} was {theirs.en}: {by} may not reverse it; who may: {' '.join(who) or '—'}",
    )
    raise NotAllowed(words, next=by_another(who))


def reversed_before(book: Book, key: str, record_id: str = "") -> Recorded | None:
    """The reversal recorded under the retry token ``key``, of ``record_id`` where one is named.

    Asked before anything else: a retry finds the original undone already, and ``undo`` would take the record before it.
    Raises :class:`TokenReused` when the token stands for another act.
    """
    from ledger.core.records import BY_NAME

    found = [one for name in BY_NAME if key for one in lookup.by_key(book.index.db, name, key)]
    if not found:
        return None
    one = found[0]
    if one.kind != Reversal.KIND or record_id not in ("", one.ref):
        words = Words(f"编号 {key} 已用于 {one.id}", f"token {key} was used for {one.id}")
        raise TokenReused(words, next=(f"gb show {one.id}",))
    entry = book.entry(one)
    return Recorded(record=entry.record, file=entry.file, line=entry.line, again=True)


def bare(original: Record) -> Record:
    """The original as its reversal repeats it: own fields and what it referred to, nothing else."""
    import msgspec

    return msgspec.structs.replace(original, clock="", reason="", note="", key="")


def _restores(original: Record, state: State) -> str:
    undone = state.thing(Reversed, original.id)
    later = {undone.by} if undone else state.top(original.touches()) - {original.id, ""}
    if later:
        names = " ".join(sorted(later))
        words = Words(
            f"{original.id} 之后还有 {names}，要先处理它", f"{names} came after {original.id}: deal with it first"
        )
        if undone:
            words = Words(f"{original.id} 已由 {names} 冲销", f"{original.id} was reversed by {names} already")
        anyway = () if undone else _anyway(original, state)
        raise Refused(words, code="STA-01", next=(*anyway, *(f"gb show {name}" for name in sorted(later))))
    touch = original.touches()
    if not touch.spans and "" in state.top(touch):  # a thing that remembers its last few events only
        words = Words(
            f"{original.id} 之后的登记太多，已不能撤销；请登记退分或补分来更正",
            f"too much was recorded after {original.id} for it to be undone: put it right with a return or a top-up",
        )
        raise Refused(
            words, code="ORD-01", next=(*_anyway(original, state), "gb points return --help", "gb points topup --help")
        )
    return show_restores(state.before(original.id, touch.spans))


def _anyway(original: Record, state: State) -> tuple[str, ...]:
    """The command that takes it back although others came after it, where there is one."""
    command = original.anyway(state)
    return (command,) if command else ()


def last_own(book: Book, *, by: str, terminal: str, today: dt.date) -> str:
    """The last record that ``by`` made today on this terminal and that is not undone; raises :class:`Unknown`."""
    state = book.state()
    for one in lookup.newest_of(book.index.made_from(str(today)), terminal):
        record = book.entry(one).record
        if record.at.date() < today:
            break
        own = record.by == by and record.KIND != Reversal.KIND and not record.GENERATED  # what the program wrote stays
        if own and one.journal != LOOKED and state.thing(Reversed, one.id) is None:
            return one.id
    words = Words(f"{by} 今天在 {terminal} 没有可撤销的登记", f"{by} has recorded nothing today on {terminal} to undo")
    raise Unknown(words, next=("gb log",))
