"""Issuing the day's notice: what is there and in no notice yet, written under one hold of the book (N1, N2).

The record comes first; the text of it in ``notices/`` follows from the record, and is written again where it is missing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from ledger.book.draft import Draft, Recorded
from ledger.book.write import held, record_held
from ledger.core.errors import NotDelivered, NotWritten, Unknown
from ledger.core.forms import Record
from ledger.core.order import in_order
from ledger.core.parties import Operator
from ledger.core.records.notices import COPIES, Acknowledged, Issued, NoticeThing, Series, split_number
from ledger.core.rules import Notice as NoticeRule
from ledger.core.spans import SpanSet
from ledger.core.state import Reversed
from ledger.core.words import Lang, Words
from ledger.folds.notice import FOLDER, NO_BUSINESS, Contents, Item, contents, notices_of, path_of, to_tell, told
from ledger.index import lookup
from ledger.journal.paths import is_month
from ledger.reports.notice import NoticeReport, as_text

if TYPE_CHECKING:
    from ledger.book.open import Book
    from ledger.core.delivery import Channel

JOURNAL = "notices"
_ONE_DAY = dt.timedelta(days=1)
RECENT = dt.timedelta(days=7)
"""A notice of these last days that never went out is sent with the next one: the command may have died before it did."""
_UNKNOWN = "0" * 64
_LONGEST = 64 * 1024 * 1024
"""Bytes: a notice of a hundred thousand sales in two copies is a third of it."""


class Sent(NamedTuple):
    """A notice and what became of it.  ``again``: it was issued before; ``dry``: it was only tried."""

    report: NoticeReport
    recorded: Recorded
    path: str

    @property
    def again(self) -> bool:
        """Whether it stood in the book before."""
        return self.recorded.again


# -- issuing -----------------------------------------------------------------------------------------------------------


def issue(book: Book, draft: Draft, day: dt.date, *, dry_run: bool = False) -> Sent | None:
    """The notice of ``day``: a new one of what no notice lists, else the last one; ``None`` on a closed day without any.

    ``draft`` says who, where and when (its date and values are of no use here).  Raises what :func:`record` raises, and
    :class:`NotDelivered` when the notice is recorded and its text could not be written.
    """
    with held(book, draft):
        return _issue(book, draft, day, _by_day(book, day, day).get(day, []), dry_run=dry_run)


def catch_up(book: Book, draft: Draft, until: dt.date, *, dry_run: bool = False) -> list[Sent]:
    """A notice for every day up to ``until`` (inclusive) in an open month that still needs one; the new ones, by date.

    The days begin with the first business of the book, as the check counts them (NOT-01).
    """
    with held(book, draft):
        start = _open_since(book)
        days = _by_day(book, start, until)
        first = min((day for day, records in days.items() if any(map(_is_business, records))), default=None)
        if first and lookup.any_before(book.index.db, str(start), NO_BUSINESS):
            first = start
        sent = []
        for day in _days(first, until) if first else ():
            done = _issue(book, draft, day, days.get(day, []), dry_run=dry_run)
            if done is not None and not done.again:
                sent.append(done)
        return sent


def _open_since(book: Book) -> dt.date:
    """The first day that takes records: after the last closed month."""
    from ledger.core.dates import Month

    closed = book.seals.months()
    return Month.parse(closed[-1]).after if closed else dt.date.min


def _days(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    return (first + dt.timedelta(days=step) for step in range((last - first).days + 1))


def _is_business(record: Record) -> bool:
    return record.id[:2] not in NO_BUSINESS


def _by_day(book: Book, first: dt.date, last: dt.date) -> dict[dt.date, list[Record]]:
    """The records of the business dates from ``first`` to ``last`` (inclusive), in order."""
    found = lookup.between(book.index.from_day(str(first)), str(first), str(last + _ONE_DAY))
    days: dict[dt.date, list[Record]] = {}
    for one in in_order(book.entries(found)):
        days.setdefault(one.record.date, []).append(one.record)
    return days


def _issue(book: Book, draft: Draft, day: dt.date, records: Sequence[Record], *, dry_run: bool) -> Sent | None:
    before, items = notices_of(records), to_tell(records)
    if not items and (before or not book.settings.trades_on(day)):
        sent = [_again(book, one, records) for one in before]
        return sent[-1] if sent else None
    inside = contents(day, items, supplement=bool(before))
    made = _record(book, draft, inside, dry_run=dry_run)
    sent_now = Sent(report_of(book, _issued(made.record), inside), made, path_of(_issued(made.record)))
    if not dry_run:
        _write_text(book, sent_now)
    return sent_now


def _record(book: Book, draft: Draft, inside: Contents, *, dry_run: bool) -> Recorded:
    values = {
        "notice": next_number(book, Series(inside.day.year, draft.terminal)),
        "supplement": "yes" if inside.supplement else "",
        "ids": tuple(sorted({one.id for one in inside.items})),
        "sheets": inside.sheets, "amount": inside.amount, "digest": inside.digest, "copy": _UNKNOWN,
    }  # fmt: skip
    draft = msgspec.structs.replace(draft, values=values, date=inside.day, reason="", key="")

    def with_copy(made: Record) -> Record:
        text = as_text(report_of(book, _issued(made), inside), book.settings.language)
        return msgspec.structs.replace(made, copy=sha256(text.encode()).hexdigest())

    return record_held(book, draft, dry_run=dry_run, finish=with_copy)


def _issued(record: Record) -> Issued:
    if not isinstance(record, Issued):
        raise TypeError(record.KIND)
    return record


def next_number(book: Book, series: Series) -> str:
    """The next notice number of a terminal in a year."""
    split = (split_number(number) for number, _ in book.state().things(NoticeThing))
    last = max((place for found in split if found for own, place in [found] if own == series), default=0)
    return series.number(last + 1)


# -- the text ----------------------------------------------------------------------------------------------------------


def _write_text(book: Book, sent: Sent) -> None:
    try:
        book.disk.replace(sent.path, as_text(sent.report, book.settings.language).encode())
    except NotWritten as error:
        words = Words(
            f"{sent.report.number} 已登记，但 {sent.path} 没有写成：{error.words.zh}",
            f"{sent.report.number} is recorded, but {sent.path} was not written: {error.words.en}",
        )
        raise NotDelivered(words, next=(f"gb notice --date {sent.report.contents.day}",)) from error


def _again(book: Book, issued: Issued, records: Sequence[Record]) -> Sent:
    """A notice that stands in the book; its text is written again where it is missing and can be made as it was."""
    sent = _sent_before(book, issued, records)
    if book.disk.stat(sent.path) is None:
        text = as_text(sent.report, book.settings.language).encode()
        if sha256(text).hexdigest() == issued.copy:
            _write_text(book, sent)
    return sent


def sent_before(book: Book, issued: Issued) -> Sent:
    """A notice of the book with what it lists, as the records say it now."""
    return _sent_before(book, issued, _by_day(book, issued.date, issued.date).get(issued.date, []))


def _sent_before(book: Book, issued: Issued, records: Sequence[Record]) -> Sent:
    listed = frozenset(issued.ids)
    items = _items(one for one in records if one.id in listed)
    inside = contents(issued.date, items, supplement=bool(issued.supplement))
    return Sent(report_of(book, issued, inside), Recorded(record=issued, again=True), path_of(issued))


def _items(records: Iterable[Record]) -> list[Item]:
    return [item for record in records for item in told(record)]


def text_of(book: Book, sent: Sent, lang: Lang) -> str:
    """The notice to read: as it was sent where it is asked for in that language, else made anew."""
    issued = _issued(sent.recorded.record)
    if sent.again and lang == book.settings.language and book.disk.stat(sent.path) is not None:
        data = book.disk.read(sent.path)
        if sha256(data).hexdigest() == issued.copy:
            return data.decode()
    return as_text(sent.report, lang)


def report_of(book: Book, issued: Issued, inside: Contents) -> NoticeReport:
    """The notice with its heading: the store, who issued it, who has signed for it."""
    operator = book.state().thing(Operator, issued.by)
    rule = book.rules.find(NoticeRule, issued.date)
    return NoticeReport(
        store=book.settings.store, number=issued.notice, id=issued.id, at=issued.at, terminal=issued.terminal,
        by=f"{issued.by} {operator.name}" if operator and operator.name != issued.by else issued.by,
        contents=inside, copies=tuple(rule.copies if rule else COPIES), face_of=lambda spans: _faces(book, spans),
        digest=issued.digest, acks={one.to: one.id for one in _acks(book, issued)},
    )  # fmt: skip


def _faces(book: Book, spans: SpanSet) -> Iterator[tuple[int, SpanSet]]:
    return ((piece.sheet.face, piece.spans) for piece in book.state().pieces(spans))


def _acks(book: Book, issued: Issued) -> Iterator[Acknowledged]:
    state = book.state()
    for found in lookup.by_ref(book.index.db, issued.id):
        record = book.entry(found).record
        if isinstance(record, Acknowledged) and state.thing(Reversed, record.id) is None:
            yield record


# -- looking up --------------------------------------------------------------------------------------------------------


def find(book: Book, name: str, day: dt.date) -> Issued:
    """The notice of a number or of a record's full id, or the last one of ``day`` for an empty name; raises :class:`Unknown`."""
    if not name:
        last = [
            one
            for one in lookup.between(book.index.from_day(str(day)), str(day), str(day + _ONE_DAY))
            if one.kind == Issued.KIND
        ]
        if last:
            return _issued(book.entry(last[-1]).record)
        words = Words(f"{day} 没有通知", f"there is no notice of {day}")
        raise Unknown(words, next=(f"gb notice --date {day}", "gb notice list"))
    thing = book.state().thing(NoticeThing, name)
    if thing is None and split_number(name) is not None:
        raise Unknown(Words(f"没有 {name} 这张通知", f"there is no notice {name}"), next=("gb notice list",))
    record = book.find(thing.id if thing else name).record
    if not isinstance(record, Issued):
        raise Unknown(Words(f"{name} 不是通知", f"{name} is no notice"), next=("gb notice list",))
    return record


