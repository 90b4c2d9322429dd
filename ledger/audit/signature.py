"""A signature beside a seal: ``closings/<month>/<side>.sig`` and ``<side>.signature.yaml`` that says whose it is.

Grade ``ssh`` is a detached OpenSSH signature over ``closing.yaml``, checked with the signer's registered key.  Grade
``paper`` has no ``.sig``: somebody states that a named person signed the printed sheet; it proves nothing by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from ledger.audit.openssh import NoProgram, allowed_signers, fingerprint, verify
from ledger.audit.people import Tenure, allowed, at_moment
from ledger.audit.seal import FOLDER, Seal, own_h, seal_digest, seal_path
from ledger.core.dates import parse_instant
from ledger.core.errors import GbError, Where
from ledger.core.findings import Finding, trouble
from ledger.core.text import bad_text, fold
from ledger.core.words import Words
from ledger.disk import Disk

Side = Literal["department", "finance"]
SIDES: tuple[Side, ...] = ("department", "finance")
SIDE_WORDS = {"department": Words("部门", "department"), "finance": Words("财务", "finance")}
NAMED = {"department": "the department", "finance": "finance"}
"""The sides inside an English sentence."""
GRADE_WORDS = {"ssh": Words("电子签名 ssh", "ssh"), "paper": Words("纸面签名（较弱）", "PAPER (weaker)")}
ROLES: dict[str, frozenset[str]] = {
    "department": frozenset({"manager", "general-manager"}),
    "finance": frozenset({"finance"}),
}
"""Who may sign for a side: the roles, one of which the signer must hold."""
_MAY_STATE = ROLES["department"] | ROLES["finance"]
"""Who may state that somebody signed the paper."""

LIMIT = 64 * 1024
_NAMES = ("as", "month", "seal", "by", "name", "at", "grade", "key", "signature")


class Unsound(ValueError):
    """A signature's files are not what signing writes; ``begun`` when a killed command leaves them so."""

    def __init__(self, zh: str, en: str, *, begun: bool = False) -> None:
        super().__init__(en)
        self.words = Words(zh, en)
        self.begun = begun


class SignedBy(msgspec.Struct, frozen=True, kw_only=True):
    """A side's signature as it was judged; ``grade`` is empty for a side that has not signed, or not readably.

    ``valid`` is None for one that could not be judged here: there is no ``ssh-keygen``.
    """

    side: str
    grade: str = ""
    by: str = ""
    name: str = ""
    at: str = ""
    key: str = ""
    there: bool = False
    valid: bool | None = False


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """What ``<side>.signature.yaml`` says.

    ``seal`` is the seal's sha256, ``by`` who recorded it and, for ``ssh``, who signed (the principal); ``name`` is the
    signer's name.  ``key`` is the key's fingerprint and ``signature`` the sha256 of the ``.sig`` file: ``ssh`` only.
    """

    side: str
    month: str
    seal: str
    by: str
    name: str
    at: str
    grade: str
    key: str = ""
    signature: str = ""


def namespace(book_id: str) -> str:
    """What our signatures are for, so that one made for something else is none of ours."""
    return f"gb-seal-1@{book_id}"


def sig_path(month: str, side: str) -> str:
    """Where the detached signature stands."""
    return f"{FOLDER}/{month}/{side}.sig"


def yaml_path(month: str, side: str) -> str:
    """Where it is said whose signature it is."""
    return f"{FOLDER}/{month}/{side}.signature.yaml"


def show_signature(one: Signature) -> bytes:
    """The text, its own ``h`` at the end; fields that are empty are left out."""
    values = ((name, _get(one, name)) for name in _NAMES)
    body = "".join(f"{name}: {_quoted(value)}\n" for name, value in values if value).encode()
    return body + f'h: "{own_h(body)}"\n'.encode()


def parse_signature(data: bytes) -> Signature:
    """Read it strictly: raises ``ValueError`` for all that :func:`show_signature` would not have written."""
    lines = data[:LIMIT].decode().split("\n")
    pairs = dict(line.partition(": ")[::2] for line in lines[:-1])
    texts = {name: text[1:-1].replace('\\"', '"').replace("\\\\", "\\") for name, text in pairs.items()}
    if any(bad_text(text) for text in texts.values()):
        raise ValueError("text not allowed")
    texts.pop("h", "")
    if not {*_NAMES[:7]} <= texts.keys() <= {*_NAMES}:
        raise ValueError("not the fields of a signature")
    found = Signature(side=texts.pop("as"), **texts)
    if show_signature(found) != data:
        raise ValueError("its own h does not fit, or not in the form that signing writes")
    ssh = found.grade == "ssh"
    if found.grade not in GRADE_WORDS or bool(found.key) != ssh or bool(found.signature) != ssh:
        raise ValueError("grade and key do not go together")
    parse_instant(found.at)
    return found


