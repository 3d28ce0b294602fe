"""How long the server waits for whom: uvicorn has no limit for a request's head, for who never reads, and for how many
connections somebody may hold, so each connection watches itself.
"""

from __future__ import annotations

from asyncio import BaseTransport, TimerHandle
from collections import Counter
from collections.abc import Iterable
from typing import Final, cast

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from harinspect.web.access import address
from harinspect.web.guard import REFUSAL
from harinspect.web.peers import neighbourhood

HEAD: Final = 20.0  # seconds for a request's head, however it trickles, and for what comes after the answer
STALL: Final = 20.0  # seconds in which a reader has to take
LEAST: Final = 20_000  # bytes of an answer
MOST: Final = 400  # connections: below the 1024 open files that a process may have on most systems
_REFUSAL: Final = [(name.lower().encode(), value.encode()) for name, value in REFUSAL.items()]


class Patient(H11Protocol):
    """One connection. Where there are too many, whoever holds most of them loses the one that has waited longest."""

    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(transport)  # type: ignore[arg-type]
        self.since = self.loop.time()
        self.place = neighbourhood(address(self.client[0]) if self.client else None)
        self._ends: TimerHandle | None = None
        self._looks: TimerHandle | None = None
        self._wait()
        if len(self.connections) > MOST:
            patient = most_patient(cast(Iterable[Patient], self.connections))
            self.connections.discard(patient)  # else it is found again before its end has been heard of
            patient.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._stop_waiting()
        self._stop_looking()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.is_busy:
            self._stop_waiting()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if not self.is_busy:
            self._wait()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._look()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._stop_looking()

    def send_400_response(self, msg: str) -> None:
        """As uvicorn does, with the headers that every answer has."""
        if self.conn.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
            self.transport.abort()  # in the middle of an answer
            return
        headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close"), *_REFUSAL]
        start = h11.Response(status_code=400, headers=headers, reason=b"Bad Request")
        for event in (start, h11.Data(data=msg.encode()), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    @property
    def is_busy(self) -> bool:
        """A request is being answered; how fast its body has to come is decided in web/pace.py."""
        return self.cycle is not None and not self.cycle.response_complete

    def _wait(self) -> None:
        self._stop_waiting()
        self._ends = self.loop.call_later(HEAD, self.transport.abort)

    def _stop_waiting(self) -> None:
        if self._ends is not None:
            self._ends.cancel()

    def _look(self, before: int | None = None) -> None:
        """Now and again while an answer waits to be read: whoever takes next to nothing of it gets no more."""
        left = self.transport.get_write_buffer_size()
        if before is not None and before - left < LEAST:
            self.transport.abort()
        else:
            self._looks = self.loop.call_later(STALL, self._look, left)

    def _stop_looking(self) -> None:
        if self._looks is not None:
            self._looks.cancel()


def most_patient(connections: Iterable[Patient]) -> Patient:
    """Of the place with most connections: the one that has waited longest, those that are being answered last."""
    there = list(connections)
    crowd = Counter(connection.place for connection in there).most_common(1)[0][0]
    return min((one for one in there if one.place == crowd), key=lambda one: (one.is_busy, one.since))
