"""The tokens that requests carry, where the file shows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import unquote

from msgspec import Struct

from harinspect.har.model import Exchange
from harinspect.traffic.session_signs import STRONG, weight
from harinspect.wire.cookie_parsing import parse_cookie_header
from harinspect.wire.dates import http_date
from harinspect.wire.headers import WITHHELD
from harinspect.wire.signed_urls import signed_url
from harinspect.wire.tokens import Jwt, looks_like_jwt, parse_authorization
from harinspect.wire.url import Url

# Headers and query parameters in which applications send keys and tokens.
KEY_HEADERS = (
    "x-api-key",
    "api-key",
    "apikey",
    "x-apikey",
    "x-auth-token",
    "x-access-token",
    "access-token",
    "x-token",
    "x-id-token",
    "x-authorization",
    "ocp-apim-subscription-key",
    "private-token",
)
KEY_PARAMS = ("access_token", "api_key", "apikey", "api-key", "id_token", "jwt", "subscription-key", "key", "token")
_IN_QUERY = frozenset({*KEY_PARAMS, "sig", "signature", "hmac", "hdnts", "ticket", "policy"})
_FILES = frozenset({"image", "style", "stylesheet", "script", "font", "manifest"})  # seldom wait for a session
_PROOFS = frozenset({"authorization", *KEY_HEADERS})
_NO_PROOF = ("cookie", "referer", ":path")
CLOCKS_APART = timedelta(seconds=120)


class Token(Struct, frozen=True):
    """A credential as it was sent: where, under which name, and its claims if it is a JWT that can be read."""

    part: Literal["request.header", "request.url", "request.cookie"]
    name: str
    value: str
    jwt: Jwt | None = None


class Tokens:
    """What requests carry of keys and tokens, each request looked at once. Cookies are not among it."""

    def __init__(self, urls: Mapping[int, Url]) -> None:
        self._urls = urls
        self._found: dict[int, tuple[Token, ...]] = {}

    def of(self, exchange: Exchange) -> tuple[Token, ...]:
        """Everything in the request that looks like a key or token, Authorization first."""
        if exchange.index not in self._found:
            self._found[exchange.index] = tuple(_tokens(exchange, self._urls.get(exchange.index)))
        return self._found[exchange.index]

    def jwt_of(self, exchange: Exchange) -> Token | None:
        """The first of them whose claims can be read."""
        return next((token for token in self.of(exchange) if token.jwt is not None), None)


def bears_its_own(url: Url) -> bool:
    """Does the address itself carry the permission: a signature, a key or a token?"""
    return signed_url(url) is not None or any(name.lower() in _IN_QUERY and value for name, value in url.params())


def proves_otherwise(exchange: Exchange, twin: Exchange) -> str:
    """The header or cookie by which `exchange` may prove who calls, where `twin` did without it; "" for none.

    What the file withholds may be one.
    """
    headers, its = exchange.request.headers, twin.request.headers
    if headers.get("authorization") is WITHHELD:
        return "authorization"
    for name, value in headers:
        key = name.lower()
        if key not in its and (key in _PROOFS or (key not in _NO_PROOF and looks_like_jwt(value))):
            return key
    there = {name for name, _ in parse_cookie_header(its.text("cookie"))}
    here = (name for name, value in parse_cookie_header(headers.text("cookie")) if value and name not in there)
    return next((name for name in here if weight(name, http_only=False, setter=None) >= STRONG), "")


def jwt_in_cookie(exchange: Exchange) -> Token | None:
    """A session that is a JWT itself: of the cookies that look like a session, the only one, if it can be read."""
    pairs = parse_cookie_header(exchange.request.headers.text("cookie"))
    sessions = [(name, value) for name, value in pairs if weight(name, http_only=False, setter=None) >= STRONG]
    dest = exchange.request.headers.text("sec-fetch-dest") or exchange.resource_type
    if len(sessions) != 1 or dest in _FILES:
        return None
    name, value = sessions[0]
    claims = _claims(unquote(value))
    return Token("request.cookie", name, value, claims) if claims else None


def server_time(exchange: Exchange) -> datetime | None:
    """When the request was judged: the client's clock, and the server's Date where the two disagree (RFC 9110, 6.6.1).

    A stored answer bears an old Date, so one that is out of a cache keeps to the client's clock.
    """
    dated = http_date(exchange.response.headers.text("date"))
    if exchange.started is None or dated is None or "age" in exchange.response.headers:
        return exchange.started
    return dated if abs(dated - exchange.started) > CLOCKS_APART else exchange.started


def _tokens(exchange: Exchange, url: Url | None) -> Iterator[Token]:
    headers = exchange.request.headers
    sent = headers.names()
    for name in ("authorization", *KEY_HEADERS):
        if name in sent:
            value = headers.text(name)
            yield Token("request.header", name, value, _claims(parse_authorization(value).value))
    for name, value in url.params() if url else ():
        if name.lower() in KEY_PARAMS:
            yield Token("request.url", name, value, _claims(value))


def _claims(value: str) -> Jwt | None:
    return Jwt.parse(value) if looks_like_jwt(value) else None
