"""What is looked up only when a chain does not fit: waivers that accept a hand edit, and the other end of a fork."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.core.errors import Where
from ledger.core.forms import Reversal
from ledger.core.records import journal
from ledger.journal.chain import link
from ledger.journal.damage import Misfit
from ledger.journal.entry import Entry
from ledger.journal.paths import FOLDER, parse_path
from ledger.journal.reader import FileScan

if TYPE_CHECKING:
    from ledger.disk import Disk
    from ledger.journal.pieces import Piece

JOURNAL, KIND = "dispositions", "waiver"


def waived(disk: Disk, book_id: str) -> frozenset[Misfit]:
    """Every waiver in force.  A waiver names the bytes it accepts, so a later edit of the same line is found again."""
    given: dict[str, Misfit] = {}
    undone: set[str] = set()
    for path in disk.walk(FOLDER):
        name = parse_path(path)
        if name is None or name.journal != JOURNAL:
            continue
        for item in FileScan(disk, name, journal(JOURNAL), book_id, waived=frozenset()):
            if isinstance(item, Entry) and item.kind == KIND:
                values = item.values
                line = values.get("line", "")
                given[item.id] = Misfit(
                    values.get("file", ""), int(line) if line.isdecimal() else 0,
                    values.get("expected", ""), values.get("found", ""),
                )  # fmt: skip
            elif isinstance(item, Entry) and item.kind == Reversal.KIND:
                undone.add(item.values.get("ref", ""))
    return frozenset(misfit for record_id, misfit in given.items() if record_id not in undone)


def twin(disk: Disk, path: str, book_id: str, piece: Piece, body: bytes) -> Where | None:
    """Where a record stands that fits the chain behind the same record as ``piece`` does; None when there is no fork.

    A record that was moved also follows an earlier one, but nothing else that fits does.
    """
    name = parse_path(path)
    if name is None:
        return None
    found = FileScan(disk, name, journal(name.journal), book_id, waived=frozenset())
    before = ""
    for item in found:
        if not isinstance(item, Entry):
            continue
        if item.offset >= piece.offset:
            break
        fits = item.line not in found.misfits
        if fits and before and link(before, body) == _h(piece):
            return item.where()
        before = item.h
    return None


def _h(piece: Piece) -> str:
    """The ``h`` that stands at the end of a record's bytes."""
    return piece.raw.rstrip(b'"\r\n')[-16:].decode("ascii", "replace")
