"""An index that stands on a closing never says anything else than one that holds all history."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from ledger.book.month import index_findings
from ledger.book.open import Book
from ledger.core.custody import Sheet
from ledger.core.errors import GbError
from ledger.core.forms import Record, Touch
from ledger.core.records import THINGS, thing_class
from ledger.core.spans import Span, SpanSet
from ledger.core.state import Thing
from ledger.index.ground import BEFORE
from ledger.index.hydrated import Hydrated
from tests.property.histories import TERMINALS, World
from tests.property.test_closed_equals_open import played
from tests.property.test_index_is_text import answers, rebuilt

HISTORIES = 120 if os.environ.get("GB_STRESS") else 2


class AsksForHistory(Exception):
    """What the index does not hold is asked for."""


def _no_history() -> sqlite3.Connection:
    raise AsksForHistory


def cold(world: World, terminal: str = "K1") -> Book:
    """The book of a history as a machine that never saw it opens it."""
    shutil.rmtree(world.root / ".gb", ignore_errors=True)
    book = world.open(terminal)
    assert book.index.since, "it does not stand on a closing"
    return book


Question = Callable[[Hydrated], Any]


def questions(whole: Hydrated, records: list[Record]) -> Iterator[tuple[str, Question]]:
    """Every sheet, every thing there ever was and some there never were, and what each record touched."""
    for first in range(1, 420, 7):
        yield "pieces", partial(_pieces, SpanSet.of([Span("A", 7, first, first + 6)]))
    for space, key, _ in list(whole.thing_tracks()):
        yield "thing", partial(_thing, thing_class(space), key)
    for space in THINGS:
        yield "unknown", partial(_thing, thing_class(space), "X9")
        yield "things", partial(_things, thing_class(space), False)
        yield "open", partial(_things, thing_class(space), True)
    for one in records:
        yield "top", partial(_top, one)
        yield "before", partial(_before, one)
    yield "hand", lambda state: _runs((span, sheet, "") for span, sheet in state.on_hand())


def _runs(pieces: Iterable[tuple[Span, Sheet, str]]) -> list[tuple[SpanSet, Sheet, str]]:
    """Runs of one state, wherever they are cut."""
    return [
        (SpanSet.of(span for span, _, _ in run), sheet, out)
        for (sheet, out), run in groupby(pieces, lambda one: (one[1], one[2]))
    ]


def _pieces(spans: SpanSet, state: Hydrated) -> Any:
    return _runs((one.span, one.sheet, one.out) for one in state.pieces(spans))


def _thing(kind: type[Thing], key: str, state: Hydrated) -> Any:
    return state.thing(kind, key)


def _things(kind: type[Thing], open_ones: bool, state: Hydrated) -> Any:
    return sorted(state.open_things(kind) if open_ones else state.things(kind), key=str)


def _top(one: Record, state: Hydrated) -> Any:
    return state.top(one.touches())


def _before(one: Record, state: Hydrated) -> Any:
    with suppress(LookupError):
        return state.before(one.id, one.touches().spans)
    return "another event"


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_every_answer_is_the_whole_indexs_or_asks_for_history(seed: int, tmp_path: Path) -> None:
    """Three months, two of them closed; the index stands on the first: what it answers by itself is right."""
    world = played(tmp_path / "book", 900 + seed)
    records = [made.record for made in world.recorded]
    book = cold(world)
    here, since = book.index.here, book.index.since
    shutil.copytree(world.root, tmp_path / "whole", ignore=shutil.ignore_patterns(".gb"))
    other = Book(tmp_path / "whole")
    other.index.rebuild()
    assert not other.index.since
    whole = other.state()
    whole.load_all()
    seen: Counter[tuple[str, bool]] = Counter()
    for what, ask in questions(whole, records):
        try:
            answer = ask(Hydrated(here, since, _no_history))
        except AsksForHistory:
            seen[what, False] += 1
            continue
        seen[what, True] += 1
        assert answer == ask(other.state()), what
    for what in ("pieces", "thing", "unknown", "things", "open", "top"):
        assert seen[what, True], f"{what}: everything asks for history"
    assert seen["thing", False]
    assert seen["pieces", False] + seen["top", False], "nothing of history was asked about"
    assert _events(book.index.here) < _events(other.index.here)
    book.close()
    other.close()


def _events(db: sqlite3.Connection) -> int:
    return int(db.execute("SELECT count(*) FROM record").fetchone()[0])


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_recording_goes_on_and_history_comes_in_behind(seed: int, tmp_path: Path) -> None:
    """What is recorded or refused on a cold index, on two terminals in turn, leaves the book as a warm one does."""
    cold_world, warm_world = (played(tmp_path / name, 950 + seed) for name in ("cold", "warm"))
    cold(cold_world).close()
    for world in (cold_world, warm_world):
        world.books = {name: world.open(name) for name in TERMINALS}
        world.run(12)
    assert cold_world.text() == warm_world.text()
    assert [error.words for error in cold_world.refused] == [error.words for error in warm_world.refused]
    expected = rebuilt(cold_world.root, tmp_path)
    for book in cold_world.books.values():
        book.refresh()
        assert answers(book) == expected
    cold_world.close()
    warm_world.close()


@pytest.mark.parametrize("hurt", ["table", "journal", "tail", "stranger", "seal"])
def test_nothing_stands_on_a_month_that_was_touched(hurt: str, tmp_path: Path) -> None:
    """A byte changed, a record or a file added in a sealed month: all text is read, and says so as it always does."""
    world = played(tmp_path / "book", 5)
    month = world.root / "journals" / "2026-09"
    sales = next(month.glob("sales.K1*"))
    if hurt == "table":
        stock = world.root / "closings" / "2026-09" / "stock.csv"
        stock.write_bytes(stock.read_bytes().replace(b"safe/", b"void/", 1))
    elif hurt == "journal":
        sales.write_bytes(sales.read_bytes().replace(b"cash:", b"pos-:", 1))
    elif hurt == "tail":
        sales.write_bytes(sales.read_bytes() + sales.read_bytes().splitlines(keepends=True)[-1])
    elif hurt == "stranger":
        (month / "sales.K9.csv").write_bytes(sales.read_bytes())
    else:
        seal = world.root / "closings" / "2026-09" / "closing.yaml"
        seal.write_bytes(seal.read_bytes().replace(b"records: ", b"records:  ", 1))
    shutil.rmtree(world.root / ".gb")
    book = world.open("K1")
    assert not book.index.since
    assert answers(book) == rebuilt(world.root, tmp_path)
    book.close()


def test_the_layer_for_history_is_no_record(tmp_path: Path) -> None:
    """No record has the empty id, so that what a closing says of a sheet is never taken for an event."""
    world = played(tmp_path / "book", 6)
    assert all(made.record.id != BEFORE for made in world.recorded)
    book = cold(world)
    with suppress(GbError):
        book.state().top(Touch(SpanSet.of([Span("A", 7, 1, 400)])))
    assert not book.index.since, "the last events of sheets of history were not asked for"
    book.close()


def test_a_record_in_another_months_folder_is_folded_in_its_place(tmp_path: Path) -> None:
    """September's sales lie in December's folder (JRN-08): their sheets are sold in September all the same."""
    world = played(tmp_path / "book", 7)
    journals = world.root / "journals"
    (journals / "2026-12").mkdir()
    for file in list((journals / "2026-09").glob("sales.*")):
        file.rename(journals / "2026-12" / file.name)
    book = world.open("K1")
    assert "JRN-08" in {one.code for one in book.damage()}
    assert index_findings(book) == []
    book.close()
