"""The overview of each page load, by haralyzer fed with entries that are already settled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from harinspect.har.model import Har


@dataclass(frozen=True, slots=True)
class PageOverview:
    """One page load: times in milliseconds, -1 where the file does not tell; `bytes` by kind of content."""

    id: str
    title: str
    requests: int
    load: float
    first_byte: float
    bytes: Mapping[str, int]


def overview(har: Har) -> tuple[PageOverview, ...]:
    return ()
