"""LAW: the compliance lint (S10).  Warnings by default; each rule is dated and can be switched off in rules.yaml.

What one sale shows is judged at the counter (:mod:`ledger.core.law`); here is what only several sales together show.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from ledger.checks.explained import Explained
from ledger.checks.lead import Known, Part
from ledger.core.findings import Finding, trouble
from ledger.core.law import cash_of, identified, is_person
from ledger.core.memory import FullState
from ledger.core.money import yuan
from ledger.core.parties import Client
from ledger.core.records.selling import Offer
from ledger.core.rules import Identity, Limit, PersonalCash, Rules, Splitting, UnitCash
from ledger.core.state import Earlier, Reversed
from ledger.core.words import Words

if TYPE_CHECKING:
    from ledger.checks.whole import Seen, Whole

_OFF = Words(
    "不适用的，在 rules.yaml 加一条以后日期的规则停用；个别情况用 gb accept 说明",
    "where it does not apply, a later entry in rules.yaml switches it off; a single case is answered with gb accept",
)


def _explained(title: Words, means: Words, happens: Words, do: Words) -> Explained:
    return Explained(title, means, happens, Words(f"{do.zh}；{_OFF.zh}", f"{do.en}; {_OFF.en}"))


CODES: dict[str, Explained] = {
    "LAW-01": _explained(
        Words("购券人未实名", "buyer not identified"),
        Words(
            "一次购券达到实名金额（规则 identity），而个人客户没有核对证件的记录",
            "one purchase reaches the amount of the rule `identity`, and nothing says that the individual was identified",
        ),
        Words("个人大额购券没有登记证件", "an individual's large purchase without the identity document"),
        Words("核对证件后登记：gb client change 客户 --identified", "see the document and run gb client change CLIENT --identified"),
    ),
    "LAW-02": _explained(
        Words("单位大额现金", "a unit's cash"),
        Words("单位一次付现金达到规则 unit_cash 的金额，应转账", "a unit paid at least the amount of the rule `unit_cash` in cash"),
        Words("单位派人带现金来买", "somebody brought the unit's money in cash"),
        Words("请单位改用转账或支票", "ask the unit to pay by transfer or cheque"),
    ),
    "LAW-03": _explained(
        Words("个人大额现金", "an individual's cash"),
        Words(
            "个人一次付现金达到规则 personal_cash 的金额，应转账",
            "an individual paid at least the amount of the rule `personal_cash` in cash",
        ),
        Words("个人大额购券付现金", "a large purchase paid in cash"),
        Words("请改用转账", "ask for a transfer"),
    ),
    "LAW-04": _explained(
        Words("面值超过上限", "face value above the limit"),
        Words(
            "售出的券面值超过规则 face_limit：不记名、记名各有上限",
            "a sold voucher's face value is above the rule `face_limit`, which has one for bearers and one for named holders",
        ),
        Words("改了面值，或按名售出的面值没有列入规则", "a changed face, or a face sold by name that the rule does not list"),
        Words("改用小面值；按名售出的面值写进 registered_faces", "use smaller faces; list what is sold by name in registered_faces"),
    ),
    "LAW-05": _explained(
        Words("有效期太短", "valid for too short"),
        Words(
            "售出的券截止日期早于规则 validity 要求的月数；返扣券不受此限",
            "a sold voucher expires before the months of the rule `validity` are over; rebates are exempt",
        ),
        Words("领来的券离截止日期已近，或售券时写早了", "old stock near its date, or a date typed too early"),
        Words("请财务换发截止日期较晚的券", "ask finance for sheets with a later date"),
    ),
    "LAW-06": _explained(
        Words("疑似拆分", "splitting"),
        Words(
            "同一客户几天内（规则 splitting）的几笔，单笔都不到限额，合计达到",
            "several sales to one client within the days of the rule `splitting` are each below a limit and together reach it",
        ),
        Words("为避开限额分次购券", "a purchase made in parts to stay below a limit"),
        Words("合并看待：该转账的转账，该实名的实名", "treat them as one purchase: transfer, identify"),
    ),
    "LAW-07": _explained(
        Words("售券开专用发票", "special VAT invoice for vouchers"),
        Words(
            "售券记录的发票是规则 invoice 不许开的（增值税专用发票）",
            "a sale records an invoice that the rule `invoice` does not allow for vouchers (special VAT)",
        ),
        Words("把售券当成售货开票", "vouchers were invoiced as goods"),
        Words("收回专用发票，改开普通发票", "take it back and give an ordinary invoice"),
    ),
}  # fmt: skip


class _Measure(NamedTuple):
    """What is added up against one limit; ``of`` gives fen, or ``None`` for a sale that it does not concern."""

    rule: type[Limit]
    words: Words
    of: Callable[[Offer, Client | None], int | None]


_MEASURES = (
    _Measure(Identity, Words("实名金额", "the amount of identification"), lambda sale, client: None if identified(client) else sale.amount),
    _Measure(UnitCash, Words("单位现金限额", "the limit of a unit's cash"), lambda sale, client: None if is_person(client) else cash_of(sale.payments)),
    _Measure(PersonalCash, Words("个人现金限额", "the limit of an individual's cash"), lambda sale, client: cash_of(sale.payments) if is_person(client) else None),
)  # fmt: skip


_Open = dict[tuple[str, type[Limit]], list[Part]]
"""The sales of a client that count towards a limit and have not reached it."""


def splitting(whole: Whole) -> Iterator[Seen]:
    """LAW-06: each group of sales once, at the sale with which it reaches the limit; reversed sales are left out."""
    return _groups(whole, _begun(whole))


def parts(whole: Whole) -> tuple[Part, ...]:
    """The sales that later ones may still reach a limit with."""
    open_parts = _begun(whole)
    for _ in _groups(whole, open_parts):
        pass
    return tuple(part for found in open_parts.values() for part in found)


def _begun(whole: Whole) -> _Open:
    """The parts that the past left open.

    What a sale counts for depends on its client as known at the end: where that changed otherwise than by an identification,
    which ends what counts, raises :class:`Earlier`.
    """
    open_parts: _Open = {}
    if whole.past is None:
        return open_parts
    kinds = {measure.rule.__name__: measure.rule for measure in _MEASURES}
    for part in whole.past.lead.parts:
        if whole.state.thing(Reversed, part.sale) is not None:
            raise Earlier
        open_parts.setdefault((part.client, kinds[part.rule]), []).append(part)
    for code in _touched(whole.state, whole.past.first):
        was, now = whole.past.lead.thing(Client, code), whole.state.thing(Client, code)
        if is_person(was) != is_person(now) or identified(was) > identified(now):
            raise Earlier
        if identified(now):
            open_parts.pop((code, Identity), None)
    return open_parts


def _touched(state: FullState, since: dt.date) -> list[str]:
    """The clients about whom something was recorded since a day, inclusive."""
    clients = (one for one in state.thing_tracks() if one[0] == Client.__name__)
    return [key for _, key, track in clients if track.order >= since.isoformat()]


def _groups(whole: Whole, open_parts: _Open) -> Iterator[Seen]:
    from ledger.checks.whole import Seen

    limits: dict[dt.date, list[tuple[_Measure, int]]] = {}
    for one in whole.records:
        sale = one.record
        if not (isinstance(sale, Offer) and sale.SELLS):
            continue
        day = limits.get(sale.date)
        if day is None:
            day = limits[sale.date] = list(_limits(whole.rules, sale.date))
        if not day or whole.state.thing(Reversed, sale.id) is not None:
            continue
        client = whole.state.thing(Client, sale.client)
        for measure, limit in day:
            fen = measure.of(sale, client)
            if not fen or fen >= limit:
                continue
            found = _within(open_parts.get((sale.client, measure.rule), ()), sale.date, whole.rules)
            found = [*found, Part(sale.client, measure.rule.__name__, sale.id, sale.date, fen)]
            reached = sum(part.fen for part in found) >= limit and len(found) > 1
            open_parts[sale.client, measure.rule] = [] if reached else found
            if reached:
                yield Seen(_split(found, measure, limit, whole.by_id), sale.id)


def _limits(rules: Rules, day: dt.date) -> Iterator[tuple[_Measure, int]]:
    """What is added up on a day, each with its limit in fen."""
    days = rules.find(Splitting, day)
    for measure in _MEASURES if days and days.days > 1 else ():
        rule = rules.find(measure.rule, day)
        if rule is not None and rule.limit is not None:
            yield measure, rule.limit


def _within(parts: Iterable[Part], day: dt.date, rules: Rules) -> list[Part]:
    """The sales that lie within the rule's days up to ``day``."""
    rule = rules.find(Splitting, day)
    first = day - dt.timedelta(days=(rule.days if rule else 1) - 1)
    return [part for part in parts if part.date >= first]


def _split(parts: list[Part], measure: _Measure, limit: int, known: Known) -> Finding:
    client, last = parts[-1].client, parts[-1].sale
    ids = [part.sale for part in parts]
    total = sum(part.fen for part in parts)
    words = Words(
        f"客户 {client} 的 {len(ids)} 笔合计 {yuan(total)}，达到{measure.words.zh} {yuan(limit)}：{'、'.join(ids)}",
        f"{len(ids)} sales to {client} come to {yuan(total)} and reach {measure.words.en}, {yuan(limit)}: "
        f"{', '.join(ids)}",
    )
    where = tuple(one.where() for name in reversed(ids) if (one := known.fetch(name)) is not None)
    return trouble("LAW-06", words, subject=last, where=where, next=(f"gb show {last}",))
