"""``gb counter``: sales one after another in one process; a client, an amount, a scan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.entry import desk
from cli.lang import _t, say
from cli.render import columns, note, wrap
from ledger.core.errors import Declined, GbError, NotDelivered, NotWritten, Refused, Usage
from ledger.core.text import fold
from ledger.core.words import Words

if TYPE_CHECKING:
    from cli.shared import Call
    from cli.till import Till

app = typer.Typer()

LEAVE = frozenset({"q", "quit", "exit", "退出"})
HELP = Words(
    """\
客户：代码、名称的一部分或拼音首字母；回车为上一位。先扫券号也可以。
金额：券数由面值算出；后面可写付款方式（500 微信）。写支票（500 支票）就接着问号码、银行、出票日期；
有银行进帐单号即当场交券，否则预留到支票到帐（gb sale handover）。
券号：扫首号；回车取库存最小号。核对读回的内容，回车登记，或扫末号核对并登记。
一行写完也行：dfc 500 A0010001
n 或 Ctrl-C 放弃这一笔；undo 撤销最后一笔；q 结束，随时可用。优惠、分几种方式付、别人出的支票：gb sale。""",
    """\
client: code, part of the name or initials; Enter for the one before. A serial may be scanned first.
amount: the sheets follow from the face; a payment method may follow (500 wechat).
500 cheque then asks for its number, bank and date; with the bank's slip the sheets are handed over, else they are reserved until it
has arrived (gb sale handover).
serial: scan the first; Enter for the lowest on hand. Compare what is read back: Enter records, or scan the last serial.
All on one line is fine: dfc 500 A0010001
n or Ctrl-C drops this sale; undo takes the last one back; q ends, at any question. Discounts, parts, another's cheque: gb sale.""",
)


@app.command(
    help=_t(
        "柜台模式：一笔接一笔售券，输入客户和金额，扫券号；读回后回车登记",
        "sell one after another: type client and amount, scan the serial; read back, then Enter records",
    )
)
def counter(
    method: Annotated[
        str, typer.Option("--method", "-t", metavar="METHOD", help=_t("不写时的付款方式", "paid so unless typed"))
    ] = "cash",
    screen: Annotated[
        bool, typer.Option("--screen", help=_t("全屏表单（需要 gb-ledger[counter]）", "a form (gb-ledger[counter])"))
    ] = False,
) -> None:
    """Sales until the clerk leaves; each is whole or not there."""
    from cli.till import Till

    at = desk()
    _refuse_no_person(at.call)
    at.identify()
    till = Till(at, method)
    if screen:
        _form(till)
    else:
        _lines(till)
    note(till.summary())


def _form(till: Till) -> None:
    """The full-screen form; raises Usage that names the extra where it is not installed."""
    try:
        from cli.screen import run
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "textual":
            raise
        words = Words("全屏表单需要 gb-ledger[counter]", "the full-screen form needs the extra gb-ledger[counter]")
        raise Usage(words, next=("pip install 'gb-ledger[counter]'", "gb counter")) from None
    run(till)


def _refuse_no_person(call: Call) -> None:
    """The counter asks a person; and a retry token stands for one sale, not for a day's."""
    if call.once:
        raise Usage(Words("柜台模式不用 --once", "gb counter takes no --once"), next=("gb sell --help",))
    if not call.interactive:
        words = Words("柜台模式要在终端里用；脚本请用 gb sell", "gb counter needs a terminal; a script uses gb sell")
        raise Usage(words, next=("gb sell --help",))


def _lines(till: Till) -> None:
    """Ask and take, line by line, until the clerk leaves; a sale in hand is dropped then."""
    show(say(HELP))
    while True:
        try:
            typed = till.at.call.line(till.label())
            if leaves(typed):
                if till.begun:
                    till.drop()
                return
            fed(till, typed)
        except Declined:
            if not till.begun:
                return
            till.begin()
            note(Words("已放弃这一笔，没有登记", "this sale is dropped, nothing was recorded"))


def leaves(typed: str) -> bool:
    """Whether that is the word that ends the counter, at any question."""
    return fold(typed.strip()).lower() in LEAVE


def fed(till: Till, typed: str, *, reads_back: bool = True) -> bool:
    """Feed the till what was typed and show what came of it; whether it was taken.

    ``reads_back``: whether what is about to be recorded is shown here, or by the caller.
    """
    if typed in ("?", "？"):
        show(say(HELP))
        return True
    before = till.read_back()
    try:
        till.take(typed)
    except (Usage, Refused, NotWritten, NotDelivered) as error:
        told(till, error)
        return False
    if reads_back and (now := till.read_back()) != before:
        show(now)
    return True


def told(till: Till, error: GbError) -> None:
    """What was wrong, and the commands for another window that say more; what only adds an option is left out."""
    from cli.errors import visible
    from cli.hints import for_this

    show(f"error[{error.code}]: {visible(say(error.words))}")
    for hint in error.next:
        if hint.startswith("gb ") and "--help" not in hint:
            show(f"next: {for_this(hint, till.at.call)}")


def show(text: str) -> None:
    """Lines for the clerk, no wider than the window."""
    for line in text.splitlines():
        for part in wrap(line, columns()):
            note(Words(part, part))
