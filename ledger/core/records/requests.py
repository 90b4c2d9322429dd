"""请示报告单 requests: asked, approved or rejected by a manager who is not the requester, prepared by finance (V1, V2)."""

from __future__ import annotations

import datetime as dt
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from typing import Annotated

import msgspec

from ledger.core.approvals import ABOUT_MONEY, PURPOSES, judge_approver, judge_limit
from ledger.core.approvals import Request as RequestThing
from ledger.core.findings import Finding, trouble
from ledger.core.forms import (
    CODE,
    DAY,
    LINES,
    TEXT,
    YUAN,
    Codec,
    Journal,
    Lines,
    Record,
    Touch,
    sheets_of,
    show_lines,
    value_of,
    word,
)  # fmt: skip
from ledger.core.paper import FINANCE, KEPT, VALUE, Paper
from ledger.core.parties import Operator
from ledger.core.rules import Approvals, Rules
from ledger.core.state import State
from ledger.core.words import Words

SIGNATURE_LIMIT = 8192
"""Bytes that an OpenSSH signature may have: one by an RSA key of 16,384 bits has some 4,200."""


def _sshsig(text: str) -> str:
    blob = b64decode(text, validate=True)
    if b64encode(blob).decode() != text or not blob.startswith(b"SSHSIG") or len(blob) > SIGNATURE_LIMIT:
        raise ValueError("base64 of an OpenSSH signature")
    return text


SSHSIG = Codec(
    "sshsig", _sshsig, str, r"^U1NIU0lH[A-Za-z0-9+/]+={0,2}$", Words("OpenSSH 签名", "OpenSSH signature, base64")
)

MOST_SHEETS = 100_000_000
"""No request is for more: a serial typed where a number belongs."""


class Request(Record, frozen=True, kw_only=True):
    """A request for a purpose: so many sheets of each face.  ``face`` (fen) is the new face of a change of face.

    A discount may name the client and the most it may come to (fen); an approval covers what it says (V1).
    """

    KIND = "request"
    WORDS = Words("请示报告单", "request")
    RANK = 10
    ACT = "request"
    NEEDS_REASON = True
    PAPERS = (
        Paper(
            name="request", title=Words("请示报告单", "Request for approval"), copies=(FINANCE, KEPT), totals=("value", "amount"),
            fields=("date", "purpose", "client", "face", "lines", VALUE, "amount", "reason", "note"),
            choices={"purpose": PURPOSES}, steps=Words("审批与办理", "Decision and use"),
            signs=(Words("请示人", "requested by"), Words("批准人", "approved by"), Words("财务", "finance")),
        ),
    )  # fmt: skip

    purpose: Annotated[str, word(*PURPOSES), Words("用途", "purpose")]
    lines: Annotated[Lines, LINES, Words("面值*张数", "face × sheets")] = ()
    face: Annotated[int, YUAN, Words("新面值", "new face value")] = 0
    client: Annotated[str, CODE, Words("客户", "client")] = ""
    amount: Annotated[int, YUAN, Words("金额上限", "amount, at most")] = 0

    @property
    def value(self) -> int:
        """Face value of the sheets, in fen."""
        return value_of(self.lines)

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """REC-03 a face value that is none, or neither sheets nor the amount that the purpose is about."""
        if not (self.amount > 0 if self.purpose in ABOUT_MONEY else self.lines):
            words = Words("请示单没有写张数或金额", "the request names neither sheets nor an amount")
            yield trouble("REC-03", words, subject=self.id)
        if any(face <= 0 for face, _ in self.lines):
            words = Words(
                f"面值要大于零：{show_lines(self.lines)}", f"a face value must be above zero: {show_lines(self.lines)}"
            )
            yield trouble("REC-03", words, subject=self.id)
        if sheets_of(self.lines) > MOST_SHEETS:
            words = Words(f"张数太大：{sheets_of(self.lines)}", f"too many sheets: {sheets_of(self.lines)}")
            yield trouble("REC-03", words, subject=self.id)

    def touches(self) -> Touch:
        """The request itself."""
        return Touch(things=(("Request", self.id),))

    def apply(self, state: State) -> None:
        """The request waits for a decision."""
        request = RequestThing(
            purpose=self.purpose, lines=self.lines, by=self.by, face=self.face, client=self.client, amount=self.amount
        )
        state.put(self.id, request)


class Step(Record, frozen=True, kw_only=True):
    """What happens to the request named by ``ref``."""

    def touches(self) -> Touch:
        """The request."""
        return Touch(things=(("Request", self.ref),))

    def known(self, state: State) -> RequestThing | None:
        """The request it acts on."""
        return state.thing(RequestThing, self.ref)


