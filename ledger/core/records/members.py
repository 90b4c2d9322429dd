"""会员 members: registered, card activated and replaced, blacklisted, reinstated, erased (M1, M5)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, ClassVar

import msgspec

from ledger.core.errors import Unknown
from ledger.core.findings import Finding, trouble
from ledger.core.forgotten import Keys, forget_keys, judge_keys, touch_keys
from ledger.core.forms import CODE, TEXT, YES, Journal, Record, Touch, Whose
from ledger.core.judge import taken
from ledger.core.members import STATUSES, Card, Member, judge_open, party_of
from ledger.core.paper import Later, Paper
from ledger.core.personal import Address, Birthday, Email, IdNumber, Name, Phone, erased, personal_of
from ledger.core.rules import Rules
from ledger.core.state import State
from ledger.core.twins import beside, is_twin, judge_alone, judge_anew, parted
from ledger.core.words import Words

CardNumber = Annotated[str, CODE, Words("卡号", "card number")]


class MemberRecord(Record, frozen=True, kw_only=True):
    """Anything about one member, named by ``code``."""

    ACT = "member"
    RANK = 6
    WHOSE = Whose("Member", "code")
    SUBJECT = "code"

    code: Annotated[str, CODE, Words("会员编号", "member code")]

    @property
    def party(self) -> str:
        """The member."""
        return party_of(self.code)

    def touches(self) -> Touch:
        """The member."""
        return Touch(things=((Member.__name__, self.code),))

    @classmethod
    def resolve(cls, values: dict[str, Any], state: State, rules: Rules) -> dict[str, Any]:
        """A member that is not filed is unknown; raises :class:`Unknown`."""
        known_member(values["code"], state)
        return values

    def change(self, state: State, **entries: object) -> None:
        """Put other entries on the member's card; one that is not there stays unknown."""
        found = state.thing(Member, self.code)
        if found is not None:
            state.put(self.code, msgspec.structs.replace(found, **entries))

    def unknown(self) -> Finding:
        """REG-01: the member is not filed."""
        words = Words(f"会员 {self.code} 未登记", f"member {self.code} is not registered")
        return trouble("REG-01", words, subject=self.id, next=("gb member list",))

    def unfit(self, found: Member) -> Finding:
        """PTS-05: the member is not in the state that the step is for."""
        now = STATUSES[found.status]
        words = Words(
            f"会员 {self.code} {now.zh}，不能办“{self.WORDS.zh}”", f"member {self.code} is {now.en}: no {self.WORDS.en}"
        )
        return trouble("PTS-05", words, subject=self.id, next=(f"gb member show {self.code}",))


def known_member(code: str, state: State) -> Member:
    """The member; raises :class:`Unknown`."""
    found = state.thing(Member, code)
    if found is None:
        words = Words(f"没有会员 {code}", f"there is no member {code}")
        raise Unknown(words, next=("gb member list", f"gb member register --code {code}"))
    return found


class Registered(MemberRecord, frozen=True, kw_only=True):
    """会员登记表: identity document and receipt are seen, the form is filled in (M1); the card is activated by a record of its own."""

    KIND = "registered"
    WORDS = Words("会员登记", "member registered")
    INSTEAD = "gb member change --help"
    ALONE = True
    PAPERS: ClassVar[tuple[Paper, ...]] = (
        Paper(
            name="member", title=Words("会员登记表", "Member's application"), confidential=True, at_once=True,
            fields=(
                "date", "code", "name", "phone", "birthday", "id_number", "email", "address", "identified", "receipt", "recruiter",
                Later("activated", "card"), "reason", "note",
            ),
            steps=Words("卡片与变更", "Card and changes"), signs=(Words("申请人", "applicant"), Words("经办人", "registered by")),
        ),
    )  # fmt: skip

    identified: Annotated[str, YES, Words("证件已核对", "identity document seen")] = ""
    receipt: Annotated[str, TEXT, Words("购物单据", "receipt shown")] = ""
    recruiter: Annotated[str, CODE, Words("招募人", "recruited by")] = ""
    name: Name = ""
    phone: Phone = ""
    address: Address = ""
    id_number: IdNumber = ""
    birthday: Birthday = ""
    email: Email = ""

    @classmethod
    def resolve(cls, values: dict[str, Any], state: State, rules: Rules) -> dict[str, Any]:
        """Nothing has to be there before."""
        return values

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """NUM-01 the code is another's already; REG-01 no document was seen."""
        if state.thing(Member, self.code) is not None:
            first = " ".join(sorted(state.top(self.touches())))
            yield taken(self, self.code, "gb member show", first=first, anew="gb member register --identified")
        if not self.identified:
            next_ = f"gb member change {self.code} --identified"
            yield trouble("REG-01", self.not_identified, subject=self.id, next=(next_,))

    @property
    def not_identified(self) -> Words:
        """What is missing where no document was seen; it may be seen later."""
        return Words(
            f"登记不全：没有核对会员 {self.code} 的证件",
            f"register incomplete: no identity document of member {self.code} was seen",
        )

    def apply(self, state: State) -> None:
        """The member is known from now on; where two were given one code (NUM-01) the card stays the first one's."""
        first = state.thing(Member, self.code)
        state.put(self.code, self._entries() if first is None else beside(first, self))

    def _entries(self) -> Member:
        return Member(
            registered=str(self.date), identified=bool(self.identified), recruiter=self.recruiter,
            personal=personal_of(self),
        )  # fmt: skip


