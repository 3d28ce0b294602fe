"""Zip files: every member that may be a HAR."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath

from harinspect.har.model import NotHar, Problem
from harinspect.har.plain import PlainFile
from harinspect.har.spool import Budget, Limits, Spool

CHUNK = 1 << 20
MANY = 500
_MACOS_SHADOW = "__MACOSX/"
_SUFFIXES = frozenset({"", ".har", ".json", ".txt", ".gz", ".zip"})
_DAMAGED = "This part of the zip file is damaged; what could be unpacked was read."
_LOCKED = "This part of the zip file is protected by a password; it was not read."


def members(file: PlainFile, limits: Limits, budget: Budget) -> Iterator[tuple[PlainFile, str, tuple[Problem, ...]]]:
    """Each member unpacked, its name, and what went wrong with it.

    Raises NotHar where the archive is damaged, holds nothing to read or grows past the limits.
    """
    try:
        archive = zipfile.ZipFile(io.BufferedReader(_Raw(file)))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise NotHar("The zip file is damaged: its list of contents cannot be read.") from error
    with archive:
        wanted = [member for member in archive.infolist() if _may_be_har(member)]
        if not wanted:
            raise NotHar("The zip file holds no HAR file.")
        if len(wanted) > MANY:
            raise NotHar(f"The zip file holds {len(wanted):,} files; unpack it, and choose those that matter.")
        for member in wanted:
            yield _extract(archive, member, limits, budget)


def _may_be_har(member: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(member.filename)
    if member.is_dir() or member.filename.startswith(_MACOS_SHADOW) or path.name.startswith("."):
        return False
    return path.suffix.lower() in _SUFFIXES


def _extract(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, limits: Limits, budget: Budget
) -> tuple[PlainFile, str, tuple[Problem, ...]]:
    spool = Spool(limits.room(max(member.compress_size, 1)), budget)
    what = ""
    try:
        with archive.open(member) as packed:
            while chunk := packed.read(CHUNK):
                spool.write(chunk)
    except NotImplementedError:
        what = _DAMAGED
    except RuntimeError:  # what zipfile raises for want of a password
        what = _LOCKED
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError):
        what = _DAMAGED
    return spool.file(), member.filename, (Problem(member.filename, what),) if what else ()


class _Raw(io.RawIOBase):
    """A PlainFile as zipfile wants to see it."""

    def __init__(self, file: PlainFile) -> None:
        self._file = file
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._position = (0, self._position, self._file.size)[whence] + offset
        if self._position < 0:
            raise OSError("negative seek position")  # as a file would, and zipfile expects
        return self._position

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        chunk = self._file.slice(self._position, len(buffer))
        buffer[: len(chunk)] = chunk
        self._position += len(chunk)
        return len(chunk)
