"""更正 corrections: a mistyped span in a receipt, a sale or a collection, put right by a record that names it (V9).

The figures stay where the original put them: a sale's amount and sheets are unchanged, so as many sheets of the same face
come in as go out; only a receipt's quantity may have been mistyped with the span, and the difference is then received, or not.
When the original's month is another one, the correction is a line of prior periods (R9).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Annotated, Any, ClassVar

import msgspec

from ledger.core.approvals import judge_approval, use_request
from ledger.core.custody import (
    IN_SAFE,
    RESTAMP,
    STATE_WORDS,
    UNKNOWN,
    Sheet,
    legal,
    show_restores,
)
from ledger.core.errors import Refused, Unknown
from ledger.core.findings import Finding, trouble
from ledger.core.forms import (
    LINES,
    RECORD,
    RESTORES,
    SERIALS,
    TEXT,
    Lines,
    Record,
    Told,
    Touch,
    lines_of,
    show_lines,
)  # fmt: skip
from ledger.core.judge import faces_of, judge_sheets, judge_tied, short
from ledger.core.postings import Posting, prior_period, safe_in, safe_out
from ledger.core.registers import amend, drawn_on, line_of
from ledger.core.rules import Approvals, Rules
from ledger.core.spans import EMPTY, SpanSet
from ledger.core.state import Piece, State, Thing
from ledger.core.words import Words

Restored = tuple[tuple[SpanSet, Sheet], ...]
"""The state of sheets, per span."""


class Corrected(Thing, frozen=True, kw_only=True):
    """A correction through which sheets are with a client: the key is its id, ``ref`` the record that sold them."""

    ref: str

    @property
    def settled(self) -> bool:
        """Only histories need it once its month is over."""
        return True


def record_behind(out: str, state: State) -> str:
    """The sale or collection through which sheets went out: a correction leads to the record that it corrects."""
    found = state.thing(Corrected, out)
    return found.ref if found else out


def went_by(piece: Piece, ref: str, state: State) -> bool:
    """Whether sheets are with a client through ``ref``; a fold on a closing knows only that they are with one."""
    return piece.sheet.place == "client" and (not piece.out or record_behind(piece.out, state) == ref)


class Correction(Record, frozen=True, kw_only=True):
    """``out`` are the serials that the original names and should not, ``spans`` those that it should have named.

    ``lines`` are the faces of what goes out, ``in_lines`` of what comes in.  ``becomes`` says what each sheet is afterwards,
    as entry found it, so that no fold needs the other sheets.  ``SOLD`` is the space of the thing that the original left.
    ``ENTERED``: finance's register has the original too.
    """

    KIND = "correction"
    WORDS = Words("更正", "correction")
    HELP = Words("更正登记单中打错的券号", "put a mistyped span of a record right")
    RANK = 46
    ACT = "correct"
    NEEDS_REASON = True
    NOTICE = "corrected"
    SOLD: ClassVar[str] = ""
    ENTERED: ClassVar[bool] = False

    out: Annotated[SpanSet, SERIALS, Words("误登券号", "serials that go out")]
    spans: Annotated[SpanSet, SERIALS, Words("应登券号", "serials that come in")]
    lines: Annotated[Lines, LINES, Words("面值*张数", "face × sheets")]
    in_lines: Annotated[Lines, LINES, Words("应登面值*张数", "face × sheets that come in")] = ()
    approval: Annotated[str, RECORD, Words("批准单", "approval")] = ""
    becomes: Annotated[Restored, RESTORES, Words("更正后状态", "what the sheets are afterwards")] = ()

    def touches(self) -> Touch:
        """All sheets, what the original left, and the request drawn upon."""
        things = ((self.SOLD, self.ref), (Corrected.__name__, self.id)) if self.SOLD else ()
        line = (line_of(self.ref),) if self.ENTERED else ()
        request = (("Request", self.approval),) if self.approval else ()
        return Touch(self.out | self.spans, (*things, *line, *request))

    def amend_register(self, state: State) -> None:
        """The original's line of the register names the right serials from now on."""
        if self.ENTERED:
            amend(self.ref, state, out=(self.out, self.lines), into=(self.spans, self.in_lines))

    def noticed(self) -> tuple[Told, ...]:
        """The sheets that the client has after all, and those that were told and are not out."""
        if not self.NOTICE:
            return ()
        return Told(self.NOTICE, self.spans, self.in_lines), Told("corrected-out", self.out, self.lines)

    @classmethod
    def resolve(cls, values: dict[str, Any], state: State, rules: Rules) -> dict[str, Any]:
        """The faces of both sides, and what all the sheets become."""
        lines = tuple(line for line in faces_of(values["out"], state) if line.face)
        coming = tuple(line for line in faces_of(values["spans"], state) if line.face)
        out, spans, ref = values["out"], values["spans"], values["ref"]
        try:
            becomes = cls.afterwards(out, spans, ref, state)
        except LookupError:
            words = Words(
                f"{short(out)} 不是 {ref} 登记的，或其后又动过",
                f"{short(out)} did not go out by {ref}, or something came after it",
            )
            first = next(iter(out)).first_serial
            raise Refused(words, code="STA-01", next=(f"gb voucher trace {first}", f"gb show {ref}")) from None
        return {"lines": lines, "in_lines": coming, "becomes": becomes, **values}

    @classmethod
    def afterwards(cls, out: SpanSet, spans: SpanSet, ref: str, state: State) -> Restored:
        """What each sheet becomes: those that come in are where the others were, with their marks; those are as before.

        Raises ``LookupError`` when the sheets that go out are not as the original left them.
        """
        theirs = state.pieces(out)[0].sheet
        coming = tuple((piece.spans, _out_as(theirs, piece.sheet)) for piece in state.pieces(spans))
        return (*state.before(cls._event(out, ref, state), out), *coming)

    @staticmethod
    def _event(out: SpanSet, ref: str, state: State) -> str:
        """What put the sheets that go out with the client: the original, or an earlier correction of it."""
        outs = {piece.out for piece in state.pieces(out)}
        return outs.pop() if len(outs) == 1 and all(record_behind(one, state) == ref for one in outs) else ""

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """The approval; both sides; then what the kind itself asks."""
        if self.approval or self.KIND in rules.on(Approvals, self.date).needed:
            yield from judge_approval(self.approval, ("correction",), self.lines, state, self.id)
        if not self.out.isdisjoint(self.spans):
            both = self.out & self.spans
            words = Words(
                f"{short(both)} 既在误登的券号里又在应登的券号里",
                f"{short(both)} is among the wrong serials and among the right ones",
            )
            yield trouble("STA-01", words, subject=self.id, serials=both.text, next=(f"gb show {self.ref}",))
        sides = list(self.judge_sides(state))
        yield from sides or self._judge_becomes(state)

    def _judge_becomes(self, state: State) -> Iterator[Finding]:
        """REC-03: the record stores other states than follow from the book."""
        try:
            right = self.afterwards(self.out, self.spans, self.ref, state)
        except LookupError:  # something came after the original, which the order rule tells
            return
        if show_restores(right) != show_restores(self.becomes):
            words = Words(
                f"更正单 {self.id} 记的券状态与账上不符", f"correction {self.id} stores other states than the book's"
            )
            yield trouble("REC-03", words, subject=self.id, serials=self.spans.text, next=(f"gb show {self.id}",))

    def judge_sides(self, state: State) -> Iterator[Finding]:
        """Sheets that go out went out by the original; those that come in can take their place, face for face."""
        wrong = [piece for piece in state.pieces(self.out) if not went_by(piece, self.ref, state)]
        yield from self._not_by(wrong)
        illegal = list(judge_sheets("sale", self.spans, state, self.id))
        yield from illegal
        yield from judge_tied(self.spans, state, self)
        if not wrong and not illegal and not self.lines == self.in_lines == faces_of(self.spans, state):
            words = Words(
                f"误登 {show_lines(self.lines)}，应登 {show_lines(self.in_lines)}：金额不变，面值张数要相同",
                f"wrong {show_lines(self.lines)}, right {show_lines(self.in_lines)}: the amount stays, so faces and sheets must",
            )
            yield trouble("REC-03", words, subject=self.id, serials=self.spans.text, next=(f"gb show {self.ref}",))

    def _not_by(self, wrong: Sequence[Piece]) -> Iterator[Finding]:
        if wrong:
            sheets = SpanSet.of(piece.span for piece in wrong)
            words = Words(
                f"{short(sheets)} 不是 {self.ref} 登记的", f"{short(sheets)} did not go out by {self.ref}"
            )  # fmt: skip
            yield trouble("STA-01", words, subject=self.id, serials=sheets.text, next=(f"gb show {self.ref}",))

    def apply(self, state: State) -> None:
        """The sheets that come in are with the client; the others are as before the original."""
        gone = SpanSet.of(piece.span for piece in state.pieces(self.out) if went_by(piece, self.ref, state))
        for spans, after in self.becomes:
            if gone & spans:
                state.change(gone & spans, partial(_after, after))
            if coming := self.spans & spans:
                state.change(coming, partial(_after_sale, after))
        state.put(self.id, Corrected(ref=self.ref))
        self.amend_register(state)
        use_request(self.approval, self.lines, state)

    def postings(self) -> Sequence[Posting]:
        """As many sheets of each face go out as come in: nothing moves in the figures."""
        return ()


