"""A month with a fault of every kind planted in it: the check finds each, with file and line, and nothing else."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from ledger.book.create import create
from ledger.book.dayend import files_of
from ledger.book.draft import Draft
from ledger.book.month import check
from ledger.book.notice import catch_up
from ledger.book.open import Book
from ledger.book.write import record
from ledger.core.findings import Finding
from ledger.core.forms import Pay, Record, lines_of
from ledger.core.spans import SpanSet, parse_spans
from tests.forge import Forge

BOOK_ID = "000102030405060708090a0b0c0d0e0f"
ZONE = dt.timezone(dt.timedelta(hours=8))
OCTOBER = "journals/2026-10"


def at(day: int, clock: str = "09:00", month: int = 10) -> dt.datetime:
    return dt.datetime.combine(dt.date(2026, month, day), dt.time.fromisoformat(clock), ZONE)


class Hand:
    """A clock that is set by hand and goes on a minute with every look."""

    def __init__(self) -> None:
        self.time = at(1)

    def now(self, zone: dt.tzinfo) -> dt.datetime:
        self.time += dt.timedelta(minutes=1)
        return self.time.astimezone(zone)


class October:
    """The month as it was rightly recorded; every record that a fault is planted in has a name here."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.clock = Hand()
        self.ids: dict[str, str] = {}
        self.book, _ = create(root, store="东方商厦", terminal="K1", book_id=BOOK_ID, git=False, clock=self.clock)
        self._people()
        self._opening()
        self._clients()
        self._receipts()
        self._sales()
        self._custody()
        self._month_end()
        self.clock.time = at(2, "09:00", 11)
        self._notices()
        self._day_ends()
        self.book.close()

    def on(self, day: int, clock: str = "09:00") -> None:
        self.clock.time = at(day, clock)

    def put(
        self, journal: str, kind: str, label: str = "", /, *, by: str = "wang", terminal: str = "K1", **values: Any
    ) -> Record:
        """Record a form; ``label`` is what the faults call it."""
        more = {key: values.pop(key) for key in ("ref", "reason") if key in values}
        if "spans" in values:
            values["spans"] = parse_spans(values["spans"])
        made = record(self.book, Draft(journal=journal, kind=kind, values=values, by=by, terminal=terminal, **more))
        assert made.warnings == ()
        self.ids[label] = made.record.id
        return made.record

    def approved(self, purpose: str, sheets: int, name: str = "", **values: Any) -> str:
        """A request and the manager's approval, named ``NAME`` and ``NAME-approval``."""
        made = self.put(
            "requests", "request", name, purpose=purpose, lines=lines_of([(10000, sheets)]), reason="按计划", **values
        )
        self.put("requests", "approval", f"{name}-approval", by="li", ref=made.id)
        return made.id

    def _people(self) -> None:
        for code, role in {"wang": "clerk", "chen": "finance", "li": "manager"}.items():
            self.put("staff", "operator-added", by="init", code=code, name=code, roles=role)
        self.put("staff", "terminal-added", by="li", code="K2")

    def _opening(self) -> None:
        head = self.put(
            "openings", "opening", "opening", by="li", finance="陈会计", lines=lines_of([(10000, 20)]), sold_lines=()
        )
        common: dict[str, Any] = {"by": "li", "ref": head.id, "face": 10000, "stamps": "activity"}
        self.put("openings", "opening-sheets", place="safe", spans="A0000001-A0000020", **common)

    def _clients(self) -> None:
        for code in ("C001", "C002"):
            self.put("clients", "added", code=code, unit=f"第{code[-1]}中学")
        self.on(2)
        for name in ("alias one", "alias to drop", "alias to repeat"):
            self.put("clients", "alias", name, code="C001", alias=f"一中 {name}")
        self.put("clients", "alias", "alias in GBK", terminal="K2", code="C002", alias="二中家属院门市部")

    def _receipts(self) -> None:
        self.on(3)
        for number, (spans, more) in enumerate(
            (
                ("A0000101-A0000200", {"stamps": "activity"}),
                ("A0000201-A0000210", {}),
                ("A0000301-A0000310", {"stamps": "activity", "expires": dt.date(2029, 12, 31)}),
            )
        ):
            request = self.approved("voucher", parse_spans(spans).count, f"draw {number}")
            self.put(
                "requests", "prepared", f"prepared {number}", by="chen", ref=request, finance="陈会计",
                collect=dt.date(2026, 10, 3),
            )  # fmt: skip
            self.put("receipts", "receipt", f"receipt {number}", request=request, spans=spans, finance="陈会计", **more)

    def _sales(self) -> None:
        self.on(8)
        self.put("sales", "sale", "sale of expiring", client="C001", spans="A0000301-A0000310")
        self.put(
            "sales", "sale", "sale with reason", client="C001", spans="A0000101-A0000110", amount=99000, reason="优惠"
        )
        self.put("sales", "sale", "sale", client="C001", spans="A0000111-A0000120", expires=dt.date(2029, 12, 31))
        self.put("sales", "sale", "sale at face", client="C002", spans="A0000121-A0000125")
        self.put("sales", "sale", "sale by nobody", client="C002", spans="A0000126-A0000130", terminal="K2")
        self.put("cash", "deposit", "deposit", amount=399000, slip="J1008", days=(dt.date(2026, 10, 8),))
        self.on(9)
        self.put("sales", "client-return", "return", spans="A0000119-A0000120", reason="客户退券")

    def _custody(self) -> None:
        self.on(12)
        for number, spans in enumerate(("A0000141", "A0000142", "A0000143")):
            approval = self.approved("void", 1, f"for void {number}")
            self.put("custody", "void", f"void {number}", spans=spans, approval=approval, reason="污损")
        approval = self.approved("lost", 1, "for lost")
        self.put("custody", "lost", "lost", spans="A0000144", approval=approval, report="BS-1", reason="遗失")
        self.put("custody", "found", "found", spans="A0000144", reason="找到")
        self.approved("gift", 1, "gift")
        self.on(15)
        self.put("custody", "count", "count of the 15th", spans=self._safe().text, second="钱")

    def _month_end(self) -> None:
        self.on(31, "16:00")
        self.put("custody", "count", "count", spans=self._safe().text, second="钱")

    def _notices(self) -> None:
        """Caught up with at the month's end."""
        draft = Draft(journal="notices", kind="issued", values={}, by="li", terminal="K1")
        for sent in catch_up(self.book, draft, dt.date(2026, 10, 31)):
            self.ids[f"notice {sent.report.contents.day.day}"] = sent.report.id
        self.clock.time = at(2, "12:00", 11)

    def _day_ends(self) -> None:
        """Made up for afterwards, for every day: what is planted on any of them asks for no mark of its own."""
        for day in range(1, 32):
            for terminal in ("K1", "K2"):
                date = dt.date(2026, 10, day)
                values = {"files": files_of(self.book, terminal, date)}
                draft = Draft(
                    journal="cash", kind="day-end", values=values, by="li", terminal=terminal, date=date, reason="补做"
                )
                record(self.book, draft)

    def _safe(self) -> SpanSet:
        return SpanSet.of(span for span, sheet in self.book.state().on_hand() if sheet.place == "safe")