def all_of(book: Book) -> list[tuple[str, NoticeThing]]:
    """Every notice with its number, by the date it covers and its number."""
    return sorted(book.state().things(NoticeThing), key=lambda one: (one[1].day, one[0]))


def copies_on(book: Book, day: dt.date) -> tuple[str, ...]:
    """Who gets a copy of a notice of ``day``."""
    rule = book.rules.find(NoticeRule, day)
    return tuple(rule.copies) if rule else tuple(COPIES)


class Open(NamedTuple):
    """What is to be done about notices on a day: days without one, records in none, copies nobody signed for.

    ``due``: today's is due (its time has come, and there is none).  ``last`` is today's last notice, empty for none.
    ``undelivered``: notices that have not gone out, tried or not, with the channels.
    """

    last: str
    due: bool
    untold: int
    missed: tuple[dt.date, ...]
    unsigned: tuple[tuple[str, tuple[str, ...]], ...]
    undelivered: tuple[tuple[str, tuple[str, ...]], ...]


def look(book: Book, now: dt.datetime) -> Open | None:
    """What is open today; ``None`` where no rule asks for notices.  Read from the index alone."""
    today = now.date()
    rule = book.rules.find(NoticeRule, today)
    if rule is None or rule.daily == "no":
        return None
    known = all_of(book)
    records = _by_day(book, today, today).get(today, [])
    last = max((one.notice for one in notices_of(records)), default="")
    ends = book.rules.cut_off(today)
    due = not last and book.settings.trades_on(today) and ends is not None and now.time() >= ends
    return Open(
        last=last, due=due, untold=len(to_tell(records)), missed=tuple(_missed(book, known, today)),
        unsigned=tuple(
            (number, waits) for number, one in known
            if (waits := tuple(side for side in copies_on(book, dt.date.fromisoformat(one.day)) if side not in one.acks))
        ),
        undelivered=tuple(_undelivered(book, today)),
    )  # fmt: skip


