"""What is kept on disk, and for how long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harinspect.store.archive import Archive  # loads the database, which a page without one does not need


@dataclass(frozen=True, slots=True)
class Kept:
    """`forget_after`: reports that are older are deleted; None: never."""

    archive: Archive
    forget_after: timedelta | None = None
