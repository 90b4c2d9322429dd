"""The month of several stores as one sheet: every figure is the sum of the stores' figures, in fen and sheets.

Only figures are added.  What names one store's records or sheets (reasons, serials, control numbers, open items) stays on that
store's own sheet: two stores may have records of the same id and vouchers of the same serial.  Adding is associative and
commutative, so that it does not matter which store comes first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from ledger.folds.counts import Counted
from ledger.folds.reconcile import FaceSheet, MonthSheet, pay_order

LISTS = ("registers",)
"""Blocks of the sheet that are lists alone: nothing in them adds up."""


def figures(sheet: MonthSheet) -> MonthSheet:
    """The sheet with its figures alone: all that the chain holds of a store, whatever the store's size."""
    return _together([sheet])


def add(one: MonthSheet, other: MonthSheet) -> MonthSheet:
    """Both months together; raises ``ValueError`` for sheets of two different months."""
    if one.month != other.month:
        raise ValueError(f"{one.month.text} {other.month.text}")
    return _together([one, other])


def _together(sheets: Sequence[MonthSheet]) -> MonthSheet:
    faces = sorted({face.face for sheet in sheets for face in sheet.faces}, reverse=True)
    sales = _sum([sheet.sales for sheet in sheets])
    parts = [{name: block for name, block in sheet.parts.items() if name not in LISTS} for sheet in sheets]
    return MonthSheet(
        month=sheets[0].month,
        faces=tuple(_face([one for sheet in sheets for one in sheet.faces if one.face == face]) for face in faces),
        sales=msgspec.structs.replace(sales, by_pay=pay_order(sales.by_pay)),
        tie_out=_sum([sheet.tie_out for sheet in sheets]),
        prior_period=(),
        counts=Counted(),
        money=_sum([sheet.money for sheet in sheets]),
        parts=_sum(parts),
    )


def _face(same: Sequence[FaceSheet]) -> FaceSheet:
    """One face of all stores that have it; counted only where each of them counted it: not counted is not zero (V7)."""
    counts = [one.counted for one in same if one.counted is not None]
    return FaceSheet(
        face=same[0].face,
        figures=_sum([one.figures for one in same]),
        counted=sum(counts) if len(counts) == len(same) else None,
        held=sum(one.held for one in same),
    )


def _sum(values: Sequence[Any]) -> Any:
    """The sum of values of one type: numbers, and mappings and structs of them; a list of single items is left empty."""
    first = values[0]
    if isinstance(first, int):
        return sum(values)
    if isinstance(first, Mapping):
        names = sorted({name for value in values for name in value})
        return {name: _sum([value[name] for value in values if name in value]) for name in names}
    if isinstance(first, msgspec.Struct):
        fields = first.__struct_fields__
        return type(first)(**{name: _sum([getattr(value, name) for value in values]) for name in fields})
    if isinstance(first, tuple) and hasattr(first, "_make"):
        return first._make(_sum(same) for same in zip(*values, strict=True))
    if isinstance(first, tuple):
        return ()
    raise TypeError(type(first).__name__)
