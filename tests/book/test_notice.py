"""The day's notice in process: what it covers, supplements, catching up, who may, and what happens between record and file."""

from __future__ import annotations

import datetime as dt
import subprocess
from pathlib import Path

import pytest

from ledger.book.draft import Draft, RefusedBy
from ledger.book.month import check, index_findings
from ledger.book.notice import Sent, catch_up, issue, look
from ledger.book.undo import last_own, reversal_draft
from ledger.book.write import record
from ledger.core.errors import MonthClosed, NotAllowed, NotDelivered, NotWritten, Refused, Unknown
from ledger.core.forms import lines_of
from ledger.core.records.notices import Issued
from ledger.core.spans import parse_spans
from tests.book.counter import Counter

DAY = dt.date(2026, 10, 8)


@pytest.fixture
def shop(tmp_path: Path) -> Counter:
    return Counter(tmp_path / "book")


def at(shop: Counter, day: int, clock: str = "17:00") -> Counter:
    shop.clock.at = dt.datetime.fromisoformat(f"2026-10-{day:02d}T{clock}:00+08:00")
    return shop


def draft(shop: Counter, by: str = "wang", terminal: str = "K1") -> Draft:
    return shop.draft("notices", "issued", by=by, terminal=terminal)


def noticed(shop: Counter, day: dt.date = DAY, by: str = "wang") -> Sent:
    sent = issue(shop.book, draft(shop, by), day)
    assert sent is not None
    return sent


def ids(sent: Sent) -> list[str]:
    return [one.id for one in sent.report.contents.items]


def test_the_first_covers_what_is_there_a_later_one_only_what_is_new(shop: Counter) -> None:
    """10 × 100 sold at 09:00, 5 × 100 at 17:20: the supplement lists the second alone."""
    first = shop.sell("A0010001-A0010010")
    one = noticed(at(shop, 8))
    assert (ids(one), one.report.contents.supplement, one.report.contents.amount) == ([first.id], False, 100_000)
    later = at(shop, 8, "17:20").sell("A0010011-A0010015")
    two = noticed(at(shop, 8, "17:30"))
    assert (ids(two), two.report.contents.supplement) == ([later.id], True)
    assert (two.report.number, two.report.contents.sheets, two.report.contents.amount) == ("TZ2026-K1-0002", 5, 50_000)


def test_again_writes_nothing(shop: Counter) -> None:
    shop.sell("A0010001-A0010010")
    one = noticed(at(shop, 8))
    before = shop.text()
    again = noticed(at(shop, 8, "18:00"))
    assert (again.again, again.report.number, shop.text()) == (True, one.report.number, before)


def test_a_sale_and_its_reversal_before_the_notice_are_nothing_to_tell(shop: Counter) -> None:
    """Nobody was told of the sale: neither stands in the notice, and the day is complete all the same."""
    gone = shop.sell("A0010001-A0010010")
    reverse(shop, gone.id)
    kept = shop.sell("A0010011")
    assert ids(noticed(at(shop, 8))) == [kept.id]
    assert check(at(shop, 9).book, ["NOT"]) == []


def test_what_was_told_and_is_reversed_is_withdrawn(shop: Counter) -> None:
    """Told on the 8th, reversed on the 9th: the notice of the 9th withdraws it, and counts it to no sale."""
    sale = shop.sell("A0010001-A0010010")
    noticed(at(shop, 8))
    undone = reverse(at(shop, 9, "10:00"), sale.id)
    sent = noticed(at(shop, 9), DAY + dt.timedelta(days=1))
    (item,) = sent.report.contents.items
    assert (item.id, item.undoes, item.spans.text) == (undone, sale.id, "A0010001-A0010010")
    assert (sent.report.contents.sheets, sent.report.contents.amount) == (0, 0)


def reverse(shop: Counter, record_id: str) -> str:
    made = reversal_draft(shop.book, record_id, by="sun", terminal="K1", reason="录错")
    return record(shop.book, made).record.id


