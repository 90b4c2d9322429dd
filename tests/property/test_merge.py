"""Two copies of a book go on apart and come together: figures follow all the text, custody the first, the check the rest."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.book.open import Book
from ledger.book.text import read_all
from ledger.book.undo import reversal_draft
from ledger.book.write import record
from ledger.checks.run import check
from ledger.core.dates import Month
from ledger.core.errors import GbError
from ledger.core.findings import Finding
from ledger.core.forms import Record
from ledger.core.memory import FullState
from ledger.core.order import in_order
from ledger.core.spans import parse_spans
from ledger.core.state import apply
from ledger.folds.closing import nothing
from ledger.folds.reconcile import fold_month
from ledger.folds.stock import safe_faces
from tests.property.histories import World
from tests.property.test_histories import conserved
from tests.property.test_index_is_text import answers, rebuilt

UNTIL = dt.date(2026, 12, 31)
BOTH = "A0000001-A0000005"


class Apart:
    """Two folders with one past; K1 goes on in the first, K2 in the second."""

    def __init__(self, tmp_path: Path) -> None:
        self.world = world = World(tmp_path / "one", 11, minutes=0)
        request = world.must(
            "requests", "request", {"purpose": "voucher", "lines": ((10000, 50),)}, by="wang", reason="x"
        )
        world.must("requests", "approval", {}, by="li", ref=request.id)
        spans = parse_spans("A0000001-A0000050")
        receipt = {"request": request.id, "spans": spans, "finance": "陈会计", "stamps": "activity"}
        world.must("receipts", "receipt", receipt, by="wang")
        world.close()
        shutil.copytree(world.root, tmp_path / "two")
        self.one = world.open("K1")
        self.two = Book(tmp_path / "two", world.clocks["K2"])

    def sale(self, book: Book, terminal: str, spans: str, client: str = "C001") -> Record:
        self.world.time += dt.timedelta(minutes=1)
        self.world.books[terminal] = book
        values = {"spans": parse_spans(spans), "client": client}
        return self.world.must("sales", "sale", values, by="wang", terminal=terminal)

    def merge(self) -> Book:
        """K2's files come into the first folder, as a merge in git would bring them."""
        self.one.close()
        self.two.close()
        for path in (self.two.root / "journals").rglob("*.K2.*"):
            there = self.one.root / path.relative_to(self.two.root)
            there.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, there)
        merged = self.world.open("K1")
        self.world.books = {"K1": merged, "K2": merged}
        self.world.time += dt.timedelta(minutes=1)
        return merged


@pytest.fixture
def apart(tmp_path: Path) -> Iterator[Apart]:
    apart = Apart(tmp_path)
    yield apart
    apart.world.close()


def found_in(book: Book) -> list[Finding]:
    entries, damage = read_all(book)
    assert damage == []
    found = check(entries, damage, book.rules, until=UNTIL)
    return [one for one in found if one.code != "CSH-01"]  # nobody deposits here, and no merge is asked to


def folded(book: Book) -> tuple[list[Record], FullState]:
    records = [entry.record for entry in in_order(read_all(book)[0])]
    state = FullState()
    for one in records:
        apply(one, state)
    return records, state


def held_and_posted(book: Book) -> tuple[int, int]:
    """Sheets in the safe by custody, and by postings."""
    entries = read_all(book)[0]
    held = safe_faces(folded(book)[1]).get(10000, 0)
    sheet, _ = fold_month(nothing(), Month(2026, 9), entries)
    return held, next(face.figures["closing"] for face in sheet.faces if face.face == 10000)


def test_the_same_sheets_sold_in_both_copies(apart: Apart, tmp_path: Path) -> None:
    """K2 sells A1-A5 a minute before K1 sells A1-A10: custody gives them to K2, the finding names both sales."""
    first = apart.sale(apart.two, "K2", BOTH, "C002")
    second = apart.sale(apart.one, "K1", "A0000001-A0000010")
    book = apart.merge()
    assert answers(book) == rebuilt(book.root, tmp_path)
    (twice,) = found_in(book)
    assert twice.code == "NUM-02"
    assert twice.subject == second.id
    assert twice.serials == BOTH
    assert [where.id for where in twice.where] == [second.id, first.id]
    assert all(where.file and where.line for where in twice.where)
    pieces = book.state().pieces(parse_spans("A0000001-A0000010"))
    assert [(piece.span.text, piece.out) for piece in pieces] == [
        ("A0000001-A0000005", first.id),
        ("A0000006-A0000010", second.id),
    ]
    assert held_and_posted(book) == (40, 35)

    draft = reversal_draft(book, second.id, by="wang", terminal="K1", reason="重复销售")
    record(book, draft)
    assert found_in(book) == []
    assert answers(book) == rebuilt(book.root, tmp_path)
    assert held_and_posted(book) == (45, 45)
    conserved(*folded(book))


