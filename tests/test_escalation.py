"""What is sent on: to whom, complete, masked, and safe to paste into a ticket or a shell."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harinspect.har.model import Credentials, Exchange
from harinspect.redaction.values import Redactor
from harinspect.report.escalation import RECIPIENTS, curl, escalation
from harinspect.traffic.model import DenialKind
from tests.report_fixtures import HOSTILE, denied, exchange

CANARY = "q8W7e6R5t4Z3u2"


def arguments(command: str) -> list[str]:
    return shlex.split(command)


def refused(**more: object) -> Exchange:
    fields: dict[str, object] = {
        "status": 403,
        "method": "POST",
        "started": datetime(2026, 11, 21, 3, 8, 53, 123000, tzinfo=UTC),
        "server_ip": "192.0.2.9",
        "sent": (
            ("Host", "api.example"),
            (":path", "/x"),
            ("Cookie", f"sid={CANARY}"),
            ("Authorization", f"Bearer {CANARY}"),
            ("X-Empty", ""),
            ("sec-ch-ua", "x"),
        ),
        "answered": (("X-Request-Id", "9e107d9d372bb6826bd81d3542a419d6"), ("Set-Cookie", f"a={CANARY}")),
        "posted": f"password={CANARY}&it's=1",
    } | more
    return exchange(3, f"https://api.example/x?token={CANARY}&y=1", **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize("layer", sorted(RECIPIENTS))
def test_the_layer_decides_whom_to_ask(layer: str) -> None:
    told = escalation(denied(refused()), layer, "", Redactor(), "")
    assert told.to == RECIPIENTS[layer]
    assert f"Answered by: {layer}" in told.text


def test_an_unknown_layer_goes_to_whoever_runs_the_server() -> None:
    told = escalation(denied(refused()), "unknown", "", Redactor(), "")
    assert told.to == "whoever runs the server that was asked"
    assert "Answered by" not in told.text


def test_the_message_has_what_a_log_search_needs() -> None:
    told = escalation(denied(refused(error="net::ERR_FAILED")), "waf", "Wall", Redactor(), "A rule matched")
    for part in (
        "A request of our customer ended in 403.",
        "Request: POST https://api.example/x?token=‹token:8-15:",
        "Time (UTC): 2026-11-21T03:08:53.123Z",
        "Status: 403 (net::ERR_FAILED)",
        "X-Request-Id: 9e107d9d372bb6826bd81d3542a419d6",
        "Answered by: Wall / waf",
        "Server address: 192.0.2.9",
        "Finding: A rule matched",
        "which rule matched",
    ):
        assert part in told.text
    assert "Not in the recording" not in told.text
    assert "- Time (UTC): `2026-11-21T03:08:53.123Z`" in told.markdown
    assert told.curl in told.markdown


def test_no_secret_is_sent_on() -> None:
    told = escalation(denied(refused()), "waf", "Wall", Redactor(), "x")
    assert CANARY not in told.text + told.markdown + told.curl


def test_a_blocked_request_without_answer_is_told_as_such() -> None:
    bare = exchange(1, "blob:https://a.example/1", status=0)
    told = escalation(denied(bare, DenialKind.BLOCKED, Credentials.REMOVED), "browser", "", Redactor(), "")
    assert told.text.startswith("A request of our customer was blocked before an answer was recorded.")
    assert "Time (UTC): not recorded" in told.text
    assert "Status: none" in told.text
    assert "cookies and Authorization headers, which this export leaves out" in told.text
    assert told.curl == ""
    assert "To repeat it" not in told.markdown


def test_curl_repeats_the_request() -> None:
    words = arguments(curl(refused(), Redactor()))
    assert words[:4] == ["curl", "--include", "--request", "POST"]
    assert words[4].startswith("https://api.example/x?token=‹token:")
    headers = [words[n + 1] for n, word in enumerate(words) if word == "--header"]
    assert [header.partition(":")[0] for header in headers] == ["Cookie", "Authorization", "X-Empty;"]
    assert words[-2] == "--data-raw"
    assert words[-1].endswith("&it's=1")


@pytest.mark.parametrize(
    ("method", "words"),
    [("GET", []), ("HEAD", ["--head"]), ("PUT", ["--request", "PUT"]), ("B AD", []), ("", [])],
)
def test_the_method_is_told_where_it_must_be(method: str, words: list[str]) -> None:
    assert arguments(curl(exchange(method=method), Redactor())) == ["curl", "--include", *words, "https://app.example/"]


def test_brackets_in_an_address_are_not_for_curl_to_expand() -> None:
    assert "--globoff" in arguments(curl(exchange(url="https://a.example/?x[]=1"), Redactor()))


@given(st.text(max_size=60) | st.just(HOSTILE), st.text(max_size=20))
def test_whatever_the_traffic_says_it_stays_one_word_of_the_shell(value: str, name: str) -> None:
    hostile = exchange(
        url=f"https://a.example/{value}", method=value, sent=((name, value),), posted=f"{value}'; rm -rf /"
    )
    words = arguments(curl(hostile, Redactor()))
    assert words[:2] == ["curl", "--include"]
    options = {word for word in words[2:] if word.startswith("-")}
    assert options <= {"--globoff", "--request", "--head", "--header", "--data-raw"} | {
        value,
        words[-1],
        *_values(words),
    }
    assert not any(word.startswith("@") for word in _values(words))


def _values(words: list[str]) -> list[str]:
    return [words[n + 1] for n, word in enumerate(words[:-1]) if word in ("--header", "--request")]


def test_what_the_browser_only_enforces_goes_to_the_servers_side() -> None:
    about = denied(refused())
    told = escalation(about, "browser", "", Redactor(), "The preflight was answered with an error", "server-config")
    assert told.to == escalation(about, "", "", Redactor(), "").to
    assert escalation(about, "browser", "", Redactor(), "", "client-code").to == RECIPIENTS["browser"]
