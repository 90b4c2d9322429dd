"""Sync: this clone and the other terminals' come together through git."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.entry import Desk, desk
from cli.lang import _t, lang, say
from ledger.core.words import Words, many

if TYPE_CHECKING:
    from ledger.book.sync import Synced

app = typer.Typer()


@app.command(
    help=_t(
        "与其他终端同步：提交本账文件、取回、合并、检查、推送；合并后的账有错误时退出码 1（已同步）",
        "commit the book's own files, fetch, merge, check, push; exit 1 when the merged book has errors (it is synchronised)",
    )
)
def sync(
    give_up: Annotated[
        str | None,
        typer.Option(
            "--give-up",
            metavar="MONTH",
            help=_t(
                "放弃本机对这个月的封账，以远程的为准；文件留在 .gb/torn/",
                "give up this machine's closing of that month for the remote's; its files are kept in .gb/torn/",
            ),
        ),
    ] = None,
) -> int:
    """Never a textual conflict: each terminal writes files of its own."""
    from cli.render import emit_json
    from cli.sealing import note_shallow
    from ledger.book.sync import sync as synchronised
    from ledger.core.findings import open_errors
    from ledger.reports.findings import as_json

    at = desk()
    month = at.month(give_up).text if give_up else ""
    if month:
        at.call.confirm(Words(f"放弃本机 {month} 的封账吗？", f"give up this machine's closing of {month}?"))
    note_shallow(at)
    done = synchronised(at.book, _terminal(at), give_up=month, dry_run=at.call.dry_run, today=at.today())
    errors = len(open_errors(done.findings))
    if at.call.json:
        emit_json(
            {**_figures(done), "errors": errors, "new": as_json(done.new, lang()), "findings": len(done.findings)}
        )
    else:
        _tell(done)
    return int(errors > 0)


def _tell(done: Synced) -> None:
    """What went both ways, the files given up or got back, and the findings that the merge brought."""
    from cli.render import emit
    from ledger.reports.findings import as_text

    emit(say(_line(done)))
    for path, place in done.kept.items():
        emit(say(Words(f"放弃 {path} → {place}", f"gave up {path} → {place}")))
    for path in done.restored:
        emit(say(Words(f"已按提交的内容找回 {path}", f"got back as it was committed: {path}")))
    if done.new:
        emit(say(Words(f"合并带来 {len(done.new)} 个问题：", f"the merge brought {many(len(done.new), 'finding')}:")))
        emit(as_text(done.new, lang()))
    if older := len(done.findings) - len(done.new):
        emit(say(Words(f"另有 {older} 个原有的问题：gb check", f"{many(older, 'more finding')} from before: gb check")))


def _terminal(at: Desk) -> str:
    """The terminal as the commit names it; a machine that only reads has none."""
    from ledger.core.text import fold

    return fold(at.call.terminal or "").upper() or at.local("terminal")


def _figures(done: Synced) -> dict[str, object]:
    return {
        "branch": done.branch,
        "remote": done.remote,
        "committed": list(done.committed),
        "restored": list(done.restored),
        **({"gave_up": done.kept} if done.kept else {}),
        "merged_commits": done.merged,
        "brought": list(done.brought),
        "pushed_commits": done.pushed,
        "rounds": done.rounds,
        **({"dry_run": True} if done.dry else {}),
    }


def _line(done: Synced) -> Words:
    dry = Words("（试算）", "(dry run) ") if done.dry else Words("", "")
    return Words(
        f"{dry.zh}提交 {len(done.committed)} 个文件，合并 {done.merged} 次提交（{len(done.brought)} 个文件），"
        f"推送 {done.pushed} 次提交 → {done.remote}/{done.branch}",
        f"{dry.en}committed {many(len(done.committed), 'file')}, merged {many(done.merged, 'commit')} "
        f"({many(len(done.brought), 'file')}), pushed {many(done.pushed, 'commit')} → {done.remote}/{done.branch}",
    )
