"""Recordings on their way: received into a private file, analysed by a process of their own, redacted, forgotten."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
from asyncio import StreamReader
from collections import OrderedDict
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from io import DEFAULT_BUFFER_SIZE
from typing import BinaryIO

from harinspect.har.spool import private_file
from harinspect.render import words
from harinspect.report.model import Report
from harinspect.store import Keeping, StoreError
from harinspect.web.messages import Finished, Message, Progress, Refused
from harinspect.web.processes import TooLong, heard, running
from harinspect.web.redactions import Redactions, Wanted
from harinspect.web.settings import Settings

_log = logging.getLogger("harinspect.web")
REMEMBERED = 500
UNANSWERED = "The analysis ended without an answer; the file may need more memory than there is."


class Unusable(ValueError):
    """An upload that is not taken, in one sentence for a person; `status` is the HTTP status."""

    def __init__(self, why: str, status: int) -> None:
        super().__init__(why)
        self.status = status


@dataclass(frozen=True, slots=True)
class Upload:
    """How far an upload is. Exactly one of `reports` and `refusal` is filled at its end."""

    id: str
    name: str
    done: int = 0
    total: int = 0
    reports: tuple[str, ...] = ()
    refusal: str = ""

    @property
    def ended(self) -> bool:
        return bool(self.reports or self.refusal)

    @property
    def percent(self) -> int:
        return min(99, 100 * self.done // self.total) if self.total else 0


class Uploads:
    """All uploads of this run. Used from the event loop only."""

    def __init__(self, store: Keeping, settings: Settings) -> None:
        self._store = store
        self._settings = settings
        self.redactions = Redactions(store, settings)
        self._known: OrderedDict[str, Upload] = OrderedDict()
        self._tasks: dict[asyncio.Task[None], BinaryIO] = {}
        self._turns = asyncio.Semaphore(settings.turns)

    def get(self, id: str) -> Upload | None:
        return self._known.get(id)

    @property
    def in_line(self) -> int:
        """How many wait to be analysed, or are."""
        return len(self._tasks)

    @property
    def held(self) -> int:
        """The bytes of those on disk."""
        return sum(os.fstat(file.fileno()).st_size for file in self._tasks.values())

    async def receive(self, chunks: AsyncIterator[bytes]) -> BinaryIO:
        """The body in a private file without a name (mode 0600), at its start. Raises Unusable."""
        file = private_file(DEFAULT_BUFFER_SIZE)
        try:
            await self._fill(file, chunks)
        except BaseException:
            file.close()
            raise
        return file

    def check_length(self, declared: str | None) -> None:
        """Raises Unusable at once where the declared length is over the limit (RFC 9110 section 8.6)."""
        if declared is not None and declared.isdigit() and int(declared) > self._settings.upload_bytes:
            raise self._too_large()

    def start(self, file: BinaryIO, name: str) -> Upload:
        """Analyse `file` in the background, redact it for others, and close it; `get` tells how far the analysis is."""
        upload = Upload(secrets.token_urlsafe(12), name)
        self._set(upload)
        task = asyncio.create_task(self._work(upload, file))
        self._tasks[task] = file
        task.add_done_callback(lambda ended: self._end(ended, file))
        return upload

    async def close(self) -> None:
        """End all that is under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _fill(self, file: BinaryIO, chunks: AsyncIterator[bytes]) -> None:
        received = 0
        async for chunk in chunks:
            received += len(chunk)
            if received > self._settings.upload_bytes:
                raise self._too_large()
            file.write(chunk)
        if not received:
            raise Unusable("The file is empty.", 400)
        file.seek(0)

    def _too_large(self) -> Unusable:
        limit = words.size(self._settings.upload_bytes)
        return Unusable(f"The file is larger than the limit of {limit}. Record less, or use the command line.", 413)

    def _set(self, upload: Upload) -> None:
        self._known[upload.id] = upload
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)

    def _end(self, task: asyncio.Task[None], file: BinaryIO) -> None:
        """Also of a task that was cancelled before its first step."""
        file.close()
        del self._tasks[task]

    async def _work(self, upload: Upload, file: BinaryIO) -> None:
        """The report first, and others' reports too; then the recording that goes with it."""
        if wanted := await self._analyse(upload, file):
            await self.redactions.prepare(wanted, file)

    async def _analyse(self, upload: Upload, file: BinaryIO) -> tuple[Wanted, ...]:
        async with self._turns:
            try:
                async with asyncio.timeout(self._settings.analysis_seconds):
                    return await self._run(upload, file)
            except TimeoutError:
                self._set(replace(upload, refusal="The analysis took too long and was ended."))
            except StoreError as problem:
                self._set(replace(upload, refusal=str(problem)))
            except Exception as failure:  # its words may hold what was sent: nobody is told but the kind
                _log.error("An upload failed: %s.", type(failure).__name__)
                self._set(replace(upload, refusal=f"The report could not be kept ({type(failure).__name__})."))
        return ()

    async def _run(self, upload: Upload, file: BinaryIO) -> tuple[Wanted, ...]:
        async with running(self._settings.analysing(upload.name), file) as told:
            message = await self._follow(upload, told)
        ended, wanted = await self._ended(upload, message)
        self.redactions.expect(wanted)
        self._set(ended)  # last, so that whoever sees the end finds no process either
        return wanted

    async def _follow(self, upload: Upload, told: StreamReader) -> Finished | Refused:
        message: Message = Progress(0, 0)
        try:
            while isinstance(message, Progress):
                self._set(replace(upload, done=message.done, total=message.total))
                message = await heard(told, self._settings.report_bytes)
        except TooLong:
            return Refused("The report would be too large to be shown; record less, only what fails.")
        except asyncio.IncompleteReadError:
            message = Refused(UNANSWERED)
        return message if isinstance(message, Finished | Refused) else Refused(UNANSWERED)

    async def _ended(self, upload: Upload, message: Finished | Refused) -> tuple[Upload, tuple[Wanted, ...]]:
        if isinstance(message, Refused):
            return replace(upload, refusal=message.why), ()
        if not message.reports:
            return replace(upload, refusal="The file holds no recording."), ()
        kept = await asyncio.to_thread(self._keep, message.reports)
        return replace(upload, reports=tuple(one.report for one in kept)), kept

    def _keep(self, reports: tuple[Report, ...]) -> tuple[Wanted, ...]:
        return tuple(Wanted(self._store.add(report).id, report.source.entries) for report in reports)
