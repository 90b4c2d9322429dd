"""Every trouble that a month end has, each planted in the sound month of :mod:`tests.checks.business`, by code.

A planter spoils the month and says where it must be found.  ``forge`` writes behind the program's back and mends the chain;
what the program itself takes with a warning is recorded with it.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from ledger.book.closing import close
from ledger.book.draft import Draft
from ledger.core.dates import Month as Calendar
from ledger.core.forms import Line, Pay, lines_of
from ledger.core.slips import Base
from ledger.core.spans import EMPTY, parse_spans
from tests.checks.sound import Fault, Month, Place, at

OCTOBER = "journals/2026-10"


# -- the journals ----------------------------------------------------------------------------------------------------------


def _edited(m: Month) -> str:
    """An amount typed over in the file, a reason being there."""
    return m.forge.scratch(m.ids["sale with reason"], b"990.00", b"995.00")


def _torn(m: Month) -> Place:
    """The machine went off while a record was written."""
    path = m.forge.file_of(m.ids["alias in GBK"])
    lines = (m.root / path).read_bytes().count(b"\n")
    m.forge.scribble(path, b'- id: "CL20261002-K2-0002"\n  at: "2026-10-02T09')
    return path, lines + 1


def _slashes(m: Month) -> str:
    return m.forge.scratch(m.ids["prepared 0"], b'collect: "2026-10-03"', b'collect: "2026/10/3"')


def _gbk(m: Month) -> str:
    alias = "二中家属院门市部"
    return m.forge.scratch(m.ids["alias in GBK"], alias.encode(), alias.encode("gb18030"))


def _unknown_kind(m: Month) -> str:
    return m.forge.scratch(m.ids["prepared 1"], b'kind: "prepared"', b'kind: "made-ready"')


def _foreign(m: Month) -> Place:
    """A copy that a file manager left beside the journal."""
    return m.forge.scribble(f"{OCTOBER}/sales.K1 copy.csv", b"id,at\n"), 0


def _two_machines(m: Month) -> Place:
    """Another record under the same number, as a second machine of the same terminal writes it."""
    name = m.forge.add(m.ids["alias one"], "K1", at(2, "10:30"), id=m.ids["alias one"], alias="另一个")
    return m.forge.line_of(name, 1)


def _wrong_month(m: Month) -> str:
    return m.forge.add(m.ids["alias one"], "K1", at(30, month=9), f"{OCTOBER}/clients.K1.yaml")


def _wrong_terminal(m: Month) -> str:
    return m.forge.add(m.ids["alias one"], "K9", at(12), f"{OCTOBER}/clients.K1.yaml")


def _hole(m: Month) -> str:
    m.forge.drop(m.ids["alias to drop"])
    return m.ids["alias to repeat"]


def _repeat(m: Month) -> Place:
    return m.forge.line_of(m.forge.repeat(m.ids["alias to repeat"]), 1)


# -- sheets ----------------------------------------------------------------------------------------------------------------


def _sold(m: Month, terminal: str, day: int, clock: str, spans: str) -> str:
    """A cash sale at face, whatever the sheets are."""
    sheets = parse_spans(spans).count
    return m.forge.add(
        m.ids["sale"], terminal, at(day, clock), spans=parse_spans(spans), amount=10000 * sheets,
        lines=lines_of([(10000, sheets)]), payments=(Pay("cash", 10000 * sheets),),
    )  # fmt: skip


def _sold_twice(m: Month) -> str:
    return _sold(m, "K2", 10, "10:00", "A0000111-A0000112")


def _never_received(m: Month) -> str:
    return _sold(m, "K1", 20, "12:00", "Z0000001-Z0000003")


def _sold_void(m: Month) -> str:
    return _sold(m, "K1", 20, "12:05", "A0000141")


def _unstamped(m: Month) -> str:
    return _sold(m, "K1", 20, "12:10", "A0000201-A0000202")


def _resold(m: Month) -> str:
    return _sold(m, "K1", 31, "17:30", "A0000119")


def _expired(m: Month) -> str:
    m.forge.change(m.ids["receipt 2"], expires=dt.date(2026, 10, 5))
    return m.ids["sale of expiring"]


def _expired_in_the_safe(m: Month) -> str:
    """The void ones have left the safe; what is left lies there expired since the 30th."""
    return m.forge.change(m.ids["receipt late"], expires=dt.date(2026, 10, 30))


def _miscounted(m: Month) -> str:
    counted = m.forge.record(m.ids["count"]).spans
    wrong = (counted - parse_spans("A0000150")) | parse_spans("A0000900")
    return m.forge.change(m.ids["count"], spans=wrong)


def _not_counted(m: Month) -> str:
    m.forge.drop(m.ids["count"])
    m.forge.drop(m.ids["count of the 15th"])
    return ""


def counted(m: Month, gone: str = "", back: str = "") -> None:
    """What was counted at the month's end after other sheets were handed out, or not."""
    spans = m.forge.record(m.ids["count"]).spans
    left = (spans - (parse_spans(gone) if gone else EMPTY)) | (parse_spans(back) if back else EMPTY)
    m.forge.change(m.ids["count"], spans=left)


