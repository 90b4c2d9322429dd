"""Outside judges read a book with our schemas: jsonschema and PyYAML the YAML journals, frictionless the CSV ones.

The book holds every kind of record of every journal, each of them undone once where that is allowed, so no kind can be
declared without its schema having been tried.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from ledger.book.batch import _write_all
from ledger.book.create import create
from ledger.book.dayend import files_of
from ledger.book.draft import Draft
from ledger.book.keys import write_recipients
from ledger.book.notice import issue
from ledger.book.open import Book
from ledger.book.undo import reversal_draft
from ledger.book.write import record
from ledger.core.forms import Line, Pay, Record, Reversal
from ledger.core.personal import clear
from ledger.core.points import Lot
from ledger.core.records import JOURNALS, journal
from ledger.core.records.clients import Added
from ledger.core.records.members import Registered
from ledger.core.records.notices import Issued
from ledger.core.spans import parse_spans
from ledger.core.targets import parse_aims
from ledger.index import lookup
from ledger.privacy.wrapping import make_identity

ROOT = Path(__file__).resolve().parents[2]
SCHEMAS = ROOT / "schemas"
YAML_JOURNALS = [listed.name for listed in JOURNALS if listed.format == "yaml"]
CSV_JOURNALS = [listed.name for listed in JOURNALS if listed.format == "csv"]
START = dt.datetime(2026, 10, 8, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))
NASTY = ("no", "1:30", "00123", "#x", "a: b", '"quoted"', "back\\slash", '逗号,引号"', "~", "0x1F", "2026-10-08", "🎁")


class Desk:
    """Records drafts a minute apart; everything is by the manager ZM but what ZM must approve."""

    def __init__(self, root: Path) -> None:
        self.book: Book
        self.book, _ = create(root, store="东方商厦", terminal="K1", book_id="0" * 32, git=False, at=START)
        self.minutes = 0

    def put(
        self, journal_name: str, record_kind: str, by: str = "ZM", ref: str = "", reason: str = "", **values: Any
    ) -> Record:
        self.minutes += 1
        at = START + dt.timedelta(minutes=self.minutes)
        draft = Draft(
            journal=journal_name,
            kind=record_kind,
            values=values,
            by=by,
            terminal="K1",
            ref=ref,
            reason=reason,
            at=at,
            date=at.date(),
        )
        return record(self.book, draft).record

    def undo(self, record_id: str) -> Record:
        draft = reversal_draft(self.book, record_id, by="ZM", terminal="K1", reason="录错")
        return self.put(draft.journal, draft.kind, ref=draft.ref, reason=draft.reason, **draft.values)

    def notice(self) -> Issued:
        """The notice of the day, made from what is there."""
        self.minutes += 1
        at = START + dt.timedelta(minutes=self.minutes)
        draft = Draft(journal="notices", kind="issued", values={}, by="ZM", terminal="K1", at=at)
        sent = issue(self.book, draft, at.date())
        assert sent is not None
        assert isinstance(sent.recorded.record, Issued)
        return sent.recorded.record

    def approved(self, purpose: str, sheets: int, **more: Any) -> str:
        asked = self.put(
            "requests", "request", by="WL", purpose=purpose, lines=(Line(10000, sheets),), reason="按计划", **more
        )
        self.put("requests", "approval", ref=asked.id)
        return asked.id


def spans(text: str) -> dict[str, Any]:
    return {"spans": parse_spans(text)}


def persons(desk: Desk) -> None:
    """An individual with sealed values, who was looked at, taken along, backed up and erased."""
    write_recipients(desk.book, {"K1": make_identity().recipient})
    sealed: dict[str, Any] = {"name": clear("name", "诸葛"), "phone": clear("phone", "13911110002")}
    desk.put("clients", "added", code="C077", alias="老主顾", unit_kind="individual", **sealed)
    desk.put("access", "reveal", subject="client/C077", items="name phone", reason='核对, "证件"')
    desk.put("access", "export", what="clients", items="name", persons=1, reason="寄贺卡")
    desk.put("access", "backup", keys=1)
    desk.put("clients", "erased", code="C077", reason="本人要求")


def refiled(desk: Desk) -> None:
    """K2 gave the code C001 to another unit before it met K1; that one is filed anew as C010."""
    at = START + dt.timedelta(minutes=desk.minutes)
    twice = Added(id=f"CL{at:%Y%m%d}-K2-0001", at=at, date=at.date(), by="WL", code="C001", unit='二中, "分校"')
    with desk.book.disk.lock(who="K2"):
        _write_all(desk.book, [twice])
        desk.book.index.catch_up()
    desk.put("clients", "refiled", ref=twice.id, code="C010", unit=twice.unit, was="C001", keys="C001/0123456789abcdef")


def member_refiled(desk: Desk, code: str) -> None:
    """The same of a member."""
    at = START + dt.timedelta(minutes=desk.minutes)
    twice = Registered(id=f"ME{at:%Y%m%d}-K2-0001", at=at, date=at.date(), by="WL", code=code, identified="yes")
    with desk.book.disk.lock(who="K2"):
        _write_all(desk.book, [twice])
        desk.book.index.catch_up()
    desk.put(
        "members", "refiled", ref=twice.id, code="M0100", identified="yes", was=code, keys=f"{code}/0123456789abcdef"
    )


def keep(root: Path) -> Book:
    """A book with every kind of record."""
    desk = Desk(root)
    put = desk.put
    put("staff", "operator-added", by="init", code="WL", name="王玲", roles="clerk")
    put("staff", "operator-added", by="init", code="ZM", name="赵明", roles="manager")
    put("staff", "operator-changed", code="WL", name="王 玲", roles="clerk supervisor", public_key="ssh-ed25519 AAAA x")
    put("staff", "operator-added", code="CW", name="陈会计", roles="finance")
    put("staff", "operator-key", by="CW", code="CW", public_key="ssh-ed25519 AAAA")
    put("staff", "operator-added", code="QT", name="钱", roles="clerk")
    put("staff", "operator-left", code="QT")
    put("staff", "terminal-added", code="K2")
    put("staff", "terminal-added", code="K3")
    put("targets", "target", aims=parse_aims("2026-10:50000.00 2026-10-w1/WL:8000.00"))
    put("staff", "terminal-claimed", code="K3", install="0123456789abcdef", reason="开店")
    put("staff", "terminal-retired", code="K2")
    put("clients", "added", code="C001", unit="第一中学", unit_kind="institution", initials="dyzx", state_owned="yes")
    put("clients", "changed", code="C001", unit="第一中学", alias="一中", owner="WL")
    put("clients", "alias", code="C001", alias="No.1 Middle School")
    persons(desk)
    refiled(desk)
    waiting: dict[str, Any] = {"cheques": 200000, "pending": 70000, "rebates": 20000}
    opening = put("openings", "opening", finance="陈会计", lines=(Line(10000, 30),), cash=30000, petty=50000, **waiting)
    more: dict[str, Any] = {"face": 10000, "stamps": "activity+date", "expires": dt.date(2029, 10, 8)}
    put("openings", "opening-sheets", ref=opening.id, place="safe", **spans("100/A0000001-A0000030"), **more)
    put("openings", "opening-cheque", ref=opening.id, client="C001", **spans("100/A0000011-A0000030"), cheque="0007",
        bank='工行"东风"', drawn=dt.date(2026, 9, 29), drawer="第一中学", method="cheque", slip="JZ-0")  # fmt: skip
    put("openings", "opening-payment", ref=opening.id, client="C001", payments=(Pay("wechat", 70000),),
        paid=dt.date(2026, 9, 30), reference="W, 1")  # fmt: skip
    put("openings", "opening-rebate", ref=opening.id, client="C001", control_no="DZ-2026-0041", month="2026-09",
        lines=(Line(10000, 2),), approved=dt.date(2026, 9, 28), purchases=1500000)  # fmt: skip
    drawn = desk.approved("voucher", 101)
    put("requests", "prepared", by="CW", ref=drawn, finance="陈会计", collect=dt.date(2026, 10, 9))
    refused = put("requests", "request", by="WL", purpose="other", lines=(Line(10000, 1),), reason=NASTY[7])
    put("requests", "rejection", ref=refused.id, reason="不同意")
    put("receipts", "receipt", request=drawn, **spans("A0010001-A0010100"), face=10000, finance="陈会计")
    put("custody", "stamp", **spans("A0010001-A0010090"), stamp="activity")
    void = put("custody", "void", **spans("A0010010"), approval=desk.approved("void", 2), reason="污损")
    desk.undo(void.id)
    put("custody", "void", **spans("A0010011"), approval=void.approval, reason="污损")  # type: ignore[attr-defined]
    put("custody", "return-to-finance", **spans("A0010011 A0010099-A0010100"), finance="陈会计", reason="多余")
    put("custody", "lost", **spans("A0010020"), report="BS-1", approval=desk.approved("lost", 1), reason="遗失")
    put("custody", "found", **spans("A0010020"), reason="找到")
    put("custody", "reface", **spans("A0010021-A0010022"), face=20000, reason="改面值",
        approval=desk.approved("reface", 2, face=20000))  # fmt: skip
    put("custody", "given", **spans("A0010030"), client="C001", use="中秋", reason="节日",
        approval=desk.approved("gift", 1))  # fmt: skip
    put("custody", "issue-to-terminal", **spans("A0010050-A0010059"), to="K3", reason="分柜")
    put("custody", "freeze", **spans("A0010040"), reason="核查")
    put("custody", "unfreeze", **spans("A0010040"), reason="查清")
    for text in NASTY:
        put("custody", "count", scope="void", second=text)
    put("sales", "sale", client="C001", **spans("A0010001-A0010009"), salesperson="WL", reference='No. 1, "x"')
    paid = put("sales", "sale", client="C001", **spans("A0010012-A0010013"), amount=19900, reason="优惠, 经理同意",
        payments=(Pay("cash", 10000), Pay("transfer", 9900)))  # fmt: skip
    back = put("sales", "client-return", **spans("A0010001-A0010002"), reason="多买")
    desk.undo(back.id)
    owed = put("custody", "iou", client="C001", **spans("A0010031-A0010034"), due=dt.date(2026, 10, 20), reason="节前赊券",
        approval=desk.approved("iou", 4, client="C001"))  # fmt: skip
    put("sales", "iou-payment", client="C001", **spans("A0010031-A0010032"), ref=owed.id)
    traded = put("custody", "exchange", **spans("A0010003"), out=parse_spans("A0010035"), reason='换"新"券')
    desk.undo(traded.id)
    sold = put("sales", "sale", client="C001", **spans("A0010036-A0010037"))
    fixing = desk.approved("correction", 9)
    fixed = put("sales", "correction", ref=sold.id, out=parse_spans("A0010036"), **spans("A0010038"), approval=fixing,
        reason="打错")  # fmt: skip
    desk.undo(fixed.id)
    put("receipts", "correction", ref="RC20261008-K1-0001", out=parse_spans("A0010091"), **spans("A0010191-A0010192"),
        approval=fixing, finance="陈会计", reason="打错")  # fmt: skip
    keep_rebates(desk)
    keep_visits(desk)
    put("clients", "transferred", code="C001", owner="QT", reason="分区")
    put("clients", "classified", code="C001", client_class="core", purchases=3000000, times=2)
    put("clients", "classified", code="C001", client_class="key", by_hand="yes", reason="指定")
    complaint = put("clients", "complaint", code="C001", about='券 "污损"', department="no")
    put("clients", "complaint-answered", ref=complaint.id, reply="1:30 道歉", satisfied="no")
    signed = START.date()
    common: dict[str, Any] = {"client": "C001", "method": "cheque", "bank": "工商银行, 东风支行", "drawn": signed}
    held = put("sales", "reservation", **spans("A0010060-A0010069"), cheque="1001", receipt="YJ-1", **common)
    paper = {"cheque": "1001", "bank": common["bank"], "drawer": "第一中学", "client": "C001"}
    put("cheques", "deposited", **paper, slip="JZ-1")
    put("cheques", "cleared", by="CW", **paper, advice="TZ-1")
    put("sales", "handover", ref=held.id, **spans("A0010060-A0010064"))
    released = put("sales", "release", ref=held.id, reason="客户改期")
    desk.undo(released.id)
    put("sales", "sale", **spans("A0010070-A0010079"), cheque="2001", bank_slip="YH-1", **common)
    paper = {**paper, "cheque": "2001"}
    put("cheques", "bounced", **paper, reason="存款不足")
    good = put("cheques", "made-good", **paper, method="transfer", reference="T-9")
    desk.undo(good.id)
    put("cheques", "replaced", **paper, new_cheque="2002", new_bank="农业银行", new_drawn=signed)
    put("sales", "reservation", **spans("A0010080-A0010089"), cheque="1002", **common)
    put("cheques", "given-back", **{**paper, "cheque": "1002"})
    put("dispositions", "disposition", code="STK-01", subject="CU20261008-K1-0001", action="再盘 \"一次\"", reason="已查明",
        due=dt.date(2026, 10, 20))  # fmt: skip
    put("dispositions", "waiver", file="journals/2026-10/sales.K1.csv", line=2, expected="0" * 16, found="a" * 64,
        reason="表格软件改过")  # fmt: skip
    at = START - dt.timedelta(days=9)
    late = Added(id="CL20260929-K2-0001", at=at, date=at.date(), by="WL", code="C009", unit='迟到"中学"', note="a\\b")
    put(
        "dispositions",
        "adoption",
        ref=late.id,
        file="journals/2026-09/clients.K2.yaml",
        line=1,
        taken=late,
        reason="迟到",
    )
    notice = desk.notice()
    told = {"ref": notice.id, "notice": notice.notice}
    put("notices", "acknowledged", **told, to="finance", name="陈会计")
    put(
        "notices",
        "delivered",
        **told,
        to="cashiers",
        channel="mail",
        address="tills@store.example",
        copy="0" * 64,
        outcome="failed",
        detail="no route, 550",
    )
    put("cash", "float", amount=20000, total=50000)
    put("cash", "deposit", amount=90000, slip='J"1"', days=(START.date(), START.date() + dt.timedelta(days=1)))
    short = put("cash", "count", amount=100000, book=100500, notes=(Line(10000, 10),), second="LI")
    put("cash", "settle", ref=short.id, how="written-off", reason="找不到, 核销")
    out = put("cash", "advance", staff="WL", purpose="travel", amount=10000, due=dt.date(2026, 10, 15))
    put("cash", "advance-return", ref=out.id, spent=8000)
    put("cash", "arrived", ref=paid.id, reference="B, 1")
    day = START.date()
    drawn_too: dict[str, Any] = {"document": "LQ-1", "lines": (Line(10000, 100),), "amount": 1000000, "person": "赵"}
    line = put("finance", "receipt", booked=day, **spans("A0010001-A0010100"), **drawn_too)
    desk.undo(line.id)
    put("finance", "return", booked=day, **spans("A0010011 A0010099-A0010100"))
    put("finance", "rebate", booked=day, document="DZ-2026-0042", amount=50000)
    put("finance", "money", booked=day, document='JZ "1", a', amount=100)
    put("bank", "line", booked=day, reference="T1", paid_in=50000, balance=0, text="货款, 东风厂")
    desk.undo(put("bank", "line", booked=day, paid_out=1, balance=-1).id)
    put("redemptions", "redeemed", booked=day, **spans("A0010003-A0010004"), till="3", receipt="R-1")
    desk.undo(put("redemptions", "redeemed", booked=day, **spans("A0010005 Z0000001")).id)
    holds: dict[str, Any] = {
        "cash": 500000,
        "petty": 50000,
        "cheques": "10203040",
        "cheque_amount": 100,
        "items": (line.id,),
    }
    desk.undo(put("cash", "handover", to="CW", **spans("A0010001-A0010002"), **holds).id)
    keep_members(desk)
    put("cash", "day-end", files=files_of(desk.book, "K1", START.date()), host="wang@k1")
    return desk.book


def keep_rebates(desk: Desk) -> None:
    """One slip rejected and proposed again, collected and the collection undone; one cancelled."""
    put = desk.put
    put("staff", "operator-added", code="SU", name="孙主管", roles="supervisor")
    put("receipts", "receipt", request=desk.approved("voucher", 400), **spans("B0010001-B0010400"), face=10000,
        finance="陈会计", stamps="activity")  # fmt: skip
    sold = [put("sales", "sale", client="C001", **spans(text)) for text in ("B0010001-B0010120", "B0010121-B0010240")]

    def proposed(number: int) -> str:
        more: dict[str, Any] = {"client": "C001", "month": "2026-10", "sales": (sold[number].id,)}
        return put("rebates", "proposal", by="SU", **more).id

    def step(kind: str, slip: str, **more: Any) -> Record:
        values = {name: value for name, value in more.items() if name != "reason"}
        return put("rebates", kind, ref=slip, reason=more.get("reason", ""), **values)

    step("rejection", proposed(0), reason="重报")
    first, second = proposed(0), proposed(1)
    for slip in (first, second):
        step("approval", slip)
    step("cancellation", second, reason="退券")
    step("notification", first, how="电话")
    desk.undo(step("collection", first, **spans("B0010301"), signed="yes").id)
    taken = step("collection", first, **spans("B0010302"), signed="yes", signer=clear("signer", "诸葛"))
    put("rebates", "correction", ref=taken.id, out=parse_spans("B0010302"), **spans("B0010303"), reason="打错",
        approval=desk.approved("correction", 1))  # fmt: skip


def keep_visits(desk: Desk) -> None:
    """A festival target called, a visit with a gift and a follow-up, a day's outreach."""
    put, day = desk.put, START.date()
    festival: dict[str, Any] = {"client": "C001", "festival": "2027-new-year"}
    put("visits", "plan", client="C001", due=day, how="visit", topic='续签 "合同"')
    target = put("visits", "target", **festival, due=day, start=day, why="large", purchases=6000000, times=2)
    put("visits", "call-note", ref=target.id, summary=NASTY[7], wants="yes", goods="食品券, 米", budget=2000000)
    called = put("visits", "visit", **festival, summary="已约", gift="茶叶", gift_value=12000, next=day)
    desk.undo(called.id)
    planned = put("visits", "outreach-plan", unit="长江厂 #2", scope="member", day=day)
    put("visits", "outreach-result", ref=planned.id, depth="not-met", intent="no", why_not="no", agreement=day)


