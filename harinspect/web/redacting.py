"""The redacting process: reads a recording from its standard input, writes messages to its standard output.

    share       each recording in the input, redacted
    strict      the same in the strict mode
    report      the report of the strict recording, for the readers of strict links

What is written is read again, and told only where none of the secrets is left in it.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Final

from harinspect.har.model import NotHar
from harinspect.har.spool import private_file
from harinspect.pipeline import analyse
from harinspect.redaction.document import Masked, redact, redact_each
from harinspect.redaction.sweep import occur
from harinspect.web.messages import GZIP, Finished, Message, Part, Refused, Unwritten, Written, own_output, teller
from harinspect.web.worker import LOOK_EVERY, end_with, stay_small

CHUNK: Final = 1 << 20  # bytes
NAME: Final = "recording.har"  # of every strict one: a file's name is no business of its readers
LEFT: Final = "Some secrets could not be masked in the recording, so nothing of it was kept."
MANY: Final = "It held more secrets than can be looked for everywhere: some were masked only where they stood."
MEMORY: Final = "Redacting the recording needs more memory than it may have."

Tell = Callable[[Message], None]


def run(source: BinaryIO, mode: str, out: BinaryIO, knowledge: Path | None = None) -> None:
    """Do what `mode` says with `source` and tell `out` about it, whatever happens."""
    tell = teller(out)
    try:
        if mode == "report":
            tell(_report(source, knowledge))
        else:
            for write in redact_each(source, strict=mode == "strict"):
                _tell_one(write, tell)
    except Exception as failure:
        tell(Refused(_why(failure)))


def _tell_one(write: Callable[[BinaryIO], Masked], tell: Tell) -> None:
    """Nothing is told of a file that is no recording: it has no report either."""
    try:
        with private_file(CHUNK) as file:
            masked = write(file)
            if _is_leaking(masked, file):
                tell(Unwritten(LEFT))
                return
            _pack(file, tell)
            tell(Written(file.tell(), masked.entries, "" if masked.all_learnt else MANY))
    except NotHar:
        return
    except Exception as failure:
        tell(Unwritten(_why(failure)))


def _is_leaking(masked: Masked, file: BinaryIO) -> bool:
    file.seek(0)
    return occur(masked.learnt, file) > 0


def _pack(file: BinaryIO, tell: Tell) -> None:
    file.seek(0)
    packer, packed = zlib.compressobj(wbits=GZIP), bytearray()
    while chunk := file.read(CHUNK):
        packed += packer.compress(chunk)
        while len(packed) >= CHUNK:
            tell(Part(bytes(packed[:CHUNK])))
            del packed[:CHUNK]
    tell(Part(bytes(packed + packer.flush())))


def _report(source: BinaryIO, knowledge: Path | None) -> Message:
    with private_file(CHUNK) as file:
        masked = redact(source, file, strict=True)
        if _is_leaking(masked, file):
            return Refused(LEFT)
        file.seek(0)
        return Finished(analyse(file, NAME, None, knowledge))


def _why(failure: Exception) -> str:
    """Values stay in this process: only the kind of a failure is told."""
    if isinstance(failure, NotHar):
        return str(failure)
    if isinstance(failure, MemoryError):
        return MEMORY
    return f"Redacting the recording failed ({type(failure).__name__})."


def _end_with_page(parent: int) -> None:
    """End as soon as the page has. A timer, where there is one: a thread would forbid the second process."""
    if not hasattr(signal, "setitimer"):
        threading.Thread(target=end_with, args=(parent,), daemon=True).start()
        return
    signal.signal(signal.SIGALRM, lambda *_: _end_all() if os.getppid() != parent else None)
    signal.setitimer(signal.ITIMER_REAL, LOOK_EVERY, LOOK_EVERY)


def _end_all() -> None:
    """With the second process, which is of this group; whoever started us by hand is not."""
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


if __name__ == "__main__":
    _end_with_page(os.getppid())
    stay_small()
    run(sys.stdin.buffer, sys.argv[1], own_output(), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
