"""An opening from a file that a person wrote: one header and its lines as one batch (V0).

The file is YAML (a mapping with a list of ``sheets``) or a CSV of the lines alone.  Every text is resolved as typed at
the counter.  The header's totals come from the lines; totals that are written in the file must agree with them (REC-02).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import msgspec

from ledger.book.batch import Row
from ledger.book.draft import Draft
from ledger.book.openitems import ITEMS, OpenItem, items_of
from ledger.core.dates import resolve_day
from ledger.core.errors import GbError, Refused, Usage, Where
from ledger.core.forms import Lines, lines_of, show_lines
from ledger.core.money import parse_amount
from ledger.core.records.openings import STAMPS, OpeningTotal
from ledger.core.spans import SpanSet
from ledger.core.state import State
from ledger.core.text import clean_text, fold
from ledger.core.words import Words

if TYPE_CHECKING:
    from ledger.book.open import Book

HEADER = ("date", "finance", "cash", "float", "totals", "sold_totals", "sheets", *ITEMS)
COLUMNS = ("place", "face", "spans", "stamps", "expires", "purpose")
PLACES = ("safe", "sold", "void", "lost")
PURPOSES = ("sale", "rebate")

TEMPLATE = Words(
    """\
# 期初：开账时已有的券和现金。填好后：gb opening --from 本文件
date: "2026-10-01"            # 期初日期；每月第一天表示月初接收
finance: "陈会计"             # 财务经办人
cash: "0.00"                  # 现金
float: "500.00"               # 备用金
# totals: "500x100 200x50"    # 可选：双方签字的库存张数x面值；写了就必须与明细一致
sheets:
  - place: safe               # safe 保险柜 sold 已售未消费 void 作废 lost 遗失
    face: "100"
    spans: "A0010001-A0010500"
    stamps: activity          # none 未盖 activity 活动专用章 activity+date 加日期章
    expires: "2029-09-30"     # 可选
    purpose: sale             # sale 销售 rebate 返扣
  - place: sold
    face: "100"
    spans: "A0000901-A0001000"
# cheques:                    # 未到账的支票和为它预留的券（券也要列在 sheets 的 safe 中）
#   - {client: C001, cheque: "00112233", bank: 工商银行, drawn: "2026-09-28", amount: "5000", spans: "A0010001-A0010050", slip: "JZ-88"}
# pending:                    # 待到账的转账等
#   - {client: C001, amount: "980.00", method: transfer, paid: "2026-09-29", reference: "T-1"}
# rebates:                    # 已批准未领的返扣
#   - {client: C001, control_no: DZ-2026-0007, month: "2026-08", lines: "2x100", approved: "2026-09-05", purchases: "20000"}
# points:                     # 会员积分，一批有效期一行；会员先登记。人多的写成 CSV：--points 文件
#   - {member: M0001, points: "300", expires: "2027-12-31", valid: "5200", bought: "2026-09-20"}
""",
    """\
# The opening: sheets and cash that exist when the book begins.  Filled in: gb opening --from THIS-FILE
date: "2026-10-01"            # the opening's date
finance: "Chen"               # finance's name
cash: "0.00"
float: "500.00"
# totals: "500x100 200x50"    # optional: sheets x face in the safe as both signed; they must agree with the lines
sheets:
  - place: safe               # safe, sold (and not redeemed), void or lost
    face: "100"
    spans: "A0010001-A0010500"
    stamps: activity          # none, activity or activity+date
    expires: "2029-09-30"     # optional
    purpose: sale             # sale or rebate
  - place: sold
    face: "100"
    spans: "A0000901-A0001000"
