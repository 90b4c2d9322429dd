"""Points 积分: earned, topped up, returned, awards and their goods, statements (M2, M3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.entry import Desk, amount, desk, paper_number, some_text, whole_number
from cli.forms import plain
from cli.lang import _t, say
from cli.member import MemberArgument, MemberOption, _day, _member
from ledger.core.errors import Usage
from ledger.core.words import Words

if TYPE_CHECKING:
    from ledger.folds.points import Statement

app = typer.Typer()

POINTS = Words("积分", "points")
SLIP = Words("单据号", "the slip number")
GOODS = Words("奖品", "the goods")
AWARD = Words("领奖单：编号或领奖单号", "the award: its id or slip number")

PointsOption = Annotated[str | None, typer.Option("--points", metavar="N", help=_t(*POINTS))]
SlipOption = Annotated[str | None, typer.Option("--slip", metavar="NO", help=_t("单据号，永远只用一次", "slip number, used once for ever"))]  # fmt: skip
ExpiresOption = Annotated[
    str | None, typer.Option("--expires", metavar="DATE", help=_t("有效期至，不写则按规则", "good until; by the rule unless given"))
]  # fmt: skip
AmountOption = Annotated[str | None, typer.Option("--amount", metavar="AMOUNT", help=_t("金额", "the amount"))]


@app.command(
    help=_t("登记消费积分；写 --amount 则按规则折算", "record the points of a purchase; of --amount by the rule")
)
def earn(
    *,
    member: MemberArgument = None,
    named: MemberOption = None,
    points: PointsOption = None,
    slip: SlipOption = None,
    amount_: AmountOption = None,
    purchased: Annotated[
        str | None, typer.Option("--purchased", metavar="DATE", help=_t("消费日期", "the day of the purchase"))
    ] = None,
    expires: ExpiresOption = None,
) -> None:
    """One slip, one record (PTS-01)."""
    at = desk()
    code = _member(at, member or named)
    values = _points(at, points, amount_)
    values["purchased"] = at.day(purchased) if purchased is not None else None
    at.record("points", "earned", {"member": code, **values, **_slip(at, slip), **_expires(at, expires)})


@app.command(help=_t("补积分", "make up for points on a slip"))
def topup(
    *,
    member: MemberArgument = None,
    named: MemberOption = None,
    points: PointsOption = None,
    slip: SlipOption = None,
    expires: ExpiresOption = None,
) -> None:
    """One slip, one record, for ever (M2)."""
    at = desk()
    code = _member(at, member or named)
    values = {"member": code, "points": at.call.ask(points, words=POINTS, name="--points", parse=whole_number)}
    at.record("points", "topped-up", {**values, **_slip(at, slip), **_expires(at, expires)})


@app.command(
    "return",
    help=_t(
        "退货扣积分；写明原单的从原单扣", "take back the points of goods returned, of their purchase if it is named"
    ),
)
def return_points(
    *,
    member: MemberArgument = None,
    named: MemberOption = None,
    points: PointsOption = None,
    slip: Annotated[str | None, typer.Option("--slip", metavar="NO", help=_t("退货单号", "number of the return"))] = None,
    original: Annotated[
        str | None, typer.Option("--original", metavar="NO|ID", help=_t("原消费单据号或记录", "slip or record of the purchase"))
    ] = None,
    amount_: AmountOption = None,
) -> None:  # fmt: skip
    """Below zero is refused (PTS-03)."""
    at = desk()
    code = _member(at, member or named)
    values = _points(at, points, amount_)
    if slip is not None:
        values |= _slip(at, slip)
    at.record("points", "returned", {"member": code, **values, "original": _original(at, original)})


@app.command(
    help=_t(
        "扣回多记的一笔积分，其后已有别的登记也可以", "take back points that were never due, whatever came after them"
    )
)
def takeback(
    record: Annotated[
        str | None, typer.Argument(metavar="ID", help=_t("多记的那一笔", "the record that gave them"))
    ] = None,
) -> None:
    """What is missing then is told, and to be answered (PTS-03)."""
    from ledger.book.members import wrongly_given

    at = desk()
    ref = at.call.ask(record, words=Words("多记的那一笔", "the record that gave them"), name="ID", parse=at.record_id)
    values = wrongly_given(at.book, ref, at.date() or at.today())
    at.need_reason()
    at.record("points", "taken-back", values, ref=ref)


def _original(at: Desk, typed: str | None) -> str | None:
    """The slip of the purchase; a record's id leads to its slip.  Raises :class:`Unknown` for one not in the book."""
    from ledger.core.errors import Unknown
    from ledger.core.points import PointsSlip
    from ledger.core.records.points import Given
    from ledger.core.text import paper_number as name_of

    if typed is None:
        return None
    text = paper_number(typed, SLIP)
    if at.book.state().thing(PointsSlip, name_of(text)) is not None:
        return text
    from cli.show import is_record

    if is_record(text):
        record = at.book.find(at.record_id(text)).record
        if isinstance(record, Given):
            return record.slip
    raise Unknown(Words(f"没有消费单据 {text}", f"no points were given on slip {text}"), next=("gb points statement",))


