"""Rebates 返扣: who is due what, proposed, approved with a control number, notified, collected (B1–B5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.entry import Desk, desk, some_text
from cli.lang import _t, say
from cli.options import ExpiresOption
from cli.personal import PersonalOption
from cli.sale import CLIENT, ClientOption, compare_with_packet, either_sheets_or_serials
from ledger.core.errors import Usage
from ledger.core.personal import Clear, clear
from ledger.core.words import Words

if TYPE_CHECKING:
    from ledger.book.rebates import Due
    from ledger.core.dates import Month
    from ledger.core.forms import Lines
    from ledger.core.slips import Slip
    from ledger.core.spans import SpanSet

app = typer.Typer()

ID = Words("返扣单：编号或对帐编号", "the slip: its id or control number")
HOW = Words("怎样通知的，如 电话", "how the client was told, as phone")
SIGNER = Words("签字人", "who signed")
STAGES: dict[str, Words] = {
    "proposed": Words("待批准", "proposed"),
    "approved": Words("已批准", "approved"),
    "notified": Words("已通知", "notified"),
    "partly-collected": Words("部分领取", "partly-collected"),
    "collected": Words("已领取", "collected"),
    "rejected": Words("已驳回", "rejected"),
    "cancelled": Words("已作废", "cancelled"),
    "carried": Words("余额结转", "carried"),
}
IdArgument = Annotated[str | None, typer.Argument(metavar="ID", help=_t(*ID))]
MonthOption = Annotated[
    str | None, typer.Option("--month", metavar="MONTH", help=_t("购券月份", "the month of the purchases"))
]


def _help(zh: str, en: str, example: str) -> str:
    """What the command does, and a line to try."""
    return _t(f"{zh}\n例：{example}", f"{en}\nExample: {example}")


# -- who is due what -----------------------------------------------------------------------------------------------------


@app.command(
    help=_help("哪些客户该返扣多少", "who is due what for a month", "gb rebate due --month 2026-10"),
)
def due(month: MonthOption = None) -> None:
    """Purchases of the month without their rebate, paid and arrived, against the ladder (B1)."""
    from cli.render import emit, emit_json, note
    from ledger.book import rebates

    at = desk()
    wanted = at.month(month)
    found, persons = rebates.due(at.book, wanted, at.date() or at.today())
    if at.call.json:
        emit_json({"month": wanted.text, "due": [_due_json(one) for one in found], "individuals": persons})
        return
    if found:
        emit(_due_table(at, found))
    else:
        note(Words(f"{wanted.text} 没有购券", f"nothing was bought in {wanted.text}"))
    if persons:
        note(Words(f"另有个人客户 {persons} 个：返扣只给单位", f"{persons} clients are persons: rebates are for units"))


def _due_json(one: Due) -> dict[str, Any]:
    from ledger.core.forms import show_lines, value_of
    from ledger.core.money import yuan

    found = one.found
    return {
        "client": one.client, "base": yuan(found.base), "percent": found.percent, "ladder": yuan(found.ladder),
        "carried": yuan(found.carried), "given": yuan(found.given), "due": yuan(found.due),
        "amount": yuan(value_of(one.lines)), "lines": show_lines(one.lines),
        "remainder": yuan(found.due - value_of(one.lines)), "waiting": yuan(one.waiting),
        "sales": [{"id": base.sale, "amount": yuan(base.amount)} for base in one.sales],
    }  # fmt: skip


def _due_table(at: Desk, found: list[Due]) -> str:
    from cli.render import table
    from ledger.core.forms import value_of
    from ledger.core.money import grouped

    heads = (
        Words("客户", "client"), Words("基数", "base"), Words("%", "%"), Words("标准", "ladder"), Words("结转", "carried"),
        Words("已给", "given"), Words("可返扣", "rebate"), Words("未到账", "waiting"),
    )  # fmt: skip
    rows = [
        (
            at.named("client", one.client), grouped(one.found.base), one.found.percent, grouped(one.found.ladder),
            grouped(one.found.carried), grouped(one.found.given), grouped(value_of(one.lines)),
            grouped(one.waiting) if one.waiting else None,
        )
        for one in found
    ]  # fmt: skip
    return table(heads, rows, align="lrrrrrrr")


# -- from proposal to collection -----------------------------------------------------------------------------------------


@app.command(
    help=_help("提出返扣", "propose a rebate", "gb rebate propose --client C001 --month 2026-10"),
)
def propose(
    *,
    words: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]", help=_t("购券单，同 --sales", "purchases, as --sales"))
    ] = None,
    client: ClientOption = None,
    month: MonthOption = None,
    sales: Annotated[
        list[str] | None,
        typer.Option("--sales", metavar="ID", help=_t("只算这几笔购券，可重复", "only these purchases; repeatable")),
    ] = None,
    carry: Annotated[
        bool,
        typer.Option("--carry", help=_t("不足一张券：只结转余额", "less than one voucher: only carry it over")),
    ] = False,
) -> None:
    """All purchases of the month that have arrived and have no rebate yet, or those named; their amounts are frozen (B1)."""
    from ledger.book import rebates

    at = desk()
    named = [at.record_id(part) for word in [*(sales or []), *(words or [])] for part in word.replace(",", " ").split()]
    if named:
        who, when = rebates.named_purchases(at.book, list(dict.fromkeys(named)))
        _refuse_other(at, client, month, who, when)
        found: tuple[str, ...] = tuple(dict.fromkeys(named))
    else:
        who = at.call.ask(client, words=CLIENT, name="--client", parse=at.client)
        when = at.month(month)
        found = rebates.purchases(at.book, who, when, at.date() or at.today())
    at.derived = ("sales",)
    values = {"client": who, "month": when.text, "sales": found, "carry": carry or None}
    done = at.write("rebates", "proposal", values)
    _tell_reckoning(done.record)
    at.echo(done)


def _refuse_other(at: Desk, client: str | None, month: str | None, who: str, when: Month) -> None:
    """Raise Usage when the options say something else than the purchases named."""
    if (client is not None and at.client(client) != who) or (month is not None and at.month(month) != when):
        words = Words(
            f"这些购券是 {who} {when.text} 的，与 --client、--month 不符",
            f"these are purchases of {who} in {when.text}, not what --client and --month say",
        )
        raise Usage(words, next=(f"gb rebate due --month {when.text}",))


def _tell_reckoning(record: Any) -> None:
    """How the amount came about, for the clerk to compare; on stderr."""
    from cli.render import note
    from ledger.core.money import grouped

    carried = f"{grouped(record.carried)}", f"{grouped(record.given)}", f"{grouped(record.remainder)}"
    note(
        Words(
            f"{record.month} 基数 {grouped(record.base)} × {record.percent}%，上月结转 {carried[0]}，本月已给 {carried[1]}，"
            f"返扣 {grouped(record.amount)}，结转下月 {carried[2]}",
            f"{record.month} base {grouped(record.base)} × {record.percent} %, carried in {carried[0]}, given before "
            f"{carried[1]}, rebate {grouped(record.amount)}, carried on {carried[2]}",
        )
    )


@app.command(
    help=_help(
        "批准返扣，自动编对帐编号", "approve a rebate; it gets the next control number", "gb rebate approve RB1102-1"
    ),
)
def approve(
    slip: IdArgument = None,
    control_no: Annotated[
        str | None,
        typer.Option("--control-no", metavar="NO", help=_t("对帐编号，不写则自动", "default: the next one")),
    ] = None,
) -> None:
    """A manager who is not the proposer, on the book's first terminal (B2)."""
    at = desk()
    found = slip_of(at, slip)
    step(at, "approval", found, {"control_no": _control(control_no) if control_no is not None else None})


