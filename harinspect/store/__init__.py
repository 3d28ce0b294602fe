"""Where reports are kept while the program runs."""

from harinspect.store.memory import Store, Stored

__all__ = ["Store", "Stored"]
