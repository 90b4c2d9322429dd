"""The only code that opens, writes, syncs, renames or locks files, or reads the clock.

The index's SQLite file is the one exception.

Everything goes through :class:`Ops`, a thin class of raw system calls, so that the power-loss simulator and the
fault injection of ``tests/crash`` stand where the operating system does.  :class:`Disk` is built up from reading over whole
files, torn ends and the lock to appending, one module each.

The promises (D1, D2, D3): what :meth:`Disk.append` returned from is on disk; what is not whole is
set aside by :meth:`Disk.repair_tail`; what was refused left the file as it was.

Paths are POSIX paths relative to the book's root.  Offsets and sizes are bytes; ends are exclusive.
"""

from ledger.disk.appending import Disk
from ledger.disk.locking import LOCK
from ledger.disk.machine import (
    INSTALL,
    has_home,
    install_id,
    machine_dir,
    matching,
    read_machine,
    read_mark,
    scratch,
    write_machine,
    write_mark,
)
from ledger.disk.named import read_named
from ledger.disk.reading import CHUNK, LINE_LIMIT, PRIVATE, READ_LIMIT, TEMPORARY
from ledger.disk.system import REAL, Clock, FileStamp, Ops, Stat, SystemClock
from ledger.disk.torn import TORN, WINDOW

__all__ = [
    "CHUNK", "INSTALL", "LINE_LIMIT", "LOCK", "PRIVATE", "READ_LIMIT", "REAL", "TEMPORARY", "TORN", "WINDOW",
    "Clock", "Disk", "FileStamp", "Ops", "Stat", "SystemClock", "has_home", "install_id", "machine_dir", "matching",
    "read_machine", "read_mark", "read_named", "scratch", "write_machine", "write_mark",
]  # fmt: skip
