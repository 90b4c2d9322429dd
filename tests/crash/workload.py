"""What the power-loss tests write, and how they judge what is left of it.

A line proves itself: ``<length>,<sha256, 16 digits>,<body>`` LF, as the chain does for a journal's records.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import NamedTuple

from ledger.core.errors import GbError
from ledger.disk import Disk, Ops
from tests.crash.powerloss import ROOT, Machine, Process, Stepped, Stopped

HEADER = b"length,sum,body\n"
RULES = "rules.yaml"
JOURNALS = ("journals/2026-10/sales.K1.csv", "journals/2026-10/receipts.K1.csv", "journals/2026-11/sales.K1.csv")
Reader = Callable[[bytes], bool]


class Act(NamedTuple):
    """One command: whole lines for one journal, or a new content for the rules."""

    path: str
    lines: tuple[bytes, ...]


class Run:
    """What was tried and what was acknowledged, over all processes of one history."""

    def __init__(self) -> None:
        self.tried: set[bytes] = set()
        self.acked: set[bytes] = set()
        self.rules: list[bytes] = []
        self.rules_acked = 0

    def do(self, disk: Disk, act: Act) -> None:
        """Record the act as a command does: lock, repair the tail, append unless it is already there, acknowledge."""
        self.tried.update(act.lines)
        with disk.lock(timeout=0):
            if act.path == RULES:
                self.rules.append(act.lines[0])
                disk.replace(RULES, act.lines[0])
                self.rules_acked = len(self.rules)
                return
            disk.repair_tail(act.path)
            there = content(disk, act.path)
            missing = [line for line in act.lines if line not in there]
            if missing:
                disk.append(act.path, b"".join(missing), create_with=HEADER, many=len(missing) > 1)
            self.acked.update(act.lines)


class Tally:
    """How many states were looked at, and in how many something was wrong; ``first`` describes the first trouble.

    ``lost``: an acknowledged record is gone.  ``half``: something never written was taken for a record, a record came
    twice, or the book would not go on.  ``damaged``: the reader found and named what cannot be a record, which the repair
    should have set aside.
    """

    def __init__(self) -> None:
        self.states = self.lost = self.half = self.damaged = 0
        self.first = ""

    @property
    def bad(self) -> int:
        return self.lost + self.half

    def add(self, *, lost: bool, half: bool, damaged: bool, story: str) -> None:
        self.states += 1
        self.lost += lost
        self.half += half
        self.damaged += damaged
        if (lost or half) and not self.first:
            self.first = story


def line(name: str, size: int) -> bytes:
    """A line of about ``size`` bytes, of text that differs from byte to byte."""
    body = name.encode() + b"," + (sha256(name.encode()).hexdigest().encode() * (size // 64 + 1))[:size]
    return b"%d,%s,%s\n" % (len(body), sha256(body).hexdigest()[:16].encode(), body)


def proven(found: bytes) -> bool:
    """The strict reader: whole and unchanged."""
    length, _, rest = found.partition(b",")
    digest, _, body = rest.rstrip(b"\n").partition(b",")
    return found.endswith(b"\n") and length == b"%d" % len(body) and digest == sha256(body).hexdigest()[:16].encode()


def taken_on_trust(found: bytes) -> bool:
    """The reader without a chain: a line is what ends in LF."""
    return found.endswith(b"\n")


def plan(seed: int, acts: int, batch: int = 1) -> list[Act]:
    """Acts over several journals; ``batch`` lines in one write, of 20 to 1500 bytes so that they cross sectors."""
    random = Random(seed)
    made = [Act(RULES, (line("rules 0", 900),))]
    for number in range(acts):
        if number % 5 == 4:
            made.append(Act(RULES, (line(f"rules {number}", random.randint(100, 1500)),)))
        path = random.choice(JOURNALS)
        lines = tuple(line(f"{path} {number} {part}", random.choice((20, 300, 1500))) for part in range(batch))
        made.append(Act(path, lines))
    return made


def content(disk: Disk, path: str) -> list[bytes]:
    """The file's lines without its header; none when there is no file."""
    return [] if disk.stat(path) is None else [found for _, found in disk.lines(path)][1:]


def disk_on(machine: Machine, kind: type[Disk] = Disk, before: Callable[[int, str], None] | None = None) -> Disk:
    """The book on this machine as a new process sees it."""
    ops: Ops = Process(machine)
    return kind(Path(ROOT), Stepped(ops, before) if before else ops)


def stop_at(index: int) -> Callable[[int, str], None]:
    """Let ``index`` calls happen, and no more."""

    def before(step: int, name: str) -> None:
        if step >= index:
            raise Stopped

    return before


def end(disk: Disk) -> None:
    """The process of this disk is gone."""
    ops = disk.ops.inner if isinstance(disk.ops, Stepped) else disk.ops
    assert isinstance(ops, Process)
    ops.die()


def count_steps(kind: type[Disk], acts: Sequence[Act]) -> list[str]:
    """The names of all system calls that the acts make when nothing fails."""
    disk = disk_on(Machine(), kind, lambda step, name: None)
    run = Run()
    for act in acts:
        run.do(disk, act)
    assert isinstance(disk.ops, Stepped)
    return disk.ops.steps


def recover(disk: Disk) -> None:
    """What the next command does about tails, here for every journal."""
    with disk.lock():
        for path in disk.walk("journals"):
            disk.repair_tail(path)


def judge(machine: Machine, kind: type[Disk], run: Run, tally: Tally, story: str, reader: Reader = proven) -> None:
    """Recover on the restarted machine, write once more, and compare what is there with what was acknowledged."""
    disk = disk_on(machine, kind)
    later, troubles = Act(JOURNALS[0], (line("later", 700),)), ""
    late = Run()
    try:
        recover(disk)
        late.do(disk, later)
    except GbError as error:
        troubles = str(error)
    found = [each for path in disk.walk("journals") for each in content(disk, path)]
    accepted = [each for each in found if reader(each)]
    lost = sorted((run.acked | late.acked) - set(accepted))
    alien = sorted(set(accepted) - run.tried - late.tried)
    headless = [path for path in disk.walk("journals") if disk.stat(path) and not _has_header(disk, path)]
    half = bool(alien or troubles or len(set(accepted)) != len(accepted))
    tally.add(
        lost=bool(lost) or not _rules_hold(disk, run),
        half=half,
        damaged=bool(headless) or len(accepted) != len(found),
        story=f"{story}: lost {lost[:1]!r}, never written {alien[:1]!r}, no header {headless}, {troubles}",
    )


def _has_header(disk: Disk, path: str) -> bool:
    """An empty file is none yet: the next append gives it its header."""
    first = next(disk.lines(path), (0, HEADER))
    return first[1] == HEADER


def _rules_hold(disk: Disk, run: Run) -> bool:
    """The rules are whole, and no older than the last that were acknowledged."""
    if disk.stat(RULES) is None:
        return run.rules_acked == 0
    return disk.read(RULES) in run.rules[max(0, run.rules_acked - 1) :]
