"""特约商户 special merchants: screened, contacted, talked with, agreed, contracted, filed, visited (M7)."""

from __future__ import annotations

import datetime as dt
import shlex
from collections.abc import Iterable
from typing import Annotated, Any, ClassVar

import msgspec

from ledger.core.errors import Refused, Unknown
from ledger.core.findings import Finding, trouble
from ledger.core.forms import CODE, DAY, TEXT, Journal, Record, Touch
from ledger.core.judge import taken
from ledger.core.rules import Rules
from ledger.core.state import State, Thing
from ledger.core.text import paper_number
from ledger.core.words import Words

STAGES: dict[str, Words] = {
    "screened": Words("已筛选", "screened"),
    "contacted": Words("已联系", "contacted"),
    "talked": Words("已洽谈", "talked with"),
    "agreed": Words("已达成意向", "agreed"),
    "contracted": Words("已签约", "contracted"),
    "filed": Words("已归档", "filed"),
    "ended": Words("已终止", "ended"),
}
"""How far a merchant has come, in order."""


class Merchant(Thing, frozen=True, kw_only=True):
    """A special merchant, the key its code.  Days are texts; ``ends`` is the contract's last day, inclusive."""

    CARRY = False

    title: str
    trade: str = ""
    stage: str = "screened"
    terms: str = ""
    contract: str = ""
    ends: str = ""
    seen: str = ""


class MerchantContract(Thing, frozen=True, kw_only=True):
    """A contract with a special merchant, ``code``; the key is its number as paper has it, ``id`` the record that brought it."""

    CARRY = False

    id: str
    code: str


def merchant_party(code: str) -> str:
    """How the index finds what was recorded of a merchant."""
    return f"MT/{code}"


class MerchantStep(Record, frozen=True, kw_only=True):
    """A step with one merchant.  ``STAGE`` is what it brings the merchant to, ``AFTER`` the stages it may follow; a visit has none."""

    ACT = "merchant"
    RANK = 6
    SUBJECT = "code"
    STAGE: ClassVar[str] = ""
    AFTER: ClassVar[tuple[str, ...]] = ()

    code: Annotated[str, CODE, Words("商户编号", "merchant code")]

    @property
    def party(self) -> str:
        """The merchant."""
        return merchant_party(self.code)

    def touches(self) -> Touch:
        """The merchant."""
        return Touch(things=((Merchant.__name__, self.code),))

    @classmethod
    def resolve(cls, values: dict[str, Any], state: State, rules: Rules) -> dict[str, Any]:
        """A merchant that is not filed is unknown; raises :class:`Unknown`."""
        if state.thing(Merchant, values["code"]) is None:
            words = Words(f"没有商户 {values['code']}", f"there is no merchant {values['code']}")
            raise Unknown(words, next=("gb merchant list", f"gb merchant screen {values['code']} --title '…'"))
        return values

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """REG-01: not filed, or a step was left out."""
        found = state.thing(Merchant, self.code)
        if found is None or (self.AFTER and found.stage not in self.AFTER):
            now = STAGES[found.stage] if found else Words("没有登记", "not filed")
            words = Words(
                f"商户 {self.code} {now.zh}，现在是“{self.WORDS.zh}”：中间的步骤没有登记",
                f"merchant {self.code} is {now.en}, now comes “{self.WORDS.en}”: steps between are not recorded",
            )
            yield trouble("REG-01", words, subject=self.id, next=(f"gb merchant show {self.code}",))

    def apply(self, state: State) -> None:
        """The merchant is so far; what the step says of it is kept."""
        found = state.thing(Merchant, self.code)
        if found is not None:
            entries = {"stage": self.STAGE} if self._leads_on(found.stage) else {}
            state.put(self.code, msgspec.structs.replace(found, seen=str(self.date), **entries, **self.entries(found)))

    def _leads_on(self, stage: str) -> bool:
        """Whether the merchant is so far by this: an earlier step that is recorded late takes nothing back."""
        order = list(STAGES)
        return bool(self.STAGE) and (stage in self.AFTER or order.index(stage) < order.index(self.STAGE))

    def entries(self, found: Merchant) -> dict[str, str]:
        """What else it changes on the merchant."""
        return {}


class Screened(MerchantStep, frozen=True, kw_only=True):
    """筛选: a shop is taken up as a possible special merchant."""

    KIND = "screened"
    WORDS = Words("筛选商户", "merchant screened")
    HELP = Words("筛选一家特约商户", "take up a shop as a possible special merchant")
    RANK = 5
    INSTEAD = "gb merchant end --help"

    title: Annotated[str, TEXT, Words("商户名称", "merchant")]
    trade: Annotated[str, TEXT, Words("行业", "trade")] = ""

    @classmethod
    def resolve(cls, values: dict[str, Any], state: State, rules: Rules) -> dict[str, Any]:
        """Nothing has to be there before."""
        return values

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """NUM-01 the code is another's already."""
        if state.thing(Merchant, self.code) is not None:
            first = " ".join(sorted(state.top(self.touches())))
            anew = f"gb merchant screen {self.code}-{self.terminal} --title {shlex.quote(self.title)}"
            yield taken(self, self.code, "gb merchant show", first=first, anew=anew)

    def apply(self, state: State) -> None:
        """The merchant is known from now on."""
        if state.thing(Merchant, self.code) is None:
            state.put(self.code, Merchant(title=self.title, trade=self.trade, seen=str(self.date)))


