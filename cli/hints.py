"""The commands behind ``next:``, made whole: what is printed must work when it is pasted.

A rule does not know what was typed.  It says ``--reason '…'`` for "the same command with this added", ``gb …`` for
another command, and :func:`instead` for "the same command of another thing"; here the first becomes the command line again with
the option put in (:func:`rather`: and another left out), the second gets the book, terminal, operator and clock that the command line named, and in the third the
thing takes the place of what was typed for it.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING

from cli.shared import answered

if TYPE_CHECKING:
    from cli.shared import Call

CARRIED = ("--book", "--terminal", "--by", "--at")
"""Shared options that also hold for the command typed next."""

_VALUED = (*CARRIED, "--lang", "--date", "--once", "--reason", "--note")
_LINELESS = re.compile(r"gb request [a-z]+  --")
"""A request for no sheets, as a rule proposes for sheets that nobody received; what to do about those is said besides."""

_ALONE = ("gb init", "gb --version", "gb setup")
_NOT_BY = ("gb log",)  # login and logout name an operator themselves; for log it is a filter
_OTHER_BY = ["cheque", "replace"]  # its --by is the new cheque
_NOBODY = ("gb operator list", "gb terminal list")  # wanted where the operator or the terminal is what failed


_INSTEAD = "@"
_RATHER = "!"


def instead(typed: str, thing: str) -> str:
    """Return the hint for the same command of ``thing``, where ``typed`` was not clear, or nothing was typed for it."""
    return f"{_INSTEAD}{thing} {typed}"


def rather(option: str, value: str, dropped: str) -> str:
    """Return the hint for the same command with ``option value`` and without the option ``dropped``, which has a value too."""
    return f"{_RATHER}{dropped} {option} {shlex.quote(value)}"


def ready(hints: Sequence[str], argv: Sequence[str]) -> tuple[str, ...]:
    """Return the hints as commands to paste after ``argv`` failed; what means the same is named once."""
    return tuple(dict.fromkeys(_ready(hint, argv) for hint in hints if not _LINELESS.match(hint)))


def for_this(command: str, call: Call) -> str:
    """Return a command for the same book, terminal, operator and clock as the running one."""
    given = (("--book", call.book), ("--terminal", call.terminal), ("--by", call.by), ("--at", call.at))
    return command + "".join(f" {name} {shlex.quote(value)}" for name, value in given if value)


def help_for(argv: Sequence[str]) -> str:
    """Return the command that shows the page of what was typed."""
    from cli.commands import COMMANDS

    words = _words(argv)
    if not words or words[0] not in COMMANDS:
        return "gb --help"
    path = words[: 2 if COMMANDS[words[0]].noun else 1]
    return " ".join(["gb", *path, "--help"])


def _ready(hint: str, argv: Sequence[str]) -> str:
    if hint.startswith("--"):
        return _again(hint, argv)
    if hint.startswith(_INSTEAD):
        return _of_another(hint, argv)
    if hint.startswith(_RATHER):
        dropped, _, wanted = hint.removeprefix(_RATHER).partition(" ")
        return _again(wanted, _without(argv, dropped, valued=True))
    if not hint.startswith("gb ") or hint.startswith(_ALONE) or "--help" in hint:
        return hint
    return hint + "".join(f" {name} {shlex.quote(value)}" for name, value in _carried(hint, argv))


def _carried(hint: str, argv: Sequence[str]) -> list[tuple[str, str]]:
    other = hint.startswith(_NOT_BY) or _words(argv)[:2] == _OTHER_BY
    names = [name for name in CARRIED if not (name == "--by" and other)]
    if hint.startswith(_NOBODY):
        names = [name for name in names if name not in ("--by", "--terminal")]
    words = hint.split()
    # What registers a code cannot be recorded under that very code.
    found = [(name, value) for name in names if name not in words and (value := _value(argv, name)) is not None]
    return [(name, value) for name, value in found if name not in ("--by", "--terminal") or value not in words]


def _again(hint: str, argv: Sequence[str]) -> str:
    """The command line again with the options of ``hint``, which take the place of those already there."""
    kept, rest = _until_end_of_options(argv)
    for asked, answer in answered():
        kept += [asked, answer] if asked.startswith("--") else [answer]
    for name, valued in _options(hint):
        kept = _without(kept, name, valued=valued)
    typed = [shlex.quote(word) for word in kept]
    return " ".join(["gb", *typed, hint, *(shlex.quote(word) for word in rest)])


def _of_another(hint: str, argv: Sequence[str]) -> str:
    """The command line again, with the thing of the hint where the other was typed, or behind what names what is done."""
    thing, _, typed = hint.removeprefix(_INSTEAD).partition(" ")
    words = list(argv)
    verb = words.index(_words(argv)[1]) + 1
    if typed in words[verb:]:
        words[words.index(typed, verb)] = thing
    else:
        words.insert(verb, thing)
    return " ".join(["gb", *map(shlex.quote, words)])


def _options(hint: str) -> list[tuple[str, bool]]:
    """The options of a hint, each with whether a value follows it."""
    words = shlex.split(hint)
    followed = [*words[1:], "--"]
    return [(word, not after.startswith("--")) for word, after in zip(words, followed, strict=True) if word[:2] == "--"]


def _without(argv: Sequence[str], name: str, *, valued: bool) -> list[str]:
    out: list[str] = []
    skip = False
    for word in argv:
        if skip:
            skip = False
        elif word == name:
            skip = valued
        elif not word.startswith(f"{name}="):
            out.append(word)
    return out


def _value(argv: Sequence[str], name: str) -> str | None:
    """The last value given for ``name``."""
    found = None
    words, _ = _until_end_of_options(argv)
    for here, following in zip(words, [*words[1:], None], strict=True):
        if here == name:
            found = following
        elif here.startswith(f"{name}="):
            found = here[len(name) + 1 :]
    return found


def _words(argv: Sequence[str]) -> list[str]:
    """What is typed beside options; only shared options can stand before the verb, so only their values are known."""
    out: list[str] = []
    skip = False
    for word in argv:
        if skip:
            skip = False
        elif word in _VALUED:
            skip = True
        elif not word.startswith("-"):
            out.append(word)
    return out


def _until_end_of_options(argv: Sequence[str]) -> tuple[list[str], list[str]]:
    at = list(argv).index("--") if "--" in argv else len(argv)
    return list(argv[:at]), list(argv[at:])
