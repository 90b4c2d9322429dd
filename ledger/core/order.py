"""The order of records: date, instant, rank of the kind, terminal, number (format: order)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from ledger.core.state import Sourced

S = TypeVar("S", bound=Sourced)


def in_order(sourced: Iterable[S]) -> list[S]:
    """Sort records by their order key, each key made once; the id at its end breaks every tie the same way."""
    keyed = [(one.record.order, index, one) for index, one in enumerate(sourced)]
    keyed.sort()
    return [one for _, _, one in keyed]
