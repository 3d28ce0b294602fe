"""The report end to end: the fields of its contract, evidence that leads somewhere, sentences, and filled words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from harinspect.diagnosis import Diagnosis, diagnose
from harinspect.har.model import Exchange
from harinspect.inspecting import Basis, Evidence, Inspector, Verdict
from harinspect.inspectors import all_inspectors
from harinspect.pipeline import analyse, report_of
from harinspect.redaction.reports import ReportRedactor
from harinspect.render import as_json, shipped_folder
from harinspect.report import model
from harinspect.report.build import build
from harinspect.report.denials import filled
from harinspect.traffic.denials import find_denials
from harinspect.traffic.model import Denial
from tests.builders import exchange, har, traffic

SAMPLES = sorted(shipped_folder("sample_hars").glob("*.har"))
CONTRACT = {  # schema 1: what must be there; more may be
    "report": "schema source summary denials redirect_chains preflights cors cookies",
    "source": "name bytes entries lost exporter creator browser started ended credentials problems advice",
    "summary": "denials causes",
    "summary.causes": "cause title responsible confidence denials",
    "denials": "exchange kind method url status started layer responder findings ruled_out undetermined contrast checks"
    " escalation",
    "denials.responder": "name layer evidence",
    "denials.findings": "rule cause title confidence responsible temporary why evidence fixes verified",
    "denials.findings.evidence": "exchange part name value note",
    "denials.findings.fixes": "for effort text snippets",
    "denials.ruled_out": "cause reason evidence",
    "denials.undetermined": "cause reason needs",
    "denials.checks": "text tells effort",
    "denials.escalation": "to text markdown curl",
    "redirect_chains": "hops loop dropped",
    "redirect_chains.hops": "exchange status url location kind",
    "redirect_chains.dropped": "hop what",
    "preflights": "options actual verdict asked granted",
    "cors": "exchange verdict",
    "cookies": "name domain path events",
    "cookies.events": "exchange kind reason",
}
NAMED_LATER = {  # parts that no sample needs to have
    model.Problem: "where what",
    model.Snippet: "stack code",
    model.Verified: "holds how",
    model.Contrast: "exchange differences",
    model.Difference: "part name here there",
}
SECRET = "3f9c1a7be04d4c55"


@cache
def report(sample: Path) -> model.Report:
    (only,) = analyse(sample)
    return only


def parts(whole: object, path: tuple[str, ...]) -> Iterator[dict[str, object]]:
    """Every object at a path of the document; lists on the way are gone through."""
    if isinstance(whole, list):
        for row in whole:
            yield from parts(row, path)
    elif isinstance(whole, dict):
        if path:
            yield from parts(whole[path[0]], path[1:])
        else:
            yield whole


@pytest.mark.parametrize("where", CONTRACT)
def test_the_document_has_the_fields_of_its_contract(where: str) -> None:
    path = () if where == "report" else tuple(where.split("."))
    found = [row for sample in SAMPLES for row in parts(json.loads(as_json.render([report(sample)])), path)]
    assert found, f"no sample has {where}"
    for row in found:
        assert set(CONTRACT[where].split()) <= set(row)


@pytest.mark.parametrize("part", NAMED_LATER)
def test_rare_parts_have_the_fields_of_the_contract(part: type[msgspec.Struct]) -> None:
    assert set(NAMED_LATER[part].split()) <= set(part.__struct_encode_fields__)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.stem)
def test_a_report_survives_its_own_json(sample: Path) -> None:
    written = as_json.render([report(sample)])
    assert msgspec.json.decode(written, type=model.Report) == report(sample)
    assert json.loads(written)["schema"] == 1


def evidence_of(denial: model.Denial) -> Iterator[model.Evidence]:
    for finding in denial.findings:
        yield from finding.evidence
    for ruled_out in denial.ruled_out:
        yield from ruled_out.evidence
    if denial.responder:
        yield from denial.responder.evidence


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.stem)
def test_all_evidence_leads_to_an_exchange_that_the_report_shows(sample: Path) -> None:
    shown = {e.exchange: e for e in report(sample).exchanges}
    for denial in report(sample).denials:
        assert denial.exchange in shown
        for evidence in evidence_of(denial):
            assert evidence.exchange in shown
            if evidence.part in ("request.header", "response.header"):
                is_there = evidence.name.lower() in header_names(shown[evidence.exchange], evidence.part)
                assert is_there or (not evidence.value and evidence.note), f"{evidence} says nothing"


def header_names(shown: model.Exchange, part: str) -> set[str]:
    fields = shown.request_headers if part == "request.header" else shown.response_headers
    return {field.name.lower() for field in fields}


def prose(told: model.Report) -> Iterator[str]:
    for denial in told.denials:
        for finding in denial.findings:
            yield from (finding.title, finding.why, *(fix.text for fix in finding.fixes))
        yield from (row.reason for row in denial.ruled_out)
        for row in denial.undetermined:
            yield from (row.reason, row.needs)
        for check in denial.checks:
            yield from (check.text, check.tells)
    yield from told.source.advice


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.stem)
def test_every_hole_is_filled_and_every_code_span_closed(sample: Path) -> None:
    for sentence in prose(report(sample)):
        assert not re.search(r"\{[a-z_]+\}", sentence)
        assert sentence.count("`") % 2 == 0


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.stem)
def test_no_check_breaks_on_a_sample(sample: Path) -> None:
    assert report(sample).problems == ()


def test_a_value_cannot_end_a_code_span_or_pass_for_a_hole() -> None:
    said = filled("`{url}` from `{origin}`, {unknown}.", {"url": "a`b {origin}", "origin": "c"}, ReportRedactor())
    assert said == "`a'b {origin}` from `c`, {unknown}."


def told_of(*rows: Exchange) -> model.Report:
    return report_of(har(*rows))


def refused(index: int, **rest: object) -> Exchange:
    return exchange(index, f"https://api.example/items/{index}", 403, **rest)  # type: ignore[arg-type]


def test_an_empty_file_makes_an_empty_report() -> None:
    told = told_of()
    assert (told.denials, told.summary.causes, told.exchanges) == ((), (), ())
    assert (told.source.started, told.source.ended, told.source.entries) == (None, None, 0)


def test_undated_and_unreadable_exchanges_are_told_as_they_are() -> None:
    told = told_of(replace(refused(3, at=0), started=None), exchange(7, "http://[broken/", 403))
    assert [d.exchange for d in told.denials] == [3, 7]
    assert told.denials[0].started is None


def test_a_chain_to_a_refusal_is_shown_whole() -> None:
    to = {"Location": "https://api.example/items/1"}
    told = told_of(exchange(0, "https://app.example/", 302, got=to), refused(1))
    (chain,) = told.redirect_chains
    assert [(hop.exchange, hop.location) for hop in chain.hops] == [(0, to["Location"]), (1, "")]
    assert {e.exchange for e in told.exchanges} == {0, 1}


def test_a_broken_check_is_a_problem_of_the_report() -> None:
    inspector = Inspector("inspectors.made_up")

    @inspector.check
    def breaks(_: Denial) -> Iterator[Verdict]:
        raise RuntimeError(SECRET)

    made_traffic = traffic(refused(0))
    diagnoses = [diagnose(denial, (*all_inspectors(), inspector)) for denial in find_denials(made_traffic)]
    told = build(made_traffic, diagnoses, "1.0")
    assert [problem.where for problem in told.problems] == ["/log/entries/0"]
    assert told.denials[0].findings
    assert SECRET not in as_json.render([told]).decode()


def test_a_secret_seen_in_one_exchange_is_hidden_in_all() -> None:
    """The page of one refusal repeats what only another request carried as a cookie."""
    echo = refused(0, body=f"<p>No such visitor as {SECRET} here</p>")
    told = told_of(echo, refused(1, sent={"Cookie": f"sid={SECRET}"}))
    assert SECRET not in as_json.render([told]).decode()
    assert "No such visitor" in (told.exchanges[0].response_body or "")


def test_evidence_is_redacted_by_its_part() -> None:
    inspector = Inspector("inspectors.made_up")
    rule = inspector.rule("a", cause="waf.rule", title="A", why="`{url}`", responsible="user", fixes=())
    rows = (
        Evidence(0, "request.header", "authorization", f"Bearer {SECRET}"),
        Evidence(0, "request.cookie", "sid", SECRET),
        Evidence(0, "request.url", "", f"https://api.example/?access_token={SECRET}"),
    )
    made_traffic = traffic(refused(0))
    (denial,) = find_denials(made_traffic)
    found = rule.found(Basis.STATED, *rows, url=f"https://api.example/?access_token={SECRET}")
    told = build(made_traffic, [Diagnosis(denial, (found,))], "1.0")
    assert SECRET not in as_json.render([told]).decode()
    assert all("‹" in evidence.value for evidence in told.denials[0].findings[0].evidence)
