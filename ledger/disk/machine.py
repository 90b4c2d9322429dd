"""What this machine keeps outside every book: its terminal and operator, its own id, marks of what it has seen."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from ledger.core.errors import GbError, NotWritten, Usage
from ledger.core.words import Words
from ledger.disk.appending import Disk
from ledger.disk.reading import TEMPORARY
from ledger.disk.refusals import unreadable
from ledger.disk.system import REAL, SAFE, Ops
from ledger.disk.torn import WINDOW

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

INSTALL = "install"


def machine_dir() -> Path:
    """The folder of this machine's own state.  Raises :class:`Usage` where the user has no home."""
    from pathlib import Path as PathType

    state = os.environ.get("LOCALAPPDATA" if sys.platform == "win32" else "XDG_STATE_HOME", "")
    if os.path.isabs(state):
        return PathType(state, "gb")
    home = os.environ.get("USERPROFILE" if sys.platform == "win32" else "HOME", "")
    if os.path.isabs(home):
        return PathType(home, ".local", "state", "gb")
    raise Usage(
        Words(
            "没有用户主目录，无法记住本机终端和操作员；请设置 GB_TERMINAL 和 GB_OPERATOR",
            "there is no home folder to keep this machine's terminal and operator in; set GB_TERMINAL and GB_OPERATOR",
        ),
        next=("export GB_TERMINAL=K1 GB_OPERATOR=name",),
    )


def has_home() -> bool:
    """Whether this machine has a place to remember anything in."""
    try:
        machine_dir()
    except Usage:
        return False
    return True


def scratch() -> AbstractContextManager[str]:
    """A folder for a throw-away copy, removed afterwards; its path."""
    from tempfile import TemporaryDirectory

    return TemporaryDirectory()


def matching(pattern: str) -> list[str]:
    """The paths that a pattern with ``*``, ``?`` or ``[…]`` stands for, sorted; a plain path stands for itself."""
    from glob import glob, has_magic

    return sorted(glob(pattern)) if has_magic(pattern) else [pattern]


def read_machine(book_id: str, ops: Ops = REAL) -> dict[str, str]:
    """What this machine remembers of the book: terminal, operator, install id.  Empty when nothing."""
    import msgspec

    disk, path = Disk(machine_dir(), ops), _machine_file(book_id)
    if disk.stat(path) is None:
        return {}
    try:
        return msgspec.json.decode(disk.read(path), type=dict[str, str])
    except msgspec.MsgspecError as error:
        file = disk.root / path
        words = Words(f"本机设置文件已损坏：{file}", f"this machine's settings are damaged: {file}")
        raise Usage(words, next=(f"rm '{file}'",)) from error


def write_machine(book_id: str, values: Mapping[str, str], ops: Ops = REAL) -> None:
    """Remember ``values`` instead of what was there, readable by this user only."""
    import msgspec

    disk = Disk(machine_dir(), ops)
    disk.found(0o700)
    disk.replace(_machine_file(book_id), msgspec.json.encode(dict(values), order="sorted") + b"\n", mode=0o600)


def install_id(ops: Ops = REAL) -> str:
    """The id of this installation, 32 hex digits, made at first use; raises :class:`Usage` where there is no home."""
    import secrets

    disk = Disk(machine_dir(), ops)
    if disk.stat(INSTALL) is None:
        disk.found(0o700)
        try:
            disk.create(INSTALL, secrets.token_hex(16).encode() + b"\n", mode=0o600)
        except NotWritten:
            if disk.stat(INSTALL) is None:  # not another command that made it at the same moment
                raise
    return disk.read(INSTALL, WINDOW).decode("ascii", "replace").strip()


def read_mark(name: str, ops: Ops = REAL) -> bytes:
    """What this machine noted under that name; empty when nothing, or when it has no place to note it."""
    try:
        disk = Disk(machine_dir(), ops)
        return disk.read(name, WINDOW) if disk.stat(name) is not None else b""
    except GbError:
        return b""


def write_mark(name: str, data: bytes, ops: Ops = REAL) -> None:
    """Note it, whole or not at all.  Not synced: a mark lost with the power is an older mark, and costs no record.

    A machine that cannot note it goes without: the record it speaks of is on disk already.
    """
    try:
        disk = Disk(machine_dir(), ops)
        full = disk._full(name)
        disk._make_base(os.path.dirname(full), 0o700)
        temporary = f"{full}.{os.getpid()}{TEMPORARY}"
        fd = ops.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | SAFE, 0o600)
        try:
            ops.write(fd, data)
        finally:
            ops.close(fd)
        ops.rename(temporary, full)
    except (GbError, OSError):
        return


def _machine_file(book_id: str) -> str:
    if not (book_id.isascii() and book_id.isalnum() and len(book_id) <= 64):
        raise unreadable("gb.yaml", Words("账本编号不对", "the book id is malformed"))
    return f"{book_id}.json"
