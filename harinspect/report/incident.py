"""What happened, as facts for somebody who was not there: to be searched for in a log. All values are masked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from msgspec import Struct

from harinspect.har.model import Credentials, Exchange
from harinspect.knowledge import reference
from harinspect.redaction.names import is_request_id
from harinspect.redaction.reports import ReportRedactor
from harinspect.report import model
from harinspect.report.fences import one_line
from harinspect.report.identity import came_without_credentials, client_address, identity
from harinspect.report.times import when
from harinspect.traffic.model import Denial
from harinspect.wire.regexes import regex

IDS: Final = 6  # are quoted at most
HEADERS: Final = 6  # of the request, and as many of the answer
_SENT: Final = ("origin", "referer", "user-agent")
_RECEIVED: Final = (
    "www-authenticate",
    "proxy-authenticate",
    "retry-after",
    "allow",
    "cf-mitigated",
    "x-amzn-errortype",
    "x-ms-error-code",
    "x-deny-reason",
    "x-denied-reason",
    "x-squid-error",
    "x-cache",
    "cf-cache-status",
    "age",
    "location",
    "server",
)
_IDS_SENT: Final = ("x-request-id", "x-correlation-id", "traceparent")
_SIGN_IN: Final = regex(r"/[^/?]*(?:log[-_]?in|sign[-_]?in)\b|/oauth2?/token|/token$|/auth/callback", re.IGNORECASE)
_CAPITALS: Final = frozenset({"www", "cf", "ms", "ua", "gpc"})
_LOOKED_AT: Final = 300  # exchanges between two refusals


class Fact(Struct, frozen=True):
    """`value` comes from the traffic unless it is `prose`, our own words; `note`, our own words, stands behind it."""

    name: str
    value: str
    note: str = ""
    prose: bool = False


class Headers(Struct, frozen=True):
    """Header fields that matter, redacted."""

    name: str
    rows: tuple[tuple[str, str], ...]


def request_facts(denial: Denial, told: model.Denial, redactor: ReportRedactor) -> Iterator[Fact]:
    """Which request, when, by whom, over what; and what to search for."""
    exchange = denial.exchange
    yield Fact("Request", one_line(f"{redactor.word(exchange.method)} {told.url}"))
    yield Fact("Time (UTC)", when(exchange.started) or "not recorded")
    if exchange.started and exchange.started.utcoffset():
        yield Fact("Time (local)", _local(exchange.started))
    if (status := one_line(_status(exchange, redactor))) != str(exchange.status):
        yield Fact("Status", status)
    yield from _answered_by(told)
    yield from _references(denial, redactor)
    yield from _who(denial, redactor)
    yield from _way(denial, told, redactor)


def _local(started: datetime) -> str:
    """With the offset that the recording states."""
    return started.isoformat(sep=" ", timespec="milliseconds")


def _status(exchange: Exchange, redactor: ReportRedactor) -> str:
    told = str(exchange.status) if exchange.status else "none"
    text = redactor.word(exchange.response.status_text)
    error = f" ({redactor.word(exchange.error)})" if exchange.error else ""
    return f"{told} {text}".strip() + error


def _answered_by(told: model.Denial) -> Iterator[Fact]:
    layer = "" if told.layer == "unknown" else told.layer
    if told.responder:
        yield Fact("Answered by", told.responder.name, told.responder.layer, prose=True)
    elif layer:
        yield Fact("Answered by", layer, prose=True)


def _references(denial: Denial, redactor: ReportRedactor) -> Iterator[Fact]:
    """What to quote, with the log that it leads to: first that of whoever refused, then of who stands in the path."""
    shown: set[str] = set()
    for found in _references_found(denial, redactor):
        if found.value not in shown and len(shown) < IDS:
            shown.add(found.value)
            yield found


def _references_found(denial: Denial, redactor: ReportRedactor) -> Iterator[Fact]:
    exchange = denial.exchange
    for hit in (*denial.answer.blocked, *denial.answer.present):
        quoted, wanted = reference(hit, exchange), hit.responder.reference
        if quoted and wanted:
            value = next((v for n, v in exchange.response.headers if v == quoted[1]), "")
            shown = redactor.header(wanted.headers[0], value) if value else redactor.text(quoted[1])
            yield Fact(one_line(quoted[0], 60), one_line(shown, 300), wanted.log or hit.responder.name)
    for name, value in exchange.response.headers:
        if is_request_id(name.lower()) and value:
            yield Fact(
                one_line(redactor.word(name), 100),
                one_line(redactor.header(name, value), 300),
                "the server's access log",
            )
    for name in _IDS_SENT:
        if value := exchange.request.headers.text(name):
            yield Fact(_title(name), one_line(redactor.header(name, value), 300), "sent with the request")


def _who(denial: Denial, redactor: ReportRedactor) -> Iterator[Fact]:
    mark = identity(denial, redactor)
    if mark:
        yield Fact("User", mark.value, mark.place)
    elif came_without_credentials(denial.exchange):
        yield Fact("User", "none: the request bore no cookie and no Authorization", prose=True)
    address = client_address(denial.exchange, redactor)
    if address:
        yield Fact("Client address", address.value, address.place)


def _way(denial: Denial, told: model.Denial, redactor: ReportRedactor) -> Iterator[Fact]:
    exchange = denial.exchange
    if exchange.server_ip:
        yield Fact(
            "Server address",
            redactor.address(exchange.server_ip),
            one_line(redactor.word(exchange.request.http_version), 60),
        )
    if via := exchange.response.headers.text("via"):
        yield Fact("Via", one_line(redactor.header("via", via), 200))
    others = [name for name in told.present if not told.responder or name != told.responder.name]
    if others:
        yield Fact("In the path", ", ".join(others[:6]), prose=True)
    if exchange.from_service_worker or exchange.from_cache:
        source = "the page's service worker" if exchange.from_service_worker else "the browser's own cache"
        yield Fact("Out of", source, prose=True)


def header_facts(denial: Denial, told: model.Denial, redactor: ReportRedactor) -> Iterator[Headers]:
    """The fields that the finding rests on, and those that any reader would ask for."""
    exchange = denial.exchange
    for side, fields, wanted in (
        ("request", exchange.request.headers, _SENT),
        ("response", exchange.response.headers, _RECEIVED),
    ):
        evidence = (e for f in told.findings[:1] for e in f.evidence)
        proof = [e.name.lower() for e in evidence if (e.exchange, e.part) == (exchange.index, f"{side}.header")]
        names = [name for name in dict.fromkeys((*proof, *wanted)) if name in fields][:HEADERS]
        rows = [
            (_title(redactor.word(name)), one_line(redactor.header(name, fields.text(name)), 300)) for name in names
        ]
        if rows:
            yield Headers("Headers sent" if side == "request" else "Headers received", tuple(rows))


def _title(name: str) -> str:
    """As headers are written: WWW-Authenticate, CF-Cache-Status, User-Agent."""
    words = one_line(name, 100).lower().split("-")
    return "-".join(word.upper() if word in _CAPITALS else word.capitalize() for word in words)


def recorded(denial: Denial) -> str:
    """How often it was tried, and what was allowed beside it; "" where there is nothing to tell."""
    return "; ".join(_recorded(denial))


def _recorded(denial: Denial) -> Iterator[str]:
    mine, traffic = denial.exchange, denial.traffic
    rows = traffic.refusals.get((mine.method, mine.url), ())
    if len(rows) > 1:
        yield f"this call failed {len(rows)} times{_span(rows)}"
        if _signed_in_between(denial, rows):
            yield "a sign-in lay between"
    passed = [e for e in denial.allowed_alike if (e.method, e.url) == (mine.method, mine.url)]
    if passed:
        yield f"the same call was allowed {_times(len(passed))}"
    url = traffic.urls.get(mine.index)
    others = len(traffic.allowed_by_host.get(url.host, ())) - len(passed) if url else 0
    if others > 0:
        told = "1 other request to this host was" if others == 1 else f"{others} other requests to this host were"
        yield f"{told} allowed"


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"


def _span(rows: tuple[Exchange, ...]) -> str:
    dated = [e.started for e in rows if e.started]
    apart = max(dated) - min(dated) if dated else timedelta()
    return f", the last at {max(dated).astimezone(UTC):%H:%M:%S} UTC" if apart >= timedelta(seconds=1) else ""


def _signed_in_between(denial: Denial, rows: tuple[Exchange, ...]) -> bool:
    turn, in_time = denial.traffic.turn_of, denial.traffic.in_time
    between = in_time[turn[rows[0].index] + 1 : turn[rows[-1].index]][:_LOOKED_AT]
    return any(
        e.method == "POST" and 200 <= e.status < 400 and _SIGN_IN.search(e.url.partition("?")[0]) for e in between
    )


def not_recorded(denial: Denial) -> str:
    """What this file leaves out, "" where it leaves nothing out that matters."""
    if denial.traffic.credentials is Credentials.RECORDED:
        return ""
    return "cookies and Authorization headers, which this export leaves out"
