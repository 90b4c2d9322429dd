"""券号通知 notices: which serials the tills and finance were told of, when, and who signed for it (N1, N2)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Annotated, Final, NamedTuple

import msgspec

from ledger.core.delivery import WAYS
from ledger.core.findings import Finding, trouble
from ledger.core.forms import CODE, SHEETS, TEXT, YES, YUAN, Codec, Journal, Record, Touch, word
from ledger.core.paper import Paper
from ledger.core.rules import Rules
from ledger.core.state import State, Thing
from ledger.core.words import Words

COPIES: dict[str, Words] = {
    "finance": Words("财务总收", "finance main cashier"),
    "cashiers": Words("收银部", "cashiers' department"),
}
"""Who gets a copy, in the order of the copies."""

_MOST: Final = 100_000
"""Records that one notice may list: a text of few bytes must not ask for more than can be held."""
_NUMBER: Final = re.compile(r"TZ([0-9]{4})-([A-Z][A-Z0-9]{0,7})-([0-9]{4,})")
_STEM: Final = "[A-Z]{2}[0-9]{8}-[A-Z][A-Z0-9]{0,7}-"
_ID: Final = _STEM + "[0-9]{4,}"
_RUN: Final = re.compile(rf"({_STEM})([0-9]{{4,}})(?:\+([1-9][0-9]*))?")


class Series(NamedTuple):
    """The notices of one terminal in one year: their numbers run from 1 without a hole."""

    year: int
    terminal: str

    def number(self, at: int) -> str:
        """``TZ2026-K1-0007``."""
        return f"TZ{self.year:04d}-{self.terminal}-{at:04d}"


def split_number(number: str) -> tuple[Series, int] | None:
    """The series of a notice's number and its place in it; ``None`` for any other text."""
    found = _NUMBER.fullmatch(number)
    if found is None or Series(int(found[1]), found[2]).number(int(found[3])) != number:
        return None
    return Series(int(found[1]), found[2]), int(found[3])


# -- the ids that a notice lists ---------------------------------------------------------------------------------------


def show_ids(ids: Iterable[str]) -> str:
    """Ids in order, a run as its first id and its length: ``SA20261008-K1-0001+12 CU20261008-K1-0003``."""
    split = sorted({(name[: name.rindex("-") + 1], int(name[name.rindex("-") + 1 :])) for name in ids})
    runs = []
    for (stem, _), members in groupby(enumerate(split), lambda one: (one[1][0], one[1][1] - one[0])):
        numbers = [number for _, (_, number) in members]
        runs.append(f"{stem}{numbers[0]:04d}" + (f"+{len(numbers)}" if len(numbers) > 1 else ""))
    return " ".join(runs)


def parse_ids(text: str) -> tuple[str, ...]:
    """The canonical form of :func:`show_ids` only."""
    ids: list[str] = []
    for run in text.split(" "):
        found = _RUN.fullmatch(run)
        count = int((found[3] or "1")[:9]) if found else 0
        if found is None or len(ids) + count > _MOST:
            raise ValueError("not ids of records")
        ids += [f"{found[1]}{int(found[2]) + step:04d}" for step in range(count)]
    if show_ids(ids) != text:
        raise ValueError("not in canonical form")
    return tuple(ids)


IDS = Codec(
    "records", parse_ids, show_ids, rf"^{_ID}(\+[1-9][0-9]*)?( {_ID}(\+[1-9][0-9]*)?)*$",
    Words("单据编号，连号写作 首号+张数", "record ids; a run is its first id + how many"),
)  # fmt: skip


def _digest(text: str) -> str:
    if not re.fullmatch("[0-9a-f]{64}", text):
        raise ValueError("64 hex digits")
    return text


SHA256 = Codec("sha256", _digest, str, "^[0-9a-f]{64}$", Words("sha256，64 位十六进制", "sha256 in 64 hex digits"))


# -- the records -------------------------------------------------------------------------------------------------------


class NoticeThing(Thing, frozen=True, kw_only=True):
    """An issued notice by its number.  ``day`` is the business date it covers, as text; ``acks`` who has signed for it.

    ``sent`` are the routes by which it went out, ``failed`` those by which it was tried last and did not.
    """

    CARRY = False

    id: str
    day: str
    acks: tuple[str, ...] = ()
    sent: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()


