"""Vouchers 券: received, stamped, kept, handed on, counted (V3–V8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.entry import SECOND, Desk, amount, desk, second_counter, some_text
from cli.forms import plain
from cli.lang import _t
from cli.options import KindOption, LimitOption, MonthOption, RecordArgument
from ledger.core.errors import Usage
from ledger.core.words import Words, many

if TYPE_CHECKING:
    import datetime as dt

    from ledger.book.draft import Recorded
    from ledger.core.approvals import Request
    from ledger.core.spans import SpanSet
    from ledger.folds.stock import OnHand, StockSheet

app = typer.Typer()

SPANS = Words("券号", "serials")
FACE = Words("面值", "the face value")
REQUEST = Words("请示单编号", "the request's id")
FINANCE = Words("财务经办人", "finance's name")

SpansArgument = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="SPANS", help=_t("券号，- 从标准输入或扫描枪读", "serials; - reads them from stdin or a scanner")
    ),
]


@app.command(help=_t("领券登记：从财务领券入保险柜", "receive sheets from finance into the safe"))
def receive(
    *,
    spans: SpansArgument = None,
    face: Annotated[
        str | None,
        typer.Option(
            "--face", metavar="FACE", help=_t("面值；请示单只有一种时可省", "needless with a request for one face")
        ),
    ] = None,
    request: Annotated[
        str | None, typer.Option("--request", metavar="ID", help=_t("已批准的请示单", "the approved request"))
    ] = None,
    finance: Annotated[
        str | None,
        typer.Option(
            "--finance", metavar="NAME", help=_t("财务经办人；已备券时可省", "finance's name; needless once prepared")
        ),
    ] = None,
    expires: Annotated[
        str | None, typer.Option("--expires", metavar="DATE", help=_t("截止日期", "the sheets' expiry date"))
    ] = None,
    stamped: Annotated[
        bool, typer.Option("--stamped", help=_t("活动专用章已当场盖好", "the activity stamp was put on at once"))
    ] = False,
    purpose: Annotated[
        str | None,
        typer.Option("--purpose", metavar="sale|rebate", help=_t("用途：销售（默认）或返扣", "sale unless given")),
    ] = None,
) -> None:
    """领券登记表: asserts that serials, quantity and the name seal were checked together with finance (V3)."""
    from ledger.book.choices import USES, one_of

    at = desk()
    typed = " ".join(spans or []) or None
    found = at.call.ask(
        typed, words=SPANS, name="SPANS", parse=lambda text: at.spans(text, amount(face) if face else 0)
    )
    asked = _request(at, request, found, face)
    values = {
        "spans": found,
        "request": asked,
        **_from_request(at, asked, face, finance),
        "expires": at.day(expires) if expires is not None else None,
        "stamps": "activity" if stamped else None,
        "purpose": one_of(purpose, USES, Words("用途", "purpose")) if purpose is not None else None,
    }
    at.record("receipts", "receipt", values)


def _request(at: Desk, typed: str | None, spans: SpanSet, face: str | None) -> str:
    """The request drawn upon; when none is named, the approved ones that would do are."""
    if typed is None:
        found = _drawable(at, spans, face)
        if at.call.interactive and found:
            from cli.render import note

            note(Words(f"已批准可用的请示单：{' '.join(found)}", f"approved requests that would do: {' '.join(found)}"))
        elif not at.call.interactive:
            hints = tuple(f"--request {one}" for one in found[: 1 if len(found) == 1 else 0])
            missing = at.call.missing("--request", REQUEST)
            raise Usage(missing.words, next=(*hints, "gb request list --purpose voucher --status approved"))
    return at.call.ask(typed, words=REQUEST, name="--request", parse=at.request_id)


def _drawable(at: Desk, spans: SpanSet, face: str | None) -> list[str]:
    """The approved requests to draw vouchers that still cover so many sheets (of the face, when it is given)."""
    from ledger.core.approvals import Request

    need = spans.count
    return [
        key
        for key, one in at.book.state().things(Request)
        if one.purpose == "voucher"
        and one.status == "approved"
        and any(left >= need and (face is None or amount(face) == fen) for fen, left in one.left)
    ]


def _from_request(at: Desk, asked: str, face: str | None, finance: str | None) -> dict[str, Any]:
    """Face and finance's name: as given, else as the request says, which is told, else asked for."""
    from cli.render import note
    from ledger.core.approvals import Request
    from ledger.core.money import yuan

    request: Request | None = at.book.state().thing(Request, asked)
    told: list[tuple[str, str]] = []
    if face is None and request is not None and len(request.lines) == 1:
        face = yuan(request.lines[0].face)
        told.append((f"面值 {face}", f"face {face}"))
    if finance is None and request is not None and request.finance:
        finance = request.finance
        told.append((f"财务经办人 {finance}", f"finance's name {finance}"))
    if told:
        note(
            Words(
                "按请示单：" + "，".join(zh for zh, _ in told), "from the request: " + ", ".join(en for _, en in told)
            )
        )
    return {
        "face": at.call.ask(face, words=FACE, name="--face", parse=amount),
        "finance": at.call.ask(finance, words=FINANCE, name="--finance", parse=lambda text: some_text(text, FINANCE)),
    }


