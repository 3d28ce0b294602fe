"""Servers that refuse by the Origin header, and how an Origin becomes null (Fetch, append a request Origin header)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from harinspect.har.model import Exchange
from harinspect.inspecting import Basis, Evidence, Inspector, Verdict, admin, developer, user
from harinspect.traffic.changes import SERVERS_ORIGINS
from harinspect.traffic.contrast import sole_difference
from harinspect.traffic.hops import called_directly
from harinspect.traffic.model import OK, Denial, DenialKind
from harinspect.traffic.preflights import is_about_null
from harinspect.wire.headers import Missing

inspector = Inspector(__name__)
NEAREST = 50  # twins to compare with
ORIGIN = "https://fetch.spec.whatwg.org/#append-a-request-origin-header"

NULL = inspector.rule(
    "null",
    cause="cors.null-origin",
    title="The browser sent Origin: null, and that was not accepted",
    why="{how}, so the request bore `Origin: null`, and the answer of `{host}` ({status}) is none that "
    "such a request can use.",
    responsible="server-config",
    fixes=(
        developer("Call the final address directly instead of through a redirect to another origin.", "easy"),
        admin(
            "Serve the resource from the origin that is asked first, or do not redirect cross-origin calls elsewhere."
        ),
        user("Tell the site's owner; nothing in the browser can or should get around this check."),
    ),
    refs=(ORIGIN, "https://fetch.spec.whatwg.org/#concept-request-tainted-origin"),
)
REJECTED = inspector.rule(
    "rejected",
    cause="cors.origin-rejected",
    title="The server refuses requests from this origin",
    why="The same call to `{host}` passed with {other}; with `Origin: {origin}` it was refused.",
    responsible="server-config",
    fixes=(
        admin("Add `{origin}` to the origins that the server accepts, spelt exactly so.", "easy"),
        developer("Call the API from an origin that it accepts, or through the site's own server.", "medium"),
        user("Tell the site's owner which address you came from: `{origin}`."),
    ),
    refs=(ORIGIN,),
)
SUSPECTED = inspector.rule(
    "suspected",
    cause="cors.origin-rejected",
    title="The server may refuse requests from this origin",
    why="`{host}` answered 403 to a cross-origin call from `{origin}` and sent no CORS headers, as servers do that "
    "check the Origin themselves. The file holds no successful call to compare with.",
    responsible="server-config",
    fixes=(
        admin(
            "Look in the server's log for a refused origin, and add `{origin}` to its list if it belongs there.", "easy"
        ),
        developer("Repeat the call with and without the Origin header from a terminal, and compare.", "easy"),
    ),
    refs=(ORIGIN,),
)


@inspector.check
def origin_became_null(denial: Denial) -> Iterator[Verdict]:
    """Where the answer is an error that does not speak of the origin, null may be its reason or not: a circumstance."""
    exchange = _asking(denial)
    if exchange.request.headers.text("origin") != "null":
        return
    chain = denial.traffic.chain_of.get(exchange.index)
    place = chain.exchanges.index(exchange.index) if chain else 0
    redirected = chain is not None and place > 0
    evidence = [Evidence(exchange.index, "request.header", "origin", "null")]
    if chain and redirected:
        first = chain.exchanges[place - 1]
        location = denial.traffic.exchanges[first].response.headers.text("location")
        evidence.append(Evidence(first, "response.header", "location", location, "the redirect to another origin"))
    told = (redirected and (exchange.status < 400 or _speaks_of_origin(denial))) or _names_another(denial, exchange)
    yield NULL.found(
        Basis.STANDARD if told else Basis.CIRCUMSTANCE,
        *evidence,
        change=called_directly(denial.traffic, denial.exchange.index),
        how="A redirect led to another origin" if redirected else "The page has no origin of its own",
        host=denial.traffic.urls[exchange.index].host,
        status=str(exchange.status),
    )


def _asking(denial: Denial) -> Exchange:
    """The request whose Origin was judged: the preflight, where it failed."""
    pair = denial.traffic.preflight_of.get(denial.exchange.index)
    failed = pair is not None and pair.verdict != OK
    return denial.traffic.exchanges[pair.options] if pair and failed else denial.exchange


def _names_another(denial: Denial, exchange: Exchange) -> bool:
    """A success that names an origin was meant for that one alone."""
    pair, own = denial.traffic.preflight_of.get(exchange.index), denial.traffic.cors.get(exchange.index)
    judged = own or (pair if pair and pair.options == exchange.index else None)
    return judged is not None and exchange.status < 400 and is_about_null(exchange, judged.verdict)


def _speaks_of_origin(denial: Denial) -> bool:
    return any(hit.record and hit.record.cause == REJECTED.cause for hit in denial.answer.blocked)


@inspector.check
def server_refuses_the_origin(denial: Denial) -> Iterator[Verdict]:
    exchange = denial.exchange
    origin = exchange.request.headers.text("origin")
    url = denial.traffic.urls.get(exchange.index)
    if denial.kind is not DenialKind.FORBIDDEN or url is None or origin in ("", "null", url.origin):
        return
    others = (e for e in denial.allowed_alike if e.request.headers.text("origin") != origin)
    for twin in islice(others, NEAREST):
        found = sole_difference(exchange, twin)
        if found and found.name == "origin":
            there = found.there
            yield REJECTED.found(
                Basis.CONTRAST,
                Evidence(exchange.index, "request.header", "origin", origin, "refused"),
                Evidence(
                    twin.index, "request.header", "origin", "" if isinstance(there, Missing) else there, "allowed"
                ),
                change=SERVERS_ORIGINS,
                other="no Origin" if isinstance(there, Missing) else f"`{there}`",
                origin=origin,
                host=url.host,
            )
            return
    verdict = denial.traffic.cors.get(exchange.index)
    if verdict and verdict.verdict == "MissingAllowOriginHeader" and not _has_allowed(denial, url.host):
        evidence = Evidence(exchange.index, "request.header", "origin", origin)
        yield SUSPECTED.found(Basis.CIRCUMSTANCE, evidence, change=SERVERS_ORIGINS, origin=origin, host=url.host)


def _has_allowed(denial: Denial, host: str) -> bool:
    """Did this host grant this page anything, a preflight included? Then its CORS code knows the origin."""
    rows = denial.traffic.by_host.get(host, ())
    return any("access-control-allow-origin" in row.response.headers for row in rows)
