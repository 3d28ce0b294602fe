"""The inspector's kit: what a finding rests on decides how sure it is, and a rule is stated once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from harinspect.inspecting import Basis, Inspector, Rule, Verdict, admin, developer, user
from harinspect.traffic.model import Denial
from tests.builders import denial, exchange


def stated(inspector: Inspector, name: str) -> Rule:
    return inspector.rule(name, cause="waf.rule", title="A", why="B.", responsible="user", fixes=())


def test_the_confidence_follows_from_the_basis() -> None:
    assert [basis.confidence.value for basis in Basis] == ["certain", "certain", "likely", "likely", "hint", "hint"]
    assert [basis.rung for basis in Basis] == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("module", "name"), [("harinspect.inspectors.user_agent", "user-agent"), ("referer", "referer")]
)
def test_an_inspector_is_named_after_its_file_and_its_rules_after_it(module: str, name: str) -> None:
    inspector = Inspector(module)
    assert (inspector.name, stated(inspector, "blocked").id) == (name, f"{name}.blocked")


def test_a_rule_is_stated_once() -> None:
    inspector = Inspector("referer")
    stated(inspector, "missing")
    with pytest.raises(ValueError, match=r"referer\.missing is stated twice"):
        stated(inspector, "missing")


def test_every_check_is_asked_in_its_order() -> None:
    inspector = Inspector("referer")
    rules = [stated(inspector, name) for name in ("a", "b")]

    @inspector.check
    def first(_: Denial) -> Iterator[Verdict]:
        yield rules[0].ruled_out("It was there.")

    @inspector.check
    def second(_: Denial) -> Iterator[Verdict]:
        yield rules[1].undetermined("It may be.", "A full export.")

    about = denial(exchange(0, "https://api.example/", 403))
    assert [verdict.rule for verdict in inspector.verdicts(about)] == rules


@pytest.mark.parametrize(("fix", "audience"), [(user, "user"), (developer, "developer"), (admin, "admin")])
def test_a_fix_knows_its_reader(fix: object, audience: str) -> None:
    made = fix("Do it.", "hard")  # type: ignore[operator]
    assert (made.audience, made.text, made.effort) == (audience, "Do it.", "hard")
