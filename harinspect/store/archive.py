"""The door to what is kept on disk.

    with open_archive(Path("/srv/harinspect")) as archive:      # None: where the system keeps data
        stored = archive.reports.add(report)                     # as memory.Store: add, get, remove, all
        archive.reports.annotate(stored.id, labels=["vip"], ticket="SUP-7", notes="Asked for a fresh export.")
        archive.reports.find(Search.parse("host:api.example cause:cors label:vip"))
        archive.reports.forget_after(days=30)                    # at the start and every hour or so, then
        archive.recordings.parts(stored.id)                      # the redacted HAR, compressed, once it is there
        archive.tidy()                                           # finish what deleting has begun
        made = archive.links.make(stored.id, expires=expiry("7d", utc_now()), passphrase="...")
        archive.links.open(made.token, "...")                    # Opened, Asked or None

Opening it loads SQLAlchemy: import this module where the server starts, not where a file is inspected.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from harinspect.store.clock import Clock, utc_now
from harinspect.store.database import Database
from harinspect.store.folder import data_folder, database_file
from harinspect.store.links import Links
from harinspect.store.recordings import Recordings
from harinspect.store.reports import Reports


@dataclass(frozen=True, slots=True)
class Archive:
    """Reports and their links, in one folder. Safe to use from several threads; several processes may open it."""

    folder: Path
    reports: Reports
    links: Links
    database: Database
    clock: Clock = utc_now

    @property
    def recordings(self) -> Recordings:
        return self.reports.recordings

    def tidy(self) -> bool:
        """Wipe what the deletions from a large database have left; may take a second for each 50 MB. False where
        somebody is reading, so that it is to be done again.
        """
        return self.database.wipe(thorough=True)

    def close(self) -> None:
        """Finish deleting, and let go of the files."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_archive(folder: Path | None = None, clock: Clock = utc_now) -> Archive:
    """The archive in the folder, made or upgraded. Raises StoreError with one sentence where that cannot be."""
    place = data_folder(folder)
    database = Database(database_file(place))
    return Archive(place, Reports(database, clock), Links(database, clock), database, clock)
