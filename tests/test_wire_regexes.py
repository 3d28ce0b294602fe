"""Regexes that are compiled when they are first asked."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

import pytest

from harinspect import pipeline
from harinspect.inspectors import all_inspectors
from harinspect.wire.regexes import regex


def stated() -> Iterator[re.Pattern[str]]:
    """Every regex of what an analysis imports, stated by itself, or in a table or a row of tables."""
    assert pipeline
    assert all_inspectors()
    for module, names in [(name, vars(module)) for name, module in sys.modules.items()]:
        if module.startswith("harinspect."):
            for value in names.values():
                yield from (part for part in parts(value) if isinstance(part, type(regex(""))))


def parts(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        value = tuple(value.values())
    if isinstance(value, tuple):
        for part in value:
            yield from parts(part)
    else:
        yield value


def test_nothing_is_compiled_before_it_is_asked():
    wrong = regex("(")
    assert wrong.pattern == "("
    with pytest.raises(re.error):
        wrong.search("")


def test_it_answers_as_the_compiled_regex_does():
    word = regex("[a-z]+", re.IGNORECASE)
    found = word.fullmatch("Word")
    assert found
    assert found[0] == "Word"
    assert word.findall("one, Two") == ["one", "Two"]
    assert word.findall("one, Two") == ["one", "Two"]
    assert word.sub("-", "one, Two") == "-, -"
    assert word.flags & re.IGNORECASE
    assert not regex(rb"\d").search(b"none")


def test_what_no_regex_has_it_has_not_either():
    assert not hasattr(regex(""), "nothing")


def test_all_that_are_stated_can_be_compiled():
    groups = [one.groups for one in stated()]
    assert len(groups) > 150
