"""JRN: damage to the journals themselves.  The reader finds it; here it is explained, and what follows from it is known."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ledger.checks.explained import Explained
from ledger.core.findings import Finding
from ledger.core.forms import SPAN_PATTERN
from ledger.core.spans import EMPTY, SpanSet, parse_spans
from ledger.core.words import Words

_GIT = Words(
    "用 git log、备份或另一终端的副本找回原文", "find the original text in git, a backup or another terminal's copy"
)
_WAIVE = Words(
    "；确属有意的改动，由主管写明原因接受：gb waive 文件:行号 --reason",
    "; a change made on purpose is accepted by a supervisor with the reason: gb waive FILE:LINE --reason",
)

CODES: dict[str, Explained] = {
    "JRN-01": Explained(
        Words("校验链不符", "the chain does not fit"),
        Words(
            "这条记录的 h 与上一条和本条内容算出的不同：有记录被改、删、插入或移动",
            "a record's h is not that of the record before it and its own bytes: one was changed, removed, inserted or moved",
        ),
        Words(
            "手工编辑、合并时选错一边、恢复了旧文件",
            "a hand edit, a merge that took the wrong side, an old file restored",
        ),
        Words(_GIT.zh + _WAIVE.zh, _GIT.en + _WAIVE.en),
    ),
    "JRN-02": Explained(
        Words("末尾记录不完整", "a torn tail"),
        Words(
            "文件最后一条写到一半；它从未确认登记成功", "the last record was written in part; it was never acknowledged"
        ),
        Words("写入时断电、磁盘满、进程被杀", "a loss of power, a full disk or a kill while it was written"),
        Words(
            "gb doctor --set-aside 把残段移到 .gb/torn/（在这个文件里再登记时也会）；按单据补登。没移走，这个月封不了账",
            "gb doctor --set-aside moves the rest to .gb/torn/, and so does the next entry into that file; enter the form again. "
            "Until then the month does not close",
        ),
    ),
    "JRN-03": Explained(
        Words("记录不合格式", "not in form"),
        Words(
            "一行或一个字段不是规定的写法，这条记录没有计入",
            "a line or field is not written as laid down; the record is not counted",
        ),
        Words(
            "手工编辑，或用表格软件保存过；或导入时断电",
            "a hand edit, or a spreadsheet that saved the file; or a loss of power during an import",
        ),
        Words(
            "断电后先重做导入，没确认的残段会移到 .gb/torn/；否则" + _GIT.zh,
            "after a loss of power run the import again first: what was not acknowledged is set aside in .gb/torn/; else "
            + _GIT.en,
        ),
    ),
    "JRN-04": Explained(
        Words("编码不对", "wrong encoding"),
        Words("文件不是无 BOM、LF 换行的 UTF-8", "the file is not UTF-8 without BOM and with LF"),
        Words("Excel 或记事本另存、git 换行转换", "saved by Excel or Notepad, or git converted line ends"),
        Words("恢复原文件；检查 .gitattributes 是否为 -text", "restore the file; see that .gitattributes says -text"),
    ),
    "JRN-05": Explained(
        Words("不认识的字段、类别或版本", "unknown field, kind or version"),
        Words("本程序不认识这项内容，不敢忽略", "this program does not know the item and will not pass over it"),
        Words("较新的版本写的，或字段名被改", "written by a newer version, or a name was edited"),
        Words("升级程序；否则恢复原文", "upgrade the program; else restore the text"),
    ),
    "JRN-06": Explained(
        Words("夹杂了别的文件", "a foreign file"),
        Words("journals/ 里有不是日记账的文件，没有读", "journals/ holds a file that is no journal; it was not read"),
        Words("编辑器备份、合并残留、放错位置", "an editor's backup, a merge's leftover, a file in the wrong place"),
        Words("核对后移出 journals/", "look at it and move it out of journals/"),
    ),
    "JRN-07": Explained(
        Words("终端重复", "duplicate terminal"),
        Words(
            "两台机器用同一终端代码写账：同一编号有两条记录、校验链分叉，或账本比本机最后登记的旧",
            "two machines write as the same terminal: two records of one number, a chain that forks, or a book older than "
            "what this machine last wrote",
        ),
        Words(
            "复制了磁盘映像或整个文件夹，或恢复了旧备份",
            "a disk image or the whole folder was copied, or an old backup restored",
        ),
        Words(
            "旧备份先 gb sync 找回；分叉的，一台按 gb sync 给出的 git rebase 让步，改用新的终端（gb terminal add），把放弃的单据重新登记；"
            "gb terminal claim 可防止再犯",
            "after an old backup run gb sync; after a fork one machine gives way with the git rebase that gb sync names, takes "
            "a new terminal (gb terminal add) and enters again what it gave up; gb terminal claim keeps it from happening again",
        ),
    ),
    "JRN-08": Explained(
        Words("放错月份", "wrong month"),
        Words("记录的业务日期不属于所在文件夹的月份", "the record's business date is not of its folder's month"),
        Words("文件被移动或复制", "a file was moved or copied"),
        Words("把文件放回原处", "put the file back"),
    ),
    "JRN-09": Explained(
        Words("编号不符", "wrong id"),
        Words("编号与日记账、终端或日期不符", "the id does not agree with its journal, terminal or date"),
        Words("手工编辑，或从别处粘贴", "a hand edit, or text pasted from elsewhere"),
        Words(_GIT.zh, _GIT.en),
    ),
    "JRN-10": Explained(
        Words("比上次所见的旧", "older than what was seen"),
        Words(
            "日记账里少了本机以前核验过的、或日终登记过的记录，或那些记录已换成别的（文件被改写并重算了校验链）",
            "the journals lack records that this machine has verified before, or that a day-end mark counted, or hold others in their place (a file rewritten, its chain anew)",
        ),
        Words(
            "文件末尾被截断、文件被删、恢复了旧备份、git 历史被改写，或这份副本还没有同步",
            "a file cut at its end or removed, an old backup, git history rewritten, or a copy that is not synchronised",
        ),
        Words(
            "同步或找回较新的副本；确认应以这份为准的，gb verify --forget；日终登记过的记录再也找不到的，冲销那笔日终，写明原因再做一次",
            "synchronise, or get the newer copy back; when this one is right after all, gb verify --forget; where no copy has "
            "what a day-end counted, reverse that day-end with the reason and mark the day again",
        ),
    ),
    "JRN-11": Explained(
        Words("提交改动了已有记录", "a commit changed what was recorded"),
        Words(
            "git 历史中有一次提交没有只在日记账末尾追加，或改动、删除了封账文件",
            "a commit of the git history did not only append to a journal, or changed or removed a file of a closing",
        ),
        Words("手工编辑后提交、合并选错一边", "a hand edit that was committed, a merge that took the wrong side"),
        Words(
            "看那次提交改了什么：git show；属实的改动由经理说明原因",
            "look at what it changed with git show; a change made on purpose is answered by the manager with the reason",
        ),
    ),
}

_SPANS = re.compile(rf"(?<![A-Za-z0-9/.:-]){SPAN_PATTERN}(?![A-Za-z0-9/.:*-])")


def hurt_ids(damage: Iterable[Finding]) -> frozenset[str]:
    """The ids of records whose own text is damaged, as far as they can be read."""
    return frozenset(where.id for finding in damage for where in finding.where if where.id)


def hurt_lines(damage: Iterable[Finding]) -> dict[str, list[int]]:
    """Per file the lines of damaged records whose id cannot be read."""
    lines: dict[str, list[int]] = {}
    for finding in damage:
        for where in finding.where:
            if not where.id and where.line:
                lines.setdefault(where.file, []).append(where.line)
    return lines


def hurt_spans(damage: Iterable[Finding]) -> SpanSet:
    """The serials that stand in damaged records, so that what follows from the damage is not reported once more."""
    found = EMPTY
    for finding in damage:
        for where in finding.where:
            for match in _SPANS.finditer(where.text):
                found = found | _spans(match[0])
    return found


def _spans(text: str) -> SpanSet:
    try:
        return parse_spans(text)
    except ValueError:
        return EMPTY
