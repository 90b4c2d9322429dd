"""Between the command line and the book: which book, which terminal, who, when; and the echo of what was recorded."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from cli.lang import say
from cli.render import emit, emit_json, note, progress
from cli.shared import Call, current, recorded
from cli.told import figures, listed_id, short_id
from ledger.book.draft import Ambiguous, Draft, Recorded
from ledger.book.open import Book, find_book
from ledger.core.errors import Refused, Unknown, Usage
from ledger.core.findings import Finding
from ledger.core.forms import Field, Lines, Record, Reversal, lines_of, value_of
from ledger.core.judge import short
from ledger.core.money import grouped, parse_amount, yuan
from ledger.core.parties import Client, Operator, Terminal, active_managers
from ledger.core.personal import masked_all
from ledger.core.records import journal as journal_named
from ledger.core.rules import Confirm
from ledger.core.spans import SpanSet
from ledger.core.state import Reversed
from ledger.core.text import clean_text, fold, shown
from ledger.core.words import Words, many

if TYPE_CHECKING:
    from ledger.core.cheques import Cheque
    from ledger.core.dates import Month
    from ledger.disk import Disk
    from ledger.index.lookup import Found

T = TypeVar("T")
INIT = "init"
REASON = Words("原因", "the reason")
SECOND = Words("监盘人", "the second counter")
_LONG_TEXT = 1 << 20  # bytes of journals, some thousand records: less is read before a bar could be seen


class Desk:
    """The running command's book and the person at it.  Opened once per command; nothing is locked while it is held."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self.book = _opened(_named_book(call.book) if call.book else find_book(Path.cwd()))
        self.derived: tuple[str, ...] = ()
        """Values that the command works out from what is in the book: a retry (``--once``) may work out others."""
        self._machine: dict[str, str] | None = None
        self._reason: str | None = call.reason

    def reopen(self) -> None:
        """Read settings and rules again, for a command that outlasts a change of them."""
        self.book.close()
        self.book = _opened(self.book.root)

    # -- who and where ---------------------------------------------------------------------------------------------

    def local(self, name: str) -> str:
        """What this machine remembers of the book: ``terminal`` or ``operator``; empty when nothing."""
        if self._machine is None:
            from ledger.disk import read_machine

            self._machine = read_machine(self.book.settings.book)
        return self._machine.get(name, "")

    def remember(self, **values: str) -> None:
        """Keep what this machine is or who works here, outside the book; empty values are forgotten."""
        from ledger.disk import read_machine, write_machine

        kept = {**read_machine(self.book.settings.book), **values}
        if not self.call.dry_run:
            write_machine(self.book.settings.book, {name: text for name, text in kept.items() if text})

    @property
    def terminal(self) -> str:
        """The terminal's code: option, environment, else what this machine was set up as."""
        code = fold(self.call.terminal or "").upper() or self.local("terminal")
        if not code:
            words = Words(
                "不知道这台机器是哪个终端；别人在用的不要用，在有终端的机器上登记一个新的：gb terminal add M1",
                "which terminal this machine is, is not known; don't take one that is in use elsewhere: on a machine that has "
                "one register another, gb terminal add M1",
            )
            known = [key for key, one in self.book.state().things(Terminal) if not one.retired]
            raise Usage(words, next=(*(f"gb terminal use {key}" for key in known[:3]), "gb terminal list"))
        return code

    @property
    def by(self) -> str:
        """The operator's code: option, environment, else who is logged in here."""
        code = fold(self.call.by or "") or self.local("operator")
        if not code:
            words = Words("还没有登录", "nobody is logged in")
            known = [key for key, one in self.book.state().things(Operator) if not one.left]
            raise Usage(words, next=("gb operator list", *(f"gb login {key}" for key in known[:3])))
        if code == INIT:  # the program's own name for what is recorded before there is staff; it passes by the roles
            words = Words("init 不是操作员，不能用它登记", "init is no operator: nobody records under that name")
            raise Usage(words, next=("gb operator list",))
        return self._as_registered(code)

    def identify(self) -> None:
        """Raise :class:`Usage` where nobody is logged in or this machine is no terminal, before anything is asked."""
        _ = self.by, self.terminal

    def _as_registered(self, code: str) -> str:
        """The code as it was registered: an input method may have typed other letters' case."""
        state = self.book.state()
        if state.thing(Operator, code) is not None:
            return code
        return next((key for key, _ in state.things(Operator) if key.casefold() == code.casefold()), code)

    @property
    def staff_by(self) -> str:
        """Who registers staff: the operator, or ``init`` as long as there is no manager (decisions: clock and people)."""
        return self.by if active_managers(list(self.book.state().things(Operator))) else INIT

    def month(self, typed: str | None) -> Month:
        """The month typed in any form, or the one that is usually worked on; echoed when it was not typed so."""
        from ledger.book.month import usual_month
        from ledger.core.dates import resolve_month

        found = usual_month(self.today()) if typed is None else resolve_month(typed, self.today())
        if typed != found.text:
            note(Words(f"月份 {found.text}", f"month {found.text}"))
        return found

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

    def day(self, typed: str) -> dt.date:
        """A day in any typed form; echoed when it differs."""
        from ledger.core.dates import resolve_day

        day = resolve_day(typed, self.today())
        if str(day) != typed:
            note(Words(f"日期 {day}", f"date {day}"))
        return day

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

    def member(self, typed: str, *, looks: bool = False) -> str:
        """A member's code from code or card number; what was derived is echoed.  A card that was replaced only ``looks``."""
        from ledger.book.resolve import member

        code = member(self.book.state(), typed, looks=looks)
        if code != typed:
            note(Words(f"会员 {code}", f"member {code}"))
        return code

    def cheque(self, typed: str) -> tuple[str, Cheque]:
        """A cheque by its number or part of its name, with its key; what was derived is echoed."""
        from ledger.book.cheques import find
        from ledger.core.cheques import Cheque

        state = self.book.state()
        key = self.pick(lambda: find(state, typed))
        found = state.thing(Cheque, key)
        assert found is not None  # the resolver has found it
        if typed not in (key, found.number):
            note(Words(f"支票 {found.number} {found.bank}", f"cheque {found.number} {found.bank}"))
        return key, found

    def record_id(self, typed: str) -> str:
        """A full record id from any of its short forms."""
        from ledger.book.resolve import record_id

        own = fold(self.call.terminal or "").upper() or self.local("terminal")
        return self.pick(lambda: record_id(self.book, typed, own, self.today()))

    def numbered(self, typed: str) -> str:
        """The record whose paper carries the number that was typed, which is echoed; or empty."""
        from ledger.book.papernumber import by_number

        found = self.pick(lambda: by_number(self.book, typed))
        if found:
            note(Words(f"单据 {found}", f"record {found}"))
        return found

    def request_id(self, typed: str, *, echo: bool = True) -> str:
        """A request's id; that of its approval or preparation leads to it, which is echoed."""
        first = found = self.record_id(typed)
        while found.startswith("RQ") and (about := self.book.find(found).record.ref):
            found = about
        if not found.startswith("RQ"):
            raise Unknown(Words(f"{found} 不是请示单", f"{found} is no request"), next=("gb request list",))
        if found != first and echo:
            note(Words(f"请示单 {found}", f"request {found}"))
        return found

    def spans(self, typed: str, face: int = 0) -> SpanSet:
        """Serials in any typed form; ``-`` reads them from stdin.  The canonical form is echoed when it differs."""
        from ledger.book.resolve import spans

        text = stdin_text() if typed.strip() == "-" else typed
        found = spans(self.book, text, self.book.state(), face)
        if found.text != typed:
            note(
                Words(
                    f"券号 {short(found)}，共 {found.count} 张", f"serials {short(found)}, {many(found.count, 'sheet')}"
                )
            )
        return found

    def need_reason(self, words: Words = REASON) -> str:
        """The reason, which this act requires; asked for on a terminal when the command line has none."""
        self._reason = self.call.ask(
            self._reason, words=words, name="--reason", parse=lambda typed: some_text(typed, words)
        )
        return self._reason

    # -- recording -------------------------------------------------------------------------------------------------

    def draft(
        self, journal: str, kind: str, values: dict[str, Any], *, ref: str = "", by: str = "", terminal: str = ""
    ) -> Draft:
        """A draft with what the shared options say."""
        call = self.call
        return Draft(
            journal=journal, kind=kind, values={k: v for k, v in values.items() if v is not None}, ref=ref,
            by=by or self.by, terminal=terminal or self.terminal, date=self.date(), at=self.at(),
            reason=free_text(self._reason, Words("原因", "reason")), note=free_text(call.note, Words("备注", "note")),
            key=free_text(call.once, Words("重试编号", "retry token")), derived=self.derived,
        )  # fmt: skip

    def record(self, journal: str, kind: str, values: dict[str, Any], *, ref: str = "", by: str = "") -> Recorded:
        """Record one draft and echo it."""
        done = self.write(journal, kind, values, ref=ref, by=by)
        self.echo(done)
        self.print(done)
        return done

    def print(self, done: Recorded) -> None:
        """The forms of what was recorded, where the store's settings ask for them at once."""
        settings = self.book.settings
        if settings.printing == "by-hand" or done.dry or done.again or not type(done.record).PAPERS:
            return
        from cli.print_ import print_new
        from ledger.book.printing import at_once

        print_new(self, done.record.id, at_once(done.record), show=settings.printing == "open")

    def write(
        self, journal: str, kind: str, values: dict[str, Any], *, ref: str = "", by: str = "", try_only: bool = False,
        asked: bool = False,
    ) -> Recorded:  # fmt: skip
        """Record one draft, or only see whether it would be refused; the caller echoes it.

        A person at a terminal confirms what reaches the store's amount; a form that has asked already passes ``asked``.
        """
        from ledger.book.write import record

        draft = self.draft(journal, kind, values, ref=ref, by=by)
        dry = self.call.dry_run or try_only
        if self.call.interactive and not dry and not asked:
            self.confirm_large(self.refusing(draft, lambda: record(self.book, draft, dry_run=True)))
        return self.refusing(draft, lambda: record(self.book, draft, dry_run=dry))

    def confirm_large(self, tried: Recorded) -> None:
        """Read back what is about to be recorded and ask, from the amount of the rule ``confirm`` on; Enter alone is no."""
        if tried.again or not is_large(tried.record, self.book):
            return
        note(Words(f"将登记：{self.told(tried.record)}", f"to be recorded: {self.told(tried.record)}"))
        self.call.confirm(Words("金额较大，请核对。登记吗？", "a large amount: compare it. record it?"), default=False)

    def refusing(self, draft: Draft, act: Callable[[], T]) -> T:
        """What ``act`` gives; a refusal of ``draft`` gets the hints that only the counter can know."""
        try:
            return act()
        except Refused as refused:
            from cli.refusals import mended

            raise mended(refused, draft, self.book) from None

    def echo(self, done: Recorded, more: dict[str, Any] | None = None) -> None:
        """The short id and one line of what it did; the record itself with ``--json``; warnings on stderr.

        ``more`` are keys that the JSON has beside the record's.
        """
        if not done.dry and not done.again:
            recorded(done.record.id)
        tell(done.warnings)
        tell_torn(done.torn)
        if done.bumped:
            note(Words(f"时间顺延到 {done.record.at:%H:%M:%S}", f"the time was moved on to {done.record.at:%H:%M:%S}"))
        if self.call.json:
            emit_json({**as_json(done), **(more or {})})
            return
        mark = ""
        if done.dry:
            mark = say(Words("（试算，未登记）", " (dry run, not recorded)"))
        elif done.again:
            mark = say(Words("（早已登记，未重复）", " (recorded before, not repeated)"))
        emit(f"{short_id(done.record.id)}  {self.told(done.record)}{mark}")

    def told(self, record: Record, *, ref: bool = True, client: bool = True) -> str:
        """One line of what a record did; ``ref`` and ``client``: whether to name what it refers to and whose it is."""
        if isinstance(record, Reversal):
            return f"{say(record.WORDS)} {record.ref}  {self.told(record.original, client=client)}"
        parts = [say(record.WORDS)]
        code = getattr(record, "client", "")
        if code and client:
            parts.append(self.named("client", code))
        parts += figures(record)
        if record.ref and ref:
            parts.append(f"→ {record.ref}")
        if getattr(record, "signature", ""):
            parts.append(say(Words("已签名", "signed")))
        return "  ".join(parts)

    def listed_id(self, record_id: str) -> str:
        """A record's id in a list: short, and of one meaning wherever it is typed (:func:`cli.told.listed_id`)."""
        return listed_id(record_id, self.today().year)

    def told_short(self, found: Found, *, client: bool = True) -> list[str]:
        """A record that the index names, as the lines of a list's entry; ``client``: whether to name whose it is."""
        from cli.render import columns, width
        from ledger.reports.table import wrap

        told = self.told(self.book.entry(found).record, ref=False, client=client)
        lines = wrap(f"{found.day}  {found.id}  {told}", columns(), indent=2, hang=4, cut=False)
        mark = self.reversed_mark(found.id)
        if not mark:
            return lines
        together = f"{lines[-1]}  {mark}"  # the mark stays whole
        return [*lines[:-1], together] if width(together) <= columns() else [*lines, f"      {mark}"]

    def reversed_mark(self, record_id: str) -> str:
        """What a list adds to a record that is no longer in force; empty for one that is."""
        found = self.book.state().thing(Reversed, record_id)
        return say(Words("（已冲销）", "(reversed)")) if found is not None else ""

    def kind_words(self, record_id: str, kind: str) -> str:
        """A kind of record in the language of the run."""
        from ledger.core.records import journal_of

        return say(Reversal.WORDS if kind == Reversal.KIND else journal_of(record_id).kind(kind).WORDS)

    def named(self, field: str, text: str) -> str:
        """A field's text for people: codes with the name behind them."""
        name = ""
        if field in ("client", "code"):
            found = self.book.state().thing(Client, text)
            name = found.shown if found else ""
        elif field in ("by", "salesperson", "owner"):
            operator = self.book.state().thing(Operator, text)
            name = operator.name if operator else ""
        return f"{text} {name}" if name and name != text else text


