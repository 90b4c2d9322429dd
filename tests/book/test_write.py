"""Recording one entry: order, retries, dates, roles, and what an interrupted write leaves."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from ledger.book.draft import RefusedBy
from ledger.book.resolve import record_id
from ledger.book.undo import last_own
from ledger.core.errors import GbError, MonthClosed, NotAllowed, OutOfOrder, Refused, TokenReused, Unknown, Usage
from ledger.core.forms import Pay
from ledger.core.spans import parse_spans
from tests.book.counter import START, Counter


@pytest.fixture
def counter(tmp_path: Path) -> Counter:
    return Counter(tmp_path / "book")


def refused(counter: Counter, error: type[GbError], code: str, journal: str, kind: str, /, **given: Any) -> GbError:
    """The refusal; nothing may have been written."""
    before = counter.text()
    with pytest.raises(error) as caught:
        counter.record(journal, kind, **given)
    assert caught.value.code == code
    assert counter.text() == before
    return caught.value


def test_numbers_run_per_journal_terminal_and_day_without_holes(counter: Counter) -> None:
    """Two sales, a refused one between them, and one on the next day."""
    first = counter.sell("A0010001-A0010050")
    refused(counter, RefusedBy, "NUM-02", "sales", "sale", client="C001", spans=parse_spans("A0010050"))
    second = counter.sell("A0010051")
    counter.clock.forward(days=1)
    third = counter.sell("A0010052")
    assert [first.id, second.id, third.id] == ["SA20261008-K1-0001", "SA20261008-K1-0002", "SA20261009-K1-0001"]


def test_a_dry_run_says_the_same_and_writes_nothing(counter: Counter) -> None:
    before = counter.text()
    tried = counter.record("sales", "sale", client="C001", spans=parse_spans("A0010001"), dry_run=True)
    assert (tried.dry, tried.record.id) == (True, "SA20261008-K1-0001")
    assert counter.text() == before
    assert counter.sell("A0010001").id == tried.record.id


def test_time_moves_on_when_the_clock_is_a_little_behind(counter: Counter) -> None:
    """Another terminal's clock is 5 minutes behind: what it sells was received after 09:00 by the first one's clock."""
    counter.add("staff", "terminal-added", by="li", code="K2")
    received = counter.book.find("RC20261008-K1-0001").record
    counter.clock.forward(minutes=-5)
    sold = counter.record("sales", "sale", client="C001", spans=parse_spans("A0010001"), terminal="K2")
    assert sold.bumped
    assert sold.record.at == received.at + dt.timedelta(seconds=1)


def test_a_terminals_own_times_never_stand_still(counter: Counter) -> None:
    """Commands pasted at once fall into one second; which was the last must be seen from the text, also after a rebuild."""
    sold, asked = (
        counter.sell("A0010001"),
        counter.add("requests", "request", purpose="void", lines=((10000, 1),), reason="破"),
    )
    assert asked.at - sold.at == dt.timedelta(seconds=1)
    counter.book.index.rebuild()
    assert record_id(counter.book, "last", "K1") == asked.id
    assert last_own(counter.book, by="wang", terminal="K1", today=START.date()) == asked.id


def test_a_record_that_would_sort_before_what_it_touches_names_what_blocks(counter: Counter) -> None:
    """The rule allows 600 seconds; a terminal 11 minutes behind is refused, and so is the day before."""
    counter.add("staff", "terminal-added", by="li", code="K2")
    counter.clock.forward(minutes=-11)
    error = refused(
        counter, OutOfOrder, "ORD-01", "sales", "sale", client="C001", spans=parse_spans("A0010001"), terminal="K2"
    )
    assert "RC20261008-K1-0001" in error.words.en
    assert error.next == ("gb show RC20261008-K1-0001",)
    counter.clock.forward(minutes=11)
    yesterday = {"date": dt.date(2026, 10, 7), "reason": "补记"}
    refused(counter, OutOfOrder, "ORD-01", "sales", "sale", client="C001", spans=parse_spans("A0010001"), **yesterday)


def test_a_retry_token_records_once_and_refuses_other_content(counter: Counter) -> None:
    again: dict[str, Any] = {"client": "C001", "spans": parse_spans("A0010001"), "key": "till-7"}
    first = counter.record("sales", "sale", **again)
    second = counter.record("sales", "sale", **again)
    assert (second.again, second.record.id) == (True, first.record.id)
    again["spans"] = parse_spans("A0010002")
    error = refused(counter, TokenReused, "KEY-01", "sales", "sale", **again)
    assert error.retry == "no"


def test_back_dating_needs_a_reason_and_beyond_a_day_a_supervisor(counter: Counter) -> None:
    counter.clock.forward(days=3)
    sale: dict[str, Any] = {"client": "C001", "spans": parse_spans("A0010001")}
    refused(counter, Refused, "DAT-01", "sales", "sale", date=dt.date(2026, 10, 10), **sale)
    refused(counter, NotAllowed, "ROL-01", "sales", "sale", date=dt.date(2026, 10, 9), reason="忘记", **sale)
    made = counter.record("sales", "sale", date=dt.date(2026, 10, 9), reason="忘记", by="sun", **sale)
    assert made.record.id == "SA20261009-K1-0001"
    refused(counter, Refused, "DAT-01", "sales", "sale", date=dt.date(2026, 10, 12), client="C001",
            spans=parse_spans("A0010002"))  # fmt: skip


def test_a_month_whose_seal_may_be_damaged_takes_no_record(counter: Counter) -> None:
    """What lies in the place of October's seal is none; in November it may be a damaged one."""
    counter.book.disk.create("closings/2026-10/closing.yaml", b"")
    counter.clock.forward(days=31)
    late = {"by": "sun", "date": dt.date(2026, 10, 31), "reason": "补记"}
    refused(counter, MonthClosed, "CLS-01", "sales", "sale", client="C001", spans=parse_spans("A0010001"), **late)


