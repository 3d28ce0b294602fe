"""Ranking: which of several verdicts about one refusal leads, which steps back and which is not said at all."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator

import pytest
from msgspec.structs import replace

from harinspect.diagnosis import COMPANIONS, LAST, WIDE, Diagnosis, diagnose, rank
from harinspect.inspecting import Basis, Confidence, Evidence, Finding, Inspector, Rule, Verdict
from harinspect.knowledge import causes
from harinspect.traffic.model import Denial, DenialKind
from harinspect.wire.headers import Headers
from tests.builders import denial, exchange

REFUSED = denial(exchange(4, "https://api.example/items", 403))


def rule(cause: str, name: str = "") -> Rule:
    return Rule(name or f"made.{cause.replace('.', '-')}", cause, "A title", "Why.", "unknown", ())


def found(cause: str, basis: Basis = Basis.STATED, name: str = "") -> Finding:
    return rule(cause, name).found(basis, Evidence(4, "response.status", value="403"))


def ranked(*verdicts: Verdict) -> Diagnosis:
    return rank(REFUSED, verdicts)


def order(*verdicts: Verdict) -> list[tuple[str, str]]:
    return [(f.rule.cause, f.confidence.value) for f in ranked(*verdicts).findings]


@pytest.mark.parametrize("turned", [False, True])
def test_the_stronger_basis_leads_whatever_the_order_of_asking(turned: bool) -> None:
    bases = list(Basis)
    for stronger, weaker in itertools.pairwise(bases):
        said = [found("waf.rule", weaker), found("auth.role-denied", stronger)]
        first = ranked(*(reversed(said) if turned else said)).findings[0]
        assert (first.rule.cause, first.basis) == ("auth.role-denied", stronger)


def test_on_the_same_rung_what_is_peculiar_to_the_request_goes_before_the_server() -> None:
    hints = (found("server.path-denied", Basis.CIRCUMSTANCE), found("ua.blocked", Basis.CIRCUMSTANCE))
    assert order(*hints) == [("ua.blocked", "hint"), ("server.path-denied", "hint")]


def test_what_stands_on_a_lower_rung_becomes_a_hint() -> None:
    said = (found("auth.role-denied", Basis.STANDARD), found("waf.rule", Basis.SIGNATURE))
    assert order(*said) == [("auth.role-denied", "certain"), ("waf.rule", "hint")]


def test_what_stands_on_the_same_rung_keeps_its_confidence() -> None:
    said = (found("auth.role-denied", Basis.CONTRAST), found("referer.missing", Basis.CONTRAST))
    assert {confidence for _, confidence in order(*said)} == {"likely"}


def test_what_is_usual_stands_behind_the_unexplained() -> None:
    said = (found("auth.role-denied", Basis.PRIOR), found("server.unexplained-403", Basis.PRIOR))
    assert order(*said) == [("server.unexplained-403", "hint"), ("auth.role-denied", "hint")]


@pytest.mark.parametrize("basis", [basis for basis in Basis if basis is not Basis.PRIOR])
def test_what_is_usual_goes_where_anything_speaks(basis: Basis) -> None:
    said = (found("auth.role-denied", Basis.PRIOR), found("ua.blocked", basis))
    assert [cause for cause, _ in order(*said)] == ["ua.blocked"]


def test_a_cause_is_told_once_by_its_strongest_finding() -> None:
    weak, strong = found("waf.rule", Basis.PRIOR, "made.weak"), found("waf.rule", Basis.SIGNATURE, "made.strong")
    assert [f.rule.id for f in ranked(weak, strong).findings] == ["made.strong"]


@pytest.mark.parametrize("narrow", ["cookie.samesite", "redirect.credentials-dropped", "auth.token-malformed"])
def test_a_wide_cause_gives_way_to_the_narrower_one_that_explains_it(narrow: str) -> None:
    said = (found("auth.missing-credentials", Basis.STATED), found(narrow, Basis.CONTRAST))
    assert order(*said) == [(narrow, "likely")]


def test_a_wide_cause_does_not_give_way_to_a_hint() -> None:
    said = (found("auth.missing-credentials", Basis.STATED), found("cookie.samesite", Basis.CIRCUMSTANCE))
    assert order(*said) == [("auth.missing-credentials", "certain"), ("cookie.samesite", "hint")]


def test_a_wide_cause_does_not_give_way_to_another_matter() -> None:
    said = (found("auth.missing-credentials", Basis.STATED), found("referer.missing", Basis.CONTRAST))
    assert order(*said)[0] == ("auth.missing-credentials", "certain")


def test_a_wide_cause_does_not_give_way_to_itself() -> None:
    """`auth.token-invalid` is wide towards `auth.token-...`, and begins so itself."""
    assert order(found("auth.token-invalid")) == [("auth.token-invalid", "certain")]
    said = (found("auth.token-invalid", Basis.STATED), found("auth.token-expired", Basis.STANDARD))
    assert order(*said) == [("auth.token-expired", "certain")]


def test_every_cause_that_ranking_names_is_in_the_vocabulary() -> None:
    known = causes()
    assert {*COMPANIONS, *LAST, *WIDE} <= set(known)
    for beginnings in WIDE.values():
        assert all(any(cause.startswith(beginning) for cause in known) for beginning in beginnings)


@pytest.mark.parametrize("companion", sorted(COMPANIONS))
def test_a_companion_never_leads(companion: str) -> None:
    said = (found(companion, Basis.STATED), found("auth.role-denied", Basis.CIRCUMSTANCE))
    assert [cause for cause, _ in order(*said)] == ["auth.role-denied", companion]


@pytest.mark.parametrize("companion", sorted(COMPANIONS))
def test_a_companion_goes_before_the_unexplained(companion: str) -> None:
    said = (found("server.unexplained-403", Basis.PRIOR), found(companion, Basis.CIRCUMSTANCE))
    assert [cause for cause, _ in order(*said)] == [companion, "server.unexplained-403"]


@pytest.mark.parametrize("last", sorted(LAST))
def test_unexplained_comes_last_among_hints(last: str) -> None:
    said = (found(last, Basis.CIRCUMSTANCE), found("auth.role-denied", Basis.CIRCUMSTANCE))
    assert [cause for cause, _ in order(*said)] == ["auth.role-denied", last]


@pytest.mark.parametrize("last", sorted(LAST))
@pytest.mark.parametrize("basis", [basis for basis in Basis if basis.confidence is not Confidence.HINT])
def test_unexplained_is_not_said_where_something_is_known(last: str, basis: Basis) -> None:
    assert [cause for cause, _ in order(found(last, Basis.PRIOR), found("auth.role-denied", basis))] == [
        "auth.role-denied"
    ]


def test_unexplained_alone_is_said() -> None:
    assert order(found("server.unexplained-403", Basis.PRIOR)) == [("server.unexplained-403", "hint")]


def withheld(*names: str) -> Denial:
    about = REFUSED.exchange
    silent = replace(about, request=replace(about.request, headers=Headers([], names)))
    return denial(silent)


WIDE_OF_COOKIES = sorted(cause for cause, narrower in WIDE.items() if "cookie." in narrower)


@pytest.mark.parametrize("cause", WIDE_OF_COOKIES)
@pytest.mark.parametrize("basis", [Basis.STANDARD, Basis.CONTRAST, Basis.SIGNATURE])
def test_a_wide_cause_is_a_hint_where_the_file_withholds_the_cookies(cause: str, basis: Basis) -> None:
    assert rank(withheld("cookie"), [found(cause, basis)]).findings[0].confidence is Confidence.HINT
    assert rank(withheld("accept"), [found(cause, basis)]).findings[0].basis is basis


def test_cookies_that_are_withheld_take_nothing_from_other_causes() -> None:
    assert rank(withheld("cookie"), [found("auth.role-denied")]).findings[0].basis is Basis.STATED


def test_an_answer_that_speaks_of_the_token_speaks_of_no_cookie() -> None:
    told = rank(withheld("cookie"), [found("csrf.token-mismatch"), found("csrf.cookie-missing")]).findings
    assert [(f.rule.cause, f.confidence) for f in told] == [
        ("csrf.token-mismatch", Confidence.CERTAIN),
        ("csrf.cookie-missing", Confidence.HINT),
    ]


def test_another_refusal_is_what_its_status_says_and_the_rest_are_hints() -> None:
    related = denial(exchange(4, "https://api.example/items", 401), kind=DenialKind.RELATED)
    told = rank(related, [found("auth.missing-credentials"), found("status.401")]).findings
    assert [(f.rule.cause, f.confidence.value) for f in told] == [
        ("status.401", "certain"),
        ("auth.missing-credentials", "hint"),
    ]


@pytest.mark.parametrize(("basis", "said"), [(Basis.SIGNATURE, "hint"), (Basis.STANDARD, "certain")])
def test_what_the_end_of_a_loop_seems_to_say_is_a_hint(basis: Basis, said: str) -> None:
    there, back = "https://api.example/in", "https://api.example/items"
    to = {there: back, back: there}
    hops = [exchange(i, url, 302, got={"Location": to[url]}) for i, url in enumerate((back, there, back, there))]
    told = rank(denial(REFUSED.exchange, *hops), [found("auth.account-locked", basis)]).findings
    assert [f.confidence.value for f in told] == [said]


OPEN = ("cookie.samesite", "cookie.expired", "csrf.token-missing", "auth.session-expired")


def undetermined(causes: Iterable[str]) -> list[Verdict]:
    return [rule(cause).undetermined("It may be.", "An export with credentials.") for cause in causes]


def test_at_most_three_stay_undetermined_each_once() -> None:
    told = ranked(*undetermined((*OPEN[:1], *OPEN)), found("server.unexplained-403", Basis.PRIOR)).undetermined
    assert [verdict.rule.cause for verdict in told] == list(OPEN[:3])


def test_nothing_is_undetermined_beside_a_certain_answer() -> None:
    assert ranked(*undetermined(OPEN), found("auth.role-denied", Basis.STATED)).undetermined == ()
    assert len(ranked(*undetermined(OPEN), found("auth.role-denied", Basis.CONTRAST)).undetermined) == 3


def test_a_cause_that_was_found_is_not_undetermined_as_well() -> None:
    told = ranked(*undetermined(OPEN[:1]), found(OPEN[0], Basis.SIGNATURE))
    assert (told.undetermined, len(told.findings)) == ((), 1)


def test_what_is_ruled_out_is_told_once_and_not_beside_its_finding() -> None:
    innocent = [rule(cause).ruled_out("It was checked.") for cause in ("cookie.path-mismatch", "cookie.path-mismatch")]
    told = ranked(*innocent, rule("ua.blocked").ruled_out("It passed elsewhere."), found("ua.blocked", Basis.CONTRAST))
    assert [verdict.rule.cause for verdict in told.ruled_out] == ["cookie.path-mismatch"]


def test_nothing_said_is_nothing_found() -> None:
    assert ranked() == Diagnosis(REFUSED, ())


def made_inspector() -> Inspector:
    """Three questions, of which the second breaks after its first word."""
    inspector = Inspector("inspectors.made_up")
    stated = {
        cause: inspector.rule(cause[:2], cause=cause, title="A", why="B.", responsible="user", fixes=())
        for cause in ("auth.role-denied", "waf.rule", "ua.blocked")
    }

    @inspector.check
    def first(_: Denial) -> Iterator[Verdict]:
        yield stated["auth.role-denied"].found(Basis.CIRCUMSTANCE)

    @inspector.check
    def breaks(refused: Denial) -> Iterator[Verdict]:
        yield stated["waf.rule"].found(Basis.CIRCUMSTANCE)
        raise KeyError(refused.exchange.url)

    @inspector.check
    def last(_: Denial) -> Iterator[Verdict]:
        yield stated["ua.blocked"].found(Basis.CIRCUMSTANCE)

    return inspector


def test_a_check_that_raises_becomes_a_problem_and_the_others_go_on() -> None:
    told = diagnose(REFUSED, [made_inspector()])
    assert {f.rule.cause for f in told.findings} == {"auth.role-denied", "waf.rule", "ua.blocked"}
    (problem,) = told.problems
    assert problem.where == "/log/entries/4"
    assert "made-up" in problem.what
    assert "KeyError" in problem.what
    assert "api.example" not in problem.what, "a message of an error may hold a secret of the customer"


def test_a_session_that_went_along_before_explains_a_missing_credential() -> None:
    lacking = found("cookie.samesite", Basis.CIRCUMSTANCE, "older-cookies.samesite")
    other = found("cookie.samesite", Basis.CIRCUMSTANCE)
    wide = found("auth.missing-credentials", Basis.SIGNATURE)
    assert order(wide, lacking) == [("cookie.samesite", "hint")]
    assert order(wide, other)[0] == ("auth.missing-credentials", "likely")
