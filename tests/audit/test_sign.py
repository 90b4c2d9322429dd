"""Signing and forging: what a signature needs, and what real ``ssh-keygen`` and our own rules refuse.

OpenSSH is no part of a bare machine: these tests are of ``make test-all`` (marker ``debian``), where they fail without it.
"""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
from collections.abc import Callable

import msgspec
import pytest

from ledger.audit import openssh
from ledger.audit.people import Tenure, at_moment, read_people
from ledger.audit.seal import seal_digest, seal_path
from ledger.audit.signature import Signature, namespace, parse_signature, show_signature, sig_path, yaml_path
from tests.audit.small import BOOK_ID, CLOSED, OCTOBER, SEPTEMBER, Small

pytestmark = pytest.mark.debian

FINANCE, DEPARTMENT = "finance", "department"


def raw_sign(small: Small, who: str, data: bytes, space: str) -> bytes:
    """``ssh-keygen`` itself, without our refusals."""
    done = subprocess.run(
        ["ssh-keygen", "-Y", "sign", "-f", str(small.keys / who), "-n", space],
        input=data,
        capture_output=True,
        check=True,
    )
    return done.stdout


def says(small: Small, side: str = FINANCE, month: str = OCTOBER) -> Signature:
    return parse_signature(small.read(yaml_path(month, side)))


def put(small: Small, raw: bytes | None = None, side: str = FINANCE, month: str = OCTOBER, **changed: str) -> None:
    """A forged signature whose two files fit each other."""
    if raw is not None:
        small.write(sig_path(month, side), raw)
        changed = {"signature": seal_digest(raw), **changed}
    small.write(yaml_path(month, side), show_signature(msgspec.structs.replace(says(small, side, month), **changed)))


def fingerprint(small: Small, who: str) -> str:
    return openssh.fingerprint(openssh.public_half(small.keys / who))


def sealed(small: Small, month: str = OCTOBER) -> bytes:
    return small.read(seal_path(month))


@pytest.fixture
def small(signed: Small) -> Small:
    """Here the book is the one signed with keys."""
    return signed


# -- forgeries -------------------------------------------------------------------------------------------------------------


def wrong_namespace(small: Small) -> None:
    put(small, raw_sign(small, "chen", sealed(small), "file"))


def namespace_of_another_store(small: Small) -> None:
    put(small, raw_sign(small, "chen", sealed(small), namespace("f" * 32)))


def namespace_of_another_version(small: Small) -> None:
    put(small, raw_sign(small, "chen", sealed(small), f"gb-seal-2@{BOOK_ID}"))


def of_another_month(small: Small) -> None:
    put(small, small.read(sig_path(SEPTEMBER, FINANCE)))


def both_files_of_another_month(small: Small) -> None:
    for path in (sig_path, yaml_path):
        small.write(path(OCTOBER, FINANCE), small.read(path(SEPTEMBER, FINANCE)))


def over_another_seal(small: Small) -> None:
    put(small, raw_sign(small, "chen", sealed(small).replace(b'by: "li"', b'by: "bo"'), namespace(BOOK_ID)))


def over_an_empty_seal(small: Small) -> None:
    put(small, raw_sign(small, "chen", b"", namespace(BOOK_ID)))


def replayed_after_a_new_seal(small: Small) -> None:
    small.reseal(OCTOBER, by="bo")
    put(small, seal=seal_digest(sealed(small)))
    small.write(
        yaml_path(OCTOBER, DEPARTMENT),
        show_signature(msgspec.structs.replace(says(small, DEPARTMENT), seal=seal_digest(sealed(small)))),
    )


def by_another_person(small: Small) -> None:
    put(small, raw_sign(small, "zhao", sealed(small), namespace(BOOK_ID)), key=fingerprint(small, "zhao"))


def by_another_person_who_says_so(small: Small) -> None:
    """Zhao may sign for finance; but the name beside it stays Chen's."""
    put(small, raw_sign(small, "zhao", sealed(small), namespace(BOOK_ID)), by="zhao", key=fingerprint(small, "zhao"))


def by_a_stranger(small: Small) -> None:
    put(small, raw_sign(small, "stranger", sealed(small), namespace(BOOK_ID)), key=fingerprint(small, "stranger"))


def by_somebody_unregistered(small: Small) -> None:
    put(
        small,
        raw_sign(small, "stranger", sealed(small), namespace(BOOK_ID)),
        by="ghost",
        key=fingerprint(small, "stranger"),
    )


