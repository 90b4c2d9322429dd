"""What programs and people get: the contract's JSON key for key, and pages of 80 columns that line up."""

from __future__ import annotations

import datetime as dt
import json

import msgspec
import pytest
from wcwidth import wcswidth

from ledger.checks.run import check
from ledger.core.dates import Month
from ledger.core.errors import Where
from ledger.core.findings import trouble
from ledger.core.words import LANGS, Lang, Words, plain
from ledger.folds.closing import nothing
from ledger.folds.history import history
from ledger.folds.reconcile import fold_month
from ledger.folds.stock import stock
from ledger.reports import blind, findings, reconcile, reconcile_text, trace
from ledger.reports import stock as stock_report
from ledger.reports.reconcile import ReconcileReport, Signed
from tests.builders import RULES, Book, ready

OCTOBER = Month(2026, 10)
DIGEST = "0123456789abcdef" * 4


def small() -> Book:
    """10-01 receive A01-A20 of 100; 10-02 sell A01-A10 for 990 cash "节日优惠"; A11-A12 become 200; A01 comes back;
    10-31 counted without A20.

    100: received 20, sold 10, returned 1, out 2, closing 9; 200: in 2.  Refund 990/10 = 99.00.
    Counted 100: 8, 200: 2, missing A20.
    """
    book = ready()
    book.receive("A01-A20", 100)
    book.on("2026-10-02").sell("A01-A10", 990, reason="节日优惠")
    book.reface("A11-A12", 200)
    book.give_back("A01")
    book.on("2026-10-31").count("A01 A11-A19")
    return book


def report_of(book: Book, **more: object) -> ReconcileReport:
    sheet = fold_month(nothing(), OCTOBER, book)[0]
    found = check(book, (), RULES, until=dt.date(2026, 10, 31), months=[OCTOBER])
    return ReconcileReport(store="示例百货", sheet=sheet, findings=found, digest=DIGEST, **more)  # type: ignore[arg-type]


def face(value: str, **figures: object) -> dict[str, object]:
    names = [
        "opening",
        "taken_over",
        "received",
        "client_returned",
        "found",
        "exchanged_in",
        "sold",
        "rebated",
        "given",
        "iou",
        "returned_to_finance",
        "void",
        "lost",
        "exchanged_out",
        "refaced_in",
        "refaced_out",
        "prior_period",
        "closing",
        "counted",
    ]
    return {"face": value, **dict.fromkeys(names, 0), **figures}


