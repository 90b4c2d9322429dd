"""交接表: what one custodian hands to the next, as the book had it at that moment (N6)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from ledger.core.errors import Refused, Unknown
from ledger.core.findings import Finding
from ledger.core.forms import CODE, LINES, SERIALS, TEXT, YUAN, Lines, Record
from ledger.core.paper import Paper, Shown
from ledger.core.parties import Operator
from ledger.core.records.notices import IDS
from ledger.core.rules import Rules
from ledger.core.spans import EMPTY, SpanSet
from ledger.core.state import State
from ledger.core.words import Words


class CustodyHandover(Record, frozen=True, kw_only=True):
    """``by`` hands over to ``to``; touches nothing and moves nothing: both sign the printed form.

    The sheets in the safe, the void ones apart, both pots of cash (fen), the cheques whose paper lies in the house, and the
    records with something open.
    """

    KIND = "handover"
    WORDS = Words("保管交接", "custodians' hand-over")
    HELP = Words("保管人交接：券、现金、支票、未了事项", "custodians: sheets, cash, cheques, open items")
    PAPERS = (
        Paper(
            name="handover", title=Words("保管交接表", "Custodians' hand-over"), size="A4",
            copies=(Words("交出人", "who hands over"), Words("接收人", "who takes over")),
            fields=(
                Shown("at", "moment", Words("交接时间", "handed over at")), "by", "to", "lines", "spans", "void", "cash", "petty",
                Shown("drawer", "yuan", Words("现金合计", "cash in all")), "cheques", "cheque_amount", "items", "note",
            ),
            totals=("drawer", "cheque_amount"), zeros=("drawer", "cheque_amount"),
            signs=(Words("交出人", "handed over by"), Words("接收人", "taken over by"), Words("监交人", "witness")),
        ),
    )  # fmt: skip
    RANK = 94
    ACT = "cash"

    to: Annotated[str, CODE, Words("接收人", "who takes over")]
    spans: Annotated[SpanSet, SERIALS, Words("在库券号", "serials in the safe")] = EMPTY
    lines: Annotated[Lines, LINES, Words("面值*张数", "face × sheets")] = ()
    void: Annotated[SpanSet, SERIALS, Words("作废券号", "void serials")] = EMPTY
    cash: Annotated[int, YUAN, Words("货款", "takings")] = 0
    petty: Annotated[int, YUAN, Words("备用金", "float")] = 0
    cheques: Annotated[str, TEXT, Words("库存支票号", "cheques in hand")] = ""
    cheque_amount: Annotated[int, YUAN, Words("支票金额", "amount of the cheques")] = 0
    items: Annotated[tuple[str, ...], IDS, Words("未了单据", "records with something open")] = ()

    @property
    def drawer(self) -> int:
        """Both pots, in fen."""
        return self.cash + self.petty

    @classmethod
    def resolve(cls, values: dict[str, Any], state: State, rules: Rules) -> dict[str, Any]:
        """Between two people of the staff; raises :class:`Unknown` and :class:`Refused` (ROL-01)."""
        found = state.thing(Operator, values["to"])
        if found is None or found.left:
            raise Unknown(Words(f"没有员工 {values['to']}", f"there is no member of staff {values['to']}"),
                          next=("gb operator list",))  # fmt: skip
        if values["to"] == values["by"]:
            words = Words(
                "交接要两个人：交出和接收不能是同一人", "a hand-over takes two people: one gives, another takes"
            )
            raise Refused(words, code="ROL-01", next=("gb operator list",))
        return values

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """Nothing: it only says what the book said."""
        return ()
