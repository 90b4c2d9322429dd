"""Somebody else's CSV: read strictly, row by row, and mapped to the fields of a journal by a small declarative file.

A file that a spreadsheet has spoilt is refused, saying so: what it has rounded cannot be brought back.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, NamedTuple

import msgspec

from ledger.core.errors import GbError, Refused, Unreadable, Usage, Where
from ledger.core.text import fold, shown
from ledger.core.words import Words

SPOILT, FILE = "IMP-02", "IMP-03"
_ENCODINGS = {"utf-8": "utf-8", "utf8": "utf-8", "gb18030": "gb18030", "gbk": "gb18030", "gb2312": "gb18030"}
_SCIENTIFIC = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?[eE][+-]?[0-9]+")
_FLOAT = re.compile(r"[0-9]+\.0+")
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
_CENT = Decimal("0.01")


class Line(NamedTuple):
    """One record of the file: the number of its first line, its own text, its cells by column."""

    number: int
    text: str
    cells: Mapping[str, str]
    fault: GbError | None = None


class Source(NamedTuple):
    """A file read: its name for messages, its columns, its records."""

    name: str
    header: Sequence[str]
    lines: Sequence[Line]


def read_csv(raw: bytes, name: str, encoding: str = "") -> Source:
    """Read all of a CSV file; raises :class:`Refused` (IMP-03) for one that is no CSV in a known encoding."""
    text = _decoded(raw, name, encoding)
    kept: list[str] = []
    reader = csv.reader(_keeping(io.StringIO(text, newline=""), kept), strict=True)
    try:
        rows = list(_records(reader, kept))
    except csv.Error as error:
        raise bad_file(
            name, reader.line_num, Words(f"不是合格的 CSV（{error}）", f"not well-formed CSV: {error}")
        ) from None
    if not rows:
        raise bad_file(name, 1, Words("文件是空的", "the file is empty"))
    header = rows[0][2]
    check_header(header, name)
    return Source(name, header, [_line(number, own, cells, header) for number, own, cells in rows[1:] if cells])


def _keeping(lines: Iterator[str], kept: list[str]) -> Iterator[str]:
    """Remember each line as it is read: a record's own text is shown when it is refused."""
    for line in lines:
        kept.append(line)
        yield line


def _records(reader: Any, kept: list[str]) -> Iterator[tuple[int, str, list[str]]]:
    """Number of the first line, own text and cells of each record."""
    done = 0
    for cells in reader:
        yield done + 1, "".join(kept[done:]).rstrip("\r\n"), cells
        done = len(kept)


def _line(number: int, own: str, cells: list[str], header: Sequence[str]) -> Line:
    fault = None
    if len(cells) != len(header):
        words = Words(f"有 {len(cells)} 列，应为 {len(header)} 列", f"{len(cells)} columns instead of {len(header)}")
        fault = Refused(words, code=FILE)
    return Line(number, own, dict(zip(header, cells, strict=False)), fault)


def _decoded(raw: bytes, name: str, encoding: str) -> str:
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in raw[:1000]:
        why = Words(
            "不是 UTF-8（像是 UTF-16 或二进制表格）；请另存为“CSV UTF-8”",
            "not UTF-8 but UTF-16 or a workbook: save it as CSV UTF-8",
        )
        raise bad_file(name, 1, why)
    known = _ENCODINGS.get(fold(encoding).lower()) if encoding else "utf-8"
    if known is None:
        raise Usage(
            Words(f"不认识的编码“{shown(encoding)}”", f"unknown encoding “{shown(encoding)}”"),
            next=("--encoding gb18030",),
        )
    try:
        return raw.removeprefix(b"\xef\xbb\xbf").decode(known)
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        why = Words(f"不是 {known.upper()}", f"not {known.upper()}")
        raise bad_file(name, line, why, () if encoding or not _is_gb(raw) else ("--encoding gb18030",)) from None


def _is_gb(raw: bytes) -> bool:
    try:
        raw.decode("gb18030")
    except UnicodeDecodeError:
        return False
    return True


def check_header(header: Sequence[str], name: str) -> None:
    """Refuse columns that are not told apart: separated by another sign, repeated, without a name."""
    if len(header) == 1 and (mark := next((m for m in ";\t|" if m in header[0]), "")):
        sign = "TAB" if mark == "\t" else mark
        raise bad_file(
            name,
            1,
            Words(
                f"列之间是 {sign}，应为逗号；请另存为以逗号分隔的 CSV",
                f"columns are separated by {sign} instead of commas: save it as CSV with commas",
            ),
        )
    repeated = {column for column in header if list(header).count(column) > 1}
    if repeated or "" in header:
        what = " ".join(sorted(repeated)) or "''"
        raise bad_file(name, 1, Words(f"列名重复或为空：{what}", f"a column's name is repeated or empty: {what}"))


def bad_file(name: str, line: int, why: Words, hints: Sequence[str] = ()) -> Refused:
    """The refusal of a whole file at a line of it."""
    words = Words(f"{name} 不能导入：{why.zh}", f"{name} cannot be imported: {why.en}")
    return Refused(words, code=FILE, where=(Where(name, line),), next=hints)


# -- the map ---------------------------------------------------------------------------------------------------------------


