"""What is shown of one report, to its owner as to the reader of a link: they differ in the links they are given."""

from __future__ import annotations

from fastapi import HTTPException, Request, Response
from fastapi.responses import HTMLResponse

from harinspect.render.anchors import Served
from harinspect.render.views import ReportView
from harinspect.report.model import Report
from harinspect.web import contexts
from harinspect.web.site import page


def whole(view: ReportView, links: Served) -> HTMLResponse:
    return page(contexts.ReportPage(_shell(links), view, links))


def denial(view: ReportView, links: Served, index: int, request: Request) -> HTMLResponse:
    """A denial's page, or its inside where htmx asks. Raises HTTPException 404."""
    group = view.group_of(index)
    if group is None:
        raise HTTPException(404, "This request was not refused, or is not in the report.")
    if "hx-request" in request.headers:
        return page(contexts.DenialBody(view, links, view.denials[index]))
    return page(contexts.DenialPage(_shell(links), view, links, group, view.denials[index]))


def exchange(view: ReportView, links: Served, index: int) -> HTMLResponse:
    """Raises HTTPException 404 where the report does not show it."""
    shown = view.exchange(index)
    if shown is None:
        raise HTTPException(404, "The report keeps only the requests that it refers to, and this is none of them.")
    return page(contexts.ExchangePage(_shell(links), view, links, shown))


def markdown(report: Report) -> Response:
    from harinspect.render import as_markdown

    return download(as_markdown.render(report).encode(), "text/markdown; charset=utf-8", report.source.name, "md")


def download(content: bytes, kind: str, name: str, suffix: str) -> Response:
    return Response(content, media_type=kind, headers=attached(name, f"harinspect.{suffix}"))


def attached(name: str, ending: str) -> dict[str, str]:
    """The header that saves it under a name of ASCII letters, digits and hyphens, whatever the recording is called."""
    stem = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name.removesuffix(".har"))
    return {"Content-Disposition": f'attachment; filename="{stem.strip("-")[:80] or "report"}-{ending}"'}


def _shell(links: Served) -> str:
    return "reader.html" if links.is_reader else "shell.html"
