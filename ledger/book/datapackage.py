"""``datapackage.json`` and ``schemas/`` in the book: what other programs need to read and to validate it without ours.

Both are derived and may be deleted; the book's own commands neither read nor commit them.  The package follows the Data Package
standard: each CSV journal is a tabular resource with the Table Schema of the columns that its file has, each YAML journal a
file with the JSON Schema that describes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ledger.book.exports import Export
from ledger.book.sealed import TABLES
from ledger.core.records import JOURNALS, journal
from ledger.core.schema import json_schema, plain_table, table_schema
from ledger.journal.damage import RECORD_LIMIT, Damage
from ledger.journal.header import read_header
from ledger.journal.paths import JournalPath, parse_path

if TYPE_CHECKING:
    from ledger.book.open import Book

FILE = "datapackage.json"
SCHEMAS = "schemas"
_CLOSINGS = "closings"

Descriptor = dict[str, Any]


def write(book: Book) -> list[str]:
    """Write the package and the schemas as the book is now; returns the paths that were written, relative to the book.

    Raises :class:`~ledger.core.errors.NotWritten`.
    """
    files = {**_schemas(), FILE: describe(book)}
    for path, content in files.items():
        book.disk.replace(path, as_json(content))
    return list(files)


def as_json(value: Descriptor) -> bytes:
    """JSON for people: indented, Chinese as it is."""
    import json

    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()


def schema_path(name: str) -> str:
    """Where the schema of a journal lies in the book: ``schemas/custody.schema.json``."""
    return f"{SCHEMAS}/{name}.{'table' if journal(name).format == 'csv' else 'schema'}.json"


def _schemas() -> dict[str, Descriptor]:
    declared = [journal(listed.name) for listed in JOURNALS]
    return {schema_path(one.name): table_schema(one) if one.format == "csv" else json_schema(one) for one in declared}


def describe(book: Book) -> Descriptor:
    """The descriptor: every journal file, and the tables that the closings carry forward."""
    return {
        "$schema": "https://datapackage.org/profiles/1.0/datapackage.json",
        "profile": "data-package",
        "name": f"gb-{book.settings.book}",
        "title": book.settings.store,
        "resources": [*_journals(book), *_closings(book)],
    }


def _journals(book: Book) -> Iterator[Descriptor]:
    for path in Export(book).paths():
        name = parse_path(path)
        if name is not None:
            yield _table(book, name) if name.format == "csv" else _file(name)


def _table(book: Book, name: JournalPath) -> Descriptor:
    """A tabular resource; a file that was begun with fewer columns has the schema of those."""
    declared = journal(name.journal)
    return _tabular(name.path, table_schema(declared, _columns(book, name)))


def _columns(book: Book, name: JournalPath) -> tuple[str, ...]:
    """The columns of the file's own header; all of the journal's for one that cannot be read, which validating will tell."""
    declared = journal(name.journal)
    _, line = next(book.disk.lines(name.path, 0, RECORD_LIMIT), (0, b""))
    try:
        return read_header(line, declared)
    except Damage:
        return declared.columns()


def _file(name: JournalPath) -> Descriptor:
    return {
        "name": _name(name.path),
        "path": name.path,
        "format": "yaml",
        "mediatype": "application/yaml",
        "encoding": "utf-8",
        "jsonSchema": schema_path(name.journal),
    }


def _closings(book: Book) -> Iterator[Descriptor]:
    for path in book.disk.walk(_CLOSINGS):
        table = path.rpartition("/")[2].removesuffix(".csv")
        if path.endswith(".csv") and table in TABLES:
            yield _tabular(path, plain_table(TABLES[table]))


def _tabular(path: str, schema: Descriptor) -> Descriptor:
    return {
        "profile": "tabular-data-resource",
        "name": _name(path),
        "path": path,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"lineTerminator": "\n", "doubleQuote": True, "header": True},
        "schema": schema,
    }


def _name(path: str) -> str:
    """A resource's name: small letters, digits, dots and dashes."""
    return path.rpartition(".")[0].replace("/", "-").lower()
