"""A user's own responders: read from a folder, and held to what ours are held to before one of them is asked.

A record that does not hit its own example is refused, and so is a pattern that a hostile body could make run long.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Final

from harinspect.har.model import Exchange, Request, Response
from harinspect.knowledge.matching import hit
from harinspect.knowledge.patterns import Pattern
from harinspect.knowledge.readings import Reading
from harinspect.knowledge.records import NO_SPECIMEN, Presence, Record, Responder, Specimen, read_responder
from harinspect.knowledge.strain import fault
from harinspect.knowledge.tables import KnowledgeError
from harinspect.knowledge.triggers import triggers
from harinspect.wire.headers import Headers

NAME: Final = re.compile(r"[a-z0-9][a-z0-9.-]{0,63}")  # stands in the id of a rule, and in its address on the page


def read_folder(folder: Path) -> dict[str, Responder]:
    """The responders of a folder's TOML files by id.

    Raises KnowledgeError in one sentence where there is no such folder, none in it, or one that is wrong.
    """
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix == ".toml")
        found = {path.stem: read_responder(path) for path in paths}
    except OSError as error:
        raise KnowledgeError(f"{error.filename or folder}: cannot be read ({error.strerror})") from error
    if not found:
        raise KnowledgeError(f"{folder}: there is no .toml file in this folder")
    for one in found.values():
        check(one)
    return found


def check(one: Responder) -> None:
    """Raises KnowledgeError where a name, a pattern or an example of the responder does not hold."""
    for wrong in chain(_names(one), _patterns(one), _specimens(one)):  # in this order: an example needs its patterns
        raise KnowledgeError(f"{one.id}.toml: {wrong}")


def specimen_exchange(specimen: Specimen) -> Exchange:
    """The exchange that an example stands for."""
    response = Response(specimen.status, specimen.reason, Headers(specimen.headers), body=specimen.body)
    request = Request("GET", specimen.url, "h2", Headers())
    return Exchange(0, None, 10.0, request, response, error=specimen.error or None)


def _names(one: Responder) -> Iterator[str]:
    keys = [record.key for record in one.blocked]
    for name in (one.id, *keys):
        if not NAME.fullmatch(name):
            yield f"{name!r} is no name: small letters, digits, dots and hyphens only, and 64 at most"
    for key in keys:
        if keys.count(key) > 1:
            yield f"the key {key!r} is given twice"
    if not one.name.isprintable() or not (one.present or one.blocked):
        yield "needs a name of one line, and something under [[present]] or [[blocked]]"


def _patterns(one: Responder) -> Iterator[str]:
    for where, pattern in _all_patterns(one):
        if wrong := fault(pattern.source):
            yield f"{where}: the pattern {pattern.source!r} {wrong}"


def _all_patterns(one: Responder) -> Iterator[tuple[str, Pattern]]:
    for row in one.present:
        yield from ((f"present, {row.header or 'cookie'}", pattern) for pattern in _of_presence(row))
    for record in one.blocked:
        yield from ((f"blocked {record.key!r}", pattern) for pattern in _of_record(record))
    if one.reference and one.reference.body:
        yield "reference", one.reference.body


def _of_presence(row: Presence) -> Iterator[Pattern]:
    yield from (pattern for pattern in (row.value, row.cookie) if pattern)


def _of_record(record: Record) -> Iterator[Pattern]:
    yield from (*record.body, *record.body_all, *record.body_none, *record.words.phrases)
    yield from (pattern for _, pattern in (*record.headers, *record.json))
    yield from (pattern for pattern in (record.set_cookie, record.url, record.reason, record.error) if pattern)


def _specimens(one: Responder) -> Iterator[str]:
    for record in one.blocked:
        where = f"blocked {record.key!r}"
        if record.example != NO_SPECIMEN and not _hits(record, record.example):
            yield f"{where}: the record does not hit its own example"
        if record.counterexample != NO_SPECIMEN and _hits(record, record.counterexample):
            yield f"{where}: the record hits its own counterexample"


def _hits(record: Record, specimen: Specimen) -> bool:
    """As a refusal of a recording would be read: what waits for a word is not tried without it."""
    exchange = specimen_exchange(specimen)
    reading, waiting = Reading(exchange), triggers((record,))
    tried = waiting.by_headers(exchange.response.headers) | waiting.by_text(reading)
    is_refusal = exchange.status >= 400 or bool(exchange.error)
    return is_refusal and bool(tried) and hit(record, reading) is not None
