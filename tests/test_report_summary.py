"""The first thing that is read: how many were refused, why, and the causes in order."""

from __future__ import annotations

import pytest

from harinspect.har.model import Exchange
from harinspect.pipeline import report_of
from harinspect.report import model
from harinspect.report.summary import summarised
from tests.builders import exchange, har
from tests.report_fixtures import denial, finding


def told_of(*rows: Exchange) -> model.Report:
    return report_of(har(*rows))


def refused(index: int, **rest: object) -> Exchange:
    return exchange(index, f"https://api.example/items/{index}", 403, **rest)  # type: ignore[arg-type]


def blocked(index: int) -> Exchange:
    return exchange(index, "https://ads.example/a.js", 0, error="net::ERR_BLOCKED_BY_CLIENT")


@pytest.mark.parametrize(
    ("rows", "start"),
    [
        ([], "Nothing in this file was refused"),
        ([exchange(0, "https://api.example/")], "Nothing in this file was refused"),
        ([exchange(0, "https://api.example/", 401)], "Nothing in this file was refused"),
        ([refused(0)], "1 request was answered 403"),
        ([refused(0), refused(1)], "2 requests were answered 403"),
        ([blocked(0)], "1 request was blocked by the browser"),
        ([refused(0), blocked(1), blocked(2)], "1 request was answered 403 and 2 requests were blocked by the browser"),
        ([refused(i) for i in range(1200)], "1,200 requests were answered 403"),
    ],
)
def test_the_sentence_counts_in_english(rows: list[Exchange], start: str) -> None:
    sentence = told_of(*rows).summary.sentence
    assert sentence.startswith(start)
    assert sentence.endswith(".")


def test_the_sentence_owns_to_what_the_file_does_not_prove() -> None:
    assert "does not prove why" in told_of(refused(0)).summary.sentence


def made(cause: str, title: str = "A title", confidence: str = "likely", index: int = 0) -> model.Denial:
    told = finding(cause=cause, title=title, confidence=confidence)
    return denial(index, findings=(told,))


@pytest.mark.parametrize(
    ("titles", "end"),
    [
        (["The first"], "answered 403: the first."),
        (["A first"], "answered 403: a first."),
        (["HTTPS is demanded"], "answered 403: HTTPS is demanded."),
        (["SameSite=None without Secure"], "answered 403: SameSite=None without Secure."),
        (["Access-Control-Allow-Origin is missing"], "answered 403: Access-Control-Allow-Origin is missing."),
        (["The first", "The second"], "answered 403: the first, and 1 other cause."),
        (["The first", "The second", "The third"], "answered 403: the first, and 2 other causes."),
    ],
)
def test_the_sentence_names_the_first_cause_and_counts_the_others(titles: list[str], end: str) -> None:
    denials = [made(f"waf.{number}", title) for number, title in enumerate(titles)]
    assert summarised(denials).sentence.endswith(end)


def test_the_same_cause_of_many_requests_is_one_cause_with_a_list() -> None:
    causes = told_of(*(refused(i) for i in range(5))).summary.causes
    assert [cause.denials for cause in causes] == [(0, 1, 2, 3, 4)]


def causes(*denials: model.Denial) -> list[str]:
    return [cause.cause for cause in summarised(denials).causes]


def test_the_surer_cause_comes_first_then_the_one_of_more_requests() -> None:
    hint, likely = made("ua.blocked", confidence="hint"), made("waf.rule")
    assert causes(hint, hint, likely) == ["waf.rule", "ua.blocked"]
    assert causes(made("waf.rule"), made("ua.blocked"), made("ua.blocked")) == ["ua.blocked", "waf.rule"]


def test_the_unexplained_and_related_refusals_come_last() -> None:
    unexplained, related = made("server.unexplained-403", confidence="hint"), made("status.401", confidence="certain")
    known = made("ua.blocked", confidence="hint")
    assert causes(related, unexplained, known) == ["ua.blocked", "server.unexplained-403", "status.401"]


def test_a_cause_is_as_sure_as_its_surest_finding() -> None:
    (cause,) = summarised([made("waf.rule", confidence="hint", index=1), made("waf.rule", index=2)]).causes
    assert (cause.confidence, cause.denials) == ("likely", (1, 2))


def test_related_refusals_are_neither_counted_nor_named_in_the_sentence() -> None:
    related = denial(5, kind="related", findings=(finding(cause="status.401", confidence="certain"),))
    told = summarised([made("waf.rule", "The first"), related])
    assert told.denials == 2
    assert told.sentence == "1 request was answered 403: the first."


def test_a_refusal_without_findings_is_counted_and_has_no_cause() -> None:
    told = summarised([denial(1, findings=())])
    assert (told.denials, told.causes) == (1, ())
    assert "does not prove why" in told.sentence
