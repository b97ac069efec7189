"""The file that an upload grows in: pieces appended in order, on disk before they are acknowledged."""

import errno
import os
import shutil
from pathlib import Path


class DiskFull(Exception):  # noqa: N818 - reads as what happened
    """The piece did not fit; the file is as long as it was before it."""


class FileShort(Exception):  # noqa: N818 - reads as what happened
    """Less is on disk than was acknowledged (a disk restored from a backup, say); `size` is what there is."""

    def __init__(self, size: int) -> None:
        super().__init__(f"only {size} bytes are on disk")
        self.size = size


def append_piece(path: Path, offset: int, data: bytes, *, reserve_bytes: int = 0) -> int:
    """Put `data` at `offset` and flush it to disk; return the length of the file.

    Bytes beyond `offset` were written by a request that died before it was acknowledged, so they are cut off: the
    sender sends them again. `reserve_bytes` stay free on the disk, so that the database beside it can go on.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    is_new = not path.exists()
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        size = os.fstat(descriptor).st_size
        if size < offset:
            raise FileShort(size)
        if size > offset:
            os.ftruncate(descriptor, offset)
        if shutil.disk_usage(path.parent).free < len(data) + reserve_bytes:
            raise DiskFull
        _write(descriptor, offset, data)
    finally:
        os.close(descriptor)
    if is_new:
        _flush_folder(path.parent)
    return offset + len(data)


def _write(descriptor: int, offset: int, data: bytes) -> None:
    view = memoryview(data)
    try:
        written = 0
        while written < len(view):
            written += os.pwrite(descriptor, view[written:], offset + written)
        os.fsync(descriptor)
    except OSError as error:
        os.ftruncate(descriptor, offset)
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise DiskFull from error
        raise


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
