"""Archives in folders of their own, a clock that can be set, and what is on the disk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from harinspect.report import model
from tests.report_fixtures import denial, finding, report, source

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


class Watch:
    """Shows the time that it is set to."""

    def __init__(self, time: datetime = NOON) -> None:
        self.time = time

    def __call__(self) -> datetime:
        return self.time

    def go_on(self, **span: float) -> None:
        self.time += timedelta(**span)


def told(name: str = "made.har", host: str = "api.example", cause: str = "cors.acao-mismatch") -> model.Report:
    """A report of one refusal by `host`."""
    found = finding(cause=cause, title=f"Title of {cause}")
    return report(
        denial(2, url=f"https://{host}/items", findings=(found,)), source=source(name=name, creator="", browser="")
    )


def marked(marker: str, times: int = 1) -> model.Report:
    """A report that holds the marker in every place that is stored."""
    plain = told(f"{marker}.har", f"{marker.lower()}.example")
    notes = " ".join([marker] * times)
    first = msgspec.structs.replace(plain.denials[0], meaning=notes)
    return msgspec.structs.replace(plain, denials=(first,))


def on_disk(folder: Path) -> bytes:
    """All bytes in the folder's files; the shared memory beside a log holds no data of rows."""
    return b"".join(path.read_bytes() for path in files(folder))


def files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.endswith("-shm"))
