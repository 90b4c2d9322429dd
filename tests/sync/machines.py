"""Machines of one store, each with its own memory and a clock that stands where it is put; real commands in this process."""

from __future__ import annotations

import datetime as dt
import os
import shlex
import shutil
from pathlib import Path

import pytest

from ledger.disk import SystemClock
from tests.cli.counter import Result, gb
from tests.sync.clones import git

NOON = dt.datetime(2026, 10, 8, 4, 0, tzinfo=dt.UTC)
LANGS = pytest.mark.parametrize("lang", ["zh", "en"])


class Machine:
    """A book folder and the terminal that this machine is."""

    def __init__(self, store: Store, book: Path, terminal: str, state: str) -> None:
        self.store, self.book, self.terminal, self.state = store, book, terminal, state

    def __call__(self, line: str, *, by: str = "wang", lang: str = "en", stdin: str = "") -> Result:
        """Run a line as typed behind ``gb``; the clock moves on by a minute."""
        self.store.time += dt.timedelta(minutes=1)
        self.store.patch.setenv("XDG_STATE_HOME", str(self.store.root / self.state))
        shared = ("--book", str(self.book), "--terminal", self.terminal, "--lang", lang)
        who = () if "--by" in line else ("--by", by)
        return gb(*shlex.split(line), *shared, *who, stdin=stdin)

    def ok(self, line: str, *, by: str = "wang", lang: str = "en", stdin: str = "") -> Result:
        """Run a line that must succeed."""
        ran = self(line, by=by, lang=lang, stdin=stdin)
        assert ran.code == 0, (line, ran)
        return ran

    def use(self, code: str, lang: str = "en") -> Result:
        """Say which terminal this machine is."""
        self.store.patch.setenv("XDG_STATE_HOME", str(self.store.root / self.state))
        return gb("terminal", "use", code, "--book", str(self.book), "--by", "li", "--lang", lang)

    def file(self, name: str) -> Path:
        """A journal file of this month."""
        return self.book / "journals" / "2026-10" / name

    def files(self) -> dict[str, bytes]:
        """All that git would see of the book, but for the derived folder."""
        paths = [path for path in self.book.rglob("*") if path.is_file() and not {".gb", ".git"} & set(path.parts)]
        return {str(path.relative_to(self.book)): path.read_bytes() for path in paths}


class Store:
    """The machines' common ground: a folder, a remote, the time."""

    def __init__(self, root: Path, patch: pytest.MonkeyPatch) -> None:
        self.root, self.patch, self.time = root, patch, NOON
        for name in [name for name in os.environ if name.startswith(("GB_", "GIT_"))]:
            patch.delenv(name)
        patch.setenv("HOME", str(root))
        patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        patch.setattr(SystemClock, "now", lambda _, zone: self.time.astimezone(zone))

    def first(self, book: str = "one", *, git_there: bool = True) -> Machine:
        """A new book on K1 with A0010001-A0010100 ready to sell, and K2 registered."""
        machine = Machine(self, self.root / book, "K1", "state1")
        if git_there:
            machine.book.mkdir(parents=True)
            git(machine.book, "init", "--quiet")
        self.patch.setenv("XDG_STATE_HOME", str(self.root / "state1"))
        assert gb("init", str(machine.book), "--store", "店", "--terminal", "K1", "--no-git").code == 0
        for code, role in (("wang", "clerk"), ("sun", "supervisor"), ("li", "manager")):
            machine.ok(f"operator add {code} --name {code} --role {role}")
        machine.ok("terminal add K2", by="li")
        machine.ok("client add --unit 东风厂 --kind enterprise")
        asked = machine.ok("request voucher 100x100 --reason x --json").json["id"]
        machine.ok(f"request approve {asked}", by="li")
        machine.ok(f"voucher receive A0010001+100 --request {asked} --finance Z --stamped")
        return machine

    def remote(self, machine: Machine) -> None:
        """An empty remote, and the machine's first push."""
        git(self.root, "init", "--quiet", "--bare", "remote.git")
        git(machine.book, "remote", "add", "origin", str(self.root / "remote.git"))
        machine.ok("sync")

    def clone(self, name: str, terminal: str, state: str, inside: str = "") -> Machine:
        """Another machine's clone."""
        git(self.root, "clone", "--quiet", "remote.git", name)
        return Machine(self, self.root / name / inside, terminal, state)

    def pair(self) -> tuple[Machine, Machine]:
        """K1 and K2, in step."""
        one = self.first()
        self.remote(one)
        return one, self.clone("two", "K2", "state2")

    def copy(self, machine: Machine, name: str, state: str) -> Machine:
        """The whole folder copied to another machine, or back."""
        shutil.copytree(machine.book, self.root / name, symlinks=True)
        return Machine(self, self.root / name, machine.terminal, state)
