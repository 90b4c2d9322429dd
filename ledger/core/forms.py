"""How a journal and its kinds of record are declared, once, for storage, schemas, import, commands and help.

A kind of record is a frozen :class:`Record` subclass whose own fields are annotated with a :class:`Codec` and a label in
both languages.  Everything that depends on the form of a record (the text codec, the JSON Schema or Table Schema, the
columns of an import, the options and help of the plain recording command) is read off that declaration; a feature adds
a class here, not a line in six lists.

Order of fields in the text: :data:`HEAD`, the kind's own fields as declared, :data:`TAIL` (public contract, section 1).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, lru_cache
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    ClassVar,
    Generic,
    NamedTuple,
    Self,
    TypeVar,
    get_args,
    get_origin,
    get_type_hints,
    overload,
)

import msgspec

from ledger.core.custody import parse_restores, show_restores
from ledger.core.dates import instant_text, parse_day, parse_instant
from ledger.core.money import parse_yuan, yuan
from ledger.core.paper import Paper
from ledger.core.spans import EMPTY, SpanSet, parse_spans
from ledger.core.words import Words

if TYPE_CHECKING:
    from ledger.core.findings import Finding
    from ledger.core.postings import Posting
    from ledger.core.rules import Rules
    from ledger.core.state import State

T = TypeVar("T")


class once(Generic[T]):  # noqa: N801 - read as a word, like property
    """A property of a record that is reckoned when it is first asked for; without the lock of ``cached_property``."""

    def __init__(self, reckon: Callable[[Any], T]) -> None:
        self._reckon = reckon
        self._name = reckon.__name__
        self.__doc__ = reckon.__doc__

    @overload
    def __get__(self, record: None, owner: type) -> Self: ...
    @overload
    def __get__(self, record: object, owner: type) -> T: ...
    def __get__(self, record: object | None, owner: type) -> T | Self:
        """The value, which from then on stands in the record's own namespace and is found there first."""
        if record is None:
            return self
        found = record.__dict__[self._name] = self._reckon(record)
        return found


HEAD = ("id", "at", "date", "by", "kind")
UNDONE = ("of", "of_ref", "restores")
TAIL = ("clock", "ref", "reason", "note", "key", "h")
HEAD_WORDS = {
    "id": Words("编号", "record id"),
    "at": Words("登记时间", "recorded at"),
    "date": Words("业务日期", "business date"),
    "by": Words("经手人", "operator"),
    "kind": Words("类别", "kind"),
    "clock": Words("时钟", "clock"),
    "ref": Words("原单编号", "refers to"),
    "reason": Words("原因", "reason"),
    "note": Words("备注", "note"),
    "key": Words("外部编号", "foreign id or retry token"),
    "h": Words("校验链", "chain"),
    "of": Words("原单类别", "kind of the original"),
    "of_ref": Words("原单所指编号", "what the original referred to"),
    "restores": Words("恢复状态", "states restored"),
}


class Codec(msgspec.Struct, frozen=True):
    """How one type of field is written: ``parse`` takes the canonical file text only and raises ``ValueError``."""

    name: str
    parse: Callable[[str], Any]
    show: Callable[[Any], str]
    pattern: str
    words: Words


class Line(NamedTuple):
    """So many sheets of a face value (fen)."""

    face: int
    sheets: int


class Pay(NamedTuple):
    """An amount (fen) paid by a method."""

    method: str
    amount: int


Lines = tuple[Line, ...]
Pays = tuple[Pay, ...]


def lines_of(pairs: Iterable[tuple[int, int]]) -> Lines:
    """Canonical lines: one per face value, highest face first; faces of zero sheets are left out."""
    total: dict[int, int] = {}
    for face, sheets in pairs:
        total[face] = total.get(face, 0) + sheets
    return tuple([Line(face, total[face]) for face in sorted(total, reverse=True) if total[face]])


def value_of(lines: Lines) -> int:
    """Face value of the lines, in fen."""
    fen = 0
    for face, sheets in lines:
        fen += face * sheets
    return fen


def sheets_of(lines: Lines) -> int:
    """Number of sheets of the lines."""
    return sum([sheets for _, sheets in lines])


def show_lines(lines: Lines) -> str:
    """``100.00*500 50.00*200``."""
    return " ".join(f"{yuan(face)}*{sheets}" for face, sheets in lines)


@lru_cache(maxsize=4096)
def parse_lines(text: str) -> Lines:
    """The canonical form of :func:`show_lines` only."""
    pairs = [part.split("*") for part in text.split(" ")]
    lines = lines_of((parse_yuan(face), int(sheets)) for face, sheets in pairs)
    return _same(lines, show_lines(lines), text)


