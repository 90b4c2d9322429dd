"""A user's mistake is an exception that carries a stable code, its words, where it was found and what to type next.

Trouble in data that is already recorded is a value instead (:mod:`ledger.core.findings`).  Exit codes are those of the
public contract, section 3; nothing else in the program chooses an exit code.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

import msgspec

from ledger.core.words import Words

Retry = Literal["safe", "same-token", "no"]


class Where(msgspec.Struct, frozen=True):
    """A place in a file: path relative to the book, line counted from 1, the record's id, and the line's own text."""

    file: str = ""
    line: int = 0
    id: str = ""
    text: str = ""


class GbError(Exception):
    """Base of every refusal.  ``next`` holds ready commands that work when pasted, best first."""

    exit_code: ClassVar[int] = 3
    default_code: ClassVar[str] = ""
    retry: ClassVar[Retry] = "safe"

    def __init__(self, words: Words, *, code: str = "", next: Sequence[str] = (), where: Sequence[Where] = ()) -> None:
        super().__init__(words.en)
        self.words = words
        self.code = code or self.default_code
        self.next = tuple(next)
        self.where = tuple(where)


class Usage(GbError):
    """The command line is off: something is missing, malformed or of an unknown form."""

    exit_code = 2
    default_code = "USE-01"


class Refused(GbError):
    """A rule refuses the act; nothing was written.  ``code`` is the finding's code where there is one."""

    exit_code = 3


class Unknown(Refused):
    """No such record, client, serial, operator or terminal."""

    default_code = "REF-01"


class NotAllowed(Refused):
    """The operator's roles do not allow the act."""

    default_code = "ROL-01"


class OutOfOrder(Refused):
    """The record would sort before the last event of something it touches (format: the order rule)."""

    default_code = "ORD-01"


class TokenReused(Refused):
    """The same retry token or foreign id came with other content."""

    default_code = "KEY-01"
    retry = "no"


class MonthClosed(Refused):
    """The month is sealed."""

    default_code = "CLS-04"


class Unreadable(GbError):
    """The book cannot be read: missing, of another version, or damaged."""

    exit_code = 4
    default_code = "JRN-03"
    retry = "no"


class NotWritten(GbError):
    """Nothing was written: disk full, read-only, no permission."""

    exit_code = 5
    default_code = "DSK-01"


class Locked(NotWritten):
    """Another command holds the book's lock and did not let go in time."""

    default_code = "LCK-01"


class NotDelivered(GbError):
    """Recorded, but what was to go out because of it did not."""

    exit_code = 6
    default_code = "OUT-02"
    retry = "safe"


class Uncertain(GbError):
    """The disk did not confirm: the record may or may not be there.  Read it back before typing it again."""

    exit_code = 75
    default_code = "DSK-02"
    retry = "same-token"


class Declined(GbError):
    """The person said no, or interrupted at a question; nothing was written since the last one."""

    exit_code = 130
    default_code = "USE-02"
