"""Which record a correction may put right, and which of its serials (V9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from ledger.core.errors import Refused, Unknown
from ledger.core.judge import short
from ledger.core.records import BY_CODE, journal
from ledger.core.records.corrections import Correction, ReceiptCorrection
from ledger.core.records.receipts import Receipt
from ledger.core.spans import EMPTY, SpanSet
from ledger.core.state import Reversed
from ledger.core.words import Words

if TYPE_CHECKING:
    from ledger.book.open import Book

CORRECTED = ("receipt", "sale", "handover", "collection")
"""The kinds whose spans may be corrected, by their word."""


class Original(msgspec.Struct, frozen=True, kw_only=True):
    """The record that is to be corrected; ``spans`` are the serials it stands for after earlier corrections.

    ``request`` is what a receipt was drawn on, empty of any other record.
    """

    id: str
    journal: str
    spans: SpanSet
    request: str
    needs_finance: bool

    def refuse_others(self, out: SpanSet) -> None:
        """Raise :class:`Refused` (STA-01) for serials that the record does not name."""
        other = out - self.spans
        if other:
            words = Words(f"{self.id} 没有登记 {short(other)}", f"{self.id} does not name {short(other)}")
            raise Refused(words, code="STA-01", next=(f"gb show {self.id}",))

    def refuse_none_left(self, out: SpanSet, coming: SpanSet) -> None:
        """Raise :class:`Refused` (REC-03) where nothing would be left of the record: then all of it was wrong, and is undone."""
        if not coming and not self.spans - out:
            words = Words(
                f"{self.id} 的券号全部换出，没有换入：整单冲销",
                f"all serials of {self.id} go out and none come in: reverse it",
            )
            raise Refused(words, code="REC-03", next=(f"gb reverse {self.id} --reason '…'",))


def correctable(book: Book, record_id: str) -> Original:
    """The record as it stands now; raises :class:`Unknown` for a kind that has no span to correct."""
    from ledger.index import lookup

    record = book.find(record_id).record
    if record.KIND not in CORRECTED:
        words = Words(
            f"{record_id} 是{record.WORDS.zh}，不能更正券号；自己的差错用冲销",
            f"{record_id} is a {record.WORDS.en}: only receipts, sales and collections are corrected; reverse it",
        )
        raise Unknown(words, next=(f"gb show {record_id}", f"gb reverse {record_id} --reason '…'"))
    spans: SpanSet = getattr(record, "spans", EMPTY)
    named, state = BY_CODE[record_id[:2]].name, book.state()
    for found in lookup.by_ref(book.index.db, record_id):
        later = book.entry(found).record
        if isinstance(later, Correction) and state.thing(Reversed, later.id) is None:
            spans = (spans - later.out) | later.spans
    needs = issubclass(journal(named).kind("correction"), ReceiptCorrection)
    request = record.request if isinstance(record, Receipt) else ""
    return Original(id=record_id, journal=named, spans=spans, request=request, needs_finance=needs)
