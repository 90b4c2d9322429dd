"""Activities 会员活动: plan, approval, publicity, departments, places, rewards, analysis, archive (M8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.entry import desk
from cli.forms import plain
from cli.lang import _t, say
from ledger.core.words import Words

if TYPE_CHECKING:
    from ledger.core.records.activities import Activity

app = typer.Typer()

ACTIVITY = Words("活动编号", "the activity's code")
PERIOD = Words("期间：2026-10、2026-Q4、2026", "the period: 2026-10, 2026-Q4, 2026")

plain(app, "plan", "planned", "activities")
plain(app, "approve", "approved", "activities")
plain(app, "reject", "rejected", "activities")
plain(app, "publicise", "publicised", "activities")
plain(app, "assign", "assigned", "activities")
plain(app, "enter", "entered", "activities")
plain(app, "reward", "rewarded", "activities")
plain(app, "analyse", "analysed", "activities")
plain(app, "archive", "archived", "activities")


@app.command("list", help=_t("列出活动", "list activities"))
def list_activities() -> None:
    """All of them, with how far each has come."""
    from cli.render import emit, emit_json, table
    from ledger.core.records.activities import STAGES, Activity

    at = desk()
    found = sorted(at.book.state().things(Activity))
    if at.call.json:
        emit_json({"activities": [_json(code, one) for code, one in found]})
    elif found:
        heads = (Words("编号", "code"), Words("活动", "activity"), Words("开始", "first day"), Words("结束", "last day"),
                 Words("进度", "stage"), Words("名额", "places"))  # fmt: skip
        rows = [(code, one.title, one.starts, one.ends, STAGES[one.stage], _places(one)) for code, one in found]
        emit(table(heads, rows, align="lllllr"))


def _places(one: Activity) -> str:
    return f"{len(one.entered)}/{one.quota}" if one.quota else str(len(one.entered) or "")


@app.command(help=_t("查看一个活动", "show an activity"))
def show(activity: Annotated[str | None, typer.Argument(metavar="CODE", help=_t(*ACTIVITY))] = None) -> None:
    """Its plan, who takes part in the order they came, and every step."""
    from cli.cards import thing_card
    from cli.entry import code as as_code
    from ledger.core.errors import Unknown
    from ledger.core.money import grouped
    from ledger.core.records.activities import STAGES, Activity, activity_party

    at = desk()
    code = at.call.ask(activity, words=ACTIVITY, name="CODE", parse=lambda typed: as_code(typed, ACTIVITY))
    one = at.book.state().thing(Activity, code)
    if one is None:
        raise Unknown(Words(f"没有活动 {code}", f"there is no activity {code}"), next=("gb activity list",))
    pairs: list[tuple[Words | str, str]] = [
        (Words("时间", "days"), f"{one.starts} … {one.ends}"), (Words("进度", "stage"), say(STAGES[one.stage])),
        (Words("名额", "places"), _places(one)), (Words("预算", "budget"), grouped(one.budget) if one.budget else ""),
        (Words("费用", "cost"), grouped(one.cost) if one.cost else ""),
        (Words("配合部门", "departments"), "、".join(one.departments)),
        (Words("参加会员", "members"), " ".join(one.entered)), (Words("已奖励", "rewarded"), " ".join(one.rounds)),
    ]  # fmt: skip
    thing_card(at, activity_party(code), f"{code}  {one.title}", pairs, _json(code, one))


def _json(code: str, one: Activity) -> dict[str, Any]:
    from ledger.core.money import yuan

    return {
        "code": code, "title": one.title, "starts": one.starts, "ends": one.ends, "stage": one.stage,
        "quota": one.quota or None, "budget": yuan(one.budget), "cost": yuan(one.cost), "entered": list(one.entered),
        "departments": list(one.departments), "rounds": list(one.rounds),
    }  # fmt: skip


@app.command(help=_t("某期间积分最多的会员，供发奖励", "who earned most in a period, for a round of rewards"))
def ranking(
    *,
    period: Annotated[str | None, typer.Option("--period", metavar="PERIOD", help=_t(*PERIOD))] = None,
    top: Annotated[
        str | None, typer.Option("--top", metavar="N", help=_t("前几名，默认 10", "how many, 10 by default"))
    ] = None,
) -> None:
    """Points earned and topped up, less returned, of a month, a quarter or a year (M8)."""
    from cli.entry import whole_number
    from cli.render import emit, emit_json, table
    from ledger.book.members import period_of, ranked

    at = desk()
    first, after = at.call.ask(period, words=PERIOD, name="--period", parse=period_of)
    most = whole_number(top) if top else 10
    found = ranked(at.book, first, after)[:most]
    if at.call.json:
        emit_json(
            {
                "from": str(first),
                "to": str(after),
                "members": [{"member": code, "points": points} for code, points in found],
            }
        )
    elif found:
        rows = [(place, code, points) for place, (code, points) in enumerate(found, 1)]
        emit(table((Words("名次", "place"), Words("会员", "member"), Words("积分", "points")), rows, align="rlr"))
