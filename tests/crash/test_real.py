"""The disk module on the real operating system: locks, kills, symlinks, hostile files, this machine's own state."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import tracemalloc
from datetime import timedelta, timezone
from pathlib import Path
from random import Random

import pytest

from ledger.core.errors import Locked, NotWritten, Unreadable, Usage
from ledger.disk import CHUNK, LINE_LIMIT, Disk, Ops, SystemClock, machine_dir, read_machine, write_machine
from tests.crash.workload import HEADER, content, line, proven

STRESS = os.environ.get("GB_STRESS") == "1"
KILLS = 300 if STRESS else 15
PATH = "journals/2026-10/sales.K1.csv"
REPOSITORY = Path(__file__).resolve().parents[2]

HOLDER = """
import sys
from pathlib import Path
from ledger.disk import Disk
with Disk(Path(sys.argv[1])).lock(who="li"):
    print("ready", flush=True)
    sys.stdin.read()
"""
WRITER = """
import sys
from hashlib import sha256
from pathlib import Path
from ledger.disk import Disk
disk, path, run = Disk(Path(sys.argv[1])), sys.argv[2], sys.argv[3]
number = 0
while True:
    number += 1
    body = f"{run}-{number},".encode() + b"x" * (number * 37 % 900)
    record = b"%d,%s,%s\\n" % (len(body), sha256(body).hexdigest()[:16].encode(), body)
    with disk.lock():
        disk.repair_tail(path)
        disk.append(path, record, create_with=b"length,sum,body\\n")
    sys.stdout.write(record.decode())
    sys.stdout.flush()
"""
LIMITED = """
import resource, sys
from pathlib import Path
from ledger.core.errors import NotWritten
from ledger.disk import Disk
disk = Disk(Path(sys.argv[1]))
with disk.lock():
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
    try:
        disk.append(sys.argv[2], b"y" * 900 + b"\\n")
    except NotWritten as error:
        print(error.code)
