"""The programs that the book is compared with: which export they read, how they sum it up, what they come to.

Nothing is installed; a program that is missing is named.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from measure import GB, run, said

from ledger.reports.postings import beancount_account

Sums = dict[tuple[str, str], str]
"""(account, commodity) → quantity as text, without zeros behind the point."""

_BEANCOUNT = """\
import sys
from collections import Counter
from beancount import loader
from beancount.core.data import Transaction
entries, errors, _ = loader.load_file(sys.argv[1])
assert not errors, errors[0]
sums = Counter()
for one in entries:
    for posting in one.postings if isinstance(one, Transaction) else ():
        sums[posting.account, posting.units.currency] += posting.units.number
for (account, currency), number in sums.items():
    if number:
        print(number, currency, account)
"""
_LINE = re.compile(r'^\s*(-?[0-9.]+) "?([A-Z0-9.]+)"?\s+(\S+)$')


def _as_it_is(account: str) -> str:
    return account


class Peer(NamedTuple):
    """A program: its name, the export it reads, its command but for the file, what it calls our accounts."""

    name: str
    form: str
    argv: tuple[str, ...]
    named: Callable[[str], str] = _as_it_is

    @property
    def found(self) -> bool:
        """Whether it is installed."""
        if self.name == "beancount":
            return find_spec("beancount") is not None
        return shutil.which(self.name) is not None

    @property
    def version(self) -> str:
        """The number that it calls itself by."""
        if self.name == "beancount":
            from importlib.metadata import version

            return version("beancount")
        line = subprocess.run([self.name, "--version"], capture_output=True, text=True, check=True).stdout
        found = re.search(r"\d+\.\d+(\.\d+)?", line)
        return found[0] if found else ""

    def command(self, file: Path) -> list[str]:
        """The balances of every account in ``file``."""
        return [one.replace("FILE", str(file)) for one in self.argv]

    def sums(self, file: Path) -> Sums:
        """What it comes to."""
        rows = (_LINE.match(line) for line in said(self.command(file)).splitlines())
        return {(row[3], row[2]): _plain(row[1]) for row in rows if row}


PEERS = (
    Peer("ledger", "hledger", ("ledger", "-f", "FILE", "bal", "--flat", "--no-total")),
    Peer("hledger", "hledger", ("hledger", "-f", "FILE", "bal", "--flat", "--no-total")),
    Peer("beancount", "beancount", (sys.executable, "-c", _BEANCOUNT, "FILE"), beancount_account),
)


def _plain(quantity: str) -> str:
    return quantity.rstrip("0").rstrip(".") if "." in quantity else quantity


def export(book: Path, form: str, file: Path, month: str = "") -> Path:
    """The book's postings, all or of one month, in ``file``; made once."""
    if not file.exists():
        more = ["--month", month] if month else []
        run([*GB, "--book", str(book), "export", form, *more], out=file)
    return file


def agree(answers: Mapping[Peer, Sums], ours: Sums) -> None:
    """Raise ``RuntimeError`` unless all peers come to the same, and that is what ``ours`` says: else times mean nothing."""
    plain = {peer.name: sums for peer, sums in answers.items() if peer.named is _as_it_is}
    for peer, sums in answers.items():
        expected = next(iter(plain.values()), ours)
        for want in (ours.items(), expected.items()):
            missing = {((peer.named(account), unit), number) for (account, unit), number in want} - set(sums.items())
            if missing or len(sums) != len(expected):
                raise RuntimeError(f"{peer.name} does not come to the same: {missing or sums}")
