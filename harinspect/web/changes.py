"""The routes that change something: uploading, trying a sample, forgetting a report."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import PurePosixPath, PureWindowsPath
from urllib.parse import unquote

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from harinspect.redaction.reports import ReportRedactor
from harinspect.render import shipped_folder
from harinspect.web import contexts
from harinspect.web.multipart import received_files
from harinspect.web.peers import place
from harinspect.web.samples import read_samples
from harinspect.web.site import Site, TheSite, page
from harinspect.web.uploads import Unusable, Upload

router = APIRouter()


@router.post("/reports")
async def upload(site: TheSite, request: Request) -> Response:
    """A recording as the raw body with its name in X-Filename, or files sent by the plain form."""
    async with aclosing(site.room.admitted(request.stream(), place(request.scope, site.settings.access))) as chunks:
        if request.headers.get("content-type", "").startswith("multipart/form-data"):
            return await _upload_form(site, request, chunks)
        try:
            site.uploads.check_length(request.headers.get("content-length"))
            file = await site.uploads.receive(chunks)
        except Unusable as refusal:
            plain = "text/plain; charset=utf-8"
            return Response(str(refusal), refusal.status, _later(refusal), plain)
    name = _clean(unquote(request.headers.get("x-filename", "")))
    return page(contexts.UploadState(site.uploads.start(file, name)), 202)


async def _upload_form(site: Site, request: Request, chunks: AsyncIterator[bytes]) -> Response:
    try:
        files = await received_files(request.headers, chunks, site.settings.upload_bytes)
    except Unusable as refusal:
        answer = page(contexts.Trouble("That did not work", str(refusal)), refusal.status)
        answer.headers.update(_later(refusal))
        return answer
    started = [site.uploads.start(file, _clean(name)) for name, file in files]
    return RedirectResponse(f"/uploads/{started[0].id}" if len(started) == 1 else "/", 303)


def _later(refusal: Unusable) -> dict[str, str]:
    return {"Retry-After": "60"} if refusal.status in (429, 503) else {}


@router.get("/uploads/{id}")
async def upload_state(site: TheSite, request: Request, id: str) -> Response:
    found = _upload(site, id)
    if "hx-request" in request.headers:
        return page(contexts.UploadState(found))
    if len(found.reports) == 1:
        return RedirectResponse(f"/reports/{found.reports[0]}", 303)
    return page(contexts.UploadPage(found))


@router.post("/samples/{file}")
async def try_sample(site: TheSite, file: str) -> Response:
    """Analyse one of the recordings that come with the program."""
    folder = shipped_folder("sample_hars")
    if file not in {sample.file for sample in read_samples(folder)}:
        raise HTTPException(404, "There is no sample of this name.")
    started = site.uploads.start((folder / file).open("rb"), file)
    return RedirectResponse(f"/uploads/{started.id}", 303)


@router.post("/reports/{id}/delete")
def delete(site: TheSite, id: str) -> Response:
    site.store.remove(id)
    return RedirectResponse("/", 303)


@router.delete("/reports/{id}")
def remove(site: TheSite, id: str) -> HTMLResponse:
    """The same for htmx, which puts the empty answer in the row's place."""
    site.store.remove(id)
    return HTMLResponse("")


def _upload(site: Site, id: str) -> Upload:
    found = site.uploads.get(id)
    if found is None:
        raise HTTPException(404, "This upload is not known any more.")
    return found


def _clean(name: str) -> str:
    """A file's own name, printable, masked and of moderate length: other users see it among a process's arguments."""
    last = PureWindowsPath(PurePosixPath(name).name).name
    plain = "".join(letter for letter in last if letter.isprintable())[:200]
    return ReportRedactor().file_name(plain) or "recording.har"
