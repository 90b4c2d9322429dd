"""查阅个人资料 access: who looked at personal data, took them out of the book, or copied their keys, and why (C8)."""

from __future__ import annotations

import re
from typing import Annotated

from ledger.core.forms import CODE, SHEETS, Codec, Journal, Record, Touch
from ledger.core.personal import ITEMS
from ledger.core.state import State, Thing
from ledger.core.words import Words

STORE = "store"
"""The one key of :class:`KeyBackup`."""


def _items(text: str) -> str:
    if not set(text.split(" ")) <= set(ITEMS):
        raise ValueError("one or more of " + " ".join(ITEMS))
    return text


_ITEM = "(" + "|".join(ITEMS) + ")"
ITEM_LIST = Codec("items", _items, str, f"^{_ITEM}( {_ITEM})*$", Words("资料项目", "items"))


def _subject(text: str) -> str:
    if not re.fullmatch(r"[a-z]+/[!-~]+", text):
        raise ValueError("client/C001")
    return text


SUBJECT = Codec("subject", _subject, str, r"^[a-z]+/[!-~]+$", Words("client/代码", "client/CODE"))


class KeyBackup(Thing, frozen=True, kw_only=True):
    """The last copy made of the keys: when, as UTC text, and how many keys it has."""

    CARRY = False

    at: str
    keys: int


class Reveal(Record, frozen=True, kw_only=True):
    """One person's data were shown in the clear; ``subject`` is whose."""

    KIND = "reveal"
    WORDS = Words("查阅个人资料", "personal data shown")
    ACT = "reveal"
    NEEDS_REASON = True
    INSTEAD = "gb log --kind access"

    subject: Annotated[str, SUBJECT, Words("谁的", "whose")]
    items: Annotated[str, ITEM_LIST, Words("项目", "items")]


class Export(Record, frozen=True, kw_only=True):
    """Personal data went out of the book in the clear: ``what`` was exported and of how many people."""

    KIND = "export"
    WORDS = Words("导出个人资料", "personal data exported")
    ACT = "export"
    NEEDS_REASON = True
    INSTEAD = "gb log --kind access"

    what: Annotated[str, CODE, Words("导出内容", "what")]
    items: Annotated[str, ITEM_LIST, Words("项目", "items")]
    persons: Annotated[int, SHEETS, Words("人数", "persons")]


class Backup(Record, frozen=True, kw_only=True):
    """The keys were copied out, locked with a passphrase."""

    KIND = "backup"
    WORDS = Words("备份密钥", "keys backed up")
    ACT = "keys"
    INSTEAD = "gb keys backup --help"

    keys: Annotated[int, SHEETS, Words("密钥数", "keys")]

    def touches(self) -> Touch:
        """The store's one mark of the last backup."""
        return Touch(things=(("KeyBackup", STORE),))

    def apply(self, state: State) -> None:
        """It is the last backup now."""
        state.put(STORE, KeyBackup(at=self.at.isoformat(), keys=self.keys))


JOURNAL = Journal("access", "AX", "csv", Words("个人资料查阅", "access to personal data"), (Reveal, Export, Backup))
