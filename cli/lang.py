"""The language of this run, decided once, before any command module is imported.

A command module picks its help texts with :func:`_t` while it is imported, so the choice must come first.  The order is
that of the public contract: ``--lang``, ``GB_LANG``, the book's ``language:``, the locale, English.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import cast

from ledger.core.errors import GbError
from ledger.core.words import Lang, Words

_chosen: list[Lang] = ["en"]
"""One cell, written by :func:`choose` alone."""

_SETTINGS = "gb.yaml"
_SETTINGS_LIMIT = 64 * 1024  # bytes: more than any honest settings file; a planted giant must not slow every command


def lang() -> Lang:
    """Return the language of this run."""
    return _chosen[0]


def choose(language: Lang) -> None:
    """Fix the language of this run."""
    _chosen[0] = language


def say(words: Words) -> str:
    """Return the text of ``words`` in the language of this run."""
    return words.say(_chosen[0])


def _t(zh: str, en: str) -> str:
    """Pick one of two texts while a command module is imported: its help, its labels."""
    return zh if _chosen[0] == "zh" else en


def known(text: str) -> Lang | None:
    """Return the language that ``text`` names (``zh``, ``zh_CN.UTF-8``, ``EN``), or None."""
    name = text.strip().lower().replace("-", "_").split(".")[0].split("_")[0]
    return cast("Lang", name) if name in {"zh", "en"} else None


def decide(argv: Sequence[str], env: Mapping[str, str]) -> Lang:
    """Return the language for ``argv``: option, environment, book, locale, English."""
    return (
        known(_option(argv, "--lang"))
        or known(env.get("GB_LANG", ""))
        or _of_book(_option(argv, "--book") or env.get("GB_BOOK", ""))
        or _of_locale(env)
    )


def _option(argv: Sequence[str], name: str) -> str:
    """Return the last value given for ``name``, or an empty string.

    The parser has not run yet, so a free text that looks like the option may be taken for it.  Only the language of the
    texts hangs on the answer; the option itself is parsed and checked with the others.
    """
    found = ""
    for here, following in pairwise([*argv, ""]):
        if here == "--":
            break
        if here == name:
            found = following
        elif here.startswith(name + "="):
            found = here[len(name) + 1 :]
    return found


def _of_book(book: str) -> Lang | None:
    """Return the ``language:`` of the book at ``book``, or of the book around the current folder."""
    for folder in [book] if book else _upwards():
        settings = _settings(folder)
        if settings is not None:
            return _language_line(settings)
    return None


def _upwards() -> list[str]:
    """Return the current folder and those above it, nearest first; none when the folder has been removed."""
    try:
        folder = os.getcwd()
    except OSError:
        return []
    folders = [folder]
    while (parent := os.path.dirname(folder)) != folder:
        folders.append(folder := parent)
    return folders


def _settings(folder: str) -> bytes | None:
    """Return the settings of the book in ``folder``; None without a book, nothing for settings that cannot be read."""
    from pathlib import Path

    from ledger.disk import Disk

    disk = Disk(Path(folder))
    try:
        return None if disk.stat(_SETTINGS) is None else disk.read(_SETTINGS, _SETTINGS_LIMIT)
    except GbError:  # whoever opens the book says so, in the language that is left
        return b""


def _language_line(settings: bytes) -> Lang | None:
    """Return what the top-level ``language:`` line says; a full YAML reader would cost every command its start-up."""
    for line in settings.splitlines():
        if line.startswith(b"language:"):
            value = line.partition(b":")[2].partition(b"#")[0].strip().strip(b"\"'")
            return known(value.decode("ascii", "replace"))
    return None


def _of_locale(env: Mapping[str, str]) -> Lang:
    """Return Chinese for a Chinese locale, else English."""
    name = env.get("LC_ALL") or env.get("LC_MESSAGES") or env.get("LANG") or _windows_locale()
    return "zh" if name.lower().startswith(("zh", "chinese")) else "en"


def _windows_locale() -> str:
    """Return the console's locale name where the environment carries none."""
    if os.name != "nt":
        return ""
    import locale

    return locale.getlocale()[0] or ""