def by_the_wrong_role(small: Small) -> None:
    put(
        small,
        raw_sign(small, "bo", sealed(small), namespace(BOOK_ID)),
        by="bo",
        name="薄",
        key=fingerprint(small, "bo"),
    )


def by_a_clerk_without_a_key(small: Small) -> None:
    put(small, by="wang", name="王")


def by_a_pattern(small: Small) -> None:
    put(small, by="*")


def the_same_person_twice(small: Small) -> None:
    raw = raw_sign(small, "both", sealed(small), namespace(BOOK_ID))
    for side in (DEPARTMENT, FINANCE):
        put(small, raw, side=side, by="both", name="贝", key=fingerprint(small, "both"))


def the_same_key_for_two_people(small: Small) -> None:
    """Li's key registered for Chen as well, before the closing."""
    people_before(small, "chen", (small.keys / "li.pub").read_text())
    put(small, small.read(sig_path(OCTOBER, DEPARTMENT)), key=fingerprint(small, "li"))


def swapped_files(small: Small) -> None:
    for path in (sig_path, yaml_path):
        ours, theirs = small.read(path(OCTOBER, DEPARTMENT)), small.read(path(OCTOBER, FINANCE))
        small.write(path(OCTOBER, DEPARTMENT), theirs)
        small.write(path(OCTOBER, FINANCE), ours)


def swapped_sigs_only(small: Small) -> None:
    ours, theirs = small.read(sig_path(OCTOBER, DEPARTMENT)), small.read(sig_path(OCTOBER, FINANCE))
    small.write(sig_path(OCTOBER, DEPARTMENT), theirs)
    small.write(sig_path(OCTOBER, FINANCE), ours)


def swapped_and_renamed(small: Small) -> None:
    """Each file under the other side, saying that side."""
    raws = {side: small.read(sig_path(OCTOBER, side)) for side in (DEPARTMENT, FINANCE)}
    texts = {side: says(small, side) for side in (DEPARTMENT, FINANCE)}
    for side, other in ((DEPARTMENT, FINANCE), (FINANCE, DEPARTMENT)):
        small.write(sig_path(OCTOBER, side), raws[other])
        small.write(yaml_path(OCTOBER, side), show_signature(msgspec.structs.replace(texts[other], side=side)))


def truncated(small: Small) -> None:
    put(small, small.read(sig_path(OCTOBER, FINANCE))[:-40])


def emptied(small: Small) -> None:
    put(small, b"\n")


def without_its_sig(small: Small) -> None:
    (small.root / sig_path(OCTOBER, FINANCE)).unlink()


def without_its_yaml(small: Small) -> None:
    (small.root / yaml_path(OCTOBER, FINANCE)).unlink()


def paper_beside_a_sig(small: Small) -> None:
    put(small, grade="paper", key="", signature="")


def paper_saying_ssh(small: Small) -> None:
    (small.root / sig_path(OCTOBER, FINANCE)).unlink()
    put(small, grade="ssh")


def paper_of_another_seal(small: Small) -> None:
    (small.root / sig_path(OCTOBER, FINANCE)).unlink()
    put(small, grade="paper", key="", signature="", seal=seal_digest(sealed(small, SEPTEMBER)))


def paper_by_the_other_side(small: Small) -> None:
    (small.root / sig_path(OCTOBER, FINANCE)).unlink()
    put(small, grade="paper", key="", signature="", name="李")


def paper_stated_by_a_clerk(small: Small) -> None:
    (small.root / sig_path(OCTOBER, FINANCE)).unlink()
    put(small, grade="paper", key="", signature="", by="wang")


def dated_before_the_closing(small: Small) -> None:
    put(small, at="2026-10-01T10:00:00+08:00")


def another_key_in_its_text(small: Small) -> None:
    put(small, key=fingerprint(small, "zhao"))


def by_one_who_had_left(small: Small) -> None:
    small.ok("operator leave chen --by li --terminal K1", at="2026-11-04 10:00")


def by_a_key_registered_after_the_closing(small: Small) -> None:
    shutil.copy(small.keys / "stranger", small.keys / "new")
    shutil.copy(small.keys / "stranger.pub", small.keys / "new.pub")
    small.ok(f"keys sign-setup --key {small.keys / 'new'} --by chen --terminal K1", at="2026-11-04 10:00")
    put(small, raw_sign(small, "new", sealed(small), namespace(BOOK_ID)), key=fingerprint(small, "new"))


