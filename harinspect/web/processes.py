"""Processes that work for the page: started with a file as their input, listened to, ended with all they started."""

from __future__ import annotations

import asyncio
import os
import signal
from asyncio import StreamReader
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import BinaryIO, TypeVar, cast

from harinspect.web.messages import PREFIX, Message, decode
from harinspect.web.settings import worker_environment

T = TypeVar("T")


class TooLong(ValueError):
    """A message is longer than it may be."""


@asynccontextmanager
async def running(command: Sequence[str], file: BinaryIO) -> AsyncIterator[StreamReader]:
    """What the process tells, whose standard input is `file` from its start. It is ended with the context, however
    that ends.
    """
    file.flush()
    os.lseek(file.fileno(), 0, os.SEEK_SET)  # a seek of the buffered file does not know where another process has read
    process = await settled(
        asyncio.create_subprocess_exec(
            *command, stdin=file, stdout=PIPE, stderr=DEVNULL, env=worker_environment(), start_new_session=True
        ),
        _ended,
    )
    try:
        yield cast(StreamReader, process.stdout)
    finally:
        await settled(_ended(process))


async def heard(told: StreamReader, most: int) -> Message:
    """The next message, of at most so many bytes. Raises TooLong, and asyncio.IncompleteReadError at the end."""
    length = int.from_bytes(await told.readexactly(PREFIX), "big")
    if length > most:
        raise TooLong
    return decode(await told.readexactly(length))


async def settled(work: Awaitable[T], undo: Callable[[T], Awaitable[None]] | None = None) -> T:
    """The result. Cancellations, however many, wait for it and for what undoes it: nothing is left under way."""
    task = asyncio.ensure_future(work)
    is_cancelled = False
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError:
            is_cancelled = True
    if not is_cancelled:
        return task.result()
    if undo is not None and task.exception() is None:
        await settled(undo(task.result()))
    raise asyncio.CancelledError


async def _ended(process: Process) -> None:
    """Kill it with its own processes, and read its pipe to the end: only then does asyncio close the transport."""
    with suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    await process.communicate()
