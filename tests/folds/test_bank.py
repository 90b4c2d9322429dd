"""The bank reconciliation: statement lines beside whatever posts to the accounts at the bank, and what is left over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Annotated, Any

import pytest

from ledger.core.forms import TEXT, YUAN, Record, Reversal
from ledger.core.postings import ARRIVED, CASH, CLEARED, MONEY, PENDING, WITH_FINANCE, Posting
from ledger.core.records.bank import StatementLine
from ledger.core.records.drawer import Deposit
from ledger.core.words import Words
from ledger.folds.bank import BankSheet, bank_sheet
from tests.builders import ZONE, Book, Placed, ready

END = dt.date(2026, 10, 31)


class Credited(Record, frozen=True, kw_only=True):
    """Any record with money at the bank: ``to`` is the account, as a transfer, a cheque or a deposit posts it."""

    KIND = "credited"
    WORDS = Words("到账", "credited")

    amount: Annotated[int, YUAN, Words("金额", "amount")]
    reference: Annotated[str, TEXT, Words("参考号", "reference")] = ""
    slip: Annotated[str, TEXT, Words("进帐单号", "slip")] = ""
    to: Annotated[str, TEXT, Words("科目", "account")] = ARRIVED

    def postings(self) -> Sequence[Posting]:
        return (Posting(self.to, MONEY, self.amount), Posting(PENDING + "transfer", MONEY, -self.amount))


class Month:
    """October as it is written down; ``our`` and ``bank`` add to it in yuan."""

    def __init__(self) -> None:
        self.placed: list[Placed] = []

    def _add(self, cls: type[Record], code: str, day: int, **values: Any) -> Any:
        date = dt.date(2026, 10, day)
        at = dt.datetime.combine(date, dt.time(9), ZONE)
        number = len(self.placed) + 1
        made = cls(id=f"{code}{date:%Y%m%d}-K1-{number:04d}", at=at, date=date, by="WL", **values)
        self.placed.append(Placed(made, f"journals/2026-10/{code}.csv", number))
        return made

    def our(self, day: int, yuan: int, reference: str = "", **more: Any) -> Any:
        return self._add(Credited, "CA", day, amount=yuan * 100, reference=reference, **more)

    def bank(self, day: int, yuan: int, reference: str = "", balance: int | None = None, text: str = "") -> Any:
        paid = {"paid_in": yuan * 100} if yuan > 0 else {"paid_out": -yuan * 100}
        more = {} if balance is None else {"balance": balance * 100}
        return self._add(
            StatementLine, "BK", day, booked=dt.date(2026, 10, day), reference=reference, text=text, **paid, **more
        )

    def undo(self, original: Any) -> None:
        bare = {"original": original, "ref": original.id, "reason": "录错"}
        self._add(Reversal, "CA", original.date.day, **bare)

    def sheet(self, *, cash_deposits: bool = True, match_days: int = 5) -> BankSheet:
        return bank_sheet(self.placed, END, cash_deposits=cash_deposits, match_days=match_days)


def left(sheet: BankSheet) -> tuple[list[int], list[int]]:
    """The amounts in yuan that only the book and only the bank has."""
    return [one.amount // 100 for one in sheet.only_book], [one.amount // 100 for one in sheet.only_bank]


def test_the_form_worked_out_by_hand() -> None:
    """The book: transfer TT1 5,000 (9th), cheque 30081234 10,000 (12th), deposit JZ3 800 (30th), transfer TT9 2,000 (31st): 17,800.

    The statement: before 1,000; TT1 +5,000 (9th), 30081234 +10,000 (13th), fee −10 (15th), interest +30 (20th), JZ3 +800 (31st):
    1,000 + 15,820 = 16,820.  TT9 is on the way.
    Book 17,800 + before 1,000 + interest 30 − fee 10 = 18,820; bank 16,820 + TT9 2,000 = 18,820.
    """
    month = Month()
    month.our(9, 5000, "TT1")
    month.our(12, 10000, to=CLEARED, reference="30081234")
    month.our(30, 800, slip="JZ3", to=WITH_FINANCE)
    month.our(31, 2000, "TT9")
    month.our(31, 999, to=CASH)
    month.bank(9, 5000, "TT1", 6000)
    month.bank(13, 10000, "X9", 16000, text="支票 30081234 东风厂")
    month.bank(15, -10, "", 15990, "手续费")
    month.bank(20, 30, "", 16020, "结息")
    month.bank(31, 800, "JZ3", 16820)
    sheet = month.sheet(match_days=0)
    assert left(sheet) == ([2000], [-10, 30])
    assert (sheet.book, sheet.before, sheet.bank, sheet.matched) == (1_780_000, 100_000, 1_682_000, 3)
    assert (sheet.adjusted_book, sheet.adjusted_bank, sheet.difference) == (1_882_000, 1_882_000, 0)


def test_one_line_of_the_bank_for_several_payments_of_one_number() -> None:
    """Three POS payments of batch B77 come as one sum; of B78 the sum is another, so only the equal amount matches."""
    month = Month()
    for yuan in (100, 200, 300):
        month.our(9, yuan, "B77")
    month.bank(10, 600, "B77")
    for yuan in (40, 50):
        month.our(9, yuan, "B78")
    month.bank(10, 50, "B78")
    assert left(month.sheet(match_days=0)) == ([40], [])


def test_a_cheques_deposit_slip_names_its_arrival() -> None:
    """Cheque 30081234 over 1,000 goes to the bank with slip JZ-1; on its day 1,000 of cash goes with J2.

    The bank has JZ-1 only, on the 9th; its advice is recorded on the 12th.  By amount and day that would be the cash; it is the
    cheque, and the cash of J2 is on the way.
    """
    book = ready("2026-10-08")
    book.receive("A01-A20", 100)
    book.by_cheque("A01-A10", "30081234")
    book.cheque("deposited", "30081234", slip="JZ-1")
    book.sell("A11-A20")
    cash = book.make(Deposit, "CA", amount=100_000, slip="J2", days=(book.date,))
    book.on("2026-10-12").cheque("cleared", "30081234")
    book.make(StatementLine, "BK", booked=dt.date(2026, 10, 9), reference="jz-1", paid_in=100_000)
    sheet = bank_sheet(book, END, cash_deposits=True, match_days=5)
    assert ([one.id for one in sheet.only_book], sheet.only_bank, sheet.matched) == ([cash.id], (), 1)


def test_one_slip_for_two_cheques_is_met_by_their_sum_or_one_by_one() -> None:
    """Slip JZ-1 over 600 and 400: one line of 1,000 meets both, and so do lines of 400 and 600."""
    for amounts in ((100_000,), (40_000, 60_000)):
        book = ready("2026-10-08")
        book.receive("A01-A20", 100)
        for text, number in (("A01-A06", "30081234"), ("A11-A14", "30081235")):
            book.by_cheque(text, number)
            book.cheque("deposited", number, slip="JZ-1")
            book.cheque("cleared", number)
        for fen in amounts:
            book.make(StatementLine, "BK", booked=book.date, reference="JZ-1", paid_in=fen)
        assert left(bank_sheet(book, END, cash_deposits=True, match_days=0)) == ([], [])


def test_a_line_with_a_number_of_ours_is_no_other_entrys() -> None:
    """J1 was 800 and came as 790; J2 of 790 is on the way.  790 against J2 would name the wrong slip."""
    month = Month()
    month.our(9, 800, slip="J1", to=WITH_FINANCE)
    month.our(9, 790, slip="J2", to=WITH_FINANCE)
    month.bank(10, 790, "J1")
    assert left(month.sheet()) == ([800, 790], [790])


def test_an_entry_whose_line_is_there_takes_no_line_without_a_number() -> None:
    """J1 of 800 came as 790; a line of 800 without a number belongs to something else."""
    month = Month()
    month.our(9, 800, slip="J1", to=WITH_FINANCE)
    month.bank(10, 790, "J1")
    month.bank(10, 800)
    assert left(month.sheet()) == ([800], [790, 800])


def test_the_reference_goes_before_a_number_in_the_text() -> None:
    """Both lines are 500: one says J100 in its text and has the reference J200, the other is J100's own."""
    month = Month()
    month.our(9, 500, slip="J100", to=WITH_FINANCE)
    month.our(9, 500, slip="J200", to=WITH_FINANCE)
    month.bank(10, 500, "J200", text="J100 之后")
    assert [one.numbers for one in month.sheet(match_days=0).only_book] == [frozenset({"J100"})]


