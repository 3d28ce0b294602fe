"""A report as it is stored, and what of it is searched.

Only `report.model.Report` comes in here: it has passed the redactor, and a recording has no way in.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Final

import msgspec

from harinspect.report.model import Denial, Report
from harinspect.store.trouble import StoreError
from harinspect.wire.url import Url

SEARCHED: Final = 200_000  # characters of a report; what comes later repeats what comes first
_DECODER: Final = msgspec.json.Decoder(Report)


def packed(report: Report) -> bytes:
    """The report's JSON, compressed (RFC 1950)."""
    return zlib.compress(msgspec.json.encode(report), 6)


def unpacked(content: bytes) -> Report:
    """The report again; fields that a newer version has added are left out. Raises StoreError where it is damaged."""
    try:
        return _DECODER.decode(zlib.decompress(content))
    except (zlib.error, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise StoreError("This report is damaged in the database and cannot be shown; remove it.") from error


def hosts(report: Report) -> frozenset[str]:
    """Of every request that the report shows, as in a URL: lower case, IDNs in Punycode."""
    urls = {denial.url for denial in report.denials} | {exchange.url for exchange in report.exchanges}
    parsed = (Url.parse(url) for url in urls)
    return frozenset(url.host for url in parsed if url is not None and url.host)


def words(report: Report) -> str:
    """What a search for text looks through, folded: names, addresses, causes and reasons, each once."""
    lines = dict.fromkeys(_lines(report))
    return folded("\n".join(lines)[:SEARCHED])


def folded(text: str) -> str:
    """As it is compared: without case, and without what a database may refuse in text."""
    return clean(text).casefold()


def clean(text: str) -> str:
    """Without null bytes, which PostgreSQL refuses, and halves of surrogate pairs, which are no text in UTF-8."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")


def _lines(report: Report) -> Iterator[str]:
    source = report.source
    yield from (source.name, source.creator, source.browser, report.summary.sentence)
    for cause in report.summary.causes:
        yield f"{cause.cause} {cause.title}"
    for denial in report.denials:
        yield from _of_denial(denial)
    for exchange in report.exchanges:
        yield exchange.url


def _of_denial(denial: Denial) -> Iterator[str]:
    yield f"{denial.method} {denial.url} {denial.status}"
    if denial.responder:
        yield denial.responder.name
    for finding in denial.findings:
        yield from (f"{finding.rule} {finding.cause} {finding.title}", finding.why)
        yield from (evidence.value for evidence in finding.evidence if evidence.value)
