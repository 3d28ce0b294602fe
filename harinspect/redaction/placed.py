"""Values that do not stand behind a separator: in markup, in forms, in calls of scripts, and as PHP writes them.

All of these take a text and where in it a word is that may be a name; a match has its group `value`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

Found = re.Match[str]

NAME_CHARACTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$.-[]%")
LONGEST_NAME: Final = 64
TAG_NAME: Final = re.compile(r"\b(?:name|id|property)\s*=\s*[\"']?(?P<name>[^\"'\s>]{1,64})", re.IGNORECASE)
TAG_VALUE: Final = re.compile(r"\b(?:value|content)\s*=\s*[\"']?(?P<value>[^\"'>]{1,4000})", re.IGNORECASE)
_NAMED_VALUE: Final = re.compile(  # the second: as PHP serializes
    r"\"(?:\s{0,8},\s{0,8}\"value\"\s{0,8}:\s{0,8}|;[a-z]:\d{1,6}:)\"(?P<value>(?:\\.|[^\"\\]){1,16384})", re.DOTALL
)
_ARGUMENT: Final = re.compile(r"[\"']\s{0,8},\s{0,8}[\"'`](?P<value>[^\"'`\\\r\n]{1,4096})")
_MULTIPART: Final = re.compile(r"\"[^\r\n]{0,200}\r?\n(?:[^\r\n]{1,500}\r?\n){0,8}\r?\n(?P<value>[^\r\n]{1,65536})")
_TAG: Final = re.compile(r"<(?:input|meta|param|option)\b[^<>]{1,4000}(?:>|\Z)", re.IGNORECASE)
_ELEMENT: Final = re.compile(
    r"(?:\s[^<>]{0,200})?>(?:<!\[CDATA\[(?P<data>[^<\]]{1,65536})|(?P<value>[^<]{1,65536})(?=</|\Z))"
)
_NEXT_ELEMENT: Final = re.compile(r"</(?:key|name)>\s{0,20}<\w{1,20}>(?:<\w{1,20}>)?(?P<value>[^<]{1,4096})")
_IN_ENTITIES: Final = re.compile(r"&gt;(?P<value>[^&<]{1,65536})(?=&lt;/|\Z)")
_TAG_CHARACTERS: Final = "".join(NAME_CHARACTERS) + ":"
_BESIDE: Final = {"&": _IN_ENTITIES, "<": _NEXT_ELEMENT}
_ENDS: Final = frozenset(("", '"', "'", " ", ">", "/", "\t", "\n"))


def values(text: str, start: int, end: int) -> Iterator[Found]:
    """What the word at that place may be the name of."""
    follows = text[end : end + 1]
    found: Found | None = None
    if beside := _BESIDE.get(follows):
        found = beside.match(text, end)
    elif follows == '"':
        found = _NAMED_VALUE.match(text, end)
        if part := text.find('name="', max(0, start - LONGEST_NAME), start) >= 0 and _MULTIPART.match(text, end):
            yield part
    if follows in ('"', "'") and (argument := _ARGUMENT.match(text, end)) and _is_first(text, start):
        yield argument
    if found:
        yield found


def tag_or_element(text: str, start: int, end: int) -> tuple[Found | None, Found | None]:
    """The tag that the word is in, if it is one that has values; else the element that has this word for a name."""
    opening = text.rfind("<", max(0, start - 300), start) if text[end : end + 1] in _ENDS else -1
    if opening < 0 or text.find(">", opening, start) >= 0:
        return None, None
    if tag := _TAG.match(text, opening):
        return tag, None
    return None, None if text[opening + 1 : start].strip(_TAG_CHARACTERS) else _ELEMENT.match(text, end)


def _is_first(text: str, start: int) -> bool:
    """Is it, in its quotation marks, the first argument of a call?"""
    opening = text.rfind("(", max(0, start - LONGEST_NAME), start)
    before = text[opening + 1 : start]
    return opening >= 0 and before[:1] in ('"', "'") and NAME_CHARACTERS.issuperset(before[1:])
