"""A refused request beside one that passed, in plain words: for terminal and ticket."""

from __future__ import annotations

from harinspect.report.fences import one_line
from harinspect.report.model import Contrast, Difference

PARTS = {
    "http_version": "protocol",
    "server_ip": "server address",
    "request.cookie": "cookie",
    "request.url": "address",
}
ONLY_TIME = "no other difference can be the reason"


def heading(contrast: Contrast) -> str:
    """Which request passed, and when: "Against #4, which passed 2 s earlier"."""
    when = next((row.there for row in contrast.differences if row.part == "timing"), "")
    told = f"Against #{contrast.exchange}, which passed {one_line(when, 40)}".rstrip()
    return told if compared(contrast) else f"{told}: {ONLY_TIME}"


def compared(contrast: Contrast) -> list[Difference]:
    """All but the time, which the heading tells."""
    return [row for row in contrast.differences if row.part != "timing"]


def named(difference: Difference) -> str:
    """What differs: "request header origin", "cookie sid", "address"."""
    part = PARTS.get(difference.part, difference.part.replace(".", " ").replace("_", " "))
    if part == PARTS["request.url"] and difference.name:
        part = "parameter"
    return f"{part} {one_line(difference.name, 80)}".rstrip()