def by_a_key_replaced_before_the_closing(small: Small) -> None:
    people_before(small, "chen", (small.keys / "stranger.pub").read_text())


def people_before(small: Small, code: str, key: str) -> None:
    """The operator's record of September says another key; September is sealed over it, unsigned."""
    number = next(
        n
        for n in range(1, 40)
        if f'code: "{code}"' in record_text(small, n) and "operator-key" in record_text(small, n)
    )
    small.forge.change(f"ST20260901-K1-{number:04d}", public_key=" ".join(key.split()[:2]))
    small.drop_signatures(SEPTEMBER)
    small.reseal(SEPTEMBER)
    resealed = small.digest(SEPTEMBER)
    small.reseal(OCTOBER, previous=resealed)
    for side, who in ((DEPARTMENT, "li"), (FINANCE, "chen")):
        put(small, raw_sign(small, who, sealed(small), namespace(BOOK_ID)), side=side, seal=small.digest(OCTOBER))


def record_text(small: Small, number: int) -> str:
    text = small.read("journals/2026-09/staff.K1.yaml").decode()
    start = text.find(f"ST20260901-K1-{number:04d}")
    return text[start : text.find("\n\n", start)] if start >= 0 else ""


FORGED: list[Callable[[Small], None]] = [
    wrong_namespace, namespace_of_another_store, namespace_of_another_version, of_another_month,
    both_files_of_another_month, over_another_seal, over_an_empty_seal, replayed_after_a_new_seal, by_another_person,
    by_another_person_who_says_so, by_a_stranger, by_somebody_unregistered, by_the_wrong_role, by_a_clerk_without_a_key,
    by_a_pattern, the_same_person_twice, the_same_key_for_two_people, swapped_files, swapped_sigs_only,
    swapped_and_renamed, truncated, emptied, without_its_sig, without_its_yaml, paper_beside_a_sig, paper_saying_ssh,
    paper_of_another_seal, paper_by_the_other_side, paper_stated_by_a_clerk, dated_before_the_closing,
    another_key_in_its_text, by_one_who_had_left, by_a_key_registered_after_the_closing,
    by_a_key_replaced_before_the_closing,
]  # fmt: skip


@pytest.mark.parametrize("forge", FORGED, ids=lambda forge: forge.__name__)
def test_a_forged_signature_does_not_stand(small: Small, forge: Callable[[Small], None]) -> None:
    forge(small)
    found = small.verify(OCTOBER)
    codes = {one.code for one in found.integrity}
    assert "CLS-05" in codes, [one.words.en for one in (*found.integrity, *found.completeness)]
    assert codes <= {"CLS-05"}
    assert not all(one.valid for one in found.months[0].signatures)


def test_there_are_enough_of_them() -> None:
    assert len(FORGED) >= 20


def test_real_signatures_made_the_same_way_stand(small: Small) -> None:
    """So that the forgeries fail for what they forge, not for how they are put there."""
    put(small, raw_sign(small, "chen", sealed(small), namespace(BOOK_ID)))
    put(
        small,
        raw_sign(small, "zhao", sealed(small), namespace(BOOK_ID)),
        by="zhao",
        name="赵",
        key=fingerprint(small, "zhao"),
    )
    assert small.found() == []


def test_who_leaves_later_has_signed(small: Small) -> None:
    small.ok("operator leave chen --by li --terminal K1", at="2026-11-20 10:00")
    assert small.found() == []


# -- what signing refuses ----------------------------------------------------------------------------------------------------


@pytest.fixture
def unsigned(small: Small) -> Small:
    small.drop_signatures(OCTOBER)
    return small


def sign(small: Small, side: str, who: str, key: str = "", at: str = "2026-11-05 10:00") -> tuple[int, str]:
    ran = small(f"sign --month {OCTOBER} --as {side} --key {small.keys / (key or who)} --by {who}", at=at)
    return ran.code, ran.error


def test_two_sides_sign(unsigned: Small) -> None:
    assert {one.code for one in unsigned.verify().warnings} == {"CLS-02"}
    assert sign(unsigned, FINANCE, "zhao") == (0, "")
    assert sign(unsigned, DEPARTMENT, "bo") == (0, "")
    assert unsigned.found() == []
    assert unsigned.verify().warnings == ()


