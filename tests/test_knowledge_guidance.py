"""The files of checks, steps, myths and meanings: whole, reachable, and loud where they are wrong."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest

from harinspect.knowledge import KnowledgeError, guidance
from harinspect.knowledge.causes import causes

KINDS = sorted(guidance.KINDS)
LAYERS = (*guidance.checks().logs, "browser")
ALL = [(cause, layer, kind) for cause, layer, kind in product(("", *causes()), LAYERS, KINDS)]


def test_every_check_tells_what_its_outcome_means() -> None:
    for check in guidance.checks().checks.values():
        assert check.tells.startswith("If ")
        assert "; if " in check.tells or check.tells.count("If ") == 1
        assert check.text.endswith(".")
        assert check.tells.endswith(".")


def test_every_check_and_step_is_used() -> None:
    assert set(guidance.checks().checks) == {name for plan in guidance.checks().plans for name in plan.checks}
    assert set(guidance.steps().steps) == {name for way in guidance.steps().ways for name in way.steps}


def test_every_plan_and_way_is_reached() -> None:
    plans, ways = guidance.checks().plans, guidance.steps().ways
    assert {id(next(p for p in plans if p.fit.holds(*one))) for one in ALL} == {id(plan) for plan in plans}
    chosen = {
        id(next(w for w in ways if w.audience == audience and w.fit.holds(*one)))
        for one in ALL
        for audience in guidance.AUDIENCES
    }
    assert chosen == {id(way) for way in ways}


@pytest.mark.parametrize("cause", causes())
def test_every_cause_has_a_plan_and_ways(cause: str) -> None:
    for layer, kind in product(LAYERS, KINDS):
        assert len(guidance.plan(cause, layer, kind)) >= 2
        assert all(3 <= len(guidance.way(audience, cause, layer, kind)) <= 7 for audience in guidance.AUDIENCES)


def test_no_plan_names_a_check_twice() -> None:
    rows = [plan.checks for plan in guidance.checks().plans] + [way.steps for way in guidance.steps().ways]
    assert all(len(set(names)) == len(names) for names in rows)


def test_no_advice_helps_to_evade_a_block() -> None:
    texts = [check.text for check in guidance.checks().checks.values()]
    texts += [step.text for step in guidance.steps().steps.values()]
    network = [text for text in texts if "network" in text.lower() and "from another" in text.lower()]
    assert network
    assert all("only to" in text for text in network)
    assert not any(word in text.lower() for text in texts for word in ("rotate", "unblock", "undetected", "spoof"))


PLAN = "[[plan]]\nchecks = ['a']\n"
CHECKS = "[logs]\nunknown = 'x'\n[check.a]\ntext = 'T.'\ntells = 'If so.'\n" + PLAN
STEPS = "[step.a]\ntext = 'T.'\n" + "".join(f"[[way]]\nfor = '{a}'\nsteps = ['a']\n" for a in guidance.AUDIENCES)
MYTH = "[[myth]]\nname = 'a'\nbelief = 'B.'\ntruth = 'T {shown}'\nshown = ['twin']\n"
MEANINGS = (
    "common = 'c'\n[status]\n403 = 's'\n[blocked]\nanswered = 'a'\nunanswered = 'u'\n[layers]\nunknown = 'x'\n"
    "[passes]\nyes = 'y'\nno = 'n'\nmaybe = 'm'\n[credential]\nsent = 's'\ncookies = 'c'\nnone = 'n'\nwithheld = 'w'\n"
)
Reader = Callable[[Path], object]


@pytest.mark.parametrize(
    ("reader", "text", "message"),
    [
        (guidance.read_checks, "a = \n", "x.toml: Invalid value"),
        (guidance.read_checks, CHECKS.replace("unknown", "waf"), "x.toml: logs: must have 'unknown'"),
        (guidance.read_checks, CHECKS.replace("'T.'", "''"), "x.toml: check: a: text: must be a text"),
        (guidance.read_checks, CHECKS.replace("['a']", "['b']"), "x.toml: plan[0]: checks: 'b' is not a word"),
        (guidance.read_checks, CHECKS.replace(PLAN, ""), "x.toml: plan: must end with one that fits everything"),
        (guidance.read_checks, CHECKS + "kinds = ['forbidden']\n", "x.toml: plan: must end with one that fits"),
        (guidance.read_checks, CHECKS + "kinds = ['odd']\n", "x.toml: plan[0]: kinds: 'odd' is not a word"),
        (
            guidance.read_checks,
            CHECKS + "causes = ['odd.']\n",
            "x.toml: plan[0]: causes: 'odd.' is the beginning of no",
        ),
        (guidance.read_checks, CHECKS.replace("tells", "effort = 'odd'\ntells"), "x.toml: check: a: effort: 'odd'"),
        (guidance.read_checks, CHECKS + "[more]\n", "x.toml: more: is not a key that is known here"),
        (guidance.read_steps, STEPS.replace("'user'", "'cook'"), "x.toml: way[0]: for: 'cook' is not a word"),
        (guidance.read_steps, STEPS.replace("'admin'", "'user'"), "x.toml: way for admin: must end with one"),
        (guidance.read_steps, "", "x.toml: way for user: must end with one that fits everything"),
        (guidance.read_steps, STEPS.replace("'T.'", "'T.'\ndoes = 1"), "x.toml: step: a: does: is not a key"),
        (guidance.read_myths, MYTH.replace("shown = ['twin']", ""), "x.toml: myth[0]: shown: must name facts"),
        (guidance.read_myths, MYTH.replace("{shown}", ""), "x.toml: myth[0]: shown: must name facts"),
        (guidance.read_meanings, MEANINGS.replace("403", "404"), "x.toml: status: must have '403'"),
        (guidance.read_meanings, MEANINGS.replace("unknown", "waf"), "x.toml: layers: must have 'unknown'"),
        (guidance.read_meanings, MEANINGS.replace("maybe", "never"), "x.toml: passes: must have 'maybe'"),
        (guidance.read_meanings, MEANINGS + "[[reading]]\ncauses = ['rate.']\n", "x.toml: reading[0]: says: must be"),
    ],
)
def test_an_error_names_file_and_key(reader: Reader, text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(KnowledgeError) as raised:
        reader(path)
    assert str(raised.value).startswith(message)


@pytest.mark.parametrize(
    ("reader", "text"),
    [
        (guidance.read_checks, CHECKS),
        (guidance.read_steps, STEPS),
        (guidance.read_myths, MYTH),
        (guidance.read_meanings, MEANINGS),
    ],
)
def test_the_least_that_a_file_needs_is_enough(reader: Reader, text: str, tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text(text, encoding="utf-8")
    assert reader(path)
