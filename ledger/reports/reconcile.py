"""`gb reconcile`: the month for programs, exactly as the public contract, section 4, lays it down.

A block of :data:`ledger.folds.parts.PARTS` that the contract does not name is left out until the book has records of it: an
absent block is unknown, a zero would claim that nothing happened.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from ledger.core.findings import Finding, open_errors
from ledger.core.money import yuan
from ledger.core.words import Lang
from ledger.folds.reconcile import NAMES, Difference, FaceSheet, MonthSheet, SalesSheet, TieOut
from ledger.reports import findings as findings_report
from ledger.reports.blocks import BLOCKS


class Signed(msgspec.Struct, frozen=True, kw_only=True):
    """A signature beside the month's seal (R6): for which ``side``, by whose code and name, of which grade.

    ``at`` is RFC 3339 text, empty with all the rest for a signature that does not read; ``key`` is a fingerprint, for
    ``ssh`` only.  ``valid`` is None when there was nothing to judge it with.
    """

    side: str
    by: str = ""
    name: str = ""
    at: str = ""
    grade: str = ""
    key: str = ""
    valid: bool | None = False


class SealShown(msgspec.Struct, frozen=True, kw_only=True):
    """The month's seal: its digest in hex and as on paper, when and by whom."""

    digest: str
    short: str
    at: str
    by: str


class ReconcileReport(msgspec.Struct, frozen=True, kw_only=True):
    """The month's sheet with what surrounds it; ``digest`` is the hex SHA-256 over the month's journal files.

    ``seal`` is that of a closed month, so that a sheet printed again bears the short digest too.
    ``since`` is what was found only after a month was closed: no part of the sheet that was sealed and signed.
    """

    store: str
    sheet: MonthSheet
    findings: Sequence[Finding]
    digest: str
    closed: bool = False
    seal: SealShown | None = None
    signatures: Sequence[Signed] = ()
    since: Sequence[Finding] = ()

    @property
    def failed(self) -> bool:
        """Whether there is an error that nobody has answered, then or since: exit code 1."""
        return bool(open_errors((*self.findings, *self.since)))

    @property
    def as_sealed(self) -> bool:
        """Whether nothing was done since to what the month's figures are folded from."""
        month = self.sheet.month.text
        return not any(where.file.split("/")[1:2] == [month] for one in self.since for where in one.where)


def as_json(report: ReconcileReport, lang: Lang) -> dict[str, Any]:
    """Amounts are strings with two decimals, sheets integers, dates ISO; messages in ``lang``."""
    sheet = report.sheet
    return {
        "store": report.store,
        "month": sheet.month.text,
        "closed": report.closed,
        "faces": [_face(face) for face in sheet.faces],
        "total": _total(sheet),
        "sales": _sales(sheet.sales),
        "tie_out": _tie_out(sheet.tie_out),
        **{
            name: block.as_json(found)
            for name, block in BLOCKS.items()
            if (found := sheet.parts.get(name, block.nothing)) is not None
        },
        "prior_period": [
            {"id": one.id, "ref": one.ref, "sheets": one.sheets, "amount": yuan(one.amount), "reason": one.reason}
            for one in sheet.prior_period
        ],
        "counts": _counts(sheet),
        "findings": findings_report.as_json(report.findings, lang),
        "since_closing": findings_report.as_json(report.since, lang),
        "digest": report.digest,
        "seal": msgspec.to_builtins(report.seal),
        "signatures": [_signed(one) for one in report.signatures],
    }


def figures_as_json(sheet: MonthSheet) -> dict[str, Any]:
    """What of the sheet is figures, under the same keys; what lists records, which only one store has, is left out."""
    blocks = {name: BLOCKS[name].as_json(block) for name, block in sheet.parts.items()}
    named = {"sales": _sales(sheet.sales), "tie_out": _tie_out(sheet.tie_out), **blocks}
    return {"faces": [_face(face) for face in sheet.faces], "total": _total(sheet), **_without_lists(named)}


def _without_lists(value: dict[str, Any]) -> dict[str, Any]:
    kept = {name: one for name, one in value.items() if not isinstance(one, list)}
    return {name: _without_lists(one) if isinstance(one, dict) else one for name, one in kept.items()}


def _signed(one: Signed) -> dict[str, Any]:
    return {
        "as": one.side, "by": one.by or None, "name": one.name or None, "at": one.at or None, "grade": one.grade or None,
        "key": one.key or None, "valid": one.valid,
    }  # fmt: skip


def _face(face: FaceSheet) -> dict[str, Any]:
    return {"face": yuan(face.face), **{name: face.figures[name] for name in NAMES}, "counted": face.counted}


def _total(sheet: MonthSheet) -> dict[str, Any]:
    total: dict[str, Any] = {name: _both(sheet.total(name)) for name in NAMES}
    total["counted"] = _both(sheet.counted) if sheet.counted is not None else None
    return total


def _both(pair: tuple[int, int]) -> dict[str, Any]:
    return {"sheets": pair[0], "value": yuan(pair[1])}


def _sales(sales: SalesSheet) -> dict[str, Any]:
    return {
        "count": sales.count,
        "amount": yuan(sales.amount),
        "sheets": sales.sheets,
        "face_value": yuan(sales.face_value),
        "difference": yuan(sales.difference),
        "reasons": _differences(sales.reasons),
        "face_changes": [
            {
                "id": one.id, "spans": one.spans.text, "from": yuan(one.old), "to": yuan(one.new), "sheets": one.sheets,
                "difference": yuan(one.difference), "reason": one.reason, "approval": one.approval or None,
            }
            for one in sales.face_changes
        ],
        "by_pay": {method: yuan(amount) for method, amount in sales.by_pay.items()},
        "returns": {
            "count": sales.returns.records, "amount": yuan(sales.returns.amount), "sheets": sales.returns.sheets,
            "reasons": _differences(sales.refunds),
        },
        "exchanges": _differences(sales.exchanges),
    }  # fmt: skip


def _differences(found: Sequence[Difference]) -> list[dict[str, Any]]:
    return [
        {"id": one.id, "difference": yuan(one.difference), "reason": one.reason, "approval": one.approval or None}
        for one in found
    ]


def _tie_out(tie: TieOut) -> dict[str, str]:
    figures = {name: yuan(getattr(tie, name)) for name in tie.__struct_fields__}
    return {**figures, "difference": yuan(tie.difference)}


def _counts(sheet: MonthSheet) -> dict[str, Any]:
    counts = sheet.counts
    return {
        "made": [one.id for one in counts.counts],
        "missing": counts.missing.text,
        "surplus": counts.surplus.text,
        "stray": counts.stray.text,
        "void_missing": counts.void_missing.text,
        "void_surplus": counts.void_surplus.text,
    }
