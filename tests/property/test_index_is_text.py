"""The index holds what the text says and nothing else, however it was kept up, deleted or damaged."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.book import resolve
from ledger.book.batch import record_drafts
from ledger.book.draft import Draft
from ledger.book.open import Book
from ledger.core.errors import GbError
from ledger.core.parties import Client
from ledger.core.spans import Span, SpanSet
from ledger.index import lookup
from ledger.index.ground import Ground
from ledger.index.projection import Index
from ledger.index.schema import VERSION
from ledger.journal.chain import link
from tests.property.histories import BOOK_ID, TERMINALS, World

HISTORIES = 60 if os.environ.get("GB_STRESS") else 8
STEPS = 60
RECORD = "id, journal, terminal, day, number, kind, at, ord, ref, key, client, path, line, start, size"
SHEETS = SpanSet.of([Span("A", 7, 1, 400)])


def held(db: sqlite3.Connection) -> dict[str, list[Any]]:
    """All that the index says of the text, without the numbers that SQLite gives to rows."""
    queries = {
        "sheet": "SELECT * FROM sheet ORDER BY prefix, width, first",
        "thing": "SELECT * FROM thing ORDER BY space, key",
        "record": f"SELECT {RECORD} FROM record ORDER BY ord",
        "event": "SELECT prefix, width, level, first, last, id FROM event JOIN record USING (seq) ORDER BY 1, 2, 3, 4, 5, 6",
        "file": "SELECT path, size, stop, line, h FROM file ORDER BY path",
        "damage": "SELECT path, code, finding FROM damage ORDER BY path, finding",
    }
    return {name: db.execute(query).fetchall() for name, query in queries.items()}


def answers(book: Book) -> dict[str, Any]:
    """What commands ask: the stock, a client, the last record, the next number, who touched a sheet."""
    db, state = book.index.db, book.state()
    return {
        "held": held(db),
        "hand": [(span.text, sheet.text) for span, sheet in state.on_hand()],
        "pieces": [(piece.span.text, piece.sheet.text, piece.out) for piece in book.state().pieces(SHEETS)],
        "clients": sorted(key for key, _ in state.things(Client)),
        "last": [lookup.last_of(db, name) for name in TERMINALS],
        "newest": [[one.id for one in lookup.newest_of(db, name)] for name in TERMINALS],
        "latest": [book.index.latest(name) for name in TERMINALS],
        "next": [lookup.next_number(db, "sales", name, "2026-09-28") for name in TERMINALS],
        "touching": [[one.id for one in lookup.touching(db, Span("A", 7, n, n + 7))] for n in range(1, 400, 23)],
        "client": resolve.client(book.state(), "第2中学"),
        "damage": [(one.code, one.where) for one in book.damage()],
    }


def rebuilt(root: Path, tmp_path: Path) -> dict[str, Any]:
    """The answers of a copy that never had an index."""
    copy = tmp_path / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(root, copy, ignore=shutil.ignore_patterns(".gb"))
    book = Book(copy)
    try:
        return answers(book)
    finally:
        book.close()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path / "book", 7).run(STEPS)
    yield world
    world.close()


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_two_books_keep_one_index(seed: int, tmp_path: Path) -> None:
    """Both terminals catch up in turn with what the other wrote; a fresh fold of the text gives the same rows."""
    world = World(tmp_path / "book", 500 + seed).run(STEPS)
    expected = rebuilt(world.root, tmp_path)
    for book in world.books.values():
        book.refresh()
        assert answers(book) == expected
    world.close()
    again = world.open("K1")
    assert answers(again) == expected
    again.index.rebuild()
    assert answers(again) == expected


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_two_indexes_of_one_text(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every terminal has an index of its own: whatever the other wrote is only read from the text."""
    world = World(tmp_path / "book", 700 + seed)
    in_memory(monkeypatch)
    world.books["K2"].close()
    world.books["K2"] = world.open("K2")
    world.run(STEPS)
    expected = rebuilt(world.root, tmp_path)
    for book in world.books.values():
        book.refresh()
        assert answers(book) == expected
    world.close()


