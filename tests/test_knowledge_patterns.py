"""Patterns: the literals that let most of them rest, and a form that cannot be made to run long."""

from __future__ import annotations

import re
from collections.abc import Iterator
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]

import pytest

from harinspect.knowledge import load
from harinspect.knowledge.patterns import Pattern
from harinspect.knowledge.records import Record

REPEATS = (op.MAX_REPEAT, op.MIN_REPEAT)
LONGEST = 400  # times that a piece may repeat


def patterns_of(record: Record) -> Iterator[Pattern]:
    """Those that see bodies, which a stranger wrote."""
    yield from (*record.body, *record.body_all, *record.body_none, *record.words.phrases)
    yield from (pattern for _, pattern in record.json)


BODY = sorted({row.source for _, record in load().records for row in patterns_of(record)})
ALL = sorted(
    {
        *BODY,
        *(row.source for _, record in load().records for _, row in record.headers),
        *(row.value.source for one in load().responders.values() for row in one.present if row.value),
        *(row.cookie.source for one in load().responders.values() for row in one.present if row.cookie),
        *(one.reference.body.source for one in load().responders.values() if one.reference and one.reference.body),
    }
)


def repeats(tree: object, inside: int = 0) -> Iterator[tuple[int, int]]:
    """Each repetition's greatest count, and the greatest count of what stands around it."""
    if isinstance(tree, tuple) and len(tree) == 2 and tree[0] in REPEATS:
        _, most, inner = tree[1]
        yield most, inside
        yield from repeats(inner, max(inside, most if most > 1 else 0))
    elif isinstance(tree, list | tuple | parser.SubPattern):
        for part in tree:
            yield from repeats(part, inside)


def test_patterns_are_regexes_of_known_groups() -> None:
    assert len(ALL) > 500
    for source in ALL:
        assert Pattern.of(source).compiled
        assert not re.search(r"\(\?(?![:=!]|<[=!])", source), source


def test_no_body_pattern_can_run_long() -> None:
    """Nothing repeats without a bound, and nothing repeats much inside a repetition."""
    assert len(BODY) > 400
    for source in BODY:
        for most, inside in repeats(parser.parse(source)):
            assert most <= LONGEST, source
            assert most * max(inside, 1) <= 2 * LONGEST, source


@pytest.mark.parametrize(
    ("source", "literals"),
    [
        ("plain words", ("plain words",)),
        ("PLAIN", ("plain",)),
        ("ab", ()),
        ("", ()),
        (r"a\.b\.c", ("a.b.c",)),
        (r"error code:? ?10(?:06|07)\b", ("error code",)),
        ("one|three", ("one", "three")),
        ("one|[a-z]{9}", ()),
        ("(?:first|second) x", ("first", "second")),
        ("(?:first|second)? then", (" then",)),
        ("(?!never)always", ("always",)),
        ("(?<=never) also", (" also",)),
        (r"optional? end", ("optiona",)),
        ("vpn (?:denied|forbidden)", ("vpn ",)),
        ("not (?:allowed|permitted) here", (" here",)),
        ("(?:plan|denied) then|blocked", (" then", "blocked")),
        (r"[|(]start\x22", ("start",)),
        ("(?i)flags", ("flags",)),
    ],
)
def test_literals_are_what_no_hit_can_lack(source: str, literals: tuple[str, ...]) -> None:
    assert Pattern.of(source).literals == literals


def test_patterns_are_equal_by_source() -> None:
    assert Pattern.of("a") == Pattern.of("a") != Pattern.of("b")
    assert hash(Pattern.of("a")) == hash(Pattern.of("a"))
