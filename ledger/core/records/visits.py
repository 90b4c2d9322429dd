"""客户回访 visits: calls and visits planned and made, festival targets, the daily outreach (C3–C7)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, ClassVar

import msgspec

from ledger.core.calls import (
    DEPTHS,
    HOW,
    INTENTS,
    SCOPES,
    WANTS,
    CallPlan,
    Gift,
    GiftTotal,
    OutreachPlan,
    gift_key,
    given_before,
    known_festival,
)
from ledger.core.errors import Unknown, Usage
from ledger.core.findings import Finding, trouble
from ledger.core.forms import CODE, DAY, SHEETS, TEXT, YUAN, Codec, Journal, Record, Touch, Whose, word
from ledger.core.money import yuan
from ledger.core.paper import Paper
from ledger.core.parties import Client
from ledger.core.personal import Contact, Phone, erased, personal_of
from ledger.core.rules import Rules
from ledger.core.state import State
from ledger.core.words import Words

FESTIVAL = Codec(
    "festival", known_festival, str,
    r"^[0-9]{4}-(new-year|spring|womens-day|mid-autumn|national-day)$", Words("节日", "festival"),
)  # fmt: skip
WHY = {"large": Words("大额购买", "large purchases"), "frequent": Words("长期客户", "long-term client")}


def judge_person(record: Record, client: str, state: State) -> Iterator[Finding]:
    """PRV-03: whom one spoke with, of a client whose personal data were erased (C8)."""
    filed = state.thing(Client, client) if client else None
    if filed is not None and filed.erased and personal_of(record):
        yield erased(record, client)


class ClientCall(Record, frozen=True, kw_only=True):
    """Anything planned or done towards one client unit, by somebody of the staff."""

    ACT = "visit"
    RANK = 55
    WHOSE = Whose("Client", "client")

    client: Annotated[str, CODE, Words("客户", "client")]
    visitor: Annotated[str, CODE, Words("回访人", "visitor")] = ""
    festival: Annotated[str, FESTIVAL, Words("节日", "festival")] = ""

    @classmethod
    def resolve(cls, values: dict[str, Any], state: State, rules: Rules) -> dict[str, Any]:
        """Whoever records it visits, unless somebody else is named."""
        values = dict(values)
        values.setdefault("visitor", values["by"])
        return values


class Plan(ClientCall, frozen=True, kw_only=True):
    """回访计划: whom to call or visit, until when, about what (C5)."""

    KIND = "plan"
    WORDS = Words("回访计划", "call planned")
    HELP = Words("计划一次回访", "plan a call or visit")

    due: Annotated[dt.date, DAY, Words("最迟日期", "due")]
    how: Annotated[str, word(*HOW), Words("方式", "how")] = "call"
    topic: Annotated[str, TEXT, Words("事由", "topic")] = ""

    @property
    def opens(self) -> str:
        """The first day on which it is to be done, as text."""
        return ""

    def touches(self) -> Touch:
        """The plan itself."""
        return Touch(things=((CallPlan.__name__, self.id),))

    def apply(self, state: State) -> None:
        """It is to be done."""
        state.put(
            self.id,
            CallPlan(
                client=self.client, due=str(self.due), how=self.how, visitor=self.visitor, festival=self.festival,
                topic=self.topic, opens=self.opens,
            ),
        )  # fmt: skip


class Target(Plan, frozen=True, kw_only=True):
    """节日回访对象: a client on the list of a festival, with what put it there (C3).

    ``why`` is a word of :data:`WHY`; ``purchases`` (fen) and ``times`` are what the list was made by, ``start`` the first day
    of the calls.
    """

    KIND = "target"
    WORDS = Words("节日回访对象", "festival target")

    start: Annotated[dt.date, DAY, Words("开始日期", "start")]
    why: Annotated[str, word(*WHY), Words("列入原因", "why")]
    purchases: Annotated[int, YUAN, Words("购买金额", "purchases")]
    times: Annotated[int, SHEETS, Words("购买次数", "times")]

    @property
    def opens(self) -> str:
        """The first day of the festival's calls."""
        return str(self.start)


