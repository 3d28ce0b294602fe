"""What is told when the data cannot be used."""

from __future__ import annotations


class StoreError(ValueError):
    """One sentence for a person: the folder or its database cannot be used, and what to do."""
