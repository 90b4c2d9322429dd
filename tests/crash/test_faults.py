"""A failing disk at every system call of a command, once and for ever after (promise D3), on the real file system."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.core.errors import GbError, NotWritten, Uncertain, Unreadable
from ledger.disk import REAL, Disk, Ops
from tests.crash.powerloss import Stepped
from tests.crash.workload import HEADER, line

PATH = "journals/2026-10/sales.K1.csv"
CODES = ("ENOSPC", "EIO", "EROFS", "EFBIG", "EDQUOT", "EACCES")
OLD, NEW = line("old", 300), line("new", 900)


def command(disk: Disk) -> None:
    """One recording command: lock, repair, append, unlock."""
    with disk.lock(timeout=0):
        disk.repair_tail(PATH)
        disk.append(PATH, NEW, create_with=HEADER)


def book(root: Path, *, new: bool, torn: bytes = b"") -> bytes | None:
    """A book whose journal has one record (and a torn tail), or no journal yet; returns the journal's whole part."""
    disk = Disk(root)
    disk.found()
    with disk.lock(timeout=0):
        if not new:
            disk.append(PATH, OLD, create_with=HEADER)
    if torn:
        with (root / PATH).open("ab") as file:
            file.write(torn)
    return None if new else HEADER + OLD


def seen(root: Path) -> bytes | None:
    """The journal's bytes; None for no file and for an empty one, which holds no record either."""
    return ((root / PATH).read_bytes() or None) if (root / PATH).exists() else None


def failing(number: int, at: int, for_ever: bool, only: tuple[str, ...] = ()) -> Callable[[int, str], None]:
    """Raise this errno at call ``at``, or from it on; ``only`` narrows it to calls of these names."""

    def before(step: int, name: str) -> None:
        if (step == at or (for_ever and step > at)) and (not only or name in only):
            raise OSError(number, "injected")

    return before


def steps_of(root: Path) -> list[str]:
    ops = Stepped(REAL, lambda step, name: None)
    command(Disk(root, ops))
    return ops.steps


@pytest.mark.parametrize(
    ("new", "torn"), [(False, b""), (False, b"half a reco"), (True, b"")], ids=["old-file", "torn-file", "new-file"]
)
@pytest.mark.parametrize("for_ever", [False, True], ids=["once", "for-ever"])
@pytest.mark.parametrize("code", CODES)
def test_every_failing_call_is_refused_or_in_doubt(
    tmp_path: Path, code: str, for_ever: bool, new: bool, torn: bytes
) -> None:
    """Each call fails in turn: refused means as before, in doubt means before or after, done means after."""
    book(tmp_path / "count", new=new, torn=torn)
    answers: dict[str, int] = {}
    for at in range(len(steps_of(tmp_path / "count"))):
        root = tmp_path / str(at)
        before = book(root, new=new, torn=torn)
        answer = outcome(root, failing(getattr(errno, code), at, for_ever))
        answers[answer] = answers.get(answer, 0) + 1
        check(root, answer, before, torn, f"{code} at call {at}")
    assert answers["NotWritten"] > 3
    assert answers["Uncertain"] > 0


@pytest.mark.parametrize("new", [False, True], ids=["old-file", "new-file"])
def test_a_full_disk_for_ever_is_a_clean_refusal(tmp_path: Path, new: bool) -> None:
    """ENOSPC at every write from one on, while truncating and syncing still work: never in doubt, file as before."""
    book(tmp_path / "count", new=new)
    names = steps_of(tmp_path / "count")
    writes = ("write", "pwrite", "mkdir")
    for at in [index for index, name in enumerate(names) if name in writes]:
        root = tmp_path / str(at)
        before = book(root, new=new)
        assert outcome(root, failing(errno.ENOSPC, at, True, writes)) == "NotWritten"
        assert seen(root) == before
        assert new is False or not (root / PATH).exists()


@pytest.mark.parametrize("kept", [0, 1, len(NEW) - 1])
@pytest.mark.parametrize("new", [False, True], ids=["old-file", "new-file"])
def test_a_short_write_is_taken_back(tmp_path: Path, new: bool, kept: int) -> None:
    """The disk takes ``kept`` bytes of the record and no more: they are cut off again, and the answer is exit 5."""
    before = book(tmp_path, new=new)
    disk = Disk(tmp_path, ShortWrites(kept))
    with pytest.raises(NotWritten) as caught:
        command(disk)
    assert caught.value.exit_code == 5
    assert seen(tmp_path) == before
    assert new is False or not (tmp_path / PATH).exists()


def test_a_short_write_that_cannot_be_taken_back_is_in_doubt(tmp_path: Path) -> None:
    """Half of the record is there and the file cannot be cut: exit 75, and the next command sets the half aside."""
    before = book(tmp_path, new=False)
    with pytest.raises(Uncertain) as caught:
        command(Disk(tmp_path, ShortWrites(100, can_truncate=False)))
    assert (caught.value.exit_code, caught.value.retry) == (75, "same-token")
    assert seen(tmp_path) == (before or b"") + NEW[:100]
    disk = Disk(tmp_path)
    with disk.lock(timeout=0):
        aside = disk.repair_tail(PATH)
    assert seen(tmp_path) == before
    assert aside == f".gb/torn/journals~2026-10~sales.K1.csv.{len(before or b'')}"
    assert disk.read(aside) == NEW[:100]


