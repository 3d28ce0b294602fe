"""Refusals that show by themselves that the server looked at the Origin: a CORS filter, a body, a WebSocket."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harinspect.har.model import Exchange
from harinspect.inspecting import Basis, Evidence, Inspector, Verdict, admin, developer, user
from harinspect.traffic.changes import SERVERS_ORIGINS
from harinspect.traffic.contrast import sole_difference
from harinspect.traffic.denials import refused_handshake
from harinspect.traffic.model import Denial, DenialKind
from harinspect.traffic.preflights import filters_origins
from harinspect.wire.regexes import regex

inspector = Inspector(__name__)
ORIGIN = "https://fetch.spec.whatwg.org/#append-a-request-origin-header"
HEAD = 4096  # characters of a body that are read
_ORIGIN = regex(r"\borigin|\bcors\b", re.IGNORECASE)

NAMED = inspector.rule(
    "named",
    cause="cors.origin-rejected",
    title="The answer says that this origin is not accepted",
    why="`{host}` answered 403, and its text speaks of the origin and quotes the request's own one, `{origin}`.",
    responsible="server-config",
    fixes=(
        admin("Add `{origin}` to the origins that the server accepts, spelt exactly so.", "easy"),
        developer("Call the API from an origin that it accepts, or through the site's own server.", "medium"),
        user("Tell the site's owner which address you came from: `{origin}`."),
    ),
    refs=(ORIGIN,),
)
FILTERED = inspector.rule(
    "filtered",
    cause="cors.origin-rejected",
    title="The server's CORS filter refused the preflight",
    why="`{host}` answered the preflight with 403 and granted nothing, and its `Vary` names a preflight's headers: the "
    "server has CORS code, and that code refused `{origin}`, or the method or headers asked for.",
    responsible="server-config",
    fixes=(
        admin(
            "Add `{origin}` to the CORS filter's list of allowed origins, and check its methods and headers.", "easy"
        ),
        developer("Look in the server's log: CORS filters say there which of their lists it failed.", "easy"),
    ),
    refs=("https://fetch.spec.whatwg.org/#cors-preflight-fetch", "https://www.rfc-editor.org/rfc/rfc9110#name-vary"),
)
HANDSHAKE = inspector.rule(
    "handshake",
    cause="cors.origin-rejected",
    title="The server refused the WebSocket, perhaps for its origin",
    why="`{host}` answered the WebSocket handshake with 403. CORS does not guard WebSockets, so servers check the "
    "Origin of the handshake themselves, and this one was `{origin}`.",
    responsible="server-config",
    fixes=(
        admin("Add `{origin}` to the origins that the WebSocket server or the proxy before it accepts.", "easy"),
        developer("Look in the server's log whether the origin or the session was refused.", "easy"),
    ),
    refs=("https://www.rfc-editor.org/rfc/rfc6455#section-10.2",),
)


@inspector.check
def answer_quotes_the_origin(denial: Denial) -> Iterator[Verdict]:
    exchange = denial.exchange
    origin, body = exchange.request.headers.text("origin"), (exchange.response.body or "")[:HEAD]
    if denial.kind is not DenialKind.FORBIDDEN or "://" not in origin:
        return
    rest = body.replace(origin, "")
    if len(rest) < len(body) and _ORIGIN.search(rest):
        said = Evidence(exchange.index, "response.body", "", body[:200], "quotes the origin")
        sent = Evidence(exchange.index, "request.header", "origin", origin)
        host = denial.traffic.urls[exchange.index].host
        yield NAMED.found(Basis.SIGNATURE, said, sent, change=SERVERS_ORIGINS, host=host, origin=origin)


@inspector.check
def filter_refused_the_preflight(denial: Denial) -> Iterator[Verdict]:
    pair = denial.traffic.preflight_of.get(denial.exchange.index)
    options = denial.traffic.exchanges[pair.options] if pair else None
    if options is None or not filters_origins(options) or denial.exchange.status not in (0, options.status):
        return
    origin, vary = options.request.headers.text("origin"), options.response.headers.text("vary")
    yield FILTERED.found(
        Basis.SIGNATURE,
        Evidence(options.index, "response.status", value=str(options.status)),
        Evidence(options.index, "response.header", "vary", vary, "names the headers of a preflight"),
        Evidence(options.index, "request.header", "origin", origin),
        change=SERVERS_ORIGINS,
        host=denial.traffic.urls[options.index].host,
        origin=origin,
    )


@inspector.check
def handshake_was_refused(denial: Denial) -> Iterator[Verdict]:
    """Every WebSocket handshake of a browser bears its Origin; whether that was the reason, the answer does not say."""
    exchange = denial.exchange
    origin, url = exchange.request.headers.text("origin"), denial.traffic.urls.get(exchange.index)
    is_socket = exchange.request.headers.text("upgrade").lower() == "websocket" or (
        url is not None and url.scheme in ("ws", "wss")
    )
    if url is None or not is_socket or not (exchange.status == 403 or refused_handshake(exchange)):
        return
    sent = Evidence(exchange.index, "request.header", "origin", origin)
    opened = [e for e in denial.traffic.by_host[url.host] if e.status == 101]
    alike = next((e for e in opened if origin and e.request.headers.text("origin") == origin), None)
    if alike:
        there = Evidence(
            alike.index, "response.status", value="101", note="a WebSocket with the same Origin was opened"
        )
        yield HANDSHAKE.ruled_out("The same host opened a WebSocket to this very origin.", sent, there)
        return
    sole = next((e for e in opened if _differs_in_origin_alone(exchange, e)), None)
    there_too = (Evidence(sole.index, "request.header", "origin", _origin(sole), "opened"),) if sole else ()
    yield HANDSHAKE.found(
        Basis.CONTRAST if sole else Basis.CIRCUMSTANCE,
        sent,
        *there_too,
        change=SERVERS_ORIGINS,
        host=url.host,
        origin=origin or "not recorded",
    )


def _origin(exchange: Exchange) -> str:
    return exchange.request.headers.text("origin")


def _differs_in_origin_alone(here: Exchange, there: Exchange) -> bool:
    found = sole_difference(here, there)
    return found is not None and found.name == "origin" and here.url == there.url
