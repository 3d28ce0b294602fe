"""Tables in plain text: columns of CSV (RFC 4180) and its like, whose first line names what stands below."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Final

from harinspect.redaction import names
from harinspect.redaction.credentials import Mask
from harinspect.wire.regexes import regex

LONGEST_LINE: Final = 4096
_DELIMITERS: Final = ",;\t|"
_HEAD: Final = regex(r"[ \t]*\"?[\w .$()/-]{0,64}\"?[ \t]*")


def masked(text: str, mask: Mask, hides: Callable[[str, str], bool]) -> str:
    """The text with the columns masked whose names tell; itself, if it is no table."""
    end = text.find("\n", 0, LONGEST_LINE)
    head = _head(text[:end]) if end > 0 else None
    if head is None:
        return text
    delimiter, columns = head
    telling = {number: name for number, name in enumerate(columns) if names.is_telling(name)}
    if not telling or sum(1 for _ in _row(delimiter, text, end + 1)) != len(columns):
        return text
    shown, done, column = [], 0, 0
    for cell in _cell(delimiter).finditer(text, end + 1):
        value, name = cell["quoted"] or cell["bare"] or "", telling.get(column)
        if name and value.strip() and hides(name, value.strip()):
            start, stop = cell.span("quoted" if cell["quoted"] else "bare")
            start, stop = start + len(value) - len(value.lstrip()), stop - len(value) + len(value.rstrip())
            shown += [text[done:start], mask(names.kind(name), text[start:stop])]
            done = stop
        column = column + 1 if cell["end"] == delimiter else 0
    return "".join([*shown, text[done:]])


def _head(line: str) -> tuple[str, list[str]] | None:
    """The delimiter and the names of a first line, if it is one."""
    delimiter = max(_DELIMITERS, key=line.count)
    cells = line.rstrip("\r").split(delimiter)
    if len(cells) < 2 or not all(map(_HEAD.fullmatch, cells)):
        return None
    return delimiter, [cell.strip(' \t"') for cell in cells]


@cache
def _cell(delimiter: str) -> re.Pattern[str]:
    apart = re.escape(delimiter)
    return re.compile(rf"(?:\"(?P<quoted>(?:[^\"]|\"\")*)\"|(?P<bare>[^{apart}\r\n]*))(?P<end>{apart}|\r?\n|\Z|(?=.))")


def _row(delimiter: str, text: str, start: int) -> Iterator[re.Match[str]]:
    """The cells of one line."""
    for cell in _cell(delimiter).finditer(text, start):
        yield cell
        if cell["end"] != delimiter:
            return
