"""Exchanges, linked: redirect chains, preflight pairs, denials."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Mapping, Sequence
from datetime import timedelta
from enum import Enum
from functools import cached_property
from itertools import pairwise
from typing import Any

from msgspec import Struct, field

from harinspect.har.model import Credentials, Exchange, Har
from harinspect.knowledge import Answer, Library, Memory, who_answered
from harinspect.traffic.contexts import Contexts
from harinspect.traffic.cookies import Timeline
from harinspect.traffic.places import Places
from harinspect.traffic.request_parts import Parts, parts_of
from harinspect.traffic.stored import Reused
from harinspect.traffic.tokens import Tokens
from harinspect.wire.url import Url

OK = "ok"
MICROSECOND = timedelta(microseconds=1)
NEARBY = 60  # allowed exchanges before a denial, and after it, that it is compared with


class HopKind(Enum):
    """Who sent the browser on: the server, the browser itself (HSTS), or the page (an inference)."""

    HTTP = "http"
    INTERNAL = "internal"
    META = "meta"
    SCRIPT = "script"


class Hop(Struct, frozen=True):
    """One exchange of a chain. `location` is the absolute address it sent the browser to, "" for the last."""

    exchange: int
    kind: HopKind
    location: str = ""


class Dropped(Struct, frozen=True):
    """What the step away from hop number `hop` lost: authorization, body, method, referer, cookie:<name>, origin."""

    hop: int
    what: str


class RedirectChain(Struct, frozen=True):
    """Hops that follow one another; `loop` where an address comes back or the browser gave up."""

    hops: tuple[Hop, ...]
    loop: bool = False
    dropped: tuple[Dropped, ...] = ()

    @property
    def exchanges(self) -> tuple[int, ...]:
        return tuple(hop.exchange for hop in self.hops)


class Preflight(Struct, frozen=True):
    """An OPTIONS and the request it was made for (None: not in the file).

    `verdict` is "ok" or the name in the DevTools protocol's Network.CorsError; `detail` the header or method refused.
    """

    options: int
    actual: int | None
    verdict: str = OK
    detail: str = ""
    asked_method: str = ""
    asked_headers: tuple[str, ...] = ()
    granted_methods: str = ""
    granted_headers: str = ""


class CorsVerdict(Struct, frozen=True):
    """The CORS check of one answered exchange: "ok" or the name in Network.CorsError."""

    exchange: int
    verdict: str
    detail: str = ""


class DenialKind(Enum):
    """403; kept from the page by the browser; or another refusal (401, 407, 419, 429, 451)."""

    FORBIDDEN = "forbidden"
    BLOCKED = "blocked"
    RELATED = "related"


class Traffic(Struct, frozen=True, eq=False, dict=True):
    """A HAR with its links. Every mapping is by exchange index. `library`: of known products, None for ours alone."""

    har: Har
    exchanges: Mapping[int, Exchange]
    in_time: tuple[Exchange, ...] = ()
    chains: tuple[RedirectChain, ...] = ()
    preflights: tuple[Preflight, ...] = ()
    cors: Mapping[int, CorsVerdict] = field(default_factory=dict)
    urls: Mapping[int, Url] = field(default_factory=dict)
    cookies: Timeline = field(default_factory=Timeline)
    reused: Mapping[int, Reused] = field(default_factory=dict)
    library: Library | None = None

    @property
    def credentials(self) -> Credentials:
        return self.har.source.credentials

    @cached_property
    def memory(self) -> Memory:
        """What the refusals of this file were seen to say."""
        return Memory()

    @cached_property
    def turn_of(self) -> Mapping[int, int]:
        """The place of each exchange in time."""
        return {exchange.index: turn for turn, exchange in enumerate(self.in_time)}

    @cached_property
    def by_host(self) -> Mapping[str, tuple[Exchange, ...]]:
        """Exchanges of each host, in time order."""
        found: dict[str, list[Exchange]] = {}
        for exchange in self.in_time:
            if exchange.index in self.urls:
                found.setdefault(self.urls[exchange.index].host, []).append(exchange)
        return {host: tuple(rows) for host, rows in found.items()}

    def was_allowed(self, exchange: Exchange) -> bool:
        """Answered with success, and the browser let the page have it. A granted preflight is no success."""
        if not 200 <= exchange.response.status < 400 or exchange.index in self._kept_back:
            return False
        return not (exchange.error or "").startswith("net::ERR_BLOCKED")

    @cached_property
    def _kept_back(self) -> frozenset[int]:
        """Answers that CORS kept from the page, and those to preflights, which no page gets."""
        failed = (index for index, verdict in self.cors.items() if verdict.verdict != OK)
        return frozenset(failed).union(pair.options for pair in self.preflights)

    @cached_property
    def allowed_by_host(self) -> Mapping[str, tuple[Exchange, ...]]:
        """What was allowed, by host, in time order."""
        return {host: tuple(filter(self.was_allowed, rows)) for host, rows in self.by_host.items()}

    @cached_property
    def allowed_by_place(self) -> Places:
        """What was allowed, in time order."""
        return Places((e for rows in self.allowed_by_host.values() for e in rows), self.urls)

    @cached_property
    def refused_by_place(self) -> Places:
        """What was answered 403, in time order."""
        return Places((e for e in self.in_time if e.status == 403 and e.index in self.urls), self.urls)

    @cached_property
    def tokens(self) -> Tokens:
        """The keys and tokens that requests carry."""
        return Tokens(self.urls)

    @cached_property
    def _parts(self) -> dict[int, Parts]:
        return {}

    def parts(self, exchange: Exchange) -> Parts:
        """What the server may judge that request by, taken apart once. Raises KeyError for an unreadable address."""
        found = self._parts.get(exchange.index)
        if found is None:
            found = self._parts[exchange.index] = parts_of(exchange, self.urls[exchange.index])
        return found

    @cached_property
    def refusals(self) -> Mapping[tuple[str, str], tuple[Exchange, ...]]:
        """What got an error status or no answer, by method and address, in time order."""
        found: dict[tuple[str, str], list[Exchange]] = {}
        for exchange in self.in_time:
            if not 0 < exchange.response.status < 400:
                found.setdefault((exchange.method, exchange.url), []).append(exchange)
        return {call: tuple(rows) for call, rows in found.items()}

    @cached_property
    def calls_refused(self) -> Mapping[str, frozenset[tuple[str, str]]]:
        """By host, the methods and addresses (without query) that were answered 401 or 403."""
        found: dict[str, set[tuple[str, str]]] = {}
        for (method, url), rows in self.refusals.items():
            if rows[0].index in self.urls and any(e.status in (401, 403) for e in rows):
                found.setdefault(self.urls[rows[0].index].host, set()).add((method, url.partition("?")[0]))
        return {host: frozenset(calls) for host, calls in found.items()}

    @cached_property
    def errors_by_host(self) -> Mapping[str, tuple[Exchange, ...]]:
        """What was answered with an error, by host, in time order."""
        return {host: tuple(e for e in rows if e.status >= 400) for host, rows in self.by_host.items()}

    @cached_property
    def cookie_setters(self) -> Mapping[str, tuple[Exchange, ...]]:
        """Exchanges of each host whose answer has Set-Cookie, in time order."""
        found = {
            host: tuple(e for e in rows if "set-cookie" in e.response.headers) for host, rows in self.by_host.items()
        }
        return {host: rows for host, rows in found.items() if rows}

    @cached_property
    def microseconds(self) -> Mapping[int, int]:
        """When each dated exchange began, after the first one."""
        dated = [(e.index, e.started) for e in self.exchanges.values() if e.started]
        first = min((started for _, started in dated), default=None)
        return {index: (started - first) // MICROSECOND for index, started in dated} if first else {}

    @cached_property
    def origins_granted(self) -> Mapping[str, frozenset[str]]:
        """By host, every value of Access-Control-Allow-Origin that it answered with."""
        found: dict[str, set[str]] = {}
        for host, rows in self.by_host.items():
            values = {e.response.headers.text("access-control-allow-origin") for e in rows} - {""}
            if values:
                found[host] = values
        return {host: frozenset(values) for host, values in found.items()}

    @cached_property
    def documents(self) -> tuple[Exchange, ...]:
        """HTML pages that were answered, in time order."""
        return tuple(e for e in self.in_time if 200 <= e.status < 300 and "text/html" in e.response.mime_type)

    @cached_property
    def has_demanding_documents(self) -> bool:
        """Is any page served with Cross-Origin-Embedder-Policy?"""
        return any("cross-origin-embedder-policy" in e.response.headers for e in self.documents)

    @cached_property
    def chain_of(self) -> Mapping[int, RedirectChain]:
        return {index: chain for chain in self.chains for index in chain.exchanges}

    @cached_property
    def contexts(self) -> Contexts:
        """In what surroundings cookies were set and missed."""
        pairs = (pair for chain in self.chains for pair in pairwise(chain.hops))
        led = {there.exchange: here.exchange for here, there in pairs if here.kind in (HopKind.HTTP, HopKind.INTERNAL)}
        return Contexts(self.har, self.urls, led)

    @cached_property
    def preflight_of(self) -> Mapping[int, Preflight]:
        """By the index of the OPTIONS and of the actual request."""
        found = {pair.actual: pair for pair in self.preflights if pair.actual is not None}
        return found | {pair.options: pair for pair in self.preflights}


class Denial(Struct, frozen=True, eq=False, dict=True):
    """One refused exchange in its surroundings: what inspectors are asked about."""

    exchange: Exchange
    kind: DenialKind
    traffic: Traffic

    @cached_property
    def answer(self) -> Answer:
        """Who answered, and who stands in the path."""
        return who_answered(self.exchange, self.traffic.library, self.traffic.memory)

    @cached_property
    def told(self) -> dict[object, Any]:
        """Answers that are kept: see once.py."""
        return {}

    @cached_property
    def allowed_at_host(self) -> tuple[Exchange, ...]:
        """What the same host allowed near by, nearest in time first."""
        url = self.traffic.urls.get(self.exchange.index)
        return self._nearest(self.traffic.allowed_by_host.get(url.host, ()) if url else ())

    @cached_property
    def allowed_alike(self) -> tuple[Exchange, ...]:
        """What was allowed at the same origin and path template: the same method first, then the nearest in time."""
        url = self.traffic.urls.get(self.exchange.index)
        rows = self._nearest(self.traffic.allowed_by_place.at(url) if url else ())
        return tuple(sorted(rows, key=lambda e: e.method != self.exchange.method))

    def _nearest(self, rows: Sequence[Exchange]) -> tuple[Exchange, ...]:
        """The nearest of `rows` (in time order): a comparison with what lies far away shows little, and costs much."""
        turn = self.traffic.turn_of
        at = bisect(rows, turn[self.exchange.index], key=lambda e: turn[e.index])
        began, index = self.traffic.microseconds.get, self.exchange.index
        here = began(index)
        near = rows[max(at - NEARBY, 0) : at + NEARBY]
        if here is None:
            return tuple(sorted(near, key=lambda e: abs(index - e.index)))
        apart = [(abs(here - began(i, here)), abs(index - i), n) for n, i in enumerate([e.index for e in near])]
        apart.sort()
        return tuple([near[n] for _, _, n in apart])
