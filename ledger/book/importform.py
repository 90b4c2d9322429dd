"""What a journal says of its import: the fields of a row, and how a row's texts become the values of a record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from ledger.core.state import State

if TYPE_CHECKING:
    from ledger.book.draft import Draft
    from ledger.book.foreign import Line
    from ledger.book.imports import Import

Texts = Mapping[str, str]
"""The texts of a row by field."""


def _as_given(day: dt.date, _today: dt.date) -> dt.date | None:
    return day


class Form(NamedTuple):
    """A journal that can be imported.

    ``needed`` are the fields that a map must fill, ``a|b`` one of several.  ``key`` makes the foreign id of a row that has
    none of its own; ``date`` gives the business date for the row's own date, None for the day of the import.  ``theirs``: the
    other side's facts, whose business date is no part of what they say.  ``parts`` are the texts of the records that a row
    becomes, in order, where it may become more than one.
    """

    fields: tuple[str, ...]
    needed: tuple[str, ...]
    kind: Callable[[Texts], str]
    values: Callable[[Import, Texts, State], dict[str, Any]]
    key: Callable[[Import, Line, dict[str, Any], Texts], str]
    complete: Callable[[Import, Line, Draft, State], Draft | None] = lambda _, __, draft, ___: draft
    date: Callable[[dt.date, dt.date], dt.date | None] = _as_given
    theirs: bool = False
    parts: Callable[[Texts], tuple[Texts, ...]] | None = None