class Refiled(Registered, frozen=True, kw_only=True):
    """会员改号: a member that was given another's code is registered anew under one of its own (NUM-01), as a client.

    ``ref`` is the record that registered it first, on whose day it joined.  ``keys`` are those that its values before are sealed
    under, as ``code/key``: who erases the member destroys them too (C8).
    """

    KIND = "refiled"
    WORDS = Words("会员改号登记", "member registered anew")
    PAPERS: ClassVar[tuple[Paper, ...]] = ()  # the application is the first record's

    was: Annotated[str, CODE, Words("原编号", "code before")]
    keys: Keys = ""

    def touches(self) -> Touch:
        """Both members."""
        return Touch(things=((Member.__name__, self.code), (Member.__name__, self.was)))

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """NUM-01 what it refers to is no twin of that code, or has a code of its own already; and as for any registration."""
        yield from judge_anew(self, self.was, state.thing(Member, self.was))
        yield from super().judge(state, rules)

    def apply(self, state: State) -> None:
        """The member has its own card."""
        super().apply(state)
        first = state.thing(Member, self.was)
        if first is not None and is_twin(first, self.ref):
            state.put(self.was, parted(first, self.ref, self.code))

    def _entries(self) -> Member:
        joined = f"{self.ref[2:6]}-{self.ref[6:8]}-{self.ref[8:10]}"  # the id has the business date
        return msgspec.structs.replace(
            super()._entries(), registered=joined, was=self.was, keys=tuple(self.keys.split())
        )


class Changed(MemberRecord, frozen=True, kw_only=True):
    """会员资料变更: what is given replaces what was there; a personal item that is not given stays."""

    KIND = "changed"
    WORDS = Words("会员变更", "member changed")

    identified: Annotated[str, YES, Words("证件已核对", "identity document seen")] = ""
    recruiter: Annotated[str, CODE, Words("招募人", "recruited by")] = ""
    name: Name = ""
    phone: Phone = ""
    address: Address = ""
    id_number: IdNumber = ""
    birthday: Birthday = ""
    email: Email = ""

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """REG-01 not filed; PTS-05 erased."""
        found = state.thing(Member, self.code)
        if found is None:
            yield self.unknown()
        elif found.erased:
            yield erased(self, self.code) if personal_of(self) else self.unfit(found)

    def apply(self, state: State) -> None:
        """Replace the entries given; one who is erased stays so."""
        found = state.thing(Member, self.code)
        if found is None or found.erased:
            return
        given: dict[str, object] = {"identified": True} if self.identified else {}
        given |= {"recruiter": self.recruiter} if self.recruiter else {}
        self.change(state, **given, personal={**found.personal, **personal_of(self)})


class CardStep(MemberRecord, frozen=True, kw_only=True):
    """A member gets a card, whose number nobody has had."""

    card: CardNumber

    def touches(self) -> Touch:
        """The member and the card."""
        return Touch(things=((Member.__name__, self.code), (Card.__name__, self.card)))

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """REG-01 not filed; NUM-01 the card is somebody's; PTS-05 not the state for it."""
        found = state.thing(Member, self.code)
        if found is None:
            yield self.unknown()
        elif found.status != self.before():
            yield self.unfit(found)
        old = state.thing(Card, self.card)
        if old is not None:
            words = Words(
                f"卡号 {self.card} 已发给会员 {old.member}", f"card {self.card} was given to member {old.member} before"
            )
            yield trouble("NUM-01", words, subject=self.id, next=(f"gb member show {old.member}",))

    @classmethod
    def before(cls) -> str:
        """The status that the step is for."""
        return "active"

    def hand_card(self, state: State, **entries: object) -> None:
        """The member has the card, unless it was given out before."""
        if state.thing(Card, self.card) is None:
            state.put(self.card, Card(member=self.code))
            self.change(state, card=self.card, **entries)


