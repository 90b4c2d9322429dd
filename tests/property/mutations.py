"""Files spoilt at random, reproducibly: what disks, editors, merges and people who mean harm do to bytes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

Mutation = Callable[[bytes, Random], bytes]

TOKENS = (
    b"\n", b"\n\n", b"\r\n", b"\r", b"\0", b"\0" * 9, b",", b",,", b'"', b'""', b"\\", b'\\"', b"- ", b'- id: "', b"  h: ",
    b"\xef\xbb\xbf", b"\xff\xfe", b"\xff", b"\xc0\x80", b"\xed\xa0\x80", "\u2028".encode(), "\u0085".encode(),
    "\u202e".encode(), "\u0301".encode(), "０".encode(), "－".encode(), "北京".encode("gbk"), b"../", b"&a ", b"*a ", b"!!python/",
    b"{", b"[", b"]", b"}", b": ", b"#", b"%", b"|", b">", b"? ", b"---\n", b"...\n", b"\t", b" ", b"=1+1", b"@", b"-1",
    b"999999999999999999999", b"1e308", b"NaN", b"2026-02-30", b"0000-00-00", b"A0000000-A9999999", b"x" * 5000, b"[" * 300,
    b"<<<<<<< HEAD\n", b"=======\n", b">>>>>>> theirs\n", b"\x1b[2J", b"\x07",
)  # fmt: skip


def _flip(data: bytes, random: Random) -> bytes:
    at = random.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << random.randrange(8)]) + data[at + 1 :]


def _insert(data: bytes, random: Random) -> bytes:
    at = random.randint(0, len(data))
    return data[:at] + random.choice(TOKENS) + data[at:]


def _replace(data: bytes, random: Random) -> bytes:
    at, token = random.randint(0, len(data)), random.choice(TOKENS)
    return data[:at] + token + data[at + len(token) :]


def _cut(data: bytes, random: Random) -> bytes:
    return data[: random.randint(0, len(data))]


def _behead(data: bytes, random: Random) -> bytes:
    return data[random.randint(0, len(data)) :]


def _delete(data: bytes, random: Random) -> bytes:
    at = random.randrange(len(data))
    return data[:at] + data[at + random.randint(1, 40) :]


def _zero(data: bytes, random: Random) -> bytes:
    at, size = random.randrange(len(data)), random.choice((1, 8, 64, 512))
    return data[:at] + bytes(min(size, len(data) - at)) + data[at + size :]


def _double(data: bytes, random: Random) -> bytes:
    first, last = sorted((random.randint(0, len(data)), random.randint(0, len(data))))
    return data[:last] + data[first:last] + data[last:]


def _splice(data: bytes, random: Random) -> bytes:
    """Pieces of the file in another order."""
    cuts = sorted(random.randint(0, len(data)) for _ in range(3))
    parts = [data[: cuts[0]], data[cuts[0] : cuts[1]], data[cuts[1] : cuts[2]], data[cuts[2] :]]
    random.shuffle(parts)
    return b"".join(parts)


def _swap_lines(data: bytes, random: Random) -> bytes:
    lines = data.splitlines(keepends=True)
    one, other = random.randrange(len(lines)), random.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"".join(lines)


def _recode(data: bytes, random: Random) -> bytes:
    return data.decode("utf-8", "replace").encode(
        random.choice(("gbk", "utf-16", "utf-16-le", "utf-8-sig", "utf-7")), "replace"
    )


def _line_ends(data: bytes, random: Random) -> bytes:
    return data.replace(b"\n", random.choice((b"\r\n", b"\r", b"\n\n", b"\0\n", b" \n")))


def _noise(data: bytes, random: Random) -> bytes:
    return random.randbytes(random.randint(0, 300))


def _grow(data: bytes, random: Random) -> bytes:
    return data + random.choice(TOKENS) * random.randint(1, 200)


MUTATIONS: tuple[Mutation, ...] = (
    _flip, _flip, _flip, _insert, _insert, _insert, _replace, _cut, _behead, _delete, _zero, _double, _splice, _swap_lines,
    _recode, _line_ends, _noise, _grow,
)  # fmt: skip


def spoilt(originals: Sequence[bytes], random: Random) -> bytes:
    """One of them after one to four changes, or the start of one before the end of another."""
    data = random.choice(originals)
    if random.random() < 0.1:
        other = random.choice(originals)
        data = data[: random.randint(0, len(data))] + other[random.randint(0, len(other)) :]
    for _ in range(random.choice((1, 1, 1, 2, 3, 4))):
        data = random.choice(MUTATIONS)(data, random) if data else random.randbytes(random.randint(0, 60))
    return data
