"""Clients 客户: code, unit and kind; an individual's name is personal and is not held here (C1, C9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.entry import Desk, desk, free_text, some_text
from cli.lang import _t
from cli.personal import PersonalOption, RevealOption, given
from ledger.core.errors import Refused, Usage
from ledger.core.words import Words

if TYPE_CHECKING:
    from ledger.core.parties import Client

app = typer.Typer()

CLIENT = Words("客户：代码、名称的一部分或拼音首字母", "the client: code, part of the name or initials")
UNIT = Words("客户单位", "the client unit")
KIND = Words("单位性质", "the kind of unit")
ALIAS = Words("别名", "another name")
INITIALS = Words("助记码", "pinyin initials")
OWNER = Words("归属业务员", "the owner among the salespeople")
INDIVIDUAL = "individual"

ClientArgument = Annotated[str | None, typer.Argument(metavar="CLIENT", help=_t(*CLIENT))]
UnitOption = Annotated[str | None, typer.Option("--unit", metavar="NAME", help=_t(*UNIT))]
KindOption = Annotated[
    str | None,
    typer.Option(
        "--kind", metavar="KIND",
        help=_t("单位性质：enterprise 企业 institution 事业 government 行政 collective 集体 individual 个人",
                "enterprise, institution, government, collective or individual"),
    ),
]  # fmt: skip
AliasOption = Annotated[
    str | None,
    typer.Option(
        "--alias", metavar="NAME", help=_t("别名；个人客户用它代替姓名", "another name; stands for an individual's")
    ),
]
InitialsOption = Annotated[
    str | None, typer.Option("--initials", metavar="TEXT", help=_t("助记码，不写则按拼音", "default: from the pinyin"))
]
OwnerOption = Annotated[str | None, typer.Option("--owner", metavar="CODE", help=_t(*OWNER))]
OwnedOption = Annotated[
    bool | None, typer.Option("--state-owned/--not-state-owned", help=_t("国有或非国有", "state-owned or not"))
]
IdentifiedOption = Annotated[
    bool | None,
    typer.Option(
        "--identified/--not-identified",
        help=_t("个人的证件已核对（证件号不写在账上）", "an individual's identity document was seen; its number is not kept"),
    ),
]  # fmt: skip


@app.command(help=_t("客户建档", "file a client"))
def add(
    *,
    unit: UnitOption = None,
    kind: KindOption = None,
    code: Annotated[
        str | None,
        typer.Option("--code", metavar="CODE", help=_t("客户代码，不写则取下一个", "default: the next free one")),
    ] = None,
    state_owned: OwnedOption = None,
    alias: AliasOption = None,
    initials: InitialsOption = None,
    owner: OwnerOption = None,
    identified: IdentifiedOption = None,
    personal: PersonalOption = None,
) -> None:
    """A similar name is a warning, never a refusal (REG-02)."""
    from ledger.book.choices import asked
    from ledger.book.clients import next_code
    from ledger.core.records.clients import KIND_WORDS

    at = desk()
    found = at.call.ask(kind, words=asked(KIND, KIND_WORDS), name="--kind", parse=_kind)
    values = _names(at, found, unit, alias)
    values["code"] = next_code(at.book.state()) if code is None else _new_code(at, code)
    at.derived = () if code is not None else ("code",)
    values["state_owned"] = "yes" if state_owned else None
    values["initials"] = _initials(values, initials)
    values["owner"] = _operator(at, owner)
    values["identified"] = "yes" if identified else None
    values |= given(at, _items(found), personal)
    _record(at, "added", values)


@app.command(help=_t("变更客户资料；没写的不变", "change a client's entries; what is not given stays"))
def change(
    *,
    client: ClientArgument = None,
    unit: UnitOption = None,
    kind: KindOption = None,
    state_owned: OwnedOption = None,
    initials: InitialsOption = None,
    owner: OwnerOption = None,
    identified: IdentifiedOption = None,
    personal: PersonalOption = None,
) -> None:
    """The aliases are kept; ``client alias`` adds one."""
    at = desk()
    code, old = _filed(at, client)
    if all(one is None for one in (unit, kind, state_owned, initials, owner, identified, personal)):
        raise Usage(Words("没有写要变更什么", "nothing to change is given"), next=("gb client change --help",))
    new_kind = _kind(kind) if kind is not None else old.unit_kind
    name = (old.unit if unit is None else some_text(unit, UNIT)) or None
    if new_kind == INDIVIDUAL and name:
        raise _personal()
    owned = old.state_owned if state_owned is None else state_owned
    values: dict[str, Any] = {
        "code": code,
        "unit": name,
        "unit_kind": new_kind,
        "state_owned": "yes" if owned else None,
    }
    values["initials"] = (
        _initials(values, initials) if initials is not None or unit is not None else old.initials or None
    )
    values["owner"] = _operator(at, owner) if owner is not None else old.owner or None
    values["identified"] = "yes" if (old.identified if identified is None else identified) else None
    values |= {**old.personal, **given(at, _items(new_kind), personal, ask=False)}
    _record(at, "changed", values)


@app.command(help=_t("给客户加一个别名", "add another name for a client"))
def alias(
    client: ClientArgument = None,
    name: Annotated[str | None, typer.Argument(metavar="NAME", help=_t(*ALIAS))] = None,
) -> None:
    """The client is found by it from now on."""
    at = desk()
    code, _ = _filed(at, client)
    text = at.call.ask(name, words=ALIAS, name="NAME", parse=lambda typed: some_text(typed, ALIAS))
    _warn_similar(at, text, code)
    at.record("clients", "alias", {"code": code, "alias": text})


@app.command("list", help=_t("列出客户", "list clients"))
def list_clients(
    part: Annotated[
        str | None, typer.Argument(metavar="TEXT", help=_t("名称的一部分或助记码", "part of a name, or initials"))
    ] = None,
) -> None:
    """All clients, or those that fit."""
    from cli.render import emit, emit_json, table
    from ledger.core.parties import Client
    from ledger.core.records.clients import KIND_WORDS

    at = desk()
    found = [(key, one) for key, one in sorted(at.book.state().things(Client)) if _fits(one, part)]
    if at.call.json:
        emit_json({"clients": [_json(key, one) for key, one in found]})
    elif found:
        heads = [Words("代码", "code"), Words("名称", "name"), KIND, INITIALS, Words("业务员", "owner"), ALIAS]
        rows = [
            [key, one.shown, KIND_WORDS[one.unit_kind], one.initials, one.owner, " ".join(one.names)]
            for key, one in found
        ]
        emit(table(heads, rows))


@app.command(help=_t("查看一个客户", "show a client"))
def show(client: ClientArgument = None, *, reveal: RevealOption = False) -> None:
    """Its entries and what it bought; personal values are masked without ``--reveal``."""
    from cli.cards import client_card

    at = desk()
    client_card(at, _filed(at, client)[0], reveal=reveal)


@app.command(
    help=_t(
        "按电话号码找人；号码在终端上询问，或从标准输入读",
        "find by phone number, which is asked for or read from stdin",
    )
)
def find() -> None:
    """The number is never a word of the command, where others could read it."""
    from cli.personal import find_by_phone

    find_by_phone(desk())


@app.command(help=_t("删除一个客户的个人资料，再也打不开", "erase a client's personal data for good"))
def erase(client: ClientArgument = None) -> None:
    """Its key is destroyed here and where keys are exchanged; the code, the purchases and the chain stay (C8)."""
    from cli.personal import erase_person
    from ledger.core.personal import Subject

    at = desk()
    code, _ = _filed(at, client)
    erase_person(at, "clients", Subject("Client", code))


def _items(kind: str) -> tuple[str, ...]:
    """The personal items of a client: the name and papers only of an individual."""
    shared = ("contact", "phone", "address", "email")
    return ("name", *shared, "id_number", "birthday") if kind == INDIVIDUAL else shared


def _filed(at: Desk, typed: str | None) -> tuple[str, Client]:
    from ledger.core.parties import Client

    code = at.call.ask(typed, words=CLIENT, name="CLIENT", parse=at.client)
    found = at.book.state().thing(Client, code)
    if found is None:
        raise TypeError(code)
    return code, found


def _record(at: Desk, kind: str, values: dict[str, Any]) -> None:
    name = values.get("unit") or values.get("alias")
    if name:
        _warn_similar(at, name, values["code"])
    at.record("clients", kind, values)


def _names(at: Desk, kind: str, unit: str | None, alias: str | None) -> dict[str, Any]:
    """Unit and alias; an individual has no unit, since a person's name is personal data."""
    if kind == INDIVIDUAL:
        if unit is not None:
            raise _personal()
        words = Words("别名（不要写姓名）", "an alias, not the person's name")
        text = at.call.ask(alias, words=words, name="--alias", parse=lambda typed: some_text(typed, ALIAS))
        return {"unit_kind": kind, "alias": text}
    name = at.call.ask(unit, words=UNIT, name="--unit", parse=lambda typed: some_text(typed, UNIT))
    return {"unit_kind": kind, "unit": name, "alias": free_text(alias, ALIAS) or None}


