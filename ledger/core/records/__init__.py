"""The journals, each declared in a module of its own; this is the one list of them.

A journal's module is imported when it is first asked for, so that a counter command loads only the forms it uses.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import NamedTuple

from ledger.core.forms import Journal
from ledger.core.state import Thing


class Listed(NamedTuple):
    """What must be known of a journal before its module is loaded."""

    code: str
    name: str
    format: str


JOURNALS = (
    Listed("ST", "staff", "yaml"),
    Listed("OP", "openings", "yaml"),
    Listed("RQ", "requests", "yaml"),
    Listed("RC", "receipts", "yaml"),
    Listed("CU", "custody", "yaml"),
    Listed("SA", "sales", "csv"),
    Listed("CQ", "cheques", "csv"),
    Listed("CA", "cash", "csv"),
    Listed("FI", "finance", "csv"),
    Listed("BK", "bank", "csv"),
    Listed("RB", "rebates", "yaml"),
    Listed("DI", "dispositions", "yaml"),
    Listed("NT", "notices", "csv"),
    Listed("CL", "clients", "yaml"),
    Listed("VI", "visits", "yaml"),
    Listed("AX", "access", "csv"),
    Listed("RD", "redemptions", "csv"),
    Listed("TG", "targets", "yaml"),
    Listed("ME", "members", "csv"),
    Listed("PT", "points", "csv"),
    Listed("MT", "merchants", "yaml"),
    Listed("AC", "activities", "yaml"),
)
THINGS = {
    "Adopted": "ledger.core.records.dispositions",
    "CallPlan": "ledger.core.calls",
    "Cheque": "ledger.core.cheques",
    "Activity": "ledger.core.records.activities",
    "Merchant": "ledger.core.records.merchants",
    "MerchantContract": "ledger.core.records.merchants",
    "AwardNumbers": "ledger.core.points",
    "AwardSteps": "ledger.core.points",
    "AwardThing": "ledger.core.points",
    "Card": "ledger.core.members",
    "Member": "ledger.core.members",
    "PointsAccount": "ledger.core.points",
    "PointsSlip": "ledger.core.points",
    "Advanced": "ledger.core.drawer",
    "BankSlip": "ledger.core.cheques",
    "CashSlip": "ledger.core.drawer",
    "Client": "ledger.core.parties",
    "Complaint": "ledger.core.parties",
    "Corrected": "ledger.core.records.corrections",
    "Forgotten": "ledger.core.forgotten",
    "GiftTotal": "ledger.core.calls",
    "MoneyTotal": "ledger.core.records.taken_over",
    "NoticeThing": "ledger.core.records.notices",
    "ControlNumbers": "ledger.core.slips",
    "OpeningTotal": "ledger.core.records.openings",
    "OutreachPlan": "ledger.core.calls",
    "KeyBackup": "ledger.core.records.access",
    "Operator": "ledger.core.parties",
    "Owed": "ledger.core.records.ious",
    "OverShort": "ledger.core.drawer",
    "Payment": "ledger.core.payments",
    "RegisterLine": "ledger.core.registers",
    "RebateAccount": "ledger.core.slips",
    "Request": "ledger.core.approvals",
    "Reserved": "ledger.core.cheques",
    "Reversed": "ledger.core.state",
    "SaleThing": "ledger.core.records.sales",
    "Slip": "ledger.core.slips",
    "Terminal": "ledger.core.parties",
    "Terminals": "ledger.core.parties",
}
BY_CODE = {listed.code: listed for listed in JOURNALS}
BY_NAME = {listed.name: listed for listed in JOURNALS}


@cache
def journal(name: str) -> Journal:
    """The journal of that name, loading its module; raises ``KeyError`` for an unknown one."""
    found: Journal = import_module(f"ledger.core.records.{BY_NAME[name].name}").JOURNAL
    return found


def thing_class(space: str) -> type[Thing]:
    """The class of the things of a space; raises ``KeyError`` for an unknown one."""
    found: type[Thing] = getattr(import_module(THINGS[space]), space)
    return found


def journal_of(record_id: str) -> Journal:
    """The journal that a record id belongs to, by its two letters; raises ``KeyError``."""
    return journal(BY_CODE[record_id[:2]].name)
