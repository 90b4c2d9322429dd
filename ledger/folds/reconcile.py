"""The month against finance: R1–R5 and R7 per face from the postings, with sales, reasons, returns and counts.

The month is half-open: records dated from its first day (inclusive) to the first day of the next (exclusive) are its
own; earlier ones only change the opening, later ones are left out.  So an opening of the day before is the month's
``opening``, one dated inside it is ``taken_over`` (V0).  Sheets are integers, money and faces are fen.

One pass, in order.  Postings always apply, so that the figures agree with what any outside tool sums up; custody takes
the first of two conflicting records, and the finding tells the rest (format: order and state).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from ledger.core.dates import Month
from ledger.core.forms import Lines, Record, Reversal, sheets_of, value_of
from ledger.core.order import in_order
from ledger.core.postings import (
    ARRIVED,
    CASH,
    CHEQUES,
    CLEARED,
    IOU,
    MONEY,
    PENDING,
    PRIOR,
    RECEIVABLE,
    REFUNDS,
    RESERVED,
    SAFE,
    Posting,
    kept,
)
from ledger.core.records.corrections import Correction
from ledger.core.records.custody import Count, Reface
from ledger.core.records.dispositions import Adoption
from ledger.core.records.exchange import Exchange, Iou
from ledger.core.records.sales import ClientReturn
from ledger.core.records.selling import Offer
from ledger.core.spans import SpanSet
from ledger.core.state import Sourced, State, apply
from ledger.core.words import Words
from ledger.folds.closing import Carried, again, carried_before, face_of
from ledger.folds.counts import Counted, Tally, undone_counts
from ledger.folds.parts import PARTS, Balance, Entry, Part
from ledger.folds.stock import safe_faces

VOUCHERS = "vouchers:"


class Row(NamedTuple):
    """A line of R7: the account opposite the safe and whether it adds to the stock (+1) or takes from it (-1).

    An account with two rows is split by direction; ``prior_period`` is one signed row.
    """

    name: str
    account: str
    sign: int
    words: Words


ROWS: tuple[Row, ...] = (
    Row("taken_over", "vouchers:taken-over", 1, Words("期初接收", "taken over")),
    Row("received", "vouchers:received", 1, Words("本月领取", "received")),
    Row("client_returned", "vouchers:client-returned", 1, Words("客户退券", "client returns")),
    Row("found", "vouchers:found", 1, Words("找回", "found")),
    Row("exchanged_in", "vouchers:exchanged", 1, Words("换入", "exchanged in")),
    Row("sold", "vouchers:sold", -1, Words("本月销售", "sold")),
    Row("rebated", "vouchers:rebated", -1, Words("本月返扣", "rebated")),
    Row("given", "vouchers:given", -1, Words("赠券及内部使用", "given")),
    Row("iou", "vouchers:iou", -1, Words("赊出", "IOU")),
    Row("returned_to_finance", "vouchers:returned-to-finance", -1, Words("退回财务", "returned to finance")),
    Row("void", "vouchers:void", -1, Words("作废", "void")),
    Row("lost", "vouchers:lost", -1, Words("遗失", "lost")),
    Row("exchanged_out", "vouchers:exchanged", -1, Words("换出", "exchanged out")),
    Row("refaced_in", "vouchers:refaced", 1, Words("改面值转入", "re-faced in")),
    Row("refaced_out", "vouchers:refaced", -1, Words("改面值转出", "re-faced out")),
    Row("prior_period", PRIOR, 1, Words("更正以前月份", "prior period")),
)
"""Every line of R7 between opening and closing, in the order of the form; the one place that names them."""

NAMES = ("opening", *(row.name for row in ROWS), "closing")
_BY_ACCOUNT: dict[tuple[str, bool], Row] = {
    **{(row.account, inward): row for row in ROWS for inward in (True, False)},
    **{(row.account, row.sign > 0): row for row in ROWS if row.name != "prior_period"},
}


class FaceSheet(msgspec.Struct, frozen=True, kw_only=True):
    """One face value (fen).  ``figures`` has every name of :data:`NAMES` in sheets.

    ``counted`` is None where no count of the month covers the face; ``held`` is what custody places in the safe.
    """

    face: int
    figures: Mapping[str, int]
    counted: int | None
    held: int


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """A sale whose amount is not its face value (R3), a refund that is not the share paid, an exchange of unequal value.

    The reason stands in writing.  ``difference`` is in fen, negative for a discount or for a client who got less.
    """

    id: str
    difference: int
    reason: str
    approval: str


class FaceChange(msgspec.Struct, frozen=True, kw_only=True):
    """Sheets whose face was changed (V6); ``difference`` is the change of value in fen."""

    id: str
    spans: SpanSet
    old: int
    new: int
    sheets: int
    reason: str
    approval: str

    @property
    def difference(self) -> int:
        """New value less old value."""
        return (self.new - self.old) * self.sheets


class Tied(NamedTuple):
    """How many records, with their amount in fen and their sheets."""

    records: int = 0
    amount: int = 0
    sheets: int = 0


class SalesSheet(msgspec.Struct, frozen=True, kw_only=True):
    """What was handed over in the month: gross of client returns, net of reversals made in the same month (R3)."""

    count: int
    amount: int
    sheets: int
    face_value: int
    reasons: tuple[Difference, ...]
    face_changes: tuple[FaceChange, ...]
    by_pay: Mapping[str, int]
    returns: Tied
    refunds: tuple[Difference, ...]
    exchanges: tuple[Difference, ...] = ()

    @property
    def difference(self) -> int:
        """Amount less face value."""
        return self.amount - self.face_value


class TieOut(msgspec.Struct, frozen=True, kw_only=True):
    """R8 rolled forward: what the month's sales came to, and what became of the money (fen).

    ``cash``, ``arrived`` and ``cheques_cleared`` came in this month; ``pending``, ``cheques_outstanding``, ``receivable`` and
    ``paid_not_handed_over`` are what those open items grew by, so that money of earlier sales that comes in now stands on
    both sides.  ``released`` came in for reservations and was refunded without a sale; ``set_off`` was owed, for bounced
    cheques or on its way, until the sheets came back.  ``refunds`` of sales, which finance pays, and ``iou``, what open IOUs grew by, stand
    apart: neither is a sale.
    """

    sold: int = 0
    cash: int = 0
    arrived: int = 0
    pending: int = 0
    cheques_cleared: int = 0
    cheques_outstanding: int = 0
    receivable: int = 0
    set_off: int = 0
    paid_not_handed_over: int = 0
    released: int = 0
    refunds: int = 0
    iou: int = 0

    @property
    def difference(self) -> int:
        """What does not foot; 0 is right."""
        money = self.cash + self.arrived + self.cheques_cleared
        open_items = (
            self.pending + self.cheques_outstanding + self.receivable - self.paid_not_handed_over - self.released
        )
        return self.sold - money - open_items - self.set_off


class PriorPeriod(msgspec.Struct, frozen=True, kw_only=True):
    """A correction made now of a record of an earlier month (R9).

    ``sheets`` is its effect on the stock, ``amount`` its effect on money at hand or pending (fen), both signed.
    """

    id: str
    ref: str
    sheets: int
    amount: int
    reason: str


class MonthSheet(msgspec.Struct, frozen=True, kw_only=True):
    """The month; faces from the highest down, those without any figure left out.

    ``money`` holds the accounts that one month hands to the next; ``parts`` the blocks of :data:`PARTS` with something to
    show.
    """

    month: Month
    faces: tuple[FaceSheet, ...]
    sales: SalesSheet
    tie_out: TieOut
    prior_period: tuple[PriorPeriod, ...]
    counts: Counted
    money: Mapping[str, Balance]
    parts: Mapping[str, Any]

    def total(self, name: str) -> tuple[int, int]:
        """Sheets and value (fen) of a line over all faces; raises ``KeyError`` for a name not in :data:`NAMES`."""
        pairs = [(face.figures[name], face.face) for face in self.faces]
        return sum(sheets for sheets, _ in pairs), sum(sheets * face for sheets, face in pairs)

    @property
    def counted(self) -> tuple[int, int] | None:
        """Sheets and value counted; None unless every face was."""
        pairs = [(face.counted, face.face) for face in self.faces if face.counted is not None]
        if len(pairs) < len(self.faces) or not (pairs or self.counts.counts):
            return None
        return sum(sheets for sheets, _ in pairs), sum(sheets * face for sheets, face in pairs)


def fold_month(opening: Carried, month: Month, sourced: Iterable[Sourced]) -> tuple[MonthSheet, Carried]:
    """Fold one month's records on the state carried into it; ``opening`` is left as it was.

    Returns the sheet and what the next month starts from.
    """
    records = in_order(sourced)
    early = [one for one in records if one.record.date < month.first]
    carried = carried_before(early, month.first, opening) if early else again(opening)
    month_pass = _Pass(month, carried, undone_counts(one.record for one in records))
    for one in records:
        if month.contains(one.record.date):
            month_pass.take(one.record)
    return month_pass.close(), carried


class _Pass:
    """The sums of one pass.  What a reversal of the same month undoes is taken out of the line it stood in."""

    _parts: dict[str, Part]

    def __init__(self, month: Month, carried: Carried, undone: frozenset[str]) -> None:
        self._month = month
        self._undone = undone
        self._state = carried.state
        self._safe = carried.safe
        self._opening = dict(carried.safe)
        self._money = carried.money
        self._money_opening = dict(carried.money)
        self._tied: dict[str, int] = {}
        self._parts = {name: opened(month, carried.state, self._money_opening) for name, opened in PARTS.items()}
        self._told: dict[type[Record], list[Part]] = {}
        for part in self._parts.values():
            for kind in part.KINDS:
                self._told.setdefault(kind, []).append(part)
        self._lines: dict[tuple[int, str], int] = {}
        self._tally = Tally()
        self._sales = self._returns = Tied()
        self._face_value = self._set_off = 0
        self._by_pay: dict[str, int] = {}
        self._reasons: dict[str, Difference] = {}
        self._refunds: dict[str, Difference] = {}
        self._exchanges: dict[str, Difference] = {}
        self._changes: dict[str, list[FaceChange]] = {}
        self._prior: list[PriorPeriod] = []

    def take(self, record: Record) -> None:
        """Add one record of the month."""
        if isinstance(record, Reversal):
            self._reverse(record)
        else:
            postings = record.postings()
            self._tell(record, 1, postings, prior=False)
            self._add(record, postings, 1)
        apply(record, self._state)

    def _tell(self, record: Record, sign: int, postings: Sequence[Posting], *, prior: bool) -> None:
        """Let the parts that want this class of record have it; an adopted record is told as what it is."""
        if isinstance(record, Adoption):
            record, prior = record.taken, True
        if isinstance(record, Reversal):
            record, sign = record.original, -sign
        parts = self._told.get(type(record))
        if parts is not None:
            entry = Entry(record, sign, prior, postings)
            for part in parts:
                part.take(entry)

    def _reverse(self, record: Reversal) -> None:
        postings = record.postings()
        self._tell(record.original, -1, postings, prior=not record.same_month)
        if record.same_month:
            self._add(record.original, record.original.postings(), -1)
            self._prior = [one for one in self._prior if one.id != record.ref]
            return
        self._post(postings, 1)
        self._note_prior(record, postings)

    def _note_prior(self, record: Record, postings: Sequence[Posting]) -> None:
        """A line of prior periods: a closed month's record undone, or one of its late records taken in."""
        money = sum(q for account, commodity, q in postings if commodity == MONEY and account.startswith("assets:"))
        sheets = sum(q for account, _, q in postings if account == SAFE)
        prior = PriorPeriod(id=record.id, ref=record.ref, sheets=sheets, amount=money, reason=record.reason)
        self._prior.append(prior)

    def _add(self, record: Record, postings: Sequence[Posting], sign: int) -> None:
        """Post a record of this month, or with ``sign`` -1 take it out again."""
        self._post(postings, sign)
        self._tie(money_tied(record, postings), sign)
        if isinstance(record, Offer) and record.SELLS:
            self._sell(record, sign)
        elif isinstance(record, ClientReturn):
            self._returns = _more(self._returns, record.lines, record.amount - record.owed, sign)
            self._set_off += sign * record.owed
            self._differ(self._refunds, record, record.difference, sign)
        elif isinstance(record, Exchange):
            self._differ(self._exchanges, record, record.difference, sign)
        elif isinstance(record, Reface):
            self._reface(record, sign)
        elif sign > 0 and (isinstance(record, Adoption) or self._corrects_earlier(record)):
            self._note_prior(record, postings)
        elif isinstance(record, Count) and sign > 0 and record.id not in self._undone:
            self._tally.take(record, self._state)

    def _corrects_earlier(self, record: Record) -> bool:
        """Whether it puts right a record of another month (V9, R9)."""
        return isinstance(record, Correction) and record.ref[2:8] != f"{self._month.year:04d}{self._month.month:02d}"

    def _post(self, postings: Sequence[Posting], sign: int) -> None:
        lines, safe, money = self._lines, self._safe, self._money
        for account, commodity, quantity in postings:
            if not account.startswith(VOUCHERS):
                if commodity == MONEY and kept(account):
                    money[account] = money.get(account, 0) + sign * quantity
                continue
            face = face_of(commodity)
            if account == SAFE:
                safe[face] = safe.get(face, 0) + sign * quantity
                continue
            row = _BY_ACCOUNT[account, quantity < 0]
            key = (face, row.name)
            lines[key] = lines.get(key, 0) - sign * row.sign * quantity

    def _tie(self, postings: Sequence[Posting], sign: int) -> None:
        tied = self._tied
        for account, commodity, quantity in postings:
            if commodity == MONEY:
                tied[account] = tied.get(account, 0) + sign * quantity

    def _sell(self, sale: Offer, sign: int) -> None:
        self._sales = _more(self._sales, sale.handed_out, sale.amount, sign)
        self._face_value += sign * value_of(sale.handed_out)
        for method, amount in sale.payments:
            self._by_pay[method] = self._by_pay.get(method, 0) + sign * amount
        self._differ(self._reasons, sale, sale.amount - value_of(sale.handed_out), sign)

    def _differ(self, where: dict[str, Difference], record: Record, difference: int, sign: int) -> None:
        """Keep the reason in writing."""
        if sign < 0:
            where.pop(record.id, None)
        elif difference:
            where[record.id] = Difference(
                id=record.id,
                difference=difference,
                reason=getattr(record, "why", record.reason),
                approval=getattr(record, "approval", ""),
            )

    def _reface(self, record: Reface, sign: int) -> None:
        if sign < 0:
            self._changes.pop(record.id, None)
        else:
            self._changes[record.id] = list(_changes(record, self._state))

    def close(self) -> MonthSheet:
        """The sheet at the month's end."""
        counts = self._tally.close(self._state)
        held = safe_faces(self._state)
        known = {*self._opening, *held, *counts.sheets, *(face for face, _ in self._lines)}
        sheets = (self._face(face, held.get(face, 0), counts) for face in sorted(known, reverse=True))
        balances = self._balances()
        blocks = {name: part.close(self._state, balances) for name, part in self._parts.items()}
        return MonthSheet(
            month=self._month,
            faces=tuple(sheet for sheet in sheets if any(sheet.figures.values()) or sheet.held or sheet.counted),
            sales=self._sales_sheet(),
            tie_out=self._tie_out(),
            prior_period=tuple(self._prior),
            counts=counts,
            money=balances,
            parts={name: block for name, block in blocks.items() if block is not None},
        )

    def _balances(self) -> dict[str, Balance]:
        opening = self._money_opening
        return {
            account: Balance(opening.get(account, 0), fen - opening.get(account, 0))
            for account, fen in sorted(self._money.items())
            if fen or opening.get(account)
        }

    def _tie_out(self) -> TieOut:
        tied = self._tied
        return TieOut(
            sold=self._sales.amount,
            cash=tied.get(CASH, 0),
            arrived=tied.get(ARRIVED, 0),
            pending=sum(fen for account, fen in tied.items() if account.startswith(PENDING)),
            cheques_cleared=tied.get(CLEARED, 0),
            cheques_outstanding=tied.get(CHEQUES, 0),
            receivable=tied.get(RECEIVABLE, 0),
            set_off=self._set_off,
            paid_not_handed_over=-tied.get(RESERVED, 0),
            released=-sum(fen for account, fen in tied.items() if account.startswith(REFUNDS)),
            refunds=self._returns.amount,
            iou=tied.get(IOU, 0),
        )

    def _face(self, face: int, held: int, counts: Counted) -> FaceSheet:
        opening = self._opening.get(face, 0)
        figures = {"opening": opening, **{row.name: self._lines.get((face, row.name), 0) for row in ROWS}}
        figures["closing"] = opening + sum(row.sign * figures[row.name] for row in ROWS)
        counted = counts.sheets.get(face, 0) if counts.covers(face) else None
        return FaceSheet(face=face, figures=figures, counted=counted, held=held)

    def _sales_sheet(self) -> SalesSheet:
        return SalesSheet(
            count=self._sales.records,
            amount=self._sales.amount,
            sheets=self._sales.sheets,
            face_value=self._face_value,
            reasons=tuple(self._reasons.values()),
            face_changes=tuple(change for changes in self._changes.values() for change in changes),
            by_pay=pay_order(self._by_pay),
            returns=self._returns,
            refunds=tuple(self._refunds.values()),
            exchanges=tuple(self._exchanges.values()),
        )


