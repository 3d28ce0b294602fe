"""Anti-forgery tokens in requests, by the names under which frameworks and applications send them."""

from __future__ import annotations

import re
from functools import lru_cache

from harinspect.har.model import Exchange

UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})  # RFC 9110, section 9.2.1: the rest only reads
NAMES = re.compile(
    r"csrf|xsrf|forgery|authenticity.?token|requestverification|wp-?nonce|requestdigest|crumb|viewstate|^_token$",
    re.IGNORECASE,
)


def token_header(exchange: Exchange) -> str:
    """The lower-case name of the header with the token, "" for none. Cookies go along by themselves, and are none."""
    return next((name.lower() for name, value in exchange.request.headers if _is_tokens(name) and value), "")


@lru_cache(maxsize=4096)
def _is_tokens(name: str) -> bool:
    return name.lower() != "cookie" and NAMES.search(name) is not None
