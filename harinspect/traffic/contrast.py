"""The strongest evidence: what was allowed, and what about it was different."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from harinspect.har.model import Exchange
from harinspect.traffic.model import Denial
from harinspect.traffic.places import place
from harinspect.wire.headers import Missing

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


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference between a refused exchange (`here`) and an allowed one (`there`). Missing: see Headers."""

    part: str
    name: str
    here: str | Missing
    there: str | Missing


def allowed_at(denial: Denial) -> tuple[Exchange, ...]:
    """What the same host allowed, nearest in time first."""
    url = denial.traffic.urls.get(denial.exchange.index)
    rows = denial.traffic.allowed_by_host.get(url.host, ()) if url else ()
    return tuple(sorted(rows, key=lambda e: _apart(denial.exchange, e)))


def allowed_like(denial: Denial) -> tuple[Exchange, ...]:
    """What was allowed at the same origin and path template: the same method first, then the nearest in time."""
    url = denial.traffic.urls.get(denial.exchange.index)
    rows = denial.traffic.allowed_by_place.get(place(url), ()) if url else ()
    return tuple(sorted(rows, key=lambda e: (e.method != denial.exchange.method, *_apart(denial.exchange, e))))


def _apart(one: Exchange, other: Exchange) -> tuple[float, int]:
    if one.started is None or other.started is None:
        return 0.0, abs(one.index - other.index)
    return abs((one.started - other.started).total_seconds()), abs(one.index - other.index)


def differences(here: Exchange, there: Exchange) -> tuple[Difference, ...]:
    """What the two requests do not share; withheld headers are no difference."""
    return tuple(_differences(here, there))


def sole_difference(here: Exchange, there: Exchange) -> Difference | None:
    """The one thing that differs between two requests; None where there are more, or the file withholds one of them."""
    withheld = [n for n in NOTICED for e in (here, there) if e.request.headers.get(n) is Missing.WITHHELD]
    found = [d for d in differences(here, there) if d.part != "request.url"]
    return found[0] if len(found) == 1 and not withheld else None


def _differences(here: Exchange, there: Exchange) -> Iterator[Difference]:
    if here.method != there.method:
        yield Difference("request.method", "", here.method, there.method)
    if here.url != there.url:
        yield Difference("request.url", "", here.url, there.url)
    for name in NOTICED:
        mine, its = here.request.headers.get(name), there.request.headers.get(name)
        if mine != its and Missing.WITHHELD not in (mine, its):
            yield Difference("request.header", name, mine, its)
