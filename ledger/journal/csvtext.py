"""A CSV journal's line: exact columns, quoted if and only if a comma or a quote stands in the field, LF at the end.

One record is one physical line, because no field may hold a line end.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import compress

from ledger.core.text import LIMIT, bad_text
from ledger.journal.chain import link
from ledger.journal.damage import RECORD_LIMIT, form, not_utf8, of_text


def header_line(columns: Sequence[str]) -> bytes:
    """The first line of a file, LF included."""
    return ",".join(columns).encode() + b"\n"


def emit(values: Mapping[str, str], columns: Sequence[str], previous_h: str) -> tuple[bytes, str]:
    """One record as a line, and its ``h``.  ``columns`` end in ``h``; raises ``KeyError`` for a value without a column."""
    strangers = [name for name in values if name not in columns]
    if strangers:
        raise KeyError(strangers[0])
    body = ",".join([_quoted(values.get(name, "")) for name in columns[:-1]]).encode()
    h = link(previous_h, body)
    return body + b"," + h.encode() + b"\n", h


def parse(line: bytes, columns: Sequence[str], wide: Collection[str] = ()) -> dict[str, str]:
    """One line, LF included, as the texts of its fields that are not empty.

    ``wide`` names the fields that may be longer than a text field.  Raises :class:`Damage`.
    """
    parts = split(line, columns, wide)
    # Both halves leave out the empty fields, in C: this line and the next function are most of a month's reading.
    return dict(zip(compress(columns, parts), filter(None, parts), strict=False))


def split(line: bytes, columns: Sequence[str], wide: Collection[str] = ()) -> list[str]:
    """The texts of all columns.  Nearly every line takes the short way; the other one finds out what is wrong."""
    if b'"' not in line and len(line) <= LIMIT:
        try:
            text = line[:-1].decode()
        except UnicodeDecodeError:
            raise not_utf8(line) from None
        if text.isprintable() and ", " not in text and " ," not in text and (text.isascii() or _is_nfc(text)):
            parts = text.split(",")
            if len(parts) == len(columns) and line[-1] == 10 and text[:1] != " " and text[-1:] != " ":
                return parts
    return _split_strictly(line, columns, wide)


def _split_strictly(line: bytes, columns: Sequence[str], wide: Collection[str]) -> list[str]:
    try:
        text = line.decode()
    except UnicodeDecodeError:
        raise not_utf8(line) from None
    if text[-1:] != "\n":
        raise form("行末缺少换行", "the line lacks its line end")
    parts = list(_fields(text[:-1]))
    if len(parts) != len(columns):
        raise form(
            f"应有 {len(columns)} 列，实有 {len(parts)} 列", f"{len(columns)} columns expected, {len(parts)} found"
        )
    for name, part in zip(columns, parts, strict=True):
        why = bad_text(part, RECORD_LIMIT if name in wide else LIMIT)
        if why is not None:
            raise of_text(name, why)
    return parts


def _fields(text: str) -> Iterator[str]:
    """Cut at commas outside quotes; anything that would be written differently is damage."""
    at = 0
    while True:
        if text[at : at + 1] == '"':
            end = _closing(text, at + 1)
            value = text[at + 1 : end].replace('""', '"')
            if "," not in value and '"' not in value:
                raise form(f"第 {at + 1} 个字符处的引号多余", f"needless quotes at character {at + 1}")
            end += 1
        else:
            end = text.find(",", at)
            end = len(text) if end < 0 else end
            value = text[at:end]
            if '"' in value:
                raise form(
                    f"第 {at + 1} 个字符起的字段里有引号而未加引号", f"a bare quote in the field at character {at + 1}"
                )
        yield value
        if end == len(text):
            return
        if text[end] != ",":
            raise form(f"第 {end + 1} 个字符处应为逗号", f"a comma is expected at character {end + 1}")
        at = end + 1


def _closing(text: str, at: int) -> int:
    """The place of the quote that closes a field whose text starts at ``at``."""
    while True:
        end = text.find('"', at)
        if end < 0:
            raise form("引号没有闭合", "a quote is not closed")
        if text[end + 1 : end + 2] != '"':
            return end
        at = end + 2


def _quoted(text: str) -> str:
    if "," in text or '"' in text:
        return '"' + text.replace('"', '""') + '"'
    return text


def _is_nfc(text: str) -> bool:
    return unicodedata.is_normalized("NFC", text)
