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
    """Print all findings, nothing for none; 1 when there is an error without an answer, or with ``strict`` anything, else 0."""
    from ledger.core.findings import open_errors
    from ledger.reports.findings import as_json, as_text

    if at.call.json:
        emit_json({"findings": as_json(found, lang())})
    elif found:
        emit(as_text(found, lang()))
    failing = [one for one in found if one.severity != "info"] if strict else open_errors(found)
    return int(bool(failing))
