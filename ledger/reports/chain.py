"""The chain's month: one consolidated six-point sheet, a line a store, every finding with its store.

For programs it has the keys of the month's sheet (public contract, section 4) where they are figures; lists of records stand on
the stores' own sheets.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from ledger.core.dates import Month
from ledger.core.findings import Finding, open_errors
from ledger.core.money import grouped, yuan
from ledger.core.words import Lang, Words
from ledger.folds.reconcile import MonthSheet
from ledger.reports import findings as findings_report
from ledger.reports.reconcile import figures_as_json
from ledger.reports.reconcile_text import listed, sums
from ledger.reports.table import WIDTH, table, width, wrap

SIDES = 2
"""The department and finance."""

POINTS = ("opening", "received", "sold", "rebated", "closing")
"""The points of the sheet that a store's line shows."""
Both = tuple[int, int]
"""Sheets, and their value in fen."""


def told(findings: Sequence[Finding]) -> dict[str, Any]:
    """What a line holds of a store's findings: their errors counted, and all of them packed."""
    packed = zlib.compress(msgspec.msgpack.encode(findings)) if findings else b""
    return {"errors": len(open_errors(findings)), "packed": packed}


def unpacked(packed: bytes) -> tuple[Finding, ...]:
    """The findings that were packed, none out of nothing."""
    return msgspec.msgpack.decode(zlib.decompress(packed), type=tuple[Finding, ...]) if packed else ()


class StoreLine(msgspec.Struct, frozen=True, kw_only=True):
    """One store in the chain.  ``number`` is its place among those named, ``place`` its folder as named.

    ``digest`` is empty for a store that is not in the sums: then one of the ``findings`` says why.  ``signed`` are the sides
    whose signatures stand (R6); ``amount`` is that of the sales and ``difference`` what the tie-out lacks, in fen; ``errors``
    counts those that nobody has answered, ``packed`` is what :func:`told` makes of the findings.
    """

    number: int
    place: str
    store: str = ""
    book: str = ""
    closed: bool = False
    digest: str = ""
    signed: tuple[str, ...] = ()
    opening: Both = (0, 0)
    received: Both = (0, 0)
    sold: Both = (0, 0)
    rebated: Both = (0, 0)
    closing: Both = (0, 0)
    amount: int = 0
    difference: int = 0
    errors: int = 0
    packed: bytes = b""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All of them, unpacked anew at each call: so the findings of a thousand stores never lie open together."""
        return unpacked(self.packed)

    @property
    def added(self) -> bool:
        """Whether the store is in the sums."""
        return bool(self.digest)

    @property
    def name(self) -> str:
        """The store with its folder; a folder alone where the store's name could not be read."""
        return f"{self.store} ({self.place})" if self.store else self.place


class ChainReport(msgspec.Struct, frozen=True, kw_only=True):
    """The stores in the order in which they were named; ``sheet`` is None when no store could be added."""

    month: Month
    currency: str
    lines: tuple[StoreLine, ...]
    sheet: MonthSheet | None

    @property
    def failed(self) -> bool:
        """Whether any store has an error that nobody has answered, or is not in the sums: exit code 1."""
        return any(line.errors for line in self.lines)

    @property
    def added(self) -> list[StoreLine]:
        """The stores that are in the sums."""
        return [line for line in self.lines if line.added]


# -- for programs --------------------------------------------------------------------------------------------------------


def json_pieces(report: ChainReport, lang: Lang) -> Iterator[str]:
    """One JSON object, a piece at a time: the chain's figures, the stores' lines, all findings with ``store`` and ``book``."""
    yield msgspec.json.encode(_sums_as_json(report)).decode().removesuffix("}") + ',"findings":['
    before = ""
    for line in report.lines:
        for found in findings_report.as_json(line.findings, lang):
            there = {
                "store": line.store or None,
                "book": line.place,
                **found,
                "next": _there(found["next"], line.place),
            }
            yield before + msgspec.json.encode(there).decode()
            before = ","
    yield "]}"


def _sums_as_json(report: ChainReport) -> dict[str, Any]:
    added = report.added
    return {
        "month": report.month.text,
        "currency": report.currency or None,
        "stores": len(report.lines),
        "added": len(added),
        "closed": sum(line.closed for line in added),
        "signed": sum(len(line.signed) == SIDES for line in added),
        **(figures_as_json(report.sheet) if report.sheet is not None else {}),
        "lines": [_line_as_json(line) for line in report.lines],
    }


