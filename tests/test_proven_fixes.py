"""Snippets say what was tried: the CORS headers that nginx, Apache and Caddy would set pass for the finding at hand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from harinspect.har import load
from harinspect.inspecting import Finding
from harinspect.inspectors import all_inspectors
from harinspect.redaction.reports import ReportRedactor
from harinspect.report import model
from harinspect.report.denials import finding_part
from harinspect.traffic.build import build
from harinspect.traffic.changes import Answer, Grant, Untested
from harinspect.traffic.cross_origin import passes
from harinspect.traffic.denials import find_denials
from harinspect.traffic.model import Traffic
from harinspect.traffic.simulate import verify
from tests.case_files import CASES

FAMILIES = ("cors.", "cookie.", "referer.", "redirect.")
SETS = {
    "nginx": re.compile(r'^\s*add_header (\S+) "?([^";]+)"? always;$', re.MULTILINE),
    "apache": re.compile(r'^Header always set (\S+) "([^"]*)"$', re.MULTILINE),
    "caddy": re.compile(r'^\t(Access-\S+) "([^"]*)"$', re.MULTILINE),
}
ANSWERS_OPTIONS = re.compile(r"return 204;|R=204|respond @preflight 204")


def found_in(case: Path) -> Iterator[tuple[Finding, Traffic]]:
    traffic = build(load(case))
    for denial in find_denials(traffic):
        for inspector in all_inspectors():
            for verdict in inspector.verdicts(denial):
                if isinstance(verdict, Finding) and verdict.rule.cause.startswith(FAMILIES):
                    yield verdict, traffic


def told(finding: Finding, traffic: Traffic) -> model.Finding:
    return finding_part(finding, ReportRedactor(), traffic)


def as_the_snippet_says(grant: Grant, snippet: model.Snippet) -> Grant:
    headers = tuple((name, value) for name, value in SETS[snippet.stack].findall(snippet.code) if name != "Vary")
    status = 204 if ANSWERS_OPTIONS.search(snippet.code) else None
    preflight = grant.preflight and Answer(grant.preflight.exchange, headers, status)
    return replace(grant, preflight=preflight, answer=grant.answer and Answer(grant.answer.exchange, headers))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_what_a_snippet_sets_passes(case: Path) -> None:
    for finding, traffic in found_in(case):
        if not isinstance(finding.change, Grant):
            continue
        for snippet in (s for fix in told(finding, traffic).fixes for s in fix.snippets if s.stack in SETS):
            grant = as_the_snippet_says(finding.change, snippet)
            assert "*" not in {value for answer in grant.answers for _, value in answer.headers}
            assert passes(grant, traffic), snippet.code


def test_the_stacks_are_really_read() -> None:
    seen = {
        (snippet.stack, finding.rule.cause)
        for case in CASES
        for finding, traffic in found_in(case)
        if isinstance(finding.change, Grant)
        for fix in told(finding, traffic).fixes
        for snippet in fix.snippets
        if snippet.stack in SETS
    }
    assert {stack for stack, _ in seen} == set(SETS)
    assert len({cause for _, cause in seen}) >= 7


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_every_finding_of_the_families_is_tried_or_says_why_not(case: Path) -> None:
    for finding, traffic in found_in(case):
        part = told(finding, traffic)
        assert bool(part.verified) != bool(part.unverified), finding.rule.id


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_what_does_not_pass_is_not_offered(case: Path) -> None:
    for finding, traffic in found_in(case):
        part = told(finding, traffic)
        if part.verified and not part.verified.holds:
            assert len(part.fixes) == len(finding.rule.fixes) - 1
            assert not any(fix.snippets for fix in part.fixes)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_trying_tells_no_value_of_a_cookie_or_token(case: Path) -> None:
    for finding, traffic in found_in(case):
        outcome = verify(finding.change or Untested(""), traffic)
        said = outcome.why if isinstance(outcome, Untested) else outcome.how
        secrets = {
            pair.partition("=")[2]
            for e in traffic.in_time
            for line in (*e.request.headers.all("cookie"), *e.response.headers.all("set-cookie"))
            for pair in line.split("; ")[:1]
        }
        assert not any(secret in said for secret in secrets if len(secret) > 4)
