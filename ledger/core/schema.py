"""Schemas of the journals for other programs, read off the declarations: nothing here is typed a second time.

A YAML journal is described by a JSON Schema (2020-12) of the whole file: an array whose items are one of the journal's
kinds, every value a string with the pattern of its codec.  A CSV journal is described by a Frictionless Table Schema of
its columns; such a schema has one row type, so what only one kind requires is named in the column's description.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ledger.core.forms import (
    CODE,
    DAY,
    HEAD,
    HEAD_WORDS,
    INSTANT,
    RECORD,
    RESTORES,
    TAIL,
    TEXT,
    UNDONE,
    YES,
    Codec,
    Field,
    Journal,
    Record,
    Reversal,
)  # fmt: skip
from ledger.core.text import LIMIT
from ledger.core.words import Words

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_CONTROLS = (
    r"\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff"
    r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
)
TEXT_PATTERN = rf"^[^\s{_CONTROLS}]([^{_CONTROLS}]*[^\s{_CONTROLS}])?$"
"""What any text field may hold, as far as a regular expression can say it: no controls, no white space at the ends."""

H_PATTERN = "^[0-9a-f]{16}$"
_CHAIN = Codec("chain", str, str, H_PATTERN, Words("16 位十六进制", "16 hex digits"))
_CODECS: Mapping[str, Codec] = {
    "id": RECORD, "at": INSTANT, "date": DAY, "by": CODE, "ref": RECORD, "h": _CHAIN, "of_ref": RECORD,
    "restores": RESTORES,
}  # fmt: skip
_FORMATS = {DAY.name: "date", INSTANT.name: "date-time"}  # there is no 30th of February
_WORD = YES.name  # each choice of words has a pattern of its own
_TYPES = {"day": "date", "instant": "datetime", "sheets": "integer"}

Schema = dict[str, Any]


def json_schema(journal: Journal) -> Schema:
    """The JSON Schema of one file of a YAML journal."""
    kinds = {kind.KIND: _json_kind(kind, journal) for kind in journal.kinds}
    undone = {f"reversal-of-{kind.KIND}": _json_reversal(kind, journal) for kind in journal.kinds}
    records = {**kinds, **undone}
    return {
        "$schema": DIALECT,
        "$id": f"urn:gb-ledger:schema:1:{journal.name}",
        "title": _title(journal.words),
        "description": f"journals/<month>/{journal.name}.<terminal>.yaml",
        "type": "array",
        "minItems": 1,
        "items": {"oneOf": [{"$ref": f"#/$defs/{name}"} for name in records]},
        "$defs": {**records, **_forms(journal)},
    }


def table_schema(journal: Journal, columns: Sequence[str] = ()) -> Schema:
    """The Frictionless Table Schema of one file of a CSV journal, its columns in file order.

    ``columns``: those of a file that was begun when the journal had fewer; all of the journal's by default.
    """
    return {
        "title": _title(journal.words),
        "description": f"journals/<month>/{journal.name}.<terminal>.csv",
        "primaryKey": ["id"],
        "missingValues": [""],
        "fields": [_column(name, journal) for name in columns or journal.columns()],
    }


def plain_table(columns: Sequence[str]) -> Schema:
    """The Table Schema of a table of texts, none of them empty."""
    return {"fields": [{"name": name, "type": "string", "constraints": {"required": True}} for name in columns]}


def _title(words: Words) -> str:
    return f"{words.zh} {words.en}"


# -- JSON Schema -------------------------------------------------------------------------------------------------------


def _json_kind(kind: type[Record], journal: Journal) -> Schema:
    own = {field.name: _string(field.codec, field.words) for field in kind.fields()}
    required = [*_required(kind), *(["reason"] if kind.NEEDS_REASON else [])]
    return _object(kind.WORDS, {**_head(kind, journal), **own, **_tail()}, required)


def _json_reversal(kind: type[Record], journal: Journal) -> Schema:
    """A reversal repeats the original's own fields, then says what it undid and names it in ``ref``."""
    own = {field.name: _string(field.codec, field.words) for field in kind.fields()}
    of = {"of": {"title": _title(HEAD_WORDS["of"]), "const": kind.KIND}}
    undone = {name: _string(_CODECS[name], HEAD_WORDS[name]) for name in UNDONE[1:]}
    required = [*_required(kind), "of", "ref", *(["reason"] if Reversal.NEEDS_REASON else [])]
    words = Words(f"冲销：{kind.WORDS.zh}", f"reversal: {kind.WORDS.en}")
    return _object(words, {**_head(Reversal, journal), **own, **of, **undone, **_tail()}, required)


def _required(kind: type[Record]) -> list[str]:
    return [field.name for field in kind.fields() if field.required]


def _object(words: Words, properties: Schema, required: Sequence[str]) -> Schema:
    return {
        "title": _title(words),
        "type": "object",
        "properties": properties,
        "required": [*HEAD, *required, "h"],
        "additionalProperties": False,
    }


