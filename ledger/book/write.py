"""Recording: one lock, one judgement against the present state, one append, one fsync; then the id is given out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ledger.audit.seal import seal_path
from ledger.audit.seen import may_know_seals
from ledger.book.draft import Draft, Recorded, RefusedBy
from ledger.book.guard import refuse_wrong_machine, remember
from ledger.book.open import UNREADABLE, Book
from ledger.book.roles import acts_of, by_another, who_may
from ledger.core.dates import just_after
from ledger.core.errors import (
    GbError,
    MonthClosed,
    NotAllowed,
    OutOfOrder,
    Refused,
    TokenReused,
    Unknown,
    Unreadable,
    Usage,
    Where,
)
from ledger.core.findings import Finding
from ledger.core.forms import HEAD_WORDS, Journal, Record, Reversal, Touch
from ledger.core.judge import judge, short
from ledger.core.parties import CRON, CRON_ACTS, Operator, Terminal, active_managers
from ledger.core.personal import Clear
from ledger.core.records import journal as journal_named
from ledger.core.rules import Backdate, Clock
from ledger.core.spans import SpanSet
from ledger.core.state import State
from ledger.core.text import check_text, paper_number
from ledger.core.words import Words
from ledger.index import lookup
from ledger.journal.entry import Entry
from ledger.journal.paths import parse_path
from ledger.journal.writer import Tail, file_tail, frame, missing_end, next_path, opening_bytes

if TYPE_CHECKING:
    from ledger.index.hydrated import Hydrated

INIT = "init"
SIGNED_KINDS = ("approval", "adoption")
"""Kinds that hold a signature of their own, or may repeat a record that does."""


def record(book: Book, draft: Draft, *, dry_run: bool = False) -> Recorded:
    """Judge and write one record.

    Raises :class:`RefusedBy` with every finding, :class:`OutOfOrder`, :class:`NotAllowed`, :class:`TokenReused`,
    :class:`MonthClosed`; nothing is written then.  ``dry_run`` judges and numbers, and writes nothing.
    """
    with held(book, draft):
        return record_held(book, draft, dry_run=dry_run)


@contextmanager
def held(book: Book, draft: Draft) -> Iterator[None]:
    """The book's lock, the index caught up with what others wrote, and a book that may be written to."""
    with book.disk.lock(who=f"{draft.by} {draft.terminal}"):
        book.refresh()
        if heal_ends(book, draft.terminal):
            book.refresh()
        refuse_damage(book)
        yield


def record_held(
    book: Book, draft: Draft, *, dry_run: bool = False, finish: Callable[[Record], Record] = lambda made: made
) -> Recorded:
    """:func:`record` for a caller that holds the book, which may know more than one draft can say.

    ``finish`` adds what follows from the record's number and time, which are given out just before.
    """
    state = book.state()
    if again := recorded_before(book, draft):
        return Recorded(record=again.record, file=again.file, line=again.line, h=again.h, again=True, torn=torn(book))
    made, bumped = _next(book, draft, state)
    made = finish(made)
    warnings = judged(made, state, book)
    if dry_run:
        return Recorded(record=made, warnings=warnings, bumped=bumped, dry=True)
    return _write(book, made, state, warnings, bumped)


def foresee(book: Book, draft: Draft) -> tuple[Record, list[Finding]]:
    """The record that the draft would become now, and what the judge says to it; nothing is written or held.

    For whoever needs the record before it is made, as a signature does.  Raises as :func:`record` does before judging.
    """
    with held(book, draft):
        state = book.state()
        made, _ = _next(book, draft, state)
        return made, judge(made, state, book.rules)


def _next(book: Book, draft: Draft, state: State) -> tuple[Record, bool]:
    refuse_wrong_machine(book, draft, state)
    return prepare(book, draft, state, Numbers(book), at=_own_time(book, draft))


