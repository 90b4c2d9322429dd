"""Personal values that stand in records but on nobody's card: of a filing that was undone, or of another's code (C8, NUM-01).

The keys that they are sealed under are named one by one, as ``code/key``, so that destroying them touches nobody else's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from ledger.core.findings import Finding
from ledger.core.forms import TEXT, Record, Touch
from ledger.core.personal import Subject, erased
from ledger.core.state import State, Thing
from ledger.core.words import Words

Keys = Annotated[str, TEXT, Words("原密钥", "keys before")]
"""Keys of values that are on no card, as ``code/key``, a space between two."""


class Forgotten(Thing, frozen=True, kw_only=True):
    """A key that must be gone everywhere although nobody's card says so; the thing's key is ``client/C052/<key>``."""

    CARRY = False

    space: str
    code: str


def named(code: str, keys: Iterable[str]) -> str:
    """Keys as a record names them."""
    return " ".join(f"{code}/{key}" for key in keys)


def split_keys(space: str, keys: Iterable[str]) -> Iterator[tuple[Subject, str]]:
    """The subject in whose folder each named key is, and the key's id."""
    for code, _, key in (text.rpartition("/") for text in keys):
        yield Subject(space, code), key


def thing_key(subject: Subject, key: str) -> str:
    """What a destroyed key is found by in the state."""
    return f"{subject.text}/{key}"


def touch_keys(space: str, keys: str) -> Touch:
    """The keys that a record destroys."""
    return Touch(things=tuple((Forgotten.__name__, thing_key(*one)) for one in split_keys(space, keys.split())))


def judge_keys(record: Record, code: str, state: State) -> Iterator[Finding]:
    """PRV-03: they are destroyed already."""
    if all(state.thing(Forgotten, key) is not None for _, key in record.touched.things):
        yield erased(record, code)


def forget_keys(space: str, keys: str, state: State) -> None:
    """From now on these keys must be gone everywhere."""
    for subject, key in split_keys(space, keys.split()):
        state.put(thing_key(subject, key), Forgotten(space=subject.space, code=subject.code))
