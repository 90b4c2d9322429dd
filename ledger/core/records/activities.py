"""会员活动 activities: planned, approved, publicised, prepared, run, analysed, archived; places and reward rounds (M8)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, ClassVar, Final

import msgspec

from ledger.core.errors import Refused, Unknown
from ledger.core.findings import Finding, trouble
from ledger.core.forms import CODE, DAY, SHEETS, TEXT, YUAN, Codec, Journal, Record, Touch
from ledger.core.judge import taken
from ledger.core.members import judge_open, party_of
from ledger.core.records.members import known_member
from ledger.core.rules import Rules
from ledger.core.state import State, Thing
from ledger.core.words import Words

STAGES: dict[str, Words] = {
    "planned": Words("待批准", "planned"),
    "approved": Words("已批准", "approved"),
    "rejected": Words("已驳回", "rejected"),
    "running": Words("已举办", "run"),
    "analysed": Words("已分析", "analysed"),
    "archived": Words("已归档", "archived"),
}
"""How far an activity has come, in order."""
OPEN = ("approved", "running")
_PERIOD: Final = re.compile(r"[0-9]{4}(-(0[1-9]|1[0-2])|-Q[1-4])?")


def _period(text: str) -> str:
    if not _PERIOD.fullmatch(text):
        raise ValueError("2026, 2026-Q4 or 2026-10")
    return text


def _members(text: str) -> tuple[str, ...]:
    codes = tuple(text.split(" "))
    if "" in codes or not text.isascii() or len(set(codes)) < len(codes):
        raise ValueError("codes, one blank between them, each once")
    return codes


PERIOD = Codec("period", _period, str, r"^[0-9]{4}(-(0[1-9]|1[0-2])|-Q[1-4])?$",
               Words("年、季或月：2026、2026-Q4、2026-10", "year, quarter or month"))  # fmt: skip
MEMBERS = Codec("members", _members, " ".join, r"^[!-~]+( [!-~]+)*$", Words("会员，空格分隔", "members"))


class Activity(Thing, frozen=True, kw_only=True):
    """An activity, the key its code.  ``quota`` is how many may take part, 0 for all; ``entered`` who does, the first first.

    ``rounds`` are the periods whose rewards are given.  Days are texts, amounts fen.
    """

    CARRY = False
    KEEP: ClassVar[int] = 3

    title: str
    by: str
    starts: str
    ends: str
    stage: str = "planned"
    quota: int = 0
    budget: int = 0
    cost: int = 0
    departments: tuple[str, ...] = ()
    entered: tuple[str, ...] = ()
    rounds: tuple[str, ...] = ()


def activity_party(code: str) -> str:
    """How the index finds what was recorded of an activity."""
    return f"AC/{code}"


class ActivityStep(Record, frozen=True, kw_only=True):
    """A step of one activity.  ``STAGE`` is what it brings it to, ``AFTER`` the stages it may follow."""

    ACT = "activity"
    RANK = 6
    SUBJECT = "code"
    STAGE: ClassVar[str] = ""
    AFTER: ClassVar[tuple[str, ...]] = OPEN

    code: Annotated[str, CODE, Words("活动编号", "activity code")]

    @property
    def party(self) -> str:
        """The activity."""
        return activity_party(self.code)

    def touches(self) -> Touch:
        """The activity."""
        return Touch(things=((Activity.__name__, self.code),))

    @classmethod
    def resolve(cls, values: dict[str, Any], state: State, rules: Rules) -> dict[str, Any]:
        """An activity that is not planned is unknown; raises :class:`Unknown`."""
        if state.thing(Activity, values["code"]) is None:
            words = Words(f"没有活动 {values['code']}", f"there is no activity {values['code']}")
            raise Unknown(words, next=("gb activity list", "gb activity plan --help"))
        return values

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """APR-01: it is not approved, or decided or over already."""
        found = state.thing(Activity, self.code)
        if found is None or found.stage not in self.AFTER:
            now = STAGES[found.stage] if found else Words("没有计划", "not planned")
            words = Words(
                f"活动 {self.code} {now.zh}，不能办“{self.WORDS.zh}”",
                f"activity {self.code} is {now.en}: no {self.WORDS.en}",
            )
            approve = f"gb activity approve {self.code}" if found and found.stage == "planned" else ""
            yield trouble(
                "APR-01", words, subject=self.id, next=(*filter(None, [approve]), f"gb activity show {self.code}")
            )  # fmt: skip

    def apply(self, state: State) -> None:
        """The activity is so far; what the step says of it is kept."""
        found = state.thing(Activity, self.code)
        if found is not None:
            entries = {"stage": self.STAGE} if self.STAGE else {}
            state.put(self.code, msgspec.structs.replace(found, **entries, **self.entries(found)))

    def entries(self, found: Activity) -> dict[str, Any]:
        """What else it changes on the activity."""
        return {}


class Planned(ActivityStep, frozen=True, kw_only=True):
    """活动计划: what, when, for how many, at what cost; a manager approves it."""

    KIND = "planned"
    WORDS = Words("活动计划", "activity planned")
    HELP = Words("提出会员活动计划", "plan an activity for members")
    RANK = 5

    title: Annotated[str, TEXT, Words("活动名称", "activity")]
    starts: Annotated[dt.date, DAY, Words("开始", "first day")]
    ends: Annotated[dt.date, DAY, Words("结束", "last day")]
    quota: Annotated[int, SHEETS, Words("名额，0 为不限", "places, 0 for all")] = 0
    budget: Annotated[int | None, YUAN, Words("预算", "budget")] = None

    @classmethod
    def resolve(cls, values: dict[str, Any], state: State, rules: Rules) -> dict[str, Any]:
        """An activity lasts at least a day; raises :class:`Refused`."""
        if values["ends"] < values["starts"]:
            words = Words("活动结束早于开始", "the activity ends before it starts")
            raise Refused(words, code="DAT-01", next=("gb activity plan --help",))
        return values

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """NUM-01 the code is another's already."""
        if state.thing(Activity, self.code) is not None:
            yield taken(self, self.code, "gb activity show")

    def apply(self, state: State) -> None:
        """It waits for a manager."""
        if state.thing(Activity, self.code) is None:
            plan = Activity(
                title=self.title, by=self.by, starts=str(self.starts), ends=str(self.ends), quota=self.quota,
                budget=self.budget or 0,
            )  # fmt: skip
            state.put(self.code, plan)


