"""The close of a month through the application layer: what blocks it, what is sealed, what comes after."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ledger.audit.seal import SealedState, parse_seal, seal_digest, seal_path, show_seal
from ledger.audit.verify import Asked, verify
from ledger.book.closing import ALWAYS, close, find_finding, late_record, preclose
from ledger.book.dayend import files_of, look
from ledger.book.draft import Draft, RefusedBy
from ledger.book.month import check, index_findings, reconcile
from ledger.book.notice import catch_up
from ledger.book.open import Book
from ledger.book.sealed import SealedRules, SealedSettings
from ledger.book.text import whole_text
from ledger.book.undo import reversal_draft
from ledger.book.write import record
from ledger.book.yamlfile import read_mapping
from ledger.core.dates import Month
from ledger.core.errors import GbError, MonthClosed, NotAllowed, NotWritten, Refused, Unknown
from ledger.core.findings import Finding
from ledger.core.forms import Record
from ledger.core.parties import Terminal
from ledger.core.records.dispositions import Adoption
from ledger.core.settings import Settings
from ledger.core.spans import parse_spans
from ledger.core.words import Words
from ledger.disk import Disk
from ledger.folds.reconcile import MonthSheet
from tests.book.counter import Counter
from tests.forge import Forge

OCTOBER, NOVEMBER, DECEMBER = Month(2026, 10), Month(2026, 11), Month(2026, 12)


class MonthEnd(Counter):
    """The counter with the steps of a month's end; the clock is moved by hand."""

    sale: Record

    def go(self, day: str, clock: str = "09:00") -> MonthEnd:
        self.clock.at = dt.datetime.fromisoformat(f"{day}T{clock}:00+08:00")
        return self

    def mark(self, *, terminal: str = "K1", by: str = "wang", **given: Any) -> Any:
        day = given.get("date") or self.clock.at.date()
        return self.add("cash", "day-end", by=by, terminal=terminal, files=files_of(self.book, terminal, day), **given)

    def notices(self) -> None:
        """The notices of October, caught up with."""
        catch_up(self.book, self.draft("notices", "issued"), OCTOBER.after - dt.timedelta(days=1))

    def count(self, spans: str, **given: Any) -> Any:
        return self.add("custody", "count", spans=parse_spans(spans), **{"second": "孙", **given})

    def accept(self, code: str, subject: str, **given: Any) -> Any:
        return self.add("dispositions", "disposition", by="sun", code=code, subject=subject, reason="已查明", **given)

    def adopt(self, record_id: str, *, by: str = "li") -> Any:
        late = late_record(self.book, record_id)
        values = {"file": late.file, "line": late.line, "taken": late.record}
        return self.add("dispositions", "adoption", by=by, ref=late.id, reason="迟到", **values)

    def undo(self, record_id: str) -> Record:
        draft = reversal_draft(self.book, record_id, by="sun", terminal="K1", reason="录错")
        return record(self.book, draft).record

    def close(self, month: Month = OCTOBER, *, by: str = "li", dry_run: bool = False) -> str:
        draft = Draft(journal="", kind="", values={}, by=by, terminal="K1")
        return close(self.book, month, draft, dry_run=dry_run).digest

    def blocks(self, month: Month = OCTOBER) -> list[tuple[str, str]]:
        return [(one.finding.code, one.finding.subject) for one in preclose(self.book, month, self.clock.at.date())]

    def figures(self, month: Month) -> MonthSheet:
        return reconcile(self.book, month).sheet

    def closings(self) -> dict[str, bytes]:
        return {path: self.book.disk.read(path) for path in self.book.disk.walk("closings")}


@pytest.fixture
def shop(tmp_path: Path) -> MonthEnd:
    """October: received 500, sold 50, on the 8th; nothing counted or marked."""
    shop = MonthEnd(tmp_path / "book")
    shop.clock.forward(minutes=5)
    shop.sale = shop.sell("A0010001-A0010050", salesperson="wang")
    return shop


def ready(shop: MonthEnd) -> MonthEnd:
    """Counted and marked; it is the second of November."""
    shop.count("A0010051-A0010500")
    shop.mark()
    return shop.go("2026-11-02")


def closed(shop: MonthEnd) -> MonthEnd:
    ready(shop).close()
    return shop


def codes(findings: list[Finding]) -> list[str]:
    return [one.code for one in findings]


# -- what blocks -------------------------------------------------------------------------------------------------------


def test_a_month_neither_counted_nor_marked_stays_open(shop: MonthEnd) -> None:
    """STK-02 and DAY-01 block though they are warnings; each is told with who may act and the command."""
    shop.go("2026-11-02")
    assert shop.blocks() == [("DAY-01", "2026-10-08 K1"), ("STK-02", "2026-10 100.00")]
    mark = preclose(shop.book, OCTOBER, shop.clock.at.date())[0]
    assert mark.who == (("manager", ("li",)), ("supervisor", ("sun",)))  # 25 days back is no clerk's
    assert mark.commands == ("gb day --mark --date 2026-10-08 --terminal K1 --reason '…'",)
    before = shop.text()
    with pytest.raises(RefusedBy) as refused:
        shop.close()
    assert {one.code for one in refused.value.findings} == {"DAY-01", "STK-02"}
    assert (shop.text(), shop.closings()) == (before, {})


