"""What is done beside serving where reports are kept on disk: old ones are forgotten, and deleting is finished."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from harinspect.store import StoreError

if TYPE_CHECKING:
    from harinspect.store.archive import Archive

EVERY: Final = 3600.0  # seconds


@asynccontextmanager
async def housekeeping(archive: Archive | None, forget_after: timedelta | None) -> AsyncIterator[None]:
    """At once and every hour, in a thread, for as long as the context lasts. Nothing where there is no archive."""
    if archive is None:
        yield
        return
    task = asyncio.create_task(_again_and_again(archive, forget_after))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _again_and_again(archive: Archive, forget_after: timedelta | None) -> None:
    while True:
        with suppress(StoreError):  # whoever asks for a page is told; the next hour may go better
            await asyncio.to_thread(keep_house, archive, forget_after)
        await asyncio.sleep(EVERY)


def keep_house(archive: Archive, forget_after: timedelta | None) -> None:
    """Raises StoreError."""
    if forget_after is not None:
        archive.reports.forget_after(days=forget_after / timedelta(days=1))
    archive.tidy()
