"""The verification of an opened book: its text against all that stands outside of it on this machine.

Whatever seals, signs or checks a book asks here, so that no command accepts what another one calls broken.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from ledger.audit.history import UNSHALLOW, Copies, head_of, is_shallow, moved_back
from ledger.audit.known import GitClosings, Known, Signed, seen_closings
from ledger.audit.people import read_people
from ledger.audit.seal import read_seal, seal_digest, seal_path
from ledger.audit.seen import Seen, read_seen, write_seen
from ledger.audit.signature import SIDES, check_signature, parse_signature, yaml_path
from ledger.audit.verify import Asked, Verification, verify
from ledger.core.errors import Refused, Unknown, Usage
from ledger.core.findings import Finding, trouble
from ledger.core.words import Words

if TYPE_CHECKING:
    from ledger.book.open import Book

AUDITED = frozenset({"CLS-01", "CLS-05", "JRN-10"})
"""What verification alone judges: sealed files, seals, signatures, and what was seen before."""


def verified(book: Book, *, month: str = "", digest: str = "", forget: bool = False) -> Verification:
    """Verify the book, or one month; ``forget`` leaves out what this machine saw before.

    Raises :class:`Usage` for a note that does not read, :class:`Unknown` for a month that nothing knows of.
    """
    seen = Seen() if forget else read_seen(book.root, book.settings.book)
    asked = Asked(month=month, digest=digest, seen=seen, known=_in_git(book))
    found = verify(book.disk, book.settings.book, asked, originals=Copies(book.root), now=book.now())
    if month:
        _refuse_no_month(found, month, digest)
        return found
    back = moved_back(book.root, seen.head)
    return msgspec.structs.replace(
        found,
        completeness=(*found.completeness, *back),
        seen=msgspec.structs.replace(found.seen, head=head_of(book.root) or seen.head),
    )


def keep(book: Book, seen: Seen) -> None:
    """Note what was seen; raises where the machine has no place for it."""
    write_seen(book.root, book.settings.book, seen)


def note_closing(book: Book, month: str) -> None:
    """Add a month's seal and its signatures to what this machine has seen: it was here when they were made.

    A note that does not read stays as it is, for ``gb verify`` to say so.
    """
    try:
        seen = read_seen(book.root, book.settings.book)
    except Usage:
        return
    paths = {side: yaml_path(month, side) for side in SIDES}
    signed = {side: book.disk.read(path) for side, path in paths.items() if book.disk.stat(path) is not None}
    signatures = {
        f"{month}/{side}": f"{seal_digest(data)} {parse_signature(data).grade}" for side, data in signed.items()
    }
    digest = seal_digest(book.disk.read(seal_path(month)))
    keep(
        book,
        msgspec.structs.replace(
            seen,
            at=seen.at or f"{book.now():%Y-%m-%d %H:%M}",
            seals={**seen.seals, month: digest},
            signatures={**signatures, **seen.signatures},
        ),
    )


def audited(book: Book, month: str = "") -> list[Finding]:
    """What verification finds beyond the check of the records (:data:`AUDITED`), of one month or all.

    A note that does not read is a finding too: nothing can be compared with it.
    """
    try:
        seen = read_seen(book.root, book.settings.book)
    except Usage as error:
        return [*_audited(book, month, Seen()), trouble("JRN-10", error.words, subject="seen", next=error.next)]
    return _audited(book, month, seen)


def _audited(book: Book, month: str, seen: Seen) -> list[Finding]:
    asked = Asked(month=month, seen=seen, known=_in_git(book), approvals=False, strict=False)
    found = verify(book.disk, book.settings.book, asked, originals=Copies(book.root))
    back = [] if month else moved_back(book.root, seen.head)
    every = (*found.integrity, *found.completeness, *back, *found.warnings)
    return [one for one in every if one.code in AUDITED]


def up_to(found: Verification, month: str) -> list[Finding]:
    """What is wrong with a month, with one before it, or with the history as a whole: nobody signs on top of it."""
    return [one for one in (*found.integrity, *found.completeness) if min(_months(one), default="") <= month]


def _months(finding: Finding) -> set[str]:
    return {where.file.split("/")[1] for where in finding.where if where.file.count("/") > 1}


def signed_before(book: Book, month: str, side: str) -> Known | None:
    """A side's signature that git or this machine knows and that stood; None when that side never signed."""
    git = GitClosings(book.root)
    try:
        signed = git.signature(month, side)
    finally:
        git.close()
    if signed is not None and _stood(book, month, side, signed):
        return signed.known
    seen = seen_closings(read_seen(book.root, book.settings.book))
    return next((one for one in seen if (one.month, one.side) == (month, side)), None)


def _stood(book: Book, month: str, side: str, signed: Signed) -> bool:
    """Whether it was good over the seal as it is: one that was not may be moved away and made again."""
    try:
        found = read_seal(book.disk, month)
    except ValueError:
        return False
    if found is None:
        return False
    people = read_people(book.disk, book.settings.book)
    return not list(
        check_signature(signed.signature, signed.raw, side=side, seal=found[0], seal_bytes=found[1], people=people)
    )


def sealed_before(book: Book, month: str) -> Known | None:
    """The seal of a month that git, on any branch, or this machine knows; None for a month that was never sealed."""
    git = GitClosings(book.root, "--all")
    try:
        known = git.seal(month)
    finally:
        git.close()
    seen = seen_closings(read_seen(book.root, book.settings.book))
    return known or next((one for one in seen if (one.month, one.side) == (month, "")), None)


def gone_seals(book: Book, months: Iterable[str]) -> Iterator[Known]:
    """Those of ``months`` that lack the seal they had, as the commits here, this machine's last-seen note or a later seal know it.

    Such a month is closed whatever its folder looks like; what stands on other branches is not ours yet.
    """
    asked = sorted(one for one in months if book.disk.stat(seal_path(one)) is None)
    if not asked:
        return
    seen: dict[str, Known] = {}
    with suppress(Usage):  # a note that does not read is told by the verification
        seen = {one.month: one for one in seen_closings(read_seen(book.root, book.settings.book)) if not one.side}
    git = GitClosings(book.root)
    try:
        yield from (
            found for one in asked if (found := git.seal(one) or seen.get(one) or named_later(book, one)) is not None
        )
    finally:
        git.close()


def named_later(book: Book, name: str) -> Known | None:
    """The seal that a later one names as the one before it; None when nothing is missing there."""
    later = book.seals.named_by(name)
    seal = book.seals.of(later) if later else None
    if seal is None:
        return None
    return Known(name, "", seal.previous, "", Words(f"{later} 封签里记着的", f"named by the seal of {later}"))


def refuse_shallow(book: Book, code: str) -> None:
    """Raise :class:`Refused` with that code in a shallow clone: whether the month was closed and signed before is not seen there."""
    if is_shallow(book.root):
        words = Words(
            "浅克隆：这个月以前有没有封过、签过，这里看不到，没有写；先取全历史",
            "a shallow clone: whether the month was closed or signed before is not seen here; nothing was written. "
            "Fetch it all first",
        )
        raise Refused(words, code=code, next=(UNSHALLOW, "gb verify"))


def _in_git(book: Book) -> tuple[Known, ...]:
    git = GitClosings(book.root)
    try:
        return tuple(git.lost())
    finally:
        git.close()


def _refuse_no_month(found: Verification, month: str, digest: str) -> None:
    """A month of which there is neither seal, record nor memory: most likely it was mistyped."""
    if not found.months and found.sound and not digest:
        words = Words(f"账本里没有 {month}", f"there is nothing of {month} in the book")
        raise Unknown(words, next=("gb verify",))
