"""Where reports are kept: in memory while the program runs, or on disk with `archive.open_archive`."""

from harinspect.store.keeping import Keeping
from harinspect.store.memory import Store, Stored
from harinspect.store.recording import Recording
from harinspect.store.trouble import StoreError

__all__ = ["Keeping", "Recording", "Store", "StoreError", "Stored"]
