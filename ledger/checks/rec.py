"""REC: figures that must agree.  Reversals against their originals, openings against their lines, postings against custody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ledger.checks.explained import Explained
from ledger.checks.whole import Seen, Whole
from ledger.core.custody import Sheet, parse_restores
from ledger.core.findings import Finding, trouble
from ledger.core.forms import Record, Reversal
from ledger.core.judge import short
from ledger.core.money import yuan
from ledger.core.postings import SAFE
from ledger.core.records.corrections import ReceiptCorrection
from ledger.core.records.receipts import Receipt
from ledger.core.spanmap import SpanMap
from ledger.core.spans import SpanSet
from ledger.core.state import Reversed, Sourced, State
from ledger.core.words import Words
from ledger.folds.closing import face_of
from ledger.folds.reconcile import MonthSheet

CODES: dict[str, Explained] = {
    "REC-01": Explained(
        Words("与财务登记不符", "our register and finance's differ"),
        Words("导入的财务登记与我方的领券、退券、返扣或缴款逐笔对照：只有一方有，或券号、面值、张数、金额不同", "finance's imported register laid beside our receipts, returns, rebates and deposits: one side lacks a line, or its serials, faces, sheets or amount differ"),
        Words("漏登一笔、打错一段券号，或财务登错；财务没有送来的登记不算", "a form not entered, a mistyped span, or finance's own mistake; a register that finance has not sent is no difference"),
        Words("按列出的券号和两边的行与财务对单，错的一方更正（gb reverse、gb correct，或财务重发后再导入）", "compare the paper for the serials and both lines; whoever is wrong corrects it (gb reverse, gb correct, or finance sends its line anew)"),
    ),
    "REC-02": Explained(
        Words("期初与上期结存不符", "opening is not the previous closing"),
        Words("期初表头与明细不符，或按券号在库的张数与加减得出的结存不同", "an opening's lines do not add up to its header, or the sheets in the safe differ from the arithmetic closing"),
        Words("期初漏录一段，或记录被改", "a span of the opening was left out, or a record was changed"),
        Words("对照期初签字单补齐；用 gb check 先处理别的问题", "complete it from the signed opening; deal with the other findings first"),
    ),
    "REC-03": Explained(
        Words("金额或张数不符", "amount or sheets do not agree"),
        Words("金额不等于面值×张数而没有原因或批准，付款合计不等于金额，张数、面值与券号不符，或冲销单与原单不同", "the amount is not face × sheets and has no reason or approval, the payments are not the amount, sheets or faces are not those of the serials, or a reversal differs from its original"),
        Words("打错金额、优惠没有写原因、记录被改", "a mistyped amount, a discount without its reason, a changed record"),
        Words("冲销后重新登记，写明原因或附批准单", "reverse and enter again, with the reason or the approval"),
    ),
    "REC-04": Explained(
        Words("与财务的时间差", "timing difference with finance"),
        Words("我方已登记、财务还没有登记，仍在规则允许的天数内（timing_days）", "we have it, finance has not yet, and it is still within the days that the rule allows (timing_days)"),
        Words("财务晚几天入账", "finance books some days later"),
        Words("不用处理：带到下月，财务登记后自动对上；过期仍没有就是 REC-01", "nothing: it is carried into the next month and matches when finance books it; after that it is REC-01"),
    ),
    "REC-05": Explained(
        Words("款项核对不平", "the money does not foot"),
        Words(
            "到账、交款、长短款或借支与账上未了的金额不符，或当月销售与款项去向不等",
            "an arrival, a deposit, an over or short or an advance is not what the book has open, or the month's sales are "
            "not what became of their money",
        ),
        Words("同一笔到账登记两次，金额打错，漏登一笔现金", "an arrival entered twice, a mistyped amount, cash that nobody entered"),
        Words("看列出的单据，冲销打错的一笔再登记", "look at the records named, reverse the wrong one and enter it again"),
    ),
}  # fmt: skip

_PARTS = ("JRN", "NUM", "STA", "REC", "CLS")
"""Families whose errors can part serials from arithmetic; an approval or a count that is missing explains nothing."""

NOT_COPIED = frozenset({"id", "at", "date", "by", "clock", "reason", "note", "key"})
"""Fields that a reversal has of its own; all others repeat the original's."""


def reversal(record: Reversal, original: Record | None, state: State, *, sound: bool) -> Iterator[Finding]:
    """REC-03: the reversal repeats the original's fields and restores what the book had before it.

    ``state`` is the one just before the reversal; with ``sound`` False the original was illegal, and what its terminal
    saw before it need not be what the merged book says.
    """
    if original is not None and _copied(record.original) != _copied(original):
        words = Words(
            f"冲销单 {record.id} 抄录的内容与原单 {record.ref} 不同",
            f"reversal {record.id} does not repeat what {record.ref} says",
        )
        yield trouble("REC-03", words, subject=record.id, next=(f"gb show {record.ref}",))
    elif original is not None and sound and not _restores_rightly(record, state):
        words = Words(
            f"冲销单 {record.id} 恢复的状态不是 {record.ref} 之前的状态",
            f"reversal {record.id} does not restore what was there before {record.ref}",
        )
        yield trouble(
            "REC-03", words, subject=record.id, serials=record.touched.spans.text, next=(f"gb show {record.ref}",)
        )


