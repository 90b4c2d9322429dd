"""Somebody else's workbook: read into the same rows as a CSV, and the empty one that finance fills.

A workbook keeps what a CSV loses (leading zeros, text for text), so it is read by the types of its cells.  What a
spreadsheet has rounded or never worked out is refused, saying so.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

from ledger.book.foreign import FILE, SPOILT, Line, Source, bad_file, check_header
from ledger.core.errors import GbError, Refused
from ledger.core.registers import ENTRIES
from ledger.core.words import Lang, Words

MAGIC = b"PK\x03\x04"
"""What every workbook begins with, and no text."""

_MOST_BYTES, _MOST_PARTS, _MOST_ROWS, _MOST_COLUMNS = 200_000_000, 2_000, 200_000, 200
_BROKEN = (
    AttributeError, EOFError, IndexError, KeyError, OSError, RuntimeError, SyntaxError, TypeError, ValueError, zipfile.BadZipFile,
    zlib.error,
)  # fmt: skip
"""What the reader makes of a broken workbook; its own refusals are none of these."""
_EXACT = 10**15
"""From here on a spreadsheet has rounded a number: it keeps fifteen digits."""

_LABELS = {
    "key": Words("外部编号，可空", "their own id, may be empty"),
    "kind": Words("登记种类：", "entry of the register: "),
    "document": Words("单号：请示单号、对帐编号、进帐单号或财务单号", "the number both sides know it by, or finance's own"),
    "date": Words("登记日期", "date of their entry"),
    "spans": Words("券号，如 A0010001-A0010050，几段用空格隔开", "serials, such as A0010001-A0010050, several with a blank"),
    "face": Words("面值", "face value"), "sheets": Words("张数", "sheets"), "amount": Words("金额", "amount"),
    "person": Words("经办人", "who"), "note": Words("备注", "note"),
}  # fmt: skip
_HELP, _FIELD, _MEANING = Words("说明", "how to"), Words("列", "column"), Words("填什么", "what goes in")
_NUMBERS = {"face": "#,##0.00", "amount": "#,##0.00", "sheets": "0", "date": "yyyy-mm-dd"}
_WIDTHS = {"spans": 40, "document": 22, "note": 24, "key": 16, "person": 12}


def is_workbook(raw: bytes) -> bool:
    """Whether the bytes are a workbook's (xlsx), by their beginning."""
    return raw.startswith(MAGIC)


# -- reading -----------------------------------------------------------------------------------------------------------


def read_xlsx(raw: bytes, name: str) -> Source:
    """The first sheet's rows, the first one its columns; raises :class:`Refused` (IMP-03) for what is no such workbook."""
    _refuse_bomb(raw, name)
    try:
        found = list(_rows(raw, name))
    except _BROKEN as error:
        why = Words(
            f"不是能读的工作簿（{type(error).__name__}）", f"no workbook that can be read ({type(error).__name__})"
        )
        raise bad_file(name, 1, why) from None
    if not found:
        raise bad_file(name, 1, Words("文件是空的", "the file is empty"))
    header = _trimmed([text for text, _ in found[0][1]])
    check_header(header, name)
    return Source(
        name, header, [_line(number, cells, header) for number, cells in found[1:] if any(t for t, _ in cells)]
    )


def _rows(raw: bytes, name: str) -> Iterator[tuple[int, list[tuple[str, GbError | None]]]]:
    """Number and cells of each row, each cell's text with what is wrong with it."""
    shown, formulas = _sheet(raw, values=True), _sheet(raw, values=False)
    pairs = zip(shown.iter_rows(), formulas.iter_rows(), strict=True)
    for number, (values, texts) in enumerate(pairs, 1):
        if number > _MOST_ROWS or len(values) > _MOST_COLUMNS:
            raise bad_file(
                name,
                number,
                Words(
                    f"超过 {_MOST_ROWS} 行或 {_MOST_COLUMNS} 列",
                    f"more than {_MOST_ROWS} rows or {_MOST_COLUMNS} columns",
                ),
            )
        yield number, [_text(value.value, text.value) for value, text in zip(values, texts, strict=True)]


