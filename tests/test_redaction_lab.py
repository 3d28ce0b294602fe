"""Recordings of real browsers: no credential of theirs survives, and what names the parties stays readable."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from harinspect.har import load_all
from harinspect.har.model import Exchange
from harinspect.redaction.shapes import is_broken
from harinspect.redaction.values import Redactor
from harinspect.wire.headers import Headers

SHORTEST = 6  # characters; shorter values occur by chance


def test_no_credential_of_a_recording_survives(lab: list[Path]) -> None:
    seen = 0
    for path in recordings(lab):
        for har in load_all(path):
            redactor = Redactor()
            for exchange in har.exchanges:
                redactor.learn(exchange.request.headers)
                redactor.learn(exchange.response.headers)
            secrets = {secret for exchange in har.exchanges for secret in credentials(exchange)}
            shown = "\n".join(text for exchange in har.exchanges for text in everything(exchange, redactor))
            assert [secret for secret in secrets if secret in shown] == [], path
            seen += len(secrets)
    assert seen


def test_hosts_stay_readable(lab: list[Path]) -> None:
    for path in recordings(lab):
        for har in load_all(path):
            redactor = Redactor()
            shown = {urlsplit(redactor.url(exchange.url)).hostname for exchange in har.exchanges}
            assert shown == {urlsplit(exchange.url).hostname for exchange in har.exchanges}


def recordings(lab: list[Path]) -> list[Path]:
    return [path for scenario in lab for path in (scenario / "devtools.har", scenario / "firefox.har") if path.exists()]


def credentials(exchange: Exchange) -> Iterator[str]:
    sent, answered = exchange.request.headers, exchange.response.headers
    pairs = [pair for line in sent.all("cookie") for pair in line.split(";")]
    pairs += [line.partition(";")[0] for line in answered.all("set-cookie")]
    values = [pair.partition("=")[2].strip() for pair in pairs]
    values += [line.rpartition(" ")[2] for line in sent.all("authorization")]
    yield from (value for value in values if len(value) >= SHORTEST and not is_broken(value))


def everything(exchange: Exchange, redactor: Redactor) -> Iterator[str]:
    yield redactor.url(exchange.url)
    yield from fields(exchange.request.headers, redactor)
    yield from fields(exchange.response.headers, redactor)
    yield redactor.text(exchange.response.body or "")
    if exchange.request.post_data:
        yield redactor.text(exchange.request.post_data.text or "")


def fields(headers: Headers, redactor: Redactor) -> Iterator[str]:
    yield from (redactor.header(name, value) for name, value in headers)
