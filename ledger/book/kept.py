"""Settings and rules as they were read last: a counter command has no time to load a YAML library.

What is kept lies in ``.gb/`` and is believed only with a digest over the file's own bytes and over what was read of them,
so that it can be deleted or damaged at any time (D7).  It says nothing that the file does not say.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from typing import Any

import msgspec

from ledger import __version__
from ledger.core.errors import GbError
from ledger.disk import Disk
from ledger.disk.system import SAFE

_DIGEST = 64


def kept_mapping(disk: Disk, raw: bytes, name: str) -> Mapping[str, Any]:
    """As :func:`ledger.book.yamlfile.read_mapping`, which is asked only when the bytes are others than last time."""
    path = f".gb/{name}.read"
    with suppress(GbError, msgspec.DecodeError):
        kept = disk.read(path)
        if kept[:_DIGEST] == _digest(raw, kept[_DIGEST:]):
            found: dict[str, Any] = msgspec.json.decode(kept[_DIGEST:])
            return found
    from ledger.book.yamlfile import read_mapping

    mapping = read_mapping(raw, name)
    body = msgspec.json.encode(mapping)
    _keep(disk, path, _digest(raw, body) + body)
    return mapping


def _digest(raw: bytes, body: bytes) -> bytes:
    return sha256(b"%s\n%d\n%s%s" % (__version__.encode(), len(raw), raw, body)).hexdigest().encode()


def _keep(disk: Disk, path: str, data: bytes) -> None:
    """Not synced, and where it cannot be written not at all: a lost one costs the reading and nothing else."""
    with suppress(OSError, GbError):
        disk.stat(path)  # refuses a link in its place
        fd = disk.ops.open(str(disk.root / path), os.O_WRONLY | os.O_CREAT | os.O_TRUNC | SAFE)
        try:
            disk.ops.pwrite(fd, data, 0)
        finally:
            disk.ops.close(fd)
