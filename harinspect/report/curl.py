"""The refused request as a command that repeats it. All values are masked."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from harinspect.har.model import Exchange
from harinspect.redaction.reports import ReportRedactor
from harinspect.report import model
from harinspect.report.fences import one_line
from harinspect.wire.regexes import regex

_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")  # RFC 9110 section 5.6.2
_NOT_SENT: Final = regex(
    r"host|content-length|connection|accept-encoding|sec-ch-.*|priority|te|transfer-encoding|pragma|dnt"
)
_BODY: Final = 2000  # characters
_HEADERS: Final = 25


def curl(exchange: Exchange, redactor: ReportRedactor) -> str:
    """A POSIX shell command of masked values only; "" where the address is none that curl could ask for."""
    headers = [(redactor.word(name), redactor.header(name, value)) for name, value in _sent(exchange.request.headers)]
    body = exchange.request.post_data.text if exchange.request.post_data else None
    return _command(exchange.method, redactor.url(exchange.url), headers, redactor.text(body) if body else "")


def curl_of(shown: model.Exchange) -> str:
    """The same of a request that the report shows, whose values are masked."""
    headers = _sent((field.name, field.value) for field in shown.request_headers)
    return _command(shown.method, shown.url, headers, shown.request_body or "")


def _command(method: str, url: str, headers: Iterable[tuple[str, str]], body: str) -> str:
    url = one_line(url, 8000)
    if not url.startswith(("http://", "https://")):
        return ""
    globs = ["--globoff"] if re.search(r"[][{}]", url) else []
    words = ["curl", "--include", *globs, *_method(method), shlex.quote(url)]
    options = [f"--header {shlex.quote(header)}" for header in _lines(headers)]
    if body:
        options.append(f"--data-raw {shlex.quote(body[:_BODY])}")
    return " \\\n  ".join([" ".join(words), *options])


def _method(method: str) -> list[str]:
    if method == "GET" or not _TOKEN.fullmatch(method):
        return []
    return ["--head"] if method == "HEAD" else ["--request", shlex.quote(method)]


def _sent(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    fit = ((n, v) for n, v in headers if _TOKEN.fullmatch(n) and not _NOT_SENT.fullmatch(n.lower()))
    return list(islice(fit, _HEADERS))


def _lines(headers: Iterable[tuple[str, str]]) -> Iterator[str]:
    for name, value in headers:
        shown = one_line(value, 4000)
        if _TOKEN.fullmatch(name):  # a mark in its place is none
            yield f"{name}: {shown}" if shown else f"{name};"
