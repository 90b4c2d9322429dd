"""From which month on a question about a month is answered: from the last seal before it, if that answers it.

Months that are byte for byte as they were sealed need not be folded again for every sheet: what their checks left is kept in
``.gb/leads/``, made by the fold of the checks itself, month upon month.  Like the index it can be thrown away, and is made
anew.  A question that it does not answer is asked again from an earlier seal on, in the end of the whole text.

Months that are over and were never closed are folded in the same way, in runs, but what their checks left is kept in memory
alone and only for the one question (:mod:`ledger.book.runs`).
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
from ledger.book.pasttext import PastText
from ledger.book.runs import Unclosed, left_by, named_in, open_months, run_ends
from ledger.book.sealed import SealedRules, closings_apart
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
from ledger.journal.paths import FOLDER as JOURNALS
from ledger.journal.paths import is_month

if TYPE_CHECKING:
    from ledger.book.open import Book

T = TypeVar("T")
Settle = Callable[[Text], Settled]

FOLDER = ".gb/leads"
_FORM = 5
"""Counts up when what a lead holds changes; a lead of another form or version is made anew."""
_NONE = b"none"
_LEAD, _SETTLED, _UNCLOSED = "lead", "settled", "unclosed"
_LIMIT = 1 << 30
_TRIES = 3
"""So many months in a row are tried behind one that leaves nothing: what stands in its way, an answered error, rarely goes away."""
_AGAIN = 1.5
"""So often may the text of open months be read for runs; where most months reach back, one fold of all is quicker."""
_ONE_DAY = dt.timedelta(days=1)


def asked(book: Book, month: Month, today: dt.date, question: Callable[[Text], T], settle: Settle | None = None) -> T:
    """The answer of ``question`` to the text of ``month``, of all before it that it needs, and of the open months.

    It is given the text from the last seal before the month on, then, as long as it raises :class:`Earlier`, from an earlier one.
    With ``settle``, which says what the text of a closed month comes to, that is kept and given instead of that text.
    Where much text of months that are over, seen on ``today``, was never closed, it is given what is behind most of that.
    """
    if sealed_damage(book.disk, book.settings.book, ()):
        return question(whole_text(book))
    leads = Leads(book, min(month, Month.of(today)))
    return leads.ask(month, lambda lead: leads.text(lead, month, settle), question)


class _TooMuch(Exception):
    """Runs have cost more than they save."""


class Leads:
    """What the checks of each closed month left, of a book whose closed months are as they were sealed.

    Beside them what those of runs of open months left, as long as nothing in the open months is damaged.
    """

    def __init__(self, book: Book, before: Month) -> None:
        """``before`` is the first month that no run may cover."""
        self._book = book
        self._months = book.seals.months()
        self._rules = SealedRules(book)
        self._open = open_months(book, before.text)
        self._left = int(_AGAIN * sum(self._open.values()))
        self._memory: dict[tuple[str, str], bytes] = {}
        self._named: dict[str, frozenset[str]] = {}
        self._widest: set[str] = set()
        self._behind: Text | None = None
        """What stands behind the last run."""
        self._stops = [*self._months, *self._runs()]

    def _runs(self) -> list[str]:
        """The months with which a run ends; none where damage behind them may explain what is found in them."""
        ends = run_ends(self._open)
        if not ends:
            return []
        behind = text_without(self._book, self._covered(ends[-1]))
        if behind.damage:
            return []
        self._behind = behind
        return ends

    def _covered(self, last: str) -> list[str]:
        """The months with text up to one, inclusive."""
        return [name for name in (*self._months, *self._open) if name <= last]

    def ask(self, month: Month, text: Callable[[Lead | None], Text], question: Callable[[Text], T]) -> T:
        """As :func:`asked`, of the text that begins behind a lead."""
        lead, step = self.newest(month.text), 1
        while lead is not None:
            try:
                return question(text(lead))
            except Earlier as error:
                if self._widened(lead):
                    lead = self.newest(month.text)
                    continue
                behind = [name for name in self._stops if name <= lead.month]
                before = min(filter(None, (error.month, *behind[-step:][:1])), default="")
                lead, step = self.newest(before), step * 2
        return question(text(None))

    def text(self, lead: Lead | None, month: Month, settle: Settle | None) -> Text:
        """All text but that of the months that ``lead`` covers and of those closed after ``month``.

        Of a closed month that has been asked before not even its own is read again, unless something since may have changed it.
        """
        if lead is None:
            return whole_text(self._book)
        if lead.month in self._open:
            return self._behind_run(lead, month)
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

    def _behind_run(self, lead: Lead, month: Month) -> Text:
        """All text behind the run that ``lead`` ends; raises :class:`Earlier` where no run may stand for its months any more."""
        behind, self._behind = self._behind, None
        if behind is not None and lead.month == self._stops[-1]:
            return self._from(lead, behind, self._covered(lead.month))
        if not self._spend(lead, month):
            raise Earlier
        text = self._without(lead, self._covered(lead.month))
        if text.damage:
            self._give_up()
            raise Earlier
        return text

    def _without(self, lead: Lead, months: list[str]) -> Text:
        return self._from(lead, text_without(self._book, months), months)

    def _from(self, lead: Lead, text: Text, unread: list[str]) -> Text:
        """A text with what stands for the months of it that are not read."""
        kept = self._memory.get((lead.month, _UNCLOSED))
        unclosed = msgspec.json.decode(kept, type=Unclosed) if kept is not None else None
        return text._replace(past=Past(lead, PastText(self._book, unread)), unclosed=unclosed)

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
        later = PastText(self._book, [name for name in self._months if name > month.text]).of(*FILING)
        filed = [one.record for one in (*later, *text.entries) if one.record.date >= month.after]
        return not any(isinstance(one, Reversal) and isinstance(effective(one.original), FILING) for one in filed)

    def newest(self, before: str) -> Lead | None:
        """The lead of the last month before ``before`` that has one; those that are not kept yet are made."""
        months = [name for name in self._stops if name < before]
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
            if name in self._stops and (found is None or name > found.month):
                if name not in kept and in_vain < _TRIES:
                    kept[name] = self._kept(name)
                made = kept.get(name)
                found, in_vain = (made, 0) if made is not None else (found, in_vain + 1)
        return found if found is None or found.month in self._stops else self.newest(before)

    # -- making ------------------------------------------------------------------------------------------------------

    def _spend(self, lead: Lead | None, month: Month) -> bool:
        """Whether the open months from ``lead`` to ``month`` may still be read for what runs save; else there are none any more."""
        first = lead.month if lead else ""
        self._left -= sum(size for name, size in self._open.items() if first < name <= month.text)
        if self._left < 0:
            self._give_up()
        return self._left >= 0

    def _give_up(self) -> None:
        """No run stands for any open month: damage in one may explain what is found in another, or runs cost more than they save."""
        self._stops, self._behind = self._months, None

    def _kept(self, name: str) -> Lead | None:
        month = Month.parse(name)
        try:
            made = self.ask(month, lambda lead: self._text_up_to(lead, month), lambda text: self._made(month, text))
        except _TooMuch:
            return None
        self._keep(name, _LEAD, show_lead(made) if made else _NONE)
        return made

    def _text_up_to(self, lead: Lead | None, month: Month) -> Text:
        if month.text in self._open and not self._spend(lead, month):
            raise _TooMuch
        text = text_of(self._book, lead.first if lead else None, month)
        return self._from(lead, text, self._covered(lead.month)) if lead else text

    def _made(self, month: Month, text: Text) -> Lead | None:
        is_open = month.text in self._open
        if text.damage:
            self._give_up()
            return None
        counted = () if is_open else (month,)  # only the sheet of a month itself asks for its count
        named = self._named_behind(month)
        if text.past is not None:  # of a record of a month that is not read only what was handed on is known
            read = text.past.lead.month.replace("-", "")
            named = frozenset(one for one in named if one[2:8] > read or one in text.past.lead.named)
        fold = CheckFold(text.entries, (), self._rules, month.after - _ONE_DAY, counted, past=text.past)
        lead = fold.lead(month, named)
        del fold
        apart = closings_apart(self._book, text, month.next().text) if lead else ()
        if lead is None or any(True for _ in apart):
            return None
        if is_open:
            self._keep(month.text, _UNCLOSED, msgspec.json.encode(left_by(self._book, text, month, named)))
        return lead

    def _widened(self, lead: Lead) -> bool:
        """Whether the lead was made anew, since months behind it name records that it does not know all about."""
        name = lead.month
        if name in self._open or name in self._widest or self._named_behind(Month.parse(name)) <= {*lead.named}:
            return False
        self._widest.add(name)
        before = self.newest(name)
        if before is not None:
            self._widened(before)
        self._kept(name)
        return True

    def _named_behind(self, month: Month) -> frozenset[str]:
        """The records up to ``month`` that a month behind it names; of those of open months where it is open itself."""
        since = min(self._open).replace("-", "") if month.text in self._open else ""
        until = month.text.replace("-", "")
        behind = (name for name in self._book.disk.folders(JOURNALS) if is_month(name) and name > month.text)
        return frozenset(one for name in behind for one in self._names_in(name) if since <= one[2:8] <= until)

    def _names_in(self, month: str) -> frozenset[str]:
        if month not in self._named:
            self._named[month] = named_in(self._book, month)
        return self._named[month]

    # -- keeping -----------------------------------------------------------------------------------------------------

    def _keep(self, name: str, what: str, body: bytes) -> None:
        if name in self._open:
            self._memory[name, what] = body
        elif not self._book.throw_away:
            with suppress(GbError):  # a book that is only read: it is made anew each time
                self._book.disk.make_private()
                self._book.disk.replace(f"{FOLDER}/{name}.{what}.json", self._head(name, what, body) + body)

    def _stored(self, name: str, what: str) -> bytes | None:
        if name in self._open:
            return self._memory.get((name, what))
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
