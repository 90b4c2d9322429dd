"""期初 openings: a store starts in mid-life; one signed opening takes over what exists (V0).

An opening is one header record with the totals and both names, and line records that name it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Annotated

from ledger.core.custody import NAME_SEAL, UNKNOWN, Sheet
from ledger.core.findings import Finding, trouble
from ledger.core.forms import (
    DAY,
    LINES,
    SERIALS,
    TEXT,
    YUAN,
    Journal,
    Line,
    Lines,
    Record,
    Touch,
    lines_of,
    show_lines,
    word,
)  # fmt: skip
from ledger.core.judge import short
from ledger.core.postings import CASH, FLOAT, Posting, money_moved, safe_in
from ledger.core.records.points import POINTS
from ledger.core.records.taken_over import ALWAYS, EQUITY, TOTALS, MoneyTotal, total_shown
from ledger.core.records.taken_over import KINDS as OPEN_ITEMS
from ledger.core.rules import Rules
from ledger.core.spans import SpanSet
from ledger.core.state import State, Thing
from ledger.core.words import Words

STAMPS = {"none": "", "activity": "a", "activity+date": "ad"}


class OpeningTotal(Thing, frozen=True, kw_only=True):
    """What an opening announced and what its lines have brought so far, in sheets per face of the safe."""

    announced: Lines
    lines: Lines = ()


class Opening(Record, frozen=True, kw_only=True):
    """The header: totals of the safe per face, of what was sold before, and the money at hand (fen)."""

    KIND = "opening"
    WORDS = Words("期初", "opening")
    RANK = 1
    ACT = "opening"

    finance: Annotated[str, TEXT, Words("财务经办人", "finance's name")]
    lines: Annotated[Lines, LINES, Words("库存面值*张数", "in the safe, face × sheets")] = ()
    sold_lines: Annotated[Lines, LINES, Words("已售未消费", "sold and not redeemed, face × sheets")] = ()
    cash: Annotated[int, YUAN, Words("现金", "cash")] = 0
    petty: Annotated[int, YUAN, Words("备用金", "float")] = 0
    cheques: Annotated[int, YUAN, Words("未到账支票", "cheques not arrived")] = 0
    pending: Annotated[int, YUAN, Words("待到账款", "payments not arrived")] = 0
    rebates: Annotated[int, YUAN, Words("未领返扣", "rebates not collected")] = 0
    points: Annotated[int, POINTS, Words("会员积分", "members' points")] = 0

    def touches(self) -> Touch:
        """The opening itself."""
        totals = ((MoneyTotal.__name__, f"{self.id}/{name}") for name in TOTALS)
        return Touch(things=(("OpeningTotal", self.id), *totals))

    def apply(self, state: State) -> None:
        """Remember what was announced."""
        state.put(self.id, OpeningTotal(announced=self.lines))
        for name in TOTALS:
            announced = getattr(self, name)
            if announced or name in ALWAYS:
                state.put(f"{self.id}/{name}", MoneyTotal(announced=announced))

    def postings(self) -> Sequence[Posting]:
        """Money at hand against the opening's equity."""
        return (*money_moved(EQUITY, CASH, self.cash), *money_moved(EQUITY, FLOAT, self.petty))


class OpeningSheets(Record, frozen=True, kw_only=True):
    """A line: sheets that exist at the start, where they are and with which marks; ``ref`` names the header."""

    KIND = "opening-sheets"
    WORDS = Words("期初券", "opening sheets")
    RANK = 2
    ACT = "opening"

    place: Annotated[str, word("safe", "sold", "void", "lost"), Words("位置", "place")]
    spans: Annotated[SpanSet, SERIALS, Words("券号", "serials")]
    face: Annotated[int, YUAN, Words("面值", "face value")]
    stamps: Annotated[str, word(*STAMPS), Words("已盖章", "stamps")] = "none"
    expires: Annotated[dt.date | None, DAY, Words("截止日期", "expiry date")] = None
    purpose: Annotated[str, word("sale", "rebate"), Words("用途", "purpose")] = "sale"

    @property
    def lines(self) -> Lines:
        """The sheets as a line of the form."""
        return (Line(self.face, self.spans.count),)

    def touches(self) -> Touch:
        """The sheets and the header."""
        return Touch(self.spans, (("OpeningTotal", self.ref),))

    def sheet(self) -> Sheet:
        """The state the sheets start in."""
        place, use = ("client", "sold") if self.place == "sold" else (self.place, "")
        stamps = "".join(sorted(NAME_SEAL + (STAMPS[self.stamps] if self.place != "sold" else "ad")))
        return Sheet(
            place=place, use=use, face=self.face, stamps=stamps, expires=self.expires, purpose=self.purpose
        )  # fmt: skip

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """STA-01 sheets the book already knows; REC-02 more than the header announced."""
        known = SpanSet.of(piece.span for piece in state.pieces(self.spans) if piece.sheet != UNKNOWN)
        if known:
            words = Words(f"期初的券已在账上：{short(known)}", f"the book already has these sheets: {short(known)}")
            yield trouble("STA-01", words, subject=self.id, serials=known.text)
        total = state.thing(OpeningTotal, self.ref)
        if total is None:
            words = Words(f"期初 {self.ref} 不存在", f"there is no opening {self.ref}")
            yield trouble("REC-02", words, subject=self.id)

    def apply(self, state: State) -> None:
        """The sheets are where they are."""
        first = self.sheet()
        state.change(self.spans, lambda sheet: first if sheet == UNKNOWN else sheet)
        total = state.thing(OpeningTotal, self.ref)
        if total is not None and self.place == "safe":
            state.put(self.ref, OpeningTotal(announced=total.announced, lines=lines_of([*total.lines, *self.lines])))

    def postings(self) -> Sequence[Posting]:
        """Sheets of the safe are taken over; the others do not pass through the safe."""
        return safe_in(self.lines, "vouchers:taken-over") if self.place == "safe" else ()


def judge_totals(state: State) -> Iterable[Finding]:
    """REC-02: the lines of an opening do not add up to what its header, which was signed, announces."""
    for opening, total in state.things(OpeningTotal):
        if total.announced != total.lines:
            words = Words(
                f"期初 {opening} 表头 {show_lines(total.announced) or '0'}，明细 {show_lines(total.lines) or '0'}",
                f"opening {opening} announces {show_lines(total.announced) or '0'}, "
                f"its lines are {show_lines(total.lines) or '0'}",
            )
            yield trouble("REC-02", words, subject=opening, next=(f"gb show {opening}",))
    for key, item in state.things(MoneyTotal):
        opening, _, name = key.partition("/")
        if item.announced != item.lines:
            words = Words(
                f"期初 {opening} {TOTALS[name].zh}：表头 {total_shown(name, item.announced)}，明细 {total_shown(name, item.lines)}",
                f"opening {opening}, {TOTALS[name].en}: announced {total_shown(name, item.announced)}, "
                f"lines {total_shown(name, item.lines)}",
            )
            yield trouble("REC-02", words, subject=opening, next=(f"gb show {opening}",))


JOURNAL = Journal("openings", "OP", "yaml", Words("期初", "openings"), (Opening, OpeningSheets, *OPEN_ITEMS))