class Decision(ActivityStep, frozen=True, kw_only=True):
    """A manager who did not plan it decides."""

    ACT = "approve"
    AFTER = ("planned",)

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """APR-01 decided already; APR-02 the planner decides."""
        yield from super().judge(state, rules)
        found = state.thing(Activity, self.code)
        if found is not None and found.by == self.by:
            words = Words(
                f"活动 {self.code} 是 {self.by} 提出的，不能自己批",
                f"{self.by} planned {self.code}: somebody else decides",
            )
            yield trouble("APR-02", words, subject=self.id, next=(f"gb activity show {self.code}",))


class Approved(Decision, frozen=True, kw_only=True):
    """批准活动."""

    KIND = "approved"
    WORDS = Words("批准活动", "activity approved")
    HELP = Words("批准活动计划", "approve the plan of an activity")
    STAGE = "approved"


class Rejected(Decision, frozen=True, kw_only=True):
    """驳回活动."""

    KIND = "rejected"
    WORDS = Words("驳回活动", "activity rejected")
    HELP = Words("驳回活动计划", "reject the plan of an activity")
    STAGE = "rejected"
    NEEDS_REASON = True


class Publicised(ActivityStep, frozen=True, kw_only=True):
    """活动宣传: by which channel it is made known."""

    KIND = "publicised"
    WORDS = Words("活动宣传", "activity publicised")
    HELP = Words("登记活动宣传", "record how an activity is made known")

    channel: Annotated[str, TEXT, Words("宣传方式", "channel")]


class Assigned(ActivityStep, frozen=True, kw_only=True):
    """部门配合: what another department does for it."""

    KIND = "assigned"
    WORDS = Words("部门配合", "department asked")
    HELP = Words("登记配合的部门和任务", "record what another department does for an activity")

    department: Annotated[str, TEXT, Words("部门", "department")]
    task: Annotated[str, TEXT, Words("任务", "task")]
    due: Annotated[dt.date | None, DAY, Words("期限", "due")] = None

    def entries(self, found: Activity) -> dict[str, Any]:
        """One department more."""
        return {"departments": tuple(dict.fromkeys((*found.departments, self.department)))}