def _counted_alone(m: Month) -> str:
    return m.forge.change(m.ids["count of the 15th"], second="")


def _no_mark(m: Month) -> str:
    m.forge.drop(m.ids["mark K2 8"])
    return m.ids["sale by nobody"]


# -- figures ---------------------------------------------------------------------------------------------------------------


def _theirs_less(m: Month) -> str:
    """Finance's line lacks the last sheet."""
    line = m.ids["their line of E0000001-E0000010"]
    m.forge.change(line, spans=parse_spans("E0000001-E0000009"), lines=lines_of([(10000, 9)]))
    return m.ids["receipt theirs"]


def _theirs_later(m: Month) -> str:
    """Finance has not booked the receipt of the 30th yet."""
    m.forge.drop(m.ids["their line of E0000011-E0000020"])
    return m.ids["receipt late"]


def _opening(m: Month) -> str:
    return m.forge.change(m.ids["opening"], lines=lines_of([(10000, 25)]))


def _cheap(m: Month) -> str:
    return m.forge.change(m.ids["sale at face"], amount=49900, payments=(Pay("cash", 49900),))


def _deposited_more(m: Month) -> str:
    return m.forge.change(m.ids["deposit of the 5th"], amount=60000)


def _no_arrival(m: Month) -> str:
    m.forge.drop(m.ids["arrival of the transfer"])
    return m.ids["by transfer"]


def _spent(m: Month, spans: str) -> str:
    sheets = parse_spans(spans)
    return m.forge.change(m.ids["spent"], spans=sheets, lines=lines_of([(10000, sheets.count)]))


def _spent_twice(m: Month) -> str:
    one: dict[str, Any] = {"spans": parse_spans("E0000001"), "lines": lines_of([(10000, 1)])}
    return m.forge.add(m.ids["spent"], "K1", at(26), **one)


# -- notices ---------------------------------------------------------------------------------------------------------------


def _no_notice(m: Month) -> str:
    """That of the 31st was never sent; the day began with finance's register."""
    m.forge.drop(m.ids["notice 31"])
    (last,) = sorted((m.root / "notices").rglob("*"))[-1:]
    last.unlink()
    return m.ids["their line of B0000001-B0000500"]


def _frozen_later(m: Month) -> str:
    """Dated back into the 31st, whose notice is out."""
    day, m.clock.time = dt.date(2026, 10, 31), at(2, "10:55", 11)
    return m.put("custody", "freeze", by="sun", spans="F0000800-F0000802", date=day, reason="核查").id


def _notice_of_more(m: Month) -> str:
    sheets = m.forge.record(m.ids["notice 8"]).sheets
    return m.forge.change(m.ids["notice 8"], sheets=sheets + 1)


# -- cheques ---------------------------------------------------------------------------------------------------------------


