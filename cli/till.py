"""The counter's till: one sale after another from what is typed or scanned; it has no screen of its own.

The line mode and the full-screen form feed it the same words and show what it asks next.  A sale is recorded by the same
call as every other sale, after it was tried and read back.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec

from cli.entry import Desk, is_large, tell
from cli.lang import say
from cli.render import note
from cli.sale import how_paid, lowest_on_hand
from cli.sell import paid_for, some_amount
from cli.shared import YES
from cli.told import short_id
from ledger.book.draft import RefusedBy
from ledger.book.open import RULES, SETTINGS
from ledger.core.errors import GbError, Refused, Usage
from ledger.core.judge import judge_sheets
from ledger.core.parties import Client
from ledger.core.settings import method_words
from ledger.core.spans import EMPTY, SpanSet
from ledger.core.text import fold
from ledger.core.words import Words, many

if TYPE_CHECKING:
    from ledger.book.draft import Recorded
    from ledger.core.findings import Finding

CLIENT, AMOUNT, SERIAL, ANSWER = "client", "amount", "serial", "answer"
STEPS = (CLIENT, AMOUNT, SERIAL, ANSWER)
"""What is asked for, in this order."""

UNDO = frozenset({"undo", "撤销"})
NO = frozenset({"n", "no", "不", "否", "0"})
_SERIAL = re.compile(r"[A-Z0-9]*/?[A-Z]{0,8}[0-9]{4,18}")
_TWICE = Words("同一号扫了两次，只算一次", "scanned twice, counted once")
_MISTAKE = Words("登记有误", "entered by mistake")


class Till:
    """The sale in hand and those recorded before it; the desk, and with it the index, stays open."""

    def __init__(self, at: Desk, method: str) -> None:
        """``method``: how a sale is paid unless it says otherwise; raises Usage for one that the till cannot take."""
        self.at = at
        self.usual = _method(at, method)
        self.sold: dict[str, int] = {}  # fen by record
        self.last: Recorded | None = None
        self._settings = self._stamps()
        self.begin()

    def begin(self) -> None:
        """Forget the sale in hand; the next one sees what others recorded, and the store's rules as they are now."""
        self.client = ""
        self.amount = 0  # fen
        self.method = self.usual
        self.first = EMPTY  # the serial scanned before it was asked for
        self.tried: Recorded | None = None
        self.undoing = ""
        self._values: dict[str, Any] = {}
        self._warned: tuple[Finding, ...] = ()
        self.at.derived = ()
        if self._stamps() != self._settings:
            self.at.reopen()
            self._settings = self._stamps()
        self.at.book.refresh()

    def _stamps(self) -> list[object]:
        return [self.at.book.disk.stat(name) for name in (SETTINGS, RULES)]

    @property
    def step(self) -> str:
        """What is asked for now, one of ``STEPS``."""
        if self.undoing or self.tried is not None:
            return ANSWER
        if not self.client:
            return CLIENT
        return SERIAL if self.amount else AMOUNT

    def back_to(self, step: str) -> None:
        """Ask again from ``step`` on; what was answered before it stays."""
        if self.undoing:
            self.begin()
        at = STEPS.index(step)
        self.tried = self.tried if at > STEPS.index(SERIAL) else None
        self.amount = self.amount if at > STEPS.index(AMOUNT) else 0
        self.client = self.client if at > STEPS.index(CLIENT) else ""

    @property
    def begun(self) -> bool:
        """Whether there is anything to drop."""
        return bool(self.client or self.first or self.undoing)

    def label(self) -> str:
        """What is asked for, in the language of the run."""
        return say(getattr(self, f"_ask_{self.step}")())

    def take(self, typed: str) -> None:
        """Take what was typed or scanned for the present step.

        Raises Usage and Refused for what does not fit, NotWritten for what could not be written; the step stays then, or
        goes back to the serial.  NotDelivered: recorded, but its form was not printed.  Declined leaves the sale as it is.
        """
        getattr(self, f"_take_{self.step}")(typed.strip())

    # -- the client ------------------------------------------------------------------------------------------------

    def _ask_client(self) -> Words:
        again = self._client_of_last()
        shown = self.at.named("client", again) if again else ""
        same = Words(f"，回车：{shown}", f", Enter: {shown}") if again else Words("", "")
        return Words(f"客户（? 帮助{same.zh}）: ", f"client (? help{same.en}): ")

    def _client_of_last(self) -> str:
        return str(getattr(self.last.record, "client", "")) if self.last else ""

    def _take_client(self, typed: str) -> None:
        if fold(typed).lower() in UNDO:
            self._begin_undo()
            return
        if (scanned := self._scanned(typed)) is not None:
            self._keep(scanned)
            return
        if not typed:
            if not (again := self._client_of_last()):
                raise Usage(Words("请输入客户，或先扫券号", "name the client, or scan a serial first"))
            self.client = again
            return
        self._client_and_more(typed)

    def _client_and_more(self, typed: str) -> None:
        """A client, or a whole sale on one line: client, amount, serial."""
        words = typed.split()
        try:
            self.client = self.at.client(typed)
        except Refused:
            if len(words) == 1:
                raise
            self.client = self.at.client(words[0])
            for word in words[1:3]:
                self.take(word)

    def _scanned(self, typed: str) -> SpanSet | None:
        """The one sheet that is meant, if what was typed is a serial this book knows and no client's code."""
        from ledger.book.resolve import spans

        text = fold(typed).upper()
        state = self.at.book.state()
        if not _SERIAL.fullmatch(text) or state.thing(Client, text) is not None:
            return None
        try:
            found = spans(self.at.book, text, state)
        except GbError:
            return None
        return found if any(piece.sheet.face for piece in state.pieces(found)) else None

    def _keep(self, scanned: SpanSet) -> None:
        """A serial scanned before it is asked for; one that cannot be sold is refused at once."""
        self._refuse_just_sold(scanned)
        for found in judge_sheets("sale", scanned, self.at.book.state(), ""):
            raise RefusedBy([found])
        self.first = scanned
        note(Words(f"已扫 {scanned.text}", f"scanned {scanned.text}"))

    def _refuse_just_sold(self, scanned: SpanSet) -> None:
        """The packet that was just sold, scanned again, is a scanner that fired twice or a packet still lying there."""
        sold: SpanSet | None = getattr(self.last.record, "spans", None) if self.last else None
        if self.last and sold and not (scanned - sold):
            name = short_id(self.last.record.id)
            words = Words(
                f"{scanned.text} 刚在 {name} 售出：{_TWICE.zh}", f"{scanned.text} was just sold in {name}: {_TWICE.en}"
            )
            raise Refused(words, code="NUM-02")

    # -- the amount ------------------------------------------------------------------------------------------------

    def _ask_amount(self) -> Words:
        usual = method_words(self.usual)
        return Words(f"金额（{usual.zh}；如 500 微信）: ", f"amount ({usual.en}; or: 500 wechat): ")

    def _take_amount(self, typed: str) -> None:
        if (scanned := self._scanned(typed)) is not None:
            self._keep(scanned)
            return
        digits, _, method = typed.partition(" ")
        amount = some_amount(digits)
        self.method = _method(self.at, method) if method.strip() else self.usual
        self.amount = amount
        if self.first:
            self._try(self.first)

    # -- the serial ------------------------------------------------------------------------------------------------

    def _ask_serial(self) -> Words:
        return Words("扫或输入首号（回车取最小号）: ", "scan or type the first serial (Enter: lowest on hand): ")

    def _take_serial(self, typed: str) -> None:
        if typed == "-":  # the command line's word for stdin, which is the scanner itself here
            raise Usage(Words("请扫首号", "scan the first serial"))
        self._try(self.at.spans(typed) if typed else EMPTY)

    def _try(self, first: SpanSet) -> None:
        """See whether the sale would be refused; a refused one waits for another serial, or is dropped."""
        from ledger.book import selling

        self.first = EMPTY
        again = f"gb sell {self.client} {{}}"
        if first:
            spans = paid_for(self.at, self.amount, first, again)
        else:
            from ledger.book.resolve import one_face

            spans = lowest_on_hand(self.at, selling.sheets_for(self.amount, one_face(self.at.book.state()), again))
        selling.refuse_too_many(self.at.book.state(), spans.count)
        self._values = {
            "client": self.client, "spans": spans, "amount": self.amount, **how_paid(self.at, self.method, None),
        }  # fmt: skip
        self.tried = self.at.write("sales", "sale", self._values, try_only=True)
        self._warned = self.tried.warnings
        tell(self._warned)
        self.first = first

    # -- the answer ------------------------------------------------------------------------------------------------

    def read_back(self) -> str:
        """What is about to be recorded, for the clerk to compare with client, money and packet; empty before that."""
        if self.undoing:
            return say(Words("撤销 ", "undoing ")) + self.undoing + "  " + self._told_undone()
        if self.tried is None:
            return ""
        return f"{self.at.told(self.tried.record)}  {say(method_words(self.method))}"

    def _told_undone(self) -> str:
        return self.at.told(self.at.book.find(self.undoing).record)

    def _ask_answer(self) -> Words:
        if self.undoing:
            return Words("撤销吗？ [y/N] ", "undo it? [y/N] ")
        if self._large():
            return Words(
                "金额较大：扫末号或输入 y 登记，n 放弃: ",
                "a large amount: scan the last serial or type y; n drops it: ",
            )
        return Words("回车登记，扫末号核对并登记，n 放弃: ", "Enter records, the last serial compares; n drops it: ")

    def _large(self) -> bool:
        return self.tried is not None and is_large(self.tried.record, self.at.book)

    def _take_answer(self, typed: str) -> None:
        answer = fold(typed).lower()
        if answer in NO or (self.undoing and not answer):
            note(Words("已放弃，没有登记", "dropped, nothing was recorded"))
            self.begin()
        elif self.undoing:
            self._undo(answer)
        elif answer in YES or (not answer and not self._large()):
            self._record()
        else:
            self._compare(typed)

    def _compare(self, typed: str) -> None:
        """The last serial of the packet, scanned, is the answer; the first once more is a scanner that fired twice."""
        if not typed:
            raise Usage(Words("请扫末号，或输入 y", "scan the last serial, or type y"))
        spans: SpanSet = self._values["spans"]
        scanned = self.at.spans(typed)
        last = spans.spans[-1].last_serial
        if scanned == self.first or (spans.count == 1 and scanned == spans):
            note(_TWICE)
        elif scanned.text == last:
            self._record()
        else:
            words = Words(
                f"不是这一包：末号应是 {last}，扫到 {scanned.text}；没有登记",
                f"not this packet: its last serial is {last}, scanned {scanned.text}; nothing was recorded",
            )
            raise Usage(words)

    def _record(self) -> None:
        self.tried = None  # refused now, it is asked for another serial
        done = self.at.write("sales", "sale", self._values, asked=True)
        told = tuple(one for one in done.warnings if one not in self._warned)
        self.last = done
        if not done.dry:
            self.sold[done.record.id] = self.amount
        self.begin()  # it is recorded: whatever fails from here on must not leave it in hand
        self.at.echo(msgspec.structs.replace(done, warnings=told))
        self.at.print(done)

    # -- undo ------------------------------------------------------------------------------------------------------

    def _begin_undo(self) -> None:
        from ledger.book.undo import last_own

        at = self.at
        self.undoing = last_own(at.book, by=at.by, terminal=at.terminal, today=at.today())

    def _undo(self, answer: str) -> None:
        from cli.reverse import record_reversal

        if answer not in YES:
            raise Usage(Words("请输入 y 或 n", "type y or n"))
        undone, self.undoing = self.undoing, ""
        record_reversal(self.at, undone, usual=_MISTAKE)
        self.sold.pop(undone, None)
        self.last = None
        self.begin()

    def summary(self) -> Words:
        """What was sold here, for the end."""
        from ledger.core.money import grouped

        count, taken = len(self.sold), grouped(sum(self.sold.values()))
        return Words(f"本次售券 {count} 笔，¥{taken}", f"{many(count, 'sale')} here, ¥{taken}")


def _method(at: Desk, typed: str) -> str:
    """A payment method of the store that needs no paper of its own; raises Usage."""
    from ledger.book.selling import method

    found = method(at.book, typed.strip())
    if found == "cheque":
        words = Words("支票不在柜台模式登记，请用 gb sell -q", "a cheque is not taken here: gb sell -q")
        raise Usage(words, next=("gb sell --help",))
    return found
