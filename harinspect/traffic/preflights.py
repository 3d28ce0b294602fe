"""Preflight pairs and CORS verdicts (Fetch, CORS-preflight fetch and CORS check), as the browser would give them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from harinspect.har.model import Exchange
from harinspect.traffic.model import OK, CorsVerdict, Preflight, Traffic
from harinspect.wire.cors import UNKNOWN, cors_check, preflight_check
from harinspect.wire.headers import Headers
from harinspect.wire.url import Url

WITHIN = 60.0  # seconds between a preflight and its request, in either direction
ASKS = "access-control-request-method"
SWITCHED = 101  # to WebSocket, which CORS does not govern, also where an exporter writes the address with https
INVALID_METHODS, INVALID_HEADERS = "InvalidAllowMethodsPreflightResponse", "InvalidAllowHeadersPreflightResponse"


def is_preflight(exchange: Exchange) -> bool:
    """An OPTIONS that asks for a method (Fetch, CORS-preflight fetch step 3); any other OPTIONS is ordinary."""
    return exchange.method == "OPTIONS" and (ASKS in exchange.request.headers or exchange.resource_type == "preflight")


def find_preflights(in_time: Sequence[Exchange], urls: Mapping[int, Url]) -> tuple[Preflight, ...]:
    """Every preflight with the request it was made for: same URL and method, nearest in time, one to one."""
    asked = [e for e in in_time if is_preflight(e)]
    if not asked:
        return ()
    waiting: dict[str, list[Exchange]] = defaultdict(list)
    for exchange in in_time:
        if exchange.method != "OPTIONS" and exchange.index in urls:
            waiting[urls[exchange.index].text].append(exchange)
    partner = _pairs(asked, waiting, urls)
    return tuple(_judged(options, partner.get(options.index)) for options in asked)


def grants(headers: Headers) -> list[str]:
    """The names of the CORS headers that grant something."""
    return [name for name, _ in headers if name.lower().startswith("access-control-allow-")]


def spoken_by(traffic: Traffic, index: int) -> str:
    """The header that shows CORS code at work, which granted this origin nothing, here or elsewhere at the host."""
    origin = traffic.exchanges[index].request.headers.text("origin")
    headers = traffic.exchanges[index].response.headers
    if {origin, "*"} & traffic.origins_granted.get(traffic.urls[index].host, frozenset()):
        return ""
    return next(iter(grants(headers)), "Vary: Origin" if "origin" in headers.text("vary").lower().split(", ") else "")


def filters_origins(options: Exchange) -> bool:
    """A 403 of a CORS filter: it granted nothing, yet what it answers depends on the headers of a preflight."""
    headers = options.response.headers
    said = {name.strip() for name in headers.text("vary").lower().split(",")}
    return is_preflight(options) and options.status == 403 and {"origin", ASKS} <= said and not grants(headers)


def is_about_null(exchange: Exchange, verdict: str) -> bool:
    """Did the answer name an origin, and the request bear none to compare with?"""
    return exchange.request.headers.text("origin") == "null" and "Mismatch" in verdict


@dataclass(frozen=True, slots=True, order=True)
class _Fit:
    """How well a request fits a preflight: less is better."""

    cost: float
    options: int
    actual: int


def _pairs(
    asked: Iterable[Exchange], waiting: Mapping[str, Sequence[Exchange]], urls: Mapping[int, Url]
) -> dict[int, Exchange]:
    """The best fits first, so that neither of two neighbouring pairs takes the other's half."""
    fits: list[_Fit] = []
    requests: dict[int, Exchange] = {}
    for options in asked:
        for actual in waiting.get(urls[options.index].text, ()) if options.index in urls else ():
            cost = _cost(options, actual)
            if cost is not None:
                fits.append(_Fit(cost, options.index, actual.index))
                requests[actual.index] = actual
    found: dict[int, Exchange] = {}
    taken: set[int] = set()
    for fit in sorted(fits):
        if fit.options not in found and fit.actual not in taken:
            found[fit.options] = requests[fit.actual]
            taken.add(fit.actual)
    return found


def _cost(options: Exchange, actual: Exchange) -> float | None:
    """Seconds apart, with a penalty where only the time speaks for it; None where they cannot belong together."""
    method = options.request.headers.text(ASKS)
    if method and method != actual.method:
        return None
    mine, its = _origin(options), _origin(actual)
    if mine and its and mine != its:
        return None
    if options.started is None or actual.started is None:
        return WITHIN + abs(options.index - actual.index)
    apart = abs((options.started - actual.started).total_seconds())
    return apart if apart <= WITHIN else None