@pytest.mark.parametrize(
    ("side", "who", "key", "expected"),
    [
        (FINANCE, "li", "", (3, "ROL-01")),
        (DEPARTMENT, "chen", "", (3, "ROL-01")),
        (FINANCE, "wang", "chen", (3, "ROL-01")),
        (FINANCE, "chen", "zhao", (3, "SIG-01")),
        (FINANCE, "chen", "stranger", (3, "SIG-01")),
        (FINANCE, "ghost", "chen", (3, "REF-01")),
        (FINANCE, "chen", "nothing", (3, "SIG-01")),
        ("both", "chen", "", (2, "USE-01")),
    ],
)
def test_signing_refuses(unsigned: Small, side: str, who: str, key: str, expected: tuple[int, str]) -> None:
    before = sorted(unsigned.covered())
    assert sign(unsigned, side, who, key) == expected
    assert sorted(unsigned.covered()) == before


def test_one_person_does_not_sign_for_both(unsigned: Small) -> None:
    assert sign(unsigned, DEPARTMENT, "both") == (0, "")
    assert sign(unsigned, FINANCE, "both") == (3, "SIG-01")
    assert unsigned(f"sign --month {OCTOBER} --as finance --paper 贝 --by li").error == "SIG-01"
    assert unsigned(f"sign --month {OCTOBER} --as finance --paper ' both ' --by li").error == "SIG-01"


def test_a_side_signs_once(small: Small) -> None:
    assert sign(small, FINANCE, "zhao") == (3, "SIG-01")


def test_a_signature_cut_short_by_a_kill_is_made_again(unsigned: Small) -> None:
    unsigned.write(sig_path(OCTOBER, FINANCE), b"half")
    assert unsigned(f"sign --month {OCTOBER} --as finance --paper 陈 --by li").error == "SIG-01"
    assert sign(unsigned, FINANCE, "chen") == (0, "")
    assert unsigned.found() == []


def test_what_does_not_verify_is_not_signed(unsigned: Small) -> None:
    unsigned.forge.change("SA20261008-K1-0002", note="x")
    assert sign(unsigned, FINANCE, "chen") == (3, "CLS-01")


def test_an_open_month_is_not_signed(small: Small) -> None:
    assert small(f"sign --month 2026-11 --as finance --key {small.keys / 'chen'} --by chen").error == "REF-01"


def test_before_the_closing_nobody_signs(unsigned: Small) -> None:
    assert sign(unsigned, FINANCE, "chen", at="2026-11-01 10:00") == (3, "SIG-01")


def test_after_leaving_nobody_signs(unsigned: Small) -> None:
    unsigned.ok("operator leave chen --by li --terminal K1", at="2026-11-05 10:00:30")
    assert sign(unsigned, FINANCE, "chen", at="2026-11-05 10:01") == (3, "REF-01")


def test_paper_is_a_weaker_grade_and_looks_it(unsigned: Small) -> None:
    ran = unsigned.ok(f"sign --month {OCTOBER} --as finance --paper 陈会计 --by li")
    assert "PAPER" in ran.out
    assert unsigned.found() == []
    out = unsigned("verify").out
    assert "PAPER (weaker)" in out
    unsigned.lang = "zh"
    assert "纸面签名（较弱）" in unsigned("verify").out
    signed = unsigned("verify --json").json["months"][1]["signatures"]
    assert [(one["as"], one["grade"], one["key"], one["valid"]) for one in signed] == [
        (DEPARTMENT, None, None, False), (FINANCE, "paper", None, True),
    ]  # fmt: skip


def test_a_dry_run_writes_nothing(unsigned: Small) -> None:
    before = sorted(unsigned.covered())
    assert unsigned(f"sign --month {OCTOBER} --as finance --key {unsigned.keys / 'chen'} --by chen --dry-run").code == 0
    assert sorted(unsigned.covered()) == before


@pytest.mark.parametrize("options", ["", "--key x --paper y"])
def test_one_way_of_signing_is_chosen(unsigned: Small, options: str) -> None:
    assert unsigned(f"sign --month {OCTOBER} --as finance --by chen {options}").error == "USE-01"


def test_the_public_half_serves_where_the_agent_has_the_key(unsigned: Small) -> None:
    """A ``.pub`` file alone, without an agent, is a refusal, not a question."""
    shutil.copy(unsigned.keys / "chen.pub", unsigned.keys / "alone.pub")
    assert sign(unsigned, FINANCE, "chen", "alone.pub") == (3, "SIG-01")


