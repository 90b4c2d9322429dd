"""A record on its printed form, read off the form's declaration (:class:`ledger.core.paper.Paper`)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ledger.core.capital import capital
from ledger.core.forms import HEAD_WORDS, Lines, Record, show_lines, value_of
from ledger.core.money import grouped
from ledger.core.paper import Later, Paper, Shown
from ledger.core.payments import Standing
from ledger.core.personal import PERSONAL, masked
from ledger.core.settings import method_words
from ledger.core.spans import SpanSet
from ledger.core.words import Lang, Words
from ledger.reports.pages import Block, Fact, Form, Grid, Para, Sign, Total

_FACE, _FIRST, _LAST = Words("面值", "face"), Words("起号", "first serial"), Words("止号", "last serial")
_SHEETS, _VALUE, _SUM = Words("张数", "sheets"), Words("金额", "amount"), Words("合计", "total")
_YES, _NONE = Words("是", "yes"), Words("无", "none")
_CAME, _OPEN = Words("已收：{}", "Received: {}"), Words("尚未到账：{}", "not arrived yet: {}")
_BACK = Words("已退款：¥{}", "refunded since: ¥{}")
_NEVER, _SEMICOLON = Words("不再收取：{}", "not to be paid any more: {}"), Words("；", "; ")
_DAY = Words("{0.year}年{0.month}月{0.day}日", "{0:%Y-%m-%d}")
_TOTAL = Words("{label}（大写）", "{label}, in words and figures")
_STEPS = (
    Words("日期", "date"),
    Words("事项", "what"),
    Words("单号", "record"),
    Words("经手人", "by"),
    Words("说明", "text"),
)
_UNDONE = Words("（已冲销）", " (reversed)")
_REVERSED = Words("已冲销", "REVERSED")
_AGAIN = Words("补打 {at}", "COPY {at}")
_PRINTED = Words("打印：{at}", "printed {at}")
_CHAIN = Words("{by} 登记于 {at}  校验 {h}", "recorded by {by}, {at}  digest {h}")
_SECRET = Words("内部资料 保密", "internal, confidential")
_NAMED = frozenset({"client", "by", "to", "salesperson", "owner", "staff", "recruiter"})
"""Fields whose code has a name behind it."""

FaceOf = Callable[[SpanSet], Sequence[tuple[int, SpanSet]]]


class Behind(NamedTuple):
    """What the form shows that is not in its record.

    ``named`` gives a code with the name of whom it stands for; ``steps`` are the records that act on this one, each with
    whether it was reversed; ``faces`` the faces of sheets as the book has them now; ``personal`` what of the client's
    or member's dossier is there, as ``clear`` shows a sealed value: masked, unless it was revealed; ``undone`` the
    reversal, where there is one; ``again`` when the form was printed before; ``paid`` how the record's payments stand,
    where that is known.
    """

    store: str
    h: str
    at: dt.datetime
    named: Callable[[str, str], str]
    steps: Sequence[tuple[Record, bool]] = ()
    faces: FaceOf = lambda _: ()
    personal: Mapping[str, str] = {}
    clear: Callable[[str], str] = masked
    undone: Record | None = None
    again: bool = False
    paid: Standing | None = None


def form_of(record: Record, paper: Paper, behind: Behind, lang: Lang, blocks: Sequence[Block] = ()) -> Form:
    """The form of a record; ``blocks`` where its contents are made of more than its fields."""
    at = f"{behind.at:%Y-%m-%d %H:%M}"
    return Form(
        title=paper.title.say(lang), store=behind.store, number=record.id, size=paper.size,
        blocks=tuple(blocks or _Sheet(record, paper, behind, lang).blocks()),
        signs=tuple(_signs(record, paper, behind, lang)), copies=tuple(who.say(lang) for who in paper.copies),
        stamp=_stamp(behind.undone, lang) if behind.undone else "",
        again=_AGAIN.say(lang).format(at=at) if behind.again else "", digest=_chain(record, behind, lang),
        marks=(_SECRET.say(lang),) if paper.confidential else (), printed=_PRINTED.say(lang).format(at=at),
    )  # fmt: skip


def _chain(record: Record, behind: Behind, lang: Lang) -> str:
    """Who recorded it, when, and its link of the journal's chain."""
    at = f"{record.at:%Y-%m-%d %H:%M}"
    return _CHAIN.say(lang).format(by=behind.named("by", record.by), at=at, h=behind.h)


def _stamp(undone: Record, lang: Lang) -> str:
    return "\n".join(part for part in (_REVERSED.say(lang), f"{undone.id}  {undone.date}", undone.reason) if part)