def test_what_must_be_mended_is_not_answered(shop: MonthEnd) -> None:
    """A disposition explains an error; it makes no count and no day-end."""
    shop.go("2026-11-02")
    shop.accept("STK-02", "2026-10 100.00")
    shop.accept("DAY-01", "2026-10-08 K1")
    assert {code for code, _ in shop.blocks()} == {"STK-02", "DAY-01"} <= ALWAYS


def test_an_error_blocks_until_it_is_answered(shop: MonthEnd) -> None:
    """STK-01, one sheet missing: answered by the supervisor, and the month closes with the answer on its sheet."""
    shop.count("A0010052-A0010500")
    shop.mark()
    shop.go("2026-11-02")
    (block,) = preclose(shop.book, OCTOBER, shop.clock.at.date())
    assert block.finding.code == "STK-01"
    assert block.commands[-1] == f"gb accept STK-01 {block.finding.subject} --reason '…'"
    shop.accept("STK-01", block.finding.subject, action="再盘", due=dt.date(2026, 11, 20))
    assert shop.blocks() == []
    shop.close()
    (found,) = [one for one in reconcile(shop.book, OCTOBER).findings if one.code == "STK-01"]
    assert found.disposition is not None
    assert (found.disposition.by, found.disposition.due, found.disposition.age) == ("sun", "2026-11-20", 0)


def test_a_sheet_that_does_not_add_up_is_not_sealed(shop: MonthEnd) -> None:
    """500 received, 50 sold, then A0010050 once more in a forged sale that the store's rules only warn of.

    Serials: 500 - 50 = 450 held.  Arithmetic: 500 - 51 = 449.  No error says why, so REC-02 does, and blocks until
    it is answered; its answer stands on the sealed sheet.
    """
    rules = shop.book.disk.read("rules.yaml")
    shop.book.disk.replace("rules.yaml", rules.replace(b"codes: {}", b"codes: {NUM-02: warning, STK-01: warning}"))
    Forge(shop.book.root, shop.book.settings.book).add(
        shop.sale.id, "K1", dt.datetime.fromisoformat("2026-10-08T11:00:00+08:00"), spans=parse_spans("A0010050"),
        amount=10_000, lines=((10_000, 1),), payments=(("cash", 10_000),),
    )  # fmt: skip
    shop.reopened()
    shop.go("2026-10-08", "12:00")
    ready(shop)
    assert shop.blocks() == [("REC-02", "2026-10")]
    with pytest.raises(RefusedBy) as refused:
        shop.close()
    assert [one.code for one in refused.value.findings] == ["REC-02"]
    assert [one.subject for one in check(shop.book, ["REC-02"])] == ["2026-10"]
    shop.accept("REC-02", "2026-10")
    shop.close()
    (found,) = [one for one in reconcile(shop.book, OCTOBER).findings if one.code == "REC-02"]
    assert found.disposition is not None


def test_an_answer_is_carried_forward_with_its_age(shop: MonthEnd) -> None:
    """The finding stays, its answer grows older; the closed month shows it as it was at the closing."""
    shop.count("A0010052-A0010500")
    shop.mark()
    subject = find_finding(check(shop.book), "STK-01", "").subject
    shop.accept("STK-01", subject)
    shop.mark()
    shop.go("2026-11-02").close()
    shop.go("2026-11-28")
    (found,) = check(shop.book, ["STK-01"])
    assert found.disposition is not None
    assert found.disposition.age == 51
    (sealed,) = [one for one in reconcile(shop.book, OCTOBER).findings if one.code == "STK-01"]
    assert sealed.disposition is not None
    assert sealed.disposition.age == 25


def test_an_answer_taken_back_blocks_again(shop: MonthEnd) -> None:
    """A disposition that was reversed answers nothing."""
    shop.count("A0010052-A0010500")
    answer = shop.accept("STK-01", find_finding(check(shop.book), "STK-01", "").subject)
    shop.mark()
    shop.go("2026-11-02")
    assert shop.blocks() == []
    shop.undo(answer.id)
    assert [code for code, _ in shop.blocks()] == ["STK-01"]


def test_a_finding_is_named_by_its_subject(shop: MonthEnd) -> None:
    """One of its code needs no subject; an unknown one is refused with the commands for those there are."""
    shop.count("A0010052-A0010500")
    findings = check(shop.book)
    assert find_finding(findings, "STK-01", "").code == "STK-01"
    with pytest.raises(Unknown) as unknown:
        find_finding(findings, "STK-01", "CU20261008-K1-0099")
    assert unknown.value.next[0].startswith("gb accept STK-01 CU20261008-K1-0001")
    with pytest.raises(Unknown):
        find_finding(findings, "NUM-02", "")


# -- day-end -----------------------------------------------------------------------------------------------------------


def test_the_mark_counts_the_terminals_files(shop: MonthEnd) -> None:
    """Path, records and last h of each of the terminal's files of the month, as they were."""
    made: Any = shop.mark()
    assert [mark.path for mark in made.files] == [path for path in shop.text() if "/cash." not in path]
    sales = next(mark for mark in made.files if "/sales." in mark.path)
    text = shop.text()[sales.path].decode()
    assert (sales.records, sales.last_h) == (len(text.splitlines()) - 1, text.rstrip("\n")[-16:])