def _named_book(path: str) -> Path:
    """The book's folder as named; raises Unreadable (REF-01) where there is none."""
    from shlex import quote

    from ledger.book.open import SETTINGS
    from ledger.core.errors import Unreadable

    folder = Path(path)
    if not os.path.lexists(folder / SETTINGS) and not folder.is_symlink():
        words = Words(f"{path} 里没有账本（gb.yaml）", f"there is no book (gb.yaml) in {path}")
        hints = (f"gb init {quote(path)} --store '…' --terminal K1", "gb --book DIR status")
        raise Unreadable(words, code="REF-01", next=hints)
    return folder


def _warn_of(damage: list[Finding]) -> None:
    """Tell on stderr that figures rest on a damaged book; the check says where."""
    codes = " ".join(sorted({one.code for one in damage}))
    note(
        Words(
            f"注意：日记账有损坏（{codes}），数字可能不对；见 gb check",
            f"warning: the journals are damaged ({codes}), figures may be wrong; see gb check",
        )
    )


def tell_torn(aside: str) -> None:
    """Tell on stderr where the rest of an interrupted write was moved to, if there was one."""
    if aside:
        note(Words(f"上次没写完的残行已移到 {aside}", f"a torn line of an interrupted write was set aside: {aside}"))


def is_large(record: Record, book: Book) -> bool:
    """Whether a record's amount, or the face value of its sheets, reaches what the store has confirmed (rule ``confirm``)."""
    rule = book.rules.find(Confirm, record.date)
    if rule is None or rule.limit is None:
        return False
    lines: Lines = getattr(record, "lines", None) or ()
    amount: int = getattr(record, "amount", None) or 0
    return max(amount, value_of(lines_of(lines))) >= rule.limit


