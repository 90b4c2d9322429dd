"""The chain: every record's ``h`` is computed from the one before it, so that no single change goes unseen.

What it can't see: records cut from the end, a removed file, a chain that was computed anew.  Day-end marks, notices,
seals and signatures see those.
"""

from __future__ import annotations

from hashlib import sha256

SIZE = 16
_HEX = frozenset(b"0123456789abcdef")


def genesis(book_id: str, path: str, header: str) -> str:
    """What stands for the previous ``h`` before a file's first record.

    ``path`` is relative to the book; ``header`` is the CSV header without its LF, empty for YAML.
    """
    return sha256(f"gb1\n{book_id}\n{path}\n{header}\n".encode()).hexdigest()[:SIZE]


def link(previous_h: str, body: bytes) -> str:
    """The ``h`` of a record: ``body`` is its bytes before the last comma (CSV) or before ``  h:`` (YAML)."""
    return sha256(previous_h.encode() + body).hexdigest()[:SIZE]


def is_h(raw: bytes) -> bool:
    """Whether ``raw`` has the form of an ``h``: 16 lower-case hex digits."""
    return len(raw) == SIZE and _HEX.issuperset(raw)
