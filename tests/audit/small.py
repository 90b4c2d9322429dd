"""The small book: made through the real commands, its months sealed by the format's own functions."""

from __future__ import annotations

import contextlib
import io
import shlex
import subprocess
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from cli.main import main
from ledger.audit.facts import Journals
from ledger.audit.seal import STATE, Seal, SealedFile, SealedState, parse_seal, seal_path, sealed_months, show_seal
from ledger.audit.seen import Seen
from ledger.audit.verify import Asked, Verification, verify
from ledger.core.findings import Finding
from ledger.disk import Disk
from tests.cli.counter import Result, gb
from tests.forge import Forge

BOOK_ID = "00112233445566778899aabbccddeeff"
SEPTEMBER, OCTOBER, NOVEMBER = "2026-09", "2026-10", "2026-11"
SALES = "journals/2026-10/sales.K1.csv"
CLIENTS = "journals/2026-09/clients.K1.yaml"
CLOSED = {SEPTEMBER: "2026-10-02T10:00:00+08:00", OCTOBER: "2026-11-02T10:00:00+08:00"}
FINANCE = ("chen", "zhao")


class Small:
    """One copy of the book, with the keys of its people beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder / "book"
        self.keys = folder / "keys"
        self.lang = "en"

    @property
    def disk(self) -> Disk:
        return Disk(self.root)

    @property
    def forge(self) -> Forge:
        return Forge(self.root, BOOK_ID)

    def __call__(self, line: str, *, at: str = "2026-11-05 10:00") -> Result:
        """Run a line as typed behind ``gb``."""
        return gb("--lang", self.lang, "--book", str(self.root), "--at", at, *shlex.split(line))

    def ok(self, line: str, *, at: str = "2026-11-05 10:00") -> Result:
        ran = self(line, at=at)
        assert ran.code == 0, f"gb {line}\n{ran.out}{ran.err}"
        return ran

    # -- files -----------------------------------------------------------------------------------------------------

    def read(self, path: str) -> bytes:
        return (self.root / path).read_bytes()

    def write(self, path: str, data: bytes) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_bytes(data)

    def covered(self) -> list[str]:
        """Every file that verification answers for: journals and closings."""
        return [*self.disk.walk("journals"), *self.disk.walk("closings")]

    # -- seals -----------------------------------------------------------------------------------------------------

    def seal(self, month: str) -> Seal:
        return parse_seal(self.read(seal_path(month)))

    def digest(self, month: str) -> str:
        return sha256(self.read(seal_path(month))).hexdigest()

    def reseal(self, month: str, **changed: Any) -> None:
        """A seal over the files as they are now, as somebody with the program's source could make it."""
        for path in (self.root / "closings" / month).glob("closing.yaml"):
            path.unlink()
        close(self.root, month, **changed)

    def drop_signatures(self, month: str) -> None:
        for path in [
            *(self.root / "closings" / month).glob("*.sig"),
            *(self.root / "closings" / month).glob("*.signature.yaml"),
        ]:
            path.unlink()

    # -- verification ------------------------------------------------------------------------------------------------

    def verify(self, month: str = "", digest: str = "", seen: Seen | None = None) -> Verification:
        return verify(self.disk, BOOK_ID, Asked(month=month, digest=digest, seen=seen or Seen()))

    def found(self, **asked: Any) -> list[Finding]:
        result = self.verify(**asked)
        return [*result.integrity, *result.completeness]


def told(findings: list[Finding]) -> list[tuple[str, str, str]]:
    """Code, file and record id of each finding."""
    return [(one.code, one.where[0].file, one.where[0].id) for one in findings]


