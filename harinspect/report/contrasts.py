"""A refused request beside the nearest one that passed, with redacted values."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

from harinspect.har.model import Exchange
from harinspect.redaction.reports import ReportRedactor
from harinspect.report import model
from harinspect.report.times import when
from harinspect.traffic.contrast import Contrast, Difference
from harinspect.wire.headers import Missing

ROWS = 8  # with the one for the time
LONGEST = 300  # characters of a value
SHAPE = ("fields", "operation", "content")  # parts of a body that are no field; every other row is a token's
READABLE = "/:,;@ "  # what need not be encoded to stay within a parameter
UNITS = (("day", 86_400), ("h", 3600), ("min", 60), ("s", 1))


def contrast_part(found: Contrast | None, redactor: ReportRedactor) -> model.Contrast | None:
    """The telling differences first and the time last; None where there is nothing to tell.

    That nothing but the time differs is said only where the file withholds nothing of the two requests.
    """
    if found is None or not (found.differences or found.is_whole):
        return None
    here, there = found.denial.exchange, found.twin
    rows = [_row(difference, here, there, redactor) for difference in found.differences[: ROWS - 1]]
    rows += _timing(here, there)
    return model.Contrast(exchange=there.index, differences=tuple(rows)) if rows else None


def _row(difference: Difference, here: Exchange, there: Exchange, redactor: ReportRedactor) -> model.Difference:
    mine, its = (_shown(difference, value, redactor) for value in (difference.here, difference.there))
    if (difference.part, difference.name) == ("request.url", ""):
        mine, its = (redactor.url(e.url).partition("?")[0] for e in (here, there))
    return model.Difference(part=difference.part, name=_name(difference, redactor), here=_cut(mine), there=_cut(its))


def _shown(difference: Difference, value: str | Missing, redactor: ReportRedactor) -> str:
    """ "" for absent; what is there but empty is said to be so."""
    if isinstance(value, Missing):
        return ""
    part, name = difference.part, difference.name
    if value == "":
        return "(empty)"
    if part == "request.header":
        return redactor.header(name, value)
    if part == "request.cookie":
        return redactor.value("cookie", value)
    if part == "request.url" and name:
        return redactor.url(f"/?{quote(name)}={quote(value, safe=READABLE)}").partition("=")[2]
    if part == "server_ip":
        return redactor.address(value)
    if part == "request.body" and name not in SHAPE:
        return redactor.value("csrf", value)
    return redactor.text(value)


def _name(difference: Difference, redactor: ReportRedactor) -> str:
    """Of a parameter, too, the name may be a secret: `/verify?3f9c1a7b`."""
    is_parameter = difference.part == "request.url" and difference.name
    return (
        redactor.url(f"/?{quote(difference.name)}=").removeprefix("/?").removesuffix("=")
        if is_parameter
        else redactor.word(difference.name)
    )


def _cut(value: str) -> str:
    return value if len(value) <= LONGEST else value[:LONGEST] + "…"


def _timing(here: Exchange, there: Exchange) -> list[model.Difference]:
    """When the one was refused, and how much earlier or later the other passed."""
    if here.started is None or there.started is None:
        return []
    apart = there.started - here.started
    later = apart > timedelta() or (not apart and there.index > here.index)
    told = f"{_spoken(abs(apart))} {'later' if later else 'earlier'}"
    return [model.Difference(part="timing", name="", here=when(here.started) or "", there=told)]


def _spoken(apart: timedelta) -> str:
    """In the largest unit that is full, rounded: 4 min."""
    seconds = apart.total_seconds()
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    unit, length = next(row for row in UNITS if seconds >= row[1])
    return f"{seconds / length:.1f}".removesuffix(".0") + f" {unit}"
