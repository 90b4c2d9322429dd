"""Notice 券号通知: the day's serials for finance and the tills, issued at 17:00 and signed for by both (N1, N2)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from cli.entry import Desk, desk, free_text
from cli.lang import _t, lang, say
from cli.options import MonthOption
from cli.render import emit, emit_json, note
from ledger.core.words import Words, many

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.book.delivery import Outcome
    from ledger.book.notice import Sent
    from ledger.core.records.notices import Issued

app = typer.Typer()

NO = Words("通知编号", "the notice's number")
SIDE = Words("哪一联：财务总收 finance、收银部 cashiers", "which copy: finance or cashiers")
SIGNED = Words("签收人", "who signed")


@app.callback(
    invoke_without_command=True,
    help=_t(
        "发当日券号通知：已售、返扣、退券、作废、遗失、冻结的券号；没有新内容时重印上一张。\n例：gb notice；gb notice --date 10-08；gb notice --catch-up",
        "issue the notice of the day's serials: sold, rebated, returned, void, lost, frozen; with nothing new the last one is "
        "printed again.\nExamples: gb notice; gb notice --date 10-08; gb notice --catch-up",
    ),
)
def issue(
    ctx: typer.Context,
    catch_up: Annotated[
        bool,
        typer.Option("--catch-up", help=_t("补发缺的各日，到今天（未到点则到昨天）", "every day that still needs one")),
    ] = False,
    deliver: Annotated[
        bool, typer.Option("--deliver", help=_t("并按 gb.yaml 的设置送出", "and send it as gb.yaml says"))
    ] = False,
) -> None:
    """The first notice of a date covers what is there when it runs, a later one only what no notice lists (N2)."""
    if ctx.invoked_subcommand is not None:
        return
    at = desk()
    told = _catch_up(at) if catch_up else _one(at)
    sent = _deliver(at, told.numbers) if deliver else []
    if at.call.json:
        emit_json({**told.json, **({"delivered": [_outcome_json(one) for one in sent]} if deliver else {})})
    failed = [one for one in sent if one.why]
    if failed:
        from ledger.book.delivery import undelivered

        raise undelivered(failed)


class _Told(NamedTuple):
    """What was issued: for programs, and the numbers that are to go out."""

    json: dict[str, Any]
    numbers: tuple[str, ...] = ()


def _one(at: Desk) -> _Told:
    from ledger.book.notice import issue as issued

    day = at.date() or at.today()
    sent = issued(at.book, at.draft("notices", "issued", {}), day, dry_run=at.call.dry_run)
    if sent is None:
        words = Words(f"{day} 不营业，没有要通知的，不发通知", f"{day} is a closed day with nothing to tell: no notice")
        _say(at, words)
        return _Told({"number": None, "date": str(day), "closed": True})
    git = _commit(at, [sent])
    if not at.call.json:
        _tell(sent)
        _show(at, sent)
    return _Told(_json(sent, git), (sent.report.number,))


def _say(at: Desk, words: Words) -> None:
    """Tell people; programs are told once, at the end."""
    if not at.call.json:
        note(words)


def _catch_up(at: Desk) -> _Told:
    from ledger.book.notice import catch_up

    until = at.date() or _due_until(at)
    draft = at.draft("notices", "issued", {})
    sent = catch_up(at.book, draft, until, dry_run=at.call.dry_run)
    git = _commit(at, sent)
    if not at.call.json:
        for one in sent:
            emit(_line(one))
    if not sent:
        _say(at, Words(f"到 {until} 没有要补的通知", f"no notice is wanting up to {until}"))
    return _Told(
        {"notices": [_json(one) for one in sent], "git": git or None}, tuple(one.report.number for one in sent)
    )


def _due_until(at: Desk) -> dt.date:
    """Today once its notice is due, else yesterday: a notice before the cut-off would only call for a supplement."""
    from ledger.core.rules import Notice

    now = at.at() or at.book.now()
    today, ends = now.date(), at.book.rules.cut_off(now.date())
    due = at.book.rules.find(Notice, today) is None or (ends is not None and now.time() >= ends)
    return today if due else today - dt.timedelta(days=1)


def _deliver(at: Desk, numbers: Sequence[str]) -> list[Outcome]:
    """Send what has not gone out, and say of each what became of it; a trial says where it would go."""
    from ledger.book.delivery import deliver
    from ledger.book.notice import pending

    if at.call.dry_run:
        for number, channel in pending(at.book, numbers, at.today()):
            _say(at, Words(f"（试算）{number} → {channel.route}", f"(dry run) {number} → {channel.route}"))
        return []
    outcomes = deliver(at.book, at.draft("notices", "delivered", {}), numbers, at.today())
    for one in outcomes:
        if one.why is None:
            told = f"{one.number} → {one.channel.route}"
            _say(at, Words(f"已送出 {told}", f"sent: {told}"))
    if not outcomes:
        _say(at, Words("都已送出，没有要送的", "all has gone out: nothing to send"))
    return outcomes


def _outcome_json(one: Outcome) -> dict[str, Any]:
    return {
        "number": one.number, "to": one.channel.to, "by": one.channel.by, "at": one.channel.at,
        "outcome": "failed" if one.why else "sent", "detail": say(one.why) if one.why else "", "id": one.record or None,
    }  # fmt: skip


def _commit(at: Desk, sent: Sequence[Sent]) -> str:
    """A commit for the batch where the book is in git; a failure is told and fails nothing."""
    new = [one.report.number for one in sent if not one.again and not one.recorded.dry]
    if not new:
        return ""
    from ledger.book.commit import OUTCOMES, commit_own

    named = new[0] if len(new) == 1 else f"{new[0]} … {new[-1]}"
    outcome = commit_own(at.book.root, f"notice {named}")
    if outcome != "none":
        note(OUTCOMES[outcome])
    return outcome


def _tell(sent: Sent) -> None:
    """What was done, on stderr: stdout is the notice alone."""
    number, day = sent.report.number, sent.report.contents.day
    if sent.recorded.dry:
        note(Words(f"（试算，未登记）{number}", f"(dry run, not recorded) {number}"))
    elif sent.again:
        note(Words(f"{day} 没有新内容，重印 {number}", f"nothing new on {day}: {number} is printed again"))
    else:
        note(Words(f"已发 {number}，存 {sent.path}", f"{number} is issued, kept as {sent.path}"))


def _show(at: Desk, sent: Sent) -> None:
    from ledger.book.notice import text_of

    emit(text_of(at.book, sent, lang()))


def _line(sent: Sent) -> str:
    """A notice as a line of a list."""
    from ledger.core.money import grouped

    inside = sent.report.contents
    mark = say(Words("  补充", "  supplement")) if inside.supplement else ""
    other = len(inside.other)
    more = say(Words(f"  其他 {other} 笔", f"  {many(other, 'other')}")) if other else ""
    sales = len(inside.sales)
    figures = Words(f"售出 {sales} 笔 {inside.sheets} 张", f"{many(sales, 'sale')}, {many(inside.sheets, 'sheet')}")
    return f"{inside.day}  {sent.report.number}  {say(figures)} ¥{grouped(inside.amount)}{more}{mark}"


def _json(sent: Sent, git: str = "") -> dict[str, Any]:
    from ledger.reports.notice import as_json

    extra: dict[str, Any] = {"file": sent.path}
    if sent.again or sent.recorded.dry:
        extra["again" if sent.again else "dry_run"] = True
    return {**as_json(sent.report), **extra, **({"git": git} if git else {})}


def _issued(at: Desk, typed: str) -> Issued:
    """The notice of a number, of a record's id in any short form, or the last one of the day when nothing is typed."""
    from ledger.book.notice import find
    from ledger.core.text import fold

    named = fold(typed).upper()
    name = named if not named or named.startswith("TZ") else at.record_id(typed)
    return find(at.book, name, at.date() or at.today())