def test_the_first_sale_can_only_go_after_the_second(apart: Apart) -> None:
    """Last in, first out also after a merge: the refusal names the sale that came after."""
    first = apart.sale(apart.two, "K2", BOTH)
    second = apart.sale(apart.one, "K1", BOTH)
    book = apart.merge()
    with pytest.raises(GbError) as refused:
        reversal_draft(book, first.id, by="wang", terminal="K2", reason="错")
    assert second.id in refused.value.words.en
    record(book, reversal_draft(book, second.id, by="wang", terminal="K1", reason="错"))
    record(book, reversal_draft(book, first.id, by="wang", terminal="K2", reason="错"))
    assert found_in(book) == []
    assert held_and_posted(book) == (50, 50)


def test_the_index_knew_only_the_later_sale(apart: Apart, tmp_path: Path) -> None:
    """The folder that is merged into has an index with K1's sale; the sale that comes in sorts before it."""
    apart.sale(apart.two, "K2", BOTH)
    apart.sale(apart.one, "K1", BOTH)
    assert apart.one.index.state().pieces(parse_spans(BOTH))[0].out.startswith("SA20260928-K1")
    book = apart.merge()
    assert book.state().pieces(parse_spans(BOTH))[0].out.startswith("SA20260928-K2")
    assert answers(book) == rebuilt(book.root, tmp_path)


def test_sales_of_different_sheets_merge_without_a_finding(apart: Apart, tmp_path: Path) -> None:
    """The usual case: nothing in common but the past."""
    apart.sale(apart.two, "K2", "A0000001-A0000005")
    apart.sale(apart.one, "K1", "A0000006-A0000010")
    apart.sale(apart.two, "K2", "A0000011-A0000015")
    book = apart.merge()
    assert found_in(book) == []
    assert answers(book) == rebuilt(book.root, tmp_path)
    assert held_and_posted(book) == (35, 35)


def test_one_request_approved_in_both_copies(apart: Apart) -> None:
    """The second approval is the finding, and reversing it clears it."""
    world = apart.world
    world.books["K1"] = apart.one
    request = world.must("requests", "request", {"purpose": "void", "lines": ((10000, 5),)}, by="wang", reason="x")
    for path in (apart.one.root / "journals").rglob("requests.K1.*"):
        shutil.copyfile(path, apart.two.root / path.relative_to(apart.one.root))
    world.books["K2"] = apart.two
    world.time += dt.timedelta(minutes=1)
    world.must("requests", "approval", {}, by="li", ref=request.id, terminal="K2")
    world.time += dt.timedelta(minutes=1)
    second = world.must("requests", "approval", {}, by="li", ref=request.id)
    book = apart.merge()
    (twice,) = found_in(book)
    assert twice.code == "APR-03"
    assert twice.where[0].id == second.id
    record(book, reversal_draft(book, second.id, by="li", terminal="K1", reason="重复批准"))
    assert found_in(book) == []


def test_returned_in_one_copy_and_reversed_in_the_other(apart: Apart, tmp_path: Path) -> None:
    """K1 takes a sheet back while K2 undoes the sale: one of the two is the finding, and nothing breaks."""
    sale = apart.sale(apart.one, "K1", BOTH)
    for path in (apart.one.root / "journals").rglob("sales.K1.*"):
        shutil.copyfile(path, apart.two.root / path.relative_to(apart.one.root))
    apart.world.time += dt.timedelta(minutes=1)
    record(apart.two, reversal_draft(apart.two, sale.id, by="wang", terminal="K2", reason="错"))
    apart.world.time += dt.timedelta(minutes=1)
    back = apart.world.must("sales", "client-return", {"spans": parse_spans("A0000001")}, by="wang", reason="退")
    book = apart.merge()
    assert answers(book) == rebuilt(book.root, tmp_path)
    assert {one.subject for one in found_in(book)} == {back.id}
    record(book, reversal_draft(book, back.id, by="wang", terminal="K1", reason="错"))
    assert found_in(book) == []
    assert held_and_posted(book) == (50, 50)
