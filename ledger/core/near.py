"""What somebody may have meant by a word that is not known."""

from __future__ import annotations

from collections.abc import Iterable

from ledger.core.text import fold
from ledger.core.words import Words


def near(typed: str, known: Iterable[str], *, least: float = 0.6) -> list[str]:
    """Up to three of ``known`` that are like what was typed, the likest first, in any case of letters.

    ``least``: how like, from 0 to 1.
    """
    from difflib import get_close_matches  # only when something went wrong

    names = {name.casefold(): name for name in known}
    return [names[one] for one in get_close_matches(fold(typed).casefold(), names, n=3, cutoff=least)]


def did_you_mean(names: Iterable[str]) -> Words:
    """The end of a message that names what is near; empty when nothing is."""
    found = list(names)
    if not found:
        return Words("", "")
    return Words(f"，是不是：{'、'.join(found)}", f"; did you mean: {', '.join(found)}")
