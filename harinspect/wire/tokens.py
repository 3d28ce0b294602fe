"""Credentials in an Authorization header (RFC 9110 section 11.4) and JSON Web Tokens (RFC 7519), never verified.

>>> parse_authorization("Bearer undefined")
Credentials(scheme='Bearer', value='undefined', problem='undefined')
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final, Literal
from urllib.parse import unquote_plus

from msgspec import Struct

from harinspect.wire.regexes import regex

Problem = Literal[
    "control characters",
    "quoted",
    "empty",
    "undefined",
    "template left in",
    "colon after the scheme",
    "doubled scheme",
    "no scheme",
    "broken JWT",
]

# The IANA HTTP Authentication Scheme Registry, and schemes in wide use
_SCHEMES: Final = frozenset(
    (
        "basic",
        "bearer",
        "digest",
        "dpop",
        "gnap",
        "hoba",
        "mutual",
        "negotiate",
        "ntlm",
        "oauth",
        "token",
        "apikey",
        "jwt",
    )
)
_SCHEME: Final = regex(r"([A-Za-z][A-Za-z0-9-]*)(:?)(?:[ \t]+(.*)|$)", re.DOTALL)
_COLON: Final = regex(r"([A-Za-z][A-Za-z0-9-]*):(.*)", re.DOTALL)
_CONTROL: Final = regex(r"[\x00-\x08\x0a-\x1f\x7f]")
_UNDEFINED: Final = regex(r"undefined|null|none|nil|nan|\(null\)|true|false|\[object \w+\]", re.IGNORECASE)
_TEMPLATE: Final = regex(
    r"\$?\{\{?[ \w.-]*\}?\}|<[ \w.-]+>|%[A-Z_]{2,}%|your[-_ ]?(?:api|access|bearer|auth|jwt|secret)?[-_ ]?(?:token|key)"
    r"(?:[-_ ]here)?",
    re.IGNORECASE,
)
_HOLDER: Final = ("email", "preferred_username", "upn", "unique_name", "username", "sub", "client_id", "azp", "appid")
_REDACTED: Final = regex(r"redact|mask|remov|hidden|obfuscat|sanit|secret", re.IGNORECASE)
_JWT: Final = regex(r"eyJ[\w-]*\.[\w-]+\.[\w-]*=*")
_MARKED_JWT: Final = regex("\u2039jwt:[^ %\u203a]+((?: |%20)[^\u203a]*)?\u203a")  # our own redaction keeps the fields


class Credentials(Struct, frozen=True):
    """scheme: as written, "" where there is none. value: the rest. problem: what is wrong with its shape, if anything.

    A value that some tool has masked has no problem: its shape is not known.
    """

    scheme: str
    value: str
    problem: Problem | None = None


def parse_authorization(value: str) -> Credentials:
    """Take an Authorization (or Proxy-Authorization) field value apart.

    A bare word has no scheme, which RFC 9110 does not allow but many an API wants; only a bare JWT is called a problem.
    """
    text = value.strip(" \t")
    scheme, rest = _split(text.strip("\"'") if _is_quoted(text) else text)
    problem = next((name for name, applies in _PROBLEMS if applies(text, scheme, rest)), None)
    return Credentials(scheme, rest, problem)


def _split(text: str) -> tuple[str, str]:
    found = _SCHEME.fullmatch(text)
    if found and (found[3] or found[1].lower() in _SCHEMES):
        return found[1], (found[3] or "").strip(" \t")
    colon = _COLON.fullmatch(text)
    return (colon[1], colon[2]) if colon and colon[1].lower() in _SCHEMES else ("", text)


def _is_quoted(text: str) -> bool:
    return len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"


def _is_template(rest: str) -> bool:
    return _TEMPLATE.fullmatch(rest) is not None and _REDACTED.search(rest) is None


def _has_colon(text: str, scheme: str) -> bool:
    return scheme.lower() in _SCHEMES and text.strip("\"'").startswith(f"{scheme}:")


def _is_doubled(scheme: str, rest: str) -> bool:
    first, _, more = rest.partition(" ")
    word = first.rstrip(":").lower()
    return word in _SCHEMES and (bool(more.strip()) or word == scheme.lower())


def _is_broken_jwt(rest: str) -> bool:
    """It starts with a JOSE header, and the rest is neither a JWS of claims nor a JWE (five parts, RFC 7516)."""
    parts = rest.split(".")
    header = _members(parts[0]) if rest.startswith("eyJ") else None
    if header is None or "alg" not in header or "zip" in header:
        return False
    return len(parts) != 5 and Jwt.parse(rest) is None


_PROBLEMS: Final[tuple[tuple[Problem, Callable[[str, str, str], bool]], ...]] = (
    ("control characters", lambda text, scheme, rest: _CONTROL.search(text) is not None),
    ("quoted", lambda text, scheme, rest: _is_quoted(text) or _is_quoted(rest)),
    ("empty", lambda text, scheme, rest: not rest and scheme.lower() not in ("negotiate", "ntlm")),
    ("undefined", lambda text, scheme, rest: _UNDEFINED.fullmatch(rest) is not None),
    ("template left in", lambda text, scheme, rest: _is_template(rest)),
    ("colon after the scheme", lambda text, scheme, rest: _has_colon(text, scheme)),
    ("doubled scheme", lambda text, scheme, rest: _is_doubled(scheme, rest)),
    ("no scheme", lambda text, scheme, rest: not scheme and looks_like_jwt(rest)),
    ("broken JWT", lambda text, scheme, rest: _is_broken_jwt(rest)),
)


class Jwt(Struct, frozen=True):
    """The registered claims that decide whether a token is good (RFC 7519 section 4.1). Times are UTC.

    The signature is not kept. scopes: `scope` (RFC 8693 section 4.2) and `scp`. has_subject: None if not known.
    """

    algorithm: str
    type: str = ""
    key_id: str = ""
    issuer: str = ""
    audience: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    expires: datetime | None = None
    not_before: datetime | None = None
    issued: datetime | None = None
    has_subject: bool | None = None

    @classmethod
    def parse(cls, text: str) -> Jwt | None:
        """A JWS in compact form (RFC 7515 section 7.1) with a JSON object in it; None for anything else, a JWE too."""
        marked = _MARKED_JWT.fullmatch(text)
        if marked:
            return _from_mark(marked[1] or "")
        parts = text.split(".")
        if len(parts) != 3:
            return None
        header, claims = _members(parts[0]), _members(parts[1])
        if header is None or claims is None or "alg" not in header:
            return None
        return _from_members(header, claims, has_subject="sub" in claims)


def looks_like_jwt(text: str) -> bool:
    """Three parts that begin as a JSON object does; nothing is decoded."""
    return _JWT.fullmatch(text) is not None or _MARKED_JWT.fullmatch(text) is not None


def holder_of(text: str) -> tuple[str, str] | None:
    """Who a JWT speaks of: the name of the claim and its value, a person before a client; None where it tells nobody.

    The claims are those of RFC 7519 section 4.1.2, OpenID Connect Core section 5.1 and RFC 8693 section 4.3.
    """
    claims = _members(text.split(".")[1]) if looks_like_jwt(text) and text.count(".") == 2 else None
    named = ((name, claims[name]) for name in _HOLDER if name in claims) if claims else ()
    return next(((name, value) for name, value in named if isinstance(value, str) and value), None)


def _from_mark(fields: str) -> Jwt | None:
    pairs = (pair.partition("=") for pair in fields.replace("%20", " ").split())
    members: dict[str, object] = {name: unquote_plus(value) for name, _, value in pairs}
    if "alg" not in members or "enc" in members:
        return None
    audience = list(filter(None, _text(members.get("aud")).split(",")))  # a mark joins a list by commas
    return _from_members(members, {**members, "aud": audience}, has_subject=None)


def _from_members(header: Mapping[str, object], claims: Mapping[str, object], has_subject: bool | None) -> Jwt:
    return Jwt(
        algorithm=_text(header.get("alg")),
        type=_text(header.get("typ")),
        key_id=_text(header.get("kid")),
        issuer=_text(claims.get("iss")),
        audience=_texts(claims.get("aud")),
        scopes=tuple(scope for name in ("scope", "scp") for text in _texts(claims.get(name)) for scope in _words(text)),
        expires=_moment(claims.get("exp")),
        not_before=_moment(claims.get("nbf")),
        issued=_moment(claims.get("iat")),
        has_subject=has_subject,
    )


def _members(part: str) -> dict[str, object] | None:
    """The JSON object in a base64url part (RFC 7515 section 2); None where there is none."""
    try:
        found: object = json.loads(base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _text(member: object) -> str:
    return member if isinstance(member, str) else ""


def _texts(member: object) -> tuple[str, ...]:
    """A string or a list of strings, as RFC 7519 section 4.1.3 has it for `aud`."""
    if isinstance(member, list):
        return tuple(item for item in member if isinstance(item, str))
    return (member,) if isinstance(member, str) and member else ()


def _words(text: str) -> list[str]:
    """RFC 6749 section 3.3 separates scopes by spaces; some issuers, by commas."""
    return text.replace(",", " ").split()


def _moment(member: object) -> datetime | None:
    """NumericDate (RFC 7519 section 2): seconds since 1970, fractions allowed."""
    try:
        return datetime.fromtimestamp(float(member), UTC) if isinstance(member, int | float | str) else None
    except (ValueError, OverflowError, OSError):
        return None
