"""Whole processes, measured: wall time, processor time and peak memory, taking turns.

Seconds depend on the machine and on what else runs there; ratios within one run say more, and of those the ones between
processor times more than the ones between wall times.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
GB = [sys.executable, "-c", "from cli.main import run; run()"]
"""What the installed `gb` runs, of this very tree."""
FINDINGS = 1
"""The exit code of a command that found something: nobody signed the generated months."""


class Cost(NamedTuple):
    """Seconds of wall time, seconds of processor time (its children's included), megabytes of the largest process."""

    wall: float
    cpu: float
    megabytes: float


Job = Callable[[], Cost]


_LAUNCH = """\
import os, sys, time
out, *argv = sys.argv[1:]
files = [(os.POSIX_SPAWN_OPEN, 1, out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)]
started = time.perf_counter()
process = os.posix_spawn(argv[0], argv, os.environ, file_actions=files)
_, status, usage = os.wait4(process, 0)
wall = time.perf_counter() - started
os.write(1, f"{os.waitstatus_to_exitcode(status)} {wall} {usage.ru_utime + usage.ru_stime} {usage.ru_maxrss}".encode())
"""
"""A process is told the peak of the one that started it as its own: so it is started by one that is small."""


def run(argv: Sequence[str], *, out: Path | None = None) -> Cost:
    """One run of a whole process, its output thrown away or put into ``out``; raises ``RuntimeError`` when it fails."""
    program = shutil.which(argv[0]) or argv[0]
    words = [sys.executable, "-I", "-S", "-c", _LAUNCH, str(out or os.devnull), program, *argv[1:]]
    done = subprocess.run(words, capture_output=True, text=True, check=True, cwd=ROOT, env=environment())
    code, wall, cpu, kilobytes = done.stdout.split()
    if int(code) not in (0, FINDINGS):
        raise RuntimeError(f"{' '.join(argv)}: exit {code}\n{done.stderr}")
    return Cost(float(wall), float(cpu), int(kilobytes) / 1024)


def said(argv: Sequence[str]) -> str:
    """What a process prints; raises ``RuntimeError`` when it fails."""
    done = subprocess.run(argv, capture_output=True, text=True, check=False, cwd=ROOT, env=environment())
    if done.returncode not in (0, FINDINGS):
        raise RuntimeError(f"{' '.join(argv)}: exit {done.returncode}\n{done.stderr}")
    return done.stdout


def environment() -> dict[str, str]:
    """This one without settings of `gb`; and beancount reads its file, not what it remembers of it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GB_", "PYTHON"))}
    return {**kept, "BEANCOUNT_DISABLE_LOAD_CACHE": "1"}


LONG = 30.0
"""Seconds from which on a job is run once."""


def in_turn(jobs: Mapping[str, Job], runs: int) -> dict[str, Cost]:
    """The median cost of each job; they take turns, so that what else runs on the machine meets all of them."""
    costs: dict[str, list[Cost]] = {name: [] for name in jobs}
    for _ in range(runs):
        for name, job in jobs.items():
            if not costs[name] or costs[name][0].wall < LONG:
                costs[name].append(job())
    return {
        name: Cost(
            median(one.wall for one in all_), median(one.cpu for one in all_), max(one.megabytes for one in all_)
        )
        for name, all_ in costs.items()
    }


def show(costs: Mapping[str, Cost]) -> None:
    """Print a table; the ratios are between processor times, to the first line that is no preparation."""
    base = next((cost for name, cost in costs.items() if name.startswith("python")), None)
    print(f"{'':<52}{'wall s':>9}{'cpu s':>9}{'MB':>8}{'ratio':>8}")
    for name, cost in costs.items():
        ratio = f"{cost.cpu / base.cpu:8.2f}" if base else ""
        print(f"{name:<52}{cost.wall:9.3f}{cost.cpu:9.3f}{cost.megabytes:8.0f}{ratio}")
