"""Business rules, each a list dated by ``from:``; a record uses the rule in force on its business date.

The book's ``rules.yaml`` holds every number; this module holds their types only.  All scalars arrive as text (the file
is read without YAML's guessing of types) and are converted strictly.

Annotations are evaluated as the module is read, unlike everywhere else: every command converts the rules, and to evaluate
some hundred texts one by one takes it four times as long.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache, lru_cache
from typing import Annotated, Any, ClassVar, Literal, TypeVar

import msgspec

from ledger.core.bankdays import BankDays
from ledger.core.errors import Unreadable
from ledger.core.findings import USUAL, Severity
from ledger.core.money import parse_yuan, yuan
from ledger.core.words import Words

ROLES = ("clerk", "supervisor", "manager", "general-manager", "finance", "auditor")


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base: ``since`` is the first business date, inclusive, on which the values hold.

    ``NEEDED``: whether a book without the rule is incomplete; without one that is not, what it asks for is not asked.
    ``OF_OLD`` are the values in a book made before the program knew the rule; without them the file must have it.
    ``RETIRED`` are fields that older files have and that nothing reads any more; ``gb doctor`` names them.
    """

    NEEDED: ClassVar[bool] = True
    RETIRED: ClassVar[tuple[str, ...]] = ()
    OF_OLD: ClassVar[Mapping[str, Any]] = {}

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


@lru_cache(1024)
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
    """Custody steps that need an approval (V5, V6), and above which face value a general manager must approve.

    ``signed``: the roles whose approvals count only with an electronic signature; usually none.
    """

    needed: list[str] = []
    manager_limit: str = ""
    signed: list[str] = []

    def __post_init__(self) -> None:
        """The limit is an amount in yuan with two decimals; the roles exist."""
        if self.manager_limit:
            parse_yuan(self.manager_limit)
        for role in self.signed:
            if role not in ROLES:
                raise ValueError(role)

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


class Cheques(Rule, frozen=True, kw_only=True):
    """Cheques: days after its date to present one (S6); bank days from deposit to the usual handover (S4).

    ``deposit_bank_days``: bank days from receipt to deposit, 0 for the same day (S4).
    """

    present_days: Annotated[int, msgspec.Meta(ge=0, le=366)]
    hold_bank_days: Annotated[int, msgspec.Meta(ge=0, le=60)]
    deposit_bank_days: Annotated[int, msgspec.Meta(ge=0, le=60)]


class Notice(Rule, frozen=True, kw_only=True):
    """The notice of the day's serials (N1): who gets a copy, whether one is due daily.

    It is due from the cut-off of the cash day on, which is 17:00 for both: the rule ``cash`` says it.
    """

    NEEDED = False
    RETIRED = ("time",)

    copies: Annotated[list[Literal["finance", "cashiers"]], msgspec.Meta(min_length=1)]
    daily: Literal["yes", "no"] = "yes"

    def __post_init__(self) -> None:
        """Nobody gets two copies."""
        if len(set(self.copies)) < len(self.copies):
            raise ValueError(f"copies: {' '.join(self.copies)}")


class Registers(Rule, frozen=True, kw_only=True):
    """Finance's registers against ours (R10): so many days after our date finance may still book, as timing."""

    timing_days: Annotated[int, msgspec.Meta(ge=0, le=366)]


class Bank(Rule, frozen=True, kw_only=True):
    """The bank reconciliation (N5).

    ``cash_deposits``: whether the cash of deposit slips comes to this account.  ``match_days``: how far apart the dates of
    an entry and of a statement line of the same amount without a common number may be.
    """

    cash_deposits: Literal["yes", "no"]
    match_days: Annotated[int, msgspec.Meta(ge=0, le=366)]


class Liability(Rule, frozen=True, kw_only=True):
    """The buckets of outstanding vouchers: ages in days since they went out, and days before the expiry; upper ends, inclusive."""

    age_days: list[Annotated[int, msgspec.Meta(ge=0)]]
    expiry_days: list[Annotated[int, msgspec.Meta(ge=0)]]

    def __post_init__(self) -> None:
        """Ends rise, or a sheet would fall into two buckets."""
        for ends in (self.age_days, self.expiry_days):
            if sorted(set(ends)) != ends:
                raise ValueError(f"not rising: {ends}")


