"""From the counter to the auditor with the real commands: day end, close, two signatures, verification, tampering."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.counter import Counter, begin, english_again
from tests.forge import Forge

MONTH = "2026-09"
BOOK_ID = "0123456789abcdef0123456789abcdef"


@pytest.fixture(autouse=True)
def _languages() -> Iterator[None]:
    yield
    english_again()


@pytest.fixture
def closed(tmp_path: Path) -> Counter:
    """September: 20 sheets received, five sold, the rest counted, the day marked; closed on the second of October."""
    at = begin(tmp_path / "book", "2026-09-08")
    at.done("operator", "add", "sun", "--name", "孙芳", "--role", "clerk", by="li")
    at.done("operator", "add", "chen", "--name", "陈会计", "--role", "finance", by="li")
    at.done("client", "add", "--unit", "东风厂", "--kind", "enterprise", "--code", "C001")
    asked = at.done("request", "voucher", "20x100", "--reason", "备券", "--json").json["id"]
    at.done("request", "approve", asked, by="li")
    at.done(
        "voucher", "receive", "A0001-A0020", "--face", "100", "--request", asked, "--finance", "陈会计", "--stamped"
    )
    for number in range(1, 6):
        at.done("sale", "cash", "--client", "C001", "--vouchers", f"A000{number}", "--amount", "100")
    at.done("voucher", "count", "A0006-A0020", "--second", "孙芳")
    at.done("day", "--mark", by="li")
    at.day, at.minute = "2026-10-02", 0
    at.done("close", "--month", MONTH, by="li")
    return at


def test_signed_on_paper_and_verified(closed: Counter) -> None:
    """Every step in order; then each tampering is a failure with its record."""
    digest = closed.done("verify", "--json").json["months"][0]["short"]
    closed.done("sign", "--month", MONTH, "--as", "department", "--paper", "李梅", by="li")
    closed.done("sign", "--month", MONTH, "--as", "finance", "--paper", "陈会计", by="chen")
    found = closed.done("verify", "--month", MONTH, "--digest", digest, "--json").json
    assert found["sound"]
    assert [(one["by"], one["grade"], one["valid"]) for one in found["months"][0]["signatures"]] == [
        ("li", "paper", True), ("chen", "paper", True),
    ]  # fmt: skip
    assert found["warnings"] == []
    forge = Forge(closed.book, BOOK_ID)
    forge.scratch("SA20260908-K1-0003", b"100.00", b"900.00")
    failed = closed("verify", "--json")
    assert failed.code == 1
    assert [one["where"][0]["id"] for one in failed.json["integrity"]["findings"]] == ["SA20260908-K1-0003"]
    assert failed.json["completeness"]["ok"]
    checked = closed("check", "CLS", "JRN", "--json")
    assert [one["code"] for one in checked.json["findings"]] == ["CLS-01"]


def test_the_next_months_seal_holds_this_one(closed: Counter) -> None:
    closed.done("sale", "cash", "--client", "C001", "--vouchers", "A0006", "--amount", "100")
    closed.done("voucher", "count", "A0007-A0020", "--second", "孙芳")
    closed.done("day", "--mark", by="li")
    closed.day, closed.minute = "2026-11-02", 0
    closed.done("close", "--month", "2026-10", by="li")
    found = closed.done("verify", "--json").json
    assert [one["month"] for one in found["months"]] == [MONTH, "2026-10"]
    (closed.book / "closings" / MONTH / "closing.yaml").unlink()
    failed = closed("verify", "--json").json
    assert not failed["completeness"]["ok"]


def test_signing_with_an_open_seal_is_refused_after_tampering(closed: Counter) -> None:
    Forge(closed.book, BOOK_ID).drop("SA20260908-K1-0005")
    refused = closed("sign", "--month", MONTH, "--as", "finance", "--paper", "陈会计", by="chen")
    assert (refused.code, refused.error) == (3, "CLS-01")
    assert "SA20260908" in refused.err or "sales.K1" in refused.err
