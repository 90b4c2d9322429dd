"""大写金额: an amount in words, as a bill must show it (中国人民银行《正确填写票据和结算凭证的基本规定》).

Where the rules leave a choice there is one way here: zeros among the digits of the yuan are one 零 where the digits go on;
none stands between 元 and 角.  The text of a notice is proved by its digest, so the words must never come out otherwise.
"""

from __future__ import annotations

from typing import Final

_DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
_PLACES: Final = ("仟", "佰", "拾", "")
_SECTIONS: Final = ("亿", "万", "")
_LIMIT: Final = 10**14
"""Fen: the three sections of four digits."""


def capital(fen: int) -> str:
    """``人民币壹仟贰佰叁拾肆元伍角`` for 123450; ends in 整 where there is no 角 and no 分.

    Raises ``ValueError`` for a negative amount, which no form shows in words, and from a trillion yuan on.
    """
    if not 0 <= fen < _LIMIT:
        raise ValueError(f"no amount to write in words: {fen} fen")
    yuan, rest = divmod(fen, 100)
    return "人民币" + (f"{_whole(yuan)}元" if yuan or not rest else "") + _parts(rest, after_yuan=bool(yuan))


def _whole(yuan: int) -> str:
    """The yuan without their unit; zeros at the end of the number are not written."""
    digits = f"{yuan:012d}"
    words, skipped = "", False
    for at, digit in enumerate(map(int, digits)):
        if digit:
            words += ("零" if skipped and words else "") + _DIGITS[digit] + _PLACES[at % 4]
        skipped = not digit
        if at % 4 == 3 and digits[at - 3 : at + 1] != "0000":
            words += _SECTIONS[at // 4]
    return words or "零"


def _parts(rest: int, *, after_yuan: bool) -> str:
    """角 and 分; 零 stands for the 角 that is not there."""
    jiao, fen = divmod(rest, 10)
    if not rest:
        return "整"
    tens = f"{_DIGITS[jiao]}角" if jiao else "零" if after_yuan else ""
    return tens + (f"{_DIGITS[fen]}分" if fen else "")
