"""Random histories: two terminals whose clocks differ, on one shared folder, doing legal and illegal things.

A history is named by its seed alone.  Whatever is refused must be refused with words and leave every file as it was.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ledger.book.create import create
from ledger.book.draft import Draft, Recorded
from ledger.book.open import Book
from ledger.book.undo import reversal_draft
from ledger.book.write import record
from ledger.core.errors import GbError
from ledger.core.forms import Line, Record, lines_of
from ledger.core.spans import EMPTY, Span, SpanSet
from ledger.disk import Ops

BOOK_ID = "000102030405060708090a0b0c0d0e0f"
START = dt.datetime(2026, 9, 28, 1, 0, 0, tzinfo=dt.UTC)
FACES = (10000, 5000)
SHEETS = 400
CLERKS = ("wang", "zhao")
TERMINALS = ("K1", "K2")


class Unsynced(Ops):
    """The real disk without waiting for it: these tests lose no power."""

    def fsync(self, fd: int) -> None:
        return


class Skewed:
    """A terminal's clock: the world's time and this clock's error."""

    def __init__(self, world: World, skew: dt.timedelta) -> None:
        self._world = world
        self._skew = skew

    def now(self, zone: dt.tzinfo) -> dt.datetime:
        return (self._world.time + self._skew).astimezone(zone).replace(microsecond=0)


class Later:
    """A clock that stands still, after any history but within the days that a clock may be ahead."""

    def now(self, zone: dt.tzinfo) -> dt.datetime:
        return dt.datetime(2026, 10, 25, 1, 0, 0, tzinfo=dt.UTC).astimezone(zone)


