"""The timers of docs/operations.md: the crontab line is run as cron would run it, the units are read by systemd itself."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import warnings
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.cli.counter import Counter, open_counter

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
NAMESPACE = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"


def block(language: str, holds: str) -> str:
    """The block of that language that holds a text."""
    found = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    (one,) = [text for text in found if holds in text]
    return str(one)


@pytest.fixture
def gb(tmp_path: Path) -> Path:
    """The program as an installation has it: one file that is run."""
    program = tmp_path / "bin" / "gb"
    program.parent.mkdir()
    program.write_text(
        f"#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -c 'from cli.main import run; run()' \"$@\"\n"
    )
    program.chmod(0o755)
    return program


@pytest.fixture
def at(tmp_path: Path) -> Counter:
    return open_counter(tmp_path)


def test_the_crontab_line_runs_as_cron_runs_it(gb: Path, at: Counter, tmp_path: Path) -> None:
    """`sh -c` with HOME, LOGNAME, SHELL and a short PATH, which is all that cron gives; every day up to now gets a notice."""
    line = block("cron", "gb notice")
    minute, hour, *rest, command = re.split(r"\s+", line.strip(), maxsplit=5)
    assert (minute, hour, rest) == ("0", "17", ["*", "*", "*"])
    command = command.replace("/srv/store", str(at.book)).replace("/usr/local/bin/gb", str(gb))
    bare = {"HOME": str(tmp_path), "LOGNAME": "store", "SHELL": "/bin/sh", "PATH": "/usr/bin:/bin"}
    for _ in range(2):
        done = subprocess.run(["/bin/sh", "-c", command], env=bare, cwd=tmp_path, check=False, capture_output=True)
        assert done.returncode == 0, (tmp_path / "gb-notice.log").read_text()
    listed = at.done("notice", "list", "--json").json["notices"]
    assert listed[0]["date"] == "2026-10-08"
    assert len(listed) == len({one["date"] for one in listed})
    first = (at.book / "journals/2026-10/notices.K1.csv").read_text().splitlines()[1]
    assert ",cron,issued,TZ2026-K1-0001," in first


@pytest.mark.debian
def test_systemd_takes_the_units(gb: Path, at: Counter, tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        warnings.warn("NO SYSTEMD: the units of docs/operations.md were NOT verified", stacklevel=1)
        pytest.skip("systemd-analyze is not installed")
    paths = []
    for name in ("gb-notice.service", "gb-notice.timer"):
        text = block("ini", f"# {name}").replace("/usr/local/bin/gb", str(gb)).replace("/srv/store", str(at.book))
        path = tmp_path / name
        path.write_text(text.replace("User=store\n", ""))
        paths.append(str(path))
    done = subprocess.run(["systemd-analyze", "verify", *paths], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    calendar = re.search(r"^OnCalendar=(.*)$", block("ini", "# gb-notice.timer"), re.MULTILINE)
    assert calendar is not None
    told = subprocess.run(["systemd-analyze", "calendar", calendar[1]], capture_output=True, text=True, check=False)
    assert "17:00:00" in told.stdout


def test_the_command_of_the_unit_is_one_the_program_takes(gb: Path, at: Counter) -> None:
    command = re.search(r"^ExecStart=(.*)$", block("ini", "# gb-notice.service"), re.MULTILINE)
    assert command is not None
    words = command[1].split()[1:]
    environment = {**os.environ, "XDG_STATE_HOME": str(at.book.parent / "state")}
    done = subprocess.run([gb, *words], cwd=at.book, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr


def test_the_windows_task_is_well_formed_and_says_the_same() -> None:
    task = ET.fromstring(block("xml", "<Task").split("?>", 1)[1])
    assert task.tag == f"{NAMESPACE}Task"
    texts = {one.tag.removeprefix(NAMESPACE): one.text for one in task.iter()}
    assert str(texts["Arguments"]) in block("ini", "# gb-notice.service")
    assert str(texts["StartBoundary"]).endswith("T17:00:00")
    assert texts["StartWhenAvailable"] == "true"