def test_a_record_behind_the_mark_asks_for_another(shop: MonthEnd) -> None:
    """A mark is good only when nothing of that day stands behind it."""
    shop.mark()
    assert look(shop.book, "K1", shop.clock.at.date()).complete
    shop.clock.forward(minutes=1)
    sale = shop.sell("A0010051", salesperson="wang")
    assert not look(shop.book, "K1", shop.clock.at.date()).complete
    shop.go("2026-11-02")
    (found,) = check(shop.book, ["DAY-01"])
    assert sale.id in found.words.en
    shop.mark(by="sun", date=dt.date(2026, 10, 8), reason="补做")
    assert check(shop.book, ["DAY-01"]) == []


def test_today_is_not_missing_yet(shop: MonthEnd) -> None:
    """The day is not over while it is today."""
    assert check(shop.book, ["DAY-01"]) == []
    shop.clock.forward(days=1)
    assert codes(check(shop.book, ["DAY-01"])) == ["DAY-01"]


def test_each_terminal_marks_its_own_day(shop: MonthEnd) -> None:
    """K1's mark says nothing of K2."""
    shop.add("staff", "terminal-added", by="li", code="K2")
    shop.sell("A0010051", terminal="K2", salesperson="wang")
    shop.mark()
    shop.clock.forward(days=1)
    assert [one.subject for one in check(shop.book, ["DAY-01"])] == ["2026-10-08 K2"]


# -- the seal ----------------------------------------------------------------------------------------------------------


def test_the_seal_says_what_is_there(shop: MonthEnd) -> None:
    """Every file of the month with its size, and the digest that reconcile prints."""
    ready(shop)
    digest = reconcile(shop.book, OCTOBER).digest
    printed = shop.close()
    data = shop.book.disk.read(seal_path("2026-10"))
    seal = parse_seal(data)
    assert (seal_digest(data), seal.digest, seal.previous, seal.by) == (printed, digest, "", "li")
    assert {one.path: one.bytes for one in seal.files} == {path: len(text) for path, text in shop.text().items()}
    assert shop.closings()["closings/2026-10/rules.yaml"] == shop.book.disk.read("rules.yaml")
    report = reconcile(shop.book, OCTOBER)
    assert (report.closed, report.digest) == (True, digest)


def test_a_trial_writes_nothing(shop: MonthEnd) -> None:
    """``--dry-run``: the digest is that of the moment, and nothing is there afterwards."""
    ready(shop).close(dry_run=True)
    assert shop.closings() == {}


def test_only_a_manager_closes(shop: MonthEnd) -> None:
    """The supervisor may not."""
    ready(shop)
    with pytest.raises(NotAllowed):
        shop.close(by="sun")


def test_months_are_closed_in_order_and_once(shop: MonthEnd) -> None:
    """Not before it is over, not twice, not without records, not before an earlier one."""
    ready(shop)
    shop.sell("A0010051", salesperson="wang")
    for month in (NOVEMBER, Month(2026, 9), DECEMBER):
        with pytest.raises(Refused) as refused:
            shop.close(month)
        assert refused.value.code == "CLS-06"
    shop.go("2026-12-01")
    with pytest.raises(Refused) as refused:
        shop.close(NOVEMBER)
    assert "2026-10" in refused.value.words.en
    shop.close(OCTOBER)
    with pytest.raises(MonthClosed):
        shop.close(OCTOBER)


def test_seals_are_linked(shop: MonthEnd) -> None:
    """November's seal holds the digest of October's."""
    closed(shop)
    first = seal_digest(shop.book.disk.read(seal_path("2026-10")))
    shop.sell("A0010051", salesperson="wang")
    shop.count("A0010052-A0010500")
    shop.mark()
    shop.go("2026-12-01").close(NOVEMBER)
    seal = shop.book.seals.of("2026-11")
    assert seal is not None
    assert seal.previous == first


class Cut(Disk):
    """A disk that gives up at the n-th file it is to put in place."""

    left = 0

    def replace(self, path: str, data: bytes, *, mode: int = 0o666) -> None:
        if self.left == 0:
            raise NotWritten(Words("磁盘已满", "the disk is full"))
        self.left -= 1
        super().replace(path, data, mode=mode)


@pytest.mark.parametrize("files", range(6))
def test_a_close_cut_short_leaves_no_seal_and_is_done_again(shop: MonthEnd, files: int) -> None:
    """The state comes first, the seal last; what was left behind is compared and replaced."""
    ready(shop)
    whole = shop.close(dry_run=True)
    disk = Cut(shop.book.root)
    disk.left = files
    real, shop.book.disk = shop.book.disk, disk
    with pytest.raises(NotWritten):
        shop.close()
    shop.book.disk = real
    assert seal_path("2026-10") not in shop.closings()
    if files:
        (shop.book.root / "closings/2026-10/gb.yaml").write_bytes(b"left behind by another try")
    assert shop.close() == whole
    assert shop.closings()["closings/2026-10/gb.yaml"] == real.read("gb.yaml")


# -- afterwards --------------------------------------------------------------------------------------------------------


def test_a_closed_month_takes_no_more_records(shop: MonthEnd) -> None:
    """CLS-04, whoever asks; nothing is written."""
    closed(shop)
    before = shop.text()
    for by in ("sun", "li"):
        with pytest.raises(MonthClosed):
            shop.sell("A0010051", by=by, date=dt.date(2026, 10, 31), reason="补记", salesperson="wang")
    assert shop.text() == before


