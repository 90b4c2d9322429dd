"""D8: every byte of the small sealed and signed book, flipped, removed, and one inserted before it, is reported.

``make test`` takes a twelfth of the positions; ``GB_STRESS=1`` takes all of them, which is some minutes.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from functools import lru_cache

import pytest

from ledger.audit import openssh, signature
from ledger.core.findings import Finding
from ledger.disk import Disk
from tests.audit.small import OCTOBER, Small

SHARE = 1 if os.environ.get("GB_STRESS") else 12
"""One in so many positions is tried."""


@pytest.fixture(autouse=True)
def _asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """``ssh-keygen`` is a process each time: ask it once for the same question."""
    monkeypatch.setattr(signature, "verify", lru_cache(maxsize=None)(openssh.verify))


def positions(path: str, size: int) -> Iterator[int]:
    """The first and last bytes always, of the others a part."""
    chance = random.Random(path)
    for at in range(size):
        if SHARE == 1 or at < 8 or at >= size - 24 or chance.randrange(SHARE) == 0:
            yield at


def variants(data: bytes, at: int) -> Iterator[tuple[str, bytes]]:
    bit = 1 << at % 8
    yield "flip", data[:at] + bytes([data[at] ^ bit]) + data[at + 1 :]
    yield "delete", data[:at] + data[at + 1 :]
    yield "insert", data[:at] + bytes([data[at]]) + data[at:]
    yield "insert LF", data[:at] + b"\n" + data[at:]


def changes(small: Small, paths: list[str]) -> int:
    """Try every change of the files and have each reported with the file's name; how many were tried."""
    assert small.found() == []
    tried, silent, unnamed = 0, [], []
    for path in paths:
        data = small.read(path)
        for at in positions(path, len(data)):
            for what, changed in variants(data, at):
                if changed == data:
                    continue
                small.write(path, changed)
                found = small.found()
                tried += 1
                if not found:
                    silent.append((path, at, what))
                elif not any(where.file == path for one in found for where in one.where):
                    unnamed.append((path, at, what, found[0].words.en))
        small.write(path, data)
    assert silent == []
    assert unnamed == []
    return tried


def test_every_byte_counts(small: Small) -> None:
    tried = changes(small, small.covered())
    print(f"\n{tried} changes of {len(small.covered())} files")  # noqa: T201 - the figure for docs/security.md
    assert tried > 3000


@pytest.mark.debian
def test_every_byte_of_a_closing_signed_with_keys_counts(signed: Small) -> None:
    """Needs ``ssh-keygen``, as the other tests of signatures."""
    files = [path for path in signed.disk.walk(f"closings/{OCTOBER}") if "sig" in path or path.endswith("closing.yaml")]
    assert len(files) == 5
    tried = changes(signed, files)
    print(f"\n{tried} changes of {len(files)} files")  # noqa: T201 - the same
    assert tried > 500


def test_a_byte_put_at_the_end_counts(small: Small) -> None:
    for path in small.covered():
        data = small.read(path)
        for more in (b"\0", b" ", b"\n", b"x", b"\r\n"):
            small.write(path, data + more)
            assert small.found(), (path, more)
        small.write(path, data)


def test_a_sealed_month_gives_cls_alone(small: Small) -> None:
    """JRN codes are for open months; a sealed one answers with CLS, naming the line."""
    codes: set[str] = set()
    for path in Disk(small.root).walk(f"journals/{OCTOBER}"):
        data = small.read(path)
        for at in range(0, len(data), 97):
            for _, changed in variants(data, at):
                small.write(path, changed)
                found: list[Finding] = small.found() if changed != data else []
                codes |= {one.code for one in found}
                assert all(one.where[0].line for one in found), (path, at)
        small.write(path, data)
    assert codes <= {"CLS-01", "CLS-03"}