def keep_members(desk: Desk) -> None:
    """A member with points and an award, one blacklisted and back, one erased; a merchant, an activity; each kind once."""
    put = desk.put
    day = START.date()
    for code in ("M0001", "M0002", "M0003"):
        put("members", "registered", code=code, identified="yes", receipt='小票 "1", 2', recruiter="WL")
    header = put("openings", "opening", finance="陈会计", points=300).id
    over: dict[str, Any] = {"expires": dt.date(2026, 12, 31), "valid": 5200, "bought": dt.date(2026, 9, 20)}
    desk.undo(put("openings", "opening-points", ref=header, member="M0001", points=300, **over).id)
    put("openings", "opening-points", ref=header, member="M0001", points=300, **over)
    put("members", "changed", code="M0001", recruiter="ZM")
    desk.undo(put("members", "activated", code="M0001", card="80010001").id)
    put("members", "activated", code="M0001", card="80010002")
    put("members", "card-replaced", code="M0001", card="80010003", reason="遗失")
    put("members", "blacklisted", code="M0002", operator="WL", reason="刷分, 两次")
    put("members", "reinstated", code="M0002", reason="查清")
    put("members", "erased", code="M0003", reason="本人要求")
    member_refiled(desk, "M0001")
    put("points", "earned", member="M0001", points=5000, slip='X "1"', amount=500050, purchased=day)
    desk.undo(put("points", "topped-up", member="M0001", points=300, slip="B, 1", expires=dt.date(2027, 1, 31)).id)
    put("points", "topped-up", member="M0001", points=300, slip="B-2")
    back: dict[str, Any] = {"member": "M0001", "points": 7, "slip": 'B "3"', "expires": dt.date(2027, 1, 31)}
    back["ref"] = put("points", "topped-up", **back).id
    desk.undo(put("points", "taken-back", reason="重复, 两次", **back).id)
    put("points", "taken-back", reason="重复", **back)
    put("points", "returned", member="M0001", points=10, slip="T-1", original='X "1"', amount=1000)
    put("points", "notified", member="M0001", how="电话")
    put("points", "id-checked", member="M0001", document="身份证")
    award = put("points", "award", member="M0001", points=1000, goods="电水壶, 红", cost=4550)
    desk.undo(put("points", "goods-handed-over", ref=award.id).id)
    void: dict[str, Any] = {"member": "M0001", "points": 1000, "award_no": "LJ2026-K1-0001", "cost": 4550}
    void |= {"ref": award.id, "lots": (Lot("2026-12-31", 300), Lot("2028-10-31", 700)), "reason": "没有来, 缺货"}
    desk.undo(put("points", "award-cancelled", **void).id)
    put("points", "goods-handed-over", ref=award.id)
    put("merchants", "screened", code="T01", title='春风"照相馆"', trade="摄影")
    put("merchants", "contacted", code="T01", how="电话")
    put("merchants", "talked", code="T01", summary="no")
    put("merchants", "agreed", code="T01", terms="九折: 全场")
    desk.undo(put("merchants", "contracted", code="T01", contract="HT-1", starts=day, ends=day).id)
    put("merchants", "contracted", code="T01", contract="HT-1", starts=day, ends=day)
    put("merchants", "filed", code="T01", file_no="00123")
    put("merchants", "visited", code="T01", summary="1:30")
    put("merchants", "ended", code="T01", reason="期满")
    for code in ("A1", "A2"):
        put(
            "activities",
            "planned",
            by="WL",
            code=code,
            title="中秋会员日",
            starts=day,
            ends=day,
            quota=100,
            budget=300000,
        )
    put("activities", "rejected", code="A2", reason="预算")
    put("activities", "approved", code="A1")
    put("activities", "publicised", code="A1", channel="短信")
    put("activities", "assigned", code="A1", department="超市", task="摆台", due=day)
    desk.undo(put("activities", "entered", code="A1", member="M0001").id)
    put("activities", "entered", code="A1", member="M0002")
    put("activities", "rewarded", code="A1", period="2026-Q3", members=("M0001", "M0002"), reward="毛巾")
    put("activities", "analysed", code="A1", summary="好", cost=200000, sales=1000000)
    put("activities", "archived", code="A1", file_no="D-1")


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    return keep(tmp_path_factory.mktemp("schemas") / "book")


