"""Init: a new book, with git where there is git, the example rules and its first terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.entry import as_json, some_text
from cli.lang import _t, say
from cli.shared import Call, current
from ledger.core.words import Words

if TYPE_CHECKING:
    import datetime as dt

    from ledger.book.draft import Recorded
    from ledger.book.open import Book

app = typer.Typer()

PATH = Words("账本目录", "the book's folder")
STORE = Words("店名", "the store's name")
TERMINAL = Words("本机的终端代码", "this machine's terminal code")
ZONE = "Asia/Shanghai"


@app.command(
    help=_t(
        "新建账本：目录、设置、样例规则、第一个终端", "make a book: folder, settings, example rules, the first terminal"
    )
)
def init(
    path: Annotated[str | None, typer.Argument(metavar="PATH", help=_t(*PATH))] = None,
    store: Annotated[str | None, typer.Option("--store", metavar="NAME", help=_t(*STORE))] = None,
    book_id: Annotated[
        str | None,
        typer.Option(
            "--book-id", metavar="HEX", help=_t("固定账本编号，32 位十六进制", "fix the book's id: 32 hex digits")
        ),
    ] = None,
    no_git: Annotated[bool, typer.Option("--no-git", help=_t("不建 git 仓库", "make no git repository"))] = False,
    timezone: Annotated[str, typer.Option("--timezone", metavar="ZONE", help=_t("时区", "the time zone"))] = ZONE,
) -> None:
    """The first record is the terminal's; this machine remembers that it is that terminal."""
    call = current()
    path = call.ask(path, words=PATH, name="PATH", parse=lambda typed: some_text(typed, PATH))
    store = call.ask(store, words=STORE, name="--store", parse=lambda typed: some_text(typed, STORE))
    terminal = call.ask(call.terminal, words=TERMINAL, name="--terminal", parse=terminal_code)
    identity = _hex(book_id) if book_id is not None else ""
    if call.dry_run:
        _say_dry(path)
        return
    book, done = made(call, path, store, terminal, book_id=identity, git=not no_git, zone=timezone)
    _echo(call, book, done, path)


def terminal_code(typed: str) -> str:
    """A terminal's code in its form; raises Usage."""
    from ledger.book.create import refuse_terminal_code
    from ledger.core.text import fold

    code = fold(typed).upper()
    refuse_terminal_code(code)
    return code


def made(
    call: Call, path: str, store: str, terminal: str, *, book_id: str = "", git: bool = True, zone: str = ZONE
) -> tuple[Book, Recorded]:
    """Make the book and remember the terminal; raises Refused when there is a book already."""
    from pathlib import Path

    from ledger.book.create import create

    book, done = create(
        Path(path),
        store=store,
        terminal=terminal,
        book_id=book_id,
        language=call.lang,
        git=git,
        zone=zone,
        at=_at(call, zone),
    )
    _remember(book, terminal)
    return book, done


def _at(call: Call, zone: str) -> dt.datetime | None:
    """The clock as given by hand, in the new book's zone."""
    from ledger.book.open import zone_of
    from ledger.core.dates import resolve_at
    from ledger.disk import SystemClock

    found = zone_of(zone)
    return resolve_at(call.at, SystemClock().now(found)) if call.at else None


def _remember(book: Book, terminal: str) -> None:
    """A machine that can remember nothing has a book all the same: the environment can say the terminal."""
    from cli.render import note
    from ledger.core.errors import GbError
    from ledger.disk import write_machine

    try:
        write_machine(book.settings.book, {"terminal": terminal})
    except GbError as error:
        zh, en = error.words.zh, error.words.en
        note(
            Words(
                f"本机没有记住终端（{zh}）；请设 GB_TERMINAL={terminal}",
                f"the terminal is not remembered ({en}); set GB_TERMINAL={terminal}",
            )
        )


def _hex(typed: str) -> str:
    from ledger.core.errors import Usage
    from ledger.core.text import shown

    if len(typed) == 32 and all(letter in "0123456789abcdef" for letter in typed):
        return typed
    raise Usage(
        Words(
            f"账本编号要 32 位小写十六进制：“{shown(typed)}”",
            f"a book's id is 32 lower-case hex digits: “{shown(typed)}” is not",
        )
    )


def _say_dry(path: str) -> None:
    import os

    from cli.render import emit
    from ledger.core.errors import Refused

    if os.path.exists(os.path.join(path, "gb.yaml")):
        raise Refused(
            Words(f"{path} 已经是账本", f"{path} is a book already"), code="USE-01", next=(f"gb --book {path} status",)
        )
    emit(say(Words(f"（试算，未建）{path}", f"(dry run, not made) {path}")))


def next_steps(path: str) -> list[str]:
    """What to type after the book is there, in order."""
    import shlex

    return [
        f"cd {shlex.quote(path)}",
        say(Words("gb operator add li --name 李经理 --role manager", "gb operator add li --name Li --role manager")),
        "gb login li",
        say(Words("gb operator add wang --name 王 --role clerk", "gb operator add wang --name Wang --role clerk")),
        "gb opening --template",
        "gb doctor",
    ]


def _echo(call: Call, book: Book, done: Recorded, path: str) -> None:
    from cli.render import emit, emit_json

    steps = next_steps(path)
    if call.json:
        more: dict[str, Any] = {"path": str(book.root), "book": book.settings.book, "next": steps}
        emit_json({**as_json(done), **more})
        return
    lead = Words(
        f"已建账本 {path}（{book.settings.store}，终端 {done.record.terminal}）",
        f"made the book {path} ({book.settings.store}, terminal {done.record.terminal})",
    )
    emit(say(lead))
    emit(say(Words("接下来：", "next:")))
    emit("\n".join(f"  {step}" for step in steps))
