"""What is looked at before a record is judged: the machine's time, and whether it is the terminal it says it is.

A wrong clock and a copied terminal do the same harm: records that cannot be told apart, or put in order, afterwards.
What a machine remembers of its own last record stands outside the book, because a restored backup brings its own memory.
"""

from __future__ import annotations

import datetime as dt
import os
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from ledger.book.roles import who_may
from ledger.core.dates import just_after
from ledger.core.errors import GbError, Refused, Unknown
from ledger.core.findings import AHEAD
from ledger.core.forms import Reversal
from ledger.core.parties import Terminal
from ledger.core.rules import Clock
from ledger.core.state import Reversed
from ledger.core.words import Words, plain
from ledger.disk import Ops, has_home, install_id, read_machine, read_mark, write_mark
from ledger.index import lookup

if TYPE_CHECKING:
    from ledger.book.draft import Draft
    from ledger.book.open import Book
    from ledger.core.state import State

CLAIM = "terminal-claimed"
OLDEST = 2020
"""No book is older: a clock that says so has lost its battery."""
_TIME = "%Y-%m-%d %H:%M"
_DAY = dt.timedelta(days=1)


class ClockOff(Refused):
    """The machine's clock disagrees with what is recorded."""

    default_code = "CLK-01"


class Copied(Refused):
    """Another installation writes as this terminal, or this copy is older than what the machine last wrote."""

    default_code = "JRN-07"
    retry = "no"


class Elsewhere(Copied):
    """Another machine writes as this terminal, which this one is not; ``own``: what this machine is."""

    own = ""


def refuse_wrong_machine(book: Book, draft: Draft, state: State) -> None:
    """All that must be right of the machine before ``draft`` is judged; the caller holds the lock."""
    undone = book.find(draft.ref).record.at if draft.kind == Reversal.KIND else None
    if draft.at is None:
        refuse_clock(book, draft.terminal, undone=undone)
    else:
        refuse_future(book, draft.terminal, draft.at, undone=undone)
    if draft.kind != CLAIM:
        refuse_copy(book, draft.terminal, state)


# -- the clock ---------------------------------------------------------------------------------------------------------


def refuse_clock(
    book: Book, terminal: str, moment: dt.datetime | None = None, *, undone: dt.datetime | None = None
) -> None:
    """Raise :class:`ClockOff` for a clock that goes backwards, or is off by a day or more; ``moment``: it says so.

    Only records timed by a machine's own clock bear witness, unless they were reversed or their time was answered for; one
    whose time was given by hand answers for its gap.  ``undone`` is the time of what is to be undone: the hint is later.
    """
    now = moment or book.now()
    if now.year < OLDEST:
        raise _off(book, now, Words("明显不对", "plainly wrong"))
    own, last = _witness(book, now, terminal), _witness(book, now)
    if last is None:
        return
    rule = book.rules.on(Clock, max(now, last.at).date())
    if own is not None and now < own.at - dt.timedelta(seconds=rule.bump_seconds):
        raise _off(book, now, Words("倒退到本终端最后一笔之前", "before this terminal's last record"), own, undone)
    if now < last.at - _DAY:
        why = Words("比账上最后一笔早一天以上", "a day or more before the book's last record")
        raise _off(book, now, why, last, undone)
    gap = rule.days_ahead * _DAY
    if now > last.at + gap and now > dt.datetime.fromisoformat(book.index.latest()) + gap:
        why = Words(
            f"比账上最后一笔晚 {rule.days_ahead} 天以上", f"more than {rule.days_ahead} days after the last record"
        )
        raise _off(book, now, why, last)


class _Witness(NamedTuple):
    """A record that a clock timed."""

    id: str
    at: dt.datetime


def _witness(book: Book, now: dt.datetime, terminal: str = "") -> _Witness | None:
    """The last record, of one terminal or any, that a clock timed and nobody disowned; nearly always simply the last."""
    answered: list[tuple[dt.datetime, dt.datetime]] | None = None
    for record_id, text in book.index.by_time(terminal, by_clock=True):
        one = _Witness(record_id, dt.datetime.fromisoformat(text))
        if one.at <= now:
            return one
        if answered is None:
            answered = _answered(book)
        undone = book.state().thing(Reversed, one.id) is not None
        if not undone and not _answered_for(one.at, answered):
            return one
    return None


def _answered_for(at: dt.datetime, answered: list[tuple[dt.datetime, dt.datetime]]) -> bool:
    from ledger.core.records.dispositions import told_by_same_clock

    return any(told_by_same_clock(given, wrong, at) for given, wrong in answered)


