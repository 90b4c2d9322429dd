"""What a person reads when the disk refuses, and the errors that say it."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

from ledger.core.errors import GbError, Locked, NotWritten, Uncertain, Unreadable, Where
from ledger.core.words import Words

if TYPE_CHECKING:
    from types import TracebackType

_REASONS = {
    errno.ENOSPC: Words("磁盘已满", "the disk is full"),
    errno.EDQUOT: Words("超出磁盘配额", "the disk quota is used up"),
    errno.EIO: Words("磁盘读写出错", "the disk reports an input/output error"),
    errno.EFBIG: Words("文件超出允许的大小", "the file would be larger than allowed"),
    errno.EROFS: Words("磁盘是只读的", "the disk is read-only"),
    errno.EACCES: Words("没有权限", "permission is denied"),
    errno.EPERM: Words("没有权限", "permission is denied"),
    errno.ENOENT: Words("文件不存在", "there is no such file"),
    errno.EEXIST: Words("文件已存在", "the file is already there"),
    errno.ENOTDIR: Words("路径中有一段不是文件夹", "a part of the path is not a folder"),
    errno.EISDIR: Words("这是文件夹，不是文件", "it is a folder, not a file"),
}


def reason_of(error: OSError) -> Words:
    """What the system said, in words that do not change with the locale."""
    number = error.errno or 0
    name = errno.errorcode.get(number, str(number))  # never strerror: its words change with the locale
    return _REASONS.get(number, Words(f"系统错误 {name}", f"system error {name}"))


def _about(
    kind: type[GbError], path: str, lead: Words, reason: Words, *, code: str = "", fix: str = "gb doctor"
) -> GbError:
    shown = printable(path)
    words = Words(f"{lead.zh} {shown}：{reason.zh}", f"{lead.en} {shown}: {reason.en}")
    return kind(words, code=code, next=(fix,), where=(Where(file=shown),))


def unreadable(path: str, reason: Words, code: str = "") -> GbError:
    """Refused before anything was read of it."""
    return _about(Unreadable, path, Words("无法读取", "cannot read"), reason, code=code, fix="gb check")


def foreign(path: str) -> GbError:
    """Not a plain file of the book (JRN-06)."""
    reason = Words("不是账本内的普通文件", "it is not a plain file inside the book")
    fix = (
        "rm -rf .gb" if path.split("/", maxsplit=1)[0] == ".gb" else "gb check"
    )  # .gb is derived: nothing in it is missed
    return _about(Unreadable, path, Words("拒绝使用", "will not use"), reason, code="JRN-06", fix=fix)


def not_written(path: str, reason: Words) -> GbError:
    """Refused, the file as before."""
    return _about(NotWritten, path, Words("没有写入", "nothing was written to"), reason)


def uncertain(path: str, reason: Words) -> GbError:
    """The disk did not confirm: it may or may not be there."""
    lead = Words("不能确定是否已写入", "it is not certain what was written to")
    return _about(Uncertain, path, lead, reason, fix="gb log")


def locked(holder: str) -> GbError:
    """Another command has the book; ``holder`` is what its lock says, or empty."""
    name = printable(holder.strip())
    zh = f"账本正由另一命令使用（{name}）" if name else "账本正由另一命令使用"
    en = f"another command is using the book ({name})" if name else "another command is using the book"
    return Locked(Words(f"{zh}，没有写入", f"{en}; nothing was written"), next=("gb doctor",))


class Refusing:
    """Turns an ``OSError`` of a step before anything was written into :class:`NotWritten`."""

    def __init__(self, path: str) -> None:
        self._path = path

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, OSError):
            if error.errno == errno.ELOOP:
                raise foreign(self._path) from error
            raise not_written(self._path, reason_of(error)) from error


def printable(text: str) -> str:
    """The text with everything that a terminal would act on escaped."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)
