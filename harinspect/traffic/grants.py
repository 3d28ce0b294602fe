"""What a server would have to answer so that a cross-origin request passes: the least that CORS asks for."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from harinspect.har.model import Exchange
from harinspect.traffic.changes import Answer, Grant, Untested
from harinspect.traffic.model import Traffic
from harinspect.traffic.surroundings import omits_credentials
from harinspect.wire.cors import Check, cors_check, parse_list, preflight_check
from harinspect.wire.headers import Headers
from harinspect.wire.safelist import author_headers, unsafe_header_names

ORIGIN = "Access-Control-Allow-Origin"
CREDENTIALS = "Access-Control-Allow-Credentials"
METHODS = "Access-Control-Allow-Methods"
HEADERS = "Access-Control-Allow-Headers"
_ORDER = (ORIGIN, CREDENTIALS, METHODS, HEADERS)
_USUAL = ("GET", "POST")  # some servers refuse a preflight even for these if they are not listed
GRANTED = 204
AT_MOST = 8  # things that one answer can lack
NO_ORIGIN = Untested("The request bears no origin that an answer could name.")
# Network.CorsError, without "Preflight": what the answer has to say instead
_OF_CREDENTIALS = frozenset({"InvalidAllowCredentials"})
_OF_METHODS = frozenset({"MethodDisallowedByPreflightResponse", "InvalidAllowMethodsPreflightResponse"})
_OF_HEADERS = frozenset({"HeaderDisallowedByPreflightResponse", "InvalidAllowHeadersPreflightResponse"})
_OF_STATUS = frozenset({"DisallowedRedirect", "InvalidStatus"})
_ONLY_WITH_CREDENTIALS = frozenset({"WildcardOriginNotAllowed", "InvalidAllowCredentials"})


class _Pair(Struct, frozen=True):
    """A cross-origin request and its preflight, as far as the file has them."""

    options: Exchange | None
    actual: Exchange | None

    @property
    def origin(self) -> str:
        """A request that was never sent has no Origin in the file, but its preflight has."""
        found = (row.request.headers.text("origin") for row in (self.options, self.actual) if row)
        return next((origin for origin in found if origin), "")


def grant_for(traffic: Traffic, index: int, origin: str = "") -> Grant | Untested:
    """The answers with which this request passes, and its preflight, if there is one: both must.

    `origin`: the one to grant, where it is not the one that was sent.
    """
    pair = _pair(traffic, index)
    granted = origin or pair.origin
    if granted in ("", "null"):
        return NO_ORIGIN
    wanted = Grant(
        granted,
        Answer(pair.options.index) if pair.options else None,
        Answer(pair.actual.index) if pair.actual else None,
        credentials_of(traffic, index),
        _method(pair),
        _unsafe(pair),
    )
    return completed(wanted, traffic)


def completed(grant: Grant, traffic: Traffic) -> Grant:
    """The same grant with all that its answers lack."""
    preflight = grant.preflight and _completed(grant, grant.preflight, traffic, check_preflight)
    answer = grant.answer and _completed(grant, grant.answer, traffic, check_answer)
    return replace(grant, preflight=preflight, answer=answer)


def answered(exchange: Exchange, answer: Answer) -> Headers:
    """The headers of an answer with the change applied. Of a request that was never answered, nothing is known."""
    put = {name.lower() for name, _ in answer.headers}
    kept = [pair for pair in exchange.response.headers if pair[0].lower() not in put] if exchange.status else []
    return Headers([*kept, *answer.headers])


def check_preflight(grant: Grant, answer: Answer, traffic: Traffic) -> Check:
    """The preflight's check, with that answer."""
    options = traffic.exchanges[answer.exchange]
    status = options.status if answer.status is None else answer.status
    headers = answered(options, answer)
    return preflight_check(status, headers, grant.origin, bool(grant.credentials), grant.method, grant.unsafe)


def check_answer(grant: Grant, answer: Answer, traffic: Traffic) -> Check:
    """The CORS check of the request itself, with that answer."""
    return cors_check(answered(traffic.exchanges[answer.exchange], answer), grant.origin, bool(grant.credentials))


def checks(grant: Grant, traffic: Traffic) -> tuple[Check, ...]:
    """Both checks, as far as the file has the exchanges."""
    preflight = (check_preflight(grant, grant.preflight, traffic),) if grant.preflight else ()
    return (*preflight, check_answer(grant, grant.answer, traffic)) if grant.answer else preflight


