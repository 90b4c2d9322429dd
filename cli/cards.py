"""One thing looked at closely: a record with its labels, a sheet with its history, a client with its sales."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cli.entry import Desk
from cli.lang import lang, say
from cli.render import columns, emit, emit_json, width, wrap
from cli.told import short_id
from ledger.core.errors import Unknown
from ledger.core.personal import Subject, masked_all
from ledger.core.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ledger.book.dossier import Dossier
    from ledger.core.parties import Client
    from ledger.folds.history import History
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


def record_card(at: Desk, record_id: str, *, reveal: bool = False) -> None:
    """A record's form, fields, place in the text, and what refers to it; of a late one that it is in no figure.

    With ``reveal`` its own personal values, whatever the person's card says since (C8).
    """
    from ledger.book.following import following

    entry, late = _looked_up(at, record_id)
    own = _own_texts(at, entry, reveal=reveal)
    after = following(at.book, entry.record)
    if at.call.json:
        refs = [{"id": one.id, "kind": one.kind, "date": one.day, "file": one.path, "line": one.line} for one in after]
        texts = {**own, "h": entry.h}
        place = {"short": short_id(record_id), "file": entry.file, "line": entry.line, "referred_by": refs}
        emit_json({**texts, **place, **({"late": True} if late else {})})
        return
    lines = [f"{say(entry.record.WORDS)}  {record_id}", facts(_fields(at, entry, own)), f"  {entry.file}:{entry.line}"]
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


def _own_texts(at: Desk, entry: Entry, *, reveal: bool) -> dict[str, str]:
    """A record's texts: what is personal masked, or in the clear and on record."""
    texts = entry.record.encode()
    if not reveal:
        return masked_all(texts)
    from cli.personal import seen, subject_in

    subject = subject_in(entry.journal, texts)
    return seen(at, subject, texts, reveal=True, ref=entry.id) if subject is not None else masked_all(texts)


def _fields(at: Desk, entry: Entry, own: dict[str, str]) -> list[tuple[Words | str, str]]:
    from ledger.core.forms import HEAD_WORDS, Reversal

    record = entry.record
    kind = type(record.original) if isinstance(record, Reversal) else type(record)
    labels = {**HEAD_WORDS, **{field.name: field.words for field in kind.fields()}}
    hidden = {"id", "kind", "h", "restores"}
    texts = {name: text for name, text in own.items() if name not in hidden}
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


# -- an activity, a merchant ---------------------------------------------------------------------------------------------


def thing_card(at: Desk, party: str, title: str, pairs: Iterable[tuple[Words | str, str]], own: dict[str, Any]) -> None:
    """What is kept of a thing, ``own`` for programs, and every step recorded under ``party`` in the order they came."""
    from ledger.index import lookup

    found = lookup.by_client(at.book.index.db, party)
    if at.call.json:
        emit_json({**own, "records": [one.id for one in found]})
        return
    emit("\n".join([title, facts(pairs), *(line for one in found for line in at.told_short(one))]))


# -- a client ------------------------------------------------------------------------------------------------------------


def client_card(at: Desk, code: str, *, reveal: bool = False) -> None:
    """Everything about one client: its entries, what it bought, rebates, bounces, calls, complaints, the latest records (C1)."""
    from cli import personal
    from ledger.book.dossier import dossier
    from ledger.core.parties import Client

    client = at.book.state().thing(Client, code)
    assert client is not None  # the resolver has found it
    found = dossier(at.book, code)
    own = personal.seen(at, Subject("Client", code), client.personal, reveal=reveal)
    if at.call.json:
        emit_json(
            {"code": code, **client_json(client), "personal": own, "erased": client.erased, **_dossier_json(found)}
        )
        return
    pairs = [*_entries(at, client), *personal.facts(own), *_erased(client), *_business(found)]
    lines = [f"{code}  {client.shown}", facts(pairs)]
    lines += [line for one in found.records[-_LATEST:] for line in at.told_short(one, client=False)]
    emit("\n".join(lines))


_LATEST = 10


def client_json(client: Client) -> dict[str, Any]:
    """A client's entries for programs; nothing personal."""
    return {
        "unit": client.unit or None, "kind": client.unit_kind, "state_owned": client.state_owned,
        "aliases": list(client.names), "initials": client.initials, "owner": client.owner or None,
        "identified": client.identified, "class": client.client_class or "potential", "by_hand": client.by_hand,
        "preferences": client.preferences or None, "contracts": client.contracts or None,
    }  # fmt: skip


def _entries(at: Desk, client: Client) -> list[tuple[Words | str, str]]:
    from cli.refiling import twins_told
    from ledger.core.records.clients import CLASS_WORDS, KIND_WORDS

    yes = say(Words("是", "yes"))
    by_hand = say(Words("（人工指定）", " (chosen by hand)")) if client.by_hand else ""
    return [
        (Words("单位性质", "kind of unit"), say(KIND_WORDS[client.unit_kind])),
        (Words("国有", "state-owned"), yes if client.state_owned else ""),
        (Words("分类", "class"), say(CLASS_WORDS[client.client_class or "potential"]) + by_hand),
        (Words("证件已核对", "identity seen"), yes if client.identified else ""),
        (Words("别名", "also known as"), "  ".join(client.names)),
        (Words("助记码", "initials"), client.initials),
        (Words("归属业务员", "owner"), at.named("owner", client.owner)),
        (Words("偏好", "preferences"), client.preferences),
        (Words("合同", "contracts"), client.contracts),
        (Words("原代码", "code before"), client.was),
        (Words("同代码另一家", "same code"), twins_told("client", client.twins)),
    ]


def _erased(client: Client) -> list[tuple[Words | str, str]]:
    return [(Words("个人资料", "personal data"), say(Words("已删除", "erased")))] if client.erased else []


def _business(found: Dossier) -> list[tuple[Words | str, str]]:
    from ledger.core.money import grouped

    def money(count: int, fen: int) -> str:
        return f"{count}  ¥{grouped(fen)}" if count else ""

    open_ = say(Words(f"，{found.unanswered} 未答复", f", {found.unanswered} unanswered")) if found.unanswered else ""
    return [
        (Words("购券", "purchases"), f"{found.sales}  ¥{grouped(found.paid)}"),
        (Words("退券退款", "refunded"), f"¥{grouped(found.refunded)}" if found.refunded else ""),
        (Words("返扣", "rebates"), money(found.slips, found.approved)),
        (Words("已领返扣", "rebates collected"), f"¥{grouped(found.collected)}" if found.collected else ""),
        (Words("退票", "bounced cheques"), str(found.bounced or "")),
        (Words("回访", "calls"), f"{found.calls}  {found.last_call}" if found.calls else ""),
        (Words("投诉", "complaints"), f"{found.complaints}{open_}" if found.complaints else ""),
    ]


def _dossier_json(found: Dossier) -> dict[str, Any]:
    from ledger.core.money import yuan

    return {
        "sales": found.sales, "amount": yuan(found.paid), "refunded": yuan(found.refunded),
        "rebates": {"slips": found.slips, "approved": yuan(found.approved), "collected": yuan(found.collected)},
        "bounced_cheques": found.bounced,
        "visits": {"count": found.calls, "last": found.last_call or None},
        "complaints": {"count": found.complaints, "unanswered": found.unanswered},
        "records": [one.id for one in found.records],
    }  # fmt: skip
