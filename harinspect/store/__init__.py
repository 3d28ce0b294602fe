"""Where reports are kept: in memory while the program runs, or on disk with `archive.open_archive`."""

from harinspect.store.memory import Store, Stored

__all__ = ["Store", "Stored"]