def _write(book: Book, made: Record, state: Hydrated, warnings: tuple[Finding, ...], bumped: bool) -> Recorded:
    journal = journal_named(journal_name(made))
    path = next_path(book.disk, f"{made.date:%Y-%m}", journal, made.terminal)
    tail = sound_tail(book, path)
    data, h = frame(made, journal, tail.h)
    head = opening_bytes(journal)
    line, lines = _lines_before(book, path), data.count(b"\n")
    save_keys(book)
    book.disk.append(path, data, create_with=head)
    start = tail.end or len(head)
    entry = Entry(
        kind=made.KIND, id=made.id, texts={**made.encode(), "h": h}, file=path, line=line + 1, offset=start, h=h,
        raw=data, journal=journal,
    )  # fmt: skip
    _tell_index(book, entry, state, line + lines)
    remember(book, made.terminal, made.id, path, h)
    return Recorded(record=made, warnings=warnings, file=path, line=line + 1, h=h, bumped=bumped, torn=torn(book))


def sound_tail(book: Book, path: str) -> Tail:
    """The end of a journal file after what an interrupted write left there was set aside; the caller holds the lock."""
    book.disk.repair_tail(path)
    tail = file_tail(book.disk, path, book.settings.book)
    if tail.torn:
        book.disk.repair_tail(path, keep=tail.end)
    return tail


def save_keys(book: Book, tick: Callable[[int], None] = lambda _: None) -> None:
    """Keep the keys that were made for the records to be written, ticking each: a value without its key would be lost for good.

    Raises :class:`Refused` (PRV-04) where git would take a new key in.
    """
    if not book.has_keyring:
        return
    if book.keyring.unsaved:
        from ledger.book.keys import refuse_tracked

        refuse_tracked(book)
    book.keyring.save(tick)


def torn(book: Book) -> str:
    """The files that torn records were moved to under this lock, for a person; empty when none were."""
    return " ".join(dict.fromkeys(book.disk.aside))


def _lines_before(book: Book, path: str) -> int:
    """Lines before the new record, as the index counted them; a new CSV file has its header."""
    row = book.index.here.execute("SELECT line FROM file WHERE path = ?", (path,)).fetchone()
    return max(int(row[0]) if row else 0, int(path.endswith(".csv")))


def _tell_index(book: Book, entry: Entry, state: Hydrated, lines: int) -> None:
    """The record is on disk: whatever happens to the index now is mended by the next command."""
    from contextlib import suppress

    with suppress(GbError):
        stamp = book.disk.stat(entry.file)
        if stamp is not None:
            book.index.add(entry, state, stamp, lines)


# -- what must be right before a record is judged -----------------------------------------------------------------------


def refuse_damage(book: Book) -> None:
    """A book with records that cannot be read is not written to: what is in them is unknown."""
    bad = [finding for finding in book.damage() if finding.code in UNREADABLE - {"JRN-02"}]
    if bad:
        raise Unreadable(bad[0].words, code=bad[0].code, where=bad[0].where, next=("gb check",))


def heal_ends(book: Book, terminal: str) -> list[str]:
    """Give back the line end that an editor stripped from a whole record; the caller holds the lock."""
    healed = []
    for path in torn_files(book):
        name = parse_path(path)
        if name is None or name.terminal != terminal:
            continue
        if end := missing_end(book.disk, path, book.settings.book):
            book.disk.append(path, end, ends=True)
            healed.append(path)
    return healed


def torn_files(book: Book) -> list[str]:
    """The journal files in which an interrupted write left something (JRN-02)."""
    return list(dict.fromkeys(one.where[0].file for one in book.damage() if one.code == "JRN-02" and one.where))


def set_aside(book: Book, path: str) -> None:
    """Move away what an interrupted write left in a journal file, of whichever terminal; the caller holds the lock.

    Nobody was told that it was recorded.  A whole last record that lacks only its line end gets that back instead, and a
    file that is left without a byte goes.
    """
    name = parse_path(path)
    if name is None or path not in heal_ends(book, name.terminal):
        sound_tail(book, path)
        book.disk.drop_empty(path)


def recorded_before(book: Book, draft: Draft) -> Entry | None:
    """The record of the draft's key, if there is one with the same content; :class:`TokenReused` with other content."""
    if not draft.key:
        return None
    found = lookup.by_key(book.index.db, draft.journal, draft.key)
    if not found:
        return None
    entry = book.entry(found[0])
    refuse_other_content(book, draft, entry.record, entry)
    return entry


