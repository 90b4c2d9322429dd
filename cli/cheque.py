"""Cheques 支票: deposited, arrived or bounced, made good, replaced, given back (S4–S6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.entry import Desk, amount, desk, free_text, paper_number, some_text
from cli.lang import _t, lang, say
from cli.options import OfClientOption
from cli.reservation import BANK, DRAWN, NUMBER, BankOption, DrawerOption, DrawnOption, number_of
from cli.sale import ReferenceOption, payment_number
from ledger.core.errors import Usage
from ledger.core.words import Words

if TYPE_CHECKING:
    from ledger.core.cheques import Cheque

app = typer.Typer()

CHEQUE = Words("支票号", "the cheque's number")
SLIP = Words("进帐单号", "the deposit slip's number")
ChequeArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="NO",
        help=_t("支票号，或末四位以上；重号时写 号/银行/出票人", "its number, or the last four digits or more"),
    ),
]


def _chosen(at: Desk, typed: str | None) -> tuple[str, Cheque]:
    return at.call.ask(typed, words=CHEQUE, name="NO", parse=at.cheque)


def _named(cheque: Cheque) -> dict[str, Any]:
    """The fields by which a step names the cheque."""
    return {"cheque": cheque.number, "bank": cheque.bank, "drawer": cheque.drawer, "client": cheque.client}


@app.command(
    help=_t(
        "支票送存，写进帐单号\n\n例：gb cheque deposit 10203040 --slip JZ-15",
        "deposit a cheque with a deposit slip\n\nExample: gb cheque deposit 10203040 --slip JZ-15",
    )
)
def deposit(
    cheque: ChequeArgument = None,
    *,
    slip: Annotated[str | None, typer.Option("--slip", metavar="NO", help=_t(*SLIP))] = None,
) -> None:
    """To the bank on the day it came (S4)."""
    at = desk()
    _, found = _chosen(at, cheque)
    number = at.call.ask(slip, words=SLIP, name="--slip", parse=lambda typed: paper_number(typed, SLIP))
    at.record("cheques", "deposited", {**_named(found), "slip": number})


@app.command(
    help=_t(
        "支票到帐：银行到帐通知，通知号可省\n\n例：gb cheque clear 10203040 --advice TZ-9",
        "the bank advised its arrival; the advice number may be left out\n\n"
        "Example: gb cheque clear 10203040 --advice TZ-9",
    )
)
def clear(
    cheque: ChequeArgument = None,
    *,
    advice: Annotated[
        str | None, typer.Option("--advice", metavar="NO", help=_t("到帐通知号", "the bank advice's number"))
    ] = None,
) -> None:
    """The recorded bank advice: from now on the sheets may be handed over (S4)."""
    at = desk()
    _, found = _chosen(at, cheque)
    given = free_text(advice, Words("到帐通知号", "bank advice number")) or None
    at.record("cheques", "cleared", {**_named(found), "advice": given})


@app.command(
    help=_t(
        "支票退票：未交券的解除预留；已交券的转应收，券冻结\n\n例：gb cheque bounce 10203040 --reason 存款不足",
        "a bounce: frees the reservation, or after the handover the amount is owed and the sheets are frozen\n\n"
        "Example: gb cheque bounce 10203040 --reason 'no funds'",
    )
)
def bounce(cheque: ChequeArgument = None) -> None:
    """All that follows from it is in the one record (S6)."""
    at = desk()
    _, found = _chosen(at, cheque)
    at.need_reason(Words("退票原因", "why it bounced"))
    at.record("cheques", "bounced", _named(found))


@app.command(
    "made-good",
    help=_t(
        "退票补付：默认现金、全额；付清即解冻\n\n例：gb cheque made-good 10203040 --method transfer --amount 2000",
        "the client pays what a bounce left owing: in cash and all of it unless said otherwise\n\n"
        "Example: gb cheque made-good 10203040 --method transfer --amount 2000",
    ),
)
def made_good(
    cheque: ChequeArgument = None,
    *,
    method: Annotated[
        str | None,
        typer.Option("--method", metavar="METHOD", help=_t("付款方式，不写则现金", "how it is paid; default: cash")),
    ] = None,
    total: Annotated[
        str | None, typer.Option("--amount", metavar="AMOUNT", help=_t("金额，不写则全额", "default: all that is owed"))
    ] = None,
    reference: ReferenceOption = None,
) -> None:
    """Part or all of it; the whole ends the hold on the sheets (S6)."""
    from ledger.book import selling

    at = desk()
    _, found = _chosen(at, cheque)
    values = {
        "method": selling.method(at.book, method) if method is not None else None,
        "amount": amount(total) if total is not None else None,
        "reference": payment_number(reference),
    }
    at.record("cheques", "made-good", {**_named(found), **values})


@app.command(
    help=_t(
        "换票：用新支票换下退票或未送存的支票\n\n例：gb cheque replace 10203040 --by 10203041 --bank 工商银行 --drawn 10-12",
        "another cheque takes its place, after a bounce or before its deposit\n\n"
        "Example: gb cheque replace 10203040 --by 10203041 --bank ICBC --drawn 10-12",
    )
)
def replace(
    cheque: ChequeArgument = None,
    *,
    by: Annotated[
        list[str] | None,
        typer.Option(
            "--by",
            metavar="NO",
            help=_t("新支票号（操作员代码仍是操作员）", "the new cheque; an operator's code stays the operator"),
        ),
    ] = None,
    bank: BankOption = None,
    drawn: DrawnOption = None,
    drawer: DrawerOption = None,
) -> None:
    """The new cheque pays what is owed, or waits in the old one's place (S6)."""
    at = desk()
    who, new = _who_and_what(at, by or [])
    _, found = _chosen(at, cheque)
    ask = at.call.ask
    values = {
        "new_cheque": ask(new, words=NUMBER, name="--by", parse=number_of),
        "new_bank": ask(bank, words=BANK, name="--bank", parse=lambda typed: some_text(typed, BANK)),
        "new_drawn": ask(drawn, words=DRAWN, name="--drawn", parse=at.day),
        "new_drawer": free_text(drawer, Words("出票人", "drawer")) or None,
    }
    at.record("cheques", "replaced", {**_named(found), **values}, by=who)


