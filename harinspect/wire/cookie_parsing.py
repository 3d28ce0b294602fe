"""The text of Set-Cookie and Cookie, read as browsers read it (RFC 6265bis, sections 5.1, 5.6 and 5.7).

>>> found = parse_set_cookie("sid=1; Path=/app; Max-Age=60; SameSite=Lax; Secure")
>>> (found.name, found.path, found.max_age, found.same_site, found.secure) if isinstance(found, SetCookie) else found
('sid', '/app', 60, <SameSite.LAX: 'Lax'>, True)
>>> parse_cookie_header("a=1; b; a=2")
(('a', '1'), ('', 'b'), ('a', '2'))
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import Enum, IntEnum
from functools import lru_cache
from typing import Final

from msgspec import Struct

from harinspect.wire.regexes import regex

LONGEST_PAIR: Final = 4096  # octets of name and value together (section 5.6, step 5)
LONGEST_ATTRIBUTE: Final = 1024  # octets; a longer attribute is ignored
WHITE_SPACE: Final = " \t"

_CONTROLS = regex(r"[\x00-\x08\x0a-\x1f\x7f]")
_MAX_AGE = regex(r"-?[0-9]+", re.ASCII)
# Section 5.1.1: what separates the tokens of a date, and the tokens themselves.
_DELIMITERS = regex(r"[\x09\x20-\x2f\x3b-\x40\x5b-\x60\x7b-\x7e]+")
_TIME = regex(r"([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[^0-9].*)?", re.ASCII | re.DOTALL)
_DAY = regex(r"([0-9]{1,2})(?:[^0-9].*)?", re.ASCII | re.DOTALL)
_YEAR = regex(r"([0-9]{2,4})(?:[^0-9].*)?", re.ASCII | re.DOTALL)
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LONGEST_AGE: Final = 10**10  # seconds; any longer Max-Age means the same


class SameSite(Enum):
    """The attribute; UNSPECIFIED where it is missing or unknown ("Default" in the standard)."""

    STRICT = "Strict"
    LAX = "Lax"
    NONE = "None"
    UNSPECIFIED = ""


class Priority(IntEnum):
    """Chromium's own attribute: what goes first where there are too many cookies."""

    LOW = 0
    MEDIUM = 1
    HIGH = 2


class Unreadable(Enum):
    """Why a line is no cookie at all. Values are names in the DevTools protocol's SetCookieBlockedReason."""

    DISALLOWED_CHARACTER = "DisallowedCharacter"
    NO_COOKIE_CONTENT = "NoCookieContent"
    NAME_VALUE_PAIR_EXCEEDS_MAX_SIZE = "NameValuePairExceedsMaxSize"


class SetCookie(Struct, frozen=True):
    """One Set-Cookie line. `domain`: lower case, no leading dot, "" for none. `path`: "" where the default holds."""

    name: str
    value: str
    domain: str = ""
    path: str = ""
    max_age: int | None = None
    expires: datetime | None = None
    secure: bool = False
    http_only: bool = False
    same_site: SameSite = SameSite.UNSPECIFIED
    partitioned: bool = False
    priority: Priority = Priority.MEDIUM


_PRIORITIES: Final = {priority.name.lower(): priority for priority in Priority}


@lru_cache(maxsize=8192)
def parse_set_cookie(line: str) -> SetCookie | Unreadable:
    """Section 5.6. Every line is a cookie, however odd, save for the three reasons in Unreadable."""
    if _CONTROLS.search(line) or ("\t" in line and _has_tab_inside(line)):
        return Unreadable.DISALLOWED_CHARACTER
    pair, _, rest = line.partition(";")
    name, value = _name_and_value(pair)
    if not name and not value:
        return Unreadable.NO_COOKIE_CONTENT
    if len(name.encode()) + len(value.encode()) > LONGEST_PAIR:
        return Unreadable.NAME_VALUE_PAIR_EXCEEDS_MAX_SIZE
    found = dict(_attributes(rest))  # the last of a name wins
    same_site = found.get("samesite", "").lower()
    path = found.get("path", "")
    return SetCookie(
        name=name,
        value=value,
        domain=found.get("domain", "").removeprefix(".").lower(),
        path=path if path.startswith("/") else "",
        max_age=_seconds(found.get("max-age", "")),
        expires=parse_date(found.get("expires", "")),
        secure="secure" in found,
        http_only="httponly" in found,
        same_site=next(
            (kind for kind in SameSite if kind.value and kind.value.lower() == same_site), SameSite.UNSPECIFIED
        ),
        partitioned="partitioned" in found,
        priority=_PRIORITIES.get(found.get("priority", "").lower(), Priority.MEDIUM),
    )


