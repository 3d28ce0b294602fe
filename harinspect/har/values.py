"""Single values as exporters write them, brought to one form."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

LONGEST: Final = 366 * 86_400_000.0  # milliseconds; a longer request is a wrong clock
_EXACT: Final = 2**53
_YEARS = range(1990, 9000)
_H1 = re.compile(r"(?:http/)?(1\.[01])\Z", re.ASCII | re.IGNORECASE)
_VERSIONS = (
    (re.compile(r"(?:http/)?2(?:\.0)?\Z|h2c?\Z|2 2\Z", re.IGNORECASE), "HTTP/2"),
    (re.compile(r"(?:http/)?3(?:\.0)?\Z|h3(?:-\w+)?\Z|http/2(?:\.0)?\+quic.*\Z|quic\Z", re.IGNORECASE), "HTTP/3"),
    (re.compile(r"(?:http/)?0\.9\Z", re.IGNORECASE), "HTTP/0.9"),
    (re.compile(r"spdy(?:/.*)?\Z", re.IGNORECASE), "SPDY"),
)


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
    found = value if isinstance(value, float) else number(value, math.nan)
    return int(found) if -_EXACT < found < _EXACT else otherwise


def status(value: float | str | None) -> int:
    """A status code; 0 for every way to say that there was no answer."""
    found = whole(value, 0)
    return found if 0 < found < 1000 else 0


@lru_cache(maxsize=256)
def _named_version(text: str) -> str:
    plain = text.strip()
    if found := _H1.match(plain):
        return f"HTTP/{found.group(1)}"
    return next((name for pattern, name in _VERSIONS if pattern.match(plain)), "")


def http_version(text: str | None) -> str:
    """HTTP/1.1, HTTP/2, HTTP/3, ...; "" where the text names none."""
    return _named_version(text) if text and len(text) < 32 else ""


def without_fragment(url: str | None) -> str:
    """The URL up to its fragment (RFC 3986 section 3.5), which is never sent."""
    if not url:
        return ""
    return url.partition("#")[0] if "#" in url else url


def address(text: str | None) -> str:
    """An IP address without the brackets that some put around IPv6."""
    return text.strip("[]") if text else ""
