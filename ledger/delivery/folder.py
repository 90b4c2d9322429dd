"""Delivery into a folder, such as a share that the tills read."""

from __future__ import annotations

from pathlib import Path

from ledger.core.errors import GbError
from ledger.core.words import Words
from ledger.delivery import Failed, Message
from ledger.disk import REAL, Disk


def send(folder: Path, message: Message) -> str:
    """Put the notice there as a whole file; its name.  A folder that is missing is not made: a share may not be mounted."""
    name = f"{message.number}.txt"
    try:
        REAL.listdir(str(folder))
    except OSError as error:
        raise Failed(Words("没有这个文件夹", "there is no such folder"), again=False) from error
    try:
        disk = Disk(folder)
        if disk.stat(name) is None or disk.read(name) != message.text:
            disk.replace(name, message.text)
    except GbError as error:
        raise Failed(error.words, again=True) from error
    return name
