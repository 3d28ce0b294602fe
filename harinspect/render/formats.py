"""The ways to write reports, by name. A renderer is imported only where it is asked for, so that the start is quick."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harinspect.report.model import Report


class Format(StrEnum):
    """How the report is written."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"
    HTML = "html"
    SARIF = "sarif"
    CURL = "curl"


def rendered(
    reports: Sequence[Report], format_: Format, *, several: bool = False, width: int = 80, color: bool = False
) -> bytes:
    """UTF-8. `several`: of several inputs, even if one report came of them; `width` and `color` are for text.

    Raises ValueError with a sentence where one file of that kind cannot hold several reports.
    """
    if format_ is Format.JSON:
        from harinspect.render import as_json

        return as_json.render(reports, several=several)
    if format_ is Format.MARKDOWN:
        from harinspect.render import as_markdown

        return "\n".join(map(as_markdown.render, reports)).encode()
    if format_ is Format.SARIF:
        from harinspect.render import as_sarif

        return as_sarif.render(reports)
    if format_ is Format.HTML:
        from harinspect.render import as_html

        if several:
            raise ValueError("one HTML file holds one report: give one HAR")
        return as_html.render(reports[0]).encode()
    if format_ is Format.CURL:
        from harinspect.render import as_curl

        return "\n".join(map(as_curl.render, reports)).encode()
    from harinspect.render import as_text

    return "\n".join(as_text.render(report, width=width, color=color) for report in reports).encode()