def _there(commands: Sequence[str], place: str) -> list[str]:
    """The commands as they are typed at the head office: each names the store's book."""
    from shlex import quote

    return [re.sub(r"^gb (?!--book )", f"gb --book {quote(place)} ", command) for command in commands]


def _line_as_json(line: StoreLine) -> dict[str, Any]:
    named = {"store": line.store or None, "book": line.place, "added": line.added, "errors": line.errors}
    if not line.added:
        return named
    points = {name: {"sheets": getattr(line, name)[0], "value": yuan(getattr(line, name)[1])} for name in POINTS}
    return {
        **named, "closed": line.closed, "signed": list(line.signed), **points, "amount": yuan(line.amount),
        "difference": yuan(line.difference), "digest": line.digest,
    }  # fmt: skip


# -- on paper ------------------------------------------------------------------------------------------------------------

_TITLE = Words("连锁合并对账单", "Chain: month-end reconciliation of all stores")
_HEAD = Words(
    "月份：{month}    门店：{stores}    计入：{added}    已封账：{closed}    双方已签字：{signed}",
    "month: {month}    stores: {stores}    added: {added}    closed: {closed}    signed by both: {signed}",
)
_NOTHING = Words("没有一家店可以计入", "no store could be added")
_STORES = Words("各店", "Stores")
_HEADS = (
    Words("门店", "store"), Words("月初", "opening"), Words("领取", "received"), Words("销售", "sold"), Words("销售金额", "amount"),
    Words("返扣", "rebated"), Words("月末", "closing"), Words("错误", "errors"),
)  # fmt: skip
_TOTAL = Words("合计", "total")
_LEFT_OUT = Words("没有计入的店", "Stores that are not in the sums")
_FINDINGS, _NO_FINDINGS = Words("检查结果", "Findings"), Words("没有问题", "none")


def as_text(report: ChainReport, lang: Lang) -> str:
    """At most 80 columns: the points, the lines by face, the blocks, the stores, what keeps stores out, the findings."""
    blocks = [
        "\n".join(_title(report, lang)),
        sums(report.sheet, lang) if report.sheet is not None else _NOTHING.say(lang),
        "\n".join(_stores(report, lang)),
        "\n".join(_findings(report, lang)),
    ]
    return "\n\n".join(block for block in blocks if block)


def _title(report: ChainReport, lang: Lang) -> Iterator[str]:
    title, added = _TITLE.say(lang), report.added
    yield " " * ((WIDTH - width(title)) // 2) + title
    counts = {
        "stores": f"{len(report.lines):,}", "added": f"{len(added):,}", "closed": f"{sum(line.closed for line in added):,}",
        "signed": f"{sum(len(line.signed) == SIDES for line in added):,}",
    }  # fmt: skip
    yield from wrap(_HEAD.say(lang).format(month=report.month.text, **counts))


def _stores(report: ChainReport, lang: Lang) -> Iterator[str]:
    if not report.added:
        return
    yield _STORES.say(lang)
    rows = [[line.store, *_figures([line])] for line in report.added]
    yield from table(
        [head.say(lang) for head in _HEADS], [*rows, [_TOTAL.say(lang), *_figures(report.added)]], "lrrrrrrr"
    )


def _figures(lines: Sequence[StoreLine]) -> list[str]:
    opening, received, sold, rebated, closing = (
        f"{sum(getattr(line, name)[0] for line in lines):,}" for name in POINTS
    )
    amount, errors = grouped(sum(line.amount for line in lines)), f"{sum(line.errors for line in lines):,}"
    return [opening, received, sold, amount, rebated, closing, errors]


def _findings(report: ChainReport, lang: Lang) -> Iterator[str]:
    """Under each store's name; the stores that are not in the sums first."""
    yield from _under(_LEFT_OUT, [line for line in report.lines if not line.added], lang)
    found = [line for line in report.added if line.packed]
    if found:
        yield from _under(_FINDINGS, found, lang)
    else:
        yield from (_FINDINGS.say(lang), "    " + _NO_FINDINGS.say(lang))


def _under(title: Words, lines: Sequence[StoreLine], lang: Lang) -> Iterator[str]:
    if lines:
        yield title.say(lang)
    for line in lines:
        yield from wrap(line.name, indent=2)
        yield from listed(line.findings, lang)
    if lines:
        yield ""
