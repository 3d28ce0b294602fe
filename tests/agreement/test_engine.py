"""The engine, without a browser: cases repeat, print themselves and become small; what counts as agreement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest

from tests.agreement.cases import Comparison, Knobs
from tests.agreement.engine import Judged, minimised, sorted_by_rarity, tally, told
from tests.agreement.families import FAMILIES
from tests.agreement.recording import Recording

LAB: Any = None  # nothing is played


@dataclass(frozen=True, repr=False)
class Part(Knobs):
    depth: int = 0


@dataclass(frozen=True, repr=False)
class Made(Knobs):
    size: int = 1
    parts: tuple[Part, ...] = ()

    def is_possible(self) -> bool:
        return self.size != 3


class Sizes:
    """The browser calls 7 and more large; we say so from 9 on."""

    name = "sizes"

    def cases(self, random: Random, number: int) -> list[Made]:
        return [Made(random.randrange(12), (Part(2), Part())) for _ in range(number)]

    def play(self, lab: object, cases: Sequence[Made]) -> list[Recording]:
        return [Recording(returned="large" if case.size >= 7 else "ok") for case in cases]

    def compare(self, case: Made, seen: Recording) -> Iterator[Comparison]:
        yield Comparison("standard", seen.returned, "large" if case.size >= 9 else "ok")
        yield Comparison("har", seen.returned, "ok", shown=False)
        yield Comparison("wire", seen.returned, "ok", deviation="it rounds")

    def kind(self, case: Made, seen: Recording) -> str:
        return str(seen.returned)


@pytest.mark.parametrize("name", FAMILIES)
def test_a_seed_gives_the_same_cases(name):
    family = FAMILIES[name]
    made = family.cases(Random("1"), 60)  # noqa: S311
    assert made == family.cases(Random("1"), 60)  # noqa: S311
    assert made != family.cases(Random("2"), 60)  # noqa: S311
    assert len(set(made)) > 50


def test_a_case_names_only_what_differs():
    assert repr(Made()) == "Made()"
    assert repr(Made(size=2, parts=(Part(), Part(depth=1)))) == "Made(size=2, parts=(Part(), Part(depth=1)))"


def test_simpler_cases_have_one_knob_less_and_are_possible():
    assert list(Made(2, (Part(1),)).simpler()) == [Made(1, (Part(1),)), Made(2), Made(2), Made(2, (Part(),))]
    assert list(Made(3, (Part(1),)).simpler()) == [Made(1, (Part(1),))]
    assert list(Made().simpler()) == []


def test_agreement_deviation_and_what_is_not_shown_are_counted_apart():
    found = tally(Sizes(), LAB, 400, seed=1)
    large, wrong = found.kinds["large"], found.wrong["standard"]
    assert found.kinds.total() == 400
    assert found.share("large") == large / 400
    assert 0 < wrong == len(found.disagreements) < large
    assert found.same["standard"] == 400 - wrong
    assert found.rate("standard") == 1 - wrong / 400
    assert found.honest["har"] == large == found.deviations["wire"]
    assert found.rate("har") == 1
    assert f"agree {400 - wrong}, deviate 0, disagree {wrong}, not shown 0" in told("sizes", found)


def test_an_answer_that_would_have_left_the_same_view_is_honest():
    assert Comparison("har", "a", "b", alike=("b",)).is_honest
    assert Comparison("har", "a", "b", shown=False).is_wrong
    assert not Comparison("har", "a", "a", shown=False).is_honest


def test_a_disagreement_is_made_small_and_rare_ones_come_first():
    found = tally(Sizes(), LAB, 400, seed=1)
    assert repr(minimised(Sizes(), LAB, found.disagreements[0]).case) in ("Made(size=7)", "Made(size=8)")
    often, seldom = Comparison("standard", "a", "b"), Comparison("standard", "a", "c")
    rows = [Judged(Made(), Recording(), (one,)) for one in (often, often, seldom)]
    assert [row.wrong[0] for row in sorted_by_rarity(rows)] == [often, seldom, often]
