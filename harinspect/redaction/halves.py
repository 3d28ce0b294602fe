"""Two tasks at once, in processes that are forked for them, where that can be done."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from multiprocessing.connection import Connection
from typing import Any, TypeVar

T = TypeVar("T")


def can_fork() -> bool:
    """Is there a second processor, and no thread that a fork would leave behind?"""
    is_alone = threading.active_count() == 1 and not multiprocessing.current_process().daemon
    return is_alone and hasattr(os, "fork") and (os.cpu_count() or 1) > 1


def both(tasks: Sequence[Callable[[], T]]) -> list[T]:
    """The results of one task, or of two that run side by side, each in a process of its own: what they needed is
    given back at their end. Raises what a task raises.
    """
    if len(tasks) == 1:
        return [tasks[0]()]
    with ExitStack() as running:
        answers = [_started(task, running) for task in tasks]
        return [_heard(answer) for answer in answers]


def _started(task: Callable[[], object], running: ExitStack) -> Connection:
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_answer, args=(task, there), daemon=True)
    process.start()
    there.close()
    for end in (process.kill, partial(process.join, 1), here.close):
        running.callback(end)
    return here


def _heard(answer: Connection) -> Any:
    try:
        result = answer.recv()
    except EOFError as error:
        raise RuntimeError("A process that redacted a part of the file has died.") from error
    if isinstance(result, Exception):
        raise result
    return result


def _answer(task: Callable[[], object], there: Connection) -> None:
    try:
        there.send(task())
    except Exception as error:  # whatever it is, the other process must hear of it
        there.send(error)
    there.close()