def files(book: Book, name: str) -> list[Path]:
    found = sorted((book.root / "journals").rglob(f"{name}.*"))
    assert found, f"the book has no {name}"
    return found


def validator(name: str) -> Draft202012Validator:
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def complaints(judge: Draft202012Validator, records: Any) -> list[str]:
    return [f"{list(error.absolute_path)} {error.message[:200]}" for error in judge.iter_errors(records)]


def kinds_in(book: Book) -> Iterator[tuple[str, str]]:
    for entry in book.entries(lookup.between(book.index.db, "0000", "9999-99")):
        made = entry.record
        yield entry.journal.name, made.KIND
        if isinstance(made, Reversal):
            yield entry.journal.name, f"reversal of {made.of}"


def test_the_book_holds_every_kind(book: Book) -> None:
    there = set(kinds_in(book))
    declared = {(listed.name, kind.KIND) for listed in JOURNALS for kind in journal(listed.name).kinds}
    assert declared - there == set()
    assert {("custody", "reversal of void"), ("sales", "reversal of client-return")} <= there


@pytest.mark.parametrize("name", YAML_JOURNALS)
def test_jsonschema_passes_what_pyyaml_reads(book: Book, name: str) -> None:
    for file in files(book, name):
        records = yaml.safe_load(file.read_bytes())
        assert complaints(validator(name), records) == []


