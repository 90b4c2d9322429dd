"""The counter's short form of a sale: client, amount, first serial."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.entry import Desk, amount, desk, free_text
from cli.lang import _t
from cli.sale import CLIENT, lowest_sheets, record_sale
from ledger.core.words import Words

if TYPE_CHECKING:
    from ledger.core.spans import SpanSet

app = typer.Typer()

AMOUNT = Words("金额", "the amount")


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
    vouchers: Annotated[
        list[str] | None,
        typer.Argument(metavar="SERIAL|SPANS", help=_t("首张券号，或全部券号", "the first serial, or all serials")),
    ] = None,
    method: Annotated[
        str, typer.Option("--method", "-t", metavar="METHOD", help=_t("付款方式", "the payment method"))
    ] = "cash",
    pay: Annotated[
        list[str] | None,
        typer.Option("--pay", metavar="METHOD:AMOUNT", help=_t("分几种方式付，可重复", "paid in parts; repeatable")),
    ] = None,
    face: Annotated[str | None, typer.Option("--face", metavar="FACE", help=_t("面值", "the face value"))] = None,
    reference: Annotated[
        str | None, typer.Option("--reference", metavar="NO", help=_t("付款参考号", "the payment's number"))
    ] = None,
    approval: Annotated[
        str | None, typer.Option("--approval", metavar="ID", help=_t("优惠批准单", "the discount's approval"))
    ] = None,
) -> None:
    """A sale in the fewest keys."""
    at = desk()
    who = at.call.ask(client, words=CLIENT, name="CLIENT", parse=at.client)
    fen = at.call.ask(total, words=AMOUNT, name="AMOUNT", parse=amount)
    wanted = amount(face) if face is not None else 0
    spans = _sheets(at, who, fen, " ".join(vouchers or []), wanted)
    values: dict[str, Any] = {
        "client": who, "spans": spans, "amount": fen,
        "reference": free_text(reference, Words("付款参考号", "payment reference")) or None,
    }  # fmt: skip
    record_sale(at, values, method=method, pay=pay, approval=approval, option=True)


def _sheets(at: Desk, client: str, fen: int, typed: str, face: int) -> SpanSet:
    """The spans as typed; from a single serial as many as the amount pays for; the lowest on hand when none is given."""
    from ledger.book import selling
    from ledger.book.resolve import one_face

    state = at.book.state()
    if not typed:
        face = face or one_face(state)
        return lowest_sheets(at, selling.sheets_for(fen, face, f"gb sell {client} {{}}"), face)
    spans = at.spans(typed, face)
    if spans.count > 1:
        return spans
    first = spans.spans[0].text
    sheets = selling.sheets_for(fen, selling.face_at(state, spans), f"gb sell {client} {{}} {first}")
    return selling.packet(spans, sheets)
