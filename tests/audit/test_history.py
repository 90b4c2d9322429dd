"""The git history only appends; a push that does more is refused by the hook of a real bare repository."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.audit.history import read_history
from ledger.audit.prereceive import is_seal
from ledger.audit.seal import own_h, parse_seal
from tests.audit.small import BOOK_ID, CLIENTS, OCTOBER, SALES, SEPTEMBER, Small, told

NAMES = {
    "GIT_AUTHOR_NAME": "王",
    "GIT_AUTHOR_EMAIL": "wang@store",
    "GIT_COMMITTER_NAME": "c",
    "GIT_COMMITTER_EMAIL": "c@store",
    "GIT_COMMITTER_DATE": "2026-11-05T10:00:00+08:00",
}


def git(folder: Path, *argv: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, **NAMES, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(["git", "-C", str(folder), *argv], capture_output=True, text=True, env=env, check=False)
    assert not check or done.returncode == 0, done.stderr
    return done


def commit(folder: Path, subject: str) -> str:
    git(folder, "add", "--all", "--force", "journals", "closings", "gb.yaml", "rules.yaml", ".gitattributes")
    git(folder, "commit", "--quiet", "--allow-empty", "-m", subject)
    return git(folder, "rev-parse", "HEAD").stdout.strip()


@pytest.fixture
def tracked(small: Small) -> Small:
    git(small.root, "init", "--quiet", "-b", "main")
    commit(small.root, "sealed")
    return small


def sell(small: Small, serial: str = "A0006") -> None:
    small.ok(f"sale cash {serial} --client C001 --amount 100 --by wang --terminal K1")


def test_appending_is_sound_and_told(tracked: Small) -> None:
    sell(tracked)
    newest = commit(tracked.root, "a sale")
    found = read_history(tracked.root)
    assert found.findings == ()
    last = found.commits[-1]
    assert (last.commit, last.author, last.subject) == (newest, "王", "a sale")
    assert last.appended == {"journals/2026-11/sales.K1.csv": ("SA20261105-K1-0001",)}
    assert sum(len(ids) for ids in found.commits[0].appended.values()) > 15


def edit(small: Small) -> None:
    small.forge.scratch("SA20261008-K1-0002", b"100.00", b"900.00")


def chain_anew(small: Small) -> None:
    small.forge.change("SA20261008-K1-0002", note="x")


def cut(small: Small) -> None:
    small.write(SALES, small.read(SALES)[: small.read(SALES).rindex(b"SA20261009")])


def remove(small: Small) -> None:
    (small.root / SALES).unlink()


def rename(small: Small) -> None:
    (small.root / SALES).rename(small.root / "journals/2026-10/sales.K9.csv")


def link(small: Small) -> None:
    remove(small)
    (small.root / SALES).symlink_to("receipts.K1.yaml")


def reseal(small: Small) -> None:
    small.reseal(OCTOBER, by="bo")


def yaml_edit(small: Small) -> None:
    small.write(CLIENTS, small.read(CLIENTS).replace("东风学校".encode(), "东方学校".encode()))


BAD = [edit, chain_anew, cut, remove, rename, link, reseal, yaml_edit]


@pytest.mark.parametrize("act", BAD, ids=lambda act: act.__name__)
def test_a_commit_that_changes_is_named(tracked: Small, act: object) -> None:
    assert callable(act)
    act(tracked)
    bad = commit(tracked.root, "fix")
    sell(tracked) if act is yaml_edit else None
    found = read_history(tracked.root).findings
    assert {one.subject for one in found if one.next[0].startswith("git show")} == {bad}
    assert {one.code for one in found} == {"JRN-11"}
    path = CLIENTS if act is yaml_edit else f"closings/{OCTOBER}/closing.yaml" if act is reseal else SALES
    assert path in {one.where[0].file for one in found}


def test_the_record_is_named(tracked: Small) -> None:
    edit(tracked)
    commit(tracked.root, "fix")
    found = read_history(tracked.root).findings
    assert told(list(found)) == [("JRN-11", SALES, "SA20261008-K1-0002")]
    assert found[0].where[0].line == 3
    ran = tracked("verify --history --json")
    assert ran.code == 1
    assert ran.json["findings"][0]["where"] == [{"file": SALES, "line": 3, "id": "SA20261008-K1-0002"}]


def test_a_change_put_back_later_is_still_in_the_history(tracked: Small) -> None:
    before = tracked.read(SALES)
    edit(tracked)
    commit(tracked.root, "one")
    tracked.write(SALES, before)
    commit(tracked.root, "two")
    assert tracked.found() == []
    assert len(read_history(tracked.root).findings) == 2


def test_what_is_not_committed_is_compared_too(tracked: Small) -> None:
    sell(tracked)
    assert read_history(tracked.root).findings == ()
    edit(tracked)
    assert told(list(read_history(tracked.root).findings)) == [("JRN-11", SALES, "")]
    remove(tracked)
    assert "is gone" in read_history(tracked.root).findings[0].words.en


def test_a_torn_tail_that_was_committed_may_be_replaced(tracked: Small) -> None:
    path = "journals/2026-11/sales.K1.csv"
    whole = tracked.read(path)
    tracked.write(path, whole + b"SA20261105-K1-0001,2026-11-05T1")
    commit(tracked.root, "while a sale was written")
    tracked.write(path, whole)
    sell(tracked)
    commit(tracked.root, "after")
    assert read_history(tracked.root).findings == ()


def test_merges_keep_what_each_parent_has(tracked: Small) -> None:
    git(tracked.root, "checkout", "--quiet", "-b", "other")
    tracked.ok("client add --unit 西风厂 --kind enterprise --by wang --terminal K1")
    commit(tracked.root, "theirs")
    git(tracked.root, "checkout", "--quiet", "main")
    shutil.rmtree(tracked.folder / "state")  # as another machine, which has written nothing yet
    sell(tracked)
    commit(tracked.root, "ours")
    git(tracked.root, "merge", "--quiet", "-m", "good", "other")
    assert read_history(tracked.root).findings == ()


def test_a_merge_that_takes_one_side_only_is_named(tracked: Small) -> None:
    git(tracked.root, "checkout", "--quiet", "-b", "other")
    tracked.ok("client add --unit 西风厂 --kind enterprise --by wang --terminal K1")
    commit(tracked.root, "theirs")
    git(tracked.root, "checkout", "--quiet", "main")
    shutil.rmtree(tracked.folder / "state")  # as another machine, which has written nothing yet
    sell(tracked)
    commit(tracked.root, "ours")
    git(tracked.root, "merge", "--quiet", "-s", "ours", "-m", "bad", "other")
    head = git(tracked.root, "rev-parse", "HEAD").stdout.strip()
    found = read_history(tracked.root).findings
    assert [(one.subject, one.where[0].file) for one in found] == [(head, "journals/2026-11/clients.K1.yaml")]


def test_a_history_moved_back_shows_against_what_was_seen(tracked: Small) -> None:
    sell(tracked)
    commit(tracked.root, "a sale")
    tracked.ok("verify")
    git(tracked.root, "reset", "--quiet", "--hard", "HEAD~1")
    ran = tracked("verify --history --json")
    assert ran.code == 1
    assert [one["code"] for one in ran.json["findings"]] == ["JRN-10"]
    plain = tracked("verify --json")
    assert plain.code == 1
    assert "JRN-10" in [one["code"] for one in plain.json["completeness"]["findings"]]
    assert tracked("verify --history").code == 1


def test_a_book_below_the_top_of_its_repository(small: Small) -> None:
    git(small.folder, "init", "--quiet", "-b", "main")
    git(small.folder, "add", "book")
    git(small.folder, "commit", "--quiet", "-m", "one")
    edit(small)
    git(small.folder, "commit", "--quiet", "-a", "-m", "two")
    assert told(list(read_history(small.root).findings)) == [("JRN-11", SALES, "SA20261008-K1-0002")]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_command_tells_who_appended_what(tracked: Small, lang: str) -> None:
    tracked.lang = lang
    sell(tracked)
    commit(tracked.root, "a sale")
    out = tracked.ok("verify --history").out
    assert "王" in out
    assert "SA20261105-K1-0001" in out
    assert tracked.ok(f"verify --history --month {OCTOBER} --json").json["commits"][0]["appended"].keys() >= {SALES}


def test_without_git_it_says_so(small: Small) -> None:
    ran = small("verify --history")
    assert (ran.code, ran.error) == (4, "JRN-11")


# -- the hook ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def served(tracked: Small) -> Small:
    """The book with a server of its own, the hook installed by the command."""
    server = tracked.folder / "server.git"
    git(tracked.folder, "init", "--quiet", "--bare", "-b", "main", str(server))
    tracked.ok(f"verify --install-hook {server}")
    git(tracked.root, "remote", "add", "origin", str(server))
    git(tracked.root, "push", "--quiet", "origin", "main")
    return tracked


def push(small: Small, *argv: str) -> subprocess.CompletedProcess[str]:
    return git(small.root, "push", *(argv or ("origin", "main")), check=False)


def test_a_push_that_appends_passes(served: Small) -> None:
    sell(served)
    head = commit(served.root, "a sale")
    assert push(served).returncode == 0
    assert git(served.folder / "server.git", "rev-parse", "main").stdout.strip() == head


@pytest.mark.parametrize("act", BAD, ids=lambda act: act.__name__)
def test_a_push_that_edits_is_refused(served: Small, act: object) -> None:
    before = git(served.folder / "server.git", "rev-parse", "main").stdout
    assert callable(act)
    act(served)
    commit(served.root, "fix")
    done = push(served)
    assert done.returncode != 0
    assert "refused" in done.stderr
    assert "拒绝" in done.stderr
    assert git(served.folder / "server.git", "rev-parse", "main").stdout == before


def test_a_push_that_hides_an_edit_behind_another_commit_is_refused(served: Small) -> None:
    before = served.read(SALES)
    edit(served)
    commit(served.root, "one")
    served.write(SALES, before)
    commit(served.root, "two")
    done = push(served)
    assert done.returncode != 0
    assert "SA20261008-K1-0002" in done.stderr


def test_history_is_not_rewritten_by_force(served: Small) -> None:
    sell(served)
    commit(served.root, "a sale")
    assert push(served).returncode == 0
    git(served.root, "reset", "--quiet", "--hard", "HEAD~1")
    assert push(served, "--force", "origin", "main").returncode != 0
    assert push(served, "origin", "--delete", "main").returncode != 0


def test_a_hand_edit_that_a_waiver_accepts_passes(served: Small) -> None:
    from hashlib import sha256

    path = "journals/2026-11/sales.K1.csv"
    served.forge.scratch("SA20261103-K1-0001", b"100.00", b"900.00")
    found = sha256(served.read(path).splitlines(keepends=True)[1]).hexdigest()
    waiver = f'- id: "DI20261105-K1-0001"\n  kind: "waiver"\n  file: "{path}"\n  line: "2"\n  found: "{found}"\n  h: "{"0" * 16}"\n\n'
    served.write("journals/2026-11/dispositions.K1.yaml", waiver.encode())
    commit(served.root, "accepted by the manager")
    assert read_history(served.root).findings == ()
    assert push(served).returncode == 0


def test_no_waiver_reaches_into_a_sealed_month(served: Small) -> None:
    from hashlib import sha256

    edit(served)
    found = sha256(served.read(SALES).splitlines(keepends=True)[2]).hexdigest()
    waiver = f'- id: "DI20261105-K1-0001"\n  kind: "waiver"\n  file: "{SALES}"\n  line: "3"\n  found: "{found}"\n  h: "{"0" * 16}"\n\n'
    served.write("journals/2026-11/dispositions.K1.yaml", waiver.encode())
    commit(served.root, "not for this month")
    assert push(served).returncode != 0


def test_a_hook_that_is_there_is_left(served: Small) -> None:
    server = served.folder / "server.git"
    before = (server / "hooks" / "pre-receive").read_bytes()
    assert served(f"verify --install-hook {server}").code == 5
    assert (server / "hooks" / "pre-receive").read_bytes() == before
    assert served(f"verify --install-hook {served.folder / 'keys'}").code == 5


NO_CLOSING = "closings/9999-12/closing.yaml"


def stand_for(small: Small, month: str) -> None:
    """October's files as another month's, so that a seal of it would seal what is there."""
    for folder in ("journals", "closings"):
        shutil.copytree(small.root / folder / OCTOBER, small.root / folder / month)


def garbage(small: Small) -> None:
    small.write(NO_CLOSING, b"month: 9999-12\n")


def empty(small: Small) -> None:
    small.write("closings/2026-11/closing.yaml", b"")


def of_another_month(small: Small) -> None:
    small.write("closings/2026-08/closing.yaml", small.read(f"closings/{OCTOBER}/closing.yaml"))


def cut_short(small: Small) -> None:
    small.write("closings/2026-08/closing.yaml", _sealed_as(small, "2026-08", "2026-09-02T10:00:00+08:00")[:-40])


def not_over_as_it_says(small: Small) -> None:
    small.write("closings/2026-11/closing.yaml", _sealed_as(small, "2026-11", "2026-11-04T10:00:00+08:00"))


def not_over_as_the_commit_says(small: Small) -> None:
    stand_for(small, "2026-12")
    small.write("closings/2026-12/closing.yaml", _sealed_as(small, "2026-12", "2027-01-02T10:00:00+08:00"))


def of_files_that_are_not_there(small: Small) -> None:
    small.write("closings/2026-08/closing.yaml", _sealed_as(small, "2026-08", "2026-09-02T10:00:00+08:00"))


def of_another_book(small: Small) -> None:
    data = _sealed_as(small, "2026-08", "2026-09-02T10:00:00+08:00")
    small.write("closings/2026-08/closing.yaml", _resealed(data.replace(BOOK_ID.encode(), b"f" * 32)))


def _sealed_as(small: Small, month: str, at: str) -> bytes:
    """October's seal as one of another month and time: whole, and its own h fits."""
    data = small.read(f"closings/{OCTOBER}/closing.yaml").replace(OCTOBER.encode(), month.encode())
    return _resealed(re.sub(rb'(?m)^at: ".*"$', f'at: "{at}"'.encode(), data))