class FieldMap(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a field's text comes from: a column or a constant, with a default for an empty cell."""

    column: str = ""
    value: str = ""
    default: str = ""
    format: str = ""
    divide: str = ""


class When(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A condition on a column; a row is taken when all hold."""

    column: str
    filled: str = ""
    above: str = ""
    starts: str = ""
    equals: str = ""


class SheetsFromAmount(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many sheets a sale has when the file does not say: amount ÷ face, the lowest serials on hand."""

    face: str
    round: str = "up"


class ImportMap(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A whole map, as ``--map-template`` documents it."""

    fields: dict[str, FieldMap | str]
    when: tuple[When, ...] = ()
    sheets_from_amount: SheetsFromAmount | None = None

    def columns(self) -> set[str]:
        """Every column that the map names."""
        named = {one if isinstance(one, str) else one.column for one in self.fields.values()}
        return {*named, *(one.column for one in self.when)} - {""}


def read_map(raw: bytes, name: str) -> ImportMap:
    """The map in a YAML file; raises :class:`Usage` naming what is wrong."""
    from ledger.book.yamlfile import read_mapping

    try:
        return msgspec.convert(read_mapping(raw, name), ImportMap, strict=False)
    except Unreadable as error:
        raise Usage(error.words, code=FILE, where=error.where) from None
    except msgspec.ValidationError as error:
        words = Words(f"{name} 的内容不对（{error}）", f"{name} is wrong: {error}")
        raise Usage(words, code=FILE, where=(Where(name),)) from None


def same_names(header: Sequence[str]) -> ImportMap:
    """The map of a file whose columns are our own fields."""
    return ImportMap(fields={name: name for name in header})


def check_map(mapping: ImportMap, source: Source, fields: Sequence[str]) -> None:
    """Refuse a map that names a field the journal lacks or a column the file lacks."""
    strange = [name for name in mapping.fields if name not in fields]
    if strange:
        words = Words(f"没有这样的字段：{'、'.join(strange)}；可用：{' '.join(fields)}",
                      f"no such field: {', '.join(strange)}; there are: {' '.join(fields)}")  # fmt: skip
        raise Refused(words, code=FILE, where=(Where(source.name, 1),))
    gone = sorted(mapping.columns() - set(source.header))
    if gone:
        words = Words(
            f"{source.name} 没有这样的列：{'、'.join(gone)}", f"{source.name} has no such column: {', '.join(gone)}"
        )
        raise Refused(words, code=FILE, where=(Where(source.name, 1, text=",".join(source.header)),))


def taken(line: Line, mapping: ImportMap) -> bool:
    """Whether the map's conditions take the row; raises :class:`Refused` for a cell that should be a number."""
    return all(_holds(one, line.cells.get(one.column, "")) for one in mapping.when)


def _holds(when: When, cell: str) -> bool:
    if when.filled and bool(cell.strip()) != (when.filled == "yes"):
        return False
    if when.above and (not cell.strip() or number(cell) <= number(when.above)):
        return False
    return cell.startswith(when.starts) and when.equals in ("", cell)


def number(text: str) -> Decimal:
    """A plain number; raises :class:`Refused` for anything else, saying so when a spreadsheet has written it."""
    refuse_spoilt(text, whole=False)
    folded = fold(text)
    if not _NUMBER.fullmatch(folded):
        raise Refused(Words(f"“{shown(text)}”不是数字", f"“{shown(text)}” is not a number"), code=FILE)
    try:
        return Decimal(folded)
    except InvalidOperation:
        raise Refused(Words(f"“{shown(text)}”不是数字", f"“{shown(text)}” is not a number"), code=FILE) from None


def refuse_spoilt(text: str, *, whole: bool = True) -> None:
    """Refuse ``1.23457E+11`` and, of a code (``whole``), ``17850.0``: digits are lost or were added (IMP-02)."""
    if _SCIENTIFIC.fullmatch(text.strip()):
        why = Words("像是被电子表格改成了科学计数，位数已丢失", "a spreadsheet has made it scientific, digits are lost")
    elif whole and _FLOAT.fullmatch(text.strip()):
        why = Words("像是被电子表格当作小数了", "a spreadsheet has taken it for a decimal number")
    else:
        return
    raise Refused(Words(f"“{shown(text)}”：{why.zh}", f"“{shown(text)}”: {why.en}"), code=SPOILT)


def reader(one: FieldMap | str) -> Callable[[Mapping[str, str]], str]:
    """The function that reads a field's text from a row's cells."""
    if isinstance(one, str):
        return lambda cells: cells[one]
    if one.value or not one.column:
        return lambda _: one.value
    if one.divide:
        return lambda cells: _divided(cells[one.column] or one.default, one.divide)
    return lambda cells: cells[one.column] or one.default


def column_of(one: FieldMap | str) -> str:
    """The column that a field's text comes from, empty for a constant."""
    return one if isinstance(one, str) else one.column


def _divided(text: str, by: str) -> str:
    """A number divided, rounded half up to the hundredth; empty stays empty."""
    if not text:
        return ""
    divisor = number(by)
    if not divisor:
        raise Usage(Words("divide 不能是 0", "divide: 0"), code=FILE)
    return str((number(text) / divisor).quantize(_CENT, ROUND_HALF_UP))
