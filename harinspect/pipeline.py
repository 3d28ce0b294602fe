"""The whole program: a HAR in, reports out."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from harinspect import __version__
from harinspect.diagnosis import diagnose
from harinspect.har import load_all
from harinspect.har.model import Har
from harinspect.inspectors import all_inspectors
from harinspect.report.build import build
from harinspect.report.model import Report
from harinspect.traffic import build as traffic
from harinspect.traffic.denials import find_denials


def analyse(
    source: str | Path | BinaryIO, name: str | None = None, progress: Callable[[int, int], None] | None = None
) -> tuple[Report, ...]:
    """A report for each HAR in `source` (several in a zip). `progress` is told bytes read and bytes in all.

    Raises har.model.NotHar with one sentence where the input cannot be used.
    """
    with _collector_paused():
        return tuple(_reports(source, name, progress))


@contextmanager
def _collector_paused() -> Iterator[None]:
    """What is made here lives until the report is done and holds no cycles: looking for garbage costs a fifth."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if gc.get_freeze_count() == 0:
            gc.freeze()  # modules and knowledge stay for good: the collector would look through them at exit, too
        if was_on:
            gc.enable()


def _reports(
    source: str | Path | BinaryIO, name: str | None, progress: Callable[[int, int], None] | None
) -> Iterator[Report]:
    for har in load_all(source, name=name, progress=progress):
        yield report_of(har)


def report_of(har: Har) -> Report:
    """One file, from its exchanges to its report."""
    built = traffic.build(har)
    diagnoses = [diagnose(denial, all_inspectors()) for denial in find_denials(built)]
    return build(built, diagnoses, __version__)
