"""The one judge: the same rules refuse at the counter and find after a merge, an import or a hand edit.

A record's own class says which rules it has; what several kinds share is here.  A finding never stops the judgement:
all are collected.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from functools import lru_cache

import msgspec

from ledger.core.custody import MOVES, OUT_USES, RESTAMP, STATE_WORDS, Sheet, legal, moved, reserved_for, tied_to
from ledger.core.findings import Finding, trouble
from ledger.core.forms import Line, Lines, Record, Reversal, lines_of, show_lines
from ledger.core.money import yuan
from ledger.core.rules import Rules
from ledger.core.spans import SpanSet
from ledger.core.state import Piece, Reversed, State
from ledger.core.words import Words


def judge(record: Record, state: State, rules: Rules) -> list[Finding]:
    """Every rule that ``record`` breaks in ``state`` (the state just before it), with the store's severities."""
    own = judge_reversal(record, state) if isinstance(record, Reversal) else record.judge(state, rules)
    found = [*own, *judge_head(record)]
    return [with_severity(finding, rules, record) for finding in found] if found else found


def judge_head(record: Record) -> Iterator[Finding]:
    """REG-01 for what entry asks of every form: a reason where one is due, a date that is not after the entry."""
    day = record.at.date()
    if day == record.date and (record.reason or not record.NEEDS_REASON):  # nearly every record
        return
    missing = []
    own_day = record.GENERATED or record.THEIRS
    if not record.reason and (record.NEEDS_REASON or (record.date < day and not own_day)):
        missing.append(Words("没有写原因", "no reason"))
    if record.date > day:
        missing.append(Words(f"业务日期晚于登记日 {day}", f"dated after it was recorded, {day}"))
    if missing:
        words = Words("登记不全：" + "，".join(w.zh for w in missing),
                      "register incomplete: " + ", ".join(w.en for w in missing))  # fmt: skip
        yield trouble("REG-01", words, subject=record.id, next=(f"gb show {record.id}",))


def with_severity(finding: Finding, rules: Rules, record: Record) -> Finding:
    """The finding with the severity that the store's rules give its code on the record's date."""
    severity = rules.severity(finding.code, finding.severity, record.date)
    return finding if severity == finding.severity else msgspec.structs.replace(finding, severity=severity)


def faces_of(spans: SpanSet, state: State) -> Lines:
    """Sheets per face value of ``spans`` as the state has them."""
    pieces = state.pieces(spans)
    if len(pieces) == 1:
        return (Line(pieces[0].sheet.face, pieces[0].span.count),)
    return lines_of([(piece.sheet.face, piece.span.count) for piece in pieces])


def judge_sheets(step: str, spans: SpanSet, state: State, subject: str) -> Iterator[Finding]:
    """Whether the custody table allows ``step`` for every sheet; one finding per state that does not (STA, NUM-02)."""
    groups: dict[tuple[str, str], list[Piece]] = {}
    for piece in state.pieces(spans):
        if not legal(step, piece.sheet):
            groups.setdefault((piece.sheet.state, piece.out or reserved_for(piece.sheet)), []).append(piece)
    for (name, out), pieces in groups.items():
        yield _illegal(step, name, out, SpanSet.of(piece.span for piece in pieces), subject)


def _illegal(step: str, name: str, out: str, spans: SpanSet, subject: str) -> Finding:
    act, now, shown = MOVES[step].words, STATE_WORDS[name], short(spans)
    by = Words(f"（{out}）", f" ({out})") if out else Words("", "")
    words = Words(f"不能{act.zh}：{shown} {now.zh}{by.zh}", f"cannot {act.en} {shown}: {now.en}{by.en}")
    code = "NUM-02" if name in OUT_USES and MOVES[step].place == "client" else "STA-01"
    if name == "unstamped" and MOVES[step].place == "client":
        code = "STA-02"
    return trouble(code, words, subject=subject, serials=spans.text, next=_after(code, name, out, spans))


def _after(code: str, name: str, out: str, spans: SpanSet) -> tuple[str, ...]:
    first = next(iter(spans)).first_serial
    if code == "STA-02":
        return (f"gb voucher stamp {typed(spans)} --stamp activity",)
    if name == "frozen":
        return (f"gb voucher unfreeze {typed(spans)} --reason '…'",)
    if name == "finance":  # nobody received it: there is nothing to trace
        return ("gb voucher stock",)
    return (f"gb show {out}", f"gb voucher trace {first}") if out else (f"gb voucher trace {first}", "gb voucher stock")


def short(spans: SpanSet, most: int = 3) -> str:
    """The first few spans for a message; the finding's ``serials`` has them all."""
    parts = [span.text for _, span in zip(range(most), spans, strict=False)]
    more = sum(1 for _ in spans) - len(parts)
    return " ".join(parts) + (f" … (+{more})" if more else "")


def typed(spans: SpanSet) -> str:
    """Spans as one word of a shell command."""
    return spans.text.replace(" ", ",")


def judge_marks(spans: SpanSet, state: State, record: Record) -> Iterator[Finding]:
    """Marks at handover: issued to another terminal (STA-01), a new date stamp due on a sheet that came back (STA-04), an expired sheet (STA-03)."""
    due, expired = [], []
    pieces = state.pieces(spans)
    if any(piece.sheet.tied for piece in pieces):
        yield from judge_tied(spans, state, record)
    for piece in pieces:
        if RESTAMP in piece.sheet.stamps:
            due.append(piece.span)
        if piece.sheet.expires and piece.sheet.expires < record.date:
            expired.append(piece.span)
    if due:
        sheets = SpanSet.of(due)
        words = Words(
            f"退回的券要重新盖日期章：{short(sheets)}", f"returned sheets need a new date stamp: {short(sheets)}"
        )
        stamp = (f"gb voucher stamp {typed(sheets)} --stamp date",)
        yield trouble("STA-04", words, subject=record.id, serials=sheets.text, next=stamp)
    if expired:
        sheets = SpanSet.of(expired)
        words = Words(f"券已过截止日期：{short(sheets)}", f"past the expiry date: {short(sheets)}")
        trace = f"gb voucher trace {next(iter(sheets)).first_serial}"
        yield trouble("STA-03", words, subject=record.id, serials=sheets.text, next=(trace,))