class Approval(Step, frozen=True, kw_only=True):
    """A manager who is not the requester approves (APR-02).

    ``signature`` is over the request and this record (:mod:`ledger.audit.approval`, which alone can judge it).
    """

    KIND = "approval"
    WORDS = Words("批准", "approval")
    RANK = 11
    ACT = "approve"

    signature: Annotated[str, SSHSIG, Words("电子签名", "signature")] = ""

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """APR-02 the requester approves; APR-03 decided already; APR-01 above their limit; APR-05 not signed."""
        request = self.known(state)
        if request is None:
            yield _unknown(self)
            return
        yield from judge_approver(self, request.by, Words("请示单", "request"))
        yield from _decided(self, request)
        yield from judge_limit(self, request.lines, state, rules)
        yield from self._unsigned(state, rules)

    def _unsigned(self, state: State, rules: Rules) -> Iterator[Finding]:
        if self.signature or not must_sign(self.by, self.date, state, rules):
            return
        words = Words(
            f"{self.by} 批准请示单 {self.ref} 要电子签名（--key）",
            f"{self.by} approves {self.ref} with an electronic signature only (--key)",
        )
        fix = (f"gb request approve {self.ref} --key ~/.ssh/id_ed25519", "gb keys sign-setup")
        yield trouble("APR-05", words, subject=self.id, next=fix)

    def apply(self, state: State) -> None:
        """From now on it may be drawn upon."""
        request = self.known(state)
        if request is not None and request.status == "open" and request.by != self.by:
            state.put(self.ref, msgspec.structs.replace(request, status="approved", decided_by=self.by))


def must_sign(by: str, day: dt.date, state: State, rules: Rules) -> bool:
    """Whether the store's rules ask ``by`` for a signature under an approval on ``day``."""
    operator = state.thing(Operator, by)
    return operator is not None and bool({*rules.on(Approvals, day).signed} & {*operator.roles})


class Rejection(Step, frozen=True, kw_only=True):
    """A manager rejects; the reason is recorded."""

    KIND = "rejection"
    WORDS = Words("驳回", "rejection")
    RANK = 11
    ACT = "approve"
    NEEDS_REASON = True

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """APR-03 decided already."""
        request = self.known(state)
        if request is None:
            yield _unknown(self)
        else:
            yield from _decided(self, request)

    def apply(self, state: State) -> None:
        """It can never be drawn upon."""
        request = self.known(state)
        if request is not None and request.status == "open":
            state.put(self.ref, msgspec.structs.replace(request, status="rejected", decided_by=self.by))


class Prepared(Step, frozen=True, kw_only=True):
    """备券: finance's cashier has the sheets ready and sets the collection date (V2)."""

    KIND = "prepared"
    WORDS = Words("备券", "prepared")
    RANK = 12
    ACT = "prepared"

    finance: Annotated[str, TEXT, Words("财务经办人", "finance's name")]
    collect: Annotated[dt.date, DAY, Words("领券日期", "collection date")]

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """APR-01 not approved."""
        request = self.known(state)
        if request is None or request.status != "approved":
            words = Words(
                f"请示单 {self.ref} 没有批准，不能备券", f"request {self.ref} is not approved: nothing to prepare"
            )
            yield trouble("APR-01", words, subject=self.ref, next=(f"gb request approve {self.ref}",))

    def apply(self, state: State) -> None:
        """The receipt takes date and name from it."""
        request = self.known(state)
        if request is not None:
            state.put(self.ref, msgspec.structs.replace(request, finance=self.finance, collect=str(self.collect)))


def _unknown(record: Record) -> Finding:
    words = Words(f"没有 {record.ref} 这张请示单", f"there is no request {record.ref}")
    return trouble("APR-01", words, subject=record.id, next=("gb request list",))


def _decided(record: Record, request: RequestThing) -> Iterator[Finding]:
    if request.status == "open":
        return
    done = {"approved": Words("批准", "approved"), "rejected": Words("驳回", "rejected")}[request.status]
    words = Words(
        f"请示单 {record.ref} 已由 {request.decided_by} {done.zh}",
        f"request {record.ref} was {done.en} by {request.decided_by} already",
    )
    yield trouble("APR-03", words, subject=record.ref, next=(f"gb request show {record.ref}",))


JOURNAL = Journal("requests", "RQ", "yaml", Words("请示报告单", "requests"), (Request, Approval, Rejection, Prepared))