def test_every_part_of_the_notice(shop: Counter) -> None:
    """Sold, returned, void, lost, found, given, frozen and unfrozen, each under its own heading; a stamp is nobody's business."""
    shop.sell("A0010001-A0010010")
    shop.add("sales", "client-return", spans=parse_spans("A0010001"), reason="多买")
    for kind, purpose, spans, more in (
        ("void", "void", "A0010020", {}), ("lost", "lost", "A0010021", {"report": "BS-1"}),
        ("given", "gift", "A0010022", {"client": "C001"}),
    ):  # fmt: skip
        approval = shop.approved(purpose, (10000, 1))
        shop.add("custody", kind, spans=parse_spans(spans), approval=approval, reason="见批准单", **more)
    shop.add("custody", "found", spans=parse_spans("A0010021"), reason="找到")
    shop.add("custody", "freeze", spans=parse_spans("A0010030"), reason="查")
    shop.add("custody", "unfreeze", spans=parse_spans("A0010030"), reason="查清")
    shop.add("custody", "stamp", spans=parse_spans("A0010040"), stamp="date")
    parts = [one.part for one in noticed(at(shop, 8)).report.contents.items]
    assert parts == ["sales", "given", "returned", "void", "lost", "found", "frozen", "unfrozen"]


def test_missed_days_are_caught_up_with(shop: Counter) -> None:
    """Sales on the 8th and the 10th, nothing on the 9th, a sale dated back into the noticed 8th: three notices, one of them nil."""
    shop.sell("A0010001-A0010010")
    noticed(at(shop, 8))
    at(shop, 10, "09:00").sell("A0010011-A0010020")
    back = shop.add("sales", "sale", by="sun", client="C001", spans=parse_spans("A0010021"), date=DAY, reason="漏记")
    sent = catch_up(at(shop, 10).book, draft(shop), dt.date(2026, 10, 10))
    told = [(one.report.contents.day.day, one.report.contents.supplement, len(ids(one))) for one in sent]
    assert told == [(8, True, 1), (9, False, 0), (10, False, 1)]
    assert ids(sent[0]) == [back.id]
    assert [one.report.number for one in sent] == [f"TZ2026-K1-{n:04d}" for n in (2, 3, 4)]
    assert catch_up(shop.book, draft(shop), dt.date(2026, 10, 10)) == []
    assert index_findings(shop.book) == []


def test_a_catch_up_far_back_is_nobodys_choice_of_a_date(shop: Counter) -> None:
    """A clerk may date a record back by a day; a notice of a week ago is made from what is there, not dated by anybody."""
    shop.sell("A0010001-A0010010")
    assert len(catch_up(at(shop, 15).book, draft(shop), dt.date(2026, 10, 15))) == 8
    assert check(shop.book, ["REG", "NOT"]) == []


def test_a_closed_day_has_none_unless_there_is_something_to_tell(shop: Counter) -> None:
    """2026-10-11 is a Sunday."""
    closed(shop, '["sunday", "2026-10-12"]')
    assert issue(at(shop, 11).book, draft(shop), dt.date(2026, 10, 11)) is None
    assert issue(at(shop, 12).book, draft(shop), dt.date(2026, 10, 12)) is None
    shop.sell("A0010001")
    assert len(ids(noticed(shop, dt.date(2026, 10, 12)))) == 1
    assert ids(noticed(at(shop, 13), dt.date(2026, 10, 13))) == []


def closed(shop: Counter, days: str) -> None:
    text = shop.book.disk.read("gb.yaml").decode()
    shop.book.disk.replace("gb.yaml", text.replace("closed_days: []", f"closed_days: {days}").encode())
    shop.reopened()


def test_cron_may_notice_and_nothing_else(shop: Counter) -> None:
    shop.sell("A0010001")
    assert noticed(at(shop, 8), by="cron").report.by == "cron"
    with pytest.raises(Unknown):
        shop.sell("A0010002", by="cron")
    with pytest.raises(Unknown):
        shop.add("cash", "day-end", by="cron", files=())
    assert check(shop.book, ["REG"]) == []


