"""交接表 on paper: the record of a hand-over with the serials of each face value and two lines to sign on (N6)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from ledger.core.cheques import STATUS, Cheque
from ledger.core.money import grouped
from ledger.core.records.custodians import CustodyHandover
from ledger.core.words import Lang, Words
from ledger.folds.stock import FaceStock
from ledger.reports.table import WIDTH, pad, table, width, wrap

_TITLE = Words("保管交接表", "Custodians' hand-over")
_HEAD = Words("门店：{store}    {at}    {id}", "store: {store}    {at}    {id}")
_STOCK, _NO_STOCK = Words("一、在库团购券", "1. Vouchers in the safe"), Words("没有券", "none")
_FACE, _SHEETS, _VALUE = Words("面值", "face"), Words("张数", "sheets"), Words("金额", "value")
_TOTAL = Words("合计", "total")
_SPANS = Words("券号 {face}：", "serials {face}: ")
_VOID = Words("作废待交回 {n} 张：", "void, not handed back, {n}: ")
_CASH = Words("二、现金", "2. Cash")
_POTS = (("cash", Words("货款", "takings")), ("petty", Words("备用金", "float")))
_CHEQUES, _NO_CHEQUES = Words("三、库存支票", "3. Cheques in hand"), Words("没有支票", "none")
_CHEQUE_HEADS = (
    Words("支票号", "cheque"),
    Words("银行", "bank"),
    Words("客户", "client"),
    Words("状态", "state"),
    Words("金额", "amount"),
)
_ITEMS, _NO_ITEMS = Words("四、未了事项", "4. Open items"), Words("没有", "none")
_SIGN = Words("五、双方签字", "5. Signed by both")
_LINE = Words(
    "{who} {name}：________________    日期：____________", "{who} {name}: ________________  date: ____________"
)
_WHO = (Words("交出人", "handed over by"), Words("接收人", "taken over by"))
_INDENT = 4


class HandoverForm(msgspec.Struct, frozen=True, kw_only=True):
    """The record with what the form shows besides: the faces' serials, the cheques, the two names, what is open in words."""

    store: str
    record: CustodyHandover
    faces: Sequence[FaceStock]
    cheques: Sequence[Cheque]
    names: tuple[str, str]
    items: Sequence[str]


def as_text(form: HandoverForm, lang: Lang) -> str:
    """The form, at most 80 columns."""
    title = _TITLE.say(lang)
    at = f"{form.record.at:%Y-%m-%d %H:%M}"
    head = wrap(_HEAD.say(lang).format(store=form.store, at=at, id=form.record.id))
    parts = (_stock(form, lang), _cash(form.record, lang), _cheques(form, lang), _items(form, lang), _sign(form, lang))
    blocks = ["\n".join([" " * ((WIDTH - width(title)) // 2) + title, *head]), *("\n".join(part) for part in parts)]
    return "\n\n".join(blocks)


def _stock(form: HandoverForm, lang: Lang) -> Iterator[str]:
    yield _STOCK.say(lang)
    if form.faces:
        rows = [[grouped(one.face), f"{one.sheets:,}", grouped(one.face * one.sheets)] for one in form.faces]
        value = sum(one.face * one.sheets for one in form.faces)
        rows.append([_TOTAL.say(lang), f"{form.record.spans.count:,}", grouped(value)])
        yield from table([one.say(lang) for one in (_FACE, _SHEETS, _VALUE)], rows, "rrr", indent=_INDENT)
        for one in form.faces:
            yield from wrap(_SPANS.say(lang).format(face=grouped(one.face)) + one.spans.text, indent=_INDENT, hang=4)
    else:
        yield " " * _INDENT + _NO_STOCK.say(lang)
    if form.record.void:
        void = form.record.void
        yield from wrap(_VOID.say(lang).format(n=void.count) + void.text, indent=_INDENT, hang=4)


def _cash(record: CustodyHandover, lang: Lang) -> Iterator[str]:
    yield _CASH.say(lang)
    for name, words in _POTS:
        yield _figure(words.say(lang), getattr(record, name))
    yield _figure(_TOTAL.say(lang), record.cash + record.petty)


def _figure(name: str, fen: int) -> str:
    return " " * _INDENT + pad(name, 30) + pad(grouped(fen), 18, right=True)


def _cheques(form: HandoverForm, lang: Lang) -> Iterator[str]:
    yield _CHEQUES.say(lang)
    if not form.cheques:
        yield " " * _INDENT + _NO_CHEQUES.say(lang)
        return
    rows = [
        [one.number, one.bank, one.client, STATUS[one.status].say(lang), grouped(one.amount)] for one in form.cheques
    ]
    rows.append([_TOTAL.say(lang), "", "", "", grouped(form.record.cheque_amount)])
    yield from table([one.say(lang) for one in _CHEQUE_HEADS], rows, "llllr", indent=_INDENT)


def _items(form: HandoverForm, lang: Lang) -> Iterator[str]:
    yield _ITEMS.say(lang)
    for item in form.items or (_NO_ITEMS.say(lang),):
        yield from wrap(item, indent=_INDENT, hang=4)


def _sign(form: HandoverForm, lang: Lang) -> Iterator[str]:
    yield _SIGN.say(lang)
    for who, name in zip(_WHO, form.names, strict=True):
        yield ""
        yield " " * _INDENT + _LINE.say(lang).format(who=pad(who.say(lang), 14), name=name)
