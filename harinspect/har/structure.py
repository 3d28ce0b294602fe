"""Where things begin and end in JSON bytes, without building any of it.

A quote inside a JSON string is always escaped, so brackets outside of strings can be told by one regular expression.
"""

from __future__ import annotations

import re

from harinspect.wire.regexes import regex

Bytes = bytes | bytearray

_STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_BRACKET = re.compile(rb'[^"{}\[\]]*+(?:' + _STRING + rb'[^"{}\[\]]*+)*+([{}\[\]])', re.DOTALL)
_TOKEN = re.compile(rb'"([^"\\]*+(?:\\.[^"\\]*+)*+)"|[{}\[\]]', re.DOTALL)
_ENTRIES = re.compile(rb'"entries"\s*+:\s*+\[')
_FIRST_KEY = re.compile(rb'\s*+\{(\s*+"(?:[^"\\]|\\.)*+")', re.DOTALL)
_SCALAR = regex(_STRING + rb"|[^\s,\]]++", re.DOTALL)
_SPACE = re.compile(rb"\s*+")
_AFTER = re.compile(rb"\s*+(?:\]|,\s*+(?:" + _STRING + rb"\s*+[^:\s]|[^\"\s]|\Z)|\Z)", re.DOTALL)
_CLOSING = regex(rb"\]\s*+\}\s*+\}[\s);0-9]*+\Z")
_OPENING = b"{["


def entries_start(data: Bytes, begin: int = 0) -> int:
    """The place just after the `[` of log.entries, or -1."""
    for found in _ENTRIES.finditer(data, begin):
        if _path_to(data, found.start()) == [b"", b"log"]:
            return found.end()
    return -1


def _path_to(data: Bytes, place: int) -> list[bytes]:
    """The keys under which the containers around `place` were opened; the root has none."""
    path: list[bytes] = []
    key = b""
    for token in _TOKEN.finditer(data, max(data.find(b"{"), 0), place):
        text = token.group(1)
        if text is not None:
            key = text
        elif token.group() in (b"{", b"["):
            path.append(key)
            key = b""
        elif path:
            path.pop()
    return path


def first_key(data: Bytes, begin: int) -> bytes:
    """White space and first key of the object at `begin`, quotes included, or b""."""
    found = _FIRST_KEY.match(data, begin)
    return found.group(1) if found else b""


def closes_at(data: Bytes, begin: int, end: int) -> int:
    """The place just after the container opened at or after `begin` closes, or -1 if it does not before `end`."""
    depth = 0
    place = begin
    while found := _BRACKET.match(data, place, end):
        place = found.end()
        if data[place - 1] in _OPENING:
            depth += 1
            continue
        depth -= 1
        if depth <= 0:
            return place
    return -1


def element_end(data: Bytes, begin: int, end: int) -> int:
    """The place just after the list element at `begin`, or -1 if it goes on beyond `end`."""
    if data[begin] in _OPENING:
        return closes_at(data, begin, end)
    found = _SCALAR.match(data, begin, end)
    return found.end() if found and found.end() < end else -1


def is_followed(data: Bytes, close: int, end: int, at_end: bool) -> bool:
    """Whether behind `close` the list ends or goes on with an element. At the end of the file, nothing may follow."""
    after = _AFTER.match(data, close, end)
    return after is not None and (at_end or after.end() < end)


def ends_list(data: Bytes, begin: int, end: int) -> int:
    """The place of the `]` that ends log.entries, by what closes the document behind it; `end` where it is cut off."""
    place = data.rfind(b"]", begin, end)
    return place if place >= 0 and _CLOSING.match(data, place, end) else end


def skip_space(data: Bytes, begin: int) -> int:
    """The first place at or after `begin` that is not white space."""
    found = _SPACE.match(data, begin)
    return found.end() if found else begin
