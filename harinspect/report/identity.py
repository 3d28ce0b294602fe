"""Who made the request, as far as it says so, and from where, as the answer says. Marks only, never a name."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Final

from msgspec import Struct

from harinspect.har.model import Exchange
from harinspect.redaction.names import is_client_address_header
from harinspect.redaction.reports import ReportRedactor
from harinspect.redaction.shapes import is_broken
from harinspect.report.fences import one_line
from harinspect.traffic.model import Denial
from harinspect.traffic.session_signs import STRONG, weight
from harinspect.traffic.tokens import Token
from harinspect.wire.cookie_parsing import parse_cookie_header
from harinspect.wire.headers import ABSENT
from harinspect.wire.regexes import regex
from harinspect.wire.tokens import holder_of, parse_authorization

# Headers in which sign-in proxies and servers name the account.
USER_HEADERS: Final = (
    "x-user",
    "x-user-id",
    "x-user-name",
    "x-username",
    "x-user-email",
    "x-remote-user",
    "remote-user",
    "x-forwarded-user",
    "x-forwarded-email",
    "x-auth-request-user",
    "x-auth-request-email",
    "x-ms-client-principal-name",
    "x-goog-authenticated-user-email",
    "cf-access-authenticated-user-email",
    "x-ausername",
)
_CREDENTIALS: Final = ("authorization", "cookie")
_CLIENT: Final = regex(  # the client's address behind what names it: "Your IP address is ", '"client_ip": "'
    r"(?<![a-z0-9])(?:(?:your|client|remote|source|visitor|user)[ _-]{0,2})?ip(?:v[46])?(?:[ _-]{0,2}addr(?:ess)?)?"
    r"(?:[ :=\"'(>]|is|was|of|&quot;|<[^<>]{0,60}>){1,8}"
    r"(?<![\w.])(?P<address>\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]{1,4}(?::[0-9a-f]{0,4}){2,7})(?![\w:])",
    re.IGNORECASE,
)
_NAMED: Final = tuple(f"ip{after}" for after in (*" :=<>(v-_&", "'", '"', "addr"))  # one of them is beside it
_HEAD: Final = 16_384  # characters of a body that are looked at


class Mark(Struct, frozen=True):
    """Something masked, and in our own words where it stands."""

    value: str
    place: str


def identity(denial: Denial, redactor: ReportRedactor) -> Mark | None:
    """The account or else the credential that the request came with; None where the file tells of none."""
    return next(_identities(denial, redactor), None)


def came_without_credentials(exchange: Exchange) -> bool:
    """Is it known that the request bore neither cookie nor Authorization? Only where the file records them."""
    return exchange.status != 0 and all(exchange.request.headers.get(name) is ABSENT for name in _CREDENTIALS)


def _identities(denial: Denial, redactor: ReportRedactor) -> Iterator[Mark]:
    exchange = denial.exchange
    tokens = [(token, _bare(token)) for token in denial.traffic.tokens.of(exchange)]
    for token, bare in tokens:
        if holder := holder_of(bare):
            yield Mark(_masked(holder[1], redactor), f"the claim {holder[0]} of the token in {_place(token)}")
    for name in USER_HEADERS:
        for where, headers in (("request", exchange.request.headers), ("answer", exchange.response.headers)):
            if value := headers.text(name).strip():
                yield Mark(_masked(value, redactor), f"{_header(name)} of the {where}")
    yield from _by_password(exchange, redactor)
    for token, bare in tokens:
        kind = "key" if "key" in token.name else "token"
        if not is_broken(bare):
            yield Mark(redactor.value(kind, bare), f"the {kind} in {_place(token)}")
    yield from _by_session(exchange, redactor)


def _bare(token: Token) -> str:
    return parse_authorization(token.value).value if token.name == "authorization" else token.value


def _place(token: Token) -> str:
    return _header(token.name) if token.part == "request.header" else f"{token.name} in the address"


def _by_password(exchange: Exchange, redactor: ReportRedactor) -> Iterator[Mark]:
    """The user name of RFC 7617."""
    sent = parse_authorization(exchange.request.headers.text("authorization"))
    if sent.scheme.lower() != "basic":
        return
    try:
        name = base64.b64decode(sent.value, validate=True).decode().partition(":")[0]
    except (binascii.Error, ValueError):
        return
    if name:
        yield Mark(_masked(name, redactor), "the user name in Authorization")


def _by_session(exchange: Exchange, redactor: ReportRedactor) -> Iterator[Mark]:
    for name, value in parse_cookie_header(exchange.request.headers.text("cookie")):
        if value and weight(name, False, None) >= STRONG:
            yield Mark(redactor.value("cookie", value), f"the cookie {one_line(redactor.text(name), 60)}")


def _masked(value: str, redactor: ReportRedactor) -> str:
    return redactor.value("email" if "@" in value else "user", value)


def _header(name: str) -> str:
    return "-".join(word.capitalize() for word in name.split("-"))


def client_address(exchange: Exchange, redactor: ReportRedactor) -> Mark | None:
    """The address that the answer itself calls the client's. Seen once, the redactor hides it wherever it occurs."""
    for name, value in exchange.response.headers:
        first = value.partition(",")[0].strip()
        if is_client_address_header(name.lower()) and _is_address(first):
            return Mark(redactor.value("ip", first), f"{_header(name.lower())} of the answer")
    body = (exchange.response.body or "")[:_HEAD]
    lowered = body.lower()
    for found in _CLIENT.finditer(body) if any(word in lowered for word in _NAMED) else ():
        address = found["address"]
        if address != exchange.server_ip and _is_address(address):
            return Mark(redactor.value("ip", address), "in the body of the answer")
    return None


def _is_address(text: str) -> bool:
    try:
        return not ip_address(text).is_unspecified
    except ValueError:
        return False
