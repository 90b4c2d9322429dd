"""What to type after a refusal, where only the counter can tell: who else may act, and which terminals there are."""

from __future__ import annotations

import re
from shlex import quote
from typing import TYPE_CHECKING

from ledger.book.guard import Elsewhere
from ledger.core.errors import Unknown

if TYPE_CHECKING:
    from ledger.book.draft import Draft
    from ledger.book.open import Book
    from ledger.core.errors import Refused
    from ledger.core.state import State

_APPROVE = re.compile(r"gb (?:request|rebate|activity) approve ([!-~]+)")
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,31}")


def mended(refused: Refused, draft: Draft, book: Book) -> Refused:
    """The refusal with hints that do not run into another: never by the operator or terminal that failed, or may not."""
    state = book.state()
    refused.next = tuple(_by_approver(hint, draft, book) for hint in refused.next)
    first = refused.next[-1] if refused.next else ""
    if isinstance(refused, Unknown) and first.startswith("gb operator add "):
        refused.next = ("gb operator list", *_registering(draft.by, state))
    elif isinstance(refused, Unknown) and first.startswith("gb terminal add "):
        refused.next = ("gb terminal list", *_terminals(draft.terminal, state))
    elif isinstance(refused, Elsewhere) and draft.journal != "cash":  # a drawer stands where it stands
        refused.next = (f"--terminal {refused.own}", *refused.next)
    return refused


def _by_approver(hint: str, draft: Draft, book: Book) -> str:
    """A hint to approve, by somebody who may and did not ask for it, where the operator may not; others as they are."""
    found = _APPROVE.fullmatch(hint)
    if found is None:
        return hint
    from ledger.book.roles import who_may
    from ledger.core.records.activities import Activity

    state, about = book.state(), found[1]
    plan = state.thing(Activity, about) if hint.startswith("gb activity ") else None
    asked_by = plan.by if plan is not None else book.find(about).record.by
    may = [one for one in who_may(book, state, "approve", draft.date or book.today()) if one != asked_by]
    return hint if draft.by in may or not may else f"{hint} --by {may[0]}"


def _registering(code: str, state: State) -> list[str]:
    """How a manager registers the operator; nothing for one who has left or a code that cannot be one."""
    from ledger.core.parties import Operator

    if state.thing(Operator, code) is not None or not _CODE.fullmatch(code):
        return []
    return [f"gb operator add {code} --name '…' --role clerk{_by_manager(state)}"]


def _terminals(code: str, state: State) -> list[str]:
    """How a terminal that is in use registers the one that failed; one that is retired stays so."""
    from ledger.core.parties import Terminal

    used = [key for key, one in state.things(Terminal) if not one.retired]
    if state.thing(Terminal, code) is not None:
        return [f"gb terminal use {key}" for key in used[:1]]
    return [f"gb terminal add {quote(code)} --terminal {key}{_by_manager(state)}" for key in used[:1]]


def _by_manager(state: State) -> str:
    from ledger.core.parties import Operator, active_managers

    managers = active_managers(list(state.things(Operator)))
    return f" --by {managers[0]}" if managers else ""
