"""How the tests of the frame start the real program with a noun of their own."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
HERE = Path(__file__).parent
START = """
from cli.commands import COMMANDS, Entry
from ledger.core.words import Words
COMMANDS["noop"] = Entry("noop", Words("空命令", "nothing"), noun=True)
from cli.main import run
run()
"""


def environment(**extra: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GB_", "LC_", "LANG", "COLUMNS"))}
    return {**kept, "PYTHONPATH": f"{ROOT}{os.pathsep}{HERE}", **extra}


def press_ctrl_c(child: Any, pid: int = 0) -> None:
    """Press Ctrl-C once the program waits for its answer, as a person does who has read the question.

    Between the last byte of its question and its read there is a moment in which Python notes the signal and reads all the
    same; a key that comes so fast is the test's own.  ``pid``: the process that asks, the child itself unless given.
    """
    stat = Path(f"/proc/{pid or child.pid}/stat")
    deadline = time.monotonic() + 10
    while stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "S" and time.monotonic() < deadline:
        os.sched_yield()
    child.sendintr()