def name_in(line: str) -> str:
    """The name in a Set-Cookie line, however broken the rest of the line is."""
    return _name_and_value(line.partition(";")[0])[0]


@lru_cache(maxsize=8192)
def parse_cookie_header(value: str) -> tuple[tuple[str, str], ...]:
    """The pairs of a Cookie header in their order; a nameless cookie has the name ""."""
    return tuple([pair for pair in map(_name_and_value, value.split(";")) if pair != ("", "")])


def parse_date(text: str) -> datetime | None:
    """Section 5.1.1: a date in any of the forms that servers write; None where it is none."""
    clock: tuple[int, int, int] | None = None
    day = month = year = None
    for token in _DELIMITERS.split(text):
        if clock is None and (found := _TIME.fullmatch(token)):
            clock = (int(found[1]), int(found[2]), int(found[3]))
        elif day is None and (found := _DAY.fullmatch(token)):
            day = int(found[1])
        elif month is None and token[:3].lower() in _MONTHS:
            month = _MONTHS.index(token[:3].lower()) + 1
        elif year is None and (found := _YEAR.fullmatch(token)):
            year = _full_year(int(found[1]))
    if clock is None or day is None or month is None or year is None or year < 1601:
        return None
    try:
        return datetime(year, month, day, *clock, tzinfo=UTC)
    except ValueError:
        return None


def default_path(request_path: str) -> str:
    """Section 5.1.4: the request's path up to, not including, its last slash."""
    return request_path[: max(request_path.rfind("/"), 1)] if request_path.startswith("/") else "/"


def path_matches(request_path: str, cookie_path: str) -> bool:
    """Section 5.1.4."""
    if not request_path.startswith(cookie_path):
        return False
    return len(request_path) == len(cookie_path) or cookie_path.endswith("/") or request_path[len(cookie_path)] == "/"


def domain_matches(host: str, domain: str, *, is_ip: bool = False) -> bool:
    """Section 5.1.3: the same name, or one below it; an address only matches itself."""
    return host == domain or (not is_ip and host.endswith("." + domain))


@lru_cache(maxsize=8192)
def _name_and_value(pair: str) -> tuple[str, str]:
    name, equals, value = pair.partition("=")
    if not equals:
        name, value = "", name
    return name.strip(WHITE_SPACE), value.strip(WHITE_SPACE)


def _has_tab_inside(line: str) -> bool:
    """Within a name or a value of the line; the standard lets it pass, Chromium does not."""
    return any("\t" in token for part in line.split(";") for token in _name_and_value(part))


def _attributes(text: str) -> Iterator[tuple[str, str]]:
    for part in text.split(";"):
        name, _, value = part.partition("=")
        if len(value.strip(WHITE_SPACE).encode()) <= LONGEST_ATTRIBUTE:
            yield name.strip(WHITE_SPACE).lower(), value.strip(WHITE_SPACE)


def _seconds(text: str) -> int | None:
    if not _MAX_AGE.fullmatch(text):
        return None
    return int(text) if len(text) <= 10 else _LONGEST_AGE * (-1 if text.startswith("-") else 1)


def _full_year(year: int) -> int:
    if 70 <= year <= 99:
        return year + 1900
    return year + 2000 if 0 <= year <= 69 else year
