"""Verification of a book: two verdicts, integrity and completeness, each with what spoils it named by file and record.

It reads the text alone.  Beside the book it may be given what stands outside of it: the digest on paper and the
last-seen note; signatures bind a seal to people, each seal binds the one before it, and day-end marks bind open months.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Literal

import msgspec

from ledger.audit.approval import Signed
from ledger.audit.approval import check as check_approvals
from ledger.audit.facts import Journals, Mark, month_of, parse_marks
from ledger.audit.known import Known, seen_closings
from ledger.audit.people import Tenure, read_people
from ledger.audit.seal import FOLDER, Seal, over, parse_seal, seal_digest, seal_path, sealed_months, short
from ledger.audit.sealed import Originals, file_troubles, not_over, state_troubles, unsealed
from ledger.audit.seen import Seen
from ledger.audit.signature import SignedBy, judged, lost_signature, unjudged, unsigned, yaml_path
from ledger.audit.trouble import Aspect, Trouble, changed, missing, put_there
from ledger.core.dates import parse_instant
from ledger.core.errors import GbError, Where
from ledger.core.findings import Answer, Finding, trouble
from ledger.core.forms import Reversal
from ledger.core.records.dispositions import Adoption, Disposition, parse_taken
from ledger.core.records.requests import Approval
from ledger.core.words import Words, many
from ledger.disk import Disk
from ledger.journal.entry import Entry
from ledger.journal.reader import nothing_there

LEAST = 16
"""So many hex digits of a digest must be given; the paper has as many."""
LATE = "CLS-03"
SEAL_LIMIT = 4 * 1024 * 1024


class MonthVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """One month: its seal's digest (empty for an open month) and whether both verdicts hold for it."""

    month: str
    state: Literal["sealed", "open"]
    integrity: bool
    completeness: bool
    digest: str = ""
    at: str = ""
    by: str = ""
    signatures: tuple[SignedBy, ...] = ()


