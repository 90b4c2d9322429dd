"""Findings shown and turned into an exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.lang import lang
from cli.render import emit, emit_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cli.entry import Desk
    from ledger.core.findings import Finding


def show_findings(at: Desk, found: Sequence[Finding], *, strict: bool = False) -> int:
    """Print all findings, nothing for none; 1 when there is an error, or with ``strict`` a warning, else 0."""
    from ledger.reports.findings import as_json, as_text

    if at.call.json:
        emit_json({"findings": as_json(found, lang())})
    elif found:
        emit(as_text(found, lang()))
    failing = ("error", "warning") if strict else ("error",)
    return int(any(one.severity in failing for one in found))
