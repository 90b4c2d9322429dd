"""客户 clients: code, unit and kind of a client unit (C1).  Personal values are sealed (C8)."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from typing import Annotated, Any

import msgspec

from ledger.core.errors import Unknown
from ledger.core.findings import Finding, trouble
from ledger.core.forgotten import Keys, forget_keys, judge_keys, touch_keys
from ledger.core.forms import CODE, SHEETS, TEXT, YES, YUAN, Journal, Record, Touch, Whose, word
from ledger.core.judge import taken
from ledger.core.parties import Client, Complaint
from ledger.core.personal import (
    Address,
    Birthday,
    Contact,
    Email,
    IdNumber,
    Name,
    Phone,
    erased,
    personal_of,
)
from ledger.core.rules import Rules
from ledger.core.state import State
from ledger.core.twins import beside, is_twin, judge_alone, judge_anew, parted
from ledger.core.words import Words

KINDS = ("enterprise", "institution", "government", "collective", "individual")
KIND_WORDS = {
    "enterprise": Words("企业", "enterprise"),
    "institution": Words("事业", "institution"),
    "government": Words("行政", "government"),
    "collective": Words("集体", "collective"),
    "individual": Words("个人", "individual"),
}


CLASS_WORDS = {
    "key": Words("重点", "key"),
    "core": Words("核心", "core"),
    "general": Words("一般", "general"),
    "potential": Words("潜在", "potential"),
}
"""The classes of clients; key and core ones are the manager's own (C2)."""


class ClientRecord(Record, frozen=True, kw_only=True):
    """Anything about one client, named by ``code``."""

    ACT = "client"
    RANK = 6
    WHOSE = Whose("Client", "code")

    code: Annotated[str, CODE, Words("客户代码", "client code")]

    @property
    def party(self) -> str:
        """The client."""
        return self.code

    def touches(self) -> Touch:
        """The client."""
        return Touch(things=(("Client", self.code),))


class Added(ClientRecord, frozen=True, kw_only=True):
    """A client is filed.  An individual has no ``unit``: the name is personal, an alias stands for it."""

    KIND = "added"
    WORDS = Words("客户建档", "client filed")
    INSTEAD = "gb client change --help"
    ALONE = True

    unit: Annotated[str, TEXT, Words("客户单位", "client unit")] = ""
    unit_kind: Annotated[str, word(*KINDS), Words("单位性质", "kind of unit")] = "enterprise"
    state_owned: Annotated[str, YES, Words("国有", "state-owned")] = ""
    alias: Annotated[str, TEXT, Words("别名", "alias")] = ""
    initials: Annotated[str, TEXT, Words("助记码", "pinyin initials")] = ""
    alias_initials: Annotated[str, TEXT, Words("别名助记码", "initials of the alias")] = ""
    owner: Annotated[str, CODE, Words("归属业务员", "owner")] = ""
    identified: Annotated[str, YES, Words("证件已核对", "identity document seen")] = ""
    preferences: Annotated[str, TEXT, Words("偏好", "preferences")] = ""
    contracts: Annotated[str, TEXT, Words("合同", "contracts")] = ""
    name: Name = ""
    contact: Contact = ""
    phone: Phone = ""
    address: Address = ""
    id_number: IdNumber = ""
    birthday: Birthday = ""
    email: Email = ""

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """NUM-01 the code is another's already; PRV-03 personal values of a client whose key was destroyed."""
        client = state.thing(Client, self.code)
        if client is not None and client.erased and personal_of(self):
            yield erased(self, self.code)
        if not isinstance(self, Changed) and state.thing(Client, self.code) is not None:
            name = f"--unit {shlex.quote(self.unit)}" if self.unit else f"--alias {shlex.quote(self.alias or '…')}"
            yield taken(
                self, self.code, "gb client show", first=" ".join(sorted(state.top(self.touches()))),
                anew=f"gb client add {name} --kind {self.unit_kind}",
            )  # fmt: skip

    def apply(self, state: State) -> None:
        """The client is known from now on; where two were given one code (NUM-01) the card stays the first one's.

        It is found by the names of both until the other is filed anew.
        """
        old = state.thing(Client, self.code)
        if old is not None and not isinstance(self, Changed):
            state.put(self.code, self._beside(old))
            return
        gone = old is not None and old.erased  # once erased, for good: a terminal may have recorded before it knew
        state.put(self.code, self._card(erased=gone))

    def _card(self, *, erased: bool) -> Client:
        return Client(
            unit=self.unit, unit_kind=self.unit_kind, initials=self.initials, names=(self.alias,) if self.alias else (),
            also=(self.alias_initials,) if self.alias_initials else (),
            owner=self.owner, state_owned=bool(self.state_owned), identified=bool(self.identified),
            preferences=self.preferences, contracts=self.contracts,
            personal={} if erased else personal_of(self), erased=erased,
        )  # fmt: skip

    def _beside(self, first: Client) -> Client:
        """The client that has the code, with this one as its twin."""
        own = (name for name in (self.unit, self.alias) if name and name != first.unit)
        also = dict.fromkeys((*first.also, *filter(None, (self.initials, self.alias_initials))))
        names = dict.fromkeys((*first.names, *own))
        return beside(msgspec.structs.replace(first, names=tuple(names), also=tuple(also)), self)


