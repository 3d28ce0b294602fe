"""Recipes: every file reads, names known holes only, and never opens a server to everybody."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

from harinspect.inspectors import all_rules
from harinspect.knowledge import KnowledgeError, Recipe, Snippet, causes, recipe
from harinspect.knowledge.fixes import FOLDER, HOLE, NOTHING, PLAIN, STAND_IN, in_words, read_recipe
from harinspect.render.words import STACK

WORDS = "\nAccess: a.\nUndo: b.\nVerify: c {host}.\n"
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
PYTHON = {"django", "fastapi", "flask"}
TOO_MUCH = re.compile(
    r"777|Allow from all|allow all;|SecRuleEngine (?:Off|Detection)|SecRuleRemove|csrf_exempt|o\+[rwx]|a\+[rwx]|"
    r"public-read|autoindex on|\+Indexes|verify=False|DEBUG = True|ALLOWED_HOSTS = \[.\*|\"Resource\": \"\*\"|"
    r"\"Action\": \"(?:s3:)?\*\"|unsafe-|csrf\.disable|AllowAnyOrigin|verbs: \[.\*|protection: false",
    re.IGNORECASE,
)
OPEN_TO_ALL = re.compile(
    r"""allow-?origins?["']?\W{0,4}\*|origins?["'=:(\s\[]{1,4}["']\*|\$http_origin["']?\s*always|%\{HTTP_ORIGIN|reflect""",
    re.IGNORECASE,
)


@pytest.mark.parametrize("path", RECIPES)
def test_recipe_is_whole(path: Path) -> None:
    found = read_recipe(path)
    assert found == recipe(path.stem)
    assert path.stem in causes()
    assert len({snippet.stack for snippet in found.snippets}) == len(found.snippets)
    assert all(snippet.holes <= PLAIN.keys() for snippet in found.snippets)
    heading, prose, words, *_ = path.read_text(encoding="utf-8").split("\n\n")
    assert heading.startswith("# ")
    assert 1 <= prose.count(". ") + prose.rstrip().endswith(".") <= 3
    assert words.count("\n") == 2 + bool(found.audience) + bool(found.without)
    assert found.audience in {"", "admin", "developer"}
    assert all(all_rules()[rule].cause == path.stem for rule in found.without)


@pytest.mark.parametrize("path", RECIPES)
def test_recipe_says_what_it_opens_how_to_undo_and_to_verify_it(path: Path) -> None:
    found = recipe(path.stem)
    for text in (found.access, found.undo, found.verify):
        assert text.endswith(".")
        assert text.count("`") % 2 == 0
        assert set(HOLE.findall(text)) <= STAND_IN.keys()
        assert not HOLE.search(in_words(text, {}))


@pytest.mark.parametrize("path", RECIPES)
def test_no_recipe_gives_more_than_it_must(path: Path) -> None:
    for snippet in recipe(path.stem).snippets:
        assert not TOO_MUCH.search(snippet.code), snippet
        assert "Require all granted" not in snippet.code or re.search("<LocationMatch|Require not", snippet.code)


@pytest.mark.parametrize("path", RECIPES)
def test_code_that_can_be_parsed_is_whole(path: Path) -> None:
    for snippet in recipe(path.stem).fill(HOLES).snippets:
        if snippet.stack in PYTHON and not snippet.code.startswith("<"):
            ast.parse(snippet.code)
        if snippet.code.startswith(("{", "[\n")):
            json.loads(snippet.code)
        assert balanced(snippet.code), snippet


def balanced(code: str) -> bool:
    return all(code.count(one) == code.count(other) for one, other in ("{}", "[]"))


@pytest.mark.parametrize("path", RECIPES)
def test_no_recipe_lets_every_origin_in(path: Path) -> None:
    for snippet in recipe(path.stem).snippets:
        assert not OPEN_TO_ALL.search(snippet.code), snippet


@pytest.mark.parametrize("path", RECIPES)
def test_holes_are_filled(path: Path) -> None:
    done = recipe(path.stem).fill(HOLES).snippets
    assert len(done) == len(recipe(path.stem).snippets)
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
        assert not any(
            "?}" in snippet.code or not snippet.code.strip() for snippet in recipe(path.stem).fill(holes).snippets
        )


def test_an_open_hole_is_not_offered() -> None:
    assert Snippet("nginx", "x {origin} {y}").fill({"host": "a.example"}) is None
    assert recipe("cors.missing-acao").fill({}).snippets == ()
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
    assert recipe("no.such-rule").snippets == ()


@pytest.mark.parametrize(
    "text",
    [
        f"no heading\n{WORDS}```nginx\nx\n```\n",
        f"# Heading\n\nprose\n{WORDS}",
        f"# Heading\n{WORDS}\n```\nx\n```\n",
        "# Heading\n\n```nginx\nx\n```\n",
        f"# Heading\n{WORDS.replace('Undo: b.', '')}\n```nginx\nx\n```\n",
        "# Heading\n```nginx\nx\n```\n" + WORDS,
    ],
)
def test_a_recipe_that_is_not_whole_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.b.md"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"^a\.b\.md: "):
        read_recipe(path)


def test_a_recipe_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.b.md"
    path.write_text(f"# Heading\n{WORDS}\n```nginx\nx {{host}}\n```\n", encoding="utf-8")
    found = read_recipe(path)
    assert (found.access, found.undo, found.verify) == ("a.", "b.", "c {host}.")
    assert found.fill({"host": "a.example"}).verify == "c a.example."
    assert (found.audience, found.without) == ("", frozenset())
    path.write_text(path.read_text().replace("Access", "For: admin\nNot for: a.b, c.d\nAccess"), encoding="utf-8")
    assert (read_recipe(path).audience, sorted(read_recipe(path).without)) == ("admin", ["a.b", "c.d"])
    assert found.fill({"host": "a.example`; evil"}) == found.fill({}) == NOTHING


def test_the_code_for_what_is_there_comes_first() -> None:
    made = Recipe(tuple(Snippet(stack, "x") for stack in ("nginx", "django", "s3", "fetch")))
    found = made.sorted_for(("amazon-s3", "cloudflare", "django-rest-framework", "django"))
    assert [snippet.stack for snippet in found.snippets] == ["s3", "django", "nginx", "fetch"]
    assert made.sorted_for(()) == made
    assert [snippet.stack for snippet in made.only_for("amazon-s3").snippets] == ["s3", "fetch"]
    assert Recipe(made.snippets[:3]).only_for("akamai") == NOTHING


def test_words_take_plain_values_only() -> None:
    assert in_words("Ask {host} with {method}, {else}.", {"host": "a.example", "method": "`evil`"}) == (
        "Ask a.example with METHOD, {else}."
    )


def test_only_the_recipe_that_is_asked_for_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    monkeypatch.setattr("harinspect.knowledge.fixes.read_recipe", lambda path: read.append(path.stem))
    recipe.cache_clear()
    try:
        recipe("cors.missing-acao")
        recipe("cors.missing-acao")
    finally:
        recipe.cache_clear()
    assert read == ["cors.missing-acao"]


def test_every_stack_has_its_name_as_its_makers_write_it() -> None:
    stacks = {snippet.stack for cause in causes() for snippet in recipe(cause).snippets}
    assert sorted(stacks - STACK.keys()) == []
