"""Members 会员: registered, cards, the blacklist, and the lists that the member centre works from (M1, M4–M6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.entry import Desk, desk, some_text
from cli.forms import plain
from cli.lang import _t, say
from cli.personal import PersonalOption, RevealOption
from cli.refiling import SecondArgument
from ledger.core.errors import Refused, Usage
from ledger.core.words import Words

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from ledger.book.members import Standing
    from ledger.core.rules import MemberCare

app = typer.Typer()

MEMBER = Words("会员：编号或卡号", "the member: code or card number")
ITEMS = ("name", "phone", "address", "id_number", "birthday", "email")
"""The personal items of a member."""

MemberArgument = Annotated[str | None, typer.Argument(metavar="MEMBER", help=_t(*MEMBER))]
MemberOption = Annotated[str | None, typer.Option("--member", metavar="MEMBER", help=_t(*MEMBER))]
CodeOption = Annotated[
    str | None,
    typer.Option("--code", metavar="CODE", help=_t("会员编号，不写则取下一个", "default: the next free one")),
]
IdentifiedOption = Annotated[
    bool, typer.Option("--identified", help=_t("证件已核对", "the identity document was seen"))
]
RecruiterOption = Annotated[
    str | None, typer.Option("--recruiter", metavar="CODE", help=_t("招募人", "who brought the member in"))
]
AsOfOption = Annotated[
    str | None, typer.Option("--as-of", metavar="DATE", help=_t("截至哪天终，默认今天", "as at the end of a day, today by default"))
]  # fmt: skip


@app.command(help=_t("登记会员", "register a member"))
def register(
    *,
    code: CodeOption = None,
    identified: IdentifiedOption = False,
    receipt: Annotated[
        str | None, typer.Option("--receipt", metavar="TEXT", help=_t("购物单据", "the receipt that was shown"))
    ] = None,
    recruiter: RecruiterOption = None,
    personal: PersonalOption = None,
) -> None:
    """The form (M1); the card is activated by ``member activate``."""
    from cli.personal import given
    from ledger.book.members import next_code

    at = desk()
    values: dict[str, Any] = {"code": next_code(at.book, at.terminal) if code is None else _new_code(at, code)}
    at.derived = () if code is not None else ("code",)
    values["identified"] = "yes" if identified else None
    values["receipt"] = some_text(receipt, Words("购物单据", "the receipt")) if receipt else None
    values["recruiter"] = _operator(at, recruiter)
    at.record("members", "registered", {**values, **given(at, ITEMS, personal)})


plain(app, "activate", "activated", "members")


@app.command(help=_t("变更会员资料；没写的不变", "change a member's entries; what is not given stays"))
def change(
    *,
    member: MemberArgument = None,
    named: MemberOption = None,
    identified: IdentifiedOption = False,
    recruiter: RecruiterOption = None,
    personal: PersonalOption = None,
) -> None:
    """Personal items come from a mapping, or are asked for."""
    from cli.personal import given

    at = desk()
    code = _member(at, member or named)
    values: dict[str, Any] = {"identified": "yes" if identified else None, "recruiter": _operator(at, recruiter)}
    values |= given(at, ITEMS, personal, ask=not any(values.values()))
    if not any(values.values()):
        raise Usage(Words("没有写要变更什么", "nothing to change is given"), next=("gb member change --help",))
    at.record("members", "changed", {"code": code, **values})


@app.command(
    help=_t(
        "两位会员用了同一个编号（NUM-01）：后登记的一位改用自己的编号\n例：gb member refile ME20261008-K2-0001",
        "two members have one code (NUM-01): the one registered later gets a code of its own\n"
        "Example: gb member refile ME20261008-K2-0001",
    )
)
def refile(record: SecondArgument = None, *, code: CodeOption = None) -> None:
    """As a client's: its entries stand on a card of its own, and what its terminal recorded since is listed."""
    from cli.refiling import file_anew
    from ledger.book.members import next_code
    from ledger.core.records.members import Registered

    at = desk()
    at.derived = () if code is not None else ("code",)
    file_anew(at, record, Registered, lambda: next_code(at.book, at.terminal) if code is None else _new_code(at, code))


