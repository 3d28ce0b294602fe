"""The analysis process: reads the recording from its standard input, writes messages to its standard output.

A process of its own keeps the page answering while it computes, and gives all its memory back at the end.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path
from typing import BinaryIO

from harinspect.har.model import NotHar
from harinspect.knowledge import KnowledgeError
from harinspect.pipeline import analyse
from harinspect.web.messages import Finished, Progress, Refused, own_output, teller

TELL_EVERY = 0.1  # seconds
LOOK_EVERY = 0.5
MOST_MEMORY = 6 << 30  # bytes


def run(source: BinaryIO, name: str, out: BinaryIO, knowledge: Path | None = None) -> None:
    """Analyse `source` and tell `out` about it, whatever happens."""
    tell = teller(out)
    last = 0.0

    def progress(done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= TELL_EVERY:
            last = now
            tell(Progress(done, total))

    try:
        tell(Finished(analyse(source, name, progress, knowledge)))
    except MemoryError:
        tell(Refused("The analysis needs more memory than it may have; record less, only what fails."))
    except NotHar as refusal:
        tell(Refused(str(refusal)))
    except KnowledgeError as problem:
        tell(Refused(f"{problem}."))
    except Exception as failure:  # the last line of defence: values stay in this process, only the kind is told
        tell(Refused(f"The analysis failed ({type(failure).__name__}). Please report this with the exporter's name."))


def stay_small() -> None:
    """Let the page answer first, let the system end this process before others, and limit its memory."""
    if sys.platform != "linux":
        return
    import resource
    from contextlib import suppress

    os.nice(5)
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    there = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    with suppress(ValueError):  # the system allows less as it is
        resource.setrlimit(resource.RLIMIT_DATA, (min(MOST_MEMORY, there * 3 // 4),) * 2)


def end_with(parent: int) -> None:
    """End as soon as the page has ended, however that came about: nobody would hear the answer."""
    while os.getppid() == parent:
        time.sleep(LOOK_EVERY)
    os._exit(1)


if __name__ == "__main__":
    threading.Thread(target=end_with, args=(os.getppid(),), daemon=True).start()
    stay_small()
    run(sys.stdin.buffer, sys.argv[1], own_output(), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
