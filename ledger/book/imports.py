"""Import: rows of a foreign CSV become records, all of them or none (contract, section 5).

Every row is judged before the first is written; what is there already is known by its ``key``, the foreign id.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from ledger.book import selling
from ledger.book.batch import Row
from ledger.book.choices import one_of
from ledger.book.clients import PERSONAL_ITEMS, initials, personal_items
from ledger.book.draft import Draft
from ledger.book.foreign import (
    FILE,
    SPOILT,
    FieldMap,
    ImportMap,
    Line,
    Source,
    check_map,
    column_of,
    reader,
    refuse_spoilt,
    same_names,
    taken,
)
from ledger.book.importform import Form
from ledger.book.memberimport import FORMS as MEMBERS
from ledger.book.theirs import FORMS as THEIRS
from ledger.core.custody import UNKNOWN
from ledger.core.dates import parse_day, parse_instant
from ledger.core.errors import GbError, Refused, Unknown, Usage, Where
from ledger.core.judge import short
from ledger.core.money import parse_amount
from ledger.core.parties import Client
from ledger.core.personal import ITEMS, MASK, Clear, Subject, clear
from ledger.core.records.clients import KIND_WORDS
from ledger.core.script import normal
from ledger.core.spans import SpanSet
from ledger.core.state import State
from ledger.core.text import fold, shown
from ledger.core.words import Words

if TYPE_CHECKING:
    from ledger.book.open import Book

COMMON = ("key", "date", "at", "reason", "note")
SALES = (
    "key", "date", "at", "client", "spans", "sheets", "face", "amount", "method", "payments", "reference",
    "salesperson", "expires", "approval", "reason", "note",
)  # fmt: skip
CLIENTS = (
    "key", "code", "unit", "unit_kind", "state_owned", "alias", "initials", "owner", "preferences", "contracts",
    *PERSONAL_ITEMS, "date", "at", "note",
)  # fmt: skip
_CODES = (
    "key", "client", "code", "spans", "reference", "salesperson", "approval", "owner", "document", "till", "receipt",
)  # fmt: skip
_DAY = re.compile(
    r"([0-9]{4})(?:([-/.])([0-9]{1,2})\2([0-9]{1,2})|年([0-9]{1,2})月([0-9]{1,2})日|([0-9]{2})([0-9]{2}))"
)
_TIME = re.compile(r"(?:(.+?)[ T])?([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")


class Given(NamedTuple):
    """What holds for every row: who, where, and the shared options of the command line."""

    by: str
    terminal: str
    at: dt.datetime | None = None
    date: dt.date | None = None
    reason: str = ""
    note: str = ""


class Import:
    """One file on its way into the book.  After the run ``skipped`` has the rows that the map's conditions left out."""

    def __init__(self, book: Book, journal: str, source: Source, mapping: ImportMap | None, given: Given) -> None:
        self.book = book
        self.journal = journal
        self.source = source
        self.map = mapping or same_names(source.header)
        self.given = given
        self._form = FORMS[journal]
        check_map(self.map, source, self._form.fields)
        self._refuse_lacking()
        self._readers = {name: reader(one) for name, one in self.map.fields.items()}
        self._formats = {
            n: one.format for n, one in self.map.fields.items() if isinstance(one, FieldMap) and one.format
        }
        self._names: dict[str, str] = {}
        self._widths: dict[str, set[int]] = {}
        self.skipped: list[Line] = []
        self.folded: dict[str, int] = {}
        self._keys: dict[str, int] = {}
        self._key_of: dict[int, str] = {}
        self._equal: dict[str, list[int]] = {}
        self._today = (given.at or book.now()).date()
        self._spans: dict[int, SpanSet] = {}
        self._rows = self._taken()

    def __len__(self) -> int:
        return len(self._rows)

    def rows(self) -> Iterator[Row]:
        """The rows to record, in the order of the file; the label is the line number."""
        for line in self._rows:
            row: Row | None = None
            for part in reversed(range(self._parts(line))):
                row = Row(
                    str(line.number), partial(self._draft, line, part), partial(self._form.complete, self, line), row
                )
            if row is not None:
                yield row

    def drafts(self) -> Iterator[tuple[Line, Draft]]:
        """What each row says, for comparing only: nothing is judged; raises :class:`Refused` naming every unreadable row."""
        from ledger.book.batch import Bad, BatchRefused

        state, bad = self.book.state(), []
        for line in self._rows:
            try:
                yield line, self._draft(line, 0, state)
            except GbError as error:
                bad.append(Bad(str(line.number), error))
        if bad:
            raise BatchRefused(bad, len(self._rows))

    def explained(self, label: str, error: GbError) -> GbError:
        """Why a row was refused, for a reader of the file: never naming a record that is not written.

        ``label`` is the row's line.  A sheet or a key that an earlier row of the same file has is told by that row's line.
        """
        number = int(label)
        if error.code == "KEY-01" and not error.where:
            return self._same_key(number, error)
        mine = self._spans.get(number)
        earlier = [(at, mine & other) for at, other in self._spans.items() if mine and at < number and mine & other]
        if mine is None or not earlier:
            return error
        at, shared = earlier[0]
        words = Words(
            f"与本文件第 {at} 行是同一张券：{short(shared)}", f"same sheet as line {at} of this file: {short(shared)}"
        )
        return Refused(words, code=error.code)

    def _same_key(self, number: int, error: GbError) -> GbError:
        key = self._key_of[number]
        at = self._keys.get(key, number)
        if at == number:
            return error
        words = Words(
            f"编号 {shown(key)} 与本文件第 {at} 行相同，内容不同",
            f"key {shown(key)} is that of line {at} of this file, with other content",
        )
        return Refused(words, code=error.code)

    def _refuse_lacking(self) -> None:
        there = {*self.map.fields, *(("sheets",) if self.map.sheets_from_amount else ())}
        lacking = [names for names in self._form.needed if not there & set(names.split("|"))]
        if lacking:
            words = Words(f"缺少字段：{'、'.join(lacking)}", f"missing fields: {', '.join(lacking)}")
            where = (Where(self.source.name, 1, text=",".join(self.source.header)),)
            raise Usage(words, code=FILE, where=where, next=(f"gb import {self.journal} --template",))

    def _taken(self) -> list[Line]:
        """The rows that the conditions take; one whose condition cannot be told is taken, so that it is refused."""
        rows = []
        for line in self.source.lines:
            try:
                take = line.fault is not None or taken(line, self.map)
            except GbError as error:
                rows.append(line._replace(fault=error))
                continue
            (rows if take else self.skipped).append(line)
        return rows

    def _texts(self, line: Line) -> list[dict[str, str]]:
        """The texts of a row by field, of each record that it becomes; raises what is wrong with one."""
        if line.fault is not None:
            raise line.fault
        texts = {name: read(line.cells) for name, read in self._readers.items()}
        return [texts] if self._form.parts is None else [dict(part) for part in self._form.parts(texts)]

    def _parts(self, line: Line) -> int:
        """How many records a row becomes; one where it is to be refused."""
        try:
            return 1 if self._form.parts is None else len(self._texts(line))
        except GbError:
            return 1

    def _draft(self, line: Line, part: int, state: State) -> Draft:
        """What a row, or a part of it, says; raises what is wrong with it."""
        texts = self._texts(line)[part]
        for name in _CODES:
            if text := texts.get(name, ""):
                refuse_spoilt(text)
        date = self._date(texts)
        at = self.moment(texts["at"], date) if texts.get("at") else self.given.at
        values = self._form.values(self, texts, state)
        key = texts.get("key", "") or self._form.key(self, line, values, texts)
        if not key:
            words = Words("没有外部编号（key）", "no foreign id (key)")
            raise Refused(words, code=FILE, next=(f"gb import {self.journal} --map-template",))
        self._keys.setdefault(key, line.number)
        self._key_of.setdefault(line.number, key)
        return Draft(
            journal=self.journal, kind=self._form.kind(texts), values=values, by=self.given.by,
            terminal=self.given.terminal, date=date, at=at, key=key, derived=("date",) if self._form.theirs else (),
            reason=texts.get("reason", "") or self.given.reason, note=texts.get("note", "") or self.given.note,
        )  # fmt: skip

    def _date(self, texts: dict[str, str]) -> dt.date | None:
        """The business date: of ours the row's own; of theirs the one given for the file, else what the form makes of it.

        The row's own date stands in ``texts`` in the form of the files from here on.
        """
        own = self.day("date", texts["date"]) if texts.get("date") else None
        if own is not None:
            texts["date"] = str(own)
        if self._form.theirs and self.given.date is not None:
            return self.given.date
        return self._form.date(own, self._today) if own is not None else self.given.date

    def shown(self, line: Line) -> str:
        """A row's own text for a message; with personal columns their cells are masked, and nothing of a row that does not parse."""
        own = {column_of(one) for name, one in self.map.fields.items() if name in PERSONAL_ITEMS}
        if not own:
            return line.text
        return ",".join(MASK if column in own and cell else cell for column, cell in line.cells.items()) or MASK

    def nth(self, key: str, line: Line) -> int:
        """Which of the lines with equal content this one is, from 1; the same however often it is asked."""
        lines = self._equal.setdefault(key, [])
        if line.number not in lines:
            lines.append(line.number)
        return lines.index(line.number) + 1

    def sheets(self, line: Line, draft: Draft, state: State) -> Draft:
        """The lowest sheets on hand that the amount pays for, unless the row names its own."""
        rule = self.map.sheets_from_amount
        if "spans" in draft.values:
            self._spans[line.number] = draft.values["spans"]
        if rule is None or "spans" in draft.values:
            return draft
        face = parse_amount(rule.face)
        amount = draft.values.get("amount", 0)
        if rule.round != "up":
            selling.sheets_for(amount, face, "{}")
        return msgspec.structs.replace(
            draft, values={**draft.values, "spans": selling.sheets_of_amount(state, amount, face, draft.terminal)}
        )

    # -- single values -------------------------------------------------------------------------------------------------

    def day(self, name: str, text: str) -> dt.date:
        """A date in the map's own format, else in a form that can be read one way only."""
        if pattern := self._formats.get(name):
            return self._by_pattern(text, pattern).date()
        found = _DAY.fullmatch(fold(text))
        if found is None:
            raise _no_date(text)
        year, _, *parts = found.groups()
        month, day = (part for part in parts if part)
        try:
            read = parse_day(f"{year}-{int(month):02d}-{int(day):02d}")
        except ValueError:
            raise _no_date(text) from None
        if str(read) != text:
            self._note("date")
        return read

    def moment(self, text: str, date: dt.date | None = None) -> dt.datetime:
        """A moment in the map's own format, RFC 3339, a date as above and a time, or a time on the row's ``date``."""
        if pattern := self._formats.get("at"):
            found_at = self._by_pattern(text, pattern)
            has_day = any(sign in pattern for sign in ("%d", "%j", "%x", "%c", "%D", "%F", "%e"))
            return found_at if has_day else dt.datetime.combine(self._day_of(text, date), found_at.timetz())
        try:
            return parse_instant(text)
        except ValueError:
            found = _TIME.fullmatch(fold(text))
        if found is None:
            raise _no_moment(text)
        day, hour, minute, second = found.groups()
        on = self.day("", day) if day else self._day_of(text, date)
        try:
            return dt.datetime(
                on.year, on.month, on.day, int(hour), int(minute), int(second or 0), tzinfo=self.book.zone
            )
        except ValueError:
            raise _no_moment(text) from None

    def _day_of(self, text: str, date: dt.date | None) -> dt.date:
        """The row's own date, for a time without one."""
        if date is None:
            raise _no_moment(text)
        return date

    def _by_pattern(self, text: str, pattern: str) -> dt.datetime:
        try:
            found = dt.datetime.strptime(text, pattern)  # noqa: DTZ007 - the zone follows
        except ValueError:
            words = Words(f"“{shown(text)}”不合格式 {pattern}", f"“{shown(text)}” is not in the format {pattern}")
            raise Refused(words, code=FILE) from None
        return (found if found.tzinfo else found.replace(tzinfo=self.book.zone)).replace(microsecond=0)

    def _note(self, what: str) -> None:
        self.folded[what] = self.folded.get(what, 0) + 1

    def client(self, typed: str, state: State) -> str:
        """A client by code, or by the whole of a name or alias; a part of a name is too little for a file."""
        code = fold(typed).upper()
        if state.thing(Client, code) is not None:
            return code
        if not self._names:
            self._names = {
                normal(name): key for key, one in state.things(Client) for name in (one.unit, *one.names) if name
            }
        found = self._names.get(normal(typed))
        if found is not None:
            return found
        zeros = [key for key, _ in state.things(Client) if code.isdigit() and key.lstrip("0") == code.lstrip("0")]
        if zeros:
            words = Words(
                f"客户“{shown(typed)}”像是丢了前面的零：{zeros[0]}",
                f"client “{shown(typed)}” seems to have lost zeros: {zeros[0]}",
            )
            raise Refused(words, code=SPOILT)
        words = Words(f"没有“{shown(typed)}”这个客户", f"there is no client “{shown(typed)}”")
        raise Unknown(words, next=("gb client list", "gb import clients --template"))

    def spans(self, typed: str, face: int, state: State) -> SpanSet:
        """Serials in any typed form; one that nobody received and that is shorter than the known ones has lost zeros."""
        from ledger.book.resolve import spans

        found = spans(self.book, typed, state, face)
        for piece in state.pieces(found):
            if piece.sheet == UNKNOWN:
                self._refuse_short(piece.span.prefix, piece.span.width, typed, state)
        return found

    def _refuse_short(self, prefix: str, width: int, typed: str, state: Any) -> None:
        if not self._widths:
            for span, track in state.tracks():
                if track.sheet != UNKNOWN:  # one that a till has mistyped says nothing about the book's serials
                    self._widths.setdefault(span.prefix, set()).add(span.width)
        if known := [one for one in self._widths.get(prefix, ()) if one > width]:
            words = Words(
                f"券号“{shown(typed)}”只有 {width} 位，账上是 {max(known)} 位：像是被电子表格去掉了前面的零",
                f"serial “{shown(typed)}” has {width} digits, the book's have {max(known)}: a spreadsheet has dropped zeros",
            )
            raise Refused(words, code=SPOILT)