def _resealed(data: bytes) -> bytes:
    body = data[: data.rindex(b"h: ")]
    return body + f'h: "{own_h(body)}"\n'.encode()


SPOILT: dict[str, Callable[[bytes], bytes]] = {
    "a file in another folder": lambda data: data.replace(b"journals/2026-10/", b"journals/2026-09/", 1),
    "a state file less": lambda data: re.sub(rb'  - path: "[^"]*stock.csv"\n.*\n.*\n', b"", data),
    "a file twice": lambda data: re.sub(rb'(?s)(files:\n)(  - .*?"\n)(?=  - )', rb"\1\2\2", data, count=1),
    "a number that is none": lambda data: data.replace(b'bytes: "', b'bytes: "0', 1),
    "a digest too short": lambda data: re.sub(rb'sha256: "[0-9a-f]', b'sha256: "', data, count=1),
    "no such instant": lambda data: re.sub(rb'(?m)^at: ".*"$', b'at: "2026-11-31T10:00:00+08:00"', data),
    "a control character": lambda data: data.replace(b'by: "li', b'by: "li\x07'),
    "a format to come": lambda data: data.replace(b'format: "1"', b'format: "2"'),
    "a line more": lambda data: data.replace(b"files:\n", b'note: "x"\nfiles:\n'),
}
"""Seals that nobody writes, each with an own h that fits."""


