"""No body can make a pattern run long: not by its form, and not when measured on texts made against it."""

from __future__ import annotations

import re

import pytest

from harinspect.knowledge import load
from harinspect.knowledge.own import _all_patterns
from harinspect.knowledge.readings import LIMIT
from harinspect.knowledge.strain import LONGEST, bounds_fault, fault, near_misses, seconds

OURS = sorted({pattern.source for one in load().responders.values() for _, pattern in _all_patterns(one)})
TOO_SHORT = 0.004  # seconds: below that a measurement says little
LINEAR = 3.5  # times as long on a text of twice the length, where 2 is exact


def best_of(compiled: re.Pattern[str], piece: str, size: int, times: int = 3) -> float:
    return min(seconds(compiled, piece, size) for _ in range(times))


def test_ours_stay_linear_on_near_misses() -> None:
    """Each on the text of its own pieces that costs most: twice the body, about twice the time."""
    assert len(OURS) > 800
    for source in OURS:
        compiled = re.compile(source, re.IGNORECASE)
        worst = max(near_misses(source), key=lambda piece: seconds(compiled, piece, 2048), default="")
        if not worst or best_of(compiled, worst, LIMIT, 1) < TOO_SHORT:
            continue
        ratios = (best_of(compiled, worst, LIMIT) / best_of(compiled, worst, LIMIT // 2) for _ in range(3))
        assert any(ratio < LINEAR for ratio in ratios), (source, worst)


def test_ours_are_of_the_form_that_a_users_must_have() -> None:
    assert [source for source in OURS if bounds_fault(source)] == []


@pytest.mark.parametrize("source", ["a*b", "a+b", "a{3,}b", "a{,}", f"a{{{LONGEST + 1}}}", "(?:a+)?", "[a-z]*?x"])
def test_what_repeats_without_a_bound_is_refused(source: str) -> None:
    assert fault(source) == "repeats without a bound, or more than 400 times"


@pytest.mark.parametrize("source", ["(?:a{0,60} ){0,60}", "(?:(?:x{9}y){10}z){10}"])
def test_repetitions_of_repetitions_are_counted(source: str) -> None:
    assert fault(source) == "repeats a repetition more than 800 times in all"


@pytest.mark.parametrize("source", ["(a", "a**", "[", "(?<=a|bc)d"])
def test_what_is_no_regex_is_refused(source: str) -> None:
    assert fault(source).startswith("is no regular expression (")


@pytest.mark.parametrize("source", ["(?i)a", "(?P<x>a)", "(?>a)b", "a(?#why)"])
def test_other_kinds_of_groups_are_refused(source: str) -> None:
    assert fault(source).startswith("has a group of a kind that is not taken")


@pytest.mark.parametrize("source", ["(?:a{1,20}){1,20}b", "[ab]{0,300}[ab]{0,300}[ab]{0,300}c"])
def test_what_explodes_within_its_bounds_is_refused(source: str) -> None:
    assert fault(source).startswith("takes too long")


@pytest.mark.parametrize(
    "source",
    [
        "plain words",
        r"\(?not an? {2}group",
        r"error\(\?x",
        '{"a": ?{}',
        r"(?:<[^<>]{0,60}> ?){0,4}end",
        r"(?<!un)(?<=x )allowed(?! by)\b",
        r"^[\w.-]{2,60}$|^\d{3}",
        "",
    ],
)
def test_what_is_told_apart_is_taken(source: str) -> None:
    assert fault(source) == ""


def test_near_misses_go_through_every_branch_and_repetition() -> None:
    assert near_misses("ab{2}(?:c|[x-z]) (?!d)e.$") == (
        "a", "abb", "abbc", "abbc ", "abbc e", "abbc ea", "ab", "abc", "abc ", "abc e", "abc ea",
        "abbz", "abbz ", "abbz e", "abbz ea", "abz", "abz ", "abz e", "abz ea",
    )  # fmt: skip
    assert near_misses(r"[^\x00-\x7f]") == ()