def test_a_month_passed_over_as_empty_is_closed_with_the_next(shop: MonthEnd) -> None:
    """September had no records: after October's closing none can be put there, and what arrives there is late."""
    closed(shop)
    with pytest.raises(MonthClosed):
        shop.sell("A0010051", by="sun", date=dt.date(2026, 9, 30), reason="补记", salesperson="wang")
    Forge(shop.book.root, shop.book.settings.book).add(
        shop.sale.id,
        "K1",
        dt.datetime.fromisoformat("2026-09-30T10:00:00+08:00"),
        spans=parse_spans("A0010051-A0010060"),
    )
    shop.book.refresh()
    assert [one.subject for one in check(shop.book, ["CLS-03"])] == ["SA20260930-K1-0001"]
    assert shop.figures(NOVEMBER).total("opening") == (450, 4_500_000)
    assert shop.book.state().pieces(parse_spans("A0010051"))[0].sheet.state == "sellable"
    assert index_findings(shop.book) == []


def test_a_closed_month_is_folded_by_its_own_rules(shop: MonthEnd) -> None:
    """Rules and settings changed later: the same sheet, the same findings."""
    shop.sell("A0010051-A0010060", amount=98_000, reason="大宗优惠", salesperson="wang")
    shop.add("cash", "deposit", amount=598_000, slip="J1008", days=(dt.date(2026, 10, 8),))
    shop.count("A0010061-A0010500", second="")  # CNT-01
    shop.mark()
    shop.go("2026-11-02").notices()
    shop.close()
    before = reconcile(shop.book, OCTOBER)
    assert codes(list(before.findings)) == ["CNT-01", "LAW-02"]  # 5,000 in cash from a unit
    for name, old, new in (
        ("rules.yaml", b'by_reason_percent: "2"', b'by_reason_percent: "0"'),
        ("rules.yaml", b"codes: {}", b"codes: {CNT-01: error, REC-03: info}"),
        ("gb.yaml", "测试店".encode(), "改名店".encode()),
    ):
        text = shop.book.disk.read(name)
        assert old in text
        shop.book.disk.replace(name, text.replace(old, new))
    shop.reopened()
    after = reconcile(shop.book, OCTOBER)
    assert (after.sheet, after.findings, after.digest, after.store) == (
        before.sheet, before.findings, before.digest, before.store,
    )  # fmt: skip
    assert reconcile(shop.book, NOVEMBER).store == "改名店"
    assert codes(check(shop.book, ["REC-03"])) == []


SETTINGS = {
    "store": ("测试店", "改名店"),
    "currency": ("CNY", "USD"),
    "timezone": ("Asia/Shanghai", "America/New_York"),
    "language": ("zh", "en"),
    "series": (["A"], ["B"]),
    "payment_methods": (["cash", "transfer"], ["transfer"]),
    "bank_days": ({}, {"2026": {"off": ["10-12", "11-12"], "work": []}}),
    "closed_days": (["sunday"], []),
    "keystore": ("keystore", "../keys"),
    "recipients": ({}, {"K1": "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"}),
    "delivery": ({}, {"channels": [{"to": "finance", "by": "folder", "at": "../finance"}]}),
    "print": ("by-hand", "auto"),
    "print_folder": ("", "../forms"),
}
"""Each setting as it was sealed with October, and as somebody wrote it in November."""


def set_to(shop: MonthEnd, name: str, value: object) -> None:
    found = read_mapping(shop.book.disk.read("gb.yaml"), "gb.yaml")
    shop.book.disk.replace("gb.yaml", json.dumps({**found, name: value}, ensure_ascii=False).encode())
    shop.reopened()


@pytest.mark.parametrize("name", SETTINGS)
def test_a_closed_month_is_folded_by_its_own_settings(shop: MonthEnd, name: str) -> None:
    """gb.yaml edited after October was closed: no figure, no finding of October moves, whichever setting it is.

    Sunday the 11th had no trade; once nobody is away on Sundays any more, November's have, October's had not.
    """
    assert set(SETTINGS) == set(Settings.__struct_encode_fields__) - {"format", "book"}
    old, new = SETTINGS[name]
    set_to(shop, name, old)
    shop.count("A0010051-A0010500")
    shop.mark()
    shop.go("2026-11-02").notices()
    shop.close()
    before, found = reconcile(shop.book, OCTOBER), check(shop.book, month=OCTOBER)
    shop.go("2026-11-10")
    set_to(shop, name, new)
    after = reconcile(shop.book, OCTOBER, today=dt.date(2026, 11, 2))
    assert (after.sheet, after.findings, after.since, after.store) == (
        before.sheet, before.findings, before.since, before.store,
    )  # fmt: skip
    assert check(shop.book, month=OCTOBER, today=dt.date(2026, 11, 2)) == found
    calendar, days = SealedRules(shop.book).calendar, SealedSettings(shop.book)
    assert calendar.bank_day(dt.date(2026, 10, 12)) is True
    assert calendar.bank_day(dt.date(2026, 11, 12)) is (name != "bank_days")
    assert days.trades_on(dt.date(2026, 10, 11)) is (name != "closed_days")
    assert days.trades_on(dt.date(2026, 11, 8)) is True