def readable(record: Reversal) -> bool:
    """Whether its ``restores`` can be read at all."""
    try:
        parse_restores(record.restores)
    except ValueError:
        return False
    return True


def _copied(record: Record) -> tuple[object, ...]:
    names = (name for name in record.__struct_fields__ if name not in NOT_COPIED)
    return (record.KIND, *(getattr(record, name) for name in names))


def _restores_rightly(record: Reversal, state: State) -> bool:
    spans = record.touched.spans
    if not spans:
        return not record.restores
    try:
        before = state.before(record.ref, spans)
    except LookupError:
        return True  # not the last event: that is the judge's finding
    return readable(record) and _as_map(parse_restores(record.restores)) == _as_map(before)


def _as_map(restores: tuple[tuple[SpanSet, Sheet], ...]) -> SpanMap[Sheet]:
    found: SpanMap[Sheet] = SpanMap()
    for spans, sheet in restores:
        found.set(spans, sheet)
    return found


def in_safe(state: State, spans: SpanSet) -> dict[int, int]:
    """Sheets of ``spans`` in the safe per face (fen)."""
    total: dict[int, int] = {}
    for piece in state.pieces(spans) if spans else ():
        if piece.sheet.place == "safe":
            total[piece.sheet.face] = total.get(piece.sheet.face, 0) + piece.span.count
    return total


def apart(before: Mapping[int, int], after: Mapping[int, int], record: Record) -> dict[int, int]:
    """Per face, by how many sheets a record's effect on custody exceeds its postings to the safe; empty when equal."""
    moved = dict(after)
    for face, sheets in before.items():
        moved[face] = moved.get(face, 0) - sheets
    for account, commodity, quantity in record.postings():
        if account == SAFE:
            face = face_of(commodity)
            moved[face] = moved.get(face, 0) - quantity
    return {face: sheets for face, sheets in moved.items() if sheets}


def unexplained(faces: Mapping[int, int], record: Sourced) -> Finding:
    """REC-02 for a record that moved other sheets than it posted and broke no rule that would tell why."""
    shown = " ".join(f"{yuan(face)}*{sheets:+d}" for face, sheets in sorted(faces.items()))
    record_id = record.record.id
    words = Words(
        f"{record_id} 之后按券号在库的张数与账面结存相差 {shown}",
        f"after {record_id} the sheets in the safe differ from the book's balance by {shown}",
    )
    return trouble(
        "REC-02", words, subject=record_id, serials=record.record.touched.spans.text, next=(f"gb show {record_id}",)
    )


def unequal(sheet: MonthSheet, found: Sequence[Finding]) -> Iterator[Finding]:
    """REC-02: a closing by arithmetic that is not what the serials hold, where no other error says why (R1, R7)."""
    if any(one.severity == "error" and one.code.startswith(_PARTS) for one in found):
        return
    for face in sheet.faces:
        closing = face.figures["closing"]
        if closing != face.held:
            words = Words(
                f"{sheet.month.text} 面值 {yuan(face.face)}：算出结存 {closing} 张，按券号在库 {face.held} 张",
                f"{sheet.month.text}, face {yuan(face.face)}: closing {closing} by arithmetic, {face.held} held by serial",
            )
            yield trouble("REC-02", words, subject=sheet.month.text, next=("gb check",))


def misnamed(whole: Whole) -> Iterator[Seen]:
    """STA-01: a correction that takes serials out of a receipt which does not name them (V9).

    Of a sale the judge sees it, since the sheets lead back to their sale.
    """
    if whole.past is not None and not any(isinstance(_done(one.record), ReceiptCorrection) for one in whole.records):
        return
    named: dict[str, SpanSet] = {}
    for one in whole.also(Receipt, ReceiptCorrection):
        record = one.record
        if isinstance(record, Receipt):
            named[record.id] = record.spans
        elif isinstance(record, ReceiptCorrection) and whole.state.thing(Reversed, record.id) is None:
            if record.ref in named and (other := record.out - named[record.ref]):
                words = Words(f"{record.ref} 没有登记 {short(other)}", f"{record.ref} does not name {short(other)}")
                found = trouble("STA-01", words, subject=record.id, serials=other.text, next=(f"gb show {record.ref}",))
                yield Seen(found, record.id)
            named[record.ref] = (named.get(record.ref, SpanSet()) - record.out) | record.spans


def _done(record: Record) -> Record:
    """What a record does, or undoes."""
    return record.original if isinstance(record, Reversal) else record


def untied(sheet: MonthSheet, found: Sequence[Finding]) -> Iterator[Finding]:
    """REC-05: sales that are not what became of their money, or a drawer that does not foot, where no error says why (R8)."""
    if any(one.severity == "error" for one in found):
        return
    cash = sheet.parts.get("cash")
    apart = {
        Words("款项核对", "the tie-out"): sheet.tie_out.difference,
        Words("现金日记账", "the cash journal"): cash.difference if cash else 0,
    }
    for what, fen in apart.items():
        if fen:
            words = Words(
                f"{sheet.month.text} {what.zh}不平，差 {yuan(fen)}",
                f"{sheet.month.text}: {what.en} is off by {yuan(fen)}",
            )
            yield trouble("REC-05", words, subject=sheet.month.text, next=("gb check",))
