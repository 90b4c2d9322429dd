"""A month closed, or signed by the same side, in two clones: what reached the remote first stands, and the other gives way.

A seal in a history that others have is there for ever, so only one that nobody else has can be given up.  Its files go to
``.gb/torn/``, and the commits that only this clone has become one without them; no journal loses a byte.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

from ledger.audit.prereceive import is_seal
from ledger.audit.seal import FOLDER, Seal, parse_seal, seal_digest, seal_path, short
from ledger.audit.seen import Seen, read_seen, write_seen
from ledger.book.gitrepo import Repo
from ledger.core.errors import Refused, Usage, Where
from ledger.core.words import Words
from ledger.disk import TORN

if TYPE_CHECKING:
    from ledger.book.open import Book

_INDEX = ".gb/give-up.index"


class ClosedTwice(Refused):
    """A month was closed here and elsewhere; the closing that others have stands."""

    default_code = "SYN-03"
    retry = "no"


class GivenUp(msgspec.Struct, frozen=True, kw_only=True):
    """The commit without it, the one that it stands on, and per file of a closing the place where it is kept."""

    commit: str
    base: str
    kept: dict[str, str]


def closed_twice(repo: Repo, paths: Sequence[str], ours: str, theirs: str) -> ClosedTwice | None:
    """The refusal for files of closings that differ on both sides, relative to the book; None when there are none.

    What the other side has in the place of a seal and is none does not win over anything.
    """
    months = sorted({path.split("/")[1] for path in paths if path.startswith(f"{FOLDER}/") and path.count("/") == 2})
    if not months or not is_seal(repo.blob(theirs, seal_path(months[0])) or b"", months[0]):
        return None
    month = months[0]
    mine, other = (repo.blob(side, seal_path(month)) or b"" for side in (ours, theirs))
    words = _signed_twice(month, paths) if mine == other else _sealed_twice(month, mine, other)
    where = tuple(Where(path) for path in paths if path.startswith(f"{FOLDER}/{month}/"))
    return ClosedTwice(words, where=where, next=("gb explain SYN-03", f"gb sync --give-up {month}"))


def _sealed_twice(month: str, mine: bytes, other: bytes) -> Words:
    return Words(
        f"{month} 在两台机器上都封了账。远程的封签 {_told(other)} 别人已经有了，作准；本机的 {_told(mine)} 还没有人拿到。"
        f"没有合并，两边都没丢。本机让步：放弃本机的封账（留在 .gb/torn/），纸上的短码改抄远程的，要签名的重新签",
        f"{month} was closed on two machines. The seal on the remote, {_told(other)}, is with the others and stands; the one "
        f"here, {_told(mine)}, nobody else has. Nothing was merged, nothing is lost. This side gives way: its closing is given "
        f"up (kept in .gb/torn/), the digest on paper becomes the remote's, and who signed signs again",
    )


def _told(data: bytes) -> str:
    """A seal as people tell it apart: its short digest, who, where, when."""
    try:
        seal: Seal = parse_seal(data)
    except ValueError:
        return short(seal_digest(data))
    return f"{short(seal_digest(data))} ({seal.by} {seal.terminal} {seal.at[:16].replace('T', ' ')})"


def _signed_twice(month: str, paths: Sequence[str]) -> Words:
    names = " ".join(path.rpartition("/")[2] for path in paths if path.startswith(f"{FOLDER}/{month}/"))
    return Words(
        f"{month} 的同一个封签在两台机器上都签了名（{names}）。远程的签名别人已经有了，作准；本机的让步（留在 .gb/torn/）",
        f"the same seal of {month} was signed on two machines ({names}). The signature on the remote is with the others and "
        f"stands; the one here gives way (kept in .gb/torn/)",
    )


def give_up(book: Book, repo: Repo, month: str, ours: str, theirs: str) -> GivenUp:
    """A commit with what only this clone has, but for its closing of ``month`` and later ones, or a second signature.

    The files are kept first.  Raises :class:`Refused` (SYN-03) where nothing stands against ours, or others have it too.
    The caller holds the lock, has committed all, and puts the commit in the place of HEAD.
    """
    base = repo.run("merge-base", ours, theirs).text
    paths = _only_ours(repo, month, base, ours, theirs) if base else []
    if not paths:
        words = Words(
            f"{month} 没有要放弃的：本机没有只在这里、又与远程不同的封账",
            f"there is nothing of {month} to give up: no closing that is only here and differs from the remote's",
        )
        raise Refused(words, code="SYN-03", next=("gb sync", "gb verify"))
    kept = {path: _keep(book, repo, ours, path) for path in paths}
    return GivenUp(commit=_without(book, repo, paths, base, ours), base=base, kept=kept)


def _only_ours(repo: Repo, month: str, base: str, ours: str, theirs: str) -> list[str]:
    """The files of our closings from ``month`` on that the common beginning does not have and that theirs cannot stand with."""
    seals = [repo.blob(side, seal_path(month)) or b"" for side in (ours, theirs)]
    if not is_seal(seals[1], month) or repo.blob(base, seal_path(month)) not in (None, seals[1]):
        return []
    added = repo.must("diff", "--name-only", "--diff-filter=A", "--relative", "-z", base, ours, "--", FOLDER).names
    if seals[0] != seals[1]:
        return [path for path in added if path.split("/")[1] >= month]
    both = [path for path in added if path.startswith(f"{FOLDER}/{month}/")]
    apart = {path.partition(".")[0] for path in both if repo.blob(theirs, path) not in (None, repo.blob(ours, path))}
    return [path for path in both if path.partition(".")[0] in apart]  # a signature is two files


def _keep(book: Book, repo: Repo, ours: str, path: str) -> str:
    data = repo.blob(ours, path) or b""
    place = f"{TORN}/{path.replace('/', '~')}.{sha256(data).hexdigest()[:8]}"
    book.disk.replace(place, data)
    return place


def _without(book: Book, repo: Repo, paths: Sequence[str], base: str, ours: str) -> str:
    """Our tree without those files, as one commit behind the common beginning; neither folder nor index is touched."""
    place = book.root / _INDEX
    index = {"GIT_INDEX_FILE": str(place)}
    try:
        repo.must("read-tree", ours, env=index)
        names = b"".join(os.fsencode(path) + b"\0" for path in paths)
        repo.must("update-index", "--force-remove", "-z", "--stdin", data=names, env=index)
        tree = repo.must("write-tree", env=index).text
    finally:
        place.unlink(missing_ok=True)
    months = " ".join(dict.fromkeys(path.split("/")[1] for path in paths))
    return repo.must(*repo.author(""), "commit-tree", tree, "-p", base, "-m", f"gb sync: gave up closing {months}").text


def forget(book: Book, repo: Repo, given: GivenUp) -> None:
    """This machine has seen what was given up; nobody is to miss it."""
    months = {path.split("/")[1] for path in given.kept}
    try:
        seen = read_seen(book.root, book.settings.book)
    except Usage:
        return  # `gb verify` says so
    head = seen.head if not seen.head or repo.is_ancestor(seen.head, "HEAD") else given.base
    if seen != Seen():
        kept = {name: one for name, one in seen.seals.items() if name not in months}
        signed = {name: one for name, one in seen.signatures.items() if name.partition("/")[0] not in months}
        again = msgspec.structs.replace(seen, seals=kept, signatures=signed, head=head)
        write_seen(book.root, book.settings.book, again)
