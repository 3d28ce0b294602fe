"""The dates of HTTP headers (RFC 9110, section 5.6.7).

>>> http_date("Sun, 06 Nov 1994 08:49:37 GMT").isoformat()
'1994-11-06T08:49:37+00:00'
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from harinspect.wire.regexes import regex

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_FIXED = regex(rf"[A-Z][a-z]{{2}}, (\d\d) ({'|'.join(_MONTHS)}) (\d{{4}}) (\d\d):(\d\d):(\d\d) GMT", re.ASCII)


@lru_cache(maxsize=1024)
def http_date(text: str) -> datetime | None:
    """The aware time that a Date, Expires or Last-Modified states, None where it states none."""
    fixed = _FIXED.fullmatch(text)
    if not text:
        return None
    try:
        if fixed is None:
            return _otherwise(text)
        day, month, year, hour, minute, second = fixed.groups()
        return datetime(
            int(year), _MONTHS.index(month) + 1, int(day), int(hour), int(minute), min(int(second), 59), tzinfo=UTC
        )
    except ValueError:
        return None


def _otherwise(text: str) -> datetime | None:
    """In the obsolete forms, and in those of mail, which servers write too."""
    from email.utils import parsedate_to_datetime  # brings half of the standard library with it

    found = parsedate_to_datetime(text)
    return found if found.tzinfo else None
