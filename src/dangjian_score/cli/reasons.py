"""Why the system would not write: its errors by the names that sentences know them by."""

import errno
from typing import Final

_OPEN_ELSEWHERE: Final = (5, 32, 33)
"""What Windows says of a file that Excel or WPS has open: access denied, sharing violation, lock violation."""

_REASONS: Final = {
    errno.ENOENT: "parent",
    errno.ENOTDIR: "parent",
    errno.EISDIR: "folder",
    errno.EEXIST: "exists",
    errno.EACCES: "permission",
    errno.EPERM: "permission",
    errno.EROFS: "read only",
    errno.ENOSPC: "full",
    errno.EDQUOT: "full",
    errno.EFBIG: "file limit",
    errno.ENAMETOOLONG: "long name",
    errno.ELOOP: "link circle",
    errno.EBUSY: "in use",
    errno.EBADF: "no output",
}


def reason_of(error: BaseException) -> str:
    """Name what kept something from being written."""
    if getattr(error, "winerror", None) in _OPEN_ELSEWHERE:
        return "in use"
    match error:
        case OSError(errno=int(number)):
            return _REASONS.get(number, "disk")
        case OSError():  # a stream that is closed has no number
            return "no output"
        case ValueError():  # a name that no file can have
            return "no name"
        case _:
            return "disk"
