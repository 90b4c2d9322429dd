"""What can be wrong with a journal's bytes, said in words: the codes JRN-02 to JRN-06, 08 and 09, and excerpts.

The parsers raise :class:`Damage`; the reader turns it into a finding with file, line and the record's own bytes.
"""

from __future__ import annotations

from typing import NamedTuple

from ledger.core.errors import Where
from ledger.core.forms import FieldError, UnknownField
from ledger.core.words import Words

RECORD_LIMIT = 256 * 1024
EXCERPT = 1000
EXCERPT_LINES = 40

CHAIN, TORN, FORM, ENCODING, UNKNOWN, FOREIGN, COPY, MONTH, ID = (
    "JRN-01", "JRN-02", "JRN-03", "JRN-04", "JRN-05", "JRN-06", "JRN-07", "JRN-08", "JRN-09",
)  # fmt: skip

SET_ASIDE = "gb doctor --set-aside"
"""What moves away the rest of an interrupted write."""

HOLE = b"\0" * 8
BOM = b"\xef\xbb\xbf"
_EXCEL = Words("；像是用 Excel 打开并保存过", "; it looks as if it was saved by Excel")


class Damage(Exception):
    """One record's or one header's trouble.  ``whole_file`` trouble is said once, not line by line."""

    def __init__(self, code: str, zh: str, en: str, *, whole_file: bool = False) -> None:
        super().__init__(en)
        self.code = code
        self.words = Words(zh, en)
        self.whole_file = whole_file


class Misfit(NamedTuple):
    """A record that the chain does not fit: ``expected`` is the ``h`` it should have, ``found`` the sha256 of its bytes."""

    file: str
    line: int
    expected: str
    found: str


def broken() -> Damage:
    """A record in form whose ``h`` is not that of its bytes behind the record before it."""
    return Damage(
        CHAIN,
        "校验链不符：这条记录被改过，或它之前的记录被删除、插入或移动",
        "the chain does not fit: this record was changed, or one before it was removed, inserted or moved",
    )


def forked(other: Where) -> Damage:
    """A record that follows the same one as another record does."""
    return Damage(
        COPY,
        f"校验链分叉：这条和第 {other.line} 行的 {other.id} 接在同一条之后，像是两台机器用同一终端登记",
        f"the chain forks: this record and {other.id} on line {other.line} follow the same one, as when two machines "
        f"write as one terminal",
    )


def mending(code: str, where: Where) -> tuple[str, ...]:
    """The command that accepts a record which reads but does not fit, or sets aside what was never recorded; else nothing."""
    if code == TORN:
        return (SET_ASIDE,)
    return (f"gb waive {where.file}:{where.line} --reason '…'",) if code in (CHAIN, COPY) else ()


def form(zh: str, en: str) -> Damage:
    """A record that is not in its form."""
    return Damage(FORM, zh, en)


def too_long() -> Damage:
    """A record above 256 KiB."""
    return form(f"一条记录超过 {RECORD_LIMIT} 字节", f"a record of more than {RECORD_LIMIT} bytes")


def emptied() -> Damage:
    """A file without a byte: what was in it is gone, or its first write never reached the disk."""
    return Damage(
        TORN,
        "文件是空的：内容被清空，或第一次写入时中断",
        "the file is empty: emptied, or its first write was interrupted",
    )


def incomplete() -> Damage:
    """What an interrupted write leaves at the end of a file."""
    return Damage(
        TORN, "文件末尾的记录不完整，像是写到一半中断", "the last record is incomplete, as after an interrupted write"
    )


def zeroed() -> Damage:
    """A tail of NUL bytes, as a file system leaves after a loss of power."""
    return Damage(TORN, "文件末尾是空字节，像是断电后留下的", "the file ends in NUL bytes, as after a loss of power")


def holed() -> Damage:
    """NUL bytes in the last records, where sectors never reached the disk."""
    return Damage(
        TORN,
        "文件末尾的记录里有空字节，像是断电后留下的",
        "there are NUL bytes in the last record, as after a loss of power",
    )


def further(code: str, count: int, line: int) -> Damage:
    """More places of a kind than are listed, the last one on ``line``."""
    return Damage(
        code,
        f"同类的还有 {count} 处，最后一处在第 {line} 行；这里只列前面的",
        f"{count} more places of this kind, the last on line {line}; only the first are listed",
    )


def given_up(count: int, lines: int) -> Damage:
    """The rest of a file in which so many lines in a row are no records that no more is read."""
    return Damage(
        FORM,
        f"其后 {lines} 行没有读：前面连续 {count} 行都不是记录",
        f"the {lines} lines behind were not read: {count} lines in a row before them are no records",
    )


def by_order_mark() -> Damage:
    """A byte-order mark at the start of the file."""
    return Damage(
        ENCODING,
        f"文件以 BOM 开头，应为不带 BOM 的 UTF-8{_EXCEL.zh}",
        f"the file starts with a byte-order mark; plain UTF-8 is expected{_EXCEL.en}",
        whole_file=True,
    )


