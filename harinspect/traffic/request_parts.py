"""What a server may judge a request by, taken apart so that two requests can be held against each other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import IntEnum
from functools import lru_cache

import msgspec

from harinspect.har.model import Exchange, PostData
from harinspect.traffic.tokens import KEY_HEADERS, KEY_PARAMS
from harinspect.wire.cookie_parsing import parse_cookie_header
from harinspect.wire.headers import ABSENT, EVERYTHING, WITHHELD, Headers, Missing
from harinspect.wire.regexes import regex
from harinspect.wire.url import Url

Key = tuple[str, str]  # a part, as evidence names it, and the name of the header, cookie, parameter or field in it

METHOD: Key = ("request.method", "")
PATH: Key = ("request.url", "")
FIELDS: Key = ("request.body", "fields")
OPERATION: Key = ("request.body", "operation")
CONTENT: Key = ("request.body", "content")
LARGEST = 65_536  # characters of a body whose fields are read

# They vary from call to call, say how the answer is wanted, or follow from another part.
_INCIDENTAL = regex(
    r":.*|host|connection|keep-alive|content-length|transfer-encoding|accept-encoding|cache-control|pragma|if-.*|range"
    r"|priority|te|trailer|upgrade-insecure-requests|dnt|sec-gpc|(?:sec-)?purpose|sec-websocket-.*|upgrade|date|age|dpop"
    r"|save-data|downlink|rtt|ect|dpr|width|viewport-width|device-memory|alt-used|cookie2?|idempotency-key"
    r"|trace(?:parent|state)|baggage|sentry-trace|newrelic|b3|x-b3-.*|x-datadog-.*|x-amzn-trace-id|x-cloud-trace-context"
    r"|(?:x-)?(?:ms-)?(?:client-)?(?:request|correlation|trace|transaction|span)-?(?:start|id)"
)
_CLIENT = regex(r"user-agent|sec-ch-ua.*")
_FORGERY = regex(
    r"csrf|xsrf|forgery|authenticity.?token|requestverification|wp-?nonce|requestdigest|crumb|viewstate|^_token$",
    re.IGNORECASE,
)
_FIELD = regex(r'\bname="([^"\r\n]{1,60})"')
_BOUNDARY = regex(r";\s*boundary=[^;]*", re.IGNORECASE)
_MULTIPLEXED = regex(r"h(?:ttp/)?[23]")  # browsers go from one to the other by themselves
_MOMENT = regex(r"\d{10}|\d{13}")  # seconds or milliseconds since 1970


class Kind(IntEnum):
    """What a part tells about a request; the lower, the more often it decides."""

    METHOD = 0
    OPERATION = 1
    PATH = 2
    CREDENTIAL = 3
    COOKIE = 4
    FORGERY = 5
    ORIGIN = 6
    REFERER = 7
    FETCH = 8
    CLIENT = 9
    CONTENT_TYPE = 10
    QUERY = 11
    BODY = 12
    OTHER = 13
    ROUTE = 14


_NAMED = {"origin": Kind.ORIGIN, "referer": Kind.REFERER, "content-type": Kind.CONTENT_TYPE}
_ALONE = {METHOD: Kind.METHOD, PATH: Kind.PATH, OPERATION: Kind.OPERATION, FIELDS: Kind.BODY, CONTENT: Kind.BODY}


@lru_cache(maxsize=8192)
def kind_of(key: Key) -> Kind | None:
    """None for what is no reason to refuse anything."""
    part, name = key
    if key in _ALONE:
        return _ALONE[key]
    if part == "request.header":
        return _kind_of_header(name)
    if part == "request.cookie":
        return Kind.COOKIE
    if part in ("request.url", "request.body"):
        return _kind_of_field(part, name)
    return Kind.ROUTE


def _kind_of_header(name: str) -> Kind | None:
    if _INCIDENTAL.fullmatch(name):
        return None
    if name == "authorization" or name in KEY_HEADERS:
        return Kind.CREDENTIAL
    if name.startswith("sec-fetch-"):
        return Kind.FETCH
    if _CLIENT.fullmatch(name):
        return Kind.CLIENT
    return Kind.FORGERY if _FORGERY.search(name) else _NAMED.get(name, Kind.OTHER)


def _kind_of_field(part: str, name: str) -> Kind:
    if _FORGERY.search(name):
        return Kind.FORGERY
    if part == "request.body":
        return Kind.BODY
    return Kind.CREDENTIAL if name.lower() in KEY_PARAMS else Kind.QUERY


class Parts(msgspec.Struct, frozen=True):
    """One request. `values` holds what is there; `has_body`: None where the exporter kept no body that was sent."""

    values: Mapping[Key, str]
    headers: Headers
    has_body: bool | None = False

    def get(self, key: Key) -> str | Missing:
        """The value, or why there is none."""
        found = self.values.get(key)
        if found is not None:
            return found
        part, name = key
        if part == "request.header":
            return self.headers.missing(name)
        if part == "request.cookie":
            return ABSENT if "cookie" in self.headers else self.headers.missing("cookie")
        if part == "request.body":
            return WITHHELD if self.has_body is None else ABSENT
        return ABSENT if part == "request.url" else WITHHELD

    @property
    def is_whole(self) -> bool:
        """Does the file tell everything that counts?"""
        silent = self.headers.withheld
        if self.has_body is None or not EVERYTHING.isdisjoint(silent):
            return False
        return not any(_counts(name) and name not in self.headers for name in silent)


def _counts(name: str) -> bool:
    return name == "cookie" or (name != "set-cookie" and _kind_of_header(name) is not None)


def parts_of(exchange: Exchange, url: Url) -> Parts:
    """The request of `exchange`, whose address is `url`."""
    headers, values = exchange.request.headers, {METHOD: exchange.method, PATH: url.path}
    for name, value in headers:
        key = ("request.header", name.lower())
        if kind_of(key) is not None:
            values[key] = value if key not in values else f"{values[key]}, {value}"
    for name, value in parse_cookie_header(headers.text("cookie")):
        values.setdefault(("request.cookie", name), value)
    for name, value in url.params() if url.query else ():
        before = values.get(("request.url", name))
        values["request.url", name] = value if before is None else f"{before}, {value}"
    for part, value in (("http_version", exchange.request.http_version.lower()), ("server_ip", exchange.server_ip)):
        if value:
            values[part, ""] = value
    values.update(_fields(exchange.request.post_data))
    return Parts(values, headers, _has_body(exchange))


def _has_body(exchange: Exchange) -> bool | None:
    post = exchange.request.post_data
    if post and (post.text or post.params):
        return True
    return None if exchange.request.headers.text("content-length", "0").strip() != "0" else False


def _fields(post: PostData | None) -> Iterator[tuple[Key, str]]:
    """The names of the body's fields, its anti-forgery tokens, what it calls for, and all of it."""
    if post is None or not (post.text or post.params):
        return
    text = post.text or ""
    pairs = dict(post.params or _pairs(text, post.mime_type) if len(text) <= LARGEST else ())
    yield CONTENT, _without_boundary(text, post.mime_type) or repr(post.params)
    if pairs:
        yield FIELDS, ", ".join(sorted(pairs))
    for name, value in pairs.items():
        if _FORGERY.search(name):
            yield ("request.body", name), value
    called = pairs.get("operationName") or (pairs.get("method") if "jsonrpc" in pairs else None)
    if called:
        yield OPERATION, called


