"""The ways out of a notice: a folder, a mail server, a web address.  Each sends one message to one address, once.

Nothing here knows the book; what was sent where is recorded by its caller.
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from ledger.core.words import Words


class Message(NamedTuple):
    """What is sent.  ``text`` is the notice, byte for byte as issued; ``digest`` its sha256 in hex.

    ``key`` is the same whenever the same notice is sent: servers that know it take the message once.
    """

    number: str
    store: str
    day: dt.date
    subject: str
    text: bytes
    digest: str
    key: str
    at: dt.datetime


class Failed(Exception):
    """It did not go out.  ``again``: trying once more may help."""

    def __init__(self, words: Words, *, again: bool) -> None:
        super().__init__(words.en)
        self.words = words
        self.again = again
