"""What is said before a handover where nobody knows the bank days (S4, decisions: 5)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from ledger.book.cheques import early
from ledger.core.spans import parse_spans
from tests.book.counter import Counter


def test_a_year_that_nobody_published_is_said_to_be_unknown(tmp_path: Path) -> None:
    """Deposited on 30 December 2026, so the third bank day is in 2027: unknown until the store enters it in gb.yaml."""
    shop = Counter(tmp_path / "book")
    shop.add("staff", "operator-added", by="li", code="chen", name="chen", roles="finance")
    shop.clock.at = dt.datetime.fromisoformat("2026-11-05T10:00:00+08:00")
    shop.add("clients", "alias", code="C001", alias="东风")  # the clock goes on in steps it is believed in
    shop.clock.at = dt.datetime.fromisoformat("2026-12-01T10:00:00+08:00")
    shop.add("clients", "alias", code="C001", alias="东风总厂")
    shop.clock.at = dt.datetime.fromisoformat("2026-12-30T10:00:00+08:00")
    paper = {"cheque": "1", "bank": "工行", "client": "C001"}
    spans = parse_spans("A0010001-A0010005")
    held = shop.add("sales", "reservation", spans=spans, method="cheque", drawn=dt.date(2026, 12, 30), **paper)
    shop.add("cheques", "deposited", drawer="东风厂", slip="J", **paper)
    shop.clock.forward(days=1)
    shop.add("cheques", "cleared", by="chen", drawer="东风厂", **paper)
    day = dt.date(2027, 1, 4)
    said = early(shop.book.state(), held.id, day, shop.book.rules)
    assert said is not None
    assert "the bank days of 2027 are unknown" in said.en
    text = shop.book.disk.read("gb.yaml").decode()
    own = text.replace("bank_days: {}", 'bank_days: {"2027": {"off": ["01-01..01-03"]}}')
    shop.book.disk.replace("gb.yaml", own.encode())
    book = shop.reopened()
    said = early(book.state(), held.id, day, book.rules)
    assert said is not None
    assert "2027-01-05" in said.en
    assert early(book.state(), held.id, dt.date(2027, 1, 5), book.rules) is None
