"""换券, 赊券, 更正: exchanges, IOUs and corrections of a mistyped span, by whole command lines (V6, V9, S9)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.shop import Shop, open_shop


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """A0001-A0050 of 100 and B0001-B0050 of 50 in the safe, ready to sell; wang is at the counter."""
    shop = open_shop(tmp_path, monkeypatch)
    shop.received("A0001+50")
    shop.received("B0001+50", 50)
    return shop


def month(shop: Shop) -> Any:
    """October's sheet."""
    return shop("reconcile --month 2026-10 --json").json


def figures(shop: Shop, face: str) -> dict[str, int]:
    """The figures of a face that are not zero."""
    row = next(row for row in month(shop)["faces"] if row["face"] == face)
    return {name: value for name, value in row.items() if value and name != "face"}


def first_receipt(shop: Shop) -> str:
    found: str = json.loads(shop.ok("log --kind receipt --json").out.splitlines()[0])["id"]
    return found


def place(shop: Shop, serial: str) -> tuple[str, str]:
    traced = shop.ok(f"voucher trace {serial} --json").json
    return traced["place"], traced["state"]


# -- exchange ------------------------------------------------------------------------------------------------------------


def test_an_exchange_of_equal_value_moves_sheets_and_no_money(shop: Shop) -> None:
    """A0001-A0010 sold for 1,000; A0001 (100) comes back against B0001-B0002 (2 × 50).

    100: received 50, sold 10, exchanged in 1, closing 41.  50: received 50, exchanged out 2, closing 48.
    """
    shop.ok("sale cash C001 A0001-A0010")
    shop.ok("voucher exchange --in A0001 --out B0001-B0002 --reason smaller")
    assert figures(shop, "100.00") == {"received": 50, "sold": 10, "exchanged_in": 1, "closing": 41}
    assert figures(shop, "50.00") == {"received": 50, "exchanged_out": 2, "closing": 48}
    sheet = month(shop)
    assert sheet["sales"]["amount"] == "1000.00"
    assert sheet["sales"]["exchanges"] == []
    assert (place(shop, "A0001"), place(shop, "B0002")) == (("safe", "sellable"), ("client", "sold"))
    assert shop("sale cash C001 A0001").error == "STA-04"
    assert shop("check").code == 0


def test_a_refund_of_exchanged_sheets_is_the_share_paid_for_the_old_ones(shop: Shop) -> None:
    """A0001-A0010 sold for 980 (2 % off): A0001 stands for 98.00, so B0001-B0002 bring back 98.00, not 100.00."""
    shop.ok("sale cash C001 A0001-A0010 --amount 980 --reason friends")
    shop.ok("voucher exchange --in A0001 --out B0001-B0002 --reason smaller")
    back = shop.ok("sale return B0001-B0002 --reason unused --json").json
    assert (back["amount"], back["client"]) == ("98.00", "C001")
    rest = shop.ok("sale return A0002-A0010 --reason unused --json").json
    assert rest["amount"] == "882.00"
    assert shop("check").code == 0


def test_an_exchange_of_unequal_value_stands_on_the_sheet_with_its_reason(shop: Shop) -> None:
    shop.ok("sale cash C001 A0001-A0002")
    before = shop.bytes()
    bare = shop("voucher exchange --in A0001 --out B0001 --reason 'torn, half of it'")
    assert (bare.code, bare.error) == (3, "APR-01")
    assert shop.bytes() == before
    request = shop.approved("exchange 1x50")
    done = shop.ok(
        f"voucher exchange --in A0001 --out B0001 --reason 'torn, half of it' --approval {request} --json"
    ).json
    assert month(shop)["sales"]["exchanges"] == [
        {"id": done["id"], "difference": "-50.00", "reason": "torn, half of it", "approval": request}
    ]
    assert "torn, half of it" in shop("reconcile --month 2026-10").out
    assert month(shop)["tie_out"]["difference"] == "0.00"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("--in A0001 --out B0001 --reason r", "STA-01"),  # A0001 is in the safe
        ("--in A0011 --out A0012 --reason r", "NUM-02"),  # A0012 is with the client already
        ("--in A0011 --out C0001 --reason r", "STA-01"),  # never received
    ],
)
def test_an_exchange_that_cannot_be_is_refused(shop: Shop, typed: str, code: str) -> None:
    shop.ok("sale cash C001 A0011-A0012")
    before = shop.bytes()
    ran = shop(f"voucher exchange {typed}")
    assert (ran.code, ran.error) == (3, code)
    assert shop.bytes() == before


