"""Where a request goes, with what varies between records left out, so that like can be compared with like."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache

from harinspect.har.model import Exchange
from harinspect.wire.url import Url

_VARIABLE = re.compile(r"\d+|[0-9a-f-]{8,}|.*\d{3,}.*|[\w-]{20,}", re.IGNORECASE)


@lru_cache(maxsize=65_536)
def template(path: str) -> str:
    """/v1/users/1337/edit -> /v1/users/*/edit"""
    return "/".join(map(_kind, path.split("/")))


@lru_cache(maxsize=65_536)
def _kind(segment: str) -> str:
    return "*" if _VARIABLE.fullmatch(segment) else segment


def place(url: Url) -> str:
    """Origin and path template."""
    return url.origin + template(url.path)


class Places:
    """Exchanges by their places, in their order. Only those that begin like one that is asked for are looked at."""

    def __init__(self, exchanges: Iterable[Exchange], urls: Mapping[int, Url]) -> None:
        self._urls = urls
        self._begun: dict[str, list[Exchange]] = defaultdict(list)
        self._sorted: dict[str, dict[str, list[Exchange]]] = {}
        for exchange in exchanges:
            self._begun[_beginning(urls[exchange.index])].append(exchange)

    def at(self, url: Url) -> tuple[Exchange, ...]:
        """Those with the same origin and path template."""
        beginning = _beginning(url)
        if beginning not in self._sorted:
            found = self._sorted[beginning] = defaultdict(list)
            for exchange in self._begun.pop(beginning, ()):
                found[place(self._urls[exchange.index])].append(exchange)
        return tuple(self._sorted[beginning].get(place(url), ()))


def _beginning(url: Url) -> str:
    """Origin and template of the first two segments, of which there are few."""
    return url.origin + template("/".join(url.path.split("/", 3)[:3]))