def refuse_other_content(book: Book, draft: Draft, old: Record, entry: Entry | None = None) -> None:
    """Same key, same content: every value that the draft gives must stand in the record (format: identity)."""
    given = {**draft.values, "reason": draft.reason, "note": draft.note, "date": draft.date, "ref": draft.ref}
    asked = {name: value for name, value in given.items() if value and name not in draft.derived}
    differs = [name for name, value in asked.items() if not _says(book, old, name, value)]
    if draft.kind == old.KIND and not differs:
        return
    labels = {**HEAD_WORDS, **{field.name: field.words for field in old.fields()}}
    named = [labels.get(name, Words(name, name)) for name in differs or ("kind",)]
    words = Words(
        f"编号 {draft.key} 已用于{old.WORDS.zh} {old.id}，内容不同：{'、'.join(one.zh for one in named)}",
        f"{draft.key} was used for {old.id} ({old.WORDS.en}) with other content: {', '.join(one.en for one in named)}",
    )
    raise TokenReused(words, where=(entry.where(),) if entry else (), next=(f"gb show {old.id}",))


def _says(book: Book, old: Record, name: str, value: Any) -> bool:
    if not isinstance(value, Clear):
        return bool(getattr(old, name, value) == value)
    from ledger.book.personal import same_value

    return same_value(book, old, name, value)


def journal_name(made: Record) -> str:
    """The journal of a record, by its id."""
    from ledger.core.records import BY_CODE

    return BY_CODE[made.id[:2]].name


class Numbers:
    """Running numbers per journal, terminal and business date; the next one is the greatest in the book plus one."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._next: dict[tuple[str, str, str], int] = {}

    def take(self, journal: Journal, terminal: str, day: dt.date) -> str:
        """The next id."""
        key = (journal.name, terminal, str(day))
        number = self._next.get(key) or lookup.next_number(self._book.index.from_day(key[2]), *key)
        self._next[key] = number + 1
        return f"{journal.code}{day:%Y%m%d}-{terminal}-{number:04d}"


def _own_time(book: Book, draft: Draft) -> dt.datetime:
    """The clock, moved on so that a terminal's times never stand still: what it wrote last can be told from the text.

    Several commands pasted at once fall into one second; the rule for moving times on (format: order) is the limit.
    """
    if draft.at is not None:
        return draft.at
    now, latest = draft.moment or book.now(), book.index.latest(draft.terminal)
    if not latest:
        return now
    after = dt.datetime.fromisoformat(latest) + dt.timedelta(seconds=1)
    wait = (after - now).total_seconds()
    return after.astimezone(now.tzinfo) if 0 < wait <= book.rules.on(Clock, now.date()).bump_seconds else now


def prepare(
    book: Book, draft: Draft, state: State, numbers: Numbers, *, at: dt.datetime | None = None
) -> tuple[Record, bool]:
    """The record that the draft becomes, and whether its time was moved on so that it sorts after what it touches."""
    at = at or draft.at or book.now()
    day = draft.date or at.date()
    _refuse_terminal(draft, state)
    journal = journal_named(draft.journal)
    kind: type[Record] = Reversal if draft.kind == Reversal.KIND else journal.kind(draft.kind)
    _refuse_operator(draft, state, kind, book, day)
    _refuse_day(book, at.date(), day, theirs=kind.THEIRS)
    if not (kind.GENERATED or kind.THEIRS):  # the date of what it is made from, or their own: nobody back-dates it
        _refuse_backdating(book, draft, at.date(), day, state)
    _refuse_no_reason(draft.reason, needed=kind.NEEDS_REASON)
    named = {"ref": draft.ref} if draft.ref else {}
    values = kind.resolve(
        {**draft.values, **named, "by": draft.by, "date": day, "terminal": draft.terminal}, state, book.rules
    )
    values = {name: value for name, value in values.items() if name not in {"by", "date", "terminal"}}
    _check_texts(values, draft)
    _check_methods(values, book)
    _refuse_in_clear(kind, values, draft, at.date())
    values = _sealed(values, kind, state, book, at)
    common: dict[str, Any] = {"by": draft.by, "reason": draft.reason, "note": draft.note, "key": draft.key}
    if draft.ref:
        common["ref"] = draft.ref
    if draft.at is not None:
        common["clock"] = "given"
    made = _made(kind, {**common, **values}, at, day, numbers.take(journal, draft.terminal, day))
    return _in_order(made, state, book)


def _refuse_in_clear(kind: type[Record], values: dict[str, Any], draft: Draft, today: dt.date) -> None:
    """Raise :class:`Usage` where what is to be sealed stands in the clear too; who is filed anew takes along what is there."""
    if "was" in values or not any(isinstance(value, Clear) for value in values.values()):
        return
    from ledger.book.inclear import refuse_future_birthday, refuse_in_clear

    refuse_in_clear(kind, {**values, "reason": draft.reason, "note": draft.note})
    refuse_future_birthday(values, today)


def _sealed(values: dict[str, Any], kind: type[Record], state: State, book: Book, at: dt.datetime) -> dict[str, Any]:
    """The values with what is personal sealed; the keys' modules are loaded only where something is (C8)."""
    if not any(isinstance(value, Clear) for value in values.values()):
        return values
    from ledger.book.personal import seal_values

    return seal_values(book, kind, values, state, at)


