"""A small book with keys: manager li, supervisor sun, clerk wang; the unit C001, and C002, an individual with every item."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.cli.counter import Counter, begin

ENC = re.compile(rb"ENC\[v1:[^\]]*\]")
UNIT = {
    "contact": "Ouyang Canary 01",
    "phone": "13911110002",
    "address": "Canary Road 3",
    "email": "canary04@example.cn",
}
PERSON = {
    "name": "诸葛雀05", "contact": "司马雀06", "phone": "13911110007", "address": "金丝雀路 8 号", "id_number": "11010519491231002X",
    "birthday": "1949-12-31", "email": "canary10@example.cn",
}  # fmt: skip


def with_keys(root: Path, day: str = "2026-10-08") -> Counter:
    """The book; its machine is the one recipient, named K1."""
    at = begin(root / "book", day)
    at.done("operator", "add", "sun", "--name", "孙", "--role", "supervisor", by="li")
    at.done("operator", "add", "shen", "--name", "沈", "--role", "auditor", by="li")
    at.done("keys", "init", by="li")
    return at


def filled(root: Path) -> Counter:
    """The same with its two clients."""
    at = with_keys(root)
    at.done("client", "add", "--unit", "东风厂", "--kind", "enterprise", "--personal", "-", stdin=json.dumps(UNIT))
    shared = ("--kind", "individual", "--alias", "老主顾")
    at.done("client", "add", *shared, "--personal", "-", stdin=json.dumps(PERSON, ensure_ascii=False))
    return at


def personal(at: Counter, code: str, *, reveal: bool = False) -> dict[str, str]:
    """A client's personal items as ``show`` gives them."""
    more = ("--reveal", "--reason", "the auditor asks") if reveal else ()
    found: dict[str, str] = at.done("client", "show", code, "--json", *more, by="li").json["personal"]
    return found


def journal(at: Counter, name: str) -> Path:
    """The one file of a journal."""
    (found,) = at.book.glob(f"journals/*/{name}.K1.*")
    return found


def rewrite(at: Counter, name: str, old: bytes, new: bytes) -> None:
    """Change a journal's bytes by hand."""
    path = journal(at, name)
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new))
