"""The next checks: two to five for every cause, none that cannot be done, each with what its outcome tells."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from harinspect.knowledge.causes import causes
from harinspect.report.next_steps import CATALOGUE, LOGS, PLANS, checks
from harinspect.traffic.model import DenialKind
from tests.report_fixtures import denied, exchange

WHEN = datetime(2026, 11, 21, 5, 8, 53, 123456, tzinfo=timezone(timedelta(hours=2)))


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("status", [0, 200, 403])
@pytest.mark.parametrize("kind", list(DenialKind))
@pytest.mark.parametrize("cause", [None, *(prefix + "x" for prefix, _ in PLANS), "unheard.of"])
def test_there_are_two_to_five_and_none_twice(cause: str | None, kind: DenialKind, status: int, method: str) -> None:
    told = checks(denied(exchange(status=status, method=method), kind), "unknown", cause)
    assert 2 <= len(told) <= 5
    assert len({check.text for check in told}) == len(told)


def test_every_check_tells_what_its_outcome_means() -> None:
    assert all(check.tells.startswith("If ") and check.tells.endswith(".") for check in CATALOGUE.values())
    assert all(check.text.endswith(".") for check in CATALOGUE.values())


def test_no_plan_is_hidden_by_an_earlier_one() -> None:
    prefixes = [prefix for prefix, _ in PLANS]
    hidden = [p for n, p in enumerate(prefixes) if any(p.startswith(earlier) for earlier in prefixes[:n])]
    assert hidden == []


def test_every_check_of_the_catalogue_is_used() -> None:
    used = {name for _, plan in PLANS for name in plan} | {"working", "extensions", "browser", "curl"}
    assert set(CATALOGUE) <= used


@pytest.mark.parametrize(("layer", "log"), [*LOGS.items(), ("unknown", "the server's access and error logs")])
def test_the_log_to_ask_is_that_of_the_layer(layer: str, log: str) -> None:
    texts = [check.text for check in checks(denied(exchange(status=403)), layer, None)]
    assert any(text.startswith(f"Look this request up in {log}") for text in texts)


def test_the_log_is_asked_for_the_exact_time_in_utc_and_the_id_of_the_request() -> None:
    refused = exchange(status=403, started=WHEN, answered=(("CF-Ray", "8e5f"), ("Server", "x")))
    texts = [check.text for check in checks(denied(refused), "cdn", "waf.rule")]
    assert texts[0] == (
        "Look this request up in the CDN's log of security events at 2026-11-21 03:08:53.123 UTC,"
        " by the cf-ray of the response."
    )


def test_no_log_is_asked_where_no_server_answered() -> None:
    told = checks(denied(exchange(status=0), DenialKind.BLOCKED), "browser", "cors.missing-acao")
    assert not any("Look this request up" in check.text for check in told)


def test_only_a_get_can_be_opened_in_a_new_tab() -> None:
    for method, possible in (("GET", True), ("POST", False)):
        told = checks(denied(exchange(status=403, method=method)), "unknown", "referer.missing")
        assert any("in a new tab" in check.text for check in told) is possible


def test_without_a_cause_a_blocked_request_begins_with_the_console() -> None:
    told = checks(denied(exchange(status=0), DenialKind.BLOCKED), "browser", None)
    assert "Console" in told[0].text


def test_the_vocabulary_of_causes_is_covered() -> None:
    families = {name.split(".")[0] + "." for name in causes()}
    assert families <= {prefix.split(".")[0] + "." for prefix, _ in PLANS}