def pay_order(by_pay: Mapping[str, int]) -> dict[str, int]:
    """Amounts by method in the order in which they are shown: cash first."""
    return {method: by_pay[method] for method in sorted(by_pay, key=lambda method: (method != "cash", method))}


def money_tied(record: Record, postings: Sequence[Posting]) -> Sequence[Posting]:
    """What of a record's ``postings`` the tie-out is summed from: all of takings, and of an IOU or a return what clients owe."""
    if record.TAKINGS:
        return postings
    if not isinstance(record, (Iou, ClientReturn)):
        return ()
    return [one for one in postings if one.account in (IOU, RECEIVABLE) or one.account.startswith(PENDING)]


def _more(tied: Tied, lines: Lines, amount: int, sign: int) -> Tied:
    return Tied(tied.records + sign, tied.amount + sign * amount, tied.sheets + sign * sheets_of(lines))


def _changes(record: Reface, state: State) -> Iterator[FaceChange]:
    """One change per old face, with the sheets that had it."""
    common: dict[str, Any] = {
        "id": record.id, "new": record.face, "reason": record.reason, "approval": record.approval,
    }  # fmt: skip
    if len(record.lines) == 1:
        face, sheets = record.lines[0]
        yield FaceChange(spans=record.spans, old=face, sheets=sheets, **common)
        return
    pieces = state.pieces(record.spans)
    for face, sheets in record.lines:
        spans = SpanSet.of(piece.span for piece in pieces if piece.sheet.face == face)
        yield FaceChange(spans=spans, old=face, sheets=sheets, **common)
