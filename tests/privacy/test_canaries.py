"""Twenty planted strings and where they are not (D11): the real command on a real book in git, every byte looked at.

Filed, changed, collected, shown, listed, exported to JSON, checked, refused, closed, committed, backed up: of the values nothing
stands in a tracked file, a git object, the index, another file, a process's arguments or environment, an answer without
``--reveal``, an error or a traceback.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from ledger.book.open import Book
from ledger.privacy import values
from tests.cli.counter import gb
from tests.crash.command import strace
from tests.privacy.shop import PERSON, UNIT

ROOT = Path(__file__).parents[2]
OTHER = {
    "name": "Quisquilia Canary 12", "contact": "端木雀13", "phone": "13911110014", "address": "Canary Close 15", "id_number": "E55501600",
    "birthday": "1951-03-17", "email": "canary18@example.cn",
}  # fmt: skip
SIGNERS = ("公冶雀19", "Canary Signer 20")
PLANTED = (*UNIT.values(), *PERSON.values(), *OTHER.values(), *SIGNERS)
SHIM = """#!/bin/sh
{ echo "$@"; env; tr '\\0' ' ' < /proc/$PPID/cmdline; tr '\\0' ' ' < /proc/$PPID/environ; } >> "$GB_TEST_SEEN"
exec "$GB_TEST_GIT" "$@"
"""


class Run(NamedTuple):
    code: int
    out: str
    err: str


class Street:
    """The real command in a process of its own; git is watched, temporary files have a folder of their own."""

    def __init__(self, root: Path) -> None:
        self.book, self.seen, self.said = root / "book", root / "seen", ""
        bin_, self.tmp = root / "bin", root / "tmp"
        bin_.mkdir()
        self.tmp.mkdir()
        self.seen.touch()
        git = subprocess.run(["sh", "-c", "command -v git"], capture_output=True, text=True, check=True).stdout.strip()
        (bin_ / "git").write_text(SHIM)
        (bin_ / "git").chmod(0o755)
        self.minute = 0
        self.env = {
            **os.environ, "PATH": f"{bin_}:{os.environ['PATH']}", "GB_TEST_GIT": git, "GB_TEST_SEEN": str(self.seen),
            "TMPDIR": str(self.tmp), "PYTHONPATH": str(ROOT), "GB_DEBUG": "1", "GB_LANG": "en",
        }  # fmt: skip

    def __call__(
        self, *argv: str, by: str = "li", stdin: str = "", day: str = "2026-10-08", before: tuple[str, ...] = ()
    ) -> Run:
        self.minute += 1
        clock = ("--at", f"{day} {9 + self.minute // 60:02d}:{self.minute % 60:02d}", "--terminal", "K1")
        whole = [*before, sys.executable, "-m", "cli.main", *argv, *clock]
        whole += [] if argv[0] == "init" else ["--book", str(self.book), "--by", by]
        done = subprocess.run(
            whole, input=stdin, capture_output=True, text=True, env=self.env, check=False, timeout=120
        )
        self.said += done.stdout + done.stderr
        return Run(done.returncode, done.stdout, done.stderr)

    def done(self, *argv: str, by: str = "li", stdin: str = "", day: str = "2026-10-08") -> Run:
        run = self(*argv, by=by, stdin=stdin, day=day)
        assert run.code == 0, (argv, run)
        return run

    def git(self, *words: str) -> bytes:
        return subprocess.run(["git", "-C", str(self.book), *words], capture_output=True, check=True).stdout

    def everything(self) -> Iterator[tuple[str, bytes]]:
        """Every place where a value could have been left, with its bytes."""
        yield "git objects", self.git("cat-file", "--batch-all-objects", "--batch")
        yield "answers and errors", self.said.encode()
        yield "arguments and environments", self.seen.read_bytes()
        for root in (self.book, self.tmp, Path(os.environ["XDG_STATE_HOME"])):
            for path in root.rglob("*"):
                if path.is_file():
                    yield str(path), path.read_bytes()


def spellings(text: str) -> Iterator[bytes]:
    """A value in the encodings in which it could lie about."""
    yield from {text.encode(form) for form in ("utf-8", "utf-16-le", "gb18030")}
    yield json.dumps(text)[1:-1].encode()
    yield text.encode("unicode_escape")
    yield text.encode().hex().encode()


def found_in(place: str, data: bytes) -> list[tuple[str, str]]:
    return [(text, place) for text in PLANTED if any(form in data for form in spellings(text))]


def filled(root: Path) -> Street:
    """The three clients, purchases of C001, and its rebate to be collected in two parts."""
    at = Street(root)
    at.done("init", str(at.book), "--store", "东方商厦")
    for code, role in (("li", "manager"), ("sun", "supervisor"), ("wang", "clerk")):
        at.done("operator", "add", code, "--name", code, "--role", role)
    at.done("keys", "init")
    at.done("client", "add", "--unit", "东风厂", "--kind", "enterprise", "--personal", "-", stdin=json.dumps(UNIT))
    for person, alias in ((PERSON, "甲"), (OTHER, "乙")):
        file = root / "mapping.json"
        file.write_text(json.dumps(person))
        at.done("client", "add", "--kind", "individual", "--alias", alias, "--personal", str(file))
        file.unlink()
    request = json.loads(at.done("request", "voucher", "400x100", "--reason", "plan", "--json", by="wang").out)["id"]
    at.done("request", "approve", request)
    at.done(
        "voucher",
        "receive",
        "A0010001-A0010400",
        "--face",
        "100",
        "--request",
        request,
        "--finance",
        "赵",
        "--stamped",
        by="wang",
    )
    at.done("sale", "cash", "C001", "A0010001+200", by="wang")
    return at


def collected(at: Street) -> None:
    """October's 20,000.00 give 200.00: two vouchers, collected one by one, each by a person who signs."""
    day = "2026-11-02"
    slip = json.loads(
        at.done("rebate", "propose", "--client", "C001", "--month", "2026-10", "--json", by="sun", day=day).out
    )["id"]
    at.done("rebate", "approve", slip, day=day)
    at.done("rebate", "collect", slip, "--sheets", "1", "--signed-by", "-", by="wang", stdin=SIGNERS[0], day=day)
    mapping = json.dumps({"signer": SIGNERS[1]})
    at.done("rebate", "collect", slip, "--sheets", "1", "--personal", "-", by="wang", stdin=mapping, day=day)


