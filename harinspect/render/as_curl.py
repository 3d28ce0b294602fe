"""The refused requests as commands that repeat them, all values masked: to be filled in and run one by one."""

from __future__ import annotations

from harinspect.report.curl import curl_of
from harinspect.report.fences import one_line
from harinspect.report.model import Denial, Exchange, Report


def render(report: Report) -> str:
    """A comment and a POSIX shell command for each refused request that the report shows and curl can repeat."""
    shown = {exchange.exchange: exchange for exchange in report.exchanges}
    lines = [
        f"# {one_line(report.source.name, 200)}: the refused requests. Values in ‹ › are masked;"
        " fill them in before you run one.\n",
        *(text for denial in report.denials if (text := _repeated(denial, shown.get(denial.exchange)))),
    ]
    return "\n".join(lines)


def _repeated(denial: Denial, exchange: Exchange | None) -> str:
    command = curl_of(exchange) if exchange else ""
    if not command:
        return ""
    title = f": {one_line(denial.findings[0].title, 200)}" if denial.findings else ""
    return f"# {denial.exchange}, {denial.status or 'no answer'}{title}\n{command}\n"