def _received_apart(found: Finding) -> Finding:
    """Sheets that the receipt's own request does not cover are no correction of it: they have a request and a receipt of their own."""
    words = Words(
        f"{found.words.zh}；多出的券另行请示、另登领券",
        f"{found.words.en}; what is more has a request and a receipt of its own",
    )
    return msgspec.structs.replace(found, words=words, next=(*found.next, "gb voucher receive --help"))


def _after(after: Sheet, _: Sheet) -> Sheet:
    return after


def _after_sale(after: Sheet, sheet: Sheet) -> Sheet:
    return after if legal("sale", sheet) else sheet


def _after_receipt(after: Sheet, sheet: Sheet) -> Sheet:
    return after if sheet == UNKNOWN or sheet.state in IN_SAFE else sheet


def _out_as(theirs: Sheet, sheet: Sheet) -> Sheet:
    """A sheet in the place and with the marks of one that it takes the place of; face and purpose are its own."""
    stamps = "".join(sorted((set(sheet.stamps) | set(theirs.stamps)) - {RESTAMP}))
    return msgspec.structs.replace(
        sheet, place=theirs.place, use=theirs.use, stamps=stamps, expires=theirs.expires, latest=sheet.expires, tied=""
    )  # fmt: skip


class SaleCorrection(Correction, frozen=True, kw_only=True):
    """更正售券: the client took other sheets of the same faces than the sale names."""

    SOLD = "SaleThing"