def _judged(options: Exchange, actual: Exchange | None) -> Preflight:
    sent, answer = options.request.headers, options.response.headers
    names = tuple(n.strip().lower() for n in sent.text("access-control-request-headers").split(",") if n.strip())
    verdict, detail = _verdict(options, actual, names)
    return Preflight(
        options=options.index,
        actual=actual.index if actual else None,
        verdict=verdict,
        detail=detail,
        asked_method=sent.text(ASKS),
        asked_headers=names,
        granted_methods=answer.text("access-control-allow-methods"),
        granted_headers=answer.text("access-control-allow-headers"),
    )


def _verdict(options: Exchange, actual: Exchange | None, names: tuple[str, ...]) -> tuple[str, str]:
    if options.status == 0 or not _origin(options):
        return OK, ""  # never answered, or the exporter lost the Origin: nothing to judge by
    origin, method = _origin(options), options.request.headers.text(ASKS)

    unreadable = {INVALID_METHODS: method, INVALID_HEADERS: next(iter(names), "")}

    def check(credentials: bool) -> tuple[str, str]:
        found = preflight_check(options.status, options.response.headers, origin, credentials, method, names)
        return found.verdict, unreadable.get(found.verdict, found.value)

    without, included = check(credentials=False), check(credentials=True)
    if UNKNOWN in (without[0], included[0]):
        return OK, ""
    if without[0] != OK:
        return without if _credentials(actual) is not True else included
    # Passes without credentials: only a mark of failure on the request itself can show that they were included.
    failed = actual is not None and actual.status == 0 and (actual.error is None or actual.error == "net::ERR_FAILED")
    return included if included[0] != OK and (failed or _credentials(actual) is True) else (OK, "")


def _credentials(exchange: Exchange | None) -> bool | None:
    """Were credentials included? None where the file does not show it. (Authorization set by script does not count.)"""
    if exchange is None or exchange.provisional:
        return None
    return True if exchange.request.headers.text("cookie") else None


def cors_verdicts(
    in_time: Sequence[Exchange], urls: Mapping[int, Url], preflights: Sequence[Preflight]
) -> dict[int, CorsVerdict]:
    """The CORS check of every answered cross-origin request that was made in CORS mode."""
    options = {pair.options for pair in preflights}
    redirected = {pair.actual for pair in preflights}
    return {
        verdict.exchange: verdict
        for exchange in in_time
        if exchange.index not in options and exchange.index in urls
        for verdict in _checked(exchange, urls[exchange.index], exchange.index in redirected)
    }


def _origin(exchange: Exchange) -> str:
    """The request's Origin; some exporters list it twice. "" where the lines contradict each other, too."""
    lines = set(exchange.request.headers.all("origin"))
    return lines.pop() if len(lines) == 1 else ""


def _checked(exchange: Exchange, url: Url, preflighted: bool) -> Iterator[CorsVerdict]:
    origin = _origin(exchange)
    if not origin or not _is_cors_mode(exchange, url, preflighted) or exchange.status == 0:
        return
    if exchange.from_service_worker or _was_let_through(exchange):
        return  # what a worker answers is not checked again (Fetch, HTTP fetch, step 5)
    without = cors_check(exchange.response.headers, origin, credentials=False)
    included = cors_check(exchange.response.headers, origin, credentials=True)
    if without.verdict == UNKNOWN:
        return
    if without.verdict != OK:
        yield CorsVerdict(exchange.index, without.verdict, detail=without.value)
    elif included.verdict != OK and (exchange.error == "net::ERR_FAILED" or _credentials(exchange)):
        yield CorsVerdict(exchange.index, included.verdict, detail=included.value)
    else:
        yield CorsVerdict(exchange.index, OK, detail=without.value)


def _was_let_through(exchange: Exchange) -> bool:
    """DevTools leaves a mark and no address where CORS failed; without, an extension or a flag made up for it."""
    return exchange.error is None and exchange.from_cache is False and bool(exchange.server_ip)


def _is_cors_mode(exchange: Exchange, url: Url, preflighted: bool) -> bool:
    """Sec-Fetch-Mode is the browser's own word; without it, an Origin on a script's request of another origin."""
    mode = exchange.request.headers.text("sec-fetch-mode")
    if mode:
        return mode == "cors" and _origin(exchange) != url.origin
    if not url.is_http or exchange.status == SWITCHED or _origin(exchange) == url.origin:
        return False
    if preflighted or exchange.resource_type in ("fetch", "xhr", "font"):
        return True
    return exchange.resource_type == "" and exchange.method not in ("POST",)
