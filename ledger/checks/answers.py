"""Dispositions: which finding was answered by whom (R12).  A finding's key is its code with its subject.

One answer to a record that a wrong clock timed (DAT-01) covers what that clock timed before it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from ledger.core.findings import AHEAD, Answer, Finding
from ledger.core.forms import Record, Reversal
from ledger.core.records.dispositions import Disposition, told_by_same_clock
from ledger.core.state import Sourced

Key = tuple[str, str]


def in_force(sourced: Iterable[Sourced], until: dt.datetime | None = None) -> dict[Key, Disposition]:
    """The last disposition of every finding, of those recorded up to ``until`` (inclusive); undone ones left out."""
    records = [one.record for one in sourced]
    known = [record for record in records if until is None or record.at <= until]
    undone = {record.ref for record in known if isinstance(record, Reversal)}
    found: dict[Key, Disposition] = {}
    for record in sorted((one for one in known if isinstance(one, Disposition)), key=lambda one: one.order):
        if record.id not in undone:
            found[record.code, record.subject] = record
    ahead = [one for (code, _), one in found.items() if code == AHEAD]
    return {**_same_clock(records, ahead), **found} if ahead else found


def _same_clock(records: Sequence[Record], answers: Sequence[Disposition]) -> dict[Key, Disposition]:
    """What the answers to records that were ahead cover besides: all that the same wrong clock timed."""
    times = {record.id: record.at for record in records}
    named = [one for one in answers if one.subject in times]
    return {
        (AHEAD, record.id): one
        for record in records
        for one in named
        if told_by_same_clock(one.at, times[one.subject], record.at)
    }


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