def test_the_json_is_the_contracts_key_for_key() -> None:
    found = json.loads(msgspec.json.encode(reconcile.as_json(report_of(small()), "en")))
    total, counts, told = found.pop("total"), found.pop("counts"), found.pop("findings")
    assert found == {
        "store": "示例百货",
        "month": "2026-10",
        "closed": False,
        "faces": [
            face("200.00", refaced_in=2, closing=2, counted=2),
            face("100.00", received=20, client_returned=1, sold=10, refaced_out=2, closing=9, counted=8),
        ],
        "sales": {
            "count": 1,
            "amount": "990.00",
            "sheets": 10,
            "face_value": "1000.00",
            "difference": "-10.00",
            "reasons": [{"id": "SA20261002-K1-0001", "difference": "-10.00", "reason": "节日优惠", "approval": None}],
            "face_changes": [
                {
                    "id": "CU20261002-K1-0001",
                    "spans": "A11-A12",
                    "from": "100.00",
                    "to": "200.00",
                    "sheets": 2,
                    "difference": "200.00",
                    "reason": "改面值",
                    "approval": "RQ20261002-K1-0001",
                }
            ],
            "by_pay": {"cash": "990.00"},
            "returns": {"count": 1, "amount": "99.00", "sheets": 1, "reasons": []},
            "exchanges": [],
        },
        "rebates": {
            "count": 0,
            "amount": "0.00",
            "sheets": 0,
            "control_nos": [],
            "slips": {"count": 0, "amount": "0.00"},
            "uncollected": {
                **dict.fromkeys(
                    ("opening", "taken_over", "approved", "collected", "cancelled", "prior_period", "closing"), "0.00"
                ),
                "slips": [],
            },
        },
        "registers": {
            "vouchers": {
                "imported": False,
                "matched": 0,
                "differing": [],
                "ours_only": [],
                "theirs_only": [],
                "timing": [],
            }
        },
        "tie_out": {
            "sold": "990.00",
            "cash": "990.00",
            "arrived": "0.00",
            "pending": "0.00",
            "cheques_cleared": "0.00",
            "cheques_outstanding": "0.00",
            "receivable": "0.00",
            "set_off": "0.00",
            "paid_not_handed_over": "0.00",
            "released": "0.00",
            "refunds": "99.00",
            "iou": "0.00",
            "difference": "0.00",
        },
        "cash": {
            "opening": "0.00",
            "float": "0.00",
            "received": "990.00",
            "refunded": "0.00",
            "deposited": "0.00",
            "advances": "0.00",
            "over_short": "0.00",
            "closing": "990.00",
        },
        "cheques": {  # the contract's key is there without a cheque too
            **dict.fromkeys(("opening", "taken_over", "received", "deposited", "cleared", "bounced"), "0.00"),
            **dict.fromkeys(("made_good", "given_back", "prior_period", "outstanding"), "0.00"),
            "receivable": dict.fromkeys(
                ("opening", "bounced", "made_good", "replaced", "returned", "prior_period", "closing"), "0.00"
            ),
            "open": [],
        },
        "prior_period": [],
        "digest": DIGEST,
        "since_closing": [],
        "seal": None,
        "signatures": [],
    }
    assert list(total) == [name for name in face("") if name != "face"]
    assert total["received"] == {"sheets": 20, "value": "2000.00"}
    assert total["closing"] == {"sheets": 11, "value": "1300.00"}
    assert total["counted"] == {"sheets": 10, "value": "1200.00"}
    assert (counts["missing"], counts["surplus"]) == ("A20", "")
    assert [(one["code"], one["severity"], one["serials"], one["disposition"]) for one in told] == [
        ("STK-01", "error", "A20", None)
    ]
    assert told[0]["where"][0] == {"file": "journals/2026-10/custody.K1.yaml", "line": 3, "id": "CU20261031-K1-0001"}


def test_errors_fail_the_month_and_warnings_do_not() -> None:
    assert report_of(small()).failed
    book = ready()
    book.receive("A01", 100)
    uncounted = report_of(book)
    assert [one.code for one in uncounted.findings] == ["STK-02"]
    assert not uncounted.failed
    assert reconcile.as_json(uncounted, "zh")["total"]["counted"] is None


SMALL_ZH = """\
                                团购券月末对账单
门店：示例百货    月份：2026-10    未封账

一、上月结存                         0 张                      0.00 元
二、本月领取                        20 张                  2,000.00 元
三、本月销售                        10 张                    990.00 元
    1 单，面值合计 1,000.00，金额与面值相差 -10.00
    收款：现金 990.00
    款项核对：销售 990.00 = 现金 990.00 + 待到账 0.00，差 0.00
    客户退券 1 单 1 张，退款 99.00
    金额与面值不符的原因：
    单号                  差额  原因      批准单
    ------------------  ------  --------  ------
    SA20261002-K1-0001  -10.00  节日优惠
    更改票面金额：
    CU20261002-K1-0001  100.00 > 200.00  2 张  差额 200.00  批准单
        RQ20261002-K1-0001
        A11-A12  改面值
四、本月返扣                         0 张                      0.00 元
五、本月结存                        11 张                  1,300.00 元

各面值明细（张）
项目          200.00  100.00  合计      金额
------------  ------  ------  ----  --------
上月结存           0       0     0      0.00
+ 本月领取         0      20    20  2,000.00
+ 客户退券         0       1     1    100.00
- 本月销售         0      10    10  1,000.00
- 本月返扣         0       0     0      0.00
+ 改面值转入       2       0     2    400.00
- 改面值转出       0       2     2    200.00
本月结存           2       9    11  1,300.00
盘点               2       8    10  1,200.00

返扣
    本月没有返扣

现金
    期初                                      0.00
    + 收款                                  990.00
    - 交财务                                  0.00
    + 长短款                                  0.00
    期末                                    990.00

与财务登记对照
    领券登记：财务登记未导入，无从对照

盘点结果
    盘点单 CU20261031-K1-0001
    少 1 张：A20

检查结果
    STK-01 错误: 盘点 CU20261031-K1-0001：少 1 张 A20
        journals/2026-10/custody.K1.yaml:3 CU20261031-K1-0001
        journals/2026-10/receipts.K1.yaml:2 RC20261001-K1-0001

本月日记账摘要（sha256）：
0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef

六、双方签字

    团购部    ：______________    日期：____________

    财务部    ：______________    日期：____________"""


