"""NOT-01…03 and the numbers of notices: each fault planted alone in a sound book gives exactly its code, with its place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.book.month import check, reconcile
from ledger.book.notice import catch_up
from ledger.core.dates import Month
from ledger.core.findings import Finding
from ledger.core.forms import Pay, Record
from ledger.core.spans import parse_spans
from tests.book.counter import Counter
from tests.forge import Forge

TEXT = "notices/2026-10/TZ2026-K1-0002.txt"


class Book:
    """8 to 11 October, a notice each: A0010001-10 sold on the 8th, A0010011 frozen on the 9th, A0010012 sold on the 10th."""

    def __init__(self, root: Path) -> None:
        self.shop = Counter(root)
        self.sale = self.shop.sell("A0010001-A0010010")
        self.at(9, "09:00").add("custody", "freeze", spans=parse_spans("A0010011"), reason="查")
        self.late = self.at(10, "09:00").sell("A0010012")
        self.at(11, "09:00").add("custody", "unfreeze", spans=parse_spans("A0010011"), reason="查清")
        draft = self.shop.draft("notices", "issued")
        self.ids = [one.report.id for one in catch_up(self.at(11).book, draft, dt.date(2026, 10, 11))]
        self.at(12, "09:00")

    def at(self, day: int, clock: str = "17:00") -> Counter:
        self.shop.clock.at = dt.datetime.fromisoformat(f"2026-10-{day:02d}T{clock}:00+08:00")
        return self.shop

    @property
    def forge(self) -> Forge:
        return Forge(self.shop.book.root, self.shop.book.settings.book)

    def found(self) -> list[Finding]:
        """All findings but those that say that nobody counted, marked the day or deposited its cash."""
        self.shop.reopened()
        return [one for one in check(self.shop.book) if one.code not in ("DAY-01", "STK-02", "CSH-01")]


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book(tmp_path / "book")


def test_the_sound_book(book: Book) -> None:
    assert book.found() == []


def test_a_trading_day_without_a_notice(book: Book) -> None:
    """The 13th has a sale and no notice: one NOT-01, and no NOT-02 for the sale.  The 12th had nothing and no notice either."""
    book.at(13, "09:00").sell("A0010020")
    assert [one.subject for one in book.found()] == ["2026-10-12"], "the 13th is not over"
    book.at(14, "09:00")
    found = book.found()
    assert [(one.code, one.severity, one.subject) for one in found] == [
        ("NOT-01", "warning", "2026-10-13"), ("NOT-01", "warning", "2026-10-12"),
    ]  # fmt: skip
    assert (found[0].where[0].file, found[0].where[0].line) == ("journals/2026-10/sales.K1.csv", 4)
    assert found[0].next == ("gb notice --catch-up",)


def test_an_outflow_in_no_notice(book: Book) -> None:
    """Dated back into the 10th, which had its notice: the serials and the line, and the command that mends it."""
    date = dt.date(2026, 10, 10)
    sale = book.shop.add(
        "sales", "sale", by="sun", client="C001", spans=parse_spans("A0010030-A0010031"), date=date, reason="漏记"
    )
    (found,) = book.found()
    assert (found.code, found.severity, found.subject, found.serials) == (
        "NOT-02",
        "error",
        sale.id,
        "A0010030-A0010031",
    )
    assert (found.where[0].file, found.where[0].line) == book.forge.line_of(sale.id)
    assert found.next == ("gb notice --date 2026-10-10",)
    catch_up(book.shop.book, book.shop.draft("notices", "issued"), date)
    assert book.found() == []


def less(book: Book) -> None:
    """The amount of a sale that was told is another one now, and nothing else gives it away."""
    book.forge.change(book.sale.id, amount=99_000, payments=(Pay("cash", 99_000),), reason="优惠")


def other_serials(book: Book) -> None:
    book.forge.change(book.late.id, spans=parse_spans("A0010099"))


def other_figures(book: Book) -> None:
    book.forge.change(book.ids[0], sheets=11)


def another_day(book: Book) -> None:
    book.forge.change(book.ids[3], ids=(*book.forge.record(book.ids[3]).ids, book.sale.id))  # type: ignore[attr-defined]


def edited(book: Book) -> None:
    path = book.shop.book.root / TEXT
    path.write_text(path.read_text().replace("A0010011", "A0010010"))


def removed(book: Book) -> None:
    (book.shop.book.root / TEXT).unlink()


def line_ends(book: Book) -> None:
    path = book.shop.book.root / TEXT
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))


@pytest.mark.parametrize(
    ("plant", "about"),
    [(less, 0), (other_serials, 2), (other_figures, 0), (another_day, 3), (edited, 1), (removed, 1), (line_ends, 1)],
)
def test_a_notice_that_is_not_the_days_records(book: Book, plant: Callable[[Book], None], about: int) -> None:
    plant(book)
    (found,) = book.found()
    assert (found.code, found.severity, found.subject) == ("NOT-03", "error", book.ids[about])
    assert (found.where[0].file, found.where[0].line) == book.forge.line_of(book.ids[about])
    assert found.words.zh
    assert found.next


def test_a_text_that_nobody_issued(book: Book) -> None:
    strange = book.shop.book.root / "notices/2026-10/TZ2026-K1-0009.txt"
    strange.write_text("售出 A0010300")
    (found,) = book.found()
    assert (found.code, found.where[0].file) == ("NOT-03", "notices/2026-10/TZ2026-K1-0009.txt")


def test_a_hole_in_the_numbers(book: Book) -> None:
    """The fourth becomes the fifth, its text with it: what is wrong is that there is no fourth."""
    book.forge.change(book.ids[3], notice="TZ2026-K1-0005")
    folder = book.shop.book.root / "notices/2026-10"
    (folder / "TZ2026-K1-0004.txt").rename(folder / "TZ2026-K1-0005.txt")
    (found,) = book.found()
    assert (found.code, found.subject) == ("NUM-01", "TZ2026-K1-0004")


def test_a_number_of_another_terminal(book: Book) -> None:
    book.forge.change(book.ids[3], notice="TZ2026-K2-0001")
    folder = book.shop.book.root / "notices/2026-10"
    (folder / "TZ2026-K1-0004.txt").rename(folder / "TZ2026-K2-0001.txt")
    assert [(one.code, one.subject) for one in book.found()] == [("NUM-01", book.ids[3])]


def test_a_listed_record_that_is_gone_is_missed_by_the_notice(book: Book) -> None:
    """The last sale of the file cut out with its chain mended: no hole in the ids, but the notice names it."""
    book.forge.drop(book.late.id)
    (found,) = book.found()
    assert (found.code, found.subject) == ("NUM-01", book.late.id)
    assert [where.id for where in found.where] == [book.ids[2]]


@pytest.mark.parametrize("old", [b"TZ2026-K1-0002,", b"issued,TZ2026-K1-0003"])
def test_damage_to_the_notices_is_told_as_damage(book: Book, old: bytes) -> None:
    """A notice that cannot be read is JRN alone, and its day is not said to have none."""
    path = book.shop.book.root / "journals/2026-10/notices.K1.csv"
    path.write_bytes(path.read_bytes().replace(old, b"issued,,," if b"issued" in old else b"\xff,", 1))
    assert {one.code.partition("-")[0] for one in book.found()} == {"JRN"}


def test_a_sale_wrong_in_itself_is_blamed_alone(book: Book) -> None:
    """990.00 for 1,000.00 without a reason is REC-03; that the notice said something else is the same trouble."""
    book.forge.change(book.sale.id, amount=99_000, payments=(Pay("cash", 99_000),))
    assert [one.code for one in book.found()] == ["REC-03"]


def test_the_month_asked_for(book: Book) -> None:
    """October as asked for on 2 November, when nothing was recorded since the 11th: every day of it should have had one."""
    book.shop.clock.at = dt.datetime.fromisoformat("2026-11-02T09:00:00+08:00")
    book.shop.reopened()
    found = reconcile(book.shop.book, Month(2026, 10)).findings
    assert [one.subject for one in found if one.code == "NOT-01"] == [f"2026-10-{day}" for day in range(12, 32)]
    assert [one for one in check(book.shop.book) if one.code == "NOT-01"] == []


def test_a_book_whose_rules_do_not_ask(book: Book) -> None:
    text = book.shop.book.disk.read("rules.yaml").decode()
    start, end = text.index("notice:\n"), text.index("# 合规提示")
    book.shop.book.disk.replace("rules.yaml", (text[:start] + text[end:]).encode())
    book.at(14, "09:00").sell("A0010020")
    book.at(20, "09:00")
    assert book.found() == []


def test_merged_from_two_terminals(book: Book) -> None:
    """K2's clone told of its own sale in a notice of its own, numbered apart: nothing is missing and nothing is wrong."""

    def there(record_id: str) -> Record:
        return book.forge.record(record_id)

    book.shop.add("staff", "terminal-added", by="li", code="K2")
    sale = (
        book.at(11, "18:00").record("sales", "sale", terminal="K2", client="C001", spans=parse_spans("A0010200")).record
    )
    draft = book.shop.draft("notices", "issued", terminal="K2")
    (sent,) = catch_up(book.shop.book, draft, dt.date(2026, 10, 11))
    assert sent.report.number == "TZ2026-K2-0001"
    assert there(sent.report.id).ids == (sale.id,)  # type: ignore[attr-defined]
    book.at(12, "09:00")
    assert book.found() == []
