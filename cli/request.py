"""Requests 请示报告单: asked by purpose, decided by a manager, prepared by finance (V1, V2)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.entry import Desk, amount, desk, lines, some_text
from cli.lang import _t, say
from ledger.book.choices import STATUS, one_of
from ledger.core.approvals import ABOUT_MONEY, PURPOSES, Request
from ledger.core.errors import Refused, Unknown, Usage
from ledger.core.words import Words

if TYPE_CHECKING:
    from ledger.core.forms import Lines

app = typer.Typer()

FACE = Words("面值", "the face value")
SHEETS = Words("张数", "the number of sheets")
ID = Words("请示单编号", "the request's id")
AMOUNT = Words("金额", "the amount")
LINES = Words("几张、什么面值？如 500x100（500 张 100 元）", "how many sheets of which face value? as 500x100 200x50")

LineWords = Annotated[
    list[str] | None,
    typer.Argument(metavar="LINES", help=_t("张数x面值，如 500x100 200x50", "sheets × face: 500x100 200x50")),
]
FaceOption = Annotated[str | None, typer.Option("--face", metavar="FACE", help=_t(*FACE))]
SheetsOption = Annotated[str | None, typer.Option("--sheets", metavar="N", help=_t(*SHEETS))]
ClientOption = Annotated[
    str | None, typer.Option("--client", metavar="CLIENT", help=_t("为哪个客户", "the client it is for"))
]

AmountOption = Annotated[
    str | None, typer.Option("--amount", metavar="AMOUNT", help=_t("金额最多多少元", "the amount, at most"))
]


def _request_verb(purpose: str) -> Callable[..., None]:
    """The verb of one purpose; all but the change of face take the same parameters."""

    def request(
        typed: LineWords = None,
        face: FaceOption = None,
        sheets: SheetsOption = None,
        client: ClientOption = None,
        total: AmountOption = None,
    ) -> None:
        at = desk()
        money = purpose in ABOUT_MONEY
        values = {
            "purpose": purpose,
            "lines": None if money and not typed else _lines(at, typed, face, sheets),
            "client": at.client(client) if client is not None else None,
            "amount": _amount(at, total, needed=money),
        }
        at.need_reason()
        at.record("requests", "request", values)

    return request


def _amount(at: Desk, typed: str | None, *, needed: bool) -> int | None:
    """The amount (fen) as typed; asked for where the purpose is about one."""
    if typed is None and not needed:
        return None
    return at.call.ask(typed, words=AMOUNT, name="--amount", parse=amount)


def reface(
    typed: LineWords = None,
    face: Annotated[str | None, typer.Option("--face", metavar="FACE", help=_t("新面值", "the new face value"))] = None,
    sheets: SheetsOption = None,
    to: Annotated[
        str | None, typer.Option("--to", metavar="FACE", help=_t("新面值，同 --face", "the new face value, as --face"))
    ] = None,
    from_face: Annotated[
        str | None,
        typer.Option(
            "--from-face",
            metavar="FACE",
            help=_t(
                "原面值；库存只有一种别的面值时可省", "the old one; needless when the safe has one other face only"
            ),
        ),
    ] = None,
) -> None:
    """`10x100 --to 200`, or the contract's `--face 200 --sheets 10`: the lines are of the old face (V6)."""
    at = desk()
    if typed and face is None and to is None and not at.call.interactive:
        raise _no_new_face(at, lines(typed))
    new = _new_face(at, face, to)
    asked = _lines(at, typed, from_face or (None if typed else _old_face(at, new)), sheets)
    if any(line[0] == new for line in asked):
        raise Usage(
            Words("新面值与原面值相同", "the new face value is the old one"), next=("gb request reface --help",)
        )
    at.need_reason()
    at.record("requests", "request", {"purpose": "reface", "lines": asked, "face": new})


for _purpose, _words in PURPOSES.items():
    _help = _t(f"申请：{_words.zh}", f"request: {_words.en}")
    app.command(_purpose, help=_help)(reface if _purpose == "reface" else _request_verb(_purpose))