class Contacted(ClientCall, frozen=True, kw_only=True):
    """客户回访登记本: what a call or visit brought; ``ref`` is the plan that it does (C5).

    ``wants`` whether welfare gifts are planned, ``goods`` which, ``budget`` their amount in fen (C3).  ``next`` is the day of
    the follow-up, which is thereby planned.
    """

    HOW: ClassVar[str]
    HELP = Words("登记一次回访", "log a call or visit")

    summary: Annotated[str, TEXT, Words("内容概括", "summary")]
    wants: Annotated[str, word(*WANTS), Words("节前发放福利", "welfare gifts planned")] = ""
    goods: Annotated[str, TEXT, Words("意向商品", "goods wanted")] = ""
    budget: Annotated[int, YUAN, Words("预算金额", "amount planned")] = 0
    next: Annotated[dt.date | None, DAY, Words("下次跟进", "follow-up")] = None
    contact: Contact = ""

    @classmethod
    def resolve(cls, values: dict[str, Any], state: State, rules: Rules) -> dict[str, Any]:
        """The client and festival of the plan that it does."""
        values = super().resolve(values, state, rules)
        plan = state.thing(CallPlan, values["ref"]) if values.get("ref") else None
        if values.get("ref") and plan is None:
            words = Words(f"{values['ref']} 不是回访计划", f"{values['ref']} is no plan of a call")
            raise Unknown(words, next=("gb visit due",))
        if plan is not None:
            values.setdefault("client", plan.client)
            if plan.festival:
                values.setdefault("festival", plan.festival)
        return values

    def touches(self) -> Touch:
        """The plan that it does, and the follow-up."""
        done = ((CallPlan.__name__, self.ref),) if self.ref else ()
        return Touch(things=(*done, *(((CallPlan.__name__, self.id),) if self.next else ())))

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """REG-01 a plan that was done before, or is another client's; DAT-01 a follow-up before it; PRV-03 an erased client's person."""
        yield from judge_person(self, self.client, state)
        if self.next is not None and self.next < self.date:
            words = Words(
                f"下次跟进 {self.next} 早于本次回访 {self.date}",
                f"the follow-up, {self.next}, is before this call, {self.date}",
            )
            yield trouble("DAT-01", words, subject=self.id, next=("gb visit log --help",))
        plan = state.thing(CallPlan, self.ref) if self.ref else None
        if plan is not None and (plan.done or plan.client != self.client):
            words = (
                Words(f"{self.ref} 已由 {plan.done} 完成", f"{self.ref} was done by {plan.done}")
                if plan.done
                else Words(f"{self.ref} 是客户 {plan.client} 的", f"{self.ref} is of client {plan.client}")
            )
            yield trouble("REG-01", words, subject=self.id, next=(f"gb show {self.ref}",))

    def apply(self, state: State) -> None:
        """The plan is done; a follow-up is planned."""
        plan = state.thing(CallPlan, self.ref) if self.ref else None
        if plan is not None and not plan.done:
            state.put(self.ref, msgspec.structs.replace(plan, done=self.id))
        if self.next is not None:
            follow = CallPlan(
                client=self.client, due=str(self.next), how=self.HOW, visitor=self.visitor, topic=self.goods,
                festival=self.festival,
            )  # fmt: skip
            state.put(self.id, follow)


def _page(*more: str) -> Paper:
    """客户回访登记本: one entry of the book (C5)."""
    return Paper(
        name="call-book", title=Words("客户回访登记本", "Book of calls and visits"), confidential=True, choices={"wants": WANTS},
        fields=("date", "client", "contact", "visitor", "festival", "summary", "wants", "goods", "budget", *more, "next", "note"),
        signs=(Words("回访人", "visitor"), Words("主管", "supervisor")),
    )  # fmt: skip


class CallNote(Contacted, frozen=True, kw_only=True):
    """电话回访."""

    KIND = "call-note"
    WORDS = Words("电话回访", "call")
    HOW = "call"
    PAPERS = (_page(),)