# -- the plain steps, read off their declarations --------------------------------------------------------------------------

plain(app, "stamp", "stamp")
plain(app, "issue", "issue-to-terminal")
plain(app, "return", "return-to-finance")
plain(app, "void", "void")
plain(app, "lost", "lost")
plain(app, "found", "found")
plain(app, "give", "given")
plain(app, "reface", "reface")
plain(app, "freeze", "freeze")
plain(app, "unfreeze", "unfreeze")
plain(app, "iou", "iou")


@app.command(
    help=_t(
        "换券：客户换回 --in，换出 --out，不收付钱",
        "exchange: --in comes back from the client, --out goes out; no money",
    )
)
def exchange(
    *,
    coming: Annotated[
        str | None, typer.Option("--in", metavar="SPANS", help=_t("客户换回的券号", "serials that come back"))
    ] = None,
    out: Annotated[
        str | None, typer.Option("--out", metavar="SPANS", help=_t("换出的券号", "serials that go out"))
    ] = None,
    client: Annotated[
        str | None,
        typer.Option(
            "--client", metavar="CLIENT", help=_t("期初前售出的券是谁的", "whose sheets sold before the opening are")
        ),
    ] = None,
    expires: Annotated[
        str | None,
        typer.Option("--expires", metavar="DATE", help=_t("截止日期，不写则同换回的券", "default: as what comes back")),
    ] = None,
    approval: Annotated[str | None, typer.Option("--approval", metavar="ID", help=_t("批准单", "the approval"))] = None,
) -> None:
    """Sheets against sheets (V6): value equal, or the difference is explained by the reason."""
    at = desk()
    values = {
        "spans": at.call.ask(coming, words=Words("换回的券号", "serials that come back"), name="--in", parse=at.spans),
        "out": at.call.ask(out, words=Words("换出的券号", "serials that go out"), name="--out", parse=at.spans),
        "client": at.client(client) if client is not None else None,
        "expires": at.day(expires) if expires is not None else None,
        "approval": at.request_id(approval) if approval is not None else None,
    }
    at.need_reason(Words("换券原因", "why they are exchanged"))
    at.record("custody", "exchange", values)


# -- the count -----------------------------------------------------------------------------------------------------------