def in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on no SQLite file can be opened."""
    real: Callable[..., sqlite3.Connection] = sqlite3.connect

    def connect(name: str, **more: Any) -> sqlite3.Connection:
        if name != ":memory:":
            raise sqlite3.OperationalError("unable to open database file")
        return real(name, **more)

    monkeypatch.setattr("ledger.index.store.sqlite3.connect", connect)


# -- the index damaged -------------------------------------------------------------------------------------------------


def _delete_all(gb: Path) -> None:
    shutil.rmtree(gb)


def _delete_file_but_not_log(gb: Path) -> None:
    (gb / "index.sqlite").unlink()


def _empty(gb: Path) -> None:
    (gb / "index.sqlite").write_bytes(b"")


def _halve(gb: Path) -> None:
    raw = (gb / "index.sqlite").read_bytes()
    (gb / "index.sqlite").write_bytes(raw[: len(raw) // 2])


def _no_database(gb: Path) -> None:
    (gb / "index.sqlite").write_bytes(b"no database " * 999)


def _no_stamp(gb: Path) -> None:
    (gb / "index.stamp").unlink()


def _folder(gb: Path) -> None:
    (gb / "index.sqlite").unlink()
    (gb / "index.sqlite").mkdir()


def _other_book(gb: Path) -> None:
    """An index that another book left, with its stamp made right."""
    _edit(gb, f"UPDATE meta SET value = '{VERSION} ffffffffffffffffffffffffffffffff'")


def _other_version(gb: Path) -> None:
    _edit(gb, f"UPDATE meta SET value = '0 {BOOK_ID}'")


def _edit(gb: Path, statement: str) -> None:
    db = sqlite3.connect(gb / "index.sqlite")
    db.execute(statement)
    db.commit()
    db.close()
    found = (gb / "index.sqlite").stat()
    stamp = f"{found.st_size} {found.st_mtime_ns} {found.st_ctime_ns} {found.st_ino}\n"
    (gb / "index.stamp").write_text(stamp)


DAMAGES = [
    _delete_all, _delete_file_but_not_log, _empty, _halve, _no_database, _no_stamp, _folder, _other_book, _other_version,
]  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__.strip("_"))
def test_damage_is_mended_from_the_text(damage: Callable[[Path], None], world: World, tmp_path: Path) -> None:
    """Whatever happens to ``.gb`` between two commands: the same answers, and recording goes on."""
    expected = rebuilt(world.root, tmp_path)
    world.close()
    damage(world.root / ".gb")
    again = world.open("K1")
    assert answers(again) == expected
    world.books = {"K1": again, "K2": world.open("K2")}
    before = len(world.recorded)
    world.run(12)
    assert len(world.recorded) > before
    expected = rebuilt(world.root, tmp_path)
    for book in world.books.values():
        book.refresh()
        assert answers(book) == expected


def test_random_bytes_are_never_believed(world: World, tmp_path: Path) -> None:
    """One byte to a page of noise anywhere in the file: SQLite itself would take most of them for data."""
    expected = rebuilt(world.root, tmp_path)
    world.close()
    file = world.root / ".gb" / "index.sqlite"
    for seed in range(400 if os.environ.get("GB_STRESS") else 60):
        rng = random.Random(seed)
        raw = bytearray(file.read_bytes())
        at = rng.randrange(len(raw))
        noise = rng.randbytes(rng.choice((1, 2, 16, 200, 4096)))
        raw[at : at + len(noise)] = noise
        file.write_bytes(raw)
        book = world.open("K1")
        assert answers(book) == expected, f"noise {seed}"
        book.close()


def test_damage_under_an_open_connection(world: World, tmp_path: Path) -> None:
    """The file is deleted by somebody while a command has it open: that command goes on, and so does the next."""
    for path in (world.root / ".gb").glob("index*"):
        path.unlink()
    before = len(world.recorded)
    world.run(12)
    assert len(world.recorded) > before
    expected = rebuilt(world.root, tmp_path)
    for book in [*world.books.values(), world.open("K1")]:
        book.refresh()
        assert answers(book) == expected


def test_a_lasting_index_is_not_built_anew(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Opening an undamaged book reads no journal: else every counter command would pay for the whole text."""
    world.close()
    again = world.open("K1")
    monkeypatch.setattr("ledger.index.projection.scan", None)
    assert again.state() is not None
    again.close()
    foreign = world.root / "journals" / "2026-09" / "notes.txt"
    foreign.write_text("x")
    monkeypatch.undo()
    assert [one.code for one in world.open("K2").damage()] == ["JRN-06"]
    monkeypatch.setattr("ledger.index.projection.scan", None)
    assert [one.code for one in world.open("K1").damage()] == ["JRN-06"]