def _opened(root: Path) -> Book:
    words = Words("重建索引", "building the index")
    return Book(root, warn=_warn_of, around=lambda disk: reading(disk, words))


@contextmanager
def reading(disk: Disk, words: Words) -> Iterator[None]:
    """Show how far the journals are read by the work inside, which may read them again; only on a terminal."""
    import sys

    if disk.watch is not None or not sys.stderr.isatty():  # within another such work there is a bar already
        yield
        return
    sizes = {path: stamp.size for path in disk.walk("journals") if (stamp := disk.stat(path)) is not None}
    with progress(sum(sizes.values()), words, least=_LONG_TEXT) as advance:
        disk.watch = lambda path: advance(sizes.pop(path, 0))
        try:
            yield
        finally:
            disk.watch = None


def desk() -> Desk:
    """The desk of the running command."""
    return Desk(current())


def as_json(done: Recorded) -> dict[str, Any]:
    """The record's texts, with where it stands and what to note about it.

    ``file`` and ``line`` say where the record stands; a place that it is itself about is in ``about``.
    """
    extra: dict[str, Any] = {"h": done.h} if done.h else {}
    extra |= {"short": short_id(done.record.id), "file": done.file, "line": done.line}
    if done.again or done.dry:
        extra["again" if done.again else "dry_run"] = True
    if done.warnings:
        extra["warnings"] = [{"code": w.code, "message": say(w.words), "serials": w.serials} for w in done.warnings]
    texts = masked_all(done.record.encode())
    if about := {name: texts[name] for name in ("file", "line") if name in texts}:
        extra["about"] = about
    return {**texts, **extra}