def _refuse_no_reason(reason: str, *, needed: bool) -> None:
    """Raise :class:`Usage` where a reason is missing, or is only the dots of a hint that was pasted as it stood."""
    if needed and not reason:
        raise Usage(Words("缺少 --reason（原因）", "missing --reason"), next=("--reason '…'",))
    if reason and not any(letter.isalnum() for letter in reason):
        words = Words(
            f"“{reason}”不是原因：把它换成为什么", f"“{reason}” is no reason: put in its place why it is done"
        )
        raise Usage(words, next=("--reason '…'",))


def _made(kind: type[Record], values: dict[str, Any], at: dt.datetime, day: dt.date, record_id: str) -> Record:
    known = {*kind.__struct_fields__}
    for name in values.keys() - known:
        raise TypeError(f"{kind.KIND} has no field {name}")
    missing = (
        [field for field in kind.fields() if field.required and field.name not in values]
        if kind is not Reversal
        else []
    )
    if missing:
        zh = "、".join(field.words.zh for field in missing)
        en = ", ".join(field.words.en for field in missing)
        raise Usage(Words(f"缺少：{zh}", f"missing: {en}"))
    return kind(id=record_id, at=at, date=day, **values)


def _check_texts(values: dict[str, Any], draft: Draft) -> None:
    for name, value in {**values, "reason": draft.reason, "note": draft.note, "key": draft.key}.items():
        if isinstance(value, str) and value:
            check_text(value, what=HEAD_WORDS.get(name, Words(name, name)))


def _check_methods(values: dict[str, Any], book: Book) -> None:
    known = book.settings.payment_methods
    for pay in values.get("payments", ()):
        if pay.method not in known:
            words = Words(
                f"没有付款方式“{pay.method}”；可用：{' '.join(known)}",
                f"no payment method “{pay.method}”: {' '.join(known)}",
            )
            raise Usage(words, next=("gb sale --help",))


def _refuse_terminal(draft: Draft, state: State) -> None:
    if draft.by == INIT and draft.kind == "terminal-added":
        return
    terminal = state.thing(Terminal, draft.terminal)
    if terminal is None or terminal.retired:
        why = Words("已停用", "is retired") if terminal else Words("没有登记", "is not registered")
        words = Words(f"终端 {draft.terminal} {why.zh}", f"terminal {draft.terminal} {why.en}")
        raise Unknown(words, next=("gb terminal list", f"gb terminal add {draft.terminal}"))


def _refuse_operator(draft: Draft, state: State, kind: type[Record], book: Book, day: dt.date) -> None:
    if draft.by == INIT and kind.ACT == "staff":
        _refuse_init_after_managers(kind, state)
        return
    if draft.by == CRON and kind.ACT in CRON_ACTS:
        return
    _known_operator(state, draft.by)
    if kind.ACT:
        _refuse_act(book, state, draft.by, (kind.ACT, kind.WORDS), day)


