"""Who is signed in. Only hashes of the tokens are kept, in memory: a restart signs everybody out."""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from hashlib import sha256
from typing import Final

LASTS: Final = 12 * 3600  # seconds: a working day
MOST: Final = 1000


class Sessions:
    """Used from the event loop only. Looking a hash up tells no time about the token (its hash cannot be chosen)."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._ends: OrderedDict[bytes, float] = OrderedDict()

    def open(self) -> str:
        """The token of a new session: 256 bits. The oldest session makes room where there are too many."""
        token = secrets.token_urlsafe(32)
        self._ends[_hash(token)] = self._now() + LASTS
        while len(self._ends) > MOST:
            self._ends.popitem(last=False)
        return token

    def holds(self, token: str) -> bool:
        key = _hash(token)
        end = self._ends.get(key)
        if end is not None and end <= self._now():
            del self._ends[key]
            return False
        return end is not None

    def close(self, token: str) -> None:
        self._ends.pop(_hash(token), None)


def _hash(token: str) -> bytes:
    return sha256(token.encode("utf-8", "replace")).digest()
