"""Sales by cheque: reserved until it has arrived and then handed over, or sold at once against the bank slip (S4, S5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import typer
from typer.models import CommandInfo

from cli.entry import Desk, amount, desk, free_text, paper_number, some_text
from cli.lang import _t
from cli.options import ExpiresOption
from cli.render import note
from cli.sale import (
    ApprovalOption,
    ClientOption,
    FaceOption,
    ReferenceOption,
    SalespersonOption,
    SheetsOption,
    TotalOption,
    VouchersOption,
    WordsArgument,
    how_paid,
    payment_number,
    record_sale,
    refuse_other_total_of,
    what_and_to_whom,
)
from ledger.core.cheques import CHEQUE
from ledger.core.errors import Usage
from ledger.core.words import Words, many

NUMBER = Words("支票号", "the cheque's number")
BANK = Words("付款银行", "the cheque's bank")
DRAWN = Words("出票日期", "the date drawn")
SLIP = Words("银行进帐单号", "the bank slip's number")
RESERVATION = Words("预留单编号或支票号", "the reservation's id or the cheque's number")

NumberOption = Annotated[str | None, typer.Option("--cheque", metavar="NO", help=_t(*NUMBER))]
BankOption = Annotated[str | None, typer.Option("--bank", metavar="NAME", help=_t(*BANK))]
DrawnOption = Annotated[str | None, typer.Option("--drawn", metavar="DATE", help=_t(*DRAWN))]
DrawerOption = Annotated[
    str | None,
    typer.Option("--drawer", metavar="NAME", help=_t("出票人，不写则为客户", "who drew it; the client unless given")),
]
SameDayOption = Annotated[
    bool,
    typer.Option("--same-day", help=_t("支票倒存：当天送存，凭银行进帐单交券", "deposited by us: handed over at once")),
]
BankSlipOption = Annotated[
    str | None,
    typer.Option(
        "--bank-slip", metavar="NO", help=_t("银行进帐单号，倒存时要写", "the bank slip of a same-day cheque")
    ),
]
PartsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--pay",
        metavar="METHOD:AMOUNT",
        help=_t("另有别的付款时，全部写出，可重复", "all parts, where other money is paid too"),
    ),
]
ReceiptOption = Annotated[
    str | None,
    typer.Option(
        "--receipt",
        metavar="NO",
        help=_t("支票押金凭证号，不写则用本单编号", "the deposit receipt; default: this record's id"),
    ),
]
ReservationArgument = Annotated[str | None, typer.Argument(metavar="ID|CHEQUE", help=_t(*RESERVATION))]


class Paper:
    """What was typed of a cheque; missing parts are asked for on a terminal."""

    def __init__(self, at: Desk, number: str | None, bank: str | None, drawn: str | None, drawer: str | None) -> None:
        self._at = at
        self._typed = (number, bank, drawn, drawer)

    def values(self) -> dict[str, Any]:
        """The fields of the record."""
        number, bank, drawn, drawer = self._typed
        ask = self._at.call.ask
        return {
            "cheque": ask(number, words=NUMBER, name="--cheque", parse=number_of),
            "bank": ask(bank, words=BANK, name="--bank", parse=lambda typed: some_text(typed, BANK)),
            "drawn": ask(drawn, words=DRAWN, name="--drawn", parse=self._at.day),
            "drawer": free_text(drawer, Words("出票人", "drawer")) or None,
        }


def number_of(typed: str) -> str:
    """A cheque's number as typed, folded; raises Usage for one with blanks or other letters."""
    from ledger.core.text import fold, shown

    text = "".join(fold(typed).upper().split())
    if not text or not text.isascii() or not text.replace("-", "").isalnum():
        raise Usage(Words(f"“{shown(typed)}”不是支票号", f"“{shown(typed)}” is no cheque number"))
    return text


def cheque(
    *,
    words: WordsArgument = None,
    client: ClientOption = None,
    vouchers: VouchersOption = None,
    sheets: SheetsOption = None,
    face: FaceOption = None,
    total: TotalOption = None,
    pay: PartsOption = None,
    number: NumberOption = None,
    bank: BankOption = None,
    drawn: DrawnOption = None,
    drawer: DrawerOption = None,
    same_day: SameDayOption = False,
    bank_slip: BankSlipOption = None,
    receipt: ReceiptOption = None,
    reference: ReferenceOption = None,
    expires: ExpiresOption = None,
    salesperson: SalespersonOption = None,
    approval: ApprovalOption = None,
) -> None:
    """Reserve the sheets against the cheque and its deposit receipt, or sell them at once against the bank slip."""
    at = desk()
    values = {
        **what_and_to_whom(at, words, client, vouchers=vouchers, sheets=sheets, face=face),
        "amount": amount(total) if total is not None else None,
        "reference": payment_number(reference),
        "receipt": free_text(receipt, Words("支票押金凭证号", "deposit receipt number")) or None,
        **how_paid(at, CHEQUE, pay),
    }
    if pay:
        _refuse_no_cheque(values["payments"])
        refuse_other_total_of(at, values)
    paper = Paper(at, number, bank, drawn, drawer)
    terms = {"expires": expires, "salesperson": salesperson, "approval": approval}
    take_cheque(at, values, paper, same_day=same_day, slip=bank_slip, terms=terms)


