"""What must not be sealed as it is: a value that stands in the clear beside it, a birthday to come (C8)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from ledger.core.errors import Usage
from ledger.core.forms import HEAD_WORDS, TEXT, Record
from ledger.core.personal import ITEMS, Clear, phone_digits
from ledger.core.script import normal
from ledger.core.words import Words

if TYPE_CHECKING:
    import datetime as dt

_PUBLIC: Final = frozenset({"unit"})
"""Names of firms: one may have a person's name in it, but is none itself."""
_TYPED: Final = frozenset({"unit", "alias", "initials", "preferences", "contracts", "receipt", "reason", "note"})
"""Fields that an option of their own name gives."""


def refuse_in_clear(kind: type[Record], values: Mapping[str, Any]) -> None:
    """Raise :class:`Usage` where a value to be sealed stands in a text of the same record too: that is in git for ever.

    The value is never repeated.
    """
    labels = {**HEAD_WORDS, **{field.name: field.words for field in kind.fields()}}
    clear = {field.name for field in kind.fields() if field.codec is TEXT} | {"reason", "note"}
    texts = {name: text for name, text in values.items() if name in clear and isinstance(text, str) and text}
    for item, value in values.items():
        if not isinstance(value, Clear):
            continue
        for name, text in texts.items():
            if _stands(item, value.open(), name, text):
                raise _shown(ITEMS[item].words, labels[name], name)


def _stands(item: str, value: str, name: str, text: str) -> bool:
    """Whether ``text`` says the value: as a part, or as the whole where parts say nothing."""
    if item == "phone":
        return phone_digits(value) in "".join(char for char in normal(text) if char.isdigit())
    sought, there = _plain(value), _plain(text)
    if name in _PUBLIC or len(sought) < 2 or (item == "birthday" and len(value) < len("YYYY-MM-DD")):
        return sought == there
    return sought in there


def _plain(text: str) -> str:
    return "".join(normal(text).split())


def _shown(item: Words, field: Words, name: str) -> Usage:
    words = Words(
        f"{item.zh}也写在“{field.zh}”里，那一栏不加密，永远删不掉：请换一个不含它的写法",
        f"the {item.en} stands in “{field.en}” too, which is not sealed and can never be erased: put something without it there",
    )
    return Usage(words, next=(f"--{name} '…'",) if name in _TYPED else ())


def refuse_future_birthday(values: Mapping[str, Any], today: dt.date) -> None:
    """Raise :class:`Usage` for a birthday after ``today``; one without a year is none."""
    birthday = values.get("birthday")
    if isinstance(birthday, Clear) and len(birthday.open()) == len("YYYY-MM-DD") and birthday.open() > str(today):
        raise Usage(Words("生日在今天以后", "the birthday is after today"))
