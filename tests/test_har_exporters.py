"""Every exporter's habits, each in a minimal file that carries the answer under `_expected`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harinspect.har import load
from harinspect.har.model import Exchange
from harinspect.wire.headers import Headers, Missing

FILES = sorted((Path(__file__).parent / "exporters").glob("*.har"))


def said(headers: Headers, name: str) -> str:
    value = headers.get(name)
    return value.value if isinstance(value, Missing) else value


def facts(exchange: Exchange) -> dict[str, object]:
    """The exchange in the words of `_expected`."""
    post = exchange.request.post_data
    return {
        "url": exchange.url,
        "method": exchange.method,
        "status": exchange.status,
        "error": exchange.error,
        "http_version": exchange.request.http_version,
        "provisional": exchange.provisional,
        "from_cache": exchange.from_cache,
        "from_service_worker": exchange.from_service_worker,
        "resource_type": exchange.resource_type,
        "initiator": [exchange.initiator.kind, exchange.initiator.url],
        "started": exchange.started.isoformat() if exchange.started else None,
        "duration": exchange.duration,
        "body": exchange.response.body,
        "mime_type": exchange.response.mime_type,
        "redirect": exchange.response.redirect_url,
        "removed": [exchange.request.removed_bytes, exchange.response.removed_bytes],
        "set_cookie": list(exchange.response.headers.all("set-cookie")),
        "messages": [list(message) for message in exchange.messages],
        "server_ip": exchange.server_ip,
        "connection": exchange.connection,
        "page": exchange.page,
        "post": post.text if post else None,
        "params": [list(pair) for pair in post.params] if post else None,
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_exporter(path: Path) -> None:
    expected = json.loads(path.read_text(encoding="utf-8"))["_expected"]
    har = load(path)
    assert (har.lost, har.problems) == (0, ())
    assert har.source.exporter == expected["exporter"]
    assert har.source.credentials.value == expected["credentials"]
    assert har.source.browser == expected.get("browser", har.source.browser)
    for index, wanted in expected["exchanges"].items():
        exchange = har.exchanges[int(index)]
        for side, headers in (("request", exchange.request.headers), ("response", exchange.response.headers)):
            for name, value in wanted.pop(side, {}).items():
                assert (index, name, said(headers, name)) == (index, name, value)
        known = facts(exchange)
        assert {name: known[name] for name in wanted} == wanted
