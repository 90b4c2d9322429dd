"""REG: the register of clients and sales.  The judge finds incomplete sales; here: names that nobody filed, near-duplicates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from ledger.checks.explained import Explained
from ledger.core.findings import Finding, trouble
from ledger.core.forms import Record, Reversal
from ledger.core.members import Member
from ledger.core.parties import CRON, CRON_ACTS, Client
from ledger.core.records.clients import Added
from ledger.core.records.dispositions import Adoption, effective
from ledger.core.records.members import Registered
from ledger.core.records.points import PointsRecord
from ledger.core.records.selling import Offer
from ledger.core.records.staff import OperatorAdded
from ledger.core.rules import Roles, Rules
from ledger.core.script import simplified
from ledger.core.state import Sourced, State
from ledger.core.words import Words

BUILT_IN = "init"
"""Who registers the first terminal and staff, before anybody can."""

CODES: dict[str, Explained] = {
    "REG-01": Explained(
        Words("登记不全", "register incomplete"),
        Words(
            "客户资料登记表缺项，或客户、业务员没有建档",
            "the register of a sale lacks an entry, or its client or salesperson is not filed",
        ),
        Words("匆忙登记，或导入的资料不全", "entered in haste, or imported in part"),
        Words(
            "补建客户或操作员；缺项的冲销后重登",
            "file the client or operator; reverse and enter again what lacks an entry",
        ),
    ),
    "REG-02": Explained(
        Words("客户疑似重复", "near-duplicate clients"),
        Words(
            "两个客户的单位名称除写法外相同，购券和返扣会分散",
            "two clients have the same unit name but for its spelling, so purchases and rebates are split",
        ),
        Words(
            "全角半角、繁简、空格、“有限公司”等写法不同",
            "full-width forms, traditional characters, blanks, or a company suffix written differently",
        ),
        Words(
            "核对后只用其中一个，另一个名称登记为别名：gb client alias",
            "use one of them and file the other name as an alias: gb client alias",
        ),
    ),
}

FILING = (Added, Registered, OperatorAdded, Adoption)
"""The kinds that file a party, and what takes in a late one of them."""

_SUFFIXES = re.compile(
    r"(?:股份有限公司|有限责任公司|集团有限公司|有限公司|集团公司|总公司|分公司|公司|集团"
    r"|companylimited|coltd|limited|company|gmbh|corp|corporation|ltd|inc|llc|plc|co)$"
)


def near(name: str) -> str:
    """The form in which two spellings of one unit are equal: simplified, no case, blanks or marks, no company suffix."""
    plain = "".join(char for char in simplified(name).casefold() if char.isalnum())
    bare = _SUFFIXES.sub("", plain)
    return bare or plain


def near_duplicates(state: State) -> Iterator[Finding]:
    """REG-02 for every client whose unit is that of an earlier one; ``subject`` is the later client's code."""
    first: dict[str, tuple[str, Client]] = {}
    for code, client in state.things(Client):
        form = near(client.unit)
        if not form:
            continue
        known = first.setdefault(form, (code, client))
        if known[0] != code:
            words = Words(
                f"客户 {known[0]}“{known[1].unit}”与 {code}“{client.unit}”疑似同一单位",
                f"clients {known[0]} {known[1].unit!r} and {code} {client.unit!r} look like one unit",
            )
            next_ = (f"gb client show {known[0]}", f"gb client show {code}")
            yield trouble("REG-02", words, subject=code, next=next_)


def filed(sourced: Iterable[Sourced]) -> Mapping[str, Sourced]:
    """The record that last named each client's unit, by client code."""
    return {card.code: one for one in sourced if isinstance(card := effective(one.record), Added)}


def identified_since(finding: Finding, record: Record, state: State) -> bool:
    """Whether it is REG-01 of a member whose document was seen since, or who was erased: nobody is left to be identified."""
    card = effective(record)
    if finding.code != "REG-01" or not isinstance(card, Registered) or finding.words != card.not_identified:
        return False
    member = state.thing(Member, card.code)
    return member is not None and (member.identified or member.erased)


class Filed(NamedTuple):
    """Who was ever filed, on whatever date: a registration need not precede the act it serves (decisions)."""

    clients: frozenset[str]
    staff: Mapping[str, frozenset[str]]
    """The roles that each operator ever had, by code."""
    members: frozenset[str] = frozenset()


def parties(records: Iterable[Record]) -> Filed:
    """All clients, members and operators of the book; a filing that was undone is none."""
    records = list(records)
    undone = {record.ref for record in records if isinstance(record, Reversal)}
    clients: set[str] = set()
    members: set[str] = set()
    staff: dict[str, frozenset[str]] = {}
    for record in map(effective, records):
        if record.id in undone:
            continue
        if isinstance(record, Added):
            clients.add(record.code)
        elif isinstance(record, Registered):
            members.add(record.code)
        elif isinstance(record, OperatorAdded):
            staff[record.code] = staff.get(record.code, frozenset()) | set(record.roles.split(" "))
    return Filed(frozenset(clients), staff, frozenset(members))


def strangers(sourced: Iterable[Sourced], filed: Filed, rules: Rules) -> Iterator[tuple[Finding, Sourced]]:
    """REG-01 for a record by somebody never registered; APR-01 for a decision by somebody who never might decide.

    Of an adoption both are asked of whoever adopts, and of whoever wrote what is adopted.
    """
    for record, one in _acts(sourced):
        if record.by == BUILT_IN or (record.by == CRON and record.ACT in CRON_ACTS):
            continue
        roles = filed.staff.get(record.by)
        if roles is None:
            words = Words(f"经手人 {record.by} 未登记", f"operator {record.by} is not registered")
            yield trouble("REG-01", words, subject=record.id, next=("gb operator list",)), one
        elif record.ACT == "approve" and not any(
            "approve" in rules.on(Roles, record.date).acts(role) for role in roles
        ):
            words = Words(f"{record.by} 无权审批", f"{record.by} may not decide requests")
            yield trouble("APR-01", words, subject=record.id, next=("gb operator list",)), one


def _acts(sourced: Iterable[Sourced]) -> Iterator[tuple[Record, Sourced]]:
    """Every record, and for an adoption also the one it takes in."""
    for one in sourced:
        yield one.record, one
        if (taken := effective(one.record)) is not one.record:
            yield taken, one


def unknown_parties(sourced: Iterable[Sourced], filed: Filed) -> Iterator[tuple[Finding, Sourced]]:
    """REG-01 for sales whose client or salesperson, points whose member is filed nowhere; filing may come afterwards."""
    clients, staff, members = filed
    for one in sourced:
        sale = effective(one.record)
        if isinstance(sale, PointsRecord) and sale.member not in members:
            words = Words(f"会员 {sale.member} 未登记", f"member {sale.member} is not registered")
            yield trouble("REG-01", words, subject=sale.id, next=(f"gb show {sale.id}",)), one
        if not isinstance(sale, Offer):
            continue
        missing = []
        if sale.client not in clients:
            missing.append(Words(f"客户 {sale.client} 未建档", f"client {sale.client} is not filed"))
        if sale.salesperson and sale.salesperson not in staff:
            missing.append(
                Words(f"业务员 {sale.salesperson} 未登记", f"salesperson {sale.salesperson} is not registered")
            )
        if missing:
            words = Words("，".join(w.zh for w in missing), ", ".join(w.en for w in missing))
            yield trouble("REG-01", words, subject=sale.id, next=(f"gb show {sale.id}",)), one
