"""Between the command line and the book: which book, which terminal, who, when; and the echo of what was recorded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from cli.lang import say
from cli.render import emit, emit_json, note
from cli.shared import Call, current
from ledger.book.draft import Ambiguous, Draft, Recorded
from ledger.book.open import Book, find_book
from ledger.core.errors import Usage
from ledger.core.findings import Finding
from ledger.core.forms import Record, lines_of, sheets_of, show_lines
from ledger.core.judge import short
from ledger.core.money import grouped, parse_amount, yuan
from ledger.core.parties import Client
from ledger.core.records import journal as journal_named
from ledger.core.spans import SpanSet
from ledger.core.text import clean_text, fold
from ledger.core.words import Words

T = TypeVar("T")


class Desk:
    """The running command's book and the person at it.  Opened once per command; nothing is locked while it is held."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self.book = Book(Path(call.book) if call.book else find_book(Path.cwd()))
        self._machine: dict[str, str] | None = None

    # -- who and where ---------------------------------------------------------------------------------------------

    def _local(self, name: str) -> str:
        if self._machine is None:
            from ledger.disk import read_machine

            self._machine = read_machine(self.book.settings.book)
        return self._machine.get(name, "")

    @property
    def terminal(self) -> str:
        """The terminal's code: option, environment, else what this machine was set up as."""
        code = fold(self.call.terminal or "").upper() or self._local("terminal")
        if not code:
            words = Words("不知道这台机器是哪个终端", "which terminal this machine is, is not known")
            raise Usage(words, next=("gb terminal list", "gb terminal use K1"))
        return code

    @property
    def by(self) -> str:
        """The operator's code: option, environment, else who is logged in here."""
        code = fold(self.call.by or "") or self._local("operator")
        if not code:
            words = Words("还没有登录", "nobody is logged in")
            raise Usage(words, next=("gb operator list", "gb login CODE"))
        return code

    def today(self) -> dt.date:
        """The day of ``--at`` if given, else of the clock: what today means to the resolvers."""
        at = self.at()
        return at.date() if at else self.book.today()

    def at(self) -> dt.datetime | None:
        """The clock as given by hand, or ``None``."""
        from ledger.core.dates import resolve_at

        return resolve_at(self.call.at, self.book.now()) if self.call.at else None

    def date(self) -> dt.date | None:
        """The business date as given, or ``None``."""
        from ledger.core.dates import resolve_day

        today = self.at() or self.book.now()
        return resolve_day(self.call.date, today.date()) if self.call.date else None

    # -- resolvers that may ask which ------------------------------------------------------------------------------

    def pick(self, find: Callable[[], str]) -> str:
        """What ``find`` gives; when it is ambiguous the person chooses on a terminal, a script is told the candidates."""
        try:
            return find()
        except Ambiguous as several:
            if not self.call.interactive:
                raise
            return self.call.choose(several.question, several.candidates)

    def client(self, typed: str) -> str:
        """A client's code from code, name, part of the name or initials; what was derived is echoed."""
        from ledger.book.resolve import client

        state = self.book.state()
        code = self.pick(lambda: client(state, typed))
        if code != typed:
            found = state.thing(Client, code)
            note(Words(f"客户 {code} {found.shown if found else ''}", f"client {code} {found.shown if found else ''}"))
        return code

    def record_id(self, typed: str) -> str:
        """A full record id from any of its short forms."""
        from ledger.book.resolve import record_id

        own = fold(self.call.terminal or "").upper() or self._local("terminal")
        return self.pick(lambda: record_id(self.book, typed, own))

    def spans(self, typed: str, face: int = 0) -> SpanSet:
        """Serials in any typed form; ``-`` reads them from stdin.  The canonical form is echoed when it differs."""
        from ledger.book.resolve import spans

        text = stdin_text() if typed.strip() == "-" else typed
        found = spans(self.book, text, self.book.state(), face)
        if found.text != typed:
            note(Words(f"券号 {short(found)}，共 {found.count} 张", f"serials {short(found)}, {found.count} sheets"))
        return found

    # -- recording -------------------------------------------------------------------------------------------------

    def draft(self, journal: str, kind: str, values: dict[str, Any], *, ref: str = "") -> Draft:
        """A draft with what the shared options say."""
        call = self.call
        return Draft(
            journal=journal, kind=kind, values={k: v for k, v in values.items() if v is not None}, ref=ref,
            by=self.by, terminal=self.terminal, date=self.date(), at=self.at(),
            reason=free_text(call.reason, Words("原因", "reason")), note=free_text(call.note, Words("备注", "note")),
            key=free_text(call.once, Words("重试编号", "retry token")),
        )  # fmt: skip

    def record(self, journal: str, kind: str, values: dict[str, Any], *, ref: str = "") -> Recorded:
        """Record one draft and echo it."""
        from ledger.book.write import record

        done = record(self.book, self.draft(journal, kind, values, ref=ref), dry_run=self.call.dry_run)
        self.echo(done)
        return done

    def echo(self, done: Recorded) -> None:
        """The short id and one line of what it did; the record itself with ``--json``; warnings on stderr."""
        tell(done.warnings)
        if done.torn:
            note(Words(f"上次没写完的残行已移到 {done.torn}", f"a torn line of an interrupted write was set aside: {done.torn}"))
        if done.bumped:
            note(Words(f"时间顺延到 {done.record.at:%H:%M:%S}", f"the time was moved on to {done.record.at:%H:%M:%S}"))
        if self.call.json:
            emit_json(as_json(done))
            return
        mark = ""
        if done.dry:
            mark = say(Words("（试算，未登记）", " (dry run, not recorded)"))
        elif done.again:
            mark = say(Words("（早已登记，未重复）", " (recorded before, not repeated)"))
        emit(f"{short_id(done.record.id)}  {self.told(done.record)}{mark}")

    def told(self, record: Record) -> str:
        """One line of what a record did."""
        parts = [say(record.WORDS)]
        client = getattr(record, "client", "")
        if client:
            found = self.book.state().thing(Client, client)
            parts.append(f"{client} {found.shown}" if found else client)
        parts += _figures(record)
        if record.ref:
            parts.append(f"→ {record.ref}")
        return "  ".join(parts)