def test_an_exchange_is_undone_as_a_whole(shop: Shop) -> None:
    shop.ok("sale cash C001 A0001-A0010")
    shop.ok("voucher exchange --in A0001 --out B0001-B0002 --reason smaller")
    shop.ok("undo --reason wrong")
    assert (place(shop, "A0001"), place(shop, "B0002")) == (("client", "sold"), ("safe", "sellable"))
    assert shop.ok("sale return A0001 --reason unused --json").json["amount"] == "100.00"
    assert shop("check").code == 0


# -- IOU -----------------------------------------------------------------------------------------------------------------


def test_the_slips_of_an_iou_sum_to_what_it_leaves_open(shop: Shop) -> None:
    """Slip by slip on the audit sheet: 1,000.00 handed out, 400.00 of it paid, 100.00 brought back, 500.00 open."""
    request = shop.approved("iou 10x100 --client C001")
    typed = f"voucher iou A0001-A0010 --client C001 --due 2026-10-30 --approval {request} --reason festival --json"
    iou = shop.ok(typed).json["id"]
    for line, left in (("", "1000.00"), (f"sale iou {iou} --vouchers A0001-A0004", "600.00"),
                       ("sale return A0005 --reason unused", "500.00")):  # fmt: skip
        if line:
            shop.ok(line)
        sheet = shop.ok("report audit-sheet --month 2026-10 --json").json
        assert sheet["tie_out"]["iou"] == left
        assert [(one["id"], one["amount"]) for one in sheet["tie_out_lines"]["iou"]] == [(iou, left)]


def test_an_iou_is_an_outflow_of_its_own_and_its_payment_moves_no_sheets(shop: Shop) -> None:
    """A0001-A0010 on an IOU, paid by transfer: iou 10 sheets, sold none; sales 1,000.00 with the IOU as the reason."""
    request = shop.approved("iou 10x100 --client C001")
    iou = shop.ok(
        f"voucher iou A0001-A0010 --client C001 --due 2026-10-30 --approval {request} --reason festival --json"
    ).json["id"]
    assert place(shop, "A0001") == ("client", "iou")
    assert month(shop)["tie_out"]["iou"] == "1000.00"
    paid = shop.ok(f"sale iou {iou} --method transfer --reference T1 --json").json
    assert (paid["amount"], paid["spans"]) == ("1000.00", "A0001-A0010")
    assert figures(shop, "100.00") == {"received": 50, "iou": 10, "closing": 40}
    sales = month(shop)["sales"]
    assert (sales["count"], sales["amount"], sales["sheets"]) == (1, "1000.00", 0)
    assert sales["reasons"] == [{"id": paid["id"], "difference": "1000.00", "reason": iou, "approval": None}]
    tie = month(shop)["tie_out"]
    assert (tie["iou"], tie["difference"]) == ("0.00", "0.00")
    assert place(shop, "A0001") == ("client", "sold")
    assert shop("check REG").out == ""  # the sheets went out with the IOU: their payment has no expiry date to lack
    assert shop(f"sale iou {iou}").error == "STA-01"


