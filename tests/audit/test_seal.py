"""The seal's text: one form only, read back the same, every change refused; and what it says of the files it covers."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import msgspec
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.audit.seal import (
    STATE,
    Seal,
    SealedFile,
    SealedState,
    own_h,
    parse_seal,
    read_seal,
    seal_digest,
    seal_path,
    sealed_months,
    sealed_prefix,
    short,
    show_seal,
)  # fmt: skip
from ledger.disk import Disk

HEX = "0123456789abcdef" * 4
SALES = "journals/2026-09/sales.K1.csv"


def a_seal(**changes: object) -> Seal:
    """A seal of one file."""
    state = tuple(
        SealedState(path=f"closings/2026-09/{name}", bytes=3, sha256=sha256(name.encode()).hexdigest())
        for name in sorted(STATE)
    )
    file = SealedFile(path=SALES, bytes=120, sha256=HEX, records=2, last_h=HEX[:16])
    seal = Seal(
        book="ab" * 16, month="2026-09", at="2026-10-03T09:00:00+08:00", by="M01", terminal="K1", previous="",
        digest=HEX, files=(file,), state=state,
    )  # fmt: skip
    return msgspec.structs.replace(seal, **changes)


def test_a_seal_reads_back_the_same() -> None:
    """What is written is read, and any YAML reader sees the same texts."""
    data = show_seal(a_seal(previous=HEX))
    assert parse_seal(data) == a_seal(previous=HEX)
    plain = yaml.safe_load(data)
    assert plain["files"] == [{"path": SALES, "bytes": "120", "sha256": HEX, "records": "2", "last_h": HEX[:16]}]
    assert [one["path"] for one in plain["state"]] == [f"closings/2026-09/{name}" for name in sorted(STATE)]
    assert plain["h"] == sha256(data[: data.rindex(b"h: ")]).hexdigest()[:16]


@pytest.mark.parametrize("text", ['a"b', "a\\b", 'a\\"b', "团购 #1: x", "no"])
def test_odd_names_keep_their_letters(text: str) -> None:
    """Quotes, backslashes and Chinese stand in a seal as they were."""
    seal = a_seal(by=text)
    assert parse_seal(show_seal(seal)).by == text
    assert yaml.safe_load(show_seal(seal))["by"] == text


def test_every_changed_byte_is_refused() -> None:
    """Each byte flipped, deleted or doubled: no seal any more."""
    data = show_seal(a_seal())
    for at in range(len(data)):
        for bad in (
            data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :],
            data[:at] + data[at + 1 :],
            data[:at] + data[at : at + 1] + data[at:],
        ):
            if bad != data:
                with pytest.raises(ValueError, match=r".+"):
                    parse_seal(bad)


def resealed(data: bytes) -> bytes:
    """The text with an ``h`` that fits: only its form can speak against it."""
    body = data[: data.rindex(b"h: ")]
    return body + f'h: "{own_h(body)}"\n'.encode()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'format: "1"', b'format: "2"'),
        (b'month: "2026-09"', b'month: "2026-13"'),
        (b'bytes: "120"', b'bytes: "0120"'),
        (b'bytes: "120"', b'bytes: "-1"'),
        (b"journals/2026-09/sales", b"journals/2026-08/sales"),
        (b"journals/2026-09/sales.K1.csv", b"journals/2026-09/../../secret"),
        (b"closings/2026-09/gb.yaml", b"closings/2026-08/gb.yaml"),
        (b'last_h: "0123', b'last_h: "X123'),
        (b'by: "M01"', b"by: M01"),
        (b'by: "M01"', b'by: "M\\01"'),
        (b'by: "M01"', b'by: "M01 "'),
        (b'by: "M01"\n', b""),
        (b"files:\n", b"files: []\n"),
        (b"state:\n", b"state:\nstate:\n"),
    ],
)
def test_another_form_with_a_fitting_h_is_refused(old: bytes, new: bytes) -> None:
    """A seal computed anew by somebody else must still have the one form."""
    data = show_seal(a_seal())
    assert old in data
    with pytest.raises(ValueError, match=r".+"):
        parse_seal(resealed(data.replace(old, new, 1)))


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=400))
def test_rubbish_is_a_value_error(data: bytes) -> None:
    """Whatever stands in the file: a seal or a ``ValueError``."""
    for text in (data, resealed(data + b"h: ")):
        with pytest.raises(ValueError, match=r".*"):
            parse_seal(text)


def test_the_short_form_is_four_groups_of_four() -> None:
    """What is copied to the paper sheet."""
    digest = seal_digest(show_seal(a_seal()))
    assert short("89abcdef01234567" + "0" * 48) == "89AB CDEF 0123 4567"
    assert short(digest).replace(" ", "").lower() == digest[:16]


def test_seals_of_a_book_are_found_and_read(tmp_path: Path) -> None:
    """Months with a seal, in order; a month without one is open."""
    disk = Disk(tmp_path)
    for month in ("2026-10", "2026-09"):
        disk.create(f"closings/{month}/stock.csv", b"span,sheet\n")
    disk.create(seal_path("2026-09"), show_seal(a_seal()))
    assert sealed_months(disk) == ["2026-09"]
    assert read_seal(disk, "2026-10") is None
    assert read_seal(disk, "2026-09") == (a_seal(), show_seal(a_seal()))


@pytest.mark.parametrize(
    ("now", "condition", "tail"),
    [
        (b"abc\n", "sealed", 0),
        (b"abc\ndef\n", "sealed", 4),
        (b"abd\n", "changed", 0),
        (b"ab", "shorter", 0),
        (None, "missing", 0),
    ],
)
def test_a_sealed_file_is_compared_by_its_prefix(tmp_path: Path, now: bytes | None, condition: str, tail: int) -> None:
    """What stands behind the sealed bytes is a tail, not a change."""
    disk = Disk(tmp_path)
    sealed = SealedFile(path=SALES, bytes=4, sha256=sha256(b"abc\n").hexdigest(), records=1, last_h=HEX[:16])
    if now is not None:
        disk.create(SALES, now)
    found = sealed_prefix(disk, sealed)
    assert (found.condition, found.tail, found.size) == (condition, tail, len(now or b""))
