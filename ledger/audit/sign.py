"""Signing a sealed month for one side.  It refuses what verification would not accept; nothing is ever replaced."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import NamedTuple

from ledger.audit import openssh
from ledger.audit.known import Known
from ledger.audit.people import Tenure, at_moment, read_people
from ledger.audit.seal import Seal, read_seal, seal_digest
from ledger.audit.signature import (
    NAMED,
    ROLES,
    SIDE_WORDS,
    SIDES,
    Side,
    Signature,
    check_signature,
    namespace,
    read_signature,
    same_person,
    show_signature,
    sig_path,
    yaml_path,
)
from ledger.core.dates import instant_text, parse_instant
from ledger.core.errors import NotAllowed, Refused, Unknown, Unreadable, Where
from ledger.core.findings import Finding
from ledger.core.text import check_text
from ledger.core.words import Words
from ledger.disk import Disk


class Signer(NamedTuple):
    """Who signs, when, and with what: a key file, or the name of who signed the paper sheet."""

    by: str
    at: dt.datetime
    key: Path | None = None
    paper: str = ""


def sign(
    disk: Disk, month: str, side: Side, signer: Signer, broken: list[Finding], *, before: Known | None = None,
    dry_run: bool = False,
) -> Signature:  # fmt: skip
    """Sign the month's seal; ``broken`` is what verification found wrong, and must be empty.

    ``before`` is a signature of that side that is remembered elsewhere: a side signs once, whatever the folder has now.
    Raises :class:`Refused`, :class:`NotAllowed`, :class:`Unknown`; nothing is written then.
    """
    seal, data = _seal(disk, month, broken)
    people = read_people(disk, seal.book)
    _refuse_second(disk, month, side, paper=signer.key is None)
    _refuse_again(before)
    made, raw = _made(seal, data, side, signer, people)
    for finding in check_signature(made, raw, side=side, seal=seal, seal_bytes=data, people=people):
        may = tuple(f"gb operator list --role {role}" for role in sorted(ROLES["department"] | ROLES["finance"]))
        raise Refused(finding.words, code="SIG-01", next=may if signer.key is None else ("gb keys sign-setup",))
    _refuse_same(disk, month, side, made)
    if not dry_run:
        with disk.lock(who=signer.by):
            _write(disk, made, raw)
    return made


def _write(disk: Disk, made: Signature, raw: bytes) -> None:
    """The ``.sig`` first; each is moved into place whole, because half a signature could neither be read nor replaced."""
    _refuse_second(disk, made.month, made.side, paper=not raw)  # another command may have been quicker
    if raw:
        disk.replace(sig_path(made.month, made.side), raw)
    disk.replace(yaml_path(made.month, made.side), show_signature(made))


def _seal(disk: Disk, month: str, broken: list[Finding]) -> tuple[Seal, bytes]:
    if broken:
        words = Words(
            f"{month} 的封账核验不通过，不能签名：{broken[0].words.zh}",
            f"{month} does not verify and is not signed: {broken[0].words.en}",
        )
        raise Refused(words, code=broken[0].code, where=broken[0].where, next=(f"gb verify --month {month}",))
    try:
        found = read_seal(disk, month)
    except ValueError as error:
        words = Words(f"{month} 的封签读不出来：{error}", f"the seal of {month} does not read: {error}")
        raise Unreadable(words, code="CLS-01", next=(f"gb verify --month {month}",)) from None
    if found is None:
        words = Words(f"{month} 还没有封账", f"{month} is not closed")
        raise Unknown(words, next=(f"gb close --month {month}",))
    return found


def _refuse_second(disk: Disk, month: str, side: str, *, paper: bool) -> None:
    """A side signs once.  A ``.sig`` alone is what a killed command left: it is written again, but never beside paper."""
    for path in (yaml_path(month, side), *([sig_path(month, side)] if paper else [])):
        if disk.stat(path) is not None:
            who = SIDE_WORDS[side]
            words = Words(f"{month} {who.zh}已经签过", f"{month} is signed for {NAMED[side]} already")
            raise Refused(words, code="SIG-01", where=(Where(path),), next=(f"gb verify --month {month}",))


def _refuse_again(before: Known | None) -> None:
    if before is None:
        return
    who, source = SIDE_WORDS[before.side], before.source
    words = Words(
        f"{before.month} {who.zh}已经签过：{source.zh}签名不在这里了，请恢复",
        f"{before.month} is signed for {NAMED[before.side]} already: that signature, {source.en}, is gone; restore it",
    )
    fix = (*before.next, f"gb verify --month {before.month}")
    raise Refused(words, code="SIG-01", where=(Where(before.path),), next=fix)


def _refuse_same(disk: Disk, month: str, side: str, made: Signature) -> None:
    other = next(one for one in SIDES if one != side)
    try:
        found = read_signature(disk, month, other)
    except ValueError:
        return  # gb verify names it; it is no reason to keep the other side from signing
    why = same_person(made, found[0]) if found else None
    if why is not None:
        words = Words(f"要两个不同的人签名：{why.zh}", f"two different people sign: {why.en}")
        raise Refused(words, code="SIG-01", where=(Where(yaml_path(month, other)),), next=("gb operator list",))


def _made(
    seal: Seal, data: bytes, side: Side, signer: Signer, people: list[Tenure]
) -> tuple[Signature, bytes]:  # fmt: skip
    who = at_moment(people, signer.by, signer.at)
    if who is None:
        words = Words(f"{signer.by} 没有登记或已离岗", f"{signer.by} is not registered, or has left")
        raise Unknown(words, next=("gb operator list",))
    common = {
        "side": side, "month": seal.month, "seal": seal_digest(data), "by": signer.by, "at": instant_text(signer.at),
    }  # fmt: skip
    if signer.key is None:
        check_text(signer.paper, what=Words("签名人姓名", "the signer's name"))
        return Signature(**common, name=signer.paper, grade="paper"), b""
    _refuse_role(side, who, [one.code for one in people if one.holds(signer.at) and ROLES[side] & set(one.roles)])
    key = _own_key(signer, seal, people)
    raw = openssh.sign(data, signer.key, namespace(seal.book))
    return Signature(
        **common, name=who.name, grade="ssh", key=openssh.fingerprint(key), signature=seal_digest(raw)
    ), raw  # fmt: skip


def _refuse_role(side: Side, who: Tenure, may: list[str]) -> None:
    if not ROLES[side] & set(who.roles):
        need, roles, names = " ".join(sorted(ROLES[side])), " ".join(who.roles), " ".join(may) or "—"
        side_words = SIDE_WORDS[side]
        words = Words(
            f"{side_words.zh}签名要岗位 {need}，{who.code} 是 {roles}；可以签的人：{names}",
            f"{NAMED[side]} signs by {need}; {who.code} is {roles}; who may: {names}",
        )
        raise NotAllowed(words, next=(*(f"--by {code}" for code in may[:1]), "gb operator list"))


def _own_key(signer: Signer, seal: Seal, people: list[Tenure]) -> str:
    """The public half of the signer's key file, which must be the one registered for them at the closing."""
    file = signer.key
    if file is None:
        raise TypeError(signer)
    key = openssh.public_half(file)
    then = at_moment(people, signer.by, parse_instant(seal.at))
    if then is not None and then.key == key:
        return key
    if then is None or not then.key:
        words = Words(
            f"{signer.by} 在封账时（{seal.at}）没有登记公钥；可改用 --paper",
            f"{signer.by} had no key registered at the closing ({seal.at}); sign the paper sheet instead (--paper)",
        )
    else:
        words = Words(
            f"{file} 不是 {signer.by} 封账时登记的密钥 {openssh.fingerprint(then.key)}",
            f"{file} is not the key of {signer.by} at the closing, {openssh.fingerprint(then.key)}",
        )
    raise Refused(words, code="SIG-01", next=("gb keys sign-setup", f"gb operator show {signer.by}"))
