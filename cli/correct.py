"""Correct: a mistyped span of a receipt, a sale or a collection put right by a record that names it (V9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.entry import desk, some_text
from cli.lang import _t
from ledger.core.spans import EMPTY
from ledger.core.words import Words

if TYPE_CHECKING:
    from cli.entry import Desk
    from ledger.book.correcting import Original
    from ledger.core.spans import SpanSet

app = typer.Typer()

FINANCE = Words("财务经办人", "finance's name")


@app.command(
    help=_t(
        "更正领券、售券或返扣领取单中打错的券号；金额不变，只有领券的张数可以更正",
        "put a mistyped span of a receipt, a sale or a collection right; the amount stays, but a receipt's number of sheets may change",
    )
)
def correct(
    *,
    record: Annotated[str | None, typer.Argument(metavar="ID", help=_t("原单编号", "the record's id"))] = None,
    out: Annotated[
        str | None, typer.Option("--out", metavar="SPANS", help=_t("误登的券号", "serials that it names wrongly"))
    ] = None,
    coming: Annotated[
        str | None,
        typer.Option(
            "--in",
            metavar="SPANS",
            help=_t(
                "应登的券号；领券多登了几张就不写", "serials that it should name; none where a receipt names too many"
            ),
        ),
    ] = None,
    approval: Annotated[
        str | None, typer.Option("--approval", metavar="ID", help=_t("更正批准单", "the approved request"))
    ] = None,
    finance: Annotated[
        str | None, typer.Option("--finance", metavar="NAME", help=_t("更正领券时的财务经办人", "for a receipt"))
    ] = None,
) -> None:
    """The original stays as it is; the correction names it (V9)."""
    from ledger.book.correcting import correctable

    at = desk()
    found = at.call.ask(record, words=Words("原单编号", "the record's id"), name="ID", parse=at.record_id)
    original = correctable(at.book, found)
    values: dict[str, Any] = {
        "out": at.call.ask(out, words=Words("误登的券号", "serials that go out"), name="--out", parse=at.spans),
        "spans": _coming(at, coming, original),
        "approval": at.request_id(approval) if approval is not None else None,
    }
    original.refuse_others(values["out"])
    original.refuse_none_left(values["out"], values["spans"])
    if original.needs_finance:
        values.update(finance=_finance(at, finance), request=original.request)
    at.need_reason(Words("更正原因", "why it is corrected"))
    at.record(original.journal, "correction", values, ref=found)


def _coming(at: Desk, typed: str | None, original: Original) -> SpanSet:
    """The serials that come in; a receipt that only names too many has none (V9)."""
    if not original.needs_finance:
        return at.call.ask(typed, words=Words("应登的券号", "serials that come in"), name="--in", parse=at.spans)
    words = Words("应登的券号，没有就回车", "serials that come in, Enter for none")
    typed = typed if typed is not None or at.call.interactive else ""
    return at.call.ask(typed, words=words, name="--in", parse=lambda text: at.spans(text) if text else EMPTY)


def _finance(at: Desk, typed: str | None) -> str:
    return at.call.ask(typed, words=FINANCE, name="--finance", parse=lambda text: some_text(text, FINANCE))
