"""Redacted recordings on their way: made by a process of their own once the report is there, and kept beside it.

The process reads the upload, which has no name, and tells compressed parts; they wait in a private file until the
recording is complete, and are then stored at once or not at all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO, Final

from harinspect.har.spool import private_file
from harinspect.store import Keeping, StoreError
from harinspect.store.recording import PART
from harinspect.web.messages import Part, Refused, Unwritten, Written
from harinspect.web.processes import TooLong, heard, running, settled
from harinspect.web.settings import Settings

LOOK_EVERY: Final = 1.0  # seconds between looks whether the report is still wanted
AT_A_TIME: Final = 1  # a long recording takes two processors
PREPARING: Final = "The redacted recording is still being prepared; try again in a moment."
NEVER: Final = "No redacted recording was kept with this report; drop the file again to have one."
ENDED: Final = "Redacting the recording ended without a result; it may need more memory than there is."
TOO_SLOW: Final = "Redacting the recording took too long and was ended."
TOO_LARGE: Final = "The redacted recording would be too large to be kept."
OTHER: Final = "What was redacted is not what was analysed, so it was not kept."
NOT_KEPT: Final = "The redacted recording could not be kept; there may be no room for it."


class NotMade(ValueError):
    """One sentence: why there is no redacted recording, or nothing that is made of it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A report whose recording is to be redacted. `entries` tells whether it is the right one."""

    report: str
    entries: int


@dataclass(frozen=True, slots=True)
class Shelved:
    """The redacted recording of a report: of so many bytes, with a `caution`, or `why` there is none, or none yet."""

    bytes: int = 0
    why: str = ""
    caution: str = ""
    is_preparing: bool = False


class Redactions:
    """All of this run. Used from the event loop only."""

    def __init__(self, store: Keeping, settings: Settings) -> None:
        self._store = store
        self._settings = settings
        self._preparing: set[str] = set()
        self._turns = asyncio.Semaphore(AT_A_TIME)

    def shelved(self, report: str) -> Shelved:
        """How it stands with a recording. From a thread; raises StoreError."""
        is_preparing = report in self._preparing  # asked first: what ends meanwhile is kept
        kept = self._store.recordings.get(report)
        if kept is None:
            return Shelved(why=PREPARING if is_preparing else NEVER, is_preparing=is_preparing)
        return Shelved(kept.bytes, kept.why, kept.caution)

    def expect(self, wanted: tuple[Wanted, ...]) -> None:
        """Say that `prepare` will be called for them, so that nobody thinks that there will be none."""
        self._preparing.update(one.report for one in wanted)

    async def prepare(self, wanted: tuple[Wanted, ...], file: BinaryIO) -> None:
        """Redact the recordings in `file`, and keep each with its report; or the sentence that says why it has none."""
        left = list(wanted)
        try:
            why = await self._while_wanted(wanted, self._prepared(left, file))
            with suppress(StoreError):  # then whoever asks for the recording is told that there is none
                for one in left:
                    await asyncio.to_thread(self._store.recordings.refuse, one.report, why)
        finally:
            self._preparing.difference_update(one.report for one in wanted)

    async def _while_wanted(self, wanted: tuple[Wanted, ...], work: Coroutine[None, None, str]) -> str:
        """What the work says, or "" once none of the reports is kept any more: then the upload is let go of at once."""
        task = asyncio.create_task(work)
        try:
            while not (await asyncio.wait({task}, timeout=LOOK_EVERY))[0]:
                if not await asyncio.to_thread(self._is_any_kept, wanted):
                    return ""
            return task.result()
        except (StoreError, OSError):
            return NOT_KEPT
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def _is_any_kept(self, wanted: tuple[Wanted, ...]) -> bool:
        return any(self._store.holds(one.report) for one in wanted)

    async def _prepared(self, left: list[Wanted], file: BinaryIO) -> str:
        """Takes those that are done with from `left`; says what is to be said of the others."""
        async with self._turns:
            try:
                async with (
                    asyncio.timeout(self._settings.analysis_seconds),
                    running(self._settings.redacting("share"), file) as told,
                ):
                    while left:
                        await self._keep(left[0], told)
                        left.pop(0)
            except TimeoutError:
                return TOO_SLOW
            except NotMade as problem:
                return str(problem)
        return ""

    async def _keep(self, one: Wanted, told: asyncio.StreamReader) -> None:
        with private_file(PART) as packed:
            message = await collected(told, packed, self._settings)
            if isinstance(message, Unwritten):
                await asyncio.to_thread(self._store.recordings.refuse, one.report, message.why)
                return
            if message.entries != one.entries:
                raise NotMade(OTHER)
            packed.seek(0)
            await settled(
                asyncio.to_thread(self._store.recordings.put, one.report, packed, message.bytes, message.caution)
            )


async def collected(told: asyncio.StreamReader, packed: BinaryIO, settings: Settings) -> Written | Unwritten:
    """Writes the parts of one recording, until it would be too large. Raises NotMade."""
    room = settings.recording_bytes
    try:
        while isinstance(message := await heard(told, settings.report_bytes), Part):
            room -= len(message.content)
            if room >= 0:
                packed.write(message.content)
    except (asyncio.IncompleteReadError, TooLong) as end:
        raise NotMade(ENDED) from end
    if isinstance(message, Refused):
        raise NotMade(message.why)
    if not isinstance(message, Written | Unwritten):
        raise NotMade(ENDED)
    return message if room >= 0 else Unwritten(TOO_LARGE)