class Refiled(Added, frozen=True, kw_only=True):
    """客户改号: a client that was given another's code is filed anew under one of its own (NUM-01).

    ``ref`` is the record that filed it first; its records stay as they are.  ``keys`` are those that its values before are sealed
    under, as ``code/key``: who erases the client destroys them too (C8).
    """

    KIND = "refiled"
    WORDS = Words("客户改号建档", "client filed anew")

    was: Annotated[str, CODE, Words("原代码", "code before")]
    keys: Keys = ""

    def touches(self) -> Touch:
        """Both clients."""
        return Touch(things=(("Client", self.code), ("Client", self.was)))

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """NUM-01 what it refers to is no twin of that code, or has a code of its own already; and as for any filing."""
        yield from judge_anew(self, self.was, state.thing(Client, self.was))
        yield from super().judge(state, rules)

    def apply(self, state: State) -> None:
        """The client has its own card; the other one is found by its own names alone."""
        super().apply(state)
        first = state.thing(Client, self.was)
        if first is not None and is_twin(first, self.ref):
            names = tuple(name for name in first.names if name not in (self.unit, self.alias))
            also = tuple(one for one in first.also if one not in (self.initials, self.alias_initials))
            rest = msgspec.structs.replace(first, names=names, also=also)
            state.put(self.was, parted(rest, self.ref, self.code))

    def _card(self, *, erased: bool) -> Client:
        card = super()._card(erased=erased)
        return msgspec.structs.replace(card, was=self.was, keys=tuple(self.keys.split()))


class Changed(Added, frozen=True, kw_only=True):
    """A client's entries as they are from now on; the aliases are kept."""

    KIND = "changed"
    WORDS = Words("客户变更", "client changed")
    ALONE = False

    def apply(self, state: State) -> None:
        """Replace the entries."""
        old = state.thing(Client, self.code)
        super().apply(state)
        new = state.thing(Client, self.code)
        if old is not None and new is not None:
            names, also = (tuple(dict.fromkeys(both)) for both in ((*old.names, *new.names), (*old.also, *new.also)))
            kept = {name: getattr(old, name) for name in _KEPT}
            state.put(self.code, msgspec.structs.replace(new, names=names, also=also, **kept))


_KEPT = ("client_class", "by_hand", "twins", "theirs", "was", "keys")
"""What a change of the entries leaves as it is."""


class Alias(ClientRecord, frozen=True, kw_only=True):
    """Another name under which the client is found."""

    KIND = "alias"
    WORDS = Words("客户别名", "client alias")

    alias: Annotated[str, TEXT, Words("别名", "alias")]
    initials: Annotated[str, TEXT, Words("助记码", "pinyin initials")] = ""

    def apply(self, state: State) -> None:
        """Add the name."""
        client = state.thing(Client, self.code)
        if client is not None:
            names = tuple(dict.fromkeys((*client.names, self.alias)))
            also = tuple(dict.fromkeys((*client.also, *filter(None, (self.initials,)))))
            state.put(self.code, msgspec.structs.replace(client, names=names, also=also))


class Erased(ClientRecord, frozen=True, kw_only=True):
    """The key of a client's personal values was destroyed: they are gone from the whole history (C8).  The code stays.

    With ``keys`` it is about a filing that was undone: these alone are destroyed, and the card of whoever has the code now stays.
    """

    KIND = "erased"
    WORDS = Words("删除个人资料", "personal data erased")
    ACT = "erase"
    NEEDS_REASON = True
    INSTEAD = "gb client show --help"

    keys: Keys = ""

    def touches(self) -> Touch:
        """The client, or the keys."""
        return touch_keys(Client.__name__, self.keys) if self.keys else super().touches()

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """PRV-03 erased already; NUM-01 another party has the same code, whose values are under keys of that code too."""
        if self.keys:
            yield from judge_keys(self, self.code, state)
            return
        client = state.thing(Client, self.code)
        if client is None:
            return
        if client.erased:
            yield erased(self, self.code)
        yield from judge_alone(self, self.code, client)

    def apply(self, state: State) -> None:
        """What was sealed is let go of; what else the dossier says stays."""
        if self.keys:
            forget_keys(Client.__name__, self.keys, state)
            return
        client = state.thing(Client, self.code)
        if client is not None:
            state.put(self.code, msgspec.structs.replace(client, personal={}, erased=True))


