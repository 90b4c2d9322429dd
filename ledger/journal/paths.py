"""Names of journal files: ``journals/2026-10/sales.K1.csv``, and ``sales.K1-2.csv`` for the second part.

A next part is opened when a record needs a column that the file's header lacks.
"""

from __future__ import annotations

from typing import NamedTuple

from ledger.core.records import BY_NAME

FOLDER = "journals"


class JournalPath(NamedTuple):
    """What a file's name says: month ``2026-10``, journal, terminal, part counted from 1, format ``csv`` or ``yaml``."""

    month: str
    journal: str
    terminal: str
    part: int
    format: str

    @property
    def path(self) -> str:
        """The path relative to the book."""
        part = f"-{self.part}" if self.part > 1 else ""
        return f"{FOLDER}/{self.month}/{self.journal}.{self.terminal}{part}.{self.format}"


def parse_path(path: str) -> JournalPath | None:
    """Read a path relative to the book; None for every name that no journal file has (finding JRN-06)."""
    folder, _, rest = path.partition("/")
    month, _, name = rest.partition("/")
    pieces = name.split(".")
    if folder != FOLDER or not is_month(month) or len(pieces) != 3:
        return None
    journal, middle, form = pieces
    terminal, dash, part = middle.partition("-")
    listed = BY_NAME.get(journal)
    if listed is None or form != listed.format or not is_terminal(terminal) or (dash and not _is_part(part)):
        return None
    return JournalPath(month, journal, terminal, int(part) if dash else 1, form)


def is_month(text: str) -> bool:
    """Whether ``text`` is a month as folders are named: ``2026-10``."""
    year, dash, month = text[:4], text[4:5], text[5:]
    return (
        is_digits(year)
        and len(year) == 4
        and dash == "-"
        and len(month) == 2
        and is_digits(month)
        and "01" <= month <= "12"
    )


def is_terminal(text: str) -> bool:
    """Whether ``text`` is a terminal's code: a capital letter, then at most seven capitals or digits."""
    return (
        0 < len(text) <= 8
        and text.isascii()
        and text[0].isalpha()
        and all(char.isdigit() or "A" <= char <= "Z" for char in text)
    )


def is_digits(text: str) -> bool:
    """Whether ``text`` is one or more of 0-9 (``str.isdigit`` alone also takes other scripts')."""
    return text.isascii() and text.isdigit()


def _is_part(text: str) -> bool:
    return is_digits(text) and len(text) <= 4 and text[0] != "0" and text != "1"


def is_record_id(text: str) -> bool:
    """Whether ``text`` has the form ``SA20261008-K1-0001``: four digits or more, no zero in front of more than four."""
    code, day, dash = text[:2], text[2:10], text[10:11]
    terminal, second, number = text[11:].rpartition("-")
    return (
        code.isascii() and code.isalpha() and code.isupper() and len(day) == 8 and is_digits(day)
        and dash == second == "-" and is_terminal(terminal)
        and is_digits(number) and (len(number) == 4 or (4 < len(number) <= 10 and number[0] != "0"))
    )  # fmt: skip