@app.command(
    help=_t(
        "盘点保险柜里的券，当场报出短缺和多出的券号", "count the safe; missing and surplus serials are told at once"
    )
)
def count(
    *,
    spans: SpansArgument = None,
    face: Annotated[str | None, typer.Option("--face", metavar="FACE", help=_t("只盘这种面值", "only this face"))] = None,
    void: Annotated[bool, typer.Option("--void", help=_t("只盘作废的券", "only the void sheets"))] = False,
    second: Annotated[str | None, typer.Option("--second", metavar="NAME", help=_t(*SECOND))] = None,
    blind: Annotated[
        bool,
        typer.Option("--blind", help=_t("不写券号：打印空白盘点表；写券号：不显示账面比较",
                                        "without serials: print a count sheet; with serials: do not tell the comparison")),
    ] = False,
    empty: Annotated[bool, typer.Option("--empty", help=_t("范围内一张也没有", "there is not one sheet"))] = False,
    pairs: Annotated[
        bool, typer.Option("--pairs", help=_t("券号是每包的起号和止号", "the serials are first and last of each packet"))
    ] = False,
) -> None:  # fmt: skip
    """Two people, by spans or by first and last serial of each packet (V7)."""
    at = desk()
    scope = _scope(face, void=void)
    if blind and not spans and not empty:
        _blind_sheet(at, scope)
        return
    values = {
        "scope": scope,
        "spans": _counted(at, spans, face, empty=empty, pairs=pairs),
        "second": second_counter(at, second),
    }
    done = at.write("custody", "count", values)
    _tell_count(at, done, blind=blind)


def _scope(face: str | None, *, void: bool) -> str:
    from ledger.core.money import yuan

    if void and face is not None:
        raise Usage(Words("--void 和 --face 只写一个", "give either --void or --face"))
    return "void" if void else yuan(amount(face)) if face is not None else "all"


def _counted(at: Desk, typed: list[str] | None, face: str | None, *, empty: bool, pairs: bool) -> SpanSet | None:
    """The serials that were counted; none only with ``--empty``, so that a forgotten list is no empty safe."""
    if empty:
        if typed:
            raise Usage(Words("--empty 时不写券号", "--empty takes no serials"))
        return None
    text = " ".join(typed) if typed else None
    return at.call.ask(text, words=SPANS, name="SPANS", parse=lambda word: _packets(at, word, face, pairs=pairs))


def _packets(at: Desk, typed: str, face: str | None, *, pairs: bool) -> SpanSet:
    from cli.entry import stdin_text
    from ledger.core.spans import parse_packets

    if pairs:
        typed = parse_packets(stdin_text() if typed.strip() == "-" else typed, pairs=True).text
    return at.spans(typed, amount(face) if face is not None else 0)


def _tell_count(at: Desk, done: Recorded, *, blind: bool) -> None:
    from cli.render import emit
    from ledger.book.counting import compared

    if blind:
        at.echo(done)
        return
    result = compared(at.book, done.record)
    more = {"counted": result.counted, "missing": result.missing.text, "surplus": result.surplus.text}
    at.echo(done, more)
    if at.call.json:
        return
    if not result.missing and not result.surplus:
        emit(_t("与账面相符", "agrees with the book"))
    for spans, words in ((result.missing, Words("短缺", "missing")), (result.surplus, Words("多出", "surplus"))):
        if spans:
            sheets = spans.count
            emit(_t(f"{words.zh} {sheets} 张：{spans.text}", f"{words.en}, {many(sheets, 'sheet')}: {spans.text}"))


def _blind_sheet(at: Desk, scope: str) -> None:
    """The form to fill in by hand, without any figure of the book."""
    from cli.lang import lang
    from cli.render import emit
    from ledger.core.money import parse_yuan
    from ledger.folds.stock import safe_faces
    from ledger.reports.blind import as_text

    void = scope == "void"
    faces = [] if void else sorted(safe_faces(at.book.state()), reverse=True) if scope == "all" else [parse_yuan(scope)]
    emit(as_text(at.book.settings.store, at.date() or at.today(), faces, lang(), void=void))


# -- looking up ----------------------------------------------------------------------------------------------------------


