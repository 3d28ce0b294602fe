"""In what surroundings cookies were set and missed: there a changed Set-Cookie line is judged again."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from harinspect.har.model import Exchange, Har
from harinspect.traffic.moments import moments, skew
from harinspect.traffic.surroundings import Surroundings
from harinspect.wire.cookie_parsing import name_in
from harinspect.wire.cookie_policy import Context
from harinspect.wire.url import Url

MISSED = frozenset({401, 403, 419})  # what a missing session is answered with
LATEST = 12  # lines of one name: a server that renews a cookie with every answer sets thousands


class Asked(Struct, frozen=True):
    """A request that sets cookies or was refused: its place among all requests and answers, its time and context."""

    moment: int
    at: datetime
    context: Context

    def as_the_strictest(self, exchange: Exchange) -> Context:
        """What redirects of other sites led to counts as cross-site, as some browsers hold."""
        crossed = exchange.request.headers.text("sec-fetch-site") == "cross-site"
        return replace(self.context, is_same_site=False) if crossed and self.context.is_same_site else self.context


class Line(Struct, frozen=True):
    """A Set-Cookie line of `exchange`; `skew`: what the browser's clock is ahead of the server's."""

    moment: int
    exchange: int
    text: str
    at: datetime
    skew: timedelta


class Contexts:
    """One pass over a recording; `led_by`: the redirect hop that led to an exchange."""

    def __init__(self, har: Har, urls: Mapping[int, Url], led_by: Mapping[int, int]) -> None:
        self.asked: dict[int, Asked] = {}
        self._lines: defaultdict[str, list[Line]] = defaultdict(list)
        surroundings = Surroundings(har)
        for moment, (at, index, is_answer, exchange) in enumerate(moments(har, urls)):
            if is_answer:
                self._answer(exchange, at, moment)
                continue
            came_from = led_by.get(index)
            surroundings.note(exchange, urls[index], came_from)
            if exchange.status in MISSED or "set-cookie" in exchange.response.headers:
                self.asked[index] = Asked(moment, at, surroundings.context(exchange, urls[index], came_from))

    def lines(self, name: str, before: int, setter: int) -> list[Line]:
        """The latest Set-Cookie lines of that name that had been answered before that moment, and those of `setter`."""
        rows = self._lines.get(name, [])
        end = bisect_left(rows, before, key=lambda line: line.moment)
        start = max(end - LATEST, 0)
        since = bisect_left(rows, self.asked[setter].moment, hi=start, key=lambda line: line.moment)
        return [*(line for line in rows[since:start] if line.exchange == setter), *rows[start:end]]

    def _answer(self, exchange: Exchange, at: datetime, moment: int) -> None:
        ahead = skew(exchange, at)
        for text in exchange.response.headers.all("set-cookie"):
            self._lines[name_in(text)].append(Line(moment, exchange.index, text, at, ahead))
