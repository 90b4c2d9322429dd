"""Who acts and for whom: operators, terminals and client units, as the state knows them."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from ledger.core.state import State, Thing

CRON = "cron"
"""The program's own name for what the machine does by the clock; nobody registers it."""
CRON_ACTS = frozenset({"notice"})
"""All that it may record."""


class Operator(Thing, frozen=True, kw_only=True):
    """A registered member of staff (P5).  ``left`` is the business date of leaving as text, or empty."""

    name: str
    roles: tuple[str, ...]
    public_key: str = ""
    left: str = ""


class Terminal(Thing, frozen=True, kw_only=True):
    """A registered terminal; ``retired`` as ``left`` above.

    ``install`` is the mark of the one installation that may write as this terminal; empty: nobody has claimed it.
    """

    retired: str = ""
    install: str = ""


class Terminals(Thing, frozen=True, kw_only=True):
    """All terminals in the order in which they were registered; the one key is :data:`STORE`."""

    CARRY = False

    codes: tuple[str, ...] = ()


STORE = "store"


class Coded(Thing, frozen=True, kw_only=True):
    """A party with personal values that two terminals may have given one code.

    ``twins`` are the later filings under the same code (NUM-01): record to the code that party has now, empty while it has none;
    ``theirs`` the keys that its values are sealed under, which are not for this one's.  Of a party that was filed anew ``was`` is
    the code it had before and ``keys`` what its values there are sealed under, as ``code/key``.
    """

    twins: dict[str, str] = msgspec.field(default_factory=dict)
    theirs: tuple[str, ...] = ()
    was: str = ""
    keys: tuple[str, ...] = ()


class Client(Coded, frozen=True, kw_only=True):
    """A client unit (C1): code is the key.  ``names`` are its aliases; ``initials`` the 助记码, ``also`` those of aliases.

    ``client_class`` is the class last recorded (C2), empty for a potential client; ``by_hand``: a person chose it, so that it is
    not reckoned anew.  ``identified``: an individual's identity document was seen (LAW-01); its number is not here.
    ``personal`` are its sealed values by name (C8); ``erased``: their key was destroyed.
    """

    unit: str
    unit_kind: str
    initials: str = ""
    names: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    owner: str = ""
    state_owned: bool = False
    identified: bool = False
    preferences: str = ""
    contracts: str = ""
    client_class: str = ""
    by_hand: bool = False
    personal: dict[str, str] = msgspec.field(default_factory=dict)
    erased: bool = False

    def begins(self, wanted: str) -> bool:
        """Whether initials of its name or of an alias begin with ``wanted``, in lower case."""
        return any(one.casefold().startswith(wanted) for one in (self.initials, *self.also) if one)

    @property
    def shown(self) -> str:
        """The name people see: the unit's, or an individual's alias."""
        return self.unit or (self.names[0] if self.names else "")


class Complaint(Thing, frozen=True, kw_only=True):
    """A client's complaint; the key is the record.  ``date`` is a text, ``answer`` the record of the last reply or empty."""

    CARRY = False

    client: str
    date: str
    about: str
    answer: str = ""

    @property
    def settled(self) -> bool:
        """Answered."""
        return bool(self.answer)


def active_managers(operators: list[tuple[str, Operator]]) -> list[str]:
    """Codes of the managers who have not left."""
    ranks = {"manager", "general-manager"}
    return [code for code, operator in operators if not operator.left and ranks & set(operator.roles)]


def first_terminal(state: State) -> str:
    """The first registered terminal still in use: it issues the numbers that run without holes in the store; or empty."""
    known = state.thing(Terminals, STORE) or Terminals()
    used = ((code, state.thing(Terminal, code)) for code in known.codes)
    return next((code for code, terminal in used if terminal and not terminal.retired), "")


def next_code(letter: str, width: int, codes: Iterable[str], terminal: str, state: State) -> str:
    """The code that is free after the greatest of its row: ``C001`` at the book's first terminal, ``CK2-001`` at K2.

    Two terminals that have not yet met never give the same one: only the first has the row without its name, retired or not.
    """
    known = (state.thing(Terminals, STORE) or Terminals()).codes
    row = letter if not known or terminal == known[0] else f"{letter}{terminal}-"
    numbers = (re.fullmatch(rf"{re.escape(row)}([0-9]{{1,9}})", code) for code in codes)
    last = max((int(one[1]) for one in numbers if one), default=0)
    return f"{row}{last + 1:0{width}d}"
