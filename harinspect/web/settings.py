"""What a running page is told."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from harinspect.web.access import EVERYBODY_HERE, Access

HERE = str(Path(__file__).resolve().parents[2])  # so that the worker runs this very code, installed or not
WORKER = (sys.executable, "-P", "-m", "harinspect.web.worker")
REDACTOR = (sys.executable, "-P", "-m", "harinspect.web.redacting")


@dataclass(frozen=True, slots=True)
class Settings:
    """Limits and places. `upload_bytes` is for one upload, `held_bytes` for all at a time; `hosts` are allowed beside
    loopback's names; `turns` analyses run at a time; `knowledge` is a folder with a user's own products.
    """

    hosts: tuple[str, ...] = ()
    upload_bytes: int = 2_000_000_000
    held_bytes: int = 6_000_000_000
    analysis_seconds: float = 900.0
    report_bytes: int = 64_000_000
    turns: int = max(1, os.cpu_count() or 1)
    recording_bytes: int = 256_000_000  # of a redacted one, compressed
    worker: tuple[str, ...] = WORKER
    redactor: tuple[str, ...] = REDACTOR
    knowledge: Path | None = None
    access: Access = EVERYBODY_HERE

    def analysing(self, name: str) -> tuple[str, ...]:
        """The command that analyses a recording of that name."""
        return (*self.worker, name, *self._own())

    def redacting(self, mode: str) -> tuple[str, ...]:
        """The command that redacts a recording, in a mode of web/redacting.py."""
        return (*self.redactor, mode, *self._own())

    def _own(self) -> tuple[str, ...]:
        return (str(self.knowledge),) if self.knowledge else ()


def worker_environment() -> Mapping[str, str]:
    """Our own environment, with the place of this package first."""
    before = os.environ.get("PYTHONPATH")
    return os.environ | {"PYTHONPATH": os.pathsep.join([HERE, before] if before else [HERE])}
