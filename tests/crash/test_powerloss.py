"""Power loss, kills and failing syncs at every system call of a workload (promises D1 and D2), with canaries.

A canary is a broken variant of the append path.  It must be caught: a simulator that lets one through proves nothing.
``GB_STRESS=1`` looks at 200,000 states of each kind instead of a few hundred or thousand.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from random import Random

import pytest

from ledger.core.errors import GbError, Locked, Uncertain
from ledger.disk import LOCK, Disk
from tests.crash.powerloss import ROOT, Machine, Process, Stopped
from tests.crash.workload import (
    HEADER,
    RULES,
    Act,
    Reader,
    Run,
    Tally,
    content,
    count_steps,
    disk_on,
    end,
    judge,
    line,
    plan,
    proven,
    recover,
    stop_at,
    taken_on_trust,
)

STRESS = os.environ.get("GB_STRESS") == "1"
STATES = 200_000 if STRESS else 3_000
FEW = 20_000 if STRESS else 1_000
Scenario = Callable[[type[Disk], int, Reader], Tally]


# -- scenarios -------------------------------------------------------------------------------------------------------


def power_loss(kind: type[Disk], states: int, reader: Reader = proven, batch: int = 1) -> Tally:
    """Power goes before each system call; in every third state it goes again during the recovery."""
    acts = plan(seed=7, acts=8, batch=batch)
    tally, random = Tally(), Random(20261001)
    histories = [_stopped(kind, acts, index) for index in range(len(count_steps(kind, acts)) + 1)]
    loose = sum(not machine.is_settled() for machine, _ in histories)
    for index, (machine, run) in enumerate(histories):
        for number in range(3 if machine.is_settled() else states // loose + 1):
            left = machine.after_power_loss(random)
            if number % 3 == 2:
                _recover_in_part(left, kind, random)
                left = left.after_power_loss(random)
            judge(left, kind, run, tally, f"power loss at call {index}", reader)
    return tally


def power_loss_of_batches(kind: type[Disk], states: int, reader: Reader = proven) -> Tally:
    """The same with five lines in one write, where a lost sector may stand between two whole lines."""
    return power_loss(kind, states, reader, batch=5)


def kill_then_power_loss(kind: type[Disk], states: int, reader: Reader = proven) -> Tally:
    """A command is killed at each call (in a write: half done); the retry finds the record, or writes it."""
    return _second_process(kind, states, reader, _kill_at)


def failed_sync_then_power_loss(kind: type[Disk], states: int, reader: Reader = proven) -> Tally:
    """A sync fails and the kernel forgets that the pages are dirty; the retry finds the record and acknowledges it."""
    return _second_process(kind, states, reader, _fail_sync_at)


def lying_write(kind: type[Disk], states: int, reader: Reader = proven) -> Tally:
    """Each write in turn stores half of what it says it stored."""
    acts = [act for act in plan(seed=3, acts=8) if act.path != RULES]
    names, tally, random = count_steps(kind, acts), Tally(), Random(5)
    for index, name in enumerate(names):
        if name == "write":
            machine, run = Machine(), Run()
            _until_stopped(disk_on(machine, kind, _lie_at(machine, index)), run, acts)
            judge(machine.after_power_loss(random), kind, run, tally, f"lying write at call {index}", reader)
    return tally


def interleaved(kind: type[Disk], states: int, reader: Reader = proven) -> Tally:
    """A second command starts at each call of the first; both number their line by the lines they find."""
    tally, path = Tally(), "journals/2026-10/sales.K1.csv"
    steps = len(count_steps(kind, [Act(path, (line("x", 90),))]))
    for index in range(steps + 8):
        machine, waiting = Machine(), ["B"]
        acked: list[bytes] = []
        with disk_on(machine).lock():  # makes .gb, so that only the lock is at stake
            pass

        def enter(who: str, disk: Disk, machine: Machine = machine, acked: list[bytes] = acked) -> None:
            with disk.lock(timeout=0):
                disk.repair_tail(path)
                record = line(f"{len(content(disk, path)) + 1}", 90)
                disk.append(path, record, create_with=HEADER)
            acked.append(record)

        def other(step: int, name: str, at: int = index, machine: Machine = machine, w: list[str] = waiting) -> None:
            if step == at and w:
                try:
                    enter("B", disk_on(machine, kind))
                    w.clear()
                except Locked:
                    pass

        try:
            enter("A", disk_on(machine, kind, other))
            if waiting:
                enter("B", disk_on(machine, kind))
        except GbError:
            pass  # counted below: nobody has a reason to fail here
        ids = [each.split(b",")[2] for each in content(disk_on(machine), path)]
        half = sorted(ids) != [b"1", b"2"] or len(acked) != 2
        tally.add(lost=False, half=half, damaged=False, story=f"second command at call {index}: numbers {ids}")
    return tally


def _second_process(
    kind: type[Disk], states: int, reader: Reader, trouble: Callable[[Machine, int], Callable[[int, str], None]]
) -> Tally:
    """Trouble at each call of the first process; a second repeats what was not acknowledged; then power goes."""
    acts = plan(seed=11, acts=3)
    names, tally, random = count_steps(kind, acts), Tally(), Random(11)
    for index in range(len(names)):
        machine, run = Machine(), Run()
        first = disk_on(machine, kind, trouble(machine, index))
        stuck = _until_stopped(first, run, acts)
        end(first)
        second = disk_on(machine, kind)
        for act in acts[stuck:]:
            run.do(second, act)
        for _ in range(max(1, states // len(names))):
            judge(machine.after_power_loss(random), kind, run, tally, f"trouble at call {index}", reader)
    return tally


def _stopped(kind: type[Disk], acts: list[Act], index: int) -> tuple[Machine, Run]:
    """A machine whose power goes before call ``index``."""
    machine, run = Machine(), Run()
    _until_stopped(disk_on(machine, kind, stop_at(index)), run, acts)
    return machine, run


def _until_stopped(disk: Disk, run: Run, acts: list[Act]) -> int:
    """Do the acts up to the first trouble; the number of those done."""
    for number, act in enumerate(acts):
        try:
            run.do(disk, act)
        except (Stopped, GbError):
            return number
    return len(acts)


def _recover_in_part(machine: Machine, kind: type[Disk], random: Random) -> None:
    with suppress(Stopped, GbError):
        recover(disk_on(machine, kind, stop_at(random.randrange(80))))


def _kill_at(machine: Machine, index: int) -> Callable[[int, str], None]:
    def before(step: int, name: str) -> None:
        if step == index and name == "write":
            machine.write_lies = True
        elif step >= index:
            raise Stopped

    return before


def _fail_sync_at(machine: Machine, index: int) -> Callable[[int, str], None]:
    def before(step: int, name: str) -> None:
        machine.fsync_fails = step == index and name == "fsync"

    return before


def _lie_at(machine: Machine, index: int) -> Callable[[int, str], None]:
    def before(step: int, name: str) -> None:
        machine.write_lies = step == index

    return before


# -- broken variants -------------------------------------------------------------------------------------------------


class NoSync(Disk):
    """Trusts the page cache."""

    def _confirm(self, fd: int, path: str, payload: bytes, before: int | None) -> None:
        if not before:
            self._sync_dirs(path)


class NoDirectorySync(Disk):
    """Syncs the file, not its name."""

    def _sync_dirs(self, path: str) -> None:
        pass


class NoParentSync(Disk):
    """Syncs the file's own folder, not the new folders above it."""

    def _sync_dirs(self, path: str) -> None:
        full = f"{self._base}/{path}"
        self._sync_dir(full.rpartition("/")[0])


