"""The keys as this machine can use them: opened with its identity, made and wrapped for the recipients of the book."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Callable, Container, Sequence
from typing import NamedTuple

import msgspec

from ledger.core.errors import Refused
from ledger.core.personal import Subject
from ledger.core.words import Words
from ledger.privacy.keystore import KeyFile, Keystore, last_wrappings, stamp
from ledger.privacy.values import DataKey, NotOpened, key_id, key_of, new_key, seal, unseal
from ledger.privacy.wrapping import NO_IDENTITY, Identity, unwrap, wrap

ALTERED = "PRV-02"


class Wrapped(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a key file holds once it is opened: whose key of which book it is, and whom it was wrapped for."""

    v: str = "1"
    book: str
    subject: str
    key: str
    recipients: tuple[str, ...] = ()


class Opened(NamedTuple):
    """A key of the keystore that this machine opened."""

    key: DataKey
    recipients: tuple[str, ...]


class Keyring:
    """The data keys of one book.  New keys wait in memory until :meth:`save`, so that a dry run leaves no trace."""

    def __init__(
        self, book: str, store: Keystore, recipients: Sequence[str], identities: Callable[[], list[Identity]]
    ) -> None:
        self.book = book
        self.store = store
        self.recipients = tuple(recipients)
        self._find = identities
        self._identities: list[Identity] | None = None
        self._opened: dict[tuple[Subject, str], DataKey | None] = {}
        self._current: dict[Subject, DataKey] = {}
        self._owners: dict[str, Subject] | None = None
        self._new: list[tuple[KeyFile, DataKey]] = []

    # -- values ----------------------------------------------------------------------------------------------------

    def seal(
        self, subject: Subject, field: str, text: str, *, old: str, now: dt.datetime, theirs: Container[str] = ()
    ) -> str:
        """The sealed value; ``old``, the present one, is kept as it is when it says the same.

        ``theirs`` are keys that belong to another party which was given the same code, and are not for this one's values.
        Raises :class:`Refused` (PRV-01) where the book has no recipients to wrap a key for.
        """
        if old and self._says(subject, field, old, text):
            return old
        return seal(self.current(subject, now, theirs), self.book, subject, field, text)

    def _says(self, subject: Subject, field: str, old: str, text: str) -> bool:
        try:
            return self.open(subject, field, old) == text
        except Refused:  # a value that was altered is put right by entering it again
            return False

    def open(self, subject: Subject, field: str, sealed: str) -> str | None:
        """The value in the clear, or ``None`` where its key is not here or not ours.

        Raises :class:`Refused` (PRV-02) where the key is here and the value is not what was sealed for this subject and field.
        """
        key = self._key(subject, key_id(sealed))
        if key is None:
            if self._foreign(subject, key_id(sealed)):
                raise _altered(subject, field)
            return None
        try:
            return unseal(key, self.book, subject, field, sealed)
        except NotOpened:
            raise _altered(subject, field) from None

    def current(self, subject: Subject, now: dt.datetime, theirs: Container[str] = ()) -> DataKey:
        """The key that new values of the subject are sealed under, made when there is none that this machine can open."""
        found = self._current.get(subject)
        if found is None:
            own = (file.id for file in self.files(subject) if file.id not in theirs)
            opened = [one for name in own if (one := self._key(subject, name)) is not None]
            found = self._current[subject] = opened[-1] if opened else self.make(subject, now)
        return found

    # -- keys ------------------------------------------------------------------------------------------------------

    def files(self, subject: Subject) -> list[KeyFile]:
        """The subject's keys as they lie in the store, oldest first."""
        return last_wrappings(self.store.files(subject))

    def make(self, subject: Subject, now: dt.datetime) -> DataKey:
        """A new key of the subject, to be used from now on; :meth:`save` keeps it."""
        if not self.recipients:
            words = Words("还没有密钥，不能登记个人资料", "there are no keys yet: personal data cannot be recorded")
            raise Refused(words, code=NO_IDENTITY, next=("gb keys init",))
        key = new_key()
        self._new.append((KeyFile(subject, stamp(now), key.id, 1), key))
        self._opened[subject, key.id] = self._current[subject] = key
        return key

    @property
    def unsaved(self) -> int:
        """How many keys were made that :meth:`save` has not kept yet."""
        return len(self._new)

    def save(self, tick: Callable[[int], None] = lambda _: None) -> None:
        """Keep the new keys, durably, ticking each; to be done before a value under them is recorded."""
        while self._new:
            file, key = self._new[0]
            self.store.write(file, self.wrapped(file.subject, key))
            del self._new[0]
            tick(1)

    def wrapped(self, subject: Subject, key: DataKey) -> bytes:
        """The key for the recipients of today."""
        secret = base64.b64encode(key.secret).decode()
        content = Wrapped(book=self.book, subject=subject.text, key=secret, recipients=self.recipients)
        return wrap(msgspec.json.encode(content), self.recipients)

    def unwrapped(self, subject: Subject, wrapped: bytes) -> Opened | None:
        """The key in a key file, or ``None`` where it is not ours to open, or is another subject's or book's."""
        data = unwrap(wrapped, self.identities())
        if data is None:
            return None
        try:
            found = msgspec.json.decode(data, type=Wrapped)
            key = key_of(base64.b64decode(found.key))
        except (msgspec.MsgspecError, ValueError, NotOpened):
            return None
        return Opened(key, found.recipients) if (found.book, found.subject) == (self.book, subject.text) else None

    def opened(self, file: KeyFile) -> Opened | None:
        """The key in a file of the store, or ``None``."""
        found = self.unwrapped(file.subject, self.store.read(file))
        return found if found is not None and found.key.id == file.id else None

    def wrap_anew(self, file: KeyFile) -> bool:
        """Wrap a key for the recipients of today; ``False`` where this machine cannot open it."""
        found = self.opened(file)
        if found is None:
            return False
        self.store.write(file.next, self.wrapped(file.subject, found.key))
        return True

    def lacking(self) -> list[KeyFile]:
        """The keys that open here and that some recipient of today cannot open: those wrapped before it was let in."""
        wanted = set(self.recipients)
        files = last_wrappings(self.store.all())
        return [file for file in files if (found := self.opened(file)) and not wanted.issubset(found.recipients)]

    def identities(self) -> list[Identity]:
        """What this machine opens keys with; empty when it has nothing."""
        if self._identities is None:
            self._identities = self._find()
        return self._identities

    def _foreign(self, subject: Subject, wanted: str) -> bool:
        """Whether the keystore has that key as somebody else's, or in the subject's folder one that opens and is not theirs."""
        own = [file for file in self.files(subject) if file.id == wanted]
        strange = any(self.opened(one) is None and unwrap(self.store.read(one), self.identities()) for one in own)
        return strange or self._owner(wanted) not in (None, subject)

    def _owner(self, wanted: str) -> Subject | None:
        """Whose key that is, by the keystore; ``None`` where it is not here."""
        if self._owners is None:
            # the copy of a key under another name changes nothing: of two folders the one that opens it is the owner's
            self._owners = {}
            for file in self.store.all():
                if file.id not in self._owners or self.opened(file) is not None:
                    self._owners[file.id] = file.subject
        return self._owners.get(wanted)

    def _key(self, subject: Subject, wanted: str) -> DataKey | None:
        place = (subject, wanted)
        if place not in self._opened:
            found = None
            for file in self.files(subject):
                if file.id == wanted and (opened := self.opened(file)) is not None:
                    found = opened.key
            self._opened[place] = found
        return self._opened[place]


def _altered(subject: Subject, field: str) -> Refused:
    words = Words(
        f"{subject.code} 的 {field} 不是为它加密的：被改过，或从别处搬来",
        f"{field} of {subject.code} was not sealed for it: changed, or moved here from elsewhere",
    )
    return Refused(words, code=ALTERED, next=("gb keys doctor",))