def close(root: Path, month: str, **changed: Any) -> None:
    """Seal a month as closing does: state files of a line each, copies of settings and rules, then the seal."""
    disk = Disk(root)
    folder = f"closings/{month}"
    contents = {"rules.yaml": disk.read("rules.yaml"), "gb.yaml": disk.read("gb.yaml")}
    for name in STATE:
        if disk.stat(f"{folder}/{name}") is None:
            disk.create(f"{folder}/{name}", contents.get(name, f"{name} of {month}\n".encode()))
    before = [one for one in sealed_months(disk) if one < month]
    previous = sha256(disk.read(seal_path(before[-1]))).hexdigest() if before else ""
    journals = Journals(disk, BOOK_ID)
    files = [_file(journals, path) for path in journals.paths if path.startswith(f"journals/{month}/")]
    state = [_state(disk, f"{folder}/{name}") for name in sorted(STATE)]
    seal = Seal(
        book=BOOK_ID, month=month, at=CLOSED.get(month, ""), by="li", terminal="K1", previous=previous, digest="0" * 64,
        files=tuple(files), state=tuple(state),
    )  # fmt: skip
    disk.create(seal_path(month), show_seal(msgspec.structs.replace(seal, **changed)))


def _file(journals: Journals, path: str) -> SealedFile:
    data, facts = journals.disk.read(path), journals.facts(path)
    return SealedFile(
        path=path, bytes=len(data), sha256=sha256(data).hexdigest(), records=facts.whole, last_h=facts.last_h
    )  # fmt: skip


def _state(disk: Disk, path: str) -> SealedState:
    data = disk.read(path)
    return SealedState(path=path, bytes=len(data), sha256=sha256(data).hexdigest())


def make_key(path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", path.name, "-f", str(path)], check=True)


def build(folder: Path, *, ssh: bool) -> None:
    """September and October sealed and signed, with keys or on paper, November open."""
    small = Small(folder)
    main_init(folder)
    day = "2026-09-01 09:"
    people = [
        "li 李 manager",
        "bo 薄 manager",
        "wang 王 clerk",
        "chen 陈 finance",
        "zhao 赵 finance",
        "both 贝 manager --role finance",
    ]
    for minute, person in enumerate(people):
        code, name, role = person.split(" ", 2)
        by = " --by li" if minute else ""
        small.ok(f"operator add {code} --name {name} --role {role}{by} --terminal K1", at=f"{day}{minute:02d}")
    if ssh:
        _register_keys(small, day)
    own = "--by wang --terminal K1"
    small.ok(f"client add --unit 东风厂 --kind enterprise {own}", at=f"{day}20")
    small.ok(f"client add --unit 东风学校 --kind institution {own}", at=f"{day}21")
    asked = small.ok(f"request voucher 20x100 --reason plan --json {own}", at=f"{day}22").json["id"]
    small.ok(f"request approve {asked} --by li --terminal K1", at=f"{day}23")
    small.ok(f"voucher receive A0001+20 --request {asked} --finance 陈 --stamped {own}", at=f"{day}24")
    for serial, when in enumerate(
        ("2026-10-08 10:00", "2026-10-08 10:05", "2026-10-08 10:10", "2026-10-09 11:00", "2026-11-03 09:00"), 1
    ):
        small.ok(f"sale cash A000{serial} --client C001 --amount 100 {own}", at=when)
    for month in (SEPTEMBER, OCTOBER):
        close(small.root, month)
        for side, code, name in (("department", "li", "李"), ("finance", "chen", "陈")):
            how = f"--key {small.keys / code}" if ssh else f"--paper {name}"
            small.ok(f"sign --month {month} --as {side} {how} --by {code}")


def _register_keys(small: Small, day: str) -> None:
    for minute, code in enumerate(("li", "bo", "chen", "zhao", "both"), 10):
        make_key(small.keys / code)
        small.ok(f"keys sign-setup --key {small.keys / code} --by {code} --terminal K1", at=f"{day}{minute:02d}")
    make_key(small.keys / "stranger")


def main_init(folder: Path) -> None:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        code = main(
            ["--at", "2026-09-01 08:00", "init", str(folder / "book"), "--store", "东方商厦", "--terminal", "K1",
             "--book-id", BOOK_ID, "--no-git"]
        )  # fmt: skip
    assert code == 0
