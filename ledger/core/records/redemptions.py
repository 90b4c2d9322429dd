"""消费 redemptions: what the tills took in, imported from their file; a fact of theirs, right or wrong (RED-01…03).

A redemption changes the sheets when the book takes it in, not back on the day of the till: so no entry that was legal
when it was made becomes illegal by a file that came later, and ``booked`` keeps the till's own date.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Annotated, Any

from ledger.core.custody import STATE_WORDS, moved
from ledger.core.findings import Finding, trouble
from ledger.core.forms import DAY, LINES, SERIALS, TEXT, Journal, Lines, Record, Touch, value_of
from ledger.core.judge import faces_of, short
from ledger.core.postings import LIABILITY, REDEEMED, Posting, money_moved
from ledger.core.rules import Rules
from ledger.core.spans import SpanSet
from ledger.core.state import Piece, State
from ledger.core.words import Words


class Redeemed(Record, frozen=True, kw_only=True):
    """消费: sheets that a till took for goods.  ``lines`` are their faces as the book has them; unknown sheets have none."""

    KIND = "redeemed"
    WORDS = Words("消费", "redeemed")
    THEIRS = True
    RANK = 70
    ACT = "redemptions"

    booked: Annotated[dt.date, DAY, Words("消费日期", "the till's date")]
    spans: Annotated[SpanSet, SERIALS, Words("券号", "serials")]
    lines: Annotated[Lines, LINES, Words("面值*张数", "face × sheets")] = ()
    till: Annotated[str, TEXT, Words("收款台", "till")] = ""
    receipt: Annotated[str, TEXT, Words("小票号", "till receipt")] = ""

    def touches(self) -> Touch:
        """The sheets."""
        return Touch(self.spans)

    @classmethod
    def resolve(cls, values: dict[str, Any], state: State, rules: Rules) -> dict[str, Any]:
        """The faces as the book has them."""
        lines = tuple(line for line in faces_of(values["spans"], state) if line.face)
        return {**values, "lines": lines}

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """RED-02 redeemed already; RED-03 lost, void or frozen then; RED-01 not with a client then."""
        groups: dict[tuple[str, str, str], list[Piece]] = {}
        for piece in state.pieces(self.spans):
            code, event = _trouble(piece, state, self.booked)
            if code:
                groups.setdefault((code, piece.sheet.state, event), []).append(piece)
        for (code, name, event), pieces in groups.items():
            yield self._finding(code, name, event, SpanSet.of(piece.span for piece in pieces))

    def _finding(self, code: str, name: str, event: str, spans: SpanSet) -> Finding:
        shown, now = short(spans), STATE_WORDS[name]
        words = Words(
            f"{self.booked} 收款台消费的券 {shown}：{now.zh}" + (f"（{event}）" if event else ""),
            f"redeemed at a till on {self.booked}: {shown}, {now.en}" + (f" ({event})" if event else ""),
        )
        if code == "RED-01" and name in ("sold", "rebated", "given", "iou"):
            words = Words(
                f"{self.booked} 收款台消费的券 {shown}，当时还没有交出：{event} 才交给客户",
                f"redeemed at a till on {self.booked}: {shown}, before {event} handed it to a client",
            )
        trace = f"gb voucher trace {next(iter(spans)).first_serial}"
        look = trace if name != "finance" else "gb voucher stock"
        return trouble(
            code, words, subject=self.id, serials=spans.text, next=(look, f"gb show {event}")[: 1 + bool(event)]
        )

    def apply(self, state: State) -> None:
        """What is with a client is redeemed, and a hold stays on it; other sheets stay where the book has them.

        So a redemption that is found to be wrong moves nothing out of the safe behind the counter's back.
        """
        state.change(self.spans, lambda sheet: moved("redeemed", sheet) if sheet.place == "client" else sheet)

    def postings(self) -> Sequence[Posting]:
        """The liability to honour the sheets is met at their face."""
        return money_moved(REDEEMED, LIABILITY, value_of(self.lines))


def _trouble(piece: Piece, state: State, day: dt.date) -> tuple[str, str]:
    """The code that a redemption on ``day`` of a sheet deserves, empty for none, and the record that says why.

    A freeze made only after ``day`` is no trouble; a sheet handed out only after it is.
    """
    sheet = piece.sheet
    if sheet.place == "redeemed":
        return "RED-02", _last(piece, state)
    if sheet.place in ("lost", "void"):
        return "RED-03", _last(piece, state)
    if sheet.hold and _day_of(frozen := _last(piece, state)) <= f"{day:%Y%m%d}":
        return "RED-03", frozen
    if sheet.place != "client":
        return "RED-01", _last(piece, state)
    if piece.out and _day_of(piece.out) > f"{day:%Y%m%d}":
        return "RED-01", piece.out
    return "", ""


def _last(piece: Piece, state: State) -> str:
    return max(state.top(Touch(piece.spans)), default="")


def _day_of(record_id: str) -> str:
    """The business date that an id carries, as its eight digits."""
    return record_id[2:10]


JOURNAL = Journal("redemptions", "RD", "csv", Words("消费", "redemptions"), (Redeemed,))
