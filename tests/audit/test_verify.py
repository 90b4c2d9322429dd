"""What may be done to a sealed book, and under which verdict, with which file and record, verification reports it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.audit.history import Copies
from ledger.audit.seal import short
from ledger.audit.seen import Seen
from ledger.audit.verify import Asked, digits, verify
from tests.audit.small import BOOK_ID, CLIENTS, OCTOBER, SALES, SEPTEMBER, Small, told

SECOND = "SA20261008-K1-0002"
LAST = "SA20261009-K1-0001"


def lines(small: Small, path: str = SALES) -> list[bytes]:
    return small.read(path).splitlines(keepends=True)


def test_a_sound_book_has_both_verdicts(small: Small) -> None:
    result = small.verify()
    assert (result.integrity, result.completeness, result.warnings) == ((), (), ())
    assert [(one.month, one.state) for one in result.months] == [
        (SEPTEMBER, "sealed"),
        (OCTOBER, "sealed"),
        ("2026-11", "open"),
    ]
    assert [[signed.valid for signed in one.signatures] for one in result.months] == [[True, True], [True, True], []]


# -- journals of a sealed month ------------------------------------------------------------------------------------------


def edit(small: Small) -> None:
    small.forge.scratch(SECOND, b"100.00", b"900.00")


def insertion(small: Small) -> None:
    all_lines = lines(small)
    forged = all_lines[2].replace(b"-0002", b"-0009")
    small.write(SALES, b"".join([*all_lines[:3], forged, *all_lines[3:]]))


def repetition(small: Small) -> None:
    all_lines = lines(small)
    small.write(SALES, b"".join([*all_lines[:3], all_lines[2], *all_lines[3:]]))


def deletion(small: Small) -> None:
    all_lines = lines(small)
    small.write(SALES, b"".join([*all_lines[:2], *all_lines[3:]]))


def deletion_with_a_new_chain(small: Small) -> None:
    small.forge.drop(SECOND)


def truncation(small: Small) -> None:
    small.write(SALES, b"".join(lines(small)[:-1]))


def truncation_inside(small: Small) -> None:
    small.write(SALES, small.read(SALES)[:-9])


def removed(small: Small) -> None:
    (small.root / SALES).unlink()


def reordered(small: Small) -> None:
    all_lines = lines(small)
    small.write(SALES, b"".join([all_lines[0], all_lines[1], all_lines[3], all_lines[2], *all_lines[4:]]))


def rewritten(small: Small) -> None:
    small.forge.change(SECOND, note="edited")


def linked(small: Small) -> None:
    shutil.move(small.root / SALES, small.folder / "elsewhere.csv")
    (small.root / SALES).symlink_to(small.folder / "elsewhere.csv")


DONE: list[tuple[Callable[[Small], None], str, str]] = [
    (edit, "integrity", SECOND),
    (insertion, "integrity", "SA20261008-K1-0009"),
    (repetition, "integrity", SECOND),
    (deletion, "completeness", "SA20261008-K1-0003"),
    (deletion_with_a_new_chain, "completeness", "SA20261008-K1-0003"),
    (truncation, "completeness", "SA20261008-K1-0003"),
    (truncation_inside, "completeness", LAST),
    (removed, "completeness", ""),
    (reordered, "integrity", SECOND),
    (rewritten, "integrity", LAST),  # without an older copy the place is hidden: the file's last record stands for it
    (linked, "integrity", ""),
]


@pytest.mark.parametrize(("act", "aspect", "record"), DONE, ids=[act.__name__ for act, _, _ in DONE])
def test_what_was_done_to_a_sealed_journal_is_named(
    small: Small, act: Callable[[Small], None], aspect: str, record: str
) -> None:
    act(small)
    result = small.verify(OCTOBER)
    found = {"integrity": list(result.integrity), "completeness": list(result.completeness)}
    assert ("CLS-01", SALES, record) in told(found.pop(aspect))
    assert [one.code for rest in found.values() for one in rest] == []
    assert not getattr(result.months[0], aspect)


def test_one_trouble_is_told_once(small: Small) -> None:
    for act in (edit, deletion, truncation, removed, rewritten):
        before = small.read(SALES)
        act(small)
        assert len(small.found()) == 1, act.__name__
        small.write(SALES, before)


def test_an_older_copy_in_git_names_the_rewritten_record(small: Small) -> None:
    from tests.audit.test_history import commit, git

    git(small.root, "init", "--quiet")
    commit(small.root, "sealed")
    rewritten(small)
    result = verify(small.disk, BOOK_ID, Asked(month=OCTOBER), originals=Copies(small.root))
    assert told(list(result.integrity)) == [("CLS-01", SALES, SECOND)]


def test_yaml_journals_too(small: Small) -> None:
    data = small.read(CLIENTS)
    for changed, aspect, record in (
        (data.replace("东风学校".encode(), "东方学校".encode()), "integrity", "CL20260901-K1-0002"),
        (data[: data.index(b"- id", 5)], "completeness", "CL20260901-K1-0001"),
        (data[data.index(b"- id", 5) :], "completeness", "CL20260901-K1-0002"),
    ):
        small.write(CLIENTS, changed)
        assert told(list(getattr(small.verify(SEPTEMBER), aspect))) == [("CLS-01", CLIENTS, record)]


# -- what comes late -----------------------------------------------------------------------------------------------------


def test_a_record_behind_the_seal_is_late_until_adopted(small: Small) -> None:
    import datetime as dt

    late = small.forge.add(LAST, "K1", dt.datetime.fromisoformat("2026-10-09T12:00:00+08:00"), path=SALES)
    assert told(small.found()) == [("CLS-03", SALES, late)]
    line = small.read(SALES).count(b"\n")
    adopt(small, SALES, line, late)
    assert small.found() == []
    adopt(small, SALES, line + 1, late)
    assert small.found() == []


def test_a_new_file_in_a_sealed_month_is_late(small: Small) -> None:
    import datetime as dt

    path = "journals/2026-10/sales.K2.csv"
    late = small.forge.add(LAST, "K2", dt.datetime.fromisoformat("2026-10-09T12:00:00+08:00"), path=path)
    assert told(small.found()) == [("CLS-03", path, late)]
    small.write("journals/2026-10/notes.txt", b"x")
    assert ("CLS-01", "journals/2026-10/notes.txt", "") in told(small.found())


def adopt(small: Small, path: str, line: int, late: str) -> None:
    """An adoption as the dispositions journal has it, with the fields that verification reads."""
    from ledger.journal.chain import genesis, link

    file = "journals/2026-11/dispositions.K1.yaml"
    old = small.read(file) if (small.root / file).exists() else b""
    previous = old[-19:-3].decode() if old else genesis(BOOK_ID, file, "")
    values = {
        "id": f"DI20261105-K1-{old.count(b'- id') + 1:04d}", "at": "2026-11-05T10:00:00+08:00", "date": "2026-11-05",
        "by": "li", "kind": "adoption", "file": path, "line": str(line), "taken": "{}", "ref": late, "reason": "late",
    }  # fmt: skip
    body = ("- " + "".join(f'  {name}: "{text}"\n' for name, text in values.items())[2:]).encode()
    small.write(file, old + body + f'  h: "{link(previous, body)}"\n\n'.encode())


# -- the closing's own files -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["stock.csv", "things.csv", "safe.csv", "rules.yaml", "gb.yaml"])
def test_the_sealed_copies_are_covered(small: Small, name: str) -> None:
    path = f"closings/{OCTOBER}/{name}"
    data = small.read(path)
    for changed in (data + b"\n", data.replace(b"a", b"b", 1) if b"a" in data else data[::-1], data[:-1]):
        small.write(path, changed)
        assert [(one.code, one.where[0].file) for one in small.found()] == [("CLS-01", path)]
    (small.root / path).unlink()
    assert told(list(small.verify().completeness)) == [("CLS-01", path, "")]


def test_the_rules_of_today_may_change(small: Small) -> None:
    """A sealed month has its own copy."""
    small.write("rules.yaml", small.read("rules.yaml").replace(b'by_reason_percent: "2"', b'by_reason_percent: "3"'))
    assert small.found() == []


def test_a_strange_file_in_a_closing_is_named(small: Small) -> None:
    small.write(f"closings/{OCTOBER}/extra.csv", b"x\n")
    assert told(small.found()) == [("CLS-01", f"closings/{OCTOBER}/extra.csv", "")]


def test_a_seal_of_another_book_or_month_is_refused(small: Small) -> None:
    small.drop_signatures(OCTOBER)
    small.reseal(OCTOBER, book="f" * 32)
    assert [one.subject for one in small.found()] == [OCTOBER]
    shutil.rmtree(small.root / "closings" / OCTOBER)
    shutil.copytree(small.root / "closings" / SEPTEMBER, small.root / "closings" / OCTOBER)
    assert any("2026-09 stands in 2026-10" in one.words.en for one in small.found())


# -- resealed, rolled back -------------------------------------------------------------------------------------------------


def tampered(small: Small, month: str) -> None:
    """A sale rewritten, its chain and the seal made anew: consistent in itself."""
    if month == OCTOBER:
        rewritten(small)
    else:
        small.forge.change("CL20260901-K1-0002", unit="东方学校")
    small.reseal(month)


def test_a_new_seal_shows_against_the_signatures(small: Small) -> None:
    tampered(small, OCTOBER)
    assert [one.code for one in small.found()] == ["CLS-05", "CLS-05"]


def test_a_new_seal_shows_against_the_printed_digest(small: Small) -> None:
    printed = short(small.digest(OCTOBER))
    tampered(small, OCTOBER)
    small.drop_signatures(OCTOBER)
    assert small.found(month=OCTOBER) == []
    assert [one.code for one in small.found(month=OCTOBER, digest=printed)] == ["CLS-01"]
    assert small(f"verify --month {OCTOBER} --digest '{printed}'").code == 1
    now = short(small.digest(OCTOBER))
    assert small(f"verify --month {OCTOBER} --digest '{now.lower().replace(' ', '')}'").code == 0


def test_a_new_seal_shows_against_the_next_one(small: Small) -> None:
    tampered(small, SEPTEMBER)
    small.drop_signatures(SEPTEMBER)
    found = small.found()
    assert told(found) == [("CLS-01", f"closings/{OCTOBER}/closing.yaml", "")]


def test_a_new_seal_shows_against_what_was_seen(small: Small) -> None:
    small.ok("verify")
    tampered(small, OCTOBER)
    small.drop_signatures(OCTOBER)
    ran = small("verify --json")
    assert ran.code == 1
    assert [(one["code"], one["where"][0]["file"]) for one in ran.json["integrity"]["findings"]] == [
        ("CLS-01", f"closings/{OCTOBER}/closing.yaml")
    ]
    assert ran.json["completeness"]["ok"]
    small.ok("verify --forget")
    small.ok("verify")


def test_a_book_put_back_shows_against_what_was_seen(small: Small) -> None:
    """The whole folder as it was an hour ago: sound in itself."""
    shutil.copytree(small.root, small.folder / "backup")
    small.ok("sale cash A0006 --client C001 --amount 100 --by wang --terminal K1")
    small.ok("verify")
    shutil.rmtree(small.root)
    shutil.copytree(small.folder / "backup", small.root)
    assert small.found() == []
    ran = small("verify --json")
    assert ran.code == 1
    assert [one["code"] for one in ran.json["completeness"]["findings"]] == ["JRN-10"]
    assert ran.json["completeness"]["findings"][0]["where"][0]["file"] == "journals/2026-11/sales.K1.csv"


def test_a_failed_verification_is_not_remembered(small: Small) -> None:
    small.ok("verify")
    truncation(small)
    assert small("verify").code == 1
    assert small("verify").code == 1


def test_a_seal_that_was_seen_and_is_gone(small: Small) -> None:
    seen = small.verify().seen
    shutil.rmtree(small.root / "closings" / OCTOBER)
    result = small.verify(seen=seen)
    assert ("CLS-01", f"closings/{OCTOBER}/closing.yaml", "") in told(list(result.completeness))


def test_a_seal_that_is_gone_alone(small: Small) -> None:
    (small.root / "closings" / OCTOBER / "closing.yaml").unlink()
    assert ("CLS-01", f"closings/{OCTOBER}/closing.yaml", "") in told(list(small.verify().completeness))


def test_a_closing_between_two_that_is_gone(small: Small) -> None:
    shutil.rmtree(small.root / "closings" / SEPTEMBER)
    result = small.verify()
    assert told(list(result.completeness)) == [("CLS-01", f"closings/{SEPTEMBER}/closing.yaml", "")]


def test_an_open_month_rewritten_shows_against_what_was_seen(small: Small) -> None:
    path = "journals/2026-11/sales.K1.csv"
    seen = small.verify().seen
    small.forge.change("SA20261103-K1-0001", note="edited")
    assert small.found() == []
    assert told(small.found(seen=seen)) == [("JRN-10", path, "SA20261103-K1-0001")]


def test_an_open_month_cut_shows_against_its_day_end(small: Small) -> None:
    """The mark stands in another file than the one that was cut."""
    path = "journals/2026-11/sales.K1.csv"
    facts = small.verify().seen.files[path]
    mark(small, f"{path}:{facts}")
    assert small.found() == []
    (small.root / path).unlink()
    assert told(list(small.verify().completeness)) == [("JRN-10", path, "")]


def mark(small: Small, files: str) -> None:
    """A day-end record with these files."""
    from ledger.core.records import journal
    from ledger.journal.chain import genesis, link

    columns = journal("cash").columns()
    path = "journals/2026-11/cash.K1.csv"
    values = {
        "id": "CA20261103-K1-0001", "at": "2026-11-03T18:00:00+08:00", "date": "2026-11-03", "by": "wang", "kind": "day-end",
        "files": files,
    }  # fmt: skip
    body = ",".join(values.get(name, "") for name in columns[:-1]).encode()
    header = ",".join(columns)
    small.write(
        path, header.encode() + b"\n" + body + b"," + link(genesis(BOOK_ID, path, header), body).encode() + b"\n"
    )


def test_an_open_month_gives_jrn(small: Small) -> None:
    small.forge.scratch("SA20261103-K1-0001", b"100.00", b"900.00")
    assert [one.code for one in small.found()] == ["JRN-01"]


def test_a_waived_hand_edit_of_an_open_month_is_accepted(small: Small) -> None:
    small.forge.scratch("SA20261103-K1-0001", b"100.00", b"900.00")
    small.ok("waive journals/2026-11/sales.K1.csv:2 --reason 'the paper says so' --by li --terminal K1")
    assert small.found() == []
    small.forge.scratch("SA20261103-K1-0001", b"900.00", b"800.00")
    assert [one.code for one in small.found()] == ["JRN-01"]


def test_a_close_that_was_cut_short_is_a_warning(small: Small) -> None:
    small.write("closings/2026-11/stock.csv", b"x\n")
    result = small.verify()
    assert result.sound
    assert [(one.code, one.subject) for one in result.warnings] == [("CLS-01", "2026-11")]


# -- the command -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_command_says_it(small: Small, lang: str) -> None:
    small.lang = lang
    ran = small.ok("verify")
    assert short(small.digest(OCTOBER)) in ran.out
    assert ("纸面签名（较弱）" if lang == "zh" else "PAPER (weaker)") in ran.out
    edit(small)
    ran = small("verify")
    assert ran.code == 1
    assert SECOND in ran.out
    assert ("完好" if lang == "zh" else "integrity") in ran.out


@pytest.mark.parametrize("typed", ["12", "0123 4567 89AB CDEG", ""])
def test_a_malformed_digest_is_refused(small: Small, typed: str) -> None:
    assert small(f"verify --digest '{typed}'").code == 2


def test_digests_as_people_type_them() -> None:
    assert digits("A1B2 C3D4-e5f6 0718") == "a1b2c3d4e5f60718"
    assert digits("a" * 65) == ""


def test_a_dry_run_remembers_nothing(small: Small) -> None:
    small.ok("verify --dry-run")
    assert not (small.folder / "state" / "gb" / "seen").exists()
    small.ok("verify")
    assert len(list(Path(small.folder / "state" / "gb" / "seen").iterdir())) == 1


def test_a_damaged_note_is_said(small: Small) -> None:
    small.ok("verify")
    note = next((small.folder / "state" / "gb" / "seen").iterdir())
    note.write_bytes(b"{")
    assert small("verify").error == "USE-01"
    small.ok("verify --forget")


def test_nothing_seen_compares_with_nothing(small: Small) -> None:
    assert small.found(seen=Seen()) == []


def test_a_check_too_says_cls_alone_of_a_sealed_month(small: Small) -> None:
    """What was done to it is one finding with its record; the other codes of the check look at what was recorded."""
    edit(small)
    found = small("check CLS-01 JRN --json").json["findings"]
    assert [(one["code"], one["where"][0]["id"]) for one in found] == [("CLS-01", SECOND)]
    small.write(
        "journals/2026-11/sales.K1.csv", small.read("journals/2026-11/sales.K1.csv").replace(b"100.00", b"900.00", 1)
    )
    found = small("check CLS-01 JRN --json").json["findings"]
    assert [one["code"] for one in found] == ["CLS-01", "JRN-01"]


def test_one_month_verified_does_not_speak_for_another(small: Small) -> None:
    """The note of a month is only renewed by verifying that month."""
    small.ok("verify")
    tampered(small, OCTOBER)
    small.drop_signatures(OCTOBER)
    small.ok(f"verify --month {SEPTEMBER}")
    assert small(f"verify --month {OCTOBER}").code == 1


def test_a_file_cut_before_it_was_sealed_shows_against_its_day_end(small: Small) -> None:
    """The mark of the day counted more than the seal."""
    facts = small.seal(OCTOBER).file(SALES)
    assert facts is not None
    mark(small, f"{SALES}:{facts.records}:{facts.last_h}")
    assert small.found() == []
    mark(small, f"{SALES}:{facts.records + 1}:{facts.last_h}")
    assert told(list(small.verify().completeness)) == [("CLS-01", SALES, "")]
    mark(small, f"{SALES}:{facts.records}:{'0' * 16}")
    assert told(list(small.verify().integrity)) == [("CLS-01", SALES, "")]


def test_without_a_home_it_verifies_all_the_same(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.delenv("HOME")
    ran = small("verify")
    assert ran.code == 0
    assert "was not noted" in ran.err
