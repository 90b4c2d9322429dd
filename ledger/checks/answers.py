"""Dispositions: which finding was answered by whom (R12).  A finding's key is its code with its subject."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

import msgspec

from ledger.core.findings import Answer, Finding
from ledger.core.forms import Reversal
from ledger.core.records.dispositions import Disposition
from ledger.core.state import Sourced

Key = tuple[str, str]


def in_force(sourced: Iterable[Sourced], until: dt.datetime | None = None) -> dict[Key, Disposition]:
    """The last disposition of every finding, of those recorded up to ``until`` (inclusive); undone ones left out."""
    known = [one.record for one in sourced if until is None or one.record.at <= until]
    undone = {record.ref for record in known if isinstance(record, Reversal)}
    found: dict[Key, Disposition] = {}
    for record in sorted((one for one in known if isinstance(one, Disposition)), key=lambda one: one.order):
        if record.id not in undone:
            found[record.code, record.subject] = record
    return found


def answered(findings: Iterable[Finding], given: Mapping[Key, Disposition], today: dt.date) -> list[Finding]:
    """The findings, each with its answer where there is one; its age is counted up to ``today``."""
    return [_with(finding, given.get((finding.code, finding.subject)), today) for finding in findings]


def _with(finding: Finding, record: Disposition | None, today: dt.date) -> Finding:
    if record is None:
        return finding
    answer = Answer(
        id=record.id, by=record.by, date=str(record.date), reason=record.reason, action=record.action,
        due=str(record.due or ""), age=max(0, (today - record.date).days),
    )  # fmt: skip
    return msgspec.structs.replace(finding, disposition=answer)
