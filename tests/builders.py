"""A small book in memory for tests: typed records made as entry makes them, without a disk.

Each method records one form and returns it; ``at`` moves on by a minute.  A record that breaks a rule is refused with
an ``AssertionError`` that shows its findings, unless the book is built with ``legal=False`` to plant faults.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from ledger.core.cheques import Cheque
from ledger.core.custody import show_restores
from ledger.core.errors import Where
from ledger.core.findings import Finding
from ledger.core.forms import Line, Lines, Pay, Record, Reversal, lines_of
from ledger.core.judge import judge
from ledger.core.memory import FullState
from ledger.core.money import parse_amount
from ledger.core.records import JOURNALS, journal
from ledger.core.records.clients import Added
from ledger.core.records.collecting import Collection
from ledger.core.records.custody import (
    Count,
    Found,
    Freeze,
    Given,
    Lost,
    Reface,
    ReturnToFinance,
    Stamp,
    Unfreeze,
    Void,
)
from ledger.core.records.exchange import Iou
from ledger.core.records.openings import Opening, OpeningSheets
from ledger.core.records.rebates import Approval as SlipApproval
from ledger.core.records.rebates import Cancellation, Notification, Proposal
from ledger.core.records.rebates import Rejection as SlipRejection
from ledger.core.records.receipts import Receipt
from ledger.core.records.requests import Approval, Rejection, Request
from ledger.core.records.reservations import Handover, Release, Reservation
from ledger.core.records.sales import ClientReturn, Sale
from ledger.core.records.staff import OperatorAdded, TerminalAdded
from ledger.core.rules import Rules, parse_rules
from ledger.core.spans import EMPTY, SpanSet, parse_typed
from ledger.core.state import apply

ZONE = dt.timezone(dt.timedelta(hours=8))


def rules_with(**changed: dict[str, Any]) -> Rules:
    """The rules of the test book, some replaced: ``count={"people": "1"}``."""
    usual: dict[str, dict[str, Any]] = {
        "roles": {"clerk": ["sell", "receive"], "manager": ["approve"]},
        "discount": {"by_reason_percent": "2"},
        "expiry": {"months": "36"},
        "approvals": {"needed": ["void", "lost", "reface", "given"]},
        "backdate": {"clerk_days": "1"},
        "clock": {"bump_seconds": "600"},
        "count": {"people": "2"},
        "cheques": {"present_days": "10", "hold_bank_days": "3", "deposit_bank_days": "0"},
        "rebates": {
            "ladder": {"5000.00": "0.5", "10000.00": "1", "50000.00": "2", "100000.00": "3"},
            "faces": ["100.00"],
            "uncollected_days": "30",
        },
        "registers": {"timing_days": "5"},
        "severities": {"codes": {}},
    }
    return parse_rules({name: [{"from": "2000-01-01", **rule}] for name, rule in {**usual, **changed}.items()})


RULES: Rules = rules_with()


class Placed:
    """A record with a made-up place: one file per journal, month and terminal, a line each."""

    def __init__(self, record: Record, file: str, line: int) -> None:
        self.record = record
        self.file = file
        self.line = line

    def where(self) -> Where:
        return Where(self.file, self.line, self.record.id, f"{self.record.id},{self.record.date},{self.record.KIND}")


def spans(text: str) -> SpanSet:
    """Serials as typed; empty text is no sheet."""
    return parse_typed(text) if text else EMPTY


def fen(text: str | int) -> int:
    """An amount in yuan as fen."""
    return parse_amount(str(text))


def lines(text: str) -> Lines:
    """``100*50 50*20`` as lines."""
    pairs = [part.split("*") for part in text.split()]
    return lines_of((fen(face), int(sheets)) for face, sheets in pairs)


class Book:
    """A book being written; iterate it for its records with their places, in the order of entry."""

    def __init__(
        self, day: str = "2026-10-01", *, legal: bool = True, terminal: str = "K1", rules: Rules = RULES
    ) -> None:
        self.state = FullState()
        self.legal = legal
        self.terminal = terminal
        self.rules = rules
        self.placed: list[Placed] = []
        self.found: list[Finding] = []
        self._numbers: dict[tuple[str, str, str], int] = {}
        self._lines: dict[str, int] = {}
        self.on(day)

    def __iter__(self) -> Iterator[Placed]:
        return iter(self.placed)

    def on(self, day: str, clock: str = "09:00") -> Book:
        """Go on at that business date and time."""
        self.date = dt.date.fromisoformat(day)
        self.at = dt.datetime.combine(self.date, dt.time.fromisoformat(clock), ZONE)
        return self

    def place(self, record: Record) -> Record:
        """Put a finished record at the end of its file, judged and applied."""
        code = record.id[:2]
        name = next(listed.name for listed in JOURNALS if listed.code == code)
        file = f"journals/{record.date:%Y-%m}/{name}.{record.terminal}.{journal(name).format}"
        self._lines[file] = self._lines.get(file, 1) + 1
        found = judge(record, self.state, self.rules)
        if self.legal and found:
            raise AssertionError("\n".join(f"{one.code} {one.words.en}" for one in found))
        self.found += found
        apply(record, self.state)
        self.placed.append(Placed(record, file, self._lines[file]))
        return record

    def head(self, code: str, by: str) -> dict[str, Any]:
        """The fields every record has, the id the next of its journal, terminal and date."""
        key = (code, self.terminal, f"{self.date:%Y%m%d}")
        self._numbers[key] = self._numbers.get(key, 0) + 1
        self.at += dt.timedelta(minutes=1)
        return {"id": f"{code}{key[2]}-{key[1]}-{self._numbers[key]:04d}", "at": self.at, "date": self.date, "by": by}

    def skip(self, code: str) -> dict[str, Any]:
        """Leave a hole in the ids of a journal: the head of the record that is not made."""
        return self.head(code, "WL")

    def make(self, cls: type[Record], journal_code: str, /, by: str = "WL", **values: Any) -> Any:
        """Resolve, judge, apply one record."""
        given = {name: value for name, value in values.items() if value not in ("", None)}
        return self.place(cls(**cls.resolve({**self.head(journal_code, by), **given}, self.state, self.rules)))

    # -- forms -----------------------------------------------------------------------------------------------------

    def staff(self, code: str = "ZM", roles: str = "manager") -> Any:
        return self.make(OperatorAdded, "ST", by="init", code=code, name=code, roles=roles)

    def terminal_added(self, code: str = "K1") -> Any:
        return self.make(TerminalAdded, "ST", by="init", code=code)

    def client(self, code: str = "C001", unit: str = "第一中学", **more: Any) -> Any:
        return self.make(Added, "CL", code=code, unit=unit, **more)

    def opening(self, announced: str = "", **more: Any) -> Any:
        return self.make(Opening, "OP", finance="陈会计", lines=lines(announced), **more)

    def opening_sheets(self, header: str, text: str, face: str | int, place: str = "safe", **more: Any) -> Any:
        more = {"stamps": "activity", **more}
        return self.make(OpeningSheets, "OP", ref=header, spans=spans(text), face=fen(face), place=place, **more)

    def request(self, purpose: str, asked: str, by: str = "WL", **more: Any) -> Any:
        return self.make(Request, "RQ", by=by, purpose=purpose, lines=lines(asked), reason="按计划", **more)

    def approve(self, ref: str, by: str = "ZM") -> Any:
        return self.make(Approval, "RQ", by=by, ref=ref)

    def reject(self, ref: str, by: str = "ZM") -> Any:
        return self.make(Rejection, "RQ", by=by, ref=ref, reason="不同意")

    def approved(self, purpose: str, asked: str, **more: Any) -> str:
        """A request and its approval; returns the request's id."""
        ref: str = self.request(purpose, asked, **more).id
        self.approve(ref)
        return ref

    def receive(self, text: str, face: str | int, *, request: str = "", stamped: bool = True, **more: Any) -> Any:
        """A receipt, on a request of its own unless one is given."""
        request = request or self.approved("voucher", f"{face}*{spans(text).count}")
        stamps = "activity" if stamped else ""
        return self.make(
            Receipt, "RC", request=request, spans=spans(text), face=fen(face), finance="陈会计", stamps=stamps, **more
        )

    def stamp(self, text: str, stamp: str = "activity") -> Any:
        return self.make(Stamp, "CU", spans=spans(text), stamp=stamp)

    def sell(
        self, text: str, amount: str | int = "", client: str = "C001", pays: Sequence[tuple[str, str]] = (), **more: Any
    ) -> Any:
        values: dict[str, Any] = {"spans": spans(text), "client": client, **more}
        if amount != "":
            values["amount"] = fen(amount)
        if pays:
            values["payments"] = tuple(Pay(method, fen(sum_)) for method, sum_ in pays)
        return self.make(Sale, "SA", **values)

    def give_back(self, text: str, refund: str | int = "", **more: Any) -> Any:
        values: dict[str, Any] = {"spans": spans(text), "reason": "客户退券", **more}
        if refund != "":
            values["amount"] = fen(refund)
        return self.make(ClientReturn, "SA", **values)

    def by_cheque(self, text: str, number: str, amount: str | int = "", **more: Any) -> Any:
        """A reservation against a cheque of ICBC drawn today; with ``bank_slip`` the sale of a same-day cheque."""
        values: dict[str, Any] = {
            "spans": spans(text), "client": "C001", "cheque": number, "bank": "工商银行", "drawn": self.date, **more,
        }  # fmt: skip
        if amount != "":
            values["amount"] = fen(amount)
        if "payments" not in values:
            values["method"] = "cheque"
        return self.make(Sale if "bank_slip" in more else Reservation, "SA", **values)

    def hand_over(self, ref: str, text: str = "", **more: Any) -> Any:
        return self.make(Handover, "SA", ref=ref, **{**({"spans": spans(text)} if text else {}), **more})

    def release(self, ref: str) -> Any:
        return self.make(Release, "SA", ref=ref, reason="客户改期")

    def cheque(self, kind: str, number: str, **more: Any) -> Any:
        """A step of the cheque of that number: ``deposited``, ``cleared``, ``bounced``, ``made-good`` …"""
        known = next(one for _, one in self.state.things(Cheque) if one.number == number)
        named = {"cheque": known.number, "bank": known.bank, "drawer": known.drawer, "client": known.client}
        usual: dict[str, Any] = {"deposited": {"slip": f"JZ-{number}"}, "bounced": {"reason": "存款不足"}}.get(kind, {})
        if kind == "replaced":
            usual = {"new_bank": "工商银行", "new_drawn": self.date}
        return self.make(journal("cheques").kind(kind), "CQ", **{**named, **usual, **more})

    def void(self, text: str, **more: Any) -> Any:
        return self._approved_step(Void, "void", text, more)

    def lost(self, text: str, **more: Any) -> Any:
        return self._approved_step(Lost, "lost", text, {"report": "BS-1", **more})

    def found_again(self, text: str, **more: Any) -> Any:
        return self.make(Found, "CU", spans=spans(text), reason="找到", **more)

    def given(self, text: str, **more: Any) -> Any:
        return self._approved_step(Given, "gift", text, {"client": "C001", **more})

    def lend(self, text: str, **more: Any) -> Any:
        """Sheets handed out on an approved IOU, due today."""
        approval = more.pop("approval", "") or self.approved("iou", self._asked(text), client="C001")
        return self._approved_step(Iou, "iou", text, {"client": "C001", "due": self.date, "approval": approval, **more})

    def reface(self, text: str, face: str | int, **more: Any) -> Any:
        if "approval" not in more:
            more["approval"] = self.approved("reface", self._asked(text), face=fen(face))
        return self.make(Reface, "CU", spans=spans(text), face=fen(face), reason="改面值", **more)

    def to_finance(self, text: str, **more: Any) -> Any:
        return self.make(ReturnToFinance, "CU", spans=spans(text), finance="陈会计", reason="交回", **more)

    def freeze(self, text: str) -> Any:
        return self.make(Freeze, "CU", spans=spans(text), reason="核查")

    def unfreeze(self, text: str) -> Any:
        return self.make(Unfreeze, "CU", spans=spans(text), reason="核查完")

    def count(self, text: str, scope: str = "all", second: str = "LI", **more: Any) -> Any:
        return self.make(Count, "CU", spans=spans(text), scope=scope, second=second, **more)

    # -- rebates -----------------------------------------------------------------------------------------------------

    def propose(
        self, sales: Sequence[Any], *, month: str = "", by: str = "SU", client: str = "C001", **more: Any
    ) -> Any:
        """A proposal for those sales, of the month of the first unless one is given."""
        ids = tuple(sale if isinstance(sale, str) else sale.id for sale in sales)
        month = month or f"{ids[0][2:6]}-{ids[0][6:8]}"
        return self.make(Proposal, "RB", by=by, client=client, month=month, sales=ids, **more)

    def approve_slip(self, slip: Any, by: str = "ZM", **more: Any) -> Any:
        return self.make(SlipApproval, "RB", by=by, ref=slip.id, **more)

    def reject_slip(self, slip: Any) -> Any:
        return self.make(SlipRejection, "RB", by="ZM", ref=slip.id, reason="不同意")

    def cancel_slip(self, slip: Any) -> Any:
        return self.make(Cancellation, "RB", by="ZM", ref=slip.id, reason="作废")

    def notify(self, slip: Any, how: str = "电话") -> Any:
        return self.make(Notification, "RB", ref=slip.id, how=how)

    def collect(self, slip: Any, text: str, **more: Any) -> Any:
        return self.make(Collection, "RB", ref=slip.id, spans=spans(text), signed="yes", **more)

    def reverse(self, ref: str, reason: str = "录错", **more: Any) -> Any:
        """Undo a record as entry does: its fields repeated, the states before it stored."""
        original = next(one.record for one in self.placed if one.record.id == ref)
        touched = original.touches().spans
        restores = show_restores(self.state.before(ref, touched)) if touched else ""
        head = self.head(ref[:2], "WL")
        bare = {"at": head["at"], "date": head["date"], "clock": "", "reason": "", "note": "", "key": ""}
        original = msgspec.structs.replace(original, **bare)  # as its text gives it
        return self.place(
            Reversal(original=original, **{**head, "ref": ref, "reason": reason, "restores": restores, **more})
        )

    def _approved_step(self, cls: type[Record], purpose: str, text: str, more: dict[str, Any]) -> Any:
        more = dict(more)
        if "approval" not in more:
            more["approval"] = self.approved(purpose, self._asked(text))
        return self.make(cls, "CU", spans=spans(text), reason="见批准单", **more)

    def _asked(self, text: str) -> str:
        total = lines_of((piece.sheet.face, piece.span.count) for piece in self.state.pieces(spans(text)))
        return " ".join(f"{Line(*line).face // 100}*{line.sheets}" for line in total)


def ready(day: str = "2026-10-01", *, legal: bool = True) -> Book:
    """A book with its manager ZM, the clerks WL and LI, and the client C001."""
    book = Book(day, legal=legal)
    book.staff()
    book.staff("WL", "clerk")
    book.staff("LI", "clerk")
    book.client()
    return book
