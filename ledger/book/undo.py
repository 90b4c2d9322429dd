"""Reversals: an own mistake undone, last in, first out (S8)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from ledger.book.draft import Draft
from ledger.core.errors import Refused, Unknown
from ledger.core.forms import Record, Reversal
from ledger.core.state import Reversed, State, show_restores
from ledger.core.words import Words
from ledger.index import lookup

if TYPE_CHECKING:
    from ledger.book.open import Book


def reversal_draft(book: Book, record_id: str, *, by: str, terminal: str, reason: str) -> Draft:
    """The draft that undoes a record; raises :class:`Refused` when something came after it, or it is undone."""
    from ledger.core.records import journal_of

    original = book.find(record_id).record
    if isinstance(original, Reversal):
        words = Words(f"{record_id} 本身是冲销单，不能再冲销；请重新登记", f"{record_id} is a reversal itself: record the act anew")
        raise Refused(words, code="STA-01", next=(f"gb show {original.ref}",))
    state = book.state()
    restores = _restores(original, state)
    values = {"original": bare(original), "restores": restores}
    return Draft(
        journal=journal_of(record_id).name, kind=Reversal.KIND, values=values, by=by, terminal=terminal, ref=record_id,
        reason=reason,
    )  # fmt: skip


def bare(original: Record) -> Record:
    """The original as its reversal repeats it: own fields and what it referred to, nothing else."""
    import msgspec

    return msgspec.structs.replace(original, clock="", reason="", note="", key="")


def _restores(original: Record, state: State) -> str:
    undone = state.thing(Reversed, original.id)
    later = {undone.by} if undone else state.top(original.touches()) - {original.id, ""}
    if later:
        names = " ".join(sorted(later))
        words = Words(f"{original.id} 之后还有 {names}，要先处理它", f"{names} came after {original.id}: deal with it first")
        if undone:
            words = Words(f"{original.id} 已由 {names} 冲销", f"{original.id} was reversed by {names} already")
        raise Refused(words, code="STA-01", next=tuple(f"gb show {name}" for name in sorted(later)))
    return show_restores(state.before(original.id, original.touches().spans))


def last_own(book: Book, *, by: str, terminal: str, today: dt.date) -> str:
    """The last record that ``by`` made today on this terminal and that is not undone; raises :class:`Unknown`."""
    found = [
        one
        for one in lookup.between(book.index.db, "0000", "9999-99")
        if one.kind != Reversal.KIND and f"-{terminal}-" in one.id
    ]
    state = book.state()
    for one in sorted(found, key=lambda one: one.order, reverse=True):
        record = book.entry(one).record
        if record.at.date() < today:
            break
        if record.by == by and state.thing(Reversed, one.id) is None:
            return one.id
    words = Words(f"{by} 今天在 {terminal} 没有可撤销的登记", f"{by} has recorded nothing today on {terminal} to undo")
    raise Unknown(words, next=("gb log",))
