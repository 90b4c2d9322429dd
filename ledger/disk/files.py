"""Whole files and folders: written beside, made durable, and put in their place."""

from __future__ import annotations

import errno
import os
import sys

from ledger.disk.reading import TEMPORARY, Reading
from ledger.disk.refusals import Refusing, reason_of, uncertain
from ledger.disk.system import DIRECTORY, SAFE


class Files(Reading):
    """Writing that needs no lock, since a whole file takes another's place."""

    def replace(self, path: str, data: bytes, *, mode: int = 0o666) -> None:
        """Give the file this content as a whole: after a crash it has the old content or the new, never a mixture."""
        full = self._full(path)
        temporary = f"{os.path.dirname(full)}/.{os.path.basename(full)}.{os.getpid()}{TEMPORARY}"
        with Refusing(path):
            self._make_dirs(path)
            self._remove(temporary)
            self._write_new(temporary, data, mode)
            try:
                self.ops.rename(temporary, full)
            except OSError:
                self._remove(temporary)
                raise
        self._sync_dirs_or_doubt(path)

    def create(self, path: str, data: bytes, *, mode: int = 0o666) -> None:
        """Write a new file.  Raises :class:`NotWritten` when there is one already."""
        full = self._full(path)
        with Refusing(path):
            self._make_dirs(path)
            self._write_new(full, data, mode)
        self._sync_dirs_or_doubt(path)

    def remove(self, path: str) -> None:
        """Take a file away, durably; one that is not there is gone already."""
        full = self._full(path)
        with Refusing(path):
            if self._lstat(full, path) is None:
                return
            self.ops.unlink(full)
        self._sync_dirs_or_doubt(path)

    def found(self, mode: int = 0o777) -> None:
        """Make the root folder and those above it that are missing, durably."""
        with Refusing(self._base):
            self._make_base(self._base, mode)

    # -- steps ---------------------------------------------------------------------------------------------------------

    def _write_new(self, full: str, data: bytes, mode: int) -> None:
        fd = self.ops.open(full, os.O_WRONLY | os.O_CREAT | os.O_EXCL | SAFE, mode)
        try:
            rest = memoryview(data)
            while rest:
                rest = rest[self.ops.write(fd, bytes(rest)) :]
            self.ops.fsync(fd)
        except BaseException:
            self._remove(full)
            raise
        finally:
            self._close(fd)

    def _make_dirs(self, path: str) -> None:
        full = self._base
        for part in path.split("/")[:-1]:
            full = f"{full}/{part}"
            if self._lstat(full, path) is None:
                self._make_dir(full, 0o777)

    def _make_base(self, full: str, mode: int) -> None:
        if self._lstat(full, full) is None:
            above = os.path.dirname(full)
            self._make_base(above, mode)
            self._make_dir(full, mode)
            self._sync_dir(above)

    def _make_dir(self, full: str, mode: int) -> None:
        try:
            self.ops.mkdir(full, mode)
        except FileExistsError:
            pass  # another command made it at the same moment

    def _sync_dirs(self, path: str) -> None:
        """Make the file's name durable, and the names of the folders on the way to it."""
        full = f"{self._base}/{path}"
        while full != self._base:
            full = os.path.dirname(full)
            self._sync_dir(full)

    def _sync_dir(self, full: str) -> None:
        if sys.platform == "win32":
            return  # a folder cannot be opened there; NTFS journals its names itself
        fd = self.ops.open(full, os.O_RDONLY | DIRECTORY | SAFE)
        try:
            self.ops.fsync(fd)
        except OSError as error:
            if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # file systems that do not sync folders say so
                raise
        finally:
            self._close(fd)

    def _sync_dirs_or_doubt(self, path: str) -> None:
        try:
            self._sync_dirs(path)
        except OSError as error:
            raise uncertain(path, reason_of(error)) from error

    def _remove(self, full: str) -> None:
        try:
            self.ops.unlink(full)
        except OSError:
            pass  # an empty or temporary file that stays behind holds no record
