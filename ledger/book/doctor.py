"""What could be wrong with this machine and the book's set-up, each looked at by itself and all of it reported."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from ledger.book.create import ATTRIBUTES, IGNORE
from ledger.book.open import RULES, SETTINGS, Book
from ledger.book.yamlfile import LIMIT, read_mapping
from ledger.core.errors import GbError, Unreadable
from ledger.core.parties import Operator, Terminal
from ledger.core.rules import TYPES, Retention, parse_rules, retired
from ledger.core.settings import parse_settings
from ledger.core.words import Words, many
from ledger.disk import Disk
from ledger.journal.damage import SET_ASIDE, TORN

if TYPE_CHECKING:
    from ledger.core.rules import Rules

Level = Literal["ok", "note", "warning", "error"]
_OLDEST = 2020


class Sign(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was looked at; ``next`` holds what mends it."""

    name: str
    level: Level
    words: Words
    next: tuple[str, ...] = ()


def examine(root: Path, *, terminal: str, operator: str, now: dt.datetime | None = None) -> list[Sign]:
    """Every sign; ``terminal`` and ``operator`` are what a command would use here, empty when nothing is known."""
    disk = Disk(root)
    signs = [*_files(disk), *_git(disk)]
    try:
        book = Book(root)
    except GbError:
        return [*signs, _broken()]
    moment = now or book.now()
    looks: list[Callable[[], Iterator[Sign]]] = [
        lambda: _clock(book, terminal, moment),
        lambda: _terminal(book, terminal),
        lambda: _operator(book, operator),
        lambda: _index(book),
        lambda: _writable(book),
        lambda: _retention(book.rules, moment.date()),
        lambda: _backup(book),
    ]
    for look in looks:
        signs += _collected(look)
    return signs


def put_aside(book: Book, *, dry_run: bool = False) -> dict[str, list[str]]:
    """Move away what interrupted writes left in the journals: the files that had such, and where it is now, in order.

    There is no place where nothing had to go: a line end was given back, or the file had no byte.  Nobody was ever told
    that it was recorded.  Waits for whoever is writing, so it is never a write that is still going on.
    """
    from ledger.book.write import set_aside, torn_files

    with book.disk.lock(who="doctor"):
        book.refresh()
        found = {path: list[str]() for path in torn_files(book)}
        for path in () if dry_run else found:
            before = len(book.disk.aside)
            set_aside(book, path)
            found[path] = list(reversed(book.disk.aside[before:]))  # the end of the file goes first
        book.refresh()
        return found


def _collected(look: Callable[[], Iterator[Sign]]) -> list[Sign]:
    """A look that itself fails is a sign."""
    try:
        return list(look())
    except GbError as error:
        return [Sign(name="book", level="error", words=error.words, next=error.next)]


def _broken() -> Sign:
    words = Words("账本打不开，其余没有检查", "the book does not open; the rest was not looked at")
    return Sign(name="book", level="error", words=words)


def _backup(book: Book) -> Iterator[Sign]:
    """The keys of personal data: ``keys doctor`` looks closer."""
    from ledger.book.keybackup import HINT, backup_due

    due = backup_due(book)
    if due is not None:
        yield Sign(name="keys", level="warning", words=due, next=(HINT, "gb keys doctor"))


# -- the files -----------------------------------------------------------------------------------------------------------


def _files(disk: Disk) -> Iterator[Sign]:
    try:
        settings = parse_settings(read_mapping(disk.read(SETTINGS, LIMIT), SETTINGS))
        yield Sign(name="settings", level="ok", words=Words(f"设置 {settings.store}", f"settings of {settings.store}"))
        yield _zone(settings.timezone)
    except GbError as error:
        yield Sign(name="settings", level="error", words=error.words)
    try:
        texts = read_mapping(disk.read(RULES, LIMIT), RULES)
        rules = parse_rules(texts)
    except GbError as error:
        yield Sign(name="rules", level="error", words=error.words)
        return
    yield from _rules(rules, _today(disk))
    for name, field in retired(texts):
        words = Words(
            f"rules.yaml 的规则“{name}”里的“{field}”不再使用：通知时刻就是现金截账时刻（规则“cash”）",
            f"“{field}” of the rule “{name}” is not used any more: the notice is due at the cut-off of the rule “cash”",
        )
        yield Sign(name=f"rule {name}", level="note", words=words)


