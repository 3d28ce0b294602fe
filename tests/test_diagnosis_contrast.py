"""What the nearest call that passed says to a finding: for it, against it, or nothing."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from msgspec.structs import replace

from harinspect.diagnosis import BLAMES, Diagnosis, diagnose, rank
from harinspect.har.model import Exchange
from harinspect.inspecting import Basis, Evidence, Finding, Rule
from harinspect.inspecting import Part as Where
from harinspect.inspectors import all_inspectors
from harinspect.knowledge import causes
from tests.builders import denial, exchange

URL = "https://api.example/v1/reports"
SENT = {"User-Agent": "Agent/1.0", "Authorization": "Bearer one"}
HEADER: Where = "request.header"


def found(cause: str, name: str = "", part: Where = HEADER, basis: Basis = Basis.CIRCUMSTANCE, at: int = 10) -> Finding:
    rule = Rule(f"made.{cause.replace('.', '-')}", cause, "A title", "Why.", "unknown", ())
    return rule.found(basis, Evidence(at, part, name, "x"))


def refused(sent: Mapping[str, str], **more: object) -> Exchange:
    return exchange(10, URL, 403, sent=sent, **more)  # type: ignore[arg-type]


def passed(index: int, sent: Mapping[str, str], **more: object) -> Exchange:
    return exchange(index, URL, sent=sent, **more)  # type: ignore[arg-type]


def held(about: Exchange, *others: Exchange, said: tuple[Finding, ...]) -> Diagnosis:
    return rank(denial(about, *others), said)


def bases(told: Diagnosis) -> dict[str, Basis]:
    return {finding.rule.cause: finding.basis for finding in told.findings}


CASES = {  # the cause, where its evidence points, what the refused call has, and what the one that passed has
    "ua.blocked": ("user-agent", {"User-Agent": "Tool/2"}, {"User-Agent": "Agent/1.0"}),
    "ua.client-hints-mismatch": ("user-agent", {"User-Agent": "Tool/2", "Sec-CH-UA": "T"}, {"Sec-CH-UA": "A"}),
    "referer.missing": ("referer", {}, {"Referer": "https://app.example/a"}),
    "referer.foreign": ("referer", {"Referer": "https://b.example/"}, {"Referer": "https://app.example/"}),
    "csrf.token-missing": ("x-csrf-token", {}, {"X-CSRF-Token": "t1"}),
    "auth.missing-credentials": ("x-api-key", {}, {"X-Api-Key": "k1"}),
    "auth.token-invalid": ("authorization", {"Authorization": "Bearer two"}, {"Authorization": "Bearer one"}),
    "server.fetch-metadata": ("sec-fetch-site", {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}),
}


@pytest.mark.parametrize("cause", CASES)
def test_the_one_difference_raises_the_hint_that_blames_it(cause: str) -> None:
    name, here, there = CASES[cause]
    told = held(refused(SENT | here), passed(9, SENT | there), said=(found(cause, name),))
    assert bases(told) == {cause: Basis.CONTRAST}
    assert (told.findings[0].evidence[-1].exchange, told.findings[0].evidence[-1].note[:7]) == (9, "allowed")


@pytest.mark.parametrize("cause", CASES)
def test_a_second_difference_raises_nothing(cause: str) -> None:
    name, here, there = CASES[cause]
    told = held(refused(SENT | here), passed(9, SENT | there | {"X-Tenant": "b"}), said=(found(cause, name),))
    assert bases(told) == {cause: Basis.CIRCUMSTANCE}


@pytest.mark.parametrize("cause", CASES)
@pytest.mark.parametrize("silent", [0, 1])
def test_nothing_is_raised_where_the_file_withholds_something(cause: str, silent: int) -> None:
    name, here, there = CASES[cause]
    pair = [refused(SENT | here), passed(9, SENT | there)]
    request = pair[silent].request
    pair[silent] = replace(pair[silent], request=replace(request, headers=request.headers.withholding({"cookie"})))
    assert bases(held(*pair, said=(found(cause, name),))) == {cause: Basis.CIRCUMSTANCE}


@pytest.mark.parametrize("cause", CASES)
def test_another_address_is_another_call(cause: str) -> None:
    name, here, there = CASES[cause]
    twin = exchange(9, URL + "?page=2", sent=SENT | there)
    assert bases(held(refused(SENT | here), twin, said=(found(cause, name),))) == {cause: Basis.CIRCUMSTANCE}


@pytest.mark.parametrize("cause", CASES)
def test_a_difference_that_was_refused_elsewhere_raises_nothing(cause: str) -> None:
    """The same call was refused with the very value that passed."""
    name, here, there = CASES[cause]
    also = exchange(12, URL, 403, sent=SENT | there)
    told = held(refused(SENT | here), passed(9, SENT | there), also, said=(found(cause, name),))
    assert bases(told) == {cause: Basis.CIRCUMSTANCE}


def test_a_difference_raises_only_what_blames_it() -> None:
    name, here, there = CASES["referer.missing"]
    other = found("ua.blocked", basis=Basis.CIRCUMSTANCE)
    told = held(refused(SENT | here), passed(9, SENT | there), said=(found("referer.missing", name), other))
    assert bases(told) == {"referer.missing": Basis.CONTRAST, "ua.blocked": Basis.CIRCUMSTANCE}


@pytest.mark.parametrize("rival", ["auth.token-audience", "auth.role-denied"])
def test_a_difference_that_two_of_a_family_explain_raises_neither(rival: str) -> None:
    name, here, there = CASES["auth.token-invalid"]
    said = (found("auth.token-invalid", name), found(rival, name))
    told = held(refused(SENT | here), passed(9, SENT | there), said=said)
    assert set(bases(told).values()) == {Basis.CIRCUMSTANCE}


def test_nothing_is_raised_beside_what_is_certain() -> None:
    name, here, there = CASES["ua.blocked"]
    said = (found("ua.blocked", name), found("server.ip-denied", basis=Basis.STATED))
    told = held(refused(SENT | here), passed(9, SENT | there), said=said)
    assert bases(told) == {"server.ip-denied": Basis.STATED, "ua.blocked": Basis.CIRCUMSTANCE}


def test_a_header_that_is_there_is_not_missing() -> None:
    name, here, there = CASES["auth.token-invalid"]
    told = held(refused(SENT | here), passed(9, SENT | there), said=(found("auth.missing-credentials", name),))
    assert bases(told) == {"auth.missing-credentials": Basis.CIRCUMSTANCE}


LINE = found("cookie.expired", "set-cookie", "response.header", at=2)
BY_LINE = [replace(LINE, evidence=(replace(LINE.evidence[0], value=f"{name}=1; Path=/"),)) for name in ("sid", "lang")]


@pytest.mark.parametrize(
    ("said", "basis"),
    [
        (found("cookie.expired", "sid", "request.cookie"), Basis.CONTRAST),
        (BY_LINE[0], Basis.CONTRAST),
        (BY_LINE[1], Basis.CIRCUMSTANCE),
    ],
)
def test_a_cookie_is_raised_by_its_name(said: Finding, basis: Basis) -> None:
    told = held(refused(SENT), passed(9, SENT | {"Cookie": "sid=1"}), said=(said,))
    assert bases(told) == {"cookie.expired": basis}


def test_a_cookie_that_the_call_passed_without_is_innocent() -> None:
    said = found("cookie.expired", "lang", "request.cookie")
    told = held(refused(SENT), passed(9, SENT | {"Cookie": "sid=1"}), said=(said,))
    assert (bases(told), [verdict.rule.cause for verdict in told.ruled_out]) == ({}, ["cookie.expired"])


def test_a_session_that_ended_is_told_by_the_call_that_passed_with_it() -> None:
    """As the inspectors say it: the request bears another credential too, so that alone the cookie is a hint."""
    basic, login = {"Authorization": "Basic YTpi"}, "https://api.example/login"
    setter = exchange(0, login, 204, method="POST", got={"Set-Cookie": "sid=abcdef0123456789; Path=/; Max-Age=5"})
    kept, lost = passed(1, basic | {"Cookie": "sid=abcdef0123456789"}), exchange(20, URL, 403, sent=basic)
    told = diagnose(denial(lost, setter, kept), all_inspectors())
    assert next(iter(bases(told).items())) == ("cookie.expired", Basis.CONTRAST)
    other = replace(kept, request=replace(kept.request, url=URL + "/2"))
    told = diagnose(denial(lost, setter, other), all_inspectors())
    assert next(iter(bases(told).items())) == ("cookie.expired", Basis.CIRCUMSTANCE)


@pytest.mark.parametrize("others", [("t1",), ("t1", "t2")])
def test_an_anti_forgery_token_that_differs_may_do_so_every_time(others: tuple[str, ...]) -> None:
    rows = [passed(5 + at, SENT | {"X-CSRF-Token": token}, method="POST") for at, token in enumerate(others)]
    about = refused(SENT | {"X-CSRF-Token": "t9"}, method="POST")
    told = held(about, *rows, said=(found("csrf.token-mismatch", "x-csrf-token"),))
    assert bases(told) == {"csrf.token-mismatch": Basis.CIRCUMSTANCE}


def test_an_anti_forgery_token_that_stays_the_same_tells() -> None:
    rows = [passed(index, SENT | {"X-CSRF-Token": "t1"}, method="POST") for index in (5, 6)]
    about = refused(SENT | {"X-CSRF-Token": "t9"}, method="POST")
    told = held(about, *rows, said=(found("csrf.token-mismatch", "x-csrf-token"),))
    assert bases(told) == {"csrf.token-mismatch": Basis.CONTRAST}


def methods_apart(here: str, there: str) -> dict[str, Basis]:
    said = found("server.method-denied", part="request.method")
    return bases(held(refused(SENT, method=here), passed(9, SENT, method=there), said=(said,)))


@pytest.mark.parametrize("here", ["DELETE", "PUT", "POST"])
@pytest.mark.parametrize("there", ["GET", "PATCH"])
def test_who_may_read_may_not_always_write(here: str, there: str) -> None:
    assert methods_apart(here, there) == {"server.method-denied": Basis.CIRCUMSTANCE}


def test_between_methods_that_change_nothing_the_method_tells() -> None:
    assert methods_apart("HEAD", "GET") == {"server.method-denied": Basis.CONTRAST}


@pytest.mark.parametrize("basis", [Basis.CONTRAST, Basis.SIGNATURE])
def test_what_passed_with_the_same_value_makes_a_finding_a_hint(basis: Basis) -> None:
    agent = {"User-Agent": "Tool/2"}
    rows = (passed(9, SENT), passed(12, SENT | agent))
    told = held(refused(SENT | agent), *rows, said=(found("ua.blocked", "user-agent", basis=basis),))
    assert bases(told) == {"ua.blocked": Basis.CIRCUMSTANCE}


@pytest.mark.parametrize("basis", [Basis.CIRCUMSTANCE, Basis.PRIOR])
def test_what_passed_with_the_same_value_rules_a_hint_out(basis: Basis) -> None:
    agent = {"User-Agent": "Tool/2"}
    told = held(refused(agent), passed(12, agent), said=(found("ua.blocked", "user-agent", basis=basis),))
    assert bases(told) == {}
    (innocent,) = told.ruled_out
    assert (innocent.rule.cause, innocent.evidence[-1].exchange) == ("ua.blocked", 12)


@pytest.mark.parametrize("basis", [Basis.STATED, Basis.STANDARD])
def test_what_is_stated_or_standard_stands(basis: Basis) -> None:
    told = held(refused(SENT), passed(12, SENT), said=(found("ua.blocked", "user-agent", basis=basis),))
    assert bases(told) == {"ua.blocked": basis}


@pytest.mark.parametrize("said", [found("ua.blocked", "user-agent", at=9), found("waf.rule", "user-agent")])
def test_a_call_that_passed_says_nothing_to_what_does_not_blame_this_request(said: Finding) -> None:
    assert bases(held(refused(SENT), passed(12, SENT), said=(said,))) == {said.rule.cause: Basis.CIRCUMSTANCE}


@pytest.mark.parametrize(("at", "innocent"), [(9, False), (12, True)])
def test_a_token_that_was_good_before_may_have_run_out(at: int, innocent: bool) -> None:
    said = found("auth.token-expired", "authorization")
    told = held(refused(SENT), passed(at, SENT), said=(said,))
    assert bool(told.ruled_out) is innocent


def test_an_error_without_cors_headers_is_no_cors_problem_where_successes_have_them() -> None:
    """The mask stays behind even a hint, whatever it rests on."""
    page = SENT | {"Origin": "https://app.example", "Referer": "https://app.example/"}
    grants = {"Access-Control-Allow-Origin": "https://app.example"}
    mask = found("cors.missing-acao-on-error", "access-control-allow-origin", "response.header", Basis.STANDARD)
    told = held(
        refused(page), passed(9, page, got=grants), said=(mask, found("auth.role-denied", basis=Basis.CIRCUMSTANCE))
    )
    assert [finding.rule.cause for finding in told.findings] == ["auth.role-denied", "cors.missing-acao-on-error"]


def test_a_preflight_is_held_against_nothing() -> None:
    """It bears no credentials (Fetch, "CORS-preflight fetch"): that it lacks them is no difference."""
    asked = {"Origin": "https://app.example", "Access-Control-Request-Method": "GET"}
    about = exchange(10, URL, 403, method="OPTIONS", sent=asked)
    told = held(about, passed(9, SENT), said=(found("auth.missing-credentials", "authorization"),))
    assert told.contrast is None
    assert bases(told) == {"auth.missing-credentials": Basis.CIRCUMSTANCE}


def test_every_cause_that_blames_a_part_is_in_the_vocabulary() -> None:
    assert all(any(cause.startswith(beginning) for cause in causes()) for beginning in BLAMES)


def test_what_the_file_withholds_was_shared_by_nobody() -> None:
    about = refused({})
    about = replace(about, request=replace(about.request, headers=about.request.headers.withholding({"authorization"})))
    told = held(about, passed(12, {}), said=(found("auth.missing-credentials", "authorization"),))
    assert bases(told) == {"auth.missing-credentials": Basis.CIRCUMSTANCE}


def test_a_lack_that_has_no_name_is_held_against_nothing() -> None:
    told = held(refused({}), passed(12, {}), said=(found("csrf.token-missing", part="request.body"),))
    assert bases(told) == {"csrf.token-missing": Basis.CIRCUMSTANCE}