class Cash(Rule, frozen=True, kw_only=True):
    """The cash drawer (S3, N1, N3, N4).  Amounts are in yuan with two decimals; the ``…_fen`` properties give fen.

    ``cutoff`` ends the cash day, inclusive: what is recorded later belongs to the next trading day, and from then on the
    day's notice is due (N1).  ``advances_from`` and
    ``refunds_from`` name the pots of the drawer, ``float`` and ``cash`` (the takings), that may pay them; finance always may.
    ``write_off_by_reason`` is the most that an over or short may be written off with a reason alone.  A cash payment above
    ``notice_above`` is announced ``notice_days`` days ahead.
    """

    cutoff: Annotated[str, msgspec.Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    overnight_cap: str
    float_least: str
    float_most: str
    advance_most: str
    advance_purposes: list[str]
    advances_from: list[Literal["float", "cash"]]
    refunds_from: list[Literal["float", "cash"]]
    write_off_by_reason: str
    notice_above: str
    notice_days: Annotated[int, msgspec.Meta(ge=0, le=366)]

    def __post_init__(self) -> None:
        """Amounts that read."""
        for text in (self.overnight_cap, self.float_least, self.float_most, self.advance_most):
            parse_yuan(text)
        for text in (self.write_off_by_reason, self.notice_above):
            parse_yuan(text)

    @property
    def ends(self) -> dt.time:
        """The last moment of the cash day, inclusive."""
        hour, _, minute = self.cutoff.partition(":")
        return dt.time(int(hour), int(minute))

    @property
    def cap(self) -> int:
        """The most that may lie in the drawer overnight, in fen."""
        return parse_yuan(self.overnight_cap)

    @property
    def advance_limit(self) -> int:
        """The most that may be advanced, in fen."""
        return parse_yuan(self.advance_most)

    @property
    def by_reason(self) -> int:
        """The most over or short that a reason alone writes off, in fen."""
        return parse_yuan(self.write_off_by_reason)

    @property
    def announced_above(self) -> int:
        """Above how much (fen) a cash payment is announced ahead."""
        return parse_yuan(self.notice_above)

    @property
    def float_range(self) -> tuple[int, int]:
        """The least and the most float in fen, both inclusive."""
        return parse_yuan(self.float_least), parse_yuan(self.float_most)


class Arrival(Rule, frozen=True, kw_only=True):
    """How long a payment may take to arrive (S9): ``days`` after its business date TIE-01 becomes an error."""

    days: Annotated[int, msgspec.Meta(ge=0, le=366)]


class Rebates(Rule, frozen=True, kw_only=True):
    """返奖标准 (B1): ``ladder`` gives, from a base on (yuan), the percent of the whole base; below the first step nothing.

    ``faces`` are those that rebates are paid in; ``sale_sheets`` whether sheets drawn for sale may be used; a slip not
    collected within ``uncollected_days`` of its approval is REB-06.
    """

    ladder: Annotated[dict[str, Decimal], msgspec.Meta(min_length=1)]
    faces: Annotated[list[str], msgspec.Meta(min_length=1)]
    sale_sheets: Literal["yes", "no"] = "yes"
    uncollected_days: Annotated[int, msgspec.Meta(ge=0, le=3660)]

    def __post_init__(self) -> None:
        """Steps are amounts with percentages from 0 to 100, faces are amounts above zero, each once."""
        for start, percent in self.ladder.items():
            if parse_yuan(start) < 0 or not (percent.is_finite() and 0 <= percent <= 100):
                raise ValueError(f"ladder: {start}: {percent}")
        if any(parse_yuan(face) <= 0 for face in self.faces) or len(set(self.faces)) < len(self.faces):
            raise ValueError(f"faces: {' '.join(self.faces)}")

    def percent(self, base: int) -> Decimal:
        """The percentage for a base in fen: that of the highest step it reaches."""
        reached = [(parse_yuan(start), percent) for start, percent in self.ladder.items() if parse_yuan(start) <= base]
        return max(reached)[1] if reached else Decimal(0)

    def due(self, base: int) -> int:
        """The rebate on a base, both in fen; a part of a fen is dropped."""
        return int(base * self.percent(base) // 100)

    def vouchers(self, amount: int) -> list[tuple[int, int]]:
        """Whole vouchers out of an amount in fen, as (face in fen, sheets), the highest faces first."""
        found = []
        for face in sorted(map(parse_yuan, self.faces), reverse=True):
            sheets, amount = divmod(max(amount, 0), face)
            found.append((face, sheets))
        return [(face, sheets) for face, sheets in found if sheets]


class Reconciled(Rule, frozen=True, kw_only=True):
    """By which working day of the next month, inclusive, a month is closed and signed by both sides (R13).

    From ``preclose_day`` of the month on, inclusive, it is asked what would keep it open (R12).
    """

    OF_OLD = {"working_days": 3}

    working_days: Annotated[int, msgspec.Meta(ge=1, le=20)]
    preclose_day: Annotated[int, msgspec.Meta(ge=1, le=31)] = 25


Amount = Annotated[str, msgspec.Meta(pattern=r"^((0|[1-9][0-9]{0,14})\.[0-9]{2})?$")]
"""Yuan with two decimals; empty: the rule is switched off."""


class Limit(Rule, frozen=True, kw_only=True):
    """An amount from which on something is asked (S10)."""

    NEEDED = False

    amount: Amount

    @property
    def limit(self) -> int | None:
        """The amount in fen, inclusive; ``None``: nothing is asked."""
        return _fen(self.amount) if self.amount else None


_fen = cache(parse_yuan)
"""Amounts of rules in fen: few texts, asked of every sale."""


class Identity(Limit, frozen=True, kw_only=True):
    """From this amount in one purchase the buyer is identified (LAW-01)."""


class UnitCash(Limit, frozen=True, kw_only=True):
    """From this amount a unit pays by transfer, not in cash (LAW-02)."""


class PersonalCash(Limit, frozen=True, kw_only=True):
    """The same for an individual (LAW-03)."""


class Confirm(Limit, frozen=True, kw_only=True):
    """From this amount, in money or in face value, what is entered at a terminal is read back and confirmed."""

    OF_OLD = {"amount": "20000.00"}


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
        return _fen(amount) if amount else None


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


class Festivals(Rule, frozen=True, kw_only=True):
    """Calls before the festivals (C3, C4): they begin ``before_days`` days before one and take ``within_days`` days.

    A target is a unit of ``large_kinds`` that bought for ``large`` (yuan) or more in the last ``months`` months, or a
    long-term client: one that bought ``frequent`` times or more in them, and first bought ``long_term_months`` ago or earlier.
    Long-term clients are visited with a gift before the ``gift_festivals``.
    """

    NEEDED = False

    before_days: Annotated[int, msgspec.Meta(ge=1, le=60)]
    within_days: Annotated[int, msgspec.Meta(ge=1, le=60)]
    months: Annotated[int, msgspec.Meta(ge=1, le=600)]
    large: str
    large_kinds: list[Literal["enterprise", "state-enterprise", "institution", "government", "collective"]]
    frequent: Annotated[int, msgspec.Meta(ge=1, le=9999)]
    long_term_months: Annotated[int, msgspec.Meta(ge=0, le=600)]
    gift_festivals: list[Literal["new-year", "spring", "womens-day", "mid-autumn", "national-day"]] = []

    def __post_init__(self) -> None:
        """An amount that reads; calls that end before the festival."""
        parse_yuan(self.large)
        if self.within_days > self.before_days:
            raise ValueError(f"within_days: {self.within_days} > before_days: {self.before_days}")

    @property
    def large_fen(self) -> int:
        """From which purchases on, in fen, a client is a large one."""
        return parse_yuan(self.large)

    def is_large_kind(self, unit_kind: str, *, state_owned: bool) -> bool:
        """Whether large purchases make a unit of this kind a target."""
        kinds: set[str] = set(self.large_kinds)
        return unit_kind in kinds or (unit_kind == "enterprise" and state_owned and "state-enterprise" in kinds)


class Gifts(Rule, frozen=True, kw_only=True):
    """Gifts on visits (C4): the most, in yuan, that one client is given for one festival, or on one visit beside any."""

    NEEDED = False

    cap: str

    def __post_init__(self) -> None:
        """An amount that reads."""
        parse_yuan(self.cap)

    @property
    def most(self) -> int:
        """The cap in fen."""
        return parse_yuan(self.cap)


class Contact(Rule, frozen=True, kw_only=True):
    """Outreach (C7): a new client is contacted within ``first_days`` days, and called within ``service_days`` days after service.

    What is longer ago than ``look_back_days`` is on no list any more.
    """

    NEEDED = False

    first_days: Annotated[int, msgspec.Meta(ge=0, le=366)]
    service_days: Annotated[int, msgspec.Meta(ge=0, le=366)]
    look_back_days: Annotated[int, msgspec.Meta(ge=1, le=366)]

    def __post_init__(self) -> None:
        """What is due is looked at."""
        if self.look_back_days < max(self.first_days, self.service_days):
            raise ValueError(f"look_back_days: {self.look_back_days}")


class Classes(Rule, frozen=True, kw_only=True):
    """Classes of clients (C2) by what they bought in the last ``months`` months, net of what was refunded.

    ``key`` and ``core`` are amounts in yuan; ``core_times`` purchases make a core client too, 0: they don't.
    """

    NEEDED = False

    months: Annotated[int, msgspec.Meta(ge=1, le=600)]
    key: str
    core: str
    core_times: Annotated[int, msgspec.Meta(ge=0, le=9999)] = 0

    def __post_init__(self) -> None:
        """Amounts that read, the key clients' the greater."""
        if parse_yuan(self.key) < parse_yuan(self.core):
            raise ValueError(f"key: {self.key} < core: {self.core}")

    def of(self, amount: int, times: int) -> str:
        """The class for purchases of ``amount`` fen in ``times`` records."""
        if amount >= parse_yuan(self.key):
            return "key"
        if amount >= parse_yuan(self.core) or (self.core_times and times >= self.core_times):
            return "core"
        return "general" if times else "potential"


class Points(Rule, frozen=True, kw_only=True):
    """积分 (M2): a point for each whole ``yuan_per_point`` of a purchase; how long points are good.

    They expire ``valid_months`` after the day they are given: on that day itself, at the end of its month, or of its year.
    """

    OF_OLD = {"yuan_per_point": "1.00", "valid_months": 24, "ends": "month"}

    yuan_per_point: str
    valid_months: Annotated[int, msgspec.Meta(ge=1, le=600)]
    ends: Literal["day", "month", "year"]

    def __post_init__(self) -> None:
        """An amount above zero."""
        if parse_yuan(self.yuan_per_point) <= 0:
            raise ValueError(f"yuan_per_point: {self.yuan_per_point}")

    def of_amount(self, fen: int) -> int:
        """The points of an amount in fen; a part of a point is dropped, also of a negative amount (toward zero)."""
        points = abs(fen) // parse_yuan(self.yuan_per_point)
        return points if fen >= 0 else -points

    def expires(self, day: dt.date) -> dt.date:
        """The last day, inclusive, on which points given on ``day`` are good."""
        last = months_after(day, self.valid_months)
        if self.ends == "year":
            return dt.date(last.year, 12, 31)
        return last if self.ends == "day" else months_after(last.replace(day=1), 1) - dt.timedelta(days=1)


class Tiers(Rule, frozen=True, kw_only=True):
    """会员等级 (M4): from how many valid points each tier begins, inclusive; what each gives, as texts for people."""

    OF_OLD = {"steps": {"silver": 5000, "gold": 10000, "diamond": 15000}}

    steps: dict[Literal["silver", "gold", "diamond"], Annotated[int, msgspec.Meta(ge=1)]]
    benefits: dict[Literal["regular", "silver", "gold", "diamond"], list[str]] = {}

    def __post_init__(self) -> None:
        """Thresholds rise with the tiers."""
        thresholds = [self.steps[name] for name in ("silver", "gold", "diamond") if name in self.steps]
        if sorted(set(thresholds)) != thresholds:
            raise ValueError(f"steps: {thresholds}")


class Awards(Rule, frozen=True, kw_only=True):
    """会员领奖 (M3): from how many points a member is told; so many days the goods may follow their slip (PTS-02).

    ``id_days``: how many days before the slip the identity document may have been seen (PTS-06); 0 for the same day.
    """

    OF_OLD = {"threshold": 1000, "goods_days": 0, "id_days": 0}

    threshold: Annotated[int, msgspec.Meta(ge=1)]
    goods_days: Annotated[int, msgspec.Meta(ge=0, le=366)]
    id_days: Annotated[int, msgspec.Meta(ge=0, le=366)]


class MemberCare(Rule, frozen=True, kw_only=True):
    """会员维护 (M5, M6): months without a purchase until silent, dormant and lost; months after which a new member is written to.

    ``call_times`` are the hours of calls, ``11:00-12:00``; ``call_minutes`` how long one takes.
    """

    OF_OLD = {
        "silent_months": 3, "dormant_months": 6, "lost_months": 12, "new_months": 3,
        "call_times": ["11:00-12:00", "16:00-17:00"], "call_minutes": 3,
    }  # fmt: skip

    silent_months: Annotated[int, msgspec.Meta(ge=1, le=120)]
    dormant_months: Annotated[int, msgspec.Meta(ge=1, le=120)]
    lost_months: Annotated[int, msgspec.Meta(ge=1, le=120)]
    new_months: Annotated[int, msgspec.Meta(ge=1, le=120)]
    call_times: list[
        Annotated[str, msgspec.Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$")]
    ]
    call_minutes: Annotated[int, msgspec.Meta(ge=1, le=60)]

    def __post_init__(self) -> None:
        """Silent comes before dormant, dormant before lost."""
        if not self.silent_months < self.dormant_months < self.lost_months:
            raise ValueError(f"{self.silent_months} {self.dormant_months} {self.lost_months}")


class Merchants(Rule, frozen=True, kw_only=True):
    """特约商户 (M7): so many days before its last day a contract is due for renewal; after so many days another visit is due."""

    OF_OLD = {"renewal_days": 30, "visit_days": 90}

    renewal_days: Annotated[int, msgspec.Meta(ge=0, le=366)]
    visit_days: Annotated[int, msgspec.Meta(ge=1, le=366)]


class MemberPlan(Rule, frozen=True, kw_only=True):
    """会员指标 (M9): members to be recruited in a month, and the month's budget of gifts in yuan; empty or 0: none set."""

    OF_OLD = {"recruits": 0, "gift_budget": ""}

    recruits: Annotated[int, msgspec.Meta(ge=0)]
    gift_budget: Amount

    @property
    def budget(self) -> int | None:
        """The budget in fen; ``None`` for none."""
        return parse_yuan(self.gift_budget) if self.gift_budget else None


class Severities(Rule, frozen=True, kw_only=True):
    """Findings whose severity the store changes: code to severity."""

    codes: dict[str, Severity] = {}

    def __post_init__(self) -> None:
        """Only codes that exist."""
        for code in self.codes:
            if code not in USUAL:
                raise ValueError(code)


R = TypeVar("R", bound=Rule)
T = TypeVar("T")

TYPES: dict[str, type[Rule]] = {
    "roles": Roles,
    "discount": Discount,
    "expiry": Expiry,
    "approvals": Approvals,
    "backdate": Backdate,
    "clock": Clock,
    "count": Count,
    "cheques": Cheques,
    "notice": Notice,
    "registers": Registers,
    "bank": Bank,
    "liability": Liability,
    "cash": Cash,
    "arrival": Arrival,
    "rebates": Rebates,
    "reconciled": Reconciled,
    "identity": Identity,
    "unit_cash": UnitCash,
    "personal_cash": PersonalCash,
    "confirm": Confirm,
    "face_limit": FaceLimit,
    "validity": Validity,
    "splitting": Splitting,
    "invoice": Invoice,
    "retention": Retention,
    "festivals": Festivals,
    "gifts": Gifts,
    "contact": Contact,
    "classes": Classes,
    "points": Points,
    "tiers": Tiers,
    "awards": Awards,
    "member_care": MemberCare,
    "member_plan": MemberPlan,
    "merchants": Merchants,
    "severities": Severities,
}


class Rules:
    """The dated rules of a book, and the calendar that its bank days are counted by."""

    def __init__(
        self,
        dated: Mapping[str, Sequence[Rule]],
        calendar: BankDays | None = None,
        trades_on: Callable[[dt.date], bool] | None = None,
    ) -> None:
        self._dated = dated
        self._found: dict[tuple[type[Rule], dt.date], Rule | None] = {}
        self._reckoned: dict[tuple[Callable[[Rules, dt.date], object], dt.date], object] = {}
        self.calendar = calendar or BankDays()
        self._trades_on = trades_on

    def trades_on(self, day: dt.date) -> bool:
        """Whether ``day`` is a trading day of the store; every day is, where nothing says otherwise (decisions: 5)."""
        return self._trades_on is None or self._trades_on(day)

    def next_trading_day(self, day: dt.date) -> dt.date:
        """The first trading day after ``day``; the next day of the calendar where there is none in a year."""
        following = (day + dt.timedelta(days=ahead) for ahead in range(1, 367))
        return next((one for one in following if self.trades_on(one)), day + dt.timedelta(days=1))

    def cut_off(self, day: dt.date) -> dt.time | None:
        """The last moment, inclusive, of the cash day ``day``; ``None``: it ends at midnight (N1)."""
        rule = self.find(Cash, day)
        return rule.ends if rule is not None else None

    def find(self, kind: type[R], day: dt.date) -> R | None:
        """The rule of ``kind`` in force on ``day``; ``None`` when the file has none: what it asks for is not asked then."""
        key = (kind, day)
        if key not in self._found:  # a month asks of its few days over and over
            self._found[key] = self._find(kind, day)
        return self._found[key]  # type: ignore[return-value]  # keyed by the kind

    def _find(self, kind: type[R], day: dt.date) -> R | None:
        name = _name(kind)
        found: R | None = None
        for rule in self._dated.get(name, ()):
            if rule.since <= day:
                found = rule  # type: ignore[assignment]  # _dated is keyed by the kind's name
        if found is None and kind.OF_OLD and name not in self._dated:
            return kind(since=dt.date.min, **kind.OF_OLD)
        return found

    def on(self, kind: type[R], day: dt.date) -> R:
        """The rule of ``kind`` in force on ``day``; raises :class:`Unreadable` when the file has none."""
        found = self.find(kind, day)
        if found is None:
            raise _missing(_name(kind), day)
        return found

    def reckoned(self, reckon: Callable[["Rules", dt.date], T], day: dt.date) -> T:
        """What ``reckon`` makes of the rules of a day, made once: a month asks it for each of thousands of records."""
        key = (reckon, day)
        if key not in self._reckoned:
            self._reckoned[key] = reckon(self, day)
        return self._reckoned[key]  # type: ignore[return-value]  # keyed by what made it

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


def parse_rules(
    texts: Mapping[str, Any],
    calendar: BankDays | None = None,
    trades_on: Callable[[dt.date], bool] | None = None,
) -> Rules:
    """Rules from the mapping in ``rules.yaml``, every scalar a text; raises :class:`Unreadable` with the rule's name."""
    dated: dict[str, Sequence[Rule]] = {}
    for name, entries in texts.items():
        if name not in TYPES:
            words = Words(f"rules.yaml 中有不认识的规则“{name}”", f"rules.yaml has an unknown rule “{name}”")
            raise Unreadable(words, code="RUL-01", next=("gb doctor",))
        dated[name] = _parse_dated(name, entries)
    return Rules(dated, calendar, trades_on)


def retired(texts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Rule and field of what the file still says and nothing reads any more."""
    for name, entries in texts.items():
        fields = TYPES[name].RETIRED if name in TYPES else ()
        yield from ((name, field) for field in fields if any(field in entry for entry in entries))


def _parse_dated(name: str, entries: Any) -> Sequence[Rule]:
    try:
        kind = TYPES[name]
        read = [{field: entry[field] for field in entry if field not in kind.RETIRED} for entry in entries]
        rules = [msgspec.convert(entry, kind, strict=False) for entry in read]
    except (msgspec.ValidationError, ValueError, TypeError) as error:
        words = Words(f"rules.yaml 的规则“{name}”有误：{error}", f"rule “{name}” in rules.yaml is wrong: {error}")
        raise Unreadable(words, code="RUL-01", next=("gb doctor",)) from None
    return sorted(rules, key=lambda rule: rule.since)
