"""Files out: all of them whole, or none.

Every file is first written beside its place and synced. Then, one after the other, what stands at a place gets a second
name and the new file is renamed onto it. Only when the folders are synced as well the old ones go; until then whatever
happens brings them back.
"""

import errno
import os
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import Final

from msgspec import Struct

from dangjian_score.cli import disk
from dangjian_score.cli.ending import undisturbed
from dangjian_score.cli.reasons import reason_of
from dangjian_score.diagnostics import Code, Diagnostic, at_file

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
    data: bytes
    place: str
    was: os.stat_result | None
    stream: int | None
    new: str
    old: str

    @property
    def replaced(self) -> bool:
        return self.was is None or (S_ISREG(self.was.st_mode) and self.stream is None)


def write_whole(outputs: Mapping[Path, bytes], folder: Path | None = None) -> Diagnostic | None:
    """Write all files, or none and give a finding; `folder` is made where it is missing. Links are followed and stay.

    Whatever else ends it, the old files are there too. Where the reader of a pipe has gone, that is BrokenPipeError.
    """
    at, undo, files = folder or Path(), _Undo(), list[_File]()
    try:
        if folder is not None:
            _make(folder, undo)
        for at, data in outputs.items():
            files.append(_planned(at, data))
        for step in (_write_beside, _write_through, _put_in_place):
            for one in files:
                at = one.target
                step(one, undo)
        with undisturbed():
            for place in dict.fromkeys(os.path.dirname(one.place) for one in files if one.replaced):
                disk.sync_folder(place)
            undo.clear()  # from here on the new ones count
            for one in files:
                disk.remove(one.old)
    except BaseException as error:
        with undisturbed():
            kept = [name for take_back in reversed(undo) if (name := take_back()) is not None]
        if not kept and (not isinstance(error, (OSError, ValueError)) or isinstance(error, BrokenPipeError)):
            raise
        return at_file(Code.OUTPUT_FAILED, str(at), path=str(at), reason=reason_of(error), kept="、".join(kept))
    return None


def _planned(target: Path, data: bytes) -> _File:
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
    stream = None if was is None else disk.stream_to(was)
    return _File(target, data, place, was, stream, beside + NEW, beside + OLD)


def _make(folder: Path, undo: _Undo) -> None:
    if not os.path.isdir(folder):
        undo.append(partial(disk.remove, str(folder), os.rmdir))
        os.mkdir(folder)


def _write_beside(file: _File, undo: _Undo) -> None:
    if file.replaced:
        undo.append(partial(disk.remove, file.new))
        disk.create(file.new, file.data, file.was)


def _write_through(file: _File, _: _Undo) -> None:
    if not file.replaced:
        disk.pour(file.place, file.data, file.stream)


def _put_in_place(file: _File, undo: _Undo) -> None:
    if file.replaced:
        undo.append(partial(_take_back, file))
        if file.was is not None:
            disk.keep(file.place, file.old, file.was)
        os.replace(file.new, file.place)


def _take_back(file: _File) -> str | None:
    """Have the old file stand at its place again; a new one that is not there yet has its first name still."""
    if os.path.lexists(file.new):
        disk.remove(file.old)
    elif file.was is None:
        disk.remove(file.place)
    else:
        try:
            os.replace(file.old, file.place)
        except OSError:
            return file.old
    return None


def identity(path: Path) -> object:
    """Give what tells a file from all others by whatever path one comes to it, existing or not."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return os.path.normcase(os.path.realpath(path))
    return status.st_dev, status.st_ino


def is_taken(target: Path) -> bool:
    """Tell whether a file stands there, or a link that leads nowhere; a device is there to be written to."""
    return target.is_file() or (target.is_symlink() and not target.exists())
