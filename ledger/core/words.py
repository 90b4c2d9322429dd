"""Words for people, always in both languages, side by side where they are owned.

A message is written once as ``Words("中文", "English")`` on the class or the line that owns it, so that a change of
one language cannot forget the other.  The command line picks one with :meth:`Words.say`.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Lang = Literal["zh", "en"]
LANGS: tuple[Lang, ...] = ("zh", "en")


class Words(NamedTuple):
    """One text in Chinese and in English."""

    zh: str
    en: str

    def say(self, lang: Lang) -> str:
        """Return the text in ``lang``."""
        return self.zh if lang == "zh" else self.en


def many(count: int, noun: str) -> str:
    """A count in English: ``1 record``, ``2 records``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def plain(text: str) -> Words:
    """Words that read the same in both languages: a code, a serial, a file name."""
    return Words(text, text)
