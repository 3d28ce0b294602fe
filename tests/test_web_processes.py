"""Processes of the page: heard, cancelled and ended with all that they started."""

from __future__ import annotations

import asyncio
import sys
import tempfile

import pytest

from harinspect.web.messages import Message
from harinspect.web.processes import TooLong, heard, running, settled
from tests.served import is_running, wait_until


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_process_is_ended_with_those_that_it_started():
    async def started() -> int:
        with tempfile.TemporaryFile() as file:
            async with running(("sh", "-c", "sleep 60 & echo $!; wait"), file) as told:
                return int(await told.readline())

    second = asyncio.run(started())
    wait_until(lambda: not is_running(second))


def test_a_file_is_read_from_its_start_each_time():
    async def read() -> list[bytes]:
        found = []
        with tempfile.TemporaryFile() as file:
            file.write(b"a recording\n")
            for _ in range(2):
                async with running(("cat",), file) as told:
                    found.append(await told.read())
        return found

    assert asyncio.run(read()) == [b"a recording\n"] * 2


def test_a_message_that_is_too_long_is_not_read():
    async def read() -> Message:
        told = asyncio.StreamReader()
        told.feed_data((1 << 40).to_bytes(8, "big"))
        return await heard(told, 1 << 20)

    with pytest.raises(TooLong):
        asyncio.run(read())


def test_a_cancellation_waits_for_what_is_under_way():
    done: list[str] = []

    async def work() -> str:
        await asyncio.sleep(0.05)
        done.append("work")
        return "result"

    async def undo(result: str) -> None:
        done.append(f"undo {result}")

    async def cancelled() -> None:
        for way in (settled(work()), settled(work(), undo)):
            task = asyncio.create_task(way)
            await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(cancelled())
    assert done == ["work", "work", "undo result"]
