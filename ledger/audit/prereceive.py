"""Whether commits only appended to journals, and never touched a file of a closing again.

This file stands alone: Python and git are all it needs, so that a copy of it serves as the ``pre-receive`` hook of a
server where the program is not installed.  ``gb verify --history`` uses the very same code.

Allowed is: a new journal file; bytes appended to one; a new file of a closing, its seal only when the month is over; an
incomplete last record, which nobody was ever told was recorded, replaced; a hand edit in an open month that a waiver
record accepts, by place and sha256; what is neither a journal nor of a seal taken away again.  Into a sealed month come
whole records only, and nothing but signatures beside its seal: anything else would keep every later month open.
A merge must keep what each of its parents has.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import subprocess
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import NamedTuple

JOURNALS, CLOSINGS = "journals", "closings"
_OURS = re.compile(r"^((?:.*/)?)(journals|closings)/([^/]+)/(.+)$")
_RAW = re.compile(r"^:([0-7]{6}) ([0-7]{6}) ([0-9a-f]+) ([0-9a-f]+) ([A-Z])[0-9]*\t(.*)$")
_PLAIN = {"100644", "100755", "000000"}
_ID = re.compile(rb'^(?:- id: ")?([A-Z]{2}[0-9]{8}-[A-Z][A-Z0-9]{0,7}-[0-9]{4,10})[",]')
_RECORD = re.compile(_ID.pattern, re.MULTILINE)
_FIELD = re.compile(rb'^(?:- |  )([a-z_]+): "(.*)"$')
_JOURNAL = re.compile(r"^[0-9]{4}-[0-9]{2}/[a-z]+\.[A-Z][A-Z0-9]{0,7}(?:-[0-9]+)?\.(?:csv|yaml)$")
_SEAL = "closing.yaml"
_HEAD = ("format", "book", "month", "at", "by", "terminal", "previous", "digest")
_STATE = ("gb.yaml", "money.csv", "rules.yaml", "safe.csv", "stock.csv", "things.csv")
_DIGEST = re.compile("[0-9a-f]{64}")
_BOOK = re.compile("[0-9a-f]{32}")
_VALUE = re.compile(r'"((?:[^"\\]|\\["\\])*)"')
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[+-][0-9]{2}:[0-9]{2}")
_KEPT = rb'  - path: "([^"\\\n]+)"\n    bytes: "(0|[1-9][0-9]{0,17})"\n    sha256: "([0-9a-f]{64})"\n'
_KEPT_FILE = re.compile(_KEPT + rb'    records: "(?:0|[1-9][0-9]{0,17})"\n    last_h: "[0-9a-f]{16}"\n')
_KEPT_STATE = re.compile(_KEPT)
_SIGNED = re.compile(r"^(department|finance)\.(?:sig|signature\.yaml)$")


class Commit(NamedTuple):
    """One commit; ``at`` is RFC 3339 as git keeps it, ``made`` when it was committed, in seconds since 1970."""

    id: str
    parents: tuple[str, ...]
    author: str
    email: str
    at: str
    subject: str
    made: int


class Change(NamedTuple):
    """One file that differs between a parent and a commit; an object id is empty where the file is not there."""

    path: str
    old: str
    new: str
    mode: str


class Broken(NamedTuple):
    """What a commit may not do: the place in the parent's file (line from 1, 0 for the whole), why in zh and en."""

    commit: Commit
    path: str
    line: int
    record: str
    zh: str
    en: str


class Appended(NamedTuple):
    """Ids of the records that a commit appended to a file; for a file of a closing none."""

    path: str
    ids: tuple[str, ...]


class Looked(NamedTuple):
    """What one commit did to journals and closings."""

    commit: Commit
    appended: tuple[Appended, ...]
    broken: tuple[Broken, ...]


class GitError(Exception):
    """Git could not be run or refused; the text is its own."""


