"""How sure the inspectors of servers and networks are: what stands in a case file, and no more than it shows."""

from __future__ import annotations

import pytest

from harinspect.inspecting import Confidence, Finding, RuledOut
from tests.case_files import CASES, verdicts

BY_NAME = {case.stem: case for case in CASES}
LIKELY = (
    "addresses.url-typo-encoding",
    "bursts.limited",
    "bursts.limited-all-of-a-kind",
    "caches.stale-403-by-age",
    "fetch-metadata.refused-and-says-so",
    "framing.refused",
    "origin-checks.handshake-by-contrast",
    "paths.directory-listing-plain-names",
    "placeholders.unfilled",
    "placeholders.unfilled-parameter",
    "rate.limited-counted-down",
)
HINTS = (
    "addresses.url-typo-prefix",
    "addresses.url-typo-slash",
    "bursts.limited-perhaps",
    "caches.stale-403-age-alone",
    "caches.stale-403-age-but-missed",
    "fetch-metadata.refused-perhaps",
    "paths.directory-listing-of-an-application",
    "placeholders.unfilled-perhaps",
    "preflight.status-alone",
    "preflight.status-sent-all-the-same",
    "rate.limited-always-nought",
)
INNOCENT = ("isolation.ok-the-server-refused", "origin-checks.ok-opened-before")


def grades(name: str) -> set[Confidence]:
    return {verdict.confidence for verdict in verdicts(BY_NAME[name]) if isinstance(verdict, Finding)}


@pytest.mark.parametrize("name", LIKELY)
def test_likely_where_the_traffic_shows_it(name: str) -> None:
    assert grades(name) == {Confidence.LIKELY}


@pytest.mark.parametrize("name", HINTS)
def test_a_hint_where_it_may_be_otherwise(name: str) -> None:
    assert grades(name) == {Confidence.HINT}


def test_certain_where_the_standard_or_the_answer_says_so() -> None:
    assert grades("rate.limited-counter-and-wait") == {Confidence.CERTAIN}
    assert grades("preflight.status-alone-refused") == {Confidence.CERTAIN}


@pytest.mark.parametrize("name", INNOCENT)
def test_ruled_out_where_the_file_speaks_against_it(name: str) -> None:
    assert [type(verdict) for verdict in verdicts(BY_NAME[name])] == [RuledOut]


def test_the_wait_is_told_by_the_server_s_clock() -> None:
    (found,) = (v for v in verdicts(BY_NAME["rate.limited-counter-and-wait"]) if isinstance(v, Finding))
    assert found.holes["wait"] == "Try again in 120 seconds, from 2026-03-02 09:02:00 by the server's clock on."


def test_what_passed_later_is_told() -> None:
    (found,) = (v for v in verdicts(BY_NAME["answer.cloudflare-challenge-passed-later"]) if isinstance(v, Finding))
    assert found.evidence[-1].note == "the same call passed 7 seconds later"


def test_a_limit_that_the_answer_states_comes_with_the_wait() -> None:
    (found,) = (v for v in verdicts(BY_NAME["answer.github-secondary-limit"]) if isinstance(v, Finding))
    assert [(e.part, e.value) for e in found.evidence if e.part == "timing"] == [("timing", "60")]
