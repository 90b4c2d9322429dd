"""What is remembered of closings outside of their folder: the last-seen note and the git history know seals and signatures.

A closing that is taken away, made anew or signed in a weaker way leaves a folder that is consistent in itself; only what
knew it before can tell.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from hashlib import sha1, sha256
from pathlib import Path
from typing import NamedTuple

from ledger.audit.history import open_git
from ledger.audit.prereceive import Git, GitError, is_seal
from ledger.audit.seal import FOLDER, seal_path
from ledger.audit.seen import Seen
from ledger.audit.signature import SIDES, Signature, parse_signature, sig_path, yaml_path
from ledger.core.errors import GbError
from ledger.core.words import Words
from ledger.disk import Disk
from ledger.journal.paths import is_month


class Known(NamedTuple):
    """A month's seal (``side`` empty), or a side's signature, that was there; ``digest`` is the sha256 of its file in hex.

    ``grade`` is a signature's, empty when it cannot be told; ``source`` says who knows it, ``next`` how to get it back.
    """

    month: str
    side: str
    digest: str
    grade: str
    source: Words
    next: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """Where it stood."""
        return yaml_path(self.month, self.side) if self.side else seal_path(self.month)


class Signed(NamedTuple):
    """A signature that git knows, as it was read: what it says and the bytes of its ``.sig``."""

    known: Known
    signature: Signature
    raw: bytes


def seen_closings(seen: Seen) -> Iterator[Known]:
    """What the last-seen note remembers: each seal before the signatures beside it."""
    source = Words(f"{seen.at} 见过的", f"seen {seen.at}")
    for month, digest in sorted(seen.seals.items()):
        yield Known(month, "", digest, "", source)
    for name, text in sorted(seen.signatures.items()):
        month, _, side = name.partition("/")
        digest, _, grade = text.partition(" ")
        if is_month(month) and side in SIDES:
            yield Known(month, side, digest, grade, source)


# -- the git history -----------------------------------------------------------------------------------------------------


class _Change(NamedTuple):
    """What a commit did to a file of a closing: added (A), changed (M) or removed (D); ``blob`` is empty when removed."""

    commit: str
    path: str
    kind: str
    blob: str


class GitClosings:
    """The closings as the commits that lead to ``revision`` have them; knows nothing where there is no git.

    ``--all`` as the revision takes every branch, also what was fetched and not merged.
    """

    def __init__(self, root: Path, revision: str = "HEAD") -> None:
        self._root = root
        self._git = open_git(root)
        self._changes = _changes(self._git, revision) if self._git is not None else []

    def lost(self) -> Iterator[Known]:
        """Seals and signatures that are gone, or stand in the folder as no commit has them: the newest version of each.

        ``gb verify --history`` judges every commit; this is only about what stands here now.
        """
        paths = {
            _path_of(month, side) for month in {_month(one.path) for one in self._changes} for side in ("", *SIDES)
        }
        disk = Disk(self._root)
        for path in sorted(paths):
            versions = [one for one in self._changes if one.path == path and one.blob]
            if not self._stands(disk, path) or (path.endswith(".yaml") and not self._stands(disk, _beside(path))):
                newest = next(filter(self._is_whole, versions), None)
                if newest is not None:
                    yield self._known(newest)

    def _stands(self, disk: Disk, path: str) -> bool:
        """Whether a file is here as some commit has it, or no commit has it."""
        blobs = {one.blob for one in self._changes if one.path == path and one.blob}
        return not blobs or _blob_here(disk, path, len(next(iter(blobs)))) in blobs

    def seal(self, month: str) -> Known | None:
        """The newest seal of a month; None when no commit has one."""
        versions = (one for one in self._changes if one.path == seal_path(month) and one.blob)
        found = next(filter(self._is_whole, versions), None)
        return self._known(found) if found else None

    def signature(self, month: str, side: str) -> Signed | None:
        """The newest signature of a side; None when no commit has one that reads."""
        found = next((one for one in self._changes if one.path == yaml_path(month, side) and one.blob), None)
        if found is None or self._git is None:
            return None
        raw = next((one.blob for one in self._changes if one.path == sig_path(month, side) and one.blob), "")
        try:
            return Signed(self._known(found), parse_signature(self._git.blob(found.blob)), self._git.blob(raw))
        except ValueError:
            return None

    def close(self) -> None:
        """End the helper process."""
        if self._git is not None:
            self._git.close()

    def _is_whole(self, one: _Change) -> bool:
        """Whether a seal's place really held one: what somebody put there was never a closing, and is not missed."""
        month = _month(one.path)
        if one.path != seal_path(month):
            return True
        return self._git is not None and is_seal(self._git.blob(one.blob), month)

    def _known(self, one: _Change) -> Known:
        month, name = _month(one.path), one.path.rpartition("/")[2]
        side = name.partition(".")[0] if name.endswith(".signature.yaml") else ""
        data = self._git.blob(one.blob) if self._git is not None else b""
        commit = self._whole(month) or one.commit
        source = Words(f"提交 {one.commit[:12]} 里的", f"in commit {one.commit[:12]}")
        back = f"git -C {shlex.quote(str(self._root))} checkout {commit[:12]} -- {FOLDER}/{month}"
        return Known(month, side, sha256(data).hexdigest(), _grade(data) if side else "", source, (back,))

    def _whole(self, month: str) -> str:
        """The newest commit that only added to the month's closing: its tree has all of it."""
        kinds: dict[str, set[str]] = {}
        for one in self._changes:
            if _month(one.path) == month:
                kinds.setdefault(one.commit, set()).add(one.kind)
        return next((commit for commit, found in kinds.items() if found == {"A"}), "")


def _changes(git: Git, revision: str) -> list[_Change]:
    """Newest first."""
    try:
        found = git.run(
            "log", "--format=%H", "--raw", "--no-abbrev", "--no-renames", "--relative", revision, "--", FOLDER
        )  # fmt: skip
    except (GitError, OSError):
        return []  # what git does not tell, nobody knows; gb verify --history says why
    changes, commit = [], ""
    for line in found.decode("utf-8", "surrogateescape").splitlines():
        head, tab, path = line.partition("\t")
        if not tab:
            commit = line or commit
        elif path.count("/") == 2 and is_month(_month(path)):
            blob, kind = head.split()[3:5]
            changes.append(_Change(commit, path, kind[:1], blob if kind[:1] != "D" else ""))
    return changes


def _path_of(month: str, side: str) -> str:
    return yaml_path(month, side) if side else seal_path(month)


def _beside(path: str) -> str:
    """The bytes that were signed with a key, beside what says so; of a seal it is the seal itself."""
    return path.replace(".signature.yaml", ".sig")


def _month(path: str) -> str:
    return path.split("/")[1]


def _grade(data: bytes) -> str:
    try:
        return parse_signature(data).grade
    except ValueError:
        return ""


def _blob_here(disk: Disk, path: str, size: int) -> str:
    """The id that git gives to the file as it stands here, with so many hex digits; empty when it is not there.

    What stands in the place of a seal and is none counts as not there.
    """
    try:
        data = disk.read(path)
    except GbError:
        return ""
    if path == seal_path(_month(path)) and not is_seal(data, _month(path)):
        return ""
    hashed = sha256 if size == 64 else sha1
    return hashed(b"blob %d\0" % len(data) + data).hexdigest()
