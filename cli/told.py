"""What a record says of itself in one line: its short number, sheets, serials, amounts, and whom or what it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.lang import say
from ledger.core.forms import Record, lines_of, sheets_of, show_lines
from ledger.core.money import grouped
from ledger.core.personal import is_sealed
from ledger.core.settings import method_words
from ledger.core.spans import SpanSet
from ledger.core.words import Words, many

if TYPE_CHECKING:
    from ledger.core.targets import Aims


ECHOED = (
    "code", "title", "member", "card", "award_no", "goods", "contract", "channel", "department", "period", "reward",
    "subject", "items", "name", "unit", "alias", "staff", "purpose", "stamp", "control_no", "month", "how", "slip", "cheque",
    "new_cheque", "method", "festival", "summary", "gift",
)  # fmt: skip
"""Own fields of any kind that the line tells, in this order; a sealed value is left out."""


def figures(record: Record) -> list[str]:
    """Sheets, serials, amount, and the codes that a record is about, as far as its kind has them."""
    parts = []
    spans: SpanSet | None = getattr(record, "spans", None) or getattr(record, "freed", None)
    lines = getattr(record, "lines", ())
    if spans:
        parts.append(f"{_sheets(spans.count)}  {ends(spans)}")
    if lines:
        parts.append(show_lines(lines_of(lines)))
        if not spans:
            parts.append(_sheets(sheets_of(lines)))
    if out := getattr(record, "out", None):
        parts.append(say(Words(f"出 {_sheets(out.count)} {ends(out)}", f"out: {_sheets(out.count)} {ends(out)}")))
    own = {field.name for field in record.fields()}
    held = {name: value for name in ECHOED if name in own and isinstance(value := getattr(record, name), str)}
    parts.extend(_said(name, value) for name, value in held.items() if value and not is_sealed(value))
    points: int | None = getattr(record, "points", None)
    if points is not None:
        parts.append(say(Words(f"{points} 分", many(points, "point"))))
    if aims := getattr(record, "aims", ()):
        parts += _aims(aims)
    amount: int | None = getattr(record, "amount", None)
    parts.extend(str(day) for day in getattr(record, "days", ()))
    said = hasattr(record, "payments") or hasattr(record, "book")  # a refund of nothing, an empty drawer
    if amount or (amount is not None and said):
        parts.append(f"¥{grouped(amount)}")
    return parts


def _aims(aims: Aims) -> list[str]:
    """One target, or the first and the last of several with what all come to."""
    told = [f"{one.of} ¥{grouped(one.amount)}" for one in aims]
    if len(told) < 3:
        return told
    total = grouped(sum(one.amount for one in aims))
    return [f"{told[0]} … {told[-1]}", say(Words(f"{len(told)} 项共 ¥{total}", f"{len(told)} targets, ¥{total}"))]


def _sheets(count: int) -> str:
    return say(Words(f"{count} 张", many(count, "sheet")))


def _said(name: str, value: str) -> str:
    """A field's word for people: a purpose, a stamp or a method by its name, a cheque by its number, a code as it is."""
    if name in ("cheque", "new_cheque"):
        new = name == "new_cheque"
        return say(
            Words(f"换成支票 {value}", f"by cheque {value}") if new else Words(f"支票 {value}", f"cheque {value}")
        )
    if name == "method":
        return say(method_words(value))
    if name == "festival":
        from ledger.core.festivals import name_words

        return say(name_words(value)) if value else ""
    if name == "items":
        from ledger.core.personal import ITEMS

        return " ".join(say(ITEMS[item].words) for item in value.split(" "))
    if name not in {"purpose", "stamp", "how"}:
        return value
    from ledger.book.choices import STAMPS, USES, named
    from ledger.core.approvals import PURPOSES

    known = {**USES, **PURPOSES} if name == "purpose" else STAMPS if name == "stamp" else {}
    if value not in known:
        from ledger.core import drawer
        from ledger.core.calls import HOW

        known = {**HOW, **drawer.WAYS} if name == "how" else drawer.PURPOSES
    return say(named(known, value))


def ends(spans: SpanSet) -> str:
    """First and last serial, for comparing with the packet; the number of gaps between them when there are any."""
    first, last = spans.spans[0].first_serial, spans.spans[-1].last_serial
    gaps = f" ({len(spans.spans)} {say(Words('段', 'spans'))})" if len(spans.spans) > 1 else ""
    return f"{first} … {last}{gaps}" if first != last else first


def short_id(record_id: str) -> str:
    """``SA1008-1`` of ``SA20261008-K1-0001``."""
    code, _, rest = record_id.partition("-")
    return f"{code[:2]}{code[6:]}-{int(rest.rpartition('-')[2])}"


def listed_id(record_id: str, year: int) -> str:
    """``SA1008-K1-1``, as a list shows a record that any terminal may have made: it names this one at every terminal.

    A form without the year means the newest, so a record of another ``year`` than the present keeps its whole id.
    """
    code, number = short_id(record_id).split("-")
    return f"{code}-{record_id.split('-')[1]}-{number}" if record_id[2:6] == f"{year:04d}" else record_id