def show_pays(pays: Pays) -> str:
    """``cash:3000.00 cheque:2000.00``."""
    return " ".join(f"{method}:{yuan(amount)}" for method, amount in pays)


@lru_cache(maxsize=4096)
def parse_pays(text: str) -> Pays:
    """The canonical form of :func:`show_pays` only."""
    pairs = [part.split(":") for part in text.split(" ")]
    pays = tuple(Pay(method, parse_yuan(amount)) for method, amount in pairs)
    return _same(pays, show_pays(pays), text)


def _same(value: T, again: str, text: str) -> T:
    if again != text:
        raise ValueError(f"not in canonical form: {again}")
    return value


def _count(text: str) -> int:
    return _same(int(text), str(int(text)), text)


def _token(text: str) -> str:
    if not text.isascii() or " " in text:
        raise ValueError("letters, digits and dashes only")
    return text


def word(*choices: str) -> Codec:
    """A field that holds one of a few English words."""

    def parse(text: str) -> str:
        if text not in choices:
            raise ValueError(f"one of {' '.join(choices)}")
        return text

    return Codec("word", parse, str, "^(" + "|".join(choices) + ")$", Words("选项", "one of " + " ".join(choices)))


MONEY_PATTERN = r"-?(0|[1-9][0-9]{0,14})\.[0-9]{2}"
SERIAL_PATTERN = r"([A-Z0-9][A-Z0-9-]{0,15}/)?[A-Z]{0,8}[0-9]{1,18}"
SPAN_PATTERN = SERIAL_PATTERN + r"(-[A-Z]{0,8}[0-9]{1,18})?"
LINE_PATTERN = r"(0|[1-9][0-9]{0,14})\.[0-9]{2}\*[1-9][0-9]*"
PAY_PATTERN = r"[a-z][a-z0-9-]*:" + MONEY_PATTERN

TEXT = Codec("text", str, str, "", Words("文字", "text"))
CODE = Codec("code", _token, str, r"^[!-~]+$", Words("代码", "code"))
YUAN = Codec("yuan", parse_yuan, yuan, f"^{MONEY_PATTERN}$", Words("元，两位小数", "yuan with two decimals"))
SHEETS = Codec("sheets", _count, str, r"^(0|[1-9][0-9]*)$", Words("张数", "number of sheets"))
DAY = Codec("day", parse_day, str, r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", Words("日期", "date"))
INSTANT = Codec(
    "instant", parse_instant, instant_text,
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})$", Words("时刻", "instant"),
)  # fmt: skip
SERIALS = Codec(
    "serials", parse_spans, lambda spans: spans.text, f"^{SPAN_PATTERN}( {SPAN_PATTERN})*$", Words("券号", "serials")
)
LINES = Codec(
    "lines", parse_lines, show_lines, f"^{LINE_PATTERN}( {LINE_PATTERN})*$",
    Words("面值*张数", "face value * sheets"),
)  # fmt: skip
PAYS = Codec(
    "payments", parse_pays, show_pays, f"^{PAY_PATTERN}( {PAY_PATTERN})*$",
    Words("付款方式:金额", "method:amount"),
)  # fmt: skip
RECORD = Codec(
    "record", _token, str, r"^[A-Z]{2}[0-9]{8}-[A-Z][A-Z0-9]{0,7}-[0-9]{4,}$", Words("单据编号", "record id")
)
YES = word("yes")
RESTORES = Codec("restores", parse_restores, show_restores, r"^[!-~]+( [!-~]+)*$", Words("券号=状态", "serials=state"))

Serials = Annotated[SpanSet, SERIALS]
Yuan = Annotated[int, YUAN]
Sheets = Annotated[int, SHEETS]
Day = Annotated[dt.date, DAY]
FaceLines = Annotated[Lines, LINES]
Payments = Annotated[Pays, PAYS]
Text = Annotated[str, TEXT]
Code = Annotated[str, CODE]
RecordId = Annotated[str, RECORD]


class Field(NamedTuple):
    """One own field of a kind: ``default`` is what an empty text stands for; a required field has none."""

    name: str
    codec: Codec
    words: Words
    required: bool
    default: Any


class Touch(NamedTuple):
    """What a record acts on: the order rule and reversals look at nothing else."""

    spans: SpanSet = EMPTY
    things: tuple[tuple[str, str], ...] = ()


