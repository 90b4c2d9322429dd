"""The resolvers: what a clerk types, to what the book means.  Amounts, spans and periods need no book and are in core."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ledger.book.draft import Ambiguous
from ledger.core.custody import tied_to
from ledger.core.errors import Refused, Unknown, Usage
from ledger.core.money import yuan
from ledger.core.parties import Client
from ledger.core.records import BY_CODE
from ledger.core.spans import EMPTY, Span, SpanSet, parse_typed
from ledger.core.state import State
from ledger.core.text import fold, shown
from ledger.core.words import Words
from ledger.index import lookup

if TYPE_CHECKING:
    from ledger.book.open import Book

_MANY = 9
LOOKED = "access"
"""What was only looked at is no work of a person's: ``last`` passes by it, or one look would hide the sale before it."""


def record_id(book: Book, typed: str, terminal: str, today: dt.date | None = None) -> str:
    """The full id of ``SA20261008-K1-0001``, ``SA1008-1``, ``SA-1`` (today, this terminal) or ``last``, which no look-up of personal data is."""
    text = fold(typed).upper()
    if text == "LAST":
        found = next((one for one in lookup.newest_of(book.index.db, terminal) if one.journal != LOOKED), None)
        if found is None:
            raise Unknown(
                Words(f"终端 {terminal} 还没有登记过", f"terminal {terminal} has recorded nothing yet"),
                next=("gb log",),
            )
        return found.id
    if lookup.by_id(book.index.of_id(text), text):
        return text
    matches = _by_short(book, text, terminal, today or book.today())
    if not matches:
        book.refuse_late(text)
        raise Unknown(Words(f"没有“{shown(typed)}”这张单据", f"there is no record “{shown(typed)}”"), next=("gb log",))
    if len(matches) > 1:
        words = Words(f"“{shown(typed)}”对应几张单据", f"“{shown(typed)}” fits several records")
        raise Ambiguous(words, [(one.id, f"{one.kind} {one.day}") for one in matches], "gb show")
    return matches[0].id


def _by_short(book: Book, text: str, terminal: str, today: dt.date) -> list[lookup.Found]:
    parts = text.split("-")
    listed = BY_CODE.get(parts[0][:2])
    number, day = parts[-1], parts[0][2:]
    if listed is None or len(parts) not in (2, 3) or not number.isdecimal() or not (day.isdecimal() or not day):
        return []
    wanted = parts[1] if len(parts) == 3 else ""
    pattern = f"%-{day[:2]}-{day[2:]}" if len(day) == 4 else _day(day, today)
    found = lookup.by_short(
        book.index.from_day(pattern) if pattern[:1].isdigit() else book.index.db,
        listed.name,
        wanted,
        pattern,
        int(number),
    )
    own = [one for one in found if f"-{terminal}-" in one.id]
    newest = max((one.day for one in own or found), default="")
    return [one for one in own or found if one.day == newest]


def _day(digits: str, today: dt.date) -> str:
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}" if len(digits) == 8 else str(today)


def client(state: State, typed: str) -> str:
    """The code of a client by code, name or alias or a part of one, or pinyin initials; :class:`Ambiguous` if several."""
    if exact := named_client(state, typed):
        return exact
    from ledger.core.script import normal  # here: a code needs no table of characters

    wanted = normal(typed)
    everyone = list(state.things(Client))
    part = [key for key, one in everyone if any(wanted in normal(name) for name in _names(one))]
    initials = [key for key, one in everyone if one.begins(wanted)]
    found = part or initials
    if not wanted or not found:
        raise _no_client(typed, everyone)
    return _one_client(typed, found, state)


def named_client(state: State, typed: str) -> str:
    """The code of the client of exactly that code, name or alias, in any form of script, or empty; :class:`Ambiguous` if several."""
    code = fold(typed).upper()
    if state.thing(Client, code) is not None:
        return code
    from ledger.core.script import normal

    wanted = normal(typed)
    found = [key for key, one in state.things(Client) if wanted in map(normal, _names(one))]
    return _one_client(typed, found, state) if found else ""