_ON_OFFER = ("sellable", "reserved")


def judge_expiry(spans: SpanSet, expires: dt.date | None, state: State, record: Record) -> Iterator[Finding]:
    """STA-03: an expiry date later than the receipt's, or before the handover itself; entry refuses both (S2)."""
    limits = [p.sheet.expires for p in state.pieces(spans) if p.sheet.expires and p.sheet.state in _ON_OFFER]
    if limits and min(limits) < record.date:  # told by judge_marks
        return
    if expires and (expires < record.date or any(expires > limit for limit in limits)):
        words = Words(
            f"截止日期 {expires} 早于交券或晚于领券时的日期",
            f"the expiry date {expires} is before the handover or later than the receipt's",
        )
        yield trouble("STA-03", words, subject=record.id, serials=spans.text)


def judge_tied(spans: SpanSet, state: State, record: Record) -> Iterator[Finding]:
    """STA-01 for sheets in the safe that were issued to another terminal: only that one hands them out."""
    others: dict[str, list[Piece]] = {}
    for piece in state.pieces(spans):
        terminal = tied_to(piece.sheet)
        if terminal and terminal != record.terminal and piece.sheet.place == "safe":
            others.setdefault(terminal, []).append(piece)
    for terminal, pieces in others.items():
        sheets = SpanSet.of(piece.span for piece in pieces)
        words = Words(
            f"{short(sheets)} 已发给终端 {terminal}，只能由它售出，不能由 {record.terminal}",
            f"{short(sheets)} is issued to terminal {terminal}, which alone sells it; {record.terminal} may not",
        )
        back = f"gb voucher issue {typed(sheets)} --to {record.terminal} --reason '…'"
        yield trouble("STA-01", words, subject=record.id, serials=sheets.text, next=(back, "gb voucher stock"))


def judge_lines(spans: SpanSet, lines: Lines, state: State, record: Record) -> Iterator[Finding]:
    """Whether the faces the record stores are those of its sheets; only asked of sheets whose step is legal."""
    have = faces_of(spans, state)
    if have != lines:
        words = Words(
            f"记录的面值张数 {show_lines(lines)} 与券的实际面值 {show_lines(have)} 不符",
            f"the record says {show_lines(lines)} but its sheets are {show_lines(have)}",
        )
        yield trouble("REC-03", words, subject=record.id, serials=spans.text, next=(f"gb show {record.id}",))


def taken(record: Record, code: str, show: str, *, first: str = "", anew: str = "") -> Finding:
    """NUM-01: a code that must be unique in the store is filed a second time (format: identity).

    Of a party, ``first`` is the last record of the one that has the code, and ``anew`` the command that gives this one another:
    two terminals have mixed what belongs to two, and people must part it.  Of clients ``check`` knows more and says so (NUM).
    """
    words = Words(f"代码 {code} 已经有了", f"the code {code} is taken already")
    if not anew:
        return trouble("NUM-01", words, subject=record.id, next=(f"{show} {code}",))
    words = Words(
        f"{words.zh}（{first}）；{record.id} 的一家要另取代码，记在 {code} 下而属于它的单据冲销后用新代码重登",
        f"{words.en} ({first}); the party of {record.id} needs another, under which what is its own and stands under {code} is "
        f"recorded anew after a reversal",
    )
    return trouble("NUM-01", words, subject=record.id, next=(f"{show} {code}", anew))


def not_open(record: Record, left: int, amount: int, how: Words, *, next: tuple[str, ...] = ()) -> Finding:
    """REC-05: ``amount`` (fen) of what ``record`` refers to, where ``left`` is open; ``how`` says in which way it is open."""
    words = Words(
        f"{record.ref} {how.zh} {yuan(left)}，不是 {yuan(amount)}",
        f"{record.ref} has {yuan(left)} {how.en}, not {yuan(amount)}",
    )
    return trouble("REC-05", words, subject=record.id, next=(*next, f"gb show {record.ref}"))


def change_legal(step: str, spans: SpanSet, state: State, **marks: object) -> None:
    """Move the sheets for which ``step`` is legal; the others are touched and stay as they are (order and state)."""
    given = tuple(marks.items())
    state.change(spans, lambda sheet: _moved(step, sheet, given))


@lru_cache(4096)
def _moved(step: str, sheet: Sheet, marks: tuple[tuple[str, object], ...]) -> Sheet:
    """The state after a step where it is legal, else as it was.  Thousands of packets of a month go from one state to one other."""
    return msgspec.structs.replace(moved(step, sheet), **dict(marks)) if legal(step, sheet) else sheet


def judge_reversal(record: Reversal, state: State) -> Iterable[Finding]:
    """A reversal is last in, first out: the original must be the last event of all it touched (format: order)."""
    undone = state.thing(Reversed, record.ref)
    later = {undone.by} if undone else state.top(record.touches()) - {record.ref}
    if later:
        names = ", ".join(sorted(later - {""})) or record.ref
        words = Words(
            f"不能冲销 {record.ref}：其后还有 {names}，或已冲销",
            f"cannot reverse {record.ref}: {names} came after it, or it is reversed already",
        )
        yield trouble("STA-01", words, subject=record.id, next=(f"gb show {record.ref}",))