def _today(disk: Disk) -> dt.date:
    """Today in the book's zone, or anywhere when the settings do not read."""
    from ledger.disk import SystemClock

    try:
        return Book(disk.root).today()
    except GbError:
        return SystemClock().now(dt.UTC).date()


def _zone(name: str) -> Sign:
    from ledger.book.open import zone_of

    try:
        zone_of(name)
    except Unreadable as error:
        return Sign(name="timezone", level="error", words=error.words, next=("pip install tzdata",))
    return Sign(name="timezone", level="ok", words=Words(f"时区 {name}", f"time zone {name}"))


def _rules(rules: Rules, today: dt.date) -> Iterator[Sign]:
    missing = 0
    for name, kind in TYPES.items():
        if rules.find(kind, today) is not None:
            continue
        missing += 1
        level: Level = "error" if kind.NEEDED else "note"
        words = Words(f"rules.yaml 今天没有规则“{name}”", f"rules.yaml has no rule “{name}” in force today")
        yield Sign(name=f"rule {name}", level=level, words=words)
    if not missing:
        yield Sign(
            name="rules",
            level="ok",
            words=Words(f"{len(TYPES)} 条规则今天都有", f"all {len(TYPES)} rules are in force today"),
        )


def _git(disk: Disk) -> Iterator[Sign]:
    import subprocess

    try:
        found = subprocess.run(
            ["git", "-C", str(disk.root), "rev-parse", "--is-inside-work-tree"], capture_output=True, check=False
        ).returncode
    except OSError:
        yield Sign(
            name="git",
            level="warning",
            words=Words(
                "没有 git：账本照用，但没有历史和异地副本", "no git: the book works, without history and copies"
            ),
        )
        return
    if found:
        yield Sign(
            name="git", level="warning", words=Words("账本不在 git 仓库里", "the book is in no git repository"),
            next=(f"git -C {disk.root} init",),
        )  # fmt: skip
    else:
        yield Sign(name="git", level="ok", words=Words("在 git 仓库里", "in a git repository"))
    yield _has_lines(
        disk, ".gitattributes", ATTRIBUTES, "git 可能改动换行或合并日记账", "git may change line ends or merge journals"
    )
    yield _has_lines(disk, ".gitignore", IGNORE, "索引和密钥可能进入 git", "the index and keys may get into git")


def _has_lines(disk: Disk, name: str, wanted: bytes, zh: str, en: str) -> Sign:
    have = disk.read(name, LIMIT).splitlines() if disk.stat(name) is not None else []
    missing = [line.decode() for line in wanted.splitlines() if line not in have]
    if not missing:
        return Sign(name=name, level="ok", words=Words(f"{name} 齐全", f"{name} is complete"))
    lines = "、".join(missing)
    return Sign(
        name=name, level="error", words=Words(f"{name} 缺 {lines}：{zh}", f"{name} lacks {', '.join(missing)}: {en}")
    )


# -- the machine ---------------------------------------------------------------------------------------------------------


def _clock(book: Book, terminal: str, now: dt.datetime) -> Iterator[Sign]:
    """The clock as every entry would be judged, and as it stands to this terminal's last record."""
    from ledger.book.guard import ClockOff, refuse_clock

    try:
        refuse_clock(book, terminal, now)
    except ClockOff as off:
        yield Sign(name="clock", level="error", words=off.words, next=off.next)
        return
    latest = book.index.latest(terminal) if terminal else ""
    last = dt.datetime.fromisoformat(latest) if latest else None
    if last is not None and now < last:
        words = Words(
            f"时钟 {now:%Y-%m-%d %H:%M} 早于本终端最后一笔 {last:%Y-%m-%d %H:%M}",
            f"the clock, {now:%Y-%m-%d %H:%M}, is before this terminal's last record, {last:%Y-%m-%d %H:%M}",
        )
        yield Sign(name="clock", level="warning", words=words, next=("gb show last",))
    else:
        yield Sign(name="clock", level="ok", words=Words(f"时钟 {now:%Y-%m-%d %H:%M}", f"clock {now:%Y-%m-%d %H:%M}"))


