"""What the DevTools protocol told of one case, and the HAR that DevTools would export of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from harinspect.har.load import load
from harinspect.traffic.build import build
from harinspect.traffic.model import Traffic

Event = Mapping[str, Any]  # the params of a Network event
DEVTOOLS, SANITIZED, PROXY = "har", "sanitized", "proxy"
SECRET_REQUEST, SECRET_RESPONSE = ("authorization", "cookie"), ("set-cookie",)


@dataclass(slots=True)
class Flight:
    """One request and its answer. A redirect is answered by `received` too; `extra` are the headers on the wire."""

    sent: Event
    sent_extra: Event = field(default_factory=dict)
    received: Event = field(default_factory=dict)
    received_extra: Event = field(default_factory=dict)
    failed: Event = field(default_factory=dict)
    ended: float = 0.0
    body: str = ""  # of the answer, where a family fills it in

    @property
    def url(self) -> str:
        return str(self.sent["request"]["url"])

    @property
    def is_preflight(self) -> bool:
        return bool(self.sent.get("type") == "Preflight" or self.sent["initiator"]["type"] == "preflight")

    @property
    def cors_error(self) -> str:
        """The name in Network.CorsError, "" for none."""
        return str(self.failed.get("corsErrorStatus", {}).get("corsError", ""))

    @property
    def request_headers(self) -> Mapping[str, str]:
        """As on the wire; what the page meant to send where nothing was."""
        found: Mapping[str, str] = self.sent_extra.get("headers") or self.sent["request"]["headers"]
        return found

    @property
    def response_headers(self) -> Mapping[str, str]:
        found: Mapping[str, str] = self.received_extra.get("headers") or self.received.get("headers", {})
        return found

    @property
    def status(self) -> int:
        return int(self.received_extra.get("statusCode") or self.received.get("status") or 0)


@dataclass(slots=True)
class Recording:
    """Everything that the browser did for one case. `returned`: what the page's script reported."""

    flights: list[Flight] = field(default_factory=list)
    returned: Any = None
    page: list[Flight] = field(default_factory=list)  # the document that made the requests, loaded before the case
    facts: dict[str, Any] = field(default_factory=dict)  # what else a family wants to remember

    @property
    def requests(self) -> list[Flight]:
        return [flight for flight in self.flights if not flight.is_preflight]

    def har(self, kind: str = DEVTOOLS) -> bytes:
        """The HAR as DevTools exports it, with sensitive data or SANITIZED, or as a PROXY on the way records it."""
        flights = [*self.page, *self.flights]
        if kind == PROXY:
            entries = [_by_proxy(_entry(flight, kind)) for flight in flights if flight.sent_extra and flight.status]
            log = {"version": "1.2", "creator": {"name": "a proxy", "version": "1"}, "entries": entries}
        else:
            entries, pages = [_entry(flight, kind) for flight in flights], [_page(flight) for flight in self.page[:1]]
            creator = {"name": "WebInspector", "version": "537.36"}
            log = {"version": "1.2", "creator": creator, "pages": pages, "entries": entries}
        return json.dumps({"log": log}).encode()

    def traffic(self, kind: str = DEVTOOLS) -> Traffic:
        """That HAR, read and linked by the product."""
        return build(load(BytesIO(self.har(kind)), name="agreement.har"))


def _page(flight: Flight) -> dict[str, Any]:
    return {"startedDateTime": _time(flight), "id": "page_1", "title": flight.url, "pageTimings": {}}


def _by_proxy(entry: dict[str, Any]) -> dict[str, Any]:
    """Only what was on the wire: nothing of what the browser made of it."""
    kept = {name: value for name, value in entry.items() if not name.startswith("_") and name != "pageref"}
    return kept | {"response": {name: value for name, value in entry["response"].items() if not name.startswith("_")}}


def _entry(flight: Flight, kind: str) -> dict[str, Any]:
    sanitized = kind == SANITIZED
    return {
        "_initiator": dict(flight.sent["initiator"]),
        "_resourceType": "preflight" if flight.is_preflight else flight.sent.get("type", "Other").lower(),
        "cache": {},
        "request": _request(flight, sanitized),
        "response": _response(flight, sanitized),
        "serverIPAddress": flight.received.get("remoteIPAddress", ""),
        "startedDateTime": _time(flight),
        "time": max(flight.ended - flight.sent["timestamp"], 0) * 1000,
        "timings": {},
        "pageref": "page_1",
    } | ({"connection": "443"} if flight.received else {})


def _request(flight: Flight, sanitized: bool) -> dict[str, Any]:
    sent = flight.sent["request"]
    headers = flight.request_headers
    found = {
        "method": sent["method"],
        "url": sent["url"],
        "httpVersion": flight.received.get("protocol", ""),
        "headers": list(_lines(headers, SECRET_REQUEST if sanitized else ())),
        "queryString": [],
        "cookies": [] if sanitized else list(_cookies(headers)),
        "headersSize": _request_size(flight),
        "bodySize": len(sent.get("postData", "")),
    }
    if sent.get("hasPostData"):
        kind = next((value for name, value in headers.items() if name.lower() == "content-type"), "")
        found["postData"] = {"mimeType": kind, "text": sent.get("postData", "")}
    return found


def _response(flight: Flight, sanitized: bool) -> dict[str, Any]:
    headers = flight.response_headers
    where = next((value for name, value in headers.items() if name.lower() == "location"), "")
    return {
        "status": flight.status,
        "statusText": flight.received.get("statusText", ""),
        "httpVersion": flight.received.get("protocol", ""),
        "headers": list(_lines(headers, SECRET_RESPONSE if sanitized else ())),
        "cookies": [],
        "content": {"size": len(flight.body), "mimeType": flight.received.get("mimeType", "x-unknown")}
        | ({"text": flight.body} if flight.body else {}),
        "redirectURL": where,
        "headersSize": -1,
        "bodySize": -1,
        "_transferSize": 0,
        "_error": flight.failed.get("errorText"),
        "_fetchedViaServiceWorker": False,
    }


def _lines(headers: Mapping[str, str], without: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """The protocol joins repeated lines by a line feed; the export has one each."""
    for name, joined in headers.items():
        if name.lower() not in without:
            yield from ({"name": name, "value": value} for value in joined.split("\n"))


def _request_size(flight: Flight) -> int:
    """Request line and header lines, as DevTools counts before it sanitizes; -1 where nothing was sent."""
    if not flight.sent_extra:
        return -1
    path = "/" + flight.url.split("/", 3)[3]
    line = f"{flight.sent['request']['method']} {path} HTTP/1.1\r\n"
    return len(line) + sum(len(name) + len(value) + 4 for name, value in flight.request_headers.items())


def _cookies(headers: Mapping[str, str]) -> Iterator[dict[str, str]]:
    for name, joined in headers.items():
        for pair in joined.split("; ") if name.lower() == "cookie" else ():
            key, _, value = pair.partition("=")
            yield {"name": key, "value": value}


def _time(flight: Flight) -> str:
    started = datetime.fromtimestamp(flight.sent["wallTime"], UTC)
    return started.isoformat(timespec="milliseconds").replace("+00:00", "Z")
