"""Records listed in time order, found by client, serial, period, kind or operator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from cli.entry import Desk
from cli.render import emit, emit_json, note, table
from ledger.core.errors import Usage
from ledger.core.personal import masked_all
from ledger.core.text import fold, shown
from ledger.core.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ledger.core.forms import Record
    from ledger.index.lookup import Found
    from ledger.journal.entry import Entry

SHOWN = 50
"""Records listed when nothing says how many; the newest ones."""


class Wanted(NamedTuple):
    """What to list, as typed; ``since`` and ``until`` are both inclusive, a period as ``until`` ends with its last day."""

    client: str | None = None
    serial: str | None = None
    since: str | None = None
    until: str | None = None
    month: str | None = None
    kind: str | None = None
    by: str | None = None
    journal: str = ""  # one or several, separated by a space
    given_clock: bool = False


def show_list(at: Desk, wanted: Wanted, limit: str | None) -> None:
    """Print the newest records that fit; as JSON one object, with all of them unless a limit is given."""
    most = _limit(limit, SHOWN if not at.call.json else 0)
    entries = list(matching(at, wanted))
    left, listed = (len(entries) - most, entries[-most:]) if most and len(entries) > most else (0, entries)
    if at.call.json:
        for entry in listed:
            emit_json({**masked_all(entry.record.encode()), "file": entry.file, "line": entry.line})
        return
    if left:
        note(
            Words(f"前面还有 {left} 条；--limit 0 全部列出", f"{left} earlier ones are not shown; --limit 0 shows all")
        )
    rows = [_row(at, entry) for entry in listed]
    heads = (
        Words("日期", "date"),
        Words("时间", "time"),
        Words("编号", "id"),
        Words("经手人", "by"),
        Words("内容", "what"),
    )
    emit(table(heads, rows))


def _row(at: Desk, entry: Entry) -> tuple[Any, ...]:
    record = entry.record
    back = record.at.date() != record.date
    time = f"{record.at:%m-%d %H:%M}" if back else f"{record.at:%H:%M}"
    mark = " *" if record.clock else ""
    told = "\n".join(filter(None, (at.told(record, ref=False), at.reversed_mark(record.id))))  # the mark stays whole
    return record.date, time + mark, at.listed_id(record.id), record.by, told


def matching(at: Desk, wanted: Wanted) -> Iterator[Entry]:
    """The records that fit, in order."""
    kinds = {_kind(wanted.kind)} if wanted.kind else set()
    found = [
        one
        for one in _found(at, wanted)
        if (not kinds or kinds & {one.kind, one.journal})
        and (not wanted.journal or one.journal in wanted.journal.split(" "))
    ]
    by = fold(wanted.by) if wanted.by else ""
    for entry in at.book.entries(found):
        record = entry.record
        if (not by or record.by == by) and (not wanted.given_clock or record.clock == "given"):
            yield entry


def _kind(typed: str) -> str:
    """A kind of record or a journal, by its word or its name; raises Usage with those that are near."""
    from ledger.core.forms import Reversal
    from ledger.core.near import did_you_mean, near
    from ledger.core.records import JOURNALS, journal

    known: dict[str, str] = {}
    journals = [journal(listed.name) for listed in JOURNALS]
    kinds: list[type[Record]] = [Reversal, *(kind for one in journals for kind in one.kinds)]
    named = [(kind.KIND, kind.WORDS) for kind in kinds] + [(one.name, one.words) for one in journals]
    for key, words in named:  # a kind before a journal of the same name
        for name in (key, words.zh, words.en.lower()):
            known.setdefault(name, key)
    word = fold(typed).lower()
    if word in known:
        return known[word]
    found = list(dict.fromkeys(known[name] for name in near(word, known, least=0.5)))
    meant = did_you_mean(found)
    said = Words(f"没有“{shown(typed)}”这类记录{meant.zh}", f"there is no kind “{shown(typed)}”{meant.en}")
    raise Usage(said, next=tuple(f"gb log --kind {one}" for one in found) or ("gb log",))


def _found(at: Desk, wanted: Wanted) -> list[Found]:
    """What the index names for the narrowest question, cut to the period."""
    from ledger.index import lookup

    db = at.book.index.db
    first, after = _period(at, wanted)
    if wanted.serial:
        spans = at.spans(wanted.serial)
        ids = {one.start: one for span in spans for one in lookup.touching(db, span)}.values()
        found = sorted({one.id: one for one in ids}.values(), key=lambda one: one.order)
    elif wanted.client:
        found = lookup.by_client(db, at.client(wanted.client))
    else:
        return lookup.between(db, first, after)
    if wanted.client and wanted.serial:
        code = at.client(wanted.client)
        found = [one for one in found if one.client == code]
    return [one for one in found if first <= one.day < after]


def _period(at: Desk, wanted: Wanted) -> tuple[str, str]:
    """First day inclusive and last day exclusive, as text."""
    from ledger.core.dates import resolve_period

    today = at.today()
    first, after = "0000", "9999-99"
    if wanted.month:
        first, after = map(str, resolve_period(wanted.month, today))
    if wanted.since:
        first = max(first, str(resolve_period(wanted.since, today)[0]))
    if wanted.until:
        after = min(after, str(resolve_period(wanted.until, today)[1]))
    return first, after


def _limit(typed: str | None, usual: int) -> int:
    if typed is None:
        return usual
    text = fold(typed)
    if not text.isascii() or not text.isdigit():
        raise Usage(Words(f"--limit：“{shown(typed)}”不是数字", f"--limit: “{shown(typed)}” is not a number"))
    return int(text[:9])
