"""A HAR in which every member that the format names has, entry by entry, a value that does not belong there."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

VALUES: tuple[Any, ...] = (
    *(
        None,
        True,
        -7,
        3.5,
        10**15,
        "",
        "text",
        "a\nb\tc",
        "\u2039x\u203a \U0001f36a \ud800",
        "192.0.2.1",
        "[::1]",
        "12",
    ),
    *("2025-02-30T10:00:00Z", "2025-05-05 10:00", "Mon, 05 May 2025 10:00:00 GMT", [], ["a"], {}, {"a": "b"}, [{}]),
    *("http://192.0.2.7:8403/a b?c=\u00fc", "wss://a.example/\u00e4"),
)
PAIR = {"name": "a", "value": "b", "comment": "c"}
COOKIE = PAIR | {
    "path": "/",
    "domain": "a.example",
    "expires": "2025-05-05T10:00:00Z",
    "httpOnly": True,
    "secure": True,
}
ENTRY = {
    "pageref": "page_1",
    "startedDateTime": "2025-05-05T10:00:00.000Z",
    "time": 5,
    "serverIPAddress": "192.0.2.7",
    "connection": "80",
    "comment": "c",
    "cache": {"beforeRequest": None, "afterRequest": None, "comment": "c"},
    "timings": dict.fromkeys(("blocked", "dns", "connect", "ssl", "send", "wait", "receive"), 1) | {"comment": "c"},
    "request": {
        "method": "POST",
        "url": "https://a.example/",
        "httpVersion": "HTTP/1.1",
        "cookies": [COOKIE],
        "headers": [PAIR],
        "queryString": [PAIR],
        "postData": {
            "mimeType": "text/plain",
            "text": "t",
            "params": [PAIR | {"fileName": "f", "contentType": "text/plain"}],
            "comment": "c",
        },
        "headersSize": 1,
        "bodySize": 1,
        "comment": "c",
    },
    "response": {
        "status": 200,
        "statusText": "OK",
        "httpVersion": "HTTP/1.1",
        "cookies": [COOKIE],
        "headers": [PAIR],
        "content": {"size": 1, "compression": 0, "mimeType": "text/plain", "text": "t", "encoding": "", "comment": "c"},
        "redirectURL": "",
        "headersSize": 1,
        "bodySize": 1,
        "comment": "c",
    },
}
PAGE = {
    "startedDateTime": "2025-05-05T10:00:00.000Z",
    "id": "page_1",
    "title": "t",
    "pageTimings": {"onContentLoad": 1, "onLoad": 2, "comment": "c"},
    "comment": "c",
}


def awkward() -> dict[str, Any]:
    """The whole HAR."""
    pages, entries = [PAGE, *_changed(PAGE)], [ENTRY, *_changed(ENTRY)]
    creator: dict[str, Any] = {"name": 7, "version": None, "comment": []}
    return {"log": {"version": 2, "creator": creator, "browser": creator, "pages": pages, "entries": entries}}


def _changed(whole: Any) -> Iterator[Any]:
    """Copies of which each lacks a member or has another value in its place."""
    for path in _paths(whole):
        for value in (*VALUES, ...):
            made = copy.deepcopy(whole)
            parent = made
            for step in path[:-1]:
                parent = parent[step]
            if value is ...:
                del parent[path[-1]]
            else:
                parent[path[-1]] = value
            yield made


def _paths(value: Any, *path: Any) -> Iterator[tuple[Any, ...]]:
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in steps:
        yield (*path, step)
        yield from _paths(inner, *path, step)