class SyncFirst(Disk):
    """Syncs, but before it writes."""

    def _write_once(self, fd: int, full: str, path: str, payload: bytes, before: int | None) -> None:
        self.ops.fsync(fd)
        self._sync_dirs(path)
        super()._write_once(fd, full, path, payload, before)

    def _confirm(self, fd: int, path: str, payload: bytes, before: int | None) -> None:
        pass


class NoReadBack(Disk):
    """Believes what the write says."""

    def _confirm(self, fd: int, path: str, payload: bytes, before: int | None) -> None:
        self.ops.fsync(fd)
        self._sync_dirs(path)


class NoRepair(Disk):
    """Leaves torn tails alone."""

    def repair_tail(self, path: str, keep: int | None = None) -> str | None:
        return None


class OnlyLfRepair(Disk):
    """Repairs what lacks its LF, and takes a line with lost sectors for whole."""

    def _sound_end(self, fd: int, size: int) -> int:
        return self._line_start(fd, size)


class NoGrowth(Disk):
    """Doesn't note how far a write of several records reaches."""

    def _note(self, path: str, before: int, growth: int = 0) -> None:
        super()._note(path, before)


class LooseGrowth(Disk):
    """Notes it, but doesn't sync the note."""

    def _note(self, path: str, before: int, growth: int = 0) -> None:
        fd = self._must_hold()
        self.ops.truncate(fd, self._note_at)
        self.ops.pwrite(fd, f"{before}+{growth} {path}\n".encode(), self._note_at)


class NoLock(Disk):
    """Waits for nobody."""

    def _wait_for_lock(self, timeout: float) -> int:
        return self.ops.open(self._full(LOCK), os.O_RDWR | os.O_CREAT)


class NoSettling(Disk):
    """Does not care how the last holder of the lock ended."""

    def _settle(self, lock_fd: int) -> None:
        pass


class SettleBySyncOnly(Disk):
    """Syncs again what a failed sync left, and believes it."""

    def _write_again(self, path: str, offset: int) -> None:
        fd = self.ops.open(self._full(path), os.O_RDWR)
        self.ops.fsync(fd)
        self.ops.close(fd)
        self._sync_dirs(path)


