"""Close: a month sealed; its digest goes on the paper sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from cli.entry import desk
from cli.lang import _t, say
from cli.options import MonthArgument, MonthOption
from cli.render import emit, emit_json, note
from cli.sealing import settle
from ledger.core.words import Words, many

if TYPE_CHECKING:
    from ledger.book.closing import Closed

app = typer.Typer()


@app.command(
    help=_t(
        "封账：月份不再收记录，结转写入 closings/，打出短码抄在纸面对账单上。有没办完的事就拒绝",
        "seal the month: it takes no more records, its state is carried forward, and a short digest is printed for the "
        "paper sheet; refused while anything blocks",
    )
)
def close(
    typed: MonthArgument = None,
    month: MonthOption = None,
) -> None:
    """Seal a month (R9)."""
    from ledger.book.closing import close as sealed
    from ledger.core.dates import resolve_month

    at = desk()
    wanted = month if month is not None else typed
    words = Words("月份", "the month")
    found = at.call.ask(wanted, words=words, name="--month", parse=lambda text: resolve_month(text, at.today()))
    if wanted != found.text:
        note(Words(f"月份 {found.text}", f"month {found.text}"))
    at.call.confirm(Words(f"封 {found.text} 的账吗？封后不能再记", f"seal {found.text}? It takes no more records then"))
    done = sealed(at.book, found, at.draft("", "", {}), dry_run=at.call.dry_run)
    if done.torn:
        note(Words(f"没写完的残行已移到 {done.torn}", f"what an interrupted write left was set aside: {done.torn}"))
    git = "" if done.dry else settle(at, found.text, f"close {found.text}")
    if at.call.json:
        emit_json(_json(done, git))
    else:
        emit("\n".join(_lines(done)))


def _lines(done: Closed) -> list[str]:
    from ledger.audit.seal import short

    seal = done.seal
    records = sum(one.records for one in seal.files)
    mark = say(Words("（试算，未封）", " (dry run, not sealed)")) if done.dry else ""
    head = Words(
        f"{seal.month} 已封账：{len(seal.files)} 个文件，{records} 条记录{mark}",
        f"{seal.month} is closed: {many(len(seal.files), 'file')}, {many(records, 'record')}{mark}",
    )
    if done.dry:  # the time is in the seal: this digest will never be on the real one
        return [say(head)]
    code = Words(
        f"短码（抄在纸面对账单上）：{short(done.digest)}", f"short digest, for the paper sheet: {short(done.digest)}"
    )
    return [say(head), say(code)]


def _json(done: Closed, git: str) -> dict[str, Any]:
    from ledger.audit.seal import seal_path, short

    seal = done.seal
    return {
        "month": seal.month, "closed": not done.dry, "digest": None if done.dry else done.digest,
        "short": None if done.dry else short(done.digest),
        "previous": seal.previous or None, "journals_digest": seal.digest, "file": seal_path(seal.month),
        "files": len(seal.files), "records": sum(one.records for one in seal.files), "at": seal.at, "by": seal.by,
        "git": git or None, "dry_run": done.dry,
    }  # fmt: skip
