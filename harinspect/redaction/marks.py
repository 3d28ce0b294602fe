"""The mark that stands where a secret was: kind, length class, and a digest that shows equality within one report.

    ‹cookie:16-31:9f3c›                                    a value of 16 to 31 characters
    ‹jwt:64+:1b07 alg=RS256 aud=https://api.example exp=1700000000›    a JWT, with the fields that are no secret

The details of a JWT are `name=value` pairs between single spaces; other characters than a few are encoded as in a
form (a space is "+"), so that a mark fits into a header, a cookie, a JSON string and HTML alike.
"""

from __future__ import annotations

import os
from bisect import bisect
from hashlib import blake2b
from typing import Final
from urllib.parse import quote_plus, unquote

from harinspect.wire.regexes import regex

OPEN: Final = "\u2039"
CLOSE: Final = "\u203a"
DETAILS: Final = (
    *("alg", "typ", "cty", "enc", "kid", "aud", "exp", "iat", "iss", "nbf", "scope", "scp", "roles", "azp", "tid"),
    "net",  # of an IP address: public, private, loopback, link-local
)
IDENTITIES: Final = ("sub", "oid", "email", "upn", "preferred_username", "unique_name")  # shown as digests
MARK: Final = regex(
    rf"{OPEN}(?P<kind>[a-z][a-z-]{{0,15}}):(?P<size>1-7|8-15|16-31|32-63|64\+):(?P<digest>[0-9a-f]{{4,16}})"
    rf"(?P<details>(?:(?: |%20)(?:{'|'.join(DETAILS)})=[A-Za-z0-9:/._~@+,%-]*"
    rf"|(?: |%20)(?:{'|'.join(IDENTITIES)})=~[0-9a-f]{{4,16}})*){CLOSE}"
)
_BOUNDS: Final = (8, 16, 32, 64)
_CLASSES: Final = ("1-7", "8-15", "16-31", "32-63", "64+")
_ENOUGH: Final = 12
_DETAIL_SAFE: Final = ":/._~@,-"


def size_class(length: int) -> str:
    """Lengths are told in classes, so that a short value cannot be guessed from its exact length."""
    return _CLASSES[bisect(_BOUNDS, length)]


class Marker:
    """Makes the marks of one report. The key lives as long as this object and is never shown or stored.

    `digits`: of the shortest digest. From 12 on no two values of a file are expected to share one, and none is kept.
    """

    def __init__(self, digits: int = 4) -> None:
        self._keyed = blake2b(key=os.urandom(32), digest_size=16)
        self._digits = digits
        self._owner: dict[str, str] = {}

    def mark(self, kind: str, value: str, fields: tuple[tuple[str, str], ...] = ()) -> str:
        """One mark for a non-empty value; equal values have equal digests, whatever their kind or percent-encoding."""
        shown = "".join([f" {name}={self._detail(name, text)}" for name, text in fields]) if fields else ""
        return f"{OPEN}{kind}:{size_class(len(value))}:{self._digest(value)}{shown}{CLOSE}"

    def _detail(self, name: str, text: str) -> str:
        return f"~{self._digest(text)}" if name in IDENTITIES else quote_plus(text, safe=_DETAIL_SAFE)

    def _digest(self, value: str) -> str:
        text = unquote(value) if "%" in value else value
        keyed = self._keyed.copy()
        keyed.update(text.strip("\"'").encode("utf-8", "surrogatepass"))
        text = keyed.hexdigest()
        if self._digits >= _ENOUGH:
            return text[: self._digits]
        # four digits collide among a few hundred values: another value's digest must not be shown for this one
        return next(
            text[:n] for n in range(self._digits, 17) if n == 16 or self._owner.setdefault(text[:n], text) == text
        )