def _lines(at: Desk, typed: list[str] | None, face: str | None, sheets: str | None) -> Lines:
    """The lines as typed, or the one line of ``--face`` and ``--sheets``."""
    from ledger.core.forms import lines_of

    if typed:
        if sheets is not None or face is not None:
            words = Words(
                "面值张数只写一种：张数x面值，或 --face 和 --sheets", "give lines, or --face and --sheets, not both"
            )
            raise Usage(words)
        return lines(typed)
    if face is None and sheets is None and at.call.interactive:
        return at.call.ask(None, words=LINES, name="LINES", parse=_typed_lines)
    fen = at.call.ask(face, words=FACE, name="--face", parse=amount)
    return lines_of([(fen, at.call.ask(sheets, words=SHEETS, name="--sheets", parse=_number))])


def _typed_lines(typed: str) -> Lines:
    """Lines in one answer; an empty one is asked again."""
    if not typed:
        raise Usage(Words("要写张数和面值，如 500x100", "sheets and face value are needed, as 500x100"))
    return lines([typed])


def _number(typed: str) -> int:
    from cli.sale import whole

    return whole(typed, "--sheets")


def _new_face(at: Desk, face: str | None, to: str | None) -> int:
    words = Words("新面值", "the new face value")
    if face is not None and to is not None and amount(face) != amount(to):
        raise Usage(Words(f"--face {face} 与 --to {to} 不同", f"--face {face} and --to {to} differ"))
    return at.call.ask(to if to is not None else face, words=words, name="--face", parse=amount)


def _no_new_face(at: Desk, asked: Lines) -> Usage:
    """The lines are of the old face; where the safe has none of it they were meant as the new one, and the command says so."""
    from shlex import quote

    from ledger.book.approvals import other_faces
    from ledger.core.forms import show_lines
    from ledger.core.money import yuan

    def short(fen: int) -> str:
        return yuan(fen).removesuffix(".00")

    words = Words(
        f"{show_lines(asked)} 是要改的券，按原面值写；还缺 --to（新面值）",
        f"{show_lines(asked)} are the sheets to change, at their old face: missing --to, the new face value",
    )
    held = other_faces(at.book.state(), 0)
    reason = quote(at.call.reason) if at.call.reason else "'…'"
    meant = [
        f"gb request reface {asked[0].sheets}x{short(face)} --to {short(asked[0].face)} --reason {reason}"
        for face in held
        if len(asked) == 1 and asked[0].face not in held
    ]
    return Usage(words, next=(*meant, "gb request reface --help"))


def _old_face(at: Desk, new: int) -> str:
    """The face of the sheets to change: the only other one in the safe, else the person's choice."""
    from cli.render import note
    from ledger.book.approvals import other_faces
    from ledger.core.money import yuan

    faces = other_faces(at.book.state(), new)
    if len(faces) == 1:
        old, changed = yuan(faces[0]), yuan(new)
        note(Words(f"原面值 {old}，新面值 {changed}", f"old face {old}, new face {changed}"))
        return old
    words = Words("要改的是哪种面值的券？", "which face value is to be changed?")
    if at.call.interactive and faces:
        return at.call.choose(words, [(yuan(face), "") for face in faces])
    names = " ".join(yuan(face) for face in faces) or "—"
    said = Words(f"{words.zh}（库存：{names}）", f"{words.en} (in the safe: {names})")
    raise Usage(said, next=tuple(f"--from-face {yuan(face).removesuffix('.00')}" for face in faces))


# -- decisions -----------------------------------------------------------------------------------------------------------


KeyOption = Annotated[
    str | None,
    typer.Option(
        "--key", metavar="FILE", help=_t("用登记过的 SSH 私钥签名", "sign it with a registered private SSH key")
    ),
]


@app.command(help=_t("批准申请；--key 加上电子签名", "approve a request; with --key, signed"))
def approve(
    request: Annotated[str | None, typer.Argument(metavar="ID", help=_t(*ID))] = None, key: KeyOption = None
) -> None:
    """A manager who is not the requester approves."""
    at = desk()
    approve_one(at, _undecided(at, request), key_file(at, key))


