"""The open items in an opening's file: cheques, payments on their way, rebates to be collected (V0)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from ledger.core.dates import Month, resolve_day
from ledger.core.errors import GbError, Usage, Where
from ledger.core.forms import Lines, Pay, lines_of, value_of
from ledger.core.money import parse_amount
from ledger.core.text import clean_text, fold
from ledger.core.words import Words

if TYPE_CHECKING:
    from ledger.book.open import Book

Texts = Mapping[str, str]


class OpenItem(msgspec.Struct, frozen=True, kw_only=True):
    """One item of the file, resolved: which list it stands in, its kind of record, its values, its amount in fen (or in points)."""

    item: str
    kind: str
    values: dict[str, Any]
    amount: int
    where: Where


def items_of(book: Book, head: Mapping[str, Any], name: str, today: dt.date) -> tuple[OpenItem, ...]:
    """The items of all lists, in the order of :data:`ITEMS`; raises :class:`Usage` naming the list and the line."""
    found = tuple(one for item in ITEMS for one in _list(book, item, head.get(item) or [], (name, today)))
    _refuse_lots_twice([one for one in found if one.item == "points"])
    return found


def _refuse_lots_twice(points: Sequence[OpenItem]) -> None:
    """Raise :class:`Usage` for a member's points of one day that stand in two lines: one of them is too many."""
    seen: dict[tuple[str, Any], int] = {}
    for one in points:
        lot = one.values["member"], one.values["expires"]
        first = seen.setdefault(lot, one.where.line)
        if first != one.where.line:
            words = Words(
                f"{one.where.file} points 第 {first} 条和第 {one.where.line} 条都是 {lot[0]}、有效期相同",
                f"{one.where.file}, points: items {first} and {one.where.line} are both {lot[0]}'s, good until the same day",
            )
            raise Usage(words, next=("gb opening --template",))


def _list(book: Book, item: str, found: Any, at: tuple[str, dt.date]) -> Sequence[OpenItem]:
    name, today = at
    if not isinstance(found, Sequence) or isinstance(found, str):
        raise Usage(Words(f"{name}：{item} 要是一个列表", f"{name}: {item} must be a list"))
    items = []
    columns, kind, read = ITEMS[item]
    for number, one in enumerate(found, 1):
        try:
            values = read(book, _texts(one, columns), today)
        except GbError as error:
            words = Words(
                f"{name} {item} 第 {number} 条：{error.words.zh}", f"{name}, {item} item {number}: {error.words.en}"
            )
            raise Usage(words, next=error.next or ("gb opening --template",)) from None
        amount = values.pop("_amount")
        items.append(OpenItem(item=item, kind=kind, values=values, amount=amount, where=Where(name, number)))
    return items


def _texts(item: Any, columns: Sequence[str]) -> Texts:
    if not isinstance(item, Mapping):
        raise Usage(Words("要写成“名称: 内容”", "an item is written as NAME: VALUE"))
    texts = {str(key): "" if value is None else str(value).strip() for key, value in item.items()}
    if unknown := [key for key in texts if key not in columns]:
        raise Usage(Words(f"不认识的项 {' '.join(unknown)}", f"unknown entries {' '.join(unknown)}"))
    return texts


def _cheque(book: Book, texts: Texts, today: dt.date) -> dict[str, Any]:
    from ledger.book.resolve import spans

    sheets = spans(book, _needed(texts, "spans"), book.state())
    amount = parse_amount(_needed(texts, "amount"))
    return {
        "client": _client(book, texts),
        "spans": sheets,
        "cheque": _text(texts, "cheque"),
        "bank": _text(texts, "bank"),
        "drawn": resolve_day(_needed(texts, "drawn"), today),
        "drawer": _text(texts, "drawer") if texts.get("drawer") else None,
        "slip": _text(texts, "slip") if texts.get("slip") else None,
        "amount": amount,
        "method": "cheque",
        "_amount": amount,
    }


def _payment(book: Book, texts: Texts, today: dt.date) -> dict[str, Any]:
    from ledger.book.selling import method

    amount = parse_amount(_needed(texts, "amount"))
    return {
        "client": _client(book, texts),
        "payments": (Pay(method(book, _needed(texts, "method")), amount),),
        "paid": resolve_day(texts["paid"], today) if texts.get("paid") else None,
        "reference": _text(texts, "reference") if texts.get("reference") else None,
        "_amount": amount,
    }


def _rebate(book: Book, texts: Texts, today: dt.date) -> dict[str, Any]:
    lines = _lines(_needed(texts, "lines"))
    return {
        "client": _client(book, texts),
        "control_no": fold(_needed(texts, "control_no")).upper(),
        "month": Month.parse(_needed(texts, "month")).text,
        "lines": lines,
        "approved": resolve_day(_needed(texts, "approved"), today),
        "purchases": parse_amount(texts["purchases"]) if texts.get("purchases") else 0,
        "_amount": value_of(lines),
    }


def _points(book: Book, texts: Texts, today: dt.date) -> dict[str, Any]:
    from ledger.book.resolve import member

    points = _count(_needed(texts, "points"))
    return {
        "member": member(book.state(), _needed(texts, "member")),
        "points": points,
        "expires": resolve_day(texts["expires"], today) if texts.get("expires") else None,
        "valid": _count(texts["valid"]) if texts.get("valid") else None,
        "bought": resolve_day(texts["bought"], today) if texts.get("bought") else None,
        "_amount": points,
    }


def _count(typed: str) -> int:
    text = fold(typed).replace(",", "")
    if not text.isascii() or not text.isdigit():
        raise Usage(Words(f"“{typed}”不是 0 或更大的整数", f"“{typed}” is no whole number from 0 up"))
    return int(text)


def _lines(typed: str) -> Lines:
    """``2x100 4x50``: sheets and face."""
    pairs = [word.lower().replace("*", "x").replace("×", "x").partition("x") for word in fold(typed).split()]
    if any(not sheets.isdecimal() or not cross for sheets, cross, _ in pairs):
        raise Usage(Words(f"“{typed}”要写成 2x100 4x50", f"“{typed}” is written as 2x100 4x50"))
    return lines_of((parse_amount(face), int(sheets)) for sheets, _, face in pairs)


def _client(book: Book, texts: Texts) -> str:
    from ledger.book.resolve import client

    return client(book.state(), _needed(texts, "client"))


def _text(texts: Texts, name: str) -> str:
    return clean_text(_needed(texts, name), what=Words(name, name))


def _needed(texts: Texts, name: str) -> str:
    if not texts.get(name):
        raise Usage(Words(f"缺少 {name}", f"{name} is missing"))
    return texts[name]


Reader = Callable[["Book", Texts, dt.date], dict[str, Any]]
ITEMS: dict[str, tuple[tuple[str, ...], str, Reader]] = {
    "cheques": (
        ("client", "cheque", "bank", "drawn", "drawer", "spans", "slip", "amount"), "opening-cheque", _cheque,
    ),
    "pending": (("client", "amount", "method", "paid", "reference"), "opening-payment", _payment),
    "rebates": (
        ("client", "control_no", "month", "lines", "approved", "purchases"), "opening-rebate", _rebate,
    ),
    "points": (("member", "points", "expires", "valid", "bought"), "opening-points", _points),
}  # fmt: skip
"""The lists of an opening's file: the entries of an item, the kind of record it becomes, how it is read."""
