"""What a command wants recorded, and what came of it."""

from __future__ import annotations

import datetime as dt
from typing import Any, TypeVar

import msgspec

from ledger.core.errors import Refused
from ledger.core.findings import Finding
from ledger.core.forms import Record
from ledger.core.words import Words

R = TypeVar("R", bound=Record)


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A record to be: typed ``values`` of its own fields as far as given; entry resolves the rest.

    ``derived`` names the values that the command worked out from the state: a retry may work out others (``key``).
    ``at`` is set only when the clock was given by hand; ``date`` only when it is not the day of ``at``.
    ``moment`` is what the machine's clock said when the draft was signed: its time, and no other, is in the signature.
    """

    journal: str
    kind: str
    values: dict[str, Any]
    by: str
    terminal: str
    date: dt.date | None = None
    at: dt.datetime | None = None
    moment: dt.datetime | None = None
    ref: str = ""
    reason: str = ""
    note: str = ""
    key: str = ""
    derived: tuple[str, ...] = ()


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """What was written.  ``again``: it was there already (same key); ``dry``: nothing was written."""

    record: Record
    warnings: tuple[Finding, ...] = ()
    file: str = ""
    line: int = 0
    h: str = ""
    again: bool = False
    dry: bool = False
    bumped: bool = False
    torn: str = ""

    def of(self, kind: type[R]) -> R:
        """The record as the kind that was drafted; raises ``TypeError`` for another."""
        if not isinstance(self.record, kind):
            raise TypeError(f"{self.record.KIND} is no {kind.KIND}")
        return self.record


class RefusedBy(Refused):
    """Refused by one or more findings of severity error; the first gives the code."""

    def __init__(self, findings: list[Finding]) -> None:
        words = Words("；".join(f.words.zh for f in findings), "; ".join(f.words.en for f in findings))
        hints = tuple(dict.fromkeys(hint for finding in findings for hint in finding.next))
        where = tuple(place for finding in findings for place in finding.where)
        super().__init__(words, code=findings[0].code, next=hints, where=where)
        self.findings = tuple(findings)


class Ambiguous(Refused):
    """Several things fit what was typed; ``candidates`` are pairs of key and description."""

    default_code = "REF-02"

    def __init__(self, words: Words, candidates: list[tuple[str, str]], look: str = "") -> None:
        """``look`` is the command that shows one of them, without its key."""
        listed = "\n".join(f"  {key}  {what}" for key, what in candidates)
        hints = tuple(f"{look} {key}" for key, _ in candidates) if look else ()
        super().__init__(Words(f"{words.zh}\n{listed}", f"{words.en}\n{listed}"), next=hints)
        self.question = words
        self.candidates = candidates
