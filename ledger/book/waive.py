"""A hand edit in an open month accepted: the text stays as it is, and a record says who accepts it and why (format: chain)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ledger.core.errors import MonthClosed, Refused, Unknown, Where
from ledger.core.findings import Finding
from ledger.core.words import Words
from ledger.journal.damage import Misfit
from ledger.journal.entry import Entry
from ledger.journal.paths import JournalPath, parse_path
from ledger.journal.reader import scan

if TYPE_CHECKING:
    from ledger.book.open import Book

CHAINED = frozenset({"JRN-01", "JRN-07"})
"""What a waiver answers: the record reads, and only the chain does not fit."""


def waiver_values(book: Book, path: str, line: int) -> tuple[dict[str, Any], Finding]:
    """The values of a waiver for the record on that line, and the finding that it answers.

    Raises :class:`MonthClosed` in a sealed month, :class:`Unknown` where there is nothing to waive, :class:`Refused` for a
    record that does not read: its text must be put right first.
    """
    name = parse_path(path)
    if name is None or book.disk.stat(path) is None:
        words = Words(f"没有日记账文件 {path}", f"there is no journal file {path}")
        raise Unknown(words, next=("gb check JRN",))
    _refuse_sealed(book, name, line)
    misfit, found, entry = _looked(book, path, line)
    wrong = [one for one in found if one.code not in CHAINED]
    if wrong:
        raise _does_not_read(path, line, wrong[0])
    if misfit is None:
        raise _nothing_there(path, line)
    if not found:
        words = Words(f"{path}:{line} 已有豁免", f"{path}:{line} is waived already")
        raise Refused(words, code="REF-03", next=("gb log --kind waiver",), where=(entry.where(),) if entry else ())
    return {"file": misfit.file, "line": misfit.line, "expected": misfit.expected, "found": misfit.found}, found[0]


def _looked(book: Book, path: str, line: int) -> tuple[Misfit | None, list[Finding], Entry | None]:
    """What stands on the line: whether the chain fits, the findings about it, the record."""
    scanned = scan(book.disk, path, book.settings.book, typed=True)
    found: list[Finding] = []
    entry = None
    for item in scanned:
        if isinstance(item, Entry):
            entry = item if item.line == line else entry
        elif item.where and item.where[0].line == line:
            found.append(item)
    return scanned.misfits.get(line), found, entry


def _refuse_sealed(book: Book, name: JournalPath, line: int) -> None:
    if book.disk.stat(f"closings/{name.month}/closing.yaml") is None:
        return
    words = Words(
        f"{name.month} 已封账，封账后的改动不能豁免：找回封账时的原文，用 gb verify 核验",
        f"{name.month} is sealed: a change of sealed text is never waived; get the sealed text back and run gb verify",
    )
    where = (Where(name.path, line),)
    raise MonthClosed(words, where=where, next=(f"git log -p -- {name.path}", f"gb verify {name.month}"))


def _does_not_read(path: str, line: int, finding: Finding) -> Refused:
    words = Words(
        f"{path}:{line} 读不出来（{finding.words.zh}），不能豁免：先从 git、备份或另一终端的副本恢复原文",
        f"{path}:{line} does not read ({finding.words.en}) and cannot be waived: first get its text back from git, a "
        f"backup or another terminal's copy",
    )
    return Refused(
        words, code=finding.code, where=finding.where, next=(f"git log -p -- {path}", f"gb explain {finding.code}")
    )


def _nothing_there(path: str, line: int) -> Unknown:
    words = Words(f"{path}:{line} 没有要豁免的改动", f"there is nothing to waive at {path}:{line}")
    return Unknown(words, next=("gb check JRN",))
