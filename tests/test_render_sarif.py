"""SARIF 2.1.0: valid by OASIS's schema, one result a finding, pointers that arrive, prints that last."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from harinspect.pipeline import analyse
from harinspect.render import as_sarif, shipped_folder
from harinspect.report import model
from tests.report_fixtures import denial, finding, full_report, report, source
from tests.sarif_checks import check

SAMPLES = sorted(shipped_folder("sample_hars").glob("*.har"))


def log_of(*reports: model.Report) -> dict[str, Any]:
    """The log, once it is found valid."""
    log: dict[str, Any] = json.loads(as_sarif.render(reports))
    check(log)
    return log


def prints(told: model.Report) -> list[str]:
    return [row["partialFingerprints"]["refusal/v1"] for row in log_of(told)["runs"][0]["results"]]


def at(document: object, pointer: str) -> object:
    """What a JSON pointer (RFC 6901) leads to."""
    for step in pointer.split("/")[1:]:
        document = document[int(step)] if isinstance(document, list) else document[step]  # type: ignore[index]
    return document


def test_every_finding_is_a_result_of_a_level() -> None:
    levels = ("certain", "likely", "hint")
    findings = tuple(finding(rule=f"a.{level}", confidence=level, cause=f"c.{level}") for level in levels)
    (run,) = log_of(report(denial(12, findings=findings)))["runs"]
    told = [(row["ruleId"], row["level"], row["properties"]["place"]) for row in run["results"]]
    assert told == [("a.certain", "error", 1), ("a.likely", "warning", 2), ("a.hint", "note", 3)]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["a.certain", "a.hint", "a.likely"]


def test_a_result_says_what_the_report_says() -> None:
    (run,) = log_of(msgspec.structs.replace(full_report(), version="1.2.3"))["runs"]
    told = run["results"][0]
    assert told["message"]["text"].startswith("The answer allows another origin. The page is https://app.example, ")
    assert told["message"]["text"].endswith("(#2 GET https://api.example/items/2: 403.)")
    assert "`https://app.example`" in told["message"]["markdown"]
    assert told["webRequest"] == {"method": "GET", "target": "https://api.example/items/2"}
    assert told["webResponse"] == {"statusCode": 403}
    assert told["properties"]["responsible"] == "server-config"
    assert told["properties"]["fixes"][0]["for"] == "admin"
    assert told["properties"]["verified"]["holds"] is True
    assert run["tool"]["driver"]["version"] == "1.2.3"


def test_a_request_that_got_no_answer_has_no_response() -> None:
    (told,) = log_of(report(denial(status=0, kind="blocked")))["runs"][0]["results"]
    assert "webResponse" not in told


def test_evidence_is_a_related_location() -> None:
    (run,) = log_of(report(denial()))["runs"]
    header, address = run["results"][0]["relatedLocations"]
    place = header["logicalLocations"][0]
    assert place == {"fullyQualifiedName": "/log/entries/2/response/headers", "kind": "array"}
    said = "#2 response header access-control-allow-origin: https://www.example (another host)"
    assert header["message"]["text"] == said
    assert address["logicalLocations"][0]["fullyQualifiedName"] == "/log/entries/2"


def test_what_is_no_result_is_a_notification() -> None:
    told = full_report()
    (run,) = log_of(told)["runs"]
    rows = [(row["level"], row["message"]["text"]) for row in run["invocations"][0]["toolExecutionNotifications"]]
    assert ("warning", "byte 17: cut") in rows
    assert ("error", "Internal: inspector x: it raised") in rows
    assert [level for level, _ in rows].count("note") == sum(not row.findings for row in told.denials)


def test_nothing_refused_is_an_empty_list_of_results() -> None:
    (run,) = log_of(report())["runs"]
    assert run["results"] == []
    assert run["invocations"] == [{"executionSuccessful": True}]


def test_several_reports_are_runs_of_one_log() -> None:
    log = log_of(report(denial(), source=source(name="a.har")), report(source=source(name="b.har")))
    assert [run["automationDetails"]["id"] for run in log["runs"]] == ["harinspect/a.har", "harinspect/b.har"]


@pytest.mark.parametrize(
    ("name", "uri"),
    [
        ("plain.har", "plain.har"),
        ("a b%é.har", "a%20b%25%C3%A9.har"),
        ("../../etc/passwd", "etc/passwd"),
        ("/abs/./x.har", "abs/x.har"),
        ("C:\\temp\\x.har", "C%3A/temp/x.har"),
        ("https://evil.example/x", "https%3A/evil.example/x"),
        ("..", "recording.har"),
        ("", "recording.har"),
    ],
)
def test_a_name_leads_nowhere_but_below(name: str, uri: str) -> None:
    (run,) = log_of(report(denial(), source=source(name=name)))["runs"]
    assert run["artifacts"][0]["location"]["uri"] == uri


def test_text_is_neither_placeholder_nor_link() -> None:
    hostile = "{0} [x](https://evil.example) {{1}} }"
    (told,) = log_of(report(denial(findings=(finding(why=hostile),))))["runs"][0]["results"]
    assert "{{0}} [x] (https://evil.example) {{{{1}}}} }}" in told["message"]["text"]


def test_prints_do_not_hang_on_masked_values_or_places() -> None:
    one, other = (
        report(denial(n, url=f"https://api.example/a/‹token:16-31:{mark}›?x={mark}"))
        for n, mark in ((2, "9f3c"), (7, "01ab"))
    )
    assert prints(one) == prints(other)
    assert prints(report(denial(url="https://api.example/b"))) != prints(one)
    first, second = prints(report(denial(2, url="https://a.example/"), denial(3, url="https://a.example/")))
    assert first.removesuffix(":1") == second.removesuffix(":2")


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_samples_are_valid_and_their_pointers_arrive(sample: Path) -> None:
    recording = json.loads(sample.read_text(encoding="utf-8-sig"))
    (run,) = log_of(*analyse(sample))["runs"]
    for result in run["results"]:
        for place in [*result["locations"], *result.get("relatedLocations", ())]:
            for logical in place["logicalLocations"]:
                there = at(recording, logical["fullyQualifiedName"])
                kind = "object" if isinstance(there, dict) else "array" if isinstance(there, list) else "value"
                assert kind == logical["kind"]
    assert prints(*analyse(sample)) == [row["partialFingerprints"]["refusal/v1"] for row in run["results"]]


def test_the_lab_is_valid(lab: list[Path]) -> None:
    files = [file for folder in lab for file in folder.glob("*.har")]
    assert len(files) > 100
    assert sum(len(log_of(*analyse(file))["runs"][0]["results"]) for file in files) > 100