@app.command(help=_t("库存：保险柜里的券", "what is in the safe"))
def stock(
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help=_t("某日终了时", "at the end of that day"))
    ] = None,
    face: Annotated[
        str | None, typer.Option("--face", metavar="FACE", help=_t("只看这种面值", "only this face"))
    ] = None,
) -> None:
    """Per face value; reserved, unstamped and frozen sheets are parts of the stock, void ones are not."""
    from cli.lang import lang
    from cli.render import emit, emit_json
    from ledger.folds.stock import stock as present
    from ledger.reports.stock import as_json, as_text

    at = desk()
    day = at.day(as_of) if as_of is not None else at.today()
    state = _state(at, day if as_of is not None else None)
    sheet = present(state)
    wanted = amount(face) if face is not None else 0
    if wanted:
        sheet = of_face(sheet, wanted)
    due = date_stamp_due(state, wanted)
    if at.call.json:
        emit_json(as_json(sheet, day))
        return
    emit(as_text(sheet, day, lang()))
    if due:
        from cli.render import columns
        from ledger.reports.table import wrap

        lead = _t(f"待盖日期章 {due.count} 张", f"a date stamp is due on {many(due.count, 'sheet')}")
        emit("\n".join(wrap(f"{lead}: {due.text}", columns(), hang=4, cut=False)))


def _state(at: Desk, day: dt.date | None) -> OnHand:
    """The state at the end of a day, from the text; the present one from the index."""
    if day is None:
        return at.book.state()
    from ledger.book.text import read_all
    from ledger.core.order import in_order
    from ledger.core.state import apply
    from ledger.folds.custody import Custody

    state = Custody()
    for one in in_order(read_all(at.book)[0]):
        if one.record.date <= day:
            apply(one.record, state)
    return state


def date_stamp_due(state: OnHand, face: int = 0) -> SpanSet:
    """The sheets in the safe that cannot be sold before a new date stamp (V4), of one face (fen) or of all."""
    from ledger.core.custody import RESTAMP
    from ledger.core.spans import SpanSet

    return SpanSet.of(
        span
        for span, sheet in state.on_hand()
        if sheet.place == "safe" and RESTAMP in sheet.stamps and face in (0, sheet.face)
    )


def of_face(sheet: StockSheet, face: int) -> StockSheet:
    """The stock of one face value (fen), without the void sheets, which have their own count."""
    from ledger.folds.stock import StockSheet

    return StockSheet(faces=tuple(one for one in sheet.faces if one.face == face))


@app.command(help=_t("追查一个券号：现在在哪，经过哪些单据", "where a sheet is, and every record that touched it"))
def trace(
    serial: Annotated[str | None, typer.Argument(metavar="SERIAL", help=_t("券号", "the serial"))] = None,
) -> None:
    """The history of one sheet with file and line of each record."""
    from cli.cards import sheet_card

    at = desk()
    found = at.call.ask(
        serial, words=Words("券号", "the serial"), name="SERIAL", parse=lambda typed: _one_sheet(at, typed)
    )
    sheet_card(at, found)


def _one_sheet(at: Desk, typed: str) -> str:
    """The serial of one sheet that the book knows; raises Unknown for one that it never saw."""
    from ledger.core.errors import Unknown
    from ledger.index import lookup

    spans = at.spans(typed)
    if spans.count != 1:
        raise Usage(
            Words("一次追查一个券号", "one serial at a time"), next=(f"gb voucher trace {spans.spans[0].first_serial}",)
        )
    span = spans.spans[0]
    if not lookup.touching(at.book.index.db, span):
        words = Words(f"账上没有券号 {span.text}", f"the book knows no sheet {span.text}")
        raise Unknown(words, next=("gb voucher stock",))
    return span.text


@app.command("list", help=_t("列出领券和保管登记", "list receipts and custody records"))
def list_records(
    month: MonthOption = None,
    kind: KindOption = None,
    limit: LimitOption = None,
) -> None:
    """Receipts and custody records in time order."""
    from cli.listing import Wanted, show_list

    show_list(desk(), Wanted(month=month, kind=kind, journal="receipts custody"), limit)


@app.command(help=_t("查看一笔领券或保管登记", "show a receipt or a custody record"))
def show(
    record: RecordArgument = None,
) -> None:
    """One record with its place in the text."""
    from cli.cards import record_card

    at = desk()
    record_card(at, at.call.ask(record, words=Words("单据编号", "the record's id"), name="ID", parse=at.record_id))
