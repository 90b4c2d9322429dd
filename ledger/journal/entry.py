"""One record as it stands in a file, with its place, before and after it is decoded."""

from __future__ import annotations

from functools import cache

import msgspec

from ledger.core.errors import Unreadable, Where
from ledger.core.forms import FieldError, Journal, Record
from ledger.journal.damage import excerpt, of_field


class Entry(msgspec.Struct):
    """A whole record read from a file.

    ``values`` holds the texts that are not empty, ``h`` included.  ``line`` counts from 1 and is that of ``- id:`` in
    YAML; ``offset`` is the record's first byte, ``raw`` its bytes with their line end.
    """

    kind: str
    id: str
    values: dict[str, str]
    file: str
    line: int
    offset: int
    h: str
    raw: bytes
    journal: Journal
    _record: Record | None = None

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
