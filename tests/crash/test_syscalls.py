"""The real sale with a failing or fatal system call, injected by strace below Python, SQLite and all (D3, D4).

Whatever fails where: what was acknowledged is there; what was refused left the journal as it was; a retry with
``--once`` records once.  Needs strace and the right to trace; without them it is skipped and says so.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.cli.counter import open_counter
from tests.crash.command import Shop, copied, strace

STRESS = bool(os.environ.get("GB_STRESS"))
SALES = "journals/2026-10/sales.K1.csv"
WRITING = ("write", "pwrite64", "fsync", "fdatasync", "ftruncate", "rename", "mkdir", "unlink", "flock")
READING = ("openat", "pread64", "newfstatat", "fstat", "lstat", "close")
SALE = ("sale", "cash", "--client", "C001", "--vouchers", "A0010001", "--amount", "100", "--once", "t1")
_TRACE = re.compile(r"^\d+ +(\w+)\(")

pytestmark = [
    pytest.mark.debian,
    pytest.mark.skipif(bool(strace()), reason=f"no system calls can be made to fail: {strace()}"),
]


class Fault(NamedTuple):
    """The call of that name and number, counted from 1 over the whole process, fails so or kills."""

    call: str
    number: int
    how: str

    @property
    def before(self) -> tuple[str, ...]:
        what = "signal=KILL" if self.how == "KILL" else f"error={self.how}"
        inject = f"inject={self.call}:{what}:when={self.number}"
        return ("strace", "-f", "-o", "/dev/null", "-e", f"trace={self.call}", "-e", inject)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small book with one sale."""
    at = open_counter(tmp_path_factory.mktemp("model"))
    at.done("sale", "cash", "--client", "C001", "--vouchers", "A0010400", "--amount", "100")
    return at.book


def calls(folder: Path, model: Path) -> dict[str, list[int]]:
    """The numbers of the sale's calls by name, from the first one that concerns the book on."""
    trace = folder / "trace"
    shop = Shop(copied(model, folder / "traced"))
    names = ",".join((*WRITING, *READING))
    assert shop(*SALE, before=("strace", "-f", "-o", str(trace), "-e", f"trace=?{names.replace(',', ',?')}")).code == 0
    found: dict[str, list[int]] = {}
    seen: dict[str, int] = {}
    ours = False
    for line in trace.read_text(errors="replace").splitlines():
        match = _TRACE.match(line)
        if match is None:
            continue
        name = match[1]
        seen[name] = seen.get(name, 0) + 1
        ours = ours or str(shop.book) in line
        if ours:
            found.setdefault(name, []).append(seen[name])
    return found


def faults(found: dict[str, list[int]]) -> Iterator[Fault]:
    """In stress every call that writes, with every error; of SQLite's many and of those that read a part."""
    for name, numbers in found.items():
        hows = ("ENOSPC", "EIO", "EROFS", "EDQUOT", "KILL") if name in WRITING else ("EIO", "KILL")
        most = 25 if STRESS else 2
        step = max(1, -(-len(numbers) // most))
        for at, number in enumerate(numbers[::step]):
            for how in hows if STRESS else (hows[at % len(hows)],):
                yield Fault(name, number, how)


def sales(book: Path) -> bytes:
    return (book / SALES).read_bytes()


def test_each_failing_call_is_refused_in_doubt_or_done(tmp_path: Path, model: Path) -> None:
    """Error or kill at a call, then what the journal holds, then the retry: one sale of A0010001, whatever happened."""
    before = sales(model)
    codes: dict[int, int] = {}
    for at, fault in enumerate(faults(calls(tmp_path, model))):
        shop = Shop(copied(model, tmp_path / str(at)))
        ran = shop(*SALE, before=fault.before)
        after = sales(shop.book)
        codes[ran.code] = codes.get(ran.code, 0) + 1
        assert after.startswith(before), (fault, ran)
        assert (ran.code != 0) or (after.count(b"\n") == 3 and ran.out), (fault, ran, "acknowledged and not there")
        assert ran.code != 5 or after == before, (fault, ran, "refused and yet something was written")
        assert "Traceback" not in ran.err, (fault, ran)
        again = shop.here(*SALE)
        assert again.code == 0, (fault, ran, again)
        sold = [entry.record.key for entry in shop.entries() if entry.kind == "sale"]
        assert sold.count("t1") == 1, (fault, ran)
        assert len(sold) == 2, (fault, ran)
        shutil.rmtree(shop.book)
    assert codes[0] > 0
    assert any(code < 0 or code == 137 for code in codes)
    assert codes.get(5, 0) > 0