class ReplaceWithoutSync(Disk):
    """Renames over the old file before the new one is on disk."""

    def _write_new(self, full: str, data: bytes, mode: int) -> None:
        fd = self.ops.open(full, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        self.ops.write(fd, data)
        self.ops.close(fd)


# -- tests -----------------------------------------------------------------------------------------------------------

SCENARIOS: tuple[tuple[Scenario, int], ...] = (
    (power_loss, STATES),
    (power_loss_of_batches, FEW),
    (kill_then_power_loss, FEW),
    (failed_sync_then_power_loss, FEW),
    (lying_write, FEW),
    (interleaved, FEW),
)
CANARIES: tuple[tuple[type[Disk], Scenario, Reader, str], ...] = (
    (NoSync, power_loss, proven, "lost"),
    (NoDirectorySync, power_loss, proven, "lost"),
    (NoParentSync, power_loss, proven, "lost"),
    (SyncFirst, power_loss, proven, "lost"),
    (ReplaceWithoutSync, power_loss, proven, "lost"),
    (NoRepair, power_loss, proven, "half"),
    (NoReadBack, lying_write, proven, "lost"),
    (NoLock, interleaved, proven, "half"),
    (NoSettling, kill_then_power_loss, proven, "lost"),
    (NoSettling, failed_sync_then_power_loss, proven, "lost"),
    (SettleBySyncOnly, failed_sync_then_power_loss, proven, "lost"),
    (NoGrowth, power_loss_of_batches, taken_on_trust, "half"),
    (NoGrowth, power_loss_of_batches, proven, "damaged"),
    (LooseGrowth, power_loss_of_batches, proven, "damaged"),
)


@pytest.mark.parametrize(("scenario", "states"), SCENARIOS, ids=lambda value: getattr(value, "__name__", None))
def test_nothing_acknowledged_is_lost_and_nothing_half_is_left(scenario: Scenario, states: int) -> None:
    """The append path as it is: 0 records lost, 0 half records taken for whole."""
    tally = scenario(Disk, states, proven)
    assert tally.states >= 8
    assert (tally.lost, tally.half) == (0, 0), f"{tally.bad} of {tally.states} states; first: {tally.first}"


@pytest.mark.parametrize("scenario", [power_loss, power_loss_of_batches], ids=lambda value: value.__name__)
def test_no_damage_is_left_behind(scenario: Scenario) -> None:
    """One record a write or five: the repair removes whatever the power loss made of it, so that the file reads clean."""
    tally = scenario(Disk, FEW, proven)
    assert tally.damaged == 0, tally.first


def test_repair_must_look_at_lost_sectors() -> None:
    """A repair that only looks for the last LF leaves a line with a hole for the chain to report."""
    tally = power_loss(OnlyLfRepair, FEW)
    assert tally.damaged > 0
    assert tally.lost == 0


@pytest.mark.parametrize(
    ("broken", "scenario", "reader", "trouble"), CANARIES, ids=lambda value: getattr(value, "__name__", None)
)
def test_a_broken_variant_is_caught(broken: type[Disk], scenario: Scenario, reader: Reader, trouble: str) -> None:
    """Each canary must lose or halve a record in some state."""
    tally = scenario(broken, 1_000, reader)
    assert getattr(tally, trouble) > 0, f"{broken.__name__} went unnoticed in {tally.states} states of {scenario}"


def test_a_lying_write_is_in_doubt_not_acknowledged() -> None:
    """The write stored half: reading back finds out, and the answer is exit 75."""
    machine = Machine()
    disk = disk_on(machine)
    with disk.lock():
        machine.write_lies = True
        # The first write under this lock is the journal's own: .gb exists already.
        with pytest.raises(Uncertain):
            disk.append("journals/a.csv", line("1", 300), create_with=HEADER)
        with pytest.raises(RuntimeError):
            disk.append("journals/b.csv", line("2", 300), create_with=HEADER)


def test_the_simulator_loses_only_what_was_not_synced() -> None:
    """A synced file survives every power loss byte for byte; an unsynced one comes back in several forms."""
    machine = Machine()
    process = Process(machine)
    fds = [process.open(f"{ROOT}/{name}", os.O_RDWR | os.O_CREAT | os.O_APPEND) for name in ("kept", "loose")]
    for fd in fds:
        process.write(fd, b"x" * 700)
    process.fsync(fds[0])
    process.fsync(process.open(ROOT, os.O_RDONLY))
    images = [machine.after_power_loss(Random(seed)).image() for seed in range(200)]
    assert {image[f"{ROOT}/kept"] for image in images} == {b"x" * 700}
    loose = {image[f"{ROOT}/loose"] for image in images}
    assert {b"", b"x" * 700, b"\0" * 700, b"x" * 512 + b"\0" * 188, b"\0" * 512 + b"x" * 188} < loose


def test_stepping_names_every_call() -> None:
    """The counted calls include the ones that a power loss can separate."""
    names = count_steps(Disk, plan(seed=1, acts=2))
    assert {"open", "write", "fsync", "rename", "mkdir", "flock", "truncate", "pwrite"} <= set(names)
