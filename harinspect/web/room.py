"""How much may be on its way at a time, so that nobody fills the disk or keeps everybody else waiting."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass
from typing import Final

from harinspect.web.uploads import Unusable, Uploads

AT_A_TIME: Final = 60  # transfers
FROM_ONE_PLACE: Final = 20  # of them; a browser has 6 connections
IN_LINE: Final = 300  # uploads that wait for their analysis; each is an open file
_MANY: Final = "Too many files are on their way here at the moment: try again in a minute."
_FULL: Final = "The files that wait here take all the room there is for them: try again in a minute."


@dataclass(slots=True, eq=False)
class _Transfer:
    place: str
    received: int = 0


class Room:
    """Used from the event loop only. `limit`: bytes of all recordings that are received, wait or are analysed."""

    def __init__(self, uploads: Uploads, limit: int) -> None:
        self._uploads = uploads
        self._limit = limit
        self._transfers: list[_Transfer] = []

    async def admitted(self, chunks: AsyncIterator[bytes], place: str) -> AsyncGenerator[bytes, None]:
        """The same chunks, for as long as there is room for them. Raises Unusable."""
        self._check(place)
        transfer = _Transfer(place)
        self._transfers.append(transfer)
        try:
            async for chunk in chunks:
                transfer.received += len(chunk)
                if self._held() > self._limit:
                    raise Unusable(_FULL, 503)
                yield chunk
        finally:
            self._transfers.remove(transfer)

    def _check(self, place: str) -> None:
        if sum(transfer.place == place for transfer in self._transfers) >= FROM_ONE_PLACE:
            raise Unusable(_MANY, 429)
        if len(self._transfers) >= AT_A_TIME or self._uploads.in_line >= IN_LINE:
            raise Unusable(_MANY, 503)

    def _held(self) -> int:
        return self._uploads.held + sum(transfer.received for transfer in self._transfers)
