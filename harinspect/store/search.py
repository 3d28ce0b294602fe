"""What is asked of the reports, and the conditions that this makes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import ColumnElement, func, or_, select

from harinspect.store.content import clean, folded
from harinspect.store.tables import CauseRow, HostRow, LabelRow, ReportRow
from harinspect.wire.url import Url

_LONGEST: Final = 200
_WORDS: Final = 12
_FIELD: Final = re.compile(r'(?:(?P<field>host|cause|label|ticket):)?(?:"(?P<quoted>[^"]*)"|(?P<plain>\S+))')


class Search(Struct, frozen=True, kw_only=True):
    """All that is given must hold; "" asks for nothing. Case does not matter.

    `host` also finds its subdomains and may be a URL; `cause` also finds its family (`cors` finds `cors.missing-acao`);
    `ticket` may be a part of it; every word of `text` must occur in the report, its ticket, its labels or its notes.
    """

    text: str = ""
    host: str = ""
    cause: str = ""
    label: str = ""
    ticket: str = ""
    samples: bool = False  # those that come with the program, too

    @classmethod
    def parse(cls, line: str) -> Search:
        """One line of a search box: `host:api.example cause:cors label:"two words" ticket:SUP-7 and other words`."""
        fields: dict[str, str] = {}
        words = []
        for match in _FIELD.finditer(line[:_LONGEST]):
            value = match["plain"] if match["quoted"] is None else match["quoted"]
            if match["field"]:
                fields[match["field"]] = value
            else:
                words.append(value)
        return replace(cls(text=" ".join(words)), **fields)


def conditions(wanted: Search) -> Iterator[ColumnElement[bool]]:
    if not wanted.samples:
        yield ReportRow.sample.is_(False)
    if host := _host(wanted.host):
        below = HostRow.host.endswith(f".{host}", autoescape=True)
        yield ReportRow.number.in_(select(HostRow.report).where(or_(HostRow.host == host, below)))
    if cause := _asked(wanted.cause).rstrip("."):
        below = CauseRow.cause.startswith(f"{cause}.", autoescape=True)
        yield ReportRow.number.in_(select(CauseRow.report).where(or_(CauseRow.cause == cause, below)))
    if label := _asked(wanted.label):
        yield ReportRow.number.in_(select(LabelRow.report).where(LabelRow.key == label))
    if ticket := _asked(wanted.ticket):
        yield func.lower(ReportRow.ticket).contains(ticket, autoescape=True)
    for word in _asked(wanted.text).split()[:_WORDS]:
        yield or_(ReportRow.text.contains(word, autoescape=True), ReportRow.noted.contains(word, autoescape=True))


def _asked(text: str) -> str:
    return folded(text[:_LONGEST]).strip()


def _host(text: str) -> str:
    """The host as it is stored, from a host, an IDN or a URL."""
    asked = clean(text[:_LONGEST]).strip().strip(".")
    url = Url.parse(asked if "://" in asked else f"https://{asked}") if asked else None
    return url.host if url else asked.casefold()