def test_pyyaml_reads_the_very_strings(book: Book) -> None:
    [file] = files(book, "custody")
    read = [one["second"] for one in yaml.safe_load(file.read_bytes()) if one["kind"] == "count"]
    assert read == list(NASTY)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        pytest.param("custody", {"spans": "A0010001-"}, id="a span without an end"),
        pytest.param("custody", {"lines": "100*1"}, id="a face without decimals"),
        pytest.param("custody", {"colour": "red"}, id="an unknown field"),
        pytest.param("custody", {"kind": "burnt"}, id="an unknown kind"),
        pytest.param("custody", {"stamp": "postmark"}, id="an unknown stamp"),
        pytest.param("custody", {"reason": " early"}, id="white space at the start"),
        pytest.param("custody", {"reason": "two\nlines"}, id="a line end in a text"),
        pytest.param("custody", {"date": 20261008}, id="a number for a date"),
        pytest.param("custody", {"id": "SA20261008-K1-0001"}, id="an id of another journal"),
        pytest.param("custody", {"h": "0123"}, id="a short h"),
        pytest.param("receipts", {"sheets": "1e2"}, id="a count in scientific notation"),
        pytest.param("receipts", {"seal": "no"}, id="a seal that was not checked"),
        pytest.param("receipts", {"finance": None}, id="no name of finance"),
    ],
)
def test_jsonschema_refuses_a_wrong_record(book: Book, name: str, change: dict[str, Any]) -> None:
    [file] = files(book, name)
    first = {**yaml.safe_load(file.read_bytes())[0], **change}
    wrong = {key: value for key, value in first.items() if value is not None}
    assert complaints(validator(name), [wrong])


