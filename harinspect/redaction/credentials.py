"""Authorization and Cookie fields: their structure is kept, their values are masked."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from typing import Final

from harinspect.redaction import shapes
from harinspect.wire.regexes import regex

Mask = Callable[[str, str], str]  # kind and value to mark; passes marks and broken values through

_SCHEME: Final = regex(r"(?P<scheme>[A-Za-z][A-Za-z0-9-]{0,31})(?P<gap>[:=]?[ \t]+|[:=](?=\S))(?P<rest>.*)", re.DOTALL)
_KNOWN: Final = frozenset(  # IANA's HTTP Authentication Scheme Registry, and schemes seen in the wild
    "basic bearer concealed digest dpop gnap hoba mutual negotiate oauth privatetoken scram-sha-1 scram-sha-256 vapid"
    " ntlm token apikey api-key aws aws4-hmac-sha256 aws4-ecdsa-p256-sha256 sharedkey sharedkeylite sapisidhash"
    " goog4-rsa-sha256 hmac signature jwt key session".split()
)
_PARAMETER: Final = regex(r"(?P<name>[A-Za-z][\w-]{0,40})(?P<is>[ \t]*=[ \t]*)(?P<value>\"(?:\\.|[^\"\\])*\"|[^\s,]+)")
_KEPT: Final = frozenset({"realm", "uri", "algorithm", "qop", "nc", "signedheaders", "charset", "stale", "headers"})
_WRAPPED: Final = regex(r"(?P<open>[\"'<{\[(])(?P<inner>.+)(?P<close>[\"'>}\])])")
_COOKIE_SPLIT: Final = regex(r"(;\s*|\n)")
_SET_COOKIE_SPLIT: Final = regex(r"(?:\n|,[ \t]*(?=[!#$%&'*+.^_`|~0-9A-Za-z-]+=))")
_CONTROL: Final = regex(r"[\x00-\x08\x0a-\x1f\x7f]")
_ATTRIBUTES: Final = frozenset(
    "expires max-age domain path samesite secure httponly partitioned priority version".split()
)


def authorization(value: str, mask: Mask) -> str:
    """RFC 9110 section 11.4: the scheme and harmless parameters stay, what proves the identity does not."""
    value, tail = value.rstrip(), value[len(value.rstrip()) :]
    found = _SCHEME.fullmatch(value)
    if value.lower() in _KNOWN or shapes.is_broken(value):
        return value + tail
    if found is None or not _is_scheme(found["scheme"]):
        return _proof("token", value, mask) + tail
    return found["scheme"] + found["gap"] + _after_scheme(found["scheme"].lower(), found["rest"], mask) + tail


def _is_scheme(word: str) -> bool:
    return word.lower() in _KNOWN or (word.isalpha() and len(word) <= 12)


def _after_scheme(scheme: str, rest: str, mask: Mask) -> str:
    again = _SCHEME.fullmatch(rest)
    if again and again["scheme"].lower() in _KNOWN and "=" not in again["gap"]:  # "Bearer Bearer x" is a diagnosis
        return again["scheme"] + again["gap"] + _proof("token", again["rest"], mask)
    if scheme != "basic" and "=" in rest.rstrip("=") and _PARAMETER.match(rest):
        return _PARAMETER.sub(lambda m: m["name"] + m["is"] + _parameter(m["name"], m["value"], mask), rest)
    if scheme == "basic":
        _learn_basic(rest, mask)
    return _proof("basic" if scheme == "basic" else "token", rest, mask)


def _parameter(name: str, value: str, mask: Mask) -> str:
    if name.lower() in _KEPT:
        return value
    if name.lower() == "credential":
        return scoped(value, mask)
    quoted = len(value) > 1 and value.startswith('"')
    return f'"{mask("token", value[1:-1])}"' if quoted else mask("token", value)


def scoped(value: str, mask: Mask) -> str:
    """An AWS or Google credential: the key id is masked, its scope (date, region, service) stays."""
    key, slash, scope = re.split(r"(/|%2[Ff])", value, maxsplit=1) if re.search(r"/|%2[Ff]", value) else (value, "", "")
    plain_scope = re.fullmatch(r"[\w./%-]{0,80}", scope) is not None and not shapes.RUN.search(scope)
    return mask("key", key) + slash + scope if plain_scope else mask("key", value)


def _proof(kind: str, value: str, mask: Mask) -> str:
    wrapped = _WRAPPED.fullmatch(value)
    if wrapped is None or shapes.is_broken(value):
        return mask(kind, value)
    return wrapped["open"] + mask(kind, wrapped["inner"]) + wrapped["close"]


def _learn_basic(value: str, mask: Mask) -> None:
    """Name and password of RFC 7617 must not survive elsewhere either."""
    try:
        user, _, password = base64.b64decode(value.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return
    for part in (user, password):
        if part:
            mask("password", part)


def cookie(value: str, mask: Mask) -> str:
    """RFC 6265 section 4.2: names stay, values are masked; a nameless cookie is all value."""
    return "".join(piece if i % 2 else _pair(piece, mask) for i, piece in enumerate(_COOKIE_SPLIT.split(value)))


def set_cookie(value: str, mask: Mask, text: Callable[[str], str]) -> str:
    """RFC 6265 section 4.1: the name and the attributes stay. Several lines may be joined by newline or comma."""
    lines, joints = _SET_COOKIE_SPLIT.split(value), _SET_COOKIE_SPLIT.findall(value)
    masked = [_set_cookie_line(line, mask, text) for line in lines]
    return masked[0] + "".join(joint + line for joint, line in zip(joints, masked[1:], strict=True))


def _set_cookie_line(line: str, mask: Mask, text: Callable[[str], str]) -> str:
    pair, *attributes = line.split(";")
    return ";".join([_pair(pair, mask), *(_attribute(a, mask, text) for a in attributes)])


def _attribute(attribute: str, mask: Mask, text: Callable[[str], str]) -> str:
    name, equals, value = attribute.partition("=")
    if name.strip().lower() in _ATTRIBUTES:
        return name + equals + text(value)
    return name + equals + mask("cookie", value) if equals else text(name)


def _pair(pair: str, mask: Mask) -> str:
    name, equals, value = pair.partition("=")
    if not equals:
        return mask("cookie", name) if name.strip() else name
    space = value[: len(value) - len(value.lstrip())]
    secret = value.strip()
    shown, control = mask("cookie", secret), _CONTROL.search(secret)
    # a cookie with such a character is refused for it (RFC 6265bis section 5.6): that must still show
    return name + equals + space + shown + (control[0] if control and shown != secret else "")
