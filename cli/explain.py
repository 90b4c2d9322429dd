"""Explain: what a code means, how it comes about, what to do."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cli.lang import _t, say
from cli.render import columns, emit, emit_json, table, wrap
from ledger.core.words import Words

app = typer.Typer()

_PARTS = (
    ("means", Words("含义", "Meaning")),
    ("happens", Words("常见原因", "How it comes about")),
    ("do", Words("怎么办", "What to do")),
)


@app.command(help=_t("说明一个代码；不写代码则列出全部", "explain a code; without one list them all"))
def explain(
    code: Annotated[
        str | None, typer.Argument(metavar="[CODE]", help=_t("代码，如 NUM-02", "the code: NUM-02"))
    ] = None,
) -> None:
    """Needs no book."""
    from cli.shared import current
    from ledger.checks import all_codes

    json = current().json
    if code is not None:
        name, found = _found(code)
        emit_json(_json(name, found)) if json else emit(_page(name, found))
        return
    known = list(all_codes())
    if json:
        emit_json({"codes": [_json(name, one) for name, one in known]})
    else:
        emit(table([Words("代码", "code"), Words("说明", "what")], [(name, one.title) for name, one in known]))


def _found(typed: str) -> tuple[str, Any]:
    """The explanation of a code; raises :class:`Unknown` naming those that are near."""
    from ledger.checks import all_codes
    from ledger.checks import explain as explained
    from ledger.core.errors import Unknown
    from ledger.core.near import near
    from ledger.core.text import fold, shown

    name = fold(typed).upper()
    try:
        return name, explained(name)
    except KeyError:
        found = near(name, [known for known, _ in all_codes()], least=0.5)
    words = Words(f"没有代码“{shown(typed)}”", f"there is no code “{shown(typed)}”")
    raise Unknown(words, next=(*(f"gb explain {one}" for one in found), "gb explain"))


def _page(name: str, found: Any) -> str:
    from ledger.core.findings import USUAL

    severity = f" ({USUAL[name]})" if name in USUAL else ""
    lines = [f"{name}{severity}  {say(found.title)}"]
    for part, words in _PARTS:
        lines += ["", say(words), *(f"  {line}" for line in wrap(say(getattr(found, part)), columns() - 2))]
    return "\n".join(lines)


def _json(name: str, found: Any) -> dict[str, str | None]:
    from ledger.core.findings import USUAL

    parts = {part: say(getattr(found, part)) for part, _ in _PARTS}
    return {"code": name, "severity": USUAL.get(name), "title": say(found.title), **parts}
