"""Money is an integer of fen in memory and yuan with two decimals in a file: 123450 and ``1234.50``."""

from __future__ import annotations

import re
from typing import Final, NoReturn

from ledger.core.errors import Usage
from ledger.core.text import fold, shown
from ledger.core.words import Words

Fen = int
"""Hundredths of a yuan."""

_MAX_DIGITS: Final = 15
"""Digits before the point: a sum of millions of such amounts is still exact in a spreadsheet's or SQLite's integers."""

_MAX_TYPED: Final = 64
_TYPED: Final = re.compile(
    r"([-+]?) ?(?:(?:¥|CNY|RMB) ?)?"
    r"(0|[1-9][0-9]*|[1-9][0-9]{0,2}(?:,[0-9]{3})+)(?:\.([0-9]{1,2}))?"
    r"(?: ?(?:元整?|CNY|RMB))?",
    re.IGNORECASE,
)


def parse_yuan(text: str) -> Fen:
    """Read the file's form, ``1234.50`` or ``-0.05``, exactly as :func:`yuan` writes it; ValueError otherwise."""
    digits = text.removeprefix("-")
    whole, fraction = digits[:-3], digits[-2:]
    if (
        not digits.isascii()
        or not whole.isdigit()
        or not fraction.isdigit()
        or digits[-3] != "."
        or len(whole) > _MAX_DIGITS
        or (whole[0] == "0" and len(whole) > 1)
    ):
        raise ValueError(f"no amount: {shown(text)!r}")
    fen = int(whole + fraction)
    if len(digits) == len(text):
        return fen
    if not fen:
        raise ValueError(f"no amount: {text!r}")
    return -fen


def yuan(fen: Fen) -> str:
    """Write an amount for a file: ``1234.50``, ``-0.05``."""
    if fen < 0:
        return "-" + yuan(-fen)
    return f"{fen // 100}.{fen % 100:02d}"


def grouped(fen: Fen) -> str:
    """Write an amount for people: ``5,000.00``."""
    if fen < 0:
        return "-" + grouped(-fen)
    return f"{fen // 100:,}.{fen % 100:02d}"


def parse_amount(text: str, *, signed: bool = False) -> Fen:
    """Resolve an amount as typed: ``5000``, ``5,000.00``, ``5000元``, ``¥5000``; full-width forms are folded first.

    ``Usage`` shows the typed text and what to type.  A leading zero is refused: it is a serial in the wrong place.
    """
    folded = fold(text)
    match = _TYPED.fullmatch(folded) if len(folded) <= _MAX_TYPED else None
    if match is None:
        _refuse(text, _why_unreadable(folded[:_MAX_TYPED]))
    sign, whole, fraction = match.groups(default="")
    whole = whole.replace(",", "")
    if sign and not signed:
        _refuse(text, Words("这里金额不带正负号", "the amount takes no sign here"))
    if len(whole) > _MAX_DIGITS:
        _refuse(text, Words("金额太大", "too large"))
    fen = int(whole) * 100 + int(fraction.ljust(2, "0"))
    return -fen if sign == "-" else fen


def _why_unreadable(folded: str) -> Words:
    bare = folded.strip("+-¥元 ")
    if not bare:
        return Words("没有金额", "no amount")
    if re.fullmatch(r"[0-9,]+\.[0-9]{3,}", bare):
        return Words("最多两位小数", "two decimals at most")
    if re.fullmatch(r"0[0-9]+(\.[0-9]*)?", bare):
        return Words("金额不以 0 开头，这像是号码", "an amount has no leading zero; this looks like a serial")
    if "," in bare and re.fullmatch(r"[0-9,]+(\.[0-9]{1,2})?", bare):
        return Words("逗号位置不对，应每三位一个", "commas stand after every three digits")
    return Words("不是金额", "not an amount")


def _refuse(typed: str, why: Words) -> NoReturn:
    raise Usage(
        Words(
            f"“{shown(typed)}”：{why.zh}。请输入如 5000、5,000.00 或 5000元",
            f"'{shown(typed)}': {why.en}; type 5000, 5,000.00 or 5000元",
        )
    )