def _points(at: Desk, points: str | None, amount_: str | None) -> dict[str, Any]:
    """Points and amount: the points of the amount by the rule where only that is given."""
    from cli.render import note
    from ledger.core.rules import Points

    fen = amount(amount_) if amount_ is not None else None
    if fen is not None and fen < 0:
        raise Usage(Words("金额不能为负", "the amount is not to be negative"))
    if points is None and fen is not None:
        found = at.book.rules.on(Points, at.date() or at.today()).of_amount(fen)
        note(Words(f"积分 {found}", f"points {found}"))
        return {"points": found, "amount": fen}
    return {"points": at.call.ask(points, words=POINTS, name="--points", parse=whole_number), "amount": fen}


def _slip(at: Desk, typed: str | None) -> dict[str, Any]:
    return {"slip": at.call.ask(typed, words=SLIP, name="--slip", parse=lambda text: paper_number(text, SLIP))}


def _expires(at: Desk, typed: str | None) -> dict[str, Any]:
    return {"expires": at.day(typed)} if typed is not None else {}


# -- awards ------------------------------------------------------------------------------------------------------------


@app.command(help=_t("积分达标、可以领奖的会员", "members whose points suffice for an award"))
def due(
    threshold: Annotated[
        str | None, typer.Option("--points", metavar="N", help=_t("多少分起，不写则按规则", "from how many; by the rule unless given"))
    ] = None,
) -> None:  # fmt: skip
    """With when they were last told (M3)."""
    from cli.render import emit, emit_json, table
    from ledger.book.members import standings
    from ledger.core.points import TIERS, AwardSteps
    from ledger.core.rules import Awards

    at = desk()
    day = at.today()
    least = whole_number(threshold) if threshold else at.book.rules.on(Awards, day).threshold
    found = [one for one in standings(at.book, day) if one.account.balance >= least and one.member.status == "active"]
    told = {one.code: (at.book.state().thing(AwardSteps, one.code) or AwardSteps()).notified for one in found}
    if at.call.json:
        rows = [
            {"member": one.code, "balance": one.account.balance, "tier": one.tier, "notified": told[one.code] or None}
            for one in found
        ]
        emit_json({"threshold": least, "members": rows})
    elif found:
        heads = (
            Words("会员", "member"),
            Words("卡号", "card"),
            Words("等级", "tier"),
            POINTS,
            Words("已通知", "told on"),
        )
        emit(
            table(
                heads,
                [(one.code, one.member.card, TIERS[one.tier], one.account.balance, told[one.code]) for one in found],
                align="lllrl",
            )
        )


plain(app, "notify", "notified", "points")
plain(app, "id-check", "id-checked", "points")


@app.command(help=_t("填发会员领奖单并扣积分", "issue an award slip, which takes the points off"))
def award(
    *,
    member: MemberArgument = None,
    named: MemberOption = None,
    points: PointsOption = None,
    goods: Annotated[str | None, typer.Option("--goods", metavar="TEXT", help=_t(*GOODS))] = None,
    cost: Annotated[
        str | None, typer.Option("--cost", metavar="AMOUNT", help=_t("奖品成本", "what the goods cost the house"))
    ] = None,
) -> None:
    """Numbered by the program; below zero is refused (PTS-03)."""
    at = desk()
    values = {
        "member": _member(at, member or named),
        "points": at.call.ask(points, words=POINTS, name="--points", parse=whole_number),
        "goods": at.call.ask(goods, words=GOODS, name="--goods", parse=lambda text: some_text(text, GOODS)),
        "cost": amount(cost) if cost is not None else None,
    }
    at.record("points", "award", values)


@app.command(help=_t("凭领奖单发放奖品", "hand the goods over against their award slip"))
def handover(
    award_id: Annotated[str | None, typer.Argument(metavar="ID", help=_t(*AWARD))] = None,
    goods: Annotated[
        str | None, typer.Option("--goods", metavar="TEXT", help=_t("实际发放的奖品，与领奖单核对", "what is handed over, compared with the slip"))
    ] = None,
) -> None:  # fmt: skip
    """What goes out is what the slip says, or it is refused (PTS-02)."""
    at = desk()
    ref = at.call.ask(award_id, words=AWARD, name="ID", parse=lambda typed: _award(at, typed))
    values = {"goods": some_text(goods, GOODS) if goods is not None else None}
    at.record("points", "goods-handed-over", values, ref=ref)


