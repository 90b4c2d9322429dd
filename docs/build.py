"""Write what is generated: schemas, the commands reference, the findings reference, the benchmarks, the READMEs' pictures; or say what is stale.

    python -m docs.build                    write everything
    python -m docs.build --check            write nothing; name every stale file and exit 1
    python -m docs.build [--check] PART…    only these parts: schemas, commands, findings, benchmarks, picture

Run as a module from the checkout's root, so that the checkout documents itself wherever gb-ledger is installed.
Everything comes from the program itself: the record declarations, the real `--help` of every command in both languages,
the explanations that the checks own.  So a page can be stale, but not wrong.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from cli import frame, lang
from cli.commands import SECTIONS
from cli.main import main as gb
from docs.measured import newest, page, short
from ledger.checks import all_codes
from ledger.core.findings import USUAL
from ledger.core.records import JOURNALS, journal
from ledger.core.schema import json_schema, table_schema
from ledger.core.words import LANGS, Lang, Words

ROOT = Path(__file__).resolve().parent.parent

Pages = Iterator[tuple[str, str]]
"""Paths from the root of the project, with what they must hold."""

GENERATED = "<!-- Written by docs/build.py; run `make docs` after a change. -->"


# -- schemas -----------------------------------------------------------------------------------------------------------


def schemas() -> Pages:
    """One schema per journal."""
    for listed in JOURNALS:
        declared = journal(listed.name)
        if declared.format == "csv":
            yield f"schemas/{declared.name}.table.json", as_json(table_schema(declared))
        else:
            yield f"schemas/{declared.name}.schema.json", as_json(json_schema(declared))


def as_json(value: object) -> str:
    """JSON for people: indented, Chinese as it is."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


# -- commands ----------------------------------------------------------------------------------------------------------

COMMANDS_HEAD = Words(
    "# 命令参考\n\n每一页都是命令自己的 `--help`。通用选项对每个命令都一样，只在 `gb` 的一页列出。",
    "# Commands\n\nEvery page is the command's own `--help`.  The shared options are the same for every command: they are "
    "listed once, with `gb`.",
)


def commands() -> Pages:
    """The help pages of every command, in both languages."""
    for language in LANGS:
        yield f"docs/commands{suffix(language)}.md", _commands_page(language)


def suffix(language: Lang) -> str:
    """What a page in Chinese has in its name."""
    return ".zh-CN" if language == "zh" else ""


def _commands_page(language: Lang) -> str:
    speak(language)
    blocks = [GENERATED, COMMANDS_HEAD.say(language), *_page([], level=2, language=language)]
    for section in SECTIONS:
        blocks.append(f"## {section.title.say(language)}")
        for name, entry in section.entries.items():
            for path in paths([name], frame.load(name, entry)):
                blocks += _page(path, level=2 + len(path), language=language)
    return "\n\n".join(blocks) + "\n"


def speak(language: Lang) -> None:
    """Load the commands anew in ``language``."""
    lang.choose(language)
    frame.forget()


def paths(path: list[str], command: Any) -> Iterator[list[str]]:
    """The command and every verb below it."""
    yield path
    for verb in getattr(command, "verbs", ()):
        yield from paths([*path, verb], command.get_command(None, verb))


def _page(path: list[str], *, level: int, language: Lang) -> list[str]:
    """A heading and the help page of one command, without what every command repeats."""
    text = output(["--lang", language, *path, "--help"])
    if path:
        shared = text.find("\n" + lang.say(Words("通用选项", "Shared options")))
        text = text[:shared] if shared >= 0 else text
    heading = " ".join(["gb", *path])
    return [f"{'#' * level} {heading}", f"```text\n{text.rstrip()}\n```"]


def output(argv: list[str]) -> str:
    """What a command prints on a page of 80 columns; raises ``RuntimeError`` when it fails."""
    os.environ["COLUMNS"] = "80"
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = gb(argv)
    if code:
        raise RuntimeError(f"gb {' '.join(argv)}: exit {code}\n{err.getvalue()}")
    return out.getvalue()


# -- findings ----------------------------------------------------------------------------------------------------------