def _no_slip(m: Month) -> str:
    """A same-day sale whose bank slip was not entered."""
    return m.forge.change(m.ids["last cheque"], bank_slip="")


def _too_soon(m: Month) -> str:
    """The advice came in the evening, the sheets had gone in the morning."""
    m.forge.change(m.ids["arrival"], at=at(13, "18:00"))
    return m.ids["handover"]


def _unpaid(m: Month) -> str:
    """Nobody made the bounced cheque good."""
    m.forge.drop(m.ids["made good"])
    return m.ids["bounce"]


def _cheque_twice(m: Month) -> str:
    """Another terminal took the cheque of the 8th once more, for other sheets."""
    return m.forge.add(
        m.ids["late reservation"], "K2", at(29), cheque="1001", spans=parse_spans("C0000071-C0000080"),
        lines=lines_of([(10000, 10)]), drawn=dt.date(2026, 10, 29),
    )  # fmt: skip


def _stale(m: Month) -> str:
    """Drawn on 20 September: to be presented by the 30th, and it came on 8 October."""
    return m.forge.change(m.ids["reservation"], drawn=dt.date(2026, 9, 20))


def _forgotten(m: Month) -> str:
    """The cheque of the 30th never went to the bank."""
    m.forge.drop(m.ids["late deposit"])
    return m.ids["late reservation"]


# -- the drawer ------------------------------------------------------------------------------------------------------------


def _deposited_late(m: Month) -> str:
    """An hour after the cut-off; found at the first sale whose money it was."""
    m.forge.change(m.ids["deposit"], at=at(8, "18:00"))
    return m.ids["sale of expiring"]


def _too_much_overnight(m: Month) -> str:
    """A float of 500.00 beside the 4,600.00 of the evening; found at what brought the drawer above the cap."""
    m.forge.change(m.ids["float"], amount=50000, total=50000)
    m.forge.change(m.ids["cash count"], amount=50000, book=50000)
    return m.ids["evening"]


def _short(m: Month) -> str:
    return m.forge.change(m.ids["cash count"], amount=28000)


# -- approvals -------------------------------------------------------------------------------------------------------------


def _unapproved(m: Month) -> str:
    return m.forge.change(m.ids["void 1"], approval="")


def _own_approval(m: Month) -> str:
    return m.forge.change(m.ids["gift-approval"], by="wang")


def _approved_later(m: Month) -> str:
    m.forge.change(m.ids["for lost-approval"], at=at(12, "18:00"))
    return m.ids["lost"]


def _approval_used_twice(m: Month) -> str:
    return m.forge.change(m.ids["void 2"], approval=m.ids["for void 0"])


# -- rebates ---------------------------------------------------------------------------------------------------------------


def _collected_unapproved(m: Month) -> str:
    """A collection on the slip that is only proposed."""
    counted(m, gone="B0000462")
    return m.forge.add(
        m.ids["collected"], "K1", at(21), ref=m.ids["fourth"], client="C014", spans=parse_spans("B0000462"),
        control_no="", approval="", purchases=1000000,
    )  # fmt: skip


def _collected_twice(m: Month) -> str:
    counted(m, gone="B0000462")
    return m.forge.add(m.ids["collected"], "K1", at(21), spans=parse_spans("B0000462"))


def _proposed_twice(m: Month) -> str:
    """The purchase of the second slip proposed once more."""
    more: dict[str, Any] = {
        "base": 2400000,
        "amount": 10000,
        "given": 10000,
        "remainder": 4000,
        "after": m.ids["second"],
    }
    return m.forge.add(m.ids["second"], "K1", at(7), **more)


def _above_the_ladder(m: Month) -> str:
    """Two vouchers where the ladder gives one: 10,000.00 × 1 %."""
    return m.forge.change(m.ids["fourth"], amount=20000, lines=(Line(10000, 2),))


def _other_base(m: Month) -> str:
    """The slip tells finance of a base of 12,000.00 that is 10,000.00."""
    return m.forge.change(m.ids["fourth"], base=1200000)


