"""A 403 that the page's own service worker made up, or kept (Service Workers, section "Handle Fetch").

A server with a clock puts Date into what it answers (RFC 9110, section 6.6.1); `new Response()` in a worker does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from harinspect.har.model import Exchange
from harinspect.inspecting import Basis, Evidence, Inspector, Verdict, developer, user
from harinspect.traffic.model import Denial, DenialKind
from harinspect.wire.dates import http_date
from harinspect.wire.url import Url, same_origin

inspector = Inspector(__name__)
OLD = timedelta(minutes=2)
LOOKED_AT = 200  # exchanges of the host

ANSWERED = inspector.rule(
    "answered",
    cause="client.service-worker",
    title="The page's own service worker refused, not the server",
    why="The 403 for `{url}` came from a service worker, a script of the site that runs in the browser: {reason}. "
    "The server has not refused this request.",
    responsible="client-code",
    fixes=(
        user("Reload with Shift held down, which goes past the worker; clearing the site's data removes it.", "easy"),
        developer(
            "Find where the worker's `fetch` handler answers 403, and let it pass the server's answer on.", "easy"
        ),
    ),
    temporary="maybe",
    refs=("https://www.w3.org/TR/service-workers/#handle-fetch", "https://www.rfc-editor.org/rfc/rfc9110#name-date"),
)


@inspector.check
def worker_answered(denial: Denial) -> Iterator[Verdict]:
    """DevTools marks what passed a worker, the server's own answers too: only without Date did the worker write it."""
    exchange = denial.exchange
    url = denial.traffic.urls.get(exchange.index)
    if denial.kind is not DenialKind.FORBIDDEN or exchange.from_service_worker is not True or url is None:
        return
    seen = Evidence(exchange.index, "response.status", value="403", note="answered by way of the service worker")
    dated = exchange.response.headers.text("date")
    relayed = _same_from_the_network(denial)
    if relayed or (dated and not _is_old(exchange, dated)):
        there = (Evidence(relayed.index, "response.status", value="403", note="from the server"),) if relayed else ()
        reason = "A service worker stands between, but it only passed on what the server had answered."
        yield ANSWERED.ruled_out(reason, seen, *there)
        return
    note = "older than the request: kept by the worker" if dated else "absent; a server's answer has one"
    header = Evidence(exchange.index, "response.header", "date", dated, note)
    reason = (
        "it is older than the request, so the worker had kept it" if dated else "it has no Date, as servers' answers do"
    )
    # Of another origin's answer a worker may see only some headers, and Date is not among them (Fetch, section 3.3.4).
    basis = Basis.SIGNATURE if dated else Basis.STANDARD if _is_own(denial, url) else Basis.CIRCUMSTANCE
    yield ANSWERED.found(basis, seen, header, url=exchange.url, reason=reason)


@inspector.check
def worker_seems_to_have_answered(denial: Denial) -> Iterator[Verdict]:
    """Exporters without that mark: an answer without address, Date and waiting, where this host's others have them."""
    exchange = denial.exchange
    if denial.kind is not DenialKind.FORBIDDEN or exchange.from_service_worker is not None or not _is_bare(exchange):
        return
    url = denial.traffic.urls.get(exchange.index)
    others = denial.traffic.by_host.get(url.host, ())[:LOOKED_AT] if url else ()
    served = next(filter(_is_served, others), None)
    if served is None:
        return
    yield ANSWERED.found(
        Basis.SIGNATURE,
        Evidence(exchange.index, "server_ip", value="", note="no server's address"),
        Evidence(exchange.index, "response.header", "date", "", "absent; a server's answer has one"),
        Evidence(
            served.index, "server_ip", value=served.server_ip, note="an answer of the server itself, for comparison"
        ),
        url=exchange.url,
        reason="it has no address, no Date and took no time, unlike the server's own answers",
    )


def _same_from_the_network(denial: Denial) -> Exchange | None:
    """The worker's own fetch of the same address, refused by the server."""
    mine = denial.exchange
    rows = (
        e for e in denial.traffic.in_time if e.url == mine.url and e.method == mine.method and e.status == mine.status
    )
    return next((e for e in rows if e.index != mine.index and not e.from_service_worker and e.server_ip), None)


def _is_old(exchange: Exchange, dated: str) -> bool:
    written = http_date(dated)
    return exchange.started is not None and written is not None and exchange.started - written > OLD


def _is_own(denial: Denial, url: Url) -> bool:
    page = Url.parse(denial.exchange.request.headers.text("referer") or denial.exchange.initiator.url)
    return page is not None and same_origin(page, url)


def _is_bare(exchange: Exchange) -> bool:
    return (
        not exchange.server_ip
        and exchange.wait <= 0
        and not {"date", "server", "via"} & exchange.response.headers.names()
    )


def _is_served(exchange: Exchange) -> bool:
    return bool(exchange.server_ip) and "date" in exchange.response.headers
