"""Clients 客户: code, unit and kind; an individual's name is personal and is not held here (C1, C9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.entry import Desk, desk, free_text, some_text
from cli.lang import _t, say
from cli.personal import PersonalOption, RevealOption, given
from cli.refiling import SecondArgument
from cli.render import note
from ledger.core.errors import NotAllowed, Refused, Usage
from ledger.core.words import Words, many

if TYPE_CHECKING:
    from ledger.book.classes import Reckoned
    from ledger.core.parties import Client

app = typer.Typer()

CLIENT = Words("客户：代码、名称的一部分或拼音首字母", "the client: code, part of the name or initials")
UNIT = Words("客户单位", "the client unit")
KIND = Words("单位性质", "the kind of unit")
ABOUT = Words("投诉内容", "what the complaint is about")
REPLY = Words("答复", "what the client was told")
ALIAS = Words("别名", "another name")
INITIALS = Words("助记码", "pinyin initials")
OWNER = Words("归属业务员", "the owner among the salespeople")
PREFERENCES = Words("偏好，如常买的商品、喜欢的联系时间", "preferences: what is bought, when to call")
CONTRACTS = Words("合同：编号、期限", "contracts: number, until when")
CLASS = Words("客户分类", "the class")
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
CodeOption = Annotated[
    str | None,
    typer.Option("--code", metavar="CODE", help=_t("客户代码，不写则取下一个", "default: the next free one")),
]
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
PreferencesOption = Annotated[str | None, typer.Option("--preferences", metavar="TEXT", help=_t(*PREFERENCES))]
ContractsOption = Annotated[str | None, typer.Option("--contracts", metavar="TEXT", help=_t(*CONTRACTS))]
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
    code: CodeOption = None,
    state_owned: OwnedOption = None,
    alias: AliasOption = None,
    initials: InitialsOption = None,
    owner: OwnerOption = None,
    identified: IdentifiedOption = None,
    preferences: PreferencesOption = None,
    contracts: ContractsOption = None,
    personal: PersonalOption = None,
) -> None:
    """A similar name is a warning, never a refusal (REG-02)."""
    from ledger.book.choices import asked
    from ledger.book.clients import next_code, personal_items
    from ledger.core.records.clients import KIND_WORDS

    at = desk()
    found = at.call.ask(kind, words=asked(KIND, KIND_WORDS), name="--kind", parse=_kind)
    values = _names(at, found, unit, alias)
    values["code"] = next_code(at.book, at.terminal) if code is None else _new_code(at, code)
    at.derived = () if code is not None else ("code",)
    values["state_owned"] = "yes" if state_owned else None
    values["initials"] = _initials(values, initials)
    values["alias_initials"] = _initials({"alias": values.get("alias")}, None) if values.get("unit") else None
    values["owner"] = _operator(at, owner) if owner is not None else at.by  # whoever files a client first owns it (C1)
    values["identified"] = "yes" if identified else None
    values |= {
        "preferences": free_text(preferences, PREFERENCES) or None,
        "contracts": free_text(contracts, CONTRACTS) or None,
    }
    values |= given(at, personal_items(found), personal)
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
    preferences: PreferencesOption = None,
    contracts: ContractsOption = None,
    personal: PersonalOption = None,
) -> None:
    """The aliases are kept; ``client alias`` adds one."""
    from ledger.book.clients import personal_items

    at = desk()
    code, old = _filed(at, client)
    texts = {"preferences": (preferences, PREFERENCES), "contracts": (contracts, CONTRACTS)}
    said = (unit, kind, state_owned, initials, owner, identified, personal, preferences, contracts)
    if all(one is None for one in said):
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
    values["owner"] = _same_owner(at, code, old, owner) or None
    for name_, (typed, words) in texts.items():
        values[name_] = (getattr(old, name_) if typed is None else free_text(typed, words)) or None
    values["identified"] = "yes" if (old.identified if identified is None else identified) else None
    values |= {**old.personal, **given(at, personal_items(new_kind), personal, ask=False)}
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
    at.record("clients", "alias", {"code": code, "alias": text, "initials": _initials({"alias": text}, None)})


@app.command(
    help=_t(
        "两家用了同一个代码（NUM-01）：后建档的一家改用自己的代码\n例：gb client refile CL20261008-K2-0001",
        "two parties have one code (NUM-01): the one filed later gets a code of its own\n"
        "Example: gb client refile CL20261008-K2-0001",
    )
)
def refile(
    record: SecondArgument = None,
    *,
    code: CodeOption = None,
) -> None:
    """Its entries, the personal ones too, stand on a card of its own; its records stay as they are and are listed."""
    from cli.refiling import file_anew
    from ledger.book.clients import next_code
    from ledger.core.records.clients import Added

    at = desk()
    at.derived = () if code is not None else ("code",)
    file_anew(at, record, Added, lambda: next_code(at.book, at.terminal) if code is None else _new_code(at, code))


# -- owner, class, complaints --------------------------------------------------------------------------------------------


@app.command(help=_t("移交客户给另一位业务员", "transfer a client to another salesperson"))
def transfer(
    client: ClientArgument = None,
    to: Annotated[str | None, typer.Option("--to", metavar="CODE", help=_t("新的归属业务员", "the new owner"))] = None,
) -> None:
    """A supervisor's or the manager's, with the reason (C1)."""
    at = desk()
    code, old = _filed(at, client)
    new = at.call.ask(to, words=OWNER, name="--to", parse=lambda typed: _operator(at, typed))
    if new == old.owner:
        raise Refused(Words(f"客户 {code} 已归 {new}", f"client {code} is {new}'s already"), code="REF-03",
                      next=(f"gb client show {code}",))  # fmt: skip
    at.need_reason()
    at.record("clients", "transferred", {"code": code, "owner": new})


@app.command(
    help=_t(
        "按规则重算客户分类，登记变化的；--as 人工指定一个客户\n例：gb client classify --dry-run",
        "reckon the classes anew and record what changed; --as chooses one client's by hand\n"
        "Example: gb client classify --dry-run",
    )
)
def classify(
    client: ClientArgument = None,
    chosen: Annotated[
        str | None,
        typer.Option(
            "--as",
            metavar="CLASS",
            help=_t("重点 key、核心 core、一般 general、潜在 potential", "key, core, general or potential"),
        ),
    ] = None,
) -> None:
    """By what was bought in the months of the rule (C2); a class chosen by hand stands until the client is named again."""
    from ledger.book.classes import changed, reckoned

    at = desk()
    if chosen is not None:
        _choose_class(at, client, chosen)
        return
    found = reckoned(at.book, at.date() or at.today())
    if client is None:
        _record_classes(at, changed(found))
        return
    code, old = _filed(at, client)
    one = next(one for one in found if one.client == code)
    if one.now == one.was and not old.by_hand:
        raise Refused(Words(f"{code} 的分类没有变", f"the class of {code} is what it was"), code="REF-03",
                      next=(f"gb client show {code}",))  # fmt: skip
    _record_classes(at, [one])


def _choose_class(at: Desk, client: str | None, typed: str) -> None:
    from ledger.book.choices import one_of
    from ledger.core.records.clients import CLASS_WORDS

    code, _ = _filed(at, client)
    chosen = one_of(typed, CLASS_WORDS, CLASS)
    at.need_reason()
    at.record("clients", "classified", {"code": code, "client_class": chosen, "by_hand": "yes"})


def _record_classes(at: Desk, found: list[Reckoned]) -> None:
    """All or none, each with what it was reckoned from."""
    from cli.render import emit, emit_json
    from ledger.book.batch import record_drafts

    drafts = {
        one.client: at.draft(
            "clients", "classified",
            {"code": one.client, "client_class": one.now, "purchases": one.bought.amount, "times": one.bought.times},
        )
        for one in found
    }  # fmt: skip
    done = record_drafts(at.book, drafts, terminal=at.terminal, dry_run=at.call.dry_run)
    if at.call.json:
        emit_json({"classified": [_class_json(one) for one in found]})
    elif found:
        emit(_class_table(at, found))
        if not at.call.dry_run:
            note(
                Words(
                    f"登记了 {len(done)} 个客户的分类",
                    f"recorded the class of {many(len(done), 'client')}",
                )
            )
    else:
        emit(say(Words("分类没有变化", "no class has changed")))


def _class_json(one: Reckoned) -> dict[str, Any]:
    from ledger.core.money import yuan

    return {
        "code": one.client,
        "class": one.now,
        "was": one.was,
        "amount": yuan(one.bought.amount),
        "purchases": one.bought.times,
    }


def _class_table(at: Desk, found: list[Reckoned]) -> str:
    from cli.render import table
    from ledger.core.money import grouped
    from ledger.core.records.clients import CLASS_WORDS

    heads = (
        Words("客户", "client"), Words("原分类", "was"), Words("现分类", "class"), Words("购买金额", "purchases"),
        Words("次数", "times"),
    )  # fmt: skip
    rows = [
        (
            at.named("client", one.client),
            CLASS_WORDS[one.was],
            CLASS_WORDS[one.now],
            grouped(one.bought.amount),
            one.bought.times,
        )
        for one in found
    ]
    return table(heads, rows, align="lllrr")


@app.command(help=_t("登记客户投诉", "log a complaint"))
def complaint(
    client: ClientArgument = None,
    about: Annotated[str | None, typer.Option("--about", metavar="TEXT", help=_t(*ABOUT))] = None,
    department: Annotated[
        str | None, typer.Option("--department", metavar="TEXT", help=_t("涉及部门", "the department concerned"))
    ] = None,
) -> None:
    """At once; it stands open until it is answered."""
    at = desk()
    code, _ = _filed(at, client)
    text = at.call.ask(about, words=ABOUT, name="--about", parse=lambda typed: some_text(typed, ABOUT))
    values = {"code": code, "about": text, "department": free_text(department, Words("部门", "department")) or None}
    at.record("clients", "complaint", values)


@app.command(help=_t("答复投诉", "answer a complaint"))
def answer(
    complaint: Annotated[str | None, typer.Argument(metavar="ID", help=_t("投诉的编号", "the complaint"))] = None,
    reply: Annotated[str | None, typer.Option("--reply", metavar="TEXT", help=_t(*REPLY))] = None,
    satisfied: Annotated[
        bool | None, typer.Option("--satisfied/--not-satisfied", help=_t("客户满意或不满意", "whether the client is"))
    ] = None,
) -> None:
    """What the client was told, and whether that was enough."""
    at = desk()
    found = at.call.ask(complaint, words=Words("投诉的编号", "the complaint"), name="ID", parse=at.record_id)
    text = at.call.ask(reply, words=REPLY, name="--reply", parse=lambda typed: some_text(typed, REPLY))
    happy = None if satisfied is None else "yes" if satisfied else "no"
    at.record("clients", "complaint-answered", {"reply": text, "satisfied": happy}, ref=found)


@app.command(help=_t("列出没有答复的投诉", "list the complaints without an answer"))
def complaints() -> None:
    """Oldest first."""
    from cli.render import emit, emit_json, table
    from ledger.core.parties import Complaint

    at = desk()
    found = sorted(at.book.state().open_things(Complaint), key=lambda one: (one[1].date, one[0]))
    if at.call.json:
        emit_json(
            {
                "complaints": [
                    {"id": key, "client": one.client, "date": one.date, "about": one.about} for key, one in found
                ]
            }
        )
    elif found:
        heads = (Words("日期", "date"), Words("编号", "id"), Words("客户", "client"), Words("内容", "about"))
        emit(table(heads, [(one.date, key, at.named("client", one.client), one.about) for key, one in found]))
    else:
        emit(say(Words("没有待答复的投诉", "no complaint waits for an answer")))


# -- looking up ----------------------------------------------------------------------------------------------------------


@app.command("list", help=_t("列出客户", "list clients"))
def list_clients(
    part: Annotated[
        str | None, typer.Argument(metavar="TEXT", help=_t("名称的一部分或助记码", "part of a name, or initials"))
    ] = None,
    *,
    owner: OwnerOption = None,
    kind: KindOption = None,
    chosen: Annotated[
        str | None, typer.Option("--class", metavar="CLASS", help=_t("只列这一类", "of this class only"))
    ] = None,
) -> None:
    """All clients, or those that fit; nothing personal."""
    from cli.render import emit, emit_json, table
    from ledger.book.choices import one_of
    from ledger.book.clients import search
    from ledger.core.records.clients import CLASS_WORDS, KIND_WORDS

    at = desk()
    wanted = (
        _operator(at, owner), _kind(kind) if kind is not None else None,
        one_of(chosen, CLASS_WORDS, CLASS) if chosen is not None else None,
    )  # fmt: skip
    found = [
        (key, one)
        for key, one in search(at.book.state(), part or "")
        if all(
            ask in (None, has)
            for ask, has in zip(wanted, (one.owner, one.unit_kind, one.client_class or "potential"), strict=True)
        )
    ]
    if at.call.json:
        emit_json({"clients": [_json(key, one) for key, one in found]})
    elif found:
        heads = [
            Words("代码", "code"), Words("名称", "name"), Words("单位性质", "kind"), Words("客户分类", "class"),
            Words("助记码", "initials"), Words("业务员", "owner"), Words("别名", "aliases"),
        ]  # fmt: skip
        rows = [
            [key, one.shown, KIND_WORDS[one.unit_kind], CLASS_WORDS[one.client_class or "potential"], one.initials,
             one.owner, " ".join(one.names)]
            for key, one in found
        ]  # fmt: skip
        emit(table(heads, rows))
    else:
        note(Words("没有符合的客户", "no client fits"))


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
    from cli.personal import erasable, erase_person
    from ledger.core.personal import Subject

    at = desk()
    code, keys = at.call.ask(
        client, words=CLIENT, name="CLIENT", parse=lambda typed: erasable(at, "Client", typed, at.client)
    )
    erase_person(at, "clients", Subject("Client", code), keys)


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
    words = Words("客户单位（不要写个人姓名）", "the client's unit, no person's name")
    name = at.call.ask(unit, words=words, name="--unit", parse=lambda typed: some_text(typed, UNIT))
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


def _same_owner(at: Desk, code: str, old: Client, typed: str | None) -> str:
    """The owner as it is; a client without one may get one, any other goes to somebody else by a transfer (C1)."""
    new = _operator(at, typed) if typed is not None else old.owner
    if old.owner and new != old.owner:
        from ledger.book.roles import who_may
        from ledger.core.records.clients import Transferred

        who = who_may(at.book, at.book.state(), Transferred.ACT, at.today())
        words = Words(
            f"客户 {code} 归 {old.owner}，换人要移交；可以办的人：{' '.join(who)}",
            f"client {code} is {old.owner}'s: it goes to another by a transfer; who may: {' '.join(who)}",
        )
        by = "" if at.by in who or not who else f" --by {who[0]}"
        raise NotAllowed(words, next=(f"gb client transfer {code} --to {new} --reason '…'{by}",))
    return new or ""


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


def _json(key: str, one: Client) -> dict[str, Any]:
    from cli.cards import client_json

    return {"code": key, **client_json(one)}
