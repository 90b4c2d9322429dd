"""Setup: a book made step by step.  Everything is asked first and shown; only then is anything written."""

from __future__ import annotations

from typing import Annotated, NamedTuple

import typer

from cli.lang import _t, say
from cli.shared import Call, current
from ledger.core.errors import Usage
from ledger.core.words import Words

app = typer.Typer()


class Person(NamedTuple):
    """An operator to be registered."""

    code: str
    name: str
    roles: str


@app.command(
    help=_t(
        "逐步设置：店名、终端、经理、操作员、登录",
        "set a book up step by step: store, terminal, manager, clerks, login",
    )
)
def setup(
    path: Annotated[str | None, typer.Argument(metavar="PATH", help=_t("账本目录", "the book's folder"))] = None,
) -> None:
    """Needs a terminal; a script uses init, operator add and login."""
    from cli.entry import some_text
    from cli.init import PATH, STORE, TERMINAL, terminal_code

    call = current()
    if not call.interactive:
        words = Words("setup 要在终端上使用；脚本请用 gb init", "setup needs a terminal; a script uses gb init")
        raise Usage(words, next=("gb init --help",))
    path = call.ask(path, words=PATH, name="PATH", parse=_free_folder)
    store = call.ask(None, words=STORE, name="--store", parse=lambda typed: some_text(typed, STORE))
    terminal = call.ask(call.terminal, words=TERMINAL, name="--terminal", parse=terminal_code)
    staff = [_person(call, "manager", Words("经理", "the manager")), *_clerks(call)]
    user = call.ask(
        call.by, words=Words("谁在本机登录", "who logs in here"), name="--by", parse=lambda typed: _one(typed, staff)
    )
    _show(path, store, terminal, staff, user)
    call.confirm(Words("建立账本吗？", "make the book?"))
    if not call.dry_run:
        _write(call, path, store=store, terminal=terminal, staff=staff, user=user)


def _free_folder(typed: str) -> str:
    """A folder that is no book yet, so that the last question is not the one that fails."""
    import os

    from cli.entry import some_text
    from cli.init import PATH

    path = some_text(typed, PATH)
    if os.path.exists(os.path.join(path, "gb.yaml")):
        raise Usage(Words(f"{path} 已经是账本", f"{path} is a book already"), next=(f"gb --book {path} doctor",))
    return path


def _person(call: Call, role: str, who: Words) -> Person:
    from cli.operator import code_of

    code = call.ask(None, words=Words(f"{who.zh}的代码", f"{who.en}'s code"), name="CODE", parse=code_of)
    return Person(code, _name(call, who), role)


def _name(call: Call, who: Words) -> str:
    from cli.entry import some_text

    words = Words(f"{who.zh}的姓名", f"{who.en}'s name")
    return call.ask(None, words=words, name="--name", parse=lambda typed: some_text(typed, words))


def _clerks(call: Call) -> list[Person]:
    from cli.operator import code_of

    found: list[Person] = []
    words = Words("柜员的代码，直接回车结束", "a clerk's code, empty to end")
    while code := call.ask(None, words=words, name="CODE", parse=lambda typed: code_of(typed) if typed else ""):
        found.append(Person(code, _name(call, Words("柜员", "the clerk")), "clerk"))
    return found


def _one(typed: str, staff: list[Person]) -> str:
    from ledger.book.choices import one_of

    codes = {person.code.lower(): person.code for person in staff}
    return codes[one_of(typed, {code: Words(code, code) for code in codes}, Words("操作员", "the operator"))]


def _show(path: str, store: str, terminal: str, staff: list[Person], user: str) -> None:
    from cli.render import note, table

    rows = [[person.code, person.name, person.roles, "*" if person.code == user else ""] for person in staff]
    heads = [Words("代码", "code"), Words("姓名", "name"), Words("岗位", "role"), Words("登录", "login")]
    text = table(heads, rows)
    note(Words(f"账本 {path}，{store}，终端 {terminal}\n{text}", f"book {path}, {store}, terminal {terminal}\n{text}"))


def _write(call: Call, path: str, *, store: str, terminal: str, staff: list[Person], user: str) -> None:
    from msgspec.structs import replace

    from cli.entry import Desk
    from cli.init import made
    from cli.render import emit

    made(call, path, store, terminal)
    at = Desk(replace(call, book=path, terminal=terminal))
    for person in sorted(
        staff, key=lambda one: one.roles != "clerk"
    ):  # the manager last: from then on a login is needed
        values = {"code": person.code, "name": person.name, "roles": person.roles}
        at.record("staff", "operator-added", values, by=at.staff_by)
    at.remember(terminal=terminal, operator=user)
    emit(say(Words(f"已建账本 {path}，{user} 已登录", f"made the book {path}; {user} is logged in")))