def _signs(record: Record, paper: Paper, behind: Behind, lang: Lang) -> Iterator[Sign]:
    """Who signs; of those whose name is in the record, the name stands there already."""
    known = {"监盘人": getattr(record, "second", ""), "接收人": behind.named("to", getattr(record, "to", ""))}
    for who in paper.signs:
        yield Sign(who.say(lang), known.get(who.zh, ""))


class _Sheet:
    """One record being put on its form."""

    def __init__(self, record: Record, paper: Paper, behind: Behind, lang: Lang) -> None:
        self._record, self._paper, self._behind, self._lang = record, paper, behind, lang
        own = {field.name: (field.codec.name, field.words) for field in record.fields()}
        common = {name: ("text", HEAD_WORDS[name]) for name in ("by", "ref", "reason", "note")}
        self._known = {"date": ("day", HEAD_WORDS["date"]), **common, **own}

    def blocks(self) -> list[Block]:
        """Facts in a box, serials and amounts as tables, in the order of the form."""
        found: list[Block] = []
        facts: list[Fact] = []
        for block in self._all():
            if isinstance(block, Fact):
                facts.append(block)
                continue
            if facts:
                found.append(tuple(facts))
                facts = []
            found.append(block)
        return [*found, tuple(facts)] if facts else found

    def _all(self) -> Iterator[Fact | Block]:
        for one in self._paper.fields:
            yield from self._field(one)
            if one in ("client", "member"):
                yield from (
                    Fact(words.say(self._lang), self._behind.personal.get(name, ""))
                    for name, words in self._paper.personal
                )
        yield from (Fact(words.say(self._lang), "") for words in self._paper.blanks)
        if self._paper.steps is not None and self._behind.steps:
            yield self._steps(self._paper.steps)
        yield from self._note()

    def _note(self) -> Iterator[Para]:
        """What the form is worth: money that is not there is named, and what was reversed shows nothing (S9)."""
        paid, unpaid = self._behind.paid, self._paper.unpaid
        if unpaid is not None and self._behind.undone is not None:
            return
        if unpaid is not None and paid is not None and not paid.whole:
            said = (
                _CAME.say(self._lang).format(self._payments(paid.came) or _NONE.say(self._lang)),
                *(_OPEN.say(self._lang).format(self._payments(pays)) for pays in (paid.open,) if pays),
                *(_NEVER.say(self._lang).format(self._payments(pays)) for pays in (paid.never,) if pays),
                *(_BACK.say(self._lang).format(grouped(fen)) for fen in (paid.back,) if fen),
            )
            yield Para(unpaid.say(self._lang).format(paid=_SEMICOLON.say(self._lang).join(said)), strong=True)
        elif self._paper.note is not None:
            yield Para(self._paper.note.say(self._lang))

    def _field(self, one: str | Shown | Later) -> Iterator[Fact | Block]:
        if isinstance(one, Later):
            yield self._later(one)
            return
        if isinstance(one, Shown):
            name, codec, words = one.name, one.codec, one.words
        elif one in self._known:
            name, (codec, words) = one, self._known[one]
        else:
            return  # a field that this kind of record does not have
        value = getattr(self._record, name)
        if codec == PERSONAL.name and not value:
            yield Fact(words.say(self._lang), "")  # to be filled in by hand
            return
        if value is None or (codec != "yuan" and not value):
            return
        yield from self._shown(name, codec, words, value)

    def _shown(self, name: str, codec: str, words: Words, value: Any) -> Iterator[Fact | Block]:
        label = words.say(self._lang)
        if name in self._paper.totals:
            if value or name in self._paper.zeros:
                yield self._total(label, value)
        elif codec == "serials":
            yield self._serials(label, value, name)
        elif codec == "lines":
            if "spans" not in self._paper.fields or not getattr(self._record, "spans", None):
                yield self._lines(label, value)
        elif codec == "purchases":
            yield self._purchases(label, value)
        elif codec != "yuan" or value or name in self._paper.zeros:
            yield Fact(label, self.text(name, codec, value))

    def text(self, name: str, codec: str, value: Any) -> str:
        """A value as people read it; a sealed one, which is personal, as stars unless it was revealed."""
        if isinstance(value, str) and masked(value) != value:
            return self._behind.clear(value)
        if name in _NAMED:
            return self._behind.named(name, value)
        if name in self._paper.choices:
            return self._paper.choices[name].get(value, Words(str(value), str(value))).say(self._lang)
        if name == "method":
            return method_words(value).say(self._lang)
        shows: dict[str, Callable[[Any], str]] = {
            "yuan": lambda fen: f"¥{grouped(fen)}", "sheets": lambda sheets: f"{sheets:,}", "day": self._day,
            "days": lambda days: "  ".join(map(self._day, days)), "moment": lambda at: f"{at:%Y-%m-%d %H:%M}",
            "word": lambda text: _YES.say(self._lang) if text == "yes" else text, "payments": self._payments,
            "records": "  ".join,
        }  # fmt: skip
        return shows.get(codec, str)(value)

    def _day(self, day: dt.date) -> str:
        return _DAY.say(self._lang).format(day)

    def _payments(self, pays: Any) -> str:
        return "  ".join(f"{method_words(pay.method).say(self._lang)} ¥{grouped(pay.amount)}" for pay in pays)

    def _total(self, label: str, fen: int) -> Total:
        words = capital(fen) if fen >= 0 else ""
        return Total(_TOTAL.say(self._lang).format(label=label), words, f"¥{grouped(fen)}")

    def _later(self, one: Later) -> Fact:
        """A field of what came after; the box stays empty where nothing has."""
        for record, undone in self._behind.steps:
            if one.kind == record.KIND and not undone:
                field = next(field for field in record.fields() if field.name == one.field)
                value = getattr(record, one.field)
                return Fact(field.words.say(self._lang), self.text(one.field, field.codec.name, value))
        return Fact(_label_of(self._record, one).say(self._lang), "")

    def _lines(self, label: str, lines: Lines) -> Grid:
        heads = tuple(one.say(self._lang) for one in (_FACE, _SHEETS, _VALUE))
        rows = tuple((grouped(face), f"{sheets:,}", grouped(face * sheets)) for face, sheets in lines)
        sheets = sum(line.sheets for line in lines)
        return Grid(
            label.replace("*", " × "),
            heads,
            rows,
            "rrr",
            (_SUM.say(self._lang), f"{sheets:,}", grouped(value_of(lines))),
        )

    def _serials(self, label: str, spans: SpanSet, name: str) -> Grid:
        """First and last serial of each span; with faces and their value where the record says them."""
        sums = f"{spans.count:,}"
        heads = [one.say(self._lang) for one in (_FIRST, _LAST, _SHEETS)]
        lines: Lines = getattr(self._record, "lines", ()) if name == "spans" else ()
        faced = self._faced(spans, lines)
        if not faced:
            rows = tuple((span.first_serial, span.last_serial, f"{span.count:,}") for span in spans)
            return Grid(label, tuple(heads), rows, "llr", (_SUM.say(self._lang), "", sums))
        rows_by_face = tuple(
            (grouped(face), span.first_serial, span.last_serial, f"{span.count:,}", grouped(face * span.count))
            for face, part in faced
            for span in part
        )
        foot = (_SUM.say(self._lang), "", "", sums, grouped(value_of(lines)))
        return Grid(label, (_FACE.say(self._lang), *heads, _VALUE.say(self._lang)), rows_by_face, "rllrr", foot)

    def _faced(self, spans: SpanSet, lines: Lines) -> Sequence[tuple[int, SpanSet]]:
        """The serials of each face, as far as the record and the book agree on them; the record holds."""
        if len(lines) == 1 and lines[0].sheets == spans.count:
            return [(lines[0].face, spans)]
        found: dict[int, list[SpanSet]] = {}
        for face, part in self._behind.faces(spans) if lines else ():
            found.setdefault(face, []).append(part)
        joined = [(face, SpanSet.of(span for part in parts for span in part)) for face, parts in found.items()]
        agrees = {face: part.count for face, part in joined} == dict(lines)
        return sorted(joined, key=lambda one: -one[0]) if agrees else []

    def _purchases(self, label: str, bases: Any) -> Grid:
        heads = (_STEPS[2].say(self._lang), _VALUE.say(self._lang))
        rows = tuple((base.sale, grouped(base.amount)) for base in bases)
        return Grid(label, heads, rows, "lr", (_SUM.say(self._lang), grouped(sum(base.amount for base in bases))))

    def _steps(self, title: Words) -> Grid:
        rows = tuple(
            (
                str(one.date), one.WORDS.say(self._lang) + (_UNDONE.say(self._lang) if undone else ""), one.id,
                self._behind.named("by", one.by), _said(one),
            )
            for one, undone in self._behind.steps
        )  # fmt: skip
        return Grid(title.say(self._lang), tuple(head.say(self._lang) for head in _STEPS), rows, "lllll")


def _label_of(record: Record, one: Later) -> Words:
    """The label of a field of another kind of the record's own journal."""
    from ledger.core.records import journal_of

    kind = journal_of(record.id).kind(one.kind)
    return next(field.words for field in kind.fields() if field.name == one.field)


def _said(record: Record) -> str:
    """What a later record adds, in one line: its number, what it moved, its reason."""
    lines, amount = getattr(record, "lines", ()), getattr(record, "amount", 0)
    moved = show_lines(lines) if lines else f"¥{grouped(amount)}" if amount else ""
    return "  ".join(part for part in (getattr(record, "control_no", ""), moved, record.reason) if part)