@pytest.mark.parametrize(("day", "left_over"), [(14, ([], [])), (15, ([500], [500]))])
def test_without_a_number_amount_and_a_near_date(day: int, left_over: tuple[list[int], list[int]]) -> None:
    """match_days 5: ours of the 9th; the bank's of the 14th is near enough, of the 15th not."""
    month = Month()
    month.our(9, 500)
    month.bank(day, 500)
    assert left(month.sheet()) == left_over


def test_the_nearest_of_equal_amounts() -> None:
    """Ours of the 9th and the 12th; the bank's of the 10th and the 20th: the 9th is met, the 12th is open."""
    month = Month()
    first = month.our(9, 500)
    second = month.our(12, 500)
    month.bank(10, 500)
    month.bank(20, 500)
    sheet = month.sheet()
    assert [one.id for one in sheet.only_book] == [second.id]
    assert first.id not in {one.id for one in sheet.only_book}


def test_a_store_that_hands_its_cash_to_finance() -> None:
    """The rule says that deposits do not come to this account: they are no entry of it."""
    month = Month()
    month.our(9, 800, slip="JZ3", to=WITH_FINANCE)
    assert month.sheet(cash_deposits=False).book == 0
    assert month.sheet(cash_deposits=True).book == 80000


def test_what_was_undone_is_at_no_bank() -> None:
    month = Month()
    month.undo(month.our(9, 800))
    assert (month.sheet().book, left(month.sheet())) == (0, ([], []))


