"""The items of an evening that other journals bring: cheques due, in a real book in process."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from ledger.book.squaring import Item, evening_of, items, squared
from ledger.core.forms import Pay
from ledger.core.spans import parse_spans
from tests.book.counter import Counter


def cheques(counter: Counter, day: str) -> list[Item]:
    date = dt.date.fromisoformat(day)
    now = dt.datetime.combine(date, dt.time(16), counter.clock.at.tzinfo)
    return [one for one in items(evening_of(counter.book, "K1", date, now)) if one.name == "cheque"]


def test_a_cheque_keeps_the_day_open_until_it_is_deposited(tmp_path: Path) -> None:
    """Received on Thursday 8 October: to be deposited that day; on the third bank day, Monday after the Saturday that is
    worked, the bank can be asked."""
    counter = Counter(tmp_path / "book")
    counter.clock.forward(minutes=5)
    paid = {"payments": (Pay("cheque", 100_000),), "cheque": "0088", "bank": "工行", "drawn": dt.date(2026, 10, 8)}
    counter.add(
        "sales", "reservation", client="C001", spans=parse_spans("A0010001-A0010010"), drawer="东风厂", **paid
    )  # fmt: skip
    (open_,) = cheques(counter, "2026-10-08")
    assert (open_.done, open_.next) == (False, ("gb cheque deposit 0088 --slip '…'",))
    assert not squared([open_])
    counter.clock.forward(minutes=5)
    counter.add("cheques", "deposited", cheque="0088", bank="工行", drawer="东风厂", slip="J1")
    assert cheques(counter, "2026-10-08") == []
    (due,) = cheques(counter, "2026-10-13")
    assert (due.done, due.next) == (None, ("gb cheque clear 0088",))
