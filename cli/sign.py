"""Sign: a closed month, for the department or for finance."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.entry import Desk, desk, some_text
from cli.lang import _t, say
from cli.sealing import settle
from ledger.core.errors import Usage
from ledger.core.words import Words

if TYPE_CHECKING:
    from ledger.audit.sign import Signer
    from ledger.audit.signature import Side, Signature
    from ledger.core.findings import Finding

app = typer.Typer()

MONTH = Words("月份", "the month")
SIDE = Words("签名方：department 或 finance", "the side: department or finance")
PAPER = Words("在纸上签名的人", "who signed the paper sheet")


@app.command(
    help=_t(
        "给已封的月份签名：--key 用登记过的 SSH 密钥；--paper 只记下谁在纸上签了，效力较弱",
        "sign a closed month: --key with a registered SSH key; --paper only states who signed the sheet, which is weaker",
    )
)
def sign(
    month: Annotated[str | None, typer.Option("--month", metavar="MONTH", help=_t(*MONTH))] = None,
    side: Annotated[str | None, typer.Option("--as", metavar="SIDE", help=_t(*SIDE))] = None,
    key: Annotated[
        str | None, typer.Option("--key", metavar="FILE", help=_t("SSH 私钥文件", "the file of the private SSH key"))
    ] = None,
    paper: Annotated[str | None, typer.Option("--paper", metavar="NAME", help=_t(*PAPER))] = None,
) -> None:
    """The seal must verify; the two sides are two different people with two different keys."""
    from ledger.audit.sign import sign as make
    from ledger.book.verified import refuse_shallow, signed_before, up_to, verified
    from ledger.core.dates import resolve_month

    at = desk()
    wanted = at.call.ask(month, words=MONTH, name="--month", parse=lambda typed: resolve_month(typed, at.today()).text)
    chosen = at.call.ask(side, words=SIDE, name="--as", parse=_side)
    signer = _signer(at, key, paper)
    refuse_shallow(at.book, "SIG-01")
    broken = [one for one in up_to(verified(at.book), wanted) if not _of_other_side(one, wanted)]
    before = signed_before(at.book, wanted, chosen)
    made = make(at.book.disk, wanted, chosen, signer, broken, before=before, dry_run=at.call.dry_run)
    if not at.call.dry_run:
        settle(at, wanted, f"sign {wanted} {chosen}")
    _echo(at, made)


def _of_other_side(finding: Finding, month: str) -> bool:
    """A signature of this month that does not stand says nothing against its seal, which is what is signed."""
    return finding.code == "CLS-05" and finding.subject.startswith(f"{month}/")


def _side(typed: str) -> Side:
    from ledger.audit.signature import SIDE_WORDS, SIDES
    from ledger.book.choices import one_of

    found = one_of(typed, SIDE_WORDS, SIDE)
    return next(side for side in SIDES if side == found)


def _signer(at: Desk, key: str | None, paper: str | None) -> Signer:
    from ledger.audit.sign import Signer
    from ledger.book.guard import refuse_future

    if (key is None) == (paper is None):
        words = Words("写 --key 密钥文件，或 --paper 姓名，二者之一", "give either --key FILE or --paper NAME")
        raise Usage(words, next=("gb sign --help", "gb keys sign-setup"))
    given = at.at()
    if given is not None:
        refuse_future(at.book, at.local("terminal"), given)
    moment = given or at.book.now()
    if paper is not None:
        return Signer(by=at.by, at=moment, paper=some_text(paper, PAPER))
    return Signer(by=at.by, at=moment, key=Path(key or "").expanduser().absolute())


def _echo(at: Desk, made: Signature) -> None:
    from cli.render import emit, emit_json
    from ledger.audit.seal import short
    from ledger.audit.signature import GRADE_WORDS, SIDE_WORDS

    if at.call.json:
        emit_json({**_json(made), "dry_run": at.call.dry_run})
        return
    dry = say(Words("（试算，未写入）", " (dry run, not written)")) if at.call.dry_run else ""
    parts = [
        made.month,
        short(made.seal),
        say(SIDE_WORDS[made.side]),
        say(GRADE_WORDS[made.grade]),
        made.name,
        made.key,
    ]
    emit("  ".join(part for part in parts if part) + dry)


def _json(made: Signature) -> dict[str, str]:
    return {
        "as": made.side, "month": made.month, "seal": made.seal, "by": made.by, "name": made.name, "at": made.at,
        "grade": made.grade, "key": made.key,
    }  # fmt: skip
