"""Entries without their long bodies.

Two thirds of a usual recording are bodies, of which hardly one is looked at. Where every member has a line of its own,
as DevTools writes it, a long line is found, and passed over, many times faster than the string in it can be parsed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from msgspec import Raw

from harinspect.har.schema import ContentJson, EntryJson, PostDataJson, entries_decoder

LONG: Final = 4096
_TEXT: Final = re.compile(rb'[ \t]*+"text"\s*+:\s*+(?=")')
_QUOTE, _BACKSLASH, _COMMA = b'"\\,'
_LONGEST_MARK: Final = 16

Marks = dict[bytes, memoryview]


def decode_outlines(data: bytearray, begin: int, end: int) -> list[EntryJson] | None:
    """The entries of the list at `begin` to `end`, its long bodies decoded as views of `data`.

    None where there are no long bodies. Raises what the decoder raises; the plain list may still be sound then.
    """
    marks: Marks = {}
    with memoryview(data) as view:
        outline = b"".join(_parts(data, view, (begin, end), marks))
    if not marks:
        return None
    entries = entries_decoder.decode(outline)
    for entry in entries:
        if entry.response and entry.response.content:
            _restore(entry.response.content, marks)
        if entry.request and entry.request.post_data:
            _restore(entry.request.post_data, marks)
    return entries


def _parts(data: bytearray, view: memoryview, span: tuple[int, int], marks: Marks) -> Iterator[bytes | memoryview]:
    """The text with a mark, a number that nobody would write, in the place of each long body."""
    begin, end = span
    for start, stop in _long_lines(data, begin, end):
        found = _TEXT.match(data, start, stop)
        last = stop - (data[stop - 1] == _COMMA)
        if found is None or not _is_one_string(data, found.end(), last):
            continue
        mark = b"-0e%d" % len(marks)
        marks[mark] = view[found.end() : last]
        yield view[begin : found.end()]
        yield mark
        begin = last
    if marks:
        yield view[begin:end]


def _long_lines(data: bytearray, begin: int, end: int) -> Iterator[tuple[int, int]]:
    """Where lines longer than LONG begin and end; some that are shorter than twice that are missed."""
    place = begin
    while place + LONG <= end:
        if data.find(b"\n", place, place + LONG) >= 0:
            place += LONG
            continue
        start, stop = data.rfind(b"\n", begin, place) + 1, data.find(b"\n", place, end)
        if not start or stop < 0:
            return
        yield start, stop
        place = stop


def _is_one_string(data: bytearray, start: int, stop: int) -> bool:
    """Whether a string begins and ends there: of the quotes between, the first and the last must be escaped ones."""
    if data[stop - 1] != _QUOTE or data[stop - 2] == _BACKSLASH:
        return False
    first = data.find(b'"', start + 1, stop)
    if first == stop - 1:
        return True
    last = data.rfind(b'"', first, stop - 1)
    return data[first - 1] == data[last - 1] == _BACKSLASH


def _restore(holder: ContentJson | PostDataJson, marks: Marks) -> None:
    text = bytes(memoryview(holder.text)[:_LONGEST_MARK])
    if text in marks:
        holder.text = Raw(marks[text])
