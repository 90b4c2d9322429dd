"""Ratios as they are printed: half up, all alike."""

from __future__ import annotations


def half_up(part: int, whole: int) -> int:
    """``part`` / ``whole`` as the nearest whole number, a half upwards; ``whole`` is above zero."""
    return (2 * part + whole) // (2 * whole)


def permille(part: int, whole: int | None) -> int | None:
    """How much of ``whole`` there is, in thousandths, half up; None of nothing."""
    return half_up(part * 1000, whole) if whole else None


def percent(thousandths: int) -> str:
    """``98.8``: thousandths in percent with one decimal."""
    return f"{thousandths // 10}.{thousandths % 10}" if thousandths >= 0 else f"-{percent(-thousandths)}"
