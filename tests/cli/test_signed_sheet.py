"""The printed sheet of a closed month: who signed it, and that it is what was sealed whatever was found since."""

from __future__ import annotations

import datetime as dt
import shutil
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from wcwidth import wcswidth

from tests.audit.small import make_key
from tests.cli.shop import BOOK_ID, Shop, open_shop
from tests.forge import Forge

SALES = "journals/2026-10/sales.K1.csv"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """October: 100 received, 10 sold for 1,000.00, 90 counted, the day marked, the month closed on 11-02 by li."""
    shop = open_shop(tmp_path, monkeypatch)
    shop.ok("operator add chen --name 陈立 --role finance --by li")
    shop.received("A0010001+100")
    shop.ok("sale cash --client C001 --vouchers A0010001+10 --amount 1000")
    shop.ok("voucher count A0010011+90 --second 孙芳")
    shop.ok("cash deposit --slip J1")
    shop.ok("day --mark")
    shop.ok("notice --catch-up", at="2026-10-31 21:00")
    shop.ok("close --month 2026-10 --by li", at="2026-11-02 10:00")
    return shop


def sheet(shop: Shop) -> Any:
    return shop("reconcile --month 2026-10 --json", at="2026-11-05 10:00").json


def page(shop: Shop) -> str:
    return shop("reconcile --month 2026-10", at="2026-11-05 10:00").out


def block(text: str, head: str) -> list[str]:
    """The lines of the part of the page that starts with ``head``."""
    part = next(part for part in text.split("\n\n") if part.startswith(head))
    return part.splitlines()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_sheet_printed_again_bears_the_short_digest(shop: Shop, lang: str) -> None:
    """M11: what the close printed stands on every later print of the month's sheet; an open month's has none."""
    seal = (shop.root / "closings/2026-10/closing.yaml").read_bytes()
    digits = sha256(seal).hexdigest()[:16].upper()
    short = " ".join(digits[at : at + 4] for at in range(0, 16, 4))
    for line in ("reconcile --month 2026-10", "report audit-sheet --month 2026-10"):
        assert shop(f"{line} --lang {lang}", at="2026-11-05 10:00").out.count(short) == 1, line
    found = sheet(shop)["seal"]
    assert (found["digest"], found["short"], found["by"]) == (sha256(seal).hexdigest(), short, "li")
    assert shop("reconcile --month 2026-11 --json", at="2026-11-05 10:00").json["seal"] is None


# -- signatures --------------------------------------------------------------------------------------------------------


def test_signatures_on_paper_stand_on_the_sheet(shop: Shop) -> None:
    """None at first, two lines to sign on; then the side that signed is named, the other still has its line."""
    assert sheet(shop)["signatures"] == []
    assert page(shop).count("______________") == 2
    shop.ok("sign --month 2026-10 --as finance --paper 陈立 --by li", at="2026-11-03 09:30")
    assert sheet(shop)["signatures"] == [
        {
            "as": "finance", "by": "li", "name": "陈立", "at": "2026-11-03T09:30:00+08:00", "grade": "paper", "key": None,
            "valid": True,
        }
    ]  # fmt: skip
    text = page(shop)
    assert "    finance   : 陈立  2026-11-03 09:30  ON PAPER (weaker)  valid" in text
    assert text.count("______________") == 1
    assert max(map(wcswidth, text.splitlines())) <= 80


def test_a_signature_that_does_not_stand_is_shown_so(shop: Shop) -> None:
    """Its file edited afterwards: it is there, and not valid; nothing of it is believed."""
    shop.ok("sign --month 2026-10 --as finance --paper 陈立 --by li", at="2026-11-03 09:30")
    path = shop.root / "closings/2026-10/finance.signature.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("陈立", "陈力"), encoding="utf-8")
    (one,) = sheet(shop)["signatures"]
    assert (one["as"], one["valid"], one["name"], one["grade"]) == ("finance", False, None, None)
    assert "DOES NOT STAND, see gb verify" in page(shop)
    told = shop("reconcile --month 2026-10 --json", at="2026-11-05 10:00")
    assert (told.code, [one["code"] for one in told.json["since_closing"]]) == (1, ["CLS-05"])


