"""Many tabs that each open one case's addresses, step by step."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass

from tests.agreement.lab import Lab, Tab, case_of
from tests.agreement.recording import Flight, Recording

LANES = 24
QUIET = 0.25  # seconds without an event in any tab
LONGEST = 15.0
SITES = {"{own}": "case-{}.test", "{other}": "case-{}.example", "{third}": "case-{}.github.io"}


@dataclass(frozen=True, slots=True)
class Step:
    """An address to open, and the one that is asked last then."""

    start: str
    last: str


def filled(text: str, number: int) -> str:
    """With the sites of that case alone in the place of {own}, {other}, {third}; the last under a private suffix."""
    for hole, site in SITES.items():
        text = text.replace(hole, site.format(number))
    return text


def alike(text: str) -> str:
    """Without the number of the case."""
    return re.sub(r"case-\d+", "case", text)


def path_of(url: str) -> str:
    """The path of an address, by which the servers answer."""
    return "/" + url.split("/", 3)[3].partition("?")[0]


def asked_for(flight: Flight) -> str:
    """The address as the case has it: a form that is sent by GET adds its empty query."""
    return flight.url.rstrip("?")


def played(lab: Lab, tabs: Sequence[Tab], batch: Sequence[tuple[int, Sequence[Step]]]) -> list[Recording]:
    """Take the steps of each case in a tab of its own, each when nothing is under way in any."""
    for place in range(max(len(steps) for _, steps in batch)):
        awaited = []
        for tab, (_, steps) in zip(tabs, batch, strict=False):
            if place < len(steps):
                tab.go(steps[place].start)
                awaited.append(path_of(steps[place].last))
        _settle(lab, tabs, awaited)
    found = []
    for tab, (number, _) in zip(tabs, batch, strict=False):
        flights = [flight for flight in tab.take() if case_of(flight.url) == number]
        found.append(Recording(flights, facts={"number": number}))
    return found


def _settle(lab: Lab, tabs: Sequence[Tab], awaited: Sequence[str]) -> None:
    """Until the last requests have come in and nothing more happens."""
    limit = time.monotonic() + LONGEST
    while time.monotonic() < limit:
        tabs[0].page.wait_for_timeout(60)
        if all(path in lab.server.received for path in awaited) and all(
            tab.is_quiet(QUIET, answers=True) for tab in tabs
        ):
            return
