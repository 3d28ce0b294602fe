"""The strongest evidence: what was allowed, and what about it was different."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from harinspect.har.model import Exchange
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


class Difference(Struct, frozen=True):
    """One difference between a refused exchange (`here`) and an allowed one (`there`). Missing: see Headers."""

    part: str
    name: str
    here: str | Missing
    there: str | Missing


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