def _get(one: Signature, name: str) -> str:
    value: str = getattr(one, "side" if name == "as" else name)
    return value


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def read_signature(disk: Disk, month: str, side: str) -> tuple[Signature, bytes] | None:
    """What is signed for that side and the bytes of its ``.sig``; None when nothing stands there.

    Raises :class:`Unsound` when one of the two is damaged or without the other.
    """
    sig, yaml = (disk.stat(path) is not None for path in (sig_path(month, side), yaml_path(month, side)))
    if not sig and not yaml:
        return None
    if not yaml:
        raise Unsound(f"缺 {side}.signature.yaml", f"{side}.signature.yaml is missing", begun=True)
    try:
        found = parse_signature(disk.read(yaml_path(month, side), LIMIT))
    except ValueError as error:
        raise Unsound(
            f"{side}.signature.yaml 损坏或被改动", f"{side}.signature.yaml is damaged or was changed: {error}"
        ) from None
    raw = disk.read(sig_path(month, side), LIMIT) if sig else b""
    if sig != (found.grade == "ssh"):
        raise Unsound(
            f"等级 {found.grade} 与有无 {side}.sig 不符",
            f"its grade is {found.grade}, and {side}.sig is {'there' if sig else 'not there'}",
        )
    if sig and seal_digest(raw) != found.signature:
        raise Unsound(f"{side}.sig 不是当时的签名", f"{side}.sig is not the signature that was made")
    return found, raw


# -- checking ----------------------------------------------------------------------------------------------------------


def check_signature(
    one: Signature, raw: bytes, *, side: str, seal: Seal, seal_bytes: bytes, people: list[Tenure]
) -> Iterator[Finding]:
    """CLS-05 for a signature that does not stand: the first reason only."""
    why = _place(one, side, seal, seal_bytes) or (
        _paper(one, people) if one.grade == "paper" else _ssh(one, raw, seal, seal_bytes, people)
    )
    if why is not None:
        yield bad_signature(seal.month, side, why)


def judged(
    disk: Disk, seal: Seal, seal_bytes: bytes, people: list[Tenure], *, strict: bool = True
) -> Iterator[tuple[SignedBy, list[Finding]]]:
    """Both sides in turn, each with what is wrong (CLS-05); the second is also held against the first.

    Raises :class:`NoProgram` when ``strict`` and there is no ``ssh-keygen``.
    """
    before: list[Signature] = []
    for side in SIDES:
        try:
            found = read_signature(disk, seal.month, side)
        except (Unsound, GbError) as error:
            begun = isinstance(error, Unsound) and error.begun
            yield SignedBy(side=side, there=True), [bad_signature(seal.month, side, error.words, begun=begun)]
            continue
        if found is None:
            yield SignedBy(side=side), []
            continue
        one, raw = found
        said = SignedBy(side=side, grade=one.grade, by=one.by, name=one.name, at=one.at, key=one.key, there=True)
        try:
            bad = [*check_signature(one, raw, side=side, seal=seal, seal_bytes=seal_bytes, people=people)]
        except NoProgram:
            if strict:
                raise
            yield msgspec.structs.replace(said, valid=None), []
            continue
        bad += [bad_signature(seal.month, side, same) for other in before if (same := same_person(one, other))]
        before += [] if bad else [one]
        yield msgspec.structs.replace(said, valid=not bad), bad


def unsigned(month: str, side: str) -> Finding:
    """CLS-02: a side that has not signed."""
    who = SIDE_WORDS[side]
    return trouble(
        "CLS-02",
        Words(f"{month} {who.zh}还没有签名", f"{month} is not signed for {NAMED[side]}"),
        subject=f"{month}/{side}",
        where=(Where(seal_path(month)),),
        next=(f"gb sign --month {month} --as {side} --key FILE",),
    )


def same_person(one: Signature, other: Signature) -> Words | None:
    """Why two signatures count as one person's; None when they are two people's."""
    if one.key and one.key == other.key:
        return Words(f"两方用的是同一把密钥 {one.key}", f"both sides used one key, {one.key}")
    if one.grade == other.grade == "ssh" and one.by == other.by:
        return Words(f"两方都是 {one.by}", f"both sides are {one.by}")
    if {_person(one.name), *_code(one)} & {_person(other.name), *_code(other)}:
        return Words(f"两方都是 {one.name}", f"both sides are {one.name}")
    return None


def _code(one: Signature) -> set[str]:
    return {_person(one.by)} if one.grade == "ssh" else set()


