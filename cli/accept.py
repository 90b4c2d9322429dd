"""Accept: a finding answered, once: who, why, what is done, due when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.entry import Desk, desk, free_text
from cli.lang import _t
from cli.render import note
from ledger.core.words import Words

if TYPE_CHECKING:
    from ledger.book.draft import Draft
    from ledger.core.findings import Answer, Finding

app = typer.Typer()


@app.command(
    help=_t(
        "对检查出的问题写处理意见：代码、对象、--reason；问题还在，但不再卡住封账",
        "answer a finding by its code and subject, with --reason; it stays, and no longer blocks the close",
    )
)
def accept(
    code: Annotated[
        str | None, typer.Argument(metavar="CODE", help=_t("问题代码，如 STK-01", "the finding's code: STK-01"))
    ] = None,
    subject: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="SUBJECT",
            help=_t("问题对象：单据、券号、日期或月份", "what it is about: record, serials, date or month"),
        ),
    ] = None,
    due: Annotated[str | None, typer.Option("--due", metavar="DATE", help=_t("何时办完", "when it is done by"))] = None,
    action: Annotated[
        str | None, typer.Option("--action", metavar="TEXT", help=_t("措施", "what is done about it"))
    ] = None,
) -> None:
    """Record a disposition (R12)."""
    at = desk()
    known = at.call.ask(
        code, words=Words("问题代码", "the finding's code"), name="CODE", parse=lambda typed: typed.strip().upper()
    )
    found = _finding(at, known, " ".join(subject or []))
    values = {
        "code": known, "subject": found.subject, "action": free_text(action, Words("措施", "action")) or None,
        "due": at.day(due) if due else None,
    }  # fmt: skip
    at.need_reason(Words("为什么、怎么处理", "why, and what is done"))
    draft = at.draft("dispositions", "disposition", values)
    if found.disposition is not None and not at.call.once and _again(at, found.disposition, draft):
        return
    at.record("dispositions", "disposition", values)


def _again(at: Desk, given: Answer, draft: Draft) -> bool:
    """Whether this very answer was given before: it is shown, and not recorded twice.  Another one takes its place."""
    from ledger.book.draft import Recorded

    words = (draft.by, draft.reason, draft.values.get("action", ""), str(draft.values.get("due", "")))
    if words == (given.by, given.reason, given.action, given.due):
        entry = at.book.find(given.id)
        at.echo(Recorded(record=entry.record, file=entry.file, line=entry.line, again=True))
        return True
    told = f"{given.id}（{given.by}：{given.reason}）", f"{given.id} ({given.by}: {given.reason})"
    note(Words(f"代替原来的处理意见 {told[0]}", f"this takes the place of the answer {told[1]}"))
    return False


def _finding(at: Desk, code: str, typed: str) -> Finding:
    """The one finding that is meant; a record may be named by its short id."""
    from contextlib import suppress

    from ledger.book.closing import answerable, find_finding
    from ledger.core.errors import GbError

    meant = typed
    with suppress(GbError):
        meant = at.record_id(typed) if typed else ""
    findings = answerable(at.book, code, meant, at.today())
    if all(one.subject != meant for one in findings) and meant != typed:
        meant = typed
        findings = answerable(at.book, code, typed, at.today())
    typed = meant
    found = find_finding(findings, code, typed)
    note(Words(f"{found.code}: {found.words.zh}", f"{found.code}: {found.words.en}"))
    return found
