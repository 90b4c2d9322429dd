"""What verification finds, under one of its two verdicts.

Integrity: what is there is what was written.  Completeness: nothing that was written is missing.
"""

from __future__ import annotations

import shlex
from typing import Literal, NamedTuple

from ledger.core.errors import Where
from ledger.core.findings import Finding, trouble
from ledger.core.words import Words
from ledger.journal.damage import SET_ASIDE, TORN

Aspect = Literal["integrity", "completeness"]


class Trouble(NamedTuple):
    """A finding and the verdict that it spoils."""

    aspect: Aspect
    finding: Finding


def changed(words: Words, *where: Where, subject: str = "", next: tuple[str, ...] = ()) -> Trouble:
    """CLS-01 of the integrity: a sealed thing is not what was sealed."""
    return _sealed("integrity", words, where, subject, next)


def missing(words: Words, *where: Where, subject: str = "", next: tuple[str, ...] = ()) -> Trouble:
    """CLS-01 of the completeness: a sealed thing is not there."""
    return _sealed("completeness", words, where, subject, next)


def put_there(words: Words, *where: Where, subject: str = "") -> Trouble:
    """CLS-01 of the integrity for what no closing wrote; it goes when it is taken away."""
    return changed(words, *where, subject=subject, next=take_away(where[0].file))


def not_recorded(words: Words, damage: Finding, where: Where) -> Trouble:
    """CLS-01 of the integrity for damage behind what was sealed; an unfinished record goes when it is set aside."""
    fix = (SET_ASIDE, "gb explain CLS-01") if damage.code == TORN else ()
    return changed(words, where, next=fix)


def take_away(path: str) -> tuple[str, ...]:
    """What removes a file that is of no closing, typed in the book's folder."""
    return (f"rm -r {shlex.quote(path)}", "gb explain CLS-01")


def _sealed(aspect: Aspect, words: Words, where: tuple[Where, ...], subject: str, fix: tuple[str, ...]) -> Trouble:
    subject = subject or where[0].id or where[0].file
    fix = fix or (f"git log --oneline -- {where[0].file}", "gb explain CLS-01")
    return Trouble(aspect, trouble("CLS-01", words, subject=subject, where=where, next=fix))