class Entered(ActivityStep, frozen=True, kw_only=True):
    """会员参加: a member takes one of the places; the first come first (“前100名”)."""

    KIND = "entered"
    WORDS = Words("会员参加活动", "member takes part")
    HELP = Words("登记会员参加活动，先到先得", "let a member take part, first come first served")
    STAGE = "running"

    member: Annotated[str, CODE, Words("会员", "member")]

    @property
    def party(self) -> str:
        """The member."""
        return party_of(self.member)

    @classmethod
    def resolve(cls, values: dict[str, Any], state: State, rules: Rules) -> dict[str, Any]:
        """The member is registered; raises :class:`Unknown`."""
        known_member(values["member"], state)
        return super().resolve(values, state, rules)

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """APR-01 not approved; PTS-05 the member is disabled; PTS-08 no place is left, or the member has one."""
        yield from super().judge(state, rules)
        yield from judge_open(self, self.member, state)
        found = state.thing(Activity, self.code)
        if found is not None:
            yield from self._judge_place(found)

    def _judge_place(self, found: Activity) -> Iterator[Finding]:
        if self.member in found.entered:
            words = Words(
                f"会员 {self.member} 已参加活动 {self.code}", f"member {self.member} takes part in {self.code} already"
            )
        elif found.quota and len(found.entered) >= found.quota:
            words = Words(
                f"活动 {self.code} 的 {found.quota} 个名额已满", f"all {found.quota} places of {self.code} are taken"
            )
        else:
            return
        yield trouble("PTS-08", words, subject=self.id, next=(f"gb activity show {self.code}",))

    def entries(self, found: Activity) -> dict[str, Any]:
        """One member more, whatever the quota: the finding tells."""
        return {"entered": tuple(dict.fromkeys((*found.entered, self.member)))}


class Rewarded(ActivityStep, frozen=True, kw_only=True):
    """奖励: a round of rewards for a month, a quarter or a year."""

    KIND = "rewarded"
    WORDS = Words("奖励", "reward round")
    HELP = Words("登记一轮月度、季度或年度奖励", "record a monthly, quarterly or annual round of rewards")
    STAGE = "running"

    period: Annotated[str, PERIOD, Words("期间", "period")]
    members: Annotated[tuple[str, ...], MEMBERS, Words("获奖会员", "members rewarded")]
    reward: Annotated[str, TEXT, Words("奖品", "reward")]

    @classmethod
    def resolve(cls, values: dict[str, Any], state: State, rules: Rules) -> dict[str, Any]:
        """Every member is registered; raises :class:`Unknown`."""
        for code in values["members"]:
            known_member(code, state)
        return super().resolve(values, state, rules)

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """APR-01 not approved; PTS-05 a member is disabled; PTS-08 the period's rewards were given."""
        yield from super().judge(state, rules)
        for code in self.members:
            yield from judge_open(self, code, state)
        found = state.thing(Activity, self.code)
        if found is not None and self.period in found.rounds:
            words = Words(
                f"活动 {self.code} 的 {self.period} 奖励已发过",
                f"the rewards of {self.period} of {self.code} were given before",
            )
            yield trouble("PTS-08", words, subject=self.id, next=(f"gb activity show {self.code}",))

    def entries(self, found: Activity) -> dict[str, Any]:
        """One round more."""
        return {"rounds": tuple(dict.fromkeys((*found.rounds, self.period)))}


class Analysed(ActivityStep, frozen=True, kw_only=True):
    """活动分析: what it brought and what it cost."""

    KIND = "analysed"
    WORDS = Words("活动分析", "activity analysed")
    HELP = Words("登记活动分析", "record what an activity brought and cost")
    STAGE = "analysed"

    summary: Annotated[str, TEXT, Words("分析", "analysis")]
    cost: Annotated[int | None, YUAN, Words("实际费用", "cost")] = None
    sales: Annotated[int | None, YUAN, Words("带动销售", "sales it brought")] = None

    def entries(self, found: Activity) -> dict[str, Any]:
        """What it cost."""
        return {"cost": self.cost or 0}


class Archived(ActivityStep, frozen=True, kw_only=True):
    """活动资料归档."""

    KIND = "archived"
    WORDS = Words("活动归档", "activity archived")
    HELP = Words("登记活动资料归档", "record that an activity's papers are filed")
    STAGE, AFTER = "archived", ("analysed",)

    file_no: Annotated[str, TEXT, Words("档案号", "file number")]


KINDS = (Planned, Approved, Rejected, Publicised, Assigned, Entered, Rewarded, Analysed, Archived)
JOURNAL = Journal("activities", "AC", "yaml", Words("会员活动", "activities"), KINDS)
