"""CLS: closed months, their seals and signatures.  :mod:`ledger.audit` finds most of it; here it is explained."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ledger.checks.explained import Explained
from ledger.core.dates import Month
from ledger.core.errors import Where
from ledger.core.findings import Finding, trouble
from ledger.core.forms import Reversal
from ledger.core.records.dispositions import Adoption
from ledger.core.state import Sourced
from ledger.core.words import Words

_SATURDAY = 5
_LONGEST = 60
"""No month waits longer for its last working day: twenty of them, and the longest holiday twice."""
_SIDES = {"department": Words("部门", "the department"), "finance": Words("财务", "finance")}

_FIX = Words("按提示改正后再输入", "correct it as the message says and enter it again")

CODES: dict[str, Explained] = {
    "CLS-01": Explained(
        Words("已封的月份被改动", "a sealed month was changed"),
        Words(
            "已封账月份的文件与封签不符，或封签与打印的短码、上次所见、下月封签不符；列出文件和记录",
            "a file of a closed month is not as it was sealed, or the seal is not the one that was printed, seen "
            "before or sealed by the next month; file and record are named",
        ),
        Words(
            "手工编辑、截断、删文件、合并选错一边、恢复旧备份，或有人重做了封签",
            "a hand edit, a file cut or removed, a merge that took the wrong side, an old backup, or a seal made anew",
        ),
        Words(
            "从 git 或备份找回原文件再 gb verify；对照纸上的短码；查不清的报财务和审计",
            "restore the file from git or a backup and run gb verify; compare the digest on paper; tell finance and "
            "the auditor what cannot be explained",
        ),
    ),
    "CLS-02": Explained(
        Words("对账迟或未签名", "reconciled late or unsigned"),
        Words(
            "过了下月第三个工作日（rules.yaml 的 reconciled），月份还没封账或缺一方签名，或是那之后才封的、才签的",
            "after the third working day of the next month (reconciled in rules.yaml) a month is not closed or lacks a "
            "signature, or it was closed or signed only then",
        ),
        Words(
            "还有事卡着（gb preclose），财务还没有签，或纸面签名没有登记",
            "something still blocks it (gb preclose), finance has not signed, or the paper sheet was not recorded",
        ),
        Words(
            "gb close；gb sign --month 月份 --as finance --key 密钥文件，或 --paper 姓名；迟了的写明原因：gb accept CLS-02",
            "gb close; gb sign --month MONTH --as finance --key FILE, or --paper NAME; say why it was late: gb accept CLS-02",
        ),
    ),
    "CLS-03": Explained(
        Words("迟到的记录落在已封月份", "a record arriving in a closed month"),
        Words(
            "封账之后合并进来的记录或文件，不计入任何数字",
            "a record or file that came in by a merge after the closing; it is in no figure",
        ),
        Words("另一终端封账前没有同步", "another terminal had not synchronised before the closing"),
        Words(
            "由经理收编到未封月份；不能收编的（同一张券已由别人售出等），由主管 gb accept 写明怎样处理，它仍不计入数字",
            "the manager adopts it into the open month; of one that cannot be adopted, since somebody else sold the sheet say, "
            "a supervisor says with gb accept what was done about it, and it stays in no figure",
        ),
    ),
    "CLS-04": Explained(
        Words("月份已封账", "the month is closed"),
        Words("已封的月份不再收记录", "a sealed month takes no more records"),
        Words("补录上月的事", "something of last month entered late"),
        Words("在未封的月份登记更正", "record a correction in the open month"),
    ),
    "CLS-06": Explained(
        Words("现在不能封账", "cannot be closed now"),
        Words(
            "月份还没过完、没有记录，或更早的月份还没封账",
            "the month is not over, has no record, or an earlier month with records is still open",
        ),
        Words("封账按月份先后进行", "months are closed in order"),
        Words("先封更早的月份：gb preclose", "close the earlier month first: gb preclose"),
    ),
    "CLS-05": Explained(
        Words("签名无效", "a signature does not stand"),
        Words(
            "封签旁的签名不是登记的人用登记的密钥对这份封签签的，或两方是同一人；或以前有过的签名不见了、换成了另一份",
            "a signature beside a seal is not by the registered person's key over this seal, or both are one person's; or "
            "one that was there is gone, or has another in its place",
        ),
        Words(
            "封签重做过、签名文件换过、从别的月份或店复制、签名人封账时没有登记这把密钥",
            "the seal was made anew, a file was swapped, copied from another month or store, or the signer did not have "
            "that key registered at the closing",
        ),
        Words(
            "先用短码核对封签；不见了或被换掉的签名从 git 或备份恢复；本来就无效的，移走签名文件请本人重签",
            "compare the seal with its printed digest; a signature that is gone or was replaced is restored from git or a "
            "backup; one that never stood is moved away, and the person signs again",
        ),
    ),
}


class Due(NamedTuple):
    """The last day, inclusive, on which a month is reconciled in time; not ``sure`` where holidays are not known."""

    day: dt.date
    sure: bool

    @property
    def words(self) -> Words:
        """The day, and what is not known of it."""
        zh = "" if self.sure else f"；{self.day.year} 年的放假安排未知，只按周一至周五算"
        en = "" if self.sure else f"; the holidays of {self.day.year} are not known: Mondays to Fridays were counted"
        return Words(f"{self.day}{zh}", f"{self.day}{en}")


class Done(NamedTuple):
    """When a month was closed and signed by each side; None where it was not."""

    closed: dt.date | None
    signed: Mapping[str, dt.date | None]


def due_day(month: Month, days: int, working: Callable[[dt.date], bool | None]) -> Due:
    """The ``days``-th working day after ``month`` (R13); where ``working`` does not know, weekdays count."""
    sure = True
    for day in (month.after + dt.timedelta(days=n) for n in range(_LONGEST)):
        known = working(day)
        sure = sure and known is not None
        days -= day.weekday() < _SATURDAY if known is None else known
        if not days:
            return Due(day, sure)
    raise ValueError(f"no working day in {_LONGEST} days after {month.text}")


def late(month: Month, due: Due, done: Done, today: dt.date) -> Iterator[Finding]:
    """CLS-02 for a month that is not reconciled as seen on ``today``, after its day, or was so only after it."""
    if done.closed is None:
        if today > due.day:
            words = Words(
                f"{month.text} 还没有封账，期限是 {due.words.zh}", f"{month.text} is not closed; due {due.words.en}"
            )
            yield _late(month.text, month, words, f"gb preclose --month {month.text}")
        return
    if done.closed > due.day:
        words = Words(
            f"{month.text} 迟至 {done.closed} 才封账，期限是 {due.words.zh}",
            f"{month.text} was closed only on {done.closed}; due {due.words.en}",
        )
        yield _late(month.text, month, words, f"gb reconcile --month {month.text}")
    for side, day in done.signed.items():
        if (day or today) <= due.day:
            continue
        who = _SIDES[side]
        words = Words(
            f"{month.text} {who.zh}" + (f"迟至 {day} 才签名" if day else "还没有签名") + f"，期限是 {due.words.zh}",
            f"{month.text} was signed for {who.en} only on {day}; due {due.words.en}"
            if day
            else f"{month.text} is not signed for {who.en}; due {due.words.en}",
        )
        sign = f"gb sign --month {month.text} --as {side} --key FILE"
        yield _late(f"{month.text}/{side}", month, words, f"gb verify --month {month.text}" if day else sign)


def _late(subject: str, month: Month, words: Words, fix: str) -> Finding:
    where = (Where(f"closings/{month.text}/closing.yaml"),) if fix.split(" ")[1] != "preclose" else ()
    return trouble("CLS-02", words, subject=subject, where=where, next=(fix,))


def arrived_late(late: Iterable[Sourced], sourced: Iterable[Sourced]) -> Iterator[Finding]:
    """CLS-03 for each late record that no adoption in force takes in, or that is not what its adoption repeats."""
    records = [one.record for one in sourced]
    undone = {record.ref for record in records if isinstance(record, Reversal)}
    adopted = {record.ref: record for record in records if isinstance(record, Adoption) and record.id not in undone}
    for one in late:
        record_id = one.record.id
        adoption = adopted.get(record_id)
        if adoption is None:
            month = one.where().file.split("/")[1]  # where it lies; a record put into a wrong folder says another
            words = Words(
                f"{record_id} 在 {month} 封账之后才合并进来，不计入任何数字",
                f"{record_id} arrived after {month} was closed; it is in no figure",
            )
            adopt = f"gb adopt {record_id} --reason '…'"
            serials = one.record.touches().spans.text
            yield trouble("CLS-03", words, subject=record_id, serials=serials, where=(one.where(),), next=(adopt,))
        elif adoption.taken.encode() != one.record.encode():
            words = Words(
                f"收编单 {adoption.id} 的内容不是 {record_id}", f"adoption {adoption.id} does not repeat {record_id}"
            )
            show = f"gb show {adoption.id}"
            yield trouble("CLS-03", words, subject=adoption.id, where=(one.where(),), next=(show,))


def alone(found: Sequence[Finding]) -> list[Finding]:
    """The findings without what a changed sealed file brings with it (CLS-01 alone).

    Its month's closing, and those of later months, carry forward what the journals no longer say.
    """
    changed = [
        where.file.split("/")[1]
        for one in found
        if one.code == "CLS-01"
        for where in one.where[:1]
        if "/" in where.file
    ]
    since = min(changed, default="")
    return [one for one in found if not (since and _is_of_closing(one) and one.subject >= since)]


def _is_of_closing(finding: Finding) -> bool:
    return finding.code == "REC-02" and bool(finding.where) and finding.where[0].file.startswith("closings/")


def state_apart(month: str, tables: Sequence[str]) -> Finding:
    """REC-02 for a closing whose tables are not what the month's records fold to, or not what was sealed."""
    paths = [f"closings/{month}/{name}.csv" for name in tables]
    words = Words(
        f"{month} 封账的结转与日记账算出的不同：{'、'.join(paths)}",
        f"what the closing of {month} carries forward is not what its journals fold to: {', '.join(paths)}",
    )
    where = tuple(Where(path) for path in paths)
    return trouble("REC-02", words, subject=month, where=where, next=("gb verify", f"git log -p -- closings/{month}"))