def test_an_entry_that_was_in_force_is_not_edited(shop: MonthEnd) -> None:
    """RUL-02, a warning: days and roles rewritten where they held in closed October.

    An entry with a later date is what the file is for; one that is put in before the closing is an edit too.
    """
    closed(shop)
    rules = shop.book.disk.read("rules.yaml").decode()
    old = 'backdate:\n  - from: "2000-01-01"\n    clerk_days: "1"\n'
    assert old in rules
    entry = '  - from: "{}"\n    clerk_days: "3"\n'
    for text, told in (
        (rules, []),
        (rules.replace(old, old + entry.format("2026-11-01")), []),
        (rules.replace(old, old + entry.format("2026-10-31")), ["backdate"]),
        (rules.replace(old, old.replace('"1"', '"3"')), ["backdate"]),
        (rules.replace("auditor: [reveal]", "auditor: [close]", 1), ["roles"]),
    ):
        shop.book.disk.replace("rules.yaml", text.encode())
        shop.reopened()
        assert [one.subject for one in check(shop.book, ["RUL-02"])] == told


def test_the_next_month_starts_from_the_closing(shop: MonthEnd) -> None:
    """November's opening is October's closing; a table that was changed is found, and the text is folded instead."""
    closed(shop)
    shop.sell("A0010051-A0010060", salesperson="wang")
    assert shop.figures(NOVEMBER).total("opening") == shop.figures(OCTOBER).total("closing") == (450, 4_500_000)
    assert check(shop.book, ["REC-02"]) == []
    safe = shop.book.root / "closings/2026-10/safe.csv"
    safe.write_bytes(safe.read_bytes().replace(b"450", b"451"))
    assert shop.figures(NOVEMBER).total("opening") == (450, 4_500_000)
    (found,) = [one for one in reconcile(shop.book, NOVEMBER).findings if one.code in ("CLS-01", "REC-02")]
    assert (found.code, found.where[0].file) == ("CLS-01", "closings/2026-10/safe.csv")
    assert [one.where[0].file for one in check(shop.book, ["CLS", "REC"])] == ["closings/2026-10/safe.csv"]