def _answered(book: Book) -> list[tuple[dt.datetime, dt.datetime]]:
    """When somebody answered for the time of a record that was ahead (DAT-01), and that time."""
    from ledger.core.records.dispositions import Disposition

    found = []
    for one in lookup.of_kind(book.index.db, "dispositions", Disposition.KIND):
        record = book.entry(one).record
        if isinstance(record, Disposition) and record.code == AHEAD and not book.state().thing(Reversed, record.id):
            found += [(record.at, book.entry(about).record.at) for about in lookup.by_id(book.index.db, record.subject)]
    return found


def _off(
    book: Book, now: dt.datetime, why: Words, last: _Witness | None = None, undone: dt.datetime | None = None
) -> ClockOff:
    which = (
        plain("") if last is None else Words(f" {last.id}（{last.at:{_TIME}}）", f", {last.id} of {last.at:{_TIME}}")
    )
    words = Words(
        f"本机时钟 {now:{_TIME}} {why.zh}{which.zh}；没有登记。校准时钟，或用 --at 写单据上的时间",
        f"this machine's clock, {now:{_TIME}}, is {why.en}{which.en}; nothing was recorded. "
        f"Set the clock, or give the paper's time with --at",
    )
    first = just_after(undone) if undone and undone > now else "--at '…'"  # never the wrong clock's own time
    if last is None:
        return ClockOff(words, next=(first,))
    hints = [first, f"gb show {last.id}"]
    if last.at.date() > now.date():
        words = Words(
            f"{words.zh}；错的要是那一笔的时间，由主管说明",
            f"{words.en}; if it is that record's time that is wrong, a supervisor answers for it",
        )
        hints.append(f"gb accept {AHEAD} {last.id} --reason '…' --at '…'{_by(book, 'disposition')}")
    return ClockOff(words, next=hints)


def _by(book: Book, act: str) -> str:
    """The option that names somebody who may do it; nothing where nobody may."""
    return "".join(f" --by {code}" for code in who_may(book, book.state(), act, book.today())[:1])


def refuse_future(book: Book, terminal: str, at: dt.datetime, *, undone: dt.datetime | None = None) -> None:
    """Raise :class:`Refused` (DAT-01) for a time given by hand that the machine's clock has not reached.

    A record from the future cannot be touched before that day comes, except that it is undone by one just as late:
    ``undone`` is its time.  Where the clock itself is refused (CLK-01), the paper may well be later than it: then the time
    may be up to the rule's days behind the book's last record.
    """
    now = book.now()
    rule = book.rules.on(Clock, at.date())
    latest = max(now, undone or now) + dt.timedelta(seconds=rule.bump_seconds)
    if at <= latest:
        return
    try:
        refuse_clock(book, terminal, now)
    except ClockOff:
        last = book.index.latest()
        if not last or at <= dt.datetime.fromisoformat(last) + rule.days_ahead * _DAY:
            return
    words = Words(
        f"--at {at:{_TIME}} 晚于本机时钟 {now:{_TIME}}；没有登记",
        f"--at {at:{_TIME}} is after this machine's clock, {now:{_TIME}}; nothing was recorded",
    )
    raise Refused(words, code=AHEAD, next=("--at '…'",))


# -- the machine -------------------------------------------------------------------------------------------------------


def refuse_copy(book: Book, terminal: str, state: State) -> None:
    """Raise :class:`Copied` when another machine writes as the terminal, or the book lacks our last record."""
    refuse_claimed(book, terminal, state)
    mark = _mark(book, terminal)
    if mark is None:
        refuse_elsewhere(book, terminal)
    elif not _stands(book, *mark):
        record_id, path, _ = mark
        words = Words(
            f"{path} 里没有本机以 {terminal} 登记的最后一笔 {record_id}：账本像是从旧备份恢复的，再登记会重号；没有登记",
            f"{path} lacks {record_id}, the last record this machine wrote as {terminal}: the book looks restored from "
            f"an older backup, and numbers would be given twice; nothing was recorded",
        )
        raise Copied(
            words, next=("gb sync", f"gb terminal use {terminal} --accept-restored --reason '…'{_by(book, 'staff')}")
        )


