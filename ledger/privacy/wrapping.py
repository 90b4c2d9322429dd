"""Wrapping with age: for several recipients, of whom each alone can open (age X25519 and SSH keys; ``age -d`` opens it too)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from ledger.core.errors import Refused, Usage
from ledger.core.text import shown
from ledger.core.words import Words

Identity = Any
"""An opened secret key of age or SSH; the library has no types to name it by."""

AGE_SECRET: Final = "AGE-SECRET-KEY-1"  # noqa: S105  # how age's secret keys begin, not one
NO_IDENTITY: Final = "PRV-01"


class Made(NamedTuple):
    """A new identity: what opens, and the public recipient to wrap for."""

    secret: str
    recipient: str


def make_identity() -> Made:
    """A new age identity."""
    from pyrage import x25519

    identity = x25519.Identity.generate()
    return Made(str(identity), str(identity.to_public()))


def recipient_of(text: str) -> str:
    """A public recipient in its one form: ``age1…``, or type and key of an SSH public key, without its comment.

    Raises :class:`Usage` for anything else, a secret key above all.
    """
    plain = " ".join(text.split()[:2]) if text.startswith("ssh-") else text.strip()
    if AGE_SECRET in text or "PRIVATE KEY" in text:
        words = Words(
            "这是私钥，不要给任何人：要的是公钥", "that is a secret key, for nobody else: the public one is asked for"
        )
        raise Usage(words, next=("gb keys doctor",))
    try:
        _parsed(plain)
    except _errors():
        words = Words(
            f"不是 age 或 ssh 公钥：“{shown(plain, 24)}”", f"no public key of age or ssh: “{shown(plain, 24)}”"
        )
        raise Usage(words, next=("gb keys add-recipient --help",)) from None
    return plain


def wrap(data: bytes, recipients: Sequence[str]) -> bytes:
    """``data`` for the recipients, as an age file."""
    import pyrage

    wrapped: bytes = pyrage.encrypt(data, [_parsed(one) for one in recipients])
    return wrapped


def unwrap(data: bytes, identities: Iterable[Identity]) -> bytes | None:
    """What is in an age file, or ``None`` where none of the identities opens it."""
    import pyrage

    try:
        found: bytes = pyrage.decrypt(data, list(identities))
    except pyrage.DecryptError:
        return None
    return found


def identity_of(raw: bytes, name: str) -> Identity:
    """The identity in a file: age's own, or an SSH private key without a passphrase; raises :class:`Refused`."""
    from pyrage import ssh, x25519

    try:
        line = next((one for one in raw.decode().splitlines() if one.startswith(AGE_SECRET)), "")
        return x25519.Identity.from_str(line) if line else ssh.Identity.from_buffer(raw)
    except _errors():
        words = Words(
            f"{name} 里没有能用的私钥（ssh 私钥不能有口令）",
            f"no usable secret key in {name} (an ssh key must have no passphrase)",
        )
        raise Refused(words, code=NO_IDENTITY, next=("gb keys doctor",)) from None


def public_of(identity: Identity) -> str:
    """The recipient that belongs to an age identity; empty for an SSH key, whose public half lies beside it."""
    public = getattr(identity, "to_public", None)
    return str(public()) if public is not None else ""


def lock_up(data: bytes, passphrase: str) -> bytes:
    """An age file that a passphrase opens."""
    from pyrage import passphrase as by_passphrase

    locked: bytes = by_passphrase.encrypt(data, passphrase)
    return locked


def unlock(data: bytes, passphrase: str) -> bytes | None:
    """The inverse of :func:`lock_up`, or ``None``."""
    import pyrage
    from pyrage import passphrase as by_passphrase

    try:
        found: bytes = by_passphrase.decrypt(data, passphrase)
    except pyrage.DecryptError:
        return None
    return found


def _parsed(text: str) -> Any:
    from pyrage import ssh, x25519

    return ssh.Recipient.from_str(text) if text.startswith("ssh-") else x25519.Recipient.from_str(text)


def _errors() -> tuple[type[Exception], ...]:
    import pyrage

    return (pyrage.RecipientError, pyrage.IdentityError, UnicodeDecodeError, ValueError)
