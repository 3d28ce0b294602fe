"""The secrets of links that were just made: a redirect lies between making and showing them, and no disk."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import Final

MANY: Final = 100


class Fresh:
    """Each token until it has been shown. Safe to use from several threads."""

    def __init__(self) -> None:
        self._tokens: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._lock = Lock()

    def put(self, report: str, link: str, token: str) -> None:
        with self._lock:
            self._tokens[report, link] = token
            while len(self._tokens) > MANY:
                self._tokens.popitem(last=False)

    def take(self, report: str, link: str) -> str:
        """`""` where it is unknown, or was shown."""
        with self._lock:
            return self._tokens.pop((report, link), "")