def refuse_act(book: Book, by: str, act: str, what: Words, day: dt.date) -> None:
    """Raise :class:`Unknown` or :class:`NotAllowed` unless ``by`` is registered and its roles allow ``act``."""
    _refuse_act(book, book.state(), by, (act, what), day)


def _known_operator(state: State, by: str) -> Operator:
    operator = state.thing(Operator, by)
    if operator is None or operator.left:
        from ledger.core.near import did_you_mean, near

        meant = did_you_mean(near(by, [key for key, one in state.things(Operator) if not one.left]))
        not_there = Words(f"没有登记{meant.zh}", f"is not registered{meant.en}")
        why = Words("已离岗", "has left") if operator else not_there
        words = Words(f"操作员 {by} {why.zh}", f"operator {by} {why.en}")
        raise Unknown(words, next=("gb operator list", f"gb operator add {by} --name '…' --role clerk"))
    return operator


def _refuse_act(book: Book, state: State, by: str, asked: tuple[str, Words], day: dt.date) -> None:
    act, what = asked
    if act in acts_of(_known_operator(state, by), book, day):
        return
    who = who_may(book, state, act, day)
    names = " ".join(who) or "—"
    words = Words(f"{by} 无权办理“{what.zh}”；可以办的人：{names}", f"{by} may not do “{what.en}”; who may: {names}")
    raise NotAllowed(words, next=by_another(who))


def _refuse_init_after_managers(kind: type[Record], state: State) -> None:
    managers = active_managers(list(state.things(Operator)))
    if managers:
        words = Words(
            f"已有经理，{kind.WORDS.zh}要由经理办理：{' '.join(managers)}",
            f"there are managers now: {kind.WORDS.en} is theirs: {' '.join(managers)}",
        )
        raise NotAllowed(words, next=by_another(managers))


def _refuse_day(book: Book, today: dt.date, day: dt.date, *, theirs: bool = False) -> None:
    """Refuse a date in a closed month or after today; a late line of the other side (``theirs``) may be taken in today."""
    if book.seals.closed(f"{day:%Y-%m}", max(today, book.today())):
        closed = month_closed(book, f"{day:%Y-%m}")
        if theirs:  # it keeps its own date beside ours
            closed.next = (f"--date {today}", *closed.next)
        raise closed
    if f"{day:%Y-%m}" < f"{max(today, book.today()):%Y-%m}":  # today may be given with --at
        _refuse_lost_seal(book, f"{day:%Y-%m}")
    if day > today:
        words = Words(f"业务日期 {day} 晚于今天 {today}", f"the date {day} is after today, {today}")
        raise Refused(words, code="DAT-01", next=(f"--date {today}",))


def _refuse_lost_seal(book: Book, month: str) -> None:
    """Raise :class:`MonthClosed` (CLS-01) for a month whose seal is known and is not there: it takes no records without it."""
    if not may_know_seals(book.root, book.settings.book):
        return
    from ledger.book.verified import gone_seals

    for known in gone_seals(book, (month,)):
        words = Words(
            f"{month} 封过账，封签 {seal_path(month)} 不见了：先把它恢复",
            f"{month} was closed, and its seal, {seal_path(month)}, is gone: restore it first",
        )
        raise MonthClosed(words, code="CLS-01", where=(Where(known.path),), next=(*known.next, "gb verify"))


def _refuse_backdating(book: Book, draft: Draft, today: dt.date, day: dt.date, state: State) -> None:
    late = (today - day).days
    if late and not draft.reason:
        words = Words(f"补记到 {day} 要写原因", f"back-dating to {day} needs a reason")
        raise Refused(words, code="DAT-01", next=("--reason '…'",))
    operator = state.thing(Operator, draft.by)
    if late > book.rules.on(Backdate, day).clerk_days and operator and "backdate" not in acts_of(operator, book, day):
        words = Words(f"补记到 {late} 天前的 {day} 要主管办理", f"back-dating {late} days, to {day}, is a supervisor's")
        raise NotAllowed(words, next=by_another(who_may(book, state, "backdate", day)))