NO_SEALS = [
    garbage,
    empty,
    of_another_month,
    cut_short,
    not_over_as_it_says,
    not_over_as_the_commit_says,
    of_files_that_are_not_there,
    of_another_book,
]


@pytest.mark.parametrize("act", NO_SEALS, ids=lambda act: act.__name__)
def test_what_is_no_seal_of_its_month_is_not_pushed(served: Small, act: Callable[[Small], None]) -> None:
    """H3: one push of it, and its removal is refused and no month ever closes again."""
    act(served)
    commit(served.root, "put there")
    done = push(served)
    assert done.returncode != 0
    assert any(why in done.stderr for why in ("no seal of its month", "not over", "not in the commit"))
    assert {one.code for one in read_history(served.root).findings} == {"JRN-11"}


def test_a_close_passes_the_hook(served: Small) -> None:
    """October's files stand for August's too; what was sealed is pushed in a commit of its own here."""
    stand_for(served, "2026-08")
    data = _sealed_as(served, "2026-08", "2026-09-01T00:00:00+08:00")
    served.write("closings/2026-08/closing.yaml", data)
    commit(served.root, "close 2026-08")
    assert push(served).returncode == 0


def unhooked(small: Small, act: Callable[[Small], None]) -> None:
    """Pushed while the server had no hook."""
    hook = small.folder / "server.git" / "hooks" / "pre-receive"
    act(small)
    commit(small.root, "put there")
    hook.rename(hook.with_name("away"))
    assert push(small).returncode == 0
    hook.with_name("away").rename(hook)


