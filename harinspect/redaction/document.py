"""A whole HAR with its secrets masked: still a HAR, and its diagnosis is still the same.

The file is gone through twice. The first pass masks what names and shapes tell, into a private file; the second takes
what it hid out of all other places.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import ExitStack, closing
from functools import partial
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import BinaryIO, Final, cast

from msgspec import Struct

from harinspect.har.containers import unpack
from harinspect.har.entries import Run, Walk
from harinspect.har.plain import PlainFile
from harinspect.har.rewriting import END, first_url, outline, write_entries, write_head
from harinspect.har.sources import open_source
from harinspect.har.spool import private_file
from harinspect.redaction.files import FileRedactor
from harinspect.redaction.halves import both, can_fork
from harinspect.redaction.masks import Masks
from harinspect.redaction.patterns import Patterns
from harinspect.redaction.sweep import Sweep, occur

COMMENT: Final = "Redacted by harinspect: marks stand for secrets; equal marks stand for equal values in this file."
LONG: Final = 8 << 20  # bytes: a shorter file is done before a process is there to help
BUFFER: Final = 1 << 18


class Masked(Struct, frozen=True):
    """How many values were masked, by where they stood and by kind; `entries` written, and `lost` left out.

    `learnt` are the secrets that were looked for everywhere: keep them for the check, and let go of them. If they
    are not `all_learnt`, there were too many, and others were masked only where they stood.
    """

    entries: int
    lost: int
    counts: Counter[tuple[str, str]]
    learnt: frozenset[str] = frozenset()
    all_learnt: bool = True


class _Pass(Struct, frozen=True):
    """What came of the first pass over some entries: how many were written, what was masked and learnt."""

    entries: int
    counts: Counter[tuple[str, str]]
    learnt: dict[str, str]
    is_full: bool


class _Part(Struct):
    """Some runs of entries on their way: as they are masked by names and shapes, then in full.

    `scratch` first has the long texts that may come again, then what is written for good.
    """

    runs: list[Run]
    is_first: bool
    file: PlainFile
    spool: BinaryIO
    scratch: BinaryIO

    def masked(self, walk: Walk, masks: Masks) -> _Pass:
        masks.keep_in(self.scratch)
        if self.is_first:
            write_head(walk, masks, self.spool.write, COMMENT)
        written = write_entries(self.file, self.runs, masks, self.spool.write)
        masks.forget()
        return _Pass(written, masks.counts, masks.learnt, masks.is_full)

    def sweep(self, learnt: dict[str, str]) -> Counter[str]:
        """Write it for good; what was found elsewhere."""
        sweep = Sweep(learnt)
        self.spool.seek(0)
        self.scratch.seek(0)
        self.scratch.truncate()
        with BufferedReader(cast(RawIOBase, self.spool), BUFFER) as lines:
            for line in lines:
                self.scratch.write(sweep.line(line))
        return sweep.counts


def redact(
    source: str | Path | BinaryIO, out: BinaryIO, *, strict: bool = False, patterns: Patterns | None = None
) -> Masked:
    """Write the first HAR in `source` to `out`, masked. Raises har.model.NotHar where it cannot be used.

    `strict`: without bodies, paths and the host names of other sites, too.
    """
    with closing(redact_each(source, strict=strict, patterns=patterns)) as each:
        return next(each)(out)


def redact_each(
    source: str | Path | BinaryIO, *, strict: bool = False, patterns: Patterns | None = None
) -> Generator[Callable[[BinaryIO], Masked]]:
    """For each file in `source`, of which a zip may hold several, what writes it masked: to be called before the next
    is asked for. Raises har.model.NotHar where `source` cannot be used, and the call does where that file is no HAR.
    """
    file, _ = open_source(source)
    containers = unpack(file)
    try:
        for one in containers:
            yield partial(_redact, one.file, _masks(patterns or Patterns(), strict))
    finally:
        containers.close()
        file.close()


def left_in(written: Path, learnt: frozenset[str]) -> int:
    """In how many lines of a file that was written one of these secrets can still be read."""
    size = written.stat().st_size
    middle = size // 2 if size >= LONG and can_fork() else size
    bounds = [(0, middle), (middle, size)] if middle < size else [(0, size)]
    return sum(both([partial(_left_between, written, learnt, *span) for span in bounds]))


def _left_between(written: Path, learnt: frozenset[str], start: int, end: int) -> int:
    """In the lines that begin there."""
    with written.open("rb") as file:
        if start:
            file.seek(start - 1)
            file.readline()
        return occur(learnt, iter(lambda: file.readline() if file.tell() < end else b"", b""))


def _masks(patterns: Patterns, strict: bool) -> Masks:
    redactor = FileRedactor(patterns)
    if not strict:
        return Masks(redactor, patterns)
    from harinspect.redaction.strict import StrictMasks  # knows the public suffixes, which take their room

    return StrictMasks(redactor, patterns)


def _redact(file: PlainFile, masks: Masks, out: BinaryIO) -> Masked:
    walk = outline(file)
    masks.begin(first_url(file, walk))
    with ExitStack() as open_files:
        parts = [
            _Part(runs, number == 0, one, *(open_files.enter_context(private_file()) for _ in range(2)))
            for number, (runs, one) in enumerate(_shared_out(file, walk))
        ]
        return _written(parts, walk, masks, out)


def _written(parts: list[_Part], walk: Walk, masks: Masks, out: BinaryIO) -> Masked:
    done = both([partial(part.masked, walk, masks) for part in parts])
    learnt = {secret: mark for own in done for secret, mark in own.learnt.items()}
    counts = sum((own.counts for own in done), Counter[tuple[str, str]]())
    for swept in both([partial(part.sweep, learnt) for part in parts]):
        counts.update({("elsewhere", kind): count for kind, count in swept.items()})
    written = 0
    for part, own in zip(parts, done, strict=True):
        out.write(b"," if written and own.entries else b"")
        written += own.entries
        part.scratch.seek(0)
        shutil.copyfileobj(part.scratch, out, BUFFER)
    out.write(END)
    return Masked(written, walk.count - written, counts, frozenset(learnt), not any(own.is_full for own in done))


def _shared_out(file: PlainFile, walk: Walk) -> list[tuple[list[Run], PlainFile]]:
    """All runs, or two halves of a long file, each with a file to read them from."""
    apart = file.apart() if file.size >= LONG and can_fork() else None
    if apart is None:
        return [(walk.runs, file)]
    middle = next((i for i, run in enumerate(walk.runs) if run.offset >= file.size // 2), len(walk.runs))
    return [(walk.runs[:middle], file), (walk.runs[middle:], apart)]
