"""A commit of the book's own files, where the book is kept in git.

git is history and transport, never the durability point: whatever goes wrong here is told and fails nothing.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Literal

from ledger.core.words import Words

OWN = ("gb.yaml", "rules.yaml", "journals", "closings", "notices", ".gitattributes", ".gitignore")
"""What belongs to a book; nothing else is ever staged or committed."""

_WAIT = 60.0
"""Seconds that a git command may take."""

Outcome = Literal["committed", "nothing", "none", "failed"]
OUTCOMES: dict[Outcome, Words] = {
    "committed": Words("已提交到 git", "committed to git"),
    "nothing": Words("git 里没有新内容", "nothing new for git"),
    "none": Words("账本不在 git 中", "the book is not in git"),
    "failed": Words(
        "没有提交到 git；账已记好，请看 git status", "not committed to git; the book itself is written: see git status"
    ),
}


def commit_own(root: Path, message: str) -> Outcome:
    """Commit the book's own files as they are now; other files, staged or not, stay as they are.

    Only a book that is a repository of its own: where it lies inside another one, its owner says what is committed.
    """
    try:
        above = _git(root, "rev-parse", "--show-cdup")
        if above.returncode or above.stdout.strip():
            return "none"
        own = [name for name in OWN if (root / name).exists()]
        if _git(root, "add", "--", *own).returncode:
            return "failed"
        if not _git(root, "diff", "--cached", "--quiet", "--", *own).returncode:
            return "nothing"
        done = _git(
            root, *_identity(root), "-c", "commit.gpgsign=false", "commit", "--quiet", "-m", message, "--", *own
        )
    except FileNotFoundError:
        return "none"
    except (OSError, subprocess.SubprocessError):
        return "failed"
    return "failed" if done.returncode else "committed"


def _identity(root: Path) -> list[str]:
    """A name for the commit where the machine has none: a missing git identity is no reason to lose history."""
    if _git(root, "config", "user.email").stdout.strip():
        return []
    return ["-c", "user.name=gb", "-c", "user.email=gb@localhost"]


def _git(root: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        ["git", "-C", str(root), *words], capture_output=True, check=False, stdin=subprocess.DEVNULL, timeout=_WAIT
    )
