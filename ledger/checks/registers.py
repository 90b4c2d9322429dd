"""REC-01 and REC-04: finance's registers against ours, line by line (V3, R10).  Explained in :mod:`ledger.checks.rec`."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from ledger.checks.whole import Seen, Whole
from ledger.core.errors import Where
from ledger.core.findings import Finding, trouble
from ledger.core.forms import show_lines
from ledger.core.judge import short
from ledger.core.money import yuan
from ledger.core.registers import ENTRIES
from ledger.core.rules import Registers
from ledger.core.spans import SpanSet
from ledger.core.words import Words
from ledger.folds.registers import Group, Known, groups, items_of, known, standing, timing

_NOTHING = Words("", "")


def unlike(whole: Whole) -> Iterator[Seen]:
    """A finding for each group of lines that does not match; nothing of a register that finance has not given."""
    items = items_of(whole.state)
    there = known(items)
    for group in groups(items) if there.months else ():
        now = standing(group, there)
        if now in ("matched", "unknown"):
            continue
        yield _seen(_finding(group, there, whole) if now == "ours" else _apart(group), group, whole)


def _seen(finding: Finding, group: Group, whole: Whole) -> Seen:
    """With both lines as its places; it belongs to the record of ours, or to theirs where we have none."""
    both = [item.key for item in (*group.ours, *group.theirs)]
    where: list[Where] = [one.where() for key in both if (one := whole.by_id.fetch(key)) is not None]
    return Seen(msgspec.structs.replace(finding, where=tuple(where)), both[0])


def _finding(group: Group, there: Known, whole: Whole) -> Finding:
    """What only we have: timing as long as finance may still book it (REC-04), else REC-01."""
    days = whole.rules.on(Registers, max(group.days)).timing_days
    late = not timing(group, there.last.get(group.register), whole.on, days)
    entry, what, name = ENTRIES[group.entry], told(group), group.ours[0].key
    if late:
        words = Words(
            f"财务登记没有这笔{entry.zh}：{name} {what.zh}", f"not in finance's register ({entry.en}): {name} {what.en}"
        )
    else:
        words = Words(
            f"财务登记还没有这笔{entry.zh}（时间差）：{name} {what.zh}",
            f"not in finance's register yet ({entry.en}, timing): {name} {what.en}",
        )
    return trouble(
        "REC-01" if late else "REC-04", words, subject=name, serials=_serials(group.ours[0].line.sheets, group),
        next=(f"gb show {name}",),
    )  # fmt: skip


def _serials(first: SpanSet, group: Group) -> str:
    return SpanSet.of((*first, *(span for item in (*group.ours, *group.theirs) for span in item.line.sheets))).text


def _apart(group: Group) -> Finding:
    """What only finance has, and what both have and say differently."""
    entry, what = ENTRIES[group.entry], told(group)
    number = Words(f"（{group.number}）", f" ({group.number})") if group.number else _NOTHING
    if not group.ours:
        theirs = group.theirs[0]
        words = Words(
            f"只有财务登记了这笔{entry.zh}{number.zh}：{theirs.day} {what.zh}",
            f"only finance has this in its register ({entry.en}){number.en}: {theirs.day} {what.en}",
        )
        spans = group.only_theirs
        look = f"gb voucher trace {next(iter(spans)).first_serial}" if spans else "gb explain REC-01"
        return trouble("REC-01", words, subject=theirs.key, serials=spans.text, next=(look,))
    name = group.ours[0].key
    words = Words(
        f"{name} 与财务登记{number.zh}不符（{entry.zh}）：{what.zh}",
        f"{name} differs from finance's register{number.en} ({entry.en}): {what.en}",
    )
    apart = group.only_ours | group.only_theirs
    serials = apart.text or _serials(SpanSet.EMPTY, group)
    return trouble("REC-01", words, subject=name, serials=serials, next=(f"gb show {name}",))


def told(group: Group) -> Words:
    """What a group that does not match is about: the serials, the faces or the amounts that differ, or what one side has."""
    if not group.ours or not group.theirs:
        items = group.ours or group.theirs
        spans = SpanSet.of(span for item in items for span in item.line.sheets)
        fen = sum(item.line.amount for item in items)
        shown = " ".join(part for part in (short(spans), yuan(fen) if fen else "") if part)
        many = Words(f"（{spans.count} 张）", f" ({spans.count} sheets)") if spans else _NOTHING
        return Words(shown + many.zh, shown + many.en)
    parts = []
    for spans, zh, en in ((group.only_ours, "我方多", "only ours"), (group.only_theirs, "财务多", "only theirs")):
        if spans:
            parts.append(
                Words(f"{zh} {short(spans)}（{spans.count} 张）", f"{en} {short(spans)} ({spans.count} sheets)")
            )
    if group.faces and not parts:
        ours, theirs = (show_lines(lines) or "0" for lines in group.faces)
        parts.append(Words(f"面值×张数 我方 {ours}，财务 {theirs}", f"face × sheets ours {ours}, theirs {theirs}"))
    if group.amounts and not parts:
        ours, theirs = (yuan(fen) for fen in group.amounts)
        parts.append(Words(f"金额 我方 {ours}，财务 {theirs}", f"amount ours {ours}, theirs {theirs}"))
    return Words("；".join(part.zh for part in parts), "; ".join(part.en for part in parts))