plain(app, "replace", "card-replaced", "members")
plain(app, "blacklist", "blacklisted", "members")
plain(app, "reinstate", "reinstated", "members")


@app.command(help=_t("注销会员，永久删除个人资料", "erase a member: the personal data are gone for good"))
def erase(*, member: MemberArgument = None, named: MemberOption = None) -> None:
    """Points and their history stay under the code."""
    from cli.personal import erasable, erase_person
    from ledger.core.personal import Subject

    at = desk()
    code, keys = at.call.ask(
        member or named, words=MEMBER, name="MEMBER", parse=lambda typed: erasable(at, "Member", typed, at.member)
    )
    erase_person(at, "members", Subject("Member", code), keys)


# -- one member --------------------------------------------------------------------------------------------------------


@app.command(help=_t("查看一个会员：卡、等级、积分、最近的记录", "show a member: card, tier, points, latest records"))
def show(*, member: MemberArgument = None, named: MemberOption = None, reveal: RevealOption = False) -> None:
    """Read from the index; personal entries are masked."""
    from cli.personal import seen
    from ledger.book.members import one_standing
    from ledger.core.personal import Subject
    from ledger.core.rules import Tiers

    at = desk()
    code = _member(at, member or named, looks=True)
    one = one_standing(at.book, code, at.date() or at.today())
    own = seen(at, Subject("Member", code), one.member.personal, reveal=reveal)
    benefits = at.book.rules.on(Tiers, at.today()).benefits
    given = {str(tier): texts for tier, texts in benefits.items()}.get(one.tier, [])
    if at.call.json:
        from cli.render import emit_json

        emit_json({**_json(one), "valid": one.account.valid, "benefits": given, "personal": own})
        return
    _card(at, one, own, given)


def _card(at: Desk, one: Standing, own: dict[str, str], benefits: list[str]) -> None:
    from cli.cards import facts
    from cli.personal import facts as personal_facts
    from cli.refiling import twins_told
    from cli.render import emit
    from ledger.core.members import STATUSES, party_of
    from ledger.core.points import STANDINGS, TIERS
    from ledger.index import lookup

    member, account = one.member, one.account
    pairs: list[tuple[Words | str, str]] = [
        (Words("状态", "state"), say(STATUSES[member.status])),
        (Words("责任操作员", "operator answerable"), member.culprit and at.named("by", member.culprit)),
        (Words("会员卡", "card"), member.card),
        (Words("登记日期", "registered"), member.registered),
        (Words("激活日期", "activated"), member.activated),
        (Words("证件已核对", "identity seen"), say(Words("是", "yes")) if member.identified else ""),
        (Words("招募人", "recruited by"), member.recruiter and at.named("by", member.recruiter)),
        *personal_facts(own),
        (Words("原编号", "code before"), member.was),
        (Words("同编号另一位", "same code"), twins_told("member", member.twins)),
        (Words("等级", "tier"), f"{say(TIERS[one.tier])}  ({account.valid})"),
        (Words("权益", "benefits"), "、".join(benefits)),
        (Words("积分", "points"), str(account.balance)),
        (Words("最近到期", "next to expire"), _next_lot(account.lots)),
        (Words("最近消费", "last purchase"), f"{account.bought or '—'}  {say(STANDINGS[one.standing])}"),
    ]
    found = lookup.by_client(at.book.index.db, party_of(one.code))
    lines = [f"{say(Words('会员', 'member'))} {one.code}", facts(pairs)]
    emit("\n".join([*lines, *(line for each in found[-_LATEST:] for line in at.told_short(each, client=False))]))


_LATEST = 10


def _next_lot(lots: tuple[tuple[str, int], ...]) -> str:
    return f"{lots[0][1]}  {lots[0][0]}" if lots else ""


