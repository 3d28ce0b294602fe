"""URLs as a HAR has to hold them: a URI of RFC 3986 is ASCII, and the marks of redacted values are not.

>>> as_uri("https://a.example/?token=\u20391-7\u203a")
'https://a.example/?token=%E2%80%B91-7%E2%80%BA'
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote

from harinspect.wire.regexes import regex

ENCODED_OPEN: Final = "%E2%80%B9"  # the quotation marks around a mark, in UTF-8 (RFC 3986 section 2.5)
ENCODED_CLOSE: Final = "%E2%80%BA"
_SAFE: Final = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"  # as they are recorded: only what no reader takes is encoded
_MARK: Final = regex(
    rf"{ENCODED_OPEN}([a-z][a-z-]{{0,15}}:[1-9][0-9+-]{{0,5}}:[0-9a-f]{{4,16}}(?:%20[A-Za-z0-9:/._~@+,%=-]{{0,4000}}?)?){ENCODED_CLOSE}"
)


def as_uri(url: str) -> str:
    """The URL without a character that is not ASCII, white space or a control: they are percent-encoded as UTF-8."""
    if url.isascii() and url.isprintable() and " " not in url:
        return url
    return quote(url, safe=_SAFE, errors="replace")


def with_marks(url: str) -> str:
    """The URL of a redacted file with its marks readable again."""
    return _MARK.sub("\u2039\\1\u203a", url) if ENCODED_OPEN in url else url


def target(url: str) -> str:
    """Path and query as they stand in the request line (RFC 9112 section 3.2.1), of a URL without a fragment."""
    rest = url.partition("://")[2]
    found = re.search(r"[/?]", rest)
    if found is None:
        return "/"
    return rest[found.start() :] if found.group() == "/" else "/" + rest[found.start() :]
