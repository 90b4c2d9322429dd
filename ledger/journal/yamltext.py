"""A YAML journal's record: ``- id: "…"``, then ``  name: "…"`` in declared order, ``  h: "…"``, an empty line.

Every value is a double-quoted string in which only the quote and the backslash are escaped, so that any YAML 1.1 or 1.2
reader gets the same strings.  No YAML library is used here: some die of deep nesting, and their escapes differ.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping
from functools import cache

from ledger.core.forms import HEAD, TAIL, UNDONE, FieldError, Journal, Record, Reversal, UnknownField
from ledger.core.text import LIMIT, bad_text
from ledger.journal.chain import link
from ledger.journal.damage import RECORD_LIMIT, form, not_utf8, of_field, of_text

START = b'- id: "'
H_LINE = b'  h: "'


def emit(values: Mapping[str, str], previous_h: str) -> tuple[bytes, str]:
    """One record as a block, and its ``h``.  ``values`` come in file order, ``id`` first, without ``h``."""
    own = body(values)
    h = link(previous_h, own)
    return own + f'  h: "{h}"\n\n'.encode(), h


def body(values: Mapping[str, str]) -> bytes:
    """What ``h`` is computed over: the record's lines up to the one of ``h``; empty texts are left out."""
    lines = [f'  {name}: "{_escaped(text)}"\n' for name, text in values.items() if text]
    return ("- " + "".join(lines)[2:]).encode()


def parse(block: bytes, journal: Journal, wide: Collection[str] = ()) -> dict[str, str]:
    """One block, from ``- id:`` to its empty line, as texts in file order, ``h`` included.  Raises :class:`Damage`."""
    try:
        text = block.decode()
    except UnicodeDecodeError:
        raise not_utf8(block) from None
    lines = text.split("\n")
    if lines[-2:] != ["", ""] or not text.startswith("- "):
        raise form(
            "记录应以 - id 行开始、以一个空行结束", "a record starts with its - id line and ends with one empty line"
        )
    lines[0] = "  " + lines[0][2:]
    plain = len(block) <= LIMIT and _is_plain(text)
    values: dict[str, str] = {}
    for line in lines[:-2]:
        name, value = _pair(line)
        if name in values:
            raise form(f"字段 {name} 出现两次", f"field {name} stands twice")
        why = None if plain else bad_text(value, RECORD_LIMIT if name in wide else LIMIT)
        if why is not None:
            raise of_text(name, why)
        values[name] = value
    _check_order(values, journal)
    return values


def _is_plain(text: str) -> bool:
    """Whether all values of a block are surely good text: one look at the block instead of one at each value."""
    return (
        text.replace("\n", "").isprintable()
        and ': " ' not in text
        and ' "\n' not in text
        and (text.isascii() or unicodedata.is_normalized("NFC", text))
    )


def _pair(line: str) -> tuple[str, str]:
    name, colon, rest = line.partition(': "')
    if not colon or name[:2] != "  " or rest[-1:] != '"':
        raise form("每行应为两个空格、字段名、冒号和双引号内的内容", 'a line is two spaces, a name and "its text"')
    value = rest[:-1]
    if "\\" in value or '"' in value:
        value = _unescaped(value)
    if not value:
        raise form(f"空字段 {name[2:22]} 应省略", f"the empty field {name[2:22]} should be left out")
    return name[2:], value


def _unescaped(text: str) -> str:
    # A backslash may only stand before a quote or a backslash, and a quote only behind a backslash.
    pieces = text.split("\\\\")
    for piece in pieces:
        if piece.count('\\"') != piece.count("\\") or piece.count('\\"') != piece.count('"'):
            raise form('只允许 \\" 和 \\\\ 两种转义', 'only \\" and \\\\ may be escaped')
    return "\\".join([piece.replace('\\"', '"') for piece in pieces])


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _check_order(values: Mapping[str, str], journal: Journal) -> None:
    ranks = _ranks_of(values, journal)
    last = -1
    for name, text in values.items():
        rank = ranks.get(name)
        if rank is None:
            raise of_field(UnknownField(name, text, f"no field of {values['kind']}"))
        if rank < last:
            raise form(f"字段 {name} 的位置不对", f"field {name} is out of order")
        last = rank


def _ranks_of(values: Mapping[str, str], journal: Journal) -> Mapping[str, int]:
    kind = values.get("kind", "")
    if not kind:
        raise form("缺少字段 kind", "field kind is missing")
    try:
        undone = kind == Reversal.KIND
        return _ranks(journal.kind(values.get("of", "") if undone else kind), undone)
    except FieldError as error:
        raise of_field(error) from None


@cache
def _ranks(kind: type[Record], undone: bool) -> Mapping[str, int]:
    own = [field.name for field in kind.fields()]
    names = (*HEAD, *own, *(UNDONE if undone else ()), *TAIL)
    return {name: rank for rank, name in enumerate(names)}
