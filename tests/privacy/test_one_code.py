"""Two clients of one code, given on two machines that had not met: nothing personal of either is lost, and each is erased for good."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from ledger.book.open import Book
from ledger.core.errors import Refused
from tests.privacy.shop import ENC, UNIT
from tests.sync.clones import git
from tests.sync.machines import LANGS, Machine, Store

SECOND = {"contact": "司马雀21", "phone": "13911110022"}
"""What K2 files under C011, of which K1 has UNIT."""


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    return Store(tmp_path, monkeypatch)


def sharing(store: Store) -> tuple[Machine, Machine, Path]:
    """Two machines that let each other in, and the folder by which their keys meet."""
    one, two = store.pair()
    share = store.root / "share"
    share.mkdir()
    one.ok("keys init", by="li")
    one.ok("sync")
    two.ok("sync")
    public = two.ok("keys init K2 --json", by="li").json["recipient"]
    one.ok(f"keys add-recipient K2 {public}", by="li")
    one.ok("sync")
    two.ok("sync")
    return one, two, share


def meet(one: Machine, two: Machine) -> None:
    """Both have all records, and the keys of all."""
    for machine in (one, two, one):
        machine("sync")
        machine.ok("keys sync", by="li")


def merged(store: Store) -> tuple[Machine, Machine, str]:
    """K1 files 丙三厂 as C011 and K2 丁四院 as C011; both have all keys and all records.  With the id of K2's."""
    one, two, share = sharing(store)
    line = "client add --unit {} --kind enterprise --code C011 --personal - --json"
    one.ok(line.format("丙三厂"), stdin=json.dumps(UNIT))
    one.ok(f"keys sync {share}", by="li")
    two.ok(f"keys sync {share}", by="li")  # K2 has the key of K1's client before it has the client
    second = two.ok(line.format("丁四院"), stdin=json.dumps(SECOND)).json["id"]
    two.ok("keys sync", by="li")
    meet(one, two)
    return one, two, second


def card(machine: Machine, code: str) -> dict[str, str]:
    """A client's personal items in the clear."""
    found: dict[str, str] = machine.ok(f"client show {code} --reveal --reason 核对 --json", by="li").json["personal"]
    return found


def opened(machine: Machine) -> Iterator[str]:
    """Whatever the machine's keys open among all sealed values of all commits."""
    ring = Book(machine.book).keyring
    git(machine.book, "gc", "--quiet")
    held = git(machine.book, "log", "-p", "--all", "--no-ext-diff").encode()
    for sealed, file, field in product({one.decode() for one in ENC.findall(held)}, ring.store.all(), UNIT):
        if file.id == sealed[7:23]:
            try:
                yield str(ring.open(file.subject, field, sealed))
            except Refused:  # another field's
                continue


@LANGS
def test_each_has_a_card_and_nothing_is_lost(store: Store, lang: str) -> None:
    """C011's card shows K1's values, the record of K2 shows K2's, on record; filed anew as C012 they stand on a card of their own."""
    one, two, second = merged(store)
    assert card(one, "C011") == UNIT
    masked = one.ok(f"show {second}", by="li", lang=lang).out
    assert "***" in masked
    refused = one(f"show {second} --reveal --reason x", by="wang", lang=lang)
    assert (refused.code, "ROL-01" in refused.err, "司马" in refused.out + refused.err) == (3, True, False)
    shown = one.ok(f"show {second} --reveal --reason 分开两家", by="li", lang=lang).out
    assert SECOND["contact"] in shown
    looked = json.loads(one.ok("log --kind reveal --json", by="li").out.splitlines()[-1])
    assert (looked["ref"], looked["subject"], looked["items"]) == (second, "client/C011", "contact phone")
    one.ok(f"client refile {second}", lang=lang)
    assert (card(one, "C011"), card(one, "C012")) == (UNIT, SECOND)
    texts = [text.encode() for text in (*UNIT.values(), *SECOND.values())]
    assert [name for name, data in one.files().items() if any(text in data for text in texts)] == []
    one.ok("keys sync", by="li")
    one("sync")
    two("sync")
    two.ok("keys sync", by="li")
    assert (card(two, "C011"), card(two, "C012")) == (UNIT, SECOND)


def test_the_later_one_is_erased_for_good(store: Store) -> None:
    """Erasing C012 destroys the key of its values under C011 too, on both machines; C011's values stand, those since changed too."""
    one, two, second = merged(store)
    one.ok("client change C011 --personal -", stdin="phone: 13911110033")
    one.ok(f"client refile {second}")
    now = {**UNIT, "phone": "13911110033"}
    one("sync")
    assert {*now.values(), *SECOND.values()} <= set(opened(one))
    one.ok("client erase C012 --reason 本人要求", by="li")
    assert card(one, "C011") == now
    one("sync")
    two("sync")
    two.ok("keys sync", by="li")
    one.ok("keys sync", by="li")
    assert card(two, "C011") == now
    for machine in (one, two):
        assert set(opened(machine)).isdisjoint(SECOND.values())
        assert set(now.values()) <= set(opened(machine))


@LANGS
def test_the_first_one_is_erased_when_the_other_is_safe(store: Store, lang: str) -> None:
    """Refused while K2's client has no code of its own, naming the way; afterwards C012's values stand."""
    one, _, second = merged(store)
    ran = one("client erase C011 --reason 本人要求", by="li", lang=lang)
    assert (ran.code, f"gb client refile {second}" in ran.err) == (3, True)
    one.ok(f"client refile {second} --code C300")
    one.ok("client erase C011 --reason 本人要求", by="li", lang=lang)
    assert card(one, "C300") == SECOND
    assert set(opened(one)).isdisjoint(UNIT.values())


def test_filed_anew_by_mistake(store: Store) -> None:
    """Undone at once, both are as before: C011 has the twin's name again, and it can be filed anew under another code."""
    one, _, second = merged(store)
    one.ok(f"client refile {second}")
    one.ok("undo")
    assert one.ok("client show 丁四院 --json").json["code"] == "C011"
    one.ok(f"client refile {second} --code C300")
    assert one.ok("client show 丁四院 --json").json["code"] == "C300"
    assert (card(one, "C011"), card(one, "C300")) == (UNIT, SECOND)
    one.ok("index verify")
    found = one("check NUM-01 --json", by="li").json["findings"]
    assert ["C300" in item["message"] for item in found] == [True]


def test_without_its_key_a_client_is_not_filed_anew(store: Store) -> None:
    """Nothing is lost in silence: PRV-01, and nothing is written."""
    one, _, second = merged(store)
    for file in (one.book / "keystore/client/C011").iterdir():
        file.unlink()
    before = one.files()
    ran = one(f"client refile {second}", lang="en")
    assert (ran.code, "PRV-01" in ran.err) == (3, True)
    assert one.files() == before


@LANGS
@pytest.mark.parametrize("typed", ["CL20261008-K1-0001", "SA-1"])
def test_only_a_second_filing_is_filed_anew(store: Store, typed: str, lang: str) -> None:
    """The first client's own record, and a sale."""
    one = store.first()
    one.ok("sell C001 100 A0010001")
    ran = one(f"client refile {typed}", lang=lang)
    assert ran.code == 3
    assert "REF-03" in ran.err


@LANGS
def test_a_sheet_has_nothing_personal(store: Store, lang: str) -> None:
    one = store.first()
    ran = one("show A0010001 --reveal --reason x", by="li", lang=lang)
    assert (ran.code, "--reveal" in ran.err) == (2, True)