def test_check_jsonschema_passes_and_refuses(book: Book, tmp_path: Path) -> None:
    program = shutil.which("check-jsonschema", path=str(Path(sys.executable).parent)) or shutil.which(
        "check-jsonschema"
    )
    if program is None:
        pytest.skip("check-jsonschema is not installed")
    """An unknown stamp, a day and an hour that there are not."""
    [file] = files(book, "custody")
    paths, right = [file], file.read_bytes()
    for old, new in ((b'stamp: "activity"', b'stamp: "postmark"'), (b'date: "2026-10-08"', b'date: "2026-02-30"'),
                     (b'at: "2026-10-08T', b'at: "2026-10-08T25:00:00+08:00" #')):  # fmt: skip
        assert old in right
        paths.append(tmp_path / f"wrong{len(paths)}.yaml")
        paths[-1].write_bytes(right.replace(old, new))
    schema = str(SCHEMAS / "custody.schema.json")
    run = [subprocess.run([program, "--schemafile", schema, str(path)], check=False).returncode for path in paths]
    assert run == [0, 1, 1, 1]


# -- CSV ---------------------------------------------------------------------------------------------------------------


def report(file: Path, name: str) -> list[str]:
    """What frictionless has against a file, as ``type: note``."""
    from frictionless import Resource, Schema, system

    schema = Schema.from_descriptor(json.loads((SCHEMAS / f"{name}.table.json").read_text(encoding="utf-8")))
    with system.use_context(trusted=True):
        done = Resource(path=str(file), schema=schema).validate()
    return [f"{error.type}: {error.note}" for task in done.tasks for error in task.errors] + [
        e.note for e in done.errors
    ]