def _json(one: Standing) -> dict[str, Any]:
    member, account = one.member, one.account
    return {
        "member": one.code, "status": member.status, "card": member.card or None, "registered": member.registered,
        "activated": member.activated or None, "identified": member.identified, "recruiter": member.recruiter or None,
        "operator": member.culprit or None, "tier": one.tier, "balance": account.balance, "last": account.bought or None,
        "standing": one.standing,
    }  # fmt: skip


# -- lists -------------------------------------------------------------------------------------------------------------


@app.command("list", help=_t("列出会员，可按等级或状态", "list members, by tier or by how long they bought nothing"))
def list_members(
    *,
    tier: Annotated[str | None, typer.Option("--tier", metavar="TIER", help=_t("等级", "a tier"))] = None,
    standing: Annotated[
        str | None, typer.Option("--standing", metavar="WORD", help=_t("购物状态：active silent dormant lost", "active, silent, dormant or lost"))
    ] = None,
    as_of: AsOfOption = None,
) -> None:  # fmt: skip
    """Everybody but who is disabled."""
    from ledger.book.choices import one_of
    from ledger.book.members import standings
    from ledger.core.points import STANDINGS, TIERS

    at = desk()
    wanted_tier = one_of(tier, TIERS, Words("等级", "tier")) if tier else ""
    wanted = one_of(standing, STANDINGS, Words("状态", "standing")) if standing else ""
    found = standings(at.book, _day(at, as_of))
    _emit_list(
        at, [one for one in found if one.tier == (wanted_tier or one.tier) and one.standing == (wanted or one.standing)]
    )


@app.command(help=_t("沉睡和流失的会员，按最近消费", "members dormant and lost, by their last purchase"))
def dormant(as_of: AsOfOption = None) -> None:
    """No purchase for 6 to 12 months, or for more (M5)."""
    at = desk()
    _called(at, as_of, ("dormant", "lost"))


@app.command(help=_t("三个月没有消费的会员，要打电话", "members silent for three months, to be called"))
def silent(as_of: AsOfOption = None) -> None:
    """A call finds out why (M5, M6)."""
    _called(desk(), as_of, ("silent",))


@app.command(help=_t("今天满三个月的新会员，要发信息", "members who joined three months ago today, to be written to"))
def new(as_of: AsOfOption = None) -> None:
    """The message to a new member (M5)."""
    from ledger.book.members import newcomers, standings
    from ledger.core.rules import MemberCare

    at = desk()
    day = _day(at, as_of)
    care = at.book.rules.on(MemberCare, day)
    _emit_list(at, newcomers(standings(at.book, day), day, care.new_months), care)


@app.command(
    help=_t("某月过生日的会员；没有密钥的不知道", "members whose birthday is in a month; unknown without their key")
)
def birthdays(
    month: Annotated[str | None, typer.Option("--month", metavar="MONTH", help=_t("月份", "the month"))] = None,
) -> None:
    """Codes only: who it is stays sealed (C8)."""
    from cli.render import note
    from ledger.book.members import standings
    from ledger.book.personal import opened
    from ledger.core.personal import Subject

    at = desk()
    wanted = f"{at.month(month).month:02d}" if month else f"{at.today():%m}"
    due, unknown = [], 0
    for one in standings(at.book, at.today()):
        if sealed := one.member.personal.get("birthday"):
            text = opened(at.book, Subject("Member", one.code), {"birthday": sealed})["birthday"]
            unknown += not text[-2:].isdigit()
            due += [one] if text[-5:-3] == wanted else []
    _emit_list(at, due)
    if unknown:
        note(Words(f"{unknown} 个会员的生日在这里打不开", f"the birthdays of {unknown} members cannot be opened here"))


