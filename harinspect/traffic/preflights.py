"""Preflight pairs and CORS verdicts (Fetch, CORS-preflight fetch and CORS check), as the browser would give them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from harinspect.har.model import Exchange
from harinspect.traffic.model import OK, CorsVerdict, Preflight, RedirectChain, Traffic
from harinspect.wire.cors import UNKNOWN, cors_check, preflight_check
from harinspect.wire.headers import Headers
from harinspect.wire.redirects import cors_redirect_problem, is_redirect
from harinspect.wire.url import Url

WITHIN = 60.0  # seconds between a preflight and its request, in either direction
ASKS = "access-control-request-method"
FAILED = "net::ERR_FAILED"
SCRIPTED = frozenset({"fetch", "xhr", "font"})  # resource types that are asked for with CORS alone, or by script
EMBEDDED = frozenset({"image", "script", "stylesheet", "media", "manifest", "texttrack", "eventsource"})
REFUSING = frozenset({401, 403, 407, 419, 429, 451})  # statuses that refuse
SWITCHED = 101  # to WebSocket, which CORS does not govern, also where an exporter writes the address with https
INVALID_METHODS, INVALID_HEADERS = "InvalidAllowMethodsPreflightResponse", "InvalidAllowHeadersPreflightResponse"


def is_preflight(exchange: Exchange) -> bool:
    """An OPTIONS that asks for a method (Fetch, CORS-preflight fetch step 3); any other OPTIONS is ordinary."""
    sent = exchange.request
    return sent.method == "OPTIONS" and (ASKS in sent.headers or exchange.resource_type == "preflight")


def find_preflights(
    in_time: Sequence[Exchange], urls: Mapping[int, Url], chains: Sequence[RedirectChain] = ()
) -> tuple[Preflight, ...]:
    """Every preflight with the request it was made for: same URL and method, nearest in time, one to one."""
    asked = [e for e in in_time if is_preflight(e)]
    if not asked:
        return ()
    waiting: dict[str, list[Exchange]] = defaultdict(list)
    for exchange in in_time:
        if exchange.index in urls and not is_preflight(exchange):
            waiting[urls[exchange.index].text].append(exchange)
    partner, chained = _pairs(asked, waiting, urls), _chained(chains, {e.index: e for e in in_time}, urls)
    return tuple(_judged(options, partner.get(options.index), chained) for options in asked)


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


def stopped_the_request(traffic: Traffic, pair: Preflight) -> bool:
    """Is the request itself in the file, and unsent? A preflight that was refused speaks for itself, too; where one
    failed in another way, and alone, nobody can tell what became of the request, or whether anybody missed it.
    """
    if pair.actual is None:
        return traffic.exchanges[pair.options].status in REFUSING
    return traffic.exchanges[pair.actual].status == 0


def is_about_null(exchange: Exchange, verdict: str) -> bool:
    """Did the answer name an origin, and the request bear none to compare with?"""
    return exchange.request.headers.text("origin") == "null" and "Mismatch" in verdict


class _Fit(Struct, frozen=True, order=True):
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


def _judged(options: Exchange, actual: Exchange | None, chained: frozenset[int]) -> Preflight:
    sent, answer = options.request.headers, options.response.headers
    names = tuple(n.strip().lower() for n in sent.text("access-control-request-headers").split(",") if n.strip())
    verdict, detail = _verdict(options, actual, names, _included(actual, chained))
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


def _verdict(
    options: Exchange, actual: Exchange | None, names: tuple[str, ...], has_credentials: bool
) -> tuple[str, str]:
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
        return included if has_credentials else without
    # Passes without credentials: only a mark of failure on the request itself can show that they were included.
    failed = actual is not None and actual.status == 0 and (actual.error is None or actual.error == FAILED)
    return included if included[0] != OK and (failed or has_credentials) else (OK, "")


def _included(exchange: Exchange | None, chained: frozenset[int]) -> bool:
    """Do cookies show that credentials were included? (Authorization set by script does not count.)"""
    if exchange is None:
        return False
    return exchange.index in chained or bool(exchange.request.headers.text("cookie") and not exchange.provisional)


def _chained(
    chains: Sequence[RedirectChain], exchanges: Mapping[int, Exchange], urls: Mapping[int, Url]
) -> frozenset[int]:
    """The hops of chains in which a cookie went to another origin than the page's: the mode is one for all of them."""
    return frozenset(
        index
        for chain in chains
        if any(_sent_away(exchanges[index], urls[index]) for index in chain.exchanges)
        for index in chain.exchanges
    )


