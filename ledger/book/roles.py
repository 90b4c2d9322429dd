"""Who may do what: roles to acts by the rule in force, and the people who hold them (P5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ledger.core.parties import Operator
from ledger.core.rules import Roles

if TYPE_CHECKING:
    from ledger.book.open import Book
    from ledger.core.state import State


def acts_of(operator: Operator, book: Book, day: dt.date) -> set[str]:
    """What an operator's roles allow on a date."""
    roles = book.rules.on(Roles, day)
    return {act for role in operator.roles for act in roles.acts(role)}


def who_may(book: Book, state: State, act: str, day: dt.date) -> list[str]:
    """The codes of the operators who may do ``act`` on a date, in order; those who left are none."""
    return sorted(code for code, one in state.things(Operator) if not one.left and act in acts_of(one, book, day))


def by_another(who: Sequence[str]) -> tuple[str, ...]:
    """What to type where the operator may not: the same command by the first who may, and the list of all."""
    return (*(f"--by {code}" for code in who[:1]), "gb operator list")
