"""The refused request as a command that repeats it. All values are masked."""

from __future__ import annotations

import re
import shlex
from typing import Final

from harinspect.har.model import Exchange
from harinspect.redaction.reports import ReportRedactor
from harinspect.report.fences import one_line

_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")  # RFC 9110 section 5.6.2
_NOT_SENT: Final = re.compile(
    r"host|content-length|connection|accept-encoding|sec-ch-.*|priority|te|transfer-encoding|pragma|dnt"
)
_BODY: Final = 2000  # characters
_HEADERS: Final = 25


def curl(exchange: Exchange, redactor: ReportRedactor) -> str:
    """A POSIX shell command of masked values only; "" where the address is none that curl could ask for."""
    url = one_line(redactor.url(exchange.url), 8000)
    if not url.startswith(("http://", "https://")):
        return ""
    words = [
        "curl",
        "--include",
        *(["--globoff"] if re.search(r"[][{}]", url) else []),
        *_method(exchange.method),
        shlex.quote(url),
    ]
    options = [f"--header {shlex.quote(header)}" for header in _headers(exchange, redactor)]
    body = exchange.request.post_data.text if exchange.request.post_data else None
    if body:
        options.append(f"--data-raw {shlex.quote(redactor.text(body)[:_BODY])}")
    return " \\\n  ".join([" ".join(words), *options])


def _method(method: str) -> list[str]:
    if method == "GET" or not _TOKEN.fullmatch(method):
        return []
    return ["--head"] if method == "HEAD" else ["--request", shlex.quote(method)]


def _headers(exchange: Exchange, redactor: ReportRedactor) -> list[str]:
    sent = [(n, v) for n, v in exchange.request.headers if _TOKEN.fullmatch(n) and not _NOT_SENT.fullmatch(n.lower())]
    masked = [(redactor.word(name), one_line(redactor.header(name, value), 4000)) for name, value in sent[:_HEADERS]]
    return [f"{name}: {value}" if value else f"{name};" for name, value in masked]
