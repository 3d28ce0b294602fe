"""What each exporter does, settled once at the door."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Flag, auto
from typing import Final


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


@dataclass(frozen=True, slots=True)
class Exporter:
    """A program that writes HAR files, by its settled name."""

    name: str
    habits: Habit = Habit.NONE


_CHROME = Habit.PROVISIONAL | Habit.SANITIZES | Habit.MEASURES | Habit.TELLS_CACHE
_PROXY = Habit.LISTS_COOKIES
UNKNOWN: Final = Exporter("unknown", Habit.LISTS_COOKIES)

_EXPORTERS: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), Exporter(name, habits))
    for pattern, name, habits in (
        (r"webinspector|chrome devtools|chrome dev tools", "chrome", _CHROME),
        (r"webkit web inspector|safari", "safari", Habit.PROVISIONAL),
        (r"firebug", "firebug", Habit.RECORDS),
        (r"firefox", "firefox", Habit.RECORDS),
        (r"charles", "charles", _PROXY),
        (r"fiddler", "fiddler", _PROXY),
        (r"mitmproxy", "mitmproxy", _PROXY),
        (r"proxyman", "proxyman", _PROXY),
        (r"burp", "burp", _PROXY),
        (r"http ?toolkit", "http-toolkit", _PROXY),
        (r"playwright", "playwright", Habit.PROVISIONAL | Habit.LISTS_COOKIES),
        (r"puppeteer", "puppeteer", Habit.PROVISIONAL),
        (r"insomnia", "insomnia", Habit.LISTS_COOKIES),
        (r"postman", "postman", Habit.LISTS_COOKIES),
        (r"browsermob", "browsermob", _PROXY),
        (r"chrome-har-capturer|chrome har capturer", "chrome-har-capturer", Habit.PROVISIONAL),
        (r"chrome-har", "chrome-har", Habit.PROVISIONAL),
        (r"browsertime|sitespeed", "browsertime", Habit.PROVISIONAL),
        (r"webpage ?test", "webpagetest", Habit.NONE),
        (r"phantomjs|netsniff", "phantomjs", Habit.NO_COOKIES_SENT | Habit.PROVISIONAL),
        (r"splash", "splash", Habit.NO_COOKIES_SENT | Habit.PROVISIONAL),
        (r"f12 developer tools|internet explorer|ie inspector", "edge-legacy", Habit.RECORDS),
        (r"polly", "polly", Habit.LISTS_COOKIES),
    )
)

_AGENTS = (
    ("Edge", re.compile(r"\b(?:Edg|EdgA|EdgiOS|Edge)/([\d.]+)")),
    ("Opera", re.compile(r"\b(?:OPR|Opera)/([\d.]+)")),
    ("Samsung Internet", re.compile(r"\bSamsungBrowser/([\d.]+)")),
    ("Firefox", re.compile(r"\b(?:Firefox|FxiOS)/([\d.]+)")),
    ("Chrome", re.compile(r"\b(?:HeadlessChrome|Chrome|CriOS)/([\d.]+)")),
    ("Safari", re.compile(r"\bVersion/([\d.]+)(?: Mobile/\w+)? Safari/")),
    ("Internet Explorer", re.compile(r"\b(?:MSIE |Trident/.*\brv:)([\d.]+)")),
)


def exporter(creator: str) -> Exporter:
    """The exporter by the name in log.creator; UNKNOWN where nobody knows it."""
    return next((found for pattern, found in _EXPORTERS if pattern.search(creator)), UNKNOWN)


def browser_of(user_agent: str) -> str:
    """Name and version that a User-Agent states, or ""."""
    for name, pattern in _AGENTS:
        if found := pattern.search(user_agent):
            return f"{name} {found.group(1)}"
    return ""


CREDENTIAL_FIELDS: Final = frozenset({"cookie", "set-cookie", "authorization"})
_MASKABLE: Final = CREDENTIAL_FIELDS | {"proxy-authorization"}
_MASK: Final = re.compile(
    r"[\s\"'<\[({*#-]*(?:redacted|removed|sanitized|sanitised|obfuscated|masked|hidden|filtered|scrubbed|censored"
    r"|[*x#•]{3,})[\s\"'>\])}*#-]*",
    re.IGNORECASE,
)
_UNIFORM: Final = re.compile(r"[0-9a-f]{64}")
_SCHEME: Final = re.compile(r"(?:basic|bearer|digest|token|negotiate)\s+", re.IGNORECASE)
_LONGEST_MASK: Final = 128


def is_masked(name: str, value: str) -> bool:
    """Whether another tool wrote a mask over the value of a credential field, for all that it holds."""
    if name not in _MASKABLE or not value:
        return False
    if name == "set-cookie":
        return _covers_pair(value.partition(";")[0])
    if name == "cookie":
        first, _, rest = value.partition(";")
        return _covers_pair(first) and all(_covers_pair(one) for one in rest.split(";") if one.strip())
    scheme = _SCHEME.match(value)
    return _covers(value[scheme.end() :] if scheme else value)


def _covers_pair(pair: str) -> bool:
    name, has_value, value = pair.partition("=")
    return _covers(value if has_value else name)


def _covers(value: str) -> bool:
    text = value.strip()
    return len(text) <= _LONGEST_MASK and bool(_MASK.fullmatch(text) or _UNIFORM.fullmatch(text))
