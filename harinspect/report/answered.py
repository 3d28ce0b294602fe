"""What an answer says of itself, in the few words that somebody else needs: redacted before it is read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from msgspec.structs import replace

from harinspect.har.model import Exchange
from harinspect.knowledge.readings import Reading, words
from harinspect.redaction.reports import ReportRedactor
from harinspect.report.exchanges import EXCERPT
from harinspect.report.fences import one_line
from harinspect.wire.regexes import regex

QUOTED = 240  # characters
_AGAIN = regex(r"\b((?:\w{1,20} ){0,3}\w{1,20})(?: \1\b)+", re.IGNORECASE)  # the title and the heading of a page


class Answered:
    """An answer of which the secrets in its first EXCERPT characters are masked, and the rest left out."""

    def __init__(self, exchange: Exchange, redactor: ReportRedactor) -> None:
        body = exchange.response.body
        told = redactor.text(body[:EXCERPT]) if body else None
        self._reading = Reading(replace(exchange, response=replace(exchange.response, body=told)))

    @property
    def is_markup(self) -> bool:
        return self._reading.is_markup

    @cached_property
    def excerpt(self) -> str:
        """Its reason in one short line: what JSON members say, or the text of a page; "" where it says nothing."""
        reading = self._reading
        told = "; ".join(_statements(reading)) or (reading.text if reading.json is None else "")
        return one_line(_AGAIN.sub(r"\1", told[: QUOTED * 2]), QUOTED)


def _statements(reading: Reading) -> Iterator[str]:
    heard: frozenset[str] = frozenset()
    for said in reading.said:
        text = said.text[: QUOTED * 2]
        if said.clue.part == "response.body" and not (own := words(text)) <= heard:
            heard |= own
            yield text
