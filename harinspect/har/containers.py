"""What a HAR comes wrapped in: gzip, zip, UTF-16. All of it becomes a `PlainFile` of UTF-8."""

from __future__ import annotations

import codecs
from collections.abc import Generator, Iterator

from msgspec import Struct

from harinspect.har.model import NotHar, Problem
from harinspect.har.plain import PlainFile
from harinspect.har.spool import LIMITS, Budget, Limits, Spool

CHUNK = 1 << 20
GZIP = b"\x1f\x8b"
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
MAX_NESTING = 3
LAYERS = 2  # an export that is packed, and packed again on its way, is unpacked twice
WIDEST = 4  # a character is at most so many times longer in UTF-8 than before
_CUT = Problem("gzip", "The compressed file is cut off or damaged; what could be unpacked was read.")


class Unpacked(Struct, frozen=True):
    """One plain file and what went wrong on the way to it. `name` is its name inside an archive, or ""."""

    file: PlainFile
    name: str = ""
    problems: tuple[Problem, ...] = ()


def unpack(
    file: PlainFile, limits: Limits = LIMITS, nesting: int = 0, budget: Budget | None = None
) -> Generator[Unpacked]:
    """Every plain file inside; each is valid until the next is asked for.

    Raises NotHar where a container is broken beyond use, has no HAR, or grows past the limits.
    """
    budget = budget or Budget(LAYERS * limits.room(file.size))
    head = bytes(file.slice(0, 4))
    if nesting > MAX_NESTING:
        raise NotHar("The input is packed over and over again; unpack it first.")
    if head.startswith(ZIP):
        yield from _unzip(file, limits, nesting, budget)
    elif head.startswith(GZIP):
        unzipped, problems = _gunzip(file, limits, budget)
        yield from _deeper(Unpacked(unzipped, "", problems), limits, nesting, budget)
    elif encoding := _wide_encoding(head):
        yield from _deeper(Unpacked(_narrow(file, encoding)), limits, nesting, budget)
    else:
        yield Unpacked(file)


def _deeper(outer: Unpacked, limits: Limits, nesting: int, budget: Budget) -> Iterator[Unpacked]:
    try:
        for inner in unpack(outer.file, limits, nesting + 1, budget):
            yield Unpacked(inner.file, inner.name or outer.name, outer.problems + inner.problems)
    finally:
        outer.file.close()


def _unzip(file: PlainFile, limits: Limits, nesting: int, budget: Budget) -> Iterator[Unpacked]:
    from harinspect.har.archives import members  # plain files, the usual case, need not wait for this import

    for unpacked, name, problems in members(file, limits, budget):
        yield from _deeper(Unpacked(unpacked, name, problems), limits, nesting, budget)


def _chunks(file: PlainFile) -> Iterator[bytes]:
    buffer = memoryview(bytearray(CHUNK))
    file.rewind()
    while count := file.readinto(buffer):
        yield bytes(buffer[:count])


def _gunzip(file: PlainFile, limits: Limits, budget: Budget) -> tuple[PlainFile, tuple[Problem, ...]]:
    from isal import isal_zlib  # twice as fast as zlib, and only wanted here

    spool = Spool(limits.room(file.size), budget)
    inflate = isal_zlib.decompressobj(wbits=31)
    try:
        for chunk in _chunks(file):
            rest = chunk
            while rest:
                if inflate.eof:  # a gzip file may be several members in a row (RFC 1952 section 2.2)
                    if not rest.startswith(GZIP):
                        break  # padding
                    inflate = isal_zlib.decompressobj(wbits=31)
                spool.write(inflate.decompress(rest, CHUNK))
                rest = inflate.unconsumed_tail or inflate.unused_data
        spool.write(inflate.flush())
    except isal_zlib.error:  # type: ignore[misc]  # an exception class, whatever its stub says
        return spool.file(), (_CUT,)
    return spool.file(), () if inflate.eof else (_CUT,)


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
    spool = Spool(WIDEST * file.size)
    for chunk in _chunks(file):
        spool.write(decoder.decode(chunk).encode("utf-8", "replace"))
    spool.write(decoder.decode(b"", True).encode("utf-8", "replace"))
    return spool.file()