class Planted(NamedTuple):
    """A fault: the code it must give, and the file and line it must be found at."""

    code: str
    file: str
    line: int


class Faults:
    """Every fault, each on records of its own, so that none hides or brings about another."""

    def __init__(self, month: October) -> None:
        self.ids = month.ids
        self.forge = Forge(month.root, BOOK_ID)
        self.said: list[tuple[str, Callable[[], tuple[str, int]]]] = []

    def expect(self, code: str, record_id: str, which: int = 0) -> None:
        """The place is looked up at the end, when all lines are where they stay."""
        self.said.append((code, lambda: self.forge.line_of(record_id, which)))

    def all(self) -> list[Planted]:
        """Plant them: first with right chains, then the raw damage, which a rewrite would wipe out."""
        self._numbers()
        self._sheets()
        self._figures()
        self._approvals()
        self._misplaced()
        self._damage()
        return sorted(Planted(code, *place()) for code, place in self.said)

    def _sale(self, terminal: str, day: int, clock: str, spans: str) -> str:
        sheets = parse_spans(spans).count
        return self.forge.add(
            self.ids["sale"], terminal, at(day, clock), spans=parse_spans(spans), amount=10000 * sheets,
            lines=lines_of([(10000, sheets)]), payments=(Pay("cash", 10000 * sheets),),
        )  # fmt: skip

    def _numbers(self) -> None:
        self.forge.drop(self.ids["alias to drop"])
        self.expect("NUM-01", self.ids["alias to repeat"])
        self.expect("NUM-01", self.forge.repeat(self.ids["alias to repeat"]), 1)
        self.expect("NUM-02", self._sale("K2", 10, "10:00", "A0000111-A0000112"))

    def _sheets(self) -> None:
        self.expect("STA-01", self._sale("K1", 20, "10:00", "B0000001-B0000003"))
        self.expect("STA-01", self._sale("K1", 20, "10:05", "A0000141"))
        self.expect("STA-02", self._sale("K1", 20, "10:10", "A0000201-A0000202"))
        self.expect("STA-04", self._sale("K1", 31, "17:00", "A0000119"))
        self.forge.change(self.ids["receipt 2"], expires=dt.date(2026, 10, 5))
        self.expect("STA-03", self.ids["sale of expiring"])

    def _figures(self) -> None:
        counted = self.forge.record(self.ids["count"]).spans  # type: ignore[attr-defined]  # a count
        wrong = (counted - parse_spans("A0000150")) | parse_spans("A0000900")
        self.expect("STK-01", self.forge.change(self.ids["count"], spans=wrong))
        self.expect("CNT-01", self.forge.change(self.ids["count of the 15th"], second=""))
        self.expect("REC-02", self.forge.change(self.ids["opening"], lines=lines_of([(10000, 25)])))
        less = {"amount": 49900, "payments": (Pay("cash", 49900),)}
        self.expect("REC-03", self.forge.change(self.ids["sale at face"], **less))
        self.expect("REG-01", self.forge.change(self.ids["sale by nobody"], salesperson=""))

    def _approvals(self) -> None:
        self.expect("APR-01", self.forge.change(self.ids["void 1"], approval=""))
        self.expect("APR-02", self.forge.change(self.ids["gift-approval"], by="wang"))
        self.expect("APR-03", self.ids["lost"])
        self.forge.change(self.ids["for lost-approval"], at=at(12, "18:00"))
        self.expect("APR-03", self.forge.change(self.ids["void 2"], approval=self.ids["for void 0"]))

    def _misplaced(self) -> None:
        elsewhere = f"{OCTOBER}/clients.K1.yaml"
        self.expect("JRN-08", self.forge.add(self.ids["alias one"], "K1", at(30, month=9), elsewhere))
        self.expect("JRN-09", self.forge.add(self.ids["alias one"], "K9", at(12), elsewhere))

    def _damage(self) -> None:
        forge, ids = self.forge, self.ids
        self.expect("JRN-01", forge.scratch(ids["sale with reason"], b"990.00", b"995.00"))
        self.expect("JRN-03", forge.scratch(ids["prepared 0"], b'collect: "2026-10-03"', b'collect: "2026/10/3"'))
        gbk = "二中家属院门市部".encode("gb18030")
        self.expect("JRN-04", forge.scratch(ids["alias in GBK"], "二中家属院门市部".encode(), gbk))
        self.expect("JRN-05", forge.scratch(ids["prepared 1"], b'kind: "prepared"', b'kind: "made-ready"'))
        strange = forge.scribble(f"{OCTOBER}/sales.K1 copy.csv", b"id,at\n")
        self.said.append(("JRN-06", lambda: (strange, 0)))
        torn = forge.file_of(ids["alias in GBK"])
        lines = (forge.root / torn).read_bytes().count(b"\n")
        forge.scribble(torn, b'- id: "CL20261002-K2-0002"\n  at: "2026-10-02T09')
        self.said.append(("JRN-02", lambda: (torn, lines + 1)))


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> October:
    return October(tmp_path_factory.mktemp("planted") / "book")


