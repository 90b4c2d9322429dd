"""The keystore: a folder with one small age file per data key, outside git, so that deleting it forgets a person for good.

``client/C001/20261122T064200Z-0123456789abcdef.1.age``: the subject, when the key was made, its id, and how often it was
wrapped anew.  A subject may have several keys: two terminals may have begun one each, and a rotation adds one; the last by
name is the one that new values are sealed under.  Two keystores are merged by taking the files of both.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Container, Iterable, Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from ledger.core.errors import Refused
from ledger.core.personal import Subject
from ledger.core.text import shown
from ledger.core.words import Words

if TYPE_CHECKING:
    from ledger.disk import Disk

_NAME: Final = re.compile(r"([0-9]{8}T[0-9]{6}Z)-([0-9a-f]{16})\.([1-9][0-9]{0,5})\.age")
_SPACES: Final = ("Client", "Member")
_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,31}")
_CHANGED: Final = "changed"
_LIMIT: Final = 64 * 1024
PRIVATE: Final = 0o600


def stamp(at: dt.datetime) -> str:
    """An instant as the files' names have it: in UTC, so that they sort."""
    return at.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ")


class Gone(NamedTuple):
    """What is to be destroyed: all keys of a subject, or the one of that id."""

    subject: Subject
    key: str = ""


class KeyFile(NamedTuple):
    """A wrapped key's place: sorts by when the key was made.  ``wrapping`` counts how often it was wrapped, from 1."""

    subject: Subject
    made: str
    id: str
    wrapping: int

    @property
    def path(self) -> str:
        """The file, relative to the keystore."""
        return f"{folder_of(self.subject)}/{self.made}-{self.id}.{self.wrapping}.age"

    @property
    def next(self) -> KeyFile:
        """The place of its next wrapping."""
        return self._replace(wrapping=self.wrapping + 1)

    @property
    def key(self) -> tuple[Subject, str]:
        """The data key that it holds, however wrapped."""
        return self.subject, self.id

    def among(self, gone: Container[Gone]) -> bool:
        """Whether it is to be destroyed."""
        return Gone(self.subject) in gone or Gone(self.subject, self.id) in gone


def folder_of(subject: Subject) -> str:
    """The folder of a subject's keys; raises :class:`Refused` for a code that is no name of a folder."""
    if subject.space not in _SPACES or not _CODE.fullmatch(subject.code):
        code = shown(subject.code, 32)
        raise Refused(
            Words(f"代码“{code}”不能有密钥", f"“{code}” can have no key: letters, digits and dashes only"),
            code="PRV-01",
        )
    return subject.text


class Keystore:
    """The files of one keystore.  Nothing is opened here: see :class:`ledger.privacy.keyring.Keyring`."""

    def __init__(self, disk: Disk) -> None:
        self.disk = disk

    def subjects(self) -> Iterator[Subject]:
        """Whose keys there are, or were: an erased person's folder stays, empty."""
        for space in _SPACES:
            for code in self.disk.folders(space.lower()):
                if _CODE.fullmatch(code):
                    yield Subject(space, code)

    def files(self, subject: Subject) -> list[KeyFile]:
        """A subject's key files, oldest key first, and of one key the last wrapping only at the end."""
        found = [_parsed(subject, path) for path in self.disk.walk(folder_of(subject))]
        return sorted(file for file in found if file is not None)

    def all(self) -> Iterator[KeyFile]:
        """Every key file, by subject."""
        for subject in self.subjects():
            yield from self.files(subject)

    def read(self, file: KeyFile) -> bytes:
        """The wrapped key."""
        return self.disk.read(file.path, _LIMIT)

    def write(self, file: KeyFile, wrapped: bytes) -> None:
        """Keep a wrapped key, durably, readable by this user only; then the older wrappings of it go."""
        self.disk.found(0o700)
        self.disk.replace(file.path, wrapped, mode=PRIVATE)
        if file.made > self.changed():
            self.mark(file.made)
        for other in self.files(file.subject):
            if other.key == file.key and other.wrapping < file.wrapping:
                self.disk.remove(other.path)

    def changed(self) -> str:
        """When the last key was made or forgotten, as in the files' names: what a backup is compared with; or empty."""
        if self.disk.stat(_CHANGED) is None:
            return ""
        return self.disk.read(_CHANGED, _LIMIT).decode("ascii", "replace").strip()

    def mark(self, stamp: str) -> None:
        """Note that a key was made or forgotten then."""
        self.disk.found(0o700)
        self.disk.replace(_CHANGED, f"{stamp}\n".encode(), mode=PRIVATE)

    def files_of(self, gone: Gone) -> list[str]:
        """The files to be destroyed, as paths in the keystore; what else lies in a subject's folder goes with all its keys."""
        if not gone.key:
            return self.disk.walk(folder_of(gone.subject))
        return [file.path for file in self.files(gone.subject) if file.id == gone.key]

    def forget(self, gone: Gone) -> int:
        """Delete keys; how many files there were."""
        paths = self.files_of(gone)
        for path in paths:
            self.disk.remove(path)
        return len(paths)


def last_wrappings(files: Iterable[KeyFile]) -> list[KeyFile]:
    """Each key once, as it was wrapped last, in the order of the keys."""
    return sorted({file.key: file for file in sorted(files, key=lambda one: one.wrapping)}.values())


def _parsed(subject: Subject, path: str) -> KeyFile | None:
    found = _NAME.fullmatch(path.rpartition("/")[2])
    return KeyFile(subject, found[1], found[2], int(found[3])) if found is not None else None
