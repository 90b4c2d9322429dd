"""One thing looked at closely: a record with its labels, a sheet with its history, a client with its sales."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cli.entry import Desk, short_id
from cli.lang import lang, say
from cli.render import columns, emit, emit_json, width, wrap
from ledger.core.errors import Unknown
from ledger.core.personal import Subject, masked_all
from ledger.core.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ledger.core.state import State
    from ledger.folds.history import History
    from ledger.index.lookup import Found
    from ledger.journal.entry import Entry


def facts(pairs: Iterable[tuple[Words | str, str]], indent: int = 2) -> str:
    """Labels and values in two columns, long values wrapped; pairs with an empty value are left out."""
    shown = [(say(label) if isinstance(label, Words) else label, value) for label, value in pairs if value]
    left = max((width(label) for label, _ in shown), default=0)
    lines = []
    for label, value in shown:
        first, *more = wrap(value, max(20, columns() - indent - left - 2))
        lines.append(f"{' ' * indent}{label}{' ' * (left - width(label))}  {first}")
        lines += [" " * (indent + left + 2) + rest for rest in more]
    return "\n".join(lines)


# -- a record ------------------------------------------------------------------------------------------------------------


def record_card(at: Desk, record_id: str) -> None:
    """A record's form, fields, place in the text, and what refers to it; of a late one that it is in no figure."""
    from ledger.book.following import following

    entry, late = _looked_up(at, record_id)
    after = following(at.book, entry.record)
    if at.call.json:
        refs = [{"id": one.id, "kind": one.kind, "date": one.day, "file": one.path, "line": one.line} for one in after]
        texts = {**masked_all(entry.record.encode()), "h": entry.h}
        place = {"short": short_id(record_id), "file": entry.file, "line": entry.line, "referred_by": refs}
        emit_json({**texts, **place, **({"late": True} if late else {})})
        return
    lines = [f"{say(entry.record.WORDS)}  {record_id}", facts(_fields(at, entry)), f"  {entry.file}:{entry.line}"]
    if after:
        lines.append(say(Words("之后引用它的：", "What refers to it:")))
        lines += [line for one in after for line in at.told_short(one)]
    if late:
        lines += [say(late.words), *(f"  {command}" for command in late.next)]
    emit("\n".join(lines))


def _looked_up(at: Desk, record_id: str) -> tuple[Entry, Unknown | None]:
    """The record, and why nothing can be done on it when it arrived late in a closed month (CLS-03)."""
    try:
        return at.book.find(record_id), None
    except Unknown as error:
        if error.code != "CLS-03":
            raise
        from ledger.book.closing import late_record

        return late_record(at.book, record_id), error


def _fields(at: Desk, entry: Entry) -> list[tuple[Words | str, str]]:
    from ledger.core.forms import HEAD_WORDS, Reversal

    record = entry.record
    kind = type(record.original) if isinstance(record, Reversal) else type(record)
    labels = {**HEAD_WORDS, **{field.name: field.words for field in kind.fields()}}
    hidden = {"id", "kind", "h", "restores"}
    texts = {name: text for name, text in masked_all(record.encode()).items() if name not in hidden}
    named = {name: at.named(name, text) for name, text in texts.items()}
    return [(labels.get(name, name), text) for name, text in named.items()]


# -- a sheet -------------------------------------------------------------------------------------------------------------


def history_of(at: Desk, serial: str) -> History:
    """The history of one serial, from the records that the index names."""
    from ledger.core.spans import parse_serial
    from ledger.folds.history import history
    from ledger.index import lookup

    db = at.book.index.db
    found = {one.id: one for one in lookup.touching(db, parse_serial(serial))}
    for name in list(found):
        found.update((one.id, one) for one in lookup.by_ref(db, name) if one.id not in found)
    return history(list(at.book.entries(sorted(found.values(), key=lambda one: one.order))), serial)


def sheet_card(at: Desk, serial: str) -> None:
    """Where a sheet is and every record that touched it (``gb voucher trace`` shows the same)."""
    from ledger.book.text import late_on
    from ledger.core.spans import parse_serial
    from ledger.reports import trace

    told = history_of(at, serial)
    late = late_on(at.book, parse_serial(serial))
    if at.call.json:
        texts = [{"id": one.id, "kind": one.kind, "file": one.file, "line": one.line} for one in late]
        emit_json({**trace.as_json(told), **({"late": texts} if late else {})})
        return
    lines = [trace.as_text(told, lang())]
    if late:
        lines.append(say(Words("封账后才来，不计入数字：", "Came after a closing, in no figure:")))
        lines += [f"  {one.id}  {at.told(one.record)}\n    {one.file}:{one.line}" for one in late]
    emit("\n".join(lines))


# -- a client ------------------------------------------------------------------------------------------------------------


def client_card(at: Desk, code: str, *, reveal: bool = False) -> None:
    """A client's entries, what was bought and brought back, and the latest records; personal values masked or revealed."""
    from cli import personal
    from ledger.book.cheques import bounces
    from ledger.book.today import SOLD
    from ledger.core.parties import Client
    from ledger.core.records.clients import KIND_WORDS
    from ledger.index import lookup

    client = at.book.state().thing(Client, code)
    assert client is not None  # the resolver has found it
    found = lookup.by_client(at.book.index.db, code)
    bounced = bounces(at.book, code)
    totals = _totals(at.book.state(), [one for one in found if one.kind in SOLD])
    own = personal.seen(at, Subject("Client", code), client.personal, reveal=reveal)
    if at.call.json:
        emit_json(
            {
                "code": code,
                **_client_texts(client),
                "personal": own,
                "erased": client.erased,
                **totals,
                "bounced_cheques": bounced,
                "records": [one.id for one in found],
            }
        )
        return
    pairs: list[tuple[Words | str, str]] = [
        (Words("单位性质", "kind of unit"), say(KIND_WORDS[client.unit_kind])),
        (Words("国有", "state-owned"), say(Words("是", "yes")) if client.state_owned else ""),
        (Words("证件已核对", "identity seen"), say(Words("是", "yes")) if client.identified else ""),
        (Words("别名", "also known as"), "  ".join(client.names)),
        (Words("助记码", "initials"), client.initials),
        (Words("归属业务员", "owner"), client.owner),
        *personal.facts(own),
        (Words("个人资料", "personal data"), say(Words("已删除", "erased")) if client.erased else ""),
        (Words("购券", "purchases"), f"{totals['sales']}  ¥{totals['amount']}"),
        (Words("退券退款", "refunded"), f"¥{totals['refunded']}" if totals["refunded"] != "0.00" else ""),
        (Words("退票", "bounced cheques"), str(bounced or "")),
    ]
    lines = [f"{code}  {client.shown}", facts(pairs)]
    lines += [line for one in found[-_LATEST:] for line in at.told_short(one, client=False)]
    emit("\n".join(lines))


_LATEST = 10


def _client_texts(client: Any) -> dict[str, Any]:
    return {
        "unit": client.unit, "kind": client.unit_kind, "state_owned": client.state_owned, "aliases": client.names,
        "initials": client.initials, "owner": client.owner, "identified": client.identified,
    }  # fmt: skip


def _totals(state: State, found: list[Found]) -> dict[str, Any]:
    """Sales in force with their amounts; a sale that was reversed is none."""
    from ledger.core.money import yuan
    from ledger.core.records.sales import SaleThing

    sales = [sale for one in found if (sale := state.thing(SaleThing, one.id)) is not None]
    paid, refunded = sum(sale.amount for sale in sales), sum(sale.refunded for sale in sales)
    return {"sales": len(sales), "amount": yuan(paid), "refunded": yuan(refunded)}
