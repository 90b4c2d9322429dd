"""A noun with a few verbs, for the tests of the frame."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.lang import _t
from cli.render import emit, emit_json, table
from cli.shared import current
from ledger.core.errors import Refused, Where
from ledger.core.words import Words

app = typer.Typer()


@app.command(help=_t("什么也不做", "do nothing"))
def act() -> None:
    """Do nothing."""


@app.command(help=_t("显示通用选项", "show the shared options"))
def show(
    thing: Annotated[str, typer.Argument(metavar="THING", help=_t("一样东西", "a thing"))] = "",
    face: Annotated[int, typer.Option("--face", "-f", help=_t("面值", "the face value"))] = 100,
) -> None:
    """Print the call."""
    emit_json({"call": current(), "thing": thing, "face": face})


@app.command(help=_t("需要一个值", "need a value"))
def need(client: Annotated[str | None, typer.Option("--client", help=_t("客户", "the client"))] = None) -> None:
    """Ask for a client that must be a number."""
    call = current()
    value = call.ask(client, words=Words("客户", "the client"), name="--client", parse=_number)
    emit(str(value))


def _number(text: str) -> int:
    if not text.isdigit():
        raise Refused(Words(f"“{text}”不是编号", f"{text!r} is no number"), code="REF-01")
    return int(text)


@app.command(help=_t("拒绝", "refuse"))
def refuse() -> None:
    """Refuse."""
    raise Refused(
        Words("券 A0010007 已售", "sheet A0010007 is sold"),
        code="NUM-02",
        next=("gb voucher trace A0010007",),
        where=(Where("journals/2026-10/sales.K1.csv", 3, "SA20261008-K1-0001", "SA20261008-K1-0001,\x1b[2J"),),
    )


@app.command(help=_t("选一个", "choose one"))
def pick() -> None:
    """Choose."""
    emit(current().choose(Words("哪个客户？", "which client?"), [("C001", "东风厂"), ("C002", "东风学校")]))


@app.command(help=_t("确认", "confirm"))
def sure() -> None:
    """Confirm."""
    current().confirm(Words("继续吗？", "go on?"))
    emit("done")


@app.command(help=_t("出错", "fail"))
def crash(what: Annotated[str, typer.Argument(metavar="WHAT", help=_t("哪种错", "the kind"))] = "bug") -> int:
    """Fail in the way asked for."""
    if what == "interrupt":
        raise KeyboardInterrupt
    if what == "memory":
        raise MemoryError
    if what == "findings":
        return 1
    raise ValueError(what)


@app.command("list", help=_t("一张表", "a table"))
def list_() -> None:
    """Print a table with Chinese text."""
    rows = [
        ["SA20261008-K1-0001", "东风机械厂工会委员会", "A0010001-A0010050 A0010101-A0010120", "7000.00"],
        ["SA20261008-K1-0002", "Li", "A0010051", "100.00"],
    ]
    emit(table(["id", Words("客户", "client"), Words("券号", "serials"), Words("金额", "amount")], rows, "lllr"))


@app.command(help=_t("打印很多行", "print many lines"))
def flood() -> None:
    """Write until the reader goes."""
    for number in range(100_000):
        emit(f"{number} 券")
