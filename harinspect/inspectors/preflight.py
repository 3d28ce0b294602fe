"""What a preflight was refused for (Fetch, CORS-preflight fetch, step 7): its status, a method, a header."""

from __future__ import annotations

from collections.abc import Iterator

from harinspect.inspecting import Basis, Evidence, Inspector, Rule, Verdict, admin, developer, user
from harinspect.traffic.grants import grant_for
from harinspect.traffic.model import OK, Denial, Preflight
from harinspect.traffic.preflights import INVALID_HEADERS, INVALID_METHODS, filters_origins, grants, stopped_the_request
from harinspect.wire.safelist import author_headers, needs_preflight

inspector = Inspector(__name__)
FETCH = "https://fetch.spec.whatwg.org/#cors-preflight-fetch"
NOT_YOURS = user("Tell the API's owner; nothing in the browser can or should get around this check.")

STATUS = inspector.rule(
    "status",
    cause="cors.preflight-status",
    title="The preflight was answered with an error",
    why="Before `{method}` the browser asks `{host}` for permission with an OPTIONS request, which never carries "
    "cookies or a token. It was answered {status}, so the {method} was never sent.",
    responsible="server-config",
    fixes=(
        admin(
            "Let OPTIONS requests that carry `Access-Control-Request-Method` through to the CORS code, without sign-in."
        ),
        developer(
            "Run the CORS middleware before authentication and routing, so that OPTIONS is answered 204.", "easy"
        ),
        NOT_YOURS,
    ),
    refs=(FETCH,),
)
REDIRECT = inspector.rule(
    "redirect",
    cause="cors.preflight-redirect",
    title="The preflight was redirected",
    why="The OPTIONS request to `{host}` was answered {status} with a redirect to `{location}`. A preflight must be "
    "answered directly.",
    responsible="server-config",
    fixes=(
        admin("Answer OPTIONS at this address without redirecting, also where others are sent to sign in."),
        developer(
            "Call the final address itself: check http or https, the host name and the slash at the end.", "easy"
        ),
    ),
    refs=(FETCH,),
)
HEADERS = inspector.rule(
    "missing-allow-headers",
    cause="cors.preflight-missing-allow-headers",
    title="The preflight does not allow a header of the request",
    why="The request carries `{header}`; the answer to the preflight allows `{granted}`.",
    responsible="server-config",
    fixes=(
        admin("Add `{header}` to `Access-Control-Allow-Headers` in the answer to OPTIONS.", "easy"),
        developer("Add `{header}` to the allowed headers of the CORS middleware, or stop sending it.", "easy"),
        NOT_YOURS,
    ),
    refs=(FETCH,),
)
METHODS = inspector.rule(
    "missing-allow-methods",
    cause="cors.preflight-missing-allow-methods",
    title="The preflight does not allow the request's method",
    why="The page wants to send `{method}`; the answer to the preflight allows `{granted}`. Methods are compared "
    "with upper and lower case told apart.",
    responsible="server-config",
    fixes=(admin("Add `{method}` to `Access-Control-Allow-Methods` in the answer to OPTIONS.", "easy"), NOT_YOURS),
    refs=(FETCH,),
)
SAFELISTED, REFUSALS = ("GET", "HEAD", "POST"), (400, 403)  # the latter: CORS code that grants nothing answers so


@inspector.check
def preflight_is_granted(denial: Denial) -> Iterator[Verdict]:
    pair = denial.traffic.preflight_of.get(denial.exchange.index)
    if pair is None:
        return
    if pair.verdict == OK:
        evidence = Evidence(pair.options, "response.status", value=str(denial.traffic.exchanges[pair.options].status))
        if pair.actual == denial.exchange.index and denial.exchange.status:
            yield STATUS.ruled_out("The preflight was granted, and the request was sent.", evidence)
        return
    if denial.exchange.index == pair.options or denial.exchange.status == 0:
        yield from _refused(denial, pair)


@inspector.check
def permission_was_cached(denial: Denial) -> Iterator[Verdict]:
    """A request that needs a preflight and was sent without one: Access-Control-Max-Age."""
    exchange, traffic = denial.exchange, denial.traffic
    if exchange.index not in traffic.cors or exchange.index in traffic.preflight_of:
        return
    if needs_preflight(exchange.method, author_headers(exchange.request.headers)):
        sent = Evidence(exchange.index, "request.method", value=exchange.method)
        yield STATUS.ruled_out("It was sent without a preflight: an earlier permission was still cached.", sent)


def _refused(denial: Denial, pair: Preflight) -> Iterator[Verdict]:
    options = denial.traffic.exchanges[pair.options]
    names_another = pair.verdict != "PreflightInvalidStatus" and bool(grants(options.response.headers))
    if pair.verdict == "PreflightDisallowedRedirect":
        yield _found(REDIRECT, denial, pair, "location", pair.detail)
    elif pair.verdict in ("HeaderDisallowedByPreflightResponse", INVALID_HEADERS):
        yield _found(HEADERS, denial, pair, "access-control-allow-headers", pair.detail)
    elif pair.verdict in ("MethodDisallowedByPreflightResponse", INVALID_METHODS):
        yield _found(METHODS, denial, pair, "access-control-allow-methods", pair.detail)
    elif pair.verdict == "PreflightInvalidStatus" and options.status in REFUSALS:
        yield _first_not_granted(denial, pair)
    elif not 200 <= options.status < 300 and not (names_another or filters_origins(options)):
        yield _found(STATUS, denial, pair, "", "")


def _first_not_granted(denial: Denial, pair: Preflight) -> Verdict:
    """CORS code that answers an error says in its headers what it would have granted."""
    granted = {name.strip().lower() for name in pair.granted_headers.split(",")}
    refused = next((name for name in pair.asked_headers if name not in granted), "")
    methods = {name.strip() for name in pair.granted_methods.split(",")}
    if refused and pair.granted_headers and "*" not in granted:
        return _found(HEADERS, denial, pair, "access-control-allow-headers", refused)
    if pair.granted_methods and pair.asked_method not in (*methods, *SAFELISTED) and "*" not in methods:
        return _found(METHODS, denial, pair, "access-control-allow-methods", pair.asked_method)
    return _found(STATUS, denial, pair, "", "")


def _found(rule: Rule, denial: Denial, pair: Preflight, name: str, refused: str) -> Verdict:
    options = denial.traffic.exchanges[pair.options]
    sent, value = options.request.headers, options.response.headers.text(name) if name else ""
    answer = (
        Evidence(pair.options, "response.header", name, value, "" if value else "not in the answer")
        if name
        else Evidence(pair.options, "response.status", value=str(options.status))
    )
    asked = "access-control-request-method" if rule is METHODS else "access-control-request-headers"
    return rule.found(
        Basis.STANDARD if stopped_the_request(denial.traffic, pair) else Basis.CIRCUMSTANCE,
        answer,
        Evidence(pair.options, "request.header", asked, sent.text(asked), "what the browser asked for"),
        change=grant_for(denial.traffic, pair.options),
        method=pair.asked_method or "the request",
        header=refused,
        granted=value or "nothing",
        location=value,
        status=str(options.status),
        host=denial.traffic.urls[pair.options].host,
        origin=sent.text("origin"),
    )