"""


def child(code: str, *arguments: str) -> subprocess.Popen[str]:
    """A real process; its standard streams are pipes."""
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )


def with_record(root: Path, *records: bytes) -> Disk:
    disk = Disk(root)
    with disk.lock():
        for record in records:
            disk.append(PATH, record, create_with=HEADER)
    return disk


# -- the lock --------------------------------------------------------------------------------------------------------


def test_a_second_process_waits_and_is_told_who_holds_the_book(tmp_path: Path) -> None:
    """Another process holds the lock: LCK-01, exit 5, with its number and operator; once it ends, the lock is free."""
    with child(HOLDER, str(tmp_path)) as holder:
        assert holder.stdout
        assert holder.stdin
        assert holder.stdout.readline() == "ready\n"
        with pytest.raises(Locked) as caught, Disk(tmp_path).lock(timeout=0.05):
            pass
        assert (caught.value.code, caught.value.exit_code) == ("LCK-01", 5)
        for words in caught.value.words:
            assert f"pid {holder.pid} " in words
            assert "li" in words
        holder.stdin.close()
        with Disk(tmp_path).lock():
            pass
    assert (tmp_path / ".gb/.gitignore").read_text() == "*\n"


def test_misuse_of_the_lock_is_a_programming_error(tmp_path: Path) -> None:
    """Writing without it, taking it twice, and appending half a line."""
    disk = with_record(tmp_path, line("1", 20))
    with pytest.raises(RuntimeError):
        disk.append(PATH, line("2", 20))
    with pytest.raises(RuntimeError):
        disk.repair_tail(PATH)
    with disk.lock():
        with pytest.raises(RuntimeError), disk.lock():
            pass
        with pytest.raises(ValueError, match="whole lines"):
            disk.append(PATH, b"no end")


def test_a_lock_file_deleted_under_its_holder_stops_the_holder(tmp_path: Path) -> None:
    """Somebody deletes ``.gb`` while a command runs: a second command gets in, so the first must not write."""
    first, second = with_record(tmp_path, line("1", 20)), Disk(tmp_path)
    with first.lock():
        (tmp_path / ".gb/lock").unlink()
        with second.lock(timeout=0):
            with pytest.raises(Locked):
                first.append(PATH, line("2", 20))
            second.append(PATH, line("3", 20))
    assert content(first, PATH) == [line("1", 20), line("3", 20)]


@pytest.mark.parametrize(
    "junk", [b"\xff\xfe\0", b"pid 1\n0 ../../outside\n", b"pid 1\n99999999999999999999 a\n", b"\n\n"]
)
def test_a_corrupt_lock_file_changes_nothing(tmp_path: Path, junk: bytes) -> None:
    """``.gb`` is disposable: whatever stands in the lock file, the next command works and the journal is untouched."""
    disk = with_record(tmp_path, line("1", 20))
    (tmp_path / ".gb/lock").write_bytes(junk)
    with disk.lock():
        disk.append(PATH, line("2", 20))
    assert content(disk, PATH) == [line("1", 20), line("2", 20)]


def test_sixteen_writers_at_once(tmp_path: Path) -> None:
    """16 threads, each with its own view of one folder, number their records under the lock: no hole, no repeat."""
    each = 1_000 if STRESS else 20

    def write() -> None:
        disk = Disk(tmp_path)
        for _ in range(each):
            with disk.lock(timeout=600):
                disk.repair_tail(PATH)
                disk.append(PATH, line(str(len(content(disk, PATH)) + 1), 20), create_with=HEADER)

    threads = [threading.Thread(target=write) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert content(Disk(tmp_path), PATH) == [line(str(number), 20) for number in range(1, 16 * each + 1)]


# -- kills and limits ------------------------------------------------------------------------------------------------


def test_kill_9_in_a_loop(tmp_path: Path) -> None:
    """A writer is killed again and again, each time after another number of records: none that it named is lost."""
    random, acked = Random(9), []
    for run in range(KILLS):
        with child(WRITER, str(tmp_path), PATH, str(run)) as writer:
            assert writer.stdout
            acked += [writer.stdout.readline() for _ in range(random.randint(1, 12))]
            writer.send_signal(signal.SIGKILL)
            acked += [record for record in writer.stdout if record.endswith("\n")]
    disk = Disk(tmp_path)
    with disk.lock(timeout=0):
        disk.repair_tail(PATH)
    found = content(disk, PATH)
    assert all(map(proven, found))
    assert len(set(found)) == len(found)
    assert {record.encode() for record in acked} <= set(found)


def test_a_real_file_size_limit_is_taken_back(tmp_path: Path) -> None:
    """The system stops the write in the middle (RLIMIT_FSIZE): DSK-01, and the file is as before."""
    disk = with_record(tmp_path, line("1", 300))
    before = (tmp_path / PATH).read_bytes()
    with child(LIMITED, str(tmp_path), PATH) as limited:
        answer, _ = limited.communicate()
    assert answer == "DSK-01\n"
    assert (tmp_path / PATH).read_bytes() == before == disk.read(PATH)


# -- torn tails ------------------------------------------------------------------------------------------------------


def test_every_truncation_of_the_last_record_is_set_aside(tmp_path: Path) -> None:
    """Cut after each byte of the last line: the lines before it stay, the rest is kept in ``.gb/torn``."""
    kept, last = HEADER + line("1", 100), line("2", 100)
    disk = with_record(tmp_path, line("1", 100))
    for size in range(1, len(last)):
        (tmp_path / PATH).write_bytes(kept + last[:size])
        with disk.lock():
            aside = disk.repair_tail(PATH)
            assert aside is not None
            assert disk.repair_tail(PATH) is None
        assert (tmp_path / PATH).read_bytes() == kept
        assert disk.read(aside) == last[:size]
    assert len(disk.walk(".gb/torn")) == len(last) - 1


@pytest.mark.parametrize(
    "tail",
    [b"\0", b"\0" * 5000, b"abc\0\0", b"ab\0c\n", b"ab\0\n\0\0\n", line("2", 700)[:300] + b"\0" * 400 + b"\n"],
    ids=["one NUL", "page of NUL", "text and NUL", "NUL in a line", "two lines with NUL", "lost sector"],
)
def test_nul_tails_are_torn(tmp_path: Path, tail: bytes) -> None:
    """What power loss leaves where sectors never reached the disk."""
    disk = with_record(tmp_path, line("1", 100))
    with (tmp_path / PATH).open("ab") as file:
        file.write(tail)
    with disk.lock():
        aside = disk.repair_tail(PATH)
    assert aside is not None
    assert disk.read(aside) == tail
    assert disk.read(PATH) == HEADER + line("1", 100)


def test_damage_before_a_whole_line_is_left_for_the_reader(tmp_path: Path) -> None:
    """A NUL in an older line is not a torn tail: cutting there would lose the records behind it."""
    disk = with_record(tmp_path, b"a\0b\n", line("2", 50))
    with disk.lock():
        assert disk.repair_tail(PATH) is None


def test_the_reader_may_know_better_where_the_last_record_ends(tmp_path: Path) -> None:
    """A record of three lines of which two arrived: every line is whole, only the reader sees that the record is not."""
    kept, torn = HEADER + line("1", 50), b"- id: x\n  name: y\n"
    disk = with_record(tmp_path, line("1", 50), torn)
    with disk.lock():
        assert disk.repair_tail(PATH) is None
        assert disk.repair_tail(PATH, keep=len(kept + torn)) is None
        aside = disk.repair_tail(PATH, keep=len(kept))
    assert aside is not None
    assert (disk.read(PATH), disk.read(aside)) == (kept, torn)


def test_an_append_behind_a_torn_tail_is_refused(tmp_path: Path) -> None:
    """Without the repair the new record would become part of the torn one (JRN-02)."""
    disk = with_record(tmp_path, line("1", 20))
    with (tmp_path / PATH).open("ab") as file:
        file.write(b"torn")
    with disk.lock(), pytest.raises(Unreadable) as caught:
        disk.append(PATH, line("2", 20))
    assert caught.value.code == "JRN-02"


def test_a_torn_header_is_written_anew(tmp_path: Path) -> None:
    """Power went while the file was created: nothing whole is in it, and the next append starts it again."""
    (tmp_path / PATH).parent.mkdir(parents=True)
    (tmp_path / PATH).write_bytes(HEADER[:4])
    disk = Disk(tmp_path)
    with disk.lock():
        disk.repair_tail(PATH)
        disk.append(PATH, line("1", 20), create_with=HEADER)
    assert disk.read(PATH) == HEADER + line("1", 20)


# -- hostile paths and files -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "../x", "a/../../x", "", ".", "a//b", "a/", "a\\b", "C:x", "a\0b", "a\nb"]
)
def test_paths_outside_the_book_are_refused(tmp_path: Path, path: str) -> None:
    """JRN-06 for every way of naming something else than a file inside the root."""
    disk = Disk(tmp_path)
    for use in (disk.read, disk.stat, lambda p: disk.replace(p, b""), lambda p: list(disk.lines(p))):
        with pytest.raises(Unreadable) as caught:
            use(path)
        assert caught.value.code == "JRN-06"


def test_symlinks_are_refused_and_reported(tmp_path: Path) -> None:
    """A link to a file, a link to a folder and a link in place of the lock: JRN-06, and the targets stay untouched."""
    outside, root = tmp_path / "outside", tmp_path / "book"
    (outside / "deep").mkdir(parents=True)
    root.mkdir()
    (outside / "deep/target.csv").write_bytes(b"secret\n")
    disk = with_record(root, line("1", 20))
    (root / "journals/link.csv").symlink_to(outside / "deep/target.csv")
    (root / "journals/2026-11").symlink_to(outside / "deep")
    assert disk.walk("") == [PATH]
    assert disk.strangers("") == ["journals/2026-11", "journals/link.csv"]
    with disk.lock():
        for path in ("journals/link.csv", "journals/2026-11/target.csv"):
            for use in (disk.read, disk.stat, disk.repair_tail, lambda p: disk.append(p, b"x\n")):
                with pytest.raises(Unreadable) as caught:
                    use(path)
                assert caught.value.code == "JRN-06"
    (root / ".gb/lock").unlink()
    (root / ".gb/lock").symlink_to(outside / "lock")
    with pytest.raises(Unreadable), disk.lock(timeout=0):
        pass
    assert not (outside / "lock").exists()
    assert (outside / "deep/target.csv").read_bytes() == b"secret\n"


def test_a_pipe_does_not_hang_the_reader(tmp_path: Path) -> None:
    """A FIFO in place of a journal: refused at once, and listed as a stranger."""
    os.mkfifo(tmp_path / "sales.csv")
    disk = Disk(tmp_path)
    with pytest.raises(Unreadable) as caught:
        disk.read("sales.csv")
    assert caught.value.code == "JRN-06"
    assert disk.stat("sales.csv") is None
    assert disk.strangers("") == ["sales.csv"]


def test_names_that_no_book_file_has_are_strangers(tmp_path: Path) -> None:
    """Names that are not UTF-8 or hold control characters are shown escaped; ``.git`` and ``.gb`` are not entered."""
    for name in (b"ok.csv", b"\xff.csv", b"a\nb.csv", b"c:d.csv"):
        (tmp_path / os.fsdecode(name)).write_bytes(b"")
    for private in (".git", ".gb"):
        (tmp_path / private).mkdir()
        (tmp_path / private / "x").write_bytes(b"")
    disk = Disk(tmp_path)
    assert disk.walk("") == ["ok.csv"]
    assert disk.strangers("") == ["\\udcff.csv", "a\\nb.csv", "c:d.csv"]
    assert disk.walk(".gb") == [".gb/x"]
    assert disk.walk("missing") == []


def test_a_100_mb_line_costs_neither_memory_nor_time(tmp_path: Path) -> None:
    """A sparse file with one line of 100 MB between two short ones."""
    with (tmp_path / "big.csv").open("wb") as file:
        file.write(b"first\n")
        file.seek(100_000_000)
        file.write(b"\nlast\n")
    disk, started = Disk(tmp_path), time.monotonic()
    tracemalloc.start()
    found = list(disk.lines("big.csv"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found == [(0, b"first\n"), (6, b"\0" * LINE_LIMIT), (100_000_001, b"last\n")]
    assert peak < 8 * CHUNK
    assert time.monotonic() - started < 5
    with pytest.raises(Unreadable):
        disk.read("big.csv")
    assert disk.tail("big.csv", 5) == b"last\n"


class ShortReads(Ops):
    """Gives at most ``most`` bytes a read, so that every line crosses the edge of a read somewhere."""

    def __init__(self, most: int) -> None:
        self.most = most

    def pread(self, fd: int, size: int, offset: int) -> bytes:
        return super().pread(fd, min(size, self.most), offset)


@pytest.mark.parametrize("most", [1, 2, 3, 5, 7, 1000])
def test_lines_are_the_same_however_the_bytes_arrive(tmp_path: Path, most: int) -> None:
    """Only LF ends a line; one above the limit gives its start once; the last may be torn; offsets fit."""
    text = b"a\r\xe2\x80\xa8b\n\n123456\n1234567\n12345678\n123456789012\nz\n12345678"
    (tmp_path / "a.csv").write_bytes(text)
    expected = [
        (0, b"a\r\xe2\x80\xa8b\n"),
        (7, b"\n"),
        (8, b"123456\n"),
        (15, b"1234567\n"),
        (23, b"12345678"),
        (32, b"12345678"),
        (45, b"z\n"),
        (47, b"12345678"),
    ]
    disk = Disk(tmp_path, ShortReads(most))
    assert list(disk.lines("a.csv", limit=8)) == expected
    assert list(disk.lines("a.csv", 8, limit=8)) == expected[2:]
    assert disk.read("a.csv") == text
    assert disk.tail("a.csv", 9) == text[-9:]
    assert disk.tail("a.csv", 1000) == text


# -- new and replaced files --------------------------------------------------------------------------------------------


def test_create_and_replace(tmp_path: Path) -> None:
    """A new file is new; a replaced one is whole; neither leaves anything else behind."""
    disk = Disk(tmp_path / "a/book")
    disk.found()
    disk.create("x/gb.yaml", b"one\n")
    with pytest.raises(NotWritten) as caught:
        disk.create("x/gb.yaml", b"two\n")
    assert "already there" in caught.value.words.en
    stamp = disk.stat("x/gb.yaml")
    disk.replace("x/gb.yaml", b"three\n")
    assert disk.read("x/gb.yaml") == b"three\n"
    assert stamp != disk.stat("x/gb.yaml")
    assert disk.walk("") == ["x/gb.yaml"]
    assert disk.strangers("") == []


# -- this machine, the clock, start-up -----------------------------------------------------------------------------------


def test_machine_state_is_kept_outside_the_book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Written whole, read back, readable by the user only; under HOME where XDG_STATE_HOME is not set."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert read_machine("ab12") == {}
    write_machine("ab12", {"terminal": "K1", "operator": "王"})
    write_machine("ab12", {"terminal": "K2", "operator": "王"})
    assert read_machine("ab12") == {"terminal": "K2", "operator": "王"}
    file = tmp_path / "state/gb/ab12.json"
    assert file.stat().st_mode & 0o777 == 0o600
    assert os.listdir(file.parent) == ["ab12.json"]
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert machine_dir() == tmp_path / ".local/state/gb"


def test_no_home_and_damaged_state_are_usage_errors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says what to set, or which file to remove; a book id that is a path is refused."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    (tmp_path / "gb").mkdir()
    (tmp_path / "gb/ab12.json").write_text("{not json")
    with pytest.raises(Usage, match=r"ab12\.json"):
        read_machine("ab12")
    with pytest.raises(Unreadable):
        read_machine("../ab12")
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.delenv("HOME", raising=False)
    with pytest.raises(Usage, match="GB_TERMINAL"):
        machine_dir()


def test_the_clock_gives_whole_seconds_in_the_zone() -> None:
    """Aware, without a fraction, in the zone asked for."""
    zone = timezone(timedelta(hours=8))
    moment = SystemClock().now(zone)
    assert moment.microsecond == 0
    assert moment.tzinfo is zone


def test_importing_the_disk_brings_nothing_heavy() -> None:
    """The counter pays for each import at every sale."""
    with child("import sys; import ledger.core.errors; core = set(sys.modules)\n"
               "import ledger.disk; print(*sorted(set(sys.modules) - core))") as process:  # fmt: skip
        answer, _ = process.communicate()
    foreign = {name for name in answer.split() if not f"{name}.".startswith("ledger.disk.")}
    assert foreign <= {"errno", "fcntl", "time"}
