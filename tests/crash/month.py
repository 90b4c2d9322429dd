"""A small book whose September is ready to be closed, made once and copied."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from tests.cli.counter import begin, english_again
from tests.crash.command import Shop, copied

MONTH, SEAL = "2026-09", "closings/2026-09/closing.yaml"
DAY, AFTER = "2026-09-08", "2026-10-02 10:00"


@cache
def _model() -> Path:
    """Received and stamped A0010001-0100, ten sold, the rest counted, the day marked."""
    book = Path(mkdtemp(prefix="gb-month-")) / "book"
    at = begin(book, DAY)
    at.done("client", "add", "--unit", "东风厂", "--kind", "enterprise", "--code", "C001")
    asked = at.done("request", "voucher", "100x100", "--reason", "备券", "--json").json["id"]
    at.done("request", "approve", asked, by="li")
    received = ("--face", "100", "--request", asked, "--finance", "赵敏", "--stamped")
    at.done("voucher", "receive", "A0010001-A0010100", *received)
    at.done("sale", "cash", "--client", "C001", "--vouchers", "A0010001-A0010010", "--amount", "1000")
    at.done("voucher", "count", "A0010011-A0010100", "--second", "李梅")
    at.done("day", "--mark", "--date", DAY, by="li")
    english_again()
    return book


def ready(folder: Path) -> Shop:
    """A copy of it on the second of October."""
    return Shop(copied(_model(), folder), at=AFTER)


def model() -> dict[str, bytes]:
    """Its files by their path in the book."""
    files = (path for path in _model().rglob("*") if path.is_file() and ".gb" not in path.parts)
    return {str(path.relative_to(_model())): path.read_bytes() for path in files}
