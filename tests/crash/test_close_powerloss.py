"""Power goes at every system call of a close: the month is sealed and verifies, or it is open and can be closed (R9, D1).

The whole of the real close runs on the simulated machine; only git, which comes behind it, is left out.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from ledger.audit.seal import sealed_months
from ledger.audit.verify import Asked, verify
from ledger.book import open as opening
from ledger.book.closing import close
from ledger.book.draft import Draft
from ledger.book.month import book_findings
from ledger.book.open import Book
from ledger.book.text import whole_text
from ledger.core.dates import Month
from ledger.core.errors import GbError, MonthClosed
from ledger.disk import Disk
from tests.crash.month import AFTER, MONTH, SEAL, model
from tests.crash.powerloss import ROOT, File, Folder, Machine, Stopped
from tests.crash.test_powerloss import NoDirectorySync, ReplaceWithoutSync
from tests.crash.workload import Tally, disk_on, end, stop_at

# Power may go just when a reader that nobody needs any more is let go of; the next call stops the command.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
STATES = 100_000 if os.environ.get("GB_STRESS") else 2_000
SEPTEMBER = Month(2026, 9)
TODAY = dt.date(2026, 10, 2)
LI = Draft(
    journal="", kind="", values={}, by="li", terminal="K1", at=dt.datetime.fromisoformat(f"{AFTER}:00+08:00"),
)  # fmt: skip


def loaded() -> Machine:
    """A machine with the book on its disk."""
    machine = Machine()
    book = machine.find(ROOT)
    assert isinstance(book, Folder)
    for path, data in model().items():
        *above, name = path.split("/")
        here = book
        for part in above:
            inode = here.seen.setdefault(part, Folder())
            assert isinstance(inode, Folder)
            here = inode
        here.seen[name] = File(data)
    settle(book)
    return machine


def settle(folder: Folder) -> None:
    """What is there is on disk."""
    folder.sync()
    for inode in folder.seen.values():
        if isinstance(inode, Folder):
            settle(inode)


@pytest.fixture
def book_of(monkeypatch: pytest.MonkeyPatch) -> Callable[[Disk], Book]:
    """The real application layer on a simulated disk; its index is in memory, because the folder is not on this machine."""
    assert not Path(ROOT).exists()

    def made(disk: Disk) -> Book:
        monkeypatch.setattr(opening, "Disk", lambda root: disk)
        return Book(disk.root)

    return made


class Closing:
    """Closes on simulated machines, and a judge that looks at each different state once."""

    def __init__(self, kind: type[Disk], book_of: Callable[[Disk], Book]) -> None:
        self.kind, self.book_of = kind, book_of
        self.tally = Tally()
        self.known: dict[tuple[bool, int], str] = {}

    def run(self, machine: Machine, before: Callable[[int, str], None] | None = None) -> bool:
        """Close September; whether it was acknowledged."""
        disk = disk_on(machine, self.kind, before)
        try:
            close(self.book_of(disk), SEPTEMBER, LI)
        except Stopped:
            return False
        finally:
            end(disk)
        return True

    def steps(self) -> int:
        count: list[str] = []
        assert self.run(loaded(), lambda step, name: count.append(name))
        return len(count)

    def judge(self, machine: Machine, acknowledged: bool, story: str) -> None:
        """Count the state; ``half`` when it is neither sealed nor open, ``lost`` when an acknowledged close is gone."""
        image = {path: data for path, data in machine.image().items() if "/.gb/" not in path and ".gbtmp" not in path}
        key = (acknowledged, hash(frozenset(image.items())))
        if key not in self.known:
            self.known[key] = self.trouble(machine, acknowledged)
        trouble = self.known[key]
        lost = trouble == "lost"
        self.tally.add(lost=lost, half=bool(trouble) and not lost, damaged=False, story=f"{story}: {trouble}")

    def trouble(self, machine: Machine, acknowledged: bool) -> str:
        """What is wrong with the state; empty when nothing is."""
        disk = disk_on(machine)
        sealed = disk.stat(SEAL) is not None
        if acknowledged and not sealed:
            return "lost"
        try:
            self.book_of(disk)
            if not sealed:
                if bad := errors(self.book_of(disk)):
                    return f"open, and the check says {bad}"
                close(self.book_of(disk), SEPTEMBER, LI)
            return closed(self.book_of(disk))
        except GbError as error:
            return f"{type(error).__name__} {error.code} {error}"


def errors(book: Book) -> list[str]:
    """What a check calls an error."""
    return [one.code for one in book_findings(book, whole_text(book), SEPTEMBER, TODAY) if one.severity == "error"]


def closed(book: Book) -> str:
    """What is wrong with a book whose September is closed; empty when nothing is."""
    result = verify(book.disk, book.settings.book, Asked())
    bad = [*result.integrity, *result.completeness]
    if bad or [one.state for one in result.months] != ["sealed"] or sealed_months(book.disk) != [MONTH]:
        return f"sealed, and verification says {[one.words.en for one in bad]}"
    if found := errors(book):
        return f"sealed, and the check says {found}"
    try:
        close(book, SEPTEMBER, LI)
    except MonthClosed:
        return ""
    return "closed twice"


def campaign(kind: type[Disk], book_of: Callable[[Disk], Book], states: int) -> Tally:
    """Power goes before each call; in every third state it goes again while the close is repeated."""
    closing, random = Closing(kind, book_of), Random(20261002)
    steps = closing.steps()
    for index in range(steps + 1):
        machine = loaded()
        acknowledged = closing.run(machine, stop_at(index))
        for number in range(states // steps + 1):
            left = machine.after_power_loss(random)
            if number % 3 == 2 and not acknowledged:
                left = again(closing, left, random.randrange(steps), random)
            closing.judge(left, acknowledged, f"power loss at call {index} of {steps}")
    return closing.tally


def again(closing: Closing, machine: Machine, index: int, random: Random) -> Machine:
    """The close is begun once more where it was not done, and power goes again."""
    if disk_on(machine).stat(SEAL) is None:
        try:
            closing.run(machine, stop_at(index))
        except GbError:
            return machine  # the judge says why
    return machine.after_power_loss(random)


def test_a_close_is_whole_or_not_at_all(book_of: Callable[[Disk], Book]) -> None:
    """0 states in which the month is half closed or cannot be closed; 0 in which an acknowledged close is gone."""
    tally = campaign(Disk, book_of, STATES)
    assert tally.states >= STATES
    assert (tally.lost, tally.half) == (0, 0), f"{tally.bad} of {tally.states} states; first: {tally.first}"


class SealInPlace(Disk):
    """Writes a plain new file: a kill or a power loss leaves it half there."""

    def replace(self, path: str, data: bytes, *, mode: int = 0o666) -> None:
        if path != SEAL:
            return super().replace(path, data, mode=mode)
        self._make_dirs(path)
        self._write_new(self._full(path), data, mode)
        self._sync_dirs(path)
        return None


@pytest.mark.parametrize(
    ("broken", "trouble"), [(ReplaceWithoutSync, "half"), (NoDirectorySync, "lost"), (SealInPlace, "half")]
)
def test_a_broken_close_is_caught(broken: type[Disk], trouble: str, book_of: Callable[[Disk], Book]) -> None:
    """No sync before the rename; no sync of the folder behind it; a seal that is written in place."""
    tally = campaign(broken, book_of, 1200)
    assert getattr(tally, trouble) > 0, f"{broken.__name__} went unnoticed in {tally.states} states"
