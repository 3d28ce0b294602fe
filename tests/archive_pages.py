"""A page over an archive in a folder of its own, with a clock that can be set, for the tests of links and notes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from fastapi import FastAPI
from starlette.testclient import TestClient

from harinspect.report.model import Report
from harinspect.store.archive import Archive, open_archive
from harinspect.web.app import create_app
from harinspect.web.kept import Kept
from tests.page_client import HOST, SETTINGS
from tests.page_fixtures import full_report
from tests.store_fixtures import Watch


@dataclass(frozen=True)
class Desk:
    """The owner's client; `reader()` is somebody else's browser."""

    archive: Archive
    watch: Watch
    app: FastAPI
    owner: TestClient

    def reader(self) -> TestClient:
        return TestClient(self.app, base_url=HOST, follow_redirects=False)

    def keep(self, report: Report | None = None) -> str:
        return self.archive.reports.add(report or full_report()).id

    def share(self, id: str, expires: str = "1h", **fields: str) -> str:
        """Make a link with the form; its address without the host."""
        made = self.owner.post(f"/reports/{id}/links", data={"expires": expires, **fields})
        assert made.status_code == 303, made.text
        return link_in(self.owner.get(made.headers["location"]).text)

    def openings(self, id: str) -> list[int]:
        return [link.openings for link in self.archive.links.of(id)]


def link_in(text: str) -> str:
    found = re.search(r"http://[^<\s]+(/s/[\w-]+)", text)
    assert found, "no link is shown"
    return found[1]


@contextmanager
def desk_in(folder: Path, **settings: object) -> Iterator[Desk]:
    watch = Watch()
    with open_archive(folder / "data", watch) as archive:
        app = create_app(archive.reports, replace(SETTINGS, **settings), Kept(archive))  # type: ignore[arg-type]
        with TestClient(app, base_url=HOST, follow_redirects=False) as owner:
            yield Desk(archive, watch, app, owner)
