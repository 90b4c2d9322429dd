"""The same commands give the same bytes and the same answers, whatever the locale, the zone and the seed of hashes (D12)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.cli.start import ROOT, environment
from tests.crash.command import PROGRAM, Shop
from tests.crash.month import AFTER, DAY, MONTH, ready

STRESS = bool(os.environ.get("GB_STRESS"))
LOCALES, ZONES, SEEDS = ("C", "C.UTF-8", "POSIX"), ("UTC", "Asia/Shanghai", "America/New_York"), ("0", "1", "random")
FEW = [("POSIX", "America/New_York", "random")]
MATRIX = [(one, zone, seed) for one in LOCALES for zone in ZONES for seed in SEEDS] if STRESS else FEW

SALE = ("sale", "cash", "--client", "C001", "--vouchers", "A0010011+5", "--amount", "500", "--by", "wang")
WORK: tuple[tuple[str, tuple[str, ...]], ...] = (
    (f"{DAY} 16:00", SALE),
    (f"{DAY} 16:05", ("voucher", "count", "A0010016-A0010100", "--second", "李梅", "--by", "wang")),
    (f"{DAY} 17:00", ("notice", "--date", DAY, "--by", "wang")),
    (f"{DAY} 18:00", ("day", "--mark", "--by", "li")),
    (AFTER, ("close", "--month", MONTH, "--by", "li")),
    *((AFTER, (*asked, "--lang", lang))
      for lang in ("zh", "en")
      for asked in (("reconcile", "--month", MONTH), ("report", "audit-sheet", "--month", MONTH), ("voucher", "stock"),
                    ("check",), ("verify", "--json"), ("reconcile", "--month", MONTH, "--json"))),
)  # fmt: skip


class Made(NamedTuple):
    """All that the work printed, and every file of the book but what is derived."""

    told: str
    files: dict[str, bytes]


def work(folder: Path, locale: str, zone: str, seed: str) -> Made:
    """The evening and the close of one small month, each command a process of its own."""
    shop, told = ready(folder / "book"), []
    for at, words in WORK:
        shop.at = at
        shared = ("--book", str(shop.book), "--terminal", "K1", "--at", at)
        surroundings = environment(LC_ALL=locale, TZ=zone, PYTHONHASHSEED=seed)
        ran = subprocess.run(
            [*PROGRAM, *words, *shared], cwd=ROOT, env=surroundings, capture_output=True, text=True, encoding="utf-8",
            check=False,
        )  # fmt: skip
        assert ran.returncode in (0, 1), ran.stderr
        told.append(ran.stdout.replace(str(folder), "") + ran.stderr.replace(str(folder), ""))
    return Made("\n".join(told), files(shop))


def files(shop: Shop) -> dict[str, bytes]:
    found = (path for path in shop.book.rglob("*") if path.is_file() and ".gb" not in path.parts)
    return {path.relative_to(shop.book).as_posix(): path.read_bytes() for path in found}


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The work in China, with the seed that nobody sets."""
    made = work(tmp_path_factory.mktemp("usual"), "C.UTF-8", "Asia/Shanghai", "0")
    assert "closings/2026-09/closing.yaml" in made.files
    return made


@pytest.mark.parametrize(("locale", "zone", "seed"), MATRIX)
def test_the_same_work_is_the_same_everywhere(locale: str, zone: str, seed: str, usual: Made, tmp_path: Path) -> None:
    """The journals, the notice, the closing with its seal, and every report in both languages."""
    made = work(tmp_path, locale, zone, seed)
    assert sorted(made.files) == sorted(usual.files)
    assert {name for name in usual.files if made.files[name] != usual.files[name]} == set()
    assert made.told == usual.told


def test_a_program_that_leaks_its_surroundings_is_caught() -> None:
    """What the comparison looks for is there to be seen: the order of a set, the zone, the encoding of a stream."""
    leaks = "import sys, time; print(list({'券', '客户', 'a', 'b', 'c'}), time.tzname, sys.stdout.errors)"

    def told(locale: str, zone: str, seed: str) -> bytes:
        surroundings = environment(LC_ALL=locale, TZ=zone, PYTHONHASHSEED=seed, PYTHONIOENCODING="utf-8:replace")
        return subprocess.run([sys.executable, "-c", leaks], env=surroundings, capture_output=True, check=True).stdout

    assert told("C", "UTC", "0") != told("C", "UTC", "1")
    assert told("C", "UTC", "0") != told("C", "Asia/Shanghai", "0")
