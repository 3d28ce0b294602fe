"""What is done beside serving where reports are kept on disk: old ones are forgotten, and deleting is finished."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Final

from harinspect.store import StoreError
from harinspect.web.kept import Kept

EVERY: Final = 3600.0  # seconds


@asynccontextmanager
async def housekeeping(kept: Kept | None) -> AsyncIterator[None]:
    """At once and every hour, in a thread, for as long as the context lasts. Nothing where there is no archive."""
    if kept is None:
        yield
        return
    task = asyncio.create_task(_again_and_again(kept))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _again_and_again(kept: Kept) -> None:
    while True:
        with suppress(StoreError):  # whoever asks for a page is told; the next hour may go better
            await asyncio.to_thread(keep_house, kept)
        await asyncio.sleep(EVERY)


def keep_house(kept: Kept) -> None:
    """Raises StoreError."""
    if kept.forget_after is not None:
        kept.archive.reports.forget_after(days=kept.forget_after / timedelta(days=1))
    kept.archive.tidy()
