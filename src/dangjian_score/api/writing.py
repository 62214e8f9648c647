"""Files out: all of them whole, or none, never over what was read."""

import errno
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from stat import S_IMODE, S_ISDIR, S_ISREG
from typing import Final

from msgspec import Struct

from dangjian_score.core.diagnostics import Code, Diagnostic, at_file
from dangjian_score.core.signals import undisturbed

_ANYBODY: Final = 0o666
"""What a new file lets people do, but for what the user's mask takes away."""
_BINARY: Final[int] = getattr(os, "O_BINARY", 0)
_STREAMS: Final = (1, 2)
"""Standard output, and what is said beside it."""
_NO_FOLDER_SYNC: Final = (errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP)
"""What file systems say that cannot sync a folder."""


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
    """Return what kept something from being written, as E040 knows it."""
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


Contents = bytes | Path
"""What a file is to hold: bytes, or as much as another file, which is copied piece by piece."""
_PIECE: Final = 1 << 20


class OutputError(OSError):
    """A file cannot be written, and all files are as they were; `finding` says which, and why."""

    def __init__(self, finding: Diagnostic) -> None:
        super().__init__(finding)
        self.finding = finding

    def __str__(self) -> str:
        from dangjian_score.words.say import load_words

        return load_words("zh").message(self.finding)


def unwritable(path: str, reason: str) -> OutputError:
    """Make the error of a file, or stream, that cannot be written for a reason of E040."""
    return OutputError(at_file(Code.OUTPUT_FAILED, path, path=path, reason=reason))


def create(name: str, data: Contents, like: os.stat_result | None) -> None:
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


def pour(place: str, data: Contents, stream: int | None) -> None:
    """Write to something that is no file, or that a stream of ours already goes to."""
    handle = os.open(place, os.O_WRONLY | _BINARY) if stream is None else os.dup(stream)
    try:
        _write(handle, data)
    finally:
        os.close(handle)


def _write(handle: int, data: Contents) -> None:
    for piece in [data] if isinstance(data, bytes) else _pieces(data):
        rest = memoryview(piece)
        while rest:
            rest = rest[os.write(handle, rest) :]


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece


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


NEW: Final = ".dangjian-new"
"""How the name of a file ends that is not in place yet. A run that was killed may leave one; it may be deleted."""
OLD: Final = ".dangjian-old"
"""How the name of a file ends, meanwhile, that is being replaced."""

_NAME_LENGTH: Final = 40

_Undo = list[Callable[[], str | None]]
"""What takes the steps back, each telling the name under which an old file had to be left, if so."""


class _File(Struct, frozen=True):
    """A file to be: as the user calls it, where that leads, what is there, what the two are called meanwhile.

    What is no file, or what a `stream` of ours goes to, is written to and not replaced.
    """

    target: Path
    data: Contents
    place: str
    was: os.stat_result | None
    stream: int | None
    new: str
    old: str

    @property
    def replaced(self) -> bool:
        return self.was is None or (S_ISREG(self.was.st_mode) and self.stream is None)


def write_whole(outputs: Mapping[Path, Contents], folders: Iterable[Path] = ()) -> Diagnostic | None:
    """Write all files, or none and give a finding; `folders` are made where they are missing. Links are followed.

    Whatever else ends it, the old files are there too. Where the reader of a pipe has gone, that is BrokenPipeError.
    """
    undo = _Undo()
    try:
        return _written(outputs, folders, undo)
    except BaseException:  # a signal may have come where it kept the steps from being taken back
        with undisturbed():
            _take_all_back(undo)
        raise


def _written(outputs: Mapping[Path, Contents], folders: Iterable[Path], undo: _Undo) -> Diagnostic | None:
    at, files = Path(), list[_File]()
    try:
        for at in folders:
            _make(at, undo)
        for at, data in outputs.items():
            files.append(_planned(at, data))
        for step in (_write_beside, _write_through, _put_in_place):
            for file in files:
                at = file.target
                step(file, undo)
        with undisturbed():
            for place in dict.fromkeys(os.path.dirname(file.place) for file in files if file.replaced):
                sync_folder(place)
            undo.clear()  # from here on the new ones count
            for file in files:
                remove(file.old)
    except BaseException as error:
        with undisturbed():
            kept = _take_all_back(undo)
        if not kept and (not isinstance(error, (OSError, ValueError)) or isinstance(error, BrokenPipeError)):
            raise
        return at_file(Code.OUTPUT_FAILED, str(at), path=str(at), reason=reason_of(error), kept="、".join(kept))
    return None


def _take_all_back(undo: _Undo) -> list[str]:
    """Take back the steps that are left, the last first, and return what old files had to be called."""
    kept: list[str] = []
    while undo:
        if (name := undo.pop()()) is not None:
            kept.append(name)
    return kept


def _planned(target: Path, data: Contents) -> _File:
    """Look where a file goes to. Folders and files that are write-protected are refused."""
    try:
        was = os.stat(target)
    except FileNotFoundError:
        was = None
    if was is not None and S_ISDIR(was.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if was is not None and not os.access(target, os.W_OK):
        os.close(os.open(target, os.O_WRONLY))  # which says why
    place = os.path.realpath(target)
    folder, name = os.path.split(place)
    beside = os.path.join(folder, f".{name[:_NAME_LENGTH]}.{os.urandom(6).hex()}")
    stream = None if was is None else stream_to(was)
    return _File(target, data, place, was, stream, beside + NEW, beside + OLD)


def _make(folder: Path, undo: _Undo) -> None:
    if not os.path.isdir(folder):
        undo.append(partial(remove, str(folder), os.rmdir))
        os.mkdir(folder)


def _write_beside(file: _File, undo: _Undo) -> None:
    if file.replaced:
        undo.append(partial(remove, file.new))
        create(file.new, file.data, file.was)


def _write_through(file: _File, _: _Undo) -> None:
    if not file.replaced:
        pour(file.place, file.data, file.stream)


def _put_in_place(file: _File, undo: _Undo) -> None:
    if file.replaced:
        undo.append(partial(_take_back, file))
        if file.was is not None:
            keep(file.place, file.old, file.was)
        os.replace(file.new, file.place)


def _take_back(file: _File) -> str | None:
    """Have the old file stand at its place again; a new one that is not there yet has its first name still."""
    if os.path.lexists(file.new):
        remove(file.old)
    elif file.was is None:
        remove(file.place)
    else:
        try:
            os.replace(file.old, file.place)
        except OSError:
            return file.old
    return None


def identity(path: Path) -> object:
    """Return what tells a file from all others by whatever path one comes to it, existing or not."""
    try:
        status = os.stat(path)
    except OSError:
        return os.path.normcase(os.path.realpath(path))
    except ValueError:  # a name that no file can have
        return path
    return status.st_dev, status.st_ino


def overlaps(outputs: Iterable[Path], read: Iterable[Path]) -> dict[Path, Path]:
    """Find the outputs, by whatever path one comes to them, that are files which are read; by the latter."""
    named = {identity(target): target for target in reversed([*outputs])}
    known = ((path, identity(path)) for path in read) if named else ()
    return {path: named[key] for path, key in known if key in named}
