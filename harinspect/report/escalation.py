"""What to send to whoever can act: to whom, a ready message, the same for a ticket, and a curl command. All masked."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from typing import Final

from harinspect.har.model import Credentials, Exchange
from harinspect.redaction.names import is_request_id
from harinspect.redaction.values import Redactor
from harinspect.report.fences import code_block, code_span, one_line
from harinspect.report.model import Escalation
from harinspect.report.times import when
from harinspect.traffic.model import Denial

RECIPIENTS: Final = {
    "application": "the team that runs the application",
    "framework": "the team that runs the application",
    "web-server": "the administrators of the web server",
    "gateway": "the team that runs the API gateway",
    "waf": "the security team that runs the firewall",
    "cdn": "the team that manages the CDN",
    "object-storage": "the owner of the storage bucket",
    "api-platform": "the support of the API's provider",
    "corporate-proxy": "the customer's own network administrators",
    "browser": "the developers of the page that makes the request",
}
_SERVER: Final = "whoever runs the server that was asked"
_ASKS: Final = {
    "waf": "which rule matched, and whether it should except this request",
    "cdn": "which rule matched, and whether it should except this request",
    "corporate-proxy": "which policy refuses this address, and whether it should be allowed",
    "browser": "whether the page and the server can be changed as described",
    "object-storage": "which policy refuses this read, and whether the object exists",
}
_ASK: Final = "which rule refused this request, and what the caller has to change"
_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")  # RFC 9110 section 5.6.2
_NOT_SENT: Final = re.compile(
    r"host|content-length|connection|accept-encoding|sec-ch-.*|priority|te|transfer-encoding|pragma|dnt"
)
_BODY: Final = 2000  # characters
_HEADERS: Final = 25


def escalation(
    denial: Denial, layer: str, responder: str, redactor: Redactor, title: str, responsible: str = ""
) -> Escalation:
    """`layer` and `responder`: who refused; `title`, `responsible`: of the first finding. "" if there is none.

    Where the browser only enforces what a server says, the server's side is to be asked.
    """
    enforced = layer == "browser" and responsible == "server-config"
    to = _SERVER if enforced else RECIPIENTS.get(layer, _SERVER)
    facts = list(_facts(denial, layer, responder, redactor, title))
    ask = f"Please tell {_ASKS.get(layer, _ASK)}."
    command = curl(denial.exchange, redactor)
    lines = "\n".join(f"{name}: {value}" for name, value in facts)
    bullets = "\n".join(f"- {name}: {code_span(value)}" for name, value in facts)
    repeat = f"\n\nTo repeat it, with the masked values filled in:\n\n{code_block(command, 'sh')}" if command else ""
    return Escalation(
        to=to,
        text=f"{_opening(denial)}\n\n{lines}\n\n{ask}",
        markdown=f"{_opening(denial)}\n\n{bullets}\n\n{ask}{repeat}",
        curl=command,
    )


def _opening(denial: Denial) -> str:
    if denial.exchange.status == 0:
        return "A request of our customer was blocked before an answer was recorded."
    return f"A request of our customer ended in {denial.exchange.status}."


def _facts(denial: Denial, layer: str, responder: str, redactor: Redactor, title: str) -> Iterator[tuple[str, str]]:
    exchange = denial.exchange
    yield "Request", one_line(f"{exchange.method} {redactor.url(exchange.url)}")
    yield "Time (UTC)", when(exchange.started) or "not recorded"
    yield "Status", one_line(_status(exchange, redactor))
    for name, value in exchange.response.headers:
        if is_request_id(name.lower()) and value:
            yield one_line(name, 100), one_line(redactor.header(name, value), 300)
    if responder or layer not in ("", "unknown"):
        yield "Answered by", " / ".join(part for part in (responder, layer) if part and part != "unknown")
    if exchange.server_ip:
        yield "Server address", one_line(exchange.server_ip, 60)
    if title:
        yield "Finding", one_line(title)
    if denial.traffic.credentials is not Credentials.RECORDED:
        yield "Not in the recording", "cookies and Authorization headers, which this export leaves out"


def _status(exchange: Exchange, redactor: Redactor) -> str:
    told = str(exchange.status) if exchange.status else "none"
    text = redactor.text(exchange.response.status_text)
    error = f" ({exchange.error})" if exchange.error else ""
    return f"{told} {text}".strip() + error


def curl(exchange: Exchange, redactor: Redactor) -> str:
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


def _headers(exchange: Exchange, redactor: Redactor) -> list[str]:
    sent = [(n, v) for n, v in exchange.request.headers if _TOKEN.fullmatch(n) and not _NOT_SENT.fullmatch(n.lower())]
    masked = [(name, one_line(redactor.header(name, value), 4000)) for name, value in sent[:_HEADERS]]
    return [f"{name}: {value}" if value else f"{name};" for name, value in masked]
