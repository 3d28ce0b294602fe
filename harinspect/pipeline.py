"""The whole program: a HAR in, reports out."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import BinaryIO

from harinspect import __version__
from harinspect.diagnosis import diagnose
from harinspect.har import load_all
from harinspect.har.model import Har
from harinspect.inspectors import all_inspectors
from harinspect.knowledge import Library, load
from harinspect.report.build import build
from harinspect.report.model import Report
from harinspect.traffic import build as traffic
from harinspect.traffic.denials import find_denials


def analyse(
    source: str | Path | BinaryIO,
    name: str | None = None,
    progress: Callable[[int, int], None] | None = None,
    knowledge: Path | None = None,
) -> tuple[Report, ...]:
    """A report for each HAR in `source` (several in a zip). `progress` is told bytes read and bytes in all.

    `knowledge` is a folder with a user's own products. Raises har.model.NotHar with one sentence where the input cannot
    be used, and knowledge.KnowledgeError with one where that folder cannot.
    """
    library = load(knowledge) if knowledge else None
    with _collector_paused():
        return tuple(_reports(source, name, progress, library))


@contextmanager
def _collector_paused() -> Iterator[None]:
    """What is made here lives until the report is done and holds no cycles: looking for garbage costs a fifth."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        _settle()
        if was_on:
            gc.enable()


@cache
def _settle() -> None:
    """Modules and knowledge stay for good: the collector would look through them at exit, too."""
    gc.freeze()


def _reports(
    source: str | Path | BinaryIO,
    name: str | None,
    progress: Callable[[int, int], None] | None,
    library: Library | None,
) -> Iterator[Report]:
    for har in load_all(source, name=name, progress=progress):
        yield report_of(har, library)


def report_of(har: Har, library: Library | None = None) -> Report:
    """One file, from its exchanges to its report. `library`: of known products, None for ours alone."""
    built = traffic.build(har, library)
    diagnoses = [diagnose(denial, all_inspectors()) for denial in find_denials(built)]
    return build(built, diagnoses, __version__)
