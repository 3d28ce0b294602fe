"""What every inspector owes: named rules in the house's words, each with a case, and a case for its silence."""

from __future__ import annotations

import re

import pytest

from harinspect.inspecting import Finding, Inspector, Rule, RuledOut, Undetermined
from harinspect.inspectors import all_inspectors, all_rules
from harinspect.knowledge import causes
from tests.case_files import CASES, expected, inspector_of, verdicts

HOLE = re.compile(r"\{([a-z_]+)\}")
RULES = sorted(all_rules().items())
FROM_DATA = "answer."  # rules made from knowledge/responders: their examples are tested with the data
STATED = [pair for pair in RULES if not pair[0].startswith(FROM_DATA)]


@pytest.mark.parametrize(("rule_id", "rule"), RULES, ids=[name for name, _ in RULES])
def test_rule_is_well_worded(rule_id: str, rule: Rule) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*\.[a-z0-9]+(-[a-z0-9]+)*", rule_id)
    assert rule.cause in causes()
    assert not rule.title.endswith(".")
    assert "\n" not in rule.title
    assert rule.title[0].isupper()
    assert rule.why.endswith((".", ")", "}"))
    assert all(ref.startswith("https://") for ref in rule.refs)
    assert all(fix.text[0].isupper() and fix.text.endswith((".", ")", "}")) for fix in rule.fixes)


@pytest.mark.parametrize(("rule_id", "rule"), STATED, ids=[name for name, _ in STATED])
def test_rule_has_a_case_that_gives_it(rule_id: str, rule: Rule) -> None:
    given = set().union(*(expected(case) for case in CASES))
    assert rule_id in given or f"{rule_id}?" in given
    assert rule.fixes, "every finding comes with something to do"


@pytest.mark.parametrize("inspector", all_inspectors(), ids=lambda inspector: inspector.name)
def test_inspector_has_a_case_for_its_silence(inspector: Inspector) -> None:
    own = [case for case in CASES if inspector_of(case) == inspector.name]
    assert any(".ok-" in case.name for case in own)


def test_every_case_belongs_to_an_inspector() -> None:
    assert {inspector_of(case) for case in CASES} <= {inspector.name for inspector in all_inspectors()}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_every_hole_is_filled_and_evidence_points_into_the_file(case: object) -> None:
    for verdict in verdicts(case):
        for prose in _prose(verdict):
            assert set(HOLE.findall(prose)) <= set(verdict.holes), f"{verdict.rule.id} leaves a hole open"
        if isinstance(verdict, Finding):
            assert verdict.evidence, f"{verdict.rule.id} has no evidence"


def _prose(verdict: Finding | RuledOut | Undetermined) -> tuple[str, ...]:
    if isinstance(verdict, Finding):
        return (verdict.rule.why, *(fix.text for fix in verdict.rule.fixes))
    if isinstance(verdict, Undetermined):
        return verdict.reason, verdict.needs
    return (verdict.reason,)
