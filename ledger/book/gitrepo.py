"""Git as the book uses it: a fixed environment, no questions asked, nothing but the book's own paths."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from ledger.core.errors import Refused
from ledger.core.words import Words

OWN = ("gb.yaml", "rules.yaml", "journals", "closings", "notices", ".gitattributes", ".gitignore")
"""What of the book travels; everything else in the repository is somebody else's."""

_SETTINGS = (
    "core.quotePath=false",
    "commit.gpgSign=false",
    "core.autocrlf=false",
    "gc.auto=0",
    "advice.detachedHead=false",
)
_SECONDS = 300
_LOCKED = re.compile(r"Unable to create '([^'\n]+\.lock)': File exists")


class NoSync(Refused):
    """Synchronising is not possible, or not now; the book is as it was and works."""

    default_code = "SYN-01"


class Ran(NamedTuple):
    """What a git command came to."""

    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        """Its output as one line of text."""
        return self.out.decode("utf-8", "replace").strip()

    @property
    def names(self) -> list[str]:
        """Its output where it was asked for paths with ``-z``."""
        return [os.fsdecode(name) for name in self.out.split(b"\0") if name]


class Repo:
    """The repository that a book lies in; ``prefix`` is the book's folder in it, empty or with a slash at its end."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._env = _environment()
        found = self.run("rev-parse", "--show-prefix")
        if found.code:
            words = Words(f"账本 {root} 不在 git 仓库里", f"the book at {root} is in no git repository")
            raise NoSync(words, next=(f"git -C {root} init", "git remote add origin URL"))
        self.prefix = found.text

    def run(self, *args: str, data: bytes | None = None, env: Mapping[str, str] | None = None) -> Ran:
        """Run ``git`` in the book's folder; raises :class:`NoSync` when there is none, or it does not end.

        ``env`` is set beside the person's own environment.
        """
        settings = [part for one in _SETTINGS for part in ("-c", one)]
        try:
            ran = subprocess.run(
                ["git", "-C", str(self.root), *settings, *args], capture_output=True, check=False,
                env={**self._env, **(env or {})},
                input=data if data is not None else b"", timeout=_SECONDS,
            )  # fmt: skip
        except OSError:
            words = Words(
                "没有找到 git，不能同步；账本照常可用",
                "there is no git, so nothing to synchronise with; the book works",
            )
            raise NoSync(words, next=("gb doctor",)) from None
        except subprocess.TimeoutExpired:
            words = Words(
                f"git {args[0]} 超过 {_SECONDS} 秒没有结束", f"git {args[0]} did not end within {_SECONDS} seconds"
            )
            raise NoSync(words, next=("gb sync",)) from None
        return Ran(ran.returncode, ran.stdout, ran.stderr.decode("utf-8", "replace").strip())

    def must(self, *args: str, data: bytes | None = None, env: Mapping[str, str] | None = None) -> Ran:
        """Run and insist; raises :class:`NoSync` with git's own words."""
        ran = self.run(*args, data=data, env=env)
        if ran.code:
            said = " / ".join((ran.err or ran.text).splitlines()[:4]) or f"exit {ran.code}"
            words = Words(f"git {args[0]} 失败：{said}", f"git {args[0]} failed: {said}")
            raise NoSync(words, next=(*unlocking(ran.err), "gb doctor"))
        return ran

    def has(self, revision: str) -> bool:
        """Whether there is such a commit."""
        return self.run("rev-parse", "--quiet", "--verify", f"{revision}^{{commit}}").code == 0

    def blob(self, revision: str, path: str) -> bytes | None:
        """A file of the book as a commit has it, or ``None``."""
        ran = self.run("cat-file", "blob", f"{revision}:{self.prefix}{path}")
        return None if ran.code else ran.out

    def is_ancestor(self, older: str, newer: str) -> bool:
        """Whether ``newer`` has all of ``older``."""
        return self.run("merge-base", "--is-ancestor", older, newer).code == 0

    def author(self, terminal: str) -> list[str]:
        """A name for the commit where git has none: a new machine must be able to synchronise."""
        if self.run("config", "user.email").text:
            return []
        name = terminal or "gb"
        return ["-c", f"user.name={name}", "-c", f"user.email={name.lower()}@localhost"]

    def is_shallow(self) -> bool:
        """Whether the beginning of the history is not here."""
        return self.run("rev-parse", "--is-shallow-repository").text == "true"

    def own_paths(self) -> list[str]:
        """The book's paths that exist here or are tracked."""
        there = [name for name in OWN if os.path.lexists(self.root / name)]
        tracked = {name.split("/")[0] for name in self.run("ls-files", "-z", "--", *OWN).names}
        return [name for name in OWN if name in there or name in tracked]

    def inside(self, path: str) -> str:
        """A path of the repository relative to the book; the path itself when it is somebody else's."""
        return path.removeprefix(self.prefix)


def unlocking(said: str) -> tuple[str, ...]:
    """The commands that remove the lock files git stumbled over, as far as they are on this machine.

    A git that was killed leaves them behind; git itself says that another one may be running.
    """
    found = dict.fromkeys(map(os.path.normpath, _LOCKED.findall(said)))
    return tuple(f"rm {shlex.quote(path)}" for path in found if os.path.exists(path))


def _environment() -> dict[str, str]:
    """The person's own environment without what would make git ask, translate or look elsewhere."""
    dropped = {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "LANGUAGE"}
    kept = {name: text for name, text in os.environ.items() if name not in dropped}
    kept.setdefault("GIT_SSH_COMMAND", "ssh -o BatchMode=yes")
    return {**kept, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_EDITOR": "true", "GIT_MERGE_AUTOEDIT": "no"}
