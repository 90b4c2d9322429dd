"""Show: a record, a sheet or a client, whichever the word means."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.entry import Desk, desk
from cli.lang import _t, say
from cli.personal import RevealOption
from ledger.core.errors import Usage
from ledger.core.words import Words

app = typer.Typer()


@app.command(help=_t("查看一笔记录、一个券号、一张支票或一个客户", "show a record, a serial, a cheque or a client"))
def show(
    thing: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="THING",
            help=_t(
                "单据编号、券号、支票号、表单上的编号或客户",
                "a record's id, a serial, a cheque's number, the number on a form, or a client",
            ),
        ),
    ] = None,
    *,
    reveal: RevealOption = False,
) -> None:
    """Tell from its form what the word is; ask when it fits both a sheet and a client.

    ``--reveal`` shows the personal values of a record as it has them, or those of a client's card.
    """
    at = desk()
    typed = " ".join(thing) if thing else None
    at.call.ask(
        typed,
        words=Words("单据编号、券号或客户", "record, serial or client"),
        name="THING",
        parse=lambda t: _show(at, t, reveal=reveal),
    )


def _show(at: Desk, typed: str, *, reveal: bool) -> None:
    from cli.cards import client_card, record_card, sheet_card

    if is_record(typed):
        record_card(at, _record_id(at, typed), reveal=reveal)
        return
    if _is_cheque(at, typed, reveal=reveal):
        return
    serial, code = _serial(at, typed), _code(at, typed)
    known = code or (serial and _touched(at, serial))
    if not known and (numbered := at.numbered(typed)):
        record_card(at, numbered, reveal=reveal)
        return
    if serial and code and _touched(at, serial):
        options = [(code, say(Words("客户", "client"))), (serial, say(Words("券号", "serial")))]
        code = "" if at.call.choose(Words(f"“{typed}”指哪个？", f"which is “{typed}”?"), options) == serial else code
    if not code and serial and _touched(at, serial):
        _nothing_personal(reveal=reveal)
        sheet_card(at, serial)
    else:
        client_card(at, code or _client(at, typed, serial), reveal=reveal)


def _nothing_personal(*, reveal: bool) -> None:
    """Raise :class:`Usage` for ``--reveal`` of what holds nothing personal."""
    if reveal:
        words = Words(
            "券和支票没有个人资料，不用 --reveal", "a sheet or a cheque has no personal data: leave --reveal out"
        )
        raise Usage(words)


def _record_id(at: Desk, typed: str) -> str:
    """The id that is meant; a late record, which nothing else can name, by its full id."""
    from ledger.core.errors import Unknown
    from ledger.core.text import fold

    try:
        return at.record_id(typed)
    except Unknown as error:
        if error.code != "CLS-03":
            raise
        return fold(typed).upper()


def _is_cheque(at: Desk, typed: str, *, reveal: bool) -> bool:
    """Show the cheque of that number; of a number that a touched sheet has too the person says which is meant."""
    from ledger.book.cheques import is_cheque

    if not is_cheque(at.book.state(), typed):
        return False
    serial = _serial(at, typed)
    if serial and _touched(at, serial):
        options = [(typed, say(Words("支票", "cheque"))), (serial + " ", say(Words("券号", "serial")))]
        if at.call.choose(Words(f"“{typed}”指哪个？", f"which is “{typed}”?"), options) != typed:
            return False
    from cli.cheque import cheque_card

    _nothing_personal(reveal=reveal)
    cheque_card(at, *at.cheque(typed))
    return True


def _client(at: Desk, typed: str, serial: str) -> str:
    """A client by name or initials; what has the form of a serial and is no client's is a serial nobody knows."""
    from ledger.core.errors import Unknown

    try:
        return at.client(typed)
    except Unknown:
        if not serial:
            raise
    words = Words(
        f"账上没有券号 {serial}，也没有叫“{typed}”的客户", f"the book has no serial {serial} and no client “{typed}”"
    )
    raise Unknown(words, next=("gb voucher stock", "gb client list"))


def is_record(typed: str) -> bool:
    """Whether the word has the form of a record's id: ``SA20261008-K1-0001``, ``SA1008-1``, ``SA-1`` or ``last``.

    That is two letters of a journal, then digits and a dash.
    """
    import re

    from ledger.core.records import BY_CODE
    from ledger.core.text import fold

    text = fold(typed).upper()
    found = re.fullmatch(r"([A-Z]{2})([0-9]{4}|[0-9]{8})?(-[A-Z][A-Z0-9]{0,7})?-[0-9]{1,10}", text)
    return text == "LAST" or (found is not None and found[1] in BY_CODE)


def _serial(at: Desk, typed: str) -> str:
    """The one serial that the word has the form of, or empty."""
    from ledger.book.resolve import spans

    try:
        found = spans(at.book, typed, at.book.state())
    except Usage:
        return ""
    return found.text if found.count == 1 else ""


def _touched(at: Desk, serial: str) -> bool:
    from ledger.core.spans import parse_serial
    from ledger.index import lookup

    return bool(lookup.touching(at.book.index.db, parse_serial(serial)))


def _code(at: Desk, typed: str) -> str:
    """The client whose code the word is, or empty."""
    from ledger.core.parties import Client
    from ledger.core.text import fold

    code = fold(typed).upper()
    return code if at.book.state().thing(Client, code) is not None else ""
