"""Who answered: which known products stand in the path, and which of them wrote this refusal.

>>> load().responders["cloudflare"].name
'Cloudflare'
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Final

from msgspec import Struct, field

from harinspect.har.model import Exchange
from harinspect.knowledge.compiled import compiled
from harinspect.knowledge.matching import Clues, hit, stands
from harinspect.knowledge.readings import Clue, Reading, Said
from harinspect.knowledge.records import (
    BASES,
    LAYERS,
    Basis,
    Presence,
    Record,
    Responder,
)
from harinspect.knowledge.triggers import Triggers, triggers
from harinspect.wire.headers import Headers

LISTED = 3  # reasons of so many kinds on one page are a list of what might be
TEXTS: Final = 64  # are kept in mind: the refusals of one file repeat a few


class Hit(Struct, frozen=True):
    """A responder that shows itself. `record` is None where it only stands in the path; `evidence` says where to look.

    `basis` is the record's own, lowered to "signature" where an application's words were found in a page of markup.
    """

    responder: Responder
    record: Record | None
    evidence: tuple[Clue, ...]
    layer: str
    basis: Basis = "identity"


class Answer(Struct, frozen=True):
    """`present`: who stands in the path, by layer. `blocked`: who wrote the refusal, best first, one hit a responder
    (within a responder the better basis, then the earlier record).
    """

    present: tuple[Hit, ...] = ()
    blocked: tuple[Hit, ...] = ()


class Library(Struct, frozen=True, dict=True):
    """All responders by id. `compiled`: the triggers of their records, where they were worked out before."""

    responders: Mapping[str, Responder]
    compiled: Triggers | None = None

    @cached_property
    def records(self) -> tuple[tuple[Responder, Record], ...]:
        return tuple((one, record) for one in self.responders.values() for record in one.blocked)

    @cached_property
    def triggers(self) -> Triggers:
        return self.compiled or triggers(record for _, record in self.records)

    @cached_property
    def presences(self) -> Mapping[str, tuple[tuple[Responder, Presence], ...]]:
        """By the response header that shows them."""
        found: dict[str, list[tuple[Responder, Presence]]] = defaultdict(list)
        for one in self.responders.values():
            for row in one.present:
                found[row.header or "set-cookie"].append((one, row))
        return {name: tuple(rows) for name, rows in found.items()}


@cache
def load(extra: Path | None = None) -> Library:
    """The responders that we ship, and those in a user's folder; a file of the same name there replaces ours.

    Raises KnowledgeError naming "file: key" where a file is wrong, or the folder where it cannot be read.
    """
    ours = compiled()
    if extra is None:
        return Library(ours.responders, ours.triggers)
    from harinspect.knowledge.own import read_folder

    return Library(dict(sorted((ours.responders | read_folder(extra)).items())))


class _Heard(Struct):
    """What the words of an answer say, whatever its headers are: the records to try, and where those hit."""

    numbers: frozenset[int]
    clues: dict[int, Clues | None] = field(default_factory=dict)

    def hit(self, number: int, record: Record, reading: Reading) -> Clues | None:
        if not record.is_textual:
            return hit(record, reading)
        if number not in self.clues:
            self.clues[number] = hit(record, reading)
        return self.clues[number]


class Memory:
    """The words of a file's refusals that were looked at before, at most TEXTS of them."""

    def __init__(self) -> None:
        self._heard: dict[tuple[int, str, tuple[Said, ...]], _Heard] = {}

    def of(self, reading: Reading, library: Library) -> _Heard:
        """Of one library only."""
        key = (reading.exchange.status, reading.raw, reading.in_headers)
        if key not in self._heard:
            if len(self._heard) >= TEXTS:
                self._heard.clear()
            self._heard[key] = _Heard(library.triggers.by_text(reading))
        return self._heard[key]


def who_answered(exchange: Exchange, library: Library | None = None, memory: Memory | None = None) -> Answer:
    """Who stands in the path of an exchange and, where it was refused or has an error mark, who wrote the refusal.

    `memory`: of the file that the exchange is in.
    """
    known = library or load()
    standing = presence(exchange.response.headers, known)
    if exchange.status < 400 and not exchange.error:
        return Answer(standing)
    reading = Reading(exchange)
    best: dict[str, Hit] = {}
    for found in _blocked(known, reading, (memory or Memory()).of(reading, known)):
        rival = best.get(found.responder.id)
        if rival is None or BASES.index(found.basis) < BASES.index(rival.basis):
            best[found.responder.id] = found
    return Answer(standing, tuple(sorted(_own_words_aside(list(best.values()), reading), key=_rank)))


def presence(headers: Headers, library: Library | None = None) -> tuple[Hit, ...]:
    """Who shows in response headers that it stands in the path, closest to the client first. It proves nothing more."""
    known = library or load()
    found: dict[str, Hit] = {}
    for name in headers.names() & known.presences.keys():
        lines = headers.all(name)
        for responder, record in known.presences[name]:
            clue = None if responder.id in found else stands(record, lines)
            if clue:
                found[responder.id] = Hit(responder, None, (clue,), responder.layer)
    return tuple(
        sorted(
            found.values(),
            key=lambda one: (LAYERS.index(one.layer), one.responder.name),
        )
    )


def reference(found: Hit, exchange: Exchange) -> tuple[str, str] | None:
    """What to quote to this responder's support: its label and the value in this exchange, None where there is none."""
    wanted = found.responder.reference
    if wanted is None:
        return None
    headers = exchange.response.headers
    value = next((headers.text(name) for name in wanted.headers if headers.text(name)), "")
    if not value and wanted.body:
        match = wanted.body.search(Reading(exchange).text)
        value = match[1] if match else ""
    return (wanted.label, value) if value else None


def _blocked(known: Library, reading: Reading, heard: _Heard) -> Iterator[Hit]:
    for number in sorted(heard.numbers | known.triggers.by_headers(reading.exchange.response.headers)):
        responder, record = known.records[number]
        clues = heard.hit(number, record, reading)
        if clues:
            yield Hit(
                responder,
                record,
                clues,
                record.layer,
                _basis(responder, record, reading),
            )


def _basis(responder: Responder, record: Record, reading: Reading) -> Basis:
    """Words that any page may hold by chance, in a menu or a template, state nothing."""
    by_chance = responder.generic and record.words and reading.is_markup
    return "signature" if by_chance and record.basis == "stated" else record.basis


def _own_words_aside(hits: list[Hit], reading: Reading) -> list[Hit]:
    """Words prove something of an application only where no product spoke, by a reason or by its stock page, and
    where they are not a page's list of all that may be the reason.
    """
    own = [found for found in hits if found.responder.generic and found.record and found.record.words]
    spoken_for = any(_is_spoken_for(found, reading) for found in hits if not found.responder.generic)
    if spoken_for or (reading.is_markup and len(own) >= LISTED):
        return [found for found in hits if found not in own]
    return hits


def _is_spoken_for(found: Hit, reading: Reading) -> bool:
    return found.basis != "identity" or (
        reading.is_markup and any(clue.part == "response.body" for clue in found.evidence)
    )


def _rank(found: Hit) -> tuple[int, bool, int, int]:
    """Better basis, a product before anybody's words, more conditions met, closer to the client."""
    return BASES.index(found.basis), found.responder.generic, -len(found.evidence), LAYERS.index(found.layer)
