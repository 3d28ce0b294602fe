"""Refused requests and what is sent on of them, for the tests of messages."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta, timezone

from harinspect.har.model import Exchange
from harinspect.redaction.reports import ReportRedactor
from harinspect.report import model
from harinspect.report.answered import Answered
from harinspect.report.escalation import escalation
from harinspect.traffic.model import Denial
from tests.report_fixtures import denial, denied, exchange

CANARY = "q8W7e6R5t4Z3u2"
NOON = datetime(2026, 11, 21, 3, 8, 53, 123000, tzinfo=UTC)
FIRST = NOON.replace(tzinfo=timezone(timedelta(hours=5, minutes=30)))


def refused(**more: object) -> Exchange:
    fields: dict[str, object] = {
        "status": 403,
        "method": "POST",
        "started": NOON,
        "server_ip": "192.0.2.9",
        "sent": (
            ("Host", "api.example"),
            ("Cookie", f"sid={CANARY}"),
            ("Authorization", f"Bearer {CANARY}"),
        ),
        "answered": (("X-Request-Id", "9e107d9d372bb6826bd81d3542a419d6"), ("Set-Cookie", f"a={CANARY}")),
        "posted": f"password={CANARY}&it's=1",
    } | more
    query = fields.pop("query", f"token={CANARY}&y=1")
    return exchange(3, f"https://api.example/x?{query}", **fields)  # type: ignore[arg-type]


def passed_on(about: Denial, **more: object) -> model.Escalation:
    """What is sent on of a denial; `more` names fields of the report's denial."""
    redactor, mine = ReportRedactor(), about.exchange
    plain = {"findings": (), "kind": about.kind.value, "url": redactor.url(mine.url), "status": mine.status}
    told = denial(mine.index, **(plain | more))
    return escalation(about, told, Answered(mine, redactor), redactor)


def text_of(about: Exchange, **more: object) -> str:
    return passed_on(denied(about), **more).text


def token(**claims: object) -> str:
    parts = (json.dumps(part).encode() for part in ({"alg": "RS256"}, claims))
    return ".".join([base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts] + ["c2lnbmF0dXJl"])
