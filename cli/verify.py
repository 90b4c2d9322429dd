"""Verify: is the book whole and unchanged, and who signed it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.entry import Desk, desk, reading
from cli.lang import _t, lang, say
from cli.options import OnlyMonthOption
from cli.render import emit, emit_json
from cli.sealing import not_noted
from ledger.core.errors import GbError, Usage
from ledger.core.words import Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.audit.history import Commits, History
    from ledger.audit.seen import Seen
    from ledger.audit.signature import SignedBy
    from ledger.audit.verify import MonthVerdict, Verification
    from ledger.core.findings import Finding

app = typer.Typer()

_OK = Words("无误", "ok")
_BAD = Words("不符", "FAILED")
_VERDICTS = {"integrity": Words("完好", "integrity"), "completeness": Words("齐全", "completeness")}


@app.command(
    help=_t(
        "核验账本：内容是否原样、有没有缺少、谁签了名；有一项不符退出码为 1",
        "verify the book: is it unchanged, is anything missing, who signed; exit 1 on any failure",
    )
)
def verify(
    month: OnlyMonthOption = None,
    digest: Annotated[
        str | None,
        typer.Option("--digest", metavar="DIGEST", help=_t("纸上的短码，对照封签", "the digest on paper, compared with the seal")),
    ] = None,
    history: Annotated[
        bool, typer.Option("--history", help=_t("核验 git 历史：每次提交只追加", "verify the git history: every commit only appended"))
    ] = False,
    forget: Annotated[
        bool,
        typer.Option("--forget", help=_t("不再与本机上次所见比较，从现在重新记起", "no longer compare with what this machine last saw; start anew")),
    ] = False,
    install_hook: Annotated[
        str | None,
        typer.Option(
            "--install-hook", metavar="REPOSITORY",
            help=_t("把只许追加的 pre-receive 钩子装到服务器的 git 仓库", "put the append-only pre-receive hook into a server's git repository"),
        ),
    ] = None,
) -> int:  # fmt: skip
    """Reads the text alone; what was seen is remembered outside the book when both verdicts hold."""
    if install_hook is not None:
        return _install(install_hook)
    at = desk()
    wanted = _month(at, month)
    if digest is not None:
        _digest(digest)
    if history:
        return _history(at, wanted)
    return _book(at, wanted, digest or "", forget=forget)


def _month(at: Desk, typed: str | None) -> str:
    from ledger.core.dates import resolve_month

    return resolve_month(typed, at.today()).text if typed is not None else ""


def _digest(typed: str) -> None:
    from ledger.audit.verify import LEAST, digits
    from ledger.core.text import shown

    if not digits(typed):
        words = Words(
            f"短码至少 {LEAST} 位十六进制数字：“{shown(typed)}”",
            f"a digest is {LEAST} hex digits or more: “{shown(typed)}” is not",
        )
        raise Usage(words, next=("gb verify --digest '0123 4567 89AB CDEF'",))


# -- the book ------------------------------------------------------------------------------------------------------------


def _book(at: Desk, month: str, digest: str, *, forget: bool) -> int:
    from cli.sealing import note_shallow
    from ledger.book.verified import verified

    note_shallow(at)
    with reading(at.book.disk, Words("核验", "verifying")):
        found = verified(at.book, month=month, digest=digest, forget=forget)
    if found.sound and not month and not at.call.dry_run:
        _keep(at, found.seen)
    _show(at, found, month)
    return int(not found.sound)


def _keep(at: Desk, seen: Seen) -> None:
    """Only of the whole book: one month says nothing of the others."""
    from ledger.book.verified import keep

    try:
        keep(at.book, seen)
    except GbError as error:
        not_noted(error)


def _show(at: Desk, found: Verification, month: str) -> None:
    from ledger.reports.findings import as_text

    if at.call.json:
        emit_json(_json(found))
        return
    for one in found.months:
        emit("\n".join(_month_lines(one)))
    for name, words in _VERDICTS.items():
        findings: Sequence[Finding] = getattr(found, name)
        mark = _BAD if findings else _OK
        only = say(Words(f"（只看 {month}）", f" ({month} only)")) if month else ""
        emit(f"{say(words)}{only}: {say(mark)}" + (f" ({len(findings)})" if findings else ""))
    shown = [*found.integrity, *found.completeness, *found.warnings]
    if shown:
        emit(as_text(shown, lang()))


def _month_lines(one: MonthVerdict) -> list[str]:
    from ledger.audit.seal import short

    state = Words("已封", "sealed") if one.state == "sealed" else Words("未封", "open")
    verdicts = zip(_VERDICTS.values(), (one.integrity, one.completeness), strict=True)
    parts = [
        one.month,
        say(state),
        short(one.digest).strip(),
        *(f"{say(words)} {say(_OK if ok else _BAD)}" for words, ok in verdicts),
    ]
    return ["  ".join(part for part in parts if part), *(f"  {_signed(signed)}" for signed in one.signatures)]


def _signed(one: SignedBy) -> str:
    from ledger.audit.signature import GRADE_WORDS, SIDE_WORDS

    side = say(SIDE_WORDS[one.side])
    if not one.grade:
        return f"{side}: {say(_BAD if one.there else Words('未签名', 'not signed'))}"
    bad = "" if one.valid else say(_BAD)
    return "  ".join(part for part in (f"{side}: {one.name}", say(GRADE_WORDS[one.grade]), one.key, bad) if part)


def _json(found: Verification) -> dict[str, Any]:
    from ledger.audit.seal import short
    from ledger.reports.findings import as_json

    return {
        "sound": found.sound,
        "integrity": {"ok": not found.integrity, "findings": as_json(found.integrity, lang())},
        "completeness": {"ok": not found.completeness, "findings": as_json(found.completeness, lang())},
        "warnings": as_json(found.warnings, lang()),
        "months": [
            {
                "month": one.month, "state": one.state, "integrity": one.integrity, "completeness": one.completeness,
                "digest": one.digest or None, "short": short(one.digest) if one.digest else None, "at": one.at or None, "by": one.by or None,
                "signatures": [
                    {"as": s.side, "grade": s.grade or None, "by": s.by or None, "name": s.name or None, "at": s.at or None,
                     "key": s.key or None, "valid": s.valid}
                    for s in one.signatures
                ],
            }
            for one in found.months
        ],
    }  # fmt: skip


# -- the history ---------------------------------------------------------------------------------------------------------


def _history(at: Desk, month: str) -> int:
    from ledger.audit.history import UNSHALLOW, read_history
    from ledger.audit.seen import read_seen
    from ledger.reports.findings import as_json, as_text
    from ledger.reports.table import wrap

    found = read_history(at.book.root, month, read_seen(at.book.root, at.book.settings.book).head)
    if at.call.json:
        emit_json(_history_json(found, as_json(found.findings, lang())))
        return int(not found.sound)
    for one in found.commits:
        emit("\n".join(_commit_lines(one)))
    count = len(found.commits)
    emit(say(_history_line(count, len(found.findings))))
    if found.findings:
        emit(as_text(found.findings, lang()))
    if found.shallow:
        words = Words(
            "浅克隆：更早的历史不在这里，不能说全部都只追加",
            "a shallow clone: what came before is not here, so nobody can say that all of it only appended",
        )
        emit("\n".join([*wrap(say(words)), f"  {say(Words('下一步：', 'next: '))}{UNSHALLOW}"]))
    return int(not found.sound)


def _history_line(count: int, bad: int) -> Words:
    if bad:
        return Words(
            f"{count} 次提交，{bad} 处不是追加", f"{count} commits, {bad} places were not appended to but changed"
        )
    return Words(f"{count} 次提交，都只追加", f"{count} commits, all of them only appended")


def _commit_lines(one: Commits) -> list[str]:
    """The commit, who and when; below it each file whole, so that it can be copied, with the records it got."""
    from cli.render import columns
    from ledger.reports.table import wrap

    files = [
        line for path, ids in one.appended.items()
        for line in wrap(f"{path}  {_ids(ids)}".rstrip(), columns(), indent=4, hang=2, cut=False)
    ]  # fmt: skip
    head = f"{one.commit[:12]}  {one.at[:16].replace('T', ' ')}  {one.author}"
    return [*wrap(head, columns(), hang=4, cut=False), *files]


def _ids(ids: Sequence[str]) -> str:
    if len(ids) < 2:
        return "".join(ids)
    return f"{ids[0]} … {ids[-1]} ({len(ids)})"


def _history_json(found: History, findings: list[dict[str, Any]]) -> dict[str, Any]:
    commits = [
        {"commit": one.commit, "author": one.author, "email": one.email, "at": one.at, "subject": one.subject,
         "appended": {path: list(ids) for path, ids in one.appended.items()}}
        for one in found.commits
    ]  # fmt: skip
    return {
        "sound": found.sound,
        "head": found.head,
        "shallow": found.shallow,
        "commits": commits,
        "findings": findings,
    }


def _install(typed: str) -> int:
    from ledger.audit.history import install_hook

    path = install_hook(Path(typed).expanduser().absolute())
    emit(say(Words(f"已安装 {path}", f"installed {path}")))
    return 0
