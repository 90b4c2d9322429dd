"""Each rebate fault, planted alone in real journals, gives exactly its one code, with file and line; none where all is right."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ledger.book.open import Book
from ledger.book.text import whole_text
from ledger.checks.run import check
from ledger.core.findings import Finding
from ledger.core.forms import Line, Pay, lines_of
from ledger.core.records.exchange import Exchange
from ledger.core.records.rebates import CollectionCorrection
from ledger.core.slips import Base
from ledger.core.spans import parse_spans
from tests.book.counter import START, Counter, StandingClock
from tests.builders import RULES, ready, rules_with, spans
from tests.builders import Book as Memory
from tests.forge import Forge

END = dt.date(2026, 10, 31)


class Month:
    """October with every slip rightly made: four clients with 120, 120, 120 and 30 × 100 bought, three slips approved.

    ``first`` (DZ-2026-0001) is collected, ``second`` (0002) and ``third`` (0003) are not, ``fourth`` is only proposed.
    """

    def __init__(self, root: Path) -> None:
        self.ids: dict[str, str] = {}
        self.at = at = Counter(root)
        at.add("staff", "operator-added", by="li", code="chou", name="chou", roles="manager")
        for number in (2, 3, 4):
            at.add("clients", "added", code=f"C00{number}", unit=f"第{number}中学", unit_kind="institution")
        at.add("clients", "added", code="C009", unit_kind="individual", alias="老王")
        self.sell("C001", "A0010001-A0010120", "sale")
        self.sell("C002", "A0010121-A0010240", "sale of second")
        self.sell("C003", "A0010241-A0010360", "sale of third")
        self.sell("C004", "A0010361-A0010460", "sale of fourth")
        for number, name in enumerate(("first", "second", "third", "fourth"), 1):
            sale = self.ids["sale" if number == 1 else f"sale of {name}"]
            values = {"client": f"C00{number}", "month": "2026-10", "sales": (sale,)}
            self.ids[name] = self.put("rebates", "proposal", by="sun", **values)
        for name in ("first", "second", "third"):
            self.ids[f"{name} approved"] = self.put("rebates", "approval", by="li", ref=self.ids[name])
        self.put("rebates", "notification", ref=self.ids["first"], how="电话")
        taken = {"ref": self.ids["first"], "spans": parse_spans("A0010461"), "signed": "yes"}
        self.ids["collected"] = self.put("rebates", "collection", **taken)
        at.book.close()

    def put(self, journal: str, kind: str, **values: Any) -> str:
        self.at.clock.forward(minutes=1)
        return self.at.add(journal, kind, **values).id

    def sell(self, client: str, spans: str, name: str) -> None:
        """By transfer, arrived at once: a unit pays no such amount in cash."""
        self.ids[name] = self.put("sales", "sale", client=client, spans=parse_spans(spans), method="transfer")
        self.ids[name.replace("sale", "arrival")] = self.put("cash", "arrived", ref=self.ids[name])


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Month:
    return Month(tmp_path_factory.mktemp("rebates") / "book")


def found_in(root: Path, until: dt.date = END) -> list[Finding]:
    book = Book(root, StandingClock(START))
    try:
        text = whole_text(book)
        return check(text.entries, text.damage, book.rules, until=until)
    finally:
        book.close()


def test_the_clean_month_has_no_finding(clean: Month) -> None:
    assert [(one.code, one.words.en) for one in found_in(clean.at.book.root)] == []


Plant = Callable[[Forge, dict[str, str]], str]
LATER = START + dt.timedelta(days=2)


def _unapproved(forge: Forge, ids: dict[str, str]) -> str:
    """A collection on the slip that is only proposed."""
    return forge.add(
        ids["collected"], "K1", LATER, ref=ids["fourth"], client="C004", spans=parse_spans("A0010462"), control_no="",
        approval="", purchases=1000000,
    )  # fmt: skip


def _twice(forge: Forge, ids: dict[str, str]) -> str:
    """The first slip collected once more, other sheets."""
    return forge.add(ids["collected"], "K1", LATER, spans=parse_spans("A0010462"))


def _same_purchase(forge: Forge, ids: dict[str, str]) -> str:
    """The purchase of the second slip proposed once more."""
    return forge.add(
        ids["second"], "K1", LATER, base=2400000, amount=10000, given=10000, remainder=4000, after=ids["second"]
    )


def _above(forge: Forge, ids: dict[str, str]) -> str:
    """The last slip gives two vouchers where the ladder gives one: 10,000.00 × 1 %."""
    return forge.change(ids["fourth"], amount=20000, lines=(Line(10000, 2),))


def _other_figures(forge: Forge, ids: dict[str, str]) -> str:
    """The slip tells finance of a base of 12,000.00 that is 10,000.00."""
    return forge.change(ids["fourth"], base=1200000)


def _other_month(forge: Forge, ids: dict[str, str]) -> str:
    return forge.change(ids["fourth"], month="2026-09")


def _more_than_bought(forge: Forge, ids: dict[str, str]) -> str:
    return forge.change(ids["fourth"], sales=(Base(ids["sale of fourth"], 1100000),), base=1100000, remainder=1000)


def _too_many_sheets(forge: Forge, ids: dict[str, str]) -> str:
    """Two sheets handed over where the slip says one."""
    spans = parse_spans("A0010461-A0010462")
    return forge.change(ids["collected"], spans=spans, lines=lines_of([(10000, 2)]), amount=20000)


def _hole(forge: Forge, ids: dict[str, str]) -> str:
    """The last control number is typed over: 0004 instead of 0003."""
    return forge.change(ids["third approved"], control_no="DZ-2026-0004")


def _repeat(forge: Forge, ids: dict[str, str]) -> str:
    return forge.change(ids["third approved"], control_no="DZ-2026-0002")


def _approval_gone(forge: Forge, ids: dict[str, str]) -> str:
    """The second approval is taken out: told by the number of the third, not as a hole in the ids."""
    forge.drop(ids["second approved"])
    return ids["third approved"]


def _approval_of_collected_gone(forge: Forge, ids: dict[str, str]) -> str:
    """The first approval is taken out, and what was notified and collected on it names it."""
    forge.drop(ids["first approved"])
    return ids["second approved"]


def _another_payee(forge: Forge, ids: dict[str, str]) -> str:
    """The first slip's sheets go to another client."""
    return forge.change(ids["collected"], client="C002")