class Issued(Record, frozen=True, kw_only=True):
    """A notice of the business date ``date``; it is made from what is recorded, never typed, and never taken back.

    ``ids`` are the records it tells of; ``sheets`` and ``amount`` (fen) are those of the sales among them.  ``digest`` is over
    what those records say, ``copy`` over the text that was sent.
    """

    KIND = "issued"
    WORDS = Words("券号通知", "notice of serials")
    HELP = Words("发出当日券号通知", "issue the notice of the day's serials")
    RANK = 70
    ACT = "notice"
    INSTEAD = "gb notice"
    GENERATED = True
    PAPERS = (
        Paper(
            name="notice", title=Words("团购销售通知", "Notice of vouchers sold"), copies=tuple(COPIES.values()), size="A4",
            fields=("date", "notice", "supplement", "sheets", "ids", "digest", "amount"), totals=("amount",),
            signs=(Words("团购部", "department"), Words("签收", "signed for")),
        ),
    )  # fmt: skip

    notice: Annotated[str, CODE, Words("通知编号", "notice number")]
    supplement: Annotated[str, YES, Words("补充", "supplement")] = ""
    ids: Annotated[tuple[str, ...], IDS, Words("所列单据", "records listed")] = ()
    sheets: Annotated[int, SHEETS, Words("售出张数", "sheets sold")] = 0
    amount: Annotated[int, YUAN, Words("售出金额", "amount sold")] = 0
    digest: Annotated[str, SHA256, Words("内容摘要", "digest of the contents")]
    copy: Annotated[str, SHA256, Words("原文摘要", "digest of the text sent")]

    def touches(self) -> Touch:
        """The notice itself: the records it lists are only told of."""
        return Touch(things=((NoticeThing.__name__, self.notice),))

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """NUM-01: a number given twice, or one that is not this terminal's and year's."""
        if state.thing(NoticeThing, self.notice) is not None:
            words = Words(f"通知编号 {self.notice} 已经有了", f"notice number {self.notice} is given already")
            yield trouble("NUM-01", words, subject=self.id, next=(f"gb notice show {self.notice}",))
        found = split_number(self.notice)
        if found is None or found[0] != Series(self.date.year, self.terminal):
            words = Words(
                f"通知编号 {self.notice} 不是终端 {self.terminal} 在 {self.date.year} 年的编号",
                f"{self.notice} is no notice number of terminal {self.terminal} in {self.date.year}",
            )
            yield trouble("NUM-01", words, subject=self.id, next=(f"gb show {self.id}",))

    def apply(self, state: State) -> None:
        """It waits for the signatures."""
        if state.thing(NoticeThing, self.notice) is None:
            state.put(self.notice, NoticeThing(id=self.id, day=str(self.date)))


class NoticeStep(Record, frozen=True, kw_only=True):
    """What happens to an issued notice; ``ref`` is its record, ``notice`` its number."""

    RANK = 71

    notice: Annotated[str, CODE, Words("通知编号", "notice number")]
    to: Annotated[str, word(*COPIES), Words("哪一联", "which copy")]

    def touches(self) -> Touch:
        """The notice."""
        return Touch(things=((NoticeThing.__name__, self.notice),))

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """NOT-03: there is no such notice."""
        known = state.thing(NoticeThing, self.notice)
        if known is None or known.id != self.ref:
            words = Words(f"{self.ref} 不是通知 {self.notice}", f"{self.ref} is not the notice {self.notice}")
            yield trouble("NOT-03", words, subject=self.id, next=("gb notice list",))


class Acknowledged(NoticeStep, frozen=True, kw_only=True):
    """签收: one of the two signed for its copy (N1).  ``name`` is the person of finance or of the tills who did."""

    KIND = "acknowledged"
    WORDS = Words("通知签收", "notice acknowledged")
    HELP = Words("登记一联的签收", "record that a copy was signed for")
    ACT = "acknowledge"

    name: Annotated[str, TEXT, Words("签收人", "signed by")] = ""

    def judge(self, state: State, rules: Rules) -> Iterable[Finding]:
        """As every step; and NUM-01: this copy was signed for already."""
        yield from super().judge(state, rules)
        yield from self._twice(state.thing(NoticeThing, self.notice))

    def _twice(self, known: NoticeThing | None) -> Iterator[Finding]:
        if known is not None and self.to in known.acks:
            side = COPIES[self.to]
            words = Words(f"{side.zh}已签收 {self.notice}", f"{self.notice} was signed for by {side.en} already")
            yield trouble("NUM-01", words, subject=self.id, next=(f"gb notice show {self.notice}",))

    def apply(self, state: State) -> None:
        """This copy is answered for."""
        known = state.thing(NoticeThing, self.notice)
        if known is not None and self.to not in known.acks:
            state.put(self.notice, msgspec.structs.replace(known, acks=(*known.acks, self.to)))


class Delivered(NoticeStep, frozen=True, kw_only=True):
    """送达: a copy went out by a channel that the store has set up, or failed to; ``detail`` is what the other side said.

    ``copy`` is the digest of the text that was sent, which is the notice's own.
    """

    KIND = "delivered"
    WORDS = Words("通知送达", "notice delivered")
    HELP = Words("登记一联的送达", "record how a copy was delivered")
    ACT = "notice"
    GENERATED = True

    copy: Annotated[str, SHA256, Words("原文摘要", "digest of the text sent")]
    channel: Annotated[str, word(*WAYS), Words("渠道", "channel")]
    address: Annotated[str, TEXT, Words("地址", "address")]
    outcome: Annotated[str, word("sent", "failed"), Words("结果", "outcome")]
    detail: Annotated[str, TEXT, Words("说明", "detail")] = ""

    @property
    def route(self) -> str:
        """The channel as the settings know it."""
        return f"{self.to} {self.channel} {self.address}"

    def apply(self, state: State) -> None:
        """What went out once stays so, whatever a second try came to."""
        known = state.thing(NoticeThing, self.notice)
        if known is None:
            return
        sent = dict.fromkeys((*known.sent, self.route) if self.outcome == "sent" else known.sent)
        failed = dict.fromkeys((*known.failed, self.route) if self.outcome == "failed" else known.failed)
        kept = tuple(one for one in failed if one not in sent)
        state.put(self.notice, msgspec.structs.replace(known, sent=tuple(sent), failed=kept))


JOURNAL = Journal("notices", "NT", "csv", Words("券号通知", "notices of serials"), (Issued, Acknowledged, Delivered))
