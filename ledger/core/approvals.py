"""Requests (请示报告单) as the state knows them, and the judgement of whoever relies on one (V1, APR-01…03).

An approval covers the purpose, faces and sheets it names and is used up by what is drawn on it; both are shown.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from ledger.core.findings import Finding, trouble
from ledger.core.forms import Lines, Record, lines_of, show_lines, value_of
from ledger.core.money import yuan
from ledger.core.parties import Operator
from ledger.core.rules import Approvals, Rules
from ledger.core.state import State, Thing
from ledger.core.words import Words

PURPOSES: dict[str, Words] = {
    "voucher": Words("领券", "draw vouchers"),
    "void": Words("作废", "void"),
    "lost": Words("遗失", "lost"),
    "found": Words("找回", "found"),
    "reface": Words("更改面值", "change of face"),
    "discount": Words("优惠", "discount"),
    "gift": Words("礼品", "gift"),
    "use": Words("内部使用", "internal use"),
    "exchange": Words("换券", "exchange"),
    "iou": Words("赊券", "IOU"),
    "correction": Words("更正", "correction"),
    "over-short": Words("长短款核销", "over or short written off"),
    "other": Words("其他", "other"),
}
ABOUT_MONEY = frozenset({"over-short"})
"""Purposes that name an amount and no sheets."""


class Request(Thing, frozen=True, kw_only=True):
    """A request and what has become of it.  ``used`` is what was drawn on its approval.

    ``client`` and ``amount`` (fen, the most that discounts may come to) bind where the request names them; ``spent`` is
    what discounts have come to.
    """

    purpose: str
    lines: Lines
    by: str
    status: str = "open"
    decided_by: str = ""
    face: int = 0
    finance: str = ""
    collect: str = ""
    used: Lines = ()
    client: str = ""
    amount: int = 0
    spent: int = 0

    @property
    def left(self) -> Lines:
        """What the approval still covers; a face drawn beyond it is negative."""
        return lines_of([*self.lines, *((face, -sheets) for face, sheets in self.used)])

    @property
    def settled(self) -> bool:
        """Rejected, or used up."""
        if self.status == "approved" and not self.lines:
            return self.spent >= self.amount
        return self.status == "rejected" or (self.status == "approved" and all(n <= 0 for _, n in self.left))

    def covers(self, lines: Lines) -> bool:
        """Whether what is left is enough for ``lines``."""
        left = dict(self.left)
        return all(left.get(face, 0) >= sheets for face, sheets in lines)


def judge_approval(
    request_id: str,
    purposes: tuple[str, ...],
    lines: Lines,
    state: State,
    subject: str,
    *,
    client: str = "",
    amount: int = 0,
) -> Iterator[Finding]:
    """Whether ``request_id`` allows an act on ``lines``; ``subject`` is the record that relies on it."""
    kinds = Words("、".join(PURPOSES[p].zh for p in purposes), "/".join(PURPOSES[p].en for p in purposes))
    how = (_how(purposes[0], lines, amount), f"gb request list --purpose {purposes[0]}")
    request = state.thing(Request, request_id) if request_id else None
    if request is None:
        said = (
            Words(f"：没有 {request_id} 这张请示单", f": there is no request {request_id}")
            if request_id
            else Words("", "")
        )
        yield trouble(
            "APR-01", Words(f"没有批准（{kinds.zh}）{said.zh}", f"no approval for: {kinds.en}{said.en}"),
            subject=subject, next=how,
        )  # fmt: skip
    elif request.purpose not in purposes:
        was = PURPOSES[request.purpose]
        yield trouble(
            "APR-01",
            Words(f"请示单 {request_id} 的用途是“{was.zh}”，不是“{kinds.zh}”",
                  f"request {request_id} is for “{was.en}”, not for “{kinds.en}”"),
            subject=subject, next=how,
        )  # fmt: skip
    elif request.status != "approved":
        yield _not_approved(request_id, request, subject)
    elif not request.covers(lines):
        yield _used_up(request_id, request, lines, subject, how)
    elif request.client and client and request.client != client:
        words = Words(
            f"请示单 {request_id} 批准的客户是 {request.client}，不是 {client}",
            f"request {request_id} is for client {request.client}, not for {client}",
        )
        yield trouble("APR-01", words, subject=subject, next=(f"gb request show {request_id}",))
    elif request.amount and request.spent + amount > request.amount:
        words = Words(
            f"请示单 {request_id} 批准{kinds.zh} {yuan(request.amount)}，已用 {yuan(request.spent)}，不够这次的 {yuan(amount)}",
            f"request {request_id} allows {yuan(request.amount)} ({kinds.en}), {yuan(request.spent)} is used already: "
            f"not enough for {yuan(amount)}",
        )
        yield trouble("APR-03", words, subject=subject, next=(f"gb request show {request_id}",))


def judge_approver(approval: Record, asked_by: str, form: Words) -> Iterator[Finding]:
    """APR-02: an approval, which names in ``ref`` what it is for, by the one who asked; ``form`` is what was asked with."""
    if approval.by == asked_by:
        words = Words(
            f"{approval.by} 不能批准自己的{form.zh} {approval.ref}",
            f"{approval.by} cannot approve their own {form.en} {approval.ref}",
        )
        yield trouble("APR-02", words, subject=approval.ref, next=("gb operator list --role manager",))


def judge_limit(approval: Record, lines: Lines, state: State, rules: Rules) -> Iterator[Finding]:
    """APR-01: an approval, which names in ``ref`` what it is for, above what a manager may approve (V5)."""
    limit = rules.on(Approvals, approval.date).limit
    operator = state.thing(Operator, approval.by)
    if limit is None or value_of(lines) <= limit or operator is None or "general-manager" in operator.roles:
        return
    words = Words(
        f"{approval.ref} 面额 {show_lines(lines)} 超过经理权限，要总经理批准",
        f"{approval.ref} for {show_lines(lines)} is above a manager's limit: a general manager decides",
    )
    yield trouble("APR-01", words, subject=approval.ref, next=("gb operator list --role general-manager",))


def _how(purpose: str, lines: Lines, amount: int) -> str:
    if purpose in ABOUT_MONEY:
        return f"gb request {purpose} --amount {yuan(amount)} --reason '…'"
    asked = " ".join(f"{sheets}x{yuan(face).removesuffix('.00')}" for face, sheets in lines)
    return f"gb request {purpose} {asked} --reason '…'"


def _not_approved(request_id: str, request: Request, subject: str) -> Finding:
    state = {"open": Words("尚未批准", "is not approved yet"), "rejected": Words("已被驳回", "was rejected")}
    words = state[request.status]
    return trouble(
        "APR-01", Words(f"请示单 {request_id} {words.zh}", f"request {request_id} {words.en}"), subject=subject,
        next=(f"gb request approve {request_id}" if request.status == "open" else f"gb request show {request_id}",),
    )  # fmt: skip


def _used_up(request_id: str, request: Request, lines: Lines, subject: str, how: tuple[str, ...]) -> Finding:
    used = show_lines(request.used) or "0"
    words = Words(
        f"请示单 {request_id} 批准 {show_lines(request.lines)}，已用 {used}，不够这次的 {show_lines(lines)}",
        f"request {request_id} approves {show_lines(request.lines)}, {used} is used already: "
        f"not enough for {show_lines(lines)}",
    )
    return trouble("APR-03", words, subject=subject, next=(f"gb request show {request_id}", *how))


def use_request(request_id: str, lines: Lines, state: State, amount: int = 0) -> None:
    """Draw ``lines`` on an approval; drawing more than was approved is recorded too and is the finding."""
    request = state.thing(Request, request_id) if request_id else None
    if request is not None:
        used = lines_of([*request.used, *lines])
        state.put(request_id, msgspec.structs.replace(request, used=used, spent=request.spent + amount))
