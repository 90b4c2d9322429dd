"""`gb check`: fold all records in full, judge each, compare, and report every finding once, with its place.

Everything is seen as at the end of ``until`` (inclusive); records dated later are left out.  What a reported damage
brings with it is not reported again; what was found about a record that has since been rightly reversed is answered.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import islice
from typing import NamedTuple

import msgspec

from ledger.checks import apr, chq, csh, jrn, law, notices, num, pts, reb, rec, reg, registers, sta, stk
from ledger.checks.lead import Known, Lead, Past, Standing, rows_of_sheets, rows_of_things
from ledger.checks.whole import Seen, Whole
from ledger.core.dates import Month
from ledger.core.errors import Where
from ledger.core.findings import USUAL, Finding, trouble
from ledger.core.forms import Record, Reversal, Touch
from ledger.core.judge import judge
from ledger.core.memory import FullState, month_of_id
from ledger.core.order import in_order
from ledger.core.records.clients import Added
from ledger.core.records.custody import Count
from ledger.core.records.dispositions import Adoption
from ledger.core.records.openings import judge_totals
from ledger.core.records.requests import Approval
from ledger.core.rules import Rules
from ledger.core.spans import parse_spans
from ledger.core.state import Earlier, Reversed, Sourced, apply
from ledger.core.words import Words
from ledger.folds.counts import Tally, undone_counts
from ledger.folds.notice import NO_BUSINESS
from ledger.folds.stock import safe_faces

_MOST_PLACES = 5
_MOST = 1000
"""Missing numbers of one hole that are named one by one."""
_FOLLOWS = frozenset(
    {"NUM-02", "STA-01", "STA-02", "APR-01", "REC-02", "REC-03", "REC-05", "REB-01", "REB-03", "PTS-02", "PTS-04"}
)
"""Codes that damage elsewhere brings about: a sheet whose receipt cannot be read looks as if it were never received."""


_SHOWN_AGAIN = frozenset({"TIE-01", "CHQ-02", "REC-01", "PTS-02"})
"""Codes that a family finds in the state alone, as long as it lasts: what is open, whenever that began."""


_OWN_WORDS = frozenset({"PTS-02", "NUM-01", "JRN-07"})
"""Codes whose words count days, or that are about one of two records of an id."""


class Noted(NamedTuple):
    """A finding, the record it is about if any, the business date it belongs to, and whether the judge of the record found it."""

    finding: Finding
    about: Sourced | None
    day: dt.date
    judged: bool = False

    @property
    def stays(self) -> bool:
        """Whether a reversal of the record is no answer: its text is wrong, or its id, or two parties have one code."""
        own = self.judged and self.about is not None and not self.about.record.ALONE
        return self.finding.code.startswith("JRN") or (self.finding.code == "NUM-01" and not own)


def check(
    sourced: Iterable[Sourced],
    damage: Sequence[Finding],
    rules: Rules,
    *,
    until: dt.date,
    months: Sequence[Month] = (),
    codes: Collection[str] = (),
    month: Month | None = None,
    earlier: bool = False,
    today: dt.date | None = None,
    past: Past | None = None,
) -> list[Finding]:
    """All findings, damage first, then by file and line.

    ``damage`` is what the reader found.  ``months`` are those whose closing stock must have been counted (STK-02).
    ``codes`` keeps only these codes or families (``STK``), ``month`` only what belongs to that month, and with
    ``earlier`` also the errors of the months before it and all damage: they make its opening.  ``today`` is not over yet;
    without it ``until`` is.

    ``past`` stands for months before those of ``sourced``: of them only errors are found.  Raises
    :class:`~ledger.core.state.Earlier` where those months must be read after all.
    """
    fold = CheckFold(sourced, damage, rules, until, months, today=today, past=past)
    noted = (one for one in fold.noted() if _asked(one, month, earlier=earlier))
    found = [one for one in noted if not codes or wanted(one.finding.code, codes)]
    hurt = [
        finding
        for finding in damage
        if (month is None or earlier or _in_month(finding, month)) and (not codes or wanted(finding.code, codes))
    ]
    return sorted([*hurt, *(one.finding for one in found)], key=place)


FAMILIES: tuple[Callable[[Whole], Iterable[Seen]], ...] = (
    rec.misnamed,
    chq.family,
    reb.family,
    registers.unlike,
    csh.family,
    law.splitting,
    pts.family,
)
"""What the families find in the whole book, beyond what the judge finds record by record."""


class CheckFold:
    """One full fold with its findings; :attr:`state` is the full state at the end, for comparing the index with it."""

    def __init__(
        self, sourced: Iterable[Sourced], damage: Sequence[Finding], rules: Rules, until: dt.date, months: Sequence[Month],
        *, today: dt.date | None = None, past: Past | None = None,
    ) -> None:  # fmt: skip
        self.state = past.lead.state() if past else FullState()
        self._past = past
        self._rules = rules
        self._until = until
        after = until + dt.timedelta(days=1)
        self._before = min(today, after) if today else after
        self._on = min(today, until) if today else until
        self._tally = Tally()
        self._noted: list[Noted] = []
        self._hurt_places = {(where.file, where.line) for finding in damage for where in finding.where}
        self._by_id = Known((), past)
        self._late: dict[int, str] = {}
        self._twice: set[int] = set()
        self._illegal: set[str] = set(past.lead.illegal if past else ())
        self._wrong: set[str] = set(past.lead.wrong if past else ())
        self._go_on()
        self._held: dict[Month, dict[int, int]] = {}
        everything = list(sourced)
        self._everything = everything
        self._records = self._unique(in_order(one for one in everything if one.record.date <= until))
        self._holes = list(num.holes(self._by_id, jrn.hurt_ids(damage), jrn.hurt_lines(damage)))
        # Behind a hole the chain cannot fit: that says nothing against the record that stands there.
        behind = {(hole.after.file, hole.after.line) for hole in self._holes}
        own = [one for one in damage if not (one.code == "JRN-01" and behind & {(w.file, w.line) for w in one.where})]
        self._hurt_ids = jrn.hurt_ids(own)
        self._hurt_spans = jrn.hurt_spans(own)
        self._gone = self._find_gone()
        self._fold(sorted(months))

    def _go_on(self) -> None:
        """Note what stands from before."""
        for one in self._past.lead.errors if self._past else ():
            if one.asked:
                self._late[len(self._noted)] = one.asked
            self._noted.append(Noted(one.finding, self._by_id.fetch(one.about), one.day, one.judged))

    def noted(self) -> list[Noted]:
        """Every finding beyond the damage itself."""
        return [_with_sheets(one) for one in (*self._own, *self._shown)]

    def lead(self, month: Month, named: Collection[str] = frozenset()) -> Lead | None:
        """What a fold of the months after ``month``, the last one here, begins with; both have all records up to its end.

        ``named``: records that later months are known to name; everything about them goes along.

        None where that fold would not find what this one finds: where an error stands that is none of a record alone and that no
        state shows again, a count whose differences are gone may still come back, or trade has not begun.
        """
        lasting = [one for one in self._shown if one.finding.code not in _SHOWN_AGAIN]
        wrong = any(one.finding.severity == "error" for one in (*map(self._severe, self._whole()), *lasting))
        errors = self._standing()
        doubted = wrong or errors is None or self._hurt_ids or self._tally.may_differ or csh.doubted(self._seen)
        if doubted or errors is None or not (self._past or self._has_begun()):
            return None
        sheets, tracks = rows_of_sheets(self.state, named)
        return Lead(
            month=month.text, sheets=sheets, tracks=tracks, things=rows_of_things(self.state, month.first, named),
            drawer=csh.drawer(self._seen), parts=law.parts(self._seen), notices=notices.highest(self._seen),
            errors=tuple(errors), illegal=tuple(sorted(self._illegal)), wrong=tuple(sorted(self._wrong)),
            named=tuple(sorted(named)),
        )  # fmt: skip

    def _standing(self) -> list[Standing] | None:
        """The errors about single records that stand; None for one whose words or place a later fold would not have."""
        found = []
        for index, one in enumerate(self._noted):
            settled = self._settled(index, one)
            if settled is None or settled.finding.severity != "error":
                continue
            if (
                one.about is None
                or index in self._twice
                or one.finding.code in _OWN_WORDS
                or self._is_undone(one.about)
            ):
                return None
            found.append(Standing(one.finding, one.about.record.id, one.day, one.judged, self._late.get(index, "")))
        return found

    def _is_undone(self, one: Sourced) -> bool:
        return self.state.thing(Reversed, one.record.id) is not None

    def _has_begun(self) -> bool:
        """Whether sheets have moved, and there was business about which nothing is found."""
        told = {one.about.record.id for one in self._own if one.about}
        return self._moved and any(
            one.record.id[:2] not in NO_BUSINESS and one.record.id not in told for one in self._records
        )

    @cached_property
    def _own(self) -> list[Noted]:
        """What was found record by record, and what the whole book says of them."""
        found = (self._settled(index, one) for index, one in enumerate(self._noted))
        return [*(one for one in found if one is not None), *map(self._severe, self._whole())]

    @cached_property
    def _shown(self) -> list[Noted]:
        """What the families find."""
        return [self._severe(one) for one in self._of_families()]

    # -- before the fold ---------------------------------------------------------------------------------------------

    def _unique(self, ordered: list[Sourced]) -> list[Sourced]:
        """The records in order, a repeated id only once: its copy is a finding, not a second sale."""
        kept = []
        for one in ordered:
            first = self._by_id.setdefault(one.record.id, one)
            if first is one:
                kept.append(one)
            else:
                self._repeat(first, one)
        return kept

    def _repeat(self, first: Sourced, again: Sourced) -> None:
        places = {(where.file, where.line) for where in (first.where(), again.where())}
        if not places & self._hurt_places:
            same = first.record.encode() == again.record.encode()
            self._note(num.repeated_id(first, again) if same else num.two_of_one_number(first, again), again)

    def _find_gone(self) -> dict[str, list[Sourced]]:
        """Ids that records name and that neither stand in the book nor among the damage, with who names them."""
        gone: dict[str, list[Sourced]] = {}
        for one in self._records:
            for name in num.named_by(one.record):
                if name not in self._hurt_ids and not self._by_id.has(name):
                    gone.setdefault(name, []).append(one)
        adopted = {one.record.ref for one in self._also(Adoption) if isinstance(one.record, Adoption)} if gone else ()
        return {name: by for name, by in gone.items() if name not in adopted}

    def _also(self, *kinds: type[Record]) -> Iterator[Sourced]:
        """The records in order; of the past those of these kinds alone, and their reversals."""
        if self._past is not None:
            yield from self._past.before(*kinds)
        yield from self._records

    # -- the fold ----------------------------------------------------------------------------------------------------

    def _fold(self, months: list[Month]) -> None:
        undone = undone_counts(one.record for one in self._records)
        # An opening was counted and signed by both sides: nothing to count before sheets move.
        moved = self._past is not None
        for one in self._records:
            while months and one.record.date >= months[0].after:
                self._held[months.pop(0)] = safe_faces(self.state) if moved else {}
            moved = moved or (bool(one.record.touched.spans) and not one.record.id.startswith("OP"))
            if isinstance(one.record, Count) and one.record.id not in undone:
                self._count(one, one.record)
            self._step(one)
        for month in months:
            self._held[month] = safe_faces(self.state) if moved else {}
        self._moved = moved

    def _step(self, one: Sourced) -> None:
        """Judge a record, apply it, and see that custody moved as the postings say."""
        try:
            self._judge(one)
        except Earlier as error:
            raise error if error.month else Earlier(self._behind(one.record)) from None

    def _behind(self, record: Record) -> str:
        """The month of the oldest record that this one names, where it is of the past."""
        months = sorted(month_of_id(name) for name in num.named_by(record))
        return f"{months[0][:4]}-{months[0][4:]}" if months else ""

    def _judge(self, one: Sourced) -> None:
        record = one.record
        found = [*judge(record, self.state, self._rules), *self._proof(record)]
        wrong = bool(found) and self._weigh(record, found)
        for finding in found:
            if not self._follows(finding, record):
                if apr.undecided(finding, record, self.state):
                    self._late[len(self._noted)] = apr.asked_by(record)
                if finding.code == "NUM-01" and isinstance(record, num.FILED):
                    self._twice.add(len(self._noted))
                self._note(self._with_others(finding, one), one, judged=True)
        spans = record.touched.spans
        before = rec.in_safe(self.state, spans)
        apply(_appliable(record), self.state)
        faces = rec.apart(before, rec.in_safe(self.state, spans), record)
        if faces and not wrong and not (isinstance(record, Reversal) and record.ref in self._illegal):
            self._note(rec.unexplained(faces, one), one)

    def _weigh(self, record: Record, found: Sequence[Finding]) -> bool:
        """Note a record about which something is found; whether that is an error by its usual severity."""
        wrong = any(USUAL[one.code] == "error" and one.code not in record.TOLD for one in found)
        if wrong:
            self._illegal.add(record.id)
        if any(self._rules.severity(one.code, one.severity, record.date) == "error" for one in found):
            self._wrong.add(record.id)
        return wrong

    def _proof(self, record: Record) -> Iterator[Finding]:
        if isinstance(record, Reversal):
            original = self._by_id.fetch(record.ref)
            sound = record.ref not in self._illegal
            yield from rec.reversal(record, original.record if original else None, self.state, sound=sound)

    def _count(self, one: Sourced, record: Count) -> None:
        if not self._tally.take(record, self.state):
            words = Words(
                f"看不懂盘点范围“{record.scope}”", f"the scope of the count, {record.scope!r}, cannot be read"
            )
            self._note(trouble("JRN-03", words, subject=record.id, next=(f"gb show {record.id}",)), one)

    def _follows(self, finding: Finding, record: Record) -> bool:
        """Whether a finding only repeats damage or a missing record that is reported already."""
        if finding.code == "REB-04" and any(name.startswith("RB") for name in self._hurt_ids):
            return True  # the number that seems to be missing may stand on a record that cannot be read
        if finding.code in ("PTS-03", "PTS-06") and any(name.startswith("PT") for name in self._hurt_ids):
            return True  # the points or the check that seem to be missing may stand there
        if finding.code not in _FOLLOWS:
            return False
        names = (record.id, *num.named_by(record))
        if any(name in self._hurt_ids or name in self._gone for name in names):
            return True
        return bool(finding.serials) and parse_spans(finding.serials) <= self._hurt_spans

    def _with_others(self, finding: Finding, one: Sourced) -> Finding:
        """The record's place, and those of the records that put its sheets where they are."""
        where = [one.where()]
        if finding.code in ("NUM-02", "STA-01", "STA-04") and finding.serials:
            spans = parse_spans(finding.serials)
            outs = [piece.out for piece in self.state.pieces(spans) if piece.out]
            others = dict.fromkeys(outs) or sorted(self.state.top(Touch(spans)))
            where += self._places(name for name in others if name != one.record.id)
        elif finding.code == "PTS-01":
            where += self._places(pts.other_use(one.record, self.state))
        elif finding.code == "PTS-04":
            finding = pts.undoable(finding, one.record)
        elif finding.code == "PTS-02":
            finding = pts.aged(finding, one.record, self._on)
        return msgspec.structs.replace(finding, where=tuple(where))

    def _places(self, ids: Iterable[str]) -> list[Where]:
        known = (one for name in ids if (one := self._by_id.fetch(name)) is not None)
        return [one.where() for one in islice(known, _MOST_PLACES)]

    def _note(self, finding: Finding, about: Sourced, *, judged: bool = False) -> None:
        if not finding.where:
            finding = msgspec.structs.replace(finding, where=(about.where(),))
        self._noted.append(self._severe(Noted(finding, about, about.record.date, judged)))

    # -- at the end --------------------------------------------------------------------------------------------------

    def _settled(self, index: int, one: Noted) -> Noted | None:
        """A finding as the whole book shows it: answered by a reversal, or approved only afterwards."""
        if one.about is None:
            return one
        undone = self.state.thing(Reversed, one.about.record.id)
        if undone is not None and undone.by not in self._illegal and not one.stays:
            return None
        if reg.identified_since(one.finding, one.about.record, self.state):
            return None
        if index in self._twice:
            return (
                None if undone is not None else self._severe(one._replace(finding=self._parted(one.finding, one.about)))
            )
        approval = self._approvals.get(self._late.get(index, ""))
        if approval is None:
            return one
        return self._severe(one._replace(finding=apr.approved_late(one.finding, one.about.record, approval)))

    def _parted(self, finding: Finding, about: Sourced) -> Finding:
        """Two clients or members of one code: what the later one's terminal has recorded under it, and the way out."""
        theirs = [
            one for one in num.under_one_code(about, self._records) if not self.state.thing(Reversed, one.record.id)
        ]
        filings = (one.record for one in self._also(*num.FILED) if isinstance(one.record, num.FILED))
        first = next(one.id for one in filings if one.party == about.record.party)
        if first == about.record.id:  # filed anew on two machines that had not met: not its code is the trouble
            fix = (f"gb reverse {first} --reason '…'", f"gb accept {finding.code} {first} --reason '…'")
            return msgspec.structs.replace(finding, next=(*fix, *finding.next))
        found = num.two_of_one_code(finding, first, about.record, [one.record.id for one in theirs], self.state)
        return msgspec.structs.replace(found, where=(*finding.where, *(one.where() for one in theirs[:_MOST_PLACES])))

    @cached_property
    def _approvals(self) -> dict[str, Sourced]:
        asked = {*self._late.values(), *(apr.asked_by(one.record) for one in self._adopts)} - {""}
        return apr.approvals(self._also(Approval), self.state, asked) if asked else {}

    @cached_property
    def _adopts(self) -> list[Sourced]:
        """The adoptions in force."""
        found = (one for one in self._records if isinstance(one.record, Adoption))
        return [one for one in found if self.state.thing(Reversed, one.record.id) is None]

    def _whole(self) -> Iterator[Noted]:
        """Findings that need the whole book."""
        told = reb.answered(self._holes, self._gone, self._also, self.state)
        for finding in (*num.missing(self._holes, self._gone, told), *num.repeated_keys(self._records, self._past)):
            yield self._of(finding, finding.where[0].id)
        for finding in stk.differences(self._tally.close(self.state), self._hurt_spans):
            yield self._of(finding, finding.subject, self._touching(finding))
        for month, held in self._held.items():
            day = min(self._until, month.after - dt.timedelta(days=1))
            for finding in stk.not_counted(month, held, self._tally.results):
                yield Noted(finding, None, day)
        for finding in sta.expired(self.state, self._on):
            yield self._of(finding, "", self._touching(finding))
        if not any(name.startswith("OP") for name in self._hurt_ids):
            for finding in judge_totals(self.state):
                yield self._of(finding, finding.subject)
        for finding, one in apr.adopted_late(self._adopts, self._approvals):
            yield self._of(finding, one.record.id)
        yield from self._register()

    def _of_families(self) -> Iterator[Noted]:
        for family in FAMILIES:
            for seen in family(self._seen):
                if not self._told(seen):
                    yield self._of(seen.finding, seen.about, day=seen.day)

    @cached_property
    def _seen(self) -> Whole:
        """The whole book as the families are given it."""
        unread = self._unread()
        return Whole(
            records=self._records, state=self.state, rules=self._rules, on=self._on, before=self._before,
            by_id=self._by_id, unsure=unread | self._wrong, unread=unread, past=self._past,
        )  # fmt: skip

    def _unread(self) -> frozenset[str]:
        holes = (
            hole.series.id(n) for hole in self._holes for n in range(hole.first, min(hole.last, hole.first + _MOST) + 1)
        )
        return frozenset((*self._hurt_ids, *self._gone, *holes))

    def _told(self, seen: Seen) -> bool:
        """Whether what a family found is about a record that is undone, or that cannot be read."""
        return seen.about in self._hurt_ids or self.state.thing(Reversed, seen.about) is not None

    def _register(self) -> Iterator[Noted]:
        near = list(reg.near_duplicates(self.state))
        cards = reg.filed(self._also(Added, Adoption)) if near else {}
        for finding in near:
            card = cards.get(finding.subject)
            yield self._of(finding, card.record.id if card else "")
        if not any(name.startswith(("CL", "ST")) for name in self._hurt_ids):
            filed = reg.parties(one.record for one in self._everyone())
            found = (
                *reg.unknown_parties(self._records, filed),
                *reg.strangers(self._records, filed, self._rules),
            )
            for finding, one in found:
                told = finding.code == "APR-01" and one.record.id in self._illegal
                if not told and self.state.thing(Reversed, one.record.id) is None:
                    yield self._of(finding, one.record.id)

    def _everyone(self) -> Iterator[Sourced]:
        """The records that file parties, on whatever date (decisions), and those of this fold."""
        if self._past is not None:
            yield from self._past.history.of(*reg.FILING)
        yield from self._everything

    def _touching(self, finding: Finding) -> list[Where]:
        """Where the sheets of a finding were last acted on."""
        if not finding.serials:
            return []
        return self._places(sorted(self.state.top(Touch(parse_spans(finding.serials))) - {""}, reverse=True))

    def _of(self, finding: Finding, record_id: str, others: Sequence[Where] = (), day: dt.date | None = None) -> Noted:
        """A finding about a record by its id, or about the end of the period."""
        one = self._by_id.fetch(record_id)
        where = finding.where or (*([one.where()] if one else []), *others)
        day = day or (one.record.date if one else self._until)
        return Noted(msgspec.structs.replace(finding, where=tuple(where)), one, day)

    def _severe(self, one: Noted) -> Noted:
        """With the store's own severity, and always with something to type next."""
        finding = one.finding
        severity = self._rules.severity(finding.code, finding.severity, one.day)
        look = f"gb show {one.about.record.id}" if one.about else f"gb explain {finding.code}"
        return one._replace(finding=msgspec.structs.replace(finding, severity=severity, next=finding.next or (look,)))