def _no_date(text: str) -> Refused:
    words = Words(
        f"“{shown(text)}”不是能唯一读懂的日期；请用 2026-10-08 或 2026/10/8，或在 MAP 里写 format",
        f"“{shown(text)}” is no date that reads one way only: use 2026-10-08 or 2026/10/8, or a format in the map",
    )
    return Refused(words, code=FILE)


def _no_moment(text: str) -> Refused:
    words = Words(
        f"“{shown(text)}”不是时刻；请用 2026-10-08 09:12，或 09:12 并有 date 列",
        f"“{shown(text)}” is no time: use 2026-10-08 09:12, or 09:12 beside a date column",
    )
    return Refused(words, code=FILE)


def _sale_values(one: Import, texts: Mapping[str, str], state: State) -> dict[str, Any]:
    """The values of a sale as far as the row gives them."""
    given = {name: text for name, text in texts.items() if text}
    values: dict[str, Any] = {"client": one.client(given.get("client", ""), state)}
    face = parse_amount(given["face"]) if "face" in given else 0
    if "amount" in given:
        refuse_spoilt(given["amount"], whole=False)
        values["amount"] = parse_amount(given["amount"])
    if "spans" in given:
        values["spans"] = one.spans(given["spans"], face, state)
        _refuse_other_count(given.get("sheets", ""), values["spans"])
    elif one.map.sheets_from_amount is None:
        raise Refused(Words("没有券号", "no serials"), code=FILE)
    elif "amount" not in values:
        raise Refused(Words("没有金额", "no amount"), code=FILE)
    if "payments" in given:
        values["payments"] = selling.payments(one.book, given["payments"].split())
    elif "method" in given:
        values["method"] = selling.method(one.book, given["method"])
    if "salesperson" in given:
        values["salesperson"] = selling.salesperson(state, given["salesperson"])
    if "expires" in given:
        values["expires"] = one.day("expires", given["expires"])
    return {**values, **{name: given[name] for name in ("reference", "approval") if name in given}}


