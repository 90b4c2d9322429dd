"""Compliance lint of a sale (S10): what the rules for prepaid vouchers ask, as warnings; each rule is dated and can be left out.

A voucher of a group-buying department is a bearer voucher unless its face is listed as sold by name.  A unit is identified by
its dossier, an individual only when the card says that the identity document was seen.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

from ledger.core.findings import Finding, trouble
from ledger.core.forms import Lines, Pays
from ledger.core.money import yuan
from ledger.core.parties import Client
from ledger.core.rules import FaceLimit, Identity, Invoice, PersonalCash, Rules, UnitCash, Validity, months_after
from ledger.core.spans import SpanSet
from ledger.core.state import State
from ledger.core.words import Words

INDIVIDUAL = "individual"
CASH = "cash"
INVOICES = {"ordinary": Words("普通发票", "ordinary"), "special": Words("专用发票", "special")}
"""The invoices that a sale may record."""


class Sold(Protocol):
    """What the lint reads of a record that sells sheets; money in fen."""

    @property
    def id(self) -> str: ...
    @property
    def date(self) -> dt.date: ...
    @property
    def client(self) -> str: ...
    @property
    def spans(self) -> SpanSet: ...
    @property
    def lines(self) -> Lines: ...
    @property
    def amount(self) -> int: ...
    @property
    def payments(self) -> Pays: ...
    @property
    def expires(self) -> dt.date | None: ...
    @property
    def invoice(self) -> str: ...


def judge_law(sale: Sold, state: State, rules: Rules) -> Iterable[Finding]:
    """LAW-01…05 and 07 of one sale; splitting (LAW-06) needs the others and is the check's."""
    client = state.thing(Client, sale.client)
    asked = rules.reckoned(_asked, sale.date)
    if asked.identity is not None and sale.amount >= asked.identity:
        yield from _identity(sale, client, asked.identity)
    yield from _cash(sale, client, asked)
    if asked.faces is not None:
        yield from _faces(sale, asked.faces)
    if asked.validity is not None:
        yield from _validity(sale, asked.validity)
    if sale.invoice in asked.refused:
        yield from _invoice(sale)


class _Asked(NamedTuple):
    """What is asked of the sales of one day; limits in fen, ``None``: nothing is."""

    identity: int | None
    unit_cash: int | None
    personal_cash: int | None
    faces: FaceLimit | None
    validity: Validity | None
    refused: Sequence[str]


def _asked(rules: Rules, day: dt.date) -> _Asked:
    limits = (rules.find(kind, day) for kind in (Identity, UnitCash, PersonalCash))
    identity, unit_cash, personal_cash = (rule.limit if rule is not None else None for rule in limits)
    validity, invoice = rules.find(Validity, day), rules.find(Invoice, day)
    return _Asked(
        identity, unit_cash, personal_cash, rules.find(FaceLimit, day), validity if validity and validity.months else None,
        invoice.refused if invoice is not None else (),
    )  # fmt: skip


def is_person(client: Client | None) -> bool:
    """Whether the buyer is an individual; one that is not filed is none, since nothing says so."""
    return client is not None and client.unit_kind == INDIVIDUAL


def identified(client: Client | None) -> bool:
    """Whether the book knows who bought."""
    return client is not None and (client.identified or not is_person(client))


def cash_of(pays: Pays) -> int:
    """What was paid in cash, in fen."""
    return sum([fen for method, fen in pays if method == CASH])


def _identity(sale: Sold, client: Client | None, limit: int) -> Iterator[Finding]:
    if identified(client):
        return
    words = Words(
        f"一次购券 {yuan(sale.amount)}，达到 {yuan(limit)}，客户 {sale.client} 没有核对证件",
        f"a purchase of {yuan(sale.amount)}, from {yuan(limit)} on the buyer is identified: {sale.client} is not",
    )
    yield trouble("LAW-01", words, subject=sale.id, next=(f"gb client change {sale.client} --identified",))


def _cash(sale: Sold, client: Client | None, asked: _Asked) -> Iterator[Finding]:
    person = is_person(client)
    limit = asked.personal_cash if person else asked.unit_cash
    if limit is None:
        return
    paid = cash_of(sale.payments)
    if paid < limit:
        return
    who = Words("个人", "an individual") if person else Words("单位", "a unit")
    words = Words(
        f"{who.zh}一次付现金 {yuan(paid)}，达到 {yuan(limit)} 应转账",
        f"{who.en} paid {yuan(paid)} in cash; from {yuan(limit)} on it is a transfer",
    )
    yield trouble("LAW-03" if person else "LAW-02", words, subject=sale.id)


def _faces(sale: Sold, rule: FaceLimit) -> Iterator[Finding]:
    for face, _ in sale.lines:
        limit = rule.limit_of(face)
        if limit is not None and face > limit:
            words = Words(
                f"券面值 {yuan(face)} 超过上限 {yuan(limit)}",
                f"face value {yuan(face)} is above the limit {yuan(limit)}",
            )
            yield trouble("LAW-04", words, subject=sale.id)


def _validity(sale: Sold, rule: Validity) -> Iterator[Finding]:
    if sale.expires is None:
        return
    least = months_after(sale.date, rule.months)
    if sale.date <= sale.expires < least:  # one that ends before the sale is STA-03
        words = Words(
            f"截止日期 {sale.expires}，有效期不足 {rule.months} 个月（应到 {least}）",
            f"expires {sale.expires}: valid for less than {rule.months} months (until {least})",
        )
        yield trouble("LAW-05", words, subject=sale.id, serials=sale.spans.text)


def _invoice(sale: Sold) -> Iterator[Finding]:
    said = INVOICES.get(sale.invoice, Words(sale.invoice, sale.invoice))
    words = Words(f"售券不得开具{said.zh}", f"no {said.en} VAT invoice is given for vouchers")
    yield trouble("LAW-07", words, subject=sale.id)
