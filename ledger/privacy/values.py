"""One personal value, sealed: AES-256-GCM under the subject's key, bound to the store, the subject and the field.

``ENC[v1:<key id>:<base64 of nonce, ciphertext and tag>]``.  The text is padded to a multiple of 32 bytes, so that the length
of a value says little.  A value moved to another store, person or field does not open.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
from typing import Final, NamedTuple

from ledger.core.personal import Subject

_NONCE: Final = 12
_BLOCK: Final = 32
KEY: Final = 32
"""Bytes of a data key."""


class NotOpened(Exception):
    """The value is not what was sealed for this store, subject and field under this key."""


class DataKey(NamedTuple):
    """A subject's key; ``id`` is derived from it, so that a value names its key and no other one fits."""

    id: str
    secret: bytes

    def __repr__(self) -> str:
        return f"DataKey({self.id})"


def key_of(secret: bytes) -> DataKey:
    """The key with its id; raises :class:`NotOpened` where it is no key."""
    if len(secret) != KEY:
        raise NotOpened
    return DataKey(hashlib.sha256(b"gb1 data key\n" + secret).hexdigest()[:16], secret)


def new_key() -> DataKey:
    """A random key."""
    return key_of(secrets.token_bytes(KEY))


def key_id(sealed: str) -> str:
    """The id of the key that a sealed value is under."""
    return sealed[7:23]


def seal(key: DataKey, book: str, subject: Subject, field: str, text: str) -> str:
    """The sealed value; two of one text are never alike."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = secrets.token_bytes(_NONCE)
    cipher = AESGCM(key.secret).encrypt(nonce, _padded(text.encode()), _bound(book, subject, field))
    return f"ENC[v1:{key.id}:{base64.b64encode(nonce + cipher).decode()}]"


def unseal(key: DataKey, book: str, subject: Subject, field: str, sealed: str) -> str:
    """The value in the clear; raises :class:`NotOpened` for one that was changed, or sealed for something else."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        data = base64.b64decode(sealed[24:-1], validate=True)
        plain = AESGCM(key.secret).decrypt(data[:_NONCE], data[_NONCE:], _bound(book, subject, field))
        return _bare(plain).decode()
    except (InvalidTag, binascii.Error, ValueError):
        raise NotOpened from None


def _bound(book: str, subject: Subject, field: str) -> bytes:
    return f"gb1\n{book}\n{subject.text}\n{field}".encode()


def _padded(data: bytes) -> bytes:
    return data + b"\x80" + bytes(-(len(data) + 1) % _BLOCK)


def _bare(data: bytes) -> bytes:
    bare, mark, rest = data.rpartition(b"\x80")
    if not mark or rest.strip(b"\0"):
        raise ValueError
    return bare