def _refuse_other_count(sheets: str, spans: SpanSet) -> None:
    if sheets and sheets != str(spans.count):
        words = Words(
            f"写明 {shown(sheets)} 张，券号共 {spans.count} 张",
            f"{shown(sheets)} sheets said, the serials are {spans.count}",
        )
        raise Refused(words, code="REC-03")


def _personal(texts: Mapping[str, str], unit_kind: str) -> dict[str, Clear]:
    """The personal values of a row; a refusal never repeats one."""
    found = {name: text for name in PERSONAL_ITEMS if (text := texts.get(name, ""))}
    for name, text in found.items():
        words = ITEMS[name].words
        if name not in personal_items(unit_kind):
            said = Words(f"“{words.zh}”只登记个人客户的", f"the {words.en} is kept of individuals only")
            raise Refused(said, code="REG-01")
        try:
            refuse_spoilt(text)
        except Refused:
            said = Words(
                f"{words.zh}像是被电子表格改成了科学计数或小数",
                f"a spreadsheet has made the {words.en} scientific or a decimal",
            )
            raise Refused(said, code=SPOILT) from None
    return {name: clear(name, text) for name, text in found.items()}


def _client_values(_: Import, texts: Mapping[str, str], __: State) -> dict[str, Any]:
    """The values of a client; an individual's name is personal and is not taken."""
    values: dict[str, Any] = {
        name: text for name, text in texts.items() if text and name not in COMMON and name not in PERSONAL_ITEMS
    }
    values["code"] = fold(values.get("code", "")).upper()
    values["unit_kind"] = one_of(values.get("unit_kind", "enterprise"), KIND_WORDS, Words("单位性质", "kind of unit"))
    if values["unit_kind"] == "individual" and "unit" in values:
        words = Words(
            "个人的姓名不入账：写 alias，不写 unit", "an individual's name is not kept: give an alias, no unit"
        )
        raise Refused(words, code="REG-01")
    if "state_owned" in values:
        values["state_owned"] = "yes" if fold(values["state_owned"]).lower() in {"yes", "y", "1", "是"} else ""
    if not values["code"] or not (values.get("unit") or values.get("alias")):
        raise Refused(Words("没有客户代码或名称", "no client code or no name"), code=FILE)
    return {name: text for name, text in values.items() if text} | _personal(texts, values["unit_kind"])


