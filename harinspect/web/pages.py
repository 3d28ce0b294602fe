"""The pages: each route finds what it needs and hands it to one template."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse

from harinspect.inspectors import all_inspectors, all_rules
from harinspect.inspectors.answer import rules_of
from harinspect.knowledge import load
from harinspect.render.anchors import Served
from harinspect.render.views import ReportView
from harinspect.web import contexts, reading, rows
from harinspect.web.site import TheSite, page
from harinspect.web.uploads import Upload

router = APIRouter()


@router.get("/")
def home(site: TheSite, q: str = "", after: str = "") -> HTMLResponse:
    """`q`: what to search for; `after`: how many of what is found stand on the pages before."""
    shown = rows.searched(site.archive, q, after) if site.archive else rows.kept_in(site.store)
    return page(contexts.Home(shown, site.samples(), site.settings.upload_bytes))


@router.get("/reports/{id}")
def report(site: TheSite, id: str) -> HTMLResponse:
    stored = site.stored(id)
    view = ReportView(stored.report)
    return page(contexts.OwnReportPage("shell.html", view, site.links(id), stored, site.recording(id)))


@router.get("/reports/{id}/denials/{index}")
def denial(site: TheSite, request: Request, id: str, index: int) -> HTMLResponse:
    return reading.denial(site.view(id), site.links(id), index, request)


@router.get("/reports/{id}/exchanges/{index}")
def exchange(site: TheSite, id: str, index: int) -> HTMLResponse:
    return reading.exchange(site.view(id), site.links(id), index)


@router.get("/rules")
def rules() -> HTMLResponse:
    return page(contexts.RulesPage(all_inspectors()))


@router.get("/rules/{id}")
def rule(site: TheSite, id: str) -> HTMLResponse:
    own = site.settings.knowledge
    found = (rules_of(load(own)) if own else {}).get(id) or all_rules().get(id)
    if found is None:
        raise HTTPException(404, "There is no rule of this name.")
    return page(contexts.RulePage(found))


@router.get("/patterns")
def patterns(site: TheSite) -> HTMLResponse:
    """Every component, drawn from whichever report is there; without one there is little to see."""
    richest = rows.richest(site.store, site.archive)
    if richest is None:
        raise HTTPException(404, "The patterns are drawn from a report, and there is none yet.")
    uploads = (
        Upload("waiting", "waiting.har"),
        Upload("reading", "half-way.har", done=50, total=100),
        Upload("refused", "notes.txt", refusal="This is not a HAR file: it does not start with a JSON object."),
    )
    return page(contexts.Patterns(ReportView(richest.report), Served(richest.id), uploads))
