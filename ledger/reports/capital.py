"""大写金额: an amount in words, as a bill must show it (中国人民银行《正确填写票据和结算凭证的基本规定》)."""

from __future__ import annotations

from decimal import Decimal

_LIMIT = 10**14
"""Fen: the library writes amounts below a trillion yuan without a unit that the rules do not have."""


def capital(fen: int) -> str:
    """``人民币壹仟贰佰叁拾肆元伍角`` for 123450; ends in 整 where there is no 角 and no 分.

    Raises ``ValueError`` for a negative amount, which no form shows in words, and from a trillion yuan on.
    """
    from cn2an import an2cn

    if not 0 <= fen < _LIMIT:
        raise ValueError(f"no amount to write in words: {fen} fen")
    return f"人民币{an2cn(str(Decimal(fen) / 100), 'rmb')}"
