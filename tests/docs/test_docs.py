"""The documentation is run.  How, in short:

- The ``sh`` blocks of README*.md and docs/*.md run in order, one bash and one new folder per page, `gb` on PATH, nobody
  logged in, no book: what a page needs it makes.  ``cd`` and exported variables last to the page's end; the first command that
  fails ends it.  A page in Chinese (``.zh-CN``) speaks Chinese, the others English.
- A ``text`` block that follows an ``sh`` block, with only an empty line between, is what that block prints on stdout and
  stderr together.  It is compared exactly, but for this: pages are written as if today were 2026-10-08, so today's date
  in the output, also in record ids (``SA20261122-``, ``SA1122-``), is turned into that one first; and a line ``…`` stands for
  any lines.
- A ``text`` block anywhere else is not a claim about a command.  Blocks of other languages (``cron``, ``bat``, ``console``)
  are not run.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("README*.md"), *ROOT.glob("docs/*.md")])
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
AS_IF = dt.date(2026, 10, 8)


class Block(NamedTuple):
    """One ``sh`` block: its line in the page, its commands, and what the page says it prints (None: nothing said)."""

    line: int
    commands: str
    shown: str | None


def blocks(page: str) -> list[Block]:
    """The ``sh`` blocks of a page in order."""
    fences = list(FENCE.finditer(page))
    found = []
    for number, fence in enumerate(fences):
        if fence[1] != "sh":
            continue
        after = fences[number + 1] if number + 1 < len(fences) else None
        follows = after is not None and after[1] == "text" and not page[fence.end() : after.start()].strip()
        shown = after[2] if after is not None and follows else None
        found.append(Block(page.count("\n", 0, fence.start()) + 1, fence[2], shown))
    return found


def run(found: list[Block], folder: Path, language: str) -> list[str]:
    """What each block prints; raises ``AssertionError`` naming the block that fails."""
    home = folder / "home"
    work = folder / "work"
    out = folder / "out"
    for one in (home, work, out):
        one.mkdir(exist_ok=True)
    script = "set -eu -o pipefail\n" + "".join(
        f"{{\n{block.commands}\n}} >'{out}/{number}' 2>&1\n" for number, block in enumerate(found)
    )
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GB_", "XDG_", "LC_"))}
    path = f"{Path(sys.executable).parent}{os.pathsep}{kept.get('PATH', '')}"
    environment = {**kept, "PATH": path, "HOME": str(home), "LANG": "C.UTF-8", "COLUMNS": "80", "TZ": "CST-8"}
    if not any(
        "export GB_LANG=" in block.commands for block in found
    ):  # a page that says its language is run as it says
        environment["GB_LANG"] = language
    done = subprocess.run(["bash", "-c", script], cwd=work, env=environment, stdin=subprocess.DEVNULL, check=False)
    printed = [(out / str(number)).read_text(encoding="utf-8") for number in range(len(list(out.iterdir())))]
    assert done.returncode == 0, f"line {found[len(printed) - 1].line}: exit {done.returncode}\n{printed[-1]}"
    return printed


def as_if(printed: str, today: dt.date) -> str:
    """The output as it would be on the day of the pages."""
    days = ((f"{today:%Y-%m-%d}", f"{AS_IF:%Y-%m-%d}"), (f"{today:%Y-%m}", f"{AS_IF:%Y-%m}"))
    for ours, theirs in days:
        printed = printed.replace(ours, theirs)
    return re.sub(
        rf"(?<=[A-Z]{{2}})({today:%Y})?{today:%m%d}(?=-)", lambda one: ((one[1] and "2026") or "") + "1008", printed
    )


def fits(shown: str, printed: str) -> bool:
    """Whether the output is what the page shows; a line ``…`` stands for any lines."""
    parts = [re.escape(line.rstrip()) if line.strip() != "…" else None for line in shown.rstrip("\n").split("\n")]
    pattern = "".join(r"(?:.*\n)*?" if part is None else part + "\n" for part in parts)
    text = "".join(line.rstrip() + "\n" for line in printed.rstrip("\n").split("\n"))
    return re.fullmatch(pattern, text) is not None


def prepare(page: Path, folder: Path) -> None:
    """docs/format.md speaks of the files of its published vectors."""
    if page.name != "format.md":
        return
    for case in json.loads((ROOT / "tests/vectors/chain.json").read_text(encoding="utf-8"))["cases"]:
        file = folder / "work" / case["path"]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(case["file"].encode())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_runs_and_prints_what_it_shows(page: Path, tmp_path: Path) -> None:
    found = blocks(page.read_text(encoding="utf-8"))
    prepare(page, tmp_path)
    printed = run(found, tmp_path, "zh" if ".zh-CN." in page.name else "en") if found else []
    today = dt.datetime.now(dt.timezone(dt.timedelta(hours=8))).date()  # a new book's zone is Asia/Shanghai
    for block, text in zip(found, printed, strict=True):
        now = as_if(text, today)
        assert block.shown is None or fits(block.shown, now), f"line {block.line} prints\n{now}"


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        ("a\nb\n", "a\nb\n", True),
        ("a\nb\n", "a\nc\n", False),
        ("a\n…\nd\n", "a\nb\nc\nd\n", True),
        ("a\n…\nd\n", "a\nb\nc\n", False),
        ("a+\n", "aa\n", False),
    ],
)
def test_outputs_are_compared(shown: str, printed: str, same: bool) -> None:
    assert fits(shown, printed) == same


def test_a_failing_block_is_named(tmp_path: Path) -> None:
    page = "one\n\n```sh\necho fine\n```\n\n```sh\nfalse\n```\n"
    with pytest.raises(AssertionError, match="line 7: exit 1"):
        run(blocks(page), tmp_path, "en")


def test_today_is_written_as_the_day_of_the_pages() -> None:
    printed = "SA1122-1 SA20261122-K1-0001 2026-11-22 2026-11 A0011221"
    expected = "SA1008-1 SA20261008-K1-0001 2026-10-08 2026-10 A0011221"
    assert as_if(printed, dt.date(2026, 11, 22)) == expected


# -- what is generated ---------------------------------------------------------------------------------------------------


def test_generated_pages_are_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "docs.build", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


# -- claims of the README ------------------------------------------------------------------------------------------------


KEYS = re.compile(r"^\|[^|]*\| `(gb [^`]+)` \| ([0-9]+) \|$", re.MULTILINE)


def test_the_keys_of_a_day_are_counted() -> None:
    """Keys to type a command and Enter; every command counted is one that the guide runs."""
    rows = {page.name: KEYS.findall(page.read_text(encoding="utf-8")) for page in ROOT.glob("README*.md")}
    guide = "".join(page.read_text(encoding="utf-8") for page in ROOT.glob("docs/guide*.md"))
    for name, found in rows.items():
        assert len(found) >= 5, name
        for command, keys in found:
            assert len(command) + 1 == int(keys), f"{name}: {command}"
            assert f"{command}\n" in guide, f"{name}: {command} is not in the guide"


def content(page: str) -> list[list[str]]:
    """What two languages of a page share: commands without quoted words, headings' levels, tables' code and numbers, links."""
    text = (ROOT / page).read_text(encoding="utf-8")
    commands = [re.sub(r'"[^"]*"', '""', block.commands) for block in blocks(text)]
    links = [re.sub(r"\.(zh-CN|en)(?=\.md)", "", link) for link in re.findall(r"\]\(([^)]*)\)", text)]
    return [commands, re.findall(r"^#+ ", text, re.MULTILINE), KEYS.findall(text), links]


@pytest.mark.parametrize("page", ["README.md", "docs/chain.md", "docs/interop.md"])
def test_both_languages_say_the_same(page: str) -> None:
    """The words are each language's own; the rest is one list."""
    assert content(page) == content(page.replace(".md", ".zh-CN.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_code_in_the_source_is_explained() -> None:
    from ledger.checks import all_codes

    source = "".join(
        file.read_text(encoding="utf-8") for folder in ("ledger", "cli") for file in (ROOT / folder).rglob("*.py")
    )
    used = set(re.findall(r'"([A-Z]{3}-[0-9]{2})"', source))
    assert len(used) > 30
    assert used - {code for code, _ in all_codes()} == set()
