"""Personal data of clients as typed: sealed in the text, masked, revealed on record, refused where they must be."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.counter import BOOK_ID, Counter, gb
from tests.privacy.shop import ENC, PERSON, UNIT, filled, journal, personal, rewrite, with_keys


@pytest.fixture
def at(tmp_path: Path) -> Counter:
    return filled(tmp_path)


def test_every_item_is_sealed_and_masked(at: Counter) -> None:
    """11 values in the text, none of them in the clear; the card shows that there is something."""
    assert len(ENC.findall(journal(at, "clients").read_bytes())) == len(UNIT) + len(PERSON)
    assert personal(at, "C002") == dict.fromkeys(PERSON, "***")
    shown = at.done("client", "show", "C002").out
    assert shown.count("***") == len(PERSON)
    assert at.done("client", "list").code == at.done("check").code == 0


@pytest.mark.parametrize("language", ["zh", "en"])
def test_revealed_to_who_may_and_on_record(at: Counter, language: str) -> None:
    at.language = language
    shown = at.done("client", "show", "C002", "--reveal", "--reason", "核对证件", by="li").out
    assert all(text in shown for text in PERSON.values())
    (line,) = journal(at, "access").read_text().splitlines()[1:]
    assert ",li,reveal,client/C002,name contact phone address id_number birthday email," in line
    assert "核对证件" in line
    assert "***" in at.done("client", "show", "C002", by="li").out  # once only


def test_the_auditor_may_reveal_the_clerk_may_not(at: Counter) -> None:
    """The refusal names who may; nothing is recorded."""
    refused = at("client", "show", "C002", "--reveal", "--reason", "curious", by="wang")
    assert (refused.code, refused.error) == (3, "ROL-01")
    assert "who may: li shen" in refused.err
    assert not list(at.book.glob("journals/*/access*"))
    assert personal(at, "C001", reveal=True) == UNIT
    assert at("client", "show", "C001", "--reveal", "--reason", "audit", by="shen").code == 0


def test_without_a_reason_nothing_is_revealed(at: Counter) -> None:
    assert at("client", "show", "C002", "--reveal", by="li").code == 2
    dry = at.done("client", "show", "C002", "--reveal", "--reason", "try", "--dry-run", by="li")
    assert "***" in dry.out
    assert not list(at.book.glob("journals/*/access*"))


def test_an_export_is_masked_unless_revealed_on_record(at: Counter) -> None:
    """Two persons; the clerk and the auditor may not; a dry run opens nothing; the formula in an address stays a text."""
    at.done("client", "change", "C001", "--personal", "-", stdin='{"address": "=1+1"}')
    masked = at.done("export", "csv", "clients").out
    assert (masked.count("***"), "ENC[" in masked) == (2 * len(UNIT) + len(PERSON), False)
    shared = ("export", "csv", "clients", "--reveal", "--reason", "mailing")
    for who in ("wang", "shen"):
        refused = at(*shared, by=who)
        assert (refused.error, "who may: li" in refused.err, refused.out) == ("ROL-01", True, "")
    assert at.done(*shared, "--dry-run", by="li").out == masked
    assert not list(at.book.glob("journals/*/access*"))
    clear = at.done(*shared, by="li").out
    assert all(text in clear for text in (*UNIT.values(), *PERSON.values()))
    assert "'=1+1" in clear
    (line,) = journal(at, "access").read_text().splitlines()[1:]
    assert ",li,export,,name contact phone address id_number birthday email,clients,2," in line


def test_lists_of_records_are_masked(at: Counter) -> None:
    """As JSON and as text: neither the values nor their ciphertext."""
    for argv in (("log", "--json"), ("log", "--kind", "clients"), ("show", "CL1008-2", "--json"), ("show", "CL1008-2")):
        said = at.done(*argv).out
        assert "ENC[" not in said
        assert not [text for text in (*UNIT.values(), *PERSON.values()) if text in said]


def test_a_look_cannot_be_undone(at: Counter) -> None:
    personal(at, "C002", reveal=True)
    assert at("undo", by="li").code == 3
    assert at("reverse", "AX-1", "--reason", "hide", by="li").error == "ORD-01"


def test_unchanged_values_keep_their_ciphertext(at: Counter) -> None:
    """Only the address changes; the phone, typed again in another way, is the same."""
    before = ENC.findall(journal(at, "clients").read_bytes())[: len(UNIT)]
    at.done("client", "change", "C001", "--personal", "-", stdin="address: 新路 9 号\nphone: '139 1111 0002'\n")
    after = ENC.findall(journal(at, "clients").read_bytes())[-len(UNIT) :]
    assert [one == two for one, two in zip(before, after, strict=True)] == [True, True, False, True]
    assert personal(at, "C001", reveal=True) == {**UNIT, "address": "新路 9 号"}


def test_a_retry_is_known_by_its_content(at: Counter) -> None:
    """The same token with the same phone number is recorded once; with another one it is refused."""
    typed = ("client", "add", "--unit", "西风厂", "--kind", "enterprise", "--once", "t1", "--personal", "-")
    at.done(*typed, stdin='{"phone": "13911110002"}')
    assert at.done(*typed, "--json", stdin='{"phone": "139 1111 0002"}').json["again"] is True
    refused = at(*typed, stdin='{"phone": "13911110003"}')
    assert (refused.error, "1391111" in refused.err) == ("KEY-01", False)


def test_a_mapping_is_refused_without_repeating_it(at: Counter) -> None:
    """A misspelt item, a bad number, a list, no mapping at all: exit 2, and no value on stderr."""
    for text in (
        "fone: 13911110099",
        "phone: 1391111009x",
        "phone: [13911110099]",
        "13911110099",
        "phone: {a: 13911110099}",
        "{",
    ):
        refused = at("client", "change", "C001", "--personal", "-", stdin=text)
        assert (refused.code, "1391111009" in refused.err + refused.out) == (2, False), (text, refused)


def test_without_the_keystore_every_command_works(at: Counter) -> None:
    """Cards show ***, revealing is refused and not recorded, the book checks, a client is filed, and values are sealed anew."""
    shutil.rmtree(at.book / "keystore")
    assert personal(at, "C002") == dict.fromkeys(PERSON, "***")
    refused = at("client", "show", "C002", "--reveal", "--reason", "look", by="li")
    assert (refused.code, refused.error) == (3, "PRV-01")
    assert not list(at.book.glob("journals/*/access*"))
    for command in (
        ("check",),
        ("client", "list"),
        ("status",),
        ("log",),
        ("show", "CL-2"),
        ("reconcile", "--month", "2026-10"),
    ):
        assert at(*command).code in (0, 1), command
        assert "error" not in at(*command).err
    at.done("client", "add", "--unit", "无名厂", "--kind", "enterprise")
    at.done("client", "change", "C001", "--personal", "-", stdin="phone: 13911110055")
    assert personal(at, "C001", reveal=True) == {**dict.fromkeys(UNIT, "***"), "phone": "13911110055"}
    assert (
        ",reveal,client/C001,phone," in journal(at, "access").read_text().splitlines()[-1]
    )  # what was not shown is not listed


def test_a_book_without_keys_takes_no_personal_data(tmp_path: Path) -> None:
    """Said with the command that makes some, which works."""
    at = with_keys(tmp_path)
    (at.book / "gb.yaml").write_text((at.book / "gb.yaml").read_text().partition("recipients:")[0])
    typed = ("client", "add", "--unit", "东风厂", "--kind", "enterprise", "--personal", "-")
    refused = at(*typed, stdin="phone: 13911110002")
    assert (refused.code, refused.error) == (3, "PRV-01")
    assert refused.next[0].startswith("gb keys init")
    assert not (at.book / "keystore").exists()
    at.done("keys", "init", by="li")
    at.done(*typed, stdin="phone: 13911110002")


@pytest.mark.parametrize("field", ["contact", "address"])
def test_a_value_moved_to_another_field_is_refused(at: Counter, field: str) -> None:
    """In the text, by hand: C001's phone in another field.  The chain tells too; the key does not open it."""
    sealed = ENC.findall(journal(at, "clients").read_bytes())[: len(UNIT)]
    values = dict(zip(UNIT, sealed, strict=True))
    rewrite(at, "clients", values[field], values["phone"])
    refused = at("client", "show", "C001", "--reveal", "--reason", "look", by="li")
    assert refused.error == "PRV-02"
    doctor = at("keys", "doctor")
    assert (doctor.code, f"{field} of C001" in doctor.out) == (1, True)
    entered = at("client", "change", "C001", "--personal", "-", stdin=json.dumps({field: UNIT[field]}))
    assert entered.code == 0, entered
    assert personal(at, "C001", reveal=True) == UNIT


