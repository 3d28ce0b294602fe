"""The wire room against recordings of real browsers (in the folder HARINSPECT_LAB): what they did, and why."""

import json
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from harinspect.wire.cors import OK, cors_check, preflight_check
from harinspect.wire.headers import Headers
from harinspect.wire.referrer import origin_only, stripped
from harinspect.wire.safelist import author_headers, unsafe_header_names
from harinspect.wire.url import Url, same_origin, same_site
from harinspect.wire.user_agent import disagreement, parse

LAB = Path(os.environ.get("HARINSPECT_LAB", ""))
SCENARIOS = sorted(LAB.rglob("truth.json")) if os.environ.get("HARINSPECT_LAB") else []
NOT_FROM_HEADERS = ("LocalNetworkAccess",)

pytestmark = pytest.mark.skipif(not SCENARIOS, reason="HARINSPECT_LAB names no recordings")


@cache
def entries(scenario: Path, name: str = "devtools.har") -> list[Any]:
    file = scenario.with_name(name)
    return json.loads(file.read_text(encoding="utf-8"))["log"]["entries"] if file.exists() else []


def everything() -> Iterator[dict[str, Any]]:
    for scenario in SCENARIOS:
        yield from entries(scenario)


def headers(message: dict[str, Any]) -> Headers:
    return Headers((header["name"], header["value"]) for header in message["headers"])


def verdicts(entry: dict[str, Any]) -> set[str]:
    """Both credentials modes, since a recording does not show the mode."""
    sent, answer = headers(entry["request"]), headers(entry["response"])
    origin, wanted = sent.text("origin"), sent.text("access-control-request-method")
    if not wanted:
        return {cors_check(answer, origin, mode).verdict for mode in (False, True)}
    names = [name for name in sent.text("access-control-request-headers").split(",") if name]
    status = entry["response"]["status"]
    return {preflight_check(status, answer, origin, mode, wanted, names).verdict for mode in (False, True)}


def is_preflight(entry: dict[str, Any]) -> bool:
    return entry.get("_resourceType") == "preflight"


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: path.parent.name)
def test_the_browsers_cors_errors_are_found(scenario):
    truth = json.loads(scenario.read_text(encoding="utf-8"))
    for error in truth["chromium_verdict"].get("corsErrors", []):
        wanted = error["corsError"]
        if wanted.startswith(NOT_FROM_HEADERS):
            continue
        answers = [e for e in entries(scenario) if e["request"]["url"] == error["url"]]
        judged = [verdicts(e) for e in answers if is_preflight(e) == ("Preflight" in wanted)]
        assert any(wanted in found for found in judged), (wanted, judged)


def test_what_browsers_let_pass_passes():
    passed = 0
    for entry in everything():
        sent = headers(entry["request"])
        url, page = Url.parse(entry["request"]["url"]), Url.parse(sent.text("origin"))
        if sent.text("sec-fetch-mode") != "cors" or not url or not page or same_origin(url, page):
            continue
        if is_preflight(entry) or entry["response"].get("_error") or not entry["response"]["status"]:
            continue
        if 300 <= entry["response"]["status"] < 400:
            continue
        assert OK in verdicts(entry), entry["request"]["url"]
        passed += 1
    assert passed


def test_preflights_ask_for_the_unsafe_names_of_their_requests():
    asked = 0
    for scenario in SCENARIOS:
        for options in filter(is_preflight, entries(scenario)):
            method = headers(options["request"]).text("access-control-request-method")
            for actual in entries(scenario):
                sent = headers(actual["request"])
                same = (actual["request"]["url"], actual["request"]["method"]) == (options["request"]["url"], method)
                if not same or "sec-fetch-mode" not in sent:
                    continue
                names = headers(options["request"]).text("access-control-request-headers")
                assert ",".join(unsafe_header_names(author_headers(sent))) == names, scenario.parent.name
                asked += 1
    assert asked


def test_sec_fetch_site_agrees():
    """The browser's own word, where no redirect came before: Sec-Fetch-Site against same_origin and same_site."""
    compared = 0
    for entry in everything():
        sent = headers(entry["request"])
        url, page = Url.parse(entry["request"]["url"]), Url.parse(sent.text("referer"))
        told = sent.text("sec-fetch-site")
        if not url or not page or told not in ("same-origin", "same-site"):
            continue
        assert same_site(url, page), entry["request"]["url"]
        assert same_origin(url, page) or told == "same-site", entry["request"]["url"]
        compared += 1
    assert compared


def test_every_referer_sent_is_one_that_the_standard_can_make():
    for entry in everything():
        sent = headers(entry["request"]).text("referer")
        page = Url.parse(sent)
        assert not sent or (page and sent in (stripped(page), origin_only(page)))


def test_only_recordings_of_a_changed_user_agent_disagree_with_themselves():
    told = {
        scenario.parent.name: json.loads(scenario.read_text(encoding="utf-8"))["cause"]
        for scenario in SCENARIOS
        for entry in entries(scenario)
        if disagreement(parse(headers(entry["request"]).text("user-agent")), headers(entry["request"]))
    }
    assert all(cause.startswith("ua.") for cause in told.values()), told
