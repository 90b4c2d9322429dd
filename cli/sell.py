"""The counter's short form of a sale: client, amount, first serial."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.entry import Desk, amount, desk
from cli.lang import _t
from cli.sale import (
    CLIENT,
    ApprovalOption,
    FaceOption,
    PayOption,
    ReferenceOption,
    how_paid,
    lowest_sheets,
    payment_number,
    record_sale,
    refuse_other_total,
)
from cli.shared import keep
from cli.told import ends
from ledger.core.errors import Refused
from ledger.core.text import fold
from ledger.core.words import Words

if TYPE_CHECKING:
    from ledger.core.forms import Lines
    from ledger.core.spans import SpanSet

app = typer.Typer()

AMOUNT = Words("金额", "the amount")

FirstArgument = Annotated[
    list[str] | None,
    typer.Argument(metavar="SERIAL|SPANS", help=_t("首张券号，或全部券号", "the first serial, or all serials")),
]
MethodOption = Annotated[
    str,
    typer.Option(
        "--method",
        "-t",
        metavar="METHOD",
        help=_t("付款方式：现金 支票 转账 微信 支付宝 刷卡", "cash cheque transfer wechat alipay pos"),
    ),
]
ByChequeOption = Annotated[
    str | None, typer.Option("--cheque", "-q", metavar="NO", help=_t("支票付款：支票号", "paid by this cheque"))
]
BankOption = Annotated[str | None, typer.Option("--bank", metavar="NAME", help=_t("付款银行", "its bank"))]
DrawnOption = Annotated[str | None, typer.Option("--drawn", metavar="DATE", help=_t("出票日期", "its date"))]
DrawerOption = Annotated[
    str | None, typer.Option("--drawer", metavar="NAME", help=_t("出票人，不写则为客户", "default: the client"))
]
SameDayOption = Annotated[
    bool, typer.Option("--same-day", help=_t("支票倒存，凭银行进帐单交券", "deposited by us: handed over at once"))
]
BankSlipOption = Annotated[
    str | None, typer.Option("--bank-slip", metavar="NO", help=_t("银行进帐单号", "the bank slip"))
]


@app.command(
    help=_t(
        "快速售券：写客户和金额，张数由面值算出；写首张券号则从它数起，不写则取库存最小号",
        "sell in short form: the sheets follow from amount and face; from the serial given, else the lowest on hand",
    )
)
def sell(
    *,
    client: Annotated[str | None, typer.Argument(metavar="CLIENT", help=_t(*CLIENT))] = None,
    total: Annotated[str | None, typer.Argument(metavar="AMOUNT", help=_t(*AMOUNT))] = None,
    vouchers: FirstArgument = None,
    method: MethodOption = "cash",
    pay: PayOption = None,
    face: FaceOption = None,
    reference: ReferenceOption = None,
    approval: ApprovalOption = None,
    cheque: ByChequeOption = None,
    bank: BankOption = None,
    drawn: DrawnOption = None,
    drawer: DrawerOption = None,
    same_day: SameDayOption = False,
    bank_slip: BankSlipOption = None,
) -> None:
    """A sale in the fewest keys."""
    from ledger.book import selling

    at = desk()
    if cheque is not None:
        method = "cheque"
    paid = how_paid(at, method, pay, lambda: _wanted(at, total, face))
    prompted = at.call.interactive and (client is None or total is None)
    who = at.call.ask(client, words=CLIENT, name="CLIENT", parse=at.client)
    fen = at.call.ask(total, words=AMOUNT, name="AMOUNT", parse=some_amount)
    given = {"--face": face, "--reference": reference, "--approval": approval, "--cheque": cheque, "--bank": bank}
    given |= {"--drawn": drawn, "--drawer": drawer, "--bank-slip": bank_slip}
    if method not in ("cash", "cheque") and not pay:
        given["--method"] = method
    again = _again(at, who, given, pay) + (" --same-day" if same_day else "")
    if pay:
        serials = "".join(f" {quote(one)}" for one in vouchers or ())
        refuse_other_total(sum(part.amount for part in paid["payments"]), fen, again + serials)
    spans = _sheets(
        at, fen, " ".join(vouchers or []), amount(face) if face is not None else 0, again=again, prompted=prompted
    )
    selling.refuse_too_many(at.book.state(), spans.count)
    values: dict[str, Any] = {
        "client": who, "spans": spans, "amount": fen, **paid, "reference": payment_number(reference),
    }  # fmt: skip
    if cheque is None and method != "cheque":
        record_sale(at, values, approval=approval)
        return
    from cli.reservation import Paper, take_cheque

    paper = Paper(at, cheque, bank, drawn, drawer)
    take_cheque(at, values, paper, same_day=same_day, slip=bank_slip, terms={"approval": approval})


def _wanted(at: Desk, total: str | None, face: str | None) -> Lines:
    """The sheets that the amount is worth, as far as both were typed or the safe has one face only."""
    from ledger.book.resolve import one_face
    from ledger.core.errors import GbError
    from ledger.core.forms import lines_of

    try:
        worth = amount(face) if face is not None else one_face(at.book.state())
        return lines_of([(worth, some_amount(total) // worth)]) if total is not None else ()
    except GbError:
        return ()


def some_amount(typed: str) -> int:
    """An amount above zero (fen); refused here, so that a prompt asks again."""
    from ledger.book.selling import POSITIVE

    negative = fold(typed).startswith("-")
    fen = 0 if negative else amount(typed)
    if not fen:
        raise Refused(POSITIVE, code="REC-03", next=("gb sell --help",))
    return fen


def _again(at: Desk, client: str, given: dict[str, str | None], pay: list[str] | None) -> str:
    """The command once more with ``{}`` for the amount: what else was typed stays, above all how it was paid."""
    call = at.call
    given = {**given, "--date": call.date, "--reason": call.reason, "--note": call.note, "--once": call.once}
    options = [(name, text) for name, text in given.items() if text is not None]
    options += [("--pay", text) for text in pay or ()]
    typed = "".join(f" {name} {quote(text)}" for name, text in options)
    return f"gb sell {client} {{}}" + typed.replace("{", "{{").replace("}", "}}")


def _sheets(at: Desk, fen: int, typed: str, face: int, *, again: str, prompted: bool) -> SpanSet:
    """The spans as typed; from a single serial as many as the amount pays for; the lowest on hand when none is given."""
    from ledger.book import selling

    if not typed:
        face = face or _face(at)
        sheets = selling.sheets_for(fen, face, again)
        typed = _first(at, face, sheets) if prompted else ""
        if not typed:
            return lowest_sheets(at, sheets, face)
    return paid_for(at, fen, at.spans(typed, face), again)


def paid_for(at: Desk, fen: int, spans: SpanSet, again: str) -> SpanSet:
    """The sheets as named; from a single serial as many as ``fen`` pays for.  ``again`` as for ``sheets_for``."""
    from ledger.book import selling

    if spans.count > 1:
        return spans
    state = at.book.state()
    sheets = selling.sheets_for(fen, selling.face_at(state, spans), f"{again} {spans.spans[0].text}")
    selling.refuse_too_many(state, sheets)
    return selling.packet(spans, sheets)


def _face(at: Desk) -> int:
    """The only face on hand; of several the person's choice, of which a script is told."""
    from ledger.book.resolve import one_face, sellable_faces
    from ledger.core.money import parse_yuan, yuan

    state = at.book.state()
    faces = sellable_faces(state)
    if len(faces) < 2 or not at.call.interactive:
        return one_face(state)
    chosen = at.call.choose(Words("哪种面值？", "which face value?"), [(yuan(one), "") for one in faces])
    keep("--face", chosen)
    return parse_yuan(chosen)


def _first(at: Desk, face: int, sheets: int) -> str:
    """The first serial as typed; empty for the lowest on hand, which are shown."""
    from ledger.book.resolve import lowest, spans

    shown = ends(lowest(at.book.state(), face, sheets))
    words = Words(f"首张券号，直接回车取最小号 {shown}", f"the first serial; Enter for the lowest on hand, {shown}")

    def parse(typed: str) -> str:
        if typed:
            spans(at.book, typed, at.book.state(), face)
        return typed

    return at.call.ask(None, words=words, name="SERIAL", parse=parse)
