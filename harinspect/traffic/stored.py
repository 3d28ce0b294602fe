"""Answers that the browser took from its own cache for a CORS request, though they were made for another one.

A fetch that fails the CORS check on a stored answer never reaches the network: Chromium then records no answer at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from harinspect.har.model import Exchange
from harinspect.wire.cors import OK, UNKNOWN, cors_check
from harinspect.wire.dates import http_date
from harinspect.wire.headers import Headers
from harinspect.wire.url import Url

HEURISTIC = 0.1  # of the age of a file: so long is it fresh where nothing is said (RFC 9111, section 4.2.2)
_Urls = Mapping[int, Url]


class Reused(Struct, frozen=True):
    """`exchange` was answered with what `earlier` had brought; `verdict` and `detail` as of the CORS check on that."""

    exchange: int
    earlier: int
    verdict: str
    detail: str


def find_reused(in_time: Sequence[Exchange], urls: _Urls, taken: frozenset[int]) -> tuple[Reused, ...]:
    """Every CORS request that failed on a stored answer. `taken`: those that a refused preflight explains."""
    if not any(_may_be_stored(e) and e.index not in taken for e in in_time):
        return ()
    earlier: dict[str, list[Exchange]] = {}
    found: list[Reused] = []
    for exchange in in_time:
        if exchange.index not in urls or exchange.method != "GET":
            continue
        if exchange.index not in taken and _may_be_stored(exchange):
            found += _reused(exchange, earlier.get(urls[exchange.index].text, ()), in_time, urls)
        elif exchange.server_ip and exchange.status == 200:
            earlier.setdefault(urls[exchange.index].text, []).append(exchange)
    return tuple(found)


def _may_be_stored(exchange: Exchange) -> bool:
    """Failed without a trace of the network; or, where the exporter marks no errors, answered without one."""
    if exchange.resource_type in ("document", "preflight", "websocket") or exchange.server_ip:
        return False
    if exchange.error == "net::ERR_FAILED":
        return exchange.from_cache is True or (exchange.status == 0 and exchange.provisional)
    silent = exchange.error is None and exchange.from_cache is None and exchange.status == 200
    return silent and exchange.wait <= 0 and exchange.request.headers.text("sec-fetch-mode") == "cors"


def _reused(
    exchange: Exchange, earlier: Sequence[Exchange], in_time: Sequence[Exchange], urls: _Urls
) -> Iterator[Reused]:
    origin = _origin(exchange)
    last = next((e for e in reversed(earlier) if _same_page_site(e, exchange)), None)
    if last is None or not origin or not _is_fresh(last, exchange.started) or varies(last.response.headers):
        return
    check = cors_check(last.response.headers, origin, credentials=False)
    was_cors = last.request.headers.text("origin")
    if check.verdict in (OK, UNKNOWN) or was_cors == origin or origin == urls[exchange.index].origin:
        return
    if not _is_without_cors(urls[exchange.index].host, in_time, urls):
        yield Reused(exchange.index, last.index, check.verdict, check.value)


def _origin(exchange: Exchange) -> str:
    """Provisional headers have no Origin: that of the page then."""
    headers = exchange.request.headers
    if said := headers.text("origin"):
        return said
    page = Url.parse(headers.text("referer") or exchange.initiator.url)
    return page.origin if page else ""


def _same_page_site(one: Exchange, other: Exchange) -> bool:
    """Caches are kept apart by the site of the page."""
    mine, its = Url.parse(_origin(one)), Url.parse(_origin(other))
    return mine is None or its is None or mine.registrable_domain == its.registrable_domain


def _is_without_cors(host: str, in_time: Sequence[Exchange], urls: _Urls) -> bool:
    """Did this host answer a CORS request from the network without granting anything? Then the cache is not why."""
    return any(
        200 <= e.status < 300
        and not _may_be_stored(e)
        and e.method == "GET"
        and e.request.headers.text("sec-fetch-mode") == "cors"
        and "origin" in e.request.headers
        and "access-control-allow-origin" not in e.response.headers
        and urls[e.index].host == host
        for e in in_time
        if e.index in urls
    )


def varies(headers: Headers) -> bool:
    """Is the answer kept apart by Origin (RFC 9111, section 4.1)?"""
    names = {name.strip() for name in headers.text("vary").lower().split(",")}
    return bool({"origin", "*"} & names)


def _is_fresh(exchange: Exchange, at: datetime | None) -> bool:
    """RFC 9111, section 4.2, for a private cache."""
    headers = exchange.response.headers
    parts = (part.partition("=") for part in headers.text("cache-control").lower().split(","))
    rules = {name.strip(): value.strip(' "') for name, _, value in parts}
    if {"no-store", "no-cache"} & rules.keys() or at is None or exchange.started is None:
        return False
    age = at - exchange.started
    if "max-age" in rules:
        return rules["max-age"].isdigit() and age.total_seconds() < int(rules["max-age"])
    return timedelta(0) <= age < _unstated(headers)


def _unstated(headers: Headers) -> timedelta:
    """How long it lives by Expires, or by its own age."""
    date, expires, changed = (http_date(headers.text(name)) for name in ("date", "expires", "last-modified"))
    if date and expires:
        return expires - date
    return (date - changed) * HEURISTIC if date and changed and "expires" not in headers else timedelta(0)
