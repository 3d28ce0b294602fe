"""A redacted recording gets the very diagnosis of the recording that it came from."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from harinspect.har import load
from harinspect.har.model import Credentials, NotHar
from harinspect.har.urls import target
from harinspect.pipeline import analyse
from harinspect.redaction.document import redact
from harinspect.report.model import Report
from tests.case_files import CASES
from tests.har_files import entry

SAMPLES = sorted((Path(__file__).parent.parent.parent / "sample_hars").glob("*.har"))
LAB = sorted(Path(os.environ["HARINSPECT_LAB"]).glob("*/*.har")) if "HARINSPECT_LAB" in os.environ else []


def diagnosis(report: Report) -> dict[str, Any]:
    """All of a report that must not change: verdicts, and where they stand."""
    return {
        "denials": [(one.exchange, [(f.cause, f.confidence, f.rule) for f in one.findings]) for one in report.denials],
        "chains": [
            ([(hop.exchange, hop.kind, hop.status) for hop in chain.hops], chain.loop, [d.hop for d in chain.dropped])
            for chain in report.redirect_chains
        ],
        "preflights": [(pair.options, pair.actual, pair.verdict) for pair in report.preflights],
        "cors": [(one.exchange, one.verdict) for one in report.cors],
        "cookies": [
            (life.domain, life.path, [(event.exchange, event.kind, event.reason) for event in life.events])
            for life in report.cookies
        ],
        "credentials": report.source.credentials,
    }


def redacted(recording: Path | bytes) -> bytes:
    out = BytesIO()
    redact(BytesIO(recording) if isinstance(recording, bytes) else recording, out)
    return out.getvalue()


@pytest.mark.parametrize("recording", CASES + SAMPLES + LAB, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_the_diagnosis_stays(recording: Path) -> None:
    try:
        before = analyse(recording)
    except NotHar:
        pytest.skip("it is no HAR")
    after = analyse(BytesIO(redacted(recording)))
    assert diagnosis(after[0]) == diagnosis(before[0])


@pytest.mark.skipif("HARINSPECT_CORPUS" not in os.environ, reason="HARINSPECT_CORPUS names no folder")
def test_the_diagnosis_of_other_peoples_recordings_stays() -> None:
    count = 0
    for recording in sorted(Path(os.environ["HARINSPECT_CORPUS"]).rglob("*.har")):
        with suppress(NotHar):
            before = analyse(recording)
            assert diagnosis(analyse(BytesIO(redacted(recording)))[0]) == diagnosis(before[0]), recording.name
            count += 1
    assert count


@pytest.mark.parametrize("recording", SAMPLES, ids=lambda path: path.stem)
def test_what_is_redacted_twice_gets_the_same_diagnosis(recording: Path) -> None:
    again = redacted(redacted(recording))
    assert diagnosis(analyse(BytesIO(again))[0]) == diagnosis(analyse(recording)[0])


@pytest.mark.parametrize(
    "cookies", [["sid=kxh\x01GjQM5; Path=/"], ["sid=" + "0a" * 32, "theme=dark"]], ids=["control character", "digest"]
)
def test_what_a_value_looks_like_stays(cookies: list[str]) -> None:
    made = [entry(0), entry(1)]
    made[0]["response"]["headers"] = [{"name": "Set-Cookie", "value": cookie} for cookie in cookies]  # type: ignore[index]
    recording = json.dumps({"log": {"creator": {"name": "other"}, "entries": made}}).encode()
    before, after = analyse(BytesIO(recording))[0], analyse(BytesIO(redacted(recording)))[0]
    assert diagnosis(after) == diagnosis(before)
    assert before.cookies


@pytest.mark.parametrize("place", ["/x?token={}", "?token={}", "/x#{}"])
@pytest.mark.parametrize(
    "fields",
    [
        [f"X-Token: {letter}8w7e6r5t4z3u2i1" for letter in "abcd"],
        ["Set-Cookie: ServedBy=beacon-a131-pdx", *(f"X-{n}: beacon-a131-pdx.cdn.example" for n in range(3))],
    ],
    ids=["secrets by their names", "a secret that comes again"],
)
def test_nothing_seems_to_be_missing_from_what_was_measured(fields: list[str], place: str) -> None:
    made: dict[str, Any] = entry()
    made["request"]["url"] = "https://a.example" + place.format("z8w7e6r5t4z3u2i1")
    sent = target(made["request"]["url"].partition("#")[0])
    for message, line in ((made["request"], f"GET {sent} HTTP/1.1"), (made["response"], "HTTP/1.1 200 OK")):
        message["headers"] = [dict(zip(("name", "value"), field.split(": "), strict=True)) for field in fields]
        message["headersSize"] = sum(len(f"{one}\r\n") for one in (line, *fields, ""))
    made["response"] |= {"httpVersion": "HTTP/1.1", "statusText": "OK"}
    recording = json.dumps({"log": {"creator": {"name": "WebInspector"}, "entries": [made]}}).encode()
    for content in (recording, redacted(recording)):
        har = load(BytesIO(content))
        assert har.source.credentials is Credentials.RECORDED
        assert [(one.request.removed_bytes, one.response.removed_bytes) for one in har.exchanges] == [(0, 0)]
