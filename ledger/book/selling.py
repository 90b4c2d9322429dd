"""What a clerk types for a sale: payments, and sheets that follow from an amount (S3, S9)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ledger.book.choices import one_of
from ledger.book.resolve import lowest, sellable
from ledger.core.custody import UNKNOWN
from ledger.core.errors import Refused, Unknown, Usage
from ledger.core.forms import Lines, Pay, Pays
from ledger.core.judge import judge_sheets
from ledger.core.money import parse_amount, yuan
from ledger.core.parties import Operator
from ledger.core.settings import method_words
from ledger.core.spans import SpanSet
from ledger.core.state import State
from ledger.core.text import fold, shown
from ledger.core.words import Words

if TYPE_CHECKING:
    from ledger.book.open import Book


CREDIT = frozenset({"credit", "iou", "赊", "赊账", "赊销", "赊券", "欠", "欠款", "挂账"})
"""What a clerk types for a sale that nobody pays."""
POSITIVE = Words("金额要大于零", "the amount must be positive")


def method(book: Book, typed: str) -> str:
    """A payment method of the store's list, by its word or its name; raises :class:`Usage` naming the list.

    No method is ever proposed as a command: pasted, it would record money that came another way.  Vouchers before payment
    are no sale (S9): :class:`Refused`.
    """
    if fold(typed).lower() in CREDIT:
        raise on_credit()
    known = {one: method_words(one) for one in book.settings.payment_methods}
    return one_of(typed, known, Words("付款方式", "the payment method"))


class OnCredit(Refused):
    """Sheets that nobody pays for yet are no sale."""

    def asking(self, lines: Lines) -> OnCredit:
        """With the request for an IOU of those sheets, where it is known which ones are wanted."""
        asked = " ".join(f"{sheets}x{yuan(face).removesuffix('.00')}" for face, sheets in lines if face and sheets)
        if asked:
            self.next = (f"gb request iou {asked} --reason '…'", *self.next)
        return self


def on_credit() -> OnCredit:
    """What to do instead of a sale on credit: an approved IOU is an outflow of its own (S9)."""
    words = Words(
        "赊销不能登记为售券：没有收款。经批准可以赊券，付款时再登记",
        "a sale on credit is no sale, since nothing is paid: ask for an IOU, which is paid later",
    )
    return OnCredit(words, code="APR-01", next=("gb request iou --help",))


def payments(book: Book, typed: Sequence[str]) -> Pays:
    """``cash:3000 transfer:2000`` as payments, in the order typed; raises :class:`Usage`."""
    pays: dict[str, int] = {}
    for word in typed:
        name, colon, amount = fold(word).partition(":")
        fen = parse_amount(amount) if colon else 0
        if not fen:
            words = Words(f"“{shown(word)}”不是“方式:金额”，如 转账:3000", f"“{shown(word)}” is not METHOD:AMOUNT")
            raise Usage(words)
        known = method(book, name)
        if known in pays:
            raise Usage(Words(f"付款方式 {known} 写了两次", f"payment method {known} is given twice"))
        pays[known] = fen
    return tuple(Pay(name, fen) for name, fen in pays.items())


def salesperson(state: State, typed: str) -> str:
    """The code of a registered operator to whom the sale is credited (S1, P5); raises :class:`Unknown`."""
    code = fold(typed)
    if state.thing(Operator, code) is None:
        words = Words(f"没有“{shown(typed)}”这个员工", f"there is no member of staff “{shown(typed)}”")
        raise Unknown(words, next=("gb operator list",))
    return code


class WrongAmount(Refused):
    """Refused for its amount, whatever the serials: whoever asks for answers one by one asks for the amount again."""


def sheets_for(amount: int, face: int, again: str) -> int:
    """How many sheets of ``face`` an ``amount`` pays for, both in fen.

    Raises :class:`WrongAmount` (REC-03) when it does not divide; ``again`` is a command with ``{}`` for the nearest amounts.
    """
    if amount <= 0:
        raise WrongAmount(POSITIVE, code="REC-03", next=("gb sell --help",))
    sheets, rest = divmod(amount, face)
    if not rest and sheets:
        return sheets
    near = [fen for fen in (sheets * face, (sheets + 1) * face) if fen]
    amounts = Words(" 或 ".join(map(yuan, near)), " or ".join(map(yuan, near)))
    words = Words(
        f"{yuan(amount)} 不是面值 {yuan(face)} 的整数倍；最接近的是 {amounts.zh}",
        f"{yuan(amount)} is no multiple of the face value {yuan(face)}; the nearest amounts are {amounts.en}",
    )
    raise WrongAmount(words, code="REC-03", next=tuple(again.format(yuan(fen).removesuffix(".00")) for fen in near))


def face_at(state: State, spans: SpanSet) -> int:
    """The face value in fen of the first sheet; raises :class:`Refused` (STA-01) for one that was never received."""
    first = spans.take(1)
    piece = state.pieces(first)[0]
    if piece.sheet == UNKNOWN or not piece.sheet.face:
        found = next(iter(judge_sheets("sale", first, state, "")))
        raise Refused(found.words, code=found.code, next=found.next)
    return piece.sheet.face


def iou_open(book: Book, iou: str, named: SpanSet | None) -> tuple[str, SpanSet]:
    """The client of an IOU, and its sheets that are not paid for yet, or those ``named``.

    Raises :class:`Unknown` for a record that is no IOU, :class:`Refused` (STA-01) when nothing of it is open.
    """
    from ledger.core.records.exchange import Iou

    record = book.find(iou).record
    if not isinstance(record, Iou):
        words = Words(f"{iou} 不是赊券单", f"{iou} is no IOU")
        raise Unknown(words, next=("gb log --kind iou",))
    pieces = book.state().pieces(record.spans)
    spans = SpanSet.of(piece.span for piece in pieces if piece.sheet.use == "iou" and piece.out == iou)
    if not spans:
        words = Words(f"{iou} 的券都已付款或退回", f"all sheets of {iou} are paid for or came back")
        raise Refused(words, code="STA-01", next=(f"gb show {iou}",))
    return record.client, named if named is not None else spans


def refuse_too_many(state: State, sheets: int) -> None:
    """Refuse more sheets than are sellable at all: one complaint, before anything is said of single sheets (STA-01)."""
    have = sellable(state)
    if sheets > have:
        words = Words(
            f"券不够：可售的共 {have} 张，要 {sheets} 张", f"too few in stock: have {have}, {sheets} are asked for"
        )
        raise WrongAmount(words, code="STA-01", next=("gb voucher stock",))


def packet(start: SpanSet, sheets: int) -> SpanSet:
    """``sheets`` sheets from the one serial ``start`` on; raises :class:`Usage` when the digits do not reach."""
    first = start.spans[0]
    last = first.first + sheets - 1
    if last >= 10**first.width:
        words = Words(
            f"从 {first.text} 起数 {sheets} 张超出 {first.width} 位号码",
            f"{sheets} sheets from {first.text} run over its {first.width} digits",
        )
        raise Usage(words)
    return SpanSet.of((first._replace(last=last),))


def sheets_of_amount(state: State, amount: int, face: int, terminal: str = "") -> SpanSet:
    """The lowest sellable sheets of ``face`` whose value covers ``amount`` (fen), rounded up to a whole sheet."""
    return lowest(state, face, max(1, -(-amount // face)), terminal)
