"""The real close, sign and sync, killed: the month is closed or open, the signature there or not, never half (D4, R9)."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from random import Random
from tempfile import mkdtemp
from typing import Any

import pytest

from tests.crash.command import Shop, copied
from tests.crash.month import AFTER, DAY, MONTH, SEAL, ready

STRESS = bool(os.environ.get("GB_STRESS"))
KILLS = 100 if STRESS else 6
SALES = 300 if STRESS else 12
CLOSE, SIGN = ("close", "--month", MONTH), ("sign", "--month", MONTH, "--as", "department")


def sound(shop: Shop) -> dict[str, Any]:
    """The month's verdict, when the whole book verifies."""
    verified = shop.here("verify", "--json")
    assert verified.code == 0, verified.out
    (month,) = [one for one in verified.json["months"] if one["month"] == MONTH]
    assert isinstance(month, dict)
    return month


def closed_or_open(shop: Shop) -> bool:
    """Whether a killed close had closed the month; where it had not, it is closed now."""
    there = (shop.book / SEAL).exists()
    assert sound(shop)["state"] == ("sealed" if there else "open")
    assert shop.errors() == []
    again = shop.here(*CLOSE, by="li")
    assert (again.code, again.error) == ((3, "CLS-04") if there else (0, "")), again
    assert sound(shop)["state"] == "sealed"
    assert shop.errors() == []
    return there


def test_a_close_killed_at_random_points(tmp_path: Path) -> None:
    """kill -9 of the close and its children at any moment: what it acknowledged is there, the rest is done by closing again."""
    random, found = Random(20261002), {True: 0, False: 0}
    for number in range(KILLS):
        shop = ready(tmp_path / str(number))
        ran = shop.killed(random.uniform(0.1, 0.6), *CLOSE, by="li")
        assert ran.killed or ran.code == 0
        there = closed_or_open(shop)
        assert there or ran.out == "", "an acknowledged close is gone"
        found[there] += 1
        shutil.rmtree(shop.book)
    assert min(found.values()) > 0 or not STRESS


def test_a_sale_killed_at_random_points(tmp_path: Path) -> None:
    """kill -9 of the counter's command at any moment: what it acknowledged is there; the same ``--once`` sells each sheet once."""
    random, shop = Random(20261122), ready(tmp_path / "book")
    shop.at = f"{DAY} 16:00"
    cut = 0
    for number in range(SALES):
        sale = ("sale", "cash", "--client", "C001", "--vouchers", f"A0010{11 + number % 80:03}", "--amount", "100")
        if number and number % 80 == 0:
            shutil.rmtree(shop.book)
            shop = ready(shop.book)
            shop.at = f"{DAY} 16:00"
        ran = shop.killed(random.uniform(0.02, 0.2), *sale, "--once", f"sale-{number}")
        cut += ran.killed
        before = sum(entry.record.key == f"sale-{number}" for entry in shop.entries())
        assert before == 1 or (before == 0 and not ran.out), ran
        again = shop.here(*sale, "--once", f"sale-{number}")
        assert again.code == 0, again
        assert [entry.record.key for entry in shop.entries()].count(f"sale-{number}") == 1
    assert cut
    assert shop.errors() == []


def at_each_call(folder: Path, prepare: Callable[[Path], Shop], words: Sequence[str], step: int) -> Iterator[Shop]:
    """A killed shop for every ``step``-th call of the disk module that changes something."""
    for call in ("write", "fsync", "rename", "mkdir", "truncate", "pwrite"):
        number = 1
        while True:
            shop = prepare(folder / f"{call}{number}")
            if not shop.dies(f"{call} ", number, *words, by="li").killed:
                break
            yield shop
            shutil.rmtree(shop.book)
            number += step


def test_a_close_killed_before_each_of_its_writes(tmp_path: Path) -> None:
    """kill -9 before a call that changes something: never half, and closing again works.  A close makes 48 of them."""
    found = [closed_or_open(shop) for shop in at_each_call(tmp_path, ready, CLOSE, 1 if STRESS else 4)]
    assert len(found) >= (48 if STRESS else 12)
    assert {True, False} == set(found)


def sealed(folder: Path) -> Shop:
    """A copy of the book with September closed, a manager's key registered where there is OpenSSH."""
    shop = Shop(copied(_sealed(), folder), at=AFTER)
    shutil.copy(_sealed().parent / "key", folder.parent / "key")
    return shop


@cache
def _sealed() -> Path:
    shop = ready(Path(mkdtemp(prefix="gb-sealed-")) / "book")
    key = shop.book.parent / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    before = Shop(shop.book, at="2026-10-02 09:00")
    assert before.here("keys", "sign-setup", "--key", str(key), by="li").code == 0
    assert shop.here(*CLOSE, by="li").code == 0
    return shop.book


def signed_or_not(shop: Shop, words: Sequence[str]) -> str:
    """What a killed command left: ``signed``, ``open``, or ``begun``; where it is not signed, it is signed now."""
    verified = shop.here("verify", "--json").json
    begun = [one for one in verified["integrity"]["findings"] if one["code"] == "CLS-05"]
    assert verified["sound"] or begun, verified
    assert all(one["next"][0] == "gb sign --month 2026-09 --as department --key FILE" for one in begun)
    there = "begun" if begun else "signed" if grade(verified) else "open"
    again = shop.here(*words, by="li")
    assert (again.code, again.error) == ((3, "SIG-01") if there == "signed" else (0, "")), again
    after = shop.here("verify", "--json").json
    assert (after["sound"], grade(after)) == (True, "ssh" if "--key" in words else "paper")
    return there


def grade(verified: dict[str, Any]) -> str:
    """The grade of the department's signature; empty where there is none that stands."""
    (month,) = [one for one in verified["months"] if one["month"] == MONTH]
    (side,) = [one for one in month["signatures"] if one["as"] == "department"]
    assert side["valid"] == bool(side["grade"])
    return side["grade"] or ""


@pytest.mark.parametrize("how", ["key", "paper"])
def test_a_signature_killed_before_each_of_its_writes(how: str, tmp_path: Path) -> None:
    """kill -9 before a call that changes something: the signature stands, or the side signs again; a half one never stands.

    Between its two files a signature by key is begun: verification says so, and names the command that finishes it.
    """
    words = (*SIGN, "--paper", "李梅") if how == "paper" else (*SIGN, "--key", str(tmp_path / "key"))
    found = [signed_or_not(shop, words) for shop in at_each_call(tmp_path, sealed, words, 1 if STRESS else 3)]
    assert len(found) >= (9 if STRESS else 3)
    assert {"open"} < set(found) <= {"open", "begun", "signed"}