def test_a_value_of_another_client_is_refused(at: Counter) -> None:
    """C002's phone moved to C001, even with a copy of its key file: it is told, and not shown."""
    data = journal(at, "clients").read_bytes()
    values = ENC.findall(data)
    rewrite(at, "clients", values[1], values[len(UNIT) + 2])
    for _ in range(2):
        refused = at("client", "show", "C001", "--reveal", "--reason", "look", by="li")
        assert (refused.error, PERSON["phone"] in refused.err + refused.out) == ("PRV-02", False)
        assert "phone of C001" in at("keys", "doctor").out
        (key,) = (at.book / "keystore/client/C002").iterdir()
        shutil.copy(key, at.book / "keystore/client/C001" / key.name)


def test_a_value_of_another_store_is_refused(at: Counter, tmp_path: Path) -> None:
    """Both books' clients are C001, and the other's whole keystore is taken along: its keys are none of this book's."""
    other = tmp_path / "other"
    made = gb("init", str(other), "--store", "分店", "--terminal", "K1", "--no-git", "--lang", "en")
    there = Counter(other)
    assert made.code == 0
    here = ("--book", str(other), "--lang", "en")
    gb("operator", "add", "li", "--name", "李", "--role", "manager", *here)
    there.done("keys", "init", by="li")
    there.done(
        "client",
        "add",
        "--unit",
        "分店客户",
        "--kind",
        "enterprise",
        "--personal",
        "-",
        stdin="phone: 13922220002",
        by="li",
    )
    (moved,) = ENC.findall(journal(there, "clients").read_bytes())
    rewrite(at, "clients", ENC.findall(journal(at, "clients").read_bytes())[1], moved)
    shutil.copytree(other / "keystore", at.book / "keystore", dirs_exist_ok=True)
    known = (Path(os.environ["XDG_STATE_HOME"]) / "gb").glob("*.identity")
    (identity,) = (path for path in known if path.stem != BOOK_ID)
    at.done("keys", "init", "--identity", str(identity), by="li")
    refused = at("client", "show", "C001", "--reveal", "--reason", "look", by="li")
    assert (refused.error, "13922220002" in refused.out + refused.err) == ("PRV-02", False)


