"""Business rules, each a list dated by ``from:``; a record uses the rule in force on its business date.

The book's ``rules.yaml`` holds every number; this module holds their types only.  All scalars arrive as text (the file
is read without YAML's guessing of types) and are converted strictly.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal, TypeVar

import msgspec

from ledger.core.errors import Unreadable
from ledger.core.findings import USUAL, Severity
from ledger.core.money import parse_yuan, yuan
from ledger.core.words import Words

ROLES = ("clerk", "supervisor", "manager", "general-manager", "finance", "auditor")


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base: ``since`` is the first business date, inclusive, on which the values hold.

    ``NEEDED``: whether a book without the rule is incomplete; without one that is not, what it asks for is not asked.
    """

    NEEDED: ClassVar[bool] = True

    since: dt.date = msgspec.field(name="from")


class Roles(Rule, frozen=True, kw_only=True):
    """Who may do what: role to acts (decisions; P5)."""

    clerk: list[str] = []
    supervisor: list[str] = []
    manager: list[str] = []
    general_manager: list[str] = msgspec.field(name="general-manager", default_factory=list)
    finance: list[str] = []
    auditor: list[str] = []

    def __post_init__(self) -> None:
        """A role that is taken over exists and leads to no circle."""
        for role in ROLES:
            self._follow(role, ())

    def _follow(self, role: str, trail: tuple[str, ...]) -> None:
        if role in trail or role not in ROLES:
            raise ValueError(f"+{role}")
        for act in self._own(role):
            if act.startswith("+"):
                self._follow(act[1:], (*trail, role))

    def _own(self, role: str) -> list[str]:
        own: list[str] = getattr(self, role.replace("-", "_"), [])
        return own

    def acts(self, role: str) -> Sequence[str]:
        """The acts of a role; a role may take over another's with ``+role``."""
        return [a for act in self._own(role) for a in (self.acts(act[1:]) if act.startswith("+") else [act])]


class Discount(Rule, frozen=True, kw_only=True):
    """How far an amount may differ from face × sheets by a reason alone, in percent of the face value (S7)."""

    by_reason_percent: Decimal

    def __post_init__(self) -> None:
        """A percentage from 0 to 100."""
        if not (self.by_reason_percent.is_finite() and 0 <= self.by_reason_percent <= 100):
            raise ValueError(f"by_reason_percent: {self.by_reason_percent}")


class Expiry(Rule, frozen=True, kw_only=True):
    """The default expiry of sold sheets, months after the sale (S2); never later than the receipt's own."""

    months: Annotated[int, msgspec.Meta(ge=1, le=600)]

    def after(self, day: dt.date) -> dt.date:
        """The expiry date, inclusive, of a sale on ``day``; the last of the month where the day does not exist."""
        return months_after(day, self.months)


