"""Cases: HAR files that carry their own answer under `_expected` (HAR 1.2 lets a file hold fields of one's own)."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from harinspect.har import load
from harinspect.har.model import Har
from harinspect.inspecting import Finding, Undetermined, Verdict
from harinspect.inspectors import all_inspectors
from harinspect.traffic.build import build
from harinspect.traffic.denials import find_denials

CASES = sorted((Path(__file__).parent / "cases").glob("*.har"))


def expected(case: Path) -> set[str]:
    """Rule ids; with "?" at the end where the rule must stay undetermined."""
    return set(json.loads(case.read_text(encoding="utf-8"))["_expected"])


def inspector_of(case: Path) -> str:
    """preflight.status-401.har is a case of the inspector "preflight"."""
    return case.name.partition(".")[0]


@cache
def verdicts(case: Path) -> tuple[Verdict, ...]:
    """What the case's own inspector says about every denial of the case."""
    return verdicts_on(load(case), inspector_of(case))


def verdicts_on(har: Har, name: str) -> tuple[Verdict, ...]:
    inspector = next(i for i in all_inspectors() if i.name == name)
    return tuple(v for denial in find_denials(build(har)) for v in inspector.verdicts(denial))


def told(found: tuple[Verdict, ...]) -> set[str]:
    """Verdicts as `_expected` writes them."""
    findings = {v.rule.id for v in found if isinstance(v, Finding)}
    return findings | {f"{v.rule.id}?" for v in found if isinstance(v, Undetermined)}
