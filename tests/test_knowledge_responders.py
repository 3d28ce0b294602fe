"""Every record of every responder: its own example hits it, its counterexample does not, and its patterns behave."""

from __future__ import annotations

import pytest

from harinspect.har.model import Exchange, Request, Response
from harinspect.knowledge import Library, Record, Responder, causes, who_answered
from harinspect.knowledge.compiled import FOLDER
from harinspect.knowledge.matching import hit
from harinspect.knowledge.readings import Reading
from harinspect.knowledge.records import Specimen, read_responder
from harinspect.knowledge.triggers import Kind, waits_for
from harinspect.wire.headers import Headers

LIBRARY = Library({path.stem: read_responder(path) for path in sorted(FOLDER.glob("*.toml"))})
RECORDS = [pytest.param(one, record, id=f"{one.id}.{record.key}") for one, record in LIBRARY.records]
RESPONDERS = [pytest.param(one, id=one.id) for one in LIBRARY.responders.values()]


def exchange(specimen: Specimen) -> Exchange:
    request = Request("GET", specimen.url, "h2", Headers())
    response = Response(specimen.status, specimen.reason, Headers(specimen.headers), body=specimen.body)
    return Exchange(0, None, 10.0, request, response, error=specimen.error or None)


@pytest.mark.parametrize(("one", "record"), RECORDS)
def test_example_is_the_best_answer(one: Responder, record: Record) -> None:
    blocked = who_answered(exchange(record.example), LIBRARY).blocked
    assert record.key in {found.record.key for found in blocked if found.responder is one and found.record}, blocked
    best = blocked[0]
    assert best.responder is one or (best.record and best.record.cause == record.cause), best


@pytest.mark.parametrize(("one", "record"), RECORDS)
def test_counterexample_is_left_alone(one: Responder, record: Record) -> None:
    assert record.counterexample != Specimen()
    assert hit(record, Reading(exchange(record.counterexample))) is None


@pytest.mark.parametrize(("one", "record"), RECORDS)
def test_record_is_whole(one: Responder, record: Record) -> None:
    assert record.says.endswith(".")
    assert not record.cause or record.cause in causes()
    assert not record.source or record.source.startswith("https://")
    if not (record.url or record.reason or record.error):
        assert (Kind.NOTHING, "") not in waits_for(record, {})


@pytest.mark.parametrize("one", RESPONDERS)
def test_keys_are_unique(one: Responder) -> None:
    keys = [record.key for record in one.blocked]
    assert len(keys) == len(set(keys))
    assert one.present or one.blocked