def step(at: Desk, kind: str, slip: str, values: dict[str, Any]) -> None:
    """Record a step on a slip."""
    at.record("rebates", kind, values, ref=slip)


def _control(typed: str) -> str:
    from ledger.core.records.slipsteps import parse_control
    from ledger.core.text import fold, shown

    try:
        return parse_control(fold(typed).upper())
    except ValueError:
        words = Words(
            f"“{shown(typed)}”不是对帐编号，如 DZ-2026-0001", f"“{shown(typed)}” is no control number, as DZ-2026-0001"
        )
        raise Usage(words, next=("gb rebate approve --help",)) from None


@app.command(help=_help("驳回返扣", "reject a proposal", "gb rebate reject RB1102-1 --reason returned"))
def reject(slip: IdArgument = None) -> None:
    """A manager rejects, with the reason; the purchases may be proposed again."""
    _withdraw("rejection", slip, Words("驳回原因", "why it is rejected"))


@app.command(
    help=_help("作废已批准的返扣单，编号不再用", "cancel an approved slip; its number is not used again",
               "gb rebate cancel DZ-2026-0001 --reason returned"),
)  # fmt: skip
def cancel(slip: IdArgument = None) -> None:
    """What is not collected is no longer owed; the purchases may be proposed again."""
    _withdraw("cancellation", slip, Words("作废原因", "why it is cancelled"))