class Told(NamedTuple):
    """What a notice tells of a record: the part that lists the serials, and their faces where the record says them."""

    part: str
    spans: SpanSet
    lines: Lines = ()


class Whose(NamedTuple):
    """Whose personal data a kind holds: the space of the thing (``Client``), and the own field that has its code."""

    space: str
    field: str


class FieldError(ValueError):
    """A field's text is not in its form; ``field`` names it, ``text`` is what stood there."""

    def __init__(self, field: str, text: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field = field
        self.text = text
        self.why = why


class UnknownField(FieldError):
    """A field, column or kind that the declaration does not have (finding JRN-05)."""


class Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, dict=True):
    """The fields that every record has.  ``date`` is the business date; ``at`` an aware instant in whole seconds.

    Subclasses declare their own fields and, as class variables: ``KIND`` the word in the file, ``WORDS`` the form's
    name, ``RANK`` the place among records of the same second, ``ACT`` what an operator's role must allow,
    ``NEEDS_REASON`` whether the form is void without a reason, ``ONE_OF`` fields of which the form has at least one,
    ``PURPOSES`` the request purposes that can approve it (whether one is needed is a rule of the store, V5, V6),
    ``INSTEAD`` the command that ends its effect where it cannot be reversed, because other records rely on it without
    touching it, ``TOLD`` the codes of
    errors that do not refuse it: what is put right is found and answered, whatever it lays bare, ``ALONE`` whether it may be reversed all the same on its own day, as long as no other names its party,
    ``TAKINGS`` whether its money is what clients paid for vouchers (R8), not what the house moves about,
    ``THEIRS`` whether it says what another side says: taken in as it stands, never refused for what it says nor for an
    early date (V3), ``NOTICE`` the part of the 17:00 notice that lists its serials, empty for none (N1), ``GENERATED``
    whether the program itself writes it from what is recorded: its date is that of what it covers, so nobody back-dates it.
    ``PAPERS`` are the forms that are printed of it.
    ``SUBJECT`` is the own field that a plain command takes as its first word.
    ``WHOSE`` is given by kinds with personal fields: under whose key they are written (C8).
    """

    KIND: ClassVar[str]
    WORDS: ClassVar[Words]
    HELP: ClassVar[Words] = Words("", "")
    RANK: ClassVar[int] = 50
    ACT: ClassVar[str] = ""
    NEEDS_REASON: ClassVar[bool] = False
    ONE_OF: ClassVar[tuple[str, ...]] = ()
    PURPOSES: ClassVar[tuple[str, ...]] = ()
    INSTEAD: ClassVar[str] = ""
    TOLD: ClassVar[frozenset[str]] = frozenset()
    ALONE: ClassVar[bool] = False
    TAKINGS: ClassVar[bool] = False
    THEIRS: ClassVar[bool] = False
    NOTICE: ClassVar[str] = ""
    GENERATED: ClassVar[bool] = False
    PAPERS: ClassVar[tuple[Paper, ...]] = ()
    SUBJECT: ClassVar[str] = ""
    WHOSE: ClassVar[Whose | None] = None

    id: str
    at: dt.datetime
    date: dt.date
    by: str
    clock: str = ""
    ref: str = ""
    reason: str = ""
    note: str = ""
    key: str = ""

    @property
    def terminal(self) -> str:
        """The terminal's code, as the id carries it."""
        return self.id[11 : self.id.rindex("-")]

    @property
    def number(self) -> int:
        """The running number of the id."""
        return int(self.id[self.id.rindex("-") + 1 :])

    @property
    def party(self) -> str:
        """Whom it is about, as the index finds it: the client's code; empty for nobody."""
        client: str = getattr(self, "client", "")
        return client

    @property
    def theirs(self) -> bool:
        """Whether this very record says what another side says, as ``THEIRS`` does of all of its kind."""
        return self.THEIRS

    def anyway(self, state: State) -> str:
        """The command that undoes it although others came after it, as it is now; empty where there is none."""
        return ""

    @once
    def order(self) -> str:
        """The sort key as text: date, instant, rank of the kind, terminal, number (format: order), then the id."""
        return order_key(self.date, self.at, self.RANK, self.terminal, self.number) + " " + self.id

    def touches(self) -> Touch:
        """What this record acts on; nothing by default."""
        return Touch()

    @once
    def touched(self) -> Touch:
        """:meth:`touches`, reckoned once."""
        return self.touches()

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """The rules this record breaks in ``state``, the state just before it."""
        return ()

    def apply(self, state: State) -> None:
        """Change ``state`` by what this record did; what was illegal is left out (its finding tells)."""

    def postings(self) -> Sequence[Posting]:
        """Double entry: quantities sum to zero per commodity."""
        return ()

    def noticed(self) -> tuple[Told, ...]:
        """What the 17:00 notice tells the tills of it (N1): its sheets in the part ``NOTICE``; none without sheets."""
        spans = self.touches().spans if self.NOTICE else EMPTY
        return (Told(self.NOTICE, spans, getattr(self, "lines", ())),) if spans else ()

    @classmethod
    def resolve(cls, values: dict[str, Any], state: State, rules: Rules) -> dict[str, Any]:
        """Fill in what entry derives (faces, defaults by rule) from the typed ``values`` of a draft."""
        return values

    @classmethod
    def fields(cls) -> tuple[Field, ...]:
        """The kind's own fields in file order."""
        return _fields(cls)

    @classmethod
    def decode(cls, values: Mapping[str, str]) -> Self:
        """Build the record from the texts of a file; raises :class:`FieldError`."""
        form = _form(cls)
        ready: dict[str, Any] = {}
        name = ""
        try:
            for name, text in values.items():
                parse = form.parsers.get(name)
                if parse is not None and text:
                    ready[name] = parse(text)
        except ValueError as error:
            raise FieldError(name, values[name], str(error)) from None
        if not form.required <= ready.keys():
            missing = next(name for name in form.order if name in form.required and name not in ready)
            raise FieldError(missing, "", "missing")
        return cls(**ready)

    def encode(self) -> dict[str, str]:
        """The texts of the record in file order, without ``h``; empty fields are left out."""
        own = {
            f.name: f.codec.show(v)
            for f in self.fields()
            if (v := getattr(self, f.name)) or f.required or (v is not None and f.default is None)
        }
        values = {"id": self.id, "at": instant_text(self.at), "date": str(self.date), "by": self.by, "kind": self.KIND}
        values.update(own)
        for name in TAIL[:-1]:
            if text := getattr(self, name):
                values[name] = text
        return values