def _terminal(book: Book, code: str) -> Iterator[Sign]:
    known = {key: one for key, one in book.state().things(Terminal) if not one.retired}
    if code in known:
        yield Sign(name="terminal", level="ok", words=Words(f"终端 {code}", f"terminal {code}"))
        yield from _claim(book, code, known[code])
        return
    hints = tuple(f"gb terminal use {key}" for key in list(known)[:3])
    if code:
        words = Words(f"终端 {code} 没有登记或已停用", f"terminal {code} is not registered, or retired")
    else:
        words = Words("不知道这台机器是哪个终端", "which terminal this machine is, is not known")
    yield Sign(name="terminal", level="error", words=words, next=hints)


def _claim(book: Book, code: str, terminal: Terminal) -> Iterator[Sign]:
    """Whose the terminal is, and whether this book still has what this machine last wrote as it (JRN-07)."""
    from ledger.book.guard import Copied, refuse_copy

    try:
        refuse_copy(book, code, book.state())
    except Copied as copied:
        yield Sign(name="claim", level="error", words=copied.words, next=copied.next)
        return
    if terminal.install:
        words = Words(
            f"终端 {code} 已由本机认领（安装 {terminal.install}）",
            f"terminal {code} is claimed by this machine (installation {terminal.install})",
        )
        yield Sign(name="claim", level="ok", words=words)
        return
    words = Words(
        f"终端 {code} 没有机器认领：复制的账本也能用它登记",
        f"no machine has claimed terminal {code}: a copied book can record as it too",
    )
    yield Sign(name="claim", level="note", words=words, next=(f"gb terminal claim {code} --reason '…'",))


def _operator(book: Book, code: str) -> Iterator[Sign]:
    known = {key: one for key, one in book.state().things(Operator) if not one.left}
    found = known.get(code)
    if found is not None:
        words = Words(f"操作员 {code} {found.name}", f"operator {code} {found.name}")
        yield Sign(name="operator", level="ok", words=words)
    elif code:
        words = Words(f"操作员 {code} 没有登记或已离岗", f"operator {code} is not registered, or has left")
        yield Sign(name="operator", level="error", words=words, next=("gb operator list",))
    elif known:
        words = Words("还没有登录", "nobody is logged in")
        yield Sign(
            name="operator", level="warning", words=words, next=tuple(f"gb login {key}" for key in list(known)[:3])
        )
    else:
        words = Words("还没有登记操作员", "no operator is registered")
        yield Sign(name="operator", level="warning", words=words, next=("gb operator add --help",))
    if not any({"manager", "general-manager"} & set(one.roles) for one in known.values()):
        words = Words("没有经理：无人能审批", "there is no manager: nobody can approve")
        yield Sign(name="manager", level="warning", words=words, next=("gb operator add --help",))


def _index(book: Book) -> Iterator[Sign]:
    damage = book.damage()
    if damage:
        words = Words(f"日记账有 {len(damage)} 处读不出来", f"the journals have {len(damage)} places that do not read")
        torn = (SET_ASIDE,) if any(one.code == TORN for one in damage) else ()
        yield Sign(name="journals", level="error", words=words, next=("gb check", *torn))
    count = book.index.db.execute("SELECT count(*) FROM record").fetchone()[0]
    yield Sign(
        name="index",
        level="ok",
        words=Words(f"索引最新，{count} 笔记录", f"the index is up to date, {many(count, 'record')}"),
    )


def _writable(book: Book) -> Iterator[Sign]:
    """Take the lock, which writes, and let go."""
    try:
        with book.disk.lock(timeout=1, who="doctor"):
            pass
    except GbError as error:
        yield Sign(name="disk", level="error", words=error.words, next=error.next)
        return
    yield Sign(name="disk", level="ok", words=Words("账本目录可写", "the book's folder can be written"))


def _retention(rules: Rules, today: dt.date) -> Iterator[Sign]:
    rule = rules.find(Retention, today)
    if rule is not None and rule.years:
        words = Words(
            f"单用途预付凭证的交易记录要保存 {rule.years} 年以上：请备份，不要删旧月份",
            f"voucher records are to be kept for {rule.years} years or more: back up, and delete no old month",
        )
        yield Sign(name="retention", level="note", words=words)
