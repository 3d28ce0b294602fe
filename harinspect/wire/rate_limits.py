"""What an answer says of its own rate limit: counters, and when to come back.

Sources: RFC 9110 section 10.2.3 (Retry-After); draft-ietf-httpapi-ratelimit-headers, whose versions up to 07 have
`RateLimit-Remaining` and `RateLimit: limit=10, remaining=0, reset=5`, and from 08 on `RateLimit: "daily";r=0;t=30`; and
the X- names that came before, whose reset is a number of seconds, or a time since 1970 in seconds or milliseconds.

>>> counters(Headers([("RateLimit", '"burst";r=4;t=1, "daily";r=0;t=30')]))
(Counter(name='ratelimit', value='"daily";r=0;t=30', is_spent=True),)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from harinspect.wire.dates import http_date
from harinspect.wire.headers import Headers
from harinspect.wire.regexes import regex

REMAINING = re.compile(
    r"^(?:x-)?rate-?limit-(?:[a-z]{1,20}-)?remaining(?:-.*)?$|^x-ms-ratelimit-remaining-.*$", re.ASCII
)
RESET = regex(r"^(?:x-)?rate-?limit-(?:[a-z]{1,20}-)?reset(?:-after|-.*)?$", re.ASCII)
MILLISECONDS, SECONDS = 1_000_000_000_000, 1_000_000_000  # from here on it is a time since 1970, below a delay
LONGEST = 40 * 86_400  # seconds: no limit lasts longer; what says so is misread
_NUMBER = regex(r"-?\d{1,15}(?:\.\d{1,9})?", re.ASCII)
_SPAN = regex(r"(?:(\d{1,4})h)?(?:(\d{1,4})m)?(?:(\d{1,6}(?:\.\d{1,9})?)s)?(?:(\d{1,9})ms)?", re.ASCII)
_LEFT = regex(r"(?:^|[;,\s])r(?:emaining)?\s*=\s*(\d{1,15})", re.ASCII)
_UNTIL = regex(r"(?:^|[;,\s])(?:t|reset)\s*=\s*(\d{1,15})", re.ASCII)


class Counter(Struct, frozen=True):
    """A counter of requests that are left: the header's name in lower case, what it says, and whether none is left."""

    name: str
    value: str
    is_spent: bool


def counters(headers: Headers) -> tuple[Counter, ...]:
    """Every counter; of the windows that one RateLimit names, the one that is spent, else the first."""
    return tuple(_counters(headers))


def _counters(headers: Headers) -> Iterator[Counter]:
    for name, value in headers:
        low = name.lower()
        if "limit" not in low:
            continue
        text = value.strip()
        if low == "ratelimit":
            windows = [(window, int(left[1])) for window in _windows(text) if (left := _LEFT.search(window))]
            spent = next((window for window, left in windows if not left), "")
            if windows:
                yield Counter(low, spent or windows[0][0], bool(spent))
        elif REMAINING.match(low) and _NUMBER.fullmatch(text):
            yield Counter(low, text, float(text) <= 0)


def _windows(text: str) -> list[str]:
    """The items of the list; the older form is one window with commas in it."""
    return [text] if "remaining" in text else [item.strip() for item in text.split(",")]


def seconds_to_wait(headers: Headers, now: datetime | None) -> int | None:
    """How long from `now`, when the answer was made, until the next try may pass; None where nothing tells.

    Retry-After goes before the reset of a window (draft-ietf-httpapi-ratelimit-headers, section 5).
    """
    own = headers.text("retry-after").strip()
    if own:
        return _in_bounds(int(own) if _is_whole(own) else _until(http_date(own), now))
    spent = [one for one in counters(headers) if one.is_spent]
    inside = next((found for one in spent if one.name == "ratelimit" and (found := _UNTIL.search(one.value))), None)
    if inside:
        return _in_bounds(int(inside[1]))
    own_resets = {one.name.replace("remaining", "reset") for one in spent}
    told = [(name.lower(), value.strip()) for name, value in headers if RESET.match(name.lower())]
    resets = [_reset(value, now) for name, value in told if name in own_resets] or [
        _reset(value, now) for _, value in told
    ]
    return _in_bounds(max((seconds for seconds in resets if seconds is not None), default=None))


def _is_whole(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 15


def _in_bounds(seconds: int | None) -> int | None:
    return seconds if seconds is not None and 0 < seconds <= LONGEST else None


def _until(moment: datetime | None, now: datetime | None) -> int | None:
    return round((moment - now).total_seconds()) if moment and now else None


def _reset(text: str, now: datetime | None) -> int | None:
    if _NUMBER.fullmatch(text):
        return _from_number(float(text), now)
    found = _SPAN.fullmatch(text)
    if found and text:
        hours, minutes, seconds, thousandths = (float(part or 0) for part in found.groups())
        return round(hours * 3600 + minutes * 60 + seconds + thousandths / 1000)
    return _until(http_date(text), now)


def _from_number(number: float, now: datetime | None) -> int | None:
    if number < SECONDS:
        return round(number)
    since_1970 = number / 1000 if number >= MILLISECONDS else number
    return round(since_1970 - now.timestamp()) if now else None