def foreign(small: Small) -> None:
    small.write("journals/2026-11/notes (copy).txt", b"x\n")


def beside_a_seal(small: Small) -> None:
    small.write(f"closings/{OCTOBER}/notes.txt", b"x\n")


def unfinished(small: Small) -> None:
    small.write("closings/2026-11/stock.csv", b"x\n")


def torn_behind_a_seal(small: Small) -> None:
    small.write(SALES, small.read(SALES) + b"abc")


def torn_yaml_behind_a_seal(small: Small) -> None:
    small.write(CLIENTS, small.read(CLIENTS) + b'- id: "CL20260930-K1-0009"\n  kind: "added"\n')


def no_record_behind_a_seal(small: Small) -> None:
    small.write(SALES, small.read(SALES) + b"abc\n")


def torn_file_in_a_sealed_month(small: Small) -> None:
    header, first, *_ = small.read(SALES).splitlines(keepends=True)
    small.write(SALES.replace("K1", "K2"), header + first.replace(b"K1", b"K2")[:-20])


def foreign_in_a_sealed_month(small: Small) -> None:
    small.write(f"journals/{OCTOBER}/notes.txt", b"x\n")


def below_a_seal(small: Small) -> None:
    small.write(f"closings/{OCTOBER}/old/stock.csv", b"x\n")