def test_twenty_planted_strings_are_nowhere(tmp_path: Path) -> None:
    assert len(set(PLANTED)) == 20
    at = filled(tmp_path)
    collected(at)
    changes: dict[str, dict[str, str]] = {"C002": {"phone": PERSON["phone"], "address": OTHER["address"]}}
    for code, new in changes.items():
        at.done("client", "change", code, "--personal", "-", stdin=json.dumps(new))
    for argv in (
        ("client", "list"), ("client", "list", "--json"), ("client", "show", "C002"), ("client", "show", "C002", "--json"),
        ("log", "--json"), ("log", "--kind", "clients"), ("show", "last"), ("show", "CL1008-2", "--json"), ("check", "--json"),
        ("keys", "doctor"), ("doctor",), ("status", "--json"), ("rebate", "list", "--month", "2026-10", "--json"),
        ("reconcile", "--month", "2026-10", "--json"), ("index", "rebuild"), ("report", "rebates", "--month", "2026-10", "--format", "csv"),
    ):  # fmt: skip
        assert at(*argv, day="2026-11-02").code in (0, 1), argv
    wrong = {"phone": PERSON["phone"] + "x", "nickname": PERSON["name"], "address": "x" + OTHER["address"] * 99}
    for name, text in wrong.items():
        refused = at("client", "change", "C003", "--personal", "-", stdin=json.dumps({name: text}))
        assert refused.code == 2
    assert at("client", "change", "C003", "--personal", "-", by="nobody", stdin=json.dumps(OTHER)).code == 3
    (tmp_path / "passphrase").write_text("correct horse battery staple")
    at.done("keys", "backup", str(at.tmp / "keys.age"), "--passphrase", str(tmp_path / "passphrase"), day="2026-11-02")
    at.git("add", "-A")
    at.git("-c", "user.name=t", "-c", "user.email=t@localhost", "commit", "--quiet", "-m", "all of it")
    at("notice", "--catch-up", day="2026-11-02")
    left = [hit for place, data in at.everything() for hit in found_in(place, data)]
    assert left == []
    assert at.seen.stat().st_size > 0  # git was called, and watched
    assert len(set(re.findall(rb"ENC\[v1:[^\]]*\]", at.git("cat-file", "--batch-all-objects", "--batch")))) == 21