def test_part_of_an_iou_is_paid_and_the_rest_comes_back(shop: Shop) -> None:
    request = shop.approved("iou 10x100 --client C001")
    iou = shop.ok(
        f"voucher iou A0001-A0010 --client C001 --due 2026-10-30 --approval {request} --reason festival --json"
    ).json["id"]
    shop.ok(f"sale iou {iou} --vouchers A0001-A0004")
    back = shop.ok("sale return A0005-A0010 --reason unsold --json").json
    assert (back["amount"], back.get("payments", "")) == ("0.00", "")
    assert figures(shop, "100.00") == {"received": 50, "client_returned": 6, "iou": 10, "closing": 46}
    again = shop.ok("sale return A0004 --reason unused --json").json
    assert again["amount"] == "100.00"
    assert shop("check").code == 0


def test_an_iou_stands_on_the_audit_sheet_with_what_is_open_of_it(shop: Shop) -> None:
    """1,000 lent, 400 paid, 300 brought back: one line of 300 under the IOU; when the rest is paid there is none."""
    request = shop.approved("iou 10x100 --client C001")
    iou = shop.ok(
        f"voucher iou A0001-A0010 --client C001 --due 2026-10-30 --approval {request} --reason festival --json"
    ).json["id"]
    shop.ok(f"sale iou {iou} --vouchers A0001-A0004")
    shop.ok("sale return A0005-A0007 --reason unsold")
    sheet = shop("report audit-sheet --month 2026-10 --json").json
    assert (sheet["tie_out"]["iou"], sheet["tie_out"]["difference"]) == ("300.00", "0.00")
    assert [(one["id"], one["who"], one["amount"]) for one in sheet["tie_out_lines"]["iou"]] == [
        (iou, "C001", "300.00")
    ]
    assert [(one["amount"]) for one in sheet["tie_out_lines"]["cash"]] == ["400.00"]
    shop.ok(f"sale iou {iou}")
    assert shop("report audit-sheet --month 2026-10 --json").json["tie_out_lines"]["iou"] == []


def test_a_receipts_correction_stands_on_the_audit_sheet_with_its_sheets(shop: Shop) -> None:
    """50 and 50 received, then 20 out and 1 in: 50 + 50 - 19 = 81, as in the line received."""
    receipt = first_receipt(shop)
    request = shop.approved("correction 20x100")
    shop.ok(f"correct {receipt} --out A0031-A0050 --in A0101 --approval {request} --finance Zhao --reason mistyped")
    sheet = shop("report audit-sheet --month 2026-10 --json").json
    assert [one["sheets"] for one in sheet["receipts"]] == [50, 50, -19]
    assert sum(one["sheets"] for one in sheet["receipts"]) == sheet["total"]["received"]["sheets"]


def test_an_open_iou_is_listed_until_it_is_paid(shop: Shop) -> None:
    """With its due date, and overdue on the day after."""
    request = shop.approved("iou 2x100 --client C001")
    iou = shop.ok(
        f"voucher iou A0001-A0002 --client C001 --due 2026-10-09 --approval {request} --reason festival --json"
    ).json["id"]
    expected = {"id": iou, "client": "C001", "amount": "200.00", "due": "2026-10-09"}
    assert shop.ok("status --json", at="2026-10-09 10:00").json["open"]["ious"] == [{**expected, "overdue": False}]
    assert f"gb sale iou {iou}" in shop.ok("status", at="2026-10-10 10:00").out
    assert shop.ok("status --json", at="2026-10-10 10:00").json["open"]["ious"] == [{**expected, "overdue": True}]
    shop.ok(f"sale iou {iou}", at="2026-10-10 11:00")
    assert shop.ok("status --json", at="2026-10-10 12:00").json["open"]["ious"] == []


def test_the_notice_tells_both_sides_of_an_exchange_and_of_a_correction(shop: Shop) -> None:
    """Out and back apart: the tills take the sheets that are out now, and no others."""
    sale = shop.ok("sale cash C001 A0001-A0010 --json").json["id"]
    shop.ok("voucher exchange --in A0001 --out B0001-B0002 --reason smaller")
    request = shop.approved("correction 5x100")
    shop.ok(f"correct {sale} --out A0002 --in A0011 --approval {request} --reason mistyped")
    told = shop.ok("notice --json", at="2026-10-08 17:00").json["other"]
    assert [(one["part"], one["spans"]) for one in told] == [
        ("exchanged", "B0001-B0002"), ("exchanged-back", "A0001"), ("corrected", "A0011"), ("corrected-out", "A0002"),
    ]  # fmt: skip
    assert shop("check NOT", at="2026-10-09 09:00").out == ""