def has_form_of_code(state: State, typed: str) -> bool:
    """Whether a word looks like the code of a client of this book: letters as a known code begins with, then digits."""
    code = fold(typed).upper()
    row = code.rstrip("0123456789")
    return row != code and row.isascii() and (row == "C" or any(_row(key) == row for key, _ in state.things(Client)))


def _row(code: str) -> str:
    return code.rstrip("0123456789") if code[-1:].isdigit() else ""


def _one_client(typed: str, found: list[str], state: State) -> str:
    if len(found) == 1:
        return found[0]
    words = Words(f"“{shown(typed)}”对应 {len(found)} 个客户", f"“{shown(typed)}” fits {len(found)} clients")
    candidates = [(key, one.shown) for key in found[:_MANY] if (one := state.thing(Client, key)) is not None]
    raise Ambiguous(words, candidates, "gb client show")


def member(state: State, typed: str, *, bought: dt.date | None = None, looks: bool = False) -> str:
    """The code of a member by code or card number; raises :class:`Unknown`.

    A card that was replaced acts for nobody: :class:`Refused` (PTS-05), naming the card that is valid now.  It still tells
    whose it was to who only ``looks``, and for what was ``bought`` up to the day on which it was replaced, inclusive.
    """
    from ledger.core.members import Card, Member

    code = fold(typed).upper()
    if state.thing(Member, code) is not None:
        return code
    card = state.thing(Card, fold(typed)) or state.thing(Card, code)
    if card is not None:
        found = state.thing(Member, card.member)
        void = found.void.get(fold(typed)) or found.void.get(code, "") if found is not None else ""
        if found is None or not void or looks or (bought is not None and str(bought) <= void):
            return card.member
        words = Words(
            f"会员卡 {shown(typed)} 已于 {void} 作废，现在有效的是 {found.card}（会员 {card.member}）",
            f"card {shown(typed)} was replaced on {void}; valid now is {found.card} (member {card.member})",
        )
        raise Refused(words, code="PTS-05", next=(f"gb member show {card.member}",))
    words = Words(f"没有“{shown(typed)}”这个会员", f"there is no member “{shown(typed)}”")
    new = (f"gb member register --code {code}",) if _MEMBER_CODE.fullmatch(code) else ()
    raise Unknown(words, next=("gb member list", *new))


_MEMBER_CODE = re.compile(r"[A-Z][A-Z0-9-]{0,15}")


def _names(one: Client) -> list[str]:
    return [name for name in (one.unit, *one.names) if name]


def _no_client(typed: str, everyone: list[tuple[str, Client]]) -> Unknown:
    from ledger.core.near import did_you_mean, near
    from ledger.core.script import normal

    names = {
        normal(name): key for key, one in everyone for name in (*_names(one), key, one.initials, *one.also) if name
    }
    found = list(dict.fromkeys(names[name] for name in near(normal(typed), names)))
    hints = tuple(f"gb client show {key}" for key in found)
    filed = dict(everyone)
    meant = did_you_mean(f"{key} {filed[key].shown}" for key in found)
    words = Words(f"没有“{shown(typed)}”这个客户{meant.zh}", f"there is no client “{shown(typed)}”{meant.en}")
    return Unknown(words, next=(*hints, "gb client list"))


def spans(book: Book, typed: str, state: State, face: int = 0) -> SpanSet:
    """Typed serials; where the store has several series, one is found by the face value or by what the book knows (V8)."""
    found = parse_typed(typed)
    declared = book.settings.series
    return SpanSet.of(_in_series(span, declared, state, face) for span in found)