def test_the_search_would_find_them(tmp_path: Path) -> None:
    """The canary of the canaries: revealed, all are in the answer; planted in a file, each spelling is seen."""
    at = filled(tmp_path)
    shown = "".join(
        at.done("client", "show", code, "--reveal", "--reason", "test").out for code in ("C001", "C002", "C003")
    )
    assert {text for text, _ in found_in("answer", shown.encode())} == set(PLANTED) - set(SIGNERS)
    (at.book / "note.txt").write_bytes("端木雀13".encode("gb18030"))
    assert [
        (text, Path(place).name)
        for place, data in at.everything()
        if "note" in place
        for text, _ in found_in(place, data)
    ] == [("端木雀13", "note.txt")]


def test_a_crash_while_sealing_shows_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """A fault of the program with the clear value in its hands, traceback printed: the value is not in it."""
    at = filled(tmp_path)

    def broken(*given: object) -> str:
        raise RuntimeError(repr(given[-1])[:0] or "broken")

    monkeypatch.setattr(values, "_bound", broken)
    monkeypatch.setenv("GB_DEBUG", "1")
    text = json.dumps({"phone": "13911110007"})
    here = ("--book", str(at.book), "--by", "li", "--terminal", "K1", "--at", "2026-10-08 17:59")
    done = gb("client", "change", "C003", "--personal", "-", *here, stdin=text)
    assert (done.code != 0, "Traceback" in done.err + capfd.readouterr().err) == (True, True)
    assert found_in("error", (done.out + done.err).encode()) == []


@pytest.mark.debian
@pytest.mark.skipif(bool(strace()), reason=strace() or "strace works")
def test_no_byte_of_them_leaves_the_process(tmp_path: Path) -> None:
    """Every write and every argument list of a process that files a person, by strace: temporary files, the index, all."""
    at = filled(tmp_path)
    log = tmp_path / "strace"
    calls = "trace=write,pwrite64,writev,pwritev,sendto,sendmsg,execve"
    watch = ("strace", "-f", "-xx", "-s", "1000000", "-e", calls, "-o", str(log))
    done = at(
        "client",
        "change",
        "C003",
        "--personal",
        "-",
        stdin=json.dumps(OTHER | {"phone": PERSON["phone"]}),
        before=watch,
    )
    assert done.code == 0, done
    data = log.read_bytes().replace(b"\\x", b"")
    assert b"ENC[v1:".hex().encode() in data  # what was written is in the log
    assert [text for text in PLANTED if any(form.hex().encode() in data for form in spellings(text))] == []


def test_the_keys_are_no_book_file(tmp_path: Path) -> None:
    """Neither the keystore nor the secret key is known to git, after a notice and an ``add -A``."""
    at = filled(tmp_path)
    at.git("add", "-A")
    names = at.git("ls-files").decode().splitlines()
    assert not [name for name in names if "keystore" in name or name.endswith((".age", ".identity"))]
    assert list(Book(at.book).keyring.store.all())
