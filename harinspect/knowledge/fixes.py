"""Recipes for repair: fixes/<cause>.md, a heading, a sentence or two, three lines in words, and code fenced by stack:

    Access: what the change lets through, which is as little as will do.
    Undo: how to take it back.
    Verify: what shows that it works, and that it lets through no more.

Above them may stand "For: admin" (whose fix it belongs to; else the first that is not the user's) and "Not for: " with
the rules of this cause, split by commas, that it does not help with.

Code may have the holes that PLAIN lists. What fills them comes from somebody's traffic, so only values of their plain
form get in; any other braces belong to the code. In the words a hole without such a value becomes its STAND_IN. A line
of code that says {name?} is there only where `name` has a value:

    add_header Access-Control-Allow-Headers "{headers}" always;{headers?}
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from harinspect.knowledge.tables import KnowledgeError
from harinspect.wire.regexes import regex

FOLDER = Path(__file__).with_name("fixes")

# RFC 6454 section 6.2 (origin), RFC 3986 section 3.2.2 (host), and of RFC 9110 section 5.6.2 (tokens: methods, names of
# fields and cookies) the characters that mean nothing in a regex or a shell.
HOST = r"[a-z0-9_](?:[a-z0-9_.-]{0,251}[a-z0-9_])?"
NAME = r"[A-Za-z0-9_.~-]{1,128}"
MANY = 49  # names that a list may have beside its first
PLAIN: Final[Mapping[str, re.Pattern[str]]] = {
    "origin": regex(rf"https?://(?:{HOST}|\[[0-9a-f:.]{{2,45}}\])(?::[0-9]{{1,5}})?"),
    "method": regex(NAME),
    "header": regex(NAME),
    "host": regex(rf"(?:{HOST}|\[[0-9a-f:.]{{2,45}}\])(?::[0-9]{{1,5}})?"),
    "cookie": regex(NAME),
    "shared": regex(HOST),
    "seconds": regex("[1-9][0-9]{0,8}"),
    "samesite": regex("none"),
    "SameSite": regex("None"),
    "methods": regex(rf"{NAME}(?:, {NAME}){{0,{MANY}}}"),
    "headers": regex(rf"{NAME}(?:, {NAME}){{0,{MANY}}}"),
    "method_list": regex(rf'{NAME}(?:", "{NAME}){{0,{MANY}}}'),  # between quotes, as in ["{method_list}"]
    "header_list": regex(rf'{NAME}(?:", "{NAME}){{0,{MANY}}}'),
}
STAND_IN: Final[Mapping[str, str]] = {
    "origin": "https://PAGE-ORIGIN",
    "host": "HOST",
    "method": "METHOD",
    "header": "HEADER",
    "cookie": "COOKIE",
}
STACKS: Final[Mapping[str, tuple[str, ...]]] = {  # by the id of a responder, where the stack has another name
    "amazon-s3": ("s3", "aws-iam"),
    "asp-net": ("aspnet-core",),
    "aws-alb": ("aws-waf",),
    "aws-iam": ("aws-iam", "s3"),
    "aws-api-gateway": ("api-gateway", "aws-waf"),
    "cloudfront": ("cloudfront", "aws-waf"),
    "django-rest-framework": ("django",),
    "google-cloud-storage": ("gcs",),
    "openresty": ("nginx",),
}
CLIENTS: Final = frozenset(
    {"angular", "auth0", "axios", "fetch", "html", "javascript", "jquery", "msal", "xmlhttprequest"}
)
WORDS: Final = ("Access", "Undo", "Verify")
CONDITION = regex(r"\{([a-z_]+)\?\}")
HOLE = regex(r"\{(" + "|".join(PLAIN) + r")\}")
SENTENCE = regex(rf"^(For|Not for|{'|'.join(WORDS)}): (\S.*\S)$", re.MULTILINE)
FENCE = regex(r"^```(\S*)[ \t]*\n(.*?)^```[ \t]*$", re.MULTILINE | re.DOTALL)


class Snippet(Struct, frozen=True):
    """Code for one stack, as nginx or django."""

    stack: str
    code: str

    @property
    def holes(self) -> frozenset[str]:
        """Names of the holes that are still open."""
        return frozenset(HOLE.findall(self.code))

    def fill(self, holes: Mapping[str, str]) -> Snippet | None:
        """The same code with its holes filled; None where one has no value, or one that is not of its plain form."""
        here = self.where(holes)
        if not all(name in holes and PLAIN[name].fullmatch(holes[name]) for name in here.holes):
            return None
        return replace(here, code=HOLE.sub(lambda hole: holes[hole[1]], here.code))

    def where(self, holes: Mapping[str, str]) -> Snippet:
        """The same code without the lines whose condition is not met."""
        if "?}" not in self.code:
            return self
        lines = (line for line in self.code.split("\n") if all(holes.get(name) for name in CONDITION.findall(line)))
        return replace(self, code=CONDITION.sub("", "\n".join(lines)))


class Recipe(Struct, frozen=True, dict=True):
    """Code by stack, and what its reader must know: what it lets through, how to undo it, how to verify it."""

    snippets: tuple[Snippet, ...] = ()
    access: str = ""
    undo: str = ""
    verify: str = ""
    audience: str = ""
    without: frozenset[str] = frozenset()

    @cached_property
    def is_plain(self) -> bool:
        """Is there nothing to fill in?"""
        texts = (self.access, self.undo, self.verify, *(one.code for one in self.snippets))
        return not any(HOLE.search(text) or CONDITION.search(text) for text in texts)

    def fill(self, holes: Mapping[str, str]) -> Recipe:
        """The same with its holes filled, without the code that these values do not complete; NOTHING without code."""
        if self.is_plain:
            return self
        done = tuple(snippet for one in self.snippets if (snippet := one.fill(holes)))
        if not done:
            return NOTHING
        access, undo, verify = (in_words(text, holes) for text in (self.access, self.undo, self.verify))
        return replace(self, snippets=done, access=access, undo=undo, verify=verify)

    def sorted_for(self, products: Sequence[str]) -> Recipe:
        """The same with the code for these products (ids of responders) first, in their order."""
        wanted = [stack for product in products for stack in STACKS.get(product, (product,))]
        rank = {stack: at for at, stack in reversed(list(enumerate(wanted)))}
        return replace(self, snippets=tuple(sorted(self.snippets, key=lambda one: rank.get(one.stack, len(wanted)))))

    def only_for(self, product: str) -> Recipe:
        """The same with the code for this product and for clients alone; NOTHING where there is none."""
        wanted = {*STACKS.get(product, (product,)), *CLIENTS}
        left = tuple(one for one in self.snippets if one.stack in wanted)
        return replace(self, snippets=left) if left else NOTHING


NOTHING: Final = Recipe()


def in_words(text: str, holes: Mapping[str, str]) -> str:
    """A sentence with its holes filled, by the STAND_IN where there is no value of the plain form."""

    def value(hole: re.Match[str]) -> str:
        given = holes.get(hole[1], "")
        return given if PLAIN[hole[1]].fullmatch(given) else STAND_IN[hole[1]]

    return HOLE.sub(value, text)


@cache
def recipe(cause: str) -> Recipe:
    """The recipe for a cause, read when it is first asked for; NOTHING where there is none."""
    path = FOLDER / f"{cause}.md"
    return read_recipe(path) if path.is_file() else NOTHING


def read_recipe(path: Path) -> Recipe:
    """One file. Raises KnowledgeError where it lacks a heading, one of the WORDS, code, or the name of a stack."""
    text = path.read_text(encoding="utf-8")
    found = tuple(Snippet(stack, code.rstrip("\n")) for stack, code in FENCE.findall(text))
    if not text.startswith("# ") or not found or not all(snippet.stack for snippet in found):
        raise KnowledgeError(f"{path.name}: needs a heading, and code fenced with the name of its stack")
    said = dict(SENTENCE.findall(text.partition("```")[0]))
    audience, without = said.pop("For", ""), said.pop("Not for", "")
    if tuple(said) != WORDS:
        raise KnowledgeError(f"{path.name}: needs one line each of {', '.join(WORDS)}, in this order, above the code")
    rules = frozenset(rule.strip() for rule in without.split(",") if rule)
    return Recipe(found, said["Access"], said["Undo"], said["Verify"], audience, rules)
