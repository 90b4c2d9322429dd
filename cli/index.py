"""The index: a copy of the journals that answers quickly; it can be thrown away at any time."""

from __future__ import annotations

import typer

from cli.entry import desk, reading
from cli.lang import _t, say
from cli.render import emit, emit_json, note
from ledger.core.words import Words, many

app = typer.Typer()


@app.command(help=_t("从台账文件重建索引", "build the index anew from the journals"))
def rebuild() -> None:
    """Fold all text from the beginning."""
    at = desk()
    records = at.book.rebuild()
    kept = at.book.index.kept
    if at.call.json:
        emit_json({"records": records, "damage": len(at.book.damage()), "kept": kept})
        return
    emit(say(Words(f"索引已重建：{records} 笔记录", f"index rebuilt: {many(records, 'record')}")))
    if not kept:
        note(Words("但 .gb/ 写不进去，没有保存", "but .gb/ cannot be written: it was not kept"))


@app.command(help=_t("索引的状态", "what the index holds"))
def status() -> None:
    """Records, files and damage as the index knows them."""
    from ledger.index.lookup import count, files

    at = desk()
    db = at.book.index.db
    records, read, damage = count(db), len(files(db)), len(at.book.damage())
    if at.call.json:
        emit_json({"records": records, "files": read, "damage": damage})
        return
    emit(
        say(
            Words(
                f"索引：{records} 笔记录，{read} 个文件，{damage} 处损坏",
                f"index: {many(records, 'record')}, {many(read, 'file')}, {many(damage, 'place')} of damage",
            )
        )
    )


@app.command(help=_t("核对索引与台账文件是否一致", "compare the index with the journals"))
def verify() -> int | None:
    """IDX-01 for every difference; exit 1 when there is one."""
    from cli.findings import show_findings
    from ledger.book.month import index_findings

    at = desk()
    with reading(at.book.disk, Words("核对索引", "comparing the index")):
        found = index_findings(at.book)
    return show_findings(at, found)