def _withdraw(kind: str, slip: str | None, why: Words) -> None:
    at = desk()
    found = slip_of(at, slip)
    at.need_reason(why)
    step(at, kind, found, {})


@app.command(help=_help("通知客户来领", "say that the client was told", "gb rebate notify DZ-2026-0001 --how phone"))
def notify(
    slip: IdArgument = None,
    how: Annotated[str | None, typer.Option("--how", metavar="TEXT", help=_t(*HOW))] = None,
) -> None:
    """Who told the client, and when, is on the record (B3)."""
    at = desk()
    found = slip_of(at, slip)
    said = at.call.ask(how, words=HOW, name="--how", parse=lambda typed: some_text(typed, HOW))
    step(at, "notification", found, {"how": said})


@app.command(
    help=_help("领取返扣：发券，客户签字", "hand the sheets over; the client signs",
               "gb rebate collect DZ-2026-0001 --vouchers A0010001+3 --signed-by Zhang"),
)  # fmt: skip
def collect(
    *,
    slip: IdArgument = None,
    vouchers: Annotated[
        str | None,
        typer.Option("--vouchers", metavar="SPANS", help=_t("券号，不写则取最小号", "default: the lowest on hand")),
    ] = None,
    sheets: Annotated[
        str | None, typer.Option("--sheets", metavar="N", help=_t("先领几张", "only so many sheets for now"))
    ] = None,
    signed_by: Annotated[
        str | None,
        typer.Option(
            "--signed-by",
            metavar="NAME|-",
            help=_t(
                "客户签字人：- 为标准输入，加密保存；写在命令行上的名字只记“已签字”",
                "who signed: - for stdin, sealed; of a name on the command line only that it was signed is kept",
            ),
        ),
    ] = None,
    personal: PersonalOption = None,
    expires: ExpiresOption = None,
) -> None:
    """The buying unit takes all or a part of its slip (B3); who signed is personal: sealed, and never an option's value."""
    at = desk()
    found = slip_of(at, slip)
    values: dict[str, Any] = {"spans": _handed(at, found, vouchers, sheets)}
    values |= _signer(at, signed_by, personal)
    values["signed"] = "yes"
    values["expires"] = at.day(expires) if expires is not None else None
    step(at, "collection", found, values)


