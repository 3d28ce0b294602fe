"""What a refusal means in a case, and the beliefs that the case contradicts."""

from __future__ import annotations

import pytest

from harinspect.knowledge import guidance
from harinspect.knowledge.causes import causes
from harinspect.report.meaning import MYTHS, meaning, myths
from harinspect.traffic.model import DenialKind
from tests.builders import exchange
from tests.cases_of_guidance import URL, case

KEY = {"X-Api-Key": "abc"}
RELATED = (401, 407, 419, 429, 451)


@pytest.mark.parametrize("cause", [None, *causes()])
def test_every_403_is_said_to_be_understood_and_refused(cause: str | None) -> None:
    said = meaning(case(cause=cause))
    assert said.startswith("403: whoever answered understood the request and refused it (RFC 9110, section 15.5.4)")
    assert 2 <= said.count(". ") + 1 <= 3
    assert "{" not in said


@pytest.mark.parametrize("status", RELATED)
def test_each_related_status_has_a_meaning_of_its_own(status: int) -> None:
    one = case(about=exchange(5, URL, status), cause=f"status.{status}", kind=DenialKind.RELATED)
    assert meaning(one).startswith(str(status))


def test_the_layer_that_refused_is_said() -> None:
    assert meaning(case(layer="waf")).startswith("403: a firewall, in front of the application, understood")
    assert set(guidance.checks().logs) <= set(guidance.meanings().layers)


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (KEY, "A credential was sent"),
        ({"Cookie": "lang=en"}, "Cookies went along"),
        ({}, "No cookie, token or usual key was sent"),
    ],
)
def test_without_a_cause_the_credential_tells_which_case_it_is(sent: dict[str, str], words: str) -> None:
    assert words in meaning(case(about=exchange(5, URL, 403, sent=sent)))
    assert words not in meaning(case(about=exchange(5, URL, 403, sent=sent), cause="server.ip-denied"))


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        ("auth.token-expired", "strictly is a case for 401"),
        ("auth.role-denied", "being signed in is not being allowed"),
        ("server.file-permissions", "Who is signed in plays no part"),
        ("rate.limited", "429 says more exactly"),
        ("cache.stale-403", "the server was not asked this time"),
    ],
)
def test_a_known_cause_says_what_it_comes_down_to_and_a_hint_does_not(cause: str, words: str) -> None:
    assert words in meaning(case(cause=cause))
    assert words not in meaning(case(cause=cause, confidence="hint"))


@pytest.mark.parametrize(("status", "words"), [(200, "The server answered 200"), (0, "The file has no answer")])
def test_what_the_browser_blocked_was_not_refused_by_a_server(status: int, words: str) -> None:
    said = meaning(case(about=exchange(5, URL, status), cause="cors.missing-acao", kind=DenialKind.BLOCKED))
    assert said.startswith(words)
    assert "403" not in said


def test_whether_it_passes_follows_the_finding() -> None:
    waiting = exchange(5, URL, 403, got={"Retry-After": "30"})
    assert meaning(case(about=waiting, cause="rate.limited", temporary="yes")).endswith(
        "It passes by itself, not before 2026-03-02 09:00:35 UTC."
    )
    assert meaning(case(cause="rate.limited", temporary="yes")).endswith("It passes by itself.")
    assert meaning(case(cause="ua.blocked")).endswith("Reloading does not change it.")
    assert meaning(case(cause="ua.blocked", confidence="hint")).endswith("Reloading alone rarely helps.")
    assert meaning(case()).endswith("Reloading alone rarely helps.")


def test_likelihoods_are_told_only_where_nothing_speaks() -> None:
    common = guidance.meanings().common
    assert common in meaning(case(cause="server.unexplained-403", confidence="hint"))
    assert common not in meaning(case(cause="waf.rule", confidence="hint"))


def beliefs(*others: object, **about: object) -> list[str]:
    return [myth.belief for myth in myths(case(*others, **about))]  # type: ignore[arg-type]


def test_every_myth_is_told_in_some_case() -> None:
    user = {"title": "T", "responsible": "user"}
    again = exchange(8, URL, 403)
    seen = {
        "permanent": beliefs(exchange(9, URL)),
        "logged-in": beliefs(about=exchange(5, URL, 403, sent=KEY), cause="auth.role-denied"),
        "misconfigured": beliefs(cause="auth.account-locked", **user),
        "not-the-server": beliefs(cause="server.file-permissions", title="T"),
        "refresh": beliefs(again),
        "refresh-right": beliefs(cause="auth.token-expired", title="T"),
        "cookies": beliefs(cause="waf.rule", confidence="hint"),
        "glitch": beliefs(again),
    }
    rows = {myth.name: myth.belief for myth in guidance.myths()}
    assert set(seen) == set(rows)
    assert all(rows[name] in told for name, told in seen.items())


def test_no_myth_is_told_without_something_that_contradicts_it() -> None:
    quiet = exchange(5, URL, 403, provisional=True)
    for cause in (None, *causes()):
        assert beliefs(about=quiet, cause=cause, confidence="hint") == []


@pytest.mark.parametrize("cause", [None, *causes()])
@pytest.mark.parametrize("kind", list(DenialKind))
def test_few_are_told_and_none_twice(cause: str | None, kind: DenialKind) -> None:
    told = myths(case(exchange(8, URL, 403), exchange(9, URL), cause=cause, kind=kind, basis="the response says so"))
    assert len({myth.belief for myth in told}) == len(told) <= MYTHS
    assert all("{" not in myth.truth for myth in told)


def test_a_blocked_request_is_not_told_about_403() -> None:
    told = beliefs(about=exchange(5, URL, 0), cause="client.blocked", kind=DenialKind.BLOCKED, title="T")
    assert not [belief for belief in told if "403" in belief]
