"""What a HAR comes wrapped in: gzip, zip, UTF-16. All of it becomes a `PlainFile` of UTF-8."""

from __future__ import annotations

import codecs
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from harinspect.har.model import NotHar, Problem
from harinspect.har.plain import PlainFile

CHUNK = 1 << 20
GZIP = b"\x1f\x8b"
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
MAX_NESTING = 3
MACOS_SHADOW = "__MACOSX/"

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Limits:
    """How far packed input may grow: `bytes` in all, `ratio` to one, the ratio only from `ratio_from` bytes on."""

    bytes: int = 8 << 30
    ratio: int = 200
    ratio_from: int = 256 << 20


@dataclass(frozen=True, slots=True)
class Unpacked:
    """One plain file and what went wrong on the way to it. `name` is its name inside an archive, or ""."""

    file: PlainFile
    name: str = ""
    problems: tuple[Problem, ...] = ()


LIMITS = Limits()


def unpack(file: PlainFile, limits: Limits = LIMITS, nesting: int = 0) -> Generator[Unpacked]:
    """Every plain file inside; each is valid until the next is asked for.

    Raises NotHar where a container is broken beyond use, has no HAR, or grows past the limits.
    """
    head = bytes(file.slice(0, 4))
    if nesting > MAX_NESTING:
        raise NotHar("The input is an archive inside an archive inside an archive; unpack it first.")
    if head.startswith(ZIP):
        yield from _members(file, limits, nesting)
    elif head.startswith(GZIP):
        unzipped, problems = _gunzip(file, limits)
        yield from _deeper(unzipped, "", problems, limits, nesting)
    elif encoding := _wide_encoding(head):
        yield Unpacked(_narrow(file, encoding))
    else:
        yield Unpacked(file)


def _deeper(
    file: PlainFile, name: str, problems: tuple[Problem, ...], limits: Limits, nesting: int
) -> Iterator[Unpacked]:
    try:
        for inner in unpack(file, limits, nesting + 1):
            yield Unpacked(inner.file, inner.name or name, problems + inner.problems)
    finally:
        file.close()


class _Spool:
    """A private file with no name, that refuses to grow past the limits."""

    def __init__(self, limits: Limits, packed: int) -> None:
        self.stream: BinaryIO = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115  # type: ignore[assignment]
        self._room = limits.bytes
        self._allowed = max(limits.ratio * packed, limits.ratio_from)
        self._size = 0

    def write(self, chunk: bytes) -> None:
        self._size += len(chunk)
        if self._size > min(self._room, self._allowed):
            self.stream.close()
            raise NotHar("The packed file unpacks to far more than a HAR would; it was not read.")
        view = memoryview(chunk)
        while view:
            view = view[self.stream.write(view) :]

    def file(self) -> PlainFile:
        return PlainFile(self.stream, owned=True, size=self._size)


def _chunks(file: PlainFile) -> Iterator[memoryview]:
    buffer = memoryview(bytearray(CHUNK))
    file.rewind()
    while count := file.readinto(buffer):
        yield buffer[:count]


def _gunzip(file: PlainFile, limits: Limits) -> tuple[PlainFile, tuple[Problem, ...]]:
    spool = _Spool(limits, file.size)
    inflate = zlib.decompressobj(wbits=31)
    done = False
    try:
        for chunk in _chunks(file):
            inflate = _inflate(inflate, bytes(chunk), spool)
        spool.write(inflate.flush())
        done = inflate.eof
    except zlib.error:
        done = False
    if done:
        return spool.file(), ()
    return spool.file(), (Problem("gzip", "The compressed file is cut off or damaged; what could be unpacked was read."),)


def _inflate(inflate: zlib._Decompress, chunk: bytes, spool: _Spool) -> zlib._Decompress:
    """Feed one chunk; a gzip file may be several members in a row, so the next one may have begun."""
    while chunk:
        if inflate.eof:
            if not chunk.startswith(GZIP):
                return inflate  # padding after the last member
            inflate = zlib.decompressobj(wbits=31)
        spool.write(inflate.decompress(chunk, CHUNK))
        chunk = inflate.unconsumed_tail or inflate.unused_data
    return inflate


def _members(file: PlainFile, limits: Limits, nesting: int) -> Iterator[Unpacked]:
    try:
        archive = zipfile.ZipFile(_Seekable(file))  # type: ignore[arg-type]
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise NotHar("The zip file is damaged: its list of contents cannot be read.") from error
    with archive:
        members = [member for member in archive.infolist() if _may_be_har(member)]
        if not members:
            raise NotHar("The zip file holds no HAR file.")
        for member in members:
            yield from _deeper(*_extract(archive, member, limits), limits, nesting)


def _may_be_har(member: zipfile.ZipInfo) -> bool:
    name = member.filename
    hidden = name.startswith(MACOS_SHADOW) or Path(name).name.startswith(".")
    wanted = name.lower().endswith((".har", ".json", ".har.gz", ".gz", ".zip", ".txt")) or "." not in Path(name).name
    return wanted and not hidden and not member.is_dir()


def _extract(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, limits: Limits
) -> tuple[PlainFile, str, tuple[Problem, ...]]:
    spool = _Spool(limits, max(member.compress_size, 1))
    problems: tuple[Problem, ...] = ()
    try:
        with archive.open(member) as packed:
            while chunk := packed.read(CHUNK):
                spool.write(chunk)
    except RuntimeError:  # what zipfile raises for a password
        problems = (Problem(member.filename, "This part of the zip file is protected by a password; it was not read."),)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError):
        problems = (Problem(member.filename, "This part of the zip file is damaged; what could be unpacked was read."),)
    return spool.file(), member.filename, problems


class _Seekable:
    """A PlainFile as zipfile wants to see it."""

    def __init__(self, file: PlainFile) -> None:
        self._file = file
        self._position = 0

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        origin = (0, self._position, self._file.size)[whence]
        self._position = max(origin + offset, 0)
        return self._position

    def tell(self) -> int:
        return self._position

    def read(self, count: int = -1) -> bytes:
        wanted = max(self._file.size - self._position, 0)
        chunk = bytes(self._file.slice(self._position, wanted if count < 0 else min(count, wanted)))
        self._position += len(chunk)
        return chunk


def _wide_encoding(head: bytes) -> str:
    """The name of a UTF-16 or UTF-32 encoding by its mark or by the zeros around "{", or ""."""
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if len(head) < 2 or bool(head[0]) == bool(head[1]):
        return ""
    return "utf-16-le" if head[0] else "utf-16-be"


def _narrow(file: PlainFile, encoding: str) -> PlainFile:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    spool = _Spool(Limits(), max(file.size, 1))
    for chunk in _chunks(file):
        spool.write(decoder.decode(bytes(chunk)).encode("utf-8", "replace"))
    spool.write(decoder.decode(b"", True).encode("utf-8", "replace"))
    return spool.file()
