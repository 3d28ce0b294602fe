"""The analysis process: reads the recording from its standard input, writes messages to its standard output.

A process of its own keeps the page answering while it computes, and gives all its memory back at the end.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import BinaryIO

from harinspect.har.model import NotHar
from harinspect.knowledge import KnowledgeError
from harinspect.pipeline import analyse
from harinspect.web.messages import Finished, Message, Progress, Refused, encode

TELL_EVERY = 0.1  # seconds


def run(source: BinaryIO, name: str, out: BinaryIO, knowledge: Path | None = None) -> None:
    """Analyse `source` and tell `out` about it, whatever happens."""

    def tell(message: Message) -> None:
        out.write(encode(message))
        out.flush()

    last = 0.0

    def progress(done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= TELL_EVERY:
            last = now
            tell(Progress(done, total))

    try:
        tell(Finished(analyse(source, name, progress, knowledge)))
    except NotHar as refusal:
        tell(Refused(str(refusal)))
    except KnowledgeError as problem:
        tell(Refused(f"{problem}."))
    except Exception as failure:  # the last line of defence: values stay in this process, only the kind is told
        tell(Refused(f"The analysis failed ({type(failure).__name__}). Please report this with the exporter's name."))


if __name__ == "__main__":
    out, sys.stdout = sys.stdout.buffer, sys.stderr  # a stray print must not break the messages
    run(sys.stdin.buffer, sys.argv[1], out, Path(sys.argv[2]) if len(sys.argv) > 2 else None)