# cheques:                    # cheques not arrived, with the sheets reserved for them (which stand in the safe above)
#   - {client: C001, cheque: "00112233", bank: ICBC, drawn: "2026-09-28", amount: "5000", spans: "A0010001-A0010050", slip: "JZ-88"}
# pending:                    # transfers and the like that have not arrived
#   - {client: C001, amount: "980.00", method: transfer, paid: "2026-09-29", reference: "T-1"}
# rebates:                    # rebates approved and not collected
#   - {client: C001, control_no: DZ-2026-0007, month: "2026-08", lines: "2x100", approved: "2026-09-05", purchases: "20000"}
# points:                     # members' points, a line for each day they are good until; the members are registered
#   - {member: M0001, points: "300", expires: "2027-12-31", valid: "5200", bought: "2026-09-20"}   # many: --points FILE, a CSV
""",
)


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the file, resolved; ``where`` is its place for messages."""

    place: str
    face: int
    spans: SpanSet
    stamps: str
    expires: dt.date | None
    purpose: str
    where: Where

    def values(self) -> dict[str, Any]:
        """The fields of the line's record."""
        return {name: value for name in COLUMNS if (value := getattr(self, name)) is not None}


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """The opening that a file describes: amounts in fen; ``token`` is the same for the same bytes."""

    finance: str
    cash: int
    petty: int
    lines: tuple[Line, ...]
    token: str
    items: tuple[OpenItem, ...] = ()
    date: dt.date | None = None

    def owed(self, item: str) -> int:
        """What the lines of one kind of open item come to, in fen or points."""
        return sum(one.amount for one in self.items if one.item == item)

    def total(self, place: str) -> Lines:
        """Sheets per face of the lines at a place."""
        return lines_of((line.face, line.spans.count) for line in self.lines if line.place == place)


def read_points(raw: bytes, name: str) -> list[dict[str, str]]:
    """The lines of a CSV of members' points, as ``points`` in the opening's file has them; raises :class:`Usage`."""
    return [{key: text for key, text in row.items() if key != "line"} for row in _csv(raw, name)["sheets"]]


def read_plan(book: Book, raw: bytes, name: str, given: Mapping[str, Any], today: dt.date) -> Plan:
    """The plan in the file's bytes; ``given`` are entries of the command line, which come before the file's.

    Raises :class:`Usage` for a form that is off, :class:`Refused` REC-02 for totals that the lines do not add up to.
    """
    texts = dict(_csv(raw, name) if name.lower().endswith(".csv") else _yaml(raw, name))
    unknown = [key for key in texts if key not in HEADER]
    if unknown:
        raise Usage(Words(f"{name}：不认识的项 {' '.join(unknown)}", f"{name}: unknown entries {' '.join(unknown)}"))
    head = {**texts, **given}
    finance = clean_text(str(head.get("finance", "")).strip(), what=Words("财务经办人", "finance's name"))
    if not finance:
        words = Words(f"{name}：没有写财务经办人（finance）", f"{name}: finance's name is missing (finance)")
        raise Usage(words, next=("--finance NAME",))
    plan = Plan(
        finance=finance,
        cash=parse_amount(str(head.get("cash") or "0")),
        petty=parse_amount(str(head.get("float") or "0")),
        lines=_lines(book, head.get("sheets") or [], name, today),
        token=sha256(raw + repr(given.get("points", "")).encode()).hexdigest()[:16],
        items=items_of(book, head, name, today),
        date=resolve_day(str(head["date"]), today) if head.get("date") else None,
    )
    _refuse_totals(plan, str(head.get("totals") or ""), "safe", name)
    _refuse_totals(plan, str(head.get("sold_totals") or ""), "sold", name)
    return plan


def rows(book: Book, plan: Plan, draft: Draft) -> list[Row]:
    """The batch: the header, then a line for each; ``draft`` carries who, where and when.

    Keys make an interrupted batch go on where it stopped, and the same file recorded twice the same opening.
    """
    token = draft.key or f"opening-{plan.token}"
    date = draft.date or plan.date
    known: list[str] = []

    def header(state: State) -> Draft:
        known.extend(key for key, _ in state.things(OpeningTotal))
        values = {"finance": plan.finance, "lines": plan.total("safe"), "sold_lines": plan.total("sold")}
        money = {"cash": plan.cash, "petty": plan.petty, **{one: plan.owed(one) for one in ITEMS}}
        return msgspec.structs.replace(draft, kind="opening", values={**values, **money}, key=token, date=date)

    def ref_in(state: State) -> str:  # empty when the header was refused, which is told
        return _header(book, token) or next((key for key, _ in state.things(OpeningTotal) if key not in known), "")

    def line(number: int, one: Line, state: State) -> Draft:
        ref = ref_in(state)
        return msgspec.structs.replace(
            draft, kind="opening-sheets", values=one.values(), ref=ref, key=f"{token}:{number}", date=date
        )

    def row(number: int, one: Line) -> Row:
        return Row(f"{one.where.file}:{one.where.line}", lambda state: line(number, one, state))

    def item(number: int, one: OpenItem, state: State) -> Draft:
        ref = ref_in(state)
        return msgspec.structs.replace(
            draft, kind=one.kind, values=one.values, ref=ref, key=f"{token}:{one.item}:{number}", date=date
        )

    def owed(number: int, one: OpenItem) -> Row:
        return Row(f"{one.where.file}:{one.item}:{number}", lambda state: item(number, one, state))

    sheets = (row(number, one) for number, one in enumerate(plan.lines, 1))
    return [Row("opening", header), *sheets, *(owed(number, one) for number, one in enumerate(plan.items, 1))]


