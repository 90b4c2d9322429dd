"""OpenSSH keys and signatures through ``ssh-keygen``: what git uses too, and anybody can repeat without this program.

A public key is kept as its type and its base64 text, without the comment; its fingerprint is what ssh prints.
"""

from __future__ import annotations

import binascii
import datetime as dt
import os
import re
import subprocess
from base64 import b64decode, b64encode
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from ledger.core.errors import Refused, Usage
from ledger.core.words import Words
from ledger.disk import Disk, scratch

LIMIT = 64 * 1024
_KEY = re.compile(r"((?:ssh|ecdsa|sk-ssh|sk-ecdsa)-[a-z0-9@.-]+) ([A-Za-z0-9+/]+={0,2})(?: .*)?", re.DOTALL)
_KEPT = ("PATH", "HOME", "SSH_AUTH_SOCK", "SSH_ASKPASS", "DISPLAY", "TMPDIR", "SYSTEMROOT", "USERPROFILE")
_STAMP = "%Y%m%d%H%M%S"


class NoProgram(Refused):
    """There is no ``ssh-keygen`` on this machine: nothing can be signed or judged."""

    default_code = "SIG-01"


class Allowed(NamedTuple):
    """One line of an allowed-signers file: the key of ``principal`` holds from ``since``, inclusive, to ``until``."""

    principal: str
    key: str
    since: dt.datetime
    until: dt.datetime | None


def public_key(text: str) -> str:
    """``ssh-ed25519 AAAA…`` of the one line of a public key, without options and comment; empty when it is none."""
    found = _KEY.fullmatch(text.strip())
    if found is None or "\n" in text.strip():
        return ""
    blob = _blob(found[2])
    name = found[1].encode()
    # The blob names its own type first: a line that says another is not what ssh would use.
    return f"{found[1]} {found[2]}" if blob[4 : 4 + len(name)] == name else ""


def fingerprint(key: str) -> str:
    """``SHA256:…`` of a public key, as ssh prints it."""
    digest = sha256(_blob(key.split(" ")[1])).digest()
    return "SHA256:" + b64encode(digest).decode().rstrip("=")


def _blob(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


def allowed_signers(lines: Sequence[Allowed], namespace: str) -> bytes:
    """The file that ``ssh-keygen -Y verify -f`` reads; its times are UTC."""
    return "".join(_allowed(one, namespace) for one in lines).encode()


def _allowed(one: Allowed, namespace: str) -> str:
    until = f',valid-before="{_utc(one.until)}"' if one.until else ""
    return f'{one.principal} namespaces="{namespace}",valid-after="{_utc(one.since)}"{until} {one.key}\n'


def _utc(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime(_STAMP)


def verify(
    data: bytes, signature: bytes, *, allowed: bytes, principal: str, namespace: str, moment: dt.datetime
) -> str:
    """The fingerprint of the key that signed ``data`` as ``principal``, allowed at ``moment``; empty when it does not.

    Raises :class:`NoProgram`.
    """
    with scratch() as folder:
        disk = Disk(Path(folder))
        disk.create("signers", allowed)
        disk.create("sig", signature)
        done = _run(
            "-Y", "verify", "-f", f"{folder}/signers", "-I", principal, "-n", namespace, "-s", f"{folder}/sig",
            "-O", f"verify-time={_utc(moment)}", data=data,
        )  # fmt: skip
    found = re.search(rb"(SHA256:[A-Za-z0-9+/]+)", done.stdout)
    good = done.returncode == 0 and done.stdout.startswith(b"Good ") and found is not None
    return found[1].decode() if good and found else ""


def sign(data: bytes, key: Path, namespace: str) -> bytes:
    """The detached signature over ``data`` with a private key, or with the public half of one that the agent holds.

    A passphrase is asked for by ``ssh-keygen`` itself.  Raises :class:`Refused`.
    """
    done = _run("-Y", "sign", "-f", str(key), "-n", namespace, data=data)
    if done.returncode or not done.stdout.startswith(b"-----BEGIN SSH SIGNATURE-----\n"):
        raise _refused(Words(f"用 {key} 签不了名", f"cannot sign with {key}"), done.stderr)
    return done.stdout


_HEAD, _FOOT, _WIDTH = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----", 70


def bare(signature: bytes) -> str:
    """The base64 of a signature as ``ssh-keygen`` writes it, in one line."""
    return "".join(signature.decode().split("\n")[1:-2])


def armoured(text: str) -> bytes:
    """The inverse of :func:`bare`."""
    lines = [text[at : at + _WIDTH] for at in range(0, len(text), _WIDTH)]
    return "\n".join([_HEAD, *lines, _FOOT, ""]).encode()


def key_of(text: str) -> str:
    """The fingerprint of the key that a signature (its base64) says it is by; empty when it does not read."""
    blob = _blob(text)[10:]
    size = int.from_bytes(blob[:4], "big")
    key = blob[4 : 4 + size]
    return "SHA256:" + b64encode(sha256(key).digest()).decode().rstrip("=") if key and len(key) == size else ""


def public_half(key: Path) -> str:
    """The public key of a key file, private or public; raises :class:`Refused`."""
    disk = Disk(key.parent)
    public = key if key.suffix == ".pub" else key.with_name(key.name + ".pub")
    text = disk.read(public.name, LIMIT).decode("utf-8", "replace") if disk.stat(public.name) is not None else ""
    if not text:
        done = _run("-y", "-f", str(key))
        if done.returncode:
            raise _refused(Words(f"{key} 里没有可读的密钥", f"no key can be read from {key}"), done.stderr)
        text = done.stdout.decode("utf-8", "replace")
    found = public_key(text)
    if not found:
        words = Words(f"{public} 不是 SSH 公钥", f"{public} is no SSH public key")
        raise Usage(words, next=("gb keys sign-setup",))
    return found


def make_key(key: Path, comment: str) -> None:
    """A new ed25519 key at ``key``; a passphrase is asked for on a terminal.  Raises :class:`Refused`."""
    Disk(key.parent).found(0o700)
    done = subprocess.run(
        [_program(), "-q", "-t", "ed25519", "-f", str(key), "-C", comment, *([] if os.isatty(0) else ["-N", ""])],
        env=_environment(), check=False, stderr=None if os.isatty(0) else subprocess.PIPE,
    )  # fmt: skip
    if done.returncode:
        raise _refused(Words(f"不能生成密钥 {key}", f"cannot make the key {key}"), done.stderr or b"")


def _run(*argv: str, data: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([_program(), *argv], input=data, capture_output=True, env=_environment(), check=False)


def _program() -> str:
    from shutil import which

    found = which("ssh-keygen")
    if found is None:
        words = Words("没有 ssh-keygen（OpenSSH 8.9 以上）", "there is no ssh-keygen (OpenSSH 8.9 or later)")
        raise NoProgram(words, next=("apt install openssh-client",))
    return found


def _environment() -> dict[str, str]:
    """UTC, because before OpenSSH 9.1 times without a zone are local and no other can be written; C, for its words."""
    return {**{name: os.environ[name] for name in _KEPT if name in os.environ}, "TZ": "UTC", "LC_ALL": "C"}


def _refused(words: Words, stderr: bytes) -> Refused:
    said = stderr.decode("utf-8", "backslashreplace").strip().splitlines()
    why = f"：{said[-1]}" if said else "", f": {said[-1]}" if said else ""
    return Refused(Words(words.zh + why[0], words.en + why[1]), code="SIG-01", next=("gb keys sign-setup",))
