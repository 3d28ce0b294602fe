"""A URL in the parts that a page sets apart."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlsplit


class Address(NamedTuple):
    """A URL in the parts that the page sets apart. `host` has the scheme where it is not https."""

    host: str
    path: str
    query: str


def address(url: str) -> Address:
    """Host, path and query of a URL; what cannot be split is all path."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return Address("", url, "")
    if not parts.netloc:
        return Address("", url, "")
    scheme = "" if parts.scheme == "https" else f"{parts.scheme}://"
    return Address(scheme + parts.netloc, parts.path or "/", f"?{parts.query}" if parts.query else "")