def test_rebated_sheets_are_not_taken_back_for_money(shop: Shop) -> None:
    request = shop.approved("gift 1x100 --client C001")
    shop.ok(f"voucher give A0001 --client C001 --approval {request} --reason festival")
    ran = shop("sale return A0001 --reason unused")
    assert (ran.code, ran.error) == (3, "STA-01")
    assert "given" in ran.err


def test_an_iou_without_approval_or_for_another_client_is_refused(shop: Shop) -> None:
    other = shop.ok("client add --unit 西风厂 --kind enterprise --json").json["code"]
    request = shop.approved("iou 10x100 --client C001")
    before = shop.bytes()
    bare = shop("voucher iou A0001-A0010 --client C001 --due 2026-10-30 --reason r")
    assert (bare.code, bare.error) == (3, "APR-01")
    wrong = shop(f"voucher iou A0001-A0010 --client {other} --due 2026-10-30 --approval {request} --reason r")
    assert (wrong.code, wrong.error) == (3, "APR-01")
    assert shop.bytes() == before


# -- corrections ---------------------------------------------------------------------------------------------------------


def test_a_sale_with_a_mistyped_span_is_corrected(shop: Shop) -> None:
    """Sold as A0001-A0005; the client has A0011-A0015.  Sold stays 5 sheets, 500.00; the expiry goes along."""
    sale = shop.ok("sale cash C001 A0001-A0005 --expires 2027-12-31 --json").json["id"]
    request = shop.approved("correction 5x100")
    shop.ok(f"correct {sale} --out A0001-A0005 --in A0011-A0015 --approval {request} --reason mistyped")
    assert figures(shop, "100.00") == {"received": 50, "sold": 5, "closing": 45}
    assert (place(shop, "A0001"), place(shop, "A0011")) == (("safe", "sellable"), ("client", "sold"))
    back = shop.ok("sale return A0011 --reason unused --json").json
    assert (back["ref"], back["amount"]) == (sale, "100.00")
    shop.ok("sale cash C001 A0001")
    assert shop("check").code == 0


def test_a_receipt_with_a_mistyped_span_is_corrected_and_keeps_its_stamps(shop: Shop) -> None:
    """Received as A0001-A0050, stamped; finance gave A0101-A0150.  The new ones are stamped, the old ones unknown."""
    receipt = first_receipt(shop)
    request = shop.approved("correction 50x100")
    before = shop.bytes()
    asked = shop(f"correct {receipt} --out A0001-A0050 --in A0101-A0150 --approval {request} --reason mistyped")
    assert (asked.code, "--finance" in asked.err) == (2, True)
    assert shop.bytes() == before
    shop.ok(
        f"correct {receipt} --out A0001-A0050 --in A0101-A0150 --approval {request} --finance Zhao --reason mistyped"
    )
    assert figures(shop, "100.00") == {"received": 50, "closing": 50}
    assert (place(shop, "A0001")[0], place(shop, "A0101")) == ("finance", ("safe", "sellable"))
    shop.ok("sale cash C001 A0101")
    assert shop("check").code == 0


