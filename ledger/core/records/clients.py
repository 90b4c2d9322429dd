"""客户 clients: code, unit and kind of a client unit (C1).  Personal values are sealed (C8)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import msgspec

from ledger.core.findings import Finding
from ledger.core.forms import CODE, TEXT, YES, Journal, Record, Touch, Whose, word
from ledger.core.judge import taken
from ledger.core.parties import Client
from ledger.core.personal import ITEMS, PERSONAL, erased, personal_of
from ledger.core.rules import Rules
from ledger.core.state import State
from ledger.core.words import Words

KINDS = ("enterprise", "institution", "government", "collective", "individual")
KIND_WORDS = {
    "enterprise": Words("企业", "enterprise"),
    "institution": Words("事业", "institution"),
    "government": Words("行政", "government"),
    "collective": Words("集体", "collective"),
    "individual": Words("个人", "individual"),
}


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

    unit: Annotated[str, TEXT, Words("客户单位", "client unit")] = ""
    unit_kind: Annotated[str, word(*KINDS), Words("单位性质", "kind of unit")] = "enterprise"
    state_owned: Annotated[str, YES, Words("国有", "state-owned")] = ""
    alias: Annotated[str, TEXT, Words("别名", "alias")] = ""
    initials: Annotated[str, TEXT, Words("助记码", "pinyin initials")] = ""
    owner: Annotated[str, CODE, Words("归属业务员", "owner")] = ""
    identified: Annotated[str, YES, Words("证件已核对", "identity document seen")] = ""
    name: Annotated[str, PERSONAL, ITEMS["name"].words] = ""
    contact: Annotated[str, PERSONAL, ITEMS["contact"].words] = ""
    phone: Annotated[str, PERSONAL, ITEMS["phone"].words] = ""
    address: Annotated[str, PERSONAL, ITEMS["address"].words] = ""
    id_number: Annotated[str, PERSONAL, ITEMS["id_number"].words] = ""
    birthday: Annotated[str, PERSONAL, ITEMS["birthday"].words] = ""
    email: Annotated[str, PERSONAL, ITEMS["email"].words] = ""

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """NUM-01 the code is another's already; PRV-03 personal values of a client whose key was destroyed."""
        client = state.thing(Client, self.code)
        if client is not None and client.erased and personal_of(self):
            yield erased(self, self.code)
        if self.KIND == "added" and state.thing(Client, self.code) is not None:
            yield taken(self, self.code, "gb client show")

    def apply(self, state: State) -> None:
        """The client is known from now on."""
        names = (self.alias,) if self.alias else ()
        old = state.thing(Client, self.code)
        gone = old is not None and old.erased  # once erased, for good: a terminal may have recorded before it knew
        client = Client(
            unit=self.unit, unit_kind=self.unit_kind, initials=self.initials, names=names, owner=self.owner,
            state_owned=bool(self.state_owned), identified=bool(self.identified),
            personal={} if gone else personal_of(self), erased=gone,
        )  # fmt: skip
        state.put(self.code, client)


class Changed(Added, frozen=True, kw_only=True):
    """A client's entries as they are from now on; the aliases are kept."""

    KIND = "changed"
    WORDS = Words("客户变更", "client changed")

    def apply(self, state: State) -> None:
        """Replace the entries."""
        old = state.thing(Client, self.code)
        super().apply(state)
        new = state.thing(Client, self.code)
        if old is not None and new is not None:
            names = tuple(dict.fromkeys((*old.names, *new.names)))
            state.put(self.code, msgspec.structs.replace(new, names=names))


class Alias(ClientRecord, frozen=True, kw_only=True):
    """Another name under which the client is found."""

    KIND = "alias"
    WORDS = Words("客户别名", "client alias")

    alias: Annotated[str, TEXT, Words("别名", "alias")]

    def apply(self, state: State) -> None:
        """Add the name."""
        client = state.thing(Client, self.code)
        if client is not None:
            names = tuple(dict.fromkeys((*client.names, self.alias)))
            state.put(self.code, msgspec.structs.replace(client, names=names))


class Erased(ClientRecord, frozen=True, kw_only=True):
    """The key of a client's personal values was destroyed: they are gone from the whole history (C8).  The code stays."""

    KIND = "erased"
    WORDS = Words("删除个人资料", "personal data erased")
    ACT = "erase"
    NEEDS_REASON = True
    INSTEAD = "gb client show --help"

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """PRV-03 erased already."""
        client = state.thing(Client, self.code)
        if client is not None and client.erased:
            yield erased(self, self.code)

    def apply(self, state: State) -> None:
        """What was sealed is let go of; what else the dossier says stays."""
        client = state.thing(Client, self.code)
        if client is not None:
            state.put(self.code, msgspec.structs.replace(client, personal={}, erased=True))


JOURNAL = Journal("clients", "CL", "yaml", Words("客户", "clients"), (Added, Changed, Alias, Erased))
