"""What stands with the code of a fix: what it lets through, how to undo and to verify it, in every form."""

from __future__ import annotations

import json

import pytest
from msgspec.structs import replace

from harinspect.inspecting import Basis, Rule
from harinspect.inspecting import Fix as Stated
from harinspect.knowledge import recipe
from harinspect.knowledge.compiled import FOLDER
from harinspect.knowledge.own import specimen_exchange
from harinspect.knowledge.records import read_responder
from harinspect.pipeline import analyse
from harinspect.redaction.reports import ReportRedactor
from harinspect.render import as_html, as_json, as_markdown, as_text, shipped_folder
from harinspect.render.words import care
from harinspect.report.denials import finding_part
from harinspect.report.model import Fix, Report
from harinspect.traffic.model import Denial, DenialKind
from tests.builders import traffic

SAMPLE = shipped_folder("sample_hars") / "cors-preflight-header-not-allowed.har"
LABELS = ("Lets through", "Undo", "Verify")


def stacks(cause: str, product: str, key: str, audiences: str = "admin", rule: str = "") -> list[tuple[str, list[str]]]:
    """For whom each fix of such a finding is, and its code, where this record of the product hits."""
    (record,) = (one for one in read_responder(FOLDER / f"{product}.toml").blocked if one.key == key)
    refused = specimen_exchange(record.example)
    fixes = tuple(Stated(audience, "Do it.") for audience in audiences.split())  # type: ignore[arg-type]
    made = Rule(rule or "made.up", cause, "", "", "unknown", fixes)
    built = traffic(refused)
    answer = Denial(refused, DenialKind.FORBIDDEN, built).answer
    part = finding_part(made.found(Basis.STATED), ReportRedactor(), built, answer)
    return [(fix.audience, [one.stack for one in fix.snippets]) for fix in part.fixes]


def test_a_firewall_that_refused_is_told_its_own_setting_alone() -> None:
    assert stacks("waf.rule", "aws-waf", "named-in-header") == [("admin", ["aws-waf"])]
    assert stacks("waf.rule", "akamai", "security") == [("admin", [])]


def test_a_strangers_service_is_not_told_how_to_be_written() -> None:
    assert stacks("auth.role-denied", "slack", "permission") == [("admin", [])]
    assert stacks("auth.token-expired", "slack", "permission") == [("admin", ["fetch", "axios"])]


def test_elsewhere_the_code_for_what_is_there_comes_first() -> None:
    ((_, found),) = stacks("auth.role-denied", "spring", "scope")
    assert (found[0], len(found)) == ("spring", len(recipe("auth.role-denied").snippets))


def test_the_recipe_stands_with_the_fix_of_its_reader() -> None:
    both = stacks("server.path-denied", "nginx", "default-page", "developer user admin")
    assert [(audience, bool(found)) for audience, found in both] == [
        ("developer", False), ("user", False), ("admin", True),
    ]  # fmt: skip
    assert stacks("auth.token-audience", "nginx", "default-page", "developer admin")[1] == ("admin", [])
    assert stacks("waf.rule", "nginx", "default-page", "user") == [("user", [])]


def test_a_rule_that_a_recipe_does_not_help_with_has_none() -> None:
    assert stacks("server.path-denied", "nginx", "default-page", rule="paths.protected-name") == [("admin", [])]


@pytest.fixture(scope="module")
def report() -> Report:
    return analyse(SAMPLE)[0]


def fixes_of(report: Report) -> list[Fix]:
    return [fix for denial in report.denials for finding in denial.findings for fix in finding.fixes]


def test_words_stand_where_there_is_code_and_nowhere_else(report: Report) -> None:
    found = fixes_of(report)
    assert any(fix.snippets for fix in found)
    for fix in found:
        assert bool(fix.snippets) == bool(fix.access) == bool(fix.undo) == bool(fix.verify)
        assert [label for label, _ in care(fix)] == (list(LABELS) if fix.snippets else [])


def test_the_command_to_verify_has_the_values_of_the_recording(report: Report) -> None:
    (fix,) = (fix for fix in report.denials[0].findings[0].fixes if fix.snippets)
    assert '-H "Origin: https://app.quillpad.test"' in fix.verify
    assert "{" not in fix.verify


def test_every_form_tells_them(report: Report) -> None:
    (fix,) = (fix for fix in report.denials[0].findings[0].fixes if fix.snippets)
    text, markdown, page = as_text.render(report, width=400), as_markdown.render(report), as_html.render(report)
    for label, said in care(fix):
        assert f"      {label}: {said}" in text
        assert f"- {label}: {said}" in markdown
        assert f"<dt>{label}</dt>" in page
    told = json.loads(as_json.render([report], several=False))["denials"][0]["findings"][0]["fixes"]
    assert [row["undo"] for row in told if row["snippets"]] == [fix.undo]


def test_markup_in_them_stays_text(report: Report) -> None:
    denial = report.denials[0]
    (bad,) = (replace(fix, undo="<b>`x`</b> [a](http://b)") for fix in denial.findings[0].fixes if fix.snippets)
    hostile = replace(report, denials=(replace(denial, findings=(replace(denial.findings[0], fixes=(bad,)),)),))
    assert "&lt;b&gt;<code>x</code>&lt;/b&gt;" in as_html.render(hostile)
    assert "- Undo: \\<b\\>`x`\\</b\\>" in as_markdown.render(hostile)