class ReceiptCorrection(Correction, frozen=True, kw_only=True):
    """更正领券: finance handed over other serials than the receipt names; finance's name stands on it.

    Sheets that come in take the marks of those that go out, later stamps included; the count may differ, and the quantity
    received is then corrected by the difference, which is drawn on the receipt's ``request`` or given back to it (V1).  Where
    the receipt only names too many, nothing comes in.
    """

    RANK = 21
    NOTICE = ""
    ENTERED = True

    spans: Annotated[SpanSet, SERIALS, Words("应登券号", "serials that come in")] = EMPTY
    finance: Annotated[str, TEXT, Words("财务经办人", "finance's name")]
    request: Annotated[str, RECORD, Words("领券请示单", "the receipt's request")] = ""

    @property
    def more(self) -> Lines:
        """What was received beyond the quantity of the receipt; a face of which there was less is negative."""
        return lines_of([*self.in_lines, *((face, -sheets) for face, sheets in self.lines)])

    def touches(self) -> Touch:
        """As every correction, and the receipt's request where the quantity changes."""
        touch = super().touches()
        return touch._replace(things=(*touch.things, ("Request", self.request))) if self.request else touch

    @classmethod
    def resolve(cls, values: dict[str, Any], state: State, rules: Rules) -> dict[str, Any]:
        """The faces that go out; those that come in have that face; the receipt's request, where the count differs."""
        values = dict(values)
        out, spans, ref, request = values["out"], values["spans"], values["ref"], values.pop("request", "")
        faces = {piece.sheet.face for piece in state.pieces(out) if piece.sheet.face}
        if len(faces) != 1:
            words = Words(
                f"{short(out)} 没有领过，或面值不一：分面值更正",
                f"{short(out)}: never received, or of several faces: correct one face at a time",
            )
            raise Unknown(words, next=("gb voucher stock", f"gb show {ref}"))
        face = faces.pop()
        found: dict[str, Any] = {
            "lines": lines_of([(face, out.count)]),
            "in_lines": lines_of([(face, spans.count)]),
        }
        if out.count != spans.count:
            found["request"] = request or drawn_on(ref, state)
        return {**found, "becomes": cls.afterwards(out, spans, ref, state), **values}

    @classmethod
    def afterwards(cls, out: SpanSet, spans: SpanSet, ref: str, state: State) -> Restored:
        """Those that come in stand in the safe with the marks of the others, which were never received."""
        never = ((out, UNKNOWN),)
        return (*never, (spans, state.pieces(out)[0].sheet)) if spans else never

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """As every correction; and APR-01, APR-03 for more sheets than the receipt's request leaves (V1)."""
        yield from super().judge(state, rules)
        beyond = tuple(line for line in self.more if line.sheets > 0)
        if beyond:
            yield from map(_received_apart, judge_approval(self.request, ("voucher",), beyond, state, self.id))
        drawn = drawn_on(self.ref, state) if self.more else ""
        left_behind = self.more and not drawn  # a closing does not carry a line that agrees with finance's
        if self.request != drawn and not left_behind:
            words = Words(
                f"{self.ref} 不是凭请示单 {self.request or '—'} 领的",
                f"{self.ref} was not drawn on {self.request or '—'}",
            )
            yield trouble("REC-03", words, subject=self.id, next=(f"gb show {self.ref}",))

    def judge_sides(self, state: State) -> Iterator[Finding]:
        """STA-01: what goes out is in the safe, untouched but for stamps; what comes in was never received."""
        wrong = [piece for piece in state.pieces(self.out) if piece.sheet.state not in IN_SAFE]
        if wrong:
            sheets, now = SpanSet.of(piece.span for piece in wrong), STATE_WORDS[wrong[0].sheet.state]
            words = Words(
                f"不能从领券中更正掉 {short(sheets)}：{now.zh}",
                f"cannot take {short(sheets)} out of the receipt: {now.en}",
            )
            next_ = (f"gb voucher trace {next(iter(sheets)).first_serial}",)
            yield trouble("STA-01", words, subject=self.id, serials=sheets.text, next=next_)
        known = SpanSet.of(piece.span for piece in state.pieces(self.spans) if piece.sheet != UNKNOWN)
        if known:
            words = Words(f"{short(known)} 已在账上", f"the book already has {short(known)}")
            yield trouble("STA-01", words, subject=self.id, serials=known.text, next=(f"gb show {self.ref}",))
        face = self.lines[0].face if self.lines else 0
        if not wrong and not known and (
            self.lines != faces_of(self.out, state) or self.in_lines != lines_of([(face, self.spans.count)])
        ):  # fmt: skip
            words = Words(
                f"误登 {show_lines(self.lines)}，应登 {show_lines(self.in_lines)}，与券号不符",
                f"wrong {show_lines(self.lines)} and right {show_lines(self.in_lines)} are not what the serials are",
            )
            yield trouble("REC-03", words, subject=self.id, serials=self.out.text, next=(f"gb show {self.ref}",))

    def apply(self, state: State) -> None:
        """The sheets that come in stand in the safe; the others were never received."""
        for spans, after in self.becomes:
            if both := (self.out | self.spans) & spans:
                state.change(both, partial(_after_receipt, after))
        self.amend_register(state)
        use_request(self.approval, self.lines, state)
        use_request(self.request, self.more, state)

    def postings(self) -> Sequence[Posting]:
        """The difference of the quantity, in the line received, or of prior periods when the receipt's month is another."""
        change = (*safe_in(self.in_lines, "vouchers:received"), *safe_out(self.lines, "vouchers:received"))
        return change if self.ref[2:8] == f"{self.date:%Y%m}" else prior_period(change)