def test_a_statement_with_the_newest_line_first() -> None:
    """Within a day the bank lists the later line first: 1,000 + 500 − 10 = 1,490."""
    month = Month()
    month.bank(9, -10, "B", 1490)
    month.bank(9, 500, "A", 1500)
    sheet = month.sheet()
    assert (sheet.before, sheet.bank, sheet.difference) == (100_000, 149_000, 0)


def test_a_missing_line_of_the_statement_shows() -> None:
    """1,000 + 500 = 1,500, then a line of 100 gives 1,900: 300 came by a line that is not there."""
    month = Month()
    month.bank(9, 500, "A", 1500)
    month.bank(10, 100, "B", 1900)
    assert month.sheet().difference == -30000


def test_without_balances_and_without_lines() -> None:
    """A statement without balances is summed; no statement is unknown."""
    month = Month()
    month.our(9, 500)
    assert month.sheet().imported is False
    month.bank(9, 700)
    sheet = month.sheet()
    assert (sheet.imported, sheet.before, sheet.bank, sheet.difference) == (True, None, 70000, 0)


def test_lines_behind_the_day_are_not_seen() -> None:
    month = Month()
    month.bank(9, 500)
    month.bank(31, 200)
    assert bank_sheet(month.placed, dt.date(2026, 10, 30), cash_deposits=True, match_days=5).bank == 50000


# -- a cheque that came back --------------------------------------------------------------------------------------------------


def came_back(same_day: bool = True) -> Book:
    """A cheque over 1,000 to the bank with slip YH-100 on the 8th, bounced on the 9th: the book has nothing at the bank of it."""
    book = ready("2026-10-08")
    book.receive("A01-A30", 100)
    if same_day:
        book.by_cheque("A01-A10", "30081234", bank_slip="YH-100")
    else:
        book.by_cheque("A01-A10", "30081234")
        book.cheque("deposited", "30081234", slip="YH-100")
    book.on("2026-10-09").cheque("bounced", "30081234", reason="存款不足")
    return book


def stated(book: Book, *lines: tuple[int, int, str]) -> tuple[list[int], list[int]]:
    """What is left over with lines of a day of October, yuan and reference."""
    for day, yuan, reference in lines:
        paid: dict[str, Any] = {"paid_in": yuan * 100} if yuan > 0 else {"paid_out": -yuan * 100}
        book.make(StatementLine, "BK", booked=dt.date(2026, 10, day), reference=reference, **paid)
    return left(bank_sheet(book, END, cash_deposits=True, match_days=5))


@pytest.mark.parametrize("same_day", [True, False])
@pytest.mark.parametrize(
    ("lines", "over"),
    [
        ([], []), ([(8, 1000, "YH-100"), (9, -1000, "YH-100")], []), ([(8, 1000, "YH-100"), (10, -1000, "")], []),
        ([(8, 1000, ""), (10, -1000, "")], []), ([(8, 1000, "YH-100")], [1000]), ([(9, -1000, "YH-100")], [-1000]),
        ([(8, 1000, "YH-100"), (9, -999, "YH-100")], [1000, -999]), ([(8, 1000, "YH-100"), (20, -1000, "")], [1000, -1000]),
    ],
)  # fmt: skip
def test_what_came_and_went_with_a_bounced_cheque(
    same_day: bool, lines: list[tuple[int, int, str]], over: list[int]
) -> None:
    """Both lines of the bank together are the cheque's; one alone, or another amount, stays the bank's."""
    assert stated(came_back(same_day), *lines) == ([], over)


def test_a_bounced_cheque_made_good_keeps_its_own_lines_apart() -> None:
    """YH-100 in and out, then 1,000 by transfer: three lines, one entry, nothing left over on either side."""
    book = came_back()
    book.on("2026-10-10").cheque("made-good", "30081234", method="transfer", reference="T5")
    assert stated(book, (8, 1000, "YH-100"), (9, -1000, "YH-100"), (10, 1000, "T5")) == ([], [])


def test_two_cheques_on_one_slip_of_which_one_came_back() -> None:
    """1,000 cleared and 1,000 bounced with the same slip: in, in and out; and of a second transfer of 1,000 nothing is taken."""
    book = came_back(same_day=False)
    book.on("2026-10-08", "15:00").by_cheque("A11-A20", "30081235")
    book.cheque("deposited", "30081235", slip="YH-100")
    book.on("2026-10-09", "16:00").cheque("cleared", "30081235")
    lines = [(8, 1000, "YH-100"), (8, 1000, "YH-100"), (9, -1000, "YH-100"), (9, 1000, "T9")]
    assert stated(book, *lines) == ([], [1000])
