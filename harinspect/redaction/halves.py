"""Two tasks at once: the second in a process that is forked for it, where that can be done."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from typing import TypeVar

T = TypeVar("T")


def can_fork() -> bool:
    """Is there a second processor, and no thread that a fork would leave behind?"""
    is_alone = threading.active_count() == 1 and not multiprocessing.current_process().daemon
    return is_alone and hasattr(os, "fork") and (os.cpu_count() or 1) > 1


def both(tasks: Sequence[Callable[[], T]]) -> list[T]:
    """The results of one task, or of two that run side by side. Raises what a task raises."""
    if len(tasks) == 1:
        return [tasks[0]()]
    first, second = tasks
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_answer, args=(second, there), daemon=True)
    process.start()
    there.close()
    try:
        done = first()
        try:
            result = here.recv()
        except EOFError as error:
            raise RuntimeError("A process that redacted a part of the file has died.") from error
    finally:
        here.close()
        process.join(1)
        process.kill()
    if isinstance(result, Exception):
        raise result
    return [done, result]


def _answer(task: Callable[[], object], there: Connection) -> None:
    try:
        there.send(task())
    except Exception as error:  # whatever it is, the other process must hear of it
        there.send(error)
    there.close()