def months_after(day: dt.date, months: int) -> dt.date:
    """The same day so many months later; the last of the month where the day does not exist."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return dt.date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise ValueError(day)


class Approvals(Rule, frozen=True, kw_only=True):
    """Custody steps that need an approval (V5, V6), and above which face value a general manager must approve."""

    needed: list[str] = []
    manager_limit: str = ""

    def __post_init__(self) -> None:
        """The limit is an amount in yuan with two decimals."""
        if self.manager_limit:
            parse_yuan(self.manager_limit)

    @property
    def limit(self) -> int | None:
        """The limit in fen, or ``None``: a manager approves any value."""
        return parse_yuan(self.manager_limit) if self.manager_limit else None


class Backdate(Rule, frozen=True, kw_only=True):
    """How many days back a clerk may date a record; beyond that a supervisor."""

    clerk_days: Annotated[int, msgspec.Meta(ge=0, le=366)]


class Clock(Rule, frozen=True, kw_only=True):
    """By how much a record's time may be moved on so that it sorts after what it touches (format: order).

    ``days_ahead``: so many days without any record are believed; a machine's clock further ahead is looked at first.
    """

    bump_seconds: Annotated[int, msgspec.Meta(ge=0, le=3600)]
    days_ahead: Annotated[int, msgspec.Meta(ge=1, le=3660)] = 31


class Count(Rule, frozen=True, kw_only=True):
    """Physical counts (V7): how many people count."""

    people: Annotated[int, msgspec.Meta(ge=1, le=2)]


class Notice(Rule, frozen=True, kw_only=True):
    """The notice of the day's serials (N1): the clock time from which today's is due, who gets a copy, whether one is due daily."""

    NEEDED = False

    time: Annotated[str, msgspec.Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    copies: Annotated[list[Literal["finance", "cashiers"]], msgspec.Meta(min_length=1)]
    daily: Literal["yes", "no"] = "yes"

    def __post_init__(self) -> None:
        """Nobody gets two copies."""
        if len(set(self.copies)) < len(self.copies):
            raise ValueError(f"copies: {' '.join(self.copies)}")


Amount = Annotated[str, msgspec.Meta(pattern=r"^((0|[1-9][0-9]{0,14})\.[0-9]{2})?$")]
"""Yuan with two decimals; empty: the rule is switched off."""


class Limit(Rule, frozen=True, kw_only=True):
    """An amount from which on something is asked (S10)."""

    NEEDED = False

    amount: Amount

    @property
    def limit(self) -> int | None:
        """The amount in fen, inclusive; ``None``: nothing is asked."""
        return parse_yuan(self.amount) if self.amount else None


class Identity(Limit, frozen=True, kw_only=True):
    """From this amount in one purchase the buyer is identified (LAW-01)."""


class UnitCash(Limit, frozen=True, kw_only=True):
    """From this amount a unit pays by transfer, not in cash (LAW-02)."""


class PersonalCash(Limit, frozen=True, kw_only=True):
    """The same for an individual (LAW-03)."""


class FaceLimit(Rule, frozen=True, kw_only=True):
    """The greatest face value of a voucher for whoever holds it, and of one sold by name (LAW-04), both inclusive.

    ``registered_faces`` are the face values that are sold by name.
    """

    NEEDED = False

    bearer: Amount
    registered: Amount
    registered_faces: list[Amount] = []

    def limit_of(self, face: int) -> int | None:
        """The limit in fen for a voucher of that face (fen); ``None``: there is none."""
        amount = self.registered if yuan(face) in self.registered_faces else self.bearer
        return parse_yuan(amount) if amount else None


class Validity(Rule, frozen=True, kw_only=True):
    """For how many months at least a sold bearer voucher is valid (LAW-05); 0 for none."""

    NEEDED = False

    months: Annotated[int, msgspec.Meta(ge=0, le=600)]


class Splitting(Rule, frozen=True, kw_only=True):
    """Within how many days the sales to one client are added up against the limits (LAW-06); 0 or 1 day: not asked."""

    NEEDED = False

    days: Annotated[int, msgspec.Meta(ge=0, le=366)]


class Invoice(Rule, frozen=True, kw_only=True):
    """The invoices that are not given for vouchers (LAW-07)."""

    NEEDED = False

    refused: list[Literal["ordinary", "special"]]


class Retention(Rule, frozen=True, kw_only=True):
    """For how many years records are kept (S10)."""

    NEEDED = False

    years: Annotated[int, msgspec.Meta(ge=0, le=100)]


class Severities(Rule, frozen=True, kw_only=True):
    """Findings whose severity the store changes: code to severity."""

    codes: dict[str, Severity] = {}

    def __post_init__(self) -> None:
        """Only codes that exist."""
        for code in self.codes:
            if code not in USUAL:
                raise ValueError(code)


R = TypeVar("R", bound=Rule)

TYPES: dict[str, type[Rule]] = {
    "roles": Roles,
    "discount": Discount,
    "expiry": Expiry,
    "approvals": Approvals,
    "backdate": Backdate,
    "clock": Clock,
    "count": Count,
    "notice": Notice,
    "identity": Identity,
    "unit_cash": UnitCash,
    "personal_cash": PersonalCash,
    "face_limit": FaceLimit,
    "validity": Validity,
    "splitting": Splitting,
    "invoice": Invoice,
    "retention": Retention,
    "severities": Severities,
}


class Rules:
    """The dated rules of a book."""

    def __init__(self, dated: Mapping[str, Sequence[Rule]]) -> None:
        self._dated = dated

    def find(self, kind: type[R], day: dt.date) -> R | None:
        """The rule of ``kind`` in force on ``day``; ``None`` when the file has none: what it asks for is not asked then."""
        found: R | None = None
        for rule in self._dated.get(_name(kind), ()):
            if rule.since <= day:
                found = rule  # type: ignore[assignment]  # _dated is keyed by the kind's name
        return found

    def on(self, kind: type[R], day: dt.date) -> R:
        """The rule of ``kind`` in force on ``day``; raises :class:`Unreadable` when the file has none."""
        found = self.find(kind, day)
        if found is None:
            raise _missing(_name(kind), day)
        return found

    def severity(self, code: str, usual: Severity, day: dt.date) -> Severity:
        """The severity of a finding on ``day``: the store's own, or the usual one."""
        return self.on(Severities, day).codes.get(code, usual)

    def __iter__(self) -> Iterator[tuple[str, Sequence[Rule]]]:
        return iter(self._dated.items())


def _name(kind: type[Rule]) -> str:
    return next(name for name, known in TYPES.items() if known is kind)


def _missing(name: str, day: dt.date) -> Unreadable:
    words = Words(f"rules.yaml 中没有 {day} 适用的规则“{name}”", f"rules.yaml has no rule “{name}” in force on {day}")
    return Unreadable(words, code="RUL-01", next=("gb doctor",))


def parse_rules(texts: Mapping[str, Any]) -> Rules:
    """Rules from the mapping in ``rules.yaml``, every scalar a text; raises :class:`Unreadable` with the rule's name."""
    dated: dict[str, Sequence[Rule]] = {}
    for name, entries in texts.items():
        if name not in TYPES:
            words = Words(f"rules.yaml 中有不认识的规则“{name}”", f"rules.yaml has an unknown rule “{name}”")
            raise Unreadable(words, code="RUL-01", next=("gb doctor",))
        dated[name] = _parse_dated(name, entries)
    return Rules(dated)


def _parse_dated(name: str, entries: Any) -> Sequence[Rule]:
    try:
        rules = [msgspec.convert(entry, TYPES[name], strict=False) for entry in entries]
    except (msgspec.ValidationError, ValueError, TypeError) as error:
        words = Words(f"rules.yaml 的规则“{name}”有误：{error}", f"rule “{name}” in rules.yaml is wrong: {error}")
        raise Unreadable(words, code="RUL-01", next=("gb doctor",)) from None
    return sorted(rules, key=lambda rule: rule.since)