class Verification(msgspec.Struct, frozen=True, kw_only=True):
    """Everything found; ``warnings`` spoil no verdict.  ``seen`` is the note to keep when both verdicts hold."""

    months: tuple[MonthVerdict, ...]
    integrity: tuple[Finding, ...]
    completeness: tuple[Finding, ...]
    warnings: tuple[Finding, ...]
    seen: Seen

    @property
    def sound(self) -> bool:
        """Whether both verdicts hold."""
        return not self.integrity and not self.completeness


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What to verify and against what: one month or all (empty), a digest from paper, what was last seen.

    ``known`` are closings that something else remembers, git say.  Without ``approvals`` their signatures are left out;
    without ``strict`` a machine that has no ``ssh-keygen`` says so of each signature, instead of raising.
    """

    month: str = ""
    digest: str = ""
    seen: Seen = Seen()
    known: tuple[Known, ...] = ()
    approvals: bool = True
    strict: bool = True


def verify(
    disk: Disk, book_id: str, asked: Asked, *, originals: Originals = lambda _: None, now: dt.datetime | None = None
) -> Verification:
    """Verify the book, or one month of it and its place in the chain of seals."""
    return _Verifier(Journals(disk, book_id), asked, originals).run(now)


def digits(typed: str) -> str:
    """The hex digits of a digest as printed or typed: groups, spaces, dashes and case do not count; empty if malformed."""
    text = "".join(typed.split()).replace("-", "").lower()
    return text if LEAST <= len(text) <= 64 and set(text) <= set("0123456789abcdef") else ""


class _Verifier:
    """One run.  Seals are read first, since each is looked at from several sides."""

    def __init__(self, journals: Journals, asked: Asked, originals: Originals) -> None:
        self.journals = journals
        self.disk = journals.disk
        self.asked = asked
        self.originals = originals
        self.sealed = sealed_months(self.disk)
        self.digests: dict[str, str] = {}
        self.seals: dict[str, Seal] = {}
        self.texts: dict[str, bytes] = {}
        self.warnings: list[Finding] = []
        self.signed: dict[str, tuple[SignedBy, ...]] = {}
        self.signatures: dict[str, str] = {}
        self.found: dict[str, list[Trouble]] = {}
        self._people: list[Tenure] | None = None
        self._taken = list(self._standing("dispositions"))
        self.answers = self._read_answers()
        self.marks = self._read_marks()

    @property
    def people(self) -> list[Tenure]:
        """The operators' tenures, read once."""
        if self._people is None:
            self._people = read_people(self.disk, self.journals.book_id)
        return self._people

    @property
    def believed(self) -> list[str]:
        """The months whose seal reads and can be a closing's own: what was put there is no link of the chain."""
        book = self.journals.book_id
        return [name for name, seal in self.seals.items() if (seal.month, seal.book) == (name, book) and over(seal)]

    def run(self, now: dt.datetime | None) -> Verification:
        """All of it."""
        for month in self.sealed:
            self._add(month, self._read_seal(month))
        for month in self._wanted(self.sealed):
            self._add(month, self._sealed_month(month))
        self._add("", self._chain_of_seals())
        self._add("", self._against_paper())
        self._add("", self._against_known())
        self._add("", self._against_seen())
        self._add("", self._leftovers())
        if not self.journals.paths:
            self._add("", [Trouble("completeness", nothing_there())])
        open_months = self._wanted(sorted({month_of(path) for path in self.journals.paths} - set(self.sealed)))
        for month in open_months:
            self._add(month, self._open_month(month))
        for month in open_months:
            self._add(month, self._against_marks(self.marks, month))
        if self.asked.approvals:
            self._add("", self._approvals())
        return self._result(open_months, now)

    def _add(self, month: str, troubles: Iterable[Trouble]) -> None:
        found = self.found.setdefault(month, [])
        for one in troubles:
            answer = self.answers.get(one.finding.subject) if one.finding.code == LATE else None
            if answer is None:
                found.append(one)
            else:  # it is in no figure, and a named person says what became of it: nothing sealed is hurt
                self.warnings.append(msgspec.structs.replace(one.finding, severity="warning", disposition=answer))

    def _wanted(self, months: list[str]) -> list[str]:
        return [month for month in months if self.asked.month in ("", month)]

    # -- sealed months ---------------------------------------------------------------------------------------------

    def _read_seal(self, month: str) -> Iterator[Trouble]:
        path = seal_path(month)
        try:
            data = self.disk.read(path, SEAL_LIMIT)
            self.digests[month] = seal_digest(data)
            seal = parse_seal(data)
            parse_instant(seal.at)
        except (ValueError, GbError) as error:
            why = error.words if isinstance(error, GbError) else Words("不是封账写的样子", str(error))
            if month in self._wanted([month]):
                words = Words(f"{month} 的封签损坏：{why.zh}", f"the seal of {month} is damaged: {why.en}")
                yield self._no_seal(words, month)
            return
        self.seals[month], self.texts[month] = seal, data

    def _sealed_month(self, month: str) -> Iterator[Trouble]:
        seal = self.seals.get(month)
        if seal is None:
            return
        if seal.book != self.journals.book_id:
            words = Words(f"封签属于另一本账 {seal.book}", f"the seal is of another book, {seal.book}")
            yield self._no_seal(words, month)
        if seal.month != month:
            words = Words(f"封签是 {seal.month} 的，却放在 {month}", f"a seal of {seal.month} stands in {month}")
            yield self._no_seal(words, month)
            return
        if not over(seal):
            yield not_over(seal)
        yield from file_troubles(self.journals, seal, self.originals, self._adopted())
        yield from state_troubles(self.disk, seal, self.originals)
        yield from self._sealed_short(seal)
        yield from self._strange(month)
        yield from self._signatures(month, seal)

    def _no_seal(self, words: Words, month: str) -> Trouble:
        """What stands in a seal's place and is none: the seal that is known is brought back, else it is taken away."""
        known = [one for one in (*self.asked.known, *seen_closings(self.asked.seen)) if one.path == seal_path(month)]
        where = Where(seal_path(month))
        if known:
            return changed(words, where, subject=month, next=known[0].next)
        return put_there(words, where, subject=month)

    def _strange(self, month: str) -> Iterator[Trouble]:
        for one in self.journals.strangers:
            if one.subject.startswith(f"journals/{month}/"):
                words = Words(
                    f"已封月份里多了一个文件：{one.words.zh}", f"a file was put into a sealed month: {one.words.en}"
                )
                yield put_there(words, Where(one.subject))

    def _signatures(self, month: str, seal: Seal) -> Iterator[Trouble]:
        found = list(judged(self.disk, seal, self.texts[month], self.people, strict=self.asked.strict))
        self.signed[month] = tuple(one for one, _ in found)
        self.warnings += [unsigned(month, one.side) for one, _ in found if not one.there]
        self.warnings += [unjudged(month, one.side) for one, _ in found if one.valid is None]
        for one, bad in found:
            back = next(
                (known.next for known in self.asked.known if (known.month, known.side) == (month, one.side)), ()
            )
            for finding in bad:  # what git still has is brought back; nobody signs again
                yield Trouble("integrity", msgspec.structs.replace(finding, next=(*back, *finding.next)))
            if one.valid:
                file = self.disk.read(yaml_path(month, one.side))
                self.signatures[f"{month}/{one.side}"] = f"{seal_digest(file)} {one.grade}"

    # -- seals among each other and against what is outside ----------------------------------------------------------

    def _chain_of_seals(self) -> Iterator[Trouble]:
        """Each seal holds the digest of the one before it: the first that does not fit is one too few or another."""
        for before, month in zip(["", *self.believed], self.believed, strict=False):
            seal = self.seals[month]
            if seal.previous == self.digests.get(before, ""):
                continue
            gone = self._unsealed_between(before, month)
            if self.asked.month not in ("", month, before, gone):
                continue
            if gone or not before:
                yield _closing_gone(gone, month, seal)
            else:
                yield _seals_apart(before, self.digests[before], month, seal)

    def _unsealed_between(self, before: str, month: str) -> str:
        """The month whose seal must be the one that is gone: the last with records between two seals; empty for none."""
        between = {name for path in self.journals.paths if before < (name := month_of(path)) < month}
        return max(between, default="")

    def _against_paper(self) -> Iterator[Trouble]:
        if not self.asked.digest:
            return
        month = self.asked.month or (self.believed[-1] if self.believed else "")
        ours = self.digests.get(month, "")
        if not ours:
            words = Words(
                f"{month or '账本'} 没有封签可对照短码", f"{month or 'the book'} has no seal to compare the digest with"
            )
            yield missing(words, Where(seal_path(month) if month else FOLDER), subject=month)
        elif not ours.startswith(digits(self.asked.digest)) or not digits(self.asked.digest):
            words = Words(
                f"{month} 的封签是 {short(ours)}，不是纸上的 {self.asked.digest}：封签重做过",
                f"the seal of {month} is {short(ours)}, not {self.asked.digest} as on paper: it was made anew",
            )
            yield changed(words, Where(seal_path(month)), subject=month)

    def _against_known(self) -> Iterator[Trouble]:
        """Seals and signatures that are known from elsewhere; what is wrong with one is told once, by whoever knows it first."""
        told: set[tuple[str, str]] = set()
        for one in (*self.asked.known, *seen_closings(self.asked.seen)):
            if one.month not in self._wanted([one.month]) or {(one.month, ""), (one.month, one.side)} & told:
                continue
            found = self._signature_apart(one) if one.side else self._seal_apart(one)
            if found is not None:
                told.add((one.month, one.side))
                yield found

    def _seal_apart(self, known: Known) -> Trouble | None:
        month, now, then = known.month, self.digests.get(known.month), short(known.digest)
        source, where = known.source, Where(known.path)
        if now is None:
            return seal_gone(known)
        if now == known.digest or month not in self.seals:
            return None
        words = Words(
            f"{month} 的封签是 {short(now)}，不是{source.zh} {then}：封签重做过",
            f"the seal of {month} is {short(now)}, not {then}, {source.en}: it was made anew",
        )
        return changed(words, where, subject=month, next=known.next)

    def _signature_apart(self, known: Known) -> Trouble | None:
        """CLS-05 for a signature that is gone, or stands there otherwise; one that is told already is left out."""
        month, side = known.month, known.side
        now = next((one for one in self.signed.get(month, ()) if one.side == side), None)
        if now is None or (now.there and not now.valid):
            return None  # the seal or the signature itself does not stand
        if self.signatures.get(f"{month}/{side}", "").partition(" ")[0] == known.digest:
            return None
        # Nobody is to be told to sign: the one that was made is to be restored.
        self.warnings = [one for one in self.warnings if (one.code, one.subject) != ("CLS-02", f"{month}/{side}")]
        finding = lost_signature(month, side, known.grade, known.source, back=known.next, now=now.grade)
        return Trouble("integrity" if now.there else "completeness", finding)

    def _against_seen(self) -> Iterator[Trouble]:
        """The files of open months against the note of what was last seen."""
        seen = self.asked.seen
        marks = (mark for path, text in seen.files.items() for mark in parse_marks(f"{path}:{text}", seen.at))
        for month, group in _by_month(marks).items():
            if month in self._wanted([month]):
                yield from self._against_marks(group, month)

    def _leftovers(self) -> Iterator[Trouble]:
        """What lies in closings without a seal, and among the journals without being one."""
        told = {one.finding.subject for one in self._all() if one.finding.code == "CLS-01"}
        for one in unsealed(self.disk):
            if one.finding.subject in told or not self._asked_of(one.finding):
                continue
            if one.finding.severity == "warning":
                self.warnings.append(one.finding)
            else:
                yield one
        for odd in self.journals.strangers:
            month = odd.subject.removeprefix("journals/").split("/")[0]
            if month not in self.sealed and self._asked_of(odd):
                yield Trouble("integrity", odd)

    def _asked_of(self, finding: Finding) -> bool:
        return not self.asked.month or is_of(finding, self.asked.month)

    # -- open months -----------------------------------------------------------------------------------------------

    def _open_month(self, month: str) -> Iterator[Trouble]:
        for path in self._files_of(month):
            for finding in self.journals.facts(path).damage:
                yield Trouble("completeness" if finding.code == "JRN-02" else "integrity", finding)

    def _files_of(self, month: str) -> list[str]:
        return [path for path in self.journals.paths if month_of(path) == month]

    def _read_marks(self) -> list[Mark]:
        """What the day-end marks counted, of every month."""
        ends = self._standing("cash")
        return [mark for one in ends for mark in parse_marks(one.values.get("files", ""), one.id)]

    def _sealed_short(self, seal: Seal) -> Iterator[Trouble]:
        """Files that had lost records of a day-end mark before they were sealed."""
        for one in seal.files:
            most = max(
                (mark for mark in self.marks if mark.path == one.path), key=lambda mark: mark.records, default=None
            )
            if most is not None and one.records < most.records:
                words = Words(
                    f"{one.path} 封账时只有 {one.records} 条，{most.source} 时已有 {most.records} 条",
                    f"{one.path} was sealed with {many(one.records, 'record')}; {most.records} were there at {most.source}",
                )
                yield missing(words, Where(one.path), subject=one.path)
            elif most is not None and one.records == most.records and one.last_h != most.last_h:
                words = Words(
                    f"{one.path} 封账前被改写：最后一条不是 {most.source} 时的那条",
                    f"{one.path} was rewritten before it was sealed: its last record is not the one of {most.source}",
                )
                yield changed(words, Where(one.path), subject=one.path)

    def _against_marks(self, marks: Iterable[Mark], month: str) -> Iterator[Trouble]:
        """A file must still hold what a mark says it held; of several marks of a file the first that fails is told."""
        told: set[str] = set()
        for mark in marks:
            if month_of(mark.path) == month and mark.path not in told and (found := self._against_mark(mark)):
                told.add(mark.path)
                yield found

    def _against_mark(self, mark: Mark) -> Trouble | None:
        if any(one.finding.where and one.finding.where[0].file == mark.path for one in self._all()):
            return None  # what was done to the file is told already
        there = mark.path in self.journals.paths
        count = self.journals.facts(mark.path).whole if there else 0
        if count < mark.records:
            words = Words(
                f"{mark.path} 有 {count} 条记录，{mark.source} 时有 {mark.records} 条",
                f"{mark.path} has {many(count, 'record')}; {mark.records} were there at {mark.source}",
            )
            last = self.journals.facts(mark.path).records[-1:] if there else ()
            where = Where(mark.path, last[0].line, last[0].id) if last else Where(mark.path)
            return self._older("completeness", words, where)
        now = self.journals.facts(mark.path).h_of(mark.records)
        if now in ("", mark.last_h):
            return None
        one = next(one for one in self.journals.facts(mark.path).records if one.number == mark.records)
        words = Words(
            f"{mark.path} 第 {mark.records} 条不是 {mark.source} 时的那条：文件被改写并重算了校验链",
            f"record {mark.records} of {mark.path} is not the one of {mark.source}: the file was rewritten, its chain anew",
        )
        return self._older("integrity", words, Where(mark.path, one.line, one.id))

    def _older(self, aspect: Aspect, words: Words, where: Where) -> Trouble:
        """JRN-10, or CLS-01 in a sealed month."""
        if month_of(where.file) in self.sealed:
            return missing(words, where) if aspect == "completeness" else changed(words, where)
        fix = ("gb verify --history", "gb explain JRN-10")
        return Trouble(aspect, trouble("JRN-10", words, subject=where.file, where=(where,), next=fix))

    def _all(self) -> Iterator[Trouble]:
        for found in self.found.values():
            yield from found

    # -- signed approvals --------------------------------------------------------------------------------------------

    def _approvals(self) -> Iterator[Trouble]:
        """APR-04 for each signed approval that does not stand, adopted ones too; what is hurt is told already."""
        found = list(self._signed_approvals())
        if not found:
            return
        told = {(where.file, where.line) for one in self._all() for where in one.finding.where}
        requests = {one.id: one for one in self.journals.entries("requests")}
        asked = (
            Signed(values, request.values if request else None, where)
            for values, where in found
            for request in [requests.get(values.get("ref", ""))]
            if not {(where.file, where.line), (request.file, request.line) if request else None} & told
        )
        for finding in check_approvals(self.journals.book_id, asked, self.people):
            if finding.severity == "error":
                yield Trouble("integrity", finding)
            else:
                self.warnings.append(finding)

    def _signed_approvals(self) -> Iterator[tuple[Mapping[str, str], Where]]:
        for one in self._standing("requests"):
            if one.kind == Approval.KIND and one.values.get("signature") and self._wanted([month_of(one.file)]):
                yield one.values, one.where()
        for one in self._taken:
            if one.kind == Adoption.KIND and self._wanted([month_of(one.file)]):
                with suppress(ValueError):  # an adoption that does not read takes nothing in
                    taken = parse_taken(one.values.get("taken", ""))
                    if isinstance(taken, Approval) and taken.signature:
                        yield taken.encode(), one.where()

    # -- what people have answered -----------------------------------------------------------------------------------

    def _standing(self, journal: str) -> Iterator[Entry]:
        """The records of a journal that were not reversed."""
        entries = list(self.journals.entries(journal))
        undone = {one.values.get("ref") for one in entries if one.kind == Reversal.KIND}
        return (one for one in entries if one.kind != Reversal.KIND and one.id not in undone)

    def _read_answers(self) -> dict[str, Answer]:
        """What was said of late records, per record; the last word counts."""
        said = (one.values for one in self._taken if one.kind == Disposition.KIND and one.values.get("code") == LATE)
        return {
            one["subject"]: Answer(
                id=one.get("id", ""), by=one.get("by", ""), date=one.get("date", ""), reason=one.get("reason", ""),
                action=one.get("action", ""), due=one.get("due", ""),
            )
            for one in sorted(said, key=lambda one: one.get("at", ""))
            if "subject" in one
        }  # fmt: skip

    def _adopted(self) -> set[tuple[str, int]]:
        own = (one.values for one in self._taken if one.kind == "adoption")
        return {(one["file"], int(one["line"])) for one in own if {"file", "line"} <= one.keys()}

    # -- the result ------------------------------------------------------------------------------------------------

    def _result(self, open_months: list[str], now: dt.datetime | None) -> Verification:
        everything = [*self._all()]
        months = [self._month(month, "sealed", everything) for month in self._wanted(self.sealed)]
        months += [self._month(month, "open", everything) for month in open_months]
        seen = self.asked.seen
        files = {
            path: f"{facts.whole}:{facts.last_h}"
            for month in open_months
            for path in self._files_of(month)
            if (facts := self.journals.facts(path)).whole
        }
        kept = {path: text for path, text in seen.files.items() if month_of(path) not in {*open_months, *self.sealed}}
        return Verification(
            months=tuple(months),
            integrity=_findings(everything, "integrity"),
            completeness=_findings(everything, "completeness"),
            warnings=tuple(self.warnings),
            seen=Seen(
                at=f"{now:%Y-%m-%d %H:%M}" if now else seen.at,
                seals={**seen.seals, **{month: text for month, text in self.digests.items() if month in self._wanted([month])}},
                signatures={**seen.signatures, **self.signatures},
                files={**kept, **files},
                head=seen.head,
            ),
        )  # fmt: skip

    def _month(self, month: str, state: Literal["sealed", "open"], everything: list[Trouble]) -> MonthVerdict:
        seal = self.seals.get(month)
        spoilt = {one.aspect for one in everything if is_of(one.finding, month)}
        return MonthVerdict(
            month=month, state=state, integrity="integrity" not in spoilt, completeness="completeness" not in spoilt,
            digest=self.digests.get(month, ""), at=seal.at if seal else "", by=seal.by if seal else "",
            signatures=self.signed.get(month, ()),
        )  # fmt: skip


