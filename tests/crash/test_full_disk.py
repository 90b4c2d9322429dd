"""A disk that is really full, and one that is really read-only: the real command on a small tmpfs (D3).

Mounting needs root; without it the tests are skipped and say so.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.counter import open_counter
from tests.crash.command import Shop, copied

SIZE = 1 << 20
SALES = "journals/2026-10/sales.K1.csv"
READS = (
    "status",
    "check",
    "log",
    "client list",
    "voucher stock",
    "voucher trace A0010001",
    "verify",
    "reconcile",
    "doctor",
)


def mount(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["mount", *words], check=False, capture_output=True, text=True)


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A file system of one mebibyte."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = mount("-t", "tmpfs", "-o", f"size={SIZE}", "gb-test", str(place))
    if mounted.returncode:
        pytest.skip(f"no tmpfs can be mounted here: {mounted.stderr.strip()}")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


@pytest.fixture
def shop(small: Path, tmp_path: Path) -> Shop:
    """The small book on it, with one sale and its index."""
    at = open_counter(tmp_path)
    at.done("sale", "cash", "--client", "C001", "--vouchers", "A0010400", "--amount", "100")
    shop = Shop(copied(at.book, small / "book"))
    assert shop("status").code == 0
    return shop


def sale(number: int, *more: str) -> list[str]:
    """A sale of a sheet with 1,500 bytes of note, so that a disk fills up with few of them."""
    serial = f"A001{number:04d}"
    return ["sale", "cash", "--client", "C001", "--vouchers", serial, "--amount", "100", "--note", "备" * 500, *more]


def fill(small: Path, left: int) -> None:
    """Leave about so many bytes."""
    free = shutil.disk_usage(small).free
    with (small / "filler").open("wb") as file:
        file.write(b"x" * max(0, free - left))


@pytest.mark.parametrize("left", [0, 8192])
def test_a_full_disk_refuses_and_loses_nothing(left: int, shop: Shop, small: Path) -> None:
    """Sales until there is no room: each is there or was refused with exit 5; with room again the refused one is recorded once."""
    fill(small, left)
    done = 1
    for number in range(1, 60):
        before = (shop.book / SALES).read_bytes()
        ran = shop(*sale(number, "--once", f"t{number}"))
        if ran.code:
            break
        done += 1
    assert (ran.code, ran.error) == (5, "DSK-01"), ran
    assert "the disk is full" in ran.err
    assert (shop.book / SALES).read_bytes() == before
    for words in READS:
        assert shop.here(*words.split()).code in (0, 1), words
    (small / "filler").unlink()
    again = shop(*sale(number, "--once", f"t{number}"))
    assert again.code == 0, again
    assert len([entry for entry in shop.entries() if entry.kind == "sale"]) == done + 1
    assert shop.errors() == []


def test_a_read_only_book_is_read_and_not_written(shop: Shop, small: Path) -> None:
    """Mounted read-only: all that reads answers, with or without the index; a sale is exit 5 and leaves nothing."""
    for index_there in (True, False):
        if not index_there:
            shutil.rmtree(shop.book / ".gb")
        assert mount("-o", "remount,ro", str(small)).returncode == 0
        before = {path: path.read_bytes() for path in shop.book.rglob("*") if path.is_file()}
        for words in READS:
            ran = shop(*words.split())
            assert ran.code in (0, 1), (words, ran)
            assert ran.out or words == "check", words
            assert "Traceback" not in ran.err, ran
        refused = shop(*sale(1))
        assert (refused.code, refused.error) == (5, "DSK-01"), refused
        assert "read-only" in refused.err
        assert {path: path.read_bytes() for path in shop.book.rglob("*") if path.is_file()} == before
        assert mount("-o", "remount,rw", str(small)).returncode == 0
    assert shop(*sale(1)).code == 0
