"""Completion: what a shell is offered, in real shells where they are installed; never from the text of the book."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli import frame
from cli.commands import COMMANDS
from cli.completion import TAKES
from ledger.core.records import JOURNALS, journal
from tests.cli.counter import Counter, english_again, open_counter
from tests.cli.start import environment

pytestmark = pytest.mark.skipif(os.name == "nt", reason="shells of a Unix")
RUN = "from cli.main import run; run()"


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Counter]:
    yield open_counter(tmp_path)
    english_again()


def offered(at: Counter, line: str, lang: str = "zh") -> dict[str, str]:
    """What fish would show behind ``line``: candidates with their meaning."""
    asked = {"_GB_COMPLETE": "complete_fish", "_TYPER_COMPLETE_FISH_ACTION": "get-args", "_TYPER_COMPLETE_ARGS": line}
    done = subprocess.run(
        [sys.executable, "-c", RUN], check=False, capture_output=True, text=True,
        env=environment(GB_BOOK=str(at.book), GB_LANG=lang, **asked),
    )  # fmt: skip
    assert done.stderr == ""
    pairs = (row.partition("\t") for row in done.stdout.splitlines() if row)
    return {value: means for value, _, means in pairs}


@pytest.mark.parametrize(
    ("line", "value", "zh", "en"),
    [
        ("gb cou", "counter", "柜台模式：一笔接一笔售券，可扫码", "sell one after another, with a scanner"),
        ("gb sale ", "cash", "现金售券", "a sale for cash"),
        ("gb sale cash --vou", "--vouchers", "券号", "the serials"),
        ("gb sale cash ", "C001", "东风厂", "东风厂"),
        ("gb sell c00", "C002", "东风学校", "东风学校"),
        ("gb sell C001 500 -t we", "wechat", "微信", "WeChat"),
        ("gb sale cash --face ", "100", "元", "yuan"),
        ("gb sell C001 500 --by l", "li", "李梅", "李梅"),
        ("gb terminal use ", "K1", "", ""),
        ("gb explain STK-0", "STK-01", "账实不符", "held is not counted"),
        ("gb report we", "weekly", "周报", "the week"),
        ("gb print b", "blind", "盘点表（盲盘）", "blank count sheet"),
        ("gb print RC", "RC20261008-K1-0001", "2026-10-08 领券登记表", "2026-10-08 Register of vouchers received"),
        ("gb print last --form reg", "register", "客户资料登记表", "Register of clients"),
        ("gb import fin", "finance", "", ""),
        ("gb export csv cus", "custody", "", ""),
        ("gb client add --kind ent", "enterprise", "企业", "enterprise"),
        ("gb client classify C001 --as k", "key", "重点", "key"),
        ("gb show RC", "RC20261008-K1-0001", "2026-10-08 领券登记", "2026-10-08 receipt"),
    ],
)
def test_codes_are_offered_with_their_meaning(at: Counter, line: str, value: str, zh: str, en: str) -> None:
    at.done("status")
    for lang, means in (("zh", zh), ("en", en)):
        found = offered(at, line, lang)
        assert value in found
        assert value.isascii()
        assert found[value] == means


def test_a_command_is_offered_only_what_it_takes(at: Counter) -> None:
    """A cheque reserved, a sale, 31 calls after them: no list of the newest hides the reservation, and no sale is approved."""
    taken = ("--cheque", "10203040", "--bank", "工商银行", "--drawn", "10-08")
    held = at.done("sale", "cheque", "C001", "A0010001+10", *taken, "--json").json["id"]
    sale = at.done("sale", "cash", "C001", "A0010021+5", "--json").json["id"]
    for number in range(31):
        at.done("visit", "log", "C001", "--how", "call", "--summary", f"第{number}次")
    for line in ("gb sale handover ", "gb sale release "):
        assert [*offered(at, line)] == [held], line
    assert [*offered(at, "gb rebate propose C001 --sales ")] == [sale]
    requests = [*offered(at, "gb request approve ")]
    assert requests == [*offered(at, "gb sale cash --approval ")]
    assert {one[:2] for one in requests} == {"RQ"}
    assert "RQ20261008-K1-0002" not in requests, "an approval is no request"
    assert not offered(at, "gb rebate approve ")


def test_every_command_whose_records_are_named_is_there() -> None:
    kinds = {f"{one.name} {kind.KIND}" for one in JOURNALS for kind in journal(one.name).kinds}
    assert {name for names in TAKES.values() for name in names} <= kinds
    for path in TAKES:
        noun, *verb = path.split(" ")
        assert noun in COMMANDS
        assert set(verb) <= set(frame.load(noun, COMMANDS[noun]).list_commands(None))


def test_nothing_is_offered_where_nothing_is_known(at: Counter) -> None:
    for line in ("gb nonsense ", "gb client add --code ", "gb --book /nowhere sale cash "):
        assert offered(at, line) == {}


def test_no_journal_is_read_for_it(at: Counter) -> None:
    """Without an index there are no clients to offer, however many there are in the text; nor is one made."""
    shutil.rmtree(at.book / ".gb", ignore_errors=True)
    assert offered(at, "gb sale cash ") == {}
    assert not (at.book / ".gb" / "index.sqlite").exists()
    at.done("status")
    for path in (at.book / "journals").rglob("*.yaml"):
        path.write_bytes(b"not a journal\n")
    assert list(offered(at, "gb sale cash ")) == ["C001", "C002"]


def test_it_imports_no_more_than_it_needs(at: Counter) -> None:
    at.done("status")
    asked = {"_GB_COMPLETE": "complete_zsh", "_TYPER_COMPLETE_ARGS": "gb sale cash C0"}
    script = "import sys\nfrom cli.main import main\nmain([])\nprint(*sys.modules, sep='\\n', file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True,
        env=environment(GB_BOOK=str(at.book), GB_LANG="zh", **asked),
    )  # fmt: skip
    assert '"C001":"东风厂"' in done.stdout
    loaded = set(done.stderr.split())
    assert sorted(loaded & {"rich", "textual", "pypinyin", "ledger.folds.reconcile", "cli.sell", "cli.voucher"}) == []


@pytest.fixture
def shim(tmp_path: Path, at: Counter) -> dict[str, str]:
    """The environment of a shell in which ``gb`` is this program, and the book that it works on."""
    at.done("status")
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "gb").write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "{RUN}" "$@"\n')
    (folder / "gb").chmod(0o755)
    path = f"{folder}{os.pathsep}{os.environ['PATH']}"
    return environment(GB_BOOK=str(at.book), GB_LANG="zh", PATH=path, HOME=str(tmp_path), TERM="dumb", LC_ALL="C.UTF-8")


def shell(name: str, script: str, env: dict[str, str]) -> str:
    program = shutil.which(name)
    if program is None:
        pytest.skip(f"{name} is not installed")
    options = {"bash": ["--norc"], "zsh": ["-f"], "fish": ["--no-config"]}[name]
    done = subprocess.run([program, *options, "-c", script], check=False, capture_output=True, text=True, env=env)
    assert done.stderr == "", done
    return done.stdout


def test_bash_completes(shim: dict[str, str]) -> None:
    script = """eval "$(gb completion bash)"
    complete -p gb gb-ledger
    COMP_WORDS=(gb sale cash c); COMP_CWORD=3; _gb_completion gb; printf '%s\\n' "${COMPREPLY[@]}" """
    lines = shell("bash", script, shim).splitlines()
    assert len([line for line in lines if line.startswith("complete ")]) == 2
    assert lines[-2:] == ["C001", "C002"]


@pytest.mark.debian
def test_fish_completes(shim: dict[str, str]) -> None:
    script = "gb completion fish | source; complete --do-complete 'gb sale cash C'"
    assert shell("fish", script, shim).splitlines() == ["C001\t东风厂", "C002\t东风学校"]


@pytest.mark.debian
def test_zsh_completes(shim: dict[str, str]) -> None:
    """A real zsh at a terminal: Tab behind ``gb sale cash C`` lists both clients with their names."""
    pexpect = pytest.importorskip("pexpect")
    if shutil.which("zsh") is None:
        pytest.skip("zsh is not installed")
    child = pexpect.spawn(
        "zsh", ["-f"], env={**shim, "TERM": "xterm"}, encoding="utf-8", timeout=30, dimensions=(24, 80)
    )
    child.sendline("PS1='$ '; autoload -U compinit; compinit -D; eval \"$(gb completion zsh)\"; print rea''dy")
    child.expect_exact("ready")
    child.send("gb sale cash C\t\t")
    child.expect("C001.*东风厂")
    child.expect("C002.*东风学校")
    child.sendintr()
    child.sendline("exit")
    child.expect(pexpect.EOF)
