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
from cli.reservation import tell_bounces
from cli.sale import how_paid, lowest_on_hand
from cli.sell import paid_for, some_amount
from cli.shared import YES
from cli.tillcheque import PARTS, ChequeInHand
from cli.told import short_id
from ledger.book.draft import RefusedBy
from ledger.book.open import RULES, SETTINGS
from ledger.book.selling import WrongAmount, refuse_too_many, sheets_for
from ledger.core.cheques import CHEQUE
from ledger.core.errors import GbError, Refused, Usage
from ledger.core.judge import judge_sheets
from ledger.core.money import yuan
from ledger.core.parties import Client
from ledger.core.settings import method_words
from ledger.core.spans import EMPTY, SpanSet
from ledger.core.text import fold, shown
from ledger.core.words import Words, many

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.book.draft import Recorded
    from ledger.core.findings import Finding

CLIENT, AMOUNT, SERIAL, ANSWER = "client", "amount", "serial", "answer"
STEPS = (CLIENT, AMOUNT, *PARTS, SERIAL, ANSWER)
"""What is asked for, in this order; the parts of a cheque only where one pays."""

UNDO = frozenset({"undo", "撤销"})
DROP = frozenset({"n", "no", "不", "否"})
"""Begins anew at every question of a sale in hand."""
NO = DROP | {"0"}
_SERIAL = re.compile(r"[A-Z0-9]*/?[A-Z]{0,8}[0-9]{4,18}")
_PAID = re.compile(r"(-?[\d.,．，]+元?)\s*(\D*)")
"""An amount, and how it is paid: ``500 wechat``, ``５００微信``."""
_AGAIN = "{}"
"""What is typed for another amount: the amount alone, since it is asked for again here."""
_TWICE = Words("同一号扫了两次，只算一次", "scanned twice, counted once")
_MISTAKE = Words("登记有误", "entered by mistake")


