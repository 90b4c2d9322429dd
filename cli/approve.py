"""Approve: the queue of all requests and rebate slips that wait for this operator (V1, B1)."""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

from cli.entry import Desk, desk
from cli.lang import _t, say
from cli.request import KeyOption, approve_one, key_file, own_request_id, request_json, request_table
from ledger.core.errors import NotAllowed, Usage
from ledger.core.words import Words

if TYPE_CHECKING:
    from ledger.core.approvals import Request
    from ledger.core.slips import Slip

app = typer.Typer()


@app.command(
    help=_t(
        "审批：列出待我批准的申请；在终端上逐张询问，写明编号则直接批准",
        "approve: lists what waits for me; on a terminal asks for each, with ids approves them",
    )
)
def approve(
    requests: Annotated[
        list[str] | None,
        typer.Argument(metavar="ID", help=_t("请示单或返扣单编号，可写几个", "ids of requests or rebate slips")),
    ] = None,
    key: KeyOption = None,
) -> None:
    """Approve the requests named, or go through the queue."""
    at = desk()
    _refuse_role(at)
    if requests:
        _approve_all(at, [_own_id(at, typed) for typed in requests], key_file(at, key))
    else:
        _go_through(at, key)


def _own_id(at: Desk, typed: str) -> str:
    """The id of a request itself, or of a rebate slip by its id."""
    from cli.rebate import is_slip, slip_of

    return slip_of(at, typed) if is_slip(at, typed) else own_request_id(at, typed)


def _journal(key: str) -> str:
    """Where the approval of a request or of a rebate slip belongs."""
    return "rebates" if key.startswith("RB") else "requests"


def _refuse_role(at: Desk) -> None:
    """Raise NotAllowed for an operator who may approve nothing: an empty queue would say that nothing waits."""
    from ledger.book.roles import by_another, who_may

    may = who_may(at.book, at.book.state(), "approve", at.date() or at.today())
    if at.by not in may:
        names = " ".join(may) or "—"
        words = Words(f"{at.by} 无权审批；可以审批的人：{names}", f"{at.by} may not approve; who may: {names}")
        raise NotAllowed(words, next=by_another(may))


def _approve_all(at: Desk, ids: list[str], key: Path | None) -> None:
    """Approve all or none: each is judged before the first is written, or signed."""
    from ledger.book.draft import RefusedBy
    from ledger.book.write import foresee

    for one in ids:
        _, found = foresee(at.book, at.draft(_journal(one), "approval", {}, ref=one))
        errors = [why for why in found if why.severity == "error" and not (key and why.code == "APR-05")]
        if errors:
            raise RefusedBy(errors)
    for one in ids:
        _record(at, one, key)


def _go_through(at: Desk, key: str | None) -> None:
    from cli.hints import for_this
    from cli.rebate import slip_json, slip_table
    from cli.render import emit, emit_json, note
    from ledger.book import rebates
    from ledger.book.approvals import waiting_for

    day = at.date() or at.today()
    found = waiting_for(at.book, at.by, day)
    slips = rebates.waiting_for(at.book, at.by, day)
    if at.call.json:
        emit_json({
            "requests": [request_json(key, one) for key, one in found],
            "rebates": [slip_json(key, one) for key, one in slips],
        })  # fmt: skip
    elif not found and not slips:
        note(Words("没有待你批准的申请", "nothing waits for your approval"))
    elif at.call.interactive:
        file = key_file(at, key)
        for name, one in found:
            _ask(at, name, one, file)
        for name, slip in slips:
            _ask_slip(at, name, slip)
    else:
        signed = f" --key {quote(key)}" if key else ""
        tables = [*([request_table(found)] if found else []), *([slip_table(at, slips)] if slips else [])]
        emit("\n\n".join(tables))
        typed = [*(f"gb approve {name}{signed}" for name, _ in found), *(f"gb approve {name}" for name, _ in slips)]
        emit("\n" + "\n".join(for_this(line, at.call) for line in typed))


def _ask(at: Desk, key: str, one: Request, file: Path | None) -> None:
    from cli.render import note
    from ledger.core.approvals import PURPOSES
    from ledger.core.forms import show_lines

    purpose, asked = PURPOSES[one.purpose], show_lines(one.lines)
    reason = at.book.find(key).record.reason
    note(
        Words(f"{key}  {purpose.zh}  {asked}  {one.by}  {reason}", f"{key}  {purpose.en}  {asked}  {one.by}  {reason}")
    )
    _decide(at, key, file)


def _ask_slip(at: Desk, key: str, slip: Slip) -> None:
    from cli.render import note
    from ledger.core.forms import show_lines
    from ledger.core.money import grouped

    who, asked, base = at.named("client", slip.client), show_lines(slip.lines), grouped(slip.purchases)
    note(
        Words(
            f"{key}  返扣  {who}  {slip.month} 购券 {base}  {asked}  {slip.by}",
            f"{key}  rebate  {who}  bought {base} in {slip.month}  {asked}  {slip.by}",
        )
    )
    _decide(at, key, None)


def _decide(at: Desk, key: str, file: Path | None) -> None:
    if at.call.ask(None, words=Words("批准吗", "approve it"), name="y/n", parse=_yes):
        _record(at, key, file)


def _record(at: Desk, name: str, file: Path | None) -> None:
    """The approval of a request, signed when there is a key; or of a rebate slip, which stands in its own journal."""
    if _journal(name) == "rebates":
        at.record("rebates", "approval", {}, ref=name)
    else:
        approve_one(at, name, file)


def _yes(typed: str) -> bool:
    answer = typed.strip().lower()
    if answer in {"y", "yes", "是", "好", "对"}:
        return True
    if answer in {"n", "no", "否", "不", ""}:
        return False
    raise Usage(Words(say(Words("请输入 y 或 n", "type y or n")), "type y or n"))
