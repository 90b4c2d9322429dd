"""Text: what a field of a book may hold, and what is folded when a person types (format, Text).

Folding is for typed input only and is echoed by the caller; a file is never folded, only accepted or refused.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from ledger.core.errors import Usage
from ledger.core.words import Words

LIMIT: Final = 4096
"""Bytes of UTF-8 that a text field may hold."""

_TEXT: Final = Words("文字", "text")

# Full-width forms only, not all of NFKC, which would read 5² as 52 and ① as 1 in an amount.
_FOLDS: Final[dict[int, int | str]] = {
    **{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)},
    **dict.fromkeys(map(ord, "－‐‑‒–—―−~～〜"), "-"),
    **dict.fromkeys(map(ord, "，、"), ","),
    **dict.fromkeys((0x3000, 0x00A0, 0x2007, 0x202F), " "),
    0xFFE5: "¥",
}

# C0, DEL, C1; line and paragraph separators; bidi controls; the byte-order mark; surrogates; the noncharacters.
_BAD: Final = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff\ufdd0-\ufdef"
    + "".join(rf"\U{plane:04x}fffe\U{plane:04x}ffff" for plane in range(17))
    + "]"
)


def fold(text: str) -> str:
    """Fold full-width forms, typographic dashes and blanks of typed input to ASCII, and strip the ends."""
    if text.isascii() and "~" not in text:
        return text.strip()
    return text.translate(_FOLDS).strip()


def paper_number(text: str) -> str:
    """The one name of a number that stands on paper, however it was typed: width, case and blanks do not count."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def bad_text(text: str, limit: int = LIMIT) -> Words | None:
    """Say why a field may not hold ``text``, or None if it may; ``limit`` in bytes of UTF-8."""
    if len(text) <= limit and text.strip() == text:
        if text.isascii():
            if text.isprintable():
                return None
        elif (
            _BAD.search(text) is None
            and unicodedata.is_normalized("NFC", text)
            and (len(text) * 4 <= limit or len(text.encode()) <= limit)
        ):
            return None
    return _why_bad(text, limit)


def check_text(text: str, *, what: Words, limit: int = LIMIT) -> str:
    """Return ``text`` unchanged, or raise ``Usage`` that names the offending character; ``what`` names the field."""
    why = bad_text(text, limit)
    if why is not None:
        raise Usage(Words(f"{what.zh}：{why.zh}", f"{what.en}: {why.en}"))
    return text


def clean_text(text: str, *, what: Words = _TEXT, limit: int = LIMIT) -> str:
    """Bring typed text to NFC, which the caller echoes; ``Usage`` for whatever else a field may not hold."""
    return check_text(unicodedata.normalize("NFC", text), what=what, limit=limit)


def shown(text: str, limit: int = 80) -> str:
    """Return a person's own text fit for a message: what a terminal would obey is written as U+XXXX, the end is cut."""
    cut = text if len(text) <= limit else text[:limit] + "…"
    return _BAD.sub(lambda found: f"<U+{ord(found[0]):04X}>", cut)


def _why_bad(text: str, limit: int) -> Words:
    """The first trouble of a text that is known to have one."""
    # Length first: nothing below may run over a text of any size.
    if len(text) > limit:
        return _too_long(limit)
    found = _BAD.search(text)
    if found is not None:
        return _names(found[0], found.start(), Words("不能用", "is not allowed"))
    if text != text.lstrip():
        return _names(text[0], 0, Words("空白不能在开头", "is white space at the start"))
    if text != text.rstrip():
        return _names(text[-1], len(text) - 1, Words("空白不能在末尾", "is white space at the end"))
    normal = unicodedata.normalize("NFC", text)
    if normal != text:
        at = next((i for i, (a, b) in enumerate(zip(text, normal, strict=False)) if a != b), len(normal))
        return _names(text[at], at, Words("不是 NFC 形式", "is not in NFC form"))
    return _too_long(limit)


def _too_long(limit: int) -> Words:
    return Words(f"超过 {limit} 字节", f"longer than {limit} bytes")


def _names(char: str, at: int, why: Words) -> Words:
    """The character by number, never itself: a terminal would obey some of them."""
    code = f"U+{ord(char):04X}"
    name = unicodedata.name(char, "")
    named = f"{code} {name}" if name else code
    return Words(f"第 {at + 1} 个字符 {code} {why.zh}", f"character {at + 1}, {named}, {why.en}")
