"""Members and points from foreign files: a member list, the tills' purchases and returns (M1, M2; contract, section 5).

A till's row changes points when the book takes it in, or at the row's own moment where the file gives one (``at``); the till's
day is kept beside it.  A return is the tills' fact: it is taken as it stands, and what is wrong with it is found (PTS-03, -04).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ledger.book.foreign import FILE, Line, refuse_spoilt
from ledger.book.importform import Form
from ledger.core.dates import parse_day
from ledger.core.errors import Refused
from ledger.core.members import Member
from ledger.core.money import parse_amount
from ledger.core.personal import Clear, Subject, clear
from ledger.core.records.members import Registered
from ledger.core.rules import Points
from ledger.core.state import State
from ledger.core.text import fold, shown
from ledger.core.words import Words

if TYPE_CHECKING:
    from ledger.book.draft import Draft
    from ledger.book.imports import Import

Texts = Mapping[str, str]
PERSONAL = ("name", "phone", "address", "id_number", "birthday", "email")
_YES = {"yes", "y", "1", "是"}
_NO = {"", "no", "n", "0", "否"}


def _code(typed: str) -> str:
    refuse_spoilt(typed)
    return fold(typed).upper()


# -- members -----------------------------------------------------------------------------------------------------------


_WHO = ("identified", "receipt", "recruiter", *PERSONAL)
"""What a row says of the member, besides the card."""


def _member_parts(texts: Texts) -> tuple[Texts, ...]:
    """Who it is, then the card, each where the row says it: two records, as at the counter (M1)."""
    if not texts.get("card") or not any(texts.get(name) for name in _WHO):
        return (texts,)
    key = texts.get("key", "")
    card = {name: text for name, text in texts.items() if name not in _WHO}
    return ({**texts, "card": ""}, {**card, "key": f"{key} card" if key else ""})


def _member_kind(texts: Texts) -> str:
    return "activated" if texts.get("card") else "registered"


def _member(_: Import, texts: Texts, __: State) -> dict[str, Any]:
    """The part with the card number activates the card; the other registers the member."""
    given = {name: text for name, text in texts.items() if text}
    code = _code(given.get("code", ""))
    if not code:
        raise Refused(Words("没有会员编号", "no member code"), code=FILE)
    if "card" in given:
        return {"code": code, "card": _code(given["card"])}
    values: dict[str, Any] = {"code": code}
    if _identified(given.get("identified", "")):
        values["identified"] = "yes"
    values |= {name: given[name] for name in ("receipt", "recruiter") if name in given}
    return values | {name: clear(name, given[name]) for name in PERSONAL if name in given}


def _identified(typed: str) -> bool:
    """Whether the document was seen; raises :class:`Refused` for what is neither yes nor no."""
    text = fold(typed).lower()
    if text not in _YES | _NO:
        words = Words(
            f"证件已核对要写 是 或 否，不能是“{shown(typed)}”", f"identified is yes or no, not “{shown(typed)}”"
        )
        raise Refused(words, code=FILE)
    return text in _YES


def _member_key(_: Import, __: Line, values: dict[str, Any], ___: Texts) -> str:
    return f"card {values['card']}" if "card" in values else str(values["code"])


def _new_member(one: Import, _: Line, draft: Draft, state: State) -> Draft | None:
    """The draft, or ``None`` for a member, or a card, that the book has just so.

    What a row says otherwise of a member who is there is refused: a list may be older than what a person said since.
    """
    code = draft.values["code"]
    found = state.thing(Member, code)
    if found is None or draft.kind == "activated":
        return None if found is not None and found.card == draft.values.get("card") else draft
    other = [name for name, value in draft.values.items() if name != "code" and not _has(one, code, found, name, value)]
    if not other:
        return None
    named = [field.words for field in Registered.fields() if field.name in other]
    words = Words(
        f"会员 {code} 已登记，账上不同的：{'、'.join(each.zh for each in named)}",
        f"member {code} is registered, and the book has otherwise: {', '.join(each.en for each in named)}",
    )
    raise Refused(words, code="KEY-01", next=(f"gb member show {code}", f"gb member change {code}"))


def _has(one: Import, code: str, found: Member, name: str, value: Any) -> bool:
    """Whether the member has that entry so; raises :class:`Refused` (PRV-01) where this machine cannot tell."""
    if not isinstance(value, Clear):
        return bool(found.identified if name == "identified" else getattr(found, name, "") == value)
    text = found.personal.get(name, "")
    if not text:
        return False
    from ledger.book.personal import no_key

    subject = Subject("Member", code)
    held = one.book.keyring.open(subject, name, text)
    if held is None:
        raise no_key(subject)
    return held == value.open()


# -- points ------------------------------------------------------------------------------------------------------------


def _signed(texts: Texts) -> int | None:
    """The points of a row with their sign; None where it gives an amount only."""
    text = fold(texts.get("points", "")).replace(",", "")
    if not text:
        return None
    refuse_spoilt(text)
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > _MOST_DIGITS:
        raise Refused(Words(f"“{shown(text)}”不是整数积分", f"“{shown(text)}” is no whole number of points"), code=FILE)
    return int(text)


_MOST_DIGITS = 12


def _points_kind(texts: Texts) -> str:
    """What the row says, else by its sign: below zero is a return."""
    kind = fold(texts.get("kind", "")).lower()
    if kind in _KINDS:
        return kind
    named = [key for key, names in _KINDS.items() if kind and kind in names]
    if kind and not named:
        raise Refused(
            Words(f"“{shown(kind)}”不是 {' '.join(_KINDS)}", f"“{shown(kind)}” is none of {' '.join(_KINDS)}"),
            code=FILE,
        )
    return (
        named[0]
        if named
        else "returned"
        if fold(texts.get("points") or texts.get("amount") or "").startswith("-")
        else "earned"
    )


_KINDS = {"earned": ("消费", "消费积分"), "topped-up": ("补积分",), "returned": ("退货", "退分", "退货扣积分")}


def _points(one: Import, texts: Texts, state: State) -> dict[str, Any]:
    """Points as given, else those of the amount by the rule; a part of a point is dropped toward zero."""
    kind = _points_kind(texts)
    amount = parse_amount(texts["amount"], signed=True) if texts.get("amount") else None
    points = _signed(texts)
    if points is None and amount is None:
        raise Refused(Words("没有积分，也没有金额", "neither points nor an amount"), code=FILE)
    day = _day(one, texts)
    if points is None:
        points = one.book.rules.on(Points, day).of_amount(amount or 0)
    if kind != "returned" and (points < 0 or (amount or 0) < 0):
        raise Refused(Words("积分为负的行要是退货", "a row below zero is to be a return"), code=FILE)
    values: dict[str, Any] = {"member": _known(texts.get("member", ""), state, day), "points": abs(points)}
    if texts.get("slip"):
        values["slip"] = fold(texts["slip"])
    if amount is not None and kind != "topped-up":
        values["amount"] = abs(amount)
    if kind == "returned" or (kind == "earned" and texts.get("date")):
        values["purchased"] = day
    if kind == "returned" and texts.get("original"):
        values["original"] = fold(texts["original"])
    if kind != "returned" and "slip" not in values:
        raise Refused(Words("没有单据号（slip）", "no slip number (slip)"), code=FILE)
    return values


def _day(one: Import, texts: Texts) -> dt.date:
    """The till's day: of the row's date, else of its moment, else of the import."""
    if texts.get("date"):
        return parse_day(texts["date"])
    at = one.moment(texts["at"]) if texts.get("at") else one.given.at
    return (at or one.book.now()).date()


def _known(typed: str, state: State, bought: dt.date) -> str:
    from ledger.book.resolve import member

    refuse_spoilt(typed)
    return member(state, typed, bought=bought)


def _points_key(_: Import, __: Line, values: dict[str, Any], ___: Texts) -> str:
    """A slip number is used once for ever, so it is a key."""
    return str(values.get("slip", ""))


def _taken_in(_: dt.date, __: dt.date) -> dt.date | None:
    """The day of the import, or of the row's own moment: an earlier one would come before what was done since."""
    return None


FORMS: dict[str, Form] = {
    "members": Form(
        fields=("key", "code", "card", "identified", "receipt", "recruiter", *PERSONAL, "date", "at", "reason", "note"),
        needed=("code",), kind=_member_kind, values=_member, key=_member_key, complete=_new_member,
        parts=_member_parts,
    ),
    "points": Form(
        fields=("key", "kind", "member", "points", "amount", "slip", "original", "date", "at", "reason", "note"),
        needed=("member", "points|amount"), kind=_points_kind, values=_points, key=_points_key, date=_taken_in,
    ),
}  # fmt: skip
"""The member centre's journals that can be imported."""