def key_file(at: Desk, typed: str | None) -> Path | None:
    """The key to sign with, None for no signature; asked for on a terminal where the rules ask for a signature."""
    from ledger.core.records.requests import must_sign

    day = at.date() or at.today()
    if typed is None and at.call.interactive and must_sign(at.by, day, at.book.state(), at.book.rules):
        words = Words("签名用的 SSH 私钥文件", "the file of the private SSH key to sign with")
        typed = at.call.ask(None, words=words, name="--key", parse=str)
    return Path(typed).expanduser().absolute() if typed is not None else None


def approve_one(at: Desk, request: str, key: Path | None) -> None:
    """Record the approval of a request, signed when there is a key."""
    if key is None:
        at.record("requests", "approval", {}, ref=request)
        return
    from ledger.book.signed import approve as sign_and_record

    draft = at.draft("requests", "approval", {}, ref=request)
    at.echo(at.refusing(draft, lambda: sign_and_record(at.book, draft, key, dry_run=at.call.dry_run)))


@app.command(help=_t("驳回申请", "reject a request"))
def reject(request: Annotated[str | None, typer.Argument(metavar="ID", help=_t(*ID))] = None) -> None:
    """A manager rejects, with the reason."""
    at = desk()
    found = _undecided(at, request)
    at.need_reason(Words("驳回原因", "why it is rejected"))
    at.record("requests", "rejection", {}, ref=found)


@app.command(help=_t("备券：财务已备好，定领券日期", "finance has the sheets ready and sets the collection date"))
def prepared(
    request: Annotated[str | None, typer.Argument(metavar="ID", help=_t(*ID))] = None,
    finance: Annotated[
        str | None, typer.Option("--finance", metavar="NAME", help=_t("财务经办人", "finance's name"))
    ] = None,
    collect: Annotated[
        str | None, typer.Option("--collect", metavar="DATE", help=_t("领券日期", "the collection date"))
    ] = None,
) -> None:
    """Name and date of 备券."""
    at = desk()
    found = _request_id(at, request)
    name, day = Words("财务经办人", "finance's name"), Words("领券日期", "the collection date")
    values = {
        "finance": at.call.ask(finance, words=name, name="--finance", parse=lambda typed: some_text(typed, name)),
        "collect": at.call.ask(collect, words=day, name="--collect", parse=at.day),
    }
    at.record("requests", "prepared", values, ref=found)


def _undecided(at: Desk, typed: str | None) -> str:
    """The request to decide on, by its own id only."""
    return at.call.ask(typed, words=ID, name="ID", parse=lambda text: own_request_id(at, text))


def own_request_id(at: Desk, typed: str) -> str:
    """The id of a request itself; that of its approval is refused: whoever decides must mean the request they name."""
    found = at.record_id(typed)
    record = at.book.find(found).record
    if not found.startswith("RQ") or not record.ref:
        return at.request_id(typed)
    about = at.request_id(typed, echo=False)
    waits = [key for key, one in sorted(at.book.state().things(Request)) if one.status == "open"]
    zh, en = "、".join(waits) or "没有", ", ".join(waits) or "nothing"
    words = Words(
        f"{found} 是请示单 {about} 的“{record.WORDS.zh}”，不是请示单；待批的：{zh}",
        f"{found} is the {record.WORDS.en} of request {about}, no request; what waits: {en}",
    )
    raise Refused(words, code="REF-01", next=(f"gb request show {about}", "gb request list --status open"))


def _request_id(at: Desk, typed: str | None) -> str:
    """The id of a request, asked for when it is not given."""
    return at.call.ask(typed, words=ID, name="ID", parse=at.request_id)


# -- looking up ----------------------------------------------------------------------------------------------------------


