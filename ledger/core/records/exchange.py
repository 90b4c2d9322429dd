"""换券 and 赊券: sheets that leave the safe against other sheets (V6), or on an approved IOU (S9)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any

from ledger.core.approvals import judge_approval, use_request
from ledger.core.custody import Sheet
from ledger.core.errors import GbError, Refused, Usage
from ledger.core.findings import Finding, trouble
from ledger.core.forms import CODE, DAY, LINES, RECORD, SERIALS, Codec, Lines, Record, Told, Touch, value_of
from ledger.core.judge import change_legal, faces_of, judge_lines, judge_marks, judge_sheets
from ledger.core.money import parse_yuan, yuan
from ledger.core.postings import IOU, LIABILITY, Posting, money_moved, safe_in, safe_out
from ledger.core.records.corrections import record_behind
from ledger.core.records.ious import Owed
from ledger.core.records.selling import SaleThing
from ledger.core.rules import Approvals, Discount, Expiry, Rules
from ledger.core.spans import SpanSet
from ledger.core.state import State
from ledger.core.words import Words

Share = tuple[str, int]


def show_shares(shares: tuple[Share, ...]) -> str:
    """``SA20261008-K1-0001:500.00 SA…``."""
    return " ".join(f"{record}:{yuan(fen)}" for record, fen in shares)


def parse_shares(text: str) -> tuple[Share, ...]:
    """The canonical form of :func:`show_shares` only: each record once, in order; raises ``ValueError``."""
    pairs = [part.split(":") for part in text.split(" ")]
    shares = tuple((record, parse_yuan(amount)) for record, amount in pairs)
    if show_shares(shares) != text or [record for record, _ in shares] != sorted({record for record, _ in shares}):
        raise ValueError("not in canonical form")
    return shares


SHARES = Codec(
    "shares", parse_shares, show_shares, r"^[A-Z]{2}[0-9]{8}-[A-Z][A-Z0-9]{0,7}-[0-9]{4,}:[0-9]+\.[0-9]{2}( |$).*$",
    Words("单号:金额", "record:amount"),
)  # fmt: skip


class Exchange(Record, frozen=True, kw_only=True):
    """换券: ``spans`` come back from the client, ``out`` go to them instead; no money moves (V6).

    ``shares`` is what was paid for the sheets that come back (fen, per sale): it stands behind the new ones, so that a later
    refund is never above what the client paid.  The new sheets expire no later than the old ones.
    """

    KIND = "exchange"
    WORDS = Words("换券", "exchange")
    HELP = Words("换券：客户换回的券和换出的券", "exchange: sheets that come back against sheets that go out")
    RANK = 44
    ACT = "custody"
    NEEDS_REASON = True
    NOTICE = "exchanged"

    client: Annotated[str, CODE, Words("客户", "client")]
    spans: Annotated[SpanSet, SERIALS, Words("换入券号", "serials that come back")]
    lines: Annotated[Lines, LINES, Words("换入面值*张数", "face × sheets that come back")]
    out: Annotated[SpanSet, SERIALS, Words("换出券号", "serials that go out")]
    out_lines: Annotated[Lines, LINES, Words("换出面值*张数", "face × sheets that go out")]
    expires: Annotated[dt.date | None, DAY, Words("截止日期", "expiry date")] = None
    shares: Annotated[tuple[Share, ...], SHARES, Words("原付份额", "shares paid")] = ()
    approval: Annotated[str, RECORD, Words("批准单", "approval")] = ""

    @property
    def difference(self) -> int:
        """Value that goes out less value that comes back, in fen."""
        return value_of(self.out_lines) - value_of(self.lines)

    def touches(self) -> Touch:
        """All sheets, the sales that the ones that come back are of, what stands behind the new ones, the request."""
        sales = tuple((SaleThing.__name__, sale) for sale, _ in self.shares)
        request = (("Request", self.approval),) if self.approval else ()
        return Touch(self.spans | self.out, (*sales, (SaleThing.__name__, self.id), *request))

    def noticed(self) -> tuple[Told, ...]:
        """The sheets that the client has now, and those that came back."""
        return Told(self.NOTICE, self.out, self.out_lines), Told("exchanged-back", self.spans, self.lines)

    @classmethod
    def resolve(cls, values: dict[str, Any], state: State, rules: Rules) -> dict[str, Any]:
        """Faces of both sides, the client and what was paid by the sales, the expiry of what comes back."""
        found = {**values}
        found["lines"] = tuple(line for line in faces_of(found["spans"], state) if line.face)
        found["out_lines"] = tuple(line for line in faces_of(found["out"], state) if line.face)
        found["shares"] = tuple(_shares(found["spans"], state))
        sales = [state.thing(SaleThing, sale) for sale, _ in found["shares"]]
        clients = {sale.client for sale in sales if sale}
        if len(clients) > 1:
            names = " ".join(sorted(clients))
            words = Words(f"这些券售给了几个客户：{names}", f"these sheets were sold to several clients: {names}")
            raise Refused(words, code="STA-01", next=("gb voucher exchange --help",))
        if clients:
            found.setdefault("client", clients.pop())
        if "client" not in found:
            raise _whose(found["spans"], state)
        if found.get("expires") is None:
            found["expires"] = _expiry(found, state, rules)
        return found

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """STA and NUM for both sides; REC-03 the faces, and the expiry; APR where the rule or the clerk names one."""
        illegal = [
            *judge_sheets("exchange-in", self.spans, state, self.id),
            *judge_sheets("exchange-out", self.out, state, self.id),
        ]
        yield from illegal
        yield from judge_marks(self.out, state, self)
        if self.approval or self.KIND in rules.on(Approvals, self.date).needed or self._beyond(rules):
            yield from judge_approval(
                self.approval, ("exchange",), self.out_lines, state, self.id, client=self.client,
                amount=abs(self.difference),
            )  # fmt: skip
        if not illegal:
            yield from judge_lines(self.spans, self.lines, state, self)
            yield from judge_lines(self.out, self.out_lines, state, self)
            yield from self._judge_sales(state)

    def _beyond(self, rules: Rules) -> bool:
        """Whether the values differ by more than a reason alone explains, as with a discount (S7)."""
        percent = rules.on(Discount, self.date).by_reason_percent
        return abs(self.difference) * 100 > percent * value_of(self.lines)

    def _judge_sales(self, state: State) -> Iterator[Finding]:
        for sale, _ in self.shares:
            behind = state.thing(SaleThing, sale)
            if behind is not None and behind.client != self.client:
                words = Words(f"{sale} 的客户是 {behind.client}", f"the client of {sale} is {behind.client}")
                yield trouble("STA-01", words, subject=self.id, serials=self.spans.text, next=(f"gb show {sale}",))
        paid = tuple(_shares(self.spans, state))
        if paid and paid != self.shares:
            words = Words(
                f"记录的原付份额 {show_shares(self.shares) or '0'} 应为 {show_shares(paid)}",
                f"the shares paid, {show_shares(self.shares) or '0'}, are {show_shares(paid)} by the sales",
            )
            yield trouble("REC-03", words, subject=self.id, next=(f"gb show {self.id}",))

    def apply(self, state: State) -> None:
        """The old ones are in the safe and need a new date stamp; the new ones are with the client in their place."""
        uses = [piece.sheet.use for piece in state.pieces(self.spans) if piece.sheet.place == "client"]
        lines = dict(_values(self.spans, state))
        for sale, share in self.shares:
            behind = state.thing(SaleThing, sale)
            if behind is not None:
                state.put(sale, behind.less(lines.get(sale, 0), share, self.id))
        change_legal("exchange-in", self.spans, state)
        change_legal("exchange-out", self.out, state, expires=self.expires, use=uses[0] if uses else "sold")
        first, one = next(((sale, state.thing(SaleThing, sale)) for sale, _ in self.shares), ("", None))
        paid = sum(share for _, share in self.shares)
        behind = SaleThing(
            client=self.client, value=value_of(self.out_lines), amount=paid, pays=one.pays if one else (),
            before=one.payment(first) if one else "",
        )  # fmt: skip
        state.put(self.id, behind)
        use_request(self.approval, self.out_lines, state, abs(self.difference))

    def postings(self) -> Sequence[Posting]:
        """Sheets into the safe and out of it; the value that a client owns may change with them."""
        return (
            *safe_in(self.lines, "vouchers:exchanged"),
            *safe_out(self.out_lines, "vouchers:exchanged"),
            *money_moved(LIABILITY, "expenses:exchange", self.difference),
        )


def _whose(spans: SpanSet, state: State) -> GbError:
    """Why no client follows from the sheets: they are with none, or were sold before the book began."""
    for found in judge_sheets("exchange-in", spans, state, ""):
        return Refused(found.words, code=found.code, next=found.next)
    words = Words("这些券在建账前已售出，要写明客户", "sold before the book began: name the client")
    return Usage(words, next=("--client C001",))


def _values(spans: SpanSet, state: State) -> Iterator[tuple[str, int]]:
    """Face value (fen) of the sheets by the sale behind them, in order of its id."""
    total: dict[str, int] = {}
    for piece in state.pieces(spans):
        if piece.out:
            sale = record_behind(piece.out, state)
            total[sale] = total.get(sale, 0) + piece.sheet.face * piece.span.count
    return iter(sorted(total.items()))


def _shares(spans: SpanSet, state: State) -> Iterator[Share]:
    """What was paid for the sheets, by sale; sheets that were never sold for money, and those of the opening, have none."""
    for sale, value in _values(spans, state):
        behind = state.thing(SaleThing, sale)
        if behind is not None:
            yield sale, behind.share(value)


def _expiry(values: dict[str, Any], state: State, rules: Rules) -> dt.date:
    """No later than the sheets that come back, nor than the receipt of those that go out (S2): an exchange extends nothing."""
    sheets: list[Sheet] = [piece.sheet for piece in state.pieces(values["spans"] | values["out"])]
    return min(
        [one.expires for one in sheets if one.expires], default=rules.on(Expiry, values["date"]).after(values["date"])
    )


class Iou(Record, frozen=True, kw_only=True):
    """赊券: sheets handed out before they are paid, on an approval and with a due date; an outflow of its own (S9).

    It ends when it is paid (``gb sale iou``, which moves no sheets) or when the sheets come back.
    """

    KIND = "iou"
    WORDS = Words("赊券", "IOU")
    HELP = Words("赊券：经批准先交券，到期付款", "hand sheets out on an approved IOU, to be paid by a date")
    RANK = 43
    ACT = "custody"
    NEEDS_REASON = True
    NOTICE = "iou"
    PURPOSES = ("iou",)
    ONE_OF = ()

    client: Annotated[str, CODE, Words("客户", "client")]
    spans: Annotated[SpanSet, SERIALS, Words("券号", "serials")]
    lines: Annotated[Lines, LINES, Words("面值*张数", "face × sheets")]
    due: Annotated[dt.date, DAY, Words("付款期限", "to be paid by")]
    approval: Annotated[str, RECORD, Words("批准单", "approval")] = ""

    def touches(self) -> Touch:
        """The sheets, the debt, and the request drawn upon."""
        request = (("Request", self.approval),) if self.approval else ()
        return Touch(self.spans, ((SaleThing.__name__, self.id), (Owed.__name__, self.id), *request))

    @classmethod
    def resolve(cls, values: dict[str, Any], state: State, rules: Rules) -> dict[str, Any]:
        """The faces as the book has them."""
        lines = faces_of(values["spans"], state)
        return {"lines": tuple(line for line in lines if line.face), **values}

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """STA the sheets and their stamps; APR the approval, always; REC-03 the faces and the date."""
        illegal = list(judge_sheets(self.KIND, self.spans, state, self.id))
        yield from illegal
        yield from judge_marks(self.spans, state, self)
        yield from judge_approval(self.approval, self.PURPOSES, self.lines, state, self.id, client=self.client)
        if not illegal:
            yield from judge_lines(self.spans, self.lines, state, self)
        if self.due < self.date:
            words = Words(f"付款期限 {self.due} 早于 {self.date}", f"due {self.due}, before {self.date}")
            yield trouble("REG-01", words, subject=self.id, next=(f"gb show {self.id}",))

    def apply(self, state: State) -> None:
        """The sheets are with the client, and nothing is paid for them yet."""
        change_legal(self.KIND, self.spans, state)
        value = value_of(self.lines)
        state.put(self.id, SaleThing(client=self.client, value=value, amount=0, pays=()))
        state.put(self.id, Owed(client=self.client, due=str(self.due), open=value))
        use_request(self.approval, self.lines, state)

    def postings(self) -> Sequence[Posting]:
        """Sheets out of the safe; their face value is owed."""
        return (*safe_out(self.lines, "vouchers:iou"), *money_moved(LIABILITY, IOU, value_of(self.lines)))


KINDS = (Exchange, Iou)