@app.command(
    help=_t(
        "作废没有发奖品的领奖单，积分退回会员，其后已有别的登记也可以",
        "cancel an award slip whose goods are not out; the points go back, whatever came after it",
    )
)
def cancel(award_id: Annotated[str | None, typer.Argument(metavar="ID", help=_t(*AWARD))] = None) -> None:
    """The points go back to the lots they would be in; what is over by now has expired (M2, M3)."""
    from cli.render import note
    from ledger.book.members import never_collected

    at = desk()
    ref = at.call.ask(award_id, words=AWARD, name="ID", parse=lambda typed: _award(at, typed))
    at.need_reason()
    values = never_collected(at.book, ref, at.date() or at.today())
    at.record("points", "award-cancelled", values, ref=ref)
    over = values["points"] - sum(points for _, points in values["lots"])
    if over:
        note(Words(f"退回的积分中有 {over} 分已过有效期", f"{over} of the points given back are over by now"))


def _award(at: Desk, typed: str) -> str:
    from ledger.core.points import AwardThing
    from ledger.core.text import fold

    number = fold(typed).upper()
    found = (
        [key for key, one in at.book.state().things(AwardThing) if one.number == number] if number[:2] == "LJ" else []
    )
    return found[0] if found else at.record_id(typed)


@app.command(help=_t("奖品还没有发出的领奖单", "award slips whose goods are not out"))
def awards() -> None:
    """With their age (PTS-02)."""
    from cli.render import emit, emit_json, table
    from ledger.book.members import open_awards

    at = desk()
    found = open_awards(at.book.state(), at.today())
    if at.call.json:
        emit_json({"awards": [
            {"id": one.id, "number": one.award.number, "member": one.award.member, "points": one.award.points,
             "goods": one.award.goods, "date": one.award.date, "days": one.days}
            for one in found
        ]})  # fmt: skip
    elif found:
        heads = (Words("领奖单号", "slip"), Words("记录", "record"), Words("会员", "member"), POINTS, Words("奖品", "goods"),
                 Words("日期", "date"), Words("天数", "days"))  # fmt: skip
        rows = [
            (one.award.number, one.id, one.award.member, one.award.points, one.award.goods, one.award.date, one.days)
            for one in found
        ]
        emit(table(heads, rows, align="lllrllr"))


# -- what there is -----------------------------------------------------------------------------------------------------


@app.command("list", help=_t("列出会员积分", "list members' points"))
def list_points() -> None:
    """Everybody with points, or below zero."""
    from cli.render import emit, emit_json, table
    from ledger.book.members import standings
    from ledger.core.points import TIERS

    at = desk()
    found = [one for one in standings(at.book, at.today()) if one.account.balance or one.account.valid]
    if at.call.json:
        emit_json(
            {
                "members": [
                    {"member": one.code, "tier": one.tier, "balance": one.account.balance, "valid": one.account.valid}
                    for one in found
                ]
            }
        )
    elif found:
        heads = (
            Words("会员", "member"),
            Words("等级", "tier"),
            POINTS,
            Words("有效积分", "valid"),
            Words("最近消费", "last purchase"),
        )
        emit(
            table(
                heads,
                [
                    (one.code, TIERS[one.tier], one.account.balance, one.account.valid, one.account.bought)
                    for one in found
                ],
                align="llrrl",
            )
        )


AsOfOption = Annotated[
    str | None, typer.Option("--as-of", metavar="DATE", help=_t("截至哪天终，默认今天", "as at the end of a day, today by default"))
]  # fmt: skip


@app.command(help=_t("会员积分对账单", "a member's statement of points"))
def statement(*, member: MemberArgument = None, named: MemberOption = None, as_of: AsOfOption = None) -> None:
    """Every change, with the points that expired, derived."""
    at = desk()
    _emit_statement(at, member or named, as_of)


@app.command(help=_t("同 statement", "the same as statement"))
def show(*, member: MemberArgument = None, named: MemberOption = None, as_of: AsOfOption = None) -> None:
    """A member's points."""
    _emit_statement(desk(), member or named, as_of)


