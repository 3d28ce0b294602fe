"""What the owner of a report takes away as a file."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from functools import partial
from typing import BinaryIO

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, StreamingResponse

from harinspect.render.formats import Format, rendered
from harinspect.store.recording import PART
from harinspect.web import contexts, reading
from harinspect.web.messages import GZIP
from harinspect.web.redactions import NotMade
from harinspect.web.site import Site, TheSite, page

router = APIRouter()


@router.get("/reports/{id}.json")
def report_json(site: TheSite, id: str) -> Response:
    return _saved(site, id, Format.JSON, "application/json", "json")


@router.get("/reports/{id}.md")
def report_markdown(site: TheSite, id: str) -> Response:
    return reading.markdown(site.stored(id).report)


@router.get("/reports/{id}.sarif")
def report_sarif(site: TheSite, id: str) -> Response:
    return _saved(site, id, Format.SARIF, "application/sarif+json", "sarif")


@router.get("/reports/{id}.html")
def report_html(site: TheSite, id: str) -> Response:
    return _saved(site, id, Format.HTML, "text/html; charset=utf-8", "html")


@router.get("/reports/{id}.curl.txt")
def report_curl(site: TheSite, id: str) -> Response:
    return _saved(site, id, Format.CURL, "text/plain; charset=utf-8", "curl.txt")


@router.get("/reports/{id}.strict.har")
async def strict_recording(site: TheSite, request: Request, id: str) -> Response:
    """Made for whoever asks: nothing but the redacted recording is kept. Raises HTTPException 404 and 409."""
    name = (await site.stored_elsewhere(id)).report.source.name
    try:
        file = await site.strict.recording(id)
    except NotMade as problem:
        raise HTTPException(409, str(problem)) from problem
    return _streamed(request, _parts_of(file), reading.attached(name, "strict.har"))


@router.get("/reports/{id}.har")
def recording(site: TheSite, request: Request, id: str) -> Response:
    """Raises HTTPException 404 where the report is unknown, and 409 with the reason where there is no recording."""
    name = site.stored(id).report.source.name
    if why := site.recording(id).why:
        raise HTTPException(409, why)
    return _streamed(request, site.store.recordings.parts(id), reading.attached(name, "redacted.har"))


@router.get("/reports/{id}/recording")
def recording_state(site: TheSite, id: str) -> HTMLResponse:
    """Where the page asks again while it is being prepared."""
    site.stored(id)
    return page(contexts.RecordingState(site.links(id), site.recording(id)))


def _saved(site: Site, id: str, format_: Format, kind: str, suffix: str) -> Response:
    report = site.stored(id).report
    return reading.download(rendered([report], format_), kind, report.source.name, suffix)


def _streamed(request: Request, packed: Iterable[bytes], headers: dict[str, str]) -> Response:
    """The HAR as it is stored, for browsers, which unpack it; else unpacked part by part (RFC 9110 section 8.4)."""
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        return StreamingResponse(packed, media_type="application/json", headers=headers)
    return StreamingResponse(_unpacked(packed), media_type="application/json", headers=headers)


def _unpacked(packed: Iterable[bytes]) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(GZIP)
    for part in packed:
        while part:
            yield unpacker.decompress(part, PART)
            part = unpacker.unconsumed_tail
    yield unpacker.flush()


def _parts_of(file: BinaryIO) -> Iterator[bytes]:
    with file:
        yield from iter(partial(file.read, PART), b"")