def _other_month(m: Month) -> str:
    return m.forge.change(m.ids["fourth"], month="2026-09")


def _more_than_bought(m: Month) -> str:
    sales = (Base(m.ids["sale of fourth"], 1100000),)
    return m.forge.change(m.ids["fourth"], sales=sales, base=1100000, remainder=1000)


def _too_many_sheets(m: Month) -> str:
    """Two sheets handed over where the slip says one."""
    counted(m, gone="B0000462")
    more: dict[str, Any] = {"lines": lines_of([(10000, 2)]), "amount": 20000}
    return m.forge.change(m.ids["collected"], spans=parse_spans("B0000461-B0000462"), **more)


def _control_hole(m: Month) -> str:
    """The last control number is typed over: 0004 instead of 0003."""
    return m.forge.change(m.ids["third approved"], control_no="DZ-2026-0004")


def _control_repeat(m: Month) -> str:
    return m.forge.change(m.ids["third approved"], control_no="DZ-2026-0002")


def _slip_approval_gone(m: Month) -> str:
    """The second approval is taken out: told by the number of the third, not as a hole in the ids."""
    m.forge.drop(m.ids["second approved"])
    return m.ids["third approved"]


def _collected_approval_gone(m: Month) -> str:
    """The first approval is taken out, and what was notified and collected on it names it."""
    m.forge.drop(m.ids["first approved"])
    return m.ids["second approved"]


def _purchase_returned(m: Month) -> str:
    """Five sheets of the second slip's purchase come back on the last day."""
    m.clock.time = at(31, "18:00")
    m.put("sales", "client-return", spans="B0000121-B0000125", reason="客户退券")
    return m.ids["second"]


def _uncollected(m: Month) -> str:
    """Approved on the 2nd of October, and nobody came by the 2nd of November: 31 days."""
    m.forge.drop(m.ids["collected"])
    counted(m, back="B0000461")
    return m.ids["first"]


def _another_payee(m: Month) -> str:
    """The first slip's sheets go to another client."""
    return m.forge.change(m.ids["collected"], client="C012")


def _another_buyer(m: Month) -> str:
    """The last proposal is for a client who did not buy."""
    return m.forge.change(m.ids["fourth"], client="C011")


def _a_person(m: Month) -> str:
    """The buyer itself is a person."""
    m.forge.change(m.ids["sale of fourth"], client="C019")
    return m.forge.change(m.ids["fourth"], client="C019")


# -- registers -------------------------------------------------------------------------------------------------------------


def _no_salesperson(m: Month) -> str:
    return m.forge.change(m.ids["sale by nobody"], salesperson="")


def _client_of_nobody(m: Month) -> str:
    return m.forge.change(m.ids["sale by nobody"], client="C999")


def _same_unit(m: Month) -> str:
    return m.forge.change(m.ids["unit to rename"], unit="长江 有限公司")


# -- the law ---------------------------------------------------------------------------------------------------------------


def _bought(m: Month, name: str, spans: str, method: str, **more: Any) -> str:
    """A sale of the month made over: other sheets, at face, paid by one method."""
    sheets = parse_spans(spans).count
    paid = {"amount": 10000 * sheets, "payments": (Pay(method, 10000 * sheets),), "lines": lines_of([(10000, sheets)])}
    return m.forge.change(m.ids[name], spans=parse_spans(spans), **paid, **more)


def _unidentified(m: Month) -> str:
    """One sheet more: 10,000.00 of a person whose papers nobody saw."""
    m.forge.change(m.ids["arrival of the person's"], amount=1000000)
    counted(m, gone="F0000140")
    return _bought(m, "to a person", "F0000041-F0000140", "transfer")


def _unit_in_cash(m: Month) -> str:
    m.forge.change(m.ids["deposit of the 16th"], amount=500000)
    counted(m, back="F0000001-F0000040", gone="F0000201-F0000250")
    return _bought(m, "to a unit", "F0000201-F0000250", "cash")


