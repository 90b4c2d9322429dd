"""Filing a client: the next free code, the pinyin initials, the clients whose names are nearly the same (C1, C9)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ledger.book.undone import undone_codes
from ledger.core.errors import Refused
from ledger.core.parties import Client
from ledger.core.parties import next_code as free_code
from ledger.core.personal import MASK, Clear, Subject, key_ids, personal_of
from ledger.core.records.clients import Added, Refiled
from ledger.core.script import normal, simplified
from ledger.core.state import State
from ledger.core.words import Words

if TYPE_CHECKING:
    from ledger.book.open import Book

_OF_ALL = ("contact", "phone", "address", "email")
_OF_A_PERSON = ("name", *_OF_ALL, "id_number", "birthday")
PERSONAL_ITEMS = _OF_A_PERSON
"""Every personal item that a dossier may have."""


def personal_items(unit_kind: str) -> tuple[str, ...]:
    """The personal items of a client of that kind: the name and papers only of an individual."""
    return _OF_A_PERSON if unit_kind == "individual" else _OF_ALL


def next_code(book: Book, terminal: str) -> str:
    """The client's code by default: ``C001``, ``C002`` … at the first terminal, ``CK2-001`` … at K2.

    That of a filing with personal values that was undone is never given again: each person has keys and a history alone.
    """
    state = book.state()
    known = (key for key, _ in state.things(Client))
    return free_code("C", 3, (*known, *undone_codes(book, "clients", Added.KIND)), terminal, state)


def initials(name: str) -> str:
    """The 助记码 of a name: the first letter of each Chinese character, letters and digits as they are, lower case."""
    name = simplified(name)
    if name.isascii():
        words = re.findall(r"[A-Za-z0-9]+", name)
        return "".join(word[0] for word in words).lower()
    from pypinyin import Style, lazy_pinyin

    letters = lazy_pinyin(name, style=Style.FIRST_LETTER, errors=lambda other: other)
    return "".join(char for char in "".join(letters).lower() if char.isascii() and char.isalnum())[:64]


def search(state: State, typed: str) -> Iterator[tuple[str, Client]]:
    """The clients whose code, name, alias or initials have what was typed, in any form of script; all for nothing typed."""
    wanted = normal(typed)
    for key, one in sorted(state.things(Client)):
        names = (normal(name) for name in (key, one.unit, *one.names) if name)
        if not wanted or one.initials.casefold().startswith(wanted) or any(wanted in name for name in names):
            yield key, one


def similar(state: State, name: str, code: str = "") -> Iterator[tuple[str, Client]]:
    """The other clients whose name or alias is ``name`` but for its spelling (REG-02)."""
    from ledger.checks.reg import near

    wanted = near(name)
    for key, one in state.things(Client):
        if key != code and wanted in {near(known) for known in (one.unit, *one.names) if known}:
            yield key, one


# -- two parties of one code ---------------------------------------------------------------------------------------------


def second_filing(book: Book, record_id: str) -> Added:
    """The record that gave a client the code of another (NUM-01); raises :class:`Refused` where it has its own already."""
    record = book.find(record_id).record
    first = book.state().thing(Client, record.party) if isinstance(record, Added) else None
    now = first.twins.get(record_id) if first is not None else None
    if not isinstance(record, Added) or now is None:
        words = Words(f"{record_id} 不是同一代码的第二次建档", f"{record_id} is no second filing under one code")
        raise Refused(words, code="REF-03", next=(f"gb show {record_id}", "gb check NUM-01"))
    if now:
        raise Refused(Words(f"{record_id} 的客户已改为 {now}", f"the client of {record_id} is {now} by now"),
                      code="REF-03", next=(f"gb client show {now}",))  # fmt: skip
    return record


def filed_anew(book: Book, old: Added) -> dict[str, Any]:
    """The values of the record that files the client of ``old`` anew, all but its code: the entries of ``old``.

    Raises :class:`Refused` (PRV-01) where a personal value cannot be opened here, to be sealed for the new code; those whose key
    was destroyed are left out.
    """
    own = {field.name for field in Added.fields()} - {"code", *PERSONAL_ITEMS}
    values: dict[str, Any] = {name: getattr(old, name) or None for name in own}
    before = (*(old.keys.split() if isinstance(old, Refiled) else ()), *(f"{old.code}/{key}" for key in _keys(old)))
    return {**values, **_opened(book, old), "was": old.code, "keys": " ".join(before) or None}


def _keys(old: Added) -> tuple[str, ...]:
    return key_ids(personal_of(old).values())


def _opened(book: Book, old: Added) -> dict[str, Clear]:
    """The personal values of a record on their way into another, shown to nobody."""
    from ledger.book.personal import no_key, opened

    subject, sealed = Subject(Client.__name__, old.code), personal_of(old)
    first = book.state().thing(Client, old.code)
    if not sealed or (first is not None and first.erased):
        return {}
    found = opened(book, subject, sealed)
    if MASK in found.values():
        raise no_key(subject)
    return {name: Clear(text) for name, text in found.items()}
