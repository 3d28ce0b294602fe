"""Quality and changes as data: complete, exampled, and in a form that cannot be made to run long."""

from __future__ import annotations

import re
from pathlib import Path
from re import _parser as parser  # type: ignore[attr-defined]

import pytest

from harinspect.knowledge import KnowledgeError, causes, load, precautions_for
from harinspect.knowledge.changes import CODE, precautions, read_precautions
from harinspect.knowledge.quality import quality, read_quality
from tests.report_fixtures import exchange
from tests.test_knowledge_patterns import LONGEST, repeats

HARMLESS = (
    "<p>Access denied. Your role does not cover orders.</p>",
    '<script src="/home/app/main.js"></script><a href="https://shop.example/usr/local/guide">',
    "HTTP/1.1 403 Forbidden, section 10.4.4",
    '{"type": "https://errors.example/var/www/", "title": "Not yours", "status": 403, "at": "12:30:45"}',
    "Select your country from the list where it applies",
    "look at the terms (version 2)",
)


def test_every_pattern_hits_its_example() -> None:
    for leak in quality().leaks:
        for pattern in leak.patterns:
            hit = [text for text in leak.examples if pattern.can_hit(text.lower()) and pattern.search(text)]
            assert hit, pattern.source


@pytest.mark.parametrize("body", HARMLESS)
def test_the_harmless_is_no_leak(body: str) -> None:
    assert list(quality().leaked(exchange(0, status=403, body=body))) == []


def test_no_pattern_can_run_long() -> None:
    for leak in quality().leaks:
        for pattern in leak.patterns:
            assert re.compile(pattern.source).groups <= 1
            for most, inside in repeats(parser.parse(pattern.source)):
                assert most <= LONGEST
                assert most * max(inside, 1) <= LONGEST


def test_words_of_an_address_and_numbers_give_no_reason() -> None:
    assert quality().is_bare("You may not access /shop/orders: error 403, id 8a1b2c", "https://x.example/shop/orders")
    assert not quality().is_bare("Your role may not access orders", "https://x.example/shop/orders")


def test_every_cause_has_its_precautions() -> None:
    families = {cause.family for cause in causes().values()}
    assert set(precautions()) - {CODE} <= families | set(causes())
    assert families <= set(precautions())
    for cause in causes():
        found = precautions_for(cause)
        assert all(text.endswith(".") for text in (found.risk, found.undo, found.verify))
    assert precautions_for("cors.missing-acao", in_code=True) == precautions()[CODE] == precautions_for("made.up")
    assert precautions_for("cookie.samesite") != precautions_for("cookie.path-mismatch")


@pytest.mark.parametrize("read", [read_quality, read_precautions])
def test_a_broken_file_is_named(tmp_path: Path, read: object) -> None:
    path = tmp_path / "made.toml"
    path.write_text("a = ", encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"made\.toml: "):
        read(path)  # type: ignore[operator]


def test_every_reference_that_has_a_log_names_it_in_one_line() -> None:
    logs = [one.reference.log for one in load().responders.values() if one.reference]
    assert sum(map(bool, logs)) > 60
    assert not [log for log in logs if "\n" in log or log.endswith(".") or len(log) > 80]