class Visit(Contacted, frozen=True, kw_only=True):
    """上门拜访, with the gift that was given (C4).

    ``gift_before`` is what the client was given before for the same festival, as entry found it, in fen.
    """

    KIND = "visit"
    WORDS = Words("上门拜访", "visit")
    HOW = "visit"
    PAPERS = (_page("gift", "gift_value"),)

    gift: Annotated[str, TEXT, Words("礼品", "gift")] = ""
    gift_value: Annotated[int, YUAN, Words("礼品价值", "gift's value")] = 0
    gift_before: Annotated[int, YUAN, Words("此前礼品", "gifts before")] = 0

    @classmethod
    def resolve(cls, values: dict[str, Any], state: State, rules: Rules) -> dict[str, Any]:
        """What was given before for the same festival."""
        values = super().resolve(values, state, rules)
        if values.get("gift_value"):
            before = given_before(state, values["client"], values.get("festival", ""))
            values.setdefault("gift_before", before)
        return values

    def touches(self) -> Touch:
        """Also the gifts of the festival."""
        touch = super().touches()
        own = ((GiftTotal.__name__, gift_key(self.client, self.festival)),) if self._counts else ()
        return touch._replace(things=(*touch.things, *own))

    @property
    def _counts(self) -> bool:
        return bool(self.gift_value and self.festival)

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """VIS-01 gifts above the cap; REG-01 a gift without its value, or a value without what it was."""
        yield from super().judge(state, rules)
        yield from self._judge_gift(state, rules)

    def _judge_gift(self, state: State, rules: Rules) -> Iterator[Finding]:
        if bool(self.gift) != bool(self.gift_value):
            words = Words("礼品和价值要都登记", "a gift is registered with its value, both")
            yield trouble("REG-01", words, subject=self.id, next=(f"gb show {self.id}",))
        before = max(self.gift_before, given_before(state, self.client, self.festival))
        over = Gift(self.gift_value, before).over(rules, self.date) if self.gift_value else 0
        if over:
            words = Words(
                f"礼品共 {yuan(before + self.gift_value)} 元，超过上限 {yuan(over)} 元",
                f"gifts of {yuan(before + self.gift_value)} are {yuan(over)} above the cap",
            )
            yield trouble("VIS-01", words, subject=self.id, next=(f"gb visit book --client {self.client}",))

    def apply(self, state: State) -> None:
        """The gift counts for its festival."""
        super().apply(state)
        if self._counts:
            fen = given_before(state, self.client, self.festival) + self.gift_value
            state.put(gift_key(self.client, self.festival), GiftTotal(fen=fen))


class Outreach(Record, frozen=True, kw_only=True):
    """外联: a unit to win, for group buying or for members; a client's code where it is filed (C6)."""

    ACT = "visit"
    RANK = 55
    WHOSE = Whose("Client", "client")

    scope: Annotated[str, word(*SCOPES), Words("外联类别", "kind of outreach")] = "group-buying"
    unit: Annotated[str, TEXT, Words("拜访单位", "unit to visit")]
    client: Annotated[str, CODE, Words("客户", "client")] = ""
    visitor: Annotated[str, CODE, Words("外联人", "visitor")] = ""
    contact: Contact = ""
    phone: Phone = ""

    @classmethod
    def resolve(cls, values: dict[str, Any], state: State, rules: Rules) -> dict[str, Any]:
        """Whoever records it goes, and a client's unit is the unit.  A person is kept under a client's key only (C8)."""
        values = dict(values)
        if not values.get("client") and any(values.get(name) for name in ("contact", "phone")):
            words = Words(
                "联系人和电话要写在客户档案名下：先建档（潜在客户），再写 --client",
                "contact and phone are kept under a client's key: file the unit first, then name it with --client",
            )
            raise Usage(words, next=("gb client add --help",))
        values.setdefault("visitor", values["by"])
        client = state.thing(Client, values["client"]) if values.get("client") else None
        if client is not None:
            values.setdefault("unit", client.shown)
        return values

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """PRV-03 a person of an erased client."""
        yield from judge_person(self, self.client, state)


