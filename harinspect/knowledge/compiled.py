"""The responders in one file that is read at a stroke, kept beside the bytecode and as Python keeps that: written when
the sources were read, if that may be, and read only as long as no source has changed. Without it a start takes longer.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from harinspect.knowledge.records import Responder, read_responder
from harinspect.knowledge.triggers import Triggers, triggers

HERE: Final = Path(__file__).parent
FOLDER: Final = HERE / "responders"
STORE: Final = HERE / "__pycache__" / "responders.msgpack"
CODE: Final = ("records.py", "patterns.py", "triggers.py", "tables.py", "compiled.py", "causes.toml")

Stamp = tuple[tuple[str, int, int], ...]


class Compiled(Struct, frozen=True, array_like=True):
    """All responders by id, and the triggers of their records. `stamp`: name, size and time of every source."""

    stamp: Stamp
    responders: dict[str, Responder]
    triggers: Triggers


def compiled(folder: Path = FOLDER, store: Path = STORE) -> Compiled:
    """The responders of a folder. Raises KnowledgeError naming "file: key" where one is wrong."""
    stamp = _stamp(folder)
    found = _stored(store)
    if found is None or found.stamp != stamp:
        found = _compile(folder, stamp)
        if not sys.dont_write_bytecode:
            write(found, store)
    return found


def write(found: Compiled, store: Path = STORE) -> None:
    """Keep it, as a whole or not at all; where nothing may be written nothing is."""
    try:
        store.parent.mkdir(exist_ok=True)
        unfinished = store.with_suffix(f".{os.getpid()}")
        unfinished.write_bytes(msgspec.msgpack.encode(found))
        unfinished.replace(store)
    except OSError:
        return


def _stored(store: Path) -> Compiled | None:
    try:
        return msgspec.msgpack.decode(store.read_bytes(), type=Compiled)
    except (OSError, msgspec.DecodeError):
        return None


def _compile(folder: Path, stamp: Stamp) -> Compiled:
    found = {path.stem: read_responder(path, specimens=False) for path in sorted(folder.glob("*.toml"))}
    return Compiled(stamp, found, triggers(record for one in found.values() for record in one.blocked))


def _stamp(folder: Path) -> Stamp:
    return tuple(sorted((file.name, *_change(file)) for file in _sources(folder)))


def _sources(folder: Path) -> Iterator[os.DirEntry[str]]:
    with os.scandir(folder) as files:
        yield from (file for file in files if file.name.endswith(".toml"))
    with os.scandir(HERE) as files:
        yield from (file for file in files if file.name in CODE)


def _change(file: os.DirEntry[str]) -> tuple[int, int]:
    about = file.stat()
    return about.st_size, about.st_mtime_ns
