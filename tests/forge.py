"""A forger of journals: changes, adds and removes records and makes the chain right again, or leaves it broken.

It writes files behind the program's back, as somebody with a text editor and the description of the format could.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import msgspec

from ledger.core.forms import Record
from ledger.core.records import BY_CODE, journal
from ledger.journal import csvtext, yamltext
from ledger.journal.chain import genesis, link

H_LINE = b'  h: "'


class Forge:
    """The journals of one book.  Files are named by their path relative to it."""

    def __init__(self, root: Path, book_id: str) -> None:
        self.root = root
        self._book_id = book_id

    # -- with a chain that fits ----------------------------------------------------------------------------------------

    def change(self, record_id: str, **fields: Any) -> str:
        """Other values in a record; returns its id."""
        path = self.file_of(record_id)
        header, blocks = self._read(path)
        at = self._at(blocks, record_id)
        blocks[at] = _text(msgspec.structs.replace(self.record(record_id), **fields), path)
        self._write(path, header, blocks)
        return record_id

    def drop(self, record_id: str) -> str:
        """The record gone, the chain closed over the gap."""
        path = self.file_of(record_id)
        header, blocks = self._read(path)
        del blocks[self._at(blocks, record_id)]
        self._write(path, header, blocks)
        return record_id

    def add(self, like: str, terminal: str, at: dt.datetime, path: str = "", **fields: Any) -> str:
        """A record like another one, at that moment, with the next free number of its day; returns its id."""
        name = self.next_id(like[:2], at.date(), terminal)
        made: Record = msgspec.structs.replace(
            self.record(like), **{"id": name, "at": at, "date": at.date(), "key": "", **fields}
        )
        path = path or self._usual(made, terminal)
        header, blocks = self._read(path) if (self.root / path).exists() else (self._header(path), [])
        self._write(path, header, [*blocks, _text(made, path)])
        return made.id

    def repeat(self, record_id: str) -> str:
        """The same record once more at the end of its file."""
        path = self.file_of(record_id)
        header, blocks = self._read(path)
        self._write(path, header, [*blocks, blocks[self._at(blocks, record_id)]])
        return record_id

    # -- with bytes as they come ---------------------------------------------------------------------------------------

    def scratch(self, record_id: str, old: bytes, new: bytes) -> str:
        """Bytes inside one record replaced, the chain left as it is."""
        path = self.file_of(record_id)
        header, blocks = self._read(path)
        at = self._at(blocks, record_id)
        assert old in blocks[at], (old, blocks[at])
        blocks[at] = blocks[at].replace(old, new)
        (self.root / path).write_bytes(header + b"".join(blocks))
        return record_id

    def scribble(self, path: str, data: bytes) -> str:
        """Bytes at the end of a file, which may be a new one; returns its path."""
        with (self.root / path).open("ab") as file:
            file.write(data)
        return path

    # -- reading -------------------------------------------------------------------------------------------------------

    def record(self, record_id: str) -> Any:
        """The typed record."""
        path = self.file_of(record_id)
        header, blocks = self._read(path)
        block, form = blocks[self._at(blocks, record_id)], journal(BY_CODE[record_id[:2]].name)
        if path.endswith(".csv"):
            return form.decode(csvtext.parse(block, header[:-1].decode().split(","), form.columns()))
        return form.decode(yamltext.parse(block, form, form.columns()))

    def file_of(self, record_id: str) -> str:
        """The first file in which the record stands."""
        return next(path for path in self.files() if self._lines(path, record_id))

    def line_of(self, record_id: str, which: int = 0) -> tuple[str, int]:
        """File and line of a record, the lines counted in the text itself; ``which`` picks one of several."""
        path = self.file_of(record_id)
        return path, self._lines(path, record_id)[which]

    def files(self) -> list[str]:
        """All journal files."""
        found = (self.root / "journals").rglob("*.*")
        return sorted(str(path.relative_to(self.root)) for path in found if path.is_file())

    def next_id(self, code: str, day: dt.date, terminal: str) -> str:
        """The first id of that series that stands nowhere."""
        text = b"".join((self.root / path).read_bytes() for path in self.files())
        stem = f"{code}{day:%Y%m%d}-{terminal}-"
        return next(f"{stem}{n:04d}" for n in range(1, 10000) if f"{stem}{n:04d}".encode() not in text)

    def _lines(self, path: str, record_id: str) -> list[int]:
        starts = (f"{record_id},".encode(), f'- id: "{record_id}"'.encode())
        text = (self.root / path).read_bytes().split(b"\n")
        return [number for number, line in enumerate(text, 1) if line.startswith(starts)]

    def _usual(self, record: Record, terminal: str) -> str:
        listed = BY_CODE[record.id[:2]]
        return f"journals/{record.date:%Y-%m}/{listed.name}.{terminal}.{listed.format}"

    def _header(self, path: str) -> bytes:
        name = Path(path).name.split(".")[0]
        return csvtext.header_line(journal(name).columns()) if path.endswith(".csv") else b""

    def _at(self, blocks: list[bytes], record_id: str) -> int:
        starts = (f"{record_id},".encode(), f'- id: "{record_id}"'.encode())
        return next(n for n, block in enumerate(blocks) if block.startswith(starts))

    def _read(self, path: str) -> tuple[bytes, list[bytes]]:
        raw = (self.root / path).read_bytes()
        if path.endswith(".csv"):
            header, *lines = raw.splitlines(keepends=True)
            return header, lines
        return b"", [block + b"\n\n" for block in raw.split(b"\n\n")[:-1]]

    def _write(self, path: str, header: bytes, blocks: list[bytes]) -> None:
        h = genesis(self._book_id, path, header[:-1].decode())
        out = [header]
        for block in blocks:
            csv = path.endswith(".csv")
            body = block[: block.rindex(b",")] if csv else block[: block.rindex(H_LINE)]
            h = link(h, body)
            out.append(body + (f",{h}\n" if csv else f'  h: "{h}"\n\n').encode())
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_bytes(b"".join(out))


def _text(record: Record, path: str) -> bytes:
    if path.endswith(".csv"):
        return csvtext.emit(record.encode(), journal(BY_CODE[record.id[:2]].name).columns(), "0" * 16)[0]
    return yamltext.emit(record.encode(), "0" * 16)[0]