def _person(text: str) -> str:
    return "".join(fold(text).casefold().split())


def bad_signature(month: str, side: str, why: Words, *, begun: bool = False) -> Finding:
    """CLS-05; a signature that was ``begun`` is finished by signing again."""
    again = (f"gb sign --month {month} --as {side} --key FILE",) if begun else ()
    words = SIDE_WORDS[side]
    return trouble(
        "CLS-05",
        Words(f"{month} {words.zh}签名无效：{why.zh}", f"{month}: the {words.en} signature does not stand: {why.en}"),
        subject=f"{month}/{side}",
        where=(Where(yaml_path(month, side)), Where(sig_path(month, side))),
        next=(*again, "gb explain CLS-05"),
    )


def unjudged(month: str, side: str) -> Finding:
    """CLS-05 as a warning: there is nothing on this machine to judge the signature with."""
    who = SIDE_WORDS[side]
    words = Words(
        f"{month} {who.zh}签名没有核验：没有 ssh-keygen",
        f"{month}: the {who.en} signature was not judged: there is no ssh-keygen",
    )
    return Finding(
        code="CLS-05", severity="warning", words=words, subject=f"{month}/{side}",
        where=(Where(yaml_path(month, side)),), next=("apt install openssh-client",),
    )  # fmt: skip


def lost_signature(
    month: str, side: str, grade: str, source: Words, *, back: tuple[str, ...], now: str
) -> Finding:  # fmt: skip
    """CLS-05 for a signature that is known of and is gone, or has another in its place, of grade ``now``."""
    who = SIDE_WORDS[side]
    plain = Words("", "")
    then = GRADE_WORDS.get(grade, plain)
    first = Words(
        f"{source.zh} {month} {who.zh}的{then.zh or '签名'}",
        f"{month}: the {who.en} signature, {then.en}, {source.en},",
    )
    here = GRADE_WORDS.get(now, plain)
    words = Words(f"{first.zh}不见了", f"{first.en} is gone")
    if now:
        words = Words(f"{first.zh}被换掉，现在是{here.zh}", f"{first.en} was replaced: there is another now, {here.en}")
    where = (Where(yaml_path(month, side)), Where(sig_path(month, side)))
    return trouble(
        "CLS-05", words, subject=f"{month}/{side}", where=where, next=back or ("gb explain CLS-05",)
    )  # fmt: skip


def _place(one: Signature, side: str, seal: Seal, seal_bytes: bytes) -> Words | None:
    if one.side != side:
        return Words(f"它是为“{one.side}”签的", f"it was made as “{one.side}”")
    if one.month != seal.month:
        return Words(f"它是 {one.month} 的", f"it is of {one.month}")
    if one.seal != seal_digest(seal_bytes):
        return Words("它签的是另一份封签", "it was made over another seal")
    if parse_instant(one.at) < parse_instant(seal.at):
        return Words("签名时间早于封账", "it is dated before the closing")
    return None


def _paper(one: Signature, people: list[Tenure]) -> Words | None:
    who = at_moment(people, one.by, parse_instant(one.at))
    if who is None or not _MAY_STATE & set(who.roles):
        return Words(
            f"登记人 {one.by} 当时不是经理或财务", f"{one.by}, who recorded it, was neither manager nor finance then"
        )
    return None


def _ssh(one: Signature, raw: bytes, seal: Seal, seal_bytes: bytes, people: list[Tenure]) -> Words | None:
    closed, signed = parse_instant(seal.at), parse_instant(one.at)
    who = at_moment(people, one.by, closed)
    if who is None or at_moment(people, one.by, signed) is None:
        return Words(f"{one.by} 封账时没有登记或已离岗", f"{one.by} was not registered at the closing, or had left")
    if not ROLES[one.side] & set(who.roles):
        return Words(f"{one.by} 的岗位是 {' '.join(who.roles)}", f"{one.by} is {' '.join(who.roles)}")
    if one.name != who.name:
        return Words(f"{one.by} 登记的姓名是 {who.name}", f"{one.by} is registered as {who.name}")
    space = namespace(seal.book)
    signers = allowed_signers(allowed(people), space)
    key = verify(seal_bytes, raw, allowed=signers, principal=one.by, namespace=space, moment=closed)
    if not key or not who.key or key != fingerprint(who.key):
        return Words(
            f"ssh-keygen 不认可：不是 {one.by} 封账时登记的密钥，或签的不是这份封签",
            f"ssh-keygen refuses it: not by the key {one.by} had at the closing, or not over this seal",
        )
    if key != one.key:
        return Words(f"密钥是 {key}，不是所写的 {one.key}", f"the key is {key}, not {one.key} as it says")
    return None
