"""One record as it stands in a file, with its place, before and after it is decoded."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import msgspec

from ledger.core.errors import Unreadable, Where
from ledger.core.forms import FieldError, Journal, Record
from ledger.journal.damage import excerpt, of_field


class Entry(msgspec.Struct):
    """A whole record read from a file.

    :attr:`values` holds the texts that are not empty, ``h`` included.  ``line`` counts from 1 and is that of ``- id:`` in
    YAML; ``offset`` is the record's first byte, ``raw`` its bytes with their line end.
    """

    kind: str
    id: str
    texts: dict[str, str] | None
    file: str
    line: int
    offset: int
    h: str
    raw: bytes
    journal: Journal
    parse_again: Callable[[bytes], dict[str, str]] | None = None
    _record: Record | None = None

    @property
    def values(self) -> dict[str, str]:
        """The texts of its fields."""
        if self.texts is None:
            assert self.parse_again is not None  # or :meth:`slim` had kept them
            self.texts = self.parse_again(self.raw)
        return self.texts

    def slim(self) -> None:
        """Keep the typed record alone: the texts are read from the bytes again when somebody asks.

        They are half of what a record takes in memory, and few records of a month are asked for them.
        """
        if self.parse_again is not None:
            self.texts = None

    @property
    def length(self) -> int:
        """Size in bytes, line end included."""
        return len(self.raw)

    @property
    def record(self) -> Record:
        """The typed record, decoded once.  Raises :class:`Unreadable` (JRN-03, JRN-05) for a field not in its form."""
        found = self._record
        if found is not None:
            return found
        try:
            return self.decode()
        except FieldError as error:
            damage = of_field(error)
            raise Unreadable(damage.words, code=damage.code, where=(self.where(),)) from None

    def decode(self) -> Record:
        """As :attr:`record`, but raises :class:`FieldError`."""
        if self._record is None:
            self._record = self.journal.decode(self.values)
        return self._record

    def where(self) -> Where:
        """File, line, id and the record's own bytes as bounded text."""
        return Where(self.file, self.line, self.id, excerpt(self.raw))


@cache
def wide_fields(journal: Journal) -> frozenset[str]:
    """Names of the fields that hold lists and may fill a record, unlike a text field."""
    wide = [field.name for kind in journal.kinds for field in kind.fields() if field.codec.name not in ("text", "code")]
    return frozenset((*wide, "restores"))
