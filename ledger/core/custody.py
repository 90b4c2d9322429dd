"""Where a sheet may be and which steps lead from one place to the next (V4, V5), as one table of data.

A sheet's state is place × hold × marks, never one flat list: a frozen sheet with a client is still with that client.

* place: finance, safe, client, void (on hand, counted apart), returned (to finance), lost, redeemed.
* use: how it left to a client (sold, rebated, given, iou) or that it is reserved in the safe.
* hold: frozen, or nothing.
* stamps: letters ``n`` name seal, ``a`` activity stamp, ``d`` date stamp, and ``r`` when a new date stamp is due.
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import msgspec

from ledger.core.money import parse_yuan, yuan
from ledger.core.spans import SpanSet, parse_spans
from ledger.core.words import Words

NAME_SEAL, ACTIVITY, DATED, RESTAMP = "n", "a", "d", "r"
STAMP_LETTERS = {"activity": ACTIVITY, "date": DATED}
STAMP_WORDS = {"activity": Words("活动专用章", "activity stamp"), "date": Words("日期章", "date stamp")}
DRAWN_FOR = {"sale": Words("销售", "for sale"), "rebate": Words("返扣", "for rebates")}
"""What sheets are drawn from finance for (V3)."""
OUT_USES = ("sold", "rebated", "given", "iou")
PLACES = ("finance", "safe", "client", "void", "returned", "lost", "redeemed")
USES = ("", "reserved", *OUT_USES)
HOLDS = ("", "frozen")


class Sheet(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The state of one sheet, the same for every sheet of a span.  ``face`` in fen; ``expires`` inclusive.

    While the sheet is with a client ``expires`` is what the client was told, and ``latest`` what the receipt says: when it comes
    back the receipt's holds again, and the next sale sets its own (S2).
    """

    place: str = "finance"
    face: int = 0
    use: str = ""
    hold: str = ""
    stamps: str = ""
    expires: dt.date | None = None
    purpose: str = ""
    tied: str = ""
    latest: dt.date | None = None

    @property
    def state(self) -> str:
        """The word for people and for the table: the hold if any, else the use or readiness, else the place."""
        if self.hold:
            return self.hold
        if self.place == "safe":
            return self.use or ("sellable" if NAME_SEAL in self.stamps and ACTIVITY in self.stamps else "unstamped")
        return self.use or self.place

    @property
    def text(self) -> str:
        """Canonical text: ``place/face/use/hold/stamps/expires/purpose/tied/latest``, trailing empty parts left out."""
        expires, latest = (str(day) if day else "" for day in (self.expires, self.latest))
        parts = (
            self.place,
            yuan(self.face),
            self.use,
            self.hold,
            self.stamps,
            expires,
            self.purpose,
            self.tied,
            latest,
        )
        return "/".join(parts).rstrip("/")


UNKNOWN = Sheet()


def parse_sheet(text: str) -> Sheet:
    """The inverse of :attr:`Sheet.text`; raises ``ValueError``."""
    parts = text.split("/")
    if not 2 <= len(parts) <= 9:
        raise ValueError(f"not a sheet state: {text}")
    place, face, use, hold, stamps, expires, purpose, tied, latest = parts + [""] * (9 - len(parts))
    sheet = Sheet(
        place=place, face=parse_yuan(face), use=use, hold=hold, stamps=stamps, purpose=purpose, tied=tied,
        expires=dt.date.fromisoformat(expires) if expires else None,
        latest=dt.date.fromisoformat(latest) if latest else None,
    )  # fmt: skip
    if place not in PLACES or use not in USES or hold not in HOLDS or not set(stamps) <= set("adnr"):
        raise ValueError(f"not a sheet state: {text}")
    if sheet.text != text:
        raise ValueError(f"not a sheet state in canonical form: {text}")
    return sheet


def show_restores(restores: tuple[tuple[SpanSet, Sheet], ...]) -> str:
    """``A0010001-A0010050=safe/100.00///an A…=…``."""
    return " ".join(f"{spans.text.replace(' ', ',')}={sheet.text}" for spans, sheet in restores)


def parse_restores(text: str) -> tuple[tuple[SpanSet, Sheet], ...]:
    """The inverse of :func:`show_restores`; raises ``ValueError``."""
    parts = [part.partition("=") for part in text.split(" ")] if text else []
    return tuple((parse_spans(spans.replace(",", " ")), parse_sheet(sheet)) for spans, _, sheet in parts)


class Move(NamedTuple):
    """A custody step: from which states it is legal, and what it changes (``None``: left as it is).

    ``add`` and ``drop`` are stamp letters.  The face and the expiry come from the record where the step sets them.
    """

    words: Words
    sources: tuple[str, ...]
    place: str | None = None
    use: str | None = None
    hold: str | None = None
    add: str = ""
    drop: str = ""


IN_SAFE = ("unstamped", "sellable")