class World:
    """One folder, two terminals, everything that was recorded with the warnings it was given."""

    def __init__(self, root: Path, seed: int, minutes: int = 3) -> None:
        self.root = root
        self.rng = random.Random(seed)
        self.time = START
        self.recorded: list[Recorded] = []
        self.refused: list[GbError] = []
        self.sales: list[Record] = []
        self.cheques: list[Record] = []
        self.requests: dict[str, list[str]] = {}
        skew = 60 * minutes
        self.clocks = {name: Skewed(self, dt.timedelta(seconds=self.rng.randint(-skew, skew))) for name in TERMINALS}
        self.books = {"K1": self._create()}
        self._staff()
        self.books["K2"] = self.open("K2")

    def open(self, terminal: str) -> Book:
        """The folder as that terminal opens it."""
        book = Book(self.root, self.clocks[terminal])
        book.disk.ops = Unsynced()
        return book

    def close(self) -> None:
        for book in self.books.values():
            book.close()

    def _create(self) -> Book:
        book, made = create(
            self.root, store="东方商厦", terminal="K1", book_id=BOOK_ID, git=False, clock=self.clocks["K1"]
        )
        book.disk.ops = Unsynced()
        self.recorded.append(made)
        return book

    def _staff(self) -> None:
        people = {"wang": "clerk", "zhao": "clerk", "sun": "supervisor", "chen": "finance", "li": "manager"}
        for code, role in people.items():
            self.must("staff", "operator-added", {"code": code, "name": code, "roles": role}, by="init")
        self.must("staff", "terminal-added", {"code": "K2"}, by="li")
        for number in (1, 2, 3):
            self.must("clients", "added", {"code": f"C00{number}", "unit": f"第{number}中学"}, by="wang")

    # -- recording ---------------------------------------------------------------------------------------------------

    def must(
        self, journal: str, kind: str, values: dict[str, Any], *, by: str, terminal: str = "K1", **more: Any
    ) -> Record:
        """Record what has to be legal."""
        draft = Draft(journal=journal, kind=kind, values=values, by=by, terminal=terminal, **more)
        made = record(self.books[terminal], draft)
        self.recorded.append(made)
        return made.record

    def attempt(self, journal: str, kind: str, values: dict[str, Any], *, by: str = "", **more: Any) -> Record | None:
        """Try it on either terminal, some of it back-dated; a refusal changes no byte."""
        terminal = self.rng.choice(TERMINALS)
        by = by or self.rng.choice(CLERKS)
        if self.rng.random() < 0.05:
            yesterday = (self.time.astimezone(self.books[terminal].zone) - dt.timedelta(days=1)).date()
            more.update(date=yesterday, reason="补记")
        return self._try(terminal, lambda book: Draft(
            journal=journal, kind=kind, values=values, by=by, terminal=terminal, **more
        ))  # fmt: skip

    def _try(self, terminal: str, draft: Callable[[Book], Draft]) -> Record | None:
        before = self.text()
        try:
            made = record(self.books[terminal], draft(self.books[terminal]))
        except GbError as error:
            self.refused.append(error)
        else:
            self.recorded.append(made)
            return made.record
        refused = self.refused[-1]
        assert all((refused.words.zh, refused.words.en, refused.code))
        assert self.text() == before, f"{refused.code} was refused and changed a file"
        return None

    def text(self) -> dict[str, bytes]:
        """Every journal file with its bytes."""
        files = sorted((self.root / "journals").rglob("*.*"))
        return {str(path.relative_to(self.root)): path.read_bytes() for path in files if path.is_file()}

    # -- what may happen ---------------------------------------------------------------------------------------------

    def run(self, steps: int) -> World:
        """That many tries, time going on between them."""
        self.draw_sheets()
        self.draw_sheets()
        for _ in range(steps):
            self._pass_time()
            self.rng.choices(ACTS, WEIGHTS)[0](self)
        return self

    def _pass_time(self) -> None:
        self.time += dt.timedelta(seconds=self.rng.choice((1, 5, 30, 60, 120, 600)))
        if self.rng.random() < 0.08:
            self.time = (self.time + dt.timedelta(days=1)).replace(hour=1, minute=self.rng.randrange(60))

    def approved(self, purpose: str, spans: SpanSet, **values: Any) -> str:
        """A request for those sheets' faces, usually approved, sometimes of another size, purpose or by the asker."""
        lines = self._faces(spans)
        if self.rng.random() < 0.1:
            lines = lines_of([(FACES[0], self.rng.randint(1, 9))])
        if not lines:
            return ""
        by = self.rng.choice((*CLERKS, "li"))
        made = self.attempt(
            "requests", "request", {"purpose": purpose, "lines": lines, **values}, by=by, reason="按计划"
        )
        if made is None:
            return ""
        self.requests.setdefault(purpose, []).append(made.id)
        if self.rng.random() < 0.9:
            self.attempt("requests", "approval", {}, by="li", ref=made.id)
        return made.id

    def _faces(self, spans: SpanSet) -> tuple[Line, ...]:
        pieces = self.books["K1"].state().pieces(spans) if spans else []
        return lines_of((piece.sheet.face or FACES[0], piece.span.count) for piece in pieces)

    def some(self, most: int = 12) -> SpanSet:
        """A few sheets: mostly of those on hand, at times any at all."""
        self.books["K2"].refresh()  # as every command does: what was just written may not be in the index yet
        hand = list(self.books["K2"].state().on_hand())
        if not hand or self.rng.random() < 0.15:
            return self._anywhere(most)
        parts = []
        for span, _ in self.rng.sample(hand, min(len(hand), self.rng.choice((1, 1, 1, 2)))):
            first = self.rng.randint(span.first, span.last)
            parts.append(span._replace(first=first, last=min(span.last, first + self.rng.randrange(most))))
        return SpanSet.of(parts)

    def _anywhere(self, most: int) -> SpanSet:
        first = self.rng.randint(1, SHEETS - most)
        return SpanSet.of([Span("A", 7, first, first + self.rng.randrange(most))])

    def draw_sheets(self) -> None:
        """Request, approval, receipt."""
        first = self.rng.randrange(0, SHEETS, 40) + 1
        spans = SpanSet.of([Span("A", 7, first, first + 39)])
        face = self.rng.choice(FACES)
        request = self.attempt(
            "requests", "request", {"purpose": "voucher", "lines": (Line(face, 40),)}, reason="按计划"
        )
        if request is None:
            return
        self.attempt("requests", "approval", {}, by="li", ref=request.id)
        stamps = {"stamps": "activity"} if self.rng.random() < 0.8 else {}
        values = {"request": request.id, "spans": spans, "finance": "陈会计", **stamps}
        self.attempt("receipts", "receipt", values)

    def stamp(self) -> None:
        self.attempt("custody", "stamp", {"spans": self.some(40), "stamp": self.rng.choice(("activity", "date"))})

    def sell(self) -> None:
        values: dict[str, Any] = {"spans": self.some(), "client": self.rng.choice(("C001", "C002", "C003"))}
        more = {}
        if self.rng.random() < 0.2:
            values["amount"] = max(
                0, sum(face * n for face, n in self._faces(values["spans"])) - self.rng.choice((1, 100))
            )
            more["reason"] = self.rng.choice(("", "优惠"))
        if self.rng.random() < 0.3:
            values["method"] = self.rng.choice(("transfer", "wechat"))
        made = self.attempt("sales", "sale", values, **more)
        if made is not None:
            self.sales.append(made)

    def reserve(self) -> None:
        """A reservation against a cheque, or a sale of the same day; at times a cheque that came before."""
        number = (
            str(self.rng.randint(1001, 1999))
            if self.cheques and self.rng.random() < 0.1
            else str(2000 + len(self.recorded))
        )
        values: dict[str, Any] = {
            "spans": self.some(), "client": self.rng.choice(("C001", "C002")), "method": "cheque", "cheque": number,
            "bank": "工商银行", "drawn": START.date(),
        }  # fmt: skip
        kind = "reservation"
        if self.rng.random() < 0.4:
            kind, values["bank_slip"] = "sale", f"YH-{number}"
        made = self.attempt("sales", kind, values)
        if made is not None:
            self.cheques.append(made)
            self.sales += [made] if kind == "sale" else []

    def cheque_step(self) -> None:
        """Any step of any cheque, in turn or not."""
        if not self.cheques:
            return
        taken: Any = self.rng.choice(self.cheques)
        named = {"cheque": taken.cheque, "bank": taken.bank, "drawer": taken.drawer, "client": taken.client}
        kind = self.rng.choice(
            ("deposited", "deposited", "cleared", "cleared", "bounced", "made-good", "replaced", "given-back")
        )
        more: dict[str, Any] = {"deposited": {"slip": f"JZ-{len(self.recorded) % 40}"}}.get(kind, {})
        if kind == "replaced":
            more = {"new_cheque": str(len(self.recorded)), "new_bank": "农行", "new_drawn": START.date()}
        by = "chen" if kind == "cleared" else ""
        self.attempt("cheques", kind, {**named, **more}, by=by, reason="存款不足" if kind == "bounced" else "")

    def hand_over(self) -> None:
        """Reserved sheets, all or a part of them, or the release of what is left."""
        reserved = [one for one in self.cheques if one.KIND == "reservation"]
        if not reserved:
            return
        taken: Any = self.rng.choice(reserved)
        if self.rng.random() < 0.25:
            self.attempt("sales", "release", {"ref": taken.id}, reason="客户改期")
            return
        part = {"spans": taken.spans.take(1)} if self.rng.random() < 0.3 else {}
        made = self.attempt("sales", "handover", {"ref": taken.id, **part})
        self.sales += [made] if made is not None else []

    def take_back(self) -> None:
        if not self.sales:
            return
        sold = list(self.rng.choice(self.sales).touches().spans)
        span = self.rng.choice(sold)
        first = self.rng.randint(span.first, span.last)
        part = SpanSet.of([span._replace(first=first, last=min(span.last, first + self.rng.randrange(4)))])
        self.attempt("sales", "client-return", {"spans": part}, reason="客户退券")

    def step(self) -> None:
        """A custody step that needs an approval."""
        kind = self.rng.choice(("void", "lost", "reface", "given"))
        spans = self.some(4)
        further: dict[str, dict[str, Any]] = {
            "lost": {"report": "BS-1"},
            "reface": {"face": 20000},
            "given": {"client": "C001"},
        }
        extra = further.get(kind, {})
        purpose = "gift" if kind == "given" else kind
        old = self.requests.get(purpose)
        if old and self.rng.random() < 0.3:
            approval = self.rng.choice(old)
        else:
            approval = self.approved(purpose, spans, **({"face": 20000} if kind == "reface" else {}))
        values = {"spans": spans, **extra, **({"approval": approval} if approval else {})}
        self.attempt("custody", kind, values, reason="见批准单")

    def found_again(self) -> None:
        lost = [r.record for r in self.recorded if r.record.KIND == "lost"]
        if lost:
            self.attempt("custody", "found", {"spans": self.rng.choice(lost).touches().spans}, reason="找到")

    def hold(self) -> None:
        spans = self.some(6)
        if self.attempt("custody", "freeze", {"spans": spans}, reason="核查") and self.rng.random() < 0.7:
            self._pass_time()
            self.attempt("custody", "unfreeze", {"spans": spans}, reason="核查完")

    def back_to_finance(self) -> None:
        self.attempt("custody", "return-to-finance", {"spans": self.some(8), "finance": "陈会计"}, reason="交回")

    def redeem(self) -> None:
        """A till's line about sheets that a client has: another would be recorded too, and found."""
        if not self.sales:
            return
        pieces = self.books["K1"].state().pieces(self.rng.choice(self.sales).touches().spans)
        out = [piece.span for piece in pieces if piece.sheet.place == "client" and not piece.sheet.hold]
        if out:
            today = self.time.astimezone(self.books["K1"].zone).date()
            values = {"spans": SpanSet.of(self.rng.sample(out, 1)), "booked": today, "till": "3", "receipt": "R1"}
            self.attempt("redemptions", "redeemed", values)

    def count(self) -> None:
        hand = self.books["K1"].state().on_hand()
        safe = SpanSet.of(span for span, sheet in hand if sheet.place == "safe")
        self.attempt("custody", "count", {"spans": safe or EMPTY, "second": "钱"}, reason="月底盘点")

    def money(self) -> None:
        """A step on the drawer or an arrival: of the right sum or another, of the right record or any."""
        kind = self.rng.choice(("deposit", "count", "settle", "advance", "advance-return", "arrived", "float"))
        fen = self.rng.choice((100, 10_000, 50_000))
        day = self.books["K1"].today()
        values: dict[str, dict[str, Any]] = {
            "deposit": {"amount": fen, "slip": f"J{self.rng.randrange(30)}", "days": (day,)},
            "count": {"amount": fen, "book": fen + self.rng.choice((0, 100, -100)), "second": "钱"},
            "settle": {"how": self.rng.choice(("paid-in", "paid-out", "written-off"))},
            "advance": {"staff": "wang", "purpose": "travel", "amount": fen, "due": day},
            "advance-return": {"spent": self.rng.choice((0, 50))},
            "float": {"amount": fen, "total": 50_000},
        }
        of = {"settle": "count", "advance-return": "advance", "arrived": "sale"}.get(kind)
        about = [
            r.record.id for r in self.recorded if of == r.record.KIND and (of == "sale" or r.record.id[:2] == "CA")
        ]
        if of is None or about:
            more = {"ref": self.rng.choice(about)} if about else {}
            self.attempt("cash", kind, {**values.get(kind, {}), **more}, reason="查明")

    def reverse(self) -> None:
        """Undo one of the last records, or any.  Not the filing of clients and staff, which blocks nothing by rule."""
        candidates = [r.record for r in self.recorded if r.record.id[:2] not in ("CL", "ST")]
        if not candidates:
            return
        wanted = self.rng.choice(candidates[-6:] if self.rng.random() < 0.7 else candidates)
        terminal, by = self.rng.choice(TERMINALS), self.rng.choice((*CLERKS, "sun"))
        self._try(terminal, lambda book: reversal_draft(book, wanted.id, by=by, terminal=terminal, reason="录错"))


_ACTS: dict[Callable[[World], None], int] = {
    World.draw_sheets: 2,
    World.stamp: 3,
    World.sell: 10,
    World.reserve: 4,
    World.cheque_step: 9,
    World.hand_over: 4,
    World.take_back: 5,
    World.step: 4,
    World.found_again: 2,
    World.hold: 2,
    World.back_to_finance: 2,
    World.redeem: 1,
    World.count: 1,
    World.money: 4,
    World.reverse: 8,
}
ACTS, WEIGHTS = list(_ACTS), list(_ACTS.values())
