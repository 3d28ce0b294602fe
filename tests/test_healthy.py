"""Sign-ins as they should be: forms, OAuth with renewal, SAML and OIDC by forms, challenges that are met.

The longer ones are recordings of Chromium against small servers; those of Kerberos, NTLM, Digest, DPoP and proxies are
made by hand after the protocols. What they refuse on the way is part of the flow, so nothing is told above a hint.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from harinspect.diagnosis import diagnose
from harinspect.har import load
from harinspect.inspecting import Confidence
from harinspect.inspectors import all_inspectors
from harinspect.traffic.build import build
from harinspect.traffic.denials import find_denials
from harinspect.traffic.model import Denial

CAPTURES = sorted((Path(__file__).parent / "healthy").glob("*.har"))
SENSITIVE = ("cookie", "authorization", "set-cookie", "proxy-authorization")
Log = dict[str, Any]


def as_recorded(log: Log) -> Log:
    return log


def as_sanitized(log: Log) -> Log:
    """As DevTools exports it by default."""
    for entry in log["entries"]:
        for side in ("request", "response"):
            headers = entry[side]["headers"]
            entry[side] |= {"headers": [h for h in headers if h["name"].lower() not in SENSITIVE], "cookies": []}
    return log


def as_in_firefox(log: Log) -> Log:
    """Without what only DevTools tells: resource types, initiators."""
    entries = [{k: v for k, v in entry.items() if not k.startswith("_")} for entry in log["entries"]]
    return log | {"creator": {"name": "Firefox", "version": "145.0"}, "entries": entries}


def denials(capture: Path, view: Callable[[Log], Log]) -> tuple[Denial, ...]:
    log = json.loads(capture.read_text(encoding="utf-8"))["log"]
    return find_denials(build(load(BytesIO(json.dumps({"log": view(log)}).encode()))))


@pytest.mark.parametrize("view", [as_recorded, as_sanitized, as_in_firefox])
@pytest.mark.parametrize("capture", CAPTURES, ids=lambda capture: capture.stem)
def test_nothing_above_a_hint(capture: Path, view: Callable[[Log], Log]) -> None:
    told = [diagnose(denial, all_inspectors()) for denial in denials(capture, view)]
    assert [f.rule.id for one in told for f in one.findings if f.confidence is not Confidence.HINT] == []
    assert [problem for one in told for problem in one.problems] == []


def test_what_is_refused_on_the_way_is_told_all_the_same() -> None:
    refused = {c.stem: len(denials(c, as_recorded)) for c in CAPTURES}
    assert refused["oauth-pkce-renewal"] == 1
    assert refused["form-session-csrf"] == 2
    assert refused["ntlm"] == 2
    assert refused["oidc-form-post"] == 0


@pytest.mark.parametrize("capture", CAPTURES, ids=lambda capture: capture.stem)
def test_an_unmet_challenge_is_told_for_certain(capture: Path) -> None:
    """The same captures cut off after their first refusal: then nothing shows that it was a step on the way."""
    first = next((d.exchange.index for d in denials(capture, as_recorded)), None)

    def cut(log: Log) -> Log:
        return log | {"entries": log["entries"][: 0 if first is None else first + 1]}

    told = [f.confidence for d in denials(capture, cut) for f in diagnose(d, all_inspectors()).findings[:1]]
    assert told == ([] if first is None else [Confidence.CERTAIN])
