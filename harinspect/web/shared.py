"""What a share link opens: one report, to be read. Whatever else is asked for below `/s/` has one and the same answer.

A link that is guarded by a passphrase is opened, and counted, when that is given; the proof of it is a cookie that the
browser sends to this link's pages alone. Any other counts when its report is shown, unless the reader comes back to
it from one of its own pages. A strict link opens the strict report, and nothing where that is not there.
"""

from __future__ import annotations

from datetime import datetime
from math import ceil
from typing import Annotated, Final, cast

from fastapi import APIRouter, Cookie, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from harinspect.render.anchors import Served
from harinspect.render.views import ReportView
from harinspect.store.archive import Archive
from harinspect.store.links import Asked, Link, Opened
from harinspect.store.passphrases import Busy
from harinspect.web import contexts, reading, rows
from harinspect.web.forms import Fields
from harinspect.web.owning import TheArchive
from harinspect.web.peers import is_https, place
from harinspect.web.site import Site, TheSite, page

PROOF: Final = "harinspect-proof"

router = APIRouter(prefix="/s")


Proof = Annotated[str, Cookie(alias=PROOF)]


@router.get("/{token}")
def report(archive: TheArchive, request: Request, token: str, proof: Proof = "") -> HTMLResponse:
    """The report, or the form for its passphrase."""
    known = archive.links.read(token, proof)
    if known and (known.guarded or _is_from_within(request, token)):
        return reading.whole(_view(archive, known), _links(known, token))
    met = archive.links.open(token)
    if isinstance(met, Asked):
        return page(contexts.Asked(token, met.wrong, met.wait))
    link = _opened(met)
    return reading.whole(_view(archive, link), _links(link, token))


@router.post("/{token}")
def unlock(site: TheSite, archive: TheArchive, request: Request, token: str, fields: Fields) -> Response:
    """Raises HTTPException 404 where the link is not live."""
    met, passphrase = archive.links.open(token), fields.get("passphrase", "")
    if isinstance(met, Asked) and passphrase:
        met = _guessed(site, archive, token, passphrase, f"{token} {place(request.scope, site.settings.access)}")
    if isinstance(met, Asked):
        return _asked_again(met, token)
    link, way = _opened(met), f"/s/{token}"
    answer = RedirectResponse(way, 303)
    if link.guarded:
        is_secure = is_https(request.scope, site.settings.access)
        _prove(answer, cast(Opened, met), way, archive.clock(), is_secure=is_secure)
    return answer


@router.get("/{token}/report.md")
def markdown(archive: TheArchive, token: str, proof: Proof = "") -> Response:
    return reading.markdown(_view(archive, _read(archive, token, proof)).report)


@router.get("/{token}/denials/{index}")
def denial(archive: TheArchive, request: Request, token: str, index: int, proof: Proof = "") -> HTMLResponse:
    link = _read(archive, token, proof)
    return reading.denial(_view(archive, link), _links(link, token), index, request)


@router.get("/{token}/exchanges/{index}")
def exchange(archive: TheArchive, token: str, index: int, proof: Proof = "") -> HTMLResponse:
    link = _read(archive, token, proof)
    return reading.exchange(_view(archive, link), _links(link, token), index)


def _guessed(site: Site, archive: Archive, token: str, passphrase: str, who: str) -> Opened | Asked | None:
    """Whoever guesses waits longer and longer, and the link's rightful reader does not wait for them."""
    if wait := site.guesses.begin(who):
        return Asked(wait=wait)
    try:
        met = archive.links.open(token, passphrase)
    except Busy:
        return Asked(wait=site.guesses.wait(who) or 1)
    if isinstance(met, Asked):
        return Asked(wrong=met.wrong, wait=max(met.wait, site.guesses.wait(who)))
    site.guesses.succeed(who)
    return met


def _asked_again(met: Asked, token: str) -> Response:
    """403: wrong; 429 (RFC 6585 section 4): too soon after one that was; 200: nothing was typed."""
    answer = page(contexts.Asked(token, met.wrong, met.wait), 403 if met.wrong else 429 if met.wait else 200)
    if met.wait:
        answer.headers["Retry-After"] = str(met.wait)
    return answer


def _read(archive: Archive, token: str, proof: str) -> Link:
    return _fit(archive.links.read(token, proof))


def _opened(met: Opened | Asked | None) -> Link:
    return _fit(met.link if isinstance(met, Opened) else None)


def _fit(link: Link | None) -> Link:
    if link is None:
        raise HTTPException(404)
    return link


def _view(archive: Archive, link: Link) -> ReportView:
    if link.strict:
        report = archive.recordings.strict(link.report)
    else:
        stored = archive.reports.get(link.report)
        report = stored.report if stored else None
    if report is None:
        raise HTTPException(404)
    return ReportView(report)


def _links(link: Link, token: str) -> Served:
    return Served(token, base="/s", is_reader=True, until=rows.moment(link.expires))


def _is_from_within(request: Request, token: str) -> bool:
    """Our own pages send their address as the referrer, without its fragment (Referrer Policy section 3.3)."""
    _, _, way = request.headers.get("referer", "").partition(f"://{request.headers['host']}")
    return way == f"/s/{token}" or way.startswith((f"/s/{token}/", f"/s/{token}?"))


def _prove(answer: Response, opened: Opened, way: str, at: datetime, *, is_secure: bool) -> None:
    """RFC 6265 section 4.1.2: for this link's pages, out of reach of scripts and of other sites."""
    left = max(1, ceil((opened.link.expires - at).total_seconds()))
    answer.set_cookie(PROOF, opened.proof, left, path=way, secure=is_secure, httponly=True, samesite="strict")
