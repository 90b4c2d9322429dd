"""The page for whoever adds a journal is true: done to a copy of the program, step by step, it works."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.test_docs import FENCE, ROOT

PAGE = (ROOT / "docs/extending.md").read_text(encoding="utf-8")
GB = "import sys; from cli.main import main; sys.exit(main(sys.argv[1:]))"


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the program with every block of the page where its first line says."""
    copy = tmp_path_factory.mktemp("extended")
    for part in ("cli", "ledger", "docs", "schemas"):
        shutil.copytree(ROOT / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
    for fence in FENCE.finditer(PAGE):
        if fence[1] == "python":
            _apply(copy, *fence[2].split("\n", 1))
    return copy


def _apply(copy: Path, where: str, code: str) -> None:
    new = re.fullmatch(r"# new file: (\S+)", where)
    if new is not None:
        path = copy / new[1]
        assert not path.exists(), path
        path.write_text(code, encoding="utf-8")
        return
    path, line = copy / where[2:].partition(", below: ")[0], where.partition(", below: ")[2]
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    (at,) = [number for number, one in enumerate(lines) if one.strip() == line]
    path.write_text("".join([*lines[: at + 1], code, *lines[at + 1 :]]), encoding="utf-8")


def test_the_next_journal_is_there_when_the_page_was_followed(extended: Path) -> None:
    """The lines of its last block in order: the schema is written, a promise of yesterday is CAL-01 until it is kept, and
    again when that is undone; each command succeeds.
    """
    commands = [line[2:] for line in "".join(f[2] for f in FENCE.finditer(PAGE) if f[1] == "console").splitlines()]
    env = {"PATH": os.environ["PATH"], "HOME": str(extended), "PYTHONPATH": str(extended), "GB_LANG": "en"}
    printed: list[tuple[str, str]] = []
    for command in commands:
        name, *words = shlex.split(command)
        if name == "export":
            variable, _, value = words[0].partition("=")
            env[variable] = value
            continue
        argv = [sys.executable, *words] if name == "python" else [sys.executable, "-c", GB, *words]
        ran = subprocess.run(argv, cwd=extended, env=env, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, (command, ran.stdout, ran.stderr)
        printed.append((command, ran.stdout))
    assert (extended / "schemas/calls.schema.json").exists()
    assert list((extended / "book").glob("journals/*/calls.K1.yaml"))
    checks = [text for command, text in printed if command.startswith("gb check")]
    assert ["CAL-01" in text for text in checks] == [True, False, True]
    (listed,) = [text for command, text in printed if command.startswith("gb report")]
    assert "C001" in listed
    assert "calls of a month" in listed
