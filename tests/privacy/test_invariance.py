"""A redacted recording gets the very diagnosis of the recording that it came from."""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from harinspect.har.model import NotHar
from harinspect.pipeline import analyse
from harinspect.redaction.document import redact
from harinspect.report.model import Report
from tests.case_files import CASES

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


@pytest.mark.parametrize("recording", SAMPLES, ids=lambda path: path.stem)
def test_what_is_redacted_twice_gets_the_same_diagnosis(recording: Path) -> None:
    again = redacted(redacted(recording))
    assert diagnosis(analyse(BytesIO(again))[0]) == diagnosis(analyse(recording)[0])