class Contacted(MerchantStep, frozen=True, kw_only=True):
    """联系: by phone or a call on the shop; with a merchant that was ended it all begins anew, without the old contract."""

    KIND = "contacted"
    WORDS = Words("联系商户", "merchant contacted")
    HELP = Words("登记联系商户", "record that a merchant was contacted")
    STAGE, AFTER = "contacted", ("screened", "contacted", "ended")

    how: Annotated[str, TEXT, Words("联系方式", "how")]

    def entries(self, found: Merchant) -> dict[str, str]:
        """What had ended is in force no more."""
        return {"contract": "", "ends": "", "terms": ""} if found.stage == "ended" else {}


class Talked(MerchantStep, frozen=True, kw_only=True):
    """洽谈: what was talked about."""

    KIND = "talked"
    WORDS = Words("洽谈", "talks")
    HELP = Words("登记洽谈内容", "record what was talked about")
    STAGE, AFTER = "talked", ("contacted", "talked")

    summary: Annotated[str, TEXT, Words("内容", "summary")]


class Agreed(MerchantStep, frozen=True, kw_only=True):
    """达成意向: the terms that both sides want."""

    KIND = "agreed"
    WORDS = Words("达成意向", "agreement")
    HELP = Words("登记达成的合作条件", "record the terms agreed on")
    STAGE, AFTER = "agreed", ("talked", "agreed")

    terms: Annotated[str, TEXT, Words("合作条件", "terms")]

    def entries(self, found: Merchant) -> dict[str, str]:
        """The terms."""
        return {"terms": self.terms}


class Contracted(MerchantStep, frozen=True, kw_only=True):
    """签约: a contract up to its last day; another one renews it, or takes a merchant up again that was ended."""

    KIND = "contracted"
    WORDS = Words("商户签约", "contract")
    HELP = Words("登记合同或续签", "record the contract or its renewal")
    STAGE, AFTER = "contracted", ("agreed", "contracted", "filed", "ended")

    contract: Annotated[str, TEXT, Words("合同编号", "contract number")]
    starts: Annotated[dt.date, DAY, Words("合同起", "first day")]
    ends: Annotated[dt.date, DAY, Words("合同止", "last day")]

    def touches(self) -> Touch:
        """The merchant, and the contract's number."""
        return Touch(things=(*super().touches().things, (MerchantContract.__name__, paper_number(self.contract))))

    @classmethod
    def resolve(cls, values: dict[str, Any], state: State, rules: Rules) -> dict[str, Any]:
        """A contract lasts at least a day; raises :class:`Refused`."""
        if values["ends"] < values["starts"]:
            words = Words("合同止早于合同起", "the contract ends before it starts")
            raise Refused(words, code="DAT-01", next=(f"--ends {values['starts']}",))
        return super().resolve(values, state, rules)

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """NUM-01 another contract has the number, with whomever: a renewal has one of its own."""
        yield from super().judge(state, rules)
        old = state.thing(MerchantContract, paper_number(self.contract))
        if old is not None and old.id != self.id:
            words = Words(
                f"合同编号 {self.contract} 已用于 {old.id}（商户 {old.code}）；续签另编号",
                f"contract number {self.contract} was used for {old.id} (merchant {old.code}) before; a renewal has its own",
            )
            yield trouble("NUM-01", words, subject=self.id, next=(f"gb merchant show {old.code}",))

    def apply(self, state: State) -> None:
        """The contract is in force; its number stays with the first that has it."""
        super().apply(state)
        number = paper_number(self.contract)
        if state.thing(MerchantContract, number) is None:
            state.put(number, MerchantContract(id=self.id, code=self.code))

    def entries(self, found: Merchant) -> dict[str, str]:
        """The contract in force."""
        return {"contract": self.contract, "ends": str(self.ends)}


class Filed(MerchantStep, frozen=True, kw_only=True):
    """归档: the papers are filed."""

    KIND = "filed"
    WORDS = Words("商户归档", "papers filed")
    HELP = Words("登记合同资料归档", "record that the papers are filed")
    STAGE, AFTER = "filed", ("contracted",)

    file_no: Annotated[str, TEXT, Words("档案号", "file number")]


class Visited(MerchantStep, frozen=True, kw_only=True):
    """回访: a visit to a merchant, at any stage."""

    KIND = "visited"
    WORDS = Words("回访商户", "merchant visited")
    HELP = Words("登记回访商户", "record a visit to a merchant")
    AFTER = ("screened", "contacted", "talked", "agreed", "contracted", "filed")

    summary: Annotated[str, TEXT, Words("内容", "summary")]


class Ended(MerchantStep, frozen=True, kw_only=True):
    """终止合作: the merchant is none any more."""

    KIND = "ended"
    WORDS = Words("终止合作", "merchant ended")
    HELP = Words("终止与商户的合作", "end the co-operation with a merchant")
    STAGE = "ended"
    NEEDS_REASON = True


KINDS = (Screened, Contacted, Talked, Agreed, Contracted, Filed, Visited, Ended)
JOURNAL = Journal("merchants", "MT", "yaml", Words("特约商户", "special merchants"), KINDS)
