"""The last-seen note: what this machine saw of a book when it last verified it, kept outside the book.

A book put back as a whole (an old backup, a git branch moved back, a month sealed once more) is consistent in itself;
only a memory outside it can tell.  The note is such a memory, and the digest on paper is the other.
"""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

import msgspec

from ledger.core.errors import Usage
from ledger.core.words import Words
from ledger.disk import Disk, machine_dir


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What was seen, and when (``at``).

    ``seals`` is the digest of each sealed month; ``signatures`` per ``month/side`` the sha256 of the signature's file and
    its grade; ``files`` is ``records:last_h`` of each file of an open month; ``head`` is the commit that was checked out,
    empty without git.
    """

    at: str = ""
    seals: dict[str, str] = {}
    signatures: dict[str, str] = {}
    files: dict[str, str] = {}
    head: str = ""


def read_seen(root: Path, book_id: str) -> Seen:
    """The note of the book in that folder, empty when there is none, or no home to keep one in.

    Raises :class:`Usage` for one that does not read.
    """
    try:
        disk, path = Disk(machine_dir()), _path(root, book_id)
    except Usage:
        return Seen()
    if disk.stat(path) is None:
        return Seen()
    try:
        return msgspec.json.decode(disk.read(path), type=Seen)
    except msgspec.MsgspecError:
        file = disk.root / path
        words = Words(f"上次所见的记录读不出来：{file}", f"the note of what was last seen does not read: {file}")
        raise Usage(words, next=("gb verify --forget",)) from None


def in_repository(root: Path) -> bool:
    """Whether there may be a git repository around the folder; seen without starting git."""
    return "GIT_DIR" in os.environ or any((one / ".git").exists() for one in (root, *root.resolve().parents))


def may_know_seals(root: Path, book_id: str) -> bool:
    """Whether something outside of ``closings/`` may remember a seal: a repository, or this machine's note."""
    if in_repository(root):
        return True
    try:
        return bool(read_seen(root, book_id).seals)
    except Usage:  # one that does not read is told by the verification
        return False


def write_seen(root: Path, book_id: str, seen: Seen) -> None:
    """Keep the note instead of the one before, readable by this user only."""
    disk = Disk(machine_dir())
    disk.found(0o700)
    disk.replace(_path(root, book_id), msgspec.json.encode(seen, order="sorted") + b"\n", mode=0o600)


def _path(root: Path, book_id: str) -> str:
    """One note per folder: another clone on this machine may well be behind."""
    folder = sha256(os.path.realpath(root).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return f"seen/{book_id}.{folder}.json"