# -- signing and looking up --------------------------------------------------------------------------------------------


@app.command(
    help=_t(
        "登记一联的签收，默认当日最后一张。例：gb notice ack --as finance --name 赵敏",
        "record that a copy was signed for, by default of the day's last one. Example: gb notice ack --as cashiers --name 'Zhao Min'",
    )
)
def ack(
    number: Annotated[str | None, typer.Argument(metavar="[NO]", help=_t(*NO))] = None,
    side: Annotated[str | None, typer.Option("--as", metavar="finance|cashiers", help=_t(*SIDE))] = None,
    name: Annotated[str | None, typer.Option("--name", metavar="NAME", help=_t(*SIGNED))] = None,
) -> None:
    """Each of the two signs for its own copy (N1)."""
    from ledger.book.choices import one_of
    from ledger.core.records.notices import COPIES

    at = desk()
    issued = _issued(at, number or "")
    copy = at.call.ask(side, words=SIDE, name="--as", parse=lambda typed: one_of(typed, COPIES, SIDE))
    values = {"notice": issued.notice, "to": copy, "name": free_text(name, SIGNED) or None}
    at.record("notices", "acknowledged", values, ref=issued.id)


@app.command(
    "list",
    help=_t(
        "列出通知和签收。例：gb notice list --month 2026-10",
        "list the notices and who signed for them. Example: gb notice list --month 2026-10",
    ),
)
def list_notices(
    month: MonthOption = None,
) -> None:
    """Every notice by the date it covers."""
    from cli.render import table
    from ledger.book.notice import all_of, copies_on
    from ledger.core.dates import resolve_month
    from ledger.core.records.notices import COPIES

    at = desk()
    wanted = resolve_month(month, at.today()).text if month is not None else ""
    found = [(number, one) for number, one in all_of(at.book) if one.day.startswith(wanted)]
    rows = []
    for number, one in found:
        waits = [side for side in copies_on(at.book, dt.date.fromisoformat(one.day)) if side not in one.acks]
        rows.append((number, one, waits))
    if at.call.json:
        emit_json({"notices": [
            {"number": number, "date": one.day, "id": one.id, "acknowledged": list(one.acks), "waiting": waits}
            for number, one, waits in rows
        ]})  # fmt: skip
    elif rows:
        heads = [
            Words("日期", "date"),
            Words("编号", "number"),
            Words("已签收", "signed"),
            Words("待签收", "not signed"),
        ]
        emit(
            table(
                heads,
                [[one.day, number, _sides(one.acks, COPIES), _sides(waits, COPIES)] for number, one, waits in rows],
            )
        )


def _sides(sides: Sequence[str], names: dict[str, Words]) -> str:
    return " ".join(say(names[side]) for side in sides)


@app.command(
    help=_t(
        "查看一张通知，默认当日最后一张。例：gb notice show TZ2026-K1-0007",
        "show a notice, by default the day's last one. Example: gb notice show TZ2026-K1-0007",
    )
)
def show(number: Annotated[str | None, typer.Argument(metavar="[NO]", help=_t(*NO))] = None) -> None:
    """The notice as it was sent."""
    from ledger.book.notice import sent_before

    at = desk()
    sent = sent_before(at.book, _issued(at, number or ""))
    if at.call.json:
        emit_json(_json(sent))
    else:
        _show(at, sent)
