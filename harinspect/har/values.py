"""Single values as exporters write them, brought to one form."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from harinspect.har.urls import with_marks
from harinspect.wire.regexes import regex

LONGEST: Final = 366 * 86_400_000.0  # milliseconds; a longer request is a wrong clock
_ISO: Final = regex(
    r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)",
    re.ASCII,
)
_EXACT: Final = 2.0**53
_YEARS = range(1990, 9000)
_VERSIONS: Final = {
    **dict.fromkeys(("http/1.1", "1.1"), "HTTP/1.1"),
    **dict.fromkeys(("http/1.0", "1.0"), "HTTP/1.0"),
    **dict.fromkeys(("http/0.9", "0.9"), "HTTP/0.9"),
    **dict.fromkeys(("http/2", "http/2.0", "h2", "h2c", "2", "2.0", "2 2"), "HTTP/2"),
    **dict.fromkeys(("http/3", "http/3.0", "h3", "3", "3.0", "quic"), "HTTP/3"),
}


def moment(text: str | None) -> datetime | None:
    """An instant with its offset; one without is taken as UTC. None where it is no date."""
    if not text:
        return None
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        return None
    if parsed.year not in _YEARS:
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def iso_date(value: object) -> str:
    """A date as RFC 3339 section 5.6 writes it, with its offset (UTC where it has none); "" where it is no date."""
    if not isinstance(value, str):
        return ""
    try:
        parsed = datetime.fromisoformat(value)
    except ValueError:
        return ""
    return value if _ISO.fullmatch(value) else (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).isoformat()


def number(value: float | str | None, otherwise: float = -1.0) -> float:
    """A finite number, or `otherwise`."""
    if isinstance(value, float):
        return value if math.isfinite(value) else otherwise
    try:
        parsed = float(value or "x")
    except ValueError:
        return otherwise
    return parsed if math.isfinite(parsed) else otherwise


def milliseconds(value: float | str | None) -> float:
    """A duration that can be; -1 for anything else."""
    found = value if isinstance(value, float) else number(value)
    return found if 0.0 <= found <= LONGEST else -1.0


def whole(value: float | str | None, otherwise: int = -1) -> int:
    """A whole number, or `otherwise`."""
    if value is None:
        return otherwise
    found = value if isinstance(value, float) else number(value, math.nan)
    return int(found) if abs(found) < _EXACT else otherwise


def status(value: float | str | None) -> int:
    """A status code; 0 for every way to say that there was no answer."""
    found = whole(value, 0)
    return found if 0 < found < 1000 else 0


@lru_cache(maxsize=256)
def http_version(text: str | None) -> str:
    """HTTP/1.1, HTTP/2, HTTP/3, ...; "" where the text names none."""
    if not text:
        return ""
    plain = text.strip().lower()
    if known := _VERSIONS.get(plain):
        return known
    if "+quic" in plain or plain.startswith("h3-"):
        return "HTTP/3"
    return "SPDY" if plain.startswith("spdy") else ""


def without_fragment(url: str | None) -> str:
    """The URL up to its fragment (RFC 3986 section 3.5), which is never sent, with its marks readable."""
    if not url:
        return ""
    url = with_marks(url)
    return url.partition("#")[0] if "#" in url else url


def address(text: str | None) -> str:
    """An IP address without the brackets that some put around IPv6."""
    return text.strip("[]") if text else ""
