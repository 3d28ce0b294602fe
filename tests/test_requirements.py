"""The table of requirements is whole: every line has what serves it, and everything that it names is there."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Collection, Mapping
from pathlib import Path

import pytest

from harinspect.inspectors import all_inspectors
from harinspect.knowledge import guidance
from harinspect.knowledge.causes import causes
from harinspect.knowledge.fixes import recipe
from harinspect.knowledge.kept import HERE
from harinspect.render import shipped_folder
from harinspect.report import model, recorded

TABLE = tomllib.loads(Path(__file__).with_name("requirements.toml").read_text(encoding="utf-8"))
LINES = {"A": 9, "B": 57, "C": 15, "D": 26, "E": 9, "F": 17, "G": 7, "H": 6, "I": 6}
RULES = {rule.id: rule for inspector in all_inspectors() for rule in inspector.rules.values()}
MEANT = tomllib.loads((HERE / "meanings.toml").read_text(encoding="utf-8"))


def members() -> frozenset[str]:
    types = (kind for kind in vars(model).values() if isinstance(kind, type) and issubclass(kind, model.Model))
    return frozenset(f"{kind.__name__}.{name}" for kind in types for name in kind.__struct_fields__)


def meanings() -> frozenset[str]:
    tables = {name: row for name, row in MEANT.items() if isinstance(row, dict)}
    inner = (f"{name}.{key}" for name, row in tables.items() for key in row)
    return frozenset(MEANT.keys() - tables.keys()).union(inner)


THERE: Mapping[str, Collection[str]] = {
    "causes": causes().keys() & {rule.cause for rule in RULES.values()},
    "rules": RULES,
    "checks": guidance.checks().checks,
    "steps": guidance.steps().steps,
    "myths": {myth.name for myth in guidance.myths()},
    "meanings": meanings(),
    "report": members(),
    "pages": {path.name for path in shipped_folder("templates").glob("*.html")},
    "facts": recorded.FACTS,
    "recipes": {cause for cause in causes() if recipe(cause).snippets},
}


def test_every_line_has_its_row() -> None:
    assert Counter(line[0] for line in TABLE) == LINES
    assert set(TABLE) == {f"{section}{n}" for section, count in LINES.items() for n in range(1, count + 1)}


@pytest.mark.parametrize("line", TABLE)
def test_what_serves_a_line_is_there(line: str) -> None:
    row = TABLE[line]
    served = {kind: names for kind, names in row.items() if kind not in ("says", "unseen")}
    assert row["says"]
    assert served
    for kind, names in served.items():
        assert names, kind
        assert not set(names) - set(THERE[kind]), kind


@pytest.mark.parametrize("line", [line for line, row in TABLE.items() if "unseen" in row])
def test_what_a_recording_cannot_show_is_asked(line: str) -> None:
    assert TABLE[line].get("checks") or TABLE[line].get("steps")


def test_every_check_and_step_is_on_some_way() -> None:
    planned = {name for plan in guidance.checks().plans for name in plan.checks}
    gone = {name for way in guidance.steps().ways for name in way.steps}
    for row in TABLE.values():
        assert set(row.get("checks", ())) <= planned
        assert set(row.get("steps", ())) <= gone