def _signer(at: Desk, signed_by: str | None, personal: str | None) -> dict[str, Any]:
    """Who signed, to be sealed; from the command line, where others can read it, only that somebody did."""
    from cli.personal import given
    from cli.render import note

    if personal is not None:
        found: dict[str, Any] = {**given(at, ("signer",), personal)}
        if not found:
            raise at.call.missing("signer", SIGNER)
        return found
    if signed_by not in (None, "-"):
        some_text(signed_by or "", SIGNER)
        return {}
    name = _typed_signer(at, signed_by)
    if name is None:
        note(Words("没有写姓名，只记“已签字”", "no name was given: only that it was signed is kept"))
        return {}
    if not at.book.settings.recipients:
        note(Words("账本还没有密钥，签字人的姓名没有保存：gb keys init",
                   "the book has no keys: the signer's name is not kept: gb keys init"))  # fmt: skip
        return {}
    return {"signer": name}


def _typed_signer(at: Desk, signed_by: str | None) -> Clear | None:
    """At a prompt, or the one line of stdin; ``None`` where that is empty.  The answer is not kept for commands to type again."""
    from cli.entry import stdin_text

    if at.call.interactive:
        return at.call.ask(None, words=SIGNER, name="signer", parse=lambda text: clear("signer", text))
    if signed_by is None:
        raise at.call.missing("--signed-by", SIGNER)
    typed = stdin_text().strip()
    return clear("signer", typed) if typed else None


def _handed(at: Desk, slip_id: str, vouchers: str | None, sheets: str | None) -> SpanSet:
    """The sheets named, or the lowest on hand for what the slip leaves, which the clerk compares with the packet."""
    if vouchers is not None:
        if sheets is not None:
            raise either_sheets_or_serials()
        return at.spans(vouchers)
    from ledger.book.rebates import sheets_for
    from ledger.core.slips import Slip

    slip = at.book.state().thing(Slip, slip_id)
    day, left = at.date() or at.today(), slip.left if slip else ()
    at.derived = ("spans",)
    if not left:  # the judge says why nothing can be collected, of sheets that one would take
        return sheets_for(at.book, slip.lines if slip else (), at.terminal, day)
    found = sheets_for(at.book, _some(left, sheets), at.terminal, day)
    compare_with_packet(at, found)
    return found


def _some(left: Lines, sheets: str | None) -> Lines:
    """So many sheets of what is left, the highest faces first; more than that is told by the judge."""
    from cli.sale import whole
    from ledger.core.forms import lines_of

    if sheets is None:
        return left
    wanted, found = whole(sheets, "--sheets"), []
    for face, there in left:
        taken = wanted if face == left[-1].face else min(there, wanted)
        found.append((face, taken))
        wanted -= taken
    return lines_of(found)


# -- looking up ----------------------------------------------------------------------------------------------------------


def slip_of(at: Desk, typed: str | None) -> str:
    """The id of a slip by its own id, that of a step on it, or its control number; asked for when it is not given."""
    return at.call.ask(typed, words=ID, name="ID", parse=lambda text: _slip_id(at, text))


def is_slip(at: Desk, typed: str) -> bool:
    """Whether what was typed names a rebate slip, or a step on one."""
    from ledger.book.rebates import is_control

    return is_control(typed) or at.record_id(typed).startswith("RB")


def _slip_id(at: Desk, typed: str) -> str:
    from cli.render import note
    from ledger.book.rebates import is_control, slip_id

    record = "" if is_control(typed) else at.record_id(typed)
    found = slip_id(at.book, typed, record)
    if found != record:
        note(Words(f"返扣单 {found}", f"slip {found}"))
    return found


@app.command("list", help=_help("列出返扣单", "list the slips", "gb rebate list --month 2026-10"))
def list_slips(month: MonthOption = None) -> None:
    """The slips for the purchases of a month, or all; count and amount are of those in force."""
    from cli.render import emit, emit_json
    from ledger.book.rebates import slips
    from ledger.core.dates import resolve_month
    from ledger.core.money import yuan

    at = desk()
    found = slips(at.book, resolve_month(month, at.today()).text if month is not None else "")
    if at.call.json:
        stands = [slip for _, slip in found if slip.status not in ("rejected", "cancelled")]
        total = yuan(sum(slip.amount for slip in stands))
        emit_json({"rebates": [slip_json(key, slip) for key, slip in found], "count": len(stands), "amount": total})
    elif found:
        emit(slip_table(at, found))


