"""What to type after a refusal, where only the counter can tell: who else may act, and which terminals there are."""

from __future__ import annotations

import re
from shlex import quote
from typing import TYPE_CHECKING

from ledger.book.guard import Elsewhere
from ledger.core.errors import Unknown

if TYPE_CHECKING:
    from ledger.book.draft import Draft
    from ledger.core.errors import Refused
    from ledger.core.state import State

_CODE = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,31}")


def mended(refused: Refused, draft: Draft, state: State) -> Refused:
    """The refusal with hints that do not run into the same refusal: never by the operator or terminal that failed."""
    first = refused.next[-1] if refused.next else ""
    if isinstance(refused, Unknown) and first.startswith("gb operator add "):
        refused.next = ("gb operator list", *_registering(draft.by, state))
    elif isinstance(refused, Unknown) and first.startswith("gb terminal add "):
        refused.next = ("gb terminal list", *_terminals(draft.terminal, state))
    elif isinstance(refused, Elsewhere) and draft.journal != "cash":  # a drawer stands where it stands
        refused.next = (f"--terminal {refused.own}", *refused.next)
    return refused


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
