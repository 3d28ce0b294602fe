"""The strongest evidence: what was allowed, and what about it was different."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from harinspect.har.model import Exchange
from harinspect.traffic.model import OK, Denial, Traffic
from harinspect.traffic.preflights import is_preflight
from harinspect.wire.headers import Missing
from harinspect.wire.url import Url

NOTICED = (
    "authorization",
    "cookie",
    "origin",
    "referer",
    "user-agent",
    "sec-fetch-site",
    "sec-fetch-mode",
    "sec-fetch-dest",
    "content-type",
    "x-csrf-token",
    "x-csrftoken",
    "x-xsrf-token",
    "x-requested-with",
    "x-api-key",
)
_VARIABLE = re.compile(r"^(?:\d+|[0-9a-f]{8,}|[0-9a-f-]{32,}|.*\d{3,}.*|[\w-]{20,})$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference between a refused exchange (`here`) and an allowed one (`there`). Missing: see Headers."""

    part: str
    name: str
    here: str | Missing
    there: str | Missing


@lru_cache(maxsize=4096)
def template(path: str) -> str:
    """The path with what varies between records replaced: /v1/users/1337/edit -> /v1/users/*/edit."""
    return "/".join("*" if _VARIABLE.match(segment) else segment for segment in path.split("/"))


def was_allowed(exchange: Exchange, traffic: Traffic) -> bool:
    """Answered with success, and the browser let the page have it."""
    if (
        not 200 <= exchange.status < 400
        or is_preflight(exchange)
        or (exchange.error or "").startswith("net::ERR_BLOCKED")
    ):
        return False
    verdict = traffic.cors.get(exchange.index)
    return verdict is None or verdict.verdict == OK


def allowed_at(denial: Denial) -> tuple[Exchange, ...]:
    """What the same host allowed, nearest in time first."""
    url = denial.traffic.urls.get(denial.exchange.index)
    if url is None:
        return ()
    rows = [e for e in denial.traffic.by_host.get(url.host, ()) if was_allowed(e, denial.traffic)]
    return tuple(sorted(rows, key=lambda e: _apart(denial.exchange, e)))


def allowed_like(denial: Denial) -> tuple[Exchange, ...]:
    """What the same host allowed under the same path template: the same method first, then the nearest in time."""
    url = denial.traffic.urls.get(denial.exchange.index)
    if url is None:
        return ()
    rows = [e for e in allowed_at(denial) if _same_place(url, denial.traffic.urls[e.index])]
    return tuple(sorted(rows, key=lambda e: e.method != denial.exchange.method))


def _same_place(one: Url, other: Url) -> bool:
    return one.scheme == other.scheme and one.port == other.port and template(one.path) == template(other.path)


def _apart(one: Exchange, other: Exchange) -> tuple[float, int]:
    if one.started is None or other.started is None:
        return 0.0, abs(one.index - other.index)
    return abs((one.started - other.started).total_seconds()), abs(one.index - other.index)


def differences(here: Exchange, there: Exchange) -> tuple[Difference, ...]:
    """What the two requests do not share; withheld headers are no difference."""
    return tuple(_differences(here, there))


def _differences(here: Exchange, there: Exchange) -> Iterator[Difference]:
    if here.method != there.method:
        yield Difference("request.method", "", here.method, there.method)
    if here.url != there.url:
        yield Difference("request.url", "", here.url, there.url)
    for name in NOTICED:
        mine, its = here.request.headers.get(name), there.request.headers.get(name)
        if mine != its and Missing.WITHHELD not in (mine, its):
            yield Difference("request.header", name, mine, its)
