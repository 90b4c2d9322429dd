"""APR: approvals.  The judge finds what lacks one; here: what was approved only after the act (APR-03)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

import msgspec

from ledger.checks.explained import Explained
from ledger.core.approvals import Request
from ledger.core.findings import USUAL, Finding, trouble
from ledger.core.forms import Record
from ledger.core.records.dispositions import effective
from ledger.core.records.requests import Approval
from ledger.core.state import Reversed, Sourced, State
from ledger.core.words import Words

CODES: dict[str, Explained] = {
    "APR-01": Explained(
        Words("没有批准", "no approval"),
        Words(
            "这一步要有批准的请示报告单，没有、用途不符、未批或超过权限",
            "the act needs an approved request; there is none, it is for another purpose, undecided, or above the approver's limit",
        ),
        Words("先办后补、填错编号", "the act came first, or the number is wrong"),
        Words("gb request … 提交请示，由经理批准", "submit with gb request …, a manager approves"),
    ),
    "APR-02": Explained(
        Words("自己批准自己", "approved by the requester"),
        Words("批准人就是申请人，这个批准不算", "the approver is the requester; the approval does not count"),
        Words("只有一名经理在岗", "only one manager on duty"),
        Words("请另一名经理批准", "another manager approves"),
    ),
    "APR-03": Explained(
        Words("事后批准，或批准重复使用", "approved after the act, or used twice"),
        Words(
            "批准晚于所办的事；或批准的张数已经用完；或已有结论",
            "the approval came after the act, or what it covers is used up, or it was decided already",
        ),
        Words("补办手续；一张请示单用了两次", "paper made up afterwards; one request used twice"),
        Words("说明原因；需要时另行请示", "explain it; ask for a new approval where needed"),
    ),
    "APR-04": Explained(
        Words("批准的电子签名无效", "an approval's signature does not stand"),
        Words(
            "签名不是批准人当时登记的密钥对这张请示单和这个批准签的",
            "the signature is not by the key that the approver had registered then, over this request and this approval",
        ),
        Words(
            "请示单或批准事后被改、签名从别的单或别的店抄来、别人的密钥、批准人已离岗或公钥登记在后",
            "request or approval were changed afterwards, the signature was copied from another request or store, the key is "
            "somebody else's, or the approver had left or registered the key later",
        ),
        Words(
            "问批准人本人；冲销后由本人重新批准签名：gb request approve 编号 --key 密钥文件",
            "ask the approver in person; reverse it and let them approve and sign again: gb request approve ID --key FILE",
        ),
    ),
    "APR-05": Explained(
        Words("批准没有电子签名", "an approval without its signature"),
        Words(
            "rules.yaml 的 approvals/signed 规定这个岗位的批准要电子签名",
            "the rule approvals/signed of rules.yaml asks this role for a signature under every approval",
        ),
        Words("没有写 --key，或用旧程序批准", "--key was left out, or an older program was used"),
        Words(
            "先 gb keys sign-setup 登记密钥，再 gb request approve 编号 --key 密钥文件",
            "register a key with gb keys sign-setup, then gb request approve ID --key FILE",
        ),
    ),
}


def asked_by(record: Record) -> str:
    """The request that a record, or the one that it adopts, relies on; or empty."""
    own = effective(record)
    return str(getattr(own, "approval", "") or getattr(own, "request", ""))


def undecided(finding: Finding, record: Record, state: State) -> bool:
    """Whether the record lacked an approval only because none had been given yet."""
    request_id = asked_by(record)
    if finding.code != "APR-01" or not request_id:
        return False
    request = state.thing(Request, request_id)
    return request is None or request.status == "open"


def approvals(sourced: Iterable[Sourced], state: State, asked: Collection[str]) -> dict[str, Sourced]:
    """The approval of each of the requests ``asked`` for that is approved at the end and whose approval stands."""
    found: dict[str, Sourced] = {}
    for one in sourced:
        record = effective(one.record)
        if isinstance(record, Approval) and record.ref in asked and state.thing(Reversed, one.record.id) is None:
            request = state.thing(Request, record.ref)
            if request is not None and request.status == "approved" and request.decided_by == record.by:
                found[record.ref] = one
    return found


def adopted_late(sourced: Iterable[Sourced], given: Mapping[str, Sourced]) -> Iterator[tuple[Finding, Sourced]]:
    """APR-03 for an adoption of a record whose approval was given only after that record, as the judge cannot see.

    It judges the late record as things stand when it is adopted, and by then the approval is there.
    """
    for one in sourced:
        taken = effective(one.record)
        approval = given.get(asked_by(one.record))
        if taken is not one.record and approval is not None and effective(approval.record).order > taken.order:
            bare = trouble("APR-03", Words("", ""), subject=taken.id, where=(one.where(),))
            yield approved_late(bare, taken, approval), one


def approved_late(finding: Finding, record: Record, approval: Sourced) -> Finding:
    """APR-03 in place of an APR-01 whose approval came after the act."""
    request_id, given = asked_by(record), approval.record.id
    words = Words(
        f"{record.id} 所依据的请示单 {request_id} 事后才由 {given} 批准",
        f"{record.id} relies on {request_id}, which {given} approved only afterwards",
    )
    next_ = (f"gb request show {request_id}",)
    where = (*finding.where, approval.where())
    return msgspec.structs.replace(
        finding, code="APR-03", severity=USUAL["APR-03"], words=words, where=where, next=next_
    )
