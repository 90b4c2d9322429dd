"""The full-screen form of ``gb counter``: four fields over the same till, four more for a cheque, and what came of it below.

It needs the extra ``gb-ledger[counter]``; nothing else imports this module.
"""

from __future__ import annotations

import io
from contextlib import redirect_stderr, redirect_stdout
from typing import ClassVar

import msgspec
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Footer, Input, Label, RichLog, Static

from cli.counter import fed, leaves
from cli.lang import _t
from cli.till import AMOUNT, ANSWER, CLIENT, SERIAL, STEPS, Till
from cli.tillcheque import BANK, DRAWN, NUMBER, PARTS, SLIP
from ledger.core.errors import GbError

TITLES = {
    CLIENT: _t("客户", "client"),
    AMOUNT: _t("金额", "amount"),
    NUMBER: _t("支票号", "cheque number"),
    BANK: _t("付款银行", "its bank"),
    DRAWN: _t("出票日期", "date drawn"),
    SLIP: _t("银行进帐单号", "bank slip"),
    SERIAL: _t("首号", "first serial"),
    ANSWER: _t("登记", "record"),
}


class CounterForm(App[None]):
    """One sale at a time: Enter goes on, an earlier field may be gone back to, Esc drops the sale."""

    CSS = """
    #form { height: auto; padding: 0 1; }
    #form Label { color: $text-muted; }
    #form Input { border: none; height: 1; padding: 0 1; background: $surface; margin-bottom: 1; }
    #form Input:focus { background: $primary-darken-2; }
    #form .cheque { display: none; }
    #form.paper .cheque { display: block; }
    #form.paper Input { margin-bottom: 0; }
    #back { height: auto; min-height: 2; padding: 0 1; text-style: bold; }
    #told { height: 1fr; padding: 0 1; border-top: solid $primary; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "drop", _t("放弃这一笔", "drop this sale"), priority=True),
        Binding("ctrl+c", "drop", show=False, priority=True),
        Binding("f2", "undo", _t("撤销上一笔", "undo the last")),
        Binding("f10", "leave", _t("结束", "leave"), priority=True),
    ]
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, till: Till) -> None:
        super().__init__()
        self.till = till
        self.failed: GbError | None = None

    def compose(self) -> ComposeResult:
        """Lay out who sells where, the four fields, the read-back and the log."""
        at = self.till.at
        yield Static(f"{at.book.settings.store}  {at.terminal}  {at.named('by', at.by)}", id="who", markup=False)
        with Vertical(id="form"):
            for step in STEPS:
                of_cheque = "cheque" if step in PARTS else ""
                yield Label(TITLES[step], id=f"label-{step}", markup=False, classes=of_cheque)
                yield Input(id=step, classes=of_cheque)
        yield Static("", id="back", markup=False)
        yield RichLog(id="told", wrap=True, markup=False, highlight=False)
        yield Footer()

    def on_mount(self) -> None:
        """Begin with the client."""
        self._follow()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Hand a field to the till; a field before the one that is asked for goes back to it."""
        if leaves(event.value):
            self.action_leave()
            return
        step = str(event.input.id)
        if STEPS.index(step) > STEPS.index(self.till.step):
            self._follow()
            return
        if step != self.till.step:
            self.till.back_to(step)
        self._feed(event.value)

    def _feed(self, typed: str) -> None:
        """Feed the till with its words caught for the log; trouble that the till cannot outlive ends the form."""
        heard = io.StringIO()
        before = self.till.step
        try:
            with redirect_stdout(heard), redirect_stderr(heard):
                taken = fed(self.till, typed, reads_back=False)
        except GbError as error:
            self.failed = error
            self.exit()
            return
        log = self.query_one("#told", RichLog)
        for line in heard.getvalue().splitlines():
            log.write(line)
        if (
            not taken or self.till.step == before
        ):  # what is asked for again begins empty; a packet that is kept stays shown
            self.query_one(f"#{self.till.step}", Input).value = ""
        self._follow()

    def _follow(self) -> None:
        """Show what the till asks for now: fields without an answer are empty, the one that is asked for has the cursor."""
        step = self.till.step
        self.query_one("#form").set_class(self.till.cheque is not None, "paper")
        for name in STEPS:
            text = self.till.label() if name == step else TITLES[name]
            self.query_one(f"#label-{name}", Label).update(text.rstrip(": "))
            later = STEPS.index(name) > STEPS.index(step) and not self.till.answered(name)
            if later or not self.till.begun:
                self.query_one(f"#{name}", Input).value = ""
        self.query_one("#back", Static).update(self.till.read_back())
        self.query_one(f"#{step}", Input).focus()

    def action_drop(self) -> None:
        """Forget the sale in hand."""
        self.till.begin()
        self._follow()

    def action_undo(self) -> None:
        """Ask whether the last record is to be undone."""
        self.till.begin()
        self._feed("undo")

    def action_leave(self) -> None:
        """End; a sale in hand is not recorded."""
        self.exit()


def run(till: Till) -> None:
    """Show the form until the clerk leaves; raises what the till could not outlive."""
    till.at.call = msgspec.structs.replace(till.at.call, prompts=False)
    form = CounterForm(till)
    form.run()
    if form.failed is not None:
        raise form.failed
