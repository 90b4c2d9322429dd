"""What every command gets: the shared options of this call, and the ways to ask a person.

Prompts go to stderr, so that stdout stays data.  Nothing is ever asked when stdin is not a terminal.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

import msgspec

from cli.lang import lang, say
from ledger.core.errors import Declined, GbError, Refused, Usage
from ledger.core.words import Lang, Words

T = TypeVar("T")

Given = dict[str, str | bool]
"""Shared options as parsed so far, by name; a later occurrence replaces an earlier one."""

_given: ContextVar[Given | None] = ContextVar("given", default=None)

_answers: list[tuple[str, str]] = []
"""What was typed at the prompts of this run, by name: a command to type again must not lose it."""

_recorded: list[str] = []
"""What this run has recorded so far: a command that asks on after it must not say that nothing was written."""

AMBIGUOUS = "REF-02"
YES = frozenset({"y", "yes", "是", "好", "对", "1"})


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """The shared options of the running command, still as text: the resolvers of the command give them meaning."""

    path: str = "gb"
    book: str | None = None
    terminal: str | None = None
    by: str | None = None
    json: bool = False
    dry_run: bool = False
    date: str | None = None
    at: str | None = None
    once: str | None = None
    reason: str | None = None
    note: str | None = None
    lang: Lang = "en"
    prompts: bool = True
    """Whether lines may be asked for; a screen that asks in its own fields switches it off."""

    @property
    def interactive(self) -> bool:
        """Whether a person can be asked: stdin is a terminal."""
        return self.prompts and sys.stdin is not None and not sys.stdin.closed and sys.stdin.isatty()

    def ask(self, value: str | None, *, words: Words, name: str, parse: Callable[[str], T]) -> T:
        """Return ``parse(value)``; when ``value`` is None, ask for it on a terminal until it parses.

        ``name`` is what the person would have typed (``--client`` or ``SPANS``), ``words`` its meaning.  Raises Usage
        when it is missing and nobody can be asked, Declined when the person ends the input.
        """
        if value is not None:
            return parse(value)
        if not self.interactive:
            raise self.missing(name, words)
        while True:
            answer = _read(f"{say(words)} ({name}): ").strip()
            try:
                found = parse(answer)
            except (Usage, Refused) as error:
                _write(f"  {say(error.words)}\n")
            else:
                keep(name, answer)
                return found

    def line(self, label: str) -> str:
        """A line that the person types or scans, stripped; raises Declined at an interrupt or the end of the input."""
        return _read(label).strip()

    def missing(self, name: str, words: Words) -> Usage:
        """Return the usage error for a value that was not given."""
        return Usage(
            Words(f"缺少 {name}（{words.zh}）", f"missing {name} ({words.en})"),
            next=(f"{self.path} --help",),
        )

    def choose(self, words: Words, candidates: Sequence[tuple[str, str]]) -> str:
        """Return the key of one of ``candidates`` (key, description).

        On a terminal the person picks a number.  Otherwise raises Refused (exit 3) naming all candidates.
        """
        if len(candidates) == 1:
            return candidates[0][0]
        if not self.interactive:
            raise _ambiguous(words, candidates)
        _write(f"{say(words)}\n")
        for number, (key, text) in enumerate(candidates, 1):
            _write(f"  {number}  {key}  {text}\n")
        return candidates[self._number(len(candidates)) - 1][0]

    def _number(self, last: int) -> int:
        """Read a number from 1 to ``last``, also in full-width digits, asking again until it is one."""
        from ledger.core.text import fold, shown

        while True:
            typed = _read(say(Words(f"序号 1-{last}: ", f"number 1-{last}: "))).strip()
            answer = fold(typed)
            if answer.isascii() and answer.isdigit() and 1 <= int(answer[:9]) <= last:
                return int(answer)
            _write(
                f"  {say(Words(f'“{shown(typed)}”不是 1 到 {last} 的序号', f'“{shown(typed)}” is no number from 1 to {last}'))}\n"
            )

    def confirm(self, words: Words, *, default: bool = True) -> None:
        """Ask yes or no on a terminal and raise Declined on no; a script has said what it wants and is not asked."""
        if not self.interactive:
            return
        answer = _read(f"{say(words)} {'[Y/n]' if default else '[y/N]'} ").strip().lower()
        if (answer in YES) if answer else default:
            return
        raise _left(Words("已取消", "declined"))


def current() -> Call:
    """Return the Call of the running command: options first, then the environment."""
    given = _given.get() or {}

    def text(name: str, variable: str = "") -> str | None:
        value = given.get(name)
        return value if isinstance(value, str) else (os.environ.get(variable) or None if variable else None)

    return Call(
        path=text("path") or "gb",
        book=text("book", "GB_BOOK"),
        terminal=text("terminal", "GB_TERMINAL"),
        by=text("by", "GB_OPERATOR"),
        json=bool(given.get("json")),
        dry_run=bool(given.get("dry_run")),
        date=text("date"),
        at=text("at"),
        once=text("once"),
        reason=text("reason"),
        note=text("note"),
        lang=lang(),
    )


def given(name: str) -> str:
    """What the command line says of a shared option, empty for nothing: what else would decide is left out."""
    value = (_given.get() or {}).get(name)
    return value if isinstance(value, str) else ""


@contextmanager
def running(given: Given) -> Iterator[None]:
    """Make ``given`` the shared options of the command that runs inside."""
    token = _given.set(given)
    _answers.clear()
    _recorded.clear()
    try:
        yield
    finally:
        _given.reset(token)


def keep(name: str, answer: str) -> None:
    """Remember an answer for the commands to type next: ``--client`` as an option, ``AMOUNT`` as a word."""
    if answer and (name.startswith("--") or name.isupper()):
        _answers.append((name, answer))


def answered() -> list[tuple[str, str]]:
    """What was typed at prompts in this run, in order."""
    return list(_answers)


def _ambiguous(words: Words, candidates: Sequence[tuple[str, str]]) -> Refused:
    """Return the refusal that names every candidate, in both languages."""
    rows = "".join(f"\n  {key}  {text}" for key, text in candidates)
    return Refused(Words(words.zh + rows, words.en + rows), code=AMBIGUOUS)


def _write(text: str) -> None:
    """Show ``text`` to the person who is being asked."""
    sys.stderr.write(text)
    sys.stderr.flush()


def _read(label: str) -> str:
    """Ask with ``label`` and return the answer; the end of input or an interrupt declines."""
    try:
        _write(label)
        answer = sys.stdin.readline()
    except KeyboardInterrupt:
        answer = ""
    if not answer:
        _write("\n")
        raise interrupted()
    answer = answer.rstrip("\r\n")
    if any("\ud800" <= letter <= "\udfff" for letter in answer):
        from cli.errors import not_utf8

        raise not_utf8(answer)
    return answer


def recorded(record_id: str) -> None:
    """Remember that this run has recorded something."""
    _recorded.append(record_id)


def interrupted() -> GbError:
    """Return the error for an interrupt at a question: what was recorded before it stands, and is named."""
    return _left(Words("已中断", "interrupted"))


def _left(how: Words) -> Declined:
    if not _recorded:
        return Declined(Words(f"{how.zh}，没有写入任何内容", f"{how.en}, nothing was written"))
    ids = " ".join(_recorded)
    words = Words(f"{how.zh}；前面已登记 {ids}，此后没有写入", f"{how.en}; {ids} was recorded before it, nothing since")
    return Declined(words, next=tuple(f"gb show {one}" for one in _recorded))
