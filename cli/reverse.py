"""Reverse: a record undone by a dated record that names it."""

from __future__ import annotations

import typer

from cli.entry import Desk, desk
from cli.lang import _t, say
from cli.options import RecordArgument
from ledger.core.words import Words

app = typer.Typer()


@app.command(
    help=_t(
        "冲销一笔登记：自己今天的都可以，别人的或以前的要有权限",
        "reverse a record: one's own of today, or with the role any other",
    )
)
def reverse(
    record: RecordArgument = None,
) -> None:
    """Record the reversal; nothing is edited (S8)."""
    from cli.render import note
    from ledger.book.undo import finance_pays
    from ledger.core.money import grouped

    at = desk()
    found = at.call.ask(record, words=Words("单据编号", "the record's id"), name="ID", parse=at.record_id)
    if done_before(at, found):
        return
    original = at.book.find(found).record
    told = at.told(original)
    note(Words(f"冲销 {found}：{told}", f"reversing {found}: {told}"))
    if fen := finance_pays(original, at.today()):
        note(
            Words(
                f"以前月份收的现金 {grouped(fen)} 由财务退，抽屉不动",
                f"{grouped(fen)} of cash, taken in an earlier month: finance pays it back",
            )
        )
    refuse_standing(at, found)
    at.need_reason(Words("冲销原因", "why it is reversed"))
    at.call.confirm(Words("冲销吗？", "reverse it?"))
    record_reversal(at, found)


def refuse_standing(at: Desk, record_id: str) -> None:
    """Raise what would refuse the reversal, before anybody is asked about it."""
    from ledger.book.undo import reversal_draft

    if at.call.interactive:
        reversal_draft(at.book, record_id, by=at.by, terminal=at.terminal, reason="", today=at.today())


def done_before(at: Desk, record_id: str = "") -> bool:
    """Whether the retry token names a reversal that is there already; it is echoed then."""
    from ledger.book.undo import reversed_before

    done = reversed_before(at.book, at.call.once or "", record_id)
    if done is not None:
        at.echo(done)
    return done is not None


def record_reversal(at: Desk, record_id: str, usual: Words | None = None) -> None:
    """Record the reversal of a record and echo it; ``usual`` is the reason when none was given."""
    import msgspec

    from ledger.book.undo import reversal_draft
    from ledger.book.write import record

    shared = at.draft("", "", {})
    reason = shared.reason or (say(usual) if usual else "")
    made = reversal_draft(at.book, record_id, by=shared.by, terminal=shared.terminal, reason=reason, today=at.today())
    made = msgspec.structs.replace(made, date=shared.date, at=shared.at, note=shared.note, key=shared.key)
    done = record(at.book, made, dry_run=at.call.dry_run)
    at.echo(done)
    if made.values["original"].ALONE and not done.dry:
        from cli.personal import tell_undone

        tell_undone(at, made.values["original"])
