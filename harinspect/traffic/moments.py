"""When each request of a recording was made, and when its answer was there: the order in which cookies come and go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from harinspect.har.model import Exchange, Har
from harinspect.wire.dates import http_date
from harinspect.wire.headers import WITHHELD
from harinspect.wire.redirects import is_redirect
from harinspect.wire.url import Url

BLURRED = timedelta(milliseconds=1)  # exporters round the start and the duration, each on its own
HOPPING = timedelta(milliseconds=50)  # and the next hop may seem to start before the redirect has ended
UNDATED = datetime(1970, 1, 1, tzinfo=UTC)


def moments(har: Har, urls: Mapping[int, Url]) -> list[tuple[datetime, int, bool, Exchange]]:
    """Requests (False) and answers that set cookies (True), in time order."""
    return sorted(_moments(har, urls), key=lambda row: row[:3])


def _moments(har: Har, urls: Mapping[int, Url]) -> Iterator[tuple[datetime, int, bool, Exchange]]:
    first = min((e.started for e in har.exchanges if e.started), default=UNDATED)
    for exchange in har.exchanges:
        url = urls.get(exchange.index)
        if url is None or url.scheme not in ("http", "https", "ws", "wss") or _is_preflight(exchange):
            continue
        started = exchange.started or first
        yield started, exchange.index, False, exchange
        if "set-cookie" in exchange.response.headers and _is_fresh(exchange):
            blur = HOPPING if is_redirect(exchange.status) else BLURRED
            yield _end(exchange, started, blur), exchange.index, True, exchange


def _end(exchange: Exchange, started: datetime, blur: timedelta) -> datetime:
    """When the answer was there, at the earliest; a time beyond all calendars counts as none."""
    try:
        return max(started, (exchange.ended or started) - blur)
    except OverflowError:
        return started


def skew(exchange: Exchange, at: datetime) -> timedelta:
    """What the browser's clock is ahead of the server's; where the answer has no date, they are taken to agree."""
    date = http_date(exchange.response.headers.text("date"))
    return at - date if date else timedelta()


def _is_preflight(exchange: Exchange) -> bool:
    return exchange.request.method == "OPTIONS" and "access-control-request-method" in exchange.request.headers


def _is_fresh(exchange: Exchange) -> bool:
    """Did this very request go to the server and come back?"""
    return exchange.response.status != 0 and not exchange.from_cache and not exchange.from_service_worker


def tells(exchange: Exchange) -> bool:
    """Do its request headers say which cookies really went over the wire?"""
    return went_out(exchange) and exchange.request.headers.get("cookie") is not WITHHELD


def went_out(exchange: Exchange) -> bool:
    """Was it sent to a server, with the headers that it shows?"""
    if exchange.provisional or not _is_fresh(exchange):
        return False  # the browser answers a 307 of its own, and nothing is sent
    return exchange.response.status != 307 or "non-authoritative-reason" not in exchange.response.headers