def test_a_dry_run_leaves_no_key(tmp_path: Path) -> None:
    at = with_keys(tmp_path)
    at.done(
        "client",
        "add",
        "--unit",
        "东风厂",
        "--kind",
        "enterprise",
        "--dry-run",
        "--personal",
        "-",
        stdin="phone: 13911110002",
    )
    assert not (at.book / "keystore").exists()


SALE = """
import sys
from cli.main import main
code = main(sys.argv[1:])
heavy = {"cryptography", "pyrage", "ledger.privacy", "ledger.book.personal"}
print(code, *sorted(heavy & set(sys.modules)))
"""


@pytest.mark.parametrize("command", [("client", "show", "C001"), ("client", "list"), ("log",), ("show", "CL1008-1")])
def test_what_shows_nothing_in_the_clear_loads_no_cryptography(at: Counter, command: tuple[str, ...]) -> None:
    argv = [sys.executable, "-c", SALE, *command, "--book", str(at.book), "--by", "li", "--terminal", "K1"]
    done = subprocess.run(argv, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    assert done.stdout.splitlines()[-1] == "0"


def test_a_client_filed_by_mistake_is_undone_while_nobody_names_it(at: Counter) -> None:
    """C003 is undone at once and its code is free; filed again and given an alias it stays; yesterday's C001 stays."""
    filed = ("client", "add", "--unit", "误记厂", "--kind", "enterprise")
    at.done(*filed)
    at.done("undo")
    assert at("client", "show", "C003").error == "REF-01"
    made = at.done(*filed, "--json").json
    assert made["code"] == "C003"
    at.done("client", "alias", "C003", "误记")
    refused = at("reverse", made["id"], "--reason", "误记")
    assert (refused.code, refused.error) == (3, "ORD-01")
    assert at.done("check").code == 0
    at.day = "2026-10-09"
    assert at("reverse", "CL20261008-K1-0001", "--reason", "误记", by="li").error == "ORD-01"
