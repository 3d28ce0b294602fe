"""Recipes: every file reads, names known holes only, and never opens a server to everybody."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harinspect.knowledge import KnowledgeError, Snippet, causes, filled, snippets
from harinspect.knowledge.fixes import FOLDER, PLAIN, read_recipe
from harinspect.render.words import STACK

RECIPES = [pytest.param(path, id=path.stem) for path in sorted(FOLDER.glob("*.md"))]
HOLES = {
    "origin": "https://app.example:8443",
    "method": "PATCH",
    "header": "x-tenant",
    "host": "api.example",
    "cookie": "sid",
    "shared": "shop.example",
    "seconds": "28800",
    "samesite": "none",
    "SameSite": "None",
    "methods": "GET, PATCH",
    "method_list": 'GET", "PATCH',
    "headers": "content-type, x-tenant",
    "header_list": 'content-type", "x-tenant',
    "credentials": "yes",
    "preflight": "yes",
    "replaced": "yes",
    "unpartitioned": "yes",
}
OPEN_TO_ALL = re.compile(
    r"""allow-?origins?["']?\W{0,4}\*|origins?["'=:(\s\[]{1,4}["']\*|\$http_origin["']?\s*always|%\{HTTP_ORIGIN|reflect""",
    re.IGNORECASE,
)


@pytest.mark.parametrize("path", RECIPES)
def test_recipe_is_whole(path: Path) -> None:
    found = read_recipe(path)
    assert found == snippets(path.stem)
    assert len({snippet.stack for snippet in found}) == len(found)
    assert all(snippet.holes <= PLAIN.keys() for snippet in found)
    prose = path.read_text(encoding="utf-8").split("```")[0]
    assert 1 <= prose.count(". ") + prose.rstrip().endswith(".") <= 3


@pytest.mark.parametrize("path", RECIPES)
def test_no_recipe_lets_every_origin_in(path: Path) -> None:
    for snippet in snippets(path.stem):
        assert not OPEN_TO_ALL.search(snippet.code), snippet


@pytest.mark.parametrize("path", RECIPES)
def test_holes_are_filled(path: Path) -> None:
    done = filled(path.stem, HOLES)
    assert len(done) == len(snippets(path.stem))
    assert not any(snippet.holes for snippet in done)


def test_a_line_is_there_only_where_its_condition_is_met() -> None:
    asking = Snippet("nginx", "a\nb {method};{credentials?}\nc")
    assert asking.fill({}) == Snippet("nginx", "a\nc")
    assert asking.fill({"credentials": "", "method": "PUT"}) == Snippet("nginx", "a\nc")
    assert asking.fill({"credentials": "yes", "method": "PUT"}) == Snippet("nginx", "a\nb PUT;\nc")
    assert asking.fill({"credentials": "yes"}) is None


@pytest.mark.parametrize("path", RECIPES)
def test_no_condition_shows(path: Path) -> None:
    for holes in (HOLES, {name: HOLES[name] for name in PLAIN if name in HOLES}):
        assert not any("?}" in snippet.code or not snippet.code.strip() for snippet in filled(path.stem, holes))


def test_an_open_hole_is_not_offered() -> None:
    assert Snippet("nginx", "x {origin} {y}").fill({"host": "a.example"}) is None
    assert filled("cors.missing-acao", {}) == ()
    assert Snippet("nginx", "if { return 204; }").fill({}) == Snippet("nginx", "if { return 204; }")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("origin", 'https://a.example";}'),
        ("origin", "null"),
        ("origin", "*"),
        ("origin", "https://a.example/\n"),
        ("host", "a.example; rm"),
        ("host", ""),
        ("header", "x-a\nEvil: 1"),
        ("method", "GET|POST"),
        ("cookie", "a=b"),
        ("cookie", ".*("),
        ("headers", "x-a; evil"),
        ("header_list", 'x-a", evil'),
        ("method_list", 'GET"); evil("'),
        ("seconds", "0"),
        ("shared", "a.example; evil"),
    ],
)
def test_values_that_could_break_out_are_not_filled_in(name: str, value: str) -> None:
    assert Snippet("nginx", "{" + name + "}").fill({name: value}) is None


@pytest.mark.parametrize("value", ["https://[::1]:8080", "http://localhost:3000", "https://xn--bcher-kva.example"])
def test_plain_origins_are_filled_in(value: str) -> None:
    assert Snippet("nginx", "a {origin} b").fill({"origin": value}) == Snippet("nginx", f"a {value} b")


def test_a_rule_without_recipe_has_no_code() -> None:
    assert snippets("no.such-rule") == ()


@pytest.mark.parametrize(
    "text", ["no heading\n```nginx\nx\n```\n", "# Heading\n\nprose\n", "# Heading\n\n```\nx\n```\n"]
)
def test_a_recipe_that_is_not_whole_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.b.md"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"^a\.b\.md: "):
        read_recipe(path)


def test_every_stack_has_its_name_as_its_makers_write_it() -> None:
    stacks = {snippet.stack for cause in causes() for snippet in snippets(cause)}
    assert sorted(stacks - STACK.keys()) == []
