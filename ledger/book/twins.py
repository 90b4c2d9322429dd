"""Two parties of one code: the later one, client or member, is filed anew with all that its own record says (NUM-01)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ledger.core.errors import Refused
from ledger.core.forgotten import named
from ledger.core.forms import Record, Reversal
from ledger.core.parties import Coded
from ledger.core.personal import MASK, Clear, Subject, key_ids, personal_of, subject_of
from ledger.core.records import thing_class
from ledger.core.state import Reversed
from ledger.core.twins import noun_of
from ledger.core.words import Words
from ledger.index import lookup

if TYPE_CHECKING:
    from ledger.book.open import Book
    from ledger.index.lookup import Found


def second_filing(book: Book, record_id: str, kind: type[Record]) -> Record:
    """The record of ``kind`` that gave a party the code of another (NUM-01).

    Raises :class:`Refused` (REF-03) where it is none, or where that party has a code of its own already.
    """
    record = book.find(record_id).record
    first = _first(book, record) if isinstance(record, kind) else None
    now = first.twins.get(record_id) if first is not None else None
    if now is None:
        words = Words(f"{record_id} 不是同一代码的第二次建档", f"{record_id} is no second filing under one code")
        raise Refused(words, code="REF-03", next=(f"gb show {record_id}", "gb check NUM-01"))
    if now:
        noun = noun_of(record)
        words = Words(f"{record_id} 一家已改为 {now}", f"the {noun} of {record_id} is {now} by now")
        raise Refused(words, code="REF-03", next=(f"gb {noun} show {now}",))
    return record


def recorded_since(book: Book, second: Record) -> list[Found]:
    """What the terminal that gave a code a second time recorded under it from then on, oldest first."""
    return [
        one for one in lookup.by_client(book.index.db, second.party)
        if second.terminal in one.id.split("-") and one.order > second.order and one.kind != Reversal.KIND
    ]  # fmt: skip


def refuse_on_card(book: Book, second: Record, found: Sequence[Found]) -> None:
    """Raise :class:`Refused` (STA-01) while something of ``found`` stands on the card itself that both have.

    Filing anew leaves that card as its first owner's, and what was done on it before can then not be undone any more.
    """
    subject, state = _subject(second), book.state()
    card = (subject.space, subject.code)
    on_card = [
        one.id for one in found
        if card in book.entry(one).record.touches().things and state.thing(Reversed, one.id) is None
    ]  # fmt: skip
    if on_card:
        words = Words(
            f"{' '.join(on_card)} 登记在两家共用的 {subject.code} 卡上，改号以后就不能冲销了：先冲销，改号后用新代码重登",
            f"{' '.join(on_card)}: on the card {subject.code} that both have, and not to be reversed once the later one is filed "
            f"anew. Reverse first, record anew under the new code afterwards",
        )
        raise Refused(words, code="STA-01", next=tuple(f"gb reverse {one} --reason '…'" for one in reversed(on_card)))


def _subject(record: Record) -> Subject:
    found = subject_of(record.WHOSE, record.encode())
    if found is None:
        raise TypeError(f"{record.KIND} files nobody")
    return found


def _first(book: Book, record: Record) -> Coded | None:
    subject = _subject(record)
    found = book.state().thing(thing_class(subject.space), subject.code)
    return found if isinstance(found, Coded) else None


def filed_anew(book: Book, old: Record, kind: type[Record]) -> dict[str, Any]:
    """The values of the record that files the party of ``old`` anew, all but its code: the entries that ``kind`` has.

    Raises :class:`Refused` (PRV-01) where a personal value cannot be opened here, to be sealed for the new code; those whose key
    was destroyed are left out.
    """
    code, sealed = _subject(old).code, personal_of(old)
    own = {field.name for field in kind.fields()} - {"code", *sealed}
    values: dict[str, Any] = {name: getattr(old, name) or None for name in own}
    before = (*str(getattr(old, "keys", "")).split(), *named(code, key_ids(sealed.values())).split())
    return {**values, **_opened(book, old), "was": code, "keys": " ".join(before) or None}


def _opened(book: Book, old: Record) -> dict[str, Clear]:
    """The personal values of a record on their way into another, shown to nobody."""
    from ledger.book.personal import no_key, opened

    subject, sealed = _subject(old), personal_of(old)
    if not sealed or getattr(_first(book, old), "erased", False):
        return {}
    found = opened(book, subject, sealed)
    if MASK in found.values():
        raise no_key(subject)
    return {name: Clear(text) for name, text in found.items()}
