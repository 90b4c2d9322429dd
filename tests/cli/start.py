"""How the tests of the frame start the real program with a noun of their own."""

from __future__ import annotations

import os
from pathlib import Path

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
