"""What stands for a personal value wherever it is shown without being opened (C8)."""

from __future__ import annotations

from typing import Final

MASKED: Final = "***"
ENCRYPTED: Final = "ENC["
"""How a sealed value begins."""