_COMMON_TEXT = ("id", "by", "clock", "ref", "reason", "note", "key")
_REPEATED = 4096
"""So many texts of a codec are remembered with their values: most fields of a month's records say what others said."""


class _Form(NamedTuple):
    """How the texts of a kind are read: its parsers by field, and the fields that must be there, in file order."""

    parsers: Mapping[str, Callable[[str], Any]]
    order: tuple[str, ...]
    required: frozenset[str]


@cache
def _form(cls: type[Record]) -> _Form:
    own = cls.fields()
    parsers: dict[str, Callable[[str], Any]] = {
        **dict.fromkeys(_COMMON_TEXT, str),
        "at": parse_instant,
        "date": _remembered(DAY),
    }
    parsers |= {field.name: _remembered(field.codec) for field in own}
    required = ("at", "date", *(field.name for field in own if field.required))
    return _Form(parsers, ("at", "date", *(field.name for field in own)), frozenset(required))


@cache
def _remembered(codec: Codec) -> Callable[[str], Any]:
    """The codec's parser; of a type whose texts come again and again one that remembers them."""
    return lru_cache(_REPEATED)(codec.parse) if codec in (DAY, YUAN, LINES, PAYS) else codec.parse


def order_key(date: dt.date, at: dt.datetime, rank: int, terminal: str, number: int) -> str:
    """Text that sorts as (date, instant, rank, terminal, number) does."""
    text = at.astimezone(dt.UTC).isoformat()  # strftime takes twice the time
    instant = f"{text[:4]}{text[5:7]}{text[8:13]}{text[14:16]}{text[17:19]}"
    return f"{date.isoformat()} {instant} {rank:02d} {terminal:<8} {number:010d}"


def _read(codec: Codec, name: str, text: str) -> Any:
    try:
        return codec.parse(text)
    except ValueError as error:
        raise FieldError(name, text, str(error)) from None


@cache
def _fields(cls: type[Record]) -> tuple[Field, ...]:
    defaults = dict(zip(reversed(cls.__struct_fields__), reversed(cls.__struct_defaults__), strict=False))
    hints = get_type_hints(cls, include_extras=True)
    own = [name for name in cls.__struct_fields__ if name not in Record.__struct_fields__]
    return tuple(_field(name, hints[name], defaults) for name in own)


def _field(name: str, hint: Any, defaults: Mapping[str, Any]) -> Field:
    found = _metadata(hint)
    codec = next(m for m in found if isinstance(m, Codec))
    words = next(m for m in reversed(found) if isinstance(m, Words))
    default = defaults.get(name, msgspec.NODEFAULT)
    return Field(name, codec, words, default is msgspec.NODEFAULT, default)