@app.command("list", help=_t("列出申请：批准了多少、已用多少", "list requests: what was approved, what has been drawn"))
def list_requests(
    purpose: Annotated[
        str | None,
        typer.Option("--purpose", metavar="PURPOSE", help=_t("只列这种用途，如 领券 voucher", "of this purpose only")),
    ] = None,
    status: Annotated[
        str | None,
        typer.Option(
            "--status",
            metavar="STATUS",
            help=_t("待批 open、已批准 approved、已驳回 rejected", "open, approved or rejected"),
        ),
    ] = None,
) -> None:
    """Every request with what is left on it."""
    from cli.render import emit, emit_json

    at = desk()
    purpose = purpose and one_of(purpose, PURPOSES, Words("用途", "purpose"))
    status = status and one_of(status, STATUS, Words("状态", "status"))
    found = [
        (key, one)
        for key, one in sorted(at.book.state().things(Request))
        if one.purpose == (purpose or one.purpose) and one.status == (status or one.status)
    ]
    if at.call.json:
        emit_json({"requests": [request_json(key, one) for key, one in found]})
    elif found:
        emit(request_table(found))


@app.command(help=_t("查看一张请示单和它的使用", "show a request and what was drawn on it"))
def show(request: Annotated[str | None, typer.Argument(metavar="ID", help=_t(*ID))] = None) -> None:
    """The request, then each record that acted on it."""
    from cli.render import emit, emit_json, table
    from ledger.book.approvals import events
    from ledger.book.signed import signature_of
    from ledger.core.forms import show_lines

    at = desk()
    found = _request_id(at, request)
    steps = events(at.book.state(), found)
    if not steps:
        raise Unknown(Words(f"没有 {found} 这张请示单", f"there is no request {found}"), next=("gb request list",))
    entries = [(at.book.find(event), thing) for event, thing in steps]
    signed = {e.id: stands for e, _ in entries if (stands := signature_of(at.book, e.record)) is not None}
    if at.call.json:
        history = [
            {
                "id": e.id, "kind": e.kind, "file": e.file, "line": e.line, "used": show_lines(t.used),
                "signature": signed[e.id]._asdict() if e.id in signed else None,
            }
            for e, t in entries
        ]  # fmt: skip
        emit_json({**request_json(found, steps[-1][1]), "history": history})
        return
    emit(request_table([(found, steps[-1][1])]))
    rows = [[str(e.record.date), e.id, e.record.WORDS, e.record.by, show_lines(t.used)] for e, t in entries]
    heads = [
        Words("日期", "date"),
        Words("编号", "id"),
        Words("类别", "kind"),
        Words("经手", "by"),
        Words("累计已用", "drawn so far"),
    ]
    emit("\n" + table(heads, rows))
    for name, seen in signed.items():
        emit(f"{name}  {say(_STANDS[seen.valid])}  {seen.key}")


_STANDS: dict[bool | None, Words] = {
    True: Words("已签名，有效", "signed, valid"),
    False: Words("签名无效，见 gb check APR-04", "its signature DOES NOT STAND, see gb check APR-04"),
    None: Words("已签名，未核验：没有 ssh-keygen", "signed, not judged: there is no ssh-keygen"),
}


def request_json(key: str, one: Request) -> dict[str, Any]:
    """A request for programs."""
    from ledger.core.forms import show_lines
    from ledger.core.money import yuan

    said = {"id": key, "purpose": one.purpose, "lines": show_lines(one.lines), "used": show_lines(one.used)}
    said |= {"left": show_lines(one.left), "status": one.status, "by": one.by, "decided_by": one.decided_by}
    return {**said, "face": yuan(one.face) if one.face else None, "finance": one.finance, "collect": one.collect}


def request_table(found: list[tuple[str, Request]]) -> str:
    """Requests with what was asked, drawn and left."""
    from cli.render import table
    from ledger.core.forms import show_lines

    heads = [
        Words("编号", "id"), Words("用途", "purpose"), Words("申请", "asked"), Words("已用", "drawn"), Words("可用", "left"),
        Words("状态", "status"), Words("申请人", "by"),
    ]  # fmt: skip
    rows = [
        [
            key, _purpose_of(one), show_lines(one.lines), show_lines(one.used) or "0",
            (show_lines(one.left) or "0") if one.status == "approved" else "", STATUS[one.status], one.by,
        ]
        for key, one in found
    ]  # fmt: skip
    return table(heads, rows)


def _purpose_of(one: Request) -> str:
    from ledger.core.money import yuan

    return say(PURPOSES[one.purpose]) + (f" → {yuan(one.face)}" if one.face else "")
