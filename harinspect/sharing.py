"""A recording for other eyes: redacted, read again, and held against the one that it came from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Optional

import typer
from msgspec import Struct

from harinspect.render import words

if TYPE_CHECKING:
    from harinspect.redaction.document import Masked

WRITTEN, CHECK_FAILED, UNUSABLE = 0, 1, 2
COMPARED_UP_TO: Final = 32 << 20  # bytes of the result
PLACES: Final = {
    "url": "addresses",
    "header": "headers",
    "cookie": "cookie lists",
    "parameter": "parameters",
    "address": "IP addresses",
    "text": "bodies and messages",
    "title": "page titles",
    "word": "other fields",
    "name": "names",
    "other": "fields that no standard has",
    "elsewhere": "repeated elsewhere",
}


class Mode(StrEnum):
    """How much goes."""

    SHARE = "share"
    STRICT = "strict"


class Redacted(Struct, frozen=True):
    """What was masked, and the sentences of the check that failed, none if it is sound."""

    masked: Masked
    problems: tuple[str, ...]
    is_compared: bool


def redact_file(source: Path, output: Path, mode: Mode = Mode.SHARE, patterns: Path | None = None) -> Redacted:
    """Write the HAR in `source`, redacted, to `output`, and check it.

    Raises har.model.NotHar, redaction.patterns.PatternsError and OSError; then nothing is left at `output`.
    """
    from harinspect.redaction.document import redact
    from harinspect.redaction.patterns import Patterns

    own = Patterns.load(patterns) if patterns else None
    part = output.with_name(f".{output.name}.part")
    try:
        with part.open("xb") as out:
            masked = redact(source, out, strict=mode is Mode.STRICT, patterns=own)
        problems = tuple(_problems(source, part, masked, mode))
        is_compared = _is_compared(part, mode)
        part.replace(output)
    finally:
        part.unlink(missing_ok=True)
    return Redacted(masked, problems, is_compared)


def packed(source: Path) -> tuple[BytesIO, int]:
    """The HAR in `source`, redacted, as gzip (RFC 1952), and how many bytes it has unpacked. For short files, as
    all is held in memory. Raises har.model.NotHar.
    """
    import gzip

    from harinspect.redaction.document import redact

    written = BytesIO()
    redact(source, written)
    return BytesIO(gzip.compress(written.getvalue())), written.tell()


def _problems(source: Path, written: Path, masked: Masked, mode: Mode) -> Iterator[str]:
    from harinspect.har.model import NotHar
    from harinspect.har.plain import PlainFile
    from harinspect.har.rewriting import outline
    from harinspect.redaction.document import left_in

    try:
        walk = outline(PlainFile.at(str(written)))
    except NotHar as problem:
        yield f"The result cannot be read: {problem}"
        return
    if walk.count - len(walk.lost) != masked.entries:
        yield f"The result has {walk.count - len(walk.lost):,} requests; {masked.entries:,} were written."
    if left := left_in(written, masked.learnt):
        yield f"Secrets can still be found in {words.count(left, 'request')} of the result."
    if _is_compared(written, mode) and _gist(source) != _gist(written):
        yield "The result gets another diagnosis than the recording."


def _is_compared(written: Path, mode: Mode) -> bool:
    """A diagnosis takes about as much memory as its file is long."""
    return mode is Mode.SHARE and written.stat().st_size <= COMPARED_UP_TO


def _gist(file: Path) -> list[tuple[int, list[tuple[str, str, str]]]]:
    from harinspect.pipeline import analyse

    report = analyse(file)[0]
    return [(one.exchange, [(f.cause, f.confidence, f.rule) for f in one.findings]) for one in report.denials]


def summary(redacted: Redacted) -> Iterator[str]:
    """Lines for a person: what was masked where, and what the check says."""
    masked = redacted.masked
    lost = f", {words.count(masked.lost, 'damaged one')} left out" if masked.lost else ""
    yield f"{words.count(masked.entries, 'request')} written{lost}.{' Masked:' if masked.counts else ''}"
    by_place: dict[str, Counter[str]] = {}
    for (place, kind), count in masked.counts.items():
        by_place.setdefault(PLACES[place], Counter())[kind] += count
    for place, kinds in sorted(by_place.items(), key=lambda row: -row[1].total()):
        ranked = kinds.most_common(6)
        told = ", ".join(f"{count:,} {kind}" for kind, count in ranked) if ranked[1:] else ranked[0][0]
        yield f"  {kinds.total():>7,} in {place}: {told}"
    if not masked.all_learnt:
        yield (
            "  The file has more secrets than can be looked for everywhere: some were masked only where their name or"
            " shape gave them away."
        )
    left = "none of the secrets is left in it"
    rest = f"{left}, and its diagnosis is the same" if redacted.is_compared else f"and {left}"
    sound = f"Checked: it can be read, has all requests, {rest}."
    yield from redacted.problems or (sound,)


def command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A HAR file (also .gz, .zip).")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Where to write the redacted HAR.")],
    mode: Annotated[Mode, typer.Option(help="strict: without bodies, paths and hosts of other sites.")] = Mode.SHARE,
    patterns: Annotated[Optional[Path], typer.Option(metavar="TOML", help="What else to mask.")] = None,  # noqa: UP045 - typer reads it at run time
) -> None:
    """Write a copy of a HAR with its secrets masked.

    The copy gets the same diagnosis, unless the mode is strict.

    Exit status: 0 it was written, 1 it was written and the check failed, 2 it was not written.
    """
    from harinspect.har.model import NotHar
    from harinspect.redaction.patterns import PatternsError

    if output.exists() and file.exists() and output.samefile(file):
        typer.echo(f"harinspect: {output} is the recording itself; name another file to write to.", err=True)
        raise typer.Exit(UNUSABLE)
    try:
        redacted = redact_file(file, output, mode, patterns)
    except FileExistsError as error:
        typer.echo(f"harinspect: {output} is being written by another; if not, remove {error.filename}.", err=True)
        raise typer.Exit(UNUSABLE) from error
    except PatternsError as problem:
        typer.echo(f"harinspect: {problem}.", err=True)
        raise typer.Exit(UNUSABLE) from problem
    except NotHar as problem:
        typer.echo(f"harinspect: {file}: {problem}", err=True)
        raise typer.Exit(UNUSABLE) from problem
    except OSError as error:
        typer.echo(f"harinspect: {output} cannot be written ({error.strerror}).", err=True)
        raise typer.Exit(UNUSABLE) from error
    typer.echo("\n".join(summary(redacted)), err=True)
    raise typer.Exit(CHECK_FAILED if redacted.problems else WRITTEN)