def _with_initials(draft: Draft) -> Draft:
    """The draft with the 助记码 of its names where the file has none, as at the counter (C9)."""
    unit, alias = draft.values.get("unit", ""), draft.values.get("alias", "")
    found = {
        "initials": draft.values.get("initials") or initials(unit or alias),
        "alias_initials": initials(alias) if unit else "",
    }
    return msgspec.structs.replace(draft, values={**draft.values, **{name: one for name, one in found.items() if one}})


def _new_client(one: Import, draft: Draft, state: State) -> Draft | None:
    """The draft, or ``None`` for a client who is filed just so; one filed otherwise is refused."""
    code = draft.values["code"]
    old = state.thing(Client, code)
    if old is None:
        return _with_initials(draft)
    there = {
        "unit": old.unit, "unit_kind": old.unit_kind, "initials": old.initials, "owner": old.owner,
        "state_owned": "yes" if old.state_owned else "", "preferences": old.preferences, "contracts": old.contracts,
    }  # fmt: skip
    differs = [name for name, text in draft.values.items() if name in there and there[name] != text]
    if "alias" in draft.values and draft.values["alias"] not in old.names:
        differs.append("alias")
    differs += _other_persons(one.book, code, old, draft)
    if not differs:
        return None
    fields = ", ".join(differs)
    words = Words(f"客户 {code} 已建档，内容不同（{fields}）", f"client {code} is filed with other entries ({fields})")
    raise Refused(words, code="KEY-01", next=(f"gb client show {code}",))