def _sent_away(exchange: Exchange, url: Url) -> bool:
    return _included(exchange, frozenset()) and _origin(exchange) not in ("", url.origin)


def cors_verdicts(
    in_time: Sequence[Exchange],
    urls: Mapping[int, Url],
    preflights: Sequence[Preflight],
    chains: Sequence[RedirectChain] = (),
) -> dict[int, CorsVerdict]:
    """The CORS check of every answered cross-origin request that was made in CORS mode."""
    options = {pair.options for pair in preflights}
    preflighted, chained = {pair.actual for pair in preflights}, _chained(chains, {e.index: e for e in in_time}, urls)
    return {
        verdict.exchange: verdict
        for exchange in in_time
        if exchange.index not in options and exchange.index in urls
        for verdict in _checked(exchange, urls[exchange.index], exchange.index in preflighted, chained)
    }


def _origin(exchange: Exchange) -> str:
    """The request's Origin; some exporters list it twice. "" where the lines contradict each other, too."""
    lines = set(exchange.request.headers.all("origin"))
    return lines.pop() if len(lines) == 1 else ""


def _checked(exchange: Exchange, url: Url, preflighted: bool, chained: frozenset[int]) -> Iterator[CorsVerdict]:
    if exchange.response.status == 0 or exchange.from_service_worker or _was_let_through(exchange):
        return  # what a worker answers is not checked again (Fetch, HTTP fetch, step 5)
    redirect = _redirect_problem(exchange, url)
    if _origin(exchange) and _is_cors_mode(exchange, url, preflighted):
        yield from _access(exchange, redirect, _included(exchange, chained))
    elif redirect and _leaves_own_origin(exchange, url):
        yield CorsVerdict(exchange.index, redirect, detail=exchange.response.headers.text("location"))


def _access(exchange: Exchange, redirect: str, has_credentials: bool) -> Iterator[CorsVerdict]:
    """The check in both credentials modes: included ones count where they were sent, or where it failed so alone."""
    answer, origin = exchange.response.headers, _origin(exchange)
    without, included = (cors_check(answer, origin, credentials) for credentials in (False, True))
    if without.verdict == UNKNOWN:
        return
    if without.verdict != OK:
        yield CorsVerdict(exchange.index, without.verdict, detail=without.value)
    elif included.verdict != OK and (has_credentials or (exchange.error == FAILED and not redirect)):
        yield CorsVerdict(exchange.index, included.verdict, detail=included.value)
    elif redirect:
        yield CorsVerdict(exchange.index, redirect, detail=answer.text("location"))
    else:
        yield CorsVerdict(exchange.index, OK, detail=without.value)


def _redirect_problem(exchange: Exchange, url: Url) -> str:
    """Why a script's request may not be sent where the answer redirects it, "" where it may (Fetch, step 9)."""
    target = url.join(exchange.response.headers.text("location")) if is_redirect(exchange.status) else None
    return (cors_redirect_problem(target) or "") if target else ""


def _leaves_own_origin(exchange: Exchange, url: Url) -> bool:
    """Was it a script's request to the page's own origin, which is sent no Origin, and is redirected to another?"""
    target = url.join(exchange.response.headers.text("location"))
    scripted = exchange.error == FAILED or exchange.request.headers.text("sec-fetch-mode") == "cors"
    return scripted and target is not None and target.origin != url.origin


def _was_let_through(exchange: Exchange) -> bool:
    """DevTools leaves a mark and no address where CORS failed; without, an extension or a flag made up for it.

    Any other mark is of another failure: an opaque answer, for one, whose body nobody may read, counts as aborted.
    """
    if exchange.error:
        return exchange.error != FAILED
    return exchange.error is None and exchange.from_cache is False and bool(exchange.server_ip)


def _is_cors_mode(exchange: Exchange, url: Url, preflighted: bool) -> bool:
    """Sec-Fetch-Mode is the browser's own word; without it, an Origin on a script's request of another origin."""
    mode = exchange.request.headers.text("sec-fetch-mode")
    if mode:
        return mode == "cors" and _origin(exchange) != url.origin
    if not url.is_http or exchange.status == SWITCHED or _origin(exchange) == url.origin:
        return False
    if preflighted or exchange.resource_type in SCRIPTED:
        return True
    # Without CORS a GET bears no Origin (Fetch, append a request Origin header), and a form can only POST.
    is_read = exchange.method in ("GET", "HEAD")
    return (is_read and exchange.resource_type in EMBEDDED) or (exchange.resource_type == "" and _is_no_form(exchange))


def _is_no_form(exchange: Exchange) -> bool:
    return exchange.method != "POST" and "sec-websocket-key" not in exchange.request.headers
