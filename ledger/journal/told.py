"""What one reading of a file tells: each trouble once, and of many of a kind the first hundred and how many more."""

from __future__ import annotations

from ledger.core.errors import Where
from ledger.core.findings import Finding
from ledger.journal import yamltext
from ledger.journal.damage import Damage, excerpt, further, mending
from ledger.journal.paths import is_record_id
from ledger.journal.pieces import Piece

LISTED = 100
"""So many damaged places of one code are listed of a file."""


class Told:
    """The findings of one file, in the order of their lines, until somebody takes them."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._found: list[Finding] = []
        self._said: set[str] = set()
        self._blank = -1
        self._count: dict[str, int] = {}
        self._last: dict[str, int] = {}

    def __bool__(self) -> bool:
        return bool(self._found)

    def take(self) -> list[Finding]:
        """What was told since it was last taken."""
        found, self._found = self._found, []
        return found

    def tell(self, damage: Damage, piece: Piece, other: Where | None = None) -> None:
        """Tell of a damaged piece; ``other`` is a second place that has to do with it."""
        if self._is_known(damage, piece):
            return
        code = damage.code
        self._count[code] = self._count.get(code, 0) + 1
        if self._count[code] > LISTED:
            self._last[code] = piece.line
            return
        name = _id_in(piece.raw)
        where = Where(self._path, piece.line, name, excerpt(piece.raw))
        subject = name or f"{self._path}:{piece.line}"
        self._add(damage, subject, (where,) if other is None else (where, other))

    def tell_rest(self) -> None:
        """Say how many places of each code were not listed; call it once, behind the last piece."""
        for code, line in self._last.items():
            self.tell_bare(further(code, self._count[code] - LISTED, line), line)

    def tell_bare(self, damage: Damage, line: int) -> None:
        """Tell of trouble that has a line and no record."""
        self._add(damage, f"{self._path}:{line}", (Where(self._path, line),), mend=False)

    def _add(self, damage: Damage, subject: str, where: tuple[Where, ...], *, mend: bool = True) -> None:
        hints = mending(damage.code, where[0]) if mend else ()
        self._found.append(
            Finding(
                code=damage.code, severity="error", words=damage.words, subject=subject, where=where,
                next=(f"gb explain {damage.code}", *hints),
            )
        )  # fmt: skip

    def _is_known(self, damage: Damage, piece: Piece) -> bool:
        """Whether it was told: of a run of empty lines the first, of what is wrong with a whole file once."""
        if piece.raw.isspace():
            before, self._blank = self._blank, piece.line
            if before == piece.line - 1:
                return True
        if not damage.whole_file:
            return False
        known = str(damage) in self._said
        self._said.add(str(damage))
        return known


def _id_in(raw: bytes) -> str:
    """The record id at the start of a piece, if one can be read there."""
    start = raw.removeprefix(yamltext.START)
    text = start[:40].replace(b'"', b",").partition(b",")[0].decode("ascii", "replace")
    return text if is_record_id(text) else ""
