"""Can a regex be made to run long? Its form bounds the work, and texts made from its own pieces show how much is left.

>>> bounds_fault(r"(?:a+ ){0,5}b")
'repeats without a bound, or more than 400 times'
>>> near_misses("no (?:entry|way)!")[-2:]
('no way', 'no way!')
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Final, NamedTuple

from harinspect.knowledge.patterns import PIECE
from harinspect.knowledge.readings import LIMIT

LONGEST: Final = 400  # times that a piece may repeat
SLOWEST: Final = 0.25  # seconds on a whole body; what we ship takes a few milliseconds
SCREENED: Final = 4_096  # characters of the first try, by which the texts are chosen that are tried at full length
TRIED: Final = 3
OTHER_GROUP = re.compile(r"(?<!\\)\(\?(?![:=!]|<[=!])")
CANDIDATES: Final = "a0 -<.\"'/:=" + "".join(map(chr, range(126, 32, -1)))


class Node(NamedTuple):
    """A piece of a regex with the branches inside, if it is a group, and how often it may come at most."""

    kind: str
    text: str
    branches: tuple[tuple[Node, ...], ...] = ()
    most: float = 1


def fault(source: str) -> str:
    """Why a regex is not taken, as the end of a sentence about it; "" where it is."""
    try:
        compiled = re.compile(source, re.IGNORECASE)
    except (re.error, OverflowError, RecursionError) as error:
        return f"is no regular expression ({error})"
    if OTHER_GROUP.search(source):
        return "has a group of a kind that is not taken; (?:...), (?=...), (?!...), (?<=...) and (?<!...) are"
    return bounds_fault(source) or (
        "takes too long on a body made to slow it down; let what repeats be told from what follows it"
        if is_slow(compiled, near_misses(source))
        else ""
    )


def bounds_fault(source: str) -> str:
    """The same of its repetitions alone."""
    counts = list(_repeats(_branches(PIECE.finditer(source))))
    if any(most > LONGEST for most, _ in counts):
        return f"repeats without a bound, or more than {LONGEST} times"
    if any(most * around > 2 * LONGEST for most, around in counts):
        return f"repeats a repetition more than {2 * LONGEST} times in all"
    return ""


def near_misses(source: str) -> tuple[str, ...]:
    """Beginnings of texts that the regex hits, each repetition at its longest or once only."""
    branches = _branches(PIECE.finditer(source))
    ways = ((turn, most) for turn in range(_widest(branches)) for most in (LONGEST, 1))
    return tuple(dict.fromkeys(text for turn, most in ways for text in _beginnings(branches, turn, most) if text))


def seconds(compiled: re.Pattern[str], piece: str, size: int) -> float:
    """For one search in a text of so many characters, made of the piece again and again."""
    text = (piece * (size // len(piece) + 1))[:size]
    started = time.perf_counter()
    compiled.search(text)
    return time.perf_counter() - started


def is_slow(compiled: re.Pattern[str], pieces: tuple[str, ...]) -> bool:
    """Does any text of these pieces take longer than SLOWEST? The slowest of short ones are tried at full length."""
    took: dict[str, float] = {}
    for piece in pieces:
        took[piece] = _growing(compiled, piece, 8, SCREENED)
        if took[piece] > SLOWEST:
            return True
    slowest = sorted(took, key=took.__getitem__, reverse=True)[:TRIED]
    return any(_growing(compiled, piece, SCREENED, LIMIT) > SLOWEST for piece in slowest)


def _growing(compiled: re.Pattern[str], piece: str, size: int, last: int) -> float:
    """Seconds on the largest size tried. Small steps first: what explodes does so on few characters."""
    took = 0.0
    while took <= SLOWEST and size < last:
        size = min(size + 3 if size < 64 else size * 2 if took < SLOWEST / 64 else size * 5 // 4, last)
        took = seconds(compiled, piece, size)
    return took


def _branches(found: Iterator[re.Match[str]]) -> tuple[tuple[Node, ...], ...]:
    """The pieces up to the end of the group that they stand in."""
    rows: list[list[Node]] = [[]]
    for piece in found:
        kind, text = str(piece.lastgroup), piece[0]
        if kind == "close":
            break
        if kind == "bar":
            rows.append([])
        elif text == "{}":
            rows[-1].append(Node("plain", text))
        elif kind == "many" and rows[-1]:
            rows[-1] += _repeated(rows[-1].pop(), _most(text))
        else:
            rows[-1].append(Node(kind, text, _branches(found) if kind == "open" else ()))
    return tuple(tuple(row) for row in rows)


def _repeated(node: Node, most: float) -> list[Node]:
    """Of a run of plain characters only the last repeats."""
    if node.kind == "plain" and len(node.text) > 1:
        return [node._replace(text=node.text[:-1]), node._replace(text=node.text[-1], most=most)]
    return [node._replace(most=node.most * most)]


def _most(quantifier: str) -> float:
    if quantifier[0] in "*+":
        return float("inf")
    if quantifier[0] == "?":
        return 1
    counts = quantifier.rstrip("?").strip("{}").split(",")
    return int(counts[-1]) if counts[-1] else float("inf")


def _repeats(branches: tuple[tuple[Node, ...], ...], around: float = 1) -> Iterator[tuple[float, float]]:
    """Each repetition's greatest count, and that of what stands around it."""
    for node in (node for row in branches for node in row):
        if node.most > 1:
            yield node.most, around
        yield from _repeats(node.branches, around * max(node.most, 1))


def _widest(branches: tuple[tuple[Node, ...], ...]) -> int:
    """The most branches of any group."""
    return max(len(branches), *(_widest(node.branches) for row in branches for node in row if node.branches), 1)


def _beginnings(branches: tuple[tuple[Node, ...], ...], turn: int, most: int) -> list[str]:
    """Of a text that the branch hits whose turn it is, piece by piece; nothing is in it more than `most` times."""
    found = [""]
    for node in branches[turn % len(branches)]:
        inner = _beginnings(node.branches, turn, most) if node.branches else [_character(node)]
        if node.text.startswith(("(?=", "(?!", "(?<")):
            continue  # it only looks
        before = found[-1]
        found += [before + text for text in inner[:-1] if text]
        found.append(before + inner[-1] * int(min(node.most, most)))
    return found


def _character(node: Node) -> str:
    if node.kind == "plain":
        return node.text
    if node.kind == "other" and node.text in "^$":
        return ""
    return next((one for one in CANDIDATES if re.fullmatch(node.text, one, re.IGNORECASE)), "")
