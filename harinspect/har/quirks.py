"""What each exporter does, settled once at the door."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Flag, auto
from functools import lru_cache
from typing import Final

from msgspec import Struct


class Habit(Flag):
    """How an exporter differs from one that writes down all that was on the wire."""

    NONE = 0
    PROVISIONAL = auto()  # a request without Host and :authority is listed before the network added the rest
    SANITIZES = auto()  # its default export drops Cookie, Set-Cookie and Authorization
    MEASURES = auto()  # headersSize of HTTP/1.x is the length on the wire, taken before any sanitizing
    NO_COOKIES_SENT = auto()  # never lists a Cookie header, whatever was sent
    RECORDS = auto()  # always writes Cookie, Set-Cookie and Authorization down
    LISTS_COOKIES = auto()  # its cookie lists hold what was on the wire, even where the header line is missing
    TELLS_CACHE = auto()  # marks what came from its cache, so that no mark means the network


class Exporter(Struct, frozen=True):
    """A program that writes HAR files, by its settled name."""

    name: str
    habits: Habit = Habit.NONE


_CHROME = Habit.PROVISIONAL | Habit.SANITIZES | Habit.MEASURES | Habit.TELLS_CACHE
_BLIND = Habit.PROVISIONAL | Habit.NO_COOKIES_SENT
_COMPLETE = Habit.LISTS_COOKIES
UNKNOWN: Final = Exporter("unknown", _COMPLETE)

# What log.creator.name contains, in lower case; the first that fits.
_EXPORTERS: Final = (
    ("webinspector", Exporter("chrome", _CHROME)),
    ("webkit web inspector", Exporter("safari", Habit.PROVISIONAL)),
    ("safari", Exporter("safari", Habit.PROVISIONAL)),
    ("firebug", Exporter("firebug", Habit.RECORDS)),
    ("firefox", Exporter("firefox", Habit.RECORDS)),
    ("charles", Exporter("charles", _COMPLETE)),
    ("fiddler", Exporter("fiddler", _COMPLETE)),
    ("mitmproxy", Exporter("mitmproxy", _COMPLETE)),
    ("proxyman", Exporter("proxyman", _COMPLETE)),
    ("burp", Exporter("burp", _COMPLETE)),
    ("toolkit", Exporter("http-toolkit", _COMPLETE)),
    ("playwright", Exporter("playwright", Habit.PROVISIONAL | _COMPLETE)),
    ("puppeteer", Exporter("puppeteer", Habit.PROVISIONAL)),
    ("insomnia", Exporter("insomnia", _COMPLETE)),
    ("postman", Exporter("postman", _COMPLETE)),
    ("browsermob", Exporter("browsermob", _COMPLETE)),
    ("har capturer", Exporter("chrome-har-capturer", Habit.PROVISIONAL)),
    ("har-capturer", Exporter("chrome-har-capturer", Habit.PROVISIONAL)),
    ("chrome-har", Exporter("chrome-har", Habit.PROVISIONAL)),
    ("chrome devtools", Exporter("chrome", _CHROME)),
    ("browsertime", Exporter("browsertime", Habit.PROVISIONAL)),
    ("sitespeed", Exporter("browsertime", Habit.PROVISIONAL)),
    ("webpagetest", Exporter("webpagetest")),
    ("phantomjs", Exporter("phantomjs", _BLIND)),
    ("splash", Exporter("splash", _BLIND)),
    ("f12 developer tools", Exporter("edge-legacy", Habit.RECORDS)),
    ("internet explorer", Exporter("edge-legacy", Habit.RECORDS)),
    ("polly", Exporter("polly", _COMPLETE)),
)

_AGENTS: Final = (
    ("Edge", r"\b(?:Edg|EdgA|EdgiOS|Edge)/([\d.]+)"),
    ("Opera", r"\b(?:OPR|Opera)/([\d.]+)"),
    ("Samsung Internet", r"\bSamsungBrowser/([\d.]+)"),
    ("Firefox", r"\b(?:Firefox|FxiOS)/([\d.]+)"),
    ("Chrome", r"\b(?:HeadlessChrome|Chrome|CriOS)/([\d.]+)"),
    ("Safari", r"\bVersion/([\d.]+)(?: Mobile/\w+)? Safari/"),
    ("Internet Explorer", r"\b(?:MSIE |Trident/.*\brv:)([\d.]+)"),
)


def exporter(creator: str) -> Exporter:
    """The exporter by the name in log.creator; UNKNOWN where nobody knows it."""
    name = creator.lower()
    return next((found for part, found in _EXPORTERS if part in name), UNKNOWN)


def browser_of(user_agent: str) -> str:
    """Name and version that a User-Agent states, or ""."""
    for name, pattern in _AGENTS:
        if found := re.search(pattern, user_agent):
            return f"{name} {found.group(1)}"
    return ""


CREDENTIAL_FIELDS: Final = frozenset({"cookie", "set-cookie", "authorization"})
MASKABLE: Final = CREDENTIAL_FIELDS | {"proxy-authorization"}
_MASKS: Final = frozenset(
    {
        *("redacted", "removed", "sanitized", "sanitised", "obfuscated", "masked", "hidden", "filtered"),
        *("scrubbed", "censored", "anonymized", "anonymised", "secret", "stripped"),
    }
)
_FRAME: Final = " \t\"'<>[](){}*#-_"
_BLANK_OF: Final = {first: frozenset(blank) for blank in ("*", "xX", "#", "•") for first in blank}
_NO_BLANK: Final[frozenset[str]] = frozenset()
_SHORTEST_BLANK: Final = 3
_HEX: Final = frozenset("0123456789abcdef")
_DIGEST_LENGTH: Final = 64
_LONGEST_MASK: Final = 64
_SCHEMES: Final = ("basic ", "bearer ", "digest ", "token ", "negotiate ")


def is_masked(name: str, value: str) -> bool:
    """Whether another tool wrote a mask over the value of a credential field, for all that it holds."""
    values = _values(name, value)
    return _is_mask(next(values, "")) and all(map(_is_mask, values))


def digests(name: str, value: str) -> frozenset[str]:
    """The values of a credential field that may be digests, where all of them may; many a session id looks like one."""
    values = tuple(_values(name, value))
    return frozenset(values) if all(map(_is_digest, values)) else frozenset()


def _values(name: str, value: str) -> Iterator[str]:
    """One after the other, for the first settles most fields."""
    if name == "set-cookie":
        yield _of_pair(value.partition(";")[0])
    elif name == "cookie":
        yield from (_of_pair(one) for one in value.split(";") if one.strip())
    elif name in MASKABLE:
        has_scheme = value[:10].lower().startswith(_SCHEMES)
        yield (value.partition(" ")[2] if has_scheme else value).strip()


@lru_cache(maxsize=1024)  # a recording repeats its cookies from request to request
def _of_pair(pair: str) -> str:
    name, has_value, value = pair.partition("=")
    return (value if has_value else name).strip()


@lru_cache(maxsize=1024)
def _is_mask(text: str) -> bool:
    if len(text) > _LONGEST_MASK:
        return False
    if text.strip(_FRAME).lower() in _MASKS:
        return True
    return len(text) >= _SHORTEST_BLANK and _BLANK_OF.get(text[0], _NO_BLANK).issuperset(text)


def _is_digest(text: str) -> bool:
    """SHA-256 as it is usually written."""
    return len(text) == _DIGEST_LENGTH and _HEX.issuperset(text)
