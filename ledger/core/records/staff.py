"""员工与终端 staff: who acts, on which terminal.  Dated records like every other, so they merge and are sealed (P5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

import msgspec

from ledger.core.findings import Finding
from ledger.core.forms import CODE, TEXT, Codec, Journal, Record, Touch
from ledger.core.judge import taken
from ledger.core.parties import STORE, Operator, Terminal, Terminals
from ledger.core.rules import ROLES, Rules
from ledger.core.state import State
from ledger.core.words import Words


def _roles(text: str) -> str:
    """One or more roles separated by a space, each once."""
    roles = text.split(" ")
    if not set(roles) <= set(ROLES) or len(set(roles)) != len(roles):
        raise ValueError(f"roles are {' '.join(ROLES)}")
    return text


_ROLE = "(" + "|".join(ROLES) + ")"
ROLE_LIST = Codec("roles", _roles, str, f"^{_ROLE}( {_ROLE})*$", Words("岗位", "roles"))


class StaffRecord(Record, frozen=True, kw_only=True):
    """Anything about one operator or terminal, named by ``code``."""

    ACT = "staff"
    RANK = 5
    INSTEAD = "gb operator change --help"

    code: Annotated[str, CODE, Words("代码", "code")]


class OperatorAdded(StaffRecord, frozen=True, kw_only=True):
    """An operator is registered; ``roles`` are separated by a space."""

    KIND = "operator-added"
    WORDS = Words("登记操作员", "operator registered")

    name: Annotated[str, TEXT, Words("姓名", "name")]
    roles: Annotated[str, ROLE_LIST, Words("岗位", "roles")]
    public_key: Annotated[str, TEXT, Words("公钥", "public key")] = ""

    def touches(self) -> Touch:
        """The operator."""
        return Touch(things=(("Operator", self.code),))

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """NUM-01 the code is another's already."""
        known = {code.casefold() for code, _ in state.things(Operator)} if self.KIND == "operator-added" else set()
        if self.code.casefold() in known:
            yield taken(self, self.code, "gb operator show")

    def apply(self, state: State) -> None:
        """The operator may act from now on."""
        roles = tuple(self.roles.split(" "))
        state.put(self.code, Operator(name=self.name, roles=roles, public_key=self.public_key))


class OperatorChanged(OperatorAdded, frozen=True, kw_only=True):
    """An operator's name, roles or key as they are from now on."""

    KIND = "operator-changed"
    WORDS = Words("变更操作员", "operator changed")


class OperatorLeft(StaffRecord, frozen=True, kw_only=True):
    """An operator leaves; what they recorded stays."""

    KIND = "operator-left"
    WORDS = Words("操作员离岗", "operator left")

    def touches(self) -> Touch:
        """The operator."""
        return Touch(things=(("Operator", self.code),))

    def apply(self, state: State) -> None:
        """The operator may act no longer."""
        operator = state.thing(Operator, self.code)
        if operator is not None:
            state.put(self.code, msgspec.structs.replace(operator, left=str(self.date)))


class OperatorKey(StaffRecord, frozen=True, kw_only=True):
    """An operator's own public signing key from now on.  Anyone registered may record their own, nobody another's."""

    KIND = "operator-key"
    WORDS = Words("登记签名公钥", "signing key registered")
    ACT = ""

    public_key: Annotated[str, TEXT, Words("公钥", "public key")]

    def touches(self) -> Touch:
        """The operator."""
        return Touch(things=(("Operator", self.code),))

    def judge(self, state: State, rules: Rules) -> Iterator[Finding]:
        """ROL-01 for a key that somebody else registers: a manager changes the operator instead."""
        if self.by != self.code:
            words = Words(
                f"{self.by} 不能登记 {self.code} 的公钥", f"{self.by} may not register the key of {self.code}"
            )
            fix = (f"gb operator change {self.code} --key FILE.pub",)
            yield Finding(code="ROL-01", severity="error", words=words, subject=self.id, next=fix)

    def apply(self, state: State) -> None:
        """The key is the operator's."""
        operator = state.thing(Operator, self.code)
        if operator is not None and self.by == self.code:
            state.put(self.code, msgspec.structs.replace(operator, public_key=self.public_key))


class TerminalAdded(StaffRecord, frozen=True, kw_only=True):
    """A terminal is registered: it may write its own journal files."""

    KIND = "terminal-added"
    WORDS = Words("登记终端", "terminal registered")
    INSTEAD = "gb terminal retire --help"

    def touches(self) -> Touch:
        """The terminal, and the order of all."""
        return Touch(things=(("Terminal", self.code), ("Terminals", STORE)))

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """NUM-01 the code is another's already."""
        if state.thing(Terminal, self.code) is not None:
            yield taken(self, self.code, "gb terminal show")

    def apply(self, state: State) -> None:
        """The terminal may write."""
        state.put(self.code, Terminal())
        known = state.thing(Terminals, STORE) or Terminals()
        state.put(STORE, Terminals(codes=(*known.codes, self.code)))


class TerminalClaimed(StaffRecord, frozen=True, kw_only=True):
    """From now on only one installation writes as the terminal: a copied folder or disk image is refused (JRN-07).

    ``install`` is a digest of its id, never the id.  A manager claims it again when the machine is replaced.
    """

    KIND = "terminal-claimed"
    WORDS = Words("认领终端", "terminal claimed")
    NEEDS_REASON = True

    install: Annotated[str, CODE, Words("安装编号", "installation")]

    def touches(self) -> Touch:
        """The terminal."""
        return Touch(things=(("Terminal", self.code),))

    def apply(self, state: State) -> None:
        """The terminal is this installation's."""
        terminal = state.thing(Terminal, self.code)
        if terminal is not None:
            state.put(self.code, msgspec.structs.replace(terminal, install=self.install))


class TerminalRetired(StaffRecord, frozen=True, kw_only=True):
    """A terminal writes no more."""

    KIND = "terminal-retired"
    WORDS = Words("停用终端", "terminal retired")

    def touches(self) -> Touch:
        """The terminal."""
        return Touch(things=(("Terminal", self.code),))

    def apply(self, state: State) -> None:
        """The terminal may not write any more."""
        state.put(self.code, Terminal(retired=str(self.date)))


JOURNAL = Journal(
    "staff", "ST", "yaml", Words("员工与终端", "staff and terminals"),
    (OperatorAdded, OperatorChanged, OperatorLeft, OperatorKey, TerminalAdded, TerminalClaimed, TerminalRetired),
)  # fmt: skip
