"""What is signed in a book: months, as their sheets show it, and approvals, made and judged (V1, R6)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

import msgspec

from ledger.book.draft import Draft, Recorded, RefusedBy
from ledger.core.errors import GbError, Unknown, Where
from ledger.core.findings import Finding
from ledger.core.forms import Record, Reversal
from ledger.core.judge import with_severity
from ledger.core.records.dispositions import Adoption, effective
from ledger.core.records.requests import Approval, Request

if TYPE_CHECKING:
    from ledger.audit.signature import SignedBy
    from ledger.book.open import Book
    from ledger.book.text import Text
    from ledger.core.dates import Month
    from ledger.reports.reconcile import SealShown, Signed

TRIES = 3
"""So often is an approval signed anew because the book moved on in the meantime."""

# -- months --------------------------------------------------------------------------------------------------------------


def seal_shown(book: Book, month: Month) -> SealShown | None:
    """A closed month's seal as its sheet shows it; None for an open month."""
    from ledger.audit.seal import seal_digest, seal_path, short
    from ledger.reports.reconcile import SealShown

    seal = book.seals.of(month.text)
    if seal is None:
        return None
    digest = seal_digest(book.disk.read(seal_path(month.text)))
    return SealShown(digest=digest, short=short(digest), at=seal.at, by=seal.by)


def signatures(book: Book, month: Month) -> list[Signed]:
    """The signatures beside a closed month's seal, each judged; empty for an open month (R6)."""
    from ledger.reports.reconcile import Signed

    return [
        Signed(side=one.side, by=one.by, name=one.name, at=one.at, grade=one.grade, key=one.key, valid=one.valid)
        for one in sides(book, month)
        if one.there
    ]


def sides(book: Book, month: Month) -> list[SignedBy]:
    """Both sides of a closed month, signed or not; empty for an open month."""
    return [one for one, _ in _judged(book, month)]


def signature_findings(book: Book, month: Month) -> list[Finding]:
    """CLS-05 for each signature beside a closed month's seal that does not stand."""
    return [bad for _, found in _judged(book, month) for bad in found]


def _judged(book: Book, month: Month) -> list[tuple[SignedBy, list[Finding]]]:
    from ledger.audit.people import read_people
    from ledger.audit.seal import seal_path
    from ledger.audit.signature import judged

    seal = book.seals.of(month.text)
    if seal is None:
        return []
    data = book.disk.read(seal_path(month.text))
    people = read_people(book.disk, book.settings.book)
    return list(judged(book.disk, seal, data, people, strict=False))


def signed_on(book: Book, month: Month) -> dict[str, dt.date | None]:
    """When each side signed a closed month, as its signature says; None for one that has not, or not readably.

    Whether a signature stands is not asked here: that is for ``gb verify``.
    """
    from ledger.audit.signature import SIDES, read_signature
    from ledger.core.dates import parse_instant

    found: dict[str, dt.date | None] = {}
    for side in SIDES:
        try:
            known = read_signature(book.disk, month.text, side)
        except (ValueError, GbError):
            known = None
        found[side] = parse_instant(known[0].at).date() if known else None
    return found


# -- approvals -----------------------------------------------------------------------------------------------------------


def approve(book: Book, draft: Draft, key: Path, *, dry_run: bool = False) -> Recorded:
    """Sign and record an approval.  Whatever refuses it is told before a passphrase is asked for.

    The signature is made without the book's lock, since somebody may have to type; it names the record's number and
    time, so when another entry comes in between it is made again.  Raises as recording does, and :class:`Refused`.
    """
    from ledger.audit.approval import sign
    from ledger.audit.people import read_people
    from ledger.book.write import foresee, record, recorded_before

    if draft.key and recorded_before(book, draft):
        return record(book, draft, dry_run=dry_run)
    for left in reversed(range(TRIES)):
        made, findings = foresee(book, draft)
        errors = [one for one in findings if one.severity == "error" and one.code != "APR-05"]
        if errors:
            raise RefusedBy(errors)
        approval, people = cast("Approval", made), read_people(book.disk, book.settings.book)
        signature = sign(book.settings.book, book.find(made.ref).record, approval, key, people)
        signed = msgspec.structs.replace(
            draft,
            values={**draft.values, "signature": signature},
            moment=made.at,
            derived=(*draft.derived, "signature"),
        )
        try:
            return record(book, signed, dry_run=dry_run)
        except RefusedBy as refused:
            if refused.code != "APR-04" or not left:
                raise
    raise AssertionError(TRIES)


def judge_signature(book: Book, made: Record) -> list[Finding]:
    """APR-04 for a record that is to be written and whose own or repeated signature does not stand."""
    approval = effective(made)
    if not isinstance(approval, Approval) or not approval.signature:
        return []
    from ledger.audit.approval import Signed, check
    from ledger.audit.people import read_people

    one = Signed(approval.encode(), _request(book, approval.ref), Where())
    found = check(book.settings.book, [one], read_people(book.disk, book.settings.book))
    return [with_severity(finding, book.rules, made) for finding in found]


class Stands(NamedTuple):
    """The signature of one approval: its key's fingerprint, and whether it stands (None: nothing to judge it with)."""

    key: str
    valid: bool | None


def signature_of(book: Book, record: Record) -> Stands | None:
    """How the signature of an approval stands; None for a record without one."""
    if not isinstance(record, Approval) or not record.signature:
        return None
    from ledger.audit.openssh import key_of

    severities = [one.severity for one in judge_signature(book, record)]
    return Stands(key_of(record.signature), None if "warning" in severities else not severities)


def _request(book: Book, request_id: str) -> Mapping[str, str] | None:
    """The texts of a request, also of one that arrived late in a closed month; None when it is not in the book."""
    try:
        return book.find(request_id).values
    except Unknown:
        from ledger.book.text import whole_text

        return next((one.values for one in whole_text(book).late if one.id == request_id), None)


def approval_findings(book: Book, text: Text, month: Month | None = None) -> list[Finding]:
    """APR-04 for the signed approvals in force, of one month or all; what is reported as damage is left out."""
    signed = [one for one in text.also(Approval) if _signature(one.record)]
    if month is not None:
        signed = [one for one in signed if month.contains(one.record.date)]
    if not signed:
        return []
    from ledger.audit.approval import Signed, check
    from ledger.audit.people import read_people

    entries = text.also(Request, Approval, Adoption)
    undone = {one.record.ref for one in entries if isinstance(one.record, Reversal)}
    known = {record.id: record.encode() for one in entries if (record := effective(one.record)).KIND == "request"}
    told = {(where.file, where.line) for one in text.damage for where in one.where}
    places = {one.record.id: one.where() for one in entries} if told else {}
    found = []
    for one in signed:
        approval = effective(one.record)
        stands = (one.where(), places.get(approval.ref, Where()))
        if one.record.id not in undone and not {(where.file, where.line) for where in stands} & told:
            found.append(Signed(approval.encode(), known.get(approval.ref), one.where()))
    return list(check(book.settings.book, found, read_people(book.disk, book.settings.book)))


def _signature(record: Record) -> str:
    approval = effective(record)
    return approval.signature if isinstance(approval, Approval) else ""