def test_the_page_as_finance_gets_it() -> None:
    assert reconcile_text.as_text(report_of(small()), "zh") == SMALL_ZH


def test_the_english_page_has_the_same_points() -> None:
    page = reconcile_text.as_text(report_of(small()), "en")
    for point in ("1. Opening", "2. Received", "3. Sold", "4. Rebates", "5. Closing", "6. Signed", "missing 1: A20"):
        assert point in page


def crowded() -> Book:
    """Eight faces, a long terminal, long reasons, many spans, a double sale, a void sheet, a later correction."""
    book = ready("2026-09-28")
    book.terminal = "LONGTERM"
    for number, value in enumerate((1000, 500, 300, 200, 100, 50, 20, 10)):
        book.receive(f"VOUCHER{number}000000001+900", value)
    old = book.sell("VOUCHER0000000001+40", 39999, reason="x" * 90).id
    book.on("2026-10-02").reverse(old, reason="客户单位名称写错，已经重新登记" * 4)
    for start in range(100, 140, 2):
        book.sell(f"VOUCHER1000000{start}", 499, reason="节日大客户优惠，经理口头同意，后补请示" * 3)
    book.sell("VOUCHER2000000001+3", pays=[("cash", "300"), ("transfer", "300"), ("wechat", "300")])
    book.reface(" ".join(f"VOUCHER3000000{start}" for start in range(200, 230, 2)), 250)
    book.void("VOUCHER4000000001")
    book.legal = False
    book.sell("VOUCHER1000000100", 500)
    book.count("VOUCHER0000000001+60 X0001", scope="1000 500")
    return book


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("book", [small(), crowded(), ready()], ids=["small", "crowded", "empty"])
def test_pages_fit_eighty_columns(book: Book, lang: Lang) -> None:
    at = "2026-11-02T09:00:00+08:00"
    signed = [
        Signed(side="department", by="li", name="李经理", at=at, grade="ssh", key="SHA256:" + "x" * 43, valid=False),
        Signed(side="finance", by="chen", name="陈会计", at=at, grade="paper", valid=True),
    ]
    words = Words("已封的 sales.K1.csv 被改写并重算了校验链" * 3, "the sealed sales.K1.csv was rewritten " * 4)
    later = [trouble("CLS-01", words, subject="2026-10", where=(Where("journals/2026-10/sales.K1.csv", 3),))]
    pages = [
        reconcile_text.as_text(report_of(book), lang),
        reconcile_text.as_text(report_of(book, closed=True, signatures=signed, since=later), lang),
        stock_report.as_text(stock(book.state), dt.date(2026, 10, 31), lang),
        blind.as_text("示例百货", dt.date(2026, 10, 31), [100000, 5000], lang),
        trace.as_text(history(book, "A01"), lang),
    ]
    for page in pages:
        for line in page.splitlines():
            assert 0 <= wcswidth(line) <= 80, line
            assert line == line.rstrip()


