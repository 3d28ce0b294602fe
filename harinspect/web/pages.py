"""The pages: each route finds what it needs and hands it to one template."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse

from harinspect.inspectors import all_inspectors, all_rules
from harinspect.inspectors.answer import rules_of
from harinspect.knowledge import load
from harinspect.render import as_html
from harinspect.render.anchors import Served
from harinspect.render.views import ReportView
from harinspect.web import contexts
from harinspect.web.site import TheSite, page
from harinspect.web.uploads import Upload

router = APIRouter()


@router.get("/")
def home(site: TheSite) -> HTMLResponse:
    recent = tuple(stored for stored in site.store.all() if not stored.sample)
    return page(contexts.Home(recent, site.samples(), site.settings.upload_bytes))


@router.get("/reports/{id}.json")
def report_json(site: TheSite, id: str) -> Response:
    from harinspect.render import as_json

    report = site.stored(id).report
    return _download(as_json.render([report]), "application/json", report.source.name, "json")


@router.get("/reports/{id}.md")
def report_markdown(site: TheSite, id: str) -> Response:
    from harinspect.render import as_markdown

    report = site.stored(id).report
    return _download(as_markdown.render(report).encode(), "text/markdown; charset=utf-8", report.source.name, "md")


@router.get("/reports/{id}.sarif")
def report_sarif(site: TheSite, id: str) -> Response:
    from harinspect.render import as_sarif

    report = site.stored(id).report
    return _download(as_sarif.render([report]), "application/sarif+json", report.source.name, "sarif")


@router.get("/reports/{id}.html")
def report_html(site: TheSite, id: str) -> Response:
    report = site.stored(id).report
    return _download(as_html.render(report).encode(), "text/html; charset=utf-8", report.source.name, "html")


@router.get("/reports/{id}")
def report(site: TheSite, id: str) -> HTMLResponse:
    return page(contexts.ReportPage("shell.html", site.view(id), Served(id)))


@router.get("/reports/{id}/denials/{index}")
def denial(site: TheSite, request: Request, id: str, index: int) -> HTMLResponse:
    view = site.view(id)
    group = view.group_of(index)
    if group is None:
        raise HTTPException(404, "This request was not refused, or is not in the report.")
    if "hx-request" in request.headers:
        return page(contexts.DenialBody(view, Served(id), view.denials[index]))
    return page(contexts.DenialPage(view, Served(id), group, view.denials[index]))


@router.get("/reports/{id}/exchanges/{index}")
def exchange(site: TheSite, id: str, index: int) -> HTMLResponse:
    view = site.view(id)
    shown = view.exchange(index)
    if shown is None:
        raise HTTPException(404, "The report keeps only the requests that it refers to, and this is none of them.")
    return page(contexts.ExchangePage(view, Served(id), shown))


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
    kept = site.store.all()
    if not kept:
        raise HTTPException(404, "The patterns are drawn from a report, and there is none yet.")
    uploads = (
        Upload("waiting", "waiting.har"),
        Upload("reading", "half-way.har", done=50, total=100),
        Upload("refused", "notes.txt", refusal="This is not a HAR file: it does not start with a JSON object."),
    )
    richest = max(kept, key=lambda stored: len(stored.report.denials))
    return page(contexts.Patterns(ReportView(richest.report), Served(richest.id), uploads))


def _download(content: bytes, kind: str, name: str, suffix: str) -> Response:
    """An attachment under a name of ASCII letters, digits and hyphens, whatever the recording is called."""
    stem = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name.removesuffix(".har"))
    disposition = f'attachment; filename="{stem.strip("-")[:80] or "report"}-harinspect.{suffix}"'
    return Response(content, media_type=kind, headers={"Content-Disposition": disposition})
