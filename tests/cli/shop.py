"""A small shop for the tests of commands: a book on disk, its staff, and whole command lines run in this process."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import pytest

from tests.cli.counter import Result, filled, gb

BOOK_ID = "0123456789abcdef0123456789abcdef"
DAY = "2026-10-08"


class Shop:
    """Runs command lines at a clock that moves on by a minute with each; ``by`` is who is logged in."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = root / "book"
        self.lang = "en"
        self.minute = 0
        for name in [name for name in os.environ if name.startswith(("GB_", "LC_", "LANG", "COLUMNS", "XDG_"))]:
            monkeypatch.delenv(name)
        monkeypatch.setenv("XDG_STATE_HOME", str(root / "state"))
        monkeypatch.setenv("HOME", str(root))
        monkeypatch.chdir(root)

    def run(self, *argv: str, stdin: str = "") -> Result:
        """Run the words as they are."""
        return gb(*argv, stdin=stdin)

    def __call__(self, line: str, *, at: str = "", stdin: str = "") -> Result:
        """Run a line as typed behind ``gb``, in the shop's language, at the next minute of the day or at ``at``."""
        self.minute += 1
        clock = at or f"{DAY} {9 + self.minute // 60:02d}:{self.minute % 60:02d}"
        return self.run("--lang", self.lang, "--at", clock, *shlex.split(line), stdin=stdin)

    def ok(self, line: str, **options: str) -> Result:
        """Run a line that must succeed."""
        ran = self(line, **options)
        assert ran.code == 0, f"gb {line}\n{ran.out}{ran.err}"
        return ran

    def paste(self, command: str) -> Result:
        """Run a ``next:`` command as a shell would split it, with a reason where it leaves one to the person."""
        name, *argv = shlex.split(filled(command))
        assert name == "gb", command
        return self.run(*argv)

    def approved(self, line: str) -> str:
        """A request as typed behind ``gb request``, made by wang and approved by li; returns its id."""
        found: str = self.ok(f"request {line} --reason plan --by wang --json").json["id"]
        self.ok(f"request approve {found} --by li")
        return found

    def received(self, spans: str, face: int = 100, options: str = "--stamped") -> str:
        """Sheets in the safe; returns the request they were drawn on."""
        sheets = int(spans.partition("+")[2])
        request = self.approved(f"voucher {sheets}x{face}")
        self.ok(f"voucher receive {spans} --request {request} --finance Zhao {options}")
        return request

    def bytes(self) -> dict[str, bytes]:
        """Every file of the book but the derived ones."""
        paths = [path for path in self.root.rglob("*") if path.is_file() and not {".gb", ".git"} & set(path.parts)]
        return {str(path.relative_to(self.root)): path.read_bytes() for path in paths}


def open_shop(root: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """A shop with a book on terminal K1, the manager li, the clerks wang and zhou, the client C001; wang is logged in."""
    shop = Shop(root, monkeypatch)
    shop.ok(f"init book --store 东方商厦 --terminal K1 --book-id {BOOK_ID} --no-git")
    monkeypatch.chdir(shop.root)
    shop.ok("operator add wang --name 王 --role clerk")
    shop.ok("operator add zhou --name 周 --role clerk")
    shop.ok("operator add li --name 李 --role manager")
    shop.ok("client add --unit 东风厂 --kind enterprise --by wang")
    shop.ok("login wang")
    return shop
