"""Paths that are nearly the same: by a slip of the fingers, by spelling, by what stands in front."""

from __future__ import annotations

import re
from collections.abc import Callable
from difflib import SequenceMatcher
from functools import lru_cache
from operator import ne

from harinspect.wire.regexes import regex

SHORTEST = 5  # letters of a word that may be misspelt: shorter ones are too often just another word
SLIP = 2  # letters that a slip adds, leaves out or changes, at most
ID = 8  # letters and digits, at least
SPELLING = "They differ in case, slashes or encoding only."
PREFIX = regex(r"(?:/(?:api|rest|v\d{1,2}|prod|production|live|stage|staging|dev|test|beta|default|latest|public))+")
_SLASHES = regex(r"/{2,}")
_NO_WORD = regex(r"[0-9%]")


def may_be_near(path: str) -> Callable[[str], bool]:
    """Whether another path is worth a closer look, at little cost: nearly all of a host's paths are not."""
    shortest, longest, squeezes, lowered = len(path) - SLIP, len(path) + SLIP, _squeezes(path), path.lower()
    parent, slash, leaf = path.rpartition("/")
    folder, tail = (
        path if _NO_WORD.search(leaf) else parent + slash,
        slash + leaf,
    )  # a slip in the last segment or before

    def near(other: str) -> bool:
        if shortest <= len(other) <= longest and (
            other.startswith(folder) or path.startswith(other) or other.endswith(tail) or other.lower() == lowered
        ):
            return True
        return squeezes or path.endswith(other) or other.endswith(path) or _squeezes(other)

    return near


def _squeezes(path: str) -> bool:
    return "//" in path or "%2" in path or "+" in path


@lru_cache(maxsize=65_536)
def likeness(path: str, other: str, *, is_same_kind: bool) -> str:
    """In what two paths differ, where that may be a slip; "" where it may not."""
    if _tidy(path) == _tidy(other):
        return "" if _differ_in_an_id(path, other) else SPELLING
    longer, shorter = (path, other) if len(path) > len(other) else (other, path)
    if longer == shorter + "/":
        return "They differ in the slash at the end."
    if is_same_kind and len(shorter) > 1 and longer.endswith(shorter) and PREFIX.fullmatch(longer[: -len(shorter)]):
        return "They differ in what stands in front, such as a stage or version."
    return "They differ in a letter or two." if _is_slip(path, other) else ""


def _differ_in_an_id(path: str, other: str) -> bool:
    """Names of records in letters and digits are often told apart by case alone."""
    pairs = zip(_segments(path), _segments(other), strict=False)
    return any(a != b and a.lower() == b.lower() and len(a) >= ID and re.search(r"\d", a) for a, b in pairs)


@lru_cache(maxsize=8192)
def _tidy(path: str) -> str:
    """What many servers take for the same path; /a and /a/ may well be two things, so that slash stays."""
    return _SLASHES.sub(
        "/", path.replace("%25", "%").replace("+", "%20").replace("%2F", "/").replace("%2f", "/")
    ).lower()


@lru_cache(maxsize=8192)
def _segments(path: str) -> tuple[str, ...]:
    return tuple(path.split("/"))


def _is_slip(path: str, other: str) -> bool:
    """One segment differs, in at most two letters, and no number is involved: /flight and /flights."""
    mine, its = _segments(path), _segments(other)
    if abs(len(path) - len(other)) > SLIP or len(mine) != len(its) or sum(map(ne, mine, its)) != 1:
        return False
    a, b = next((a, b) for a, b in zip(mine, its, strict=True) if a != b)
    if any(len(word.partition(".")[0]) < SHORTEST or _NO_WORD.search(word) for word in (a, b)):
        return False
    alike = sum(block.size for block in SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks())
    return max(len(a), len(b)) - alike <= (SLIP if min(len(a), len(b)) > 2 * SHORTEST else 1)