def found_in(month: October, root: Path) -> list[Finding]:
    """All but JRN-10: every rewritten file of the month shows against its day-end mark as well, whatever was done to it."""
    book = Book(root, month.clock)
    try:
        return [one for one in check(book) if one.code != "JRN-10"]
    finally:
        book.close()


def test_the_clean_book_has_no_finding(clean: October) -> None:
    assert [(one.code, one.words.en) for one in found_in(clean, clean.root)] == []


def _planted(clean: October, tmp_path: Path) -> tuple[October, Faults]:
    month = October.__new__(October)
    month.root, month.ids, month.clock = tmp_path / "book", clean.ids, clean.clock
    shutil.copytree(clean.root, month.root)
    return month, Faults(month)


def test_every_planted_fault_is_found_with_file_and_line(clean: October, tmp_path: Path) -> None:
    """Twenty-five faults of twenty-two codes in one book, and no finding that nobody planted."""
    month, faults = _planted(clean, tmp_path)
    planted = faults.all()
    found = found_in(month, month.root)
    shown = [Planted(one.code, one.where[0].file, one.where[0].line) for one in found]
    assert sorted(shown) == planted, "\n".join(
        f"{one.code} {one.where[0].file}:{one.where[0].line} {one.words.en}" for one in found
    )
    assert len(planted) == 25
    assert len({one.code for one in planted}) == 22
    for one in found:
        assert one.words.zh
        assert one.words.en