@app.command(help=_t("各等级的会员数，截至某天", "how many members each tier has, as at a day"))
def tiers(as_of: AsOfOption = None) -> None:
    """By valid points, recomputed: returns count, awards don't (M4)."""
    from cli.render import emit, emit_json, table
    from ledger.book.members import standings
    from ledger.core.points import TIERS
    from ledger.core.rules import Tiers

    at = desk()
    day = _day(at, as_of)
    counts = dict.fromkeys(TIERS, 0)
    for one in standings(at.book, day):
        counts[one.tier] += 1
    rule = at.book.rules.on(Tiers, day)
    steps = {str(name): points for name, points in rule.steps.items()}
    benefits = {str(name): texts for name, texts in rule.benefits.items()}
    if at.call.json:
        emit_json({
            "as_of": str(day),
            "tiers": [{"tier": name, "from": steps.get(name, 0), "members": counts[name], "benefits": benefits.get(name, [])}
                      for name in TIERS],
        })  # fmt: skip
        return
    heads = (Words("等级", "tier"), Words("起", "from"), Words("会员", "members"), Words("权益", "benefits"))
    rows = [
        (words, steps.get(name, 0), counts[name], "、".join(benefits.get(name, []))) for name, words in TIERS.items()
    ]
    emit(table(heads, rows, align="lrrl"))


def _called(at: Desk, as_of: str | None, wanted: tuple[str, ...]) -> None:
    from ledger.book.members import standings
    from ledger.core.rules import MemberCare

    day = _day(at, as_of)
    found = sorted(
        (one for one in standings(at.book, day) if one.standing in wanted), key=lambda one: (one.last, one.code)
    )
    _emit_list(at, found, at.book.rules.on(MemberCare, day))


def _emit_list(at: Desk, found: Iterable[Standing], care: MemberCare | None = None) -> None:
    """The members; with ``care`` when they may be called (M6)."""
    from cli.render import emit, emit_json, note, table
    from ledger.core.points import STANDINGS, TIERS

    listed = list(found)
    if at.call.json:
        times = {"call_times": care.call_times, "call_minutes": care.call_minutes} if care else {}
        emit_json({"members": [_json(one) for one in listed], **times})
        return
    if listed:
        heads = (
            Words("会员", "member"), Words("卡号", "card"), Words("登记日期", "registered"), Words("等级", "tier"),
            Words("积分", "points"), Words("最近消费", "last purchase"), Words("状态", "standing"),
        )  # fmt: skip
        rows = [
            (one.code, one.member.card, one.member.registered, TIERS[one.tier], one.account.balance,
             one.account.bought or "—", STANDINGS[one.standing])
            for one in listed
        ]  # fmt: skip
        emit(table(heads, rows, align="llllrll"))
    if care and listed:
        hours = " ".join(care.call_times)
        note(
            Words(
                f"电话时间 {hours}，每次约 {care.call_minutes} 分钟",
                f"call at {hours}, about {care.call_minutes} minutes each",
            )
        )


# -- what was typed ----------------------------------------------------------------------------------------------------


def _member(at: Desk, typed: str | None, *, looks: bool = False) -> str:
    return at.call.ask(typed, words=MEMBER, name="MEMBER", parse=lambda text: at.member(text, looks=looks))


def _day(at: Desk, typed: str | None) -> dt.date:
    return at.day(typed) if typed is not None else at.today()


def _new_code(at: Desk, typed: str) -> str:
    import re

    from ledger.core.members import Member
    from ledger.core.text import fold, shown

    code = fold(typed).upper()
    if not re.fullmatch(r"[A-Z0-9][A-Z0-9-]{0,15}", code):
        words = Words(f"会员编号只用字母、数字和 -：“{shown(typed)}”",
                      f"a member's code is of letters, digits and dashes: “{shown(typed)}” is not")  # fmt: skip
        raise Usage(words)
    if at.book.state().thing(Member, code) is not None and not at.call.once:
        words = Words(f"会员编号 {code} 已经有了", f"there is a member {code} already")
        raise Refused(words, code="NUM-01", next=(f"gb member show {code}",))
    return code


def _operator(at: Desk, typed: str | None) -> str | None:
    from cli.operator import known

    return known(at, typed)[0] if typed is not None else None
