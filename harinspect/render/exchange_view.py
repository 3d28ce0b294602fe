"""One exchange for the eye: its headers with the evidence that points at them, and bodies with marks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from harinspect.render.anchors import anchor
from harinspect.report.curl import curl_of
from harinspect.report.model import Evidence, Exchange, Field, Report

MARKED_AT_LEAST = 4  # shorter values are found everywhere


@dataclass(frozen=True, slots=True)
class HeaderRow:
    """A header line. `place` is its anchor, "" for a repeated name; `value` is None for one looked for in vain."""

    place: str
    name: str
    value: str | None
    notes: tuple[str, ...]
    evident: bool


@dataclass(frozen=True, slots=True)
class ExchangeView:
    """What the exchange page shows. `notes` are those on parts that are not headers, by anchor."""

    exchange: Exchange
    request_headers: tuple[HeaderRow, ...]
    response_headers: tuple[HeaderRow, ...]
    notes: dict[str, tuple[str, ...]]
    values: dict[str, tuple[str, ...]]

    @property
    def curl(self) -> str:
        """A command that repeats the request, its values masked; "" where curl could not."""
        return curl_of(self.exchange)

    def marked(self, place: str, text: str) -> tuple[tuple[str, bool], ...]:
        """The text in pieces; those that a piece of evidence quotes are flagged."""
        wanted = [value for value in self.values.get(place, ()) if len(value) >= MARKED_AT_LEAST]
        return tuple(_pieces(text, wanted))


def view_exchange(exchange: Exchange, evidence: Iterable[Evidence]) -> ExchangeView:
    notes: dict[str, list[str]] = defaultdict(list)
    values: dict[str, list[str]] = defaultdict(list)
    names: dict[str, str] = {}
    for piece in evidence:
        place = anchor(piece.part, piece.name)
        names[place] = _header_name(piece)
        _append_new(notes[place], piece.note)
        _append_new(values[place], piece.value)
    return ExchangeView(
        exchange,
        tuple(_rows("request", exchange.request_headers, names, notes)),
        tuple(_rows("response", exchange.response_headers, names, notes)),
        {place: tuple(found) for place, found in notes.items()},
        {place: tuple(found) for place, found in values.items()},
    )


def notes_by_exchange(report: Report) -> dict[int, tuple[Evidence, ...]]:
    """All evidence of the report, by the exchange that it points into."""
    found: dict[int, list[Evidence]] = defaultdict(list)
    for denial in report.denials:
        for finding in denial.findings:
            for piece in finding.evidence:
                found[piece.exchange].append(piece)
        for piece in denial.responder.evidence if denial.responder else ():
            found[piece.exchange].append(piece)
        for innocent in denial.ruled_out:
            for piece in innocent.evidence:
                found[piece.exchange].append(piece)
    return {index: tuple(pieces) for index, pieces in found.items()}


def _rows(
    side: Literal["request", "response"], fields: tuple[Field, ...], names: dict[str, str], notes: dict[str, list[str]]
) -> Iterator[HeaderRow]:
    seen: set[str] = set()
    for field in fields:
        place = anchor(f"{side}.header", field.name)
        first = place not in seen
        seen.add(place)
        yield HeaderRow(place if first else "", field.name, field.value, _at(notes, place, first), place in names)
    for place, name in names.items():
        if place.startswith(f"{side}-header-") and place not in seen:
            yield HeaderRow(place, name, None, _at(notes, place, True), True)


def _at(notes: dict[str, list[str]], place: str, first: bool) -> tuple[str, ...]:
    return tuple(notes.get(place, ())) if first else ()


def _header_name(piece: Evidence) -> str:
    return {"request.cookie": "cookie", "response.cookie": "set-cookie"}.get(piece.part, piece.name)


def _append_new(kept: list[str], text: str) -> None:
    if text and text not in kept:
        kept.append(text)


def _pieces(text: str, wanted: list[str]) -> Iterator[tuple[str, bool]]:
    while text:
        found = min(((text.find(value), value) for value in wanted if value in text), default=None)
        if found is None:
            yield text, False
            return
        start, value = found
        if start:
            yield text[:start], False
        yield value, True
        text = text[start + len(value) :]
