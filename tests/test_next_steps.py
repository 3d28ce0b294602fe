"""The next checks and steps: some for every cause, none that cannot be done, each with what its outcome tells."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from harinspect.knowledge import guidance
from harinspect.knowledge.causes import causes
from harinspect.redaction.reports import ReportRedactor
from harinspect.report import model
from harinspect.report.case import Case
from harinspect.report.next_steps import MOST, OPEN, checks, steps
from harinspect.traffic.model import DenialKind
from tests.builders import exchange
from tests.cases_of_guidance import URL, bearer, case
from tests.report_fixtures import denial as told
from tests.report_fixtures import exchange as recorded
from tests.report_fixtures import finding

WHEN = datetime(2026, 11, 21, 5, 8, 53, 123456, tzinfo=timezone(timedelta(hours=2)))
LOGS = guidance.checks().logs


def texts(one: Case) -> list[str]:
    return [check.text for check in checks(one)]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("status", [0, 200, 403])
@pytest.mark.parametrize("kind", list(DenialKind))
def test_there_are_some_for_every_cause_and_none_twice(kind: DenialKind, status: int, method: str) -> None:
    for cause in (None, *causes(), "unheard.of"):
        made = checks(case(about=exchange(5, URL, status, method=method), cause=cause, kind=kind))
        assert 2 <= len(made) <= MOST
        assert len({check.text for check in made}) == len(made)


def test_the_second_hint_has_a_say() -> None:
    one = case(cause="waf.rule", confidence="hint")
    both = told(5, findings=(*one.told.findings, finding(cause="auth.role-denied", confidence="hint")))
    asked = texts(Case(one.denial, both, ReportRedactor()))
    assert asked[0].startswith("Look this request up in ")
    assert "Look up in the profile which role, group and plan the account has." in asked
    assert "Look up in the profile which role, group and plan the account has." not in texts(one)


@pytest.mark.parametrize("layer", [*LOGS, "unheard-of"])
def test_the_log_to_ask_is_that_of_the_layer(layer: str) -> None:
    log = LOGS.get(layer, LOGS["unknown"])
    assert any(text.startswith(f"Look this request up in {log}") for text in texts(case(layer=layer)))


def test_the_log_is_asked_for_the_exact_time_in_utc_and_the_id_of_the_request() -> None:
    refused = recorded(5, status=403, started=WHEN, answered=(("CF-Ray", "8e5f"), ("Server", "x")))
    assert texts(case(about=refused, cause="waf.rule", layer="cdn"))[0] == (
        "Look this request up in the CDN's log of security events at 2026-11-21 03:08:53.123 UTC,"
        " by its address and the client's IP, and by the `cf-ray` of the response."
    )


def test_no_time_is_made_up() -> None:
    one = case(about=recorded(5, status=403), cause="waf.rule")
    assert texts(one)[0] == f"Look this request up in {LOGS['unknown']}, by its address and the client's IP."
    assert not any("UTC" in step.text + step.done for way in steps(one) for step in way.steps)


def test_no_log_is_asked_where_no_server_answered() -> None:
    blocked = exchange(5, URL, 0)
    assert not any("Look this request up" in t for t in texts(case(about=blocked, kind=DenialKind.BLOCKED)))


def test_only_a_get_of_a_page_is_opened_in_a_new_tab() -> None:
    opened = {"Sec-Fetch-Dest": "document"}
    for method, sent, possible in (("GET", {}, True), ("POST", {}, False), ("GET", opened, False)):
        asked = texts(case(about=exchange(5, URL, 403, method=method, sent=sent), cause="referer.missing"))
        assert any("in a new tab" in text for text in asked) is possible


def test_a_preflight_is_looked_for_only_where_there_may_be_one() -> None:
    for sent, possible in (({"Origin": "https://app.example"}, True), ({}, False)):
        asked = texts(case(about=exchange(5, URL, 200, sent=sent), cause="cors.missing-acao", kind=DenialKind.BLOCKED))
        assert any("OPTIONS" in text for text in asked) is possible


def test_without_a_cause_a_blocked_request_begins_with_the_console() -> None:
    assert "Console" in texts(case(about=exchange(5, URL, 0), kind=DenialKind.BLOCKED))[0]


def test_waiting_ends_when_the_answer_says() -> None:
    told_to_wait = exchange(5, URL, 403, got={"Retry-After": "30"})
    assert texts(case(about=told_to_wait, cause="rate.limited"))[0].startswith(
        "Wait until 2026-03-02 09:00:35 UTC, as the answer says, "
    )
    assert texts(case(cause="rate.limited"))[0].startswith("Wait a quarter of an hour, ")


def test_what_the_file_answers_comes_last_and_leaves_something_to_do() -> None:
    bare = exchange(5, URL, 403, got={"Date": "Mon, 02 Mar 2026 09:00:05 GMT"})
    made = checks(case(exchange(3, URL), about=bare, cause="auth.token-expired"))
    assert [bool(check.answered) for check in made] == sorted(bool(check.answered) for check in made)
    assert any(check.answered for check in made)
    assert sum(not check.answered for check in made) >= OPEN


def test_what_fills_a_plan_up_is_not_answered_either() -> None:
    sent = {"Authorization": bearer(exp=600, iat=-7)}
    late = exchange(5, URL, 403, sent=sent, got={"Date": "Mon, 02 Mar 2026 09:00:05 GMT"})
    beside = (exchange(3, URL, sent={"Authorization": "Bearer b"}), exchange(6, "https://api.example/other"))
    made = checks(case(*beside, about=late, cause="auth.token-audience"))
    assert [bool(check.answered) for check in made] == [False] * OPEN + [True] * (MOST - OPEN)


def test_a_plan_that_the_file_answers_is_filled_up() -> None:
    bare = exchange(5, URL, 403, got={"Date": "Mon, 02 Mar 2026 09:00:05 GMT"})
    made = checks(case(exchange(3, URL), about=bare, cause="server.url-typo"))
    assert sum(not check.answered for check in made) >= OPEN
    assert "went to the same address" in made[-1].answered


@pytest.mark.parametrize("kind", list(DenialKind))
@pytest.mark.parametrize("cause", [None, *causes()])
def test_there_are_steps_for_each_reader(cause: str | None, kind: DenialKind) -> None:
    made = steps(case(cause=cause, kind=kind))
    assert [way.audience for way in made] == ["user", "developer", "admin"]
    for way in made:
        assert 3 <= len(way.steps) <= 7
        assert all("{" not in step.text for step in way.steps)
        assert len({step.text for step in way.steps}) == len(way.steps)


def test_steps_that_are_still_to_do_are_one_and_the_same_for_all() -> None:
    first, second = (steps(case(cause="auth.role-denied"))[2].steps for _ in range(2))
    assert first[1] is second[1]
    assert isinstance(first[1], model.Step)


def test_a_step_is_ticked_off_where_the_file_shows_it_and_not_otherwise() -> None:
    (user, *_) = steps(case(cause="auth.role-denied"))
    assert user.steps[0].done == "#5 has all three; it began at 2026-03-02 09:00:05 UTC."
    assert not any(step.done for step in user.steps[1:])
