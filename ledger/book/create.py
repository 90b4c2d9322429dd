"""A new book: settings, the example rules, git, the first terminal."""

from __future__ import annotations

import subprocess
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.book.draft import Draft, Recorded
from ledger.book.open import RULES, SETTINGS, Book
from ledger.book.write import INIT, record
from ledger.core.errors import Refused, Usage
from ledger.core.text import check_text
from ledger.core.words import Words
from ledger.disk import Clock, Disk
from ledger.journal.paths import is_terminal

if TYPE_CHECKING:
    import datetime as dt

ATTRIBUTES = b"journals/** -text -merge\nclosings/** -text -merge\nnotices/** -text -merge\n"
IGNORE = b".gb/\nkeystore/\n"


def create(
    root: Path, *, store: str, terminal: str, book_id: str = "", language: str = "zh", git: bool = True,
    clock: Clock | None = None, at: dt.datetime | None = None, zone: str = "Asia/Shanghai",
) -> tuple[Book, Recorded]:  # fmt: skip
    """Make the folder and register the first terminal; raises :class:`Refused` when there is a book already."""
    check_text(store, what=Words("店名", "store"))
    refuse_terminal_code(terminal)
    if (root / SETTINGS).exists():
        words = Words(f"{root} 已经是账本", f"{root} is a book already")
        raise Refused(words, code="USE-01", next=(f"gb --book {root} status",))
    disk = Disk(root)
    disk.found()
    template = files("schemas").joinpath("rules.example.yaml").read_bytes()
    disk.create(RULES, template)
    disk.create(SETTINGS, _settings(store, book_id or _random_id(), language, zone))
    disk.create(".gitattributes", ATTRIBUTES)
    disk.create(".gitignore", IGNORE)
    if git:
        _git_init(root)
    book = Book(root, clock)
    draft = Draft(journal="staff", kind="terminal-added", values={"code": terminal}, by=INIT, terminal=terminal, at=at)
    return book, record(book, draft)


def refuse_terminal_code(code: str) -> None:
    """Raise :class:`Usage` for a code that no terminal may have."""
    if not is_terminal(code):
        words = Words(f"终端代码“{code}”要以大写字母开头，最多 8 位大写字母或数字", f"a terminal's code is a capital, then up to "
                      f"seven capitals or digits: “{code}” is not")  # fmt: skip
        raise Usage(words, next=("--terminal K1",))


def _random_id() -> str:
    import secrets

    return secrets.token_hex(16)


def _settings(store: str, book_id: str, language: str, zone: str) -> bytes:
    quoted = store.replace("\\", "\\\\").replace('"', '\\"')
    text = f"""\
# 账本设置 settings of the store; rules.yaml holds the business rules.
format: "1"
book: "{book_id}"
store: "{quoted}"
currency: "CNY"
timezone: "{zone}"
language: "{language}"
# 券号系列 serial series, where serials restart per face value or print run, e.g. ["100", "50"]; empty: one for the store
series: []
payment_methods: ["cash", "cheque", "transfer", "wechat", "alipay", "pos"]
# 银行工作日 bank days of a year not published when this program was made: MM-DD days and MM-DD..MM-DD runs, e.g.
# {{"2027": {{off: ["01-01..01-03"], work: ["01-04"]}}}}
bank_days: {{}}
# 不营业的日子 days without trade, when no notice is due: days of the week or dates, e.g. ["sunday", "2027-02-06"]
closed_days: []
"""
    return text.encode()


def _git_init(root: Path) -> None:
    """Make a repository unless the folder is in one; a machine without git has a book all the same."""
    try:
        inside = subprocess.run(
            ["git", "-C", str(root), "rev-parse", "--is-inside-work-tree"], capture_output=True, check=False
        )
        if inside.returncode:
            subprocess.run(["git", "-C", str(root), "init", "--quiet"], capture_output=True, check=False)
    except FileNotFoundError:
        return
