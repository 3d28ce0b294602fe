"""What the owner of a kept report does with it: notes, and links for others to read it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Annotated, Final, cast

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from harinspect.render.anchors import Served
from harinspect.render.views import ReportView
from harinspect.store.archive import Archive
from harinspect.store.expiry import NoExpiry, expiry
from harinspect.store.passphrases import Unfit
from harinspect.store.remarks import TooLong
from harinspect.web import contexts, reading, rows
from harinspect.web.forms import Fields
from harinspect.web.guard import LOOPBACK
from harinspect.web.peers import is_https
from harinspect.web.redactions import NotMade
from harinspect.web.site import Site, TheSite, not_kept, page

SPANS: Final = (("1h", "in an hour"), ("1d", "in a day"), ("7d", "in a week"), ("30d", "in 30 days"))
PREVIEWS: Final = "/previews"
STRICT: Final = "strict"

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Form:
    """What was chosen: what the reader sees, and until when."""

    shows: str = ""
    chosen: str = "7d"
    day: str = ""

    @property
    def is_strict(self) -> bool:
        return self.shows == STRICT


def _archive(site: TheSite) -> Archive:
    return cast(Archive, site.archive)


TheArchive = Annotated[Archive, Depends(_archive)]


@router.post("/reports/{id}/remarks")
def annotate(archive: TheArchive, id: str, fields: Fields) -> Response:
    labels = fields.get("labels", "").split(",")
    notes = fields.get("notes", "").replace("\r\n", "\n")
    try:
        is_there = archive.reports.annotate(id, labels=labels, ticket=fields.get("ticket", ""), notes=notes)
    except TooLong as problem:
        raise HTTPException(400, str(problem)) from problem
    if not is_there:
        raise not_kept()
    return RedirectResponse(f"/reports/{id}#noted", 303)


@router.get("/reports/{id}/links")
def links(site: TheSite, request: Request, id: str, made: str = "", shows: str = "") -> HTMLResponse:
    """`made`: the id of the link that has just been made; its address is shown this once."""
    token = site.fresh.take(id, made)
    scheme = "https" if is_https(request.scope, site.settings.access) else "http"
    address = str(request.base_url.replace(scheme=scheme, path=f"/s/{token}")) if token else ""
    return page(_share_page(site, id, Form(shows), address, is_local=_is_local(request)))


@router.post("/reports/{id}/links")
async def make(site: TheSite, id: str, fields: Fields) -> Response:
    """A strict link waits for the strict report, and is not made without."""
    form = Form(fields.get("shows", ""), fields.get("expires", ""), fields.get("day", ""))
    passphrase = fields.get("passphrase", "")
    try:
        ends = expiry(_one_of(form.chosen, form.day), _archive(site).clock())
        if form.is_strict:
            await _make_strict(site, id)
        made = await asyncio.to_thread(
            _archive(site).links.make, id, expires=ends, passphrase=passphrase, strict=form.is_strict
        )
    except (NoExpiry, Unfit, NotMade) as problem:
        status = 409 if isinstance(problem, NotMade) else 400
        return page(await asyncio.to_thread(_share_page, site, id, form, trouble=str(problem)), status)
    if made is None:
        raise not_kept()
    site.fresh.put(id, made.link.id, made.token)
    return RedirectResponse(f"{_shares(id, form)}&made={made.link.id}", 303)


@router.post("/reports/{id}/strict")
async def make_strict(site: TheSite, id: str) -> Response:
    """What the readers of strict links will see, to be looked at before there is one."""
    form = Form(STRICT)
    try:
        await _make_strict(site, id)
    except NotMade as problem:
        return page(await asyncio.to_thread(_share_page, site, id, form, trouble=str(problem)), 409)
    return RedirectResponse(f"{_shares(id, form)}#preview-title", 303)


@router.post("/reports/{id}/links/{link}/revoke")
def revoke(archive: TheArchive, id: str, link: str) -> Response:
    if any(link == known.id for known in archive.links.of(id)):
        archive.links.revoke(link)
    return RedirectResponse(f"/reports/{id}/links", 303)


@router.get(PREVIEWS + "/{id}")
def preview(site: TheSite, id: str) -> HTMLResponse:
    """What the reader of a link is shown, by the same code. The `id` of a strict report ends with its name."""
    return reading.whole(_previewed(site, id), _as_reader(id))


@router.get(PREVIEWS + "/{id}/report.md")
def preview_markdown(site: TheSite, id: str) -> Response:
    return reading.markdown(_previewed(site, id).report)


@router.get(PREVIEWS + "/{id}/denials/{index}")
def preview_denial(site: TheSite, request: Request, id: str, index: int) -> HTMLResponse:
    return reading.denial(_previewed(site, id), _as_reader(id), index, request)


@router.get(PREVIEWS + "/{id}/exchanges/{index}")
def preview_exchange(site: TheSite, id: str, index: int) -> HTMLResponse:
    return reading.exchange(_previewed(site, id), _as_reader(id), index)


def _previewed(site: Site, id: str) -> ReportView:
    """Raises HTTPException 404 where it is unknown, or not made."""
    own = id.removesuffix(f".{STRICT}")
    if own == id:
        return site.view(id)
    strict = _archive(site).recordings.strict(own)
    if strict is None:
        raise not_kept()
    return ReportView(strict)


async def _make_strict(site: Site, id: str) -> None:
    """Once a report. Raises NotMade, StoreError, and HTTPException 404 where the report is unknown."""
    await site.stored_elsewhere(id)
    recordings = _archive(site).recordings
    if await asyncio.to_thread(recordings.strict, id) is None:
        await asyncio.to_thread(recordings.put_strict, id, await site.strict.report(id))


def _share_page(
    site: Site, id: str, form: Form, made: str = "", *, is_local: bool = False, trouble: str = ""
) -> contexts.SharePage:
    view, archive = site.view(id), _archive(site)
    strict = archive.recordings.strict(id) if form.is_strict else None
    now = archive.clock()
    return contexts.SharePage(
        name=view.report.source.name,
        view=ReportView(strict) if strict else view,
        links=_as_reader(f"{id}.{STRICT}" if form.is_strict else id),
        own=f"/reports/{id}",
        shares=tuple(rows.share(link, now) for link in archive.links.of(id)),
        shows=STRICT if form.is_strict else "",
        is_made=strict is not None or not form.is_strict,
        why_not="" if strict or not form.is_strict else site.recording(id).why,
        spans=SPANS,
        today=now.date().isoformat(),
        made=made,
        is_local=is_local,
        trouble=trouble,
        chosen=form.chosen,
        day=form.day,
    )


def _shares(id: str, form: Form) -> str:
    return f"/reports/{id}/links?shows={STRICT if form.is_strict else ''}"


def _one_of(chosen: str, day: str) -> str:
    """A date that is typed and not chosen is no reason to make a link that lives longer. Raises NoExpiry."""
    if day and chosen != "day":
        raise NoExpiry("A link ends after a while or on a date: choose the date, or leave it empty.")
    if chosen == "day" and not day:
        raise NoExpiry("Choose the day on which the link ends.")
    return day or chosen


def _as_reader(id: str) -> Served:
    return Served(id, base=PREVIEWS, is_reader=True, until="the time that you choose")


def _is_local(request: Request) -> bool:
    return request.url.hostname in {name.strip("[]") for name in LOOPBACK}