# -- the text changed while nobody looked ------------------------------------------------------------------------------


def test_an_older_index_catches_up(world: World, tmp_path: Path) -> None:
    """A backup of ``.gb`` is put back after more was recorded."""
    world.close()
    shutil.copytree(world.root / ".gb", tmp_path / "backup")
    world.books = {"K1": world.open("K1"), "K2": world.open("K2")}
    world.run(20)
    expected = rebuilt(world.root, tmp_path)
    world.close()
    shutil.rmtree(world.root / ".gb")
    shutil.copytree(tmp_path / "backup", world.root / ".gb")
    assert answers(world.open("K1")) == expected


def test_an_index_older_than_the_text_reads_on(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Records that no index was told of, as after a kill between append and index: read on without a rebuild."""
    world.close()
    world.books = {"K1": world.open("K1"), "K2": world.open("K2")}
    world.books["K2"].refresh()
    with monkeypatch.context() as deaf:
        deaf.setattr("ledger.index.projection.Index.add", lambda *_: None)
        deaf.setattr("ledger.index.projection.Index.catch_up", lambda *_: None)
        for _ in range(9):  # one record: the next one would not see what the one before did
            before = len(world.recorded)
            world.draw_sheets()
            if len(world.recorded) > before:
                break
    expected = rebuilt(world.root, tmp_path)
    monkeypatch.setattr("ledger.index.projection.Index.build", None)
    again = world.open("K1")
    assert answers(again) == expected


@pytest.mark.parametrize("part", [1, 10**9], ids=["read-on", "anew"])
def test_many_records_at_once(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: int) -> None:
    """More than ``MANY`` new records are read on where they are little beside the book, and folded anew where they are not."""
    anew = []
    build = Index.build

    def told(index: Index, ground: Ground | None) -> int:
        anew.append(True)
        return build(index, ground)

    monkeypatch.setattr(Index, "build", told)
    monkeypatch.setattr("ledger.index.projection.MANY", 2)
    monkeypatch.setattr("ledger.index.projection._PART", part)
    drafts = {
        code: Draft(journal="clients", kind="added", values={"code": code, "unit": code}, by="wang", terminal="K1")
        for code in ("X1", "X2", "X3", "X4", "X5")
    }
    book = world.books["K1"]
    record_drafts(book, drafts, terminal="K1")
    assert bool(anew) == (part > 1)
    monkeypatch.undo()
    assert answers(book) == rebuilt(world.root, tmp_path)


WRITER = """
import sys
from pathlib import Path
from ledger.book.draft import Draft
from ledger.book.open import Book
from ledger.book.write import record
from tests.property.histories import Later
book = Book(Path(sys.argv[1]), Later())
for number in range(3):
    values = {"code": f"X{sys.argv[2]}{number}", "unit": f"另一进程 {number}"}
    record(book, Draft(journal="clients", kind="added", values=values, by="wang", terminal="K2"))
"""


def test_another_process_appends(world: World, tmp_path: Path) -> None:
    """Lines that came from outside while this book was open, and while it was closed."""
    mine = world.books["K1"]
    mine.refresh()
    for turn in "AB":
        subprocess.run([sys.executable, "-c", WRITER, str(world.root), turn], check=True, cwd=Path(__file__).parents[2])
        expected = rebuilt(world.root, tmp_path)
        mine.refresh()
        assert answers(mine) == expected
        assert answers(world.open("K2")) == expected


def _journal(world: World, name: str) -> Path:
    """The largest file of a journal."""
    return max((world.root / "journals").rglob(name), key=lambda path: path.stat().st_size)


def _in_place(path: Path, change: Callable[[bytes], bytes]) -> None:
    """Change a file as an editor does that writes into the same inode."""
    raw = path.read_bytes()
    new = change(raw)
    assert new != raw
    with path.open("r+b") as file:
        file.write(new)
        file.truncate()


def test_a_hand_edit_in_the_middle_is_seen(world: World, tmp_path: Path) -> None:
    """One digit of an early amount, same length, same inode: the index must not stay with the old figure."""
    sales = _journal(world, "sales.*.csv")
    _in_place(sales, lambda raw: raw.replace(b"cash:", b"pos-:", 1))
    expected = rebuilt(world.root, tmp_path)
    assert expected["damage"]
    for book in [*world.books.values(), world.open("K1")]:
        book.refresh()
        assert answers(book) == expected


def test_a_hand_edit_and_an_append_at_once_are_seen(world: World, tmp_path: Path) -> None:
    """The file grew and its old end is where it was: only the chain from the start tells the edit above."""
    sales = _journal(world, "sales.*.csv")

    def change(raw: bytes) -> bytes:
        lines = raw.split(b"\n")[:-1]
        body, _, h = lines[-1].rpartition(b",")
        stem, _, number = body.split(b",", 1)[0].rpartition(b"-")
        again = b"%s-%04d," % (stem, int(number) + 1) + body.split(b",", 1)[1]
        lines.append(again + b"," + link(h.decode(), again).encode())
        return b"\n".join(lines).replace(b"cash:", b"pos-:", 1) + b"\n"

    _in_place(sales, change)
    expected = rebuilt(world.root, tmp_path)
    for book in [*world.books.values(), world.open("K1")]:
        book.refresh()
        assert answers(book) == expected


@pytest.mark.parametrize("how", ["removed", "cut", "touched", "replaced"])
def test_files_changed_by_other_tools(how: str, world: World, tmp_path: Path) -> None:
    """Removed, cut at a record's end, touched without a change, or put back by git as a new file."""
    sales = _journal(world, "sales.*.csv")
    if how == "removed":
        sales.unlink()
    elif how == "cut":
        _in_place(sales, lambda raw: b"".join(raw.splitlines(keepends=True)[:-2]))
    elif how == "touched":
        os.utime(sales)
    else:
        raw = sales.read_bytes()
        sales.unlink()
        sales.write_bytes(raw)
    expected = rebuilt(world.root, tmp_path)
    for book in [*world.books.values(), world.open("K1")]:
        book.refresh()
        assert answers(book) == expected


def test_a_torn_tail_is_forgotten_once_it_is_set_aside(world: World, tmp_path: Path) -> None:
    """After the next entry has set the rest aside the index no longer reports it."""
    world.must("clients", "added", {"code": "Z0", "unit": "前一个客户"}, by="wang")
    with (world.root / world.recorded[-1].file).open("ab") as file:
        file.write(b'- id: "CL2026')
    assert [one.code for one in world.open("K1").damage()] == ["JRN-02"]
    made = world.must("clients", "added", {"code": "Z1", "unit": "新客户"}, by="wang")
    expected = rebuilt(world.root, tmp_path)
    assert expected["damage"] == []
    for book in [*world.books.values(), world.open("K1")]:
        book.refresh()
        assert answers(book) == expected
        assert book.find(made.id).record.encode() == made.encode()


# -- nowhere to write --------------------------------------------------------------------------------------------------


def test_a_folder_that_cannot_be_written(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read-only: answered from memory; nothing is left behind in the folder."""
    world.close()
    expected = rebuilt(world.root, tmp_path)
    shutil.rmtree(world.root / ".gb")
    if os.geteuid():
        for folder in (world.root, *(path for path in world.root.rglob("*") if path.is_dir())):
            folder.chmod(0o555)
    else:  # root may write anywhere: what a read-only file system answers
        in_memory(monkeypatch)
        monkeypatch.setattr(Path, "mkdir", _read_only)
    book = Book(world.root)
    assert answers(book) == expected
    assert book.index.db.execute("PRAGMA database_list").fetchone()[2] == ""
    book.close()
    if os.geteuid():
        for folder in (world.root, *(path for path in world.root.rglob("*") if path.is_dir())):
            folder.chmod(0o755)
    monkeypatch.undo()
    assert not (world.root / ".gb").exists()


def test_a_folder_that_leads_out_of_the_book(world: World, tmp_path: Path) -> None:
    """``.gb`` is a symlink, as a strange repository could bring it: nothing is written where it leads."""
    expected = rebuilt(world.root, tmp_path)
    world.close()
    shutil.rmtree(world.root / ".gb")
    (tmp_path / "elsewhere").mkdir()
    (world.root / ".gb").symlink_to(tmp_path / "elsewhere")
    assert answers(world.open("K1")) == expected
    assert list((tmp_path / "elsewhere").iterdir()) == []


def _read_only(*_: object, **__: object) -> None:
    raise OSError(30, "Read-only file system")


def test_a_full_disk_under_the_index(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The index's file cannot grow: answered from memory."""
    expected = rebuilt(world.root, tmp_path)
    world.close()
    (world.root / ".gb" / "index.sqlite").unlink()
    real: Callable[..., sqlite3.Connection] = sqlite3.connect

    def connect(name: str, **more: Any) -> sqlite3.Connection:
        db = real(name, **more)
        if name != ":memory:":
            db.execute("PRAGMA max_page_count = 30")
        return db

    monkeypatch.setattr("ledger.index.store.sqlite3.connect", connect)
    book = world.open("K1")
    assert answers(book) == expected


def test_an_index_locked_by_another_program(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody's database browser holds it: answered from memory, and its file is left alone."""
    world.close()
    world.books["K1"] = world.open("K1")
    world.must("clients", "added", {"code": "Z1", "unit": "新客户"}, by="wang")
    world.close()
    monkeypatch.setattr("ledger.index.store._WAIT", 0.05)
    other = sqlite3.connect(world.root / ".gb" / "index.sqlite", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    _journal(world, "clients.K1.yaml").touch()
    expected = rebuilt(world.root, tmp_path)
    book = world.open("K2")
    assert answers(book) == expected
    made = Book.find(book, expected["last"][0].id)
    assert made.record.KIND == "added"
    book.close()
    other.execute("ROLLBACK")
    other.close()
    assert (world.root / ".gb" / "index.sqlite").exists()
    assert answers(world.open("K1")) == expected


def test_a_refusal_after_damage_has_words(world: World) -> None:
    """A record in the middle that cannot be read closes the counter, and says so in both languages."""
    requests = _journal(world, "requests.*.yaml")
    _in_place(requests, lambda raw: raw.replace(b'  kind: "', b'  kinds: "', 1))
    with pytest.raises(GbError) as refused:
        world.must("clients", "added", {"code": "Z1", "unit": "新客户"}, by="wang")
    assert refused.value.code in {"JRN-03", "JRN-05"}
    assert refused.value.where[0].line > 0