class Till:
    """The sale in hand and those recorded before it; the desk, and with it the index, stays open."""

    def __init__(self, at: Desk, method: str) -> None:
        """``method``: how a sale is paid unless it says otherwise; raises Usage for one that the till cannot take."""
        self.at = at
        self.usual = _method(at, method)
        self.sold: dict[str, int] = {}  # fen by record
        self.reserved: dict[str, int] = {}  # the same, of what waits for a cheque
        self.last: Recorded | None = None
        self._settings = self._stamps()
        self.begin()

    def begin(self) -> None:
        """Forget the sale in hand; the next one sees what others recorded, and the store's rules as they are now."""
        self.client = ""
        self.amount = 0  # fen
        self.method = self.usual
        self._meant = self.usual  # paid so unless typed with the amount
        self.cheque: ChequeInHand | None = None
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
        if not self.amount:
            return AMOUNT
        return (self.cheque.missing if self.cheque else "") or SERIAL

    def answered(self, step: str) -> bool:
        """Whether ``step`` of the sale in hand has its answer."""
        if step in PARTS:
            return self.cheque is not None and self.cheque.has(step)
        return bool({CLIENT: self.client, AMOUNT: self.amount, SERIAL: self.first}.get(step))

    def back_to(self, step: str) -> None:
        """Ask again from ``step`` on; what was answered before it stays."""
        if self.undoing:
            self.begin()
        at = STEPS.index(step)
        self.tried = self.tried if at > STEPS.index(SERIAL) else None
        self.amount = self.amount if at > STEPS.index(AMOUNT) else 0
        self.client = self.client if at > STEPS.index(CLIENT) else ""
        if self.cheque:
            self.cheque.forget(step)

    @property
    def begun(self) -> bool:
        """Whether there is anything to drop."""
        return bool(self.client or self.first or self.undoing)

    def label(self) -> str:
        """What is asked for, in the language of the run."""
        step = self.step
        return say(self.cheque.ask(step) if self.cheque and step in PARTS else getattr(self, f"_ask_{step}")())

    def take(self, typed: str) -> None:
        """Take what was typed or scanned for the present step.

        Raises Usage and Refused for what does not fit, NotWritten for what could not be written; the step stays then, or
        goes back to what has to be mended.  NotDelivered: recorded, but its form was not printed.  Declined leaves the sale as it is.
        """
        step = self.step
        if self.begun and fold(typed.strip()).lower() in DROP:
            self.drop()
        elif step in PARTS:
            self._take_part(step, typed.strip())
        else:
            getattr(self, f"_take_{step}")(typed.strip())

    def drop(self) -> None:
        """Forget the sale in hand, and say so."""
        note(Words("已放弃，没有登记", "dropped, nothing was recorded"))
        self.begin()

    # -- the client ------------------------------------------------------------------------------------------------

    def _ask_client(self) -> Words:
        again = self._client_of_last()
        last = self.at.named("client", again) if again else ""
        same = Words(f"，回车：{last}", f", Enter: {last}") if again else Words("", "")
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
        """A client, or a whole sale on one line: client, amount, how it is paid, serial; of a cheque its parts too."""
        words = typed.split()
        try:
            self.client = self.at.client(typed)
        except Refused:
            if len(words) == 1:
                raise
            self.client = self.at.client(words[0])
            self._take_rest(words[1:])

    def _take_rest(self, words: list[str]) -> None:
        """The words behind the client, each for what is asked next; the second without a digit is how it is paid."""
        paid = 2 if len(words) > 1 and not any(letter.isdigit() for letter in fold(words[1])) else 1
        for word in (" ".join(words[:paid]), *words[paid:]):
            if self.step == ANSWER:
                raise Usage(Words(f"多了“{shown(word)}”", f"“{shown(word)}” is too much"))
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
                f"{scanned.text} 刚记在 {name}：{_TWICE.zh}", f"{scanned.text} was just recorded in {name}: {_TWICE.en}"
            )
            raise Refused(words, code="NUM-02")

    # -- the amount ------------------------------------------------------------------------------------------------

    def _ask_amount(self) -> Words:
        usual = method_words(self._meant)
        return Words(
            f"金额（{usual.zh}；如 500 微信、500 支票）: ", f"amount ({usual.en}; or: 500 wechat, 500 cheque): "
        )

    def _take_amount(self, typed: str) -> None:
        if (scanned := self._scanned(typed)) is not None:
            self._keep(scanned)
            return
        found = _PAID.fullmatch(typed)
        digits, method = (found[1], found[2]) if found else (typed, "")
        amount = some_amount(digits)
        self.method = _method(self.at, method) if method.strip() else self._meant
        self.amount, self._meant = amount, self.usual
        if self.method != CHEQUE:
            self.cheque = None
        elif self.cheque is None:
            tell_bounces(self.at, self.client)
            self.cheque = ChequeInHand(self.at, self.client)
        self._try_if_whole()

    def _take_part(self, part: str, typed: str) -> None:
        """An answer about the cheque; a scanner that fires early is no cheque's number."""
        assert self.cheque is not None
        scanned = self._scanned(typed) if fold(typed)[:1].isalpha() else None
        if scanned is not None:
            self._keep(scanned)
            return
        self.cheque.take(part, typed)
        self._try_if_whole()

    def _try_if_whole(self) -> None:
        """Try the sale once its serial is all that would be asked for, and was scanned before."""
        if self.first and self.step == SERIAL:
            self._try(self.first)

    # -- the serial ------------------------------------------------------------------------------------------------

    def _ask_serial(self) -> Words:
        if len(self._faces()) > 1:
            return Words("扫或输入首号: ", "scan or type the first serial: ")
        return Words("扫或输入首号（回车取最小号）: ", "scan or type the first serial (Enter: lowest on hand): ")

    def _faces(self) -> Sequence[int]:
        """The face values (fen) that can be sold: of one, Enter takes the lowest serials."""
        from ledger.book.resolve import sellable_faces

        return sellable_faces(self.at.book.state())

    def _take_serial(self, typed: str) -> None:
        if typed == "-":  # the command line's word for stdin, which is the scanner itself here
            raise Usage(Words("请扫首号", "scan the first serial"))
        if not typed and len(faces := self._faces()) > 1:
            known = " ".join(map(yuan, faces))
            words = Words(
                f"有几种面值（{known}），请扫或输入首号", f"several faces ({known}): scan or type the first serial"
            )
            raise Usage(words)
        self._try(self.at.spans(typed) if typed else EMPTY)

    def _try(self, first: SpanSet) -> None:
        """See whether the sale would be refused; a refused one waits for another amount, serial or cheque, or is dropped."""
        self.first = EMPTY
        try:
            self._values = self._priced(first)
            self.tried = self.at.write("sales", self._kind, self._values, try_only=True)
        except WrongAmount:  # the packet and how it is paid are right
            self.amount, self._meant, self.first = 0, self.method, first
            raise
        except RefusedBy as refused:
            if self.cheque and refused.code.startswith("CHQ"):  # the packet is right, the cheque is asked for again
                self.cheque.forget(PARTS[0])
                self.first = first
            raise
        self._warned = self.tried.warnings
        tell(self._warned)
        self.first = first

    def _priced(self, first: SpanSet) -> dict[str, Any]:
        """The sale's fields: as many sheets as the amount pays for, from ``first`` or from the lowest on hand."""
        spans = paid_for(self.at, self.amount, first, _AGAIN) if first else self._lowest()
        refuse_too_many(self.at.book.state(), spans.count)
        return {
            "client": self.client, "spans": spans, "amount": self.amount, **how_paid(self.at, self.method, None),
            **(self.cheque.values() if self.cheque else {}),
        }  # fmt: skip

    def _lowest(self) -> SpanSet:
        """As many of the lowest sheets as the amount pays for, where one face value can be sold."""
        from ledger.book.resolve import one_face

        state = self.at.book.state()
        sheets = sheets_for(self.amount, one_face(state), _AGAIN)
        refuse_too_many(state, sheets)
        return lowest_on_hand(self.at, sheets)

    @property
    def _kind(self) -> str:
        return self.cheque.kind if self.cheque else "sale"

    # -- the answer ------------------------------------------------------------------------------------------------

    def read_back(self) -> str:
        """What is about to be recorded, for the clerk to compare with client, money and packet; empty before that."""
        if self.undoing:
            return say(Words("撤销 ", "undoing ")) + self.undoing + "  " + self._told_undone()
        if self.tried is None:
            return ""
        paid = self.cheque.told() if self.cheque else say(method_words(self.method))
        return f"{self.at.told(self.tried.record)}  {paid}"

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
            self.drop()
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
        done = self.at.write("sales", self._kind, self._values, asked=True)
        told = tuple(one for one in done.warnings if one not in self._warned)
        self.last = done
        if not done.dry:
            (self.sold if done.record.KIND == "sale" else self.reserved)[done.record.id] = self.amount
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
        self.reserved.pop(undone, None)
        self.last = None
        self.begin()

    def summary(self) -> Words:
        """What was sold here, and what waits for a cheque, for the end."""
        from ledger.core.money import grouped

        count, taken = len(self.sold), grouped(sum(self.sold.values()))
        told = Words(f"本次售券 {count} 笔，¥{taken}", f"{many(count, 'sale')} here, ¥{taken}")
        if not self.reserved:
            return told
        waiting, due = len(self.reserved), grouped(sum(self.reserved.values()))
        return Words(
            f"{told.zh}；支票预留 {waiting} 笔，¥{due}", f"{told.en}; {waiting} reserved against cheques, ¥{due}"
        )


def _method(at: Desk, typed: str) -> str:
    """A payment method of the store; raises Usage."""
    from ledger.book.selling import method

    return method(at.book, typed.strip())
