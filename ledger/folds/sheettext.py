"""The sheet of a month as JSON and back, so that one that can change no more need not be folded again."""

from __future__ import annotations

from importlib import import_module
from typing import Any, get_type_hints

import msgspec

from ledger.core.spans import EMPTY, SpanSet, parse_spans
from ledger.folds.parts import PARTS
from ledger.folds.reconcile import MonthSheet


def show_sheet(sheet: MonthSheet) -> bytes:
    """A sheet as the text of a file."""
    return msgspec.json.encode(sheet, enc_hook=_spans_text)


def parse_sheet_text(text: bytes) -> MonthSheet:
    """The inverse of :func:`show_sheet`; raises ``ValueError`` (``msgspec.MsgspecError``) for any other text."""
    sheet = msgspec.json.decode(text, type=MonthSheet, dec_hook=_typed)
    parts = {
        name: msgspec.convert(block, _block_type(name), dec_hook=_typed, str_keys=True)
        for name, block in sheet.parts.items()
    }
    return msgspec.structs.replace(sheet, parts=parts)


def _block_type(name: str) -> Any:
    """What the part of that name gives at a month's end."""
    part = PARTS[name].part
    return get_type_hints(part.close, vars(import_module(part.__module__)))["return"]


def _spans_text(value: Any) -> str:
    if isinstance(value, SpanSet):
        return value.text
    raise NotImplementedError


def _typed(kind: type, value: Any) -> Any:
    if kind is SpanSet:
        return parse_spans(value) if value else EMPTY
    raise NotImplementedError