@pytest.mark.parametrize(
    ("code", "zh", "en"),
    [
        ("ENOSPC", "磁盘已满", "the disk is full"),
        ("EROFS", "只读", "read-only"),
        ("EDQUOT", "配额", "quota"),
        ("EFBIG", "允许的大小", "larger than allowed"),
        ("EIO", "读写出错", "input/output error"),
        ("EACCES", "没有权限", "permission is denied"),
    ],
)
def test_the_refusal_names_the_reason(tmp_path: Path, code: str, zh: str, en: str) -> None:
    """Both languages name the reason and the file, and offer a command."""
    book(tmp_path, new=False)
    ops = Stepped(REAL, lambda step, name: None)
    disk = Disk(tmp_path, ops)
    with disk.lock(timeout=0):
        ops.before = failing(getattr(errno, code), 0, True, ("write",))
        with pytest.raises(NotWritten) as caught:
            disk.append(PATH, NEW)
        ops.before = lambda step, name: None
    assert zh in caught.value.words.zh
    assert en in caught.value.words.en
    assert PATH in caught.value.words.zh
    assert caught.value.next


def test_an_interrupt_while_writing_is_in_doubt(tmp_path: Path) -> None:
    """Ctrl-C right behind the write: the record may be there, so the answer is exit 75, not “nothing written”."""
    book(tmp_path, new=False)
    ops = Stepped(REAL, lambda step, name: None)
    disk = Disk(tmp_path, ops)

    def interrupt(step: int, name: str) -> None:
        if name == "fsync":
            raise KeyboardInterrupt

    with disk.lock(timeout=0):
        ops.before = interrupt
        with pytest.raises(Uncertain):
            disk.append(PATH, NEW)
        ops.before = lambda step, name: None
    assert seen(tmp_path) == HEADER + OLD + NEW


@pytest.mark.parametrize("code", ["ENOSPC", "EIO"])
def test_replace_leaves_the_old_or_the_new(tmp_path: Path, code: str) -> None:
    """Settings survive a fault at every call of their replacement, and no temporary file stays after a refusal."""
    Disk(tmp_path / "count").found()
    Disk(tmp_path / "count").create("rules.yaml", b"old\n")
    ops = Stepped(REAL, lambda step, name: None)
    Disk(tmp_path / "count", ops).replace("rules.yaml", b"new\n")
    for at, name in enumerate(ops.steps):
        root = tmp_path / str(at)
        root.mkdir()
        Disk(root).create("rules.yaml", b"old\n")
        before = failing(getattr(errno, code), at, False)
        try:
            Disk(root, Stepped(REAL, before)).replace("rules.yaml", b"new\n")
        except Uncertain:
            assert (root / "rules.yaml").read_bytes() in (b"old\n", b"new\n")
        except (NotWritten, Unreadable):
            assert (root / "rules.yaml").read_bytes() == b"old\n"
        else:
            assert (root / "rules.yaml").read_bytes() == b"new\n", f"{code} at {name}"
        assert sorted(os.listdir(root)) == ["rules.yaml"]


class ShortWrites(Ops):
    """Takes only ``kept`` bytes of a journal's record."""

    def __init__(self, kept: int, can_truncate: bool = True) -> None:
        self.kept = kept
        self.can_truncate = can_truncate

    def write(self, fd: int, data: bytes) -> int:
        return super().write(fd, data[: self.kept]) if data.endswith(NEW) else super().write(fd, data)

    def truncate(self, fd: int, size: int) -> None:
        if not self.can_truncate and self.fstat(fd).size > size > len(HEADER):
            raise OSError(errno.EIO, "injected")
        super().truncate(fd, size)


def outcome(root: Path, before: Callable[[int, str], None]) -> str:
    """The name of the answer that the command gives; ``done`` when it acknowledged."""
    try:
        command(Disk(root, Stepped(REAL, before)))
    except GbError as error:
        return type(error).__name__
    return "done"


def check(root: Path, answer: str, before: bytes | None, torn: bytes, story: str) -> None:
    """The journal is as the answer says, and a healthy command afterwards finds it in order."""
    after = (before or HEADER) + NEW
    answers: dict[str, list[bytes | None]] = {
        "done": [after],
        "NotWritten": [before, (before or b"") + torn],
        "Unreadable": [before, (before or b"") + torn],
        "Uncertain": [before, (before or b"") + torn, after],
    }
    assert seen(root) in answers[answer], f"{story}: {answer}"
    disk = Disk(root)
    with disk.lock(timeout=0):
        disk.repair_tail(PATH)
        found = seen(root)
        assert found in (before, after), f"{story}: {answer}, then repaired"
        if found == before:
            disk.append(PATH, NEW, create_with=HEADER)
    assert seen(root) == after
