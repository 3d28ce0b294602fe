"""What was read of our files, kept beside the bytecode and as Python keeps that: written when the sources were read, if
that may be, and read, at a stroke, only as long as no source has changed. Without it a start takes longer.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

import msgspec

HERE: Final = Path(__file__).parent
STORE: Final = HERE / "__pycache__"
CODE: Final = ("kept.py", "patterns.py", "tables.py", "causes.toml")  # what all files are read with

Stamp = tuple[tuple[str, int, int], ...]  # name, size and time of every source
Found = TypeVar("Found")


def kept(
    kind: type[Found], read: Callable[[], Found], sources: Iterable[Path | os.DirEntry[str]], store: Path
) -> Found:
    """What `read` makes of the sources. Raises what it raises."""
    stamp = tuple(sorted((file.name, *_change(file)) for file in sources))
    found = _stored(kind, stamp, store)
    if found is None:
        found = read()
        if not sys.dont_write_bytecode:
            _write(msgspec.msgpack.encode((stamp, msgspec.Raw(msgspec.msgpack.encode(found)))), store)
    return found


def kept_table(kind: type[Found], read: Callable[[Path], Found], source: Path, code: str) -> Found:
    """The same of one file of this folder. `code`: the path of the module that reads it."""
    sources = (source, Path(code), *map(HERE.joinpath, CODE))
    return kept(kind, partial(read, source), sources, STORE / f"{source.stem}.msgpack")


def _stored(kind: type[Found], stamp: Stamp, store: Path) -> Found | None:
    try:
        of, found = msgspec.msgpack.decode(store.read_bytes(), type=tuple[Stamp, msgspec.Raw])
        return msgspec.msgpack.decode(found, type=kind) if of == stamp else None
    except (OSError, msgspec.DecodeError):
        return None


def _write(data: bytes, store: Path) -> None:
    """As a whole or not at all; where nothing may be written nothing is."""
    try:
        store.parent.mkdir(exist_ok=True)
        unfinished = store.with_suffix(f".{os.getpid()}")
        unfinished.write_bytes(data)
        unfinished.replace(store)
    except OSError:
        return


def _change(file: Path | os.DirEntry[str]) -> tuple[int, int]:
    about = file.stat()
    return about.st_size, about.st_mtime_ns