def _another_buyer(forge: Forge, ids: dict[str, str]) -> str:
    """The last proposal is for a client who did not buy."""
    return forge.change(ids["fourth"], client="C001")


def _a_person(forge: Forge, ids: dict[str, str]) -> str:
    """The buyer itself is a person; it bought 99 sheets, below the amount from which persons are identified."""
    less = {"spans": parse_spans("A0010361-A0010459"), "lines": lines_of([(10000, 99)]), "amount": 990000}
    forge.change(ids["sale of fourth"], client="C009", payments=(Pay("transfer", 990000),), **less)
    forge.change(ids["arrival of fourth"], amount=990000)
    return forge.change(ids["fourth"], client="C009", sales=(Base(ids["sale of fourth"], 990000),))


PLANTED: dict[str, tuple[str, Plant]] = {
    "collected without approval": ("REB-01", _unapproved),
    "one slip collected twice": ("REB-02", _twice),
    "one purchase proposed twice": ("REB-02", _same_purchase),
    "more than the ladder": ("REB-03", _above),
    "figures that are not the book's": ("REB-03", _other_figures),
    "a purchase of another month": ("REB-03", _other_month),
    "more than was bought": ("REB-03", _more_than_bought),
    "more sheets than the slip says": ("REB-03", _too_many_sheets),
    "a hole in the control numbers": ("REB-04", _hole),
    "a control number twice": ("REB-04", _repeat),
    "an approval gone": ("REB-04", _approval_gone),
    "an approval gone, its slip collected": ("REB-04", _approval_of_collected_gone),
    "collected by another client": ("REB-07", _another_payee),
    "bought by another client": ("REB-07", _another_buyer),
    "a person": ("REB-07", _a_person),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_fault_gives_exactly_its_code(fault: str, clean: Month, tmp_path: Path) -> None:
    code, plant = PLANTED[fault]
    root = tmp_path / "book"
    shutil.copytree(clean.at.book.root, root, ignore=shutil.ignore_patterns(".gb"))
    forge = Forge(root, clean.at.book.settings.book)
    guilty = plant(forge, clean.ids)
    found = found_in(root)
    assert [one.code for one in found] == [code], "\n".join(f"{one.code} {one.words.en}" for one in found)
    assert (found[0].where[0].file, found[0].where[0].line) == forge.line_of(guilty)
    assert found[0].where[0].id == guilty
    assert found[0].severity == "error"
    assert found[0].words.zh
    assert found[0].next


def test_the_sheets_of_a_wrong_collection_are_named(clean: Month, tmp_path: Path) -> None:
    root = tmp_path / "book"
    shutil.copytree(clean.at.book.root, root, ignore=shutil.ignore_patterns(".gb"))
    _twice(Forge(root, clean.at.book.settings.book), clean.ids)
    (found,) = found_in(root)
    assert found.serials == "A0010462"


# -- what becomes of slips -----------------------------------------------------------------------------------------------


def slipped(day: str = "2026-10-01", *, collect: bool = False, **rules: Any) -> tuple[Memory, Any, Any]:
    """120 × 100 bought and a slip of one voucher approved, all on ``day``."""
    book = ready(day)
    if rules:
        book.rules = rules_with(**rules)
    book.staff("SU", "supervisor")
    book.receive("A001-A300", 100)
    sale = book.sell("A001-A120")
    slip = book.propose([sale])
    book.approve_slip(slip)
    if collect:
        book.collect(slip, "A121")
    return book, sale, slip


def told(book: Memory, until: str, **rules: Any) -> list[tuple[str, str, str]]:
    found = check(book, (), rules_with(**rules) if rules else RULES, until=dt.date.fromisoformat(until))
    return [(one.code, one.severity, one.subject) for one in found]


@pytest.mark.parametrize(("until", "late"), [("2026-10-31", False), ("2026-11-01", True)])
def test_a_slip_is_late_on_the_day_after_the_rule_s_days(until: str, late: bool) -> None:
    """Approved on 10-01: the 30th day is 10-31."""
    book, _, slip = slipped()
    assert told(book, until) == ([("REB-06", "warning", slip.id)] if late else [])


def test_a_collected_slip_is_not_late_and_a_part_of_one_is() -> None:
    book, _, _ = slipped(collect=True)
    assert told(book, "2026-12-31") == []
    book, sale, _ = slipped()
    more = book.propose([book.sell("A131-A290")])
    book.approve_slip(more)
    book.collect(more, "A291")
    assert (more.lines, sale.amount) == (lines_of([(10000, 1)]), 1200000)
    assert [subject for _, _, subject in told(book, "2026-12-31")] == ["RB20261001-K1-0001"]


def test_the_days_are_a_rule_that_may_change() -> None:
    ladder = {"ladder": {"10000.00": "1"}, "faces": ["100.00"], "uncollected_days": "3"}
    book, _, slip = slipped()
    assert told(book, "2026-10-04", rebates=ladder) == []
    assert told(book, "2026-10-05", rebates=ladder) == [("REB-06", "warning", slip.id)]


@pytest.mark.parametrize("collect", [True, False])
def test_a_purchase_returned_after_its_slip(collect: bool) -> None:
    book, sale, slip = slipped(collect=collect)
    book.on("2026-10-20").give_back("A001-A005")
    (found,) = check(book, (), RULES, until=END)
    assert (found.code, found.severity, found.subject) == ("REB-05", "warning", slip.id)
    assert sale.id in found.words.en
    assert "12000.00" in found.words.en
    assert "11500.00" in found.words.en


def test_a_purchase_reversed_after_its_slip() -> None:
    """The reversal is a month later: the finding belongs to that month, not to the slip's, which may be closed."""
    from ledger.core.dates import Month as Calendar

    book, sale, slip = slipped(collect=True)
    book.on("2026-11-03").reverse(sale.id)
    late = dt.date(2026, 11, 30)
    assert [one.code for one in check(book, (), RULES, until=late, month=Calendar(2026, 10))] == []
    (found,) = check(book, (), RULES, until=late, month=Calendar(2026, 11))
    assert (found.code, found.subject) == ("REB-05", slip.id)


def test_an_exchange_undoes_no_purchase() -> None:
    book, sale, slip = slipped(collect=True)
    book.make(Exchange, "CU", spans=spans("A001-A010"), out=spans("A131-A140"), reason="换券")
    assert told(book, "2026-10-31") == []
    book.on("2026-10-20").give_back("A131-A135")
    assert told(book, "2026-10-31") == [("REB-05", "warning", slip.id)]
    assert sale.id in check(book, (), RULES, until=END)[0].words.en


def test_the_span_of_a_collection_is_corrected() -> None:
    """A122 was handed over, not A121: the slip and the month's figures stay, the sheets change places."""
    book, _, _ = slipped(collect=True)
    taken = book.placed[-1].record
    book.make(CollectionCorrection, "RB", ref=taken.id, out=spans("A121"), spans=spans("A122"), reason="打错",
              approval=book.approved("correction", "100*1"))  # fmt: skip
    assert [piece.sheet.use or piece.sheet.place for piece in book.state.pieces(spans("A121-A122"))] == [
        "safe",
        "rebated",
    ]
    assert told(book, "2026-10-31") == []


def test_a_rejected_slip_answers_for_nothing() -> None:
    book = ready("2026-10-01")
    book.staff("SU", "supervisor")
    book.receive("A001-A300", 100)
    sale = book.sell("A001-A120")
    book.reject_slip(book.propose([sale]))
    book.reverse(sale.id)
    assert told(book, "2026-12-31") == []


def test_what_was_collected_on_a_cancelled_slip_is_recovered_or_made_up_for() -> None:
    """20,000.00: two vouchers, one collected, then all returned and the slip cancelled: 100.00 to recover.

    Purchases of 30,000.00 in November give 300 less those 100, and nothing is owed any more.
    """
    book = ready("2026-10-01")
    book.staff("SU", "supervisor")
    book.receive("A001-A600", 100)
    slip = book.propose([book.sell("A001-A200")])
    book.approve_slip(slip)
    book.collect(slip, "A201")
    book.give_back("A001-A200")
    book.cancel_slip(slip)
    assert told(book, "2026-10-31") == [("REB-05", "warning", slip.id)]
    later = book.on("2026-11-05").propose([book.sell("A202-A501")])
    assert (later.carried, later.amount) == (-10000, 20000)


# -- damage ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("victim", ["first approved", "second approved", "second", "sale of second"])
def test_a_damaged_record_is_told_once(victim: str, clean: Month, tmp_path: Path) -> None:
    """What cannot be read brings no finding of its own on the slips that rely on it."""
    root = tmp_path / "book"
    shutil.copytree(clean.at.book.root, root, ignore=shutil.ignore_patterns(".gb"))
    forge = Forge(root, clean.at.book.settings.book)
    old, new = (b",sale,", b",xsale,") if victim.startswith("sale") else (b'  kind: "', b'  kind: "x')
    forge.scratch(clean.ids[victim], old, new)
    codes = {one.code for one in found_in(root)} - ARRIVAL
    assert codes == {"JRN-05"}


ARRIVAL = {"REC-05"}
"""What the cash journal says of the arrival of a payment that nobody took."""


def test_a_purchase_that_is_gone_is_told_once(clean: Month, tmp_path: Path) -> None:
    root = tmp_path / "book"
    shutil.copytree(clean.at.book.root, root, ignore=shutil.ignore_patterns(".gb"))
    Forge(root, clean.at.book.settings.book).drop(clean.ids["sale of second"])
    (found,) = (one for one in found_in(root) if one.code not in ARRIVAL)
    assert found.code == "NUM-01"
    assert clean.ids["second"] in [where.id for where in found.where]