def _who_and_what(at: Desk, typed: list[str]) -> tuple[str, str | None]:
    """The operator and the new cheque among the words behind ``--by``, which means both: staff are registered."""
    from ledger.core.parties import Operator
    from ledger.core.text import fold

    codes = {code.casefold(): code for code, _ in at.book.state().things(Operator)}
    staff = [codes[fold(word).casefold()] for word in typed if fold(word).casefold() in codes]
    numbers = [word for word in typed if fold(word).casefold() not in codes]
    if len(staff) > 1 or len(numbers) > 1:
        words = Words("--by 只写一个新支票号", "--by names one new cheque")
        raise Usage(words, next=("gb cheque replace --help",))
    return staff[0] if staff else "", numbers[0] if numbers else None


@app.command(
    "give-back",
    help=_t(
        "把支票退还客户：未送存的，预留随之解除\n\n例：gb cheque give-back 10203040",
        "give the paper back to the client; before its deposit that ends the reservation\n\n"
        "Example: gb cheque give-back 10203040",
    ),
)
def give_back(cheque: ChequeArgument = None) -> None:
    """Before the deposit, or after a bounce that is settled (S6)."""
    at = desk()
    _, found = _chosen(at, cheque)
    at.record("cheques", "given-back", _named(found))


@app.command("list", help=_t("列出在途和退票未清的支票", "list cheques that are outstanding, or bounced and owed for"))
def list_cheques(
    *,
    everything: Annotated[bool, typer.Option("--all", help=_t("全部支票", "every cheque there ever was"))] = False,
    client: OfClientOption = None,
) -> None:
    """Oldest first, with the age in days."""
    from cli.render import emit, emit_json
    from ledger.folds.cheques import open_cheques
    from ledger.reports.cheques import one_as_json, open_table

    at = desk()
    code = at.client(client) if client is not None else ""
    found = [
        one
        for one in open_cheques(at.book.state(), at.today(), everything=everything)
        if not code or one.client == code
    ]
    if at.call.json:
        emit_json({"cheques": [one_as_json(one) for one in found]})
    elif found:
        emit("\n".join(open_table(found, lang())))
    else:
        emit(say(Words("没有在途或退票未清的支票", "no cheque is outstanding or owed for")))


@app.command(help=_t("查看一张支票和它的每一步", "show a cheque and every step of it"))
def show(cheque: ChequeArgument = None) -> None:
    """The cheque, the sheets it pays for, its steps."""
    at = desk()
    cheque_card(at, *_chosen(at, cheque))


def cheque_card(at: Desk, key: str, cheque: Cheque) -> None:
    """A cheque with its records; ``gb show`` shows the same."""
    from cli.cards import facts
    from cli.render import emit, emit_json
    from ledger.book.cheques import steps_of
    from ledger.core.cheques import STATUS, still_held
    from ledger.core.money import grouped, yuan
    from ledger.index import lookup

    held = still_held(cheque, at.book.state()).text
    steps = [one for record_id in steps_of(at.book.state(), key) for one in lookup.by_id(at.book.index.db, record_id)]
    if at.call.json:
        texts = {name: getattr(cheque, name) for name in cheque.__struct_fields__}
        history = [
            {"id": one.id, "kind": one.kind, "date": one.day, "file": one.path, "line": one.line} for one in steps
        ]
        emit_json({**texts, "held": held, "amount": yuan(cheque.amount), "due": yuan(cheque.due), "history": history})
        return
    pairs: list[tuple[Words | str, str]] = [
        (Words("银行", "bank"), cheque.bank),
        (Words("出票人", "drawer"), cheque.drawer),
        (Words("客户", "client"), at.named("client", cheque.client)),
        (Words("金额", "amount"), f"¥{grouped(cheque.amount)}"),
        (Words("状态", "state"), say(STATUS[cheque.status])),
        (Words("出票日期", "drawn"), cheque.drawn),
        (Words("收到", "received"), cheque.received),
        (Words("送存", "deposited"), f"{cheque.deposited} {cheque.slip}".strip()),
        (Words("尚欠", "still owed"), f"¥{grouped(cheque.due)}" if cheque.due else ""),
        (Words("冻结券号", "serials frozen"), held),
        (Words("换成", "replaced by"), cheque.successor),
    ]
    lines = [f"{say(Words('支票', 'cheque'))}  {cheque.number}", facts(pairs)]
    lines += [line for one in steps for line in at.told_short(one, client=False)]
    emit("\n".join(lines))
