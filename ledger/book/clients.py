"""Filing a client: the next free code, the pinyin initials, the clients whose names are nearly the same (C1, C9)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ledger.book.undone import undone_codes
from ledger.core.parties import Client
from ledger.core.parties import next_code as free_code
from ledger.core.records.clients import Added
from ledger.core.script import normal, simplified
from ledger.core.state import State

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
        if not wanted or one.begins(wanted) or any(wanted in name for name in names):
            yield key, one


def similar(state: State, name: str, code: str = "") -> Iterator[tuple[str, Client]]:
    """The other clients whose name or alias is ``name`` but for its spelling (REG-02)."""
    from ledger.checks.reg import near

    wanted = near(name)
    for key, one in state.things(Client):
        if key != code and wanted in {near(known) for known in (one.unit, *one.names) if known}:
            yield key, one