def desk() -> Desk:
    """The desk of the running command."""
    return Desk(current())


def _figures(record: Record) -> list[str]:
    """Sheets, serials, amount, and the codes that a record is about, as far as its kind has them."""
    parts = []
    spans: SpanSet | None = getattr(record, "spans", None)
    lines = getattr(record, "lines", ())
    if spans:
        parts.append(f"{spans.count} {say(Words('张', 'sheets'))}  {ends(spans)}")
    if lines:
        parts.append(show_lines(lines_of(lines)))
        if not spans:
            parts.append(f"{sheets_of(lines)} {say(Words('张', 'sheets'))}")
    for name in ("code", "name", "unit", "purpose", "stamp"):
        if value := getattr(record, name, ""):
            parts.append(str(value))
    if amount := getattr(record, "amount", 0):
        parts.append(f"¥{grouped(amount)}")
    return parts


def ends(spans: SpanSet) -> str:
    """First and last serial, for comparing with the packet; the number of gaps between them when there are any."""
    first, last = spans.spans[0].first_serial, spans.spans[-1].last_serial
    gaps = f" ({len(spans.spans)} {say(Words('段', 'spans'))})" if len(spans.spans) > 1 else ""
    return f"{first} … {last}{gaps}" if first != last else first


def short_id(record_id: str) -> str:
    """``SA1008-1`` of ``SA20261008-K1-0001``."""
    code, _, rest = record_id.partition("-")
    return f"{code[:2]}{code[6:]}-{int(rest.rpartition('-')[2])}"


def as_json(done: Recorded) -> dict[str, Any]:
    """The record's texts, with where it stands and what to note about it."""
    extra: dict[str, Any] = {"short": short_id(done.record.id), "file": done.file, "line": done.line}
    if done.again or done.dry:
        extra["again" if done.again else "dry_run"] = True
    if done.warnings:
        extra["warnings"] = [{"code": w.code, "message": say(w.words), "serials": w.serials} for w in done.warnings]
    return {**done.record.encode(), **extra}


def tell(warnings: tuple[Finding, ...] | list[Finding]) -> None:
    """Warnings on stderr; they refuse nothing."""
    for finding in warnings:
        words = finding.words
        note(Words(f"{finding.severity}[{finding.code}]: {words.zh}", f"{finding.severity}[{finding.code}]: {words.en}"))


def free_text(typed: str | None, what: Words) -> str:
    """A free text of the command line in NFC, or empty; refused when it has characters no record may hold."""
    return clean_text(typed, what=what) if typed else ""


def amount(typed: str) -> int:
    """A typed amount in fen; what was folded is echoed."""
    fen = parse_amount(typed)
    if typed not in (yuan(fen), yuan(fen).removesuffix(".00")):
        note(Words(f"金额 ¥{grouped(fen)}", f"amount ¥{grouped(fen)}"))
    return fen


def lines(typed: list[str]) -> tuple[tuple[int, int], ...]:
    """``500x100 200x50`` (sheets × face) as face lines; raises :class:`Usage`."""
    pairs = []
    for word in [part for one in typed for part in fold(one).replace(",", " ").split()]:
        sheets, times, face = word.lower().replace("*", "x").replace("×", "x").partition("x")
        if not times or not sheets.isascii() or not sheets.isdigit() or int(sheets) == 0:
            raise Usage(Words(f"“{word}”不是“张数x面值”", f"“{word}” is not sheets × face"), next=("500x100",))
        pairs.append((parse_amount(face), int(sheets)))
    return tuple(lines_of(pairs))


def stdin_text() -> str:
    """All of stdin, for serials from a scanner or a pipe."""
    import sys

    return sys.stdin.read()


def field_words(journal: str, kind: str, name: str) -> Words:
    """The label of a declared field, for prompts and help."""
    return next(field.words for field in journal_named(journal).kind(kind).fields() if field.name == name)
