"""Where a request goes, with what varies between records left out, so that like can be compared with like."""

from __future__ import annotations

import re
from functools import lru_cache

from harinspect.wire.url import Url

_VARIABLE = re.compile(r"\d+|[0-9a-f-]{8,}|.*\d{3,}.*|[\w-]{20,}", re.IGNORECASE)


@lru_cache(maxsize=65_536)
def template(path: str) -> str:
    """/v1/users/1337/edit -> /v1/users/*/edit"""
    return "/".join(map(_kind, path.split("/")))


@lru_cache(maxsize=65_536)
def _kind(segment: str) -> str:
    return "*" if _VARIABLE.fullmatch(segment) else segment


def place(url: Url) -> str:
    """Origin and path template."""
    return url.origin + template(url.path)