def spelt(grant: Grant, traffic: Traffic) -> dict[str, str]:
    """What the answers say once the change is made, as recipes want it; "" for what they need not say.

    methods, headers: the lists. method_list, header_list: the same between quotes, never empty. credentials, anonymous,
    preflight, replaced (the recorded answer names an origin already): "yes" or "".
    """
    rows = [(traffic.exchanges[answer.exchange], answer) for answer in grant.answers]
    answers = [answered(exchange, answer) for exchange, answer in rows]
    credentials = grant.credentials or any(headers.text(CREDENTIALS) == "true" for headers in answers)
    recorded = _spelt([exchange.response.headers for exchange, _ in rows], METHODS)
    methods = [*dict.fromkeys([*(recorded or _USUAL), grant.method])]
    headers = _spelt(answers, HEADERS, *grant.unsafe)
    return {
        "methods": ", ".join(methods) if grant.preflight else "",
        "headers": ", ".join(headers),
        "method_list": '", "'.join(methods),
        "header_list": '", "'.join(headers or ["Content-Type"]),
        "credentials": "yes" if credentials else "",
        "anonymous": "" if credentials else "yes",
        "preflight": "yes" if grant.preflight else "",
        "replaced": "yes" if any(ORIGIN in exchange.response.headers for exchange, _ in rows) else "",
    }


def _spelt(answers: list[Headers], name: str, *wanted: str) -> list[str]:
    """What is listed already, and what this request needs."""
    found = {member.lower(): member for headers in answers for member in _listed(headers, name)}
    return [*found.values(), *(member for member in wanted if member.lower() not in found)]


def credentials_of(traffic: Traffic, index: int) -> bool | None:
    """Were credentials included? By what was sent, and by what the browser refused; None where nothing tells."""
    pair, own = _pair(traffic, index), traffic.cors.get(index)
    judged = [traffic.preflight_of[index].verdict] if index in traffic.preflight_of else []
    judged += [own.verdict] if own else []
    if any(verdict.removeprefix("Preflight") in _ONLY_WITH_CREDENTIALS for verdict in judged):
        return True
    if pair.actual is None or pair.actual.provisional:
        return None
    if pair.actual.request.headers.text("cookie"):
        return True
    return False if omits_credentials(pair.actual, traffic.urls[pair.actual.index]) else None


def _pair(traffic: Traffic, index: int) -> _Pair:
    found = traffic.preflight_of.get(index)
    if found is None:
        return _Pair(None, traffic.exchanges[index])
    actual = traffic.exchanges[found.actual] if found.actual is not None else None
    return _Pair(traffic.exchanges[found.options], actual)


def _method(pair: _Pair) -> str:
    asked = pair.options.request.headers.text("access-control-request-method") if pair.options else ""
    return asked or (pair.actual.method if pair.actual else "GET")


def _unsafe(pair: _Pair) -> tuple[str, ...]:
    """What the preflight asked for; and what the request bears, where that is known."""
    asked = pair.options.request.headers.text("access-control-request-headers") if pair.options else ""
    names = [name.strip().lower() for name in asked.split(",") if name.strip()]
    if pair.actual and not pair.actual.provisional:
        names += unsafe_header_names(author_headers(pair.actual.request.headers))
    return tuple(dict.fromkeys(names))


def _completed(
    grant: Grant, answer: Answer, traffic: Traffic, judge: Callable[[Grant, Answer, Traffic], Check]
) -> Answer:
    """Ask what is wrong, put it right, and ask again, until nothing is."""
    exchange = traffic.exchanges[answer.exchange]
    for _ in range(AT_MOST):
        check = judge(grant, answer, traffic)
        if check.passed and not check.note:
            break
        answer = _mended(grant, answer, answered(exchange, answer), check)
    return answer


def _mended(grant: Grant, answer: Answer, headers: Headers, check: Check) -> Answer:
    verdict = check.verdict.removeprefix("Preflight")
    if verdict in _OF_STATUS:
        return replace(answer, status=GRANTED)
    if verdict in _OF_CREDENTIALS:
        return _put(answer, CREDENTIALS, "true")
    if verdict in _OF_METHODS:
        return _put(answer, METHODS, ", ".join([*_listed(headers, METHODS), grant.method]))
    if verdict in _OF_HEADERS or check.note:
        kept = tuple({name.lower(): name for name in _listed(headers, HEADERS)}.values())
        known = {name.lower() for name in kept}
        return _put(answer, HEADERS, ", ".join([*kept, *(name for name in grant.unsafe if name not in known)]))
    return _put(answer, ORIGIN, grant.origin)


def _listed(headers: Headers, name: str) -> tuple[str, ...]:
    """What an answer lists already. A wildcard does not count where credentials may be included, so it goes."""
    return tuple(dict.fromkeys(member for member in parse_list(headers.text(name)) or () if member != "*"))


def _put(answer: Answer, name: str, value: str) -> Answer:
    headers = dict(answer.headers) | {name: value}
    return replace(answer, headers=tuple(sorted(headers.items(), key=lambda pair: _ORDER.index(pair[0]))))