@pytest.mark.parametrize("table", ["stock", "things", "safe"])
def test_each_table_of_a_closing_is_watched(
    shop: MonthEnd, table: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row taken out of any of them is CLS-01 alone; and REC-02 where the seal was made anew, on a machine that never saw it."""
    closed(shop)
    path = shop.book.root / f"closings/2026-10/{table}.csv"
    data = b"".join(path.read_bytes().splitlines(keepends=True)[:-1])
    path.write_bytes(data)
    assert codes(check(shop.book, ["CLS", "REC"])) == ["CLS-01"]
    seal = shop.book.root / seal_path("2026-10")
    known = parse_seal(seal.read_bytes())
    state = tuple(
        SealedState(path=one.path, bytes=len(data), sha256=sha256(data).hexdigest()) if table in one.path else one
        for one in known.state
    )
    seal.write_bytes(show_seal(msgspec.structs.replace(known, state=state)))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "another"))
    assert codes(check(shop.book, ["CLS", "REC"])) == ["REC-02"]


FORGED = {
    "stock.csv": b"span,sheet\nA0010001-A0019999,100.00 safe\n",
    "things.csv": b"space,key,order,layers\n",
    "safe.csv": b"face,sheets\n100.00,9999\n",
}


@pytest.mark.parametrize("seal", [b"x", b"", None, "another"])
@pytest.mark.parametrize("files", [FORGED, dict.fromkeys(FORGED, b'\xff\x00"broken')])
def test_a_planted_closing_is_never_believed(shop: MonthEnd, seal: bytes | str | None, files: dict[str, bytes]) -> None:
    """No seal, one that does not read, another month's own: the figures stay, both commands say CLS-01."""
    if seal == "another":
        closed(shop)
        seal = shop.closings()["closings/2026-10/closing.yaml"]
    month = OCTOBER if not shop.closings() else NOVEMBER
    before = reconcile(shop.book, month)
    folder = shop.book.root / f"closings/{month.previous().text if month is OCTOBER else '2026-09'}"
    folder.mkdir(parents=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    if isinstance(seal, bytes):
        (folder / "closing.yaml").write_bytes(seal)
    after = reconcile(shop.book, month)
    assert (after.sheet, after.digest) == (before.sheet, before.digest)
    assert "CLS-01" in codes(list(after.findings))
    found = check(shop.book, ["CLS-01"])
    assert [one.subject for one in found] == ["2026-09"]
    assert found[0].severity == ("warning" if seal is None else "error")
    assert index_findings(shop.book) == []


def planted(shop: MonthEnd, month: str, how: str) -> bytes:
    """A closing.yaml of somebody's own: nothing, anything, October's, or one of ``month`` that follows October's seal."""
    real = shop.closings()["closings/2026-10/closing.yaml"]
    if how in ("", "x"):
        return how.encode()
    if how == "copy":
        return real
    seal = parse_seal(real)
    files = tuple(
        msgspec.structs.replace(one, path=one.path.replace("2026-10", month)) for one in seal.files
    )  # fmt: skip
    state = tuple(msgspec.structs.replace(one, path=one.path.replace("2026-10", month)) for one in seal.state)
    at = seal.at if how == "too early" else "2031-01-01T10:00:00+08:00"
    made = msgspec.structs.replace(
        seal, month=month, previous=seal_digest(real), at=at, files=files, state=state
    )  # fmt: skip
    return show_seal(made)


@pytest.mark.parametrize("how", ["", "x", "copy", "too early", "in time"])
@pytest.mark.parametrize("month", ["9999-12", "2026-12", "2030-06"])
def test_a_planted_later_closing_stops_nobody(shop: MonthEnd, month: str, how: str) -> None:
    """November goes on as if it were not there: sold, counted in the figures, closed upon October's seal.

    The folder is named by check (CLS-01), which blocks until it is taken away.
    """
    closed(shop)
    path = shop.book.root / f"closings/{month}/closing.yaml"
    path.parent.mkdir()
    path.write_bytes(planted(shop, month, how))
    shop.reopened()
    sale = shop.sell("A0010051-A0010060", salesperson="wang")
    assert shop.figures(NOVEMBER).total("closing") == (440, 4_400_000)
    assert shop.book.find(sale.id).id == sale.id
    assert index_findings(shop.book) == []
    assert [one for one in check(shop.book) if one.code == "CLS-03"] == []
    named = [one for one in check(shop.book, ["CLS-01"]) if month in one.subject or month in one.where[0].file]
    assert named
    assert {one.severity for one in named} == {"error"}
    shop.count("A0010061-A0010500")
    shop.mark()
    shop.go("2026-12-02")
    with pytest.raises(RefusedBy) as refused:
        shop.close(NOVEMBER)
    assert "CLS-01" in {one.code for one in refused.value.findings} <= {"CLS-01", "REC-02"}
    path.unlink()
    path.parent.rmdir()
    shop.close(NOVEMBER)
    october, november = (shop.book.disk.read(seal_path(one)) for one in ("2026-10", "2026-11"))
    assert parse_seal(november).previous == seal_digest(october)
    assert check(shop.book, ["CLS-01"]) == []


@pytest.mark.parametrize("how", ["", "x", "copy", "too early"])
def test_what_is_planted_in_the_running_month_stops_nobody_either(shop: MonthEnd, how: str) -> None:
    """A month that is not over cannot be closed, so it is no damaged seal; when it is over it may be one, and shuts it."""
    closed(shop)
    path = shop.book.root / "closings/2026-11/closing.yaml"
    path.parent.mkdir()
    path.write_bytes(planted(shop, "2026-11", how))
    shop.reopened()
    shop.sell("A0010051-A0010060", salesperson="wang")
    assert shop.figures(NOVEMBER).total("closing") == (440, 4_400_000)
    assert index_findings(shop.book) == []
    assert "CLS-01" in codes(check(shop.book, ["CLS"]))
    shop.go("2026-12-02")
    for act in (
        lambda: shop.sell("A0010061", by="sun", date=dt.date(2026, 11, 30), reason="补记", salesperson="wang"),
        lambda: shop.close(NOVEMBER),
    ):
        with pytest.raises(MonthClosed) as refused:
            act()
        assert refused.value.code == "CLS-01"
    shop.sell("A0010061", salesperson="wang")


def test_a_planted_closing_between_two_is_no_link_of_their_chain(shop: MonthEnd) -> None:
    """Rubbish in an empty month before the first seal: named, and the seal after it is not accused."""
    closed(shop)
    folder = shop.book.root / "closings/2026-09"
    folder.mkdir()
    (folder / "closing.yaml").write_bytes(b"x")
    found = verify(shop.book.disk, shop.book.settings.book, Asked())
    assert [one.where[0].file for one in (*found.integrity, *found.completeness)] == ["closings/2026-09/closing.yaml"]


def test_a_seal_made_anew_over_forged_tables_shows_on_the_next_sheet(shop: MonthEnd) -> None:
    """Seal and tables agree with each other; the text says what they should hold."""
    closed(shop)
    table = shop.book.root / "closings/2026-10/safe.csv"
    data = table.read_bytes().replace(b"450", b"451")
    table.write_bytes(data)
    path = shop.book.root / seal_path("2026-10")
    seal = parse_seal(path.read_bytes())
    state = tuple(
        SealedState(path=one.path, bytes=len(data), sha256=sha256(data).hexdigest()) if "safe" in one.path else one
        for one in seal.state
    )
    path.write_bytes(show_seal(msgspec.structs.replace(seal, state=state)))
    shop.reopened()
    assert check(shop.book, ["CLS-01"]) == []
    found = reconcile(shop.book, NOVEMBER).findings
    assert [(one.code, one.subject) for one in found if one.severity == "error"] == [("REC-02", "2026-10")]


@pytest.mark.parametrize("name", ["rules.yaml", "gb.yaml", "extra.csv"])
def test_a_sealed_copy_that_was_changed_is_not_used(shop: MonthEnd, name: str) -> None:
    """The rules and settings beside the seal count only as they were sealed; a file put there is named."""
    closed(shop)
    before = reconcile(shop.book, OCTOBER)
    (shop.book.root / "closings/2026-10" / name).write_bytes(b"broken: [")
    assert reconcile(shop.book, OCTOBER).sheet == before.sheet
    assert [one.subject for one in check(shop.book, ["CLS-01"])] == [f"closings/2026-10/{name}"]


def test_a_sealed_months_record_undone_is_a_prior_period_line(shop: MonthEnd) -> None:
    """50 sheets come back in November: its prior-period line and nothing else; October stays as it was."""
    closed(shop)
    october = reconcile(shop.book, OCTOBER)
    shop.undo(shop.sale.id)
    sheet = shop.figures(NOVEMBER)
    (prior,) = sheet.prior_period
    assert (prior.ref, prior.sheets, prior.amount) == (shop.sale.id, 50, -500_000)
    (face,) = sheet.faces
    assert {name: n for name, n in face.figures.items() if n} == {"opening": 450, "prior_period": 50, "closing": 500}
    assert (sheet.sales.count, sheet.sales.amount, sheet.tie_out.cash) == (0, 0, 0)
    assert reconcile(shop.book, OCTOBER) == october


# -- what arrives late -------------------------------------------------------------------------------------------------


def other_clone(shop: MonthEnd, spans: str) -> tuple[dict[str, bytes], str]:
    """What a second terminal recorded on a copy of the folder: its changed files, and the sale's id."""
    if shop.book.state().thing(Terminal, "K2") is None:
        shop.add("staff", "terminal-added", by="li", code="K2")
    shop.book.close()
    root = shop.book.root.parent / "clone"
    shutil.copytree(shop.book.root, root, ignore=shutil.ignore_patterns(".gb"), dirs_exist_ok=True)
    book = Book(root, shop.clock)
    sale = record(
        book, shop.draft("sales", "sale", terminal="K2", client="C001", spans=parse_spans(spans), salesperson="wang")
    )
    book.close()
    changed = {path: book.disk.read(path) for path in book.disk.walk("journals") if ".K2." in path}
    return changed, sale.record.id


def merge(shop: MonthEnd, files: dict[str, bytes]) -> None:
    for path, data in files.items():
        target = shop.book.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


def test_a_file_that_arrives_in_a_closed_month_is_in_no_figure(shop: MonthEnd) -> None:
    """CLS-03: not in October, not in November, not in the stock at the counter; and the index agrees with the text."""
    files, late = other_clone(shop, "A0010051-A0010060")
    closed(shop)
    before = reconcile(shop.book, OCTOBER)
    merge(shop, files)
    shop.reopened()
    assert reconcile(shop.book, OCTOBER) == before
    report = reconcile(shop.book, NOVEMBER)
    assert report.sheet.total("closing") == (450, 4_500_000)
    assert [(one.code, one.subject) for one in report.findings if one.severity == "error"] == [("CLS-03", late)]
    assert [(one.code, one.subject) for one in check(shop.book, ["CLS"])] == [("CLS-03", late)]
    assert shop.book.state().pieces(parse_spans("A0010051"))[0].sheet.state == "sellable"
    assert index_findings(shop.book) == []
    with pytest.raises(Unknown) as unknown:
        shop.book.find(late)
    assert unknown.value.code == "CLS-03"


def test_a_tail_behind_the_sealed_bytes_is_late_too(shop: MonthEnd) -> None:
    """K2's file was sealed with one record; a second one arrives behind it."""
    shop.add("staff", "terminal-added", by="li", code="K2")
    shop.sell("A0010051", terminal="K2", salesperson="wang")
    files, late = other_clone(shop, "A0010061-A0010070")
    shop.mark(terminal="K2")
    shop.count("A0010052-A0010500")
    shop.mark()
    shop.go("2026-11-02").close()
    before = reconcile(shop.book, OCTOBER)
    files = {path: data for path, data in files.items() if "/sales." in path}
    merge(shop, files)
    shop.book.refresh()
    assert reconcile(shop.book, OCTOBER) == before
    assert [(one.code, one.subject) for one in check(shop.book, ["CLS"])] == [("CLS-03", late)]
    assert index_findings(shop.book) == []


def test_an_index_that_had_taken_it_lets_go_when_the_seal_arrives(shop: MonthEnd) -> None:
    """The clone sold ten sheets; the seal of a store that never saw them comes in by a merge."""
    _, late = other_clone(shop, "A0010051-A0010060")
    closed(shop)
    clone = Book(shop.book.root.parent / "clone", shop.clock)
    assert clone.state().pieces(parse_spans("A0010051"))[0].sheet.state == "sold"
    for path in [*shop.book.disk.walk("journals"), *shop.book.disk.walk("closings")]:
        target = clone.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(shop.book.disk.read(path))
    clone.refresh()
    assert clone.state().pieces(parse_spans("A0010051"))[0].sheet.state == "sellable"
    assert index_findings(clone) == []
    assert [one.subject for one in check(clone, ["CLS-03"])] == [late]


def test_adopting_takes_it_into_the_open_month(shop: MonthEnd) -> None:
    """The manager adopts: ten sheets leave by the prior-period line of November; October stays as it was."""
    files, late = other_clone(shop, "A0010051-A0010060")
    closed(shop)
    merge(shop, files)
    shop.book.refresh()
    october = reconcile(shop.book, OCTOBER)
    with pytest.raises(NotAllowed):
        shop.adopt(late, by="sun")
    adoption = shop.adopt(late)
    assert isinstance(adoption, Adoption)
    assert reconcile(shop.book, OCTOBER) == october
    report = reconcile(shop.book, NOVEMBER)
    (prior,) = report.sheet.prior_period
    assert (prior.id, prior.ref, prior.sheets, prior.amount) == (adoption.id, late, -10, 100_000)
    (face,) = report.sheet.faces
    assert {name: n for name, n in face.figures.items() if n} == {"opening": 450, "prior_period": -10, "closing": 440}
    assert report.sheet.sales.count == 0
    assert [one for one in check(shop.book) if one.severity == "error"] == []
    assert shop.book.state().pieces(parse_spans("A0010051"))[0].sheet.state == "sold"
    assert index_findings(shop.book) == []
    with pytest.raises(RefusedBy):
        shop.adopt(late)


def test_an_adoption_taken_back_leaves_nothing(shop: MonthEnd) -> None:
    """Reversed in its own month: no line, no sheets moved, and the record is late again."""
    files, late = other_clone(shop, "A0010051-A0010060")
    closed(shop)
    merge(shop, files)
    shop.book.refresh()
    shop.undo(shop.adopt(late).id)
    report = reconcile(shop.book, NOVEMBER)
    assert report.sheet.prior_period == ()
    assert report.sheet.total("closing") == (450, 4_500_000)
    assert [one.subject for one in check(shop.book, ["CLS-03"])] == [late]
    assert index_findings(shop.book) == []


def test_a_double_sale_that_arrives_late_is_not_adopted(shop: MonthEnd) -> None:
    """The sheets were sold by K1 as well: the adoption is refused, the finding stays until it is answered."""
    files, late = other_clone(shop, "A0010051-A0010060")
    shop.sell("A0010055", salesperson="wang")
    shop.count("A0010051-A0010054 A0010056-A0010500")
    shop.mark()
    shop.go("2026-11-02").close()
    merge(shop, files)
    shop.book.refresh()
    with pytest.raises(RefusedBy) as refused:
        shop.adopt(late)
    assert refused.value.code == "NUM-02"
    shop.accept("CLS-03", late)
    (found,) = check(shop.book, ["CLS-03"])
    assert found.disposition is not None


def test_an_adoption_repeats_the_record_it_names(shop: MonthEnd) -> None:
    """An adoption forged to hold other content is found against the late record."""
    files, late = other_clone(shop, "A0010051-A0010060")
    closed(shop)
    merge(shop, files)
    shop.book.refresh()
    adoption: Any = shop.adopt(late)
    other = msgspec.structs.replace(adoption.taken, note="别的内容")
    Forge(shop.book.root, shop.book.settings.book).change(adoption.id, taken=other)
    assert [(one.code, one.subject) for one in check(shop.reopened(), ["CLS-03"])] == [("CLS-03", adoption.id)]


def arrived(shop: MonthEnd, like: str, **fields: Any) -> str:
    """A record of K2 of 10-08, eleven o'clock, that comes in behind October's closing; its id."""
    at = dt.datetime.fromisoformat("2026-10-08T11:00:00+08:00")
    late = Forge(shop.book.root, shop.book.settings.book).add(like, "K2", at, **fields)
    shop.reopened()
    return late


@pytest.mark.parametrize(
    ("fields", "code", "said"),
    [
        ({}, "", ""),
        ({"client": "C999"}, "REG-01", "client C999 is not filed"),
        ({"salesperson": "nobody"}, "REG-01", "salesperson nobody is not registered"),
        ({"by": "ghost"}, "REG-01", "operator ghost is not registered"),
    ],
)
def test_an_adopted_sale_is_asked_what_every_sale_is(
    shop: MonthEnd, fields: dict[str, str], code: str, said: str
) -> None:
    """Its client, its salesperson and who recorded it are looked for in the register, as of an ordinary sale."""
    shop.add("staff", "terminal-added", by="li", code="K2")
    closed(shop)
    late = arrived(shop, shop.sale.id, spans=parse_spans("A0010051-A0010100"), **fields)
    adoption = shop.adopt(late)
    found = [one for one in check(shop.book, ["REG", "APR"]) if late in one.subject]
    assert [(one.code, one.words.en) for one in found] == ([(code, said)] if code else [])
    assert all(one.where[0].id == adoption.id for one in found)


def test_an_adopted_receipt_needs_its_approval(shop: MonthEnd) -> None:
    """On no request, or on one that was used up, it is refused; on one approved only since, it is APR-03."""
    shop.add("staff", "terminal-added", by="li", code="K2")
    shop.clock.forward(minutes=5)
    asked = shop.add("requests", "request", purpose="voucher", lines=((10_000, 10),), reason="补办").id
    receipt = next(one.id for one in whole_text(shop.book).entries if one.kind == "receipt")
    closed(shop)
    shop.add("requests", "approval", by="li", ref=asked)
    spans = parse_spans("A0020001-A0020010")
    for request in ("RQ20261008-K1-0099", shop.request):
        with pytest.raises(RefusedBy) as refused:
            shop.adopt(arrived(shop, receipt, request=request, spans=spans, sheets=10))
        assert refused.value.code in ("APR-01", "APR-03")
    late = arrived(shop, receipt, request=asked, spans=spans, sheets=10)
    shop.adopt(late)
    found = [one for one in check(shop.book, ["APR"]) if one.subject == late]
    assert [(one.code, one.words.en) for one in found] == [
        ("APR-03", f"{late} relies on {asked}, which RQ20261102-K1-0001 approved only afterwards")
    ]


def test_an_adopted_approval_is_by_somebody_who_might_decide(shop: MonthEnd) -> None:
    """A clerk's approval that came late is APR-01, adopted or not; a manager's is in force."""
    shop.add("staff", "terminal-added", by="li", code="K2")
    asked = shop.add("requests", "request", by="sun", purpose="void", lines=((10_000, 1),), reason="污损").id
    approval = next(one.id for one in whole_text(shop.book).entries if one.kind == "approval")
    closed(shop)
    late = arrived(shop, approval, ref=asked, by="wang")
    shop.adopt(late)
    found = [one for one in check(shop.book, ["APR"]) if one.subject == late]
    assert [(one.code, one.words.en) for one in found] == [("APR-01", "wang may not decide requests")]


def test_what_is_not_late_is_not_adopted(shop: MonthEnd) -> None:
    """A record of an open month has nothing to be adopted for."""
    with pytest.raises(GbError) as refused:
        late_record(shop.book, shop.sale.id)
    assert refused.value.code == "REF-01"