def _metadata(hint: Any) -> list[Any]:
    """Annotated metadata of ``hint``, looking through ``X | None``."""
    if get_origin(hint) is Annotated:
        base, *rest = get_args(hint)
        return _metadata(base) + rest
    return [m for arg in get_args(hint) for m in _metadata(arg)] if get_origin(hint) is not None else []


class Reversal(Record, frozen=True, kw_only=True):
    """An own mistake undone.  It repeats the original's fields, so that its postings need no older file.

    ``of`` is the kind of the original; ``restores`` says, per span, the state it puts back.  Source: S8, format (order).
    """

    KIND = "reversal"
    WORDS = Words("冲销", "reversal")
    RANK = 90
    ACT = "undo"
    NEEDS_REASON = True

    original: Record
    restores: str = ""

    @property
    def of(self) -> str:
        """The kind of the record undone."""
        return self.original.KIND

    def touches(self) -> Touch:
        """What the original touched."""
        return self.original.touches()

    @property
    def same_month(self) -> bool:
        """Whether the original is of the month of this record: one of another is corrected as a line of prior periods (R9)."""
        return self.ref[2:8] == f"{self.date:%Y%m}"

    def postings(self) -> Sequence[Posting]:
        """The original's postings with the opposite sign; into the prior-period account when its month is another."""
        from ledger.core.postings import negated

        return negated(self.original.postings()) if self.same_month else undone_later(self.original)

    def encode(self) -> dict[str, str]:
        """The original's own fields, then what was undone."""
        own = self.original.encode()
        values = {"id": self.id, "at": instant_text(self.at), "date": str(self.date), "by": self.by, "kind": self.KIND}
        values.update({name: own[name] for name in own if name not in HEAD and name not in TAIL})
        undone = {"of": self.of, "of_ref": self.original.ref, "restores": self.restores}
        values.update({name: text for name, text in undone.items() if text})
        values.update({name: text for name in TAIL[:-1] if (text := getattr(self, name))})
        return values


def undone_later(original: Record) -> Sequence[Posting]:
    """The postings of undoing ``original`` in a later month: prior periods, and its takings are paid back by finance (R9, N4)."""
    from ledger.core.postings import negated, paid_back, prior_period

    undone = negated(original.postings())
    return prior_period(paid_back(undone) if original.TAKINGS else undone)


class Journal(msgspec.Struct, frozen=True):
    """One journal: its file stem, the two letters of its ids, its text format, its kinds of record."""

    name: str
    code: str
    format: str
    words: Words
    kinds: tuple[type[Record], ...]

    def kind(self, name: str) -> type[Record]:
        """The record class of a kind; raises :class:`UnknownField`."""
        for kind in self.kinds:
            if name == kind.KIND:
                return kind
        raise UnknownField("kind", name, "unknown kind")

    def columns(self) -> tuple[str, ...]:
        """The header of a CSV file: the union of the kinds' fields between head and tail."""
        own = dict.fromkeys(field.name for kind in self.kinds for field in kind.fields())
        return (*HEAD, *own, *UNDONE, *TAIL)

    def decode(self, values: Mapping[str, str]) -> Record:
        """Build a record from its texts; raises :class:`FieldError`, :class:`UnknownField` for a field of no use."""
        name = values.get("kind", "")
        if name != Reversal.KIND:
            kind = self.kind(name)
            _refuse_strangers(values, kind, ())
            return kind.decode(values)
        kind = self.kind(values.get("of", ""))
        _refuse_strangers(values, kind, UNDONE)
        bare = {
            "id": values.get("ref", ""),
            "ref": values.get("of_ref", ""),
            "clock": "",
            "reason": "",
            "note": "",
            "key": "",
        }
        original = kind.decode({**values, **bare})
        common = {name: values[name] for name in _COMMON_TEXT if values.get(name)}
        restores = values.get("restores", "")
        _read(RESTORES, "restores", restores)
        return Reversal(
            original=original, restores=restores, at=original.at, date=original.date, **common
        )  # fmt: skip


def _refuse_strangers(values: Mapping[str, str], kind: type[Record], extra: Sequence[str]) -> None:
    known = _known(kind)
    for name, text in values.items():
        if text and name not in known and name not in extra:
            raise UnknownField(name, text, f"no field of {kind.KIND}")


@cache
def _known(kind: type[Record]) -> frozenset[str]:
    return frozenset((*HEAD, *TAIL, *(field.name for field in kind.fields())))
