"""What `gb explain CODE` says of a code, in both languages."""

from __future__ import annotations

from typing import NamedTuple

from ledger.core.words import Words


class Explained(NamedTuple):
    """A code in words: its title, what it means, how it comes about, what to do."""

    title: Words
    means: Words
    happens: Words
    do: Words
