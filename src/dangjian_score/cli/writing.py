"""Files out: all of them whole, or none, never over what was read."""

import errno
import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from stat import S_IMODE, S_ISDIR, S_ISREG
from typing import Final, NoReturn

import typer
from msgspec import Struct

from dangjian_score.cli import exits, files, gathering, screen
from dangjian_score.cli.ending import undisturbed
from dangjian_score.cli.gathering import is_own
from dangjian_score.cli.screen import reason_of
from dangjian_score.cli.usage import BadChoiceError, SameOutputError
from dangjian_score.core.diagnostics import Code, Diagnostic, at_file
from dangjian_score.words.say import Words

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
                sync_folder(place)
            undo.clear()  # from here on the new ones count
            for one in files:
                remove(one.old)
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
    """Give what tells a file from all others by whatever path one comes to it, existing or not."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return os.path.normcase(os.path.realpath(path))
    return status.st_dev, status.st_ino


def is_taken(target: Path) -> bool:
    """Tell whether a file stands there, or a link that leads nowhere; a device is there to be written to."""
    return target.is_file() or (target.is_symlink() and not target.exists())


def suffix(target: Path) -> str:
    """Give the format that a file's name asks for."""
    return target.suffix.lower().lstrip(".")


def targets(names: Iterable[str] | None, known: Iterable[str]) -> list[Path]:
    """Take the files to be written; a suffix that is no format is a usage error. `-` gets the results anyhow."""
    formats = [*known]
    paths = [Path(name) for name in names or () if Path(name) != files.STANDARD]
    for path in paths:
        if suffix(path) not in formats:
            raise BadChoiceError("-o", str(path), ", ".join(f"*.{one}" for one in formats))
    return paths


def check_inputs(
    outputs: Iterable[Path], rubric: str, evidence: Iterable[str], words: Words, others: Iterable[str] = ()
) -> None:
    """Refuse to write two results to one file, or over what is read: the rubric, the evidence, and `others`.

    A result of an earlier run that lies among the evidence is not read, so it may be replaced.
    """
    named: dict[object, Path] = {}
    for target in outputs:
        if (first := named.setdefault(identity(target), target)) is not target:
            raise SameOutputError(str(first), str(target))
    read = [*map(Path, others), *(path for path in [files.rubric_path(rubric)] if isinstance(path, Path))]
    taken = [path for path in read if identity(path) in named]
    taken += [path for path in gathering.candidates(evidence) if identity(path) in named and not is_own(path)]
    if taken:
        over = str(named[identity(taken[0])])
        leave(at_file(Code.OUTPUT_OVER_INPUT, over, path=over), words)


def check_free(outputs: Iterable[Path], words: Words) -> None:
    """Refuse to write over a file that nobody named."""
    for target in outputs:
        if is_taken(target):
            leave(at_file(Code.OUTPUT_FAILED, str(target), path=str(target), reason="exists"), words)


def write(outputs: Mapping[Path, bytes], words: Words, *, quiet: bool = False, folder: Path | None = None) -> None:
    """Write everything and say so, or say why nothing was written and leave; `folder` is made where it is missing."""
    try:
        failed = write_whole(outputs, folder)
    except BrokenPipeError:
        raise typer.Exit(exits.READER_GONE) from None
    if failed is not None:
        leave(failed, words)
    if quiet:
        return
    inside = [target for target in outputs if target.parent == folder]
    for target in (one for one in outputs if one not in inside):
        screen.tell(words.text("written", path=str(target)))
    if inside:
        screen.tell(words.text("written many", path=str(folder), count=str(len(inside))))


def refuse(target: Path, reason: str, words: Words) -> NoReturn:
    """Say why a file cannot be written, and leave."""
    leave(at_file(Code.OUTPUT_FAILED, str(target), path=str(target), reason=reason), words)


def leave(failed: Diagnostic, words: Words) -> NoReturn:
    """Say why nothing was written, and leave."""
    screen.tell_failure(failed, words)
    raise typer.Exit(exits.UNUSABLE)