def refuse_claimed(book: Book, terminal: str, state: State) -> None:
    """Raise :class:`Copied` when another installation has claimed the terminal."""
    known = state.thing(Terminal, terminal)
    if known is not None and known.install and known.install != own_install(book):
        words = Words(
            f"终端 {terminal} 属于另一台机器（安装 {known.install}），这里是复制的账本或磁盘映像；没有登记。"
            f"请在那台机器上登记新的终端，同步后在这里用它",
            f"terminal {terminal} is another machine's (installation {known.install}): this is a copied book or disk "
            f"image; nothing was recorded. Register a new terminal on that machine, synchronise, and use it here",
        )
        raise Copied(words, next=("gb terminal list", claiming(book, terminal)))


def claiming(book: Book, terminal: str) -> str:
    """The command by which somebody who may makes the terminal this machine's."""
    return f"gb terminal claim {terminal} --reason '…'{_by(book, 'staff')}"


def refuse_elsewhere(book: Book, terminal: str) -> None:
    """Raise :class:`Elsewhere` for a terminal that another machine writes as, in a book that is synchronised with it.

    Both machines would write that terminal's file, and neither could synchronise any more.  A machine that is no terminal
    may, one that serves several tills has written as each of them, and in one folder one file is written by one lock.
    """
    own = read_machine(book.settings.book).get("terminal", "") if _real(book) and has_home() else ""
    last = elsewhere(book, terminal) if own not in ("", terminal) else ""
    if not last or not _has_remote(book):
        return
    words = Words(
        f"本机是终端 {own}，终端 {terminal} 由别的机器登记（{last}），账本与它同步：两台都写 {terminal} 的文件就再也合不到一起；"
        f"{terminal} 的单据和日终在它自己的机器上登记，然后两边 gb sync；没有登记",
        f"this machine is terminal {own}; {last} says that another one records as {terminal}, and the book is synchronised "
        f"with it: a file that both write can no longer be merged. Entries and day-ends of {terminal} are made on its own "
        f"machine, then both run gb sync; nothing was recorded",
    )
    refused = Elsewhere(words, next=(f"gb sync --terminal {own}", "gb explain JRN-07"))
    refused.own = own
    raise refused


def _has_remote(book: Book) -> bool:
    from ledger.book.gitrepo import NoSync, Repo

    try:
        return bool(Repo(book.root).run("remote").text)
    except NoSync:
        return False


def elsewhere(book: Book, terminal: str) -> str:
    """The last record of a terminal that this machine never wrote as; empty for one that is new, or our own."""
    last = lookup.last_of(book.index.db, terminal)
    return last.id if last is not None and _mark(book, terminal) is None else ""


def own_install(book: Book) -> str:
    """What this installation is known by in the book: a digest, which tells nothing outside it; or empty."""
    try:
        return sha256(f"{book.settings.book} {install_id()}".encode()).hexdigest()[:16]
    except GbError:
        return ""


def claim_values(book: Book, terminal: str) -> dict[str, str]:
    """The values of the record that makes the terminal this installation's; raises :class:`Unknown`."""
    install = own_install(book)
    if not install:
        words = Words("没有用户主目录，本机没有安装编号", "there is no home folder to keep this installation's id in")
        raise Unknown(words, next=("export XDG_STATE_HOME=DIR",))
    return {"code": terminal, "install": install}


def remember(book: Book, terminal: str, record_id: str, path: str, h: str) -> None:
    """Keep what was just written, outside the book."""
    if _real(book):
        write_mark(_name(book, terminal), f"{record_id} {path} {h}\n".encode())


def _mark(book: Book, terminal: str) -> tuple[str, str, str] | None:
    parts = read_mark(_name(book, terminal)).decode("utf-8", "replace").split() if _real(book) else []
    return (parts[0], parts[1], parts[2]) if len(parts) == 3 else None


def _stands(book: Book, record_id: str, path: str, h: str) -> bool:
    """Whether the book has that very record; nearly always it is the file's last one."""
    if lookup.last_h(book.index.here, path) == h:
        return True
    return any(
        found.path == path and book.entry(found).h == h
        for found in lookup.by_id(book.index.of_id(record_id), record_id)
    )


def _name(book: Book, terminal: str) -> str:
    """One mark per folder: a copy that somebody tries things out on is not the book restored in its place."""
    folder = sha256(os.path.realpath(book.root).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return f"marks/{book.settings.book}.{folder}.{terminal}"


def _real(book: Book) -> bool:
    """Whether the book is this machine's own: a simulated disk and a throw-away copy have no machine around them."""
    return type(book.disk.ops) is Ops and not book.throw_away
