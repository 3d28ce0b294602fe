"""What was read last, kept at hand: one page asks for its report many times."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import Final, Generic, TypeVar

T = TypeVar("T")
FEW: Final = 4


class Lately(Generic[T]):
    """A few values by their report's number. Safe to use from several threads."""

    def __init__(self) -> None:
        self._read: OrderedDict[int, T] = OrderedDict()
        self._lock = Lock()

    def get(self, number: int) -> T | None:
        with self._lock:
            return self._read.get(number)

    def put(self, number: int, value: T) -> T:
        with self._lock:
            self._read[number] = value
            while len(self._read) > FEW:
                self._read.popitem(last=False)
        return value

    def drop(self, number: int) -> None:
        with self._lock:
            self._read.pop(number, None)