def month_closed(book: Book, month: str) -> MonthClosed:
    """The refusal for a closed month; CLS-01 where what lies in the place of its seal is none."""
    from ledger.audit.trouble import take_away
    from ledger.book.verified import sealed_before

    path = seal_path(month)
    if book.seals.of(month) is None and book.disk.stat(path) is not None:
        words = Words(
            f"{path} 不是封账写的样子：恢复原件，或把它移走",
            f"{path} is no seal: restore the original, or take it away",
        )
        known = sealed_before(book, month)
        back = take_away(path) if known is None else (*known.next, "gb verify", "gb explain CLS-01")
        return MonthClosed(words, code="CLS-01", where=(Where(path),), next=back)
    words = Words(f"{month} 已封账", f"{month} is closed")
    if book.disk.stat(path) is None:
        later = book.seals.last()
        words = Words(f"{month} 在已封账的 {later} 之前", f"{month} lies before {later}, which is closed")
        return MonthClosed(words, next=(f"gb reconcile --month {later}",))
    return MonthClosed(words, next=(f"gb verify --month {month}", f"gb reconcile --month {month}"))


def _in_order(made: Record, state: State, book: Book) -> tuple[Record, bool]:
    """Move the time on by up to the rule's seconds, or refuse naming what blocks (format: the order rule)."""
    import msgspec

    last = state.last(made.touches())
    if not last or made.order > last:
        return made, False
    moved = dt.datetime.strptime(last[11:26] + "Z", "%Y%m%dT%H%M%S%z") + dt.timedelta(seconds=1)
    wait = (moved - made.at).total_seconds()
    bumped: Record = msgspec.structs.replace(made, at=moved.astimezone(made.at.tzinfo))
    if last[:10] == str(made.date) and wait <= book.rules.on(Clock, made.date).bump_seconds and bumped.order > last:
        return bumped, True
    raise _out_of_order(made, last, moved.astimezone(made.at.tzinfo), state, book)


def _out_of_order(made: Record, last: str, behind: dt.datetime, state: State, book: Book) -> OutOfOrder:
    """``last`` is the order of the event that blocks, ``behind`` the first time after it."""
    blocker, shared = last.rsplit(" ", 1)[1], _acted_on(made, last, state)
    undoing = made.ref == blocker and made.KIND == Reversal.KIND
    how = Words("请用更晚的日期时间", "use a later time")
    if last[:10] > str(book.today()) and not undoing:  # a wrong clock's: nobody can give a time behind it yet
        how = Words(
            f"到那天之前 {shared} 不能再动：换一个没有用过的号码或券登记",
            f"until that day {shared} stays as it is: record with another number, or other sheets",
        )
    words = Words(
        f"这笔会排在 {blocker} 之前（{last[:10]}），两笔动的都是 {shared}；{how.zh}",
        f"this would sort before {blocker} of {last[:10]}, which acts on {shared} too; {how.en}",
    )
    return OutOfOrder(words, next=(*((just_after(behind),) if undoing else ()), f"gb show {blocker}"))


def _acted_on(made: Record, last: str, state: State) -> str:
    """What of all that ``made`` touches the event ``last`` acted on: serials, and the numbers of forms, as they were typed."""
    touch, typed = made.touches(), {paper_number(text): text for text in made.encode().values()}
    sheets = SpanSet.of(span for span in touch.spans if state.last(Touch(SpanSet.of([span]))) == last)
    keys = [thing[1] for thing in touch.things if state.last(Touch(things=(thing,))) == last]
    return " ".join(dict.fromkeys([*([short(sheets)] if sheets else []), *(typed.get(key, key) for key in keys)]))


def judged(made: Record, state: State, book: Book) -> tuple[Finding, ...]:
    """The warnings of the judge; its errors refuse, but for what another side says: that is recorded and found.

    So is what a record that puts something right is only told (``TOLD``).

    A finding about the record itself names no id yet to be given.
    """
    findings = judge(made, state, book.rules)
    if made.KIND in SIGNED_KINDS:
        from ledger.book.signed import judge_signature

        findings += judge_signature(book, made)
    errors = [one for one in findings if one.severity == "error" and not made.theirs and one.code not in made.TOLD]
    if errors:
        raise RefusedBy(errors)
    return tuple(findings)