def _head(kind: type[Record], journal: Journal) -> Schema:
    head = {name: _string(_CODECS[name], HEAD_WORDS[name]) for name in HEAD[:-1]}
    head["id"] = {"title": _title(HEAD_WORDS["id"]), "type": "string", "pattern": _id_pattern(journal)}
    return {**head, "kind": {"title": _title(HEAD_WORDS["kind"]), "const": kind.KIND}}


def _tail() -> Schema:
    tail = {name: _string(_CODECS.get(name, TEXT), HEAD_WORDS[name]) for name in TAIL}
    return {**tail, "clock": {"title": _title(HEAD_WORDS["clock"]), "const": "given"}}


def _string(codec: Codec, words: Words) -> Schema:
    """A value of the file: always a string, in the codec's form."""
    if codec.name == _WORD:
        return {"title": _title(words), **_form(codec)}
    return {"title": _title(words), "$ref": f"#/$defs/form-{codec.name}"}


def _forms(journal: Journal) -> Schema:
    """The forms of the values, each once: what ``$ref`` in the fields points to."""
    own = (field.codec for kind in journal.kinds for field in kind.fields())
    codecs = {codec.name: codec for codec in (TEXT, *_CODECS.values(), *own) if codec.name != _WORD}
    return {f"form-{name}": _form(codecs[name]) for name in sorted(codecs)}


def _form(codec: Codec) -> Schema:
    form: Schema = {"description": _title(codec.words), "type": "string"}
    if codec.name == _WORD:
        return {"type": "string", "enum": _choices(codec)}
    if codec is TEXT:
        return {**form, "pattern": TEXT_PATTERN, "maxLength": LIMIT}
    formats = {"format": _FORMATS[codec.name]} if codec.name in _FORMATS else {}
    return {**form, "pattern": codec.pattern, **formats}


def _choices(codec: Codec) -> list[str]:
    """The words that a choice allows; a list says it to a reader better than its pattern."""
    return codec.pattern.removeprefix("^(").removesuffix(")$").replace("\\", "").split("|")


def _id_pattern(journal: Journal) -> str:
    return RECORD.pattern.replace("[A-Z]{2}", journal.code, 1)


# -- Table Schema ------------------------------------------------------------------------------------------------------


def _column(name: str, journal: Journal) -> Schema:
    if name in HEAD or name in TAIL or name in UNDONE:
        return _common_column(name, journal)
    users = [kind for kind in journal.kinds for field in kind.fields() if field.name == name]
    field = next(field for field in users[0].fields() if field.name == name)
    needing = [kind.KIND for kind in users if _field(kind, name).required]
    column = _typed(name, field.words, field.codec, required=len(needing) == len(journal.kinds))
    column["description"] += f"; {' '.join(kind.KIND for kind in users)}"
    if needing and len(needing) < len(journal.kinds):
        column["description"] += f"; required: {' '.join(needing)}"
    return column


def _field(kind: type[Record], name: str) -> Field:
    return next(field for field in kind.fields() if field.name == name)


def _common_column(name: str, journal: Journal) -> Schema:
    words = HEAD_WORDS[name]
    kinds = [kind.KIND for kind in journal.kinds]
    if name == "kind":
        return _chosen(name, words, [*kinds, Reversal.KIND], required=True)
    if name == "of":
        return _chosen(name, words, kinds, required=False)
    if name == "clock":
        return _chosen(name, words, ["given"], required=False)
    column = _typed(name, words, _CODECS.get(name, TEXT), required=name in HEAD or name == "h")
    if name == "id":
        column["constraints"]["pattern"] = _id_pattern(journal)
    if name == "reason":
        needing = [kind.KIND for kind in journal.kinds if kind.NEEDS_REASON]
        column["description"] += f"; required: {' '.join([*needing, Reversal.KIND])}"
    return column


def _chosen(name: str, words: Words, choices: Sequence[str], *, required: bool) -> Schema:
    constraints: Schema = {"required": True} if required else {}
    return {"name": name, "title": _title(words), "type": "string", "constraints": {**constraints, "enum": [*choices]}}


def _typed(name: str, words: Words, codec: Codec, *, required: bool) -> Schema:
    """A column.  Amounts stay strings: a number type would let ``1e2`` and ``5000`` pass for ``5000.00``."""
    constraints: Schema = {"required": True} if required else {}
    kind = _TYPES.get(codec.name, "string")
    if codec is TEXT:
        constraints |= {"pattern": TEXT_PATTERN, "maxLength": LIMIT}
    elif codec.name == _WORD:
        constraints["enum"] = _choices(codec)
    elif kind == "string":
        constraints["pattern"] = codec.pattern
    column = {"name": name, "title": _title(words), "description": _title(codec.words), "type": kind}
    return {**column, "constraints": constraints}
