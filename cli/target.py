"""Sales targets 销售目标: of a year, a month, a week, of the department and of its people; actual against them (P1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.entry import Desk, amount, desk
from cli.lang import _t, say
from ledger.core.errors import Unknown, Usage
from ledger.core.ratios import percent
from ledger.core.words import Words

if TYPE_CHECKING:
    from ledger.book.targets import Shown
    from ledger.core.targets import Aims

app = typer.Typer()

PERIOD = Words("期间：2026、2026-10 或 2026-10-w2（第几周）", "the period: 2026, 2026-10 or 2026-10-w2 (a week of it)")
AMOUNT, PERSON = Words("目标金额", "the target"), Words("业务员代码", "the salesperson's code")
PeriodArgument = Annotated[str | None, typer.Argument(metavar="PERIOD", help=_t(*PERIOD))]


@app.command("set", help=_t("定目标，或改目标", "set a target, or change it"))
def set_target(
    period: PeriodArgument = None,
    fen: Annotated[str | None, typer.Option("--amount", metavar="AMOUNT", help=_t(*AMOUNT))] = None,
    person: Annotated[
        str | None,
        typer.Option("--person", metavar="CODE", help=_t("业务员；不写是全部门", "whose; default: the department's")),
    ] = None,
) -> None:
    """The last one set stands; the earlier ones stay in the journal."""
    from ledger.core.targets import Aim

    at = desk()
    of = _asked(at, period)
    who = _operator(at, person) if person is not None else ""
    found = at.call.ask(fen, words=AMOUNT, name="--amount", parse=amount)
    _record(at, (Aim(of, who, found),))


@app.command(
    help=_t(
        "分目标：年分到月，月分到周，或分到人",
        "split a target: a year into months, a month into weeks, or among people",
    )
)
def split(
    period: PeriodArgument = None,
    among: Annotated[
        str | None,
        typer.Option(
            "--among",
            metavar="CODES",
            help=_t("分给这些业务员，逗号隔开，平分", "evenly among these people, commas between"),
        ),
    ] = None,
) -> None:
    """By days into months and weeks, in whole yuan; the parts sum to the whole exactly."""
    from ledger.book.targets import split as split_up
    from ledger.core.text import fold

    at = desk()
    of = _asked(at, period)
    people = [_operator(at, one) for one in fold(among).replace("、", ",").split(",")] if among is not None else []
    if len(set(people)) < len(people):
        raise Usage(Words("同一个人写了两次", "somebody is named twice"), next=("gb operator list",))
    aims = split_up(at.book, of, people)
    at.derived = ("aims",)
    _record(at, aims)


def _record(at: Desk, aims: Aims) -> None:
    at.record("targets", "target", {"aims": aims})


@app.command("list", help=_t("列出目标", "list the targets"))
def list_targets(period: PeriodArgument = None) -> None:
    """Those that stand; with a period its own and those of its parts."""
    from cli.render import emit, emit_json, table
    from ledger.book.targets import standing
    from ledger.core.money import grouped, yuan

    at = desk()
    of = _parse(at, period) if period is not None else ""
    found = [
        (key, fen) for key, fen in sorted(standing(at.book).items()) if not of or f"{key[0]}-".startswith(f"{of}-")
    ]
    if at.call.json:
        emit_json(
            {"targets": [{"period": name, "person": who or None, "amount": yuan(fen)} for (name, who), fen in found]}
        )
        return
    rows = [(name, _who(at, who), grouped(fen)) for (name, who), fen in found]
    if rows:
        emit(table((Words("期间", "period"), Words("对象", "who"), Words("目标", "target")), rows, align="llr"))


@app.command(help=_t("看目标完成情况", "show what was sold against a target"))
def show(period: PeriodArgument = None) -> None:
    """The department, its people, and the parts of the period."""
    from cli.render import emit, emit_json
    from ledger.book.targets import shown

    at = desk()
    found = shown(at.book, _asked(at, period))
    if at.call.json:
        emit_json(_json(found))
    else:
        emit("\n".join(_lines(at, found)))


def _json(found: Shown) -> dict[str, Any]:
    from ledger.core.money import yuan

    def money(fen: int | None) -> str | None:
        return None if fen is None else yuan(fen)

    return {
        "period": found.period,
        "lines": [
            {"person": one.person or None, "target": money(one.target), "sold": yuan(one.sold),
             "percent": None if one.permille is None else percent(one.permille)}
            for one in found.lines
        ],
        "parts": [{"period": one.period, "target": money(one.target), "sold": yuan(one.sold)} for one in found.parts],
        "split": yuan(found.split), "to_people": yuan(found.to_people),
    }  # fmt: skip


def _lines(at: Desk, found: Shown) -> list[str]:
    from cli.render import table
    from ledger.core.money import grouped

    def money(fen: int | None) -> str:
        return "" if fen is None else grouped(fen)

    target, sold = Words("目标", "target"), Words("实际销售", "sold")
    rows = [
        (_who(at, one.person), money(one.target), grouped(one.sold), "" if one.permille is None else percent(one.permille))
        for one in found.lines
    ]  # fmt: skip
    lines = [
        found.period,
        table((Words("对象", "who"), target, sold, Words("完成 %", "reached, %")), rows, align="lrrr"),
    ]
    if any(one.target is not None for one in found.parts):
        parts = [(one.period, money(one.target), grouped(one.sold)) for one in found.parts]
        lines += ["", table((Words("期间", "period"), target, sold), parts, align="lrr")]
    return [*lines, *_left(found)]


def _left(found: Shown) -> list[str]:
    """What of the target is in no part and with nobody, or is there twice."""
    from ledger.core.money import grouped

    whole = found.lines[0].target
    told = (
        (
            found.split,
            Words(
                "分到各期 {split}，与目标相差 {rest}", "in the parts {split}, which differs from the target by {rest}"
            ),
        ),
        (
            found.to_people,
            Words(
                "分到各人 {split}，与目标相差 {rest}", "with people {split}, which differs from the target by {rest}"
            ),
        ),
    )
    return [
        say(words).format(split=grouped(fen), rest=grouped(fen - whole))
        for fen, words in told
        if whole is not None and fen and fen != whole
    ]


def _who(at: Desk, code: str) -> str:
    return at.named("by", code) if code else say(Words("全部门", "department"))


def _asked(at: Desk, typed: str | None) -> str:
    return at.call.ask(typed, words=PERIOD, name="PERIOD", parse=lambda text: _parse(at, text))


def _parse(at: Desk, typed: str) -> str:
    """A year, a month or a week of a month; a year and a month in any typed form, which is echoed."""
    from cli.render import note
    from ledger.core.dates import Month, resolve_period
    from ledger.core.targets import days_in
    from ledger.core.text import fold

    text = fold(typed).lower()
    if "w" in text:
        return _week(text)
    start, end = resolve_period(typed, at.today())
    whole = Month.of(start).text if (end - start).days < 32 else f"{start:%Y}"
    if days_in(whole) != (start, end):
        raise Usage(
            Words("目标按年、月、周定", "a target is of a year, a month or a week"), next=(f"gb target show {whole}",)
        )
    if whole != typed:
        note(Words(f"期间 {whole}", f"period {whole}"))
    return whole


def _week(text: str) -> str:
    from ledger.core.targets import days_in, parts_of, whole_of

    try:
        days_in(text)
    except ValueError:
        pass
    else:
        return text
    try:
        known = parts_of(whole_of(text))
    except ValueError:
        known = ()
    words = Words(f"没有“{text}”这一周；写成 2026-10-w2", f"there is no week “{text}”; write 2026-10-w2")
    raise Usage(words, next=tuple(f"gb target show {one}" for one in known))


def _operator(at: Desk, typed: str) -> str:
    from ledger.core.parties import Operator
    from ledger.core.text import fold, shown

    code = fold(typed).strip()
    if at.book.state().thing(Operator, code) is None:
        raise Unknown(
            Words(f"没有业务员“{shown(typed)}”", f"there is no operator “{shown(typed)}”"), next=("gb operator list",)
        )
    return code
