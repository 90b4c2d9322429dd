"""Sales: what was handed over to whom for what, and what clients bring back (S1–S3, S7–S9)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.entry import Desk, amount, desk, free_text
from cli.forms import Later
from cli.lang import _t
from cli.options import ExpiresOption, LimitOption, MonthOption, RecordArgument, SinceOption, UntilOption
from ledger.core.errors import Refused, Usage
from ledger.core.words import Words, many

if TYPE_CHECKING:
    from typer.models import CommandInfo

    from ledger.book.draft import RefusedBy
    from ledger.core.forms import Lines
    from ledger.core.spans import SpanSet

app = typer.Typer()

CLIENT = Words("客户：代码、名称的一部分或拼音首字母", "the client: code, part of the name or initials")
VOUCHERS = Words("券号", "the serials")
WordsArgument = Annotated[
    list[str] | None, typer.Argument(metavar="[CLIENT] [SPANS]", help=_t("客户和券号", "client and serials"))
]
ClientOption = Annotated[str | None, typer.Option("--client", metavar="CLIENT", help=_t(*CLIENT))]
VouchersOption = Annotated[str | None, typer.Option("--vouchers", metavar="SPANS", help=_t(*VOUCHERS))]
SheetsOption = Annotated[
    str | None, typer.Option("--sheets", metavar="N", help=_t("取库存最小号的几张", "so many of the lowest on hand"))
]
FaceOption = Annotated[str | None, typer.Option("--face", metavar="FACE", help=_t("面值", "the face value"))]
TotalOption = Annotated[
    str | None, typer.Option("--amount", metavar="AMOUNT", help=_t("金额，不写则按面值", "default: the face value"))
]
PayOption = Annotated[
    list[str] | None,
    typer.Option("--pay", metavar="METHOD:AMOUNT", help=_t("分几种方式付，可重复", "paid in parts; repeatable")),
]
ReferenceOption = Annotated[
    str | None, typer.Option("--reference", metavar="NO", help=_t("付款参考号", "the payment's number"))
]
SalespersonOption = Annotated[
    str | None, typer.Option("--salesperson", metavar="CODE", help=_t("业务员", "default: the client's owner"))
]
ApprovalOption = Annotated[
    str | None, typer.Option("--approval", metavar="ID", help=_t("优惠批准单", "the discount's approval"))
]
InvoiceOption = Annotated[
    str | None,
    typer.Option("--invoice", metavar="KIND", help=_t("发票：普通 ordinary、专用 special", "ordinary or special")),
]
_HELP = {
    "cash": _t("现金售券", "a sale for cash"),
    "transfer": _t("银行转账售券", "a sale by bank transfer"),
    "wechat": _t("微信售券", "a sale by WeChat"),
    "alipay": _t("支付宝售券", "a sale by Alipay"),
    "pos": _t("刷卡售券", "a sale by card"),
}


def _sale_verb(method: str) -> Callable[..., None]:
    """The verb of one payment method; all take the same options."""

    def sale(
        *,
        words: WordsArgument = None,
        client: ClientOption = None,
        vouchers: VouchersOption = None,
        sheets: SheetsOption = None,
        face: FaceOption = None,
        total: TotalOption = None,
        pay: PayOption = None,
        reference: ReferenceOption = None,
        expires: ExpiresOption = None,
        salesperson: SalespersonOption = None,
        approval: ApprovalOption = None,
        invoice: InvoiceOption = None,
    ) -> None:
        from ledger.book import selling

        at = desk()
        paid = how_paid(at, method, pay, lambda: _wanted(words or [], client, vouchers, sheets, face))
        values = {
            **what_and_to_whom(at, words, client, vouchers=vouchers, sheets=sheets, face=face),
            "amount": amount(total) if total is not None else None,
            "reference": payment_number(reference),
            "invoice": _invoice(invoice),
            **paid,
        }
        selling.refuse_too_many(at.book.state(), values["spans"].count)
        if pay:
            refuse_other_total_of(at, values)
        record_sale(at, values, expires=expires, salesperson=salesperson, approval=approval)

    return sale


for _method, _help in _HELP.items():
    app.command(_method, help=_help)(_sale_verb(_method))


@app.command(
    "credit",
    help=_t(
        "赊销：不登记为售券，请用赊券", "on credit: refused as a sale, since nothing is paid; an approved IOU instead"
    ),
)
def credit(
    _words: Annotated[
        list[str] | None, typer.Argument(metavar="[CLIENT] [SPANS]", help=_t("客户和券号", "client and serials"))
    ] = None,
) -> None:
    """Always refused (S9), with what to do instead: the request for the sheets that were named."""
    from ledger.book.selling import on_credit

    raise on_credit().asking(_faces_typed((_words or [])[1:]))


def _faces_typed(serials: list[str]) -> Lines:
    """The lines of sheets as typed; none where they cannot be told."""
    from ledger.core.errors import GbError
    from ledger.core.judge import faces_of

    if not serials:
        return ()
    at = desk()
    try:
        return faces_of(at.spans(" ".join(serials)), at.book.state())
    except GbError:
        return ()


def _invoice(typed: str | None) -> str | None:
    """The invoice given for the sale, by its word or its name."""
    if typed is None:
        return None
    from ledger.book.choices import one_of
    from ledger.core.law import INVOICES

    return one_of(typed, INVOICES, Words("发票", "the invoice"))


def _of_reservation(verb: str) -> CommandInfo:
    from cli.reservation import VERBS

    return VERBS[verb]()


for _verb in ("cheque", "handover", "release"):
    app.registered_commands.append(Later(_verb, partial(_of_reservation, _verb)))


def what_and_to_whom(
    at: Desk, words: list[str] | None, client: str | None, *, vouchers: str | None, sheets: str | None, face: str | None
) -> dict[str, Any]:
    """Client and sheets, by their options or by position: the first word is the client unless an option names it."""
    given = list(words or [])
    who = client if client is not None or not given else given.pop(0)
    return {
        "client": at.call.ask(who, words=CLIENT, name="--client", parse=at.client),
        "spans": sheets_of(at, vouchers, given, sheets, face),
    }


def payment_number(typed: str | None) -> str | None:
    """The number that the payment has elsewhere, as far as it was typed."""
    return free_text(typed, Words("付款参考号", "payment reference")) or None


def _wanted(words: list[str], client: str | None, vouchers: str | None, sheets: str | None, face: str | None) -> Lines:
    """The lines that a sale is about, as far as they were typed."""
    from ledger.core.forms import lines_of

    if sheets is not None and face is not None:
        return lines_of([(amount(face), whole(sheets, "--sheets"))])
    return _faces_typed([vouchers] if vouchers is not None else words if client is not None else words[1:])


def how_paid(at: Desk, method: str, pay: list[str] | None, wanted: Callable[[], Lines] = tuple) -> dict[str, Any]:
    """The payments as typed, or the one method; ``wanted`` are the lines to ask an IOU for, where it is on credit."""
    from ledger.book import selling

    try:
        if pay:
            return {"payments": selling.payments(at.book, pay)}
        return {"method": selling.method(at.book, method)}
    except selling.OnCredit as refused:
        raise refused.asking(wanted()) from None


def refuse_other_total(paid: int, total: int, again: str) -> None:
    """Refuse payments that are not the amount (both fen; REC-03); ``again`` has ``{}`` for the amount that they are."""
    from ledger.core.money import yuan

    if paid != total:
        owed = Words("；欠款不能售券，赊券另批", "; nothing is sold on credit") if paid < total else Words("", "")
        words = Words(
            f"付款合计 {yuan(paid)}，金额 {yuan(total)}{owed.zh}",
            f"the payments are {yuan(paid)}, the amount is {yuan(total)}{owed.en}",
        )
        raise Refused(words, code="REC-03", next=(again.format(yuan(paid).removesuffix(".00")),))


def refuse_other_total_of(at: Desk, values: dict[str, Any]) -> None:
    """Refuse payments that are not the amount, or the face value of the sheets where no amount is given (REC-03)."""
    from ledger.core.forms import value_of
    from ledger.core.judge import faces_of

    total = values["amount"]
    if total is None:
        total = value_of(tuple(line for line in faces_of(values["spans"], at.book.state()) if line.face))
    refuse_other_total(sum(part.amount for part in values["payments"]), total, "--amount {}")


def record_sale(
    at: Desk, values: dict[str, Any], *, expires: str | None = None, salesperson: str | None = None,
    approval: str | None = None, kind: str = "sale",
) -> None:  # fmt: skip
    """Record a sale, or the ``kind`` that is priced like one, from what was typed; ``values`` holds what is resolved already."""
    from ledger.book import selling
    from ledger.book.draft import RefusedBy
    from ledger.core.dates import resolve_day

    if expires is not None:
        values["expires"] = resolve_day(expires, at.today())
    if salesperson is not None:
        values["salesperson"] = selling.salesperson(at.book.state(), salesperson)
    if approval is not None:
        values["approval"] = at.request_id(approval)
    try:
        at.record("sales", kind, values)
    except RefusedBy as refused:
        raise _naming_approval(at, values, refused) from None


def _naming_approval(at: Desk, values: dict[str, Any], refused: RefusedBy) -> RefusedBy:
    """A discount that needs an approval is not mended by a reason alone: ask for one, or name the one that would do."""
    from ledger.book.approvals import covering
    from ledger.core.judge import faces_of

    asks = [hint for hint in refused.next if hint.startswith("gb request discount ")]
    if not asks or "approval" in values:
        return refused
    state = at.book.state()
    found = covering(state, ("discount",), faces_of(values["spans"], state))
    reason = "" if at.call.reason else " --reason '…'"
    named = (f"--approval {found[0]}{reason}",) if len(found) == 1 else ()
    several = ("gb request list --purpose discount",) if len(found) > 1 else ()
    others = [hint for hint in refused.next if hint not in asks and not hint.startswith("--reason")]
    refused.next = (*named, *several, *asks, *others)
    return refused


def sheets_of(at: Desk, vouchers: str | None, given: list[str], sheets: str | None, face: str | None) -> SpanSet:
    """The sheets named, or the lowest on hand, which the clerk compares with the packet."""
    if sheets is not None:
        if vouchers is not None or given:
            raise either_sheets_or_serials()
        return lowest_sheets(at, whole(sheets, "--sheets"), amount(face) if face is not None else 0)
    text = " ".join([*([vouchers] if vouchers is not None else []), *given]) or None
    wanted = amount(face) if face is not None else 0
    return at.call.ask(text, words=VOUCHERS, name="--vouchers", parse=lambda typed: at.spans(typed, wanted))


def lowest_sheets(at: Desk, sheets: int, face: int = 0) -> SpanSet:
    """The lowest ``sheets`` sheets on hand of ``face`` (fen; 0: the only one there is), told to the clerk."""
    found = lowest_on_hand(at, sheets, face)
    compare_with_packet(at, found)
    return found


def lowest_on_hand(at: Desk, sheets: int, face: int = 0) -> SpanSet:
    """The same without a word: whoever calls shows them and has them confirmed."""
    from ledger.book.resolve import lowest, one_face

    at.derived = ("spans",)
    state = at.book.state()
    return lowest(state, face or one_face(state), sheets, at.terminal)


def compare_with_packet(at: Desk, found: SpanSet) -> None:
    """Tell the sheets that the program chose; on a terminal the clerk says that they are those in hand."""
    from cli.render import note
    from cli.told import ends

    shown = ends(found)
    note(
        Words(
            f"请核对券号：{shown}，共 {found.count} 张",
            f"compare with the packet: {shown}, {many(found.count, 'sheet')}",
        )
    )
    if not at.call.dry_run:
        at.call.confirm(Words("手里是这些券，登记吗？", "are these the sheets in hand? record them?"))


def either_sheets_or_serials() -> Usage:
    """The refusal of a number of sheets beside the serials themselves."""
    return Usage(Words("--sheets 和券号只写一个", "give either --sheets or serials, not both"))


def whole(typed: str, name: str) -> int:
    """A number of sheets as typed; raises :class:`Usage`."""
    from ledger.core.text import fold, shown

    text = fold(typed).removesuffix("张").strip()
    if not text.isascii() or not text.isdigit() or not 0 < int(text[:10]) <= 10**8:
        raise Usage(Words(f"{name}：“{shown(typed)}”不是张数", f"{name}: “{shown(typed)}” is not a number of sheets"))
    return int(text)


@app.command("iou", help=_t("赊券付款：客户付清赊出的券", "a client pays for sheets handed out on an IOU"))
def pay_iou(
    *,
    iou: Annotated[str | None, typer.Argument(metavar="ID", help=_t("赊券单编号", "the IOU's id"))] = None,
    vouchers: Annotated[
        str | None,
        typer.Option("--vouchers", metavar="SPANS", help=_t("只付其中这些券，不写则全部", "only these; default: all")),
    ] = None,
    total: TotalOption = None,
    method: Annotated[
        str | None, typer.Option("--method", metavar="METHOD", help=_t("付款方式，不写则现金", "default: cash"))
    ] = None,
    pay: PayOption = None,
    reference: ReferenceOption = None,
    approval: ApprovalOption = None,
) -> None:
    """Money for sheets that are with the client already; no sheet moves (S9)."""
    from ledger.book import selling

    at = desk()
    words = Words("赊券单编号", "the IOU's id")
    found = at.call.ask(iou, words=words, name="ID", parse=at.record_id)
    client, spans = selling.iou_open(at.book, found, at.spans(vouchers) if vouchers is not None else None)
    values = {
        "client": client,
        "spans": spans,
        "ref": found,
        "amount": amount(total) if total is not None else None,
        "reference": payment_number(reference),
        "approval": at.request_id(approval) if approval is not None else None,
        **how_paid(at, method or "cash", pay),
    }
    at.derived = ("spans",) if vouchers is None else ()
    at.record("sales", "iou-payment", values)


@app.command("return", help=_t("客户退券", "take sheets back from a client"))
def take_back(
    *,
    spans: Annotated[list[str] | None, typer.Argument(metavar="SPANS", help=_t(*VOUCHERS))] = None,
    vouchers: VouchersOption = None,
    sale: Annotated[
        str | None, typer.Option("--sale", metavar="ID", help=_t("原售券单", "the sale they are of"))
    ] = None,
    refund: Annotated[
        str | None,
        typer.Option("--refund", metavar="AMOUNT", help=_t("退款，不写则按所付份额", "default: their share paid")),
    ] = None,
    method: Annotated[
        str | None,
        typer.Option("--method", metavar="METHOD", help=_t("退款方式，不写则按原方式", "default: as it was paid")),
    ] = None,
    client: Annotated[
        str | None,
        typer.Option(
            "--client", metavar="CLIENT", help=_t("期初前售出的券由谁退回", "who brings sheets sold before the opening")
        ),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="float|cash",
            help=_t("退款出自抽屉；不写则由财务付", "refunded from the drawer; else by finance"),
        ),
    ] = None,
) -> None:
    """Sheets back into the safe; the sale follows from them (S8)."""
    from ledger.book import selling

    at = desk()
    typed = " ".join([*([vouchers] if vouchers is not None else []), *(spans or [])]) or None
    found = at.call.ask(typed, words=VOUCHERS, name="SPANS", parse=at.spans)
    values = {
        "spans": found,
        "ref": at.record_id(sale) if sale is not None else None,
        "amount": amount(refund) if refund is not None else None,
        "method": selling.method(at.book, method) if method is not None else None,
        "client": at.client(client) if client is not None else None,
        "source": _pot(source) if source is not None else None,
    }
    at.need_reason(Words("退券原因", "why they come back"))
    done = at.record("sales", "client-return", values)
    _tell_unpaid(done.record)
    _announce(at, done.record)


def _pot(typed: str) -> str:
    """A pot of the drawer by its word or name."""
    from ledger.book.choices import one_of
    from ledger.core.drawer import POTS

    return one_of(typed, POTS, Words("退款出自", "refunded from"))


def _tell_unpaid(refund: Any) -> None:
    """Tell how much of a refund the client had not paid, so that nobody pays it out (S8)."""
    from cli.render import note
    from ledger.core.money import grouped

    if refund.owed:
        paid = grouped(refund.amount - refund.owed)
        lowered = Words("待到账", "what is pending") if refund.given_up else Words("退票欠款", "the bounced cheque")
        note(
            Words(
                f"其中 ¥{grouped(refund.owed)} 客户未付到，冲减{lowered.zh}，不退款；实际退款 ¥{paid}",
                f"¥{grouped(refund.owed)} of it had not been paid: taken off {lowered.en}; ¥{paid} is refunded",
            )
        )


def _announce(at: Desk, refund: Any) -> None:
    """Tell of a cash refund that finance wants to know of days ahead (N4)."""
    import datetime as dt

    from cli.render import note
    from ledger.core.rules import Cash

    rule = at.book.rules.find(Cash, refund.date)
    fen = sum(pay.amount for pay in refund.payments if pay.method == "cash")
    if rule is not None and fen > rule.announced_above:
        day = refund.date + dt.timedelta(days=rule.notice_days)
        note(
            Words(
                f"现金退款超过 {rule.notice_above}，要提前 {rule.notice_days} 天通知财务：最早 {day} 支付",
                f"a cash refund above {rule.notice_above} is announced to finance {rule.notice_days} days ahead: pay it on {day}",
            )
        )


@app.command("list", help=_t("列出售券和退券", "list sales and returns"))
def list_sales(
    *,
    client: ClientOption = None,
    month: MonthOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    limit: LimitOption = None,
) -> None:
    """Sales in time order."""
    from cli.listing import Wanted, show_list

    show_list(desk(), Wanted(client=client, since=since, until=until, month=month, journal="sales"), limit)


@app.command("show", help=_t("查看一笔售券", "show a sale"))
def show_sale(
    sale: RecordArgument = None,
) -> None:
    """One sale with what refers to it."""
    from cli.cards import record_card

    at = desk()
    found = at.call.ask(sale, words=Words("单据编号", "the record's id"), name="ID", parse=at.record_id)
    record_card(at, found)
