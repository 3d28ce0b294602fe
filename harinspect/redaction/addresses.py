"""URLs: what a diagnosis needs stays (host, path, names of parameters, times of a signature), secrets do not."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final
from urllib.parse import quote, unquote

from harinspect.redaction import names, shapes
from harinspect.redaction.credentials import Mask, scoped
from harinspect.redaction.marks import CLOSE, OPEN
from harinspect.wire.regexes import regex

Text = Callable[[str], str]
Hides = Callable[[str, str], bool]

_PARTS: Final = regex(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*:)?(?P<slashes>//)?(?:(?P<user>(?<=//)[^/?#\s]*)@)?"
    r"(?P<host>(?<=[/@])(?:[^/?#@]*))?(?P<path>[^?#]*)(?:\?(?P<query>[^#]*))?(?:#.*)?\Z",
    re.DOTALL,
)
_DATA: Final = regex(r"data:(?P<type>[\w/+.;=-]{0,100}),(?P<data>.*)", re.DOTALL | re.IGNORECASE)
_HOST: Final = regex(r"[\w.-]{0,253}(?::\d{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](?::\d{1,5})?")
_SEGMENT: Final = regex(r"(;|/)")
_JOINT: Final = regex(r"([&;])")
_ONE_TIME: Final = re.compile(  # what follows is good for one use, or for whoever has it
    r"(?:[a-z]{1,20}[-_])?(?:reset|verify|verification|confirm|confirmation|activate|activation|invite|invitations?|join"
    r"|accept|unsubscribe|opt-?out|subscription|magic|magiclink|recover|recovery|tokens?|jwt|secrets?|api-?keys?|auth|sso"
    r"|share|shared|passwords?|hooks?|webhooks?|webhookb2|sessions?|otp|login)(?:[-_][a-z-]{1,20})?",
    re.IGNORECASE,
)
_NOT_LAST: Final = re.compile(
    r"callback|edit|catch|key|v\d{1,2}|[a-z]{2}|\d{3,20}|[0-9a-f@-]{70,80}|IncomingWebhook|[TB]\w{8,11}", re.I
)
_FILE: Final = regex(r".*\.(?:m?js|css|html?|png|svg|json|xml|map|php|aspx?|jsp|txt)", re.IGNORECASE)
_ONE_TIME_VALUE: Final = regex(r"(?=.*[0-9])(?=.*[A-Za-z])[\w.~%+=-]{8,}")
_HOOK_HOST: Final = regex(r"(?:[\w-]{1,63}\.)?(?:web)?hooks?\..*|maker\.ifttt\.com", re.IGNORECASE)
_TOLD: Final = re.compile(
    r"(?P<name>[A-Za-z-]{2,20})(?P<is>[:=])(?P<value>.+)|(?P<bot>bot\d{5,12}:|private-)(?P<key>.*\d.*)"
)
_STATUS: Final = regex(r"\d{1,3}")
_NESTED: Final = regex(r"(?:[a-z][a-z+.-]*:)?//|/|[^?]*\?", re.IGNORECASE)
_DEPTH: Final = 3  # an address within a parameter of an address, and so on


def is_hidden(name: str, value: str) -> bool:
    """Is it a secret in an address?"""
    return names.is_secret(name) or (names.is_weakly_secret(name) and not _STATUS.fullmatch(value))


def is_hidden_or_personal(name: str, value: str) -> bool:
    """Is it a secret, does it tell who somebody is, or is it no word of any language?"""
    if is_hidden(name, value) or names.is_personal_parameter(name) or shapes.OPAQUE.fullmatch(value):
        return True
    return names.is_name(name) and shapes.PERSON.fullmatch(value) is not None


def masked(url: str, mask: Mask, text: Text, hides: Hides = is_hidden, depth: int = 0) -> str:
    """The URL with its secrets masked and its fragment dropped (RFC 3986 section 3); the rest stays as written."""
    data = _DATA.fullmatch(url)
    if data:
        return f"data:{data['type']},{mask('data', data['data'])}"
    found = next(_PARTS.finditer(url))  # every part may be missing, so that any text matches
    user = "" if found["user"] is None else _userinfo(found["user"], mask) + "@"
    query = "" if found["query"] is None else "?" + _query(found["query"], mask, text, hides, depth)
    front = (found["scheme"] or "") + (found["slashes"] or "") + user
    host = found["host"] or ""
    return front + (host if _HOST.fullmatch(host) else text(host)) + _path(found["path"], mask, text, host) + query


def _userinfo(userinfo: str, mask: Mask) -> str:
    user, colon, password = userinfo.partition(":")
    return (mask("user", user) if user else "") + colon + (mask("password", password) if password else "")


def _path(path: str, mask: Mask, text: Text, host: str = "") -> str:
    """`before`: the word that tells what comes next; numbers and the like may stand between."""
    before, shown = "hook" if _HOOK_HOST.fullmatch(host) else "", []
    for piece in _SEGMENT.split(path):
        if piece in ("/", ""):
            shown.append(piece)
            continue
        shown.append(_segment(piece, before, mask, text))
        is_hook = before == "hook" or (before and _NOT_LAST.fullmatch(piece))
        before = before if is_hook else piece
    return "".join(shown)


def _segment(piece: str, before: str, mask: Mask, text: Text) -> str:
    told = None if piece.isalnum() else _TOLD.fullmatch(piece)
    if told and told["key"]:  # as Telegram and Google write them
        return told["bot"] + mask("token", told["key"])
    if told and told["name"] and is_hidden(told["name"], told["value"]):  # ;jsessionid=...
        return told["name"] + told["is"] + mask(names.kind(told["name"]), told["value"])
    if _ONE_TIME_VALUE.fullmatch(piece) and _ONE_TIME.fullmatch(before) and not _FILE.fullmatch(piece):
        return mask("token", piece)
    return readably(piece, text)


def _query(query: str, mask: Mask, text: Text, hides: Hides, depth: int) -> str:
    pieces = _JOINT.split(query)
    return "".join(piece if i % 2 else _parameter(piece, mask, text, hides, depth) for i, piece in enumerate(pieces))


def _parameter(piece: str, mask: Mask, text: Text, hides: Hides, depth: int) -> str:
    raw, equals, value = piece.partition("=")
    name = unquote(raw)
    if not equals and hides("", raw):
        return mask("random", raw)
    if not equals or not value:
        return readably(raw, text) + equals
    shown = parameter(name, value, mask, text, hides, depth)
    return f"{raw if hides(name, value) or names.is_credential_scope(name) else readably(raw, text)}={shown}"


def parameter(name: str, value: str, mask: Mask, text: Text, hides: Hides = is_hidden, depth: int = 0) -> str:
    """The value of a parameter; `name` is decoded, the value as it stands."""
    if names.is_kept_parameter(name):
        return value
    if names.is_credential_scope(name):
        return scoped(value, mask)
    if hides(name, value):
        if shapes.is_broken(unquote(value)):
            return value
        return mask(names.kind(name) if names.is_telling(name) else "random", value)
    return readably(value, lambda plain: _nested(plain, mask, text, hides, depth))


def _nested(value: str, mask: Mask, text: Text, hides: Hides, depth: int) -> str:
    if depth < _DEPTH and _NESTED.match(value):
        return masked(value, mask, text, hides, depth + 1)
    return text(value)


def readably(raw: str, change: Text) -> str:
    """`change` applied to the percent-decoded text; what it leaves alone stays as it was written."""
    plain = unquote(raw)
    after = change(plain)
    if after == plain:
        return raw
    return after if plain == raw else _requoted(after)


def _requoted(text: str) -> str:
    """Percent-encoded again, but for the marks, which stay readable."""
    pieces = re.split(f"({OPEN}[^{OPEN}{CLOSE}]*{CLOSE})", text)
    return "".join(piece if i % 2 else quote(piece, safe="") for i, piece in enumerate(pieces))