def test_a_receipt_of_too_many_sheets_is_corrected_in_number(shop: Shop) -> None:
    receipt = first_receipt(shop)
    request = shop.approved("correction 20x100")
    shop.ok(f"correct {receipt} --out A0031-A0050 --in A0101 --approval {request} --finance Zhao --reason mistyped")
    assert figures(shop, "100.00") == {"received": 31, "closing": 31}
    assert shop("check").code == 0


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_receipt_of_too_many_sheets_gives_some_back_and_names_no_others(shop: Shop, lang: str) -> None:
    """50 typed where finance gave 45: 45 received, 5 left of the request; not all 50, and undone it is 50 again."""
    receipt = first_receipt(shop)
    approval = shop.approved("correction 50x100")
    common = f"--approval {approval} --finance Zhao --reason mistyped --lang {lang}"
    before = shop.bytes()
    whole = shop(f"correct {receipt} --out A0001-A0050 {common}")
    assert (whole.code, whole.error, shop.bytes()) == (3, "REC-03", before)
    assert f"next: gb reverse {receipt} --reason '…'" in whole.err
    shop.ok(f"correct {receipt} --out A0046-A0050 {common}")
    assert drawn(shop, receipt)[0] == "100.00*5"
    assert figures(shop, "100.00") == {"received": 45, "closing": 45}
    assert (place(shop, "A0045")[0], place(shop, "A0046")[0]) == ("safe", "finance")
    assert shop("sale cash C001 A0046").code == 3
    assert "A0046-A0050" in shop.ok(f"show last --lang {lang}").out
    assert shop("check").code == 0
    shop.ok("undo")
    assert drawn(shop, receipt)[0] == ""
    assert figures(shop, "100.00") == {"received": 50, "closing": 50}
    assert shop("check").code == 0


def test_a_receipt_of_an_earlier_month_gives_sheets_back_as_a_line_of_prior_periods(shop: Shop) -> None:
    """October's 50 were 45: November receives nothing and closes with 45."""
    receipt = first_receipt(shop)
    at = "--at '2026-11-03 09:00'"
    asked = shop.ok(f"request correction 5x100 --reason plan --by wang --json {at}").json["id"]
    shop.ok(f"request approve {asked} --by li {at}")
    shop.ok(f"correct {receipt} --out A0046-A0050 --approval {asked} --finance Zhao --reason mistyped {at}")
    assert shop("check REC STA APR --at '2026-11-03 10:00'").code == 0
    faces = shop.ok(f"reconcile --month 2026-11 --json {at}").json["faces"]
    found = next(row for row in faces if row["face"] == "100.00")
    assert (found["opening"], found["received"], found["prior_period"], found["closing"]) == (50, 0, -5, 45)


def test_a_sale_names_what_the_client_has_instead(shop: Shop) -> None:
    sale = shop.ok("sale cash C001 A0001-A0005 --json").json["id"]
    ran = shop(f"correct {sale} --out A0005 --reason mistyped")
    assert (ran.code, "--in" in ran.err) == (2, True)


def drawn(shop: Shop, receipt: str) -> tuple[str, str]:
    """What the receipt's request leaves, and its id."""
    request = str(shop.ok(f"show {receipt} --json").json["request"])
    return shop.ok(f"request show {request} --json").json["left"], request


def test_a_correction_draws_on_the_receipts_request_and_not_beyond_it(shop: Shop) -> None:
    """Approved 50 and received 50.  31 of them by the first correction, 19 are left: 20 more are refused, 19 more are drawn."""
    receipt = first_receipt(shop)
    left, request = drawn(shop, receipt)
    assert left == ""
    approval = shop.approved("correction 40x100")
    common = f"--approval {approval} --finance Zhao --reason mistyped"
    before = shop.bytes()
    over = shop(f"correct {receipt} --out A0001 --in A0101-A0102 {common}")
    assert (over.code, over.error, shop.bytes()) == (3, "APR-03", before)
    assert request in over.err
    assert "a receipt of its own" in over.err
    assert "next: gb voucher receive --help" in over.err
    shop.ok(f"correct {receipt} --out A0031-A0050 --in A0101 {common}")
    assert drawn(shop, receipt)[0] == "100.00*19"
    assert shop(f"correct {receipt} --out A0001 --in A0111-A0131 {common}").error == "APR-03"
    shop.ok(f"correct {receipt} --out A0001 --in A0111-A0130 {common}")
    assert drawn(shop, receipt)[0] == ""
    assert figures(shop, "100.00") == {"received": 50, "closing": 50}
    assert shop("check").code == 0
    shop.ok("undo")
    assert drawn(shop, receipt)[0] == "100.00*19"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("--out A0020 --in A0011", "STA-01"),  # the sale does not name it
        ("--out A0001 --in A0020", "NUM-02"),  # sold to somebody else
        ("--out A0001 --in B0001", "REC-03"),  # another face: the amount would change
        ("--out A0001 --in A0011-A0012", "REC-03"),  # more sheets
        ("--out A0001 --in Z0001", "STA-01"),  # never received
    ],
)
def test_a_correction_that_cannot_be_is_refused(shop: Shop, typed: str, code: str) -> None:
    sale = shop.ok("sale cash C001 A0001-A0005 --json").json["id"]
    shop.ok("sale cash C001 A0020")
    request = shop.approved("correction 5x100")
    before = shop.bytes()
    ran = shop(f"correct {sale} {typed} --approval {request} --reason mistyped")
    assert (ran.code, ran.error) == (3, code)
    assert shop.bytes() == before
    assert shop(f"correct {sale} --out A0001 --in A0011 --reason mistyped").error == "APR-01"