MOVES: dict[str, Move] = {
    "receipt": Move(Words("领券", "receive"), ("finance", "returned"), place="safe", use="", add=NAME_SEAL),
    "stamp": Move(Words("盖章", "stamp"), IN_SAFE),
    "issue-to-terminal": Move(Words("发给终端", "issue to a terminal"), IN_SAFE),
    "return-to-finance": Move(Words("退回财务", "return to finance"), (*IN_SAFE, "void"), place="returned", use=""),
    "void": Move(Words("作废", "void"), IN_SAFE, place="void"),
    "lost": Move(Words("遗失", "report as lost"), IN_SAFE, place="lost"),
    "found": Move(Words("找回", "find again"), ("lost",), place="safe", use=""),
    "reface": Move(Words("更改面值", "change the face of"), IN_SAFE),
    "given": Move(Words("赠送", "give"), ("sellable",), place="client", use="given", add=DATED),
    "freeze": Move(Words("冻结", "freeze"), (*IN_SAFE, "reserved", *OUT_USES), hold="frozen"),
    "unfreeze": Move(Words("解冻", "unfreeze"), ("frozen",), hold=""),
    "sale": Move(Words("售出", "sell"), ("sellable",), place="client", use="sold", add=DATED),
    "iou": Move(Words("赊出", "hand out on an IOU"), ("sellable",), place="client", use="iou", add=DATED),
    "iou-payment": Move(Words("收赊券款", "take payment for"), ("iou",), use="sold"),
    "exchange-in": Move(
        Words("换入", "exchange"), ("sold", "rebated", "given"), place="safe", use="", drop=DATED, add=RESTAMP
    ),
    "exchange-out": Move(Words("换出", "give in exchange"), ("sellable",), place="client", use="sold", add=DATED),
    "client-return": Move(Words("退券", "take back"), ("sold", "iou"), place="safe", use="", drop=DATED, add=RESTAMP),
    "set-off": Move(
        Words("退券抵帐", "take back against a bounced cheque"),
        ("sold", "frozen"),
        place="safe",
        use="",
        hold="",
        drop=DATED,
        add=RESTAMP,
    ),
    "reservation": Move(Words("预留", "reserve"), ("sellable",), use="reserved"),
    "release": Move(Words("解除预留", "release"), ("reserved", "frozen"), use=""),
    "handover": Move(Words("交付", "hand over"), ("reserved",), place="client", use="sold", add=DATED),
    "redeemed": Move(Words("消费", "redeem"), OUT_USES, place="redeemed", use=""),
    "collection": Move(
        Words("返扣发出", "pay out as a rebate"), ("sellable",), place="client", use="rebated", add=DATED
    ),
}

STATE_WORDS: dict[str, Words] = {
    "finance": Words("未领取（在财务）", "not received (with finance)"),
    "unstamped": Words("未盖活动章", "without the activity stamp"),
    "sellable": Words("可售", "sellable"),
    "reserved": Words("已预留", "reserved"),
    "frozen": Words("已冻结", "frozen"),
    "sold": Words("已售出", "sold"),
    "rebated": Words("已作返扣", "paid out as a rebate"),
    "given": Words("已赠出", "given"),
    "iou": Words("已赊出", "out on an IOU"),
    "void": Words("已作废", "void"),
    "returned": Words("已退回财务", "returned to finance"),
    "lost": Words("已报遗失", "reported lost"),
    "redeemed": Words("已消费", "redeemed"),
}


def legal(step: str, sheet: Sheet) -> bool:
    """Whether the table allows ``step`` from this state."""
    return sheet.state in MOVES[step].sources


def moved(step: str, sheet: Sheet) -> Sheet:
    """The state after ``step``; the caller has asked :func:`legal`.  What leaves the safe is tied to nothing any more."""
    move = MOVES[step]
    stamps = "".join(sorted((set(sheet.stamps) - set(move.drop)) | set(move.add)))
    expires, latest = sheet.expires, sheet.latest
    if move.place == "client":
        latest = expires
    elif move.place == "safe" and sheet.place == "client":
        expires, latest = latest, None
    return msgspec.structs.replace(
        sheet,
        expires=expires,
        latest=latest,
        place=sheet.place if move.place is None else move.place,
        use=sheet.use if move.use is None else move.use,
        hold=sheet.hold if move.hold is None else move.hold,
        stamps=stamps,
        tied="" if move.place not in (None, "safe") else sheet.tied,
    )


def tied_to(sheet: Sheet) -> str:
    """The terminal that the sheet was issued to, or empty: every terminal may sell it.

    A record's id in the same place, which has dashes, is a reservation and no terminal.
    """
    return "" if "-" in sheet.tied else sheet.tied


def reserved_for(sheet: Sheet) -> str:
    """The reservation that a sheet in the safe waits for, or empty.

    It stands in ``tied``, behind the terminal that the sheet was issued to and a plus sign where there is one.
    """
    return sheet.tied.rpartition("+")[2] if sheet.use == "reserved" else ""


def stamped(sheet: Sheet, stamp: str) -> Sheet:
    """The state after the activity or date stamp; a date stamp answers the one that was due."""
    letters = set(sheet.stamps) | {STAMP_LETTERS[stamp]}
    if stamp == "date":
        letters.discard(RESTAMP)
    return msgspec.structs.replace(sheet, stamps="".join(sorted(letters)))
