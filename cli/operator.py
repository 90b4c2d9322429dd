"""Operators: who is registered, with which roles (P5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.entry import Desk, desk, some_text
from cli.lang import _t, say
from ledger.core.errors import Refused, Unknown, Usage
from ledger.core.words import Words

if TYPE_CHECKING:
    from ledger.core.parties import Operator

app = typer.Typer()

CODE = Words("操作员代码", "the operator's code")
NAME = Words("姓名", "the name")
ROLE = Words("岗位", "the role")
HEADS = (Words("代码", "code"), Words("姓名", "name"), Words("岗位", "roles"))
RESERVED = ("init", "cron")
"""Codes of the program itself."""

CodeArgument = Annotated[str | None, typer.Argument(metavar="CODE", help=_t(*CODE))]
NameOption = Annotated[str | None, typer.Option("--name", metavar="NAME", help=_t(*NAME))]
RoleOption = Annotated[
    list[str] | None,
    typer.Option(
        "--role", metavar="ROLE",
        help=_t("岗位：柜员 主管 经理 总经理 财务 审计（clerk supervisor manager general-manager finance auditor）",
                "clerk, supervisor, manager, general-manager, finance or auditor"),
    ),
]  # fmt: skip
KeyOption = Annotated[
    str | None, typer.Option("--key", metavar="FILE.pub", help=_t("签名公钥文件", "the file of the public signing key"))
]


@app.command(help=_t("登记操作员", "register an operator"))
def add(code: CodeArgument = None, name: NameOption = None, role: RoleOption = None, key: KeyOption = None) -> None:
    """Without login until the first manager exists, afterwards by a manager."""
    at = desk()
    code = at.call.ask(code, words=CODE, name="CODE", parse=lambda typed: _new_code(at, typed))
    values = {
        "code": code,
        "name": at.call.ask(name, words=NAME, name="--name", parse=lambda typed: some_text(typed, NAME)),
        "roles": _roles(at, role),
        "public_key": _public_key(key) if key is not None else None,
    }
    at.record("staff", "operator-added", values, by=at.staff_by)


@app.command(help=_t("变更操作员的姓名、岗位或公钥", "change an operator's name, roles or key"))
def change(code: CodeArgument = None, name: NameOption = None, role: RoleOption = None, key: KeyOption = None) -> None:
    """What is not given stays as it is."""
    at = desk()
    code, old = known(at, code)
    if name is None and not role and key is None:
        raise Usage(Words("要变更什么？写 --name、--role 或 --key", "what is to change? give --name, --role or --key"))
    values = {
        "code": code,
        "name": old.name if name is None else some_text(name, NAME),
        "roles": _roles(at, role) if role else " ".join(old.roles),
        "public_key": (old.public_key if key is None else _public_key(key)) or None,
    }
    at.record("staff", "operator-changed", values, by=at.staff_by)


@app.command(help=_t("操作员离岗；已登记的不变", "an operator leaves; what they recorded stays"))
def leave(code: CodeArgument = None) -> None:
    """From now on they may not act."""
    at = desk()
    code, _ = known(at, code)
    at.record("staff", "operator-left", {"code": code}, by=at.staff_by)


@app.command("list", help=_t("列出操作员", "list operators"))
def list_operators(role: RoleOption = None) -> None:
    """All operators, or those with one of the roles."""
    from cli.render import emit, emit_json, table
    from ledger.core.parties import Operator

    at = desk()
    wanted = {_role(one) for one in role or ()}
    found = [
        (key, one) for key, one in sorted(at.book.state().things(Operator)) if not wanted or wanted & set(one.roles)
    ]
    if at.call.json:
        emit_json({"operators": [_json(key, one) for key, one in found]})
    elif found:
        emit(table([*HEADS, Words("离岗", "left")], [[key, one.name, role_names(one), one.left] for key, one in found]))


@app.command(help=_t("查看一个操作员", "show an operator"))
def show(code: CodeArgument = None) -> None:
    """Name, roles, key."""
    from cli.render import emit, emit_json, table

    at = desk()
    code, one = known(at, code)
    if at.call.json:
        emit_json(_json(code, one))
        return
    heads = [*HEADS, Words("公钥", "public key"), Words("离岗", "left")]
    emit(table(heads, [[code, one.name, role_names(one), one.public_key, one.left]]))


def role_names(one: Operator) -> str:
    """The roles as people read them."""
    from ledger.book.choices import ROLES, named

    return " ".join(say(named(ROLES, role)) for role in one.roles)


def known(at: Desk, typed: str | None) -> tuple[str, Operator]:
    """A registered operator; raises Unknown."""
    from ledger.core.near import did_you_mean, near
    from ledger.core.parties import Operator
    from ledger.core.text import fold, shown

    def parse(text: str) -> str:
        code = fold(text)
        if at.book.state().thing(Operator, code) is None:
            meant = did_you_mean(near(text, [key for key, _ in at.book.state().things(Operator)]))
            words = Words(f"没有操作员“{shown(text)}”{meant.zh}", f"there is no operator “{shown(text)}”{meant.en}")
            raise Unknown(words, next=("gb operator list",))
        return code

    code = at.call.ask(typed, words=CODE, name="CODE", parse=parse)
    found = at.book.state().thing(Operator, code)
    if found is None:
        raise TypeError(code)
    return code, found


def code_of(typed: str) -> str:
    """A new operator's code in its form; raises Usage."""
    import re

    from ledger.core.text import fold, shown

    code = fold(typed)
    if re.fullmatch(r"[A-Za-z][A-Za-z0-9._-]{0,31}", code) and code.lower() not in RESERVED:
        return code
    raise Usage(
        Words(f"操作员代码要以字母开头，只用字母、数字和 . _ -：“{shown(typed)}”",
              f"an operator's code is a letter, then letters, digits and . _ -: “{shown(typed)}” is not")
    )  # fmt: skip