@pytest.mark.parametrize("name", CSV_JOURNALS)
def test_frictionless_passes(book: Book, name: str) -> None:
    for file in files(book, name):
        assert report(file, name) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (",19900", ",199", None),
        ("199.00,cash", "199.0,cash", "constraint-error"),
        ("199.00,cash", "1.99e2,cash", "constraint-error"),
        ("A0010012-A0010013", "A0010012..A0010013", "constraint-error"),
        (",sale,", ",gift,", "constraint-error"),
        ("-0002,2026-10-08T", "-0002,2026-13-08T", "type-error"),
        ("-0003,", "-0002,", "primary-key"),
        ("client,spans", "spans,client", "incorrect-label"),
    ],
    ids=["nothing", "one decimal", "scientific", "another dash", "another kind", "month 13", "an id twice", "columns"],
)
def test_frictionless_refuses(book: Book, tmp_path: Path, old: str, new: str, expected: str | None) -> None:
    [file] = files(book, "sales")
    text = file.read_text(encoding="utf-8")
    assert expected is None or old in text
    copy = tmp_path / "sales.K1.csv"
    copy.write_text(text.replace(old, new, 1), encoding="utf-8", newline="\n")
    found = report(copy, "sales")
    assert bool(found) == (expected is not None)
    assert not expected or any(re.match(expected, line) for line in found), found


# -- drift -------------------------------------------------------------------------------------------------------------


def test_the_committed_schemas_are_those_of_the_declarations() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "docs.build", "--check", "schemas"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_no_schema_is_left_over() -> None:
    known = {f"{listed.name}.{'table' if listed.format == 'csv' else 'schema'}.json" for listed in JOURNALS}
    assert {path.name for path in SCHEMAS.glob("*.json")} == known