def seal_gone(known: Known) -> Trouble:
    """CLS-01 for a seal that is not there any more, with the way to get it back."""
    month, source, then = known.month, known.source, short(known.digest)
    words = Words(f"{source.zh} {month} 封签 {then} 不见了", f"the seal of {month}, {then}, {source.en}, is gone")
    return missing(words, Where(known.path), subject=month, next=known.next)


def _closing_gone(gone: str, month: str, seal: Seal) -> Trouble:
    """The seal that another one names is not there: that spoils both months, as far as it can be told which it was."""
    named = short(seal.previous)
    words = Words(
        f"{gone or f'{month} 之前'}的封账不见了（{month} 的封签记着 {named or '—'}）",
        f"the closing {f'of {gone}' if gone else f'before {month}'} is gone "
        f"(the seal of {month} names {named or 'none'} before it)",
    )
    where = [Where(seal_path(name)) for name in (gone, month) if name]
    return missing(words, *where, subject=gone or month)


def _seals_apart(before: str, digest: str, month: str, seal: Seal) -> Trouble:
    words = Words(
        f"{month} 的封签记着上一封签 {short(seal.previous) or '—'}，而 {before} 的是 {short(digest)}："
        "中间少了一个月，或其中一个被重做",
        f"the seal of {month} names {short(seal.previous) or 'none'} before it, but {before} is {short(digest)}: "
        "a month between them is gone, or one of the two was made anew",
    )
    return changed(words, Where(seal_path(month)), Where(seal_path(before)), subject=month)


def is_of(finding: Finding, month: str) -> bool:
    """Whether a file that the finding names belongs to that month (``2026-10``)."""
    return any(where.file.split("/")[1:2] == [month] for where in finding.where)


def _findings(troubles: Iterable[Trouble], aspect: str) -> tuple[Finding, ...]:
    return tuple(one.finding for one in troubles if one.aspect == aspect)


def _by_month(marks: Iterable[Mark]) -> dict[str, list[Mark]]:
    found: dict[str, list[Mark]] = {}
    for mark in marks:
        found.setdefault(month_of(mark.path), []).append(mark)
    return dict(sorted(found.items()))
