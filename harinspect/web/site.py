"""What all routes share: the store, the uploads, and how a context becomes a page."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, cast

from fastapi import Depends, HTTPException, Request
from fastapi.responses import HTMLResponse

from harinspect.render import shipped_folder
from harinspect.render.anchors import Served
from harinspect.render.environment import environment
from harinspect.render.views import ReportView
from harinspect.store import Keeping, Stored
from harinspect.web.attempts import Attempts
from harinspect.web.contexts import Context
from harinspect.web.fresh import Fresh
from harinspect.web.redactions import Shelved
from harinspect.web.room import Room
from harinspect.web.samples import Sample, read_samples
from harinspect.web.settings import Settings
from harinspect.web.signed import signed_in
from harinspect.web.strict import Strict
from harinspect.web.uploads import Uploads

if TYPE_CHECKING:
    from harinspect.store.archive import Archive  # loads the database, which a page without one does not need

environment().globals["signed_in"] = signed_in.get


@dataclass(frozen=True)
class Site:
    """`archive`: where the reports are kept on disk, which also is the store then. `guesses`: at links' passphrases."""

    store: Keeping
    uploads: Uploads
    strict: Strict
    settings: Settings
    archive: Archive | None = None
    fresh: Fresh = field(default_factory=Fresh)
    guesses: Attempts = field(default_factory=lambda: Attempts(alone=True))

    @cached_property
    def room(self) -> Room:
        return Room(self.uploads, self.settings.held_bytes)

    def stored(self, id: str) -> Stored:
        """Raises HTTPException 404 where the report is unknown or has made room for others."""
        found = self.store.get(id)
        if found is None:
            raise not_kept()
        return found

    async def stored_elsewhere(self, id: str) -> Stored:
        """The same from the event loop, which does not wait for a disk."""
        return await asyncio.to_thread(self.stored, id)

    def recording(self, id: str) -> Shelved:
        """How it stands with the redacted recording of a report."""
        return self.uploads.redactions.shelved(id)

    def view(self, id: str) -> ReportView:
        return ReportView(self.stored(id).report)

    def links(self, id: str) -> Served:
        return Served(id, can_share=self.archive is not None)

    def samples(self) -> tuple[Sample, ...]:
        """The shipped samples, those already analysed with their report's id."""
        known = () if self.archive else self.store.all()
        analysed = {kept.report.source.name: kept.id for kept in known if kept.sample}
        found = read_samples(shipped_folder("sample_hars"))
        return tuple(replace(sample, report=analysed.get(sample.file, "")) for sample in found)


def not_kept() -> HTTPException:
    return HTTPException(404, "This report is not kept any more. Drop the recording again.")


def page(context: Context, status: int = 200) -> HTMLResponse:
    template = environment().get_template(context.template)
    return HTMLResponse(template.render(context.variables()), status)


def _site(request: Request) -> Site:
    return cast(Site, request.app.state.site)


TheSite = Annotated[Site, Depends(_site)]