def _new_code(at: Desk, typed: str) -> str:
    from ledger.core.parties import Operator

    code = code_of(typed)
    old = at.book.state().thing(Operator, code)
    if old is not None and old.left:
        words = Words(
            f"操作员 {code} 已于 {old.left} 离岗；回来用 change",
            f"operator {code} left on {old.left}: change brings back",
        )
        roles = "".join(f" --role {role}" for role in old.roles)
        raise Refused(words, code="REF-03", next=(f"gb operator change {code}{roles}", f"gb operator show {code}"))
    if old is not None:
        words = Words(f"已有操作员 {code}", f"there is an operator {code} already")
        raise Refused(words, code="REF-03", next=(f"gb operator show {code}",))
    return code


def _roles(at: Desk, role: list[str] | None) -> str:
    from ledger.book.choices import ROLES, asked

    text = " ".join(role) if role else None
    return at.call.ask(text, words=asked(ROLE, ROLES), name="--role", parse=roles_of)


def roles_of(typed: str) -> str:
    """Roles as one text, in the order of rank."""
    from ledger.core.rules import ROLES
    from ledger.core.text import fold

    given = {_role(one) for one in fold(typed).replace(",", " ").split()}
    if not given:
        raise Usage(Words("要写岗位", "a role is needed"))
    return " ".join(one for one in ROLES if one in given)


def _role(typed: str) -> str:
    from ledger.book.choices import ROLES, one_of

    return one_of(typed, ROLES, ROLE)


def _public_key(file: str) -> str:
    """The one line of a public key file."""
    from cli.entry import read_file

    text = read_file(file, 64 * 1024).decode("utf-8", "replace").strip()
    if text.startswith(("ssh-", "ecdsa-", "sk-")) and "\n" not in text:
        return text
    raise Usage(Words(f"{file} 不是 SSH 公钥（.pub）", f"{file} is no SSH public key (.pub)"))


def _json(key: str, one: Operator) -> dict[str, Any]:
    return {
        "code": key,
        "name": one.name,
        "roles": list(one.roles),
        "public_key": one.public_key,
        "left": one.left or None,
    }
