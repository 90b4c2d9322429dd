"""月对账表: the month's sheet on paper, the six points first, then all that stands behind them, for both to sign (R1–R7)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ledger.core.findings import Finding
from ledger.core.money import grouped
from ledger.core.words import Lang, Words
from ledger.folds.reconcile import FaceSheet, MonthSheet
from ledger.reports import reconcile_text as text
from ledger.reports.blocks import BLOCKS
from ledger.reports.findings import SEVERITY, answer_line
from ledger.reports.pages import Block, Fact, Form, Grid, Para, Pre, Sign
from ledger.reports.reconcile import ReconcileReport

_BESIDE = 5  # faces beside each other
_FINDING = (Words("代码", "code"), Words("级别", "severity"), Words("内容", "text"), Words("处理意见", "answer"))
_HEADS = (Words("月份", "month"), Words("状态", "state"))
_POINT = (Words("项目", "point"), Words("张数", "sheets"), Words("金额", "amount"))
_CHANGED = (
    Words("单号", "record"), Words("原面值", "old face"), Words("新面值", "new face"), Words("张数", "sheets"),
    Words("差额", "difference"), Words("批准单", "approval"), Words("原因", "reason"),
)  # fmt: skip
DIGEST = Words("摘要 {digest}", "digest {digest}")


def as_form(report: ReconcileReport, lang: Lang) -> Form:
    """The form, a copy for each side; whoever has signed already stands beside the line."""
    signed = {one.side: one.name or one.by for one in report.signatures if one.valid is not False}
    return Form(
        title=text.TITLE.say(lang), store=report.store, number=report.sheet.month.text, size="A4",
        copies=tuple(who.say(lang) for who in text.SIDES.values()), blocks=tuple(_blocks(report, lang)),
        signs=tuple(Sign(who.say(lang), signed.get(side, "")) for side, who in text.SIDES.items()),
        digest=DIGEST.say(lang).format(digest=report.digest),
    )  # fmt: skip


def _blocks(report: ReconcileReport, lang: Lang) -> Iterator[Block]:
    sheet = report.sheet
    state = text.STATES[report.closed].say(lang)
    yield (Fact(_HEADS[0].say(lang), sheet.month.text), Fact(_HEADS[1].say(lang), state))
    yield _points(sheet, lang)
    yield Pre(tuple(line.strip() if line.startswith("    ") else line for line in text.sales_lines(sheet, lang)))
    yield from _detail(sheet, lang)
    yield from _changes(sheet, lang)
    if sheet.prior_period:
        rows = tuple(
            (one.id, one.ref, f"{one.sheets:+d}", grouped(one.amount), one.reason) for one in sheet.prior_period
        )
        yield Grid(text.PRIOR.say(lang), _said(text.PRIOR_HEADS, lang), rows, "llrrl")
    for name, block in BLOCKS.items():
        if name in sheet.parts:
            yield Pre(("", *block.as_text(sheet.parts[name], lang)))
    yield Pre(("", *text.counts_lines(report, lang)))
    yield _findings(text.FINDINGS, report.findings, lang)
    if said := text.seal_text(report, lang):
        yield Para(said)
    if report.since:
        yield _findings(text.SINCE, report.since, lang)


def _points(sheet: MonthSheet, lang: Lang) -> Grid:
    rows = []
    for name, words in text.POINTS:
        sheets, value = sheet.total(name)
        rows.append((words.say(lang), f"{sheets:,}", grouped(sheet.sales.amount if name == "sold" else value)))
    return Grid("", _said(_POINT, lang), tuple(rows), "lrr")


def _detail(sheet: MonthSheet, lang: Lang) -> Iterator[Grid]:
    """The lines of R7, a few faces beside each other; the totals beside the last of them."""
    names = text.shown_rows(sheet)
    chunks = [sheet.faces[at : at + _BESIDE] for at in range(0, len(sheet.faces), _BESIDE)] or [()]
    for faces in chunks:
        last = faces is chunks[-1]
        heads = [text.LINE.say(lang), *(grouped(face.face) for face in faces)]
        heads += [text.TOTAL.say(lang), text.VALUE.say(lang)] if last else []
        rows = [_detail_row(sheet, name, words.say(lang), faces, last=last) for name, words in names]
        rows.append(_counted(sheet, faces, lang, last=last))
        yield Grid(text.DETAIL.say(lang), tuple(heads), tuple(rows), "l" + "r" * (len(heads) - 1))


def _detail_row(
    sheet: MonthSheet, name: str, said: str, faces: Sequence[FaceSheet], *, last: bool
) -> tuple[str, ...]:  # fmt: skip
    sheets, value = sheet.total(name)
    return (said, *(f"{face.figures[name]:,}" for face in faces), *((f"{sheets:,}", grouped(value)) if last else ()))


def _counted(sheet: MonthSheet, faces: Sequence[FaceSheet], lang: Lang, *, last: bool) -> tuple[str, ...]:
    none = text.NOT_COUNTED.say(lang)
    cells = [none if face.counted is None else f"{face.counted:,}" for face in faces]
    total = (f"{sheet.counted[0]:,}", grouped(sheet.counted[1])) if sheet.counted is not None else ("", "")
    return (text.COUNTED.say(lang), *cells, *(total if last else ()))


def _changes(sheet: MonthSheet, lang: Lang) -> Iterator[Grid]:
    """Why amount and sheets disagree, in writing (R3)."""
    sales = sheet.sales
    for words, found in (
        (text.REASONS, sales.reasons),
        (text.REFUNDS, sales.refunds),
        (text.EXCHANGES, sales.exchanges),
    ):
        if found:
            rows = tuple((one.id, grouped(one.difference), one.reason, one.approval) for one in found)
            yield Grid(words.say(lang), _said(text.REASON_HEADS, lang), rows, "lrll")
    if sales.face_changes:
        changed = tuple(
            (one.id, grouped(one.old), grouped(one.new), f"{one.sheets:,}", grouped(one.difference), one.approval,
             f"{one.spans.text}  {one.reason}")
            for one in sales.face_changes
        )  # fmt: skip
        yield Grid(text.CHANGES.say(lang), _said(_CHANGED, lang), changed, "lrrrrll")


def _findings(title: Words, findings: Sequence[Finding], lang: Lang) -> Block:
    if not findings:
        return Para(f"{title.say(lang)}  {text.NO_FINDINGS.say(lang)}")
    rows = tuple(
        (one.code, SEVERITY[one.severity].say(lang), one.words.say(lang), answer_line(one.disposition, lang) if one.disposition else "")
        for one in findings
    )  # fmt: skip
    return Grid(title.say(lang), _said(_FINDING, lang), rows, "llll")


def _said(words: Sequence[Words], lang: Lang) -> tuple[str, ...]:
    return tuple(one.say(lang) for one in words)