def slip_json(key: str, slip: Slip) -> dict[str, Any]:
    """A slip for programs (public contract, section 4)."""
    from ledger.core.forms import sheets_of, show_lines
    from ledger.core.money import yuan

    return {
        "id": key, "control_no": slip.control_no or None, "client": slip.client, "month": slip.month,
        "purchase_amount": yuan(slip.purchases), "amount": yuan(slip.amount), "state": slip.stage,
        "sheets": sheets_of(slip.lines), "lines": show_lines(slip.lines), "collected": sheets_of(slip.taken),
        "uncollected": yuan(slip.uncollected), "by": slip.by, "decided_by": slip.decided_by,
    }  # fmt: skip


def slip_table(at: Desk, found: list[tuple[str, Slip]]) -> str:
    """Slips with their numbers, amounts and how far they have come."""
    from cli.render import table
    from ledger.core.forms import sheets_of
    from ledger.core.money import grouped

    heads = (
        Words("编号", "id"), Words("对帐编号", "control no."), Words("客户", "client"), Words("购券", "purchases"),
        Words("返扣", "rebate"), Words("张", "sheets"), Words("状态", "state"),
    )  # fmt: skip
    rows = [
        (
            at.listed_id(key), slip.control_no, at.named("client", slip.client), grouped(slip.purchases), grouped(slip.amount),
            sheets_of(slip.lines), STAGES[slip.stage],
        )
        for key, slip in found
    ]  # fmt: skip
    return table(heads, rows, align="lllrrrl")


@app.command(help=_help("查看一张返扣单", "show a slip and every step on it", "gb rebate show DZ-2026-0001"))
def show(slip: IdArgument = None) -> None:
    """The slip, the purchases it took, then each record that acted on it."""
    from cli.cards import facts
    from cli.render import columns, emit, emit_json
    from ledger.book.rebates import events
    from ledger.core.forms import show_lines
    from ledger.core.money import grouped, yuan
    from ledger.core.slips import Slip
    from ledger.reports.table import wrap

    at = desk()
    key = slip_of(at, slip)
    state = at.book.state()
    found = state.thing(Slip, key)
    assert found is not None  # the resolver has found it
    steps = [at.book.find(event) for event in events(state, key)]
    if at.call.json:
        sales = [{"id": base.sale, "amount": yuan(base.amount)} for base in found.sales]
        history = [{"id": e.id, "kind": e.kind, "file": e.file, "line": e.line} for e in steps]
        emit_json({**slip_json(key, found), "sales": sales, "history": history})
        return
    pairs: list[tuple[Words | str, str]] = [
        (Words("客户", "client"), at.named("client", found.client)),
        (Words("购券月份", "month"), found.month),
        (Words("购券金额", "purchases"), grouped(found.purchases)),
        (Words("返扣", "rebate"), f"{grouped(found.amount)}  {show_lines(found.lines)}"),
        (Words("对帐编号", "control number"), found.control_no),
        (Words("状态", "state"), say(STAGES[found.stage])),
        (Words("未领", "not collected"), show_lines(found.left)),
    ]
    lines = [f"{say(Words('返扣单', 'Slip'))} {key}", facts(pairs)]
    lines += [f"    {base.sale}  {grouped(base.amount)}" for base in found.sales]
    for entry in steps:
        told = f"{entry.record.date}  {entry.id}  {at.told(entry.record, ref=False, client=False)}"
        lines += wrap(told, columns(), indent=2, hang=4, cut=False)
    emit("\n".join(lines))