def test_who_may_not(shop: Counter) -> None:
    shop.add("staff", "operator-added", by="li", code="audit", name="审计", roles="auditor")
    with pytest.raises(NotAllowed):
        issue(at(shop, 8).book, draft(shop, "audit"), DAY)


def test_numbers_run_by_terminal_and_year(shop: Counter) -> None:
    shop.add("staff", "terminal-added", by="li", code="K2")
    shop.sell("A0010001")
    noticed(at(shop, 8))
    at(shop, 8, "17:10").sell("A0010002")
    other = issue(shop.book, draft(shop, terminal="K2"), DAY)
    assert other is not None
    assert other.report.number == "TZ2026-K2-0001"
    shop.clock.at = dt.datetime.fromisoformat("2027-01-04T17:00:00+08:00")
    text = shop.book.disk.read("rules.yaml").replace(b'days_ahead: "31"', b'days_ahead: "366"')
    shop.book.disk.replace("rules.yaml", text)
    shop.reopened()
    assert noticed(shop, dt.date(2027, 1, 4)).report.number == "TZ2027-K1-0001"


def test_a_notice_is_not_undone(shop: Counter) -> None:
    """It was sent.  The clerk's `undo` passes over it to the sale before."""
    sale = shop.sell("A0010001")
    sent = noticed(at(shop, 8))
    with pytest.raises(Refused) as refused:
        reversal_draft(shop.book, sent.report.id, by="sun", terminal="K1", reason="不要了")
    assert refused.value.next == ("gb notice",)
    assert last_own(shop.book, by="wang", terminal="K1", today=DAY) == sale.id


def test_acknowledged_once_by_each(shop: Counter) -> None:
    shop.sell("A0010001")
    sent = noticed(at(shop, 8))
    told = {"ref": sent.report.id, "notice": sent.report.number}
    assert look(shop.book, shop.clock.at).unsigned == (("TZ2026-K1-0001", ("finance", "cashiers")),)  # type: ignore[union-attr]
    shop.add("notices", "acknowledged", **told, to="finance", name="赵")
    with pytest.raises(RefusedBy) as twice:
        shop.add("notices", "acknowledged", **told, to="finance")
    assert twice.value.code == "NUM-01"
    assert look(shop.book, shop.clock.at).unsigned == (("TZ2026-K1-0001", ("cashiers",)),)  # type: ignore[union-attr]
    with pytest.raises(RefusedBy) as other:
        shop.add("notices", "acknowledged", ref=told["ref"], notice="TZ2026-K1-0009", to="cashiers")
    assert other.value.code == "NOT-03"


def test_a_closed_month_takes_no_notice(shop: Counter) -> None:
    folder = shop.book.root / "closings/2026-10"
    folder.mkdir(parents=True)
    (folder / "closing.yaml").write_text("sealed")
    at(shop, 8)
    shop.clock.at = shop.clock.at.replace(
        month=11, day=2
    )  # the month is over: what stands in its seal's place may be a damaged seal
    with pytest.raises(MonthClosed):
        issue(shop.book, draft(shop), DAY)


def test_nothing_is_issued_ahead(shop: Counter) -> None:
    with pytest.raises(Refused) as refused:
        issue(at(shop, 8).book, draft(shop), DAY + dt.timedelta(days=1))
    assert refused.value.code == "DAT-01"


@pytest.mark.parametrize(("clock", "due"), [("16:59", False), ("17:00", True)])
def test_due_from_the_rules_time(shop: Counter, clock: str, due: bool) -> None:
    found = look(at(shop, 8, clock).book, shop.clock.at)
    assert found is not None
    assert found.due is due


