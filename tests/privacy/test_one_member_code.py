"""Two members of one code, given on two machines that had not met: each has a card, and each is erased for good by itself (NUM-01, C8)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.privacy.test_one_code import meet, opened, sharing
from tests.sync.machines import LANGS, Machine, Store

FIRST = {"name": "植入同甲", "phone": "13900000001"}
SECOND = {"name": "植入同乙", "phone": "13900000002"}


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    return Store(tmp_path, monkeypatch)


def merged(store: Store) -> tuple[Machine, Machine, str]:
    """K1 registers FIRST as M0500 and K2 SECOND as M0500; both have all keys and all records.  With the id of K2's."""
    one, two, share = sharing(store)
    line = "member register --identified --code M0500 --personal - --json"
    one.ok(line, stdin=json.dumps(FIRST))
    second = two.ok(line, stdin=json.dumps(SECOND)).json["id"]
    two.ok("member activate M0500 --card 8002")
    for machine in (one, two):
        machine.ok(f"keys sync {share}", by="li")
    meet(one, two)
    return one, two, second


def card(machine: Machine, code: str) -> dict[str, str]:
    """A member's personal items in the clear."""
    found: dict[str, str] = machine.ok(f"member show {code} --reveal --reason 核对 --json", by="li").json["personal"]
    return found


@LANGS
def test_the_later_one_gets_a_code_and_is_erased_for_good(store: Store, lang: str) -> None:
    """NUM-01 and the first one's card name the command; both values stand on two cards; erasing M0501 leaves M0500's, on both machines."""
    one, two, second = merged(store)
    (found,) = one("check NUM-01 --json", by="li").json["findings"]
    assert found["next"][0].startswith(f"gb member refile {second}")
    assert f"gb member refile {second}" in one.ok("member show M0500", lang=lang).out
    activated = second[:-1] + "2"
    refused = one(f"member refile {second}", lang=lang)
    assert (refused.code, "STA-01" in refused.err, f"gb reverse {activated} " in refused.err) == (3, True, True)
    one.ok(f"reverse {activated} --reason 改号前")
    done = one.ok(f"member refile {second}", lang=lang)
    assert "8002" in done.out
    one.ok("member activate M0501 --card 8002")
    assert (card(one, "M0500"), card(one, "M0501")) == (FIRST, SECOND)
    assert one.ok("member show M0501 --json").json["registered"] == "2026-10-08"
    (found,) = one("check NUM-01 --json", by="li").json["findings"]
    assert found["next"][0].startswith("gb member show M0501")
    assert one.ok("report members --month 2026-10 --json").json["recruited"] == 2
    one.ok("index verify")
    one.ok("member erase M0501 --reason 本人要求", by="li", lang=lang)
    one.ok("keys sync", by="li")
    one("sync")
    two("sync")
    two.ok("keys sync", by="li")
    for machine in (one, two):
        assert set(opened(machine)).isdisjoint(SECOND.values())
        assert card(machine, "M0500") == FIRST
        shown = machine(f"show {second} --reveal --reason x", by="li", lang=lang)
        assert shown.code == 3


@LANGS
def test_the_first_one_is_erased_when_the_other_is_safe(store: Store, lang: str) -> None:
    """Refused while K2's member has no code of its own, naming the way; afterwards that one's values stand."""
    one, _, second = merged(store)
    ran = one("member erase M0500 --reason 本人要求", by="li", lang=lang)
    assert (ran.code, f"gb member refile {second}" in ran.err) == (3, True)
    one.ok(f"reverse {second[:-1]}2 --reason 改号前")
    one.ok(f"member refile {second} --code M0900")
    one.ok("member erase M0500 --reason 本人要求", by="li", lang=lang)
    assert card(one, "M0900") == SECOND
    assert set(opened(one)).isdisjoint(FIRST.values())
    again = one(f"member refile {second}", lang=lang)
    assert (again.code, "REF-03" in again.err, "M0900" in again.err) == (3, True, True)


@LANGS
def test_both_machines_filed_it_anew(store: Store, lang: str) -> None:
    """Each follows the hint before they meet again: the second filing anew is found by itself, and what it names mends it."""
    one, two, second = merged(store)
    one.ok(f"reverse {second[:-1]}2 --reason 改号前")
    one("sync")
    two("sync")
    one.ok(f"member refile {second}")
    late = two.ok(f"member refile {second} --json").json["id"]
    meet(one, two)
    (found,) = (f for f in two("check NUM-01 --json", by="li", lang=lang).json["findings"] if f["subject"] == late)
    assert found["next"][0].startswith(f"gb reverse {late} ")
    assert second in found["message"]
    typed = found["next"][0].removeprefix("gb ").replace("…", "两边都改了号")
    two.ok(typed, by="li", lang=lang)
    assert late not in {one["subject"] for one in two("check --json", by="li").json["findings"]}