def _sheet(raw: bytes, *, values: bool) -> Any:
    import openpyxl

    sheet = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=values).worksheets[0]
    sheet.reset_dimensions()  # what the file says of its own size is not believed
    return sheet


def _refuse_bomb(raw: bytes, name: str) -> None:
    """A workbook is a zip: what it would come to is known before a byte of it is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            parts = archive.infolist()
    except zipfile.BadZipFile:
        raise bad_file(name, 1, Words("不是能读的工作簿", "no workbook that can be read")) from None
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_BYTES:
        raise bad_file(name, 1, Words("工作簿展开后太大", "the workbook is too large when unpacked"))


def _text(value: Any, formula: Any) -> tuple[str, GbError | None]:
    """A cell's text as a CSV would have it: numbers plain, dates ISO."""
    if value is None:
        if isinstance(formula, str) and formula.startswith("="):
            words = Words(
                "公式没有算出的值，请在表格软件里保存一次",
                "a formula without its value: save the file in a spreadsheet",
            )
            return "", Refused(words, code=FILE)
        return "", None
    if isinstance(value, bool):
        return ("yes" if value else ""), None
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, dt.datetime):
        return str(value.date() if value.time() == dt.time() else value), None
    return str(value).strip(), None


def _number(value: float) -> tuple[str, GbError | None]:
    if abs(value) >= _EXACT:
        words = Words(
            f"{value:.0f} 超过 15 位，表格软件已舍入",
            f"{value:.0f} has more than 15 digits: a spreadsheet has rounded it",
        )
        return "", Refused(words, code=SPOILT)
    if isinstance(value, int) or value.is_integer():
        return str(int(value)), None
    return repr(round(value, 10)), None


def _trimmed(header: Sequence[str]) -> list[str]:
    """The columns without the empty ones behind the last."""
    kept = list(header)
    while kept and not kept[-1]:
        kept.pop()
    return kept


def _line(number: int, cells: Sequence[tuple[str, GbError | None]], header: Sequence[str]) -> Line:
    texts = [text for text, _ in cells]
    fault = next((bad for _, bad in cells if bad is not None), None)
    if any(texts[len(header) :]):
        words = Words("有内容在没有列名的列里", "something stands in a column without a name")
        fault = fault or Refused(words, code=FILE)
    texts += [""] * (len(header) - len(texts))
    return Line(number, ",".join(texts[: len(header)]), dict(zip(header, texts, strict=False)), fault)


# -- the empty one -----------------------------------------------------------------------------------------------------


def template_xlsx(journal: str, fields: Sequence[str], lang: Lang) -> bytes:
    """An empty workbook to fill in: our fields as columns, typed so that serials stay as they are typed, and what goes in."""
    import xlsxwriter

    out = io.BytesIO()
    made = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = made.add_worksheet(journal)
    head = made.add_format({"bold": True, "bg_color": "#EDEDED", "border": 1})
    for at, field in enumerate(fields):
        kept = made.add_format({"num_format": _NUMBERS.get(field, "@")})
        sheet.set_column(at, at, _WIDTHS.get(field, 13), kept)
        sheet.write_string(0, at, field, head)
        sheet.write_comment(0, at, _meaning(field, lang))
        if field == "kind":
            choices = [*ENTRIES] if lang == "en" else [words.zh for words in ENTRIES.values()]
            sheet.data_validation(1, at, 5000, at, {"validate": "list", "source": choices, "ignore_blank": True})
    sheet.freeze_panes(1, 0)
    sheet.set_paper(9)  # A4 across, all columns on one page
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    told = made.add_worksheet(_HELP.say(lang))
    told.set_column(0, 0, 14)
    told.set_column(1, 1, 70)
    for row, cells in enumerate(
        [(_FIELD.say(lang), _MEANING.say(lang)), *((one, _meaning(one, lang)) for one in fields)]
    ):
        told.write_row(row, 0, cells, head if not row else None)
    made.close()
    return out.getvalue()


def _meaning(field: str, lang: Lang) -> str:
    said = _LABELS.get(field, Words(field, field)).say(lang)
    listed = "、".join(words.zh for words in ENTRIES.values()) if lang == "zh" else ", ".join(ENTRIES)
    return said + (listed if field == "kind" else "")