def _with_sheets(one: Noted) -> Noted:
    """What is found about a record that moves sheets names them, where it does not name some of them already."""
    if one.finding.serials or one.about is None or one.finding.subject != one.about.record.id:
        return one
    serials = one.about.record.touched.spans.text
    return one._replace(finding=msgspec.structs.replace(one.finding, serials=serials))


def _appliable(record: Record) -> Record:
    """The record, a reversal whose ``restores`` cannot be read without them: the full state knows what was there."""
    if isinstance(record, Reversal) and not rec.readable(record):
        return msgspec.structs.replace(record, restores="")
    return record


def _asked(one: Noted, month: Month | None, *, earlier: bool) -> bool:
    """Whether a finding belongs to the month asked for, or before it makes its opening."""
    if month is None or month.contains(one.day):
        return True
    return earlier and one.day < month.first and one.finding.severity == "error"


def wanted(code: str, codes: Collection[str]) -> bool:
    """Whether a code is among the codes and families asked for."""
    return any(code == one or code.startswith(f"{one}-") for one in map(str.upper, codes))


def _in_month(finding: Finding, month: Month) -> bool:
    """Damage belongs to the month of its folder; a file outside all months belongs to every one."""
    folders = {where.file.split("/")[1] for where in finding.where if where.file.count("/") == 2}
    return not folders or month.text in folders


def place(finding: Finding) -> tuple[bool, bool, str, int, str, str]:
    """The order in which findings are listed: damage first, since it may explain the rest; then by file and line."""
    where = finding.where[0] if finding.where else Where()
    damage = finding.code.startswith("JRN") or finding.code == "CLS-01"
    return (not damage, not finding.where, where.file, where.line, finding.code, finding.subject)