@pytest.mark.debian
def open_again(shop: Shop) -> None:
    """As if the month had never been closed, for the machine's memory too."""
    shutil.rmtree(shop.root / "closings")
    shop.ok("verify --forget")


def test_signatures_with_keys_stand_on_the_sheet(shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two keys, two sides: both valid; without ssh-keygen nobody can say, and the sheet says that."""
    open_again(shop)  # the keys are to be registered before the closing
    for code in ("li", "chen"):
        make_key(tmp_path / "keys" / code)
        shop.ok(f"keys sign-setup --key {tmp_path / 'keys' / code} --by {code}", at="2026-10-08 23:00")
    shop.ok("day --mark --date 2026-10-08 --reason 补记 --by li", at="2026-10-09 09:00")
    shop.ok("close --month 2026-10 --by li", at="2026-11-02 10:00")
    for code, side in (("li", "department"), ("chen", "finance")):
        shop.ok(f"sign --month 2026-10 --as {side} --key {tmp_path / 'keys' / code} --by {code}", at="2026-11-03 09:30")
    found = sheet(shop)["signatures"]
    assert [(one["as"], one["by"], one["grade"], one["valid"]) for one in found] == [
        ("department", "li", "ssh", True),
        ("finance", "chen", "ssh", True),
    ]
    assert found[0]["key"].startswith("SHA256:")
    monkeypatch.setenv("PATH", "")
    assert [one["valid"] for one in sheet(shop)["signatures"]] == [None, None]
    assert "not judged: there is no ssh-keygen" in page(shop)


# -- in time ----------------------------------------------------------------------------------------------------------


def told(shop: Shop, day: str) -> tuple[list[str], list[str]]:
    """The subjects of CLS-02 as check and preclose tell them on that day."""
    clock = f"{day} 18:00"
    checked = shop("check CLS-02 --json", at=clock).json["findings"]
    listed = shop("preclose --month 2026-10 --json", at=clock).json
    assert (listed["closed"], listed["blocks"]) == (True, [])
    return [one["subject"] for one in checked], [one["subject"] for one in listed["late"]]


def test_a_month_signed_late_is_told_the_day_after_the_third_working_day(shop: Shop) -> None:
    """October closed on 11-02; due on Wednesday 11-04.  Finance signs on the 5th: a warning that stays, exit 0.

    The rule says how many days; with five of them, the 6th, it is in time.
    """
    assert told(shop, "2026-11-04") == ([], [])
    both = ["2026-10/department", "2026-10/finance"]
    assert told(shop, "2026-11-05") == (both, both)
    shop.ok("sign --month 2026-10 --as finance --paper 陈立 --by li", at="2026-11-05 09:30")
    shop.ok("sign --month 2026-10 --as department --paper 李 --by li", at="2026-11-04 09:30")
    assert told(shop, "2026-11-06") == (["2026-10/finance"], ["2026-10/finance"])
    text = shop.ok("check CLS-02", at="2026-11-06 09:00").out
    assert "signed for finance only on 2026-11-05; due 2026-11-04" in " ".join(text.split())
    # October's own rules were sealed with it: today's rule changes nothing of October.
    working_days(shop, 5)
    assert told(shop, "2026-11-06") == (["2026-10/finance"], ["2026-10/finance"])
    shop.ok("accept CLS-02 2026-10/finance --reason 财务出差 --by li", at="2026-11-06 10:00")
    assert shop.ok("check CLS-02 --json", at="2026-11-06 11:00").json["findings"][0]["disposition"]["by"] == "li"


def working_days(shop: Shop, days: int) -> None:
    path = shop.root / "rules.yaml"
    text = path.read_text(encoding="utf-8")
    assert 'working_days: "3"' in text
    path.write_text(text.replace('working_days: "3"', f'working_days: "{days}"'), encoding="utf-8")


@pytest.mark.parametrize(("days", "late"), [(3, "2026-11-05"), (5, "2026-11-07")])
def test_a_month_that_is_not_closed_is_told(shop: Shop, days: int, late: str) -> None:
    """Three working days to the 4th, five to the 6th; the day after it is late.  It is no block of its own."""
    open_again(shop)
    working_days(shop, days)
    before = str(dt.date.fromisoformat(late) - dt.timedelta(days=1))
    assert shop.ok("check CLS-02 --json", at=f"{before} 18:00").json["findings"] == []
    (found,) = shop.ok("check CLS-02 --json", at=f"{late} 09:00").json["findings"]
    assert (found["subject"], found["severity"]) == ("2026-10", "warning")
    assert found["next"][0].startswith("gb preclose --month 2026-10")
    listed = shop.ok("preclose --month 2026-10 --json", at=f"{late} 09:00").json
    assert (listed["ready"], [one["subject"] for one in listed["late"]]) == (True, ["2026-10"])
    shop.ok("close --month 2026-10 --by li", at=f"{late} 10:00")
    assert "closed only on" in shop.ok("check CLS-02", at=f"{late} 11:00").out


def test_a_book_older_than_the_rule_has_three_days(shop: Shop) -> None:
    """A rules.yaml without `reconciled:`, as an earlier version made it, is read as before."""
    open_again(shop)
    path = shop.root / "rules.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index("reconciled:")] + text[text.index("severities:") :], encoding="utf-8")
    assert shop("check CLS-02 --json", at="2026-11-04 18:00").json["findings"] == []
    assert len(shop("check CLS-02 --json", at="2026-11-05 18:00").json["findings"]) == 1
    assert shop("doctor", at="2026-11-05 18:00").code == 0


# -- the sheet as it was sealed ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_damage_in_a_later_month_leaves_the_sheet_alone(shop: Shop, lang: str) -> None:
    """November's client file saved by a spreadsheet: October's page is, byte for byte, the one that was sealed."""
    shop.lang = lang
    before = page(shop)
    shop.ok("client add --unit 西风厂 --kind enterprise", at="2026-11-03 09:00")
    path = shop.root / "journals/2026-11/clients.K1.yaml"
    path.write_bytes(path.read_bytes().replace(b'"', b"'"))
    assert page(shop) == before
    assert shop("check", at="2026-11-05 10:00").code == 1


def test_damage_of_the_closed_month_is_shown_apart(shop: Shop) -> None:
    """A sale edited after the closing: not among the findings that were signed, but under its own head, exit 1."""
    assert sheet(shop)["since_closing"] == []
    sale = next(line for line in (shop.root / SALES).read_bytes().split(b"\n") if b",sale," in line)
    Forge(shop.root, BOOK_ID).scratch(sale.split(b",")[0].decode(), b"1000.00", b"4000.00")
    ran = shop("reconcile --month 2026-10", at="2026-11-05 10:00")
    assert ran.code == 1
    assert block(ran.out, "Findings") == ["Findings", "    none"]
    assert "CLS-01 error" in block(ran.out, "Found since the closing")[1]
    head = " ".join(ran.out.split("\n\n")[0].split())
    assert "the figures need not be those that were sealed; see gb verify --month 2026-10" in head
    assert [one["code"] for one in sheet(shop)["since_closing"]] == ["CLS-01"]


def test_a_stray_file_in_the_closing_is_apart_and_changes_no_figure(shop: Shop) -> None:
    """Something put into closings/2026-10 later: named apart; the figures are the sealed ones."""
    before = sheet(shop)
    (shop.root / "closings/2026-10/notes.txt").write_text("x", encoding="utf-8")
    after = sheet(shop)
    assert [one["code"] for one in after.pop("since_closing")] == ["CLS-01"]
    before.pop("since_closing")
    assert after == before
