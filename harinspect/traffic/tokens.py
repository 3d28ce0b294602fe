"""The tokens that requests carry, where the file shows them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from harinspect.har.model import Exchange
from harinspect.wire.dates import http_date
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
CLOCKS_APART = timedelta(seconds=120)


class Token(Struct, frozen=True):
    """A credential as it was sent: where, under which name, and its claims if it is a JWT that can be read."""

    part: Literal["request.header", "request.url"]
    name: str
    value: str
    jwt: Jwt | None = None


def tokens_of(exchange: Exchange, url: Url | None) -> tuple[Token, ...]:
    """Everything in the request that looks like a key or token, Authorization first. Cookies are not among it."""
    return tuple(_tokens(exchange, url))


def jwt_of(exchange: Exchange, url: Url | None) -> Token | None:
    """The first of them whose claims can be read."""
    return next((token for token in _tokens(exchange, url) if token.jwt is not None), None)


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
    for name in ("authorization", *KEY_HEADERS):
        if name in headers:
            value = headers.text(name)
            yield Token("request.header", name, value, _claims(parse_authorization(value).value))
    for name, value in url.params() if url else ():
        if name.lower() in KEY_PARAMS:
            yield Token("request.url", name, value, _claims(value))


def _claims(value: str) -> Jwt | None:
    return Jwt.parse(value) if looks_like_jwt(value) else None
