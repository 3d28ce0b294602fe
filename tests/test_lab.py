"""Recordings with known answers: what leads is the true cause, and where nothing was refused nobody is accused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from harinspect.pipeline import analyse
from harinspect.report.model import Denial, Report

RECORDINGS = ("devtools.har", "devtools-sanitized.har", "firefox.har", "working.har")
OVERALL, IN_FAMILY = 0.75, 0.9
FAMILIES = ("cors", "cookie")


@cache
def report(recording: Path) -> Report:
    (only,) = analyse(recording)
    return only


@dataclass(frozen=True)
class Answer:
    """What is expected of one scenario's devtools.har, and what was said."""

    scenario: str
    cause: str
    accepted: frozenset[str]
    sure: bool
    said: tuple[tuple[str, str], ...]

    @property
    def right(self) -> bool:
        return any(cause in self.accepted and not (self.sure and level == "hint") for cause, level in self.said)

    def __str__(self) -> str:
        return f"{self.scenario}: {self.said or 'nothing'}, truth {self.cause}"


def truth_of(scenario: Path) -> dict[str, Any]:
    truth: dict[str, Any] = json.loads((scenario / "truth.json").read_text(encoding="utf-8"))
    return truth


def answers(lab: list[Path]) -> Iterator[Answer]:
    """One for each scenario whose failing request was recorded, and whose recording can tell why."""
    for scenario in lab:
        truth = truth_of(scenario)
        can_tell = truth.get("derivable", {}).get("devtools.har", "certain")
        failing = {index for row in truth["failing_requests"] for index in row.get("har_index") or ()}
        if truth["cause"].startswith("control.") or can_tell == "no" or not failing:
            continue
        accepted = {truth["cause"], *truth.get("derivable", {}).get("acceptable_causes", ())}
        accepted -= set(truth.get("secondary_causes", ()))
        accepted -= {"server.unexplained-403"} if can_tell in ("certain", "likely") else set()
        denials = [d for d in report(scenario / "devtools.har").denials if d.exchange in failing]
        said = tuple((d.findings[0].cause, d.findings[0].confidence) for d in denials if d.findings)
        yield Answer(scenario.name, truth["cause"], frozenset(accepted), can_tell == "certain", said)


def test_every_recording_makes_one_report_without_internal_problems(lab: list[Path]) -> None:
    recordings = [scenario / name for scenario in lab for name in RECORDINGS if (scenario / name).exists()]
    broken = [f"{r.parent.name}/{r.name}: {report(r).problems}" for r in recordings if report(r).problems]
    assert recordings
    assert broken == []


def test_the_true_cause_leads(lab: list[Path]) -> None:
    found = list(answers(lab))
    missed = [str(answer) for answer in found if not answer.right]
    assert found
    assert len(missed) <= (1 - OVERALL) * len(found), "\n".join(missed)


def test_the_true_cause_leads_in_the_families_that_standards_decide(lab: list[Path]) -> None:
    found = list(answers(lab))
    for family in FAMILIES:
        of_family = [answer for answer in found if answer.cause.startswith(f"{family}.")]
        missed = [str(answer) for answer in of_family if not answer.right]
        assert of_family
        assert len(missed) <= (1 - IN_FAMILY) * len(of_family), "\n".join(missed)


def accused(denial: Denial) -> list[str]:
    """Causes above a hint; what 401 and its kin say of themselves accuses nobody."""
    loud = [finding.cause for finding in denial.findings if finding.confidence != "hint"]
    return [cause for cause in loud if not cause.startswith("status.")]


def still_failing(truth: dict[str, Any]) -> set[str]:
    """Addresses that are refused even where the fix is applied."""
    rows = [row for kind in ("remaining_403", "cors_errors") for row in truth.get("working", {}).get(kind, ())]
    return {row["url"] if isinstance(row, dict) else row for row in rows}


def test_nobody_is_accused_where_nothing_is_refused(lab: list[Path]) -> None:
    noise = []
    for scenario in lab:
        truth = truth_of(scenario)
        is_control = truth["cause"].startswith("control.")
        names = [name for name in RECORDINGS if (is_control or name == "working.har") and (scenario / name).exists()]
        for name in names:
            denials = [d for d in report(scenario / name).denials if d.url not in still_failing(truth)]
            noise += [f"{scenario.name}/{name} {d.exchange}: {accused(d)}" for d in denials if accused(d)]
    assert noise == []


def test_what_a_sanitizer_took_away_makes_nobody_bolder(lab: list[Path]) -> None:
    """Where the full recording shows the cause, the sanitized one may fall silent, but accuses nobody else."""
    bolder = []
    for scenario in lab:
        if truth_of(scenario)["cause"].startswith("control."):
            continue
        full, poor = (report(scenario / name) for name in RECORDINGS[:2])
        known = {cause for denial in full.denials for cause in accused(denial)}
        said = {cause for denial in poor.denials for cause in accused(denial)}
        bolder += [f"{scenario.name}: {sorted(said - known)}"] if said - known else []
    assert bolder == []