def test_the_findings_name_what_belongs_to_them(clean: October, tmp_path: Path) -> None:
    """Sold twice names both sales; missing and surplus serials are named; a late approval names itself."""
    month, faults = _planted(clean, tmp_path)
    faults.all()
    by_code: dict[str, list[Finding]] = {}
    for one in found_in(month, month.root):
        by_code.setdefault(one.code, []).append(one)
    (twice,) = by_code["NUM-02"]
    assert [where.id for where in twice.where][1:] == [clean.ids["sale"]]
    assert twice.serials == "A0000111-A0000112"
    (count,) = by_code["STK-01"]
    assert count.serials == "A0000150 A0000900"
    assert "1 missing: A0000150" in count.words.en
    assert "1 surplus: A0000900" in count.words.en
    late = next(one for one in by_code["APR-03"] if one.subject == clean.ids["lost"])
    assert clean.ids["for lost-approval"] in [where.id for where in late.where]
    (hole,) = (one for one in by_code["NUM-01"] if clean.ids["alias to drop"] in one.words.en)
    assert hole.severity == "error"


def test_a_client_that_nobody_filed(clean: October, tmp_path: Path) -> None:
    """REG-01 at the sale that names the client."""
    month, faults = _planted(clean, tmp_path)
    faults.forge.change(clean.ids["sale by nobody"], client="C999")
    (found,) = found_in(month, month.root)
    place = (found.where[0].file, found.where[0].line)
    assert (found.code, *place) == ("REG-01", *faults.forge.line_of(clean.ids["sale by nobody"]))
    assert "C999" in found.words.en


@pytest.mark.parametrize("step", ["_numbers", "_sheets", "_figures", "_approvals", "_misplaced", "_damage"])
def test_each_group_alone(step: str, clean: October, tmp_path: Path) -> None:
    """No fault is found only thanks to another one."""
    month, faults = _planted(clean, tmp_path)
    getattr(faults, step)()
    shown = [Planted(one.code, one.where[0].file, one.where[0].line) for one in found_in(month, month.root)]
    assert sorted(shown) == sorted(Planted(code, *place()) for code, place in faults.said)
