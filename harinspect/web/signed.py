"""Whether who asks has signed in here, so that a page can offer to sign out."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Final

signed_in: Final[ContextVar[bool]] = ContextVar("signed_in", default=False)
