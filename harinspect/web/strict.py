"""What those see who are to see less: the strict recording and its report, made of the redacted one that is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import BinaryIO, Final, TypeVar

from harinspect.har.spool import private_file
from harinspect.report.model import Report
from harinspect.store import Keeping
from harinspect.store.recording import PART
from harinspect.web.messages import Finished, Refused, Unwritten
from harinspect.web.processes import TooLong, heard, running, settled
from harinspect.web.redactions import ENDED, TOO_SLOW, NotMade, Redactions, collected
from harinspect.web.settings import Settings

AT_A_TIME: Final = 1

T = TypeVar("T")


class Strict:
    """Used from the event loop only."""

    def __init__(self, store: Keeping, redactions: Redactions, settings: Settings) -> None:
        self._store = store
        self._redactions = redactions
        self._settings = settings
        self._turns = asyncio.Semaphore(AT_A_TIME)
        self._making: dict[str, asyncio.Task[Report]] = {}

    async def recording(self, report: str) -> BinaryIO:
        """What the strict mode leaves, as gzip in a private file at its start. Raises NotMade, StoreError, OSError."""
        made = private_file(PART)
        try:
            await self._made_of(report, lambda kept: self._written(kept, made))
        except BaseException:
            made.close()
            raise
        made.seek(0)
        return made

    async def report(self, report: str) -> Report:
        """The report of that; who asks meanwhile waits for the same one. Raises as `recording`."""
        if report not in self._making:
            task = self._making[report] = asyncio.create_task(self._made_of(report, self._reported))
            task.add_done_callback(lambda _: self._making.pop(report, None))
        return await asyncio.shield(self._making[report])

    async def close(self) -> None:
        """End what somebody waits for."""
        tasks = list(self._making.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _made_of(self, report: str, make: Callable[[BinaryIO], Coroutine[None, None, T]]) -> T:
        shelved = await asyncio.to_thread(self._redactions.shelved, report)
        if shelved.why:
            raise NotMade(shelved.why)
        async with self._turns:
            with private_file(PART) as kept:
                await settled(asyncio.to_thread(self._fill, report, kept))
                try:
                    async with asyncio.timeout(self._settings.analysis_seconds):
                        return await make(kept)
                except TimeoutError as late:
                    raise NotMade(TOO_SLOW) from late

    def _fill(self, report: str, file: BinaryIO) -> None:
        for part in self._store.recordings.parts(report):
            file.write(part)

    async def _written(self, kept: BinaryIO, made: BinaryIO) -> None:
        async with running(self._settings.redacting("strict"), kept) as told:
            message = await collected(told, made, self._settings)
        if isinstance(message, Unwritten):
            raise NotMade(message.why)

    async def _reported(self, kept: BinaryIO) -> Report:
        try:
            async with running(self._settings.redacting("report"), kept) as told:
                message = await heard(told, self._settings.report_bytes)
        except (asyncio.IncompleteReadError, TooLong) as end:
            raise NotMade(ENDED) from end
        if not isinstance(message, Finished) or not message.reports:
            raise NotMade(message.why if isinstance(message, Refused) else ENDED)
        return message.reports[0]
