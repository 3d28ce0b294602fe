"""What each page is given: one frozen dataclass a template, whose fields are exactly the names it reads."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import ClassVar

from harinspect.inspecting import Inspector, Rule
from harinspect.render.anchors import Links
from harinspect.render.exchange_view import ExchangeView
from harinspect.render.views import Group, ReportView
from harinspect.report.model import Denial
from harinspect.store import Stored
from harinspect.web.redactions import Shelved
from harinspect.web.rows import Recent, Share
from harinspect.web.samples import Sample
from harinspect.web.uploads import Upload


@dataclass(frozen=True)
class Context:
    """A template's name and, as its fields, its variables."""

    template: ClassVar[str]

    def variables(self) -> dict[str, object]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True)
class Home(Context):
    template: ClassVar[str] = "home.html"
    recent: Recent
    samples: tuple[Sample, ...]
    limit: int


@dataclass(frozen=True)
class ReportPage(Context):
    template: ClassVar[str] = "report.html"
    shell: str
    view: ReportView
    links: Links


@dataclass(frozen=True)
class OwnReportPage(Context):
    """The same for its owner, with what they noted on it, and all that they can take away."""

    template: ClassVar[str] = "own_report.html"
    shell: str
    view: ReportView
    links: Links
    kept: Stored
    recording: Shelved


@dataclass(frozen=True)
class RecordingState(Context):
    """Whether the redacted recording is there, polled."""

    template: ClassVar[str] = "_partials/recording.html"
    links: Links
    recording: Shelved


@dataclass(frozen=True)
class SharePage(Context):
    """Where links to a report are made and revoked. `links` are the reader's, for the preview; `own` is the report's.

    `view` is what the reader sees; `shows` says which report that is, and `why_not` in one sentence why there is
    nothing to see: "" where the strict report is there, or where it only has to be made (`is_made`).
    `made` is the address of the link that has just been made, `trouble` why none was.
    """

    template: ClassVar[str] = "share.html"
    name: str
    view: ReportView
    links: Links
    own: str
    shares: tuple[Share, ...]
    shows: str
    is_made: bool
    why_not: str
    spans: tuple[tuple[str, str], ...]
    today: str
    made: str = ""
    is_local: bool = False
    trouble: str = ""
    chosen: str = "7d"
    day: str = ""


@dataclass(frozen=True)
class Asked(Context):
    """A link that wants a passphrase. `wait`: seconds until the next attempt is looked at."""

    template: ClassVar[str] = "asked.html"
    token: str
    wrong: bool
    wait: int


@dataclass(frozen=True)
class Gone(Context):
    """The one answer to whatever is not a live link."""

    template: ClassVar[str] = "gone.html"


@dataclass(frozen=True)
class DenialPage(Context):
    """One denial on a page of its own, to be linked to."""

    template: ClassVar[str] = "denial.html"
    shell: str
    view: ReportView
    links: Links
    group: Group
    denial: Denial


@dataclass(frozen=True)
class DenialBody(Context):
    """The inside of one denial, loaded when it is opened."""

    template: ClassVar[str] = "_partials/denial_body.html"
    view: ReportView
    links: Links
    denial: Denial


@dataclass(frozen=True)
class ExchangePage(Context):
    template: ClassVar[str] = "exchange.html"
    shell: str
    view: ReportView
    links: Links
    shown: ExchangeView


@dataclass(frozen=True)
class UploadPage(Context):
    """The progress of an upload without script."""

    template: ClassVar[str] = "upload.html"
    upload: Upload


@dataclass(frozen=True)
class UploadState(Context):
    """The progress of an upload, polled."""

    template: ClassVar[str] = "_partials/upload.html"
    upload: Upload


@dataclass(frozen=True)
class RulesPage(Context):
    template: ClassVar[str] = "rules.html"
    inspectors: tuple[Inspector, ...]


@dataclass(frozen=True)
class RulePage(Context):
    template: ClassVar[str] = "rule.html"
    rule: Rule


@dataclass(frozen=True)
class Patterns(Context):
    """Every component on one page."""

    template: ClassVar[str] = "patterns.html"
    view: ReportView
    links: Links
    uploads: tuple[Upload, ...]


@dataclass(frozen=True)
class Trouble(Context):
    """A page that cannot be shown, and why."""

    template: ClassVar[str] = "trouble.html"
    title: str
    sentence: str
