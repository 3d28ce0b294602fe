"""Values that do not stand behind a separator: in markup, in forms, in calls of scripts, and as PHP writes them.

All of these take a text and where in it a word is that may be a name; a match has its group `value`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from harinspect.wire.regexes import regex

Found = re.Match[str]

NAME_CHARACTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$.-[]%")
LONGEST_NAME: Final = 64
TAG_NAME: Final = regex(r"\b(?:name|id|property|key)\s*=\s*[\"']?(?P<name>[^\"'\s>]{1,64})", re.IGNORECASE)
TAG_VALUE: Final = regex(r"\b(?:value|content)\s*=\s*[\"']?(?P<value>[^\"'>]{1,4000})", re.IGNORECASE)
_NAMED_VALUE: Final = regex(  # the second: as PHP serializes
    r"\"(?:\s{0,8},\s{0,8}\"(?:value|val)\"\s{0,8}:\s{0,8}|;[a-z]:\d{1,6}:)\"(?P<value>(?:\\.|[^\"\\]){1,16384})",
    re.DOTALL,
)
_VALUE_FIRST: Final = regex(
    r"\"value\"\s{0,8}:\s{0,8}\"(?P<value>(?:\\.|[^\"\\]){1,4096})\"\s{0,8},\s{0,8}\"(?:name|key)\"\s{0,8}:\s{0,8}\"\Z",
    re.DOTALL,
)
_ARGUMENT: Final = regex(r"[\"']\s{0,8},\s{0,8}[\"'`](?P<value>[^\"'`\\\r\n]{1,4096})")
_MULTIPART: Final = regex(r"\"?[^\r\n]{0,200}\r?\n(?:[^\r\n]{1,500}\r?\n){0,8}\r?\n(?P<value>[^\r\n]{1,65536})")
_TAG: Final = regex(
    r"<(?:input|meta|param|option|property|add|attribute|field|item|setting|variable|entry)\b[^<>]{1,4000}(?:>|\Z)",
    re.IGNORECASE,
)
_ELEMENT: Final = regex(
    r"(?:\s[^<>]{0,200})?>(?:<!\[CDATA\[(?P<data>[^<\]]{1,65536})|(?P<value>[^<]{1,65536})(?=</|\Z))"
)
_NO_WORD: Final = r"(?=[^\s\"'`<>]{0,200}[0-9])[^\s\"'`<>,;]{5,4095}[^\s\"'`<>,;.!?]"  # a word of prose has no digit
_IN_TEXTAREA: Final = regex(r"[\"']?(?:\s[^<>]{0,200})?>(?P<value>[^<]{1,65536})", re.IGNORECASE)
_NEXT_ELEMENT: Final = regex(
    r"</(?:key|name)>\s{0,20}<\w{1,20}>(?:<\w{1,20}>)?(?P<value>[^<]{1,4096})"
    rf"|</\w{{1,10}}>:?\s{{0,20}}(?:<\w{{1,10}}(?:\s[^<>]{{0,200}})?>\s{{0,20}}){{1,2}}(?P<cell>{_NO_WORD})"
)
_LINE: Final = r"[^\r\n]{1,4096}"
_LABELLED: Final = regex(  # the others: as YAML 1.2.2 has it, sections 8.1 and 8.2.1
    rf":\s{{0,8}}</\w{{1,10}}>\s{{0,20}}(?:<\w{{1,10}}(?:\s[^<>]{{0,200}})?>\s{{0,20}})?(?P<value>{_NO_WORD})"
    rf"|:[ \t]{{1,4}}[|>][+-]?\d?[ \t]{{0,4}}\r?\n[ \t]{{1,40}}(?P<block>{_LINE}(?:\r?\n[ \t]{{1,40}}{_LINE}){{0,200}})"
    rf"|:[ \t]{{0,4}}\r?\n[ \t]{{0,40}}- (?P<items>{_LINE}(?:\r?\n[ \t]{{0,40}}- {_LINE}){{0,200}})"
)
_SENTENCE: Final = regex(rf"\s{{1,2}}(?:(?:is|was):?\s{{1,2}}(?:<[^<>]{{1,80}}>)?[\"'`]?|[\"'`])(?P<value>{_NO_WORD})")
_OPTION: Final = regex(r" [\"']?(?P<value>[^\s\"'\\-][^\s\"'\\]{0,4095})")
_QUOTE: Final = r"&(?:quot|\#0{0,2}34|\#x0{0,2}22);"
_IN_ENTITIES: Final = regex(
    rf"&gt;(?P<value>[^&<]{{1,65536}})(?=&lt;/|\Z)|{_QUOTE}\s{{0,8}}:\s{{0,8}}{_QUOTE}"
    rf"(?P<quoted>(?:(?!{_QUOTE})[^<>\r\n]){{1,4096}})",
    re.IGNORECASE,
)
_TAG_CHARACTERS: Final = "".join(NAME_CHARACTERS) + ":"
_BESIDE: Final = {"&": _IN_ENTITIES, "<": _NEXT_ELEMENT, ":": _LABELLED, " ": _SENTENCE, '"': _NAMED_VALUE}
_ENDS: Final = frozenset(("", '"', "'", " ", ">", "/", "\t", "\n"))
EQUALS: Final = regex(  # within another address
    r"%(?:25){0,3}3[Dd](?P<value>(?:[^\s&\"'<>%;\\]|%(?!(?:25){0,3}26)[0-9A-Fa-f]{2}){1,4096})"
)


def values(text: str, start: int, end: int) -> Iterator[Found]:
    """What the word at that place may be the name of."""
    follows = text[end : end + 1]
    beside = _BESIDE.get(follows)
    if follows == " " and _is_option(text, start):
        beside = _OPTION
    if follows in ('"', "\r", "\n") and (part := _part(text, start, end, follows)):
        yield part
    if follows in ('"', "'") and (argument := _ARGUMENT.match(text, end)) and _is_first(text, start):
        yield argument
    if beside and (found := beside.match(text, end)):
        yield found
    if follows == '"' and (found := _before(text, start)):
        yield found


def _part(text: str, start: int, end: int, follows: str) -> Found | None:
    """Of a form in parts (RFC 7578), whose names some write without quotation marks."""
    name = 'name="' if follows == '"' else "name="
    return _MULTIPART.match(text, end) if text.find(name, max(0, start - LONGEST_NAME), start) >= 0 else None


def _before(text: str, start: int) -> Found | None:
    """The value stands before its name."""
    if not text.endswith(('name":"', 'name": "', 'key":"', 'key": "'), max(0, start - 8), start):
        return None
    place = text.rfind('"value"', max(0, start - 4200), start)
    return _VALUE_FIRST.match(text, place, start) if place >= 0 else None


def _is_option(text: str, start: int) -> bool:
    """Is it an option of a command?"""
    dashes = text.rfind("--", max(0, start - LONGEST_NAME), start)
    return dashes > 0 and NAME_CHARACTERS.issuperset(text[dashes:start])


def tag_or_element(text: str, start: int, end: int) -> tuple[Found | None, Found | None]:
    """The tag that the word is in, if it is one that has values; else the element that has this word for a name."""
    opening = text.rfind("<", max(0, start - 300), start) if text[end : end + 1] in _ENDS else -1
    if opening < 0 or text.find(">", opening, start) >= 0:
        return None, None
    if tag := _TAG.match(text, opening):
        return tag, None
    if text[opening : opening + 9].lower() == "<textarea":
        return None, _IN_TEXTAREA.match(text, end)
    return None, None if text[opening + 1 : start].strip(_TAG_CHARACTERS) else _ELEMENT.match(text, end)


def _is_first(text: str, start: int) -> bool:
    """Is it, in its quotation marks, the first argument of a call?"""
    opening = text.rfind("(", max(0, start - LONGEST_NAME), start)
    before = text[opening + 1 : start]
    return opening >= 0 and before[:1] in ('"', "'") and NAME_CHARACTERS.issuperset(before[1:])