class Activated(CardStep, frozen=True, kw_only=True):
    """激活VIP卡: the card is handed out and works from now on (M1)."""

    KIND = "activated"
    WORDS = Words("激活会员卡", "card activated")
    HELP = Words("发给并激活会员卡", "hand out a VIP card and activate it")
    RANK = 7

    @classmethod
    def before(cls) -> str:
        """Registered, without a card."""
        return "registered"

    def apply(self, state: State) -> None:
        """The member may have awards."""
        found = state.thing(Member, self.code)
        if found is not None and found.status == "registered":
            self.hand_card(state, status="active", activated=str(self.date))


class CardReplaced(CardStep, frozen=True, kw_only=True):
    """补办会员卡: another card for one that is lost or worn; the old one works no more."""

    KIND = "card-replaced"
    WORDS = Words("补办会员卡", "card replaced")
    HELP = Words("补办会员卡，旧卡作废", "give a new card for one lost or worn; the old one is void")
    RANK = 8
    NEEDS_REASON = True

    def apply(self, state: State) -> None:
        """The new card stands."""
        found = state.thing(Member, self.code)
        if found is not None and found.status == "active":
            self.hand_card(state, void={**found.void, found.card: str(self.date)})


class Blacklisted(MemberRecord, frozen=True, kw_only=True):
    """黑名单: points fraud; the member is disabled, and the operator answerable for it is named (M5)."""

    KIND = "blacklisted"
    WORDS = Words("列入黑名单", "blacklisted")
    HELP = Words(
        "因恶意刷积分停用会员，并写明责任操作员", "disable a member for points fraud, naming the operator answerable"
    )
    RANK = 9
    NEEDS_REASON = True

    operator: Annotated[str, CODE, Words("责任操作员", "the operator answerable")] = ""

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """REG-01 not filed; PTS-05 disabled already."""
        found = state.thing(Member, self.code)
        if found is None:
            yield self.unknown()
        else:
            yield from judge_open(self, self.code, state)

    def apply(self, state: State) -> None:
        """No points and no awards from now on."""
        found = state.thing(Member, self.code)
        if found is not None and found.status != "erased":
            self.change(state, status="blacklisted", culprit=self.operator)


class Reinstated(MemberRecord, frozen=True, kw_only=True):
    """解除黑名单: the member may have points and awards again."""

    KIND = "reinstated"
    WORDS = Words("解除黑名单", "reinstated")
    HELP = Words("解除黑名单", "take a member off the blacklist")
    ACT = "reinstate"
    RANK = 9
    NEEDS_REASON = True

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """REG-01 not filed; PTS-05 not on the blacklist."""
        found = state.thing(Member, self.code)
        if found is None:
            yield self.unknown()
        elif found.status != "blacklisted":
            yield self.unfit(found)

    def apply(self, state: State) -> None:
        """As before the blacklisting."""
        found = state.thing(Member, self.code)
        if found is not None and found.status == "blacklisted":
            self.change(state, status="active" if found.card else "registered", culprit="")


class Erased(MemberRecord, frozen=True, kw_only=True):
    """注销会员: the person is forgotten; what was recorded of points stays under the code.

    With ``keys`` it is about a registration that was undone: these alone are destroyed, as a client's.
    """

    KIND = "erased"
    WORDS = Words("注销会员", "member erased")
    HELP = Words("注销会员，永久删除个人资料", "erase a member: the personal entries are gone for good")
    ACT = "erase"
    RANK = 9
    NEEDS_REASON = True
    INSTEAD = "gb member register --help"

    keys: Keys = ""

    @classmethod
    def resolve(cls, values: dict[str, Any], state: State, rules: Rules) -> dict[str, Any]:
        """Who was undone is filed no more; raises :class:`Unknown` for anybody else who is not there."""
        return values if values.get("keys") else super().resolve(values, state, rules)

    def touches(self) -> Touch:
        """The member, or the keys."""
        return touch_keys(Member.__name__, self.keys) if self.keys else super().touches()

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """REG-01 not filed; PRV-03 erased already; NUM-01 another member has the same code."""
        if self.keys:
            yield from judge_keys(self, self.code, state)
            return
        found = state.thing(Member, self.code)
        if found is None:
            yield self.unknown()
        elif found.erased:
            yield erased(self, self.code)
        else:
            yield from judge_alone(self, self.code, found)

    def apply(self, state: State) -> None:
        """No points and no awards any more; what was sealed is let go of."""
        if self.keys:
            forget_keys(Member.__name__, self.keys, state)
            return
        self.change(state, status="erased", personal={})


KINDS = (Registered, Refiled, Activated, Changed, CardReplaced, Blacklisted, Reinstated, Erased)
JOURNAL = Journal("members", "ME", "csv", Words("会员", "members"), KINDS)
