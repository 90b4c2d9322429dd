"""What a command of the counter loads: every module that it does not need costs every client in the queue its loading."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import books
from tests.cli.counter import gb
from tests.cli.start import ROOT, environment

LOADED = """
import sys
import typer
before = set(sys.modules)
from cli.main import main
code = main(sys.argv[1:])
print(code, *sorted(set(sys.modules) - before))
"""
NEVER = {
    "asyncio", "rich", "tabulate", "wcwidth", "yaml", "ruamel", "dateutil", "json", "unittest", "http", "textual", "jinja2",
    "xlsxwriter", "cryptography", "pyrage", "pygal", "cli.errors", "cli.help", "cli.completion", "ledger.privacy.keystore",
    "ledger.book.text", "ledger.book.month", "ledger.book.ground", "ledger.checks.run", "ledger.folds.reconcile",
}  # fmt: skip
COMMANDS = {
    "sale cash --client C001 --sheets 1 --face 100": 110,
    "sale cash C001 A0000000100+3": 110,
    "sale transfer --client C001 --sheets 2 --face 100": 110,
    "undo": 130,
    "voucher stamp A0000000200+5 --stamp date": 105,
}
"""Commands with the most modules of our own that they may load."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book without sales, its index up to date, as it is between two clients."""
    root = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(root / "state"))
        book = books.build(root / "book", 0)
        assert gb("--book", str(book), "voucher", "stock").code == 0
    return book


@pytest.mark.parametrize("command", COMMANDS)
def test_a_counter_command_loads_what_it_needs(command: str, made: Path) -> None:
    """Run for real; the modules that typer alone does not load are counted and named."""
    state = made.parent / "state"
    shutil.rmtree(state, ignore_errors=True)  # each takes its turn on the same book
    shared = [
        "--book",
        str(made),
        "--terminal",
        "K1",
        "--by",
        books.CLERK,
        "--at",
        "2026-10-31 20:00",
        "--reason",
        "试",
    ]
    if command == "undo":
        assert gb(*["sale", "cash", "--client", "C001", "--sheets", "1", "--face", "100"], *shared).code == 0
    ran = subprocess.run(
        [sys.executable, "-c", LOADED, *command.split(), *shared], check=False, cwd=ROOT, capture_output=True, text=True,
        env=environment(XDG_STATE_HOME=str(state)),
    )  # fmt: skip
    code, *names = ran.stdout.splitlines()[-1].split()
    assert code == "0", ran.stderr
    tops = {name.split(".")[0] for name in names}
    assert sorted(NEVER & ({*names} | tops)) == []
    own = [name for name in names if name.split(".")[0] in ("cli", "ledger")]
    assert len(own) <= COMMANDS[command], own
