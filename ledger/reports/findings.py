"""Findings for programs and for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ledger.core.errors import Where
from ledger.core.findings import Answer, Finding
from ledger.core.words import Lang, Words
from ledger.reports.table import wrap

SEVERITY = {
    "error": Words("错误", "error"),
    "warning": Words("警告", "warning"),
    "info": Words("提示", "info"),
}
_SERIALS = Words("券号：", "serials: ")
_NEXT = Words("下一步：", "next: ")
_ANSWERED = Words("处理意见 {id}（{by}，{age} 天）：{told}", "answered by {id} ({by}, {age} days): {told}")
_DUE = Words("期限 ", "due ")
_PARTS = Words("；", "; ")


def as_json(findings: Sequence[Finding], lang: Lang) -> list[dict[str, Any]]:
    """The ``findings`` list of the public contract; ``message`` in ``lang``."""
    return [
        {
            "code": one.code,
            "severity": one.severity,
            "message": one.words.say(lang),
            "subject": one.subject,
            "serials": one.serials,
            "disposition": _answer(one.disposition),
            "where": [{"file": where.file, "line": where.line, "id": where.id} for where in one.where],
            "next": list(one.next),
        }
        for one in findings
    ]


def _answer(answer: Answer | None) -> dict[str, Any] | None:
    """A disposition; ``due`` is null where none was set, ``age_days`` counts from the day it was given."""
    if answer is None:
        return None
    return {
        "id": answer.id, "by": answer.by, "date": answer.date, "reason": answer.reason, "action": answer.action,
        "due": answer.due or None, "age_days": answer.age,
    }  # fmt: skip


def as_text(findings: Sequence[Finding], lang: Lang) -> str:
    """Every finding with its places, the records' own bytes, the serials and what to type; empty for none."""
    return "\n\n".join("\n".join(_lines(one, lang)) for one in findings)


def headline(finding: Finding, lang: Lang) -> str:
    """``NUM-02 error: …``."""
    return f"{finding.code} {SEVERITY[finding.severity].say(lang)}: {finding.words.say(lang)}"


def answer_line(answer: Answer, lang: Lang) -> str:
    """``answered DI… (sun, 3 days): reason; action; due …``."""
    parts = [answer.reason, answer.action, _DUE.say(lang) + answer.due if answer.due else ""]
    told = _PARTS.say(lang).join(part for part in parts if part)
    return _ANSWERED.say(lang).format(id=answer.id, by=answer.by, age=answer.age, told=told)


def place(where: Where) -> str:
    """``journals/2026-10/sales.K1.csv:3``."""
    return f"{where.file}:{where.line}" if where.line else where.file


def _lines(finding: Finding, lang: Lang) -> Iterator[str]:
    yield from wrap(headline(finding, lang), hang=2)
    for where in finding.where:
        yield f"  {place(where)}:"
        yield from (f"    {line}" for line in where.text.splitlines() if line)
    if finding.serials:
        yield from wrap(_SERIALS.say(lang) + finding.serials, indent=2, hang=2)
    if finding.disposition:
        yield from wrap(answer_line(finding.disposition, lang), indent=2, hang=2)
        return
    for command in finding.next:
        yield f"  {_NEXT.say(lang)}{command}"
