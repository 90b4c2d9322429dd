"""From which month on a question about a month is answered: from the last seal before it, if that answers it.

Months that are byte for byte as they were sealed need not be folded again for every sheet: what their checks left is kept in
``.gb/leads/``, made by the fold of the checks itself, month upon month.  Like the index it can be thrown away, and is made
anew.  A question that it does not answer is asked again from an earlier seal on, in the end of the whole text.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from typing import TYPE_CHECKING, TypeVar

import msgspec

from ledger import __version__
from ledger.audit.seal import seal_path
from ledger.audit.sealed import sealed_damage
from ledger.book.notice import texts_of
from ledger.book.sealed import SealedRules, closings_apart
from ledger.book.sealedtext import SealedText
from ledger.book.text import Settled, Text, text_of, text_without, whole_text
from ledger.checks.lead import Lead, Past, parse_lead, show_lead
from ledger.checks.reg import FILING
from ledger.checks.run import CheckFold
from ledger.core.dates import Month
from ledger.core.errors import GbError
from ledger.core.findings import Finding
from ledger.core.forms import Reversal
from ledger.core.records.dispositions import effective
from ledger.core.state import Earlier
from ledger.folds.sheettext import parse_sheet_text, show_sheet
from ledger.journal.paths import is_month

if TYPE_CHECKING:
    from ledger.book.open import Book

T = TypeVar("T")
Settle = Callable[[Text], Settled]

FOLDER = ".gb/leads"
_FORM = 5
"""Counts up when what a lead holds changes; a lead of another form or version is made anew."""
_NONE = b"none"
_LEAD, _SETTLED = "lead", "settled"
_LIMIT = 1 << 30
_TRIES = 3
"""So many months in a row are tried behind one that leaves nothing: what stands in its way, an answered error, rarely goes away."""
_ONE_DAY = dt.timedelta(days=1)


def asked(book: Book, month: Month, question: Callable[[Text], T], settle: Settle | None = None) -> T:
    """The answer of ``question`` to the text of ``month``, of all before it that it needs, and of the open months.

    It is given the text from the last seal before the month on, then, as long as it raises :class:`Earlier`, from an earlier one.
    With ``settle``, which says what the text of a closed month comes to, that is kept and given instead of that text.
    """
    if sealed_damage(book.disk, book.settings.book, ()):
        return question(whole_text(book))
    leads = Leads(book)
    return leads.ask(month, lambda lead: leads.text(lead, month, settle), question)


class Leads:
    """What the checks of each closed month left, of a book whose closed months are as they were sealed."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._months = book.seals.months()
        self._rules = SealedRules(book)

    def ask(self, month: Month, text: Callable[[Lead | None], Text], question: Callable[[Text], T]) -> T:
        """As :func:`asked`, of the text that begins behind a lead."""
        lead, step = self.newest(month.text), 1
        while lead is not None:
            try:
                return question(text(lead))
            except Earlier as error:
                at = max(self._months.index(lead.month) - step + 1, 0)
                before = min(filter(None, (error.month, self._months[at])))
                lead, step = self.newest(before), step * 2
        return question(text(None))

    def text(self, lead: Lead | None, month: Month, settle: Settle | None) -> Text:
        """All text but that of the months that ``lead`` covers and of those closed after ``month``.

        Of a closed month that has been asked before not even its own is read again, unless something since may have changed it.
        """
        if lead is None:
            return whole_text(self._book)
        unread = [name for name in self._months if name <= lead.month or name > month.text]
        if settle is None or month.text not in self._months:
            return self._without(lead, unread)
        kept = self._settled(month)
        if kept is not None:
            text = self._without(lead, list(self._months))
            if self._holds(kept, month, text):
                return text._replace(settled=kept)
        text = self._without(lead, unread)
        found = settle(text) if kept is None and not text.damage else None
        if found is None:
            return text
        self._keep(month.text, _SETTLED, _shown(found))
        return text._replace(settled=found) if self._holds(found, month, text) else text

    def _without(self, lead: Lead, months: list[str]) -> Text:
        return text_without(self._book, months)._replace(past=self._past(lead, months))

    def _settled(self, month: Month) -> Settled | None:
        stored = self._stored(month.text, _SETTLED)
        return _parsed(stored) if stored is not None else None

    def _holds(self, settled: Settled, month: Month, text: Text) -> bool:
        """Whether nothing since can have changed what a closed month comes to.

        That is damage, which explains what is found elsewhere, parties filed or undone later, and the texts of notices.
        """
        if text.damage or any(one.code == "REG-01" for one in settled.found):
            return False
        if settled.texts != texts_of(self._book, month.text) or not all(map(_in_a_month, settled.texts)):
            return False
        later = SealedText(self._book, [name for name in self._months if name > month.text]).of(*FILING)
        filed = [one.record for one in (*later, *text.entries) if one.record.date >= month.after]
        return not any(isinstance(one, Reversal) and isinstance(effective(one.original), FILING) for one in filed)

    def newest(self, before: str) -> Lead | None:
        """The lead of the last month before ``before`` that has one; those that are not kept yet are made."""
        months = [name for name in self._months if name < before]
        kept: dict[str, Lead | None] = {}
        found: Lead | None = None
        for name in reversed(months):
            stored = self._stored(name, _LEAD)
            if stored is not None:
                kept[name] = found = parse_lead(stored) if stored != _NONE else None
                if found is not None:
                    break
        in_vain = 0
        for name in months:
            if found is None or name > found.month:
                made = kept[name] if name in kept else self._kept(name) if in_vain < _TRIES else None
                found, in_vain = (made, 0) if made is not None else (found, in_vain + 1)
        return found

    # -- making ------------------------------------------------------------------------------------------------------

    def _kept(self, name: str) -> Lead | None:
        month = Month.parse(name)
        made = self.ask(month, lambda lead: self._closed_text(lead, name), lambda text: self._made(month, text))
        self._keep(name, _LEAD, show_lead(made) if made else _NONE)
        return made

    def _closed_text(self, lead: Lead | None, name: str) -> Text:
        covered = [one for one in self._months if lead is not None and one <= lead.month]
        entries = text_of(self._book, lead.first if lead else None, Month.parse(name))
        return Text(entries, [], [], self._past(lead, covered) if lead else None)

    def _made(self, month: Month, text: Text) -> Lead | None:
        fold = CheckFold(text.entries, (), self._rules, month.after - _ONE_DAY, (month,), past=text.past)
        lead = fold.lead(month)
        apart = closings_apart(self._book, text, month.next().text) if lead else ()
        return None if any(True for _ in apart) else lead

    def _past(self, lead: Lead, months: list[str]) -> Past:
        return Past(lead, SealedText(self._book, months))

    # -- keeping -----------------------------------------------------------------------------------------------------

    def _keep(self, name: str, what: str, body: bytes) -> None:
        if not self._book.throw_away:
            with suppress(GbError):  # a book that is only read: it is made anew each time
                self._book.disk.make_private()
                self._book.disk.replace(f"{FOLDER}/{name}.{what}.json", self._head(name, what, body) + body)

    def _stored(self, name: str, what: str) -> bytes | None:
        path = f"{FOLDER}/{name}.{what}.json"
        try:
            found = self._book.disk.read(path, _LIMIT) if self._book.disk.stat(path) else b""
        except GbError:
            return None
        head, _, body = found.partition(b"\n")
        return body if head + b"\n" == self._head(name, what, body) else None

    def _head(self, name: str, what: str, body: bytes) -> bytes:
        """What stands above it: that it is of these seals and this program, and whole."""
        seals = (self._book.disk.read(seal_path(one)) for one in self._months if one <= name)
        known = sha256(b"".join([f"{_FORM} {__version__} {what}\n".encode(), *seals, body]))
        return known.hexdigest().encode() + b"\n"


class _Kept(msgspec.Struct, frozen=True):
    """:class:`~ledger.book.text.Settled` as it stands in its file."""

    sheet: msgspec.Raw
    found: list[Finding]
    beside: list[Finding]
    texts: dict[str, str]


def _shown(settled: Settled) -> bytes:
    rest = settled.found, settled.beside, settled.texts
    return msgspec.json.encode(_Kept(msgspec.Raw(show_sheet(settled.sheet)), *rest))


def _parsed(text: bytes) -> Settled:
    kept = msgspec.json.decode(text, type=_Kept)
    return Settled(parse_sheet_text(bytes(kept.sheet)), kept.found, kept.beside, kept.texts)


def _in_a_month(path: str) -> bool:
    return is_month(path.split("/")[1])
