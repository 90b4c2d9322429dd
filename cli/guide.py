"""``gb guide``: a first day at the counter, with the real commands on a book that is thrown away afterwards."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import typer

from cli.lang import _t, lang, say
from cli.render import emit
from cli.shared import Call, current
from ledger.core.errors import Declined
from ledger.core.words import Words

app = typer.Typer()


class Step(NamedTuple):
    """One thing to try: why, and the command, which differs where it names somebody of the example."""

    why: Words
    command: Words


def _same(text: str) -> Words:
    return Words(text, text)


BEFORE: tuple[Words, ...] = (
    _same("operator add zhou --name 周敏 --role clerk"),
    _same("operator add qian --name 钱宁 --role finance"),
    _same("operator add wu --name 吴刚 --role manager"),
    Words(
        "client add --unit 东风机械厂 --kind enterprise --by zhou",
        'client add --unit "Eastwind Machine Works" --kind enterprise --by zhou',
    ),
    Words(
        "client add --unit 第一中学 --kind institution --by zhou",
        'client add --unit "No. 1 Middle School" --kind institution --by zhou',
    ),
    Words(
        "request voucher 100x100 --reason 备货 --by zhou",
        "request voucher 100x100 --reason stock --by zhou",
    ),
    _same("request approve RQ-1 --by wu"),
    _same("voucher receive A0010001+100 --face 100 --request RQ-1 --finance 钱宁 --stamped --by zhou"),
)
"""What is done before the clerk's day begins."""

STEPS: tuple[Step, ...] = (
    Step(Words("保险柜里有什么券", "What is in the safe"), _same("gb voucher stock")),
    Step(
        Words(
            "售券：客户、金额、这一包的首号。张数由面值算出；请核对末号",
            "A sale: client, amount, first serial of the packet. The sheets follow from the face; compare the last serial",
        ),
        _same("gb sell C001 500 A0010001"),
    ),
    Step(
        Words("客户写名称的一部分也行；付款方式用 -t", "A part of the client's name will do; -t is how it is paid"),
        Words("gb sell 中学 200 A0010006 -t 转账", "gb sell school 200 A0010006 -t transfer"),
    ),
    Step(
        Words("同一张券再卖一次：拒绝，什么也没写", "The same sheets once more: refused, and nothing is written"),
        _same("gb sell C002 500 A0010001"),
    ),
    Step(
        Words(
            "打错了：撤销最后一笔。原单不改，另记一张冲销单",
            "A slip: undo the last. Nothing is erased, a reversal is added",
        ),
        _same("gb undo"),
    ),
    Step(
        Words("客户退回一张", "A client brings one sheet back"),
        Words("gb sale return A0010005 --reason 多买一张", 'gb sale return A0010005 --reason "one too many"'),
    ),
    Step(Words("这张券都经过了什么", "What happened to that sheet"), _same("gb voucher trace A0010005")),
    Step(Words("今天要办的事", "What is due today"), _same("gb status")),
    Step(Words("五点：当天的券号通知", "Five o'clock: the notice of the day's serials"), _same("gb notice")),
    Step(
        Words("月底给财务的六项表", "The month's six points for finance"),
        Words("gb reconcile --month 本月", "gb reconcile --month this-month"),
    ),
)

OPENING = Words(
    "在一本用完就删的账本上走一遍柜台的一天。命令都是真的，您自己的账本不会动。",
    "A day at the counter on a book that is thrown away. The commands are the real ones; your own book is not touched.",
)
CLOSING = Words(
    "演示账本已删除。自己的账本：gb setup；连续售券：gb counter；月底会出什么错：gb demo。",
    "The book is gone. Your own: gb setup; one sale after another: gb counter; what goes wrong at month end: gb demo.",
)
ASK = Words("回车运行，或输入您自己的命令，q 结束: ", "Enter runs it; or type a command of your own; q ends: ")


@app.command(
    help=_t(
        "入门：在一本用完就删的账本上，用真的命令走一遍柜台的一天",
        "a first day at the counter, with the real commands, on a book that is thrown away",
    )
)
def guide() -> None:
    """Every step waits for Enter on a terminal; elsewhere all of them run."""
    from ledger.disk import scratch

    call = current()
    with scratch() as folder, _alone(folder):
        _begin(folder)
        emit(say(OPENING))
        for number, step in enumerate(STEPS, 1):
            command = say(step.command)
            emit(f"\n{number}/{len(STEPS)}  {say(step.why)}\n$ {command}")
            if not _wait(call):
                break
            _run(command)
    emit("\n" + say(CLOSING))


@contextmanager
def _alone(folder: str) -> Iterator[None]:
    """This process as a machine of its own: its book, its notes of terminal and operator, no setting of the person's."""
    state = os.path.join(folder, "state")
    ours = {"XDG_STATE_HOME": state, "LOCALAPPDATA": state, "GB_BOOK": os.path.join(folder, "book")}
    ours |= {"GB_TERMINAL": "K1", "GB_OPERATOR": "zhou"}
    before = {name: os.environ.get(name) for name in ours}
    os.environ.update(ours)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name)
            else:
                os.environ[name] = value


def _begin(folder: str) -> None:
    """The book as the clerk finds it in the morning; what is recorded for that is not shown."""
    import io
    from contextlib import redirect_stderr, redirect_stdout

    store = say(Words("东湖商厦", "East Lake Store"))
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        _must(["init", os.path.join(folder, "book"), "--store", store, "--terminal", "K1", "--no-git"])
        for words in BEFORE:
            _must(_argv(say(words)))


def _must(argv: list[str]) -> None:
    from cli.main import main

    if code := main([*argv, "--lang", lang()]):
        raise RuntimeError(f"exit {code}: {' '.join(argv)}")


def _argv(typed: str) -> list[str]:
    """A typed command without the program's name; raises ``ValueError`` for an open quotation."""
    import shlex

    words = shlex.split(typed)
    return words[1:] if words[:1] == ["gb"] else words


def _run(typed: str) -> None:
    """Run a command as the shell would; what it says of an error is on stderr already."""
    from cli.main import main

    try:
        argv = _argv(typed)
    except ValueError:
        emit(say(Words("引号没有成对", "a quotation mark is open")))
        return
    if argv[:1] != ["guide"]:
        main([*argv, "--lang", lang()])


def _wait(call: Call) -> bool:
    """Let the person run commands of their own until Enter; False when they end the guide."""
    while call.interactive:
        try:
            typed = call.line(say(ASK))
        except Declined:
            return False
        if typed.lower() in ("q", "quit", "exit"):
            return False
        if not typed:
            return True
        _run(typed)
    return True
