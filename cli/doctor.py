"""Doctor: this machine and the book's set-up, line by line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.lang import _t, say
from cli.shared import Call, current
from ledger.core.words import Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.book.doctor import Sign

app = typer.Typer()

_MARKS = {"ok": "ok", "note": "--", "warning": "! ", "error": "!!"}


@app.command(
    help=_t("检查本机和账本的设置；有错误时退出码为 1", "examine this machine and the book's set-up; exit 1 on errors")
)
def doctor(
    set_aside: Annotated[
        bool,
        typer.Option(
            "--set-aside",
            help=_t("把没写完的记录移到 .gb/torn/", "move what interrupted writes left in the journals to .gb/torn/"),
        ),
    ] = False,
) -> int:
    """Looks at everything even when the book does not open."""
    from ledger.book.doctor import examine
    from ledger.book.open import find_book

    call = current()
    root = Path(call.book) if call.book else find_book(Path.cwd())
    if set_aside:
        return _set_aside(root)
    terminal, operator = _local(call, root)
    signs = examine(root, terminal=terminal, operator=operator)
    return tell_signs(signs, as_json=call.json)


def tell_signs(signs: Sequence[Sign], *, as_json: bool) -> int:
    """Print what was looked at; 1 when there is an error."""
    from cli.render import emit, emit_json

    if as_json:
        emit_json({"checks": [_json(one) for one in signs]})
    else:
        emit("\n".join(line for one in signs for line in _lines(one)))
    return int(any(one.level == "error" for one in signs))


def _set_aside(root: Path) -> int:
    from cli.render import emit, emit_json
    from ledger.book.doctor import put_aside
    from ledger.book.open import Book

    call = current()
    found = put_aside(Book(root), dry_run=call.dry_run)
    if call.json:
        torn = [{"file": path, "moved": moved} for path, moved in found.items()]
        emit_json({"torn": torn, "dry_run": call.dry_run})
        return 0
    if not found:
        emit(say(Words("日记账里没有没写完的记录", "no journal holds an unfinished record")))
    for path, moved in found.items():
        emit("\n".join(_told_torn(path, moved, dry=call.dry_run)))
    return 0


def _told_torn(path: str, moved: list[str], *, dry: bool) -> list[str]:
    if dry:
        return [path, "  " + say(Words("末尾没写完（试算，没有移动）", "ends unfinished (dry run, nothing was moved)"))]
    if not moved:
        return [path, "  " + say(Words("已补好，没有要移走的", "put right; there was nothing to move"))]
    words = Words(
        "没写完的残段已移走；看那张单据要不要重新登记",
        "the unfinished record was moved away; see whether its form is to be entered again",
    )
    return [path, "  " + say(words), *(f"  → {one}" for one in moved)]


def _local(call: Call, root: Path) -> tuple[str, str]:
    """Terminal and operator as a command would take them; the book need not open."""
    from ledger.book.open import SETTINGS
    from ledger.book.yamlfile import LIMIT, read_mapping
    from ledger.core.errors import GbError
    from ledger.core.text import fold
    from ledger.disk import Disk, read_machine

    try:
        kept = read_machine(str(read_mapping(Disk(root).read(SETTINGS, LIMIT), SETTINGS).get("book", "")))
    except GbError:
        kept = {}
    terminal = fold(call.terminal or "").upper() or kept.get("terminal", "")
    return terminal, fold(call.by or "") or kept.get("operator", "")


def _lines(one: Sign) -> list[str]:
    from cli.render import columns
    from ledger.reports.table import wrap

    told = wrap(f"{_MARKS[one.level]}  {say(one.words)}", columns(), hang=4, cut=False)
    return [*told, *(f"    next: {command}" for command in one.next)]


def _json(one: Sign) -> dict[str, Any]:
    return {"name": one.name, "level": one.level, "message": say(one.words), "next": list(one.next)}
