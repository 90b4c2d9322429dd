"""Finding a person by phone number: a keyed hash of each number, in ``.gb/`` only (C8).

The hash's key is this machine's own and lies outside the book, so the file says nothing to whoever copies ``.gb``.  What is
there follows from the sealed values: it is brought up to date at each look-up, and may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from ledger.core.errors import GbError
from ledger.core.personal import Clear, Subject, phone_digits

if TYPE_CHECKING:
    from ledger.book.open import Book

FILE: Final = ".gb/phones"
PHONE: Final = "phone"
_NAME: Final = "phones.key"


class Hashes(msgspec.Struct, frozen=True, kw_only=True):
    """The hash of the number behind each sealed value, the value itself by its own hash; ``salt`` tells which key made them."""

    salt: str = ""
    numbers: dict[str, str] = {}


class Sought(NamedTuple):
    """Who has a number, by code, and how many numbers this machine could not look at, since their keys are not here."""

    found: list[Subject]
    closed: int


def find(book: Book, number: Clear) -> Sought:
    """Who has that phone number (an item ``phone``)."""
    key = _key()
    wanted = _hashed(key, number.open())
    numbers = _refreshed(book, key)
    held = [(subject, numbers.get(_place(text))) for subject, text in _phones(book)]
    return Sought(sorted(one for one, text in held if text == wanted), sum(text is None for _, text in held))


def _phones(book: Book) -> Iterator[tuple[Subject, str]]:
    from ledger.book.keys import persons

    return ((subject, personal[PHONE]) for subject, personal in persons(book) if PHONE in personal)


def _refreshed(book: Book, key: bytes) -> dict[str, str]:
    """The hashes of all numbers that stand now; only new ones are opened, and those that stand no more are dropped."""
    held = _read(book, key)
    now = {}
    for subject, text in _phones(book):
        place = _place(text)
        known = held.get(place)
        if known is None:
            number = book.keyring.open(subject, PHONE, text)
            known = _hashed(key, number) if number is not None else None
        if known is not None:
            now[place] = known
    if now != held:
        data = msgspec.json.encode(Hashes(salt=_salt(key), numbers=now))
        book.disk.replace(FILE, data, mode=0o600)
    return now


def _read(book: Book, key: bytes) -> dict[str, str]:
    try:
        found = msgspec.json.decode(book.disk.read(FILE), type=Hashes) if book.disk.stat(FILE) is not None else Hashes()
    except (GbError, msgspec.MsgspecError):
        return {}
    return found.numbers if found.salt == _salt(key) else {}


def _key() -> bytes:
    """This machine's key of the hashes, made at first use."""
    import secrets

    from ledger.disk import Disk, machine_dir

    disk = Disk(machine_dir())
    if disk.stat(_NAME) is None:
        disk.found(0o700)
        disk.create(_NAME, secrets.token_bytes(32), mode=0o600)
    return disk.read(_NAME)


def _hashed(key: bytes, number: str) -> str:
    return hmac.new(key, phone_digits(number).encode(), hashlib.sha256).hexdigest()


def _salt(key: bytes) -> str:
    return hmac.new(key, b"gb1 phones", hashlib.sha256).hexdigest()[:16]


def _place(sealed: str) -> str:
    return hashlib.sha256(sealed.encode()).hexdigest()[:32]