def tell(warnings: tuple[Finding, ...] | list[Finding]) -> None:
    """Warnings on stderr; they refuse nothing, so that an error that is only told is one here and an error for ``check``."""
    for finding in warnings:
        words, level = finding.words, "warning" if finding.severity == "error" else finding.severity
        note(Words(f"{level}[{finding.code}]: {words.zh}", f"{level}[{finding.code}]: {words.en}"))


def free_text(typed: str | None, what: Words) -> str:
    """A free text of the command line in NFC, or empty; refused when it has characters no record may hold."""
    return clean_text(typed, what=what) if typed else ""


def amount(typed: str) -> int:
    """A typed amount in fen; what was folded is echoed."""
    fen = parse_amount(typed)
    if typed not in (yuan(fen), yuan(fen).removesuffix(".00")):
        note(Words(f"金额 ¥{grouped(fen)}", f"amount ¥{grouped(fen)}"))
    return fen


def whole_number(typed: str) -> int:
    """A typed count above zero: ``500``, ``1,200``."""
    plain = fold(typed).replace(",", "")
    if not (plain.isascii() and plain.isdigit()) or int(plain[:12]) == 0 or len(plain) > _MOST_DIGITS:
        raise Usage(Words(f"“{shown(typed)}”不是大于 0 的整数", f"“{shown(typed)}” is no whole number above 0"))
    return int(plain)