def _without_boundary(text: str, mime_type: str) -> str:
    """A multipart form has new marks between its parts every time (RFC 2046, section 5.1.1)."""
    boundary = mime_type.partition("boundary=")[2].strip('"')
    return text.replace(boundary, "") if boundary else text


def _pairs(text: str, mime_type: str) -> Iterator[tuple[str, str]]:
    """Fields at the top of JSON, of a form or of a multipart form; "" for a value that is no text."""
    if "urlencoded" in mime_type:
        parsed = Url.parse(f"http://form/?{text}")
        yield from parsed.params() if parsed else ()
    elif text.lstrip()[:1] == "{":
        yield from ((name, value if isinstance(value, str) else "") for name, value in _json(text).items())
    elif "multipart" in mime_type:
        yield from ((found[1], "") for found in _FIELD.finditer(text))


def _json(text: str) -> dict[str, object]:
    try:
        return msgspec.json.decode(text, type=dict[str, object])
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        return {}


def is_same(kind: Kind, one: str, other: str) -> bool:
    """Do two values that are spelt differently come down to the same?"""
    if kind is Kind.CONTENT_TYPE:
        return _BOUNDARY.sub("", one).lower() == _BOUNDARY.sub("", other).lower()
    if kind is Kind.REFERER:
        return _source(one) == _source(other)
    if kind is Kind.ROUTE:
        return bool(_MULTIPLEXED.match(one) and _MULTIPLEXED.match(other))
    return kind is Kind.QUERY and bool(_MOMENT.fullmatch(one) and _MOMENT.fullmatch(other))


def _source(referer: str) -> tuple[str, bool]:
    """Its origin, and whether it tells more than that."""
    scheme, _, rest = referer.partition("://")
    host, _, path = rest.partition("/")
    return f"{scheme}://{host}".lower(), bool(path)
