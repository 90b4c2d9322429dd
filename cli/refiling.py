"""Filing anew the later of two parties that were given one code (NUM-01), client or member."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from cli.lang import _t
from ledger.core.words import Words

if TYPE_CHECKING:
    from cli.entry import Desk
    from ledger.core.forms import Record
    from ledger.index.lookup import Found

SECOND = Words("后建档的那张单据", "the record that gave the code a second time")
SecondArgument = Annotated[str | None, typer.Argument(metavar="ID", help=_t(*SECOND))]


def file_anew(at: Desk, typed: str | None, kind: type[Record], code: Callable[[], str]) -> None:
    """Record the filing of ``kind`` anew under the code that is asked for last; then tell what stands under the old one."""
    from ledger.book.twins import filed_anew, recorded_since, refuse_on_card, second_filing
    from ledger.core.records import journal_of

    found = at.call.ask(typed, words=SECOND, name="ID", parse=at.record_id)
    old = second_filing(at.book, found, kind)
    theirs = recorded_since(at.book, old)
    refuse_on_card(at.book, old, theirs)
    new = code()
    done = at.record(journal_of(found).name, "refiled", {"code": new, **filed_anew(at.book, old, kind)}, ref=found)
    if not done.dry and not at.call.json:
        _tell_theirs(at, old, new, theirs)


def _tell_theirs(at: Desk, old: Record, new: str, found: Sequence[Found]) -> None:
    """What the terminal that gave the code a second time recorded under it: what is the second one's is reversed by hand."""
    from cli.render import emit, note

    if not found:
        return
    code = getattr(old, "code", old.party)
    note(
        Words(
            f"{old.terminal} 记在 {code} 下的单据，属于 {new} 的冲销后用 {new} 重登：",
            f"what {old.terminal} recorded under {code}; what is {new}'s is reversed and recorded anew under {new}:",
        )
    )
    emit("\n".join(line for one in found for line in at.told_short(one, client=False)))


def twins_told(noun: str, twins: dict[str, str]) -> str:
    """The parties that were given one's code too (NUM-01): the code of each by now, or how it gets one."""
    return "  ".join(f"{one} {now}" if now else f"gb {noun} refile {one}" for one, now in twins.items())