def _in_series(span: Span, declared: tuple[str, ...], state: State, face: int) -> Span:
    series, slash, prefix = span.prefix.rpartition("/")
    if slash and series not in declared:
        words = Words(f"gb.yaml 没有声明券系列 {series}", f"gb.yaml declares no series {series}")
        raise Usage(words, next=tuple(f"{one}/{prefix}…" for one in declared))
    if slash or not declared:
        return span
    by_face = yuan(face).removesuffix(".00")
    if face and by_face in declared:
        return span._replace(prefix=f"{by_face}/{span.prefix}")
    known = [one for one in declared if _known(span._replace(prefix=f"{one}/{span.prefix}"), state)]
    if len(known) == 1:
        return span._replace(prefix=f"{known[0]}/{span.prefix}")
    words = Words(f"{span.text} 属于哪个系列？", f"which series is {span.text} of?")
    raise Ambiguous(words, [(f"{one}/{span.text}", one) for one in known or declared])


def _known(span: Span, state: State) -> bool:
    return any(piece.sheet.face for piece in state.pieces(SpanSet.of((span,))))


FOR_SALE = ("sale", "")
"""What the sheets of a sale were drawn for; those drawn for rebates are kept for these, unless a clerk names them (V3)."""


def lowest(
    state: State, face: int, sheets: int, terminal: str = "", *, drawn_for: Sequence[Sequence[str]] = (FOR_SALE,)
) -> SpanSet:
    """The lowest ``sheets`` sellable serials of a face; raises :class:`Refused` when there are fewer.

    A terminal that sheets of the face were issued to sells only those; what was issued to others is nobody else's.
    ``drawn_for`` are heaps of purposes: what one heap lacks is taken from the next.
    """
    heap = {purpose: at for at, purposes in enumerate(drawn_for) for purpose in purposes}
    own: list[list[Span]] = [[] for _ in drawn_for]
    free: list[list[Span]] = [[] for _ in drawn_for]
    for span, sheet in state.on_hand():
        fits = sheet.face == face and sheet.state == "sellable" and "r" not in sheet.stamps and sheet.purpose in heap
        if fits and sheet.tied and tied_to(sheet) == terminal:
            own[heap[sheet.purpose]].append(span)
        elif fits and not sheet.tied:
            free[heap[sheet.purpose]].append(span)
    have = own if any(own) else free
    count = sum(span.count for spans in have for span in spans)
    if count >= sheets:
        return _first(have, sheets)
    mine = Words(f"（发给 {terminal} 的）", f" of those issued to {terminal}") if any(own) else Words("", "")
    words = Words(
        f"券不够：面值 {yuan(face)} 可售的{mine.zh}只有 {count} 张，要 {sheets} 张",
        f"too few in stock: have {count} sellable of {yuan(face)}{mine.en}, {sheets} are asked for",
    )
    raise Refused(words, code="STA-01", next=("gb voucher stock",))


def _first(have: Sequence[Sequence[Span]], sheets: int) -> SpanSet:
    """So many sheets out of several heaps, the first heap first, the lowest serials of each."""
    found = EMPTY
    for spans in have:
        heap = SpanSet.of(spans)
        found = found | heap.take(min(heap.count, sheets - found.count))
    return found


def sellable(state: State) -> int:
    """How many sheets in the safe can be sold as they are."""
    return sum(span.count for span, sheet in state.on_hand() if sheet.state == "sellable")


def sellable_faces(state: State) -> list[int]:
    """The face values (fen) of the sellable sheets, highest first."""
    return sorted({sheet.face for _, sheet in state.on_hand() if sheet.state == "sellable"}, reverse=True)


def one_face(state: State) -> int:
    """The face value of the sellable sheets when there is only one; raises :class:`Usage` otherwise."""
    faces = sellable_faces(state)
    if len(faces) == 1:
        return faces[0]
    if not faces:
        raise Refused(Words("没有可售的券", "no sheet is sellable"), code="STA-01", next=("gb voucher stock",))
    names = " ".join(map(yuan, faces))
    words = Words(f"要写明面值（可售：{names}）", f"name the face value (sellable: {names})")
    raise Usage(words, next=tuple(f"--face {yuan(face)}" for face in faces))