def test_a_rule_that_changes_in_mid_month(shop: Counter) -> None:
    """No notice is due from the 10th on: the 8th and 9th are missed, the 10th and 11th are not."""
    shop.sell("A0010001")
    at(shop, 11, "10:00").sell("A0010002")
    text = shop.book.disk.read("rules.yaml").decode()
    later = 'copies: [finance, cashiers]\n    daily: "yes"\n  - from: "2026-10-10"\n    copies: [cashiers]\n    daily: "no"\n'
    shop.book.disk.replace(
        "rules.yaml", text.replace('copies: [finance, cashiers]\n    daily: "yes"\n', later).encode()
    )
    shop.reopened()
    found = check(at(shop, 13, "09:00").book, ["NOT"])
    assert [(one.code, one.subject) for one in found] == [("NOT-01", "2026-10-08"), ("NOT-01", "2026-10-09")]
    assert look(shop.book, shop.clock.at) is None
    assert noticed(shop, dt.date(2026, 10, 13)).report.copies == ("cashiers",)


# -- between the record and its text -----------------------------------------------------------------------------------


def test_the_text_is_what_the_record_says_it_is(shop: Counter) -> None:
    from hashlib import sha256

    shop.sell("A0010001")
    sent = noticed(at(shop, 8))
    issued = sent.recorded.record
    assert isinstance(issued, Issued)
    assert sha256((shop.book.root / sent.path).read_bytes()).hexdigest() == issued.copy


def test_a_text_that_was_not_written_is_written_by_the_next_run(shop: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """Recorded, then the disk refuses: exit 6 says so, and the same command mends it, byte for byte."""
    shop.sell("A0010001")
    replace = shop.book.disk.replace

    def full(path: str, data: bytes, **more: int) -> None:
        if path.startswith("notices/"):
            from ledger.core.words import Words

            raise NotWritten(Words("磁盘满", "no space"))
        replace(path, data, **more)

    monkeypatch.setattr(shop.book.disk, "replace", full)
    with pytest.raises(NotDelivered) as refused:
        noticed(at(shop, 8))
    assert refused.value.exit_code == 6
    monkeypatch.undo()
    assert [one.code for one in check(shop.book, ["NOT"])] == ["NOT-03"]
    assert noticed(shop).again
    assert check(shop.book, ["NOT"]) == []


def test_a_text_that_cannot_be_made_again_stays_missing_and_is_found(shop: Counter) -> None:
    """The store was renamed since: what would be written is not what was sent."""
    shop.sell("A0010001")
    sent = noticed(at(shop, 8))
    (shop.book.root / sent.path).unlink()
    text = shop.book.disk.read("gb.yaml").decode()
    shop.book.disk.replace("gb.yaml", text.replace("测试店", "新店").encode())
    shop.reopened()
    noticed(shop)
    assert not (shop.book.root / sent.path).exists()
    assert [one.code for one in check(shop.book, ["NOT"])] == ["NOT-03"]


def test_faces_of_a_record_with_several(shop: Counter) -> None:
    """A sale of 100s and 50s says how many of each; which serial has which comes from the sheets."""
    request = shop.approved("voucher", (5000, 10))
    shop.add(
        "receipts",
        "receipt",
        request=request,
        spans=parse_spans("B0010001-B0010010"),
        face=5000,
        finance="赵",
        stamps="activity",
    )
    shop.sell("A0010001-A0010003 B0010001-B0010002")
    text = (shop.book.root / noticed(at(shop, 8)).path).read_text()
    assert "A0010001-A0010003\n" in text
    assert "B0010001-B0010002\n" in text
    assert lines_of([(10000, 3), (5000, 2)]) == noticed(shop).report.contents.items[0].lines


def test_the_commit_holds_the_books_own_files_only(shop: Counter) -> None:
    from ledger.book.commit import commit_own

    root = shop.book.root
    subprocess.run(["git", "init", "-q", root], check=True)
    (root / "private.txt").write_text("mine")
    shop.sell("A0010001")
    noticed(at(shop, 8))
    assert commit_own(root, "notice") == "committed"
    tracked = subprocess.run(["git", "-C", root, "ls-files"], check=True, capture_output=True, text=True).stdout
    assert "notices/2026-10/TZ2026-K1-0001.txt" in tracked
    assert "private.txt" not in tracked
