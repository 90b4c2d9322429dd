"""What a check family is given, and what it gives back, when it needs the whole book."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from ledger.checks.lead import Known, Past
from ledger.core.findings import Finding
from ledger.core.forms import Record
from ledger.core.memory import FullState
from ledger.core.rules import Rules
from ledger.core.state import Sourced


class Whole(msgspec.Struct, frozen=True, kw_only=True):
    """The whole book as a check family sees it when every record up to ``until`` is folded.

    ``records`` are in order, a repeated id once; ``reversed`` ones are among them (ask ``state`` for ``Reversed``).  Where
    months before them are not read again, ``past`` is what those left; a family then finds what belongs to ``records``, and
    every error of before that its state still shows.
    """

    records: Sequence[Sourced]
    state: FullState
    rules: Rules
    on: dt.date
    """The day as at which ages are counted: ``until``, but never after today, whatever a wrong clock has recorded."""
    before: dt.date
    """The first day that is not over: what a day must bring is asked of the days before it."""
    by_id: Known
    unsure: frozenset[str] = frozenset()
    """Ids of records that are damaged, missing, or broke a rule (errors): what follows from them is not reported again."""
    unread: frozenset[str] = frozenset()
    """Those of them that are damaged or missing: what they say is not known."""
    past: Past | None = None

    def also(self, *kinds: type[Record]) -> Iterator[Sourced]:
        """All records in order; of the months that are not read those of these kinds alone, and their reversals."""
        if self.past is not None:
            yield from self.past.before(*kinds)
        yield from self.records


class Seen(NamedTuple):
    """A finding of a family, the record it is about (its id), and the business date it belongs to where no record says it.

    Without either it belongs to the end of the period.
    """

    finding: Finding
    about: str = ""
    day: dt.date | None = None
