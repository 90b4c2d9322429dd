"""NOT-01…03 and the numbers of notices: each fault planted alone in a sound book gives exactly its code, with its place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest

from ledger.book.dayend import files_of, missing
from ledger.book.draft import Draft
from ledger.book.month import check, reconcile
from ledger.book.notice import catch_up
from ledger.core.dates import Month as Calendar
from ledger.core.findings import Finding
from ledger.core.forms import Pay
from ledger.core.spans import parse_spans
from tests.checks.sound import Month, Step, at

ISSUE = Draft(journal="notices", kind="issued", values={}, by="wang", terminal="K1")
TEXT = "notices/2026-10/TZ2026-K1-0002.txt"


class Days(Month):
    """8 to 11 October, a notice each: A0010001-10 sold on the 8th, A0010011 frozen on the 9th, A0010012 sold on the 10th.

    Takings are deposited on their day; the day-ends are made when the book is looked at, if they were not before.
    """

    def __init__(self, root: Path) -> None:
        super().__init__(root, _days, first=8)
        self.notices(dt.date(2026, 10, 11), at(11, "17:00"))

    @property
    def told(self) -> list[str]:
        """The four notices."""
        return [self.ids[f"notice {day}"] for day in range(8, 12)]

    def now(self, day: int, clock: str = "17:00") -> Days:
        """Go on at that time."""
        self.clock.time = at(day, clock)
        return self

    def sell(self, spans: str, name: str = "", **more: Any) -> str:
        """Sold for cash, and the cash deposited with it."""
        made = self.put("sales", "sale", name, client="C001", spans=spans, **more)
        slip = f"J{made.id}"
        self.put("cash", "deposit", f"deposit of {name}", amount=made.amount, slip=slip, days=(self.clock.time.date(),))  # type: ignore[attr-defined]
        return made.id

    def mark(self) -> None:
        """The day-ends of the days that are over and have none behind their last record."""
        today = self.clock.time.date()
        before = {tuple(one.subject.split(" ")) for one in missing(self.book, today)}
        for date, terminal in sorted(before):
            day = dt.date.fromisoformat(date)
            values = {"files": files_of(self.book, terminal, day)}
            self.put("cash", "day-end", by="li", terminal=terminal, date=day, reason="补做", **values)

    def looked_at(self) -> list[Finding]:
        """All findings, of every code, as things stand now."""
        self.mark()
        self.shut()
        try:
            return check(self.book)
        finally:
            self.shut()


def _days(month: Month) -> list[Step]:
    shop = cast("Days", month)
    return [
        (at(8), lambda: shop.draw("A0010001-A0010500", "sheets")),
        (at(8, "10:00"), lambda: shop.sell("A0010001-A0010010", "sale")),
        (at(9), lambda: shop.put("custody", "freeze", spans="A0010011", reason="查")),
        (at(10), lambda: shop.sell("A0010012", "late")),
        (at(11), lambda: shop.put("custody", "unfreeze", spans="A0010011", reason="查清")),
    ]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Days:
    folder = tmp_path_factory.mktemp("notices")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(folder / "state"))
        return Days(folder / "book")


@pytest.fixture
def book(told: Days, tmp_path: Path) -> Days:
    """On the morning of the 12th."""
    return cast("Days", told.copied(tmp_path / "book")).now(12, "09:00")


def test_the_sound_book(book: Days) -> None:
    assert book.looked_at() == []


def test_a_trading_day_without_a_notice(book: Days) -> None:
    """The 13th has a sale and no notice: one NOT-01, and no NOT-02 for the sale.  The 12th had nothing and no notice either."""
    book.now(13, "09:00").sell("A0010020")
    assert [one.subject for one in book.looked_at()] == ["2026-10-12"], "the 13th is not over"
    book.now(14, "09:00")
    found = book.looked_at()
    assert [(one.code, one.severity, one.subject) for one in found] == [
        ("NOT-01", "warning", "2026-10-13"), ("NOT-01", "warning", "2026-10-12"),
    ]  # fmt: skip
    assert (found[0].where[0].file, found[0].where[0].line) == ("journals/2026-10/sales.K1.csv", 4)
    assert found[0].next == ("gb notice --catch-up",)


def test_an_outflow_in_no_notice(book: Days) -> None:
    """Dated back into the 10th, which had its notice, and paid by transfer: serials, line, and the command that mends it."""
    date = dt.date(2026, 10, 10)
    paid: dict[str, Any] = {"payments": (Pay("transfer", 20_000),), "date": date, "reason": "漏记"}
    sale = book.put("sales", "sale", by="sun", client="C001", spans="A0010030-A0010031", **paid).id
    book.put("cash", "arrived", ref=sale)
    (found,) = book.looked_at()
    assert (found.code, found.severity, found.subject, found.serials) == (
        "NOT-02",
        "error",
        sale,
        "A0010030-A0010031",
    )
    assert (found.where[0].file, found.where[0].line) == book.forge.line_of(sale)
    assert found.next == ("gb notice --date 2026-10-10",)
    catch_up(book.book, ISSUE, date)
    assert book.looked_at() == []


def less(book: Days) -> None:
    """The amount of a sale that was told is another one now, and nothing else gives it away: not the deposit either."""
    book.forge.change(book.ids["deposit of sale"], amount=99_000)
    book.forge.change(book.ids["sale"], amount=99_000, payments=(Pay("cash", 99_000),), reason="优惠")


def other_serials(book: Days) -> None:
    book.forge.change(book.ids["late"], spans=parse_spans("A0010099"))


def other_figures(book: Days) -> None:
    book.forge.change(book.told[0], sheets=11)


def another_day(book: Days) -> None:
    book.forge.change(book.told[3], ids=(*book.forge.record(book.told[3]).ids, book.ids["sale"]))


def edited(book: Days) -> None:
    path = book.root / TEXT
    path.write_text(path.read_text().replace("A0010011", "A0010010"))


def removed(book: Days) -> None:
    (book.root / TEXT).unlink()


def line_ends(book: Days) -> None:
    path = book.root / TEXT
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))


@pytest.mark.parametrize(
    ("plant", "about"),
    [(less, 0), (other_serials, 2), (other_figures, 0), (another_day, 3), (edited, 1), (removed, 1), (line_ends, 1)],
)
def test_a_notice_that_is_not_the_days_records(book: Days, plant: Callable[[Days], None], about: int) -> None:
    plant(book)
    (found,) = book.looked_at()
    assert (found.code, found.severity, found.subject) == ("NOT-03", "error", book.told[about])
    assert (found.where[0].file, found.where[0].line) == book.forge.line_of(book.told[about])
    assert found.words.zh
    assert found.next


def test_a_text_that_nobody_issued(book: Days) -> None:
    strange = book.root / "notices/2026-10/TZ2026-K1-0009.txt"
    strange.write_text("售出 A0010300")
    (found,) = book.looked_at()
    assert (found.code, found.where[0].file) == ("NOT-03", "notices/2026-10/TZ2026-K1-0009.txt")


def test_a_hole_in_the_numbers(book: Days) -> None:
    """The fourth becomes the fifth, its text with it: what is wrong is that there is no fourth."""
    book.forge.change(book.told[3], notice="TZ2026-K1-0005")
    folder = book.root / "notices/2026-10"
    (folder / "TZ2026-K1-0004.txt").rename(folder / "TZ2026-K1-0005.txt")
    (found,) = book.looked_at()
    assert (found.code, found.subject) == ("NUM-01", "TZ2026-K1-0004")


def test_a_number_of_another_terminal(book: Days) -> None:
    book.forge.change(book.told[3], notice="TZ2026-K2-0001")
    folder = book.root / "notices/2026-10"
    (folder / "TZ2026-K1-0004.txt").rename(folder / "TZ2026-K2-0001.txt")
    assert [(one.code, one.subject) for one in book.looked_at()] == [("NUM-01", book.told[3])]


def test_a_listed_record_that_is_gone_is_missed_by_the_notice(book: Days) -> None:
    """The last sale of the file cut out with its chain mended: no hole in the ids, but the notice names it."""
    book.forge.drop(book.ids["late"])
    (found,) = book.looked_at()
    assert (found.code, found.subject) == ("NUM-01", book.ids["late"])
    assert [where.id for where in found.where] == [book.told[2]]


@pytest.mark.parametrize("old", [b"TZ2026-K1-0002,", b"issued,TZ2026-K1-0003"])
def test_damage_to_the_notices_is_told_as_damage(book: Days, old: bytes) -> None:
    """A notice that cannot be read is JRN alone, and its day is not said to have none."""
    book.mark()
    book.shut()
    path = book.root / "journals/2026-10/notices.K1.csv"
    path.write_bytes(path.read_bytes().replace(old, b"issued,,," if b"issued" in old else b"\xff,", 1))
    assert {one.code.partition("-")[0] for one in book.looked_at()} == {"JRN"}


def test_a_sale_wrong_in_itself_is_blamed_alone(book: Days) -> None:
    """990.00 for 1,000.00 without a reason is REC-03; that the notice said something else is the same trouble."""
    book.forge.change(book.ids["sale"], amount=99_000, payments=(Pay("cash", 99_000),))
    assert [one.code for one in book.looked_at()] == ["REC-03"]


def test_the_month_asked_for(book: Days) -> None:
    """October as asked for on 2 November, when nothing was recorded since the 11th: every day of it should have had one."""
    book.clock.time = at(2, month=11)
    found = reconcile(book.book, Calendar(2026, 10)).findings
    assert [one.subject for one in found if one.code == "NOT-01"] == [f"2026-10-{day}" for day in range(12, 32)]
    assert [one for one in check(book.book) if one.code == "NOT-01"] == []


def test_a_book_whose_rules_do_not_ask(book: Days) -> None:
    text = book.book.disk.read("rules.yaml").decode()
    start, end = text.index("notice:\n"), text.index("# 合规提示")
    book.book.disk.replace("rules.yaml", (text[:start] + text[end:]).encode())
    book.shut()
    book.now(14, "09:00").sell("A0010020")
    book.now(20, "09:00")
    assert book.looked_at() == []


def test_merged_from_two_terminals(book: Days) -> None:
    """K2's clone told of its own sale in a notice of its own, numbered apart: nothing is missing and nothing is wrong."""
    sale = book.now(11, "18:00").put("sales", "sale", terminal="K2", client="C001", spans="A0010200")
    (sent,) = catch_up(book.book, msgspec.structs.replace(ISSUE, terminal="K2"), dt.date(2026, 10, 11))
    assert sent.report.number == "TZ2026-K2-0001"
    assert book.forge.record(sent.report.id).ids == (sale.id,)
    book.now(12, "09:00")
    assert book.looked_at() == []