def _personal() -> Usage:
    words = Words(
        "个人客户的姓名是个人资料，不写在账上；请不写 --unit，用 --alias 写一个代称",
        "an individual's name is personal and is not written into the book: leave --unit out and give an --alias",
    )
    return Usage(words, next=("gb client add --kind individual --alias '…'",))


def _kind(typed: str) -> str:
    from ledger.book.choices import one_of
    from ledger.core.records.clients import KIND_WORDS

    return one_of(typed, KIND_WORDS, KIND)


def _new_code(at: Desk, typed: str) -> str:
    import re

    from ledger.core.parties import Client
    from ledger.core.text import fold, shown

    code = fold(typed).upper()
    if not re.fullmatch(r"[A-Z][A-Z0-9-]{0,15}", code):
        words = Words(f"客户代码要以字母开头，只用字母、数字和 -：“{shown(typed)}”",
                      f"a client's code is a letter, then letters, digits and dashes: “{shown(typed)}” is not")  # fmt: skip
        raise Usage(words)
    found = at.book.state().thing(Client, code)
    if found is not None:
        words = Words(f"代码 {code} 已是“{found.shown}”的", f"code {code} is “{found.shown}” already")
        raise Refused(words, code="REF-03", next=(f"gb client show {code}",))
    return code


def _initials(values: dict[str, Any], typed: str | None) -> str | None:
    from ledger.book.clients import initials

    if typed is not None:
        return free_text(typed.lower(), INITIALS) or None
    return initials(values.get("unit") or values.get("alias") or "") or None


def _operator(at: Desk, typed: str | None) -> str | None:
    from cli.operator import known

    return known(at, typed)[0] if typed is not None else None


def _warn_similar(at: Desk, name: str, code: str) -> None:
    from cli.render import note
    from ledger.book.clients import similar

    for key, one in similar(at.book.state(), name, code):
        note(
            Words(
                f"warning[REG-02]: “{name}”与客户 {key}“{one.shown}”相似",
                f"warning[REG-02]: “{name}” is like client {key}, “{one.shown}”",
            )
        )


def _fits(one: Client, part: str | None) -> bool:
    from ledger.book.resolve import normal

    if part is None:
        return True
    wanted = normal(part)
    return one.initials.startswith(wanted) or any(wanted in normal(name) for name in (one.unit, *one.names))


def _json(key: str, one: Client) -> dict[str, Any]:
    return {
        "code": key, "unit": one.unit or None, "kind": one.unit_kind, "state_owned": one.state_owned,
        "aliases": list(one.names), "initials": one.initials, "owner": one.owner or None,
        "identified": one.identified,
    }  # fmt: skip