def pending(book: Book, numbers: Collection[str], today: dt.date) -> list[tuple[str, Channel]]:
    """The notices and channels by which they have not gone out: those asked for, recent ones, and whatever failed before.

    With no ``numbers``: what the next ``gb notice --catch-up --deliver`` has to send, which is what ``gb status`` names.
    """
    since = str(today - RECENT)
    found = []
    for number, notice in all_of(book):
        asked = number in numbers or notice.day >= since
        copies = copies_on(book, dt.date.fromisoformat(notice.day))
        found += [(number, one) for one in book.settings.delivery.channels if _is_due(notice, one, copies, asked=asked)]
    return found


def _is_due(notice: NoticeThing, channel: Channel, copies: Collection[str], *, asked: bool) -> bool:
    return channel.to in copies and channel.route not in notice.sent and (asked or channel.route in notice.failed)


def _undelivered(book: Book, today: dt.date) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Those that failed to go out by a channel that is still set up, or that no command has sent by it yet."""
    for number, due in groupby(pending(book, (), today), lambda one: one[0]):
        yield number, tuple(channel.route for _, channel in due)


def _missed(book: Book, known: Sequence[tuple[str, NoticeThing]], today: dt.date) -> Iterator[dt.date]:
    """The trading days since the last notice, today left out; what lies further back is the check's (NOT-01)."""
    from ledger.book.sealed import SealedSettings

    if known:
        trades_on = SealedSettings(book).trades_on
        since = dt.date.fromisoformat(known[-1][1].day) + _ONE_DAY
        yield from (day for day in _days(since, today - _ONE_DAY) if trades_on(day))


def texts(book: Book, past: str = "") -> Mapping[str, str]:
    """Every file in ``notices/`` with its sha256 in hex; those of the months up to ``past`` (``2026-10``, inclusive) left out."""
    paths = book.disk.walk(FOLDER)
    return {
        path: _sha256(book, path) for path in paths if not (is_month(month := path.split("/")[1]) and month <= past)
    }


def texts_of(book: Book, month: str) -> dict[str, str]:
    """As :func:`texts`, of one month, and of what stands in no month's folder."""
    return {
        path: _sha256(book, path) for path in book.disk.walk(FOLDER)
        if (name := path.split("/")[1]) == month or not is_month(name)
    }  # fmt: skip


def _sha256(book: Book, path: str) -> str:
    """The digest of a text; of one longer than any notice the digest of nothing, which is none's either."""
    stamp = book.disk.stat(path)
    whole = stamp is not None and stamp.size <= _LONGEST
    return sha256(book.disk.read(path, _LONGEST) if whole else b"").hexdigest()
