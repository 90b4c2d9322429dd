"""Cash 现金: takings to finance, the count, the float, advances, what has arrived, and the cash journal (N3, N4, S9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.entry import SECOND, Desk, amount, desk, free_text, paper_number, second_counter
from cli.lang import _t, lang, say
from cli.options import KindOption, LimitOption, MonthOption
from cli.told import short_id
from ledger.core.errors import Usage
from ledger.core.words import Words

if TYPE_CHECKING:
    from ledger.core.forms import Lines

app = typer.Typer()

AMOUNT = Words("金额", "the amount")
SLIP = Words("内部进帐单号", "the deposit slip's number")
COUNTED = Words("实点金额，或 100x45 50x3", "what was counted, or 100x45 50x3")
RECORD = Words("单据编号", "the record's id")
WHO = Words("借款人代码", "who gets it, an operator's code")
DUE = Words("归还期限", "when it is due")

RecordArgument = Annotated[str | None, typer.Argument(metavar="ID", help=_t(*RECORD))]
AmountOption = Annotated[str | None, typer.Option("--amount", metavar="AMOUNT", help=_t(*AMOUNT))]


# -- takings to finance ----------------------------------------------------------------------------------------------------


@app.command(
    help=_t(
        "把货款交财务，凭内部进帐单；不写金额则交当日及以前全部未交的\n例：gb cash deposit --slip J1008",
        "hand takings to finance with an internal deposit slip; all of the day and before unless an amount is given\n"
        "example: gb cash deposit --slip J1008",
    )
)
def deposit(
    *,
    total: AmountOption = None,
    slip: Annotated[str | None, typer.Option("--slip", metavar="NO", help=_t(*SLIP))] = None,
    covers: Annotated[
        list[str] | None,
        typer.Option(
            "--covers",
            metavar="DATE",
            help=_t("哪个现金日的货款，可重复", "the cash day whose takings they are; repeatable"),
        ),
    ] = None,
) -> None:
    """内部进帐单 (S3): the cash days follow from what is open, and are told."""
    from cli.render import note
    from ledger.book.cash import drawer, to_deposit
    from ledger.core.money import grouped

    at = desk()
    asked = amount(total) if total is not None else None
    days = tuple(sorted({at.day(one) for one in covers or ()}))
    if not _repeated(at):
        handed = to_deposit(drawer(at.book), asked, days, at.date() or at.today())
        at.derived = tuple(name for name, typed in (("amount", total), ("days", covers)) if not typed)
        shown = " ".join(map(str, handed.days))
        note(Words(f"交 {shown} 的货款 ¥{grouped(handed.amount)}", f"takings of {shown}: ¥{grouped(handed.amount)}"))
        asked, days = handed.amount, handed.days
    number = at.call.ask(slip, words=SLIP, name="--slip", parse=lambda text: paper_number(text, SLIP))
    at.record("cash", "deposit", {"amount": asked, "slip": number, "days": days or None})


def _repeated(at: Desk) -> bool:
    """Whether the retry token stands in the cash journal already: then nothing is worked out again."""
    from ledger.index import lookup

    return bool(at.call.once) and bool(lookup.by_key(at.book.index.db, "cash", at.call.once or ""))


# -- the count -------------------------------------------------------------------------------------------------------------


@app.command(
    help=_t(
        "盘点整个抽屉（货款和备用金），当场报长短款\n例：gb cash count 100x45 50x3 --second 李梅",
        "count the whole drawer, takings and float; over or short is told at once\n"
        "example: gb cash count 100x45 50x3 --second Li",
    )
)
def count(
    *,
    notes: Annotated[
        list[str] | None,
        typer.Argument(metavar="NOTES", help=_t("面额x张数，如 100x45 50x3", "denomination × pieces: 100x45 50x3")),
    ] = None,
    total: AmountOption = None,
    second: Annotated[str | None, typer.Option("--second", metavar="NAME", help=_t(*SECOND))] = None,
) -> None:
    """现金盘点 (N3): recorded, never forced; what differs stands in suspense."""
    from ledger.book.cash import drawer

    at = desk()
    counted, pieces = _counted(at, notes, total)
    values = {"amount": counted, "notes": pieces, "second": second_counter(at, second)}
    if not _repeated(at):
        at.derived = ("book",)
        values["book"] = drawer(at.book).total
    record_count(at, values)


def record_count(at: Desk, values: dict[str, Any]) -> None:
    """Record a count of the drawer and tell what it came to; ``gb day`` does the same."""
    from cli.render import emit
    from ledger.core.money import yuan
    from ledger.core.records.drawer import CashCount

    done = at.write("cash", "count", values)
    difference = done.of(CashCount).difference
    at.echo(done, {"difference": yuan(difference)})
    if not at.call.json:
        emit(_told_difference(done.record.id, difference))


def _told_difference(record_id: str, fen: int) -> str:
    """What a count came to; ``fen`` is negative when short."""
    from ledger.core.money import grouped

    if not fen:
        return say(Words("账实相符", "held and counted agree"))
    kind = Words("短款", "short") if fen < 0 else Words("长款", "over")
    how = f"gb cash settle {short_id(record_id)}"
    return say(
        Words(
            f"{kind.zh} ¥{grouped(abs(fen))}，先挂账：{how}", f"{kind.en} by ¥{grouped(abs(fen))}, in suspense: {how}"
        )
    )


def _counted(at: Desk, notes: list[str] | None, total: str | None) -> tuple[int, Lines | None]:
    """The amount (fen) as typed, or as the notes come to."""
    from ledger.core.forms import value_of
    from ledger.core.money import yuan

    if notes and total is None:
        pieces = _notes(" ".join(notes))
        return value_of(pieces), pieces
    if not notes:
        return at.call.ask(total, words=COUNTED, name="--amount", parse=amount_or_notes)
    pieces, fen = _notes(" ".join(notes)), amount(total or "")
    if value_of(pieces) != fen:
        words = Words(
            f"钞票合计 {yuan(value_of(pieces))}，金额 {yuan(fen)}",
            f"the notes are {yuan(value_of(pieces))}, not {yuan(fen)}",
        )
        raise Usage(words, next=(f"--amount {yuan(value_of(pieces))}",))
    return fen, pieces


def amount_or_notes(typed: str) -> tuple[int, Lines | None]:
    """What was counted, in fen, as typed or as the notes (denomination × pieces) come to."""
    from ledger.core.forms import value_of
    from ledger.core.text import fold

    if any(sign in fold(typed).lower() for sign in "x*×"):
        pieces = _notes(typed)
        return value_of(pieces), pieces
    return amount(typed), None


DENOMINATIONS = (10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1)
"""Notes and coins of the yuan that have ever been issued, in fen."""


def _notes(typed: str) -> Lines:
    """``100x45 50x3`` (denomination × pieces); raises :class:`Usage`, above all for the two turned round."""
    from ledger.core.forms import lines_of
    from ledger.core.money import parse_amount
    from ledger.core.text import fold, shown

    pairs = []
    for word in fold(typed).lower().replace(",", " ").replace("*", "x").replace("×", "x").split():
        face, times, pieces = word.partition("x")
        if not times or not pieces.isascii() or not pieces.isdigit():
            raise Usage(
                Words(f"“{shown(word)}”不是“面额x张数”", f"“{shown(word)}” is not denomination × pieces"),
                next=("gb cash count --help",),
            )
        fen = parse_amount(face)
        if fen not in DENOMINATIONS:
            raise Usage(
                Words(
                    f"没有面额 {shown(face)}；先写面额后写张数，如 100x45",
                    f"there is no note of {shown(face)}; write 100x45",
                ),
                next=("gb cash count --help",),
            )
        pairs.append((fen, int(pieces[:9])))
    return lines_of(pairs)


@app.command(
    help=_t(
        "长短款处理：补交 paid-in、退还 paid-out、核销 written-off\n例：gb cash settle CA1008-2 --how paid-in --reason 柜员补交",
        "settle an over or short: paid-in, paid-out, written-off\n"
        "example: gb cash settle CA1008-2 --how paid-in --reason 'found in the till'",
    )
)
def settle(
    *,
    record: RecordArgument = None,
    how: Annotated[
        str | None, typer.Option("--how", metavar="paid-in|paid-out|written-off", help=_t("处理方式", "what is done"))
    ] = None,
    total: AmountOption = None,
    approval: Annotated[
        str | None, typer.Option("--approval", metavar="ID", help=_t("核销批准单", "the approval of a write-off"))
    ] = None,
) -> None:
    """What a count left in suspense, ended by a record (N3)."""
    from ledger.book.choices import asked, one_of
    from ledger.core.drawer import WAYS

    at = desk()
    words = Words("处理方式", "what is done")
    values = {
        "ref": at.call.ask(record, words=RECORD, name="ID", parse=at.record_id),
        "how": at.call.ask(how, words=asked(words, WAYS), name="--how", parse=lambda text: one_of(text, WAYS, words)),
        "part": amount(total) if total is not None else None,
        "approval": at.request_id(approval) if approval is not None else None,
    }
    at.need_reason()
    at.record("cash", "settle", values)


# -- the float and advances ------------------------------------------------------------------------------------------------


@app.command(
    "float",
    help=_t(
        "设定备用金总额，0 为退还财务\n例：gb cash float 500",
        "set the float to a total; 0 hands it back to finance\nexample: gb cash float 500",
    ),
)
def set_float(
    *,
    typed: Annotated[str | None, typer.Argument(metavar="AMOUNT", help=_t("总额", "the total"))] = None,
    total: AmountOption = None,
) -> None:
    """备用金 (N4): the change follows from what it was, advances that are out included."""
    from ledger.book.cash import drawer

    at = desk()
    found = at.call.ask(
        typed if typed is not None else total,
        words=Words("备用金总额", "the float's total"),
        name="AMOUNT",
        parse=amount,
    )
    values = {"total": found}
    if not _repeated(at):
        at.derived = ("amount",)
        values["amount"] = found - drawer(at.book).entrusted
    at.record("cash", "float", values)


@app.command(
    help=_t(
        "借支给员工：差旅 travel 或采购 purchase\n例：gb cash advance wang --amount 200 --purpose 采购 --due 10-15",
        "advance cash to staff: travel or purchase\nexample: gb cash advance wang --amount 200 --purpose purchase --due 10-15",
    )
)
def advance(
    *,
    who: Annotated[str | None, typer.Argument(metavar="[WHO]", help=_t(*WHO))] = None,
    staff: Annotated[str | None, typer.Option("--staff", metavar="CODE", help=_t("同 WHO", "as WHO"))] = None,
    total: AmountOption = None,
    purpose: Annotated[
        str | None, typer.Option("--purpose", metavar="travel|purchase", help=_t("用途", "what for"))
    ] = None,
    due: Annotated[str | None, typer.Option("--due", metavar="DATE", help=_t(*DUE))] = None,
    source: Annotated[
        str | None,
        typer.Option("--from", metavar="float|cash", help=_t("出自备用金（默认）或货款", "the float unless given")),
    ] = None,
) -> None:
    """借支 (N4)."""
    from ledger.book.cash import drawer, refuse_empty_pot
    from ledger.book.choices import asked, one_of
    from ledger.core.drawer import FROM_FLOAT, POTS, PURPOSES

    at = desk()
    what, pot = Words("用途", "what for"), Words("出自", "paid from")
    values: dict[str, Any] = {
        "staff": at.call.ask(who if who is not None else staff, words=WHO, name="WHO", parse=_code),
        "amount": at.call.ask(total, words=AMOUNT, name="--amount", parse=amount),
        "purpose": at.call.ask(
            purpose, words=asked(what, PURPOSES), name="--purpose", parse=lambda text: one_of(text, PURPOSES, what)
        ),
        "due": at.call.ask(due, words=DUE, name="--due", parse=at.day),
        "source": one_of(source, POTS, pot) if source is not None else FROM_FLOAT,
    }
    if not _repeated(at):
        at.write("cash", "advance", values, try_only=True)  # what the rules refuse is refused before an empty pot is
        refuse_empty_pot(drawer(at.book), values["source"], values["amount"])
    at.record("cash", "advance", values)


def _code(typed: str) -> str:
    from ledger.core.text import fold

    return fold(typed)


@app.command(
    "advance-return",
    help=_t(
        "归还借支：单据报销的写 --spent，其余退现金\n例：gb cash advance-return CA1008-3 --spent 180",
        "account for an advance: --spent is shown by receipts, the rest comes back in cash\n"
        "example: gb cash advance-return CA1008-3 --spent 180",
    ),
)
def advance_return(
    *,
    record: RecordArgument = None,
    total: Annotated[
        str | None,
        typer.Option("--amount", metavar="AMOUNT", help=_t("退回现金，不写则为其余", "cash back; default: the rest")),
    ] = None,
    spent: Annotated[
        str | None, typer.Option("--spent", metavar="AMOUNT", help=_t("单据报销", "shown by receipts"))
    ] = None,
) -> None:
    """借支归还 (N4)."""
    at = desk()
    values = {
        "ref": at.call.ask(record, words=RECORD, name="ID", parse=at.record_id),
        "amount": amount(total) if total is not None else None,
        "spent": amount(spent) if spent is not None else None,
    }
    at.record("cash", "advance-return", values)


# -- what has arrived --------------------------------------------------------------------------------------------------------


@app.command(
    help=_t(
        "转账、微信、支付宝、刷卡的款已到账；不写金额则全部\n例：gb cash arrived SA1008-2 --reference 工行8841",
        "a transfer or the like has arrived; all that is pending unless an amount is given\n"
        "example: gb cash arrived SA1008-2 --reference B8841",
    )
)
def arrived(
    *,
    record: RecordArgument = None,
    total: AmountOption = None,
    method: Annotated[
        str | None, typer.Option("--method", metavar="METHOD", help=_t("付款方式", "the payment method"))
    ] = None,
    reference: Annotated[
        str | None, typer.Option("--reference", metavar="NO", help=_t("银行参考号", "the bank's reference"))
    ] = None,
) -> None:
    """到账 (S9): names the sale or reservation that took the payment."""
    from ledger.book import selling

    at = desk()
    words = Words("银行参考号", "bank reference")
    values = {
        "ref": at.call.ask(record, words=RECORD, name="ID", parse=at.record_id),
        "amount": amount(total) if total is not None else None,
        "method": selling.method(at.book, method) if method is not None else None,
        "reference": free_text(reference, words) or None,
    }
    at.record("cash", "arrived", values)


# -- looking -----------------------------------------------------------------------------------------------------------------


@app.command(
    help=_t(
        "现金日记账：某月按业务日期，某日按现金日（截账到截账）\n例：gb cash book --month 2026-10",
        "the cash journal: a month by business dates, a day from cut-off to cut-off\nexample: gb cash book --month 2026-10",
    )
)
def book(
    month: MonthOption = None,
) -> None:
    """现金日记账 (N3): derived, never typed twice; without a date or month, today."""
    from cli.render import emit, emit_json
    from ledger.book.cash import day_book, month_book
    from ledger.reports.cash import book_as_json, book_as_text

    at = desk()
    if month is not None and at.call.date:
        raise Usage(Words("--date 和 --month 只写一个", "give either --date or --month"))
    found = month_book(at.book, at.month(month)) if month is not None else day_book(at.book, at.date() or at.today())
    if at.call.json:
        emit_json(book_as_json(found, at.told))
    else:
        emit("\n".join(book_as_text(found, at.told, at.listed_id, lang())))


@app.command("list", help=_t("列出现金登记；--open 只列未了的", "list cash records; --open lists what is open"))
def list_cash(
    *,
    month: MonthOption = None,
    kind: KindOption = None,
    limit: LimitOption = None,
    pending: Annotated[
        bool,
        typer.Option(
            "--open", help=_t("未交货款、未到账、长短款、借支", "what is undeposited, pending, unsettled, due")
        ),
    ] = False,
) -> None:
    """Records of the cash journal in time order, or the items that are open."""
    from cli.listing import Wanted, show_list

    if pending:
        from cli.openitems import show_open_items

        show_open_items(desk())
        return
    show_list(desk(), Wanted(month=month, kind=kind, journal="cash"), limit)


@app.command(help=_t("查看一笔现金登记", "show a cash record"))
def show(record: RecordArgument = None) -> None:
    """One record with its place in the text."""
    from cli.cards import record_card

    at = desk()
    record_card(at, at.call.ask(record, words=RECORD, name="ID", parse=at.record_id))
