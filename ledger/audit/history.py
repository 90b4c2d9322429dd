"""The git history of a book: every commit only appended, and who appended what, when.

A commit's author and date are claims like an operator's name; that what is older is still a part of what is newer is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import msgspec

from ledger.audit import prereceive
from ledger.audit.prereceive import Broken, Commit, Git, GitError
from ledger.audit.seal import SealedFile, SealedState
from ledger.audit.seen import in_repository
from ledger.core.errors import GbError, NotWritten, Unreadable, Where
from ledger.core.findings import Finding, trouble
from ledger.core.words import Words
from ledger.disk import Disk

_HOOK = "pre-receive"
_MOST_COPIES = 200
UNSHALLOW = "git fetch --unshallow"
"""What fetches the beginning of a history that was cloned without it."""


class Commits(msgspec.Struct, frozen=True, kw_only=True):
    """One commit that touched journals or closings: who, when, and the ids it appended per file."""

    commit: str
    author: str
    email: str
    at: str
    subject: str
    appended: dict[str, tuple[str, ...]]


class History(msgspec.Struct, frozen=True, kw_only=True):
    """All of it, oldest first; ``head`` is the commit that is checked out; ``shallow``: the beginning is not there.

    Of a shallow one nobody can say that it only appended.
    """

    commits: tuple[Commits, ...]
    findings: tuple[Finding, ...]
    head: str
    shallow: bool

    @property
    def sound(self) -> bool:
        """Whether all of it is here, and only appended."""
        return not self.findings and not self.shallow


def open_git(root: Path) -> Git | None:
    """The repository that holds the book; None when there is none, no commit in it, or no git."""
    if not in_repository(root):
        return None
    git = Git(str(root))
    try:
        prefix = git.run("rev-parse", "--show-prefix").decode().strip()
        git.run("rev-parse", "--verify", "--quiet", "HEAD")
    except (GitError, OSError):
        return None
    return Git(str(root), prefix)


def head_of(root: Path) -> str:
    """The commit that is checked out; empty without git."""
    git = open_git(root)
    return git.run("rev-parse", "HEAD").decode().strip() if git is not None else ""


def is_shallow(root: Path) -> bool:
    """Whether the beginning of the git history is not here, so that git cannot tell what closings there once were."""
    git = open_git(root)
    return git is not None and _is_shallow(git)


def moved_back(root: Path, seen_head: str) -> list[Finding]:
    """JRN-10 when a commit that was seen checked out is no longer part of the history, or there is no history any more."""
    if not seen_head:
        return []
    git = open_git(root)
    if git is not None:
        return list(_rewritten(git, "HEAD", seen_head))
    words = Words(
        f"上次见过的提交 {seen_head[:12]} 不在了：git 历史不见了",
        f"the commit {seen_head[:12]}, seen before, is gone: there is no git history",
    )
    return [trouble("JRN-10", words, subject=seen_head, next=("gb doctor", "gb explain JRN-10"))]


def read_history(root: Path, month: str = "", seen_head: str = "") -> History:
    """Every commit up to the one checked out, and the working files against it.  ``month`` keeps only what concerns it.

    ``seen_head`` is a commit that must be among them.  Raises :class:`Unreadable` without git history.
    """
    git = open_git(root)
    if git is None:
        words = Words("账本没有 git 历史", "the book has no git history")
        raise Unreadable(words, code="JRN-11", next=(f"git -C {root} log", "gb doctor"))
    try:
        return _read(git, Disk(root), month, seen_head)
    except GitError as error:
        words = Words(f"git 历史读不出来：{error}", f"the git history does not read: {error}")
        raise Unreadable(words, code="JRN-11", next=(f"git -C {root} fsck",)) from None
    finally:
        git.close()


def _read(git: Git, disk: Disk, month: str, seen_head: str) -> History:
    head = git.run("rev-parse", "HEAD").decode().strip()
    looked = list(prereceive.look(git, prereceive.commits(git, "HEAD"), "HEAD"))
    broken = [bad for one in looked for bad in one.broken if _is_of(bad.path, month)]
    told = [
        Commits(
            commit=one.commit.id, author=one.commit.author, email=one.commit.email, at=one.commit.at,
            subject=one.commit.subject, appended={a.path: a.ids for a in one.appended if _is_of(a.path, month)},
        )
        for one in looked
    ]  # fmt: skip
    return History(
        commits=tuple(one for one in told if one.appended or not month),
        findings=(*_rewritten(git, head, seen_head), *map(_finding, broken), *_working(git, disk, month)),
        head=head,
        shallow=_is_shallow(git),
    )


def _is_shallow(git: Git) -> bool:
    return git.run("rev-parse", "--is-shallow-repository").strip() == b"true"


def _is_of(path: str, month: str) -> bool:
    return month in ("", (prereceive.ours(path) or ("", ""))[1])


def _finding(bad: Broken) -> Finding:
    one = bad.commit
    words = Words(
        f"提交 {one.id[:12]}（{one.author} {one.at}）：{bad.path} {bad.zh}",
        f"commit {one.id[:12]} ({one.author} {one.at}): {bad.path} {bad.en}",
    )
    where = Where(bad.path, bad.line, bad.record)
    return trouble("JRN-11", words, subject=one.id, where=(where,), next=(f"git show {one.id[:12]} -- {bad.path}",))


def _rewritten(git: Git, head: str, seen: str) -> Iterator[Finding]:
    if not seen or git.yes("merge-base", "--is-ancestor", seen, head):
        return
    if _is_shallow(git):
        words = Words(
            f"浅克隆：看不出上次见过的提交 {seen[:12]} 是否还在历史里",
            f"a shallow clone: whether the commit {seen[:12]}, seen before, is still in the history cannot be told",
        )
        yield trouble("JRN-10", words, subject=seen, next=(UNSHALLOW, "gb explain JRN-10"))
    else:
        words = Words(
            f"上次见过的提交 {seen[:12]} 不在历史里：历史被改写或退回",
            f"the commit {seen[:12]}, seen before, is not in the history: it was rewritten or moved back",
        )
        yield trouble("JRN-10", words, subject=seen, next=("git reflog", "gb explain JRN-10"))


def _working(git: Git, disk: Disk, month: str) -> Iterator[Finding]:
    """The files as they are now against the commit that is checked out, by the same rule."""
    now = Commit("", (), "", "", "", "", 0)
    for line in git.run("ls-tree", "-r", "HEAD").decode("utf-8", "surrogateescape").splitlines():
        blob, _, path = line.partition(" blob ")[2].partition("\t")
        kind = prereceive.ours(path)
        if kind is None or not _is_of(path, month) or not prereceive.is_kept(git, "HEAD", path):
            continue
        try:
            place = prereceive.compare(git.blob(blob), disk.read(path), path, kind[0])
        except GbError:
            place = -1
        if place:
            words = (
                ("不见了或读不出来", "is gone, or cannot be read")
                if place < 0
                else ("已有内容被改动", "was changed in what it had")
            )
            bad = Broken(now, path, max(place, 0), "", *words)
            yield _uncommitted(bad)


def _uncommitted(bad: Broken) -> Finding:
    words = Words(
        f"未提交的改动：{bad.path} {bad.zh}", f"not committed: {bad.path} {bad.en}"
    )  # fmt: skip
    where = Where(bad.path, bad.line)
    return trouble("JRN-11", words, subject=bad.path, where=(where,), next=(f"git diff -- {bad.path}",))


# -- older copies --------------------------------------------------------------------------------------------------------


class Copies:
    """Older copies of sealed files, looked for in the git history: to name the record that somebody rewrote."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def __call__(self, one: SealedFile | SealedState) -> bytes | None:
        """A version whose sealed bytes are intact; None when git has none."""
        git = open_git(self._root)
        if git is None:
            return None
        try:
            found = git.run("log", f"-{_MOST_COPIES}", "--format=%H", "--all", "--", one.path)
            for commit in found.decode().split():
                data = git.blob(f"{commit}:{git.prefix}{one.path}")
                if sha256(data[: one.bytes]).hexdigest() == one.sha256:
                    return data
        except (GitError, OSError):
            return None  # a copy is a help, not a need
        finally:
            git.close()
        return None


# -- the server's hook -------------------------------------------------------------------------------------------------


def install_hook(target: Path) -> Path:
    """Write the ``pre-receive`` hook into a bare repository, its ``hooks`` folder, or a ``.git``; returns its path.

    It needs ``python3`` (3.8 or later) and git on that server, and nothing else.  Raises :class:`NotWritten` when the
    repository has one already.
    """
    folder = next((one for one in (target / "hooks", target / ".git" / "hooks") if one.is_dir()), target)
    if not (folder.name == "hooks" and folder.is_dir()):
        words = Words(f"{target} 不是 git 仓库", f"{target} is no git repository")
        raise NotWritten(words, next=("git init --bare book.git",))
    disk = Disk(folder)
    if disk.stat(_HOOK) is not None:
        words = Words(
            f"{folder / _HOOK} 已经存在，没有改动", f"{folder / _HOOK} is there already and was left as it is"
        )
        raise NotWritten(words, next=(f"cat '{folder / _HOOK}'",))
    source = files("ledger.audit").joinpath("prereceive.py").read_bytes()
    disk.create(_HOOK, b"#!/usr/bin/env python3\n" + source, mode=0o755)
    return folder / _HOOK