def _person_in_cash(m: Month) -> str:
    m.forge.change(m.ids["deposit of the 16th"], amount=5000000)
    counted(m, back="F0000001-F0000040", gone="F0000201-F0000700")
    return _bought(m, "to a unit", "F0000201-F0000700", "cash", client="C021")


def _dear(m: Month) -> str:
    """The two sheets of 1,000.00 are of 1,500.00, on every form."""
    lines = lines_of([(150000, 2)])
    m.forge.change(m.ids["draw dear"], lines=lines)
    m.forge.change(m.ids["receipt dear"], face=150000)
    m.forge.change(m.ids["their line of G0000001-G0000002"], lines=lines)
    m.forge.change(m.ids["arrival of the dear ones'"], amount=300000)
    return m.forge.change(m.ids["dear ones"], lines=lines, amount=300000, payments=(Pay("transfer", 300000),))


def _short_lived(m: Month) -> str:
    """A day less than three years."""
    return m.forge.change(m.ids["to a unit"], expires=dt.date(2029, 10, 15))


def _split(m: Month) -> str:
    """1,000.00 more on the day after the 4,000.00, deposited in time."""
    m.forge.add(m.ids["deposit of the 16th"], "K1", at(17, "11:00"), amount=100000, slip="J1017",
                days=(dt.date(2026, 10, 17),))  # fmt: skip
    counted(m, gone="F0000201-F0000210")
    more: dict[str, Any] = {
        "amount": 100000,
        "payments": (Pay("cash", 100000),),
        "lines": lines_of([(10000, 10)]),
        "expires": dt.date(2029, 10, 17),
    }
    return m.forge.add(m.ids["to a unit"], "K1", at(17), spans=parse_spans("F0000201-F0000210"), **more)


def _special_invoice(m: Month) -> str:
    return m.forge.change(m.ids["to a unit"], invoice="special")


# -- closed months ---------------------------------------------------------------------------------------------------------


def _close(m: Month, *sides: str) -> None:
    """October closed on the 2nd of November and signed on paper by those sides."""
    from ledger.audit.sign import Signer, sign

    m.clock.time = at(2, "17:00", 11)
    close(m.book, Calendar(2026, 10), Draft(journal="", kind="", values={}, by="li", terminal="K1"))
    for side in sides:
        by, name = {"department": ("li", "李"), "finance": ("chen", "陈")}[side]
        sign(m.book.disk, "2026-10", side, Signer(by=by, at=m.book.now(), paper=name), [])  # type: ignore[arg-type]
    m.shut()


def _sealed_then_edited(m: Month) -> str:
    _close(m, "department", "finance")
    return m.forge.scratch(m.ids["sale with reason"], b"990.00", b"995.00")


def _not_signed(m: Month) -> Place:
    """Looked at after the third working day: the 4th of November."""
    _close(m, "department")
    m.clock.time = at(5, "09:00", 11)
    return "closings/2026-10/closing.yaml", 0


def _not_closed(m: Month) -> str:
    m.clock.time = at(5, "09:00", 11)
    return ""


def _arrived_late(m: Month) -> str:
    """A sale of K2 that its clone had not pushed yet."""
    _close(m, "department", "finance")
    return _sold(m, "K2", 27, "10:00", "A0000160-A0000161")


# -- members -----------------------------------------------------------------------------------------------------------------


def _slip_twice(m: Month) -> str:
    """Another terminal, before they had met, took the same slip."""
    return m.forge.add(m.ids["topped up"], "K2", at(12), member="M0002")


def _no_goods(m: Month) -> str:
    m.forge.drop(m.ids["goods"])  # the last of its day: no hole tells of it
    return m.ids["award"]


def _goods_of_nothing(m: Month) -> str:
    return m.forge.add(m.ids["goods"], "K2", at(21), ref=m.ids["earned"])


def _below_zero(m: Month) -> str:
    """300 + 5,000 − 100 are there."""
    m.forge.change(m.ids["goods"], points=5201)
    return m.forge.change(m.ids["award"], points=5201)


