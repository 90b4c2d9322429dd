"""A file that a person named, anywhere on the machine: links are followed, and what cannot be read is the person's mistake.

The book's own files are read by :class:`~ledger.disk.Disk`, which follows no link and takes what is strange for damage.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from ledger.core.errors import Unreadable, Usage, Where
from ledger.core.words import Words
from ledger.disk.appending import Disk
from ledger.disk.reading import READ_LIMIT
from ledger.disk.system import REAL

if TYPE_CHECKING:
    from pathlib import Path

_PIPE = Words(
    "是管道或设备，不是文件；要从标准输入读，写 -", "is a pipe or a device, no file; to read standard input write -"
)


def read_named(path: str | Path, limit: int = READ_LIMIT, *, stdin: str = "") -> bytes:
    """The bytes of the file; raises :class:`Usage` beyond ``limit`` bytes, and for what is no plain file.

    ``stdin`` are the options that have the same read from standard input, as the way out for a pipe such as ``<(…)``.
    """
    from pathlib import Path  # late: the counter pays for each import

    folder, name = os.path.split(os.path.realpath(path))
    if why := _no_file(str(path)):
        next_ = (stdin,) if stdin and why is _PIPE else ()
        raise Usage(Words(f"{path} {why.zh}", f"{path} {why.en}"), where=(Where(str(path)),), next=next_)
    try:
        return Disk(Path(folder)).read(name, limit)
    except Unreadable as error:
        raise Usage(error.words, where=(Where(str(path)),)) from None


def _no_file(path: str) -> Words | None:
    """Why a path leads to something else than a file; ``None`` for a file, and for what is not there or not to be looked at."""
    try:
        mode = REAL.stat(path).mode
    except OSError:
        return None
    if stat.S_ISREG(mode):
        return None
    if stat.S_ISDIR(mode):
        return Words("是目录，要写一个文件", "is a folder; a file is needed")
    return _PIPE