def by_line_ends() -> Damage:
    """CR LF where LF alone belongs."""
    return Damage(
        ENCODING,
        f"行末是 CRLF，应为 LF{_EXCEL.zh}，或被换行转换改过",
        f"lines end in CR LF instead of LF{_EXCEL.en}, or changed by a line-end conversion",
        whole_file=True,
    )


def by_utf16() -> Damage:
    """A file in UTF-16."""
    return Damage(ENCODING, "文件是 UTF-16，应为 UTF-8", "the file is UTF-16; UTF-8 is expected", whole_file=True)


def by_separator(mark: str) -> Damage:
    """A header with semicolons or tabs between its columns."""
    shown = "TAB" if mark == "\t" else mark
    return Damage(
        ENCODING,
        f"列之间是 {shown}，应为逗号{_EXCEL.zh}",
        f"columns are separated by {shown} instead of commas{_EXCEL.en}",
        whole_file=True,
    )


def is_utf16(start: bytes) -> bool:
    """Whether a file's first bytes are UTF-16, with its mark or without (every other byte of ASCII is then NUL)."""
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return True
    few = start[:64]
    if HOLE in few:  # no text has so many NUL in a row: a sector that never reached the disk
        return False
    return len(few) >= 8 and (few[::2].count(0) * 2 > len(few[::2]) or few[1::2].count(0) * 2 > len(few[1::2]))


def not_utf8(raw: bytes) -> Damage:
    """Tell a file in GBK from one with a few damaged bytes."""
    loose = raw.decode("utf-8", "replace")
    broken = loose.count("\ufffd")
    sound = sum(char > "\x7f" for char in loose) - broken
    if broken > sound and broken > 1 and _is_gbk(raw):
        return Damage(
            ENCODING,
            f"文字是 GBK（GB18030），应为 UTF-8{_EXCEL.zh}",
            f"the text is GBK (GB18030); UTF-8 is expected{_EXCEL.en}",
            whole_file=True,
        )
    at = _first_bad(raw)
    return Damage(
        ENCODING,
        f"第 {at + 1} 字节 0x{raw[at]:02x} 不是 UTF-8",
        f"byte {at + 1}, 0x{raw[at]:02x}, is not UTF-8",
    )


def _is_gbk(raw: bytes) -> bool:
    try:
        raw.decode("gb18030")
    except UnicodeDecodeError:
        return False
    return True


def _first_bad(raw: bytes) -> int:
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        return error.start
    return 0


def of_field(error: FieldError) -> Damage:
    """A field that does not decode: JRN-05 when it is unknown, else JRN-03."""
    shown = shorten(error.text)
    if isinstance(error, UnknownField):
        return Damage(
            UNKNOWN,
            f"不认识的字段或类别 {error.field}：“{shown}”（可能来自较新的版本）",
            f"unknown field or kind {error.field}: {shown!r} (a newer version may have written it)",
        )
    hint = _EXCEL if _lost_zeros(error.text) else Words("", "")
    if not error.text:
        return form(f"缺少字段 {error.field}", f"field {error.field} is missing")
    return form(
        f"字段 {error.field} 的内容“{shown}”不合格式{hint.zh}",
        f"field {error.field}: {shown!r} is not in its form ({error.why}){hint.en}",
    )


def of_text(name: str, why: Words) -> Damage:
    """A field that holds what no text field may."""
    return form(f"字段 {name}：{why.zh}", f"field {name}: {why.en}")


def _lost_zeros(text: str) -> bool:
    """``5000`` or ``12.5`` for money, ``2026/10/8`` for a date: what a spreadsheet makes of them."""
    return text.count("/") == 2 or text.replace(".", "", 1).replace("E+", "", 1).isdigit()


def shorten(text: str, limit: int = 60) -> str:
    """At most ``limit`` characters, none of them a control."""
    cut = text if len(text) <= limit else text[:limit] + "…"
    return "".join(char if char.isprintable() else _escaped(char) for char in cut)


def excerpt(raw: bytes) -> str:
    """A record's own bytes for a person: bounded in size and lines, bad bytes and controls as escapes, without the last LF."""
    lines = raw.split(b"\n", EXCERPT_LINES)
    start = raw if len(lines) <= EXCERPT_LINES or not lines[-1] else b"\n".join(lines[:-1]) + b"\n"
    start = start[:EXCERPT]
    cut = start if len(start) == len(raw) else start + b"\xe2\x80\xa6"
    text = cut.decode("utf-8", "backslashreplace").rstrip("\n")
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() or char == "\n" else _escaped(char) for char in text)


def _escaped(char: str) -> str:
    return char.encode("ascii", "backslashreplace").decode() if char > "\x7f" else f"\\x{ord(char):02x}"
