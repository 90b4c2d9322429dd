"""Personal values in records: sealed when a draft is recorded, opened again for those who may see them (C8).

Everything heavy is imported only where a personal value is really written or read: the counter's commands never do.
"""

from __future__ import annotations

import os
from collections.abc import Container, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ledger.core.errors import Refused
from ledger.core.forgotten import Forgotten, thing_key
from ledger.core.personal import MASK, Clear, Subject, is_sealed, item_names, key_ids, subject_of
from ledger.core.words import Words

if TYPE_CHECKING:
    import datetime as dt

    from ledger.book.draft import Draft, Recorded
    from ledger.book.open import Book
    from ledger.core.forms import Record
    from ledger.core.state import State, Thing
    from ledger.privacy.keyring import Keyring
    from ledger.privacy.wrapping import Identity

IDENTITY: Final = "identity"
"""What this machine remembers: the path of the secret key that it opens keys with, where it is not its own."""
_SECRET_LIMIT: Final = 64 * 1024


def keystore_path(book: Book) -> Path:
    """The folder of the keys: ``keystore`` of ``gb.yaml``, relative to the book."""
    return Path(os.path.normpath(book.root.absolute() / os.path.expanduser(book.settings.keystore)))


def keyring_of(book: Book) -> Keyring:
    """The keys of a book as this machine can use them; :attr:`Book.keyring` keeps it."""
    from ledger.disk import Disk
    from ledger.privacy.keyring import Keyring
    from ledger.privacy.keystore import Keystore

    store = Keystore(Disk(keystore_path(book)))
    return Keyring(book.settings.book, store, [*book.settings.recipients.values()], lambda: identities(book))


def own_identity(book: Book) -> str:
    """The name, in this machine's folder, of the secret key that it made for the book."""
    return f"{book.settings.book}.identity"


def identity_files(book: Book) -> list[Path]:
    """Where this machine has a secret key: the one it made itself, and the one it was told of."""
    from ledger.disk import Disk, machine_dir, read_machine

    paths = [machine_dir() / own_identity(book)]
    if other := read_machine(book.settings.book).get(IDENTITY):
        paths.append(Path(other))
    return [path for path in paths if Disk(path.parent).stat(path.name) is not None]


def identities(book: Book) -> list[Identity]:
    """What this machine opens keys with; raises :class:`Refused` for a file that holds no usable key."""
    from ledger.disk import Disk
    from ledger.privacy.wrapping import identity_of

    return [identity_of(Disk(path.parent).read(path.name, _SECRET_LIMIT), str(path)) for path in identity_files(book)]


# -- writing -------------------------------------------------------------------------------------------------------------


def seal_values(
    book: Book, kind: type[Record], values: dict[str, Any], state: State, now: dt.datetime
) -> dict[str, Any]:
    """``values`` with each clear one sealed; what says the same as before keeps its sealed text.

    A new key stays in memory until :meth:`Keyring.save`.  Raises :class:`Refused` (PRV-01) where the book has no keys,
    (PRV-03) where the person was erased.
    """
    subject = subject_of(kind.WHOSE, values)
    if subject is None:
        raise TypeError(f"{kind.KIND} holds nothing personal")
    ring = book.keyring
    held, theirs = _held(subject, state, ring)

    def sealed(name: str, value: Any) -> Any:
        if not isinstance(value, Clear):
            return value
        return ring.seal(subject, name, value.open(), old=held.get(name, ""), now=now, theirs=theirs)

    return {name: sealed(name, value) for name, value in values.items()}


def _held(subject: Subject, state: State, ring: Keyring) -> tuple[Mapping[str, str], Container[str]]:
    """The sealed values that the subject has now, and keys in its folder that are another's (NUM-01).

    Whoever is filed now has none yet: a key that is there came from a terminal that gave somebody the same code.  Raises
    :class:`Refused` for one that was erased.
    """
    thing = _thing_of(subject, state)
    _refuse_erased(subject, thing)
    if thing is None:
        return {}, frozenset(file.id for file in ring.files(subject))
    held: Mapping[str, str] = getattr(thing, "personal", {})
    return held, getattr(thing, "theirs", ())


def _thing_of(subject: Subject, state: State) -> Thing | None:
    from ledger.core.records import thing_class

    return state.thing(thing_class(subject.space), subject.code)


def _refuse_erased(subject: Subject, thing: Thing | None) -> None:
    if getattr(thing, "erased", False):
        raise erased_for_good(subject)


def erased_for_good(subject: Subject) -> Refused:
    """The keys were destroyed: nobody can open what is asked for."""
    words = Words(f"{subject.code} 的个人资料已删除", f"the personal data of {subject.code} were erased")
    return Refused(words, code="PRV-03", next=("gb explain PRV-03",))


def same_value(book: Book, old: Record, name: str, value: Clear) -> bool:
    """Whether a record has that clear value in a field; raises :class:`Refused` (PRV-01) where its key is not here."""
    text = getattr(old, name, "")
    subject = subject_of(old.WHOSE, old.encode())
    if not text or subject is None:
        return False
    found = book.keyring.open(subject, name, text)
    if found is None:
        raise no_key(subject)
    return found == value.open()


def no_key(subject: Subject) -> Refused:
    """This machine cannot open what is asked for."""
    words = Words(
        f"本机没有 {subject.code} 的密钥，或打不开它", f"this machine has no key of {subject.code}, or cannot open it"
    )
    return Refused(words, code="PRV-01", next=("gb keys doctor", "gb keys sync"))


# -- reading -------------------------------------------------------------------------------------------------------------


def opened(book: Book, subject: Subject, texts: Mapping[str, str]) -> dict[str, str]:
    """``texts`` with each sealed value in the clear, or masked where this machine has no key for it.

    For callers that have recorded the reveal or the export.  Raises :class:`Refused` (PRV-02) for a value that was sealed
    for something else.
    """
    ring = book.keyring
    return {name: (ring.open(subject, name, text) or MASK) if is_sealed(text) else text for name, text in texts.items()}


def reveal(book: Book, draft: Draft, subject: Subject, texts: Mapping[str, str]) -> tuple[Recorded, dict[str, str]]:
    """Record that the values are looked at, then open them (C8).

    ``draft`` is the ``reveal`` of the access journal; the items that open here, and no others, are put into it.  Raises :class:`NotAllowed`, and :class:`Refused` (PRV-01) where
    nothing could be shown: then nothing is recorded.
    """
    import msgspec

    from ledger.book.write import record

    sealed = {name: text for name, text in texts.items() if is_sealed(text)}
    found = opened(book, subject, sealed)
    shown = [name for name, text in found.items() if text != MASK]
    if sealed and not shown:
        _refuse_erased(subject, _thing_of(subject, book.state()))
        keys = (book.state().thing(Forgotten, thing_key(subject, key)) for key in key_ids(sealed.values()))
        raise no_key(subject) if None in keys else erased_for_good(subject)
    told = msgspec.structs.replace(draft, values={**draft.values, "items": item_names(shown)})
    return record(book, told), {**texts, **found}
