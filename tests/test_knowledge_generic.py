"""Words that any server may write are pinned on no product."""

from __future__ import annotations

import pytest

from harinspect.har.model import Exchange, Request, Response
from harinspect.knowledge import who_answered
from harinspect.wire.headers import Headers

PLAIN_NOES = (
    "Access Denied",
    "Access denied.",
    "ACCESS DENIED",
    "403 Forbidden",
    "Error 403",
    "Permission denied",
    "Not allowed",
    "Request blocked",
    "Your request has been blocked.",
    "You are not allowed to view this page.",
    "Sorry, you do not have access to this page.",
    "You have been blocked",
    "This request was rejected.",
    "Security check failed",
    "Please contact the administrator.",
    "Reference: 8f14e45f",
    "Incident number 12345678",
)
SHAPES = (
    "{}",
    "<html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>",
    "<!doctype html><html><body><center><h2>{}</h2></center><p>Request 8f14e45fceea167a</p></body></html>",
    '{{"message": "{}"}}',
    '{{"status": 403, "error": "{}"}}',
    '<?xml version="1.0"?><error>{}</error>',
)


def exchange(body: str, headers: tuple[tuple[str, str], ...]) -> Exchange:
    request = Request("GET", "https://app.example/thing", "h2", Headers())
    return Exchange(0, None, 10.0, request, Response(403, "Forbidden", Headers(headers), body=body))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("said", PLAIN_NOES)
@pytest.mark.parametrize("headers", [(), (("content-length", "199"), ("cache-control", "no-store"), ("via", "1.1 a"))])
def test_generic_words_name_no_vendor(said: str, shape: str, headers: tuple[tuple[str, str], ...]) -> None:
    blocked = who_answered(exchange(shape.format(said), headers)).blocked
    assert [(one.responder.id, one.record and one.record.key) for one in blocked if not one.responder.generic] == []
