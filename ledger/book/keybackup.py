"""A copy of the keys for the drawer: every data key that this machine opens, in one file that a passphrase opens.

``age -d`` opens it too, and gives JSON.  It holds the keys themselves, so it helps when every machine is lost; and it remembers
whom the book has forgotten, so after an erasure the older copies are to be destroyed.
"""

from __future__ import annotations

import base64
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from ledger.core.errors import Refused
from ledger.core.personal import Subject
from ledger.core.words import Words

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from ledger.book.open import Book
    from ledger.privacy.keyring import Keyring
    from ledger.privacy.keystore import Gone

HINT: Final = "gb keys backup ~/gb-keys.age"
LEAST: Final = 12
"""Letters of a passphrase."""
_LIMIT: Final = 64 * 1024 * 1024


class Kept(msgspec.Struct, frozen=True):
    """One key in a backup."""

    space: str
    code: str
    made: str
    key: str


class Content(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a backup holds."""

    v: str = "1"
    book: str
    at: str
    keys: tuple[Kept, ...]


class Restored(NamedTuple):
    """Keys put back, those that were there and open, those of people erased since, which stay away, and those wrapped anew.

    ``let_in`` is the name under which this machine became a recipient; empty where it was one.
    """

    done: int
    there: int
    erased: int
    anew: int
    let_in: str


def pack(book: Book, passphrase: str) -> tuple[bytes, int]:
    """The backup and how many keys it holds; raises :class:`Refused` where this machine cannot open every key."""
    from ledger.book.keys import last_files
    from ledger.privacy.wrapping import lock_up

    kept, closed = [], []
    for file in last_files(book):
        found = book.keyring.opened(file)
        if found is None:
            closed.append(file.subject.code)
        else:
            key = base64.b64encode(found.key.secret).decode()
            kept.append(Kept(file.subject.space, file.subject.code, file.made, key))
    if closed:
        names = " ".join(dict.fromkeys(closed[:5]))
        words = Words(
            f"本机打不开这些人的密钥，备份会不全：{names}",
            f"this machine cannot open the keys of {names}: the backup would lack them",
        )
        raise Refused(words, code="PRV-01", next=("gb keys doctor",))
    content = Content(book=book.settings.book, at=book.now().isoformat(), keys=tuple(kept))
    return lock_up(msgspec.json.encode(content), passphrase), len(kept)


def put(path: Path, data: bytes) -> None:
    """Write the backup, durably, readable by this user only; a file that is there stays, and none goes into git."""
    from ledger.book.exchange import refuse_git
    from ledger.disk import Disk
    from ledger.privacy.keystore import PRIVATE

    refuse_git(path.absolute().parent)
    Disk(path.absolute().parent).create(path.name, data, mode=PRIVATE)


def unpack(book: Book, path: Path, passphrase: str) -> Content:
    """What a backup holds; raises :class:`Refused` (PRV-06) for a wrong passphrase, another book or no backup."""
    from ledger.disk import read_named
    from ledger.privacy.wrapping import unlock

    data = unlock(read_named(path, _LIMIT), passphrase)
    try:
        found = msgspec.json.decode(data, type=Content) if data is not None else None
    except msgspec.MsgspecError:
        found = None
    if found is None:
        raise _refused(Words("口令不对，或不是密钥备份", "a wrong passphrase, or no backup of keys"))
    if found.book != book.settings.book:
        raise _refused(Words("这是另一本账的密钥备份", "these are the keys of another book"))
    return found


def restore(book: Book, content: Content, erased: Iterable[Gone], name: str, *, dry_run: bool = False) -> Restored:
    """Put back what the keystore lacks and open what is closed here; nobody who was erased comes back.

    Everything is wrapped for the recipients of today, and this machine is made one, as ``name``, where it is not: who has
    the backup and its passphrase has the keys.  Raises :class:`Refused` (PRV-01) where it has no secret key yet, (PRV-04) where
    git would take the keys in.
    """
    from ledger.book.keys import let_in, refuse_tracked, write_recipients

    refuse_tracked(book)

    recipients, held = let_in(book, name), book.settings.recipients
    if recipients != held and not dry_run:
        write_recipients(book, recipients)
    ring, gone = book.keyring, set(erased)
    fates: Counter[str] = Counter(_put_back(ring, one, gone, dry_run=dry_run) for one in content.keys)
    if not dry_run:
        fates["anew"] += sum(map(ring.wrap_anew, ring.lacking()))  # what was made after the backup
    new = next((one for one in recipients if one not in held), "")
    return Restored(fates["done"], fates["there"], fates["erased"], fates["anew"], new)


def _put_back(ring: Keyring, kept: Kept, gone: Container[Gone], *, dry_run: bool) -> str:
    """What becomes of one key of the backup: the field of :class:`Restored` that counts it."""
    from ledger.privacy.keystore import KeyFile
    from ledger.privacy.values import key_of

    subject, key = Subject(kept.space, kept.code), key_of(base64.b64decode(kept.key))
    if KeyFile(subject, kept.made, key.id, 1).among(gone):
        return "erased"
    file = next((file for file in ring.files(subject) if file.id == key.id), None)
    opened = ring.opened(file) if file is not None else None
    if opened is not None and set(ring.recipients).issubset(opened.recipients):
        return "there"
    if not dry_run:
        place = KeyFile(subject, kept.made, key.id, 1) if file is None else file.next
        ring.store.write(place, ring.wrapped(subject, key))
    return "done" if file is None else "anew"


def backup_due(book: Book) -> Words | None:
    """What to remind of: keys were made or destroyed, and no backup since; ``None`` where all is well or no key is here."""
    if not book.settings.recipients:
        return None
    import datetime as dt

    from ledger.core.records.access import STORE, KeyBackup
    from ledger.privacy.keystore import stamp

    changed, last = book.keyring.store.changed(), book.state().thing(KeyBackup, STORE)
    if not changed:
        return None
    if last is None:
        return Words("个人资料的密钥还没有备份", "the keys of personal data have no backup yet")
    if changed > stamp(dt.datetime.fromisoformat(last.at)):
        return Words("上次备份密钥之后，密钥有增减", "keys were made or destroyed since the last backup of them")
    return None


def _refused(words: Words) -> Refused:
    return Refused(words, code="PRV-06", next=("gb keys restore --help",))