def _emit_statement(at: Desk, typed: str | None, as_of: str | None) -> None:
    from ledger.book.members import statement as made
    from ledger.core.points import tier_of
    from ledger.core.rules import Tiers

    code = _member(at, typed, looks=True)
    day = _day(at, as_of)
    found = made(at.book, code, day)
    tier = tier_of(found.account.valid, at.book.rules.on(Tiers, day))
    if at.call.json:
        from cli.render import emit_json

        emit_json(_statement_json(found, tier))
    else:
        _statement_text(at, found, tier)


def _statement_json(found: Statement, tier: str) -> dict[str, Any]:
    return {
        "member": found.member, "tier": tier, "balance": found.account.balance, "earned": found.earned + found.topped_up,
        "spent": found.spent, "expired": found.expired, "returned": found.returned, "topped_up": found.topped_up,
        "taken_back": found.taken_back, "taken_over": found.taken_over, "cancelled": found.cancelled,
        "valid": found.account.valid,
        "lots": [{"expires": expires, "points": points} for expires, points in found.account.lots],
        "lines": [
            {"date": one.date, "id": one.id or None, "kind": one.kind, "slip": one.slip or None, "points": one.points,
             "balance": one.balance, "expires": one.expires or None}
            for one in found.lines
        ],
    }  # fmt: skip


def _statement_text(at: Desk, found: Statement, tier: str) -> None:
    from cli.render import columns, emit, table, wrap
    from ledger.core.points import TIERS

    lines = [f"{say(Words('会员', 'member'))} {found.member}  {say(TIERS[tier])} ({found.account.valid})"]
    if found.lines:
        heads = (
            Words("日期", "date"),
            Words("记录", "record"),
            Words("摘要", "what"),
            SLIP_HEAD,
            POINTS,
            Words("余额", "balance"),
        )
        rows = [
            (one.date, one.id and at.listed_id(one.id), _kind(one.kind), one.slip, one.points, one.balance)
            for one in found.lines
        ]
        lines.append(table(heads, rows, align="llllrr"))
    lines += wrap(_sum(found), columns())
    lots = "  ".join(f"{expires}: {points}" for expires, points in found.account.lots)
    lines += wrap(say(Words("有效期至  ", "good until  ")) + lots, columns()) if lots else []
    emit("\n".join(lines))


def _sum(found: Statement) -> str:
    earned = found.earned + found.topped_up
    over = Words("", "")
    if found.taken_over:
        over = Words(f"期初 {found.taken_over} + ", f"taken over {found.taken_over} + ")
    back = Words("", "")
    if found.taken_back:
        back = Words(f" - 扣回 {found.taken_back}", f" - taken back {found.taken_back}")
    again = Words("", "")
    if found.cancelled:
        again = Words(f" + 领奖作废退回 {found.cancelled}", f" + awards cancelled {found.cancelled}")
    return say(
        Words(
            f"{over.zh}积分 {earned}{back.zh} - 退货 {found.returned} - 领奖 {found.spent}{again.zh} - 过期 {found.expired} = 余额 {found.account.balance}",
            f"{over.en}given {earned}{back.en} - returned {found.returned} - awards {found.spent}{again.en} - expired {found.expired} "
            f"= balance {found.account.balance}",
        )
    )


SLIP_HEAD = Words("单据号", "slip")


def _kind(kind: str) -> Words:
    from ledger.core.forms import Reversal
    from ledger.core.records import journal
    from ledger.folds.points import EXPIRED

    if kind == EXPIRED:
        return Words("过期", "expired")
    if kind == Reversal.KIND:
        return Reversal.WORDS
    known = {one.KIND: one.WORDS for name in ("points", "openings") for one in journal(name).kinds}
    return known.get(kind, Words(kind, kind))


@app.command(help=_t("快到期的积分", "points that are soon to expire"))
def expire(
    *,
    member: MemberArgument = None,
    named: MemberOption = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="DATE", help=_t("到哪天，默认下月末", "up to a day, the end of next month by default"))
    ] = None,
) -> None:  # fmt: skip
    """Nothing is recorded: expiry follows from the lots (M2)."""
    import datetime as dt

    from cli.render import emit, emit_json, table
    from ledger.book.members import expiring
    from ledger.core.dates import Month

    at = desk()
    day = at.today()
    last = at.day(until) if until is not None else Month.of(day).next().after - dt.timedelta(days=1)
    typed = member or named
    code = at.member(typed, looks=True) if typed is not None else ""
    found = [one for one in expiring(at.book.state(), day, last) if one.member == (code or one.member)]
    if at.call.json:
        emit_json({"until": str(last), "lots": [one._asdict() for one in found]})
    elif found:
        heads = (Words("会员", "member"), Words("有效期至", "good until"), POINTS)
        emit(table(heads, [(one.member, one.expires, one.points) for one in found], align="llr"))
