"""Who held which roles and which key when, from the staff journals (P5).

A registration holds from the start of its business date or of the day it was written, whichever is later, so that
nobody gets a key into the past by dating it back.  An end holds from the instant it was written, or the end of its
business date if that is earlier.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import NamedTuple

from ledger.audit.openssh import Allowed, public_key
from ledger.core.forms import Record, Reversal
from ledger.core.order import in_order
from ledger.core.records.staff import OperatorAdded, OperatorKey, OperatorLeft
from ledger.disk import Disk
from ledger.journal.entry import Entry
from ledger.journal.paths import FOLDER, parse_path
from ledger.journal.reader import scan

# A code becomes a principal, which ssh matches as a pattern: no code with a wildcard may stand in a signers file.
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,31}")
_NIGHT = dt.timedelta(days=1)


class Tenure(NamedTuple):
    """An operator as registered from ``since``, inclusive, to ``until``, exclusive (None: still)."""

    code: str
    name: str
    roles: tuple[str, ...]
    key: str
    since: dt.datetime
    until: dt.datetime | None

    def holds(self, moment: dt.datetime) -> bool:
        """Whether ``moment`` lies within."""
        return self.since <= moment and (self.until is None or moment < self.until)


def read_people(disk: Disk, book_id: str) -> list[Tenure]:
    """All tenures in the book; records that do not read are left out (their damage is found elsewhere)."""
    paths = [path for path in disk.walk(FOLDER) if (name := parse_path(path)) is not None and name.journal == "staff"]
    items = (item for path in paths for item in scan(disk, path, book_id, typed=True))
    return tenures(in_order(item for item in items if isinstance(item, Entry)))


def tenures(ordered: Iterable[Entry]) -> list[Tenure]:
    """The tenures that staff records in order come to; a reversed record counts for nothing."""
    records = [one.record for one in ordered]
    undone = {one.ref for one in records if isinstance(one, Reversal)}
    found: list[Tenure] = []
    for one in records:
        if one.id not in undone and not isinstance(one, Reversal):
            _take(one, found)
    return found


def at_moment(found: Iterable[Tenure], code: str, moment: dt.datetime) -> Tenure | None:
    """What the operator was registered as at ``moment``."""
    return next((one for one in found if one.code == code and one.holds(moment)), None)


def allowed(found: Iterable[Tenure]) -> list[Allowed]:
    """Everybody's keys with their times."""
    return [Allowed(one.code, one.key, one.since, one.until) for one in found if one.key]


def _take(record: Record, found: list[Tenure]) -> None:
    if not isinstance(record, OperatorAdded | OperatorKey | OperatorLeft) or not _PLAIN.fullmatch(record.code):
        return
    before = next((one for one in reversed(found) if one.code == record.code and one.until is None), None)
    if isinstance(record, OperatorKey) and (before is None or record.by != record.code):
        return
    if before is not None:
        found[found.index(before)] = before._replace(until=max(before.since, _end(record)))
    if isinstance(record, OperatorAdded):
        roles = tuple(record.roles.split(" "))
        found.append(Tenure(record.code, record.name, roles, public_key(record.public_key), _start(record), None))
    elif isinstance(record, OperatorKey) and before is not None:
        found.append(before._replace(key=public_key(record.public_key), since=_start(record), until=None))


def _start(record: Record) -> dt.datetime:
    return _midnight(max(record.date, record.at.date()), record)


def _end(record: Record) -> dt.datetime:
    return min(record.at, _midnight(record.date + _NIGHT, record))


def _midnight(day: dt.date, record: Record) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), record.at.tzinfo)
