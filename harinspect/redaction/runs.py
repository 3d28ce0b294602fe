"""Random runs of letters and digits in a text: secrets, unless what stands before says that they number a request."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from harinspect.redaction.credentials import Mask
from harinspect.redaction.shapes import RUN, UUID
from harinspect.wire.regexes import regex

SHORTEST: Final = 24
_LONGER: Final = regex(r"(?<![A-Za-z0-9_+/-])[A-Za-z0-9_+/-]{24,}={0,2}")  # any run is in one of these
_BEFORE: Final = 64
_ID_WORDS: Final = tuple(
    "request trace correlation ray incident reference event support host error transaction activity sha256 sha384"
    " sha512".split()
)
_ID_ENDS: Final = (*_ID_WORDS, "id", "no", "number", "code")
_SPACE: Final = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680"
    + "".join(map(chr, range(0x2000, 0x200B)))
    + "\u2028\u2029\u202f\u205f\u3000"
)
_ID_GAP: Final = _SPACE + "\"'\\:=#<>/&;-_"
_NAMED_ID: Final = regex(
    rf"(?:{'|'.join(_ID_WORDS)})[\s_-]{{0,2}}(?:id|no|number|code)?[\s\"'\\:=#<>/&;-]{{0,8}}(?:<[^>]{{0,40}}>)?$",
    re.IGNORECASE,
)
_TELLS: Final = 512  # characters: the rest of a long run is of the same kind
_HEX: Final = regex(r"[0-9a-fA-F]{32,}")
_JOINTS: Final = regex(r"[\W_]+")
_LETTERS: Final = regex(r"[a-z]{3,}")
# of each byte whether it is a digit, a capital or neither; only the first half can be met
_CLASSES: Final = bytes(ord("0" if chr(c).isdigit() else "A" if chr(c).isupper() else "a") for c in range(128)) * 2
_CHANGES: Final = (b"0A", b"A0", b"0a", b"a0", b"Aa", b"aA")


def masked(text: str, start: int, end: int, mask: Mask) -> str:
    """That part of the text, with random runs masked."""
    if end - start < SHORTEST:
        return text[start:end]
    shown, done = "", start
    for run in _runs(text, start, end):
        found, place = run[0], run.start()
        if is_random(found.rstrip("=")) and not _is_identifier(text[max(0, place - _BEFORE) : place]):
            shown += text[done:place] + mask("random", found)
            done = place + len(found)
    return shown + text[done:end]


def is_random(text: str) -> bool:
    """32 hex digits or more, or 24 letters and digits or more that change their class too often for words.

    `text`: letters and digits of ASCII, and what joins them.
    """
    text = text[:_TELLS]
    is_joined = not text.isalnum()
    if len(text) >= 32 and (_HEX.fullmatch(text) or (len(text) >= 40 and not is_joined)):
        return True
    plain = _JOINTS.sub("", text) if is_joined else text
    if len(plain) < 22 or (is_joined and UUID.fullmatch(text)):
        return False
    classes = plain.encode().translate(_CLASSES)
    changes = sum(map(classes.count, _CHANGES)) / len(plain)
    return changes >= (0.24 if len(plain) >= 30 else 0.33) and not _is_words(text, classes.count(b"0"))


def _is_words(text: str, digits: int) -> bool:
    """Names in camel case change their class at every word too, but are long runs of letters with few digits."""
    return digits < len(text) * 0.12 and sum(map(len, _LETTERS.findall(text))) >= len(text) * 0.5


def _is_identifier(before: str) -> bool:
    """Does what stands before a run say that it is the number of a request?"""
    # a word is looked for where it would have to end, as most runs have none before them
    if before.rstrip()[-1:] != ">" and not before.rstrip(_ID_GAP).lower().endswith(_ID_ENDS):
        return False
    lower = before.lower()
    return any(word in lower for word in _ID_WORDS) and _NAMED_ID.search(before) is not None


def _runs(text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    for word in _LONGER.finditer(text, start, end):
        yield from RUN.finditer(text, word.start(), word.end())
