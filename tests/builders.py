"""Exchanges and traffic made by hand: state only the fields that matter."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from harinspect.har.model import Credentials, Exchange, Har, PostData, Request, Response, Source
from harinspect.traffic.build import build
from harinspect.traffic.model import Denial, DenialKind, Traffic
from harinspect.wire.headers import Headers

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def exchange(
    index: int,
    url: str,
    status: int = 200,
    *,
    at: float | None = None,
    method: str = "GET",
    sent: Mapping[str, str] | None = None,
    got: Mapping[str, str] | None = None,
    body: str | None = None,
    posted: str | None = None,
    **rest: object,
) -> Exchange:
    """One exchange; `at` in seconds after START (its index where not given), answered after 10 ms."""
    seconds = index if at is None else at
    request = Request(method, url, "HTTP/1.1", Headers((sent or {}).items()), PostData(text=posted) if posted else None)
    answer = Response(status, "", Headers((got or {}).items()), mime_type="text/html" if body else "", body=body)
    started = START + timedelta(seconds=seconds)
    return Exchange(index, started, 10.0, request, answer, **rest)  # type: ignore[arg-type]


def har(*exchanges: Exchange) -> Har:
    return Har(Source("made by hand", 0, credentials=Credentials.RECORDED), exchanges)


def traffic(*exchanges: Exchange) -> Traffic:
    return build(har(*exchanges))


def denial(about: Exchange, *others: Exchange, kind: DenialKind = DenialKind.FORBIDDEN) -> Denial:
    return Denial(about, kind, traffic(about, *others))