_MOST_DIGITS = 12


def code(typed: str, what: Words) -> str:
    """A typed code: letters, digits, signs, in capitals as all codes are."""
    text = fold(typed).upper()
    if not re.fullmatch(r"[!-~]{1,64}", text):
        words = Words(f"{what.zh}：“{shown(typed)}”不是代码：只用字母、数字和符号，不能有空白，最多 64 个",
                      f"{what.en}: “{shown(typed)}” is no code: letters, digits and signs without blanks, at most 64")  # fmt: skip
        raise Usage(words)
    if text != typed:
        note(Words(f"{what.zh} {text}", f"{what.en} {text}"))
    return text


def in_form(typed: str, field: Field) -> Any:
    """A typed text that must have the form of the field in the files."""
    try:
        return field.codec.parse(fold(typed).upper())
    except ValueError:
        form = field.codec.words
        words = Words(
            f"{field.words.zh}：“{shown(typed)}”不是{form.zh}", f"{field.words.en}: “{shown(typed)}” is no {form.en}"
        )
        raise Usage(words) from None


def lines(typed: list[str]) -> Lines:
    """``500x100 200x50`` (sheets × face) as face lines; raises :class:`Usage`."""
    pairs = []
    for word in [part for one in typed for part in fold(one).replace(",", " ").split()]:
        sheets, times, face = word.lower().replace("*", "x").replace("×", "x").partition("x")
        if not times or not sheets.isascii() or not sheets.isdigit() or int(sheets) == 0:
            raise Usage(
                Words(f"“{word}”不是“张数x面值”", f"“{word}” is not sheets × face"), next=("gb request --help",)
            )
        pairs.append((parse_amount(face), int(sheets)))
    return lines_of(pairs)


def stdin_text() -> str:
    """All of stdin, for serials from a scanner or a pipe."""
    import sys

    return sys.stdin.read()


def read_file(typed: str, limit: int, option: str = "") -> bytes:
    """A file that a person named, as the value of ``option`` or as a word, or stdin for ``-``; raises :class:`Usage`."""
    from ledger.disk import read_named

    if typed == "-":
        return stdin_text().encode("utf-8", "surrogateescape")
    return read_named(typed, limit, stdin=f"{option} -" if option else "")


def some_text(typed: str, what: Words) -> str:
    """A free text that may not be empty."""
    text = free_text(typed.strip(), what)
    if not text:
        raise Usage(Words(f"{what.zh}不能为空", f"{what.en} must not be empty"))
    return text


def paper_number(typed: str, what: Words) -> str:
    """A number that stands on paper; full-width forms are folded, which is echoed."""
    text = some_text(fold(typed), what)
    if text != typed:
        note(Words(f"{what.zh} {text}", f"{what.en} {text}"))
    return text


def second_counter(at: Desk, typed: str | None) -> str | None:
    """Who counted with the operator; asked for on a terminal.  Whether one alone may count is the store's rule (V7, N3)."""
    if typed is not None:
        return some_text(typed, SECOND)
    if not at.call.interactive:
        return None
    words = Words("监盘人，直接回车：没有", "the second counter; Enter: nobody")
    return at.call.ask(None, words=words, name="--second", parse=lambda text: free_text(text, SECOND)) or None


def field_words(journal: str, kind: str, name: str) -> Words:
    """The label of a declared field, for prompts and help."""
    return next(field.words for field in journal_named(journal).kind(kind).fields() if field.name == name)
