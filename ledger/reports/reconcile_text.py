"""The month on paper: the six points R1–R6 numbered as on the form, at most 80 columns, in both languages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ledger.core.findings import Finding
from ledger.core.money import grouped
from ledger.core.settings import method_words
from ledger.core.words import Lang, Words
from ledger.folds.open_items import ROWS as OPEN_ITEMS
from ledger.folds.reconcile import ROWS, FaceSheet, MonthSheet, TieOut
from ledger.reports.blocks import BLOCKS
from ledger.reports.findings import answer_line, headline, place
from ledger.reports.reconcile import ReconcileReport, Signed
from ledger.reports.table import WIDTH, pad, table, width, wrap

TITLE = Words("团购券月末对账单", "Vouchers: month-end reconciliation with finance")
_HEAD = Words("门店：{store}    月份：{month}    {state}", "store: {store}    month: {month}    {state}")
STATES = {False: Words("未封账", "open"), True: Words("已封账", "closed")}
_CHANGED = Words(
    "封账之后本月的文件被动过：下面的数字不一定是封账时的，见 gb verify --month {month}",
    "the files of this month were changed after the closing: the figures need not be those that were sealed; "
    "see gb verify --month {month}",
)
POINTS = (
    ("opening", Words("一、上月结存", "1. Opening stock")),
    ("received", Words("二、本月领取", "2. Received this month")),
    ("sold", Words("三、本月销售", "3. Sold this month")),
    ("rebated", Words("四、本月返扣", "4. Rebates collected")),
    ("closing", Words("五、本月结存", "5. Closing stock")),
)
_SEAL = Words("封签短码 {short}（{at}，{by}）", "short digest of the seal: {short} ({at}, {by})")
_SIGN = Words("六、双方签字", "6. Signed by both sides")
_SHEETS, _YUAN = Words("张", "sheets"), Words("元", "yuan")
_SIGNATURE = Words("{who}：______________    日期：____________", "{who}: ______________    date: ____________")
SIDES = {"department": Words("团购部", "department"), "finance": Words("财务部", "finance")}
_GRADE = {"ssh": Words("电子签名", "signed"), "paper": Words("纸面签名（较弱）", "ON PAPER (weaker)")}
_VALID: dict[bool | None, Words] = {
    True: Words("有效", "valid"),
    False: Words("无效，见 gb verify", "DOES NOT STAND, see gb verify"),
    None: Words("未核验：没有 ssh-keygen", "not judged: there is no ssh-keygen"),
}
_UNREAD = Words("签名读不出来", "the signature does not read")
_AGAINST = Words(
    "{count} 单，面值合计 {value}，金额与面值相差 {difference}",
    "{count} sales, face value {value}, difference {difference}",
)
REASONS = Words("金额与面值不符的原因：", "reasons for the difference:")
REFUNDS = Words("退款与应退份额不符的原因：", "refunds that are not the share paid:")
EXCHANGES = Words("换券价值不等的原因：", "exchanges of unequal value:")
REASON_HEADS = (
    Words("单号", "record"),
    Words("差额", "difference"),
    Words("原因", "reason"),
    Words("批准单", "approval"),
)
CHANGES = Words("更改票面金额：", "changes of face value:")
_CHANGE = Words(
    "{id}  {old} > {new}  {sheets} 张  差额 {difference}  批准单 {approval}",
    "{id}  {old} > {new}  {sheets} sheets  difference {difference}  approval {approval}",
)
RETURNS = Words(
    "客户退券 {count} 单 {sheets} 张，退款 {amount}", "client returns: {count}, {sheets} sheets, refunded {amount}"
)
_PAID = Words("收款：", "paid: ")
_IOU = Words("赊出未收本月增减 {amount}（不算销售）", "open IOUs changed by {amount} (no sale)")
_TIE = Words(
    "款项核对：销售 {sold} = {terms}，差 {difference}", "tie-out: sold {sold} = {terms}, difference {difference}"
)
TERMS = (
    ("cash", 1, Words("现金", "cash")),
    ("arrived", 1, Words("已到账", "arrived")),
    ("pending", 1, OPEN_ITEMS["pending"].words),
    ("cheques_cleared", 1, Words("支票到账", "cheques cleared")),
    ("cheques_outstanding", 1, OPEN_ITEMS["cheques_outstanding"].words),
    ("receivable", 1, OPEN_ITEMS["receivable"].words),
    ("set_off", 1, Words("退券抵欠款", "owed, sheets back")),
    ("paid_not_handed_over", -1, OPEN_ITEMS["paid_not_handed_over"].words),
    ("released", -1, Words("预留退款", "refunded reservations")),
)
"""What the sales became, each term with its sign."""
_TIE_ALWAYS = ("cash", "pending")
DETAIL = Words("各面值明细（张）", "By face value (sheets)")
LINE = Words("项目", "line")
TOTAL, VALUE = Words("合计", "total"), Words("金额", "value")
_OPENING, _CLOSING = Words("上月结存", "opening"), Words("本月结存", "closing")
COUNTED, _HELD = Words("盘点", "counted"), Words("按券号在库", "held by serial")
NOT_COUNTED = Words("未盘点", "none")
PRIOR = Words("更正以前月份：", "Corrections of earlier months:")
PRIOR_HEADS = (
    Words("单号", "record"), Words("原单", "original"), Words("张数", "sheets"), Words("金额", "amount"),
    Words("原因", "reason"),
)  # fmt: skip
_COUNT = Words("盘点结果", "Physical count")
_NO_COUNT = Words("本月没有盘点", "not counted this month")
_MADE = Words("盘点单 {ids}", "counts: {ids}")
_AGREES = Words("账实相符", "held and counted agree")
_MISSING, _SURPLUS = Words("少 {n} 张：", "missing {n}: "), Words("多 {n} 张：", "surplus {n}: ")
_STRAY = Words("其中面值不明 {n} 张：", "of these without a counted face {n}: ")
_VOID_MISSING = Words("作废券少 {n} 张：", "void sheets missing {n}: ")
_VOID_SURPLUS = Words("作废券多 {n} 张：", "void sheets surplus {n}: ")
SINCE = Words("封账之后发现（不属于封账时的对账单）", "Found since the closing (no part of the sheet that was sealed)")
FINDINGS, NO_FINDINGS = Words("检查结果", "Findings"), Words("没有问题", "none")
_DIGEST = Words("本月日记账摘要（sha256）：", "digest of the month's journals (sha256):")
_ALWAYS = ("received", "sold", "rebated")


def as_text(report: ReconcileReport, lang: Lang) -> str:
    """The sheet to read, print and sign."""
    parts = (_title, _points, _detail, _prior, _blocks, counts_lines, _findings, _since, _digest, _signatures)
    blocks = ("\n".join(part(report, lang)) for part in parts)
    return "\n\n".join(block for block in blocks if block)


def sums(sheet: MonthSheet, lang: Lang) -> str:
    """The figures alone: the points, the lines by face, the blocks."""
    report = ReconcileReport(store="", sheet=sheet, findings=(), digest="")
    return "\n\n".join("\n".join(part(report, lang)) for part in (_points, _detail, _blocks))


def six_points(report: ReconcileReport, lang: Lang) -> str:
    """The six points without the details by face, close together."""
    lines = (line for part in (_title, _points, _signatures) for line in part(report, lang))
    return "\n".join(line for line in lines if line)


def _title(report: ReconcileReport, lang: Lang) -> Iterator[str]:
    title = TITLE.say(lang)
    yield " " * ((WIDTH - width(title)) // 2) + title
    state = STATES[report.closed].say(lang)
    yield from wrap(_HEAD.say(lang).format(store=report.store, month=report.sheet.month.text, state=state))
    if report.closed and not report.as_sealed:
        yield from wrap(_CHANGED.say(lang).format(month=report.sheet.month.text))


def _points(report: ReconcileReport, lang: Lang) -> Iterator[str]:
    for name, words in POINTS:
        sheets, value = report.sheet.total(name)
        amount = report.sheet.sales.amount if name == "sold" else value
        yield (
            pad(words.say(lang), 26)
            + pad(f"{sheets:,}", 12, right=True) + " " + pad(_SHEETS.say(lang), 8)
            + pad(grouped(amount), 20, right=True) + " " + _YUAN.say(lang)
        )  # fmt: skip
        if name == "sold":
            yield from sales_lines(report.sheet, lang)
            yield from _reasons(report.sheet, lang)


def sales_lines(sheet: MonthSheet, lang: Lang) -> Iterator[str]:
    """What stands below the third point: against face value, by payment, the tie-out, what came back."""
    sales, tie = sheet.sales, sheet.tie_out
    against = _AGAINST.say(lang).format(
        count=sales.count, value=grouped(sales.face_value), difference=grouped(sales.difference)
    )
    yield from wrap(against, indent=4)
    if sales.by_pay:
        paid = "  ".join(
            f"{method_words(method).say(lang)} {grouped(amount)}" for method, amount in sales.by_pay.items()
        )
        yield from wrap(_PAID.say(lang) + paid, indent=4, hang=4)
    tied = _TIE.say(lang).format(
        sold=grouped(tie.sold), terms=_tie_terms(tie, lang), difference=grouped(tie.difference)
    )
    yield from wrap(tied, indent=4, hang=4)
    if tie.iou:
        yield from wrap(_IOU.say(lang).format(amount=grouped(tie.iou)), indent=4, hang=4)
    if sales.returns.records:
        count, amount, sheets = sales.returns
        yield from wrap(RETURNS.say(lang).format(count=count, sheets=sheets, amount=grouped(amount)), indent=4)


def _tie_terms(tie: TieOut, lang: Lang) -> str:
    """What the sales became, each with its sign; what is zero is left out, but for cash and what is pending."""
    terms = ""
    for name, sign, words in TERMS:
        fen = sign * getattr(tie, name)
        if fen or name in _TIE_ALWAYS:
            joined = (" + " if fen >= 0 else " - ") if terms else ("" if fen >= 0 else "-")
            terms += f"{joined}{words.say(lang)} {grouped(abs(fen))}"
    return terms


def _reasons(sheet: MonthSheet, lang: Lang) -> Iterator[str]:
    sales = sheet.sales
    for words, found in ((REASONS, sales.reasons), (REFUNDS, sales.refunds), (EXCHANGES, sales.exchanges)):
        if found:
            yield "    " + words.say(lang)
            rows = [[one.id, grouped(one.difference), one.reason, one.approval] for one in found]
            yield from table(_said(REASON_HEADS, lang), rows, "lrll", indent=4)
    if sales.face_changes:
        yield "    " + CHANGES.say(lang)
        for one in sales.face_changes:
            line = _CHANGE.say(lang).format(
                id=one.id,
                old=grouped(one.old),
                new=grouped(one.new),
                sheets=one.sheets,
                difference=grouped(one.difference),
                approval=one.approval,
            )
            yield from wrap(line, indent=4, hang=4)
            yield from wrap(f"{one.spans.text}  {one.reason}", indent=8)


def _detail(report: ReconcileReport, lang: Lang) -> Iterator[str]:
    """The lines of R7 per face, as many faces beside each other as the page holds."""
    yield DETAIL.say(lang)
    faces = report.sheet.faces
    names = shown_rows(report.sheet)
    start = 0
    while True:
        lines: list[str] = []
        end = len(faces)
        while end > start or not lines:
            lines = _face_table(report.sheet, names, faces[start:end], lang, last=end == len(faces))
            if max(map(width, lines)) <= WIDTH or end <= start + 1:
                break
            end -= 1
        yield from lines
        start = end
        if start >= len(faces):
            return
        yield ""


def shown_rows(sheet: MonthSheet) -> list[tuple[str, Words]]:
    """The lines of R7 that have a figure, with their signs, between opening and closing."""
    rows = [
        (
            row.name,
            Words(f"{'+' if row.sign > 0 else '-'} {row.words.zh}", f"{'+' if row.sign > 0 else '-'} {row.words.en}"),
        )
        for row in ROWS
        if row.name in _ALWAYS or any(face.figures[row.name] for face in sheet.faces)
    ]
    return [("opening", _OPENING), *rows, ("closing", _CLOSING)]


def _face_table(
    sheet: MonthSheet, names: Sequence[tuple[str, Words]], faces: Sequence[FaceSheet], lang: Lang, *, last: bool
) -> list[str]:
    """One block of faces; the totals stand beside the last one."""
    heads = [LINE.say(lang), *(grouped(face.face) for face in faces)]
    rows = [[words.say(lang), *(f"{face.figures[name]:,}" for face in faces)] for name, words in names]
    none = NOT_COUNTED.say(lang)
    rows.append([COUNTED.say(lang), *(none if face.counted is None else f"{face.counted:,}" for face in faces)])
    apart = any(face.held != face.figures["closing"] for face in sheet.faces)
    if apart:
        rows.append([_HELD.say(lang), *(f"{face.held:,}" for face in faces)])
    if last:
        heads += [TOTAL.say(lang), VALUE.say(lang)]
        totals = [sheet.total(name) for name, _ in names]
        held = (sum(face.held for face in sheet.faces), sum(face.held * face.face for face in sheet.faces))
        both = [*totals, sheet.counted, *([held] if apart else [])]
        rows = [[*row, *_pair(pair)] for row, pair in zip(rows, both, strict=True)]
    return table(heads, rows, "l" + "r" * (len(heads) - 1))


def _pair(pair: tuple[int, int] | None) -> tuple[str, str]:
    return ("", "") if pair is None else (f"{pair[0]:,}", grouped(pair[1]))


def _prior(report: ReconcileReport, lang: Lang) -> Iterator[str]:
    if report.sheet.prior_period:
        yield PRIOR.say(lang)
        rows = [
            [one.id, one.ref, f"{one.sheets:+d}", grouped(one.amount), one.reason] for one in report.sheet.prior_period
        ]
        yield from table(_said(PRIOR_HEADS, lang), rows, "llrrl")


def _blocks(report: ReconcileReport, lang: Lang) -> Iterator[str]:
    """The parts with something to show, an empty line between them."""
    shown = ["\n".join(block.as_text(report.sheet.parts[name], lang)) for name, block in BLOCKS.items()
             if name in report.sheet.parts]  # fmt: skip
    yield "\n\n".join(shown)


def counts_lines(report: ReconcileReport, lang: Lang) -> Iterator[str]:
    """The physical counts of the month and what they found."""
    counts = report.sheet.counts
    yield _COUNT.say(lang)
    if not counts.counts:
        yield "    " + _NO_COUNT.say(lang)
        return
    yield from wrap(_MADE.say(lang).format(ids=" ".join(one.id for one in counts.counts)), indent=4, hang=4)
    named = (
        (_MISSING, counts.missing), (_SURPLUS, counts.surplus), (_STRAY, counts.stray),
        (_VOID_MISSING, counts.void_missing), (_VOID_SURPLUS, counts.void_surplus),
    )  # fmt: skip
    for words, spans in named:
        if spans:
            yield from wrap(words.say(lang).format(n=spans.count) + spans.text, indent=4, hang=4)
    if not any(spans for _, spans in named):
        yield "    " + _AGREES.say(lang)


def _findings(report: ReconcileReport, lang: Lang) -> Iterator[str]:
    yield FINDINGS.say(lang)
    if not report.findings:
        yield "    " + NO_FINDINGS.say(lang)
    yield from listed(report.findings, lang)


def _since(report: ReconcileReport, lang: Lang) -> Iterator[str]:
    """What was found after the closing, apart from what both sides signed."""
    if report.since:
        yield from wrap(SINCE.say(lang))
        yield from listed(report.since, lang)


def listed(findings: Sequence[Finding], lang: Lang) -> Iterator[str]:
    """Findings as the sheet shows them: the headline, the places, the answer."""
    for one in findings:
        yield from wrap(headline(one, lang), indent=4, hang=4)
        for where in one.where:
            yield from wrap(place(where) + (f" {where.id}" if where.id else ""), indent=8)
        if one.disposition:
            yield from wrap(answer_line(one.disposition, lang), indent=8, hang=2)


def _digest(report: ReconcileReport, lang: Lang) -> Iterator[str]:
    yield _DIGEST.say(lang)
    yield report.digest
    if said := seal_text(report, lang):
        yield from wrap(said, hang=2)


def seal_text(report: ReconcileReport, lang: Lang) -> str:
    """The short digest of a closed month's seal, when and by whom; empty for an open month."""
    if (seal := report.seal) is None:
        return ""
    return _SEAL.say(lang).format(short=seal.short, at=seal.at[:16].replace("T", " "), by=seal.by)


def _signatures(report: ReconcileReport, lang: Lang) -> Iterator[str]:
    """Who signed, and a line to sign on for a side that has not."""
    yield _SIGN.say(lang)
    signed = {one.side: one for one in report.signatures}
    for side, words in SIDES.items():
        who = pad(words.say(lang), 10)
        if side in signed:
            yield from wrap(f"{who}: {_signature(signed[side], lang)}", indent=4, hang=4)
        else:
            yield ""
            yield "    " + _SIGNATURE.say(lang).format(who=who)


def _signature(one: Signed, lang: Lang) -> str:
    if not one.grade:
        return f"{_UNREAD.say(lang)}  {_VALID[False].say(lang)}"
    at = one.at[:16].replace("T", " ")
    parts = (one.name, at, _GRADE[one.grade].say(lang), _VALID[one.valid].say(lang), one.key)
    return "  ".join(part for part in parts if part)


def _said(words: Sequence[Words], lang: Lang) -> list[str]:
    return [one.say(lang) for one in words]
