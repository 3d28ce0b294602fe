"""Recipes for repair: fixes/<cause>.md, a heading, a sentence or two, and code fenced by stack.

Code may have the holes {origin}, {method}, {header}, {host} and {cookie}. What fills them comes from
somebody's traffic, so only values of their plain form get in; any other braces belong to the code.
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
PLAIN: Final[Mapping[str, re.Pattern[str]]] = {
    "origin": re.compile(rf"https?://(?:{HOST}|\[[0-9a-f:.]{{2,45}}\])(?::[0-9]{{1,5}})?"),
    "method": re.compile(NAME),
    "header": re.compile(NAME),
    "host": re.compile(rf"(?:{HOST}|\[[0-9a-f:.]{{2,45}}\])(?::[0-9]{{1,5}})?"),
    "cookie": re.compile(NAME),
}
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
        if not all(name in holes and PLAIN[name].fullmatch(holes[name]) for name in self.holes):
            return None
        return replace(self, code=HOLE.sub(lambda hole: holes[hole[1]], self.code))


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