def test_who_may_not_is_told_who_may(counter: Counter) -> None:
    asked = counter.add("requests", "request", purpose="void", lines=((10000, 1),), reason="破损")
    error = refused(counter, NotAllowed, "ROL-01", "requests", "approval", ref=asked.id)
    assert "li" in error.words.zh
    assert error.next == ("--by li", "gb operator list")


@pytest.mark.parametrize(
    ("who", "code"), [({"by": "nobody"}, "REF-01"), ({"terminal": "K9"}, "REF-01"), ({"by": "init"}, "ROL-01")]
)
def test_strangers_write_nothing(counter: Counter, who: dict[str, str], code: str) -> None:
    given = {"code": "new", "name": "新", "roles": "clerk"}
    refused(counter, GbError, code, "staff", "operator-added", **{"by": "li", **who}, **given)


def test_a_sale_names_a_known_client_salesperson_and_method(counter: Counter) -> None:
    sale = {"spans": parse_spans("A0010001")}
    refused(counter, Unknown, "REF-01", "sales", "sale", client="C009", **sale)
    refused(counter, Unknown, "REF-01", "sales", "sale", client="C001", salesperson="ghost", **sale)
    refused(counter, Usage, "USE-01", "sales", "sale", client="C001", payments=(Pay("barter", 10000),), **sale)


def test_a_form_that_needs_a_reason_has_one(counter: Counter) -> None:
    refused(counter, Usage, "USE-01", "requests", "request", purpose="void", lines=((10000, 1),))
    counter.sell("A0010001")
    refused(counter, Usage, "USE-01", "sales", "client-return", spans=parse_spans("A0010001"))


def test_a_torn_record_is_set_aside_and_the_next_takes_its_number(counter: Counter) -> None:
    """Half a line behind the first sale: never acknowledged, so the number is free."""
    counter.sell("A0010001")
    path = counter.book.root / "journals/2026-10/sales.K1.csv"
    whole = path.read_bytes()
    path.write_bytes(whole + b"SA20261008-K1-0002,2026-10-08T09:0")
    counter.reopened()
    made = counter.record("sales", "sale", client="C001", spans=parse_spans("A0010002"))
    assert made.record.id == "SA20261008-K1-0002"
    assert path.read_bytes().startswith(whole)
    assert (counter.book.root / made.torn).read_bytes() == b"SA20261008-K1-0002,2026-10-08T09:0"


@pytest.mark.parametrize("name", ["sales.K1.csv", "requests.K1.yaml"])
def test_a_line_end_stripped_by_an_editor_loses_no_record(counter: Counter, name: str) -> None:
    """The last record was acknowledged; without its line end it looks torn, but its chain shows that it is whole."""
    counter.sell("A0010001")
    path = counter.book.root / "journals/2026-10" / name
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    counter.reopened()
    assert [finding.code for finding in counter.book.damage()] == ["JRN-02"]
    assert counter.sell("A0010002").id == "SA20261008-K1-0002"
    assert path.read_bytes().startswith(whole)
    assert counter.book.damage() == []
    assert not (counter.book.root / ".gb/torn").exists()


def test_nothing_is_added_to_a_book_whose_records_cannot_be_read(counter: Counter) -> None:
    path = counter.book.root / "journals/2026-10/receipts.K1.yaml"
    path.write_bytes(path.read_bytes().replace(b'face: "100.00"', b'face: "100"'))
    counter.reopened()
    error = refused(counter, GbError, "JRN-03", "sales", "sale", client="C001", spans=parse_spans("A0010001"))
    assert error.exit_code == 4
    assert error.where[0].file == "journals/2026-10/receipts.K1.yaml"