class Transferred(ClientRecord, frozen=True, kw_only=True):
    """客户移交: from one salesperson to another; whoever files a client first owns it until then (C1)."""

    KIND = "transferred"
    WORDS = Words("客户移交", "client transferred")
    ACT = "transfer"
    NEEDS_REASON = True

    owner: Annotated[str, CODE, Words("归属业务员", "owner")]
    before: Annotated[str, CODE, Words("原业务员", "owner before")] = ""

    @classmethod
    def resolve(cls, values: dict[str, Any], state: State, rules: Rules) -> dict[str, Any]:
        """Who owned it up to now."""
        client = state.thing(Client, values["code"])
        return {"before": client.owner if client else "", **values}

    def apply(self, state: State) -> None:
        """The client is the new owner's."""
        client = state.thing(Client, self.code)
        if client is not None:
            state.put(self.code, msgspec.structs.replace(client, owner=self.owner))


class Classified(ClientRecord, frozen=True, kw_only=True):
    """客户分类: the class by the rule of its date, with what it was reckoned from; or a person's choice, with the reason (C2).

    ``purchases`` (fen) and ``times`` are those of the rule's months.
    """

    KIND = "classified"
    WORDS = Words("客户分类", "client classified")
    ACT = "classify"

    client_class: Annotated[str, word(*CLASS_WORDS), Words("分类", "class")]
    purchases: Annotated[int, YUAN, Words("购买金额", "purchases")] = 0
    times: Annotated[int, SHEETS, Words("购买次数", "times")] = 0
    by_hand: Annotated[str, YES, Words("人工指定", "chosen by hand")] = ""

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """REG-01 a class chosen by hand without the reason."""
        if self.by_hand and not self.reason:
            words = Words("人工指定分类要写原因", "a class chosen by hand needs a reason")
            yield trouble("REG-01", words, subject=self.id, next=(f"gb client show {self.code}",))

    def apply(self, state: State) -> None:
        """The class stands until the next one."""
        client = state.thing(Client, self.code)
        if client is not None:
            by_hand = bool(self.by_hand)
            state.put(self.code, msgspec.structs.replace(client, client_class=self.client_class, by_hand=by_hand))


class Complained(ClientRecord, frozen=True, kw_only=True):
    """客户投诉, logged at once (C1, O8)."""

    KIND = "complaint"
    WORDS = Words("客户投诉", "complaint")

    about: Annotated[str, TEXT, Words("投诉内容", "about")]
    department: Annotated[str, TEXT, Words("涉及部门", "department")] = ""

    def touches(self) -> Touch:
        """The complaint; the dossier itself stays as it is."""
        return Touch(things=((Complaint.__name__, self.id),))

    def apply(self, state: State) -> None:
        """It waits for an answer."""
        state.put(self.id, Complaint(client=self.code, date=str(self.date), about=self.about))


class Answered(ClientRecord, frozen=True, kw_only=True):
    """投诉答复: what the client was told; ``ref`` is the complaint."""

    KIND = "complaint-answered"
    WORDS = Words("投诉答复", "complaint answered")

    reply: Annotated[str, TEXT, Words("答复", "reply")]
    satisfied: Annotated[str, word("yes", "no"), Words("客户满意", "satisfied")] = ""

    @classmethod
    def resolve(cls, values: dict[str, Any], state: State, rules: Rules) -> dict[str, Any]:
        """The client who complained."""
        complaint = state.thing(Complaint, values.get("ref", ""))
        if complaint is None:
            words = Words(f"{values.get('ref', '')} 不是投诉", f"{values.get('ref', '')} is no complaint")
            raise Unknown(words, next=("gb client complaints",))
        return {"code": complaint.client, **values}

    def touches(self) -> Touch:
        """The complaint."""
        return Touch(things=((Complaint.__name__, self.ref),))

    def apply(self, state: State) -> None:
        """The complaint is answered; told otherwise once more, the last answer counts."""
        complaint = state.thing(Complaint, self.ref)
        if complaint is not None:
            state.put(self.ref, msgspec.structs.replace(complaint, answer=self.id))


KINDS_OF_RECORD = (Added, Refiled, Changed, Alias, Transferred, Classified, Complained, Answered, Erased)
JOURNAL = Journal("clients", "CL", "yaml", Words("客户", "clients"), KINDS_OF_RECORD)