PUT_IN: dict[Callable[[Small], None], tuple[str, str]] = {
    torn_behind_a_seal: (f"{SALES}:6", "no record"),
    torn_yaml_behind_a_seal: (CLIENTS, "no record"),
    no_record_behind_a_seal: (f"{SALES}:6", "no record"),
    torn_file_in_a_sealed_month: (SALES.replace("K1", "K2"), "no record"),
    foreign_in_a_sealed_month: (f"journals/{OCTOBER}/notes.txt", "no journal"),
    beside_a_seal: (f"closings/{OCTOBER}/notes.txt", "no closing wrote it"),
    below_a_seal: (f"closings/{OCTOBER}/old/stock.csv", "no closing wrote it"),
}
"""What would keep every later month open in every clone: October has four sales, September's clients are in YAML."""


@pytest.mark.parametrize("act", PUT_IN, ids=lambda act: act.__name__)
def test_nothing_but_records_and_signatures_is_put_into_a_sealed_month(
    served: Small, act: Callable[[Small], None]
) -> None:
    act(served)
    commit(served.root, "put there")
    done = push(served)
    assert done.returncode != 0
    assert all(part in done.stderr for part in PUT_IN[act]), done.stderr
    assert [one.code for one in read_history(served.root).findings] == ["JRN-11"]


def test_a_late_record_passes_the_hook(served: Small) -> None:
    """Another terminal's October sale and the next line of K1's file come after the seal: CLS-03 to adopt, not to refuse."""
    header, first, *_ = served.read(SALES).splitlines(keepends=True)
    served.write(SALES.replace("K1", "K2"), header + first.replace(b"K1", b"K2"))
    served.write(SALES, served.read(SALES) + first.replace(b"1008-K1-0001", b"1031-K1-0001"))
    commit(served.root, "late")
    assert push(served).returncode == 0
    assert read_history(served.root).findings == ()


@pytest.mark.parametrize(
    "act", [torn_behind_a_seal, torn_file_in_a_sealed_month, beside_a_seal, foreign_in_a_sealed_month]
)
def test_a_merge_is_not_blamed_for_what_the_sealed_side_has(served: Small, act: Callable[[Small], None]) -> None:
    """It was pushed while there was no hook; a clone that merges it, and one that takes it away, can push."""
    git(served.root, "branch", "other")
    unhooked(served, act)
    git(served.root, "switch", "--quiet", "other")
    sell(served)
    commit(served.root, "a sale")
    git(served.root, "merge", "--quiet", "main")
    assert push(served, "origin", "other:main").returncode == 0, push(served).stderr


def test_a_merge_answers_for_what_an_unsealed_side_brings(served: Small) -> None:
    """The other side tore its file while October was open; merged into the sealed book it would stay for ever."""
    git(served.root, "checkout", "--quiet", "--orphan", "other")
    shutil.rmtree(served.root / "closings")
    torn_behind_a_seal(served)
    git(served.root, "add", "--all")
    git(served.root, "commit", "--quiet", "-m", "torn")
    git(served.root, "merge", "--quiet", "--allow-unrelated-histories", "-X", "ours", "main")
    assert served.read(SALES).endswith(b"abc")
    done = push(served, "origin", "HEAD:main")
    assert done.returncode != 0
    assert "no record" in done.stderr


@pytest.mark.parametrize("act", PUT_IN, ids=lambda act: act.__name__)
def test_what_blocks_behind_a_seal_names_what_mends_it(small: Small, act: Callable[[Small], None]) -> None:
    """The printed commands are typed, and the closed month verifies again; a line that reads as none has no such command."""
    act(small)
    if act is no_record_behind_a_seal:
        (found,) = small.found()
        assert found.next[0].startswith("git log ")
        return
    while todo := small.found():
        (found,) = todo
        assert (found.code, found.where[0].file) == ("CLS-01", PUT_IN[act][0].partition(":")[0])
        _typed(small, found.next[0])


