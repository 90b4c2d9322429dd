"""Special merchants 特约商户: from the first look to the contract, visits and renewals (M7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.entry import Desk, desk
from cli.forms import plain
from cli.lang import _t, say
from ledger.core.words import Words

if TYPE_CHECKING:
    from ledger.core.records.merchants import Merchant

app = typer.Typer()

MERCHANT = Words("商户编号", "the merchant's code")

plain(app, "screen", "screened", "merchants")
plain(app, "contact", "contacted", "merchants")
plain(app, "talk", "talked", "merchants")
plain(app, "agree", "agreed", "merchants")
plain(app, "contract", "contracted", "merchants")
plain(app, "file", "filed", "merchants")
plain(app, "visit", "visited", "merchants")
plain(app, "end", "ended", "merchants")


@app.command("list", help=_t("列出特约商户", "list special merchants"))
def list_merchants() -> None:
    """All of them, with how far each has come."""
    from ledger.core.records.merchants import Merchant

    at = desk()
    _emit(at, sorted(at.book.state().things(Merchant)))


@app.command(help=_t("要续签的合同和要回访的商户", "contracts to be renewed and merchants to be visited"))
def due() -> None:
    """By the rule of the store (M7)."""
    import datetime as dt

    from ledger.core.records.merchants import Merchant
    from ledger.core.rules import Merchants

    at = desk()
    day = at.today()
    rule = at.book.rules.on(Merchants, day)
    renewal, visit = str(day + dt.timedelta(days=rule.renewal_days)), str(day - dt.timedelta(days=rule.visit_days))
    found = [
        (code, one)
        for code, one in sorted(at.book.state().things(Merchant))
        if one.stage != "ended" and ((one.ends and one.ends <= renewal) or one.seen <= visit)
    ]
    _emit(at, sorted(found, key=lambda pair: (pair[1].ends or "9999", pair[0])))


@app.command(help=_t("查看一家商户", "show a merchant"))
def show(merchant: Annotated[str | None, typer.Argument(metavar="CODE", help=_t(*MERCHANT))] = None) -> None:
    """Its entries and every step."""
    from cli.cards import thing_card
    from cli.entry import code as as_code
    from ledger.core.errors import Unknown
    from ledger.core.records.merchants import STAGES, Merchant, merchant_party

    at = desk()
    code = at.call.ask(merchant, words=MERCHANT, name="CODE", parse=lambda typed: as_code(typed, MERCHANT))
    one = at.book.state().thing(Merchant, code)
    if one is None:
        raise Unknown(Words(f"没有商户 {code}", f"there is no merchant {code}"), next=("gb merchant list",))
    pairs: list[tuple[Words | str, str]] = [
        (Words("行业", "trade"), one.trade), (Words("进度", "stage"), say(STAGES[one.stage])),
        (Words("合作条件", "terms"), one.terms), (Words("合同", "contract"), one.contract),
        (Words("合同止", "last day"), one.ends),
    ]  # fmt: skip
    thing_card(at, merchant_party(code), f"{code}  {one.title}", pairs, _json(code, one))


def _json(code: str, one: Merchant) -> dict[str, Any]:
    return {
        "code": code, "title": one.title, "trade": one.trade or None, "stage": one.stage, "terms": one.terms or None,
        "contract": one.contract or None, "ends": one.ends or None, "seen": one.seen,
    }  # fmt: skip


def _emit(at: Desk, found: list[tuple[str, Merchant]]) -> None:
    from cli.render import emit, emit_json, table
    from ledger.core.records.merchants import STAGES

    if at.call.json:
        emit_json({"merchants": [_json(code, one) for code, one in found]})
    elif found:
        heads = (Words("编号", "code"), Words("名称", "merchant"), Words("进度", "stage"), Words("合同", "contract"),
                 Words("合同止", "last day"), Words("最近联系", "last seen"))  # fmt: skip
        emit(
            table(
                heads, [(code, one.title, STAGES[one.stage], one.contract, one.ends, one.seen) for code, one in found]
            )
        )