class Git:
    """One repository, through its command; ``prefix`` is the way from its top to ``folder``, empty or ending in ``/``."""

    def __init__(self, folder: str, prefix: str = "") -> None:
        self._folder = folder
        self.prefix = prefix
        self._batch: subprocess.Popen[bytes] | None = None

    def run(self, *argv: str, data: bytes = b"") -> bytes:
        """What the command prints; raises :class:`GitError`."""
        done = subprocess.run(self._argv(*argv), input=data, capture_output=True, check=False)
        if done.returncode:
            raise GitError(done.stderr.decode("utf-8", "replace").strip() or f"git {argv[0]}: exit {done.returncode}")
        return done.stdout

    def yes(self, *argv: str) -> bool:
        """Whether the command succeeds."""
        return not subprocess.run(self._argv(*argv), capture_output=True, check=False).returncode

    def blob(self, name: str) -> bytes:
        """The bytes of an object, or of ``commit:path``; nothing when there is none."""
        if not name:
            return b""
        if self._batch is None:
            self._batch = subprocess.Popen(
                self._argv("cat-file", "--batch"), stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
        source, sink = self._batch.stdout, self._batch.stdin
        if source is None or sink is None:
            raise GitError("git cat-file")
        sink.write(name.encode() + b"\n")
        sink.flush()
        head = source.readline().split()
        if len(head) != 3:
            return b""
        size = int(head[2])
        data = source.read(size + 1)[:size]
        return data if head[1] == b"blob" else b""

    def close(self) -> None:
        """End the helper process."""
        if self._batch is not None:
            self._batch.communicate()
            self._batch = None

    def _argv(self, *argv: str) -> list[str]:
        return ["git", "--no-replace-objects", "-C", self._folder, "-c", "core.quotePath=false", *argv]


def commits(git: Git, *revisions: str) -> list[Commit]:
    """The commits of a ``rev-list`` expression, parents first."""
    found = git.run(
        "log", "--topo-order", "--reverse", "--format=%H%x00%P%x00%an%x00%ae%x00%aI%x00%ct%x00%s", *revisions, "--"
    )
    parts = (line.split("\0") for line in found.decode("utf-8", "replace").splitlines() if line)
    return [Commit(p[0], tuple(p[1].split()), p[2], p[3], p[4], p[6], int(p[5])) for p in parts if len(p) == 7]


def look(git: Git, wanted: Iterable[Commit], tip: str) -> Iterator[Looked]:
    """What each commit did; waivers are taken from the tree of ``tip``.  Commits that touched nothing of ours are left out."""
    every = list(wanted)
    changes = _changes(git, [one for one in every if len(one.parents) < 2])
    waivers = _waivers(git, tip)
    for one in every:
        sides = [(one.parents[0] if one.parents else "", changes.get(one.id, []))]
        if len(one.parents) > 1:
            sides = [(parent, _between(git, parent, one.id)) for parent in one.parents]
        broken = [bad for parent, side in sides for bad in _broken(git, one, parent, side, waivers)]
        broken += _put_in(git, one, sides)
        appended = _appended(git, [side for _, side in sides])
        if broken or appended or any(side for _, side in sides):
            yield Looked(one, tuple(appended), tuple(dict.fromkeys(broken)))


def ours(path: str) -> tuple[str, str] | None:
    """``journals`` or ``closings`` and the month of a path in a repository; None for a path of something else."""
    found = _OURS.match(path)
    return (found[2], found[3]) if found else None


# -- what git says -----------------------------------------------------------------------------------------------------


def _changes(git: Git, wanted: list[Commit]) -> dict[str, list[Change]]:
    """Per commit with at most one parent the files it changed."""
    ids = "".join(f"{one.id}\n" for one in wanted).encode()
    found = git.run(
        "diff-tree", "--stdin", "-r", "--root", "--raw", "--no-renames", "--no-abbrev", "--relative", data=ids
    )
    result: dict[str, list[Change]] = {}
    current = ""
    for line in found.decode("utf-8", "surrogateescape").splitlines():
        if not line.startswith(":"):
            current = line.strip()
        elif (change := _parse(line)) is not None:
            result.setdefault(current, []).append(change)
    return result


def _between(git: Git, parent: str, commit: str) -> list[Change]:
    found = git.run("diff-tree", "-r", "--raw", "--no-renames", "--no-abbrev", "--relative", parent, commit)
    lines = found.decode("utf-8", "surrogateescape").splitlines()
    return [change for line in lines if (change := _parse(line)) is not None]


def _parse(line: str) -> Change | None:
    found = _RAW.match(line)
    if found is None:
        return None
    path = found[6].strip('"')
    if ours(path) is None:
        return None
    old, new = ("" if set(one) == {"0"} else one for one in (found[3], found[4]))
    return Change(path, old, new, found[2])


# -- what is allowed ---------------------------------------------------------------------------------------------------


def _broken(
    git: Git, commit: Commit, parent: str, changes: list[Change], waivers: dict[str, set[tuple[int, str]]]
) -> Iterator[Broken]:
    for one in changes:
        kind = (ours(one.path) or ("",))[0]
        old = git.blob(one.old)
        if one.mode not in _PLAIN:
            yield Broken(commit, one.path, 0, "", "不是普通文件", "is no plain file")
        elif kind == CLOSINGS:
            yield from _broken_closing(git, commit, parent, one)
        elif not one.old or not is_kept(git, parent, one.path):
            continue
        elif not one.new:
            if _whole(old, one.path):
                yield Broken(commit, one.path, 0, "", "被删除", "was removed")
        elif (line := _edited(old, git.blob(one.new), one.path)) and not _waived(
            git, one, parent, waivers.get(one.path, set())
        ):
            record = _record_at(old, line)
            yield Broken(commit, one.path, line, record, "已有记录被改动", "what was recorded was changed")


def _broken_closing(git: Git, commit: Commit, parent: str, one: Change) -> Iterator[Broken]:
    """What is of a seal stays; what stands in the place of a seal must be one, or nobody could ever close that month."""
    if one.old == one.new:
        return
    if one.old and is_kept(git, parent, one.path):
        if one.new:
            yield Broken(commit, one.path, 0, "", "是封账文件，被改动", "is of a closing, and was changed")
        else:
            yield Broken(commit, one.path, 0, "", "被删除", "was removed")
    elif one.new and one.path.endswith(f"/{_SEAL}"):
        month = (ours(one.path) or ("", ""))[1]
        seal = read_seal(git.blob(one.new), month)
        if seal is None or not _is_of_book(git, commit, one.path, seal):
            yield Broken(commit, one.path, 0, "", "不是这本账这个月的封签", "is no seal of its month of this book")
        elif (lost := _not_there(git, commit, one.path, seal)) is not None:
            yield Broken(
                commit, one.path, 0, "", f"封的 {lost} 不在提交里", f"seals {lost}, which is not in the commit"
            )
        elif not _was_over(commit, month, seal):
            yield Broken(commit, one.path, 0, "", "是没过完的月份的封签", "seals a month that is not over")


def _put_in(git: Git, commit: Commit, sides: list[tuple[str, list[Change]]]) -> Iterator[Broken]:
    """What a commit puts into a sealed month and nobody recorded or sealed; a merge only what no sealed parent has so."""
    paths = [{one.path for one in side} for _, side in sides]
    for one in dict.fromkeys(change for _, side in sides for change in side):
        if not one.new or one.mode not in _PLAIN or not _in_sealed(git, commit.id, one.path):
            continue
        same = [parent for (parent, _), touched in zip(sides, paths) if one.path not in touched]
        if not any(_in_sealed(git, parent, one.path) for parent in same):
            yield from _strange(git, commit, one)


def _strange(git: Git, commit: Commit, one: Change) -> Iterator[Broken]:
    kind, month = ours(one.path) or ("", "")
    name = one.path.rpartition(f"{kind}/{month}/")[2]
    if kind == CLOSINGS:
        if name != _SEAL and name not in _STATE and not _SIGNED.match(name):
            yield Broken(
                commit, one.path, 0, "", "不是封账写的，却放在封签旁", "is put beside a seal; no closing wrote it"
            )
    elif not _JOURNAL.match(f"{month}/{name}"):
        yield Broken(
            commit, one.path, 0, "", "不是日记账，却放进已封的月份", "is put into a sealed month; it is no journal"
        )
    elif line := _no_record(git.blob(one.old), git.blob(one.new), one.path):
        yield Broken(
            commit, one.path, line, "", "已封的月份里添了不是记录的内容", "adds what is no record to a sealed month"
        )


def _no_record(old: bytes, new: bytes, path: str) -> int:
    """The first line behind the whole records of ``old`` that is of no whole record; 0 when there is none."""
    kept = _whole(old, path)
    whole = _whole(new, path)
    if not new.startswith(kept):
        return 0  # told as an edit
    if not kept and path.endswith(".csv"):
        kept = new[: new.find(b"\n") + 1]  # a new file's header
    before = kept.count(b"\n")
    strange = (before + line for line, raw in _pieces(new[len(kept) : len(whole)], path) if not _ID.match(raw))
    return next(strange, 0 if whole == new else whole.count(b"\n") + 1)


def _in_sealed(git: Git, tree: str, path: str) -> bool:
    """Whether the month of a path of ours is sealed in that tree."""
    month = (ours(path) or ("", ""))[1]
    seal = git.blob(f"{tree}:{git.prefix}{_top(path)}{CLOSINGS}/{month}/{_SEAL}") if tree else b""
    return bool(seal) and is_seal(seal, month)


# -- what is kept; a seal is judged as far as it can be by itself ------------------------------------------------------


class Sealed(NamedTuple):
    """What a seal says: the book, when it was made, and of each file its path, size in bytes and sha256 in hex."""

    book: bytes
    at: dt.datetime
    files: tuple[tuple[str, int, str], ...]


def is_seal(data: bytes, month: str) -> bool:
    """Whether these bytes are a whole seal of that month, made when the month was over."""
    return read_seal(data, month) is not None


def read_seal(data: bytes, month: str) -> Sealed | None:
    """A seal as a closing writes it, of that month and made when it was over; None for everything else.

    What the program would not take for a seal must not pass here: it would be kept for ever.
    """
    body, found, _ = data.rpartition(b'h: "')
    if not found or data[len(body) :] != f'h: "{sha256(body).hexdigest()[:16]}"\n'.encode():
        return None
    top, lists, rest = body.partition(b"files:\n")
    files, lead, state = rest.partition(b"state:\n")
    head = _head(top)
    if not (lists and lead and (head.get("format"), head.get("month")) == ("1", month)):
        return None
    try:
        listed = _items(files, _KEPT_FILE, f"{JOURNALS}/{month}/")
        kept = _items(state, _KEPT_STATE, f"{CLOSINGS}/{month}/")
        at = _instant(head["at"])
        whole = _after(month, at) and [path.rpartition("/")[2] for path, _, _ in kept] == list(_STATE)
    except (ValueError, OverflowError):
        return None
    return Sealed(head["book"].encode(), at, (*listed, *kept)) if whole else None


def is_kept(git: Git, tree: str, path: str) -> bool:
    """Whether a file may not be taken away: a journal with a record, or what the seal beside it in ``tree`` covers.

    A signature is covered when it names the seal; who signed, and whether the key fits, the program tells.
    """
    found = _OURS.match(path)
    if found is None or found[2] == JOURNALS:
        named = found is not None and _JOURNAL.match(f"{found[3]}/{found[4]}") is not None
        return named and _RECORD.search(git.blob(f"{tree}:{git.prefix}{path}")) is not None
    month, name = found[3], found[4]
    folder = path.rpartition("/")[0]
    seal = git.blob(f"{tree}:{git.prefix}{folder}/{_SEAL}")
    if not is_seal(seal, month):
        return False
    signed = _SIGNED.match(name)
    if not signed:
        return name == _SEAL or f'  - path: "{CLOSINGS}/{month}/{name}"\n'.encode() in seal
    said = git.blob(f"{tree}:{git.prefix}{folder}/{signed[1]}.signature.yaml")
    data = git.blob(f"{tree}:{git.prefix}{path}")
    names = f'\nseal: "{sha256(seal).hexdigest()}"\n'.encode() in said
    return names and (name.endswith(".yaml") or f'\nsignature: "{sha256(data).hexdigest()}"\n'.encode() in said)


def _is_of_book(git: Git, commit: Commit, path: str, seal: Sealed) -> bool:
    """Whether the book's settings, where the commit has them, name the book that the seal names."""
    settings = git.blob(f"{commit.id}:{git.prefix}{_top(path)}gb.yaml")
    return not settings or seal.book in settings


def _not_there(git: Git, commit: Commit, path: str, seal: Sealed) -> str | None:
    """The first file that the seal names and the commit does not have as it was sealed; None when it has them all."""
    for name, size, digest in seal.files:
        data = git.blob(f"{commit.id}:{git.prefix}{_top(path)}{name}")
        if len(data) < size or sha256(data[:size]).hexdigest() != digest:
            return name
    return None


def _top(path: str) -> str:
    """The book's folder in the repository, empty or ending in ``/``."""
    found = _OURS.match(path)
    return found[1] if found else ""


def _head(text: bytes) -> dict[str, str]:
    """The seal's first fields; empty when they are not what a closing writes."""
    lines = text.decode("utf-8", "replace").split("\n")
    if len(lines) != len(_HEAD) + 1 or lines[-1]:
        return {}
    found = {}
    for name, line in zip(_HEAD, lines):
        value = _VALUE.fullmatch(line[len(name) + 2 :])
        if not line.startswith(f"{name}: ") or value is None or not _is_plain(value[1]):
            return {}
        found[name] = value[1]
    digests = _DIGEST.fullmatch(found["digest"]) and (not found["previous"] or _DIGEST.fullmatch(found["previous"]))
    return found if digests and _BOOK.fullmatch(found["book"]) else {}


def _is_plain(text: str) -> bool:
    return text.isprintable() and text.strip() == text and unicodedata.normalize("NFC", text) == text


def _items(text: bytes, item: re.Pattern[bytes], folder: str) -> list[tuple[str, int, str]]:
    """The files of one of the seal's lists, in order of their paths; raises ``ValueError``."""
    found, at = [], 0
    while at < len(text):
        one = item.match(text, at)
        if one is None:
            raise ValueError("not as a closing writes it")
        found.append((one[1].decode(), int(one[2]), one[3].decode()))
        at = one.end()
    paths = [path for path, _, _ in found]
    if not paths or paths != sorted(set(paths)) or any(path.rpartition("/")[0] + "/" != folder for path in paths):
        raise ValueError("not in order, or in another folder")
    return found


def _instant(text: str) -> dt.datetime:
    """When a seal says that it was made; raises ``ValueError``."""
    if not _INSTANT.fullmatch(text):
        raise ValueError("no instant")
    return dt.datetime.fromisoformat(text)


def _was_over(commit: Commit, month: str, seal: Sealed) -> bool:
    """Whether the month was over when the commit was made, by the seal's offset from UTC."""
    try:
        return _after(month, dt.datetime.fromtimestamp(commit.made, seal.at.tzinfo))
    except (ValueError, OverflowError, OSError):  # a commit may bear any number
        return False


def _after(month: str, moment: dt.datetime) -> bool:
    """Whether a month is over at a moment; raises ``ValueError`` for a month that is none, or has no day after it."""
    first = dt.date.fromisoformat(f"{month}-01")
    return moment.date() >= dt.date(first.year + first.month // 12, first.month % 12 + 1, 1)


# -- journals ----------------------------------------------------------------------------------------------------------


def _edited(old: bytes, new: bytes, path: str) -> int:
    """The first line of ``old`` that ``new`` does not keep; 0 when it keeps all whole records."""
    kept = _whole(old, path)
    if new.startswith(kept):
        return 0
    return _first_other_line(kept, new)


def _first_other_line(old: bytes, new: bytes) -> int:
    before, after = old.split(b"\n"), new.split(b"\n")
    pairs = zip(before, after)
    return next((at for at, (one, other) in enumerate(pairs, 1) if one != other), min(len(before), len(after)))


def _whole(data: bytes, path: str) -> bytes:
    """The file without an incomplete last record: an interrupted write leaves one, and it was never acknowledged."""
    if path.endswith(".csv"):
        return data[: data.rfind(b"\n") + 1]
    end = data.rfind(b'"\n\n')
    return data[: end + 3] if end >= 0 else b""


def _record_at(data: bytes, line: int) -> str:
    """The id of the record that holds a line."""
    for text in reversed(data.split(b"\n")[:line]):
        found = _ID.match(text)
        if found:
            return found[1].decode()
    return ""


def _pieces(data: bytes, path: str) -> Iterator[tuple[int, bytes]]:
    """The records as they stand, with the line each starts at."""
    lines = data.splitlines(keepends=True)
    if path.endswith(".csv"):
        yield from enumerate(lines, 1)
        return
    start = 0
    for at in range(1, len(lines) + 1):
        if at == len(lines) or lines[at].startswith(b"- "):
            yield start + 1, b"".join(lines[start:at])
            start = at


def _waived(git: Git, one: Change, parent: str, waivers: set[tuple[int, str]]) -> bool:
    """Whether every record that differs is accepted by a waiver, in a month that was not sealed before."""
    if not waivers or _in_sealed(git, parent, one.path):
        return False
    new = list(_pieces(git.blob(one.new), one.path))
    old = list(_pieces(_whole(git.blob(one.old), one.path), one.path))
    differs = [now for now, (_, then) in zip(new, old) if now[1] != then]
    return len(new) >= len(old) and all((line, sha256(raw).hexdigest()) in waivers for line, raw in differs)


def _waivers(git: Git, tip: str) -> dict[str, set[tuple[int, str]]]:
    """Per path the places and sha256 that waiver records accept."""
    found: dict[str, set[tuple[int, str]]] = {}
    for path in git.run("ls-tree", "-r", "--name-only", tip).decode("utf-8", "surrogateescape").splitlines():
        if "/dispositions." in path and (ours(path) or ("",))[0] == JOURNALS:
            folder = path[: path.rindex(f"{JOURNALS}/")]
            for _, raw in _pieces(git.blob(f"{tip}:{git.prefix}{path}"), path):
                fields = {m[1]: m[2].decode() for text in raw.split(b"\n") if (m := _FIELD.match(text))}
                if fields.get(b"kind") == "waiver" and fields.get(b"line", "").isdigit():
                    place = (int(fields[b"line"]), fields.get(b"found", ""))
                    found.setdefault(folder + fields.get(b"file", ""), set()).add(place)
    return found


def _appended(git: Git, sides: list[list[Change]]) -> list[Appended]:
    """What a commit added against all of its parents."""
    common = set.intersection(*({one.path for one in side} for side in sides)) if sides else set()
    found = []
    for path in sorted(common):
        versions = [next(one for one in side if one.path == path) for side in sides]
        old = max((git.blob(one.old) for one in versions), key=len)
        new = git.blob(versions[0].new)
        if new.startswith(old) and new != old:
            lines = new[len(old) :].split(b"\n")
            ids = [m[1].decode() for line in lines if (m := _ID.match(line))]
            found.append(Appended(path, tuple(ids)))
    return found


def compare(old: bytes, new: bytes, path: str, kind: str) -> int:
    """The first line of ``old`` that ``new`` may not lack or differ in; 0 when ``new`` is allowed to follow it."""
    if kind == CLOSINGS:
        return 0 if old == new else _first_other_line(old, new)
    return _edited(old, new, path)


# -- the hook ----------------------------------------------------------------------------------------------------------


def _refusals(git: Git, pushed: Iterable[str]) -> Iterator[str]:
    for line in pushed:
        old, new, ref = line.split()
        if set(new) == {"0"}:
            if ref.startswith("refs/heads/"):
                yield f"{ref}: 不许删除分支 a branch is not removed"
            continue
        if set(old) != {"0"} and ref.startswith("refs/heads/") and not git.yes("merge-base", "--is-ancestor", old, new):
            yield f"{ref}: 改写了历史 history was rewritten ({old[:12]} -> {new[:12]})"
        for one in look(git, commits(git, new, "--not", "--all"), new):
            for bad in one.broken:
                place = f"{bad.path}:{bad.line}" if bad.line else bad.path
                yield f"{bad.commit.id[:12]} {bad.commit.author}: {place} {bad.record} {bad.zh} {bad.en}"


def main() -> int:
    """Read what is pushed from stdin, as git gives it to ``pre-receive``; 1 and the reasons on stderr to refuse it all."""
    git = Git(os.curdir)
    try:
        found = list(_refusals(git, sys.stdin.read().splitlines()))
    except (GitError, OSError, ValueError) as error:
        found = [f"检查失败 the check itself failed: {error}"]
    finally:
        git.close()
    for line in found:
        sys.stderr.buffer.write(f"gb: 拒绝 refused: {line}\n".encode("utf-8", "surrogateescape"))
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
