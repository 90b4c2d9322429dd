"""The index against the text, and names that are one name."""

from __future__ import annotations

import pytest

from ledger.checks.idx import differences
from ledger.checks.reg import near
from ledger.core.memory import FullState
from ledger.core.parties import Client
from ledger.core.spans import SpanSet
from ledger.core.state import ThingTrack, apply
from tests.builders import Book, ready, spans


def folded(book: Book) -> FullState:
    state = FullState()
    for placed in book:
        apply(placed.record, state)
    return state


def sold() -> Book:
    book = ready()
    book.receive("A01-A10", 100)
    book.sell("A01-A02")
    return book


def test_equal_states_have_no_finding() -> None:
    book = sold()
    assert list(differences(book.state, folded(book))) == []


def test_a_lost_a_changed_and_an_extra_sheet_are_named() -> None:
    """In the index A05 is forgotten, A06 has another state, X1 is there beside."""
    book = sold()
    index = folded(book)
    (track,) = {track for span, track in index.tracks() if span.first_serial == "A01"}
    other = FullState()
    for span, found in index.tracks():
        other.load_track(SpanSet.of((span,)) - spans("A05"), found)
    other.load_track(spans("A06 X1"), track)
    for space, key, thing in index.thing_tracks():
        other.load_thing(space, key, thing)
    (finding,) = differences(book.state, other)
    assert (finding.code, finding.serials, finding.next) == ("IDX-01", "A05-A06 X1", ("gb index rebuild",))


def test_a_thing_that_differs_is_named() -> None:
    book = sold()
    index = folded(book)
    index.load_thing("Client", "C001", ThingTrack("", (("x", Client(unit="y", unit_kind="enterprise")),)))
    (found,) = differences(book.state, index)
    assert (found.code, found.subject) == ("IDX-01", "Client C001")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("东方机械有限公司", "东方机械 有限责任公司"),
        ("东方机械厂", "东方机械厂（集团）有限公司"),
        ("ＡＢＣ Trading Co., Ltd.", "abc trading"),
        ("Acme Inc", "ACME"),
    ],
)
def test_spellings_of_one_unit(one: str, other: str) -> None:
    assert near(one) == near(other)


@pytest.mark.parametrize(
    ("one", "other"), [("第一中学", "第二中学"), ("17850", "17851"), ("Acme", "Acne"), ("Co", "Inc")]
)
def test_different_units(one: str, other: str) -> None:
    assert near(one) != near(other)
