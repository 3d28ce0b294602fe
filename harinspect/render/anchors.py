"""Where a piece of evidence is on the page, both as served and in a stand-alone file."""

from __future__ import annotations

import re
from dataclasses import dataclass

from harinspect.report.model import Evidence

_SLUG = re.compile(r"[^a-z0-9]+")
_HEADER_OF = {"request.cookie": "cookie", "response.cookie": "set-cookie"}


def slug(text: str) -> str:
    """Lower case letters and digits with single hyphens, fit for an id; 80 at most."""
    return _SLUG.sub("-", text[:200].lower()).strip("-")[:80]


def anchor(part: str, name: str = "") -> str:
    """The id of a place in an exchange: `response-header-access-control-allow-origin`, `request-body`."""
    if part in _HEADER_OF:
        side = part.partition(".")[0]
        return f"{side}-header-{_HEADER_OF[part]}"
    if part.endswith(".header") and name:
        return f"{slug(part)}-{slug(name)}"
    return slug(part)


@dataclass(frozen=True, slots=True)
class Served:
    """Links of the served pages. `report` is the report's id below `base`; exchanges have a page each.

    `is_reader`: for someone who was sent a share link, whose token stands for the id, `until` that day; no link leads
    away from below it. `can_share`: such links can be made.
    """

    report: str
    base: str = "/reports"
    is_reader: bool = False
    can_share: bool = False
    until: str = ""
    standalone: bool = False

    @property
    def page(self) -> str:
        return f"{self.base}/{self.report}"

    def exchange(self, index: int) -> str:
        return f"{self.page}/exchanges/{index}"

    def evidence(self, evidence: Evidence) -> str:
        return f"{self.exchange(evidence.exchange)}#{anchor(evidence.part, evidence.name)}"

    def id(self, index: int, place: str) -> str:
        return place

    def denial(self, index: int) -> str:
        return f"{self.page}/denials/{index}"


@dataclass(frozen=True, slots=True)
class Standalone:
    """Links within one file."""

    standalone: bool = True
    is_reader: bool = True
    until: str = ""

    def exchange(self, index: int) -> str:
        return f"#exchange-{index}"

    def evidence(self, evidence: Evidence) -> str:
        return f"#{self.id(evidence.exchange, anchor(evidence.part, evidence.name))}"

    def id(self, index: int, place: str) -> str:
        return f"exchange-{index}-{place}"

    def denial(self, index: int) -> str:
        return f"#denial-{index}"


Links = Served | Standalone