def _typed(small: Small, line: str) -> None:
    """A printed command in the book's folder; it must change something."""
    before = {path: small.read(path) for path in (*small.covered(), *_odd(small))}
    if line.startswith("gb "):
        small.ok(line.removeprefix("gb "))
    else:
        subprocess.run(line, shell=True, check=True, cwd=small.root)
    assert {path: small.read(path) for path in (*small.covered(), *_odd(small))} != before


@pytest.mark.parametrize(
    "act", [*NO_SEALS[:5], foreign, beside_a_seal, unfinished], ids=lambda act: act.__name__
)  # fmt: skip
def test_what_no_seal_covers_is_taken_away_again(served: Small, act: Callable[[Small], None]) -> None:
    before = set(served.disk.walk("closings")) | set(served.disk.walk("journals"))
    unhooked(served, act)
    (put,) = ({*served.disk.walk("closings"), *served.disk.walk("journals")} | _odd(served)) - before
    (served.root / put).unlink()
    commit(served.root, "taken away")
    assert push(served).returncode == 0, push(served).stderr
    assert [one for one in read_history(served.root).findings if "taken away" in one.words.en] == []


def _odd(small: Small) -> set[str]:
    return {*small.disk.strangers("journals"), *small.disk.strangers("closings")}


@pytest.mark.parametrize("name", ["closing.yaml", "stock.csv", "gb.yaml", "finance.signature.yaml", "finance.sig"])
def test_what_a_seal_covers_is_never_taken_away(signed: Small, name: str) -> None:
    git(signed.root, "init", "--quiet", "-b", "main")
    commit(signed.root, "sealed")
    (signed.root / "closings" / OCTOBER / name).unlink()
    bad = commit(signed.root, "away")
    found = read_history(signed.root).findings
    assert [(one.subject, one.where[0].file) for one in found] == [(bad, f"closings/{OCTOBER}/{name}")]


def test_the_hook_judges_a_seal_as_the_program_does(small: Small) -> None:
    """Every byte of a seal changed, and every cut: what one of them does not take, the other does not either."""
    data = small.read(f"closings/{OCTOBER}/closing.yaml")
    assert is_seal(data, OCTOBER)
    assert not is_seal(data, SEPTEMBER)
    assert [at for at in range(len(data)) if is_seal(data[:at], OCTOBER)] == []
    for at in range(0, len(data), 7):
        other = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        assert not is_seal(other, OCTOBER), at
        with pytest.raises(ValueError):  # noqa: PT011 - whatever is wrong with it
            parse_seal(other)


@pytest.mark.parametrize("how", SPOILT)
def test_a_seal_that_no_closing_writes_is_none_to_hook_and_program(small: Small, how: str) -> None:
    """What the program would refuse must not pass the hook: nothing could take it out again."""
    data = small.read(f"closings/{OCTOBER}/closing.yaml")
    spoilt = _resealed(SPOILT[how](data))
    assert spoilt != data
    assert not is_seal(spoilt, OCTOBER)
    with pytest.raises(ValueError):  # noqa: PT011 - whatever is wrong with it
        parse_seal(spoilt)


def test_the_hook_needs_nothing_of_ours(served: Small) -> None:
    text = (served.folder / "server.git" / "hooks" / "pre-receive").read_text(encoding="utf-8")
    assert text.startswith("#!/usr/bin/env python3\n")
    assert "import ledger" not in text
    assert "from ledger" not in text


@pytest.mark.parametrize("name", ["finance.sig", "finance.signature.yaml"])
def test_half_a_signature_comes_back_as_printed(signed: Small, name: str) -> None:
    """CLS-05: one of the two files is gone; git has both, and the command that is named brings it back."""
    git(signed.root, "init", "--quiet", "-b", "main")
    commit(signed.root, "sealed")
    (signed.root / "closings" / OCTOBER / name).unlink()
    found = signed("verify --json").json
    (bad,) = [
        one for part in ("integrity", "completeness") for one in found[part]["findings"] if one["code"] == "CLS-05"
    ]
    assert bad["next"][0].startswith("git -C "), bad
    subprocess.run(bad["next"][0], shell=True, check=True)
    signed.ok("verify")
