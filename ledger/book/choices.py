"""Choices: one of a few words, typed as the files have it or as people read it, in either language.

Every option with a fixed list goes through :func:`one_of`; what the lists are called is here for all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ledger.core.custody import DRAWN_FOR, STAMP_WORDS
from ledger.core.errors import Usage
from ledger.core.text import fold, shown
from ledger.core.words import Words

if TYPE_CHECKING:
    from collections.abc import Sequence

Choices = Mapping[str, Words]
"""The words of the files with the names people read."""

ROLES: Choices = {
    "clerk": Words("柜员", "clerk"),
    "supervisor": Words("主管", "supervisor"),
    "manager": Words("经理", "manager"),
    "general-manager": Words("总经理", "general-manager"),
    "finance": Words("财务", "finance"),
    "auditor": Words("审计", "auditor"),
}
STATUS: Choices = {
    "open": Words("待批", "open"),
    "approved": Words("已批准", "approved"),
    "rejected": Words("已驳回", "rejected"),
}
STAMPS: Choices = STAMP_WORDS
USES: Choices = DRAWN_FOR

_SHORTEST = 2
"""Characters of a Chinese name that are enough: 日期 for 日期章."""


def one_of(typed: str, choices: Choices, words: Words, *, next: Sequence[str] = ()) -> str:
    """The word of the files for what was typed; raises :class:`Usage` that names all choices in both languages."""
    word = fold(typed).lower()
    if word in choices:
        return word
    exact = [key for key, name in choices.items() if word in (name.zh.lower(), name.en.lower())]
    found = exact or [key for key, name in choices.items() if len(word) >= _SHORTEST and name.zh.startswith(word)]
    if len(found) == 1:
        return found[0]
    from ledger.core.near import did_you_mean, near

    meant = did_you_mean(near(word, choices))
    raise Usage(
        Words(
            f"{words.zh}：“{shown(typed)}”不在 {_both(choices)} 中{meant.zh}",
            f"{words.en}: “{shown(typed)}” is none of {' '.join(choices)}{meant.en}",
        ),
        next=next,
    )


def asked(words: Words, choices: Choices) -> Words:
    """The label of a prompt with what can be answered."""
    zh, en = " ".join(name.zh for name in choices.values()), " ".join(choices)
    return Words(f"{words.zh}：{zh}", f"{words.en}: {en}")


def named(choices: Choices, key: str) -> Words:
    """What people read for a word of the files; a word that is not listed stands for itself."""
    return choices.get(key, Words(key, key))


def _both(choices: Choices) -> str:
    return " ".join(key if name.zh == key else f"{key} {name.zh}" for key, name in choices.items())
