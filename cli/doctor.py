"""Doctor: this machine and the book's set-up, line by line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from cli.lang import _t, say
from cli.shared import Call, current

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.book.doctor import Sign

app = typer.Typer()

_MARKS = {"ok": "ok", "note": "--", "warning": "! ", "error": "!!"}


@app.command(
    help=_t("检查本机和账本的设置；有错误时退出码为 1", "examine this machine and the book's set-up; exit 1 on errors")
)
def doctor() -> int:
    """Looks at everything even when the book does not open."""
    from ledger.book.doctor import examine
    from ledger.book.open import find_book

    call = current()
    root = Path(call.book) if call.book else find_book(Path.cwd())
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
    return [f"{_MARKS[one.level]}  {say(one.words)}", *(f"    next: {command}" for command in one.next)]


def _json(one: Sign) -> dict[str, Any]:
    return {"name": one.name, "level": one.level, "message": say(one.words), "next": list(one.next)}
