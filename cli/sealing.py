"""What follows a close or a signature: this machine notes that it saw it, and it is committed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.render import note
from ledger.core.errors import GbError
from ledger.core.words import Words

if TYPE_CHECKING:
    from cli.entry import Desk


def settle(at: Desk, month: str, message: str) -> str:
    """Note and commit; returns what became of the commit.  Neither takes anything back when it fails."""
    from ledger.book.commit import OUTCOMES, commit_own
    from ledger.book.verified import note_closing

    try:
        note_closing(at.book, month)
    except GbError as error:
        not_noted(error)
    outcome = commit_own(at.book.root, message)
    if outcome != "none":
        note(OUTCOMES[outcome])
    return outcome


def not_noted(error: GbError) -> None:
    """Say that the last-seen note could not be kept."""
    note(Words(f"本次所见没有记下：{error.words.zh}", f"what was seen was not noted: {error.words.en}"))


def note_shallow(at: Desk) -> None:
    """Say that the beginning of the git history is not here: what git would tell against this book is not seen."""
    from ledger.audit.history import is_shallow

    if is_shallow(at.book.root):
        words = Words(
            "浅克隆：更早的提交里有过什么封账，这里看不到",
            "a shallow clone: what closings earlier commits had is not seen here",
        )
        note(words)
