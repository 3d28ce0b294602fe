"""Recipes for repair: fixes/<cause>.md, a heading, a sentence or two, and code fenced by stack.

Code may have the holes that PLAIN lists. What fills them comes from somebody's traffic, so only values of their plain
form get in; any other braces belong to the code. A line that says {name?} is there only where `name` has a value:

    add_header Access-Control-Allow-Headers "{headers}" always;{headers?}
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from harinspect.knowledge.tables import KnowledgeError

FOLDER = Path(__file__).with_name("fixes")

# RFC 6454 section 6.2 (origin), RFC 3986 section 3.2.2 (host), and of RFC 9110 section 5.6.2 (tokens: methods, names of
# fields and cookies) the characters that mean nothing in a regex or a shell.
HOST = r"[a-z0-9_](?:[a-z0-9_.-]{0,251}[a-z0-9_])?"
NAME = r"[A-Za-z0-9_.~-]{1,128}"
MANY = 49  # names that a list may have beside its first
PLAIN: Final[Mapping[str, re.Pattern[str]]] = {
    "origin": re.compile(rf"https?://(?:{HOST}|\[[0-9a-f:.]{{2,45}}\])(?::[0-9]{{1,5}})?"),
    "method": re.compile(NAME),
    "header": re.compile(NAME),
    "host": re.compile(rf"(?:{HOST}|\[[0-9a-f:.]{{2,45}}\])(?::[0-9]{{1,5}})?"),
    "cookie": re.compile(NAME),
    "shared": re.compile(HOST),
    "seconds": re.compile("[1-9][0-9]{0,8}"),
    "samesite": re.compile("none"),
    "SameSite": re.compile("None"),
    "methods": re.compile(rf"{NAME}(?:, {NAME}){{0,{MANY}}}"),
    "headers": re.compile(rf"{NAME}(?:, {NAME}){{0,{MANY}}}"),
    "method_list": re.compile(rf'{NAME}(?:", "{NAME}){{0,{MANY}}}'),  # between quotes, as in ["{method_list}"]
    "header_list": re.compile(rf'{NAME}(?:", "{NAME}){{0,{MANY}}}'),
}
CONDITION = re.compile(r"\{([a-z_]+)\?\}")
HOLE = re.compile(r"\{(" + "|".join(PLAIN) + r")\}")
FENCE = re.compile(r"^```(\S*)[ \t]*\n(.*?)^```[ \t]*$", re.MULTILINE | re.DOTALL)


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
        lines = (line for line in self.code.split("\n") if all(holes.get(name) for name in CONDITION.findall(line)))
        return replace(self, code=CONDITION.sub("", "\n".join(lines)))


def snippets(cause: str) -> tuple[Snippet, ...]:
    """The code for a cause, in the order of its file; () where there is no recipe."""
    return _recipes().get(cause, ())


def filled(cause: str, holes: Mapping[str, str]) -> tuple[Snippet, ...]:
    """The code for a cause that these values complete."""
    done = (snippet.fill(holes) for snippet in snippets(cause))
    return tuple(snippet for snippet in done if snippet)


@cache
def _recipes() -> Mapping[str, tuple[Snippet, ...]]:
    return {path.stem: read_recipe(path) for path in sorted(FOLDER.glob("*.md"))}


def read_recipe(path: Path) -> tuple[Snippet, ...]:
    """The fenced code of one file. Raises KnowledgeError where it lacks a heading, code, or the name of a stack."""
    text = path.read_text(encoding="utf-8")
    found = tuple(Snippet(stack, code.rstrip("\n")) for stack, code in FENCE.findall(text))
    if not text.startswith("# ") or not found or not all(snippet.stack for snippet in found):
        raise KnowledgeError(f"{path.name}: needs a heading, and code fenced with the name of its stack")
    return found
