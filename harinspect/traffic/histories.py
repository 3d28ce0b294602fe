"""Collects the moments of every cookie's life while a recording is replayed."""

from __future__ import annotations

from harinspect.traffic.timeline import Event, EventKind, History, Refused
from harinspect.wire.cookie_policy import Cookie, Reason

LONGEST = 2000  # events that one history keeps
FEW = 100  # of those that only say "another host" or "another path"
_ELSEWHERE = frozenset({Reason.DOMAIN_MISMATCH, Reason.NOT_ON_PATH})

_Place = tuple[str, str, str]  # name, domain, path


class Histories:
    """Events by cookie, in the order in which they are told."""

    def __init__(self) -> None:
        self._events: dict[_Place, list[Event]] = {}

    def add(self, cookie: Cookie, exchange: int, kind: EventKind) -> None:
        """It was set, replaced or has expired."""
        self._append((cookie.name, cookie.domain, cookie.path), Event(exchange, kind))

    def sent(self, cookie: Cookie, exchange: int) -> None:
        """It went along; told once after every other event."""
        self._went((cookie.name, cookie.domain, cookie.path), exchange)

    def seen(self, name: str, host: str, exchange: int) -> None:
        """It went along and is older than the recording."""
        self._went((name, host, ""), exchange)

    def not_sent(self, cookie: Cookie, exchange: int, reasons: tuple[Reason, ...]) -> None:
        """It did not go along; without reasons it should have."""
        place = (cookie.name, cookie.domain, cookie.path)
        if reasons and _ELSEWHERE.issuperset(reasons) and len(self._events.get(place, ())) > FEW:
            return
        for reason in reasons or (Reason.CREDENTIALS_OMITTED,):
            self._append(place, Event(exchange, "not-sent", reason.protocol))

    def refused(self, refused: Refused, exchange: int, kind: EventKind) -> None:
        """It was not stored, or is missing for that."""
        for reason in refused.reasons:
            self._append((refused.name, refused.domain, refused.path), Event(exchange, kind, reason.protocol))

    def all(self) -> tuple[History, ...]:
        return tuple(History(*place, tuple(events)) for place, events in self._events.items())

    def _went(self, place: _Place, exchange: int) -> None:
        events = self._events.get(place)
        if not events or events[-1].kind != "sent":
            self._append(place, Event(exchange, "sent"))

    def _append(self, place: _Place, event: Event) -> None:
        events = self._events.setdefault(place, [])
        if len(events) < LONGEST:
            events.append(event)
