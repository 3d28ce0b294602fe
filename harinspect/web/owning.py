"""What the owner of a kept report does with it: notes, and links for others to read it."""

from __future__ import annotations

from typing import Annotated, Final, cast

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from harinspect.render.anchors import Served
from harinspect.store.archive import Archive
from harinspect.store.expiry import NoExpiry, expiry
from harinspect.store.passphrases import Unfit
from harinspect.store.remarks import TooLong
from harinspect.web import contexts, reading, rows
from harinspect.web.forms import Fields
from harinspect.web.guard import LOOPBACK
from harinspect.web.peers import is_https
from harinspect.web.site import Site, TheSite, page

SPANS: Final = (("1h", "an hour"), ("1d", "a day"), ("7d", "a week"), ("30d", "30 days"))
PREVIEWS: Final = "/previews"

router = APIRouter()


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
        raise _unknown()
    return RedirectResponse(f"/reports/{id}#noted", 303)


@router.get("/reports/{id}/links")
def links(site: TheSite, request: Request, id: str, made: str = "") -> HTMLResponse:
    """`made`: the id of the link that has just been made; its address is shown this once."""
    token = site.fresh.take(id, made)
    scheme = "https" if is_https(request.scope, site.settings.access) else "http"
    address = str(request.base_url.replace(scheme=scheme, path=f"/s/{token}")) if token else ""
    return page(_share_page(site, id, address, is_local=_is_local(request)))


@router.post("/reports/{id}/links")
def make(site: TheSite, archive: TheArchive, id: str, fields: Fields) -> Response:
    chosen, day = fields.get("expires", ""), fields.get("day", "")
    try:
        ends = expiry(_one_of(chosen, day), archive.clock())
        made = archive.links.make(id, expires=ends, passphrase=fields.get("passphrase", ""))
    except (NoExpiry, Unfit) as problem:
        return page(_share_page(site, id, trouble=str(problem), chosen=chosen, day=day), 400)
    if made is None:
        raise _unknown()
    site.fresh.put(id, made.link.id, made.token)
    return RedirectResponse(f"/reports/{id}/links?made={made.link.id}", 303)


@router.post("/reports/{id}/links/{link}/revoke")
def revoke(archive: TheArchive, id: str, link: str) -> Response:
    if any(link == known.id for known in archive.links.of(id)):
        archive.links.revoke(link)
    return RedirectResponse(f"/reports/{id}/links", 303)


@router.get(PREVIEWS + "/{id}")
def preview(site: TheSite, id: str) -> HTMLResponse:
    """What the reader of a link is shown, by the same code."""
    return reading.whole(site.view(id), _as_reader(id))


@router.get(PREVIEWS + "/{id}/report.md")
def preview_markdown(site: TheSite, id: str) -> Response:
    return reading.markdown(site.stored(id).report)


@router.get(PREVIEWS + "/{id}/denials/{index}")
def preview_denial(site: TheSite, request: Request, id: str, index: int) -> HTMLResponse:
    return reading.denial(site.view(id), _as_reader(id), index, request)


@router.get(PREVIEWS + "/{id}/exchanges/{index}")
def preview_exchange(site: TheSite, id: str, index: int) -> HTMLResponse:
    return reading.exchange(site.view(id), _as_reader(id), index)


def _share_page(
    site: Site, id: str, made: str = "", *, is_local: bool = False, trouble: str = "", chosen: str = "7d", day: str = ""
) -> contexts.SharePage:
    view, archive = site.view(id), _archive(site)
    now = archive.clock()
    return contexts.SharePage(
        view=view,
        links=_as_reader(id),
        own=f"/reports/{id}",
        shares=tuple(rows.share(link, now) for link in archive.links.of(id)),
        spans=SPANS,
        today=now.date().isoformat(),
        made=made,
        is_local=is_local,
        trouble=trouble,
        chosen=chosen,
        day=day,
    )


def _one_of(chosen: str, day: str) -> str:
    """A date that is typed and not chosen is no reason to make a link that lives longer. Raises NoExpiry."""
    if day and chosen != "day":
        raise NoExpiry("A link ends after a while or on a date: choose the date, or leave it empty.")
    return day if chosen == "day" else chosen


def _as_reader(id: str) -> Served:
    return Served(id, base=PREVIEWS, is_reader=True, until="the time that you choose")


def _is_local(request: Request) -> bool:
    return request.url.hostname in {name.strip("[]") for name in LOOPBACK}


def _unknown() -> HTTPException:
    return HTTPException(404, "This report is not kept any more. Drop the recording again.")
