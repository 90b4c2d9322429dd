"""A book whose ``rules.yaml`` is gone: where the file can be had again."""

from __future__ import annotations

import shlex
from importlib.resources import files
from pathlib import Path

from ledger.audit.seal import FOLDER
from ledger.book.gitrepo import NoSync, Repo
from ledger.book.open import RULES
from ledger.core.errors import GbError, Unreadable
from ledger.core.words import Words


def lost(root: Path, missing: GbError) -> Unreadable:
    """What is raised instead of ``missing``; it names the command that brings the file back.

    The best copy is git's, then that of the latest closing; the example rules are a beginning, for the store's own numbers
    are not in them.
    """
    there = root / RULES
    if _in_git(root):
        words = Words("git 里有：取回即可", "git has it: bring it back")
        command = f"git -C {shlex.quote(str(root))} checkout HEAD -- {RULES}"
    elif sealed := sorted((root / FOLDER).glob(f"????-??/{RULES}")):
        words = Words(
            "最近一次封账留有一份：取回后核对此后的改动",
            "the latest closing kept a copy: bring it back, and look at what was changed since",
        )
        command = shlex.join(["cp", str(sealed[-1]), str(there)])
    else:
        words = Words(
            "从备份取回；没有备份就用示例规则，再改成本店的数字",
            "restore it from a backup; without one begin with the example rules and put in the store's own numbers",
        )
        command = shlex.join(["cp", str(files("schemas").joinpath("rules.example.yaml")), str(there)])
    told = Words(f"{missing.words.zh}。{words.zh}", f"{missing.words.en}; {words.en}")
    return Unreadable(told, code=missing.code, next=(command,), where=missing.where)


def _in_git(root: Path) -> bool:
    try:
        return Repo(root).blob("HEAD", RULES) is not None
    except NoSync:
        return False