def _other_persons(book: Book, code: str, old: Client, draft: Draft) -> list[str]:
    """The personal items whose value is another than the client's; raises :class:`Refused` where they cannot be compared."""
    given = {name: value for name, value in draft.values.items() if isinstance(value, Clear)}
    if not given:
        return []
    from ledger.book.personal import no_key, opened

    subject = Subject(Client.__name__, code)
    held = opened(book, subject, {name: old.personal[name] for name in given if name in old.personal})
    if MASK in held.values():
        raise no_key(subject)
    return [name for name, value in given.items() if held.get(name) != value.open()]


def _own_key(_: Import, __: Line, ___: dict[str, Any], ____: Mapping[str, str]) -> str:
    """A sale has no key but the file's own: two equal sales are two sales."""
    return ""


FORMS: dict[str, Form] = {
    "sales": Form(
        SALES, ("key", "client", "spans|sheets"), lambda _: "sale", _sale_values, _own_key, Import.sheets,
    ),
    "clients": Form(
        CLIENTS, ("code",), lambda _: "added", _client_values, lambda _, __, values, ___: values["code"],
        lambda one, _, draft, state: _new_client(one, draft, state),
    ),
    **THEIRS,
    **MEMBERS,
}  # fmt: skip
"""The journals that can be imported."""

FIELDS = {name: form.fields for name, form in FORMS.items()}


def template(journal: str) -> str:
    """An empty CSV to fill in: our fields as columns."""
    return ",".join(FIELDS[journal]) + "\n"