@pytest.mark.parametrize("lang", LANGS)
def test_columns_stand_below_each_other(lang: Lang) -> None:
    """In the table by face every row ends where its rule ends."""
    lines = reconcile_text.as_text(report_of(small()), lang).splitlines()
    start = next(index for index, line in enumerate(lines) if line.startswith("------"))
    ends = {wcswidth(line) for line in lines[start : start + 8]}
    assert ends == {wcswidth(lines[start])}


def test_a_correction_of_an_earlier_month_has_its_line() -> None:
    page = reconcile_text.as_text(report_of(crowded()), "en")
    assert "prior period" in page
    assert "-39,999.00" in page
    assert "held by serial" in page, "the sheet sold twice keeps custody and arithmetic apart"
    assert "of these without a counted face 1: X0001" in page


def test_stock_json() -> None:
    book = small()
    book.freeze("A13")
    book.void("A14")
    found = stock_report.as_json(stock(book.state), dt.date(2026, 10, 31))
    assert found == {
        "as_of": "2026-10-31",
        "faces": [
            {"face": "200.00", "sheets": 2, "spans": "A11-A12", "reserved": "", "unstamped": "", "frozen": "", "issued": {}},
            {
                "face": "100.00", "sheets": 8, "spans": "A01 A13 A15-A20", "reserved": "", "unstamped": "",
                "frozen": "A13", "issued": {},
            },
        ],
        "void_on_hand": "A14",
    }  # fmt: skip


def test_stock_text_names_what_cannot_be_sold() -> None:
    book = small()
    book.freeze("A13")
    book.void("A14")
    page = stock_report.as_text(stock(book.state), dt.date(2026, 10, 31), "en")
    assert "serials 100.00: A01 A13 A15-A20\n  frozen: A13" in page
    assert "void on hand (1): A14" in page


def test_trace_json() -> None:
    found = trace.as_json(history(small(), "A01"))
    assert (found["serial"], found["place"], found["state"], found["face"]) == ("A01", "safe", "sellable", "100.00")
    assert [one["kind"] for one in found["history"]] == ["receipt", "sale", "client-return"]
    assert found["history"][1]["client"] == "C001"
    assert (found["history"][1]["file"], found["history"][1]["line"]) == ("journals/2026-10/sales.K1.csv", 2)


def test_findings_show_the_records_own_bytes_and_what_to_type() -> None:
    where = Where("journals/2026-10/sales.K1.csv", 7, "SA20261008-K1-0001", "SA20261008-K1-0001,…,sale,C001\n")
    one = trouble("NUM-02", Words("重复售出", "sold twice"), serials="A01-A05", where=(where,), next=("gb show SA-1",))
    assert findings.as_text([one], "en") == (
        "NUM-02 error: sold twice\n"
        "  journals/2026-10/sales.K1.csv:7:\n"
        "    SA20261008-K1-0001,…,sale,C001\n"
        "  serials: A01-A05\n"
        "  next: gb show SA-1"
    )
    assert "NUM-02 错误: 重复售出" in findings.as_text([one, one], "zh")
    assert findings.as_text([], "zh") == ""


def test_a_finding_of_a_whole_file_has_no_line() -> None:
    one = trouble("JRN-06", plain("x"), where=(Where("journals/x.txt"),))
    assert "  journals/x.txt:\n" in findings.as_text([one], "en") + "\n"


def test_the_blind_sheet_shows_no_figure_of_the_book() -> None:
    page = blind.as_text("示例百货", dt.date(2026, 10, 31), [10000], "zh", lines=2)
    assert "面值 100.00" in page
    assert "A0" not in page
    assert page.count("________________") >= 4
    assert "作废券" in blind.as_text("x", dt.date(2026, 10, 31), [], "zh", void=True)
    assert "face ________" in blind.as_text("x", dt.date(2026, 10, 31), [], "en")
