"""Single steps on the disk. System calls are called by their names in `os`, so that tests can let each of them fail."""

import errno
import os
from collections.abc import Callable
from contextlib import suppress
from stat import S_IMODE
from typing import Final

_ANYBODY: Final = 0o666
"""What a new file lets people do, but for what the user's mask takes away."""
_BINARY: Final[int] = getattr(os, "O_BINARY", 0)
_STREAMS: Final = (1, 2)
"""Standard output, and what is said beside it."""
_NO_FOLDER_SYNC: Final = (errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP)
"""What file systems say that cannot sync a folder."""


def create(name: str, data: bytes, like: os.stat_result | None) -> None:
    """Write a new file down to the disk, for the same people as another."""
    mode = _ANYBODY if like is None else S_IMODE(like.st_mode)
    handle = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, mode)
    try:
        if like is not None:
            _own(name, like)
        _write(handle, data)
        os.fsync(handle)
    finally:
        os.close(handle)


def _own(name: str, like: os.stat_result) -> None:
    """Give a file the owner and mode of another, where a disk knows them; only root gives files away."""
    if hasattr(os, "chown"):
        with suppress(OSError):
            os.chown(name, like.st_uid, like.st_gid)
    with suppress(OSError):
        os.chmod(name, S_IMODE(like.st_mode))


def pour(place: str, data: bytes, stream: int | None) -> None:
    """Write to something that is no file, or that a stream of ours already goes to."""
    handle = os.open(place, os.O_WRONLY | _BINARY) if stream is None else os.dup(stream)
    try:
        _write(handle, data)
    finally:
        os.close(handle)


def _write(handle: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(handle, rest) :]


def keep(place: str, name: str, status: os.stat_result) -> None:
    """Give a file a second name; where the disk knows no second names (sticks), copy it."""
    try:
        os.link(place, name)
    except OSError:
        with open(place, "rb") as file:
            create(name, file.read(), status)


def remove(name: str, how: Callable[[str], None] | None = None) -> None:
    """Remove what may be there or not; what stays because that fails does no harm."""
    with suppress(OSError):
        (how or os.unlink)(name)


def sync_folder(folder: str) -> None:
    """Have names on the disk, where a system does that (Windows does not) and the user may look into the folder."""
    try:
        handle = os.open(folder or os.curdir, os.O_RDONLY | os.O_DIRECTORY)
    except (AttributeError, PermissionError):
        return
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in _NO_FOLDER_SYNC:
            raise
    finally:
        os.close(handle)


def stream_to(status: os.stat_result) -> int | None:
    """Give the stream that already goes to a file: a second way there would write over what the first has written."""
    for stream in _STREAMS:
        with suppress(OSError):
            if os.path.samestat(status, os.fstat(stream)):
                return stream
    return None