def _header(book: Book, token: str) -> str:
    """The header that an interrupted batch has written."""
    from ledger.index import lookup

    found = lookup.by_key(book.index.db, "openings", token)
    return found[0].id if found else ""


def _yaml(raw: bytes, name: str) -> Mapping[str, Any]:
    from ledger.book.yamlfile import read_mapping

    return read_mapping(raw, name)


def _csv(raw: bytes, name: str) -> Mapping[str, Any]:
    import csv

    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Usage(Words(f"{name} 不是 UTF-8", f"{name} is not UTF-8")) from None
    read = csv.DictReader(text.splitlines(), strict=True)
    try:
        found = [{**row, "line": str(read.line_num)} for row in read]
    except csv.Error as error:
        raise Usage(Words(f"{name} 读不懂：{error}", f"cannot read {name}: {error}")) from None
    return {"sheets": found}


def _lines(book: Book, items: Any, name: str, today: dt.date) -> tuple[Line, ...]:
    if not isinstance(items, Sequence) or isinstance(items, str):
        raise Usage(Words(f"{name}：sheets 要是一个列表", f"{name}: sheets must be a list"))
    lines = []
    for number, item in enumerate(items, 1):
        place = Words(f"{name} 第 {number} 行明细", f"{name}, line item {number}")
        try:
            lines.append(_line(book, item, Where(name, number), today))
        except GbError as error:
            words = Words(f"{place.zh}：{error.words.zh}", f"{place.en}: {error.words.en}")
            raise Usage(words, next=error.next) from None
    return tuple(lines)


def _line(book: Book, item: Any, where: Where, today: dt.date) -> Line:
    from ledger.book.resolve import spans

    if not isinstance(item, Mapping):
        raise Usage(Words("要写 place、face、spans", "place, face and spans are needed"))
    texts = {str(key): str(value or "").strip() for key, value in item.items() if key not in (None, "line")}
    if unknown := [key for key in texts if key not in COLUMNS]:
        raise Usage(Words(f"不认识的列 {' '.join(unknown)}", f"unknown columns {' '.join(unknown)}"))
    face = parse_amount(_needed(texts, "face"))
    return Line(
        place=_among(_needed(texts, "place"), PLACES),
        face=face,
        spans=spans(book, _needed(texts, "spans"), book.state(), face),
        stamps=_among(texts.get("stamps") or "none", tuple(STAMPS)),
        expires=resolve_day(texts["expires"], today) if texts.get("expires") else None,
        purpose=_among(texts.get("purpose") or "sale", PURPOSES),
        where=where,
    )


def _needed(texts: Mapping[str, str], name: str) -> str:
    if not texts.get(name):
        raise Usage(Words(f"缺少 {name}", f"{name} is missing"))
    return texts[name]


def _among(typed: str, choices: tuple[str, ...]) -> str:
    word = fold(typed).lower()
    if word not in choices:
        raise Usage(Words(f"“{typed}”不在 {' '.join(choices)} 中", f"“{typed}” is none of {' '.join(choices)}"))
    return word


def _refuse_totals(plan: Plan, typed: str, place: str, name: str) -> None:
    """REC-02: what both signed must be what the lines are."""
    if not typed:
        return
    pairs = [word.lower().replace("*", "x").replace("×", "x").partition("x") for word in fold(typed).split()]
    if any(not sheets.isdecimal() or not cross for sheets, cross, _ in pairs):
        raise Usage(Words(f"{name}：totals 要写成 500x100 200x50", f"{name}: totals are written as 500x100 200x50"))
    announced = lines_of((parse_amount(face), int(sheets)) for sheets, _, face in pairs)
    have = plan.total(place)
    if announced != have:
        words = Words(
            f"{name}：表头 {show_lines(announced)}，明细合计 {show_lines(have) or '0'}，两者不符",
            f"{name}: the header says {show_lines(announced)}, the lines add up to {show_lines(have) or '0'}",
        )
        raise Refused(words, code="REC-02", next=("gb opening --template",))