def test_without_ssh_keygen_it_says_what_to_install(unsigned: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(unsigned.folder))
    ran = unsigned(f"sign --month {OCTOBER} --as finance --key {unsigned.keys / 'chen'} --by chen")
    assert ran.error == "SIG-01"
    assert "apt install openssh-client" in ran.err


# -- keys ----------------------------------------------------------------------------------------------------------------------


def test_finance_sets_up_in_one_step(small: Small) -> None:
    """A key is made in the home folder, readable by its owner only, and its public half recorded."""
    small.ok("operator add qian --name 钱 --role finance --by li --terminal K1")
    ran = small.ok("keys sign-setup --by qian --terminal K1 --json").json
    key = small.folder / ".ssh" / "id_ed25519"
    assert ran["made"]
    assert key.stat().st_mode & 0o077 == 0
    assert ran["fingerprint"] == fingerprint(small, str(key))
    assert ran["record"].startswith("ST20261105-K1-")
    again = small.ok("keys sign-setup --by qian --terminal K1 --json").json
    assert (again["made"], again["record"], again["fingerprint"]) == (False, None, ran["fingerprint"])
    assert ran["fingerprint"] in small.ok("keys list --json").out


def test_a_dry_run_makes_no_key(small: Small) -> None:
    small.ok(f"keys sign-setup --key {small.keys / 'none'} --by chen --terminal K1 --dry-run")
    assert not (small.keys / "none").exists()


def test_nobody_registers_for_somebody_unknown(small: Small) -> None:
    assert small(f"keys sign-setup --key {small.keys / 'chen'} --by ghost --terminal K1").error == "REF-01"


def test_tenures_follow_the_records(small: Small) -> None:
    small.ok("operator leave chen --by li --terminal K1", at="2026-11-04 10:00")
    found = read_people(small.disk, BOOK_ID)
    assert at_moment(found, "chen", moment("2026-11-04T09:59:59+08:00")) is not None
    assert at_moment(found, "chen", moment("2026-11-04T10:00:00+08:00")) is None
    assert at_moment(found, "chen", moment("2026-08-31T23:59:59+08:00")) is None
    keys = {one.key for one in found if one.code == "li" and one.key}
    assert keys == {openssh.public_half(small.keys / "li")}


def test_a_key_for_another_person_counts_for_nothing(small: Small) -> None:
    """A forged record: Li registers a key for Chen."""
    key = openssh.public_half(small.keys / "stranger")
    old = next(
        n for n in range(1, 40) if "operator-key" in record_text(small, n) and 'code: "chen"' in record_text(small, n)
    )
    small.forge.change(f"ST20260901-K1-{old:04d}", public_key=key, by="li")
    assert at_moment(read_people(small.disk, BOOK_ID), "chen", moment(CLOSED[OCTOBER])) == Tenure(
        "chen", "陈", ("finance",), "", moment("2026-09-01T00:00:00+08:00"), None
    )


def test_a_key_dated_back_holds_from_the_day_it_was_written(small: Small) -> None:
    small.ok(
        f"keys sign-setup --key {small.keys / 'stranger'} --by chen --terminal K1 --date 2026-11-03 --reason late",
        at="2026-11-04 10:00",
    )
    found = read_people(small.disk, BOOK_ID)
    key = openssh.public_half(small.keys / "stranger")
    assert next(one.since for one in found if one.key == key) == moment("2026-11-04T00:00:00+08:00")


def moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "ssh-ed25519", "cert-authority ssh-ed25519 AAAA", "ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIA==", "a b\nc d",
        'namespaces="x" ssh-ed25519 AAAA', "ssh-ed25519 !!!!", "* ssh-ed25519 AAAA",
    ],
)  # fmt: skip
def test_what_is_no_public_key(text: str) -> None:
    assert openssh.public_key(text) == ""


def test_fingerprints_are_those_of_ssh(small: Small) -> None:
    said = subprocess.run(
        ["ssh-keygen", "-lf", str(small.keys / "chen.pub")], capture_output=True, text=True, check=True
    )
    assert fingerprint(small, "chen") in said.stdout


@pytest.mark.parametrize("folder", ["gb.yaml", "rules.yaml"])
def test_the_text_of_a_signature_has_one_form(small: Small, folder: str) -> None:
    data = small.read(yaml_path(OCTOBER, FINANCE))
    assert show_signature(parse_signature(data)) == data
    with pytest.raises(ValueError, match=r"."):
        parse_signature(small.read(folder))
