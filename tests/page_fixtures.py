"""Reports for the page's tests. The full one holds every component, with hostile text in between."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec

from harinspect.report.model import Denial, Exchange, Report, Source, Summary

HOSTILE = "<script>alert('x')</script>"
REDACTED = b'{"log": {"entries": []}}'  # what the stand-in for the redacting process tells
HOTLINKS = 100  # the index of the first hotlinked picture


@cache
def _told() -> Report:
    text = Path(__file__).with_name("page_report.json").read_bytes()
    return msgspec.json.decode(text, type=Report)


def full_report(hotlinks: int = 6, name: str = "customer-4711.har") -> Report:
    """Six causes and one refusal that the file does not explain; `hotlinks` pictures are refused alike."""
    told = _told()
    pictures = range(HOTLINKS, HOTLINKS + hotlinks)
    denials = (*told.denials[:-1], *(_moved_denial(told.denials[-1], index) for index in pictures))
    exchanges = (*told.exchanges[:-1], *(_moved_exchange(told.exchanges[-1], index) for index in pictures))
    last = msgspec.structs.replace(told.summary.causes[-1], denials=tuple(pictures))
    return msgspec.structs.replace(
        told,
        source=msgspec.structs.replace(told.source, name=name),
        summary=msgspec.structs.replace(told.summary, denials=len(denials), causes=(*told.summary.causes[:-1], last)),
        denials=denials,
        exchanges=exchanges,
    )


def many_causes(number: int) -> Report:
    """`number` denials that all have answers of their own."""
    told = _told()
    first = told.denials[0]
    denials = tuple(
        msgspec.structs.replace(
            first,
            exchange=1000 + place,
            findings=(msgspec.structs.replace(first.findings[0], rule=f"made.up-{place}", title=f"Cause {place}"),),
        )
        for place in range(number)
    )
    return msgspec.structs.replace(told, denials=denials)


def clear_report() -> Report:
    """Nothing was refused."""
    source = Source(
        name="fine.har",
        bytes=900,
        entries=3,
        lost=0,
        exporter="firefox",
        creator="",
        browser="",
        started=None,
        ended=None,
        credentials="recorded",
    )
    return Report(source=source, summary=Summary(denials=0))


def _moved_denial(denial: Denial, index: int) -> Denial:
    return msgspec.structs.replace(denial, exchange=index, url=denial.url.replace("100", str(index)))


def _moved_exchange(exchange: Exchange, index: int) -> Exchange:
    return msgspec.structs.replace(exchange, exchange=index, url=exchange.url.replace("100", str(index)))