def _refuse_no_cheque(payments: Any) -> None:
    if CHEQUE not in dict(payments):
        words = Words("--pay 里没有支票的金额", "--pay names no part that the cheque pays")
        raise Usage(words, next=("gb sale cheque --help",))


def take_cheque(
    at: Desk, values: dict[str, Any], paper: Paper, *, same_day: bool, slip: str | None,
    terms: dict[str, str | None] | None = None,
) -> None:  # fmt: skip
    """Record the reservation; with ``same_day`` the sale against the bank ``slip``."""
    from ledger.book import selling

    selling.refuse_too_many(at.book.state(), values["spans"].count)
    if slip is not None and not same_day:
        words = Words("写了银行进帐单号：倒存要加 --same-day", "a bank slip is of a cheque deposited the same day")
        raise Usage(words, next=("--same-day",))
    values.update(paper.values())
    if same_day:
        values.pop("receipt", None)
        values["bank_slip"] = at.call.ask(
            slip, words=SLIP, name="--bank-slip", parse=lambda typed: paper_number(typed, SLIP)
        )
    tell_bounces(at, values["client"])
    record_sale(at, values, kind="sale" if same_day else "reservation", **(terms or {}))


def tell_bounces(at: Desk, client: str) -> None:
    """Who takes a cheque knows what became of the client's earlier ones (S6)."""
    from ledger.book.cheques import bounces

    count = bounces(at.book, client)
    if count:
        note(
            Words(
                f"注意：客户 {client} 已有 {count} 张支票退票",
                f"note: {many(count, 'cheque')} of {client} bounced before",
            )
        )


def handover(
    reservation: ReservationArgument = None,
    *,
    vouchers: Annotated[
        str | None,
        typer.Option("--vouchers", metavar="SPANS", help=_t("交付一部分时的券号", "only these of its sheets")),
    ] = None,
    expires: ExpiresOption = None,
) -> None:
    """The sale of reserved sheets, all or part of them, once the cheque has arrived (S4)."""
    from ledger.book.cheques import early

    at = desk()
    found = reservation_of(at, reservation)
    day = at.date() or at.today()
    if warning := early(at.book.state(), found, day, at.book.rules):
        note(Words(f"注意：{warning.zh}", f"note: {warning.en}"))
    values = {
        "ref": found,
        "spans": at.spans(vouchers) if vouchers is not None else None,
        "expires": at.day(expires) if expires is not None else None,
    }
    at.record("sales", "handover", values)


def release(reservation: ReservationArgument = None) -> None:
    """A reservation called off: the sheets are free, what was taken goes back to the client."""
    at = desk()
    found = reservation_of(at, reservation)
    at.need_reason(Words("解除原因", "why it is called off"))
    at.record("sales", "release", {"ref": found})


def reservation_of(at: Desk, typed: str | None) -> str:
    """The reservation by its id, by a record of its cheque, or by the cheque's number."""

    def parse(text: str) -> str:
        from cli.show import is_record

        if not is_record(text):
            return at.cheque(text)[1].origin
        found = at.record_id(text)
        return at.book.find(found).record.ref if found.startswith("CQ") else found

    return at.call.ask(typed, words=RESERVATION, name="ID|CHEQUE", parse=parse)


VERBS: dict[str, Callable[[], CommandInfo]] = {
    "cheque": lambda: CommandInfo(
        callback=cheque,
        help=_t(
            "支票售券：券预留，到帐后交付；倒存凭银行进帐单当场交付\n\n"
            "例：gb sale cheque 东风厂 --sheets 100 --face 100 --cheque 10203040 --bank 工商银行 --drawn 10-08",
            "a sale by cheque: reserved until it arrives, or at once against the bank slip\n\n"
            "Example: gb sale cheque C001 --sheets 100 --face 100 --cheque 10203040 --bank ICBC --drawn 10-08",
        ),
    ),
    "handover": lambda: CommandInfo(
        callback=handover,
        help=_t(
            "支票到帐后交付预留的券，可只交一部分\n\n例：gb sale handover 10203040",
            "hand over reserved sheets once the cheque has arrived, or part of them\n\nExample: gb sale handover 10203040",
        ),
    ),
    "release": lambda: CommandInfo(
        callback=release,
        help=_t(
            "解除预留：券可再售，支票或款项退还客户\n\n例：gb sale release 10203040 --reason 客户改期",
            "call a reservation off: the sheets are free, cheque or money goes back\n\n"
            "Example: gb sale release 10203040 --reason 'not wanted any more'",
        ),
    ),
}
"""The verbs of `gb sale` that this module adds; built when they are typed."""
