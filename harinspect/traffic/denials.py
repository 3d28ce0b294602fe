"""Which exchanges were refused: by an answer, or by the browser."""

from __future__ import annotations

from harinspect.har.model import Exchange
from harinspect.traffic.embedding import kept_back
from harinspect.traffic.model import OK, Denial, DenialKind, Traffic
from harinspect.traffic.policies import forbidden_by
from harinspect.traffic.preflights import is_preflight

RELATED = frozenset({401, 407, 419, 429, 451})
# Chromium's net errors that mean "refused", not "failed on the way" (net/base/net_error_list.h).
REFUSALS = frozenset(
    {
        "net::ERR_TUNNEL_CONNECTION_FAILED",
        "net::ERR_UNSAFE_PORT",
        "net::ERR_UNSAFE_REDIRECT",
        "net::ERR_PROXY_AUTH_REQUESTED",
        "net::ERR_PROXY_AUTH_UNSUPPORTED",
        "net::ERR_UNEXPECTED_PROXY_AUTH",
        "net::ERR_SSL_CLIENT_AUTH_CERT_NEEDED",
        "net::ERR_BAD_SSL_CLIENT_AUTH_CERT",
    }
)
REFUSED_IN_MESSAGE = "Unexpected response code: 403"  # how Chromium words a WebSocket handshake answered with 403


def find_denials(traffic: Traffic) -> tuple[Denial, ...]:
    """Every denial, in file order."""
    return tuple(
        Denial(exchange, kind, traffic)
        for exchange in traffic.har.exchanges
        for kind in (_kind(exchange, traffic),)
        if kind is not None
    )


def _kind(exchange: Exchange, traffic: Traffic) -> DenialKind | None:
    status = exchange.response.status
    if status == 403:
        return DenialKind.FORBIDDEN
    if status in RELATED and not is_preflight(exchange):
        return DenialKind.RELATED  # also where the browser kept the answer from the page: CORS is not why it refused
    if _is_marked(exchange) or _fails_a_check(exchange, traffic) or (status == 0 and _is_stopped(exchange, traffic)):
        return DenialKind.BLOCKED
    return DenialKind.RELATED if status in RELATED else None


def _is_marked(exchange: Exchange) -> bool:
    error = exchange.error
    return error is not None and (error.startswith("net::ERR_BLOCKED_BY_") or error in REFUSALS)


def _fails_a_check(exchange: Exchange, traffic: Traffic) -> bool:
    pair, verdict = traffic.preflight_of.get(exchange.index), traffic.cors.get(exchange.index)
    if pair is not None and pair.verdict != OK and (pair.options == exchange.index or exchange.status == 0):
        return True
    return (verdict is not None and verdict.verdict != OK) or kept_back(exchange, traffic) is not None


def _is_stopped(exchange: Exchange, traffic: Traffic) -> bool:
    """Of a request without an answer: did the browser not let it out, or not let the answer in?"""
    return (
        exchange.error == "net::ERR_FAILED"
        or is_mixed_content(exchange, traffic)
        or refused_handshake(exchange)
        or forbidden_by(exchange, traffic) is not None
    )


def is_mixed_content(exchange: Exchange, traffic: Traffic) -> bool:
    """A never-sent http request of an https page (Mixed Content, section 4.4): status 0 without a network error."""
    url = traffic.urls.get(exchange.index)
    if exchange.status != 0 or exchange.error not in ("", None) or url is None or url.scheme not in ("http", "ws"):
        return False
    return not url.is_trustworthy and not exchange.server_ip and page_is_secure(exchange, traffic)


def page_is_secure(exchange: Exchange, traffic: Traffic) -> bool:
    """Was the request made by an https page, by its Referer, Origin, initiator or page title?"""
    headers = exchange.request.headers
    titles = (page.title for page in traffic.har.pages if page.id == exchange.page)
    makers = (headers.text("origin"), headers.text("referer"), exchange.initiator.url, *titles)
    first = next((maker for maker in makers if maker and maker != "null"), "")
    return first.startswith("https://") and exchange.resource_type != "document"


def refused_handshake(exchange: Exchange) -> bool:
    """A WebSocket that the server answered with 403: Chromium keeps that only in the message log."""
    return exchange.status == 0 and any(REFUSED_IN_MESSAGE in data for _, _, data in exchange.messages)