FINDINGS_HEAD = Words(
    "# 问题代码\n\n`gb check` 和 `gb reconcile` 报出的每个问题、登记时的每个拒绝都有代码，同一件事只有一个代码。"
    "`gb explain CODE` 显示同样的说明。",
    "# Findings\n\nEvery trouble that `gb check` and `gb reconcile` report and every refusal of an entry has a code, the "
    "same trouble always the same one.  `gb explain CODE` shows the same text.",
)
SEVERITIES = {
    "error": Words("错误", "error"), "warning": Words("警告", "warning"), "info": Words("提示", "information"),
}  # fmt: skip
NO_SEVERITY = Words("拒绝", "refusal")
LABELS = {
    "means": Words("含义", "What it means"), "happens": Words("常见原因", "How it comes about"), "do": Words("怎么办", "What to do"),
}  # fmt: skip


def findings() -> Pages:
    """What every code means, in both languages."""
    for language in LANGS:
        yield f"docs/findings{suffix(language)}.md", _findings_page(language)


def _findings_page(language: Lang) -> str:
    blocks = [GENERATED, FINDINGS_HEAD.say(language)]
    for code, told in all_codes():
        severity = SEVERITIES[USUAL[code]] if code in USUAL else NO_SEVERITY
        blocks.append(f"## {code} {told.title.say(language)}")
        blocks.append(f"*{severity.say(language)}*")
        texts = ((LABELS[name], getattr(told, name)) for name in LABELS)
        colon = "：" if language == "zh" else ": "
        blocks.append("\n".join(f"- **{label.say(language)}**{colon}{text.say(language)}" for label, text in texts))
    return "\n\n".join(blocks) + "\n"


# -- the README's picture ------------------------------------------------------------------------------------------------

PICTURE = re.compile(r"(?<=<!-- picture -->\n).*?(?=<!-- /picture -->)", re.DOTALL)
MEASURED = re.compile(r"(?<=<!-- measured -->\n).*?(?=<!-- /measured -->)", re.DOTALL)
SHOWN: tuple[tuple[str, Words], ...] = (
    ("reconcile --month 2026-10", Words("\n五、", "\n5. ")),
    ("voucher trace A0010299", Words("", "")),
)
"""Commands on the example book, and how the last line begins that is shown of each; nothing: all of it."""


def picture() -> Pages:
    """The READMEs with what the commands print on the example book now."""
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder, "book")
        shutil.copytree(ROOT / "examples/book", book, ignore=shutil.ignore_patterns(".gb"))
        for language in LANGS:
            readme = f"README{suffix(language)}.md"
            runs = "\n".join(_typed(book, command, last.say(language), language) for command, last in SHOWN)
            held = PICTURE.sub(partial(_block, runs), _held(readme) or "")
            yield readme, _with_bars(held, language)


def _block(shown: str, _: re.Match[str]) -> str:
    return f"```text\n{shown}```\n"


def _with_bars(held: str, language: Lang) -> str:
    run = newest()
    return MEASURED.sub(lambda _: f"\n{short(run, language)}\n", held) if run else held


def _typed(book: Path, command: str, last: str, language: Lang) -> str:
    """A prompt, the command and what it prints, as a person sees it."""
    speak(language)
    printed = output(["--lang", language, "--book", str(book), *command.split()])
    if last:
        end = printed.index("\n", printed.index(last) + 1)
        printed = f"{printed[:end]}\n…\n"
    return f"$ gb {command}\n{printed}"


# -- the benchmarks ------------------------------------------------------------------------------------------------------


def benchmarks() -> Pages:
    """The page of the newest run, in both languages; none before the first."""
    run = newest()
    if run is None:
        return
    for language in LANGS:
        yield f"docs/benchmarks{suffix(language)}.md", f"{GENERATED}\n\n{page(run, language)}"


# -- all of it ---------------------------------------------------------------------------------------------------------

PARTS: dict[str, Callable[[], Pages]] = {
    "schemas": schemas,
    "commands": commands,
    "findings": findings,
    "benchmarks": benchmarks,
    "picture": picture,
}


def main(argv: list[str]) -> int:
    """Write the parts, or with ``--check`` compare them; returns the exit code."""
    check = "--check" in argv
    names = [name for name in argv if name != "--check"] or list(PARTS)
    pages = [page for name in names for page in PARTS[name]()]
    stale = [path for path, text in pages if _held(path) != text]
    for path, text in pages:
        if path in stale and not check:
            (ROOT / path).write_text(text, encoding="utf-8", newline="\n")
    for path in stale:
        print(f"stale: {path}; run make docs" if check else f"written: {path}")
    return int(check and bool(stale))


def _held(path: str) -> str | None:
    """What the file holds now, or None when there is none."""
    place = ROOT / path
    return place.read_text(encoding="utf-8") if place.exists() else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