def test_a_correction_is_undone_and_made_again_over_itself(shop: Shop) -> None:
    sale = shop.ok("sale cash C001 A0001-A0005 --json").json["id"]
    request = shop.approved("correction 9x100")
    shop.ok(f"correct {sale} --out A0001-A0002 --in A0011-A0012 --approval {request} --reason mistyped")
    shop.ok("undo --reason wrong")
    assert (place(shop, "A0001"), place(shop, "A0011")) == (("client", "sold"), ("safe", "sellable"))
    shop.ok(f"correct {sale} --out A0001 --in A0011 --approval {request} --reason mistyped")
    shop.ok(f"correct {sale} --out A0011 --in A0012 --approval {request} --reason 'mistyped again'")
    assert (place(shop, "A0001"), place(shop, "A0012")) == (("safe", "sellable"), ("client", "sold"))
    assert shop(f"reverse {sale} --reason r --by li").error == "STA-01"
    assert shop("check").code == 0


def test_a_correction_of_an_earlier_month_is_a_line_of_prior_periods(shop: Shop) -> None:
    """October's sale corrected in November: November sells nothing, October's sheet stays."""
    sale = shop.ok("sale cash C001 A0001-A0005 --json").json["id"]
    before = month(shop)
    at = "2026-11-03 09:00"
    found = shop.ok("request correction 5x100 --reason plan --by wang --json", at=at).json["id"]
    shop.ok(f"request approve {found} --by li", at="2026-11-03 09:01")
    done = shop.ok(
        f"correct {sale} --out A0001-A0005 --in A0011-A0015 --approval {found} --reason mistyped --json",
        at="2026-11-03 09:02",
    ).json
    sheet = shop("reconcile --month 2026-11 --json", at="2026-11-03 09:03").json
    assert (sheet["sales"]["count"], sheet["sales"]["sheets"]) == (0, 0)
    assert [(one["id"], one["ref"], one["sheets"]) for one in sheet["prior_period"]] == [(done["id"], sale, 0)]
    after = month(shop)
    assert (after["faces"], after["sales"]) == (before["faces"], before["sales"])


def test_what_may_not_be_corrected_is_said(shop: Shop) -> None:
    shop.ok("sale cash C001 A0001-A0005")
    back = shop.ok("sale return A0001 --reason r --json").json["id"]
    ran = shop(f"correct {back} --out A0001 --in A0002 --reason r")
    assert (ran.code, ran.error) == (3, "REF-01")
    assert any(hint.startswith("gb reverse") for hint in ran.next)


def test_the_forms_are_told_in_chinese(shop: Shop) -> None:
    shop.lang = "zh"
    sale = shop.ok("sale cash C001 A0001-A0010 --json").json["id"]
    request = shop.approved("correction 5x100")
    assert "更正" in shop.ok(f"correct {sale} --out A0001 --in A0011 --approval {request} --reason 打错").out
    assert "换券" in shop.ok("voucher exchange --in A0002 --out B0001-B0002 --reason 换小面值").out
