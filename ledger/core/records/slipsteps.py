"""What every step on a rebate slip has in common: the slip it names, its number, its approval (B2–B5)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from ledger.core.errors import Unknown
from ledger.core.findings import Finding, trouble
from ledger.core.forms import CODE, RECORD, Codec, Record, Touch
from ledger.core.rules import Rules
from ledger.core.slips import Slip, control_parts
from ledger.core.state import State
from ledger.core.words import Words


def parse_control(text: str) -> str:
    """A control number in canonical form."""
    control_parts(text)
    return text


ApprovalId = Annotated[str, RECORD, Words("批准记录", "the slip's approval")]
"""What a step on an approved slip names, so that an approval that is gone is missed."""
CONTROL = Codec("control", parse_control, str, r"^DZ-[0-9]{4}-[0-9]{4,}$", Words("对帐编号", "control number"))

_STATUS = {
    "proposed": Words("还没有批准", "is not approved yet"),
    "approved": Words("已经批准", "is approved already"),
    "rejected": Words("已被驳回", "was rejected"),
    "cancelled": Words("已作废", "is cancelled"),
    "carried": Words("只结转余额，没有券可发", "carries a remainder over and gives no voucher"),
}


class SlipStep(Record, frozen=True, kw_only=True):
    """What happens to the slip named by ``ref``."""

    client: Annotated[str, CODE, Words("客户", "client")]

    def touches(self) -> Touch:
        """The slip."""
        return Touch(things=((Slip.__name__, self.ref),))

    def slip(self, state: State) -> Slip | None:
        """The slip it acts on."""
        return state.thing(Slip, self.ref)

    @classmethod
    def resolve(cls, values: dict[str, Any], state: State, rules: Rules) -> dict[str, Any]:
        """The slip's client; raises :class:`Unknown` where there is no such slip."""
        return {**values, "client": known_slip(values, state).client}

    def judge_payee(self, slip: Slip) -> Iterator[Finding]:
        """REB-07: the client named here is not the slip's."""
        if slip.client != self.client:
            words = Words(
                f"返扣单 {self.ref} 是 {slip.client} 的，不是 {self.client}",
                f"slip {self.ref} is {slip.client}'s, not {self.client}'s",
            )
            yield trouble("REB-07", words, subject=self.id, next=(f"gb rebate show {self.ref}",))


def known_slip(values: dict[str, Any], state: State) -> Slip:
    """The slip that ``ref`` names; raises :class:`Unknown`."""
    slip = state.thing(Slip, values.get("ref", ""))
    if slip is None:
        words = Words(f"没有 {values.get('ref')} 这张返扣单", f"there is no rebate slip {values.get('ref')}")
        raise Unknown(words, next=("gb rebate list",))
    return slip


def no_slip(record: Record) -> Finding:
    """REB-01: the step names no slip."""
    words = Words(f"没有 {record.ref} 这张返扣单", f"there is no rebate slip {record.ref}")
    return trouble("REB-01", words, subject=record.id, next=("gb rebate list",))


def unfit_slip(record: Record, slip: Slip, code: str) -> Finding:
    """The slip is not in the state that the step needs."""
    said = _STATUS[slip.status]
    words = Words(f"返扣单 {record.ref} {said.zh}", f"slip {record.ref} {said.en}")
    first = f"gb rebate approve {record.ref}" if slip.status == "proposed" else f"gb rebate show {record.ref}"
    return trouble(code, words, subject=record.id, next=(first,))