def _of_another(m: Month) -> str:
    """X1 is M0001's."""
    return m.forge.add(m.ids["returned"], "K2", at(12), member="M0002", slip="R2")


FAULTS: dict[str, Fault] = {
    "edited by hand": Fault("JRN-01", _edited, behind="marks"),
    "torn": Fault("JRN-02", _torn, behind="marks"),
    "a date with slashes": Fault("JRN-03", _slashes, behind="marks"),
    "saved as GBK": Fault("JRN-04", _gbk, behind="marks"),
    "an unknown kind": Fault("JRN-05", _unknown_kind, behind="marks"),
    "a foreign file": Fault("JRN-06", _foreign, behind="marks"),
    "two machines as one terminal": Fault("JRN-07", _two_machines, behind="marks"),
    "in another month's file": Fault("JRN-08", _wrong_month, behind="marks"),
    "another terminal's id": Fault("JRN-09", _wrong_terminal, behind="marks"),
    "a hole": Fault("NUM-01", _hole),
    "a repeat": Fault("NUM-01", _repeat),
    "sold twice": Fault("NUM-02", _sold_twice, "A0000111-A0000112"),
    "sold, never received": Fault("STA-01", _never_received, "Z0000001-Z0000003"),
    "sold, being void": Fault("STA-01", _sold_void, "A0000141"),
    "sold without a stamp": Fault("STA-02", _unstamped, "A0000201-A0000202"),
    "sold expired": Fault("STA-03", _expired, "A0000301-A0000310"),
    "expired in the safe": Fault("STA-03", _expired_in_the_safe, "E0000011-E0000020"),
    "resold without a date stamp": Fault("STA-04", _resold, "A0000119"),
    "one missing, one surplus": Fault("STK-01", _miscounted, "A0000150 A0000900"),
    "not counted": Fault("STK-02", _not_counted),
    "counted alone": Fault("CNT-01", _counted_alone),
    "no day-end": Fault("DAY-01", _no_mark, behind="marks"),
    "finance has less": Fault("REC-01", _theirs_less, "E0000010"),
    "an opening unlike its lines": Fault("REC-02", _opening),
    "sold below face": Fault("REC-03", _cheap, "A0000121-A0000125"),
    "finance has it later": Fault("REC-04", _theirs_later, "E0000011-E0000020"),
    "more deposited than taken": Fault("REC-05", _deposited_more),
    "a transfer not arrived": Fault("TIE-01", _no_arrival, "D0000047-D0000048"),
    "spent from the safe": Fault("RED-01", lambda m: _spent(m, "E0000006"), "E0000006"),
    "spent twice": Fault("RED-02", _spent_twice, "E0000001"),
    "spent, being void": Fault("RED-03", lambda m: _spent(m, "A0000141"), "A0000141"),
    "no notice": Fault("NOT-01", _no_notice),
    "in no notice": Fault("NOT-02", _frozen_later, "F0000800-F0000802"),
    "a notice of more": Fault("NOT-03", _notice_of_more),
    "no bank slip": Fault("CHQ-01", _no_slip, "C0000051-C0000060"),
    "handed over before the arrival": Fault("CHQ-01", _too_soon, "C0000001-C0000010"),
    "bounced and unpaid": Fault("CHQ-02", _unpaid, "C0000021-C0000030", behind="records"),
    "the same cheque twice": Fault("CHQ-03", _cheque_twice, "C0000071-C0000080"),
    "stale when it came": Fault("CHQ-04", _stale, "C0000001-C0000010"),
    "not deposited": Fault("CHQ-05", _forgotten, "C0000041-C0000050"),
    "deposited after the cut-off": Fault("CSH-01", _deposited_late),
    "too much overnight": Fault("CSH-02", _too_much_overnight),
    "short": Fault("CSH-03", _short),
    "no approval": Fault("APR-01", _unapproved, "A0000142"),
    "approved by the requester": Fault("APR-02", _own_approval),
    "approved after the act": Fault("APR-03", _approved_later, "A0000144"),
    "an approval used twice": Fault("APR-03", _approval_used_twice, "A0000143"),
    "collected without approval": Fault("REB-01", _collected_unapproved, "B0000462"),
    "one slip collected twice": Fault("REB-02", _collected_twice, "B0000462"),
    "one purchase proposed twice": Fault("REB-02", _proposed_twice),
    "more than the ladder": Fault("REB-03", _above_the_ladder),
    "figures that are not the book's": Fault("REB-03", _other_base),
    "a purchase of another month": Fault("REB-03", _other_month),
    "more than was bought": Fault("REB-03", _more_than_bought),
    "more sheets than the slip says": Fault("REB-03", _too_many_sheets, "B0000461-B0000462"),
    "a hole in the control numbers": Fault("REB-04", _control_hole),
    "a control number twice": Fault("REB-04", _control_repeat),
    "an approval gone": Fault("REB-04", _slip_approval_gone),
    "an approval gone, its slip collected": Fault("REB-04", _collected_approval_gone),
    "bought, and brought back": Fault("REB-05", _purchase_returned, behind="records"),
    "nobody came for it": Fault("REB-06", _uncollected, behind="records"),
    "collected by another client": Fault("REB-07", _another_payee, "B0000461"),
    "bought by another client": Fault("REB-07", _another_buyer),
    "bought by a person": Fault("REB-07", _a_person, behind="records"),
    "sealed, then edited": Fault("CLS-01", _sealed_then_edited, behind="marks"),
    "not signed": Fault("CLS-02", _not_signed, behind="marks"),
    "not closed": Fault("CLS-02", _not_closed, behind="marks"),
    "arrived in a closed month": Fault("CLS-03", _arrived_late, "A0000160-A0000161", behind="marks"),
    "no salesperson": Fault("REG-01", _no_salesperson, "A0000126-A0000130"),
    "a client that nobody filed": Fault("REG-01", _client_of_nobody, "A0000126-A0000130"),
    "one unit twice": Fault("REG-02", _same_unit),
    "one slip on two terminals": Fault("PTS-01", _slip_twice),
    "no goods": Fault("PTS-02", _no_goods),
    "goods without a slip": Fault("PTS-02", _goods_of_nothing),
    "other goods": Fault("PTS-02", lambda m: m.forge.change(m.ids["goods"], goods="毛巾")),
    "more points than there are": Fault("PTS-03", _below_zero),
    "another member's purchase": Fault("PTS-04", _of_another),
    "points on the blacklist": Fault("PTS-05", lambda m: m.forge.add(m.ids["earned"], "K2", at(21), member="M0003", slip="X3")),
    "another's document": Fault("PTS-06", lambda m: m.forge.change(m.ids["checked 1"], member="M0002") and m.ids["award"]),
    "no purchase named": Fault("PTS-07", lambda m: m.forge.change(m.ids["returned"], original="", ref="")),
    "one place too many": Fault("PTS-08", lambda m: m.forge.add(m.ids["entered"], "K2", at(6), member="M0002")),
    "a hole in the award slips": Fault("NUM-01", lambda m: m.forge.change(m.ids["award"], award_no="LJ2026-K1-0002")),
    "not identified": Fault("LAW-01", _unidentified, "F0000041-F0000140", behind="records"),
    "a unit in cash": Fault("LAW-02", _unit_in_cash, "F0000201-F0000250", behind="records"),
    "a person in cash": Fault("LAW-03", _person_in_cash, "F0000201-F0000700", behind="records"),
    "too dear": Fault("LAW-04", _dear, "G0000001-G0000002", behind="records"),
    "too short-lived": Fault("LAW-05", _short_lived, "F0000001-F0000040"),
    "split": Fault("LAW-06", _split, "F0000201-F0000210", behind="records"),
    "a special invoice": Fault("LAW-07", _special_invoice, "F0000001-F0000040"),
}  # fmt: skip
"""By the name of its test; the table of the domain's codes is held against it."""
