"""HAR files in the making: bytes for the tests of reading."""

from __future__ import annotations

import json
from io import BytesIO

from harinspect.har import load
from harinspect.har.model import Har

Json = dict[str, object]


def entry(number: int = 0, **response: object) -> Json:
    """An ordinary entry, told from others by its number."""
    headers = [{"name": "Host", "value": "a.example"}, {"name": "X-Number", "value": str(number)}]
    return {
        "startedDateTime": "2025-05-05T10:00:00.000Z",
        "time": 5.5,
        "request": {
            "method": "GET",
            "url": f"https://a.example/{number}",
            "httpVersion": "HTTP/1.1",
            "headers": headers,
        },
        "response": {"status": 200, "headers": [], "content": {"mimeType": "text/plain", "text": f"body {number}"}}
        | response,
    }


def document(count: int, indent: int | None = None, **log: object) -> str:
    """A file of `count` ordinary entries."""
    entries = [entry(number) for number in range(count)]
    creator = {"name": "Firefox", "version": "150"}
    return json.dumps({"log": {"version": "1.2", "creator": creator, "entries": entries} | log}, indent=indent)


def loaded(content: str | bytes) -> Har:
    """Read from memory."""
    return load(BytesIO(content.encode() if isinstance(content, str) else content))


def numbers(har: Har) -> list[int]:
    """Which entries came through, by the numbers in their URLs."""
    return [int(exchange.url.rpartition("/")[2]) for exchange in har.exchanges]