class OutreachPlanned(Outreach, frozen=True, kw_only=True):
    """外联计划: a unit on the list of a day, the day of entry unless ``day`` is another."""

    KIND = "outreach-plan"
    WORDS = Words("外联计划", "outreach planned")
    HELP = Words("登记外联计划", "put a unit on the day's list")

    day: Annotated[dt.date, DAY, Words("计划日期", "planned for")]

    @classmethod
    def resolve(cls, values: dict[str, Any], state: State, rules: Rules) -> dict[str, Any]:
        """The day of entry by default."""
        values = super().resolve(values, state, rules)
        values.setdefault("day", values["date"])
        return values

    def touches(self) -> Touch:
        """The plan itself."""
        return Touch(things=((OutreachPlan.__name__, self.id),))

    def apply(self, state: State) -> None:
        """The unit is on the list."""
        state.put(
            self.id,
            OutreachPlan(scope=self.scope, unit=self.unit, client=self.client, visitor=self.visitor, day=str(self.day)),
        )


class OutreachDone(Outreach, frozen=True, kw_only=True):
    """外联总结: how far it came, whether there is interest, when an agreement is signed, why not; ``ref`` is the plan (C6)."""

    KIND = "outreach-result"
    WORDS = Words("外联结果", "outreach result")
    HELP = Words("登记外联结果", "what came of it")

    depth: Annotated[str, word(*DEPTHS), Words("达到的程度", "depth")]
    intent: Annotated[str, word(*INTENTS), Words("合作意向", "intent")] = ""
    agreement: Annotated[dt.date | None, DAY, Words("签协议日期", "agreement on")] = None
    why_not: Annotated[str, TEXT, Words("未达成原因", "why not")] = ""
    summary: Annotated[str, TEXT, Words("情况", "summary")] = ""

    @classmethod
    def resolve(cls, values: dict[str, Any], state: State, rules: Rules) -> dict[str, Any]:
        """Unit, client and kind of the plan; whoever records it went."""
        values = dict(values)
        if values.get("ref"):
            plan = state.thing(OutreachPlan, values["ref"])
            if plan is None:
                words = Words(f"{values['ref']} 不是外联计划", f"{values['ref']} is no plan of outreach")
                raise Unknown(words, next=("gb outreach list",))
            for name in ("scope", "unit", "client"):
                values.setdefault(name, getattr(plan, name))
        return super().resolve(values, state, rules)

    def touches(self) -> Touch:
        """The plan."""
        return Touch(things=((OutreachPlan.__name__, self.ref),) if self.ref else ())

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """PRV-03; REG-01 no interest without why, or a plan whose result was logged before."""
        yield from super().judge(state, rules)
        plan = state.thing(OutreachPlan, self.ref) if self.ref else None
        if plan is not None and plan.done:
            words = Words(f"{self.ref} 的结果已由 {plan.done} 登记", f"the result of {self.ref} is in {plan.done}")
            yield trouble("REG-01", words, subject=self.id, next=(f"gb show {plan.done}",))
        if (self.intent == "no" or self.depth == "not-met") and not self.why_not:
            words = Words("没有写未达成原因", "why nothing came of it is not said")
            yield trouble("REG-01", words, subject=self.id, next=(f"gb show {self.id}",))

    def apply(self, state: State) -> None:
        """The plan is done."""
        plan = state.thing(OutreachPlan, self.ref) if self.ref else None
        if plan is not None and not plan.done:
            state.put(self.ref, msgspec.structs.replace(plan, done=self.id))


CONTACTS = ("visit", "call-note", "outreach-result")
"""The kinds by which somebody has spoken with a client, or tried to (C7)."""
KINDS = (Plan, Target, CallNote, Visit, OutreachPlanned, OutreachDone)
JOURNAL = Journal("visits", "VI", "yaml", Words("客户回访", "visits"), KINDS)
