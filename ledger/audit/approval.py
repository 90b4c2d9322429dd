"""Signed approvals (V1, R6): an OpenSSH signature in the approval's own record, over the request and the approval.

What is signed is text that anybody can take out of the journals: a line with the book's id, then the two records as they
stand in their files, without ``h`` and without the signature itself.  So it binds book, request, faces and sheets,
approver, decision, date and instant; the chain and the seals cover the signature like every other field.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from ledger.audit import openssh
from ledger.audit.people import Tenure, allowed, at_moment
from ledger.core.dates import instant_text
from ledger.core.errors import Refused, Where
from ledger.core.findings import Finding, trouble
from ledger.core.forms import FieldError, Record
from ledger.core.records.requests import Approval
from ledger.core.words import Words
from ledger.journal.yamltext import body

_NOT_SIGNED = frozenset({"h", "signature"})


class Signed(NamedTuple):
    """An approval with a signature: its texts, those of its request (None: it is not in the book), and its place."""

    approval: Mapping[str, str]
    request: Mapping[str, str] | None
    where: Where


def namespace(book_id: str) -> str:
    """What these signatures are for: none made for a month, a file or another book is one of them."""
    return f"gb-approval-1@{book_id}"


def text(book_id: str, request: Mapping[str, str], approval: Mapping[str, str]) -> bytes:
    """What is signed."""
    parts = (
        body({name: value for name, value in one.items() if name not in _NOT_SIGNED}) for one in (request, approval)
    )
    return f"gb-approval-1 {book_id}\n".encode() + b"".join(parts)


def sign(book_id: str, request: Record, approval: Approval, key: Path, people: list[Tenure]) -> str:
    """The signature for the approval, base64 in one line.  Raises :class:`Refused`.

    The key must be the one registered for the approver at that moment: what verification would not accept is not made.
    """
    refuse_other_key(approval, key, people)
    data = text(book_id, request.encode(), approval.encode())
    return openssh.bare(openssh.sign(data, key, namespace(book_id)))


def refuse_other_key(approval: Approval, file: Path, people: list[Tenure]) -> None:
    """Raise :class:`Refused` unless the key file is the approver's registered key."""
    who = at_moment(people, approval.by, approval.at)
    key = openssh.public_half(file)
    if who is not None and who.key == key:
        return
    if who is None or not who.key:
        words = Words(
            f"{approval.by} 在 {instant_text(approval.at)} 没有登记公钥",
            f"{approval.by} had no key registered at {instant_text(approval.at)}",
        )
    else:
        mine = openssh.fingerprint(who.key)
        words = Words(f"{file} 不是 {approval.by} 登记的密钥 {mine}", f"{file} is not the key of {approval.by}, {mine}")
    raise Refused(words, code="SIG-01", next=("gb keys sign-setup", f"gb operator show {approval.by}"))


def check(book_id: str, found: Iterable[Signed], people: list[Tenure]) -> Iterator[Finding]:
    """APR-04 for each signature that does not stand; as a warning where there is nothing to judge it with."""
    for one in found:
        try:
            why = _why(book_id, one, people)
        except openssh.NoProgram as error:
            yield _unjudged(one, error.words)
            continue
        if why is not None:
            yield _bad(one, why)


def _why(book_id: str, one: Signed, people: list[Tenure]) -> Words | None:
    """Why the signature does not stand; None for one that does."""
    if one.request is None:
        return Words("它所批的请示单不在账上", "the request that it approves is not in the book")
    try:
        moment = Approval.decode(one.approval).at
    except FieldError as error:
        return Words(f"批准单的 {error.field} 不合格式", f"field {error.field} of the approval is not in its form")
    by, at = one.approval.get("by", ""), instant_text(moment)
    who = at_moment(people, by, moment)
    if who is None:
        return Words(f"{by} 在 {at} 没有登记或已离岗", f"{by} was not registered at {at}, or had left")
    if not who.key:
        return Words(f"{by} 在 {at} 没有登记公钥", f"{by} had no key registered at {at}")
    space = namespace(book_id)
    key = openssh.verify(
        text(book_id, one.request, one.approval), openssh.armoured(one.approval["signature"]),
        allowed=openssh.allowed_signers(allowed(people), space), principal=by, namespace=space, moment=moment,
    )  # fmt: skip
    if key and key == openssh.fingerprint(who.key):
        return None
    return Words(
        f"ssh-keygen 不认可：不是 {by} 当时登记的密钥，或签的不是这张请示单和这个批准",
        f"ssh-keygen refuses it: not by the key {by} had then, or not over this request and this approval",
    )


def _bad(one: Signed, why: Words) -> Finding:
    name = one.approval["id"]
    words = Words(f"{name} 的签名无效：{why.zh}", f"the signature of {name} does not stand: {why.en}")
    request = one.approval.get("ref", "")
    return trouble(
        "APR-04", words, subject=name, where=(one.where,), next=("gb explain APR-04", f"gb request show {request}")
    )


def _unjudged(one: Signed, why: Words) -> Finding:
    name = one.approval["id"]
    words = Words(f"{name} 的签名没有核验：{why.zh}", f"the signature of {name} was not judged: {why.en}")
    return Finding(
        code="APR-04", severity="warning", words=words, subject=name, where=(one.where,),
        next=("apt install openssh-client",),
    )  # fmt: skip
