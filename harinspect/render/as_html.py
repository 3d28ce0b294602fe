"""One HTML file that can be sent on: its own style inside, no script, nothing loaded from anywhere."""

from __future__ import annotations

from harinspect.render.anchors import Standalone
from harinspect.render.environment import environment
from harinspect.render.views import ReportView
from harinspect.report.model import Report


def render(report: Report) -> str:
    """The whole report with the details of every exchange that it refers to."""
    template = environment().get_template("report.html")
    return template.render(shell="standalone.html", view=ReportView(report), links=Standalone())
