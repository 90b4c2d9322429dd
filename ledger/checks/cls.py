"""CLS: closed months, their seals and signatures.  :mod:`ledger.audit` finds most of it; here it is explained."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ledger.checks.explained import Explained
from ledger.core.errors import Where
from ledger.core.findings import Finding, trouble
from ledger.core.forms import Reversal
from ledger.core.records.dispositions import Adoption
from ledger.core.state import Sourced
from ledger.core.words import Words

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
        Words("封账后还缺一方的签名，或对账过期", "a closed month lacks a signature, or was reconciled late"),
        Words("财务还没有签，或纸面签名没有登记", "finance has not signed yet, or the paper sheet was not recorded"),
        Words(
            "gb sign --month 月份 --as finance --key 密钥文件，或 --paper 姓名",
            "gb sign --month MONTH --as finance --key FILE, or --paper NAME",
        ),
    ),
    "CLS-03": Explained(
        Words("迟到的记录落在已封月份", "a record arriving in a closed month"),
        Words(
            "封账之后合并进来的记录或文件，不计入任何数字",
            "a record or file that came in by a merge after the closing; it is in no figure",
        ),
        Words("另一终端封账前没有同步", "another terminal had not synchronised before the closing"),
        Words("由经理收编到未封月份", "the manager adopts it into the open month"),
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


def arrived_late(late: Iterable[Sourced], sourced: Iterable[Sourced]) -> Iterator[Finding]:
    """CLS-03 for each late record that no adoption in force takes in, or that is not what its adoption repeats."""
    records = [one.record for one in sourced]
    undone = {record.ref for record in records if isinstance(record, Reversal)}
    adopted = {record.ref: record for record in records if isinstance(record, Adoption) and record.id not in undone}
    for one in late:
        record_id = one.record.id
        adoption = adopted.get(record_id)
        if adoption is None:
            words = Words(
                f"{record_id} 在 {one.record.date:%Y-%m} 封账之后才合并进来，不计入任何数字",
                f"{record_id} arrived after {one.record.date:%Y-%m} was closed; it is in no figure",
            )
            adopt = f"gb adopt {record_id} --reason '…'"
            yield trouble("CLS-03", words, subject=record_id, where=(one.where(),), next=(adopt,))
        elif adoption.taken.encode() != one.record.encode():
            words = Words(
                f"收编单 {adoption.id} 的内容不是 {record_id}", f"adoption {adoption.id} does not repeat {record_id}"
            )
            show = f"gb show {adoption.id}"
            yield trouble("CLS-03", words, subject=adoption.id, where=(one.where(),), next=(show,))


def state_apart(month: str, tables: Sequence[str]) -> Finding:
    """REC-02 for a closing whose tables are not what the month's records fold to, or not what was sealed."""
    paths = [f"closings/{month}/{name}.csv" for name in tables]
    words = Words(
        f"{month} 封账的结转与日记账算出的不同：{'、'.join(paths)}",
        f"what the closing of {month} carries forward is not what its journals fold to: {', '.join(paths)}",
    )
    where = tuple(Where(path) for path in paths)
    return trouble("REC-02", words, subject=month, where=where, next=("gb verify", f"git log -p -- closings/{month}"))
