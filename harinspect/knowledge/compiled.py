"""The responders that we ship, and what their records wait for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final

from msgspec import Struct

from harinspect.knowledge.kept import CODE, HERE, STORE, kept
from harinspect.knowledge.records import Responder, read_responder
from harinspect.knowledge.triggers import Triggers, triggers

FOLDER: Final = HERE / "responders"
READ_WITH: Final = (*CODE, "compiled.py", "records.py", "triggers.py")


class Compiled(Struct, frozen=True, array_like=True):
    """All responders by id, and the triggers of their records."""

    responders: dict[str, Responder]
    triggers: Triggers


def compiled(folder: Path = FOLDER, store: Path = STORE / "responders.msgpack") -> Compiled:
    """The responders of a folder. Raises KnowledgeError naming "file: key" where one is wrong."""
    return kept(Compiled, partial(_compile, folder), _sources(folder), store)


def _compile(folder: Path) -> Compiled:
    found = {path.stem: read_responder(path, specimens=False) for path in sorted(folder.glob("*.toml"))}
    return Compiled(found, triggers(record for one in found.values() for record in one.blocked))


def _sources(folder: Path) -> Iterator[os.DirEntry[str]]:
    with os.scandir(folder) as files:
        yield from (file for file in files if file.name.endswith(".toml"))
    with os.scandir(HERE) as files:
        yield from (file for file in files if file.name in READ_WITH)
