"""Hand-over 交接: from one custodian to the next, with the form that both sign (N6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.entry import Desk, desk
from cli.lang import _t, lang, say
from cli.render import emit
from ledger.core.money import grouped
from ledger.core.words import Words

if TYPE_CHECKING:
    from ledger.book.handover import Held
    from ledger.core.records.custodians import CustodyHandover

app = typer.Typer()

TO = Words("接收人代码", "who takes over, an operator's code")


@app.command(
    help=_t(
        "保管人交接：券号、现金、支票、未了事项，打出双方签字的交接表；--dry-run 只看不登记\n例：gb handover --to zhou",
        "hand over to the next custodian: serials, cash, cheques and open items, with the form that both sign; --dry-run "
        "only shows it\nexample: gb handover --to zhou",
    )
)
def handover(
    to: Annotated[str | None, typer.Option("--to", metavar="CODE", help=_t(*TO))] = None,
) -> None:
    """Record what is held now and print the form."""
    from ledger.book.handover import look, values_of
    from ledger.core.records.custodians import CustodyHandover

    at = desk()
    taker = at.call.ask(to, words=TO, name="--to", parse=str)
    held = look(at.book, at.date() or at.today())
    at.derived = ("spans", "void", "lines", "cash", "petty", "cheques", "cheque_amount", "items")
    done = at.write("cash", "handover", values_of(held, taker))
    at.echo(done)
    if not at.call.json:
        emit("\n" + _form(at, done.of(CustodyHandover), held))


def _form(at: Desk, record: CustodyHandover, held: Held) -> str:
    from ledger.reports.handover import HandoverForm, as_text

    names = at.named("by", record.by), at.named("by", record.to)
    items = [_told(at, held, one) for one in record.items]
    form = HandoverForm(
        store=at.book.settings.store, record=record, faces=held.stock.faces, cheques=held.cheques, names=names, items=items
    )  # fmt: skip
    return as_text(form, lang())


def _told(at: Desk, held: Held, record_id: str) -> str:
    """An open item: its id and what the record did; of a cash count what is over or short."""
    fen = held.unsettled.get(record_id, 0)
    if fen:
        kind = Words("短款未处理", "short, unsettled") if fen > 0 else Words("长款未处理", "over, unsettled")
        return f"{record_id}  {say(kind)}  ¥{grouped(abs(fen))}"
    return f"{record_id}  {at.told(at.book.find(record_id).record, ref=False)}"
