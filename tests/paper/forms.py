"""Every printed form of the worked month, made once, and one of each kind that the month does not have."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from ledger.book.open import Book
from ledger.book.printing import SHEETS
from ledger.book.text import read_all
from ledger.core.records import JOURNALS, journal
from tests.cli.worked import Worked, worked

NAMED = {
    "请示报告单", "领券登记表", "客户资料登记表", "收据", "支票押金凭证", "内部进帐单", "团购销售通知", "返扣单", "返扣领取表",
    "现金盘点表", "保管交接表", "团购券盘点表", "会员登记表", "会员领奖单", "客户回访登记本",
}  # fmt: skip
"""The forms of the domain that are of one record; those of :data:`SHEETS` are of a month, the bank, or blank."""


def declared() -> set[tuple[str, str]]:
    """Name and title of every form that a kind of record declares."""
    kinds = [kind for listed in JOURNALS for kind in journal(listed.name).kinds]
    return {(paper.name, paper.title.zh) for kind in kinds for paper in kind.PAPERS}


def month(folder: Path) -> Worked:
    """The worked month with a hand-over, a visit, a member and an award, so that every form of a record is there."""
    at = worked(folder)
    at.language = "zh"
    at.done("operator", "add", "zhou", "--name", "周敏", "--role", "clerk", by="li")
    at.done("handover", "--to", "zhou")
    at.done("member", "register", "--code", "M0001", "--identified", "--recruiter", "zhou")
    at.done("member", "activate", "M0001", "--card", "80010001")
    visit = ("--summary", "节前福利拟用团购券，约一百份", "--welfare", "yes", "--budget", "10000")
    at.done(
        "visit",
        "log",
        "C001",
        "--how",
        "visit",
        *visit,
        "--gift",
        "茶叶",
        "--gift-value",
        "200",
        "--next",
        "2026-11-10",
    )
    at.done("points", "topup", "M0001", "--points", "2000", "--slip", "小票0071")
    at.done("points", "id-check", "M0001", "--document", "身份证")
    at.done("points", "award", "M0001", "--points", "1000", "--goods", "电水壶")
    return at


def one_of_each(at: Worked) -> dict[str, str]:
    """A record by the name of each form, the last one of the month."""
    book = Book(at.book)
    found = {paper.name: one.id for one in read_all(book)[0] for paper in type(one.record).PAPERS}
    book.close()
    return found


@cache
def printed(language: str) -> dict[str, Path]:
    """The file of every form in a language, by the form's name."""
    at = month(Path(mkdtemp(prefix="gb-forms-")))
    at.language = language
    made = {}
    for name, record_id in one_of_each(at).items():
        made[name] = at.done("print", record_id, "--form", name).out.strip()
    for name in SHEETS:
        wanted = ("--month", "2026-10") if name != "blind" else ()
        made[name] = at.done("print", name, *wanted).out.strip()
    return {name: Path(path) for name, path in made.items()}
